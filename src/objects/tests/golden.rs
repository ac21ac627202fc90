//! Bytes of every row as release 0.1.0 wrote them (`tests/golden/objects-rows.json`).
//! A row that changes its shape gets a new version and keeps its old bytes here.

use super::*;
use crate::rows::{Account, Cluster, Container, Entry, Grant, MapChunk, Node, Stat, Version};
use std::fmt::Debug;
use store::{Encode, Row};
use uuid::Uuid;

fn user(n: u8) -> UserId {
    UserId(Uuid::from_bytes([n; 16]))
}

fn version() -> Version {
    Version {
        node: 7,
        serial: 1 << 40,
        cluster: Cluster::History,
        hash: Some(Digest([0xAB; 32])),
        size: 5 << 30,
        content_type: "text/plain; charset=UTF-8".into(),
        source: Some(12),
        mtime: 1_767_225_600_123_456,
        muser: user(2),
        uuid: Uuid::from_bytes([3; 16]),
        md5: Some([0xCD; 16]),
        md5_stated: true,
        map: Some(99),
        attributes: [(PITHOS.to_owned(), meta([("Title", "Ω")]))].into(),
    }
}

struct Golden {
    recorded: BTreeMap<String, [String; 2]>,
    now: BTreeMap<String, [String; 2]>,
}

impl Golden {
    /// Compares a row with its bytes, both ways.
    fn row<R: Row + Debug>(&mut self, row: &R) {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let value = store::encode(R::VERSION, row).unwrap();
        if let Some([_, recorded]) = self.recorded.get(R::TABLE) {
            let bytes: Vec<u8> = (2..recorded.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&recorded[at..at + 2], 16).unwrap())
                .collect();
            let read: R = match &recorded[..2] {
                "01" if R::VERSION == 1 => store::decode(&bytes).unwrap(),
                old => R::upgrade(u8::from_str_radix(old, 16).unwrap(), &bytes).unwrap(),
            };
            assert_eq!(format!("{read:?}"), format!("{row:?}"));
        }
        let pair = [hex(&row.key().bytes()), hex(&value)];
        self.now.insert(R::TABLE.to_owned(), pair);
    }
}

#[test]
fn rows_are_written_as_ever() {
    let text = include_str!("../../../tests/golden/objects-rows.json");
    let mut golden = Golden {
        recorded: serde_json::from_str(text).unwrap(),
        now: BTreeMap::new(),
    };
    let stat = |count| Stat { count, bytes: 300 };
    golden.row(&Account {
        user: user(1),
        modified: -1,
        meta: meta([("A", "b")]),
    });
    golden.row(&Container {
        account: user(1),
        name: "påse".into(),
        id: 4,
        created: 1,
        modified: 1_767_225_600_000_000,
        quota: 0,
        versioning: Versioning::None,
        project: user(1).own_project(),
        meta: BTreeMap::new(),
        normal: stat(1),
        history: stat(70_000),
        deleted: stat(0),
    });
    golden.row(&Node {
        container: 4,
        name: "a/b".into(),
        id: 7,
    });
    golden.row(&version());
    golden.row(&Entry {
        container: 4,
        name: "a/b".into(),
        version: version(),
    });
    golden.row(&MapChunk {
        map: 99,
        chunk: 1,
        hashes: [1; 64].into(),
    });
    golden.row(&Grant {
        account: user(1),
        hash: Digest([9; 32]),
        expires: 5,
    });
    let now = serde_json::to_string_pretty(&golden.now).unwrap();
    assert_eq!(golden.recorded, golden.now, "{now}");
}
