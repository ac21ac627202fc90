//! Durable operations a second: `cargo bench -p store --bench commits [-- DIR]`.
//!
//! First the rate at which the disk under DIR (default: the temporary directory)
//! takes 4 KiB appends with fdatasync, then the store with 1, 16, 64 and 256 clients
//! that each wait for their answer before they ask again. An operation inserts a row
//! of about 200 bytes with two indexes, changes a counter and publishes a message;
//! then the same with one plain row.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement fails by panicking"
)]

use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};
use store::{IndexSet, Options, Row, Store, WriteTx};

const RUN: Duration = Duration::from_secs(4);

#[derive(Clone, Serialize, Deserialize)]
struct Indexed {
    client: u32,
    n: u64,
    owner: String,
    name: String,
    text: String,
}

impl Row for Indexed {
    type Key = (u32, u64);
    const TABLE: &'static str = "bench.indexed";
    fn key(&self) -> (u32, u64) {
        (self.client, self.n)
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_owner", &self.owner);
        ix.unique("by_name", &self.name);
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Plain {
    client: u32,
    n: u64,
    text: String,
}

impl Row for Plain {
    type Key = (u32, u64);
    const TABLE: &'static str = "bench.plain";
    fn key(&self) -> (u32, u64) {
        (self.client, self.n)
    }
}

fn full(tx: &WriteTx, client: u32, n: u64) -> kernel::Result<()> {
    tx.insert(&Indexed {
        client,
        n,
        owner: format!("owner {}", n % 97),
        name: format!("{client}/{n}"),
        text: "x".repeat(150),
    })?;
    tx.add("bench.owned", &(n % 97), 1)?;
    tx.publish("bench", &(client, n))?;
    Ok(())
}

fn plain(tx: &WriteTx, client: u32, n: u64) -> kernel::Result<()> {
    tx.insert(&Plain {
        client,
        n,
        text: "x".repeat(150),
    })
}

/// 4 KiB appended and synced, again and again.
fn raw(dir: &Path) -> f64 {
    let mut file = File::create(dir.join("raw")).unwrap();
    let page = [0x5A; 4096];
    let started = Instant::now();
    let mut count = 0u32;
    while started.elapsed() < RUN {
        file.write_all(&page).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

type Work = fn(&WriteTx, u32, u64) -> kernel::Result<()>;

async fn client(store: Store, work: Work, client: u32, until: Instant) -> Vec<Duration> {
    let mut took = Vec::new();
    for n in 1.. {
        let asked = Instant::now();
        if asked >= until {
            break;
        }
        store.write(move |tx| work(tx, client, n)).await.unwrap();
        took.push(asked.elapsed());
    }
    took
}

fn run(dir: &Path, what: &str, work: Work, clients: u32) {
    let file = dir.join(format!("{what}-{clients}.redb"));
    let store = Store::open(&file, Options::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_time()
        .build()
        .unwrap();
    let started = Instant::now();
    let mut took = runtime.block_on(async {
        let tasks: Vec<_> = (0..clients)
            .map(|n| tokio::spawn(client(store.clone(), work, n, started + RUN)))
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all
    });
    let rate = took.len() as f64 / started.elapsed().as_secs_f64();
    took.sort_unstable();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "| {what} | {clients} | {rate:.0} | {:.2} | {:.2} |",
        at(0.5),
        at(0.99)
    );
    store.close();
    std::fs::remove_file(file).unwrap();
}

fn main() {
    let dir = std::env::args()
        .skip(1)
        .find(|arg| !arg.starts_with('-'))
        .map_or_else(std::env::temp_dir, Into::into);
    let dir = tempfile::tempdir_in(dir).unwrap();
    println!("4 KiB append + fdatasync: {:.0}/s", raw(dir.path()));
    println!("| operation | clients | durable/s | p50 ms | p99 ms |");
    println!("|---|---|---|---|---|");
    for (what, work) in [("full", full as Work), ("plain", plain)] {
        for clients in [1, 16, 64, 256] {
            run(dir.path(), what, work, clients);
        }
    }
    println!("4 KiB append + fdatasync, again: {:.0}/s", raw(dir.path()));
}
