//! Making a backup while the service runs.
//!
//! Order: the sweep is paused; the store is copied from one snapshot; the copy says
//! which blocks belong to it, and those are streamed one by one, each checked. What
//! is uploaded or deleted meanwhile makes no difference. Memory: one block.

use crate::{
    NOTE_EVERY, Note, Tell,
    archive::Archive,
    layout::{BLOCKS, DATABASE, KEPT},
    manifest::{COMPLETE, Contents, FORMAT, MANIFEST, MOST_UNREADABLE, Manifest, each_block},
    private::named,
};
use blocks::Blocks;
use kernel::{Error, Result, clock::Timestamp};
use serde::Serialize;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};
use store::{Options, Store};

/// What is backed up.
#[derive(Clone)]
pub struct Source {
    /// The open store.
    pub store: Store,
    /// The open blocks.
    pub blocks: Blocks,
    /// The data directory, for the files in it that are copied as they are.
    pub root: PathBuf,
    /// Version of this binary.
    pub release: String,
}

/// Writes everything `source` holds at one moment to `target`: a tar file (mode
/// 0600) when its name ends in `.tar`, else a directory (0700). Blocks the calling
/// thread for as long as it takes; requests are served meanwhile.
///
/// A block that cannot be read is told as a problem, named in the answer and left
/// out; everything else is in the backup all the same.
pub fn backup(source: &Source, target: &Path, now: Timestamp, tell: Tell<'_>) -> Result<Contents> {
    let mut archive = Archive::create(target, now)?;
    let _pin = source.blocks.pin();
    let rows = Scratch(archive.scratch()?);
    tell(Note::Step("copying the database"));
    source.store.read_now(|tx| tx.copy_to(&rows.0))?;
    let copy = Store::open(
        &rows.0,
        Options {
            min_free: 0,
            ..Options::default()
        },
    )?;
    let about = copy.about()?;
    let manifest = Manifest {
        product: "synnefo".into(),
        format: FORMAT,
        release: source.release.clone(),
        schema: about.schema,
        created: now.to_string(),
    };
    let mut contents = Contents::default();
    add_json(&mut archive, MANIFEST, &manifest)?;
    add_files(source, &mut archive, &mut contents)?;
    tell(Note::Step("copying the blocks"));
    add_blocks(source, &copy, &mut archive, &mut contents, tell)?;
    // Closed first: the file in the archive needs no repair.
    copy.close();
    contents.bytes += add_file(&mut archive, DATABASE, &rows.0)?.unwrap_or(0);
    contents.sum = archive.sum();
    add_json(&mut archive, COMPLETE, &contents)?;
    archive.finish()?;
    Ok(contents)
}

/// A file that goes when this does.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn add_json(archive: &mut Archive, name: &str, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_vec_pretty(value).map_err(Error::broken)?;
    archive.add(name, text.len() as u64, text.as_slice())
}

/// Adds the file at `path` and says how long it is; None when it has gone.
fn add_file(archive: &mut Archive, name: &str, path: &Path) -> Result<Option<u64>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(named("read", path, &e)),
    };
    let len = file.metadata().map_err(|e| named("read", path, &e))?.len();
    archive.add(name, len, file)?;
    Ok(Some(len))
}

/// The directories that are copied as they are. Sent mail may go meanwhile.
fn add_files(source: &Source, archive: &mut Archive, contents: &mut Contents) -> Result<()> {
    let mut dirs: Vec<String> = KEPT.iter().map(|(dir, _)| (*dir).to_owned()).collect();
    while let Some(dir) = dirs.pop() {
        let path = source.root.join(&dir);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(named("read", &path, &e)),
        };
        for entry in entries {
            let entry = entry.map_err(|e| named("read", &path, &e))?;
            let kind = entry.file_type().map_err(|e| named("read", &path, &e))?;
            let Ok(name) = entry.file_name().into_string() else {
                return Err(Error::unavailable(format!(
                    "{} has a name that is no text.",
                    entry.path().display()
                )));
            };
            let name = format!("{dir}/{name}");
            if kind.is_dir() {
                dirs.push(name);
            } else if kind.is_file() && add_file(archive, &name, &entry.path())?.is_some() {
                contents.files += 1;
            }
        }
    }
    Ok(())
}

fn add_blocks(
    source: &Source,
    copy: &Store,
    archive: &mut Archive,
    contents: &mut Contents,
    tell: Tell<'_>,
) -> Result<()> {
    each_block(copy, |hash| {
        if hash == blocks::EMPTY {
            return Ok(());
        }
        match source.blocks.get_stored_now(&hash) {
            Ok(block) => {
                archive.add_block(&hash, &block)?;
                contents.blocks += 1;
                contents.bytes += block.len() as u64;
                if contents.blocks.is_multiple_of(NOTE_EVERY) {
                    tell(Note::Blocks(contents.blocks, contents.bytes));
                }
            }
            Err(error) if contents.unreadable.len() < MOST_UNREADABLE => {
                tell(Note::Problem(&error.chain()));
                contents.unreadable.push(hash);
            }
            Err(_) => {
                return Err(Error::unavailable(format!(
                    "Too many blocks below {BLOCKS}/ cannot be read: run synnefo verify."
                )));
            }
        }
        Ok(())
    })?;
    tell(Note::Blocks(contents.blocks, contents.bytes));
    Ok(())
}
