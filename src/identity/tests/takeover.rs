//! Whoever had a way into an account once, or a lesser right, has no more of it afterwards.

use super::{
    desk::{desk, member},
    email_change::{asked, changing},
    factors::code_of,
    methods::{open_world, person},
    *,
};
use crate::{DeskOp, SecondProof, rows::Password};
use kernel::{Error, secret::ExposeSecret};

// ID-SEC-28 ID-ADU-03: what an administration group may do to people, it may not do to
// superusers, whose rights it does not have.
#[tokio::test]
async fn only_superusers_change_superusers() {
    let world = World::with(&[
        ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
        ("ASTAKOS_ADMIN_API_ENABLED", Value::Bool(true)),
    ]);
    let boss = world.person("boss@example.org").await;
    let boss = world.modify(&boss, UserChange::Admin(true)).await.unwrap();
    let admin = member(&world, "admin@example.org", "admin").await;
    world.service.group_add(&ROOT, "admin-api").await.unwrap();
    let admin = world
        .modify(&admin, UserChange::AddGroup("admin-api".into()))
        .await
        .unwrap();
    let at = desk(&world, &admin).unwrap();
    for op in [
        DeskOp::Change(UserChange::Deactivate(String::new())),
        DeskOp::Change(UserChange::Email("mine@example.org".into())),
        DeskOp::ModifyEmail("mine@example.org".into()),
        DeskOp::EnableLocal,
        DeskOp::ReleaseShibboleth,
    ] {
        let name = op.name();
        let done = world.service.desk_act(&at, boss.no, op).await;
        assert!(
            matches!(done, Err(Error::Forbidden { .. })),
            "{name}: {done:?}"
        );
    }
    let token = world.token(&admin).await;
    let caller = world.service.admin_by_token(&token).unwrap();
    let change = vec![UserChange::Password(secret("mine now, all of it"))];
    let done = world.service.admin_modify(&caller, boss.no, change).await;
    assert!(matches!(done, Err(Error::Forbidden { .. })), "{done:?}");
    // Writing to them is no change, and another superuser may do all of it.
    let contact = DeskOp::Contact {
        about: "user",
        sender: String::new(),
        subject: "Hello".into(),
        text: "there".into(),
    };
    world.service.desk_act(&at, boss.no, contact).await.unwrap();
    let other = world.person("other@example.org").await;
    let other = world.modify(&other, UserChange::Admin(true)).await.unwrap();
    let at = desk(&world, &other).unwrap();
    let off = DeskOp::Change(UserChange::Deactivate(String::new()));
    world.service.desk_act(&at, boss.no, off).await.unwrap();
}

// ID-SEC-29: half a login that was to set a factor up sets none up beside the one its
// owner set up meanwhile.
#[tokio::test]
async fn a_set_up_begun_before_the_owners_is_over() {
    let world = World::new();
    let s = &world.service;
    let boss = world.person("boss@example.org").await;
    world.modify(&boss, UserChange::Admin(true)).await.unwrap();
    world.set("ADMIN_REQUIRE_2FA", Value::Bool(true));
    let thief = world.half("boss@example.org").await;
    let owner = world.half("boss@example.org").await;
    let complete = async |half: &crate::HalfLogin| {
        let cookie = half.cookie.expose_secret();
        let setup = s.half_login(cookie).await?.setup.unwrap();
        let code = code_of(&world, setup.secret.expose_secret());
        let proof = SecondProof::Code(secret(&code));
        s.complete_login(cookie, proof, &HERE).await
    };
    complete(&owner).await.unwrap();
    let late = complete(&thief).await;
    assert!(matches!(late, Err(Error::Unauthorized { .. })), "{late:?}");
    assert_eq!(s.factors(boss.uuid).await.unwrap().factors.len(), 1);
}

// ID-SEC-29 ID-SES-05: what a session began, it does not finish once it was ended.
#[tokio::test]
async fn a_session_that_was_ended_sets_nothing_up() {
    let world = World::new();
    let s = &world.service;
    let eva = world.person("eva@example.org").await;
    let cookie = world.cookie("eva@example.org").await;
    let kind = crate::factor::FactorKind::Totp;
    s.factor_begin(eva.uuid, &cookie, kind, secret(PASSWORD), &HERE)
        .await
        .unwrap();
    let setup = s.totp_begun(eva.uuid, &cookie).await.unwrap().unwrap();
    s.admin_flush_sessions(&ROOT, eva.no).await.unwrap();
    let code = code_of(&world, setup.secret.expose_secret());
    let late = s.factor_confirm(eva.uuid, &cookie, kind, "", &code, &HERE);
    let late = late.await;
    assert!(matches!(late, Err(Error::Unauthorized { .. })), "{late:?}");
    assert!(s.factors(eva.uuid).await.unwrap().factors.is_empty());
    let begun = s.factor_begin(eva.uuid, &cookie, kind, secret(PASSWORD), &HERE);
    assert!(begun.await.is_err());
    world.mails().await;
}

// ID-WEB-05 ID-TOK-02: a code that stands for a token does not stand for the next one.
#[tokio::test]
async fn a_handover_dies_with_the_token_it_was_made_for() {
    let world = World::new();
    let user = world.person("eva@example.org").await;
    let s = &world.service;
    let code = s.handover_code(user.uuid).await.unwrap();
    s.renew_token(user.uuid).await.unwrap();
    let late = s.redeem_handover(&code).await;
    assert!(matches!(late, Err(Error::Unauthorized { .. })), "{late:?}");
    let code = s.handover_code(user.uuid).await.unwrap();
    s.redeem_handover(&code).await.unwrap();
}

// ID-PRV-12 ID-PWD-03 ID-INT-05: an address that a provider moves is moved as any other
// is: what was mailed to the former one is worth nothing, and both are told.
#[tokio::test]
async fn a_former_address_opens_nothing_after_a_provider_moved_it() {
    let world = open_world(&[]);
    let eva = world.outsider("google", "eva").await;
    let cookie = world
        .service
        .arrive(None, person("google", "eva"), Default::default(), &HERE);
    let crate::Arrival::In(login) = cookie.await.unwrap() else {
        panic!("not in");
    };
    let s = &world.service;
    s.make_password(
        eva.uuid,
        secret(PASSWORD),
        false,
        login.cookie.expose_secret(),
    )
    .await
    .unwrap();
    world.mails().await;
    let (user, token) = world.reset_link("eva@example.org").await;
    world.set(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_USER_ATTR_MAP",
        Value::Dict(vec![(
            text("email"),
            Value::List(vec![text("email"), Value::Bool(false)]),
        )]),
    );
    let mut moved = person("google", "eva");
    moved
        .attributes
        .insert("email".into(), "eva@elsewhere.example".into());
    world.arrive(None, moved).await;
    let told = world.mails().await;
    let told: Vec<&str> = told
        .iter()
        .filter(|mail| mail.context["event"] == "email-changed")
        .map(|mail| mail.to.as_str())
        .collect();
    assert_eq!(told, ["eva@elsewhere.example", "eva@example.org"]);
    assert!(!s.password_reset_valid(&user, &token).await.unwrap());
}

// ID-VER-03 ID-PWD-03 ID-MOD-01: where an administrator sets another address, the links that
// were mailed to the former one prove nothing about the new one and open nothing.
#[tokio::test]
async fn links_to_a_former_address_are_worth_nothing() {
    let world = World::new();
    let s = &world.service;
    let (made, code) = world.sign_up("typo@example.org").await;
    let right = UserChange::Email("right@example.org".into());
    world.modify(&made.user.unwrap(), right).await.unwrap();
    let late = s.verify(&code, &HERE).await;
    assert!(matches!(late, Err(Error::NotFound { .. })), "{late:?}");
    let eva = world.person("eva@example.org").await;
    let (user, token) = world.reset_link("eva@example.org").await;
    assert!(s.password_reset_valid(&user, &token).await.unwrap());
    let other = UserChange::Email("eva@new.example".into());
    world.modify(&eva, other).await.unwrap();
    assert!(!s.password_reset_valid(&user, &token).await.unwrap());
    world.mails().await;
}

// ID-PWD-04 ID-EML-04: whoever was in and asked for another address does not get the
// account after its owner chose another password.
#[tokio::test]
async fn a_new_password_ends_a_change_of_address_that_waits() {
    let world = changing(false);
    let eva = world.person("eva@example.org").await;
    let (key, _) = asked(&world, &eva, "thief@example.org").await;
    let (user, token) = world.reset_link("eva@example.org").await;
    let s = &world.service;
    let (_, called_off) = s
        .reset_password(&user, &token, secret("another good one"), false)
        .await
        .unwrap();
    assert_eq!(called_off.as_deref(), Some("thief@example.org"));
    let told = world.mails().await;
    let notice = told
        .iter()
        .find(|mail| mail.template == "im/account_notice");
    assert_eq!(notice.unwrap().context["detail"], "thief@example.org");
    let late = s.agree_email_change(&key, None).await;
    assert!(matches!(late, Err(Error::NotFound { .. })), "{late:?}");
    assert!(
        world
            .service
            .find("eva@example.org")
            .await
            .unwrap()
            .is_some()
    );
}

// ID-PWD-12 ID-SEC-28: whoever chooses the password is told, and so is the trail; what has
// run out is nobody's news.
#[tokio::test]
async fn a_change_of_address_that_a_new_password_ends_is_told() {
    let world = changing(false);
    let eva = world.person("eva@example.org").await;
    let s = &world.service;
    let cookie = world.cookie("eva@example.org").await;
    let change = |old: &str, new: &str| crate::PasswordChange {
        old: secret(old),
        new: secret(new),
        renew_token: false,
    };
    asked(&world, &eva, "new@example.org").await;
    let first = change(PASSWORD, "another good one");
    let put = s.change_password(eva.uuid, first, &cookie, &HERE).await;
    let put = put.unwrap();
    assert_eq!(put.called_off.as_deref(), Some("new@example.org"));
    let cookie = put.cookie.expose_secret();
    let second = change("another good one", "a third good one");
    let put = s.change_password(eva.uuid, second, cookie, &HERE).await;
    assert_eq!(put.unwrap().called_off, None);
    world.mails().await;
    asked(&world, &eva, "newer@example.org").await;
    let set = || UserChange::Password(secret("a fourth good one"));
    world.modify(&eva, set()).await.unwrap();
    let trail = world.trail(crate::audit::Filter::default()).await;
    let told = |field: &crate::audit::Field| field.before == "newer@example.org";
    assert!(trail[0].fields.iter().any(told), "{:?}", trail[0]);
    world.mails().await;
    asked(&world, &eva, "late@example.org").await;
    world.wait(10 * 86_400);
    world.modify(&eva, set()).await.unwrap();
    let trail = world.trail(crate::audit::Filter::default()).await;
    let told = |field: &crate::audit::Field| field.before.contains('@');
    assert!(!trail[0].fields.iter().any(told), "{:?}", trail[0]);
    world.mails().await;
}

// ID-EML-04 ID-ACT-10: nobody moves an account that was switched off.
#[tokio::test]
async fn an_account_that_is_off_keeps_its_address() {
    let world = changing(false);
    let eva = world.person("eva@example.org").await;
    let (key, _) = asked(&world, &eva, "new@example.org").await;
    let off = UserChange::Deactivate("spam".into());
    world.modify(&eva, off).await.unwrap();
    let late = world.service.agree_email_change(&key, None).await;
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
}

// ID-SEC-31 ID-PWD-12: a password that is replaced while it is compared makes no token.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_replaced_meanwhile_proves_nothing() {
    let world = World::with(&[("PASSWORD_HASH_WORKERS", Value::Int(1))]);
    let eva = world.person("eva@example.org").await;
    let held = world.service.hold_hashing_for_tests().await;
    let s = world.service.clone();
    let asking = tokio::spawn(async move {
        let proof = crate::Proof::Password("eva@example.org".into(), secret(PASSWORD));
        s.scoped_token(proof, crate::Wanted::Default, &HERE).await
    });
    while world.service.hashing_waits_for_tests() == 0 {
        tokio::task::yield_now().await;
    }
    let replaced = world.store.write(move |tx| {
        let mut password: Password = tx.must(&eva.no, "")?;
        password.hash = "!".into();
        tx.put(&password)
    });
    replaced.await.unwrap();
    drop(held);
    let late = asking.await.unwrap();
    assert!(matches!(late, Err(Error::Unauthorized { .. })), "{late:?}");
}
// ID-CON-06 ID-MOD-02 ID-CON-07: one mailbox, one account, however its address is spelled.
#[tokio::test]
async fn spellings_of_one_mailbox_are_one_address() {
    for (one, others) in [
        (
            "eva@παράδειγμα.ελ",
            [
                "Eva@ΠΑΡΆΔΕΙΓΜΑ.ελ",
                "eva@xn--hxajbheg2az3al.xn--qxam",
                "eva@XN--HXAJBHEG2AZ3AL.xn--qxam",
            ],
        ),
        (
            "eva@example.org",
            [
                "eva@ｅｘａｍｐｌｅ.org",
                "eva@exam\u{ad}ple.org",
                "\"eva\"@example.org",
            ],
        ),
    ] {
        for (first, second) in others.map(|other| [(one, other), (other, one)]).concat() {
            let world = World::with(&[
                ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
                ("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(true)),
            ]);
            let eva = world.person(first).await;
            let found = world.service.find(second).await.unwrap();
            assert_eq!(found.map(|user| user.no), Some(eva.no), "{first} {second}");
            let again = world.service.sign_up(form(second), &here()).await;
            assert!(
                matches!(&again, Err(Error::Invalid { field, .. }) if field == "email"),
                "{first} {second}: {again:?}"
            );
            assert!(matches!(
                world.log_in(second, PASSWORD).await,
                Ok(LoginOutcome::In(_))
            ));
            let ann = world.person("ann@example.org").await;
            let moved = world
                .service
                .request_email_change(ann.uuid, second, &HERE)
                .await;
            assert!(matches!(moved, Err(Error::Invalid { .. })), "{moved:?}");
            let set = world.modify(&ann, UserChange::Email(second.into())).await;
            assert!(matches!(set, Err(Error::Conflict { .. })), "{set:?}");
            world.mails().await;
        }
    }
}

// ID-LOG-10: nobody gets more guesses by another spelling.
#[tokio::test]
async fn guesses_are_counted_by_mailbox() {
    let world = World::new();
    world.person("eva@example.org").await;
    let spellings = [
        "eva@example.org",
        "\"eva\"@example.org",
        "EVA@exam\u{ad}ple.org",
    ];
    let mut slowed = 0;
    for n in 0..9 {
        let tried = world.log_in(spellings[n % 3], "wrong").await;
        slowed += usize::from(matches!(tried, Err(Error::Busy { .. })));
    }
    assert_eq!(slowed, 5, "four are free");
}
