//! Bytes of older releases, kept in `tests/golden/store-rows.json`.

use kernel::Result;
use redb::{Database, TableDefinition};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;
use store::{Encode, IndexSet, Options, Reads, Row, Store};

const ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("test.card");

/// Version 1 had one text; this one has words, and may have a note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Card {
    id: u64,
    words: Vec<String>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize)]
struct Card1 {
    id: u64,
    text: String,
}

impl From<Card1> for Card {
    fn from(old: Card1) -> Self {
        Card {
            id: old.id,
            words: old.text.split(' ').map(String::from).collect(),
            note: None,
        }
    }
}

impl Row for Card {
    type Key = u64;
    const TABLE: &'static str = "test.card";
    const VERSION: u8 = 2;
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        for word in &self.words {
            ix.add("by_word", word);
        }
    }
    fn upgrade(version: u8, bytes: &[u8]) -> Result<Self> {
        assert_eq!(version, 1);
        store::decode::<Card1>(bytes).map(Card::from)
    }
}

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../../tests/golden/store-rows.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn raw(file: &Path, key: &[u8]) -> Vec<u8> {
    let db = Database::open(file).unwrap();
    let tx = redb::ReadableDatabase::begin_read(&db).unwrap();
    let table = tx.open_table(ROWS).unwrap();
    table.get(key).unwrap().unwrap().value().to_vec()
}

#[test]
fn an_old_row_is_read_as_it_is_and_upgraded_when_it_is_written() {
    let golden = golden();
    let (key, old) = (
        bytes(&golden["card_v1"]["key"]),
        bytes(&golden["card_v1"]["value"]),
    );
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    let db = Database::create(&file).unwrap();
    let tx = db.begin_write().unwrap();
    let mut table = tx.open_table(ROWS).unwrap();
    table.insert(key.as_slice(), old.as_slice()).unwrap();
    drop(table);
    tx.commit().unwrap();
    drop(db);

    let options = Options {
        min_free: 0,
        ..Options::default()
    };
    let store = Store::open(&file, options.clone()).unwrap();
    let card = store.read_now(|tx| tx.must::<Card>(&7, "no card")).unwrap();
    assert_eq!(card.words, ["one", "two", "thr"]);
    store.close();
    assert_eq!(raw(&file, &key), old, "reading changes nothing");

    let store = Store::open(&file, options).unwrap();
    store.write_blocking(move |tx| tx.put(&card)).unwrap();
    store
        .read_now(|tx| {
            assert_eq!(tx.verify_table::<Card>()?, []);
            assert_eq!(tx.find::<Card>("by_word", &"two", None, 9)?.len(), 1);
            Ok(())
        })
        .unwrap();
    store.close();
    let new = raw(&file, &key);
    assert_eq!(new[0], 2);
    let read: Card = store::decode(&new[1..]).unwrap();
    assert_eq!(read.words.len(), 3);
}

/// Keys stand in every file; their byte form may never change.
#[test]
fn keys_are_encoded_as_ever() {
    let keys = &golden()["keys"];
    assert_eq!(
        hex::encode(("ab".to_owned(), -2i64, None::<u32>).bytes()),
        keys["text, i64, absent"]
    );
    assert_eq!(
        hex::encode((5u8, Some(258u32), true).bytes()),
        keys["u8, present u32, true"]
    );
    assert_eq!(
        hex::encode(Encode::bytes("a\0b")),
        keys["text with a zero byte"]
    );
}
