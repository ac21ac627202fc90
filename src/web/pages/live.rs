//! What keeps states on a page true: a stream of events that says "look again" when
//! one of the reader's machines has changed.
//!
//! Invariants: the stream carries no content; it ends when the session ends and when
//! the service stops; after a change the machines are read once for all pages that are
//! open on them, however many those are.

use super::visitor::User;
use crate::server::Stopping;
use axum::{
    Extension,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use kernel::{Caller, ProjectId, Role, UserId};
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::watch;

/// Between two looks, however much happens.
const PAUSE: Duration = Duration::from_millis(300);
/// The session is looked at again after so long.
const SESSION: Duration = Duration::from_secs(60);

/// What a machine shows.
type Seen = BTreeMap<u64, (compute::Status, u8, &'static str)>;

/// Who sees the same machines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reader {
    user: UserId,
    roles: BTreeSet<Role>,
    projects: BTreeSet<ProjectId>,
}

/// The newest reading of somebody's machines, and after which change it was made.
#[derive(Default)]
struct Reading(tokio::sync::Mutex<Option<(u64, Arc<Seen>)>>);

impl Reading {
    /// What there is after a change: what another page has read since, else what is
    /// read now, while the others wait for it.
    async fn after(
        &self,
        change: u64,
        read: impl Future<Output = Option<Seen>>,
    ) -> Option<Arc<Seen>> {
        let mut newest = self.0.lock().await;
        if let Some((of, seen)) = &*newest
            && *of >= change
        {
            return Some(seen.clone());
        }
        let seen = Arc::new(read.await?);
        *newest = Some((change, seen.clone()));
        Some(seen)
    }
}

/// The readings of all who have a page open.
#[derive(Clone, Default)]
pub(super) struct Readings(Arc<Mutex<BTreeMap<Reader, Weak<Reading>>>>);

impl Readings {
    /// That of a caller, shared with the other pages of theirs.
    fn of(&self, caller: &Caller) -> Arc<Reading> {
        let reader = Reader {
            user: caller.user,
            roles: caller.roles.clone(),
            projects: caller.projects.clone(),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = all.get(&reader).and_then(Weak::upgrade) {
            return there;
        }
        all.retain(|_, reading| reading.strong_count() > 0);
        let new = Arc::<Reading>::default();
        all.insert(reader, Arc::downgrade(&new));
        new
    }
}

struct Watch {
    user: User,
    changes: watch::Receiver<u64>,
    reading: Arc<Reading>,
    seen: Arc<Seen>,
    stopping: Stopping,
}

impl Watch {
    async fn look(&mut self) -> Option<Arc<Seen>> {
        // Counted before reading: what comes in between is read again.
        let change = *self.changes.borrow_and_update();
        let state = &self.user.visitor.state;
        let session = state
            .identity
            .session(&self.user.visitor.cookie)
            .await
            .ok()??;
        if session.user.uuid != self.user.view.uuid {
            return None;
        }
        let read = async {
            let servers = state.compute.servers(&self.user.caller, None).await.ok()?;
            let seen = |view: compute::ServerView| {
                let task = view.task_state();
                (view.server.id.0, (view.status, view.progress, task))
            };
            Some(servers.into_iter().map(seen).collect())
        };
        self.reading.after(change, read).await
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
    Extension(readings): Extension<Readings>,
    stopping: Option<Extension<Stopping>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut watch = Watch {
        changes: user.visitor.state.compute.watch_servers(),
        reading: readings.of(&user.caller),
        seen: Arc::default(),
        stopping: stopping
            .map(|Extension(stopping)| stopping)
            .unwrap_or_default(),
        user,
    };
    watch.seen = watch.look().await.unwrap_or_default();
    let events = stream::unfold(watch, Watch::next);
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn person(n: u8) -> Caller {
        Caller::person(UserId(uuid::Uuid::from_bytes([n; 16])))
    }

    // ID-SEC-24: a hundred tabs of one owner cost as much as one
    #[tokio::test]
    async fn pages_of_one_owner_read_once_after_a_change() {
        let readings = Readings::default();
        let pages: Vec<_> = (0..100).map(|_| readings.of(&person(1))).collect();
        let other = readings.of(&person(2));
        let admin = readings.of(&person(1).with(Role::Admin));
        let reads = AtomicUsize::new(0);
        let read = || async {
            reads.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Some(Seen::new())
        };
        for change in 1..=3 {
            let all = join_all(pages.iter().map(|page| page.after(change, read()))).await;
            assert!(all.iter().all(Option::is_some));
            assert_eq!(reads.load(Ordering::Relaxed), change as usize);
        }
        // What was read later answers whoever is late; others read for themselves.
        pages[0].after(2, read()).await.unwrap();
        assert_eq!(reads.load(Ordering::Relaxed), 3);
        other.after(3, read()).await.unwrap();
        admin.after(3, read()).await.unwrap();
        assert_eq!(reads.load(Ordering::Relaxed), 5);
        // What could not be read is not kept, and nothing is of pages that closed.
        assert!(pages[0].after(4, async { None }).await.is_none());
        pages[1].after(4, read()).await.unwrap();
        assert_eq!(reads.load(Ordering::Relaxed), 6);
        drop((pages, other, admin));
        readings.of(&person(3));
        assert_eq!(readings.0.lock().unwrap().len(), 1);
    }
}
