//! Block maps: which blocks make up a version, and the counts that follow.
//!
//! Versions that differ in metadata only share a map; the map goes with its last
//! user and only then do its references go. The block of zeros is not counted.

use crate::rows::{HELD, MAP_USERS, MapChunk, OWNED, Version};
use blocks::{BLOCK_BYTES, BlockList, EMPTY, FREED, REFS};
use kernel::{BlockHash, Cx, Digest, Error, Result, UserId};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    ops::{ControlFlow, Range},
};
use store::{Reads, WriteTx};

/// A run of bytes inside one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which block.
    pub hash: BlockHash,
    /// Which of its bytes.
    pub bytes: Range<usize>,
}

/// Stores a map with one user and counts its blocks; none for no content.
pub(crate) fn create(
    tx: &WriteTx,
    cx: &Cx,
    owner: UserId,
    list: &BlockList,
) -> Result<Option<u64>> {
    if list.size() == 0 {
        return Ok(None);
    }
    let map = tx.next_id("objects.map")?;
    for (chunk, hashes) in (0u32..).zip(list.blocks().chunks(MapChunk::BLOCKS)) {
        let hashes = hashes.iter().flat_map(|hash| hash.0).collect();
        tx.put(&MapChunk { map, chunk, hashes })?;
    }
    count(tx, cx, owner, list.blocks(), 1)?;
    tx.add(MAP_USERS, &map, 1)?;
    Ok(Some(map))
}

/// One more version uses the map.
pub(crate) fn hold(tx: &WriteTx, map: Option<u64>) -> Result<()> {
    match map {
        Some(map) => tx.add(MAP_USERS, &map, 1).map(drop),
        None => Ok(()),
    }
}

/// One version less uses the map; the last one takes it along.
pub(crate) fn release(tx: &WriteTx, cx: &Cx, owner: UserId, map: Option<u64>) -> Result<()> {
    let Some(map) = map else { return Ok(()) };
    if tx.add(MAP_USERS, &map, -1)? > 0 {
        return Ok(());
    }
    while let [chunk] = tx.scan_prefix::<MapChunk>(&(map,), None, 1)?.as_slice() {
        count(tx, cx, owner, &hashes(chunk)?, -1)?;
        tx.remove::<MapChunk>(&(map, chunk.chunk))?;
    }
    Ok(())
}

/// The content of a version as it was, kept whatever becomes of the object: the
/// image a server is built from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    map: Option<u64>,
    owner: UserId,
    /// Bytes.
    pub size: u64,
}

/// Keeps the content of a version in `owner`'s account until [`let_go`].
pub fn keep(tx: &WriteTx, owner: UserId, version: &Version) -> Result<Held> {
    if let Some(map) = version.map {
        tx.add(MAP_USERS, &map, 1)?;
        tx.add(HELD, &(map, owner), 1)?;
    }
    Ok(Held {
        map: version.map,
        owner,
        size: version.size,
    })
}

/// Ends what [`keep`] began; once for each.
pub fn let_go(tx: &WriteTx, cx: &Cx, held: &Held) -> Result<()> {
    if let Some(map) = held.map {
        tx.add(HELD, &(map, held.owner), -1)?;
    }
    release(tx, cx, held.owner, held.map)
}

/// Hashes of kept content from block `from` on, at most `limit`.
pub fn held_hashes(
    tx: &impl Reads,
    held: &Held,
    from: u64,
    limit: usize,
) -> Result<Vec<BlockHash>> {
    let Some(map) = held.map else {
        return Ok(Vec::new());
    };
    let span = MapChunk::BLOCKS as u64;
    let Ok(first) = u32::try_from(from / span) else {
        return Ok(Vec::new());
    };
    let mut skip = usize::try_from(from % span).map_err(Error::broken)?;
    let mut found = Vec::new();
    tx.each_from::<MapChunk>(&(map,), &(map, first), |chunk| {
        let wanted = hashes(&chunk)?.into_iter().skip(skip);
        found.extend(wanted.take(limit - found.len()));
        skip = 0;
        Ok(found.len() < limit)
    })?;
    Ok(found)
}

/// Changes the counts of blocks, of all and of those of one account.
fn count(tx: &WriteTx, cx: &Cx, owner: UserId, blocks: &[BlockHash], sign: i64) -> Result<()> {
    let mut sums: BTreeMap<BlockHash, i64> = BTreeMap::new();
    for hash in blocks.iter().filter(|hash| **hash != EMPTY) {
        *sums.entry(*hash).or_default() += sign;
    }
    for (hash, delta) in sums {
        tx.add(OWNED, &(owner, hash), delta)?;
        let left = tx.add(REFS, &hash, delta)?;
        let freed = tx.count(FREED, &hash)?;
        let since = if left == 0 { cx.now.as_second() } else { 0 };
        let change = since - i64::try_from(freed).map_err(Error::broken)?;
        if change != 0 {
            tx.add(FREED, &hash, change)?;
        }
    }
    Ok(())
}

pub(crate) fn hashes(chunk: &MapChunk) -> Result<Vec<BlockHash>> {
    let (hashes, rest) = chunk.hashes.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(Error::broken(format!("map {} is cut off", chunk.map)));
    }
    Ok(hashes.iter().map(|hash| Digest(*hash)).collect())
}

/// The whole content of a version.
pub fn block_list(tx: &impl Reads, version: &Version) -> Result<BlockList> {
    let Some(map) = version.map else {
        return BlockList::new(version.size, []).map_err(|_| broken(version));
    };
    let mut all = Vec::new();
    tx.each_row::<MapChunk>(&(map,), None, |chunk| {
        all.extend(hashes(&chunk)?);
        Ok(true)
    })?;
    BlockList::new(version.size, all).map_err(|_| broken(version))
}

/// The pieces that make up some ranges of a version's content, each range by
/// itself. Reads only the parts of the map that are needed.
pub fn pieces(
    tx: &impl Reads,
    version: &Version,
    ranges: &[Range<u64>],
) -> Result<Vec<Vec<Piece>>> {
    ranges
        .iter()
        .map(|range| range_pieces(tx, version, range.clone()))
        .collect()
}

fn range_pieces(tx: &impl Reads, version: &Version, range: Range<u64>) -> Result<Vec<Piece>> {
    let end = range.end.min(version.size);
    if range.start >= end {
        return Ok(Vec::new());
    }
    let map = version.map.ok_or_else(|| broken(version))?;
    let span = BLOCK_BYTES * MapChunk::BLOCKS as u64;
    let first = u32::try_from(range.start / span).map_err(Error::broken)?;
    let mut found = Vec::new();
    let mut at = range.start;
    tx.each_from::<MapChunk>(&(map,), &(map, first), |chunk| {
        let base = u64::from(chunk.chunk) * span;
        for (hash, start) in hashes(&chunk)?.into_iter().zip((base..).step_by(STEP)) {
            if let ControlFlow::Break(()) = piece(&mut found, hash, start, &mut at, end)? {
                return Ok(false);
            }
        }
        Ok(at < end)
    })?;
    if at < end {
        return Err(broken(version));
    }
    Ok(found)
}

const STEP: usize = blocks::BLOCK_SIZE;

/// Adds what the block at `start` has of `at..end`.
fn piece(
    found: &mut Vec<Piece>,
    hash: BlockHash,
    start: u64,
    at: &mut u64,
    end: u64,
) -> Result<ControlFlow<()>> {
    let stop = start + BLOCK_BYTES;
    if *at >= end {
        return Ok(ControlFlow::Break(()));
    }
    if (start..stop).contains(at) {
        let from = usize::try_from(*at - start).map_err(Error::broken)?;
        let to = usize::try_from(end.min(stop) - start).map_err(Error::broken)?;
        found.push(Piece {
            hash,
            bytes: from..to,
        });
        *at = end.min(stop);
    }
    Ok(ControlFlow::Continue(()))
}

fn broken(version: &Version) -> Error {
    Error::broken(format!(
        "the block map of version {} does not fit its size",
        version.serial
    ))
}
