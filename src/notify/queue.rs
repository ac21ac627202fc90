//! The queue of messages: taking over requests, what is due, what became of it.

use crate::{
    render::{Problem, Rendered, Templates},
    seal::Sealer,
};
use kernel::{Error, Result, Timestamp, mail::MailRequest, mail::TOPIC};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use store::{Inconsistency, IndexSet, ReadTx, Reads, Row, Store, WriteTx};

/// Minutes to wait after each failed attempt: a day in all, and the attempt at its end
/// is the last one (ID-MAIL-03).
const RETRY_MINUTES: [u64; 10] = [1, 5, 15, 60, 240, 240, 240, 240, 240, 159];
/// Requests taken over in one transaction.
pub(crate) const SLICE: usize = 32;
/// How long the text of a dead letter is kept, so that it can be tried again: as long as
/// a link for a new password is good. Those for a change of address live longer
/// (`ASTAKOS_EMAILCHANGE_ACTIVATION_DAYS`, 10 days); whoever never got one asks anew, so
/// it is worth less than keeping texts that concern somebody's account.
const TEXT_KEPT: Duration = Duration::from_secs(3 * 86_400);
/// How long it is remembered that a message was sent.
const SENT_KEPT: Duration = Duration::from_secs(7 * 86_400);
/// How long it is remembered that a message could not be sent.
const FAILED_KEPT: Duration = Duration::from_secs(90 * 86_400);

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
    /// Plain text, sealed while it is stored; empty once sent, and some days after its
    /// death (it may hold links that log people in).
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
    /// Where an answer goes; empty: to the sender.
    #[serde(default)]
    pub reply_to: String,
    /// Language of the text.
    #[serde(default)]
    pub language: String,
    /// It was a dead letter once and was tried again (CY-QUE-05).
    #[serde(default)]
    pub revived: bool,
}

/// Where a message stands in the lists by time. A list goes on there whatever became of
/// the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(crate) at: Timestamp,
    pub(crate) id: u64,
}

impl Message {
    /// Where it stands.
    pub fn place(&self) -> Place {
        let (at, id) = (self.at, self.id);
        Place { at, id }
    }

    /// Is it of no interest any more?
    fn is_old(&self, now: Timestamp) -> bool {
        match self.state {
            MessageState::Queued => false,
            MessageState::Sent => self.at < now - SENT_KEPT,
            MessageState::Failed => self.at < now - FAILED_KEPT,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.as_microsecond(), self.id)
    }
}

impl Place {
    /// What it was written as.
    pub fn read(text: &str) -> Option<Place> {
        let (at, id) = text.split_once('.')?;
        let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
        let id = id.parse().ok()?;
        Some(Place { at, id })
    }
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
        ix.add("to", self.to.to_lowercase());
    }
}

/// Slice of the migration that lists messages by recipient.
///
/// # Errors
/// When a row cannot be read.
pub fn reindex_messages(tx: &WriteTx, cursor: Option<Vec<u8>>) -> Result<store::Step> {
    tx.rewrite::<Message>(cursor, store::SLICE)
}

/// That the administrators were told of one version of a bad template (ID-TPL-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The file.
    pub file: String,
    /// Its version.
    pub stamp: String,
}

impl Row for Told {
    type Key = String;
    const TABLE: &'static str = "notify.told";
    fn key(&self) -> String {
        self.file.clone()
    }
    fn indexes(&self, _: &mut IndexSet) {}
}

/// Requests that do not open, for want of the right key: they wait.
#[derive(Default)]
struct Closed {
    first: Option<(u64, Error)>,
    count: usize,
}

impl Closed {
    /// Requests as they were made, without those that do not open.
    fn sort_out(
        &mut self,
        sealer: &Sealer,
        waiting: Vec<(u64, MailRequest)>,
    ) -> Vec<(u64, MailRequest)> {
        let open = |(seq, request)| match sealer.request(request) {
            Ok(request) => Some((seq, request)),
            Err(error) => {
                self.count += 1;
                self.first.get_or_insert((seq, error));
                None
            }
        };
        waiting.into_iter().filter_map(open).collect()
    }

    fn tell(&self) {
        if let Some((seq, error)) = &self.first {
            let (count, why) = (self.count, error.chain());
            tracing::error!(target: "synnefo::mail", "{count} requests wait, the first is {seq}: {why}");
        }
    }
}

/// Moves all requests from the outbox into the queue, a slice at a time. One that does not
/// open is stepped over and holds up no other.
pub(crate) async fn take_over(
    store: &Store,
    templates: Templates,
    admins: &[String],
    sealer: &Sealer,
    now: Timestamp,
) -> Result<()> {
    let mut closed = Closed::default();
    let mut after = 0;
    loop {
        let waiting = move |tx: &ReadTx| tx.outbox::<MailRequest>(TOPIC, after, SLICE);
        let waiting = store.read(waiting).await?;
        let Some((last, _)) = waiting.last() else {
            break;
        };
        let last = *last;
        let requests = closed.sort_out(sealer, waiting);
        if !requests.is_empty() {
            let rendered = rendered(templates.clone(), requests).await?;
            let (admins, sealer) = (admins.to_owned(), sealer.clone());
            store
                .write(move |tx| move_over(tx, after, &rendered, &admins, &sealer, now))
                .await?;
        }
        after = last;
    }
    closed.tell();
    Ok(())
}

/// Requests by number, and the messages they become.
type Ready = BTreeMap<u64, (MailRequest, Rendered)>;

/// Rendering reads files, so it is done between reading and writing.
async fn rendered(templates: Templates, requests: Vec<(u64, MailRequest)>) -> Result<Ready> {
    let rendering = tokio::task::spawn_blocking(move || {
        let rendered = requests.into_iter().map(|(seq, request)| {
            let rendered = templates.render(&request);
            (seq, (request, rendered))
        });
        rendered.collect()
    });
    rendering.await.map_err(Error::broken)
}

/// Puts into the queue what still stands in the outbox after `after`.
fn move_over(
    tx: &WriteTx,
    after: u64,
    ready: &Ready,
    admins: &[String],
    sealer: &Sealer,
    now: Timestamp,
) -> Result<()> {
    for (seq, _) in tx.outbox::<MailRequest>(TOPIC, after, SLICE)? {
        if let Some((request, rendered)) = ready.get(&seq) {
            queue(tx, seq, request, rendered, sealer, now)?;
            tell(tx, admins, &rendered.problems)?;
            tx.ack_one(TOPIC, seq)?;
        }
    }
    Ok(())
}

fn queue(
    tx: &WriteTx,
    seq: u64,
    request: &MailRequest,
    rendered: &Rendered,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<()> {
    let id = tx.next_id(Message::TABLE)?;
    tx.put(&Message {
        id,
        template: request.template.clone(),
        to: request.to.clone(),
        subject: rendered.subject.clone(),
        text: sealer.seal(id, &rendered.text)?,
        token: format!("{id}.{seq}.{}", now.as_microsecond()),
        state: MessageState::Queued,
        attempts: 0,
        created: now,
        at: now,
        error: String::new(),
        reply_to: rendered.reply_to.clone(),
        language: rendered.language.clone(),
        revived: false,
    })
}

/// Asks for a message to the administrators about each bad file they were not told of
/// in this version.
pub(crate) fn tell(tx: &WriteTx, admins: &[String], problems: &[Problem]) -> Result<()> {
    for problem in problems {
        let file = problem.file.display().to_string();
        let stamp = problem.stamp.clone();
        let told = tx.get::<Told>(&file)?;
        if told.is_some_and(|told| told.stamp == stamp) {
            continue;
        }
        for to in admins {
            let context = BTreeMap::from([
                ("file".to_owned(), json!(file)),
                ("line".to_owned(), json!(problem.line)),
                ("problem".to_owned(), json!(problem.message)),
            ]);
            tx.publish(
                TOPIC,
                &MailRequest {
                    to: to.clone(),
                    template: "im/template_problem".to_owned(),
                    context,
                    ..MailRequest::default()
                },
            )?;
        }
        tx.put(&Told { file, stamp })?;
    }
    Ok(())
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
    /// The mail server did not answer at all, so the next message need not try now.
    pub unreachable: bool,
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
        Err(failure) => {
            let tried = message.attempts as usize;
            let wait = RETRY_MINUTES.get(tried - 1).filter(|_| !failure.permanent);
            if let Some(minutes) = wait {
                message.at = now + Duration::from_secs(minutes * 60);
                tracing::warn!(target: "synnefo::mail", "message {} waits for another attempt: {}", message.id, failure.reason);
            } else {
                message.state = MessageState::Failed;
                tracing::error!(target: "synnefo::mail", "message {} is undeliverable: {}", message.id, failure.reason);
            }
            message.error = failure.reason;
        }
    }
    for _ in 1..TRIES {
        match record(store, &message).await {
            Err(Error::Busy { retry_after }) => {
                tokio::time::sleep(Duration::from_secs(retry_after.into())).await;
            }
            settled => return settled,
        }
    }
    record(store, &message).await
}

/// Keeps the message as it is now, unless it was removed while it was on its way.
async fn record(store: &Store, message: &Message) -> Result<()> {
    let row = message.clone();
    store
        .write_reclaiming(move |tx| match tx.get::<Message>(&row.id)? {
            Some(_) => tx.put(&row),
            None => Ok(()),
        })
        .await
}

/// Drops the text of dead letters once their links are of no use any more, and removes
/// what was sent a week ago and what died long ago; a slice at a time.
pub(crate) async fn forget_old(store: &Store, now: Timestamp) -> Result<()> {
    for some in stale(store, now).await?.chunks(FORGOTTEN) {
        let some = some.to_owned();
        store
            .write_reclaiming(move |tx| drop_texts(tx, &some, now))
            .await?;
    }
    let old = store
        .read(move |tx| {
            let sent = tx.find::<Message>("sent", &(), None, FORGOTTEN)?;
            let failed = tx.find::<Message>("failed", &(), None, FORGOTTEN)?;
            let all = sent.iter().chain(&failed);
            let old = all.filter(|message| message.is_old(now));
            Ok(old.map(|message| message.id).collect::<Vec<_>>())
        })
        .await?;
    if old.is_empty() {
        return Ok(());
    }
    store
        .write_reclaiming(move |tx| remove_old(tx, &old, now))
        .await
}

/// Messages forgotten in one transaction.
const FORGOTTEN: usize = 200;

/// Dead letters whose text was kept for long enough, the oldest first. Texts are dropped in
/// that order, so before one without text there are only such.
async fn stale(store: &Store, now: Timestamp) -> Result<Vec<u64>> {
    store
        .read(move |tx| {
            let mut stale = Vec::new();
            tx.each_found_before("failed", &(now - TEXT_KEPT, 0), |message: Message| {
                let kept = !message.text.is_empty();
                stale.extend(kept.then_some(message.id));
                Ok(kept)
            })?;
            stale.reverse();
            Ok(stale)
        })
        .await
}

/// Drops texts of these dead letters but for those that were queued again meanwhile.
pub(crate) fn drop_texts(tx: &WriteTx, stale: &[u64], now: Timestamp) -> Result<()> {
    for id in stale {
        let dead = tx.get::<Message>(id)?.filter(|message| {
            message.state == MessageState::Failed && message.at < now - TEXT_KEPT
        });
        if let Some(mut dead) = dead {
            dead.text.clear();
            tx.put(&dead)?;
        }
    }
    Ok(())
}

/// Removes these messages but for those that were queued again meanwhile.
pub(crate) fn remove_old(tx: &WriteTx, old: &[u64], now: Timestamp) -> Result<()> {
    for id in old {
        if tx.get::<Message>(id)?.is_some_and(|one| one.is_old(now)) {
            tx.remove::<Message>(id)?;
        }
    }
    Ok(())
}

/// Is the queue consistent?
pub fn verify(tx: &ReadTx) -> Result<Vec<Inconsistency>> {
    let mut problems = tx.verify_table::<Message>()?;
    problems.extend(tx.verify_table::<Told>()?);
    problems.extend(tx.verify_outbox(TOPIC)?);
    Ok(problems)
}
