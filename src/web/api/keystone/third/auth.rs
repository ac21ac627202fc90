//! `auth/tokens`: making, showing and revoking tokens.

use super::{Refusal, Who, catalog::catalog, domain, instant};
use crate::{State, api::json_body, auth::asking, origin};
use axum::{
    Json,
    extract::{self, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, request::Parts};
use identity::{Person, Proof, Scope, Wanted};
use kernel::{
    Error, Result,
    secret::{ExposeSecret, SecretString},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Longest request.
const LONGEST: usize = 64 << 10;

const SUBJECT: HeaderName = HeaderName::from_static("x-subject-token");

fn malformed(what: &str) -> Error {
    Error::invalid(format!("Malformed request: {what}"))
}

fn object<'a>(value: Option<&'a Value>, what: &str) -> Result<&'a Map<String, Value>> {
    value
        .and_then(Value::as_object)
        .ok_or_else(|| malformed(what))
}

fn text(value: Option<&Value>, what: &str) -> Result<String> {
    match value {
        Some(Value::String(text)) if !text.is_empty() && text.len() <= 4096 => Ok(text.clone()),
        _ => Err(malformed(what)),
    }
}

fn secret(value: Option<&Value>, what: &str) -> Result<SecretString> {
    text(value, what).map(SecretString::from)
}

/// Refuses another domain than ours.
fn our_domain(of: &Map<String, Value>) -> Result<()> {
    let Some(domain) = of.get("domain").and_then(Value::as_object) else {
        return Ok(());
    };
    let named = domain.get("id").or_else(|| domain.get("name"));
    match named.and_then(Value::as_str) {
        None => Ok(()),
        Some(name) if name.eq_ignore_ascii_case("default") => Ok(()),
        Some(_) => Err(Error::unauthorized("Invalid domain")),
    }
}

/// Id or name of a user.
fn user(of: &Map<String, Value>) -> Result<String> {
    let id = of.get("id").filter(|id| !id.is_null());
    our_domain(of)?;
    text(id.or_else(|| of.get("name")), "missing user")
}

/// How somebody proves who they are; also the name of the method.
fn proof(identity: &Map<String, Value>) -> Result<(Proof, &'static str)> {
    let methods = identity.get("methods").and_then(Value::as_array);
    let methods = methods.ok_or_else(|| malformed("missing methods"))?;
    let [Value::String(method)] = methods.as_slice() else {
        return Err(malformed("one method is supported at a time"));
    };
    match method.as_str() {
        "password" => {
            let given = object(identity.get("password"), "missing password")?;
            let of = object(given.get("user"), "missing user")?;
            let password = secret(of.get("password"), "missing password")?;
            Ok((Proof::Password(user(of)?, password), "password"))
        }
        "token" => {
            let given = object(identity.get("token"), "missing token")?;
            let token = secret(given.get("id"), "missing token")?;
            Ok((Proof::Token(token), "token"))
        }
        "application_credential" => {
            let what = "application_credential";
            let given = object(identity.get(what), "missing application_credential")?;
            let password = secret(given.get("secret"), "missing secret")?;
            let name = match given.get("id") {
                Some(id) => text(Some(id), "missing id")?,
                None => user(object(given.get("user"), "missing user")?)?,
            };
            Ok((Proof::Application(name, password), what))
        }
        _ => Err(Error::unauthorized("Unsupported authentication method")),
    }
}

fn wanted(auth: &Map<String, Value>) -> Result<Wanted> {
    let scope = match auth.get("scope") {
        None | Some(Value::Null) => return Ok(Wanted::Default),
        Some(Value::String(text)) if text == "unscoped" => return Ok(Wanted::Unscoped),
        scope => object(scope, "invalid scope")?,
    };
    if scope.contains_key("unscoped") {
        return Ok(Wanted::Unscoped);
    }
    if let Some(project) = scope.get("project") {
        let project = object(Some(project), "invalid scope")?;
        our_domain(project)?;
        let id = project.get("id").filter(|id| !id.is_null());
        let name = text(id.or_else(|| project.get("name")), "invalid scope")?;
        return Ok(Wanted::Project(name));
    }
    match scope.contains_key("domain") {
        true => our_domain(scope).map(|()| Wanted::Domain),
        false => Err(malformed("invalid scope")),
    }
}

/// Makes a token.
pub(super) async fn make(
    extract::State(state): extract::State<State>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LONGEST).await;
    let body = body.map_err(|_| Error::too_large("The request is too long."))?;
    let body = json_body(&parts.headers, &body)?;
    let auth = object(body.get("auth"), "missing auth")?;
    let settings = state.settings.now();
    let client = origin::client(&settings, &parts.extensions, &parts.headers);
    let made = async {
        let (proof, method) = proof(object(auth.get("identity"), "missing identity")?)?;
        let scope = wanted(auth)?;
        let (token, person) = state.identity.scoped_token(proof, scope, &client).await?;
        Ok((token, person, method))
    };
    let (token, person, method) = made.await.map_err(|error| match error {
        Error::Unauthorized { .. } => {
            let text = "The request you have made requires authentication.";
            let same = Error::unauthorized(text);
            state.identity.note_bad_token(&client, same)
        }
        other => other,
    })?;
    let token = token.expose_secret();
    let body = about(&state, &parts.uri, &parts.headers, &person, token, method)?;
    answer(StatusCode::CREATED, token, body)
}

fn answer(status: StatusCode, token: &str, body: Value) -> Result<Response, Refusal> {
    let mut value = HeaderValue::from_str(token).map_err(Error::broken)?;
    value.set_sensitive(true);
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(SUBJECT, value);
    Ok(response)
}

/// The object `token`.
fn about(
    state: &State,
    uri: &Uri,
    headers: &HeaderMap,
    person: &Person,
    token: &str,
    method: &str,
) -> Result<Value> {
    let audit = hex::encode(&Sha256::digest(token)[..12]);
    let mut roles = vec![json!({"id": "member", "name": "member"})];
    let groups = person.groups.iter();
    roles.extend(groups.map(|(id, name)| json!({"id": id.to_string(), "name": name})));
    let mut token = json!({
        "methods": [method], "is_domain": false, "audit_ids": [audit],
        "issued_at": instant(person.issued), "expires_at": instant(person.expires),
        "user": {
            "id": person.caller.user.to_string(), "name": person.username,
            "domain": domain(), "password_expires_at": null,
        },
    });
    let Value::Object(fields) = &mut token else {
        return Err(Error::broken("an object"));
    };
    let project = match person.scope {
        Scope::Unscoped => None,
        Scope::Domain => {
            fields.insert("domain".into(), domain());
            fields.insert("roles".into(), roles.clone().into());
            None
        }
        Scope::Api => Some(person.caller.default_project),
        Scope::Project(project) => Some(project),
    };
    if let Some(project) = project {
        let place = state.identity.place(person, project)?;
        let about = json!({"id": project.to_string(), "name": place.name, "domain": domain()});
        fields.insert("project".into(), about);
        fields.insert("roles".into(), roles.into());
        let short = uri.query().unwrap_or_default();
        if !short
            .split('&')
            .any(|p| p == "nocatalog" || p.starts_with("nocatalog="))
        {
            let all = catalog(state, uri, headers, person.caller.user, project);
            fields.insert("catalog".into(), all);
        }
    }
    Ok(json!({"token": token}))
}

/// The token that a request is about.
fn subject(headers: &HeaderMap) -> Result<&str> {
    let given = headers.get(SUBJECT).and_then(|v| v.to_str().ok());
    given.ok_or_else(|| Error::invalid("Missing X-Subject-Token header"))
}

/// May this person know about a token? Their own, or anybody's for administrators.
fn known(state: &State, who: &Person, token: &str) -> Result<std::sync::Arc<Person>> {
    let unknown = || Error::not_found("Could not find token.");
    let person = match state.identity.person_by_token(token) {
        Ok(person) => person,
        Err(Error::Unauthorized { .. }) => return Err(unknown()),
        Err(error) => return Err(error),
    };
    let own = person.caller.user == who.caller.user;
    match own || who.caller.is_admin() {
        true => Ok(person),
        false => Err(unknown()),
    }
}

/// Shows a token.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    Who(who): Who,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let token = subject(&headers)?;
    let person = known(&state, &who, token)?;
    let body = about(&state, &uri, &headers, &person, token, "token")?;
    answer(StatusCode::OK, token, body)
}

/// Makes a token worth nothing.
pub(super) async fn revoke(
    extract::State(state): extract::State<State>,
    Who(who): Who,
    parts: Parts,
) -> Result<StatusCode, Refusal> {
    let token = subject(&parts.headers)?;
    known(&state, &who, token)?;
    let actor = asking(who.caller.clone(), &parts, &state).await;
    state.identity.revoke_token(&actor, token).await?;
    Ok(StatusCode::NO_CONTENT)
}
