//! Writing: rows with their indexes, counters and outbox messages, all in the
//! one transaction of the writer thread.

use crate::{
    Encode, Reads, Row,
    read::{
        Bytes, COUNTERS, EachCount, EachRow, OUTBOX, Raw, Span, counts_in, counts_name, get_in,
        prefix_span, range_in, rows,
    },
    row::{Entry, IndexSet, from_value, index_table, to_value},
};
use kernel::{Error, Result};
use redb::{ReadableTable, ReadableTableMetadata, TableDefinition};
use serde::Serialize;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    ops::Bound,
};

/// One write transaction. Closures check first and write last; whatever they
/// wrote is undone when they return an error.
pub struct WriteTx {
    tx: redb::WriteTransaction,
    dirty: Cell<bool>,
    published: RefCell<BTreeSet<String>>,
}

impl WriteTx {
    pub(crate) fn new(tx: redb::WriteTransaction) -> Self {
        WriteTx {
            tx,
            dirty: Cell::new(false),
            published: RefCell::default(),
        }
    }

    /// Has anything been written since the last call? Forgets it.
    pub(crate) fn take_dirty(&self) -> bool {
        self.dirty.replace(false)
    }

    pub(crate) fn finish(self) -> (redb::WriteTransaction, BTreeSet<String>) {
        (self.tx, self.published.into_inner())
    }

    /// Stores `row`, replacing the one with its key.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a unique index holds another row under the same value.
    pub fn put<R: Row>(&self, row: &R) -> Result<()> {
        self.place(row, false)
    }

    /// Stores a row whose key must be free.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is not, or as for [`WriteTx::put`].
    pub fn insert<R: Row>(&self, row: &R) -> Result<()> {
        self.place(row, true)
    }

    fn place<R: Row>(&self, row: &R, fresh: bool) -> Result<()> {
        let key = row.key().bytes();
        let value = to_value(row)?;
        let mut table = self.tx.open_table(rows(R::TABLE)).map_err(Error::broken)?;
        let old = get_in(&table, &key)?;
        if fresh && old.is_some() {
            return Err(Error::conflict(format!("{}: already there", R::TABLE)));
        }
        self.index::<R>(&key, old.as_deref(), Some(row))?;
        self.dirty.set(true);
        table
            .insert(key.as_slice(), value.as_slice())
            .map_err(Error::broken)?;
        Ok(())
    }

    /// Removes and returns the row with `key`.
    pub fn remove<R: Row>(&self, key: &R::Key) -> Result<Option<R>> {
        let key = key.bytes();
        let mut table = self.tx.open_table(rows(R::TABLE)).map_err(Error::broken)?;
        let Some(old) = get_in(&table, &key)? else {
            return Ok(None);
        };
        self.index::<R>(&key, Some(&old), None)?;
        self.dirty.set(true);
        table.remove(key.as_slice()).map_err(Error::broken)?;
        from_value(&old).map(Some)
    }

    /// Brings the index entries of one row from what `old` declared to what `new` does.
    ///
    /// A row of an older version may have been indexed by other rules than
    /// today's, so all its entries are written again.
    fn index<R: Row>(&self, primary: &[u8], old: Option<&[u8]>, new: Option<&R>) -> Result<()> {
        let outdated = old.is_some_and(|bytes| bytes.first() != Some(&R::VERSION));
        let old: Option<R> = old.map(from_value).transpose()?;
        let before = old.as_ref().map(IndexSet::of).unwrap_or_default();
        let after = new.map(IndexSet::of).unwrap_or_default();
        if before == after && !outdated {
            return Ok(());
        }
        let added = || {
            let known = |e: &&Entry| !outdated && before.contains(e);
            after.iter().filter(move |e| !known(e))
        };
        let name = index_table(R::TABLE);
        let mut table = self.tx.open_table(rows(&name)).map_err(Error::broken)?;
        for entry in added().filter(|e| e.unique) {
            if let Some(holder) = get_in(&table, &entry.bytes)?
                && holder != primary
            {
                return Err(Error::conflict(format!(
                    "{}: {} is taken",
                    R::TABLE,
                    entry.name
                )));
            }
        }
        self.dirty.set(true);
        for entry in before.iter().filter(|e| !after.contains(e)) {
            table
                .remove(entry.bytes.as_slice())
                .map_err(Error::broken)?;
        }
        for entry in added() {
            table
                .insert(entry.bytes.as_slice(), primary)
                .map_err(Error::broken)?;
        }
        Ok(())
    }

    /// Forgets all index entries of a table: a migration writes them again.
    pub(crate) fn drop_indexes<R: Row>(&self) -> Result<()> {
        self.dirty.set(true);
        let name = index_table(R::TABLE);
        self.tx.delete_table(rows(&name)).map_err(Error::broken)?;
        Ok(())
    }

    /// Stores `row` with all its index entries in place of what stands under `key`.
    pub(crate) fn place_anew<R: Row>(&self, key: &[u8], row: &R) -> Result<()> {
        let new = row.key().bytes();
        self.dirty.set(true);
        let mut table = self.tx.open_table(rows(R::TABLE)).map_err(Error::broken)?;
        if new != key {
            table.remove(key).map_err(Error::broken)?;
        }
        let value = to_value(row)?;
        table
            .insert(new.as_slice(), value.as_slice())
            .map_err(Error::broken)?;
        drop(table);
        self.index::<R>(&new, None, Some(row))
    }

    /// Entries of a table after `after` in byte form, at most `limit`.
    pub(crate) fn raw_slice(
        &self,
        table: &str,
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let mut slice = Vec::new();
        let table = self.tx.open_table(rows(table)).map_err(Error::broken)?;
        range_in(
            &table,
            &prefix_span(&[], after),
            false,
            &mut |key, value| {
                slice.push((key.to_vec(), value.to_vec()));
                Ok(slice.len() < limit)
            },
        )?;
        Ok(slice)
    }

    /// Removes a whole table with its indexes, whatever its rows were: for a
    /// migration that has no more use for them.
    pub fn drop_table(&self, table: &str) -> Result<()> {
        self.dirty.set(true);
        for name in [table.to_owned(), index_table(table)] {
            self.tx.delete_table(rows(&name)).map_err(Error::broken)?;
        }
        Ok(())
    }

    /// The next number of counter `name`, from 1; never given out twice once committed.
    pub fn next_id(&self, name: &str) -> Result<u64> {
        self.dirty.set(true);
        let mut table = self.tx.open_table(COUNTERS).map_err(Error::broken)?;
        let key = Encode::bytes(name);
        let next = table
            .get(key.as_slice())
            .map_err(Error::broken)?
            .map_or(0, |v| v.value())
            + 1;
        table.insert(key.as_slice(), next).map_err(Error::broken)?;
        Ok(next)
    }

    /// Changes a keyed counter and returns its new value; 0 removes it.
    ///
    /// # Errors
    /// [`Error::Broken`] when it would fall below 0.
    pub fn add(&self, table: &str, key: &impl Encode, delta: i64) -> Result<u64> {
        let name = counts_name(table);
        let definition: TableDefinition<'_, Bytes, u64> = TableDefinition::new(&name);
        let mut counts = self.tx.open_table(definition).map_err(Error::broken)?;
        let key = key.bytes();
        let old = counts
            .get(key.as_slice())
            .map_err(Error::broken)?
            .map_or(0, |v| v.value());
        let new = old
            .checked_add_signed(delta)
            .ok_or_else(|| Error::broken(format!("{table}: counter would leave its range")))?;
        self.dirty.set(true);
        if new == 0 {
            counts.remove(key.as_slice()).map_err(Error::broken)?;
        } else {
            counts.insert(key.as_slice(), new).map_err(Error::broken)?;
        }
        Ok(new)
    }

    /// Appends a message to outbox `topic` and returns its sequence number;
    /// subscribers are woken after the commit.
    pub fn publish<T: Serialize>(&self, topic: &str, payload: &T) -> Result<u64> {
        let seq = self.next_id(&format!("outbox.{topic}"))?;
        let value = rmp_serde::to_vec_named(payload).map_err(Error::broken)?;
        let mut table = self.tx.open_table(OUTBOX).map_err(Error::broken)?;
        table
            .insert((topic, seq).bytes().as_slice(), value.as_slice())
            .map_err(Error::broken)?;
        drop(table);
        self.wake(topic);
        Ok(seq)
    }

    /// Wakes subscribers of `topic` after the commit, without a message.
    pub fn wake(&self, topic: &str) {
        self.published.borrow_mut().insert(topic.to_owned());
    }

    /// Removes the messages of `topic` up to and including `upto`.
    pub fn ack(&self, topic: &str, upto: u64) -> Result<()> {
        let mut table = self.tx.open_table(OUTBOX).map_err(Error::broken)?;
        let from = Encode::bytes(topic);
        let to = (topic, upto).bytes();
        self.dirty.set(true);
        let range = from.as_slice()..=to.as_slice();
        table.retain_in(range, |_, _| false).map_err(Error::broken)
    }

    /// Removes one message of `topic`.
    pub fn ack_one(&self, topic: &str, seq: u64) -> Result<()> {
        let mut table = self.tx.open_table(OUTBOX).map_err(Error::broken)?;
        self.dirty.set(true);
        table
            .remove((topic, seq).bytes().as_slice())
            .map_err(Error::broken)?;
        Ok(())
    }
}

impl Raw for WriteTx {
    fn raw_get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>> {
        get_in(
            &self.tx.open_table(rows(table)).map_err(Error::broken)?,
            key,
        )
    }

    fn raw_range(&self, table: &str, span: &Span, rev: bool, each: EachRow<'_>) -> Result<()> {
        let open = |span: &Span, slice: &mut Vec<_>| {
            let table = self.tx.open_table(rows(table)).map_err(Error::broken)?;
            range_in(&table, span, rev, &mut |key, value| {
                slice.push((key.to_vec(), value.to_vec()));
                Ok(slice.len() < SLICE)
            })
        };
        in_slices(span, rev, open, |key, value| each(key, value))
    }

    fn raw_count(&self, table: &str, key: &[u8]) -> Result<u64> {
        let definition: TableDefinition<'_, Bytes, u64> = TableDefinition::new(table);
        let table = self.tx.open_table(definition).map_err(Error::broken)?;
        Ok(table
            .get(key)
            .map_err(Error::broken)?
            .map_or(0, |v| v.value()))
    }

    fn raw_counts(&self, table: &str, span: &Span, each: EachCount<'_>) -> Result<()> {
        let definition: TableDefinition<'_, Bytes, u64> = TableDefinition::new(table);
        let open = |span: &Span, slice: &mut Vec<_>| {
            let table = self.tx.open_table(definition).map_err(Error::broken)?;
            counts_in(&table, span, &mut |key, value| {
                slice.push((key.to_vec(), value));
                Ok(slice.len() < SLICE)
            })
        };
        in_slices(span, false, open, |key, value| each(key, *value))
    }

    fn raw_len(&self, table: &str) -> Result<u64> {
        let table = self.tx.open_table(rows(table)).map_err(Error::broken)?;
        table.len().map_err(Error::broken)
    }
}

/// Entries read at once while a range is walked inside a write.
const SLICE: usize = 64;

/// Walks `span` in slices that `fill` collects: a table is open once per
/// transaction, and `each` may read it too.
fn in_slices<V>(
    span: &Span,
    rev: bool,
    fill: impl Fn(&Span, &mut Vec<(Vec<u8>, V)>) -> Result<()>,
    mut each: impl FnMut(&[u8], &V) -> Result<bool>,
) -> Result<()> {
    let mut span = span.clone();
    loop {
        let mut slice = Vec::new();
        fill(&span, &mut slice)?;
        for (key, value) in &slice {
            if !each(key, value)? {
                return Ok(());
            }
        }
        let full = slice.len() == SLICE;
        match slice.pop() {
            Some((last, _)) if full && rev => span.1 = Bound::Excluded(last),
            Some((last, _)) if full => span.0 = Bound::Excluded(last),
            _ => return Ok(()),
        }
    }
}

impl Reads for WriteTx {}
