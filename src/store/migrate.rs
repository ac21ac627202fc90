//! Structural changes of a store's file, at start and before anything else uses it.
//!
//! Invariants: a migration runs to its end exactly once in the life of a file, in
//! slices of one transaction each that also record how far it is, so a crash costs
//! one slice; before the first one the whole file is copied aside; a file that has
//! gone through migrations this binary does not know is refused, untouched.
//!
//! The list of migrations only ever grows, so a file of any older release goes
//! through all it has missed. Raise a row's version together with a migration (an
//! empty one, [`Migration::mark`], will do): that is what makes older binaries
//! refuse the file instead of stumbling over single rows.

use crate::{
    Row, WriteTx, meta,
    meta::{About, Begun},
    row::from_value,
    writer::{Options, Store, builder, forget, free_at, open_file, unopened},
};
use kernel::{Error, Result};
use redb::{Database, DatabaseError, Durability, ReadOnlyDatabase, ReadableDatabase};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Rows that one slice of [`WriteTx::rewrite`] handles.
pub const SLICE: usize = 500;

/// How far a slice got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do, from here.
    More(Vec<u8>),
    /// The migration is finished.
    Done,
}

/// One structural change.
#[derive(Clone, Copy)]
pub struct Migration {
    /// From 1, without gaps.
    pub number: u32,
    /// What it does, for the log.
    pub name: &'static str,
    /// Does one slice; gets what the slice before answered.
    pub step: fn(&WriteTx, Option<Vec<u8>>) -> Result<Step>,
}

impl Migration {
    /// A migration that changes nothing but keeps older binaries away from the file.
    pub const fn mark(number: u32, name: &'static str) -> Self {
        Migration {
            number,
            name,
            step: |_, _| Ok(Step::Done),
        }
    }
}

/// What a binary knows of the structure of its store.
#[derive(Clone, Copy)]
pub struct Schema {
    /// Version of the binary.
    pub release: &'static str,
    /// All migrations there ever were, in order.
    pub migrations: &'static [Migration],
}

/// What opening did to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    /// The file as it was; None when it is new.
    pub from: Option<About>,
    /// Numbers and names of the migrations that ran.
    pub applied: Vec<(u32, &'static str)>,
    /// Where the file was copied before.
    pub copy: Option<PathBuf>,
}

impl Schema {
    /// The number a file has after all migrations.
    pub fn number(&self) -> u32 {
        self.migrations.last().map_or(0, |m| m.number)
    }

    /// Numbers must be 1, 2, 3, …
    fn checked(&self) -> Result<()> {
        let wrong = (1u32..)
            .zip(self.migrations)
            .find(|(n, m)| *n != m.number)
            .map(|(_, m)| m.number);
        match wrong {
            None => Ok(()),
            Some(number) => Err(Error::broken(format!("migration {number} is out of order"))),
        }
    }

    /// The migrations a file still needs.
    fn missing(&self, about: &About) -> impl Iterator<Item = &'static Migration> + use<> {
        let done = about.schema;
        self.migrations.iter().filter(move |m| m.number > done)
    }

    fn refuse_newer(&self, about: &About) -> Result<()> {
        if about.schema <= self.number() {
            return Ok(());
        }
        let theirs = if about.release.is_empty() {
            "a newer release"
        } else {
            &about.release
        };
        Err(Error::unavailable(format!(
            "The database was written by Synnefo {theirs} (structure {}); this is {} (structure {}), \
             which cannot read it. Install {theirs} or later, or go back to a copy or backup.",
            about.schema,
            self.release,
            self.number(),
        )))
    }
}

impl Store {
    /// Opens or creates the store in `file` and brings it to the structure this
    /// binary knows. Takes as long as the migrations take: call it before serving
    /// and not on an async thread.
    ///
    /// # Errors
    /// [`Error::Unavailable`], naming both versions, when the file is newer than the
    /// binary; the file is not changed.
    pub fn open_with(file: &Path, options: Options, schema: &Schema) -> Result<(Self, Migrated)> {
        schema.checked()?;
        if let Some(about) = glance(file)? {
            // Before it is opened for writing, which is not for us to do.
            schema.refuse_newer(&about)?;
        }
        let db = open_file(file, options.cache)?;
        let migrated = migrate(&db, Some((file, &options)), schema)?;
        Ok((Self::start(db, Some(file.to_owned()), options)?, migrated))
    }

    /// As [`Store::open_with`] on any redb backend, without a copy aside: tests.
    pub fn open_backend_with(
        backend: impl redb::StorageBackend,
        schema: &Schema,
    ) -> Result<(Self, Migrated)> {
        schema.checked()?;
        let db = builder(4 << 20)
            .create_with_backend(backend)
            .map_err(Error::broken)?;
        let migrated = migrate(&db, None, schema)?;
        Ok((Self::start(db, None, Options::default())?, migrated))
    }

    /// Tries all missing migrations on a copy of `file`, calls `look` on the result
    /// and removes the copy; `file` keeps its content.
    pub fn rehearse(
        file: &Path,
        options: &Options,
        schema: &Schema,
        look: impl FnOnce(&Store) -> Result<()>,
    ) -> Result<Migrated> {
        schema.checked()?;
        let trial = beside(file, "rehearsal");
        forget(&trial)?;
        let tried = enough_room(file, options)
            .and_then(|()| twin(file, &trial))
            .and_then(|()| {
                let db = builder(options.cache).open(&trial).map_err(Error::broken)?;
                let migrated = migrate(&db, None, schema)?;
                let store = Self::start(db, None, options.clone())?;
                look(&store)?;
                store.close();
                Ok(migrated)
            });
        forget(&trial)?;
        tried
    }

    /// What a file says about itself, whatever its structure; nobody may have it open.
    /// Its bytes stay as they are.
    pub fn peek(file: &Path) -> Result<About> {
        if let Some(about) = glance(file)? {
            return Ok(about);
        }
        // It was not closed cleanly: that is mended in a copy.
        let trial = beside(file, "rehearsal");
        forget(&trial)?;
        let about = twin(file, &trial).and_then(|()| {
            let db = builder(4 << 20).open(&trial).map_err(unopened)?;
            let tx = db.begin_read().map_err(Error::broken)?;
            Ok(meta::read(&tx)?.unwrap_or_default())
        });
        forget(&trial)?;
        about
    }

    /// What the open file says about itself.
    pub fn about(&self) -> Result<About> {
        self.read_now(|tx| Ok(meta::read(&tx.tx)?.unwrap_or_default()))
    }
}

/// What a file that was closed cleanly says about itself, without writing to it.
fn glance(file: &Path) -> Result<Option<About>> {
    if !file.try_exists().map_err(Error::broken)? {
        return Ok(None);
    }
    match ReadOnlyDatabase::open(file) {
        Ok(db) => {
            let tx = db.begin_read().map_err(Error::broken)?;
            Ok(Some(meta::read(&tx)?.unwrap_or_default()))
        }
        Err(DatabaseError::DatabaseAlreadyOpen) => {
            Err(unopened(DatabaseError::DatabaseAlreadyOpen))
        }
        // Not closed cleanly, or of an older format of redb's: opening it says more.
        Err(_) => Ok(None),
    }
}

/// A file with the same bytes, which nobody is changing meanwhile.
fn twin(file: &Path, to: &Path) -> Result<()> {
    let from = fs::File::open(file).map_err(Error::broken)?;
    from.try_lock_shared()
        .map_err(|_| unopened(DatabaseError::DatabaseAlreadyOpen))?;
    crate::writer::create_private(to)?;
    fs::copy(file, to).map(drop).map_err(Error::broken)
}

/// `<file>.<what>`.
fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{what}"));
    name.into()
}

/// Runs what `db` has missed. `aside`: where it lies, to be copied first.
fn migrate(db: &Database, aside: Option<(&Path, &Options)>, schema: &Schema) -> Result<Migrated> {
    let tx = db.begin_read().map_err(Error::broken)?;
    let known = meta::read(&tx)?;
    let fresh = known.is_none() && tx.list_tables().map_err(Error::broken)?.next().is_none();
    drop(tx);
    let mut about = known.clone().unwrap_or_default();
    schema.refuse_newer(&about)?;
    let mut migrated = Migrated::default();
    if fresh {
        about.schema = schema.number();
    } else {
        migrated.from = Some(about.clone());
        if schema.missing(&about).next().is_some()
            && let Some((file, options)) = aside
        {
            migrated.copy = Some(copy_aside(db, file, options, &about)?);
        }
    }
    for migration in schema.missing(&about) {
        tracing::info!(target: "synnefo", "migration {}: {}", migration.number, migration.name);
        run(db, migration, &mut about)?;
        migrated.applied.push((migration.number, migration.name));
    }
    if about.release != schema.release || known.as_ref() != Some(&about) {
        about.release = schema.release.to_owned();
        commit(db, |_| Ok(about.clone()))?;
    }
    Ok(migrated)
}

/// Copies the file before the first slice; one that was interrupted has its copy.
fn copy_aside(db: &Database, file: &Path, options: &Options, about: &About) -> Result<PathBuf> {
    let release = match about.release.as_str() {
        "" => "unknown",
        release => release,
    };
    let target = beside(file, &format!("from-{release}-structure-{}", about.schema));
    if about.begun.is_some() && target.exists() {
        return Ok(target);
    }
    enough_room(file, options)?;
    let partial = beside(file, "copying");
    forget(&partial)?;
    copy(db, &partial)?;
    fs::rename(&partial, &target).map_err(Error::broken)?;
    crate::copy::sync_folder(&target)?;
    tracing::info!(target: "synnefo", "the database was copied to {}", target.display());
    Ok(target)
}

fn copy(db: &Database, target: &Path) -> Result<()> {
    let tx = db.begin_read().map_err(Error::broken)?;
    crate::copy::copy(&tx, target).map(drop)
}

fn enough_room(file: &Path, options: &Options) -> Result<()> {
    let size = fs::metadata(file).map_err(Error::broken)?.len();
    match free_at(file) {
        Some(free) if free < size.saturating_add(options.min_free) => {
            Err(Error::storage_full(format!(
                "Not enough space beside {} to copy it before it is changed ({size} bytes).",
                file.display()
            )))
        }
        _ => Ok(()),
    }
}

/// One migration from where it is to its end.
fn run(db: &Database, migration: &Migration, about: &mut About) -> Result<()> {
    loop {
        let cursor = match about.begun.take() {
            Some(begun) if begun.number == migration.number => begun.cursor,
            _ => None,
        };
        let mut next = about.clone();
        commit(db, |tx| {
            match (migration.step)(tx, cursor)? {
                Step::Done => next.schema = migration.number,
                Step::More(cursor) => {
                    next.begun = Some(Begun {
                        number: migration.number,
                        cursor: Some(cursor),
                    });
                }
            }
            Ok(next.clone())
        })
        .map_err(|error| {
            Error::broken(format!(
                "migration {} ({}): {}",
                migration.number,
                migration.name,
                error.chain()
            ))
        })?;
        *about = next;
        if about.schema == migration.number {
            return Ok(());
        }
    }
}

/// One durable transaction of `work` and what it says the file now is.
fn commit(db: &Database, work: impl FnOnce(&WriteTx) -> Result<About>) -> Result<()> {
    let mut tx = db.begin_write().map_err(Error::broken)?;
    tx.set_durability(Durability::Immediate)
        .map_err(Error::broken)?;
    let tx = WriteTx::new(tx);
    let about = work(&tx)?;
    let (tx, _) = tx.finish();
    meta::write(&tx, &about)?;
    tx.commit().map_err(Error::broken)
}

impl WriteTx {
    /// Slice of a migration that stores every row of a table again: in its newest
    /// version, under its present key, with the indexes declared today and no others.
    pub fn rewrite<R: Row>(&self, cursor: Option<Vec<u8>>, limit: usize) -> Result<Step> {
        if cursor.is_none() {
            self.drop_indexes::<R>()?;
        }
        let slice = self.raw_slice(R::TABLE, cursor, limit)?;
        let last = slice.last().map(|(key, _)| key.clone());
        let full = slice.len() >= limit;
        for (key, value) in slice {
            self.place_anew(&key, &from_value::<R>(&value)?)?;
        }
        Ok(match last {
            Some(last) if full => Step::More(last),
            _ => Step::Done,
        })
    }
}
