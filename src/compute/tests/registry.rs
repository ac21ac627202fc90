//! Flavors and backends.

use super::*;

// CY-FLV-01 CY-FLV-03 CY-MOD-02 CY-MOD-03 CY-MOD-41
#[tokio::test]
async fn flavors_are_seen_by_those_who_may_use_them() {
    let world = World::empty();
    let public = world.flavor(1, 512, 5).await;
    let new = NewFlavor {
        cpu: 4,
        ram: 4096,
        disk: 40,
        volume_type: "ext_archipelago".into(),
        public: false,
        specs: BTreeMap::new(),
    };
    let (private, fresh) = world.service.add_flavor(new.clone()).await.unwrap();
    assert!(fresh);
    assert_eq!(private.name(), "C4R4096D40ext_archipelago");
    let (again, fresh) = world.service.add_flavor(new).await.unwrap();
    assert_eq!((again.id, fresh), (private.id, false));

    let alice = person(1);
    let ids = |views: Vec<FlavorView>| views.into_iter().map(|v| v.flavor.id).collect::<Vec<_>>();
    assert_eq!(ids(world.service.flavors(&alice).await.unwrap()), [public]);
    let refused = world.service.flavor(&alice, private.id).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })));
    let project = alice.user.own_project();
    world
        .service
        .flavor_access(private.id, project, Access::Grant)
        .await
        .unwrap();
    let seen = world.service.flavors(&alice).await.unwrap();
    assert_eq!(seen[1].access, [project]);
    assert_eq!(
        ids(world.service.flavors(&person(2)).await.unwrap()),
        [public]
    );

    let gone = FlavorChange {
        deleted: Some(true),
        ..FlavorChange::default()
    };
    world.service.modify_flavor(public, gone).await.unwrap();
    assert_eq!(ids(world.service.flavors(&person(2)).await.unwrap()), []);
    assert!(world.service.flavor(&person(2), public).await.is_ok());
    let missing = world.service.flavor(&alice, FlavorId(99)).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })));
}

// CY-CLI-FLV-01 CY-CLI-FLV-03
#[tokio::test]
async fn flavors_are_changed_and_bad_ones_refused() {
    let world = World::empty();
    let id = world.flavor(1, 512, 5).await;
    let change = |add: &[(&str, &str)], delete: &[&str]| FlavorChange {
        spec_add: add
            .iter()
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect(),
        spec_delete: delete.iter().map(|k| (*k).into()).collect(),
        allow_create: Some(false),
        ..FlavorChange::default()
    };
    let service = &world.service;
    let changed = service.modify_flavor(id, change(&[("a", "b")], &[])).await;
    let changed = changed.unwrap();
    assert_eq!(
        (changed.specs["a"].as_str(), changed.allow_create),
        ("b", false)
    );
    assert!(
        service
            .modify_flavor(id, change(&[], &["x"]))
            .await
            .is_err()
    );
    assert!(
        service
            .modify_flavor(id, change(&[("a", "c")], &["a"]))
            .await
            .is_err()
    );
    let bad = |cpu, volume_type: &str| NewFlavor {
        cpu,
        ram: 4,
        disk: 1,
        volume_type: volume_type.into(),
        public: true,
        specs: BTreeMap::new(),
    };
    assert!(service.add_flavor(bad(0, "file")).await.is_err());
    assert!(service.add_flavor(bad(1, "floppy")).await.is_err());
    let unknown = service.add_flavor(bad(1, "77")).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
    assert_eq!(service.all_flavors(false).await.unwrap().len(), 1);
}

// CY-BKD-01 CY-BKD-03 CY-MOD-04 CY-MOD-40 CY-BKD-21
#[tokio::test]
async fn a_cluster_starts_drained_and_its_password_is_sealed() {
    let world = World::empty();
    let new = |name: &str| NewBackend {
        clustername: name.into(),
        transport: Transport::Rapi {
            ca: None,
            pinned: None,
        },
        port: 5080,
        username: "synnefo".into(),
        password: Some(SecretString::from("hidden")),
        hypervisor: "kvm".into(),
        public: true,
        networks: false,
    };
    let service = &world.service;
    let first = service.add_backend(new("c0")).await.unwrap();
    assert!(first.drained && !format!("{first:?}").contains("hidden"));
    let clusters = service.driver().clusters().await.unwrap();
    let password = clusters[0].password.clone().unwrap();
    use kernel::secret::ExposeSecret;
    assert_eq!(password.expose_secret(), "hidden");
    assert!(!format!("{clusters:?}").contains("hidden"));
    assert!(service.add_backend(new("c0")).await.is_err());
    for n in 1..16 {
        service.add_backend(new(&format!("c{n}"))).await.unwrap();
    }
    let refused = service.add_backend(new("c16")).await.unwrap_err();
    assert_eq!(text(&refused), "Cannot create more than 16 backends");
    service.remove_backend(BackendId(3)).await.unwrap();
    assert_eq!(service.add_backend(new("c16")).await.unwrap().index, 2);
    let no_password = NewBackend {
        password: None,
        ..new("x")
    };
    service.remove_backend(BackendId(4)).await.unwrap();
    assert!(service.add_backend(no_password).await.is_err());
}

// CY-GNT-02: the certificate seen first stays the one to trust.
#[tokio::test]
async fn a_certificate_is_pinned_once() {
    let world = World::empty();
    let id = world.backend("c1").await;
    let rapi = BackendChange {
        transport: Some(Transport::Rapi {
            ca: None,
            pinned: None,
        }),
        username: Some("u".into()),
        password: Some(SecretString::from("p")),
        ..BackendChange::default()
    };
    world.service.modify_backend(id, rapi).await.unwrap();
    let driver = world.service.driver();
    driver.pinned(id, [1; 32]).await.unwrap();
    driver.pinned(id, [2; 32]).await.unwrap();
    let backend = driver.clusters().await.unwrap().remove(0).backend;
    let pinned =
        matches!(backend.transport, Transport::Rapi { pinned: Some(p), .. } if p == [1; 32]);
    assert!(pinned);
}

// CY-ALC-02 CY-ALC-03 CY-ALC-05 CY-BKD-02
#[tokio::test]
async fn the_emptiest_cluster_that_may_takes_the_server() {
    let world = World::with("BACKEND_ALLOCATION_REQUIRES_PUBLIC_IP = False");
    world.flavor(1, 1024, 10).await;
    let (one, two) = (world.backend("c1").await, world.backend("c2").await);
    let stats = |mfree| Stats {
        mfree,
        mtotal: 100_000,
        dfree: 900_000,
        dtotal: 1_000_000,
        pinst_cnt: 1,
        ctotal: 64,
    };
    let driver = world.service.driver();
    let refresh = |id, mfree, templates: &[&str]| {
        let templates = templates.iter().map(|t| (*t).to_owned()).collect();
        driver.refreshed(id, stats(mfree), templates)
    };
    refresh(one, 40_000, &["file"]).await.unwrap();
    refresh(two, 90_000, &["file"]).await.unwrap();
    assert_eq!(world.server(world.create()).backend, two);
    let after = driver.clusters().await.unwrap().remove(1).backend.stats;
    assert_eq!(
        (after.mfree, after.dfree, after.pinst_cnt),
        (88_976, 889_760, 2)
    );

    refresh(two, 90_000, &["drbd"]).await.unwrap();
    assert_eq!(world.server(world.create()).backend, one);
    refresh(two, 90_000, &["file"]).await.unwrap();
    let change = |drained, offline| BackendChange {
        drained,
        offline,
        ..BackendChange::default()
    };
    let modify = |id, change| world.service.modify_backend(id, change);
    modify(two, change(Some(true), None)).await.unwrap();
    assert_eq!(world.server(world.create()).backend, one);
    modify(one, change(None, Some(true))).await.unwrap();
    let before = world.usage(&person(1));
    let refused = world.create_as(&person(1), world.new_server()).unwrap_err();
    assert!(matches!(refused, Error::Unavailable { .. }));
    assert_eq!(text(&refused), "No available backends");
    assert_eq!(world.usage(&person(1)), before);
}

// CY-ALC-02 step 1
#[tokio::test]
async fn a_users_own_cluster_counts_even_drained() {
    let lines = format!(
        "BACKEND_ALLOCATION_REQUIRES_PUBLIC_IP = False\nBACKEND_PER_USER = {{'{}': 'c2'}}",
        person(1).user
    );
    let world = World::with(&lines);
    world.flavor(1, 1024, 10).await;
    let (one, two) = (world.backend("c1").await, world.backend("c2").await);
    let drain = BackendChange {
        drained: Some(true),
        ..BackendChange::default()
    };
    world.service.modify_backend(two, drain).await.unwrap();
    assert_eq!(world.server(world.create()).backend, two);
    let other = world.create_as(&person(2), world.new_server()).unwrap();
    assert_eq!(world.server(other).backend, one);
}

// CY-BKD-04
#[tokio::test]
async fn a_cluster_with_servers_cannot_be_removed() {
    let world = World::ready().await;
    let id = world.create();
    let refused = world
        .service
        .remove_backend(BackendId(1))
        .await
        .unwrap_err();
    assert_eq!(
        text(&refused),
        "Backend hosts non-deleted vms. Cannot delete"
    );
    world.act(id, Act::Delete).unwrap();
    let left = world.service.remove_backend(BackendId(1)).await.unwrap();
    assert_eq!(left, ["snf-net-1"]);
}
