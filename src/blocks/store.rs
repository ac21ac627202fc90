//! Putting and getting blocks.
//!
//! Order of a write: temporary file → fdatasync → rename to the hash → fsync of
//! the directories. A block that is there already is only touched, so that it
//! counts as young, and its name made durable. Everything that touches the disk
//! runs on blocking threads, a bounded number at a time.

use crate::{
    BLOCK_SIZE, Buf, EMPTY, Lease, Pin, hash_block,
    lease::{Held, release},
    paths::{Found, Paths, broken, plausible},
    stripped,
};
use kernel::{BlockHash, Error, Result};
use rustix::{
    fs::{AtFlags, CWD, OFlags, Timestamps, UTIME_NOW, statvfs, utimensat},
    io::Errno,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;

/// How a block store behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// New blocks are refused when less than so many bytes would stay free.
    pub reserve: u64,
    /// How long after its last touch an unreferenced block is kept (PI-GC-02).
    pub grace: Duration,
    /// How many disk operations run at a time.
    pub parallel: usize,
    /// Write past the page cache where the file system can.
    pub direct: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            reserve: 512 << 20,
            grace: Duration::from_secs(86_400),
            parallel: 8,
            direct: true,
        }
    }
}

pub(crate) struct Inner {
    pub(crate) paths: Paths,
    pub(crate) options: Options,
    held: Mutex<Held>,
    direct: AtomicBool,
    slots: Arc<Semaphore>,
}

impl Inner {
    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The block store. Cheap to clone.
#[derive(Clone)]
pub struct Blocks {
    pub(crate) inner: Arc<Inner>,
}

impl Blocks {
    /// Opens the store at `<data>/blocks`, making it when it is not there. Removes
    /// what a crash left half written.
    pub fn open(dir: &Path, options: Options) -> Result<Self> {
        let inner = Inner {
            paths: Paths::open(dir)?,
            held: Mutex::default(),
            direct: AtomicBool::new(options.direct),
            slots: Arc::new(Semaphore::new(options.parallel.max(1))),
            options,
        };
        Ok(Blocks {
            inner: Arc::new(inner),
        })
    }

    /// A lease that holds nothing yet.
    pub fn lease(&self) -> Lease {
        Lease::new(self.inner.clone())
    }

    /// Pauses the sweep until the pin is dropped.
    pub fn pin(&self) -> Pin {
        Pin::new(self.inner.clone())
    }

    /// Where a block is or would be.
    pub fn path_of(&self, hash: &BlockHash) -> PathBuf {
        match self.inner.paths.locate(hash) {
            Ok(Some(found)) => found.path,
            _ => self.inner.paths.of(hash),
        }
    }

    /// Runs disk work on a blocking thread when one of the bounded slots is free.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Blocks) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let slots = self.inner.slots.clone();
        let slot = slots.acquire_owned().await.map_err(Error::broken)?;
        let blocks = self.clone();
        tokio::task::spawn_blocking(move || {
            let _slot = slot;
            work(&blocks)
        })
        .await
        .map_err(Error::broken)?
    }

    /// Stores a block durably and leases it; answers its hash.
    pub async fn put(&self, lease: &Lease, mut block: Buf) -> Result<BlockHash> {
        let lease = lease.clone();
        self.run(move |blocks| blocks.put_now(&lease, &mut block))
            .await
    }

    /// Reads a block and checks it against its hash; `len` bytes, zeros where the
    /// stored block ends earlier. A missing or damaged block is an error.
    pub async fn get(&self, hash: BlockHash, len: usize) -> Result<Buf> {
        self.run(move |blocks| blocks.get_now(&hash, len)).await
    }

    /// Leases blocks and makes sure that they are there and will stay; answers the
    /// missing ones, each once, in order.
    pub async fn rely(&self, lease: &Lease, hashes: Vec<BlockHash>) -> Result<Vec<BlockHash>> {
        let lease = lease.clone();
        self.run(move |blocks| {
            let mut seen = std::collections::HashSet::new();
            let mut absent = Vec::new();
            for hash in hashes {
                if seen.insert(hash) && !blocks.rely_now(&lease, &hash)? {
                    absent.push(hash);
                }
            }
            Ok(absent)
        })
        .await
    }

    /// Is the block there? The empty block always is.
    pub fn exists_now(&self, hash: &BlockHash) -> Result<bool> {
        Ok(*hash == EMPTY || self.inner.paths.locate(hash)?.is_some())
    }

    /// As [`Blocks::put`], on this thread.
    pub fn put_now(&self, lease: &Lease, block: &mut Buf) -> Result<BlockHash> {
        let len = stripped(block).len();
        let hash = hash_block(block);
        if hash == EMPTY {
            return Ok(hash);
        }
        lease.add(hash);
        if !self.inner.held().damaged.contains(&hash)
            && let Some(found) = self.inner.paths.locate(&hash)?
            && (len as u64..=BLOCK_SIZE as u64).contains(&found.len)
            && self.keep(&hash, &found)?
        {
            metrics::counter!("blocks_deduplicated_total").increment(1);
            return Ok(hash);
        }
        self.ensure_room(len as u64)?;
        *self.inner.held().naming.entry(hash).or_default() += 1;
        let written = self.write(&hash, block.aligned(len), len);
        let mut held = self.inner.held();
        release(&mut held.naming, &hash);
        if written.is_ok() {
            held.damaged.remove(&hash);
        }
        written.map(|()| hash)
    }

    /// As [`Blocks::get`], on this thread.
    pub fn get_now(&self, hash: &BlockHash, len: usize) -> Result<Buf> {
        if *hash == EMPTY {
            return Buf::zeros(len);
        }
        let mut buf = self.get_stored_now(hash)?;
        buf.resize(len);
        Ok(buf)
    }

    /// Reads a block as it is stored, checked against its hash: for a backup.
    pub fn get_stored_now(&self, hash: &BlockHash) -> Result<Buf> {
        let mut buf = Buf::new()?;
        self.read(hash, &mut buf)?
            .map_err(|trouble| Error::broken(format!("block {hash} {trouble}")))?;
        Ok(buf)
    }

    /// Bytes that ordinary users may still write to the file system.
    pub fn free_now(&self) -> Result<u64> {
        let stat = statvfs(self.inner.paths.root()).map_err(|e| broken(e.into()))?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    /// Refuses when `more` bytes would leave less than the reserve free.
    pub fn ensure_room(&self, more: u64) -> Result<()> {
        if self.free_now()? < self.inner.options.reserve.saturating_add(more) {
            return Err(Error::storage_full(
                "The storage is nearly full; nothing can be written at present.",
            ));
        }
        Ok(())
    }

    fn rely_now(&self, lease: &Lease, hash: &BlockHash) -> Result<bool> {
        if *hash == EMPTY {
            return Ok(true);
        }
        lease.add(*hash);
        let damaged = self.inner.held().damaged.contains(hash);
        match self.inner.paths.locate(hash)? {
            Some(found) if plausible(found.len) && !damaged => self.keep(hash, &found),
            _ => Ok(false),
        }
    }

    /// Marks a leased block as just used and makes its name durable; false when it
    /// has gone meanwhile.
    fn keep(&self, hash: &BlockHash, found: &Found) -> Result<bool> {
        let now = rustix::fs::Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_NOW,
        };
        let times = Timestamps {
            last_access: now,
            last_modification: now,
        };
        match utimensat(CWD, &found.path, &times, AtFlags::empty()) {
            Ok(()) => {}
            Err(Errno::NOENT) => return Ok(false),
            Err(e) => return Err(broken(e.into())),
        }
        let fresh = self.inner.held().naming.contains_key(hash);
        self.inner.paths.settle(hash, fresh)?;
        Ok(true)
    }

    fn write(&self, hash: &BlockHash, padded: &[u8], len: usize) -> Result<()> {
        let path = self.inner.paths.unnamed("new");
        let result = self
            .write_file(&path, padded, len)
            .map_err(broken)
            .and_then(|()| self.inner.paths.name(hash, &path));
        if result.is_err() {
            let _ = fs::remove_file(&path);
        }
        metrics::counter!("blocks_written_total").increment(1);
        metrics::counter!("blocks_written_bytes_total").increment(len as u64);
        result
    }

    /// Writes `len` bytes durably; `padded` holds them and zeros up to a multiple
    /// of the alignment, which is what a direct write takes.
    fn write_file(&self, path: &Path, padded: &[u8], len: usize) -> io::Result<()> {
        if self.inner.direct.load(Ordering::Relaxed) {
            match write_direct(path, padded, len) {
                Ok(()) => return Ok(()),
                Err(e) if refuses_direct(&e) => {
                    tracing::info!("the file system of the blocks takes no direct writes");
                    self.inner.direct.store(false, Ordering::Relaxed);
                    let _ = fs::remove_file(path);
                }
                Err(e) => return Err(e),
            }
        }
        let mut file = create(path, OFlags::empty())?;
        file.write_all(padded.get(..len).unwrap_or(padded))?;
        file.sync_data()?;
        let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
        Ok(())
    }

    /// Reads a block file into `buf` and checks it.
    pub(crate) fn read(
        &self,
        hash: &BlockHash,
        buf: &mut Buf,
    ) -> Result<Result<(), crate::Trouble>> {
        let Some(found) = self.inner.paths.locate(hash)? else {
            return Ok(Err(crate::Trouble::Missing));
        };
        if !plausible(found.len) {
            return Ok(Err(crate::Trouble::Damaged));
        }
        let mut file = match File::open(&found.path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Ok(Err(crate::Trouble::Missing));
            }
            Err(e) => return Err(broken(e)),
        };
        loop {
            let room = buf.room();
            if room.is_empty() {
                break;
            }
            match file.read(room) {
                Ok(0) => break,
                Ok(n) => buf.grow(n),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(broken(e)),
            }
        }
        metrics::counter!("blocks_read_total").increment(1);
        if hash_block(buf) == *hash {
            Ok(Ok(()))
        } else {
            metrics::counter!("blocks_damaged_reads_total").increment(1);
            self.inner.held().damaged.insert(*hash);
            Ok(Err(crate::Trouble::Damaged))
        }
    }
}

fn write_direct(path: &Path, padded: &[u8], len: usize) -> io::Result<()> {
    let mut file = create(path, OFlags::DIRECT)?;
    file.write_all(padded)?;
    if len != padded.len() {
        file.set_len(len as u64)?;
    }
    file.sync_data()
}

fn refuses_direct(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::InvalidInput)
        || Errno::from_io_error(e).is_some_and(|e| e == Errno::OPNOTSUPP || e == Errno::INVAL)
}

fn create(path: &Path, flags: OFlags) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(flags.bits() as i32)
        .open(path)
}
