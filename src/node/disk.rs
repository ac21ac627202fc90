//! An instance's disk: a block device, or a file of the disk template `file`.
//!
//! Only what differs is written, in pieces, so a fresh file stays sparse and a
//! copy that is run again writes only what is missing.

use crate::failure::Failure;
use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom},
    os::unix::fs::{FileExt, FileTypeExt},
    path::{Path, PathBuf},
};

/// Smallest stretch that is written or left alone.
const PIECE: usize = 64 << 10;

/// An open disk.
pub struct Disk {
    file: File,
    path: PathBuf,
    size: u64,
}

impl Disk {
    /// Opens for reading and, if `write`, for writing.
    pub fn open(path: &Path, write: bool) -> Result<Self, Failure> {
        let fail = |doing| {
            move |cause| Failure::Disk {
                doing,
                path: path.to_owned(),
                cause,
            }
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(write)
            .open(path)
            .map_err(fail("open"))?;
        let kind = file.metadata().map_err(fail("open"))?.file_type();
        if !kind.is_file() && !kind.is_block_device() {
            return Err(fail("use")(io::Error::other(
                "neither a file nor a block device",
            )));
        }
        let size = file.seek(SeekFrom::End(0)).map_err(fail("measure"))?;
        Ok(Disk {
            file,
            path: path.to_owned(),
            size,
        })
    }

    /// Bytes of the disk.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads all of `into` from `at`.
    pub fn read(&self, at: u64, into: &mut [u8]) -> Result<(), Failure> {
        self.file
            .read_exact_at(into, at)
            .map_err(|cause| self.failed("read", cause))
    }

    /// Turns `old`, what the disk has at `at`, into `new` of the same length.
    pub fn change(&self, at: u64, old: &[u8], new: &[u8]) -> Result<(), Failure> {
        let mut run: Option<(usize, usize)> = None; // a stretch that differs
        let mut offset = 0;
        for (old, new_piece) in old.chunks(PIECE).zip(new.chunks(PIECE)) {
            let end = offset + new_piece.len();
            if old == new_piece {
                self.put(at, new, run.take())?;
            } else {
                run = Some((run.map_or(offset, |(start, _)| start), end));
            }
            offset = end;
        }
        self.put(at, new, run)
    }

    fn put(&self, at: u64, new: &[u8], run: Option<(usize, usize)>) -> Result<(), Failure> {
        let Some((start, end)) = run else {
            return Ok(());
        };
        let bytes = new.get(start..end).unwrap_or_default();
        self.file
            .write_all_at(bytes, at + start as u64)
            .map_err(|cause| self.failed("write", cause))
    }

    /// Everything written is on stable storage after this.
    pub fn finish(&self) -> Result<(), Failure> {
        self.file
            .sync_all()
            .map_err(|cause| self.failed("flush", cause))
    }

    fn failed(&self, doing: &'static str, cause: io::Error) -> Failure {
        Failure::Disk {
            doing,
            path: self.path.clone(),
            cause,
        }
    }
}
