//! `backend-*` (CY-CLI-BKD-01 … CY-CLI-BKD-05).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, boolean, flag, free, option, positional},
    inventory::Service::Cyclades,
};
use clap::{Arg, builder::PossibleValue, value_parser};
use wire::admin::{BackendAdd, BackendModify, Command, Transport, lists::BACKEND};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "backend-add",
        service: Cyclades,
        about: "Add a Ganeti cluster",
        list: None,
        define: define_add,
        read: add,
    },
    Entry {
        name: "backend-list",
        service: Cyclades,
        about: "List Ganeti clusters",
        list: Some(&BACKEND),
        define: |command| command,
        read: |args, _| {
            Ok(Command::BackendList {
                list: args.list_options(&[])?,
            })
        },
    },
    Entry {
        name: "backend-modify",
        service: Cyclades,
        about: "Modify a Ganeti cluster",
        list: None,
        define: define_modify,
        read: modify,
    },
    Entry {
        name: "backend-remove",
        service: Cyclades,
        about: "Remove a Ganeti cluster",
        list: None,
        define: |command| {
            command
                .arg(flag(
                    "purge-networks",
                    "Remove its networks from the cluster too",
                ))
                .arg(positional("BACKEND"))
        },
        read: |args, _| {
            Ok(Command::BackendRemove {
                backend: args.only("Please provide a backend ID")?,
                purge_networks: args.flag("purge-networks"),
            })
        },
    },
    Entry {
        name: "backend-update-status",
        service: Cyclades,
        about: "Read the resources of all online clusters again",
        list: None,
        define: |command| command.arg(positional("ARGUMENT").hide(true)),
        read: |args, _| match args.positional().is_empty() {
            true => Ok(Command::BackendUpdateStatus),
            false => Err(Failure::new("Command takes no arguments")),
        },
    },
];

fn hypervisor() -> Arg {
    let hidden = PossibleValue::new("fake").hide(true);
    let known = ["kvm", "xen-pvm", "xen-hvm"].map(PossibleValue::new);
    option("hypervisor", "HYPERVISOR", "Hypervisor of its servers")
        .value_parser(known.into_iter().chain([hidden]).collect::<Vec<_>>())
}

fn port() -> Arg {
    option("port", "PORT", "Port of the remote API").value_parser(value_parser!(u16).range(1..))
}

fn define_add(command: clap::Command) -> clap::Command {
    command
        .arg(option("clustername", "NAME", "Host name of the cluster"))
        .arg(port())
        .arg(option("user", "USER", "User of the remote API"))
        .arg(free("pass", "PASSWORD", "Password of the remote API"))
        .arg(flag("no-check", "Do not try to reach the cluster"))
        .arg(hypervisor())
        .arg(flag(
            "no-init",
            "Do not create the public networks in the cluster",
        ))
        .arg(boolean(
            "public",
            "Let every project use the cluster [default: True]",
        ))
        .arg(
            option("transport", "TRANSPORT", "How the cluster is driven")
                .value_parser(["luxi", "rapi"]),
        )
        .arg(option(
            "socket",
            "PATH",
            "LUXI socket of a cluster on this machine",
        ))
        .arg(option(
            "ca-cert",
            "FILE",
            "Certificate the remote API must prove",
        ))
}

fn add(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let socket = args.text("socket");
    let transport = match (args.text("transport").as_deref(), &socket) {
        (Some("luxi"), _) | (None, Some(_)) => Transport::Luxi,
        _ => Transport::Rapi,
    };
    let clustername = args.text("clustername").unwrap_or_default();
    let username = args.text("user").unwrap_or_default();
    let password = args.secret("pass");
    let named = match transport {
        Transport::Luxi => !clustername.is_empty(),
        Transport::Rapi => !clustername.is_empty() && !username.is_empty() && password.is_some(),
    };
    if !named {
        return Err(Failure::new(match transport {
            Transport::Luxi => "Clustername must be supplied",
            Transport::Rapi => "Clustername, user and pass must be supplied",
        }));
    }
    if socket.is_some() && transport == Transport::Rapi {
        return Err(Failure::new("'socket' is for transport luxi only"));
    }
    Ok(Command::BackendAdd(BackendAdd {
        clustername,
        port: args.one("port").unwrap_or(5080),
        username,
        password,
        check: !args.flag("no-check"),
        hypervisor: args.text("hypervisor").unwrap_or_else(|| "kvm".into()),
        init: !args.flag("no-init"),
        public: args.boolean("public").unwrap_or(true),
        transport,
        socket,
        ca_cert: args.text("ca-cert"),
    }))
}

fn define_modify(command: clap::Command) -> clap::Command {
    command
        .arg(option("clustername", "NAME", "Host name of the cluster"))
        .arg(port())
        .arg(option("username", "USER", "User of the remote API").alias("user"))
        .arg(free("password", "PASSWORD", "Password of the remote API").alias("pass"))
        .arg(boolean("drained", "Place no new servers on the cluster"))
        .arg(hypervisor())
        .arg(boolean("offline", "Leave the cluster alone"))
        .arg(boolean("public", "Let every project use the cluster"))
        .arg(positional("BACKEND"))
}

fn modify(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let backend = match args.positional().is_empty() {
        true => None,
        false => Some(args.only("Please provide a backend ID")?),
    };
    Ok(Command::BackendModify(BackendModify {
        backend,
        clustername: args.text("clustername"),
        port: args.one("port"),
        username: args.text("username"),
        password: args.secret("password"),
        drained: args.boolean("drained"),
        hypervisor: args.text("hypervisor"),
        offline: args.boolean("offline"),
        public: args.boolean("public"),
    }))
}
