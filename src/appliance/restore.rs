//! Bringing a backup back into an empty data directory.
//!
//! A marker file stands in the directory until everything is there, checked and
//! durable; the database gets its name last. An interrupted restoration can only be
//! begun again.

use crate::{
    NOTE_EVERY, Note, Tell,
    layout::{BLOCKS, DATABASE, KEPT, RESTORING, holds_files},
    manifest::{COMPLETE, Contents, FORMAT, MANIFEST, Manifest, Summed, block_of, each_block},
    private::{self, named},
};
use blocks::{BLOCK_SIZE, Blocks, Buf};
use kernel::{BlockHash, Error, Result};
use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Component, Path, PathBuf},
};
use store::{Options, Schema, Store};

/// Largest manifest taken.
const MANIFEST_MAX: u64 = 4 << 20;

/// Restores the backup at `from`, a tar file or a directory, into `root`, which must
/// hold no files. Every block is hashed and the store checked before the directory
/// counts as complete. A backup of a newer structure than `schema` is refused.
pub fn restore(from: &Path, root: &Path, schema: &Schema, tell: Tell<'_>) -> Result<Contents> {
    let marker = root.join(RESTORING);
    if marker.exists() {
        clear(root)?;
    } else if holds_files(root)? {
        return Err(Error::unavailable(format!(
            "{} is not empty; a backup is restored into an empty directory only.",
            root.display()
        )));
    }
    private::make_dir(root, 0o750)?;
    private::write(&marker, b"Being restored from a backup.\n", true)?;
    let restored = fill(from, root, schema, tell);
    if restored.is_err() {
        // What cannot be removed keeps its marker.
        let _ = clear(root).and_then(|()| remove(&marker));
        return restored;
    }
    remove(&marker)?;
    private::sync_dir(root)?;
    restored
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(named("remove", file, &e)),
        _ => Ok(()),
    }
}

/// Removes what a restoration makes, but for the marker.
fn clear(root: &Path) -> Result<()> {
    for dir in KEPT.iter().map(|(dir, _)| *dir).chain([BLOCKS]) {
        let path = root.join(dir);
        match fs::remove_dir_all(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                return Err(named("remove", &path, &e));
            }
            _ => {}
        }
    }
    remove(&root.join(DATABASE))?;
    remove(&arriving(root))
}

/// The database before it is checked.
fn arriving(root: &Path) -> PathBuf {
    root.join(format!("{DATABASE}.restoring"))
}

fn fill(from: &Path, root: &Path, schema: &Schema, tell: Tell<'_>) -> Result<Contents> {
    let options = blocks::Options {
        reserve: 16 << 20,
        ..blocks::Options::default()
    };
    let mut taker = Taker {
        root,
        schema,
        blocks: Blocks::open(&root.join(BLOCKS), options)?,
        dirs: HashSet::new(),
        manifest: None,
        told: None,
        seen: Contents::default(),
        tell,
    };
    (taker.tell)(Note::Step("restoring"));
    let is_dir = fs::metadata(from)
        .map_err(|e| named("read", from, &e))?
        .is_dir();
    if is_dir {
        take_dir(from, &mut taker)?;
    } else {
        take_tar(from, &mut taker)?;
    }
    taker.finish()
}

fn take_tar(from: &Path, taker: &mut Taker<'_, '_>) -> Result<()> {
    let bad = |e: io::Error| named("read the backup", from, &e);
    let file = BufReader::with_capacity(256 << 10, File::open(from).map_err(bad)?);
    let mut archive = tar::Archive::new(file);
    for entry in archive.entries().map_err(bad)? {
        let entry = entry.map_err(bad)?;
        if !entry.header().entry_type().is_file() {
            return Err(foreign("an entry that is no file"));
        }
        let name = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|_| foreign("a name that is no text"))?;
        let len = entry.size();
        taker.take(&name, len, entry)?;
    }
    Ok(())
}

/// The manifest first, then the rest in the order of their names, directories
/// walked depth first.
fn take_dir(from: &Path, taker: &mut Taker<'_, '_>) -> Result<()> {
    take_file(from, MANIFEST, taker)?;
    let mut waiting = vec![String::new()];
    while let Some(dir) = waiting.pop() {
        let path = from.join(&dir);
        for entry in fs::read_dir(&path).map_err(|e| named("read", &path, &e))? {
            let entry = entry.map_err(|e| named("read", &path, &e))?;
            let Ok(name) = entry.file_name().into_string() else {
                return Err(foreign("a name that is no text"));
            };
            let name = match dir.as_str() {
                "" => name,
                dir => format!("{dir}/{name}"),
            };
            let kind = entry.file_type().map_err(|e| named("read", &path, &e))?;
            if kind.is_dir() {
                waiting.push(name);
            } else if name != MANIFEST {
                take_file(from, &name, taker)?;
            }
        }
    }
    Ok(())
}

fn take_file(from: &Path, name: &str, taker: &mut Taker<'_, '_>) -> Result<()> {
    let path = from.join(name);
    let bad = |e: io::Error| named("read the backup", &path, &e);
    let file = File::open(&path).map_err(bad)?;
    let len = file.metadata().map_err(bad)?.len();
    taker.take(name, len, file)
}

fn foreign(what: &str) -> Error {
    Error::unavailable(format!("This is no backup of Synnefo: it has {what}."))
}

/// Takes the entries of a backup one by one.
struct Taker<'a, 'b> {
    root: &'a Path,
    schema: &'a Schema,
    blocks: Blocks,
    /// Directories to sync at the end.
    dirs: HashSet<PathBuf>,
    manifest: Option<Manifest>,
    /// What the backup says it holds.
    told: Option<Contents>,
    seen: Contents,
    tell: Tell<'b>,
}

impl Taker<'_, '_> {
    fn take(&mut self, name: &str, len: u64, mut data: impl Read) -> Result<()> {
        if self.manifest.is_none() && name != MANIFEST {
            return Err(foreign("no manifest at its beginning"));
        }
        if self.told.is_some() && name == COMPLETE {
            return Err(foreign("two ends"));
        }
        if let Some(hash) = block_of(name) {
            return self.take_block(&hash, len, data);
        }
        if name == COMPLETE {
            let told = serde_json::from_slice(&json_bytes(len, data)?);
            self.told = Some(told.map_err(|_| foreign("an end that cannot be read"))?);
            return Ok(());
        }
        let mut data = Summed::new(name, &mut data);
        match name {
            MANIFEST => self.take_manifest(&json_bytes(len, &mut data)?),
            DATABASE => {
                self.seen.bytes += len;
                self.take_file(&arriving(self.root), len, &mut data)
            }
            _ => {
                let path = self.kept(name)?;
                self.seen.files += 1;
                self.take_file(&path, len, &mut data)
            }
        }?;
        data.end(&mut self.seen.sum);
        Ok(())
    }

    fn take_manifest(&mut self, bytes: &[u8]) -> Result<()> {
        let manifest: Manifest =
            serde_json::from_slice(bytes).map_err(|_| foreign("a manifest that cannot be read"))?;
        if manifest.product != "synnefo" {
            return Err(foreign("another product's manifest"));
        }
        if manifest.format > FORMAT || manifest.schema > self.schema.number() {
            return Err(Error::unavailable(format!(
                "The backup was made by Synnefo {} (structure {}); this is {} (structure {}), \
                 which cannot read it.",
                manifest.release,
                manifest.schema,
                self.schema.release,
                self.schema.number()
            )));
        }
        (self.tell)(Note::Step(&format!(
            "backup of {}, made by Synnefo {}",
            manifest.created, manifest.release
        )));
        self.manifest = Some(manifest);
        Ok(())
    }

    fn take_block(&mut self, hash: &BlockHash, len: u64, mut data: impl Read) -> Result<()> {
        let wrong = |what: &str| Error::unavailable(format!("The backup's block {hash} {what}."));
        let len = usize::try_from(len)
            .ok()
            .filter(|len| (1..=BLOCK_SIZE).contains(len))
            .ok_or_else(|| wrong("has a length that cannot be"))?;
        let mut buf = Buf::new()?;
        let mut left = len;
        let mut piece = [0; 64 << 10];
        while left > 0 {
            let most = left.min(piece.len());
            let room = piece.get_mut(..most).unwrap_or_default();
            data.read_exact(room)
                .map_err(|e| named("read the backup of block", Path::new(&hash.to_string()), &e))?;
            left -= buf.fill(room);
        }
        // Nothing sweeps here: the lease may go at once.
        if self.blocks.put_now(&self.blocks.lease(), &mut buf)? != *hash {
            return Err(wrong("is damaged: its content has another hash"));
        }
        self.seen.blocks += 1;
        self.seen.bytes += len as u64;
        if self.seen.blocks.is_multiple_of(NOTE_EVERY) {
            (self.tell)(Note::Blocks(self.seen.blocks, self.seen.bytes));
        }
        Ok(())
    }

    /// Where a file of the directories that are copied as they are goes.
    fn kept(&self, name: &str) -> Result<PathBuf> {
        let path = Path::new(name);
        let plain = path.components().all(|c| matches!(c, Component::Normal(_)));
        let known = KEPT.iter().any(|(dir, _)| path.starts_with(dir));
        if !plain || !known || path.components().count() < 2 {
            return Err(foreign("a file of an unknown name"));
        }
        Ok(self.root.join(path))
    }

    fn take_file(&mut self, path: &Path, len: u64, data: &mut impl Read) -> Result<()> {
        let dir = private::parent(path);
        for (kept, mode) in KEPT {
            if dir.starts_with(self.root.join(kept)) {
                private::make_dir(&self.root.join(kept), mode)?;
            }
        }
        private::make_dir(dir, 0o700)?;
        let mut file = private::create(path)?;
        let copied = io::copy(&mut data.take(len), &mut file)
            .and_then(|copied| file.sync_all().map(|()| copied))
            .map_err(|e| named("write", path, &e))?;
        if copied != len {
            return Err(foreign("an end in the middle of a file"));
        }
        self.dirs.insert(dir.to_owned());
        Ok(())
    }

    /// Is it all there? Then the database gets its name.
    fn finish(self) -> Result<Contents> {
        let told = self
            .told
            .ok_or_else(|| Error::unavailable("The backup is not complete: its end is missing."))?;
        let seen = Contents {
            unreadable: told.unreadable.clone(),
            ..self.seen
        };
        if seen != told {
            return Err(Error::unavailable(
                "The backup is not complete: it does not hold what its end says.",
            ));
        }
        (self.tell)(Note::Step("checking what was restored"));
        check_store(&arriving(self.root), &self.blocks, &told, self.tell)?;
        for dir in &self.dirs {
            private::sync_dir(dir)?;
        }
        let database = self.root.join(DATABASE);
        fs::rename(arriving(self.root), &database).map_err(|e| named("write", &database, &e))?;
        private::sync_dir(self.root)?;
        Ok(seen)
    }
}

fn json_bytes(len: u64, data: impl Read) -> Result<Vec<u8>> {
    if len > MANIFEST_MAX {
        return Err(foreign("a manifest that is too long"));
    }
    let mut bytes = Vec::new();
    data.take(len)
        .read_to_end(&mut bytes)
        .map_err(Error::broken)?;
    Ok(bytes)
}

/// The store can be read, and every block it refers to is there.
fn check_store(file: &Path, blocks: &Blocks, told: &Contents, tell: Tell<'_>) -> Result<()> {
    if !file.exists() {
        return Err(foreign("no database"));
    }
    let options = Options {
        min_free: 0,
        ..Options::default()
    };
    let store = Store::open(file, options)?;
    let problems = store.read_now(store::ReadTx::verify_file)?;
    if let Some(first) = problems.first() {
        return Err(Error::unavailable(format!(
            "The backup's database is damaged: {}: {}",
            first.place, first.problem
        )));
    }
    let unreadable: HashSet<_> = told.unreadable.iter().collect();
    each_block(&store, |hash| match blocks.check(&hash, false)? {
        None => Ok(()),
        Some(trouble) if unreadable.contains(&hash) => {
            let text = format!("block {hash} {trouble}: it was already when the backup was made");
            tell(Note::Problem(&text));
            Ok(())
        }
        Some(trouble) => Err(Error::unavailable(format!(
            "The backup is not complete: block {hash} {trouble}."
        ))),
    })?;
    store.close();
    Ok(())
}
