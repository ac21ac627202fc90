//! `component-*` (ID-CLI-38 … ID-CLI-42), `snf-component-register` (ID-CLI-71).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, flag, free, no_confirm, option, positional},
    inventory::Service::Astakos,
};
use wire::admin::{
    Command, ComponentCommand, ComponentModify, ComponentRegister, lists::COMPONENT,
};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "component-add",
        service: Astakos,
        about: "Register a component",
        list: None,
        define: |command| {
            urls(command)
                .override_usage("snf-manage component-add [OPTIONS] <NAME> [<UI URL>]")
                .arg(positional("NAME"))
        },
        read: add,
    },
    Entry {
        name: "component-list",
        service: Astakos,
        about: "List components",
        list: Some(&COMPONENT),
        define: |command| command,
        read: |args, _| {
            let list = args.list_options(&[])?;
            Ok(Command::Component(ComponentCommand::List { list }))
        },
    },
    Entry {
        name: "component-modify",
        service: Astakos,
        about: "Modify component attributes",
        list: None,
        define: |command| {
            urls(command)
                .arg(free("auth-token", "TOKEN", "Set the component's token"))
                .arg(flag("renew-token", "Make a new token and print it"))
                .arg(flag("purge-services", "Forget the component's services"))
                .arg(positional("COMPONENT"))
        },
        read: modify,
    },
    Entry {
        name: "component-remove",
        service: Astakos,
        about: "Remove a component with its services",
        list: None,
        define: |command| command.arg(no_confirm()).arg(positional("COMPONENT")),
        read: |args, _| {
            Ok(Command::Component(ComponentCommand::Remove {
                component: args.only("Please provide a component ID or name")?,
                no_confirm: args.flag("no-confirm"),
            }))
        },
    },
    Entry {
        name: "component-show",
        service: Astakos,
        about: "Show component details",
        list: None,
        define: |command| command.arg(positional("COMPONENT")),
        read: |args, _| {
            let component = args.only("Please provide a component ID or name")?;
            Ok(Command::Component(ComponentCommand::Show { component }))
        },
    },
];

/// `snf-component-register`.
pub(super) static REGISTER: Entry = Entry {
    name: "snf-component-register",
    service: Astakos,
    about: "Register the components of the product, asking for their addresses",
    list: None,
    define: |command| {
        command
            .arg(option("base-url", "URL", "Base URL of the component"))
            .arg(option("ui-url", "URL", "URL of the component's pages"))
            .arg(flag("yes", "Ask nothing").short('y'))
            .arg(
                positional("COMPONENT")
                    .help("astakos, cyclades or pithos; all of them without one"),
            )
    },
    read: register,
};

fn urls(command: clap::Command) -> clap::Command {
    command
        .arg(option("ui-url", "URL", "URL of the component's pages").alias("url"))
        .arg(option("base-url", "URL", "Base URL of the component"))
}

fn add(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let mut given = args.positional();
    if given.is_empty() || given.len() > 2 {
        return Err(Failure::new("Invalid number of arguments"));
    }
    let name = given.remove(0);
    let ui_url = args.text("ui-url").or(given.pop());
    Ok(Command::Component(ComponentCommand::Add {
        name,
        base_url: args.text("base-url"),
        ui_url,
    }))
}

fn modify(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let change = ComponentModify {
        component: args.only("Please provide a component ID or name")?,
        ui_url: args.text("ui-url"),
        base_url: args.text("base-url"),
        auth_token: args.secret("auth-token"),
        renew_token: args.flag("renew-token"),
        purge_services: args.flag("purge-services"),
    };
    let nothing = ComponentModify {
        component: change.component.clone(),
        ..ComponentModify::default()
    };
    if change == nothing {
        return Err(Failure::new("No option specified."));
    }
    if change.auth_token.is_some() && change.renew_token {
        return Err(Failure::new("Give either --auth-token or --renew-token."));
    }
    Ok(Command::Component(ComponentCommand::Modify(change)))
}

fn register(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let mut given = args.positional();
    if given.len() > 1 {
        return Err(Failure::new("Invalid number of arguments"));
    }
    let asked = ComponentRegister {
        component: given.pop(),
        base_url: args.text("base-url"),
        ui_url: args.text("ui-url"),
        yes: args.flag("yes"),
    };
    if (asked.base_url.is_some() || asked.ui_url.is_some()) && asked.component.is_none() {
        return Err(Failure::new("An address needs the component it is for."));
    }
    Ok(Command::Component(ComponentCommand::Register(asked)))
}
