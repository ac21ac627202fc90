//! Clusters: registering, changing, choosing one for a server (CY-BKD, CY-ALC).

use crate::{
    address,
    flavor::ALL,
    network,
    policy::Policy,
    rows::{
        Backend, BackendNetwork, BackendNetworkState, Flavor, Intent, Network, Server, Stats,
        Transport,
    },
    seal::Sealer,
    service::{BackendChange, NewBackend},
};
use kernel::{BackendId, Cx, Error, Result, UserId, secret::ExposeSecret};
use store::{Reads, WriteTx};

const HYPERVISORS: [&str; 4] = ["kvm", "xen-pvm", "xen-hvm", "fake"];
const MOST: u8 = 16;

fn check(backend: &Backend) -> Result<()> {
    let name = &backend.clustername;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    if name.is_empty() || name.len() > 128 || !name.chars().all(plain) {
        return Err(Error::field("clustername", "Invalid clustername value."));
    }
    if !HYPERVISORS.contains(&backend.hypervisor.as_str()) {
        return Err(Error::field("hypervisor", "Invalid hypervisor value."));
    }
    let rapi = matches!(backend.transport, Transport::Rapi { .. });
    if rapi && (backend.username.is_empty() || backend.password.is_empty()) {
        return Err(Error::invalid(
            "Clustername, user and pass must be supplied",
        ));
    }
    Ok(())
}

/// Registers a cluster, drained (CY-BKD-03).
pub(crate) fn add(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    sealer: &Sealer,
    new: &NewBackend,
) -> Result<Backend> {
    let there = tx.scan::<Backend>(None, ALL)?;
    if there.iter().any(|b| b.clustername == new.clustername) {
        return Err(Error::conflict(format!(
            "Backend '{}' already exists.",
            new.clustername
        )));
    }
    let index = (0..MOST)
        .find(|n| there.iter().all(|b| b.index != *n))
        .ok_or_else(|| Error::conflict("Cannot create more than 16 backends"))?;
    let mut backend = Backend {
        id: BackendId(0),
        clustername: new.clustername.clone(),
        transport: new.transport.clone(),
        port: new.port,
        username: new.username.clone(),
        password: match &new.password {
            Some(password) => sealer.seal(cx, password.expose_secret())?,
            None => String::new(),
        },
        index,
        drained: true,
        offline: false,
        public: new.public,
        hypervisor: new.hypervisor.clone(),
        disk_templates: Vec::new(),
        stats: Stats::default(),
        refreshed: None,
    };
    check(&backend)?;
    backend.id = BackendId(tx.next_id("compute.backend")?);
    tx.insert(&backend)?;
    if new.networks {
        network::ensure_all(tx, cx, policy, &backend)?;
    }
    tx.wake("compute.intent");
    Ok(backend)
}

pub(crate) fn missing(id: BackendId) -> String {
    format!(
        "Backend with ID {id} does not exist. Use backend-list to find out available backend IDs."
    )
}

/// Changes a cluster's row.
pub(crate) fn modify(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    sealer: &Sealer,
    id: BackendId,
    change: &BackendChange,
) -> Result<Backend> {
    let mut row: Backend = tx.must(&id, &missing(id))?;
    let change = change.clone();
    if let Some(name) = change.clustername {
        let holder = tx.find_one::<Backend>("by_name", &name)?;
        if holder.is_some_and(|b| b.id != id) {
            return Err(Error::conflict(format!("Backend '{name}' already exists.")));
        }
        row.clustername = name;
    }
    if let Some(password) = &change.password {
        row.password = sealer.seal(cx, password.expose_secret())?;
    }
    row.transport = change.transport.unwrap_or(row.transport);
    row.port = change.port.unwrap_or(row.port);
    row.username = change.username.unwrap_or(row.username);
    row.hypervisor = change.hypervisor.unwrap_or(row.hypervisor);
    row.drained = change.drained.unwrap_or(row.drained);
    let back = row.offline && change.offline == Some(false);
    row.offline = change.offline.unwrap_or(row.offline);
    row.public = change.public.unwrap_or(row.public);
    check(&row)?;
    tx.put(&row)?;
    if back {
        network::ensure_all(tx, cx, policy, &row)?;
    }
    tx.wake("compute.intent");
    Ok(row)
}

/// Number of live servers of a cluster.
pub(crate) fn servers(tx: &impl Reads, id: BackendId) -> Result<u64> {
    let mut count = 0;
    tx.each_found::<Server>("by_backend", &(id, false), None, |_| {
        count += 1;
        Ok(true)
    })?;
    Ok(count)
}

/// Forgets a cluster without live servers (CY-BKD-04).
pub(crate) fn remove(tx: &WriteTx, policy: &Policy, id: BackendId) -> Result<Vec<String>> {
    tx.must::<Backend>(&id, &missing(id))?;
    if !tx
        .find::<Server>("by_backend", &(id, false), None, 1)?
        .is_empty()
    {
        return Err(Error::conflict(
            "Backend hosts non-deleted vms. Cannot delete",
        ));
    }
    let mut left = Vec::new();
    for there in tx.find::<BackendNetwork>("by_backend", &id, None, ALL)? {
        if there.state != BackendNetworkState::Deleted {
            left.push(crate::names::network(&policy.prefix, there.network));
        }
        tx.remove::<BackendNetwork>(&(there.network, id))?;
    }
    for index in ["to_send", "at_work"] {
        for intent in tx.find::<Intent>(index, &id, None, ALL)? {
            tx.remove::<Intent>(&intent.id)?;
        }
    }
    tx.remove::<Backend>(&id)?;
    Ok(left)
}

/// Free and all public IPv4 addresses servers of a cluster can get.
pub(crate) fn public_addresses(tx: &impl Reads, id: BackendId) -> Result<(u64, u64)> {
    let (mut free, mut all) = (0, 0);
    tx.each_found::<Network>("by_public", &false, None, |network| {
        let there = tx.get::<BackendNetwork>(&(network.id, id))?;
        let active = there.is_some_and(|t| t.state == BackendNetworkState::Active);
        if let Some(subnet) = address::ipv4_subnet(tx, &network)?.filter(|_| active) {
            free += subnet.free;
            for pool in &subnet.pools {
                all += u64::from(u32::from(pool.end) - u32::from(pool.start)) + 1;
            }
        }
        Ok(true)
    })?;
    Ok((free, all))
}

/// What a flavor takes from a cluster: memory and disk, MiB (CY-ALC-04).
fn size(flavor: &Flavor) -> (u64, u64) {
    let disk = u64::from(flavor.disk) * 1024;
    let twice = flavor.disk_template.split('_').next() == Some("drbd");
    (u64::from(flavor.ram), if twice { 2 * disk } else { disk })
}

fn fits_template(backend: &Backend, flavor: &Flavor) -> bool {
    let template = flavor.disk_template.split('_').next().unwrap_or_default();
    // A cluster whose figures were never read is given the benefit of the doubt.
    backend.disk_templates.is_empty() || backend.disk_templates.iter().any(|t| t == template)
}

fn has_capacity(stats: &Stats, ram: u64, disk: u64) -> bool {
    stats.dfree > disk
        && stats.mfree > ram
        && stats.ctotal > 0
        && (stats.pinst_cnt + 1) * 4 < 3 * stats.ctotal
}

/// Fullness of a cluster; the lowest gets the server (CY-ALC-03).
fn score(stats: &Stats) -> f64 {
    let used = |free: u64, total: u64| match total {
        0 => 0.0,
        total => 1.0 - free as f64 / total as f64,
    };
    let cpu = match stats.ctotal {
        0 => 1.0,
        n => ((stats.pinst_cnt + 1) * 4) as f64 / (n * 3) as f64,
    };
    0.5 * cpu + 0.5 * (used(stats.mfree, stats.mtotal) + used(stats.dfree, stats.dtotal))
}

/// Can a server of this cluster get a public IPv4 address (CY-ALC-02.5)?
fn public_address_filter(tx: &impl Reads, candidates: &mut Vec<Backend>) -> Result<()> {
    let mut any = false;
    let mut with_address = std::collections::BTreeSet::new();
    for net in tx.find::<Network>("by_public", &false, None, ALL)? {
        let Some(subnet) = address::ipv4_subnet(tx, &net)?.filter(|_| !net.drained) else {
            continue;
        };
        any = true;
        for backend in candidates.iter().filter(|_| subnet.free > 0) {
            let there = tx.get::<BackendNetwork>(&(net.id, backend.id))?;
            if there.is_some_and(|t| t.state == BackendNetworkState::Active) {
                with_address.insert(backend.id);
            }
        }
    }
    if any {
        candidates.retain(|b| with_address.contains(&b.id));
    }
    Ok(())
}

fn none_left() -> Error {
    Error::unavailable("No available backends")
}

/// The cluster an administrator named, or the one of `BACKEND_PER_USER`, drained or
/// not (CY-ALC-02 step 1).
fn chosen(
    tx: &impl Reads,
    policy: &Policy,
    user: UserId,
    flavor: &Flavor,
    named: Option<BackendId>,
) -> Result<Option<Backend>> {
    if let Some(id) = named {
        let backend: Backend = tx.must(&id, &missing(id))?;
        return match backend.offline || !fits_template(&backend, flavor) {
            true => Err(Error::unavailable(format!(
                "Backend '{}' cannot host the server.",
                backend.clustername
            ))),
            false => Ok(Some(backend)),
        };
    }
    let all = tx.scan::<Backend>(None, ALL)?;
    if let Some(theirs) = policy.backend_of(user) {
        let named = |b: &&Backend| b.clustername == theirs || b.id.to_string() == theirs;
        match all.iter().find(named) {
            Some(b) if b.offline || !fits_template(b, flavor) => return Err(none_left()),
            Some(b) => return Ok(Some(b.clone())),
            None => tracing::warn!(backend = theirs, "BACKEND_PER_USER names no backend"),
        }
    }
    Ok(None)
}

/// The cluster for a new server, with its figures reduced (CY-ALC-02 to 05).
pub(crate) fn allocate(
    tx: &impl Reads,
    policy: &Policy,
    user: UserId,
    flavor: &Flavor,
    named: Option<BackendId>,
) -> Result<Backend> {
    if let Some(theirs) = chosen(tx, policy, user, flavor, named)? {
        return Ok(theirs);
    }
    let all = tx.scan::<Backend>(None, ALL)?;
    let (ram, disk) = size(flavor);
    let mut left: Vec<Backend> = all
        .into_iter()
        .filter(|b| !b.offline && !b.drained && b.public)
        .collect();
    if left.iter().any(|b| has_capacity(&b.stats, ram, disk)) {
        left.retain(|b| has_capacity(&b.stats, ram, disk));
    }
    if !policy.ext_backends.is_empty() {
        let ext = flavor.disk_template.starts_with("ext");
        let listed = |b: &Backend| {
            let id = b.id.to_string();
            policy
                .ext_backends
                .iter()
                .any(|n| *n == b.clustername || *n == id)
        };
        left.retain(|b| listed(b) == ext);
    }
    if policy.needs_public_ip {
        public_address_filter(tx, &mut left)?;
    }
    left.retain(|b| fits_template(b, flavor));
    let mut best = left
        .into_iter()
        .min_by(|a, b| {
            score(&a.stats)
                .total_cmp(&score(&b.stats))
                .then(a.id.cmp(&b.id))
        })
        .ok_or_else(none_left)?;
    best.stats.mfree = best.stats.mfree.saturating_sub(ram);
    best.stats.dfree = best.stats.dfree.saturating_sub(disk);
    best.stats.pinst_cnt += 1;
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    // CY-ALC-03
    #[test]
    fn the_score_is_the_formula() {
        let stats = Stats {
            mfree: 512,
            mtotal: 1024,
            dfree: 100,
            dtotal: 400,
            pinst_cnt: 2,
            ctotal: 8,
        };
        let expected = 0.5 * (3.0 * 4.0 / 24.0) + 0.5 * (0.5 + 0.75);
        assert!((score(&stats) - expected).abs() < 1e-9);
        assert!((score(&Stats::default()) - 0.5).abs() < 1e-9);
        assert!(has_capacity(&stats, 511, 99));
        assert!(!has_capacity(&stats, 512, 99) && !has_capacity(&stats, 511, 100));
    }
}
