//! The texts of the front page, which the owner keeps as files in `PORTAL_DIR`
//! (ID-PTL-02): `index`, `pages/<slug>`, `news/<yyyy-mm-dd>-<slug>` and
//! `faq/<category>/<slug>`, each `.md` or `.html`, with the code of a language before
//! that where there are several.
//!
//! Invariants: a file is read when it is wanted and again when it changed; a folder is
//! listed when it changed. A request looks at the folders it is about and at the files
//! it shows, however many others there are. Names come from the folder's own list, so
//! no address leads out of it.

mod text;

pub(crate) use text::Text;

use jiff::{Timestamp, civil::Date};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::SystemTime,
};

/// Largest file that is read.
const LARGEST: u64 = 1 << 20;
/// Files of a folder that are looked at.
const MOST: usize = 10_000;
/// Texts that are kept ready.
const KEPT: usize = 1_000;
/// What changed this many seconds ago or less may change again with the same time.
const UNSETTLED: i64 = 2;

/// A text in the languages there are.
#[derive(Debug, PartialEq)]
struct Named {
    /// The name without language and ending.
    key: String,
    /// Language (empty: any) and file.
    files: Vec<(String, String)>,
}

/// What a folder holds, in order of names.
#[derive(Debug, Default, PartialEq)]
struct Folder {
    texts: Vec<Named>,
    folders: Vec<String>,
    /// Names of files that cannot be shown.
    odd: Vec<String>,
    /// Places of news in `texts`, by name without the day; the newest of a name.
    newest: HashMap<String, usize>,
}

/// Something read, and of which state of the file or folder that is.
struct Kept<T> {
    changed: SystemTime,
    size: u64,
    settled: bool,
    what: Arc<T>,
}

impl<T> Kept<T> {
    fn is_of(&self, about: &fs::Metadata) -> bool {
        let changed = about.modified().is_ok_and(|at| at == self.changed);
        self.settled && changed && self.size == about.len()
    }

    fn new(about: &fs::Metadata, now: Timestamp, what: Arc<T>) -> io::Result<Self> {
        let changed = about.modified()?;
        let at = Timestamp::try_from(changed).map_err(io::Error::other)?;
        Ok(Kept {
            changed,
            size: about.len(),
            settled: now.as_second() - at.as_second() > UNSETTLED,
            what,
        })
    }
}

/// Folders and texts that were read.
#[derive(Default)]
struct Shelf {
    folders: HashMap<PathBuf, Kept<Folder>>,
    texts: HashMap<PathBuf, Kept<Text>>,
    /// How often something was read, for tests.
    reads: usize,
}

static SHELF: LazyLock<Mutex<Shelf>> = LazyLock::new(Mutex::default);

/// A piece of news, or an answer.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Its name in the address.
    pub(crate) slug: String,
    pub(crate) date: Option<Date>,
    pub(crate) text: Arc<Text>,
}

/// The owner's texts as somebody of a language sees them.
pub(crate) struct Portal {
    dir: PathBuf,
    language: String,
    now: Timestamp,
    shelf: &'static Mutex<Shelf>,
}

impl Shelf {
    fn folder(&mut self, path: &Path, now: Timestamp) -> Arc<Folder> {
        let found = fs::metadata(path).and_then(|about| {
            if let Some(kept) = self.folders.get(path).filter(|kept| kept.is_of(&about)) {
                return Ok(kept.what.clone());
            }
            self.reads += 1;
            let what = Arc::new(list(path)?);
            let kept = Kept::new(&about, now, what.clone())?;
            if self.folders.len() >= KEPT {
                self.folders.clear();
            }
            self.folders.insert(path.to_owned(), kept);
            Ok(what)
        });
        found.unwrap_or_else(|error| {
            complain(path, &error);
            self.folders.remove(path);
            Arc::default()
        })
    }

    fn text(&mut self, path: &Path, name: &str, now: Timestamp) -> Option<Arc<Text>> {
        let found = fs::metadata(path).and_then(|about| {
            if let Some(kept) = self.texts.get(path).filter(|kept| kept.is_of(&about)) {
                return Ok(kept.what.clone());
            }
            if !about.is_file() || about.len() > LARGEST {
                return Err(io::Error::other("no file of at most 1 MiB"));
            }
            self.reads += 1;
            let source = fs::read(path)?;
            let source = String::from_utf8_lossy(&source);
            let file = path.to_string_lossy();
            let what = Arc::new(text::ready(&file, &source, name));
            let kept = Kept::new(&about, now, what.clone())?;
            if self.texts.len() >= KEPT {
                self.texts.clear();
            }
            self.texts.insert(path.to_owned(), kept);
            Ok(what)
        });
        match found {
            Ok(text) => Some(text),
            Err(error) => {
                complain(path, &error);
                self.texts.remove(path);
                None
            }
        }
    }
}

/// What is not there is no trouble.
fn complain(path: &Path, error: &io::Error) {
    if error.kind() != io::ErrorKind::NotFound {
        let path = path.display();
        tracing::warn!(target: "synnefo.ui", "a text of the front page, {path}: {error}");
    }
}

/// May this be part of an address?
fn is_slug(name: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=100).contains(&name.len()) && name.bytes().all(good)
}

/// Name, language (empty: none) of a file that is a text.
fn parts(file: &str) -> Option<(&str, &str)> {
    let stem = file
        .strip_suffix(".md")
        .or_else(|| file.strip_suffix(".html"))?;
    let code =
        |code: &str| matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_lowercase());
    let (name, language) = match stem.rsplit_once('.') {
        Some((name, language)) if code(language) => (name, language),
        _ => (stem, ""),
    };
    is_slug(name).then_some((name, language))
}

/// Day and name of a piece of news.
fn dated(key: &str) -> Option<(Date, &str)> {
    let date = key.get(..10)?.parse().ok()?;
    let slug = key.get(10..)?.strip_prefix('-')?;
    (!slug.is_empty()).then_some((date, slug))
}

fn list(path: &Path) -> io::Result<Folder> {
    let mut files = Vec::new();
    let mut all = Folder::default();
    for entry in fs::read_dir(path)?.take(MOST) {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        match fs::metadata(entry.path()).is_ok_and(|about| about.is_dir()) {
            true if is_slug(&name) => all.folders.push(name),
            true => all.odd.push(name),
            false => files.push(name),
        }
    }
    // Markdown comes after HTML here, and is preferred below.
    files.sort_unstable();
    all.folders.sort_unstable();
    for file in files {
        let Some((key, language)) = parts(&file) else {
            all.odd.push(file);
            continue;
        };
        let one = (language.to_owned(), file.clone());
        match all
            .texts
            .iter_mut()
            .rev()
            .take(8)
            .find(|named| named.key == key)
        {
            Some(named) => named.files.insert(0, one),
            None => all.texts.push(Named {
                key: key.to_owned(),
                files: vec![one],
            }),
        }
    }
    all.texts.sort_by(|a, b| a.key.cmp(&b.key));
    for (at, named) in all.texts.iter().enumerate() {
        if let Some((_, slug)) = dated(&named.key) {
            all.newest.insert(slug.to_owned(), at);
        }
    }
    Ok(all)
}

impl Portal {
    /// The texts in `PORTAL_DIR`.
    pub(crate) fn new(settings: &kernel::Settings, language: &str, now: Timestamp) -> Self {
        Portal {
            dir: settings.str("PORTAL_DIR").into(),
            language: language.to_owned(),
            now,
            shelf: &SHELF,
        }
    }

    fn folder(&self, path: &str) -> Arc<Folder> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.folder(&self.dir.join(path), self.now)
    }

    /// The text in the language of the visitor, else in any.
    fn text(&self, folder: &str, named: &Named, name: &str) -> Option<Arc<Text>> {
        let wanted = [self.language.as_str(), "", "en"];
        let of = |code: &&str| named.files.iter().find(|(language, _)| language == *code);
        let chosen = wanted.iter().find_map(of);
        let (_, file) = chosen.or_else(|| named.files.first())?;
        let path = self.dir.join(folder).join(file);
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.text(&path, name, self.now)
    }

    /// What the owner says on the front page.
    pub(crate) fn index(&self) -> Option<Arc<Text>> {
        let folder = self.folder("");
        let named = folder.texts.iter().find(|named| named.key == "index")?;
        self.text("", named, "")
    }

    /// The first pages: name and title.
    pub(crate) fn pages(&self, most: usize) -> Vec<(String, String)> {
        let folder = self.folder("pages");
        let free = folder.texts.iter().filter(|named| is_free(&named.key));
        free.take(most)
            .filter_map(|named| {
                let text = self.text("pages", named, &named.key)?;
                Some((named.key.clone(), text.title.clone()))
            })
            .collect()
    }

    /// A page.
    pub(crate) fn page(&self, slug: &str) -> Option<Arc<Text>> {
        let folder = self.folder("pages");
        let at = folder
            .texts
            .binary_search_by(|named| named.key.as_str().cmp(slug));
        let named = folder.texts.get(at.ok()?)?;
        self.text("pages", named, slug).filter(|_| is_free(slug))
    }

    /// How many pieces of news there are.
    pub(crate) fn news_count(&self) -> usize {
        self.folder("news").texts.len()
    }

    /// Pieces of news, newest first.
    pub(crate) fn news(&self, skip: usize, take: usize) -> Vec<Item> {
        let folder = self.folder("news");
        let all = (0..folder.texts.len()).rev().skip(skip).take(take);
        all.filter_map(|at| self.item(&folder, at)).collect()
    }

    fn item(&self, folder: &Folder, at: usize) -> Option<Item> {
        let named = folder.texts.get(at)?;
        let (date, slug) = dated(&named.key)?;
        // A name that came again is told apart by its day.
        let newest = folder.newest.get(slug) == Some(&at);
        Some(Item {
            slug: if newest { slug } else { &named.key }.to_owned(),
            date: Some(date),
            text: self.text("news", named, slug)?,
        })
    }

    /// A piece of news, by its name, or by day and name.
    pub(crate) fn news_item(&self, slug: &str) -> Option<Item> {
        let folder = self.folder("news");
        let by_key = || {
            folder
                .texts
                .binary_search_by(|named| named.key.as_str().cmp(slug))
        };
        let at = folder.newest.get(slug).copied().or_else(|| by_key().ok())?;
        self.item(&folder, at)
    }

    /// Questions with their answers, by category.
    pub(crate) fn faq(&self) -> Vec<(String, Vec<Item>)> {
        let categories = self.folder("faq");
        let categories = categories.folders.iter().take(50).map(|name| {
            let place = format!("faq/{name}");
            let folder = self.folder(&place);
            let item = |named: &Named| {
                Some(Item {
                    slug: format!("{name}-{}", named.key),
                    date: None,
                    text: self.text(&place, named, &named.key)?,
                })
            };
            let items = folder.texts.iter().take(100).filter_map(item);
            (text::words(name), items.collect::<Vec<_>>())
        });
        categories.filter(|(_, items)| !items.is_empty()).collect()
    }
}

/// Is this name no service's (ID-PTL-03)?
fn is_free(slug: &str) -> bool {
    !crate::assets::is_taken(slug)
}

/// Does a service of this origin live at this place, so that the front page's own gives
/// way (ID-PTL-03)?
pub(crate) fn gives_way(settings: &kernel::Settings, root: &str) -> bool {
    let bases = ["ASTAKOS_BASE_URL", "CYCLADES_BASE_URL", "PITHOS_BASE_URL"];
    bases.iter().any(|name| {
        let url: Option<http::Uri> = settings.str(name).parse().ok();
        let first = url.as_ref().and_then(|url| url.path().split('/').nth(1));
        first == Some(root)
    })
}

/// The first parts of addresses of the front page's texts.
pub(crate) const ROOTS: [&str; 3] = ["about", "faq", "news"];

/// What will not be shown, in words (ID-PTL-03).
fn problems(settings: &kernel::Settings) -> Vec<String> {
    let dir = PathBuf::from(settings.str("PORTAL_DIR"));
    let mut all: Vec<String> = ROOTS
        .iter()
        .filter(|root| gives_way(settings, root))
        .map(|root| format!("/{root}/ is a service's: the front page's own is not shown"))
        .collect();
    for place in ["pages", "news"] {
        let Ok(folder) = list(&dir.join(place)) else {
            continue;
        };
        let says = |name: &str, why: &str| format!("{place}/{name} is not shown: {why}");
        all.extend(folder.odd.iter().map(|name| says(name, "no usable name")));
        for named in &folder.texts {
            match place {
                "pages" if !is_free(&named.key) => {
                    all.push(says(&named.key, "the name is reserved"));
                }
                "news" if dated(&named.key).is_none() => {
                    all.push(says(&named.key, "the name begins with no day"));
                }
                _ => {}
            }
        }
    }
    all.truncate(20);
    all
}

/// Warns of what will not be shown.
pub(crate) fn check(settings: &kernel::Settings) {
    if settings.bool("PORTAL_ENABLED") {
        for problem in problems(settings) {
            tracing::warn!(target: "synnefo.ui", "front page: {problem}");
        }
    }
}

#[cfg(test)]
mod tests;
