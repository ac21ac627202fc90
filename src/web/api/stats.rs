//! Statistics for everybody and for those who may see more (ID-STA), below `/admin`.

use super::jsonp;
use crate::{State, auth::token, error::Keystone};
use axum::{
    Router,
    extract::{self, Request},
    response::Response,
    routing::get,
};
use http::Uri;
use identity::{Counts, Resources};
use kernel::Error;
use serde_json::{Map, Value, json};

type Fault = crate::error::Fault<Keystone>;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/stats", get(public))
        .route("/stats/detail", get(detail))
}

/// How many people there are.
pub(crate) async fn public(
    extract::State(state): extract::State<State>,
    uri: Uri,
) -> Result<Response, Fault> {
    let callback = jsonp::callback(&uri)?;
    let all = state.identity.statistics().await?.all;
    let body = json!({"users": {"total": all.total, "active": all.active}});
    Ok(jsonp::answer(callback, &body))
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

/// Numbers by login method, and what is used.
pub(crate) async fn detail(
    extract::State(state): extract::State<State>,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, _) = request.into_parts();
    let missing = || Error::unauthorized("Access denied. No authentication token");
    let token = token(&parts, &state).ok_or_else(missing)?;
    state.identity.may_read_statistics(&token)?;
    let all = state.identity.statistics().await?;
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
    let now = state.cx.cx().now;
    let body = json!({
        "datetime": now.strftime("%a %b %e %H:%M:%S %Y").to_string(),
        "providers": providers, "users": users, "resources": used,
    });
    Ok(jsonp::answer(jsonp::callback(&parts.uri)?, &body))
}
