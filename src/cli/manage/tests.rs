//! Every command as it is typed, and what comes of it.

use super::*;
use wire::admin::{
    BackendAdd, BackendModify, FlavorCreate, FlavorModify, ImageList, NetworkCreate, Secret,
    Transport, UserAdd, UserModify, filter::Wanted,
};

fn services() -> Vec<String> {
    ["astakos", "pithos", "cyclades"]
        .map(str::to_owned)
        .to_vec()
}

fn read_as(program: &str, args: &[&str]) -> Read {
    let call = Call {
        program: program.to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        cwd: "/home/ada".to_owned(),
    };
    read(&call, &services(), Terminal::default())
}

fn command(args: &[&str]) -> Command {
    match read_as("snf-manage", args) {
        Read::Run(command, _) => *command,
        Read::Print(printed) => panic!("{args:?}: {printed:?}"),
    }
}

fn printed(args: &[&str]) -> Printed {
    match read_as("snf-manage", args) {
        Read::Print(printed) => printed,
        Read::Run(command, _) => panic!("{args:?}: {command:?}"),
    }
}

fn refused(args: &[&str]) -> String {
    let printed = printed(args);
    assert_eq!((printed.code, &*printed.out), (1, ""), "{args:?}");
    printed.err
}

fn wrong_usage(args: &[&str]) -> String {
    let printed = printed(args);
    assert_eq!((printed.code, &*printed.out), (2, ""), "{args:?}");
    assert!(printed.err.contains("Usage: "), "{}", printed.err);
    printed.err
}

// The parsers themselves are sound.
#[test]
fn every_parser_is_well_formed() {
    for entry in entries().chain(own::ENTRIES) {
        entry.command("snf-manage").debug_assert();
        let help = printed_help(entry.name);
        assert!(help.contains(entry.about), "{help}");
    }
    crate::invocation::command().debug_assert();
}

fn printed_help(name: &str) -> String {
    let program = match own::ENTRIES.iter().any(|e| e.name == name) {
        true => "synnefo",
        false => "snf-manage",
    };
    match read_as(program, &[name, "--help"]) {
        Read::Print(printed) if printed.code == 0 => printed.out,
        other => panic!("{other:?}"),
    }
}

// ID-CLI-20
#[test]
fn user_add() {
    let new = |password: Option<&str>| UserAdd {
        email: "a@example.org".into(),
        first_name: "Ada".into(),
        last_name: "Admin".into(),
        password: password.map(Secret::new),
        admin: password.is_some(),
        groups: Vec::new(),
        permissions: Vec::new(),
    };
    let plain = command(&["user-add", "a@example.org", "Ada", "Admin"]);
    assert_eq!(plain, Command::UserAdd(new(None)));
    let full = command(&[
        "user-add",
        "--admin",
        "a@example.org",
        "-g",
        "x",
        "Ada",
        "--password",
        "-dash",
        "Admin",
        "-g",
        "y",
        "-p",
        "can",
    ]);
    let mut expected = new(Some("-dash"));
    expected.groups = vec!["x".into(), "y".into()];
    expected.permissions = vec!["can".into()];
    assert_eq!(full, Command::UserAdd(expected));
    assert!(!format!("{full:?}").contains("-dash"));
    for bad in [&["user-add"][..], &["user-add", "a@example.org"]] {
        assert_eq!(refused(bad), "CommandError: Invalid number of arguments\n");
    }
}

// ID-CLI-14 ID-CLI-21
#[test]
fn user_list() {
    let list = |args: &[&str]| match command(&[&["user-list"], args].concat()) {
        Command::UserList(list) => list,
        other => panic!("{other:?}"),
    };
    let defaults = [
        "id",
        "displayname",
        "realname",
        "uuid",
        "active",
        "verified",
        "moderated",
        "admin",
    ];
    assert_eq!(list(&[]).list.columns, defaults);
    let more = list(&["--auth-providers", "--displayname"]).list.columns;
    assert_eq!(more[8..], ["providers", "email"]);
    assert_eq!(
        list(&["-o", "uuid, real name,email"]).list.columns,
        ["uuid", "realname", "email"]
    );
    let picked = list(&[
        "--active",
        "--pending-mod",
        "--pending-verification",
        "--group=a",
        "--group",
        "b",
        "--filter-by",
        "id>=2,email=x",
        "--filter-by=admin=yes",
    ]);
    assert!(picked.active && picked.pending_moderation && picked.pending_verification);
    assert_eq!(picked.groups, ["a", "b"]);
    assert_eq!(picked.list.filters.len(), 3);
    assert_eq!(picked.list.filters[2].value, Wanted::Bool(true));
}

// ID-CLI-14 ID-CLI-15 CY-CLI-LST-01
#[test]
fn list_commands_refuse_what_they_do_not_know() {
    let unknown = "CommandError: Unknown field 'email-less'. 'Use --list-fields option to find \
                   out available fields.\n";
    assert_eq!(
        refused(&["user-list", "-o", "id,email-less", "--no-headers"]),
        unknown
    );
    // Good for filters only.
    assert!(refused(&["user-list", "-o", "is_staff"]).contains("Unknown field 'is_staff'"));
    assert!(
        refused(&["user-list", "--filter-by", "nosuch=1"])
            .contains("Cannot resolve keyword 'nosuch' into field. Choices are: ")
    );
    assert!(
        refused(&["server-list", "--filter-by", "id"])
            .starts_with("CommandError: Invalid filter-by expression 'id'.")
    );
    for name in entries().filter(|e| e.list.is_some()).map(|e| e.name) {
        let none = "CommandError: List commands do not accept any argument\n";
        assert_eq!(refused(&[name, "x"]), none);
        let fields = printed(&[name, "--list-fields", "--output-format=csv"]);
        assert!(fields.out.starts_with("Field,Description\nid,") && fields.code == 0);
        let filters = printed(&[name, "--list-filters", "--output-format", "csv"]);
        assert!(filters.out.starts_with("Filter,Description\n"));
        assert!(filters.out.len() >= fields.out.len());
    }
}

// ID-CLI-22
#[test]
fn user_show() {
    let show = command(&["user-show", "--quota", "a@example.org", "--projects"]);
    let expected = Command::UserShow {
        user: "a@example.org".into(),
        quota: true,
        unit_style: "mb".into(),
        projects: true,
    };
    assert_eq!(show, expected);
    assert!(refused(&["user-show"]).contains("Please provide"));
    wrong_usage(&["user-show", "6", "--unit-style", "stone"]);
}

// ID-CLI-01 ID-CLI-23
#[test]
fn user_modify() {
    let modify = |args: &[&str]| match command(&[&["user-modify"], args].concat()) {
        Command::UserModify(modify) => *modify,
        other => panic!("{other:?}"),
    };
    let base = UserModify {
        user: "6".into(),
        ..UserModify::default()
    };
    assert_eq!(modify(&["6"]), base);
    let accept = UserModify {
        verify: true,
        accept: true,
        ..base.clone()
    };
    assert_eq!(modify(&["--accept", "--verify", "6"]), accept);
    let reject = UserModify {
        reject: true,
        reject_reason: Some("spammer".into()),
        ..base.clone()
    };
    assert_eq!(
        modify(&["--reject", "--reject-reason=spammer", "6"]),
        reject
    );
    for (args, active) in [
        (["--set-active", "6"], true),
        (["--active", "6"], true),
        (["6", "--set-inactive"], false),
        (["--inactive", "6"], false),
    ] {
        let expected = UserModify {
            set_active: Some(active),
            ..base.clone()
        };
        assert_eq!(modify(&args), expected);
    }
    let admin = |admin| UserModify {
        set_admin: Some(admin),
        ..base.clone()
    };
    assert_eq!(modify(&["6", "--set-admin"]), admin(true));
    assert_eq!(modify(&["6", "--set-noadmin"]), admin(false));
    let quota = UserModify {
        base_quota: vec![
            ("cyclades.vm".into(), "10".into()),
            ("cyclades.ram".into(), "2 GiB".into()),
        ],
        no_confirm: true,
        ..base.clone()
    };
    let typed = [
        "6",
        "--set-base-quota",
        "cyclades.vm",
        "10",
        "-f",
        "--set-base-quota",
        "cyclades.ram",
        "2 GiB",
    ];
    assert_eq!(modify(&typed), quota);
}

// ID-CLI-23
#[test]
fn user_modify_takes_all_its_options() {
    let all = command(&[
        "user-modify",
        "--set-default-project",
        "p",
        "--inactive-reason",
        "left",
        "--invitations",
        "3",
        "--level=2",
        "--add-group",
        "a",
        "--delete-group",
        "b",
        "--add-permission",
        "c",
        "--delete-permission",
        "d",
        "--password",
        "pw",
        "--renew-password",
        "--renew-token",
        "--sign-terms",
        "--delete",
        "--set-email",
        "b@example.org",
        "--no-confirm",
        "--",
        "6",
    ]);
    let expected = UserModify {
        user: "6".into(),
        default_project: Some("p".into()),
        inactive_reason: Some("left".into()),
        invitations: Some(3),
        level: Some(2),
        add_groups: vec!["a".into()],
        delete_groups: vec!["b".into()],
        add_permissions: vec!["c".into()],
        delete_permissions: vec!["d".into()],
        password: Some(Secret::new("pw")),
        renew_password: true,
        renew_token: true,
        sign_terms: true,
        delete: true,
        set_email: Some("b@example.org".into()),
        no_confirm: true,
        ..UserModify::default()
    };
    assert_eq!(all, Command::UserModify(Box::new(expected)));
    assert_eq!(
        refused(&["user-modify", "--accept"]),
        "CommandError: Please provide a user ID\n"
    );
    wrong_usage(&["user-modify", "6", "--level", "high"]);
    wrong_usage(&["user-modify", "6", "--set-base-quota", "cyclades.vm"]);
    wrong_usage(&["user-modify", "6", "--accept", "--reject"]);
    wrong_usage(&["user-modify", "6", "--set-admin", "--set-noadmin"]);
}

// ID-CLI-24
#[test]
fn user_activation_send() {
    let users = vec!["7".to_owned(), "b@example.org".to_owned()];
    let sent = command(&["user-activation-send", "7", "b@example.org"]);
    assert_eq!(sent, Command::UserActivationSend { users });
    assert_eq!(
        refused(&["user-activation-send"]),
        "CommandError: No user was given\n"
    );
}

// CY-CLI-FLV-01
#[test]
fn flavor_create() {
    let new = FlavorCreate {
        cpus: vec![1, 2],
        rams: vec![1022],
        disks: vec![20],
        types: vec!["drbd".into()],
        dry_run: false,
        public: true,
        specs: Vec::new(),
    };
    let typed = command(&["flavor-create", "1,2", "1022", "20", "drbd"]);
    assert_eq!(typed, Command::FlavorCreate(new.clone()));
    let typed = command(&[
        "flavor-create",
        "-n",
        "1,2",
        "1022",
        "--public=no",
        "20",
        "drbd,1",
        "--specs",
        "a=b,c=d",
    ]);
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let expected = FlavorCreate {
        types: vec!["drbd".into(), "1".into()],
        dry_run: true,
        public: false,
        specs: vec![pair("a", "b"), pair("c", "d")],
        ..new
    };
    assert_eq!(typed, Command::FlavorCreate(expected));
    assert!(refused(&["flavor-create", "1", "2"]).contains("Invalid number of arguments"));
    for bad in ["x", "0", "1,", "", "-", "99999999999"] {
        assert!(refused(&["flavor-create", "1", bad, "20", "drbd"]).contains("Invalid values"));
    }
    assert!(refused(&["flavor-create", "1", "1", "20", "1", "--specs", "x"]).contains("'x'"));
}

// CY-CLI-FLV-02 CY-CLI-FLV-03 CY-CLI-FLV-04
#[test]
fn other_flavor_commands() {
    assert_eq!(
        command(&["flavor-show", "3"]),
        Command::FlavorShow { flavor: 3 }
    );
    match command(&["flavor-list", "-d"]) {
        Command::FlavorList {
            list,
            deleted: true,
        } => assert_eq!(list.columns.len(), 11),
        other => panic!("{other:?}"),
    }
    let modified = command(&[
        "flavor-modify",
        "3",
        "--deleted",
        "True",
        "--allow-create=f",
        "--public",
        "YES",
        "--spec-add",
        "a=1",
        "--spec-delete",
        "b,c",
    ]);
    let expected = FlavorModify {
        flavor: 3,
        deleted: Some(true),
        allow_create: Some(false),
        public: Some(true),
        spec_add: vec![("a".into(), "1".into())],
        spec_delete: vec!["b".into(), "c".into()],
    };
    assert_eq!(modified, Command::FlavorModify(expected));
    let both = [
        "flavor-modify",
        "3",
        "--spec-add",
        "a=1",
        "--spec-delete",
        "a",
    ];
    assert!(refused(&both).contains("'a' cannot be both"));
    assert_eq!(
        refused(&["flavor-show", "x"]),
        "CommandError: Invalid Flavor ID: x\n"
    );
    // CY-CLI-GEN-04
    wrong_usage(&["flavor-modify", "3", "--deleted", "maybe"]);
}

// CY-CLI-BKD-02
#[test]
fn backend_add() {
    let guide = [
        "backend-add",
        "--clustername=cluster.example.com",
        "--user=synnefo_user",
        "--pass=synnefo_pass",
    ];
    let new = BackendAdd {
        clustername: "cluster.example.com".into(),
        port: 5080,
        username: "synnefo_user".into(),
        password: Some(Secret::new("synnefo_pass")),
        check: true,
        hypervisor: "kvm".into(),
        init: true,
        public: true,
        transport: Transport::Rapi,
        socket: None,
        ca_cert: None,
    };
    assert_eq!(command(&guide), Command::BackendAdd(new.clone()));
    let more = [
        "--no-check",
        "--no-init",
        "--public=False",
        "--port",
        "5081",
        "--hypervisor",
        "fake",
        "--ca-cert",
        "rapi.pem",
    ];
    let expected = BackendAdd {
        port: 5081,
        check: false,
        hypervisor: "fake".into(),
        init: false,
        public: false,
        ca_cert: Some("rapi.pem".into()),
        ..new
    };
    assert_eq!(
        command(&[&guide[..], &more].concat()),
        Command::BackendAdd(expected)
    );
    for luxi in [&["--socket", "/run/luxi"][..], &["--transport", "luxi"]] {
        match command(&[&["backend-add", "--clustername", "c"], luxi].concat()) {
            Command::BackendAdd(new) => {
                assert_eq!((new.transport, &*new.username), (Transport::Luxi, ""));
            }
            other => panic!("{other:?}"),
        }
    }
    let missing = "CommandError: Clustername, user and pass must be supplied\n";
    assert_eq!(refused(&["backend-add", "--clustername", "x"]), missing);
    assert_eq!(refused(&["backend-add"]), missing);
    wrong_usage(&["backend-add", "--hypervisor", "foo"]);
    wrong_usage(&["backend-add", "--port", "0"]);
}

// CY-CLI-BKD-01 CY-CLI-BKD-03 CY-CLI-BKD-04 CY-CLI-BKD-05
#[test]
fn other_backend_commands() {
    let undrain = BackendModify {
        drained: Some(false),
        ..BackendModify::default()
    };
    let typed = command(&["backend-modify", "--drained=False"]);
    assert_eq!(typed, Command::BackendModify(undrain.clone()));
    let named = BackendModify {
        backend: Some("cluster.example.com".into()),
        ..undrain
    };
    let typed = command(&["backend-modify", "--drained=False", "cluster.example.com"]);
    assert_eq!(typed, Command::BackendModify(named));
    assert_eq!(
        command(&["backend-update-status"]),
        Command::BackendUpdateStatus
    );
    let removed = Command::BackendRemove {
        backend: "1".into(),
        purge_networks: true,
    };
    assert_eq!(
        command(&["backend-remove", "1", "--purge-networks"]),
        removed
    );
    assert!(refused(&["backend-remove"]).contains("Please provide a backend ID"));
    match command(&["backend-list", "-o", "id,clustername"]) {
        Command::BackendList { list } => assert_eq!(list.columns, ["id", "clustername"]),
        other => panic!("{other:?}"),
    }
}

// CY-CLI-NET-01
#[test]
fn network_create() {
    let guide = command(&[
        "network-create",
        "--subnet=5.6.7.0/27",
        "--gateway=5.6.7.1",
        "--public",
        "--dhcp=True",
        "--flavor=CUSTOM",
        "--link=br100",
        "--name=default",
        "--backend-id=1",
    ]);
    let expected = NetworkCreate {
        name: "default".into(),
        subnet: Some("5.6.7.0/27".into()),
        gateway: Some("5.6.7.1".into()),
        dhcp: true,
        public: true,
        flavor: "CUSTOM".into(),
        link: Some("br100".into()),
        backend: Some("1".into()),
        ..NetworkCreate::default()
    };
    assert_eq!(guide, Command::NetworkCreate(Box::new(expected)));
    let full = command(&[
        "network-create",
        "--owner",
        "u",
        "--flavor",
        "MAC_FILTERED",
        "--project",
        "p",
        "--subnet6",
        "fd00::/64",
        "--gateway6",
        "fd00::1",
        "--dhcp",
        "--subnet",
        "10.0.0.0/24",
        "--allocation-pool",
        "10.0.0.2,10.0.0.9",
        "--allocation-pool=10.0.0.20,10.0.0.29",
        "--tags",
        "a,b",
        "--drained=True",
        "--floating-ip-pool",
        "False",
        "--mode",
        "bridged",
        "--mac-prefix",
        "aa:00:1",
        "--dry-run",
    ]);
    let pool = |first: &str, last: &str| (first.to_owned(), last.to_owned());
    let expected = NetworkCreate {
        user: Some("u".into()),
        project: Some("p".into()),
        subnet: Some("10.0.0.0/24".into()),
        subnet6: Some("fd00::/64".into()),
        gateway6: Some("fd00::1".into()),
        dhcp: true,
        flavor: "MAC_FILTERED".into(),
        mode: Some("bridged".into()),
        mac_prefix: Some("aa:00:1".into()),
        tags: vec!["a".into(), "b".into()],
        allocation_pools: vec![pool("10.0.0.2", "10.0.0.9"), pool("10.0.0.20", "10.0.0.29")],
        drained: true,
        dry_run: true,
        ..NetworkCreate::default()
    };
    assert_eq!(full, Command::NetworkCreate(Box::new(expected)));
}

// CY-CLI-NET-01
#[test]
fn network_create_checks_its_options_together() {
    let flavor = ["network-create", "--flavor=CUSTOM"];
    let why = |more: &[&str]| refused(&[&flavor, more].concat());
    assert_eq!(
        refused(&["network-create"]),
        "CommandError: flavor is required\n"
    );
    for (more, message) in [
        (&["--name=x"][..], "'user' is required for private networks"),
        (
            &["--public", "--dhcp"],
            "Cannot set DHCP without subnet or subnet6",
        ),
        (
            &["--public", "--gateway=1.2.3.4"],
            "Cannot use gateway without subnet",
        ),
        (
            &["--public", "--allocation-pool=a,b"],
            "Cannot use allocation-pools without subnet",
        ),
        (
            &["--public", "--gateway6=::1"],
            "Cannot use gateway6 without subnet6",
        ),
        (
            &["--user=u", "--backend-id=1"],
            "'backend-id' is for public networks only",
        ),
        (
            &["--public", "--floating-ip-pool", "--backend-id=1"],
            "Cannot use backend-id together with floating-ip-pool",
        ),
    ] {
        assert_eq!(why(more), format!("CommandError: {message}\n"));
    }
    assert!(why(&["--public", "--allocation-pool", "a"]).contains("'a'"));
    assert!(
        refused(&["network-create", "--public", "--flavor=IP_LESS_ROUTED"])
            .contains("Cannot create 'IP_LESS_ROUTED' network without subnet")
    );
    wrong_usage(&["network-create", "--name", "x", "--flavor", "NOSUCH"]);
}

// CY-CLI-NET-02 CY-CLI-NET-03 CY-CLI-NET-04 CY-CLI-GEN-05
#[test]
fn other_network_commands() {
    let inspect = |network, display_mails, backends| Command::NetworkInspect {
        network,
        display_mails,
        backends,
    };
    assert_eq!(command(&["network-inspect", "3"]), inspect(3, false, true));
    let typed = command(&[
        "network-inspect",
        "snf-net-7",
        "--backends=0",
        "--display-mails",
    ]);
    assert_eq!(typed, inspect(7, true, false));
    assert_eq!(command(&["network-show", "3"]), inspect(3, false, false));
    for bad in ["x", "-1", "", "3x", "99999999999999999999999"] {
        let text = refused(&["network-show", "--", bad]);
        assert_eq!(text, format!("CommandError: Invalid Network ID: {bad}\n"));
    }
    match command(&[
        "network-list",
        "--ipv6",
        "--display-mails",
        "-u",
        "u",
        "-p",
        "p",
        "-d",
    ]) {
        Command::NetworkList(list) => {
            assert_eq!(
                list.list.columns[11..],
                ["subnet.ipv6", "gateway.ipv6", "user.email"]
            );
            assert_eq!(
                (list.user.as_deref(), list.project.as_deref()),
                (Some("u"), Some("p"))
            );
            assert!(list.deleted && !list.public);
        }
        other => panic!("{other:?}"),
    }
}

// CY-CLI-SRV-01 CY-CLI-SRV-02
#[test]
fn server_commands() {
    assert_eq!(
        command(&["server-show", "snf-42"]),
        Command::ServerShow { server: 42 }
    );
    let text = refused(&["server-show", "web"]);
    assert_eq!(text, "CommandError: Invalid Server ID: web\n");
    let typed = [
        "server-list",
        "--suspended",
        "--backend-id=c",
        "--build",
        "--image-name",
        "--user",
        "u",
        "--filter-by",
        "id>=2,operstate!=ERROR",
    ];
    match command(&typed) {
        Command::ServerList(list) => {
            let columns = [
                "id",
                "name",
                "user.uuid",
                "state",
                "flavor",
                "image.name",
                "backend",
                "rescue",
            ];
            assert_eq!(list.list.columns, columns);
            assert_eq!(list.list.filters.len(), 2);
            assert!(list.suspended && list.build && !list.deleted);
            assert_eq!(
                (list.user.as_deref(), list.backend.as_deref()),
                (Some("u"), Some("c"))
            );
        }
        other => panic!("{other:?}"),
    }
    wrong_usage(&["server-list", "--images"]);
}

// CY-CLI-IMG-01
#[test]
fn image_list() {
    match command(&["image-list", "--user", "a@example.org", "--public"]) {
        Command::ImageList(ImageList { list, user, public }) => {
            assert_eq!(
                list.columns,
                ["id", "name", "user.uuid", "public", "snapshot"]
            );
            assert_eq!((user.as_deref(), public), (Some("a@example.org"), true));
        }
        other => panic!("{other:?}"),
    }
}

// ID-CLI-02 CY-CLI-GEN-03
#[test]
fn common_options() {
    let typed = [
        "user-list",
        "--output-format",
        "json",
        "-v",
        "2",
        "--settings=x",
        "--pythonpath",
        "y",
        "--traceback",
        "--no-color",
        "--no-headers",
        "--output-format=tabs",
    ];
    match read_as("snf-manage", &typed) {
        Read::Run(_, style) => {
            assert_eq!(
                style,
                Style {
                    format: Format::Tabs,
                    no_headers: true
                }
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(wrong_usage(&["user-list", "--output-format=xml"]).contains("xml"));
    assert!(wrong_usage(&["user-list", "--nosuch"]).contains("--nosuch"));
    wrong_usage(&["user-show", "6", "--unit-style"]);
    let version = format!("{}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(printed(&["--version"]).out, version);
    assert_eq!(printed(&["user-list", "--version"]).out, version);
}

// ID-CLI-04 CY-CLI-GEN-01
#[test]
fn unknown_commands() {
    let text = "Unknown command: 'nonsense'\nType 'snf-manage help' for usage.\n";
    assert_eq!(refused(&["nonsense"]), text);
    assert_eq!(refused(&["help", "nonsense"]), text);
    assert!(refused(&["usr-list"]).ends_with("usage.\nDid you mean 'user-list'?\n"));
    assert!(refused(&["a\u{1b}[1m"]).starts_with("Unknown command: 'a\\u{1b}[1m'\n"));
    let later = "CommandError: 'server-create' is not supported yet.\n";
    assert_eq!(refused(&["server-create", "--name", "x"]), later);
}

// ID-CLI-04 ID-CLI-17
#[test]
fn help_lists_the_commands_of_the_services_that_run() {
    let all = printed(&["help"]);
    assert_eq!(printed(&[]), all);
    assert_eq!(printed(&["--help"]), all);
    for entry in entries() {
        assert!(
            all.out.contains(&format!("    {} ", entry.name)),
            "{}",
            entry.name
        );
        assert!(all.out.contains(entry.about));
    }
    assert!(
        printed(&["help", "user-modify"])
            .out
            .contains("--set-base-quota")
    );
    let only = ["astakos".to_owned()];
    let typed = |args: &[&str]| {
        let call = Call {
            program: "snf-manage".into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            cwd: "/".into(),
        };
        match read(&call, &only, Terminal::default()) {
            Read::Print(printed) => printed,
            other => panic!("{other:?}"),
        }
    };
    let help = typed(&["help"]);
    assert!(help.out.contains("[astakos]") && !help.out.contains("server-list"));
    assert!(!help.out.contains("[cyclades]") && help.out.contains("[general]"));
    for args in [
        &["server-list"][..],
        &["server-create"],
        &["help", "server-list"],
    ] {
        let printed = typed(args);
        assert!(printed.err.starts_with("Unknown command: '") && printed.code == 1);
    }
}

// Decision 1: the binary's own commands take the same way.
#[test]
fn backup_and_verify() {
    let own = |args: &[&str]| read_as("synnefo", args);
    for (typed, target) in [("b.tar", "/home/ada/b.tar"), ("/x/b", "/x/b")] {
        match own(&["backup", typed]) {
            Read::Run(command, _) => {
                assert_eq!(
                    *command,
                    Command::Backup {
                        target: target.to_owned()
                    }
                );
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(own(&["backup"]), Read::Print(p) if p.code == 1));
    assert!(matches!(own(&["user-list"]), Read::Print(p) if p.code == 1));
    match own(&["verify", "--deep"]) {
        Read::Run(command, _) => assert_eq!(*command, Command::Verify { deep: true }),
        other => panic!("{other:?}"),
    }
}

proptest::proptest! {
    // ID-CLI-03: whatever is typed, it is a command or a refusal.
    #[test]
    fn nothing_panics(
        name in 0usize..30,
        args in proptest::collection::vec("(--?[a-z-]{0,12}(=.{0,8})?|\\PC{0,8})", 0..5),
    ) {
        let names: Vec<&str> = entries().map(|e| e.name).chain(["help", ""]).collect();
        let mut all = vec![names[name % names.len()]];
        all.extend(args.iter().map(String::as_str));
        match read_as("snf-manage", &all) {
            Read::Run(..) => {}
            Read::Print(printed) => assert!(printed.code <= 2),
        }
    }
}
