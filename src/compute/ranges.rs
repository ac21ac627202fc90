//! Free values of a pool as ranges: the lowest free one, a given one and giving
//! one back each cost a few point reads, however large the pool is (CY-POOL-02).
//!
//! Invariant: the ranges of a pool are disjoint and no two touch.

use kernel::{Result, SubnetId};
use serde::{Deserialize, Serialize};
use store::{Reads, Row, WriteTx};

/// Which pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    /// Addresses of an IPv4 subnet.
    Addresses(SubnetId),
    /// MAC prefixes.
    MacPrefixes,
    /// Bridges.
    Bridges,
}

impl Pool {
    fn key(self) -> (u8, u64) {
        match self {
            Pool::Addresses(subnet) => (1, subnet.0),
            Pool::MacPrefixes => (2, 0),
            Pool::Bridges => (3, 0),
        }
    }
}

/// Values `start` to `end` are free. Keyed by the end, so that the range a value
/// lies in is the first one at or after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FreeRange {
    kind: u8,
    pool: u64,
    end: u64,
    start: u64,
}

impl Row for FreeRange {
    type Key = (u8, u64, u64);
    const TABLE: &'static str = "compute.free";

    fn key(&self) -> Self::Key {
        (self.kind, self.pool, self.end)
    }
}

/// The first range that ends at or after `value`.
fn at_or_after(tx: &impl Reads, pool: Pool, value: u64) -> Result<Option<FreeRange>> {
    let (kind, number) = pool.key();
    let mut found = None;
    tx.each_from::<FreeRange>(&(kind, number), &(kind, number, value), |range| {
        found = Some(range);
        Ok(false)
    })?;
    Ok(found)
}

/// Is `value` free?
pub(crate) fn is_free(tx: &impl Reads, pool: Pool, value: u64) -> Result<bool> {
    Ok(at_or_after(tx, pool, value)?.is_some_and(|range| range.start <= value))
}

/// The lowest free value.
pub(crate) fn lowest(tx: &impl Reads, pool: Pool) -> Result<Option<u64>> {
    Ok(at_or_after(tx, pool, 0)?.map(|range| range.start))
}

/// All free ranges, lowest first.
pub(crate) fn all(tx: &impl Reads, pool: Pool) -> Result<Vec<(u64, u64)>> {
    let (kind, number) = pool.key();
    let mut found = Vec::new();
    tx.each_row::<FreeRange>(&(kind, number), None, |range| {
        found.push((range.start, range.end));
        Ok(true)
    })?;
    Ok(found)
}

/// Takes `value`; false when it is not free.
pub(crate) fn take(tx: &WriteTx, pool: Pool, value: u64) -> Result<bool> {
    let Some(range) = at_or_after(tx, pool, value)?.filter(|range| range.start <= value) else {
        return Ok(false);
    };
    match range.end == value {
        true => tx.remove::<FreeRange>(&range.key()).map(drop)?,
        false => tx.put(&FreeRange {
            start: value + 1,
            ..range
        })?,
    }
    if range.start < value {
        tx.put(&FreeRange {
            end: value - 1,
            ..range
        })?;
    }
    Ok(true)
}

/// Makes `start` to `end`, none of which is free, free.
pub(crate) fn give(tx: &WriteTx, pool: Pool, start: u64, end: u64) -> Result<()> {
    let (kind, number) = pool.key();
    let mut range = FreeRange {
        kind,
        pool: number,
        end,
        start,
    };
    if let Some(before) = start.checked_sub(1)
        && let Some(left) = tx.remove::<FreeRange>(&(kind, number, before))?
    {
        range.start = left.start;
    }
    if let Some(right) = at_or_after(tx, pool, end)?
        && end.checked_add(1) == Some(right.start)
    {
        range.end = right.end;
    }
    tx.put(&range)
}

/// Forgets the pool.
pub(crate) fn drop_pool(tx: &WriteTx, pool: Pool) -> Result<()> {
    let (kind, number) = pool.key();
    for (_, end) in all(tx, pool)? {
        tx.remove::<FreeRange>(&(kind, number, end))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use store::Store;

    const POOL: Pool = Pool::Addresses(SubnetId(7));

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
        // CY-POOL-02 CY-POOL-03
        #[test]
        fn ranges_are_a_set_of_numbers(steps in prop::collection::vec((any::<bool>(), 0u64..24), 1..80)) {
            let store = Store::in_memory().unwrap();
            let mut model: BTreeSet<u64> = (2..20).collect();
            store.write_blocking(|tx| give(tx, POOL, 2, 19)).unwrap();
            store.write_blocking(|tx| give(tx, Pool::Addresses(SubnetId(8)), 0, 99)).unwrap();
            for (out, value) in steps {
                if out {
                    let took = store.write_blocking(move |tx| take(tx, POOL, value)).unwrap();
                    prop_assert_eq!(took, model.remove(&value));
                } else if (2..20).contains(&value) && !model.contains(&value) {
                    store.write_blocking(move |tx| give(tx, POOL, value, value)).unwrap();
                    model.insert(value);
                }
                let (ranges, low) = store.read_now(|tx| Ok((all(tx, POOL)?, lowest(tx, POOL)?))).unwrap();
                let listed: Vec<u64> = ranges.iter().flat_map(|(a, b)| *a..=*b).collect();
                prop_assert_eq!(&listed, &model.iter().copied().collect::<Vec<_>>());
                prop_assert!(ranges.windows(2).all(|w| w[0].1 + 1 < w[1].0));
                prop_assert_eq!(low, model.first().copied());
                prop_assert_eq!(store.read_now(|tx| is_free(tx, POOL, value)).unwrap(), model.contains(&value));
            }
        }
    }
}
