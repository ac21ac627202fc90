//! What a list is asked for: words and named filters, as parameters or typed in one box
//! (`operstate:started user:John Doe`, ID-ADU-22, ID-ADU-23).

use super::{
    AtDesk,
    items::Item,
    query_of,
    view::{self, More, View},
    views::Kind,
};
use crate::auth::query_value;
use compute::{Gone, Keep, Place, Thing, ThingKind, Wanted};
use kernel::{ProjectId, Result, UserId};
use search::{Expression, Term};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Most things one filter may stand for.
const MOST: usize = 50;
/// Longest value of a parameter.
const LONGEST: usize = 400;
/// Filters that are about the state.
pub(super) const STATES: [&str; 4] = ["operstate", "status", "state", "project_status"];
/// Filters that say yes or no.
const TRUTHS: [&str; 5] = ["suspended", "public", "drained", "floating_ip", "is_base"];

/// What the address asks for.
#[derive(Clone, Default)]
pub(super) struct Asked {
    /// As typed.
    pub(super) text: String,
    /// Named filters as given in the address.
    pub(super) given: BTreeMap<String, String>,
    /// Deleted ones: empty (not), `all`, `only`.
    pub(super) deleted: String,
    pub(super) sort: String,
    /// By the value of this name and downwards, rather than by number.
    pub(super) by: Option<(&'static str, bool)>,
    pub(super) after: String,
    pub(super) view: View,
}

impl Asked {
    /// Reads a query string; the table's protocol names the words differently.
    pub(super) fn read(kind: &Kind, query: &str) -> Self {
        let one = |name: &str| {
            let value = query_value(query, name).unwrap_or_default();
            value.trim().chars().take(LONGEST).collect::<String>()
        };
        let given = kind
            .filters
            .iter()
            .map(|name| ((*name).to_owned(), one(name)));
        let text = match one("sSearch") {
            empty if empty.is_empty() => one("q"),
            typed => typed,
        };
        let (view, turned) = View::read(query);
        let mut asked = Asked {
            text,
            given: given.filter(|(_, value)| !value.is_empty()).collect(),
            deleted: one("deleted"),
            sort: one("sort"),
            by: None,
            after: one("after"),
            view,
        };
        match view {
            View::Box => asked.type_all(),
            View::Fields if turned => asked.take_apart(kind),
            View::Fields => {}
        }
        asked
    }

    /// Writes all filters into the box (ID-ADU-23).
    fn type_all(&mut self) {
        for (name, value) in std::mem::take(&mut self.given) {
            view::type_one(&mut self.text, &name, &value);
        }
    }

    /// Moves what was typed into fields of its own; what none can show stays typed.
    fn take_apart(&mut self, kind: &Kind) {
        let (mut text, named) = compact(kind, &self.text);
        let one_of = |all: &[&str], value: &str| {
            let mut all = all.iter();
            all.any(|one| one.eq_ignore_ascii_case(value))
        };
        for (name, value) in named {
            let shown = match name.as_str() {
                name if STATES.contains(&name) => one_of(kind.states, &value),
                name if TRUTHS.contains(&name) => one_of(&["yes", "no"], &value),
                _ => true,
            };
            if shown && !self.given.contains_key(&name) {
                self.given.insert(name, value);
            } else {
                view::type_one(&mut text, &name, &value);
            }
        }
        self.text = text;
    }

    /// The fields that are shown when asked for.
    pub(super) fn more(&self, kind: &Kind) -> More {
        let names = kind.filters.iter().copied();
        let names = names.filter(|name| *name != "user" && !STATES.contains(name));
        More::of(names, &TRUTHS, |name| {
            self.given.get(name).map_or("", String::as_str)
        })
    }

    /// The address of this list from `after` on.
    pub(super) fn link(&self, after: &str) -> String {
        let mut pairs = vec![
            ("view", self.view.name()),
            ("q", self.text.as_str()),
            ("deleted", self.deleted.as_str()),
            ("sort", self.sort.as_str()),
        ];
        pairs.extend(
            self.given
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        pairs.push(("after", after));
        query_of(&pairs)
    }

    pub(super) fn filtered(&self) -> bool {
        !self.text.is_empty() || !self.given.is_empty() || !self.deleted.is_empty()
    }

    pub(super) fn oldest(&self) -> bool {
        self.sort == "oldest"
    }

    pub(super) fn gone(&self) -> Gone {
        match self.deleted.as_str() {
            "all" => Gone::Shown,
            "only" => Gone::Only,
            _ => Gone::Hidden,
        }
    }

    /// The value of the filter about the state.
    pub(super) fn state(&self) -> &str {
        let found = STATES.iter().find_map(|name| self.given.get(*name));
        found.map_or("", String::as_str)
    }
}

/// The words and the named filters of what was typed. A value goes on until the next
/// name.
pub(super) fn compact(kind: &Kind, typed: &str) -> (String, BTreeMap<String, String>) {
    let (mut rest, mut named) = (Vec::new(), BTreeMap::<String, String>::new());
    let mut open: Option<String> = None;
    for word in typed.split_whitespace() {
        let split = word
            .split_once(':')
            .map(|(name, value)| (name.to_lowercase(), value));
        match split {
            Some((name, value)) if kind.filters.contains(&name.as_str()) => {
                named.insert(name.clone(), value.to_owned());
                open = Some(name);
            }
            _ => match open.as_ref().and_then(|name| named.get_mut(name)) {
                Some(value) => {
                    value.push(' ');
                    value.push_str(word);
                }
                None => rest.push(word.to_owned()),
            },
        }
    }
    (rest.join(" "), named)
}

/// The words of a list, its filters and what they stand for.
pub(super) struct Resolved {
    pub(super) wanted: Wanted,
    pub(super) expression: Expression,
    /// Filters by value.
    choices: Vec<(String, Vec<String>)>,
}

/// Works out what the filters stand for.
pub(super) async fn resolve(d: &AtDesk, kind: &Kind, asked: &Asked) -> Result<Resolved> {
    let (words, mut named) = compact(kind, &asked.text);
    for (name, value) in &asked.given {
        named.insert(name.clone(), value.clone());
    }
    let mut wanted = Wanted {
        gone: asked.gone(),
        ..Wanted::default()
    };
    let mut choices = Vec::new();
    for (name, value) in &named {
        match name.as_str() {
            "user" => wanted.users = Some(people(d, value).await?),
            "vm" => wanted.servers = Some(numbers(d, ThingKind::Server, value).await?),
            "vol" => wanted.volumes = Some(numbers(d, ThingKind::Volume, value).await?),
            "net" => wanted.networks = Some(numbers(d, ThingKind::Network, value).await?),
            "ip" => wanted.addresses = Some(numbers(d, ThingKind::Address, value).await?),
            "proj" => wanted.projects = Some(projects(d, value).await?),
            _ => {
                let values = value.split(',').map(|one| one.trim().to_lowercase());
                choices.push((name.clone(), values.filter(|one| !one.is_empty()).collect()));
            }
        }
    }
    let expression = expression(d, &words);
    // Who asks for a state of what is gone wants to see it.
    let ends = |(_, values): &(String, Vec<String>)| {
        values
            .iter()
            .any(|value| value == "destroyed" || value == "deleted")
    };
    if asked.deleted.is_empty() && choices.iter().any(ends) {
        wanted.gone = Gone::Shown;
    }
    let resolved = Resolved {
        wanted,
        expression,
        choices,
    };
    Ok(resolved)
}

pub(super) fn expression(d: &AtDesk, words: &str) -> Expression {
    let settings = &d.settings;
    let (field, or) = (
        settings.str("ADMIN_FIELD_SIGN"),
        settings.str("ADMIN_OR_SIGN"),
    );
    Expression::parse(words, field, or)
}

impl Resolved {
    /// Does an item fit words and choices?
    pub(super) fn fits(&self, item: &Item, prefix: &str) -> bool {
        let chosen = |(name, values): &(String, Vec<String>)| {
            values.iter().any(|value| is(item, name, value))
        };
        self.choices.iter().all(chosen) && self.expression.fits(|term| holds(item, term, prefix))
    }

    /// The same for compute to look with.
    pub(super) fn keep(self, prefix: String) -> Wanted {
        let mut wanted = self.wanted.clone();
        if self.expression.is_empty() && self.choices.is_empty() {
            return wanted;
        }
        let keep: Keep =
            Arc::new(move |thing: &Thing| self.fits(&Item::thing(thing.clone()), &prefix));
        wanted.keep = Some(keep);
        wanted
    }
}

/// Has an item this value of a choice?
fn is(item: &Item, name: &str, value: &str) -> bool {
    let name = match name {
        "floating_ip" => "floating",
        "disk_template" => "template",
        other => other,
    };
    let own = item.value(name);
    let truth = |on: bool| own == crate::text::text(if on { "yes" } else { "no" });
    match value {
        "yes" | "true" | "1" if name != "index" => truth(true),
        "no" | "false" | "0" if name != "index" => truth(false),
        _ if name == "source" => own.to_lowercase().contains(value),
        _ if name == "project_status" => own.to_lowercase().contains(value),
        _ => own.to_lowercase() == value.replace(' ', "_"),
    }
}

/// Does a word hold (ID-ADU-22)?
fn holds(item: &Item, term: &Term, prefix: &str) -> bool {
    if let Some(field) = &term.field {
        let field = match field.as_str() {
            "userid" => "owner_uuid",
            "imageid" => "image",
            other => other,
        };
        let mut values = item.values().iter();
        return values.any(|(name, value)| *name == field && term.within(value));
    }
    let id = term
        .value
        .strip_prefix(&prefix.to_lowercase())
        .unwrap_or(&term.value);
    let plain: &[&str] = match item.as_thing() {
        Some(Thing::Server { .. }) => &["name", "image"],
        Some(Thing::Volume { .. }) => &["name", "description"],
        Some(Thing::Network { .. }) => &["name"],
        Some(Thing::Address { .. }) => &["address"],
        Some(Thing::Log(_)) => &["address", "user", "reason"],
        None => &["name", "description", "uuid", "homepage", "identifier"],
    };
    let numbered = !matches!(item.as_thing(), Some(Thing::Address { .. } | Thing::Log(_)));
    numbered && !id.is_empty() && item.value("id").starts_with(id)
        || plain.iter().any(|name| term.within(item.value(name)))
}

/// People by uuid, address, number or words.
async fn people(d: &AtDesk, value: &str) -> Result<BTreeSet<UserId>> {
    if let Ok(uuid) = value.parse::<UserId>() {
        return Ok(BTreeSet::from([uuid]));
    }
    if let Some(card) = d.state.identity.desk_card(&d.desk, value).await? {
        return Ok(BTreeSet::from([card.user.uuid]));
    }
    let query = search::Query {
        text: value.to_owned(),
        limit: MOST,
        ..search::Query::default()
    };
    let (users, _) = super::people_find::find_plain(d, &query).await?;
    Ok(users.into_iter().map(|user| user.uuid).collect())
}

/// Things by number, or by words.
pub(super) async fn numbers(d: &AtDesk, kind: ThingKind, value: &str) -> Result<BTreeSet<u64>> {
    let prefix = d.settings.str("BACKEND_PREFIX_ID").to_owned();
    let id = match kind {
        ThingKind::Server => value.strip_prefix(&prefix).unwrap_or(value),
        _ => value,
    };
    if let Ok(id) = id.parse::<u64>() {
        return Ok(BTreeSet::from([id]));
    }
    // `vm:operstate=started` is a field, not a filter: no further things are looked up.
    let resolved = Resolved {
        wanted: Wanted::default(),
        expression: expression(d, value),
        choices: Vec::new(),
    };
    let place = Place {
        limit: MOST,
        ..Place::default()
    };
    let found = d
        .state
        .compute
        .desk_list(kind, resolved.keep(prefix), place)
        .await?;
    Ok(found.things.iter().map(Thing::id).collect())
}

/// Projects by id, number or name.
async fn projects(d: &AtDesk, value: &str) -> Result<BTreeSet<ProjectId>> {
    let name = value.strip_prefix("system:").unwrap_or(value);
    if let Ok(uuid) = name.parse::<ProjectId>() {
        return Ok(BTreeSet::from([uuid]));
    }
    let found = d.state.identity.desk_project(&d.desk, name).await?;
    Ok(found.into_iter().map(|project| project.uuid).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::admin::views::KINDS;

    // ID-ADU-23
    #[test]
    fn filters_are_typed_in_one_box() {
        let vm = KINDS.iter().find(|kind| kind.name == "vm").unwrap();
        let (words, named) = compact(
            vm,
            "web operstate:started,stopped user:John Doe vm:db net:7",
        );
        assert_eq!(words, "web");
        assert_eq!(named["operstate"], "started,stopped");
        assert_eq!(named["user"], "John Doe");
        assert_eq!(named["net"], "7");
        assert_eq!(named["vm"], "db");
        let (words, named) = compact(vm, "http://x 10:30");
        assert_eq!((words.as_str(), named.len()), ("http://x 10:30", 0));
    }
}
