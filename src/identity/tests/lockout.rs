//! What waiting does to those who guess, and not to those who are guessed at.

use super::*;
use kernel::{Error, secret::ExposeSecret};

fn paused(outcome: &kernel::Result<LoginOutcome>) -> bool {
    matches!(outcome, Err(Error::Busy { .. }))
}

impl World {
    async fn in_browser(
        &self,
        email: &str,
        password: &str,
        browser: &str,
    ) -> kernel::Result<LoginOutcome> {
        let none = crate::captcha::Answer::default();
        let password = secret(password);
        self.service
            .log_in_from(email, password, &none, browser, &here())
            .await
    }

    fn browser(&self, user: &UserView) -> String {
        self.service.known_device(user).0.expose_secret().to_owned()
    }
}

// ID-LOG-10: an attacker who keeps a name waiting does not keep its owner out of the
// browser they use, not even from the owner's own network.
#[tokio::test]
async fn nobody_can_lock_somebody_else_out() {
    let world = World::new();
    let victim = world.person("victim@example.org").await;
    let other = world.person("other@example.org").await;
    let (mine, theirs) = (world.browser(&victim), world.browser(&other));
    for n in 0..60 {
        let wrong = from(&format!("198.51.100.{n}"));
        let tried = world
            .service
            .log_in("victim@example.org", secret("wrong"), &wrong);
        let _ = tried.await;
        let _ = world.log_in("victim@example.org", "wrong").await;
    }
    let strange = world.log_in("victim@example.org", PASSWORD).await;
    assert!(paused(&strange), "guesses are not slowed down");
    for browser in ["", "made up", theirs.as_str()] {
        let tried = world
            .in_browser("victim@example.org", PASSWORD, browser)
            .await;
        assert!(paused(&tried), "{browser:?} opens the way");
    }
    let own = world
        .in_browser("Victim@example.org", PASSWORD, &mine)
        .await;
    assert!(matches!(own, Ok(LoginOutcome::In(_))), "{own:?}");
    // The login of the owner does not help the attacker.
    let strange = world.log_in("victim@example.org", PASSWORD).await;
    assert!(paused(&strange));
}

// ID-LOG-10 ID-PWD-04: whoever has the mailbox gets in anywhere by way of it, however many
// others guess meanwhile.
#[tokio::test]
async fn a_link_for_a_new_password_opens_a_browser_that_waits() {
    let world = World::new();
    world.person("victim@example.org").await;
    for n in 0..60 {
        let wrong = from(&format!("198.51.100.{n}"));
        let tried = world
            .service
            .log_in("victim@example.org", secret("wrong"), &wrong);
        let _ = tried.await;
    }
    let s = &world.service;
    s.request_password_reset("victim@example.org", &HERE)
        .await
        .unwrap();
    let mails = world.mails().await;
    let url = mails[0].context["url"].as_str().unwrap();
    let mut parts = url.trim_end_matches('/').rsplit('/');
    let (token, user) = (parts.next().unwrap(), parts.next().unwrap());
    let person = s
        .reset_password(user, token, secret("another good one"), false)
        .await
        .unwrap();
    let strange = world.log_in("victim@example.org", "another good one").await;
    assert!(paused(&strange));
    let browser = world.browser(&person);
    let own = world
        .in_browser("victim@example.org", "another good one", &browser)
        .await;
    assert!(matches!(own, Ok(LoginOutcome::In(_))), "{own:?}");
    world.mails().await;
}

impl World {
    /// A right password from an address, and then a wrong code there.
    async fn misses(&self, address: &str) -> kernel::Result<crate::SecondLogin> {
        let client = from(address);
        let email = "victim@example.org";
        let LoginOutcome::Half(half) = self
            .service
            .log_in(email, secret(PASSWORD), &client)
            .await?
        else {
            panic!("no second factor");
        };
        let cookie = half.cookie.expose_secret();
        let proof = crate::SecondProof::Code(secret("000000"));
        self.service.complete_login(cookie, proof, &client).await
    }
}

// ID-SEC-29 ID-LOG-10: whoever has the password and guesses at the second factor waits
// where they are; the owner gets in anywhere else, at once, and nothing of theirs ends.
#[tokio::test]
async fn a_stolen_password_keeps_its_owner_out_nowhere() {
    let world = World::new();
    let victim = world.person("victim@example.org").await;
    let mut cookie = world.cookie("victim@example.org").await;
    let (key, _) = world.totp(&victim, &mut cookie).await;
    world.wait(30);
    let half = world.half("victim@example.org").await;
    for n in 0..12 {
        let thief = format!("198.51.100.{n}");
        for guess in 0..5 {
            let missed = world.misses(&thief).await;
            let waits = matches!(missed, Err(Error::Busy { .. }));
            assert_eq!(waits, guess == 4, "{thief} {guess} {missed:?}");
        }
    }
    // Begun before all that, at another address.
    let code = || crate::SecondProof::Code(secret(&factors::code_of(&world, &key)));
    let done = world
        .service
        .complete_login(half.cookie.expose_secret(), code(), &HERE);
    done.await.unwrap();
    // Once there were too many from everywhere, strangers wait; known browsers do not.
    let mine = world.browser(&victim);
    world.wait(30);
    for n in 12..25 {
        for _ in 0..4 {
            let _ = world.misses(&format!("198.51.100.{n}")).await;
        }
    }
    let strange = world.half("victim@example.org").await;
    let strange = strange.cookie.expose_secret();
    let waits = world.service.complete_login(strange, code(), &HERE).await;
    assert!(matches!(waits, Err(Error::Busy { .. })), "{waits:?}");
    let known = world
        .service
        .complete_login_from(strange, code(), &mine, &HERE);
    known.await.unwrap();
}

// ID-SEC-29: a known browser guesses no faster; twenty misses lock one address.
#[tokio::test]
async fn guesses_of_codes_are_locked_where_they_are_made() {
    let world = World::new();
    let victim = world.person("victim@example.org").await;
    let mut cookie = world.cookie("victim@example.org").await;
    world.totp(&victim, &mut cookie).await;
    let stolen = world.browser(&victim);
    for browser in ["", stolen.as_str()] {
        let mut missed = 0;
        while missed < 20 {
            let half = world.half("victim@example.org").await;
            let wrong = crate::SecondProof::Code(secret("000000"));
            let cookie = half.cookie.expose_secret();
            let tried = world
                .service
                .complete_login_from(cookie, wrong, browser, &HERE);
            match tried.await {
                Err(Error::Busy { .. }) => world.wait(61),
                _ => missed += 1,
            }
        }
        world.wait(61);
        let half = world.half("victim@example.org").await;
        let wrong = crate::SecondProof::Code(secret("000000"));
        let cookie = half.cookie.expose_secret();
        let tried = world
            .service
            .complete_login_from(cookie, wrong, browser, &HERE);
        let tried = tried.await;
        assert!(
            matches!(tried, Err(Error::Busy { retry_after }) if retry_after > 60),
            "{tried:?}"
        );
        world.wait(900);
    }
}

// ID-LOG-10: a known browser is no way to guess faster, and twenty failures lock it.
#[tokio::test]
async fn a_known_browser_waits_for_its_own_guesses() {
    let world = World::new();
    let victim = world.person("victim@example.org").await;
    let stolen = world.browser(&victim);
    let guess = async || {
        let tried = world
            .in_browser("victim@example.org", "wrong", &stolen)
            .await;
        paused(&tried)
    };
    for _ in 0..4 {
        assert!(!guess().await);
    }
    assert!(guess().await, "the fifth waits");
    for _ in 4..20 {
        world.wait(61);
        assert!(!guess().await);
    }
    world.wait(61);
    assert!(guess().await, "locked");
    // A fresh visitor is not: the two are counted apart.
    assert!(matches!(
        world.log_in("victim@example.org", PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
}

// ID-LOG-10: what is asked of people who are in cannot be used up from outside, and
// what they mistype does not keep them from logging in.
#[tokio::test]
async fn attempts_inside_and_outside_are_counted_apart() {
    let world = World::new();
    let victim = world.person("victim@example.org").await;
    let cookie = world.cookie("victim@example.org").await;
    for n in 0..30 {
        let wrong = from(&format!("198.51.100.{n}"));
        let tried = world
            .service
            .log_in("victim@example.org", secret("wrong"), &wrong);
        let _ = tried.await;
    }
    let change = |old: &str| crate::PasswordChange {
        old: secret(old),
        new: secret("another good one"),
        renew_token: false,
    };
    let changed = async |old: &str| {
        world
            .service
            .change_password(victim.uuid, change(old), &cookie, &here())
            .await
    };
    for _ in 0..4 {
        let wrong = changed("wrong").await;
        assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
    }
    assert!(matches!(changed("wrong").await, Err(Error::Busy { .. })));
    world.wait(2);
    changed(PASSWORD).await.unwrap();
}
