//! The search of the shell (`/` or Ctrl-K): pages, actions, machines and containers of
//! the person, by the words of their names. Works as a page of its own without script.

use super::{
    Failed,
    shell::{Shell, page},
    visitor::User,
};
use crate::{auth::query_value, text::text};
use askama::Template;
use axum::response::Response;
use http::HeaderMap;

/// Something that was found.
pub(super) struct Hit {
    pub(super) icon: &'static str,
    pub(super) title: String,
    /// What kind of thing it is.
    pub(super) kind: String,
    pub(super) path: String,
}

/// What a person may do, as pages: key, where, icon, component ("" for all).
const ACTIONS: &[(&str, &str, &str, &str)] = &[
    (
        "create-machine",
        "/cyclades/ui/machines/create",
        "plus",
        "cyclades",
    ),
    (
        "register-image",
        "/cyclades/ui/images/register",
        "plus",
        "cyclades",
    ),
    (
        "create-container",
        "/pithos/ui/containers",
        "plus",
        "pithos",
    ),
    ("upload-files", "/pithos/ui/containers", "upload", "pithos"),
    ("change-password", "/ui/password_change", "key", ""),
    ("renew-token", "/ui/api_access", "key", ""),
    ("download-kamakirc", "/ui/.kamakirc", "download", ""),
    ("log-out", "/ui/logout", "person", ""),
];

/// Most that is shown.
const MOST: usize = 20;

#[derive(Template)]
#[template(path = "pages/search.html")]
struct Search {
    s: Shell,
    query: String,
    hits: Vec<Hit>,
}

#[derive(Template)]
#[template(path = "parts/search.html")]
struct Found {
    s: Shell,
    query: String,
    hits: Vec<Hit>,
}

/// A text as it is compared: lower case, without the accents of Greek.
fn plain(text: &str) -> String {
    let bare = |c| match c {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        c => c,
    };
    text.to_lowercase().chars().map(bare).collect()
}

/// Do all words of the query begin a word of the text?
fn matches(query: &str, name: &str) -> bool {
    let name = plain(name);
    let begins = |word: &str| {
        let mut parts = name.split(|c: char| !c.is_alphanumeric());
        name.starts_with(word) || parts.any(|part| part.starts_with(word))
    };
    plain(query).split_whitespace().all(begins)
}

async fn find(user: &User, s: &Shell, query: &str) -> kernel::Result<Vec<Hit>> {
    let mut hits: Vec<Hit> = Vec::new();
    let mut offer = |icon, title: String, kind: &str, path: String| {
        if hits.len() < MOST && matches(query, &title) {
            let kind = text(kind);
            hits.push(Hit {
                icon,
                title,
                kind,
                path,
            });
        }
    };
    let places = s.places(false).chain(s.places(true));
    for place in places.chain(s.admin_places()) {
        offer(
            place.icon,
            text(place.key),
            "kind-page",
            place.path.to_owned(),
        );
    }
    for tab in s.tabs() {
        offer("person", text(tab.key), "kind-page", tab.path.to_owned());
    }
    for (key, path, icon, service) in ACTIONS {
        if s.offers(service) {
            offer(icon, text(key), "kind-action", (*path).to_owned());
        }
    }
    if query.trim().is_empty() {
        return Ok(hits);
    }
    let state = &user.visitor.state;
    if s.offers("cyclades") {
        for view in state.compute.servers(&user.caller, None).await? {
            if !view.server.deleted {
                let path = format!("/cyclades/ui/machines/{}", view.server.id);
                offer("machine", view.server.name, "kind-machine", path);
            }
        }
    }
    for one in super::admin::people(user, query).await? {
        hits.push(Hit {
            icon: "person",
            title: one.email,
            kind: text("kind-person"),
            path: format!("/admin/user/{}", one.no),
        });
    }
    Ok(hits)
}

/// What was found; for the box of the shell only the list.
pub(super) async fn search(user: User, headers: HeaderMap) -> Result<Response, Failed> {
    let v = &user.visitor;
    let query = query_value(v.uri.query().unwrap_or_default(), "q").unwrap_or_default();
    let query: String = query.chars().take(200).collect();
    let s = Shell::titled(v, "search", "search", "");
    let hits = find(&user, &s, &query).await?;
    Ok(match headers.contains_key("hx-request") {
        true => page(&Found { s, query, hits }),
        false => page(&Search { s, query, hits }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginnings_and_without_accents() {
        assert!(matches("", "Machines"));
        assert!(matches("mach cre", "Create machine"));
        assert!(matches("μηχανη", "Νέα μηχανή"));
        assert!(matches("ΝΕΑ", "Νέα μηχανή"));
        assert!(matches("web-1", "web-1") && matches("1", "web-1"));
        assert!(!matches("chine", "Machine"));
    }
}
