//! Networks, subnets, ports and addresses.

use super::newest_first;
use ipnet::IpNet;
use kernel::{NetworkId, PortId, ProjectId, ServerId, SubnetId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use store::{IndexSet, Row};

/// What a network is made of (CY-NET-10): its API attribute `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkKind {
    /// The default bridge or one named by the administrator.
    Custom,
    /// Routed, without addresses on the hosts.
    IpLessRouted,
    /// A shared bridge, kept apart by MAC prefix.
    MacFiltered,
    /// A bridge of its own.
    PhysicalVlan,
}

impl NetworkKind {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            NetworkKind::Custom => "CUSTOM",
            NetworkKind::IpLessRouted => "IP_LESS_ROUTED",
            NetworkKind::MacFiltered => "MAC_FILTERED",
            NetworkKind::PhysicalVlan => "PHYSICAL_VLAN",
        }
    }

    /// From a word, older ones included (CY-NET-11).
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "CUSTOM" => NetworkKind::Custom,
            "IP_LESS_ROUTED" => NetworkKind::IpLessRouted,
            "MAC_FILTERED" | "PRIVATE_MAC_PREFIX" => NetworkKind::MacFiltered,
            "PHYSICAL_VLAN" | "PRIVATE_PHYSICAL_VLAN" => NetworkKind::PhysicalVlan,
            _ => return None,
        })
    }
}

/// Where a network stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkState {
    /// Being made.
    Pending,
    /// Usable.
    Active,
    /// Gone.
    Deleted,
    /// Making it failed.
    Error,
}

impl NetworkState {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            NetworkState::Pending => "PENDING",
            NetworkState::Active => "ACTIVE",
            NetworkState::Deleted => "DELETED",
            NetworkState::Error => "ERROR",
        }
    }
}

/// A layer-2 segment (CY-MOD-13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Its number.
    pub id: NetworkId,
    /// Name for people.
    pub name: String,
    /// Whose; nobody's when public.
    pub user: Option<UserId>,
    /// Where it is charged.
    pub project: Option<ProjectId>,
    /// May members of the project see and use it?
    pub shared_to_project: bool,
    /// What it is made of.
    pub kind: NetworkKind,
    /// bridged or routed.
    pub mode: String,
    /// Bridge or routing table.
    pub link: String,
    /// Five hex digits: `aa:00:0`.
    pub mac_prefix: String,
    /// Tags for Ganeti.
    pub tags: Vec<String>,
    /// Everybody's?
    pub public: bool,
    /// State.
    pub state: NetworkState,
    /// It is to go away.
    pub destroying: bool,
    /// No new addresses or ports.
    pub drained: bool,
    /// May people reserve its addresses?
    pub floating_ip_pool: bool,
    /// Only in this cluster.
    pub only_backend: Option<kernel::BackendId>,
    /// Its subnets, at most one of each IP version.
    pub subnets: Vec<SubnetId>,
    /// When it was made.
    pub created: Timestamp,
    /// Last change.
    pub updated: Timestamp,
    /// Gone; only shown as history.
    pub deleted: bool,
}

impl Row for Network {
    type Key = NetworkId;
    const TABLE: &'static str = "compute.network";

    fn key(&self) -> NetworkId {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        if let Some(user) = self.user {
            ix.add("by_user", (user, self.deleted));
            ix.add("by_user_change", (user, newest_first(self.updated)));
        }
        if let (true, Some(project)) = (self.shared_to_project, self.project) {
            ix.add("by_project", (project, self.deleted));
            ix.add("by_project_change", (project, newest_first(self.updated)));
        }
        if self.public {
            ix.add("by_public", self.deleted);
            ix.add("by_public_change", newest_first(self.updated));
        }
        if !self.deleted && self.mode == "routed" {
            ix.add("by_link", &self.link);
        }
        if self.destroying && !self.deleted {
            ix.add("by_destroying", ());
        }
        ix.add("by_deleted", self.deleted);
    }
}

/// First and last address of an allocation pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubnetPool {
    /// First.
    pub start: Ipv4Addr,
    /// Last.
    pub end: Ipv4Addr,
}

/// Addresses of a network (CY-MOD-14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its number.
    pub id: SubnetId,
    /// Of which network.
    pub network: NetworkId,
    /// Whose; as the network's.
    pub user: Option<UserId>,
    /// As the network's.
    pub public: bool,
    /// Name for people.
    pub name: String,
    /// The addresses.
    pub cidr: IpNet,
    /// The router.
    pub gateway: Option<IpAddr>,
    /// Are addresses told by DHCP?
    pub dhcp: bool,
    /// Where addresses are given out from (IPv4).
    pub pools: Vec<SubnetPool>,
    /// Free addresses now (IPv4).
    pub free: u64,
    /// Name servers to tell.
    pub dns_nameservers: Vec<String>,
    /// Routes to tell.
    pub host_routes: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Last change.
    pub updated: Timestamp,
    /// Gone with its network.
    pub deleted: bool,
}

impl Subnet {
    /// 4 or 6.
    pub fn version(&self) -> u8 {
        match self.cidr {
            IpNet::V4(_) => 4,
            IpNet::V6(_) => 6,
        }
    }
}

impl Row for Subnet {
    type Key = SubnetId;
    const TABLE: &'static str = "compute.subnet";

    fn key(&self) -> SubnetId {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_network", self.network);
    }
}

/// Where a port stands (CY-PRT-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PortState {
    /// Not connected.
    Down,
    /// Being connected.
    Build,
    /// Connected.
    Active,
    /// Connecting it failed.
    Error,
}

impl PortState {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            PortState::Down => "DOWN",
            PortState::Build => "BUILD",
            PortState::Active => "ACTIVE",
            PortState::Error => "ERROR",
        }
    }
}

/// A network interface (CY-MOD-18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Its number.
    pub id: PortId,
    /// Name for people.
    pub name: String,
    /// Whose.
    pub user: UserId,
    /// On which network.
    pub network: NetworkId,
    /// On which server.
    pub server: Option<ServerId>,
    /// Place among the server's ports.
    pub index: Option<u32>,
    /// Once the cluster has told.
    pub mac: Option<String>,
    /// ENABLED, DISABLED or PROTECTED.
    pub firewall_profile: Option<String>,
    /// State.
    pub state: PortState,
    /// As the network's.
    pub public: bool,
    /// `vm` on a server.
    pub device_owner: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Last change.
    pub updated: Timestamp,
}

impl Row for Port {
    type Key = PortId;
    const TABLE: &'static str = "compute.port";

    fn key(&self) -> PortId {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_user", self.user);
        ix.add("by_network", self.network);
        if let Some(server) = self.server {
            ix.add("by_server", server);
        }
    }
}

/// An address in use (CY-MOD-16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Its number.
    pub id: u64,
    /// On which network.
    pub network: NetworkId,
    /// Of which subnet.
    pub subnet: SubnetId,
    /// The address.
    pub address: IpAddr,
    /// Of which port.
    pub port: Option<PortId>,
    /// Whose.
    pub user: UserId,
    /// Where a floating one is charged.
    pub project: Option<ProjectId>,
    /// Reserved by a person (CY-NET-04)?
    pub floating: bool,
    /// Members of its project may use a floating one.
    #[serde(default)]
    pub shared_to_project: bool,
    /// When it was taken.
    pub created: Timestamp,
}

/// A network's address as index `by_address` keeps it.
pub(crate) fn address_key(network: NetworkId, address: IpAddr) -> (NetworkId, bool, u128) {
    match address {
        IpAddr::V4(v4) => (network, false, u128::from(u32::from(v4))),
        IpAddr::V6(v6) => (network, true, u128::from(v6)),
    }
}

impl Row for Address {
    type Key = u64;
    const TABLE: &'static str = "compute.address";

    fn key(&self) -> u64 {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("by_address", address_key(self.network, self.address));
        ix.add("by_subnet", self.subnet);
        if self.floating {
            ix.add("by_floating", (self.user, self.subnet));
            if let (true, Some(project)) = (self.shared_to_project, self.project) {
                ix.add("by_project", project);
            }
        }
        if let Some(port) = self.port {
            ix.add("by_port", port);
        }
    }
}
