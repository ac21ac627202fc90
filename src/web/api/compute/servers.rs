//! The servers resource (CY-SRV).

use super::{create::new_server, show};
use crate::{
    State,
    api::os::{Answer, Document, Site, Who, inner, json_answer, list_of, one, path_id, text, told},
};
use axum::{
    extract::{self, Path},
    response::IntoResponse,
};
use compute::Act;
use http::{StatusCode, Uri};
use kernel::{Error, secret::ExposeSecret};
use serde_json::json;

/// Names of servers.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let site = Site::new(&state);
    let read = async |since| state.compute.servers(&who.caller, since).await;
    list_of("servers", &uri, read, |view| {
        Ok(show::server_brief(&site, view))
    })
    .await
}

/// Servers with all of theirs.
pub(super) async fn detail(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let (site, settings) = (Site::new(&state), state.settings.now());
    let read = async |since| state.compute.servers(&who.caller, since).await;
    list_of("servers", &uri, read, |view| {
        show::server(&site, &settings, view)
    })
    .await
}

/// One server.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let view = state.compute.server(&who.caller, path_id(&id)?).await?;
    let server = show::server(&Site::new(&state), &state.settings.now(), &view)?;
    one("server", server)
}

/// Takes a server on (CY-WIRE-01).
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    who: Who,
    Document(body): Document,
) -> Answer {
    let new = new_server(&inner(body, "server")?, &who.caller)?;
    let created = state.compute.create_server(&who.caller, new).await?;
    let settings = state.settings.now();
    let mut server = show::server(&Site::new(&state), &settings, &created.server)?;
    server["status"] = json!("BUILD");
    server["adminPass"] = json!(created.admin_password.expose_secret());
    Ok(json_answer(
        StatusCode::ACCEPTED,
        &json!({"server": server}),
    ))
}

/// Renames a server (CY-SRV-20).
pub(super) async fn rename(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
    Document(body): Document,
) -> Answer {
    let id = path_id(&id)?;
    let asked = inner(body, "server")?;
    let name = text(&asked, "name")?
        .ok_or_else(|| Error::invalid("Malformed request. Missing attribute 'name'."))?;
    let name = name.to_owned();
    state.compute.rename_server(&who.caller, id, name).await?;
    told(&who, id, "server renamed");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Has a server removed (CY-SRV-21).
pub(super) async fn delete(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let id = path_id(&id)?;
    state.compute.act(&who.caller, id, Act::Delete).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
