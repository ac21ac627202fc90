//! Ways in and out: login, logout.

use super::{
    Failed,
    arrival::after_login,
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
