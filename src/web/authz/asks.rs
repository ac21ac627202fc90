//! What is asked of each route: about the owner's things, and well-formed, so that
//! only the right to ask can be missing.

use super::world::{World, project};
use serde_json::{Value, json};

/// One request.
pub(super) struct Ask {
    /// As the table shows it.
    pub(super) line: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// What it brings is good once.
    pub(super) once: bool,
}

/// The owner's thing that a part of a path stands for.
///
/// # Panics
/// When there is none: somebody made a route about something this cloud does not have.
fn filled(world: &World, pattern: &str) -> String {
    let things = &world.things;
    let owner = world.owner().uuid.to_string();
    let mut before = "";
    let mut path = Vec::new();
    for part in pattern.split('/') {
        let known = match (before, part) {
            ("servers", "{id}") => things.server.to_string(),
            ("networks", "{id}") | ("ips", "{network}") => things.network.to_string(),
            ("subnets", "{id}") => things.subnet.to_string(),
            ("ports", "{id}") => things.port.to_string(),
            ("floatingips" | "os-floating-ips", "{id}") => things.floating_ip.to_string(),
            ("os-volume_attachments", "{volume}") => things.volume.to_string(),
            ("flavors", "{id}") => "1".to_owned(),
            ("images", "{id}" | "{image}") => things.image.clone(),
            ("members", "{member}") => world.people[0].uuid.to_string(),
            ("shared-images", "{member}") => owner.clone(),
            ("metadata", "{key}") if pattern.contains("images") => "os".to_owned(),
            ("metadata", "{key}") => "treasure-key".to_owned(),
            ("tags", "{tag}") => "treasure".to_owned(),
            ("os-keypairs", "{name}") => "treasure".to_owned(),
            ("extensions", "{alias}") => "os-keypairs".to_owned(),
            ("server-params", "{secret}") => things.secret.clone(),
            ("blocks", "{index}") => "0".to_owned(),
            ("tokens", "{token}") => world.owner().token.clone(),
            ("users", "{uuid}" | "{id}") => owner.clone(),
            ("projects", "{id}") => owner.clone(),
            ("domains", "{id}") => "default".to_owned(),
            ("regions", "{id}") => "default".to_owned(),
            ("im" | "ui", "{*rest}") => "login".to_owned(),
            (_, "{*path}") => "none".to_owned(),
            (_, part) if part.starts_with('{') => {
                panic!("{pattern}: tell in web/authz/asks.rs what {part} is")
            }
            (_, part) => part.to_owned(),
        };
        path.push(known);
        before = part;
    }
    path.join("/")
}

/// A body that asks for something possible.
fn body(world: &World, method: &str, pattern: &str) -> Option<Value> {
    let things = &world.things;
    let stranger = world.people[0].uuid;
    let route = pattern.trim_start_matches("/cyclades");
    Some(match (method, route) {
        ("POST", "/compute/v2.0/servers") => json!({"server": {
            "name": "new", "imageRef": things.image, "flavorRef": 1}}),
        ("PUT", "/compute/v2.0/servers/{id}") => json!({"server": {"name": "changed"}}),
        ("POST", "/compute/v2.0/servers/{id}/action") => json!({"shutdown": {}}),
        ("POST", "/compute/v2.0/servers/{id}/metadata" | "/compute/v2.0/images/{id}/metadata") => {
            json!({"metadata": {"new": "value"}})
        }
        ("PUT", "/compute/v2.0/servers/{id}/metadata/{key}") => {
            json!({"meta": {"treasure-key": "changed"}})
        }
        ("PUT", "/compute/v2.0/images/{id}/metadata/{key}") => json!({"meta": {"os": "changed"}}),
        ("PUT", "/compute/v2.0/servers/{id}/tags") => json!({"tags": ["changed"]}),
        ("POST", "/compute/v2.0/servers/{id}/os-volume_attachments") => {
            json!({"volumeAttachment": {"volumeId": things.volume}})
        }
        ("POST", "/compute/v2.0/os-keypairs") => json!({"keypair": {"name": "new"}}),
        ("POST", "/compute/v2.0/os-floating-ips") => json!({}),
        ("POST", "/compute/v2.0/networks") => {
            json!({"network": {"name": "new", "type": "MAC_FILTERED", "cidr": "10.1.1.0/24"}})
        }
        ("PUT", "/compute/v2.0/networks/{id}" | "/network/v2.0/networks/{id}") => {
            json!({"network": {"name": "changed"}})
        }
        ("POST", "/compute/v2.0/networks/{id}/action") => {
            json!({"add": {"serverRef": things.server}})
        }
        ("POST", "/network/v2.0/networks") => {
            json!({"network": {"name": "new", "type": "MAC_FILTERED"}})
        }
        ("POST", "/network/v2.0/networks/{id}/action") => {
            json!({"reassign": {"project": project()}})
        }
        ("POST", "/network/v2.0/subnets") => json!({"subnet": {
            "network_id": things.network.to_string(), "ip_version": 6, "cidr": "fd00:9::/64"}}),
        ("PUT", "/network/v2.0/subnets/{id}") => json!({"subnet": {"name": "changed"}}),
        ("POST", "/network/v2.0/ports") => json!({"port": {
            "network_id": things.network.to_string(), "device_id": things.server.to_string()}}),
        ("PUT", "/network/v2.0/ports/{id}") => json!({"port": {"name": "changed"}}),
        ("POST", "/network/v2.0/floatingips") => json!({"floatingip": {}}),
        ("PUT", "/network/v2.0/floatingips/{id}") => json!({"floatingip": {"port_id": "1"}}),
        ("POST", "/network/v2.0/floatingips/{id}/action") => {
            json!({"reassign": {"project": project()}})
        }
        ("PUT", "/image/v1.0/images/{image}/members") => {
            json!({"memberships": [{"member_id": stranger}]})
        }
        ("POST", "/vmapi/v1.0/server-params/{secret}/progress") => {
            json!({"type": "image-copy-progress", "position": 1, "total": 2, "progress": 50.0})
        }
        _ => return people_body(world, method, route),
    })
}

/// The same for what is asked about people.
fn people_body(world: &World, method: &str, route: &str) -> Option<Value> {
    let token = &world.owner().token;
    let stranger = world.people[0].uuid;
    Some(match (method, route) {
        ("POST", "/identity/v2.0/tokens") => json!({"auth": {"token": {"id": token}}}),
        ("POST", "/identity/v3/auth/tokens") => json!({"auth": {"identity": {
            "methods": ["token"], "token": {"id": token}}}}),
        ("POST", "/identity/v2.0/users") => json!({"user": {
            "username": "new@example.org", "password": "correct horse battery",
            "first_name": "N", "last_name": "N"}}),
        ("PUT", "/identity/v2.0/users/{uuid}") => json!({"user": {"first_name": "changed"}}),
        ("POST", "/identity/v2.0/users/{uuid}/action") => {
            json!({"deactivate": {"reason": "changed"}})
        }
        (
            "POST",
            "/account/v1.0/user_catalogs"
            | "/account/v1.0/service/user_catalogs"
            | "/user_catalogs",
        ) => {
            json!({"uuids": [], "displaynames": ["treasure@example.org"]})
        }
        ("POST" | "PUT", "/account/v1.0/myaccount/default_project") => {
            json!({"project_id": stranger})
        }
        _ => return None,
    })
}

fn headers(world: &World, method: &str, pattern: &str, json: bool) -> Vec<(String, String)> {
    let owner = world.owner().uuid;
    let location = format!("pithos://{owner}/treasure/treasure-object");
    let token = world.owner().token.as_str();
    let given: &[(&str, &str)] = match (method, pattern) {
        ("POST", "/cyclades/image/v1.0/images") => &[
            ("X-Image-Meta-Name", "new"),
            ("X-Image-Meta-Location", &location),
            ("Content-Type", "application/octet-stream"),
        ],
        ("PUT", "/cyclades/image/v1.0/images/{image}") => &[("X-Image-Meta-Name", "changed")],
        (_, "/identity/v3/auth/tokens") if method != "POST" => &[("X-Subject-Token", token)],
        ("POST", "/account/v1.0/feedback" | "/feedback") => {
            &[("Content-Type", "application/x-www-form-urlencoded")]
        }
        _ if json => &[("Content-Type", "application/json")],
        _ => &[],
    };
    let given = given.iter().map(|(k, v)| ((*k).into(), (*v).into()));
    given.collect()
}

/// What is asked of a route.
pub(super) fn of(world: &World, method: &str, pattern: &str) -> Vec<Ask> {
    if method == "ANY" && pattern.starts_with("/pithos/") {
        return files(world, pattern);
    }
    if method == "POST" && super::grants::about(pattern) {
        return super::grants::of(world, pattern);
    }
    let method = if method == "ANY" { "GET" } else { method };
    let json = body(world, method, pattern);
    let ask = |line: String, path: String| Ask {
        line,
        method: method.to_owned(),
        path,
        headers: headers(world, method, pattern, json.is_some()),
        body: match (&json, pattern) {
            (Some(json), _) => json.to_string(),
            (None, "/account/v1.0/feedback" | "/feedback") => "feedback_msg=hello".to_owned(),
            (None, _) => String::new(),
        },
        once: false,
    };
    let path = filled(world, pattern);
    let mut asks = vec![ask(format!("{method} {pattern}"), path.clone())];
    if pattern.contains("{secret}") {
        let path = path.replace(&world.things.secret, &uuid::Uuid::nil().to_string());
        let line = format!("{method} {}", pattern.replace("{secret}", "made-up"));
        asks.push(ask(line, path));
    }
    asks
}

/// Requests on files: one handler takes all of them.
fn files(world: &World, pattern: &str) -> Vec<Ask> {
    let root = "/pithos/object-store/v1";
    let owner = world.owner().uuid.to_string();
    let ask = |method: &str, below: &str, headers: &[(&str, &str)], body: &str| Ask {
        line: format!("{method} {root}{below}"),
        method: method.to_owned(),
        path: format!("{root}{}", below.replace("{account}", &owner)),
        headers: headers
            .iter()
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect(),
        body: body.to_owned(),
        once: false,
    };
    if !pattern.ends_with("{*path}") {
        return vec![ask("GET", pattern.trim_start_matches(root), &[], "")];
    }
    let (account, container) = ("/{account}", "/{account}/treasure");
    let object = "/{account}/treasure/treasure-object";
    let bytes = [("Content-Type", "application/octet-stream")];
    let mut all = Vec::new();
    for level in [account, container, object] {
        for method in ["HEAD", "GET", "POST"] {
            all.push(ask(method, level, &[], ""));
        }
    }
    all.extend([
        ask("PUT", container, &[], ""),
        ask("PUT", "/{account}/new", &[], ""),
        ask("DELETE", "/{account}/treasure-empty", &[], ""),
        ask("PUT", object, &bytes, "changed"),
        ask("PUT", "/{account}/treasure/new", &bytes, "new"),
        ask("COPY", object, &[("Destination", "/treasure/copy")], ""),
        ask("MOVE", object, &[("Destination", "/treasure/moved")], ""),
        ask("DELETE", object, &[], ""),
    ]);
    all
}
