use super::*;
use kernel::{Error, ProjectId, settings::Value};

fn policy(quota: Option<u64>, versioning: Option<Versioning>) -> PolicyChange {
    PolicyChange {
        quota: quota.map(Some),
        versioning: versioning.map(Some),
        project: None,
    }
}

async fn limit(world: &World, caller: &Caller, bytes: u64) {
    let user = caller.user;
    world
        .store
        .write(move |tx| {
            let project = quota::project_source(user.own_project());
            let holder = quota::user_holder(user);
            quota::set_limit(tx, &holder, &project, quota::resource::DISKSPACE, bytes)
        })
        .await
        .unwrap();
}

// PI-CON-02 PI-CON-05 PI-GEN-05 PI-DM-14
#[tokio::test]
async fn containers_are_made_changed_and_deleted() {
    let world = World::new();
    let alice = world.user(1).await;
    let fresh = world
        .service
        .account(&alice, alice.user, None)
        .await
        .unwrap();
    assert_eq!((fresh.containers, fresh.used, fresh.modified), (0, 0, None));
    assert!(ContainerPath::new(alice.user, "x".repeat(257)).is_err());
    assert!(ContainerPath::new(alice.user, "κ".repeat(256)).is_ok());

    let c1 = world.container(&alice, "c1").await;
    let again = world
        .service
        .put_container(
            &alice,
            c1.clone(),
            policy(Some(9), None),
            MetaChange::default(),
        )
        .await
        .unwrap();
    assert_eq!(again, Created::Changed);
    let view = world
        .service
        .container(&alice, c1.clone(), None)
        .await
        .unwrap();
    assert_eq!((view.row.quota, view.row.versioning), (9, Versioning::Auto));
    assert_eq!(view.row.project, alice.user.own_project());

    let file = object(&c1, "f");
    world.put(&alice, &file, 5, 1).await.unwrap();
    let refused = world.service.delete_container(&alice, c1.clone()).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })));
    world.service.delete(&alice, file).await.unwrap();
    world
        .service
        .delete_container(&alice, c1.clone())
        .await
        .unwrap();
    let gone = world.service.container(&alice, c1, None).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
    assert_eq!(world.used(&alice).await, 0);
}

// PI-ERR-02 PI-ACC-01 PI-WRT-02: other people's accounts are closed, existing or not.
#[tokio::test]
async fn strangers_are_refused_everywhere() {
    let world = World::new();
    let (alice, bob) = (world.user(1).await, world.user(2).await);
    let c = world.container(&alice, "c").await;
    let file = object(&c, "f");
    world.put(&alice, &file, 5, 1).await.unwrap();
    let s = &world.service;
    for path in [c.clone(), ContainerPath::new(alice.user, "nosuch").unwrap()] {
        let o = object(&path, "f");
        let none = || (PolicyChange::default(), MetaChange::default());
        let refused: Vec<Result<()>> = vec![
            s.account(&bob, alice.user, None).await.map(drop),
            s.containers(&bob, alice.user, None, 9, None)
                .await
                .map(drop),
            s.change_account(&bob, alice.user, MetaChange::default())
                .await,
            s.container(&bob, path.clone(), None).await.map(drop),
            s.list(&bob, path.clone(), all()).await.map(drop),
            s.put_container(&bob, path.clone(), none().0, none().1)
                .await
                .map(drop),
            s.change_container(&bob, path.clone(), none().0, none().1)
                .await,
            s.delete_container(&bob, path.clone()).await,
            s.empty_container(&bob, path.clone(), String::new()).await,
            s.purge_container(&bob, path.clone(), Micros::MAX).await,
            s.check_blocks(&bob, path.clone()).await,
            s.object(&bob, o.clone(), Which::Current).await.map(drop),
            s.versions(&bob, o.clone()).await.map(drop),
            s.check_put(&bob, &upload(&o), Some(1)).await,
            world.put(&bob, &o, 1, 1).await.map(drop),
            s.change_object(&bob, o.clone(), PITHOS, MetaChange::default())
                .await
                .map(drop),
            s.delete(&bob, o.clone()).await,
            s.purge(&bob, o, Micros::MAX).await,
        ];
        for (n, result) in refused.iter().enumerate() {
            assert!(
                matches!(result, Err(Error::Forbidden { .. })),
                "{n}: {result:?}"
            );
        }
    }
    assert_eq!(world.names(&alice, &c, all()).await, ["f"]);
}

// PI-VER-01 PI-VER-02 PI-OBJ-01 PI-OBJ-09 PI-DM-13
#[tokio::test]
async fn versions_are_kept_and_readable() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let file = object(&c, "f");
    let one = world.put(&alice, &file, 10, 1).await.unwrap();
    let two = world.put(&alice, &file, 20, 2).await.unwrap();
    world.tick();
    let change = MetaChange::replace(meta([("A", "1")]));
    let three = world
        .service
        .change_object(&alice, file.clone(), PITHOS, change)
        .await
        .unwrap();
    assert!(one.serial < two.serial && two.serial < three.serial);
    assert_eq!((one.uuid, two.uuid), (two.uuid, three.uuid));
    assert_eq!((three.size, three.hash, three.map), (20, two.hash, two.map));
    let serials = |versions: Vec<Version>| versions.iter().map(|v| v.serial).collect::<Vec<_>>();
    let kept = world.service.versions(&alice, file.clone()).await.unwrap();
    assert_eq!(serials(kept), [one.serial, two.serial, three.serial]);

    let which = Which::Serial(one.serial);
    let old = world
        .service
        .object(&alice, file.clone(), which)
        .await
        .unwrap();
    assert_eq!((old.version.size, old.modified), (10, three.mtime));
    for which in [Which::Serial(999), Which::Invalid] {
        let error = world
            .service
            .object(&alice, file.clone(), which)
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "Version does not exist");
    }

    world.tick();
    world.service.delete(&alice, file.clone()).await.unwrap();
    let again = world
        .service
        .delete(&alice, file.clone())
        .await
        .unwrap_err();
    assert_eq!(again.to_string(), "Object is deleted.");
    let never = world
        .service
        .delete(&alice, object(&c, "x"))
        .await
        .unwrap_err();
    assert_eq!(never.to_string(), "Object does not exist");
    let old = world
        .service
        .object(&alice, file.clone(), which)
        .await
        .unwrap();
    assert!(old.modified > three.mtime);
    let kept = world.service.versions(&alice, file.clone()).await.unwrap();
    assert_eq!(serials(kept), [one.serial, two.serial, three.serial]);

    let anew = world.put(&alice, &file, 1, 3).await.unwrap();
    assert_ne!(anew.uuid, one.uuid);
    world
        .service
        .purge(&alice, file.clone(), anew.mtime)
        .await
        .unwrap();
    assert!(
        world
            .service
            .object(&alice, file.clone(), Which::Current)
            .await
            .is_err()
    );
    assert!(
        world
            .service
            .versions(&alice, file)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(world.used(&alice).await, 0);
}

// PI-VER-01 PI-VER-05 PI-VER-06
#[tokio::test]
async fn without_versioning_the_old_version_goes() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let file = object(&c, "f");
    world.put(&alice, &file, 10, 1).await.unwrap();
    world.put(&alice, &file, 12, 4).await.unwrap();
    let none = policy(None, Some(Versioning::None));
    let change = MetaChange {
        merge: true,
        ..MetaChange::default()
    };
    world
        .service
        .change_container(&alice, c.clone(), none, change)
        .await
        .unwrap();
    world.put(&alice, &file, 20, 2).await.unwrap();
    world.put(&alice, &file, 30, 3).await.unwrap();
    let kept = world.service.versions(&alice, file.clone()).await.unwrap();
    assert_eq!(kept.iter().map(|v| v.size).collect::<Vec<_>>(), [10, 30]);
    world
        .service
        .purge_container(&alice, c, Micros::MAX)
        .await
        .unwrap();
    let kept = world.service.versions(&alice, file).await.unwrap();
    assert_eq!(kept.iter().map(|v| v.size).collect::<Vec<_>>(), [30]);
}

// PI-VER-05 PI-QTA-02
#[tokio::test]
async fn history_is_charged_by_setting() {
    for (free, after) in [(true, 4), (false, 14)] {
        let mut settings = Settings::default();
        settings.set("PITHOS_BACKEND_FREE_VERSIONING", Value::Bool(free));
        let world = World::with(settings);
        let alice = world.user(1).await;
        let c = world.container(&alice, "c").await;
        let file = object(&c, "f");
        world.put(&alice, &file, 10, 1).await.unwrap();
        world.put(&alice, &file, 4, 2).await.unwrap();
        assert_eq!(world.used(&alice).await, after);
        world.service.delete(&alice, file).await.unwrap();
        assert_eq!(world.used(&alice).await, if free { 0 } else { 14 });
        world
            .service
            .purge_container(&alice, c, Micros::MAX)
            .await
            .unwrap();
        assert_eq!(world.used(&alice).await, 0);
    }
}

// PI-QTA-04 PI-QTA-07 PI-QTA-10: refused before and in the write, nothing changed.
#[tokio::test]
async fn limits_of_container_and_account_hold() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let merge = || MetaChange {
        merge: true,
        ..MetaChange::default()
    };
    world
        .service
        .change_container(&alice, c.clone(), policy(Some(10), None), merge())
        .await
        .unwrap();
    let (ok, ok2) = (object(&c, "ok"), object(&c, "ok2"));
    world.put(&alice, &ok, 5, 1).await.unwrap();
    for early in [true, false] {
        let error = match early {
            true => world
                .service
                .check_put(&alice, &upload(&ok2), Some(7))
                .await
                .unwrap_err(),
            false => world.put(&alice, &ok2, 7, 1).await.unwrap_err(),
        };
        assert_eq!(
            error.to_string(),
            "Quota error: Container quota exceeded: limit: 10, usage: 12"
        );
        assert!(matches!(error, Error::TooLarge { .. }));
    }
    world.put(&alice, &ok, 10, 1).await.unwrap();
    assert!(world.put(&alice, &ok, 11, 1).await.is_err());

    let d = world.container(&alice, "d").await;
    limit(&world, &alice, 12).await;
    let file = object(&d, "f");
    for early in [true, false] {
        let error = match early {
            true => world
                .service
                .check_put(&alice, &upload(&file), Some(3))
                .await
                .unwrap_err(),
            false => world.put(&alice, &file, 3, 1).await.unwrap_err(),
        };
        let Error::OverQuota { details, .. } = error else {
            panic!("{error:?}")
        };
        assert!(details.ends_with("Available: 2, Requested: 3"), "{details}");
    }
    assert!(
        world
            .service
            .versions(&alice, file.clone())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(world.used(&alice).await, 10);
    world.put(&alice, &file, 2, 1).await.unwrap();
    // PI-QTA-03: a change of metadata works with nothing left.
    let change = MetaChange::replace(meta([("A", "1")]));
    world
        .service
        .change_object(&alice, file, PITHOS, change)
        .await
        .unwrap();
    let mut upload = upload(&ok);
    upload.conditions.none_matching = Some(vec!["*".into()]);
    let error = world
        .service
        .check_put(&alice, &upload, None)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Precondition { .. }));
}

// PI-QTA-06 PI-QTA-09
#[tokio::test]
async fn another_project_takes_over_the_charge() {
    let world = World::new();
    let mut alice = world.user(1).await;
    let user = alice.user;
    let project = ProjectId(uuid::Uuid::from_bytes([9; 16]));
    world
        .store
        .write(move |tx| {
            let (holder, source) = (quota::user_holder(user), quota::project_source(project));
            quota::set_limit(tx, &holder, &source, quota::resource::DISKSPACE, 20)?;
            quota::set_limit(tx, &source, "", quota::resource::DISKSPACE, 20)
        })
        .await
        .unwrap();
    let c = world.container(&alice, "c").await;
    world.put(&alice, &object(&c, "f"), 15, 1).await.unwrap();
    let merge = || MetaChange {
        merge: true,
        ..MetaChange::default()
    };
    let to = |project| PolicyChange {
        project: Some(project),
        ..PolicyChange::default()
    };
    let moved = world
        .service
        .change_container(&alice, c.clone(), to(Some(project)), merge())
        .await;
    assert!(matches!(moved, Err(Error::Invalid { .. })), "{moved:?}");
    alice.projects.insert(project);
    world
        .service
        .change_container(&alice, c.clone(), to(Some(project)), merge())
        .await
        .unwrap();
    let used = |project| {
        let read =
            |tx: &store::ReadTx| quota::usage_in(tx, user, project, quota::resource::DISKSPACE);
        world.store.read_now(read).unwrap().usage
    };
    assert_eq!((used(user.own_project()), used(project)), (0, 15));
    assert!(matches!(
        world.put(&alice, &object(&c, "g"), 6, 1).await,
        Err(Error::OverQuota { .. })
    ));
    world
        .service
        .change_container(&alice, c.clone(), to(None), merge())
        .await
        .unwrap();
    assert_eq!((used(user.own_project()), used(project)), (15, 0));
}

// PI-CON-01 PI-WRT-06 PI-HDR-08 PI-DM-04
#[tokio::test]
async fn metadata_by_domain_and_the_keys_of_a_container() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let file = object(&c, "f");
    let mut up = upload(&file);
    up.meta = meta([("B", "2"), ("A", "1")]);
    up.meta.insert(CONTENT_ENCODING.into(), "gzip".into());
    let lease = || world.service.blocks().lease();
    world
        .service
        .put(&alice, up.clone(), content(1, 1), lease())
        .await
        .unwrap();
    world.put(&alice, &object(&c, "g"), 1, 1).await.unwrap();
    let keys = || async {
        world
            .service
            .container(&alice, c.clone(), None)
            .await
            .unwrap()
            .keys
    };
    assert_eq!(keys().await, ["A", "B"]);

    let image = MetaChange::replace([("name".into(), "debian".into())].into());
    world
        .service
        .change_object(&alice, file.clone(), "plankton", image)
        .await
        .unwrap();
    up.meta = meta([("C", "3")]);
    let new = world
        .service
        .put(&alice, up.clone(), content(2, 2), lease())
        .await
        .unwrap();
    assert_eq!(new.attributes["plankton"]["name"], "debian");
    assert_eq!(new.attributes[PITHOS], meta([("C", "3")]));
    assert_eq!(keys().await, ["C"]);
    let found = world
        .store
        .read_now(|tx| live_in_domain(tx, "plankton", None, 9))
        .unwrap();
    assert_eq!(found, [(file.clone(), new.clone())]);
    let by_uuid = world
        .store
        .read_now(|tx| lookup_uuid(tx, new.uuid))
        .unwrap();
    assert_eq!(by_uuid, Some((file.clone(), new.clone())));
    let by_name = world
        .store
        .read_now(|tx| lookup(tx, alice.user, "c", "f"))
        .unwrap();
    assert_eq!(by_name, Some(new));

    up.meta = (0..33)
        .map(|n| (format!("{META}{n}"), "v".into()))
        .collect();
    let error = world
        .service
        .put(&alice, up, content(2, 2), lease())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("more than 32 metadata items"));
    world.service.delete(&alice, file).await.unwrap();
    assert!(keys().await.is_empty());
    let found = world
        .store
        .read_now(|tx| live_in_domain(tx, "plankton", None, 9))
        .unwrap();
    assert!(found.is_empty());
}
