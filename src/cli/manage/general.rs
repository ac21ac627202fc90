//! Commands of the original's framework, and `settings-show` (ID-CLI-65, ID-CLI-80).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, flag, option, positional},
    inventory::Service::{Astakos, Cyclades, General},
};
use wire::admin::{AccountCommand, Command, GeneralCommand};

/// A command without options of its own.
macro_rules! plain {
    ($name:literal, $about:literal, $command:expr) => {
        Entry {
            name: $name,
            service: General,
            about: $about,
            list: None,
            define: |command| command.arg(positional("ARGUMENT").hide(true)),
            read: |_, _| Ok(Command::General($command)),
        }
    };
}

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "migrate",
        service: General,
        about: "Create or upgrade the store",
        list: None,
        define: |command| {
            framework(command)
                .args([ignored("fake"), ignored("list").short('l')])
                .arg(positional("ARGUMENT").hide(true))
        },
        read: migrate,
    },
    Entry {
        name: "syncdb",
        service: General,
        about: "Create or upgrade the store",
        list: None,
        define: |command| framework(command).args(["all", "migrate"].map(ignored)),
        read: migrate,
    },
    Entry {
        name: "cyclades-astakos-migrate-013",
        service: Cyclades,
        about: "Nothing: owners are uuids here from the beginning",
        list: None,
        define: |command| {
            let old = |name: &'static str| option(name, "USER", "Accepted, ignored").hide(true);
            let switch = |name: &'static str| flag(name, "Accepted, ignored").hide(true);
            command
                .args(["merge-user", "delete-user", "user-entries"].map(old))
                .args(["validate-db", "migrate-users", "dry", "strict"].map(switch))
        },
        read: |_, _| Ok(Command::General(GeneralCommand::Obsolete)),
    },
    plain!(
        "pithos-migrate",
        "Nothing: the store is upgraded when it is opened",
        GeneralCommand::Obsolete
    ),
    Entry {
        name: "collectstatic",
        service: General,
        about: "Nothing: static files are in the program",
        list: None,
        define: |command| {
            command
                .arg(flag("noinput", "Ask nothing"))
                .arg(flag("link", "Accepted, ignored").hide(true).short('l'))
        },
        read: |_, _| Ok(Command::General(GeneralCommand::Static)),
    },
    Entry {
        name: "link_static",
        service: General,
        about: "Nothing: static files are in the program",
        list: None,
        define: |command| {
            let root = option("static-root", "DIR", "Accepted, ignored").hide(true);
            command.args([root, ignored("dry-run")])
        },
        read: |_, _| Ok(Command::General(GeneralCommand::Static)),
    },
    plain!(
        "show_urls",
        "List the addresses the service answers at",
        GeneralCommand::Urls
    ),
    Entry {
        name: "runserver",
        service: General,
        about: "Tell how the service is run",
        list: None,
        define: |command| {
            let command = command.args(["noreload", "nothreading"].map(ignored));
            command.arg(positional("ADDR:PORT"))
        },
        read: |_, _| {
            Err(Failure::new(
                "The service is run by 'synnefo serve'; see 'synnefo serve --help'.",
            ))
        },
    },
    Entry {
        name: "settings-show",
        service: General,
        about: "Show settings in force and where they come from",
        list: None,
        define: |command| command.arg(positional("NAME")),
        read: |args, _| {
            let mut names = args.positional();
            match names.len() {
                0 | 1 => Ok(Command::General(GeneralCommand::Settings {
                    name: names.pop(),
                })),
                _ => Err(Failure::new("Invalid number of arguments")),
            }
        },
    },
    Entry {
        name: "createsuperuser",
        service: Astakos,
        about: "Create an administrator, asking for address, name and password",
        list: None,
        define: |command| {
            command
                .arg(option("email", "EMAIL", "The administrator's address"))
                .arg(option("username", "NAME", "Accepted, ignored").hide(true))
                .args([database(), ignored("noinput")])
        },
        read: |args, _| {
            if args.flag("noinput") {
                return Err(Failure::new(
                    "An administrator needs a name and a password, which are asked for. Without \
                     questions: user-add --password, then user-modify --verify --accept --set-admin.",
                ));
            }
            let email = args.text("email");
            Ok(Command::Account(AccountCommand::CreateSuperuser { email }))
        },
    },
];

/// A switch of the original's framework that has no meaning here.
fn ignored(name: &'static str) -> clap::Arg {
    flag(name, "Accepted, ignored").hide(true)
}

fn database() -> clap::Arg {
    option("database", "DATABASE", "Accepted, ignored").hide(true)
}

/// Options of `migrate` and `syncdb`; `--check` is ours (ID-UPG-02).
fn framework(command: clap::Command) -> clap::Command {
    let check = "Only try it on a copy and tell what would be done; changes nothing";
    command
        .args([flag("check", check), flag("noinput", "Ask nothing")])
        .args([ignored("no-initial-data"), database()])
}

fn migrate(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    // The framework changed nothing in the tables with these.
    let looks = ["check", "fake", "list"].iter().any(|name| args.flag(name));
    Ok(Command::General(GeneralCommand::Migrate { check: looks }))
}
