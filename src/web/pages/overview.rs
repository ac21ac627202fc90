//! A person's things in one look: what runs, what needs them, how much of the quota is
//! used, and the rooms there are (ID-DSH-03).

use super::{
    Failed,
    cloudbar::{self, Room},
    machines::{Row, rows},
    shell::{Shell, page},
    visitor::User,
    words::{self, Meter, meters},
};
use crate::text::{text, with};
use askama::Template;
use axum::response::Response;
use kernel::Timestamp;
use std::collections::BTreeMap;

/// Something that waits for the person.
pub(super) struct Need {
    pub(super) icon: &'static str,
    pub(super) tone: &'static str,
    pub(super) text: String,
    pub(super) path: String,
    pub(super) action: String,
}

#[derive(Template)]
#[template(path = "pages/overview.html")]
struct Overview {
    s: Shell,
    name: String,
    needs: Vec<Need>,
    machines: Vec<Row>,
    running: usize,
    containers: u64,
    stored: String,
    meters: Vec<Meter>,
    rooms: Vec<Room>,
}

/// A token that ends within this many seconds is worth a word.
const SOON: i64 = 7 * 86_400;

fn token_need(now: Timestamp, expires: Timestamp) -> Option<Need> {
    let soon = expires.as_second() - now.as_second() < SOON;
    soon.then(|| Need {
        icon: "key",
        tone: "warning",
        text: match expires <= now {
            true => text("need-token-over"),
            false => with("need-token", &[("when", &words::ahead(now, expires))]),
        },
        path: "/ui/api_access".into(),
        action: text("renew-token"),
    })
}

fn people_need(waiting: u64) -> Option<Need> {
    (waiting > 0).then(|| Need {
        icon: "person",
        tone: "warning",
        text: with("need-people", &[("n", &waiting.to_string())]),
        path: format!(
            "/admin/user?state={}",
            identity::follow::state_name(identity::AccountState::Unmoderated)
        ),
        action: text("look"),
    })
}

fn machine_need(row: &Row) -> Option<Need> {
    (row.tone == "danger").then(|| Need {
        icon: "machine",
        tone: "danger",
        text: with("need-machine", &[("name", &row.name)]),
        path: format!("/cyclades/ui/machines/{}", row.id),
        action: text("look"),
    })
}

fn quota_need(meter: &Meter) -> Option<Need> {
    (meter.percent >= 90 && meter.used != "0").then(|| Need {
        icon: "chart",
        tone: "warning",
        text: with(
            "need-quota",
            &[
                ("resource", &meter.label),
                ("used", &meter.used),
                ("limit", &meter.limit),
            ],
        ),
        path: "/ui/resources".into(),
        action: text("look"),
    })
}

/// The page.
pub(super) async fn overview(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let s = Shell::titled(v, "landing", "nav-overview", "nav-overview");
    let (mut machines, mut containers, mut stored) = (Vec::new(), 0, 0);
    if s.offers("cyclades") {
        machines = rows(v, v.state.compute.servers(&user.caller, None).await?);
    }
    if s.offers("pithos") {
        let objects = &v.state.objects;
        let account = objects.account(&user.caller, user.view.uuid, None).await?;
        (containers, stored) = (account.containers, account.used);
    }
    let usage = v.state.quota.usage(user.view.uuid).await?;
    let none = BTreeMap::new();
    let numbers = usage.get(&user.view.default_project).unwrap_or(&none);
    let meters = meters(&v.state.quota.catalogue().await?, numbers, "");
    let token = v.state.identity.token_of(user.view.uuid).await?;
    let needs = machines.iter().filter_map(machine_need);
    let needs = people_need(super::admin::waiting(&user)?)
        .into_iter()
        .chain(needs)
        .chain(token_need(v.now, token.expires))
        .chain(meters.iter().filter_map(quota_need))
        .take(6);
    let name = user.view.first_name.trim();
    Ok(page(&Overview {
        name: match name {
            "" => user.view.email.clone(),
            name => name.to_owned(),
        },
        needs: needs.collect(),
        running: machines.iter().filter(|row| row.tone == "success").count(),
        containers,
        stored: words::bytes(stored),
        meters,
        machines,
        rooms: cloudbar::rooms(v)?,
        s,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-DSH-03
    #[test]
    fn a_token_that_ends_soon_is_told_of() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let after = |days: i64| Timestamp::from_second(1_000_000 + days * 86_400).unwrap();
        assert!(token_need(now, after(30)).is_none());
        let need = token_need(now, after(3)).unwrap();
        assert!(need.text.contains("in 3 days"), "{}", need.text);
    }
}
