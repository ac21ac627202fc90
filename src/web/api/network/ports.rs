//! The ports resource, reading side (CY-PRT).

use super::{body_id, id, inner, show};
use crate::{
    State,
    api::os::{Answer, Document, Site, Who, json_answer, list_answer, not_offered},
};
use axum::extract::{self, Path};
use http::StatusCode;
use serde_json::json;

/// Ports, always with all of theirs.
pub(super) async fn list(extract::State(state): extract::State<State>, who: Who) -> Answer {
    let site = Site::new(&state);
    let all = state.compute.ports(&who.caller).await?;
    let items = all.iter().map(|port| show::port(&site, port));
    Ok(list_answer("ports", items.collect(), None))
}

/// One port.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    let port = state.compute.port(&who.caller, id("port", &given)?).await?;
    let shown = show::port(&Site::new(&state), &port);
    Ok(json_answer(StatusCode::OK, &json!({"port": shown})))
}

/// Ports come with their servers only, as yet.
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    who: Who,
    Document(body): Document,
) -> Answer {
    let asked = inner(body, "port")?;
    let network = body_id("network", &asked, "network_id")?;
    state.compute.network(&who.caller, network).await?;
    Err(not_offered("Creating ports"))
}

/// Ports cannot be changed yet.
pub(super) async fn change(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
    Document(body): Document,
) -> Answer {
    state.compute.port(&who.caller, id("port", &given)?).await?;
    inner(body, "port")?;
    Err(not_offered("Changing ports"))
}

/// Ports go with their servers only, as yet.
pub(super) async fn delete(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    state.compute.port(&who.caller, id("port", &given)?).await?;
    Err(not_offered("Removing ports"))
}
