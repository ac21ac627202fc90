//! `group-*` (ID-CLI-30, ID-CLI-31).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, no_confirm, positional},
    inventory::Service::Astakos,
};
use wire::admin::{Command, GroupCommand, lists::GROUP};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "group-add",
        service: Astakos,
        about: "Create a group with the given name",
        list: None,
        define: |command| command.arg(positional("NAME")),
        read: |args, _| {
            let name = args.only("Please provide a group name")?;
            Ok(Command::Group(GroupCommand::Add { name }))
        },
    },
    Entry {
        name: "group-list",
        service: Astakos,
        about: "List available groups",
        list: Some(&GROUP),
        define: |command| command,
        read: |args, _| {
            let list = args.list_options(&[])?;
            Ok(Command::Group(GroupCommand::List { list }))
        },
    },
    Entry {
        name: "group-remove",
        service: Astakos,
        about: "Remove a group; its members stay",
        list: None,
        define: |command| command.arg(no_confirm()).arg(positional("NAME")),
        read: remove,
    },
];

fn remove(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    Ok(Command::Group(GroupCommand::Remove {
        name: args.only("Please provide a group name")?,
        no_confirm: args.flag("no-confirm"),
    }))
}
