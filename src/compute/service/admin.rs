//! What administration commands use: no ownership is asked for, so `admin` must
//! only be reachable by administrators.

use super::Service;
use crate::{
    address, audit, backend, flavor,
    pool::{self, PoolKind, ValuePool},
    ranges,
    rows::{
        Backend, BackendNetwork, Flavor, Network, NetworkKind, OperState, Port, Server, Subnet,
        SubnetPool, Transport, VolumeType,
    },
    server,
    view::ServerView,
};
use ipnet::IpNet;
use kernel::{
    BackendId, Error, FlavorId, NetworkId, ProjectId, Result, ServerId, SubnetId, UserId,
    secret::SecretString,
};
use std::{collections::BTreeMap, net::IpAddr};
use store::Reads;

/// A flavor to be made.
#[derive(Clone, Debug)]
pub struct NewFlavor {
    /// Processors.
    pub cpu: u32,
    /// MiB.
    pub ram: u32,
    /// GiB.
    pub disk: u32,
    /// Number of a volume type (digits) or a disk template, whose type is made when missing.
    pub volume_type: String,
    /// For everybody.
    pub public: bool,
    /// Notes.
    pub specs: BTreeMap<String, String>,
}

/// A change of a flavor; None leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct FlavorChange {
    /// Off or on offer.
    pub deleted: Option<bool>,
    /// May servers be made of it?
    pub allow_create: Option<bool>,
    /// For everybody?
    pub public: Option<bool>,
    /// Notes to set.
    pub spec_add: BTreeMap<String, String>,
    /// Notes to remove; unknown ones are refused.
    pub spec_delete: Vec<String>,
}

/// Give or take a project's use of a flavor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Give.
    Grant,
    /// Take.
    Revoke,
}

/// A cluster to be registered, drained at first (CY-BKD-03). Whether it can be
/// reached and has that name is checked before, by the caller.
#[derive(Clone, Debug)]
pub struct NewBackend {
    /// The cluster's own name.
    pub clustername: String,
    /// How it is reached.
    pub transport: Transport,
    /// Port of the remote API.
    pub port: u16,
    /// User of the remote API.
    pub username: String,
    /// Password of the remote API.
    pub password: Option<SecretString>,
    /// kvm, xen-pvm, xen-hvm or fake.
    pub hypervisor: String,
    /// For every project.
    pub public: bool,
    /// Make the public networks that are not another cluster's alone in it; private
    /// ones are made when a server first needs them.
    pub networks: bool,
}

/// A change of a cluster's row; None leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct BackendChange {
    /// Its name.
    pub clustername: Option<String>,
    /// How it is reached.
    pub transport: Option<Transport>,
    /// Port of the remote API.
    pub port: Option<u16>,
    /// User of the remote API.
    pub username: Option<String>,
    /// Password of the remote API.
    pub password: Option<SecretString>,
    /// kvm, xen-pvm, xen-hvm or fake.
    pub hypervisor: Option<String>,
    /// No new servers.
    pub drained: Option<bool>,
    /// Not talked to.
    pub offline: Option<bool>,
    /// For every project.
    pub public: Option<bool>,
}

/// A network to be made. What only an administrator may set is refused from others.
#[derive(Clone, Debug)]
pub struct NewNetwork {
    /// Name for people.
    pub name: String,
    /// What it is made of.
    pub kind: NetworkKind,
    /// Where it is charged; the caller's default when None.
    pub project: Option<ProjectId>,
    /// Members of the project may use it.
    pub shared_to_project: bool,
    /// Whose, when an administrator makes it for somebody.
    pub owner: Option<UserId>,
    /// Everybody's (administrators).
    pub public: bool,
    /// Instead of the kind's own (administrators).
    pub mode: Option<String>,
    /// Instead of the kind's own (administrators).
    pub link: Option<String>,
    /// Instead of the kind's own (administrators).
    pub mac_prefix: Option<String>,
    /// Besides the kind's own (administrators).
    pub tags: Vec<String>,
    /// No new addresses or ports (administrators).
    pub drained: bool,
    /// People may reserve its addresses (administrators).
    pub floating_ip_pool: bool,
    /// Only in this cluster (administrators, public ones).
    pub only_backend: Option<BackendId>,
    /// Subnets made with it; their `network` is ignored.
    pub subnets: Vec<NewSubnet>,
}

/// A subnet to be made (CY-SUB-03).
#[derive(Clone, Debug)]
pub struct NewSubnet {
    /// Of which network.
    pub network: NetworkId,
    /// Name for people.
    pub name: String,
    /// `10.0.0.0/24`.
    pub cidr: String,
    /// None: the first host; Some(None): no gateway.
    pub gateway: Option<Option<IpAddr>>,
    /// Addresses are told by DHCP.
    pub dhcp: bool,
    /// None: all hosts but the gateway.
    pub pools: Option<Vec<SubnetPool>>,
    /// Name servers to tell.
    pub dns_nameservers: Vec<String>,
    /// Routes to tell.
    pub host_routes: Vec<String>,
}

/// Which networks.
#[derive(Clone, Debug, Default)]
pub struct NetworkFilter {
    /// Whose.
    pub user: Option<UserId>,
    /// Of which project.
    pub project: Option<ProjectId>,
    /// Deleted ones instead of live ones.
    pub deleted: bool,
    /// Only public ones.
    pub public: bool,
}

/// Which servers.
#[derive(Clone, Debug, Default)]
pub struct ServerFilter {
    /// Whose.
    pub user: Option<UserId>,
    /// Of which project.
    pub project: Option<ProjectId>,
    /// Deleted ones instead of live ones.
    pub deleted: bool,
    /// Only suspended ones.
    pub suspended: bool,
    /// In which cluster.
    pub backend: Option<BackendId>,
    /// Only those being built.
    pub build: bool,
}

impl Service {
    /// Makes a flavor; with false, the one of that size and type that exists (CY-CLI-FLV-01).
    pub async fn add_flavor(&self, new: NewFlavor) -> Result<(Flavor, bool)> {
        let made = self.add_flavors(vec![new]).await?;
        made.into_iter()
            .next()
            .ok_or_else(|| Error::broken("no flavor was made"))
    }

    /// Makes flavors, all or none; each as [`Service::add_flavor`] answers.
    pub async fn add_flavors(&self, new: Vec<NewFlavor>) -> Result<Vec<(Flavor, bool)>> {
        self.noted(move |tx, _| {
            let all = new.iter().map(|new| flavor::add(tx, new));
            let all = all.collect::<Result<Vec<_>>>()?;
            let made = all.iter().filter(|(_, made)| *made);
            let acts = made.map(|(flavor, _)| audit::flavor_made(flavor)).collect();
            Ok((all, acts))
        })
        .await
    }

    /// Changes a flavor.
    pub async fn modify_flavor(&self, id: FlavorId, change: FlavorChange) -> Result<Flavor> {
        self.noted(move |tx, _| {
            let before = tx.get::<Flavor>(&id)?;
            let after = flavor::modify(tx, id, &change)?;
            let acts = audit::flavor_changed(before.as_ref(), &after);
            Ok((after, acts))
        })
        .await
    }

    /// All flavors, live or deleted, each with its number of live servers.
    pub async fn all_flavors(&self, deleted: bool) -> Result<Vec<(Flavor, u64)>> {
        self.store.read(move |tx| flavor::all(tx, deleted)).await
    }

    /// Gives or takes a project's use of a flavor.
    pub async fn flavor_access(
        &self,
        flavor: FlavorId,
        project: ProjectId,
        access: Access,
    ) -> Result<()> {
        self.noted(move |tx, _| {
            flavor::access(tx, flavor, project, access)?;
            Ok(((), vec![audit::flavor_access(flavor, project, access)]))
        })
        .await
    }

    /// Volume types by id.
    pub async fn volume_types(&self) -> Result<Vec<VolumeType>> {
        self.store.read(move |tx| tx.scan(None, flavor::ALL)).await
    }

    /// Registers a cluster.
    pub async fn add_backend(&self, new: NewBackend) -> Result<Backend> {
        let (policy, sealer) = (self.policy(), self.sealer.clone());
        self.noted(move |tx, cx| {
            let backend = backend::add(tx, cx, &policy, &sealer, &new)?;
            let act = audit::backend("backend.add", None, Some(&backend));
            Ok((backend, vec![act]))
        })
        .await
    }

    /// Changes a cluster's row.
    pub async fn modify_backend(&self, id: BackendId, change: BackendChange) -> Result<Backend> {
        let (policy, sealer) = (self.policy(), self.sealer.clone());
        self.noted(move |tx, cx| {
            let before = tx.get::<Backend>(&id)?;
            let after = backend::modify(tx, cx, &policy, &sealer, id, &change)?;
            let act = audit::backend("backend.modify", before.as_ref(), Some(&after));
            Ok((after, vec![act]))
        })
        .await
    }

    /// Forgets a cluster without live servers; answers the names of networks left in it.
    pub async fn remove_backend(&self, id: BackendId) -> Result<Vec<String>> {
        let policy = self.policy();
        self.noted(move |tx, _| {
            let before = tx.get::<Backend>(&id)?;
            let left = backend::remove(tx, &policy, id)?;
            let act = audit::backend("backend.remove", before.as_ref(), None);
            Ok((left, vec![act]))
        })
        .await
    }

    /// Clusters by name, each with its number of live servers.
    pub async fn backends(&self) -> Result<Vec<(Backend, u64)>> {
        self.store
            .read(|tx| {
                let mut all = tx.scan::<Backend>(None, flavor::ALL)?;
                all.sort_by(|a, b| a.clustername.cmp(&b.clustername));
                all.into_iter()
                    .map(|b| {
                        let servers = backend::servers(tx, b.id)?;
                        Ok((b, servers))
                    })
                    .collect()
            })
            .await
    }

    /// One network with subnets and what is known of it in each cluster.
    pub async fn network_inspect(
        &self,
        id: NetworkId,
    ) -> Result<(Network, Vec<Subnet>, Vec<BackendNetwork>)> {
        self.store
            .read(move |tx| {
                let missing = format!("Network with ID {id} does not exist. Use network-list to find out available network IDs.");
                let network: Network = tx.must(&id, &missing)?;
                let subnets = address::subnets(tx, &network)?;
                let there = tx.scan_prefix(&id, None, flavor::ALL)?;
                Ok((network, subnets, there))
            })
            .await
    }

    /// Free and all public IPv4 addresses servers of a cluster can get.
    pub async fn public_addresses(&self, id: BackendId) -> Result<(u64, u64)> {
        self.store
            .read(move |tx| backend::public_addresses(tx, id))
            .await
    }

    /// An IPv4 subnet's addresses from its first to its last, network and broadcast
    /// included: is each free (CY-POOL-04)?
    pub async fn pool_map(&self, id: SubnetId) -> Result<Vec<bool>> {
        self.store
            .read(move |tx| {
                let subnet: Subnet = tx.must(&id, "Subnet not found.")?;
                let IpNet::V4(net) = subnet.cidr else {
                    return Ok(Vec::new());
                };
                let first = u64::from(u32::from(net.network()));
                let last = u64::from(u32::from(net.broadcast()));
                let free = ranges::all(tx, ranges::Pool::Addresses(id))?;
                let is_free = |n: u64| free.iter().any(|(a, b)| (*a..=*b).contains(&n));
                Ok((first..=last).map(is_free).collect())
            })
            .await
    }

    /// Makes the pool of MAC prefixes or of bridges.
    pub async fn create_pool(&self, kind: PoolKind, base: String, size: u64) -> Result<ValuePool> {
        self.noted(move |tx, _| {
            let pool = pool::create(tx, kind, &base, size)?;
            let act = audit::pool_made(&pool);
            Ok((pool, vec![act]))
        })
        .await
    }

    /// The pools, each with its number of free values.
    pub async fn pools(&self) -> Result<Vec<(ValuePool, u64)>> {
        self.store.read(pool::all).await
    }

    /// Number of servers on a network.
    pub async fn servers_on(&self, id: NetworkId) -> Result<u64> {
        self.store
            .read(move |tx| {
                let mut servers = std::collections::BTreeSet::new();
                tx.each_found::<Port>("by_network", &id, None, |port| {
                    servers.extend(port.server);
                    Ok(true)
                })?;
                Ok(servers.len() as u64)
            })
            .await
    }

    /// Locks a server against its people, or unlocks it (CY-STM-06.2).
    pub async fn suspend(&self, id: ServerId, suspended: bool) -> Result<()> {
        self.noted(move |tx, cx| {
            server::suspend(tx, cx, id, suspended)?;
            let server = tx.get::<Server>(&id)?;
            let name = server.map(|server| server.name).unwrap_or_default();
            Ok(((), vec![audit::server_suspended(id, &name, suspended)]))
        })
        .await
    }

    /// Networks by id, strictly after `after`, at most `limit`.
    pub async fn all_networks(
        &self,
        filter: NetworkFilter,
        after: Option<NetworkId>,
        limit: usize,
    ) -> Result<Vec<(Network, Vec<Subnet>)>> {
        self.store
            .read(move |tx| {
                let mut found = Vec::new();
                let wanted = |n: &Network| {
                    filter.user.is_none_or(|user| n.user == Some(user))
                        && filter
                            .project
                            .is_none_or(|project| n.project == Some(project))
                        && (!filter.public || n.public)
                };
                tx.each_found::<Network>("by_deleted", &filter.deleted, after.as_ref(), |n| {
                    if wanted(&n) {
                        let subnets = address::subnets(tx, &n)?;
                        found.push((n, subnets));
                    }
                    Ok(found.len() < limit)
                })?;
                Ok(found)
            })
            .await
    }

    /// Servers by id, strictly after `after`, at most `limit`.
    pub async fn all_servers(
        &self,
        filter: ServerFilter,
        after: Option<ServerId>,
        limit: usize,
    ) -> Result<Vec<ServerView>> {
        let policy = self.policy();
        self.store
            .read(move |tx| {
                let mut found = Vec::new();
                let wanted = |s: &Server| {
                    filter.user.is_none_or(|user| s.user == user)
                        && filter.project.is_none_or(|project| s.project == project)
                        && filter.backend.is_none_or(|backend| s.backend == backend)
                        && (!filter.suspended || s.suspended)
                        && (!filter.build || s.operstate == OperState::Build)
                };
                let each = |s: Server| {
                    if wanted(&s) {
                        found.push(server::view(tx, &policy, s)?);
                    }
                    Ok(found.len() < limit)
                };
                let (after, gone) = (after.as_ref(), filter.deleted);
                match (filter.user, filter.backend) {
                    (Some(user), _) => tx.each_found("by_user", &(user, gone), after, each)?,
                    (None, Some(b)) => tx.each_found("by_backend", &(b, gone), after, each)?,
                    (None, None) => tx.each_found("by_deleted", &gone, after, each)?,
                }
                Ok(found)
            })
            .await
    }

    /// One server, whoever's.
    pub async fn any_server(&self, id: ServerId) -> Result<ServerView> {
        let policy = self.policy();
        self.store
            .read(move |tx| {
                let missing = format!("Server with ID {id} does not exist. Use server-list to find out available server IDs.");
                server::view(tx, &policy, tx.must(&id, &missing)?)
            })
            .await
    }
}
