//! The second factor.

use super::*;
use crate::{
    HalfLogin, SecondProof,
    factor::{FactorKind, Passkeys, Person, Question},
};
use kernel::{Error, secret::ExposeSecret};

/// Devices that answer with their own name.
#[derive(Debug)]
struct Named;

impl Passkeys for Named {
    fn register(&self, _: &str, _: &Person, known: &[String]) -> kernel::Result<Question> {
        Ok(Question {
            options: format!("after {}", known.len()),
            state: "r".into(),
        })
    }
    fn registered(&self, _: &str, state: &str, answer: &str) -> kernel::Result<String> {
        assert_eq!(state, "r");
        match answer {
            "" => Err(Error::invalid("no answer")),
            name => Ok(name.to_owned()),
        }
    }
    fn ask(&self, _: &str, known: &[String]) -> kernel::Result<Question> {
        Ok(Question {
            options: known.join(","),
            state: "a".into(),
        })
    }
    fn answered(
        &self,
        _: &str,
        state: &str,
        answer: &str,
        known: &[String],
    ) -> kernel::Result<(usize, String)> {
        assert_eq!(state, "a");
        let at = known.iter().position(|key| key == answer);
        at.map(|at| (at, answer.to_owned()))
            .ok_or_else(|| Error::invalid("unknown"))
    }
}

/// The code of a secret now.
pub(super) fn code_of(world: &World, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(world.service.now_for_tests().as_second()).unwrap();
    totp.generate(now).to_string()
}

impl World {
    fn with_devices(mut self) -> Self {
        self.service = self.service.clone().with_passkeys(Arc::new(Named));
        self
    }

    pub(super) async fn half(&self, email: &str) -> HalfLogin {
        match self.log_in(email, PASSWORD).await.unwrap() {
            LoginOutcome::Half(half) => half,
            other => panic!("{other:?}"),
        }
    }

    /// Sets codes by time up; the secret and the recovery codes.
    pub(super) async fn totp(&self, user: &UserView, cookie: &mut String) -> (String, Vec<String>) {
        let s = &self.service;
        let kind = FactorKind::Totp;
        s.factor_begin(user.uuid, cookie, kind, secret(PASSWORD), &HERE)
            .await
            .unwrap();
        let begun = s.totp_begun(user.uuid, cookie).await.unwrap().unwrap();
        let plain = begun.secret.expose_secret().to_owned();
        assert!(
            begun
                .uri
                .expose_secret()
                .contains(&format!("secret={plain}"))
        );
        let code = code_of(self, &plain);
        let client = here();
        let codes = s.factor_confirm(user.uuid, cookie, kind, "Phone", &code, &client);
        let kept = codes.await.unwrap();
        *cookie = kept.cookie.unwrap().expose_secret().to_owned();
        (plain, kept.codes.unwrap_or_default())
    }

    async fn complete(&self, half: &HalfLogin, code: &str) -> kernel::Result<crate::SecondLogin> {
        let proof = SecondProof::Code(secret(code));
        let cookie = half.cookie.expose_secret();
        self.service.complete_login(cookie, proof, &HERE).await
    }
}

// ID-SEC-29
#[tokio::test]
async fn the_second_factor_stands_between_password_and_session() {
    let world = World::new();
    let maria = world.person("maria@example.org").await;
    let mut cookie = world.cookie("maria@example.org").await;
    let (key, codes) = world.totp(&maria, &mut cookie).await;
    assert_eq!(codes.len(), 10);
    let half = world.half("maria@example.org").await;
    // Half a login is no session and no token.
    let cookie = half.cookie.expose_secret();
    assert!(world.service.session(cookie).await.unwrap().is_none());
    assert!(world.service.caller_by_token(cookie).is_err());
    let view = world.service.half_login(cookie).await.unwrap();
    assert!(view.totp && view.setup.is_none() && view.passkey.is_none());
    // The code that set it up was used; the next half minute has another.
    let used = world.complete(&half, &code_of(&world, &key)).await;
    assert!(matches!(used, Err(Error::Invalid { field, .. }) if field == "code"));
    world.wait(30);
    let code = code_of(&world, &key);
    let done = world.complete(&half, &code).await.unwrap();
    let session = done.login.cookie.expose_secret();
    assert!(world.service.session(session).await.unwrap().is_some());
    assert!(done.codes.is_none());
    // Neither the half login nor the code works twice.
    assert!(matches!(
        world.complete(&half, &code).await,
        Err(Error::Unauthorized { .. })
    ));
    let half = world.half("maria@example.org").await;
    assert!(world.complete(&half, &code).await.is_err());
}

// ID-SEC-29
#[tokio::test]
async fn recovery_codes_work_once_in_any_spelling() {
    let world = World::new();
    let maria = world.person("maria@example.org").await;
    let mut cookie = world.cookie("maria@example.org").await;
    let (_, codes) = world.totp(&maria, &mut cookie).await;
    let half = world.half("maria@example.org").await;
    let spelt = codes[0].to_lowercase().replace('-', " ");
    world.complete(&half, &spelt).await.unwrap();
    let half = world.half("maria@example.org").await;
    assert!(world.complete(&half, &codes[0]).await.is_err(), "twice");
    assert_eq!(world.service.factors(maria.uuid).await.unwrap().codes, 9);
    let s = &world.service;
    let wrong = s
        .recovery_codes(maria.uuid, &cookie, secret("wrong"), &HERE)
        .await;
    assert!(matches!(wrong, Err(Error::Invalid { field, .. }) if field == "password"));
    let newer = s
        .recovery_codes(maria.uuid, &cookie, secret(PASSWORD), &HERE)
        .await
        .unwrap();
    let half = world.half("maria@example.org").await;
    assert!(
        world.complete(&half, &codes[1]).await.is_err(),
        "old ones died"
    );
    world.complete(&half, &newer[1]).await.unwrap();
    // Nothing readable lies in the store.
    let rows = world
        .store
        .read_now(|tx| tx.scan::<crate::factor::Recovery>(None, 100))
        .unwrap();
    let stored = serde_json::to_string(&rows).unwrap();
    assert!(!stored.contains(&newer[2]) && !stored.contains(&newer[2].replace('-', "")));
}

// ID-SEC-29 ID-LOG-10
#[tokio::test]
async fn guesses_of_the_second_factor_are_few() {
    let world = World::new();
    let maria = world.person("maria@example.org").await;
    let mut cookie = world.cookie("maria@example.org").await;
    let (key, _) = world.totp(&maria, &mut cookie).await;
    world.wait(30);
    let mut tries = 0;
    let half = world.half("maria@example.org").await;
    loop {
        match world.complete(&half, "000000").await {
            Err(Error::Invalid { .. }) => tries += 1,
            Err(Error::Busy { .. }) => world.wait(64),
            Err(Error::Unauthorized { .. }) => break,
            other => panic!("{other:?}"),
        }
        assert!(tries < 10);
    }
    assert_eq!(tries, 5);
    // A new half login begins anew, but the pause is the person's.
    let half = world.half("maria@example.org").await;
    assert!(matches!(
        world.complete(&half, "000000").await,
        Err(Error::Busy { .. })
    ));
    world.wait(64);
    world.complete(&half, &code_of(&world, &key)).await.unwrap();
    // It also ends by itself, and with a new password.
    let half = world.half("maria@example.org").await;
    world.wait(600);
    assert!(matches!(
        world.complete(&half, "000000").await,
        Err(Error::Unauthorized { .. })
    ));
    assert!(world.service.tidy().await.unwrap() >= 1);
    let half = world.half("maria@example.org").await;
    world
        .modify(&maria, UserChange::Password(secret("another password")))
        .await
        .unwrap();
    let over = world.service.half_login(half.cookie.expose_secret()).await;
    assert!(matches!(over, Err(Error::Unauthorized { .. })));
}

// ID-SEC-29: set-up and removal want the password
#[tokio::test]
async fn only_the_owner_changes_factors() {
    let world = World::new().with_devices();
    let maria = world.person("maria@example.org").await;
    let mut cookie = world.cookie("maria@example.org").await;
    let other = world.cookie("maria@example.org").await;
    let s = &world.service;
    for wrong in ["", "wrong"] {
        let begun = s.factor_begin(maria.uuid, &cookie, FactorKind::Totp, secret(wrong), &HERE);
        assert!(matches!(begun.await, Err(Error::Invalid { field, .. }) if field == "password"));
    }
    let before = cookie.clone();
    let (_, codes) = world.totp(&maria, &mut cookie).await;
    assert_eq!(codes.len(), 10);
    // What the session may do has grown, so it has another key (ID-SEC-09).
    assert!(s.session(&before).await.unwrap().is_none());
    assert!(s.session(&cookie).await.unwrap().is_some());
    // What one session begins another cannot see or finish.
    s.factor_begin(
        maria.uuid,
        &cookie,
        FactorKind::Passkey,
        secret(PASSWORD),
        &HERE,
    )
    .await
    .unwrap();
    assert_eq!(
        s.passkey_begun(maria.uuid, &cookie).await.unwrap().unwrap(),
        "after 0"
    );
    assert_eq!(s.passkey_begun(maria.uuid, &other).await.unwrap(), None);
    let confirm = |cookie: &str, answer: &str| {
        let (s, cookie, answer) = (s.clone(), cookie.to_owned(), answer.to_owned());
        let uuid = maria.uuid;
        async move {
            s.factor_confirm(uuid, &cookie, FactorKind::Passkey, "Key", &answer, &HERE)
                .await
        }
    };
    assert!(matches!(
        confirm(&other, "blue").await,
        Err(Error::Conflict { .. })
    ));
    assert!(matches!(
        confirm(&cookie, "").await,
        Err(Error::Invalid { .. })
    ));
    let kept = confirm(&cookie, "blue").await.unwrap();
    assert_eq!(kept.codes, None, "codes come with the first only");
    let cookie = kept.cookie.unwrap().expose_secret().to_owned();
    assert!(confirm(&cookie, "blue").await.is_err(), "twice");
    let all = s.factors(maria.uuid).await.unwrap();
    assert_eq!(all.factors.len(), 2);
    for (n, factor) in all.factors.iter().enumerate() {
        let gone = s
            .factor_remove(maria.uuid, &cookie, factor.id, secret("wrong"), &HERE)
            .await;
        assert!(gone.is_err());
        s.factor_remove(maria.uuid, &cookie, factor.id, secret(PASSWORD), &HERE)
            .await
            .unwrap();
        let left = s.factors(maria.uuid).await.unwrap();
        assert_eq!(
            (left.factors.len(), left.codes),
            if n == 0 { (1, 10) } else { (0, 0) }
        );
    }
    assert!(matches!(
        world.log_in("maria@example.org", PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
}

// ID-SEC-29
#[tokio::test]
async fn a_passkey_completes_a_login() {
    let world = World::new().with_devices();
    let maria = world.person("maria@example.org").await;
    let cookie = world.cookie("maria@example.org").await;
    let s = &world.service;
    s.factor_begin(
        maria.uuid,
        &cookie,
        FactorKind::Passkey,
        secret(PASSWORD),
        &HERE,
    )
    .await
    .unwrap();
    let kind = FactorKind::Passkey;
    let codes = s
        .factor_confirm(maria.uuid, &cookie, kind, "Key", "blue", &HERE)
        .await
        .unwrap();
    assert!(codes.codes.is_some());
    let half = world.half("maria@example.org").await;
    let half = half.cookie.expose_secret();
    let answer = |name: &str| SecondProof::Passkey(name.to_owned());
    let unasked = s.complete_login(half, answer("blue"), &HERE).await;
    assert!(
        matches!(unasked, Err(Error::Invalid { .. })),
        "no question was asked"
    );
    let view = s.half_login(half).await.unwrap();
    assert_eq!((view.passkey.as_deref(), view.totp), (Some("blue"), false));
    assert!(s.complete_login(half, answer("red"), &HERE).await.is_err());
    s.complete_login(half, answer("blue"), &HERE).await.unwrap();
    assert!(
        s.factors(maria.uuid).await.unwrap().factors[0]
            .used
            .is_some()
    );
}

// ID-SEC-29: ADMIN_REQUIRE_2FA
#[tokio::test]
async fn administrators_set_one_up_before_they_get_in() {
    let world = World::new();
    let s = &world.service;
    let admin = world.person("admin@example.org").await;
    let helper = world.person("helper@example.org").await;
    world.person("maria@example.org").await;
    world.modify(&admin, UserChange::Admin(true)).await.unwrap();
    s.group_add(&ROOT, "helpdesk").await.unwrap();
    world
        .modify(&helper, UserChange::AddGroup("helpdesk".into()))
        .await
        .unwrap();
    let before = world.cookie("admin@example.org").await;
    world.set("ADMIN_REQUIRE_2FA", Value::Bool(true));
    assert!(
        s.session(&before).await.unwrap().unwrap().lacks_second,
        "an older session"
    );
    assert!(matches!(
        world.log_in("maria@example.org", PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
    world.half("helper@example.org").await;
    let half = world.half("admin@example.org").await;
    let cookie = half.cookie.expose_secret();
    let setup = s.half_login(cookie).await.unwrap().setup.unwrap();
    assert!(world.complete(&half, "000000").await.is_err());
    assert!(s.factors(admin.uuid).await.unwrap().factors.is_empty());
    let key = setup.secret.expose_secret().to_owned();
    let done = world.complete(&half, &code_of(&world, &key)).await.unwrap();
    assert_eq!(done.codes.unwrap().len(), 10);
    let session = s
        .session(done.login.cookie.expose_secret())
        .await
        .unwrap()
        .unwrap();
    assert!(!session.lacks_second);
    // The last one stays; another administrator may take it away.
    let id = s.factors(admin.uuid).await.unwrap().factors[0].id;
    let cookie = done.login.cookie.expose_secret();
    let kept = s
        .factor_remove(admin.uuid, cookie, id, secret(PASSWORD), &HERE)
        .await;
    assert!(matches!(kept, Err(Error::Conflict { .. })));
    let somebody = Caller::person(helper.uuid);
    let reset = || vec![crate::UserChange::ResetFactors];
    let refused = s.admin_modify(&somebody, admin.no, reset()).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })));
    s.admin_modify(&ROOT, admin.no, reset()).await.unwrap();
    let nothing = s.admin_modify(&ROOT, admin.no, reset()).await;
    assert!(matches!(nothing, Err(Error::Conflict { .. })));
    assert!(s.session(cookie).await.unwrap().is_none());
    assert!(s.factors(admin.uuid).await.unwrap().factors.is_empty());
    let trail = world.trail(crate::audit::Filter::default()).await;
    assert!(
        trail
            .iter()
            .any(|entry| entry.action == "user.reset-second-factor")
    );
}
