//! Servers: who sees them, how they are shown, making, acting, editing.

mod act;
mod create;
mod edit;
mod end;
mod ports;

pub(crate) use act::{Asked, act};
pub(crate) use create::{check, create};
pub(crate) use edit::{forget_password, password, remove_metadata, rename, set_metadata, suspend};
pub(crate) use end::{build_failed, diagnose, enter, finish_destroy};

use crate::{
    address,
    flavor::ALL,
    policy::Policy,
    rows::{Diagnostic, Flavor, OperState, Port, Server, Volume, VolumeState},
    view::{PortView, ServerView, Status},
};
use kernel::{Caller, Cx, Error, Result, ServerId, Timestamp};
use std::collections::BTreeMap;
use store::{Reads, WriteTx};

const UNKNOWN: &str = "Server not found.";

/// May the caller see and use the server (CY-MOD-41)?
pub(crate) fn visible(caller: &Caller, server: &Server) -> bool {
    caller.is_admin()
        || server.user == caller.user
        || server.shared_to_project && caller.projects.contains(&server.project)
}

/// The server, if the caller may see it.
pub(crate) fn get(tx: &impl Reads, caller: &Caller, id: ServerId) -> Result<Server> {
    tx.get::<Server>(&id)?
        .filter(|server| visible(caller, server))
        .ok_or_else(|| Error::not_found(UNKNOWN))
}

/// The server, if the caller may change it (CY-STM-06.1, CY-STM-07).
pub(crate) fn get_to_change(tx: &impl Reads, caller: &Caller, id: ServerId) -> Result<Server> {
    let server = get(tx, caller, id)?;
    if server.deleted {
        return Err(Error::invalid(format!("Server '{id}' has been deleted.")));
    }
    if server.suspended && !caller.is_admin() {
        return Err(Error::forbidden("Administratively Suspended VM"));
    }
    Ok(server)
}

/// Writes a server that people see change (CY-API-10).
pub(crate) fn touch(tx: &WriteTx, cx: &Cx, server: &mut Server) -> Result<()> {
    server.updated = server.updated.max(cx.now);
    tx.put(server)?;
    tx.wake("compute.server");
    Ok(())
}

/// `status` (CY-STM-02).
pub(crate) fn status(server: &Server) -> Status {
    if server.deleted {
        return Status::Deleted;
    }
    let rebooting = server
        .job
        .as_ref()
        .is_some_and(|job| job.opcode == "OP_INSTANCE_REBOOT" && !job.status.is_final());
    match server.operstate {
        OperState::Started if rebooting => Status::Reboot,
        OperState::Started => Status::Active,
        OperState::Build => Status::Build,
        OperState::Error => Status::Error,
        OperState::Stopped => Status::Stopped,
        OperState::Destroyed => Status::Deleted,
    }
}

/// GiB of the disks of a server that are charged.
pub(crate) fn disk(tx: &impl Reads, server: ServerId) -> Result<u64> {
    Ok(volumes(tx, server)?.iter().map(|v| u64::from(v.size)).sum())
}

/// Disks of a server that are not deleted, by place.
pub(crate) fn volumes(tx: &impl Reads, server: ServerId) -> Result<Vec<Volume>> {
    let mut all = tx.find::<Volume>("by_server", &server, None, ALL)?;
    all.retain(|v| v.state != VolumeState::Deleted);
    Ok(all)
}

/// Ports of a server, by id.
pub(crate) fn ports(tx: &impl Reads, server: ServerId) -> Result<Vec<Port>> {
    tx.find("by_server", &server, None, ALL)
}

/// A server with all that its detail object shows.
pub(crate) fn view(tx: &impl Reads, policy: &Policy, server: Server) -> Result<ServerView> {
    let flavor: Flavor = tx
        .get(&server.flavor)?
        .ok_or_else(|| Error::broken("a server's flavor is missing"))?;
    let ports = ports(tx, server.id)?
        .into_iter()
        .map(|port| {
            let addresses = address::of_port(tx, &port)?;
            Ok(PortView { port, addresses })
        })
        .collect::<Result<_>>()?;
    let mut volumes: Vec<_> = volumes(tx, server.id)?.iter().map(|v| v.id).collect();
    volumes.sort();
    let status = status(&server);
    Ok(ServerView {
        flavor,
        ports,
        volumes,
        diagnostic: tx.last::<Diagnostic>(&server.id)?,
        fqdn: policy.fqdn_of(server.id),
        progress: match status {
            Status::Active => 100,
            _ => server.progress,
        },
        status,
        server,
    })
}

/// Servers the caller sees, by id (CY-SRV-05).
pub(crate) fn list(
    tx: &impl Reads,
    caller: &Caller,
    policy: &Policy,
    since: Option<Timestamp>,
) -> Result<Vec<ServerView>> {
    let mut found = BTreeMap::new();
    let mut keep = |server: Server| {
        found.insert(server.id, server);
        Ok(true)
    };
    match since {
        None => {
            tx.each_found("by_user", &(caller.user, false), None, &mut keep)?;
            for project in &caller.projects {
                tx.each_found("by_project", &(*project, false), None, &mut keep)?;
            }
        }
        Some(since) => {
            recent(tx, "by_user_change", &caller.user, since, &mut keep)?;
            for project in &caller.projects {
                recent(tx, "by_project_change", project, since, &mut keep)?;
            }
        }
    }
    found
        .into_values()
        .map(|server| view(tx, policy, server))
        .collect()
}

/// Servers under `prefix` of a change index that changed since an instant.
fn recent(
    tx: &impl Reads,
    index: &str,
    prefix: &impl store::Encode,
    since: Timestamp,
    keep: &mut dyn FnMut(Server) -> Result<bool>,
) -> Result<()> {
    tx.each_found::<Server>(index, prefix, None, |server| match server.updated < since {
        true => Ok(false),
        false => keep(server),
    })
}

/// A server's log, newest first.
pub(crate) fn diagnostics(
    tx: &impl Reads,
    caller: &Caller,
    id: ServerId,
) -> Result<Vec<Diagnostic>> {
    get(tx, caller, id)?;
    let mut all = tx.scan_prefix::<Diagnostic>(&id, None, ALL)?;
    all.reverse();
    Ok(all)
}

/// Checks a changes-since instant (CY-API-09).
pub(crate) fn check_since(policy: &Policy, now: Timestamp, since: Option<Timestamp>) -> Result<()> {
    let Some(since) = since else { return Ok(()) };
    if since > now {
        return Err(Error::invalid("changes-since value set in the future."));
    }
    if now.duration_since(since).as_secs() > policy.poll_limit {
        return Err(Error::invalid("Too old changes-since value."));
    }
    Ok(())
}
