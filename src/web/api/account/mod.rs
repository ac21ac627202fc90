//! Account v1.0 (identity-api ACC), relative to `/account`.

use crate::State;
use axum::Router;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
}
