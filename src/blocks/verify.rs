//! Finding blocks that are referenced but not there or not right.

use crate::{Blocks, Buf, EMPTY, References, paths::plausible};
use kernel::{BlockHash, Result};
use std::fmt;

/// What is wrong with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no file.
    Missing,
    /// The file is empty, too long, or its content has another hash.
    Damaged,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Trouble::Missing => "is missing",
            Trouble::Damaged => "is damaged",
        })
    }
}

/// A referenced block that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which block.
    pub hash: BlockHash,
    /// What is wrong.
    pub trouble: Trouble,
}

/// Referenced blocks are asked for so many at a time.
const PAGE: usize = 1024;

impl Blocks {
    /// Looks at one block: is it there with a length that can be; with `deep`, has
    /// it the right hash?
    pub fn check(&self, hash: &BlockHash, deep: bool) -> Result<Option<Trouble>> {
        if *hash == EMPTY {
            return Ok(None);
        }
        if deep {
            return Ok(self.read(hash, &mut Buf::new()?)?.err());
        }
        Ok(match self.inner.paths.locate(hash)? {
            None => Some(Trouble::Missing),
            Some(found) if !plausible(found.len) => Some(Trouble::Damaged),
            Some(_) => None,
        })
    }

    /// All referenced blocks that are missing or damaged. `deep` reads and hashes
    /// each. Walks on the calling thread as the iterator is asked.
    pub fn verify<'a>(
        &'a self,
        refs: &'a dyn References,
        deep: bool,
    ) -> impl Iterator<Item = Result<Finding>> + use<'a> {
        let mut page = Vec::new().into_iter();
        let mut last: Option<BlockHash> = None;
        let mut done = false;
        std::iter::from_fn(move || {
            while !done {
                let Some(hash) = page.next() else {
                    match refs.page(last.as_ref(), PAGE) {
                        Ok(next) if next.is_empty() => done = true,
                        Ok(next) => {
                            last = next.last().copied();
                            page = next.into_iter();
                        }
                        Err(e) => {
                            done = true;
                            return Some(Err(e));
                        }
                    }
                    continue;
                };
                match self.check(&hash, deep) {
                    Ok(None) => {}
                    Ok(Some(trouble)) => return Some(Ok(Finding { hash, trouble })),
                    Err(e) => return Some(Err(e)),
                }
            }
            None
        })
    }
}
