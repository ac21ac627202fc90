//! All languages there are, and how one of them is chosen.

use crate::{
    language::Language,
    read::{self, Seen, Source},
};
use kernel::Settings;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// The one that everything is said in.
const ENGLISH: &str = "en";
/// Sets of files that are remembered.
const REMEMBERED: usize = 4;

/// All languages, English first, then by code.
#[derive(Debug)]
pub struct Languages {
    english: Arc<Language>,
    all: Vec<Arc<Language>>,
}

impl Languages {
    fn new(sources: Vec<Source>) -> Self {
        let mut by_code: BTreeMap<String, Vec<Source>> = BTreeMap::new();
        for source in sources {
            by_code.entry(source.code.clone()).or_default().push(source);
        }
        let english = by_code.remove(ENGLISH).unwrap_or_default();
        let english = Arc::new(Language::new(ENGLISH, &english, None));
        let mut all = vec![english.clone()];
        for (code, sources) in by_code {
            let language = Language::new(&code, &sources, Some(english.clone()));
            all.push(Arc::new(language));
        }
        Languages { english, all }
    }

    /// Those of the program alone.
    pub fn built_in() -> &'static Arc<Self> {
        static ALL: OnceLock<Arc<Languages>> = OnceLock::new();
        ALL.get_or_init(|| Arc::new(Languages::new(read::built_in())))
    }

    /// Those of the program and of the owner, whose files are read when they changed.
    pub fn of(settings: &Settings) -> Arc<Self> {
        type Known = Vec<(Vec<Seen>, Arc<Languages>)>;
        static KNOWN: Mutex<Known> = Mutex::new(Vec::new());
        let seen = read::seen(&settings.strings("TEMPLATE_DIRS"));
        if seen.is_empty() {
            return Self::built_in().clone();
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, there)) = known.iter().find(|(of, _)| *of == seen) {
            return there.clone();
        }
        let mut sources = read::built_in();
        for file in &seen {
            match read::own(file) {
                Ok(source) => sources.push(source),
                Err(problem) => {
                    tracing::error!(target: "synnefo::words", "{}: {problem}", file.0.display());
                }
            }
        }
        let all = Arc::new(Languages::new(sources));
        for language in all.all() {
            for (place, mistake) in &language.mistakes {
                let file = place.file.clone().unwrap_or_default();
                tracing::error!(target: "synnefo::words", "{}:{}: {mistake}", file.display(), place.above + 1);
            }
        }
        if known.len() >= REMEMBERED {
            known.remove(0);
        }
        known.push((seen, all.clone()));
        all
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Language>> {
        self.all.iter()
    }

    /// English.
    pub fn english(&self) -> &Arc<Language> {
        &self.english
    }

    /// The language of a code as `el`, `el-GR` or `en_us`: that very one, else the one
    /// of its first part.
    pub fn named(&self, code: &str) -> Option<&Arc<Language>> {
        let code = code.split('.').next()?.trim().replace('_', "-");
        let find = |code: &str| {
            let same = |one: &&Arc<Language>| one.code().eq_ignore_ascii_case(code);
            self.all.iter().find(same)
        };
        find(&code).or_else(|| find(code.split('-').next()?))
    }

    /// The best language for an `Accept-Language` header.
    pub fn accepted(&self, header: &str) -> Option<&Arc<Language>> {
        let wish = |part: &str| {
            let (code, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().strip_prefix("q=")?.trim().parse::<f32>();
            let language = self.named(code)?;
            Some((language, weight.ok().filter(|weight| *weight > 0.0)?))
        };
        let mut best: Option<(&Arc<Language>, f32)> = None;
        for (language, weight) in header.split(',').take(32).filter_map(wish) {
            if best.is_none_or(|(_, so_far)| weight > so_far) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}
