//! Erasing an account on its owner's request (ID-CLI-80 `user-erase`).
//!
//! Invariants: whoever still uses something is not erased, so that nothing is left that
//! belongs to nobody; afterwards no row of this crate has the person's name, address or
//! ways to log in, but the audit trail, which administrators are accountable by.

use crate::{
    admin::{allow, may_change},
    audit::{self, Act},
    email,
    invitations::Invitation,
    rows::User,
    sign_up,
};
use kernel::{Caller, Cx, Error, Result, UserNo};
use quota::{project_source, user_holder};
use std::collections::BTreeMap;
use store::{Reads, WriteTx};

/// Erases an account of whatever state.
///
/// # Errors
/// `Conflict` naming what the account still uses.
pub(crate) fn erase(tx: &WriteTx, cx: &Cx, actor: &Caller, no: UserNo) -> Result<()> {
    allow(actor)?;
    let user: User = tx.must(&no, &format!("Unknown user with id '{no}'"))?;
    may_change(tx, actor, &user)?;
    let held = quota::usage(tx, user.uuid)?;
    let mut used: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, numbers) in held.values().flatten() {
        *used.entry(name).or_default() += numbers.usage;
    }
    let used: Vec<String> = used
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| format!("{name}: {n}"))
        .collect();
    if !used.is_empty() {
        return Err(Error::conflict(format!(
            "Cannot erase. User {} still uses {}; remove that first.",
            user.username,
            used.join(", ")
        )));
    }
    for (project, resources) in &held {
        let source = project_source(*project);
        for resource in resources.keys() {
            quota::remove_holding(tx, &user_holder(user.uuid), &source, resource)?;
            if *project == user.uuid.own_project() {
                quota::remove_holding(tx, &source, "", resource)?;
            }
        }
    }
    forget_invitations(tx, &user)?;
    for mut sent in tx.find::<Invitation>("inviter", &(no,), None, usize::MAX)? {
        sent.inviter = None;
        tx.put(&sent)?;
    }
    sign_up::delete(tx, &user)?;
    // By the name that says nothing about the person.
    let target = audit::Target::new("user", no, user.uuid.to_string());
    audit::record(tx, cx, actor, Act::new("user.erase", target))
}

/// Invitations name whom they were sent to: by the one the person signed up with, and by
/// every address that is known of them.
fn forget_invitations(tx: &WriteTx, user: &User) -> Result<()> {
    if let Some(id) = user.life.invitation {
        tx.remove::<Invitation>(&id)?;
    }
    let first = user.accepted_email.as_deref().unwrap_or_default();
    for address in [user.email.as_str(), first] {
        if let Some(own) = tx.find_one::<Invitation>("email", &email::key(address))? {
            tx.remove::<Invitation>(&own.id)?;
        }
    }
    Ok(())
}
