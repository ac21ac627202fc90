//! Compute v2.0 (CY-SRV, CY-FLV …), relative to `…/compute`.

use crate::State;
use axum::Router;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
}
