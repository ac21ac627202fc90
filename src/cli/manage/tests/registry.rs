//! Groups, policies, components, services, resources, quota, clients and the rest of
//! the identity part, as they are typed.

use super::*;
use wire::admin::{
    AccountCommand, ClientAdd, ClientCommand, ComponentCommand, ComponentModify, ComponentRegister,
    GeneralCommand, GroupCommand, PolicyAdd, PolicyCommand, QuotaCommand, QuotaTask,
    ResourceCommand, ResourceModify, Secret, ServiceCommand,
};

// ID-CLI-30 ID-CLI-31
#[test]
fn groups() {
    let name = "operators".to_owned();
    let add = Command::Group(GroupCommand::Add { name: name.clone() });
    assert_eq!(command(&["group-add", "operators"]), add);
    assert!(refused(&["group-add"]).contains("Please provide a group name"));
    let remove = Command::Group(GroupCommand::Remove {
        name,
        no_confirm: true,
    });
    assert_eq!(command(&["group-remove", "-f", "operators"]), remove);
    match command(&["group-list"]) {
        Command::Group(GroupCommand::List { list }) => {
            assert_eq!(list.columns, ["id", "name", "users_count"]);
        }
        other => panic!("{other:?}"),
    }
}

// ID-CLI-32 ID-CLI-34 ID-CLI-35 ID-CLI-36
#[test]
fn policies() {
    let typed = [
        "authpolicy-add",
        "academic_strict",
        "shibboleth",
        "--exclusive",
        "--login-policy=False",
        "--add-policy",
        "0",
        "--limit-policy=1",
        "--priority",
        "3",
        "--inactive",
    ];
    let expected = PolicyAdd {
        name: "academic_strict".into(),
        provider: "shibboleth".into(),
        exclusive: true,
        priority: Some(3),
        inactive: true,
        // A number, not True (ID-CLI-32).
        limit: Some(Some(1)),
        flags: vec![("add", Some(false)), ("login", Some(false))],
        ..PolicyAdd::default()
    };
    assert_eq!(
        command(&typed),
        Command::Policy(PolicyCommand::Add(expected))
    );
    let update = command(&[
        "authpolicy-add",
        "--update",
        "p",
        "local",
        "--unset-login-policy",
        "--unset-limit-policy",
        "--required-policy=TRUE",
    ]);
    let expected = PolicyAdd {
        name: "p".into(),
        provider: "local".into(),
        update: true,
        limit: Some(None),
        flags: vec![("login", None), ("required", Some(true))],
        ..PolicyAdd::default()
    };
    assert_eq!(update, Command::Policy(PolicyCommand::Add(expected)));
    for (bad, text) in [
        (&["p"][..], "Invalid number of arguments"),
        (
            &["p", "local", "--add-policy=maybe"],
            "Invalid policy value 'maybe'",
        ),
        (&["p", "local", "--limit-policy=x"], "Invalid limit 'x'"),
        (&["p", "local", "--unset-add-policy"], "with --update only"),
    ] {
        let typed = [&["authpolicy-add"], bad].concat();
        assert!(refused(&typed).contains(text), "{bad:?}");
    }
    wrong_usage(&["authpolicy-add", "p1", "local", "--policy", "login"]);
    let set = command(&[
        "authpolicy-set",
        "p",
        "--group",
        "3",
        "--user=7",
        "--group=x",
    ]);
    let expected = PolicyCommand::Set {
        name: "p".into(),
        groups: vec!["3".into(), "x".into()],
        users: vec!["7".into()],
    };
    assert_eq!(set, Command::Policy(expected));
    let name = || "p".to_owned();
    let show = Command::Policy(PolicyCommand::Show { name: name() });
    assert_eq!(command(&["authpolicy-show", "p"]), show);
    let remove = Command::Policy(PolicyCommand::Remove { name: name() });
    assert_eq!(command(&["authpolicy-remove", "p"]), remove);
}

// ID-CLI-38 ID-CLI-41 ID-CLI-42
#[test]
fn components() {
    let add = |ui: Option<&str>, base: Option<&str>| {
        Command::Component(ComponentCommand::Add {
            name: "x".into(),
            base_url: base.map(str::to_owned),
            ui_url: ui.map(str::to_owned),
        })
    };
    // The guide's form and the later one.
    let url = "https://x.example.org/ui";
    assert_eq!(command(&["component-add", "x", url]), add(Some(url), None));
    let typed = [
        "component-add",
        "x",
        "--base-url=https://b",
        "--ui-url",
        url,
    ];
    assert_eq!(command(&typed), add(Some(url), Some("https://b")));
    assert_eq!(command(&["component-add", "x"]), add(None, None));
    assert!(refused(&["component-add"]).contains("Invalid number of arguments"));
    let change = ComponentModify {
        component: "x".into(),
        ui_url: Some(url.into()),
        auth_token: Some(Secret::new("-t0ken")),
        purge_services: true,
        ..ComponentModify::default()
    };
    let typed = [
        "component-modify",
        "--url",
        url,
        "x",
        "--auth-token",
        "-t0ken",
        "--purge-services",
    ];
    let expected = Command::Component(ComponentCommand::Modify(change));
    assert_eq!(command(&typed), expected);
    assert!(!format!("{expected:?}").contains("t0ken"));
    let nothing = refused(&["component-modify", "x"]);
    assert_eq!(nothing, "CommandError: No option specified.\n");
    let remove = Command::Component(ComponentCommand::Remove {
        component: "3".into(),
        no_confirm: false,
    });
    assert_eq!(command(&["component-remove", "3"]), remove);
}

// ID-CLI-71 ID-CLI-72
#[test]
fn the_registration_script() {
    let register = |args: &[&str]| match read_as(REGISTER, args) {
        Read::Run(command, _) => *command,
        Read::Print(printed) => panic!("{printed:?}"),
    };
    let all = Command::Component(ComponentCommand::Register(ComponentRegister::default()));
    assert_eq!(register(&[]), all);
    let one = ComponentRegister {
        component: Some("pithos".into()),
        base_url: Some("https://s/pithos".into()),
        ui_url: None,
        yes: true,
    };
    let typed = ["pithos", "--base-url", "https://s/pithos", "--yes"];
    let expected = Command::Component(ComponentCommand::Register(one));
    assert_eq!(register(&typed), expected);
    assert!(matches!(read_as(REGISTER, &["a", "b"]), Read::Print(p) if p.code == 1));
    match read_as(REGISTER, &["--help"]) {
        Read::Print(printed) => {
            assert!(
                printed.out.contains("Usage: snf-component-register"),
                "{}",
                printed.out
            );
        }
        other => panic!("{other:?}"),
    }
}

// ID-CLI-43
#[test]
fn services_and_resources() {
    let import = Command::Service(ServiceCommand::Import { file: "-".into() });
    assert_eq!(command(&["service-import", "--json", "-"]), import);
    assert_eq!(
        refused(&["service-import"]),
        "CommandError: Expecting option --json.\n"
    );
    let file = "r.json".to_owned();
    let import = Command::Resource(ResourceCommand::Import { file });
    assert_eq!(command(&["resource-import", "--json=r.json"]), import);
    for component in ["astakos", "pithos", "cyclades"] {
        let export = Command::Service(ServiceCommand::Export {
            component: component.into(),
            base_url: None,
        });
        let name = format!("service-export-{component}");
        assert_eq!(command(&[&name]), export);
        assert!(refused(&[&name, "x"]).contains("Invalid number of arguments"));
        let export = Command::Resource(ResourceCommand::Export {
            component: component.into(),
        });
        assert_eq!(command(&[&format!("resource-export-{component}")]), export);
    }
}

// ID-CLI-44 ID-CLI-23: a value may begin with a dash; what is wrong with it is for the command
#[test]
fn limits_below_zero_reach_the_command() {
    let read = |typed: &[&str]| match command(typed) {
        Command::Resource(ResourceCommand::Modify(change)) => change.system_default,
        Command::UserModify(change) => Some(change.base_quota[0].1.clone()),
        other => panic!("{other:?}"),
    };
    for typed in [
        &["resource-modify", "cyclades.vm", "--limit", "-3"][..],
        &["resource-modify", "cyclades.vm", "--system-default=-3"],
        &[
            "user-modify",
            "6",
            "--set-base-quota",
            "cyclades.vm",
            "-3",
            "-f",
        ],
    ] {
        assert_eq!(read(typed).as_deref(), Some("-3"), "{typed:?}");
    }
}

// ID-CLI-44 ID-UNI-03
#[test]
fn resource_modify() {
    let plain = ResourceModify {
        resource: Some("astakos.pending_app".into()),
        unit_style: "mb".into(),
        ..ResourceModify::default()
    };
    let modify = |change| Command::Resource(ResourceCommand::Modify(change));
    let limit = ResourceModify {
        system_default: Some("3".into()),
        ..plain.clone()
    };
    let typed = ["resource-modify", "astakos.pending_app", "--limit", "3"];
    assert_eq!(command(&typed), modify(limit));
    let flags = ResourceModify {
        api_visible: Some(false),
        allow_in_projects: Some(true),
        project_default: Some("inf".into()),
        ..plain.clone()
    };
    let typed = [
        "resource-modify",
        "--api-visible=False",
        "--allow-in-projects",
        "yes",
        "astakos.pending_app",
        "--project-default=inf",
    ];
    assert_eq!(command(&typed), modify(flags));
    assert_eq!(
        command(&["resource-modify", "astakos.pending_app"]),
        modify(plain)
    );
    for (bad, text) in [
        (&["--limit", "3"][..], "Please provide a resource name."),
        (
            &["x", "--ui-visible", "maybe"],
            "Expecting a boolean value.",
        ),
        (&["--limit-interactive", "--limit=3"], "in one way"),
    ] {
        let typed = [&["resource-modify"], bad].concat();
        assert!(refused(&typed).contains(text), "{bad:?}");
    }
    let styles = "Invalid unit style. Valid ones are b, kb, mb, gb, tb, pb, auto, none.";
    let wrong = wrong_usage(&["resource-list", "--unit-style", "stone"]);
    assert!(wrong.contains(styles), "{wrong}");
}

// ID-CLI-50 ID-CLI-51 ID-CLI-52 ID-CLI-53 ID-CLI-54 ID-CLI-55 ID-CLI-64
#[test]
fn quota() {
    let quota = |command: QuotaCommand| Command::Quota(command);
    let task = |task: QuotaTask| Command::Quota(QuotaCommand::Quota(task));
    let list = |user: Option<&str>| {
        task(QuotaTask::List {
            user: user.map(str::to_owned),
            unit_style: "mb".into(),
        })
    };
    assert_eq!(command(&["quota"]), list(None));
    assert_eq!(command(&["quota", "--list", "--user=x"]), list(Some("x")));
    assert_eq!(command(&["quota", "--sync"]), task(QuotaTask::Sync));
    assert_eq!(command(&["quota", "--verify"]), task(QuotaTask::Verify));
    let file = "f".to_owned();
    assert_eq!(
        command(&["quota", "--import-base-quota", "f"]),
        task(QuotaTask::Import { file })
    );
    wrong_usage(&["quota", "--sync", "--verify"]);
    let verify = QuotaCommand::Verify {
        fix: true,
        unexpected: true,
    };
    let typed = ["quota-verify", "--fix", "--include-unexpected-holdings"];
    assert_eq!(command(&typed), quota(verify));
    let reconcile = QuotaCommand::Reconcile {
        user: Some("u".into()),
        project: None,
        fix: false,
        force: true,
    };
    let typed = ["reconcile-resources-astakos", "--userid=u", "--force"];
    assert_eq!(command(&typed), quota(reconcile));
    match command(&["quota-list", "--display-mails", "--overlimit"]) {
        Command::Quota(QuotaCommand::List {
            list, overlimit, ..
        }) => {
            let columns = [
                "displayname",
                "holder",
                "source",
                "resource",
                "limit",
                "usage",
            ];
            assert_eq!(list.columns, columns);
            assert!(overlimit);
        }
        other => panic!("{other:?}"),
    }
    match command(&["commission-list", "--overdue", "60"]) {
        Command::Quota(QuotaCommand::Commissions { list, overdue }) => {
            assert_eq!(list.columns, ["serial", "name", "clientkey", "issue time"]);
            assert_eq!(overdue, Some(60));
        }
        other => panic!("{other:?}"),
    }
    let show = quota(QuotaCommand::Commission { serial: 8 });
    assert_eq!(command(&["commission-show", "8"]), show);
    assert!(refused(&["commission-show"]).contains("Please provide"));
    assert!(refused(&["commission-show", "x"]).contains("Expecting an integer serial."));
    let load = quota(QuotaCommand::LoadServiceResources);
    assert_eq!(command(&["astakos-init", "--load-service-resources"]), load);
}

// ID-CLI-60 ID-CLI-61 ID-CLI-62
#[test]
fn clients() {
    let typed = [
        "oauth2-client-add",
        "c",
        "--secret=s",
        "--is-trusted",
        "--url",
        "https://a",
        "--url=https://b",
    ];
    let expected = ClientAdd {
        identifier: "c".into(),
        secret: Some(Secret::new("s")),
        trusted: true,
        public: false,
        urls: vec!["https://a".into(), "https://b".into()],
    };
    assert_eq!(
        command(&typed),
        Command::Client(ClientCommand::Add(expected))
    );
    for (bad, text) in [
        (&["c", "--secret", "s"][..], "at least one redirect URL"),
        (&["c", "--url", "https://a"], "should have a secret"),
        (
            &["--url", "https://a"],
            "Please provide a client identifier",
        ),
    ] {
        let typed = [&["oauth2-client-add"], bad].concat();
        assert!(refused(&typed).contains(text), "{bad:?}");
    }
    let public = ["oauth2-client-add", "c", "--type=public", "--url=https://a"];
    assert!(matches!(
        command(&public),
        Command::Client(ClientCommand::Add(ClientAdd { public: true, .. }))
    ));
    match command(&["oauth2-client-list", "--public"]) {
        Command::Client(ClientCommand::List {
            list,
            confidential,
            trusted,
        }) => {
            assert_eq!(list.columns, ["id", "identifier", "type", "is_trusted"]);
            assert_eq!((confidential, trusted), (Some(false), false));
        }
        other => panic!("{other:?}"),
    }
    let client = "c".to_owned();
    let remove = Command::Client(ClientCommand::Remove { client });
    assert_eq!(command(&["oauth2-client-remove", "c"]), remove);
}

// ID-CLI-25 ID-CLI-26 ID-CLI-37 ID-CLI-63 ID-CLI-65 ID-CLI-80
#[test]
fn the_rest() {
    let account = |command: AccountCommand| Command::Account(command);
    let terms = AccountCommand::TermAdd {
        location: "/home/ada/terms.html".into(),
        file: "terms.html".into(),
    };
    assert_eq!(command(&["term-add", "terms.html"]), account(terms));
    assert_eq!(
        command(&["fix-superusers"]),
        account(AccountCommand::FixSuperusers)
    );
    assert_eq!(command(&["cleanup-full"]), account(AccountCommand::Cleanup));
    let stats = |unit_style: &str, json| {
        let unit_style = unit_style.to_owned();
        account(AccountCommand::Stats { unit_style, json })
    };
    assert_eq!(command(&["stats-astakos"]), stats("auto", false));
    let typed = ["stats-astakos", "--output-format=json", "--unit-style=gb"];
    assert_eq!(command(&typed), stats("gb", true));
    assert!(refused(&["stats-astakos", "--output-format=csv"]).contains("not supported"));
    let since = command(&["audit-list", "--since", "2026-11-25"]);
    let then = "2026-11-25T00:00:00Z".parse().unwrap();
    assert!(
        matches!(since, Command::Account(AccountCommand::Audit { since: Some(at), .. }) if at == then)
    );
    assert!(refused(&["audit-list", "--since", "soon"]).contains("Invalid time 'soon'"));
    for name in ["syncdb", "migrate"] {
        for (args, check) in [(&[name][..], false), (&[name, "--check"], true)] {
            assert_eq!(
                command(args),
                Command::General(GeneralCommand::Migrate { check })
            );
        }
    }
    // ID-CLI-65: what changed no table there changes none here
    for args in [&["migrate", "-l"][..], &["migrate", "im", "--fake"]] {
        let looks = Command::General(GeneralCommand::Migrate { check: true });
        assert_eq!(command(args), looks);
    }
    let asks = refused(&["createsuperuser", "--noinput", "--email=a@example.org"]);
    assert!(asks.contains("user-add --password"), "{asks}");
    for name in ["collectstatic", "link_static"] {
        assert_eq!(command(&[name]), Command::General(GeneralCommand::Static));
    }
    assert!(refused(&["runserver"]).contains("synnefo serve"));
    assert_eq!(
        command(&["show_urls"]),
        Command::General(GeneralCommand::Urls)
    );
}

/// The three tables of the guide, command by command.
const GUIDE: [(&str, &str); 3] = [
    (
        "astakos",
        "fix-superusers cleanup-full commission-list commission-show component-add \
         component-list component-modify project-control project-list project-show quota \
         reconcile-resources-astakos resource-export-astakos resource-import resource-list \
         resource-modify service-import service-list service-show term-add \
         user-activation-send user-add authpolicy-add authpolicy-list authpolicy-remove \
         authpolicy-set authpolicy-show group-add group-list user-list user-modify user-show",
    ),
    (
        "pithos",
        "reconcile-commissions-pithos resource-export-pithos reconcile-resources-pithos",
    ),
    (
        "cyclades",
        "backend-add backend-list backend-modify backend-update-status backend-remove \
         server-create server-show server-list server-modify server-import server-inspect \
         network-create network-list network-modify network-inspect network-remove \
         flavor-create flavor-list flavor-modify image-list image-show pool-create pool-show \
         pool-list pool-modify pool-remove queue-inspect queue-retry \
         resource-export-cyclades service-export-cyclades reconcile-servers \
         reconcile-networks reconcile-pools reconcile-commissions-cyclades \
         reconcile-resources-cyclades",
    ),
];

// ID-CLI-17
#[test]
fn every_command_of_the_guide_is_known_to_its_service() {
    for (service, names) in GUIDE {
        let here = [service.to_owned()];
        let others: Vec<String> = services().into_iter().filter(|s| s != service).collect();
        for name in names.split_whitespace() {
            let unknown = |services: &[String]| match inventory::find(name, services) {
                Ok(_) => false,
                Err(printed) => printed.err.starts_with("Unknown command: '"),
            };
            assert!(!unknown(&here), "{name}");
            assert!(unknown(&others), "{name}");
        }
    }
    let general: Vec<String> = Vec::new();
    assert!(inventory::find("migrate", &general).is_ok());
}
