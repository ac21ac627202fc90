//! How much there is of everything (CY-AST-01, CY-AST-03): counted by reading it all, so
//! only as often as the service allows.

use crate::{
    address,
    flavor::ALL,
    rows::{
        Backend, Flavor, Network, NetworkState, OperState, Server, Volume, VolumeState, VolumeType,
    },
    server::status,
};
use kernel::{BackendId, Caller, FlavorId, Result, Role, UserId};
use std::collections::{BTreeMap, btree_map::Entry};
use store::{ReadTx, Reads};
use uuid::Uuid;

/// Servers and what they have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// So many.
    pub count: u64,
    /// Processors.
    pub cpu: u64,
    /// MiB.
    pub ram: u64,
    /// GiB.
    pub disk: u64,
}

/// Servers by size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// So many.
    pub count: u64,
    /// By processors.
    pub cpu: BTreeMap<u32, u64>,
    /// By MiB of memory.
    pub ram: BTreeMap<u32, u64>,
    /// By template and GiB of disk.
    pub disk: BTreeMap<String, BTreeMap<u32, u64>>,
}

/// Pools of floating addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pools {
    /// So many.
    pub count: u64,
    /// Addresses.
    pub total: u64,
    /// Free ones.
    pub free: u64,
}

/// Everything at one moment.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Clusters, each with its live servers.
    pub clusters: Vec<(Backend, Sum)>,
    /// By status as the API says it, deleted ones included.
    pub servers: BTreeMap<&'static str, Sum>,
    /// Live ones by size: `started`, `stopped`, `error`.
    pub sizes: BTreeMap<&'static str, Sizes>,
    /// By state, deleted ones included.
    pub networks: BTreeMap<&'static str, u64>,
    /// By what they are made of: active and broken ones.
    pub network_kinds: BTreeMap<&'static str, (u64, u64)>,
    /// `drained` and `active`.
    pub pools: BTreeMap<&'static str, Pools>,
    /// Live disks by template: so many, and GiB.
    pub templates: BTreeMap<String, (u64, u64)>,
    /// Live servers by `system|user:<osfamily>:<os>`.
    pub images: BTreeMap<String, u64>,
}

/// Counts everything; work grows with the store.
pub(crate) fn count_all(tx: &ReadTx) -> Result<Figures> {
    let mut all = Figures::default();
    servers(tx, &mut all)?;
    networks(tx, &mut all)?;
    let mut templates = BTreeMap::new();
    for kind in tx.scan::<VolumeType>(None, ALL)? {
        templates.insert(kind.id, kind.disk_template);
    }
    tx.each_row::<Volume>(&(), None, |volume| {
        if volume.state != VolumeState::Deleted {
            let template = templates.get(&volume.volume_type).cloned();
            let one = all.templates.entry(template.unwrap_or_default());
            let (count, size) = one.or_default();
            *count += 1;
            *size += u64::from(volume.size);
        }
        Ok(true)
    })?;
    Ok(all)
}

fn servers(tx: &ReadTx, all: &mut Figures) -> Result<()> {
    let mut flavors: BTreeMap<FlavorId, Flavor> = BTreeMap::new();
    for flavor in tx.scan::<Flavor>(None, ALL)? {
        flavors.insert(flavor.id, flavor);
    }
    let mut clusters: BTreeMap<BackendId, Sum> = BTreeMap::new();
    let mut systems: BTreeMap<Uuid, String> = BTreeMap::new();
    for word in ["BUILD", "ERROR", "STOPPED", "ACTIVE", "RESIZE", "DELETED"] {
        all.servers.insert(word, Sum::default());
    }
    for state in ["started", "stopped", "error"] {
        all.sizes.insert(state, Sizes::default());
    }
    tx.each_row::<Server>(&(), None, |server| {
        let Some(flavor) = flavors.get(&server.flavor) else {
            return Ok(true);
        };
        let word = match status(&server).word() {
            "REBOOT" => "ACTIVE",
            word => word,
        };
        add(all.servers.entry(word).or_default(), flavor);
        if server.deleted {
            return Ok(true);
        }
        add(clusters.entry(server.backend).or_default(), flavor);
        let state = match server.operstate {
            OperState::Build | OperState::Started => "started",
            OperState::Stopped => "stopped",
            OperState::Error | OperState::Destroyed => "error",
        };
        size(all.sizes.entry(state).or_default(), flavor);
        if let Entry::Vacant(free) = systems.entry(server.image) {
            free.insert(system(tx, server.image)?);
        }
        let system = systems.get(&server.image).cloned().unwrap_or_default();
        *all.images.entry(system).or_default() += 1;
        Ok(true)
    })?;
    for backend in tx.scan::<Backend>(None, ALL)? {
        let sum = clusters.get(&backend.id).copied().unwrap_or_default();
        all.clusters.push((backend, sum));
    }
    Ok(())
}

fn add(sum: &mut Sum, flavor: &Flavor) {
    sum.count += 1;
    sum.cpu += u64::from(flavor.cpu);
    sum.ram += u64::from(flavor.ram);
    sum.disk += u64::from(flavor.disk);
}

fn size(sizes: &mut Sizes, flavor: &Flavor) {
    sizes.count += 1;
    *sizes.cpu.entry(flavor.cpu).or_default() += 1;
    *sizes.ram.entry(flavor.ram).or_default() += 1;
    let disks = sizes.disk.entry(flavor.disk_template.clone());
    *disks.or_default().entry(flavor.disk).or_default() += 1;
}

/// What an image is: everybody's or somebody's, and which system.
fn system(tx: &ReadTx, image: Uuid) -> Result<String> {
    let root = Caller::person(UserId(Uuid::nil())).with(Role::Admin);
    let image = match images::Image::find(tx, &root, image) {
        Ok(image) => image,
        Err(kernel::Error::NotFound { .. } | kernel::Error::Forbidden { .. }) => {
            return Ok("unknown:unknown:unknown".to_owned());
        }
        Err(other) => return Err(other),
    };
    let whose = if image.public { "system" } else { "user" };
    let told = |name: &str| {
        let value = image.properties.get(name).map(String::as_str);
        value.unwrap_or("unknown").to_owned()
    };
    Ok(format!("{whose}:{}:{}", told("osfamily"), told("os")))
}

fn networks(tx: &ReadTx, all: &mut Figures) -> Result<()> {
    for state in [
        NetworkState::Pending,
        NetworkState::Active,
        NetworkState::Deleted,
        NetworkState::Error,
    ] {
        all.networks.insert(state.word(), 0);
    }
    for state in ["drained", "active"] {
        all.pools.insert(state, Pools::default());
    }
    tx.each_row::<Network>(&(), None, |network| {
        *all.networks.entry(network.state.word()).or_default() += 1;
        if network.deleted {
            return Ok(true);
        }
        let (active, error) = all.network_kinds.entry(network.kind.word()).or_default();
        match network.state {
            NetworkState::Error => *error += 1,
            _ => *active += 1,
        }
        if network.floating_ip_pool {
            let state = if network.drained { "drained" } else { "active" };
            let pool = all.pools.entry(state).or_default();
            pool.count += 1;
            for subnet in address::subnets(tx, &network)? {
                let sizes = subnet.pools.iter().map(|pool| {
                    u64::from(u32::from(pool.end)) + 1 - u64::from(u32::from(pool.start))
                });
                pool.total += sizes.sum::<u64>();
                pool.free += subnet.free;
            }
        }
        Ok(true)
    })
}
