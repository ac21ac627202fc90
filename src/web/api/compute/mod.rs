//! Compute v2.0 (CY-SRV, CY-FLV …), relative to `…/compute`.
//!
//! Invariant: what the rules do not offer yet is refused, never accepted and dropped.

mod action;
mod create;
mod facades;
mod flavors;
mod forward;
mod images;
mod networks;
mod parts;
mod servers;
mod show;
mod versions;

#[cfg(test)]
pub(crate) mod tests;

use super::{os::listed, xml};
use crate::State;
use axum::{
    Router, middleware,
    routing::{get, post},
};

/// The routes of this service.
pub fn routes(state: &State) -> Router<State> {
    let enabled = middleware::from_fn_with_state(state.clone(), networks::enabled);
    servers_and_images()
        .merge(facades())
        .merge(old_networks().route_layer(enabled))
        .layer(middleware::from_fn(xml::when_wanted))
}

/// The networks resource of the guide's time.
fn old_networks() -> Router<State> {
    let router = Router::new()
        .route(
            "/v2.0/networks/{id}",
            get(networks::show)
                .put(networks::rename)
                .delete(networks::delete),
        )
        .route("/v2.0/networks/{id}/action", post(networks::act));
    let all = get(networks::list).post(networks::create);
    let router = listed(router, "/v2.0/networks", all);
    listed(router, "/v2.0/networks/detail", get(networks::detail))
}

fn facades() -> Router<State> {
    let mut router = Router::new()
        .route(
            "/v2.0/os-keypairs/{name}",
            get(facades::key).delete(facades::key),
        )
        .route(
            "/v2.0/os-floating-ips/{id}",
            get(facades::floating_ip).delete(facades::floating_ip),
        );
    for (path, methods) in [
        ("limits", get(facades::limits)),
        ("os-keypairs", get(facades::keys).post(facades::new_key)),
        (
            "os-floating-ips",
            get(facades::floating_ips).post(facades::new_floating_ip),
        ),
        ("os-floating-ip-pools", get(facades::pools)),
    ] {
        router = listed(router, &format!("/v2.0/{path}"), methods);
    }
    router
}

fn servers_and_images() -> Router<State> {
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
