//! A disk whose power can be cut: what was not synced is lost or kept sector by
//! sector, at random. After the cut every access fails, as for a dead machine.

use rand::{RngExt, rngs::StdRng};
use redb::StorageBackend;
use std::{
    io,
    sync::{Arc, Mutex},
};

const SECTOR: usize = 512;

#[derive(Clone, Debug)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// As a reader sees it.
    now: Vec<u8>,
    /// As of the last sync.
    synced: Vec<u8>,
    /// Since the last sync, in order.
    pending: Vec<Change>,
    /// Accesses left before the power goes; None never.
    fuse: Option<u32>,
    dead: bool,
}

#[derive(Debug)]
enum Change {
    Length(usize),
    Bytes(usize, Vec<u8>),
}

impl Change {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Change::Length(n) => image.resize(*n, 0),
            Change::Bytes(at, data) => write(image, *at, data),
        }
    }
}

fn write(image: &mut Vec<u8>, at: usize, data: &[u8]) {
    if image.len() < at + data.len() {
        image.resize(at + data.len(), 0);
    }
    image[at..at + data.len()].copy_from_slice(data);
}

impl Disk {
    /// A disk with `image` on it that dies at its `fuse`th change.
    pub fn new(image: Vec<u8>, fuse: Option<u32>) -> Self {
        Disk(Arc::new(Mutex::new(State {
            synced: image.clone(),
            now: image,
            pending: Vec::new(),
            fuse,
            dead: false,
        })))
    }

    /// Cuts the power, if it is not yet, and returns what the platters hold.
    pub fn cut(&self, rng: &mut StdRng) -> Vec<u8> {
        let mut state = self.0.lock().unwrap();
        state.dead = true;
        // Sometimes all unsynced data is lost, sometimes nearly none.
        let keep = [0.0, 0.1, 0.5, 0.9, 1.0][rng.random_range(0..5)];
        let mut image = std::mem::take(&mut state.synced);
        for change in std::mem::take(&mut state.pending) {
            match change {
                Change::Length(_) => {
                    if rng.random_bool(keep) {
                        change.apply(&mut image);
                    }
                }
                Change::Bytes(at, data) => {
                    let mut done = 0;
                    while done < data.len() {
                        let step = (SECTOR - (at + done) % SECTOR).min(data.len() - done);
                        if rng.random_bool(keep) {
                            write(&mut image, at + done, &data[done..done + step]);
                        }
                        done += step;
                    }
                }
            }
        }
        image
    }

    fn access(&self) -> io::Result<std::sync::MutexGuard<'_, State>> {
        let state = self.0.lock().unwrap();
        if state.dead {
            return Err(io::Error::other("no power"));
        }
        Ok(state)
    }

    /// A change: burns the fuse. The fatal one is still pending, so it may be half there.
    fn change(&self, change: Option<Change>) -> io::Result<()> {
        let mut state = self.access()?;
        if let Some(change) = change {
            change.apply(&mut state.now);
            state.pending.push(change);
        }
        if let Some(fuse) = &mut state.fuse {
            *fuse = fuse.saturating_sub(1);
            if *fuse == 0 {
                state.dead = true;
                return Err(io::Error::other("the power went"));
            }
        }
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.access()?.now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.access()?;
        let at = usize::try_from(offset).unwrap();
        let bytes = state.now.get(at..at + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Some(Change::Length(usize::try_from(len).unwrap())))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Some(Change::Bytes(
            usize::try_from(offset).unwrap(),
            data.to_vec(),
        )))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(None)?;
        let mut state = self.access()?;
        let State {
            synced, pending, ..
        } = &mut *state;
        for change in pending.drain(..) {
            change.apply(synced);
        }
        Ok(())
    }
}
