//! What a store's file says about itself: which release wrote it and how far its
//! structure is. One row of the table `meta`, written by nobody else.

use crate::{codec, read::Bytes};
use kernel::{Error, Result};
use redb::{TableDefinition, TableError};
use serde::{Deserialize, Serialize};

pub(crate) const META: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("meta");
const KEY: &[u8] = b"file";
const VERSION: u8 = 1;

/// What a file says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// Number of the last migration it went through; 0 before the first.
    pub schema: u32,
    /// The release that last opened it; empty when none ever said.
    pub release: String,
    /// A migration that is not finished.
    pub begun: Option<Begun>,
}

/// How far an unfinished migration is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Its number.
    pub number: u32,
    /// Where its next slice goes on; None at the beginning.
    pub cursor: Option<Vec<u8>>,
}

/// The row of a file; None when it has none yet.
pub(crate) fn read(tx: &redb::ReadTransaction) -> Result<Option<About>> {
    let table = match tx.open_table(META) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(Error::broken(error)),
    };
    let Some(row) = table.get(KEY).map_err(Error::broken)? else {
        return Ok(None);
    };
    match row.value().split_first() {
        Some((&VERSION, rest)) => codec::decode(rest).map(Some),
        _ => Err(Error::unavailable(
            "The database was written by a newer release than this one.",
        )),
    }
}

pub(crate) fn write(tx: &redb::WriteTransaction, about: &About) -> Result<()> {
    let row = codec::encode(VERSION, about)?;
    let mut table = tx.open_table(META).map_err(Error::broken)?;
    table.insert(KEY, row.as_slice()).map_err(Error::broken)?;
    Ok(())
}
