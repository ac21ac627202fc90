use super::*;
use crate::{IndexSet, Reads, Row};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pet {
    id: u64,
    owner: String,
    name: String,
}

impl Row for Pet {
    type Key = u64;
    const TABLE: &'static str = "test.pet";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_owner", &self.owner);
        ix.unique("by_name", &self.name);
    }
}

fn pet(id: u64, owner: &str, name: &str) -> Pet {
    Pet {
        id,
        owner: owner.into(),
        name: name.into(),
    }
}

#[tokio::test]
async fn indexes_follow_rows() {
    let store = Store::in_memory().unwrap();
    store
        .write(|tx| {
            for id in 1..=200 {
                tx.insert(&pet(
                    id,
                    if id % 2 == 0 { "even" } else { "odd" },
                    &format!("n{id}"),
                ))?;
            }
            Ok(())
        })
        .await
        .unwrap();
    store
        .write(|tx| tx.put(&pet(4, "odd", "four")))
        .await
        .unwrap();
    store
        .write(|tx| tx.remove::<Pet>(&6).map(drop))
        .await
        .unwrap();
    let taken = store.write(|tx| tx.put(&pet(8, "even", "four"))).await;
    assert!(matches!(taken, Err(Error::Conflict { .. })));
    let ids = |pets: Vec<Pet>| pets.iter().map(|p| p.id).collect::<Vec<_>>();
    store
        .read(move |tx| {
            assert_eq!(ids(tx.find("by_owner", &"even", None, 3)?), [2, 8, 10]);
            assert_eq!(ids(tx.find("by_owner", &"even", Some(&8), 2)?), [10, 12]);
            assert_eq!(
                tx.find_one::<Pet>("by_name", "four")?.map(|p| p.id),
                Some(4)
            );
            assert_eq!(tx.find_one::<Pet>("by_name", "n4")?, None);
            assert_eq!(ids(tx.scan(Some(&199), 10)?), [200]);
            assert_eq!(tx.last::<Pet>(&())?.map(|p| p.id), Some(200));
            assert_eq!(tx.verify_table::<Pet>()?, []);
            Ok(())
        })
        .await
        .unwrap();
    // The same reads inside a write, past the slices they are collected in.
    store
        .write(move |tx| {
            assert_eq!(tx.find::<Pet>("by_owner", &"odd", None, 1000)?.len(), 101);
            assert_eq!(tx.last::<Pet>(&())?.map(|p| p.id), Some(200));
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_refusal_after_writing_leaves_nothing_and_spares_the_others() {
    let store = Store::in_memory().unwrap();
    let calls: Vec<_> = (0..64u64)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .write(move |tx| {
                        tx.insert(&pet(n, "o", &n.to_string()))?;
                        tx.publish("pets", &n)?;
                        if n % 4 == 3 {
                            Err(Error::invalid("no"))
                        } else {
                            tx.next_id("kept")
                        }
                    })
                    .await
            })
        })
        .collect();
    let mut kept = 0;
    for call in calls {
        kept += u64::from(call.await.unwrap().is_ok());
    }
    assert_eq!(kept, 48);
    store
        .read(|tx| {
            assert_eq!(tx.scan::<Pet>(None, 100)?.len(), 48);
            assert_eq!(tx.last_id("kept")?, 48);
            assert_eq!(tx.outbox::<u64>("pets", 0, 100)?.len(), 48);
            assert_eq!(tx.verify_outbox("pets")?, []);
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_panic_counts_as_a_refusal() {
    let store = Store::in_memory().unwrap();
    let result = store
        .write(|tx| -> Result<()> {
            tx.insert(&pet(1, "o", "a"))?;
            panic!("on purpose")
        })
        .await;
    assert!(matches!(result, Err(Error::Broken(_))));
    assert_eq!(store.read(|tx| tx.get::<Pet>(&1)).await.unwrap(), None);
    store
        .write(|tx| tx.insert(&pet(1, "o", "a")))
        .await
        .unwrap();
}

#[tokio::test]
async fn outbox_and_counters() {
    let store = Store::in_memory().unwrap();
    let mut woken = store.subscribe("t");
    store
        .write(|tx| tx.publish("t", &"a").and_then(|_| tx.publish("t", &"b")))
        .await
        .unwrap();
    woken.changed().await.unwrap();
    store.write(|tx| tx.ack("t", 1)).await.unwrap();
    let left = store
        .read(|tx| tx.outbox::<String>("t", 0, 9))
        .await
        .unwrap();
    assert_eq!(left, [(2, "b".to_owned())]);
    store.write(|tx| tx.add("refs", &7u64, 3)).await.unwrap();
    assert_eq!(
        store.write(|tx| tx.add("refs", &7u64, -2)).await.unwrap(),
        1
    );
    assert!(store.write(|tx| tx.add("refs", &7u64, -2)).await.is_err());
    assert_eq!(store.read(|tx| tx.count("refs", &7u64)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_closed_store_refuses_and_reopens() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    let options = Options {
        min_free: 0,
        ..Options::default()
    };
    let store = Store::open(&file, options.clone()).unwrap();
    store
        .write(|tx| tx.insert(&pet(1, "o", "a")))
        .await
        .unwrap();
    store.close();
    assert!(
        store
            .write(|tx| tx.insert(&pet(2, "o", "b")))
            .await
            .is_err()
    );
    drop(store);
    let store = Store::open(&file, options).unwrap();
    assert_eq!(
        store.read(|tx| tx.get::<Pet>(&1)).await.unwrap(),
        Some(pet(1, "o", "a"))
    );
    store.close();
    drop(store);
    let full = Store::open(
        &file,
        Options {
            min_free: u64::MAX,
            ..Options::default()
        },
    )
    .unwrap();
    assert!(matches!(
        full.write(|tx| tx.insert(&pet(2, "o", "b"))).await,
        Err(Error::StorageFull { .. })
    ));
    assert_eq!(
        full.read(|tx| tx.get::<Pet>(&1)).await.unwrap(),
        Some(pet(1, "o", "a"))
    );
}

/// A file that was not closed cleanly cannot be opened without repair.
fn is_clean(file: &Path) -> bool {
    redb::Builder::new().open_read_only(file).is_ok()
}

fn roomy() -> Options {
    Options {
        min_free: 0,
        ..Options::default()
    }
}

#[tokio::test]
async fn the_last_handle_closes_the_file_and_it_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    let store = Store::open(&file, roomy()).unwrap();
    let other = store.clone();
    store
        .write(|tx| tx.insert(&pet(1, "o", "a")))
        .await
        .unwrap();
    drop(store);
    assert!(!is_clean(&file), "a handle is left");
    drop(other);
    assert!(is_clean(&file));
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_store_whose_making_was_interrupted_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    std::fs::write(dir.path().join("s.redb.new-1"), vec![0; 1 << 20]).unwrap();
    drop(Store::open(&file, roomy()).unwrap());
    assert!(is_clean(&file));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    // What has the name and is no database was one, and is not overwritten.
    std::fs::write(&file, vec![0; 1 << 20]).unwrap();
    assert!(Store::open(&file, roomy()).is_err());
    assert_eq!(std::fs::read(&file).unwrap(), vec![0; 1 << 20]);
}

/// Several first starts at once: one gets the store, the others are told.
#[test]
fn a_store_is_made_once() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("s.redb");
        let opened = std::thread::scope(|scope| {
            let all: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| Store::open(&file, roomy())))
                .collect();
            let all = all.into_iter().map(|one| one.join().unwrap());
            all.collect::<Vec<_>>()
        });
        let (mine, others): (Vec<_>, Vec<_>) = opened.into_iter().partition(Result::is_ok);
        assert_eq!(mine.len(), 1);
        for other in others {
            assert!(matches!(other.map(drop), Err(Error::Unavailable { .. })));
        }
        let store = mine.into_iter().next().unwrap().unwrap();
        store
            .write_blocking(|tx| tx.insert(&pet(1, "o", "a")))
            .unwrap();
        store.close();
        let store = Store::open(&file, roomy()).unwrap();
        assert!(store.read_now(|tx| tx.get::<Pet>(&1)).unwrap().is_some());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

#[tokio::test]
async fn close_closes_although_handles_are_left() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    let store = Store::open(&file, roomy()).unwrap();
    let other = store.clone();
    store.close();
    assert!(is_clean(&file));
    assert!(other.read_now(|tx| tx.get::<Pet>(&1)).is_err());
    assert!(other.write(|tx| tx.next_id("n")).await.is_err());
}

#[test]
fn the_last_handle_may_die_on_the_writer_thread() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    let store = Store::open(&file, roomy()).unwrap();
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let kept = store.clone();
    // Nobody waits for the answer; the closure owns the last handle.
    let answer = store.enqueue(
        move |tx| {
            let _last = &kept;
            lock(&gate).recv().map_err(Error::broken)?;
            tx.insert(&pet(1, "o", "a"))
        },
        false,
    );
    drop(store);
    go.send(()).unwrap();
    answer.unwrap().blocking_recv().unwrap().unwrap();
    // The thread closes the file after its answer.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !is_clean(&file) {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    let store = Store::open(&file, roomy()).unwrap();
    assert!(store.read_now(|tx| tx.get::<Pet>(&1)).unwrap().is_some());
}

#[tokio::test]
async fn a_full_queue_is_busy_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        queue: 1,
        ..roomy()
    };
    let store = Store::open(&dir.path().join("s.redb"), options).unwrap();
    let (started, running) = std::sync::mpsc::channel::<()>();
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let first = store.enqueue(
        move |_| {
            started.send(()).map_err(Error::broken)?;
            lock(&gate).recv().map_err(Error::broken)
        },
        false,
    );
    running.recv().unwrap();
    let second = store.enqueue(|tx| tx.insert(&pet(1, "o", "a")), false);
    let third = store.write(|tx| tx.insert(&pet(2, "o", "b"))).await;
    assert!(matches!(third, Err(Error::Busy { .. })));
    go.send(()).unwrap();
    first.unwrap().await.unwrap().unwrap();
    second.unwrap().await.unwrap().unwrap();
    store
        .write(|tx| tx.insert(&pet(3, "o", "c")))
        .await
        .unwrap();
    let pets = store.read(|tx| tx.scan::<Pet>(None, 9)).await.unwrap();
    assert_eq!(pets, [pet(1, "o", "a"), pet(3, "o", "c")]);
}

#[tokio::test]
async fn a_swallowed_conflict_leaves_nothing_half_written() {
    let store = Store::in_memory().unwrap();
    store
        .write(|tx| {
            tx.insert(&pet(1, "o", "a"))?;
            assert!(tx.insert(&pet(1, "p", "b")).is_err());
            assert!(tx.insert(&pet(2, "p", "a")).is_err());
            Ok(())
        })
        .await
        .unwrap();
    store
        .read(|tx| {
            assert_eq!(tx.scan::<Pet>(None, 9)?, [pet(1, "o", "a")]);
            assert_eq!(tx.verify_table::<Pet>()?, []);
            Ok(())
        })
        .await
        .unwrap();
}
