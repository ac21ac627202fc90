//! Registration, and the end of accounts (identity.md §5).

use crate::{
    email, email_change, events,
    events::Event,
    factor, handover,
    invitations::{self, Invitation},
    method, moderation, oauth2, policy,
    rows::{Life, Method, Password, Reset, User, by_email, methods, save},
    rules::Rules,
    session, state, switch, terms, token, user_setting,
    view::Outcome,
};
use kernel::{Cx, Error, Result, UserId};
use std::collections::BTreeSet;
use store::{Reads, WriteTx};

/// A new account, checked, its password hashed.
#[derive(Clone, Debug)]
pub(crate) struct NewUser {
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) language: String,
    pub(crate) password_hash: String,
}

/// Makes an inactive, unverified account with a local password in place of
/// unverified namesakes (ID-REG-04 a–c, ID-REG-06).
///
/// # Errors
/// `Invalid` at `email` with EMAIL_USED.
pub(crate) fn create(tx: &WriteTx, cx: &Cx, r: &Rules, new: &NewUser) -> Result<User> {
    let mut user = account(tx, cx, r, new)?;
    set_password(tx, cx, &user, &new.password_hash)?;
    add_local(tx, cx, &user)?;
    method::grant(tx, cx, r, &mut user, "local", true)?;
    Ok(user)
}

/// The account alone: without a password or any login method.
///
/// # Errors
/// `Invalid` at `email` with EMAIL_USED.
pub(crate) fn account(tx: &WriteTx, cx: &Cx, r: &Rules, new: &NewUser) -> Result<User> {
    if let Some(namesake) = by_email(tx, &new.email)? {
        if blocks(&namesake) {
            return Err(Error::field("email", "EMAIL_USED"));
        }
        delete(tx, &namesake)?;
    }
    let level = u32::try_from(r.settings.int("ASTAKOS_DEFAULT_USER_LEVEL")).unwrap_or(4);
    let mut user = User {
        no: kernel::UserNo(tx.next_id(<User as store::Row>::TABLE)?),
        uuid: UserId(cx.ids.uuid()),
        email: new.email.clone(),
        username: new.email.to_lowercase(),
        first_name: new.first_name.clone(),
        last_name: new.last_name.clone(),
        language: new.language.clone(),
        is_active: false,
        is_superuser: false,
        email_verified: false,
        verified_at: None,
        code: None,
        activation_sent: None,
        moderated: false,
        moderated_at: None,
        moderated_data: None,
        is_rejected: false,
        rejected_reason: None,
        accepted_policy: None,
        accepted_email: None,
        deactivated_reason: None,
        deactivated_at: None,
        is_verified: false,
        has_signed_terms: terms::newest(tx)? == 0,
        date_signed_terms: None,
        token: None,
        level,
        invitations: r.invitations(level),
        affiliation: None,
        default_project: None,
        joined: cx.now,
        updated: cx.now,
        last_login: None,
        groups: BTreeSet::new(),
        permissions: BTreeSet::new(),
        life: Life::default(),
    };
    token::make(cx, r, &mut user)?;
    save(tx, cx, &mut user)?;
    Ok(user)
}

/// Does this account keep its address from a new sign-up? (ID-REG-06)
pub(crate) fn blocks(user: &User) -> bool {
    user.email_verified || user.accepted_email.is_some()
}

/// What comes with a registration beside the fields of the account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Along {
    /// Code of an invitation (ID-INV-04).
    pub(crate) code: Option<String>,
    /// The box of the terms is ticked.
    pub(crate) signs_terms: bool,
    /// What the applicant writes to those who decide.
    pub(crate) message: Option<String>,
    /// Address the form came from.
    pub(crate) address: String,
}

/// What a registration has to bring whatever the address is; the invitation, if there
/// is one. Asked before anybody looks whether the address is used.
pub(crate) fn welcome(tx: &impl Reads, r: &Rules, along: &Along) -> Result<Option<Invitation>> {
    if terms::newest(tx)? > 0 && !along.signs_terms {
        return Err(Error::field("has_signed_terms", "SIGN_TERMS"));
    }
    match &along.code {
        Some(code) => invitations::usable(tx, r, code),
        None => Ok(None),
    }
}

/// Registers somebody and runs the activation engine (ID-REG-04, ID-VER-01).
///
/// # Errors
/// `Invalid` at `email` with EMAIL_USED, at `has_signed_terms` with SIGN_TERMS;
/// `Conflict` for an invitation that was used (ID-INV-04).
pub(crate) fn sign_up(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    new: &NewUser,
    along: &Along,
) -> Result<(User, Outcome)> {
    let invitation = welcome(tx, r, along)?;
    let mut user = create(tx, cx, r, new)?;
    let proven = brings(&mut user, invitation);
    terms::note(tx, cx, &mut user, &along.address)?;
    user.life.message.clone_from(&along.message);
    save(tx, cx, &mut user)?;
    if proven || r.verifies_itself("local") {
        let outcome = state::verify(tx, cx, r, &mut user, "local", true)?;
        return Ok((user, outcome));
    }
    state::send_verification(tx, cx, r, &mut user)?;
    Ok((user, Outcome::PendingVerification))
}

/// Notes on the account, not yet stored, which invitation it came with: is the address
/// proven by it? Who followed the link has that mailbox (ID-INV-05).
pub(crate) fn brings(user: &mut User, invitation: Option<Invitation>) -> bool {
    let own = email::key(&user.username);
    user.life.invitation = invitation.as_ref().map(|one| one.id);
    invitation.is_some_and(|one| one.email == own)
}

/// Stores a password; links for another one die.
pub(crate) fn set_password(tx: &WriteTx, cx: &Cx, user: &User, hash: &str) -> Result<()> {
    tx.put(&Password {
        user: user.no,
        hash: hash.to_owned(),
        set: cx.now,
    })?;
    forget_resets(tx, user)
}

/// Links for a new password die.
pub(crate) fn forget_resets(tx: &WriteTx, user: &User) -> Result<()> {
    for reset in tx.find::<Reset>("user", &(user.no,), None, usize::MAX)? {
        tx.remove::<Reset>(&reset.hash)?;
    }
    Ok(())
}

/// The active local login method of a person, if there is one.
pub(crate) fn local(tx: &impl Reads, user: &User) -> Result<Option<Method>> {
    let all = methods(tx, user.no)?;
    Ok(all.into_iter().find(|m| m.module == "local" && m.active))
}

/// Adds the local login method, or switches it on again.
pub(crate) fn add_local(tx: &WriteTx, cx: &Cx, user: &User) -> Result<()> {
    let all = methods(tx, user.no)?;
    if let Some(mut there) = all.into_iter().find(|m| m.module == "local") {
        there.active = true;
        return tx.put(&there);
    }
    tx.put(&Method {
        user: user.no,
        id: tx.next_id(<Method as store::Row>::TABLE)?,
        module: "local".into(),
        identifier: String::new(),
        backend: "astakos".into(),
        active: true,
        affiliation: None,
        info: "{}".into(),
        created: cx.now,
        last_login: None,
    })
}

/// Deletes an account that was not accepted, with all that hangs on it (ID-MOD-03).
pub(crate) fn delete(tx: &WriteTx, user: &User) -> Result<()> {
    for method in methods(tx, user.no)? {
        tx.remove::<Method>(&store::Row::key(&method))?;
    }
    tx.remove::<Password>(&user.no)?;
    forget_resets(tx, user)?;
    session::flush(tx, user.no, None)?;
    email_change::forget(tx, user.no)?;
    moderation::forget(tx, user.no)?;
    terms::forget(tx, user.no)?;
    factor::forget(tx, user.no)?;
    policy::forget(tx, user.no)?;
    oauth2::forget(tx, user.no, true)?;
    handover::forget(tx, user.no)?;
    switch::forget(tx, user.no)?;
    user_setting::forget(tx, user.no)?;
    tx.remove::<crate::rows::Project>(&user.uuid.own_project())?;
    tx.remove::<User>(&user.no)?;
    tx.wake(crate::rows::USERS);
    crate::follow::changed(tx, user.no)?;
    events::publish(tx, user, Event::Deleted)
}
