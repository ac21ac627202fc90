//! What the logging settings say (ID-OPS-10): formatters, handlers, loggers and the
//! root, in the shape of Python's `dictConfig`, as plain data.
//!
//! Owns the reading of `LOGGING_SETUP` and its kin and which logger writes where.
//! Invariants: a [`Setup`] names only handlers and formats that it has; nothing is
//! opened here.

mod format;
mod level;
mod read;
mod setups;

pub use format::{Field, Format};
pub use level::Level;
pub use read::{Reading, read};
pub use setups::{DISPATCHER_FILE, Setups};

use std::collections::BTreeMap;

/// The settings that hold a setup.
pub const SETTINGS: [&str; 3] = [
    "LOGGING_SETUP",
    "SNF_MANAGE_LOGGING_SETUP",
    "DISPATCHER_LOGGING_SETUP",
];

/// Stands for the handler that is there without a setting (ID-OPS-12).
pub const DEFAULT: &str = "";

/// The loggers the program itself writes to (ID-OPS-11).
pub const NAMES: &[&str] = &[
    "synnefo",
    "synnefo.api",
    "synnefo.logic",
    "synnefo.mail",
    "synnefo.management",
    "synnefo.plankton",
    "synnefo.search",
    "synnefo.store",
    "synnefo.ui",
    "synnefo.vmapi",
    "synnefo.volume",
    "astakos",
    "astakos.api",
    "astakos.im",
    "astakos.oa2",
    "astakos.quotaholder",
    "pithos",
    "pithos.api",
    "pithos.backends",
    "archipelago",
    "archipelago.blockerb",
    "archipelago.blockerm",
    "archipelago.mapperd",
    "archipelago.vlmcd",
    "snf.dispatcher",
    "snf.eventd",
    "django.request",
];

/// Loggers of what clusters tell, which have a setup of their own.
const DISPATCHER: [&str; 2] = ["snf.dispatcher", "snf.eventd"];

/// Is this a logger of `DISPATCHER_LOGGING_SETUP`?
pub fn is_dispatcher(name: &str) -> bool {
    DISPATCHER.iter().any(|own| is_below(name, own))
}

fn is_below(name: &str, parent: &str) -> bool {
    let rest = name.strip_prefix(parent);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A setting, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Places to write to, by name.
    pub handlers: BTreeMap<String, Handler>,
    /// Loggers with something of their own, by name.
    pub loggers: BTreeMap<String, Logger>,
    /// Parent of all loggers.
    pub root: Logger,
}

/// What is set for a logger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logger {
    /// None: the parent's.
    pub level: Option<Level>,
    /// None: not set, which for the root means [`DEFAULT`].
    pub handlers: Option<Vec<String>>,
    /// Also by the handlers of the parents?
    pub propagate: bool,
}

impl Default for Logger {
    fn default() -> Self {
        Logger {
            level: None,
            handlers: None,
            propagate: true,
        }
    }
}

/// A place to write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Nothing below it is written.
    pub level: Level,
    /// None: the place's own.
    pub format: Option<Format>,
    /// Where.
    pub place: Place,
}

/// Kinds of handlers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// StreamHandler.
    Stream {
        /// Standard output instead of standard error.
        stdout: bool,
    },
    /// FileHandler, WatchedFileHandler.
    File {
        /// Its path.
        path: String,
    },
    /// RotatingFileHandler.
    Rotating {
        /// Its path.
        path: String,
        /// Largest size; 0: any.
        max_bytes: u64,
        /// Older files kept.
        backups: u32,
    },
    /// TimedRotatingFileHandler.
    Timed {
        /// Its path.
        path: String,
        /// When a new file begins.
        when: When,
        /// Every how many of them.
        interval: u32,
        /// Older files kept; 0: all.
        backups: u32,
    },
    /// SysLogHandler by a socket of this machine.
    Syslog {
        /// Its path.
        path: String,
        /// Number of the facility.
        facility: u8,
    },
    /// SysLogHandler by UDP.
    SyslogUdp {
        /// Name or address.
        host: String,
        /// Port.
        port: u16,
        /// Number of the facility.
        facility: u8,
    },
    /// AdminEmailHandler, SMTPHandler.
    Mail,
    /// JournalHandler.
    Journal,
    /// NullHandler.
    Null,
}

/// Units of a TimedRotatingFileHandler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// `S`, `M`, `H`, `D`: so many seconds after the last one.
    Every(u32),
    /// `midnight`.
    Midnight,
    /// `W0` (Monday) to `W6`.
    Weekday(u8),
}

impl Place {
    /// The class and what it writes to, for people.
    pub fn words(&self) -> String {
        match self {
            Place::Stream { stdout: true } => "StreamHandler, standard output".to_owned(),
            Place::Stream { stdout: false } => "StreamHandler, standard error".to_owned(),
            Place::File { path } => format!("FileHandler, {path}"),
            Place::Rotating { path, .. } => format!("RotatingFileHandler, {path}"),
            Place::Timed { path, .. } => format!("TimedRotatingFileHandler, {path}"),
            Place::Syslog { path, .. } => format!("SysLogHandler, {path}"),
            Place::SyslogUdp { host, port, .. } => format!("SysLogHandler, {host}:{port}"),
            Place::Mail => "AdminEmailHandler, ADMINS".to_owned(),
            Place::Journal => "JournalHandler".to_owned(),
            Place::Null => "NullHandler".to_owned(),
        }
    }
}

impl Setup {
    /// The logger of that name and its parents, the nearest first; the root last.
    fn chain<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Logger> {
        let mut left = Some(name);
        let parents = std::iter::from_fn(move || {
            let name = left?;
            left = name.rsplit_once('.').map(|(parent, _)| parent);
            Some(self.loggers.get(name))
        });
        parents.flatten().chain(std::iter::once(&self.root))
    }

    /// The level of a logger: its own, else the nearest parent's.
    pub fn level_of(&self, name: &str) -> Level {
        let set = self.chain(name).filter_map(|logger| logger.level);
        set.into_iter()
            .find(|level| *level != Level::NOTSET)
            .unwrap_or(Level::NOTSET)
    }

    /// Names of the handlers that a logger's messages go to, each once.
    pub fn handlers_of<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let mut found: Vec<&str> = Vec::new();
        for logger in self.chain(name) {
            let is_root = std::ptr::eq(logger, &self.root);
            let of = match (&logger.handlers, is_root) {
                (Some(names), _) => names.iter().map(String::as_str).collect(),
                (None, true) => vec![DEFAULT],
                (None, false) => vec![],
            };
            for handler in of {
                if !found.contains(&handler) {
                    found.push(handler);
                }
            }
            if !logger.propagate {
                break;
            }
        }
        found
    }

    /// The lowest level any logger lets through.
    pub fn lowest(&self) -> Level {
        let own = self.loggers.values().filter_map(|logger| logger.level);
        let own = own.filter(|level| *level != Level::NOTSET);
        own.chain([self.level_of("")])
            .min()
            .unwrap_or(Level::NOTSET)
    }
}

/// The logger of a place in the code: names with dots as they are, modules by what they
/// are about (ID-OPS-11).
pub fn name_of(target: &str) -> String {
    if !target.contains("::") && target.contains('.') {
        return target.to_owned();
    }
    let mut parts = target.split("::");
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    let name = match (first.unwrap_or_default(), second, third) {
        ("web", Some("api"), Some("compute" | "network" | "os")) => "synnefo.api",
        ("web", Some("api"), Some("vmapi")) => "synnefo.vmapi",
        ("web", Some("api"), Some("image")) => "synnefo.plankton",
        ("web", Some("api"), Some("keystone" | "account")) => "astakos.api",
        ("web", Some("api"), Some("object")) => "pithos.api",
        ("web", Some("pages"), _) => "synnefo.ui",
        ("web", ..) => "synnefo.api",
        ("compute", ..) => "synnefo.logic",
        ("ganeti", ..) => "snf.dispatcher",
        ("identity" | "login", ..) => "astakos.im",
        ("quota", ..) => "astakos.quotaholder",
        ("objects", ..) => "pithos.backends",
        ("blocks", ..) => "archipelago.blockerb",
        ("images", ..) => "synnefo.plankton",
        ("volumes", ..) => "synnefo.volume",
        ("notify", ..) => "synnefo.mail",
        ("search", ..) => "synnefo.search",
        ("store", ..) => "synnefo.store",
        ("admin" | "cli" | "wire", ..) => "synnefo.management",
        ("app" | "appliance" | "kernel" | "node", ..) => "synnefo",
        _ => return target.replace("::", "."),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests;
