//! Copies made while the store is written to.

use kernel::Error;
use serde::{Deserialize, Serialize};
use store::{Inconsistency, IndexSet, Options, Reads, Row, Store};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pair {
    id: u64,
    value: u64,
    text: String,
}

impl Row for Pair {
    type Key = u64;
    const TABLE: &'static str = "test.pair";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_value", self.value);
    }
}

const PAIRS: u64 = 300;

/// Every transaction gives all rows the same new value.
fn turn(store: &Store, value: u64) -> kernel::Result<()> {
    store.write_blocking(move |tx| {
        for id in 0..PAIRS {
            let text = "x".repeat(id as usize % 50 * 40);
            tx.put(&Pair { id, value, text })?;
        }
        tx.publish("turns", &value)?;
        tx.add("turns", &0u8, 1)?;
        Ok(())
    })
}

#[test]
fn a_copy_is_one_moment_of_a_busy_store() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        min_free: 0,
        ..Options::default()
    };
    let store = Store::open(&dir.path().join("s.redb"), options.clone()).unwrap();
    turn(&store, 1).unwrap();
    let busy = store.clone();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = stop.clone();
    let writer = std::thread::spawn(move || {
        let mut turns = 1;
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            turns += 1;
            turn(&busy, turns).unwrap();
        }
        turns
    });
    let mut last = 0;
    for n in 0..6 {
        let file = dir.path().join(format!("copy{n}.redb"));
        let copied = store.read_now(|tx| tx.copy_to(&file)).unwrap();
        assert!(
            copied.entries > 2 * PAIRS && copied.tables == 5,
            "{copied:?}"
        );
        let copy = Store::open(&file, options.clone()).unwrap();
        let value = copy
            .read_now(|tx| {
                assert_eq!(tx.verify_file()?, []);
                assert_eq!(tx.verify_table::<Pair>()?, []);
                let turns = tx.count("turns", &0u8)?;
                let rows = tx.scan::<Pair>(None, 1000)?;
                assert_eq!(rows.len() as u64, PAIRS);
                assert!(rows.iter().all(|row| row.value == turns));
                let messages = tx.outbox::<u64>("turns", 0, 1_000_000)?;
                assert_eq!(messages.len() as u64, turns);
                Ok(turns)
            })
            .unwrap();
        assert!(value >= last);
        last = value;
        // A copy is a store like any other.
        turn(&copy, value + 1).unwrap();
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(writer.join().unwrap() >= last);
    let there = dir.path().join("copy0.redb");
    assert!(
        store.read_now(|tx| tx.copy_to(&there)).is_err(),
        "nothing is overwritten"
    );
    let mode = std::os::unix::fs::PermissionsExt::mode(&there.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_second_process_is_told_that_the_store_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    let _store = Store::open(&file, Options::default()).unwrap();
    let second = Store::open(&file, Options::default()).map(drop);
    assert!(matches!(second, Err(Error::Unavailable { .. })));
}

#[test]
fn verify_finds_what_no_table_of_ours_would() {
    const ROWS: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("x.rows");
    const INDEX: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("x.rows#");
    const ZERO: redb::TableDefinition<'_, &[u8], u64> = redb::TableDefinition::new("x.count%");
    const OUTBOX: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("outbox");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    let db = redb::Database::create(&file).unwrap();
    let tx = db.begin_write().unwrap();
    {
        let mut rows = tx.open_table(ROWS).unwrap();
        for n in 0..50u8 {
            rows.insert([n].as_slice(), [1, 0xC1].as_slice()).unwrap();
        }
        rows.insert([99].as_slice(), [1, 0x80].as_slice()).unwrap();
        let mut index = tx.open_table(INDEX).unwrap();
        index.insert([1].as_slice(), [77].as_slice()).unwrap();
        index.insert([2].as_slice(), [99].as_slice()).unwrap();
        let mut zero = tx.open_table(ZERO).unwrap();
        zero.insert([1].as_slice(), 0).unwrap();
        let mut outbox = tx.open_table(OUTBOX).unwrap();
        let key = store::Encode::bytes(&("topic", 5u64));
        outbox.insert(key.as_slice(), [0x80].as_slice()).unwrap();
    }
    tx.commit().unwrap();
    drop(db);
    let store = Store::open(&file, Options::default()).unwrap();
    let found = store.read_now(store::ReadTx::verify_file).unwrap();
    let count = |place: &str| found.iter().filter(|i| i.place == place).count();
    assert_eq!(count("x.rows"), 21);
    assert!(found.contains(&Inconsistency::new("x.rows", "30 more such problems")));
    assert_eq!(
        (count("x.rows#"), count("x.count%"), count("outbox")),
        (1, 1, 1)
    );
}
