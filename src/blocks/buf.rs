//! Page-aligned memory for one block, as O_DIRECT wants it.
//!
//! Buffers are anonymous maps, not heap: pages cost memory only once touched (a
//! slow small upload holds little), and are given back when dropped. A few full
//! ones are kept for re-use.

#![expect(
    unsafe_code,
    reason = "aligned memory that the kernel reads and writes directly"
)]

use crate::BLOCK_SIZE;
use kernel::{Error, Result};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use std::{
    ptr::NonNull,
    sync::{Mutex, PoisonError},
};

/// Alignment of memory, offsets and lengths of direct writes.
pub(crate) const ALIGN: usize = 4096;

/// How many full buffers are kept for re-use.
const KEEP: usize = 6;

static POOL: Mutex<Vec<Map>> = Mutex::new(Vec::new());

/// One anonymous map of [`BLOCK_SIZE`] bytes.
struct Map(NonNull<u8>);

// SAFETY: a map is plain memory that belongs to nobody else.
unsafe impl Send for Map {}
// SAFETY: shared access only reads; writing needs `&mut`.
unsafe impl Sync for Map {}

impl Map {
    fn new() -> Result<Self> {
        // SAFETY: a new private map at an address of the kernel's choice touches
        // no memory in use.
        let at = unsafe {
            mmap_anonymous(
                std::ptr::null_mut(),
                BLOCK_SIZE,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE,
            )
        }
        .map_err(|e| Error::broken(std::io::Error::from(e)))?;
        NonNull::new(at.cast())
            .map(Map)
            .ok_or_else(|| Error::broken("a map at address zero"))
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the map is BLOCK_SIZE readable, initialised (zeroed) bytes that
        // live as long as `self`.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr(), BLOCK_SIZE) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, writable, and `&mut self` makes the access exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.0.as_ptr(), BLOCK_SIZE) }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: the map was made by `new` with this length and nothing borrows it.
        let _ = unsafe { munmap(self.0.as_ptr().cast(), BLOCK_SIZE) };
    }
}

/// Up to one block of bytes in aligned memory.
pub struct Buf {
    map: Option<Map>,
    len: usize,
}

impl Buf {
    /// An empty buffer with room for a block.
    pub fn new() -> Result<Self> {
        let kept = POOL.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let map = match kept {
            Some(map) => map,
            None => Map::new()?,
        };
        Ok(Buf {
            map: Some(map),
            len: 0,
        })
    }

    /// A buffer of `len` zeros (at most a block).
    pub fn zeros(len: usize) -> Result<Self> {
        let mut buf = Buf {
            map: Some(Map::new()?),
            len: 0,
        };
        buf.len = len.min(BLOCK_SIZE);
        Ok(buf)
    }

    /// Appends from `data` what fits and says how much that was.
    pub fn fill(&mut self, data: &[u8]) -> usize {
        let at = self.len;
        let taken = data.len().min(BLOCK_SIZE - at);
        if let (Some(to), Some(from)) = (self.room().get_mut(..taken), data.get(..taken)) {
            to.copy_from_slice(from);
        }
        self.len = at + taken;
        taken
    }

    /// No room left?
    pub fn is_full(&self) -> bool {
        self.len == BLOCK_SIZE
    }

    /// The bytes after the content.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        let at = self.len;
        match &mut self.map {
            Some(map) => map.bytes_mut().get_mut(at..).unwrap_or_default(),
            None => &mut [],
        }
    }

    /// Counts `len` bytes of the room as content.
    pub(crate) fn grow(&mut self, len: usize) {
        self.len = (self.len + len).min(BLOCK_SIZE);
    }

    /// Makes the content `len` bytes, cut or padded with zeros.
    pub(crate) fn resize(&mut self, len: usize) {
        let len = len.min(BLOCK_SIZE);
        if len > self.len {
            let more = len - self.len;
            if let Some(gap) = self.room().get_mut(..more) {
                gap.fill(0);
            }
        }
        self.len = len;
    }

    /// The first `len` bytes of content, followed by zeros up to a multiple of
    /// [`ALIGN`]. What was behind them is lost.
    pub(crate) fn aligned(&mut self, len: usize) -> &[u8] {
        self.resize(len);
        let padded = len.next_multiple_of(ALIGN).min(BLOCK_SIZE);
        self.resize(padded);
        self.len = len;
        self.map
            .as_ref()
            .and_then(|map| map.bytes().get(..padded))
            .unwrap_or_default()
    }
}

impl AsRef<[u8]> for Buf {
    fn as_ref(&self) -> &[u8] {
        self.map
            .as_ref()
            .and_then(|map| map.bytes().get(..self.len))
            .unwrap_or_default()
    }
}

impl std::ops::Deref for Buf {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.as_ref()
    }
}

impl std::fmt::Debug for Buf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Buf({} bytes)", self.len)
    }
}

impl Drop for Buf {
    fn drop(&mut self) {
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < KEEP
            && let Some(map) = self.map.take()
        {
            pool.push(map);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_aligned_and_padded_with_zeros() {
        let mut dirty = Buf::new().unwrap();
        assert_eq!(dirty.fill(&vec![0xff; BLOCK_SIZE + 9]), BLOCK_SIZE);
        assert!(dirty.is_full());
        drop(dirty);
        for len in [0, 1, 4095, 4096, 4097, BLOCK_SIZE] {
            let mut buf = Buf::new().unwrap();
            assert_eq!(buf.as_ptr() as usize % ALIGN, 0);
            buf.fill(&vec![0xee; BLOCK_SIZE]);
            let padded = buf.aligned(len).to_vec();
            assert_eq!(padded.len(), len.next_multiple_of(ALIGN));
            assert!(padded[..len].iter().all(|b| *b == 0xee));
            assert!(padded[len..].iter().all(|b| *b == 0));
            assert_eq!(buf.len(), len);
        }
        let mut buf = Buf::new().unwrap();
        buf.fill(b"ab");
        buf.resize(5);
        assert_eq!(&*buf, b"ab\0\0\0");
        assert!(Buf::zeros(BLOCK_SIZE).unwrap().iter().all(|b| *b == 0));
    }
}
