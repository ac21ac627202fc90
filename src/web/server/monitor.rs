//! `/healthz`, `/readyz` and `/metrics`, for supervisors of this machine.

use super::Peer;
use crate::State;
use axum::{
    Extension, Router,
    extract::State as Given,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};

/// The product's routes and these.
pub(crate) fn add(product: Router, state: &State) -> Router {
    routes().with_state(state.clone()).fallback_service(product)
}

pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready means that the store answers.
async fn ready(Given(state): Given<State>) -> Response {
    match state.quota.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(target: "synnefo", "not ready: {}", error.chain());
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

async fn metrics(
    Given(state): Given<State>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    let token = state.settings.now().str("METRICS_TOKEN").to_owned();
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    let knows = !token.is_empty()
        && given.is_some_and(|given| kernel::secret::same(given.as_bytes(), token.as_bytes()));
    // Behind a front server everybody comes from this machine, and it says for whom.
    let here = peer.ip().to_canonical().is_loopback() && !headers.contains_key("x-forwarded-for");
    if !knows && !here {
        return (
            StatusCode::FORBIDDEN,
            "Only from this machine, or with METRICS_TOKEN.\n",
        )
            .into_response();
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], state.figures.render()).into_response()
}
