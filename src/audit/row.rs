//! The row of an act. Its key sorts newest first, so that every index does too.

use kernel::{Timestamp, Who};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Row};

/// What an act was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// `user`, `group`, `flavor`, `backend`, `network`, `server`, …
    pub kind: String,
    /// Its id: for users the number, which is never given to another.
    pub id: String,
    /// What people called it then; may be empty.
    pub name: String,
}

impl Target {
    /// Something of a kind.
    pub fn new(kind: &str, id: impl std::fmt::Display, name: impl Into<String>) -> Self {
        Target {
            kind: kind.to_owned(),
            id: id.to_string(),
            name: name.into(),
        }
    }
}

/// A value that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Which.
    pub name: String,
    /// Empty when there was none.
    pub before: String,
    /// Empty when there is none any more.
    pub after: String,
}

impl Field {
    /// A secret that was changed: neither value is kept.
    pub fn secret(name: &str) -> Self {
        Field {
            name: name.to_owned(),
            before: String::new(),
            after: "(changed)".to_owned(),
        }
    }
}

/// One act (ID-SEC-28).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: Who,
    /// What the author was called then.
    pub name: String,
    /// Client address, or `command line`; empty when unknown.
    pub from: String,
    /// Id of the request.
    pub request: Option<String>,
    /// `<kind>.<verb>`.
    pub action: String,
    /// To what.
    pub target: Target,
    /// What changed.
    pub fields: Vec<Field>,
}

/// A place in the trail: greater is older.
pub(crate) type Place = (u64, u64);

/// The place of what happened at `at` with number `id`.
pub(crate) fn place(at: Timestamp, id: u64) -> Place {
    let micros = (at.as_microsecond() as u64) ^ (1 << 63);
    (!micros, !id)
}

impl Row for Entry {
    type Key = Place;
    const TABLE: &'static str = "audit.entry";
    fn key(&self) -> Place {
        place(self.at, self.id)
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("who", self.who.key());
        ix.add("target", (&self.target.kind, &self.target.id));
        ix.add("action", &self.action);
    }
}
