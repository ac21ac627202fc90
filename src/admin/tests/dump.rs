//! `import-django-dump`.

use super::*;
use wire::admin::{AccountCommand, lists::USER};

/// What `dumpdata --natural` and without of releases 0.14 and 0.21 write, cut down.
fn dump() -> serde_json::Value {
    serde_json::json!([
        {"model": "auth.permission", "pk": 3, "fields":
            {"name": "Can see", "content_type": 1, "codename": "can_see"}},
        {"model": "auth.group", "pk": 7, "fields": {"name": "helpdesk", "permissions": [3]}},
        {"model": "auth.user", "pk": 1, "fields": {
            "username": "maria@example.org", "first_name": "Maria", "last_name": "Doe",
            "email": "Maria@example.org", "is_staff": false, "is_active": true,
            "is_superuser": true, "last_login": "2014-01-02T03:04:05.678Z",
            "date_joined": "2013-06-19T15:23:59.975572", "groups": [7],
            "user_permissions": [["can_do", "im", "astakosuser"]],
            "password": "pbkdf2_sha256$1000$seasalt$+hs9qSCcGyNSGDNojIEbomuX9WI/mzTF5yfwAXqyKOo="}},
        {"model": "im.astakosuser", "pk": 1, "fields": {
            "affiliation": "Uni", "level": 1, "invitations": 2, "base_project": 5,
            "auth_token": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
            "auth_token_created": "2025-12-20 10:00:00",
            "auth_token_expires": "2036-01-20T10:00:00+00:00",
            "uuid": "11111111-2222-4333-8444-555555555555", "email_verified": true,
            "moderated": true, "moderated_at": "2013-06-20T00:00:00Z", "is_rejected": false,
            "accepted_policy": "manual", "has_signed_terms": true,
            "date_signed_terms": "2013-06-20T00:00:00Z", "is_verified": true}},
        {"model": "im.astakosuserauthprovider", "pk": 9, "fields": {
            "user": 1, "module": "shibboleth", "identifier": "maria@uni", "active": true,
            "auth_backend": "astakos", "info_data": "{\"eppn\": \"maria@uni\"}",
            "created": "2013-07-01T00:00:00Z"}},
        {"model": "im.astakosuserauthprovider", "pk": 8, "fields": {
            "user": 1, "module": "local", "identifier": null, "active": true,
            "auth_backend": "astakos", "info_data": "null", "created": "2013-06-19T00:00:00Z"}},
        {"model": "im.resource", "pk": 2, "fields": {"name": "cyclades.vm", "uplimit": 2}},
        {"model": "im.resource", "pk": 3, "fields": {"name": "pithos+.diskspace", "uplimit": 5}},
        {"model": "im.projectresourcequota", "pk": 1, "fields":
            {"project": 5, "resource": 2, "project_capacity": 9, "member_capacity": 9}},
        {"model": "im.projectresourcequota", "pk": 2, "fields":
            {"project": 5, "resource": 3, "project_capacity": 5, "member_capacity": 5}},
        {"model": "im.usersetting", "pk": 1, "fields":
            {"user": 1, "setting": "PENDING_APPLICATION_LIMIT", "value": 4}},
        {"model": "auth.user", "pk": 2, "fields": {
            "username": "nils@example.org", "email": "nils@example.org", "password": "!",
            "is_active": false, "date_joined": "2013-06-19T15:23:59Z"}},
        {"model": "im.astakosuser", "pk": 2, "fields": {
            "uuid": "21111111-2222-4333-8444-555555555555", "email_verified": true,
            "moderated": true, "is_rejected": true, "rejected_reason": "spammer",
            "verified_at": "2013-06-20T00:00:00Z"}},
        {"model": "auth.user", "pk": 3, "fields": {"username": "root", "email": ""}},
        {"model": "im.project", "pk": 5, "fields": {}},
        {"model": "im.sessioncatalog", "pk": 5, "fields": {}},
        {"model": "south.migrationhistory", "pk": 5, "fields": {}},
    ])
}

fn import() -> Command {
    Command::Account(AccountCommand::ImportDump {
        file: "dump.json".into(),
    })
}

impl World {
    async fn line(&self, user: &str, columns_of: &[&str]) -> Vec<Cell> {
        let mut list = columns(columns_of);
        list.filters = wire::admin::filter::parse(&USER, &format!("email__iexact={user}")).unwrap();
        let list = wire::admin::UserList {
            list,
            ..Default::default()
        };
        let report = self.run(Command::UserList(list)).await.unwrap();
        table(&report).rows[0].clone()
    }
}

// ID-CLI-80 ID-UPG-06 ID-MOD-06
#[tokio::test]
async fn a_dump_of_the_original_becomes_accounts() {
    let world = World::new();
    let text = dump().to_string();
    let report = world.with_file(import(), &text).await.unwrap();
    assert_eq!(
        lines(&report).1,
        [
            "Imported 2 accounts; 0 were here already.",
            "Left out: 1 × auth.user (no accounts: they have no im.astakosuser)",
            "Left out: 1 × im.project (not supported yet)",
            "Left out: 1 × im.projectresourcequota (the default of its resource)",
            "Left out: 2 × im.resource (components register their resources)",
            "Left out: 1 × im.sessioncatalog (not needed here)",
            "Left out: 1 × south.migrationhistory (not needed here)",
        ]
    );
    let show = |user: &str| Command::UserShow {
        user: user.to_owned(),
        quota: true,
        unit_style: "b".into(),
        projects: false,
    };
    let report = world.run(show("maria@example.org")).await.unwrap();
    let shown = record(&report);
    for (key, wanted) in [
        ("uuid", "11111111-2222-4333-8444-555555555555"),
        ("status", "Accepted/Active (accepted policy: manual)"),
        ("email", "Maria@example.org"),
        ("first name", "Maria"),
        // `user-show` names identities, and nothing where there is none.
        ("providers", "local:, shibboleth:maria@uni"),
    ] {
        assert_eq!(*value(shown, key), Cell::from(wanted), "{key}");
    }
    assert_eq!(*value(shown, "admin"), Cell::Bool(true));
    assert_eq!(
        *value(shown, "groups"),
        Cell::from(vec!["helpdesk".to_owned()])
    );
    assert_eq!(
        *value(shown, "permissions"),
        Cell::from(vec!["can_do".to_owned()])
    );
    assert_eq!(
        *value(shown, "group permissions"),
        Cell::from(vec!["can_see".to_owned()])
    );
    let joined: kernel::Timestamp = "2013-06-19T15:23:59.975572Z".parse().unwrap();
    assert_eq!(*value(shown, "date joined"), Cell::from(joined));
    let quota = &table(&report).rows;
    let limit = |name: &str| quota.iter().find(|row| row[1] == name.into()).unwrap()[2].clone();
    assert_eq!(limit("cyclades.vm"), Cell::from(9));
    // A default there is the default here.
    assert_ne!(limit("pithos.diskspace"), Cell::from("5"));
    // Lists name the identity, or who looks after the password (ID-MOD-06).
    let listed = world
        .line("maria@example.org", &["providers", "level", "affiliation"])
        .await;
    assert_eq!(listed[0], "local:astakos, shibboleth:maria@uni".into());
    assert_eq!(listed[1], 1u64.into());
    let turned_away = world.line("nils@example.org", &["status"]).await;
    assert_eq!(turned_away, ["Rejected (spammer)".into()]);
    let client = identity::ClientInfo {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
    };
    let identity = &world.admin.identity;
    let login = identity.log_in("maria@example.org", "secret".to_owned().into(), &client);
    assert!(matches!(login.await, Ok(identity::LoginOutcome::In(_))));
    let token = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    assert!(identity.caller_by_token(token).unwrap().is_admin());
    // Again: nobody twice.
    let report = world.with_file(import(), &text).await.unwrap();
    assert_eq!(
        lines(&report).1[0],
        "Imported 0 accounts; 2 were here already."
    );
}

// ID-CLI-80 ID-UPG-06: what `dumpdata --natural` and `--natural-foreign` write.
#[tokio::test]
async fn references_by_name_are_understood() {
    let world = World::new();
    let mut named = dump();
    for row in named.as_array_mut().unwrap() {
        let fields = row["fields"].as_object_mut().unwrap();
        for (key, number, name) in [
            ("user", 1, "maria@example.org"),
            ("resource", 2, "cyclades.vm"),
            ("resource", 3, "pithos+.diskspace"),
        ] {
            if fields.get(key) == Some(&number.into()) {
                fields.insert(key.into(), serde_json::json!([name]));
            }
        }
        if fields.contains_key("groups") {
            fields.insert("groups".into(), serde_json::json!([["helpdesk"]]));
        }
    }
    let said = |report: &Report| lines(report).1.to_vec();
    let report = world.with_file(import(), &named.to_string()).await.unwrap();
    let by_number = World::new();
    let other = by_number.with_file(import(), &dump().to_string()).await;
    assert_eq!(said(&report), said(&other.unwrap()));
    let export = || {
        Command::Account(AccountCommand::Export {
            user: "maria@example.org".into(),
        })
    };
    let (found, other) = (world.run(export()).await, by_number.run(export()).await);
    let found = format!("{:?}", found.unwrap().outputs);
    assert_eq!(found, format!("{:?}", other.unwrap().outputs));
    for text in ["maria@uni", "PENDING_APPLICATION_LIMIT", "helpdesk"] {
        assert!(found.contains(text), "{text}: {found}");
    }
    let show = Command::UserShow {
        user: "maria@example.org".into(),
        quota: true,
        unit_style: "b".into(),
        projects: false,
    };
    let report = world.run(show).await.unwrap();
    let mut quota = table(&report).rows.iter();
    let vm = quota.find(|row| row[1] == "cyclades.vm".into()).unwrap();
    assert_eq!(vm[2], Cell::from(9));
}

// ID-CLI-80 ID-UPG-06: every row that is not taken over is told.
#[tokio::test]
async fn what_is_left_out_is_told() {
    let world = World::new();
    let mut rows = dump();
    let row = |model: &str, fields: serde_json::Value| serde_json::json!({"model": model, "pk": 70, "fields": fields});
    rows[2]["fields"]["groups"] = serde_json::json!([7, 8]);
    rows[2]["fields"]["user_permissions"] = serde_json::json!([3, 4, 5]);
    rows[1]["fields"]["permissions"] = serde_json::json!([9]);
    for more in [
        row(
            "im.usersetting",
            serde_json::json!({"user": 99, "setting": "X", "value": 1}),
        ),
        row(
            "im.usersetting",
            serde_json::json!({"user": 1, "setting": "X", "value": "y"}),
        ),
        row(
            "im.usersetting",
            serde_json::json!({"user": ["no@body"], "setting": "X", "value": 1}),
        ),
        row(
            "im.astakosuserauthprovider",
            serde_json::json!({"user": null, "module": "local"}),
        ),
        row(
            "im.astakosuserquota",
            serde_json::json!({"user": 1, "resource": 99, "capacity": 1}),
        ),
        row(
            "im.astakosuserquota",
            serde_json::json!({"user": 2, "resource": 2, "capacity": 7}),
        ),
        row(
            "im.projectresourcequota",
            serde_json::json!({"project": 6, "resource": 2, "member_capacity": 1}),
        ),
    ] {
        rows.as_array_mut().unwrap().push(more);
    }
    let report = world.with_file(import(), &rows.to_string()).await.unwrap();
    let said = lines(&report).1;
    let told = [
        "nils@example.org: 1 quota limits are left out: the account is not accepted",
        "group helpdesk: 1 permissions are not in the dump",
        "Maria@example.org: 1 groups are not in the dump",
        "Maria@example.org: 2 permissions are not in the dump",
        "Left out: 1 × auth.user (no accounts: they have no im.astakosuser)",
        "Left out: 1 × im.astakosuserauthprovider (of nobody in the dump)",
        "Left out: 1 × im.astakosuserquota (of a resource that is not in the dump, or of no amount)",
        "Left out: 1 × im.project (not supported yet)",
        "Left out: 1 × im.projectresourcequota (not of a person's own project)",
        "Left out: 1 × im.projectresourcequota (the default of its resource)",
        "Left out: 2 × im.resource (components register their resources)",
        "Left out: 1 × im.sessioncatalog (not needed here)",
        "Left out: 2 × im.usersetting (of nobody in the dump)",
        "Left out: 1 × im.usersetting (the value is no number)",
        "Left out: 1 × south.migrationhistory (not needed here)",
    ];
    assert_eq!(said[1..], told);
}

// ID-CLI-80 ID-UPG-06: what cannot be read is named, and nothing is stored.
#[tokio::test]
async fn other_files_are_refused_by_what_they_lack() {
    let world = World::new();
    let mut old = dump();
    old[3]["fields"]
        .as_object_mut()
        .unwrap()
        .remove("is_rejected");
    let mut nobody = dump();
    nobody[3]["fields"]["uuid"] = "x".into();
    let mut twice = dump();
    twice[12]["fields"]["email"] = "MARIA@example.org".into();
    let mut primary = dump();
    primary[2].as_object_mut().unwrap().remove("pk");
    let mut alone = dump();
    alone.as_array_mut().unwrap().remove(11);
    for (file, wanted) in [
        ("{}", "This is no file that dumpdata wrote"),
        (
            &primary.to_string(),
            "The records of auth.user have no numbers (dumpdata --natural-primary)",
        ),
        (&alone.to_string(), "User 2 has no record of auth.user."),
        (&primary.to_string(), "dumpdata auth im"),
        ("[]", "no accounts of an original installation"),
        (&old.to_string(), "Bring that installation to 0.14.10"),
        (
            &nobody.to_string(),
            "User 1 (Maria@example.org) has no uuid.",
        ),
        (&twice.to_string(), "MARIA@example.org is there twice"),
    ] {
        let refused = world
            .with_file(import(), file)
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(wanted), "{refused}");
    }
    let all = wire::admin::UserList {
        list: columns(&["id"]),
        ..Default::default()
    };
    let report = world.run(Command::UserList(all)).await.unwrap();
    assert!(table(&report).rows.is_empty());
}
