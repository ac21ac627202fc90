//! The only owner of redb: typed tables with declared indexes, group commit by
//! one writer thread, durable outbox topics, native counters, migrations.
//!
//! Invariants: an index entry exists exactly for the rows that declare it; a
//! write is acknowledged after its commit reached the disk; a closure that
//! refuses leaves nothing behind. Knows no business word.

mod codec;
mod compare;
mod copy;
mod counted;
mod key;
mod memory;
mod meta;
mod migrate;
mod read;
mod row;
mod verify;
mod write;
mod writer;

pub use codec::{decode, encode};
pub use compare::Change;
pub use copy::Copied;
pub use counted::Counted;
pub use key::{Encode, Key, prefix_end};
pub use memory::Memory;
pub use meta::{About, Begun};
pub use migrate::{Migrated, Migration, SLICE, Schema, Step};
pub use read::{ReadTx, Reads};
pub use row::{IndexSet, Row};
pub use verify::Inconsistency;
pub use write::WriteTx;
pub use writer::{Options, Store};
