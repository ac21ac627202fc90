//! Academic identities attached to local accounts by a mailed link.

use super::methods::{open_world, person};
use super::*;
use crate::{Arrival, Attached, audit::Filter, outside::OutsideSignUp};
use kernel::{Error, secret::ExposeSecret};

const DAY: u64 = 86_400;

impl World {
    /// Somebody unknown comes from the institution; the token of the sign-up form.
    async fn scholar(&self, identifier: &str) -> String {
        match self.arrive(None, person("shibboleth", identifier)).await {
            Arrival::SignUp(token) => token.expose_secret().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    /// Asks for a link; the mails that were sent, and the token in the one.
    async fn asks(&self, identifier: &str, email: &str) -> (Vec<MailRequest>, String) {
        let token = self.scholar(identifier).await;
        let to = self.service.ask_switch(&token, email, &HERE).await.unwrap();
        assert_eq!(to, email.trim());
        let mails = self.mails().await;
        let url = mails.first().and_then(|mail| mail.context["url"].as_str());
        let token = url.and_then(|url| url.strip_prefix("https://cloud.example.org/ui/switch/"));
        let token = token.unwrap_or_default().to_owned();
        self.wait(3600);
        (mails, token)
    }

    async fn follows(&self, token: &str, viewer: Option<&UserView>) -> kernel::Result<Attached> {
        let viewer = viewer.map(|user| user.uuid);
        self.service.follow_switch(token, viewer, &HERE).await
    }

    async fn academic(&self, user: &UserView) -> Vec<String> {
        let user = self.service.user(user.uuid).await.unwrap();
        let all = user.methods.into_iter();
        all.filter(|m| m.module == "shibboleth")
            .map(|m| m.identifier)
            .collect()
    }
}

fn worthless<T: std::fmt::Debug>(result: &kernel::Result<T>) -> bool {
    matches!(result, Err(Error::Conflict { message }) if message == "SWITCH_ACCOUNT_FAILURE")
}

// ID-SHB-09 ID-MAIL-15 ID-SEC-28: the link adds the identity it was asked for, once, and
// lets its owner in; told by mail and kept in the audit trail.
#[tokio::test]
async fn a_mailed_link_attaches_the_identity_once() {
    let world = open_world(&[]);
    let maria = world.person("Maria@example.org").await;
    let (mails, token) = world.asks("maria@uni.example", " maria@Example.org ").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "Maria@example.org");
    assert_eq!(mails[0].template, "im/switch_accounts_email");
    let title = serde_json::json!({
        "message": "AUTH_PROVIDER_SHIBBOLETH_TITLE", "text": "Academic", "values": {"title": null},
    });
    let prompt = serde_json::json!({
        "message": "AUTH_PROVIDERS_ACCOUNT_PROMPT", "text": "Academic account",
        "values": {"title": title},
    });
    assert_eq!(
        mails[0].context["detail"],
        serde_json::json!([prompt, ": ", "maria@uni.example"])
    );
    assert_eq!(token.len(), 43);
    // Looking changes nothing, however often.
    for _ in 0..2 {
        let seen = world.service.switch_of(&token, None).await.unwrap();
        assert_eq!(seen.email, "Maria@example.org");
        let settings = kernel::Settings::default();
        let said = crate::provider::Texts::about(&settings, &seen.module, seen.about.clone());
        assert_eq!(
            said.get("METHOD_DETAILS"),
            "Academic account: maria@uni.example"
        );
        assert!(!seen.log_in_first);
        assert_eq!(world.academic(&maria).await, Vec::<String>::new());
    }
    let Attached::Done { module, login } = world.follows(&token, None).await.unwrap() else {
        panic!("a login is wanted");
    };
    assert_eq!(module, "shibboleth");
    assert_eq!(login.unwrap().user.uuid, maria.uuid);
    assert_eq!(world.academic(&maria).await, ["maria@uni.example"]);
    let notice = world.mails().await;
    assert_eq!(notice.len(), 1);
    assert_eq!(notice[0].context["event"], "method-added");
    let trail = world.trail(Filter::default()).await;
    let entry = trail
        .iter()
        .find(|entry| entry.action == "user.switch")
        .unwrap();
    assert_eq!(entry.who.key(), "mail:maria@example.org");
    assert_eq!(entry.fields[0].after, "maria@uni.example");
    // The identity opens the account; the password still does; the link is spent.
    let entered = world
        .arrive(None, person("shibboleth", "maria@uni.example"))
        .await;
    assert!(matches!(entered, Arrival::In(login) if login.user.uuid == maria.uuid));
    world.cookie("maria@example.org").await;
    assert!(worthless(&world.follows(&token, None).await));
    assert!(worthless(&world.service.switch_of(&token, None).await));
}

// ID-SHB-09 ID-SEC-06: whoever asks learns nothing; only owners of verified accounts get
// mail, and those whose account cannot have the identity learn why there is no link.
#[tokio::test]
async fn asking_tells_nothing_about_the_account() {
    let world = open_world(&[]);
    world.person("maria@example.org").await;
    world.sign_up("fresh@example.org").await;
    let eva = world.outsider("google", "eva").await;
    world.mails().await;
    for (email, mails, link) in [
        ("maria@example.org", 1, true),
        ("nobody@example.org", 0, false),
        ("fresh@example.org", 0, false),
        (eva.email.as_str(), 1, false),
    ] {
        let (sent, token) = world.asks("scholar", email).await;
        assert_eq!((sent.len(), !token.is_empty()), (mails, link), "{email}");
        assert!(sent.iter().all(|mail| mail.to == email));
    }
    let away = crate::UserChange::Deactivate("away".into());
    let maria = world
        .service
        .user_by_email("maria@example.org")
        .await
        .unwrap()
        .unwrap();
    world.modify(&maria, away).await.unwrap();
    world.mails().await;
    let (sent, token) = world.asks("scholar", "maria@example.org").await;
    assert_eq!((sent.len(), token.as_str()), (1, ""));
    // The provider's word counts where it is forced; nonsense is refused.
    let token = world.scholar("other").await;
    let refused = world.service.ask_switch(&token, "nonsense", &HERE).await;
    assert!(matches!(refused, Err(Error::Invalid { field, .. }) if field == "email"));
    let none = world
        .service
        .ask_switch("made up", "a@example.org", &HERE)
        .await;
    assert!(matches!(none, Err(Error::NotFound { .. })));
}

// ID-SHB-09 ID-SEC-24
#[tokio::test]
async fn few_links_are_sent_in_an_hour() {
    let world = open_world(&[]);
    world.person("maria@example.org").await;
    let token = world.scholar("scholar").await;
    for n in 0..7 {
        let client = from(&format!("198.51.100.{n}"));
        let asked = world
            .service
            .ask_switch(&token, "maria@example.org", &client)
            .await;
        assert_eq!(
            matches!(asked, Err(Error::Busy { .. })),
            n >= 5,
            "{n} {asked:?}"
        );
    }
    for n in 0..6 {
        let email = format!("a{n}@example.org");
        let asked = world.service.ask_switch(&token, &email, &HERE).await;
        assert_eq!(
            matches!(asked, Err(Error::Busy { .. })),
            n >= 5,
            "{n} {asked:?}"
        );
    }
}

// ID-SHB-09: what ends a link before it is used.
#[tokio::test]
async fn a_link_dies_in_time_and_with_what_it_was_about() {
    let world = open_world(&[]);
    let maria = world.person("maria@example.org").await;
    let other = world.person("other@example.org").await;
    // A newer link for the same identity takes the place of the older one.
    let (_, older) = world.asks("scholar", "maria@example.org").await;
    let (_, newer) = world.asks("scholar", "other@example.org").await;
    assert!(worthless(&world.follows(&older, None).await));
    world.service.switch_of(&newer, None).await.unwrap();
    // Somebody else who is logged in is not let through.
    let wrong = world.follows(&newer, Some(&maria)).await;
    assert!(matches!(wrong, Err(Error::Forbidden { .. })), "{wrong:?}");
    let wrong = world.service.switch_of(&newer, Some(maria.uuid)).await;
    assert!(matches!(wrong, Err(Error::Forbidden { .. })), "{wrong:?}");
    // The setting and the module are asked at every step.
    world.set("ASTAKOS_ENABLE_LOCAL_ACCOUNT_MIGRATION", Value::Bool(false));
    assert!(worthless(&world.follows(&newer, None).await));
    let token = world.scholar("third").await;
    assert!(!world.service.pending(&token).await.unwrap().switches);
    let asked = world
        .service
        .ask_switch(&token, "other@example.org", &HERE)
        .await;
    assert!(matches!(asked, Err(Error::Forbidden { .. })), "{asked:?}");
    world.set("ASTAKOS_ENABLE_LOCAL_ACCOUNT_MIGRATION", Value::Bool(true));
    // Another address, another owner of the mailbox.
    let moved = crate::UserChange::Deactivate("x".into());
    world.modify(&other, moved).await.unwrap();
    assert!(worthless(&world.follows(&newer, None).await), "inactive");
    world
        .modify(&other, crate::UserChange::Email("new@example.org".into()))
        .await
        .unwrap();
    world
        .modify(&other, crate::UserChange::Activate)
        .await
        .unwrap();
    assert!(
        worthless(&world.follows(&newer, None).await),
        "another address"
    );
    // A day.
    let (_, late) = world.asks("scholar", "maria@example.org").await;
    world.wait(DAY - 3601);
    world.service.switch_of(&late, None).await.unwrap();
    world.wait(1);
    assert!(worthless(&world.follows(&late, None).await));
    world.service.tidy().await.unwrap();
    // The identity is somebody's meanwhile.
    let (_, token) = world.asks("scholar", "maria@example.org").await;
    world.outsider("shibboleth", "scholar").await;
    assert!(worthless(&world.follows(&token, None).await));
    assert_eq!(world.academic(&maria).await, Vec::<String>::new());
    world.mails().await;
}

// ID-SHB-09 ID-POL-01 ID-POL-03: ADD, LIMIT, LOGIN and SWITCH decide.
#[tokio::test]
async fn policies_decide_whether_an_identity_is_added_or_exchanged() {
    let world = open_world(&[]);
    let maria = world.person("maria@example.org").await;
    let (_, token) = world.asks("first", "maria@example.org").await;
    world.set(
        "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_LOGIN_POLICY",
        Value::Bool(false),
    );
    assert!(worthless(&world.follows(&token, None).await));
    world.set(
        "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_LOGIN_POLICY",
        Value::Bool(true),
    );
    world.set(
        "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_ADD_POLICY",
        Value::Bool(false),
    );
    assert!(worthless(&world.follows(&token, None).await));
    world.set(
        "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_ADD_POLICY",
        Value::Bool(true),
    );
    world.follows(&token, Some(&maria)).await.unwrap();
    assert_eq!(world.academic(&maria).await, ["first"]);
    world.mails().await;
    // LIMIT is one: no link, unless identities may be exchanged.
    let (sent, none) = world.asks("second", "maria@example.org").await;
    assert_eq!((sent.len(), none.as_str()), (1, ""));
    world.set(
        "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_SWITCH_POLICY",
        Value::Bool(true),
    );
    world.set(
        "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_REMOVE_POLICY",
        Value::Bool(false),
    );
    let (_, token) = world.asks("second", "maria@example.org").await;
    world.follows(&token, None).await.unwrap();
    assert_eq!(world.academic(&maria).await, ["second"]);
    let notice = world.mails().await;
    assert_eq!(notice[0].context["event"], "method-switched");
    let trail = world.trail(Filter::default()).await;
    let entry = trail
        .iter()
        .find(|entry| entry.action == "user.switch")
        .unwrap();
    assert_eq!(
        (
            entry.fields[0].before.as_str(),
            entry.fields[0].after.as_str()
        ),
        ("first", "second")
    );
    // With room for two, it is one more.
    world.set(
        "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_LIMIT_POLICY",
        Value::Int(2),
    );
    let (_, token) = world.asks("third", "maria@example.org").await;
    world.follows(&token, None).await.unwrap();
    assert_eq!(world.academic(&maria).await, ["second", "third"]);
    world.mails().await;
}

// ID-SEC-06 ID-SHB-09: where sign-up keeps accounts secret, so does the form of those who
// come from elsewhere; the owner gets the link.
#[tokio::test]
async fn a_used_address_is_kept_secret_where_the_settings_say_so() {
    let world = open_world(&[("ASTAKOS_HIDE_ACCOUNT_EXISTENCE_SIGNUP", Value::Bool(true))]);
    let maria = world.person("maria@example.org").await;
    let form = |email: &str| OutsideSignUp {
        email: email.into(),
        language: "en".into(),
        ..OutsideSignUp::default()
    };
    let mut outcomes = Vec::new();
    for email in ["maria@example.org", "free@example.org"] {
        let token = world.scholar(&format!("at {email}")).await;
        let made = world
            .service
            .outside_sign_up(&token, form(email), &HERE)
            .await
            .unwrap();
        let again = world
            .service
            .outside_sign_up(&token, form(email), &HERE)
            .await;
        assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
        outcomes.push((made.outcome, made.login.is_some()));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    let mails = world.mails().await;
    assert_eq!(mails.len(), 2);
    let url = mails[0].context["url"].as_str().unwrap();
    assert_eq!(
        (mails[0].to.as_str(), mails[0].template.as_str()),
        ("maria@example.org", "im/switch_accounts_email")
    );
    let token = url.rsplit('/').next().unwrap();
    world.follows(token, None).await.unwrap();
    assert_eq!(world.academic(&maria).await, ["at maria@example.org"]);
    world.mails().await;
}

// ID-SHB-09 ID-SEC-29: a mailbox is no second factor.
#[tokio::test]
async fn an_account_with_a_second_factor_wants_a_login_first() {
    let world = open_world(&[]);
    let maria = world.person("maria@example.org").await;
    let mut cookie = world.cookie("maria@example.org").await;
    world.totp(&maria, &mut cookie).await;
    world.mails().await;
    let (_, token) = world.asks("scholar", "maria@example.org").await;
    assert!(
        world
            .service
            .switch_of(&token, None)
            .await
            .unwrap()
            .log_in_first
    );
    let asked = world.follows(&token, None).await.unwrap();
    assert!(matches!(asked, Attached::LogIn));
    assert_eq!(world.academic(&maria).await, Vec::<String>::new());
    // Once in, the link still works.
    let done = world.follows(&token, Some(&maria)).await.unwrap();
    assert!(matches!(done, Attached::Done { login: None, .. }));
    assert_eq!(world.academic(&maria).await, ["scholar"]);
    world.mails().await;
}
