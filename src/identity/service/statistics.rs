//! Statistics, counted at most once a minute.

use super::Service;
use crate::statistics::{self, Statistics};
use kernel::{Error, Result};
use std::sync::Arc;

impl Service {
    /// How many people there are and what they use; up to a minute old (ID-STA-01).
    pub async fn statistics(&self) -> Result<Arc<Statistics>> {
        let now = self.cx.cx().now;
        let all = self.counted.get(&self.store, now, statistics::count_all);
        all.await
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
            false => Err(Error::forbidden(
                "No group of yours may read the statistics.",
            )),
        }
    }
}
