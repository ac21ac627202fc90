//! `stats-astakos` (ID-CLI-63): figures of users and of their quota.

use crate::{Admin, units};
use identity::{Resources, Statistics};
use kernel::Result;
use serde_json::{Map, Value, json};
use wire::admin::{Output, Report, Table};

pub(crate) async fn run(admin: &Admin, style: &str, as_json: bool) -> Result<Report> {
    let figures = admin.identity.statistics().await?;
    let now = admin.cx.cx().now;
    if as_json {
        let at = now.strftime("%a %b %e %H:%M:%S %Y").to_string();
        return Ok(Report::new().with(Output::Json(document(&figures, at))));
    }
    let at = now.strftime("%a %b %e %H:%M:%S %Y");
    let mut report = Report::new()
        .text(format!("datetime: {at}"))
        .text("")
        .with(users(&figures))
        .with(resources(
            "Resources for all providers".to_owned(),
            &figures.resources,
            style,
        ));
    for (module, amounts) in &figures.module_resources {
        let title = format!("Resources for users with only the '{module}' provider");
        report = report.with(resources(title, amounts, style));
    }
    Ok(report)
}

fn users(figures: &Statistics) -> Table {
    let mut table = Table::new([
        "Provider",
        "Total Users",
        "Verified Users",
        "Active Users",
        "Exclusive Users per Provider",
    ])
    .titled("Users")
    .ruled();
    let all = &figures.all;
    table.push([
        "all".into(),
        all.total.into(),
        all.verified.into(),
        all.active.into(),
        "-".into(),
    ]);
    for (module, counts) in &figures.modules {
        table.push([
            module.into(),
            counts.total.into(),
            counts.verified.into(),
            counts.active.into(),
            counts.exclusive.into(),
        ]);
    }
    table
}

fn resources(title: String, all: &Resources, style: &str) -> Table {
    let mut table = Table::new(["Resource Name", "Used", "Allocated", "Usage"])
        .titled(title)
        .ruled();
    for (name, amounts) in all {
        let bytes = amounts.unit.as_deref() == Some("bytes");
        let usage = match amounts.allocated {
            0 => "-".to_owned(),
            all => format!("{:.2}%", amounts.used as f64 * 100.0 / all as f64),
        };
        table.push([
            name.into(),
            units::shown(amounts.used, bytes, style).into(),
            units::shown(amounts.allocated, bytes, style).into(),
            usage.into(),
        ]);
    }
    table
}

/// The document of ID-STA-02.
fn document(figures: &Statistics, at: String) -> Value {
    let amounts = |all: &Resources| -> Value {
        let one = |(name, a): (&String, &identity::Amounts)| {
            let about = json!({
                "used": a.used, "allocated": a.allocated, "unit": a.unit,
                "description": a.description,
            });
            (name.clone(), about)
        };
        all.iter().map(one).collect::<Map<_, _>>().into()
    };
    let all = &figures.all;
    let mut users = Map::new();
    users.insert(
        "all".into(),
        json!({"total": all.total, "verified": all.verified, "active": all.active}),
    );
    let mut by_module = Map::new();
    by_module.insert("all".into(), amounts(&figures.resources));
    for (module, counts) in &figures.modules {
        let one = json!({
            "total": counts.total, "verified": counts.verified, "active": counts.active,
            "exclusive": counts.exclusive,
        });
        users.insert(module.clone(), one);
    }
    for (module, resources) in &figures.module_resources {
        by_module.insert(module.clone(), amounts(resources));
    }
    let providers: Vec<&String> = figures.modules.keys().collect();
    json!({"datetime": at, "providers": providers, "users": users, "resources": by_module})
}
