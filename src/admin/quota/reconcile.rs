//! `reconcile-resources-astakos` (ID-CLI-53): the applications that wait, against what
//! is charged for them.

use super::bare;
use crate::Admin;
use ::quota::{Holding, resource::PENDING_APP};
use kernel::{Error, Result, UserId};
use wire::admin::{Cell, Report, Table};

/// People read at a time.
const PAGE: usize = 1000;

pub(super) async fn run(
    admin: &Admin,
    user: Option<String>,
    project: Option<String>,
    fix: bool,
    force: bool,
) -> Result<Report> {
    let charged = charged(admin, user.as_deref(), project.as_deref()).await?;
    let pending: Vec<&Holding> = charged
        .iter()
        .filter(|held| held.usage_min != held.usage_max)
        .collect();
    let mut report = Report::new();
    for held in &pending {
        report = report.note(format!(
            "Commissions are pending for {} in {}; settle them first.",
            held.holder, held.source
        ));
    }
    // Nobody can apply for a project yet, so nothing may be charged for it.
    let wrong: Vec<Holding> = charged
        .iter()
        .filter(|held| held.usage_min == held.usage_max && held.usage_max > 0)
        .cloned()
        .collect();
    if wrong.is_empty() {
        let in_sync = pending.is_empty();
        return Ok(if in_sync {
            report.note("Everything in sync.")
        } else {
            report
        });
    }
    let mut table = Table::new([
        "Type",
        "Holder",
        "Source",
        "Resource",
        "Astakos",
        "Quotaholder",
    ]);
    for held in &wrong {
        table.push([
            "user".into(),
            bare(&held.holder).into(),
            bare(&held.source).into(),
            (&held.resource).into(),
            Cell::Int(0),
            held.usage_max.into(),
        ]);
    }
    report = report.with(table);
    if fix {
        // Releasing never passes a limit; `force` is for charges.
        let _ = force;
        admin.identity.release_usage(&admin.caller(), wrong).await?;
        report = report.note("Fixed unsynced resources");
    }
    Ok(report)
}

/// What is charged for pending applications.
async fn charged(admin: &Admin, user: Option<&str>, project: Option<&str>) -> Result<Vec<Holding>> {
    let mut found = Vec::new();
    let mut take = |page: &[Holding]| {
        let wanted = page.iter().filter(|held| {
            held.resource == PENDING_APP && project.is_none_or(|p| bare(&held.source) == p)
        });
        found.extend(wanted.cloned());
    };
    if let Some(name) = user {
        let unknown = || Error::not_found(format!("There is no user with uuid '{name}'."));
        let uuid: UserId = name.parse().map_err(|_| unknown())?;
        let user = admin.identity.find(&uuid.to_string()).await?;
        let user = user.ok_or_else(unknown)?;
        take(&admin.quota.holdings_of(user.uuid).await?);
        return Ok(found);
    }
    let mut after: Option<Holding> = None;
    loop {
        let page = admin.quota.holdings(after.take(), PAGE).await?;
        take(&page);
        if page.len() < PAGE {
            return Ok(found);
        }
        after = page.into_iter().next_back();
    }
}
