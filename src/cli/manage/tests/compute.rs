//! `flavor-*`, `backend-*`, `network-*`, `server-*`, `image-list`.

use super::*;
use wire::admin::{
    BackendAdd, BackendModify, FlavorCreate, FlavorModify, ImageList, NetworkCreate, Secret,
    Transport,
};

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
