//! Commands that change everything else.

use super::*;
use wire::admin::AccountCommand;
use wire::admin::{
    BackendModify, ClientAdd, ClientCommand, ComponentCommand, ComponentModify, ComponentRegister,
    FlavorCreate, FlavorModify, GroupCommand, LogLevel, MailCommand, NetworkCreate, PolicyAdd,
    PolicyCommand, QuotaCommand, QuotaTask, ResourceCommand, ResourceModify, Secret,
    ServiceCommand,
};

const ROOT: &str = "root@example.org";

pub(super) async fn all(trail: &mut Trail) {
    policies(trail).await;
    components(trail).await;
    services(trail).await;
    quota(trail).await;
    clients_and_terms(trail).await;
    machines(trail).await;
    program(trail).await;
}

fn policy(name: &str, update: bool) -> Command {
    Command::Policy(PolicyCommand::Add(PolicyAdd {
        name: name.into(),
        provider: "local".into(),
        update,
        priority: Some(if update { 3 } else { 2 }),
        flags: vec![("login", Some(!update))],
        ..PolicyAdd::default()
    }))
}

async fn policies(trail: &mut Trail) {
    trail
        .leaves(
            policy("kept", false),
            &["policy.add policy 1 (kept); policies:  → local (login=1), priority 2"],
        )
        .await;
    trail
        .leaves(
            policy("strict", false),
            &["policy.add policy 2 (strict); policies:  → local (login=1), priority 2"],
        )
        .await;
    trail.leaves(policy("strict", true), &["policy.change policy 2 (strict); policies: local (login=1), priority 2 → local (login=0), priority 3"]).await;
    let set = |groups: &[&str], users: &[&str]| {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        Command::Policy(PolicyCommand::Set {
            name: "strict".into(),
            groups: owned(groups),
            users: owned(users),
        })
    };
    trail
        .leaves(
            set(&[], &[ROOT]),
            &["policy.assign policy 2 (strict); holders: groups ; people  → groups ; people 3"],
        )
        .await;
    trail
        .leaves(
            set(&["staff"], &[]),
            &["policy.assign policy 2 (strict); holders: groups ; people 3 → groups 1; people "],
        )
        .await;
    let remove = PolicyCommand::Remove {
        name: "strict".into(),
    };
    trail
        .leaves(
            Command::Policy(remove),
            &["policy.remove policy 2 (strict); policies: local (login=0), priority 3 → "],
        )
        .await;
    let remove = GroupCommand::Remove {
        name: "staff".into(),
        no_confirm: true,
    };
    trail
        .leaves(
            Command::Group(remove),
            &["group.remove group 1 (staff); name: staff → "],
        )
        .await;
}

async fn components(trail: &mut Trail) {
    let name = || "extra".to_owned();
    let add = ComponentCommand::Add {
        name: name(),
        base_url: Some("https://extra.example.org/".into()),
        ui_url: None,
    };
    trail
        .leaves(
            Command::Component(add),
            &["component.add component extra; base URL:  → https://extra.example.org"],
        )
        .await;
    let modify = |change: ComponentModify| {
        Command::Component(ComponentCommand::Modify(ComponentModify {
            component: name(),
            ..change
        }))
    };
    let token = ComponentModify {
        renew_token: true,
        ..ComponentModify::default()
    };
    trail
        .leaves(
            modify(token),
            &["component.modify component extra; token:  → (changed)"],
        )
        .await;
    let token = ComponentModify {
        auth_token: Some(Secret::new("a-token-of-some-length")),
        ..ComponentModify::default()
    };
    trail
        .leaves(
            modify(token),
            &["component.modify component extra; token:  → (changed)"],
        )
        .await;
    let urls = ComponentModify {
        ui_url: Some("https://extra.example.org/ui".into()),
        base_url: Some("https://extra.example.org/x".into()),
        ..ComponentModify::default()
    };
    trail.leaves(modify(urls), &["component.modify component extra; base URL: https://extra.example.org → https://extra.example.org/x; UI URL:  → https://extra.example.org/ui"]).await;
}

async fn services(trail: &mut Trail) {
    let definition = |resources: serde_json::Value| {
        serde_json::json!({"extra_store": {
            "component": "extra", "type": "store", "prefix": "store", "public": true,
            "endpoints": [{"versionId": "v1", "publicURL": "https://extra.example.org/x/v1"}],
            "resources": resources,
        }})
        .to_string()
    };
    let resource = |name: &str, about: &str| {
        serde_json::json!({"name": name, "desc": about, "service_type": "store",
            "service_origin": "extra_store", "unit": "bytes"})
    };
    let import = || {
        Command::Service(ServiceCommand::Import {
            file: "service.json".into(),
        })
    };
    let file = definition(serde_json::json!({"space": resource("extra.space", "Space")}));
    trail.with(import(), &file, &[], &["service.import service extra_store; component:  → extra; type:  → store; addresses:  → https://extra.example.org/x/v1", "resource.import resource extra.space; service:  → extra_store; description:  → Space; unit:  → bytes; system default:  → inf; project default:  → 0; in the APIs:  → yes; on pages:  → yes", "quota.sync quota 11111111-2222-4333-8444-555555555555 extra.space (maria@example.org); quota of extra.space:  → inf", "quota.sync quota 8480a4de-85de-42f3-bd9f-d04375b49840 extra.space (root@example.org); quota of extra.space:  → inf"]).await;
    trail
        .with(
            import(),
            &file,
            &[],
            &[
                "service.import service extra_store",
                "resource.import resource extra.space",
            ],
        )
        .await;
    let import = || {
        Command::Resource(ResourceCommand::Import {
            file: "resources.json".into(),
        })
    };
    let things = |about| serde_json::json!([resource("extra.things", about)]).to_string();
    trail.with(import(), &things("Things"), &[], &["resource.import resource extra.things; service:  → extra_store; description:  → Things; unit:  → bytes; system default:  → inf; project default:  → 0; in the APIs:  → yes; on pages:  → yes", "quota.sync quota 11111111-2222-4333-8444-555555555555 extra.things (maria@example.org); quota of extra.things:  → inf", "quota.sync quota 8480a4de-85de-42f3-bd9f-d04375b49840 extra.things (root@example.org); quota of extra.things:  → inf"]).await;
    trail
        .with(
            import(),
            &things("More things"),
            &[],
            &["resource.import resource extra.things; description: Things → More things"],
        )
        .await;
    let purge = ComponentCommand::Modify(ComponentModify {
        component: "extra".into(),
        purge_services: true,
        ..ComponentModify::default()
    });
    trail
        .leaves(
            Command::Component(purge),
            &["component.modify component extra; services: extra_store → "],
        )
        .await;
    let remove = ComponentCommand::Remove {
        component: "extra".into(),
        no_confirm: true,
    };
    trail.leaves(Command::Component(remove), &["component.remove component extra; base URL: https://extra.example.org/x → ; UI URL: https://extra.example.org/ui → "]).await;
    let register = ComponentCommand::Register(ComponentRegister {
        component: Some("pithos".into()),
        base_url: Some("https://files.example.org/pithos".into()),
        ui_url: None,
        yes: true,
    });
    trail.leaves(Command::Component(register), &["component.modify component pithos; base URL: /pithos → https://files.example.org/pithos; UI URL: /pithos/ui → https://files.example.org/pithos/ui; services: pithos_object-store → ", "service.import service pithos_object-store; component:  → pithos; type:  → object-store; addresses:  → https://files.example.org/pithos/object-store/v1", "resource.import resource pithos.diskspace"]).await;
}

async fn quota(trail: &mut Trail) {
    let change = |change: ResourceModify| {
        Command::Resource(ResourceCommand::Modify(ResourceModify {
            resource: Some("cyclades.vm".into()),
            unit_style: "mb".into(),
            ..change
        }))
    };
    let limits = ResourceModify {
        system_default: Some("7".into()),
        project_default: Some("1".into()),
        ..ResourceModify::default()
    };
    trail.leaves(change(limits), &["resource.modify resource cyclades.vm; system default: 8 → 7; project default: 0 → 1"]).await;
    let seen = ResourceModify {
        api_visible: Some(false),
        allow_in_projects: Some(false),
        ..ResourceModify::default()
    };
    trail
        .leaves(
            change(seen),
            &["resource.modify resource cyclades.vm; in the APIs: yes → no; on pages: yes → no"],
        )
        .await;
    let task = |what| Command::Quota(QuotaCommand::Quota(what));
    trail.leaves(task(QuotaTask::Sync), &["quota.sync quota 11111111-2222-4333-8444-555555555555 cyclades.vm (maria@example.org); quota of cyclades.vm: 8 → 7", "quota.sync quota 8480a4de-85de-42f3-bd9f-d04375b49840 cyclades.vm (root@example.org); quota of cyclades.vm: 8 → 7"]).await;
    let import = QuotaTask::Import {
        file: "quota".into(),
    };
    let lines = format!("{ROOT} cyclades.vm 12\n");
    trail
        .with(
            task(import),
            &lines,
            &[],
            &["user.base-quota user 3 (root@example.org); quota of cyclades.vm: 7 (default) → 12"],
        )
        .await;
    let root = trail
        .world
        .admin
        .identity
        .find(ROOT)
        .await
        .unwrap()
        .unwrap();
    trail.world.differ(root.uuid).await;
    let verify = QuotaCommand::Verify {
        fix: true,
        unexpected: true,
    };
    trail.leaves(Command::Quota(verify), &["quota.verify quota user:8480a4de-85de-42f3-bd9f-d04375b49840 cyclades.cpu; limit from project:8480a4de-85de-42f3-bd9f-d04375b49840: 99 → 16", "quota.verify quota user:gone cyclades.vm; limit from project:gone: 1 → "]).await;
    let reconcile = QuotaCommand::Reconcile {
        user: None,
        project: None,
        fix: true,
        force: false,
    };
    trail.leaves(Command::Quota(reconcile), &["quota.reconcile quota user:8480a4de-85de-42f3-bd9f-d04375b49840 astakos.pending_app; usage: 2 → 0"]).await;
    trail
        .leaves(
            Command::Quota(QuotaCommand::LoadServiceResources),
            &["resource.modify resource cyclades.vm; system default: 7 → 8"],
        )
        .await;
}

async fn clients_and_terms(trail: &mut Trail) {
    let add = ClientAdd {
        identifier: "app".into(),
        secret: Some(Secret::new("shh")),
        urls: vec!["https://app.example.org/cb".into()],
        ..ClientAdd::default()
    };
    trail
        .leaves(Command::Client(ClientCommand::Add(add)), &["oauth2-client.add oauth2-client 1 (app); kind:  → confidential; trusted:  → false; addresses:  → https://app.example.org/cb"])
        .await;
    let remove = ClientCommand::Remove {
        client: "app".into(),
    };
    trail.leaves(Command::Client(remove), &["oauth2-client.remove oauth2-client 1 (app); kind: confidential → ; trusted: false → ; addresses: https://app.example.org/cb → "]).await;
    let terms = AccountCommand::TermAdd {
        location: "/terms.html".into(),
        file: "terms.html".into(),
    };
    trail
        .with(
            Command::Account(terms),
            "<p>Be kind.</p>",
            &[],
            &["terms.add terms 1 (/terms.html); newest version: 0 → 1; location:  → /terms.html; text:  → <p>Be kind.</p>"],
        )
        .await;
}

async fn machines(trail: &mut Trail) {
    let flavors = FlavorCreate {
        cpus: vec![1],
        rams: vec![1024],
        disks: vec![20],
        types: vec!["drbd".into()],
        dry_run: false,
        public: true,
        specs: vec![],
    };
    trail
        .leaves(
            Command::FlavorCreate(flavors),
            &["flavor.create flavor 1 (C1R1024D20drbd); public:  → yes"],
        )
        .await;
    let flavor = |change: FlavorModify| {
        Command::FlavorModify(FlavorModify {
            flavor: 1,
            ..change
        })
    };
    let change = FlavorModify {
        public: Some(false),
        allow_create: Some(false),
        spec_add: vec![("key".into(), "value".into())],
        ..FlavorModify::default()
    };
    trail.leaves(flavor(change), &["flavor.modify flavor 1 (C1R1024D20drbd); allow create: yes → no; public: yes → no; specs:  → key=value"]).await;
    let change = FlavorModify {
        deleted: Some(true),
        spec_delete: vec!["key".into()],
        ..FlavorModify::default()
    };
    trail
        .leaves(
            flavor(change),
            &["flavor.modify flavor 1 (C1R1024D20drbd); deleted: no → yes; specs: key=value → "],
        )
        .await;
    let add = Command::BackendAdd(compute::cluster("c.example.com"));
    trail.leaves(add, &["backend.add backend 1 (c.example.com); cluster name:  → c.example.com; transport:  → RAPI; port:  → 5080; user name:  → synnefo; hypervisor:  → kvm; drained:  → yes; offline:  → no; public:  → yes"]).await;
    let modify = BackendModify {
        drained: Some(false),
        port: Some(5081),
        password: Some(Secret::new("other")),
        ..BackendModify::default()
    };
    trail.leaves(Command::BackendModify(modify), &["backend.modify backend 1 (c.example.com); port: 5080 → 5081; drained: yes → no; password:  → (changed)"]).await;
    let network = NetworkCreate {
        name: "pub".into(),
        subnet: Some("5.6.7.0/27".into()),
        public: true,
        flavor: "CUSTOM".into(),
        link: Some("br100".into()),
        ..NetworkCreate::default()
    };
    trail
        .leaves(
            Command::NetworkCreate(Box::new(network)),
            &["network.create network 1 (pub); shared:  → no; public:  → yes; type:  → CUSTOM; mode:  → bridged; link:  → br100; MAC prefix:  → aa:00:0; floating pool:  → no; drained:  → no; subnets:  → 5.6.7.0/27 pool 5.6.7.1-5.6.7.30"],
        )
        .await;
    let remove = Command::BackendRemove {
        backend: "c.example.com".into(),
        purge_networks: false,
    };
    trail.leaves(remove, &["backend.remove backend 1 (c.example.com); cluster name: c.example.com → ; transport: RAPI → ; port: 5081 → ; user name: synnefo → ; hypervisor: kvm → ; drained: no → ; offline: no → ; public: yes → "]).await;
}

/// Before there are accounts, to which messages go too.
pub(super) async fn mail(trail: &mut Trail) {
    super::super::mail::dead_letters(&trail.world).await;
    let retry = MailCommand::Retry { id: None };
    trail
        .leaves(
            Command::Mail(retry),
            &[
                "mail.hurry mail  (queue); waiting:  → 1",
                "mail.retry-dead mail  (queue); queued: 0 → 2",
            ],
        )
        .await;
    super::super::mail::dead_letters(&trail.world).await;
    let retry = MailCommand::RetryDead {
        keep_zombies: false,
        each: false,
    };
    trail
        .leaves(
            Command::Mail(retry),
            &["mail.retry-dead mail  (queue); queued: 0 → 3; removed: 0 → 2"],
        )
        .await;
    let test = MailCommand::Test {
        to: "a@example.org".into(),
    };
    trail
        .leaves(
            Command::Mail(test),
            &["mail.test mail  (queue); to:  → a@example.org"],
        )
        .await;
    let remove = MailCommand::Inspect {
        queue: "mail".into(),
        remove: true,
        ask: false,
    };
    trail
        .leaves(
            Command::Mail(remove),
            &[
                "mail.remove mail 3 (z@example.org); template: registration/password_email → ",
                "mail.remove mail 4 (x@example.org); template: registration/password_email → ",
                "mail.remove mail 5 (y@example.org); template: registration/password_email → ",
                "mail.remove mail 6 (z@example.org); template: registration/password_email → ",
            ],
        )
        .await;
}

async fn program(trail: &mut Trail) {
    // A copy of everything has left the house.
    let backup = Command::Backup {
        target: "/x".into(),
    };
    trail
        .leaves(backup, &["backup.make backup  (/x); told:  → /x"])
        .await;
    trail
        .leaves(
            Command::SettingsReload,
            &["settings.reload settings  (settings); told:  → BRANDING_SERVICE_NAME: 'A' -> 'B'"],
        )
        .await;
    let level = LogLevel {
        logger: Some("synnefo.mail".into()),
        level: Some("DEBUG".into()),
        minutes: Some(5),
    };
    trail
        .leaves(
            Command::LogLevel(level),
            &["logger.level logger synnefo.mail; level:  → DEBUG; minutes:  → 5"],
        )
        .await;
}

impl World {
    /// Makes limits and charges for applications differ from what they should be.
    async fn differ(&self, user: kernel::UserId) {
        let holder = ::quota::user_holder(user);
        let source = ::quota::project_source(user.own_project());
        let wrong = self.store.write(move |tx| {
            ::quota::set_limit(tx, &holder, &source, "cyclades.cpu", 99)?;
            ::quota::set_limit(tx, "user:gone", "project:gone", "cyclades.vm", 1)?;
            let project = user.own_project();
            ::quota::charge(tx, user, project, ::quota::resource::PENDING_APP, 2, true)
        });
        wrong.await.unwrap();
        self.charge(user, 1, true).await;
    }
}
