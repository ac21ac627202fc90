//! Networks, subnets, ports and floating IPs v2.0 (CY-NET, CY-SUB, CY-PRT, CY-FIP),
//! relative to `…/network`.
//!
//! Invariant: what the rules do not offer yet is refused, never accepted and dropped.

mod floating;
mod networks;
mod ports;
mod show;
mod subnets;
mod versions;

#[cfg(test)]
mod tests;

pub(crate) use networks::new_network;
pub(crate) use show::status;

use super::{
    os::{self, listed},
    xml,
};
use crate::State;
use axum::{
    Router, middleware,
    routing::{get, post},
};
use kernel::{Error, Result};
use std::str::FromStr;

/// The routes of this service.
pub fn routes() -> Router<State> {
    let mut router = Router::new()
        .route("/", get(versions::all))
        .route("/v2.0", get(versions::one))
        .route("/v2.0/.json", get(versions::one))
        .route(
            "/v2.0/networks/{id}",
            get(networks::show)
                .put(networks::rename)
                .delete(networks::delete),
        )
        .route("/v2.0/networks/{id}/action", post(networks::act))
        .route(
            "/v2.0/subnets/{id}",
            get(subnets::show)
                .put(subnets::rename)
                .delete(subnets::delete),
        )
        .route(
            "/v2.0/ports/{id}",
            get(ports::show).put(ports::change).delete(ports::delete),
        )
        .route(
            "/v2.0/floatingips/{id}",
            get(floating::show)
                .put(floating::change)
                .delete(floating::delete),
        )
        .route("/v2.0/floatingips/{id}/action", post(floating::act));
    for (path, methods) in [
        ("networks", get(networks::list).post(networks::create)),
        ("networks/detail", get(networks::list)),
        ("subnets", get(subnets::list).post(subnets::create)),
        ("subnets/detail", get(subnets::list)),
        ("ports", get(ports::all).post(ports::create)),
        ("ports/detail", get(ports::all)),
        ("floatingips", get(floating::list).post(floating::create)),
        ("floatingips/detail", get(floating::list)),
    ] {
        router = listed(router, &format!("/v2.0/{path}"), methods);
    }
    router.layer(middleware::from_fn(xml::when_wanted))
}

/// A number in a path or a body (CY-NET-22).
fn id<T: FromStr>(what: &str, text: &str) -> Result<T> {
    let text = os::plain(text);
    os::number(text)
        .ok_or_else(|| Error::invalid(format!("Invalid {what} ID '{}'", text.escape_default())))
}

/// A number in a body, that must be there.
fn body_id<T: FromStr>(what: &str, object: &os::Object, key: &str) -> Result<T> {
    match object.get(key) {
        None | Some(serde_json::Value::Null) => Err(missing(key)),
        Some(serde_json::Value::String(text)) => id(what, text),
        Some(other) => id(what, &other.to_string()),
    }
}

fn missing(key: &str) -> Error {
    Error::invalid(format!("Malformed request. Missing attribute '{key}'."))
}

/// The object under the one key of a body.
fn inner(document: os::Object, key: &str) -> Result<os::Object> {
    match document.contains_key(key) {
        true => os::inner(document, key),
        false => Err(missing(key)),
    }
}
