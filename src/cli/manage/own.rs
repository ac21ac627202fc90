//! Commands of `synnefo` itself that need the database: `backup`, `verify`.

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, flag, positional},
    inventory::Service::General,
};
use wire::admin::Command;

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
