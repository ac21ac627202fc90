//! Taking servers on.

use super::*;

// CY-SRV-11 CY-SRV-02 CY-QTA-02 CY-STM-02 CY-STM-03 CY-MOD-41
#[tokio::test]
async fn a_new_server_is_one_transaction() {
    let world = World::ready().await;
    let id = world.create();
    let view = world.view(id);
    assert_eq!(
        (view.status, view.progress, view.task_state()),
        (Status::Build, 0, "BUILDING")
    );
    assert_eq!(view.fqdn.as_deref(), Some("snf-1.vm.example.synnefo.org"));
    assert_eq!(view.ports.len(), 1);
    assert_eq!(
        view.ports[0].ipv4().unwrap().address.to_string(),
        "10.0.0.2"
    );
    assert_eq!(view.ports[0].port.state, PortState::Build);
    assert_eq!(view.volumes.len(), 1);
    assert_eq!(world.usage(&person(1)), RUNNING);
    assert_eq!(world.free(1), 4);
    let seen = world.service.servers(&person(1), None).await.unwrap();
    assert_eq!(seen.len(), 1);
    assert!(world.service.server(&person(2), id).await.is_err());
    assert!(
        world
            .service
            .servers(&person(2), None)
            .await
            .unwrap()
            .is_empty()
    );
    let history = world
        .store
        .read_now(|tx| tx.find::<AddressHistory>("by_server", &id, None, 9))
        .unwrap();
    assert_eq!((history.len(), history[0].associated), (1, true));
}

// CY-JOB-01 CY-WIRE-09 CY-VMA-01 CY-NAM-01 CY-TAG-06
#[tokio::test]
async fn the_job_describes_the_instance() {
    let world = World::ready().await;
    let mut new = world.new_server();
    new.tags = vec!["front_end".into()];
    let id = world.create_as(&person(1), new).unwrap();
    let driver = world.service.driver();
    let sent = driver.pending(BackendId(1), None, 10).await.unwrap();
    let Job::Create(spec) = &sent[0].job else {
        panic!("{sent:?}")
    };
    assert_eq!(spec.name, format!("snf-{id}"));
    assert_eq!(
        (spec.vcpus, spec.memory, spec.disk_template.as_str()),
        (2, 1024, "file")
    );
    assert_eq!(
        (spec.disks[0].name.as_str(), spec.disks[0].size),
        ("snf-vol-1", 10_240)
    );
    let nic = NicSpec {
        name: "snf-nic-1".into(),
        network: "snf-net-1".into(),
        ip: Some("10.0.0.2".into()),
    };
    assert_eq!(spec.nics, [nic]);
    assert_eq!(
        (spec.os.as_str(), spec.hypervisor.as_str()),
        ("snf-image+default", "kvm")
    );
    assert_eq!(spec.hvparams["serial_console"], false);
    assert!(spec.opportunistic_locking && !spec.wait_for_sync && spec.extra.is_empty());
    assert_eq!(spec.tags, ["cyclades:user:front*end"]);
    assert_eq!(spec.osparams["img_format"], "diskdump");
    let url = spec.osparams["config_url"].as_str().unwrap();
    let secret = url
        .strip_prefix("https://h/cyclades/vmapi/v1.0/server-params/")
        .unwrap();
    uuid::Uuid::parse_str(secret).unwrap();
    assert!(!format!("{sent:?}").contains(secret));
    assert!(sent[0].intent.key.starts_with("snf-intent-"));
}

// CY-SRV-10 CY-SRV-13 CY-META-03 CY-TAG-02
#[tokio::test]
async fn bad_requests_change_nothing() {
    let world = World::ready().await;
    let refused = |change: fn(&mut NewServer)| {
        let mut new = world.new_server();
        change(&mut new);
        world.create_as(&person(1), new).unwrap_err()
    };
    let file = |contents: String| PersonalityFile {
        contents,
        ..PersonalityFile::default()
    };
    let _ = file;
    type Change = fn(&mut NewServer);
    let invalid: [Change; 9] = [
        |n| n.name = "n".repeat(256),
        |n| n.flavor = None,
        |n| n.metadata = (0..11).map(|k| (k.to_string(), "v".into())).collect(),
        |n| n.metadata = BTreeMap::from([("k".repeat(51), "v".into())]),
        |n| n.tags = vec!["a/b".into()],
        |n| n.admin_password = Some(SecretString::from("short")),
        |n| n.admin_password = Some(SecretString::from("alllowercase1")),
        |n| n.user_data = Some("not base64!".into()),
        |n| n.project = Some(person(2).user.own_project()),
    ];
    for (number, change) in invalid.into_iter().enumerate() {
        let error = refused(change);
        assert!(
            matches!(error, Error::Invalid { .. }),
            "{number}: {error:?}"
        );
    }
    let large: [Change; 2] = [
        |n| n.personality = vec![PersonalityFile::default(); 6],
        |n| {
            n.personality = vec![PersonalityFile {
                contents: "A".repeat(10_241),
                ..PersonalityFile::default()
            }];
        },
    ];
    for change in large {
        assert!(matches!(refused(change), Error::TooLarge { .. }));
    }
    let forbidden: [Change; 3] = [
        |n| n.shared_to_project = true,
        |n| n.owner = Some(person(2).user),
        |n| n.backend = Some(BackendId(1)),
    ];
    for change in forbidden {
        assert!(matches!(refused(change), Error::Forbidden { .. }));
    }
    let missing = refused(|n| n.flavor = Some(FlavorId(9)));
    assert!(matches!(missing, Error::NotFound { .. }));
    assert_eq!(world.usage(&person(1)), NOTHING);
    assert_eq!(world.free(1), 5);
    assert_eq!(
        world
            .store
            .read_now(|tx| tx.scan::<Server>(None, 9))
            .unwrap(),
        vec![]
    );
}

// CY-FLV acceptance A2; CY-IMG-51
#[tokio::test]
async fn the_flavor_must_be_open_and_hold_the_image() {
    let world = World::ready().await;
    let small = world.flavor(1, 512, 0).await;
    let new = NewServer {
        flavor: Some(small),
        ..world.new_server()
    };
    let error = world.create_as(&person(1), new).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }));
    let close = FlavorChange {
        allow_create: Some(false),
        ..FlavorChange::default()
    };
    world
        .service
        .modify_flavor(FlavorId(1), close)
        .await
        .unwrap();
    let error = world.create_as(&person(1), world.new_server()).unwrap_err();
    assert!(matches!(error, Error::Forbidden { .. }) && text(&error).contains("'1'"));
}

// CY-SRV-14 acceptance A4
#[tokio::test]
async fn networks_are_forced_default_or_asked_for() {
    let world = World::with(
        "CYCLADES_FORCED_SERVER_NETWORKS = [['SNF:ANY_PUBLIC_IPV6', 1]]\n\
         CYCLADES_DEFAULT_SERVER_NETWORKS = [2]\n\
         API_ENABLED_NETWORK_FLAVORS = ['IP_LESS_ROUTED']\n\
         GANETI_MAX_NICS_PER_INSTANCE = 3",
    );
    world.furnish().await;
    let alice = person(1);
    let lan = NewNetwork {
        kind: NetworkKind::IpLessRouted,
        public: false,
        ..World::new_public("10.9.0.0/24")
    };
    world.service.create_network(&alice, lan).await.unwrap();
    let with = |networks: Option<Vec<RequestedNetwork>>| {
        let new = NewServer {
            networks,
            ..world.new_server()
        };
        world.create_as(&alice, new)
    };
    let addresses = |id| {
        let ports = world.view(id).ports;
        let shown = ports.iter().map(|p| p.ipv4().unwrap().address.to_string());
        shown.collect::<Vec<_>>()
    };
    assert_eq!(addresses(with(Some(vec![])).unwrap()), ["10.0.0.2"]);
    assert_eq!(addresses(with(None).unwrap()), ["10.0.0.3", "10.9.0.2"]);
    let on = |network, address: Option<&str>| RequestedNetwork::Network {
        network: NetworkId(network),
        address: address.map(|a| a.parse().unwrap()),
    };
    let id = with(Some(vec![on(2, Some("10.9.0.77")), on(2, None)])).unwrap();
    assert_eq!(addresses(id), ["10.0.0.4", "10.9.0.77", "10.9.0.3"]);
    let taken = with(Some(vec![on(2, Some("10.9.0.77"))])).unwrap_err();
    assert!(matches!(taken, Error::Conflict { .. }));
    let outside = with(Some(vec![on(2, Some("10.8.0.1"))])).unwrap_err();
    assert!(matches!(outside, Error::Invalid { .. }));
    let many = with(Some(vec![on(2, None); 3])).unwrap_err();
    assert_eq!(text(&many), "Maximum ports per server limit reached");
    // A public IPv4 network takes a floating address of the caller; there is none.
    assert!(matches!(
        with(Some(vec![on(1, None)])),
        Err(Error::Conflict { .. })
    ));
    assert!(matches!(
        with(Some(vec![on(9, None)])),
        Err(Error::NotFound { .. })
    ));
    // The private network is made in the cluster first (CY-JOB-05).
    let pending = world
        .service
        .driver()
        .pending(BackendId(1), None, 10)
        .await
        .unwrap();
    assert!(
        pending
            .iter()
            .any(|p| p.intent.target == Target::Network(NetworkId(2)))
    );
    let makes = |p: &&Pending| matches!(p.job, Job::Create(_));
    assert_eq!(pending.iter().filter(makes).count(), 1);
    world.network_is(BackendId(1), NetworkId(2), true).await;
    let pending = world
        .service
        .driver()
        .pending(BackendId(1), None, 10)
        .await
        .unwrap();
    assert_eq!(pending.iter().filter(makes).count(), 3);
}

// CY-SRV acceptance A3; issue 2 §7: exactly one of two wins the last unit of quota.
#[tokio::test]
async fn the_last_unit_of_quota_goes_to_one() {
    let world = World::ready().await;
    world.limit(&person(1), r::VM, 1);
    let both = race(&world);
    let (won, lost): (Vec<_>, Vec<_>) = both.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1));
    let Err(Error::OverQuota { details, .. }) = &lost[0] else {
        panic!("{lost:?}")
    };
    assert!(details.contains("'Virtual Machine'") && details.contains("Available: 0"));
    assert_eq!(world.usage(&person(1)), RUNNING);
    assert_eq!(world.free(1), 4);
}

// CY-POOL A5, issue 2 §7: and the last address.
#[tokio::test]
async fn the_last_address_goes_to_one() {
    let world = World::ready().await;
    for _ in 0..4 {
        world.create();
    }
    let both = race(&world);
    let (won, lost): (Vec<_>, Vec<_>) = both.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1));
    assert!(
        matches!(lost[0], Err(Error::Unavailable { .. })),
        "{lost:?}"
    );
    assert_eq!(world.free(1), 0);
    assert_eq!(world.usage(&person(1))[0], 5);
}

fn race(world: &World) -> Vec<Result<ServerId>> {
    std::thread::scope(|scope| {
        let one = || world.create_as(&person(1), world.new_server());
        let threads = [scope.spawn(one), scope.spawn(one)];
        threads.map(|t| t.join().unwrap()).into_iter().collect()
    })
}

// CY-PWD-01 CY-SRV-12
#[tokio::test]
async fn the_first_password_can_be_read_and_forgotten() {
    use kernel::secret::ExposeSecret;
    let world = World::ready().await;
    let id = world.create();
    let (service, alice) = (&world.service, person(1));
    let password = service.password(&alice, id).await.unwrap();
    assert_eq!(password.expose_secret(), PASSWORD);
    assert!(service.password(&person(2), id).await.is_err());
    service.forget_password(&alice, id).await.unwrap();
    service.forget_password(&alice, id).await.unwrap();
    let gone = service.password(&alice, id).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
    for _ in 0..50 {
        let made = service::made_password(&*world.cx.cx().ids);
        let made = made.expose_secret();
        assert_eq!(made.len(), 10);
        for kind in [
            char::is_ascii_lowercase as fn(&char) -> bool,
            char::is_ascii_uppercase,
            char::is_ascii_digit,
        ] {
            assert!(made.chars().any(|c| kind(&c)), "{made}");
        }
    }
}

// ID-SEC-28: who reads another's password is in the trail; its owner is not.
#[tokio::test]
async fn a_password_shown_to_an_administrator_is_in_the_trail() {
    let world = World::ready().await;
    let id = world.create();
    let service = &world.service;
    let trail = || world.trail();
    let before = trail().len();
    service.password(&person(1), id).await.unwrap();
    assert!(service.password(&person(2), id).await.is_err());
    assert_eq!(trail().len(), before);
    service.password(&root(), id).await.unwrap();
    let new = trail();
    assert_eq!(new.len(), before + 1);
    assert_eq!(new[0].action, "server.read-password");
    assert_eq!(new[0].who, kernel::Who::User(root().user));
    assert_eq!(new[0].target.id, id.to_string());
    let owner = person(1).user.to_string();
    assert_eq!(new[0].fields[0].after, owner);
    service.forget_password(&root(), id).await.unwrap();
    assert!(service.password(&root(), id).await.is_err());
    assert_eq!(trail()[0].action, "server.forget-password");
}

// CY-STM acceptance; CY-MOD-41: a shared server is its project's.
#[tokio::test]
async fn a_shared_server_is_used_by_members() {
    let world = World::with(
        "CYCLADES_SHARED_RESOURCES_ENABLED = True\nBACKEND_ALLOCATION_REQUIRES_PUBLIC_IP = False",
    );
    world.furnish().await;
    let mut member = person(2);
    member.projects.insert(person(1).user.own_project());
    let new = NewServer {
        shared_to_project: true,
        ..world.new_server()
    };
    let id = world.create_as(&person(1), new).unwrap();
    assert_eq!(world.service.servers(&member, None).await.unwrap().len(), 1);
    world.carry_out(id, "CREATE", JobStatus::Success).await;
    world
        .act_as(&member, id, Act::Shutdown { timeout: None })
        .unwrap();
    let stranger = world.act_as(&person(2), id, Act::Start).unwrap_err();
    assert!(matches!(stranger, Error::NotFound { .. }));
}

// CY-API-09
#[tokio::test]
async fn changes_since_shows_the_deleted() {
    let world = World::ready().await;
    let (first, second) = (world.create(), world.create());
    world.tick();
    let then = world.now();
    world.act(first, Act::Delete).unwrap();
    let alice = person(1);
    let since = |at| world.service.servers(&alice, Some(at));
    let changed = since(then).await.unwrap();
    assert_eq!(changed.len(), 1);
    assert_eq!(
        (changed[0].server.id, changed[0].status),
        (first, Status::Deleted)
    );
    let live = world.service.servers(&alice, None).await.unwrap();
    assert_eq!(
        live.iter().map(|v| v.server.id).collect::<Vec<_>>(),
        [second]
    );
    world.tick();
    assert!(since(world.now()).await.unwrap().is_empty());
    let future = since(world.now() + Duration::from_secs(9))
        .await
        .unwrap_err();
    assert_eq!(text(&future), "changes-since value set in the future.");
    let old = since(world.now() - Duration::from_secs(3700))
        .await
        .unwrap_err();
    assert_eq!(text(&old), "Too old changes-since value.");
}

// CY-SRV-20 CY-META-02 CY-STM-07
#[tokio::test]
async fn names_and_metadata_are_edited() {
    let world = World::ready().await;
    let id = world.create();
    let (service, alice) = (&world.service, person(1));
    service
        .rename_server(&alice, id, "n".repeat(255))
        .await
        .unwrap();
    assert!(
        service
            .rename_server(&alice, id, "n".repeat(256))
            .await
            .is_err()
    );
    assert!(
        service
            .rename_server(&person(2), id, "x".into())
            .await
            .is_err()
    );
    let items = |n: std::ops::Range<u8>| n.map(|k| (k.to_string(), "v".to_owned())).collect();
    let all = service
        .set_metadata(&alice, id, items(0..10))
        .await
        .unwrap();
    assert_eq!(all.len(), 10);
    assert!(
        service
            .set_metadata(&alice, id, items(10..11))
            .await
            .is_err()
    );
    service
        .set_metadata(&alice, id, items(9..10))
        .await
        .unwrap();
    service
        .remove_metadata(&alice, id, "9".into())
        .await
        .unwrap();
    assert!(
        service
            .remove_metadata(&alice, id, "9".into())
            .await
            .is_err()
    );
    assert_eq!(world.server(id).metadata.len(), 9);
    service.suspend(id, true).await.unwrap();
    assert!(service.suspend(id, true).await.is_err());
    for refused in [
        service.rename_server(&alice, id, "x".into()).await,
        world.act(id, Act::Delete),
    ] {
        assert_eq!(text(&refused.unwrap_err()), "Administratively Suspended VM");
    }
    assert!(service.server(&alice, id).await.unwrap().server.suspended);
    service
        .rename_server(&root(), id, "x".into())
        .await
        .unwrap();
}
