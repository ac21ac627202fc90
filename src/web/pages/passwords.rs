//! New passwords: forgotten ones, changed ones, first ones (identity.md §7.3, §7.4).

use super::{
    Failed,
    arrival::Refused,
    captcha::{self, Captcha},
    email_change::unreferred,
    entry::about_password,
    log_in::Resend,
    methods,
    posted::{Form, Posted},
    shell::{Shell, carried, go, page},
    visitor::{Local, SESSION, User, Visitor, add_cookie},
};
use askama::Template;
use axum::{extract::Path, response::Response};
use identity::{NewPassword, PasswordChange, Service, captcha::Guarded};
use kernel::{
    Error,
    secret::{ExposeSecret, SecretString},
};

#[derive(Template)]
#[template(path = "pages/reset.html")]
struct ResetPage {
    s: Shell,
    f: Form,
    captcha: Captcha,
    /// Why no link is sent, in harmless HTML, and what leads to another verification
    /// mail, where that is no secret (ID-PWD-01).
    refused: String,
    resend: Option<Resend>,
}

#[derive(Template)]
#[template(path = "pages/reset_confirm.html")]
struct ConfirmPage {
    s: Shell,
    f: Form,
    asks_renew: bool,
}

#[derive(Template)]
#[template(path = "pages/password.html")]
struct PasswordPage {
    s: Shell,
    f: Form,
    /// The person has one to change.
    has: bool,
    asks_renew: bool,
}

/// Does the form ask whether the API token changes too (ID-PWD-04)?
fn asks_renew(visitor: &Visitor) -> bool {
    !visitor.settings.bool("ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN")
}

fn reset_form(visitor: &Visitor, f: Form) -> Response {
    refused_form(visitor, f, String::new(), None)
}

fn refused_form(visitor: &Visitor, f: Form, refused: String, resend: Option<String>) -> Response {
    page(&ResetPage {
        s: Shell::titled(visitor, "password-reset", "reset-title", ""),
        captcha: Captcha::when(visitor, true),
        f,
        refused,
        resend: Resend::of(visitor, resend),
    })
}

/// Asks for the address of somebody who forgot the password.
pub(super) async fn reset_page(Local(visitor): Local) -> Response {
    reset_form(&visitor, Form::default())
}

/// Mails a link for a new password; says the same for every address (ID-PWD-02).
pub(super) async fn reset(Local(visitor): Local, sent: Posted) -> Result<Response, Failed> {
    let mut f = Form::sent(&sent);
    let guarded = Guarded::Reset(sent.get("email"));
    let checked = captcha::check(&visitor, guarded, &sent, &mut f).await;
    if let Err(error) = checked {
        let refused = Refused::of(&visitor, f, error)?;
        return Ok(refused.answer(|f| reset_form(&visitor, f)));
    }
    if f.has_errors() {
        return Ok(reset_form(&visitor, f));
    }
    let identity = &visitor.state.identity;
    let asked = identity.request_password_reset(sent.get("email"), &visitor.client);
    match asked.await {
        Ok(None) => Ok(go(&visitor, "/ui/local/password_reset_done", "")),
        Ok(Some(none)) => {
            let others = identity.open_modules(none.user.uuid).await?;
            let said = methods::refusal(&visitor, "local", none.message, &others);
            Ok(refused_form(&visitor, f, said, none.resend))
        }
        Err(error) => {
            let refused = Refused::new(&visitor, &sent, error)?;
            Ok(refused.answer(|f| reset_form(&visitor, f)))
        }
    }
}

/// After the request, the message is at the index (ID-PWD-05).
pub(super) async fn reset_done(Local(visitor): Local) -> Response {
    go(&visitor, "/ui", "PASSWORD_RESET_DONE")
}

/// The same after the change.
pub(super) async fn confirm_done(Local(visitor): Local) -> Response {
    go(&visitor, "/ui", "PASSWORD_RESET_CONFIRM_DONE")
}

/// The last page of the walk.
pub(super) async fn complete(Local(visitor): Local) -> Response {
    let way = ("/ui/login", "sign-in");
    about_password(&visitor, "check", "PASSWORD_RESET_CONFIRM_DONE", way)
}

/// A link that is not good any more: said on a page (ID-PWD-03).
fn invalid(visitor: &Visitor) -> Response {
    let way = ("/ui/local/password_reset", "reset-again");
    about_password(visitor, "alert", "INVALID_RESET_LINK", way)
}

fn confirm_form(visitor: &Visitor, f: Form) -> Response {
    unreferred(page(&ConfirmPage {
        s: Shell::titled(visitor, "password-reset", "new-password-title", ""),
        f,
        asks_renew: asks_renew(visitor),
    }))
}

async fn ask(visitor: &Visitor, user: &str, token: &str) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    Ok(match identity.password_reset_valid(user, token).await? {
        true => confirm_form(visitor, Form::default()),
        false => invalid(visitor),
    })
}

async fn set(
    visitor: &Visitor,
    sent: &Posted,
    user: &str,
    token: &str,
) -> Result<Response, Failed> {
    let mut f = Form::sent(sent);
    if sent.get("new_password1") != sent.get("new_password2") {
        f.refuse(visitor, "new_password2", "PASSWORDS_DIFFER");
        return Ok(confirm_form(visitor, f));
    }
    let password = sent.secret("new_password1");
    let identity = &visitor.state.identity;
    let renew = sent.ticked("renew");
    match identity.reset_password(user, token, password, renew).await {
        Ok((person, called_off)) => {
            let said = called_off.map_or("", |_| CALLED_OFF);
            let mut response = go(visitor, "/ui/local/password/reset/complete", said);
            super::entry::remember_device(visitor, &person, &mut response);
            Ok(response)
        }
        Err(Error::NotFound { .. }) => Ok(invalid(visitor)),
        Err(error) => {
            let refused = Refused::of(visitor, f, error)?;
            Ok(refused.answer(|f| confirm_form(visitor, f)))
        }
    }
}

/// The page a mailed link leads to (ID-PWD-03).
pub(super) async fn confirm_page(
    Local(visitor): Local,
    Path((user, token)): Path<(String, String)>,
) -> Result<Response, Failed> {
    ask(&visitor, &user, &token).await
}

/// Sets the new password.
pub(super) async fn confirm(
    Local(visitor): Local,
    Path((user, token)): Path<(String, String)>,
    sent: Posted,
) -> Result<Response, Failed> {
    set(&visitor, &sent, &user, &token).await
}

/// The same page for the old form of the link.
pub(super) async fn old_confirm_page(
    Local(visitor): Local,
    Path(link): Path<String>,
) -> Result<Response, Failed> {
    match Service::old_reset_link(&link) {
        Some((user, token)) => ask(&visitor, &user, &token).await,
        None => Ok(invalid(&visitor)),
    }
}

/// And its form.
pub(super) async fn old_confirm(
    Local(visitor): Local,
    Path(link): Path<String>,
    sent: Posted,
) -> Result<Response, Failed> {
    match Service::old_reset_link(&link) {
        Some((user, token)) => set(&visitor, &sent, &user, &token).await,
        None => Ok(invalid(&visitor)),
    }
}

fn password_form(user: &User, f: Form, has: bool) -> Response {
    let visitor = &user.visitor;
    page(&PasswordPage {
        s: Shell::titled(
            visitor,
            "password-change",
            "new-password-title",
            "nav-account",
        ),
        f,
        has,
        asks_renew: asks_renew(visitor),
    })
}

/// Has the person a password to change, or may there be a first one (ID-PWD-11)? Else
/// the answer says so.
async fn has_password(user: &User) -> Result<Result<bool, Response>, Failed> {
    let v = &user.visitor;
    let rules = v.state.identity.profile_rules(user.view.uuid).await?;
    if rules.changes_password || rules.makes_password {
        return Ok(Ok(rules.changes_password));
    }
    let key = match user.view.methods.iter().any(|m| m.module == "local") {
        true => "AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD",
        false => "AUTH_PROVIDER_ADD_DISABLED",
    };
    Ok(Err(go(v, "/ui/profile", key)))
}

/// The form for another password, or for a first one.
pub(super) async fn change_page(user: User) -> Result<Response, Failed> {
    Ok(match has_password(&user).await? {
        Ok(has) => password_form(&user, Form::default(), has),
        Err(answer) => answer,
    })
}

/// What is said when a new password ended a change of address that waited.
pub(super) const CALLED_OFF: &str = "PENDING_EMAIL_CHANGE_CALLED_OFF";

/// The session's new cookie on an answer.
pub(super) fn with_cookie(
    visitor: &Visitor,
    mut response: Response,
    cookie: &SecretString,
) -> Response {
    let session = visitor.session.as_ref();
    let left = session.map(|s| s.expires.as_second() - visitor.now.as_second());
    let cookie = visitor.set_cookie(SESSION, cookie.expose_secret(), left);
    add_cookie(&mut response, &cookie);
    response
}

/// Changes the password, or sets the first one; the session goes on under a new cookie
/// (ID-PWD-12).
pub(super) async fn change(user: User, sent: Posted) -> Result<Response, Failed> {
    let has = match has_password(&user).await? {
        Ok(has) => has,
        Err(answer) => return Ok(answer),
    };
    let v = &user.visitor;
    let mut f = Form::sent(&sent);
    if sent.get("new_password1") != sent.get("new_password2") {
        f.refuse(v, "new_password2", "PASSWORDS_DIFFER");
        return Ok(password_form(&user, f, has));
    }
    let (changed, message) = match has {
        true => (changed(&user, &sent).await, "PASSWORD_CHANGED".to_owned()),
        false => {
            let new = sent.secret("new_password1");
            let identity = &v.state.identity;
            let renew = sent.ticked("renew");
            let made = identity.make_password(user.view.uuid, new, renew, &v.cookie);
            (made.await, carried("AUTH_PROVIDER_ADDED", &["local"]))
        }
    };
    match changed {
        Ok(new) => {
            let said = match new.called_off {
                Some(_) => format!("{message},{CALLED_OFF}"),
                None => message,
            };
            Ok(with_cookie(v, go(v, "/ui/profile", &said), &new.cookie))
        }
        Err(error) => {
            let refused = Refused::of(v, f, error)?;
            Ok(refused.answer(|f| password_form(&user, f, has)))
        }
    }
}

/// The change of password that the three fields of a form ask for.
pub(super) fn asked(sent: &Posted) -> PasswordChange {
    PasswordChange {
        old: sent.secret("old_password"),
        new: sent.secret("new_password1"),
        renew_token: sent.ticked("renew"),
    }
}

/// Changes the password.
async fn changed(user: &User, sent: &Posted) -> kernel::Result<NewPassword> {
    let v = &user.visitor;
    let identity = &v.state.identity;
    identity
        .change_password(user.view.uuid, asked(sent), &v.cookie, &v.client)
        .await
}
