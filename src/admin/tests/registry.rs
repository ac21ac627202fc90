//! Groups, policies, components, services.

use super::*;
use crate::services::standard;
use wire::admin::{
    ComponentCommand, ComponentModify, GroupCommand, PolicyAdd, PolicyCommand, ResourceCommand,
    ServiceCommand,
};

fn all(names: &[&str]) -> ListOptions {
    columns(names)
}

fn group_add(name: &str) -> Command {
    let name = name.to_owned();
    Command::Group(GroupCommand::Add { name })
}

fn component_add(name: &str) -> Command {
    Command::Component(ComponentCommand::Add {
        name: name.to_owned(),
        base_url: Some(format!("https://{name}.example.org/")),
        ui_url: None,
    })
}

fn component_show(name: &str) -> Command {
    let component = name.to_owned();
    Command::Component(ComponentCommand::Show { component })
}

impl World {
    /// Registers the components of the product.
    pub(crate) async fn components(&self) {
        let identity = self.admin.identity.clone();
        let done = tokio::task::spawn_blocking(move || identity.register_components());
        done.await.unwrap().unwrap();
    }

    /// The administrative acts so far.
    async fn acts(&self) -> Vec<String> {
        let page = kernel::page::PageRequest {
            after: None,
            limit: 500,
        };
        let caller = self.admin.caller();
        let found = self
            .admin
            .identity
            .audit(&caller, identity::audit::Filter::default(), page);
        let acts = found.await.unwrap().items.into_iter();
        acts.map(|entry| format!("{} {}", entry.action, entry.target.name))
            .collect()
    }
}

// ID-MOD-16: components, services with their endpoints, resources, holdings, commissions and
// the acts about them are records of the store: all of them are there when it is opened again.
#[tokio::test]
async fn what_is_registered_outlasts_the_process() {
    let memory = store::Memory::default();
    let world = World::on(Store::open_backend(memory.clone()).unwrap());
    world.components().await;
    world.run(component_add("extra")).await.unwrap();
    let import = Command::Service(ServiceCommand::Import { file: "-".into() });
    world.with_file(import, DEFINITION).await.unwrap();
    let ada = world.user("ada@example.org").await;
    let serial = world.store.write(move |tx| {
        let cx = kernel::CxSource::fake().0.cx();
        let one = ::quota::Delta {
            user: ada,
            project: ada.own_project(),
            resource: ::quota::resource::VM,
            amount: 1,
        };
        ::quota::issue(tx, &cx, "waits", &[one], false)
    });
    let serial = serial.await.unwrap();
    let records = async |world: &World| {
        let show = Command::Service(ServiceCommand::Show {
            service: "extra_store".into(),
        });
        let service = format!("{:?}", world.run(show).await.unwrap());
        let component = format!("{:?}", world.run(component_show("extra")).await.unwrap());
        let resources = world.admin.quota.catalogue().await.unwrap();
        let resources: Vec<_> = resources.iter().map(|one| one.about.name).collect();
        let waiting = world.admin.quota.commission(serial).await.unwrap().unwrap();
        let held = world.admin.quota.holdings_of(ada).await.unwrap();
        let all = format!("{service}\n{component}\n{resources:?}\n{waiting:?}\n{held:?}");
        (all, world.acts().await)
    };
    let before = records(&world).await;
    for part in [
        "store/v1",
        "extra_store",
        "extra.things",
        "waits",
        "cyclades.vm",
    ] {
        assert!(before.0.contains(part), "{part} is not in {}", before.0);
    }
    world.store.close();
    let again = World::on(Store::open_backend(memory).unwrap());
    assert_eq!(records(&again).await, before);
}

// ID-CLI-30 ID-CLI-31 ID-MOD-12
#[tokio::test]
async fn groups_are_kept_listed_and_removed() {
    let world = World::new();
    world.user("erin@example.org").await;
    for _ in 0..2 {
        let report = world.run(group_add("operators")).await.unwrap();
        assert_eq!(lines(&report).1, ["Group created"]);
    }
    world.run(group_add("others")).await.unwrap();
    let join = wire::admin::UserModify {
        user: "1".into(),
        add_groups: vec!["operators".into()],
        ..Default::default()
    };
    world
        .run(Command::UserModify(Box::new(join)))
        .await
        .unwrap();
    let list = Command::Group(GroupCommand::List {
        list: all(&["name", "users_count"]),
    });
    let report = world.run(list.clone()).await.unwrap();
    let expected: Vec<Vec<Cell>> = vec![
        vec!["operators".into(), 1u64.into()],
        vec!["others".into(), 0u64.into()],
    ];
    assert_eq!(table(&report).rows, expected);
    let remove = Command::Group(GroupCommand::Remove {
        name: "operators".into(),
        no_confirm: true,
    });
    world.run(remove.clone()).await.unwrap();
    assert_eq!(table(&world.run(list).await.unwrap()).rows.len(), 1);
    let user = world.admin.identity.find("1").await.unwrap().unwrap();
    assert!(user.groups.is_empty());
    assert!(world.run(remove).await.is_err());
}

// ID-CLI-32 ID-CLI-33 ID-CLI-34 ID-CLI-35 ID-CLI-36 ID-POL-06
#[tokio::test]
async fn policies_are_stored_assigned_and_shown() {
    let world = World::new();
    world.user("erin@example.org").await;
    world.run(group_add("academic-login")).await.unwrap();
    let strict = PolicyAdd {
        name: "academic_strict".into(),
        provider: "shibboleth".into(),
        exclusive: true,
        flags: vec![("login", Some(false)), ("add", Some(false))],
        limit: Some(Some(1)),
        ..PolicyAdd::default()
    };
    let add = |new: PolicyAdd| Command::Policy(PolicyCommand::Add(new));
    let report = world.run(add(strict.clone())).await.unwrap();
    assert_eq!(lines(&report).1, ["Profile stored"]);
    let again = world.refused(add(strict.clone())).await;
    assert_eq!(again, "Profile with the same name already exists");
    let set = |groups: &[&str], users: &[&str]| {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        Command::Policy(PolicyCommand::Set {
            name: "academic_strict".into(),
            groups: owned(groups),
            users: owned(users),
        })
    };
    world.run(set(&["1"], &["erin@example.org"])).await.unwrap();
    world.run(set(&["academic-login"], &[])).await.unwrap();
    // The user and the group are still there.
    assert!(world.admin.identity.find("1").await.unwrap().is_some());
    assert_eq!(
        world.refused(set(&["nosuch"], &[])).await,
        "Invalid group id"
    );
    assert_eq!(
        world.refused(set(&[], &["nosuch"])).await,
        "Invalid user id"
    );
    let show = |name: &str| Command::Policy(PolicyCommand::Show { name: name.into() });
    let report = world.run(show("academic_strict")).await.unwrap();
    let profile = record(&report);
    assert_eq!(*value(profile, "is exclusive"), true.into());
    assert_eq!(*value(profile, "is active"), true.into());
    let policies = "add: False, login: False, limit: 1";
    assert_eq!(*value(profile, "policies"), policies.into());
    assert_eq!(*value(profile, "groups"), vec!["academic-login"].into());
    assert_eq!(*value(profile, "users"), Cell::List(Vec::new()));
    // What an update does not name stays, what it unsets goes.
    let update = PolicyAdd {
        update: true,
        flags: vec![("login", None)],
        exclusive: false,
        limit: Some(Some(0)),
        ..strict
    };
    let report = world.run(add(update)).await.unwrap();
    assert_eq!(lines(&report).1, ["Profile updated"]);
    let report = world.run(show("academic_strict")).await.unwrap();
    let policies = "add: False, limit: 0";
    assert_eq!(*value(record(&report), "policies"), policies.into());
    assert_eq!(*value(record(&report), "is exclusive"), true.into());
    let list = Command::Policy(PolicyCommand::List {
        list: all(&["name", "provider", "groups"]),
    });
    assert_eq!(table(&world.run(list).await.unwrap()).rows.len(), 1);
    assert_eq!(world.refused(show("p1")).await, "Profile does not exist");
    let remove = |name: &str| Command::Policy(PolicyCommand::Remove { name: name.into() });
    assert_eq!(world.refused(remove("p1")).await, "Invalid profile name");
    world.run(remove("academic_strict")).await.unwrap();
}

// ID-CLI-38 ID-CLI-39 ID-CLI-40 ID-CLI-41 ID-CLI-42 ID-CMP-01 ID-CMP-04 ID-TOK-04 ID-TOK-05
#[tokio::test]
async fn components_live_and_go() {
    let world = World::new();
    world.components().await;
    let report = world.run(component_add("extra")).await.unwrap();
    let said = lines(&report).0;
    let token = said[0].strip_prefix("Token: ").unwrap();
    assert_eq!(token.len(), 43);
    let identity = &world.admin.identity;
    let found = identity.component_by_token(token).unwrap();
    assert_eq!((found.id, &*found.name), (4, "extra"));
    assert!(identity.component_by_token("x").is_err());
    // A log or a debugger sees no token.
    assert!(!format!("{report:?}").contains(token));
    assert_eq!(lines(&report.masked()).0, ["Token: ********"]);
    let there = "There already exists a component named 'extra'.";
    assert_eq!(world.refused(component_add("extra")).await, there);
    let list = Command::Component(ComponentCommand::List {
        list: all(&["id", "name", "base_url"]),
    });
    let report = world.run(list.clone()).await.unwrap();
    let rows = &table(&report).rows;
    let names: Vec<&Cell> = rows.iter().map(|row| &row[1]).collect();
    let expected: Vec<Cell> = ["astakos", "pithos", "cyclades", "extra"]
        .map(Cell::from)
        .to_vec();
    assert_eq!(names, expected.iter().collect::<Vec<_>>());
    assert_eq!(rows[0][2], "https://cloud.example.org".into());
    let modify = |change: ComponentModify| Command::Component(ComponentCommand::Modify(change));
    let renew = ComponentModify {
        component: "4".into(),
        renew_token: true,
        ui_url: Some("https://extra.example.org/new".into()),
        ..ComponentModify::default()
    };
    let report = world.run(modify(renew)).await.unwrap();
    let fresh = lines(&report).0;
    assert!(fresh[0].starts_with("Component's new token: "));
    assert!(identity.component_by_token(token).is_err());
    let report = world.run(component_show("extra")).await.unwrap();
    let shown = record(&report);
    assert_eq!(
        *value(shown, "ui url"),
        "https://extra.example.org/new".into()
    );
    assert_eq!(*value(shown, "token expires"), Cell::None);
    assert_eq!(table(&report).title.as_deref(), Some("Registered services"));
    let bad = ComponentModify {
        component: "extra".into(),
        base_url: Some("javascript:alert(1)".into()),
        ..ComponentModify::default()
    };
    assert!(
        world
            .refused(modify(bad))
            .await
            .contains("is not an address")
    );
    let unknown = world.refused(modify(ComponentModify::default())).await;
    assert!(unknown.contains("snf-manage component-list"), "{unknown}");
    let remove = Command::Component(ComponentCommand::Remove {
        component: "extra".into(),
        no_confirm: false,
    });
    world.run(remove).await.unwrap();
    let gone = world.refused(component_show("extra")).await;
    assert_eq!(gone, "No component found named extra.");
    assert_eq!(table(&world.run(list).await.unwrap()).rows.len(), 3);
    let acts = world.acts().await;
    for act in [
        "component.add extra",
        "component.modify extra",
        "component.remove extra",
    ] {
        assert!(acts.iter().any(|one| one == act), "{act} in {acts:?}");
    }
}

// ID-CMP-02 ID-CMP-06 ID-CMP-07 ID-KST-14
#[tokio::test]
async fn the_catalogue_is_what_is_registered() {
    let world = World::new();
    let identity = &world.admin.identity;
    let before = identity.catalogue("").unwrap();
    world.components().await;
    let after = identity.catalogue("").unwrap();
    // The built-in defaults, and what is registered at the first start, are the same.
    assert_eq!(before, after);
    let url = |kind: &str| {
        let all = identity.catalogue("").unwrap();
        let found = all.iter().find(|entry| entry.kind == kind);
        found.and_then(|entry| entry.value("publicURL").map(str::to_owned))
    };
    let first = url("account").unwrap();
    assert_eq!(first, "https://cloud.example.org/account/v1.0");
    let token = identity.component(&world.admin.caller(), "pithos").await;
    world.components().await;
    let again = identity.component(&world.admin.caller(), "pithos").await;
    use kernel::secret::ExposeSecret;
    let text = |found: Result<Option<identity::ComponentView>>| {
        found.unwrap().unwrap().token.expose_secret().to_owned()
    };
    assert_eq!(text(token), text(again), "tokens are kept");
    let moved = ComponentModify {
        component: "astakos".into(),
        base_url: Some("https://accounts.example.org/astakos/".into()),
        ..ComponentModify::default()
    };
    let moved = Command::Component(ComponentCommand::Modify(moved));
    world.run(moved).await.unwrap();
    let there = "https://accounts.example.org/astakos/account/v1.0";
    assert_eq!(url("account").unwrap(), there);
    let remove = Command::Component(ComponentCommand::Remove {
        component: "astakos".into(),
        no_confirm: true,
    });
    world.run(remove).await.unwrap();
    assert_eq!(url("account"), None);
    world.components().await;
    assert_eq!(url("account"), None, "what was removed stays away");
}

const DEFINITION: &str = r#"{
    "extra_store": {
        "component": "extra", "type": "extra", "prefix": "store", "public": true,
        "endpoints": [{"versionId": "v1", "publicURL": "https://extra.example.org/store/v1",
                       "SNF:exposeVersion": true}],
        "resources": {"things": {"name": "extra.things", "desc": "Things", "unit": "bytes",
            "service_type": "extra", "service_origin": "extra_store"}}
    }
}"#;

// ID-CLI-43 ID-CMP-03 ID-CMP-05 ID-RES-02 ID-RES-03
#[tokio::test]
async fn services_are_imported_with_their_resources() {
    let world = World::new();
    world.components().await;
    let user = world.user("erin@example.org").await;
    let import = Command::Service(ServiceCommand::Import {
        file: "services.json".into(),
    });
    let refused = async |file: &str| {
        let done = world.with_file(import.clone(), file).await;
        done.unwrap_err().to_string()
    };
    let unknown = "Component 'extra' is not registered.";
    assert_eq!(refused(DEFINITION).await, unknown);
    world.run(component_add("extra")).await.unwrap();
    let report = world.with_file(import.clone(), DEFINITION).await.unwrap();
    assert_eq!(
        lines(&report).1,
        [
            "Added service extra_store.",
            "Resource 'extra.things' created in database with unlimited quota.",
        ]
    );
    // A new resource appears at once in the quota of every user.
    let quota = world.admin.quota.usage(user).await.unwrap();
    let own = &quota[&user.own_project()];
    assert_eq!(own["extra.things"].limit, kernel::quantity::INFINITE);
    let report = world.with_file(import.clone(), DEFINITION).await.unwrap();
    assert_eq!(
        lines(&report).1,
        [
            "Updated service extra_store.",
            "Resource 'extra.things' updated in database.",
        ]
    );
    let catalogue = world.admin.identity.catalogue("").unwrap();
    let entry = catalogue.iter().find(|e| e.kind == "extra").unwrap();
    let there = Some("https://extra.example.org/store/v1");
    assert_eq!(entry.value("publicURL"), there);
    assert_eq!(entry.value("SNF:exposeVersion"), Some("True"));
    let show = Command::Service(ServiceCommand::Show {
        service: "extra_store".into(),
    });
    let report = world.run(show).await.unwrap();
    assert_eq!(*value(record(&report), "component"), "extra".into());
    assert_eq!(table(&report).rows.len(), 3);
    for (file, text) in [
        ("[]", "Malformed service definition"),
        ("{\"a\": 1}", "Malformed service definition."),
        ("nonsense", "not JSON"),
        (
            &DEFINITION.replace(
                "\"service_origin\": \"extra_store\"",
                "\"service_origin\": \"x\"",
            ),
            "service_origin mismatch.",
        ),
        (
            &DEFINITION.replace("\"desc\": \"Things\", ", ""),
            "Malformed resource dict.",
        ),
        (
            &DEFINITION.replace("\"component\": \"extra\"", "\"component\": \"pithos\""),
            "There is already a service named extra_store registered by extra.",
        ),
    ] {
        let told = refused(file).await;
        assert!(told.starts_with(text) || told.contains(text), "{told}");
    }
    let elsewhere = DEFINITION.replace("https://extra.example.org/store", "https://other.org");
    let report = world.with_file(import, &elsewhere).await.unwrap();
    assert!(lines(&report).1[0].starts_with("Warning: Endpoint URL 'https://other.org/v1'"));
}

// ID-CLI-43 ID-CLI-70: what is exported can be imported, and changes nothing.
#[tokio::test]
async fn exported_definitions_come_back() {
    let world = World::new();
    world.components().await;
    let before = world.admin.identity.catalogue("").unwrap();
    for component in ["astakos", "pithos", "cyclades"] {
        let export = Command::Service(ServiceCommand::Export {
            component: component.into(),
            base_url: None,
        });
        let report = world.run(export).await.unwrap();
        let Output::Json(document) = &report.outputs[0] else {
            panic!("{report:?}")
        };
        let file = document.to_string();
        let import = Command::Service(ServiceCommand::Import { file: "-".into() });
        let said = world.with_file(import, &file).await.unwrap();
        assert!(
            lines(&said).1.iter().all(|l| l.contains("pdated")),
            "{said:?}"
        );
    }
    assert_eq!(
        world.admin.identity.catalogue("").unwrap().len(),
        before.len()
    );
    let url = |all: &[identity::catalog::Entry]| -> Vec<String> {
        let urls = all.iter().filter_map(|e| e.value("publicURL"));
        urls.map(str::to_owned).collect()
    };
    let after = world.admin.identity.catalogue("").unwrap();
    assert_eq!(url(&before), url(&after));
    let refused = |component, base| {
        let export = crate::services::export(component, base);
        export.unwrap_err().to_string()
    };
    assert_eq!(
        refused("nosuch", "https://x"),
        "Unrecognized component nosuch"
    );
    assert!(refused("cyclades", "notaurl").contains("'notaurl' is not an address"));
    // The golden form: version only where it is exposed, hidden ones marked.
    let cyclades = standard("cyclades", "http://h/cyclades").unwrap();
    let network = &cyclades["cyclades_network"];
    assert_eq!(
        network["endpoints"][0]["publicURL"],
        "http://h/cyclades/network"
    );
    let private = &network["resources"]["network-private"];
    assert_eq!(private["name"], "cyclades.network.private");
    let compute = &cyclades["cyclades_compute"]["resources"];
    assert_eq!(compute["total_cpu"]["api_visible"], false);
    let export = ResourceCommand::Export {
        component: "astakos".into(),
    };
    let report = world.run(Command::Resource(export)).await.unwrap();
    let Output::Json(list) = &report.outputs[0] else {
        panic!("{report:?}")
    };
    assert_eq!(list[0]["name"], "astakos.pending_app");
    let import = Command::Resource(ResourceCommand::Import { file: "-".into() });
    let report = world.with_file(import, &list.to_string()).await.unwrap();
    let told = ["Resource 'astakos.pending_app' updated in database."];
    assert_eq!(lines(&report).1, told);
}
