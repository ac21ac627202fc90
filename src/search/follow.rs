//! The follower: from the outbox to the index.

use crate::{Inner, Service, index::Applied};
use kernel::{Error, Result};
use std::{collections::BTreeSet, sync::Arc, sync::atomic::Ordering, time::Duration};
use store::Reads;
use tantivy::IndexWriter;
use tokio_util::sync::CancellationToken;

/// Messages of one commit.
const BATCH: usize = 500;
/// Documents read in one snapshot while the index is built.
const SLICE: usize = 500;
/// Between two commits.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest the follower sleeps when nothing wakes it.
const NAP: Duration = Duration::from_secs(60);

impl Service {
    /// Follows the outbox until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut woken = self.0.store.subscribe(self.0.source.topic());
        let mut writer = None;
        while !stop.is_cancelled() {
            let more = match self.step(&mut writer, &stop).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(target: "synnefo::search", "search: {}", error.chain());
                    // A fresh writer begins where the last commit ended.
                    writer = None;
                    false
                }
            };
            // Changes that come together are committed together.
            if stop
                .run_until_cancelled(tokio::time::sleep(PAUSE))
                .await
                .is_none()
            {
                return;
            }
            if !more {
                tokio::select! {
                    () = stop.cancelled() => {}
                    _ = woken.changed() => {}
                    () = tokio::time::sleep(NAP) => {}
                }
            }
        }
    }

    /// Applies all that waits, now: tests and measurements.
    ///
    /// # Errors
    /// Those of store and index.
    pub async fn catch_up(&self) -> Result<()> {
        let mut writer = None;
        let stop = CancellationToken::new();
        while self.step(&mut writer, &stop).await? {}
        Ok(())
    }

    /// One round; true when there may be more.
    async fn step(&self, writer: &mut Option<Writer>, stop: &CancellationToken) -> Result<bool> {
        let (inner, stop) = (self.0.clone(), stop.clone());
        let mut mine = writer.take();
        let work = move || {
            let mut own = match mine.take() {
                Some(own) => own,
                None => inner.begin()?,
            };
            let outcome = inner.round(&mut own, &stop)?;
            Ok::<_, Error>((own, outcome))
        };
        let (own, outcome) = tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::broken)??;
        *writer = Some(own);
        if let Some(upto) = outcome.acknowledge {
            let topic = self.0.source.topic();
            self.0
                .store
                .write_reclaiming(move |tx| tx.ack(topic, upto))
                .await?;
        }
        Ok(outcome.more)
    }
}

/// The writer of an index and how far it has gone.
struct Writer {
    writer: IndexWriter,
    /// None: from the beginning.
    applied: Option<Applied>,
}

/// What a round did.
struct Outcome {
    acknowledge: Option<u64>,
    more: bool,
}

impl Inner {
    fn begin(self: &Arc<Self>) -> Result<Writer> {
        Ok(Writer {
            writer: self.index.writer()?,
            applied: self.index.applied()?,
        })
    }

    fn round(&self, own: &mut Writer, stop: &CancellationToken) -> Result<Outcome> {
        let topic = self.source.topic();
        let counter = format!("outbox.{topic}");
        // What waits and the documents are of one snapshot.
        let (last, waiting, documents) = self.store.read_now(|tx| {
            let last = tx.last_id(&counter)?;
            let waiting = tx.outbox::<u64>(topic, 0, BATCH)?;
            let keys: BTreeSet<u64> = waiting.iter().map(|(_, key)| *key).collect();
            let documents = keys
                .into_iter()
                .map(|key| Ok((key, self.source.document(tx, key)?)))
                .collect::<Result<Vec<_>>>()?;
            Ok((last, waiting, documents))
        })?;
        let oldest = waiting.first().map_or(last + 1, |(seq, _)| *seq);
        // An index that is ahead of the store is of another one; messages that are gone
        // unseen leave a gap.
        let fits = own
            .applied
            .filter(|applied| applied.seq <= last && oldest <= applied.seq + 1);
        let Some(applied) = fits else {
            return self.build(own, last, stop);
        };
        self.ready.store(true, Ordering::Release);
        let Some((newest, _)) = waiting.last() else {
            return Ok(Outcome {
                acknowledge: None,
                more: false,
            });
        };
        if *newest > applied.seq {
            for (key, document) in &documents {
                self.index.replace(&own.writer, *key, document.as_ref())?;
            }
            let applied = Applied { seq: *newest };
            self.index.commit(&mut own.writer, applied)?;
            own.applied = Some(applied);
        }
        Ok(Outcome {
            acknowledge: Some(*newest),
            more: waiting.len() == BATCH,
        })
    }

    /// Builds the index from the beginning, as of message `last`; what changes meanwhile
    /// comes as messages after it.
    fn build(&self, own: &mut Writer, last: u64, stop: &CancellationToken) -> Result<Outcome> {
        tracing::info!(target: "synnefo::search", "the index is being built");
        own.applied = None;
        own.writer.delete_all_documents().map_err(Error::broken)?;
        let mut after = None;
        let mut count = 0_u64;
        loop {
            let documents = self.store.read_now(|tx| {
                let keys = self.source.keys(tx, after, SLICE)?;
                after = keys.last().copied();
                let found = keys.into_iter().map(|key| self.source.document(tx, key));
                found.collect::<Result<Vec<_>>>()
            })?;
            if documents.is_empty() {
                break;
            }
            if stop.is_cancelled() {
                own.writer.rollback().map_err(Error::broken)?;
                return Ok(Outcome {
                    acknowledge: None,
                    more: false,
                });
            }
            for document in documents.iter().flatten() {
                self.index.add(&own.writer, document)?;
                count += 1;
            }
        }
        let applied = Applied { seq: last };
        self.index.commit(&mut own.writer, applied)?;
        own.applied = Some(applied);
        self.ready.store(true, Ordering::Release);
        tracing::info!(target: "synnefo::search", "the index is built: {count} documents");
        Ok(Outcome {
            acknowledge: (last > 0).then_some(last),
            more: true,
        })
    }
}
