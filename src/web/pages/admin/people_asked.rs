//! What the list of people is asked for: words and filters, as parameters or typed in one
//! box (`user:John Doe status:pending moderation,active`, ID-ADU-22, ID-ADU-23).

use super::{
    query_of, values,
    view::{self, More, View},
};
use crate::auth::query_value;
use search::{Order, Query};
use std::collections::BTreeMap;

/// States by their name in addresses.
pub(super) const STATES: [&str; 5] = [
    "unmoderated",
    "unverified",
    "active",
    "inactive",
    "rejected",
];
/// Orders by their name in addresses; labels as [`identity::follow`] numbers them.
pub(super) const SORTS: [(&str, Order); 5] = [
    ("newest", Order::Best),
    ("oldest", Order::Oldest),
    ("address", by(0)),
    ("first-name", by(1)),
    ("last-name", by(2)),
];

const fn by(n: usize) -> Order {
    Order::Label { n, down: false }
}

/// A filter by its name in addresses, in the index and in the box of all filters.
type Named = (&'static str, &'static str, &'static str);
const FILTERS: [Named; 9] = [
    ("state", "state", "status"),
    ("group", "group", "group"),
    ("provider", "provider", "has_auth_providers"),
    (
        "has_not_auth_providers",
        "without",
        "has_not_auth_providers",
    ),
    ("vm", "vm", "vm"),
    ("vol", "vol", "vol"),
    ("net", "net", "net"),
    ("ip", "ip", "ip"),
    ("proj", "proj", "proj"),
];

/// Filters that can be typed, as the box tells them.
pub(super) fn typed_names() -> String {
    let names = FILTERS.iter().map(|(_, _, typed)| *typed);
    let all = std::iter::once("user").chain(names).chain(["admin"]);
    all.map(|name| format!("{name}:"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// What the index calls a filter that was typed; empty: words.
fn facet_of(key: &str) -> Option<&'static str> {
    match key {
        "user" => Some(""),
        "groups" => Some("group"),
        "admin" => Some("admin"),
        key => FILTERS
            .iter()
            .find(|(name, _, typed)| [*name, *typed].contains(&key))
            .map(|(_, facet, _)| *facet),
    }
}

/// Longest text, in characters.
const LONGEST: usize = 400;

/// What the address asks for.
#[derive(Clone, Default)]
pub(super) struct Asked {
    pub(super) text: String,
    /// Filters by their names in addresses.
    given: BTreeMap<&'static str, String>,
    pub(super) sort: String,
    columns: Vec<String>,
    pub(super) after: String,
    pub(super) view: View,
}

impl Asked {
    /// Reads a query string; filters go where the view shows them (ID-ADU-23).
    pub(super) fn read(query: &str) -> Self {
        let one = |name: &str| {
            let value = query_value(query, name).unwrap_or_default();
            value.trim().chars().take(LONGEST).collect::<String>()
        };
        let given = FILTERS.iter().map(|(name, ..)| (*name, one(name)));
        let (view, turned) = View::read(query);
        let mut asked = Asked {
            text: one("q"),
            given: given.filter(|(_, value)| !value.is_empty()).collect(),
            sort: one("sort"),
            columns: values(query, "col"),
            after: one("after"),
            view,
        };
        match view {
            View::Box => asked.type_all(),
            View::Fields if turned => asked.take_apart(),
            View::Fields => {}
        }
        asked
    }

    /// Writes all filters into the box.
    fn type_all(&mut self) {
        let given = std::mem::take(&mut self.given);
        for (name, _, typed) in FILTERS {
            if let Some(value) = given.get(name) {
                view::type_one(&mut self.text, typed, value);
            }
        }
    }

    /// Moves what was typed into fields of its own; what none can show stays typed.
    fn take_apart(&mut self) {
        let (mut text, facets) = compact(&self.text);
        for facet in facets {
            let (facet, value) = facet.split_once(':').unwrap_or((&facet, ""));
            let known = FILTERS.iter().find(|(_, named, _)| *named == facet);
            let shown = facet != "state" || STATES.contains(&value);
            match known {
                Some((name, ..)) if shown && !self.given.contains_key(name) => {
                    self.given.insert(name, value.to_owned());
                }
                known => {
                    let typed = known.map_or(facet, |(_, _, typed)| typed);
                    view::type_one(&mut text, typed, value);
                }
            }
        }
        self.text = text;
    }

    /// The value of a filter; empty: not asked for.
    pub(super) fn given(&self, name: &str) -> &str {
        self.given.get(name).map_or("", String::as_str)
    }

    fn order(&self) -> Order {
        let found = SORTS.iter().find(|(name, _)| *name == self.sort);
        found.map_or(Order::Best, |(_, order)| *order)
    }

    /// The address of this list from `after` on.
    pub(super) fn link(&self, after: &str) -> String {
        let mut pairs = vec![("view", self.view.name()), ("q", self.text.as_str())];
        pairs.extend(
            self.given
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        pairs.push(("sort", self.sort.as_str()));
        pairs.extend(self.columns.iter().map(|column| ("col", column.as_str())));
        pairs.push(("after", after));
        query_of(&pairs)
    }

    /// Words and facets of the search; the text may name filters of its own
    /// (`status:pending moderation group:helpdesk eva`, ID-ADU-23).
    pub(super) fn search(&self, limit: usize) -> Query {
        let (words, mut facets) = compact(&self.text);
        for (name, facet, _) in FILTERS {
            if let Some(value) = self.given.get(name) {
                facets.push(format!("{facet}:{value}"));
            }
        }
        Query {
            text: words,
            facets,
            order: self.order(),
            after: Some(self.after.clone()).filter(|after| !after.is_empty()),
            limit,
        }
    }

    pub(super) fn shows(&self, column: &str, at_first: bool) -> bool {
        match self.columns.is_empty() {
            true => at_first,
            false => self.columns.iter().any(|c| c == column),
        }
    }

    pub(super) fn filtered(&self) -> bool {
        !self.text.is_empty() || !self.given.is_empty()
    }

    /// The fields that are shown when asked for.
    pub(super) fn more(&self) -> More {
        let names = FILTERS.iter().skip(3).map(|(name, ..)| *name);
        More::of(names, &[], |name| self.given(name))
    }
}

/// The search of a query string of the table's protocol, words and filters.
pub(super) fn typed(query: &str, order: Order) -> Query {
    let mut asked = Asked::read(query);
    if let Some(text) = query_value(query, "sSearch") {
        asked.text = text.chars().take(LONGEST).collect();
    }
    let search = asked.search(1);
    Query {
        order,
        after: None,
        ..search
    }
}

/// A state as the index names it.
fn state_named(state: &str) -> String {
    match state.to_lowercase().as_str() {
        "pending moderation" => "unmoderated".to_owned(),
        "pending email verification" | "pending email" => "unverified".to_owned(),
        other => other.to_owned(),
    }
}

/// Does the name of a state that began with these words have another one?
fn goes_on(words: &[&str]) -> bool {
    let so_far = words.join(" ").to_lowercase();
    let last = so_far.rsplit(',').next().unwrap_or_default().trim();
    last == "pending" || last == "pending email"
}

/// Parts `key:value` of a text, and the rest. A value goes on until the next key.
fn compact(typed: &str) -> (String, Vec<String>) {
    let (mut rest, mut facets) = (Vec::new(), Vec::new());
    let mut open: Option<(&str, Vec<&str>)> = None;
    let close = |open: Option<(&str, Vec<&str>)>, facets: &mut Vec<String>| {
        if let Some((name, words)) = open {
            facets.push(format!("{name}:{}", words.join(" ")));
        }
    };
    for word in typed.split_whitespace() {
        let split = word.split_once(':');
        let named = split.and_then(|(key, value)| Some((facet_of(key)?, value)));
        match (named, &mut open) {
            (Some((name, value)), _) => {
                close(open.take(), &mut facets);
                match name {
                    "" => rest.push(value),
                    _ => open = Some((name, vec![value])),
                }
            }
            // States have names of several words, and things are described by some.
            (None, Some(("state", words))) if goes_on(words) => words.push(word),
            (None, Some(("vm" | "vol" | "net" | "ip", words))) => words.push(word),
            (None, _) => rest.push(word),
        }
    }
    close(open, &mut facets);
    let named = facets
        .into_iter()
        .map(|facet| match facet.strip_prefix("state:") {
            Some(states) => {
                let states = states.split(',').map(|state| state_named(state.trim()));
                format!("state:{}", states.collect::<Vec<_>>().join(","))
            }
            None => facet,
        });
    (rest.join(" "), named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-ADU-23
    #[test]
    fn filters_can_be_typed() {
        let typed = |text: &str| compact(text);
        let facets = |all: &[&str]| all.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            typed("eva status:pending moderation doe"),
            ("eva doe".into(), facets(&["state:unmoderated"]))
        );
        assert_eq!(
            typed("status:Pending email verification group:helpdesk"),
            (
                String::new(),
                facets(&["state:unverified", "group:helpdesk"])
            )
        );
        assert_eq!(
            typed("user:John Doe has_auth_providers:local"),
            ("John Doe".into(), facets(&["provider:local"]))
        );
        assert_eq!(
            typed("status:pending moderation,active vm:operstate=started ip:.27"),
            (
                String::new(),
                facets(&["state:unmoderated,active", "vm:operstate=started", "ip:.27"])
            )
        );
        assert_eq!(typed("http://x 10:30"), ("http://x 10:30".into(), vec![]));
    }
}
