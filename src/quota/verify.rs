//! Does the ledger agree with its commissions?

use crate::{Commission, Holding};
use kernel::Result;
use std::collections::BTreeMap;
use store::{Inconsistency, ReadTx, Reads};

/// Checks `usage_min ≤ usage_max` and that the difference is what pending
/// commissions name.
pub fn verify(tx: &ReadTx) -> Result<Vec<Inconsistency>> {
    let mut problems = tx.verify_table::<Holding>()?;
    problems.extend(tx.verify_table::<Commission>()?);
    let mut pending: BTreeMap<_, u64> = BTreeMap::new();
    tx.each_row::<Commission>(&(), None, |commission| {
        for line in commission.provisions {
            *pending
                .entry((line.holder, line.source, line.resource))
                .or_default() += line.quantity.unsigned_abs();
        }
        Ok(true)
    })?;
    tx.each_row::<Holding>(&(), None, |held| {
        let expected = pending.remove(&store::Row::key(&held)).unwrap_or_default();
        if held.usage_max.checked_sub(held.usage_min) != Some(expected) {
            problems.push(Inconsistency::new(
                "quota.holding",
                format!(
                    "{} {} {}: {expected} pending, but usage is {} to {}",
                    held.holder, held.source, held.resource, held.usage_min, held.usage_max
                ),
            ));
        }
        Ok(true)
    })?;
    problems.extend(pending.into_keys().map(|(holder, source, resource)| {
        Inconsistency::new(
            "quota.commission",
            format!("{holder} {source} {resource}: no such holding"),
        )
    }));
    Ok(problems)
}
