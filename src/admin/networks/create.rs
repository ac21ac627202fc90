//! `network-create` (CY-CLI-NET-01).

use super::{inspect, project};
use crate::{Admin, backends};
use compute::{NetworkKind, NewNetwork, NewSubnet, SubnetPool};
use kernel::{Error, NetworkId, Result};
use std::net::{IpAddr, Ipv4Addr};
use wire::admin::{NetworkCreate, Record, Report};

pub(super) async fn create(admin: &Admin, asked: NetworkCreate) -> Result<Report> {
    let new = read(admin, &asked).await?;
    if asked.dry_run {
        return Ok(Report::new().with(plan(&new)));
    }
    let public = new.public;
    let network = admin.compute.create_network(&admin.caller(), new).await?;
    let (network, subnets, _) = admin.compute.network_inspect(network.id).await?;
    let prefix = admin.compute.driver().prefix();
    let report = Report::new()
        .text(format!(
            "Created network '<Network: {}>' in DB:",
            network.id
        ))
        .with(inspect::record(&network, &subnets, None, &prefix))
        .with(inspect::subnet_table(&network, &subnets));
    Ok(match public {
        true => report.note("Successfully issued job to create network in backends"),
        false => report.note("The network is created in a backend when a server there needs it"),
    })
}

async fn read(admin: &Admin, asked: &NetworkCreate) -> Result<NewNetwork> {
    let kind = NetworkKind::from_word(&asked.flavor)
        .ok_or_else(|| Error::invalid(format!("Invalid network flavor '{}'", asked.flavor)))?;
    let owner = match (&asked.user, asked.public) {
        (Some(name), false) => Some(admin.user_id(name).await?),
        _ => None,
    };
    let only_backend = match &asked.backend {
        Some(name) => Some(backends::named(admin, name).await?.id),
        None => None,
    };
    Ok(NewNetwork {
        name: asked.name.clone(),
        kind,
        project: project(asked.project.as_deref())?,
        shared_to_project: false,
        owner,
        public: asked.public,
        mode: asked.mode.clone(),
        link: asked.link.clone(),
        mac_prefix: asked.mac_prefix.clone(),
        tags: asked.tags.clone(),
        drained: asked.drained,
        floating_ip_pool: asked.floating_ip_pool,
        only_backend,
        subnets: subnets(asked)?,
    })
}

fn subnets(asked: &NetworkCreate) -> Result<Vec<NewSubnet>> {
    let mut pools = Vec::new();
    for (first, last) in &asked.allocation_pools {
        pools.push(SubnetPool {
            start: address::<Ipv4Addr>("allocation pool", first)?,
            end: address("allocation pool", last)?,
        });
    }
    let gateway = |text: &Option<String>| -> Result<Option<IpAddr>> {
        let read = |text: &String| address("gateway", text);
        text.as_ref().map(read).transpose()
    };
    let mut all = Vec::new();
    if let Some(cidr) = &asked.subnet {
        let pools = Some(pools).filter(|pools| !pools.is_empty());
        all.push(subnet(asked, cidr, gateway(&asked.gateway)?, pools));
    }
    if let Some(cidr) = &asked.subnet6 {
        all.push(subnet(asked, cidr, gateway(&asked.gateway6)?, None));
    }
    Ok(all)
}

fn address<T: std::str::FromStr>(what: &str, text: &str) -> Result<T> {
    text.parse()
        .map_err(|_| Error::invalid(format!("Invalid {} '{text}'", what)))
}

/// Without a gateway given, the subnet has none.
fn subnet(
    asked: &NetworkCreate,
    cidr: &str,
    gateway: Option<IpAddr>,
    pools: Option<Vec<SubnetPool>>,
) -> NewSubnet {
    NewSubnet {
        network: NetworkId(0),
        name: String::new(),
        cidr: cidr.to_owned(),
        gateway: Some(gateway),
        dhcp: asked.dhcp,
        pools,
        dns_nameservers: Vec::new(),
        host_routes: Vec::new(),
    }
}

/// What would be made.
fn plan(new: &NewNetwork) -> Record {
    let mut record = Record::new()
        .section("Network to be created")
        .with("name", &new.name)
        .with("userid", new.owner.map(|owner| owner.to_string()))
        .with("project", new.project.map(|project| project.to_string()))
        .with("public", new.public)
        .with("flavor", new.kind.word())
        .with("mode", new.mode.clone())
        .with("link", new.link.clone())
        .with("MAC prefix", new.mac_prefix.clone())
        .with("tags", new.tags.join(","))
        .with("floating_ip_pool", new.floating_ip_pool)
        .with("drained", new.drained);
    for subnet in &new.subnets {
        let gateway = subnet.gateway.flatten().map(|address| address.to_string());
        record = record
            .with("subnet", &subnet.cidr)
            .with("gateway", gateway)
            .with("dhcp", subnet.dhcp);
    }
    record
}
