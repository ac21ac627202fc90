//! `flavor-*`, `backend-*`, `network-*`, `server-*`.

use super::*;
use wire::admin::{
    BackendAdd, BackendModify, FlavorCreate, FlavorModify, NetworkCreate, NetworkList, Secret,
    Transport,
};

pub(crate) fn flavors(cpus: &[u32], rams: &[u32], types: &[&str]) -> FlavorCreate {
    FlavorCreate {
        cpus: cpus.to_vec(),
        rams: rams.to_vec(),
        disks: vec![20],
        types: types.iter().map(|kind| (*kind).to_owned()).collect(),
        dry_run: false,
        public: true,
        specs: Vec::new(),
    }
}

pub(crate) fn cluster(name: &str) -> BackendAdd {
    BackendAdd {
        clustername: name.to_owned(),
        port: 5080,
        username: "synnefo".into(),
        password: Some(Secret::new("pw")),
        check: true,
        hypervisor: "kvm".into(),
        init: true,
        public: true,
        transport: Transport::Rapi,
        socket: None,
        ca_cert: None,
    }
}

fn public(name: &str) -> NetworkCreate {
    NetworkCreate {
        name: name.into(),
        subnet: Some("5.6.7.0/27".into()),
        gateway: Some("5.6.7.1".into()),
        dhcp: true,
        public: true,
        flavor: "CUSTOM".into(),
        link: Some("br100".into()),
        ..NetworkCreate::default()
    }
}

impl World {
    pub(crate) async fn flavor_create(
        &self,
        new: FlavorCreate,
    ) -> Result<(Vec<String>, Vec<String>)> {
        Ok(lines(&self.run(Command::FlavorCreate(new)).await?))
    }

    async fn network_create(&self, new: NetworkCreate) -> Result<Report> {
        self.run(Command::NetworkCreate(Box::new(new))).await
    }

    pub(crate) async fn cells(&self, command: Command) -> Vec<Vec<Cell>> {
        table(&self.run(command).await.unwrap()).rows.clone()
    }
}

// CY-CLI-FLV-01
#[tokio::test]
async fn flavors_are_the_product_of_what_is_given() {
    let world = World::new();
    let asked = flavors(&[1, 2], &[1024], &["drbd"]);
    let dry = FlavorCreate {
        dry_run: true,
        ..asked.clone()
    };
    let names = ["C1R1024D20drbd", "C2R1024D20drbd"];
    let say = |what: &str, how: &str| names.map(|name| format!("{what} '{name}'{how}"));
    assert_eq!(
        world.flavor_create(dry).await.unwrap().0,
        say("Creating flavor", "")
    );
    let made = world.flavor_create(asked.clone()).await.unwrap();
    assert_eq!(made.0, say("Created flavor", ""));
    let again = world.flavor_create(asked.clone()).await.unwrap();
    assert_eq!(again.0, say("Flavor", " already exists"));
    let hidden = FlavorCreate {
        public: false,
        ..asked
    };
    assert!(world.flavor_create(hidden).await.unwrap().0[0].contains("but it is public"));
    let (data, notes) = world
        .flavor_create(flavors(&[4], &[1022], &["1"]))
        .await
        .unwrap();
    assert_eq!(data, ["Created flavor 'C4R1024D20drbd'"]);
    assert!(notes[0].contains("1024"), "{notes:?}");
}

// CY-CLI-FLV-01 ID-CLI-06
#[tokio::test]
async fn a_bad_flavor_leaves_none_behind() {
    let world = World::new();
    for bad in ["99", "floppy"] {
        let asked = flavors(&[1], &[1024], &["drbd", bad]);
        assert!(world.flavor_create(asked).await.is_err());
    }
    let list = Command::FlavorList {
        list: columns(&["id"]),
        deleted: false,
    };
    assert!(world.cells(list).await.is_empty());
    let dry = FlavorCreate {
        dry_run: true,
        ..flavors(&[1], &[1024], &["99"])
    };
    let text = world.flavor_create(dry).await.unwrap_err().to_string();
    assert!(
        text.starts_with("Volume type with ID '99' does not exist."),
        "{text}"
    );
    let most: Vec<u32> = (1..=200).collect();
    let asked = flavors(
        &most,
        &most.iter().map(|n| n * 4).collect::<Vec<_>>(),
        &["drbd"],
    );
    assert!(world.flavor_create(asked).await.is_err());
}

// CY-CLI-FLV-02 CY-CLI-FLV-03 CY-CLI-FLV-04
#[tokio::test]
async fn flavors_are_shown_and_changed() {
    let world = World::new();
    world
        .flavor_create(flavors(&[1, 2], &[1024], &["drbd"]))
        .await
        .unwrap();
    let change = FlavorModify {
        flavor: 2,
        deleted: Some(true),
        spec_add: vec![("a".into(), "b".into())],
        ..FlavorModify::default()
    };
    world.run(Command::FlavorModify(change)).await.unwrap();
    let nothing = FlavorModify {
        flavor: 1,
        ..FlavorModify::default()
    };
    let report = world.run(Command::FlavorModify(nothing)).await.unwrap();
    assert_eq!(lines(&report).1, ["Nothing changed!"]);
    let list = |deleted| Command::FlavorList {
        list: columns(&["id", "name", "template", "vms", "specs"]),
        deleted,
    };
    let row = |id: u64, name: &str, specs: &str| -> Vec<Cell> {
        vec![
            id.into(),
            name.into(),
            "drbd".into(),
            0u64.into(),
            specs.into(),
        ]
    };
    assert_eq!(
        world.cells(list(false)).await,
        [row(1, "C1R1024D20drbd", "")]
    );
    assert_eq!(
        world.cells(list(true)).await,
        [row(2, "C2R1024D20drbd", "a=b")]
    );
    let report = world.run(Command::FlavorShow { flavor: 1 }).await.unwrap();
    let shown = record(&report);
    assert_eq!(shown.title.as_deref(), Some("Flavor C1R1024D20drbd"));
    let keys: Vec<&str> = shown.fields.iter().map(|(key, _)| &**key).collect();
    assert_eq!(
        keys,
        [
            "id",
            "name",
            "cpu",
            "ram",
            "disk",
            "volume_type",
            "template",
            "allow_create",
            "public",
            "specs"
        ]
    );
    let missing = "Flavor with ID 9 does not exist. Use flavor-list to find out available flavor \
                   IDs.";
    assert_eq!(
        world.refused(Command::FlavorShow { flavor: 9 }).await,
        missing
    );
    let change = FlavorModify {
        flavor: 9,
        ..FlavorModify::default()
    };
    assert_eq!(world.refused(Command::FlavorModify(change)).await, missing);
}

// CY-CLI-BKD-01 CY-CLI-BKD-02 CY-CLI-BKD-03 CY-CLI-BKD-05
#[tokio::test]
async fn the_life_of_a_backend() {
    let world = World::new();
    let report = world
        .run(Command::BackendAdd(cluster("c.example.com")))
        .await
        .unwrap();
    assert_eq!(lines(&report).0, ["Successfully created backend with id 1"]);
    assert!(!format!("{report:?}").contains("pw"));
    let text = world
        .refused(Command::BackendAdd(cluster("c.example.com")))
        .await;
    assert!(text.contains("already exists"), "{text}");
    let undrain = BackendModify {
        drained: Some(false),
        ..BackendModify::default()
    };
    world
        .run(Command::BackendModify(undrain.clone()))
        .await
        .unwrap();
    let list = Command::BackendList {
        list: columns(&[
            "id",
            "clustername",
            "drained",
            "public",
            "vms",
            "ips",
            "mem",
        ]),
    };
    let row: Vec<Cell> = vec![
        1u64.into(),
        "c.example.com".into(),
        false.into(),
        true.into(),
        0u64.into(),
        "0/0".into(),
        "0/0".into(),
    ];
    assert_eq!(world.cells(list).await, [row]);
    world
        .run(Command::BackendAdd(cluster("d.example.com")))
        .await
        .unwrap();
    let text = world.refused(Command::BackendModify(undrain.clone())).await;
    assert_eq!(text, "Please provide a backend ID");
    for name in ["2", "d.example.com"] {
        let named = BackendModify {
            backend: Some(name.into()),
            ..undrain.clone()
        };
        world.run(Command::BackendModify(named)).await.unwrap();
    }
    let unknown = BackendModify {
        backend: Some("9999".into()),
        ..undrain
    };
    let missing = "Backend with ID 9999 does not exist. Use backend-list to find out available \
                   backend IDs.";
    assert_eq!(
        world.refused(Command::BackendModify(unknown)).await,
        missing
    );
    world.network_create(public("net")).await.unwrap();
    let remove = |backend: &str, purge_networks| Command::BackendRemove {
        backend: backend.into(),
        purge_networks,
    };
    assert!(
        world
            .refused(remove("1", true))
            .await
            .contains("not supported")
    );
    let report = world.run(remove("c.example.com", false)).await.unwrap();
    let (data, notes) = lines(&report);
    assert_eq!(data, ["snf-net-1"]);
    assert_eq!(notes[1], "Successfully removed backend from DB.");
    assert_eq!(
        world.refused(remove("1", false)).await,
        missing.replace("9999", "1")
    );
}

// CY-CLI-BKD-02
#[tokio::test]
async fn a_certificate_must_be_one() {
    let world = World::new();
    let new = BackendAdd {
        ca_cert: Some("nosuch.pem".into()),
        ..cluster("c.example.com")
    };
    assert_eq!(
        world.refused(Command::BackendAdd(new)).await,
        "nosuch.pem: no such file"
    );
    let list = Command::BackendList {
        list: columns(&["id"]),
    };
    assert!(world.cells(list).await.is_empty());
}

// CY-CLI-BKD-04
#[tokio::test]
async fn clusters_that_cannot_be_asked() {
    let world = World::new();
    let report = world.run(Command::BackendUpdateStatus).await.unwrap();
    assert!(report.outputs.is_empty());
    world.run(Command::BackendAdd(cluster("c"))).await.unwrap();
    assert!(
        world
            .refused(Command::BackendUpdateStatus)
            .await
            .contains("cannot be asked")
    );
}

// CY-CLI-NET-01 CY-CLI-NET-02 CY-CLI-NET-03 CY-CLI-NET-04
#[tokio::test]
async fn networks_are_made_listed_and_inspected() {
    let world = World::new();
    world.run(Command::BackendAdd(cluster("c"))).await.unwrap();
    world.run(Command::BackendAdd(cluster("d"))).await.unwrap();
    let dry = NetworkCreate {
        dry_run: true,
        ..public("dry")
    };
    let report = world.network_create(dry).await.unwrap();
    assert_eq!(*value(record(&report), "subnet"), "5.6.7.0/27".into());
    let only = NetworkCreate {
        backend: Some("1".into()),
        allocation_pools: vec![("5.6.7.2".into(), "5.6.7.11".into())],
        ..public("default")
    };
    let report = world.network_create(only).await.unwrap();
    assert_eq!(
        record(&report).title.as_deref(),
        Some("State of Network 1 in DB")
    );
    assert_eq!(*value(record(&report), "backend-name"), "snf-net-1".into());
    assert_eq!(*value(record(&report), "total IPs"), 10u64.into());
    let subnet: Vec<Cell> = vec![
        1u64.into(),
        "IPv4 Subnet of Network 1".into(),
        4u64.into(),
        "5.6.7.0/27".into(),
        "5.6.7.1".into(),
        true.into(),
        false.into(),
    ];
    assert_eq!(table(&report).rows, [subnet]);
    let list = Command::NetworkList(NetworkList {
        list: columns(&[
            "id",
            "name",
            "user.uuid",
            "state",
            "public",
            "subnet.ipv4",
            "gateway.ipv4",
            "dhcp",
            "vms",
            "backends",
            "subnet.ipv6",
        ]),
        ..NetworkList::default()
    });
    let row: Vec<Cell> = vec![
        1u64.into(),
        "default".into(),
        Cell::None,
        "ACTIVE".into(),
        true.into(),
        "5.6.7.0/27".into(),
        "5.6.7.1".into(),
        true.into(),
        0u64.into(),
        vec![1u64].into(),
        Cell::None,
    ];
    assert_eq!(world.cells(list).await, [row]);
    let inspect = |network, backends| Command::NetworkInspect {
        network,
        display_mails: true,
        backends,
    };
    let report = world.run(inspect(1, true)).await.unwrap();
    let there = &table(&report).rows;
    assert_eq!(there[0][..3], ["c".into(), "PENDING".into(), false.into()]);
    let (data, _) = lines(&report);
    assert!(
        data.contains(&"    0 XX..........XXXXXXXXXXXXXXXXXXXX 31".to_owned()),
        "{data:?}"
    );
    assert!(data.contains(&"Network does not exist in backend d".to_owned()));
    let report = world.run(inspect(1, false)).await.unwrap();
    assert!(
        table(&report)
            .title
            .as_deref()
            .unwrap()
            .starts_with("Subnets of")
    );
    let missing = "Network with ID 9999 does not exist. Use network-list to find out available \
                   network IDs.";
    assert_eq!(world.refused(inspect(9999, true)).await, missing);
}

// CY-CLI-NET-01 CY-CLI-GEN-06 ID-INT-07
#[tokio::test]
async fn private_networks_have_owners() {
    let world = World::new();
    let ada = world.user("ada@example.org").await;
    let new = |user: &str, gateway: Option<&str>| NetworkCreate {
        name: "mine".into(),
        user: Some(user.into()),
        public: false,
        gateway: gateway.map(str::to_owned),
        link: None,
        ..public("mine")
    };
    let report = world
        .network_create(new("ada@example.org", None))
        .await
        .unwrap();
    assert_eq!(*value(record(&report), "userid"), ada.to_string().into());
    assert_eq!(*value(record(&report), "project"), ada.to_string().into());
    assert_eq!(table(&report).rows[0][4], Cell::None);
    let text = world
        .network_create(new("who", None))
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(text, "Unknown user with id|email 'who'");
    let text = world
        .network_create(new("ada@example.org", Some("x")))
        .await;
    assert_eq!(text.unwrap_err().to_string(), "Invalid gateway 'x'");
    let list = |user: &str| {
        Command::NetworkList(NetworkList {
            list: columns(&["name", "user.email"]),
            user: Some(user.into()),
            ..NetworkList::default()
        })
    };
    // Whoever administers acts for anybody, past their limits (ID-INT-07).
    let limit = wire::admin::UserModify {
        user: "ada@example.org".into(),
        base_quota: vec![("cyclades.network.private".into(), "0".into())],
        no_confirm: true,
        ..Default::default()
    };
    world
        .run(Command::UserModify(Box::new(limit)))
        .await
        .unwrap();
    let another = NetworkCreate {
        name: "another".into(),
        ..new("ada@example.org", None)
    };
    world.network_create(another).await.unwrap();
    let used = world.store.read_now(|tx| {
        ::quota::usage_in(
            tx,
            ada,
            ada.own_project(),
            ::quota::resource::PRIVATE_NETWORK,
        )
    });
    let used = used.unwrap();
    assert_eq!((used.usage, used.effective_limit()), (2, 0));
    let row: Vec<Cell> = vec!["mine".into(), "ada@example.org".into()];
    let other: Vec<Cell> = vec!["another".into(), "ada@example.org".into()];
    assert_eq!(world.cells(list("ada@example.org")).await, [row, other]);
    let nobody = "6a4bbd2c-7f3e-4c0c-8f0e-2d7f1a3c9b11";
    assert!(world.cells(list(nobody)).await.is_empty());
}
