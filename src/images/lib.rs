//! Images: file objects that carry metadata in the domain `plankton` (CY-IMG-01).
//!
//! Owns the table `images.listed`: who may see which image, in the order of
//! registration. Everything else about an image is the object's. Invariants: only
//! the owner of the file changes an image; what is listed to somebody may be used
//! by them; an entry whose object is gone or no image any more is not shown, and the
//! next list that comes upon it removes it.
//! Knows no HTTP; names of headers are `web`'s.

mod image;
mod list;
mod register;
mod rows;
mod service;

pub use image::{Image, Status, location};
pub use list::{Filter, Listing, SortKey};
pub use register::{Attributes, Rules};
pub use rows::Listed;
pub use service::Service;

use kernel::Result;
use store::{Inconsistency, ReadTx};

/// Does the table of this crate agree with itself?
pub fn verify(tx: &ReadTx) -> Result<Vec<Inconsistency>> {
    tx.verify_table::<Listed>()
}

#[cfg(test)]
mod tests;
