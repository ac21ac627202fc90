//! The ports resource, as far as ports do not come and go by themselves (CY-PRT).

use super::{body_id, id, inner, missing, show};
use crate::{
    State,
    api::os::{Answer, Document, Site, Who, list, list_answer, not_offered, one, text, told},
};
use axum::extract::{self, Path};

/// Ports, always with all of theirs.
pub(super) async fn all(extract::State(state): extract::State<State>, who: Who) -> Answer {
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
    one("port", show::port(&Site::new(&state), &port))
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

/// Renames a port; nothing else of one can be changed (CY-PRT-02).
pub(super) async fn change(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
    Document(body): Document,
) -> Answer {
    let id = id("port", &given)?;
    state.compute.port(&who.caller, id).await?;
    let asked = inner(body, "port")?;
    let groups = list(&asked, "security_groups")?.unwrap_or_default();
    if !groups.is_empty() {
        return Err(not_offered("Security groups"));
    }
    let name = text(&asked, "name")?.ok_or_else(|| missing("name"))?;
    let name = name.to_owned();
    let port = state.compute.rename_port(&who.caller, id, name).await?;
    told(&who, id, "port renamed");
    one("port", show::port(&Site::new(&state), &port))
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
