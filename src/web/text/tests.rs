use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// All sources of pages and of what pages show, without tests.
fn sources() -> Vec<String> {
    fn read(dir: &Path, all: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let tests = matches!(name, "tests" | "tests.rs" | "messages.rs" | "locale");
            if tests {
                continue;
            }
            if path.is_dir() {
                read(&path, all);
            } else if path
                .extension()
                .is_some_and(|e| e == "html" || e == "rs" || e == "js")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                all.push(text.to_owned());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for place in [".", "../identity", "../../templates", "../../static/js"] {
        read(&root.join(place), &mut all);
    }
    all
}

fn keys_in(text: &str, before: &str, found: &mut Vec<String>) {
    for rest in text.split(before).skip(1) {
        found.extend(rest.split('"').next().map(str::to_owned));
    }
}

// ID-UI-09
#[test]
fn every_key_that_is_used_has_a_text() {
    let mut keys = Vec::new();
    for text in &sources() {
        for before in ["s.t(\"", "s.tv(\"", "text::text(\"", "text::with(\""] {
            keys_in(text, before, &mut keys);
        }
    }
    assert!(keys.len() > 50, "{}", keys.len());
    keys.retain(|key| !known(key));
    assert_eq!(keys, Vec::<String>::new());
}

/// How keys begin that are put together with a word of the program, as `"adm-op-{}"`.
fn begun(sources: &str) -> BTreeSet<String> {
    let ends = sources.match_indices("-{").map(|(at, _)| &sources[..at]);
    let begin = |before: &str| {
        let (_, begin) = before.rsplit_once('"')?;
        let word = |c: char| c.is_ascii_lowercase() || c == '-';
        begin.chars().all(word).then(|| format!("{begin}-"))
    };
    ends.filter_map(begin).collect()
}

/// Keys that only tests and settings name.
const ALONE: [&str; 2] = ["language-name", "used-of"];

// ID-UI-09: no text that nobody sees.
#[test]
fn every_text_is_used() {
    let sources = sources().join("\n");
    let english = Languages::built_in().english();
    let begun = begun(&sources);
    assert!(begun.contains("adm-op-") && begun.contains("error-title-"));
    // What all keys of administration begin with says nothing: the rest must be a word.
    let made = |key: &str| {
        begun.iter().any(|begin| {
            let rest = key.strip_prefix(begin.as_str());
            rest.is_some_and(|rest| begin != "adm-" || sources.contains(&format!("\"{rest}\"")))
        })
    };
    let unused: Vec<&str> = english
        .keys()
        .filter(|key| !ALONE.contains(key))
        .filter(|key| !made(key))
        .filter(|key| !sources.contains(&format!("\"{key}\"")))
        .collect();
    assert_eq!(unused, Vec::<&str>::new());
}

/// Messages that come with the rules of projects and of the academic login.
const LATER: &str = "
    APPLICATION_APPROVED APPLICATION_CANCELLED APPLICATION_CANNOT_APPROVE APPLICATION_CANNOT_CANCEL
    APPLICATION_CANNOT_DENY APPLICATION_CANNOT_DISMISS APPLICATION_DENIED APPLICATION_DISMISSED
    BASE_NO_MODIFY_FIELDS BASE_NO_TERMINATE BASE_PROJECT_NAME_ERR DOMAIN_VALUE_ERR
    INCONSISTENT_PROJECT_DATES INVALID_PROJECT_END_DATE INVALID_PROJECT_START_DATE
    INVALID_RESOURCE_DATA MEMBERSHIP_ACCEPTED MEMBERSHIP_ASSOCIATED MEMBER_JOIN_POLICY_CLOSED
    MEMBER_LEAVE_POLICY_CLOSED MEMBER_NUMBER_LIMIT_REACHED NOT_ACCEPTED_MEMBERSHIP NOT_ALIVE_PROJECT
    NOT_INITIALIZED_PROJECT NOT_MEMBERSHIP_REQUEST NOT_SUSPENDED_PROJECT NOT_TERMINATED_PROJECT
    NO_APPLICANT PENDING_APPLICATION_LIMIT_ADD PENDING_APPLICATION_LIMIT_MODIFY
    PROJECT_MODIFICATION_SUBMITTED PROJECT_SUBMITTED REACHED_PENDING_APPLICATION_LIMIT
    SUSPENDED_PROJECT UNINITIALIZED_NO_MODIFY UNKNOWN_PROJECT_APPLICATION_ID UNKNOWN_PROJECT_ID
    UNKNOWN_USERS USER_JOINED_PROJECT USER_JOIN_REQUEST_SUBMITTED USER_LEAVE_REQUEST_SUBMITTED
    USER_LEFT_PROJECT USER_MEMBERSHIP_ACCEPTED USER_MEMBERSHIP_REJECTED USER_MEMBERSHIP_REMOVED
    USER_REQUEST_CANCELLED
    SHIBBOLETH_MISSING_NAME SHIBBOLETH_MISSING_USER_ID SWITCH_ACCOUNT_FAILURE SWITCH_ACCOUNT_LINK_SENT
    SWITCH_ACCOUNT_SUCCESS";

/// Messages that nobody needs: what they would say, a better one says at its place (the
/// account is found by its code, so a code is never wrong for an account; a method that
/// may not be added is refused before it is tried; the resend link stands on the page).
const NEVER: &str = "
    AUTH_PROVIDER_ADD_TO_EXISTING_ACCOUNT AUTH_PROVIDER_NOT_ACTIVE_FOR_ADD
    AUTH_PROVIDER_NOT_ACTIVE_FOR_USER VERIFICATION_FAILED";

// ID-MSG-10 … ID-MSG-142: each message is said by some code.
#[test]
fn every_message_is_used() {
    let sources = sources().join("\n");
    let used = |key: &str| {
        let begins = format!("\"{key}");
        let mut all = sources.split(begins.as_str()).skip(1);
        all.any(|rest| rest.starts_with(['"', ':']))
    };
    let waits = |key: &str| {
        let mut all = LATER.split_whitespace().chain(NEVER.split_whitespace());
        all.any(|one| one == key)
    };
    let keys = identity::messages::ALL.iter().map(|message| message.key);
    let unused: Vec<&str> = keys.filter(|key| !used(key) && !waits(key)).collect();
    assert_eq!(unused, Vec::<&str>::new());
}

// ID-UI-09 ID-MSG-02: Greek is whole: pages, messages, mails, with the same values.
#[test]
fn every_language_says_everything_with_the_same_values() {
    let messages = identity::messages::ALL.iter();
    let messages = messages.filter(|message| !message.text.is_empty());
    let messages = messages.map(|message| (message.key.to_owned(), message.text.to_owned()));
    let methods = identity::provider::words().into_iter();
    let methods = methods.map(|(key, text)| (key, text.to_owned()));
    let english = words::English {
        messages: messages.chain(methods).collect(),
        values: identity::provider::VALUES.map(str::to_owned).into(),
        mails: notify::catalogue::english(),
    };
    let all = Languages::built_in();
    assert!(all.named("el").is_some());
    for language in all.all() {
        assert_eq!(language.check(&english), [], "{}", language.code());
    }
}

#[test]
fn values_are_filled_in() {
    assert_eq!(with("used-of", &[("used", "1"), ("limit", "2")]), "1 of 2");
    assert_eq!(text("no-such-key"), "no-such-key");
}

fn greek() -> Arc<Language> {
    Languages::built_in().named("el").unwrap().clone()
}

// ID-UI-09
#[tokio::test]
async fn a_language_is_spoken() {
    assert_eq!(text("save"), "Save");
    speaking(greek(), async {
        assert_eq!(text("save"), "Αποθήκευση");
        assert_eq!(text("no-such-key"), "no-such-key");
    })
    .await;
    assert_eq!(text("save"), "Save");
}

// ID-SET-90 ID-MSG-01 ID-PRV-02
#[test]
fn messages_are_translated_unless_the_administrator_wrote_them() {
    let mut settings = Settings::default();
    for (name, value) in [
        ("ASTAKOS_EMAIL_USED_MESSAGE", "Ours"),
        ("ASTAKOS_AUTH_PROVIDERS_ADD_PROMPT", "Add it"),
        ("ASTAKOS_AUTH_PROVIDER_LDAP_TITLE", "House"),
    ] {
        settings.set(name, Value::Str(value.into()));
    }
    let settings = Arc::new(settings);
    let greek = greek();
    let seen = settings_in(&greek, &settings);
    let say = |key: &str| identity::messages::text(&seen, key, &["7"]);
    assert_eq!(say("EMAIL_USED"), "Ours");
    assert!(say("UNKNOWN_USER_ID").contains('7'));
    assert_ne!(say("UNKNOWN_USER_ID"), "No user 7.");
    assert!(say("AUTH_PROVIDER_LOGOUT_SUCCESS").contains("{service_name}"));
    let method = |module: &str, name: &str| identity::provider::Texts::new(&seen, module).get(name);
    assert_eq!(method("ldap", "TITLE"), "House");
    assert_eq!(method("local", "ADD_PROMPT"), "Add it");
    assert_eq!(method("shibboleth", "TITLE"), "Ακαδημαϊκή");
    let prompt = method("google", "LOGIN_TITLE");
    assert!(
        prompt.contains("Google") && !prompt.contains("LOGIN"),
        "{prompt}"
    );
    assert!(Arc::ptr_eq(&seen, &settings_in(&greek, &settings)));
    let english = Languages::built_in().english();
    assert!(Arc::ptr_eq(&settings, &settings_in(english, &settings)));
}

/// The keys a page may name, by how often; for the test of texts in Greek.
#[test]
fn no_text_is_the_same_in_greek_by_oversight() {
    let (english, greek) = (Languages::built_in().english(), greek());
    let latin = |text: &str| text.contains(|c: char| c.is_ascii_alphabetic());
    let mut same: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for key in english.keys() {
        let (ours, theirs) = (english.own(key, &[]), greek.own(key, &[]));
        if ours == theirs && ours.as_deref().is_some_and(latin) {
            same.entry(key).or_default().extend(ours);
        }
    }
    let names: Vec<&str> = same.into_keys().collect();
    assert_eq!(names, ["adm-extra-uuid", "email"]);
}
