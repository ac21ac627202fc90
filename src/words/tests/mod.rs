//! Languages from files of ours and of the owner.

use super::*;
use kernel::{Settings, settings::Value};
use std::path::Path;

fn settings(dirs: &[&Path]) -> Settings {
    let dirs = dirs.iter().map(|dir| Value::Str(dir.display().to_string()));
    let mut settings = Settings::default();
    settings.set("TEMPLATE_DIRS", Value::List(dirs.collect()));
    settings
}

fn put(dir: &Path, name: &str, text: &str) {
    let file = dir.join("locale").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn codes(languages: &Languages) -> Vec<&str> {
    languages.all().map(|one| one.code()).collect()
}

const MADE_UP: &str = "\
# A language that nobody speaks.
language-name = Xenian
save = Zave
minutes-ago = { $n ->
    [1] 1 minut ago
   *[other] { $n } minuts ago
 }
EMAIL_USED = Ze address iz taken.

=== im/welcome_email
Subject: Velcome to <S>

{% extends \"im/email.txt\" %}
{% block content %}Hallo.
{% endblock %}

=== im/test_email

only a text
";

// ID-UI-09 ID-TPL-01: a file that is put there is a language.
#[test]
fn a_language_is_a_file() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        codes(&Languages::of(&settings(&[dir.path()]))),
        ["en", "el"]
    );
    put(dir.path(), "xx.ftl", MADE_UP);
    put(dir.path(), "xx.ftl~", "save = Never");
    put(dir.path(), "not a code.ftl", "save = Never");
    let settings = settings(&[dir.path()]);
    let all = Languages::of(&settings);
    assert_eq!(codes(&all), ["en", "el", "xx"]);
    let made_up = all.named("xx-XX").unwrap();
    assert_eq!((made_up.code(), made_up.name()), ("xx", "Xenian"));
    assert_eq!(made_up.say("save", &[]), "Zave");
    assert_eq!(made_up.say("minutes-ago", &[("n", "1")]), "1 minut ago");
    assert_eq!(made_up.say("minutes-ago", &[("n", "5")]), "5 minuts ago");
    // What it lacks is said in English.
    let values: Values<'_> = &[("used", "1"), ("limit", "2")];
    assert_eq!(made_up.say("used-of", values), "1 of 2");
    assert_eq!(made_up.own("used-of", values), None);
    assert_eq!(made_up.say("no-such-key", &[]), "no-such-key");
    assert!(made_up.knows("used-of") && !made_up.knows("no-such-key"));
    let mail = made_up.mail("im/welcome_email").unwrap();
    assert_eq!(mail.subject.as_deref(), Some("Velcome to <S>"));
    assert_eq!(mail.place.above, 12);
    assert!(mail.text.starts_with("{% extends") && mail.text.ends_with("{% endblock %}\n"));
    assert_eq!(made_up.mail("im/test_email").unwrap().text, "only a text\n");
    assert_eq!(made_up.mail("im/test_email").unwrap().subject, None);
    // It is read once, and again when it changed.
    assert!(std::sync::Arc::ptr_eq(&all, &Languages::of(&settings)));
    put(dir.path(), "xx.ftl", "save = Zafe");
    let again = Languages::of(&settings);
    assert_eq!(again.named("xx").unwrap().say("save", &[]), "Zafe");
    assert_eq!(again.named("xx").unwrap().name(), "xx");
}

// ID-TPL-01: the owner's words go before ours, key by key, of the first directory first.
#[test]
fn the_owner_may_say_it_otherwise() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(first.path(), "en.ftl", "save = Keep it\n");
    put(second.path(), "en.ftl", "save = Never\ncancel = Leave it\n");
    put(second.path(), "el.ftl", "save = Φύλαξη\n");
    let all = Languages::of(&settings(&[first.path(), second.path()]));
    let say = |code: &str, key: &str| all.named(code).unwrap().say(key, &[]);
    assert_eq!(
        (say("en", "save"), say("en", "cancel")),
        ("Keep it".into(), "Leave it".into())
    );
    assert_eq!(
        (say("el", "save"), say("el", "cancel")),
        ("Φύλαξη".into(), "Ακύρωση".into())
    );
    assert!(all.named("el").unwrap().mail("im/welcome_email").is_some());
}

// ID-UI-09: a file with mistakes gives what could be read of it, and says where.
#[test]
fn a_mistake_costs_one_text() {
    let dir = tempfile::tempdir().unwrap();
    put(
        dir.path(),
        "xx.ftl",
        "save = Zave\ncancel = { $\nsend = Zend\n",
    );
    put(dir.path(), "yy.ftl", "");
    std::fs::write(dir.path().join("locale/zz.ftl"), b"save = \xff").unwrap();
    let all = Languages::of(&settings(&[dir.path()]));
    assert_eq!(codes(&all), ["en", "el", "xx", "yy"]);
    let broken = all.named("xx").unwrap();
    assert_eq!(broken.say("save", &[]), "Zave");
    assert_eq!(broken.say("cancel", &[]), "Cancel");
    let found = broken.check(&English::default());
    let Some(Finding::Error(place, _)) = found.first() else {
        panic!("{found:?}");
    };
    assert_eq!(
        place.file.as_deref(),
        Some(dir.path().join("locale/xx.ftl").as_path())
    );
    assert_eq!(place.above, 1);
}

fn english() -> English {
    English {
        messages: vec![
            (
                "EMAIL_USED".into(),
                "An account with this email address exists.".into(),
            ),
            ("WELCOME".into(), "%s is in {service_name}.".into()),
        ],
        values: ["title".to_owned()].into(),
        mails: vec![EnglishMail {
            name: "im/welcome_email".into(),
            subject: "Welcome to <S>".into(),
            text: "Hello.\n".into(),
        }],
    }
}

// ID-UI-09
#[test]
fn the_check_tells_what_is_missing_unknown_or_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let more = "used-of = { $usd } von { $limit }\nsaev = x\nWELCOME = { $service_name }\n";
    put(
        dir.path(),
        "xx.ftl",
        &MADE_UP.replace("EMAIL_USED", &format!("{more}EMAIL_USED")),
    );
    let all = Languages::of(&settings(&[dir.path()]));
    let found = all.named("xx").unwrap().check(&english());
    let told = |place: &Place, text: &str| match &place.file {
        Some(_) => format!("{}: {text}", place.above + 1),
        None => text.to_owned(),
    };
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    for finding in &found {
        match finding {
            Finding::Error(place, text) => errors.push(told(place, text)),
            Finding::Warning(place, text) => warnings.push(told(place, text)),
        }
    }
    let wrong = [
        "10: 'WELCOME': it has '' where English has '%s'",
        "8: 'used-of': there is no value 'usd' for it",
    ];
    assert_eq!(errors, wrong);
    for text in [
        "9: nothing says 'saev'",
        "22: there is no mail 'im/test_email'",
        "'cancel' is missing",
    ] {
        assert!(
            warnings.iter().any(|one| one == text),
            "{text}: {warnings:?}"
        );
    }
    assert!(
        !warnings
            .iter()
            .any(|one| one.contains("EMAIL_USED") || one.contains("welcome"))
    );
}

// ID-UI-09: a text is what Fluent says it is, however it is laid out.
#[test]
fn texts_are_read_as_fluent_reads_them() {
    let dir = tempfile::tempdir().unwrap();
    let text = "\
-brand = { $limit } Xenia
save =Zave
# minutes-ago = { $gone }
minutes-ago = { $n ->
    [1] 1 minut ago
   *[other] {$n} minuts ago
}
used-of =
    { NUMBER($used,
        minimumFractionDigits: 2) } of {   $limit }
    Not { \"{ $text }\" }.
    .title = { $tip }
## Next
cancel =
    .title = alone
send
WELCOME = %s
";
    put(dir.path(), "xx.ftl", text);
    let all = Languages::of(&settings(&[dir.path()]));
    let language = all.named("xx").unwrap();
    assert_eq!(
        language.keys().collect::<Vec<_>>(),
        ["WELCOME", "minutes-ago", "save", "used-of"]
    );
    let values = |key: &str| -> Vec<&str> {
        let entry = &language.entries[key];
        entry.values.iter().map(String::as_str).collect()
    };
    assert_eq!(values("minutes-ago"), ["n"]);
    assert_eq!(values("used-of"), ["limit", "tip", "used"]);
    assert_eq!(language.entries["used-of"].place.above, 7);
    let whole = language.export(&English::default());
    for lines in [
        "\nsave =Zave\n",
        "\nminutes-ago = { $n ->\n    [1] 1 minut ago\n   *[other] {$n} minuts ago\n}\n",
        "\nused-of =\n    { NUMBER($used,\n        minimumFractionDigits: 2) } of {   $limit }\n    \
         Not { \"{ $text }\" }.\n    .title = { $tip }\n",
        "\ncancel = Cancel\n",
    ] {
        assert!(whole.contains(lines), "{lines}");
    }
    assert!(!whole.contains("## Next") && !whole.contains("brand"));
}

// ID-UI-09: the whole file, to translate or to go on translating.
#[test]
fn a_language_is_written_out_whole() {
    let dir = tempfile::tempdir().unwrap();
    let built_in = Languages::built_in();
    let begun = built_in.english().export(&english());
    assert!(
        begun.contains("\nWELCOME = %s is in { $service_name }.\n"),
        "{begun}"
    );
    assert!(begun.ends_with("\n=== im/welcome_email\nSubject: Welcome to <S>\n\nHello.\n"));
    put(dir.path(), "yy.ftl", &begun);
    put(dir.path(), "xx.ftl", MADE_UP);
    let all = Languages::of(&settings(&[dir.path()]));
    let whole = all.named("yy").unwrap();
    assert_eq!(whole.check(&english()), []);
    assert_eq!(whole.export(&english()), begun);
    let filled = all.named("xx").unwrap().export(&english());
    assert!(filled.contains("\nsave = Zave\n") && filled.contains("\ncancel = Cancel\n"));
    assert!(filled.contains("Subject: Velcome to <S>"), "{filled}");
}

// ID-UI-09
#[test]
fn a_language_is_found_and_wished_for() {
    let all = Languages::built_in();
    for (code, found) in [
        ("el-GR", "el"),
        ("EN", "en"),
        ("EL_gr", "el"),
        ("en-us", "en"),
    ] {
        assert_eq!(all.named(code).unwrap().code(), found, "{code}");
    }
    for unknown in ["tlh", "", "../el", "-"] {
        assert_eq!(all.named(unknown), None, "{unknown}");
    }
    for (header, code) in [
        ("el", Some("el")),
        ("fr-FR, el;q=0.4, en;q=0.8", Some("en")),
        ("en;q=0, el;q=0.1", Some("el")),
        ("fr, de;q=x, *", None),
        ("", None),
    ] {
        let found = all.accepted(header).map(|one| one.code());
        assert_eq!(found, code, "{header}");
    }
}

// ID-UI-09: the program's English is the yardstick, also for an owner who says it otherwise.
#[test]
fn an_owners_english_is_no_yardstick() {
    let dir = tempfile::tempdir().unwrap();
    let own = "save = Keep { $it }\nused-of = { $used }\nsaev = x\n\n=== im/no_mail\n\nx\n";
    put(dir.path(), "en.ftl", own);
    put(
        dir.path(),
        "xx.ftl",
        "save = Zave\nsaev = x\nused-of = { $limit }\n",
    );
    let all = Languages::of(&settings(&[dir.path()]));
    let told = |code: &str| -> Vec<String> {
        let found = all.named(code).unwrap().check(&english());
        let text = |finding| match finding {
            Finding::Error(place, text) => format!("error {}: {text}", place.above + 1),
            Finding::Warning(place, text) => format!("warning {}: {text}", place.above + 1),
        };
        found.into_iter().map(text).collect()
    };
    let wrong = [
        "warning 3: nothing says 'saev'",
        "error 1: 'save': there is no value 'it' for it",
        "warning 7: there is no mail 'im/no_mail'",
    ];
    assert_eq!(told("en"), wrong);
    // `limit` is a value of that text, though the owner's English does without it.
    let other = told("xx");
    assert_eq!(other[0], "warning 2: nothing says 'saev'");
    assert!(!other.iter().any(|text| text.starts_with("error")));
    // Written out: the owner's words in the order of ours, and nothing twice.
    let begun = Languages::built_in().english().export(&english());
    let whole = all.english().export(&english());
    let ours = "save = Save\n";
    assert!(begun.contains(ours));
    assert_eq!(whole.matches("\nsave = ").count(), 1);
    assert!(!whole.contains("saev") && !whole.contains("im/no_mail"));
    let lines = |text: &str| text.lines().count();
    assert_eq!(lines(&whole), lines(&begun));
    let filled = all.named("xx").unwrap().export(&english());
    assert!(filled.contains("\nsave = Zave\n") && filled.contains("\ncancel = Cancel\n"));
    assert_eq!(lines(&filled), lines(&begun));
}

#[test]
fn no_key_stands_twice_in_a_file_of_ours() {
    for source in read::built_in() {
        let (texts, mails) = mails::part(&source.text, None, "");
        let resource = fluent_bundle::FluentResource::try_new(texts).unwrap();
        let entries = entry::entries(&resource, 0, |_| Place::default());
        let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
        keys.extend(mails.iter().map(|mail| mail.name.as_str()));
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all, "{}", source.code);
    }
}
