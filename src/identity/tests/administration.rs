//! What administrators do.

use super::*;
use crate::{AccountState, UserFilter};
use kernel::{Error, page::PageRequest};

async fn verified(world: &World, email: &str) -> UserView {
    let (_, code) = world.sign_up(email).await;
    let user = world.service.verify(&code, &here()).await.unwrap().user;
    world.mails().await;
    user
}

fn refusal<T: std::fmt::Debug>(outcome: kernel::Result<T>) -> String {
    outcome.unwrap_err().to_string()
}

// ID-UST-01 ID-UST-02 ID-UST-03 ID-UST-04 ID-UST-10 ID-ACT-08: acceptance checks 1 to 3.
#[tokio::test]
async fn states_follow_the_table() {
    let world = World::moderated();
    let user = verified(&world, "a@example.org").await;
    assert_eq!(user.status, "Pending moderation");
    let failed = refusal(world.modify(&user, UserChange::Activate).await);
    assert_eq!(
        failed,
        "Failed to activate: The account has not been moderated."
    );
    let user = world
        .modify(&user, UserChange::Reject("spammer".into()))
        .await
        .unwrap();
    assert_eq!(user.status, "Rejected (spammer)");
    assert!(world.mails().await.is_empty(), "nobody is told");
    let failed = refusal(world.modify(&user, UserChange::Reject(String::new())).await);
    assert_eq!(
        failed,
        "Failed to reject: A decision about this account has been taken before."
    );
    let failed = refusal(world.modify(&user, UserChange::Activate).await);
    assert_eq!(
        failed,
        "Failed to activate: The request for this account was rejected."
    );
    let outcome = world.log_in("a@example.org", PASSWORD).await.unwrap();
    assert!(matches!(
        outcome,
        LoginOutcome::Refused {
            message: "ACCOUNT_REJECTED",
            ..
        }
    ));
    let user = world.modify(&user, UserChange::Accept).await.unwrap();
    assert_eq!(user.status, "Accepted/Active (accepted policy: manual)");
    assert!(!user.rejected && user.rejected_reason.is_none());
    let failed = refusal(world.modify(&user, UserChange::Reject(String::new())).await);
    assert!(failed.starts_with("Failed to reject"));
    let failed = refusal(world.modify(&user, UserChange::Accept).await);
    assert!(failed.starts_with("Failed to accept"));
    let user = world
        .modify(&user, UserChange::Deactivate("x".into()))
        .await
        .unwrap();
    assert_eq!(
        user.status,
        "Accepted/Inactive (x) (accepted policy: manual)"
    );
    let since = user.deactivated_at.unwrap();
    world.wait(60);
    let user = world
        .modify(&user, UserChange::Deactivate("y".into()))
        .await
        .unwrap();
    assert_eq!(
        user.status,
        "Accepted/Inactive (y) (accepted policy: manual)"
    );
    assert_eq!(user.deactivated_at, Some(since), "only the reason changes");
    let outcome = world.log_in("a@example.org", PASSWORD).await.unwrap();
    assert!(matches!(
        outcome,
        LoginOutcome::Refused {
            message: "AUTH_PROVIDER_ACCOUNT_INACTIVE",
            ..
        }
    ));
    let user = world.modify(&user, UserChange::Activate).await.unwrap();
    assert_eq!(
        (user.state, user.deactivated_reason, user.deactivated_at),
        (AccountState::Active, None, None)
    );
    let failed = refusal(
        world
            .modify(
                &world.service.user(user.uuid).await.unwrap(),
                UserChange::Activate,
            )
            .await,
    );
    assert_eq!(failed, "Failed to activate: The account is active already.");
}

// ID-UST-02: an unverified account is not accepted, rejected or activated.
#[tokio::test]
async fn nothing_is_decided_before_the_address_is_proven() {
    let world = World::moderated();
    let (made, _) = world.sign_up("a@example.org").await;
    let user = made.user.unwrap();
    for change in [
        UserChange::Accept,
        UserChange::Reject(String::new()),
        UserChange::Activate,
        UserChange::Deactivate(String::new()),
    ] {
        let failed = refusal(world.modify(&user, change).await);
        assert!(
            failed.ends_with("The email address of the account is not verified."),
            "{failed}"
        );
    }
}

// ID-ACT-09 ID-ACT-10 ID-QTA-02: sessions end, limits are 0 and come back.
#[tokio::test]
async fn a_deactivated_account_is_out_at_once() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let cookie = world.cookie("a@example.org").await;
    let limits = |world: &World| {
        let usage = world
            .store
            .read_now(|tx| quota::usage(tx, user.uuid))
            .unwrap();
        usage
            .into_values()
            .flat_map(|all| all.into_values())
            .map(|n| (n.limit, n.project_limit))
            .collect::<Vec<_>>()
    };
    let before = limits(&world);
    assert!(before.len() >= 10);
    world
        .modify(&user, UserChange::Deactivate(String::new()))
        .await
        .unwrap();
    assert!(world.service.session(&cookie).await.unwrap().is_none());
    assert!(limits(&world).iter().all(|both| *both == (0, 0)));
    world.modify(&user, UserChange::Activate).await.unwrap();
    assert_eq!(limits(&world), before);
    assert!(world.service.session(&cookie).await.unwrap().is_none());
}

// ID-CLI-20 ID-MOD-12
#[tokio::test]
async fn an_administrator_makes_an_account() {
    let world = World::new();
    let add = async |email: &str| {
        let (groups, permissions) = (vec!["helpers".to_owned()], vec!["view".to_owned()]);
        world
            .service
            .admin_add(&root(), form(email), true, groups, permissions)
            .await
    };
    let user = add("a@example.org").await.unwrap();
    assert_eq!(user.state, AccountState::Unverified);
    assert!(user.admin && user.groups.len() == 1 && user.permissions == ["view"]);
    assert!(world.mails().await.is_empty());
    assert_eq!(refusal(add("nonsense").await), "Invalid email");
    let again = add("A@example.org").await.unwrap();
    assert_ne!(again.uuid, user.uuid);
    let changes = vec![UserChange::Verify, UserChange::Accept];
    let (said, user) = world
        .service
        .admin_modify(&root(), again.no, changes)
        .await
        .unwrap();
    assert_eq!(
        said,
        [
            "Account verified (ACCEPTED)",
            "Account accepted and activated"
        ]
    );
    assert!(user.unwrap().active);
    assert_eq!(world.mails().await.len(), 2);
    assert_eq!(refusal(add("a@example.org").await), "EMAIL_USED");
    // Only administrators.
    let person = Caller::person(again.uuid);
    let outcome = world
        .service
        .admin_modify(&person, again.no, vec![UserChange::Admin(true)])
        .await;
    assert!(matches!(outcome, Err(Error::Forbidden { .. })));
    let outcome = world
        .service
        .admin_list(&person, UserFilter::default(), PageRequest::default())
        .await;
    assert!(matches!(outcome, Err(Error::Forbidden { .. })));
}

// ID-CLI-23 ID-CLI-06 ID-SEC-28
#[tokio::test]
async fn changes_are_made_in_order_all_or_none() {
    let world = World::moderated();
    let user = verified(&world, "a@example.org").await;
    let changes = vec![
        UserChange::Admin(true),
        UserChange::Accept,
        UserChange::Level(2),
        UserChange::Invitations(7),
        UserChange::AddPermission("p".into()),
        UserChange::AddGroup("nosuch".into()),
    ];
    let failed = refusal(
        world
            .service
            .admin_modify(&root(), user.no, changes.clone())
            .await,
    );
    assert_eq!(failed, "Group named nosuch does not exist");
    let same = world.service.user(user.uuid).await.unwrap();
    assert!(!same.admin && !same.active);
    assert!(world.mails().await.is_empty());
    let (_, after) = world
        .service
        .admin_modify(&root(), user.no, changes[..5].to_vec())
        .await
        .unwrap();
    let after = after.unwrap();
    assert!(after.admin && after.active);
    assert_eq!((after.level, after.invitations), (2, 7));
    let trail = world.trail(crate::audit::Filter::default()).await;
    let actions: Vec<&str> = trail.iter().rev().map(|entry| &*entry.action).collect();
    assert_eq!(
        actions,
        [
            "user.admin",
            "user.accept",
            "user.level",
            "user.invitations",
            "user.add-permission"
        ]
    );
    assert_eq!(trail[3].fields[0].after, "Active");
    assert_eq!(
        (&*trail[2].fields[0].before, &*trail[2].fields[0].after),
        ("4", "2")
    );
    let failed = refusal(
        world
            .service
            .admin_modify(&root(), user.no, vec![UserChange::Delete])
            .await,
    );
    assert_eq!(failed, "Cannot delete. User a@example.org is accepted.");
    world
        .modify(&after, UserChange::Password(secret("x")))
        .await
        .unwrap();
    assert!(world.log_in("a@example.org", "x").await.is_ok());
    world.mails().await;
}

// ID-MOD-03 ID-CLI-23: an address is free again after a deletion, a change checks it.
#[tokio::test]
async fn accounts_are_deleted_and_addresses_changed() {
    let world = World::moderated();
    let user = verified(&world, "a@example.org").await;
    let (said, left) = world
        .service
        .admin_modify(&root(), user.no, vec![UserChange::Delete])
        .await
        .unwrap();
    assert!(left.is_none() && said.len() == 1);
    let one = verified(&world, "a@example.org").await;
    let two = verified(&world, "b@example.org").await;
    let (pending, _) = world.sign_up("c@example.org").await;
    let failed = refusal(
        world
            .modify(&two, UserChange::Email("A@example.org".into()))
            .await,
    );
    assert_eq!(failed, "A user with this email address already exists.");
    assert_eq!(
        refusal(world.modify(&two, UserChange::Email("x".into())).await),
        "Invalid email address."
    );
    let two = world
        .modify(&two, UserChange::Email("C@example.org".into()))
        .await
        .unwrap();
    assert_eq!(
        (two.username.as_str(), two.verified),
        ("c@example.org", true)
    );
    assert!(
        world
            .service
            .user(pending.user.unwrap().uuid)
            .await
            .is_err()
    );
    assert_eq!(
        world
            .service
            .find("C@EXAMPLE.org")
            .await
            .unwrap()
            .unwrap()
            .no,
        two.no
    );
    assert_eq!(
        world
            .service
            .find(&one.no.to_string())
            .await
            .unwrap()
            .unwrap()
            .uuid,
        one.uuid
    );
    assert_eq!(
        world
            .service
            .find(&one.uuid.to_string())
            .await
            .unwrap()
            .unwrap()
            .no,
        one.no
    );
    assert!(world.service.find("99").await.unwrap().is_none());
}

// ID-QTA-20 ID-RES-05 ID-ACC-20
#[tokio::test]
async fn base_quota_and_default_project_are_set() {
    let world = World::moderated();
    let user = verified(&world, "a@example.org").await;
    let set = |name: &str, capacity| UserChange::BaseQuota {
        resource: name.into(),
        capacity,
    };
    assert!(
        world
            .modify(&user, set("cyclades.vm", Some(10)))
            .await
            .is_err(),
        "not accepted"
    );
    let own = user.uuid.to_string();
    let early = world.service.set_default_project(user.uuid, &own).await;
    assert_eq!(refusal(early), "ACCOUNT_NOT_MODERATED");
    world.modify(&user, UserChange::Accept).await.unwrap();
    let vm = |world: &World| {
        let numbers = world
            .store
            .read_now(|tx| quota::usage_in(tx, user.uuid, user.uuid.own_project(), "cyclades.vm"))
            .unwrap();
        (numbers.limit, numbers.project_limit)
    };
    world
        .modify(&user, set("cyclades.vm", Some(10)))
        .await
        .unwrap();
    assert_eq!(vm(&world), (10, 10));
    world
        .modify(&user, UserChange::Deactivate(String::new()))
        .await
        .unwrap();
    assert_eq!(vm(&world), (0, 0));
    world.modify(&user, UserChange::Activate).await.unwrap();
    assert_eq!(vm(&world), (10, 10));
    world.modify(&user, set("cyclades.vm", None)).await.unwrap();
    assert_eq!(vm(&world), (8, 8));
    assert_eq!(
        refusal(world.modify(&user, set("x", None)).await),
        "No such resource: x"
    );
    world
        .service
        .set_default_project(user.uuid, &own)
        .await
        .unwrap();
    let unknown = world.service.set_default_project(user.uuid, "nosuch").await;
    assert_eq!(
        refusal(unknown),
        "There is no project identified by nosuch."
    );
    world.mails().await;
}

// ID-CLI-24
#[tokio::test]
async fn the_verification_mail_is_sent_again() {
    let world = World::new();
    let (made, old) = world.sign_up("a@example.org").await;
    let user = made.user.unwrap();
    world
        .service
        .admin_send_verification(&root(), user.no)
        .await
        .unwrap();
    let mails = world.mails().await;
    assert!(world.service.verify(&old, &here()).await.is_err());
    world
        .service
        .verify(&code(&mails[0]).unwrap(), &here())
        .await
        .unwrap();
    let again = world
        .service
        .admin_send_verification(&root(), user.no)
        .await;
    assert_eq!(refusal(again), "ACCOUNT_ALREADY_VERIFIED");
}

// ID-CLI-16 ID-CLI-21
#[tokio::test]
async fn lists_come_by_number_a_page_at_a_time() {
    let world = World::moderated();
    let mut numbers = Vec::new();
    for n in 0..7 {
        let form = form(&format!("u{n}@example.org"));
        let groups = match n % 3 {
            0 => vec!["a".to_owned()],
            1 => vec!["b".to_owned()],
            _ => vec!["a".to_owned(), "b".to_owned()],
        };
        let user = world
            .service
            .admin_add(&root(), form, false, groups, Vec::new())
            .await
            .unwrap();
        if n % 2 == 0 {
            world.modify(&user, UserChange::Verify).await.unwrap();
        }
        numbers.push(user.no.0);
    }
    let all = async |filter: UserFilter, limit: usize| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = PageRequest { after, limit };
            let page = world
                .service
                .admin_list(&root(), filter.clone(), page)
                .await
                .unwrap();
            assert!(page.items.len() <= limit);
            found.extend(page.items.iter().map(|user| user.no.0));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    };
    for limit in [1, 2, 3, 7, 100] {
        assert_eq!(all(UserFilter::default(), limit).await, numbers);
        let unmoderated = UserFilter {
            state: Some(AccountState::Unmoderated),
            groups: vec![],
        };
        assert_eq!(all(unmoderated, limit).await, [1, 3, 5, 7]);
        let group = UserFilter {
            state: None,
            groups: vec!["a".into()],
        };
        assert_eq!(all(group, limit).await, [1, 3, 4, 6, 7]);
        let groups = UserFilter {
            state: None,
            groups: vec!["a".into(), "b".into(), "x".into()],
        };
        assert_eq!(all(groups, limit).await, numbers);
        let both = UserFilter {
            state: Some(AccountState::Unverified),
            groups: vec!["a".into()],
        };
        assert_eq!(all(both, limit).await, [4, 6]);
    }
}

// ID-CLI-25: a superuser's record that lacks something is completed, the newest terms included.
#[tokio::test]
async fn a_superusers_record_is_completed() {
    let world = World::new();
    let boss = world.person("boss@example.org").await;
    world.modify(&boss, UserChange::Admin(true)).await.unwrap();
    world.person("eva@example.org").await;
    let s = &world.service;
    s.term_add(&root(), "/t.html", "<p>Be kind.</p>")
        .await
        .unwrap();
    assert_eq!(s.fix_superusers(&root()).await.unwrap(), 0);
    let stripped = world.store.write(move |tx| {
        let mut user: crate::rows::User = tx.must(&boss.no, "")?;
        user.token = None;
        tx.put(&user)
    });
    stripped.await.unwrap();
    assert_eq!(s.fix_superusers(&root()).await.unwrap(), 1);
    let fixed = s.user(boss.uuid).await.unwrap();
    assert!(fixed.signed_terms && fixed.token_expires.is_some());
    assert!(s.caller_by_token(&world.token(&fixed).await).is_ok());
    let eva = s.find("eva@example.org").await.unwrap().unwrap();
    assert!(!eva.signed_terms);
}
