//! Compute v2.0 (CY-SRV, CY-FLV …), relative to `…/compute`.
//!
//! Invariant: what the rules do not offer yet is refused, never accepted and dropped.

mod action;
mod create;
mod flavors;
mod images;
mod parts;
mod servers;
mod show;
mod versions;

#[cfg(test)]
mod tests;

use super::os::listed;
use crate::State;
use axum::{
    Router,
    routing::{get, post},
};

/// The routes of this service.
pub fn routes() -> Router<State> {
    let mut router = Router::new()
        .route("/", get(versions::all))
        .route("/v2.0", get(versions::one))
        .route("/v2.0/.json", get(versions::one))
        .route("/v2.0/.xml", get(versions::one))
        .route("/v2.0/extensions/{alias}", get(versions::extension))
        .route("/v2.0/flavors/{id}", get(flavors::show))
        .route(
            "/v2.0/servers/{id}",
            get(servers::show)
                .put(servers::rename)
                .delete(servers::delete),
        )
        .route("/v2.0/servers/{id}/action", post(action::act))
        .route(
            "/v2.0/servers/{id}/metadata/{key}",
            get(parts::metadata_item)
                .put(parts::set_metadata_item)
                .delete(parts::delete_metadata_item),
        )
        .route("/v2.0/servers/{id}/ips/{network}", get(parts::ips_of))
        .route(
            "/v2.0/servers/{id}/tags/{tag}",
            get(parts::tag)
                .put(parts::change_tags)
                .delete(parts::change_tags),
        )
        .route(
            "/v2.0/servers/{id}/os-volume_attachments/{volume}",
            get(parts::attachment).delete(parts::change_attachments),
        )
        .route(
            "/v2.0/images/{id}",
            get(images::show).delete(images::delete),
        )
        .route(
            "/v2.0/images/{id}/metadata/{key}",
            get(images::metadata_item)
                .put(images::set_metadata_item)
                .delete(images::delete_metadata_item),
        );
    for (path, methods) in [
        ("extensions", get(versions::extensions)),
        ("flavors", get(flavors::list)),
        ("flavors/detail", get(flavors::detail)),
        ("flavors/{id}/os-extra_specs", get(flavors::extra_specs)),
        ("servers", get(servers::list).post(servers::create)),
        ("servers/detail", get(servers::detail)),
        (
            "servers/{id}/metadata",
            get(parts::metadata).post(parts::set_metadata),
        ),
        ("servers/{id}/ips", get(parts::ips)),
        (
            "servers/{id}/password",
            get(parts::password).delete(parts::forget_password),
        ),
        ("servers/{id}/diagnostics", get(parts::diagnostics)),
        ("servers/{id}/stats", get(parts::stats)),
        (
            "servers/{id}/tags",
            get(parts::tags)
                .put(parts::change_tags)
                .delete(parts::change_tags),
        ),
        (
            "servers/{id}/os-volume_attachments",
            get(parts::attachments).post(parts::change_attachments),
        ),
        ("images", get(images::list).post(images::create)),
        ("images/detail", get(images::detail)),
        (
            "images/{id}/metadata",
            get(images::metadata).post(images::set_metadata),
        ),
    ] {
        router = listed(router, &format!("/v2.0/{path}"), methods);
    }
    router
}
