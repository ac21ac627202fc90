//! Identity v2.0 (identity-api KST), relative to `/identity`.
//!
//! Invariant: the native catalogue has one endpoint for each type (decision 20); what
//! OpenStack clients need stands below `v3` only.

mod catalog;
mod third;
mod tokens;
mod users;
mod versions;

#[cfg(test)]
mod tests;

use crate::{State, auth::Authenticate, error::Keystone};
use axum::{
    Router,
    extract::{self, Request},
    routing::{get, post},
};
use futures_util::future::{BoxFuture, ready};
use http::{HeaderMap, Uri, header};
use kernel::{Caller, Result, Timestamp};

type Fault = crate::error::Fault<Keystone>;

/// The routes of this service.
pub fn routes() -> Router<State> {
    let kept = catalog::Kept::default();
    let authenticate = move |extract::State(state): extract::State<State>, request: Request| {
        tokens::authenticate(kept.clone(), state, request)
    };
    Router::new()
        .route("/", get(versions::all))
        .route("/.json", get(versions::all))
        .route("/v2.0", get(versions::native))
        .route("/v2.0.json", get(versions::native))
        .nest("/v3", third::routes())
        .route("/v2.0/tokens", post(authenticate))
        .route("/v2.0/tokens/{token}", get(tokens::validate))
        .route("/v2.0/tokens/{token}/endpoints", get(tokens::nothing_below))
        .route("/v2.0/users", get(users::list).post(users::create))
        .route("/v2.0/users/detail", get(users::list_detail))
        .route("/v2.0/users/{uuid}", get(users::show).put(users::change))
        .route("/v2.0/users/{uuid}/action", post(users::action))
}

impl Authenticate for identity::Service {
    fn token<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Caller>> {
        Box::pin(ready(self.caller_by_token(token)))
    }
}

/// Where a request was sent to, for addresses in its own answer; `app` fills in the
/// base addresses, so this is for routers without it.
pub(crate) fn served(uri: &Uri, headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| uri.authority().map(http::uri::Authority::as_str))
        .filter(|host| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
            !host.is_empty() && host.len() <= 255 && host.bytes().all(plain)
        });
    format!("http://{}", host.unwrap_or("localhost"))
}

/// An instant as the identity APIs write it (ID-CON-05).
pub(crate) fn iso(at: Timestamp) -> String {
    let micros = at.as_microsecond().rem_euclid(1_000_000);
    let format = if micros == 0 {
        "%Y-%m-%dT%H:%M:%S+00:00"
    } else {
        "%Y-%m-%dT%H:%M:%S.%6f+00:00"
    };
    at.strftime(format).to_string()
}
