//! Logs to standard error (which systemd hands to the journal), as text or as one
//! JSON object a line, levels by
//! setting (ID-OPS-10, ID-OPS-11: the `loggers` and `root` of `LOGGING_SETUP`).

use kernel::settings::{Settings, Value};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging; a second call changes nothing.
pub fn start(settings: &Settings) {
    let filter = EnvFilter::builder().parse_lossy(directives(settings));
    let terminal = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(true);
    let lines = match for_programs(settings) {
        true => lines.json().flatten_event(true).boxed(),
        false => lines.with_ansi(terminal).boxed(),
    };
    // Already started: an offline command inside tests.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .try_init();
}

/// Are lines wanted as JSON objects (`LOG_FORMAT`)?
fn for_programs(settings: &Settings) -> bool {
    settings.str("LOG_FORMAT") == "json"
}

/// `info,synnefo::api=debug`: the filter that the setting asks for.
fn directives(settings: &Settings) -> String {
    let setup = settings.get("LOGGING_SETUP");
    let root = setup
        .and_then(|setup| entry(setup, "root"))
        .and_then(level)
        .unwrap_or("info");
    let mut text = root.to_owned();
    if let Some(Value::Dict(loggers)) = setup.and_then(|setup| entry(setup, "loggers")) {
        for (name, logger) in loggers {
            if let (Value::Str(name), Some(level)) = (name, level(logger)) {
                text.push_str(&format!(",{}={level}", name.replace('.', "::")));
            }
        }
    }
    text
}

fn entry<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Dict(entries) => entries
            .iter()
            .find(|(key, _)| matches!(key, Value::Str(text) if text == name))
            .map(|(_, value)| value),
        _ => None,
    }
}

fn level(logger: &Value) -> Option<&'static str> {
    Some(match entry(logger, "level")? {
        Value::Str(name) => match name.to_ascii_uppercase().as_str() {
            "DEBUG" => "debug",
            "INFO" => "info",
            "WARNING" | "WARN" => "warn",
            "ERROR" | "CRITICAL" => "error",
            _ => return None,
        },
        Value::Int(..=10) => "debug",
        Value::Int(11..=20) => "info",
        Value::Int(21..=30) => "warn",
        Value::Int(_) => "error",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dict(entries: &[(&str, Value)]) -> Value {
        let pair = |(name, value): &(&str, Value)| (Value::Str((*name).into()), value.clone());
        Value::Dict(entries.iter().map(pair).collect())
    }

    // ID-OPS-10 ID-OPS-11
    #[test]
    fn levels_come_from_the_setting() {
        let mut settings = Settings::default();
        assert_eq!(directives(&settings), "info");
        let debug = dict(&[("level", Value::Str("debug".into()))]);
        let quiet = dict(&[("level", Value::Int(30))]);
        settings.set(
            "LOGGING_SETUP",
            dict(&[
                ("root", quiet),
                ("loggers", dict(&[("synnefo.api", debug)])),
            ]),
        );
        assert_eq!(directives(&settings), "warn,synnefo::api=debug");
    }
}
