//! What people see and change of themselves: profile, sessions, password.

use super::{
    Failed,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::{SESSION, User, add_cookie},
    words,
};
use crate::text::Language;
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use identity::{PasswordChange, ProfileChange, messages};
use kernel::secret::ExposeSecret;

struct Session {
    id: String,
    current: bool,
    seen: String,
    address: String,
    browser: String,
    /// The whole of what it calls itself.
    agent: String,
}

#[derive(Template)]
#[template(path = "pages/profile.html")]
struct Profile {
    s: Shell,
    f: Form,
    email: String,
    uuid: String,
    joined: String,
    languages: Vec<(&'static str, &'static str)>,
    sessions: Vec<Session>,
}

async fn draw_profile(user: &User, f: Form) -> Result<Response, Failed> {
    let v = &user.visitor;
    let sessions = v.state.identity.sessions(user.view.uuid, &v.cookie).await?;
    let session = |info: identity::SessionInfo| Session {
        id: info.id,
        current: info.current,
        seen: words::ago(v.now, info.seen),
        address: info.address,
        browser: words::browser(&info.user_agent),
        agent: info.user_agent,
    };
    Ok(page(&Profile {
        s: Shell::titled(v, "profile", "nav-account", "nav-account"),
        f,
        email: user.view.email.clone(),
        uuid: user.view.uuid.to_string(),
        joined: words::instant(user.view.joined),
        languages: Language::all()
            .map(|(language, name)| (language.code(), name))
            .collect(),
        sessions: sessions.into_iter().map(session).collect(),
    }))
}

/// The profile (ID-DSH-04).
pub(super) async fn profile_page(user: User) -> Result<Response, Failed> {
    let names = [
        ("first_name", user.view.first_name.as_str()),
        ("last_name", user.view.last_name.as_str()),
        ("language", user.visitor.language.code()),
    ];
    draw_profile(&user, Form::with(&names)).await
}

/// Saves it.
pub(super) async fn save_profile(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let change = ProfileChange {
        first_name: sent.trimmed("first_name").to_owned(),
        last_name: sent.trimmed("last_name").to_owned(),
        language: Language::named(sent.get("language")).map(|own| own.code().to_owned()),
    };
    match v
        .state
        .identity
        .update_profile(user.view.uuid, change)
        .await
    {
        Ok(_) => Ok(go(v, "/ui/profile", "PROFILE_UPDATED")),
        Err(error) => {
            let f = Form::sent(&sent).refused(v, error)?;
            Ok((StatusCode::BAD_REQUEST, draw_profile(&user, f).await?).into_response())
        }
    }
}

/// Ends one session of the person, or all others.
pub(super) async fn end_session(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let id = Some(sent.get("session")).filter(|id| !id.is_empty());
    v.state
        .identity
        .revoke(user.view.uuid, id, &v.cookie)
        .await?;
    Ok(go(v, "/ui/profile", "done-session-ended"))
}

#[derive(Template)]
#[template(path = "pages/password.html")]
struct Password {
    s: Shell,
    f: Form,
}

fn password_form(user: &User, f: Form) -> Response {
    page(&Password {
        s: Shell::titled(
            &user.visitor,
            "password-change",
            "new-password-title",
            "nav-account",
        ),
        f,
    })
}

pub(super) async fn password_page(user: User) -> Response {
    password_form(&user, Form::default())
}

/// Changes the password; the session goes on under a new cookie (ID-PWD-12).
pub(super) async fn change_password(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let mut f = Form::sent(&sent);
    if sent.get("new_password1") != sent.get("new_password2") {
        f.wrong(
            "new_password2",
            messages::text(&v.settings, "PASSWORDS_DIFFER", &[]),
        );
        return Ok((StatusCode::BAD_REQUEST, password_form(&user, f)).into_response());
    }
    let change = PasswordChange {
        old: sent.secret("old_password"),
        new: sent.secret("new_password1"),
        renew_token: sent.ticked("renew"),
    };
    let changed = v
        .state
        .identity
        .change_password(user.view.uuid, change, &v.cookie, &v.client);
    match changed.await {
        Ok(cookie) => {
            let mut response = go(v, "/ui/profile", "PASSWORD_CHANGED");
            let left = v
                .session
                .as_ref()
                .map(|s| s.expires.as_second() - v.now.as_second());
            let cookie = v.set_cookie(SESSION, cookie.expose_secret(), left);
            add_cookie(&mut response, &cookie);
            Ok(response)
        }
        Err(error) => {
            let f = f.refused(v, error)?;
            Ok((StatusCode::BAD_REQUEST, password_form(&user, f)).into_response())
        }
    }
}
