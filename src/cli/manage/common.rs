//! Options that commands share, and how they are refused.

use crate::{invocation::Printed, print::Format};
use clap::{Arg, ArgAction, builder::PossibleValuesParser};
use wire::admin::filter::truth;

/// A mistake the parser itself does not see: `CommandError` with status 1.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// With a message for the administrator.
    pub fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }

    /// As it is printed (CY-CLI-GEN-02).
    pub fn printed(self) -> Printed {
        Printed::failure(format!("CommandError: {}\n", self.0), 1)
    }
}

/// Options of every command (ID-CLI-02, CY-CLI-GEN-03).
pub(crate) fn options() -> Vec<Arg> {
    let ignored = |name: &'static str| Arg::new(name).long(name).hide(true);
    vec![
        Arg::new("output-format")
            .long("output-format")
            .value_name("FORMAT")
            .value_parser(PossibleValuesParser::new(Format::NAMES))
            .hide_possible_values(true)
            .help("pretty, csv, json, json-typed or tabs [default: pretty]"),
        flag("version", "Print the version").long_help("Print the version"),
        Arg::new("verbosity")
            .short('v')
            .long("verbosity")
            .value_name("LEVEL")
            .value_parser(["0", "1", "2", "3"])
            .hide(true),
        ignored("settings"),
        ignored("pythonpath"),
        ignored("traceback").action(ArgAction::SetTrue),
        ignored("no-color").action(ArgAction::SetTrue),
    ]
}

/// A switch.
pub(crate) fn flag(name: &'static str, about: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .action(ArgAction::SetTrue)
        .help(about)
}

/// An option with a value.
pub(crate) fn option(name: &'static str, value: &'static str, about: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(about)
}

/// An option with a value that may start with a dash: passwords, free text.
pub(crate) fn free(name: &'static str, value: &'static str, about: &'static str) -> Arg {
    option(name, value, about).allow_hyphen_values(true)
}

/// An option whose value is a whole number.
pub(crate) fn whole(name: &'static str, value: &'static str, about: &'static str) -> Arg {
    option(name, value, about).value_parser(|text: &str| {
        text.parse::<u32>()
            .map_err(|_| "expected a whole number".to_owned())
    })
}

/// An option that may be repeated.
pub(crate) fn many(name: &'static str, value: &'static str, about: &'static str) -> Arg {
    option(name, value, about).action(ArgAction::Append)
}

/// `True` or `False` (CY-CLI-GEN-04).
pub(crate) fn boolean(name: &'static str, about: &'static str) -> Arg {
    option(name, "True|False", about).value_parser(read_boolean)
}

/// `True` or `False`; True without a value.
pub(crate) fn bare_boolean(name: &'static str, about: &'static str) -> Arg {
    boolean(name, about)
        .num_args(0..=1)
        .default_missing_value("True")
}

fn read_boolean(text: &str) -> Result<bool, String> {
    truth(text).ok_or_else(|| "expected True or False".to_owned())
}

/// `-f`, `--no-confirm`.
pub(crate) fn no_confirm() -> Arg {
    flag("no-confirm", "Ask nothing").short('f')
}

/// Units of sizes (ID-UNI-03).
pub(crate) const UNIT_STYLES: [&str; 8] = ["b", "kb", "mb", "gb", "tb", "pb", "auto", "none"];

/// `--unit-style`.
pub(crate) fn unit_style(default: &'static str) -> Arg {
    option("unit-style", "STYLE", "")
        .help(format!("Unit of sizes [default: {default}]"))
        .value_parser(read_unit_style)
}

fn read_unit_style(text: &str) -> Result<String, String> {
    match UNIT_STYLES.contains(&text) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "Invalid unit style. Valid ones are {}.",
            UNIT_STYLES.join(", ")
        )),
    }
}

/// What stands without an option.
pub(crate) fn positional(value: &'static str) -> Arg {
    let argument = Arg::new("argument")
        .value_name(value)
        .action(ArgAction::Append);
    match named_by(value) {
        Some(about) => argument.help(about),
        None => argument,
    }
}

/// What something is told by, where that is more than its name.
fn named_by(value: &str) -> Option<&'static str> {
    Some(match value {
        "USER" => "Number, uuid or email address",
        "COMPONENT" | "SERVICE" => "Number or name",
        "CLIENT" => "Number or identifier",
        _ => return None,
    })
}

/// The number of a thing: digits, or its Ganeti name (CY-CLI-GEN-05).
pub(crate) fn number(kind: &str, prefix: &str, text: &str) -> Result<u64, Failure> {
    let digits = text.strip_prefix(prefix).unwrap_or(text);
    match digits.bytes().all(|b| b.is_ascii_digit()) {
        true => digits.parse().ok(),
        false => None,
    }
    .ok_or_else(|| Failure::new(format!("Invalid {kind} ID: {text}")))
}

/// Texts parted by commas, empty ones left out.
pub(crate) fn parted(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `key=value,…`.
pub(crate) fn pairs(text: &str) -> Result<Vec<(String, String)>, Failure> {
    parted(text)
        .into_iter()
        .map(|part| match part.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => {
                Ok((key.trim().to_owned(), value.trim().to_owned()))
            }
            _ => Err(Failure::new(format!(
                "Invalid specification '{part}'. Expected <key1>=<value1>,<key2>=<value2>,..."
            ))),
        })
        .collect()
}
