//! What belongs to a person or thing, by category (ID-ADU-30): as many of each as
//! `ADMIN_LIMIT_ASSOCIATED_ITEMS_PER_CATEGORY` says, deleted ones only where
//! `ADMIN_SHOW_DELETED_ASSOCIATED_ITEMS` wants them.

use super::{
    AtDesk,
    items::Item,
    list::{self, Row},
    query_of,
    views::{self, Kind},
};
use crate::{
    pages::words,
    text::{self, text},
};
use compute::{Gone, Place, Thing, Wanted};
use identity::UserView;
use kernel::{Result, Timestamp};
use notify::{Message, MessageState};

/// A category.
pub(super) struct Category {
    /// Anchor.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// How many are shown, and what is left out.
    pub(super) note: String,
    /// All of them; empty: nowhere.
    pub(super) all: String,
    pub(super) stated: bool,
}

/// Most things of a category.
pub(super) fn limit(d: &AtDesk) -> usize {
    let limit = d.settings.int("ADMIN_LIMIT_ASSOCIATED_ITEMS_PER_CATEGORY");
    usize::try_from(limit).unwrap_or(0).clamp(1, 500)
}

fn gone(d: &AtDesk) -> Gone {
    match d.settings.bool("ADMIN_SHOW_DELETED_ASSOCIATED_ITEMS") {
        true => Gone::Shown,
        false => Gone::Hidden,
    }
}

fn note(shown: usize, more: bool, hides: bool) -> String {
    let n = shown.to_string();
    let mut said = text::with(
        if more {
            "adm-shown-of-more"
        } else {
            "adm-shown"
        },
        &[("n", &n)],
    );
    if hides {
        said = format!("{said} · {}", text("adm-deleted-left-out"));
    }
    said
}

/// Things of compute; None where the list is switched off.
pub(super) async fn things(
    d: &AtDesk,
    name: &str,
    wanted: Wanted,
    filter: (&str, &str),
) -> Result<Option<Category>> {
    let Ok(kind) = views::named(&d.settings, name) else {
        return Ok(None);
    };
    let Some(thing) = kind.thing else {
        return Ok(None);
    };
    let wanted = Wanted {
        gone: gone(d),
        ..wanted
    };
    let place = Place {
        limit: limit(d),
        ..Place::default()
    };
    let found = d.state.compute.desk_list(thing, wanted, place).await?;
    let items: Vec<Item> = found.things.into_iter().map(Item::thing).collect();
    let hides = ["vm", "volume", "network"].contains(&name) && gone(d) == Gone::Hidden;
    Ok(Some(category(
        d,
        kind,
        &items,
        found.next.is_some(),
        hides,
        filter,
    )))
}

fn category(
    d: &AtDesk,
    kind: &Kind,
    items: &[Item],
    more: bool,
    hides: bool,
    filter: (&str, &str),
) -> Category {
    let none = Default::default();
    Category {
        id: format!("related-{}", kind.name.replace('_', "-")),
        title: kind.title(&d.settings),
        heads: kind.shown.iter().map(|name| list::head(name)).collect(),
        rows: items
            .iter()
            .map(|item| list::row(kind, item, &none, d.now))
            .collect(),
        note: note(items.len(), more, hides),
        all: match filter.1.is_empty() {
            true => String::new(),
            false => format!("{}?{}", kind.path(), query_of(&[filter])),
        },
        stated: kind.name != "group",
    }
}

/// What a person has: machines, disks, networks, addresses and their history.
pub(super) async fn of_person(d: &AtDesk, user: &UserView) -> Result<Vec<Category>> {
    let mut all = Vec::new();
    let wanted = Wanted {
        users: Some([user.uuid].into()),
        ..Wanted::default()
    };
    let uuid = user.uuid.to_string();
    for name in ["vm", "volume", "network", "ip", "ip_log"] {
        all.extend(things(d, name, wanted.clone(), ("user", &uuid)).await?);
    }
    if let Ok(kind) = views::named(&d.settings, "project") {
        let own = user.uuid.own_project().to_string();
        let found = d.state.identity.desk_project(&d.desk, &own).await?;
        let items: Vec<Item> = found.into_iter().map(Item::project).collect();
        all.push(category(d, kind, &items, false, false, ("user", &uuid)));
    }
    all.push(mails(d, user).await?);
    Ok(all)
}

fn cell(key: &str, text: String) -> list::Cell {
    list::Cell {
        label: crate::text::text(key),
        text,
        exact: String::new(),
        link: String::new(),
    }
}

/// A message as a row: never its text, which may hold links that log people in.
fn message(message: Message, now: Timestamp) -> Row {
    let (tone, state) = match message.state {
        MessageState::Queued => ("info", "adm-mail-queued"),
        MessageState::Sent => ("success", "adm-mail-sent"),
        MessageState::Failed => ("danger", "adm-mail-failed"),
    };
    let when = list::Cell {
        exact: words::exact(message.created),
        ..cell("adm-when", words::ago(now, message.created))
    };
    Row {
        id: message.id.to_string(),
        path: String::new(),
        name: message.subject,
        tone,
        state: text(state),
        suspended: false,
        owner: None,
        cells: vec![when, cell("adm-mail-error", message.error)],
    }
}

/// Mails that were sent to somebody, as long as they are remembered.
async fn mails(d: &AtDesk, user: &UserView) -> Result<Category> {
    let limit = limit(d);
    let mut found = d.state.mail.to(&user.email, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok(Category {
        id: "related-mail".to_owned(),
        title: text("adm-mails"),
        heads: vec![text("adm-when"), text("adm-mail-error")],
        note: note(found.len(), more, false),
        rows: found.into_iter().map(|one| message(one, d.now)).collect(),
        all: String::new(),
        stated: true,
    })
}

/// What belongs to a thing of a kind.
pub(super) async fn of_thing(d: &AtDesk, kind: &Kind, item: &Item) -> Result<Vec<Category>> {
    let mut all = Vec::new();
    let id = || item.id.parse::<u64>().ok().map(|id| [id].into());
    let mut wanted = Wanted::default();
    let (names, filter): (&[&str], &str) = match kind.name {
        "vm" => {
            wanted.servers = id();
            (&["volume", "network", "ip", "ip_log"], "vm")
        }
        "volume" => {
            wanted.volumes = id();
            (&["vm"], "vol")
        }
        "network" => {
            wanted.networks = id();
            (&["vm", "ip", "ip_log"], "net")
        }
        "ip" => {
            wanted.addresses = id();
            (&["vm", "network", "ip_log"], "ip")
        }
        "project" => {
            let uuid = item.value("uuid").parse().ok();
            wanted.projects = uuid.map(|uuid| [uuid].into());
            (&["vm", "volume", "network", "ip"], "proj")
        }
        _ => (&[], ""),
    };
    let value = match kind.name {
        "project" => item.value("uuid").to_owned(),
        _ => item.id.clone(),
    };
    for name in names {
        all.extend(things(d, name, wanted.clone(), (filter, &value)).await?);
    }
    all.extend(nics(d, item).await?);
    Ok(all)
}

/// Interfaces of a server.
async fn nics(d: &AtDesk, item: &Item) -> Result<Option<Category>> {
    let Some(Thing::Server { row, .. }) = item.as_thing() else {
        return Ok(None);
    };
    let view = d.state.compute.any_server(row.id).await?;
    let rows = view.ports.iter().map(|port| {
        let addresses = port.addresses.iter().map(|a| a.address.to_string());
        let addresses = addresses.collect::<Vec<_>>().join(", ");
        let network = port.port.network;
        let link = list::Cell {
            link: format!("/admin/network/{network}"),
            ..cell("adm-v-network", format!("#{network}"))
        };
        let tone = match port.port.state.word() {
            "ACTIVE" => "success",
            "ERROR" => "danger",
            _ => "muted",
        };
        Row {
            id: port.port.id.to_string(),
            path: String::new(),
            name: format!("#{}", port.port.id),
            tone,
            state: text(&format!(
                "adm-state-{}",
                port.port.state.word().to_lowercase()
            )),
            suspended: false,
            owner: None,
            cells: vec![
                link,
                cell("adm-v-address", addresses),
                cell("adm-v-mac", port.port.mac.clone().unwrap_or_default()),
                cell(
                    "adm-v-firewall",
                    port.port.firewall_profile.clone().unwrap_or_default(),
                ),
            ],
        }
    });
    let rows: Vec<Row> = rows.collect();
    let heads = ["network", "address", "mac", "firewall"].map(list::head);
    Ok(Some(Category {
        id: "related-nics".to_owned(),
        title: text("adm-nics"),
        heads: heads.into(),
        note: note(rows.len(), false, false),
        rows,
        all: String::new(),
        stated: true,
    }))
}
