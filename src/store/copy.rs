//! A consistent copy of a whole store into a fresh file, while it is written to.
//!
//! Everything is read from one snapshot, table by table in key order, and written in
//! transactions of bounded size; the copy is compact and closed cleanly. It is not
//! complete before the call returns: give it a name of its own only then.

use crate::{
    ReadTx, Store,
    read::{Bytes, rows},
    writer::{builder, create_private},
};
use kernel::{Error, Result};
use redb::{Database, Key, ReadTransaction, ReadableTable, TableDefinition, TableHandle, Value};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// Bytes of rows in one transaction of a copy.
const CHUNK: u64 = 8 << 20;
/// redb's cache for the copy.
const CACHE: usize = 16 << 20;

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Tables, indexes and counters included.
    pub tables: u64,
    /// Their entries.
    pub entries: u64,
    /// Bytes of keys and values.
    pub bytes: u64,
}

impl ReadTx {
    /// Copies all this snapshot sees into `file`, which must not exist.
    pub fn copy_to(&self, file: &Path) -> Result<Copied> {
        copy(&self.tx, file)
    }
}

impl Store {
    /// Copies the whole store as of now into `file`, which must not exist, on the
    /// blocking pool.
    pub async fn copy_to(&self, file: PathBuf) -> Result<Copied> {
        self.read(move |tx| tx.copy_to(&file)).await
    }
}

pub(crate) fn copy(from: &ReadTransaction, file: &Path) -> Result<Copied> {
    create_private(file)?;
    let to = builder(CACHE).create(file).map_err(Error::broken)?;
    let mut copied = Copied::default();
    for table in from.list_tables().map_err(Error::broken)? {
        let name = table.name();
        copied.tables += 1;
        if is_counter(name) {
            let definition: TableDefinition<'_, Bytes, u64> = TableDefinition::new(name);
            copy_table(from, &to, definition, |_| 8, &mut copied)?;
        } else {
            copy_table(
                from,
                &to,
                rows(name),
                |value| value.len() as u64,
                &mut copied,
            )?;
        }
    }
    to.close().map_err(Error::broken)?;
    File::open(file)
        .and_then(|file| file.sync_all())
        .map_err(Error::broken)?;
    sync_folder(file)?;
    Ok(copied)
}

/// Tables of numbers; all others hold bytes.
pub(crate) fn is_counter(table: &str) -> bool {
    table == "counters" || table.ends_with('%')
}

fn copy_table<V>(
    from: &ReadTransaction,
    to: &Database,
    table: TableDefinition<'_, Bytes, V>,
    size: impl Fn(&V::SelfType<'_>) -> u64,
    copied: &mut Copied,
) -> Result<()>
where
    V: Value + 'static,
    Bytes: Key,
{
    let source = from.open_table(table).map_err(Error::broken)?;
    let mut entries = source.iter().map_err(Error::broken)?;
    let mut more = true;
    while more {
        let tx = to.begin_write().map_err(Error::broken)?;
        let mut target = tx.open_table(table).map_err(Error::broken)?;
        let mut chunk = 0;
        while chunk < CHUNK {
            let Some(entry) = entries.next() else {
                more = false;
                break;
            };
            let (key, value) = entry.map_err(Error::broken)?;
            let (key, value) = (key.value(), value.value());
            chunk += key.len() as u64 + size(&value);
            copied.entries += 1;
            target.insert(key, value).map_err(Error::broken)?;
        }
        copied.bytes += chunk;
        drop(target);
        tx.commit().map_err(Error::broken)?;
    }
    Ok(())
}

/// Makes the name of `file` durable.
pub(crate) fn sync_folder(file: &Path) -> Result<()> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .map_err(Error::broken)
}
