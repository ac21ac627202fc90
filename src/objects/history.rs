//! Older versions: listing and purging them.

use crate::{
    access::{Object, Want, allow},
    container::SLICE,
    maps,
    object::{charge, count_keys, take_stat},
    policy::Policy,
    rows::{Cluster, Container, Entry, Micros, Node, Version, micros},
};
use kernel::{Caller, Cx, Result};
use store::{Reads, WriteTx};

/// Which version of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The present one.
    Current,
    /// The one with this number.
    Serial(u64),
    /// The text that was to name one is no number.
    Invalid,
}

/// What is purged: versions up to an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purge {
    /// Versions committed at or before this instant go.
    pub until: Micros,
    /// Current versions go too.
    pub current: bool,
}

/// The versions of an object, oldest first, without deletions (PI-OBJ-09).
pub fn versions(tx: &impl Reads, caller: &Caller, path: &Object) -> Result<Vec<Version>> {
    allow(caller, path.account(), Want::ReadObject)?;
    let container = path.container.row(tx)?;
    let Some(node) = path.node(tx, container.id)? else {
        return Ok(Vec::new());
    };
    let all = tx.scan_prefix::<Version>(&(node.id,), None, usize::MAX)?;
    Ok(all
        .into_iter()
        .filter(|v| v.cluster != Cluster::Deleted)
        .collect())
}

/// Purges one object (PI-VER-04, PI-DEL-03), a slice of its versions at a time; true
/// when it is done.
pub(crate) fn purge_object(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    path: &Object,
    until: Micros,
) -> Result<bool> {
    allow(caller, path.account(), Want::OwnObject)?;
    let mut container = path.container.row(tx)?;
    let Some(node) = path.node(tx, container.id)? else {
        return Ok(true);
    };
    let purge = Purge {
        until,
        current: true,
    };
    let mut budget = SLICE;
    let growth = purge_node(tx, cx, policy, &mut container, &node, purge, &mut budget)?;
    charge(tx, caller, &container, growth)?;
    tx.put(&container)?;
    Ok(budget > 0)
}

/// Purges versions of one name from a container that the caller stores; answers
/// what the charge changes by. A name without versions vanishes. Takes at most
/// `budget` versions and counts them off: at 0 there may be more.
pub(crate) fn purge_node(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    container: &mut Container,
    node: &Node,
    purge: Purge,
    budget: &mut usize,
) -> Result<i64> {
    let mut doomed = Vec::new();
    tx.each_row::<Version>(&(node.id,), None, |version| {
        let current = version.cluster == Cluster::Normal;
        if version.mtime <= purge.until && (purge.current || !current) {
            doomed.push(version);
        }
        Ok(doomed.len() < *budget)
    })?;
    *budget -= doomed.len().min(*budget);
    let mut growth = 0;
    for version in doomed {
        let current = version.cluster == Cluster::Normal;
        take_stat(container, version.cluster, version.size)?;
        if current {
            count_keys(tx, container.id, &version, -1)?;
            tx.remove::<Entry>(&(container.id, node.name.clone()))?;
        }
        let charged = current || (version.cluster == Cluster::History && !policy.free_versioning);
        if charged {
            growth -= i64::try_from(version.size).map_err(kernel::Error::broken)?;
        }
        maps::release(tx, cx, container.account, version.map)?;
        tx.remove::<Version>(&(version.node, version.serial))?;
        container.modified = container.modified.max(micros(cx.now));
    }
    if tx.last::<Version>(&(node.id,))?.is_none() {
        tx.remove::<Node>(&(container.id, node.name.clone()))?;
    }
    Ok(growth)
}
