//! Quota and commissions (ID-CLI-50 … ID-CLI-55).

mod reconcile;
mod task;

use crate::{Admin, resources};
use ::quota::Holding;
use identity::Mismatch;
use kernel::{Error, Result, Timestamp, UserId};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use wire::admin::{
    Cell, Io, ListOptions, QuotaCommand, Record, Report, Row, Table,
    filter::{Op, Wanted},
    lists::{COMMISSION, QUOTA},
};

/// Holdings and people read at a time.
const PAGE: usize = 1000;

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: QuotaCommand, io: &mut dyn Io) -> Result<Report> {
    match command {
        QuotaCommand::Quota(what) => task::run(admin, what, io).await,
        QuotaCommand::List {
            list,
            overlimit,
            unit_style,
        } => list_all(admin, &list, overlimit, &unit_style).await,
        QuotaCommand::Verify { fix, unexpected } => verify(admin, fix, unexpected).await,
        QuotaCommand::Reconcile {
            user,
            project,
            fix,
            force,
        } => reconcile::run(admin, user, project, fix, force).await,
        QuotaCommand::Commissions { list, overdue } => commissions(admin, &list, overdue).await,
        QuotaCommand::Commission { serial } => commission(admin, serial).await,
        QuotaCommand::LoadServiceResources => resources::load_service_resources(admin).await,
    }
}

/// Names of the resources that are counted in bytes.
async fn in_bytes(admin: &Admin) -> Result<BTreeSet<&'static str>> {
    let all = admin.quota.catalogue().await?;
    let bytes = all.iter().filter(|info| info.about.unit == Some("bytes"));
    Ok(bytes.map(|info| info.about.name).collect())
}

/// The uuid in `user:<uuid>` or `project:<uuid>`.
fn bare(holder: &str) -> &str {
    holder.split_once(':').map_or(holder, |(_, uuid)| uuid)
}

/// Addresses by uuid, however many there are.
async fn emails(admin: &Admin, holdings: &[Holding]) -> Result<BTreeMap<String, String>> {
    let users: BTreeSet<UserId> = holdings
        .iter()
        .filter_map(|held| bare(&held.holder).parse().ok())
        .collect();
    let users: Vec<UserId> = users.into_iter().collect();
    let mut all = BTreeMap::new();
    for some in users.chunks(PAGE) {
        all.extend(admin.emails(some.iter().copied()).await?);
    }
    Ok(all)
}

/// The filters with the uuid of whoever is named by an address (ID-CLI-51); an address
/// of nobody is kept, and nobody has it.
async fn holders_by_uuid(admin: &Admin, list: &ListOptions) -> Result<ListOptions> {
    let mut list = list.clone();
    for filter in list.filters.iter_mut().filter(|one| one.field == "holder") {
        if let (Op::Eq | Op::Ne, Wanted::Text(name)) = (filter.op, &filter.value)
            && name.contains('@')
            && let Some(user) = admin.identity.find(name).await?
        {
            filter.value = Wanted::Text(user.uuid.to_string());
        }
    }
    Ok(list)
}

async fn list_all(
    admin: &Admin,
    list: &ListOptions,
    overlimit: bool,
    style: &str,
) -> Result<Report> {
    let bytes = in_bytes(admin).await?;
    let list = &holders_by_uuid(admin, list).await?;
    let mut table = QUOTA.table(list, []);
    let mut after: Option<Holding> = None;
    loop {
        let page = admin.quota.holdings(after.take(), PAGE).await?;
        let names = match list.needs("displayname") {
            true => emails(admin, &page).await?,
            false => BTreeMap::new(),
        };
        let rows = page
            .iter()
            .filter(|held| !overlimit || held.usage_max > held.limit)
            .map(|held| {
                let seen = |n| resources::amount(n, bytes.contains(&*held.resource), style);
                let pending = held.usage_max.saturating_sub(held.usage_min);
                Row::new()
                    .with("displayname", names.get(bare(&held.holder)).cloned())
                    .with("holder", bare(&held.holder))
                    .with("source", bare(&held.source))
                    .with("resource", &held.resource)
                    .shown("limit", held.limit, seen(held.limit))
                    .shown("usage", held.usage_max, seen(held.usage_max))
                    .shown("pending", pending, seen(pending))
            });
        table.rows.extend(QUOTA.table(list, rows).rows);
        if page.len() < PAGE {
            return Ok(Report::new().with(table));
        }
        after = page.into_iter().next_back();
    }
}

/// A table of what differs.
fn inconsistencies(wrong: &[Mismatch]) -> Table {
    let mut table = Table::new(["Holder", "Source", "Resource", "Astakos", "Quotaholder"])
        .titled("Inconsistencies");
    for one in wrong {
        let source = match one.source.as_str() {
            "" => Cell::None,
            source => source.into(),
        };
        table.push([
            (&one.holder).into(),
            source,
            (&one.resource).into(),
            one.wanted.into(),
            one.held.into(),
        ]);
    }
    table
}

async fn verify(admin: &Admin, fix: bool, unexpected: bool) -> Result<Report> {
    let caller = admin.caller();
    let mut wrong = admin.identity.check_limits(&caller).await?;
    if !unexpected {
        wrong.retain(|one| one.wanted.is_some());
    }
    if wrong.is_empty() {
        return Ok(Report::new().note("Everything in sync."));
    }
    let report = Report::new().with(inconsistencies(&wrong));
    if !fix {
        return Ok(report);
    }
    let all = wrong.len();
    let fixed = admin
        .identity
        .repair_limits(&caller, wrong, unexpected)
        .await?;
    let report = report.note(format!("Fixed {fixed} inconsistencies."));
    Ok(match all - fixed {
        0 => report,
        left => report.note(format!(
            "{left} holdings stay: commissions are pending on them."
        )),
    })
}

fn older(issued: Timestamp, now: Timestamp, seconds: u64) -> bool {
    let age = Duration::try_from(now.duration_since(issued)).unwrap_or_default();
    age > Duration::from_secs(seconds)
}

async fn commissions(admin: &Admin, list: &ListOptions, overdue: Option<u64>) -> Result<Report> {
    let now = admin.cx.cx().now;
    let mut table = COMMISSION.table(list, []);
    let mut after = None;
    loop {
        let page = admin.quota.commissions(after, PAGE).await?;
        let rows = page
            .iter()
            .filter(|one| overdue.is_none_or(|seconds| older(one.issued, now, seconds)))
            .map(|one| {
                Row::new()
                    .with("serial", one.serial)
                    .with("name", &one.name)
                    .with("clientkey", &one.issuer)
                    .with("issue time", one.issued)
            });
        table.rows.extend(COMMISSION.table(list, rows).rows);
        if page.len() < PAGE {
            return Ok(Report::new().with(table));
        }
        after = page.last().map(|one| one.serial);
    }
}

async fn commission(admin: &Admin, serial: u64) -> Result<Report> {
    let found = admin.quota.commission(serial).await?;
    let found = found.ok_or_else(|| {
        Error::not_found(format!(
            "There is no pending commission with serial {serial}."
        ))
    })?;
    let record = Record::new()
        .with("serial", found.serial)
        .with("name", found.name)
        .with("clientkey", found.issuer)
        .with("issue_time", found.issued);
    let mut lines = Table::new(["holder", "resource", "source", "quantity"]).titled("Provisions");
    for line in found.provisions {
        let source = match line.source.as_str() {
            "" => Cell::None,
            source => source.into(),
        };
        lines.push([
            line.holder.into(),
            line.resource.into(),
            source,
            line.quantity.into(),
        ]);
    }
    Ok(Report::new().with(record).with(lines))
}
