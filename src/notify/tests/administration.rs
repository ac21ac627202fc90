//! The queue as administrators see it.

use super::*;
use kernel::CxSource;

struct World {
    store: Store,
    service: Service,
    carrier: Carrier,
    settings: SettingsHandle,
    clock: Arc<FakeClock>,
    _dir: tempfile::TempDir,
}

impl World {
    /// Nobody listens where mail is to go.
    fn unreachable() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        Self::with(&[
            ("EMAIL_HOST", Value::Str("127.0.0.1".into())),
            ("EMAIL_PORT", Value::Int(port.into())),
        ])
    }

    fn with(more: &[(&str, Value)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::in_memory().unwrap();
        let settings = settings(more);
        let (cx, clock) = CxSource::fake();
        World {
            service: Service::new(store.clone(), settings.clone(), cx),
            carrier: Carrier::new(settings.clone(), dir.path().to_owned()),
            store,
            settings,
            clock,
            _dir: dir,
        }
    }

    async fn ask(&self, to: &str) {
        let request = request(to);
        self.store
            .write(move |tx| tx.publish(TOPIC, &request))
            .await
            .unwrap();
    }

    async fn step(&self) {
        step(&self.store, &self.settings, &self.carrier, self.clock.now())
            .await
            .unwrap();
    }

    async fn die(&self) {
        for _ in 0..40 {
            self.step().await;
            if self.states().await[0] == 0 {
                return;
            }
            self.clock.advance(Duration::from_secs(4 * 3600));
        }
    }

    async fn states(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for (count, state) in counts.iter_mut().zip([
            MessageState::Queued,
            MessageState::Sent,
            MessageState::Failed,
        ]) {
            *count = self.service.list(state, 100).await.unwrap().len();
        }
        counts
    }
}

// ID-MAIL-03 CY-QUE-05
#[tokio::test]
async fn dead_letters_are_tried_once_more_and_then_removed() {
    let world = World::unreachable();
    world.ask("a@example.org").await;
    world.ask("b@example.org").await;
    world.die().await;
    assert_eq!(world.states().await, [0, 0, 2]);
    let retried = world.service.retry_dead(false).await.unwrap();
    assert_eq!(retried.queued, [1, 2]);
    assert_eq!(world.states().await, [2, 0, 0]);
    world.die().await;
    assert_eq!(world.states().await, [0, 0, 2]);
    let kept = world.service.retry_dead(true).await.unwrap();
    assert_eq!(kept.queued.len(), 2);
    world.die().await;
    let gone = world.service.retry_dead(false).await.unwrap();
    assert_eq!((gone.queued.len(), gone.died_twice.len()), (0, 2));
    assert_eq!(world.states().await, [0, 0, 0]);
    world
        .store
        .read(|tx| {
            assert_eq!(verify(tx)?, []);
            Ok(())
        })
        .await
        .unwrap();
}

// ID-MAIL-03: the text of a dead letter may hold a link that logs somebody in.
#[tokio::test]
async fn the_text_of_a_dead_letter_is_not_kept_for_long() {
    let world = World::unreachable();
    world.ask("a@example.org").await;
    world.die().await;
    let dead = world.service.get(1).await.unwrap();
    assert_eq!(dead.state, MessageState::Failed);
    world.clock.advance(Duration::from_secs(4 * 86_400));
    world.step().await;
    let dead = world.service.get(1).await.unwrap();
    assert_eq!(dead.text, "");
    assert!(world.service.retry(1).await.is_err());
    world.clock.advance(Duration::from_secs(90 * 86_400));
    world.step().await;
    assert!(world.service.get(1).await.is_err());
}

// ID-MAIL-03: trying all again loses no record of what cannot be tried again.
#[tokio::test]
async fn all_is_tried_again_and_nothing_is_removed() {
    let world = World::unreachable();
    world.ask("a@example.org").await;
    world.die().await;
    world.clock.advance(Duration::from_secs(4 * 86_400));
    world.step().await;
    assert_eq!(world.service.get(1).await.unwrap().text, "");
    world.ask("b@example.org").await;
    world.die().await;
    world.service.retry(2).await.unwrap();
    world.die().await;
    world.ask("c@example.org").await;
    world.step().await;
    assert_eq!(world.states().await, [1, 0, 2]);
    // The second one, dead for the second time, and the third, which waits.
    assert_eq!(world.service.retry_all().await.unwrap(), 2);
    assert_eq!(world.states().await, [2, 0, 1]);
    let queued = world.service.list(MessageState::Queued, 9).await.unwrap();
    let now = world.clock.now();
    assert!(queued.iter().all(|message| message.at == now));
    assert_eq!(
        world.service.get(1).await.unwrap().state,
        MessageState::Failed
    );
}

// ID-MAIL-03 ID-SEC-01: however many died, no text is kept longer; what is tried again
// in the same moment keeps its own and is not removed.
#[tokio::test]
async fn texts_of_many_dead_letters_are_dropped_and_those_queued_again_are_kept() {
    let world = World::unreachable();
    let now = world.clock.now();
    let dead = |id: u64| Message {
        id,
        template: "im/activation_email".into(),
        to: format!("{id}@example.org"),
        subject: "s".into(),
        text: "https://cloud/x".into(),
        token: id.to_string(),
        state: MessageState::Failed,
        attempts: 10,
        created: now,
        at: now + Duration::from_secs(id),
        error: "no answer".into(),
        reply_to: String::new(),
        language: "en".into(),
        revived: false,
    };
    let all: Vec<Message> = (1..=450).map(dead).collect();
    let rows = all.clone();
    let put = world
        .store
        .write(move |tx| rows.iter().try_for_each(|row| tx.put(row)));
    put.await.unwrap();
    world.clock.advance(Duration::from_secs(3 * 86_400 + 440));
    world.step().await;
    let texts = world.store.read(|tx| {
        let mut texts = Vec::new();
        tx.each_found("failed", &(), None, |message: Message| {
            texts.push(!message.text.is_empty());
            Ok(true)
        })?;
        Ok(texts)
    });
    let kept = texts.await.unwrap();
    assert_eq!(kept.len(), 450);
    assert!(kept[..439].iter().all(|kept| !kept) && kept[439..].iter().all(|kept| *kept));
    // Between looking and writing somebody has one tried again.
    world.service.retry(445).await.unwrap();
    world.clock.advance(Duration::from_secs(100 * 86_400));
    let now = world.clock.now();
    let forget = world.store.write(move |tx| {
        queue::drop_texts(tx, &[444, 445], now)?;
        queue::remove_old(tx, &[443, 445, 999], now)
    });
    forget.await.unwrap();
    let [gone, emptied, again] = [443, 444, 445];
    assert!(world.service.get(gone).await.is_err());
    assert_eq!(world.service.get(emptied).await.unwrap().text, "");
    let again = world.service.get(again).await.unwrap();
    assert_eq!(again.state, MessageState::Queued);
    assert_eq!(again.text, "https://cloud/x");
    // In the end all are forgotten, a slice a round.
    for _ in 0..3 {
        queue::forget_old(&world.store, now).await.unwrap();
    }
    assert_eq!(world.states().await, [1, 0, 0]);
}

// ID-MAIL-03: what an administrator removes while it is on its way does not come back.
#[tokio::test]
async fn a_message_that_was_removed_stays_removed() {
    let world = World::unreachable();
    world.ask("a@example.org").await;
    world.step().await;
    let message = world.service.get(1).await.unwrap();
    world.service.remove(1).await.unwrap();
    let failure = queue::Failure {
        reason: "no answer".into(),
        permanent: false,
        unreachable: true,
    };
    let now = world.clock.now();
    queue::settle(&world.store, message, Err(failure), now)
        .await
        .unwrap();
    assert!(world.service.get(1).await.is_err());
    assert_eq!(world.states().await, [0, 0, 0]);
}

// ID-MAIL-03: what waits or died is not readable in a copy of the database; it leaves
// whole, also after it was a dead letter.
#[tokio::test]
async fn texts_are_sealed_while_they_are_stored() {
    let mut world = World::unreachable();
    let sealer = Sealer::new(b"key", CxSource::fake().0).unwrap();
    world.carrier = world.carrier.sealed(sealer.clone());
    world.service = world.service.sealed(sealer.clone());
    world.ask("a@example.org").await;
    world.step().await;
    let stored = async || {
        let found = world.store.read(|tx| tx.get::<Message>(&1)).await.unwrap();
        found.unwrap().text
    };
    let link = "https://cloud/x?a=1&b=2";
    for state in [MessageState::Queued, MessageState::Failed] {
        let text = stored().await;
        assert!(text.starts_with("sealed:") && !text.contains("https"));
        let shown = world.service.get(1).await.unwrap();
        assert_eq!(shown.state, state);
        assert!(shown.text.contains(link), "{}", shown.text);
        let listed = world.service.list(state, 9).await.unwrap();
        assert_eq!(listed[0].text, shown.text);
        world.die().await;
    }
    world.service.retry(1).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let spool = settings(&[]);
    // With another key it waits and says why; nothing is lost.
    let other = Sealer::new(b"other", CxSource::fake().0).unwrap();
    let now = world.clock.now();
    let carrier = || Carrier::new(spool.clone(), dir.path().to_owned());
    let wrong = carrier().sealed(other);
    step(&world.store, &spool, &wrong, now).await.unwrap();
    let kept = world.service.get(1).await.unwrap();
    assert_eq!(kept.state, MessageState::Queued);
    assert!(kept.error.contains("keys/"), "{}", kept.error);
    world.service.retry(1).await.unwrap();
    let right = carrier().sealed(sealer);
    step(&world.store, &spool, &right, now).await.unwrap();
    assert!(files(dir.path())[0].contains("https://cloud/x"));
    assert_eq!(stored().await, "");
}

// ID-MAIL-03 ID-SEC-01: a request waits sealed and leaves whole; without its key it waits
// on, says why, and holds up no other.
#[tokio::test]
async fn sealed_requests_are_opened_when_they_are_written() {
    let world = World::with(&[]);
    let sealer = |key: &[u8]| Sealer::new(key, CxSource::fake().0).unwrap();
    let sealed = sealer(b"key")
        .requests()
        .unwrap()
        .seal(request("a@example.org"));
    let sealed = sealed.unwrap();
    let put = |request: MailRequest| world.store.write(move |tx| tx.publish(TOPIC, &request));
    put(sealed).await.unwrap();
    put(request("b@example.org")).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let carrier = |key: &[u8]| {
        let carrier = Carrier::new(world.settings.clone(), dir.path().to_owned());
        carrier.sealed(sealer(key))
    };
    let now = world.clock.now();
    for _ in 0..2 {
        let wrong = carrier(b"other");
        step(&world.store, &world.settings, &wrong, now)
            .await
            .unwrap();
        let sent = files(dir.path());
        assert!(sent.len() == 1 && sent[0].contains("To: b@example.org"));
    }
    let right = carrier(b"key");
    step(&world.store, &world.settings, &right, now)
        .await
        .unwrap();
    let sent = files(dir.path());
    assert_eq!(sent.len(), 2);
    let mail = sent
        .iter()
        .find(|mail| mail.contains("To: a@example.org"))
        .unwrap();
    assert!(
        mail.contains("https://cloud/x?a=3D1&b=3D2") || mail.contains("https://cloud/x?a=1&b=2"),
        "{mail}"
    );
}

// ID-MAIL-03 ID-MAIL-04: however many requests do not open, what was asked for after them
// leaves, and with their key they leave too, once each.
#[tokio::test]
async fn a_slice_of_closed_requests_holds_up_no_mail() {
    let world = World::with(&[]);
    let sealer = |key: &[u8]| Sealer::new(key, CxSource::fake().0).unwrap();
    let key = sealer(b"key").requests().unwrap();
    let closed = queue::SLICE + 1;
    let asked = (0..closed).map(|n| key.seal(request(&format!("{n}@example.org"))).unwrap());
    let asked: Vec<_> = asked.chain([request("open@example.org")]).collect();
    let put = world.store.write(move |tx| {
        let mut all = asked.iter();
        all.try_for_each(|one| tx.publish(TOPIC, one).map(drop))
    });
    put.await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let now = world.clock.now();
    let step = async |key: &[u8]| {
        let carrier = Carrier::new(world.settings.clone(), dir.path().to_owned());
        let carrier = carrier.sealed(sealer(key));
        step(&world.store, &world.settings, &carrier, now)
            .await
            .unwrap();
        files(dir.path())
    };
    for _ in 0..2 {
        let sent = step(b"other").await;
        assert_eq!(sent.len(), 1);
        assert!(sent[0].contains("To: open@example.org"));
    }
    for _ in 0..2 {
        let sent = step(b"key").await;
        assert_eq!(sent.len(), closed + 1);
        for n in 0..closed {
            let to = format!("To: {n}@example.org\r\n");
            assert_eq!(sent.iter().filter(|mail| mail.contains(&to)).count(), 1);
        }
    }
    let left = |tx: &store::ReadTx| tx.outbox::<MailRequest>(TOPIC, 0, 1);
    assert!(world.store.read(left).await.unwrap().is_empty());
}

// ID-CLI-80 ID-SEC-28: each such act is in the audit trail, without the text.
#[tokio::test]
async fn waiting_messages_are_hurried_and_removed() {
    let mut world = World::unreachable();
    let root = kernel::Caller::person(kernel::UserId(uuid::Uuid::nil()));
    let root = root.asking_from(kernel::Origin::command_line("root"));
    world.service = world.service.on_behalf_of(&root);
    for name in ["a", "b", "c"] {
        world.ask(&format!("{name}@example.org")).await;
    }
    for _ in 0..3 {
        world.step().await;
    }
    let late = |all: Vec<Message>, now| all.iter().filter(|m| m.at > now).count();
    let now = world.clock.now();
    let queued = world.service.list(MessageState::Queued, 10).await.unwrap();
    assert_eq!(late(queued, now), 3);
    let mut woken = world.store.subscribe(TOPIC);
    woken.mark_unchanged();
    world.service.retry(2).await.unwrap();
    assert!(woken.has_changed().unwrap(), "it leaves at once");
    woken.mark_unchanged();
    let queued = world.service.list(MessageState::Queued, 10).await.unwrap();
    assert_eq!(late(queued, now), 2);
    assert_eq!(world.service.retry_all().await.unwrap(), 2);
    assert!(woken.has_changed().unwrap());
    world.service.remove(1).await.unwrap();
    assert_eq!(world.states().await, [2, 0, 0]);
    let page = kernel::page::PageRequest {
        after: None,
        limit: 10,
    };
    let filter = audit::Filter::default();
    let read = |tx: &store::ReadTx| audit::list(tx, &filter, &page);
    let trail = world.store.read_now(read).unwrap().items;
    let acts: Vec<&str> = trail.iter().map(|e| e.action.as_str()).collect();
    assert_eq!(acts, ["mail.remove", "mail.hurry", "mail.retry"]);
    assert!(trail.iter().all(|e| e.from == "command line"));
    assert!(
        world
            .service
            .retry(99)
            .await
            .unwrap_err()
            .to_string()
            .contains("99")
    );
}

// ID-CLI-80 CY-QUE-04: one text that does not open hides no other message, and the
// message with it can be seen and removed.
#[tokio::test]
async fn a_text_that_does_not_open_hides_no_list() {
    let mut world = World::unreachable();
    let sealer = |key: &[u8]| Sealer::new(key, CxSource::fake().0).unwrap();
    world.carrier = world.carrier.sealed(sealer(b"old"));
    world.ask("a@example.org").await;
    world.step().await;
    let carrier = Carrier::new(world.settings.clone(), "/nowhere".into());
    world.carrier = carrier.sealed(sealer(b"new"));
    world.service = world.service.sealed(sealer(b"new"));
    world.ask("b@example.org").await;
    world.step().await;
    let listed = world.service.list(MessageState::Queued, 10).await.unwrap();
    let to: Vec<&str> = listed.iter().map(|message| message.to.as_str()).collect();
    assert_eq!(to, ["a@example.org", "b@example.org"]);
    assert!(listed[1].text.contains("https://cloud/x"));
    assert!(
        listed[0].text.contains("does not open"),
        "{}",
        listed[0].text
    );
    let page = world.service.page(MessageState::Queued, None, 10).await;
    assert_eq!(page.unwrap().len(), 2);
    world.service.remove(1).await.unwrap();
    assert_eq!(world.states().await, [1, 0, 0]);
}

// ID-MAIL-03: the next page goes on where the last one ended, whatever became of the
// message there in between.
#[tokio::test]
async fn pages_lose_and_double_nothing_while_messages_move_on() {
    for (name, what) in ["nothing", "sent", "hurried", "removed"].iter().zip(0..) {
        let world = World::unreachable();
        for n in 0..7 {
            world.ask(&format!("{n}@example.org")).await;
            // Two of a time.
            world.clock.advance(Duration::from_secs(n % 2));
            world.step().await;
        }
        let all = world.service.list(MessageState::Queued, 10).await.unwrap();
        let all: Vec<u64> = all.iter().rev().map(|message| message.id).collect();
        assert_eq!(all.len(), 7);
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let page = world.service.page(MessageState::Queued, before, 2);
            let page = page.await.unwrap();
            let Some(last) = page.last().cloned() else {
                break;
            };
            seen.extend(page.iter().map(|message| message.id));
            before = Place::read(&last.place().to_string());
            assert_eq!(before, Some(last.place()));
            let now = world.clock.now();
            match what {
                1 => queue::settle(&world.store, last, Ok(()), now)
                    .await
                    .unwrap(),
                2 => {
                    world.clock.advance(Duration::from_secs(86_400));
                    world.service.retry(last.id).await.unwrap();
                }
                3 => world.service.remove(last.id).await.unwrap(),
                _ => {}
            }
        }
        assert_eq!(seen, all, "{name}");
    }
    for none in ["", "7", "1.x", ".", "9223372036854775807.1"] {
        assert_eq!(Place::read(none), None, "{none}");
    }
}

// A mail server that does not answer is asked once in a round, not for each message.
#[tokio::test]
async fn an_unreachable_server_is_asked_once_in_a_round() {
    let world = World::unreachable();
    for name in ["a", "b", "c"] {
        world.ask(&format!("{name}@example.org")).await;
    }
    world.step().await;
    let queued = world.service.list(MessageState::Queued, 10).await.unwrap();
    let tried = queued.iter().filter(|m| m.attempts > 0).count();
    assert_eq!(tried, 1);
}

// ID-MAIL-03: every form of EMAIL_BACKEND.
#[tokio::test]
async fn mail_leaves_as_the_settings_say() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("made/on/the/way");
    let file = format!("file:{}", place.display());
    for (backend, state, written) in [
        (file.as_str(), MessageState::Sent, 1),
        ("console", MessageState::Sent, 1),
        ("none", MessageState::Sent, 1),
        (
            "django.core.mail.backends.dummy.EmailBackend",
            MessageState::Sent,
            1,
        ),
        ("file:relative", MessageState::Queued, 1),
        ("pigeon", MessageState::Queued, 1),
    ] {
        let world = World::with(&[("EMAIL_BACKEND", Value::Str(backend.into()))]);
        world.ask("a@example.org").await;
        world.step().await;
        let message = world.service.get(1).await.unwrap();
        assert_eq!(message.state, state, "{backend}: {}", message.error);
        assert_eq!(files(&place).len(), written, "{backend}");
    }
}

// ID-CLI-80
#[tokio::test]
async fn previews_and_tests() {
    let world = World::with(&[]);
    let preview = world.service.preview("welcome_email", "el").await.unwrap();
    assert!(preview.subject.contains("My cloud") && preview.text.contains("Γεια σας"));
    assert!(preview.html.contains("Γεια σας") && preview.html.contains("src=\"data:image"));
    let unknown = world.service.preview("nosuch", "en").await.unwrap_err();
    assert!(unknown.to_string().contains("im/activation_email"));
    assert_eq!(world.service.check().await.unwrap(), (0, vec![]));
    world.service.test("root@example.org").await.unwrap();
    for bad in ["root", "@", "a@", "a@b\r\nBcc: x"] {
        assert!(world.service.test(bad).await.is_err(), "{bad}");
    }
    world.step().await;
    assert_eq!(
        world.service.get(1).await.unwrap().subject,
        "My cloud test message"
    );
}
