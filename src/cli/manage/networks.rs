//! `network-*` (CY-CLI-NET-01 … CY-CLI-NET-04).

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, bare_boolean, boolean, flag, many, number, option, parted, positional},
    inventory::Service::Cyclades,
    lists,
};
use wire::admin::{Command, NetworkCreate, NetworkList, lists::NETWORK};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "network-create",
        service: Cyclades,
        about: "Create a network",
        list: None,
        define: define_create,
        read: create,
    },
    Entry {
        name: "network-inspect",
        service: Cyclades,
        about: "Inspect a network in the database and in the clusters",
        list: None,
        define: |command| {
            command
                .arg(flag("display-mails", "Show the user's address too").alias("displayname"))
                .arg(boolean("backends", "Ask the clusters too [default: True]"))
                .arg(positional("NETWORK"))
        },
        read: |args, _| {
            Ok(Command::NetworkInspect {
                network: network(args)?,
                display_mails: args.flag("display-mails"),
                backends: args.boolean("backends").unwrap_or(true),
            })
        },
    },
    Entry {
        name: "network-list",
        service: Cyclades,
        about: "List networks",
        list: Some(&NETWORK),
        define: define_list,
        read: list,
    },
    Entry {
        name: "network-show",
        service: Cyclades,
        about: "Show a network",
        list: None,
        define: |command| {
            command
                .arg(flag("display-mails", "Show the user's address too").alias("displayname"))
                .arg(positional("NETWORK"))
        },
        read: |args, _| {
            Ok(Command::NetworkInspect {
                network: network(args)?,
                display_mails: args.flag("display-mails"),
                backends: false,
            })
        },
    },
];

fn network(args: &Args<'_>) -> Result<u64, Failure> {
    number(
        "Network",
        "snf-net-",
        &args.only("Please provide a network ID")?,
    )
}

fn define_create(command: clap::Command) -> clap::Command {
    command
        .arg(option("name", "NAME", "Name of the network"))
        .arg(option("user", "USER", "Owner of the network (uuid)").aliases(["owner", "userid"]))
        .arg(option("project", "PROJECT", "Project to charge"))
        .arg(option("subnet", "CIDR", "IPv4 subnet"))
        .arg(option("gateway", "ADDRESS", "IPv4 gateway"))
        .arg(option("subnet6", "CIDR", "IPv6 subnet"))
        .arg(option("gateway6", "ADDRESS", "IPv6 gateway"))
        .arg(bare_boolean(
            "dhcp",
            "Give out addresses by DHCP [default: False]",
        ))
        .arg(bare_boolean("public", "A public network [default: False]"))
        .arg(
            option("flavor", "FLAVOR", "Flavor of the network").value_parser([
                "CUSTOM",
                "IP_LESS_ROUTED",
                "MAC_FILTERED",
                "PHYSICAL_VLAN",
            ]),
        )
        .arg(option("mode", "MODE", "Mode of the network's interfaces"))
        .arg(option("link", "LINK", "Bridge or routing table"))
        .arg(option("mac-prefix", "PREFIX", "MAC prefix"))
        .arg(option("tags", "TAG,...", "Tags of the network"))
        .arg(bare_boolean(
            "floating-ip-pool",
            "Take floating addresses from it [default: False]",
        ))
        .arg(many(
            "allocation-pool",
            "FIRST,LAST",
            "Addresses to give out; may be repeated",
        ))
        .arg(bare_boolean(
            "drained",
            "Make no ports on the network [default: False]",
        ))
        .arg(option(
            "backend-id",
            "BACKEND",
            "Create it in this cluster only",
        ))
        .arg(flag("dry-run", "Show what would be created").short('n'))
        .arg(positional("ARGUMENT").hide(true))
}

fn create(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    if !args.positional().is_empty() {
        return Err(Failure::new("Command takes no arguments"));
    }
    let Some(flavor) = args.text("flavor") else {
        return Err(Failure::new("flavor is required"));
    };
    let new = NetworkCreate {
        name: args.text("name").unwrap_or_default(),
        user: args.text("user"),
        project: args.text("project"),
        subnet: args.text("subnet"),
        gateway: args.text("gateway"),
        subnet6: args.text("subnet6"),
        gateway6: args.text("gateway6"),
        dhcp: args.boolean("dhcp").unwrap_or(false),
        public: args.boolean("public").unwrap_or(false),
        flavor,
        mode: args.text("mode"),
        link: args.text("link"),
        mac_prefix: args.text("mac-prefix"),
        tags: parted(&args.text("tags").unwrap_or_default()),
        floating_ip_pool: args.boolean("floating-ip-pool").unwrap_or(false),
        allocation_pools: args
            .texts("allocation-pool")
            .iter()
            .map(|pool| pool_ends(pool))
            .collect::<Result<_, _>>()?,
        drained: args.boolean("drained").unwrap_or(false),
        backend: args.text("backend-id"),
        dry_run: args.flag("dry-run"),
    };
    consistent(&new).map_err(Failure::new)?;
    Ok(Command::NetworkCreate(Box::new(new)))
}

fn pool_ends(pool: &str) -> Result<(String, String), Failure> {
    match parted(pool).as_slice() {
        [first, last] => Ok((first.clone(), last.clone())),
        _ => Err(Failure::new(format!(
            "Invalid allocation pool '{pool}'. Expected <first>,<last>"
        ))),
    }
}

/// The checks between options (CY-CLI-NET-01).
fn consistent(new: &NetworkCreate) -> Result<(), &'static str> {
    let (v4, v6) = (new.subnet.is_some(), new.subnet6.is_some());
    for (wrong, why) in [
        (
            !new.public && new.user.is_none(),
            "'user' is required for private networks",
        ),
        (
            new.dhcp && !v4 && !v6,
            "Cannot set DHCP without subnet or subnet6",
        ),
        (
            new.gateway.is_some() && !v4,
            "Cannot use gateway without subnet",
        ),
        (
            !new.allocation_pools.is_empty() && !v4,
            "Cannot use allocation-pools without subnet",
        ),
        (
            new.gateway6.is_some() && !v6,
            "Cannot use gateway6 without subnet6",
        ),
        (
            new.flavor == "IP_LESS_ROUTED" && !v4,
            "Cannot create 'IP_LESS_ROUTED' network without subnet",
        ),
        (
            new.backend.is_some() && !new.public,
            "'backend-id' is for public networks only",
        ),
        (
            new.backend.is_some() && new.floating_ip_pool,
            "Cannot use backend-id together with floating-ip-pool",
        ),
    ] {
        if wrong {
            return Err(why);
        }
    }
    Ok(())
}

fn define_list(command: clap::Command) -> clap::Command {
    command
        .arg(flag("public", "Only public networks"))
        .arg(flag("ipv6", "Show the IPv6 subnet and gateway too"))
        .arg(lists::user())
        .arg(lists::mails())
        .arg(lists::project())
        .arg(lists::deleted())
}

fn list(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let mut extra = Vec::new();
    if args.flag("ipv6") {
        extra.extend(["subnet.ipv6", "gateway.ipv6"]);
    }
    if args.flag("display-mails") {
        extra.push("user.email");
    }
    Ok(Command::NetworkList(NetworkList {
        list: args.list_options(&extra)?,
        user: args.text("user"),
        project: args.text("project"),
        deleted: args.flag("deleted"),
        public: args.flag("public"),
    }))
}
