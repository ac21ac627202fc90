//! Networks, subnets and their presence in clusters.

use super::*;

async fn subnet_of(world: &World, cidr: &str) -> Result<Subnet> {
    let network = world
        .service
        .create_network(&root(), World::new_public(cidr))
        .await?;
    world.service.subnet(&root(), network.subnets[0]).await
}

fn pools(subnet: &Subnet) -> Vec<(String, String)> {
    let show = |p: &SubnetPool| (p.start.to_string(), p.end.to_string());
    subnet.pools.iter().map(show).collect()
}

// CY-SUB-05 CY-SUB-06 CY-SUB-07 and acceptance checks A1, A2, A4, A5, A6 of subnets
#[tokio::test]
async fn subnets_are_checked_and_get_their_pools() {
    let world = World::empty();
    let plain = subnet_of(&world, "192.168.0.0/24").await.unwrap();
    assert_eq!(plain.gateway.unwrap().to_string(), "192.168.0.1");
    assert_eq!(
        pools(&plain),
        [("192.168.0.2".into(), "192.168.0.254".into())]
    );
    assert_eq!(plain.free, 253);
    for size in ["10.0.0.0/31", "10.0.0.0/15"] {
        let refused = subnet_of(&world, size).await;
        assert!(matches!(refused, Err(Error::TooLarge { .. })), "{size}");
    }
    assert_eq!(subnet_of(&world, "10.0.0.0/30").await.unwrap().free, 1);
    let end = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128";
    for bad in ["10.0.0.1/24", "x", "2001:db8::/65", "10.0.0.0", end] {
        let refused = subnet_of(&world, bad).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{bad}");
    }
    let make = |change: fn(&mut NewSubnet)| {
        let mut new = World::new_public("10.1.0.0/24");
        change(&mut new.subnets[0]);
        let service = world.service.clone();
        async move {
            let network = service.create_network(&root(), new).await?;
            service.subnet(&root(), network.subnets[0]).await
        }
    };
    let pool = |a: [u8; 4], b: [u8; 4]| SubnetPool {
        start: a.into(),
        end: b.into(),
    };
    let none = make(|s| s.gateway = Some(None)).await.unwrap();
    assert_eq!(pools(&none), [("10.1.0.1".into(), "10.1.0.254".into())]);
    let middle = make(|s| s.gateway = Some(Some([10, 1, 0, 100].into())))
        .await
        .unwrap();
    assert_eq!(
        pools(&middle)[1],
        ("10.1.0.101".into(), "10.1.0.254".into())
    );
    let last = make(|s| s.gateway = Some(Some([10, 1, 0, 254].into())))
        .await
        .unwrap();
    assert_eq!(pools(&last), [("10.1.0.1".into(), "10.1.0.253".into())]);
    assert!(
        make(|s| s.gateway = Some(Some([10, 2, 0, 1].into())))
            .await
            .is_err()
    );
    let given = make(|s| {
        s.pools = Some(vec![
            SubnetPool {
                start: [10, 1, 0, 50].into(),
                end: [10, 1, 0, 59].into(),
            },
            SubnetPool {
                start: [10, 1, 0, 10].into(),
                end: [10, 1, 0, 19].into(),
            },
        ]);
    });
    assert_eq!(given.await.unwrap().free, 20);
    type Ends = ([u8; 4], [u8; 4]);
    let wrong: [(&str, &[Ends]); 4] = [
        ("Invalid IP pool range", &[([10, 1, 0, 9], [10, 1, 0, 8])]),
        ("IP Pool out of bounds", &[([10, 1, 0, 9], [10, 1, 0, 255])]),
        (
            "IP Pool range conflict",
            &[
                ([10, 1, 0, 9], [10, 1, 0, 20]),
                ([10, 1, 0, 20], [10, 1, 0, 30]),
            ],
        ),
        (
            "Gateway cannot be in pool range",
            &[([10, 1, 0, 1], [10, 1, 0, 20])],
        ),
    ];
    for (message, ends) in wrong {
        let mut new = World::new_public("10.1.0.0/24");
        new.subnets[0].pools = Some(ends.iter().map(|(a, b)| pool(*a, *b)).collect());
        let refused = world
            .service
            .create_network(&root(), new)
            .await
            .unwrap_err();
        assert!(matches!(refused, Error::Conflict { .. }));
        assert_eq!(text(&refused), message);
    }
}

// CY-NET-01 CY-NET-23 CY-NET-25 CY-NET-26 CY-CLI-NET-01
#[tokio::test]
async fn public_networks_are_the_administrators() {
    let world = World::empty();
    let alice = person(1);
    let backend = world.backend("c1").await;
    let new = World::new_public("10.0.0.0/24");
    let refused = world.service.create_network(&alice, new).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })));
    let network = world.public("10.0.0.0/24").await;
    assert_eq!(
        (network.link.as_str(), network.mac_prefix.as_str()),
        ("br0", "aa:00:0")
    );
    assert_eq!(
        world.service.network(&alice, network.id).await.unwrap().id,
        network.id
    );
    let rename = world
        .service
        .rename_network(&alice, network.id, "x".into())
        .await;
    assert!(matches!(rename, Err(Error::Forbidden { .. })));
    let delete = world.service.delete_network(&alice, network.id).await;
    assert!(matches!(delete, Err(Error::Forbidden { .. })));

    let sent = world
        .service
        .driver()
        .pending(backend, None, 10)
        .await
        .unwrap();
    let Job::NetworkCreate(spec) = &sent[0].job else {
        panic!("{sent:?}")
    };
    // CY-JOB-03 CY-NET-14 CY-MOD-15
    assert_eq!(
        (spec.name.as_str(), spec.network.as_str()),
        ("snf-net-1", "10.0.0.0/24")
    );
    assert_eq!(spec.mac_prefix, "aa:00:00");
    assert!(spec.conflicts_check);
    assert_eq!(spec.tags, ["nfdhcpd", "public"]);
    world.network_is(backend, network.id, true).await;
    let (_, _, there) = world.service.network_inspect(network.id).await.unwrap();
    assert_eq!(there[0].state, BackendNetworkState::Active);

    world
        .service
        .delete_network(&root(), network.id)
        .await
        .unwrap();
    assert!(
        !world
            .service
            .network(&alice, network.id)
            .await
            .unwrap()
            .deleted
    );
    world.network_is(backend, network.id, false).await;
    let gone = world.service.network(&alice, network.id).await.unwrap();
    assert!(gone.deleted && gone.state == NetworkState::Deleted);
    assert_eq!(world.service.networks(&alice, None).await.unwrap(), vec![]);
}

// CY-NET-26 CY-NET-27: deleted before any cluster had it.
#[tokio::test]
async fn a_network_that_no_cluster_has_is_gone_at_once() {
    let world = World::empty();
    let backend = world.backend("c1").await;
    let network = world.public("10.0.0.0/24").await;
    world
        .service
        .delete_network(&root(), network.id)
        .await
        .unwrap();
    assert!(
        world
            .service
            .network(&root(), network.id)
            .await
            .unwrap()
            .deleted
    );
    let left = world
        .service
        .driver()
        .pending(backend, None, 10)
        .await
        .unwrap();
    assert!(left.is_empty());
}

// CY-NET-26: a removal follows a creation that is under way.
#[tokio::test]
async fn a_network_under_way_is_removed_after_it_is_made() {
    let world = World::empty();
    let backend = world.backend("c1").await;
    let network = world.public("10.0.0.0/24").await;
    let driver = world.service.driver();
    let create = driver.pending(backend, None, 10).await.unwrap().remove(0);
    driver.attempt(create.intent.id).await.unwrap();
    driver.submitted(create.intent.id, 5).await.unwrap();
    world
        .service
        .delete_network(&root(), network.id)
        .await
        .unwrap();
    assert!(driver.pending(backend, None, 10).await.unwrap().is_empty());
    let fact = NetworkFact {
        backend,
        network: "snf-net-1".into(),
        job: Some(5),
        intent: Some(create.intent.id),
        there: Some(true),
        error: None,
        at: world.now(),
    };
    driver.observed(Fact::Network(fact.clone())).await.unwrap();
    driver.observed(Fact::Network(fact)).await.unwrap();
    world.network_is(backend, network.id, false).await;
    assert!(
        world
            .service
            .network(&root(), network.id)
            .await
            .unwrap()
            .deleted
    );
}

// CY-NET-23 CY-QTA-02 CY-NET-10 CY-SUB-03 CY-SUB-04
#[tokio::test]
async fn private_networks_cost_and_belong_to_somebody() {
    let world = World::with("API_ENABLED_NETWORK_FLAVORS = ['IP_LESS_ROUTED', 'MAC_FILTERED']");
    let alice = person(1);
    let new = |kind| NewNetwork {
        kind,
        public: false,
        subnets: vec![],
        ..World::new_public("10.0.0.0/24")
    };
    let service = &world.service;
    let lan = service
        .create_network(&alice, new(NetworkKind::IpLessRouted))
        .await
        .unwrap();
    assert_eq!(
        (lan.mode.as_str(), lan.link.as_str()),
        ("routed", "snf-link-1")
    );
    let custom = service
        .create_network(&alice, new(NetworkKind::Custom))
        .await;
    assert!(matches!(custom, Err(Error::Forbidden { .. })));
    let pool = service
        .create_network(&alice, new(NetworkKind::MacFiltered))
        .await
        .unwrap_err();
    assert_eq!(text(&pool), "Failed to allocate resources for network.");
    world.limit(&alice, r::PRIVATE_NETWORK, 1);
    let over = service
        .create_network(&alice, new(NetworkKind::IpLessRouted))
        .await;
    assert!(matches!(over, Err(Error::OverQuota { .. })));

    assert!(service.network(&person(2), lan.id).await.is_err());
    let subnet = |cidr: &str| NewSubnet {
        network: lan.id,
        ..World::new_subnet(cidr)
    };
    assert!(
        service
            .create_subnet(&person(2), subnet("10.0.0.0/24"))
            .await
            .is_err()
    );
    for size in ["10.0.0.0/30", "10.0.0.0/21"] {
        let refused = service.create_subnet(&alice, subnet(size)).await;
        assert!(matches!(refused, Err(Error::TooLarge { .. })), "{size}");
    }
    let made = service
        .create_subnet(&alice, subnet("10.0.0.0/24"))
        .await
        .unwrap();
    let second = service.create_subnet(&alice, subnet("10.1.0.0/21")).await;
    assert!(matches!(second, Err(Error::Invalid { .. })), "400, not 413");
    service
        .create_subnet(&alice, subnet("2001:db8::/64"))
        .await
        .unwrap();
    assert_eq!(service.subnets(&alice, None).await.unwrap().len(), 2);
    assert!(service.subnet(&person(2), made.id).await.is_err());
    let renamed = service
        .rename_network(&alice, lan.id, "lan".into())
        .await
        .unwrap();
    assert_eq!(renamed.name, "lan");
    service.delete_network(&alice, lan.id).await.unwrap();
    service
        .create_network(&alice, new(NetworkKind::IpLessRouted))
        .await
        .unwrap();
}

// CY-NET-12
#[tokio::test]
async fn bad_overrides_are_refused() {
    let world = World::empty();
    let try_it = |change: fn(&mut NewNetwork)| {
        let mut new = World::new_public("10.0.0.0/24");
        change(&mut new);
        let service = world.service.clone();
        async move {
            service
                .create_network(&root(), new)
                .await
                .map_err(|e| text(&e))
        }
    };
    assert!(
        try_it(|n| n.mac_prefix = Some("ab:00:0".into()))
            .await
            .is_err(),
        "multicast"
    );
    assert!(
        try_it(|n| n.mac_prefix = Some("aa:00".into()))
            .await
            .is_err()
    );
    assert!(
        try_it(|n| n.mode = Some("openvswitch?".into()))
            .await
            .is_err()
    );
    assert!(try_it(|n| n.name = "n".repeat(129)).await.is_err());
    let filtered = |n: &mut NewNetwork| {
        n.kind = NetworkKind::MacFiltered;
        n.mac_prefix = Some("aa:00:1".into());
    };
    assert_eq!(
        try_it(filtered).await.unwrap_err(),
        "Cannot override MAC_FILTERED mac-prefix"
    );
    let routed = |n: &mut NewNetwork| {
        n.kind = NetworkKind::IpLessRouted;
        n.link = Some("t1".into());
    };
    try_it(routed).await.unwrap();
    assert_eq!(
        try_it(routed).await.unwrap_err(),
        "Link 't1' is already used."
    );
}

// CY-BKD-03 CY-REC-30: a cluster that was away, and a network that is missing there.
#[tokio::test]
async fn missing_networks_are_made_again() {
    let world = World::empty();
    let backend = world.backend("c1").await;
    let offline = |offline| BackendChange {
        offline: Some(offline),
        ..BackendChange::default()
    };
    let service = &world.service;
    service
        .modify_backend(backend, offline(true))
        .await
        .unwrap();
    world.public("10.0.0.0/29").await;
    let driver = service.driver();
    assert!(driver.pending(backend, None, 9).await.unwrap().is_empty());
    service
        .modify_backend(backend, offline(false))
        .await
        .unwrap();
    assert!(driver.networks_expected(backend).await.unwrap()[0].busy);
    world.network_is(backend, NetworkId(1), true).await;
    let there = driver.networks_expected(backend).await.unwrap().remove(0);
    assert_eq!(
        (there.name.as_str(), there.state, there.busy),
        ("snf-net-1", BackendNetworkState::Active, false)
    );
    assert_eq!(service.public_addresses(backend).await.unwrap(), (5, 5));
    driver.mend_network(backend, NetworkId(1)).await.unwrap();
    driver.mend_network(backend, NetworkId(1)).await.unwrap();
    assert_eq!(driver.pending(backend, None, 9).await.unwrap().len(), 1);
    world.network_is(backend, NetworkId(1), true).await;
    // CY-POOL-04
    let map = service.pool_map(kernel::SubnetId(1)).await.unwrap();
    assert_eq!(map, [false, false, true, true, true, true, true, false]);
    assert_eq!(service.servers_on(NetworkId(1)).await.unwrap(), 0);
}

// A network that could not be made is tried again for the next server.
#[tokio::test]
async fn a_network_that_failed_is_tried_again() {
    let world = World::with(
        "BACKEND_ALLOCATION_REQUIRES_PUBLIC_IP = False\nCYCLADES_FORCED_SERVER_NETWORKS = [1]",
    );
    world.flavor(2, 1024, 10).await;
    let backend = world.backend("c1").await;
    world.public("10.0.0.0/29").await;
    let driver = world.service.driver();
    let make = driver
        .pending(backend, None, 9)
        .await
        .unwrap()
        .remove(0)
        .intent
        .id;
    driver
        .withdrawn(make, Why::Unreachable("x".into()))
        .await
        .unwrap();
    let state = driver.networks_expected(backend).await.unwrap()[0].state;
    assert_eq!(state, BackendNetworkState::Error);
    let to_mend = async || {
        let mend = driver.networks_to_mend(backend).await.unwrap();
        let mut all = driver.networks_expected(backend).await.unwrap();
        all.retain(|one| one.leaving || one.state == BackendNetworkState::Error);
        assert_eq!(format!("{mend:?}"), format!("{all:?}"));
        mend.len()
    };
    assert_eq!(to_mend().await, 1);
    world.create();
    assert_eq!(to_mend().await, 0);
    let sent = driver.pending(backend, None, 9).await.unwrap();
    assert!(matches!(sent[0].job, Job::NetworkCreate(_)) && sent.len() == 1);
}

// CY-POOL-10 CY-POOL-11 CY-NET-13 and acceptance A1, A2 of pools
#[tokio::test]
async fn private_networks_are_kept_apart_by_pools() {
    let world = World::with("API_ENABLED_NETWORK_FLAVORS = ['MAC_FILTERED', 'PHYSICAL_VLAN']");
    let (service, alice) = (&world.service, person(1));
    let new = |kind| NewNetwork {
        kind,
        public: false,
        subnets: vec![],
        ..World::new_public("10.0.0.0/24")
    };
    let make = |kind| service.create_network(&alice, new(kind));
    let mac = |base: &str, size| service.create_pool(PoolKind::MacPrefix, base.into(), size);
    for (base, size) in [
        ("aa:00", 9),
        ("aa:00:00", 9),
        ("zz:00:0", 9),
        ("aa:00:0", 0),
        ("ff:ff:f", 2),
    ] {
        assert!(mac(base, size).await.is_err(), "{base} {size}");
    }
    let pool = mac("aa:00:0", 65_536).await.unwrap();
    assert_eq!(
        (pool.reserved, service.pools().await.unwrap()[0].1),
        (49_153, 16_383)
    );
    let again = mac("aa:00:0", 8).await.unwrap_err();
    assert_eq!(text(&again), "Pool of type mac-prefix already exists");
    let first = make(NetworkKind::MacFiltered).await.unwrap();
    assert_eq!(
        (first.mac_prefix.as_str(), first.link.as_str()),
        ("aa:00:1", "prv0")
    );
    assert_eq!(
        make(NetworkKind::MacFiltered).await.unwrap().mac_prefix,
        "aa:00:2"
    );
    service.delete_network(&alice, first.id).await.unwrap();
    assert_eq!(
        make(NetworkKind::MacFiltered).await.unwrap().mac_prefix,
        "aa:00:1"
    );

    let none = make(NetworkKind::PhysicalVlan).await.unwrap_err();
    assert!(matches!(none, Error::Unavailable { .. }));
    service
        .create_pool(PoolKind::Bridge, "prv".into(), 2)
        .await
        .unwrap();
    let link = |made: Result<Network>| made.unwrap().link;
    assert_eq!(link(make(NetworkKind::PhysicalVlan).await), "prv1");
    assert_eq!(link(make(NetworkKind::PhysicalVlan).await), "prv2");
    let used = world.store.read_now(|tx| {
        quota::usage_in(
            tx,
            person(1).user,
            person(1).default_project,
            r::PRIVATE_NETWORK,
        )
    });
    assert_eq!(used.unwrap().usage, 4);
    let empty = make(NetworkKind::PhysicalVlan).await.unwrap_err();
    assert_eq!(text(&empty), "Failed to allocate resources for network.");
}
