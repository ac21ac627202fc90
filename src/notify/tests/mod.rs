mod administration;
mod overrides;
mod post;
mod settings;
mod smtp;
mod texts;
mod tls;

use super::*;
use kernel::{Clock, FakeClock, Settings, mail::MailRequest, settings::Value};
use std::{collections::BTreeMap, sync::Arc};
use store::Reads;

fn settings(more: &[(&str, Value)]) -> SettingsHandle {
    let mut settings = Settings::default();
    settings.set(
        "SERVER_EMAIL",
        Value::Str("Cloud <cloud@example.org>".into()),
    );
    settings.set("BRANDING_SERVICE_NAME", Value::Str("My cloud".into()));
    settings.set("TEMPLATE_DIRS", Value::List(Vec::new()));
    settings.set("CONTACT_EMAIL", Value::Str("help@example.org".into()));
    for (name, value) in more {
        settings.set(name, value.clone());
    }
    SettingsHandle::new(settings)
}

fn request(to: &str) -> MailRequest {
    let user = serde_json::json!({"email": to, "realname": "Eva Ω'Hara", "id": 7});
    MailRequest {
        to: to.into(),
        template: "im/activation_email".into(),
        context: BTreeMap::from([
            ("user".into(), user),
            ("url".into(), "https://cloud/x?a=1&b=2".into()),
        ]),
        language: "en".into(),
        ..MailRequest::default()
    }
}

fn files(dir: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    names.sort();
    names
        .iter()
        .map(|n| std::fs::read_to_string(n).unwrap())
        .collect()
}

// ID-MAIL-01 ID-MAIL-03 ID-MAIL-05 ID-MAIL-06 ID-TPL-13
#[tokio::test]
async fn a_request_becomes_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let settings = settings(&[]);
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let clock = FakeClock::default();
    store
        .write(|tx| tx.publish(TOPIC, &request("eva@example.org")))
        .await
        .unwrap();
    for _ in 0..3 {
        step(&store, &settings, &carrier, clock.now())
            .await
            .unwrap();
    }
    let mails = files(dir.path());
    assert_eq!(mails.len(), 1);
    for part in [
        "Subject: My cloud account verification",
        "From: Cloud <cloud@example.org>",
        "To: eva@example.org",
        "Auto-Submitted: auto-generated",
        "Message-ID: <",
        "Date: Thu, 01 Jan 2026",
    ] {
        assert!(mails[0].contains(part), "{part}: {}", mails[0]);
    }
    store
        .read(|tx| {
            assert!(tx.outbox::<MailRequest>(TOPIC, 0, 1)?.is_empty());
            let message = tx.get::<Message>(&1)?.unwrap();
            assert_eq!(message.state, MessageState::Sent);
            assert_eq!(message.text, "", "links are not kept");
            assert_eq!(verify(tx)?, []);
            Ok(())
        })
        .await
        .unwrap();
}

// ID-MAIL-03 ID-MAIL-04
#[tokio::test]
async fn failures_wait_longer_and_end_as_dead_letters() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    // Nobody listens there: the port was just given back.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let settings = settings(&[
        ("EMAIL_HOST", Value::Str("127.0.0.1".into())),
        ("EMAIL_PORT", Value::Int(port.into())),
    ]);
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let clock = FakeClock::default();
    store
        .write(|tx| tx.publish(TOPIC, &request("eva@example.org")))
        .await
        .unwrap();
    let mut waits = Vec::new();
    for _ in 0..10 {
        step(&store, &settings, &carrier, clock.now())
            .await
            .unwrap();
        let message = store
            .read(|tx| tx.get::<Message>(&1))
            .await
            .unwrap()
            .unwrap();
        if message.state == MessageState::Failed {
            assert!(!message.error.is_empty());
            break;
        }
        let wait = message.at.duration_since(clock.now());
        waits.push(wait.as_secs() / 60);
        clock.advance(wait.unsigned_abs());
    }
    assert_eq!(waits, [1, 5, 15, 60, 240, 240, 240, 240, 240]);
    assert!(files(dir.path()).is_empty());
}

fn free(dir: &std::path::Path) -> u64 {
    let stat = rustix::fs::statvfs(dir).unwrap();
    stat.f_bavail * stat.f_frsize
}

// ID-MAIL-03
#[tokio::test]
async fn a_delivery_is_recorded_on_a_nearly_full_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (file, spool) = (dir.path().join("db"), dir.path().join("mail"));
    std::fs::create_dir(&spool).unwrap();
    let settings = settings(&[]);
    let carrier = Carrier::new(settings.clone(), spool.clone());
    let now = FakeClock::default().now();
    let open = |min_free| {
        let options = store::Options {
            min_free,
            ..store::Options::default()
        };
        Store::open(&file, options).unwrap()
    };
    let store = open(0);
    store
        .write(|tx| tx.publish(TOPIC, &request("eva@example.org")))
        .await
        .unwrap();
    let templates = Templates::new(settings.now(), now);
    queue::take_over(&store, templates, &[], carrier.sealer(), now)
        .await
        .unwrap();
    store.close();

    // Less is free than is wanted, and more than half of it.
    let store = open(free(dir.path()) / 3 * 4);
    let refused = store.write(|tx| tx.next_id("x")).await.unwrap_err();
    assert!(matches!(refused, kernel::Error::StorageFull { .. }));
    step(&store, &settings, &carrier, now).await.unwrap();
    let message = store.read(|tx| tx.get::<Message>(&1)).await.unwrap();
    assert_eq!(message.unwrap().state, MessageState::Sent);
    assert_eq!(files(&spool).len(), 1);
}

// ID-MAIL-03: what cannot be taken over, for want of room, keeps nothing that waits.
#[tokio::test]
async fn what_waits_leaves_also_while_nothing_more_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let (file, spool) = (dir.path().join("db"), dir.path().join("mail"));
    std::fs::create_dir(&spool).unwrap();
    let settings = settings(&[]);
    let carrier = Carrier::new(settings.clone(), spool.clone());
    let now = FakeClock::default().now();
    let open = |min_free| {
        let options = store::Options {
            min_free,
            ..store::Options::default()
        };
        Store::open(&file, options).unwrap()
    };
    let store = open(0);
    let ask = async |store: &Store, to: &str| {
        let asked = request(to);
        let ask = store.write(move |tx| tx.publish(TOPIC, &asked));
        ask.await.unwrap();
    };
    ask(&store, "eva@example.org").await;
    let templates = Templates::new(settings.now(), now);
    queue::take_over(&store, templates, &[], carrier.sealer(), now)
        .await
        .unwrap();
    ask(&store, "dan@example.org").await;
    store.close();

    let store = open(free(dir.path()) / 3 * 4);
    let full = step(&store, &settings, &carrier, now).await.unwrap_err();
    assert!(matches!(full, kernel::Error::StorageFull { .. }), "{full}");
    let mails = files(&spool);
    assert!(mails.len() == 1 && mails[0].contains("To: eva@example.org"));
    store.close();
    // With room again nothing is lost and nothing doubled.
    let store = open(0);
    for _ in 0..2 {
        step(&store, &settings, &carrier, now).await.unwrap();
        assert_eq!(files(&spool).len(), 2);
    }
}

// ID-MAIL-03: mails to many people leave in one round.
#[tokio::test]
async fn all_that_is_due_leaves_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let settings = settings(&[]);
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let ask = store.write(|tx| {
        (0..150).try_for_each(|n| {
            let asked = request(&format!("{n}@example.org"));
            tx.publish(TOPIC, &asked).map(drop)
        })
    });
    ask.await.unwrap();
    let now = FakeClock::default().now();
    step(&store, &settings, &carrier, now).await.unwrap();
    assert_eq!(files(dir.path()).len(), 150);
}

#[tokio::test]
async fn nothing_is_delivered_any_more_once_the_service_stops() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let settings = settings(&[]);
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let now = FakeClock::default().now();
    store
        .write(|tx| tx.publish(TOPIC, &request("eva@example.org")))
        .await
        .unwrap();
    let stop = CancellationToken::new();
    stop.cancel();
    round(&store, &settings, &carrier, now, &stop)
        .await
        .unwrap();
    assert!(files(dir.path()).is_empty());
    step(&store, &settings, &carrier, now).await.unwrap();
    assert_eq!(files(dir.path()).len(), 1);
}
