//! The administration pages (ID-ADU): people, what can be done to them, the audit
//! trail, figures.
//!
//! Invariants: who may enter and who may do what is identity's decision ([`AtDesk`]
//! only asks); every act is a POST of our own form after a page that asks; lists are
//! pages of an index; exports are streamed a page at a time.

pub(super) mod act;
pub(super) mod audit;
pub(super) mod bulk;
pub(super) mod deed;
mod deeds;
pub(super) mod figures;
mod filter;
mod head;
mod items;
pub(super) mod json;
pub(super) mod list;
mod list_find;
pub(super) mod mail;
mod ops;
mod people_asked;
mod people_find;
mod related;
mod rows;
pub(super) mod stats;
pub(super) mod table;
pub(super) mod thing;
pub(super) mod user;
pub(super) mod users;
mod view;
pub(super) mod views;

use super::{
    Failed, pager,
    shell::Shell,
    visitor::{User, Visitor},
};
use crate::{State, text::text};
use axum::{
    body::{Body, Bytes},
    extract::{self, FromRequestParts},
    response::{IntoResponse, Redirect, Response},
};
use http::{header, request::Parts};
use identity::{AccountState, Desk};
use kernel::{Error, Origin, Result};
use std::future::Future;

/// Entries read at a time for an export.
const SLICE: usize = 500;

/// Somebody who may use these pages; everybody else gets an error or the login page.
pub(super) struct AtDesk {
    pub(super) user: User,
    pub(super) desk: Desk,
}

impl std::ops::Deref for AtDesk {
    type Target = Visitor;
    fn deref(&self) -> &Visitor {
        &self.user.visitor
    }
}

impl AtDesk {
    /// May they do this to accounts?
    fn may(&self, action: &str) -> bool {
        self.desk.may(&self.settings, "user", action)
    }

    /// Rows of a page of a list (ID-UI-10).
    fn rows(&self) -> usize {
        pager::rows(&self.settings)
    }

    fn shell(&self, page: &'static str, title: &str, nav: &'static str) -> Shell {
        Shell::new(self.user.visitor.clone(), page, title, nav)
    }
}

/// From where somebody at a page acts.
pub(super) fn origin(v: &Visitor) -> Option<Origin> {
    let user = v.user()?;
    let from = v.client.address.to_string();
    Some(Origin::user(
        user.uuid,
        &user.email,
        &from,
        Some(v.request.clone()),
    ))
}

impl FromRequestParts<State> for AtDesk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let refuse = |error: Error| Failed::from(error).into_response();
        if !state.settings.now().bool("ADMIN_ENABLED") {
            return Err(refuse(Error::not_found(text("no-such-page"))));
        }
        let user = User::from_request_parts(parts, state).await?;
        let desk = origin(&user.visitor).and_then(|from| state.identity.desk(&user.view, from));
        let Some(desk) = desk else {
            return Err(refuse(Error::forbidden("NOT_ALLOWED")));
        };
        tracing::info!(
            target: "synnefo.admin",
            user = user.view.log_display(),
            "{} {}",
            parts.method,
            parts.uri.path()
        );
        Ok(AtDesk { user, desk })
    }
}

/// The desk of somebody who may use these pages, whatever page they look at.
fn desk_of(user: &User) -> Option<Desk> {
    let v = &user.visitor;
    let enabled = v.settings.bool("ADMIN_ENABLED") && v.state.search.ready();
    let from = origin(v).filter(|_| enabled)?;
    v.state.identity.desk(&user.view, from)
}

/// People by a few words, for the search of the shell; nobody for those who may not
/// look.
pub(super) async fn people(user: &User, words: &str) -> Result<Vec<identity::UserView>> {
    let Some(desk) = desk_of(user) else {
        return Ok(Vec::new());
    };
    let query = search::Query {
        text: words.to_owned(),
        limit: 8,
        ..search::Query::default()
    };
    let state = &user.visitor.state;
    let found = state.search.find(query).await?;
    state.identity.desk_users(&desk, found.keys).await
}

/// How many accounts wait for a decision, for those who may decide.
pub(super) fn waiting(user: &User) -> Result<u64> {
    match desk_of(user) {
        Some(desk) if desk.may(&user.visitor.settings, "user", "accept") => {
            let state = identity::follow::state_name(AccountState::Unmoderated);
            let waiting = [format!("state:{state}")];
            user.visitor.state.search.count(&waiting)
        }
        _ => Ok(0),
    }
}

/// The entry page (ID-ADU-14).
pub(super) async fn home(_: AtDesk) -> Redirect {
    Redirect::to("/admin")
}

/// ID-ADU-17; whoever it is may leave.
pub(super) async fn logout(
    extract::State(state): extract::State<State>,
) -> Result<Redirect, Failed> {
    match state.settings.now().bool("ADMIN_ENABLED") {
        true => Ok(Redirect::to("/ui/logout")),
        false => Err(Error::not_found(text("no-such-page")).into()),
    }
}

/// All values of a name in a query string.
fn values(query: &str, name: &str) -> Vec<String> {
    query
        .split('&')
        .filter_map(|pair| crate::auth::query_value(pair, name))
        .collect()
}

/// A query string of the pairs that have a value.
fn query_of(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    pairs.join("&")
}

/// Colour and words of a state.
pub(super) fn state_badge(state: AccountState) -> (&'static str, String) {
    let tone = match state {
        AccountState::Active => "success",
        AccountState::Unmoderated => "warning",
        AccountState::Unverified => "info",
        AccountState::Rejected => "danger",
        AccountState::Inactive => "muted",
    };
    let key = format!("adm-state-{}", identity::follow::state_name(state));
    (tone, text(&key))
}

/// A file that is made while it is read, a page at a time: `next` gives the text after
/// a marker and the next marker.
fn streamed<N, F>(file: &str, kind: &'static str, head: &'static str, next: N) -> Response
where
    N: Fn(Option<String>) -> F + Send + 'static,
    F: Future<Output = Result<(String, Option<String>)>> + Send + 'static,
{
    let begin = (next, Some(None), head);
    let pieces = futures_util::stream::unfold(begin, |(next, at, head)| async move {
        match next(at?).await {
            Ok((text, more)) => {
                let piece = Bytes::from(format!("{head}{text}"));
                Some((Ok::<_, Error>(piece), (next, more.map(Some), "")))
            }
            Err(error) => {
                tracing::error!(target: "synnefo.ui", "an export broke off: {}", error.chain());
                Some((Err(error), (next, None, "")))
            }
        }
    });
    let about = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{file}\""),
        ),
    ];
    (about, Body::from_stream(pieces)).into_response()
}

/// Names of all acts, for the tests that go through them.
#[cfg(test)]
pub(super) mod acts {
    use super::{deeds, ops};

    pub(in crate::pages) fn of_accounts() -> Vec<&'static str> {
        ops::OPS.iter().map(|op| op.name).collect()
    }

    pub(in crate::pages) fn of_things() -> Vec<(&'static str, &'static str)> {
        deeds::DEEDS
            .iter()
            .map(|deed| (deed.kind, deed.name))
            .collect()
    }
}
