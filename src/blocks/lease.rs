//! What the sweep must leave alone: blocks an upload relies on, and everything
//! while a backup runs.

use crate::store::Inner;
use kernel::BlockHash;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Guarded by the one lock under which the sweep decides.
#[derive(Default)]
pub(crate) struct Held {
    /// Number of leases on each block.
    pub(crate) leases: HashMap<BlockHash, u32>,
    /// Blocks being given their name just now.
    pub(crate) naming: HashMap<BlockHash, u32>,
    /// Number of pins on everything.
    pub(crate) pins: u32,
    /// Blocks a read found damaged: the next upload of one writes it again.
    pub(crate) damaged: HashSet<BlockHash>,
}

/// Takes one off a count and forgets it at zero.
pub(crate) fn release(counts: &mut HashMap<BlockHash, u32>, hash: &BlockHash) {
    if let Some(count) = counts.get_mut(hash) {
        *count -= 1;
        if *count == 0 {
            counts.remove(hash);
        }
    }
}

/// The blocks one upload relies on. Hold it until the transaction that refers to
/// them has committed; dropping the last clone lets go.
#[derive(Clone)]
pub struct Lease(Arc<Hold>);

struct Hold {
    inner: Arc<Inner>,
    hashes: Mutex<HashSet<BlockHash>>,
}

impl Lease {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Lease(Arc::new(Hold {
            inner,
            hashes: Mutex::default(),
        }))
    }

    /// From here on the sweep leaves the block alone, if it is still there.
    pub(crate) fn add(&self, hash: BlockHash) {
        if self.0.hashes().insert(hash) {
            *self.0.inner.held().leases.entry(hash).or_default() += 1;
        }
    }
}

impl Hold {
    fn hashes(&self) -> MutexGuard<'_, HashSet<BlockHash>> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let hashes = std::mem::take(&mut *self.hashes());
        let mut held = self.inner.held();
        for hash in &hashes {
            release(&mut held.leases, hash);
        }
    }
}

/// Pauses the sweep until dropped: take it before the snapshot of a backup.
pub struct Pin(Arc<Inner>);

impl Pin {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        inner.held().pins += 1;
        Pin(inner)
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut held = self.0.held();
        held.pins = held.pins.saturating_sub(1);
    }
}
