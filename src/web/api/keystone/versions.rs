//! The version documents (ID-KST-01, 02, 03).

use super::served;
use crate::{State, origin::guide};
use axum::{Json, extract};
use http::{HeaderMap, Uri};
use identity::catalog::Bases;
use serde_json::{Value, json};

fn base(state: &State, uri: &Uri, headers: &HeaderMap) -> String {
    let settings = state.settings.now();
    let served = served(uri, headers);
    format!("{}/identity", Bases::new(&settings, &served).identity)
}

fn link(base: &str, version: &str) -> Value {
    json!({"href": format!("{base}/{version}/"), "rel": "self"})
}

fn third_document(base: &str) -> Value {
    json!({
        "id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z",
        "links": [link(base, "v3")],
        "media-types": [{
            "base": "application/json",
            "type": "application/vnd.openstack.identity-v3+json",
        }],
    })
}

/// All versions.
pub(super) async fn all(
    extract::State(state): extract::State<State>,
    uri: Uri,
    headers: HeaderMap,
) -> Json<Value> {
    let base = base(&state, &uri, &headers);
    let native = json!({
        "status": "CURRENT", "updated": "2014-04-17T00:00:00Z", "id": "v2.0",
        "links": [link(&base, "v2.0")],
    });
    Json(json!({"versions": {"values": [native, third_document(&base)]}}))
}

/// The native version.
pub(super) async fn native(
    extract::State(state): extract::State<State>,
    uri: Uri,
    headers: HeaderMap,
) -> Json<Value> {
    let base = base(&state, &uri, &headers);
    let types = json!([{
        "base": "application/json",
        "type": "application/vnd.openstack.identity-v2.0+json",
    }]);
    Json(json!({"version": {
        "status": "CURRENT", "updated": "2014-04-17T00:00:00Z", "id": "v2.0",
        "media_types": types, "media-types": types,
        "links": [
            link(&base, "v2.0"),
            {"href": guide(&base), "type": "text/html", "rel": "describedby"},
        ],
    }}))
}

/// The version of OpenStack's own clients.
pub(super) async fn third(
    extract::State(state): extract::State<State>,
    uri: Uri,
    headers: HeaderMap,
) -> Json<Value> {
    Json(json!({"version": third_document(&base(&state, &uri, &headers))}))
}
