//! Entries as release 0.1.0 wrote them, into the table `identity.audit`.

use crate::row::{Entry, Field, Target};
use kernel::{Origin, Result, Timestamp, UserId, UserNo};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Reads, Row, SLICE, Step, WriteTx};

/// What an administrator did to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Old {
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    pub(crate) actor: UserId,
    pub(crate) target: UserNo,
    pub(crate) action: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Row for Old {
    type Key = u64;
    const TABLE: &'static str = "identity.audit";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("target", self.target);
    }
}

impl From<Old> for Entry {
    fn from(old: Old) -> Self {
        let origin = match old.actor.0.is_nil() {
            true => Origin::command_line(""),
            false => Origin::user(old.actor, "", "", None),
        };
        let changed = old.before != old.after;
        let state = changed.then_some(Field {
            name: "state".to_owned(),
            before: old.before,
            after: old.after,
        });
        Entry {
            id: old.id,
            at: old.at,
            who: origin.who,
            name: origin.name,
            from: origin.from,
            request: None,
            action: format!("user.{}", old.action.replace(' ', "-")),
            target: Target::new("user", old.target, ""),
            fields: state.into_iter().collect(),
        }
    }
}

/// One slice of the migration that brings old entries over into today's table.
///
/// # Errors
/// Only those of the store.
pub fn bring_over(tx: &WriteTx, _: Option<Vec<u8>>) -> Result<Step> {
    let slice = tx.scan::<Old>(None, SLICE)?;
    let Some(last) = slice.last().map(|old| old.id) else {
        tx.drop_table(Old::TABLE)?;
        return Ok(Step::Done);
    };
    for old in slice {
        tx.remove::<Old>(&old.id)?;
        tx.put(&Entry::from(old))?;
    }
    // Numbers go on from the old ones.
    while tx.last_id(Entry::TABLE)? < last {
        tx.next_id(Entry::TABLE)?;
    }
    Ok(Step::More(Vec::new()))
}
