//! Floating addresses.

use super::*;

// CY-FIP-02 CY-FIP-03 CY-FIP-04 CY-NET-04 CY-SRV-14 CY-QTA-02 and acceptance A1, A4
#[tokio::test]
async fn an_address_is_reserved_used_and_given_back() {
    let world = World::with(
        "BACKEND_ALLOCATION_REQUIRES_PUBLIC_IP = False\nCYCLADES_DEFAULT_SERVER_NETWORKS = ['SNF:ANY_PUBLIC_IPV4']",
    );
    world.furnish().await;
    let (service, alice, bob) = (&world.service, person(1), person(2));
    let reserve = async |caller, network: Option<u64>| {
        let new = NewFloatingIp {
            network: network.map(NetworkId),
            ..NewFloatingIp::default()
        };
        let made = service.create_floating_ip(caller, new).await;
        made.map(|made| made.address)
    };
    let no_pool = reserve(&alice, Some(1)).await.unwrap_err();
    assert_eq!(
        text(&no_pool),
        "Cannot allocate floating IP. Network 1 is not a floating IP pool."
    );
    assert!(matches!(
        reserve(&alice, None).await,
        Err(Error::Conflict { .. })
    ));
    let pool = NewNetwork {
        floating_ip_pool: true,
        ..World::new_public("10.5.0.0/29")
    };
    service.create_network(&root(), pool).await.unwrap();
    let first = reserve(&alice, None).await.unwrap();
    assert_eq!(
        (first.address.to_string().as_str(), first.network),
        ("10.5.0.2", NetworkId(2))
    );
    let this = NewFloatingIp {
        network: Some(NetworkId(2)),
        address: Some([10, 5, 0, 6].into()),
        ..NewFloatingIp::default()
    };
    let second = service.create_floating_ip(&alice, this).await.unwrap();
    let second = second.address;
    let taken = service.create_floating_ip(&bob, this).await;
    assert!(matches!(taken, Err(Error::Conflict { .. })));
    let listed = service.floating_ips(&alice, None).await.unwrap();
    assert_eq!(
        listed.iter().map(|a| a.address.id).collect::<Vec<_>>(),
        [first.id, second.id]
    );
    assert!(service.floating_ip(&bob, first.id).await.is_err());
    assert!(service.delete_floating_ip(&bob, first.id).await.is_err());

    // A default network takes an unused one; nobody gets another's.
    let none = world.create_as(&bob, world.new_server()).unwrap_err();
    assert!(matches!(none, Error::Conflict { .. }));
    let id = world.create();
    assert_eq!(
        world.view(id).ports[0].ipv4().unwrap().address,
        first.address
    );
    let asked = NewServer {
        networks: Some(vec![RequestedNetwork::Network {
            network: NetworkId(2),
            address: Some(first.address),
        }]),
        ..world.new_server()
    };
    assert!(matches!(
        world.create_as(&alice, asked),
        Err(Error::Conflict { .. })
    ));
    let used = service
        .delete_floating_ip(&alice, first.id)
        .await
        .unwrap_err();
    assert!(text(&used).contains("is used by port"));
    world.act(id, Act::Delete).unwrap();
    assert_eq!(
        service
            .floating_ip(&alice, first.id)
            .await
            .unwrap()
            .address
            .port,
        None
    );

    world.limit(&alice, r::FLOATING_IP, 2);
    let over = reserve(&alice, None).await;
    assert!(matches!(over, Err(Error::OverQuota { .. })));
    let busy = service
        .delete_network(&root(), NetworkId(2))
        .await
        .unwrap_err();
    assert!(text(&busy).contains("floating"));
    for id in [first.id, second.id] {
        service.delete_floating_ip(&alice, id).await.unwrap();
    }
    assert_eq!(world.free(2), 5);
    reserve(&alice, None).await.unwrap();
}

/// The caller as a member of a project with room for everything.
fn fellow(world: &World, caller: &Caller) -> (Caller, ProjectId) {
    let project = ProjectId(uuid::Uuid::from_bytes([77; 16]));
    let (holder, source) = (user_holder(caller.user), project_source(project));
    world
        .rule(move |tx| {
            for resource in [r::FLOATING_IP, r::PRIVATE_NETWORK] {
                set_limit(tx, &source, "", resource, 10)?;
                set_limit(tx, &holder, &source, resource, 10)?;
            }
            Ok(())
        })
        .unwrap();
    let mut caller = caller.clone();
    caller.projects.insert(project);
    (caller, project)
}

// CY-FIP-02 CY-FIP-05 CY-MOD-41 CY-API-09
#[tokio::test]
async fn an_address_is_shared_and_given_to_another_project() {
    let world = World::with("CYCLADES_SHARED_RESOURCES_ENABLED = True");
    let service = &world.service;
    let pool = NewNetwork {
        floating_ip_pool: true,
        ..World::new_public("10.5.0.0/29")
    };
    service.create_network(&root(), pool).await.unwrap();
    let (alice, project) = fellow(&world, &person(1));
    let (bob, _) = fellow(&world, &person(2));
    let made = service
        .create_floating_ip(&alice, NewFloatingIp::default())
        .await
        .unwrap();
    let id = made.address.id;
    assert!(service.floating_ip(&bob, id).await.is_err());
    let foreign = person(3).user.own_project();
    let not_mine = service
        .reassign_floating_ip(&alice, id, (foreign, false))
        .await;
    assert!(matches!(not_mine, Err(Error::Invalid { .. })));
    world.tick();
    let since = Some(world.now());
    service
        .reassign_floating_ip(&alice, id, (project, true))
        .await
        .unwrap();
    let seen = service.floating_ip(&bob, id).await.unwrap().address;
    assert_eq!(seen.project, Some(project));
    assert_eq!(service.floating_ips(&bob, None).await.unwrap().len(), 1);
    assert!(service.floating_ips(&bob, since).await.unwrap().is_empty());
    let no_owner = service
        .reassign_floating_ip(&bob, id, (project, false))
        .await;
    assert!(matches!(no_owner, Err(Error::Forbidden { .. })));
    // Visible is full control otherwise.
    service.delete_floating_ip(&bob, id).await.unwrap();
    assert!(service.floating_ip(&alice, id).await.is_err());
}

// CY-NET-28 CY-SUB-08 CY-QTA-02
#[tokio::test]
async fn a_network_is_given_to_another_project_and_its_subnet_renamed() {
    let world = World::with("");
    let service = &world.service;
    let public = World::new_public("10.5.0.0/29");
    let public = service.create_network(&root(), public).await.unwrap();
    let pools = [(PoolKind::MacPrefix, "aa:00:0", 16)];
    for (kind, base, size) in pools {
        service.create_pool(kind, base.into(), size).await.unwrap();
    }
    let (alice, project) = fellow(&world, &person(1));
    let new = NewNetwork {
        kind: NetworkKind::MacFiltered,
        public: false,
        ..World::new_public("10.6.0.0/29")
    };
    let mine = service.create_network(&alice, new).await.unwrap();
    let to = |shared| service.reassign_network(&alice, mine.id, (project, shared));
    assert!(matches!(to(true).await, Err(Error::Forbidden { .. })));
    to(false).await.unwrap();
    let seen = service.network(&alice, mine.id).await.unwrap();
    assert_eq!(seen.project, Some(project));
    let theirs = service
        .reassign_network(&alice, public.id, (project, false))
        .await;
    assert!(matches!(theirs, Err(Error::Forbidden { .. })));
    let subnet = mine.subnets[0];
    let renamed = service.rename_subnet(&alice, subnet, "new".into()).await;
    assert_eq!(renamed.unwrap().name, "new");
    let theirs = service.rename_subnet(&alice, public.subnets[0], "x".into());
    assert!(matches!(theirs.await, Err(Error::Forbidden { .. })));
    world.limit(&person(1), r::PRIVATE_NETWORK, 0);
    let back = service.reassign_network(&alice, mine.id, (alice.default_project, false));
    assert!(matches!(back.await, Err(Error::OverQuota { .. })));
}
