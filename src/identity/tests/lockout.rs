//! What waiting does to those who guess, and not to those who are guessed at.

use super::*;
use kernel::{Error, secret::ExposeSecret};

const VICTIM: &str = "victim@example.org";

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

    /// Wrong passwords for the victim, each from another address.
    async fn guesses(&self, n: u8) {
        for n in 0..n {
            let stranger = from(&format!("198.51.100.{n}"));
            let _ = self
                .service
                .log_in(VICTIM, secret("wrong"), &stranger)
                .await;
        }
    }

    /// A right password, and then this proof of the second factor.
    async fn proves(&self, proof: &str, browser: &str) -> kernel::Result<crate::SecondLogin> {
        let half = self.half(VICTIM).await;
        let proof = crate::SecondProof::Code(secret(proof));
        let cookie = half.cookie.expose_secret();
        self.service
            .complete_login_from(cookie, proof, browser, &HERE)
            .await
    }

    /// Somebody with a second factor; the key of its codes.
    async fn guarded(&self) -> (UserView, String) {
        let victim = self.person(VICTIM).await;
        let mut cookie = self.cookie(VICTIM).await;
        let (key, _) = self.totp(&victim, &mut cookie).await;
        (victim, key)
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
    let victim = world.person(VICTIM).await;
    let other = world.person("other@example.org").await;
    let (mine, theirs) = (world.browser(&victim), world.browser(&other));
    world.guesses(60).await;
    for _ in 0..60 {
        let _ = world.log_in(VICTIM, "wrong").await;
    }
    let strange = world.log_in(VICTIM, PASSWORD).await;
    assert!(paused(&strange), "guesses are not slowed down");
    for browser in ["", "made up", theirs.as_str()] {
        let tried = world.in_browser(VICTIM, PASSWORD, browser).await;
        assert!(paused(&tried), "{browser:?} opens the way");
    }
    let own = world
        .in_browser("Victim@example.org", PASSWORD, &mine)
        .await;
    assert!(matches!(own, Ok(LoginOutcome::In(_))), "{own:?}");
    // The login of the owner does not help the attacker.
    let strange = world.log_in(VICTIM, PASSWORD).await;
    assert!(paused(&strange));
}

// ID-LOG-10 ID-PWD-04: whoever has the mailbox gets in anywhere by way of it, however many
// others guess meanwhile.
#[tokio::test]
async fn a_link_for_a_new_password_opens_a_browser_that_waits() {
    let world = World::new();
    world.person(VICTIM).await;
    world.guesses(60).await;
    let (user, token) = world.reset_link(VICTIM).await;
    let s = &world.service;
    let (person, _) = s
        .reset_password(&user, &token, secret("another good one"), false)
        .await
        .unwrap();
    let strange = world.log_in(VICTIM, "another good one").await;
    assert!(paused(&strange));
    let browser = world.browser(&person);
    let own = world.in_browser(VICTIM, "another good one", &browser).await;
    assert!(matches!(own, Ok(LoginOutcome::In(_))), "{own:?}");
    world.mails().await;
}

impl World {
    /// A right password from an address, and then a wrong code there.
    async fn misses(&self, address: &str) -> kernel::Result<crate::SecondLogin> {
        let client = from(address);
        let email = VICTIM;
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
    let (victim, key) = world.guarded().await;
    world.wait(30);
    let half = world.half(VICTIM).await;
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
    let now = || factors::code_of(&world, &key);
    let waits = world.proves(&now(), "").await;
    assert!(matches!(waits, Err(Error::Busy { .. })), "{waits:?}");
    world.proves(&now(), &mine).await.unwrap();
}

// ID-SEC-29: a known browser guesses no faster; twenty misses lock one address.
#[tokio::test]
async fn guesses_of_codes_are_locked_where_they_are_made() {
    let world = World::new();
    let (victim, _) = world.guarded().await;
    let stolen = world.browser(&victim);
    for browser in ["", stolen.as_str()] {
        let mut missed = 0;
        while missed < 20 {
            match world.proves("000000", browser).await {
                Err(Error::Busy { .. }) => world.wait(61),
                _ => missed += 1,
            }
        }
        world.wait(61);
        let tried = world.proves("000000", browser).await;
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
    let victim = world.person(VICTIM).await;
    let stolen = world.browser(&victim);
    let guess = async || {
        let tried = world.in_browser(VICTIM, "wrong", &stolen).await;
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
        world.log_in(VICTIM, PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
}

// ID-LOG-10: what is asked of people who are in cannot be used up from outside, and
// what they mistype does not keep them from logging in.
#[tokio::test]
async fn attempts_inside_and_outside_are_counted_apart() {
    let world = World::new();
    let victim = world.person(VICTIM).await;
    let cookie = world.cookie(VICTIM).await;
    world.guesses(30).await;
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
