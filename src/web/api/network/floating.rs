//! The floating IPs resource (CY-FIP-01 to -05).

use super::{id, inner, networks::reassignment, show};
use crate::{
    State,
    api::os::{
        Answer, Document, Object, Who, flag, list_of, not_offered, one, project, text, told,
    },
};
use axum::{
    extract::{self, Path},
    response::IntoResponse,
};
use compute::NewFloatingIp;
use http::{StatusCode, Uri};
use kernel::{Caller, Error, Result};
use serde_json::Value;

/// Floating IPs, always with all of theirs.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let read = async |since| state.compute.floating_ips(&who.caller, since).await;
    list_of("floatingips", &uri, read, |found| {
        Ok(show::floating_ip(found))
    })
    .await
}

/// One floating IP.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    let id = id("floating IP", &given)?;
    let found = state.compute.floating_ip(&who.caller, id).await?;
    one("floatingip", show::floating_ip(&found))
}

/// Reserves an address (CY-FIP-03).
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    who: Who,
    Document(body): Document,
) -> Answer {
    let new = asked(&inner(body, "floatingip")?, &who.caller)?;
    let made = state.compute.create_floating_ip(&who.caller, new).await?;
    told(&who, made.address.id, "floating IP reserved");
    one("floatingip", show::floating_ip(&made))
}

/// What a body asks for; the network's id may be text or number.
fn asked(asked: &Object, caller: &Caller) -> Result<NewFloatingIp> {
    let network = match asked.get("floating_network_id") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(id("network", text)?),
        Some(other) => Some(id("network", &other.to_string())?),
    };
    let address = text(asked, "floating_ip_address")?.map(|given| {
        let wrong = || format!("Invalid IP address '{}'", given.escape_default());
        let read = given.parse();
        read.map_err(|_| Error::field("floating_ip_address", wrong()))
    });
    Ok(NewFloatingIp {
        network,
        address: address.transpose()?,
        project: project(asked, caller)?,
        shared_to_project: flag(asked, "shared_to_project")?.unwrap_or(false),
    })
}

/// Never possible (CY-FIP-02).
pub(super) async fn change(_: Who, Path(given): Path<String>) -> Answer {
    id::<u64>("floating IP", &given)?;
    Err(not_offered("Updating a floating IP"))
}

/// Gives the address back (CY-FIP-04).
pub(super) async fn delete(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    let id = id("floating IP", &given)?;
    state.compute.delete_floating_ip(&who.caller, id).await?;
    told(&who, id, "floating IP given back");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Gives it to another project (CY-FIP-05).
pub(super) async fn act(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
    Document(body): Document,
) -> Answer {
    let id = id("floating IP", &given)?;
    state.compute.floating_ip(&who.caller, id).await?;
    let to = reassignment(&body, &who.caller)?;
    state
        .compute
        .reassign_floating_ip(&who.caller, id, to)
        .await?;
    told(&who, id, "floating IP reassigned");
    Ok(StatusCode::OK.into_response())
}
