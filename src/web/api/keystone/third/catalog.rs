//! The catalogue of OpenStack's dialects (clients.md §12.1, README decision 14).

use crate::{State, api::keystone::served, origin::origin_of};
use http::{HeaderMap, Uri};
use identity::catalog::Bases;
use kernel::{ProjectId, UserId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// An id that is the same tomorrow.
fn id(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0"));
    hex::encode(&digest[..16])
}

/// The catalogue as somebody in a project sees it.
pub(super) fn catalog(
    state: &State,
    uri: &Uri,
    headers: &HeaderMap,
    user: UserId,
    project: ProjectId,
) -> Value {
    let bases = Bases::new(&state.settings.now(), &served(uri, headers));
    let os = format!("{}/os", origin_of(&bases.cyclades));
    let volume = format!("{os}/volume/v3/{project}");
    let object = format!("{}/object-store/v1/AUTH_{user}", bases.pithos);
    let all = [
        (
            "identity",
            "keystone",
            format!("{}/identity/v3", bases.identity),
        ),
        ("compute", "nova", format!("{os}/compute/v2.1")),
        ("image", "glance", format!("{os}/image")),
        ("network", "neutron", format!("{os}/network")),
        ("volumev3", "cinderv3", volume.clone()),
        ("block-storage", "cinder", volume),
        ("object-store", "swift", object),
    ];
    let one = |(kind, name, url): (&str, &str, String)| {
        let endpoint = |interface: &str| {
            json!({
                "id": id(&[kind, interface]), "interface": interface,
                "region": "default", "region_id": "default", "url": url,
            })
        };
        let endpoints = ["public", "internal", "admin"].map(endpoint);
        json!({"id": id(&[kind]), "name": name, "type": kind, "endpoints": endpoints})
    };
    all.into_iter().map(one).collect()
}
