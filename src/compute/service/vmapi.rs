//! What a node may read and say under a build's secret (CY-VMA). An unknown
//! secret, and one whose build has ended, is [`kernel::Error::NotFound`].

use super::Service;
use crate::{
    building,
    view::{BuildDocument, BuildProgress},
};
use kernel::{BlockHash, Result};

impl Service {
    /// The build document.
    pub async fn build(&self, secret: &str) -> Result<BuildDocument> {
        let (sealer, secret) = (self.sealer.clone(), secret.to_owned());
        self.store
            .read(move |tx| building::document(tx, &sealer, &secret))
            .await
    }

    /// Hashes of the image's blocks from index `from`, at most `limit`.
    pub async fn build_hashes(
        &self,
        secret: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<BlockHash>> {
        let secret = secret.to_owned();
        self.store
            .read(move |tx| {
                let build = building::find(tx, &secret)?;
                objects::held_hashes(tx, &build.held, from, limit)
            })
            .await
    }

    /// Takes a report.
    pub async fn build_progress(&self, secret: &str, report: BuildProgress) -> Result<()> {
        let (cx, secret) = (self.cx.cx(), secret.to_owned());
        self.store
            .write(move |tx| building::progress(tx, &cx, &secret, &report))
            .await
    }
}
