//! Pages of projects (ID-DSH-30 …): not built yet, and they say so.

use super::{Failed, posted::Posted, visitor::User};
use crate::text::text;
use kernel::Error;

/// What stands there until the pages are built.
pub(super) async fn later(_: User) -> Failed {
    Error::not_supported(text("projects-later")).into()
}

/// The same of a form, which has to be one of ours.
pub(super) async fn sent(user: User, _sent: Posted) -> Failed {
    later(user).await
}
