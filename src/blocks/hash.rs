//! Block hash and top hash.

use kernel::{BlockHash, Digest};
use sha2::{Digest as _, Sha256};

/// Hash of the empty block, and so of any number of zeros.
pub const EMPTY: BlockHash = Digest([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// `data` without its trailing zero bytes (PI-BLK-02).
pub fn stripped(data: &[u8]) -> &[u8] {
    let mut rest = data;
    // Long runs first: blocks of zeros are common in disk images.
    while let Some((head, tail)) = rest.split_last_chunk::<1024>() {
        if *tail != [0; 1024] {
            break;
        }
        rest = head;
    }
    let keep = rest.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1);
    rest.get(..keep).unwrap_or(rest)
}

/// Hash of one block: SHA-256 without the trailing zero bytes (PI-BLK-02).
pub fn hash_block(data: &[u8]) -> BlockHash {
    let data = stripped(data);
    if data.is_empty() {
        return EMPTY;
    }
    Digest(Sha256::digest(data).into())
}

/// Hash over a list of blocks: a Merkle tree whose leaves are padded with zeros to
/// a power of two (PI-BLK-03).
pub fn top_hash(leaves: &[BlockHash]) -> Digest {
    match leaves {
        [] => return EMPTY,
        [one] => return *one,
        _ => {}
    }
    let mut row = leaves.to_vec();
    row.resize(leaves.len().next_power_of_two(), Digest([0; 32]));
    while row.len() > 1 {
        row = row
            .chunks_exact(2)
            .map(|pair| {
                let mut hasher = Sha256::new();
                for half in pair {
                    hasher.update(half.0);
                }
                Digest(hasher.finalize().into())
            })
            .collect();
    }
    row.first().copied().unwrap_or(EMPTY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BLOCK_SIZE, BlockList, testing};

    // PI-BLK-01 PI-BLK-02 PI-BLK-03 PI-BLK-10
    #[test]
    fn vectors_of_the_original_hold() {
        for vector in testing::vectors() {
            let hashes: Vec<_> = vector.data.chunks(BLOCK_SIZE).map(hash_block).collect();
            let list = BlockList::new(vector.data.len() as u64, hashes).unwrap();
            assert_eq!(list.to_map(), vector.hashes, "{}", vector.id);
            assert_eq!(list.top_hash(), vector.top_hash, "{}", vector.id);
        }
    }

    // PI-BLK-04
    #[test]
    fn only_zero_bytes_at_the_end_are_left_out() {
        assert_eq!(stripped(b"a \n\0\0"), b"a \n");
        assert_eq!(stripped(b"\0a"), b"\0a");
        assert_eq!(stripped(&[0; 200]), b"");
        let mut long = vec![7; 300];
        long.extend([0; 3333]);
        assert_eq!(stripped(&long).len(), 300);
        assert_eq!(hash_block(b"a"), hash_block(b"a\0"));
        assert_ne!(hash_block(b"a"), hash_block(b"a "));
        assert_eq!(hash_block(&[]), EMPTY);
    }
}
