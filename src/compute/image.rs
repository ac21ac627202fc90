//! What this crate asks of `images`.

use crate::{server::ImageSource, view::NewServer};
use kernel::{BlockHash, Caller, Error, Result};
use store::Reads;

/// The image of a new server, if the caller may use it.
pub(crate) fn for_build(tx: &impl Reads, caller: &Caller, new: &NewServer) -> Result<ImageSource> {
    let _ = (tx, caller);
    Err(Error::not_found(format!("Image '{}' not found", new.image)))
}

/// Hashes of an image's blocks.
pub(crate) fn hashes(
    tx: &impl Reads,
    version: u64,
    from: u64,
    limit: usize,
) -> Result<Vec<BlockHash>> {
    let _ = (tx, version, from, limit);
    Err(Error::not_supported("Not supported yet."))
}
