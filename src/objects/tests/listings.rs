use super::*;

// PI-CON-05 PI-DEL-02: more than one slice.
#[tokio::test]
async fn many_objects_are_deleted_and_purged() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let (user, cx) = (alice.clone(), world.cx.cx());
    let path = c.clone();
    world
        .store
        .write(move |tx| {
            for n in 0..1100 {
                let new = NewObject {
                    path: object(&path, &format!("d/{n}")),
                    content: content(1, 1),
                    content_type: "text/plain".into(),
                    meta: BTreeMap::new(),
                    conditions: Conditions::default(),
                };
                put(tx, &cx, &user, &Policy::default(), &new)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    world.put(&alice, &object(&c, "e"), 1, 1).await.unwrap();
    assert_eq!(world.used(&alice).await, 1101);
    world
        .service
        .empty_container(&alice, c.clone(), "d/".into())
        .await
        .unwrap();
    assert_eq!(world.names(&alice, &c, all()).await, ["e"]);
    assert_eq!(world.used(&alice).await, 1);
    world
        .service
        .empty_container(&alice, c.clone(), String::new())
        .await
        .unwrap();
    let view = world
        .service
        .container(&alice, c.clone(), None)
        .await
        .unwrap();
    assert_eq!((view.row.normal.count, view.row.deleted.count), (0, 1101));
    world.service.delete_container(&alice, c).await.unwrap();
    let left = world.store.read_now(|tx| {
        use store::Reads;
        let versions = tx.scan::<Version>(None, 9)?.len();
        let mut counts = 0;
        tx.each_count::<Digest>(::blocks::REFS, &(), None, |_, _| {
            counts += 1;
            Ok(true)
        })?;
        Ok((versions, counts))
    });
    assert_eq!(left.unwrap(), (0, 0));
}

// AC-LST 1, 3, 5
#[tokio::test]
async fn folders_and_paths() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    for name in [
        "photos/animals/cats/x",
        "photos/me.jpg",
        "photos/plants/y",
        "f1",
        "f1/f2",
        "/lead",
    ] {
        world.put(&alice, &object(&c, name), 1, 1).await.unwrap();
    }
    let mut want = all();
    want.prefix("photos", "/");
    let names = world.names(&alice, &c, want).await;
    assert_eq!(
        names,
        ["photos/animals/", "photos/me.jpg", "photos/plants/"]
    );
    let mut want = all();
    want.folder("photos");
    assert_eq!(world.names(&alice, &c, want).await, ["photos/me.jpg"]);
    let mut want = all();
    want.prefix("", "/");
    let names = world.names(&alice, &c, want).await;
    assert_eq!(names, ["/", "f1", "f1/", "photos/"]);
    assert_eq!(world.names(&alice, &c, all()).await[0], "/lead");
}

// PI-LST-04 AC-LST 4
#[tokio::test]
async fn listings_are_filtered_by_metadata() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let things = [
        ("a", meta([("Quality", "high"), ("Stock", "100")])),
        ("b", meta([("Stock", "300")])),
        ("c", meta([])),
        ("d", meta([("Quality", "low")])),
    ];
    for (name, items) in things {
        let mut up = upload(&object(&c, name));
        up.meta = items;
        let lease = world.service.blocks().lease();
        world
            .service
            .put(&alice, up, content(1, 1), lease)
            .await
            .unwrap();
    }
    let cases: [(&[&str], &[&str]); 8] = [
        (&["Quality", "Stock"], &["a", "b", "d"]),
        (&["!Quality", "!Stock"], &["c"]),
        (&["Stock>=200"], &["b"]),
        (&["Stock < 200"], &["a"]),
        (&["Quality!=high"], &["d"]),
        (&["Quality = high", "Stock"], &["a"]),
        (&["", "!", "="], &["a", "b", "c", "d"]),
        (&["Stock", "!Quality"], &["b"]),
    ];
    for (terms, names) in cases {
        let mut want = all();
        for term in terms {
            want.filter.add(term, str::to_owned);
        }
        assert_eq!(world.names(&alice, &c, want).await, names, "{terms:?}");
    }
}

// PI-VER-04 PI-CON-05: a name with very many versions goes in slices, not at once.
#[tokio::test]
async fn names_with_many_versions_are_purged_in_slices() {
    let many = 3 * crate::container::SLICE / 2;
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let path = object(&c, "much changed");
    for _ in 0..many {
        world.put(&alice, &path, 1, 1).await.unwrap();
    }
    world.put(&alice, &object(&c, "other"), 1, 1).await.unwrap();
    let count = async |world: &World, path: &ObjectPath| {
        let all = world.service.versions(&alice, path.clone()).await;
        all.unwrap().len()
    };
    world.tick();
    let now = micros(world.cx.cx().now);
    world
        .service
        .purge_container(&alice, c.clone(), now)
        .await
        .unwrap();
    assert_eq!(count(&world, &path).await, 1);
    for _ in 0..many {
        world.put(&alice, &path, 1, 1).await.unwrap();
    }
    world.tick();
    let now = micros(world.cx.cx().now);
    world
        .service
        .purge(&alice, path.clone(), now)
        .await
        .unwrap();
    assert_eq!(count(&world, &path).await, 0);
    world.check();
    for _ in 0..many {
        world.put(&alice, &path, 1, 1).await.unwrap();
    }
    world
        .service
        .empty_container(&alice, c.clone(), String::new())
        .await
        .unwrap();
    world.service.delete_container(&alice, c).await.unwrap();
    assert_eq!(world.used(&alice).await, 0);
}
