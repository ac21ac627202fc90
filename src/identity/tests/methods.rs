//! Login methods: people who come from elsewhere, adding, removing, required ones.

use super::*;
use crate::{
    Arrival, MethodLine,
    outside::{Asked, OutsideSignUp},
    provider::Outside,
};
use kernel::{Error, secret::ExposeSecret};

fn list(names: &[&str]) -> Value {
    Value::List(names.iter().map(|name| text(name)).collect())
}

/// The world with all modules on.
pub(super) fn open_world(more: &[(&str, Value)]) -> World {
    let modules = ["local", "google", "twitter", "shibboleth", "ldap"];
    let mut all = vec![("ASTAKOS_IM_MODULES", list(&modules))];
    all.extend_from_slice(more);
    World::with(&all)
}

pub(super) fn person(module: &str, identifier: &str) -> Outside {
    Outside {
        module: module.into(),
        identifier: identifier.into(),
        attributes: [
            ("email", format!("{identifier}@example.org")),
            ("first_name", "Eva".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        ..Outside::default()
    }
}

impl World {
    pub(super) async fn arrive(&self, user: Option<&UserView>, outside: Outside) -> Arrival {
        let user = user.map(|user| user.uuid);
        let arrived = self.service.arrive(user, outside, Asked::default(), &HERE);
        arrived.await.unwrap()
    }

    /// Signs somebody up by an outside identity; the account is active.
    pub(super) async fn outsider(&self, module: &str, identifier: &str) -> UserView {
        let Arrival::SignUp(token) = self.arrive(None, person(module, identifier)).await else {
            panic!("known already");
        };
        let form = OutsideSignUp {
            email: format!("{identifier}@example.org"),
            language: "en".into(),
            ..OutsideSignUp::default()
        };
        let made = self
            .service
            .outside_sign_up(token.expose_secret(), form, &HERE);
        made.await.unwrap();
        let mails = self.mails().await;
        let code = mails.iter().find_map(code).unwrap();
        self.service.verify(&code, &HERE).await.unwrap().user
    }

    pub(super) async fn lines(&self, user: &UserView) -> Vec<MethodLine> {
        self.service.methods(user.uuid).await.unwrap().there
    }
}

pub(super) fn message(arrival: Arrival) -> &'static str {
    match arrival {
        Arrival::Profile(message) | Arrival::Refused { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

// ID-REG-10 ID-REG-11 ID-REG-14 ID-MOD-07 ID-VER-01 ID-PRV-10 ID-LOG-06
#[tokio::test]
async fn who_comes_from_elsewhere_signs_up_once_and_is_known_again() {
    let world = open_world(&[]);
    let Arrival::SignUp(token) = world.arrive(None, person("google", "eva")).await else {
        panic!("an unknown person is known");
    };
    let token = token.expose_secret();
    let shown = world.service.pending(token).await.unwrap();
    assert_eq!(
        (shown.email.as_str(), shown.first_name.as_str()),
        ("eva@example.org", "Eva")
    );
    assert_eq!(shown.unfinished, None);
    // A second arrival makes a new token; the old one is worth nothing.
    let Arrival::SignUp(newer) = world.arrive(None, person("google", "eva")).await else {
        panic!("an unknown person is known");
    };
    assert!(matches!(
        world.service.pending(token).await,
        Err(Error::NotFound { .. })
    ));
    let form = OutsideSignUp {
        email: "Eva@Example.org".into(),
        first_name: "Eva".into(),
        last_name: "Doe".into(),
        ..OutsideSignUp::default()
    };
    let bad = OutsideSignUp {
        email: "nonsense".into(),
        ..form.clone()
    };
    let refused = world
        .service
        .outside_sign_up(newer.expose_secret(), bad, &HERE)
        .await;
    assert!(matches!(refused, Err(Error::Invalid { field, .. }) if field == "email"));
    let made = world
        .service
        .outside_sign_up(newer.expose_secret(), form, &HERE);
    let made = made.await.unwrap();
    assert_eq!(made.outcome.name(), "PENDING_VERIFICATION");
    let eva = made.user.unwrap();
    assert_eq!(eva.methods.len(), 1);
    assert_eq!(
        (
            eva.methods[0].module.as_str(),
            eva.methods[0].identifier.as_str()
        ),
        ("google", "eva")
    );
    // Unverified, the identity is nobody's: the form warns about the unfinished account.
    let Arrival::SignUp(token) = world.arrive(None, person("google", "eva")).await else {
        panic!("nobody is verified");
    };
    let shown = world.service.pending(token.expose_secret()).await.unwrap();
    let warning = shown.unfinished.unwrap();
    assert!(
        warning.contains("Google") && warning.contains("Eva@Example.org"),
        "{warning}"
    );
    let mails = world.mails().await;
    let code = mails.iter().find_map(code).unwrap();
    world.service.verify(&code, &HERE).await.unwrap();
    // Now somebody holds it: the pending record is gone (ID-REG-12), and login works.
    let gone = world.service.pending(token.expose_secret()).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
    let Arrival::In(login) = world.arrive(None, person("google", "eva")).await else {
        panic!("not in");
    };
    assert_eq!(login.user.uuid, eva.uuid);
    assert!(login.user.methods[0].last_login.is_some());
    // Without a password nothing but the provider opens the account.
    assert!(world.log_in("eva@example.org", "").await.is_err());
    world.mails().await;
}

// ID-MOD-07 ID-REG-12
#[tokio::test]
async fn a_pending_identity_is_good_for_an_hour_and_kept_for_a_day() {
    let world = open_world(&[]);
    let Arrival::SignUp(token) = world.arrive(None, person("google", "eva")).await else {
        panic!("known");
    };
    world.wait(3599);
    world.service.pending(token.expose_secret()).await.unwrap();
    world.wait(1);
    assert!(world.service.pending(token.expose_secret()).await.is_err());
    world.wait(82_799);
    assert_eq!(world.service.tidy().await.unwrap(), 0);
    world.wait(1);
    assert_eq!(world.service.tidy().await.unwrap(), 1);
    for junk in ["", "x", &"y".repeat(500)] {
        assert!(world.service.pending(junk).await.is_err());
    }
}

// ID-REG-13 ID-REG-07 ID-MOD-05
#[tokio::test]
async fn addresses_and_identities_of_verified_people_are_kept() {
    let world = open_world(&[]);
    world.person("eva@example.org").await;
    let Arrival::SignUp(token) = world.arrive(None, person("google", "eva")).await else {
        panic!("known");
    };
    let form = OutsideSignUp {
        email: "EVA@example.org".into(),
        ..OutsideSignUp::default()
    };
    let used = world
        .service
        .outside_sign_up(token.expose_secret(), form, &HERE)
        .await;
    let Err(Error::Invalid { field, reason }) = used else {
        panic!("{used:?}");
    };
    assert_eq!((field.as_str(), reason.as_str()), ("email", "EMAIL_USED"));
    // The token is still good for another address; an unverified local namesake goes.
    world.sign_up("other@example.org").await;
    let form = OutsideSignUp {
        email: "other@example.org".into(),
        ..OutsideSignUp::default()
    };
    let made = world
        .service
        .outside_sign_up(token.expose_secret(), form, &HERE);
    let methods = made.await.unwrap().user.unwrap().methods;
    assert_eq!(methods.len(), 1);
    assert_eq!(methods[0].module, "google");
    // And the other way round.
    let (again, _) = world.sign_up("other@example.org").await;
    assert_eq!(again.user.unwrap().methods[0].module, "local");
    assert!(matches!(
        world.arrive(None, person("google", "eva")).await,
        Arrival::SignUp(_)
    ));
    world.mails().await;
}

// ID-REG-15 ID-PRV-12
#[tokio::test]
async fn forced_attributes_sign_up_at_once_and_are_refreshed() {
    let pair = |name: &str| Value::List(vec![text(name), Value::Bool(false)]);
    let map = Value::Dict(
        ["email", "first_name", "last_name"]
            .map(|name| (text(name), pair(name)))
            .to_vec(),
    );
    let world = open_world(&[
        ("ASTAKOS_AUTH_PROVIDER_GOOGLE_USER_ATTR_MAP", map),
        (
            "ASTAKOS_AUTH_PROVIDER_GOOGLE_AUTOVERIFY_POLICY",
            Value::Bool(true),
        ),
    ]);
    let mut eva = person("google", "eva");
    let lacks = world
        .service
        .arrive(None, eva.clone(), Asked::default(), &HERE)
        .await;
    assert!(matches!(lacks, Err(Error::Invalid { .. })), "no last name");
    eva.attributes.insert("last_name".into(), "Doe".into());
    let Arrival::Made(made) = world.arrive(None, eva.clone()).await else {
        panic!("a form is shown");
    };
    let login = made.login.unwrap();
    assert_eq!(login.user.real_name(), "Eva Doe");
    eva.attributes.insert("last_name".into(), "Roe".into());
    eva.attributes
        .insert("email".into(), "eva@new.example".into());
    let Arrival::In(login) = world.arrive(None, eva.clone()).await else {
        panic!("not in");
    };
    assert_eq!(
        (login.user.last_name.as_str(), login.user.email.as_str()),
        ("Roe", "eva@new.example")
    );
    let forced = world
        .service
        .forced_attributes(login.user.uuid)
        .await
        .unwrap();
    assert_eq!(forced, ["email", "first_name", "last_name"].into());
    // An address that is somebody else's is not taken over.
    let other = world.person("taken@example.org").await;
    eva.attributes
        .insert("email".into(), "taken@example.org".into());
    let Arrival::In(login) = world.arrive(None, eva).await else {
        panic!("not in");
    };
    assert_eq!(login.user.email, "eva@new.example");
    assert_ne!(login.user.uuid, other.uuid);
    world.mails().await;
}

// ID-PRV-10 ID-PRV-13 ID-POL-03: acceptance 2
#[tokio::test]
async fn methods_are_added_up_to_the_limit_and_never_stolen() {
    let world = open_world(&[]);
    let maria = world.person("maria@example.org").await;
    let other = world.outsider("google", "eva").await;
    let add = |id| world.arrive(Some(&maria), person("google", id));
    assert_eq!(message(add("eva").await), "AUTH_PROVIDER_ADD_EXISTS");
    assert_eq!(message(add("maria").await), "AUTH_PROVIDER_ADDED");
    assert_eq!(message(add("maria").await), "", "mine already");
    assert_eq!(
        message(add("maria-2").await),
        "AUTH_PROVIDER_ADD_FAILED",
        "LIMIT 1"
    );
    world.set("ASTAKOS_AUTH_PROVIDER_GOOGLE_LIMIT_POLICY", Value::Int(2));
    assert_eq!(message(add("maria-2").await), "AUTH_PROVIDER_ADDED");
    world.set(
        "ASTAKOS_AUTH_PROVIDER_TWITTER_ADD_POLICY",
        Value::Bool(false),
    );
    let refused = world.arrive(Some(&maria), person("twitter", "m")).await;
    assert_eq!(message(refused), "AUTH_PROVIDER_ADD_FAILED");
    let Arrival::In(login) = world.arrive(None, person("google", "maria-2")).await else {
        panic!("not in");
    };
    assert_eq!(login.user.uuid, maria.uuid);
    // An unverified registration of an identity gives way to who proves it.
    let Arrival::SignUp(token) = world.arrive(None, person("twitter", "t")).await else {
        panic!("known");
    };
    let form = OutsideSignUp {
        email: "t@example.org".into(),
        ..OutsideSignUp::default()
    };
    world
        .service
        .outside_sign_up(token.expose_secret(), form, &HERE)
        .await
        .unwrap();
    world.set(
        "ASTAKOS_AUTH_PROVIDER_TWITTER_ADD_POLICY",
        Value::Bool(true),
    );
    assert_eq!(
        message(world.arrive(Some(&other), person("twitter", "t")).await),
        "AUTH_PROVIDER_ADDED"
    );
    assert!(world.service.find("t@example.org").await.unwrap().is_none());
    world.mails().await;
}

// ID-PRV-14 ID-POL-03: acceptance 3
#[tokio::test]
async fn the_last_method_stays_and_a_removed_password_opens_nothing() {
    let world = open_world(&[(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_ADD_GROUPS_POLICY",
        list(&["googlers"]),
    )]);
    let maria = world.person("maria@example.org").await;
    let eva = world.person("eva@example.org").await;
    let local = world.lines(&maria).await[0].clone();
    assert!(!local.remove);
    let last = world
        .service
        .remove_method(maria.uuid, local.id, &HERE)
        .await;
    assert!(matches!(last, Err(Error::Forbidden { .. })));
    let foreign = world.service.remove_method(eva.uuid, local.id, &HERE).await;
    assert!(matches!(foreign, Err(Error::NotFound { .. })));
    world.arrive(Some(&maria), person("google", "maria")).await;
    let now = world.service.user(maria.uuid).await.unwrap();
    assert_eq!(now.groups[0].1, "googlers");
    let google = world.lines(&maria).await[0].clone();
    assert_eq!((google.module.as_str(), google.remove), ("google", true));
    world
        .service
        .remove_method(maria.uuid, google.id, &HERE)
        .await
        .unwrap();
    assert!(
        world
            .service
            .user(maria.uuid)
            .await
            .unwrap()
            .groups
            .is_empty()
    );
    world.arrive(Some(&maria), person("google", "maria")).await;
    assert_eq!(
        world
            .service
            .remove_method(maria.uuid, local.id, &HERE)
            .await
            .unwrap(),
        "local"
    );
    assert!(world.log_in("maria@example.org", PASSWORD).await.is_err());
    world.set("ASTAKOS_AUTH_PROVIDERS_REMOVE_POLICY", Value::Bool(false));
    assert!(world.lines(&eva).await.iter().all(|line| !line.remove));
}

// ID-PRV-10 ID-POL-03
#[tokio::test]
async fn an_identity_is_exchanged_only_where_that_is_allowed() {
    let world = open_world(&[]);
    let eva = world.outsider("google", "eva").await;
    let line = world.lines(&eva).await[0].clone();
    assert!(
        line.switch && !line.remove,
        "the only one may be exchanged, not removed"
    );
    let switch = |module: &str, id: &str, from| {
        let asked = Asked {
            switch_from: Some(from),
            ..Asked::default()
        };
        let (service, outside, uuid) = (world.service.clone(), person(module, id), eva.uuid);
        async move { service.arrive(Some(uuid), outside, asked, &HERE).await }
    };
    assert!(
        switch("twitter", "t", line.id).await.is_err(),
        "another module"
    );
    assert!(
        switch("google", "new", 999).await.is_err(),
        "somebody else's"
    );
    assert_eq!(
        message(switch("google", "new", line.id).await.unwrap()),
        "AUTH_PROVIDER_SWITCHED"
    );
    assert!(matches!(
        world.arrive(None, person("google", "eva")).await,
        Arrival::SignUp(_)
    ));
    assert!(matches!(
        world.arrive(None, person("google", "new")).await,
        Arrival::In(_)
    ));
    world.set(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_SWITCH_POLICY",
        Value::Bool(false),
    );
    assert_eq!(
        message(switch("google", "more", line.id).await.unwrap()),
        "AUTH_PROVIDER_ADD_FAILED"
    );
    assert_eq!(world.lines(&eva).await[0].id, line.id);
}

// ID-LOG-08 ID-PRV-10
#[tokio::test]
async fn a_key_adds_the_pending_identity_once() {
    let world = open_world(&[]);
    let maria = world.person("maria@example.org").await;
    let Arrival::SignUp(key) = world.arrive(None, person("google", "maria")).await else {
        panic!("known");
    };
    let asked = Asked {
        key: key.expose_secret().into(),
        ..Asked::default()
    };
    let nobody = world
        .service
        .arrive(None, person("twitter", "x"), asked, &HERE);
    assert!(matches!(nobody.await.unwrap(), Arrival::Nobody));
    let key = key.expose_secret();
    let s = &world.service;
    // Somebody else's key: it was proven in another browser.
    let theirs = s.arrival_cookie("another");
    for cookie in ["", "made up", theirs.expose_secret()] {
        let (_, said) = s.adopt(maria.uuid, key, cookie, &HERE).await.unwrap();
        assert_eq!(said, "AUTH_PROVIDER_ADD_FAILED");
    }
    let own = s.arrival_cookie(key);
    let added = s.adopt(maria.uuid, key, own.expose_secret(), &HERE);
    let added = added.await.unwrap();
    assert_eq!(added, ("google".to_owned(), "AUTH_PROVIDER_ADDED"));
    for key in [key, "nonsense", ""] {
        let own = s.arrival_cookie(key);
        let said = s.adopt(maria.uuid, key, own.expose_secret(), &HERE).await;
        assert_eq!(said.unwrap().1, "AUTH_PROVIDER_ADD_FAILED");
    }
}

// ID-LOG-03 ID-LOG-04 ID-PRV-01 ID-PRV-10
#[tokio::test]
async fn states_and_switched_off_modules_refuse() {
    let world = open_world(&[]);
    let eva = world.outsider("google", "eva").await;
    world.set(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_LOGIN_POLICY",
        Value::Bool(false),
    );
    let arrive = || world.arrive(None, person("google", "eva"));
    assert_eq!(message(arrive().await), "AUTH_PROVIDER_LOGIN_DISABLED");
    world.set(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_LOGIN_POLICY",
        Value::Bool(true),
    );
    world
        .modify(&eva, UserChange::Deactivate("x".into()))
        .await
        .unwrap();
    assert_eq!(message(arrive().await), "AUTH_PROVIDER_ACCOUNT_INACTIVE");
    world.set(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_CREATE_POLICY",
        Value::Bool(false),
    );
    let unknown = world.arrive(None, person("google", "zoe")).await;
    assert_eq!(message(unknown), "DISABLED_FOR_CREATE");
    world.set("ASTAKOS_IM_MODULES", list(&["local"]));
    let off = world
        .service
        .arrive(None, person("google", "eva"), Asked::default(), &HERE)
        .await;
    assert!(matches!(off, Err(Error::NotFound { .. })));
    world.mails().await;
}

// ID-PRV-15
#[tokio::test]
async fn required_methods_are_missed_until_they_are_added() {
    let world = open_world(&[]);
    let maria = world.person("maria@example.org").await;
    let cookie = world.cookie("maria@example.org").await;
    let missing = async || {
        let session = world.service.session(&cookie).await.unwrap().unwrap();
        session.missing_methods
    };
    assert!(missing().await.is_empty());
    world.set(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_REQUIRED_POLICY",
        Value::Bool(true),
    );
    assert_eq!(missing().await, ["google"]);
    world.arrive(Some(&maria), person("google", "maria")).await;
    assert!(missing().await.is_empty());
}

// ID-LDP-07
#[tokio::test]
async fn mirrored_groups_never_grant_privileges_unasked() {
    let world = open_world(&[
        (
            "ASTAKOS_AUTH_PROVIDER_LDAP_MIRROR_GROUPS_POLICY",
            Value::Bool(true),
        ),
        ("ADMIN_PERMITTED_GROUPS", list(&["admin"])),
    ]);
    let eva = world.outsider("ldap", "eva").await;
    let mut here_now = person("ldap", "eva");
    let arrive = async |groups: &[&str]| {
        let names = groups.iter().map(|name| (*name).to_owned()).collect();
        let outside = Outside {
            groups: Some(names),
            ..here_now.clone()
        };
        assert!(matches!(world.arrive(None, outside).await, Arrival::In(_)));
        let user = world.service.user(eva.uuid).await.unwrap();
        user.groups
            .into_iter()
            .map(|(_, name)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(arrive(&["staff", "admin"]).await, ["staff"]);
    world.service.group_add(&ROOT, "admin").await.unwrap();
    world
        .modify(&eva, UserChange::AddGroup("admin".into()))
        .await
        .unwrap();
    assert_eq!(
        arrive(&["other"]).await.len(),
        2,
        "what it may not grant it may not take"
    );
    world.set(
        "ASTAKOS_AUTH_PROVIDER_LDAP_MIRROR_PRIVILEGED_GROUPS",
        list(&["admin"]),
    );
    assert_eq!(arrive(&["other"]).await, ["other"]);
    here_now.groups = None;
    assert!(matches!(world.arrive(None, here_now).await, Arrival::In(_)));
}

// ID-LOG-02
#[tokio::test]
async fn other_ways_are_told_only_where_accounts_are_no_secret() {
    let world = open_world(&[]);
    world.outsider("google", "eva").await;
    assert!(world.log_in("eva@example.org", "x").await.is_err());
    world.set("ASTAKOS_HIDE_ACCOUNT_EXISTENCE", Value::Bool(false));
    let Ok(LoginOutcome::Refused { message, .. }) = world.log_in("eva@example.org", "x").await
    else {
        panic!("not told");
    };
    assert_eq!(message, "AUTH_PROVIDER_LOGIN_DISABLED");
    assert!(world.log_in("nobody@example.org", "x").await.is_err());
}

// ID-LOG-05
#[tokio::test]
async fn an_account_older_than_methods_gets_the_local_one() {
    let world = World::new();
    let maria = world.person("maria@example.org").await;
    let strip = || {
        world.store.write(move |tx| {
            for method in crate::rows::methods(tx, maria.no)? {
                tx.remove::<crate::rows::Method>(&store::Row::key(&method))?;
            }
            Ok(())
        })
    };
    strip().await.unwrap();
    assert!(matches!(
        world.log_in("maria@example.org", PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
    assert_eq!(world.lines(&maria).await.len(), 1);
    strip().await.unwrap();
    world.set("ASTAKOS_IM_MODULES", list(&["local", "google"]));
    let Ok(LoginOutcome::Refused { message, .. }) =
        world.log_in("maria@example.org", PASSWORD).await
    else {
        panic!("in");
    };
    assert_eq!(message, "NO_LOCAL_AUTH");
}
