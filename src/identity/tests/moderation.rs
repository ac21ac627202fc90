//! Decisions by mailed links.

use super::{
    life::{field, tail, url},
    *,
};
use crate::{AccountState, Decision};
use kernel::Error;

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
    // The first of them is no moderator any more; what the other was sent is still good.
    let help = people(&["help@example.org"]);
    world.set("ACCOUNT_PENDING_MODERATION_RECIPIENTS", help);
    let left = service.decide(&token, Decision::Accept, &here()).await;
    assert!(matches!(left, Err(Error::NotFound { .. })));
    let token = links[1].1.clone();
    assert!(service.moderation(&token).await.is_ok());
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
