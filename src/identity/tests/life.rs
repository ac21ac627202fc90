//! Terms, invitations, events, first passwords.

use super::{
    email_change::{asked, changing},
    *,
};
use crate::{
    SignUpMore,
    events::{self, Event, Published},
};
use kernel::{Error, secret::ExposeSecret};

const TERMS: &str = "<h1>Rules</h1><p onclick=\"x()\">Be kind.</p><script>x()</script>";

fn more(code: &str) -> SignUpMore {
    SignUpMore {
        code: Some(code.to_owned()),
        signs_terms: true,
        ..SignUpMore::default()
    }
}

pub(super) fn conflict<T: std::fmt::Debug>(result: kernel::Result<T>) -> String {
    match result {
        Err(Error::Conflict { message }) => message,
        other => panic!("{other:?}"),
    }
}

pub(super) fn field<T: std::fmt::Debug>(result: kernel::Result<T>) -> (String, String) {
    match result {
        Err(Error::Invalid { field, reason }) => (field, reason),
        other => panic!("{other:?}"),
    }
}

pub(super) fn url(mail: &MailRequest, name: &str) -> String {
    let text = mail.context[name].as_str();
    text.unwrap_or_else(|| panic!("no {name} in {mail:?}"))
        .to_owned()
}

pub(super) fn tail(url: &str) -> String {
    url.rsplit('/').next().unwrap().to_owned()
}

// ID-TRM-01 ID-TRM-02 ID-TRM-03 ID-TRM-05 ID-TOK-03 ID-MOD-10: a new version asks
// everybody again, without touching an account; signing is remembered.
#[tokio::test]
async fn new_terms_shut_the_apis_until_they_are_signed() {
    let world = World::new();
    let service = &world.service;
    let user = world.person("eva@example.org").await;
    let token = world.token(&user).await;
    assert!(service.caller_by_token(&token).is_ok());
    assert_eq!(service.terms_version().unwrap(), 0);
    assert!(service.sign_terms(user.uuid, &here()).await.is_err());
    let nobody = Caller::person(user.uuid);
    assert!(service.term_add(&nobody, "/t.html", TERMS).await.is_err());
    assert!(
        service
            .term_add(&root(), "/t.html", "<script>x</script>")
            .await
            .is_err()
    );
    let before = service.user(user.uuid).await.unwrap();

    for version in 1..=2 {
        let added = service.term_add(&root(), "/etc/terms.html", TERMS).await;
        assert_eq!(added.unwrap(), version);
        let refused = service.caller_by_token(&token).unwrap_err();
        assert_eq!(refused.to_string(), "Pending approval terms");
        let seen = service.user(user.uuid).await.unwrap();
        assert!(!seen.signed_terms);
        if version == 1 {
            assert_eq!(seen.updated, before.updated, "an account was touched");
        }
        world.wait(60);
        service
            .sign_terms(user.uuid, &from("2001:db8::7"))
            .await
            .unwrap();
        assert!(service.caller_by_token(&token).is_ok());
        assert!(service.user(user.uuid).await.unwrap().signed_terms);
    }
    let newest = service.terms_newest().await.unwrap().unwrap();
    assert_eq!(
        (newest.id, newest.location.as_str()),
        (2, "/etc/terms.html")
    );
    assert!(newest.html.contains("Be kind."));
    assert!(!newest.html.contains("script") && !newest.html.contains("onclick"));
    assert!(service.terms(3).await.unwrap().is_none());
    let signed = service.terms_signed_by(user.uuid).await.unwrap();
    let signed: Vec<_> = signed
        .iter()
        .map(|s| (s.terms, s.address.as_str()))
        .collect();
    assert_eq!(signed, [(1, "2001:db8::7"), (2, "2001:db8::7")]);

    // An expired token says so first.
    service.term_add(&root(), "/t.html", TERMS).await.unwrap();
    world.wait(40 * 86_400);
    let expired = service.caller_by_token(&token).unwrap_err();
    assert_eq!(expired.to_string(), "Authentication expired");
}

// ID-REG-02 ID-REG-03 ID-REG-04 ID-TRM-03: no account without the box.
#[tokio::test]
async fn a_sign_up_accepts_the_terms() {
    let world = World::new();
    world
        .service
        .term_add(&root(), "/t.html", TERMS)
        .await
        .unwrap();
    let refused = world
        .service
        .sign_up(form("eva@example.org"), &here())
        .await;
    assert_eq!(
        field(refused),
        ("has_signed_terms".into(), "SIGN_TERMS".into())
    );
    assert!(
        world
            .service
            .user_by_email("eva@example.org")
            .await
            .unwrap()
            .is_none()
    );
    let with = SignUpMore {
        signs_terms: true,
        ..SignUpMore::default()
    };
    let made = world
        .service
        .sign_up_with(form("eva@example.org"), with, &here())
        .await;
    let user = made.unwrap().user.unwrap();
    assert!(user.signed_terms && user.signed_terms_at.is_some());
    let signed = world.service.terms_signed_by(user.uuid).await.unwrap();
    assert_eq!(signed.len(), 1);
    // Who is added by command has yet to sign (ID-CLI-20).
    let added = world
        .service
        .admin_add(&root(), form("bob@example.org"), false, vec![], vec![])
        .await
        .unwrap();
    assert!(!added.signed_terms);
}

fn inviting() -> World {
    let levels = Value::Dict(vec![
        (Value::Int(0), Value::Int(100)),
        (Value::Int(1), Value::Int(2)),
    ]);
    World::with(&[
        ("ASTAKOS_MODERATION_ENABLED", Value::Bool(true)),
        ("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(true)),
        ("ASTAKOS_INVITATIONS_PER_LEVEL", levels),
    ])
}

async fn inviter(world: &World) -> UserView {
    let enrolled = world
        .service
        .admin_enrol(
            &root(),
            form("host@example.org"),
            vec![UserChange::Level(0), UserChange::Invitations(2)],
        )
        .await;
    let user = enrolled.unwrap();
    world.mails().await;
    user
}

async fn invited(world: &World, host: &UserView, email: &str) -> String {
    world.mails().await;
    let sent = world
        .service
        .invite(host.uuid, email, "Ann Lee", &here())
        .await;
    sent.unwrap();
    let mails = world.mails().await;
    let [mail] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    assert_eq!(
        (mail.template.as_str(), mail.to.as_str()),
        ("im/invitation", email)
    );
    let link = url(mail, "url");
    let code = link.strip_prefix("https://cloud.example.org/ui/?code=");
    code.unwrap().to_owned()
}

// ID-INV-01 ID-INV-02 ID-INV-03 ID-INV-04 ID-INV-05 ID-ACT-04 ID-MAIL-13 ID-MOD-11:
// the invited address is in at once, even with moderation; the invitation works once.
#[tokio::test]
async fn an_invitation_lets_its_address_in_once() {
    let world = inviting();
    let service = &world.service;
    let host = inviter(&world).await;
    let code = invited(&world, &host, "ann@example.org").await;
    let twice = service
        .invite(host.uuid, "Ann@Example.org", "", &here())
        .await;
    assert_eq!(
        field(twice),
        ("username".into(), "INVITATION_EMAIL_EXISTS".into())
    );
    let left = service.user(host.uuid).await.unwrap().invitations;
    assert_eq!(left, 1, "decremented by one");

    let found = service.invitation(&code).await.unwrap().unwrap();
    assert_eq!(
        (found.email.as_str(), found.realname.as_str()),
        ("ann@example.org", "Ann Lee")
    );
    for unknown in ["", "1", "x", "99999999999999999999"] {
        assert!(service.invitation(unknown).await.unwrap().is_none());
    }
    let made = service
        .sign_up_with(form("Ann@example.org"), more(&code), &here())
        .await;
    let made = made.unwrap();
    let user = made.user.unwrap();
    assert!(made.login.is_some(), "not in at once");
    assert_eq!(user.status, "Accepted/Active (accepted policy: invitation)");
    assert_eq!(
        (user.level, user.invitations),
        (1, 2),
        "one below the inviter"
    );
    assert!(
        service.invitations_of(host.uuid).await.unwrap()[0]
            .consumed
            .is_some()
    );

    assert_eq!(
        conflict(service.invitation(&code).await),
        "INVITATION_CONSUMED_ERR"
    );
    let again = service
        .sign_up_with(form("eve@example.org"), more(&code), &here())
        .await;
    assert_eq!(conflict(again), "INVITATION_CONSUMED_ERR");
    assert!(
        service
            .user_by_email("eve@example.org")
            .await
            .unwrap()
            .is_none()
    );

    let code = invited(&world, &host, "bob@example.org").await;
    let none = service
        .invite(host.uuid, "cy@example.org", "", &here())
        .await;
    assert_eq!(conflict(none), "MAX_INVITATION_NUMBER_REACHED");
    // A proven address uses its invitation up, however it was proven.
    world.person_by_command("bob@example.org").await;
    assert_eq!(
        conflict(service.invitation(&code).await),
        "INVITATION_CONSUMED_ERR"
    );
}

// ID-INV-05 ID-ACT-04: another address has to be verified, and is then accepted.
#[tokio::test]
async fn an_invitation_used_with_another_address_still_wants_its_proof() {
    let world = inviting();
    let host = inviter(&world).await;
    let code = invited(&world, &host, "ann@example.org").await;
    let made = world
        .service
        .sign_up_with(form("ann@home.example"), more(&code), &here())
        .await;
    assert_eq!(made.unwrap().outcome.name(), "PENDING_VERIFICATION");
    let mails = world.mails().await;
    let mailed = mails.iter().find_map(super::code).unwrap();
    let verified = world.service.verify(&mailed, &here()).await.unwrap();
    assert_eq!(verified.user.accepted_policy.as_deref(), Some("invitation"));
    // Without invitations the same person waits.
    world.set("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(false));
    let off = world
        .service
        .invite(host.uuid, "x@example.org", "", &here())
        .await;
    assert!(matches!(off, Err(Error::NotFound { .. })));
}

// ID-SEC-24
#[tokio::test]
async fn invitations_of_an_address_are_limited() {
    let world = inviting();
    let host = inviter(&world).await;
    world
        .modify(&host, UserChange::Invitations(100))
        .await
        .unwrap();
    for n in 0..20 {
        let sent = world
            .service
            .invite(host.uuid, &format!("u{n}@example.org"), "", &here())
            .await;
        sent.unwrap();
    }
    let more = world
        .service
        .invite(host.uuid, "more@example.org", "", &here())
        .await;
    assert!(matches!(more, Err(Error::Busy { .. })), "{more:?}");
    let elsewhere = from("192.0.2.9");
    world
        .service
        .invite(host.uuid, "more@example.org", "", &elsewhere)
        .await
        .unwrap();
}

// ID-INT-05: what happens to a person is told in the order it happened.
#[tokio::test]
async fn events_follow_a_person() {
    let world = changing(false);
    let user = world.person("eva@example.org").await;
    world
        .modify(&user, UserChange::Deactivate("x".into()))
        .await
        .unwrap();
    world.modify(&user, UserChange::Activate).await.unwrap();
    world.service.renew_token(user.uuid).await.unwrap();
    let (key, _) = asked(&world, &user, "eva@new.example").await;
    world.service.agree_email_change(&key, None).await.unwrap();
    let (_, _) = world.sign_up("gone@example.org").await;
    world.sign_up("gone@example.org").await;
    let all = world
        .store
        .read_now(|tx| tx.outbox::<Published>(events::TOPIC, 0, 100))
        .unwrap();
    let of_eva = all.iter().filter(|(_, one)| one.user == user.uuid);
    let of_eva: Vec<_> = of_eva.map(|(_, one)| one.event.clone()).collect();
    let from = "eva@example.org".to_owned();
    assert_eq!(
        of_eva,
        [
            Event::Activated,
            Event::Accepted,
            Event::TokenRenewed,
            Event::Deactivated,
            Event::Activated,
            Event::TokenRenewed,
            Event::EmailChanged { from },
        ]
    );
    let deleted = all.iter().filter(|(_, one)| one.event == Event::Deleted);
    assert_eq!(deleted.count(), 1);
}

// ID-DSH-04 ID-SET-07: a look at the profile is enough, once.
#[tokio::test]
async fn a_look_at_the_profile_confirms_it() {
    let world = World::new();
    let user = world.person("eva@example.org").await;
    assert!(!user.profile_confirmed);
    world.service.profile_visited(user.uuid).await.unwrap();
    let seen = world.service.user(user.uuid).await.unwrap();
    assert!(seen.profile_confirmed);
    world.wait(60);
    world.service.profile_visited(user.uuid).await.unwrap();
    assert_eq!(
        world.service.user(user.uuid).await.unwrap().updated,
        seen.updated
    );
}

// ID-PWD-11 ID-PWD-13: who has no local login gets a first password where that may be.
#[tokio::test]
async fn a_first_password_adds_the_local_login() {
    let world = World::new();
    let service = &world.service;
    let user = world.person("eva@example.org").await;
    let cookie = world.cookie("eva@example.org").await;
    let rules = service.profile_rules(user.uuid).await.unwrap();
    assert!(rules.changes_password && !rules.makes_password && !rules.changes_email);
    let no = user.no;
    world
        .store
        .write(move |tx| {
            let user: crate::rows::User = tx.must(&no, "")?;
            for mut method in crate::rows::methods(tx, user.no)? {
                method.module = "google".into();
                method.identifier = "eva".into();
                tx.put(&method)?;
            }
            tx.remove::<crate::rows::Password>(&no).map(drop)
        })
        .await
        .unwrap();
    let rules = service.profile_rules(user.uuid).await.unwrap();
    assert!(!rules.changes_password && rules.makes_password);
    let weak = service
        .make_password(user.uuid, secret("short"), false, &cookie)
        .await;
    assert_eq!(field(weak).0, "new_password1");
    let refused = "ASTAKOS_AUTH_PROVIDER_LOCAL_ADD_POLICY";
    world.set(refused, Value::Bool(false));
    let off = service
        .make_password(user.uuid, secret("another long phrase"), true, &cookie)
        .await;
    assert_eq!(conflict(off), "AUTH_PROVIDER_ADD_DISABLED");
    world.set(refused, Value::Bool(true));
    let new = service
        .make_password(user.uuid, secret("another long phrase"), true, &cookie)
        .await;
    let new = new.unwrap().cookie;
    assert!(
        service.session(&cookie).await.unwrap().is_none(),
        "the key stayed"
    );
    assert!(
        service
            .session(new.expose_secret())
            .await
            .unwrap()
            .is_some()
    );
    assert!(matches!(
        world.log_in("eva@example.org", "another long phrase").await,
        Ok(LoginOutcome::In(_))
    ));
    let twice = service.make_password(
        user.uuid,
        secret("a third long phrase"),
        false,
        new.expose_secret(),
    );
    assert!(twice.await.is_err());
}

// ID-PWD-03: the form the links had long ago leads to the same place.
#[tokio::test]
async fn old_links_for_a_new_password_work() {
    let world = World::new();
    let user = world.person("eva@example.org").await;
    world
        .service
        .request_password_reset("eva@example.org", &here())
        .await
        .unwrap();
    let mails = world.mails().await;
    let link = url(&mails[0], "url");
    let secret_part = link.trim_end_matches('/').rsplit('/').next().unwrap();
    let old = format!("{}-{secret_part}", radix36(user.no.0));
    let (no, token) = Service::old_reset_link(&old).unwrap();
    assert!(
        world
            .service
            .password_reset_valid(&no, &token)
            .await
            .unwrap()
    );
    for bad in [
        "",
        "-",
        "1-",
        "-x",
        "ü-x",
        "zzzzzzzzzzzzzzzzzzzz-x",
        "nothing",
    ] {
        assert_eq!(Service::old_reset_link(bad), None, "{bad}");
    }
}

fn radix36(mut n: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((n % 36) as u32, 36).unwrap());
        n /= 36;
        if n == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

// ID-VER-04 ID-VER-05 ID-PWD-01: the mail for an unverified address leads to another
// verification mail; the bare number says the same for everybody.
#[tokio::test]
async fn another_verification_mail_is_asked_for_in_many_ways() {
    let world = World::new();
    let service = &world.service;
    let (made, _) = world.sign_up("eva@example.org").await;
    let user = made.user.unwrap();
    service
        .request_password_reset("eva@example.org", &here())
        .await
        .unwrap();
    let mails = world.mails().await;
    assert!(!mails[0].context.contains_key("url"));
    let told = &mails[0].context;
    assert_eq!(told["again"]["message"], "ACCOUNT_RESEND_ACTIVATION");
    let link = told["link"].as_str().unwrap();
    assert!(link.contains("/ui/send/activation/"), "{link}");
    let link = link.rsplit('/').next().unwrap().to_owned();
    service.resend_verification(&link, &here()).await.unwrap();
    assert_eq!(world.mails().await.len(), 1);
    // Too early, unknown, verified: the same answer, no mail.
    let verified = world.person("bob@example.org").await;
    for no in [user.no, kernel::UserNo(999), verified.no] {
        service.resend_by_number(no, &here()).await.unwrap();
    }
    assert!(world.mails().await.is_empty());
    world.wait(300);
    service.resend_by_number(user.no, &here()).await.unwrap();
    assert_eq!(world.mails().await.len(), 1);
}
