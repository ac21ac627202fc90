//! Does the store agree with itself?

use crate::{
    Encode, ReadTx, Reads, Row,
    read::{Raw, prefix_span},
    row::{IndexSet, from_value, index_table},
};
use kernel::Result;

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
}
