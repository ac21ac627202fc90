//! Pages of projects (ID-DSH-30 …): not built yet, and they say so.

use super::{Failed, visitor::User};
use crate::text::text;
use kernel::Error;

/// What stands there until the pages are built.
pub(super) async fn later(_: User) -> Failed {
    Error::not_supported(text("projects-later")).into()
}
