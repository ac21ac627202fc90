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
    routing::{MethodRouter, get, post},
};

/// The routes of this service.
pub fn routes(state: &State) -> Router<State> {
    let enabled = middleware::from_fn_with_state(state.clone(), networks::enabled);
    versions_and_flavors()
        .merge(servers())
        .merge(parts_of_servers())
        .merge(images())
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
    let key = get(facades::key).delete(facades::key);
    let address = get(facades::floating_ip).delete(facades::delete_floating_ip);
    let addresses = get(facades::floating_ips).post(facades::new_floating_ip);
    let router = Router::new()
        .route("/v2.0/os-keypairs/{name}", key)
        .route("/v2.0/os-floating-ips/{id}", address);
    with_lists(
        router,
        [
            ("limits", get(facades::limits)),
            ("os-keypairs", get(facades::keys).post(facades::new_key)),
            ("os-floating-ips", addresses),
            ("os-floating-ip-pools", get(facades::pools)),
        ],
    )
}

/// What the version itself shows.
fn versions_and_flavors() -> Router<State> {
    let router = Router::new()
        .route("/", get(versions::all))
        .route("/v2.0", get(versions::one))
        .route("/v2.0/.json", get(versions::one))
        .route("/v2.0/.xml", get(versions::one))
        .route("/v2.0/extensions/{alias}", get(versions::extension))
        .route("/v2.0/flavors/{id}", get(flavors::show));
    with_lists(
        router,
        [
            ("extensions", get(versions::extensions)),
            ("flavors", get(flavors::list)),
            ("flavors/detail", get(flavors::detail)),
            ("flavors/{id}/os-extra_specs", get(flavors::extra_specs)),
        ],
    )
}

/// Routes that also go by the format at their end.
fn with_lists(
    router: Router<State>,
    lists: impl IntoIterator<Item = (&'static str, MethodRouter<State>)>,
) -> Router<State> {
    let lists = lists.into_iter();
    lists.fold(router, |router, (path, methods)| {
        listed(router, &format!("/v2.0/{path}"), methods)
    })
}

fn servers() -> Router<State> {
    let one = get(servers::show)
        .put(servers::rename)
        .delete(servers::delete);
    let router = Router::new()
        .route("/v2.0/servers/{id}", one)
        .route("/v2.0/servers/{id}/action", post(action::act));
    let all = get(servers::list).post(servers::create);
    let lists = [("servers", all), ("servers/detail", get(servers::detail))];
    with_lists(router, lists)
}

/// What hangs on a server.
fn parts_of_servers() -> Router<State> {
    let tag = get(parts::tag)
        .put(parts::change_tags)
        .delete(parts::change_tags);
    let tags = get(parts::tags)
        .put(parts::change_tags)
        .delete(parts::change_tags);
    let item = get(parts::metadata_item)
        .put(parts::set_metadata_item)
        .delete(parts::delete_metadata_item);
    let volume = get(parts::attachment).delete(parts::change_attachments);
    let volumes = get(parts::attachments).post(parts::change_attachments);
    let password = get(parts::password).delete(parts::forget_password);
    let metadata = get(parts::metadata).post(parts::set_metadata);
    let router = Router::new()
        .route("/v2.0/servers/{id}/metadata/{key}", item)
        .route("/v2.0/servers/{id}/ips/{network}", get(parts::ips_of))
        .route("/v2.0/servers/{id}/tags/{tag}", tag)
        .route("/v2.0/servers/{id}/os-volume_attachments/{volume}", volume);
    with_lists(
        router,
        [
            ("servers/{id}/metadata", metadata),
            ("servers/{id}/ips", get(parts::ips)),
            ("servers/{id}/password", password),
            ("servers/{id}/diagnostics", get(parts::diagnostics)),
            ("servers/{id}/stats", get(parts::stats)),
            ("servers/{id}/tags", tags),
            ("servers/{id}/os-volume_attachments", volumes),
        ],
    )
}

fn images() -> Router<State> {
    let item = get(images::metadata_item)
        .put(images::set_metadata_item)
        .delete(images::delete_metadata_item);
    let router = Router::new()
        .route(
            "/v2.0/images/{id}",
            get(images::show).delete(images::delete),
        )
        .route("/v2.0/images/{id}/metadata/{key}", item);
    let metadata = get(images::metadata).post(images::set_metadata);
    with_lists(
        router,
        [
            ("images", get(images::list).post(images::create)),
            ("images/detail", get(images::detail)),
            ("images/{id}/metadata", metadata),
        ],
    )
}
