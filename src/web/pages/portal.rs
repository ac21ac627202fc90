//! The front page and the overview of a person's things.

use super::{
    Failed,
    machines::{Row, rows},
    shell::{Shell, page},
    visitor::{User, Visitor},
    words::{Meter, meters},
};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "pages/portal.html")]
struct Front {
    s: Shell,
}

/// `/`: the front page (ID-PTL-01), or where the settings say.
pub(super) async fn front(visitor: Visitor) -> Response {
    for name in ["PORTAL_URL", "WEBPROJECT_ROOT_REDIRECT"] {
        let elsewhere = visitor.settings.str(name);
        if !elsewhere.is_empty() {
            return Redirect::to(elsewhere).into_response();
        }
    }
    if !visitor.settings.bool("PORTAL_ENABLED") {
        return Redirect::to("/ui").into_response();
    }
    page(&Front {
        s: Shell::titled(&visitor, "portal", "portal-title", ""),
    })
}

/// `/ui`: to the overview or the login page (ID-UI-20).
pub(super) async fn index(visitor: Visitor) -> Redirect {
    match visitor.user() {
        Some(_) => Redirect::to("/ui/landing"),
        None => Redirect::to("/ui/login"),
    }
}

#[derive(Template)]
#[template(path = "pages/overview.html")]
struct Overview {
    s: Shell,
    name: String,
    machines: Vec<Row>,
    running: usize,
    containers: u64,
    stored: String,
    meters: Vec<Meter>,
}

/// What runs, and how much of the quota is used.
pub(super) async fn overview(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let machines = rows(v, v.state.compute.servers(&user.caller, None).await?);
    let account = v
        .state
        .objects
        .account(&user.caller, user.view.uuid, None)
        .await?;
    let usage = v.state.quota.usage(user.view.uuid).await?;
    let none = BTreeMap::new();
    let numbers = usage.get(&user.view.default_project).unwrap_or(&none);
    let catalogue = v.state.quota.catalogue().await?;
    let name = user.view.first_name.trim();
    Ok(page(&Overview {
        name: if name.is_empty() {
            &user.view.email
        } else {
            name
        }
        .to_owned(),
        running: machines.iter().filter(|row| row.tone == "success").count(),
        containers: account.containers,
        stored: super::words::bytes(account.used),
        meters: meters(&catalogue, numbers, ""),
        machines,
        s: Shell::titled(v, "landing", "nav-overview", "nav-overview"),
    }))
}
