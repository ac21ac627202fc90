//! The version documents (CY-NET-20).

use crate::{
    State,
    api::os::{Answer, Site, Who, json_answer},
};
use axum::extract;
use http::StatusCode;
use serde_json::{Value, json};

/// All versions; needs no token.
pub(super) async fn all(extract::State(state): extract::State<State>) -> Answer {
    let own = json!({"rel": "self", "href": Site::new(&state).at("network/v2.0/")});
    let version = json!({"id": "v2.0", "status": "CURRENT", "links": [own]});
    Ok(json_answer(StatusCode::OK, &json!({"versions": [version]})))
}

/// What the only version has.
pub(super) async fn one(extract::State(state): extract::State<State>, _: Who) -> Answer {
    let site = Site::new(&state);
    let one = |name: &str| {
        let href = site.at(&format!("network/v2.0/{name}s"));
        json!({
            "name": name, "collection": format!("{name}s"),
            "links": [{"href": href, "rel": "self"}],
        })
    };
    let all: Value = ["network", "subnet", "port", "floatingip"]
        .map(one)
        .into_iter()
        .collect();
    Ok(json_answer(StatusCode::OK, &json!({"resources": all})))
}
