//! Which blocks somebody may name by hash without sending them (PI-SEC-02): those
//! of any version in their own account, and those they uploaded in the last day.

use crate::rows::{Grant, Micros, OWNED, micros};
use blocks::EMPTY;
use kernel::{BlockHash, Cx, Result, UserId};
use store::{Reads, WriteTx};

/// How long an uploaded block may be named.
const GRANT: Micros = 86_400_000_000;

/// Notes that `account` uploaded these blocks.
pub(crate) fn grant(tx: &WriteTx, cx: &Cx, account: UserId, hashes: &[BlockHash]) -> Result<()> {
    let expires = micros(cx.now).saturating_add(GRANT);
    for hash in hashes.iter().filter(|hash| **hash != EMPTY) {
        tx.put(&Grant {
            account,
            hash: *hash,
            expires,
        })?;
    }
    Ok(())
}

/// May `account` name this block?
pub(crate) fn may_name(
    tx: &impl Reads,
    cx: &Cx,
    account: UserId,
    hash: &BlockHash,
) -> Result<bool> {
    if *hash == EMPTY || tx.count(OWNED, &(account, *hash))? > 0 {
        return Ok(true);
    }
    let grant = tx.get::<Grant>(&(account, *hash))?;
    Ok(grant.is_some_and(|grant| grant.expires > micros(cx.now)))
}

/// Forgets at most `limit` expired grants and says how many.
pub(crate) fn expire(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let now = micros(cx.now);
    let mut expired = Vec::new();
    tx.each_found::<Grant>("by_expiry", &(), None, |grant| {
        if grant.expires <= now {
            expired.push((grant.account, grant.hash));
        }
        Ok(expired.len() < limit && grant.expires <= now)
    })?;
    for key in &expired {
        tx.remove::<Grant>(key)?;
    }
    Ok(expired.len())
}
