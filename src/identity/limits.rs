//! Limits in the ledger against what the projects say (ID-QTA-02, ID-RES-05): putting
//! defaults into force, comparing, repairing.

use crate::rows::{Project, ProjectState, User};
use kernel::{Cx, ProjectId, Result, UserId};
use std::collections::BTreeSet;
use store::{ReadTx, Reads, WriteTx};

/// A limit of a person that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced {
    /// Whose.
    pub user: UserId,
    /// Their address.
    pub email: String,
    /// Name of the resource.
    pub resource: String,
    /// What was in force.
    pub before: Option<u64>,
    /// What is in force now.
    pub after: u64,
}

/// A holding that is not as the projects say (ID-CLI-52).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// `user:<uuid>` or `project:<uuid>`.
    pub holder: String,
    /// `project:<uuid>`; empty for a project's own holding.
    pub source: String,
    /// Name of the resource.
    pub resource: String,
    /// The limit the projects say; None: nothing should be held.
    pub wanted: Option<u64>,
    /// The limit in force; None: there is no holding.
    pub held: Option<u64>,
}

/// Limits of a project: resource, of all, of a member (ID-QTA-02).
fn wanted(project: &Project) -> impl Iterator<Item = (&str, u64, u64)> {
    let normal = project.state == ProjectState::Normal;
    project
        .limits
        .iter()
        .map(move |(name, limit)| match normal {
            true => (name.as_str(), limit.project, limit.member),
            false => (name.as_str(), 0, 0),
        })
}

/// Gives system projects the defaults of resources that were not set by hand, and puts
/// the limits in force: `slice` projects after `after`. What changed, and where to go on.
pub(crate) fn sync(
    tx: &WriteTx,
    cx: &Cx,
    after: Option<ProjectId>,
    slice: usize,
) -> Result<(Vec<Synced>, Option<ProjectId>)> {
    let _ = cx;
    let catalogue = quota::catalogue(tx)?;
    let projects = tx.scan::<Project>(after.as_ref(), slice)?;
    let next = projects
        .last()
        .filter(|_| projects.len() == slice)
        .map(|project| project.uuid);
    let mut synced = Vec::new();
    for mut project in projects {
        let mut changed = false;
        for info in &catalogue {
            let amount = match project.is_base {
                true => info.system_default,
                false => info.project_default,
            };
            let default = crate::rows::Limit {
                project: amount,
                member: amount,
                explicit: false,
            };
            let there = project.limits.get(info.about.name);
            let stands = there.is_some_and(|l| l.explicit || !project.is_base || *l == default);
            if !stands {
                project.limits.insert(info.about.name.to_owned(), default);
                changed = true;
            }
        }
        if changed {
            tx.put(&project)?;
        }
        enforce(tx, &project, &mut synced)?;
    }
    Ok((synced, next))
}

fn enforce(tx: &WriteTx, project: &Project, synced: &mut Vec<Synced>) -> Result<()> {
    let Some(user) = tx.get::<User>(&project.user)? else {
        return Ok(());
    };
    let holder = quota::user_holder(user.uuid);
    let source = quota::project_source(project.uuid);
    for (resource, of_all, of_member) in wanted(project) {
        if quota::limit_of(tx, &source, "", resource)? != Some(of_all) {
            quota::set_limit(tx, &source, "", resource, of_all)?;
        }
        let before = quota::limit_of(tx, &holder, &source, resource)?;
        if before != Some(of_member) {
            quota::set_limit(tx, &holder, &source, resource, of_member)?;
            synced.push(Synced {
                user: user.uuid,
                email: user.email.clone(),
                resource: resource.to_owned(),
                before,
                after: of_member,
            });
        }
    }
    Ok(())
}

/// Compares all holdings with the projects. Work grows with the store.
pub(crate) fn check(tx: &ReadTx) -> Result<Vec<Mismatch>> {
    let mut wrong = Vec::new();
    let mut known: BTreeSet<(String, String, String)> = BTreeSet::new();
    tx.each_row::<Project>(&(), None, |project| {
        let Some(user) = tx.get::<User>(&project.user)? else {
            return Ok(true);
        };
        let holder = quota::user_holder(user.uuid);
        let source = quota::project_source(project.uuid);
        for (resource, of_all, of_member) in wanted(&project) {
            for (holder, source, limit) in [
                (source.as_str(), "", of_all),
                (holder.as_str(), source.as_str(), of_member),
            ] {
                let held = quota::limit_of(tx, holder, source, resource)?;
                known.insert((holder.to_owned(), source.to_owned(), resource.to_owned()));
                if held != Some(limit) {
                    wrong.push(Mismatch {
                        holder: holder.to_owned(),
                        source: source.to_owned(),
                        resource: resource.to_owned(),
                        wanted: Some(limit),
                        held,
                    });
                }
            }
        }
        Ok(true)
    })?;
    tx.each_row::<quota::Holding>(&(), None, |held| {
        if !known.contains(&store::Row::key(&held)) {
            wrong.push(Mismatch {
                holder: held.holder,
                source: held.source,
                resource: held.resource,
                wanted: None,
                held: Some(held.limit),
            });
        }
        Ok(true)
    })?;
    Ok(wrong)
}

/// Sets the limits the projects say; removes holdings that should not be when
/// `unexpected`. Which were repaired.
pub(crate) fn repair<'a>(
    tx: &WriteTx,
    wrong: &'a [Mismatch],
    unexpected: bool,
) -> Result<Vec<&'a Mismatch>> {
    let mut repaired = Vec::new();
    for one in wrong {
        match one.wanted {
            Some(limit) => {
                quota::set_limit(tx, &one.holder, &one.source, &one.resource, limit)?;
                repaired.push(one);
            }
            None if unexpected
                && quota::remove_holding(tx, &one.holder, &one.source, &one.resource)? =>
            {
                repaired.push(one);
            }
            None => {}
        }
    }
    Ok(repaired)
}
