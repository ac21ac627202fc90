//! Guessing passwords and addresses.

use super::*;
use kernel::Error;

fn pause(outcome: kernel::Result<LoginOutcome>) -> u32 {
    match outcome {
        Err(Error::Busy { retry_after }) => retry_after,
        Err(_) | Ok(_) => 0,
    }
}

// ID-LOG-02 ID-LOG-03 ID-SEC-06: unknown, wrong and unverified-with-wrong answer alike.
#[tokio::test]
async fn a_wrong_password_tells_nothing() {
    let world = World::new();
    world.person("a@example.org").await;
    world.sign_up("b@example.org").await;
    let mut answers = Vec::new();
    for email in ["a@example.org", "b@example.org", "nobody@example.org"] {
        answers.push(format!(
            "{:?}",
            world.log_in(email, "wrong").await.unwrap_err()
        ));
    }
    assert!(answers[0].contains("INVALID_LOGIN_CREDENTIALS"));
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    let right = world.log_in("b@example.org", PASSWORD).await.unwrap();
    assert!(matches!(
        right,
        LoginOutcome::Refused {
            resend: Some(_),
            ..
        }
    ));
}

// ID-LOG-10: from attempt 5 on 1 s, doubling to 60 s; a success forgets the name's.
#[tokio::test]
async fn guesses_wait_longer_and_longer() {
    let world = World::new();
    world.person("a@example.org").await;
    for _ in 0..4 {
        assert_eq!(pause(world.log_in("a@example.org", "wrong").await), 0);
    }
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let wait = pause(world.log_in("A@example.org", "wrong").await);
        pauses.push(wait);
        assert!(
            pause(world.log_in("a@example.org", PASSWORD).await) > 0,
            "even the right one"
        );
        world.wait(u64::from(wait));
        assert_eq!(pause(world.log_in("a@example.org", "wrong").await), 0);
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    world.wait(60);
    world.cookie("a@example.org").await;
    assert_eq!(pause(world.log_in("a@example.org", "wrong").await), 0);
    assert_eq!(pause(world.log_in("a@example.org", PASSWORD).await), 0);
}

// ID-LOG-10, acceptance check 4 of security: after 20 failures locked for 15 minutes,
// and a restart does not help.
#[tokio::test]
async fn twenty_failures_lock_name_and_address() {
    let world = World::new();
    world.person("a@example.org").await;
    for _ in 0..20 {
        assert_eq!(pause(world.log_in("a@example.org", "wrong").await), 0);
        world.wait(61);
    }
    let again = World {
        service: Service::new(
            world.store.clone(),
            world.settings.clone(),
            CxSource::fake().0,
            Keys::from_bytes([7; 32]).unwrap(),
        ),
        store: world.store.clone(),
        clock: world.clock.clone(),
        settings: world.settings.clone(),
    };
    assert!(pause(again.log_in("a@example.org", PASSWORD).await) > 60);
    assert!(pause(world.log_in("a@example.org", PASSWORD).await) > 60);
    // Somebody at another address is not locked out.
    let elsewhere = from("2001:db8::1");
    let outcome = world
        .service
        .log_in("a@example.org", secret(PASSWORD), &elsewhere)
        .await;
    assert!(matches!(outcome, Ok(LoginOutcome::In(_))));
    world.wait(15 * 60);
    world.cookie("a@example.org").await;
}

// ID-LOG-10: the attempt counts before the password is looked at.
#[tokio::test]
async fn guesses_at_once_do_not_slip_through() {
    let world = World::new();
    world.person("a@example.org").await;
    let guesses = (0..12).map(|n| {
        let (service, guess) = (world.service.clone(), secret(&format!("guess {n}")));
        tokio::spawn(async move { service.log_in("a@example.org", guess, &here()).await })
    });
    let mut looked_at = 0;
    for guess in guesses.collect::<Vec<_>>() {
        looked_at += usize::from(pause(guess.await.unwrap()) == 0);
    }
    assert_eq!(looked_at, 4);
}

// ID-SEC-24: one address, many names.
#[tokio::test]
async fn an_address_that_tries_many_names_waits_too() {
    let world = World::new();
    let net = |n: u32| from(&format!("2001:db8:0:1::{n:x}"));
    let mut paused = 0;
    for n in 0..25 {
        let email = format!("u{n}@example.org");
        let outcome = world.service.log_in(&email, secret("wrong"), &net(n)).await;
        paused += u32::from(pause(outcome) > 0);
    }
    assert_eq!(paused, 5);
    let outcome = world
        .service
        .log_in("x@example.org", secret("x"), &from("2001:db8:0:2::1"))
        .await;
    assert_eq!(pause(outcome), 0);
}

// ID-SEC-24
#[tokio::test]
async fn forms_are_limited_by_the_hour() {
    let world = World::new();
    for n in 0..10 {
        world.sign_up(&format!("u{n}@example.org")).await;
    }
    let more = world
        .service
        .sign_up(form("u11@example.org"), &here())
        .await;
    assert!(matches!(more, Err(Error::Busy { .. })));
    world
        .service
        .sign_up(form("u11@example.org"), &from("192.0.2.2"))
        .await
        .unwrap();
    for n in 0..5 {
        world
            .service
            .request_password_reset("x@example.org", &from(&format!("192.0.2.{n}")))
            .await
            .unwrap();
    }
    let more = world
        .service
        .request_password_reset("X@example.org", &here())
        .await;
    assert!(matches!(more, Err(Error::Busy { .. })));
    let user = kernel::UserId(uuid::Uuid::max());
    world.service.note_lookups(user, 600).unwrap();
    assert!(world.service.note_lookups(user, 1).is_err());
    world.mails().await;
}

// ID-SEC-24: feedback is counted by where it comes from, whoever sends it
#[tokio::test]
async fn an_address_sends_ten_words_of_feedback_an_hour() {
    let world = World::new();
    let one = world.person("a@example.org").await;
    let other = world.person("b@example.org").await;
    let send = async |user: &UserView, client: &ClientInfo| {
        let word = String::from("hello");
        let sent = world
            .service
            .feedback(user.uuid, word, String::new(), client);
        sent.await
    };
    let place = from("198.51.100.1");
    for _ in 0..5 {
        send(&one, &place).await.unwrap();
        send(&other, &place).await.unwrap();
    }
    for user in [&one, &other] {
        let refused = send(user, &place).await;
        assert!(matches!(refused, Err(Error::Busy { .. })), "{refused:?}");
    }
    send(&one, &from("203.0.113.1")).await.unwrap();
    world.mails().await;
}
