//! `oauth2-client-*` (ID-CLI-60 … ID-CLI-62).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, flag, free, many, option, positional},
    inventory::Service::Astakos,
};
use wire::admin::{ClientAdd, ClientCommand, Command, lists::CLIENT};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "oauth2-client-add",
        service: Astakos,
        about: "Create an OAuth 2 client",
        list: None,
        define: |command| {
            command
                .arg(free(
                    "secret",
                    "SECRET",
                    "The secret of a confidential client",
                ))
                .arg(flag("is-trusted", "Do not ask users for their consent"))
                .arg(
                    option(
                        "type",
                        "TYPE",
                        "confidential or public [default: confidential]",
                    )
                    .value_parser(["confidential", "public"])
                    .hide_possible_values(true),
                )
                .arg(many(
                    "url",
                    "URL",
                    "Where users may be sent back to; may be repeated",
                ))
                .arg(positional("IDENTIFIER"))
        },
        read: add,
    },
    Entry {
        name: "oauth2-client-list",
        service: Astakos,
        about: "List OAuth 2 clients",
        list: Some(&CLIENT),
        define: |command| {
            command
                .arg(flag("confidential", "Only confidential clients").conflicts_with("public"))
                .arg(flag("public", "Only public clients"))
                .arg(flag("trusted", "Only trusted clients"))
        },
        read: |args, _| {
            Ok(Command::Client(ClientCommand::List {
                list: args.list_options(&[])?,
                confidential: match (args.flag("confidential"), args.flag("public")) {
                    (true, _) => Some(true),
                    (_, true) => Some(false),
                    _ => None,
                },
                trusted: args.flag("trusted"),
            }))
        },
    },
    Entry {
        name: "oauth2-client-remove",
        service: Astakos,
        about: "Remove an OAuth 2 client with its codes and tokens",
        list: None,
        define: |command| command.arg(positional("CLIENT")),
        read: |args, _| {
            let client = args.only("Please provide a client ID or identifier")?;
            Ok(Command::Client(ClientCommand::Remove { client }))
        },
    },
];

fn add(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let client = ClientAdd {
        identifier: args.only("Please provide a client identifier")?,
        secret: args.secret("secret"),
        trusted: args.flag("is-trusted"),
        public: args.text("type").is_some_and(|kind| kind == "public"),
        urls: args.texts("url"),
    };
    if client.urls.is_empty() {
        return Err(Failure::new("There should be at least one redirect URL"));
    }
    let no_secret = client.secret.as_ref().is_none_or(|s| s.expose().is_empty());
    if !client.public && no_secret {
        return Err(Failure::new("Confidential clients should have a secret"));
    }
    Ok(Command::Client(ClientCommand::Add(client)))
}
