//! One server, disk, network, address, project, group or login method (ID-ADU-11,
//! ID-ADU-30): what is known, what can be done, what belongs to it, what was done.

use super::{
    AtDesk,
    deed::named,
    deeds,
    head::{self, Button, Head, Pair, Section, Trail},
    items::{Item, What},
    list::{self, Owner},
    related::{self, Category},
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
use compute::{Server, Thing};
use identity::UserView;
use kernel::Result;

#[derive(Template)]
#[template(path = "pages/admin_thing.html")]
struct Detail {
    s: Shell,
    h: Head,
    sections: Vec<Section>,
    meters: Vec<Meter>,
    members: Vec<Owner>,
    categories: Vec<Category>,
    /// None: the trail does not know things of this kind.
    trail: Option<Trail>,
}

/// Values that people copy.
const COPIED: [&str; 5] = ["uuid", "owner_uuid", "project", "image", "address"];

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
        copied: COPIED.contains(&name),
    })
}

/// Where a server runs and what its cluster last did for it.
async fn backend(d: &AtDesk, row: &Server) -> Result<Section> {
    let backends = d.state.compute.backends().await?;
    let mut backends = backends.into_iter();
    let cluster = backends.find(|(backend, _)| backend.id == row.backend);
    let job = row.job.as_ref();
    let all = [
        ("cluster", cluster.map(|(backend, _)| backend.clustername)),
        (
            "last_action",
            row.action.map(|action| action.word().to_owned()),
        ),
        ("job", job.map(|job| job.id.to_string())),
        ("job_status", job.map(|job| job.status.word().to_owned())),
        ("opcode", job.map(|job| job.opcode.clone())),
        ("log", job.and_then(|job| job.log.clone())),
    ];
    let told = all.into_iter();
    let told = told.filter_map(|(key, value)| Some(Pair::new(list::head(key), value?)));
    Ok(Section {
        id: "backend",
        title: text("adm-backend"),
        pairs: told.collect(),
    })
}

async fn sections(d: &AtDesk, kind: &Kind, item: &Item) -> Result<Vec<Section>> {
    let own = kind.sections.iter().map(|(id, title, names)| Section {
        id,
        title: text(title),
        pairs: names
            .iter()
            .filter_map(|name| pair(item, name, d))
            .collect(),
    });
    let mut all: Vec<Section> = own.collect();
    if let Some(Thing::Server { row, .. }) = item.as_thing() {
        all.push(backend(d, row).await?);
        let told = row.metadata.iter();
        all.push(Section {
            id: "metadata",
            title: text("adm-metadata"),
            pairs: told
                .map(|(key, value)| Pair::new(key.clone(), value.clone()))
                .collect(),
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

async fn trail(d: &AtDesk, kind: &Kind, item: &Item) -> Result<Option<Trail>> {
    if kind.audited.is_empty() || kind.name == "ip_log" {
        return Ok(None);
    }
    let id = match kind.name {
        "project" => item.value("uuid"),
        _ => &item.id,
    };
    head::trail(d, kind.audited, id).await.map(Some)
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

/// State, and that it is locked.
fn badges(item: &Item) -> Vec<(&'static str, String)> {
    let state = (item.tone, item.state.clone());
    let locked = match item.as_thing() {
        Some(Thing::Server { row, .. }) => row.suspended,
        _ => false,
    };
    let locked = locked.then(|| ("warning", text("adm-v-suspended")));
    let all = [Some(state), locked].into_iter().flatten();
    all.filter(|(_, words)| !words.is_empty()).collect()
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
    let sections = sections(&d, kind, &item).await?;
    let categories = related::of_thing(&d, kind, &item).await?;
    let trail = trail(&d, kind, &item).await?;
    let mut h = Head {
        list: (kind.path(), kind.title(&d.settings)),
        name: item.name.clone(),
        badges: badges(&item),
        note: format!("#{}", item.id),
        owner: owner(&d, &item).await?,
        ..Head::default()
    }
    .offering(buttons.collect(), Vec::new());
    for section in &sections {
        h = h.with(section.id, section.title.clone(), 0);
    }
    if !meters.is_empty() {
        h = h.with("usage", text("adm-usage"), 0);
    }
    for category in &categories {
        h = h.with(&category.id, category.title.clone(), category.rows.len());
    }
    if trail.is_some() {
        h = h.with("trail", text("adm-trail"), 0);
    }
    Ok(page(&Detail {
        s: d.shell("admin-thing", &item.name, kind.key),
        h,
        sections,
        meters,
        members,
        categories,
        trail,
    }))
}
