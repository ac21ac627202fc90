//! `server-*`.

use super::{
    compute::{cluster, flavors},
    *,
};
use wire::admin::{BackendModify, ServerList};

// CY-CLI-SRV-01 CY-CLI-SRV-02
#[tokio::test]
async fn no_server_is_an_empty_list() {
    let world = World::new();
    let list = ServerList {
        list: columns(&["id", "name"]),
        ..ServerList::default()
    };
    assert!(
        world
            .cells(Command::ServerList(list.clone()))
            .await
            .is_empty()
    );
    let elsewhere = ServerList {
        backend: Some("7".into()),
        ..list.clone()
    };
    assert!(
        world
            .refused(Command::ServerList(elsewhere))
            .await
            .starts_with("Backend with ID 7")
    );
    let project = ServerList {
        project: Some("x".into()),
        ..list
    };
    assert_eq!(
        world.refused(Command::ServerList(project)).await,
        "Invalid project uuid 'x'"
    );
    let missing = "Server with ID 9999 does not exist. Use server-list to find out available \
                   server IDs.";
    assert_eq!(
        world.refused(Command::ServerShow { server: 9999 }).await,
        missing
    );
}

// CY-CLI-SRV-01 CY-CLI-SRV-02 CY-CLI-GEN-06
#[tokio::test]
async fn servers_are_listed_and_shown() {
    let world = World::new();
    let ada = world.user("ada@example.org").await;
    let image = world.image(ada, "debian", false).await;
    world.run(Command::BackendAdd(cluster("c"))).await.unwrap();
    let stats = ::compute::Stats {
        mfree: 64_000,
        mtotal: 64_000,
        dfree: 900_000,
        dtotal: 900_000,
        pinst_cnt: 0,
        ctotal: 16,
    };
    let driver = world.admin.compute.driver();
    let id = kernel::BackendId(1);
    driver
        .refreshed(id, stats, vec!["file".into()])
        .await
        .unwrap();
    let undrain = BackendModify {
        drained: Some(false),
        ..BackendModify::default()
    };
    world.run(Command::BackendModify(undrain)).await.unwrap();
    world
        .flavor_create(flavors(&[1], &[512], &["file"]))
        .await
        .unwrap();
    let new = ::compute::NewServer {
        name: "web".into(),
        image,
        flavor: Some(kernel::FlavorId(1)),
        networks: Some(Vec::new()),
        tags: vec!["blue".into()],
        ..::compute::NewServer::default()
    };
    let caller = kernel::Caller::person(ada);
    world
        .admin
        .compute
        .create_server(&caller, new)
        .await
        .unwrap();
    let list = |user: Option<&str>, build| {
        Command::ServerList(ServerList {
            list: columns(&[
                "id",
                "name",
                "user.uuid",
                "user.email",
                "state",
                "flavor",
                "image.id",
                "backend",
                "rescue",
                "image.name",
            ]),
            user: user.map(str::to_owned),
            build,
            ..ServerList::default()
        })
    };
    let row: Vec<Cell> = vec![
        1u64.into(),
        "web".into(),
        ada.to_string().into(),
        "ada@example.org".into(),
        "BUILD(0%)".into(),
        "C1R512D20file".into(),
        image.to_string().into(),
        "c(id:1)".into(),
        false.into(),
        "debian".into(),
    ];
    for user in [None, Some("ada@example.org"), Some(&*ada.to_string())] {
        assert_eq!(
            world.cells(list(user, true)).await,
            std::slice::from_ref(&row)
        );
    }
    world.user("bob@example.org").await;
    assert!(
        world
            .cells(list(Some("bob@example.org"), false))
            .await
            .is_empty()
    );
    let report = world.run(Command::ServerShow { server: 1 }).await.unwrap();
    let shown = record(&report);
    assert_eq!(*value(shown, "owner_name"), "ada@example.org".into());
    assert_eq!(*value(shown, "created"), "0 minutes ago".into());
    assert_eq!(*value(shown, "image"), format!("{image} (debian)").into());
    assert_eq!(*value(shown, "flavor"), "1 (C1R512D20file)".into());
    assert_eq!(*value(shown, "deleted"), "NO".into());
    assert_eq!(*value(shown, "task"), "BUILD".into());
    let tag: Vec<Cell> = vec!["blue".into(), "PENDADD".into(), "user".into()];
    assert_eq!(table(&report).rows, [tag]);
    let remove = Command::BackendRemove {
        backend: "1".into(),
        purge_networks: false,
    };
    let text = "Backend hosts non-deleted vms. Cannot delete";
    assert_eq!(world.refused(remove).await, text);
}
