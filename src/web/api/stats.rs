//! Statistics for everybody and for those who may see more (ID-STA), below `/admin`.

use super::jsonp;
use crate::{State, auth::token, error::Keystone};
use axum::{
    Router,
    extract::{self, OriginalUri, Request},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderMap, Uri, header};
use identity::{Counts, Resources, Statistics};
use kernel::{Error, Timestamp};
use serde_json::{Map, Value, json};

type Fault = crate::error::Fault<Keystone>;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/stats", get(public))
        .route("/stats/detail", get(detail))
}

/// The few numbers everybody may know (ID-STA-01).
pub(crate) fn terse(figures: &Statistics) -> Value {
    let all = &figures.all;
    json!({"users": {"total": all.total, "active": all.active}})
}

/// Would a browser ask so? At the root, the dashboard has the same addresses
/// (ID-ADU-18).
fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    if !uri.path().starts_with("/admin/") {
        return false;
    }
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    let first = accepts.and_then(|kinds| kinds.split(',').next());
    first.is_some_and(|kind| kind.trim().starts_with("text/html"))
}

/// How many people there are; at the root, for a browser, the page of figures.
pub(crate) async fn public(
    extract::State(state): extract::State<State>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    if wants_page(&uri, &headers) {
        return Ok(Redirect::to("/admin/charts").into_response());
    }
    let callback = jsonp::callback(&uri)?;
    let figures = state.identity.statistics().await?;
    Ok(jsonp::answer(callback, &terse(&figures)))
}

fn counts(counts: &Counts, of_module: bool) -> Value {
    let mut all = json!({
        "total": counts.total, "verified": counts.verified, "active": counts.active,
    });
    if let (true, Value::Object(all)) = (of_module, &mut all) {
        all.insert("exclusive".into(), counts.exclusive.into());
    }
    all
}

fn resources(all: &Resources) -> Value {
    let one = |amounts: &identity::Amounts| {
        json!({
            "used": amounts.used, "allocated": amounts.allocated,
            "unit": amounts.unit, "description": amounts.description,
        })
    };
    let all: Map<String, Value> = all
        .iter()
        .map(|(name, amounts)| (name.clone(), one(amounts)))
        .collect();
    all.into()
}

/// Numbers by login method, and what is used (ID-STA-02).
pub(crate) fn detailed(all: &Statistics, now: Timestamp) -> Value {
    let mut users = Map::new();
    users.insert("all".into(), counts(&all.all, false));
    let mut used = Map::new();
    used.insert("all".into(), resources(&all.resources));
    for (module, of_module) in &all.modules {
        users.insert(module.clone(), counts(of_module, true));
    }
    for (module, of_module) in &all.module_resources {
        used.insert(module.clone(), resources(of_module));
    }
    let providers: Vec<&String> = all.modules.keys().collect();
    json!({
        "datetime": now.strftime("%a %b %e %H:%M:%S %Y").to_string(),
        "providers": providers, "users": users, "resources": used,
    })
}

/// Numbers by login method, and what is used.
pub(crate) async fn detail(
    extract::State(state): extract::State<State>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, _) = request.into_parts();
    if wants_page(&uri, &parts.headers) {
        return Ok(Redirect::to("/admin/charts").into_response());
    }
    let missing = || Error::unauthorized("Access denied. No authentication token");
    let token = token(&parts, &state).ok_or_else(missing)?;
    state.identity.may_read_statistics(&token)?;
    let figures = state.identity.statistics().await?;
    let body = detailed(&figures, state.cx.cx().now);
    Ok(jsonp::answer(jsonp::callback(&parts.uri)?, &body))
}
