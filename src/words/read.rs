//! Reading the files languages are in.
//!
//! Invariant: only regular files of modest size whose name is a language code and `.ftl`
//! are read.

use rust_embed::RustEmbed;
use std::{
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../templates/locale"]
struct BuiltIn;

/// Folder of languages in a directory of `TEMPLATE_DIRS`.
pub(crate) const FOLDER: &str = "locale";
/// The longest file that is read, bytes.
const LONGEST: u64 = 2 << 20;
/// Languages of the owner, at most.
const MOST: usize = 100;

/// A file with texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub code: String,
    pub text: String,
    /// The owner's file; none for one of the program.
    pub file: Option<PathBuf>,
    /// Which version of it.
    pub stamp: String,
}

/// A language code, in the form of `<html lang>`: `el`, `pt-BR`.
fn is_code(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// The languages of the program.
pub(crate) fn built_in() -> Vec<Source> {
    let source = |name: &str| {
        let code = name.strip_suffix(".ftl")?;
        let file = BuiltIn::get(name)?;
        Some(Source {
            code: code.to_owned(),
            text: String::from_utf8_lossy(&file.data).into_owned(),
            file: None,
            stamp: String::new(),
        })
    };
    let mut all: Vec<Source> = BuiltIn::iter().filter_map(|name| source(&name)).collect();
    all.sort_by(|a, b| a.code.cmp(&b.code));
    all
}

/// A file of the owner as it is now: where, and which version.
pub(crate) type Seen = (PathBuf, String);

/// The owner's files, the one that counts least first.
pub(crate) fn seen(dirs: &[String]) -> Vec<Seen> {
    let mut all = Vec::new();
    for dir in dirs.iter().rev() {
        let Ok(entries) = std::fs::read_dir(Path::new(dir).join(FOLDER)) else {
            continue;
        };
        let mut here: Vec<Seen> = entries
            .flatten()
            .filter_map(|entry| {
                code_of(&entry.path())?;
                let about = std::fs::metadata(entry.path()).ok()?;
                let stamp = format!("{}.{}.{}", about.mtime(), about.mtime_nsec(), about.len());
                about.is_file().then(|| (entry.path(), stamp))
            })
            .take(MOST)
            .collect();
        here.sort();
        all.extend(here);
    }
    all
}

fn code_of(file: &Path) -> Option<&str> {
    let code = file.file_name()?.to_str()?.strip_suffix(".ftl")?;
    is_code(code).then_some(code)
}

/// Reads a file of the owner.
pub(crate) fn own((file, stamp): &Seen) -> Result<Source, String> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|open| open.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(|cause| cause.to_string())?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    Ok(Source {
        code: code_of(file).unwrap_or_default().to_owned(),
        text: String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?,
        file: Some(file.clone()),
        stamp: stamp.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_codes() {
        for (name, code) in [
            ("el.ftl", Some("el")),
            ("pt-BR.ftl", Some("pt-BR")),
            ("el.txt", None),
            (".ftl", None),
            ("EL.ftl", None),
            ("../x.ftl", None),
            ("a.ftl", None),
            ("el-.ftl", None),
            ("elegant.ftl", None),
        ] {
            assert_eq!(code_of(Path::new(name)), code, "{name}");
        }
    }
}
