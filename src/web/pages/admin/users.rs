//! The list of people: search as one types, filters, columns, export.

use super::{
    AtDesk, SLICE, ops,
    people_asked::{Asked, SORTS, STATES, typed_names},
    people_find, state_badge, streamed,
    view::More,
    views,
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
use axum::response::Response;
use http::HeaderMap;
use identity::{UserFilter, UserView, follow};
use kernel::{Error, Result, Timestamp, page::PageRequest};

/// Columns that can be chosen, and whether they are shown at first.
const COLUMNS: [(&str, bool); 11] = [
    ("id", true),
    ("groups", true),
    ("providers", false),
    ("joined", true),
    ("last-login", true),
    ("verified", false),
    ("admin", false),
    ("level", false),
    ("invitations", false),
    ("affiliation", false),
    ("uuid", false),
];

/// A choice of a filter.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) chosen: bool,
}

struct Cell {
    label: String,
    text: String,
    exact: String,
}

struct Row {
    no: u64,
    name: String,
    email: String,
    tone: &'static str,
    state: String,
    cells: Vec<Cell>,
}

/// The living part of the list.
struct List {
    rows: Vec<Row>,
    heads: Vec<String>,
    next: String,
    first: bool,
    filtered: bool,
    building: bool,
    total: String,
    export: String,
}

#[derive(Template)]
#[template(path = "pages/admin_users.html")]
struct Page {
    s: Shell,
    text: String,
    states: Vec<Choice>,
    groups: Vec<Choice>,
    providers: Vec<Choice>,
    sorts: Vec<Choice>,
    columns: Vec<Choice>,
    more: More,
    compact: bool,
    help: String,
    bulk: Vec<Choice>,
    l: List,
}

#[derive(Template)]
#[template(path = "parts/admin_users.html")]
struct Part {
    s: Shell,
    bulk: Vec<Choice>,
    l: List,
}

fn choice(value: &str, words: String, chosen: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        words,
        chosen: value == chosen,
    }
}

fn cell(column: &str, user: &UserView, now: Timestamp) -> Cell {
    let yes = |on: bool| text(if on { "yes" } else { "no" });
    let mut exact = String::new();
    let mut time = |at: Option<Timestamp>| {
        exact = at.map(words::exact).unwrap_or_default();
        at.map(|at| words::ago(now, at)).unwrap_or_default()
    };
    let shown = match column {
        "id" => user.no.to_string(),
        "groups" => names(user),
        "providers" => providers(user),
        "joined" => time(Some(user.joined)),
        "last-login" => time(user.last_login),
        "verified" => yes(user.verified),
        "admin" => yes(user.admin),
        "level" => user.level.to_string(),
        "invitations" => user.invitations.to_string(),
        "affiliation" => user.affiliation.clone().unwrap_or_default(),
        _ => user.uuid.to_string(),
    };
    Cell {
        label: text(&format!("adm-col-{column}")),
        text: shown,
        exact,
    }
}

fn names(user: &UserView) -> String {
    let names: Vec<&str> = user.groups.iter().map(|(_, name)| name.as_str()).collect();
    names.join(", ")
}

fn providers(user: &UserView) -> String {
    let shown = |m: &identity::MethodView| match m.identifier.as_str() {
        "" => m.module.clone(),
        identifier => format!("{}:{identifier}", m.module),
    };
    let all: Vec<String> = user.methods.iter().map(shown).collect();
    all.join(", ")
}

/// What was found, the next marker, and whether the index was there to ask.
async fn find(
    d: &AtDesk,
    asked: &Asked,
    limit: usize,
) -> Result<(Vec<UserView>, Option<String>, bool)> {
    let (state, desk) = (&d.state, &d.desk);
    let query = asked.search(limit);
    if state.search.ready() {
        let (users, next) = people_find::find(d, &query).await?;
        return Ok((users, next, true));
    }
    // Until the index is there: whoever is named in full, or everybody by number.
    if !query.text.is_empty() {
        let card = state.identity.desk_card(desk, query.text.trim()).await?;
        return Ok((card.into_iter().map(|c| c.user).collect(), None, false));
    }
    let facet = |name: &str| {
        let start = format!("{name}:");
        let mut all = query.facets.iter();
        all.find_map(|facet| facet.strip_prefix(&start).map(str::to_owned))
    };
    let filter = UserFilter {
        state: facet("state").and_then(|name| state_of(&name)),
        groups: facet("group").into_iter().collect(),
    };
    let after = query.after;
    let request = PageRequest { after, limit };
    let found = state.identity.desk_list(desk, filter, request).await?;
    Ok((found.items, found.next, false))
}

fn state_of(name: &str) -> Option<identity::AccountState> {
    use identity::AccountState as A;
    let all = [
        A::Unverified,
        A::Unmoderated,
        A::Rejected,
        A::Active,
        A::Inactive,
    ];
    all.into_iter()
        .find(|state| follow::state_name(*state) == name)
}

async fn list(d: &AtDesk, asked: &Asked) -> Result<List> {
    let (users, next, ready) = find(d, asked, d.rows()).await?;
    let columns: Vec<&str> = COLUMNS
        .iter()
        .filter(|(name, at_first)| asked.shows(name, *at_first))
        .map(|(name, _)| *name)
        .collect();
    let row = |user: &UserView| {
        let (tone, state) = state_badge(user.state);
        Row {
            no: user.no.0,
            name: user.real_name().trim().to_owned(),
            email: user.email.clone(),
            tone,
            state,
            cells: columns.iter().map(|c| cell(c, user, d.now)).collect(),
        }
    };
    let query = asked.search(1);
    let total = match ready && query.text.is_empty() {
        true => {
            let n = people_find::count(d, &query).await?;
            n.map_or_else(String::new, |n| {
                text::with("adm-people", &[("n", &n.to_string())])
            })
        }
        false => String::new(),
    };
    Ok(List {
        rows: users.iter().map(row).collect(),
        heads: columns
            .iter()
            .map(|c| text(&format!("adm-col-{c}")))
            .collect(),
        next: next.map(|next| asked.link(&next)).unwrap_or_default(),
        first: asked.after.is_empty(),
        filtered: asked.filtered(),
        building: !ready,
        total,
        export: asked.link(""),
    })
}

/// The list (ID-ADU-10, ID-ADU-20); for htmx only its living part.
pub(in crate::pages) async fn page_of_users(
    d: AtDesk,
    headers: HeaderMap,
) -> std::result::Result<Response, Failed> {
    let kind = views::named(&d.settings, "user")?;
    let asked = Asked::read(d.uri.query().unwrap_or_default());
    let l = list(&d, &asked).await?;
    let s = d.shell("admin-users", &kind.title(&d.settings), kind.key);
    let bulk = ops::OPS.iter().filter(|op| op.bulk && op.allowed(&d));
    let bulk: Vec<Choice> = bulk.map(|op| choice(op.name, op.title(), "")).collect();
    if headers.contains_key("hx-request") {
        return Ok(page(&Part { s, bulk, l }));
    }
    let states = STATES.iter().map(|state| {
        choice(
            state,
            text(&format!("adm-state-{state}")),
            asked.given("state"),
        )
    });
    let groups = d.state.identity.desk_groups(&d.desk).await?;
    let groups = groups
        .into_iter()
        .map(|group| choice(&group, group.clone(), asked.given("group")));
    let modules = d.settings.strings("ASTAKOS_IM_MODULES");
    let modules = modules
        .iter()
        .map(|module| choice(module, module.clone(), asked.given("provider")));
    let sort = if asked.sort.is_empty() {
        "newest"
    } else {
        asked.sort.as_str()
    };
    let sorts = SORTS
        .iter()
        .map(|(name, _)| choice(name, text(&format!("adm-sort-{name}")), sort));
    let columns = COLUMNS.iter().map(|(name, at_first)| Choice {
        value: (*name).to_owned(),
        words: text(&format!("adm-col-{name}")),
        chosen: asked.shows(name, *at_first),
    });
    Ok(page(&Page {
        more: asked.more(),
        compact: asked.view.compact(),
        help: typed_names(),
        text: asked.text.clone(),
        states: states.collect(),
        groups: groups.collect(),
        providers: modules.collect(),
        sorts: sorts.collect(),
        columns: columns.collect(),
        bulk,
        s,
        l,
    }))
}

/// First line of the export.
const HEAD: &str = "id,uuid,email,first name,last name,state,status,admin,groups,providers,\
                    affiliation,level,invitations,joined,last login\r\n";

fn line(user: &UserView) -> Result<String> {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let admin = if user.admin { "yes" } else { "no" };
    identity::audit::csv_row(&[
        &user.no.to_string(),
        &user.uuid.to_string(),
        &user.email,
        &user.first_name,
        &user.last_name,
        follow::state_name(user.state),
        &user.status,
        admin,
        &names(user),
        &providers(user),
        user.affiliation.as_deref().unwrap_or_default(),
        &user.level.to_string(),
        &user.invitations.to_string(),
        &user.joined.to_string(),
        &time(user.last_login),
    ])
}

/// The list as a file, as filtered.
pub(in crate::pages) async fn export(d: AtDesk) -> Response {
    let asked = Asked::read(d.uri.query().unwrap_or_default());
    let d = std::sync::Arc::new(d);
    let next = move |after: Option<String>| {
        let d = d.clone();
        let mut asked = asked.clone();
        asked.after = after.unwrap_or_default();
        async move {
            let (users, next, _) = find(&d, &asked, SLICE).await?;
            let lines = users.iter().map(line).collect::<Result<String, Error>>()?;
            Ok((lines, next))
        }
    };
    streamed("users.csv", "text/csv; charset=utf-8", HEAD, next)
}
