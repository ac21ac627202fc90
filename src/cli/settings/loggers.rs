//! `synnefo settings loggers`: every logger with its level and where it writes
//! (ID-OPS-11).

use crate::{invocation::Printed, print::render};
use kernel::settings::{
    Settings,
    logging::{DEFAULT, NAMES, Setups},
};
use serde_json::json;
use std::{collections::BTreeSet, path::Path};

/// Where syslog listens.
const DEV_LOG: &str = "/dev/log";

/// One logger.
struct Line {
    name: String,
    level: String,
    handlers: Vec<String>,
}

/// All loggers the program or the settings name.
pub(super) fn listed(settings: &Settings, json: bool) -> Printed {
    // The settings were checked when they were loaded.
    let setups = match Setups::new(settings, "LOGGING_SETUP") {
        Ok(setups) => setups,
        Err((_, why)) => return Printed::failure(format!("error: {why}\n"), 1),
    };
    let named = setups
        .main
        .loggers
        .keys()
        .chain(setups.dispatcher.loggers.keys());
    let names: BTreeSet<&str> = NAMES
        .iter()
        .copied()
        .chain(named.map(String::as_str))
        .collect();
    let mut lines = vec![line(&setups, "")];
    lines.extend(names.into_iter().map(|name| line(&setups, name)));
    let out = match json {
        true => render(&lines.iter().map(as_json).collect()),
        false => for_people(&lines),
    };
    Printed {
        out,
        ..Printed::default()
    }
}

fn line(setups: &Setups, name: &str) -> Line {
    let setup = setups.of(name);
    let words = |handler: &str| match setup.handlers.get(handler) {
        Some(found) => format!("{handler} ({})", found.place.words()),
        None if handler == DEFAULT && Path::new(DEV_LOG).exists() => {
            format!("default (SysLogHandler, {DEV_LOG})")
        }
        None => "default (StreamHandler, standard error)".to_owned(),
    };
    Line {
        name: if name.is_empty() { "root" } else { name }.to_owned(),
        level: setup.level_of(name).to_string(),
        handlers: setup.handlers_of(name).into_iter().map(words).collect(),
    }
}

fn as_json(line: &Line) -> serde_json::Value {
    json!({"name": line.name, "level": line.level, "handlers": line.handlers})
}

fn for_people(lines: &[Line]) -> String {
    let width = lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
    let each = lines.iter().map(|line| {
        let handlers = match line.handlers.is_empty() {
            true => "nowhere".to_owned(),
            false => line.handlers.join(", "),
        };
        format!("{:width$}  {:8}  {handlers}\n", line.name, line.level)
    });
    each.collect()
}
