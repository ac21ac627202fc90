//! Loading: defaults, then `*.conf` of the configuration directory in name order,
//! then the environment, then `--set`; later ones win. Every problem is found
//! before any is reported.

use super::{
    Settings, Value, derived,
    literal::{self, MAX_SIZE},
    logging, registry,
    values::{self, Finding},
};
use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt, fs,
    io::Read,
    path::{Path, PathBuf},
};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The registry.
    Default,
    /// Other settings.
    Derived,
    /// A line of a file.
    File(PathBuf, usize),
    /// `SYNNEFO_<NAME>`.
    Environment,
    /// `--set`.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::Derived => f.write_str("other settings"),
            Origin::File(path, line) => write!(f, "{}:{line}", path.display()),
            Origin::Environment => f.write_str("environment"),
            Origin::CommandLine => f.write_str("--set"),
        }
    }
}

/// Something that must be mended before the settings can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is: a file and line, a variable, an option.
    pub place: String,
    /// What it is.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Something worth knowing; shown like a [`Problem`].
pub type Warning = Problem;

/// All problems of a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// What a load gives.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Names without meaning any more, and the like.
    pub warnings: Vec<Warning>,
}

/// Loads the settings. A configuration directory that does not exist is an empty
/// one; `env` may hold any variables, only `SYNNEFO_…` count; `set` are the
/// `NAME=literal` of the command line.
pub fn load(
    config_dir: &Path,
    env: impl IntoIterator<Item = (String, String)>,
    set: &[String],
) -> Result<Loaded, Problems> {
    let mut loader = Loader::default();
    loader.directory(config_dir);
    let mut variables: Vec<_> = env.into_iter().collect();
    variables.sort();
    for (variable, text) in variables {
        if let Some(name) = variable.strip_prefix("SYNNEFO_") {
            loader.text(&variable, name, &text, Origin::Environment);
        }
    }
    loader.written.clear();
    for option in set {
        let place = "--set".to_owned();
        match option.split_once('=') {
            Some((name, text)) => loader.text(&place, name.trim(), text, Origin::CommandLine),
            None => loader.problem(place, format!("'{option}' is not NAME=value")),
        }
    }
    loader.finish()
}

struct Loader {
    settings: Settings,
    /// What the file at hand, the environment or the command line gives by its present
    /// name: there the older one does not count.
    written: BTreeSet<String>,
    warnings: Vec<Warning>,
    problems: Vec<Problem>,
}

impl Default for Loader {
    fn default() -> Self {
        Loader {
            settings: Settings::bare(),
            written: BTreeSet::new(),
            warnings: Vec::new(),
            problems: Vec::new(),
        }
    }
}

impl Loader {
    fn problem(&mut self, place: String, message: String) {
        self.problems.push(Problem { place, message });
    }

    fn directory(&mut self, dir: &Path) {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return,
            Err(e) => return self.problem(dir.display().to_string(), e.to_string()),
        };
        let mut paths: Vec<_> = entries
            .filter_map(|entry| entry.ok().map(|e| e.path()))
            .filter(|path| path.extension().is_some_and(|ext| ext == "conf"))
            .filter(|path| {
                !path
                    .file_name()
                    .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
            })
            .collect();
        paths.sort();
        for path in paths {
            self.file(&path);
            self.written.clear();
        }
    }

    fn file(&mut self, path: &Path) {
        let place = path.display().to_string();
        let text = match read(path) {
            Ok(text) => text,
            Err(message) => return self.problem(place, message),
        };
        match literal::assignments(&text) {
            Err(e) => {
                let secret = e.name.filter(|name| registry::may_be_secret(name));
                let message = match secret {
                    None => e.message,
                    Some(name) => {
                        format!("{name}: the value cannot be read; write text in quotes")
                    }
                };
                self.problem(format!("{place}:{}", e.line), message);
            }
            Ok(found) => {
                for a in found {
                    let origin = Origin::File(path.to_owned(), a.line);
                    let place = format!("{place}:{}", a.line);
                    if let Some(name) = self.present(&place, &a.name) {
                        self.put(place, &name, a.value, origin);
                    }
                }
            }
        }
    }

    /// A value of the environment or the command line; text may do without
    /// quotes there.
    fn text(&mut self, place: &str, name: &str, text: &str, origin: Origin) {
        let Some(name) = self.present(place, name) else {
            return;
        };
        let name = name.as_ref();
        let is_text = registry::kind(name).is_some_and(registry::Kind::is_text);
        let value = match literal::parse(text) {
            Ok(value @ Value::Str(_)) => value,
            Ok(Value::None) if registry::kind(name) == Some(registry::Kind::OptStr) => Value::None,
            _ if is_text => Value::Str(text.to_owned()),
            Ok(value) => value,
            Err(_) if registry::kind(name).is_none() => Value::None,
            Err(e) => return self.problem(place.to_owned(), format!("{name}: {}", e.message)),
        };
        self.put(place.to_owned(), name, value, origin);
    }

    /// What a setting is called now (ID-UPG-03); None for an older name whose setting the
    /// same file, or the same level above the files, gives by its present one.
    fn present<'a>(&mut self, place: &str, name: &'a str) -> Option<Cow<'a, str>> {
        let Some(now) = registry::renamed(name) else {
            self.written.insert(name.to_owned());
            return Some(Cow::Borrowed(name));
        };
        let counts = !self.written.contains(&now);
        let message = match counts {
            true => format!("{name} is called {now} now"),
            false => format!("{name} is called {now} now, which stands there too and counts"),
        };
        let place = place.to_owned();
        self.warnings.push(Warning { place, message });
        counts.then_some(Cow::Owned(now))
    }

    fn put(&mut self, place: String, name: &str, value: Value, origin: Origin) {
        let Some(kind) = registry::kind(name) else {
            return self.unknown(place, name);
        };
        if !kind.takes(&value) {
            let found = match registry::is_secret(name) {
                true => "something else".to_owned(),
                false => shorten(&value.to_literal()),
            };
            let message = format!("{name}: expected {}, found {found}", kind.words());
            return self.problem(place, message);
        }
        self.findings(&place, name, &value);
        self.settings.set(name, value);
        self.settings.origins.insert(name.to_owned(), origin);
    }

    /// What is worth saying of a value of the right kind.
    fn findings(&mut self, place: &str, name: &str, value: &Value) {
        let default = registry::DEFAULTS.get(name);
        if let Some(why) = registry::idle(name).filter(|_| default != Some(value)) {
            let message = format!("{name} has no effect: {why}");
            let place = place.to_owned();
            self.warnings.push(Warning { place, message });
        }
        for finding in values::check(name, value) {
            let place = place.to_owned();
            match finding {
                Finding::Wrong(why) => self.problem(place, format!("{name}: {why}")),
                Finding::Told(why) => {
                    let message = format!("{name}: {why}");
                    self.warnings.push(Warning { place, message });
                }
            }
        }
    }

    fn unknown(&mut self, place: String, name: &str) {
        if let Some(why) = registry::retired(name) {
            let message = format!("{name} has no effect any more: {why}");
            return self.warnings.push(Warning { place, message });
        }
        let hint = match registry::nearest(name) {
            Some(known) => format!("; did you mean {known}?"),
            None => String::new(),
        };
        self.problem(place, format!("unknown setting {name}{hint}"));
    }

    /// The setups of the log, as far as they were given (ID-OPS-10).
    fn logging(&mut self) {
        for name in logging::SETTINGS {
            let Some(value) = self.settings.get(name).filter(|v| **v != Value::None) else {
                continue;
            };
            let place = self.settings.origin(name).to_string();
            let reading = logging::read(value);
            for why in reading.problems {
                self.problem(place.clone(), format!("{name}: {why}"));
            }
            let warning = |why| Warning {
                place: place.clone(),
                message: format!("{name}: {why}"),
            };
            self.warnings
                .extend(reading.warnings.into_iter().map(warning));
        }
    }

    fn finish(mut self) -> Result<Loaded, Problems> {
        self.logging();
        if !self.problems.is_empty() {
            return Err(Problems(self.problems));
        }
        for name in derived::fill(&mut self.settings) {
            let name = name.to_owned();
            self.settings.origins.insert(name, Origin::Derived);
        }
        Ok(Loaded {
            settings: self.settings,
            warnings: self.warnings,
        })
    }
}

fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = MAX_SIZE as u64 + 1;
    fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|e| e.to_string())?;
    String::from_utf8(bytes).map_err(|e| {
        let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        format!("line {line} is not UTF-8")
    })
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "spec_tests.rs"]
mod spec_tests;

#[cfg(test)]
#[path = "renamed_tests.rs"]
mod renamed_tests;

#[cfg(test)]
#[path = "guide_tests.rs"]
mod guide_tests;
