use super::*;
use std::collections::{BTreeMap, BTreeSet};

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

fn sources() -> BTreeMap<String, String> {
    let source = |name: std::borrow::Cow<'static, str>| {
        let bytes = Files::get(&name).unwrap().data.into_owned();
        (name.into_owned(), String::from_utf8(bytes).unwrap())
    };
    Files::iter().map(source).collect()
}

/// The keys of a file and the values each of them names.
fn keys(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in source.lines() {
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
        if starts && let Some((name, _)) = line.split_once('=') {
            key = name.trim().to_owned();
            let new = found.insert(key.clone(), BTreeSet::new());
            assert!(new.is_none(), "{key} twice");
        }
        for rest in line.split('$').skip(1) {
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            found.get_mut(&key).unwrap().insert(name);
        }
    }
    found
}

// ID-UI-09
#[test]
fn every_key_that_is_used_has_a_text() {
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

// ID-UI-09
#[test]
fn every_language_says_everything_with_the_same_values() {
    let sources = sources();
    assert!(sources.contains_key("en.ftl") && sources.contains_key("el.ftl"));
    let english = keys(&sources["en.ftl"]);
    for (name, source) in &sources {
        let read = FluentResource::try_new(source.clone());
        assert!(read.is_ok(), "{name}: {:?}", read.err().map(|e| e.1));
        let mut own = keys(source);
        let messages: BTreeMap<_, _> = own
            .extract_if(.., |key, _| {
                key.starts_with(|c: char| c.is_ascii_uppercase())
            })
            .collect();
        let missing: Vec<_> = english
            .keys()
            .filter(|key| !own.contains_key(*key))
            .collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
        let more: Vec<_> = own
            .keys()
            .filter(|key| !english.contains_key(*key))
            .collect();
        assert!(more.is_empty(), "only {name} has {more:?}");
        for (key, values) in &own {
            assert_eq!(values, &english[key], "{name}: {key}");
        }
        if name != "en.ftl" {
            says_identitys_messages(name, source, &messages);
        }
    }
}

/// Identity's messages: all of them, with the same places to fill in.
fn says_identitys_messages(name: &str, source: &str, own: &BTreeMap<String, BTreeSet<String>>) {
    let line = |key: &str| {
        let start = format!("{key} =");
        let line = source.lines().find(|line| line.starts_with(&start));
        line.unwrap_or_default().to_owned()
    };
    let places = |text: &str| {
        let percent = text.matches("%s").count();
        let named: BTreeSet<String> = text
            .split("%(")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap().to_owned())
            .collect();
        (percent, named)
    };
    for message in identity::messages::ALL {
        if message.text.is_empty() {
            continue;
        }
        let values = own.get(message.key);
        let values = values.unwrap_or_else(|| panic!("{name} lacks {}", message.key));
        let braces: BTreeSet<String> = BRACES
            .into_iter()
            .filter(|value| message.text.contains(&format!("{{{value}}}")))
            .map(str::to_owned)
            .collect();
        assert_eq!(values, &braces, "{name}: {}", message.key);
        assert_eq!(
            places(&line(message.key)),
            places(message.text),
            "{name}: {}",
            message.key
        );
    }
    for key in own.keys() {
        assert!(identity::messages::find(key).is_some(), "{name}: {key}");
    }
}

#[test]
fn values_are_filled_in() {
    assert_eq!(with("used-of", &[("used", "1"), ("limit", "2")]), "1 of 2");
    assert_eq!(text("no-such-key"), "no-such-key");
}

// ID-UI-09
#[tokio::test]
async fn a_language_is_found_and_spoken() {
    let greek = Language::named("el-GR").unwrap();
    assert_eq!(
        (greek.code(), Language::named("EN").unwrap().code()),
        ("el", "en")
    );
    assert_eq!(Language::named("tlh"), None);
    for (header, code) in [
        ("el", Some("el")),
        ("fr-FR, el;q=0.4, en;q=0.8", Some("en")),
        ("en;q=0, el;q=0.1", Some("el")),
        ("fr, de;q=x, *", None),
        ("", None),
    ] {
        let found = Language::accepted(header).map(Language::code);
        assert_eq!(found, code, "{header}");
    }
    assert_eq!(text("save"), "Save");
    speaking(greek, async {
        assert_eq!(spoken(), greek);
        assert_ne!(text("save"), "Save");
        assert_eq!(text("no-such-key"), "no-such-key");
    })
    .await;
    assert_eq!(spoken(), Language::default());
}

// ID-SET-90 ID-MSG-01
#[test]
fn messages_are_translated_unless_the_administrator_wrote_them() {
    let mut settings = Settings::default();
    let own = Value::Str("Ours".into());
    settings.set("ASTAKOS_EMAIL_USED_MESSAGE", own);
    let settings = Arc::new(settings);
    let greek = Language::named("el").unwrap();
    let seen = settings_in(greek, &settings);
    let say = |key: &str| identity::messages::text(&seen, key, &["7"]);
    assert_eq!(say("EMAIL_USED"), "Ours");
    assert!(say("UNKNOWN_USER_ID").contains('7'));
    assert_ne!(say("UNKNOWN_USER_ID"), "No user 7.");
    assert!(say("AUTH_PROVIDER_LOGOUT_SUCCESS").contains("{service_name}"));
    assert!(Arc::ptr_eq(&seen, &settings_in(greek, &settings)));
    assert!(Arc::ptr_eq(
        &settings,
        &settings_in(Language::default(), &settings)
    ));
}
