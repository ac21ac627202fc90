//! What the compute and network services share: bodies, ids, addresses, instants.

use super::json_body;
use crate::{State, auth::ApiCaller, auth::query_value, error::Os};
use axum::{
    Router,
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use bytes::Bytes;
use http::{StatusCode, Uri, header};
use http_body_util::BodyExt;
use identity::catalog::Bases;
use kernel::{Caller, Error, ProjectId, Result, Timestamp};
use serde_json::{Map, Value, json};
use std::str::FromStr;

pub(crate) type Fault = crate::error::Fault<Os>;
pub(crate) type Who = ApiCaller<Os>;
pub(crate) type Answer = Result<Response, Fault>;
pub(crate) type Object = Map<String, Value>;

/// Bytes of a JSON body.
const MOST: usize = 1 << 20;
/// Bytes that are read and thrown away, so that the refusal reaches its client.
const DRAINED: usize = 32 << 20;

/// Adds a route whose path may end in the format (CY-API-05).
pub(crate) fn listed(
    router: Router<State>,
    path: &str,
    methods: MethodRouter<State>,
) -> Router<State> {
    router
        .route(path, methods.clone())
        .route(&format!("{path}.json"), methods.clone())
        .route(&format!("{path}.xml"), methods)
}

/// The last part of a path without the format.
pub(crate) fn plain(text: &str) -> &str {
    let plain = text.strip_suffix(".json");
    plain.or_else(|| text.strip_suffix(".xml")).unwrap_or(text)
}

/// A number, written with digits alone.
pub(crate) fn number<T: FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// A number in a path; what is none belongs to no known path (CY-API-08).
pub(crate) fn path_id<T: FromStr>(text: &str) -> Result<T> {
    number(plain(text)).ok_or_else(|| Error::invalid("API endpoint not found"))
}

/// A number that came as text or as number.
pub(crate) fn loose_id<T: FromStr>(value: &Value) -> Option<T> {
    match value {
        Value::String(text) => number(text),
        Value::Number(n) => number(&n.to_string()),
        _ => None,
    }
}

/// A request body that is a JSON object.
pub(crate) struct Document(pub(crate) Object);

impl FromRequest<State> for Document {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &State) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        let bytes = bounded(body).await?;
        match json_body(&parts.headers, &bytes)? {
            Value::Object(object) => Ok(Document(object)),
            _ => Err(malformed().into()),
        }
    }
}

async fn bounded(mut body: axum::body::Body) -> Result<Bytes> {
    let (mut kept, mut read) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::invalid("The request ended early"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        read += data.len();
        if read > DRAINED {
            break;
        }
        if read <= MOST {
            kept.extend_from_slice(&data);
        }
    }
    match read > MOST {
        true => Err(Error::TooLarge {
            message: format!("The request body is larger than {MOST} bytes"),
        }),
        false => Ok(kept.into()),
    }
}

/// The refusal of a body of the wrong form.
pub(crate) fn malformed() -> Error {
    Error::invalid("Malformed request")
}

/// The object under the one key of a body.
pub(crate) fn inner(mut document: Object, key: &str) -> Result<Object> {
    match document.remove(key) {
        Some(Value::Object(object)) => Ok(object),
        _ => Err(malformed()),
    }
}

/// A text that may be missing or null.
pub(crate) fn text<'a>(object: &'a Object, key: &str) -> Result<Option<&'a str>> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed()),
    }
}

/// A flag that may be missing or null.
pub(crate) fn flag(object: &Object, key: &str) -> Result<Option<bool>> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(malformed()),
    }
}

/// A list that may be missing or null.
pub(crate) fn list<'a>(object: &'a Object, key: &str) -> Result<Option<&'a [Value]>> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(list)) => Ok(Some(list)),
        Some(_) => Err(malformed()),
    }
}

/// Texts of a list that may be missing.
pub(crate) fn texts(object: &Object, key: &str) -> Result<Vec<String>> {
    let given = list(object, key)?.unwrap_or_default().iter();
    given
        .map(|one| one.as_str().map(str::to_owned).ok_or_else(malformed))
        .collect()
}

/// `project`; a text that is no project's id names none of the caller's.
pub(crate) fn project(object: &Object, caller: &Caller) -> Result<Option<ProjectId>> {
    let Some(given) = text(object, "project")? else {
        return Ok(None);
    };
    given.parse().map(Some).map_err(|_| {
        Error::invalid(format!(
            "User {} not in project {}",
            caller.user,
            given.escape_default()
        ))
    })
}

/// `changes-since` of a query (CY-API-09).
pub(crate) fn since(uri: &Uri) -> Result<Option<Timestamp>> {
    let Some(given) = query_value(uri.query().unwrap_or_default(), "changes-since") else {
        return Ok(None);
    };
    // A `+` that was not encoded has become a space.
    let given = match given.rsplit_once(' ') {
        Some((date, offset)) if date.contains('T') => format!("{date}+{offset}"),
        _ => given,
    };
    let utc = || {
        let local = given.parse::<jiff::civil::DateTime>().ok()?;
        let zoned = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    };
    let at = given.parse().ok().or_else(utc);
    at.map(Some)
        .ok_or_else(|| Error::invalid("Invalid changes-since parameter."))
}

/// A list that may be asked for since an instant: read, shown item by item.
pub(crate) async fn list_of<T>(
    key: &str,
    uri: &Uri,
    read: impl AsyncFnOnce(Option<Timestamp>) -> Result<Vec<T>>,
    show: impl Fn(&T) -> Result<Value>,
) -> Answer {
    let since = since(uri)?;
    let all = read(since).await?;
    let items = all.iter().map(show).collect::<Result<_>>()?;
    Ok(list_answer(key, items, since))
}

/// One thing under its key.
pub(crate) fn one(key: &str, shown: Value) -> Answer {
    Ok(json_answer(StatusCode::OK, &json!({key: shown})))
}

/// A list, or 304 when nothing changed since the instant asked for.
pub(crate) fn list_answer(key: &str, items: Vec<Value>, since: Option<Timestamp>) -> Response {
    match since.is_some() && items.is_empty() {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => json_answer(StatusCode::OK, &json!({key: items})),
    }
}

/// A JSON answer.
pub(crate) fn json_answer(status: StatusCode, value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    (status, kind, value.to_string()).into_response()
}

/// The addresses of the services as answers name them.
pub(crate) struct Site {
    base: String,
}

impl Site {
    pub(crate) fn new(state: &State) -> Self {
        let bases = Bases::new(&state.settings.now(), &state.served);
        Site {
            base: bases.cyclades.trim_end_matches('/').to_owned(),
        }
    }

    /// `<base>/<path>`.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// `links` of an object (CY-API-12).
    pub(crate) fn links(&self, collection: &str, id: impl std::fmt::Display) -> Value {
        let href = self.at(&format!("{collection}/{id}"));
        json!([{"rel": "self", "href": href}, {"rel": "bookmark", "href": href}])
    }
}

/// The server, network or port is there, but this cannot be done to it yet.
pub(crate) fn not_offered(what: &str) -> Fault {
    Error::not_supported(format!("{what} is not supported.")).into()
}

/// Logs who changed what (CY-API-16).
pub(crate) fn told(who: &Who, object: impl std::fmt::Display, what: &'static str) {
    tracing::info!(target: "synnefo.api", user = %who.caller.user, %object, "{what}");
}
