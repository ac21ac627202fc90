//! The states of an account and what leads from one to another (ID-UST-02,
//! identity.md §6). An action whose precondition fails changes nothing and refuses
//! with the message key.

use crate::{
    events::{self, Event},
    invitations,
    keys::Use,
    mails, policy, project,
    rows::{Code, Method, User, methods, save},
    rules::Rules,
    session,
    view::Outcome,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use kernel::{Cx, Error, Result};
use store::{Reads, Row, WriteTx};

fn refuse<T>(key: &str) -> Result<T> {
    Err(Error::conflict(key))
}

/// A new verification code; earlier ones die (ID-VER-04).
pub(crate) fn new_code(cx: &Cx, r: &Rules, user: &mut User) -> Result<String> {
    let code = cx.ids.uuid().to_string();
    let sealed = r.keys.seal(&*cx.ids, &place(user), &code)?;
    let days = r.days("ASTAKOS_VERIFICATION_DAYS");
    user.code = Some(Code {
        hash: r.keys.hash(Use::Code, code.as_bytes()),
        expires: days.map(|days| cx.now + days),
        sealed: STANDARD_NO_PAD.encode(sealed),
    });
    Ok(code)
}

/// What an account's code is sealed for.
fn place(user: &User) -> Vec<u8> {
    [b"code ".as_slice(), &user.no.0.to_be_bytes()].concat()
}

/// The link that was mailed last, while it is good.
pub(crate) fn link(cx: &Cx, r: &Rules, user: &User) -> Result<Option<String>> {
    let Some(code) = user.code.as_ref().filter(|_| !user.email_verified) else {
        return Ok(None);
    };
    if code.sealed.is_empty() || code.expires.is_some_and(|expires| cx.now >= expires) {
        return Ok(None);
    }
    let sealed = STANDARD_NO_PAD
        .decode(&code.sealed)
        .map_err(Error::broken)?;
    let code = r.keys.open(&place(user), &sealed)?;
    Ok(Some(mails::verification_link(r, &code)))
}

/// SEND_VERIFICATION_MAIL.
pub(crate) fn send_verification(tx: &WriteTx, cx: &Cx, r: &Rules, user: &mut User) -> Result<()> {
    if user.email_verified {
        return refuse("ACCOUNT_ALREADY_VERIFIED");
    }
    let code = new_code(cx, r, user)?;
    user.activation_sent = Some(cx.now);
    save(tx, cx, user)?;
    mails::verification(tx, r, user, &code)
}

/// The account a code belongs to, if the code is still good.
pub(crate) fn of_code(tx: &impl Reads, cx: &Cx, r: &Rules, code: &str) -> Result<User> {
    let hash = r.keys.hash(Use::Code, code.as_bytes());
    let user: Option<User> = tx.find_one("code", &hash)?;
    user.filter(|user| {
        let expires = user.code.as_ref().and_then(|code| code.expires);
        !user.email_verified && expires.is_none_or(|expires| cx.now < expires)
    })
    .ok_or_else(|| Error::not_found("INVALID_ACTIVATION_KEY"))
}

/// VERIFY, and the decision that follows it (ID-VER-03, ID-ACT-01 … 04b). `tell`: mail
/// the administrators when theirs is the decision.
pub(crate) fn verify(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    module: &str,
    tell: bool,
) -> Result<Outcome> {
    if user.email_verified {
        return refuse("ACCOUNT_ALREADY_VERIFIED");
    }
    user.email_verified = true;
    user.verified_at = Some(cx.now);
    user.code = None;
    if user.is_rejected {
        save(tx, cx, user)?;
        return Ok(Outcome::Rejected);
    }
    let kept = keep_own(tx, user, module)?;
    // Used up whatever accepts the person, so that it works once.
    let invited = invitations::consume(tx, cx, r, user)?;
    let policy = if !r.settings.bool("ASTAKOS_MODERATION_ENABLED") {
        Some("auto_moderation".to_owned())
    } else if r.accepts_address(&user.email) {
        Some("email".to_owned())
    } else if kept && policy::accepts(tx, r, user, module)? {
        Some(format!("auth_provider_{module}"))
    } else if invited {
        Some("invitation".to_owned())
    } else if user.moderated {
        Some("already_moderated".to_owned())
    } else {
        None
    };
    match policy {
        Some(policy) => {
            take_in(tx, cx, r, user, &policy)?;
            Ok(Outcome::Accepted)
        }
        None => {
            save(tx, cx, user)?;
            if tell {
                mails::waiting(tx, cx, r, user)?;
            }
            Ok(Outcome::PendingModeration)
        }
    }
}

/// Takes identities away that somebody verified holds already (ID-MOD-05): two accounts of
/// another installation may bring the same one, unverified. Was that of `module` kept?
fn keep_own(tx: &WriteTx, user: &User, module: &str) -> Result<bool> {
    let mut kept = true;
    for method in methods(tx, user.no)? {
        let (name, identifier) = (&method.module, &method.identifier);
        if !identifier.is_empty() && policy::holder(tx, name, identifier)?.is_some() {
            tx.remove::<Method>(&method.key())?;
            kept &= name != module;
        }
    }
    Ok(kept)
}

/// ACCEPT by an administrator.
pub(crate) fn accept(tx: &WriteTx, cx: &Cx, r: &Rules, user: &mut User) -> Result<Outcome> {
    if user.is_accepted() {
        return refuse("ACCOUNT_ALREADY_MODERATED");
    }
    if !user.email_verified {
        return refuse("ACCOUNT_NOT_VERIFIED");
    }
    take_in(tx, cx, r, user, "manual")?;
    Ok(Outcome::Accepted)
}

/// What acceptance does (ID-ACT-06, ID-ACT-07).
fn take_in(tx: &WriteTx, cx: &Cx, r: &Rules, user: &mut User, policy: &str) -> Result<()> {
    decide(cx, user);
    user.accepted_policy = Some(policy.to_owned());
    if user.accepted_email.is_none() {
        user.accepted_email = Some(user.email.clone());
    }
    user.is_rejected = false;
    user.rejected_reason = None;
    user.default_project.get_or_insert(user.uuid.own_project());
    user.life.decided_by = None;
    project::open(tx, cx, user)?;
    switch_on(tx, cx, user)?;
    events::publish(tx, user, Event::Accepted)?;
    mails::accepted(tx, r, user)
}

/// Records that a decision was taken, with the account as it was (ID-MOD-01).
fn decide(cx: &Cx, user: &mut User) {
    let snapshot = serde_json::json!({
        "id": user.no.0, "uuid": user.uuid.to_string(), "email": user.email,
        "first_name": user.first_name, "last_name": user.last_name,
        "date_joined": user.joined.to_string(), "verified_at": user.verified_at.map(|t| t.to_string()),
        "affiliation": user.affiliation, "level": user.level,
    });
    user.moderated = true;
    user.moderated_at = Some(cx.now);
    user.moderated_data = Some(snapshot.to_string());
}

/// REJECT (ID-ACT-08).
pub(crate) fn reject(tx: &WriteTx, cx: &Cx, user: &mut User, reason: &str) -> Result<Outcome> {
    if user.moderated {
        return refuse("ACCOUNT_ALREADY_MODERATED");
    }
    if user.is_active {
        return refuse("ACCOUNT_ALREADY_ACTIVE");
    }
    if !user.email_verified {
        return refuse("ACCOUNT_NOT_VERIFIED");
    }
    decide(cx, user);
    user.is_rejected = true;
    user.rejected_reason = (!reason.is_empty()).then(|| reason.to_owned());
    save(tx, cx, user)?;
    session::flush(tx, user.no, None)?;
    Ok(Outcome::Rejected)
}

fn decided(user: &User) -> Result<()> {
    if !user.email_verified {
        return refuse("ACCOUNT_NOT_VERIFIED");
    }
    if !user.moderated {
        return refuse("ACCOUNT_NOT_MODERATED");
    }
    if user.is_rejected {
        return refuse("ACCOUNT_REJECTED");
    }
    Ok(())
}

/// ACTIVATE.
pub(crate) fn activate(tx: &WriteTx, cx: &Cx, user: &mut User) -> Result<Outcome> {
    decided(user)?;
    if user.is_active {
        return refuse("ACCOUNT_ALREADY_ACTIVE");
    }
    switch_on(tx, cx, user)?;
    Ok(Outcome::Activated)
}

/// What activation does (ID-ACT-09).
fn switch_on(tx: &WriteTx, cx: &Cx, user: &mut User) -> Result<()> {
    user.is_active = true;
    user.deactivated_reason = None;
    user.deactivated_at = None;
    save(tx, cx, user)?;
    events::publish(tx, user, Event::Activated)?;
    project::resume(tx, user)
}

/// DEACTIVATE (ID-ACT-10); of an inactive account only the reason changes.
pub(crate) fn deactivate(tx: &WriteTx, cx: &Cx, user: &mut User, reason: &str) -> Result<Outcome> {
    decided(user)?;
    if user.is_active {
        user.deactivated_at = Some(cx.now);
    }
    user.is_active = false;
    user.deactivated_reason = (!reason.is_empty()).then(|| reason.to_owned());
    save(tx, cx, user)?;
    project::suspend(tx, user)?;
    session::flush(tx, user.no, None)?;
    events::publish(tx, user, Event::Deactivated)?;
    Ok(Outcome::Deactivated)
}
