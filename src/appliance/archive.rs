//! A backup being written: one tar file, or a directory with the same names. It has
//! a name of its own only once it is complete and durable.

use crate::{
    manifest::{Sum, Summed, block_name},
    private::{self, named},
};
use kernel::{BlockHash, Error, Result, clock::Timestamp};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// Room for headers and small files; blocks are larger and go past it.
const BUFFER: usize = 256 << 10;

pub(crate) struct Archive {
    target: PathBuf,
    partial: PathBuf,
    mtime: u64,
    form: Form,
    /// Of the files added so far.
    sum: Sum,
}

enum Form {
    Tar(Option<tar::Builder<BufWriter<File>>>),
    /// Directories made, to be synced at the end.
    Dir(BTreeSet<PathBuf>),
}

impl Archive {
    /// A tar file when `target` ends in `.tar`, else a directory. Neither may exist,
    /// but for an empty directory.
    pub(crate) fn create(target: &Path, now: Timestamp) -> Result<Self> {
        let ending = target.extension().and_then(|end| end.to_str());
        let tar = ending == Some("tar");
        if let Some("gz" | "tgz" | "xz" | "zst" | "bz2" | "zip") = ending {
            return Err(Error::unavailable(format!(
                "{}: backups are not compressed; give a name that ends in .tar, or a directory.",
                target.display()
            )));
        }
        let taken = match fs::read_dir(target) {
            Ok(mut entries) => tar || entries.next().is_some(),
            Err(e) => e.kind() != io::ErrorKind::NotFound,
        };
        if taken {
            return Err(Error::unavailable(format!(
                "{} is there already; a backup overwrites nothing.",
                target.display()
            )));
        }
        let partial = private::beside(target, "partial")?;
        let form = if tar {
            let file = BufWriter::with_capacity(BUFFER, private::create(&partial)?);
            Form::Tar(Some(tar::Builder::new(file)))
        } else {
            private::make_dir(&partial, 0o700)?;
            Form::Dir(BTreeSet::from([partial.clone()]))
        };
        Ok(Archive {
            target: target.to_owned(),
            partial,
            mtime: u64::try_from(now.as_second()).unwrap_or(0),
            form,
            sum: Sum::default(),
        })
    }

    /// A free name for a file that is only needed while the backup is made.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        private::beside(&self.target, "rows")
    }

    /// Sum over the files added so far.
    pub(crate) fn sum(&self) -> Sum {
        self.sum
    }

    /// Adds a block, whose name is its hash.
    pub(crate) fn add_block(&mut self, hash: &BlockHash, data: &[u8]) -> Result<()> {
        self.write(&block_name(hash), data.len() as u64, data)
    }

    /// Adds a file of exactly `len` bytes.
    pub(crate) fn add(&mut self, name: &str, len: u64, data: impl Read) -> Result<()> {
        let mut data = Summed::new(name, data);
        self.write(name, len, &mut data)?;
        data.end(&mut self.sum);
        Ok(())
    }

    fn write(&mut self, name: &str, len: u64, data: impl Read) -> Result<()> {
        let mut data = Exactly { data, left: len };
        let added = match &mut self.form {
            Form::Tar(Some(builder)) => {
                let mut header = tar::Header::new_gnu();
                header.set_size(len);
                header.set_mode(0o600);
                header.set_mtime(self.mtime);
                builder.append_data(&mut header, name, &mut data)
            }
            Form::Tar(None) => Err(io::Error::other("the archive is finished")),
            Form::Dir(dirs) => {
                let path = self.partial.join(name);
                let dir = private::parent(&path).to_owned();
                for made in dir.ancestors().take_while(|d| *d != self.partial) {
                    if !dirs.insert(made.to_owned()) {
                        break;
                    }
                }
                private::make_dir(&dir, 0o700)?;
                let mut file = private::create(&path)?;
                io::copy(&mut data, &mut file).and_then(|_| file.sync_data())
            }
        };
        added.map_err(|e| named("write the backup", &self.target, &e))
    }

    /// Makes the archive durable and gives it its name.
    pub(crate) fn finish(mut self) -> Result<()> {
        match &mut self.form {
            Form::Tar(builder) => {
                let finished = builder
                    .take()
                    .ok_or_else(|| io::Error::other("the archive is finished"))
                    .and_then(tar::Builder::into_inner)
                    .and_then(|mut file| {
                        file.flush()?;
                        file.get_ref().sync_all()
                    });
                finished.map_err(|e| named("write the backup", &self.target, &e))?;
            }
            Form::Dir(dirs) => {
                for dir in dirs.iter().rev() {
                    private::sync_dir(dir)?;
                }
            }
        }
        fs::rename(&self.partial, &self.target)
            .map_err(|e| named("write the backup", &self.target, &e))?;
        private::sync_dir(private::parent(&self.target))
    }
}

/// What was not finished is removed.
impl Drop for Archive {
    fn drop(&mut self) {
        let _ = match self.form {
            Form::Tar(_) => fs::remove_file(&self.partial),
            Form::Dir(_) => fs::remove_dir_all(&self.partial),
        };
    }
}

/// Reads as many bytes as were promised, or fails.
struct Exactly<R> {
    data: R,
    left: u64,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).map_or(buf.len(), |left| left.min(buf.len()));
        let Some(room) = buf.get_mut(..most).filter(|room| !room.is_empty()) else {
            return Ok(0);
        };
        let got = self.data.read(room)?;
        if got == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= got as u64;
        Ok(got)
    }
}
