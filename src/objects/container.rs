//! Containers: making, describing, changing, emptying and deleting them (PI-CON).

use crate::{
    access::{Container as Path, Want, allow},
    account,
    history::{Purge, purge_node},
    meta::MetaChange,
    object::{charge, delete_entry},
    policy::Policy,
    rows::{Cluster, Container, Entry, META_KEYS, Micros, Node, Stat, Versioning, micros},
    until,
};
use kernel::{Caller, Cx, Error, ProjectId, Result, UserId};
use store::{Reads, WriteTx};

/// Rows changed in one transaction when a container is emptied or purged.
pub(crate) const SLICE: usize = 500;

/// What PUT did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// The container is new.
    New,
    /// It was there and has been changed.
    Changed,
}

/// New policies; absent ones stay, `Some(None)` is the default (PI-QTA-09).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyChange {
    /// Limit in bytes.
    pub quota: Option<Option<u64>>,
    /// What happens to superseded versions.
    pub versioning: Option<Option<Versioning>>,
    /// Where the bytes are charged.
    pub project: Option<Option<ProjectId>>,
}

/// A container as it is shown.
#[derive(Clone, Debug)]
pub struct ContainerView {
    /// The row.
    pub row: Container,
    /// Current objects, or those of the instant asked for.
    pub stat: Stat,
    /// Newest change before the instant asked for.
    pub until: Option<Micros>,
    /// Metadata keys that its current objects use.
    pub keys: Vec<String>,
}

pub(crate) fn view(
    tx: &impl Reads,
    caller: &Caller,
    path: &Path,
    until: Option<Micros>,
) -> Result<ContainerView> {
    allow(caller, path.account, Want::ReadContainer)?;
    let row = path.row(tx)?;
    let mut keys = Vec::new();
    tx.each_count::<(u64, String)>(META_KEYS, &(row.id,), None, |(_, key), _| {
        keys.push(key);
        Ok(true)
    })?;
    keys.sort_unstable();
    shown(tx, row, keys, until)
}

fn shown(
    tx: &impl Reads,
    row: Container,
    keys: Vec<String>,
    until: Option<Micros>,
) -> Result<ContainerView> {
    let (stat, until) = match until {
        None => (row.normal, None),
        Some(until) => {
            let then = until::figures(tx, &row, until)?;
            (then.stat, Some(then.modified))
        }
    };
    Ok(ContainerView {
        row,
        stat,
        until,
        keys,
    })
}

/// Containers of an account in order, without their metadata keys (PI-ACC-03).
pub(crate) fn list(
    tx: &impl Reads,
    caller: &Caller,
    account: UserId,
    marker: Option<&str>,
    limit: usize,
    until: Option<Micros>,
) -> Result<Vec<ContainerView>> {
    allow(caller, account, Want::ReadAccount)?;
    let after = marker.map(|name| (account, name.to_owned()));
    let mut rows = Vec::new();
    if limit > 0 {
        tx.each_row::<Container>(&(account,), after.as_ref(), |row| {
            if until.is_none_or(|until| row.created < until) {
                rows.push(row);
            }
            Ok(rows.len() < limit)
        })?;
    }
    rows.into_iter()
        .map(|row| shown(tx, row, Vec::new(), until))
        .collect()
}

/// May bytes be charged to this project?
fn may_charge(caller: &Caller, account: UserId, project: ProjectId) -> Result<()> {
    if project == account.own_project() || caller.projects.contains(&project) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "User {} not in project {project}",
        caller.user
    )))
}

/// Makes a container or changes the one that is there (PI-CON-02).
pub(crate) fn put(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    path: &Path,
    policies: &PolicyChange,
    meta: &MetaChange,
) -> Result<Created> {
    allow(caller, path.account, Want::WriteContainer)?;
    if tx.get::<Container>(&path.key())?.is_some() {
        change(tx, cx, caller, policy, path, policies, meta)?;
        return Ok(Created::Changed);
    }
    let own = path.account.own_project();
    let project = policies.project.flatten().unwrap_or(own);
    may_charge(caller, path.account, project)?;
    let meta = meta.apply(&Default::default(), policy.max_metadata)?;
    account::ensure(tx, cx, path.account)?;
    tx.put(&Container {
        account: path.account,
        name: path.name.clone(),
        id: tx.next_id("objects.container")?,
        created: micros(cx.now),
        modified: micros(cx.now),
        quota: policies.quota.flatten().unwrap_or(policy.container_quota),
        versioning: policies.versioning.flatten().unwrap_or(policy.versioning),
        project,
        meta,
        normal: Stat::default(),
        history: Stat::default(),
        deleted: Stat::default(),
    })?;
    Ok(Created::New)
}

/// Changes policies and metadata (PI-CON-03); another project takes over the
/// charge (PI-QTA-06).
pub(crate) fn change(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    path: &Path,
    policies: &PolicyChange,
    meta: &MetaChange,
) -> Result<()> {
    allow(caller, path.account, Want::WriteContainer)?;
    let mut row = path.row(tx)?;
    row.meta = meta.apply(&row.meta, policy.max_metadata)?;
    row.modified = row.modified.max(micros(cx.now));
    if let Some(quota) = policies.quota {
        row.quota = quota.unwrap_or(policy.container_quota);
    }
    if let Some(versioning) = policies.versioning {
        row.versioning = versioning.unwrap_or(policy.versioning);
    }
    if let Some(project) = policies.project {
        let project = project.unwrap_or(path.account.own_project());
        if project != row.project {
            may_charge(caller, path.account, project)?;
            move_charge(tx, caller, policy, &row, project)?;
            row.project = project;
        }
    }
    tx.put(&row)
}

fn move_charge(
    tx: &WriteTx,
    caller: &Caller,
    policy: &Policy,
    row: &Container,
    to: ProjectId,
) -> Result<()> {
    let mut bytes = row.normal.bytes;
    if !policy.free_versioning {
        bytes += row.history.bytes;
    }
    let bytes = i64::try_from(bytes).map_err(Error::broken)?;
    if bytes == 0 {
        return Ok(());
    }
    let line = |project, amount| quota::Delta {
        user: row.account,
        project,
        resource: quota::resource::DISKSPACE,
        amount,
    };
    quota::charge_all(
        tx,
        &[line(row.project, -bytes), line(to, bytes)],
        caller.may_exceed_quota(),
    )
}

/// Takes away a container without current objects, a slice of its history at a
/// time; true when it is gone (PI-CON-05).
pub(crate) fn delete(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    path: &Path,
) -> Result<bool> {
    allow(caller, path.account, Want::WriteContainer)?;
    let mut row = path.row(tx)?;
    if row.normal.count > 0 {
        return Err(Error::conflict("Container is not empty"));
    }
    let all = Purge {
        until: Micros::MAX,
        current: false,
    };
    let nodes = tx.scan_prefix::<Node>(&(row.id,), None, SLICE)?;
    let (mut growth, mut budget) = (0, SLICE);
    for node in &nodes {
        if budget > 0 {
            growth += purge_node(tx, cx, policy, &mut row, node, all, &mut budget)?;
        }
    }
    charge(tx, caller, &row, growth)?;
    if nodes.len() == SLICE || budget == 0 {
        tx.put(&row)?;
        return Ok(false);
    }
    tx.remove::<Container>(&path.key())?;
    let mut account = account::ensure(tx, cx, path.account)?;
    account.modified = account.modified.max(micros(cx.now));
    tx.put(&account)?;
    Ok(true)
}

/// How far a purge is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purged {
    All,
    /// Go on with the names after this one; None: with the first.
    After(Option<String>),
}

/// Purges history and deletion markers up to an instant, a slice of versions in names
/// after `after` at a time.
pub(crate) fn purge(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    path: &Path,
    until: Micros,
    after: Option<&String>,
) -> Result<Purged> {
    allow(caller, path.account, Want::WriteContainer)?;
    let mut row = path.row(tx)?;
    let mut done = after.cloned();
    let from = after.map(|name| (row.id, name.clone()));
    let nodes = tx.scan_prefix::<Node>(&(row.id,), from.as_ref(), SLICE)?;
    let purge = Purge {
        until,
        current: false,
    };
    let mut more = nodes.len() == SLICE;
    let (mut growth, mut budget) = (0, SLICE);
    for node in nodes {
        growth += purge_node(tx, cx, policy, &mut row, &node, purge, &mut budget)?;
        if budget == 0 {
            more = true;
            break;
        }
        done = Some(node.name);
    }
    charge(tx, caller, &row, growth)?;
    tx.put(&row)?;
    Ok(match more {
        true => Purged::After(done),
        false => Purged::All,
    })
}

/// Deletes a slice of the objects that were there at `cx.now` and whose names
/// start with `prefix`; true when none is left.
pub(crate) fn empty(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    path: &Path,
    prefix: &str,
) -> Result<bool> {
    allow(caller, path.account, Want::WriteContainer)?;
    let mut row = path.row(tx)?;
    let mut found: Vec<Entry> = Vec::new();
    let start = crate::list::Start::of(row.id, prefix);
    tx.each_from::<Entry>(&(row.id,), &start, |entry| {
        if !entry.name.starts_with(prefix) {
            return Ok(false);
        }
        if entry.version.mtime <= micros(cx.now) && entry.version.cluster == Cluster::Normal {
            found.push(entry);
        }
        Ok(found.len() < SLICE)
    })?;
    let done = found.len() < SLICE;
    let mut growth = 0;
    for entry in found {
        growth += delete_entry(tx, cx, caller, policy, &mut row, entry)?;
    }
    charge(tx, caller, &row, growth)?;
    tx.put(&row)?;
    Ok(done)
}
