//! `backend-*` (CY-CLI-BKD-01 … CY-CLI-BKD-05).

use crate::{Admin, ClusterInfo};
use compute::{Backend, BackendChange, NewBackend, Subnet, Transport};
use kernel::{BackendId, Error, Result, secret::SecretString};
use std::net::IpAddr;
use wire::admin::{
    BackendAdd, BackendModify, Command, Io, ListOptions, Output, Report, Row, Secret, Table,
    Transport as Way, lists::BACKEND,
};

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: Command, io: &mut dyn Io) -> Result<Report> {
    match command {
        Command::BackendAdd(new) => add(admin, new, io).await,
        Command::BackendList { list } => all(admin, list).await,
        Command::BackendModify(change) => modify(admin, change).await,
        Command::BackendRemove {
            backend,
            purge_networks,
        } => remove(admin, &backend, purge_networks).await,
        Command::BackendUpdateStatus => update_status(admin).await,
        _ => Err(Error::not_supported("Not supported yet.")),
    }
}

/// `cluster.example.com(id:1)`.
pub(crate) fn shown(backend: &Backend) -> String {
    format!("{}(id:{})", backend.clustername, backend.id)
}

/// All clusters by id, each with its number of live servers.
pub(crate) async fn by_id(admin: &Admin) -> Result<Vec<(Backend, u64)>> {
    let mut all = admin.compute.backends().await?;
    all.sort_by_key(|(backend, _)| backend.id);
    Ok(all)
}

/// The cluster of that number or name.
pub(crate) async fn named(admin: &Admin, name: &str) -> Result<Backend> {
    let id = name.parse().map(BackendId).ok();
    by_id(admin)
        .await?
        .into_iter()
        .map(|(backend, _)| backend)
        .find(|backend| Some(backend.id) == id || backend.clustername == name)
        .ok_or_else(|| {
            Error::not_found(format!(
                "Backend with ID {name} does not exist. Use backend-list to find out available \
                 backend IDs."
            ))
        })
}

fn secret(given: Option<Secret>) -> Option<SecretString> {
    given.map(|secret| SecretString::from(secret.expose().to_owned()))
}

async fn add(admin: &Admin, asked: BackendAdd, io: &mut dyn Io) -> Result<Report> {
    let transport = match asked.transport {
        Way::Luxi => Transport::Luxi {
            socket: asked.socket.unwrap_or_default(),
        },
        Way::Rapi => Transport::Rapi {
            ca: match &asked.ca_cert {
                None => None,
                Some(path) => Some(certificate(path, io.read_file(path).await?)?),
            },
            pinned: None,
        },
    };
    let mut new = NewBackend {
        clustername: asked.clustername,
        transport,
        port: asked.port,
        username: asked.username,
        password: secret(asked.password),
        hypervisor: asked.hypervisor,
        public: asked.public,
        networks: asked.init,
    };
    let info = match asked.check {
        true => probe(admin, &mut new).await?,
        false => None,
    };
    let backend = admin.compute.add_backend(new).await?;
    let text = format!("Successfully created backend with id {}", backend.id);
    let mut report = Report::new().text(text);
    if let Some(info) = info {
        report = report
            .note("Retrieving backend resources:")
            .with(resources(&info));
        keep(admin, backend.id, info).await?;
    }
    if asked.init {
        report = report.note("Networks are created in the backend by jobs; see network-inspect.");
    }
    Ok(report.note(format!(
        "The backend is drained: 'snf-manage backend-modify --drained=False {}' puts it to use.",
        backend.id
    )))
}

/// Asks the cluster before anything is written; a certificate met now is the one to
/// trust from now on (CY-BKD-03).
async fn probe(admin: &Admin, new: &mut NewBackend) -> Result<Option<ClusterInfo>> {
    let Some(info) = admin.upkeep.probe(new).await? else {
        return Ok(None);
    };
    // With the remote API an address may stand for the name.
    let address = matches!(new.transport, Transport::Rapi { .. })
        && new.clustername.parse::<IpAddr>().is_ok();
    if info.name != new.clustername && !address {
        return Err(Error::field(
            "clustername",
            format!(
                "Invalid clustername value. Please use the Ganeti Cluster name: {}",
                info.name
            ),
        ));
    }
    if let Transport::Rapi { ca: None, pinned } = &mut new.transport {
        *pinned = pinned.or(info.first_seen);
    }
    Ok(Some(info))
}

fn certificate(path: &str, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes)
        .ok()
        .filter(|text| text.contains("-----BEGIN CERTIFICATE-----"))
        .ok_or_else(|| Error::invalid(format!("{path}: no certificate in PEM form")))
}

fn resources(info: &ClusterInfo) -> Table {
    let stats = &info.stats;
    let mut table = Table::new(["mfree", "mtotal", "dfree", "dtotal", "pinst_cnt", "ctotal"]);
    table.push(
        [
            stats.mfree,
            stats.mtotal,
            stats.dfree,
            stats.dtotal,
            stats.pinst_cnt,
            stats.ctotal,
        ]
        .map(Into::into),
    );
    table
}

async fn keep(admin: &Admin, id: BackendId, info: ClusterInfo) -> Result<()> {
    let driver = admin.compute.driver();
    driver.refreshed(id, info.stats, info.disk_templates).await
}

async fn all(admin: &Admin, list: ListOptions) -> Result<Report> {
    let found = by_id(admin).await?;
    let mut rows = Vec::with_capacity(found.len());
    for (backend, servers) in &found {
        let (free, total) = match list.needs("ips") {
            true => admin.compute.public_addresses(backend.id).await?,
            false => (0, 0),
        };
        rows.push(row(backend, *servers, (free, total)));
    }
    Ok(Report::new().with(BACKEND.table(&list, rows)))
}

fn row(backend: &Backend, servers: u64, (free, total): (u64, u64)) -> Row {
    let stats = &backend.stats;
    Row::new()
        .with("id", backend.id.0)
        .with("clustername", &backend.clustername)
        .with("port", backend.port)
        .with("username", &backend.username)
        .with("drained", backend.drained)
        .with("offline", backend.offline)
        .with("public", backend.public)
        .with("vms", servers)
        .with("hypervisor", &backend.hypervisor)
        .with("ips", format!("{free}/{total}"))
        .with("disk_templates", backend.disk_templates.clone())
        .with("mem", format!("{}/{}", stats.mfree, stats.mtotal))
        .with("disk", format!("{}/{}", stats.dfree, stats.dtotal))
        .with("index", backend.index)
        .with("mfree", stats.mfree)
        .with("mtotal", stats.mtotal)
        .with("dfree", stats.dfree)
        .with("dtotal", stats.dtotal)
        .with("pinst_cnt", stats.pinst_cnt)
        .with("ctotal", stats.ctotal)
        .with("updated", backend.refreshed)
}

/// Addresses that a subnet gives out.
pub(crate) fn size(subnet: &Subnet) -> u64 {
    subnet
        .pools
        .iter()
        .map(|pool| u64::from(u32::from(pool.end)) + 1 - u64::from(u32::from(pool.start)))
        .sum()
}

async fn modify(admin: &Admin, asked: BackendModify) -> Result<Report> {
    let backend = match &asked.backend {
        Some(name) => named(admin, name).await?,
        None => match by_id(admin).await?.as_slice() {
            [(only, _)] => only.clone(),
            _ => return Err(Error::invalid("Please provide a backend ID")),
        },
    };
    let unchanged = BackendModify {
        backend: asked.backend.clone(),
        ..BackendModify::default()
    } == asked;
    if unchanged {
        return Ok(Report::new().note("Nothing changed!"));
    }
    let change = BackendChange {
        clustername: asked.clustername,
        transport: None,
        port: asked.port,
        username: asked.username,
        password: secret(asked.password),
        hypervisor: asked.hypervisor,
        drained: asked.drained,
        offline: asked.offline,
        public: asked.public,
    };
    verify(admin, &backend, &change).await?;
    let backend = admin.compute.modify_backend(backend.id, change).await?;
    Ok(Report::new().note(format!("Modified backend '{}'", shown(&backend))))
}

/// Another way to reach a cluster is tried before it is kept, unless it is not to
/// be talked to anyway (CY-BKD-05).
async fn verify(admin: &Admin, backend: &Backend, change: &BackendChange) -> Result<()> {
    let same = change.clustername.is_none()
        && change.port.is_none()
        && change.username.is_none()
        && change.password.is_none();
    if same || change.offline.unwrap_or(backend.offline) {
        return Ok(());
    }
    let mut all = admin.compute.driver().clusters().await?;
    all.retain(|one| one.backend.id == backend.id);
    let known = all.pop().and_then(|one| one.password);
    let (row, change) = (backend.clone(), change.clone());
    let mut new = NewBackend {
        clustername: change.clustername.unwrap_or(row.clustername),
        transport: row.transport,
        port: change.port.unwrap_or(row.port),
        username: change.username.unwrap_or(row.username),
        password: change.password.or(known),
        hypervisor: row.hypervisor,
        public: row.public,
        networks: false,
    };
    probe(admin, &mut new).await.map(drop)
}

async fn remove(admin: &Admin, name: &str, purge_networks: bool) -> Result<Report> {
    if purge_networks {
        return Err(Error::not_supported(
            "--purge-networks is not supported yet; remove the networks in Ganeti by hand.",
        ));
    }
    let backend = named(admin, name).await?;
    let left = admin.compute.remove_backend(backend.id).await?;
    let mut report = Report::new()
        .note(format!("Trying to remove backend: {}", backend.clustername))
        .note("Successfully removed backend from DB.");
    if !left.is_empty() {
        report = report
            .note("Left the following orphans networks in Ganeti:")
            .with(Output::Lines(left))
            .note("Manually remove them.");
    }
    Ok(report)
}

async fn update_status(admin: &Admin) -> Result<Report> {
    let mut report = Report::new();
    for (backend, _) in by_id(admin).await? {
        if backend.offline {
            continue;
        }
        let name = shown(&backend);
        report = match admin.upkeep.ask(&backend).await {
            Ok(Some(info)) => {
                keep(admin, backend.id, info).await?;
                report.note(format!("Successfully updated backend '{name}'"))
            }
            Ok(None) => return Err(Error::not_supported("Clusters cannot be asked here.")),
            Err(why) => {
                report.code = 1;
                report.note(format!("Failed to update backend '{name}': {why}"))
            }
        };
    }
    Ok(report)
}
