//! Work that is done now and then, and reading whole small objects.

use crate::{Service, claims, container::SLICE, references::Counted, rows::Version};
use kernel::{Error, Result};
use std::sync::Arc;

impl Service {
    /// Forgets expired upload grants; call it now and then.
    pub async fn expire_grants(&self) -> Result<usize> {
        let mut total = 0;
        loop {
            let cx = self.cx.cx();
            let some = self
                .store
                .write_reclaiming(move |tx| claims::expire(tx, &cx, SLICE))
                .await?;
            total += some;
            if some < SLICE {
                return Ok(total);
            }
        }
    }

    /// One pass of the sweep: removes blocks nothing refers to and forgets expired
    /// grants. With `dry` nothing is removed. One step per directory, so that others
    /// get their turn at the disk.
    pub async fn sweep(&self, dry: bool) -> Result<blocks::Swept> {
        if !dry {
            self.expire_grants().await?;
        }
        let refs = Arc::new(Counted(self.store.clone()));
        let mut total = blocks::Swept::default();
        let mut at = blocks::Cursor::default();
        loop {
            let (refs, from, now) = (refs.clone(), at.clone(), self.cx.cx().now);
            let step = self
                .blocks
                .run(move |blocks| blocks.sweep(&*refs, now, &from, dry))
                .await?;
            total.seen += step.seen;
            total.removed += step.removed;
            total.bytes += step.bytes;
            match step.next {
                Some(_) if step.paused => {
                    total.paused = true;
                    return Ok(total);
                }
                Some(next) => at = next,
                None => return Ok(total),
            }
        }
    }

    /// Reads a whole object of known small size: for callers that need it in memory.
    pub async fn read_all(&self, version: Version, max: u64) -> Result<Vec<u8>> {
        if version.size > max {
            return Err(Error::too_large("The object is too large for this."));
        }
        let whole = std::ops::Range {
            start: 0,
            end: version.size,
        };
        let mut data = Vec::new();
        for piece in self
            .pieces(version, vec![whole])
            .await?
            .into_iter()
            .flatten()
        {
            let block = self.read(&piece).await?;
            data.extend_from_slice(block.get(piece.bytes).unwrap_or_default());
        }
        Ok(data)
    }
}
