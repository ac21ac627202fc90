//! What is kept of people, and what other parts of the product may ask about them.

use super::{methods::open_world, methods::person as outside, *};
use crate::{
    UserChange,
    email_change::EmailChange,
    rows::{Method, Reset, Session, User},
    user_setting::{self, UserSetting},
};
use kernel::{Error, UserNo, secret::ExposeSecret};
use store::Memory;

// ID-MOD-04: the fields of a login method, and the order they are listed in.
#[tokio::test]
async fn login_methods_are_listed_by_module_and_age() {
    let world = open_world(&[("ASTAKOS_AUTH_PROVIDERS_LIMIT_POLICY", Value::Int(2))]);
    let user = world.person("a@example.org").await;
    for (module, identifier) in [("twitter", "t"), ("google", "second"), ("google", "first")] {
        world.wait(1);
        world.arrive(Some(&user), outside(module, identifier)).await;
    }
    let listed = world.service.user(user.uuid).await.unwrap().methods;
    let names: Vec<_> = listed
        .iter()
        .map(|m| (m.module.as_str(), m.identifier.as_str(), m.backend.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("google", "second", "astakos"),
            ("google", "first", "astakos"),
            ("local", "", "astakos"),
            ("twitter", "t", "astakos"),
        ]
    );
    assert!(listed.iter().all(|m| m.active && m.last_login.is_none()));
    // One identity is there once, whoever asks again.
    world.arrive(Some(&user), outside("twitter", "t")).await;
    let again = world.service.user(user.uuid).await.unwrap().methods;
    assert_eq!(again.len(), listed.len());
}

// ID-MOD-09: the catalogue of sessions closes all of one person and nobody else's.
#[tokio::test]
async fn the_catalogue_knows_whose_a_session_is() {
    let world = World::new();
    let (a, b) = (
        world.person("a@example.org").await,
        world.person("b@example.org").await,
    );
    let mut cookies = Vec::new();
    for _ in 0..3 {
        cookies.push(world.cookie("a@example.org").await);
    }
    let other = world.cookie("b@example.org").await;
    let of = |no: UserNo| {
        let rows = |tx: &store::ReadTx| tx.find::<Session>("user", &(no,), None, 100);
        world.store.read_now(rows).unwrap()
    };
    // The link of the registration logged in, too.
    assert_eq!((of(a.no).len(), of(b.no).len()), (4, 2));
    let ended = world.service.admin_flush_sessions(&ROOT, a.no).await;
    assert_eq!(ended.unwrap(), 4);
    for cookie in &cookies {
        assert!(world.service.session(cookie).await.unwrap().is_none());
    }
    let left = world.service.session(&other).await.unwrap().unwrap();
    assert_eq!(left.user.no, b.no);
    assert_eq!((of(a.no).len(), of(b.no).len()), (0, 2));
    world.mails().await;
}

// ID-MOD-14 ID-MOD-03: numbers under names are kept, exported, and go with the account.
#[tokio::test]
async fn settings_of_a_person_stay_until_the_account_goes() {
    let world = World::moderated();
    let (made, _) = world.sign_up("a@example.org").await;
    let user = made.user.unwrap();
    let (no, set) = (user.no, |value| UserSetting {
        user: user.no,
        name: "PENDING_APPLICATION_LIMIT".into(),
        value,
    });
    for row in [set(3), set(-1)] {
        world.store.write(move |tx| tx.put(&row)).await.unwrap();
    }
    world.modify(&user, UserChange::Verify).await.unwrap();
    let kept = world.store.read_now(|tx| user_setting::all(tx, no));
    assert_eq!(kept.unwrap(), [set(-1)]);
    let exported = world.service.admin_export(&ROOT, no).await.unwrap();
    assert_eq!(exported["settings"]["PENDING_APPLICATION_LIMIT"], -1);
    let gone = vec![UserChange::Delete];
    world.service.admin_modify(&ROOT, no, gone).await.unwrap();
    let kept = world.store.read_now(|tx| user_setting::all(tx, no));
    assert_eq!(kept.unwrap(), []);
    world.mails().await;
}

// ID-CON-01: an act and the mails about it are one transaction: both are there after the
// store was closed, or neither.
#[tokio::test]
async fn an_act_and_its_mails_are_stored_together_or_not_at_all() {
    let memory = Memory::default();
    let (source, _) = CxSource::fake();
    let mut settings = Settings::default();
    settings.set("ASTAKOS_BASE_URL", text("https://cloud.example.org"));
    // Nobody could deliver a mail; nothing waits for that.
    settings.set("EMAIL_HOST", text("nowhere.invalid"));
    let open = || {
        let store = Store::open_backend(memory.clone()).unwrap();
        let keys = Keys::from_bytes([7; 32]).unwrap();
        let handle = SettingsHandle::new(settings.clone());
        let service = Service::new(store.clone(), handle, source.clone(), keys);
        (store, service)
    };
    let mails = |store: &Store| {
        let all = |tx: &store::ReadTx| tx.outbox::<MailRequest>(TOPIC, 0, 100);
        store.read_now(all).unwrap().len()
    };
    let (store, service) = open();
    let made = service.sign_up(form("a@example.org"), &here()).await;
    let user = made.unwrap().user.unwrap();
    store.close();
    let (store, service) = open();
    assert_eq!(service.user(user.uuid).await.unwrap().no, user.no);
    assert_eq!(mails(&store), 1, "the verification mail");
    // Verifying accepts here and asks for mails; the second change refuses, so neither.
    let both = vec![UserChange::Verify, UserChange::Reject("no".into())];
    let refused = service.admin_modify(&ROOT, user.no, both).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })));
    store.close();
    let (store, service) = open();
    let now = service.user(user.uuid).await.unwrap();
    assert!(!now.verified && !now.active);
    assert_eq!(mails(&store), 1);
    let changes = vec![UserChange::Verify];
    service.admin_modify(&ROOT, user.no, changes).await.unwrap();
    assert_eq!(mails(&store), 2, "the greeting; nobody else is told here");
    assert_eq!(store.read_now(verify).unwrap(), []);
}

// ID-NFR-04: a clock that jumps back gives an expired thing the time of the jump back and
// not a moment more.
#[tokio::test]
async fn a_clock_that_jumps_back_revives_nothing_for_longer_than_the_jump() {
    const HOUR: u64 = 3600;
    let world = World::with(&[("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true))]);
    let user = world.person("a@example.org").await;
    let (token, cookie) = (
        world.token(&user).await,
        world.cookie("a@example.org").await,
    );
    let (_, code) = world.sign_up("b@example.org").await;
    world.mails().await;
    let (no, secret) = world.reset_link("a@example.org").await;
    let works = async || {
        let s = &world.service;
        [
            s.caller_by_token(&token).is_ok(),
            s.session(&cookie).await.unwrap().is_some(),
            s.password_reset_valid(&no, &secret).await.unwrap(),
        ]
    };
    assert_eq!(works().await, [true; 3]);
    // Thirty days on everything is over.
    world.wait(30 * 24 * HOUR);
    assert_eq!(works().await, [false; 3]);
    world.clock.rewind(Duration::from_secs(HOUR));
    let revived = works().await;
    assert!(!revived[2], "three days, and an hour is no three days");
    world.wait(HOUR - 1);
    assert_eq!(works().await, revived, "no longer than before the jump");
    world.wait(1);
    assert_eq!(works().await, [false; 3]);
    assert!(world.service.verify(&code, &HERE).await.is_err());
    // What is made after a jump lasts its own time, counted from then.
    world.clock.rewind(Duration::from_secs(40 * 24 * HOUR));
    let (_, code) = world.sign_up("c@example.org").await;
    world.wait(10 * 24 * HOUR);
    assert!(world.service.verify(&code, &HERE).await.is_err());
    world.mails().await;
}

// ID-API-03 ID-INT-02 ID-TOK-04: a component is known by its token at once, and no longer.
#[tokio::test]
async fn components_are_known_by_their_tokens() {
    let world = World::new();
    let s = &world.service;
    let made = s.component_add(&ROOT, "backup".into(), None, None).await;
    let made = made.unwrap();
    let token = made.token.expose_secret();
    let known = |token: &str| s.component_by_token(token).ok().map(|one| one.name);
    assert_eq!(known(token).as_deref(), Some("backup"));
    // It is no person's, and a person's is no component's.
    assert!(s.caller_by_token(token).is_err());
    let user = world.person("a@example.org").await;
    let own = world.token(&user).await;
    for other in ["", "x", &own, &token.to_uppercase(), &"y".repeat(5000)] {
        assert_eq!(known(other), None, "{other}");
    }
    // It does not expire, unless it was given an end.
    world.wait(20 * 365 * 86_400);
    assert_eq!(known(token).as_deref(), Some("backup"));
    let why = |token: &str| s.component_by_token(token).unwrap_err().to_string();
    assert_eq!(why("x"), "Invalid X-Auth-Token");
    let ended = world.store.write(|tx| {
        let mut row = crate::component::named(tx, "backup")?.unwrap();
        row.expires = Some(row.created);
        tx.put(&row)
    });
    ended.await.unwrap();
    assert_eq!(why(token), "Authentication expired");
}

// ID-INT-04 ID-ACC-10: addresses by uuid and uuids by address, as they were asked for.
#[tokio::test]
async fn the_catalogue_of_people_answers_both_ways() {
    let world = World::new();
    let user = world.person("Eva@Example.org").await;
    let ask = async |uuids: &[&str], names: &[&str]| {
        let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        world
            .service
            .user_catalogs(texts(uuids), texts(names))
            .await
    };
    let (uuid, nobody) = (user.uuid.to_string(), uuid::Uuid::nil().to_string());
    let (by_id, by_name) = ask(
        &[&uuid, &nobody, "x"],
        &["EVA@example.ORG", "nobody@example.org"],
    )
    .await
    .unwrap();
    assert_eq!(by_id, [(uuid, "eva@example.org".to_owned())].into());
    assert_eq!(by_name, [("EVA@example.ORG".to_owned(), user.uuid)].into());
    assert_eq!(ask(&[], &[]).await.unwrap(), Default::default());
    let many = vec!["x"; 1001];
    assert!(matches!(ask(&many, &[]).await, Err(Error::TooLarge { .. })));
}

// ID-VER-06 ID-UPG-06: an old account that was never verified goes, whatever its number is:
// one that an import brought has a higher one than those who were here before.
#[tokio::test]
async fn old_unverified_accounts_go_whatever_their_number() {
    let world = World::new();
    let young = world.sign_up("young@example.org").await.0.user.unwrap();
    let old = world.sign_up("old@example.org").await.0.user.unwrap();
    let boss = world.person("boss@example.org").await;
    let (no, root) = (old.no, boss.no);
    let aged = world.store.write(move |tx| {
        for no in [no, root] {
            let mut row: User = tx.must(&no, "")?;
            row.joined -= Duration::from_secs(30 * 86_400);
            // Accepted once, so not to be removed.
            if no == root {
                (row.email_verified, row.verified_at) = (false, None);
                row.is_active = false;
            }
            tx.put(&row)?;
        }
        crate::session::flush(tx, root, None)
    });
    aged.await.unwrap();
    assert_eq!(world.service.tidy().await.unwrap(), 1);
    assert!(world.service.user(old.uuid).await.is_err());
    for kept in [young.uuid, boss.uuid] {
        world.service.user(kept).await.unwrap();
    }
    world.mails().await;
}

// ID-MOD-03: nothing of a deleted account is left in any table of this crate.
#[tokio::test]
async fn a_deleted_account_leaves_nothing_behind() {
    let world = World::moderated();
    let (made, code) = world.sign_up("a@example.org").await;
    let user = made.user.unwrap();
    world.service.verify(&code, &HERE).await.unwrap();
    let gone = vec![UserChange::Delete];
    world
        .service
        .admin_modify(&ROOT, user.no, gone)
        .await
        .unwrap();
    world
        .store
        .read_now(|tx| {
            assert!(tx.scan::<User>(None, 10)?.is_empty());
            assert!(tx.scan::<Method>(None, 10)?.is_empty());
            assert!(tx.scan::<Session>(None, 10)?.is_empty());
            assert!(tx.scan::<Reset>(None, 10)?.is_empty());
            assert!(tx.scan::<EmailChange>(None, 10)?.is_empty());
            assert!(tx.get::<crate::rows::Password>(&user.no)?.is_none());
            Ok(())
        })
        .unwrap();
    world.mails().await;
}

// ID-MOD-04 ID-LOG-06: of two identities of one module, the one that was used is noted.
#[tokio::test]
async fn the_last_login_is_that_of_the_identity() {
    let world = open_world(&[("ASTAKOS_AUTH_PROVIDER_GOOGLE_LIMIT_POLICY", Value::Int(2))]);
    let user = world.person("a@example.org").await;
    for identity in ["first", "second"] {
        world.arrive(Some(&user), outside("google", identity)).await;
    }
    let back = world.arrive(None, outside("google", "second")).await;
    let crate::Arrival::In(login) = back else {
        panic!("not in: {back:?}");
    };
    let methods = login.user.methods.iter().filter(|m| m.last_login.is_some());
    let used: Vec<&str> = methods.map(|m| m.identifier.as_str()).collect();
    assert_eq!(used, ["second"]);
    world.mails().await;
}
