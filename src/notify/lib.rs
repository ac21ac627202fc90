//! Outgoing mail: follows the outbox topic `mail`, renders, delivers.
//!
//! Owns the queue of messages. Invariants: a request leaves the outbox in the
//! transaction that puts its message into the queue; a message leaves the queue
//! only when its delivery or its death has been recorded; its Message-ID is fixed
//! when it is queued. So none is lost by a crash, and none is sent twice except
//! where the mail server's answer itself was lost.

mod deliver;
mod queue;
mod render;

pub use deliver::Carrier;
pub use queue::{Message, MessageState, verify};
pub use render::{Rendered, Templates};

use kernel::{Clock, SettingsHandle, mail::TOPIC};
use std::{path::PathBuf, sync::Arc, time::Duration};
use store::Store;
use tokio_util::sync::CancellationToken;

/// The longest the follower sleeps when nothing wakes it.
const NAP: Duration = Duration::from_secs(20);

/// Follows the outbox until told to stop. `spool` is where messages are written
/// when no mail server is set.
pub async fn run(
    store: Store,
    settings: SettingsHandle,
    clock: Arc<dyn Clock>,
    spool: PathBuf,
    stop: CancellationToken,
) {
    let mut woken = store.subscribe(TOPIC);
    let carrier = Carrier::new(settings.clone(), spool);
    let mut told = false;
    while !stop.is_cancelled() {
        if settings.now().str("EMAIL_HOST").is_empty() && !told {
            told = true;
            tracing::warn!(target: "synnefo::mail", "EMAIL_HOST is not set: messages are written to the mail directory");
        }
        if let Err(error) = round(&store, &settings, &carrier, clock.now(), &stop).await {
            tracing::error!(target: "synnefo::mail", "mail queue: {}", error.chain());
        }
        tokio::select! {
            () = stop.cancelled() => {}
            _ = woken.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
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
    let templates = Arc::new(Templates::new(settings.now()));
    while queue::take_over(store, templates.clone(), now).await? {}
    for message in queue::due(store, now).await? {
        if stop.is_cancelled() {
            return Ok(());
        }
        let outcome = carrier.deliver(&message, now).await;
        queue::settle(store, message, outcome, now).await?;
    }
    queue::forget_old(store, now).await
}

#[cfg(test)]
mod tests;
