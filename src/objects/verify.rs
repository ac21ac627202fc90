//! Do the tables of this crate agree with each other?

use crate::{
    maps,
    rows::{
        Account, Cluster, Container, Entry, Grant, HELD, MAP_USERS, META_KEYS, MapChunk, Node,
        OWNED, PITHOS, Stat, Version,
    },
};
use blocks::{EMPTY, REFS};
use kernel::{BlockHash, Result, UserId};
use std::collections::{BTreeMap, BTreeSet};
use store::{Inconsistency, Key, ReadTx, Reads};

/// Checks all tables: rows and indexes, figures, maps, counts. Work grows with
/// the store.
pub fn verify(tx: &ReadTx) -> Result<Vec<Inconsistency>> {
    let mut problems = tx.verify_table::<Account>()?;
    problems.extend(tx.verify_table::<Container>()?);
    problems.extend(tx.verify_table::<Node>()?);
    problems.extend(tx.verify_table::<Version>()?);
    problems.extend(tx.verify_table::<Entry>()?);
    problems.extend(tx.verify_table::<MapChunk>()?);
    problems.extend(tx.verify_table::<Grant>()?);
    let mut seen = Seen::default();
    containers(tx, &mut seen, &mut problems)?;
    tx.each_count::<(u64, UserId)>(HELD, &(), None, |(map, owner), count| {
        *seen.users.entry(map).or_default() += count;
        seen.owners.insert(map, owner);
        Ok(true)
    })?;
    counts(tx, &seen, &mut problems)?;
    Ok(problems)
}

/// What the counters should say.
#[derive(Default)]
struct Seen {
    users: BTreeMap<u64, u64>,
    owners: BTreeMap<u64, UserId>,
    keys: BTreeMap<(u64, String), u64>,
    entries: u64,
}

fn wrong(place: &str, problem: impl Into<String>) -> Inconsistency {
    Inconsistency::new(place, problem)
}

fn containers(tx: &ReadTx, seen: &mut Seen, problems: &mut Vec<Inconsistency>) -> Result<()> {
    tx.each_row::<Container>(&(), None, |row| {
        let mut stats: BTreeMap<Cluster, Stat> = BTreeMap::new();
        tx.each_row::<Node>(&(row.id,), None, |node| {
            let mut current = Vec::new();
            let versions = tx.scan_prefix::<Version>(&(node.id,), None, usize::MAX)?;
            if versions.is_empty() {
                problems.push(wrong("objects.node", "a name without versions"));
            }
            for version in versions {
                let stat = stats.entry(version.cluster).or_default();
                stat.count += 1;
                stat.bytes += version.size;
                if let Some(map) = version.map {
                    *seen.users.entry(map).or_default() += 1;
                    seen.owners.insert(map, row.account);
                }
                if let Err(error) = maps::block_list(tx, &version) {
                    problems.push(wrong("objects.map", error.chain()));
                }
                if version.cluster == Cluster::Normal {
                    current.push(version);
                }
            }
            let entry = tx.get::<Entry>(&(row.id, node.name.clone()))?;
            seen.entries += u64::from(entry.is_some());
            if current != Vec::from_iter(entry.map(|e| e.version)) {
                problems.push(wrong(
                    "objects.entry",
                    "an entry is not the current version",
                ));
            }
            for version in &current {
                for key in version
                    .domain(PITHOS)
                    .filter_map(|(k, _)| k.strip_prefix(crate::META))
                {
                    *seen.keys.entry((row.id, key.to_owned())).or_default() += 1;
                }
            }
            Ok(true)
        })?;
        let figures = [
            (Cluster::Normal, row.normal),
            (Cluster::History, row.history),
            (Cluster::Deleted, row.deleted),
        ];
        for (cluster, stat) in figures {
            if stats.remove(&cluster).unwrap_or_default() != stat {
                let problem = format!("container {}: figures of {cluster:?}", row.id);
                problems.push(wrong("objects.container", problem));
            }
        }
        Ok(true)
    })
}

fn counts(tx: &ReadTx, seen: &Seen, problems: &mut Vec<Inconsistency>) -> Result<()> {
    let mut owned: BTreeMap<(UserId, BlockHash), u64> = BTreeMap::new();
    let mut refs: BTreeMap<BlockHash, u64> = BTreeMap::new();
    let mut stray = BTreeSet::new();
    tx.each_row::<MapChunk>(&(), None, |chunk| {
        let Some(owner) = seen.owners.get(&chunk.map) else {
            stray.insert(chunk.map);
            return Ok(true);
        };
        for hash in maps::hashes(&chunk)?.into_iter().filter(|h| *h != EMPTY) {
            *owned.entry((*owner, hash)).or_default() += 1;
            *refs.entry(hash).or_default() += 1;
        }
        Ok(true)
    })?;
    for map in stray {
        problems.push(wrong("objects.map", format!("map {map} has no version")));
    }
    let mut entries = 0;
    tx.each_row::<Entry>(&(), None, |_| {
        entries += 1;
        Ok(true)
    })?;
    if entries != seen.entries {
        problems.push(wrong("objects.entry", "an entry without its name"));
    }
    compare(tx, MAP_USERS, seen.users.clone(), problems)?;
    compare(tx, META_KEYS, seen.keys.clone(), problems)?;
    compare(tx, OWNED, owned, problems)?;
    // Volumes count in the same table.
    for (hash, count) in refs {
        if tx.count(REFS, &hash)? < count {
            problems.push(wrong(REFS, format!("block {hash} is counted too low")));
        }
    }
    Ok(())
}

fn compare<K: Key + Ord>(
    tx: &ReadTx,
    table: &str,
    mut wanted: BTreeMap<K, u64>,
    problems: &mut Vec<Inconsistency>,
) -> Result<()> {
    tx.each_count::<K>(table, &(), None, |key, count| {
        if wanted.remove(&key) != Some(count) {
            problems.push(wrong(
                table,
                format!("a wrong count at {:02x?}", key.bytes()),
            ));
        }
        Ok(true)
    })?;
    if !wanted.is_empty() {
        problems.push(wrong(table, "missing counts"));
    }
    Ok(())
}
