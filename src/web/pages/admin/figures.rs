//! Figures about people and the infrastructure (ID-ADU-16, ID-ADU-50): people by the
//! search index, the rest as counted at most once a minute. Each chart is a table with
//! bars.

use super::AtDesk;
use crate::{
    pages::{
        Failed,
        presented::label,
        shell::{Shell, page},
        usage,
    },
    text::text,
};
use askama::Template;
use axum::response::Response;
use compute::Figures as Infrastructure;
use identity::{Counts, Statistics};
use kernel::Result;

/// A bar and its number.
struct Figure {
    words: String,
    count: String,
    percent: u64,
    /// Where it leads; empty: nowhere.
    link: String,
}

struct Group {
    id: &'static str,
    title: String,
    /// What is counted.
    counted: String,
    figures: Vec<Figure>,
}

/// Numbers by two things.
struct Matrix {
    id: &'static str,
    title: String,
    corner: String,
    heads: Vec<String>,
    rows: Vec<(String, Vec<u64>)>,
}

#[derive(Template)]
#[template(path = "pages/admin_figures.html")]
struct Figures {
    s: Shell,
    building: bool,
    total: u64,
    people: Vec<Group>,
    matrices: Vec<Matrix>,
    infrastructure: Vec<Group>,
    downloads: Vec<(&'static str, String)>,
}

fn percent(part: u64, whole: u64) -> u64 {
    let share = u128::from(part) * 100 / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(100).min(100)
}

fn group(id: &'static str, counted: &str, figures: Vec<Figure>) -> Group {
    Group {
        id,
        title: text(&format!("adm-{id}")),
        counted: text(counted),
        figures,
    }
}

/// Counts by name as bars of their sum.
fn bars(all: impl IntoIterator<Item = (String, u64, String)>) -> Vec<Figure> {
    let all: Vec<_> = all.into_iter().collect();
    let sum = all.iter().map(|(_, count, _)| *count).sum();
    all.into_iter()
        .map(|(words, count, link)| Figure {
            percent: percent(count, sum),
            count: count.to_string(),
            words,
            link,
        })
        .collect()
}

/// People by state, login method and group.
async fn people(d: &AtDesk, total: u64) -> Result<Vec<Group>> {
    let search = &d.state.search;
    let figure = |words: String, name: &str, value: &str| -> Result<Figure> {
        let count = search.count(&[format!("{name}:{value}")])?;
        Ok(Figure {
            words,
            count: count.to_string(),
            percent: percent(count, total),
            link: format!("/admin/user?{}", super::query_of(&[(name, value)])),
        })
    };
    let states = [
        "active",
        "unmoderated",
        "unverified",
        "inactive",
        "rejected",
    ];
    let states = states
        .iter()
        .map(|state| figure(text(&format!("adm-state-{state}")), "state", state));
    let modules = d.settings.strings("ASTAKOS_IM_MODULES");
    let providers = modules
        .iter()
        .map(|module| figure(module.clone(), "provider", module));
    let names = d.state.identity.desk_groups(&d.desk).await?;
    let members = names
        .iter()
        .take(50)
        .map(|name| figure(name.clone(), "group", name));
    Ok(vec![
        group("by-state", "adm-count", states.collect::<Result<_>>()?),
        group(
            "by-provider",
            "adm-count",
            providers.collect::<Result<_>>()?,
        ),
        group("by-group", "adm-count", members.collect::<Result<_>>()?),
    ])
}

/// People per login method and status, both ways round.
fn matrices(all: &Statistics) -> Vec<Matrix> {
    type Of = (&'static str, fn(&Counts) -> u64);
    const STATUSES: [Of; 4] = [
        ("adm-status-total", |c| c.total),
        ("adm-status-verified", |c| c.verified),
        ("adm-status-active", |c| c.active),
        ("adm-status-exclusive", |c| c.exclusive),
    ];
    let (provider, status) = (text("adm-provider"), text("state"));
    let rows = all.modules.iter().map(|(module, counts)| {
        let cells = STATUSES.iter().map(|(_, of)| of(counts));
        (module.clone(), cells.collect())
    });
    let turned = STATUSES.iter().map(|(key, of)| {
        let cells = all.modules.values().map(of);
        (text(key), cells.collect())
    });
    let matrix = |id, corner, heads, rows| Matrix {
        id,
        title: text(&format!("adm-{id}")),
        corner,
        heads,
        rows,
    };
    vec![
        matrix(
            "provider-status",
            provider,
            STATUSES.iter().map(|(key, _)| text(key)).collect(),
            rows.collect(),
        ),
        matrix(
            "status-provider",
            status,
            all.modules.keys().cloned().collect(),
            turned.collect(),
        ),
    ]
}

/// Who has one login method only, and who has several.
fn exclusiveness(all: &Statistics) -> Group {
    let only: u64 = all.modules.values().map(|counts| counts.exclusive).sum();
    let shared = all.all.active.saturating_sub(only);
    let plain = |key: &str, count| (text(key), count, String::new());
    let figures = [
        plain("adm-exclusive", only),
        plain("adm-not-exclusive", shared),
    ];
    group("exclusiveness", "adm-count", bars(figures))
}

/// What the limits of all projects add up to, and what is used of it.
async fn resources(d: &AtDesk, all: &Statistics) -> Result<Group> {
    let catalogue = d.state.quota.catalogue().await?;
    let shown = catalogue.iter().filter(|info| info.ui_visible);
    let figures = shown.filter_map(|info| {
        let amounts = all.resources.get(info.about.name)?;
        let used = usage::amount(info, amounts.used);
        let allocated = usage::amount(info, amounts.allocated);
        Some(Figure {
            words: label(info),
            count: format!("{used} / {allocated}"),
            // Nothing is allocated where no limit is finite.
            percent: match amounts.allocated {
                0 => 0,
                allocated => percent(amounts.used, allocated),
            },
            link: String::new(),
        })
    });
    Ok(group("resources", "adm-used-allocated", figures.collect()))
}

fn infrastructure(all: &Infrastructure) -> Vec<Group> {
    let state = |word: &str| text(&format!("adm-server-{}", word.to_lowercase()));
    let servers = all.servers.iter().map(|(word, sum)| {
        let link = match *word {
            "ACTIVE" => "/admin/vm?operstate=started",
            "DELETED" => "/admin/vm?deleted=only",
            "STOPPED" => "/admin/vm?operstate=stopped",
            "ERROR" => "/admin/vm?operstate=error",
            "BUILD" => "/admin/vm?operstate=build",
            _ => "",
        };
        (state(word), sum.count, link.to_owned())
    });
    let pools = all.pools.iter().flat_map(|(word, pools)| {
        let used = pools.total.saturating_sub(pools.free);
        [("used", used), ("free", pools.free)].map(|(what, count)| {
            (
                text(&format!("adm-pool-{word}-{what}")),
                count,
                String::new(),
            )
        })
    });
    let templates = all.templates.iter().map(|(template, (count, size))| {
        let query = super::query_of(&[("disk_template", template)]);
        (
            format!("{template} · {size} GB"),
            *count,
            format!("/admin/volume?{query}"),
        )
    });
    let images = all
        .images
        .iter()
        .map(|(image, count)| (image.clone(), *count, String::new()));
    let clusters = all
        .clusters
        .iter()
        .map(|(backend, sum)| (backend.clustername.clone(), sum.count, String::new()));
    vec![
        group("servers", "adm-machines", bars(servers)),
        group("pools", "adm-addresses", bars(pools)),
        group("templates", "adm-disks", bars(templates)),
        group("images", "adm-machines", bars(images)),
        group("clusters", "adm-machines", bars(clusters)),
    ]
}

pub(in crate::pages) async fn figures(d: AtDesk) -> std::result::Result<Response, Failed> {
    let total = d.state.search.count(&[])?;
    let statistics = d.state.identity.statistics().await?;
    let counted = d.state.compute.figures().await?;
    let mut people = people(&d, total).await?;
    people.push(exclusiveness(&statistics));
    let mut shown = vec![resources(&d, &statistics).await?];
    shown.extend(infrastructure(&counted));
    let downloads = [
        ("/admin/stats/astakos", "adm-stats-astakos-terse"),
        ("/admin/stats/astakos/detail", "adm-stats-astakos-detail"),
        ("/admin/stats/cyclades", "adm-stats-cyclades-terse"),
        ("/admin/stats/cyclades/detail", "adm-stats-cyclades-detail"),
    ];
    Ok(page(&Figures {
        s: d.shell("admin-figures", &text("adm-figures"), "nav-adm-figures"),
        building: !d.state.search.ready(),
        total,
        people,
        matrices: matrices(&statistics),
        infrastructure: shown,
        downloads: downloads.map(|(path, key)| (path, text(key))).into(),
    }))
}
