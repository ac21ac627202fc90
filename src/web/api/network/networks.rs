//! The networks resource (CY-NET-20 to -28).

use super::{id, inner, missing, show};
use crate::{
    State,
    api::os::{
        self, Answer, Document, Object, Site, Who, flag, json_answer, list_of, one, text, told,
    },
};
use axum::{
    extract::{self, Path},
    response::IntoResponse,
};
use compute::{NetworkKind, NewNetwork};
use http::{StatusCode, Uri};
use kernel::{Caller, Error, NetworkId, ProjectId, Result};
use serde_json::json;

/// Networks, always with all of theirs.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let site = Site::new(&state);
    let read = async |since| state.compute.networks(&who.caller, since).await;
    list_of("networks", &uri, read, |network| {
        Ok(show::network(&site, network))
    })
    .await
}

/// One network.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    let id = id("network", &given)?;
    let network = state.compute.network(&who.caller, id).await?;
    one("network", show::network(&Site::new(&state), &network))
}

/// What a body asks for (CY-NET-23).
pub(crate) fn new_network(asked: &Object, caller: &Caller) -> Result<NewNetwork> {
    let kind = text(asked, "type")?.ok_or_else(|| missing("type"))?;
    let kind = NetworkKind::from_word(kind).ok_or_else(|| {
        Error::field(
            "type",
            format!("Invalid network type '{}'", kind.escape_default()),
        )
    })?;
    Ok(NewNetwork {
        name: text(asked, "name")?.unwrap_or_default().to_owned(),
        kind,
        project: os::project(asked, caller)?,
        shared_to_project: flag(asked, "shared_to_project")?.unwrap_or(false),
        owner: None,
        public: false,
        mode: None,
        link: None,
        mac_prefix: None,
        tags: Vec::new(),
        drained: false,
        floating_ip_pool: false,
        only_backend: None,
        subnets: Vec::new(),
    })
}

/// Makes a private network.
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    who: Who,
    Document(body): Document,
) -> Answer {
    let new = new_network(&inner(body, "network")?, &who.caller)?;
    let network = state.compute.create_network(&who.caller, new).await?;
    told(&who, network.id, "network created");
    let shown = show::network(&Site::new(&state), &network);
    Ok(json_answer(StatusCode::CREATED, &json!({"network": shown})))
}

/// The name a body gives.
pub(super) fn new_name(body: Object, kind: &str) -> Result<String> {
    let asked = inner(body, kind)?;
    let name = text(&asked, "name")?.ok_or_else(|| missing("name"))?;
    Ok(name.to_owned())
}

/// Renames a network (CY-NET-25).
pub(super) async fn rename(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
    Document(body): Document,
) -> Answer {
    let id = id("network", &given)?;
    let name = new_name(body, "network")?;
    let network = state.compute.rename_network(&who.caller, id, name).await?;
    told(&who, id, "network renamed");
    one("network", show::network(&Site::new(&state), &network))
}

/// Removes a network (CY-NET-26).
pub(super) async fn delete(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    let id: NetworkId = id("network", &given)?;
    state.compute.delete_network(&who.caller, id).await?;
    told(&who, id, "network deleted");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Gives a network to another project (CY-NET-28).
pub(super) async fn act(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
    Document(body): Document,
) -> Answer {
    let id = id("network", &given)?;
    state.compute.network(&who.caller, id).await?;
    let to = reassignment(&body, &who.caller)?;
    state.compute.reassign_network(&who.caller, id, to).await?;
    told(&who, id, "network reassigned");
    Ok(StatusCode::OK.into_response())
}

/// The one action there is: to which project, and shared within it?
pub(super) fn reassignment(body: &Object, caller: &Caller) -> Result<(ProjectId, bool)> {
    let only = body.iter().next().filter(|_| body.len() == 1);
    let (name, arguments) = only.ok_or_else(os::malformed)?;
    if name != "reassign" {
        let name = name.escape_default();
        return Err(Error::invalid(format!("Action {name} not supported.")));
    }
    let arguments = arguments.as_object().ok_or_else(os::malformed)?;
    let project = os::project(arguments, caller)?.ok_or_else(|| missing("project"))?;
    Ok((
        project,
        flag(arguments, "shared_to_project")?.unwrap_or(false),
    ))
}
