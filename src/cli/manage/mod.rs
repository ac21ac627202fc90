//! `snf-manage`: its commands, read into typed ones, and its help.
//!
//! Invariant: what this accepts is a well-formed [`Command`]; what it does not
//! accept has changed nothing (ID-CLI-03, ID-CLI-04).

mod accounts;
pub(crate) mod arguments;
mod backends;
mod clients;
mod common;
mod components;
mod flavors;
mod general;
mod groups;
mod help;
mod images;
pub(crate) mod inventory;
mod lists;
mod mail;
mod networks;
pub(crate) mod own;
mod policies;
mod quota;
mod servers;
mod services;
mod users;

use crate::{
    invocation::{Printed, clap_error},
    print::{Format, Style},
    run::Call,
};
use arguments::Args;
use common::Failure;
pub(crate) use common::no_confirm;
use inventory::Service;
use std::path::Path;
use wire::admin::{Command, List, Report, Terminal};

/// What the arguments say.
#[derive(Debug)]
pub enum Read {
    /// Carry this out and print what it gives in this style.
    Run(Box<Command>, Style),
    /// Print this.
    Print(Printed),
}

/// Whence a command was typed.
pub(crate) struct Context<'a> {
    /// Working directory of the administrator.
    pub cwd: &'a Path,
}

/// A command: how it is spelled and what it means.
pub(crate) struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Whose command it is.
    pub service: Service,
    /// One line for `help`.
    pub about: &'static str,
    /// Its fields when it is a list command.
    pub list: Option<&'static List>,
    /// Adds its own options to those every command has.
    pub define: fn(clap::Command) -> clap::Command,
    /// Reads what was matched.
    pub read: fn(&Args<'_>, &Context<'_>) -> Result<Command, Failure>,
}

/// All commands of `snf-manage` that are carried out.
pub(crate) fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        users::ENTRIES,
        groups::ENTRIES,
        policies::ENTRIES,
        accounts::ENTRIES,
        components::ENTRIES,
        services::ENTRIES,
        quota::ENTRIES,
        clients::ENTRIES,
        general::ENTRIES,
        backends::ENTRIES,
        servers::ENTRIES,
        flavors::ENTRIES,
        networks::ENTRIES,
        images::ENTRIES,
        mail::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

impl Entry {
    /// The parser of this command.
    pub fn command(&self, program: &str) -> clap::Command {
        let name = match program {
            "synnefo" => format!("synnefo {}", self.name),
            program if program == self.name => program.to_owned(),
            _ => format!("snf-manage {}", self.name),
        };
        let command = clap::Command::new(self.name)
            .bin_name(name)
            .about(self.about)
            .version(env!("CARGO_PKG_VERSION"))
            .disable_version_flag(true)
            .infer_long_args(true)
            .args_override_self(true)
            .args(common::options());
        let command = match self.list {
            Some(_) => command.args(lists::options()),
            None => command,
        };
        (self.define)(command)
    }
}

/// The script that registers the product's components.
pub(crate) const REGISTER: &str = "snf-component-register";

/// The parser of `snf-component-register`, for the documents.
pub(crate) fn register_command() -> clap::Command {
    components::REGISTER.command(REGISTER)
}

/// The call of a program that is one command, as a call of that command.
fn under(call: &Call, name: &str) -> Call {
    let mut call = call.clone();
    call.args.insert(0, name.to_owned());
    call
}

/// Reads the arguments of a call.
pub fn read(call: &Call, services: &[String], terminal: Terminal) -> Read {
    match call.program.as_str() {
        "synnefo" => own_command(call, terminal),
        REGISTER => one(&components::REGISTER, &under(call, REGISTER), terminal),
        _ => manage(call, services, terminal),
    }
}

fn own_command(call: &Call, terminal: Terminal) -> Read {
    let name = call.args.first().map_or("", String::as_str);
    match own::ENTRIES.iter().find(|entry| entry.name == name) {
        Some(entry) => one(entry, call, terminal),
        None => Read::Print(Printed::failure(
            format!("Unknown command: '{name}'\nType 'synnefo help' for usage.\n"),
            1,
        )),
    }
}

fn manage(call: &Call, services: &[String], terminal: Terminal) -> Read {
    let name = call.args.first().map_or("help", String::as_str);
    match name {
        "help" => match call.args.get(1) {
            None => Read::Print(help::all(services)),
            Some(name) => command_help(name, services, terminal),
        },
        "-h" | "--help" => Read::Print(help::all(services)),
        "--version" | "version" => Read::Print(version()),
        _ => match inventory::find(name, services) {
            Ok(entry) => one(entry, call, terminal),
            Err(unknown) => Read::Print(unknown),
        },
    }
}

fn version() -> Printed {
    Printed {
        out: format!("{}\n", env!("CARGO_PKG_VERSION")),
        ..Printed::default()
    }
}

fn command_help(name: &str, services: &[String], terminal: Terminal) -> Read {
    Read::Print(match inventory::find(name, services) {
        Ok(entry) => {
            let mut command = entry
                .command("snf-manage")
                .term_width(terminal.width.into());
            Printed {
                out: command.render_long_help().to_string(),
                ..Printed::default()
            }
        }
        Err(unknown) => unknown,
    })
}

/// A mistake always shows how the command is used (ID-CLI-03).
fn wrong_usage(error: &clap::Error, mut command: clap::Command) -> Printed {
    let mut printed = clap_error(error);
    if printed.code != 0 && !printed.err.contains("Usage: ") {
        let usage = command.render_usage();
        printed.err = format!("{usage}\n\n{}", printed.err);
    }
    printed
}

fn one(entry: &'static Entry, call: &Call, terminal: Terminal) -> Read {
    let command = entry
        .command(&call.program)
        .term_width(terminal.width.into());
    let matches = match command.clone().try_get_matches_from(&call.args) {
        Ok(matches) => matches,
        Err(error) => return Read::Print(wrong_usage(&error, command)),
    };
    let args = Args {
        matches: &matches,
        list: entry.list,
    };
    if args.flag("version") {
        return Read::Print(version());
    }
    let style = Style {
        format: args
            .text("output-format")
            .and_then(|name| Format::named(&name))
            .unwrap_or_default(),
        no_headers: args.flag("no-headers"),
    };
    if let Some(table) = args.asks_for_fields() {
        let (out, err) = crate::print::report(&Report::new().with(table), &style);
        return Read::Print(Printed { out, err, code: 0 });
    }
    let context = Context {
        cwd: Path::new(&call.cwd),
    };
    let command = match entry.list {
        Some(_) if args.flag_of("argument") => {
            Err(Failure::new("List commands do not accept any argument"))
        }
        _ => (entry.read)(&args, &context),
    };
    match command {
        Ok(command) => Read::Run(Box::new(command), style),
        Err(failure) => Read::Print(failure.printed()),
    }
}

#[cfg(test)]
mod tests;
