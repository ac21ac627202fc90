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
    let reserve = |caller, network: Option<u64>| {
        service.create_floating_ip(caller, network.map(NetworkId), None, None)
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
    let second = service
        .create_floating_ip(&alice, Some(NetworkId(2)), Some([10, 5, 0, 6].into()), None)
        .await
        .unwrap();
    let taken = service
        .create_floating_ip(&bob, Some(NetworkId(2)), Some([10, 5, 0, 6].into()), None)
        .await;
    assert!(matches!(taken, Err(Error::Conflict { .. })));
    let listed = service.floating_ips(&alice).await.unwrap();
    assert_eq!(
        listed.iter().map(|a| a.id).collect::<Vec<_>>(),
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
        service.floating_ip(&alice, first.id).await.unwrap().port,
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
