//! Figures, counted at most once a minute.

use super::Service;
use crate::figures::{self, Figures};
use kernel::{Result, Timestamp};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

const MINUTE: Duration = Duration::from_secs(60);

/// What was last counted, and when.
pub(super) type Counted = Arc<Mutex<Option<(Timestamp, Arc<Figures>)>>>;

impl Service {
    /// How much there is of everything; up to a minute old.
    pub async fn figures(&self) -> Result<Arc<Figures>> {
        let now = self.cx.cx().now;
        // Whoever comes meanwhile waits for the one count.
        let mut last = self.counted.lock().await;
        if let Some((at, known)) = &*last
            && now < *at + MINUTE
        {
            return Ok(known.clone());
        }
        let fresh = Arc::new(self.store.read(figures::count_all).await?);
        *last = Some((now, fresh.clone()));
        Ok(fresh)
    }
}
