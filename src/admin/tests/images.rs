//! `image-list`.

use super::*;
use ::images::Attributes;
use kernel::{Caller, UserId};
use objects::{ContainerPath, MetaChange, ObjectPath, PolicyChange};
use wire::admin::ImageList;

impl World {
    pub(crate) async fn image(&self, owner: UserId, name: &str, public: bool) -> uuid::Uuid {
        let caller = Caller::person(owner);
        let container = ContainerPath::new(owner, "images").unwrap();
        let made = self.objects.put_container(
            &caller,
            container.clone(),
            PolicyChange::default(),
            MetaChange::default(),
        );
        made.await.unwrap();
        let path = ObjectPath::new(container, name).unwrap();
        let new = objects::NewObject {
            path: path.clone(),
            content: objects::Content::new(blocks::BlockList::new(0, Vec::new()).unwrap(), None),
            content_type: "application/octet-stream".into(),
            meta: Default::default(),
            conditions: objects::Conditions::default(),
        };
        let (by, cx) = (caller.clone(), self.admin.cx.cx());
        self.store
            .write(move |tx| {
                objects::put(tx, &cx, &by, &objects::Policy::default(), &new).map(drop)
            })
            .await
            .unwrap();
        let given = Attributes {
            name: Some(name.to_owned()),
            public: Some(public),
            ..Attributes::default()
        };
        let image = self.admin.images.register(&caller, path, given).await;
        image.unwrap().id
    }

    async fn image_names(&self, user: Option<&str>, public: bool) -> Result<Vec<Cell>> {
        let list = ImageList {
            list: columns(&["name"]),
            user: user.map(str::to_owned),
            public,
        };
        Ok(table(&self.run(Command::ImageList(list)).await?)
            .rows
            .concat())
    }
}

// CY-CLI-IMG-01 CY-CLI-GEN-06
#[tokio::test]
async fn images_of_all_or_of_a_user() {
    let world = World::new();
    let ada = world.user("ada@example.org").await;
    let bob = world.user("bob@example.org").await;
    world.image(ada, "private", false).await;
    world.image(bob, "public", true).await;
    let names = async |user: Option<&str>, public| {
        let mut names = world.image_names(user, public).await.unwrap();
        names.sort_by_key(|name| format!("{name:?}"));
        names
    };
    let (private, public) = (Cell::from("private"), Cell::from("public"));
    assert_eq!(names(None, false).await, [private.clone(), public.clone()]);
    assert_eq!(names(None, true).await, std::slice::from_ref(&public));
    assert_eq!(
        names(Some("ada@example.org"), false).await,
        [private, public.clone()]
    );
    assert_eq!(
        names(Some(&bob.to_string()), false).await,
        std::slice::from_ref(&public)
    );
    assert_eq!(names(Some(&ada.to_string()), true).await, [public]);
    assert!(world.image_names(Some("who"), false).await.is_err());
    let list = ImageList {
        list: columns(&["user.uuid", "public", "snapshot"]),
        user: None,
        public: true,
    };
    let report = world.run(Command::ImageList(list)).await.unwrap();
    let row: Vec<Cell> = vec![bob.to_string().into(), true.into(), false.into()];
    assert_eq!(table(&report).rows, [row]);
}
