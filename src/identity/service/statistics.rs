//! Statistics, counted at most once a minute.

use super::Service;
use crate::statistics::{self, Statistics};
use kernel::{Error, Result, Timestamp};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

const MINUTE: Duration = Duration::from_secs(60);

/// What was last counted, and when.
pub(super) type Counted = Arc<Mutex<Option<(Timestamp, Arc<Statistics>)>>>;

impl Service {
    /// How many people there are and what they use; up to a minute old (ID-STA-01).
    pub async fn statistics(&self) -> Result<Arc<Statistics>> {
        let now = self.cx.cx().now;
        // Whoever comes meanwhile waits for the one count.
        let mut last = self.counted.lock().await;
        if let Some((at, known)) = &*last
            && now < *at + MINUTE
        {
            return Ok(known.clone());
        }
        let fresh = Arc::new(self.store.read(statistics::count_all).await?);
        *last = Some((now, fresh.clone()));
        Ok(fresh)
    }

    /// May the owner of this token read the detailed statistics? (ID-STA-02)
    ///
    /// # Errors
    /// As [`Service::person_by_token`]; `Forbidden` for everybody else.
    pub fn may_read_statistics(&self, token: &str) -> Result<()> {
        let person = self.person_by_token(token)?;
        let settings = self.settings.now();
        let permitted = settings.strings("ASTAKOS_ADMIN_STATS_PERMITTED_GROUPS");
        match person
            .groups
            .iter()
            .any(|(_, name)| permitted.contains(name))
        {
            true => Ok(()),
            false => Err(Error::forbidden("")),
        }
    }
}
