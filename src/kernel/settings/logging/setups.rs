//! The two setups of a process: what clusters tell, and everything else (ID-OPS-12).

use super::{Handler, Level, Logger, Place, Setup, is_dispatcher, read};
use crate::settings::{Settings, Value};
use std::path::Path;

/// Name of the handler, and of its file, for what clusters tell.
pub const DISPATCHER_FILE: &str = "dispatcher.log";

/// Which logger writes where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setups {
    /// Everything but what clusters tell.
    pub main: Setup,
    /// What clusters tell.
    pub dispatcher: Setup,
}

impl Setups {
    /// Reads the settings; `main` is the setting of everything else.
    ///
    /// # Errors
    /// The setting at fault and what is wrong with it.
    pub fn new(settings: &Settings, main: &'static str) -> Result<Self, (&'static str, String)> {
        const DISPATCHER: &str = "DISPATCHER_LOGGING_SETUP";
        let dispatcher = setup(settings, DISPATCHER).map_err(|why| (DISPATCHER, why))?;
        Ok(Setups {
            main: setup(settings, main)
                .map_err(|why| (main, why))?
                .unwrap_or_default(),
            dispatcher: dispatcher.unwrap_or_else(|| file(settings)),
        })
    }

    /// The setup a logger belongs to.
    pub fn of(&self, name: &str) -> &Setup {
        match is_dispatcher(name) {
            true => &self.dispatcher,
            false => &self.main,
        }
    }
}

fn setup(settings: &Settings, name: &str) -> Result<Option<Setup>, String> {
    let Some(value) = settings.get(name).filter(|value| **value != Value::None) else {
        return Ok(None);
    };
    let reading = read(value);
    match reading.problems.into_iter().next() {
        None => Ok(Some(reading.setup)),
        Some(why) => Err(format!("{name}: {why}")),
    }
}

/// `dispatcher.log` in `LOG_DIR`.
fn file(settings: &Settings) -> Setup {
    let path = Path::new(settings.str("LOG_DIR")).join(DISPATCHER_FILE);
    let handler = Handler {
        level: Level::NOTSET,
        format: None,
        place: Place::File {
            path: path.display().to_string(),
        },
    };
    Setup {
        handlers: [(DISPATCHER_FILE.to_owned(), handler)].into(),
        loggers: std::collections::BTreeMap::new(),
        root: Logger {
            level: Some(Level::INFO),
            handlers: Some(vec![DISPATCHER_FILE.to_owned()]),
            propagate: true,
        },
    }
}
