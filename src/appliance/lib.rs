//! The machine around the service: backup, restore and verification of the data
//! directory, certificate and key files, the names of the host.
//!
//! Invariants: a backup is one moment of the store with every block that moment
//! refers to, and has its name only once it is complete and durable; a restore
//! takes nothing whose hash is not right and leaves no directory that looks
//! complete and is not; whatever holds secrets is readable by the owner alone.

mod archive;
mod backup;
mod check;
mod host;
mod keys;
mod layout;
mod manifest;
mod private;
mod restore;
mod tls;

pub use backup::{Source, backup};
pub use check::{Check, Verified, verify};
pub use host::{base_url_hosts, host_names};
pub use keys::{Key, key_file};
pub use layout::check_complete;
pub use manifest::{Contents, Sum};
pub use restore::restore;
pub use tls::{Tls, certificate};

/// What a long operation tells while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note<'a> {
    /// It has begun something.
    Step(&'a str),
    /// Blocks done so far and their bytes.
    Blocks(u64, u64),
    /// It found something wrong and goes on.
    Problem(&'a str),
}

/// Who is told.
pub type Tell<'a> = &'a mut dyn FnMut(Note<'_>);

/// How often [`Note::Blocks`] is told.
const NOTE_EVERY: u64 = 256;

#[cfg(test)]
mod tests;
