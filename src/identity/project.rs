//! System projects: the quota of one person (ID-PRJ-30, ID-QTA-20).

use crate::rows::{Limit, Project, ProjectState, User};
use kernel::{Cx, Error, Result};
use std::{collections::BTreeMap, time::Duration};
use store::{Reads, WriteTx};

/// A hundred years.
const FOR_EVER: Duration = Duration::from_secs(36_525 * 86_400);

/// Opens the system project of an accepted person, or puts it in force again.
pub(crate) fn open(tx: &WriteTx, cx: &Cx, user: &User) -> Result<()> {
    let uuid = user.uuid.own_project();
    if tx.get::<Project>(&uuid)?.is_some() {
        return Ok(());
    }
    quota::open_system_project(tx, user.uuid)?;
    let mut limits = BTreeMap::new();
    for info in quota::catalogue(tx)? {
        let limit = Limit {
            project: info.system_default,
            member: info.system_default,
            explicit: false,
        };
        limits.insert(info.about.name.to_owned(), limit);
    }
    let no = tx.next_id(<Project as store::Row>::TABLE)?;
    let project = Project {
        uuid,
        no,
        realname: format!("system:{}", user.uuid),
        description: format!("system project for user {}", user.email),
        user: user.no,
        created: cx.now,
        end_date: cx.now + FOR_EVER,
        is_base: true,
        private: true,
        state: ProjectState::Normal,
        reason: String::new(),
        limits,
    };
    tx.put(&project)?;
    synchronise(tx, user, &project)
}

/// Puts the limits of the project in force: its own, or 0 while it is suspended
/// (ID-QTA-02).
fn synchronise(tx: &WriteTx, user: &User, project: &Project) -> Result<()> {
    let holder = quota::user_holder(user.uuid);
    let source = quota::project_source(project.uuid);
    for (resource, limit) in &project.limits {
        let (of_project, of_member) = match project.state {
            ProjectState::Normal => (limit.project, limit.member),
            ProjectState::Suspended => (0, 0),
        };
        quota::set_limit(tx, &source, "", resource, of_project)?;
        quota::set_limit(tx, &holder, &source, resource, of_member)?;
    }
    Ok(())
}

/// Suspends the project with its person (ID-ACT-10).
pub(crate) fn suspend(tx: &WriteTx, user: &User) -> Result<()> {
    let Some(mut project) = tx.get::<Project>(&user.uuid.own_project())? else {
        return Ok(());
    };
    if project.state == ProjectState::Normal {
        project.state = ProjectState::Suspended;
        project.reason = "user_deactivation".into();
        tx.put(&project)?;
        synchronise(tx, user, &project)?;
    }
    Ok(())
}

/// Resumes what [`suspend`] suspended, nothing else (ID-ACT-09).
pub(crate) fn resume(tx: &WriteTx, user: &User) -> Result<()> {
    let Some(mut project) = tx.get::<Project>(&user.uuid.own_project())? else {
        return Ok(());
    };
    if project.state == ProjectState::Suspended && project.reason == "user_deactivation" {
        project.state = ProjectState::Normal;
        project.reason = "user_reactivation".into();
        tx.put(&project)?;
        synchronise(tx, user, &project)?;
    }
    Ok(())
}

/// Sets the base quota of a resource; None: the default (ID-QTA-20).
pub(crate) fn set_base_quota(
    tx: &WriteTx,
    user: &User,
    resource: &str,
    capacity: Option<u64>,
) -> Result<()> {
    let known = quota::catalogue(tx)?;
    let Some(info) = known.into_iter().find(|info| info.about.name == resource) else {
        return Err(Error::not_found(format!("No such resource: {resource}")));
    };
    let Some(mut project) = tx.get::<Project>(&user.uuid.own_project())? else {
        return Err(Error::conflict(format!(
            "User {} is not accepted and has no quota.",
            user.no
        )));
    };
    let amount = capacity.unwrap_or(info.system_default);
    let limit = Limit {
        project: amount,
        member: amount,
        explicit: capacity.is_some(),
    };
    project.limits.insert(resource.to_owned(), limit);
    tx.put(&project)?;
    synchronise(tx, user, &project)
}
