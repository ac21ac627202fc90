//! Group commit: the loop of the writer thread.
//!
//! A closure that refuses before writing costs nothing. One that refuses (or
//! panics) after writing is answered and dropped, and the others run again on a
//! fresh transaction. Nobody is answered and nobody is woken before the commit.

use super::{Inner, lock};
use crate::WriteTx;
use kernel::{Error, Result};
use redb::{Database, Durability};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};

/// Most closures in one commit.
const BATCH: usize = 128;

/// After a batch of so many it pays to let the next one fill.
const WORTH_WAITING: usize = 4;
/// How long, and how often, is looked for newcomers: well below one commit.
const LOOK: Duration = Duration::from_micros(50);
const LOOKS: u32 = 6;

/// What a closure did.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Kept,
    Refused,
    /// Counts as a refusal after writing, whatever it did.
    Panicked,
}

/// A waiting closure and the one who waits for it.
pub(super) trait Job: Send {
    fn run(&mut self, tx: &WriteTx) -> Outcome;
    /// May it run when space is short?
    fn reclaims(&self) -> bool;
    fn queued(&self) -> Instant;
    /// Sends the kept result, or `instead`.
    fn answer(self: Box<Self>, instead: Option<Error>);
}

pub(super) struct Typed<T, F> {
    closure: F,
    reclaims: bool,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
    queued: Instant,
}

impl<T, F> Typed<T, F> {
    pub(super) fn new(closure: F, reclaims: bool, reply: oneshot::Sender<Result<T>>) -> Self {
        Typed {
            closure,
            reclaims,
            result: None,
            reply,
            queued: Instant::now(),
        }
    }
}

impl<T: Send, F: Fn(&WriteTx) -> Result<T> + Send> Job for Typed<T, F> {
    fn run(&mut self, tx: &WriteTx) -> Outcome {
        let result = catch_unwind(AssertUnwindSafe(|| (self.closure)(tx)));
        let outcome = match &result {
            Ok(Ok(_)) => Outcome::Kept,
            Ok(Err(_)) => Outcome::Refused,
            Err(_) => Outcome::Panicked,
        };
        self.result =
            Some(result.unwrap_or_else(|_| Err(Error::broken("a write closure panicked"))));
        outcome
    }

    fn reclaims(&self) -> bool {
        self.reclaims
    }

    fn queued(&self) -> Instant {
        self.queued
    }

    fn answer(self: Box<Self>, instead: Option<Error>) {
        let result = match instead {
            Some(error) => Err(error),
            None => self
                .result
                .unwrap_or_else(|| Err(Error::broken("a write closure never ran"))),
        };
        metrics::histogram!("store_write_seconds").record(self.queued.elapsed());
        // Nobody waits any more: fine, the promise was only to those who do.
        let _ = self.reply.send(result);
    }
}

/// The batch before.
#[derive(Default)]
struct Last {
    size: usize,
    took: Duration,
}

/// Gives those who were just answered a moment to ask again, so that they share one
/// commit with those who waited meanwhile: else the clients fall into two halves that
/// take turns, and each commit serves half of them. Ends as soon as nobody new comes;
/// few clients, or those of a disk that is fast anyway, are not kept waiting.
fn gather(waiting: &mpsc::Receiver<Box<dyn Job>>, last: &Last) {
    if last.size < WORTH_WAITING || last.took < LOOK * 10 {
        return;
    }
    let most = BATCH.min(waiting.len() + last.size);
    for _ in 0..LOOKS {
        let before = waiting.len();
        if before + 1 >= most {
            return;
        }
        std::thread::sleep(LOOK);
        if waiting.len() == before {
            return;
        }
    }
}

/// Runs until the queue ends, then closes the database.
pub(super) fn write_loop(inner: &Inner, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
    let mut last = Last::default();
    // A figure that is still nothing is shown as nothing, not left out.
    for name in ["store_commits_total", "store_reruns_total"] {
        metrics::counter!(name).increment(0);
    }
    while let Some(first) = waiting.blocking_recv() {
        gather(&waiting, &last);
        let mut batch = vec![first];
        while batch.len() < BATCH {
            match waiting.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        let started = Instant::now();
        last.size = batch.len();
        metrics::gauge!("store_queue_length").set(waiting.len() as f64);
        metrics::histogram!("store_batch_size").record(batch.len() as f64);
        for job in &batch {
            metrics::histogram!("store_wait_seconds").record(job.queued().elapsed());
        }
        // A panic outside the closures leaves the outcome as unknown as a failed
        // commit; those who waited learn it from their dropped channel.
        if catch_unwind(AssertUnwindSafe(|| commit(inner, batch))).is_err() {
            inner.fail("the writer thread panicked");
        }
        last.took = started.elapsed();
    }
    let db = lock(&inner.db).take();
    if let Some(Err(error)) = db.and_then(Arc::into_inner).map(Database::close) {
        tracing::error!(target: "synnefo", "the store did not close cleanly: {error}");
    }
}

impl Inner {
    /// Accept nothing further and ask the process to stop.
    fn fail(&self, why: &str) {
        self.broken.store(true, Ordering::SeqCst);
        self.broke.send_replace(true);
        tracing::error!(target: "synnefo", "the store failed and stops: {why}");
    }
}

/// Turns away what may not be written now and returns the rest.
fn admit(inner: &Inner, batch: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
    let broken = inner.broken.load(Ordering::SeqCst);
    let free = inner.free().unwrap_or(u64::MAX);
    let mut admitted = Vec::with_capacity(batch.len());
    for job in batch {
        let floor = if job.reclaims() {
            inner.options.min_free / 2
        } else {
            inner.options.min_free
        };
        if broken {
            job.answer(Some(Error::broken("the store failed and must be reopened")));
        } else if free < floor {
            job.answer(Some(Error::storage_full(
                "The disk is nearly full: nothing can be changed for now.",
            )));
        } else {
            admitted.push(job);
        }
    }
    admitted
}

fn commit(inner: &Inner, batch: Vec<Box<dyn Job>>) {
    let mut batch = admit(inner, batch);
    while !batch.is_empty() {
        match attempt(inner, &mut batch) {
            Ok(None) => break,
            Ok(Some(refused)) => {
                metrics::counter!("store_reruns_total").increment(1);
                batch.remove(refused).answer(None);
            }
            Err(error) => {
                inner.fail(&error.chain());
                for job in batch {
                    job.answer(Some(Error::broken(
                        "the store failed; the outcome is unknown",
                    )));
                }
                return;
            }
        }
    }
    for job in batch {
        job.answer(None);
    }
}

/// One transaction over the batch. Some(index) when that closure refused after
/// writing: the transaction was undone and must be tried without it.
fn attempt(inner: &Inner, batch: &mut [Box<dyn Job>]) -> Result<Option<usize>> {
    let mut tx = inner.db()?.begin_write().map_err(Error::broken)?;
    tx.set_durability(Durability::Immediate)
        .map_err(Error::broken)?;
    let tx = WriteTx::new(tx);
    let mut wrote = false;
    for (index, job) in batch.iter_mut().enumerate() {
        let outcome = job.run(&tx);
        let dirty = tx.take_dirty();
        if outcome == Outcome::Panicked || (outcome == Outcome::Refused && dirty) {
            tx.finish().0.abort().map_err(Error::broken)?;
            return Ok(Some(index));
        }
        wrote |= dirty;
    }
    let (tx, published) = tx.finish();
    if wrote {
        let started = Instant::now();
        tx.commit().map_err(Error::broken)?;
        metrics::histogram!("store_commit_seconds").record(started.elapsed());
        metrics::counter!("store_commits_total").increment(1);
    } else {
        tx.abort().map_err(Error::broken)?;
    }
    inner.wake(published);
    Ok(None)
}
