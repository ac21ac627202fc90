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
    for _ in 0..12 {
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
    assert_eq!(waits, [1, 5, 15, 60, 240, 240, 240, 240, 240, 159]);
    assert_eq!(waits.iter().sum::<i64>(), 24 * 60);
    assert!(files(dir.path()).is_empty());
}

fn free(dir: &std::path::Path) -> u64 {
    let stat = rustix::fs::statvfs(dir).unwrap();
    stat.f_bavail * stat.f_frsize
}

/// A disk with a store and a spool, that can be nearly full.
struct Disk {
    dir: tempfile::TempDir,
    settings: kernel::SettingsHandle,
    carrier: Carrier,
    now: kernel::Timestamp,
}

impl Disk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let spool = dir.path().join("mail");
        std::fs::create_dir(&spool).unwrap();
        let settings = settings(&[]);
        Disk {
            carrier: Carrier::new(settings.clone(), spool),
            settings,
            dir,
            now: FakeClock::default().now(),
        }
    }

    /// The store, which wants so much to be free.
    fn open(&self, min_free: u64) -> Store {
        let options = store::Options {
            min_free,
            ..store::Options::default()
        };
        Store::open(&self.dir.path().join("db"), options).unwrap()
    }

    /// The store on a disk where less is free than is wanted, and more than half of it.
    fn full(&self) -> Store {
        self.open(free(self.dir.path()) / 3 * 4)
    }

    async fn take_over(&self, store: &Store) {
        let templates = Templates::new(self.settings.now(), self.now);
        let taken = queue::take_over(store, templates, &[], self.carrier.sealer(), self.now);
        taken.await.unwrap();
    }

    async fn step(&self, store: &Store) -> kernel::Result<()> {
        step(store, &self.settings, &self.carrier, self.now).await
    }

    fn mails(&self) -> Vec<String> {
        files(&self.dir.path().join("mail"))
    }
}

async fn ask(store: &Store, to: &str) {
    let asked = request(to);
    let ask = store.write(move |tx| tx.publish(TOPIC, &asked));
    ask.await.unwrap();
}

// ID-MAIL-03
#[tokio::test]
async fn a_delivery_is_recorded_on_a_nearly_full_disk() {
    let disk = Disk::new();
    let store = disk.open(0);
    ask(&store, "eva@example.org").await;
    disk.take_over(&store).await;
    store.close();

    let store = disk.full();
    let refused = store.write(|tx| tx.next_id("x")).await.unwrap_err();
    assert!(matches!(refused, kernel::Error::StorageFull { .. }));
    disk.step(&store).await.unwrap();
    let message = store.read(|tx| tx.get::<Message>(&1)).await.unwrap();
    assert_eq!(message.unwrap().state, MessageState::Sent);
    assert_eq!(disk.mails().len(), 1);
}

// ID-MAIL-03: what cannot be taken over, for want of room, keeps nothing that waits.
#[tokio::test]
async fn what_waits_leaves_also_while_nothing_more_is_taken_over() {
    let disk = Disk::new();
    let store = disk.open(0);
    ask(&store, "eva@example.org").await;
    disk.take_over(&store).await;
    ask(&store, "dan@example.org").await;
    store.close();

    let store = disk.full();
    let full = disk.step(&store).await.unwrap_err();
    assert!(matches!(full, kernel::Error::StorageFull { .. }), "{full}");
    let mails = disk.mails();
    assert!(mails.len() == 1 && mails[0].contains("To: eva@example.org"));
    store.close();
    // With room again nothing is lost and nothing doubled.
    let store = disk.open(0);
    for _ in 0..2 {
        disk.step(&store).await.unwrap();
        assert_eq!(disk.mails().len(), 2);
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
