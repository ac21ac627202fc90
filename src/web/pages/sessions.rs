//! Where somebody is logged in, and the API token beside (ID-SES, ID-TOK).

use super::{
    Failed,
    posted::Posted,
    shell::{Shell, go, page},
    visitor::User,
    words,
};
use askama::Template;
use axum::response::Response;

struct Session {
    id: String,
    current: bool,
    began: String,
    seen: String,
    seen_exact: String,
    address: String,
    browser: String,
    /// The whole of what it calls itself.
    agent: String,
}

#[derive(Template)]
#[template(path = "pages/sessions.html")]
struct Sessions {
    s: Shell,
    sessions: Vec<Session>,
    token_made: String,
    token_ends: String,
    token_ahead: String,
}

/// The sessions of a person, this one marked.
pub(super) async fn list(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let sessions = v.state.identity.sessions(user.view.uuid, &v.cookie).await?;
    let session = |info: identity::SessionInfo| Session {
        id: info.id,
        current: info.current,
        began: words::instant(info.created),
        seen: words::ago(v.now, info.seen),
        seen_exact: words::instant(info.seen),
        address: info.address,
        browser: words::browser(&info.user_agent),
        agent: info.user_agent,
    };
    let instant = |at: Option<kernel::Timestamp>| at.map(words::instant).unwrap_or_default();
    Ok(page(&Sessions {
        s: Shell::titled(v, "sessions", "sessions", "nav-account"),
        sessions: sessions.into_iter().map(session).collect(),
        token_made: instant(user.view.token_created),
        token_ends: instant(user.view.token_expires),
        token_ahead: user
            .view
            .token_expires
            .map(|at| words::ahead(v.now, at))
            .unwrap_or_default(),
    }))
}

/// Ends one session of the person, or all others.
pub(super) async fn end(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let id = Some(sent.get("session")).filter(|id| !id.is_empty());
    v.state
        .identity
        .revoke(user.view.uuid, id, &v.cookie)
        .await?;
    Ok(go(v, "/ui/sessions", "done-session-ended"))
}
