//! One server, disk, network, address, project, group or login method (ID-ADU-11,
//! ID-ADU-30): what is known, what can be done, what belongs to it, what was done.

use super::{
    AtDesk, audit,
    deed::named,
    deeds,
    items::{Item, What},
    list::{self, Owner},
    related::{self, Category},
    user::{Button, Pair},
    views::{self, Kind},
};
use crate::{
    pages::{
        Failed,
        shell::{Shell, page},
        words::{self, Meter, meters},
    },
    text::text,
};
use askama::Template;
use axum::{extract::Path, response::Response};
use compute::Thing;
use identity::{UserView, audit::Filter};
use kernel::{Result, page::PageRequest};

/// Entries of the trail shown with a thing.
const RECENT: usize = 15;

/// Values of one heading.
struct Section {
    id: &'static str,
    title: String,
    pairs: Vec<Pair>,
}

#[derive(Template)]
#[template(path = "pages/admin_thing.html")]
struct Detail {
    s: Shell,
    list: (String, String),
    name: String,
    id: String,
    tone: &'static str,
    state: String,
    suspended: bool,
    owner: Option<Owner>,
    buttons: Vec<Button>,
    sections: Vec<Section>,
    meters: Vec<Meter>,
    members: Vec<Owner>,
    categories: Vec<Category>,
    /// None: the trail does not know things of this kind.
    trail: Option<Vec<audit::Line>>,
    trail_link: String,
}

/// The values of a page, by heading.
const SECTIONS: &[(&str, &str, &str, &[&str])] = &[
    (
        "vm",
        "details",
        "details",
        &[
            "id",
            "name",
            "owner_uuid",
            "project",
            "operstate",
            "task",
            "suspended",
            "flavor",
            "created",
            "updated",
            "deleted",
        ],
    ),
    ("vm", "image", "adm-image", &["image_name", "image"]),
    (
        "volume",
        "details",
        "details",
        &[
            "id",
            "name",
            "owner_uuid",
            "project",
            "status",
            "size",
            "vm",
            "index",
            "with_server",
            "created",
            "updated",
        ],
    ),
    ("volume", "type", "adm-type", &["template"]),
    ("volume", "source", "adm-source", &["source", "origin"]),
    (
        "network",
        "details",
        "details",
        &[
            "id",
            "name",
            "owner_uuid",
            "project",
            "status",
            "public",
            "drained",
            "subnets",
            "kind",
            "mode",
            "link",
            "mac_prefix",
            "floating_pool",
            "created",
            "updated",
        ],
    ),
    (
        "ip",
        "details",
        "details",
        &[
            "id",
            "address",
            "owner_uuid",
            "project",
            "floating",
            "in_use",
            "vm",
            "network",
            "nic",
            "created",
        ],
    ),
    (
        "ip_log",
        "details",
        "details",
        &[
            "id",
            "address",
            "owner_uuid",
            "vm",
            "network",
            "action",
            "date",
            "reason",
        ],
    ),
    (
        "project",
        "details",
        "details",
        &[
            "id",
            "uuid",
            "name",
            "owner_uuid",
            "project_status",
            "description",
            "homepage",
            "is_base",
            "reason",
            "created",
            "ends",
        ],
    ),
    (
        "group",
        "details",
        "details",
        &["id", "name", "permissions"],
    ),
    (
        "auth_provider",
        "details",
        "details",
        &[
            "id",
            "name",
            "identifier",
            "backend",
            "active",
            "created",
            "description",
        ],
    ),
];

fn pair(item: &Item, name: &str, d: &AtDesk) -> Option<Pair> {
    let cell = list::cell(item, name, d.now);
    if cell.text.is_empty() {
        return None;
    }
    let instant = cell.exact.parse().map(words::instant);
    Some(Pair {
        name: cell.label,
        value: instant.unwrap_or(cell.text),
        exact: cell.exact,
        link: cell.link,
    })
}

async fn sections(d: &AtDesk, kind: &Kind, item: &Item) -> Result<Vec<Section>> {
    let own = SECTIONS.iter().filter(|(name, ..)| *name == kind.name);
    let mut all: Vec<Section> = own
        .map(|(_, id, title, names)| Section {
            id,
            title: text(title),
            pairs: names
                .iter()
                .filter_map(|name| pair(item, name, d))
                .collect(),
        })
        .collect();
    let plain = |name: &str, value: String| Pair {
        name: name.to_owned(),
        value,
        exact: String::new(),
        link: String::new(),
    };
    if let Some(Thing::Server { row, .. }) = item.as_thing() {
        let backends = d.state.compute.backends().await?;
        let cluster = backends
            .into_iter()
            .find(|(backend, _)| backend.id == row.backend);
        let mut pairs: Vec<Pair> = Vec::new();
        let mut told = |key: &str, value: Option<String>| {
            pairs.extend(value.map(|value| plain(&list::head(key), value)));
        };
        told("cluster", cluster.map(|(backend, _)| backend.clustername));
        told(
            "last_action",
            row.action.map(|action| action.word().to_owned()),
        );
        told("job", row.job.as_ref().map(|job| job.id.to_string()));
        told(
            "job_status",
            row.job.as_ref().map(|job| job.status.word().to_owned()),
        );
        told("opcode", row.job.as_ref().map(|job| job.opcode.clone()));
        told("log", row.job.as_ref().and_then(|job| job.log.clone()));
        all.push(Section {
            id: "backend",
            title: text("adm-backend"),
            pairs,
        });
        let told = row
            .metadata
            .iter()
            .map(|(key, value)| plain(key, value.clone()));
        all.push(Section {
            id: "metadata",
            title: text("adm-metadata"),
            pairs: told.collect(),
        });
    }
    all.retain(|section| !section.pairs.is_empty());
    Ok(all)
}

/// What a project uses, without what is unlimited or 0 and unused (ID-ADU-31).
async fn usage(d: &AtDesk, item: &Item) -> Result<(Vec<Meter>, Vec<Owner>)> {
    let What::Project(project) = &item.what else {
        return Ok((Vec::new(), Vec::new()));
    };
    let owner: &UserView = &project.owner;
    let catalogue = d.state.quota.catalogue().await?;
    let usage = d.state.quota.usage(owner.uuid).await?;
    let numbers = usage.get(&project.uuid).cloned().unwrap_or_default();
    let numbers = super::user::telling(&numbers);
    let only_active = d.settings.bool("ADMIN_SHOW_ONLY_ACTIVE_PROJECT_MEMBERS");
    let members = [owner]
        .into_iter()
        .filter(|user| user.active || !only_active);
    let members = members.map(|user| Owner {
        email: format!("{} · {}", user.email, user.status),
        path: format!("/admin/user/{}", user.no),
    });
    let shown = meters(&catalogue, &numbers, &project.uuid.to_string());
    Ok((shown, members.collect()))
}

async fn trail(d: &AtDesk, kind: &Kind, item: &Item) -> Result<Option<Vec<audit::Line>>> {
    if kind.audited.is_empty() || kind.name == "ip_log" {
        return Ok(None);
    }
    let id = match kind.name {
        "project" => item.value("uuid").to_owned(),
        _ => item.id.clone(),
    };
    let filter = Filter {
        target: Some((kind.audited.to_owned(), Some(id))),
        ..Filter::default()
    };
    let request = PageRequest {
        after: None,
        limit: RECENT,
    };
    let found = d
        .state
        .identity
        .desk_audit(&d.desk, filter, request)
        .await?;
    let lines = found
        .items
        .into_iter()
        .map(|entry| audit::line(entry, d.now));
    Ok(Some(lines.collect()))
}

/// Whose it is, as a link.
async fn owner(d: &AtDesk, item: &Item) -> Result<Option<Owner>> {
    let people = item.owner.into_iter().collect();
    let found = d.state.identity.desk_owners(&d.desk, people).await?;
    if let What::Method(method) = &item.what {
        let card = d
            .state
            .identity
            .desk_card(&d.desk, &method.user.to_string())
            .await?;
        return Ok(card.map(|card| Owner {
            path: format!("/admin/user/{}", card.user.no),
            email: card.user.email,
        }));
    }
    Ok(list::owner(item, &found))
}

/// The page.
pub(in crate::pages) async fn detail(
    d: AtDesk,
    Path((kind, id)): Path<(String, String)>,
) -> std::result::Result<Response, Failed> {
    let kind = views::named(&d.settings, &kind)?;
    let item = named(&d, kind, &id).await?;
    let buttons = deeds::offered(&d, kind.name, &item);
    let buttons = buttons.into_iter().map(|deed| Button {
        path: format!("{}/{}", item.path(kind.name), deed.name),
        words: deed.title(),
        karma: deed.karma,
    });
    let (meters, members) = usage(&d, &item).await?;
    Ok(page(&Detail {
        s: d.shell("admin-thing", &item.name, kind.key),
        list: (kind.path(), kind.title(&d.settings)),
        buttons: buttons.collect(),
        sections: sections(&d, kind, &item).await?,
        categories: related::of_thing(&d, kind, &item).await?,
        trail: trail(&d, kind, &item).await?,
        trail_link: format!("/admin/audit?kind={}&target={}", kind.audited, item.id),
        owner: owner(&d, &item).await?,
        suspended: matches!(item.as_thing(), Some(Thing::Server { row, .. }) if row.suspended),
        tone: item.tone,
        state: item.state.clone(),
        name: item.name,
        id: item.id,
        meters,
        members,
    }))
}
