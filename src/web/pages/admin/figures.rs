//! Figures about people (ID-ADU-50): counted by the search index, not by reading them.

use super::AtDesk;
use crate::{
    pages::{
        Failed,
        shell::{Shell, page},
    },
    text::text,
};
use askama::Template;
use axum::response::Response;

struct Figure {
    words: String,
    count: u64,
    percent: u64,
    link: String,
}

struct Group {
    title: String,
    figures: Vec<Figure>,
}

#[derive(Template)]
#[template(path = "pages/admin_figures.html")]
struct Figures {
    s: Shell,
    building: bool,
    total: u64,
    groups: Vec<Group>,
}

pub(in crate::pages) async fn figures(d: AtDesk) -> Result<Response, Failed> {
    let search = &d.state.search;
    let total = search.count(&[])?;
    let figure = |words: String, name: &str, value: &str| -> kernel::Result<Figure> {
        let count = search.count(&[format!("{name}:{value}")])?;
        Ok(Figure {
            words,
            count,
            percent: (count * 100).checked_div(total).unwrap_or(0),
            link: format!("/admin/user?{}", super::query_of(&[(name, value)])),
        })
    };
    let states = [
        "active",
        "unmoderated",
        "unverified",
        "inactive",
        "rejected",
    ]
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
    let group = |key: &str, figures: Vec<Figure>| Group {
        title: text(key),
        figures,
    };
    Ok(page(&Figures {
        s: d.shell("admin-figures", &text("adm-figures"), "nav-adm-figures"),
        building: !search.ready(),
        total,
        groups: vec![
            group("adm-by-state", states.collect::<kernel::Result<_>>()?),
            group("adm-by-provider", providers.collect::<kernel::Result<_>>()?),
            group("adm-by-group", members.collect::<kernel::Result<_>>()?),
        ],
    }))
}
