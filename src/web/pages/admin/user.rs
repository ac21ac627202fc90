//! One person (ID-ADU-11, ID-ADU-30): all that is known, what can be done, what was done.

use super::{
    AtDesk,
    head::{self, Button, Head, Pair, Section, Trail},
    ops,
    related::{self, Category},
    state_badge, views,
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
use identity::{Card, UserView, follow};
use kernel::{Error, Timestamp, quantity::INFINITE};
use quota::Numbers;
use std::collections::BTreeMap;

struct Method {
    module: String,
    identifier: String,
    active: bool,
    /// Day and moment it was added.
    created: (String, String),
    last: String,
    exact: String,
    info: Vec<(String, String)>,
}

struct Project {
    name: String,
    id: String,
    meters: Vec<Meter>,
}

#[derive(Template)]
#[template(path = "pages/admin_user.html")]
struct Detail {
    s: Shell,
    h: Head,
    sections: Vec<Section>,
    methods: Vec<Method>,
    /// Methods of the service that the person does not use.
    unused: String,
    projects: Vec<Project>,
    categories: Vec<Category>,
    trail: Option<Trail>,
}

/// The account an address names, or a page that says there is none (ID-ADU-18).
pub(super) async fn card(d: &AtDesk, name: &str) -> Result<Card, Failed> {
    views::named(&d.settings, "user")?;
    let found = d.state.identity.desk_card(&d.desk, name).await?;
    let none = || {
        let text = crate::text::with("adm-no-user", &[("name", name)]);
        Failed::from(Error::not_found(text))
    };
    found.ok_or_else(none)
}

fn details(card: &Card) -> Vec<Pair> {
    let user = &card.user;
    let yes = |on: bool| text(if on { "yes" } else { "no" });
    let joined = |all: &[String]| all.join(", ");
    let groups: Vec<String> = user.groups.iter().map(|(_, name)| name.clone()).collect();
    let all = [
        ("adm-col-id", user.no.to_string()),
        ("first-name", user.first_name.clone()),
        ("last-name", user.last_name.clone()),
        ("adm-username", user.username.clone()),
        (
            "adm-accepted-email",
            user.accepted_email.clone().unwrap_or_default(),
        ),
        (
            "adm-affiliation",
            user.affiliation.clone().unwrap_or_default(),
        ),
        ("adm-language", user.language.clone()),
        ("adm-groups", joined(&groups)),
        ("adm-permissions", joined(&user.permissions)),
        ("adm-group-permissions", joined(&user.group_permissions)),
        ("adm-level", user.level.to_string()),
        ("adm-invitations", user.invitations.to_string()),
        ("adm-default-project", user.default_project.to_string()),
        ("adm-sessions", card.sessions.to_string()),
        ("adm-password", yes(card.password)),
        ("adm-second-factor", yes(card.factor)),
        (
            "adm-pending-email",
            card.pending_email.clone().unwrap_or_default(),
        ),
        ("adm-profile-confirmed", yes(user.profile_confirmed)),
    ];
    let uuid = Pair {
        copied: true,
        ..Pair::new(text("user-id"), user.uuid.to_string())
    };
    let shown = all.into_iter().filter(|(_, value)| !value.is_empty());
    let shown = shown.map(|(key, value)| Pair::new(text(key), value));
    std::iter::once(uuid).chain(shown).collect()
}

fn log(user: &UserView) -> Vec<Pair> {
    let reason = |at: &Option<String>| at.clone().unwrap_or_default();
    let all = [
        ("adm-log-joined", Some(user.joined), String::new()),
        ("adm-log-sent", user.activation_sent, String::new()),
        ("adm-log-verified", user.verified_at, String::new()),
        (
            "adm-log-moderated",
            user.moderated_at,
            match user.rejected {
                true => reason(&user.rejected_reason),
                false => reason(&user.accepted_policy),
            },
        ),
        (
            "adm-log-deactivated",
            user.deactivated_at,
            reason(&user.deactivated_reason),
        ),
        (
            "adm-log-terms",
            user.signed_terms_at.filter(|_| user.signed_terms),
            String::new(),
        ),
        ("adm-log-token", user.token_created, String::new()),
        ("adm-log-token-ends", user.token_expires, String::new()),
        ("adm-log-updated", Some(user.updated), String::new()),
        ("adm-log-login", user.last_login, String::new()),
    ];
    let line = |(key, at, why): (&str, Option<Timestamp>, String)| {
        let at = at?;
        let why = if why.is_empty() {
            why
        } else {
            format!(" · {why}")
        };
        Some(Pair {
            exact: words::exact(at),
            ..Pair::new(text(key), format!("{}{why}", words::instant(at)))
        })
    };
    all.into_iter().filter_map(line).collect()
}

/// What a provider told, as pairs.
fn info(json: &str) -> Vec<(String, String)> {
    let parsed: Option<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(json).ok();
    let pairs = parsed.unwrap_or_default().into_iter().take(40);
    pairs
        .map(|(key, value)| {
            let value = match value {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            };
            (key, value)
        })
        .collect()
}

fn methods(user: &UserView, now: Timestamp) -> Vec<Method> {
    let method = |m: &identity::MethodView| Method {
        module: m.module.clone(),
        identifier: m.identifier.clone(),
        active: m.active,
        created: (words::day(m.created), words::exact(m.created)),
        last: m
            .last_login
            .map(|at| words::ago(now, at))
            .unwrap_or_default(),
        exact: m.last_login.map(words::exact).unwrap_or_default(),
        info: info(&m.info),
    };
    user.methods.iter().map(method).collect()
}

/// The methods of the service that a person does not have (ID-ADU-30).
fn unused(d: &AtDesk, user: &UserView) -> String {
    let mut modules = d.settings.strings("ASTAKOS_IM_MODULES");
    modules.retain(|module| user.methods.iter().all(|m| m.module != *module));
    modules.join(", ")
}

/// The numbers that tell something: not what is unlimited, and not what is 0 and unused
/// (ID-ADU-31).
pub(super) fn telling(numbers: &BTreeMap<String, Numbers>) -> BTreeMap<String, Numbers> {
    let tells = |n: &Numbers| {
        let limit = n.effective_limit();
        limit < INFINITE && (limit > 0 || n.usage > 0)
    };
    let kept = numbers.iter().filter(|(_, n)| tells(n));
    kept.map(|(name, n)| (name.clone(), *n)).collect()
}

async fn projects(d: &AtDesk, user: &UserView) -> kernel::Result<Vec<Project>> {
    let catalogue = d.state.quota.catalogue().await?;
    let usage = d.state.quota.usage(user.uuid).await?;
    let project = |(id, numbers): (&kernel::ProjectId, &_)| Project {
        name: match *id == user.uuid.own_project() {
            true => text("own-project"),
            false => id.to_string(),
        },
        id: id.to_string(),
        meters: meters(&catalogue, &telling(numbers), &id.to_string()),
    };
    Ok(usage.iter().map(project).collect())
}

pub(in crate::pages) async fn detail(
    d: AtDesk,
    Path(name): Path<String>,
) -> Result<Response, Failed> {
    let card = card(&d, &name).await?;
    let user = &card.user;
    let button = |op: &ops::Op| Button {
        path: format!("/admin/user/{}/{}", user.no, op.name),
        words: op.title(),
        karma: op.karma(),
    };
    // The decision that waits comes first; the rest is in a list.
    let first = [
        "accept", "reject", "verify", "resend", "activate", "contact",
    ];
    let (primary, more): (Vec<_>, Vec<_>) = ops::offered(&d, &card)
        .into_iter()
        .partition(|op| first.contains(&op.name));
    let (tone, state) = state_badge(user.state);
    let admin = user.admin.then(|| ("info", text("adm-superuser")));
    let sections = vec![
        section("details", "details", details(&card)),
        section("log", "adm-history", log(user)),
    ];
    let projects = projects(&d, user).await?;
    let categories = related::of_person(&d, user).await?;
    let mut h = Head {
        list: ("/admin/user".to_owned(), text("adm-users")),
        name: user.email.clone(),
        badges: [Some((tone, state)), admin].into_iter().flatten().collect(),
        note: status(user),
        ..Head::default()
    }
    .offering(
        primary.into_iter().map(button).collect(),
        more.into_iter().map(button).collect(),
    );
    for section in &sections {
        h = h.with(section.id, section.title.clone(), 0);
    }
    h = h.with("methods", text("adm-methods"), 0);
    if !projects.is_empty() {
        h = h.with("quota", text("adm-quotas"), 0);
    }
    for category in &categories {
        h = h.with(&category.id, category.title.clone(), category.rows.len());
    }
    Ok(page(&Detail {
        s: d.shell("admin-user", &user.email, "nav-adm-users"),
        h: h.with("trail", text("adm-trail"), 0),
        sections,
        methods: methods(user, d.now),
        unused: unused(&d, user),
        projects,
        categories,
        trail: Some(head::trail(&d, "user", &user.no.to_string()).await?),
    }))
}

/// The status of an account in the reader's language, built as its English form is.
fn status(user: &UserView) -> String {
    use identity::AccountState as A;
    let why = match user.state {
        A::Rejected => &user.rejected_reason,
        A::Inactive => &user.deactivated_reason,
        _ => &None,
    };
    let mut said = text(&format!("adm-account-{}", follow::state_name(user.state)));
    if let Some(why) = why.as_deref().filter(|why| !why.is_empty()) {
        said.push_str(&format!(" ({why})"));
    }
    if matches!(user.state, A::Active | A::Inactive) {
        let policy = user.accepted_policy.as_deref().unwrap_or("None");
        said.push(' ');
        said.push_str(&crate::text::with(
            "adm-account-policy",
            &[("policy", policy)],
        ));
    }
    said
}

fn section(id: &'static str, title: &str, pairs: Vec<Pair>) -> Section {
    Section {
        id,
        title: text(title),
        pairs,
    }
}
