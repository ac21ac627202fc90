//! Whom an image is shared with (CY-IMG-36, CY-IMG-37).

use super::{Refused, Who, id};
use crate::{State, api::json_body};
use axum::{
    Json,
    extract::{self, Path},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use kernel::{Error, Result, UserId};
use serde_json::{Value, json};
use std::collections::BTreeSet;

type Given = extract::State<State>;

/// Most people an image is shared with by one request.
const MOST: usize = 1000;

/// A person by uuid or address. Addresses count as looked up by the caller: whether
/// one is known is not to be asked without end (ID-ACC-12).
async fn person(state: &State, who: &Who, name: &str) -> Result<UserId> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@.-".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(Error::invalid("Malformed member"));
    }
    if let Ok(uuid) = name.parse() {
        return Ok(uuid);
    }
    state.identity.note_lookups(who.caller.user, 1)?;
    let found = state.identity.user_by_email(name).await?;
    let user = found.ok_or_else(|| Error::not_found(format!("There is no user {name}.")))?;
    Ok(user.uuid)
}

pub(super) async fn list(
    extract::State(state): Given,
    who: Who,
    Path(image): Path<String>,
) -> Result<Json<Value>, Refused> {
    let image = state.images.image(&who.caller, id(&image)?).await?;
    let one = |member: &UserId| json!({"member_id": member.to_string(), "can_share": false});
    let members: Value = image.members.iter().map(one).collect();
    Ok(Json(json!({ "members": members })))
}

pub(super) async fn replace(
    extract::State(state): Given,
    who: Who,
    Path(image): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let id = id(&image)?;
    let body = json_body(&headers, &body)?;
    let wrong = || Error::invalid("Malformed request");
    let mut members = BTreeSet::new();
    let list = body["memberships"].as_array().ok_or_else(wrong)?;
    if list.len() > MOST {
        return Err(Error::too_large(format!("At most {MOST} members can be given.")).into());
    }
    for item in list {
        let member = item["member_id"].as_str().ok_or_else(wrong)?;
        members.insert(person(&state, &who, member).await?);
    }
    state.images.set_members(&who.caller, id, members).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn add(
    extract::State(state): Given,
    who: Who,
    Path((image, member)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let (id, member) = (id(&image)?, person(&state, &who, &member).await?);
    state.images.add_member(&who.caller, id, member).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove(
    extract::State(state): Given,
    who: Who,
    Path((image, member)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let (id, member) = (id(&image)?, person(&state, &who, &member).await?);
    state.images.remove_member(&who.caller, id, member).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn shared(
    extract::State(state): Given,
    who: Who,
    Path(member): Path<String>,
) -> Result<Json<Value>, Refused> {
    let owner = person(&state, &who, &member).await?;
    let found = state.images.shared_by(&who.caller, owner).await?;
    let one = |image: &images::Image| json!({"image_id": image.id, "can_share": false});
    let list: Value = found.iter().map(one).collect();
    Ok(Json(json!({ "shared_images": list })))
}
