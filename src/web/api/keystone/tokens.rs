//! `POST tokens`, and the validation of access tokens (ID-KST-10 … 22).

use super::{
    Fault,
    catalog::{self, Kept, Subject, Told, Written},
    iso,
};
use crate::{
    State,
    api::{Format, basic, format_of, json_body},
    auth::query_value,
    origin,
};
use axum::{
    extract::{self, Path, Request},
    response::{IntoResponse, Response},
};
use http::{header, request::Parts};
use identity::oauth2::{Credentials as ClientCredentials, Refused};
use kernel::{Error, Result};
use serde_json::{Value, json};

/// Longest request.
const LONGEST: usize = 64 << 10;

/// What somebody proves themselves with.
struct Credentials {
    token: String,
    user: Option<String>,
    tenant: Option<String>,
    /// Is this how clients of object storage ask? (CL-S-01)
    swift: bool,
}

/// Checks a token, answers who it belongs to and where the services are.
pub(super) async fn authenticate(
    kept: Kept,
    state: State,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LONGEST).await;
    let body = body.map_err(|_| Error::too_large("The request is too long"))?;
    let format = format_of(&parts.uri, &parts.headers);
    let written = kept.now(&state, &parts.uri, &parts.headers)?;
    if body.is_empty() {
        return Ok(write(format, None, &written, false));
    }
    if let Some(traced) = parts.headers.get("x-client-ip") {
        // ID-KST-16
        tracing::debug!(target: "astakos.api", client = ?traced, "a service asks for somebody");
    }
    let given = credentials(&json_body(&parts.headers, &body)?)?;
    match check(&state, &given) {
        Ok((person, tenant)) => {
            let subject = Subject {
                token: &given.token,
                tenant: &tenant,
                person: &person,
            };
            Ok(write(format, Some(&subject), &written, given.swift))
        }
        Err(error @ Error::Unauthorized { .. }) => {
            let settings = state.settings.now();
            let client = origin::client(&settings, &parts.extensions, &parts.headers);
            Err(too_often(state.identity.note_bad_token(&client, error)))
        }
        Err(error) => Err(error.into()),
    }
}

/// A refusal, or that there were too many (ID-SEC-24).
fn too_often(error: Error) -> Fault {
    Fault::limited(error, "Too many wrong tokens: try again later.")
}

/// Whose credentials these are, and in which project they act (ID-KST-12).
fn check(state: &State, given: &Credentials) -> Result<(std::sync::Arc<identity::Person>, String)> {
    let person = state
        .identity
        .person_by_token(&given.token)
        .map_err(named)?;
    if let Some(user) = &given.user
        && person.caller.user.to_string() != *user
        && person.username != user.trim().to_lowercase()
    {
        return Err(Error::unauthorized("Invalid credentials"));
    }
    let tenant = match &given.tenant {
        None => person.caller.default_project.to_string(),
        Some(tenant) => {
            let mut projects = person.caller.projects.iter();
            if !projects.any(|project| project.to_string() == *tenant) {
                return Err(Error::invalid("Not conforming tenantName"));
            }
            tenant.clone()
        }
    };
    Ok((person, tenant))
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
    written: &Written,
    swift: bool,
) -> Response {
    let body = match format {
        Format::Json => catalog::json(subject, written, swift),
        Format::Xml => catalog::xml(subject, written),
    };
    answer(format, body)
}

fn answer(format: Format, body: String) -> Response {
    let kind = match format {
        Format::Json => "application/json; charset=UTF-8",
        Format::Xml => "application/xml; charset=UTF-8",
    };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
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
    let tenant = match auth.get("tenantName").or_else(|| auth.get("tenantId")) {
        None | Some(Value::Null) => None,
        Some(Value::String(tenant)) => Some(tenant.clone()),
        Some(_) => return Err(Error::invalid("Not conforming tenantName")),
    };
    if let Some(token) = auth.get("token") {
        return Ok(Credentials {
            token: text(token.get("id"), "token")?,
            user: None,
            tenant,
            swift: false,
        });
    }
    let password = auth.get("passwordCredentials").and_then(Value::as_object);
    let key = auth.get("RAX-KSKEY:apiKeyCredentials");
    let key = key.or_else(|| auth.get("apiKeyCredentials"));
    let (given, secret) = match (password, key.and_then(Value::as_object)) {
        (Some(given), _) => (given, "password"),
        (None, Some(given)) => (given, "apiKey"),
        (None, None) => return Err(malformed("credentials")),
    };
    Ok(Credentials {
        user: Some(text(given.get("username"), "username or password")?),
        token: text(given.get(secret), "username or password")?,
        // Native clients name no tenant here; Swift's always do.
        swift: tenant.is_some() || secret == "apiKey",
        tenant,
    })
}

/// Refuses who is no client (ID-KST-22); wrong secrets are counted.
fn proved(state: &State, parts: &Parts) -> Result<(), Fault> {
    let given = ClientCredentials {
        basic: basic(&parts.headers),
        client_id: None,
    };
    match state.identity.oauth2_client_proves(&given) {
        Ok(()) => Ok(()),
        Err(Refused::Failed(error)) => Err(error.into()),
        Err(Refused::Client(_, text)) => {
            let settings = state.settings.now();
            let client = origin::client(&settings, &parts.extensions, &parts.headers);
            let refusal = Error::unauthorized(text);
            Err(too_often(state.identity.note_bad_token(&client, refusal)))
        }
    }
}

/// What an access token of the OAuth 2 provider stands for (ID-KST-20, ID-KST-21).
pub(super) async fn validate(
    extract::State(state): extract::State<State>,
    Path(token): Path<String>,
    parts: Parts,
) -> Result<Response, Fault> {
    if state.settings.now().bool("OAUTH2_VALIDATE_REQUIRES_CLIENT") {
        proved(&state, &parts)?;
    }
    let place = query_value(parts.uri.query().unwrap_or_default(), "belongsTo");
    let good = state.identity.oauth2_validate(&token, place.as_deref());
    let good = good.await?;
    let format = format_of(&parts.uri, &parts.headers);
    let user = &good.user;
    let (name, tenant) = (user.real_name(), user.default_project.to_string());
    let told = Told {
        token: &token,
        expires: good.expires,
        tenant: &tenant,
        user: user.uuid,
        name: &name,
        groups: &user.groups,
    };
    Ok(answer(
        format,
        match format {
            Format::Json => validated(&told).to_string(),
            Format::Xml => catalog::access_xml(Some(&told), ""),
        },
    ))
}

/// Whose an access token is, as JSON.
fn validated(told: &Told<'_>) -> Value {
    let roles = told.groups.iter();
    let roles: Vec<Value> = roles
        .map(|(id, name)| json!({"id": id.to_string(), "name": name}))
        .collect();
    json!({"access": {
        "token": {
            "expires": iso(told.expires), "id": told.token,
            "tenant": {"id": told.tenant, "name": told.name},
        },
        "user": {
            "roles_links": [], "id": told.user.to_string(), "roles": roles,
            "name": told.name,
        },
    }})
}

/// Below an access token there is nothing (ID-KST-20).
pub(super) async fn nothing_below() -> Fault {
    Error::not_found("No such token").into()
}
