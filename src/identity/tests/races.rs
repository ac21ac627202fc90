//! Two uses at once of what works once: one of them counts.

use super::*;
use crate::SecondProof;
use kernel::secret::ExposeSecret;

/// Runs the same thing eight times at once; how often it worked.
async fn at_once<F, T>(make: impl Fn() -> F) -> usize
where
    F: Future<Output = kernel::Result<T>> + Send + 'static,
    T: Send + 'static,
{
    let all: Vec<_> = (0..8).map(|_| tokio::spawn(make())).collect();
    let mut worked = 0;
    for one in all {
        worked += usize::from(one.await.unwrap().is_ok());
    }
    worked
}

// ID-PWD-03 ID-VER-03: mailed links
#[tokio::test(flavor = "multi_thread")]
async fn mailed_links_count_once() {
    let world = World::new();
    let (_, code) = world.sign_up("a@example.org").await;
    let verified = at_once(|| {
        let (s, code) = (world.service.clone(), code.clone());
        async move { s.verify(&code, &HERE).await }
    });
    assert_eq!(verified.await, 1);
    world.mails().await;
    let (user, token) = world.reset_link("a@example.org").await;
    let changed = at_once(|| {
        let (s, token, user) = (world.service.clone(), token.clone(), user.clone());
        async move {
            s.reset_password(&user, &token, secret("another good one"), false)
                .await
        }
    });
    assert_eq!(changed.await, 1);
    let mails = world.mails().await;
    let told = mails
        .iter()
        .filter(|mail| mail.template == "im/account_notice");
    assert_eq!(told.count(), 1, "one change, one notice");
}

// ID-SEC-29: codes by time and recovery codes, in halves of their own
#[tokio::test(flavor = "multi_thread")]
async fn codes_count_once() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let mut cookie = world.cookie("a@example.org").await;
    let (key, codes) = world.totp(&user, &mut cookie).await;
    world.wait(30);
    for code in [factors::code_of(&world, &key), codes[0].clone()] {
        let mut halves = Vec::new();
        for _ in 0..4 {
            halves.push(world.half("a@example.org").await.cookie);
        }
        let tries: Vec<_> = halves
            .into_iter()
            .map(|half| {
                let (s, code) = (world.service.clone(), code.clone());
                tokio::spawn(async move {
                    let proof = SecondProof::Code(secret(&code));
                    s.complete_login(half.expose_secret(), proof, &HERE).await
                })
            })
            .collect();
        let mut entered = 0;
        for one in tries {
            entered += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(entered, 1, "{code}");
        world.wait(64);
    }
}

// ID-WEB-03: a code that stands for a token
#[tokio::test(flavor = "multi_thread")]
async fn a_handover_counts_once() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let code = world.service.handover_code(user.uuid).await.unwrap();
    let redeemed = at_once(|| {
        let (s, code) = (world.service.clone(), code.clone());
        async move { s.redeem_handover(&code).await }
    });
    assert_eq!(redeemed.await, 1);
}

// ID-EML-04: the move to another address
#[tokio::test(flavor = "multi_thread")]
async fn a_move_counts_once() {
    let world = World::with(&[
        ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
        ("ASTAKOS_EMAILCHANGE_BOTH_ADDRESSES", Value::Bool(false)),
    ]);
    let user = world.person("a@example.org").await;
    let s = &world.service;
    s.request_email_change(user.uuid, "new@example.org", &HERE)
        .await
        .unwrap();
    let mails = world.mails().await;
    let url = mails[0].context["url"].as_str().unwrap();
    let key = url.rsplit('/').next().unwrap().to_owned();
    let moved = at_once(|| {
        let (s, key) = (world.service.clone(), key.clone());
        async move { s.agree_email_change(&key, None).await }
    });
    assert_eq!(moved.await, 1);
    assert_eq!(world.mails().await.len(), 2, "one move, a notice at both");
}
