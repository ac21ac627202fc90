//! What keeps states on a page true: a stream of events that says "look again" when
//! one of the reader's machines has changed.
//!
//! Invariants: the stream carries no content; it ends when the session ends and when
//! the service stops.

use super::visitor::User;
use crate::server::Stopping;
use axum::{
    Extension,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use std::{collections::BTreeMap, convert::Infallible, time::Duration};
use tokio::sync::watch;

/// Between two looks, however much happens.
const PAUSE: Duration = Duration::from_millis(300);
/// The session is looked at again after so long.
const SESSION: Duration = Duration::from_secs(60);

/// What a machine shows.
type Seen = BTreeMap<u64, (compute::Status, u8, &'static str)>;

struct Watch {
    user: User,
    changes: watch::Receiver<u64>,
    seen: Seen,
    stopping: Stopping,
}

impl Watch {
    async fn look(&self) -> Option<Seen> {
        let state = &self.user.visitor.state;
        let session = state
            .identity
            .session(&self.user.visitor.cookie)
            .await
            .ok()??;
        if session.user.uuid != self.user.view.uuid {
            return None;
        }
        let servers = state.compute.servers(&self.user.caller, None).await.ok()?;
        let seen = |view: compute::ServerView| {
            let task = view.task_state();
            (view.server.id.0, (view.status, view.progress, task))
        };
        Some(servers.into_iter().map(seen).collect())
    }

    /// Waits until something is different; None ends the stream.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            tokio::select! {
                () = self.stopping.0.cancelled() => return None,
                changed = tokio::time::timeout(SESSION, self.changes.changed()) => {
                    if matches!(changed, Ok(Err(_))) {
                        return None;
                    }
                }
            }
            let seen = self.look().await?;
            if seen != self.seen {
                self.seen = seen;
                return Some((Ok(Event::default().event("change").data("machines")), self));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

pub(super) async fn events(
    user: User,
    stopping: Option<Extension<Stopping>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut watch = Watch {
        changes: user.visitor.state.compute.watch_servers(),
        seen: Seen::new(),
        stopping: stopping
            .map(|Extension(stopping)| stopping)
            .unwrap_or_default(),
        user,
    };
    watch.seen = watch.look().await.unwrap_or_default();
    let events = stream::unfold(watch, Watch::next);
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}
