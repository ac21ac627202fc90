//! Search by what people type, and the follower against a plain model.

use crate::{Document, Found, Order, Query, Service, Source};
use kernel::Result;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Reads, Row, Store};

const TOPIC: &str = "search.thing";

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Thing {
    no: u64,
    name: String,
    id: String,
    state: String,
}

impl Row for Thing {
    type Key = u64;
    const TABLE: &'static str = "test.thing";
    fn key(&self) -> u64 {
        self.no
    }
}

struct Things;

impl Source for Things {
    fn topic(&self) -> &'static str {
        TOPIC
    }
    fn document(&self, tx: &ReadTx, key: u64) -> Result<Option<Document>> {
        let thing: Option<Thing> = tx.get(&key)?;
        Ok(thing.map(|thing| Document {
            key,
            labels: vec![thing.name.clone(), thing.state.clone()],
            texts: vec![thing.name],
            ids: vec![thing.id, key.to_string()],
            facets: vec![format!("state:{}", thing.state)],
        }))
    }
    fn keys(&self, tx: &ReadTx, after: Option<u64>, limit: usize) -> Result<Vec<u64>> {
        let all = tx.scan::<Thing>(after.as_ref(), limit)?;
        Ok(all.into_iter().map(|thing| thing.no).collect())
    }
}

async fn put(store: &Store, no: u64, name: &str, state: &str) {
    let thing = Thing {
        no,
        name: name.into(),
        id: format!("{no:04}-abcd"),
        state: state.into(),
    };
    store
        .write(move |tx| {
            tx.put(&thing)?;
            tx.publish(TOPIC, &thing.no).map(drop)
        })
        .await
        .unwrap();
}

async fn remove(store: &Store, no: u64) {
    store
        .write(move |tx| {
            tx.remove::<Thing>(&no)?;
            tx.publish(TOPIC, &no).map(drop)
        })
        .await
        .unwrap();
}

async fn find(service: &Service, text: &str) -> Vec<u64> {
    let query = Query {
        text: text.into(),
        limit: 100,
        ..Query::default()
    };
    service.find(query).await.unwrap().keys
}

// Issue 3 (5): as one types, by word and by the edges of an address, whatever the accents.
#[tokio::test]
async fn words_are_found_by_their_beginnings() {
    let store = Store::in_memory().unwrap();
    let service = Service::in_memory(store.clone(), Things).unwrap();
    put(&store, 1, "Maria O'Hara maria.ohara@math.example.org", "a").await;
    put(&store, 2, "Γιώργος Παπαδόπουλος gp@uoa.gr", "a").await;
    put(&store, 17, "Mark", "b").await;
    put(
        &store,
        3,
        "a-very-long-name-that-differs-only-at-the-end-x1",
        "b",
    )
    .await;
    put(
        &store,
        4,
        "a-very-long-name-that-differs-only-at-the-end-x2",
        "b",
    )
    .await;
    service.catch_up().await.unwrap();
    assert!(service.ready());
    assert_eq!(service.count(&[]).unwrap(), 5);
    assert_eq!(service.count(&["state:b".into()]).unwrap(), 3);
    let none = Query {
        text: "nobody is called so".into(),
        ..Query::default()
    };
    assert_eq!(service.count_of(&none).unwrap(), 0);
    assert_eq!(service.count_of(&Query::default()).unwrap(), 5);
    for (typed, wanted) in [
        ("ma", &[17, 1][..]),
        ("mar MATH", &[1]),
        ("hara", &[1]),
        ("example.o", &[1]),
        ("org", &[1]),
        ("ohara@math.example.org", &[1]),
        ("ath", &[]),
        ("γιωργοσ", &[2]),
        ("ΠΑΠΑΔΌΠ gp", &[2]),
        ("1", &[1, 17]),
        ("0017-ab", &[17]),
        ("abcd", &[]),
        ("a-very-long-name-that-differs-only-at-the-end-x2", &[4]),
        ("", &[17, 4, 3, 2, 1]),
        ("...", &[17, 4, 3, 2, 1]),
    ] {
        assert_eq!(find(&service, typed).await, wanted, "{typed}");
    }
}

// Issue 3 (5): what changed since the last commit is never shown as it was.
#[tokio::test]
async fn answers_are_compared_with_the_store() {
    let store = Store::in_memory().unwrap();
    let service = Service::in_memory(store.clone(), Things).unwrap();
    put(&store, 1, "Maria", "a").await;
    put(&store, 2, "Maria", "a").await;
    service.catch_up().await.unwrap();
    put(&store, 1, "Anna", "a").await;
    remove(&store, 2).await;
    assert_eq!(find(&service, "maria").await, [0_u64; 0]);
    service.catch_up().await.unwrap();
    assert_eq!(find(&service, "anna").await, [1]);
    assert_eq!(find(&service, "maria").await, [0_u64; 0]);
}

// The index is derived: made anew when it is gone, of another store or has a gap, and
// complete after a kill between its commit and the acknowledgement.
#[tokio::test]
async fn the_index_comes_back_whatever_happened_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    for no in 1..=1200 {
        put(&store, no, &format!("thing{no}"), "a").await;
    }
    let open = |store: &Store| Service::open(dir.path(), store.clone(), Things).unwrap();
    let service = open(&store);
    assert!(!service.find(Query::default()).await.unwrap().ready);
    service.catch_up().await.unwrap();
    assert_eq!(find(&service, "thing1200").await, [1200]);
    let waiting = || store.read_now(|tx| tx.outbox::<u64>(TOPIC, 0, 10)).unwrap();
    assert!(waiting().is_empty());
    // Killed before anything of the next change was applied.
    drop(service);
    put(&store, 1201, "late", "a").await;
    let service = open(&store);
    service.catch_up().await.unwrap();
    assert_eq!(find(&service, "late").await, [1201]);
    drop(service);
    // Somebody else acknowledged a message: a gap.
    put(&store, 1202, "missed", "a").await;
    store.write(|tx| tx.ack(TOPIC, u64::MAX)).await.unwrap();
    let service = open(&store);
    service.catch_up().await.unwrap();
    assert_eq!(find(&service, "missed").await, [1202]);
    drop(service);
    // Damaged.
    for file in std::fs::read_dir(dir.path().join("users-2")).unwrap() {
        std::fs::write(file.unwrap().path(), b"garbage").unwrap();
    }
    let service = open(&store);
    service.catch_up().await.unwrap();
    assert_eq!(find(&service, "thing7").await.len(), 100);
    drop(service);
    // Of another store.
    let other = Store::in_memory().unwrap();
    put(&other, 1, "other", "a").await;
    let service = open(&other);
    service.catch_up().await.unwrap();
    assert_eq!(find(&service, "").await, [1]);
}

#[derive(Clone, Debug)]
enum Step {
    Put(u64, usize, bool),
    Remove(u64),
    Follow,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u64..20, 0usize..4, any::<bool>()).prop_map(|(no, name, state)| Step::Put(no, name, state)),
        1 => (1u64..20).prop_map(Step::Remove),
        1 => Just(Step::Follow),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    // Pages together are what filtering and sorting the rows gives, in any order.
    #[test]
    fn pages_are_the_filtered_and_sorted_rows(
        steps in prop::collection::vec(step(), 0..30), name in 0usize..5, state in prop::option::of(any::<bool>()),
        order in 0usize..7, limit in 1usize..5,
    ) {
        const NAMES: [&str; 5] = ["ann", "anna", "ben", "ann ben", ""];
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        runtime.block_on(async {
            let store = Store::in_memory().unwrap();
            let service = Service::in_memory(store.clone(), Things).unwrap();
            let mut model = std::collections::BTreeMap::new();
            for step in steps {
                match step {
                    Step::Put(no, name, on) => {
                        let (name, state) = (NAMES[name], if on { "on" } else { "off" });
                        let name = name.to_owned();
                        put(&store, no, &name, state).await;
                        model.insert(no, (name, state));
                    }
                    Step::Remove(no) => {
                        remove(&store, no).await;
                        model.remove(&no);
                    }
                    Step::Follow => service.catch_up().await.unwrap(),
                }
            }
            service.catch_up().await.unwrap();
            let state = state.map(|on| if on { "on" } else { "off" });
            let words: Vec<&str> = NAMES[name].split_whitespace().collect();
            let mut wanted: Vec<(u64, String, &'static str)> = model.into_iter().filter(|(_, (name, s))| {
                state.is_none_or(|state| state == *s)
                    && words.iter().all(|word| name.split_whitespace().any(|w| w.starts_with(word)))
            }).map(|(no, (name, state))| (no, name, state)).collect();
            let by = |n, down| Order::Label { n, down };
            let order = [
                Order::Best, Order::Newest, Order::Oldest, by(0, false), by(0, true), by(1, false), by(1, true),
            ][order];
            let name_of = |row: &(u64, String, &'static str)| (row.1.clone(), row.0);
            let state_of = |row: &(u64, String, &'static str)| (row.2, row.0);
            match order {
                Order::Best | Order::Newest => wanted.reverse(),
                Order::Oldest => {}
                Order::Label { n: 0, .. } => wanted.sort_by_key(name_of),
                Order::Label { .. } => wanted.sort_by_key(state_of),
            }
            if let Order::Label { down: true, .. } = order {
                wanted.reverse();
            }
            let mut query = Query {
                text: NAMES[name].into(),
                facets: state.iter().map(|state| format!("state:{state}")).collect(),
                order, after: None, limit,
            };
            let mut keys = Vec::new();
            loop {
                let Found { keys: page, places, next, .. } = service.find(query.clone()).await.unwrap();
                assert_eq!(page.len(), places.len());
                keys.extend(page);
                query.after = next;
                if query.after.is_none() { break; }
            }
            let mut wanted: Vec<u64> = wanted.into_iter().map(|(no, ..)| no).collect();
            if order == Order::Best && !words.is_empty() {
                // Whole matches come first; only the set is the same.
                keys.sort_unstable();
                wanted.sort_unstable();
            }
            assert_eq!(keys, wanted);
        });
    }
}
