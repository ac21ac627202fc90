//! What happened to people, for other parts of the product (ID-INT-05).
//!
//! Events are published in the transaction of the change they tell. The topic is a
//! log: a subscriber reads after its own cursor (`tx.outbox::<Published>(TOPIC, after,
//! n)`) and is woken by `store.subscribe(TOPIC)`; nobody acknowledges. `trim` keeps
//! the newest `KEPT` events, so a subscriber that failed can go on where it stood.

use crate::rows::User;
use kernel::{Result, UserId, UserNo};
use serde::{Deserialize, Serialize};
use store::{Reads, WriteTx};

/// Topic of the events.
pub const TOPIC: &str = "identity.events";

/// So many events are kept.
const KEPT: u64 = 50_000;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A decision for the account was taken.
    Accepted,
    /// The account may be used.
    Activated,
    /// The account may not be used any more.
    Deactivated,
    /// The account is gone.
    Deleted,
    /// The API token is another one.
    TokenRenewed,
    /// The address is another one.
    EmailChanged {
        /// What it was.
        from: String,
    },
}

/// An event and whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Public id.
    pub user: UserId,
    /// Number.
    pub no: UserNo,
    /// What happened.
    pub event: Event,
}

pub(crate) fn publish(tx: &WriteTx, user: &User, event: Event) -> Result<()> {
    let published = Published {
        user: user.uuid,
        no: user.no,
        event,
    };
    tx.publish(TOPIC, &published).map(drop)
}

/// Forgets all but the newest events; how many went is not counted.
pub(crate) fn trim(tx: &WriteTx) -> Result<()> {
    let last = tx.last_id(&format!("outbox.{TOPIC}"))?;
    let upto = last.saturating_sub(KEPT);
    let oldest = tx.outbox::<Published>(TOPIC, 0, 1)?;
    match oldest.first() {
        Some((seq, _)) if *seq <= upto => tx.ack(TOPIC, upto),
        _ => Ok(()),
    }
}
