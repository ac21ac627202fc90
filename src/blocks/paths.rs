//! Where block files lie, and making their names durable.
//!
//! A block lies at `aa/bb/cc/<hash>`, the directories being the first digits of
//! its own hash (README decision 17, PI-BLK-06); stores of the second generation
//! used digits of the hash of the name, which is looked at second.

use crate::BLOCK_SIZE;
use kernel::{BlockHash, Error, Result};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// Directory below the root for files that have no name yet or no more.
pub(crate) const TMP: &str = "tmp";

/// The block directory.
pub(crate) struct Paths {
    root: PathBuf,
    /// One bit for each of the 2^24 leaf directories: is its own name known to be
    /// durable since this process started?
    durable: Box<[AtomicU64]>,
}

/// A block file that is there.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) len: u64,
}

/// An I/O error as the one error type; a full disk is told apart.
pub(crate) fn broken(e: io::Error) -> Error {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Error::storage_full("The storage is full.")
        }
        _ => Error::broken(e),
    }
}

impl Paths {
    /// Opens or makes the directory and clears what a crash left unnamed.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        make_dir(root).map_err(broken)?;
        let tmp = root.join(TMP);
        make_dir(&tmp).map_err(broken)?;
        for entry in fs::read_dir(&tmp).map_err(broken)? {
            fs::remove_file(entry.map_err(broken)?.path()).map_err(broken)?;
        }
        sync_dir(root).map_err(broken)?;
        Ok(Paths {
            root: root.to_owned(),
            durable: (0..(1 << 24) / 64).map(|_| AtomicU64::new(0)).collect(),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A fresh name for a file without one.
    pub(crate) fn unnamed(&self, what: &str) -> PathBuf {
        self.root
            .join(TMP)
            .join(format!("{what}-{}", uuid::Uuid::new_v4().simple()))
    }

    /// Where a block is written.
    pub(crate) fn of(&self, hash: &BlockHash) -> PathBuf {
        at(&self.root, &hash.to_string(), &hash.0)
    }

    /// The file of a block, wherever it lies.
    pub(crate) fn locate(&self, hash: &BlockHash) -> Result<Option<Found>> {
        let name = hash.to_string();
        let digits: [u8; 32] = Sha256::digest(name.as_bytes()).into();
        for digits in [&hash.0, &digits] {
            let path = at(&self.root, &name, digits);
            match fs::metadata(&path) {
                Ok(meta) if meta.is_file() => {
                    let len = meta.len();
                    return Ok(Some(Found { path, len }));
                }
                Ok(_) => return Err(Error::broken(format!("block {hash} is not a file"))),
                Err(e) if missing(&e) => {}
                Err(e) => return Err(broken(e)),
            }
        }
        Ok(None)
    }

    /// Moves a complete, synced file to the name of its block and makes the name
    /// durable.
    pub(crate) fn name(&self, hash: &BlockHash, from: &Path) -> Result<()> {
        let to = self.of(hash);
        let result = match fs::rename(from, &to) {
            Err(e) if missing(&e) => to
                .parent()
                .map_or(Ok(()), make_dir)
                .and_then(|()| fs::rename(from, &to)),
            other => other,
        };
        result.map_err(broken)?;
        self.settle(hash, true)
    }

    /// Makes sure that the name of a block survives a power cut. `fresh`: it may
    /// just have been given by this process.
    pub(crate) fn settle(&self, hash: &BlockHash, fresh: bool) -> Result<()> {
        let [a, b, c, ..] = hash.0;
        let leaf = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        let (word, bit) = (leaf / 64, 1u64 << (leaf % 64));
        let known = self
            .durable
            .get(word)
            .is_some_and(|w| w.load(Ordering::Acquire) & bit != 0);
        if known && !fresh {
            return Ok(());
        }
        let path = self.of(hash);
        let levels = if known { 1 } else { 4 };
        for dir in path.ancestors().skip(1).take(levels) {
            match sync_dir(dir) {
                Err(e) if !missing(&e) => return Err(broken(e)),
                _ => {}
            }
        }
        if let Some(w) = self.durable.get(word) {
            w.fetch_or(bit, Ordering::Release);
        }
        Ok(())
    }
}

/// Is the file or a directory above it not there?
pub(crate) fn missing(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Could a file of this length hold a block?
pub(crate) fn plausible(len: u64) -> bool {
    len > 0 && len <= BLOCK_SIZE as u64
}

fn at(root: &Path, name: &str, digits: &[u8; 32]) -> PathBuf {
    let [a, b, c, ..] = digits;
    root.join(format!("{a:02x}/{b:02x}/{c:02x}/{name}"))
}

fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
