//! Web login: whom people agreed to hand their token to, and codes that stand for it
//! (ID-SEC-11, ID-WEB-05).
//!
//! Invariant: a code is held as a keyed hash, works once and for a minute, and dies with the
//! token it was made for.

use crate::{
    keys::{Use, random_token},
    rows::User,
    rules::Rules,
};
use kernel::{Cx, Digest, Error, Result, Timestamp, UserNo};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{IndexSet, Reads, Row, WriteTx};

const CODE: Duration = Duration::from_secs(60);

/// Somebody agreed that programs of a kind get their token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who.
    pub user: UserNo,
    /// The scheme of the addresses such programs listen at.
    pub scheme: String,
    /// When.
    pub at: Timestamp,
}

impl Row for Consent {
    type Key = (UserNo, String);
    const TABLE: &'static str = "identity.consent";
    fn key(&self) -> Self::Key {
        (self.user, self.scheme.clone())
    }
}

/// A code that can be exchanged for a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Keyed hash.
    pub hash: Digest,
    /// Whose token.
    pub user: UserNo,
    /// Until when.
    pub expires: Timestamp,
}

impl Row for Handover {
    type Key = Digest;
    const TABLE: &'static str = "identity.handover";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("user", self.user);
        ix.add("expires", self.expires);
    }
}

/// Did they agree before?
pub(crate) fn agreed(tx: &impl Reads, user: UserNo, scheme: &str) -> Result<bool> {
    let key = (user, scheme.to_owned());
    Ok(tx.get::<Consent>(&key)?.is_some())
}

/// They agree.
pub(crate) fn agree(tx: &WriteTx, cx: &Cx, user: UserNo, scheme: &str) -> Result<()> {
    tx.put(&Consent {
        user,
        scheme: scheme.to_owned(),
        at: cx.now,
    })
}

/// A code for somebody's token.
pub(crate) fn code(tx: &WriteTx, cx: &Cx, r: &Rules, user: &User) -> Result<String> {
    let code = random_token(&*cx.ids);
    tx.put(&Handover {
        hash: r.keys.hash(Use::Handover, code.as_bytes()),
        user: user.no,
        expires: cx.now + CODE,
    })?;
    Ok(code)
}

/// The person whose token a code stands for; uses it up.
///
/// # Errors
/// `Unauthorized` for a code that is unknown, used or too old.
pub(crate) fn redeem(tx: &WriteTx, cx: &Cx, r: &Rules, code: &str) -> Result<Option<User>> {
    let hash = r.keys.hash(Use::Handover, code.as_bytes());
    let Some(row) = tx.remove::<Handover>(&hash)? else {
        return Err(Error::unauthorized("Invalid code"));
    };
    let user = tx.get::<User>(&row.user)?;
    // One that is too old goes as well, so this is no refusal.
    Ok(user.filter(|user| user.is_active && cx.now < row.expires))
}

/// Forgets what hangs on a person.
pub(crate) fn forget(tx: &WriteTx, user: UserNo) -> Result<()> {
    for consent in tx.scan_prefix::<Consent>(&(user,), None, usize::MAX)? {
        tx.remove::<Consent>(&consent.key())?;
    }
    forget_codes(tx, user)
}

/// Forgets the codes of a person: the token they stand for is another one now.
pub(crate) fn forget_codes(tx: &WriteTx, user: UserNo) -> Result<()> {
    for code in tx.find::<Handover>("user", &(user,), None, usize::MAX)? {
        tx.remove::<Handover>(&code.hash)?;
    }
    Ok(())
}

/// Removes codes that are over, a slice at a time.
pub(crate) fn tidy(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let mut gone = 0;
    for row in tx.find::<Handover>("expires", &(), None, limit)? {
        if cx.now >= row.expires {
            tx.remove::<Handover>(&row.hash)?;
            gone += 1;
        }
    }
    Ok(gone)
}
