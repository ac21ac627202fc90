//! Giving networks and addresses to other projects (CY-NET-28, CY-FIP-05).

use super::{charge, get};
use crate::policy::Policy;
use kernel::{Caller, Cx, Error, NetworkId, ProjectId, Result, UserId};
use store::WriteTx;

/// Only whose it is may give it to another project.
pub(super) fn owner(caller: &Caller, owner: Option<UserId>, what: &str) -> Result<()> {
    match caller.is_admin() || owner == Some(caller.user) {
        true => Ok(()),
        false => Err(Error::forbidden(format!(
            "Only the owner of a {what} may reassign it."
        ))),
    }
}

/// May the caller charge the project, and share within it?
pub(super) fn check(
    caller: &Caller,
    policy: &Policy,
    project: ProjectId,
    shared: bool,
) -> Result<()> {
    if shared && !policy.sharing {
        return Err(Error::forbidden(
            "Sharing resource to the members of the project is not permitted",
        ));
    }
    match caller.is_admin() || caller.projects.contains(&project) {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "User {} not in project {project}",
            caller.user
        ))),
    }
}

/// Gives a network to another project of its owner.
pub(crate) fn network(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    id: NetworkId,
    (project, shared): (ProjectId, bool),
) -> Result<()> {
    let mut network = get(tx, caller, id)?;
    if network.deleted {
        return Err(Error::invalid("Network has been deleted."));
    }
    let user = network.user.filter(|_| !network.public);
    let user = user.ok_or_else(|| Error::forbidden("Cannot reassign public network"))?;
    owner(caller, Some(user), "network")?;
    check(caller, policy, project, shared)?;
    if let Some(from) = network.project.filter(|from| *from != project) {
        charge(tx, user, from, -1, true)?;
        charge(tx, user, project, 1, caller.may_exceed_quota())?;
    }
    network.project = Some(project);
    network.shared_to_project = shared;
    network.updated = network.updated.max(cx.now);
    tx.put(&network)
}
