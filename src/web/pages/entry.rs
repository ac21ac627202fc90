//! Ways in and out that all logins share: the session's cookie, logout, notices.

use super::{
    Failed,
    arrival::after_login,
    posted::Posted,
    shell::{Shell, carried, go, page},
    token_cookie::Whose,
    visitor::{ANONYMOUS, DEVICE, SESSION, Visitor, add_cookie},
};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue};
use identity::{Login, Outcome, UserView, messages};
use kernel::secret::ExposeSecret;

pub(super) use super::registration::query;

/// A page with a few words and perhaps one form.
#[derive(Template)]
#[template(path = "pages/notice.html")]
struct Notice {
    s: Shell,
    icon: &'static str,
    text: String,
    form: Option<Ask>,
    /// Where a button leads that stands there without a form, and what it says.
    way: (&'static str, &'static str),
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
    let whose = (login.user.uuid, login.user.username.clone());
    response.extensions_mut().insert(Whose(Some(whose)));
    response
}

/// Marks the browser as one that this person logs in with (ID-LOG-10).
pub(super) fn remember_device(visitor: &Visitor, person: &UserView, response: &mut Response) {
    let (cookie, seconds) = visitor.state.identity.known_device(person);
    let cookie = visitor.set_cookie(DEVICE, cookie.expose_secret(), Some(seconds));
    add_cookie(response, &cookie);
}

/// Ends the session, if a page of this site leads here; asks where another site does
/// (ID-LOG-22).
pub(super) async fn logout_page(visitor: Visitor, headers: HeaderMap) -> Result<Response, Failed> {
    if visitor.user().is_none() {
        return Ok(Redirect::to("/ui").into_response());
    }
    let next = crate::auth::query_value(visitor.uri.query().unwrap_or_default(), "next");
    let next = next.unwrap_or_default();
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let ours = matches!(site, None | Some(b"same-origin" | b"same-site" | b"none"));
    if ours && !super::registration::looks_ahead(&headers) {
        return leave(&visitor, &next).await;
    }
    let form = Ask {
        action: "/ui/logout".into(),
        field: "next",
        value: next,
        button: crate::text::text("log-out"),
    };
    let text = crate::text::text("logout-ask");
    Ok(notice(
        &visitor,
        "logout",
        "log-out",
        "person",
        text,
        Some(form),
    ))
}

/// Ends the session.
pub(super) async fn log_out(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    leave(&visitor, sent.get("next")).await
}

/// The session ends; on to `next` where that is ours, else to where the owner says,
/// else to the front with a word about the login method (ID-LOG-22).
async fn leave(visitor: &Visitor, next: &str) -> Result<Response, Failed> {
    visitor.state.identity.log_out(&visitor.cookie).await?;
    if let Some(user) = visitor.user() {
        tracing::info!(target: "astakos.im", "{} logged out", user.log_display());
    }
    let owner = visitor.settings.str("ASTAKOS_LOGOUT_NEXT");
    let mut response = match (visitor.next(next), owner) {
        (Some(next), _) => Redirect::to(next).into_response(),
        (None, "") => go(visitor, "/ui", &left(visitor)),
        (None, elsewhere) => Redirect::to(elsewhere).into_response(),
    };
    add_cookie(&mut response, &visitor.set_cookie(SESSION, "", Some(0)));
    response.extensions_mut().insert(Whose(None));
    Ok(response)
}

/// What is said after logging out: who came by an outside way may still be logged in
/// there.
fn left(visitor: &Visitor) -> String {
    let last = visitor.user().and_then(|user| {
        let used = user.methods.iter().filter(|method| method.active);
        used.max_by_key(|method| method.last_login)
    });
    let done = "AUTH_PROVIDER_LOGOUT_SUCCESS".to_owned();
    match last.map(|method| method.module.as_str()) {
        None | Some("local" | "ldap") => done,
        Some(module) => {
            let hint = carried("AUTH_PROVIDER_LOGOUT_SUCCESS_EXTRA", &[module]);
            format!("{done},{hint}")
        }
    }
}

/// A page with a few words and perhaps one form; without one a button leads to the front.
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
        way: ("/", "to-front"),
    })
}

/// A page about somebody's new password, with the way on: an address and the key of
/// what its button says.
pub(super) fn about_password(
    visitor: &Visitor,
    icon: &'static str,
    key: &str,
    way: (&'static str, &'static str),
) -> Response {
    page(&Notice {
        s: Shell::titled(visitor, "password-reset", "new-password-title", ""),
        icon,
        text: messages::text(&visitor.settings, key, &[]),
        form: None,
        way,
    })
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
