//! `authpolicy-*` (ID-CLI-32 … ID-CLI-36).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, flag, many, option, positional},
    inventory::Service::Astakos,
};
use clap::{Arg, ArgAction, value_parser};
use wire::admin::{Command, PolicyAdd, PolicyCommand, lists::POLICY};

/// The policies of a profile that are true or false, with their options.
const FLAGS: [(&str, &str, &str); 6] = [
    ("add", "add-policy", "unset-add-policy"),
    ("remove", "remove-policy", "unset-remove-policy"),
    ("create", "create-policy", "unset-create-policy"),
    ("login", "login-policy", "unset-login-policy"),
    ("required", "required-policy", "unset-required-policy"),
    (
        "automoderate",
        "automoderate-policy",
        "unset-automoderate-policy",
    ),
];

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "authpolicy-add",
        service: Astakos,
        about: "Create a new authentication provider policy profile",
        list: None,
        define: define_add,
        read: add,
    },
    Entry {
        name: "authpolicy-list",
        service: Astakos,
        about: "List existing authentication provider policy profiles",
        list: Some(&POLICY),
        define: |command| command,
        read: |args, _| {
            let list = args.list_options(&[])?;
            Ok(Command::Policy(PolicyCommand::List { list }))
        },
    },
    Entry {
        name: "authpolicy-remove",
        service: Astakos,
        about: "Remove an authentication provider policy",
        list: None,
        define: |command| command.arg(positional("NAME")),
        read: |args, _| {
            let name = args.only("Please provide a profile name")?;
            Ok(Command::Policy(PolicyCommand::Remove { name }))
        },
    },
    Entry {
        name: "authpolicy-set",
        service: Astakos,
        about: "Assign an existing authentication provider policy profile to a user or group",
        list: None,
        define: |command| {
            command
                .arg(many(
                    "group",
                    "GROUP",
                    "Id or name of a group; may be repeated",
                ))
                .arg(many(
                    "user",
                    "USER",
                    "Id, uuid or address of a user; may be repeated",
                ))
                .arg(positional("NAME"))
        },
        read: |args, _| {
            Ok(Command::Policy(PolicyCommand::Set {
                name: args.only("Please provide a profile name")?,
                groups: args.texts("group"),
                users: args.texts("user"),
            }))
        },
    },
    Entry {
        name: "authpolicy-show",
        service: Astakos,
        about: "Show authentication provider profile details",
        list: None,
        define: |command| command.arg(positional("NAME")),
        read: |args, _| {
            let name = args.only("Please provide a profile name")?;
            Ok(Command::Policy(PolicyCommand::Show { name }))
        },
    },
];

fn define_add(command: clap::Command) -> clap::Command {
    let mut command = command
        .override_usage("snf-manage authpolicy-add [OPTIONS] <NAME> <PROVIDER>")
        .arg(flag("update", "Change a profile that exists"))
        .arg(flag(
            "exclusive",
            "The profile is about all methods but PROVIDER",
        ))
        .arg(
            option(
                "priority",
                "N",
                "Profiles of a greater number win [default: 1]",
            )
            .value_parser(value_parser!(i64).range(0..=1_000_000))
            .allow_negative_numbers(true),
        )
        .arg(flag("inactive", "Do not put the profile in force"));
    for (_, set, unset) in FLAGS {
        command = command.args(policy(set, unset, "True|False"));
    }
    let limit = policy("limit-policy", "unset-limit-policy", "N");
    command.args(limit).arg(positional("NAME PROVIDER"))
}

fn policy(set: &'static str, unset: &'static str, value: &'static str) -> [Arg; 2] {
    [
        Arg::new(set)
            .long(set)
            .value_name(value)
            .help("Set the policy")
            .conflicts_with(unset),
        Arg::new(unset)
            .long(unset)
            .action(ArgAction::SetTrue)
            .help("Leave the policy to the settings (with --update)"),
    ]
}

fn truth(text: &str) -> Result<bool, Failure> {
    match text {
        "1" => Ok(true),
        "0" => Ok(false),
        text if text.eq_ignore_ascii_case("true") => Ok(true),
        text if text.eq_ignore_ascii_case("false") => Ok(false),
        text => Err(Failure::new(format!(
            "Invalid policy value '{text}': expected True or False."
        ))),
    }
}

fn add(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let [name, provider] = <[String; 2]>::try_from(args.positional())
        .map_err(|_| Failure::new("Invalid number of arguments"))?;
    let update = args.flag("update");
    let mut flags = Vec::new();
    for (name, set, unset) in FLAGS {
        if let Some(text) = args.text(set) {
            flags.push((name, Some(truth(&text)?)));
        } else if args.flag(unset) {
            flags.push((name, None));
        }
    }
    let limit = match args.text("limit-policy") {
        Some(text) => {
            let number = text
                .parse()
                .map_err(|_| Failure::new(format!("Invalid limit '{text}': expected a number.")))?;
            Some(Some(number))
        }
        None => args.flag("unset-limit-policy").then_some(None),
    };
    let unset = flags.iter().any(|(_, value)| value.is_none()) || limit == Some(None);
    if unset && !update {
        return Err(Failure::new("Policies are unset with --update only."));
    }
    Ok(Command::Policy(PolicyCommand::Add(PolicyAdd {
        name,
        provider,
        update,
        exclusive: args.flag("exclusive"),
        priority: args.one("priority"),
        inactive: args.flag("inactive"),
        limit,
        flags,
    })))
}
