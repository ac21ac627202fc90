//! Making networks and subnets.

use super::{bounded, charge, ensure, get};
use crate::{
    flavor::ALL,
    policy::Policy,
    pool::{self, PoolKind},
    rows::{Backend, BackendNetwork, Network, NetworkKind, NetworkState, Subnet},
    service::{NewNetwork, NewSubnet},
    subnet,
};
use kernel::{Caller, Cx, Error, NetworkId, Result};
use store::{Reads, WriteTx};

const ONE_SUBNET: &str = "Only one subnet of IPv4/IPv6 per network is allowed";

fn tags_of(kind: NetworkKind) -> Option<&'static str> {
    match kind {
        NetworkKind::Custom => None,
        NetworkKind::IpLessRouted => Some("ip-less-routed"),
        NetworkKind::MacFiltered => Some("private-filtered"),
        NetworkKind::PhysicalVlan => Some("physical-vlan"),
    }
}

fn valid_prefix(prefix: &str) -> bool {
    let digits: Vec<&str> = prefix.split(':').collect();
    let hex = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_hexdigit());
    let multicast = digits
        .first()
        .and_then(|first| u8::from_str_radix(first, 16).ok())
        .is_none_or(|octet| octet & 1 == 1);
    matches!(digits.as_slice(), [a, b, c] if hex(a, 2) && hex(b, 2) && hex(c, 1)) && !multicast
}

fn check_rights(caller: &Caller, policy: &Policy, new: &NewNetwork) -> Result<()> {
    let special = new.public
        || new.mode.is_some()
        || new.link.is_some()
        || new.mac_prefix.is_some()
        || !new.tags.is_empty()
        || new.drained
        || new.floating_ip_pool
        || new.only_backend.is_some()
        || new.owner.is_some_and(|owner| owner != caller.user);
    let word = new.kind.word();
    let theirs = policy
        .user_network_kinds
        .iter()
        .any(|kind| NetworkKind::from_word(kind) == Some(new.kind));
    if !caller.is_admin() && (special || !theirs) {
        return Err(Error::forbidden(format!(
            "Cannot create network of type '{word}'."
        )));
    }
    if new.shared_to_project && !policy.sharing {
        return Err(Error::forbidden(
            "Sharing resource to the members of the project is not permitted",
        ));
    }
    match new.kind {
        NetworkKind::MacFiltered if new.mac_prefix.is_some() => {
            Err(Error::invalid("Cannot override MAC_FILTERED mac-prefix"))
        }
        NetworkKind::PhysicalVlan if new.link.is_some() => {
            Err(Error::invalid("Cannot override PHYSICAL_VLAN link"))
        }
        _ => Ok(()),
    }
}

/// The subnets of a new network, checked: at most one of each IP version.
fn plan_subnets<'a>(
    caller: &Caller,
    policy: &Policy,
    new: &'a NewNetwork,
) -> Result<Vec<(&'a NewSubnet, subnet::Plan)>> {
    let mut plans: Vec<(&NewSubnet, subnet::Plan)> = Vec::new();
    for wanted in &new.subnets {
        let plan = subnet::plan(policy, caller.is_admin(), wanted)?;
        let four = plan.cidr.addr().is_ipv4();
        if plans.iter().any(|(_, p)| p.cidr.addr().is_ipv4() == four) {
            return Err(Error::invalid(ONE_SUBNET));
        }
        plans.push((wanted, plan));
    }
    Ok(plans)
}

/// How servers are connected, with the link checked (CY-NET-12).
fn mode(tx: &impl Reads, new: &NewNetwork) -> Result<String> {
    let own_mode = match new.kind {
        NetworkKind::IpLessRouted => "routed",
        _ => "bridged",
    };
    let mode = new.mode.clone().unwrap_or_else(|| own_mode.into());
    if !matches!(mode.as_str(), "bridged" | "routed") {
        return Err(Error::field("mode", "Invalid mode."));
    }
    if let Some(link) = &new.link {
        bounded(link, 32, "link")?;
        let used = mode == "routed" && !tx.find::<Network>("by_link", link, None, 1)?.is_empty();
        if used {
            return Err(Error::invalid(format!("Link '{link}' is already used.")));
        }
    }
    Ok(mode)
}

/// The row of a new network without its number, checked.
fn row(
    tx: &impl Reads,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    new: &NewNetwork,
) -> Result<Network> {
    bounded(&new.name, 128, "name")?;
    let mac_prefix = new
        .mac_prefix
        .clone()
        .unwrap_or_else(|| policy.mac_prefix.clone());
    if !valid_prefix(&mac_prefix) {
        return Err(Error::field(
            "mac_prefix",
            format!("Invalid MAC prefix '{}'.", mac_prefix.escape_default()),
        ));
    }
    let mode = mode(tx, new)?;
    if let Some(backend) = new.only_backend {
        tx.must::<Backend>(&backend, &crate::backend::missing(backend))?;
    }
    let owner = new.owner.unwrap_or(caller.user);
    let project = new.project.unwrap_or(match new.owner {
        Some(owner) => owner.own_project(),
        None => caller.default_project,
    });
    if !new.public && !caller.is_admin() && !caller.projects.contains(&project) {
        return Err(Error::invalid(format!(
            "User {owner} not in project {project}"
        )));
    }
    let own = tags_of(new.kind).map(str::to_owned);
    Ok(Network {
        id: NetworkId(0),
        name: new.name.clone(),
        user: (!new.public).then_some(owner),
        project: (!new.public).then_some(project),
        shared_to_project: new.shared_to_project,
        kind: new.kind,
        mode,
        link: String::new(),
        mac_prefix,
        tags: own.into_iter().chain(new.tags.iter().cloned()).collect(),
        public: new.public,
        state: NetworkState::Active,
        destroying: false,
        drained: new.drained,
        floating_ip_pool: new.floating_ip_pool,
        only_backend: new.only_backend,
        subnets: Vec::new(),
        created: cx.now,
        updated: cx.now,
        deleted: false,
    })
}

fn link(policy: &Policy, new: &NewNetwork, id: NetworkId) -> String {
    match (&new.link, new.kind, &policy.routing_table) {
        (Some(link), ..) => link.clone(),
        (None, NetworkKind::IpLessRouted, Some(table)) => table.clone(),
        (None, NetworkKind::IpLessRouted, None) => format!("{}link-{id}", policy.prefix),
        (None, NetworkKind::MacFiltered, _) => policy.filtered_bridge.clone(),
        _ => policy.bridge.clone(),
    }
}

/// Makes a network with its subnets (CY-NET-23, CY-CLI-NET-01).
pub(crate) fn create(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    new: &NewNetwork,
) -> Result<Network> {
    check_rights(caller, policy, new)?;
    let plans = plan_subnets(caller, policy, new)?;
    let mut network = row(tx, cx, caller, policy, new)?;
    if let (Some(user), Some(project)) = (network.user, network.project) {
        charge(tx, user, project, 1, caller.may_exceed_quota())?;
    }
    network.id = NetworkId(tx.next_id("compute.network")?);
    network.link = link(policy, new, network.id);
    match PoolKind::of(network.kind) {
        Some(PoolKind::MacPrefix) => network.mac_prefix = pool::take(tx, PoolKind::MacPrefix)?,
        Some(PoolKind::Bridge) => network.link = pool::take(tx, PoolKind::Bridge)?,
        None => {}
    }
    for (wanted, plan) in &plans {
        let mut wanted = (*wanted).clone();
        if wanted.name.is_empty() {
            let version = if plan.cidr.addr().is_ipv4() { 4 } else { 6 };
            wanted.name = format!("IPv{version} Subnet of Network {}", network.id);
        }
        subnet::insert(tx, cx, &mut network, &wanted, plan)?;
    }
    tx.insert(&network)?;
    if network.public {
        for backend in tx.scan::<Backend>(None, ALL)? {
            let here = network.only_backend.is_none_or(|only| only == backend.id);
            if here && !backend.offline {
                ensure(tx, cx, policy, &network, &backend)?;
            }
        }
    }
    tx.wake("compute.network");
    Ok(network)
}

/// Adds a subnet to a network (CY-SUB-03, -04).
pub(crate) fn add_subnet(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    new: &NewSubnet,
) -> Result<Subnet> {
    let mut network = get(tx, caller, new.network)?;
    if network.deleted || network.destroying {
        return Err(Error::invalid("Network has been deleted."));
    }
    if network.user != Some(caller.user) && !caller.is_admin() {
        return Err(Error::forbidden(
            "Only the owner of a network may add subnets.",
        ));
    }
    let cidr: ipnet::IpNet = new
        .cidr
        .parse()
        .map_err(|_| Error::field("cidr", "Malformed CIDR"))?;
    if subnet::has_version(tx, &network, &cidr)? {
        return Err(Error::invalid(ONE_SUBNET));
    }
    if !tx
        .scan_prefix::<BackendNetwork>(&network.id, None, 1)?
        .is_empty()
    {
        return Err(Error::invalid(
            "Cannot create subnet in network. VMs are already connected to network.",
        ));
    }
    bounded(&new.name, 128, "name")?;
    let plan = subnet::plan(policy, caller.is_admin(), new)?;
    let subnet = subnet::insert(tx, cx, &mut network, new, &plan)?;
    tx.put(&network)?;
    Ok(subnet)
}
