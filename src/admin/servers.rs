//! `server-list` and `server-show` (CY-CLI-SRV-01, CY-CLI-SRV-02).

use crate::{Admin, backends, networks::project};
use compute::{OperState, Server, ServerFilter, ServerView};
use kernel::{BackendId, Error, Result, ServerId, Timestamp};
use std::collections::BTreeMap;
use wire::admin::{Cell, Command, Record, Report, Row, ServerList, Table, lists::SERVER};

/// Servers read at a time.
const PAGE: usize = 500;

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: Command) -> Result<Report> {
    match command {
        Command::ServerList(asked) => list(admin, asked).await,
        Command::ServerShow { server } => show(admin, ServerId(server)).await,
        _ => Err(Error::not_supported("Not supported yet.")),
    }
}

async fn list(admin: &Admin, asked: ServerList) -> Result<Report> {
    let filter = ServerFilter {
        user: match &asked.user {
            Some(name) => Some(admin.user_id(name).await?),
            None => None,
        },
        project: project(asked.project.as_deref())?,
        deleted: asked.deleted,
        suspended: asked.suspended,
        backend: match &asked.backend {
            Some(name) => Some(backends::named(admin, name).await?.id),
            None => None,
        },
        build: asked.build,
    };
    let clusters: BTreeMap<BackendId, String> = backends::by_id(admin)
        .await?
        .iter()
        .map(|(backend, _)| (backend.id, backends::shown(backend)))
        .collect();
    let mut table = SERVER.table(&asked.list, []);
    let mut after = None;
    loop {
        let compute = &admin.compute;
        let page = compute.all_servers(filter.clone(), after, PAGE).await?;
        let mails = match asked.list.needs("user.email") {
            true => {
                admin
                    .emails(page.iter().map(|view| view.server.user))
                    .await?
            }
            false => BTreeMap::new(),
        };
        let rows = page.iter().map(|view| row(view, &clusters, &mails));
        table.rows.extend(SERVER.table(&asked.list, rows).rows);
        after = page.last().map(|view| view.server.id);
        if page.len() < PAGE {
            return Ok(Report::new().with(table));
        }
    }
}

/// `BUILD(40%)` while it is being built.
fn state(server: &Server) -> String {
    match server.operstate {
        OperState::Build => format!("BUILD({}%)", server.progress),
        other => other.word().to_owned(),
    }
}

fn row(
    view: &ServerView,
    clusters: &BTreeMap<BackendId, String>,
    mails: &BTreeMap<String, String>,
) -> Row {
    let server = &view.server;
    let addresses = |v4: bool| -> Vec<String> {
        view.ports
            .iter()
            .filter_map(|port| if v4 { port.ipv4() } else { port.ipv6() })
            .map(|address| address.address.to_string())
            .collect()
    };
    let (ipv4, ipv6) = (addresses(true), addresses(false));
    let user = server.user.to_string();
    Row::new()
        .with("id", server.id.0)
        .with("name", &server.name)
        .with("user.email", mails.get(&user).cloned())
        .with("user.uuid", user)
        .with("state", state(server))
        .with("flavor", view.flavor.name())
        .with("image.id", server.image.to_string())
        .with("image.name", &server.image_name)
        .with("backend", clusters.get(&server.backend).cloned())
        .with("rescue", false)
        .with("ip", ipv4.first().or(ipv6.first()).cloned())
        .with("ipv4", ipv4)
        .with("ipv6", ipv6)
        .with("created", server.created)
        .with("deleted", server.deleted)
        .with("suspended", server.suspended)
        .with("project", server.project.to_string())
        .with("operstate", server.operstate.word())
        .with("updated", server.updated)
        .with("flavor_id", server.flavor.0)
        .with("backend_id", server.backend.0)
        .with("action", server.action.map(|action| action.word()))
        .with("task", server.task.map(|task| task.task_word()))
        .with("buildpercentage", server.progress)
        .with("backendjobid", server.job.as_ref().map(|job| job.id))
        .with(
            "backendjobstatus",
            server.job.as_ref().map(|job| job.status.word()),
        )
        .with(
            "backendopcode",
            server.job.as_ref().map(|job| job.opcode.clone()),
        )
        .with("shared_to_project", server.shared_to_project)
}

async fn show(admin: &Admin, id: ServerId) -> Result<Report> {
    let view = admin.compute.any_server(id).await?;
    let server = &view.server;
    let now = admin.cx.cx().now;
    let user = server.user.to_string();
    let name = admin.emails([server.user]).await?.remove(&user);
    let yes = |truth| if truth { "YES" } else { "NO" };
    let record = Record::new()
        .with("id", server.id.0)
        .with("name", &server.name)
        .with("owner_uuid", user)
        .with("owner_name", name)
        .with("project", server.project.to_string())
        .with("shared_to_project", server.shared_to_project)
        .with("created", ago(now, server.created))
        .with("updated", ago(now, server.updated))
        .with("rescue", false)
        .with("rescue_image", Cell::None)
        .with("image", format!("{} ({})", server.image, server.image_name))
        .with("host id", "")
        .with(
            "flavor",
            format!("{} ({})", view.flavor.id, view.flavor.name()),
        )
        .with("deleted", yes(server.deleted))
        .with("suspended", yes(server.suspended))
        .with("state", state(server))
        .with("task", server.task.map(|task| task.task_word()))
        .with("task_job_id", server.task_job);
    let report = Report::new().with(record);
    if server.tags.is_empty() {
        return Ok(report.text(format!("\nTags of server {}:\nno tags", server.name)));
    }
    let mut tags = Table::new(["tag", "status", "namespace"]);
    for (tag, there) in &server.tags {
        let status = if *there { "ACTIVE" } else { "PENDADD" };
        tags.push([tag.into(), status.into(), "user".into()]);
    }
    Ok(report
        .text(format!("\nTags of server {}:", server.name))
        .with(tags))
}

/// `3 minutes ago`, `1 hour, 5 minutes ago`: the two greatest units.
fn ago(now: Timestamp, then: Timestamp) -> String {
    const UNITS: [(i64, &str); 6] = [
        (31_536_000, "year"),
        (2_592_000, "month"),
        (604_800, "week"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
    ];
    let mut rest = (now.as_second() - then.as_second()).max(0);
    let mut parts = Vec::new();
    for (seconds, name) in UNITS {
        let count = rest / seconds;
        if count == 0 {
            if !parts.is_empty() {
                break;
            }
            continue;
        }
        rest %= seconds;
        let s = if count == 1 { "" } else { "s" };
        parts.push(format!("{count} {name}{s}"));
        if parts.len() == 2 {
            break;
        }
    }
    match parts.is_empty() {
        true => "0 minutes ago".to_owned(),
        false => format!("{} ago", parts.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        for (seconds, text) in [
            (-5, "0 minutes ago"),
            (59, "0 minutes ago"),
            (60, "1 minute ago"),
            (3900, "1 hour, 5 minutes ago"),
            (86_400 + 60, "1 day ago"),
            (10 * 86_400 + 3600, "1 week, 3 days ago"),
            (800 * 86_400, "2 years, 2 months ago"),
        ] {
            assert_eq!(ago(at(1_000_000_000), at(1_000_000_000 - seconds)), text);
        }
    }
}
