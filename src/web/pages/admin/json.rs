//! Acts as JSON (ID-ADU-40): each item by itself; what could not be done is named.

use super::{AtDesk, bulk, ops};
use crate::{
    State,
    pages::{
        Failed,
        posted::{Posted, check},
    },
    text::text,
};
use axum::{
    Json,
    extract::{FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use http_body_util::{BodyExt, Limited};
use kernel::Error;
use serde_json::{Value, json};

/// Longest request.
const LONGEST: usize = 256 << 10;

fn answer(status: StatusCode, result: &str, failed: Vec<Value>) -> Response {
    (status, Json(json!({"result": result, "error_ids": failed}))).into_response()
}

/// The items: a list, or the JSON text of one.
fn items(body: &Value) -> Option<Vec<Value>> {
    match body.get("items")? {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Array(all) => Some(all.clone()),
        _ => None,
    }
}

/// The fields of a form with the values of an item.
fn fields(body: &Value, item: &Value) -> Posted {
    let mut pairs = Vec::new();
    let data = item.get("data").cloned().unwrap_or_default();
    let of = |from: &Value, name: &str| from.get(name).and_then(Value::as_str).map(str::to_owned);
    for (field, name) in [
        ("subject", "subject"),
        ("text", "text"),
        ("reason", "reason"),
        ("value", "new_email"),
    ] {
        if let Some(value) = of(&data, name).or_else(|| of(body, name)) {
            pairs.push((field.to_owned(), value));
        }
    }
    Posted::of(pairs)
}

async fn one(d: &AtDesk, op: &ops::Op, body: &Value, item: &Value) -> kernel::Result<()> {
    let name = match item.get("id").unwrap_or(item) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let identity = &d.state.identity;
    let card = identity.desk_card(&d.desk, &name).await?;
    let card = card.ok_or_else(|| Error::not_found("UNKNOWN_USER_ID"))?;
    if !op.fits(&card) {
        return Err(Error::conflict("NOT_ALLOWED"));
    }
    let mut sent = fields(body, item);
    if op.name == "reject" && sent.get("reason").is_empty() {
        sent = Posted::of(vec![("reason".into(), "Rejected by the admin".into())]);
    }
    let asked = op.read(&sent)?;
    identity
        .desk_act(&d.desk, card.user.no, asked)
        .await
        .map(drop)
}

pub(in crate::pages) async fn actions(
    axum::extract::State(state): axum::extract::State<State>,
    request: Request,
) -> Response {
    match carry_out(&state, request).await {
        Ok(response) => response,
        Err(refusal) => refusal,
    }
}

async fn carry_out(state: &State, request: Request) -> Result<Response, Response> {
    let (mut parts, body) = request.into_parts();
    let d = AtDesk::from_request_parts(&mut parts, state).await?;
    let failed = |error: Error| Failed::from(error).into_response();
    let token = parts.headers.get("x-csrftoken");
    let token = token.and_then(|v| v.to_str().ok()).unwrap_or_default();
    check(&d.user.visitor, &parts.headers, token).map_err(failed)?;
    let bad = |said: &str| answer(StatusCode::BAD_REQUEST, said, Vec::new());
    let body = Limited::new(body, LONGEST).collect().await;
    let body = body.map_err(|_| bad("Bad request."))?.to_bytes();
    let body: Value = serde_json::from_slice(&body).map_err(|_| bad("Bad request."))?;
    let name = body.get("op").and_then(Value::as_str).unwrap_or_default();
    if body.get("target").and_then(Value::as_str) != Some("user") {
        return Err(answer(StatusCode::NOT_FOUND, "Unknown target.", Vec::new()));
    }
    let own = ops::OPS.iter().find(|op| op.json_name() == name);
    let Some(op) = own.filter(|op| op.name != "delete") else {
        return Err(answer(StatusCode::NOT_FOUND, "Unknown action.", Vec::new()));
    };
    if !op.allowed(&d) {
        let said = "You may not do this.";
        return Err(answer(StatusCode::FORBIDDEN, said, Vec::new()));
    }
    let items = items(&body).filter(|items| items.len() <= bulk::MOST);
    let items = items.ok_or_else(|| bad("Bad request."))?;
    let (mut wrong, mut said) = (Vec::new(), text("done-adm"));
    for item in &items {
        if let Err(error) = one(&d, op, &body, item).await {
            said = bulk::why(&d, error).map_err(failed)?;
            wrong.push(item.get("id").unwrap_or(item).clone());
        }
    }
    let status = match wrong.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::BAD_REQUEST,
    };
    Ok(answer(status, &said, wrong))
}
