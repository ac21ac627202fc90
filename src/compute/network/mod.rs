//! Networks and their presence in the clusters (CY-NET).

mod create;
pub(crate) mod floating;
pub(crate) mod reassign;

pub(crate) use create::{add_subnet, create};

use crate::{
    address,
    flavor::ALL,
    intent,
    policy::Policy,
    ranges::{self, Pool},
    rows::{
        Address, Backend, BackendNetwork, BackendNetworkState, Intent, IntentId, Network,
        NetworkState, Port, Subnet, Target, Work,
    },
};
use kernel::{BackendId, Caller, Cx, Error, NetworkId, Result, SubnetId, Timestamp};
use quota::{Delta, resource as r};
use std::collections::BTreeMap;
use store::{Reads, WriteTx};

/// May the caller see the network (CY-MOD-41)?
pub(crate) fn visible(caller: &Caller, network: &Network) -> bool {
    let shared = || {
        network.shared_to_project
            && network
                .project
                .is_some_and(|project| caller.projects.contains(&project))
    };
    caller.is_admin() || network.public || network.user == Some(caller.user) || shared()
}

/// The network, if the caller may see it.
pub(crate) fn get(tx: &impl Reads, caller: &Caller, id: NetworkId) -> Result<Network> {
    tx.get::<Network>(&id)?
        .filter(|network| visible(caller, network))
        .ok_or_else(|| Error::not_found(format!("Network {id} not found.")))
}

/// Networks the caller sees, by id.
pub(crate) fn list(
    tx: &impl Reads,
    caller: &Caller,
    since: Option<Timestamp>,
) -> Result<Vec<Network>> {
    let mut found = BTreeMap::new();
    // The change indexes list the newest first.
    let mut keep = |network: Network| {
        let wanted = since.is_none_or(|since| network.updated >= since);
        if wanted {
            found.insert(network.id, network);
        }
        Ok(wanted)
    };
    match since {
        None => {
            tx.each_found("by_user", &(caller.user, false), None, &mut keep)?;
            tx.each_found("by_public", &false, None, &mut keep)?;
            for project in &caller.projects {
                tx.each_found("by_project", &(*project, false), None, &mut keep)?;
            }
        }
        Some(_) => {
            tx.each_found("by_user_change", &caller.user, None, &mut keep)?;
            tx.each_found("by_public_change", &(), None, &mut keep)?;
            for project in &caller.projects {
                tx.each_found("by_project_change", project, None, &mut keep)?;
            }
        }
    }
    Ok(found.into_values().collect())
}

fn bounded(name: &str, most: usize, field: &str) -> Result<()> {
    match name.chars().count() > most || name.chars().any(char::is_control) {
        true => Err(Error::field(
            field,
            format!("Network {field} is too long or not text"),
        )),
        false => Ok(()),
    }
}

fn charge(
    tx: &WriteTx,
    user: kernel::UserId,
    project: kernel::ProjectId,
    amount: i64,
    force: bool,
) -> Result<()> {
    let delta = Delta {
        user,
        project,
        resource: r::PRIVATE_NETWORK,
        amount,
    };
    quota::charge_all(tx, &[delta], force)
}

/// Makes sure a network is in a cluster or on its way there: the intent to wait for,
/// if it is (CY-JOB-05).
pub(crate) fn ensure(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    network: &Network,
    backend: &Backend,
) -> Result<Option<IntentId>> {
    let there = tx.get::<BackendNetwork>(&(network.id, backend.id))?;
    if there.is_some_and(|row| row.state == BackendNetworkState::Active) {
        return Ok(None);
    }
    if let Some(open) = intent::of_network(tx, network.id, backend.id)?
        && open.work == Work::NetworkCreate
    {
        return Ok(Some(open.id));
    }
    tx.put(&BackendNetwork {
        network: network.id,
        backend: backend.id,
        mac_prefix: format!("{}{:x}", network.mac_prefix, backend.index),
        state: BackendNetworkState::Pending,
        job: None,
        error: None,
        backend_time: cx.now,
    })?;
    let target = Target::Network(network.id);
    let work = Work::NetworkCreate;
    intent::write(tx, cx, policy, backend.id, target, work, Vec::new()).map(Some)
}

/// Makes sure the networks a cluster is to have are on their way there (CY-BKD-03).
pub(crate) fn ensure_all(tx: &WriteTx, cx: &Cx, policy: &Policy, backend: &Backend) -> Result<()> {
    tx.each_found::<Network>("by_public", &false, None, |network| {
        let here = network.only_backend.is_none_or(|only| only == backend.id);
        if here && !network.destroying {
            ensure(tx, cx, policy, &network, backend)?;
        }
        Ok(true)
    })
}

/// Renames a network (CY-NET-25).
pub(crate) fn rename(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    id: NetworkId,
    name: &str,
) -> Result<Network> {
    let mut network = get(tx, caller, id)?;
    if network.public && !caller.is_admin() {
        return Err(Error::forbidden("Cannot rename the public network."));
    }
    if network.deleted {
        return Err(Error::invalid("Network has been deleted."));
    }
    bounded(name, 128, "name")?;
    network.name = name.to_owned();
    network.updated = cx.now;
    tx.put(&network)?;
    Ok(network)
}

/// Lets a public network have no new addresses and ports, or again (ID-ADU-43).
pub(crate) fn drain(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    id: NetworkId,
    drained: bool,
) -> Result<Network> {
    let mut network = get(tx, caller, id)?;
    if !caller.is_admin() || !network.public {
        return Err(Error::conflict("Only public networks are drained."));
    }
    if network.deleted || network.destroying {
        return Err(Error::conflict("Network has been deleted."));
    }
    if network.drained == drained {
        let state = if drained { "already" } else { "not" };
        return Err(Error::conflict(format!("Network {id} is {state} drained.")));
    }
    network.drained = drained;
    network.updated = network.updated.max(cx.now);
    tx.put(&network)?;
    Ok(network)
}

/// Removes a network (CY-NET-26).
pub(crate) fn delete(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    id: NetworkId,
) -> Result<()> {
    let mut network = get(tx, caller, id)?;
    if network.public && !caller.is_admin() {
        return Err(Error::forbidden("Cannot delete the public network."));
    }
    if network.deleted {
        return Err(Error::invalid("Network has been deleted."));
    }
    if !tx.find::<Port>("by_network", &id, None, 1)?.is_empty() {
        return Err(Error::conflict(format!(
            "Cannot delete network. There are ports still configured on network {id}"
        )));
    }
    if has_floating(tx, &network)? {
        return Err(Error::conflict(
            "There are floating IPs still reserved on network.",
        ));
    }
    network.destroying = true;
    network.drained |= network.public;
    network.updated = cx.now;
    tx.put(&network)?;
    for there in tx.scan_prefix::<BackendNetwork>(&id, None, ALL)? {
        let pending = intent::of_network(tx, id, there.backend)?;
        match pending {
            Some(open) if open.work == Work::NetworkRemove => continue,
            Some(open) if open.state == crate::rows::IntentState::Waiting => {
                intent::end(tx, open.id)?;
                set_state(tx, cx, there, BackendNetworkState::Deleted)?;
                continue;
            }
            _ => {}
        }
        if there.state == BackendNetworkState::Deleted {
            continue;
        }
        let after = pending.map(|open| open.id).into_iter().collect();
        let target = Target::Network(id);
        intent::write(
            tx,
            cx,
            policy,
            there.backend,
            target,
            Work::NetworkRemove,
            after,
        )?;
    }
    recompute(tx, cx, id)
}

/// Removing a network from a cluster failed: once more.
pub(crate) fn remove_again(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    network: &Network,
    backend: &Backend,
) -> Result<()> {
    let there = tx.get::<BackendNetwork>(&(network.id, backend.id))?;
    let gone = there.is_none_or(|row| row.state == BackendNetworkState::Deleted);
    if gone || intent::of_network(tx, network.id, backend.id)?.is_some() {
        return Ok(());
    }
    let target = Target::Network(network.id);
    let work = Work::NetworkRemove;
    intent::write(tx, cx, policy, backend.id, target, work, Vec::new()).map(drop)
}

fn has_floating(tx: &impl Reads, network: &Network) -> Result<bool> {
    let mut any = false;
    for subnet in &network.subnets {
        tx.each_found::<Address>("by_subnet", subnet, None, |address| {
            any |= address.floating;
            Ok(!any)
        })?;
    }
    Ok(any)
}

fn set_state(
    tx: &WriteTx,
    cx: &Cx,
    mut row: BackendNetwork,
    state: BackendNetworkState,
) -> Result<()> {
    row.state = state;
    row.backend_time = row.backend_time.max(cx.now);
    tx.put(&row)
}

/// Finishes a network's deletion once no cluster has it any more (CY-NET-27).
pub(crate) fn recompute(tx: &WriteTx, cx: &Cx, id: NetworkId) -> Result<()> {
    let Some(mut network) = tx.get::<Network>(&id)?.filter(|n| !n.deleted) else {
        return Ok(());
    };
    let rows = tx.scan_prefix::<BackendNetwork>(&id, None, ALL)?;
    let gone = |row: &BackendNetwork| row.state == BackendNetworkState::Deleted;
    if !network.destroying || !rows.iter().all(gone) {
        return Ok(());
    }
    if has_floating(tx, &network)? {
        return Err(Error::broken(format!(
            "network {id} has floating IPs and cannot be finished"
        )));
    }
    for row in rows {
        tx.remove::<BackendNetwork>(&(id, row.backend))?;
    }
    for subnet in &network.subnets {
        drop_subnet(tx, cx, *subnet)?;
    }
    if let (Some(user), Some(project)) = (network.user, network.project) {
        charge(tx, user, project, -1, true)?;
    }
    crate::pool::give_back(tx, &network)?;
    network.state = NetworkState::Deleted;
    network.deleted = true;
    network.drained = false;
    network.updated = cx.now;
    tx.put(&network)?;
    tx.wake("compute.network");
    Ok(())
}

fn drop_subnet(tx: &WriteTx, cx: &Cx, id: SubnetId) -> Result<()> {
    let mut subnet: Subnet = tx.must(&id, "Subnet not found.")?;
    ranges::drop_pool(tx, Pool::Addresses(id))?;
    subnet.free = 0;
    subnet.deleted = true;
    subnet.updated = cx.now;
    tx.put(&subnet)
}

/// What was heard of a network in a cluster (CY-DSP-21).
pub(crate) fn observed(
    tx: &WriteTx,
    cx: &Cx,
    id: NetworkId,
    fact: &crate::fact::NetworkFact,
) -> Result<()> {
    let Some(network) = tx.get::<Network>(&id)?.filter(|n| !n.deleted) else {
        return Ok(());
    };
    let Some(backend) = tx.get::<Backend>(&fact.backend)? else {
        return Ok(());
    };
    let open = intent::of_network(tx, id, fact.backend)?;
    let named = match fact.intent {
        Some(intent) => tx.get::<Intent>(&intent)?,
        None => None,
    };
    let ours = named.filter(|i| i.target == Target::Network(id) && i.backend == fact.backend);
    let mut row = tx
        .get::<BackendNetwork>(&(id, fact.backend))?
        .unwrap_or(BackendNetwork {
            network: id,
            backend: backend.id,
            mac_prefix: format!("{}{:x}", network.mac_prefix, backend.index),
            state: BackendNetworkState::Pending,
            job: None,
            error: None,
            backend_time: Timestamp::UNIX_EPOCH,
        });
    if ours.is_none() && (open.is_some() || fact.at <= row.backend_time) {
        return Ok(());
    }
    row.job = fact.job.or(row.job);
    row.error = fact.error.clone();
    let Some(there) = fact.there else {
        return tx.put(&row);
    };
    row.state = match (there, fact.error.is_some(), &row.state) {
        (true, ..) => BackendNetworkState::Active,
        (false, true, BackendNetworkState::Pending) => BackendNetworkState::Error,
        (false, ..) => BackendNetworkState::Deleted,
    };
    // A network that is to go away and of which nothing is left in the cluster is gone.
    if network.destroying && !there {
        row.state = BackendNetworkState::Deleted;
    }
    row.backend_time = row.backend_time.max(fact.at);
    tx.put(&row)?;
    tx.wake("compute.network");
    if let Some(intent) = ours {
        intent::end(tx, intent.id)?;
    }
    recompute(tx, cx, id)
}

/// An intent about a network was given up before a job existed.
pub(crate) fn withdrawn(
    tx: &WriteTx,
    cx: &Cx,
    id: NetworkId,
    backend: BackendId,
    work: &Work,
    why: &str,
) -> Result<()> {
    let Some(mut row) = tx.get::<BackendNetwork>(&(id, backend))? else {
        return Ok(());
    };
    if *work == Work::NetworkCreate && row.state == BackendNetworkState::Pending {
        row.state = BackendNetworkState::Error;
    }
    row.error = Some(why.to_owned());
    row.backend_time = row.backend_time.max(cx.now);
    tx.put(&row)
}

/// Subnets the caller sees, by id.
pub(crate) fn subnets(
    tx: &impl Reads,
    caller: &Caller,
    since: Option<Timestamp>,
) -> Result<Vec<Subnet>> {
    let mut found = BTreeMap::new();
    for network in list(tx, caller, since)? {
        for subnet in address::subnets(tx, &network)? {
            if since.is_some() || !subnet.deleted {
                found.insert(subnet.id, subnet);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// One subnet whose network the caller may see.
pub(crate) fn subnet(tx: &impl Reads, caller: &Caller, id: SubnetId) -> Result<Subnet> {
    let missing = format!("Subnet '{id}' not found.");
    let subnet: Subnet = tx.must(&id, &missing)?;
    get(tx, caller, subnet.network).map_err(|_| Error::not_found(missing))?;
    Ok(subnet)
}

/// Renames a subnet; nothing else of one ever changes (CY-SUB-08).
pub(crate) fn rename_subnet(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    id: SubnetId,
    name: &str,
) -> Result<Subnet> {
    let mut subnet = subnet(tx, caller, id)?;
    if subnet.public && !caller.is_admin() {
        return Err(Error::forbidden("Cannot rename the public subnet."));
    }
    if subnet.deleted {
        return Err(Error::invalid("Subnet has been deleted."));
    }
    bounded(name, 128, "name")?;
    subnet.name = name.to_owned();
    subnet.updated = subnet.updated.max(cx.now);
    tx.put(&subnet)?;
    Ok(subnet)
}
