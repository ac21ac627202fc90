//! `quota` (ID-CLI-50): the guide's one command for all about quota.

use super::{PAGE, bare, emails, in_bytes, inconsistencies};
use crate::{Admin, resources, units};
use ::quota::Holding;
use identity::UserChange;
use kernel::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use wire::admin::{Io, QuotaTask, Report, Table};

pub(super) async fn run(admin: &Admin, what: QuotaTask, io: &mut dyn Io) -> Result<Report> {
    match what {
        QuotaTask::List { user, unit_style } => list(admin, user, &unit_style).await,
        QuotaTask::Verify => verify(admin).await,
        QuotaTask::Sync => sync(admin).await,
        QuotaTask::Import { file } => import(admin, io, &file).await,
    }
}

async fn list(admin: &Admin, user: Option<String>, style: &str) -> Result<Report> {
    let bytes = in_bytes(admin).await?;
    let mut table = Table::new([
        "uuid",
        "email",
        "source",
        "resource",
        "base quota",
        "total quota",
        "usage",
    ]);
    if let Some(name) = user {
        let unknown = || Error::not_found(format!("Unknown user with id|email '{name}'"));
        let user = admin.identity.find(&name).await?.ok_or_else(unknown)?;
        let held = admin.quota.holdings_of(user.uuid).await?;
        push(admin, &mut table, &held, &bytes, style).await?;
        return Ok(Report::new().with(table));
    }
    let mut after: Option<Holding> = None;
    loop {
        let page = admin.quota.holdings(after.take(), PAGE).await?;
        push(admin, &mut table, &page, &bytes, style).await?;
        if page.len() < PAGE {
            return Ok(Report::new().with(table));
        }
        after = page.into_iter().next_back();
    }
}

async fn push(
    admin: &Admin,
    table: &mut Table,
    held: &[Holding],
    bytes: &BTreeSet<&'static str>,
    style: &str,
) -> Result<()> {
    let names = emails(admin, held).await?;
    for one in held {
        let amount = |n| resources::amount(n, bytes.contains(&*one.resource), style);
        let (uuid, source) = (bare(&one.holder), bare(&one.source));
        // The base quota is what comes from one's own project.
        let base = if uuid == source { one.limit } else { 0 };
        table.push([
            uuid.into(),
            names.get(uuid).cloned().into(),
            source.into(),
            (&one.resource).into(),
            amount(base),
            amount(one.limit),
            amount(one.usage_max),
        ]);
    }
    Ok(())
}

async fn verify(admin: &Admin) -> Result<Report> {
    let mut wrong = admin.identity.check_limits(&admin.caller()).await?;
    wrong.retain(|one| one.holder.starts_with("user:"));
    if wrong.is_empty() {
        return Ok(Report::new().note("Everything in sync."));
    }
    let users: BTreeSet<&str> = wrong.iter().map(|one| one.holder.as_str()).collect();
    let text = format!("Quota differ for {} users.", users.len());
    Ok(Report::new().with(inconsistencies(&wrong)).note(text))
}

async fn sync(admin: &Admin) -> Result<Report> {
    let synced = admin.identity.sync_limits(&admin.caller()).await?;
    if synced.is_empty() {
        return Ok(Report::new().note("No sync needed."));
    }
    let bytes = in_bytes(admin).await?;
    let mut by_user: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for one in synced {
        let shown = |n| units::shown(n, bytes.contains(&*one.resource), "auto");
        let before = one.before.map_or_else(|| "none".to_owned(), shown);
        by_user
            .entry((one.user.to_string(), one.email))
            .or_default()
            .push(format!(
                "{}: {before} -> {}",
                one.resource,
                shown(one.after)
            ));
    }
    let report = Report::new().note(format!("Synced {} users:", by_user.len()));
    Ok(by_user
        .into_iter()
        .fold(report, |report, ((uuid, email), lines)| {
            report.note(format!("{uuid} ({email}): {}", lines.join(", ")))
        }))
}

/// Sets base quota by the lines of a file: user, resource, capacity. Lines that make
/// no sense are told and skipped, and the status is 1 then.
async fn import(admin: &Admin, io: &mut dyn Io, file: &str) -> Result<Report> {
    let bytes = io.read_file(file).await?;
    let text = String::from_utf8_lossy(&bytes);
    let (mut report, mut set) = (Report::new(), 0usize);
    for (n, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        match one_line(admin, line).await {
            Ok(()) => set += 1,
            Err(error) => {
                report.code = 1;
                report = report.note(format!("Line {n}: {error}"));
            }
        }
    }
    Ok(report.note(format!("Set base quota from {set} lines.")))
}

async fn one_line(admin: &Admin, line: &str) -> Result<()> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [name, resource, capacity] = parts[..] else {
        return Err(Error::invalid("Expected user, resource and capacity."));
    };
    let unknown = || Error::not_found(format!("Unknown user '{name}'."));
    let user = admin.identity.find(name).await?.ok_or_else(unknown)?;
    let capacity = match capacity {
        "default" => None,
        text => Some(resources::limit(text)?),
    };
    let change = UserChange::BaseQuota {
        resource: resource.to_owned(),
        capacity,
    };
    let caller = admin.caller();
    let changed = admin.identity.admin_modify(&caller, user.no, vec![change]);
    changed.await.map(drop)
}
