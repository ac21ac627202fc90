//! The audit trail (ID-SEC-28): who did what to what, when, from where, and what it
//! was before and after.
//!
//! Owns the table `audit.entry`. Invariants: an entry is written in the transaction of
//! the act itself, so there is no act without its entry and no entry without its act;
//! entries are never changed; no secret is in one ([`Field::secret`] says only that
//! something was changed); lists come from indexes, newest first, and look at a bounded
//! number of entries however narrow the filter. Who may read them is decided above.

mod list;
mod row;
mod text;
mod v1;

pub use list::{Filter, MOST_LOOKED_AT, list};
pub use row::{Entry, Field, Target};
pub use text::{CSV_HEAD, csv_line, csv_row, json_line};
pub use v1::bring_over;

use kernel::{Cx, Origin, Result};
use store::{Inconsistency, ReadTx, Row, WriteTx};

/// Longest value of a field, longest name; what is longer is cut.
const LONGEST: usize = 500;
/// Most fields of one entry.
const FIELDS: usize = 60;

/// Kinds of targets there are, in the order lists of them have; a new kind of act is
/// found by its tests until it is here.
pub const KINDS: &[&str] = &[
    "user",
    "accounts",
    "group",
    "server",
    "network",
    "subnet",
    "port",
    "ip",
    "flavor",
    "backend",
    "pool",
    "policy",
    "terms",
    "mail",
    "component",
    "service",
    "resource",
    "quota",
    "oauth2-client",
    "import",
    "backup",
    "settings",
    "logger",
];

/// What was done, to be recorded.
#[derive(Clone, Debug)]
pub struct Act {
    /// `<kind>.<verb>`, as `user.accept` or `flavor.create`.
    pub action: String,
    /// To what.
    pub target: Target,
    /// What changed, without secrets.
    pub fields: Vec<Field>,
}

impl Act {
    /// `action` on `target`, no field changed so far.
    pub fn new(action: impl Into<String>, target: Target) -> Self {
        Act {
            action: action.into(),
            target,
            fields: Vec::new(),
        }
    }

    /// The same with a field that went from `before` to `after`; left out when they are
    /// the same.
    #[must_use]
    pub fn with(
        mut self,
        name: &str,
        before: impl std::fmt::Display,
        after: impl std::fmt::Display,
    ) -> Self {
        let (before, after) = (before.to_string(), after.to_string());
        if before != after {
            self.fields.push(Field {
                name: name.to_owned(),
                before,
                after,
            });
        }
        self
    }

    /// The same with a secret that was changed: neither value is kept.
    #[must_use]
    pub fn secret(mut self, name: &str) -> Self {
        self.fields.push(Field::secret(name));
        self
    }

    /// The same with more fields.
    #[must_use]
    pub fn and(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.fields.extend(fields);
        self
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Records an act, in the transaction that carries it out.
///
/// # Errors
/// Only those of the store.
pub fn record(tx: &WriteTx, cx: &Cx, origin: &Origin, act: Act) -> Result<()> {
    let kind = act.target.kind.as_str();
    debug_assert!(KINDS.contains(&kind), "'{kind}' is not among the KINDS");
    let fields = act.fields.into_iter().take(FIELDS).map(|field| Field {
        name: cut(&field.name),
        before: cut(&field.before),
        after: cut(&field.after),
    });
    tx.insert(&Entry {
        id: tx.next_id(Entry::TABLE)?,
        at: cx.now,
        who: origin.who.clone(),
        name: cut(&origin.name),
        from: cut(&origin.from),
        request: origin.request.clone(),
        action: act.action,
        target: Target {
            kind: act.target.kind,
            id: cut(&act.target.id),
            name: cut(&act.target.name),
        },
        fields: fields.collect(),
    })
}

/// Is the trail consistent?
pub fn verify(tx: &ReadTx) -> Result<Vec<Inconsistency>> {
    tx.verify_table::<Entry>()
}

#[cfg(test)]
mod tests;
