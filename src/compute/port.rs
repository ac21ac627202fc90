//! Reading and renaming ports (CY-PRT-01, CY-MOD-41).

use crate::{
    address, network,
    rows::{Network, Port, Server},
    server,
    view::PortView,
};
use kernel::{Caller, Cx, Error, PortId, Result};
use std::collections::BTreeMap;
use store::{Reads, WriteTx};

fn visible(tx: &impl Reads, caller: &Caller, port: &Port) -> Result<bool> {
    if port.user == caller.user || caller.is_admin() {
        return Ok(true);
    }
    if let Some(id) = port.server
        && let Some(server) = tx.get::<Server>(&id)?
        && server::visible(caller, &server)
    {
        return Ok(true);
    }
    for address in address::of_port(tx, port)? {
        if address.floating && network::floating::get(tx, caller, address.id).is_ok() {
            return Ok(true);
        }
    }
    let network = tx.get::<Network>(&port.network)?;
    Ok(network.is_some_and(|n| !n.public && network::visible(caller, &n)))
}

fn view(tx: &impl Reads, port: Port) -> Result<PortView> {
    let addresses = address::of_port(tx, &port)?;
    Ok(PortView { port, addresses })
}

/// One port.
pub(crate) fn get(tx: &impl Reads, caller: &Caller, id: PortId) -> Result<PortView> {
    match tx.get::<Port>(&id)? {
        Some(port) if visible(tx, caller, &port)? => view(tx, port),
        _ => Err(Error::not_found(format!("Port '{id}' not found."))),
    }
}

/// Ports of the caller, of servers they see and of private networks they see, by id.
pub(crate) fn list(tx: &impl Reads, caller: &Caller) -> Result<Vec<PortView>> {
    let mut found = BTreeMap::new();
    let mut keep = |port: Port| {
        found.insert(port.id, port);
        Ok(true)
    };
    tx.each_found("by_user", &caller.user, None, &mut keep)?;
    for network in network::list(tx, caller, None)? {
        if !network.public {
            tx.each_found("by_network", &network.id, None, &mut keep)?;
        }
    }
    for project in &caller.projects {
        let mut shared = Vec::new();
        tx.each_found::<Server>("by_project", &(*project, false), None, |server| {
            shared.push(server.id);
            Ok(true)
        })?;
        for server in shared {
            tx.each_found("by_server", &server, None, &mut keep)?;
        }
    }
    found.into_values().map(|port| view(tx, port)).collect()
}

/// Renames a port (CY-PRT-02).
pub(crate) fn rename(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    id: PortId,
    name: &str,
) -> Result<PortView> {
    let mut port = get(tx, caller, id)?.port;
    if name.chars().count() > 128 || name.chars().any(char::is_control) {
        return Err(Error::field("name", "Port name is too long or not text"));
    }
    port.name = name.to_owned();
    port.updated = port.updated.max(cx.now);
    tx.put(&port)?;
    view(tx, port)
}
