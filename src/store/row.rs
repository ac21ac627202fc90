//! What a table's row declares about itself.

use crate::{Encode, Key, codec};
use kernel::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};

/// A row of a table: names the table, its key and its indexes.
pub trait Row: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Type of the primary key, in query order.
    type Key: Key;
    /// Name of the table, `<crate>.<noun>`.
    const TABLE: &'static str;
    /// Version of the row's shape; raise it with anything but an added optional field.
    const VERSION: u8 = 1;

    /// The primary key.
    fn key(&self) -> Self::Key;

    /// Adds the row's index entries to `ix`.
    fn indexes(&self, ix: &mut IndexSet) {
        let _ = ix;
    }

    /// Reads a row of an older version.
    fn upgrade(version: u8, bytes: &[u8]) -> Result<Self> {
        let _ = bytes;
        Err(Error::broken(format!(
            "{}: row version {version} is unknown",
            Self::TABLE
        )))
    }
}

/// The index entries of one row.
#[derive(Default)]
pub struct IndexSet {
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) unique: bool,
    /// Name, value and, unless unique, primary key.
    pub(crate) bytes: Vec<u8>,
}

impl IndexSet {
    /// Lists the row under `value` of index `name`.
    pub fn add(&mut self, name: &'static str, value: impl Encode) {
        self.push(name, value, false);
    }

    /// The same, and refuses a second row with that value.
    pub fn unique(&mut self, name: &'static str, value: impl Encode) {
        self.push(name, value, true);
    }

    fn push(&mut self, name: &'static str, value: impl Encode, unique: bool) {
        self.entries.push(Entry {
            name,
            unique,
            bytes: index_key(name, &value),
        });
    }

    pub(crate) fn of<R: Row>(row: &R) -> Vec<Entry> {
        let mut ix = IndexSet::default();
        row.indexes(&mut ix);
        let primary = row.key().bytes();
        for entry in &mut ix.entries {
            if !entry.unique {
                entry.bytes.extend_from_slice(&primary);
            }
        }
        ix.entries
    }
}

pub(crate) fn index_key(name: &str, value: &(impl Encode + ?Sized)) -> Vec<u8> {
    let mut bytes = Encode::bytes(name);
    value.encode(&mut bytes);
    bytes
}

pub(crate) fn index_table(table: &str) -> String {
    format!("{table}#")
}

pub(crate) fn to_value<R: Row>(row: &R) -> Result<Vec<u8>> {
    codec::encode(R::VERSION, row)
}

pub(crate) fn from_value<R: Row>(bytes: &[u8]) -> Result<R> {
    match bytes.split_first() {
        Some((version, rest)) if *version == R::VERSION => codec::decode(rest),
        Some((version, rest)) => R::upgrade(*version, rest),
        None => Err(Error::broken(format!("{}: empty row", R::TABLE))),
    }
}
