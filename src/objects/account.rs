//! Accounts: there from the start, kept once changed (PI-DM-14, PI-ACC).

use crate::{
    access::{Want, allow},
    meta::MetaChange,
    policy::Policy,
    rows::{Account, Container, Micros, micros},
    until,
};
use kernel::{Caller, Cx, ProjectId, Result, UserId};
use std::collections::BTreeMap;
use store::{Reads, WriteTx};

/// An account as it is shown to its owner.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// Whose.
    pub user: UserId,
    /// Number of containers.
    pub containers: u64,
    /// Bytes charged, over all projects.
    pub used: u64,
    /// Newest change of the account or anything in it; none when never used.
    pub modified: Option<Micros>,
    /// Newest change before the instant asked for.
    pub until: Option<Micros>,
    /// Metadata by full name.
    pub meta: BTreeMap<String, String>,
    /// Limit in each project.
    pub limits: BTreeMap<ProjectId, u64>,
}

pub(crate) fn view(
    tx: &impl Reads,
    caller: &Caller,
    user: UserId,
    until: Option<Micros>,
) -> Result<AccountView> {
    allow(caller, user, Want::ReadAccount)?;
    let row: Option<Account> = tx.get(&user)?;
    let mut modified = row.as_ref().map(|account| account.modified);
    let (mut containers, mut bytes, mut newest) = (0, 0, None);
    tx.each_row::<Container>(&(user,), None, |container| {
        modified = modified.max(Some(container.modified));
        match until {
            None => containers += 1,
            Some(until) if container.created < until => {
                let then = until::figures(tx, &container, until)?;
                containers += 1;
                bytes += then.stat.bytes;
                newest = newest.max(Some(then.modified));
            }
            Some(_) => {}
        }
        Ok(true)
    })?;
    let mut limits = BTreeMap::new();
    let mut used = 0;
    for (project, lines) in quota::usage(tx, user)? {
        if let Some(line) = lines.get(quota::resource::DISKSPACE) {
            limits.insert(project, line.limit);
            used += line.usage;
        }
    }
    Ok(AccountView {
        user,
        containers,
        used: if until.is_some() { bytes } else { used },
        modified,
        until: until.and(newest),
        meta: row.map(|account| account.meta).unwrap_or_default(),
        limits,
    })
}

/// The row of an account, made with its first change.
pub(crate) fn ensure(tx: &WriteTx, cx: &Cx, user: UserId) -> Result<Account> {
    if let Some(account) = tx.get::<Account>(&user)? {
        return Ok(account);
    }
    let account = Account {
        user,
        modified: micros(cx.now),
        meta: BTreeMap::new(),
    };
    tx.put(&account)?;
    Ok(account)
}

/// Changes the metadata of an account (PI-ACC-05).
pub(crate) fn change(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    user: UserId,
    change: &MetaChange,
) -> Result<()> {
    allow(caller, user, Want::WriteAccount)?;
    let old: Option<Account> = tx.get(&user)?;
    let meta = old.map(|account| account.meta).unwrap_or_default();
    let meta = change.apply(&meta, policy.max_metadata)?;
    tx.put(&Account {
        user,
        modified: micros(cx.now),
        meta,
    })
}
