//! Terms, invitations, other addresses, decisions by mail, events.

use super::*;
use crate::{
    AccountState, Agreed, Decision, SignUpMore,
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

fn conflict<T: std::fmt::Debug>(result: kernel::Result<T>) -> String {
    match result {
        Err(Error::Conflict { message }) => message,
        other => panic!("{other:?}"),
    }
}

fn field<T: std::fmt::Debug>(result: kernel::Result<T>) -> (String, String) {
    match result {
        Err(Error::Invalid { field, reason }) => (field, reason),
        other => panic!("{other:?}"),
    }
}

fn url(mail: &MailRequest, name: &str) -> String {
    let text = mail.context[name].as_str();
    text.unwrap_or_else(|| panic!("no {name} in {mail:?}"))
        .to_owned()
}

fn tail(url: &str) -> String {
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

fn changing(both: bool) -> World {
    World::with(&[
        ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
        ("ASTAKOS_EMAILCHANGE_BOTH_ADDRESSES", Value::Bool(both)),
    ])
}

/// Asks for another address; the keys mailed to the new and to the present one.
async fn asked(world: &World, user: &UserView, new: &str) -> (String, Option<String>) {
    let asked = world
        .service
        .request_email_change(user.uuid, new, &here())
        .await;
    asked.unwrap();
    let mails = world.mails().await;
    let [to_new, to_old] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    assert_eq!(to_new.template, "registration/email_change_email_new_email");
    assert_eq!(to_old.template, "registration/email_change_email_old_email");
    assert_eq!(
        (to_new.to.as_str(), to_old.to.as_str()),
        (new, user.email.as_str())
    );
    let old = to_old.context["url"].as_str().map(tail);
    let key = tail(&url(to_new, "url"));
    assert!(key.len() == 40 && key.bytes().all(|b| b.is_ascii_hexdigit()));
    (key, old)
}

// ID-EML-03 ID-EML-04 ID-EML-05 ID-MAIL-07 ID-MAIL-08 ID-MOD-08: both addresses agree,
// in either order.
#[tokio::test]
async fn another_address_needs_both_to_agree() {
    for new_first in [true, false] {
        let world = changing(true);
        let service = &world.service;
        let user = world.person("eva@example.org").await;
        let token = world.token(&user).await;
        let (new, old) = asked(&world, &user, "Eva@New.example").await;
        let old = old.unwrap();
        let (first, second) = if new_first {
            (&new, &old)
        } else {
            (&old, &new)
        };
        let seen = service.email_change_of(first, None).await.unwrap();
        assert_eq!(
            (seen.email.as_str(), seen.of_new),
            ("Eva@New.example", new_first)
        );
        assert_eq!(
            service.agree_email_change(first, None).await.unwrap(),
            Agreed::Waits
        );
        assert_eq!(
            service.agree_email_change(first, None).await.unwrap(),
            Agreed::Waits
        );
        assert!(
            service
                .user_by_email("eva@new.example")
                .await
                .unwrap()
                .is_none()
        );
        let own = Some(user.uuid);
        assert_eq!(
            service.agree_email_change(second, own).await.unwrap(),
            Agreed::Changed
        );
        let now = service.user(user.uuid).await.unwrap();
        assert_eq!(
            (now.email.as_str(), now.username.as_str()),
            ("Eva@New.example", "eva@new.example")
        );
        assert_eq!(now.accepted_email.as_deref(), Some("eva@example.org"));
        assert!(now.verified && now.active);
        assert_eq!(world.token(&now).await, token);
        for used in [first, second] {
            let used = service.agree_email_change(used, None).await;
            assert!(matches!(used, Err(Error::NotFound { .. })));
        }
        assert!(world.log_in("eva@example.org", PASSWORD).await.is_err());
        world.cookie("eva@new.example").await;
    }
}

// ID-EML-02 ID-EML-03 ID-EML-04: a second request replaces the first; somebody else may
// not look; either address refuses; links grow old.
#[tokio::test]
async fn a_change_of_address_is_replaced_refused_or_grows_old() {
    let world = changing(true);
    let service = &world.service;
    let user = world.person("eva@example.org").await;
    let other = world.person("bob@example.org").await;
    let (first, _) = asked(&world, &user, "one@example.org").await;
    let (second, old) = asked(&world, &user, "two@example.org").await;
    let gone = service.email_change_of(&first, None).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
    let foreign = service.email_change_of(&second, Some(other.uuid)).await;
    assert!(matches!(foreign, Err(Error::Forbidden { .. })));
    let foreign = service.agree_email_change(&second, Some(other.uuid)).await;
    assert!(matches!(foreign, Err(Error::Forbidden { .. })));
    assert_eq!(
        service
            .pending_email_change(user.uuid)
            .await
            .unwrap()
            .unwrap()
            .email,
        "two@example.org"
    );
    service
        .refuse_email_change(&old.unwrap(), None)
        .await
        .unwrap();
    assert!(
        service
            .pending_email_change(user.uuid)
            .await
            .unwrap()
            .is_none()
    );
    assert!(service.agree_email_change(&second, None).await.is_err());

    let (late, _) = asked(&world, &user, "late@example.org").await;
    world.wait(10 * 86_400);
    assert_eq!(
        conflict(service.agree_email_change(&late, None).await),
        "EMAIL_CHANGE_EXPIRED"
    );
    assert!(
        service
            .pending_email_change(user.uuid)
            .await
            .unwrap()
            .is_none()
    );
    service.tidy().await.unwrap();
    assert!(matches!(
        service.email_change_of(&late, None).await,
        Err(Error::NotFound { .. })
    ));
}

// ID-EML-01 ID-EML-03 ID-EML-04: used addresses are refused when asked and when
// confirmed; unverified namesakes give way; off is off.
#[tokio::test]
async fn only_free_addresses_can_be_had() {
    let world = changing(false);
    let service = &world.service;
    let user = world.person("eva@example.org").await;
    world.person("bob@example.org").await;
    for (new, key) in [
        ("", "REQUIRED_FIELD"),
        ("no address", "INVALID_EMAIL"),
        ("Bob@example.org", "EMAIL_USED"),
        ("EVA@example.org", "EMAIL_USED"),
    ] {
        let refused = service.request_email_change(user.uuid, new, &here()).await;
        assert_eq!(
            field(refused),
            ("new_email_address".into(), key.into()),
            "{new}"
        );
    }
    let (key, old) = asked(&world, &user, "cy@example.org").await;
    assert_eq!(old, None, "a notice without a link");
    let meanwhile = world.person("cy@example.org").await;
    assert_eq!(
        conflict(service.agree_email_change(&key, None).await),
        "EMAIL_USED"
    );
    assert!(service.user(meanwhile.uuid).await.is_ok());
    let (key, _) = asked(&world, &user, "dan@example.org").await;
    let (squatter, _) = world.sign_up("dan@example.org").await;
    let agreed = service.agree_email_change(&key, Some(user.uuid)).await;
    assert_eq!(agreed.unwrap(), Agreed::Changed);
    assert!(service.user(squatter.user.unwrap().uuid).await.is_err());
    world.set("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(false));
    assert!(!service.may_change_email(user.uuid).await.unwrap());
    let off = service
        .request_email_change(user.uuid, "x@example.org", &here())
        .await;
    assert!(matches!(off, Err(Error::Forbidden { .. })));
}

/// A verified applicant and the tokens of the links, by recipient.
async fn applicant(world: &World, email: &str) -> (UserView, Vec<(String, String)>) {
    let (_, code) = world.sign_up(email).await;
    let verified = world.service.verify(&code, &here()).await.unwrap();
    assert_eq!(verified.user.status, "Pending moderation");
    let mails = world.mails().await;
    let links = mails.iter().map(|mail| {
        assert_eq!(mail.template, "im/account_pending_moderation_notification");
        (mail.to.clone(), tail(&url(mail, "url")))
    });
    (verified.user, links.collect())
}

// ID-MAIL-10 ID-ACT-05 ID-ACT-07 ID-SEC-28 ID-SEC-08: each moderator has a link; looking
// decides nothing; the first who decides is named to the others, to the second.
#[tokio::test]
async fn a_mailed_link_decides_once() {
    let world = World::moderated();
    let service = &world.service;
    world.sign_up("old@uni.example").await;
    let (user, links) = applicant(&world, "eva@uni.example").await;
    let [(staff, mine), (help, theirs)] = links.as_slice() else {
        panic!("{links:?}");
    };
    assert_eq!(
        (staff.as_str(), help.as_str()),
        ("staff@example.org", "help@example.org")
    );
    assert_ne!(mine, theirs);
    for _ in 0..3 {
        let seen = service.moderation(mine).await.unwrap();
        assert_eq!(seen.decided, None);
        assert_eq!(
            (seen.recipient.as_str(), seen.user.no),
            (staff.as_str(), user.no)
        );
        let relatives: Vec<_> = seen.relatives.iter().map(|r| r.email.as_str()).collect();
        assert_eq!(relatives, ["old@uni.example"]);
    }
    assert_eq!(
        service.user(user.uuid).await.unwrap().state,
        AccountState::Unmoderated
    );

    world.wait(61);
    let done = service
        .decide(theirs, Decision::Accept, &from("198.51.100.7"))
        .await
        .unwrap();
    let decided = done.decided.unwrap();
    assert!(decided.just_now && decided.accepted);
    assert_eq!(
        done.user.status,
        "Accepted/Active (accepted policy: manual)"
    );
    let mails: Vec<_> = world
        .mails()
        .await
        .into_iter()
        .map(|mail| mail.template)
        .collect();
    assert_eq!(
        mails,
        ["im/account_activated_notification", "im/welcome_email"]
    );

    // Neither the same link nor another one decides again.
    for link in [theirs, mine] {
        world.wait(10);
        let late = Decision::Reject("too late".into());
        let told = service
            .decide(link, late, &here())
            .await
            .unwrap()
            .decided
            .unwrap();
        assert!(!told.just_now && told.accepted);
        assert_eq!((told.by.as_str(), told.at), (help.as_str(), decided.at));
    }
    assert!(service.user(user.uuid).await.unwrap().active);
    let acts = world
        .store
        .read_now(|tx| tx.scan::<::audit::Entry>(None, 100))
        .unwrap();
    let act = acts.iter().find(|act| act.action == "user.accept").unwrap();
    assert_eq!(act.who.key(), "mail:help@example.org");
    assert_eq!(act.from, "198.51.100.7");
}

// ID-ACT-08 ID-UST-03: turned away with a reason, which is wanted; an administrator may
// let in later.
#[tokio::test]
async fn a_mailed_link_rejects_with_a_reason() {
    let world = World::moderated();
    let service = &world.service;
    let (user, links) = applicant(&world, "eva@example.com").await;
    let token = &links[0].1;
    let bare = service
        .decide(token, Decision::Reject("  ".into()), &here())
        .await;
    assert_eq!(field(bare), ("reason".into(), "REQUIRED_FIELD".into()));
    assert_eq!(service.moderation(token).await.unwrap().decided, None);
    let done = service
        .decide(token, Decision::Reject("no affiliation".into()), &here())
        .await;
    assert_eq!(done.unwrap().user.status, "Rejected (no affiliation)");
    assert!(world.mails().await.is_empty());
    let in_after_all = world.modify(&user, UserChange::Accept).await.unwrap();
    assert!(in_after_all.active);
    let told = service.moderation(token).await.unwrap().decided.unwrap();
    assert!(told.accepted && told.by.is_empty());
}

// ID-SEC-06 ID-VER-05: links that are forged, of another kind, too old, or about nobody.
#[tokio::test]
async fn other_links_decide_nothing() {
    let world = World::moderated();
    let service = &world.service;
    let (user, links) = applicant(&world, "eva@example.com").await;
    let token = links[0].1.clone();
    let mut forged = token.clone().into_bytes();
    forged[10] = if forged[10] == b'A' { b'B' } else { b'A' };
    // What is signed for another mail is no link of a moderator.
    let resend = match world.sign_up_and_log_in("ann@example.com").await {
        LoginOutcome::Refused { resend, .. } => resend.unwrap(),
        _ => panic!("in"),
    };
    for bad in [
        String::from_utf8(forged).unwrap(),
        resend,
        String::new(),
        "x".repeat(4000),
    ] {
        let refused = service.decide(&bad, Decision::Accept, &here()).await;
        assert!(
            matches!(refused, Err(Error::NotFound { .. })),
            "{refused:?}"
        );
    }
    world.wait(14 * 86_400);
    let old = service.decide(&token, Decision::Accept, &here()).await;
    assert!(matches!(old, Err(Error::NotFound { .. })));
    assert_eq!(
        service.user(user.uuid).await.unwrap().state,
        AccountState::Unmoderated
    );
    service.tidy().await.unwrap();
    assert!(service.moderation(&token).await.is_err());
}

// ID-MAIL-10: a digest at the interval, while somebody waits, with links that work.
#[tokio::test]
async fn a_digest_names_all_who_wait() {
    let world = World::moderated();
    let service = &world.service;
    assert_eq!(service.moderation_digest().await.unwrap(), 0);
    let (eva, links) = applicant(&world, "eva@example.com").await;
    applicant(&world, "bob@example.com").await;
    assert_eq!(service.moderation_digest().await.unwrap(), 0, "too early");
    world.wait(24 * 3600);
    assert_eq!(service.moderation_digest().await.unwrap(), 2);
    assert_eq!(service.moderation_digest().await.unwrap(), 0, "twice");
    let mails = world.mails().await;
    assert!(
        mails
            .iter()
            .all(|mail| mail.template == "im/moderation_digest")
    );
    let pending = mails[0].context["applicants"].as_array().unwrap();
    let names: Vec<_> = pending
        .iter()
        .map(|one| one["email"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["eva@example.com", "bob@example.com"]);
    let token = tail(pending[0]["url"].as_str().unwrap());
    assert_eq!(token, links[0].1, "a second link beside a good one");
    service
        .decide(&token, Decision::Accept, &here())
        .await
        .unwrap();
    world.mails().await;
    world.set("ASTAKOS_MODERATION_DIGEST_HOURS", Value::Int(0));
    world.wait(72 * 3600);
    assert_eq!(
        service.moderation_digest().await.unwrap(),
        0,
        "switched off"
    );
    assert!(service.user(eva.uuid).await.unwrap().active);
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
        .make_password(user.uuid, secret("short"), &cookie)
        .await;
    assert_eq!(field(weak).0, "new_password1");
    let refused = "ASTAKOS_AUTH_PROVIDER_LOCAL_ADD_POLICY";
    world.set(refused, Value::Bool(false));
    let off = service
        .make_password(user.uuid, secret("another long phrase"), &cookie)
        .await;
    assert_eq!(conflict(off), "AUTH_PROVIDER_ADD_DISABLED");
    world.set(refused, Value::Bool(true));
    let new = service
        .make_password(user.uuid, secret("another long phrase"), &cookie)
        .await;
    let new = new.unwrap();
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
    assert!(mails[0].context["url"].is_null());
    let why = mails[0].context["why"].as_str().unwrap();
    let link = why.rsplit('/').next().unwrap().trim().to_owned();
    assert!(why.contains("/ui/send/activation/"), "{why}");
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
