//! Removing what nothing refers to, long after the last touch.
//!
//! A block goes only if, decided under the one lock that leases take too, it has
//! no count, no lease and no pin is held, and its last touch and its last
//! reference are longer ago than the grace period (so what is being downloaded
//! while it is deleted stays readable). It is renamed out of the way under that lock and unlinked after,
//! so an upload either finds it and holds it, or does not find it and writes it.

use crate::{Blocks, EMPTY, References};
use crate::{
    paths::{TMP, broken, missing},
    store::Inner,
};
use kernel::{BlockHash, Result, clock::Timestamp};
use std::{
    fs::{self, DirEntry, Metadata},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// Where a sweep goes on: the last directory done (`aa/bb`).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(Option<String>);

/// What one step of a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Block files looked at.
    pub seen: u64,
    /// Block files removed, or that would be in a dry run.
    pub removed: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Go on from here; none when everything has been seen.
    pub next: Option<Cursor>,
    /// A pin was held; the step did not finish.
    pub paused: bool,
}

impl Blocks {
    /// Sweeps the next directory after `from`. With `dry` nothing is removed. Call
    /// it on a blocking thread, again with the `next` of the answer.
    pub fn sweep(
        &self,
        refs: &dyn References,
        now: Timestamp,
        from: &Cursor,
        dry: bool,
    ) -> Result<Swept> {
        let mut swept = Swept::default();
        let root = self.inner.paths.root();
        let Some(dir) = next_dir(root, from.0.as_deref())? else {
            return Ok(swept);
        };
        for leaf in names(&root.join(&dir))? {
            for name in names(&root.join(&dir).join(&leaf))? {
                let path = root.join(&dir).join(&leaf).join(&name);
                let Some(file) = candidate(&name, &path)? else {
                    continue;
                };
                swept.seen += 1;
                match self.sweep_one(refs, now, &file, dry)? {
                    Verdict::Kept => {}
                    Verdict::Removed => {
                        swept.removed += 1;
                        swept.bytes += file.meta.len();
                    }
                    Verdict::Pinned => {
                        swept.paused = true;
                        swept.next = Some(from.clone());
                        return Ok(swept);
                    }
                }
            }
        }
        metrics::counter!("blocks_swept_total").increment(swept.removed);
        swept.next = Some(Cursor(Some(dir)));
        Ok(swept)
    }

    fn sweep_one(
        &self,
        refs: &dyn References,
        now: Timestamp,
        file: &Candidate,
        dry: bool,
    ) -> Result<Verdict> {
        // Cheap look first, without the lock.
        let freed = i64::try_from(refs.freed(&file.hash)?).unwrap_or(i64::MAX);
        let spared = young(&self.inner, now, file.meta.mtime().max(freed));
        if spared || refs.count(&file.hash)? > 0 {
            return Ok(Verdict::Kept);
        }
        let out = self.inner.paths.unnamed("old");
        {
            let held = self.inner.held();
            if held.pins > 0 {
                return Ok(Verdict::Pinned);
            }
            let touched = match fs::metadata(&file.path) {
                Ok(meta) => young(&self.inner, now, meta.mtime()),
                Err(e) if missing(&e) => return Ok(Verdict::Kept),
                Err(e) => return Err(broken(e)),
            };
            let used = held.leases.contains_key(&file.hash) || refs.count(&file.hash)? > 0;
            if touched || used {
                return Ok(Verdict::Kept);
            }
            if !dry {
                fs::rename(&file.path, &out).map_err(broken)?;
            }
        }
        if !dry {
            fs::remove_file(&out).map_err(broken)?;
        }
        Ok(Verdict::Removed)
    }
}

enum Verdict {
    Kept,
    Removed,
    Pinned,
}

struct Candidate {
    hash: BlockHash,
    path: PathBuf,
    meta: Metadata,
}

/// The block file at `path`; whatever else lies there is none of ours.
fn candidate(name: &str, path: &Path) -> Result<Option<Candidate>> {
    let (Ok(hash), 64) = (name.parse::<BlockHash>(), name.len()) else {
        return Ok(None);
    };
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_file() && hash != EMPTY => Ok(Some(Candidate {
            hash,
            path: path.to_owned(),
            meta,
        })),
        Ok(_) => Ok(None),
        Err(e) if missing(&e) => Ok(None),
        Err(e) => Err(broken(e)),
    }
}

/// Is `last`, seconds since the epoch, less than the grace period ago?
fn young(inner: &Inner, now: Timestamp, last: i64) -> bool {
    let age = now.as_second().saturating_sub(last);
    u64::try_from(age).map_or(true, |age| age < inner.options.grace.as_secs())
}

/// The first `aa/bb` after `after`.
fn next_dir(root: &Path, after: Option<&str>) -> Result<Option<String>> {
    for first in names(root)? {
        if first == TMP || after.is_some_and(|a| a.get(..2).is_some_and(|a| *first < *a)) {
            continue;
        }
        for second in names(&root.join(&first))? {
            let dir = format!("{first}/{second}");
            if after.is_none_or(|a| *dir > *a) {
                return Ok(Some(dir));
            }
        }
    }
    Ok(None)
}

/// Names in a directory, in order; none if it is not a directory.
fn names(dir: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if missing(&e) => return Ok(Vec::new()),
        Err(e) => return Err(broken(e)),
    };
    let name = |entry: std::io::Result<DirEntry>| match entry {
        Ok(entry) => Ok(entry.file_name().into_string().ok()),
        Err(e) => Err(broken(e)),
    };
    let mut names: Vec<_> = entries
        .filter_map(|entry| name(entry).transpose())
        .collect::<Result<_>>()?;
    names.sort_unstable();
    Ok(names)
}
