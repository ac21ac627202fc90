//! From the dictionary to a [`Setup`], with everything that is wrong with it.

use super::{Format, Handler, Level, Logger, Place, Setup, When};
use crate::settings::Value;
use std::collections::BTreeMap;

/// What reading gives besides the setup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The setup, as far as it is good.
    pub setup: Setup,
    /// What has no effect here.
    pub warnings: Vec<String>,
    /// What must be mended.
    pub problems: Vec<String>,
}

/// Reads a dictionary.
pub fn read(value: &Value) -> Reading {
    let mut reading = Reading::default();
    for (key, _) in pairs(value) {
        match key.as_str() {
            "version" | "formatters" | "handlers" | "loggers" | "root" => {}
            "disable_existing_loggers" => {}
            "filters" | "incremental" => reading.warn(format!("'{key}' has no effect here")),
            other => reading.problem(format!("unknown key '{other}'")),
        }
    }
    match value.entry("version") {
        None | Some(Value::Int(1)) => {}
        Some(other) => reading.problem(format!("version is {}, not 1", other.to_literal())),
    }
    let formats = reading.formats(value.entry("formatters"));
    reading.handlers(value.entry("handlers"), &formats);
    let root = value.entry("root").map(|root| reading.logger("root", root));
    reading.loggers(value.entry("loggers"));
    // In the original's own file the root is the logger without a name.
    let unnamed = reading.setup.loggers.remove("");
    reading.setup.root = root.or(unnamed).unwrap_or_default();
    if matches!(reading.setup.root.level, None | Some(Level::NOTSET)) {
        reading.setup.root.level = Some(Level::INFO);
    }
    reading
}

/// Text keys and their values.
fn pairs(value: &Value) -> Vec<(String, &Value)> {
    let Value::Dict(pairs) = value else {
        return Vec::new();
    };
    let text = |key: &Value| match key {
        Value::Str(key) => key.clone(),
        other => other.to_literal(),
    };
    let pairs = pairs.iter();
    pairs.map(|(key, value)| (text(key), value)).collect()
}

fn level(value: &Value) -> Result<Level, String> {
    let known = match value {
        Value::Str(name) => Level::from_name(name),
        Value::Int(n) => u16::try_from(*n).ok().map(Level),
        _ => None,
    };
    known.ok_or_else(|| format!("unknown level {}", value.to_literal()))
}

fn whole<T: TryFrom<i64>>(value: Option<&Value>, usual: T, key: &str) -> Result<T, String> {
    match value {
        None | Some(Value::None) => Ok(usual),
        Some(Value::Int(n)) => {
            T::try_from(*n).map_err(|_| format!("'{key}' is {n}, which cannot be"))
        }
        Some(other) => Err(format!("'{key}' is {}, no number", other.to_literal())),
    }
}

impl Reading {
    fn problem(&mut self, text: String) {
        self.problems.push(text);
    }

    fn warn(&mut self, text: String) {
        self.warnings.push(text);
    }

    fn kept<T>(&mut self, whose: &str, result: Result<T, String>) -> Option<T> {
        match result {
            Ok(good) => Some(good),
            Err(why) => {
                self.problem(format!("{whose}: {why}"));
                None
            }
        }
    }

    fn formats(&mut self, value: Option<&Value>) -> BTreeMap<String, Format> {
        let mut all = BTreeMap::new();
        for (name, given) in value.map(pairs).unwrap_or_default() {
            let whose = format!("formatter '{name}'");
            for (key, _) in pairs(given) {
                if !["format", "datefmt", "class", "style"].contains(&key.as_str()) {
                    self.warn(format!("{whose}: '{key}' has no effect here"));
                }
            }
            let text = |key: &str, usual| match given.entry(key) {
                None | Some(Value::None) => Ok(usual),
                Some(Value::Str(text)) => Ok(Some(text.as_str())),
                Some(other) => Err(format!("'{key}' is {}, no text", other.to_literal())),
            };
            let read = text("format", Some("%(message)s")).and_then(|format| {
                Format::new(format.unwrap_or("%(message)s"), text("datefmt", None)?)
            });
            if let Some(format) = self.kept(&whose, read) {
                all.insert(name, format);
            }
        }
        all
    }

    fn handlers(&mut self, value: Option<&Value>, formats: &BTreeMap<String, Format>) {
        for (name, given) in value.map(pairs).unwrap_or_default() {
            let whose = format!("handler '{name}'");
            if name.is_empty() {
                self.problem("a handler has no name".to_owned());
                continue;
            }
            let format = match given.entry("formatter") {
                None | Some(Value::None) => None,
                Some(Value::Str(wanted)) => {
                    let found = formats.get(wanted).cloned();
                    if found.is_none() {
                        self.problem(format!("{whose}: unknown formatter '{wanted}'"));
                    }
                    found
                }
                Some(other) => {
                    self.problem(format!("{whose}: unknown formatter {}", other.to_literal()));
                    None
                }
            };
            if given.entry("filters").is_some() {
                self.warn(format!("{whose}: 'filters' have no effect here"));
            }
            let read = given.entry("level").map_or(Ok(Level::NOTSET), level);
            let level = self.kept(&whose, read).unwrap_or(Level::NOTSET);
            if let Some(place) = self.kept(&whose, place(given)) {
                let handler = Handler {
                    level,
                    format,
                    place,
                };
                self.setup.handlers.insert(name, handler);
            }
        }
    }

    fn loggers(&mut self, value: Option<&Value>) {
        for (name, given) in value.map(pairs).unwrap_or_default() {
            let logger = self.logger(&format!("logger '{name}'"), given);
            self.setup.loggers.insert(name, logger);
        }
    }

    fn logger(&mut self, whose: &str, given: &Value) -> Logger {
        if !matches!(given, Value::Dict(_)) {
            self.problem(format!("{whose} is {}, no dictionary", given.to_literal()));
        }
        let read = given.entry("level").map(level).transpose();
        let level = self.kept(whose, read).flatten();
        let handlers = match given.entry("handlers") {
            None | Some(Value::None) => None,
            Some(Value::List(names)) => {
                let known = names.iter().filter_map(|name| match name {
                    Value::Str(name) if self.setup.handlers.contains_key(name) => {
                        Some(name.clone())
                    }
                    _ => None,
                });
                let known: Vec<String> = known.collect();
                for name in names {
                    let text = matches!(name, Value::Str(text) if known.contains(text));
                    if !text && !self.already_wrong(name) {
                        self.problem(format!("{whose}: unknown handler {}", name.to_literal()));
                    }
                }
                Some(known)
            }
            Some(other) => {
                self.problem(format!(
                    "{whose}: handlers are {}, no list",
                    other.to_literal()
                ));
                None
            }
        };
        Logger {
            level,
            handlers,
            propagate: !matches!(
                given.entry("propagate"),
                Some(Value::Bool(false) | Value::Int(0))
            ),
        }
    }

    /// Has this handler been complained of?
    fn already_wrong(&self, name: &Value) -> bool {
        let whose = format!("handler {}:", name.to_literal());
        self.problems.iter().any(|text| text.starts_with(&whose))
    }
}

fn place(given: &Value) -> Result<Place, String> {
    let Some(Value::Str(class)) = given.entry("class") else {
        return Err("it has no 'class'".to_owned());
    };
    let path = || match given.entry("filename") {
        Some(Value::Str(path)) if !path.is_empty() => Ok(path.clone()),
        _ => Err("it has no 'filename'".to_owned()),
    };
    let backups = || whole(given.entry("backupCount"), 0, "backupCount");
    Ok(match class.rsplit('.').next().unwrap_or_default() {
        "StreamHandler" => Place::Stream {
            stdout: stdout(given.entry("stream"))?,
        },
        "FileHandler" | "WatchedFileHandler" => Place::File { path: path()? },
        "RotatingFileHandler" => Place::Rotating {
            path: path()?,
            max_bytes: whole(given.entry("maxBytes"), 0, "maxBytes")?,
            backups: backups()?,
        },
        "TimedRotatingFileHandler" => Place::Timed {
            path: path()?,
            when: when(given.entry("when"))?,
            interval: whole(given.entry("interval"), 1, "interval")?.max(1),
            backups: backups()?,
        },
        "SysLogHandler" => syslog(given)?,
        "AdminEmailHandler" | "SMTPHandler" => Place::Mail,
        "NullHandler" => Place::Null,
        "JournalHandler" | "JournaldLogHandler" => Place::Journal,
        _ => return Err(format!("unknown class '{class}'")),
    })
}

fn stdout(stream: Option<&Value>) -> Result<bool, String> {
    match stream {
        None | Some(Value::None) => Ok(false),
        Some(Value::Str(name)) => match name.rsplit(['.', '/']).next() {
            Some("stdout") => Ok(true),
            Some("stderr") => Ok(false),
            _ => Err(format!("unknown stream '{name}'")),
        },
        Some(other) => Err(format!("unknown stream {}", other.to_literal())),
    }
}

fn when(given: Option<&Value>) -> Result<When, String> {
    let name = match given {
        None => "H".to_owned(),
        Some(Value::Str(name)) => name.to_ascii_uppercase(),
        Some(other) => return Err(format!("unknown 'when' {}", other.to_literal())),
    };
    Ok(match name.as_str() {
        "S" => When::Every(1),
        "M" => When::Every(60),
        "H" => When::Every(3600),
        "D" => When::Every(86_400),
        "MIDNIGHT" => When::Midnight,
        day => {
            let day = day.strip_prefix('W').and_then(|day| day.parse().ok());
            let day = day.filter(|day| *day < 7);
            When::Weekday(day.ok_or_else(|| format!("unknown 'when' '{name}'"))?)
        }
    })
}

/// Numbers of the facilities of syslog.
const FACILITIES: [(&str, u8); 20] = [
    ("kern", 0),
    ("user", 1),
    ("mail", 2),
    ("daemon", 3),
    ("auth", 4),
    ("syslog", 5),
    ("lpr", 6),
    ("news", 7),
    ("uucp", 8),
    ("cron", 9),
    ("authpriv", 10),
    ("ftp", 11),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
];

fn syslog(given: &Value) -> Result<Place, String> {
    let facility = match given.entry("facility") {
        // As in Python.
        None | Some(Value::None) => 1,
        Some(Value::Int(n)) => u8::try_from(*n)
            .ok()
            .filter(|n| *n < 24)
            .ok_or_else(|| format!("unknown facility {n}"))?,
        Some(Value::Str(name)) => {
            let plain = name
                .rsplit('.')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let plain = plain.strip_prefix("log_").unwrap_or(&plain);
            let known = FACILITIES.iter().find(|(known, _)| *known == plain);
            known.ok_or_else(|| format!("unknown facility '{name}'"))?.1
        }
        Some(other) => return Err(format!("unknown facility {}", other.to_literal())),
    };
    match given.entry("address") {
        None => Ok(Place::SyslogUdp {
            host: "localhost".to_owned(),
            port: 514,
            facility,
        }),
        Some(Value::Str(path)) if !path.is_empty() => Ok(Place::Syslog {
            path: path.clone(),
            facility,
        }),
        Some(Value::List(pair)) => match pair.as_slice() {
            [Value::Str(host), Value::Int(port)] => Ok(Place::SyslogUdp {
                host: host.clone(),
                port: u16::try_from(*port).map_err(|_| format!("unknown port {port}"))?,
                facility,
            }),
            _ => Err("'address' is no (host, port)".to_owned()),
        },
        Some(other) => Err(format!("'address' is {}", other.to_literal())),
    }
}
