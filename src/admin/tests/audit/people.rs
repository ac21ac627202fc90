//! Commands that change accounts.

use super::*;
use wire::admin::{AccountCommand, GroupCommand, Secret};

fn on() -> UserModify {
    UserModify::default()
}

fn text(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

pub(super) async fn all(trail: &mut Trail) {
    let group = Command::Group(GroupCommand::Add {
        name: "staff".into(),
    });
    trail
        .leaves(group, &["group.add group 1 (staff); name:  → staff"])
        .await;
    trail
        .leaves(Command::UserAdd(users::new(ERIN)), &["user.add user 1 (erin@example.org); state:  → Unverified; email:  → erin@example.org; first name:  → Erin; last name:  → Example; admin:  → no; active:  → no; level:  → 4; invitations:  → 0; signed terms:  → yes; signed version of terms:  → 0"])
        .await;
    let users = vec![ERIN.to_owned()];
    trail
        .leaves(Command::UserActivationSend { users }, &["user.send-verification user 1 (erin@example.org); verification mail:  → 2026-01-01T00:00:00Z"])
        .await;
    decisions(trail).await;
    numbers_and_names(trail).await;
    secrets(trail).await;
    ends(trail).await;
}

async fn decisions(trail: &mut Trail) {
    trail
        .modify(
            UserModify {
                verify: true,
                ..on()
            },
            &["user.verify user 1 (erin@example.org); state: Unverified → Unmoderated"],
        )
        .await;
    let reject = UserModify {
        reject: true,
        reject_reason: Some("x".into()),
        ..on()
    };
    trail.modify(reject, &["user.reject user 1 (erin@example.org); state: Unmoderated → Rejected; rejected reason:  → x"]).await;
    trail.modify(UserModify { accept: true, ..on() }, &["user.accept user 1 (erin@example.org); state: Rejected → Active; active: no → yes; rejected reason: x → ; accepted policy:  → manual; default project:  → 84e11a9b-3dbc-4772-8726-80458b84d7c1"]).await;
    let change = UserModify {
        set_admin: Some(true),
        ..on()
    };
    trail
        .modify(
            change,
            &["user.admin user 1 (erin@example.org); admin: no → yes"],
        )
        .await;
    let change = UserModify {
        set_admin: Some(false),
        ..on()
    };
    trail
        .modify(
            change,
            &["user.admin user 1 (erin@example.org); admin: yes → no"],
        )
        .await;
    let off = UserModify {
        set_active: Some(false),
        inactive_reason: Some("on leave".into()),
        ..on()
    };
    trail.modify(off, &["user.deactivate user 1 (erin@example.org); state: Active → Inactive; active: yes → no; deactivated reason:  → on leave"]).await;
    let again = UserModify {
        set_active: Some(true),
        ..on()
    };
    trail.modify(again, &["user.activate user 1 (erin@example.org); state: Inactive → Active; active: no → yes; deactivated reason: on leave → "]).await;
}

async fn numbers_and_names(trail: &mut Trail) {
    let change = UserModify {
        invitations: Some(7),
        level: Some(3),
        ..on()
    };
    trail
        .modify(
            change,
            &[
                "user.invitations user 1 (erin@example.org); invitations: 0 → 7",
                "user.level user 1 (erin@example.org); level: 4 → 3",
            ],
        )
        .await;
    let change = UserModify {
        add_groups: text("staff"),
        ..on()
    };
    trail
        .modify(
            change,
            &["user.add-group user 1 (erin@example.org); groups:  → staff"],
        )
        .await;
    let change = UserModify {
        delete_groups: text("staff"),
        ..on()
    };
    trail
        .modify(
            change,
            &["user.delete-group user 1 (erin@example.org); groups: staff → "],
        )
        .await;
    let change = UserModify {
        add_permissions: text("a.b"),
        ..on()
    };
    trail
        .modify(
            change,
            &["user.add-permission user 1 (erin@example.org); permissions:  → a.b"],
        )
        .await;
    let change = UserModify {
        delete_permissions: text("a.b"),
        ..on()
    };
    trail
        .modify(
            change,
            &["user.delete-permission user 1 (erin@example.org); permissions: a.b → "],
        )
        .await;
    let own = trail
        .world
        .admin
        .identity
        .find(ERIN)
        .await
        .unwrap()
        .unwrap();
    let change = UserModify {
        default_project: Some(own.uuid.to_string()),
        ..on()
    };
    trail
        .modify(change, &["user.default-project user 1 (erin@example.org)"])
        .await;
    let quota = |amount: &str| UserModify {
        base_quota: vec![("cyclades.vm".into(), amount.into())],
        ..on()
    };
    trail
        .modify(
            quota("9"),
            &["user.base-quota user 1 (erin@example.org); quota of cyclades.vm: 8 (default) → 9"],
        )
        .await;
    trail
        .modify(
            quota("default"),
            &["user.base-quota user 1 (erin@example.org); quota of cyclades.vm: 9 → 8 (default)"],
        )
        .await;
    let change = UserModify {
        set_email: Some("Erin@Example.org".into()),
        ..on()
    };
    trail
        .modify(
            change,
            &["user.email user 1 (erin@example.org); email: erin@example.org → Erin@Example.org"],
        )
        .await;
}

async fn secrets(trail: &mut Trail) {
    let change = UserModify {
        password: Some(Secret::new("quiet harbour")),
        ..on()
    };
    trail.modify(change, &["user.password user 1 (Erin@Example.org); token:  → (changed); password:  → (changed)"]).await;
    trail.modify(UserModify { renew_password: true, ..on() }, &["user.password user 1 (Erin@Example.org); token:  → (changed); password:  → (changed)"]).await;
    trail
        .modify(
            UserModify {
                renew_token: true,
                ..on()
            },
            &["user.renew-token user 1 (Erin@Example.org); token:  → (changed)"],
        )
        .await;
    trail
        .modify(
            UserModify {
                sign_terms: true,
                ..on()
            },
            &["user.sign-terms user 1 (Erin@Example.org)"],
        )
        .await;
    // There is none; what this leaves is looked at in identity.
    let change = UserModify {
        user: ERIN.into(),
        reset_second_factor: true,
        ..on()
    };
    trail
        .refused(
            Command::UserModify(Box::new(change)),
            "User erin@example.org has no second factor.",
        )
        .await;
}

async fn ends(trail: &mut Trail) {
    let flush = AccountCommand::FlushSessions { user: ERIN.into() };
    trail
        .leaves(
            Command::Account(flush),
            &["user.end_sessions user 1 (Erin@Example.org)"],
        )
        .await;
    let other = "fred@example.org";
    trail
        .leaves(Command::UserAdd(users::new(other)), &["user.add user 2 (fred@example.org); state:  → Unverified; email:  → fred@example.org; first name:  → Erin; last name:  → Example; admin:  → no; active:  → no; level:  → 4; invitations:  → 0; signed terms:  → yes; signed version of terms:  → 0"])
        .await;
    let delete = UserModify {
        user: other.into(),
        delete: true,
        no_confirm: true,
        ..on()
    };
    trail
        .leaves(Command::UserModify(Box::new(delete)), &["user.delete user 2 (fred@example.org); state: Unverified → ; email: fred@example.org → ; first name: Erin → ; last name: Example → ; admin: no → ; active: no → ; level: 4 → ; invitations: 0 → ; signed terms: yes → ; signed version of terms: 0 → "])
        .await;
    let export = AccountCommand::Export { user: ERIN.into() };
    trail
        .leaves(
            Command::Account(export),
            &["user.export user 1 (Erin@Example.org); given:  → account, login_methods, sessions, quota, settings"],
        )
        .await;
    let erase = AccountCommand::Erase {
        user: ERIN.into(),
        no_confirm: true,
    };
    trail
        .leaves(
            Command::Account(erase),
            &["user.erase user 1 (84e11a9b-3dbc-4772-8726-80458b84d7c1)"],
        )
        .await;
    let make = AccountCommand::CreateSuperuser { email: None };
    let answers = [
        "root@example.org",
        "Ada",
        "Admin",
        "a long secret",
        "a long secret",
    ];
    trail
        .with(Command::Account(make), "", &answers, &["user.add user 3 (root@example.org); state:  → Unverified; email:  → root@example.org; first name:  → Ada; last name:  → Admin; admin:  → no; active:  → no; level:  → 4; invitations:  → 0; signed terms:  → yes; signed version of terms:  → 0", "user.verify user 3 (root@example.org); state: Unverified → Unmoderated", "user.sign-terms user 3 (root@example.org)", "user.admin user 3 (root@example.org); admin: no → yes", "user.accept user 3 (root@example.org); state: Unmoderated → Active; active: no → yes; accepted policy:  → manual; default project:  → 8480a4de-85de-42f3-bd9f-d04375b49840"])
        .await;
    let dump = serde_json::json!([
        {"model": "auth.user", "pk": 1, "fields": {
            "email": "maria@example.org", "first_name": "Maria", "last_name": "Doe",
            "password": "!", "is_active": true, "is_superuser": true,
            "date_joined": "2013-06-19T15:23:59Z"}},
        {"model": "im.astakosuser", "pk": 1, "fields": {
            "uuid": "11111111-2222-4333-8444-555555555555", "email_verified": true,
            "moderated": true, "is_rejected": false, "has_signed_terms": false}},
    ]);
    let import = AccountCommand::ImportDump {
        file: "dump.json".into(),
    };
    trail
        .with(
            Command::Account(import),
            &dump.to_string(),
            &[],
            &["user.import import 0 (accounts of another installation); accounts: 0 → 1"],
        )
        .await;
    trail
        .leaves(
            Command::Account(AccountCommand::FixSuperusers),
            &["user.fix user 4 (maria@example.org); signed terms: no → yes"],
        )
        .await;
    trail
        .leaves(
            Command::Account(AccountCommand::Cleanup),
            &["accounts.cleanup accounts  (expired records)"],
        )
        .await;
}
