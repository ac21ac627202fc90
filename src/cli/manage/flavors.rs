//! `flavor-*` (CY-CLI-FLV-01 … CY-CLI-FLV-04).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, boolean, flag, number, option, pairs, parted, positional},
    inventory::Service::Cyclades,
    lists,
};
use std::str::FromStr;
use wire::admin::{Command, FlavorCreate, FlavorModify, lists::FLAVOR};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "flavor-create",
        service: Cyclades,
        about: "Create flavors: every combination of the values given",
        list: None,
        define: define_create,
        read: create,
    },
    Entry {
        name: "flavor-list",
        service: Cyclades,
        about: "List flavors",
        list: Some(&FLAVOR),
        define: |command| command.arg(lists::deleted()),
        read: |args, _| {
            Ok(Command::FlavorList {
                list: args.list_options(&[])?,
                deleted: args.flag("deleted"),
            })
        },
    },
    Entry {
        name: "flavor-modify",
        service: Cyclades,
        about: "Modify a flavor",
        list: None,
        define: define_modify,
        read: modify,
    },
    Entry {
        name: "flavor-show",
        service: Cyclades,
        about: "Show a flavor",
        list: None,
        define: |command| command.arg(positional("FLAVOR")),
        read: |args, _| {
            Ok(Command::FlavorShow {
                flavor: flavor(args)?,
            })
        },
    },
];

fn flavor(args: &Args<'_>) -> Result<u64, Failure> {
    number("Flavor", "", &args.only("Please provide a flavor ID")?)
}

fn define_create(command: clap::Command) -> clap::Command {
    command
        .override_usage(
            "snf-manage flavor-create [OPTIONS] <CPU,...> <RAM,...> <DISK,...> <TYPE,...>",
        )
        .after_help(
            "RAM is in MiB, DISK in GiB; TYPE is the number of a volume type or the name of a \
             disk template.",
        )
        .arg(flag("dry-run", "Show what would be created").short('n'))
        .arg(boolean(
            "public",
            "Offer the flavors to everybody [default: True]",
        ))
        .arg(option(
            "specs",
            "KEY=VALUE,...",
            "Specifications of the flavors",
        ))
        .arg(positional("CPU RAM DISK TYPE"))
}

fn create(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let [cpus, rams, disks, types] = <[String; 4]>::try_from(args.positional())
        .map_err(|_| Failure::new("Invalid number of arguments"))?;
    let types = match parted(&types) {
        types if types.is_empty() => return Err(Failure::new("Invalid values")),
        types => types,
    };
    Ok(Command::FlavorCreate(FlavorCreate {
        cpus: numbers(&cpus)?,
        rams: numbers(&rams)?,
        disks: numbers(&disks)?,
        types,
        dry_run: args.flag("dry-run"),
        public: args.boolean("public").unwrap_or(true),
        specs: pairs(&args.text("specs").unwrap_or_default())?,
    }))
}

/// Positive whole numbers parted by commas.
fn numbers(text: &str) -> Result<Vec<u32>, Failure> {
    let numbers: Option<Vec<u32>> = text
        .split(',')
        .map(|part| u32::from_str(part.trim()).ok().filter(|n| *n > 0))
        .collect();
    numbers.ok_or_else(|| Failure::new("Invalid values"))
}

fn define_modify(command: clap::Command) -> clap::Command {
    command
        .arg(boolean("deleted", "Mark the flavor as deleted or not"))
        .arg(boolean(
            "allow-create",
            "Let servers be created from the flavor or not",
        ))
        .arg(boolean("public", "Offer the flavor to everybody or not"))
        .arg(option("spec-add", "KEY=VALUE,...", "Set specifications"))
        .arg(option("spec-delete", "KEY,...", "Remove specifications"))
        .arg(positional("FLAVOR"))
}

fn modify(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let flavor = flavor(args)?;
    let spec_add = pairs(&args.text("spec-add").unwrap_or_default())?;
    let spec_delete = parted(&args.text("spec-delete").unwrap_or_default());
    if let Some((key, _)) = spec_add.iter().find(|(key, _)| spec_delete.contains(key)) {
        return Err(Failure::new(format!(
            "Specification '{key}' cannot be both added and deleted."
        )));
    }
    Ok(Command::FlavorModify(FlavorModify {
        flavor,
        deleted: args.boolean("deleted"),
        allow_create: args.boolean("allow-create"),
        public: args.boolean("public"),
        spec_add,
        spec_delete,
    }))
}
