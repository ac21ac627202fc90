//! Resources, clients, and the script that registers the product's components.

use super::*;
use wire::admin::{
    ClientAdd, ClientCommand, ComponentCommand, ComponentRegister, ResourceCommand, ResourceModify,
};

fn all(names: &[&str]) -> ListOptions {
    columns(names)
}

fn modify(resource: &str, change: ResourceModify) -> Command {
    Command::Resource(ResourceCommand::Modify(ResourceModify {
        resource: Some(resource.to_owned()),
        ..change
    }))
}

impl World {
    async fn resource(&self, name: &str) -> ::quota::ResourceInfo {
        let all = self.admin.quota.catalogue().await.unwrap();
        all.into_iter()
            .find(|info| info.about.name == name)
            .unwrap()
    }
}

// ID-CLI-44 ID-RES-01 ID-RES-04 ID-RES-06
#[tokio::test]
async fn resources_are_listed_and_modified() {
    let world = World::new();
    let list = |style: &str| {
        Command::Resource(ResourceCommand::List {
            list: all(&[
                "id",
                "name",
                "system_default",
                "project_default",
                "api_visible",
            ]),
            unit_style: style.to_owned(),
        })
    };
    let report = world.run(list("mb")).await.unwrap();
    let row = |report: &Report, name: &str| {
        let rows = table(report).rows.clone();
        rows.into_iter().find(|row| row[1] == name.into()).unwrap()
    };
    let disk = row(&report, "pithos.diskspace");
    assert_eq!(
        disk[2..],
        ["51200.0 MB".into(), "0.000 MB".into(), true.into()]
    );
    assert_eq!(row(&report, "cyclades.total_cpu")[2], "inf".into());
    // ID-CLI-11: a number where there is no unit
    assert_eq!(row(&report, "cyclades.vm")[2], 8u64.into());
    let plain = row(&world.run(list("none")).await.unwrap(), "cyclades.vm");
    assert_eq!(plain[2], 8u64.into());
    // Amounts in filters may have units.
    let filter = wire::admin::filter::parse(
        &wire::admin::lists::RESOURCE,
        "system_default>=50G,name__startswith=pithos",
    );
    let filtered = Command::Resource(ResourceCommand::List {
        list: ListOptions {
            columns: vec!["name".into()],
            filters: filter.unwrap(),
        },
        unit_style: "mb".into(),
    });
    assert_eq!(table(&world.run(filtered).await.unwrap()).rows.len(), 1);

    let set = |limit: &str| ResourceModify {
        system_default: Some(limit.into()),
        ..ResourceModify::default()
    };
    world
        .run(modify("cyclades.ram", set("2 GiB")))
        .await
        .unwrap();
    assert_eq!(world.resource("cyclades.ram").await.system_default, 2 << 30);
    let nosuch = world.refused(modify("nosuch", set("5"))).await;
    assert_eq!(nosuch, "Resource nosuch does not exist.");
    let text = world.refused(modify("cyclades.vm", set("many"))).await;
    assert!(
        text.starts_with("Quota limit should be an integer"),
        "{text}"
    );

    let hide = ResourceModify {
        api_visible: Some(false),
        ..ResourceModify::default()
    };
    let report = world.run(modify("cyclades.vm", hide)).await.unwrap();
    assert!(lines(&report).1[0].contains("ui_visible is False"));
    let vm = world.resource("cyclades.vm").await;
    assert_eq!((vm.api_visible, vm.ui_visible), (false, false));
    let show = ResourceModify {
        ui_visible: Some(true),
        ..ResourceModify::default()
    };
    let report = world.run(modify("cyclades.vm", show)).await.unwrap();
    assert!(lines(&report).1[0].contains("api_visible is True"));
    let both = ResourceModify {
        api_visible: Some(false),
        ui_visible: Some(true),
        ..ResourceModify::default()
    };
    assert!(world.run(modify("cyclades.vm", both)).await.is_err());
    let old = |on| ResourceModify {
        allow_in_projects: Some(on),
        ..ResourceModify::default()
    };
    world.run(modify("cyclades.vm", old(false))).await.unwrap();
    let vm = world.resource("cyclades.vm").await;
    assert_eq!((vm.api_visible, vm.ui_visible), (true, false));
    world.run(modify("cyclades.vm", old(true))).await.unwrap();
    assert!(world.resource("cyclades.vm").await.ui_visible);
}

// ID-CLI-44 ID-CLI-06
#[tokio::test]
async fn limits_come_from_a_file_or_a_person() {
    let world = World::new();
    let from_file = Command::Resource(ResourceCommand::Modify(ResourceModify {
        from_file: Some("limits.json".into()),
        ..ResourceModify::default()
    }));
    let file = r#"{"cyclades.vm": 4, "cyclades.ram": "8G", "nosuch": 1}"#;
    let refused = world.with_file(from_file.clone(), file).await;
    let text = refused.unwrap_err().to_string();
    assert_eq!(text, "Resource nosuch does not exist.");
    assert_eq!(world.resource("cyclades.vm").await.system_default, 8);
    let file = r#"{"cyclades.vm": 4, "cyclades.ram": "8G"}"#;
    world.with_file(from_file, file).await.unwrap();
    assert_eq!(world.resource("cyclades.vm").await.system_default, 4);
    assert_eq!(world.resource("cyclades.ram").await.system_default, 8 << 30);
    let ask = Command::Resource(ResourceCommand::Modify(ResourceModify {
        interactive: true,
        unit_style: "mb".into(),
        ..ResourceModify::default()
    }));
    // A bad answer is asked again, a blank one keeps.
    let mut person = Person {
        answers: ["many", "20G"].into(),
        answer: Some(""),
        ..Person::default()
    };
    world.admin.run(ask.clone(), &mut person).await.unwrap();
    assert_eq!(person.asked.len(), 11);
    let disk = world.resource("pithos.diskspace").await;
    assert_eq!(disk.system_default, 20 << 30);
    assert_eq!(world.resource("cyclades.vm").await.system_default, 4);
    assert_eq!(world.refused(ask).await, "Aborted.");
}

// ID-CLI-71
#[tokio::test]
async fn components_of_the_product_are_registered_by_answers() {
    let world = World::new();
    let register = |asked: ComponentRegister| Command::Component(ComponentCommand::Register(asked));
    let pithos = ComponentRegister {
        component: Some("pithos".into()),
        ..ComponentRegister::default()
    };
    let mut person = Person {
        answers: ["maybe", "y", "https://s.example.org/pithos/", "", "y"].into(),
        ..Person::default()
    };
    let report = world
        .admin
        .run(register(pithos.clone()), &mut person)
        .await
        .unwrap();
    assert!(person.told.starts_with("Token: "), "{}", person.told);
    assert!(person.asked[0].starts_with("Register the File Storage Service (pithos) (y/n)?"));
    let said = lines(&report).1;
    assert!(
        said[0].starts_with("Added service pithos_object-store."),
        "{said:?}"
    );
    assert!(
        said.last()
            .unwrap()
            .contains("resource-modify <resource> --system-default")
    );
    let url = |world: &World| {
        let all = world.admin.identity.catalogue("").unwrap();
        let found = all.iter().find(|e| e.kind == "object-store");
        found.map(|e| {
            let value = |key| e.value(key).unwrap_or_default().to_owned();
            (value("publicURL"), value("SNF:uiURL"))
        })
    };
    // A second run offers to register again; "no" changes nothing.
    let mut person = Person {
        answer: Some("n"),
        ..Person::default()
    };
    world
        .admin
        .run(register(pithos), &mut person)
        .await
        .unwrap();
    assert!(
        person.asked[0].contains("Re-register (y/n)?"),
        "{:?}",
        person.asked
    );
    let again = ComponentRegister {
        component: Some("pithos".into()),
        base_url: Some("https://new.example.org/pithos".into()),
        yes: true,
        ..ComponentRegister::default()
    };
    world.run(register(again)).await.unwrap();
    world.components().await;
    assert_eq!(
        url(&world).unwrap(),
        (
            "https://new.example.org/pithos/object-store/v1".to_owned(),
            "https://new.example.org/pithos/ui".to_owned()
        )
    );
    let unknown = ComponentRegister {
        component: Some("nova".into()),
        ..ComponentRegister::default()
    };
    let text = "nova is not a recognized Synnefo component.";
    assert_eq!(world.refused(register(unknown)).await, text);
    assert_eq!(
        world.refused(register(ComponentRegister::default())).await,
        "Aborted."
    );
}

// ID-CLI-60 ID-CLI-61 ID-CLI-62
#[tokio::test]
async fn clients_are_made_listed_and_removed() {
    let world = World::new();
    let add = |identifier: &str, public: bool, urls: &[&str]| {
        Command::Client(ClientCommand::Add(ClientAdd {
            identifier: identifier.into(),
            secret: (!public).then(|| wire::admin::Secret::new("s3cret")),
            trusted: !public,
            public,
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
        }))
    };
    let long = format!("https://c.example.org/{}", "x".repeat(5000));
    let first = add("client1", false, &["https://c.example.org/cb", &long]);
    let report = world.run(first.clone()).await.unwrap();
    let notes = lines(&report).1;
    assert!(notes[0].contains("too long"), "{notes:?}");
    assert_eq!(notes[1], "Client created successfully");
    assert!(world.run(first).await.is_err());
    world
        .run(add("client2", true, &["https://d.example.org/cb"]))
        .await
        .unwrap();
    let list = |confidential, trusted| {
        Command::Client(ClientCommand::List {
            list: all(&["identifier", "type", "is_trusted", "redirect_urls"]),
            confidential,
            trusted,
        })
    };
    let names = async |command| -> Vec<Cell> {
        let report = world.run(command).await.unwrap();
        table(&report)
            .rows
            .iter()
            .map(|row| row[0].clone())
            .collect()
    };
    assert_eq!(names(list(None, false)).await.len(), 2);
    assert_eq!(names(list(Some(true), false)).await, ["client1".into()]);
    assert_eq!(names(list(Some(false), false)).await, ["client2".into()]);
    assert_eq!(names(list(None, true)).await, ["client1".into()]);
    let remove = |client: &str| {
        let client = client.to_owned();
        Command::Client(ClientCommand::Remove { client })
    };
    world.run(remove("client1")).await.unwrap();
    world.run(remove("2")).await.unwrap();
    assert!(names(list(None, false)).await.is_empty());
    assert!(world.run(remove("nosuch")).await.is_err());
}
