//! The bar on top of our own pages, drawn on the server (ID-CLB-01, ID-CLB-03): which
//! services it leads to.

use super::{
    cloudbar::{self, OWN},
    owner::runs_nothing,
    visitor::Visitor,
};
use serde_json::Value;

/// A service in the bar.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) url: String,
    /// Its picture, where the owner names one on this server.
    pub(super) icon: Option<String>,
    /// Is this page one of its own?
    pub(super) active: bool,
}

/// Whose page this is.
fn at(v: &Visitor) -> &'static str {
    match v.uri.path() {
        path if path.starts_with("/cyclades") => "cyclades",
        path if path.starts_with("/pithos") => "pithos",
        _ => "astakos",
    }
}

/// The picture's address: the policy of pages allows those of this server.
fn icon(v: &Visitor, set: &str) -> Option<String> {
    match set {
        "" => None,
        set if set.starts_with("//") || set.contains("://") => None,
        set if set.starts_with('/') => Some(set.to_owned()),
        set => Some(format!("{}{set}", v.settings.str("MEDIA_URL"))),
    }
}

/// The services, in order; none where the bar is switched off.
pub(super) fn entries(v: &Visitor) -> Vec<Entry> {
    let pages = match v.settings.bool("CLOUDBAR_ACTIVE") {
        true => v.state.identity.component_pages(&v.origin),
        false => Ok(Vec::new()),
    };
    let pages = pages.unwrap_or_else(|error| {
        tracing::error!(target: "synnefo.ui", "the bar is empty: {}", error.chain());
        Vec::new()
    });
    let here = at(v);
    let runs = v.settings.strings("ENABLED_SERVICES");
    let entry = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (name, bar) = (text(&one["name"]), &one["cloudbar"]);
        let own = OWN.iter().find(|own| own.0 == name);
        let url = own.map_or_else(|| text(&one["url"]), |own| own.2.to_owned());
        // Unless the owner has a title for it, it is called by its name.
        let title = match text(&bar["title"]) {
            title if title.is_empty() || title == name => text(&one["verbose_name"]),
            title => title,
        };
        let there = own.is_none() || runs.contains(&name);
        let shown = there && bar["show"] != false && runs_nothing(&url);
        shown.then(|| Entry {
            icon: icon(v, &text(&bar["icon"])),
            active: name == here,
            title,
            url,
            name,
        })
    };
    let all = cloudbar::components(&v.settings, &pages);
    all.iter().filter_map(entry).collect()
}
