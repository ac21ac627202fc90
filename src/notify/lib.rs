//! Outgoing mail: follows the outbox topic `mail`, renders, delivers.
//!
//! Owns the queue of messages. Invariants: a request leaves the outbox in the
//! transaction that puts its message into the queue; a message leaves the queue
//! only when its delivery or its death has been recorded; its Message-ID is fixed
//! when it is queued. So none is lost by a crash, and none is sent twice except
//! where the mail server's answer itself was lost: then the same message with the same
//! Message-ID is sent again, which mail programs show once.

pub mod catalogue;
mod check;
mod compose;
mod dates;
mod deliver;
mod django;
mod files;
mod filters;
mod html;
mod queue;
mod render;
mod sample;
mod seal;
mod service;

pub use check::Finding;
pub use deliver::Carrier;
pub use queue::{Failure, Message, MessageState, Place, reindex_messages, verify};
pub use render::{Problem, Rendered, Templates};
pub use seal::Sealer;
pub use service::{Preview, Retried, Service};

use kernel::{CxSource, SettingsHandle, mail::TOPIC};
use std::{path::PathBuf, time::Duration};
use store::Store;
use tokio_util::sync::CancellationToken;

/// The longest the follower sleeps when nothing wakes it.
const NAP: Duration = Duration::from_secs(20);

/// Follows the outbox until told to stop. `spool` is where messages are written
/// when no mail server is set.
pub async fn run(
    store: Store,
    settings: SettingsHandle,
    cx: CxSource,
    sealer: Sealer,
    spool: PathBuf,
    stop: CancellationToken,
) {
    let mut woken = store.subscribe(TOPIC);
    let carrier = Carrier::new(settings.clone(), spool.clone()).sealed(sealer);
    begin(&store, &settings, &spool, cx.cx().now).await;
    while !stop.is_cancelled() {
        if let Err(error) = round(&store, &settings, &carrier, cx.cx().now, &stop).await {
            tracing::error!(target: "synnefo::mail", "mail queue: {}", error.chain());
        }
        tokio::select! {
            () = stop.cancelled() => {}
            _ = woken.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}

/// Tells the log where mail goes and which templates of the owner are bad, and the
/// administrators of the latter.
async fn begin(
    store: &Store,
    settings: &SettingsHandle,
    spool: &std::path::Path,
    now: kernel::Timestamp,
) {
    let settings = settings.now();
    match deliver::way(&settings, spool) {
        Err(problem) => tracing::error!(target: "synnefo::mail", "{problem}: mail waits"),
        Ok(deliver::Way::Files(dir)) if dir == spool => {
            tracing::warn!(target: "synnefo::mail", "EMAIL_HOST is not set: messages are written to the mail directory");
        }
        Ok(deliver::Way::Smtp) => {}
        Ok(deliver::Way::Files(dir)) => {
            tracing::warn!(target: "synnefo::mail", "mail is not sent but written to {}", dir.display());
        }
        Ok(way) => tracing::warn!(target: "synnefo::mail", "mail is not sent: {way:?}"),
    }
    let admins = settings.addresses("ADMINS");
    let templates = Templates::new(settings, now);
    let Ok((_, findings)) = tokio::task::spawn_blocking(move || check::all(&templates)).await
    else {
        return;
    };
    for finding in &findings {
        match finding {
            Finding::Error(problem) => {
                tracing::error!(target: "synnefo::mail", "template {problem}; the built-in one is used");
            }
            Finding::Warning(problem) => {
                tracing::warn!(target: "synnefo::mail", "template {problem}");
            }
        }
    }
    let problems: Vec<Problem> = findings
        .into_iter()
        .filter_map(|finding| match finding {
            Finding::Error(problem) => Some(problem),
            Finding::Warning(_) => None,
        })
        .collect();
    if problems.is_empty() {
        return;
    }
    let told = store
        .write(move |tx| queue::tell(tx, &admins, &problems))
        .await;
    if let Err(error) = told {
        tracing::error!(target: "synnefo::mail", "mail queue: {}", error.chain());
    }
}

/// One round: takes over what was asked for and delivers what is due.
///
/// # Errors
/// Only when the store fails; a failed delivery is recorded, not returned.
pub async fn step(
    store: &Store,
    settings: &SettingsHandle,
    carrier: &Carrier,
    now: kernel::Timestamp,
) -> kernel::Result<()> {
    round(store, settings, carrier, now, &CancellationToken::new()).await
}

/// As [`step`]; begins no further delivery once it is to stop: a mail server that does
/// not answer would hold up the end of the service, message by message.
async fn round(
    store: &Store,
    settings: &SettingsHandle,
    carrier: &Carrier,
    now: kernel::Timestamp,
    stop: &CancellationToken,
) -> kernel::Result<()> {
    let current = settings.now();
    let templates = Templates::new(current.clone(), now);
    let sealer = carrier.sealer();
    let admins = current.addresses("ADMINS");
    // What cannot be taken over, on a disk that is nearly full, keeps nothing that waits.
    let taken = queue::take_over(store, templates, &admins, sealer, now).await;
    'due: loop {
        let due = queue::due(store, now).await?;
        if due.is_empty() {
            break;
        }
        for message in due {
            if stop.is_cancelled() {
                return Ok(());
            }
            let outcome = carrier.deliver(&message, now).await;
            let unreachable = outcome.as_ref().is_err_and(|failure| failure.unreachable);
            queue::settle(store, message, outcome, now).await?;
            if unreachable {
                // The others wait for the next round; each would take its time in vain.
                break 'due;
            }
        }
    }
    queue::forget_old(store, now).await?;
    taken
}

#[cfg(test)]
mod tests;
