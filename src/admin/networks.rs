//! `network-*` (CY-CLI-NET-01 … CY-CLI-NET-04).

mod create;
mod inspect;

use crate::Admin;
use compute::{Network, NetworkFilter, Subnet};
use kernel::{Error, ProjectId, Result};
use std::collections::BTreeMap;
use wire::admin::{Cell, Command, NetworkList, Report, Row, lists::NETWORK};

/// Networks read at a time.
const PAGE: usize = 500;

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: Command) -> Result<Report> {
    match command {
        Command::NetworkCreate(new) => create::create(admin, *new).await,
        Command::NetworkList(asked) => list(admin, asked).await,
        Command::NetworkInspect {
            network,
            display_mails,
            backends,
        } => inspect::inspect(admin, network, display_mails, backends).await,
        _ => Err(Error::not_supported("Not supported yet.")),
    }
}

/// A project's uuid.
pub(crate) fn project(name: Option<&str>) -> Result<Option<ProjectId>> {
    let read = |name: &str| {
        let bad = |_| Error::invalid(format!("Invalid project uuid '{name}'"));
        name.parse().map_err(bad)
    };
    name.map(read).transpose()
}

async fn list(admin: &Admin, asked: NetworkList) -> Result<Report> {
    let filter = NetworkFilter {
        user: match &asked.user {
            Some(name) => Some(admin.user_id(name).await?),
            None => None,
        },
        project: project(asked.project.as_deref())?,
        deleted: asked.deleted,
        public: asked.public,
    };
    let mut table = NETWORK.table(&asked.list, []);
    let mut after = None;
    loop {
        let compute = &admin.compute;
        let page = compute.all_networks(filter.clone(), after, PAGE).await?;
        let mails = match asked.list.needs("user.email") {
            true => {
                admin
                    .emails(page.iter().filter_map(|(n, _)| n.user))
                    .await?
            }
            false => BTreeMap::new(),
        };
        let mut rows = Vec::with_capacity(page.len());
        for (network, subnets) in &page {
            let mut row = row(network, subnets, &mails);
            if asked.list.needs("vms") {
                row = row.with("vms", compute.servers_on(network.id).await?);
            }
            if asked.list.needs("backends") {
                let (_, _, there) = compute.network_inspect(network.id).await?;
                let ids: Vec<u64> = there.iter().map(|there| there.backend.0).collect();
                row = row.with("backends", ids);
            }
            rows.push(row);
        }
        table.rows.extend(NETWORK.table(&asked.list, rows).rows);
        after = page.last().map(|(network, _)| network.id);
        if page.len() < PAGE {
            return Ok(Report::new().with(table));
        }
    }
}

fn row(network: &Network, subnets: &[Subnet], mails: &BTreeMap<String, String>) -> Row {
    let of = |version: u8| {
        subnets
            .iter()
            .find(|s| s.version() == version && !s.deleted)
    };
    let cidr = |version| Cell::from(of(version).map(|s| s.cidr.to_string()));
    let gateway = |version| {
        let gateway = of(version).and_then(|s| s.gateway);
        Cell::from(gateway.map(|address| address.to_string()))
    };
    let user = network.user.map(|user| user.to_string());
    let mail = user.as_ref().and_then(|uuid| mails.get(uuid)).cloned();
    let ids: Vec<u64> = network.subnets.iter().map(|id| id.0).collect();
    Row::new()
        .with("id", network.id.0)
        .with("name", &network.name)
        .with("user.uuid", user)
        .with("user.email", mail)
        .with("state", network.state.word())
        .with("public", network.public)
        .with("subnet.ipv4", cidr(4))
        .with("gateway.ipv4", gateway(4))
        .with("subnet.ipv6", cidr(6))
        .with("gateway.ipv6", gateway(6))
        .with("link", &network.link)
        .with("mac_prefix", &network.mac_prefix)
        .with("drained", network.drained)
        .with("floating_ip_pool", network.floating_ip_pool)
        .with("flavor", network.kind.word())
        .with("dhcp", subnets.iter().any(|s| s.dhcp && !s.deleted))
        .with("subnets", ids)
        .with("created", network.created)
        .with("updated", network.updated)
        .with("deleted", network.deleted)
        .with("mode", &network.mode)
        .with(
            "project",
            network.project.map(|project| project.to_string()),
        )
        .with("tags", network.tags.join(","))
        .with("action", inspect::action(network))
        .with("external_router", false)
}
