//! Figures that cost a look at everything: counted at most once in a while, by one reader.

use crate::{ReadTx, Store};
use kernel::{Result, Timestamp};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// How old a count may be.
const MINUTE: Duration = Duration::from_secs(60);

/// When, and what was found.
type Last<T> = Option<(Timestamp, Arc<T>)>;

/// What was last counted; clones share it.
pub struct Counted<T>(Arc<Mutex<Last<T>>>);

impl<T> Clone for Counted<T> {
    fn clone(&self) -> Self {
        Counted(self.0.clone())
    }
}

impl<T> Default for Counted<T> {
    fn default() -> Self {
        Counted(Arc::default())
    }
}

impl<T: Send + Sync + 'static> Counted<T> {
    /// What `count` finds, up to a minute old; whoever comes while it counts waits for
    /// the one count.
    ///
    /// # Errors
    /// Those of `count`; nothing is remembered then.
    pub async fn get(
        &self,
        store: &Store,
        now: Timestamp,
        count: impl FnOnce(&ReadTx) -> Result<T> + Send + 'static,
    ) -> Result<Arc<T>> {
        let mut last = self.0.lock().await;
        if let Some((at, known)) = &*last
            && now < *at + MINUTE
        {
            return Ok(known.clone());
        }
        let fresh = Arc::new(store.read(count).await?);
        *last = Some((now, fresh.clone()));
        Ok(fresh)
    }
}
