//! People who proved who they are elsewhere and have no account yet (ID-MOD-07).
//!
//! Invariants: one row for each outside identity; the token lies here as a keyed hash;
//! it is good for an hour, and the row goes after a day.

use crate::{
    keys::{Use, random_token},
    provider::{Mapped, Outside},
    rules::Rules,
};
use kernel::{Cx, Digest, Result, Timestamp};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};
use store::{IndexSet, Reads, Row, WriteTx};

/// How long the token is good.
const GOOD: Duration = Duration::from_secs(3600);
/// How long the row is kept.
const KEPT: Duration = Duration::from_secs(86_400);

/// Somebody known elsewhere, on the way to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Keyed hash of the token.
    pub hash: Digest,
    /// The module.
    pub provider: String,
    /// What it calls the person.
    pub identifier: String,
    /// Address, may be empty.
    pub email: String,
    /// First name, may be empty.
    pub first_name: String,
    /// Last name, may be empty.
    pub last_name: String,
    /// Where the person belongs.
    pub affiliation: Option<String>,
    /// A random name.
    pub username: String,
    /// What the provider told, JSON.
    pub info: String,
    /// Attributes the person cannot change.
    pub forced: BTreeSet<String>,
    /// When it was made.
    pub created: Timestamp,
}

impl Row for Pending {
    type Key = Digest;
    const TABLE: &'static str = "identity.pending";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("identity", (&self.provider, &self.identifier));
        ix.add("created", self.created);
    }
}

/// Longest JSON that is kept of what a provider told.
const LONGEST_INFO: usize = 64 << 10;

/// What is kept of a provider's answer.
pub(crate) fn info(outside: &Outside) -> String {
    let text = serde_json::Value::Object(outside.info.clone()).to_string();
    match text.len() <= LONGEST_INFO {
        true => text,
        false => "{}".to_owned(),
    }
}

/// An affiliation that fits.
pub(crate) fn affiliation(outside: &Outside) -> Option<String> {
    let text = outside.affiliation.as_deref().map(str::trim);
    let fits = |text: &&str| !text.is_empty() && text.chars().count() <= 255;
    text.filter(fits).map(str::to_owned)
}

/// Makes or refreshes the row of an identity under a new token (ID-SHB-07).
pub(crate) fn keep(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    outside: &Outside,
    mapped: &Mapped,
) -> Result<String> {
    forget(tx, &outside.module, &mapped.identifier)?;
    let token = random_token(&*cx.ids);
    let mut username = cx.ids.uuid().simple().to_string();
    username.truncate(30);
    tx.put(&Pending {
        hash: r.keys.hash(Use::Pending, token.as_bytes()),
        provider: outside.module.clone(),
        identifier: mapped.identifier.clone(),
        email: mapped.email.clone(),
        first_name: mapped.first_name.clone(),
        last_name: mapped.last_name.clone(),
        affiliation: affiliation(outside),
        username,
        info: info(outside),
        forced: mapped
            .forced
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        created: cx.now,
    })?;
    Ok(token)
}

/// Drops the row of an identity.
pub(crate) fn forget(tx: &WriteTx, provider: &str, identifier: &str) -> Result<()> {
    let there: Option<Pending> = tx.find_one("identity", &(provider, identifier))?;
    match there {
        Some(there) => tx.remove::<Pending>(&there.hash).map(drop),
        None => Ok(()),
    }
}

/// The row of a token that is still good.
pub(crate) fn of_token(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    token: &str,
) -> Result<Option<Pending>> {
    if token.is_empty() || token.len() > 256 {
        return Ok(None);
    }
    let hash = r.keys.hash(Use::Pending, token.as_bytes());
    let found = tx.get::<Pending>(&hash)?;
    Ok(found.filter(|row| cx.now < row.created + GOOD))
}

/// Removes rows that are too old; how many.
pub(crate) fn tidy(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let mut gone = 0;
    for row in tx.find::<Pending>("created", &(), None, limit)? {
        if cx.now >= row.created + KEPT {
            tx.remove::<Pending>(&row.hash)?;
            gone += 1;
        }
    }
    Ok(gone)
}
