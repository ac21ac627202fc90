//! `user-*`.

use super::*;
use wire::admin::{Secret, UserAdd, UserModify, filter::Wanted};

// ID-CLI-20
#[test]
fn user_add() {
    let new = |password: Option<&str>| UserAdd {
        email: "a@example.org".into(),
        first_name: "Ada".into(),
        last_name: "Admin".into(),
        password: password.map(Secret::new),
        admin: password.is_some(),
        groups: Vec::new(),
        permissions: Vec::new(),
    };
    let plain = command(&["user-add", "a@example.org", "Ada", "Admin"]);
    assert_eq!(plain, Command::UserAdd(new(None)));
    let full = command(&[
        "user-add",
        "--admin",
        "a@example.org",
        "-g",
        "x",
        "Ada",
        "--password",
        "-dash",
        "Admin",
        "-g",
        "y",
        "-p",
        "can",
    ]);
    let mut expected = new(Some("-dash"));
    expected.groups = vec!["x".into(), "y".into()];
    expected.permissions = vec!["can".into()];
    assert_eq!(full, Command::UserAdd(expected));
    assert!(!format!("{full:?}").contains("-dash"));
    for bad in [&["user-add"][..], &["user-add", "a@example.org"]] {
        assert_eq!(refused(bad), "CommandError: Invalid number of arguments\n");
    }
}

// ID-CLI-14 ID-CLI-21
#[test]
fn user_list() {
    let list = |args: &[&str]| match command(&[&["user-list"], args].concat()) {
        Command::UserList(list) => list,
        other => panic!("{other:?}"),
    };
    let defaults = [
        "id",
        "displayname",
        "realname",
        "uuid",
        "active",
        "verified",
        "moderated",
        "admin",
    ];
    assert_eq!(list(&[]).list.columns, defaults);
    let more = list(&["--auth-providers", "--displayname"]).list.columns;
    assert_eq!(more[8..], ["providers", "email"]);
    assert_eq!(
        list(&["-o", "uuid, real name,email"]).list.columns,
        ["uuid", "realname", "email"]
    );
    let picked = list(&[
        "--active",
        "--pending-mod",
        "--pending-verification",
        "--group=a",
        "--group",
        "b",
        "--filter-by",
        "id>=2,email=x",
        "--filter-by=admin=yes",
    ]);
    assert!(picked.active && picked.pending_moderation && picked.pending_verification);
    assert_eq!(picked.groups, ["a", "b"]);
    assert_eq!(picked.list.filters.len(), 3);
    assert_eq!(picked.list.filters[2].value, Wanted::Bool(true));
}

// ID-CLI-22
#[test]
fn user_show() {
    let show = command(&["user-show", "--quota", "a@example.org", "--projects"]);
    let expected = Command::UserShow {
        user: "a@example.org".into(),
        quota: true,
        unit_style: "mb".into(),
        projects: true,
    };
    assert_eq!(show, expected);
    assert!(refused(&["user-show"]).contains("Please provide"));
    wrong_usage(&["user-show", "6", "--unit-style", "stone"]);
}

// ID-CLI-01 ID-CLI-23
#[test]
fn user_modify() {
    let modify = |args: &[&str]| match command(&[&["user-modify"], args].concat()) {
        Command::UserModify(modify) => *modify,
        other => panic!("{other:?}"),
    };
    let base = UserModify {
        user: "6".into(),
        ..UserModify::default()
    };
    assert_eq!(modify(&["6"]), base);
    let accept = UserModify {
        verify: true,
        accept: true,
        ..base.clone()
    };
    assert_eq!(modify(&["--accept", "--verify", "6"]), accept);
    let reject = UserModify {
        reject: true,
        reject_reason: Some("spammer".into()),
        ..base.clone()
    };
    assert_eq!(
        modify(&["--reject", "--reject-reason=spammer", "6"]),
        reject
    );
    for (args, active) in [
        (["--set-active", "6"], true),
        (["--active", "6"], true),
        (["6", "--set-inactive"], false),
        (["--inactive", "6"], false),
    ] {
        let expected = UserModify {
            set_active: Some(active),
            ..base.clone()
        };
        assert_eq!(modify(&args), expected);
    }
    let admin = |admin| UserModify {
        set_admin: Some(admin),
        ..base.clone()
    };
    assert_eq!(modify(&["6", "--set-admin"]), admin(true));
    assert_eq!(modify(&["6", "--set-noadmin"]), admin(false));
    let quota = UserModify {
        base_quota: vec![
            ("cyclades.vm".into(), "10".into()),
            ("cyclades.ram".into(), "2 GiB".into()),
        ],
        no_confirm: true,
        ..base.clone()
    };
    let typed = [
        "6",
        "--set-base-quota",
        "cyclades.vm",
        "10",
        "-f",
        "--set-base-quota",
        "cyclades.ram",
        "2 GiB",
    ];
    assert_eq!(modify(&typed), quota);
}

// ID-CLI-23
#[test]
fn user_modify_takes_all_its_options() {
    let all = command(&[
        "user-modify",
        "--set-default-project",
        "p",
        "--set-inactive",
        "--inactive-reason",
        "left",
        "--invitations",
        "3",
        "--level=2",
        "--add-group",
        "a",
        "--delete-group",
        "b",
        "--add-permission",
        "c",
        "--delete-permission",
        "d",
        "--password",
        "pw",
        "--renew-password",
        "--renew-token",
        "--sign-terms",
        "--delete",
        "--set-email",
        "b@example.org",
        "--no-confirm",
        "--",
        "6",
    ]);
    let expected = UserModify {
        user: "6".into(),
        default_project: Some("p".into()),
        set_active: Some(false),
        inactive_reason: Some("left".into()),
        invitations: Some(3),
        level: Some(2),
        add_groups: vec!["a".into()],
        delete_groups: vec!["b".into()],
        add_permissions: vec!["c".into()],
        delete_permissions: vec!["d".into()],
        password: Some(Secret::new("pw")),
        renew_password: true,
        renew_token: true,
        sign_terms: true,
        reset_second_factor: false,
        delete: true,
        set_email: Some("b@example.org".into()),
        no_confirm: true,
        ..UserModify::default()
    };
    assert_eq!(all, Command::UserModify(Box::new(expected)));
    assert_eq!(
        refused(&["user-modify", "--accept"]),
        "CommandError: Please provide a user ID\n"
    );
    wrong_usage(&["user-modify", "6", "--level", "high"]);
    wrong_usage(&["user-modify", "6", "--set-base-quota", "cyclades.vm"]);
    wrong_usage(&["user-modify", "6", "--accept", "--reject"]);
    wrong_usage(&["user-modify", "6", "--set-admin", "--set-noadmin"]);
    // A reason without what it is the reason of is not passed over.
    wrong_usage(&["user-modify", "6", "--reject-reason", "spam"]);
    wrong_usage(&["user-modify", "6", "--accept", "--reject-reason", "spam"]);
    wrong_usage(&["user-modify", "6", "--inactive-reason", "spam"]);
    let idle = ["--set-active", "--inactive-reason", "spam"];
    wrong_usage(&[&["user-modify", "6"][..], &idle].concat());
}

// ID-CLI-24
#[test]
fn user_activation_send() {
    let users = vec!["7".to_owned(), "b@example.org".to_owned()];
    let sent = command(&["user-activation-send", "7", "b@example.org"]);
    assert_eq!(sent, Command::UserActivationSend { users });
    assert_eq!(
        refused(&["user-activation-send"]),
        "CommandError: No user was given\n"
    );
}

// ID-CLI-80
#[test]
fn a_dump_to_import_is_named() {
    let file = "accounts.json".to_owned();
    assert_eq!(
        command(&["import-django-dump", "accounts.json"]),
        Command::Account(wire::admin::AccountCommand::ImportDump { file })
    );
    let none = "CommandError: Please provide a file, or - for standard input\n";
    assert_eq!(refused(&["import-django-dump"]), none);
}
