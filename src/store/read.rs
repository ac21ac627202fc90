//! Reading: one snapshot per closure; the same calls inside a write.

use crate::{
    Encode, Key, Row, codec,
    key::prefix_end,
    row::{IndexSet, from_value, index_key, index_table},
};
use kernel::{Error, Result};
use redb::{ReadableTable, ReadableTableMetadata, TableDefinition, TableError};
use serde::de::DeserializeOwned;
use std::ops::Bound;

pub(crate) type Bytes = &'static [u8];
pub(crate) const COUNTERS: TableDefinition<'static, Bytes, u64> = TableDefinition::new("counters");
pub(crate) const OUTBOX: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("outbox");

pub(crate) fn rows(name: &str) -> TableDefinition<'_, Bytes, Bytes> {
    TableDefinition::new(name)
}

pub(crate) fn counts_name(table: &str) -> String {
    format!("{table}%")
}

/// Called with key and value of each entry, until it says false.
pub(crate) type EachRow<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Result<bool>;
pub(crate) type EachCount<'a> = &'a mut dyn FnMut(&[u8], u64) -> Result<bool>;

/// A half-open range of keys in byte form.
pub(crate) type Span = (Bound<Vec<u8>>, Bound<Vec<u8>>);

pub(crate) fn prefix_span(prefix: &[u8], after: Option<Vec<u8>>) -> Span {
    let from = after.map_or_else(|| Bound::Included(prefix.to_vec()), Bound::Excluded);
    (
        from,
        prefix_end(prefix).map_or(Bound::Unbounded, Bound::Excluded),
    )
}

/// Access to one open table of either kind of transaction.
pub(crate) trait Raw {
    fn raw_get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>>;
    fn raw_range(&self, table: &str, span: &Span, rev: bool, each: EachRow<'_>) -> Result<()>;
    fn raw_count(&self, table: &str, key: &[u8]) -> Result<u64>;
    fn raw_counts(&self, table: &str, span: &Span, each: EachCount<'_>) -> Result<()>;
    fn raw_len(&self, table: &str) -> Result<u64>;
}

/// A snapshot.
pub struct ReadTx {
    pub(crate) tx: redb::ReadTransaction,
}

fn missing<T>(result: Result<T, TableError>) -> Result<Option<T>> {
    match result {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(other) => Err(Error::broken(other)),
    }
}

pub(crate) fn get_in(
    table: &impl ReadableTable<Bytes, Bytes>,
    key: &[u8],
) -> Result<Option<Vec<u8>>> {
    Ok(table
        .get(key)
        .map_err(Error::broken)?
        .map(|v| v.value().to_vec()))
}

fn bounds(span: &Span) -> (Bound<&[u8]>, Bound<&[u8]>) {
    (
        span.0.as_ref().map(Vec::as_slice),
        span.1.as_ref().map(Vec::as_slice),
    )
}

fn empty(span: &Span) -> bool {
    match (&span.0, &span.1) {
        (Bound::Included(a), Bound::Excluded(b)) => a >= b,
        (Bound::Excluded(a), Bound::Excluded(b) | Bound::Included(b)) => a >= b,
        _ => false,
    }
}

pub(crate) fn range_in(
    table: &impl ReadableTable<Bytes, Bytes>,
    span: &Span,
    rev: bool,
    each: EachRow<'_>,
) -> Result<()> {
    if empty(span) {
        return Ok(());
    }
    let mut found = table.range::<&[u8]>(bounds(span)).map_err(Error::broken)?;
    while let Some(entry) = if rev { found.next_back() } else { found.next() } {
        let (key, value) = entry.map_err(Error::broken)?;
        if !each(key.value(), value.value())? {
            break;
        }
    }
    Ok(())
}

pub(crate) fn counts_in(
    table: &impl ReadableTable<Bytes, u64>,
    span: &Span,
    each: EachCount<'_>,
) -> Result<()> {
    if empty(span) {
        return Ok(());
    }
    for entry in table.range::<&[u8]>(bounds(span)).map_err(Error::broken)? {
        let (key, value) = entry.map_err(Error::broken)?;
        if !each(key.value(), value.value())? {
            break;
        }
    }
    Ok(())
}

impl Raw for ReadTx {
    fn raw_get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match missing(self.tx.open_table(rows(table)))? {
            Some(table) => get_in(&table, key),
            None => Ok(None),
        }
    }

    fn raw_range(&self, table: &str, span: &Span, rev: bool, each: EachRow<'_>) -> Result<()> {
        match missing(self.tx.open_table(rows(table)))? {
            Some(table) => range_in(&table, span, rev, each),
            None => Ok(()),
        }
    }

    fn raw_count(&self, table: &str, key: &[u8]) -> Result<u64> {
        let definition: TableDefinition<'_, Bytes, u64> = TableDefinition::new(table);
        match missing(self.tx.open_table(definition))? {
            Some(table) => Ok(table
                .get(key)
                .map_err(Error::broken)?
                .map_or(0, |v| v.value())),
            None => Ok(0),
        }
    }

    fn raw_counts(&self, table: &str, span: &Span, each: EachCount<'_>) -> Result<()> {
        let definition: TableDefinition<'_, Bytes, u64> = TableDefinition::new(table);
        match missing(self.tx.open_table(definition))? {
            Some(table) => counts_in(&table, span, each),
            None => Ok(()),
        }
    }

    fn raw_len(&self, table: &str) -> Result<u64> {
        match missing(self.tx.open_table(rows(table)))? {
            Some(table) => table.len().map_err(Error::broken),
            None => Ok(0),
        }
    }
}

/// Reading rows, in a snapshot or inside a write.
///
/// Lists are bounded by `limit` and continue strictly after `after`.
#[expect(
    private_bounds,
    reason = "only the two transactions of this crate can be read"
)]
pub trait Reads: Raw {
    /// The row with `key`.
    fn get<R: Row>(&self, key: &R::Key) -> Result<Option<R>> {
        self.raw_get(R::TABLE, &key.bytes())?
            .map(|bytes| from_value(&bytes))
            .transpose()
    }

    /// The row with `key`, or [`Error::NotFound`] with `message`.
    fn must<R: Row>(&self, key: &R::Key, message: &str) -> Result<R> {
        self.get(key)?.ok_or_else(|| Error::not_found(message))
    }

    /// Rows in key order.
    fn scan<R: Row>(&self, after: Option<&R::Key>, limit: usize) -> Result<Vec<R>> {
        self.scan_prefix(&(), after, limit)
    }

    /// Rows whose key starts with `prefix`, in key order.
    fn scan_prefix<R: Row>(
        &self,
        prefix: &impl Encode,
        after: Option<&R::Key>,
        limit: usize,
    ) -> Result<Vec<R>> {
        let mut found = Vec::new();
        self.each_row(prefix, after, |row| {
            found.push(row);
            Ok(found.len() < limit)
        })
        .map(|()| found)
    }

    /// Calls `each` with the rows whose key starts with `prefix` until it says false.
    fn each_row<R: Row>(
        &self,
        prefix: &impl Encode,
        after: Option<&R::Key>,
        mut each: impl FnMut(R) -> Result<bool>,
    ) -> Result<()> {
        let span = prefix_span(&prefix.bytes(), after.map(Encode::bytes));
        self.raw_range(R::TABLE, &span, false, &mut |_, value| {
            each(from_value(value)?)
        })
    }

    /// Rows whose key starts with `prefix` and lies at or after `from`, until `each` says false;
    /// `from` is a key or the start of one.
    fn each_from<R: Row>(
        &self,
        prefix: &impl Encode,
        from: &impl Encode,
        mut each: impl FnMut(R) -> Result<bool>,
    ) -> Result<()> {
        let mut span = prefix_span(&prefix.bytes(), None);
        span.0 = Bound::Included(from.bytes());
        self.raw_range(R::TABLE, &span, false, &mut |_, value| {
            each(from_value(value)?)
        })
    }

    /// The row with the greatest key that starts with `prefix`.
    fn last<R: Row>(&self, prefix: &impl Encode) -> Result<Option<R>> {
        let mut found = None;
        self.raw_range(
            R::TABLE,
            &prefix_span(&prefix.bytes(), None),
            true,
            &mut |_, value| {
                found = Some(from_value(value)?);
                Ok(false)
            },
        )?;
        Ok(found)
    }

    /// Rows that index `name` lists under values starting with `prefix`, in index order.
    fn find<R: Row>(
        &self,
        name: &str,
        prefix: &impl Encode,
        after: Option<&R::Key>,
        limit: usize,
    ) -> Result<Vec<R>> {
        let mut found = Vec::new();
        self.each_found(name, prefix, after, |row| {
            found.push(row);
            Ok(found.len() < limit)
        })
        .map(|()| found)
    }

    /// Calls `each` with what [`Reads::find`] would list, until it says false.
    fn each_found<R: Row>(
        &self,
        name: &str,
        prefix: &impl Encode,
        after: Option<&R::Key>,
        each: impl FnMut(R) -> Result<bool>,
    ) -> Result<()> {
        let prefix = index_key(name, prefix);
        let start = match after {
            Some(key) => Some(self.index_position::<R>(&prefix, key)?),
            None => None,
        };
        self.each_listed(&prefix_span(&prefix, start), false, each)
    }

    /// As [`Reads::each_row`] with the greatest key first, strictly before `before`.
    fn each_row_back<R: Row>(
        &self,
        before: Option<&R::Key>,
        mut each: impl FnMut(R) -> Result<bool>,
    ) -> Result<()> {
        let end = before.map_or(Bound::Unbounded, |key| Bound::Excluded(key.bytes()));
        let span = (Bound::Unbounded, end);
        self.raw_range(R::TABLE, &span, true, &mut |_, value| {
            each(from_value(value)?)
        })
    }

    /// As [`Reads::each_found`], the other way round, strictly before the row `before`.
    fn each_found_back<R: Row>(
        &self,
        name: &str,
        prefix: &impl Encode,
        before: Option<&R::Key>,
        each: impl FnMut(R) -> Result<bool>,
    ) -> Result<()> {
        let prefix = index_key(name, prefix);
        let mut span = prefix_span(&prefix, None);
        if let Some(key) = before {
            span.1 = Bound::Excluded(self.index_position::<R>(&prefix, key)?);
        }
        self.each_listed(&span, true, each)
    }

    /// The whole index `name` from its end, strictly before where a row with the value and
    /// the key `before` stands or would stand: a list goes on there also when the row has
    /// other values by now.
    fn each_found_before<R: Row>(
        &self,
        name: &str,
        before: &(impl Encode, R::Key),
        each: impl FnMut(R) -> Result<bool>,
    ) -> Result<()> {
        let mut span = prefix_span(&index_key(name, &()), None);
        span.1 = Bound::Excluded(index_key(name, before));
        self.each_listed(&span, true, each)
    }

    /// Rows that a span of an index lists.
    #[doc(hidden)]
    fn each_listed<R: Row>(
        &self,
        span: &Span,
        back: bool,
        mut each: impl FnMut(R) -> Result<bool>,
    ) -> Result<()> {
        self.raw_range(&index_table(R::TABLE), span, back, &mut |_, primary| {
            let row = self.raw_get(R::TABLE, primary)?;
            let row = row
                .ok_or_else(|| Error::broken(format!("{}: index names a missing row", R::TABLE)))?;
            each(from_value(&row)?)
        })
    }

    /// How many rows a table has; costs nothing.
    fn total<R: Row>(&self) -> Result<u64> {
        self.raw_len(R::TABLE)
    }

    /// Where in an index the row `key` stands below `prefix`.
    #[doc(hidden)]
    fn index_position<R: Row>(&self, prefix: &[u8], key: &R::Key) -> Result<Vec<u8>> {
        let entries = self
            .get::<R>(key)?
            .map(|row| IndexSet::of(&row))
            .unwrap_or_default();
        let here = entries
            .into_iter()
            .map(|e| e.bytes)
            .filter(|b| b.starts_with(prefix))
            .max();
        Ok(here.unwrap_or_else(|| [prefix, &key.bytes()].concat()))
    }

    /// The row that unique index `name` lists under `value`.
    fn find_one<R: Row>(&self, name: &str, value: &(impl Encode + ?Sized)) -> Result<Option<R>> {
        match self.raw_get(&index_table(R::TABLE), &index_key(name, value))? {
            Some(primary) => self
                .raw_get(R::TABLE, &primary)?
                .map(|bytes| from_value(&bytes))
                .transpose(),
            None => Ok(None),
        }
    }

    /// The last number [`crate::WriteTx::next_id`] gave out for `name`; 0 before the first.
    fn last_id(&self, name: &str) -> Result<u64> {
        self.raw_count("counters", &Encode::bytes(name))
    }

    /// Value of a keyed counter; 0 when it was never changed.
    fn count(&self, table: &str, key: &impl Encode) -> Result<u64> {
        self.raw_count(&counts_name(table), &key.bytes())
    }

    /// Calls `each` with the keyed counters that start with `prefix` and are not 0.
    fn each_count<K: Key>(
        &self,
        table: &str,
        prefix: &impl Encode,
        after: Option<&K>,
        mut each: impl FnMut(K, u64) -> Result<bool>,
    ) -> Result<()> {
        let span = prefix_span(&prefix.bytes(), after.map(Encode::bytes));
        self.raw_counts(&counts_name(table), &span, &mut |key, value| {
            let key = K::from_bytes(key)
                .ok_or_else(|| Error::broken(format!("{table}: malformed key")))?;
            each(key, value)
        })
    }

    /// Messages of an outbox topic after sequence number `after`, oldest first.
    fn outbox<T: DeserializeOwned>(
        &self,
        topic: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, T)>> {
        let prefix = Encode::bytes(topic);
        let span = prefix_span(&prefix, Some((topic, after).bytes()));
        let mut found = Vec::new();
        self.raw_range("outbox", &span, false, &mut |key, value| {
            let mut rest = key.get(prefix.len()..).unwrap_or_default();
            let seq =
                u64::decode(&mut rest).ok_or_else(|| Error::broken("outbox: malformed key"))?;
            found.push((seq, codec::decode(value)?));
            Ok(found.len() < limit)
        })?;
        Ok(found)
    }
}

impl Reads for ReadTx {}
