//! Tokens of identity v3: the rights of a person, perhaps bound to a project (clients.md
//! §12.1).
//!
//! Nothing is stored for a token: it names its person, its project and its time, and is
//! signed under a key and the person's API token. Invariants: it dies with that API
//! token; one that was revoked stays so until it would have expired.

use crate::{keys::Use, rows::User, rules::Rules};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Cx, Digest, Error, ProjectId, Result, Timestamp, UserNo, secret::same};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Reads, Row, WriteTx};

const VERSION: u8 = 0x83;
const LENGTH: usize = 1 + 8 + 1 + 16 + 8 + 8;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The API token: everything.
    Api,
    /// No project was asked for.
    Unscoped,
    /// The one domain there is.
    Domain,
    /// This project.
    Project(ProjectId),
}

/// A token that was revoked before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Keyed hash.
    pub hash: Digest,
    /// When it would have expired.
    pub expires: Timestamp,
}

impl Row for Revoked {
    type Key = Digest;
    const TABLE: &'static str = "identity.revoked";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("expires", self.expires);
    }
}

/// What a token says.
pub(crate) struct Claims {
    pub(crate) user: User,
    pub(crate) scope: Scope,
    pub(crate) issued: Timestamp,
}

fn mac(r: &Rules, user: &User, bytes: &[u8]) -> Result<Digest> {
    let none = || Error::unauthorized("Authentication expired");
    let token = user.token.as_ref().ok_or_else(none)?;
    let signed = [token.hash.0.as_slice(), bytes].concat();
    Ok(r.keys.hash(Use::Scoped, &signed))
}

/// A token for a person.
pub(crate) fn make(cx: &Cx, r: &Rules, user: &User, scope: Scope) -> Result<String> {
    let (kind, project) = match scope {
        Scope::Api | Scope::Unscoped => (0, [0; 16]),
        Scope::Domain => (2, [0; 16]),
        Scope::Project(project) => (1, *project.0.as_bytes()),
    };
    let mut bytes = vec![VERSION];
    bytes.extend(user.no.0.to_be_bytes());
    bytes.push(kind);
    bytes.extend(project);
    bytes.extend(cx.now.as_microsecond().to_be_bytes());
    let mut random = [0; 8];
    cx.ids.fill(&mut random);
    bytes.extend(random);
    let mac = mac(r, user, &bytes)?;
    bytes.extend(mac.0);
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The parts of a token that has the right form.
fn parts(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    if text.len() != ((LENGTH + 32) * 4).div_ceil(3) {
        return None;
    }
    let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let mac = (bytes.len() == LENGTH + 32).then(|| bytes.split_off(LENGTH))?;
    (bytes.first() == Some(&VERSION)).then_some((bytes, mac))
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

/// What a token says; None when it is not of this kind at all.
///
/// # Errors
/// `Unauthorized` when it is forged, revoked, or its person may not come in.
pub(crate) fn open(tx: &impl Reads, r: &Rules, text: &str) -> Result<Option<Claims>> {
    let Some((bytes, given)) = parts(text) else {
        return Ok(None);
    };
    let invalid = || Error::unauthorized("Invalid X-Auth-Token");
    let no = number(&bytes, 1)
        .map(u64::from_be_bytes)
        .ok_or_else(invalid)?;
    let user: User = tx.get(&UserNo(no))?.ok_or_else(invalid)?;
    if !same(&mac(r, &user, &bytes)?.0, &given) {
        return Err(invalid());
    }
    if tx.get::<Revoked>(&hash(r, text))?.is_some() {
        return Err(invalid());
    }
    let project = number(&bytes, 10).ok_or_else(invalid)?;
    let issued = number(&bytes, 26).map(i64::from_be_bytes);
    let issued = issued.and_then(|at| Timestamp::from_microsecond(at).ok());
    let scope = match bytes.get(9) {
        Some(0) => Scope::Unscoped,
        Some(1) => Scope::Project(ProjectId(uuid::Uuid::from_bytes(project))),
        Some(2) => Scope::Domain,
        _ => return Err(invalid()),
    };
    Ok(Some(Claims {
        user,
        scope,
        issued: issued.ok_or_else(invalid)?,
    }))
}

fn hash(r: &Rules, text: &str) -> Digest {
    r.keys.hash(Use::Scoped, text.as_bytes())
}

/// Makes a token worth nothing.
pub(crate) fn revoke(tx: &WriteTx, r: &Rules, text: &str) -> Result<()> {
    let Some(claims) = open(tx, r, text)? else {
        return Err(Error::not_found("Could not find token."));
    };
    let end = claims
        .user
        .token
        .map_or(claims.issued, |token| token.expires);
    tx.put(&Revoked {
        hash: hash(r, text),
        expires: end,
    })?;
    tx.wake(crate::rows::USERS);
    Ok(())
}

/// Forgets revoked tokens that would be over, a slice at a time.
pub(crate) fn tidy(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let mut gone = 0;
    for row in tx.find::<Revoked>("expires", &(), None, limit)? {
        if cx.now >= row.expires {
            tx.remove::<Revoked>(&row.hash)?;
            gone += 1;
        }
    }
    Ok(gone)
}
