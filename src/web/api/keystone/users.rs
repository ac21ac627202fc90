//! The administration interface for users (ID-ADM), off unless
//! `ASTAKOS_ADMIN_API_ENABLED`: its addresses are then unknown.

use super::{Fault, iso};
use crate::{
    State,
    api::json_body,
    auth::{query_value, token},
};
use axum::{
    Json, extract,
    extract::{FromRequestParts, Path},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, request::Parts};
use identity::{SignUp, UserChange, UserFilter, UserView, messages};
use kernel::{
    Caller, Error, Result,
    page::PageRequest,
    secret::{ExposeSecret, SecretString},
};
use serde_json::{Map, Value, json};

/// Extractor: somebody who may administer users.
pub(super) struct Admin(Caller);

impl FromRequestParts<State> for Admin {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Fault> {
        if !state.settings.now().bool("ASTAKOS_ADMIN_API_ENABLED") {
            return Err(Error::invalid("API endpoint not found").into());
        }
        let token = token(parts, state)
            .ok_or_else(|| Error::unauthorized("Access denied. No authentication token"))?;
        let caller = state.identity.admin_by_token(&token)?;
        Ok(Admin(crate::auth::asking(caller, parts, state).await))
    }
}

/// A user as the lists show them; with dates where `detail` (ID-ADM-08).
fn shown(user: &UserView, detail: bool) -> Value {
    let roles: Vec<&String> = user.groups.iter().map(|(_, name)| name).collect();
    let methods = user.methods.iter().map(|method| {
        let identifier = match method.identifier.as_str() {
            "" => &user.email,
            own => own,
        };
        let info: Value = serde_json::from_str(&method.info).unwrap_or_else(|_| json!({}));
        json!({
            "active": method.active, "affiliation": user.affiliation,
            "identifier": identifier, "metadata": info, "backend": method.backend,
        })
    });
    let methods: Vec<Value> = methods.collect();
    let mut all = json!({
        "first_name": user.first_name, "last_name": user.last_name, "roles": roles,
        "is_active": user.active, "id": user.uuid.to_string(),
        "authentication_methods": methods, "accepted_policy": user.accepted_policy,
        "is_rejected": user.rejected, "deactivated_reason": user.deactivated_reason,
        "email": user.email, "rejected_reason": user.rejected_reason,
    });
    if let (true, Value::Object(all)) = (detail, &mut all) {
        for (key, at) in [
            ("moderated_at", user.moderated_at),
            ("auth_token_expires", user.token_expires),
            ("verified_at", user.verified_at),
            ("date_joined", Some(user.joined)),
        ] {
            all.insert(key.to_owned(), at.map(iso).into());
        }
    }
    all
}

/// All users, or a page of them with `limit` (ID-ADM-02, ID-API-09).
pub(super) async fn list(
    state: extract::State<State>,
    admin: Admin,
    uri: Uri,
) -> Result<(HeaderMap, Json<Value>), Fault> {
    some(&state, admin, &uri, false).await
}

/// The same with dates (ID-ADM-03).
pub(super) async fn list_detail(
    state: extract::State<State>,
    admin: Admin,
    uri: Uri,
) -> Result<(HeaderMap, Json<Value>), Fault> {
    some(&state, admin, &uri, true).await
}

async fn some(
    state: &State,
    Admin(caller): Admin,
    uri: &Uri,
    detail: bool,
) -> Result<(HeaderMap, Json<Value>), Fault> {
    let query = uri.query().unwrap_or_default();
    let limit = match query_value(query, "limit") {
        None => None,
        Some(limit) => match limit.parse() {
            Ok(limit @ 1..=1000) => Some(limit),
            _ => return Err(Error::invalid("Invalid limit").into()),
        },
    };
    let after = match query_value(query, "marker") {
        None => None,
        Some(marker) => Some(number(state, marker).await?),
    };
    let mut page = PageRequest {
        after,
        limit: limit.unwrap_or(1000),
    };
    let mut users = Vec::new();
    let mut headers = HeaderMap::new();
    loop {
        let filter = UserFilter::default();
        let got = state
            .identity
            .admin_list(&caller, filter, page.clone())
            .await?;
        users.extend(got.items.iter().map(|user| shown(user, detail)));
        page.after = got.next;
        if page.after.is_none() || limit.is_some() {
            break;
        }
    }
    if let Some(Ok(next)) = page.after.map(|next| HeaderValue::from_str(&next)) {
        headers.insert("x-next-marker", next);
    }
    Ok((headers, Json(json!({"users": users}))))
}

/// What the lists go by: a marker is the `X-Next-Marker` of the page before, or its last
/// id, which is a uuid (ID-API-09).
async fn number(state: &State, marker: String) -> Result<String> {
    if marker.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(marker);
    }
    match find(state, &marker).await {
        Ok(user) => Ok(user.no.0.to_string()),
        Err(Error::NotFound { .. }) => Err(Error::invalid("The marker is no id of a user.")),
        Err(error) => Err(error),
    }
}

async fn find(state: &State, uuid: &str) -> Result<UserView> {
    let unknown = || Error::not_found("User not found");
    let uuid = uuid.parse().map_err(|_| unknown())?;
    state
        .identity
        .user(uuid)
        .await
        .map_err(|error| match error {
            Error::NotFound { .. } => unknown(),
            other => other,
        })
}

/// One user (ID-ADM-05).
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    _admin: Admin,
    Path(uuid): Path<String>,
) -> Result<Json<Value>, Fault> {
    let user = find(&state, &uuid).await?;
    Ok(Json(json!({"user": shown(&user, true)})))
}

/// The object under `user` of a body.
fn body_of(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>> {
    match json_body(headers, body)?.get("user") {
        Some(Value::Object(user)) => Ok(user.clone()),
        _ => Err(Error::invalid("Malformed request: missing user")),
    }
}

/// A text of a body; None when it is not there.
fn text(user: &Map<String, Value>, key: &str) -> Result<Option<String>> {
    match user.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::invalid(format!("Invalid {key}"))),
    }
}

/// What may be given both at creation and later.
fn more(user: &Map<String, Value>) -> Result<Vec<UserChange>> {
    let mut changes = Vec::new();
    if let Some(affiliation) = text(user, "affiliation")? {
        let affiliation = affiliation.chars().take(255).collect();
        changes.push(UserChange::Affiliation(Some(affiliation)));
    }
    match user.get("metadata") {
        None => {}
        Some(info @ Value::Object(_)) => changes.push(UserChange::Info(info.to_string())),
        Some(_) => return Err(Error::invalid("Invalid metadata")),
    }
    Ok(changes)
}

/// The texts of the original for a refused address (ID-ADM-09).
fn refused(error: Error, email: &str) -> Error {
    let taken = || Error::conflict(format!("User '{email}' already exists"));
    match error {
        Error::Invalid { reason, .. } if reason == "EMAIL_USED" => taken(),
        Error::Conflict { message } if message.contains("already exists") => taken(),
        Error::Invalid { field, .. } if field == "email" => {
            Error::invalid("Invalid username (email format required)")
        }
        other => other,
    }
}

/// Makes a user who is verified and accepted (ID-ADM-04).
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    Admin(caller): Admin,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Fault> {
    let given = body_of(&headers, &body)?;
    let need = |key: &str| -> Result<String> {
        let given = text(&given, key)?.filter(|text| !text.is_empty());
        given.ok_or_else(|| Error::invalid(format!("Invalid {key}")))
    };
    let email = need("username")?;
    let (first_name, last_name) = (need("first_name")?, need("last_name")?);
    let password = text(&given, "password")?.filter(|text| !text.is_empty());
    let password = password.unwrap_or_else(|| state.identity.random_password());
    let form = SignUp {
        email: email.clone(),
        first_name,
        last_name,
        password: SecretString::from(password.clone()),
        language: "en".into(),
    };
    let made = state.identity.admin_enrol(&caller, form, more(&given)?);
    let user = made.await.map_err(|error| refused(error, &email))?;
    let token = state.identity.token_of(user.uuid).await?;
    Ok(Json(json!({"user": {
        "id": user.uuid.to_string(), "password": password,
        "auth_token": token.token.expose_secret(),
    }})))
}

/// Changes a user (ID-ADM-06, ID-ADM-09).
pub(super) async fn change(
    extract::State(state): extract::State<State>,
    Admin(caller): Admin,
    Path(uuid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Fault> {
    let user = find(&state, &uuid).await?;
    let given = body_of(&headers, &body)?;
    let mut changes = more(&given)?;
    changes.extend(text(&given, "first_name")?.map(UserChange::FirstName));
    changes.extend(text(&given, "last_name")?.map(UserChange::LastName));
    let password = text(&given, "password")?;
    changes.extend(password.map(|text| UserChange::Password(SecretString::from(text))));
    let email = text(&given, "username")?;
    if let Some(email) = &email {
        let known = state.identity.user_by_email(email).await?;
        if known.is_some_and(|user| user.verified) {
            return Err(Error::conflict(format!("User '{email}' already exists")).into());
        }
        changes.push(UserChange::Email(email.clone()));
    }
    let email = email.unwrap_or_default();
    let (_, after) = state
        .identity
        .admin_modify(&caller, user.no, changes)
        .await
        .map_err(|error| refused(error, &email))?;
    let after = after.ok_or_else(|| Error::not_found("User not found"))?;
    Ok(Json(json!({"user": shown(&after, true)})))
}

/// Does one thing to a user (ID-ADM-07).
pub(super) async fn action(
    extract::State(state): extract::State<State>,
    Admin(caller): Admin,
    Path(uuid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Fault> {
    let user = find(&state, &uuid).await?;
    let body = json_body(&headers, &body)?;
    let invalid = || Error::invalid("Invalid action");
    let actions = body.as_object().filter(|all| all.len() == 1);
    let (name, arguments) = actions
        .and_then(|all| all.iter().next())
        .ok_or_else(invalid)?;
    // ID-API-13
    let wrong = || Error::invalid("The arguments of an action are an object.");
    let arguments = arguments.as_object().ok_or_else(wrong)?;
    let argument = |key: &str| text(arguments, key);
    let change = match name.as_str() {
        "activate" => UserChange::Activate,
        "deactivate" => UserChange::Deactivate(argument("reason")?.unwrap_or_default()),
        "renewToken" => UserChange::RenewToken,
        "signTerms" => UserChange::SignTerms,
        "setDefaultProject" => {
            let project = argument("project_id")?;
            let missing = || Error::forbidden("Project id not specified");
            UserChange::DefaultProject(project.ok_or_else(missing)?)
        }
        _ => return Err(invalid().into()),
    };
    let modified = state.identity.admin_modify(&caller, user.no, vec![change]);
    let (_, after) = match modified.await {
        // ID-API-05: a state of the account that does not allow it.
        Err(Error::Conflict { message }) => {
            let text = messages::resolve(&state.settings.now(), &message).into_owned();
            return Err(Fault::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "notAllowed",
                text,
            ));
        }
        other => other?,
    };
    let after = after.ok_or_else(|| Error::not_found("User not found"))?;
    let id = after.uuid.to_string();
    Ok(Json(match name.as_str() {
        "renewToken" => {
            let token = state.identity.token_of(after.uuid).await?;
            json!({"user": {"auth_token": token.token.expose_secret(), "id": id}})
        }
        "signTerms" => json!({"user": {"has_signed_terms": after.signed_terms, "id": id}}),
        "setDefaultProject" => {
            let project = after.default_project.to_string();
            json!({"user": {"default_project": project, "id": id}})
        }
        _ => json!({"user": {"is_active": after.active, "id": id}}),
    }))
}
