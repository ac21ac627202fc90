//! `synnefo settings write-defaults`: files to edit (ID-OPS-01).

use crate::invocation::Printed;
use kernel::settings::files;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Writes one file per group into `dir`. A file that is there stays as it is; where it
/// differs, the newer text goes beside it as `<file>.new`.
pub(super) fn write(dir: &Path) -> Printed {
    let mut printed = Printed::default();
    if let Err(error) = fs::create_dir_all(dir) {
        return Printed::failure(format!("error: {}: {error}\n", dir.display()), 1);
    }
    for (name, text) in files::all() {
        let path = dir.join(name);
        match one(&path, &text) {
            Ok(None) => {}
            Ok(Some(made)) => printed.out.push_str(&format!("{made}\n")),
            Err(error) => {
                printed.code = 1;
                let line = format!("error: {}: {error}\n", path.display());
                printed.err.push_str(&line);
            }
        }
    }
    printed
}

/// The file that was written, if one was.
fn one(path: &Path, text: &str) -> io::Result<Option<String>> {
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    match made {
        Ok(mut file) => {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            return Ok(Some(path.display().to_string()));
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    if fs::read(path)? == text.as_bytes() {
        return Ok(None);
    }
    let new = format!("{}.new", path.display());
    if fs::read(&new).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(None);
    }
    fs::write(&new, text)?;
    Ok(Some(new))
}
