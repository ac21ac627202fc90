//! Account v1.0 (identity-api ACC, ID-QAP-01, ID-RES-09), relative to `/account`.

use crate::{
    State,
    api::json_body,
    auth::{ApiCaller, query_value, token},
    error::Keystone,
    origin,
};
use axum::{
    Json, Router, extract,
    extract::Request,
    routing::{get, post},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use identity::messages;
use kernel::{Error, Result};
use serde_json::{Map, Value, json};

type Fault = crate::error::Fault<Keystone>;
type Who = ApiCaller<Keystone>;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/v1.0/authenticate", get(authenticate))
        .route("/v1.0/user_catalogs", post(user_catalogs))
        .route("/v1.0/service/user_catalogs", post(service_user_catalogs))
        .route("/v1.0/feedback", post(feedback))
        .route("/v1.0/quotas", get(quotas))
        .route("/v1.0/resources", get(resources))
        .route(
            "/v1.0/myaccount/default_project",
            post(default_project).put(default_project),
        )
}

/// Who am I (ID-ACC-01).
pub(super) async fn authenticate(
    extract::State(state): extract::State<State>,
    _who: Who,
    request: Request,
) -> Result<Json<Value>, Fault> {
    let (parts, _) = request.into_parts();
    let token = token(&parts, &state).unwrap_or_default();
    let (_, user) = state.identity.user_by_token(&token)?;
    let millis = |at: Option<kernel::Timestamp>| at.map(kernel::Timestamp::as_millisecond);
    let groups: Vec<&String> = user.groups.iter().map(|(_, name)| name).collect();
    Ok(Json(json!({
        "id": user.no.0, "username": user.username, "uuid": user.uuid.to_string(),
        "email": [user.email], "name": user.real_name(), "groups": groups,
        "auth_token": token, "auth_token_created": millis(user.token_created),
        "auth_token_expires": millis(user.token_expires),
    })))
}

/// A list of texts of a body (ID-ACC-11).
fn texts(body: &Map<String, Value>, key: &str) -> Result<Vec<String>> {
    let list = match body.get(key) {
        None => return Ok(Vec::new()),
        Some(Value::Null) if key == "uuids" => return Ok(Vec::new()),
        Some(Value::Null) => return Err(Error::invalid(format!("Invalid {key}: None"))),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Error::invalid(format!("Invalid {key}"))),
    };
    let text = |item: &Value| {
        let wrong = || Error::invalid(format!("Items in '{key}' must be strings"));
        item.as_str().map(str::to_owned).ok_or_else(wrong)
    };
    list.iter().map(text).collect()
}

/// The body of a catalogue request (ID-ACC-11).
fn catalog_body(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>> {
    let body = json_body(headers, body).map_err(|error| match error.to_string() {
        text if text.starts_with("Could not decode") => {
            Error::invalid("Request body should be json formatted.")
        }
        _ => error,
    })?;
    match body {
        Value::Object(body) => Ok(body),
        _ => Err(Error::invalid(
            "Request body should be a json formatted dictionary",
        )),
    }
}

/// The same for a component, to which null means everybody (ID-ACC-15).
pub(super) async fn service_user_catalogs(
    extract::State(state): extract::State<State>,
    request: Request,
) -> Result<Json<Value>, Fault> {
    let (parts, body) = request.into_parts();
    let missing = || Error::unauthorized("Access denied. No authentication token");
    let token = token(&parts, &state).ok_or_else(missing)?;
    state.identity.component_by_token(&token)?;
    let body = axum::body::to_bytes(body, 2 << 20).await;
    let body = body.map_err(|_| Error::too_large("The request is too long"))?;
    let body = catalog_body(&parts.headers, &body)?;
    let all = |key: &str| body.get(key).is_some_and(Value::is_null);
    let wanted = |key: &str| match all(key) {
        true => Ok(Vec::new()),
        false => texts(&body, key),
    };
    let (uuids, names) = (wanted("uuids")?, wanted("displaynames")?);
    let (mut names, mut uuids) = state.identity.user_catalogs(uuids, names).await?;
    if all("uuids") || all("displaynames") {
        for (uuid, name) in state.identity.everybody().await? {
            if all("uuids") {
                names.insert(uuid.to_string(), name.clone());
            }
            if all("displaynames") {
                uuids.insert(name, uuid);
            }
        }
    }
    Ok(Json(
        json!({"displayname_catalog": uuids, "uuid_catalog": names}),
    ))
}

/// Addresses to uuids and back (ID-ACC-10).
pub(super) async fn user_catalogs(
    extract::State(state): extract::State<State>,
    who: Who,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Fault> {
    let body = catalog_body(&headers, &body)?;
    let uuids = texts(&body, "uuids")?;
    let names = texts(&body, "displaynames")?;
    if !names.is_empty() {
        let noted = state.identity.note_lookups(who.caller.user, names.len());
        let text = "Too many addresses were looked up: try again later.";
        noted.map_err(|error| Fault::limited(error, text))?;
    }
    let (names, uuids) = state.identity.user_catalogs(uuids, names).await?;
    Ok(Json(
        json!({"displayname_catalog": uuids, "uuid_catalog": names}),
    ))
}

/// Mail to the people who read feedback (ID-ACC-05).
pub(super) async fn feedback(
    extract::State(state): extract::State<State>,
    who: Who,
    parts: http::request::Parts,
    body: Bytes,
) -> Result<StatusCode, Fault> {
    let client = origin::client(&state.settings.now(), &parts.extensions, &parts.headers);
    let form = String::from_utf8_lossy(&body);
    let message = query_value(&form, "feedback_msg");
    let message = message.ok_or_else(|| Error::invalid("Invalid data"))?;
    let data = query_value(&form, "feedback_data").unwrap_or_default();
    let user = who.caller.user;
    match state.identity.feedback(user, message, data, &client).await {
        Ok(()) => Ok(StatusCode::OK),
        Err(Error::Broken(_) | Error::StorageFull { .. } | Error::Unavailable { .. }) => {
            Ok(StatusCode::BAD_GATEWAY)
        }
        Err(error) => Err(error.into()),
    }
}

/// What I may use and use (ID-QAP-01).
async fn quotas(
    extract::State(state): extract::State<State>,
    who: Who,
) -> Result<Json<Value>, Fault> {
    let usage = state.identity.quota().usage(who.caller.user).await?;
    let mut all = Map::new();
    for (project, resources) in usage {
        if who.caller.projects.contains(&project) {
            all.insert(project.to_string(), json!(resources));
        }
    }
    Ok(Json(all.into()))
}

/// The resources there are (ID-RES-09); no token is asked for.
async fn resources(extract::State(state): extract::State<State>) -> Result<Json<Value>, Fault> {
    let mut all = Map::new();
    for info in state.identity.quota().catalogue().await? {
        let about = info.about;
        if info.api_visible {
            let one = json!({
                "api_visible": true, "ui_visible": info.ui_visible,
                "allow_in_projects": info.ui_visible,
                "unit": about.unit, "description": about.description,
                "service": about.service_origin,
            });
            all.insert(about.name.to_owned(), one);
        }
    }
    Ok(Json(all.into()))
}

/// Where requests without a project are charged (ID-ACC-20).
async fn default_project(
    extract::State(state): extract::State<State>,
    who: Who,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Fault> {
    let body = json_body(&headers, &body)?;
    let project = match body.get("project_id") {
        Some(Value::String(project)) => project,
        Some(Value::Null) | None if body.is_object() => {
            return Err(Error::forbidden("Project id not specified").into());
        }
        _ => return Err(Error::invalid("The project id must be a text.").into()),
    };
    match state
        .identity
        .set_default_project(who.caller.user, project)
        .await
    {
        Ok(()) => Ok(StatusCode::OK),
        // ID-API-05: a state of the account that does not allow it.
        Err(Error::Conflict { message }) => {
            let text = messages::resolve(&state.settings.now(), &message).into_owned();
            Err(Fault::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "notAllowed",
                text,
            ))
        }
        Err(error) => Err(error.into()),
    }
}
