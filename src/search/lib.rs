//! Search over what the store holds: a tantivy index in `<data>/search`, fed from a
//! topic of the store's outbox.
//!
//! Owns the folder. Invariants: the index is derived and may be deleted at any time, it
//! is then built again in slices; each commit of it names the message it has gone up to,
//! so a crash costs at most doing some messages twice; messages are acknowledged after
//! the commit that holds them; what is found is looked up in the store again, in one
//! snapshot, and left out when it no longer fits. Who may search is decided above. Knows
//! no business word: what is searched comes as [`Document`]s from a [`Source`].

mod expression;
mod follow;
mod index;
mod query;
mod words;

pub use expression::{Expression, Term};
pub use query::{Found, Order, Query};
pub use words::fold as folded;

use index::Index;
use kernel::Result;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use store::{ReadTx, Store};

/// Labels a document can have.
pub const LABELS: usize = 7;

/// Something that can be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its number; greater is newer.
    pub key: u64,
    /// What it is sorted by where not by age: an address, names. At most [`LABELS`].
    pub labels: Vec<String>,
    /// Texts whose words, and parts of words, begin with what is typed.
    pub texts: Vec<String>,
    /// Ids that are found by their beginning only.
    pub ids: Vec<String>,
    /// `state:active`, `group:helpdesk` and the like, for filters.
    pub facets: Vec<String>,
}

/// Where documents come from.
pub trait Source: Send + Sync + 'static {
    /// Topic of the outbox that names what changed: messages are keys (u64).
    fn topic(&self) -> &'static str;
    /// The document of a key as it is now; None when there is none.
    fn document(&self, tx: &ReadTx, key: u64) -> Result<Option<Document>>;
    /// At most `limit` keys after `after`, in order.
    fn keys(&self, tx: &ReadTx, after: Option<u64>, limit: usize) -> Result<Vec<u64>>;
}

/// Search for `web` and the follower for `app`. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    store: Store,
    source: Arc<dyn Source>,
    index: Index,
    /// Has the index gone through everything once?
    ready: AtomicBool,
}

impl Service {
    /// Opens the index below `dir`, or makes it anew when there is none or it cannot be
    /// read.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn open(dir: &Path, store: Store, source: impl Source) -> Result<Self> {
        Ok(Self::over(Index::open(dir)?, store, source))
    }

    /// An index in memory: tests.
    pub fn in_memory(store: Store, source: impl Source) -> Result<Self> {
        Ok(Self::over(Index::in_memory()?, store, source))
    }

    fn over(index: Index, store: Store, source: impl Source) -> Self {
        Service(Arc::new(Inner {
            ready: AtomicBool::new(false),
            store,
            source: Arc::new(source),
            index,
        }))
    }

    /// Has everything been gone through once since the start? What is found before that
    /// may not be all.
    pub fn ready(&self) -> bool {
        self.0.ready.load(Ordering::Acquire)
    }

    /// How many have all of these facets, as the index knows.
    ///
    /// # Errors
    /// Those of the index.
    pub fn count(&self, facets: &[String]) -> Result<u64> {
        query::count(&self.0.index, "", facets)
    }

    /// How many fit, as the index knows; order and place count for nothing.
    ///
    /// # Errors
    /// Those of the index.
    pub fn count_of(&self, query: &Query) -> Result<u64> {
        query::count(&self.0.index, &query.text, &query.facets)
    }

    /// What fits, a page at a time.
    ///
    /// # Errors
    /// `Invalid` for a marker that is none.
    pub async fn find(&self, query: Query) -> Result<Found> {
        let inner = self.0.clone();
        self.0
            .store
            .read(move |tx| query::find(&inner.index, &*inner.source, tx, &query))
            .await
            .map(|found| Found {
                ready: self.ready(),
                ..found
            })
    }
}

#[cfg(test)]
mod tests;
