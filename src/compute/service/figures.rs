//! Figures, counted at most once a minute.

use super::Service;
use crate::figures::{self, Figures};
use kernel::Result;
use std::sync::Arc;

impl Service {
    /// How much there is of everything; up to a minute old.
    pub async fn figures(&self) -> Result<Arc<Figures>> {
        let now = self.cx.cx().now;
        let all = self.counted.get(&self.store, now, figures::count_all);
        all.await
    }
}
