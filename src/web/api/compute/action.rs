//! Actions on a server (CY-ACT).

use super::create::flavor_id;
use crate::{
    State,
    api::os::{Answer, Document, Fault, Object, Who, not_offered, path_id, text},
};
use axum::{
    extract::{self, Path},
    response::IntoResponse,
};
use compute::Act;
use http::StatusCode;
use kernel::{Caller, Error, Result, ServerId};
use serde_json::Value;

/// Acts on a server.
pub(super) async fn act(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
    Document(body): Document,
) -> Answer {
    let id = path_id(&id)?;
    let (name, arguments) = asked(body)?;
    let act = match name.as_str() {
        "start" | "os-start" => Act::Start,
        "shutdown" | "os-stop" => shutdown(&arguments)?,
        "reboot" => reboot(&arguments)?,
        "delete" => Act::Delete,
        other => return Err(refused(&state, &who.caller, id, other, &arguments).await),
    };
    state.compute.act(&who.caller, id, act).await?;
    Ok(match act {
        Act::Delete => StatusCode::NO_CONTENT,
        _ => StatusCode::ACCEPTED,
    }
    .into_response())
}

/// The one key of the body and what stands under it.
fn asked(body: Object) -> Result<(String, Object)> {
    let mut keys = body.into_iter();
    match (keys.next(), keys.next()) {
        (Some((name, Value::Object(arguments))), None) => Ok((name, arguments)),
        (Some((name, Value::Null)), None) => Ok((name, Object::new())),
        (Some((name, _)), None) => Err(Error::invalid(format!(
            "Malformed request. Invalid '{}' field",
            name.escape_default()
        ))),
        _ => Err(Error::invalid("Malformed Request.")),
    }
}

fn shutdown(arguments: &Object) -> Result<Act> {
    let timeout = match arguments.get("timeout") {
        None | Some(Value::Null) => None,
        Some(given) => Some(
            crate::api::os::loose_id(given)
                .ok_or_else(|| Error::field("timeout", "Invalid 'timeout' attribute."))?,
        ),
    };
    Ok(Act::Shutdown { timeout })
}

fn reboot(arguments: &Object) -> Result<Act> {
    let wrong = || Error::field("type", "Invalid 'type' attribute.");
    match text(arguments, "type").map_err(|_| wrong())? {
        None | Some("SOFT") => Ok(Act::Reboot { hard: false }),
        Some("HARD") => Ok(Act::Reboot { hard: true }),
        Some(_) => Err(wrong()),
    }
}

/// What is asked wrongly, is nobody's to ask, or not offered yet.
async fn refused(
    state: &State,
    caller: &Caller,
    id: ServerId,
    name: &str,
    arguments: &Object,
) -> Fault {
    if let Err(error) = state.compute.server(caller, id).await {
        return error.into();
    }
    if let Err(error) = checked(name, arguments) {
        return error.into();
    }
    match name {
        "rescue" | "unrescue" if !state.settings.now().bool("RESCUE_ENABLED") => Fault::new(
            StatusCode::NOT_FOUND,
            "featureNotEnabled",
            "Rescue mode is not enabled",
        ),
        "suspend" => Error::forbidden("User is not allowed to suspend his server").into(),
        "os-getSPICEConsole" => Error::not_supported("Spice console not implemented").into(),
        "os-getRDPConsole" => Error::not_supported("RDP console not implemented").into(),
        "resize" | "console" | "os-getVNCConsole" | "firewallProfile" | "addFloatingIp"
        | "removeFloatingIp" | "reassign" | "rescue" | "unrescue" => {
            not_offered(&format!("Action {name}"))
        }
        _ => Error::invalid(format!("Action {} not supported", name.escape_default())).into(),
    }
}

/// Arguments of the actions that are not offered yet.
fn checked(name: &str, arguments: &Object) -> Result<()> {
    let needs = |key: &str| match arguments.get(key) {
        None | Some(Value::Null) => Err(Error::invalid(format!("Missing '{key}' attribute."))),
        Some(given) => Ok(given),
    };
    match name {
        "resize" => flavor_id(needs("flavorRef")?).map(drop),
        "reassign" => needs("project").map(drop),
        "addFloatingIp" | "removeFloatingIp" => needs("address").map(drop),
        "console" => match text(arguments, "type")? {
            None => Err(Error::invalid("No console 'type' specified.")),
            Some("vnc" | "vnc-ws" | "vnc-wss") => Ok(()),
            Some(_) => Err(Error::invalid("Supported types: vnc, vnc-ws, vnc-wss")),
        },
        "firewallProfile" => match text(arguments, "profile")? {
            Some("ENABLED" | "DISABLED" | "PROTECTED") => Ok(()),
            _ => Err(Error::invalid("Unsupported firewall profile")),
        },
        _ => Ok(()),
    }
}
