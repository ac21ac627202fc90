//! Floating addresses: reserved by a person, attached through a port (CY-FIP).

use crate::{
    address,
    flavor::ALL,
    rows::{Address, Network},
};
use kernel::{Caller, Cx, Error, NetworkId, ProjectId, Result};
use quota::{Delta, resource as r};
use std::net::IpAddr;
use store::{Reads, WriteTx};

fn missing(id: u64) -> Error {
    Error::not_found(format!("Floating IP with ID {id} does not exist."))
}

/// One floating address of the caller.
pub(crate) fn get(tx: &impl Reads, caller: &Caller, id: u64) -> Result<Address> {
    let theirs = |a: &Address| a.floating && (a.user == caller.user || caller.is_admin());
    tx.get::<Address>(&id)?
        .filter(theirs)
        .ok_or_else(|| missing(id))
}

/// The caller's floating addresses, by id.
pub(crate) fn list(tx: &impl Reads, caller: &Caller) -> Result<Vec<Address>> {
    let mut found = tx.find::<Address>("by_floating", &caller.user, None, ALL)?;
    found.sort_by_key(|address| address.id);
    Ok(found)
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
    network: Option<NetworkId>,
    wanted: Option<IpAddr>,
    project: Option<ProjectId>,
) -> Result<Address> {
    let project = project.unwrap_or(caller.default_project);
    if !caller.is_admin() && !caller.projects.contains(&project) {
        let user = caller.user;
        return Err(Error::invalid(format!(
            "User {user} not in project {project}"
        )));
    }
    let network = match network {
        Some(id) => {
            let network = super::get(tx, caller, id)?;
            open(&network)?;
            network
        }
        None => first_with_room(tx)?,
    };
    charge(tx, caller, project, 1)?;
    let taken = address::allocate(tx, cx, &network, (caller.user, None), wanted)?;
    let address = Address {
        floating: true,
        project: Some(project),
        ..taken.ok_or_else(|| Error::conflict("The network has no IPv4 addresses."))?
    };
    tx.put(&address)?;
    Ok(address)
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

fn charge(tx: &WriteTx, caller: &Caller, project: ProjectId, amount: i64) -> Result<()> {
    let delta = Delta {
        user: caller.user,
        project,
        resource: r::FLOATING_IP,
        amount,
    };
    quota::charge_all(tx, &[delta], caller.may_exceed_quota())
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
    let delta = Delta {
        user: address.user,
        project,
        resource: r::FLOATING_IP,
        amount: -1,
    };
    quota::charge_all(tx, &[delta], true)?;
    tx.remove::<Address>(&id)?;
    address::give_back(tx, &address)
}
