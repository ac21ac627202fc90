//! From sign-up to the end of a session.

use super::*;
use crate::{AccountState, Outcome, ProfileChange};
use kernel::{Error, secret::ExposeSecret};

// ID-REG-04 ID-MOD-01 ID-VER-01 ID-MAIL-06 ID-VER-02 ID-VER-03 ID-ACT-01 ID-ACT-06 ID-ACT-07
// ID-PRJ-30 ID-UST-01 ID-UST-10: moderation off, three mails in all.
#[tokio::test]
async fn a_person_signs_up_verifies_and_is_in() {
    let world = World::new();
    let made = world
        .service
        .sign_up(form("Maria@Example.org"), &here())
        .await
        .unwrap();
    assert_eq!(made.outcome, Outcome::PendingVerification);
    assert!(made.login.is_none());
    let user = made.user.unwrap();
    assert_eq!(
        (user.email.as_str(), user.username.as_str()),
        ("Maria@Example.org", "maria@example.org")
    );
    assert_eq!(user.status, "Pending email verification");
    assert_eq!(user.uuid.0.get_version_num(), 4);
    assert!(user.activation_sent.is_some() && user.signed_terms);
    assert_eq!(user.methods.len(), 1);
    assert_eq!(
        (
            user.methods[0].module.as_str(),
            user.methods[0].backend.as_str()
        ),
        ("local", "astakos")
    );
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "Maria@Example.org");
    let url = mails[0].context["url"].as_str().unwrap();
    assert!(url.ends_with("&next=/ui/"), "{url}");
    let code = code(&mails[0]).unwrap();
    let verified = world.service.verify(&code, &here()).await.unwrap();
    assert_eq!(verified.outcome, Outcome::Accepted);
    let user = verified.user;
    assert_eq!(
        user.status,
        "Accepted/Active (accepted policy: auto_moderation)"
    );
    assert_eq!(user.accepted_email.as_deref(), Some("Maria@Example.org"));
    assert_eq!(user.default_project, user.uuid.own_project());
    let login = verified.login.unwrap();
    let session = world
        .service
        .session(login.cookie.expose_secret())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(session.user.uuid, user.uuid);
    assert_eq!(session.csrf.len(), 64);
    let mut told: Vec<_> = world
        .mails()
        .await
        .into_iter()
        .map(|m| (m.template, m.to))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            (
                "im/account_activated_notification".into(),
                "staff@example.org".into()
            ),
            ("im/welcome_email".into(), "Maria@Example.org".into()),
        ] as [(String, String); 2]
    );
    let uuid = user.uuid;
    let numbers = world
        .store
        .read_now(|tx| quota::usage_in(tx, uuid, uuid.own_project(), quota::resource::VM))
        .unwrap();
    assert_eq!((numbers.limit, numbers.project_limit), (8, 8));
    // Twice: the used code died.
    let again = world.service.verify(&code, &here()).await.unwrap_err();
    assert_eq!(again.to_string(), "INVALID_ACTIVATION_KEY");
}

// ID-ACT-05 ID-MAIL-10 ID-MAIL-02: one mail to each distinct address of the staff.
#[tokio::test]
async fn a_moderated_account_waits_for_the_decision() {
    let world = World::moderated();
    let (_, code) = world.sign_up("maria@example.org").await;
    let verified = world.service.verify(&code, &here()).await.unwrap();
    assert_eq!(verified.outcome, Outcome::PendingModeration);
    assert!(verified.login.is_none() && !verified.user.active);
    let mut told: Vec<_> = world
        .mails()
        .await
        .into_iter()
        .map(|m| (m.template, m.to))
        .collect();
    told.sort();
    let template = "im/account_pending_moderation_notification";
    assert_eq!(
        told,
        [
            (template.into(), "help@example.org".into()),
            (template.into(), "staff@example.org".into())
        ] as [(String, String); 2]
    );
    let LoginOutcome::Refused {
        message, resend, ..
    } = world.log_in("maria@example.org", PASSWORD).await.unwrap()
    else {
        panic!("logged in");
    };
    assert_eq!(
        (message, resend),
        ("AUTH_PROVIDER_PENDING_MODERATION", None)
    );
    let user = world
        .modify(&verified.user, UserChange::Accept)
        .await
        .unwrap();
    assert_eq!(user.status, "Accepted/Active (accepted policy: manual)");
    assert_eq!(world.mails().await.len(), 2);
    world.cookie("maria@example.org").await;
}

// ID-ACT-02 ID-ACT-03 ID-SEC-27
#[tokio::test]
async fn patterns_and_policies_accept_without_a_decision() {
    let world = World::moderated();
    world.set(
        "ASTAKOS_RE_USER_EMAIL_PATTERNS",
        Value::List(vec![text("("), text(".*@synnefo.org")]),
    );
    let (_, code) = world.sign_up("kpap@synnefo.org").await;
    let user = world.service.verify(&code, &here()).await.unwrap().user;
    assert_eq!(user.accepted_policy.as_deref(), Some("email"));
    let (_, code) = world.sign_up("x@other.org").await;
    assert!(
        !world
            .service
            .verify(&code, &here())
            .await
            .unwrap()
            .user
            .active
    );
    world.set(
        "ASTAKOS_AUTH_PROVIDER_LOCAL_AUTOMODERATE_POLICY",
        Value::Bool(true),
    );
    let (_, code) = world.sign_up("y@other.org").await;
    let user = world.service.verify(&code, &here()).await.unwrap().user;
    assert_eq!(user.accepted_policy.as_deref(), Some("auth_provider_local"));
    world.mails().await;
}

// ID-ACT-04b ID-ACT-05 ID-ACT-06 ID-MOD-01: somebody who was accepted once and is set back to
// unverified, as records of the original may be, needs no second decision; the address of
// the first acceptance stays.
#[tokio::test]
async fn who_was_accepted_before_is_accepted_again() {
    let world = World::moderated();
    let (_, code) = world.sign_up("maria@example.org").await;
    let user = world.service.verify(&code, &here()).await.unwrap().user;
    let user = world.modify(&user, UserChange::Accept).await.unwrap();
    assert_eq!(user.accepted_policy.as_deref(), Some("manual"));
    let moved = UserChange::Email("maria@new.example".into());
    world.modify(&user, moved).await.unwrap();
    let away = UserChange::Deactivate(String::new());
    let no = world.modify(&user, away).await.unwrap().no;
    let set_back = world.store.write(move |tx| {
        let mut row = tx.get::<crate::rows::User>(&no)?.unwrap();
        (row.email_verified, row.verified_at) = (false, None);
        tx.put(&row)
    });
    set_back.await.unwrap();
    world.mails().await;
    let link = match world.log_in("maria@new.example", PASSWORD).await.unwrap() {
        LoginOutcome::Refused { resend, .. } => resend.unwrap(),
        other => panic!("{other:?}"),
    };
    let s = &world.service;
    s.resend_verification(&link, &here()).await.unwrap();
    let mails = world.mails().await;
    let code = mails.iter().find_map(super::code).unwrap();
    let done = s.verify(&code, &here()).await.unwrap();
    assert_eq!(done.outcome, Outcome::Accepted);
    assert_eq!(
        done.user.accepted_policy.as_deref(),
        Some("already_moderated")
    );
    assert!(done.user.active);
    let first = done.user.accepted_email.as_deref();
    assert_eq!(first, Some("maria@example.org"));
    // Greeting and notice, as of every acceptance (ID-ACT-07), and nobody has to decide.
    let sent: Vec<_> = world
        .mails()
        .await
        .into_iter()
        .map(|mail| mail.template)
        .collect();
    assert_eq!(
        sent,
        ["im/account_activated_notification", "im/welcome_email"]
    );
}

// ID-UST-01 ID-UST-03: who was turned away is not let in by proving the address again, as
// records of the original may want, but by an administrator alone.
#[tokio::test]
async fn who_was_rejected_stays_so_whatever_is_proven() {
    let world = World::moderated();
    let (_, code) = world.sign_up("eve@example.org").await;
    let user = world.service.verify(&code, &here()).await.unwrap().user;
    let reject = UserChange::Reject("spam".into());
    let no = world.modify(&user, reject).await.unwrap().no;
    let set_back = world.store.write(move |tx| {
        let mut row = tx.get::<crate::rows::User>(&no)?.unwrap();
        (row.email_verified, row.verified_at) = (false, None);
        tx.put(&row)
    });
    set_back.await.unwrap();
    world.mails().await;
    world.set("ASTAKOS_MODERATION_ENABLED", Value::Bool(false));
    let s = &world.service;
    s.resend_by_number(no, &here()).await.unwrap();
    let mails = world.mails().await;
    let code = mails.iter().find_map(super::code).unwrap();
    let done = s.verify(&code, &here()).await.unwrap();
    assert_eq!(done.outcome, Outcome::Rejected);
    assert!(done.login.is_none());
    assert_eq!(done.user.status, "Rejected (spam)");
    assert!(world.mails().await.is_empty(), "nobody is told");
    world.modify(&user, UserChange::Accept).await.unwrap();
    world.mails().await;
}

// ID-SET-22 ID-REG-05
#[tokio::test]
async fn without_verification_a_person_is_in_at_once() {
    let world = World::with(&[("ASTAKOS_SKIP_EMAIL_VERIFICATION", Value::Bool(true))]);
    let made = world
        .service
        .sign_up(form("maria@example.org"), &here())
        .await
        .unwrap();
    assert_eq!(made.outcome, Outcome::Accepted);
    let cookie = made.login.unwrap().cookie;
    assert!(
        world
            .service
            .session(cookie.expose_secret())
            .await
            .unwrap()
            .is_some()
    );
    world.mails().await;
}

// ID-REG-06 ID-MOD-02: another sign-up replaces an unverified one, its links die.
#[tokio::test]
async fn another_sign_up_replaces_an_unverified_one() {
    let world = World::new();
    let (first, old) = world.sign_up("kpap@example.org").await;
    let (second, new) = world.sign_up("KPAP@example.org").await;
    let (first, second) = (first.user.unwrap(), second.user.unwrap());
    assert_ne!(first.uuid, second.uuid);
    assert!(world.service.user(first.uuid).await.is_err());
    let dead = world.service.verify(&old, &here()).await.unwrap_err();
    assert_eq!(dead.to_string(), "INVALID_ACTIVATION_KEY");
    world.service.verify(&new, &here()).await.unwrap();
    // Verified, even inactive: refused.
    world
        .modify(&second, UserChange::Deactivate(String::new()))
        .await
        .unwrap();
    let used = world
        .service
        .sign_up(form("kpap@EXAMPLE.org"), &here())
        .await
        .unwrap_err();
    assert!(
        matches!(used, Error::Invalid { field, reason } if field == "email" && reason == "EMAIL_USED")
    );
    world.mails().await;
}

// Acceptance check 1 of the model: two at once leave one account.
#[tokio::test]
async fn two_sign_ups_at_once_leave_one_account() {
    let world = World::new();
    let client = here();
    let (a, b) = tokio::join!(
        world.service.sign_up(form("a@example.org"), &client),
        world.service.sign_up(form("A@example.org"), &client)
    );
    let (a, b) = (a.unwrap().user.unwrap(), b.unwrap().user.unwrap());
    let left = [
        world.service.user(a.uuid).await,
        world.service.user(b.uuid).await,
    ];
    assert_eq!(left.iter().filter(|user| user.is_ok()).count(), 1);
    world.mails().await;
}

// ID-SEC-06 ID-SET-58
#[tokio::test]
async fn sign_up_can_hide_that_an_address_is_used() {
    let world = World::with(&[("ASTAKOS_HIDE_ACCOUNT_EXISTENCE_SIGNUP", Value::Bool(true))]);
    world.person("maria@example.org").await;
    let made = world
        .service
        .sign_up(form("maria@example.org"), &here())
        .await
        .unwrap();
    assert_eq!(made.outcome, Outcome::PendingVerification);
    assert!(made.user.is_none());
    assert!(world.mails().await.is_empty());
}

// ID-REG-03 ID-CON-07 ID-SEC-04
#[tokio::test]
async fn a_form_is_checked_before_anything_is_made() {
    let world = World::new();
    let mut bad = form("user@example.org.");
    bad.first_name = "x".repeat(151);
    bad.password = secret("password");
    let wrong = world.service.check_sign_up(&bad);
    let keys: Vec<_> = wrong
        .iter()
        .map(|(field, key)| (*field, key.as_str()))
        .collect();
    assert_eq!(
        keys,
        [
            ("email", "INVALID_EMAIL"),
            ("first_name", "NAME_TOO_LONG"),
            ("password1", "PASSWORD_TOO_COMMON")
        ]
    );
    assert!(world.service.sign_up(bad, &here()).await.is_err());
    let mut empty = form("");
    empty.password = secret("");
    assert_eq!(world.service.check_sign_up(&empty).len(), 2);
    assert!(world.mails().await.is_empty());
    world.set("ASTAKOS_IM_MODULES", Value::List(vec![text("ldap")]));
    assert!(matches!(
        world.service.sign_up(form("a@b.org"), &here()).await,
        Err(Error::NotFound { .. })
    ));
    assert!(matches!(
        world.log_in("a@b.org", "x").await,
        Err(Error::NotFound { .. })
    ));
}

// ID-VER-04 ID-VER-05 ID-VER-06
#[tokio::test]
async fn codes_expire_and_another_mail_replaces_them() {
    let world = World::new();
    let (_, first) = world.sign_up("maria@example.org").await;
    let LoginOutcome::Refused {
        resend: Some(link),
        message,
        ..
    } = world.log_in("maria@example.org", PASSWORD).await.unwrap()
    else {
        panic!("no link");
    };
    assert_eq!(message, "AUTH_PROVIDER_PENDING_ACTIVATION");
    world
        .service
        .resend_verification(&link, &here())
        .await
        .unwrap();
    let busy = world
        .service
        .resend_verification(&link, &here())
        .await
        .unwrap_err();
    assert!(matches!(busy, Error::Busy { .. }), "one in five minutes");
    assert!(
        world
            .service
            .resend_verification("forged", &here())
            .await
            .is_err()
    );
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    let second = code(&mails[0]).unwrap();
    assert!(world.service.verify(&first, &here()).await.is_err());
    world.wait(10 * 86_400);
    assert!(
        world.service.verify(&second, &here()).await.is_err(),
        "ten days are over"
    );
    assert!(
        world
            .service
            .resend_verification(&link, &here())
            .await
            .is_err(),
        "the link is old"
    );
}

// ID-LOG-02 ID-LOG-06 ID-SES-01 ID-SES-05 ID-CON-06
#[tokio::test]
async fn sessions_begin_and_end() {
    let world = World::new();
    let user = world.person("kpap@example.org").await;
    let (one, two) = (
        world.cookie("KpaP@Example.org").await,
        world.cookie("kpap@example.org").await,
    );
    assert_ne!(one, two, "a new key at every login");
    let list = world.service.sessions(user.uuid, &two).await.unwrap();
    // The one the verification link opened is there too.
    assert_eq!(
        (list.len(), list.iter().filter(|s| s.current).count()),
        (3, 1)
    );
    assert_eq!(
        (list[0].address.as_str(), list[0].user_agent.as_str()),
        ("192.0.2.1", "Browser/1.0")
    );
    world.service.log_out(&one).await.unwrap();
    assert!(world.service.session(&one).await.unwrap().is_none());
    assert!(world.service.session("nonsense").await.unwrap().is_none());
    let other = world.person("other@example.org").await;
    let id = world.service.session(&two).await.unwrap().unwrap().id;
    assert!(
        world
            .service
            .revoke(other.uuid, Some(&id), "")
            .await
            .is_err(),
        "not theirs"
    );
    world.service.revoke(user.uuid, None, &two).await.unwrap();
    assert_eq!(
        world.service.sessions(user.uuid, &two).await.unwrap().len(),
        1
    );
    world
        .service
        .revoke(user.uuid, Some(&id), "")
        .await
        .unwrap();
    assert!(world.service.session(&two).await.unwrap().is_none());
}

// ID-SES-01: what one person leaves behind is bounded.
#[tokio::test]
async fn the_oldest_of_many_sessions_ends() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let oldest = world.cookie("a@example.org").await;
    let mut last = String::new();
    for _ in 0..crate::session::MOST {
        world.wait(1);
        last = world.cookie("a@example.org").await;
    }
    let list = world.service.sessions(user.uuid, &last).await.unwrap();
    assert_eq!(list.len(), crate::session::MOST);
    assert!(list[0].current);
    assert!(world.service.session(&oldest).await.unwrap().is_none());
}

// ID-SES-01 ID-SEC-09 ID-SES-06
#[tokio::test]
async fn sessions_end_with_the_token_or_when_idle() {
    let world = World::with(&[("ASTAKOS_SESSION_IDLE_HOURS", Value::Int(2))]);
    world.person("a@example.org").await;
    let cookie = world.cookie("a@example.org").await;
    for _ in 0..3 {
        world.wait(3600);
        assert!(world.service.session(&cookie).await.unwrap().is_some());
    }
    world.wait(2 * 3600 + 301);
    assert!(world.service.session(&cookie).await.unwrap().is_none());
    world.set("ASTAKOS_SESSION_IDLE_HOURS", Value::Int(0));
    assert!(world.service.session(&cookie).await.unwrap().is_some());
    world.wait(720 * 3600);
    assert!(world.service.session(&cookie).await.unwrap().is_none());
    assert!(world.service.tidy().await.unwrap() > 0);
    assert_eq!(world.service.tidy().await.unwrap(), 0);
}

// ID-SET-07 ID-ACC-05 ID-ACC-10 ID-MAIL-14
#[tokio::test]
async fn people_change_their_names_write_to_us_and_look_each_other_up() {
    let world = World::with(&[(
        "FEEDBACK_NOTIFICATIONS_RECIPIENTS",
        people(&["help@example.org"]),
    )]);
    let user = world.person("a@example.org").await;
    let change = ProfileChange {
        first_name: " Eva ".into(),
        last_name: "<b>".into(),
        language: Some("el".into()),
    };
    let after = world
        .service
        .update_profile(user.uuid, change)
        .await
        .unwrap();
    assert_eq!(
        (after.real_name().as_str(), after.language.as_str()),
        ("Eva <b>", "el")
    );
    assert!(after.profile_confirmed && !user.profile_confirmed);
    let long = ProfileChange {
        first_name: "x\ny".into(),
        ..ProfileChange::default()
    };
    assert!(world.service.update_profile(user.uuid, long).await.is_err());
    assert!(
        world
            .service
            .feedback(user.uuid, " ".into(), String::new(), &HERE)
            .await
            .is_err()
    );
    world
        .service
        .feedback(user.uuid, "hello".into(), "data".into(), &HERE)
        .await
        .unwrap();
    let mail = world.mails().await.remove(0);
    assert_eq!(
        (mail.to.as_str(), mail.template.as_str()),
        ("help@example.org", "im/feedback_mail")
    );
    let (names, ids) = world
        .service
        .user_catalogs(
            vec![user.uuid.to_string(), "nosuch".into()],
            vec!["A@Example.org".into(), "nobody@example.org".into()],
        )
        .await
        .unwrap();
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        [(user.uuid.to_string(), "a@example.org".to_owned())]
    );
    assert_eq!(
        ids.into_iter().collect::<Vec<_>>(),
        [("A@Example.org".to_owned(), user.uuid)]
    );
}

// ID-CLI-26 ID-VER-06
#[tokio::test]
async fn accounts_never_verified_go_after_a_month() {
    let world = World::new();
    let (old, _) = world.sign_up("old@example.org").await;
    let kept = world.person("kept@example.org").await;
    world.wait(29 * 86_400);
    let (young, _) = world.sign_up("young@example.org").await;
    world.wait(86_400);
    world.service.tidy().await.unwrap();
    assert!(world.service.user(old.user.unwrap().uuid).await.is_err());
    assert!(world.service.user(young.user.unwrap().uuid).await.is_ok());
    assert_eq!(
        world.service.user(kept.uuid).await.unwrap().state,
        AccountState::Active
    );
}
