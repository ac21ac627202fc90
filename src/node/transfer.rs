//! `export` and `import`: an instance's disk as a plain stream of its bytes, for
//! `gnt-backup`.

use crate::{
    disk::Disk,
    environment::{Environment, missing},
    failure::Failure,
};
use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

const CHUNK: usize = 4 << 20;

/// Writes the disk `EXPORT_DEVICE` to `out`.
pub fn export(environment: &Environment, out: &mut impl Write) -> Result<(), Failure> {
    environment.check_interface()?;
    let path = device(environment, "EXPORT_DEVICE")?;
    let disk = Disk::open(&path, false)?;
    let mut buffer = vec![0; CHUNK];
    let mut at = 0;
    while at < disk.size() {
        let take = CHUNK.min(usize::try_from(disk.size() - at).unwrap_or(CHUNK));
        let chunk = buffer.get_mut(..take).unwrap_or_default();
        disk.read(at, chunk)?;
        out.write_all(chunk)
            .map_err(stream("write the dump of", &path))?;
        at += take as u64;
    }
    out.flush().map_err(stream("write the dump of", &path))
}

/// Fills the disk `IMPORT_DEVICE` from `dump`.
pub fn import(environment: &Environment, dump: &mut impl Read) -> Result<(), Failure> {
    environment.check_interface()?;
    let path = device(environment, "IMPORT_DEVICE")?;
    let disk = Disk::open(&path, true)?;
    let (mut new, mut old) = (Vec::with_capacity(CHUNK), vec![0; CHUNK]);
    let mut at: u64 = 0;
    loop {
        new.clear();
        dump.by_ref()
            .take(CHUNK as u64)
            .read_to_end(&mut new)
            .map_err(stream("read the dump of", &path))?;
        if new.is_empty() {
            break;
        }
        let end = at + new.len() as u64;
        if end > disk.size() {
            return Err(Failure::Environment(format!(
                "the dump is larger than the disk {}, which has {} bytes",
                path.display(),
                disk.size()
            )));
        }
        let old = old.get_mut(..new.len()).unwrap_or_default();
        disk.read(at, old)?;
        disk.change(at, old, &new)?;
        at = end;
    }
    if at == 0 && disk.size() > 0 {
        return Err(Failure::Environment("the dump is empty".into()));
    }
    disk.finish()
}

fn device(environment: &Environment, name: &str) -> Result<PathBuf, Failure> {
    environment.path(name).ok_or_else(|| missing(name))
}

fn stream(doing: &'static str, path: &std::path::Path) -> impl Fn(io::Error) -> Failure {
    let path = path.to_owned();
    move |cause| Failure::Disk {
        doing,
        path: path.clone(),
        cause,
    }
}
