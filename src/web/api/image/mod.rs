//! Image v1.0 (image.md), relative to `…/image`.

use crate::State;
use axum::Router;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
}
