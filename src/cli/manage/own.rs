//! Commands of `synnefo` itself that need the database or the running service: `backup`,
//! `verify`, `log-level`.

use super::{
    Context, Entry,
    arguments::Args,
    common::{self, Failure, flag, positional},
    inventory::Service::General,
};
use wire::admin::{Command, LogLevel};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "backup",
        service: General,
        about: "Copy everything, consistently, into an archive or a directory",
        list: None,
        define: |command| command.arg(positional("TARGET")),
        read: backup,
    },
    Entry {
        name: "log-level",
        service: General,
        about: "Change the level of a logger of the running service, or list such changes",
        list: None,
        define: |command| {
            command
                .override_usage("synnefo log-level [OPTIONS] [<LOGGER> <LEVEL>]")
                .arg(
                    common::whole(
                        "for",
                        "MINUTES",
                        "Take it back after so many minutes; else it holds until the service ends",
                    )
                    .short('f'),
                )
                .arg(positional("LOGGER LEVEL"))
        },
        read: log_level,
    },
    Entry {
        name: "verify",
        service: General,
        about: "Check the database and the blocks it names",
        list: None,
        define: |command| command.arg(flag("deep", "Hash every block again")),
        read: |args, _| {
            Ok(Command::Verify {
                deep: args.flag("deep"),
            })
        },
    },
];

/// The parser of one of these commands, for the documents.
pub(crate) fn command(name: &str) -> clap::Command {
    match ENTRIES.iter().find(|entry| entry.name == name) {
        Some(entry) => entry.command("synnefo"),
        None => clap::Command::new("unknown"),
    }
}

fn log_level(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let words = args.positional();
    let minutes = args.one("for");
    let (logger, level) = match words.as_slice() {
        [] if minutes.is_none() => (None, None),
        [logger, level] => (Some(logger.clone()), Some(level.clone())),
        _ => {
            return Err(Failure::new(
                "Please give a logger and a level, as in 'synnefo log-level synnefo.api DEBUG'; \
                 'synnefo settings loggers' lists the loggers.",
            ));
        }
    };
    Ok(Command::LogLevel(LogLevel {
        logger,
        level,
        minutes,
    }))
}

/// The target is made absolute: the service has another working directory.
fn backup(args: &Args<'_>, context: &Context<'_>) -> Result<Command, Failure> {
    let target = args.only("Please say where to write the backup")?;
    if target.is_empty() {
        return Err(Failure::new("Please say where to write the backup"));
    }
    let target = context.cwd.join(target);
    if !target.is_absolute() {
        return Err(Failure::new("Please give an absolute path"));
    }
    Ok(Command::Backup {
        target: target.to_string_lossy().into_owned(),
    })
}
