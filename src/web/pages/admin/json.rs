//! Acts as JSON (ID-ADU-40): each item by itself; what could not be done is named.

use super::{
    AtDesk, bulk,
    deeds::{self, Deed},
    list_find, ops,
    views::{self, Kind},
};
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
        ("sender", "sender"),
        ("value", "new_email"),
    ] {
        if let Some(value) = of(&data, name).or_else(|| of(body, name)) {
            pairs.push((field.to_owned(), value));
        }
    }
    Posted::of(pairs)
}

/// The id of an item.
fn id_of(item: &Value) -> String {
    match item.get("id").unwrap_or(item) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What is to be done.
enum What {
    User(&'static ops::Op),
    Thing(&'static Kind, &'static Deed),
}

impl What {
    /// The act of a target and name, or the answer that there is none.
    fn of(d: &AtDesk, target: &str, name: &str) -> Result<Self, (StatusCode, &'static str)> {
        let refuse = |status, said| Err((status, said));
        let Ok(kind) = views::named(&d.settings, target) else {
            return refuse(StatusCode::NOT_FOUND, "Unknown target.");
        };
        let found = match kind.name {
            "user" => {
                let own = ops::OPS.iter().find(|op| op.json_name() == name);
                own.filter(|op| op.name != "delete").map(What::User)
            }
            _ => deeds::find(kind.name, name).map(|deed| What::Thing(kind, deed)),
        };
        let allowed = match &found {
            None if deeds::placeholder(kind.name, name) => d.desk.may(&d.settings, kind.name, name),
            None => return refuse(StatusCode::NOT_FOUND, "Unknown action."),
            Some(What::User(op)) => op.allowed(d),
            Some(What::Thing(_, deed)) => deed.allowed(d),
        };
        match found {
            _ if !allowed => refuse(StatusCode::FORBIDDEN, "You may not do this."),
            None => refuse(StatusCode::NOT_IMPLEMENTED, "Not supported yet."),
            Some(what) => Ok(what),
        }
    }

    /// Does it to one item; true when it goes on behind.
    async fn carry_out(&self, d: &AtDesk, body: &Value, item: &Value) -> kernel::Result<bool> {
        let (name, sent) = (id_of(item), fields(body, item));
        match self {
            What::User(op) => person(d, op, &name, sent).await.map(|()| false),
            What::Thing(kind, deed) => {
                let found = list_find::one(d, kind, &name).await?;
                let found = found.ok_or_else(|| Error::not_found(text("no-such-page")))?;
                deed.carry_out(d, &found, &sent).await?;
                deed.pending(d, &found).await
            }
        }
    }
}

async fn person(d: &AtDesk, op: &ops::Op, name: &str, mut sent: Posted) -> kernel::Result<()> {
    let identity = &d.state.identity;
    let card = identity.desk_card(&d.desk, name).await?;
    let card = card.ok_or_else(|| Error::not_found("UNKNOWN_USER_ID"))?;
    if !op.fits(&card) {
        return Err(Error::conflict(op.refusal()));
    }
    if op.name == "reject" && sent.get("reason").is_empty() {
        sent = Posted::of(vec![("reason".into(), "Rejected by the admin".into())]);
    }
    let asked = op.read(&sent)?;
    let done = identity.desk_act(&d.desk, card.user.no, asked);
    done.await.map(drop)
}

/// The status of an item that was not done (ID-ADU-40).
fn status_of(error: &Error) -> StatusCode {
    match crate::error::page_status(error) {
        // What contradicts the state of things cannot be applied.
        StatusCode::CONFLICT => StatusCode::BAD_REQUEST,
        status if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        status => status,
    }
}

/// The status of all: that of the items, when they failed alike; else what cannot be
/// applied, or what broke.
fn together(all: &[StatusCode]) -> StatusCode {
    let Some(first) = all.first() else {
        return StatusCode::OK;
    };
    match all.iter().all(|status| status == first) {
        true => *first,
        false if all.contains(&StatusCode::INTERNAL_SERVER_ERROR) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        false => StatusCode::BAD_REQUEST,
    }
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
    let text_of = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let what = What::of(&d, text_of("target"), text_of("op"));
    let what = what.map_err(|(status, said)| answer(status, said, Vec::new()))?;
    let items = items(&body).filter(|items| items.len() <= bulk::MOST);
    let items = items.ok_or_else(|| bad("Bad request."))?;
    let (mut wrong, mut codes, mut why) = (Vec::new(), Vec::new(), Vec::new());
    let (mut said, mut behind) = (text("done-adm"), false);
    for item in &items {
        match what.carry_out(&d, &body, item).await {
            Ok(pending) => behind |= pending,
            Err(error) => {
                let code = status_of(&error);
                let field = match &error {
                    Error::Invalid { field, .. } => field.clone(),
                    _ => String::new(),
                };
                said = match code {
                    // What broke is for the log only.
                    StatusCode::INTERNAL_SERVER_ERROR => {
                        tracing::error!(target: "synnefo.admin", "{}", error.chain());
                        text("error-text-500")
                    }
                    _ => bulk::why(&d, error).map_err(failed)?,
                };
                if !field.is_empty() {
                    said = format!("{field}: {said}");
                }
                let id = item.get("id").unwrap_or(item).clone();
                why.push(json!({"id": id, "code": code.as_u16(), "message": said}));
                codes.push(code);
                wrong.push(id);
            }
        }
    }
    if wrong.is_empty() && behind {
        said = text("adm-in-progress");
    }
    let status = together(&codes);
    let body = json!({"result": said, "error_ids": wrong, "errors": why});
    Ok((status, Json(body)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-ADU-40
    #[test]
    fn several_failures_have_one_status() {
        use StatusCode as S;
        assert_eq!(together(&[]), S::OK);
        assert_eq!(together(&[S::NOT_FOUND, S::NOT_FOUND]), S::NOT_FOUND);
        assert_eq!(together(&[S::NOT_FOUND, S::FORBIDDEN]), S::BAD_REQUEST);
        let broken = [S::BAD_REQUEST, S::INTERNAL_SERVER_ERROR];
        assert_eq!(together(&broken), S::INTERNAL_SERVER_ERROR);
        assert_eq!(status_of(&Error::conflict("x")), S::BAD_REQUEST);
        assert_eq!(status_of(&Error::not_supported("x")), S::NOT_IMPLEMENTED);
    }
}
