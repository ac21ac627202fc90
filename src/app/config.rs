//! Reading the settings as every entry of the program does: files, environment, `--set`.

use kernel::settings::{Loaded, load};
use std::path::Path;

/// The variables of this process that are text.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Loads the settings.
///
/// # Errors
/// Every problem with its place, one a line.
pub fn read(dir: &Path, set: &[String]) -> anyhow::Result<Loaded> {
    Ok(load(dir, environment(), set)?)
}

/// Puts the warnings of a load into the log.
pub fn warn(loaded: &Loaded) {
    for warning in &loaded.warnings {
        tracing::warn!(target: "synnefo", "{warning}");
    }
}
