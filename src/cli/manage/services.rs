//! `service-*` and `resource-*` (ID-CLI-43, ID-CLI-44).

use super::{
    Context, Entry,
    arguments::Args,
    common::{self, Failure, flag, free, option, positional},
    inventory::Service::{Astakos, Cyclades, Pithos},
};
use wire::admin::{
    Command, ResourceCommand, ResourceModify, ServiceCommand,
    filter::truth,
    lists::{RESOURCE, SERVICE},
};

/// An entry of the `…-export-<component>` commands.
macro_rules! export {
    ($name:literal, $service:ident, $about:literal, $command:expr) => {
        Entry {
            name: $name,
            service: $service,
            about: $about,
            list: None,
            define: |command| command.arg(positional("ARGUMENT").hide(true)),
            read: |args, _| {
                if !args.positional().is_empty() {
                    return Err(Failure::new("Invalid number of arguments"));
                }
                Ok($command)
            },
        }
    };
}

fn services(component: &str) -> Command {
    Command::Service(ServiceCommand::Export {
        component: component.to_owned(),
        base_url: None,
    })
}

fn resources(component: &str) -> Command {
    let component = component.to_owned();
    Command::Resource(ResourceCommand::Export { component })
}

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "service-import",
        service: Astakos,
        about: "Register services",
        list: None,
        define: file,
        read: |args, _| {
            let file = the_file(args)?;
            Ok(Command::Service(ServiceCommand::Import { file }))
        },
    },
    Entry {
        name: "service-list",
        service: Astakos,
        about: "List services",
        list: Some(&SERVICE),
        define: |command| command,
        read: |args, _| {
            let list = args.list_options(&[])?;
            Ok(Command::Service(ServiceCommand::List { list }))
        },
    },
    Entry {
        name: "service-show",
        service: Astakos,
        about: "Show service details",
        list: None,
        define: |command| command.arg(positional("SERVICE")),
        read: |args, _| {
            let service = args.only("Please provide a service ID or name.")?;
            Ok(Command::Service(ServiceCommand::Show { service }))
        },
    },
    export!(
        "service-export-astakos",
        Astakos,
        "Export Astakos services in JSON format",
        services("astakos")
    ),
    export!(
        "service-export-pithos",
        Pithos,
        "Export Pithos services in JSON format",
        services("pithos")
    ),
    export!(
        "service-export-cyclades",
        Cyclades,
        "Export Cyclades services in JSON format",
        services("cyclades")
    ),
    export!(
        "resource-export-astakos",
        Astakos,
        "Export Astakos resources in JSON format",
        resources("astakos")
    ),
    export!(
        "resource-export-pithos",
        Pithos,
        "Export Pithos resources in JSON format",
        resources("pithos")
    ),
    export!(
        "resource-export-cyclades",
        Cyclades,
        "Export Cyclades resources in JSON format",
        resources("cyclades")
    ),
    Entry {
        name: "resource-import",
        service: Astakos,
        about: "Register resources",
        list: None,
        define: file,
        read: |args, _| {
            let file = the_file(args)?;
            Ok(Command::Resource(ResourceCommand::Import { file }))
        },
    },
    Entry {
        name: "resource-list",
        service: Astakos,
        about: "List resources",
        list: Some(&RESOURCE),
        define: |command| command.arg(common::unit_style("mb")),
        read: |args, _| {
            Ok(Command::Resource(ResourceCommand::List {
                list: args.list_options(&[])?,
                unit_style: args.unit_style("mb"),
            }))
        },
    },
    Entry {
        name: "resource-modify",
        service: Astakos,
        about: "Modify a resource's default base quota and boolean flags",
        list: None,
        define: define_modify,
        read: modify,
    },
];

fn file(command: clap::Command) -> clap::Command {
    command
        .arg(option(
            "json",
            "FILE",
            "File with the definitions; - is standard input",
        ))
        .arg(positional("ARGUMENT").hide(true))
}

fn the_file(args: &Args<'_>) -> Result<String, Failure> {
    if !args.positional().is_empty() {
        return Err(Failure::new("Invalid number of arguments"));
    }
    args.text("json")
        .filter(|file| !file.is_empty())
        .ok_or_else(|| Failure::new("Expecting option --json."))
}

fn define_modify(command: clap::Command) -> clap::Command {
    command
        .arg(free("system-default", "LIMIT", "Limit of new users").alias("limit"))
        .arg(free("project-default", "LIMIT", "Limit of new projects"))
        .arg(option(
            "api-visible",
            "True|False",
            "Show the resource in the APIs?",
        ))
        .arg(option(
            "ui-visible",
            "True|False",
            "Show the resource on pages?",
        ))
        .arg(option(
            "allow-in-projects",
            "True|False",
            "May projects ask for the resource?",
        ))
        .arg(flag(
            "limit-interactive",
            "Ask for the limit of new users, of all resources when none is named",
        ))
        .arg(option(
            "limit-from-file",
            "FILE",
            "Limits of new users by resource, JSON; - is standard input",
        ))
        .arg(common::unit_style("mb"))
        .arg(positional("RESOURCE"))
}

fn boolean(args: &Args<'_>, name: &str) -> Result<Option<bool>, Failure> {
    args.text(name)
        .map(|text| truth(&text).ok_or_else(|| Failure::new("Expecting a boolean value.")))
        .transpose()
}

fn modify(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let mut given = args.positional();
    if given.len() > 1 {
        return Err(Failure::new("Invalid number of arguments"));
    }
    let change = ResourceModify {
        resource: given.pop(),
        system_default: args.text("system-default"),
        project_default: args.text("project-default"),
        api_visible: boolean(args, "api-visible")?,
        ui_visible: boolean(args, "ui-visible")?,
        allow_in_projects: boolean(args, "allow-in-projects")?,
        interactive: args.flag("limit-interactive"),
        from_file: args.text("limit-from-file"),
        unit_style: args.unit_style("mb"),
    };
    let many = change.interactive || change.from_file.is_some();
    if change.resource.is_none() && !many {
        return Err(Failure::new("Please provide a resource name."));
    }
    let one = [&change.system_default, &change.project_default]
        .iter()
        .any(|limit| limit.is_some());
    if change.interactive && change.from_file.is_some() || many && one {
        return Err(Failure::new(
            "Give the limit in one way: by option, by file or interactively.",
        ));
    }
    Ok(Command::Resource(ResourceCommand::Modify(change)))
}
