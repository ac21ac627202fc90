//! What a rule may know of the outside: the instant it runs at and a source of
//! random identifiers. Made once a request, handed to closures that may run again.

use crate::{Clock, FakeClock, Ids, RandomIds, SeededIds, SystemClock, Timestamp};
use std::sync::Arc;

/// The instant and the id source of one request.
#[derive(Clone)]
pub struct Cx {
    /// The instant the request counts as.
    pub now: Timestamp,
    /// Random identifiers and secrets.
    pub ids: Arc<dyn Ids>,
}

/// Makes a [`Cx`] per request.
#[derive(Clone)]
pub struct CxSource {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl CxSource {
    /// The machine's clock and random generator.
    pub fn system() -> Self {
        CxSource {
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
        }
    }

    /// A standing clock and repeatable ids; the clock is returned to be moved.
    pub fn fake() -> (Self, Arc<FakeClock>) {
        let clock = Arc::new(FakeClock::default());
        (
            CxSource {
                clock: clock.clone(),
                ids: Arc::new(SeededIds::default()),
            },
            clock,
        )
    }

    /// The context of a request that starts now.
    pub fn cx(&self) -> Cx {
        Cx {
            now: self.clock.now(),
            ids: self.ids.clone(),
        }
    }
}
