//! Servers from real images.

use super::*;
use blocks::{BlockList, Blocks};
use images::{Attributes, Image};
use objects::{
    Conditions, ContainerPath, Content, MetaChange, NewObject, ObjectPath, PolicyChange,
};

struct Files {
    world: World,
    images: images::Service,
    objects: objects::Service,
    _dir: tempfile::TempDir,
}

impl Files {
    async fn new() -> Self {
        let world = World::ready().await;
        let dir = tempfile::tempdir().unwrap();
        let blocks = Blocks::open(&dir.path().join("blocks"), blocks::Options::default()).unwrap();
        let settings = SettingsHandle::new(Settings::default());
        let (store, cx) = (world.store.clone(), world.cx.clone());
        Files {
            images: images::Service::new(store.clone(), settings.clone(), cx.clone()),
            objects: objects::Service::new(store, blocks, settings, cx),
            world,
            _dir: dir,
        }
    }

    fn path(owner: &Caller) -> ObjectPath {
        ObjectPath::new(ContainerPath::new(owner.user, "images").unwrap(), "disk").unwrap()
    }

    /// An image of `size` bytes of zeros.
    async fn image(&self, owner: &Caller, size: u64) -> Image {
        let path = Self::path(owner);
        let (policies, meta) = (PolicyChange::default(), MetaChange::default());
        let container = path.container.clone();
        self.objects
            .put_container(owner, container, policies, meta)
            .await
            .unwrap();
        let count = usize::try_from(size.div_ceil(4 << 20)).unwrap();
        let list = BlockList::new(size, vec![blocks::EMPTY; count]).unwrap();
        let new = NewObject {
            path: path.clone(),
            content: Content::new(list, None),
            content_type: "application/octet-stream".into(),
            meta: BTreeMap::new(),
            conditions: Conditions::default(),
        };
        let (caller, cx) = (owner.clone(), self.world.cx.cx());
        self.world
            .rule(move |tx| {
                objects::put(tx, &cx, &caller, &objects::Policy::default(), &new).map(drop)
            })
            .unwrap();
        let attributes = Attributes {
            name: Some("Disk".into()),
            properties: BTreeMap::from([("osfamily".into(), "linux".into())]),
            ..Attributes::default()
        };
        self.images.register(owner, path, attributes).await.unwrap()
    }
}

// CY-IMG-50 CY-IMG-52 CY-SRV acceptance A2 and issue 2 §6
#[tokio::test]
async fn a_build_keeps_the_content_of_its_image() {
    let files = Files::new().await;
    let (world, alice) = (&files.world, person(1));
    let image = files.image(&alice, 9 << 20).await;
    let new = || NewServer {
        image: image.id,
        ..world.new_server()
    };
    let service = &world.service;
    let stranger = service.create_server(&person(2), new()).await.unwrap_err();
    assert!(matches!(stranger, Error::NotFound { .. }));
    assert_eq!(text(&stranger), format!("Image '{}' not found", image.id));

    let created = service.create_server(&alice, new()).await.unwrap();
    let id = created.server.server.id;
    assert_eq!(created.server.status, Status::Build);
    use kernel::secret::ExposeSecret;
    let kept = service.password(&alice, id).await.unwrap();
    assert_eq!(kept.expose_secret(), created.admin_password.expose_secret());

    // The file goes, the build does not notice.
    files
        .objects
        .delete(&alice, Files::path(&alice))
        .await
        .unwrap();
    let gone = service.create_server(&alice, new()).await.unwrap_err();
    assert!(matches!(gone, Error::NotFound { .. }));
    let secret = super::build::secret(world).await;
    let document = service.build(&secret).await.unwrap();
    assert_eq!(document.size, 9 << 20);
    assert_eq!(document.img_properties, r#"{"OSFAMILY":"linux"}"#);
    assert!(document.img_id.starts_with("pithosmap://") && document.img_id.ends_with("/9437184"));
    let hashes = service.build_hashes(&secret, 0, 10).await.unwrap();
    assert_eq!(hashes, [blocks::EMPTY; 3]);
    assert_eq!(service.build_hashes(&secret, 2, 10).await.unwrap().len(), 1);
    world.carry_out(id, "CREATE", JobStatus::Success).await;
    assert!(service.build_hashes(&secret, 0, 1).await.is_err());
}

// CY-IMG-51
#[tokio::test]
async fn an_image_larger_than_the_disk_is_refused() {
    let files = Files::new().await;
    let image = files.image(&person(1), (10 << 30) + 1).await;
    let new = NewServer {
        image: image.id,
        ..files.world.new_server()
    };
    let refused = files.world.service.create_server(&person(1), new).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })));
    assert_eq!(files.world.usage(&person(1)), NOTHING);
}
