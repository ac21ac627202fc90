//! Accounts as documents of the search index.

use kernel::Result;
use search::{Document, Source};
use store::ReadTx;

/// The accounts of the store.
#[derive(Clone, Copy, Debug)]
pub struct People;

impl Source for People {
    fn topic(&self) -> &'static str {
        identity::follow::CHANGED
    }

    fn document(&self, tx: &ReadTx, key: u64) -> Result<Option<Document>> {
        let found = identity::follow::searchable(tx, key)?;
        Ok(found.map(|found| Document {
            key,
            labels: found.labels,
            texts: found.texts,
            ids: found.ids,
            facets: found.facets,
        }))
    }

    fn keys(&self, tx: &ReadTx, after: Option<u64>, limit: usize) -> Result<Vec<u64>> {
        identity::follow::numbers(tx, after, limit)
    }
}
