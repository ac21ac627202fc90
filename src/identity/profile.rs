//! What people may change about themselves, and passwords for those who have none
//! (identity.md §7.4, ID-DSH-04).

use crate::{
    access, email_change, method,
    notice::{self, Notice},
    policy::{self, Policy},
    rows::{Password, User, save},
    rules::Rules,
    session, sign_up,
    view::{ProfileChange, ProfileRules},
};
use kernel::{Cx, Digest, Error, Result};
use store::{Reads, WriteTx};

/// Is the local login in use for this person (ID-PWD-10)?
fn local_login(tx: &impl Reads, r: &Rules, user: &User) -> Result<bool> {
    let allowed = policy::resolve(tx, r, user, "local", None)?;
    Ok(r.enabled("local") && allowed.allows(Policy::Login))
}

/// May the person change a password (ID-PWD-13)?
pub(crate) fn changes_password(tx: &impl Reads, r: &Rules, user: &User) -> Result<bool> {
    let local = sign_up::local(tx, user)?;
    let usable = local.is_some_and(|method| method.backend == "astakos");
    Ok(local_login(tx, r, user)? && usable && tx.get::<Password>(&user.no)?.is_some())
}

/// May the person get a first password (ID-PWD-11)?
pub(crate) fn makes_password(tx: &impl Reads, r: &Rules, user: &User) -> Result<bool> {
    let none = sign_up::local(tx, user)?.is_none();
    let allowed = policy::resolve(tx, r, user, "local", None)?;
    Ok(none && local_login(tx, r, user)? && allowed.allows(Policy::Add))
}

/// All of this for the profile page.
pub(crate) fn rules(tx: &impl Reads, r: &Rules, user: &User) -> Result<ProfileRules> {
    let forced = method::forced(tx, r, user)?;
    Ok(ProfileRules {
        first_name_forced: forced.contains("first_name"),
        last_name_forced: forced.contains("last_name"),
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
    let forced = method::forced(tx, r, user)?;
    if !forced.contains("first_name") {
        user.first_name = change.first_name.trim().to_owned();
    }
    if !forced.contains("last_name") {
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
/// one a new key; the token is renewed where wanted (ID-PWD-11, ID-PWD-12). The key, and
/// as [`access::new_password`].
///
/// # Errors
/// `Conflict` with AUTH_PROVIDER_ADD_DISABLED; `Unauthorized` when the session is over.
pub(crate) fn make_password(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    (hash, renew): (&str, bool),
    own: &Digest,
) -> Result<(String, Option<String>)> {
    if !makes_password(tx, r, user)? {
        return Err(Error::conflict("AUTH_PROVIDER_ADD_DISABLED"));
    }
    let called_off = access::new_password(tx, cx, r, user, hash, renew)?;
    session::flush(tx, user.no, Some(own))?;
    let made = Notice::PasswordMade(called_off.clone());
    notice::tell(tx, cx, r, user, &made, None)?;
    let cookie = session::rotate(tx, cx, r, own)?;
    let over = || Error::unauthorized("The session is over.");
    Ok((cookie.ok_or_else(over)?, called_off))
}
