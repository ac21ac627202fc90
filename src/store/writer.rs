//! The store itself: opening, snapshots, and group commit.
//!
//! One thread owns writing (`group.rs`). It takes what is waiting, runs the
//! closures in arrival order on one transaction, commits durably, then answers
//! all. A failed commit has an unknown outcome: everybody is told, nothing
//! further is accepted and the process is asked to stop.
//!
//! The thread also closes the database when its queue ends, which is when
//! somebody called [`Store::close`] or dropped the last handle; both wait for it.

mod group;

use crate::{ReadTx, WriteTx, copy::sync_folder};
use group::{Job, Typed};
use kernel::{Error, Result};
use redb::{Database, DatabaseError, ReadableDatabase, StorageBackend};
use std::{
    collections::HashMap,
    fs::{self, OpenOptions},
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    thread::JoinHandle,
};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot, watch,
};

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// redb's page cache, bytes.
    pub cache: usize,
    /// Most closures waiting; one more is told [`Error::Busy`].
    pub queue: usize,
    /// Writes are refused below so many free bytes on the store's file system;
    /// those that free space below half of it.
    pub min_free: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            cache: 24 << 20,
            queue: 4096,
            min_free: 256 << 20,
        }
    }
}

/// A handle on the open store; clones share it.
#[derive(Clone)]
pub struct Store {
    handle: Arc<Handle>,
}

/// What the clones of a [`Store`] share and the writer thread does not.
struct Handle {
    inner: Arc<Inner>,
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Inner {
    /// None once closed.
    db: Mutex<Option<Arc<Database>>>,
    topics: Mutex<HashMap<String, watch::Sender<u64>>>,
    broken: AtomicBool,
    broke: watch::Sender<bool>,
    place: Option<PathBuf>,
    options: Options,
}

impl Store {
    /// Opens or creates the store in `file`.
    pub fn open(file: &Path, options: Options) -> Result<Self> {
        let db = open_file(file, options.cache)?;
        Self::start(db, Some(file.to_owned()), options)
    }

    /// A store that lives in memory: tests.
    pub fn in_memory() -> Result<Self> {
        Self::open_backend(redb::backends::InMemoryBackend::new())
    }

    /// A store on any redb backend: fault tests.
    pub fn open_backend(backend: impl StorageBackend) -> Result<Self> {
        let db = builder(4 << 20)
            .create_with_backend(backend)
            .map_err(Error::broken)?;
        Self::start(db, None, Options::default())
    }

    pub(crate) fn start(db: Database, place: Option<PathBuf>, options: Options) -> Result<Self> {
        let (queue, waiting) = mpsc::channel(options.queue.max(1));
        let inner = Arc::new(Inner {
            db: Mutex::new(Some(Arc::new(db))),
            topics: Mutex::default(),
            broken: AtomicBool::new(false),
            broke: watch::Sender::new(false),
            place,
            options,
        });
        let writer = inner.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || group::write_loop(&writer, waiting))
            .map_err(Error::broken)?;
        let handle = Handle {
            inner,
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
        };
        Ok(Store {
            handle: Arc::new(handle),
        })
    }

    /// Runs `f` on a snapshot, on the blocking pool.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&ReadTx) -> Result<T> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read_now(f))
            .await
            .map_err(Error::broken)?
    }

    /// Runs `f` on a snapshot right here: point reads only on an async thread.
    pub fn read_now<T>(&self, f: impl FnOnce(&ReadTx) -> Result<T>) -> Result<T> {
        let tx = self.handle.inner.db()?.begin_read();
        f(&ReadTx {
            tx: tx.map_err(Error::broken)?,
        })
    }

    /// Runs `f` on the writer thread and answers once its changes are on disk.
    /// `f` may run more than once and must have no effect but through its argument.
    ///
    /// # Errors
    /// What `f` refused with; [`Error::Busy`] when too much waits;
    /// [`Error::StorageFull`] below the free-space mark.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&WriteTx) -> Result<T> + Send + 'static,
    {
        self.enqueue(f, false)?.await.map_err(lost)?
    }

    /// As [`Store::write`], for changes that free space.
    pub async fn write_reclaiming<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&WriteTx) -> Result<T> + Send + 'static,
    {
        self.enqueue(f, true)?.await.map_err(lost)?
    }

    /// As [`Store::write`], for threads outside the async runtime.
    pub fn write_blocking<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&WriteTx) -> Result<T> + Send + 'static,
    {
        self.enqueue(f, false)?.blocking_recv().map_err(lost)?
    }

    fn enqueue<T, F>(&self, closure: F, reclaims: bool) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: Fn(&WriteTx) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Typed::new(closure, reclaims, reply));
        let queue = lock(&self.handle.queue);
        let queue = queue.as_ref().ok_or_else(closed)?;
        queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::Busy { retry_after: 1 },
            TrySendError::Closed(_) => closed(),
        })?;
        metrics::gauge!("store_queue_length").set((queue.max_capacity() - queue.capacity()) as f64);
        Ok(answer)
    }

    /// Woken after every commit that published to (or woke) `topic`; the value counts up.
    pub fn subscribe(&self, topic: &str) -> watch::Receiver<u64> {
        lock(&self.handle.inner.topics)
            .entry(topic.to_owned())
            .or_default()
            .subscribe()
    }

    /// Becomes true when a commit failed; the process should then exit non-zero.
    pub fn broke(&self) -> watch::Receiver<bool> {
        self.handle.inner.broke.subscribe()
    }

    /// Lets waiting writes finish and closes the database, so that the next
    /// opening need not scan it. Later reads and writes are refused.
    pub fn close(&self) {
        self.handle.close();
    }
}

impl Handle {
    fn close(&self) {
        *lock(&self.queue) = None;
        let Some(thread) = lock(&self.thread).take() else {
            return;
        };
        // The last handle may die with a closure, on the writer thread itself:
        // that thread closes the database when it has drained its queue.
        if thread.thread().id() != std::thread::current().id() {
            // A panicked writer has nothing left to finish.
            let _ = thread.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

impl Inner {
    fn db(&self) -> Result<Arc<Database>> {
        lock(&self.db).clone().ok_or_else(closed)
    }

    fn wake(&self, published: impl IntoIterator<Item = String>) {
        let mut topics = lock(&self.topics);
        for topic in published {
            topics.entry(topic).or_default().send_modify(|n| *n += 1);
        }
    }

    /// Free bytes on the store's file system, unknown in memory.
    fn free(&self) -> Option<u64> {
        free_at(self.place.as_deref()?)
    }
}

/// Free bytes on the file system of `file`.
pub(crate) fn free_at(file: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(file).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

fn closed() -> Error {
    Error::unavailable("The service is shutting down.")
}

/// Why a file cannot be opened; another process that holds it is told apart.
pub(crate) fn unopened(error: DatabaseError) -> Error {
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            Error::unavailable("The database is in use by another process.")
        }
        other => Error::broken(other),
    }
}

fn lost(_: oneshot::error::RecvError) -> Error {
    Error::broken("the store failed; the outcome is unknown")
}

pub(crate) fn builder(cache: usize) -> redb::Builder {
    let mut builder = redb::Builder::new();
    builder.set_cache_size(cache);
    builder.set_repair_callback(|session| {
        tracing::info!(
            target: "synnefo",
            "the store was not closed cleanly, checking it: {:.0} %",
            session.progress() * 100.0
        );
    });
    builder
}

/// Opens the database in `file`. A new one is made under another name first: redb
/// takes a file whose making was interrupted for no database of its own.
pub(crate) fn open_file(file: &Path, cache: usize) -> Result<Database> {
    if !file.try_exists().map_err(Error::broken)? {
        make(file, cache)?;
    }
    let db = builder(cache).create(file).map_err(unopened)?;
    // Now that it is ours: what others began to make, and never will finish.
    for left in unborn(file)? {
        forget(&left)?;
    }
    Ok(db)
}

/// Makes an empty database and gives it its name, unless somebody else was first.
fn make(file: &Path, cache: usize) -> Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(format!("{UNBORN}{}", uuid::Uuid::new_v4().simple()));
    let new = PathBuf::from(name);
    create_private(&new)?;
    let db = builder(cache).create(&new).map_err(unopened)?;
    db.close().map_err(Error::broken)?;
    let named = fs::hard_link(&new, file);
    forget(&new)?;
    match named {
        Err(_) if file.exists() => Ok(()),
        Err(error) => Err(Error::broken(error)),
        Ok(()) => sync_folder(file),
    }
}

/// What follows the name of a database that is being made.
const UNBORN: &str = ".new-";

/// Databases that were begun to be made under the name of `file`.
fn unborn(file: &Path) -> Result<Vec<PathBuf>> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return Ok(Vec::new());
    };
    let prefix = format!("{name}{UNBORN}");
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.unwrap_or(Path::new("."))).map_err(Error::broken)? {
        let entry = entry.map_err(Error::broken)?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Makes `file`, which must not be there, readable by its owner only.
pub(crate) fn create_private(file: &Path) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map(drop)
        .map_err(Error::broken)
}

/// Removes `file` if it is there.
pub(crate) fn forget(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::broken(error)),
        _ => Ok(()),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
