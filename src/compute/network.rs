//! Networks and their presence in the clusters (CY-NET).

use crate::{
    address,
    flavor::ALL,
    intent,
    policy::Policy,
    ranges::{self, Pool},
    rows::{
        Address, Backend, BackendNetwork, BackendNetworkState, Intent, IntentId, Network,
        NetworkKind, NetworkState, Port, Subnet, Target, Work,
    },
    service::{NewNetwork, NewSubnet},
    subnet,
};
use kernel::{BackendId, Caller, Cx, Error, NetworkId, Result, SubnetId, Timestamp};
use quota::{Delta, resource as r};
use std::collections::BTreeMap;
use store::{Reads, WriteTx};

const UNKNOWN: &str = "Network not found.";

/// May the caller see the network (CY-MOD-41)?
pub(crate) fn visible(caller: &Caller, network: &Network) -> bool {
    let shared = || {
        network.shared_to_project
            && network
                .project
                .is_some_and(|project| caller.projects.contains(&project))
    };
    caller.is_admin() || network.public || network.user == Some(caller.user) || shared()
}

/// The network, if the caller may see it.
pub(crate) fn get(tx: &impl Reads, caller: &Caller, id: NetworkId) -> Result<Network> {
    tx.get::<Network>(&id)?
        .filter(|network| visible(caller, network))
        .ok_or_else(|| Error::not_found(UNKNOWN))
}

/// Networks the caller sees, by id.
pub(crate) fn list(
    tx: &impl Reads,
    caller: &Caller,
    since: Option<Timestamp>,
) -> Result<Vec<Network>> {
    let mut found = BTreeMap::new();
    let mut keep = |network: Network| {
        let wanted = match since {
            Some(since) => network.updated >= since,
            None => !network.deleted,
        };
        if wanted {
            found.insert(network.id, network);
        }
        Ok(true)
    };
    match since {
        None => {
            tx.each_found("by_user", &(caller.user, false), None, &mut keep)?;
            tx.each_found("by_public", &false, None, &mut keep)?;
            for project in &caller.projects {
                tx.each_found("by_project", &(*project, false), None, &mut keep)?;
            }
        }
        Some(_) => {
            tx.each_found("by_user_change", &caller.user, None, &mut keep)?;
            tx.each_found("by_public_change", &(), None, &mut keep)?;
            for project in &caller.projects {
                tx.each_found("by_project_change", project, None, &mut keep)?;
            }
        }
    }
    Ok(found.into_values().collect())
}

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

fn bounded(name: &str, most: usize, field: &str) -> Result<()> {
    match name.chars().count() > most || name.chars().any(char::is_control) {
        true => Err(Error::field(field, format!("Invalid {field}."))),
        false => Ok(()),
    }
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
        return Err(Error::forbidden("Sharing resource to project is disabled"));
    }
    match new.kind {
        NetworkKind::MacFiltered if new.mac_prefix.is_some() => {
            Err(Error::invalid("Cannot override MAC_FILTERED mac-prefix"))
        }
        NetworkKind::PhysicalVlan if new.link.is_some() => {
            Err(Error::invalid("Cannot override PHYSICAL_VLAN link"))
        }
        // Their pools of prefixes and bridges do not exist yet, which is as if empty.
        NetworkKind::MacFiltered | NetworkKind::PhysicalVlan => Err(Error::unavailable(
            "Failed to allocate resources for network.",
        )),
        _ => Ok(()),
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
    bounded(&new.name, 128, "name")?;
    let mac_prefix = new
        .mac_prefix
        .clone()
        .unwrap_or_else(|| policy.mac_prefix.clone());
    if !valid_prefix(&mac_prefix) {
        return Err(Error::field(
            "mac_prefix",
            format!("Invalid MAC prefix '{mac_prefix}'."),
        ));
    }
    let routed = new.kind == NetworkKind::IpLessRouted;
    let mode = new
        .mode
        .clone()
        .unwrap_or_else(|| if routed { "routed" } else { "bridged" }.into());
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
    let mut plans: Vec<(&NewSubnet, subnet::Plan)> = Vec::new();
    for wanted in &new.subnets {
        let plan = subnet::plan(policy, wanted)?;
        let four = plan.cidr.addr().is_ipv4();
        if plans.iter().any(|(_, p)| p.cidr.addr().is_ipv4() == four) {
            return Err(Error::invalid(
                "Only one subnet of an IP version per network is allowed.",
            ));
        }
        plans.push((wanted, plan));
    }
    if let Some(backend) = new.only_backend {
        tx.must::<Backend>(&backend, &crate::backend::missing(backend))?;
    }
    let owner = new.owner.unwrap_or(caller.user);
    let project = new.project.unwrap_or(match new.owner {
        Some(owner) => owner.own_project(),
        None => caller.default_project,
    });
    if !new.public {
        if !caller.is_admin() && !caller.projects.contains(&project) {
            return Err(Error::invalid(format!(
                "User {owner} not in project {project}"
            )));
        }
        charge(tx, owner, project, 1, caller.may_exceed_quota())?;
    }
    let id = NetworkId(tx.next_id("compute.network")?);
    let link = match (&new.link, new.kind, &policy.routing_table) {
        (Some(link), ..) => link.clone(),
        (None, NetworkKind::IpLessRouted, Some(table)) => table.clone(),
        (None, NetworkKind::IpLessRouted, None) => format!("{}link-{id}", policy.prefix),
        (None, NetworkKind::MacFiltered, _) => policy.filtered_bridge.clone(),
        _ => policy.bridge.clone(),
    };
    let own = tags_of(new.kind).map(str::to_owned);
    let mut network = Network {
        id,
        name: new.name.clone(),
        user: (!new.public).then_some(owner),
        project: (!new.public).then_some(project),
        shared_to_project: new.shared_to_project,
        kind: new.kind,
        mode,
        link,
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
    };
    for (wanted, plan) in &plans {
        let mut wanted = (*wanted).clone();
        if wanted.name.is_empty() {
            let version = if plan.cidr.addr().is_ipv4() { 4 } else { 6 };
            wanted.name = format!("IPv{version} Subnet of Network {id}");
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

fn charge(
    tx: &WriteTx,
    user: kernel::UserId,
    project: kernel::ProjectId,
    amount: i64,
    force: bool,
) -> Result<()> {
    let delta = Delta {
        user,
        project,
        resource: r::PRIVATE_NETWORK,
        amount,
    };
    quota::charge_all(tx, &[delta], force)
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
        .map_err(|_| Error::field("cidr", "Invalid CIDR."))?;
    if subnet::has_version(tx, &network, &cidr)? {
        return Err(Error::invalid(
            "Only one subnet of an IP version per network is allowed.",
        ));
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
    let plan = subnet::plan(policy, new)?;
    let subnet = subnet::insert(tx, cx, &mut network, new, &plan)?;
    tx.put(&network)?;
    Ok(subnet)
}

/// Makes sure a network is in a cluster or on its way there: the intent to wait for,
/// if it is (CY-JOB-05).
pub(crate) fn ensure(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    network: &Network,
    backend: &Backend,
) -> Result<Option<IntentId>> {
    let there = tx.get::<BackendNetwork>(&(network.id, backend.id))?;
    if there.is_some_and(|row| row.state == BackendNetworkState::Active) {
        return Ok(None);
    }
    if let Some(open) = intent::of_network(tx, network.id, backend.id)?
        && open.work == Work::NetworkCreate
    {
        return Ok(Some(open.id));
    }
    tx.put(&BackendNetwork {
        network: network.id,
        backend: backend.id,
        mac_prefix: format!("{}{:x}", network.mac_prefix, backend.index),
        state: BackendNetworkState::Pending,
        job: None,
        error: None,
        backend_time: cx.now,
    })?;
    let target = Target::Network(network.id);
    let work = Work::NetworkCreate;
    intent::write(tx, cx, policy, backend.id, target, work, Vec::new()).map(Some)
}

/// Renames a network (CY-NET-25).
pub(crate) fn rename(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    id: NetworkId,
    name: &str,
) -> Result<Network> {
    let mut network = get(tx, caller, id)?;
    if network.public && !caller.is_admin() {
        return Err(Error::forbidden("Cannot rename the public network."));
    }
    if network.deleted {
        return Err(Error::invalid("Network has been deleted."));
    }
    bounded(name, 128, "name")?;
    network.name = name.to_owned();
    network.updated = cx.now;
    tx.put(&network)?;
    Ok(network)
}

/// Removes a network (CY-NET-26).
pub(crate) fn delete(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    id: NetworkId,
) -> Result<()> {
    let mut network = get(tx, caller, id)?;
    if network.public && !caller.is_admin() {
        return Err(Error::forbidden("Cannot delete the public network."));
    }
    if network.deleted {
        return Err(Error::invalid("Network has been deleted."));
    }
    if !tx.find::<Port>("by_network", &id, None, 1)?.is_empty() {
        return Err(Error::conflict(
            "There are ports still configured on network.",
        ));
    }
    if has_floating(tx, &network)? {
        return Err(Error::conflict(
            "There are floating IPs still reserved on network.",
        ));
    }
    network.destroying = true;
    network.drained |= network.public;
    network.updated = cx.now;
    tx.put(&network)?;
    for there in tx.scan_prefix::<BackendNetwork>(&id, None, ALL)? {
        let pending = intent::of_network(tx, id, there.backend)?;
        match pending {
            Some(open) if open.work == Work::NetworkRemove => continue,
            Some(open) if open.state == crate::rows::IntentState::Waiting => {
                intent::end(tx, open.id)?;
                set_state(tx, cx, there, BackendNetworkState::Deleted)?;
                continue;
            }
            _ => {}
        }
        if there.state == BackendNetworkState::Deleted {
            continue;
        }
        let after = pending.map(|open| open.id).into_iter().collect();
        let target = Target::Network(id);
        intent::write(
            tx,
            cx,
            policy,
            there.backend,
            target,
            Work::NetworkRemove,
            after,
        )?;
    }
    recompute(tx, cx, id)
}

fn has_floating(tx: &impl Reads, network: &Network) -> Result<bool> {
    let mut any = false;
    for subnet in &network.subnets {
        tx.each_found::<Address>("by_subnet", subnet, None, |address| {
            any |= address.floating;
            Ok(!any)
        })?;
    }
    Ok(any)
}

fn set_state(
    tx: &WriteTx,
    cx: &Cx,
    mut row: BackendNetwork,
    state: BackendNetworkState,
) -> Result<()> {
    row.state = state;
    row.backend_time = row.backend_time.max(cx.now);
    tx.put(&row)
}

/// Finishes a network's deletion once no cluster has it any more (CY-NET-27).
pub(crate) fn recompute(tx: &WriteTx, cx: &Cx, id: NetworkId) -> Result<()> {
    let Some(mut network) = tx.get::<Network>(&id)?.filter(|n| !n.deleted) else {
        return Ok(());
    };
    let rows = tx.scan_prefix::<BackendNetwork>(&id, None, ALL)?;
    let gone = |row: &BackendNetwork| row.state == BackendNetworkState::Deleted;
    if !network.destroying || !rows.iter().all(gone) {
        return Ok(());
    }
    if has_floating(tx, &network)? {
        return Err(Error::broken(format!(
            "network {id} has floating IPs and cannot be finished"
        )));
    }
    for row in rows {
        tx.remove::<BackendNetwork>(&(id, row.backend))?;
    }
    for subnet in &network.subnets {
        drop_subnet(tx, cx, *subnet)?;
    }
    if let (Some(user), Some(project)) = (network.user, network.project) {
        charge(tx, user, project, -1, true)?;
    }
    network.state = NetworkState::Deleted;
    network.deleted = true;
    network.drained = false;
    network.updated = cx.now;
    tx.put(&network)?;
    tx.wake("compute.network");
    Ok(())
}

fn drop_subnet(tx: &WriteTx, cx: &Cx, id: SubnetId) -> Result<()> {
    let mut subnet: Subnet = tx.must(&id, "Subnet not found.")?;
    ranges::drop_pool(tx, Pool::Addresses(id))?;
    subnet.free = 0;
    subnet.deleted = true;
    subnet.updated = cx.now;
    tx.put(&subnet)
}

/// What was heard of a network in a cluster (CY-DSP-21).
pub(crate) fn observed(
    tx: &WriteTx,
    cx: &Cx,
    id: NetworkId,
    fact: &crate::fact::NetworkFact,
) -> Result<()> {
    let Some(network) = tx.get::<Network>(&id)?.filter(|n| !n.deleted) else {
        return Ok(());
    };
    let Some(backend) = tx.get::<Backend>(&fact.backend)? else {
        return Ok(());
    };
    let open = intent::of_network(tx, id, fact.backend)?;
    let named = match fact.intent {
        Some(intent) => tx.get::<Intent>(&intent)?,
        None => None,
    };
    let ours = named.filter(|i| i.target == Target::Network(id) && i.backend == fact.backend);
    let mut row = tx
        .get::<BackendNetwork>(&(id, fact.backend))?
        .unwrap_or(BackendNetwork {
            network: id,
            backend: backend.id,
            mac_prefix: format!("{}{:x}", network.mac_prefix, backend.index),
            state: BackendNetworkState::Pending,
            job: None,
            error: None,
            backend_time: Timestamp::UNIX_EPOCH,
        });
    if ours.is_none() && (open.is_some() || fact.at <= row.backend_time) {
        return Ok(());
    }
    row.job = fact.job.or(row.job);
    row.error = fact.error.clone();
    let Some(there) = fact.there else {
        return tx.put(&row);
    };
    row.state = match (there, fact.error.is_some(), &row.state) {
        (true, ..) => BackendNetworkState::Active,
        (false, true, BackendNetworkState::Pending) => BackendNetworkState::Error,
        (false, ..) => BackendNetworkState::Deleted,
    };
    // A network that is to go away and of which nothing is left in the cluster is gone.
    if network.destroying && !there {
        row.state = BackendNetworkState::Deleted;
    }
    row.backend_time = row.backend_time.max(fact.at);
    tx.put(&row)?;
    if let Some(intent) = ours {
        intent::end(tx, intent.id)?;
    }
    recompute(tx, cx, id)
}

/// An intent about a network was given up before a job existed.
pub(crate) fn withdrawn(
    tx: &WriteTx,
    cx: &Cx,
    id: NetworkId,
    backend: BackendId,
    work: &Work,
    why: &str,
) -> Result<()> {
    let Some(mut row) = tx.get::<BackendNetwork>(&(id, backend))? else {
        return Ok(());
    };
    if *work == Work::NetworkCreate && row.state == BackendNetworkState::Pending {
        row.state = BackendNetworkState::Error;
    }
    row.error = Some(why.to_owned());
    row.backend_time = row.backend_time.max(cx.now);
    tx.put(&row)
}

/// Subnets the caller sees, by id.
pub(crate) fn subnets(
    tx: &impl Reads,
    caller: &Caller,
    since: Option<Timestamp>,
) -> Result<Vec<Subnet>> {
    let mut found = BTreeMap::new();
    for network in list(tx, caller, since)? {
        for subnet in address::subnets(tx, &network)? {
            if since.is_some() || !subnet.deleted {
                found.insert(subnet.id, subnet);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// One subnet whose network the caller may see.
pub(crate) fn subnet(tx: &impl Reads, caller: &Caller, id: SubnetId) -> Result<Subnet> {
    let subnet: Subnet = tx.must(&id, "Subnet not found.")?;
    get(tx, caller, subnet.network).map_err(|_| Error::not_found("Subnet not found."))?;
    Ok(subnet)
}
