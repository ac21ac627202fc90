//! What settings do to mails, as an owner writes them into the files: named by ID.

use super::*;

/// Settings of these lines of a file.
fn under(lines: &str) -> SettingsHandle {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("TEMPLATE_DIRS = []\n{lines}\n");
    std::fs::write(dir.path().join("00-a.conf"), text).unwrap();
    let loaded = kernel::settings::load(dir.path(), [], &[]).unwrap_or_else(|e| panic!("{e}"));
    SettingsHandle::new(loaded.settings)
}

/// The mail as it is written to a file.
async fn written(lines: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let settings = under(lines);
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let published = store.write(|tx| tx.publish(TOPIC, &request("eva@example.org")));
    published.await.unwrap();
    let now = FakeClock::default().now();
    step(&store, &settings, &carrier, now).await.unwrap();
    files(dir.path()).concat()
}

// ID-SET-66 ID-SET-67
#[tokio::test]
async fn senders_are_those_of_the_settings() {
    for (lines, from) in [
        ("", "From: \"Synnefo cloud\" <cloud@example.synnefo.org>"),
        ("SERVER_EMAIL = 'Cloud <c@x.org>'", "From: Cloud <c@x.org>"),
        (
            "SERVER_EMAIL = ''\nDEFAULT_FROM_EMAIL = 'Else <e@x.org>'",
            "From: Else <e@x.org>",
        ),
        // ID-UPG-03
        (
            "ASTAKOS_DEFAULT_FROM_EMAIL = 'Old <o@x.org>'",
            "From: Old <o@x.org>",
        ),
    ] {
        let mail = written(lines).await;
        assert!(mail.contains(from), "{from}: {mail}");
    }
    let mail = written("CONTACT_EMAIL = 'desk@x.org'").await;
    assert!(mail.contains("desk@x.org"), "{mail}");
    assert!(mail.contains("charset=utf-8"), "{mail}");
}

// ID-SET-90 ID-MAIL-05 ID-UPG-03: a subject of one's own, by its present and its older name
#[tokio::test]
async fn subjects_are_those_of_the_settings() {
    for name in [
        "ASTAKOS_VERIFICATION_EMAIL_SUBJECT_MESSAGE",
        "ASTAKOS_VERIFICATION_EMAIL_SUBJECT",
    ] {
        let mail = written(&format!("{name} = 'Prove it'")).await;
        assert!(mail.contains("Subject: Prove it"), "{name}: {mail}");
    }
}

// ID-SET-74 ID-TPL-12: times in mails are those of the zone, and say which.
#[test]
fn times_are_in_the_time_zone() {
    let context = serde_json::json!({
        "event": "password-changed", "detail": "", "when": "2026-01-01T22:30:00Z",
        "from": null, "url": "https://cloud/ui/sessions",
    });
    let serde_json::Value::Object(context) = context else {
        panic!("no object");
    };
    for (zone, language, said) in [
        ("UTC", "en", "1 January 2026, 22:30 UTC"),
        ("Europe/Athens", "en", "2 January 2026, 00:30 EET"),
        ("Europe/Athens", "el", "2026, 00:30 EET"),
        ("America/New_York", "en", "1 January 2026, 17:30 EST"),
    ] {
        let settings = under(&format!("TIME_ZONE = '{zone}'"));
        let mut request = request("eva@example.org");
        request.template = "im/account_notice".into();
        request.language = language.into();
        request.context.extend(context.clone());
        let templates = Templates::new(settings.now(), FakeClock::default().now());
        let text = templates.render(&request).text;
        assert!(text.contains(said), "{zone}: {text}");
    }
    // A day is the same everywhere.
    let zone = under("TIME_ZONE = 'America/New_York'").now().zone();
    let day = crate::dates::read_in("2026-03-04", &zone).unwrap();
    assert_eq!(crate::dates::format(&day, "d/m/Y"), "04/03/2026");
}
