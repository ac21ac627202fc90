//! Flavors (CY-FLV).

use super::show;
use crate::{
    State,
    api::os::{Answer, Site, Who, json_answer, list_answer, one, path_id},
    auth::query_value,
};
use axum::extract::{self, Path};
use compute::FlavorView;
use http::{StatusCode, Uri};
use kernel::Result;
use serde_json::json;

/// Flavors on offer that the query wants.
async fn wanted(state: &State, who: &Who, uri: &Uri) -> Result<Vec<FlavorView>> {
    let query = uri.query().unwrap_or_default();
    let public = query_value(query, "SNF:is_public").map(|v| v.eq_ignore_ascii_case("true"));
    let project = query_value(query, "SNF:flavor-access");
    let mut all = state.compute.flavors(&who.caller).await?;
    all.retain(|view| {
        let given = |project: &String| view.access.iter().any(|p| p.to_string() == *project);
        public.is_none_or(|public| view.flavor.public == public)
            && project.as_ref().is_none_or(given)
    });
    Ok(all)
}

/// Names of flavors.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let site = Site::new(&state);
    let all = wanted(&state, &who, &uri).await?;
    let items = all.iter().map(|view| show::flavor_brief(&site, view));
    Ok(list_answer("flavors", items.collect(), None))
}

/// Flavors with all of theirs.
pub(super) async fn detail(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let site = Site::new(&state);
    let all = wanted(&state, &who, &uri).await?;
    let items = all.iter().map(|view| show::flavor(&site, view));
    Ok(list_answer("flavors", items.collect(), None))
}

/// One flavor.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let view = state.compute.flavor(&who.caller, path_id(&id)?).await?;
    one("flavor", show::flavor(&Site::new(&state), &view))
}

/// Nothing more about one flavor (CY-FLV-04).
pub(super) async fn extra_specs(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    state.compute.flavor(&who.caller, path_id(&id)?).await?;
    Ok(json_answer(StatusCode::OK, &json!({"extra_specs": {}})))
}
