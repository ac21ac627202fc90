//! What the block store asks the database.

use blocks::{FREED, REFS, References};
use kernel::{BlockHash, Result};
use store::{Reads, Store};

/// Answers from the block counters, which every user of blocks keeps.
#[derive(Clone)]
pub struct Counted(pub Store);

impl References for Counted {
    fn count(&self, hash: &BlockHash) -> Result<u64> {
        self.0.read_now(|tx| tx.count(REFS, hash))
    }

    fn freed(&self, hash: &BlockHash) -> Result<u64> {
        self.0.read_now(|tx| tx.count(FREED, hash))
    }

    fn page(&self, after: Option<&BlockHash>, limit: usize) -> Result<Vec<BlockHash>> {
        self.0.read_now(|tx| {
            let mut page = Vec::new();
            tx.each_count::<BlockHash>(REFS, &(), after, |hash, _| {
                page.push(hash);
                Ok(page.len() < limit)
            })?;
            Ok(page)
        })
    }
}
