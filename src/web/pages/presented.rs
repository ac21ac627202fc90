//! How resources are presented (ID-RES-08): what the program says of them, and over it
//! what the owner says in `ASTAKOS_RESOURCES_META` (ID-SET-44), in the shape of the
//! original: `resources`, `groups`, `resources_order`, `groups_order`.

use crate::{drawn, text};
use kernel::settings::Value;
use quota::ResourceInfo;

/// Something the owner says of a resource or a group.
fn said<T>(part: &str, name: &str, key: &str, read: fn(&Value) -> Option<T>) -> Option<T> {
    drawn::ask(None, |settings| {
        let meta = settings.get("ASTAKOS_RESOURCES_META")?;
        read(meta.entry(part)?.entry(name)?.entry(key)?)
    })
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

fn yes(value: &Value) -> Option<bool> {
    (*value == Value::Bool(true)).then_some(true)
}

/// The owner's words for something.
fn name_of(part: &str, name: &str) -> Option<String> {
    let own = said(part, name, "verbose_name", words);
    let own = own.or_else(|| said(part, name, "report_desc", words))?;
    match said(part, name, "is_abbreviation", yes) {
        Some(_) => Some(own.to_uppercase()),
        None => Some(own),
    }
}

/// What a resource is called.
pub(super) fn label(about: &ResourceInfo) -> String {
    let name = about.about.name;
    if let Some(own) = name_of("resources", name) {
        return own;
    }
    let key = format!("resource-{}", name.replace(['.', '_'], "-"));
    match text::known(&key) {
        true => text::text(&key),
        false => about.about.words.to_owned(),
    }
}

/// What an amount of a resource is an amount of.
pub(super) fn report(about: &ResourceInfo) -> String {
    let name = about.about.name;
    let own = said("resources", name, "report_desc", words);
    let key = format!("report-{}", name.replace(['.', '_'], "-"));
    own.or_else(|| text::known(&key).then(|| text::text(&key)))
        .unwrap_or_else(|| label(about))
}

/// The group a resource is in.
pub(super) fn group(about: &ResourceInfo) -> String {
    let own = said("resources", about.about.name, "group", words);
    own.unwrap_or_else(|| about.about.group.to_owned())
}

/// What a group is called.
pub(super) fn group_title(group: &str) -> String {
    let known = || text::text(&format!("group-{group}"));
    name_of("groups", group).unwrap_or_else(known)
}

/// Puts things into the owner's order; what that does not name stays behind as it is.
pub(super) fn arrange<T>(key: &str, all: &mut [T], name: impl Fn(&T) -> String) {
    let order = drawn::ask(Vec::new(), |settings| {
        let meta = settings.get("ASTAKOS_RESOURCES_META");
        match meta.and_then(|meta| meta.entry(key)) {
            Some(Value::List(names)) => names.iter().filter_map(words).collect(),
            _ => Vec::new(),
        }
    });
    all.sort_by_key(|one| {
        let name = name(one);
        order
            .iter()
            .position(|own| *own == name)
            .unwrap_or(order.len())
    });
}
