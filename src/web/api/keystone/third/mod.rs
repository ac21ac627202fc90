//! Identity v3 for OpenStack's own clients (clients.md §12.1), relative to
//! `/identity/v3`: tokens, and what one may know of oneself.
//!
//! Invariants: there is one domain, `default`; people, projects and tokens are the
//! native ones; the catalogue names the OpenStack dialects, at their own roots
//! (README decision 14).

mod auth;
mod catalog;
mod read;

use crate::{
    State,
    api::{is_rejection, rejection},
    auth::token,
};
use axum::{
    Json, Router,
    extract::FromRequestParts,
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{StatusCode, header, request::Parts};
use identity::Person;
use kernel::{Error, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// The routes of this version.
pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/", get(super::versions::third))
        .route(
            "/auth/tokens",
            post(auth::make).get(auth::show).delete(auth::revoke),
        )
        .route("/auth/catalog", get(read::catalog))
        .route("/auth/projects", get(read::projects))
        .route("/auth/domains", get(read::domains))
        .route("/domains", get(read::domains))
        .route("/domains/{id}", get(read::domain))
        .route("/projects", get(read::projects))
        .route("/projects/{id}", get(read::project))
        .route("/users", get(read::users))
        .route("/users/{id}", get(read::user))
        .route("/users/{id}/projects", get(read::projects_of))
        .route("/users/{id}/groups", get(read::groups_of))
        .route("/regions", get(read::regions))
        .route("/regions/{id}", get(read::region))
        .fallback(|| async { Refusal(Error::not_found("The resource could not be found.")) })
        .method_not_allowed_fallback(|| async {
            let message = "The method is not allowed for the requested URL.";
            refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "Method Not Allowed",
                message,
            )
        })
        .layer(map_response(in_our_words))
}

/// What the framework refuses itself, as this version writes it.
async fn in_our_words(response: Response) -> Response {
    if !is_rejection(&response) {
        return response;
    }
    let status = response.status();
    let title = status.canonical_reason().unwrap_or_default();
    refusal(status, title, rejection(status))
}

/// An error as this version writes it.
pub(super) struct Refusal(Error);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal(error)
    }
}

fn refusal(status: StatusCode, title: &str, message: &str) -> Response {
    let body = json!({"error": {
        "code": status.as_u16(), "title": title, "message": message,
    }});
    (status, Json(body)).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let message = self.0.to_string();
        let (status, title) = match &self.0 {
            Error::Unauthorized { .. } => (StatusCode::UNAUTHORIZED, "Unauthorized"),
            Error::Forbidden { .. } => (StatusCode::FORBIDDEN, "Forbidden"),
            Error::NotFound { .. } => (StatusCode::NOT_FOUND, "Not Found"),
            Error::Busy { .. } => (StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
            Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
            Error::StorageFull { .. } | Error::Unavailable { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
            Error::Broken(_) => {
                tracing::error!(error = %self.0.chain(), "request failed");
                let title = "Internal Server Error";
                return refusal(StatusCode::INTERNAL_SERVER_ERROR, title, "Unexpected error");
            }
            _ => (StatusCode::BAD_REQUEST, "Bad Request"),
        };
        let mut response = refusal(status, title, &message);
        if let Error::Busy { retry_after } = self.0 {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, retry_after.into());
        }
        response
    }
}

/// Extractor: somebody with a good token.
pub(super) struct Who(Arc<Person>);

impl FromRequestParts<State> for Who {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refusal> {
        let required = || {
            let text = "The request you have made requires authentication.";
            Refusal(Error::unauthorized(text))
        };
        let token = token(parts, state).ok_or_else(required)?;
        match state.identity.person_by_token(&token) {
            Ok(person) => Ok(Who(person)),
            Err(Error::Unauthorized { .. }) => Err(required()),
            Err(error) => Err(error.into()),
        }
    }
}

/// An instant as this version writes it.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// The one domain, in short.
fn domain() -> Value {
    json!({"id": "default", "name": "Default"})
}
