//! The lists of servers, disks, networks, addresses, projects, groups and login methods
//! (ID-ADU-10, ID-ADU-20): pages of an index, filters, selection.

use super::{
    AtDesk, SLICE, deeds,
    filter::{self, Asked},
    items::Item,
    list_find::{self, Listed, Part},
    streamed,
    users::Choice,
    view::More,
    views::{self, Kind},
};
use crate::{
    pages::{
        Failed,
        shell::{Shell, page},
        words,
    },
    text::{self, text},
};
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use http::HeaderMap;
use identity::UserView;
use kernel::{Timestamp, UserId};
use std::collections::BTreeMap;

/// A value of a row.
pub(super) struct Cell {
    pub(super) label: String,
    pub(super) text: String,
    /// Shown when pointed at.
    pub(super) exact: String,
    /// Where it leads; empty: nowhere.
    pub(super) link: String,
}

/// Somebody or nobody, with a page.
pub(super) struct Owner {
    pub(super) email: String,
    pub(super) path: String,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) tone: &'static str,
    pub(super) state: String,
    pub(super) suspended: bool,
    pub(super) owner: Option<Owner>,
    pub(super) cells: Vec<Cell>,
}

/// The living part of a list.
struct List {
    kind: &'static Kind,
    rows: Vec<Row>,
    heads: Vec<String>,
    /// Rows have a state and an owner.
    stated: bool,
    owned: bool,
    next: String,
    first: bool,
    filtered: bool,
    /// Nothing fits among what was looked at, but there is more.
    further: bool,
    total: String,
    /// The filters alone.
    filters: String,
    bulk: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "pages/admin_things.html")]
struct Page {
    s: Shell,
    kind: &'static Kind,
    text: String,
    owner: String,
    states: Vec<Choice>,
    state_name: &'static str,
    deleted: Vec<Choice>,
    sorts: Vec<Choice>,
    more: More,
    compact: bool,
    help: String,
    l: List,
}

#[derive(Template)]
#[template(path = "parts/admin_things.html")]
struct Fragment {
    s: Shell,
    l: List,
}

/// Heading of a value.
pub(super) fn head(name: &str) -> String {
    text(&format!("adm-v-{}", name.replace('_', "-")))
}

/// A value as people read it.
pub(super) fn cell(item: &Item, name: &str, now: Timestamp) -> Cell {
    let value = item.value(name);
    let mut cell = Cell {
        label: head(name),
        text: value.to_owned(),
        exact: String::new(),
        link: String::new(),
    };
    match name {
        "created" | "updated" | "date" | "ends" => {
            if let Ok(at) = value.parse::<Timestamp>() {
                cell.text = match at > now {
                    true => words::day(at),
                    false => words::ago(now, at),
                };
                cell.exact = words::exact(at);
            }
        }
        "vm" | "network" if !value.is_empty() => {
            cell.link = format!("/admin/{name}/{value}");
            cell.text = format!("#{value}");
        }
        "size" => cell.text = format!("{value} GB"),
        "flavor" => cell.text = value.to_owned(),
        _ => {}
    }
    cell
}

/// The owner as a link.
pub(super) fn owner(item: &Item, owners: &BTreeMap<UserId, UserView>) -> Option<Owner> {
    let uuid = item.owner?;
    let user = owners.get(&uuid);
    Some(Owner {
        email: user.map_or_else(|| uuid.to_string(), |user| user.email.clone()),
        path: format!("/admin/user/{uuid}"),
    })
}

/// An item as a row with these values.
pub(super) fn row(
    kind: &Kind,
    item: &Item,
    owners: &BTreeMap<UserId, UserView>,
    now: Timestamp,
) -> Row {
    Row {
        id: item.id.clone(),
        path: item.path(kind.name),
        name: item.name.clone(),
        tone: item.tone,
        state: item.state.clone(),
        suspended: matches!(item.as_thing(), Some(compute::Thing::Server { row, .. }) if row.suspended),
        owner: owner(item, owners),
        cells: kind
            .shown
            .iter()
            .map(|name| cell(item, name, now))
            .collect(),
    }
}

fn choice(value: &str, words: String, chosen: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        words,
        chosen: value == chosen,
    }
}

fn list(d: &AtDesk, kind: &'static Kind, asked: &Asked, found: Listed) -> List {
    let rows: Vec<Row> = found
        .items
        .iter()
        .map(|item| row(kind, item, &found.owners, d.now))
        .collect();
    let whole = found.complete && asked.after.is_empty();
    List {
        heads: kind.shown.iter().map(|name| head(name)).collect(),
        stated: !matches!(kind.name, "group"),
        owned: !matches!(kind.name, "group" | "auth_provider"),
        further: rows.is_empty() && found.next.is_some(),
        next: found.next.map(|next| asked.link(&next)).unwrap_or_default(),
        first: asked.after.is_empty(),
        filtered: asked.filtered(),
        total: match whole {
            true => text::with("adm-things", &[("n", &found.matched.to_string())]),
            false => String::new(),
        },
        filters: asked.link(""),
        bulk: deeds::of(d, kind.name)
            .iter()
            .map(|deed| choice(deed.name, deed.title(), ""))
            .collect(),
        kind,
        rows,
    }
}

/// The first list (ID-ADU-10).
pub(in crate::pages) async fn first(d: AtDesk, headers: HeaderMap) -> Result<Response, Failed> {
    let query = d
        .uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    match views::all(&d.settings).first() {
        Some(kind) if kind.name == "user" => super::users::page_of_users(d, headers).await,
        Some(kind) => Ok(Redirect::to(&format!("{}{query}", kind.path())).into_response()),
        None => Ok(Redirect::to("/admin/audit").into_response()),
    }
}

/// The states things of a kind can be in, to choose one.
fn states(kind: &Kind, asked: &Asked) -> Vec<Choice> {
    let now = asked.state().to_lowercase();
    let state = |state: &&str| {
        let value = state.to_lowercase();
        Choice {
            words: text(&format!("adm-state-{}", value.replace('_', "-"))),
            chosen: now == value,
            value,
        }
    };
    kind.states.iter().map(state).collect()
}

/// A list; for htmx only its living part.
pub(in crate::pages) async fn page_of(
    d: AtDesk,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let kind = views::named(&d.settings, &name)?;
    let asked = Asked::read(kind, d.uri.query().unwrap_or_default());
    let part = Part {
        skip: 0,
        limit: d.rows(),
        count: asked.after.is_empty(),
    };
    let found = list_find::find(&d, kind, &asked, part).await?;
    let l = list(&d, kind, &asked, found);
    let s = d.shell("admin-things", &kind.title(&d.settings), kind.key);
    if headers.contains_key("hx-request") {
        return Ok(page(&Fragment { s, l }));
    }
    let state_name = filter::STATES
        .into_iter()
        .find(|name| kind.filters.contains(name));
    let gone = ["", "all", "only"].map(|value| {
        let key = if value.is_empty() { "hidden" } else { value };
        choice(value, text(&format!("adm-deleted-{key}")), &asked.deleted)
    });
    let ends = matches!(kind.name, "vm" | "volume" | "network");
    let sorts = ["newest", "oldest"].map(|value| {
        let chosen = if asked.oldest() { "oldest" } else { "newest" };
        choice(value, text(&format!("adm-sort-{value}")), chosen)
    });
    Ok(page(&Page {
        kind,
        text: asked.text.clone(),
        owner: asked.given.get("user").cloned().unwrap_or_default(),
        states: states(kind, &asked),
        state_name: state_name.unwrap_or_default(),
        deleted: if ends { gone.into() } else { Vec::new() },
        sorts: if kind.thing.is_some() {
            sorts.into()
        } else {
            Vec::new()
        },
        more: asked.more(kind),
        compact: asked.view.compact(),
        help: kind
            .filters
            .iter()
            .map(|name| format!("{name}:"))
            .collect::<Vec<_>>()
            .join(" "),
        s,
        l,
    }))
}

/// What a line of the file has: what programs and opened rows are told.
fn columns(kind: &Kind) -> Vec<&'static str> {
    let mut all = kind.columns.to_vec();
    all.extend(
        kind.summary
            .iter()
            .filter(|name| !kind.columns.contains(name)),
    );
    all
}

fn line(kind: &Kind, item: &Item, owners: &BTreeMap<UserId, UserView>) -> kernel::Result<String> {
    let owner = owner(item, owners).map(|owner| owner.email);
    let owner = owner.unwrap_or_default();
    let values = columns(kind).into_iter().map(|name| match name {
        "owner" => owner.as_str(),
        name => item.value(name),
    });
    identity::audit::csv_row(&values.collect::<Vec<_>>())
}

/// A list as a file, as filtered.
pub(in crate::pages) async fn export(
    d: AtDesk,
    Path(name): Path<String>,
) -> Result<Response, Failed> {
    let kind = views::named(&d.settings, &name)?;
    let asked = Asked::read(kind, d.uri.query().unwrap_or_default());
    let d = std::sync::Arc::new(d);
    let next = move |after: Option<String>| {
        let (d, mut asked) = (d.clone(), asked.clone());
        let head = after.is_none();
        asked.after = after.unwrap_or_default();
        async move {
            let part = Part {
                skip: 0,
                limit: SLICE,
                count: false,
            };
            let found = list_find::find(&d, kind, &asked, part).await?;
            let mut text = match head {
                true => identity::audit::csv_row(&columns(kind))?,
                false => String::new(),
            };
            for item in &found.items {
                text.push_str(&line(kind, item, &found.owners)?);
            }
            Ok((text, found.next))
        }
    };
    let file = format!("{}.csv", kind.name);
    Ok(streamed(&file, "text/csv; charset=utf-8", "", next))
}
