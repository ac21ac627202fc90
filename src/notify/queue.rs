//! The queue of messages: taking over requests, what is due, what became of it.

use crate::render::Templates;
use kernel::{Error, Result, Timestamp, mail::MailRequest, mail::TOPIC};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use store::{Inconsistency, IndexSet, ReadTx, Reads, Row, Store};

/// Minutes to wait after each failed attempt; the last one repeats until a day is over (ID-MAIL-03).
const RETRY_MINUTES: [u64; 5] = [1, 5, 15, 60, 240];
/// Attempts before a message counts as undeliverable.
const ATTEMPTS: u32 = 10;
/// Requests taken over in one transaction.
const SLICE: usize = 32;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageState {
    /// Waits for its next attempt.
    Queued,
    /// Was accepted by the mail server or written to the spool.
    Sent,
    /// Will not be tried again: a dead letter.
    Failed,
}

/// One message to one recipient (ID-MAIL-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its number.
    pub id: u64,
    /// Name of its template.
    pub template: String,
    /// Recipient.
    pub to: String,
    /// Subject, one line.
    pub subject: String,
    /// Plain text; empty once sent (it may hold links that log people in).
    pub text: String,
    /// Left part of its Message-ID; the same at every attempt.
    pub token: String,
    /// What became of it.
    pub state: MessageState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was asked for.
    pub created: Timestamp,
    /// Queued: not before; otherwise when that happened.
    pub at: Timestamp,
    /// Why the last attempt failed; empty when none did.
    pub error: String,
}

impl Row for Message {
    type Key = u64;
    const TABLE: &'static str = "notify.message";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        match self.state {
            MessageState::Queued => ix.add("queued", self.at),
            MessageState::Sent => ix.add("sent", self.at),
            MessageState::Failed => ix.add("failed", self.at),
        }
    }
}

/// Moves requests from the outbox into the queue; false when there were none.
pub(crate) async fn take_over(
    store: &Store,
    templates: Arc<Templates>,
    now: Timestamp,
) -> Result<bool> {
    let waiting = |tx: &ReadTx| Ok(!tx.outbox::<MailRequest>(TOPIC, 0, 1)?.is_empty());
    if !store.read(waiting).await? {
        return Ok(false);
    }
    store
        .write(move |tx| {
            let requests = tx.outbox::<MailRequest>(TOPIC, 0, SLICE)?;
            for (seq, request) in &requests {
                let rendered = templates.render(request);
                let id = tx.next_id(Message::TABLE)?;
                tx.put(&Message {
                    id,
                    template: request.template.clone(),
                    to: request.to.clone(),
                    subject: rendered.subject,
                    text: rendered.text,
                    token: format!("{id}.{seq}.{}", now.as_microsecond()),
                    state: MessageState::Queued,
                    attempts: 0,
                    created: now,
                    at: now,
                    error: String::new(),
                })?;
                tx.ack_one(TOPIC, *seq)?;
            }
            Ok(!requests.is_empty())
        })
        .await
}

/// Messages whose time has come, oldest first.
pub(crate) async fn due(store: &Store, now: Timestamp) -> Result<Vec<Message>> {
    store
        .read(move |tx| {
            let mut due = Vec::new();
            tx.each_found("queued", &(), None, |message: Message| {
                let ready = message.at <= now;
                if ready {
                    due.push(message);
                }
                Ok(ready && due.len() < 100)
            })?;
            Ok(due)
        })
        .await
}

/// Why a delivery failed.
#[derive(Debug)]
pub struct Failure {
    /// For the administrator, without secrets.
    pub reason: String,
    /// Trying again is of no use.
    pub permanent: bool,
}

/// Times that recording a delivery is tried while the store has too much to do.
const TRIES: u32 = 20;

/// Records what became of a delivery, also when the disk is nearly full or the store
/// is busy: what is not recorded is sent again.
pub(crate) async fn settle(
    store: &Store,
    mut message: Message,
    outcome: Result<(), Failure>,
    now: Timestamp,
) -> Result<()> {
    message.attempts += 1;
    message.at = now;
    match outcome {
        Ok(()) => {
            message.state = MessageState::Sent;
            message.text.clear();
            message.error.clear();
        }
        Err(failure) if failure.permanent || message.attempts >= ATTEMPTS => {
            tracing::error!(target: "synnefo::mail", "message {} is undeliverable: {}", message.id, failure.reason);
            message.state = MessageState::Failed;
            message.error = failure.reason;
        }
        Err(failure) => {
            let step = (message.attempts as usize - 1).min(RETRY_MINUTES.len() - 1);
            message.at = now + Duration::from_secs(RETRY_MINUTES[step] * 60);
            tracing::warn!(target: "synnefo::mail", "message {} waits for another attempt: {}", message.id, failure.reason);
            message.error = failure.reason;
        }
    }
    for _ in 1..TRIES {
        let row = message.clone();
        match store.write_reclaiming(move |tx| tx.put(&row)).await {
            Err(Error::Busy { retry_after }) => {
                tokio::time::sleep(Duration::from_secs(retry_after.into())).await;
            }
            settled => return settled,
        }
    }
    store.write_reclaiming(move |tx| tx.put(&message)).await
}

/// Removes what was sent more than a week ago, a slice at a time.
pub(crate) async fn forget_old(store: &Store, now: Timestamp) -> Result<()> {
    let before = now - Duration::from_secs(7 * 86_400);
    let old = store
        .read(move |tx| {
            let sent = tx.find::<Message>("sent", &(), None, 200)?;
            let old = sent.into_iter().filter(|m| m.at < before).map(|m| m.id);
            Ok(old.collect::<Vec<_>>())
        })
        .await?;
    if old.is_empty() {
        return Ok(());
    }
    store
        .write_reclaiming(move |tx| {
            old.iter()
                .try_for_each(|id| tx.remove::<Message>(id).map(drop))
        })
        .await
}

/// Is the queue consistent?
pub fn verify(tx: &ReadTx) -> Result<Vec<Inconsistency>> {
    let mut problems = tx.verify_table::<Message>()?;
    problems.extend(tx.verify_outbox(TOPIC)?);
    Ok(problems)
}
