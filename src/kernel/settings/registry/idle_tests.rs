//! Every setting is read by code, or says that it has no effect.

use super::*;
use crate::settings::{
    derived,
    registry::{self, FAMILIES, Family},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Names that code makes of parts, as it writes them, and which settings they are.
const FORMED: &[(&str, &[&str])] = &[
    (
        "\"ASTAKOS_{list}_MESSAGES\"",
        &[
            "ASTAKOS_LOGIN_MESSAGES",
            "ASTAKOS_SIGNUP_MESSAGES",
            "ASTAKOS_PROFILE_MESSAGES",
        ],
    ),
    (
        "\"BRANDING_{name}_LOGO_URL\"",
        &[
            "BRANDING_DASHBOARD_LOGO_URL",
            "BRANDING_COMPUTE_LOGO_URL",
            "BRANDING_CONSOLE_LOGO_URL",
            "BRANDING_STORAGE_LOGO_URL",
        ],
    ),
    (
        "\"BRANDING_{name}_URL\"",
        &[
            "BRANDING_FAVICON_URL",
            "BRANDING_CLOUDBAR_HOME_URL",
            "BRANDING_DASHBOARD_URL",
            "BRANDING_COMPUTE_URL",
            "BRANDING_CONSOLE_URL",
            "BRANDING_STORAGE_URL",
        ],
    ),
    // Values of templates of mail.
    ("starting_with(\"BRANDING_\")", &["BRANDING_SUPPORT"]),
];

/// Not code that does what a setting says: where settings are declared or merely
/// listed, tests, examples.
fn is_aside(path: &str) -> bool {
    let parts = [
        "/kernel/settings/registry/",
        "/kernel/settings/derived.rs",
        "/kernel/settings/values.rs",
        "/app/reload.rs",
        "/tests/",
        "/examples/",
        "/target/",
    ];
    let ends = ["tests.rs", "/testing.rs", "_test.rs"];
    parts.iter().any(|part| path.contains(part)) || ends.iter().any(|end| path.ends_with(end))
}

/// Everything below a directory whose name ends so.
fn below(dir: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, endings, found);
        } else if endings
            .iter()
            .any(|end| path.to_string_lossy().ends_with(end))
        {
            found.push(path);
        }
    }
}

/// Code without its tests and comments.
fn plain(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// All texts of the product in which names of settings or messages count: path and text.
fn code() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    below(&root.join("src"), &[".rs"], &mut paths);
    below(&root.join("templates"), &[".html", ".txt"], &mut paths);
    let text = |path: PathBuf| {
        let name = path.to_string_lossy().into_owned();
        (!is_aside(&name)).then(|| (name, plain(&fs::read_to_string(&path).unwrap())))
    };
    paths.into_iter().filter_map(text).collect()
}

/// What stands in quotes and could be a name, or the key of a message before its value.
fn names<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let name = |part: &&str| {
        let good = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        !part.is_empty() && part.chars().all(good)
    };
    texts
        .flat_map(|text| text.split('"'))
        .filter_map(|part| part.split(':').next())
        .filter(name)
        .collect()
}

/// The settings that code reads, by themselves or through others that follow from them.
fn read_by(code: &[(String, String)]) -> BTreeSet<&'static str> {
    let says = |what: &str| code.iter().any(|(_, text)| text.contains(what));
    let names = names(code.iter().map(|(_, text)| text.as_str()));
    let mut read: BTreeSet<&'static str> = registry::all()
        .map(|(_, setting)| setting.name)
        .filter(|name| names.contains(name))
        .collect();
    for (made, names) in FORMED {
        assert!(says(made), "nothing makes names of {made} any more");
        read.extend(names.iter());
    }
    // Few steps lead from the first source to the last.
    for _ in 0..8 {
        let sources = derived::sources();
        let more = sources.iter().filter(|(name, _)| read.contains(name));
        let more: Vec<_> = more.map(|(_, source)| *source).collect();
        read.extend(more);
    }
    read
}

// README decision 3: no setting is taken without a word and without effect.
// Whoever reads one for the first time takes it out of the list; whoever stops reading
// the last one puts it there, with the reason.
#[test]
fn a_setting_is_read_or_said_to_be_without_effect() {
    let read = read_by(&code());
    let silent: Vec<_> = registry::all()
        .map(|(_, setting)| setting.name)
        .filter(|name| !read.contains(name) && idle(name).is_none())
        .collect();
    assert!(silent.is_empty(), "nothing reads {silent:?}");
    let wrong: Vec<_> = read.iter().filter(|name| idle(name).is_some()).collect();
    assert!(
        wrong.is_empty(),
        "they are read, and said to be idle: {wrong:?}"
    );
    let mut seen = BTreeSet::new();
    for (names, why) in IDLE {
        assert!(!why.is_empty() && !why.ends_with('.'));
        for name in *names {
            assert!(registry::find(name).is_some(), "no setting {name}");
            assert!(seen.insert(name), "{name} twice");
        }
    }
}

// ID-SET-90: the same of the texts of messages.
#[test]
fn a_message_is_said_or_its_text_is_said_to_be_without_effect() {
    let mut code = code();
    code.retain(|(path, _)| !path.ends_with("/identity/messages.rs"));
    let said = names(code.iter().map(|(_, text)| text.as_str()));
    let all = registry::families::MESSAGES;
    assert!(all.len() > 100);
    let name = |key: &str| format!("ASTAKOS_{key}_MESSAGE");
    assert!(all.iter().all(|key| Family::of(&name(key)).is_some()));
    let told = |key: &&&str| idle(&name(key)).is_some();
    let silent: Vec<_> = all
        .iter()
        .filter(|key| !said.contains(**key) && !told(key))
        .collect();
    assert!(silent.is_empty(), "nothing says {silent:?}");
    let wrong: Vec<_> = all
        .iter()
        .filter(|key| said.contains(**key) && told(key))
        .collect();
    assert!(wrong.is_empty(), "said, and told to be idle: {wrong:?}");
    let mut seen = BTreeSet::new();
    for (keys, _) in IDLE_MESSAGES {
        for key in *keys {
            assert!(
                registry::families::MESSAGES.contains(key),
                "no message {key}"
            );
            assert!(seen.insert(key), "{key} twice");
        }
    }
}

// Families have readers too, but for the endpoints of ways to log in that are not built.
#[test]
fn families_are_read() {
    let code = code();
    let says = |what: &str| code.iter().any(|(_, text)| text.contains(what));
    let makers = [
        ("ASTAKOS_<KEY>_MESSAGE", "\"ASTAKOS_{key}_MESSAGE\""),
        (
            "ASTAKOS_AUTH_PROVIDER_<MODULE>_<POLICY>_POLICY, ASTAKOS_AUTH_PROVIDERS_<POLICY>_POLICY",
            "\"ASTAKOS_AUTH_PROVIDERS_{policy}_POLICY\"",
        ),
        (
            "ASTAKOS_AUTH_PROVIDER_<MODULE>_<TEXT>, ASTAKOS_AUTH_PROVIDERS_<TEXT>",
            "\"ASTAKOS_AUTH_PROVIDERS_{name}\"",
        ),
        (
            "ASTAKOS_AUTH_PROVIDER_<MODULE>_USER_ATTR_MAP",
            "\"ASTAKOS_AUTH_PROVIDER_{upper}_USER_ATTR_MAP\"",
        ),
    ];
    for family in FAMILIES {
        match makers
            .iter()
            .find(|(pattern, _)| *pattern == family.pattern)
        {
            Some((_, maker)) => assert!(says(maker), "nothing reads {}", family.pattern),
            None => assert!(
                family
                    .pattern
                    .starts_with("ASTAKOS_<GOOGLE|TWITTER|LINKEDIN>"),
                "{}",
                family.pattern
            ),
        }
    }
    for name in [
        "ASTAKOS_GOOGLE_USERINFO_URL",
        "ASTAKOS_TWITTER_ACCESS_TOKEN_URL",
        "ASTAKOS_LINKEDIN_TOKEN_SCOPE",
    ] {
        assert!(
            registry::kind(name).is_some() && idle(name).is_some(),
            "{name}"
        );
        assert!(!says(name), "{name} is read");
    }
    // Read, so with effect.
    for name in [
        "ASTAKOS_VERIFICATION_SENT_MESSAGE",
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_LOGIN_TITLE",
        "ASTAKOS_AUTH_PROVIDER_LOCAL_ADD_POLICY",
    ] {
        assert_eq!(idle(name), None, "{name}");
    }
}
