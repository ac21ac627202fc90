//! What hangs on a server (CY-META, CY-TAG, CY-ADR, CY-PWD, CY-DIA, CY-ATT).

use super::{create, show};
use crate::{
    State,
    api::os::{Answer, Document, Fault, Who, inner, json_answer, not_offered, path_id, told},
};
use axum::{
    extract::{self, Path},
    response::IntoResponse,
};
use http::StatusCode;
use kernel::{Error, NetworkId, Result, ServerId, VolumeId, secret::ExposeSecret};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// All metadata.
pub(super) async fn metadata(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let view = state.compute.server(&who.caller, path_id(&id)?).await?;
    let all = json!({"metadata": view.server.metadata});
    Ok(json_answer(StatusCode::OK, &all))
}

/// Sets metadata items, keeping the others.
pub(super) async fn set_metadata(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
    Document(mut body): Document,
) -> Answer {
    let id = path_id(&id)?;
    let given = body.remove("metadata").unwrap_or_default();
    let items = create::metadata(&given)
        .map_err(|_| Error::invalid("Malformed request. Invalid 'metadata' field"))?;
    let all = state.compute.set_metadata(&who.caller, id, items).await?;
    told(&who, id, "server metadata set");
    Ok(json_answer(StatusCode::CREATED, &json!({"metadata": all})))
}

/// One item.
pub(super) async fn metadata_item(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
) -> Answer {
    let view = state.compute.server(&who.caller, path_id(&id)?).await?;
    let value = view.server.metadata.get(&key);
    let value = value.ok_or_else(|| Error::not_found("Metadata key not found."))?;
    Ok(json_answer(StatusCode::OK, &json!({"meta": {key: value}})))
}

/// The item of a body that must have exactly this key.
pub(super) fn item(body: crate::api::os::Object, key: &str) -> Result<BTreeMap<String, String>> {
    let items = create::metadata(&Value::Object(inner(body, "meta")?))?;
    match items.len() == 1 && items.contains_key(key) {
        true => Ok(items),
        false => Err(crate::api::os::malformed()),
    }
}

/// Sets one item.
pub(super) async fn set_metadata_item(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
    Document(body): Document,
) -> Answer {
    let id = path_id(&id)?;
    let items = item(body, &key)?;
    let meta = json!({"meta": items});
    state.compute.set_metadata(&who.caller, id, items).await?;
    told(&who, id, "server metadata set");
    Ok(json_answer(StatusCode::CREATED, &meta))
}

/// Removes one item.
pub(super) async fn delete_metadata_item(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
) -> Answer {
    let id = path_id(&id)?;
    state.compute.remove_metadata(&who.caller, id, key).await?;
    told(&who, id, "server metadata removed");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Addresses and connected ports (CY-ADR-01).
pub(super) async fn ips(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let view = state.compute.server(&who.caller, path_id(&id)?).await?;
    let all = json!({
        "addresses": show::addresses(&view), "attachments": show::attachments(&state.settings.now(), &view),
    });
    Ok(json_answer(StatusCode::OK, &all))
}

/// Addresses on one network.
pub(super) async fn ips_of(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, network)): Path<(String, String)>,
) -> Answer {
    let (id, network): (ServerId, NetworkId) = (path_id(&id)?, path_id(&network)?);
    let view = state.compute.server(&who.caller, id).await?;
    state.compute.network(&who.caller, network).await?;
    let key = network.to_string();
    let here = show::addresses(&view)
        .remove(&key)
        .unwrap_or_else(|| json!([]));
    Ok(json_answer(
        StatusCode::OK,
        &json!({"network": {key: here}}),
    ))
}

/// The first password (CY-PWD-01).
pub(super) async fn password(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let password = state.compute.password(&who.caller, path_id(&id)?).await?;
    let shown = json!({"password": password.expose_secret()});
    Ok(json_answer(StatusCode::OK, &shown))
}

/// Forgets it.
pub(super) async fn forget_password(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let id = path_id(&id)?;
    state.compute.forget_password(&who.caller, id).await?;
    told(&who, id, "server password forgotten");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A server's log, newest first (CY-DIA-01).
pub(super) async fn diagnostics(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let all = state
        .compute
        .diagnostics(&who.caller, path_id(&id)?)
        .await?;
    let all: Value = all.iter().map(show::diagnostic).collect();
    Ok(json_answer(StatusCode::OK, &all))
}

/// Graphs are not drawn yet.
pub(super) async fn stats(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    state.compute.server(&who.caller, path_id(&id)?).await?;
    Err(not_offered("Statistics"))
}

/// Tags and where each stands (CY-TAG-03).
pub(super) async fn tags(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let view = state.compute.server(&who.caller, path_id(&id)?).await?;
    let names: Vec<&String> = view.server.tags.keys().collect();
    let states: Vec<&str> = view.server.tags.values().map(|on| tag_state(*on)).collect();
    let all = json!({"tags": names, "statuses": states});
    Ok(json_answer(StatusCode::OK, &all))
}

fn tag_state(active: bool) -> &'static str {
    if active { "ACTIVE" } else { "PENDADD" }
}

/// Does the server have a tag? Both answers have no body (CY-TAG-04).
pub(super) async fn tag(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, tag)): Path<(String, String)>,
) -> Answer {
    let view = state.compute.server(&who.caller, path_id(&id)?).await?;
    Ok(match view.server.tags.get(&tag) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(on) => (StatusCode::NO_CONTENT, [("tag-status", tag_state(*on))]).into_response(),
    })
}

/// The server of a path, whatever follows its number.
async fn found(state: &State, who: &Who, parts: &[(String, String)]) -> Result<ServerId, Fault> {
    let id = parts.first().map_or("", |(_, value)| value);
    let view = state.compute.server(&who.caller, path_id(id)?).await?;
    Ok(view.server.id)
}

/// Tags of a server that is there cannot be changed yet.
pub(super) async fn change_tags(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(parts): Path<Vec<(String, String)>>,
) -> Answer {
    found(&state, &who, &parts).await?;
    Err(not_offered("Changing tags"))
}

fn volume(server: ServerId, volume: VolumeId) -> Value {
    json!({"id": volume, "volumeId": volume, "serverId": server, "device": ""})
}

/// The disks of a server (CY-ATT-01).
pub(super) async fn attachments(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let view = state.compute.server(&who.caller, path_id(&id)?).await?;
    let all = view.volumes.iter().map(|one| volume(view.server.id, *one));
    let all: Value = all.collect();
    Ok(json_answer(
        StatusCode::OK,
        &json!({"volumeAttachments": all}),
    ))
}

/// One of them.
pub(super) async fn attachment(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, wanted)): Path<(String, String)>,
) -> Answer {
    let wanted: VolumeId = path_id(&wanted)?;
    let view = state.compute.server(&who.caller, path_id(&id)?).await?;
    if !view.volumes.contains(&wanted) {
        return Err(Error::invalid(format!("Volume {wanted} not found")).into());
    }
    let shown = volume(view.server.id, wanted);
    Ok(json_answer(
        StatusCode::OK,
        &json!({"volumeAttachment": shown}),
    ))
}

/// Disks cannot be attached or detached yet.
pub(super) async fn change_attachments(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(parts): Path<Vec<(String, String)>>,
) -> Answer {
    found(&state, &who, &parts).await?;
    Err(not_offered("Attaching and detaching volumes"))
}
