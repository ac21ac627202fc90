//! Lists as data for programs, whatever the kind (ID-ADU-12, ID-ADU-21).

use super::{
    AtDesk, deeds,
    filter::Asked,
    items::Item,
    list_find::{self, Part},
    table::{self, DEEPEST, escaped},
    views::Kind,
};
use identity::UserView;
use kernel::{Error, Result};
use serde_json::{Map, Value, json};

/// Entries of one answer that selects all.
const MOST: usize = 10_000;

/// Named values with what they are called, as the table's script reads them.
pub(super) fn pairs(all: Vec<(&str, String, Value, bool)>) -> Value {
    let pairs = all.into_iter().map(|(key, name, value, visible)| {
        let about = json!({"display_name": name, "value": value, "visible": visible});
        (key.to_owned(), about)
    });
    pairs.collect::<Map<String, Value>>().into()
}

fn extra(d: &AtDesk, kind: &Kind, item: &Item, owner: Option<&UserView>) -> Value {
    let offered = deeds::offered(d, kind.name, item);
    let offered: Vec<&str> = offered.iter().map(|deed| deed.name).collect();
    let name = |key: &str| crate::text::text(&format!("adm-extra-{key}"));
    let id = || escaped(&item.id);
    let (email, person) = owner.map_or_else(Default::default, |user| {
        (user.email.clone(), user.real_name().trim().to_owned())
    });
    let mut all = vec![
        (
            "allowed_actions",
            name("allowed-actions"),
            json!(offered),
            false,
        ),
        ("id", name("id"), id(), false),
        ("item_name", name("item-name"), escaped(&item.name), false),
        (
            "details_url",
            name("details-url"),
            item.path(kind.name).into(),
            false,
        ),
        (
            "contact_id",
            name("contact-id"),
            owner.map_or(Value::Null, |u| u.no.0.into()),
            false,
        ),
        (
            "contact_email",
            name("contact-email"),
            escaped(&email),
            false,
        ),
        (
            "contact_name",
            name("contact-name"),
            escaped(&person),
            false,
        ),
    ];
    for key in kind.summary {
        let value = match *key {
            "owner" => match email.is_empty() {
                true => item.value("owner_uuid").to_owned(),
                false => format!("{person} ({email})").trim().to_owned(),
            },
            key => item.value(key).to_owned(),
        };
        all.push((key, super::list::head(key), escaped(&value), true));
    }
    pairs(all)
}

/// The answer of the table's protocol.
pub(super) async fn answer(d: &AtDesk, kind: &'static Kind, query: &str) -> Result<Value> {
    let numbers = table::Numbers::read(query)?;
    let mut asked = Asked::read(kind, query);
    asked.after = String::new();
    if asked.deleted.is_empty() {
        // As the original: the table holds everything.
        asked.deleted = "all".into();
    }
    match numbers
        .sort
        .map(|(at, down)| (kind.columns.get(at).copied(), down))
    {
        Some((Some("id"), false)) => asked.sort = "oldest".into(),
        Some((Some(name), down)) if name != "id" => asked.by = Some((name, down)),
        _ => asked.sort = "newest".into(),
    }
    if numbers.start > DEEPEST {
        return Err(Error::field(
            "iDisplayStart",
            crate::text::text("adm-too-deep"),
        ));
    }
    let part = Part {
        skip: numbers.start,
        limit: numbers.length.unwrap_or(MOST),
        count: true,
    };
    let found = list_find::find_owned(d, kind, &asked, part, numbers.length.is_some()).await?;
    let (mut rows, mut extras) = (Vec::new(), Vec::new());
    for item in &found.items {
        match numbers.length {
            // To select all of them, their numbers are enough.
            None => extras.push(json!({"id": {"value": item.id}})),
            Some(_) => {
                let cells = kind.columns.iter().map(|name| escaped(item.value(name)));
                rows.push(Value::from(cells.collect::<Vec<_>>()));
                let owner = item.owner.and_then(|owner| found.owners.get(&owner));
                extras.push(extra(d, kind, item, owner));
            }
        }
    }
    let total = list_find::total(d, kind).await?;
    let unfiltered = asked.text.is_empty() && asked.given.is_empty() && asked.deleted == "all";
    let fitting = match unfiltered && !found.complete {
        true => total,
        false => found.matched as u64,
    };
    Ok(json!({
        "sEcho": numbers.echo,
        "iTotalRecords": total,
        "iTotalDisplayRecords": fitting,
        "aaData": rows,
        "extra": extras,
    }))
}
