//! Terms, upkeep, sessions, invitations, figures (ID-CLI-25, ID-CLI-26, ID-CLI-37,
//! ID-CLI-63, ID-CLI-80).

use super::{
    Context, Entry,
    arguments::Args,
    common::{self, Failure, option, positional},
    inventory::Service::Astakos,
};
use wire::admin::{
    AccountCommand, Command,
    filter::instant,
    lists::{AUDIT, INVITATION, PENDING},
};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "term-add",
        service: Astakos,
        about: "Add approval terms",
        list: None,
        define: |command| command.arg(positional("FILE")),
        read: term_add,
    },
    Entry {
        name: "fix-superusers",
        service: Astakos,
        about: "Transform superusers created by syncdb into AstakosUser instances",
        list: None,
        define: |command| command,
        read: |_, _| Ok(Command::Account(AccountCommand::FixSuperusers)),
    },
    Entry {
        name: "cleanup-full",
        service: Astakos,
        about: "Cleanup sessions and session catalog",
        list: None,
        define: |command| command,
        read: |_, _| Ok(Command::Account(AccountCommand::Cleanup)),
    },
    Entry {
        name: "stats-astakos",
        service: Astakos,
        about: "Show figures of users and their quota",
        list: None,
        define: |command| command.arg(common::unit_style("auto")),
        read: stats,
    },
    Entry {
        name: "session-list",
        service: Astakos,
        about: "List the sessions of a user",
        list: None,
        define: |command| command.arg(positional("USER")),
        read: |args, _| {
            let user = args.only("Please provide a user ID")?;
            Ok(Command::Account(AccountCommand::Sessions { user }))
        },
    },
    Entry {
        name: "session-flush",
        service: Astakos,
        about: "End all sessions of a user",
        list: None,
        define: |command| command.arg(positional("USER")),
        read: |args, _| {
            let user = args.only("Please provide a user ID")?;
            Ok(Command::Account(AccountCommand::FlushSessions { user }))
        },
    },
    Entry {
        name: "invitation-list",
        service: Astakos,
        about: "List invitations",
        list: Some(&INVITATION),
        define: |command| command,
        read: |args, _| {
            let list = args.list_options(&[])?;
            Ok(Command::Account(AccountCommand::Invitations { list }))
        },
    },
    Entry {
        name: "pending-list",
        service: Astakos,
        about: "List people that came from another login method and have no account yet",
        list: Some(&PENDING),
        define: |command| command,
        read: |args, _| {
            let list = args.list_options(&[])?;
            Ok(Command::Account(AccountCommand::Pending { list }))
        },
    },
    Entry {
        name: "audit-list",
        service: Astakos,
        about: "List what administrators did",
        list: Some(&AUDIT),
        define: |command| {
            command
                .arg(option(
                    "user",
                    "USER",
                    "Only acts on this user (uuid or email)",
                ))
                .arg(option(
                    "since",
                    "TIME",
                    "Only from then on (YYYY-MM-DD[ HH:MM])",
                ))
        },
        read: audit,
    },
    Entry {
        name: "user-erase",
        service: Astakos,
        about: "Erase an account that holds nothing any more, and all that is personal in it",
        list: None,
        define: |command| command.arg(common::no_confirm()).arg(positional("USER")),
        read: |args, _| {
            let user = args.only("Please provide a user ID")?;
            Ok(Command::Account(AccountCommand::Erase {
                user,
                no_confirm: args.flag("no-confirm"),
            }))
        },
    },
    Entry {
        name: "import-django-dump",
        service: Astakos,
        about: "Bring the accounts of an original installation, from what its dumpdata wrote",
        list: None,
        define: |command| command.arg(positional("FILE")),
        read: |args, _| {
            let file = args.only("Please provide a file, or - for standard input")?;
            Ok(Command::Account(AccountCommand::ImportDump { file }))
        },
    },
    Entry {
        name: "user-export",
        service: Astakos,
        about: "Print everything stored about a user, as JSON",
        list: None,
        define: |command| command.arg(positional("USER")),
        read: |args, _| {
            let user = args.only("Please provide a user ID")?;
            Ok(Command::Account(AccountCommand::Export { user }))
        },
    },
];

fn term_add(args: &Args<'_>, context: &Context<'_>) -> Result<Command, Failure> {
    let file = args.only("Please provide a location")?;
    let location = context.cwd.join(&file);
    if file.is_empty() || !location.is_absolute() {
        return Err(Failure::new("Invalid location"));
    }
    Ok(Command::Account(AccountCommand::TermAdd {
        location: location.to_string_lossy().into_owned(),
        file,
    }))
}

fn stats(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let format = args.text("output-format");
    if matches!(format.as_deref(), Some("csv" | "tabs")) {
        return Err(Failure::new(
            "Output format not supported: use pretty or json.",
        ));
    }
    Ok(Command::Account(AccountCommand::Stats {
        unit_style: args.unit_style("auto"),
        json: format.is_some_and(|format| format.starts_with("json")),
    }))
}

fn audit(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let since = args
        .text("since")
        .map(|text| instant(&text).ok_or_else(|| Failure::new(format!("Invalid time '{text}'"))));
    Ok(Command::Account(AccountCommand::Audit {
        list: args.list_options(&[])?,
        user: args.text("user"),
        since: since.transpose()?,
    }))
}
