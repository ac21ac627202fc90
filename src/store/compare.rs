//! What differs between two stores of one structure, table by table.

use crate::{
    ReadTx, Store,
    copy::is_counter,
    meta,
    read::{OUTBOX, Raw, prefix_span},
};
use kernel::{Error, Result};
use redb::TableHandle;
use std::collections::BTreeSet;

/// How many rows of a table differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: String,
    /// Rows the later store alone has.
    pub added: u64,
    /// Rows that are not the same.
    pub changed: u64,
    /// Rows the earlier store alone has.
    pub removed: u64,
}

impl Store {
    /// Tables whose rows differ; indexes, counters and the outbox are left out. Work is
    /// proportional to both stores.
    pub fn differences(earlier: &Store, later: &Store) -> Result<Vec<Change>> {
        earlier.read_now(|old| {
            later.read_now(|new| {
                let mut names = tables(old)?;
                names.extend(tables(new)?);
                let mut all = Vec::new();
                for table in names {
                    let change = compare(old, new, table)?;
                    if change.added + change.changed + change.removed > 0 {
                        all.push(change);
                    }
                }
                Ok(all)
            })
        })
    }
}

fn tables(tx: &ReadTx) -> Result<BTreeSet<String>> {
    let all = tx.tx.list_tables().map_err(Error::broken)?;
    let own = [meta::META.name(), OUTBOX.name()];
    let rows = |name: &String| !is_counter(name) && !name.ends_with('#');
    Ok(all
        .map(|table| table.name().to_owned())
        .filter(|name| rows(name) && !own.contains(&name.as_str()))
        .collect())
}

fn compare(old: &ReadTx, new: &ReadTx, table: String) -> Result<Change> {
    let all = prefix_span(&[], None);
    let mut change = Change {
        table,
        added: 0,
        changed: 0,
        removed: 0,
    };
    let table = change.table.clone();
    old.raw_range(&table, &all, false, &mut |key, value| {
        match new.raw_get(&table, key)? {
            None => change.removed += 1,
            Some(now) if now != value => change.changed += 1,
            Some(_) => {}
        }
        Ok(true)
    })?;
    new.raw_range(&table, &all, false, &mut |key, _| {
        change.added += u64::from(old.raw_get(&table, key)?.is_none());
        Ok(true)
    })?;
    Ok(change)
}
