//! What guests and build scripts fetch (CY-VMA), relative to `…/vmapi`.

use crate::State;
use axum::Router;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
}
