//! The version documents (CY-API-17) and the extensions, of which there are none
//! (CY-EXT-01).

use crate::{
    State,
    api::os::{Answer, Site, Who, json_answer},
    origin::guide,
};
use axum::{extract, response::IntoResponse};
use http::StatusCode;
use serde_json::{Value, json};

const UPDATED: &str = "2011-01-21T11:33:21-06:00";

/// All versions; needs no token.
pub(super) async fn all(extract::State(state): extract::State<State>) -> Answer {
    let own = json!({"rel": "self", "href": Site::new(&state).at("compute/v2.0/")});
    let version = json!({"id": "v2.0", "status": "CURRENT", "updated": UPDATED, "links": [own]});
    Ok(json_answer(StatusCode::OK, &json!({"versions": [version]})))
}

/// The only version; needs no token.
pub(super) async fn one(extract::State(state): extract::State<State>) -> Answer {
    let site = Site::new(&state);
    let kind = |word: &str| {
        json!({
            "base": format!("application/{word}"),
            "type": format!("application/vnd.openstack.compute.v2+{word}"),
        })
    };
    let types: Value = ["xml", "json"].map(kind).into_iter().collect();
    let version = json!({
        "id": "v2.0", "status": "CURRENT", "updated": UPDATED, "media_types": types,
        "links": [
            {"rel": "self", "href": site.at("compute/v2.0/")},
            {"rel": "describedby", "type": "text/html", "href": guide(&state.served)},
        ],
    });
    Ok(json_answer(StatusCode::OK, &json!({"version": version})))
}

/// No extension.
pub(super) async fn extensions(_: Who) -> Answer {
    Ok(json_answer(StatusCode::OK, &json!({"extensions": []})))
}

/// An unknown extension, with an empty body.
pub(super) async fn extension(_: Who) -> Answer {
    Ok(StatusCode::NOT_FOUND.into_response())
}
