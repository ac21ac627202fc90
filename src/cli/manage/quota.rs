//! Quota and commissions (ID-CLI-50 … ID-CLI-55, ID-CLI-64).

use super::{
    Context, Entry,
    arguments::Args,
    common::{self, Failure, flag, option, positional},
    inventory::Service::Astakos,
    lists,
};
use clap::value_parser;
use wire::admin::{
    Command, QuotaCommand, QuotaTask,
    lists::{COMMISSION, QUOTA},
};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "quota",
        service: Astakos,
        about: "List and check the integrity of user quota",
        list: None,
        define: define_quota,
        read: quota,
    },
    Entry {
        name: "quota-list",
        service: Astakos,
        about: "List user quota",
        list: Some(&QUOTA),
        define: |command| {
            command
                .arg(flag("overlimit", "Only where more is used than may be"))
                .arg(common::unit_style("mb"))
                .arg(lists::mails())
        },
        read: list,
    },
    Entry {
        name: "quota-verify",
        service: Astakos,
        about: "Check the integrity of user and project quota",
        list: None,
        define: |command| {
            command
                .arg(flag("fix", "Synchronise what differs"))
                .arg(flag(
                    "include-unexpected-holdings",
                    "Also look at holdings that should not be; with --fix remove them",
                ))
                .arg(positional("ARGUMENT").hide(true))
        },
        read: |args, _| {
            nothing_else(args)?;
            Ok(Command::Quota(QuotaCommand::Verify {
                fix: args.flag("fix"),
                unexpected: args.flag("include-unexpected-holdings"),
            }))
        },
    },
    Entry {
        name: "reconcile-resources-astakos",
        service: Astakos,
        about: "Reconcile resource usage of Quotaholder with Astakos DB",
        list: None,
        define: |command| {
            command
                .arg(option("user", "UUID", "Only this user").alias("userid"))
                .arg(option("project", "UUID", "Only this project"))
                .arg(flag("fix", "Synchronise what differs"))
                .arg(flag("force", "Pass limits when fixing"))
                .arg(positional("ARGUMENT").hide(true))
        },
        read: |args, _| {
            nothing_else(args)?;
            Ok(Command::Quota(QuotaCommand::Reconcile {
                user: args.text("user"),
                project: args.text("project"),
                fix: args.flag("fix"),
                force: args.flag("force"),
            }))
        },
    },
    Entry {
        name: "commission-list",
        service: Astakos,
        about: "List pending commissions",
        list: Some(&COMMISSION),
        define: |command| {
            command.arg(
                option("overdue", "SECONDS", "Only those pending for longer")
                    .value_parser(value_parser!(u64)),
            )
        },
        read: |args, _| {
            Ok(Command::Quota(QuotaCommand::Commissions {
                list: args.list_options(&[])?,
                overdue: args.one("overdue"),
            }))
        },
    },
    Entry {
        name: "commission-show",
        service: Astakos,
        about: "Show details for a pending commission",
        list: None,
        define: |command| command.arg(positional("SERIAL")),
        read: |args, _| {
            let serial = args.only("Please provide a commission serial")?;
            let serial = serial
                .parse()
                .map_err(|_| Failure::new("Expecting an integer serial."))?;
            Ok(Command::Quota(QuotaCommand::Commission { serial }))
        },
    },
    Entry {
        name: "astakos-init",
        service: Astakos,
        about: "Set default base quota from the setting ASTAKOS_SERVICES",
        list: None,
        define: |command| {
            command
                .arg(flag(
                    "load-service-resources",
                    "Read the limits of ASTAKOS_SERVICES",
                ))
                .arg(positional("ARGUMENT").hide(true))
        },
        read: |args, _| {
            nothing_else(args)?;
            match args.flag("load-service-resources") {
                true => Ok(Command::Quota(QuotaCommand::LoadServiceResources)),
                false => Err(Failure::new("No option specified.")),
            }
        },
    },
];

fn nothing_else(args: &Args<'_>) -> Result<(), Failure> {
    match args.positional().is_empty() {
        true => Ok(()),
        false => Err(Failure::new("Invalid number of arguments")),
    }
}

fn define_quota(command: clap::Command) -> clap::Command {
    let one = ["list", "verify", "sync", "import-base-quota"];
    command
        .arg(flag("list", "List the quota of all users, or of --user"))
        .arg(flag("verify", "Check that quota is as the projects say"))
        .arg(flag("sync", "Put defaults and limits in force"))
        .arg(option(
            "import-base-quota",
            "FILE",
            "Set base quota from lines of user, resource and capacity; - is standard input",
        ))
        .group(clap::ArgGroup::new("task").args(one))
        .arg(option("user", "USER", "Only this user (uuid or email)"))
        .arg(common::unit_style("mb"))
        .arg(positional("ARGUMENT").hide(true))
}

fn quota(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    nothing_else(args)?;
    let user = args.text("user");
    let task = if let Some(file) = args.text("import-base-quota") {
        QuotaTask::Import { file }
    } else if args.flag("verify") {
        QuotaTask::Verify
    } else if args.flag("sync") {
        QuotaTask::Sync
    } else {
        return Ok(Command::Quota(QuotaCommand::Quota(QuotaTask::List {
            user,
            unit_style: args.unit_style("mb"),
        })));
    };
    if user.is_some() {
        return Err(Failure::new("Option --user goes with --list only."));
    }
    Ok(Command::Quota(QuotaCommand::Quota(task)))
}

fn list(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let mut list = args.list_options(&[])?;
    if args.flag("display-mails") && !list.columns.iter().any(|c| c == "displayname") {
        list.columns.insert(0, "displayname".to_owned());
    }
    Ok(Command::Quota(QuotaCommand::List {
        list,
        overlimit: args.flag("overlimit"),
        unit_style: args.unit_style("mb"),
    }))
}
