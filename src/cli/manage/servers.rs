//! `server-list`, `server-show` (CY-CLI-SRV-01, CY-CLI-SRV-02).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, flag, number, option, positional},
    inventory::Service::Cyclades,
    lists,
};
use wire::admin::{Command, ServerList, lists::SERVER};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "server-list",
        service: Cyclades,
        about: "List servers",
        list: Some(&SERVER),
        define: define_list,
        read: list,
    },
    Entry {
        name: "server-show",
        service: Cyclades,
        about: "Show a server",
        list: None,
        define: |command| command.arg(positional("SERVER")),
        read: |args, _| {
            Ok(Command::ServerShow {
                server: number("Server", "snf-", &args.only("Please provide a server ID")?)?,
            })
        },
    },
];

fn define_list(command: clap::Command) -> clap::Command {
    command
        .arg(flag("suspended", "Only suspended servers"))
        .arg(option(
            "backend-id",
            "BACKEND",
            "Only servers on this cluster",
        ))
        .arg(flag("build", "Only servers that are being built"))
        .arg(flag(
            "image-name",
            "Show the image's name instead of its id",
        ))
        .arg(lists::user())
        .arg(lists::mails())
        .arg(lists::project())
        .arg(lists::deleted())
}

fn list(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let extra: &[&str] = match args.flag("display-mails") {
        true => &["user.email"],
        false => &[],
    };
    let mut list = args.list_options(extra)?;
    if args.flag("image-name") {
        for column in &mut list.columns {
            if column == "image.id" {
                *column = "image.name".to_owned();
            }
        }
    }
    Ok(Command::ServerList(ServerList {
        list,
        user: args.text("user"),
        project: args.text("project"),
        deleted: args.flag("deleted"),
        suspended: args.flag("suspended"),
        backend: args.text("backend-id"),
        build: args.flag("build"),
    }))
}
