//! `user-*`.

use super::*;
use wire::admin::{Secret, UserAdd, UserList, UserModify, filter, lists::USER};

pub(crate) fn new(email: &str) -> UserAdd {
    UserAdd {
        email: email.to_owned(),
        first_name: "Erin".into(),
        last_name: "Example".into(),
        password: Some(Secret::new("correct horse battery")),
        admin: false,
        groups: Vec::new(),
        permissions: Vec::new(),
    }
}

fn change(user: &str) -> UserModify {
    UserModify {
        user: user.to_owned(),
        ..UserModify::default()
    }
}

impl World {
    pub(crate) async fn user(&self, email: &str) -> kernel::UserId {
        self.run(Command::UserAdd(new(email))).await.unwrap();
        let accept = UserModify {
            verify: true,
            accept: true,
            ..change(email)
        };
        self.modify(accept).await.unwrap();
        self.admin.identity.find(email).await.unwrap().unwrap().uuid
    }

    async fn modify(&self, change: UserModify) -> Result<Report> {
        self.run(Command::UserModify(Box::new(change))).await
    }

    async fn show(&self, user: &str, quota: bool) -> Result<Report> {
        let command = Command::UserShow {
            user: user.to_owned(),
            quota,
            unit_style: "mb".into(),
            projects: quota,
        };
        self.run(command).await
    }

    async fn names(&self, list: UserList) -> Vec<Cell> {
        let list = UserList {
            list: ListOptions {
                columns: vec!["email".into()],
                ..list.list
            },
            ..list
        };
        let report = self.run(Command::UserList(list)).await.unwrap();
        table(&report).rows.concat()
    }
}

// ID-CLI-20
#[tokio::test]
async fn add_tells_the_uuid_and_a_made_password() {
    let world = World::new();
    let report = world
        .run(Command::UserAdd(new("erin@example.org")))
        .await
        .unwrap();
    let uuid = world.admin.identity.find("1").await.unwrap().unwrap().uuid;
    let told = format!("User created successfully with UUID: {uuid}");
    assert_eq!(lines(&report).0, [told]);
    let made = UserAdd {
        password: None,
        admin: true,
        groups: vec!["ops".into()],
        ..new("finn@example.org")
    };
    let report = world.run(Command::UserAdd(made)).await.unwrap();
    let password = lines(&report).0[1]
        .strip_prefix(" and password: ")
        .unwrap()
        .len();
    assert!(password >= 8);
    let shown = world.show("finn@example.org", false).await.unwrap();
    assert_eq!(*value(record(&shown), "admin"), Cell::Bool(true));
    assert_eq!(*value(record(&shown), "groups"), vec!["ops"].into());
    assert_eq!(*value(record(&shown), "active"), Cell::Bool(false));
    assert_eq!(
        world.refused(Command::UserAdd(new("nonsense"))).await,
        "Invalid email"
    );
}

// ID-CLI-21 ID-CLI-15 ID-CLI-16
#[tokio::test]
async fn list_picks_states_filters_and_columns() {
    let world = World::new();
    for name in ["c@example.org", "a@example.org"] {
        world.user(name).await;
    }
    world
        .run(Command::UserAdd(new("new@example.org")))
        .await
        .unwrap();
    world
        .run(Command::UserAdd(new("waits@example.org")))
        .await
        .unwrap();
    let verify = UserModify {
        verify: true,
        ..change("waits@example.org")
    };
    world.modify(verify).await.unwrap();
    let all: Vec<Cell> = ["c", "a", "new", "waits"]
        .map(|n| format!("{n}@example.org").into())
        .to_vec();
    assert_eq!(world.names(UserList::default()).await, all);
    let active = UserList {
        active: true,
        ..UserList::default()
    };
    assert_eq!(world.names(active.clone()).await, all[..2]);
    let unverified = UserList {
        pending_verification: true,
        ..UserList::default()
    };
    assert_eq!(world.names(unverified).await, all[2..3]);
    let waiting = UserList {
        pending_moderation: true,
        ..UserList::default()
    };
    assert_eq!(world.names(waiting).await, all[3..]);
    let both = UserList {
        pending_moderation: true,
        ..active
    };
    assert!(world.names(both).await.is_empty());
    let filtered = UserList {
        list: ListOptions {
            columns: Vec::new(),
            filters: filter::parse(&USER, "id>1,is_active=yes").unwrap(),
        },
        ..UserList::default()
    };
    assert_eq!(world.names(filtered).await, all[1..2]);
    let list = UserList {
        list: columns(&[
            "id",
            "displayname",
            "realname",
            "active",
            "admin",
            "providers",
        ]),
        ..UserList::default()
    };
    let report = world.run(Command::UserList(list)).await.unwrap();
    let first: Vec<Cell> = vec![
        1u64.into(),
        "c@example.org".into(),
        "Erin Example".into(),
        true.into(),
        false.into(),
        "local:astakos".into(),
    ];
    assert_eq!(table(&report).rows[0], first);
}

// ID-CLI-22
#[tokio::test]
async fn show_is_complete_and_in_order() {
    let world = World::new();
    let uuid = world.user("erin@example.org").await;
    let report = world.show("erin@example.org", true).await.unwrap();
    let keys: Vec<&str> = record(&report)
        .fields
        .iter()
        .map(|(key, _)| &**key)
        .collect();
    assert_eq!(
        keys,
        [
            "id",
            "uuid",
            "status",
            "email",
            "first name",
            "last name",
            "admin",
            "last login",
            "date joined",
            "last update",
            "token expiration",
            "providers",
            "groups",
            "permissions",
            "group permissions",
            "email_verified",
            "moderated",
            "rejected",
            "active",
            "username",
            "activation_sent_date",
            "last_login_details",
            "default_project",
        ]
    );
    let status = "Accepted/Active (accepted policy: manual)";
    assert_eq!(*value(record(&report), "status"), status.into());
    assert_eq!(
        *value(record(&report), "default_project"),
        uuid.to_string().into()
    );
    let details = "No login info available";
    assert_eq!(
        *value(record(&report), "last_login_details"),
        details.into()
    );
    let tables: Vec<&Table> = report
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::Table(table) => Some(table),
            _ => None,
        })
        .collect();
    assert_eq!(tables[0].title.as_deref(), Some("User Quota"));
    let disk = tables[0]
        .rows
        .iter()
        .find(|row| row[1] == "pithos.diskspace".into())
        .unwrap();
    assert_eq!(disk[2..], ["51200.0 MB".into(), "0.000 MB".into()]);
    let mut rows = tables[0].rows.iter();
    let machines = rows.find(|row| row[1] == "cyclades.vm".into()).unwrap();
    assert_eq!(machines[2..], [8u64.into(), 0u64.into()]);
    assert!(
        tables[0]
            .rows
            .iter()
            .any(|row| row[1] == "cyclades.total_ram".into())
    );
    assert_eq!(tables[1].title.as_deref(), Some("Owned Projects"));
    assert_eq!(tables[2].rows[0][2], "Accepted".into());
    for (name, by) in [("nosuch", "email"), ("99", "id")] {
        let text = world.show(name, false).await.unwrap_err().to_string();
        assert_eq!(text, format!("Unknown user with {by} '{name}'"));
    }
    // The token is never shown.
    let token = world.admin.identity.token_of(uuid).await.unwrap().token;
    let token = kernel::secret::ExposeSecret::expose_secret(&token).to_owned();
    assert!(!format!("{report:?}").contains(&token));
}

// ID-CLI-23
#[tokio::test]
async fn modify_decides_on_accounts() {
    let world = World::new();
    world
        .run(Command::UserAdd(new("erin@example.org")))
        .await
        .unwrap();
    let verify = UserModify {
        verify: true,
        ..change("1")
    };
    let report = world.modify(verify.clone()).await.unwrap();
    assert_eq!(lines(&report).1, ["Account verified (PENDING_MODERATION)"]);
    let refused = world.modify(verify).await.unwrap_err().to_string();
    assert!(refused.starts_with("Failed to verify: "), "{refused}");
    assert!(!refused.contains("ACCOUNT_"), "{refused}");
    let accept = UserModify {
        accept: true,
        ..change("1")
    };
    let report = world.modify(accept).await.unwrap();
    assert_eq!(lines(&report).1, ["Account accepted and activated"]);
    let off = UserModify {
        set_active: Some(false),
        inactive_reason: Some("left".into()),
        ..change("erin@example.org")
    };
    let report = world.modify(off).await.unwrap();
    assert_eq!(lines(&report).1, ["Account erin@example.org deactivated"]);
    let on = UserModify {
        set_active: Some(true),
        ..change("1")
    };
    let report = world.modify(on).await.unwrap();
    assert_eq!(lines(&report).1, ["Account erin@example.org activated"]);

    world
        .run(Command::UserAdd(new("spam@example.org")))
        .await
        .unwrap();
    let reject = UserModify {
        verify: true,
        reject: false,
        ..change("2")
    };
    world.modify(reject).await.unwrap();
    let reject = UserModify {
        reject: true,
        reject_reason: Some("spammer".into()),
        ..change("2")
    };
    assert_eq!(
        lines(&world.modify(reject).await.unwrap()).1,
        ["Account rejected"]
    );
    let shown = world.show("2", false).await.unwrap();
    assert_eq!(*value(record(&shown), "rejected"), Cell::Bool(true));
}

// ID-CLI-06 ID-CLI-23
#[tokio::test]
async fn a_refused_change_leaves_nothing_behind() {
    let world = World::new();
    world.user("erin@example.org").await;
    let bad = UserModify {
        set_admin: Some(true),
        level: Some(3),
        add_groups: vec!["nosuch".into()],
        ..change("1")
    };
    let text = world.modify(bad).await.unwrap_err().to_string();
    assert_eq!(text, "Group named nosuch does not exist");
    for (add, delete) in [
        (vec!["a b".to_owned()], vec![]),
        (vec![], vec!["a b".to_owned()]),
    ] {
        let bad = UserModify {
            add_permissions: add,
            delete_permissions: delete,
            ..change("1")
        };
        let text = world.modify(bad).await.unwrap_err().to_string();
        assert_eq!(text, "Invalid codename 'a b'");
    }
    let shown = world.show("1", false).await.unwrap();
    assert_eq!(*value(record(&shown), "admin"), Cell::Bool(false));
    for (user, text) in [
        ("99", "Invalid user ID"),
        ("6a4bbd2c-7f3e-4c0c-8f0e-2d7f1a3c9b11", "Invalid user UUID"),
        (
            "who",
            "Invalid user identification: 'who' is no id, uuid or email address of a user",
        ),
    ] {
        assert_eq!(
            world.modify(change(user)).await.unwrap_err().to_string(),
            text
        );
    }
}

// ID-CLI-05 ID-CLI-23
#[tokio::test]
async fn a_renewed_password_is_printed_and_works() {
    let world = World::new();
    world.user("erin@example.org").await;
    let renew = UserModify {
        renew_password: true,
        ..change("1")
    };
    let (data, _) = lines(&world.modify(renew).await.unwrap());
    let password = data[0]
        .strip_prefix("User's new password: ")
        .unwrap()
        .to_owned();
    let client = identity::ClientInfo {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
    };
    let login = world
        .admin
        .identity
        .log_in("erin@example.org", password.into(), &client)
        .await;
    assert!(
        matches!(login, Ok(identity::LoginOutcome::In(_))),
        "{login:?}"
    );
}

// ID-CLI-09 ID-CLI-23
#[tokio::test]
async fn deletion_is_asked_for() {
    let world = World::new();
    world
        .run(Command::UserAdd(new("erin@example.org")))
        .await
        .unwrap();
    let delete = || {
        Command::UserModify(Box::new(UserModify {
            delete: true,
            ..change("1")
        }))
    };
    for answer in [None, Some("no")] {
        let mut person = Person {
            answer,
            ..Person::default()
        };
        let refused = world.admin.run(delete(), &mut person).await.unwrap_err();
        assert_eq!(refused.to_string(), "Aborted.");
        assert!(person.read.contains("email: erin@example.org\n"));
        assert!(world.show("1", false).await.is_ok());
    }
    let mut person = Person {
        answer: Some("Yes"),
        ..Person::default()
    };
    world.admin.run(delete(), &mut person).await.unwrap();
    assert!(world.show("1", false).await.is_err());
    // Accepted ones stay, whatever is answered; nothing is asked.
    world.user("finn@example.org").await;
    let mut person = Person::default();
    let accepted = UserModify {
        delete: true,
        ..change("finn@example.org")
    };
    let accepted = Command::UserModify(Box::new(accepted));
    let refused = world.admin.run(accepted, &mut person).await.unwrap_err();
    assert!(
        refused.to_string().starts_with("Cannot delete."),
        "{refused}"
    );
    assert!(person.asked.is_empty() && person.read.is_empty());
    let keep = UserModify {
        delete: true,
        no_confirm: true,
        ..change("finn@example.org")
    };
    let text = world.modify(keep).await.unwrap_err().to_string();
    assert_eq!(text, "Cannot delete. User finn@example.org is accepted.");
}

// ID-CLI-23 ID-QTA-20
#[tokio::test]
async fn base_quota_is_shown_and_set() {
    let world = World::new();
    world.user("erin@example.org").await;
    let set = |resource: &str, capacity: &str, no_confirm| UserModify {
        base_quota: vec![(resource.into(), capacity.into())],
        no_confirm,
        ..change("1")
    };
    let limit = async || {
        let report = world.show("1", true).await.unwrap();
        let tables = report.outputs.iter().filter_map(|output| match output {
            Output::Table(table) => Some(table.rows.clone()),
            _ => None,
        });
        let rows = tables.flatten();
        rows.into_iter()
            .find(|row| row[1] == "cyclades.vm".into())
            .unwrap()[2]
            .clone()
    };
    let mut person = Person {
        answer: Some("y"),
        ..Person::default()
    };
    let command = Command::UserModify(Box::new(set("cyclades.vm", "10", false)));
    world.admin.run(command, &mut person).await.unwrap();
    assert!(
        person.read.contains("default capacity: 8\n"),
        "{}",
        person.read
    );
    assert!(
        person
            .read
            .contains("current capacity: 8\nnew capacity: 10\n")
    );
    assert_eq!(limit().await, 10.into());
    world
        .modify(set("cyclades.vm", "default", true))
        .await
        .unwrap();
    assert_eq!(limit().await, 8.into());
    let text = world
        .modify(set("nosuch", "1", true))
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(text, "No such resource: nosuch");
    let text = world
        .modify(set("cyclades.vm", "many", true))
        .await
        .unwrap_err()
        .to_string();
    assert!(text.starts_with("Quota limit should be an integer"));
    assert_eq!(
        world
            .modify(set("cyclades.vm", "9", false))
            .await
            .unwrap_err()
            .to_string(),
        "Aborted."
    );
    assert_eq!(limit().await, 8.into());
}

// ID-CLI-24
#[tokio::test]
async fn activation_is_sent_to_those_who_wait() {
    let world = World::new();
    world.user("done@example.org").await;
    world
        .run(Command::UserAdd(new("erin@example.org")))
        .await
        .unwrap();
    let users = ["2", "done@example.org", "x"].map(str::to_owned).to_vec();
    let report = world
        .run(Command::UserActivationSend { users })
        .await
        .unwrap();
    assert_eq!(report.code, 1);
    let said = [
        "Activation sent to 'erin@example.org'",
        "User email already verified 'done@example.org'",
        "Unknown user 'x'",
    ];
    assert_eq!(lines(&report).1, said);
    let users = vec!["2".to_owned()];
    let report = world
        .run(Command::UserActivationSend { users })
        .await
        .unwrap();
    assert_eq!(report.code, 0);
}
