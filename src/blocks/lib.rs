//! Content-addressed pieces of at most 4 MiB, one file each, shared by objects,
//! images and volumes.
//!
//! Owns the files below `blocks/` of the data directory and nothing else: what is
//! referenced is known to the store's users and asked through [`References`].
//!
//! Invariants: a file named by a hash is complete and durable before its name
//! appears; a block is never changed; a read returns the right bytes or an error;
//! the block of nothing but zeros is never stored and always there; only the sweep
//! removes files, and never one that is counted, leased, pinned or young.
//! Layout learned from the original's first generation: `aa/bb/cc/<64 digits>`.

mod buf;
mod hash;
mod lease;
mod list;
mod paths;
mod store;
mod sweep;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod verify;
mod writer;

pub use buf::Buf;
pub use hash::{EMPTY, hash_block, stripped, top_hash};
pub use lease::{Lease, Pin};
pub use list::BlockList;
pub use store::{Blocks, Options};
pub use sweep::{Cursor, Swept};
pub use verify::{Finding, Trouble};
pub use writer::{Md5Sum, Writer, Written};

use kernel::{BlockHash, Result};

/// Size of every block but the last of a list (PI-BLK-01).
pub const BLOCK_SIZE: usize = 4 * 1024 * 1024;

/// The block size as a length of content.
pub const BLOCK_BYTES: u64 = BLOCK_SIZE as u64;

/// Name of the table of native counters that counts references to each block,
/// keyed by hash. Every crate that refers to blocks adds to it in the transaction
/// that stores the reference.
pub const REFS: &str = "blocks.refs";

/// Name of the table of native counters that tells, keyed by hash, since which
/// second a block that once was referenced is not any more. Whoever takes the last
/// reference sets it, whoever adds the first removes it.
pub const FREED: &str = "blocks.freed";

/// What the database knows of the use of blocks.
///
/// All functions answer from what is committed at the moment of the call.
pub trait References: Send + Sync {
    /// How often a block is referenced.
    fn count(&self, hash: &BlockHash) -> Result<u64>;

    /// The second since the epoch in which the last reference went; 0 when there
    /// never was one.
    fn freed(&self, hash: &BlockHash) -> Result<u64>;

    /// Referenced blocks in order, after `after`, at most `limit`.
    fn page(&self, after: Option<&BlockHash>, limit: usize) -> Result<Vec<BlockHash>>;
}
