//! Floating addresses: reserved by a person, attached through a port (CY-FIP).

use crate::{
    address,
    flavor::ALL,
    policy::Policy,
    rows::{Address, Network, Port},
    view::{FloatingIp, NewFloatingIp},
};
use kernel::{Caller, Cx, Error, ProjectId, Result, Timestamp, UserId};
use quota::{Delta, resource as r};
use std::{collections::BTreeMap, net::IpAddr};
use store::{Reads, WriteTx};

fn missing(id: u64) -> Error {
    Error::not_found(format!("Floating IP with ID {id} does not exist."))
}

/// One floating address the caller sees (CY-MOD-41).
pub(crate) fn get(tx: &impl Reads, caller: &Caller, id: u64) -> Result<Address> {
    let shared = |a: &Address| {
        let member = |project: ProjectId| caller.projects.contains(&project);
        a.shared_to_project && a.project.is_some_and(member)
    };
    tx.get::<Address>(&id)?
        .filter(|a| a.floating && (a.user == caller.user || caller.is_admin() || shared(a)))
        .ok_or_else(|| missing(id))
}

/// A floating address as people see it.
pub(crate) fn view(tx: &impl Reads, address: Address) -> Result<FloatingIp> {
    let port = match address.port {
        Some(id) => tx.get::<Port>(&id)?,
        None => None,
    };
    Ok(FloatingIp {
        server: port.and_then(|port| port.server),
        address,
    })
}

/// Floating addresses the caller sees, by id; with `since` those that were taken or
/// whose port changed since (CY-FIP-02).
pub(crate) fn list(
    tx: &impl Reads,
    caller: &Caller,
    since: Option<Timestamp>,
) -> Result<Vec<FloatingIp>> {
    let mut found = BTreeMap::new();
    let mut keep = |address: Address| {
        found.insert(address.id, address);
        Ok(true)
    };
    tx.each_found("by_floating", &caller.user, None, &mut keep)?;
    for project in &caller.projects {
        tx.each_found("by_project", project, None, &mut keep)?;
    }
    let mut all = Vec::new();
    for address in found.into_values() {
        let port = match (since, address.port) {
            (Some(_), Some(id)) => tx.get::<Port>(&id)?,
            _ => None,
        };
        let changed = port.map_or(address.created, |port| port.updated.max(address.created));
        if since.is_none_or(|since| changed >= since) {
            all.push(view(tx, address)?);
        }
    }
    Ok(all)
}

/// May addresses of the network be reserved now?
fn open(network: &Network) -> Result<()> {
    let id = network.id;
    let refuse = |why: &str| {
        Err(Error::conflict(format!(
            "Cannot allocate floating IP. Network {id} {why}."
        )))
    };
    match network {
        n if !n.floating_ip_pool || !n.public => refuse("is not a floating IP pool"),
        n if n.deleted || n.destroying => refuse("is being deleted"),
        n if n.drained => refuse("is drained"),
        _ => Ok(()),
    }
}

/// Reserves an address (CY-FIP-03).
pub(crate) fn create(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    new: NewFloatingIp,
) -> Result<FloatingIp> {
    let project = new.project.unwrap_or(caller.default_project);
    super::reassign::check(caller, policy, project, new.shared_to_project)?;
    let network = match new.network {
        Some(id) => {
            let network = super::get(tx, caller, id)?;
            open(&network)?;
            network
        }
        None => first_with_room(tx)?,
    };
    let charged = [delta(caller.user, project, 1)];
    quota::charge_all(tx, &charged, caller.may_exceed_quota())?;
    let taken = address::allocate(tx, cx, &network, (caller.user, None), new.address)
        .map_err(|error| used(error, new.address))?;
    let address = Address {
        floating: true,
        project: Some(project),
        shared_to_project: new.shared_to_project,
        ..taken.ok_or_else(|| Error::conflict("The network has no IPv4 addresses."))?
    };
    tx.put(&address)?;
    view(tx, address)
}

/// An address that is taken has words of its own here.
fn used(error: Error, wanted: Option<IpAddr>) -> Error {
    match (error, wanted) {
        (Error::Conflict { message }, Some(address)) if message.ends_with("is already in use.") => {
            Error::conflict(format!("IP address {address} is already used."))
        }
        (error, _) => error,
    }
}

fn first_with_room(tx: &impl Reads) -> Result<Network> {
    for network in tx.find::<Network>("by_public", &false, None, ALL)? {
        let subnet = address::ipv4_subnet(tx, &network)?;
        if open(&network).is_ok() && subnet.is_some_and(|s| s.free > 0) {
            return Ok(network);
        }
    }
    Err(Error::conflict("No floating IP is available."))
}

fn delta(user: UserId, project: ProjectId, amount: i64) -> Delta {
    Delta {
        user,
        project,
        resource: r::FLOATING_IP,
        amount,
    }
}

/// Gives a floating address to another project of the owner (CY-FIP-05).
pub(crate) fn reassign(
    tx: &WriteTx,
    caller: &Caller,
    policy: &Policy,
    id: u64,
    (project, shared): (ProjectId, bool),
) -> Result<()> {
    let mut address = get(tx, caller, id)?;
    super::reassign::owner(caller, Some(address.user), "floating IP")?;
    super::reassign::check(caller, policy, project, shared)?;
    let from = address.project.ok_or_else(|| missing(id))?;
    if from != project {
        let moved = [
            delta(address.user, from, -1),
            delta(address.user, project, 1),
        ];
        quota::charge_all(tx, &moved, caller.may_exceed_quota())?;
    }
    address.project = Some(project);
    address.shared_to_project = shared;
    tx.put(&address)
}

/// Gives a floating address back (CY-FIP-04).
pub(crate) fn delete(tx: &WriteTx, caller: &Caller, id: u64) -> Result<()> {
    let address = get(tx, caller, id)?;
    if let Some(port) = address.port {
        return Err(Error::conflict(format!(
            "IP '{id}' is used by port '{port}'"
        )));
    }
    let project = address.project.ok_or_else(|| missing(id))?;
    quota::charge_all(tx, &[delta(address.user, project, -1)], true)?;
    tx.remove::<Address>(&id)?;
    address::give_back(tx, &address)
}
