//! Secret key files below `keys/`: 32 random bytes each, made once.

use crate::private;
use kernel::{Error, Result};
use std::{fs, io, path::Path};
use zeroize::Zeroizing;

/// A key; wiped from memory when dropped.
pub type Key = Zeroizing<[u8; 32]>;

/// Reads the key in `dir/name` (as `seal.key`). With `fresh`, which is for a data
/// directory that has no database yet, a missing one is made.
///
/// # Errors
/// [`Error::Unavailable`] when it is missing otherwise: a new key could not open
/// what the lost one sealed.
pub fn key_file(dir: &Path, name: &str, fresh: bool) -> Result<Key> {
    let path = dir.join(name);
    let bytes = match fs::read(&path) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(e) if e.kind() == io::ErrorKind::NotFound && fresh => {
            private::make_dir(dir, 0o700)?;
            let mut key = Key::default();
            getrandom::fill(key.as_mut()).map_err(Error::broken)?;
            private::write(&path, key.as_ref(), false)?;
            // Somebody else may have been first.
            return key_file(dir, name, false);
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(Error::unavailable(format!(
                "{} is missing, and what it sealed in the database cannot be read without it. \
                 Bring it back from a backup.",
                path.display()
            )));
        }
        Err(e) => return Err(private::named("read", &path, &e)),
    };
    let mut key = Key::default();
    if bytes.len() != key.len() {
        return Err(Error::unavailable(format!(
            "{} is not a key: it must hold {} bytes.",
            path.display(),
            key.len()
        )));
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}
