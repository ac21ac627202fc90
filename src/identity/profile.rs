//! What people may change about themselves, and passwords for those who have none
//! (identity.md §7.4, ID-DSH-04).

use crate::{
    access, email_change,
    rows::{Password, User, methods, save},
    rules::Rules,
    session, sign_up,
    view::{ProfileChange, ProfileRules},
};
use kernel::{Cx, Digest, Error, Result};
use store::{Reads, WriteTx};

/// Does a login method of the person say what the attribute is?
fn forced(tx: &impl Reads, r: &Rules, user: &User, attribute: &str) -> Result<bool> {
    let own = methods(tx, user.no)?;
    Ok(own
        .iter()
        .any(|method| method.active && r.forces(&method.module, attribute)))
}

/// Is the local login in use for this person (ID-PWD-10)?
fn local_login(r: &Rules) -> bool {
    r.enabled("local") && r.policy("local", "LOGIN", true)
}

/// May the person change a password (ID-PWD-13)?
pub(crate) fn changes_password(tx: &impl Reads, r: &Rules, user: &User) -> Result<bool> {
    let local = sign_up::local(tx, user)?;
    let usable = local.is_some_and(|method| method.backend == "astakos");
    Ok(local_login(r) && usable && tx.get::<Password>(&user.no)?.is_some())
}

/// May the person get a first password (ID-PWD-11)?
pub(crate) fn makes_password(tx: &impl Reads, r: &Rules, user: &User) -> Result<bool> {
    let none = sign_up::local(tx, user)?.is_none();
    Ok(none && local_login(r) && r.policy("local", "ADD", true))
}

/// All of this for the profile page.
pub(crate) fn rules(tx: &impl Reads, r: &Rules, user: &User) -> Result<ProfileRules> {
    Ok(ProfileRules {
        first_name_forced: forced(tx, r, user, "first_name")?,
        last_name_forced: forced(tx, r, user, "last_name")?,
        changes_email: email_change::allowed(tx, r, user).is_ok(),
        changes_password: changes_password(tx, r, user)?,
        makes_password: makes_password(tx, r, user)?,
    })
}

/// Saves the profile form; what a login method says stays as it is (ID-PRV-12).
pub(crate) fn update(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    change: &ProfileChange,
) -> Result<()> {
    if !forced(tx, r, user, "first_name")? {
        user.first_name = change.first_name.trim().to_owned();
    }
    if !forced(tx, r, user, "last_name")? {
        user.last_name = change.last_name.trim().to_owned();
    }
    if let Some(language) = &change.language {
        user.language.clone_from(language);
    }
    user.is_verified = true;
    save(tx, cx, user)
}

/// Notes that the profile page was looked at (ID-DSH-04).
pub(crate) fn visited(tx: &WriteTx, cx: &Cx, user: &mut User) -> Result<()> {
    if user.is_verified {
        return Ok(());
    }
    user.is_verified = true;
    save(tx, cx, user)
}

/// A first password: it adds the local login, ends all other sessions and gives this
/// one a new key (ID-PWD-11, ID-PWD-12).
///
/// # Errors
/// `Conflict` with AUTH_PROVIDER_ADD_DISABLED; `Unauthorized` when the session is over.
pub(crate) fn make_password(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    hash: &str,
    own: &Digest,
) -> Result<String> {
    if !makes_password(tx, r, user)? {
        return Err(Error::conflict("AUTH_PROVIDER_ADD_DISABLED"));
    }
    access::new_password(tx, cx, r, user, hash, false)?;
    session::flush(tx, user.no, Some(own))?;
    let cookie = session::rotate(tx, cx, r, own)?;
    cookie.ok_or_else(|| Error::unauthorized("The session is over."))
}
