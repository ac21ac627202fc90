//! What people see and change of themselves: profile, password, API access, usage.

use super::{
    Failed,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::{SESSION, User, add_cookie},
    words::{self, Meter, meters},
};
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
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
        sessions: sessions.into_iter().map(session).collect(),
    }))
}

/// The profile (ID-DSH-04).
pub(super) async fn profile_page(user: User) -> Result<Response, Failed> {
    let names = [
        ("first_name", user.view.first_name.as_str()),
        ("last_name", user.view.last_name.as_str()),
    ];
    draw_profile(&user, Form::with(&names)).await
}

/// Saves it.
pub(super) async fn save_profile(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let change = ProfileChange {
        first_name: sent.trimmed("first_name").to_owned(),
        last_name: sent.trimmed("last_name").to_owned(),
        language: None,
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

#[derive(Template)]
#[template(path = "pages/api_access.html")]
struct ApiAccess {
    s: Shell,
    url: String,
    cloud: String,
    token: String,
    uuid: String,
    expires: String,
}

/// The name a client calls this cloud by.
fn cloud(service: &str) -> String {
    let plain = service.trim().to_lowercase();
    plain
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}

/// Token and how to use it (ID-DSH-06).
pub(super) async fn api_access(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let token = v.state.identity.token_of(user.view.uuid).await?;
    Ok(page(&ApiAccess {
        s: Shell::titled(v, "api-access", "nav-api", "nav-api"),
        url: format!("{}/identity/v2.0", v.settings.base_url()),
        cloud: cloud(v.settings.str("BRANDING_SERVICE_NAME")),
        token: token.token.expose_secret().to_owned(),
        uuid: user.view.uuid.to_string(),
        expires: words::instant(token.expires),
    }))
}

/// A new token (ID-TOK-02).
pub(super) async fn renew_token(user: User, _sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    v.state.identity.renew_token(user.view.uuid).await?;
    Ok(go(v, "/ui/api_access", "TOKEN_UPDATED"))
}

/// The configuration of kamaki (ID-DSH-07).
pub(super) async fn kamakirc(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let token = v.state.identity.token_of(user.view.uuid).await?;
    let cloud = cloud(v.settings.str("BRANDING_SERVICE_NAME"));
    let base = v.settings.base_url();
    let token = token.token.expose_secret();
    let text = format!(
        "[global]\ndefault_cloud = {cloud}\n\n[cloud \"{cloud}\"]\nurl = {base}/identity/v2.0\ntoken = {token}\n"
    );
    let about = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\".kamakirc\"",
        ),
    ];
    Ok((about, text).into_response())
}

struct Project {
    name: String,
    meters: Vec<Meter>,
}

#[derive(Template)]
#[template(path = "pages/usage.html")]
struct Usage {
    s: Shell,
    projects: Vec<Project>,
}

/// What is used of what may be used, per project.
pub(super) async fn usage(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let catalogue = v.state.quota.catalogue().await?;
    let usage = v.state.quota.usage(user.view.uuid).await?;
    let project = |(id, numbers): (&kernel::ProjectId, &_)| Project {
        name: match *id == user.view.uuid.own_project() {
            true => crate::text::text("own-project"),
            false => id.to_string(),
        },
        meters: meters(&catalogue, numbers, &id.to_string()),
    };
    Ok(page(&Usage {
        s: Shell::titled(v, "usage", "nav-usage", "nav-usage"),
        projects: usage.iter().map(project).collect(),
    }))
}
