//! What a node may read and say under a build's secret (CY-VMA). An unknown
//! secret, and one whose build has ended, is [`kernel::Error::NotFound`].

use super::{Service, unfinished};
use crate::view::{BuildDocument, BuildProgress};
use kernel::{BlockHash, Result};

impl Service {
    /// The build document.
    pub async fn build(&self, secret: &str) -> Result<BuildDocument> {
        let _ = secret;
        unfinished()
    }

    /// Hashes of the image's blocks from index `from`, at most `limit`.
    pub async fn build_hashes(
        &self,
        secret: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<BlockHash>> {
        let _ = (secret, from, limit);
        unfinished()
    }

    /// Takes a report.
    pub async fn build_progress(&self, secret: &str, report: BuildProgress) -> Result<()> {
        let _ = (secret, report);
        unfinished()
    }
}
