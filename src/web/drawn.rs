//! The settings under which a page is drawn: they belong to the task, as its language
//! does ([`crate::text`]), so no view carries them.

use kernel::{Settings, Timestamp};
use std::sync::Arc;

tokio::task_local! {
    static SETTINGS: Arc<Settings>;
}

/// Runs what draws a page, under these settings.
pub(crate) async fn under<F: Future>(settings: Arc<Settings>, drawing: F) -> F::Output {
    SETTINGS.scope(settings, drawing).await
}

/// An instant in the zone people read times in (`TIME_ZONE`), as `format` says.
pub(crate) fn instant(at: Timestamp, format: &str) -> String {
    let zone = SETTINGS.try_with(|settings| settings.zone());
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_zoned(zone).strftime(format).to_string()
}

/// What the settings of the page say; `otherwise` outside of one.
pub(crate) fn ask<T>(otherwise: T, what: impl FnOnce(&Settings) -> T) -> T {
    SETTINGS
        .try_with(|settings| what(settings))
        .unwrap_or(otherwise)
}
