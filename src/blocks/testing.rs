//! Test data: the recorded hash vectors and a table of references.

use crate::{BLOCK_SIZE, References};
use kernel::{BlockHash, Digest, Result};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

pub struct Vector {
    pub id: String,
    pub data: Vec<u8>,
    pub hashes: Vec<BlockHash>,
    pub top_hash: Digest,
    pub md5: String,
}

pub fn vectors() -> Vec<Vector> {
    let text = include_str!("../../tests/golden/pithos-hashes.json");
    let json: Value = serde_json::from_str(text).unwrap();
    let vectors = json["vectors"].as_array().unwrap();
    vectors
        .iter()
        .map(|v| Vector {
            id: v["id"].as_str().unwrap().into(),
            data: content(&v["recipe"]),
            hashes: serde_json::from_value(v["hashes"].clone()).unwrap(),
            top_hash: serde_json::from_value(v["top_hash"].clone()).unwrap(),
            md5: v["md5"].as_str().unwrap().into(),
        })
        .collect()
}

fn content(recipe: &Value) -> Vec<u8> {
    let mut data = Vec::new();
    for part in recipe.as_array().unwrap() {
        match part[0].as_str().unwrap() {
            "repeat" => {
                let byte = hex::decode(part[1].as_str().unwrap()).unwrap()[0];
                let count = part[2].as_u64().unwrap() as usize;
                data.resize(data.len() + count, byte);
            }
            "hex" => data.extend(hex::decode(part[1].as_str().unwrap()).unwrap()),
            "pattern" => {
                let len = part[1].as_u64().unwrap() as usize;
                data.extend(
                    (0..len).map(|i| ((i % 256) * 31 + i / 256 + 13 * (i / BLOCK_SIZE) + 7) as u8),
                );
            }
            other => panic!("unknown recipe {other}"),
        }
    }
    data
}

/// References counted in memory; all freed in the same second.
#[derive(Default)]
pub struct Counts(pub Mutex<BTreeMap<BlockHash, u64>>, pub AtomicU64);

impl Counts {
    pub fn add(&self, hash: BlockHash, delta: i64) {
        let mut counts = self.0.lock().unwrap();
        let count = counts.entry(hash).or_default();
        *count = count.checked_add_signed(delta).unwrap();
        if *count == 0 {
            counts.remove(&hash);
        }
    }
}

impl References for Counts {
    fn count(&self, hash: &BlockHash) -> Result<u64> {
        Ok(self.0.lock().unwrap().get(hash).copied().unwrap_or(0))
    }

    fn freed(&self, _: &BlockHash) -> Result<u64> {
        Ok(self.1.load(Ordering::Relaxed))
    }

    fn page(&self, after: Option<&BlockHash>, limit: usize) -> Result<Vec<BlockHash>> {
        let counts = self.0.lock().unwrap();
        let hashes = counts.keys().filter(|hash| Some(*hash) > after);
        Ok(hashes.take(limit).copied().collect())
    }
}
