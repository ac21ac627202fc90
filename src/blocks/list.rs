//! The content of an object, image or volume: a size and the blocks it is cut into.

use crate::{BLOCK_BYTES, BLOCK_SIZE, EMPTY, top_hash};
use kernel::{BlockHash, Digest, Error, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, ops::Range, sync::Arc};

/// Largest content one list may describe: 16 TiB, a list of 128 MiB.
const MAX_SIZE: u64 = 1 << 44;

/// A size and the hashes of `ceil(size / BLOCK_SIZE)` blocks, in order. Cheap to
/// clone.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct BlockList {
    size: u64,
    #[serde(serialize_with = "pack")]
    blocks: Arc<[BlockHash]>,
}

impl BlockList {
    /// The list of no content at all.
    pub fn empty() -> Self {
        BlockList {
            size: 0,
            blocks: Arc::new([]),
        }
    }

    /// A list of `size` bytes in `blocks`; the number of blocks must fit the size.
    /// No content may also be given as the one empty block.
    pub fn new(size: u64, blocks: impl Into<Arc<[BlockHash]>>) -> Result<Self> {
        let blocks = blocks.into();
        if size == 0 && matches!(&*blocks, [] | [EMPTY]) {
            return Ok(Self::empty());
        }
        if size > MAX_SIZE || size.div_ceil(BLOCK_BYTES) != blocks.len() as u64 {
            return Err(Error::invalid(
                "The object's size does not match with the object's hashmap length",
            ));
        }
        Ok(BlockList { size, blocks })
    }

    /// Length of the content in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The blocks in order; none when there is no content.
    pub fn blocks(&self) -> &[BlockHash] {
        &self.blocks
    }

    /// The blocks as maps show them: no content is one empty block (PI-BLK-01).
    pub fn to_map(&self) -> Vec<BlockHash> {
        if self.blocks.is_empty() {
            vec![EMPTY]
        } else {
            self.blocks.to_vec()
        }
    }

    /// Hash over all blocks. It does not cover the size (PI-BLK-04).
    pub fn top_hash(&self) -> Digest {
        top_hash(&self.blocks)
    }

    /// How many bytes of content block `index` holds.
    pub fn len_of(&self, index: usize) -> usize {
        let start = (index as u64).saturating_mul(BLOCK_BYTES);
        usize::try_from(self.size.saturating_sub(start)).map_or(BLOCK_SIZE, |n| n.min(BLOCK_SIZE))
    }

    /// The pieces of blocks that make up `range` of the content, in order: index,
    /// hash and the bytes wanted of that block.
    pub fn pieces(
        &self,
        range: Range<u64>,
    ) -> impl Iterator<Item = (usize, BlockHash, Range<usize>)> + use<> {
        let blocks = self.blocks.clone();
        let end = range.end.min(self.size);
        let mut at = range.start;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let index = usize::try_from(at / BLOCK_BYTES).ok()?;
            let base = at - at % BLOCK_BYTES;
            let stop = end.min(base + BLOCK_BYTES);
            let want = usize::try_from(at - base).ok()?..usize::try_from(stop - base).ok()?;
            at = stop;
            blocks.get(index).map(|hash| (index, *hash, want))
        })
    }
}

impl fmt::Debug for BlockList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockList({} bytes, {})", self.size, self.top_hash())
    }
}

/// All hashes as one run of raw bytes: 32 bytes a block.
fn pack<S: Serializer>(blocks: &Arc<[BlockHash]>, to: S) -> Result<S::Ok, S::Error> {
    let bytes: Vec<u8> = blocks.iter().flat_map(|hash| hash.0).collect();
    to.serialize_bytes(&bytes)
}

#[derive(Deserialize)]
struct Packed {
    size: u64,
    #[serde(deserialize_with = "unpack")]
    blocks: Vec<BlockHash>,
}

fn unpack<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<BlockHash>, D::Error> {
    struct Bytes;
    impl<'de> de::Visitor<'de> for Bytes {
        type Value = Vec<BlockHash>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("packed hashes of 32 bytes")
        }

        fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
            let (hashes, rest) = bytes.as_chunks::<32>();
            if rest.is_empty() {
                Ok(hashes.iter().map(|hash| Digest(*hash)).collect())
            } else {
                Err(E::invalid_length(bytes.len(), &self))
            }
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut bytes = Vec::new();
            while let Some(byte) = seq.next_element::<u8>()? {
                bytes.push(byte);
            }
            self.visit_bytes(&bytes)
        }
    }
    from.deserialize_bytes(Bytes)
}

impl<'de> Deserialize<'de> for BlockList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let packed = Packed::deserialize(from)?;
        BlockList::new(packed.size, packed.blocks).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(size: u64) -> BlockList {
        let count = size.div_ceil(BLOCK_BYTES);
        let blocks: Vec<_> = (0..count).map(|n| Digest([n as u8 + 1; 32])).collect();
        BlockList::new(size, blocks).unwrap()
    }

    // PI-BLK-01
    #[test]
    fn size_and_number_of_blocks_agree() {
        assert_eq!(BlockList::new(0, vec![EMPTY]).unwrap(), BlockList::empty());
        assert_eq!(BlockList::empty().to_map(), [EMPTY]);
        assert_eq!(BlockList::empty().top_hash(), EMPTY);
        for (size, count) in [(0, 2), (1, 0), (BLOCK_BYTES, 2), (BLOCK_BYTES + 1, 1)] {
            assert!(BlockList::new(size, vec![Digest([1; 32]); count]).is_err());
        }
        assert!(BlockList::new(u64::MAX, vec![]).is_err());
        let three = list(2 * BLOCK_BYTES + 5);
        assert_eq!(three.len_of(1), BLOCK_SIZE);
        assert_eq!(three.len_of(2), 5);
        assert_eq!(three.len_of(3), 0);
    }

    #[test]
    fn packed_and_back() {
        let list = list(2 * BLOCK_BYTES + 5);
        let bytes = rmp_serde::to_vec_named(&list).unwrap();
        assert!(bytes.len() < 3 * 32 + 24);
        assert_eq!(rmp_serde::from_slice::<BlockList>(&bytes).unwrap(), list);
        let text = serde_json::to_string(&list).unwrap();
        assert_eq!(serde_json::from_str::<BlockList>(&text).unwrap(), list);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        // PI-OBJ-04
        #[test]
        fn pieces_cover_a_range_exactly(
            size in 0..4 * BLOCK_BYTES, from in 0..5 * BLOCK_BYTES, len in 0..5 * BLOCK_BYTES
        ) {
            let list = list(size);
            let mut at = from;
            for (index, hash, want) in list.pieces(from..from + len) {
                prop_assert_eq!(index as u64 * BLOCK_BYTES + want.start as u64, at);
                prop_assert_eq!(hash, list.blocks()[index]);
                prop_assert!(want.end <= list.len_of(index) && !want.is_empty());
                at += want.len() as u64;
            }
            let end = (from + len).min(size);
            prop_assert_eq!(at, if end > from { end } else { from });
        }
    }
}
