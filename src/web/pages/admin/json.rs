//! Acts as JSON (ID-ADU-40): each item by itself; what could not be done is named.

use super::{
    AtDesk, bulk,
    deeds::{self, Deed},
    items::Item,
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
use kernel::{
    Error,
    secret::{ExposeSecret, SecretString},
};
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

    /// Does it to one item; the thing, whose coming to rest is waited for.
    async fn carry_out(&self, d: &AtDesk, body: &Value, item: &Value) -> kernel::Result<Made> {
        let (name, sent) = (id_of(item), fields(body, item));
        match self {
            What::User(op) => person(d, op, &name, sent).await,
            What::Thing(kind, deed) => {
                let found = list_find::one(d, kind, &name).await?;
                let found = found.ok_or_else(|| Error::not_found(text("no-such-page")))?;
                deed.carry_out(d, &found, &sent).await?;
                Ok(Made {
                    moved: Some(found),
                    ..Made::default()
                })
            }
        }
    }

    /// Waits for all of them at once; is any of them still on its way?
    async fn pending(&self, d: &AtDesk, moved: &[Item]) -> kernel::Result<bool> {
        let What::Thing(_, deed) = self else {
            return Ok(false);
        };
        let all = moved.iter().map(|item| deed.pending(d, item));
        let all = futures_util::future::try_join_all(all).await?;
        Ok(all.contains(&true))
    }
}

/// What came of an act on one item.
#[derive(Default)]
struct Made {
    moved: Option<Item>,
    /// The new password; nobody can look it up later.
    password: Option<SecretString>,
}

async fn person(d: &AtDesk, op: &ops::Op, name: &str, sent: Posted) -> kernel::Result<Made> {
    let identity = &d.state.identity;
    let card = identity.desk_card(&d.desk, name).await?;
    let card = card.ok_or_else(|| Error::not_found("UNKNOWN_USER_ID"))?;
    if !op.fits(&card) {
        return Err(Error::conflict(op.refusal()));
    }
    let asked = op.read(&sent)?;
    let (_, password) = identity.desk_act(&d.desk, card.user.no, asked).await?;
    Ok(Made {
        password,
        ..Made::default()
    })
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
    let (mut outcome, mut moved) = (Outcome::default(), Vec::new());
    for item in &items {
        match what.carry_out(&d, &body, item).await {
            Ok(made) => {
                moved.extend(made.moved);
                outcome.made(item, made.password);
            }
            Err(error) => outcome.failed(&d, item, &error),
        }
    }
    let pending = what.pending(&d, &moved).await.map_err(failed)?;
    Ok(outcome.answer(pending))
}

/// What came of all of them.
#[derive(Default)]
struct Outcome {
    wrong: Vec<Value>,
    codes: Vec<StatusCode>,
    why: Vec<Value>,
    passwords: Vec<Value>,
    /// Why the last one failed.
    said: Option<String>,
}

impl Outcome {
    fn made(&mut self, item: &Value, password: Option<SecretString>) {
        let password = password.map(|password| {
            let id = item.get("id").unwrap_or(item);
            json!({"id": id, "password": password.expose_secret()})
        });
        self.passwords.extend(password);
    }

    fn failed(&mut self, d: &AtDesk, item: &Value, error: &Error) {
        let code = status_of(error);
        let mut said = bulk::why(d, error);
        if let Error::Invalid { field, .. } = error
            && !field.is_empty()
        {
            said = format!("{field}: {said}");
        }
        let id = item.get("id").unwrap_or(item).clone();
        self.why
            .push(json!({"id": id, "code": code.as_u16(), "message": said}));
        self.codes.push(code);
        self.wrong.push(id);
        self.said = Some(said);
    }

    fn answer(self, pending: bool) -> Response {
        let said = self.said.unwrap_or_else(|| match pending {
            true => text("adm-in-progress"),
            false => text("done-adm"),
        });
        let mut body = json!({"result": said, "error_ids": self.wrong, "errors": self.why});
        if !self.passwords.is_empty() {
            body["passwords"] = self.passwords.into();
        }
        (together(&self.codes), Json(body)).into_response()
    }
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
