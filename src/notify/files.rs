//! Where templates are: the owner's directories (ID-TPL-01), then the built-in ones.
//!
//! Invariant: a name leads to a file below one of the directories or to nothing.

use crate::django;
use rust_embed::RustEmbed;
use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::Read,
    path::{Component, Path, PathBuf},
};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../templates/mail"]
struct BuiltIn;

/// The older name of a template, and the one it has now (ID-MAIL-07).
const RENAMED: (&str, &str) = (
    "registration/email_change_email.txt",
    "registration/email_change_email_new_email.txt",
);

/// The one name of a template: relative, below nothing, `projects/` below `im/`. None
/// for what can be no template.
pub(crate) fn canonical(name: &str) -> Option<String> {
    let plain = |path: &Path| {
        let mut parts = path.components();
        parts.all(|part| matches!(part, Component::Normal(_)))
    };
    let good = !name.is_empty() && name.len() <= 200 && !name.contains(['\0', '\\']);
    if !good || !name.ends_with(".txt") || !plain(Path::new(name)) {
        return None;
    }
    Some(match name {
        name if name == RENAMED.0 => RENAMED.1.to_owned(),
        name if name.starts_with("projects/") => format!("im/{name}"),
        name => name.to_owned(),
    })
}

/// The names a file of the owner may have, the better one first.
fn spellings(name: &str) -> Vec<&str> {
    let mut all = vec![name];
    if name == RENAMED.1 {
        all.push(RENAMED.0);
    }
    all.extend(
        name.strip_prefix("im/")
            .filter(|n| n.starts_with("projects/")),
    );
    all
}

/// When a file of the owner was last changed, to tell its versions apart.
pub(crate) type Stamp = String;

/// Whence a template came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The program.
    BuiltIn,
    /// A file of the owner.
    Own(PathBuf, Stamp),
}

/// A template that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub source: Source,
    /// The text, or why it cannot be read.
    pub text: Result<String, String>,
}

/// Looks for templates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    /// The owner's directories.
    pub dirs: Vec<PathBuf>,
    /// Files that turned out to be bad.
    pub without: BTreeSet<PathBuf>,
}

impl Files {
    /// The template of a canonical name for readers of `language`.
    pub fn find(&self, language: &str, name: &str) -> Option<Found> {
        for dir in &self.dirs {
            for folder in [dir.join(language), dir.clone()] {
                for spelling in spellings(name) {
                    let path = folder.join(spelling);
                    if let Some(found) = self.own(path) {
                        return Some(found);
                    }
                }
            }
        }
        built_in(language, name)
    }

    /// A file of the owner, unless it turned out to be bad.
    pub fn own(&self, path: PathBuf) -> Option<Found> {
        let about = std::fs::metadata(&path).ok()?;
        if !about.is_file() || self.without.contains(&path) {
            return None;
        }
        Some(Found {
            text: read(&path),
            source: Source::Own(path, stamp(&about)),
        })
    }

    /// All files of the owner, by name: (directory, place in it).
    pub fn all_own(&self) -> Vec<(PathBuf, String)> {
        let mut all = Vec::new();
        for dir in &self.dirs {
            let mut names = Vec::new();
            list(dir, dir, 0, &mut names);
            names.sort();
            all.extend(names.into_iter().map(|name| (dir.clone(), name)));
        }
        all
    }
}

fn list(root: &Path, dir: &Path, depth: usize, names: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if hidden || names.len() >= 2000 {
            continue;
        }
        if path.is_dir() {
            if depth < 4 {
                list(root, &path, depth + 1, names);
            }
        } else if let Ok(name) = path.strip_prefix(root)
            && let Some(name) = name.to_str()
        {
            names.push(name.to_owned());
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    let limit = django::LONGEST as u64 + 1;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|cause| cause.to_string())?;
    if bytes.len() > django::LONGEST {
        return Err(format!("longer than {} bytes", django::LONGEST));
    }
    String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())
}

fn stamp(about: &std::fs::Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    format!("{}.{}.{}", about.mtime(), about.mtime_nsec(), about.len())
}

/// A template of the program, in the reader's language where there is one.
pub(crate) fn built_in(language: &str, name: &str) -> Option<Found> {
    let file = BuiltIn::get(&format!("{language}/{name}")).or_else(|| BuiltIn::get(name))?;
    Some(Found {
        source: Source::BuiltIn,
        text: Ok(String::from_utf8_lossy(&file.data).into_owned()),
    })
}

/// A file of the program that is no message.
pub(crate) fn plain(name: &str) -> Option<Cow<'static, str>> {
    let file = BuiltIn::get(name)?;
    Some(String::from_utf8_lossy(&file.data).into_owned().into())
}

/// The languages there are words in.
pub(crate) fn languages() -> Vec<String> {
    let more =
        BuiltIn::iter().filter_map(|name| name.strip_suffix("/subjects.txt").map(str::to_owned));
    std::iter::once("en".to_owned()).chain(more).collect()
}

/// The language to write in: the reader's where there are words in it, else English.
pub(crate) fn language(wanted: &str) -> String {
    let first = wanted.split(['-', '_', '.']).next().unwrap_or_default();
    let first = first.to_ascii_lowercase();
    let plain = first.len() <= 8 && first.chars().all(|c| c.is_ascii_lowercase());
    match plain && first != "im" && BuiltIn::get(&format!("{first}/subjects.txt")).is_some() {
        true => first,
        false => "en".into(),
    }
}

#[cfg(test)]
pub(crate) fn built_in_names() -> Vec<String> {
    BuiltIn::iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-TPL-01 ID-TPL-14 ID-MAIL-07
    #[test]
    fn names_lead_nowhere_else() {
        for bad in [
            "",
            "/etc/passwd.txt",
            "../x.txt",
            "im/../../x.txt",
            "im/./x.txt\0.txt",
            "x.html",
            "x",
            "im\\x.txt",
        ] {
            assert_eq!(canonical(bad), None, "{bad}");
        }
        assert_eq!(canonical("im/email.txt").as_deref(), Some("im/email.txt"));
        assert_eq!(
            canonical("projects/a.txt").as_deref(),
            Some("im/projects/a.txt")
        );
        assert_eq!(canonical(RENAMED.0).as_deref(), Some(RENAMED.1));
        assert_eq!(
            spellings("im/projects/a.txt"),
            ["im/projects/a.txt", "projects/a.txt"]
        );
    }

    // ID-UI-09
    #[test]
    fn languages_are_those_with_words() {
        for (wanted, chosen) in [
            ("el", "el"),
            ("el-GR", "el"),
            ("EL_gr", "el"),
            ("en-us", "en"),
            ("xx", "en"),
            ("../el", "en"),
            ("", "en"),
        ] {
            assert_eq!(language(wanted), chosen, "{wanted}");
        }
    }
}
