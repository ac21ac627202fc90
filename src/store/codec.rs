//! Rows on disk: one version byte, then MessagePack with field names, so that
//! optional fields may be added and fields reordered without a migration.

use kernel::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};

/// Version byte and named MessagePack.
pub fn encode<T: Serialize>(version: u8, value: &T) -> Result<Vec<u8>> {
    let mut out = vec![version];
    rmp_serde::encode::write_named(&mut out, value).map_err(Error::broken)?;
    Ok(out)
}

/// Reads what [`encode`] wrote, without its version byte.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    rmp_serde::from_slice(bytes).map_err(Error::broken)
}
