//! `network-inspect` and `network-show` (CY-CLI-NET-03, CY-CLI-NET-04).

use crate::{Admin, backends};
use compute::{BackendNetwork, Network, Subnet};
use kernel::{NetworkId, Result};
use wire::admin::{Output, Record, Report, Table};

/// Addresses in a line of a map.
const LINE: usize = 64;

pub(super) async fn inspect(
    admin: &Admin,
    network: u64,
    display_mails: bool,
    with_backends: bool,
) -> Result<Report> {
    let found = admin.compute.network_inspect(NetworkId(network)).await?;
    let (network, subnets, there) = found;
    let mail = match (display_mails, network.user) {
        (true, Some(user)) => admin.emails([user]).await?.remove(&user.to_string()),
        _ => None,
    };
    let prefix = admin.compute.driver().prefix();
    let mut report = Report::new()
        .with(record(&network, &subnets, mail, &prefix))
        .with(subnet_table(&network, &subnets));
    for subnet in subnets.iter().filter(|s| s.version() == 4 && !s.deleted) {
        let free = admin.compute.pool_map(subnet.id).await?;
        report = report.with(Output::Lines(map(subnet, &free)));
    }
    if with_backends {
        report = in_backends(admin, report, &network, &there).await?;
    }
    Ok(report)
}

/// The last action.
pub(super) fn action(network: &Network) -> &'static str {
    match network.destroying || network.deleted {
        true => "DESTROY",
        false => "CREATE",
    }
}

pub(super) fn record(
    network: &Network,
    subnets: &[Subnet],
    mail: Option<String>,
    prefix: &str,
) -> Record {
    let (free, total) = subnets
        .iter()
        .filter(|subnet| !subnet.deleted)
        .fold((0, 0), |(free, total), subnet| {
            (free + subnet.free, total + backends::size(subnet))
        });
    Record::new()
        .section(format!("State of Network {} in DB", network.id))
        .with("name", &network.name)
        .with("backend-name", format!("{prefix}net-{}", network.id))
        .with("state", network.state.word())
        .with("userid", network.user.map(|user| user.to_string()))
        .with("username", mail)
        .with(
            "project",
            network.project.map(|project| project.to_string()),
        )
        .with("shared_to_project", network.shared_to_project)
        .with("public", network.public)
        .with("floating_ip_pool", network.floating_ip_pool)
        .with("external_router", false)
        .with("drained", network.drained)
        .with("MAC prefix", &network.mac_prefix)
        .with("flavor", network.kind.word())
        .with("link", &network.link)
        .with("mode", &network.mode)
        .with("deleted", network.deleted)
        .with("tags", network.tags.join(","))
        .with("action", action(network))
        .with("free IPs", free)
        .with("total IPs", total)
}

pub(super) fn subnet_table(network: &Network, subnets: &[Subnet]) -> Table {
    let headers = [
        "ID", "Name", "Version", "CIDR", "Gateway", "DHCP", "Deleted",
    ];
    let mut table = Table::new(headers)
        .titled(format!("Subnets of network {}", network.id))
        .ruled();
    for subnet in subnets {
        let name = Some(subnet.name.clone()).filter(|name| !name.is_empty());
        table.push([
            subnet.id.0.into(),
            name.into(),
            subnet.version().into(),
            subnet.cidr.to_string().into(),
            subnet.gateway.map(|address| address.to_string()).into(),
            subnet.dhcp.into(),
            subnet.deleted.into(),
        ]);
    }
    table
}

/// `.` is free, `X` in use or not given out; 64 addresses a line with the indexes of
/// the first and the last.
fn map(subnet: &Subnet, free: &[bool]) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        format!("Pool of subnet {} ({}):", subnet.id, subnet.cidr),
    ];
    for (n, line) in free.chunks(LINE).enumerate() {
        let start = n * LINE;
        let marks: String = line.iter().map(|f| if *f { '.' } else { 'X' }).collect();
        lines.push(format!("{start:>5} {marks} {}", start + line.len() - 1));
    }
    lines.push(String::new());
    lines
}

async fn in_backends(
    admin: &Admin,
    report: Report,
    network: &Network,
    there: &[BackendNetwork],
) -> Result<Report> {
    let headers = [
        "Backend",
        "State",
        "Deleted",
        "JobID",
        "Opcode",
        "JobStatus",
    ];
    let mut table = Table::new(headers)
        .titled(format!(
            "State of Network {} in DB for each backend",
            network.id
        ))
        .ruled();
    let mut absent = Vec::new();
    for (backend, _) in backends::by_id(admin).await? {
        match there.iter().find(|there| there.backend == backend.id) {
            Some(there) => table.push([
                backend.clustername.into(),
                there.state.word().into(),
                (there.state == compute::BackendNetworkState::Deleted).into(),
                there.job.into(),
                wire::admin::Cell::None,
                wire::admin::Cell::None,
            ]),
            None => absent.push(format!(
                "Network does not exist in backend {}",
                backend.clustername
            )),
        }
    }
    Ok(report.with(table).with(Output::Lines(absent)))
}
