//! What the audit trail says of administrators' acts on flavors, clusters, networks
//! and servers (ID-SEC-28). Recorded by the service, in the act's own transaction.

use crate::{
    pool::ValuePool,
    rows::{Address, Backend, Flavor, Network, Port, Server, Subnet, Transport},
    service::Access,
};
use audit::{Act, Target};
use kernel::{FlavorId, ProjectId, ServerId};
use std::collections::BTreeSet;

fn yes(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}

fn flavor(action: &str, flavor: &Flavor) -> Act {
    Act::new(action, Target::new("flavor", flavor.id, flavor.name()))
}

fn specs(flavor: &Flavor) -> String {
    let pairs = flavor
        .specs
        .iter()
        .map(|(key, value)| format!("{key}={value}"));
    pairs.collect::<Vec<_>>().join(", ")
}

/// A new flavor.
pub(crate) fn flavor_made(made: &Flavor) -> Act {
    flavor("flavor.create", made)
        .with("public", "", yes(made.public))
        .with("specs", "", specs(made))
}

/// A changed flavor; nothing when nothing changed.
pub(crate) fn flavor_changed(before: Option<&Flavor>, after: &Flavor) -> Vec<Act> {
    let Some(before) = before.filter(|before| *before != after) else {
        return Vec::new();
    };
    let act = flavor("flavor.modify", after)
        .with("deleted", yes(before.deleted), yes(after.deleted))
        .with(
            "allow create",
            yes(before.allow_create),
            yes(after.allow_create),
        )
        .with("public", yes(before.public), yes(after.public))
        .with("specs", specs(before), specs(after));
    vec![act]
}

/// A project that got or lost a flavor.
pub(crate) fn flavor_access(id: FlavorId, project: ProjectId, access: Access) -> Act {
    let target = Target::new("flavor", id, "");
    match access {
        Access::Grant => Act::new("flavor.grant", target).with("project", "", project),
        Access::Revoke => Act::new("flavor.revoke", target).with("project", project, ""),
    }
}

/// How a cluster is reached, and by which certificate.
fn reached(transport: &Transport) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    match transport {
        Transport::Luxi { socket } if socket.is_empty() => "LUXI".to_owned(),
        Transport::Luxi { socket } => format!("LUXI at {socket}"),
        Transport::Rapi { ca, pinned } => {
            let given = ca.as_ref().map_or_else(String::new, |ca| {
                format!(", certificate given ({} bytes)", ca.len())
            });
            let met = pinned.map_or_else(String::new, |hash| format!(", pinned {}", hex(&hash)));
            format!("RAPI{given}{met}")
        }
    }
}

/// A cluster that came, changed or went.
pub(crate) fn backend(action: &str, before: Option<&Backend>, after: Option<&Backend>) -> Act {
    let target = after
        .or(before)
        .map(|b| Target::new("backend", b.id, &b.clustername));
    let target = target.unwrap_or_else(|| Target::new("backend", "", ""));
    let side = |value: fn(&Backend) -> String| (before.map(value), after.map(value));
    let sides = [
        ("cluster name", side(|b| b.clustername.clone())),
        ("transport", side(|b| reached(&b.transport))),
        ("port", side(|b| b.port.to_string())),
        ("user name", side(|b| b.username.clone())),
        ("hypervisor", side(|b| b.hypervisor.clone())),
        ("drained", side(|b| yes(b.drained).to_owned())),
        ("offline", side(|b| yes(b.offline).to_owned())),
        ("public", side(|b| yes(b.public).to_owned())),
    ];
    let mut act = Act::new(action, target);
    for (name, (before, after)) in sides {
        act = act.with(name, before.unwrap_or_default(), after.unwrap_or_default());
    }
    match (before, after) {
        (Some(before), Some(after)) if before.password != after.password => act.secret("password"),
        _ => act,
    }
}

/// A pool of MAC prefixes or bridges.
pub(crate) fn pool_made(pool: &ValuePool) -> Act {
    let kind = format!("{:?}", pool.kind);
    Act::new("pool.create", Target::new("pool", &kind, &pool.base)).with("size", "", pool.size)
}

/// A server that was locked against its people, or unlocked.
pub(crate) fn server_suspended(id: ServerId, name: &str, suspended: bool) -> Act {
    let action = if suspended {
        "server.suspend"
    } else {
        "server.unsuspend"
    };
    Act::new(action, Target::new("server", id, name)).with(
        "suspended",
        yes(!suspended),
        yes(suspended),
    )
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Addresses of a network, in words.
fn described(subnet: &Subnet) -> String {
    let mut words = vec![subnet.cidr.to_string()];
    words.extend(subnet.gateway.map(|router| format!("gateway {router}")));
    words.extend(subnet.dhcp.then(|| "DHCP".to_owned()));
    let pools = subnet.pools.iter();
    words.extend(pools.map(|pool| format!("pool {}-{}", pool.start, pool.end)));
    let servers = subnet.dns_nameservers.iter();
    words.extend(servers.map(|server| format!("name server {server}")));
    let routes = subnet.host_routes.iter();
    words.extend(routes.map(|route| format!("route {route}")));
    words.join(" ")
}

/// A network that an administrator made for somebody, or for everybody.
pub(crate) fn network_made(made: &Network, subnets: &[Subnet]) -> Act {
    let subnets: Vec<String> = subnets.iter().map(described).collect();
    of_network("create", made)
        .with("owner", "", text(made.user))
        .with("project", "", text(made.project))
        .with("shared", "", yes(made.shared_to_project))
        .with("public", "", yes(made.public))
        .with("type", "", made.kind.word())
        .with("mode", "", &made.mode)
        .with("link", "", &made.link)
        .with("MAC prefix", "", &made.mac_prefix)
        .with("tags", "", made.tags.join(", "))
        .with("floating pool", "", yes(made.floating_ip_pool))
        .with("drained", "", yes(made.drained))
        .with("only backend", "", text(made.only_backend))
        .with("subnets", "", subnets.join("; "))
}

/// What an administrator asked of somebody's server: the pending action before and
/// after, or that it is gone at once.
pub(crate) fn server_act(asked: crate::view::Act, before: &Server, after: Option<&Server>) -> Act {
    use crate::view::Act as A;
    let verb = match asked {
        A::Start => "start",
        A::Shutdown { .. } => "shutdown",
        A::Reboot { .. } => "reboot",
        A::Delete => "destroy",
    };
    let target = Target::new("server", before.id, &before.name);
    let task = |server: &Server| server.task.map_or("", |task| task.word());
    let act = Act::new(format!("server.{verb}"), target);
    match after {
        None => act.with("state", before.operstate.word(), ""),
        Some(after) => act
            .with("state", before.operstate.word(), after.operstate.word())
            .with("task", task(before), task(after))
            .with("deleted", yes(before.deleted), yes(after.deleted)),
    }
}

/// The first password of somebody's server, shown to an administrator.
pub(crate) fn password_read(server: &Server) -> Act {
    let target = Target::new("server", server.id, &server.name);
    Act::new("server.read-password", target).with("owner", "", server.user)
}

/// A server that an administrator made for somebody.
pub(crate) fn server_made(made: &Server) -> Act {
    Act::new("server.create", Target::new("server", made.id, &made.name))
        .with("owner", "", made.user)
        .with("project", "", made.project)
}

/// What an administrator changed of somebody's server.
pub(crate) fn server_changed(verb: &str, before: &Server, after: &Server) -> Act {
    let target = Target::new("server", before.id, &before.name);
    let act = Act::new(format!("server.{verb}"), target).with("name", &before.name, &after.name);
    let keys: BTreeSet<&String> = before
        .metadata
        .keys()
        .chain(after.metadata.keys())
        .collect();
    let of = |server: &Server, key: &String| server.metadata.get(key).cloned().unwrap_or_default();
    keys.into_iter().fold(act, |act, key| {
        act.with(&format!("metadata {key}"), of(before, key), of(after, key))
    })
}

fn of_network(verb: &str, network: &Network) -> Act {
    let target = Target::new("network", network.id, &network.name);
    Act::new(format!("network.{verb}"), target)
}

/// A network that gives no new addresses, or does again.
pub(crate) fn network_drained(after: &Network) -> Act {
    let verb = if after.drained { "drain" } else { "undrain" };
    of_network(verb, after).with("drained", yes(!after.drained), yes(after.drained))
}

/// What an administrator changed of a network that is not theirs.
pub(crate) fn network_changed(verb: &str, before: &Network, after: &Network) -> Act {
    let project = |network: &Network| text(network.project);
    of_network(verb, before)
        .with("name", &before.name, &after.name)
        .with("project", project(before), project(after))
        .with(
            "shared",
            yes(before.shared_to_project),
            yes(after.shared_to_project),
        )
}

/// A subnet that an administrator added to somebody's network, or renamed.
pub(crate) fn subnet(verb: &str, before: Option<&Subnet>, after: &Subnet) -> Act {
    let target = Target::new("subnet", after.id, &after.name);
    let act = Act::new(format!("subnet.{verb}"), target);
    match before {
        Some(before) => act.with("name", &before.name, &after.name),
        None => act
            .with("network", "", after.network)
            .with("addresses", "", described(after)),
    }
}

/// A port of somebody's that an administrator renamed.
pub(crate) fn port_renamed(before: &Port, after: &Port) -> Act {
    Act::new("port.rename", Target::new("port", after.id, &after.name)).with(
        "name",
        &before.name,
        &after.name,
    )
}

/// What an administrator changed of an address that somebody reserved.
pub(crate) fn address_changed(verb: &str, before: &Address, after: &Address) -> Act {
    let project = |row: &Address| text(row.project);
    let target = Target::new("ip", before.id, before.address.to_string());
    Act::new(format!("ip.{verb}"), target)
        .with("project", project(before), project(after))
        .with(
            "shared",
            yes(before.shared_to_project),
            yes(after.shared_to_project),
        )
}

/// A network that is to go away.
pub(crate) fn network_destroyed(before: &Network) -> Act {
    of_network("destroy", before)
        .with("state", before.state.word(), "DELETED")
        .with("owner", text(before.user), "")
}

/// A reserved address that was given back for its owner.
pub(crate) fn address_destroyed(before: &Address) -> Act {
    let address = before.address.to_string();
    Act::new("ip.destroy", Target::new("ip", before.id, &address))
        .with("address", &address, "")
        .with("owner", before.user, "")
}
