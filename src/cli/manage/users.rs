//! `user-*` (ID-CLI-20 … ID-CLI-24).

use super::{
    Context, Entry,
    arguments::Args,
    common::{self, Failure, flag, free, many, no_confirm, option, positional},
    inventory::Service::Astakos,
    lists,
};
use clap::{Arg, ArgAction};
use wire::admin::{Command, UserAdd, UserList, UserModify, lists::USER};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "user-activation-send",
        service: Astakos,
        about: "Send the verification mail to users again",
        list: None,
        define: |command| command.arg(positional("USER")),
        read: activation_send,
    },
    Entry {
        name: "user-add",
        service: Astakos,
        about: "Create a user",
        list: None,
        define: define_add,
        read: add,
    },
    Entry {
        name: "user-list",
        service: Astakos,
        about: "List users",
        list: Some(&USER),
        define: define_list,
        read: list,
    },
    Entry {
        name: "user-modify",
        service: Astakos,
        about: "Modify a user's account",
        list: None,
        define: define_modify,
        read: modify,
    },
    Entry {
        name: "user-show",
        service: Astakos,
        about: "Show a user's account",
        list: None,
        define: define_show,
        read: show,
    },
];

fn activation_send(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    match args.positional() {
        users if users.is_empty() => Err(Failure::new("No user was given")),
        users => Ok(Command::UserActivationSend { users }),
    }
}

fn define_add(command: clap::Command) -> clap::Command {
    command
        .override_usage("snf-manage user-add [OPTIONS] <EMAIL> <FIRST NAME> <LAST NAME>")
        .arg(free(
            "password",
            "PASSWORD",
            "The password; without it one is made and printed",
        ))
        .arg(flag("admin", "Make the user an administrator"))
        .arg(
            many(
                "group",
                "GROUP",
                "Put the user into a group; may be repeated",
            )
            .short('g'),
        )
        .arg(
            many(
                "permission",
                "PERMISSION",
                "Give the user a permission; may be repeated",
            )
            .short('p'),
        )
        .arg(positional("EMAIL FIRST-NAME LAST-NAME"))
}

fn add(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let [email, first_name, last_name] = <[String; 3]>::try_from(args.positional())
        .map_err(|_| Failure::new("Invalid number of arguments"))?;
    Ok(Command::UserAdd(UserAdd {
        email,
        first_name,
        last_name,
        password: args.secret("password"),
        admin: args.flag("admin"),
        groups: args.texts("group"),
        permissions: args.texts("permission"),
    }))
}

fn define_list(command: clap::Command) -> clap::Command {
    command
        .arg(flag("active", "Only active users"))
        .arg(flag(
            "pending-moderation",
            "Only users that wait for moderation",
        ))
        .arg(flag(
            "pending-verification",
            "Only users that wait for verification",
        ))
        .arg(many(
            "group",
            "NAME",
            "Only members of this group; may be repeated",
        ))
        .arg(flag("auth-providers", "Show the ways to log in too"))
        .arg(lists::mails())
}

fn list(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let mut extra = Vec::new();
    if args.flag("auth-providers") {
        extra.push("providers");
    }
    if args.flag("display-mails") {
        extra.push("email");
    }
    Ok(Command::UserList(UserList {
        list: args.list_options(&extra)?,
        active: args.flag("active"),
        pending_moderation: args.flag("pending-moderation"),
        pending_verification: args.flag("pending-verification"),
        groups: args.texts("group"),
    }))
}

fn define_show(command: clap::Command) -> clap::Command {
    command
        .arg(flag("quota", "Show the user's quota"))
        .arg(common::unit_style("mb"))
        .arg(flag("projects", "Show the user's projects"))
        .arg(positional("USER"))
}

fn show(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    Ok(Command::UserShow {
        user: args.only("Please provide a user ID or email")?,
        quota: args.flag("quota"),
        unit_style: args.unit_style("mb"),
        projects: args.flag("projects"),
    })
}

fn define_modify(command: clap::Command) -> clap::Command {
    credentials(rights(decisions(command)))
        .arg(flag("delete", "Delete an account that was not accepted"))
        .arg(option(
            "set-email",
            "EMAIL",
            "Set the address, without verification",
        ))
        .arg(
            Arg::new("set-base-quota")
                .long("set-base-quota")
                .value_names(["RESOURCE", "CAPACITY"])
                .num_args(2)
                .allow_hyphen_values(true)
                .action(ArgAction::Append)
                .help("Set a base quota; may be repeated"),
        )
        .arg(no_confirm())
        .arg(positional("USER"))
}

/// Options that decide about the account. What is ruled out is not required any more, so
/// a reason says both.
fn decisions(command: clap::Command) -> clap::Command {
    command
        .arg(flag("set-admin", "Make the user an administrator").conflicts_with("set-noadmin"))
        .arg(flag("set-noadmin", "Take the administrator's rights away"))
        .arg(flag("reject", "Reject the account").conflicts_with("accept"))
        .arg(
            free("reject-reason", "TEXT", "Why it is rejected")
                .requires("reject")
                .conflicts_with("accept"),
        )
        .arg(flag("verify", "Count the address as verified"))
        .arg(flag("accept", "Accept the account and activate it"))
        .arg(option(
            "set-default-project",
            "PROJECT",
            "Project used when a request names none",
        ))
        .arg(
            flag("set-active", "Activate the account")
                .alias("active")
                .conflicts_with("set-inactive"),
        )
        .arg(flag("set-inactive", "Deactivate the account").alias("inactive"))
        .arg(
            free("inactive-reason", "TEXT", "Why it is deactivated")
                .requires("set-inactive")
                .conflicts_with("set-active"),
        )
}

/// Options about invitations, groups and permissions.
fn rights(command: clap::Command) -> clap::Command {
    let number = |name, about| common::whole(name, "NUM", about);
    command
        .arg(number("invitations", "Set how many invitations are left"))
        .arg(number("level", "Set the invitation level"))
        .arg(many(
            "add-group",
            "NAME",
            "Put the user into a group; may be repeated",
        ))
        .arg(many(
            "delete-group",
            "NAME",
            "Take the user out of a group; may be repeated",
        ))
        .arg(many(
            "add-permission",
            "CODENAME",
            "Give a permission; may be repeated",
        ))
        .arg(many(
            "delete-permission",
            "CODENAME",
            "Take a permission away; may be repeated",
        ))
}

/// Options about password, token and terms.
fn credentials(command: clap::Command) -> clap::Command {
    command
        .arg(free("password", "PASSWORD", "Set the password"))
        .arg(flag("renew-password", "Set a random password and print it"))
        .arg(flag("renew-token", "Make a new token"))
        .arg(flag("sign-terms", "Count the terms as signed"))
        .arg(flag(
            "reset-second-factor",
            "Remove all second factors of somebody who lost the device",
        ))
}

fn modify(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let switch = |on: &str, off: &str| match (args.flag(on), args.flag(off)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let user = args.only("Please provide a user ID")?;
    if user.is_empty() {
        return Err(Failure::new("Please provide a user ID"));
    }
    Ok(Command::UserModify(Box::new(UserModify {
        user,
        set_admin: switch("set-admin", "set-noadmin"),
        reject: args.flag("reject"),
        reject_reason: args.text("reject-reason"),
        verify: args.flag("verify"),
        accept: args.flag("accept"),
        default_project: args.text("set-default-project"),
        set_active: switch("set-active", "set-inactive"),
        inactive_reason: args.text("inactive-reason"),
        invitations: args.one("invitations"),
        level: args.one("level"),
        add_groups: args.texts("add-group"),
        delete_groups: args.texts("delete-group"),
        add_permissions: args.texts("add-permission"),
        delete_permissions: args.texts("delete-permission"),
        password: args.secret("password"),
        renew_password: args.flag("renew-password"),
        renew_token: args.flag("renew-token"),
        sign_terms: args.flag("sign-terms"),
        reset_second_factor: args.flag("reset-second-factor"),
        delete: args.flag("delete"),
        set_email: args.text("set-email"),
        base_quota: args.twos("set-base-quota"),
        no_confirm: args.flag("no-confirm"),
    })))
}
