//! First and last entry of a backup: what it is, and that it is all there.

use kernel::BlockHash;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::{self, Read};

pub(crate) const MANIFEST: &str = "MANIFEST.json";
pub(crate) const COMPLETE: &str = "COMPLETE.json";
/// Raised when an older binary could not read the archive.
pub(crate) const FORMAT: u32 = 1;

/// The first entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) product: String,
    pub(crate) format: u32,
    /// Version of the binary that made it.
    pub(crate) release: String,
    /// Structure of the database (number of its last migration).
    pub(crate) schema: u32,
    /// When, RFC 3339.
    pub(crate) created: String,
}

/// The last entry, and what the functions answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Files of the directories that are copied as they are.
    pub files: u64,
    /// Blocks.
    pub blocks: u64,
    /// Bytes of blocks and database.
    pub bytes: u64,
    /// Sum over everything but blocks, which have their hash in their name.
    pub sum: Sum,
    /// Blocks that were referenced but could not be read.
    #[serde(default)]
    pub unreadable: Vec<BlockHash>,
}

/// Which files with which content, in whatever order: the exclusive or of the SHA-256
/// of each with its name. Against decay, not against forgers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum([u8; 32]);

impl Sum {
    fn add(&mut self, digest: &[u8]) {
        for (sum, byte) in self.0.iter_mut().zip(digest) {
            *sum ^= byte;
        }
    }
}

/// Reads a file of a backup and adds what was read to a sum.
pub(crate) struct Summed<R> {
    data: R,
    sha: Sha256,
}

impl<R: Read> Summed<R> {
    pub(crate) fn new(name: &str, data: R) -> Self {
        let sha = Sha256::new().chain_update(name).chain_update([0]);
        Summed { data, sha }
    }

    /// Everything has been read.
    pub(crate) fn end(self, sum: &mut Sum) {
        sum.add(&self.sha.finalize());
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.data.read(buf)?;
        self.sha.update(buf.get(..got).unwrap_or_default());
        Ok(got)
    }
}

/// So many unreadable blocks are named; a store with more is not worth an archive.
pub(crate) const MOST_UNREADABLE: usize = 10_000;

/// The name of a block in a backup.
pub(crate) fn block_name(hash: &BlockHash) -> String {
    let name = hash.to_string();
    let [a, b, c, ..] = hash.0;
    format!("{}/{a:02x}/{b:02x}/{c:02x}/{name}", crate::layout::BLOCKS)
}

/// The hash a name in a backup stands for; None when it names no block.
pub(crate) fn block_of(name: &str) -> Option<BlockHash> {
    let hash = name.rsplit('/').next()?.parse().ok()?;
    (block_name(&hash) == name).then_some(hash)
}

/// References as counted in one snapshot or store.
pub(crate) fn referenced(
    tx: &store::ReadTx,
    after: Option<&BlockHash>,
    limit: usize,
) -> kernel::Result<Vec<BlockHash>> {
    let mut page = Vec::new();
    store::Reads::each_count(tx, blocks::REFS, &(), after, |hash: BlockHash, _| {
        page.push(hash);
        Ok(page.len() < limit)
    })?;
    Ok(page)
}

/// Calls `each` with every block a store refers to, a page at a time.
pub(crate) fn each_block(
    store: &store::Store,
    mut each: impl FnMut(BlockHash) -> kernel::Result<()>,
) -> kernel::Result<()> {
    let mut last: Option<BlockHash> = None;
    loop {
        let page = store.read_now(|tx| referenced(tx, last.as_ref(), 1024))?;
        let Some(end) = page.last() else {
            return Ok(());
        };
        last = Some(*end);
        for hash in page {
            each(hash)?;
        }
    }
}
