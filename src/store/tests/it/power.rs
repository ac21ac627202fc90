//! Power cuts under load. Each client's data is a function of how many of its
//! operations took effect, so after a cut the whole database is compared with
//! what it must be: everything acknowledged, at most one more per client (the
//! one that was never answered), and nothing half done.

use crate::disk::Disk;
use kernel::Result;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{IndexSet, Reads, Row, Store, WriteTx};

const CLIENTS: usize = 12;
/// A client's rows that are left behind its newest.
const KEPT: u64 = 6;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    client: u32,
    n: u64,
    owner: String,
    name: String,
    text: String,
}

impl Row for Entry {
    type Key = (u32, u64);
    const TABLE: &'static str = "test.entry";
    fn key(&self) -> (u32, u64) {
        (self.client, self.n)
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_owner", &self.owner);
        ix.unique("by_name", &self.name);
    }
}

/// Row `n` of a client that has done `total` operations.
fn entry(client: u32, n: u64, total: u64) -> Entry {
    let moved = u64::from(n < total);
    Entry {
        client,
        n,
        owner: format!("owner {}", (n * 3 + moved) % 7),
        name: format!("{client}/{n}/{moved}"),
        text: "x".repeat((n as usize * 37 + client as usize) % 700),
    }
}

/// Operation `n` of a client: a new row, the previous one moved to another
/// owner, the oldest removed; counters and messages with them.
fn operate(tx: &WriteTx, client: u32, n: u64) -> Result<()> {
    let new = entry(client, n, n);
    tx.insert(&new)?;
    tx.add("owned", &new.owner, 1)?;
    if n > 1 {
        let old: Entry = tx.must(&(client, n - 1), "no previous row")?;
        let moved = entry(client, n - 1, n);
        tx.add("owned", &old.owner, -1)?;
        tx.add("owned", &moved.owner, 1)?;
        tx.put(&moved)?;
    }
    if n > KEPT
        && let Some(gone) = tx.remove::<Entry>(&(client, n - KEPT))?
    {
        tx.add("owned", &gone.owner, -1)?;
    }
    let topic = format!("topic {client}");
    let seq = tx.publish(&topic, &(client, n))?;
    tx.ack(&topic, seq.saturating_sub(KEPT))?;
    tx.next_id("operations")?;
    Ok(())
}

/// Compares the whole store with what clients may expect and returns how far each really is.
fn check(store: &Store, acknowledged: &[u64]) -> Vec<u64> {
    let check = |tx: &store::ReadTx| {
        assert_eq!(tx.verify_table::<Entry>()?, []);
        let mut reached = Vec::new();
        let mut owned: BTreeMap<String, u64> = BTreeMap::new();
        for (client, acknowledged) in acknowledged.iter().enumerate() {
            let client = client as u32;
            let n = tx.last::<Entry>(&client)?.map_or(0, |row| row.n);
            assert!(n >= *acknowledged, "lost: {n} of {acknowledged}");
            assert!(n <= acknowledged + 1, "{n} is more than was asked for");
            let first = n.saturating_sub(KEPT) + 1;
            let rows: Vec<_> = (first..=n).map(|i| entry(client, i, n)).collect();
            assert_eq!(tx.scan_prefix::<Entry>(&client, None, 1000)?, rows);
            for row in rows {
                *owned.entry(row.owner).or_default() += 1;
            }
            let topic = format!("topic {client}");
            let messages: Vec<_> = (first..=n).map(|i| (i, (client, i))).collect();
            assert_eq!(tx.outbox::<(u32, u64)>(&topic, 0, 1000)?, messages);
            assert_eq!(tx.verify_outbox(&topic)?, []);
            reached.push(n);
        }
        assert_eq!(tx.last_id("operations")?, reached.iter().sum::<u64>());
        let mut counted = BTreeMap::new();
        tx.each_count::<String>("owned", &(), None, |owner, n| {
            counted.insert(owner, n);
            Ok(true)
        })?;
        assert_eq!(counted, owned);
        Ok(reached)
    };
    store.read_now(check).unwrap()
}

/// All clients at once, until the power goes or each has done `most` operations.
async fn load(store: &Store, acknowledged: &mut [u64], most: u64) {
    let clients: Vec<_> = (0u32..)
        .zip(acknowledged.iter().copied())
        .map(|(client, done)| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in done + 1..=done + most {
                    // Some refuse after writing and must leave nothing.
                    if (n + u64::from(client)) % 11 == 3 {
                        let refused = store.write(move |tx| {
                            operate(tx, client, n)?;
                            Err::<(), _>(kernel::Error::invalid("changed my mind"))
                        });
                        assert!(refused.await.is_err());
                    }
                    if store.write(move |tx| operate(tx, client, n)).await.is_err() {
                        return n - 1;
                    }
                }
                done + most
            })
        })
        .collect();
    for (client, done) in clients.into_iter().zip(acknowledged) {
        *done = client.await.unwrap();
    }
}

/// Figures of a run, for the long one to print.
pub struct Survived {
    pub cuts: u64,
    pub acknowledged: u64,
    pub unanswered_but_done: u64,
}

/// Cuts the power until both numbers are reached.
pub fn survive(seed: u64, cuts: u64, operations: u64, longest_fuse: u32) -> Survived {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut rng = StdRng::seed_from_u64(seed);
    let mut image = Vec::new();
    let mut new = true;
    let mut done = vec![0; CLIENTS];
    let mut run = Survived {
        cuts: 0,
        acknowledged: 0,
        unanswered_but_done: 0,
    };
    while run.cuts < cuts || run.acknowledged < operations {
        // Short fuses strike while the file is made or repaired.
        let longest = [12, longest_fuse][usize::from(rng.random_bool(0.8))];
        let disk = Disk::new(image, Some(rng.random_range(1..=longest)));
        let before = done.clone();
        if let Ok(store) = Store::open_backend(disk.clone()) {
            runtime.block_on(load(&store, &mut done, 40));
            // Sometimes the cut comes after a clean end.
            new = false;
        }
        run.cuts += 1;
        run.acknowledged += done.iter().sum::<u64>() - before.iter().sum::<u64>();
        image = disk.cut(&mut rng);
        if new {
            // What was not made completely never gets its name (`Store::open`).
            image = Vec::new();
        }
        let reopened = Store::open_backend(Disk::new(image.clone(), None));
        let reopened = reopened.expect("the store opens after a power cut");
        let reached = check(&reopened, &done);
        run.unanswered_but_done += reached.iter().sum::<u64>() - done.iter().sum::<u64>();
        done = reached;
        if run.cuts.is_multiple_of(100) {
            // Begin anew, so that creation is hit as well.
            image = Vec::new();
            new = true;
            done = vec![0; CLIENTS];
        }
    }
    run
}
