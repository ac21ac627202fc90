//! Invitations: who invited whom, and whether it was used (identity.md §8).
//!
//! Invariants: an address is invited once; the code lies in the store as a keyed hash;
//! an invitation is used up by the account that was verified with it, once.

use crate::{
    email,
    keys::Use,
    mails,
    rows::{User, by_email, save},
    rules::Rules,
    sign_up,
};
use kernel::{Cx, Digest, Error, Result, Timestamp, UserNo};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Reads, Row, WriteTx};

/// An invitation (ID-MOD-11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its number.
    pub id: u64,
    /// Who invited.
    pub inviter: Option<UserNo>,
    /// Name of the invited person.
    pub realname: String,
    /// Address of the invited person, in the one spelling of its mailbox.
    pub email: String,
    /// Keyed hash of the code in the link.
    pub code: Digest,
    /// When it was sent.
    pub created: Timestamp,
    /// When it was used.
    pub consumed: Option<Timestamp>,
}

impl Row for Invitation {
    type Key = u64;
    const TABLE: &'static str = "identity.invitation";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("email", &self.email);
        ix.unique("code", self.code);
        if let Some(inviter) = self.inviter {
            // Newest first.
            ix.add("inviter", (inviter, u64::MAX - self.id));
        }
    }
}

/// An invitation as its sender and administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// Its number.
    pub id: u64,
    /// Who invited.
    pub inviter: Option<UserNo>,
    /// Name of the invited person.
    pub realname: String,
    /// Address of the invited person.
    pub email: String,
    /// When it was sent.
    pub created: Timestamp,
    /// When it was used.
    pub consumed: Option<Timestamp>,
}

impl From<Invitation> for InvitationView {
    fn from(row: Invitation) -> Self {
        InvitationView {
            id: row.id,
            inviter: row.inviter,
            realname: row.realname,
            email: row.email,
            created: row.created,
            consumed: row.consumed,
        }
    }
}

/// Are there invitations at all? (ID-INV-01)
pub(crate) fn offered(r: &Rules) -> bool {
    r.settings.bool("ASTAKOS_INVITATIONS_ENABLED")
}

fn hash(r: &Rules, code: &str) -> Digest {
    r.keys.hash(Use::Invitation, code.as_bytes())
}

/// Sends an invitation (ID-INV-03).
pub(crate) fn send(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    address: &str,
    realname: &str,
) -> Result<Invitation> {
    if !offered(r) {
        return Err(Error::not_found("NOT_ALLOWED"));
    }
    if !email::valid(address) {
        return Err(Error::field("username", "INVALID_EMAIL"));
    }
    if realname.chars().count() > 255 || realname.chars().any(char::is_control) {
        return Err(Error::field("realname", "NAME_TOO_LONG"));
    }
    if user.invitations == 0 {
        return Err(Error::conflict("MAX_INVITATION_NUMBER_REACHED"));
    }
    let address = email::key(address);
    if tx.find_one::<Invitation>("email", &address)?.is_some() {
        return Err(Error::field("username", "INVITATION_EMAIL_EXISTS"));
    }
    let mut bytes = [0; 8];
    cx.ids.fill(&mut bytes);
    let code = (u64::from_be_bytes(bytes) >> 1).to_string();
    let invitation = Invitation {
        id: tx.next_id(Invitation::TABLE)?,
        inviter: Some(user.no),
        realname: realname.to_owned(),
        email: address,
        code: hash(r, &code),
        created: cx.now,
        consumed: None,
    };
    tx.insert(&invitation)?;
    user.invitations -= 1;
    save(tx, cx, user)?;
    mails::invitation(tx, r, user, &invitation, &code)?;
    Ok(invitation)
}

/// The invitation of a code that may still be used (ID-INV-04); None for an unknown
/// code, and while there are no invitations.
pub(crate) fn usable(tx: &impl Reads, r: &Rules, code: &str) -> Result<Option<Invitation>> {
    let number = !code.is_empty() && code.len() <= 19 && code.bytes().all(|b| b.is_ascii_digit());
    if !number || !offered(r) {
        return Ok(None);
    }
    let found: Option<Invitation> = tx.find_one("code", &hash(r, code))?;
    let Some(invitation) = found else {
        return Ok(None);
    };
    if invitation.consumed.is_some() {
        return Err(Error::conflict("INVITATION_CONSUMED_ERR"));
    }
    if by_email(tx, &invitation.email)?.is_some_and(|user| sign_up::blocks(&user)) {
        return Err(Error::conflict(format!(
            "EMAIL_RESERVED:{}",
            invitation.email
        )));
    }
    Ok(Some(invitation))
}

/// A verified person uses up the invitation they signed up with, or the one sent to
/// their address; the level follows that of the inviter (ID-ACT-04, ID-INV-02). Was
/// there one? The account is not stored here.
pub(crate) fn consume(tx: &WriteTx, cx: &Cx, r: &Rules, user: &mut User) -> Result<bool> {
    if !offered(r) {
        return Ok(false);
    }
    let brought = match user.life.invitation {
        Some(id) => tx.get::<Invitation>(&id)?,
        None => None,
    };
    let unused = |found: Option<Invitation>| found.filter(|one| one.consumed.is_none());
    let found = match unused(brought) {
        None => unused(tx.find_one("email", &email::key(&user.username))?),
        brought => brought,
    };
    let Some(mut invitation) = found else {
        return Ok(false);
    };
    let inviter = match invitation.inviter {
        Some(no) => tx.get::<User>(&no)?,
        None => None,
    };
    if let Some(inviter) = inviter {
        user.level = inviter.level.saturating_add(1);
        user.invitations = r.invitations(user.level);
    }
    invitation.consumed = Some(cx.now);
    tx.put(&invitation)?;
    Ok(true)
}

/// What a person sent, newest first.
pub(crate) fn sent(tx: &impl Reads, user: UserNo, limit: usize) -> Result<Vec<Invitation>> {
    tx.find("inviter", &(user,), None, limit)
}
