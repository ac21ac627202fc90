//! `POST tokens` and what hangs on it (ID-KST-10 … 20).

use super::{
    Fault,
    catalog::{self, Subject},
    served,
};
use crate::{
    State,
    api::{Format, format_of, json_body},
};
use axum::{
    Json, extract,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, Uri, header};
use identity::catalog::{Bases, native};
use kernel::{Error, Result, Timestamp};
use serde_json::Value;

/// What a client proves itself with.
struct Credentials {
    token: String,
    user: Option<String>,
    tenant: Option<String>,
}

/// Checks a token, answers who it belongs to and where the services are.
pub(super) async fn authenticate(
    extract::State(state): extract::State<State>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fault> {
    let settings = state.settings.now();
    let bases = Bases::new(&settings, &served(&uri, &headers));
    let services = native(&bases);
    let format = format_of(&uri, &headers);
    if body.is_empty() {
        return Ok(write(format, None, &services));
    }
    let given = credentials(&json_body(&headers, &body)?)?;
    let (caller, user) = state.identity.user_by_token(&given.token).map_err(named)?;
    let own = user.uuid.to_string();
    if given.user.is_some_and(|uuid| uuid != own) {
        return Err(Error::unauthorized("Invalid credentials").into());
    }
    let tenant = match given.tenant {
        None => caller.default_project.to_string(),
        Some(tenant) if caller.projects.iter().any(|p| p.to_string() == tenant) => tenant,
        Some(_) => return Err(Error::invalid("Not conforming tenantName").into()),
    };
    let subject = Subject {
        token: &given.token,
        expires: user.token_expires.unwrap_or(Timestamp::UNIX_EPOCH),
        tenant,
        user: &user,
        caller: &caller,
    };
    Ok(write(format, Some(&subject), &services))
}

/// An unknown token has its own text here (ID-KST-12).
fn named(error: Error) -> Error {
    match error {
        Error::Unauthorized { message } if message == "Invalid X-Auth-Token" => {
            Error::unauthorized("Invalid token")
        }
        other => other,
    }
}

fn write(
    format: Format,
    subject: Option<&Subject<'_>>,
    services: &[identity::catalog::Service],
) -> Response {
    match format {
        Format::Json => Json(catalog::json(subject, services)).into_response(),
        Format::Xml => (
            [(header::CONTENT_TYPE, "application/xml; charset=UTF-8")],
            catalog::xml(subject, services),
        )
            .into_response(),
    }
}

/// Reads the request (ID-KST-11, ID-API-13).
fn credentials(body: &Value) -> Result<Credentials> {
    let malformed = |what: &str| Error::invalid(format!("Malformed request: missing {what}"));
    let auth = body.get("auth").and_then(Value::as_object);
    let auth = auth.ok_or_else(|| malformed("credentials"))?;
    let text = |value: Option<&Value>, what: &str| match value {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        _ => Err(malformed(what)),
    };
    let tenant = match auth.get("tenantName") {
        None | Some(Value::Null) => None,
        Some(Value::String(tenant)) => Some(tenant.clone()),
        Some(_) => return Err(Error::invalid("Not conforming tenantName")),
    };
    if let Some(token) = auth.get("token") {
        return Ok(Credentials {
            token: text(token.get("id"), "token")?,
            user: None,
            tenant,
        });
    }
    let given = auth.get("passwordCredentials").and_then(Value::as_object);
    let given = given.ok_or_else(|| malformed("credentials"))?;
    Ok(Credentials {
        user: Some(text(given.get("username"), "username or password")?),
        token: text(given.get("password"), "username or password")?,
        tenant,
    })
}

/// Access tokens of the OAuth 2 provider are validated here; nobody has one yet, and
/// user tokens are never answered for (ID-KST-20).
pub(super) async fn validate() -> Fault {
    Error::not_found("No such token").into()
}
