//! Half a login: the password was right, the second factor is missing.
//!
//! Invariants: it ends after ten minutes or five tries; a try is counted before it is
//! looked at; whoever knows the password and nothing else keeps its owner out nowhere:
//! misses count by account and address, in a known browser by themselves, and half
//! logins make room within their network.

use super::{LIFE, Wanted, new_secret};
use crate::{
    access::Way,
    device, email,
    keys::{Use, random_token},
    rows::User,
    rules::Rules,
    throttle::{self, Who},
    view::ClientInfo,
};
use kernel::{Cx, Digest, Error, Result, Timestamp, UserNo};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Reads, Row, WriteTx};

/// Tries of half a login.
const TRIES: u32 = 5;
/// Most half logins of an account from one network; one more ends the oldest.
const HALVES: usize = 10;
/// In all.
const ALL_HALVES: usize = 100;

/// Half a login: the password was right, the second factor is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Half {
    /// Keyed hash of its cookie.
    pub hash: Digest,
    /// Whose.
    pub user: UserNo,
    /// The module it began with.
    pub module: String,
    /// When it began.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// How often somebody tried.
    pub tries: u32,
    /// Sealed secret of a factor that has to be set up, base64.
    pub setup: Option<String>,
    /// Question for and state of a passkey, JSON.
    pub ceremony: Option<(String, String)>,
    /// The identity it began with; empty for a password.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identifier: String,
    /// Part of the network it began in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub network: String,
}

impl Row for Half {
    type Key = Digest;
    const TABLE: &'static str = "identity.half";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("user", (self.user, self.created));
        ix.add("expires", self.expires);
    }
}

/// Makes room for half a login: the oldest of the same network goes, or of that with most,
/// so that a stolen password does not end what its owner has begun elsewhere.
fn make_room(tx: &WriteTx, user: UserNo, network: &str) -> Result<()> {
    let there = tx.find::<Half>("user", &(user,), None, usize::MAX)?;
    let of = |network: &str| there.iter().filter(|half| half.network == network).count();
    let full = if of(network) >= HALVES {
        Some(network)
    } else if there.len() >= ALL_HALVES {
        let all = there.iter().map(|half| half.network.as_str());
        all.max_by_key(|network| of(network))
    } else {
        None
    };
    let mut oldest = there
        .iter()
        .filter(|half| Some(half.network.as_str()) == full);
    match oldest.next() {
        Some(oldest) => tx.remove::<Half>(&oldest.hash).map(drop),
        None => Ok(()),
    }
}

/// Begins half a login; returns the cookie.
pub(crate) fn open(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    (module, identifier): Way<'_>,
    wanted: Wanted,
    client: &ClientInfo,
) -> Result<(String, Timestamp)> {
    let network = throttle::network(client.address);
    make_room(tx, user.no, &network)?;
    let cookie = random_token(&*cx.ids);
    let setup = match wanted {
        Wanted::SetUp => Some(new_secret(cx, r, user.no)?),
        Wanted::Nothing | Wanted::Proof => None,
    };
    tx.put(&Half {
        hash: r.keys.hash(Use::Half, cookie.as_bytes()),
        user: user.no,
        module: module.to_owned(),
        identifier: identifier.to_owned(),
        created: cx.now,
        expires: cx.now + LIFE,
        tries: 0,
        setup,
        ceremony: None,
        network,
    })?;
    Ok((cookie, cx.now + LIFE))
}

/// Half a login that is still good, and its active person.
pub(crate) fn half(tx: &impl Reads, cx: &Cx, hash: &Digest) -> Result<Option<(Half, User)>> {
    let Some(half) = tx.get::<Half>(hash)? else {
        return Ok(None);
    };
    if cx.now >= half.expires || half.tries >= TRIES {
        return Ok(None);
    }
    let user = tx.get::<User>(&half.user)?.filter(|user| user.is_active);
    Ok(user.map(|user| (half, user)))
}

fn over() -> Error {
    Error::unauthorized("SECOND_FACTOR_OVER")
}

/// Whose tries of the second factor are counted together; `browser` is the cookie of one
/// that somebody logged in with.
fn who(cx: &Cx, r: &Rules, user: &User, client: &ClientInfo, browser: &str) -> Who {
    match device::known(&r.keys, cx.now, &email::key(&user.username), browser) {
        Some(device) => Who::Known(format!("second {}", user.username), device),
        None => Who::Second(user.username.clone(), client.address),
    }
}

/// Counts a try before it is looked at.
///
/// # Errors
/// `Unauthorized` when the half login is over; `Busy`.
pub(crate) fn attempt(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    hash: &Digest,
    client: &ClientInfo,
    browser: &str,
) -> Result<(Half, User)> {
    let (mut half, user) = half(tx, cx, hash)?.ok_or_else(over)?;
    throttle::attempt_by(tx, cx, &who(cx, r, &user, client, browser))?;
    half.tries += 1;
    tx.put(&half)?;
    Ok((half, user))
}

/// Ends all half logins of a person.
pub(crate) fn flush(tx: &WriteTx, user: UserNo) -> Result<()> {
    for half in tx.find::<Half>("user", &(user,), None, usize::MAX)? {
        tx.remove::<Half>(&half.hash)?;
    }
    Ok(())
}

/// A try was right.
pub(crate) fn succeeded(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    client: &ClientInfo,
    browser: &str,
) -> Result<()> {
    throttle::succeeded_by(tx, cx, &who(cx, r, user, client, browser))
}
