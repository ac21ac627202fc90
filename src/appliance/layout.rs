//! The names in a data directory, which are also those in a backup (README
//! decision 4).

use kernel::{Error, Result};
use std::{fs, path::Path};

pub(crate) const DATABASE: &str = "synnefo.redb";
pub(crate) const BLOCKS: &str = "blocks";
/// Directories copied file by file, with their modes.
pub(crate) const KEPT: [(&str, u32); 3] = [("keys", 0o700), ("tls", 0o700), ("mail", 0o750)];
/// Sockets: not kept, and no sign of use.
const RUN: &str = "run";
/// Stands in a data directory while it is being restored.
pub(crate) const RESTORING: &str = "restore.incomplete";

/// Refuses a data directory whose restoration was interrupted: call before serving.
pub fn check_complete(root: &Path) -> Result<()> {
    if root.join(RESTORING).exists() {
        return Err(Error::unavailable(format!(
            "{} was being restored from a backup when that was interrupted; restore it again.",
            root.display()
        )));
    }
    Ok(())
}

/// Is there any file in the directory, but for sockets and what a file system brings?
pub(crate) fn holds_files(root: &Path) -> Result<bool> {
    let mut dirs = vec![root.to_owned()];
    while let Some(dir) = dirs.pop() {
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(Error::broken(e)),
        };
        for entry in entries {
            let entry = entry.map_err(Error::broken)?;
            let name = entry.file_name();
            if dir == root && (name == RUN || name == "lost+found") {
                continue;
            }
            if !entry.file_type().map_err(Error::broken)?.is_dir() {
                return Ok(true);
            }
            dirs.push(entry.path());
        }
    }
    Ok(false)
}
