//! Texts of the pages by message key: `templates/locale/<language>.ftl`, one
//! catalogue for each language, read once. A key without a text shows as itself, and
//! a test makes sure that there is none.

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use std::sync::OnceLock;

const ENGLISH: &str = include_str!("../../templates/locale/en.ftl");

type Bundle = FluentBundle<FluentResource>;

fn bundle() -> &'static Bundle {
    static BUNDLE: OnceLock<Bundle> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let mut bundle = FluentBundle::new_concurrent(vec![Default::default()]);
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(ENGLISH.to_owned()) {
            Ok(resource) => resource,
            // What could be read is better than nothing; a test refuses errors.
            Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        bundle
    })
}

/// Is there a text for this key?
pub fn known(key: &str) -> bool {
    bundle().has_message(key)
}

/// The text of a key.
pub fn text(key: &str) -> String {
    with(key, &[])
}

/// The text of a key with named values filled in.
pub fn with(key: &str, values: &[(&'static str, &str)]) -> String {
    let bundle = bundle();
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        // A count chooses between forms ("1 hour", "2 hours"), so it is a number there.
        match value.parse::<i64>() {
            Ok(count) if *name == "n" => arguments.set(*name, count),
            _ => arguments.set(*name, *value),
        }
    }
    let mut wrong = Vec::new();
    bundle
        .format_pattern(pattern, Some(&arguments), &mut wrong)
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_in(text: &str, before: &str, found: &mut Vec<String>) {
        for rest in text.split(before).skip(1) {
            found.extend(rest.split('"').next().map(str::to_owned));
        }
    }

    fn read(dir: &std::path::Path, all: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, all);
            } else if path.extension().is_some_and(|e| e == "html" || e == "rs") {
                all.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    // ID-UI-09
    #[test]
    fn every_key_that_is_used_has_a_text() {
        assert!(FluentResource::try_new(ENGLISH.to_owned()).is_ok());
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut texts = Vec::new();
        read(&root.join("pages"), &mut texts);
        read(&root.join("../../templates"), &mut texts);
        let mut keys = Vec::new();
        for text in &texts {
            for before in ["s.t(\"", "s.tv(\"", "text::text(\"", "text::with(\""] {
                keys_in(text, before, &mut keys);
            }
        }
        assert!(keys.len() > 50, "{}", keys.len());
        keys.retain(|key| !known(key));
        assert_eq!(keys, Vec::<String>::new());
    }

    #[test]
    fn values_are_filled_in() {
        assert_eq!(with("used-of", &[("used", "1"), ("limit", "2")]), "1 of 2");
        assert_eq!(text("no-such-key"), "no-such-key");
    }
}
