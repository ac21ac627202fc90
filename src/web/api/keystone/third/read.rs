//! What one may know: the catalogue, one's projects, oneself, the one domain.

use super::{Refusal, Who};
use crate::{State, auth::query_value};
use axum::{
    Json,
    extract::{self, Path},
};
use http::{HeaderMap, Uri};
use identity::{Person, Place, Scope};
use kernel::{Error, Result};
use serde_json::{Value, json};

type Answer = Result<Json<Value>, Refusal>;

fn shown(place: &Place) -> Value {
    json!({
        "id": place.id.to_string(), "name": place.name, "description": place.description,
        "domain_id": "default", "enabled": true, "is_domain": false,
        "parent_id": "default", "tags": [], "options": {}, "links": {},
    })
}

fn listed(key: &str, all: Vec<Value>) -> Json<Value> {
    Json(json!({key: all, "links": {"next": null, "previous": null, "self": null}}))
}

/// The catalogue of the token's project.
pub(super) async fn catalog(
    extract::State(state): extract::State<State>,
    Who(who): Who,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    let project = match who.scope {
        Scope::Project(project) => project,
        Scope::Api => who.caller.default_project,
        Scope::Unscoped | Scope::Domain => return Ok(listed("catalog", vec![])),
    };
    let all = super::catalog::catalog(&state, &uri, &headers, who.caller.user, project);
    Ok(Json(json!({"catalog": all, "links": {"self": null}})))
}

fn projects_in(state: &State, who: &Person, uri: &Uri) -> Answer {
    let name = query_value(uri.query().unwrap_or_default(), "name");
    let all = state.identity.places(who)?;
    let all = all.iter().filter(|place| {
        let name = name.as_deref();
        name.is_none_or(|name| name == place.name)
    });
    Ok(listed("projects", all.map(shown).collect()))
}

/// One's projects, perhaps only those of a name.
pub(super) async fn projects(
    extract::State(state): extract::State<State>,
    Who(who): Who,
    uri: Uri,
) -> Answer {
    projects_in(&state, &who, &uri)
}

/// One project.
pub(super) async fn project(
    extract::State(state): extract::State<State>,
    Who(who): Who,
    Path(id): Path<String>,
) -> Answer {
    let unknown = || Error::not_found(format!("Could not find project: {}.", id.escape_default()));
    let project = id.parse().map_err(|_| unknown())?;
    let place = state.identity.place(&who, project)?;
    Ok(Json(json!({"project": shown(&place)})))
}

/// Refuses everybody but oneself.
fn own(who: &Person, id: &str) -> Result<()> {
    match who.caller.user.to_string() == id {
        true => Ok(()),
        false => Err(Error::not_found(format!(
            "Could not find user: {}.",
            id.escape_default()
        ))),
    }
}

fn person(who: &Person) -> Value {
    json!({
        "id": who.caller.user.to_string(), "name": who.username, "email": who.email,
        "description": who.name, "domain_id": "default", "enabled": true,
        "default_project_id": who.caller.default_project.to_string(),
        "password_expires_at": null, "options": {}, "links": {},
    })
}

/// Oneself, as a list.
pub(super) async fn users(Who(who): Who, uri: Uri) -> Answer {
    let name = query_value(uri.query().unwrap_or_default(), "name");
    let named = name.is_none_or(|name| name.to_lowercase() == who.username);
    let all = named.then(|| person(&who)).into_iter();
    Ok(listed("users", all.collect()))
}

/// Oneself.
pub(super) async fn user(Who(who): Who, Path(id): Path<String>) -> Answer {
    own(&who, &id)?;
    Ok(Json(json!({"user": person(&who)})))
}

/// One's projects.
pub(super) async fn projects_of(
    extract::State(state): extract::State<State>,
    Who(who): Who,
    Path(id): Path<String>,
    uri: Uri,
) -> Answer {
    own(&who, &id)?;
    projects_in(&state, &who, &uri)
}

/// One's groups.
pub(super) async fn groups_of(Who(who): Who, Path(id): Path<String>) -> Answer {
    own(&who, &id)?;
    let group = |(id, name): &(u64, String)| {
        json!({
            "id": id.to_string(), "name": name, "domain_id": "default",
            "description": "", "links": {},
        })
    };
    Ok(listed("groups", who.groups.iter().map(group).collect()))
}

fn the_domain() -> Value {
    let mut about = super::domain();
    if let Value::Object(fields) = &mut about {
        fields.insert("enabled".into(), true.into());
        fields.insert("description".into(), "".into());
        fields.insert("links".into(), json!({}));
    }
    about
}

/// The one domain, as a list.
pub(super) async fn domains(_: Who, uri: Uri) -> Answer {
    let name = query_value(uri.query().unwrap_or_default(), "name");
    let named = name.is_none_or(|name| name == "Default");
    let all = named.then(the_domain).into_iter();
    Ok(listed("domains", all.collect()))
}

/// The one domain, by id.
pub(super) async fn domain(_: Who, Path(id): Path<String>) -> Answer {
    match id.as_str() {
        "default" => Ok(Json(json!({"domain": the_domain()}))),
        _ => Err(Error::not_found("Could not find domain.").into()),
    }
}

fn the_region() -> Value {
    json!({"id": "default", "description": "", "parent_region_id": null, "links": {}})
}

/// The one region, as a list.
pub(super) async fn regions(_: Who) -> Answer {
    Ok(listed("regions", vec![the_region()]))
}

/// The one region.
pub(super) async fn region(_: Who, Path(id): Path<String>) -> Answer {
    match id.as_str() {
        "default" => Ok(Json(json!({"region": the_region()}))),
        _ => Err(Error::not_found("Could not find region.").into()),
    }
}
