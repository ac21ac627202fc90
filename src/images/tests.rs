//! Rules over an in-memory store.

use crate::*;
use blocks::{BlockList, Blocks};
use kernel::{Caller, CxSource, Error, Settings, SettingsHandle, UserId};
use objects::{
    Conditions, ContainerPath, Content, MetaChange, NewObject, ObjectPath, Policy, PolicyChange,
};
use std::collections::BTreeMap;
use store::{Reads, Store};
use uuid::Uuid;

struct World {
    store: Store,
    images: Service,
    objects: objects::Service,
    cx: CxSource,
    _dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let store = Store::in_memory().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let blocks = Blocks::open(&dir.path().join("blocks"), blocks::Options::default()).unwrap();
        let (cx, _) = CxSource::fake();
        let settings = SettingsHandle::new(Settings::default());
        World {
            images: Service::new(store.clone(), settings.clone(), cx.clone()),
            objects: objects::Service::new(store.clone(), blocks, settings, cx.clone()),
            store,
            cx,
            _dir: dir,
        }
    }

    /// A person with a container `images`.
    async fn person(&self, n: u8) -> Caller {
        let caller = Caller::person(UserId(Uuid::from_bytes([n; 16])));
        let user = caller.user;
        self.store
            .write(move |tx| quota::open_system_project(tx, user))
            .await
            .unwrap();
        let path = ContainerPath::new(user, "images").unwrap();
        self.objects
            .put_container(
                &caller,
                path,
                PolicyChange::default(),
                MetaChange::default(),
            )
            .await
            .unwrap();
        caller
    }

    fn path(caller: &Caller, name: &str) -> ObjectPath {
        ObjectPath::new(ContainerPath::new(caller.user, "images").unwrap(), name).unwrap()
    }

    async fn file(&self, caller: &Caller, name: &str, size: u64) -> ObjectPath {
        let path = Self::path(caller, name);
        let list =
            BlockList::new(size, vec![blocks::EMPTY; size.div_ceil(4 << 20) as usize]).unwrap();
        let new = NewObject {
            path: path.clone(),
            content: Content::new(list, None),
            content_type: "application/octet-stream".into(),
            meta: BTreeMap::new(),
            conditions: Conditions::default(),
        };
        let (caller, cx) = (caller.clone(), self.cx.cx());
        self.store
            .write(move |tx| objects::put(tx, &cx, &caller, &Policy::default(), &new).map(drop))
            .await
            .unwrap();
        path
    }

    async fn register(&self, caller: &Caller, name: &str, public: bool) -> Image {
        let path = self.file(caller, name, 5 << 20).await;
        let given = Attributes {
            name: Some(name.into()),
            public: Some(public),
            ..Attributes::default()
        };
        self.images.register(caller, path, given).await.unwrap()
    }

    async fn names(&self, caller: &Caller) -> Vec<String> {
        let listing = Listing {
            key: SortKey::Name,
            ascending: true,
            ..Listing::default()
        };
        let found = self.images.list(caller, listing).await.unwrap();
        found.into_iter().map(|image| image.name).collect()
    }

    fn verify(&self) {
        let problems = self
            .store
            .read_now(|tx| Ok([verify(tx)?, objects::verify(tx)?].concat()))
            .unwrap();
        assert!(problems.is_empty(), "{problems:?}");
    }
}

fn named(name: &str) -> Attributes {
    Attributes {
        name: Some(name.into()),
        ..Attributes::default()
    }
}

// CY-IMG-01 CY-IMG-02 CY-IMG-33 CY-IMG-50
#[tokio::test]
async fn an_object_becomes_an_image() {
    let world = World::new();
    let owner = world.person(1).await;
    let path = world.file(&owner, "debian 12.raw", 5 << 20).await;
    let mut given = named("Δέβιαν");
    given.properties = BTreeMap::from([("osfamily".into(), "linux".into())]);
    given.size = Some(5 << 20);
    let image = world
        .images
        .register(&owner, path.clone(), given)
        .await
        .unwrap();
    assert_eq!(
        image.location(),
        format!("pithos://{}/images/debian%2012.raw", owner.user)
    );
    assert_eq!(location(&image.location()).unwrap(), path);
    assert_eq!(
        (image.disk_format.as_str(), image.container_format.as_str()),
        ("diskdump", "bare")
    );
    assert_eq!(image.upper_properties()["OSFAMILY"], "linux");
    assert_eq!(
        image.map_url(),
        format!("pithosmap://{}/{}", image.checksum, 5 << 20)
    );
    let stored = world
        .store
        .read_now(|tx| objects::lookup_uuid(tx, image.id))
        .unwrap()
        .unwrap()
        .1;
    let keys: Vec<_> = stored
        .domain("plankton")
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "plankton:container_format",
            "plankton:created_at",
            "plankton:disk_format",
            "plankton:name",
            "plankton:property:osfamily"
        ]
    );
    world.verify();
}

// CY-IMG-33
#[tokio::test]
async fn what_cannot_be_registered_is_refused() {
    let world = World::new();
    let (owner, other) = (world.person(1).await, world.person(2).await);
    let path = world.file(&owner, "a", 10).await;
    let try_it = |caller: &Caller, path: &ObjectPath, given: Attributes| {
        let (images, caller, path) = (world.images.clone(), caller.clone(), path.clone());
        async move { images.register(&caller, path, given).await.unwrap_err() }
    };
    assert!(matches!(
        try_it(&other, &path, named("x")).await,
        Error::Forbidden { .. }
    ));
    assert!(matches!(
        try_it(&owner, &World::path(&owner, "no"), named("x")).await,
        Error::NotFound { .. }
    ));
    assert!(matches!(
        try_it(&owner, &path, named("")).await,
        Error::Invalid { .. }
    ));
    for wrong in [
        Attributes {
            size: Some(11),
            ..named("x")
        },
        Attributes {
            checksum: Some("00".into()),
            ..named("x")
        },
        Attributes {
            disk_format: Some("qcow2".into()),
            ..named("x")
        },
        Attributes {
            properties: BTreeMap::from([("k".repeat(200), "v".into())]),
            ..named("x")
        },
    ] {
        assert!(matches!(
            try_it(&owner, &path, wrong).await,
            Error::Invalid { .. }
        ));
    }
    for wrong in [
        "",
        "pithos://",
        "file://a/b/c",
        "pithos://a/b/c",
        "pithos://00000000-0000-0000-0000-000000000000/c",
    ] {
        assert!(location(wrong).is_err(), "{wrong}");
    }
    assert!(world.names(&owner).await.is_empty());
}

// CY-IMG-30 CY-IMG-36 CY-IMG-37 CY-IMG-38
#[tokio::test]
async fn own_shared_and_public_images_are_seen() {
    let world = World::new();
    let (owner, other) = (world.person(1).await, world.person(2).await);
    world.register(&owner, "public", true).await;
    let private = world.register(&owner, "private", false).await;
    assert_eq!(world.names(&owner).await, ["private", "public"]);
    assert_eq!(world.names(&other).await, ["public"]);
    let refused = world.images.image(&other, private.id).await.unwrap_err();
    assert!(matches!(refused, Error::Forbidden { .. }));
    for _ in 0..2 {
        world
            .images
            .add_member(&owner, private.id, other.user)
            .await
            .unwrap();
    }
    assert_eq!(world.names(&other).await, ["private", "public"]);
    let shared = world.images.shared_by(&other, owner.user).await.unwrap();
    assert_eq!(
        shared.iter().map(|i| i.id).collect::<Vec<_>>(),
        [private.id]
    );
    let refused = world
        .images
        .update(&other, private.id, named("mine"))
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Forbidden { .. }));
    world
        .images
        .remove_member(&owner, private.id, other.user)
        .await
        .unwrap();
    assert_eq!(world.names(&other).await, ["public"]);
    let unknown = world.images.image(&other, Uuid::nil()).await.unwrap_err();
    assert!(matches!(unknown, Error::NotFound { .. }));
}

// CY-IMG-34 CY-IMG-04 CY-IMG-35 CY-IMG-52
#[tokio::test]
async fn an_image_is_changed_and_unregistered() {
    let world = World::new();
    let owner = world.person(1).await;
    let image = world.register(&owner, "a", false).await;
    let mut change = Attributes {
        public: Some(true),
        properties: BTreeMap::from([
            ("os".into(), "debian".into()),
            ("gui".into(), "none".into()),
        ]),
        ..Attributes::default()
    };
    let changed = world
        .images
        .update(&owner, image.id, change.clone())
        .await
        .unwrap();
    assert!(changed.public && changed.name == "a" && changed.properties.len() == 2);
    change.properties = BTreeMap::from([("gui".into(), String::new())]);
    let changed = world.images.update(&owner, image.id, change).await.unwrap();
    assert_eq!(
        changed.properties,
        BTreeMap::from([("os".into(), "debian".into())])
    );
    // A new version of the file is the same image.
    world.file(&owner, "a", 20).await;
    let newer = world.images.image(&owner, image.id).await.unwrap();
    assert_eq!((newer.id, newer.size), (image.id, 20));
    world.images.unregister(&owner, image.id).await.unwrap();
    assert!(world.names(&owner).await.is_empty());
    let path = World::path(&owner, "a");
    let left = world
        .store
        .read_now(|tx| objects::lookup(tx, owner.user, "images", &path.name))
        .unwrap();
    assert!(left.unwrap().attributes.is_empty());
    world.verify();
}

// CY-IMG-31 CY-IMG-32
#[tokio::test]
async fn lists_are_filtered_and_sorted() {
    let world = World::new();
    let owner = world.person(1).await;
    for name in ["b", "a", "c"] {
        world.register(&owner, name, false).await;
    }
    assert_eq!(world.names(&owner).await, ["a", "b", "c"]);
    let by = |filter: Filter| {
        let (images, owner) = (world.images.clone(), owner.clone());
        async move {
            images
                .list(
                    &owner,
                    Listing {
                        filter,
                        ..Listing::default()
                    },
                )
                .await
                .unwrap()
                .len()
        }
    };
    assert_eq!(
        by(Filter {
            name: Some("a".into()),
            ..Filter::default()
        })
        .await,
        1
    );
    assert_eq!(
        by(Filter {
            status: Some("available".into()),
            ..Filter::default()
        })
        .await,
        3
    );
    assert_eq!(
        by(Filter {
            size_min: Some((5 << 20) + 1),
            ..Filter::default()
        })
        .await,
        0
    );
    assert_eq!(
        by(Filter {
            disk_format: Some("extdump".into()),
            ..Filter::default()
        })
        .await,
        0
    );
    let newest = world.images.list(&owner, Listing::default()).await.unwrap();
    let names: Vec<_> = newest.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(
        names,
        ["b", "a", "c"],
        "equal times keep the order of registration"
    );
    for wrong in ["", "foo", "Name"] {
        assert_eq!(SortKey::of(wrong), None);
    }
}

// CY-IMG-52
#[tokio::test]
async fn content_is_kept_for_a_build_though_the_file_goes() {
    let world = World::new();
    let owner = world.person(1).await;
    let image = world.register(&owner, "a", false).await;
    let kept = {
        let image = image.clone();
        world.store.write(move |tx| image.keep(tx)).await.unwrap()
    };
    let path = World::path(&owner, "a");
    world.objects.purge(&owner, path, i64::MAX).await.unwrap();
    assert!(world.names(&owner).await.is_empty());
    world.verify();
    let hashes = world
        .store
        .read_now(|tx| objects::held_hashes(tx, &kept, 1, 10))
        .unwrap();
    assert_eq!(hashes.len(), 1, "two blocks, from the second on");
    let cx = world.cx.cx();
    world
        .store
        .write(move |tx| objects::let_go(tx, &cx, &kept))
        .await
        .unwrap();
    world.verify();
    assert_eq!(
        world
            .store
            .read_now(|tx| tx.scan::<Listed>(None, 9))
            .unwrap()
            .len(),
        0
    );
}

// CY-IMG-30
#[tokio::test]
async fn the_entry_of_a_deleted_file_goes_with_the_next_list() {
    let world = World::new();
    let ada = world.person(1).await;
    let gone = world.register(&ada, "gone", true).await;
    let kept = world.register(&ada, "kept", true).await;
    world.objects.delete(&ada, gone.path).await.unwrap();
    let entries = || {
        let rows = world.store.read_now(|tx| tx.scan::<Listed>(None, 9));
        rows.unwrap()
            .into_iter()
            .map(|row| row.image)
            .collect::<Vec<_>>()
    };
    assert_eq!(entries().len(), 2);
    let eve = world.person(2).await;
    assert_eq!(world.names(&eve).await, ["kept"]);
    assert_eq!(entries(), [kept.id]);
    // A new file of that name is another one, and no image.
    world.file(&ada, "gone", 5 << 20).await;
    assert_eq!(world.names(&ada).await, ["kept"]);
    world.verify();
}
