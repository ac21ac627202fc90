//! `user-show` (ID-CLI-22).

use super::login_details;
use crate::{Admin, resources::amount};
use identity::UserView;
use kernel::{Error, Result};
use std::collections::BTreeSet;
use wire::admin::{Cell, Record, Report, Table};

/// What to show besides the account.
pub(super) struct More {
    /// `--quota`.
    pub quota: bool,
    /// `--unit-style`.
    pub unit_style: String,
    /// `--projects`.
    pub projects: bool,
}

pub(super) async fn show(admin: &Admin, name: &str, more: More) -> Result<Report> {
    let Some(user) = admin.identity.find(name).await? else {
        let by = match name.bytes().all(|b| b.is_ascii_digit()) {
            true => "id",
            false => "email",
        };
        return Err(Error::not_found(format!("Unknown user with {by} '{name}'")));
    };
    let mut account = record(&user);
    if admin.identity.terms_version()? > 0 {
        account = account.with("has_signed_terms", user.signed_terms);
        if user.signed_terms {
            account = account.with("date_signed_terms", user.signed_terms_at);
        }
    }
    let mut report = Report::new().with(account);
    if more.quota && user.is_accepted() {
        report = report.with(quota(admin, &user, &more.unit_style).await?);
    }
    if more.projects {
        report = report.with(owned()).with(memberships(&user));
    }
    Ok(report)
}

pub(super) fn record(user: &UserView) -> Record {
    let texts = |all: &[String]| Cell::from(all.to_vec());
    let providers: Vec<String> = user
        .methods
        .iter()
        .map(|method| format!("{}:{}", method.module, method.identifier))
        .collect();
    let groups: Vec<String> = user.groups.iter().map(|(_, name)| name.clone()).collect();
    Record::new()
        .with("id", user.no.0)
        .with("uuid", user.uuid.to_string())
        .with("status", &user.status)
        .with("email", &user.email)
        .with("first name", &user.first_name)
        .with("last name", &user.last_name)
        .with("admin", user.admin)
        .with("last login", user.last_login)
        .with("date joined", user.joined)
        .with("last update", user.updated)
        .with("token expiration", user.token_expires)
        .with("providers", providers.join(", "))
        .with("groups", texts(&groups))
        .with("permissions", texts(&user.permissions))
        .with("group permissions", texts(&user.group_permissions))
        .with("email_verified", user.verified)
        .with("moderated", user.moderated)
        .with("rejected", user.rejected)
        .with("active", user.active)
        .with("username", &user.username)
        .with("activation_sent_date", user.activation_sent)
        .with("last_login_details", login_details(user))
        .with("default_project", user.default_project.to_string())
}

async fn quota(admin: &Admin, user: &UserView, style: &str) -> Result<Table> {
    let in_bytes: BTreeSet<&str> = admin
        .quota
        .catalogue()
        .await?
        .iter()
        .filter(|resource| resource.about.unit == Some("bytes"))
        .map(|resource| resource.about.name)
        .collect();
    let mut table = Table::new(["source", "resource", "limit", "usage"]).titled("User Quota");
    for (project, resources) in admin.quota.full_usage(user.uuid).await? {
        for (resource, numbers) in resources {
            let bytes = in_bytes.contains(&*resource);
            table.push([
                project.to_string().into(),
                (&resource).into(),
                amount(numbers.limit, bytes, style),
                amount(numbers.usage, bytes, style),
            ]);
        }
    }
    Ok(table)
}

/// Nobody owns a project besides the system one yet.
fn owned() -> Table {
    Table::new(["project id", "project name", "status", "pending app id"]).titled("Owned Projects")
}

/// The system project of an accepted person.
fn memberships(user: &UserView) -> Table {
    let mut table =
        Table::new(["project id", "project name", "status"]).titled("Project Memberships");
    if user.is_accepted() {
        let project = user.uuid.own_project().to_string();
        let name = format!("system:{project}");
        table.push([project.into(), name.into(), "Accepted".into()]);
    }
    table
}
