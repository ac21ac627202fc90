//! The data directory: names, modes, owner (README decision 4).
//!
//! Invariant: what holds secrets is readable by the owner alone.

use kernel::{Error, Result};
use std::{
    fs,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Everything a running service keeps on disk.
#[derive(Clone, Debug)]
pub struct DataDir {
    root: PathBuf,
}

impl DataDir {
    /// The directory, made with all its parts where they are missing.
    pub fn create(root: &Path) -> Result<Self> {
        let dir = DataDir {
            root: root.to_owned(),
        };
        make(root, 0o750)?;
        for (part, mode) in [
            (dir.blocks(), 0o750),
            (dir.keys(), 0o700),
            (dir.tls(), 0o700),
            (dir.run(), 0o750),
            (dir.mail(), 0o750),
        ] {
            make(&part, mode)?;
        }
        Ok(dir)
    }

    /// The directory as it is; nothing is made.
    pub fn existing(root: &Path) -> Self {
        DataDir {
            root: root.to_owned(),
        }
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.root.join("synnefo.redb")
    }

    /// Content blocks.
    pub fn blocks(&self) -> PathBuf {
        self.root.join("blocks")
    }

    /// Keys that seal secrets in the database.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// Certificate and key of the service.
    pub fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// Sockets.
    pub fn run(&self) -> PathBuf {
        self.root.join("run")
    }

    /// Where administrators' commands reach the running service.
    pub fn admin_socket(&self) -> PathBuf {
        self.run().join("admin.sock")
    }

    /// Where the running service listens, as `https://host:port`.
    pub fn address(&self) -> PathBuf {
        self.run().join("address")
    }

    /// Messages written instead of sent.
    pub fn mail(&self) -> PathBuf {
        self.root.join("mail")
    }

    /// User and group that own the directory; None where it does not exist.
    pub fn owner(&self) -> Option<(u32, u32)> {
        fs::metadata(&self.root)
            .ok()
            .map(|meta| (meta.uid(), meta.gid()))
    }
}

fn make(path: &Path, mode: u32) -> Result<()> {
    if !path.exists() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(mode)
            .create(path)
            .map_err(|cause| {
                Error::unavailable(format!("Cannot create {}: {cause}", path.display()))
            })?;
    }
    let meta = fs::metadata(path).map_err(Error::broken)?;
    if meta.permissions().mode() & 0o777 & !mode != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(Error::broken)?;
    }
    Ok(())
}
