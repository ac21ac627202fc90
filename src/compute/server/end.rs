//! How a server changes state, and how it and its build end (CY-STM-09, CY-DSP-10).

use crate::{
    address, building, charges, intent,
    rows::{
        Diagnostic, Flavor, Level, OperState, Port, PortState, Server, ServerPassword, Volume,
        VolumeState,
    },
    server,
};
use kernel::{Cx, Error, Result};
use store::{Reads, WriteTx};

/// Lines kept of a server's log.
const LINES: u64 = 200;

/// Brings a server into a state and its quota with it, limits or not: what was
/// reserved for the pending action is given back first (CY-DSP-20).
pub(crate) fn enter(tx: &WriteTx, server: &mut Server, to: OperState) -> Result<()> {
    charges::unreserve(tx, server)?;
    let flavor: Flavor = tx
        .get(&server.flavor)?
        .ok_or_else(|| Error::broken("a server's flavor is missing"))?;
    let disk = server::disk(tx, server.id)?;
    let change = charges::step(server, &flavor, disk, server.operstate, to);
    quota::charge_all(tx, &change, true)?;
    server.operstate = to;
    Ok(())
}

/// A server is gone: addresses, ports, disks, quota and all that is kept for it
/// (CY-DSP-10, REMOVE).
pub(crate) fn finish_destroy(tx: &WriteTx, cx: &Cx, mut server: Server) -> Result<()> {
    enter(tx, &mut server, OperState::Destroyed)?;
    for port in server::ports(tx, server.id)? {
        address::release_all(tx, cx, &port)?;
        tx.remove::<Port>(&port.id)?;
    }
    for volume in server::volumes(tx, server.id)? {
        tx.put(&Volume {
            state: VolumeState::Deleted,
            updated: cx.now,
            ..volume
        })?;
    }
    building::end(tx, cx, server.id)?;
    tx.remove::<ServerPassword>(&server.id)?;
    for open in intent::of_server(tx, server.id)? {
        intent::end(tx, open.id)?;
    }
    server.deleted = true;
    server.task = None;
    server.task_job = None;
    server.tags.clear();
    server::touch(tx, cx, &mut server)
}

/// Making a server failed: it is ERROR until its owner removes it (CY-DSP-10, CREATE).
pub(crate) fn build_failed(
    tx: &WriteTx,
    cx: &Cx,
    server: &mut Server,
    message: &str,
    details: Option<String>,
) -> Result<()> {
    enter(tx, server, OperState::Error)?;
    for port in server::ports(tx, server.id)? {
        tx.put(&Port {
            state: PortState::Error,
            updated: cx.now,
            ..port
        })?;
    }
    for volume in server::volumes(tx, server.id)? {
        tx.put(&Volume {
            state: VolumeState::Error,
            updated: cx.now,
            ..volume
        })?;
    }
    building::end(tx, cx, server.id)?;
    server.tags.clear();
    diagnose(tx, cx, server, Level::Error, "ganeti", message, details)
}

/// Adds a line to a server's log and forgets its oldest (CY-MOD-10).
pub(crate) fn diagnose(
    tx: &WriteTx,
    cx: &Cx,
    server: &Server,
    level: Level,
    source: &str,
    message: &str,
    details: Option<String>,
) -> Result<()> {
    let id = tx
        .last::<Diagnostic>(&server.id)?
        .map_or(1, |newest| newest.id + 1);
    tx.insert(&Diagnostic {
        server: server.id,
        id,
        created: cx.now,
        level,
        source: source.chars().take(100).collect(),
        message: message.chars().take(255).collect(),
        details: details.map(|text| text.chars().take(8192).collect()),
    })?;
    if let Some(old) = id.checked_sub(LINES) {
        tx.remove::<Diagnostic>(&(server.id, old))?;
    }
    Ok(())
}
