//! Quota, commissions, figures, upkeep.

use super::*;
use wire::admin::{
    AccountCommand, GeneralCommand, QuotaCommand, QuotaTask, ResourceCommand, ResourceModify,
    filter, lists::QUOTA,
};

fn task(what: QuotaTask) -> Command {
    Command::Quota(QuotaCommand::Quota(what))
}

fn limit(resource: &str, limit: &str) -> Command {
    Command::Resource(ResourceCommand::Modify(ResourceModify {
        resource: Some(resource.to_owned()),
        system_default: Some(limit.to_owned()),
        ..ResourceModify::default()
    }))
}

fn base_quota(user: &str, capacity: &str) -> Command {
    let change = wire::admin::UserModify {
        user: user.to_owned(),
        base_quota: vec![("cyclades.vm".into(), capacity.into())],
        no_confirm: true,
        ..Default::default()
    };
    Command::UserModify(Box::new(change))
}

impl World {
    async fn limit_of(&self, user: kernel::UserId, resource: &str) -> u64 {
        let usage = self.admin.quota.full_usage(user).await.unwrap();
        usage[&user.own_project()][resource].limit
    }

    /// Charges servers, or commissions them and leaves that open.
    pub(crate) async fn charge(&self, user: kernel::UserId, amount: i64, open: bool) {
        let cx = self.admin.cx.cx();
        let delta = move || ::quota::Delta {
            user,
            project: user.own_project(),
            resource: ::quota::resource::VM,
            amount,
        };
        let charged = self.store.write(move |tx| match open {
            true => ::quota::issue(tx, &cx, "test", &[delta()], true).map(drop),
            false => ::quota::charge_all(tx, &[delta()], true),
        });
        charged.await.unwrap();
    }
}

// ID-CLI-50 ID-RES-05 ID-QTA-20
#[tokio::test]
async fn sync_reaches_those_still_at_the_default() {
    let world = World::new();
    let plain = world.user("plain@example.org").await;
    let own = world.user("own@example.org").await;
    world
        .run(base_quota("own@example.org", "10"))
        .await
        .unwrap();
    let report = world.run(task(QuotaTask::Sync)).await.unwrap();
    assert_eq!(lines(&report).1, ["No sync needed."]);
    world.run(limit("cyclades.vm", "5")).await.unwrap();
    assert_eq!(world.limit_of(plain, "cyclades.vm").await, 8);
    let later = world.user("new@example.org").await;
    assert_eq!(world.limit_of(later, "cyclades.vm").await, 5);
    let report = world.run(task(QuotaTask::Sync)).await.unwrap();
    let said = lines(&report).1;
    assert_eq!(said[0], "Synced 1 users:");
    assert!(
        said[1].ends_with("(plain@example.org): cyclades.vm: 8 -> 5"),
        "{said:?}"
    );
    assert_eq!(world.limit_of(plain, "cyclades.vm").await, 5);
    assert_eq!(world.limit_of(own, "cyclades.vm").await, 10);
    world
        .run(base_quota("own@example.org", "default"))
        .await
        .unwrap();
    world.run(limit("cyclades.vm", "6")).await.unwrap();
    let report = world.run(task(QuotaTask::Sync)).await.unwrap();
    assert_eq!(lines(&report).1[0], "Synced 3 users:");
    let found = world.store.read_now(identity::verify).unwrap();
    assert!(found.is_empty(), "{found:?}");
}

// ID-CLI-50: the guide's ways, one command.
#[tokio::test]
async fn quota_lists_verifies_and_imports() {
    let world = World::new();
    let erin = world.user("erin@example.org").await;
    world.user("finn@example.org").await;
    let list = |user: Option<&str>| {
        task(QuotaTask::List {
            user: user.map(str::to_owned),
            unit_style: "mb".into(),
        })
    };
    let report = world.run(list(None)).await.unwrap();
    let columns = "uuid email source resource,base quota,total quota,usage";
    assert_eq!(
        table(&report).columns.join(","),
        columns
            .replace(' ', ",")
            .replace("base,quota", "base quota")
            .replace("total,quota", "total quota")
    );
    assert_eq!(table(&report).rows.len(), 20);
    let report = world.run(list(Some("erin@example.org"))).await.unwrap();
    let rows = &table(&report).rows;
    assert_eq!(rows.len(), 10);
    assert_eq!(rows[0][0], erin.to_string().into());
    assert_eq!(rows[0][1], "erin@example.org".into());
    let unknown = world.refused(list(Some("nobody@example.org"))).await;
    assert_eq!(unknown, "Unknown user with id|email 'nobody@example.org'");
    let report = world.run(task(QuotaTask::Verify)).await.unwrap();
    assert_eq!(lines(&report).1, ["Everything in sync."]);
    let import = task(QuotaTask::Import {
        file: "quota.txt".into(),
    });
    let file = format!(
        "# base quota\n{erin} cyclades.vm 3\nnobody x 1\nfinn@example.org cyclades.ram 1G\nshort\n"
    );
    let report = world.with_file(import, &file).await.unwrap();
    assert_eq!(report.code, 1);
    let said = lines(&report).1;
    assert_eq!(said[0], "Line 3: Unknown user 'nobody'.");
    assert!(said[1].starts_with("Line 5: "));
    assert_eq!(said[2], "Set base quota from 2 lines.");
    assert_eq!(world.limit_of(erin, "cyclades.vm").await, 3);
}

// ID-CLI-51
#[tokio::test]
async fn quota_list_filters_amounts_and_people() {
    let world = World::new();
    let erin = world.user("erin@example.org").await;
    let finn = world.user("finn@example.org").await;
    world.charge(finn, 9, false).await;
    let list = |columns: &[&str], filters: &str, overlimit| {
        let filters = match filters {
            "" => Vec::new(),
            text => filter::parse(&QUOTA, text).unwrap(),
        };
        Command::Quota(QuotaCommand::List {
            list: ListOptions {
                columns: columns.iter().map(|c| (*c).to_owned()).collect(),
                filters,
            },
            overlimit,
            unit_style: "mb".into(),
        })
    };
    let rows = async |command| table(&world.run(command).await.unwrap()).rows.clone();
    let all = ["holder", "source", "resource", "limit", "usage"];
    assert_eq!(rows(list(&all, "", false)).await.len(), 20);
    let user = format!("user={erin}");
    let hers = rows(list(&all, &user, false)).await;
    assert_eq!(hers.len(), 10);
    assert!(
        hers.iter()
            .all(|row| row[0] == erin.to_string().into() && row[0] == row[1])
    );
    let named = rows(list(&all, "user=Erin@Example.org", false)).await;
    assert_eq!(named, hers);
    assert_eq!(
        rows(list(&all, "user!=erin@example.org", false))
            .await
            .len(),
        10
    );
    assert!(
        rows(list(&all, "user=nobody@example.org", false))
            .await
            .is_empty()
    );
    let big = rows(list(&["resource"], &format!("{user},limit=50G"), false)).await;
    assert_eq!(big, [vec![Cell::from("pithos.diskspace")]]);
    let endless = rows(list(&["resource"], &format!("{user},limit=inf"), false)).await;
    assert_eq!(endless.len(), 2);
    let over = rows(list(
        &["displayname", "resource", "limit", "usage"],
        "",
        true,
    ))
    .await;
    let expected: Vec<Cell> = vec![
        "finn@example.org".into(),
        "cyclades.vm".into(),
        8.into(),
        9.into(),
    ];
    assert_eq!(over, [expected]);
    assert!(filter::parse(&QUOTA, "limit=much").is_err());
}

// ID-CLI-52 ID-QTA-02
#[tokio::test]
async fn verify_finds_and_fixes_what_differs() {
    let world = World::new();
    let erin = world.user("erin@example.org").await;
    let verify = |fix, unexpected| Command::Quota(QuotaCommand::Verify { fix, unexpected });
    let report = world.run(verify(false, true)).await.unwrap();
    assert_eq!(lines(&report).1, ["Everything in sync."]);
    let holder = ::quota::user_holder(erin);
    let source = ::quota::project_source(erin.own_project());
    let wrong = world.store.write(move |tx| {
        ::quota::set_limit(tx, &holder, &source, "cyclades.vm", 99)?;
        ::quota::set_limit(tx, "user:gone", "project:gone", "cyclades.vm", 1)
    });
    wrong.await.unwrap();
    let report = world.run(verify(false, false)).await.unwrap();
    let found = table(&report);
    assert_eq!(found.title.as_deref(), Some("Inconsistencies"));
    let headers = ["Holder", "Source", "Resource", "Astakos", "Quotaholder"];
    assert_eq!(found.columns, headers);
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rows[0][3..], [8u64.into(), 99u64.into()]);
    assert_eq!(
        table(&world.run(verify(false, true)).await.unwrap())
            .rows
            .len(),
        2
    );
    let report = world.run(task(QuotaTask::Verify)).await.unwrap();
    assert_eq!(lines(&report).1, ["Quota differ for 2 users."]);
    let report = world.run(verify(true, true)).await.unwrap();
    assert_eq!(lines(&report).1, ["Fixed 2 inconsistencies."]);
    let report = world.run(verify(false, true)).await.unwrap();
    assert_eq!(lines(&report).1, ["Everything in sync."]);
    assert_eq!(world.limit_of(erin, "cyclades.vm").await, 8);
}

// ID-CLI-53
#[tokio::test]
async fn charges_for_applications_are_reconciled() {
    let world = World::new();
    let erin = world.user("erin@example.org").await;
    let reconcile = |user: Option<&str>, fix| {
        Command::Quota(QuotaCommand::Reconcile {
            user: user.map(str::to_owned),
            project: None,
            fix,
            force: false,
        })
    };
    let report = world.run(reconcile(None, true)).await.unwrap();
    assert_eq!(lines(&report).1, ["Everything in sync."]);
    let charged = world.store.write(move |tx| {
        let project = erin.own_project();
        ::quota::charge(tx, erin, project, ::quota::resource::PENDING_APP, 2, true)
    });
    charged.await.unwrap();
    let report = world.run(reconcile(None, false)).await.unwrap();
    let row = &table(&report).rows[0];
    assert_eq!(row[0], "user".into());
    assert_eq!(row[4..], [0u64.into(), 2u64.into()]);
    let uuid = erin.to_string();
    let report = world.run(reconcile(Some(&uuid), true)).await.unwrap();
    assert_eq!(lines(&report).1, ["Fixed unsynced resources"]);
    let report = world.run(reconcile(None, false)).await.unwrap();
    assert_eq!(lines(&report).1, ["Everything in sync."]);
    let other = "6a4bbd2c-7f3e-4c0c-8f0e-2d7f1a3c9b11";
    let text = format!("There is no user with uuid '{other}'.");
    assert_eq!(world.refused(reconcile(Some(other), false)).await, text);
}

// ID-CLI-54 ID-CLI-55
#[tokio::test]
async fn pending_commissions_are_listed_and_shown() {
    let world = World::new();
    let erin = world.user("erin@example.org").await;
    world.charge(erin, 1, true).await;
    let list = |overdue| {
        Command::Quota(QuotaCommand::Commissions {
            list: columns(&["serial", "name", "clientkey", "issue time"]),
            overdue,
        })
    };
    let report = world.run(list(None)).await.unwrap();
    let row = table(&report).rows[0].clone();
    assert_eq!(row[..3], [1u64.into(), "test".into(), "synnefo".into()]);
    assert!(
        table(&world.run(list(Some(10))).await.unwrap())
            .rows
            .is_empty()
    );
    let show = |serial| Command::Quota(QuotaCommand::Commission { serial });
    let report = world.run(show(1)).await.unwrap();
    assert_eq!(*value(record(&report), "clientkey"), "synnefo".into());
    let lines = table(&report);
    assert_eq!(lines.title.as_deref(), Some("Provisions"));
    assert_eq!(lines.columns, ["holder", "resource", "source", "quantity"]);
    assert_eq!(lines.rows.len(), 2);
    let text = "There is no pending commission with serial 9.";
    assert_eq!(world.refused(show(9)).await, text);
}

// ID-CLI-64: both forms of the setting, and names that are not there.
#[tokio::test]
async fn defaults_come_from_the_setting_of_the_guide() {
    let world = World::new();
    let mut settings = (*world.admin.settings.now()).clone();
    let text = "{'cyclades': {'resources': [{'name': 'vm', 'uplimit': 2}, {'name': 'nosuch', \
                'uplimit': 1}]}, 'pithos': {'resources': {'diskspace': {'uplimit': 1073741824}}}}";
    settings.set(
        "ASTAKOS_SERVICES",
        kernel::settings::literal::parse(text).unwrap(),
    );
    world.admin.settings.replace(settings);
    let load = Command::Quota(QuotaCommand::LoadServiceResources);
    let report = world.run(load).await.unwrap();
    let said = lines(&report).1;
    assert_eq!(said[0], "Resource cyclades.vm: system default set to 2.");
    assert_eq!(said[1], "Resource cyclades.nosuch does not exist; skipped.");
    assert_eq!(
        said[2],
        "Resource pithos.diskspace: system default set to 1.00 GB."
    );
    let all = world.admin.quota.catalogue().await.unwrap();
    let default = |name: &str| {
        let found = all.iter().find(|info| info.about.name == name);
        found.unwrap().system_default
    };
    assert_eq!(default("cyclades.vm"), 2);
    assert_eq!(default("pithos.diskspace"), 1 << 30);
}

// ID-SET-54 ID-CLI-64: the setting as the file has it, uncommented, is what holds anyhow;
// a changed uplimit is the base quota of everybody.
#[tokio::test]
async fn the_setting_as_it_is_in_the_file_holds_what_holds() {
    let world = World::new();
    let before = world.admin.quota.catalogue().await.unwrap();
    let load = || Command::Quota(QuotaCommand::LoadServiceResources);
    let report = world.run(load()).await.unwrap();
    let said = lines(&report).1;
    assert_eq!(said.len(), before.len() + 1, "{said:?}");
    let after = world.admin.quota.catalogue().await.unwrap();
    for (one, now) in before.iter().zip(&after) {
        assert_eq!(one.system_default, now.system_default, "{}", one.about.name);
    }
    // The guide: uncomment it and customise the uplimit values.
    let text = registry_default("ASTAKOS_SERVICES").replace("'uplimit': 8", "'uplimit': 2");
    let older = text
        .replace("'pithos'", "'pithos+'")
        .replace("53687091200", "1024");
    let mut settings = (*world.admin.settings.now()).clone();
    settings.set(
        "ASTAKOS_SERVICES",
        kernel::settings::literal::parse(&older).unwrap(),
    );
    world.admin.settings.replace(settings);
    world.run(load()).await.unwrap();
    let all = world.admin.quota.catalogue().await.unwrap();
    for (name, limit) in [
        ("cyclades.vm", 2),
        ("pithos.diskspace", 1024),
        ("cyclades.cpu", 16),
    ] {
        let found = all.iter().find(|info| info.about.name == name).unwrap();
        assert_eq!(found.system_default, limit, "{name}");
    }
}

fn registry_default(name: &str) -> &'static str {
    kernel::settings::registry::find(name).unwrap().default
}

// ID-CLI-63 ID-STA-02
#[tokio::test]
async fn figures_for_people_and_programs() {
    let world = World::new();
    let erin = world.user("erin@example.org").await;
    world.charge(erin, 2, false).await;
    let stats = |json| {
        let unit_style = "auto".to_owned();
        Command::Account(AccountCommand::Stats { unit_style, json })
    };
    let report = world.run(stats(false)).await.unwrap();
    assert!(lines(&report).0[0].starts_with("datetime: "));
    let tables: Vec<&Table> = report
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::Table(table) => Some(table),
            _ => None,
        })
        .collect();
    assert!(tables.iter().all(|table| table.ruled));
    assert_eq!(tables[0].title.as_deref(), Some("Users"));
    let local: Vec<Cell> = vec![
        "local".into(),
        1u64.into(),
        1u64.into(),
        1u64.into(),
        1u64.into(),
    ];
    assert_eq!(tables[0].rows[1], local);
    let vm = tables[1]
        .rows
        .iter()
        .find(|row| row[0] == "cyclades.vm".into());
    let expected: Vec<Cell> = ["cyclades.vm", "2", "8", "25.00%"].map(Cell::from).to_vec();
    assert_eq!(vm, Some(&expected));
    assert_eq!(tables.len(), 3);
    let report = world.run(stats(true)).await.unwrap();
    let Output::Json(document) = &report.outputs[0] else {
        panic!("{report:?}")
    };
    assert_eq!(document["users"]["all"]["total"], 1);
    assert_eq!(document["users"]["local"]["exclusive"], 1);
    assert_eq!(document["resources"]["local"]["cyclades.vm"]["used"], 2);
    assert_eq!(document["providers"][0], "local");
}

// ID-CLI-25 ID-CLI-26 ID-CLI-65
#[tokio::test]
async fn upkeep_tells_what_it_did() {
    let world = World::new();
    let said = async |command| lines(&world.run(command).await.unwrap()).1;
    let fix = || Command::Account(AccountCommand::FixSuperusers);
    assert_eq!(said(fix()).await, ["No superuser needed a fix."]);
    let mut person = Person::default();
    let clean = Command::Account(AccountCommand::Cleanup);
    let report = world.admin.run(clean, &mut person).await.unwrap();
    assert_eq!(person.read, "Cleanup sessions ...\n");
    assert_eq!(lines(&report).1[0], "Cleanup session catalog ...");
    let general = |command| Command::General(command);
    assert!(
        said(general(GeneralCommand::Migrate { check: false })).await[0].contains("nothing to do")
    );
    assert!(said(general(GeneralCommand::Static)).await[0].contains("nothing to do"));
    // An administrator by questions.
    let make = Command::Account(AccountCommand::CreateSuperuser { email: None });
    let mut person = Person {
        answers: [
            "root@example.org",
            "Ada",
            "Admin",
            "a long secret",
            "another",
        ]
        .into(),
        ..Person::default()
    };
    let differ = world
        .admin
        .run(make.clone(), &mut person)
        .await
        .unwrap_err();
    assert_eq!(differ.to_string(), "The two passwords differ.");
    let mut person = Person {
        answers: [
            "root@example.org",
            "Ada",
            "Admin",
            "a long secret",
            "a long secret",
        ]
        .into(),
        ..Person::default()
    };
    world.admin.run(make, &mut person).await.unwrap();
    let root = world
        .admin
        .identity
        .find("root@example.org")
        .await
        .unwrap()
        .unwrap();
    assert!(root.admin && root.active);
    assert_eq!(said(fix()).await, ["No superuser needed a fix."]);
}

// ID-CLI-80
#[tokio::test]
async fn what_is_known_of_people_is_told() {
    let world = World::new();
    world.user("erin@example.org").await;
    let account = |command| Command::Account(command);
    let client = identity::ClientInfo {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        user_agent: "Browser".to_owned(),
    };
    let login = world.admin.identity.log_in(
        "erin@example.org",
        "correct horse".to_owned().into(),
        &client,
    );
    drop(login.await);
    let sessions = account(AccountCommand::Sessions { user: "1".into() });
    let before = table(&world.run(sessions.clone()).await.unwrap())
        .rows
        .len();
    let flush = account(AccountCommand::FlushSessions {
        user: "erin@example.org".into(),
    });
    let report = world.run(flush).await.unwrap();
    assert_eq!(
        lines(&report).1,
        [format!("Ended {before} sessions of erin@example.org.")]
    );
    assert!(table(&world.run(sessions).await.unwrap()).rows.is_empty());
    let export = account(AccountCommand::Export { user: "1".into() });
    let report = world.run(export).await.unwrap();
    let Output::Json(all) = &report.outputs[0] else {
        panic!("{report:?}")
    };
    assert_eq!(all["account"]["email"], "erin@example.org");
    assert_eq!(all["login_methods"][0]["module"], "local");
    let text = all.to_string();
    assert!(!text.contains("sealed") && !text.contains("hash"), "{text}");
    // ID-CLI-80: erasing asks first.
    let erase = |no_confirm| {
        account(AccountCommand::Erase {
            user: "erin@example.org".into(),
            no_confirm,
        })
    };
    let refused = world.run(erase(false)).await.unwrap_err();
    assert_eq!(refused.to_string(), "Aborted.");
    let pending = account(AccountCommand::Pending {
        list: columns(&["id", "provider"]),
    });
    assert!(table(&world.run(pending).await.unwrap()).rows.is_empty());
    let trail = |user: Option<&str>| {
        account(AccountCommand::Audit {
            list: columns(&["id", "action", "target"]),
            user: user.map(str::to_owned),
            since: None,
        })
    };
    let all = table(&world.run(trail(None)).await.unwrap()).rows.clone();
    assert!(
        all.iter().any(|row| row[1] == "user.end_sessions".into()),
        "{all:?}"
    );
    // In the order of their numbers (ID-CLI-16).
    assert!(all.windows(2).all(|two| match (&two[0][0], &two[1][0]) {
        (Cell::Int(a), Cell::Int(b)) => a < b,
        _ => false,
    }));
    let show = |name: Option<&str>| {
        let name = name.map(str::to_owned);
        Command::General(GeneralCommand::Settings { name })
    };
    let report = world.run(show(Some("SECRET_KEY"))).await.unwrap();
    assert_eq!(table(&report).rows[0][1], "''".into());
    assert_eq!(table(&report).rows[0][3], "default".into());
    assert!(table(&world.run(show(None)).await.unwrap()).rows.len() > 100);
    assert!(world.run(show(Some("NO_SUCH"))).await.is_err());
}

// ID-CLI-22 ID-CLI-37 ID-TRM-01
#[tokio::test]
async fn terms_are_added_from_a_file() {
    let world = World::new();
    world.user("erin@example.org").await;
    let add = Command::Account(AccountCommand::TermAdd {
        location: "/usr/share/synnefo/sample-terms.html".into(),
        file: "sample-terms.html".into(),
    });
    assert_eq!(world.refused(add.clone()).await, "Invalid location");
    for id in 1..3 {
        let html = format!("<h1>Terms {id}</h1>");
        let report = world.with_file(add.clone(), &html).await.unwrap();
        assert_eq!(lines(&report).1, [format!("Created term id {id}")]);
    }
    // Everybody has to sign again, and administrators see who did (ID-CLI-22).
    let show = Command::UserShow {
        user: "1".into(),
        quota: false,
        unit_style: "mb".into(),
        projects: false,
    };
    let keys = async || -> Vec<String> {
        let report = world.run(show.clone()).await.unwrap();
        let fields = record(&report).fields.iter();
        fields.map(|(key, _)| key.clone()).skip(23).collect()
    };
    assert_eq!(keys().await, ["has_signed_terms"]);
    let sign = wire::admin::UserModify {
        user: "1".into(),
        sign_terms: true,
        reset_second_factor: false,
        ..Default::default()
    };
    world
        .run(Command::UserModify(Box::new(sign)))
        .await
        .unwrap();
    assert_eq!(keys().await, ["has_signed_terms", "date_signed_terms"]);
}
