//! Servers, flavors and what hangs on them as clients read them (CY-WIRE).

use super::forward;
use crate::api::{keystone::iso, os::Site};
use compute::{Address, Diagnostic, FlavorView, PortState, PortView, ServerView};
use kernel::{FlavorId, Result, Settings};
use serde_json::{Map, Value, json};
use std::fmt::Display;

const SERVERS: &str = "compute/v2.0/servers";
const FLAVORS: &str = "compute/v2.0/flavors";
const IMAGES: &str = "compute/v2.0/images";
/// Collection of the older networks resource.
pub(super) const OLD_NETWORKS: &str = "compute/v2.0/networks";

/// `{id, name, links}` of a flavor.
pub(super) fn flavor_brief(site: &Site, view: &FlavorView) -> Value {
    let id = view.flavor.id;
    json!({"id": id, "name": view.flavor.name(), "links": site.links(FLAVORS, id)})
}

/// A flavor (CY-WIRE-05).
pub(super) fn flavor(site: &Site, view: &FlavorView) -> Value {
    let flavor = &view.flavor;
    let access: Vec<String> = view.access.iter().map(ToString::to_string).collect();
    json!({
        "id": flavor.id, "name": flavor.name(), "links": site.links(FLAVORS, flavor.id),
        "ram": flavor.ram, "disk": flavor.disk, "vcpus": flavor.cpu,
        "os-flavor-access:is_public": flavor.public,
        "SNF:disk_template": flavor.disk_template, "SNF:volume_type": flavor.volume_type,
        "SNF:allow_create": flavor.allow_create, "SNF:flavor-access": access,
    })
}

/// The three links of an image.
pub(super) fn image_links(site: &Site, id: impl Display) -> Value {
    let own = site.at(&format!("{IMAGES}/{id}"));
    let other = site.at(&format!("image/v1.0/images/{id}"));
    json!([
        {"rel": "self", "href": own}, {"rel": "bookmark", "href": own},
        {"rel": "alternate", "href": other},
    ])
}

/// `{id, name, links}` of a server.
pub(super) fn server_brief(site: &Site, view: &ServerView) -> Value {
    let server = &view.server;
    json!({"id": server.id, "name": server.name, "links": site.links(SERVERS, server.id)})
}

fn flavor_ref(site: &Site, id: FlavorId) -> Value {
    json!({"id": id, "links": site.links(FLAVORS, id)})
}

/// A server (CY-SRV-02, CY-WIRE-02).
pub(super) fn server(site: &Site, settings: &Settings, view: &ServerView) -> Result<Value> {
    let server = &view.server;
    let tags = server.tags.iter().filter(|(_, active)| **active);
    let tags: Vec<&String> = tags.map(|(tag, _)| tag).collect();
    let said: Vec<Value> = view.diagnostic.iter().map(diagnostic).collect();
    Ok(json!({
        "id": server.id, "name": server.name, "links": site.links(SERVERS, server.id),
        "user_id": server.user, "tenant_id": server.project,
        "shared_to_project": server.shared_to_project,
        "status": view.status.word(), "SNF:task_state": view.task_state(),
        "progress": view.progress, "hostId": "",
        "created": iso(server.created), "updated": iso(server.updated),
        "flavor": flavor_ref(site, server.flavor),
        "image": {"id": server.image, "links": image_links(site, server.image)},
        "suspended": server.suspended, "deleted": server.deleted,
        "metadata": server.metadata, "tags": tags,
        "attachments": attachments(settings, view), "addresses": addresses(view),
        "volumes": view.volumes, "diagnostics": said,
        "security_groups": [{"name": "default"}],
        "key_name": server.key_names.first(), "SNF:key_names": server.key_names,
        "config_drive": "", "accessIPv4": "", "accessIPv6": "",
        "SNF:fqdn": view.fqdn, "SNF:port_forwarding": forward::ports(settings, view)?,
        "SNF:rescue": false,
    }))
}

/// Ports that are connected, by id.
fn connected(view: &ServerView) -> impl Iterator<Item = &PortView> {
    let all = view.ports.iter();
    all.filter(|view| view.port.state == PortState::Active)
}

fn kind(floating: bool) -> &'static str {
    if floating { "floating" } else { "fixed" }
}

/// `attachments` (CY-SRV-03).
pub(super) fn attachments(settings: &Settings, view: &ServerView) -> Vec<Value> {
    let text = |address: Option<&Address>| address.map_or(String::new(), |a| a.address.to_string());
    let one = |view: &PortView| {
        let port = &view.port;
        let mut shown = json!({
            "id": port.id, "network_id": port.network.to_string(),
            "mac_address": port.mac.as_deref().unwrap_or_default(),
            "ipv4": text(view.ipv4()), "ipv6": text(view.ipv6()),
        });
        // CY-FWL-03: public networks have the default, private ones none.
        let usual = Some(settings.str("DEFAULT_FIREWALL_PROFILE")).filter(|_| port.public);
        if let Some(profile) = port.firewall_profile.as_deref().or(usual) {
            shown["firewallProfile"] = json!(profile);
        }
        let floating = view.addresses.iter().any(|address| address.floating);
        shown["OS-EXT-IPS:type"] = json!(kind(floating));
        shown
    };
    connected(view).map(one).collect()
}

/// `addresses`: by network, those of all its ports.
pub(super) fn addresses(view: &ServerView) -> Map<String, Value> {
    let mut found: Map<String, Value> = Map::new();
    for port in connected(view) {
        let here = found.entry(port.port.network.to_string());
        let here = here.or_insert_with(|| json!([]));
        for address in &port.addresses {
            let version = if address.address.is_ipv4() { 4 } else { 6 };
            let shown = json!({
                "version": version, "addr": address.address.to_string(),
                "OS-EXT-IPS:type": kind(address.floating),
            });
            if let Some(list) = here.as_array_mut() {
                list.push(shown);
            }
        }
    }
    found
}

/// A line of a server's log (CY-DIA-01).
pub(super) fn diagnostic(said: &Diagnostic) -> Value {
    json!({
        "source": said.source, "created": iso(said.created), "message": said.message,
        "details": said.details, "level": said.level.word(),
    })
}
