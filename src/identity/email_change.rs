//! Another address for an account (identity.md §7.5).
//!
//! Which proof is asked for: the change takes effect when *both* addresses agreed, each
//! by the link mailed to it and one click, in either order. The link to the new address
//! proves that it is theirs; the one to the present address is the notice of
//! ID-EML-03, and lets its owner agree or refuse, so a session left open somewhere is
//! not enough to take an account away. Where both in one is not wanted
//! (`ASTAKOS_EMAILCHANGE_BOTH_ADDRESSES = False`), the new address alone decides, as in
//! the original, and the present one gets a notice only. Whoever has lost the
//! present mailbox asks an administrator (`user-modify --set-email`).
//!
//! Invariants: one pending change for a person; keys lie in the store as keyed hashes;
//! the address, and nothing else of the account, changes (ID-EML-05), but links mailed
//! to the former address die.

use crate::{
    email,
    events::{self, Event},
    keys::Use,
    mails, method,
    notice::{self, Notice},
    rows::{User, by_email, save},
    rules::Rules,
    sign_up,
    view::AccountState,
};
use kernel::{Cx, Digest, Error, Result, Timestamp, UserId, UserNo};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Reads, Row, WriteTx};

/// A change of address that waits (ID-MOD-08).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChange {
    /// Whose.
    pub user: UserNo,
    /// The address to come, as typed.
    pub new_email: String,
    /// The address there was.
    pub old_email: String,
    /// Keyed hash of the key mailed to the new address.
    pub new_key: Digest,
    /// Keyed hash of the key mailed to the present address.
    pub old_key: Digest,
    /// When it was asked for.
    pub requested: Timestamp,
    /// The new address agreed.
    pub new_agreed: bool,
    /// The present address agreed.
    pub old_agreed: bool,
}

impl Row for EmailChange {
    type Key = UserNo;
    const TABLE: &'static str = "identity.email_change";
    fn key(&self) -> UserNo {
        self.user
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("key", self.new_key);
        ix.unique("key", self.old_key);
        ix.add("requested", self.requested);
    }
}

/// A change of address that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailChangeView {
    /// Whose account it is.
    pub user: UserId,
    /// The address there is.
    pub present: String,
    /// The address to come.
    pub email: String,
    /// When it was asked for.
    pub requested: Timestamp,
    /// The new address agreed.
    pub new_agreed: bool,
    /// The present address agreed.
    pub old_agreed: bool,
    /// Was the key mailed to the new address? False for a change that was looked up
    /// without a key.
    pub of_new: bool,
}

fn view(change: EmailChange, user: UserId, of_new: bool) -> EmailChangeView {
    EmailChangeView {
        user,
        present: change.old_email,
        email: change.new_email,
        requested: change.requested,
        new_agreed: change.new_agreed,
        old_agreed: change.old_agreed,
        of_new,
    }
}

/// What agreeing led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// The address of the account is the new one.
    Changed,
    /// The other address has yet to agree.
    Waits,
}

/// Refuses where addresses stay as they are (ID-EML-01).
pub(crate) fn allowed(tx: &impl Reads, r: &Rules, user: &User) -> Result<()> {
    let forced = method::forced(tx, r, user)?.contains("email");
    match r.settings.bool("ASTAKOS_EMAILCHANGE_ENABLED") && !forced {
        true => Ok(()),
        false => Err(Error::forbidden("NOT_ALLOWED")),
    }
}

fn expired(cx: &Cx, r: &Rules, change: &EmailChange) -> bool {
    r.days("ASTAKOS_EMAILCHANGE_ACTIVATION_DAYS")
        .is_some_and(|days| cx.now >= change.requested + days)
}

/// The live change of a person.
pub(crate) fn pending(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    user: &User,
) -> Result<Option<EmailChangeView>> {
    let found = tx.get::<EmailChange>(&user.no)?;
    let live = found.filter(|change| !expired(cx, r, change));
    Ok(live.map(|change| view(change, user.uuid, false)))
}

/// Removes a person's change, if there is one.
pub(crate) fn forget(tx: &WriteTx, user: UserNo) -> Result<()> {
    tx.remove::<EmailChange>(&user).map(drop)
}

/// A new password ends a change that waits: whoever was in before may have asked for
/// it. The address it was to, for whoever has to be told.
pub(crate) fn call_off(tx: &WriteTx, cx: &Cx, r: &Rules, user: UserNo) -> Result<Option<String>> {
    let ended = tx.remove::<EmailChange>(&user)?;
    let live = ended.filter(|change| !expired(cx, r, change));
    Ok(live.map(|change| change.new_email))
}

/// 160 random bits, hexadecimal.
fn key(cx: &Cx) -> String {
    let mut bytes = [0; 20];
    cx.ids.fill(&mut bytes);
    hex::encode(bytes)
}

/// Asks for another address; an earlier request is replaced (ID-EML-03).
pub(crate) fn request(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    new_email: &str,
) -> Result<()> {
    const FIELD: &str = "new_email_address";
    allowed(tx, r, user)?;
    if new_email.is_empty() {
        return Err(Error::field(FIELD, "REQUIRED_FIELD"));
    }
    if !email::valid(new_email) {
        return Err(Error::field(FIELD, "INVALID_EMAIL"));
    }
    if by_email(tx, new_email)?.is_some_and(|other| sign_up::blocks(&other)) {
        return Err(Error::field(FIELD, "EMAIL_USED"));
    }
    let (new_key, old_key) = (key(cx), key(cx));
    let hash = |key: &str| r.keys.hash(Use::EmailChange, key.as_bytes());
    let change = EmailChange {
        user: user.no,
        new_email: new_email.to_owned(),
        old_email: user.email.clone(),
        new_key: hash(&new_key),
        old_key: hash(&old_key),
        requested: cx.now,
        new_agreed: false,
        old_agreed: !r.settings.bool("ASTAKOS_EMAILCHANGE_BOTH_ADDRESSES"),
    };
    tx.put(&change)?;
    mails::email_change(tx, r, user, &change, &new_key, &old_key)
}

/// The change of a key, whether the key was mailed to the new address, and the person.
///
/// # Errors
/// `NotFound` for an unknown key; `Forbidden` for somebody else who is logged in;
/// `Conflict` with EMAIL_CHANGE_EXPIRED.
fn of_key(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    key: &str,
    viewer: Option<UserId>,
) -> Result<(EmailChange, bool, User)> {
    let unknown = || Error::not_found("EMAIL_CHANGE_UNKNOWN");
    let hash = r.keys.hash(Use::EmailChange, key.as_bytes());
    let change: EmailChange = tx.find_one("key", &hash)?.ok_or_else(unknown)?;
    let user = tx.get::<User>(&change.user)?.ok_or_else(unknown)?;
    if viewer.is_some_and(|viewer| viewer != user.uuid) {
        return Err(Error::forbidden("NOT_ALLOWED"));
    }
    // Whoever was switched off or turned away does not move.
    let off = matches!(
        user.state(),
        AccountState::Rejected | AccountState::Inactive
    );
    if off || expired(cx, r, &change) || !r.settings.bool("ASTAKOS_EMAILCHANGE_ENABLED") {
        return Err(Error::conflict("EMAIL_CHANGE_EXPIRED"));
    }
    let of_new = change.new_key == hash;
    Ok((change, of_new, user))
}

/// What a key is about; changes nothing (ID-EML-04).
pub(crate) fn look(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    key: &str,
    viewer: Option<UserId>,
) -> Result<EmailChangeView> {
    let (change, of_new, user) = of_key(tx, cx, r, key, viewer)?;
    Ok(view(change, user.uuid, of_new))
}

/// The owner of one of the addresses agrees.
///
/// # Errors
/// As [`look`]; `Conflict` with EMAIL_USED when the address was taken meanwhile.
pub(crate) fn agree(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    key: &str,
    viewer: Option<UserId>,
) -> Result<Agreed> {
    let (mut change, of_new, mut user) = of_key(tx, cx, r, key, viewer)?;
    match of_new {
        true => change.new_agreed = true,
        false => change.old_agreed = true,
    }
    let namesake = by_email(tx, &change.new_email)?;
    if namesake.is_some_and(|other| other.no != user.no && sign_up::blocks(&other)) {
        return Err(Error::conflict("EMAIL_USED"));
    }
    if !(change.new_agreed && change.old_agreed) {
        tx.put(&change)?;
        return Ok(Agreed::Waits);
    }
    move_to(tx, cx, r, &mut user, &change.new_email)?;
    Ok(Agreed::Changed)
}

/// Moves an account to another address, whoever wants it: an unverified namesake goes,
/// what was mailed to the former address is worth nothing any more, and whoever may log
/// in is told at both.
///
/// # Errors
/// `Conflict` with EMAIL_USED.
pub(crate) fn move_to(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    address: &str,
) -> Result<()> {
    let namesake = by_email(tx, address)?.filter(|other| other.no != user.no);
    match namesake {
        Some(other) if sign_up::blocks(&other) => return Err(Error::conflict("EMAIL_USED")),
        Some(other) => sign_up::delete(tx, &other)?,
        None => {}
    }
    forget(tx, user.no)?;
    sign_up::forget_resets(tx, user)?;
    user.code = None;
    user.username = address.to_lowercase();
    let from = std::mem::replace(&mut user.email, address.to_owned());
    save(tx, cx, user)?;
    if user.is_active {
        let moved = Notice::EmailChanged(from.clone());
        notice::tell(tx, cx, r, user, &moved, None)?;
    }
    events::publish(tx, user, Event::EmailChanged { from })
}

/// The owner of one of the addresses refuses: nothing changes, both links die.
pub(crate) fn refuse(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    key: &str,
    viewer: Option<UserId>,
) -> Result<()> {
    let (change, ..) = of_key(tx, cx, r, key, viewer)?;
    forget(tx, change.user)
}
