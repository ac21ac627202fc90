//! Identity v2.0 and v3 (identity-api KST), relative to `/identity`.

use crate::State;
use axum::Router;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
}
