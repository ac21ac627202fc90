//! Ways in and out: login, logout.

use super::{
    Failed,
    arrival::after_login,
    captcha::{self, Captcha},
    methods::Way,
    posted::{Form, Posted},
    registration::query,
    shell::{Shell, go, page},
    visitor::{ANONYMOUS, SESSION, Visitor, add_cookie},
};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use identity::{Login, LoginOutcome, messages};
use kernel::{Error, secret::ExposeSecret};

#[derive(Template)]
#[template(path = "pages/login.html")]
struct LoginPage {
    s: Shell,
    f: Form,
    next: String,
    resend: Option<String>,
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use identity::{Login, Outcome, SignUp, messages};

#[template(path = "pages/signup.html")]
struct SignUpPage {
    captcha: Captcha,
    ways: Vec<Way>,
}

impl SignUpPage {
    fn of(visitor: &Visitor, f: Form) -> Self {
        let mut ways = super::methods::ways(visitor, &[("next", &query(visitor, "next"))]);
        let identity = &visitor.state.identity;
        ways.retain(|way| identity.module_signs_up(way.module));
        SignUpPage {
            s: Shell::titled(visitor, "signup", "signup-title", ""),
            captcha: Captcha::when(visitor, true),
            f,
            ways,
        }
    }

    /// May people sign up with a password?
    fn with_password(&self) -> bool {
        self.ways.iter().any(|way| way.module == "local")
    }

    /// The other ways to sign up.
    fn others(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(|way| way.module != "local")
    }
}

/// A page with a few words and perhaps one form.
#[derive(Template)]
#[template(path = "pages/notice.html")]
struct Notice {
    s: Shell,
    icon: &'static str,
    text: String,
    form: Option<Ask>,
}

/// The one form of a notice.
pub(super) struct Ask {
    pub(super) action: String,
    pub(super) field: &'static str,
    pub(super) value: String,
    pub(super) button: String,
}

/// To where the login was asked for, with the session's cookie (ID-LOG-06).
pub(super) fn entered(visitor: &Visitor, login: &Login, next: &str, message: &str) -> Response {
    let target = after_login(visitor, &login.user, next);
    enter_at(visitor, login, &target, message)
}

/// To a page, with the session's cookie.
pub(super) fn enter_at(visitor: &Visitor, login: &Login, target: &str, message: &str) -> Response {
#[derive(Template)]
#[template(path = "pages/reset.html")]
struct ResetPage {
    s: Shell,
    f: Form,
    captcha: Captcha,
}

fn reset_form(visitor: &Visitor, f: Form) -> Response {
    page(&ResetPage {
        s: Shell::titled(visitor, "password-reset", "reset-title", ""),
        captcha: Captcha::when(visitor, true),
        f,
    })
}

#[derive(Template)]
#[template(path = "pages/reset_confirm.html")]
struct ConfirmPage {
    s: Shell,
    f: Form,
}

pub(super) fn query(visitor: &Visitor, name: &str) -> String {
    query_value(visitor.uri.query().unwrap_or_default(), name).unwrap_or_default()
}

/// To where the login was asked for, with the session's cookie.
    let target = visitor.next(next).unwrap_or("/ui/landing");
    let mut response = go(visitor, target, message);
    let left = login.expires.as_second() - visitor.now.as_second();
    let cookie = visitor.set_cookie(SESSION, login.cookie.expose_secret(), Some(left.max(0)));
    add_cookie(&mut response, &cookie);
    add_cookie(&mut response, &visitor.set_cookie(ANONYMOUS, "", Some(0)));
    response
}

fn login_form(visitor: &Visitor, f: Form, next: &str, resend: Option<String>) -> Response {
    page(&LoginPage {
        s: Shell::titled(visitor, "login", "login-title", ""),
        next: visitor.next(next).unwrap_or_default().to_owned(),
        resend,
        f,
    })
}

/// The login page (ID-DSH-01); who is in already goes on.
pub(super) async fn login_page(visitor: Visitor) -> Response {
    let next = query(&visitor, "next");
    if visitor.user().is_some() {
        let target = visitor.next(&next).unwrap_or("/ui/landing");
        return Redirect::to(target).into_response();
    }
    login_form(&visitor, Form::default(), &next, None)
}

/// Logs in (ID-LOG).
pub(super) async fn log_in(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    let email = sent.trimmed("username");
    let identity = &visitor.state.identity;
    let outcome = identity
        .log_in(email, sent.secret("password"), &visitor.client)
        .await;
    let next = sent.get("next");
    let mut wait = None;
    let (message, resend, status) = match outcome {
        Ok(LoginOutcome::In(login)) => {
            if !visitor.cookie.is_empty() {
                identity.log_out(&visitor.cookie).await?;
            }
            return Ok(entered(
                &visitor,
                &login,
                next,
                "AUTH_PROVIDER_LOGIN_SUCCESS",
            ));
        }
        Ok(LoginOutcome::Half(half)) => return Ok(super::second::ask(&visitor, &half, next)),
        Ok(LoginOutcome::Refused {
            message, resend, ..
        }) => (message, resend, StatusCode::FORBIDDEN),
        Err(Error::Unauthorized { .. }) => {
            ("INVALID_LOGIN_CREDENTIALS", None, StatusCode::UNAUTHORIZED)
        }
        Err(Error::Busy { retry_after }) => {
            wait = Some(retry_after);
            ("TOO_MANY_REQUESTS", None, StatusCode::TOO_MANY_REQUESTS)
        }
        Err(error) => return Err(error.into()),
    };
    let mut f = Form::sent(&sent);
    f.wrong("", messages::text(&visitor.settings, message, &[]));
    let mut response = (status, login_form(&visitor, f, next, resend)).into_response();
    if let Some(seconds) = wait {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    Ok(response)
}

/// Asks before the session ends; for those who come by a link.
pub(super) async fn logout_page(visitor: Visitor) -> Response {
    if visitor.user().is_none() {
        return Redirect::to("/ui/login").into_response();
    }
    let form = Ask {
        action: "/ui/logout".into(),
        field: "",
        value: String::new(),
        button: crate::text::text("log-out"),
    };
    let text = crate::text::text("logout-ask");
    notice(&visitor, "logout", "log-out", "person", text, Some(form))
}

/// Ends the session.
pub(super) async fn log_out(visitor: Visitor, _sent: Posted) -> Result<Response, Failed> {
    visitor.state.identity.log_out(&visitor.cookie).await?;
    let mut response = go(&visitor, "/ui/login", "AUTH_PROVIDER_LOGOUT_SUCCESS");
    add_cookie(&mut response, &visitor.set_cookie(SESSION, "", Some(0)));
    Ok(response)
}

/// A page with a few words and perhaps one form.
pub(super) fn notice(
    visitor: &Visitor,
    name: &'static str,
    title: &str,
    icon: &'static str,
    text: String,
    form: Option<Ask>,
) -> Response {
    page(&Notice {
        s: Shell::titled(visitor, name, title, ""),
        icon,
        text,
        form,
    })
}

/// The sign-up form (ID-DSH-02).
pub(super) async fn signup_page(visitor: Visitor) -> Result<Response, Failed> {
    if visitor.user().is_some() {
        return Ok(go(&visitor, "/ui/landing", "LOGGED_IN_WARNING"));
    }
    let token = query(&visitor, "third_party_token");
    if !token.is_empty() {
        return super::methods::signup_page(visitor, &token).await;
    }
    if let Some(elsewhere) = provider(&visitor, &query(&visitor, "provider"))? {
        return Ok(elsewhere);
    }
    Ok(page(&SignUpPage::of(&visitor, Form::default())))
}

/// Looks at the `provider` of a sign-up (ID-REG-01): the module whose form is wanted.
fn provider(visitor: &Visitor, name: &str) -> Result<Option<Response>, Failed> {
    if matches!(name, "" | "local") {
        return Ok(None);
    }
    let known = identity::provider::module(name);
    match known.filter(|module| visitor.state.identity.module_enabled(module)) {
        None => Ok(Some(go(visitor, "/ui/signup", "GENERIC_ERROR"))),
        Some(module) if !visitor.state.identity.module_signs_up(module) => {
            let texts = identity::provider::Texts::new(&visitor.settings, module);
            Err(Error::forbidden(texts.message("AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE")).into())
        }
        Some(module) => {
            let path = identity::provider::login_path(module);
            Ok(Some(Redirect::to(&path).into_response()))
        }
    }
}

/// Signs somebody up (ID-REG-03).
pub(super) async fn sign_up(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    if !sent.get("third_party_token").is_empty() {
        return super::methods::sign_up(visitor, sent).await;
    }
    if let Some(elsewhere) = provider(&visitor, sent.get("provider"))? {
        return Ok(elsewhere);
    }
    let identity = &visitor.state.identity;
    let new = SignUp {
        email: sent.trimmed("email").to_owned(),
        first_name: sent.trimmed("first_name").to_owned(),
        last_name: sent.trimmed("last_name").to_owned(),
        password: sent.secret("password1"),
        language: visitor.language.code().to_owned(),
    };
    let mut f = Form::sent(&sent);
    for (field, key) in identity.check_sign_up(&new) {
        f.wrong(field, messages::resolve(&visitor.settings, &key));
    }
    if sent.get("password1") != sent.get("password2") {
        f.wrong(
            "password2",
            messages::text(&visitor.settings, "PASSWORDS_DIFFER", &[]),
        );
    }
    captcha::check(&visitor, &sent, &mut f).await?;
    if !f.has_errors() {
        match identity.sign_up(new, &visitor.client).await {
            Ok(made) => {
                if let Some(login) = &made.login {
                    return Ok(entered(&visitor, login, "", made.outcome.message()));
                }
                return Ok(waiting(&visitor, made.outcome));
            }
            Err(error) => f = f.refused(&visitor, error)?,
        }
    }
    let drawn = page(&SignUpPage::of(&visitor, f));
    Ok((StatusCode::BAD_REQUEST, drawn).into_response())
}

/// What somebody whose account is not active yet waits for.
pub(super) fn waiting(visitor: &Visitor, outcome: Outcome) -> Response {
    let text = messages::text(&visitor.settings, outcome.message(), &[]);
    let (title, icon) = match outcome {
        Outcome::PendingVerification => ("check-mail-title", "mail"),
        Outcome::PendingModeration => ("moderation-title", "clock"),
        Outcome::Rejected | Outcome::Deactivated => ("rejected-title", "alert"),
        Outcome::Accepted | Outcome::Activated => ("accepted-title", "check"),
    };
    notice(visitor, "pending", title, icon, text, None)
}

/// Follows the link of a verification mail. A browser that only looks ahead gets a
/// page with a button (ID-SEC-08).
pub(super) async fn activate(visitor: Visitor, headers: HeaderMap) -> Result<Response, Failed> {
    let code = query(&visitor, "auth");
    let ahead = ["purpose", "sec-purpose", "x-purpose", "x-moz"]
        .iter()
        .any(|name| {
            let value = headers.get(*name).and_then(|v| v.to_str().ok());
            value.is_some_and(|v| v.to_lowercase().contains("prefetch") || v.contains("preview"))
        });
    if !ahead {
        return verified(&visitor, &code).await;
    }
    let form = Ask {
        action: "/ui/activate".into(),
        field: "auth",
        value: code,
        button: crate::text::text("activate-button"),
    };
    let text = crate::text::text("activate-ask");
    Ok(notice(
        &visitor,
        "activate",
        "activate-title",
        "mail",
        text,
        Some(form),
    ))
}

/// The button of that page.
pub(super) async fn activate_now(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    verified(&visitor, sent.get("auth")).await
}

async fn verified(visitor: &Visitor, code: &str) -> Result<Response, Failed> {
    let done = visitor.state.identity.verify(code, &visitor.client).await?;
    Ok(match &done.login {
        Some(login) => entered(visitor, login, "", done.outcome.message()),
        None => waiting(visitor, done.outcome),
    })
}

/// Sends the verification mail again (ID-VER-05).
pub(super) async fn resend(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    identity
        .resend_verification(sent.get("link"), &visitor.client)
        .await?;
    let text = messages::text(&visitor.settings, "ACTIVATION_SENT", &[]);
    Ok(notice(
        &visitor,
        "pending",
        "check-mail-title",
        "mail",
        text,
        None,
    ))
}

/// Asks for the address of somebody who forgot the password.
pub(super) async fn reset_page(visitor: Visitor) -> Response {
    reset_form(&visitor, Form::default())
}

/// Mails a link for a new password; says the same for every address (ID-PWD-02).
pub(super) async fn reset(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    let mut f = Form::sent(&sent);
    captcha::check(&visitor, &sent, &mut f).await?;
    if f.has_errors() {
        return Ok((StatusCode::BAD_REQUEST, reset_form(&visitor, f)).into_response());
    }
    let identity = &visitor.state.identity;
    let asked = identity
        .request_password_reset(sent.get("email"), &visitor.client)
        .await;
    match asked {
        Ok(()) => {
            let text = messages::text(&visitor.settings, "PASSWORD_RESET_DONE", &[]);
            Ok(notice(
                &visitor,
                "password-reset",
                "check-mail-title",
                "mail",
                text,
                None,
            ))
        }
        Err(error) => {
            let f = f.refused(&visitor, error)?;
            Ok((StatusCode::BAD_REQUEST, reset_form(&visitor, f)).into_response())
        }
    }
}

/// The page a mailed link leads to (ID-PWD-03).
pub(super) async fn confirm_page(
    visitor: Visitor,
    Path((user, token)): Path<(String, String)>,
) -> Result<Response, Failed> {
    if !visitor
        .state
        .identity
        .password_reset_valid(&user, &token)
        .await?
    {
        return Err(Error::not_found("INVALID_RESET_LINK").into());
    }
    Ok(confirm_form(&visitor, Form::default()))
}

fn confirm_form(visitor: &Visitor, f: Form) -> Response {
    page(&ConfirmPage {
        s: Shell::titled(visitor, "password-reset", "new-password-title", ""),
        f,
    })
}

/// Sets the new password.
pub(super) async fn confirm(
    visitor: Visitor,
    Path((user, token)): Path<(String, String)>,
    sent: Posted,
) -> Result<Response, Failed> {
    let mut f = Form::sent(&sent);
    if sent.get("new_password1") != sent.get("new_password2") {
        f.wrong(
            "new_password2",
            messages::text(&visitor.settings, "PASSWORDS_DIFFER", &[]),
        );
    } else {
        let password = sent.secret("new_password1");
        let identity = &visitor.state.identity;
        match identity
            .reset_password(&user, &token, password, sent.ticked("renew"))
            .await
        {
            Ok(()) => return Ok(go(&visitor, "/ui/login", "PASSWORD_RESET_CONFIRM_DONE")),
            Err(error) => f = f.refused(&visitor, error)?,
        }
    }
    Ok((StatusCode::BAD_REQUEST, confirm_form(&visitor, f)).into_response())
}
