//! Where templates are: the owner's directories (ID-TPL-01), then the mails in the file of
//! the reader's language, then the built-in ones, in English.
//!
//! Invariant: a name leads to a file below one of the directories or to nothing.

use crate::django;
use rust_embed::RustEmbed;
use std::{
    collections::BTreeSet,
    io::Read,
    path::{Component, Path, PathBuf},
    sync::Arc,
};
use words::{Language, Languages};

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
    /// A file of the owner, or a part of one.
    Own(Piece),
}

/// What of the owner's it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The file.
    pub file: PathBuf,
    /// Which version of it.
    pub stamp: Stamp,
    /// The mail, in the file of a language; empty: the file is one template.
    pub mail: String,
    /// Lines of the file before the text.
    pub above: usize,
}

/// A template that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub source: Source,
    /// The text, or why it cannot be read.
    pub text: Result<String, String>,
}

/// Looks for templates.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// The owner's directories.
    pub dirs: Vec<PathBuf>,
    /// The languages there are.
    pub languages: Arc<Languages>,
    /// Files that turned out to be bad, and mails in them.
    pub without: BTreeSet<(PathBuf, String)>,
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
        self.mail(language, name).or_else(|| built_in(name))
    }

    /// The mail of a language's file, unless it turned out to be bad.
    fn mail(&self, language: &str, name: &str) -> Option<Found> {
        let mail = self.languages.named(language)?.mail(plain(name))?;
        let source = match &mail.place.file {
            None => Source::BuiltIn,
            Some(file) => Source::Own(Piece {
                file: file.clone(),
                stamp: mail.place.stamp.clone(),
                mail: mail.name.clone(),
                above: mail.place.above,
            }),
        };
        let bad = matches!(&source, Source::Own(piece) if self.is_bad(&piece.file, &piece.mail));
        (!bad).then(|| Found {
            source,
            text: Ok(mail.text.clone()),
        })
    }

    fn is_bad(&self, file: &Path, mail: &str) -> bool {
        let mut all = self.without.iter();
        all.any(|(bad, part)| bad == file && part == mail)
    }

    /// The language to write in: the reader's where there are texts in it, else English.
    pub fn language(&self, wanted: &str) -> &Arc<Language> {
        let named = self.languages.named(wanted);
        named.unwrap_or_else(|| self.languages.english())
    }

    /// Is there a text of this template in the language?
    pub fn speaks(&self, language: &Language, name: &str) -> bool {
        let code = language.code();
        let own = |dir: &PathBuf| {
            let mut all = spellings(name).into_iter();
            all.any(|spelling| dir.join(code).join(spelling).is_file())
        };
        code == self.languages.english().code()
            || language.mail(plain(name)).is_some()
            || self.dirs.iter().any(own)
    }

    /// The program's own texts alone, for when all else fails.
    pub fn forget_own(&mut self) {
        self.dirs.clear();
        self.languages = Languages::built_in().clone();
    }

    /// A file of the owner, unless it turned out to be bad.
    pub fn own(&self, path: PathBuf) -> Option<Found> {
        let about = std::fs::metadata(&path).ok()?;
        if !about.is_file() || self.is_bad(&path, "") {
            return None;
        }
        Some(Found {
            text: read(&path),
            source: Source::Own(Piece {
                file: path,
                stamp: stamp(&about),
                mail: String::new(),
                above: 0,
            }),
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

/// A template's name in the catalogue.
fn plain(name: &str) -> &str {
    name.strip_suffix(".txt").unwrap_or(name)
}

/// A template of the program, in English.
pub(crate) fn built_in(name: &str) -> Option<Found> {
    let file = BuiltIn::get(name)?;
    Some(Found {
        source: Source::BuiltIn,
        text: Ok(String::from_utf8_lossy(&file.data).into_owned()),
    })
}

/// The names of the program's templates.
#[cfg(test)]
pub(crate) fn built_in_names() -> Vec<String> {
    BuiltIn::iter().map(|name| name.into_owned()).collect()
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
            let files = Files {
                dirs: Vec::new(),
                languages: Languages::built_in().clone(),
                without: BTreeSet::new(),
            };
            assert_eq!(files.language(wanted).code(), chosen, "{wanted}");
        }
    }
}
