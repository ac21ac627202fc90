//! The trail by requirement, and lists against a plain model.

use crate::{Act, Entry, Field, Filter, Target, csv_line, json_line, list, record, v1::Old};
use kernel::{
    Cx, CxSource, FakeClock, Origin, Timestamp, UserId, UserNo,
    page::{Page, PageRequest},
};
use proptest::prelude::*;
use std::{sync::Arc, time::Duration};
use store::{Encode, Reads, Row, Step, Store};
use uuid::Uuid;

struct World {
    store: Store,
    cx: CxSource,
    clock: Arc<FakeClock>,
}

impl World {
    fn new() -> Self {
        let (cx, clock) = CxSource::fake();
        World {
            store: Store::in_memory().unwrap(),
            cx,
            clock,
        }
    }

    fn cx(&self) -> Cx {
        self.cx.cx()
    }

    fn record(&self, origin: Origin, act: Act) {
        let cx = self.cx();
        self.store
            .write_blocking(move |tx| record(tx, &cx, &origin, act.clone()))
            .unwrap();
    }

    fn list(&self, filter: &Filter, after: Option<String>, limit: usize) -> Page<Entry> {
        let page = PageRequest { after, limit };
        self.store.read_now(|tx| list(tx, filter, &page)).unwrap()
    }

    /// All entries of a filter, by pages of `limit`.
    fn all(&self, filter: &Filter, limit: usize) -> Vec<u64> {
        let (mut after, mut ids) = (None, Vec::new());
        loop {
            let page = self.list(filter, after, limit);
            assert!(page.items.len() <= limit);
            ids.extend(page.items.iter().map(|entry| entry.id));
            after = page.next;
            if after.is_none() {
                return ids;
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.store.read_now(crate::verify).unwrap(), []);
        }
    }
}

fn person(n: u8) -> UserId {
    UserId(Uuid::from_bytes([n; 16]))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_microsecond(second * 1_000_000 + 5).unwrap()
}

// ID-SEC-28: who, what, to what, when, from where, before → after; no secret.
#[test]
fn an_act_is_written_down_whole() {
    let world = World::new();
    let origin = Origin::user(
        person(1),
        "root@example.org",
        "192.0.2.7",
        Some("r1".into()),
    );
    let act = Act::new("user.modify", Target::new("user", 7, "eva@example.org"))
        .with("level", 4, 2)
        .with("first name", "Eva", "Eva")
        .secret("password");
    world.record(origin.clone(), act);
    let found = world.list(&Filter::default(), None, 10);
    assert_eq!(found.next, None);
    let [entry] = &found.items[..] else {
        panic!("{found:?}")
    };
    assert_eq!((entry.who.clone(), entry.at), (origin.who, world.cx().now));
    assert_eq!(
        (&*entry.from, entry.request.as_deref()),
        ("192.0.2.7", Some("r1"))
    );
    assert_eq!(entry.target, Target::new("user", 7, "eva@example.org"));
    let fields: Vec<_> = entry
        .fields
        .iter()
        .map(|f| (&*f.name, &*f.before, &*f.after))
        .collect();
    assert_eq!(fields, [("level", "4", "2"), ("password", "", "(changed)")]);
}

// ID-SEC-28: an act that is refused leaves no entry, and the reverse.
#[test]
fn no_entry_without_its_act() {
    let world = World::new();
    let cx = world.cx();
    let refused = world.store.write_blocking(move |tx| {
        let act = Act::new("user.accept", Target::new("user", 1, ""));
        record(tx, &cx, &Origin::system(), act)?;
        Err::<(), _>(kernel::Error::conflict("no"))
    });
    assert!(refused.is_err());
    assert_eq!(world.all(&Filter::default(), 10), [0_u64; 0]);
}

// ID-SEC-28: what a stranger typed cannot fill the trail.
#[test]
fn long_values_are_cut() {
    let world = World::new();
    let act =
        Act::new("x.y", Target::new("user", 1, "ä".repeat(2000))).with("f", "", "ö".repeat(2000));
    let act = act.and((0..100).map(|_| Field::secret("s")));
    world.record(Origin::system(), act);
    let entry = world.list(&Filter::default(), None, 1).items.remove(0);
    assert_eq!(entry.target.name.chars().count(), 501);
    assert_eq!(entry.fields[0].after.chars().count(), 501);
    assert_eq!(entry.fields.len(), 60);
}

// ID-SEC-28: found again by author, target, action, time and words.
#[test]
fn entries_are_found_by_any_of_their_sides() {
    let world = World::new();
    let act = |action: &str, no: u64, name: &str| Act::new(action, Target::new("user", no, name));
    world.record(
        Origin::command_line("eva"),
        act("user.accept", 1, "ann@example.org"),
    );
    world.clock.advance(Duration::from_secs(10));
    let middle = world.cx().now;
    world.record(
        Origin::recipient("Mod@example.org", "192.0.2.1", None),
        act("user.reject", 2, "bob@example.org").with("reason", "", "Spam"),
    );
    world.clock.advance(Duration::from_secs(10));
    world.record(
        Origin::user(person(3), "", "", None),
        act("user.accept", 11, ""),
    );
    let by = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        world.all(&filter, 1)
    };
    assert_eq!(world.all(&Filter::default(), 1), [3, 2, 1]);
    assert_eq!(by(|f| f.who = Some("command line:eva".into())), [1]);
    assert_eq!(by(|f| f.who = Some("mail:mod@example.org".into())), [2]);
    assert_eq!(by(|f| f.who = Some("command line".into())), [0; 0]);
    assert_eq!(
        by(|f| f.target = Some(("user".into(), Some("1".into())))),
        [1]
    );
    assert_eq!(by(|f| f.target = Some(("user".into(), None))), [3, 2, 1]);
    assert_eq!(by(|f| f.target = Some(("group".into(), None))), [0; 0]);
    assert_eq!(by(|f| f.action = Some("user.accept".into())), [3, 1]);
    assert_eq!(by(|f| f.text = "SPAM bob".into()), [2]);
    let mut range = Filter {
        since: Some(middle),
        ..Filter::default()
    };
    assert_eq!(world.all(&range, 1), [3, 2]);
    range = Filter {
        until: Some(middle),
        ..Filter::default()
    };
    assert_eq!(world.all(&range, 1), [1]);
    let bad = PageRequest {
        after: Some("x".into()),
        limit: 1,
    };
    assert!(
        world
            .store
            .read_now(|tx| list(tx, &Filter::default(), &bad))
            .is_err()
    );
}

// ID-SEC-28: a narrow filter over a long trail ends, page by page.
#[test]
fn a_page_looks_at_a_bounded_number_of_entries() {
    let world = World::new();
    let cx = world.cx();
    world
        .store
        .write_blocking(move |tx| {
            for n in 0..(crate::MOST_LOOKED_AT + 10) {
                let act = Act::new("user.accept", Target::new("user", n, ""));
                record(tx, &cx, &Origin::system(), act)?;
            }
            Ok(())
        })
        .unwrap();
    let filter = Filter {
        text: "no such thing".into(),
        ..Filter::default()
    };
    let page = world.list(&filter, None, 10);
    assert!(page.items.is_empty() && page.next.is_some());
    assert_eq!(world.list(&filter, page.next, 10).next, None);
}

// ID-SEC-28: exports; no spreadsheet takes what a stranger typed for a formula.
#[test]
fn entries_are_lines_of_files() {
    let world = World::new();
    let act = Act::new("user.email", Target::new("user", 7, "=cmd()")).with("email", "a\"b", "c,d");
    world.record(Origin::command_line(""), act);
    let entry = world.list(&Filter::default(), None, 1).items.remove(0);
    let line = csv_line(&entry).unwrap();
    assert!(
        line.contains(",'=cmd(),\"email: a\"\"b → c,d\"\r\n"),
        "{line}"
    );
    assert_eq!(crate::CSV_HEAD.split(',').count(), 11);
    let json: serde_json::Value = serde_json::from_str(&json_line(&entry).unwrap()).unwrap();
    assert_eq!(json["changes"][0]["after"], "c,d");
    assert_eq!(json["target"]["id"], "7");
}

// ID-SEC-28: entries of release 0.1.0 are brought over, whatever was written since.
#[test]
fn old_entries_are_brought_over() {
    let store = Store::in_memory().unwrap();
    let old = |id: u64| Old {
        id,
        at: at(id as i64),
        actor: UserId(Uuid::nil()),
        target: UserNo(7),
        action: "renew token".into(),
        before: "Unmoderated".into(),
        after: "Active".into(),
    };
    store
        .write_blocking(move |tx| (1..=700).try_for_each(|id| tx.put(&old(id))))
        .unwrap();
    let mut slices = 0;
    loop {
        slices += 1;
        match store
            .write_blocking(|tx| crate::bring_over(tx, None))
            .unwrap()
        {
            Step::Done => break,
            Step::More(_) => {}
        }
    }
    assert_eq!(slices, 3);
    let page = PageRequest {
        after: None,
        limit: 1,
    };
    let filter = Filter {
        target: Some(("user".into(), Some("7".into()))),
        ..Filter::default()
    };
    let found = store.read_now(|tx| list(tx, &filter, &page)).unwrap();
    assert_eq!(
        (found.items[0].id, &*found.items[0].action),
        (700, "user.renew-token")
    );
    assert_eq!(found.items[0].fields[0].after, "Active");
    assert_eq!(store.read_now(|tx| tx.last_id(Entry::TABLE)).unwrap(), 700);
    assert!(
        store
            .read_now(|tx| tx.scan::<Old>(None, 1))
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.read_now(crate::verify).unwrap(), []);
}

// Every row that was ever written can be read.
#[test]
fn rows_are_written_as_ever() {
    let text = include_str!("../../../tests/golden/audit-rows.json");
    let recorded: serde_json::Value = serde_json::from_str(text).unwrap();
    let old = Old {
        id: 1,
        at: at(1),
        actor: UserId(Uuid::nil()),
        target: UserNo(7),
        action: "accept".into(),
        before: "Unmoderated".into(),
        after: "Active".into(),
    };
    let entry = Entry {
        id: 2,
        at: at(2),
        who: kernel::Who::CommandLine("eva".into()),
        name: "command line:eva".into(),
        from: "command line".into(),
        request: Some("r".into()),
        action: "user.accept".into(),
        target: Target::new("user", 7, "eva@example.org"),
        fields: vec![Field {
            name: "state".into(),
            before: "a".into(),
            after: "b".into(),
        }],
    };
    let mut now = serde_json::Map::new();
    fn both<R: Row>(row: &R, now: &mut serde_json::Map<String, serde_json::Value>) {
        let value = store::encode(R::VERSION, row).unwrap();
        let read: R = store::decode(&value[1..]).unwrap();
        assert_eq!(serde_json::json!(read), serde_json::json!(row));
        let pair = serde_json::json!([hex::encode(row.key().bytes()), hex::encode(value)]);
        now.insert(R::TABLE.to_owned(), pair);
    }
    both(&entry, &mut now);
    both(&old, &mut now);
    let now = serde_json::Value::from(now);
    assert_eq!(
        now,
        recorded,
        "{}",
        serde_json::to_string_pretty(&now).unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    // ID-SEC-28: pages of any filter together are what sorting and filtering gives.
    #[test]
    fn pages_are_the_sorted_and_filtered_whole(
        acts in prop::collection::vec((0u64..4, 0u8..3, 0u64..3, 0usize..3), 0..40),
        who in prop::option::of(0u8..3), target in prop::option::of(prop::option::of(0u64..3)),
        action in prop::option::of(0usize..3), since in prop::option::of(0u64..60),
        until in prop::option::of(0u64..60), limit in 1usize..7,
    ) {
        const ACTIONS: [&str; 3] = ["a.x", "a.xy", "b.x"];
        let world = World::new();
        let begin = world.cx().now;
        let mut model = Vec::new();
        for (n, (wait, who, target, action)) in acts.into_iter().enumerate() {
            world.clock.advance(Duration::from_secs(wait));
            let act = Act::new(ACTIONS[action], Target::new("user", target, ""));
            world.record(Origin::user(person(who), "", "", None), act);
            model.push((world.cx().now, n as u64 + 1, who, target, action));
        }
        let filter = Filter {
            who: who.map(|n| person(n).to_string()),
            target: target.map(|id| ("user".to_owned(), id.map(|n| n.to_string()))),
            action: action.map(|n| ACTIONS[n].to_owned()),
            since: since.map(|s| begin + Duration::from_secs(s)),
            until: until.map(|s| begin + Duration::from_secs(s)),
            text: String::new(),
        };
        model.sort();
        model.reverse();
        let wanted: Vec<u64> = model.into_iter().filter(|(at, _, w, t, a)| {
            who.is_none_or(|who| who == *w)
                && target.flatten().is_none_or(|target| target == *t)
                && action.is_none_or(|action| action == *a)
                && filter.since.is_none_or(|since| *at >= since)
                && filter.until.is_none_or(|until| *at < until)
        }).map(|(_, id, ..)| id).collect();
        prop_assert_eq!(world.all(&filter, limit), wanted);
    }
}
