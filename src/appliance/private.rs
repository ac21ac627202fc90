//! Files for the owner's eyes, written so that a power cut leaves the old one, the
//! new one or none.

use kernel::{Error, Result};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

pub(crate) fn named(what: &str, path: &Path, cause: &io::Error) -> Error {
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Error::storage_full(format!("No space left to {what} {}.", path.display()))
        }
        _ => Error::unavailable(format!("Cannot {what} {}: {cause}", path.display())),
    }
}

/// A new file of mode 0600.
pub(crate) fn create(path: &Path) -> Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| named("create", path, &e))
}

pub(crate) fn make_dir(path: &Path, mode: u32) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path)
        .map_err(|e| named("create", path, &e))
}

pub(crate) fn sync_dir(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|dir| dir.sync_all())
        .map_err(|e| named("sync", path, &e))
}

/// The directory a path lies in.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// A name beside `path` that is nobody else's.
pub(crate) fn beside(path: &Path, what: &str) -> Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| {
        Error::unavailable(format!("{} names no file or directory.", path.display()))
    })?;
    let mut random = [0; 6];
    getrandom::fill(&mut random).map_err(Error::broken)?;
    let digits: String = random.iter().map(|b| format!("{b:02x}")).collect();
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{what}-{digits}"));
    Ok(parent(path).join(hidden))
}

/// Writes `data` durably to `path`; with `replace` false an existing file wins.
pub(crate) fn write(path: &Path, data: &[u8], replace: bool) -> Result<()> {
    let partial = beside(path, "new")?;
    let written = create(&partial).and_then(|mut file| {
        file.write_all(data)
            .and_then(|()| file.sync_all())
            .and_then(|()| match replace {
                true => fs::rename(&partial, path),
                false => match fs::hard_link(&partial, path) {
                    Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                    other => other,
                },
            })
            .map_err(|e| named("write", path, &e))
    });
    // After a rename there is nothing left to remove.
    let _ = fs::remove_file(&partial);
    written?;
    sync_dir(parent(path))
}
