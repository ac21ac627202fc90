//! The log: what the program says of itself goes to syslog, the journal, files, mail or
//! standard error, by logger and level, as the logging settings say (ID-OPS-10 … 14).
//!
//! Owns the way from a `tracing` event to its places. Invariants: what must stay secret
//! is cut out before anything else sees the message; a caller never waits for a place
//! (a full queue loses lines and says later how many); a changed setting takes effect
//! between two messages, none of which is lost.

mod file;
mod layer;
pub mod level;
mod mail;
mod places;
mod record;
mod redact;
mod stream;
mod syslog;
mod writer;

#[cfg(test)]
mod tests;

pub use mail::deliver;

use kernel::{
    Error, Result, Settings,
    settings::logging::{Level, Setups},
};
use layer::Gate;
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};
use writer::Writer;

/// Who speaks: the name in syslog, and which setting says where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ident {
    /// The service.
    Service,
    /// A management command of its own process.
    Manage,
}

impl Ident {
    fn name(self) -> &'static str {
        match self {
            Ident::Service => "synnefo",
            Ident::Manage => "snf-manage",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Ident::Service => "LOGGING_SETUP",
            Ident::Manage => "SNF_MANAGE_LOGGING_SETUP",
        }
    }
}

/// How long the end of the process waits for the last lines.
const FAREWELL: Duration = Duration::from_secs(2);

static LOG: OnceLock<Log> = OnceLock::new();

/// Starts logging; a second start is a change of the settings.
///
/// # Errors
/// `Invalid` when the settings name what there is not.
pub fn start(settings: &Settings, ident: Ident) -> Result<()> {
    if let Some(log) = LOG.get() {
        return log.apply(settings);
    }
    let log = Log::new(settings, Machine::new(ident))?;
    let layer = log.layer();
    if LOG.set(log).is_ok() {
        // Somebody else listens already: inside tests.
        let _ = tracing_subscriber::registry().with(layer).try_init();
    }
    Ok(())
}

/// Puts changed settings in force, and opens all files anew.
///
/// # Errors
/// As [`start`]; nothing has changed then.
pub fn apply(settings: &Settings) -> Result<()> {
    match LOG.get() {
        Some(log) => log.apply(settings),
        None => Ok(()),
    }
}

/// Changes the level of a logger while the program runs (ID-OPS-13); which change it
/// was, for [`forget_level`]. None where nothing is logged.
pub fn set_level(name: &str, level: Level) -> Option<u64> {
    let turn = LOG.get()?.gate.set_level(name, level);
    tracing::callsite::rebuild_interest_cache();
    Some(turn)
}

/// The level of the settings is in force again, unless another was set after `turn`.
pub fn forget_level(name: &str, turn: Option<u64>) -> bool {
    let known = LOG
        .get()
        .is_some_and(|log| log.gate.forget_level(name, turn));
    if known {
        tracing::callsite::rebuild_interest_cache();
    }
    known
}

/// Levels that were set by hand.
pub fn set_levels() -> Vec<(String, Level)> {
    LOG.get()
        .map(|log| log.gate.set_levels())
        .unwrap_or_default()
}

/// Waits a little until what was said is written.
pub fn flush() {
    if let Some(log) = LOG.get() {
        log.writer.flush(FAREWELL);
    }
}

/// What of the machine the places depend on.
#[derive(Clone, Debug)]
struct Machine {
    ident: Ident,
    /// Where syslog listens.
    dev_log: PathBuf,
    /// Where the journal listens.
    journal: PathBuf,
}

impl Machine {
    fn new(ident: Ident) -> Self {
        Machine {
            ident,
            dev_log: "/dev/log".into(),
            journal: "/run/systemd/journal/socket".into(),
        }
    }
}

/// Where everything goes, as plain data.
#[derive(Clone, Debug)]
struct Plan {
    setups: Setups,
    /// Lines are JSON objects where no format is set.
    json: bool,
    /// People who get mail.
    admins: Vec<String>,
    subject: String,
    longest_mail: usize,
}

impl Plan {
    fn new(settings: &Settings, ident: Ident) -> Result<Self> {
        let setups = Setups::new(settings, ident.setting());
        Ok(Plan {
            setups: setups.map_err(|(name, why)| Error::field(name, why))?,
            json: settings.str("LOG_FORMAT") == "json",
            admins: settings.addresses("ADMINS"),
            subject: settings.str("EMAIL_SUBJECT_PREFIX").to_owned(),
            longest_mail: usize::try_from(settings.int("MAIL_MAX_LEN")).unwrap_or(102_400),
        })
    }
}

/// A log: the gate that events pass and the thread behind it that writes.
struct Log {
    machine: Machine,
    gate: Arc<Gate>,
    writer: Writer,
}

impl Log {
    fn new(settings: &Settings, machine: Machine) -> Result<Self> {
        let plan = Arc::new(Plan::new(settings, machine.ident)?);
        let gate = Arc::new(Gate::new(settings, plan.clone()));
        let places = places::open(&plan, &machine);
        let writer = Writer::start(plan, places, machine.ident.name());
        Ok(Log {
            machine,
            gate,
            writer,
        })
    }

    fn layer(&self) -> layer::Lines {
        layer::Lines::new(self.gate.clone(), self.writer.sender())
    }

    fn apply(&self, settings: &Settings) -> Result<()> {
        let plan = Arc::new(Plan::new(settings, self.machine.ident)?);
        let places = places::open(&plan, &self.machine);
        self.gate.replace(settings, plan.clone());
        self.writer.replace(plan, places);
        tracing::callsite::rebuild_interest_cache();
        Ok(())
    }
}
