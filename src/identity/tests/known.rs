//! What an outside identity leaves in an account, at the sign-up and at every login.

use super::{
    methods::{message, open_world, person},
    *,
};
use crate::{
    Arrival,
    outside::OutsideSignUp,
    provider::Outside,
    rows::{Password, methods},
};
use kernel::{Error, secret::ExposeSecret};

/// The same person, as the provider states it at another time.
fn scholar(names: [&str; 2], affiliation: &str) -> Outside {
    let mut told = person("shibboleth", "eva");
    let [first, last] = names;
    told.attributes.insert("first_name".into(), first.into());
    told.attributes.insert("last_name".into(), last.into());
    told.affiliation = Some(affiliation.into());
    told.info.insert("eppn".into(), first.into());
    told
}

fn forced(module: &str) -> (String, Value) {
    let both = ["first_name", "last_name"];
    let names = both.map(|name| {
        let pair = Value::List(vec![text(name), Value::Bool(false)]);
        (text(name), pair)
    });
    let name = format!("ASTAKOS_AUTH_PROVIDER_{module}_USER_ATTR_MAP");
    (name, Value::Dict(names.into()))
}

// ID-PRV-12 ID-REG-11 ID-REG-14: what the provider forces is taken from it, at the sign-up
// and at each login; its affiliation and what it told are kept with account and method.
#[tokio::test]
async fn what_a_provider_states_is_kept_and_refreshed() {
    let (name, value) = forced("SHIBBOLETH");
    let world = open_world(&[(name.as_str(), value)]);
    let s = &world.service;
    let Arrival::SignUp(token) = world.arrive(None, scholar(["Eva", "Doe"], "NTUA")).await else {
        panic!("known already");
    };
    let form = OutsideSignUp {
        email: "eva@home.example".into(),
        first_name: "Mallory".into(),
        last_name: "Mallory".into(),
        language: "en".into(),
        ..OutsideSignUp::default()
    };
    let made = s.outside_sign_up(token.expose_secret(), form, &HERE).await;
    let made = made.unwrap().user.unwrap();
    let named = |user: &UserView| (user.first_name.clone(), user.last_name.clone());
    assert_eq!(named(&made), ("Eva".into(), "Doe".into()));
    assert_eq!(made.affiliation.as_deref(), Some("NTUA"));
    assert_eq!(made.methods[0].affiliation.as_deref(), Some("NTUA"));
    let mails = world.mails().await;
    let code = mails.iter().find_map(code).unwrap();
    s.verify(&code, &HERE).await.unwrap();
    let told = scholar(["Evangelia", "Roe"], "AUTH");
    let Arrival::In(login) = world.arrive(None, told).await else {
        panic!("not in");
    };
    assert_eq!(named(&login.user), ("Evangelia".into(), "Roe".into()));
    let method = &login.user.methods[0];
    assert_eq!(method.affiliation.as_deref(), Some("AUTH"));
    assert!(method.info.contains("Evangelia"), "{}", method.info);
    world.mails().await;
}

// ID-PRV-10 ID-MOD-04: a method that is switched off opens nothing.
#[tokio::test]
async fn a_method_that_is_off_lets_nobody_in() {
    let world = open_world(&[]);
    let eva = world.outsider("google", "eva").await;
    let off = world.store.write(move |tx| {
        let mut method = methods(tx, eva.no)?.remove(0);
        method.active = false;
        tx.put(&method)
    });
    off.await.unwrap();
    let refused = world.arrive(None, person("google", "eva")).await;
    assert_eq!(message(refused), "AUTH_PROVIDER_LOGIN_DISABLED");
    world.mails().await;
}

// ID-PRV-01: nobody signs up with a form that was open when its module was switched off.
#[tokio::test]
async fn a_disabled_module_makes_no_accounts() {
    let world = open_world(&[]);
    let Arrival::SignUp(token) = world.arrive(None, person("google", "eva")).await else {
        panic!("known already");
    };
    world.set("ASTAKOS_IM_MODULES", Value::List(vec![text("local")]));
    let form = OutsideSignUp {
        email: "eva@example.org".into(),
        ..OutsideSignUp::default()
    };
    let s = &world.service;
    let made = s.outside_sign_up(token.expose_secret(), form, &HERE).await;
    assert!(matches!(made, Err(Error::Forbidden { .. })), "{made:?}");
    assert!(world.mails().await.is_empty());
}

// ID-POL-03 ID-PRV-01 ID-PRV-14: only methods of modules that are enabled count: the last of
// them stays, and one that is shut makes no room for another.
#[tokio::test]
async fn methods_of_disabled_modules_do_not_count() {
    let world = open_world(&[]);
    let s = &world.service;
    let eva = world.person("eva@example.org").await;
    world.arrive(Some(&eva), person("google", "eva")).await;
    let id = |lines: Vec<crate::MethodLine>, module: &str| {
        let found = lines.into_iter().find(|line| line.module == module);
        found.unwrap().id
    };
    let local = id(world.lines(&eva).await, "local");
    world.set("ASTAKOS_IM_MODULES", Value::List(vec![text("local")]));
    let lines = world.lines(&eva).await;
    let google = lines.iter().find(|line| line.module == "google").unwrap();
    assert!(!google.login && lines.iter().all(|line| !line.remove));
    let stays = s.remove_method(eva.uuid, local, &HERE).await;
    assert!(matches!(stays, Err(Error::Forbidden { .. })), "{stays:?}");
    world.set(
        "ASTAKOS_IM_MODULES",
        Value::List(["local", "google"].map(text).into()),
    );
    assert_eq!(
        s.remove_method(eva.uuid, local, &HERE).await.unwrap(),
        "local"
    );
    // Nothing is left that a password could open, nor the password.
    let no = eva.no;
    let kept = world.store.read_now(|tx| tx.get::<Password>(&no)).unwrap();
    assert!(kept.is_none());
    assert!(world.log_in("eva@example.org", PASSWORD).await.is_err());
    world.mails().await;
}

// ID-PRV-13 ID-PRV-14: a group that two methods bring stays until the last of them goes.
#[tokio::test]
async fn a_group_stays_while_another_method_brings_it() {
    let group = || Value::List(vec![text("researchers")]);
    let world = open_world(&[
        ("ASTAKOS_AUTH_PROVIDER_GOOGLE_ADD_GROUPS_POLICY", group()),
        ("ASTAKOS_AUTH_PROVIDER_TWITTER_ADD_GROUPS_POLICY", group()),
    ]);
    let s = &world.service;
    let eva = world.person("eva@example.org").await;
    for module in ["google", "twitter"] {
        world.arrive(Some(&eva), person(module, "eva")).await;
    }
    let mut left = vec![s.user(eva.uuid).await.unwrap().groups.len()];
    for module in ["google", "twitter"] {
        let lines = world.lines(&eva).await;
        let line = lines.iter().find(|line| line.module == module).unwrap();
        s.remove_method(eva.uuid, line.id, &HERE).await.unwrap();
        left.push(s.user(eva.uuid).await.unwrap().groups.len());
    }
    assert_eq!(left, [1, 1, 0]);
    world.mails().await;
}
