//! Does the store agree with itself?

use crate::{
    Encode, Key, ReadTx, Reads, Row,
    copy::is_counter,
    read::{Raw, Span, prefix_span},
    row::{IndexSet, from_value, index_table},
};
use kernel::{Error, Result};
use redb::TableHandle;
use std::collections::BTreeSet;

/// Something that should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inconsistency {
    /// Table or area.
    pub place: String,
    /// What is wrong, for an administrator.
    pub problem: String,
}

impl Inconsistency {
    /// A problem at a place.
    pub fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Inconsistency {
            place: place.into(),
            problem: problem.into(),
        }
    }
}

impl ReadTx {
    /// Checks that all rows of a table can be read, that their keys are their
    /// own and that the indexes list exactly them. Work is proportional to the table.
    pub fn verify_table<R: Row>(&self) -> Result<Vec<Inconsistency>> {
        let index = index_table(R::TABLE);
        let mut problems = Vec::new();
        let mut problem = |text: String| problems.push(Inconsistency::new(R::TABLE, text));
        let all = prefix_span(&[], None);
        let mut expected = 0u64;
        self.raw_range(R::TABLE, &all, false, &mut |key, value| {
            let row = match from_value::<R>(value) {
                Ok(row) => row,
                Err(error) => {
                    problem(error.chain());
                    return Ok(true);
                }
            };
            if row.key().bytes() != key {
                problem("a row stands under another row's key".into());
            }
            let entries = IndexSet::of(&row);
            for (n, entry) in entries.iter().enumerate() {
                if entries.iter().take(n).any(|e| e.bytes == entry.bytes) {
                    continue;
                }
                match self.raw_get(&index, &entry.bytes)? {
                    Some(primary) if primary == key => expected += 1,
                    Some(_) => problem(format!("{}: a row stands for another", entry.name)),
                    None => problem(format!("{}: a row is missing", entry.name)),
                }
            }
            Ok(true)
        })?;
        // Each entry belongs to at most one row, so what was not counted belongs to none.
        let mut found = 0u64;
        self.raw_range(&index, &all, false, &mut |_, _| {
            found += 1;
            Ok(true)
        })?;
        if found > expected {
            problem(format!("{} index entries without a row", found - expected));
        }
        Ok(problems)
    }

    /// Checks that the messages of an outbox topic are gapless up to its counter.
    pub fn verify_outbox(&self, topic: &str) -> Result<Vec<Inconsistency>> {
        let last = self.last_id(&format!("outbox.{topic}"))?;
        let mut problems = Vec::new();
        let mut previous = None;
        let prefix = Encode::bytes(topic);
        self.raw_range(
            "outbox",
            &prefix_span(&prefix, None),
            false,
            &mut |key, _| {
                let seq = key
                    .get(prefix.len()..)
                    .and_then(|rest| rest.try_into().ok())
                    .map_or(0, u64::from_be_bytes);
                if seq == 0 || seq > last || previous.is_some_and(|p| seq <= p) {
                    problems.push(Inconsistency::new(
                        "outbox",
                        format!("{topic}: message {seq} out of sequence"),
                    ));
                }
                previous = Some(seq);
                Ok(true)
            },
        )?;
        Ok(problems)
    }

    /// Checks everything that needs no knowledge of the rows: that each can be read
    /// as some row, that indexes name rows that are there, that no keyed counter
    /// stands at 0 and that all outbox topics are gapless. Work is proportional to
    /// the store. Of many problems in one place only the first are told.
    pub fn verify_file(&self) -> Result<Vec<Inconsistency>> {
        let mut problems = Vec::new();
        let tables: Vec<String> = self
            .tx
            .list_tables()
            .map_err(Error::broken)?
            .map(|table| table.name().to_owned())
            .collect();
        for table in &tables {
            let mut found = Found {
                table,
                count: 0,
                problems: &mut problems,
            };
            match table.as_str() {
                "meta" => {}
                "outbox" => self.verify_topics(&mut found)?,
                name if is_counter(name) => self.verify_counter(&mut found)?,
                name => match name.strip_suffix('#') {
                    Some(rows) => self.verify_index(rows, &mut found)?,
                    None => self.verify_rows(&mut found)?,
                },
            }
            found.end();
        }
        Ok(problems)
    }

    fn verify_rows(&self, found: &mut Found<'_>) -> Result<()> {
        self.raw_range(found.table, &all(), false, &mut |_, value| {
            let readable = value.split_first().is_some_and(|(version, row)| {
                *version > 0 && rmp_serde::from_slice::<serde::de::IgnoredAny>(row).is_ok()
            });
            if !readable {
                found.problem("a row cannot be read");
            }
            Ok(true)
        })
    }

    fn verify_index(&self, rows: &str, found: &mut Found<'_>) -> Result<()> {
        self.raw_range(found.table, &all(), false, &mut |_, primary| {
            if self.raw_get(rows, primary)?.is_none() {
                found.problem("an index entry names a missing row");
            }
            Ok(true)
        })
    }

    fn verify_counter(&self, found: &mut Found<'_>) -> Result<()> {
        self.raw_counts(found.table, &all(), &mut |_, value| {
            if value == 0 {
                found.problem("a counter stands at 0");
            }
            Ok(true)
        })
    }

    fn verify_topics(&self, found: &mut Found<'_>) -> Result<()> {
        let mut topics = BTreeSet::new();
        self.raw_range(found.table, &all(), false, &mut |key, value| {
            match <(String, u64)>::from_bytes(key) {
                Some((topic, _)) => drop(topics.insert(topic)),
                None => found.problem("a message stands under a malformed key"),
            }
            if rmp_serde::from_slice::<serde::de::IgnoredAny>(value).is_err() {
                found.problem("a message cannot be read");
            }
            Ok(true)
        })?;
        for topic in topics {
            found.problems.extend(self.verify_outbox(&topic)?);
        }
        Ok(())
    }
}

fn all() -> Span {
    prefix_span(&[], None)
}

/// Problems of one table that are told one by one; the rest are counted.
const TOLD: u64 = 20;

struct Found<'a> {
    table: &'a str,
    count: u64,
    problems: &'a mut Vec<Inconsistency>,
}

impl Found<'_> {
    fn problem(&mut self, text: &str) {
        self.count += 1;
        if self.count <= TOLD {
            self.problems.push(Inconsistency::new(self.table, text));
        }
    }

    fn end(self) {
        if let Some(more @ 1..) = self.count.checked_sub(TOLD) {
            let text = format!("{more} more such problems");
            self.problems.push(Inconsistency::new(self.table, text));
        }
    }
}
