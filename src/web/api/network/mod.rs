//! Network v2.0 (network.md), relative to `…/network`.

use crate::State;
use axum::Router;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
}
