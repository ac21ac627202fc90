//! Captchas: whose, when, how often, and that an answer is taken once.

use super::*;
use crate::{
    captcha::{Answer, Guarded, Judge, Shown, Verdict},
    throttle,
};
use kernel::Error;
use std::{net::IpAddr, sync::Mutex};

/// A service that takes `good` for right.
#[derive(Debug, Default)]
struct Double(Mutex<Vec<String>>);

impl Judge for Double {
    fn judge<'a>(&'a self, _: &'a Settings, answer: &'a str, from: IpAddr) -> Verdict<'a> {
        assert_eq!(from, here().address);
        self.0.lock().unwrap().push(answer.to_owned());
        Box::pin(async move {
            match answer {
                "broken" => Err(Error::unavailable("away")),
                other => Ok(other.starts_with("good")),
            }
        })
    }
}

fn with_captcha(more: &[(&str, Value)]) -> (World, Arc<Double>) {
    let mut all = vec![
        ("ASTAKOS_RECAPTCHA_ENABLED", Value::Bool(true)),
        ("ASTAKOS_RECAPTCHA_PUBLIC_KEY", text("public")),
        ("ASTAKOS_RECAPTCHA_PRIVATE_KEY", text("private")),
    ];
    all.extend_from_slice(more);
    let mut world = World::with(&all);
    let judge = Arc::new(Double::default());
    world.service = world.service.clone().with_judge(judge.clone());
    (world, judge)
}

fn given(answer: &str) -> Answer {
    Answer {
        token: String::new(),
        answer: answer.into(),
    }
}

// ID-CAP-01 ID-CAP-02 ID-CAP-03 ID-CAP-04
#[tokio::test]
async fn an_outside_captcha_counts_once_and_anything_unclear_is_no() {
    let (world, judge) = with_captcha(&[]);
    let s = &world.service;
    let Shown::Widget { key, script } = s.captcha() else {
        panic!("no widget");
    };
    assert_eq!(key, "public");
    assert!(script.starts_with("https://"));
    let origin = crate::captcha::origin(&world.settings.now()).unwrap();
    assert_eq!(origin, "https://www.google.com");
    for bad in ["", "bad", "broken", &"x".repeat(10_000)] {
        let refused = s.solve_captcha(&given(bad), &HERE).await;
        assert!(matches!(refused, Err(Error::Invalid { field, .. }) if field == "captcha"));
    }
    s.solve_captcha(&given("good"), &HERE).await.unwrap();
    assert!(
        s.solve_captcha(&given("good"), &HERE).await.is_err(),
        "twice"
    );
    assert_eq!(
        *judge.0.lock().unwrap(),
        ["bad", "broken", "good"],
        "asked once each"
    );
    world.set("ASTAKOS_RECAPTCHA_PRIVATE_KEY", text(""));
    assert_eq!(s.captcha(), Shown::Broken);
    let closed = s.solve_captcha(&given("good-2"), &HERE).await;
    assert!(matches!(closed, Err(Error::Conflict { message }) if message == "GENERIC_ERROR"));
    world.set("ASTAKOS_RECAPTCHA_ENABLED", Value::Bool(false));
    s.solve_captcha(&given(""), &HERE).await.unwrap();
    assert_eq!(s.captcha(), Shown::Nothing);
    assert_eq!(crate::captcha::origin(&world.settings.now()), None);
    assert_eq!(
        judge.0.lock().unwrap().len(),
        3,
        "nobody outside is asked while off"
    );
}

// ID-CAP-02 ID-SEC-24: an address that answers all the time is slowed down: every answer is
// a row, and a question to the outside service.
#[tokio::test]
async fn answers_of_an_address_are_few() {
    let (world, judge) = with_captcha(&[]);
    let s = &world.service;
    for n in 0..100 {
        let refused = s.solve_captcha(&given(&format!("bad {n}")), &HERE).await;
        let waits = matches!(refused, Err(Error::Busy { .. }));
        assert_eq!(waits, n >= 60, "{n} {refused:?}");
    }
    assert_eq!(judge.0.lock().unwrap().len(), 60);
    let rows = |tx: &store::ReadTx| tx.total::<crate::captcha::Spent>();
    assert_eq!(world.store.read_now(rows).unwrap(), 60);
    world.wait(60);
    s.solve_captcha(&given("good"), &HERE).await.unwrap();
}

fn solved(sum: &str) -> String {
    let mut parts = sum.split(' ');
    let a: i64 = parts.next().unwrap().parse().unwrap();
    let sign = parts.next().unwrap();
    let b: i64 = parts.next().unwrap().parse().unwrap();
    match sign {
        "+" => a + b,
        "−" => a - b,
        _ => a * b,
    }
    .to_string()
}

// ID-CAP-05 ID-CAP-02
#[tokio::test]
async fn a_sum_is_good_for_one_answer() {
    let (world, judge) = with_captcha(&[
        ("ASTAKOS_CAPTCHA_PROVIDER", text("builtin")),
        ("ASTAKOS_RECAPTCHA_PRIVATE_KEY", text("")),
    ]);
    let s = &world.service;
    let question = || match s.captcha() {
        Shown::Sum { token, sum } => (token, sum),
        other => panic!("{other:?}"),
    };
    for n in 0..20 {
        let (token, sum) = question();
        let right = Answer {
            token: token.clone(),
            answer: solved(&sum),
        };
        let wrong = Answer {
            answer: "1000".into(),
            ..right.clone()
        };
        match n % 4 {
            0 => s.solve_captcha(&right, &HERE).await.unwrap(),
            1 => {
                assert!(s.solve_captcha(&wrong, &HERE).await.is_err());
                assert!(s.solve_captcha(&right, &HERE).await.is_err(), "one try");
            }
            2 => {
                world.wait(1800);
                assert!(s.solve_captcha(&right, &HERE).await.is_err(), "too late");
            }
            _ => {
                let (_, other) = question();
                let swapped = Answer {
                    token: token.replace(['A', 'b'], "x"),
                    answer: solved(&other),
                };
                assert!(s.solve_captcha(&swapped, &HERE).await.is_err());
                assert!(
                    s.solve_captcha(&given("12"), &HERE).await.is_err(),
                    "no token"
                );
            }
        }
    }
    assert!(judge.0.lock().unwrap().is_empty());
    assert_eq!(crate::captcha::origin(&world.settings.now()), None);
    world.wait(3600);
    assert!(s.tidy().await.unwrap() > 0);
}

// ID-LOG-09: with the default the third form contains it
#[tokio::test]
async fn the_third_attempt_within_a_minute_wants_a_captcha() {
    let (world, _) = with_captcha(&[]);
    let s = &world.service;
    let (_, code) = world.sign_up("maria@example.org").await;
    s.verify(&code, &HERE).await.unwrap();
    world.mails().await;
    let attempt = |password: &str, answer: &str| {
        let (s, password, answer) = (s.clone(), secret(password), given(answer));
        async move {
            s.log_in_with("Maria@example.org", password, &answer, &HERE)
                .await
        }
    };
    for _ in 0..2 {
        assert!(!s.captcha_due("maria@example.org"));
        assert!(matches!(
            attempt("wrong", "").await,
            Err(Error::Unauthorized { .. })
        ));
    }
    assert!(s.captcha_due("MARIA@example.org") && !s.captcha_due("other@example.org"));
    let third = attempt(PASSWORD, "").await;
    assert!(matches!(third, Err(Error::Invalid { field, .. }) if field == "captcha"));
    let solved = attempt(PASSWORD, "good").await;
    assert!(matches!(solved, Ok(LoginOutcome::In(_))), "{solved:?}");
    assert!(!s.captcha_due("maria@example.org"), "a success forgives");
    for _ in 0..2 {
        assert!(attempt("wrong", "").await.is_err());
    }
    world.wait(60);
    assert!(!s.captcha_due("maria@example.org"), "a minute has gone by");
    world.set("ASTAKOS_RECAPTCHA_ENABLED", Value::Bool(false));
    for _ in 0..4 {
        assert!(!s.captcha_due("maria@example.org"));
        assert!(!matches!(
            attempt("wrong", "").await,
            Err(Error::Invalid { .. })
        ));
    }
}

/// How often the outside service was asked.
fn asked(judge: &Double) -> usize {
    judge.0.lock().unwrap().len()
}

// ID-SEC-24 ID-CAP-02: whoever may not send a form any more asks nobody outside
#[tokio::test]
async fn forms_past_their_limit_are_no_questions_to_the_outside_service() {
    let (world, judge) = with_captcha(&[]);
    let s = &world.service;
    let (name, other) = ("maria@example.org", "other@example.org");
    for (form, after, uses) in [
        (Guarded::SignUp, Guarded::SignUp, throttle::SIGN_UP.uses),
        (
            Guarded::Reset(name),
            Guarded::Reset(other),
            throttle::RESET.uses,
        ),
    ] {
        let before = asked(&judge);
        for n in 0..uses {
            let good = given(&format!("good {uses} {n}"));
            s.solve_captcha_for(form, &good, &HERE).await.unwrap();
            match form {
                Guarded::SignUp => drop(s.sign_up(form_of(n), &HERE).await.unwrap()),
                Guarded::Reset(of) => drop(s.request_password_reset(of, &HERE).await.unwrap()),
            }
        }
        assert_eq!(asked(&judge), before + uses);
        for n in 0..5 {
            let good = given(&format!("good {n}"));
            let refused = s.solve_captcha_for(after, &good, &HERE).await;
            assert!(matches!(refused, Err(Error::Busy { .. })));
        }
        assert_eq!(asked(&judge), before + uses, "not asked again");
        world.wait(3600);
        let again = given(&format!("good again {uses}"));
        s.solve_captcha_for(after, &again, &HERE).await.unwrap();
    }
    world.mails().await;
}

fn form_of(n: usize) -> SignUp {
    form(&format!("person{n}@example.org"))
}

// ID-LOG-10 ID-CAP-02: a name that has to wait asks nobody outside, and is not counted
// as tried by whoever solved nothing
#[tokio::test]
async fn a_login_that_has_to_wait_is_no_question_to_the_outside_service() {
    let (world, judge) = with_captcha(&[]);
    let s = &world.service;
    let attempt = async |answer: &str| {
        let wrong = secret("wrong");
        s.log_in_with("maria@example.org", wrong, &given(answer), &HERE)
            .await
    };
    let mut n = 0;
    let waits = loop {
        n += 1;
        match attempt(&format!("good {n}")).await {
            Err(Error::Busy { retry_after }) => break retry_after,
            other => assert!(
                matches!(other, Err(Error::Unauthorized { .. })),
                "{other:?}"
            ),
        }
    };
    let before = asked(&judge);
    for n in 0..10 {
        let refused = attempt(&format!("good more {n}")).await;
        assert!(matches!(refused, Err(Error::Busy { .. })), "{refused:?}");
    }
    assert_eq!(asked(&judge), before, "not asked while it waits");
    world.wait(waits.into());
    assert!(matches!(attempt("bad").await, Err(Error::Invalid { .. })));
    assert!(matches!(
        attempt("good at last").await,
        Err(Error::Unauthorized { .. })
    ));
    assert_eq!(asked(&judge), before + 2);
}
