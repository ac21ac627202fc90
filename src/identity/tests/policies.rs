//! Policies of login methods, and profiles.

use super::{
    methods::{message, open_world, person},
    *,
};
use crate::{
    Arrival,
    policy::{Policy, PolicyChange, Values},
};

fn values(all: &[(Policy, u32)]) -> PolicyChange {
    PolicyChange {
        set: all.iter().copied().collect::<Values>(),
        ..PolicyChange::default()
    }
}

// ID-POL-01 ID-POL-02 ID-POL-04 ID-ACT-03
#[tokio::test]
async fn module_settings_go_before_those_for_all_and_defaults() {
    let world = open_world(&[("ASTAKOS_MODERATION_ENABLED", Value::Bool(true))]);
    let of = |module: &str| crate::policy::settings(&world.rules(), module);
    assert!(of("google").allows(Policy::Create) && of("google").allows(Policy::Switch));
    for module in ["local", "shibboleth", "ldap"] {
        assert!(!of(module).allows(Policy::Switch), "{module}");
    }
    assert!(!of("google").allows(Policy::Required) && !of("google").allows(Policy::Automoderate));
    assert_eq!(of("google").limit(), 1);
    world.set("ASTAKOS_AUTH_PROVIDERS_LIMIT_POLICY", Value::Int(3));
    world.set("ASTAKOS_AUTH_PROVIDER_GOOGLE_LIMIT_POLICY", Value::Int(2));
    assert_eq!((of("google").limit(), of("twitter").limit()), (2, 3));
    world.set(
        "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_AUTOMODERATE_POLICY",
        Value::Bool(true),
    );
    let academic = world.outsider("shibboleth", "eva").await;
    assert!(academic.active);
    assert_eq!(
        academic.accepted_policy.as_deref(),
        Some("auth_provider_shibboleth")
    );
    let (_, code) = world.sign_up("local@example.org").await;
    assert!(
        !world
            .service
            .verify(&code, &HERE)
            .await
            .unwrap()
            .user
            .active
    );
    world.mails().await;
}

impl World {
    fn rules(&self) -> crate::rules::Rules {
        crate::rules::Rules {
            settings: self.settings.now(),
            keys: Keys::from_bytes([7; 32]).unwrap(),
        }
    }
}

// ID-POL-05 ID-POL-06 ID-MOD-13 ID-CLI-32 ID-CLI-35: acceptance 4
#[tokio::test]
async fn a_strict_profile_shuts_all_other_ways_for_its_group() {
    let world = open_world(&[]);
    let s = &world.service;
    let maria = world.person("maria@example.org").await;
    let free = world.person("free@example.org").await;
    let strict = PolicyChange {
        exclusive: Some(true),
        ..values(&[(Policy::Login, 0), (Policy::Add, 0)])
    };
    s.authpolicy_add(&ROOT, "academic_strict", "shibboleth", strict)
        .await
        .unwrap();
    assert!(s.group_add(&ROOT, "academic-login").await.unwrap());
    assert!(!s.group_add(&ROOT, "academic-login").await.unwrap());
    world
        .modify(&maria, UserChange::AddGroup("academic-login".into()))
        .await
        .unwrap();
    world
        .arrive(Some(&maria), person("shibboleth", "maria@uni"))
        .await;
    assert!(matches!(
        world.log_in("maria@example.org", PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
    let assign = |groups: &[&str], people: &[&str]| {
        let own = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        s.authpolicy_set(&ROOT, "academic_strict", own(groups), own(people))
    };
    assign(&["academic-login"], &[]).await.unwrap();
    let Ok(LoginOutcome::Refused {
        message: key, user, ..
    }) = world.log_in("maria@example.org", PASSWORD).await
    else {
        panic!("in");
    };
    assert_eq!(key, "AUTH_PROVIDER_LOGIN_DISABLED");
    assert_eq!(s.open_modules(user.uuid).await.unwrap(), ["shibboleth"]);
    assert!(
        world.log_in("maria@example.org", "wrong").await.is_err(),
        "told without the password"
    );
    assert_eq!(
        message(world.arrive(Some(&maria), person("google", "m")).await),
        "AUTH_PROVIDER_ADD_FAILED"
    );
    assert!(matches!(
        world.arrive(None, person("shibboleth", "maria@uni")).await,
        Arrival::In(_)
    ));
    assert!(matches!(
        world.log_in("free@example.org", PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
    // Assigning again replaces the assignments, and people and groups stay.
    assign(&[], &["free@example.org"]).await.unwrap();
    assert!(matches!(
        world.log_in("maria@example.org", PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
    assert!(matches!(
        world.log_in("free@example.org", PASSWORD).await,
        Ok(LoginOutcome::Refused { .. })
    ));
    assert_eq!(s.group_list(&ROOT).await.unwrap()[0].users, 1);
    let off = PolicyChange {
        active: Some(false),
        ..PolicyChange::default()
    };
    s.authpolicy_update(&ROOT, "academic_strict", None, off)
        .await
        .unwrap();
    assert!(matches!(
        world.log_in("free@example.org", PASSWORD).await,
        Ok(LoginOutcome::In(_))
    ));
    s.group_remove(&ROOT, "academic-login").await.unwrap();
    assert!(s.user(maria.uuid).await.unwrap().groups.is_empty());
    assert_eq!(s.user(free.uuid).await.unwrap().email, "free@example.org");
}

// ID-POL-05
#[tokio::test]
async fn later_profiles_go_before_earlier_ones_and_groups_before_people() {
    let world = open_world(&[]);
    let s = &world.service;
    let maria = world.person("maria@example.org").await;
    world
        .modify(&maria, UserChange::AddGroup("g".into()))
        .await
        .unwrap_err();
    s.group_add(&ROOT, "g").await.unwrap();
    world
        .modify(&maria, UserChange::AddGroup("g".into()))
        .await
        .unwrap();
    let add = async |name: &str, priority, on: u32, group: bool| {
        let change = PolicyChange {
            priority: Some(priority),
            ..values(&[(Policy::Create, on)])
        };
        s.authpolicy_add(&ROOT, name, "google", change)
            .await
            .unwrap();
        let one = |yes: bool, name: &str| if yes { vec![name.to_owned()] } else { vec![] };
        let (groups, people) = (one(group, "g"), one(!group, "maria@example.org"));
        s.authpolicy_set(&ROOT, name, groups, people).await.unwrap();
    };
    let may = || {
        let rules = world.rules();
        let stated = world.store.read_now(|tx| {
            let user = tx.must::<crate::rows::User>(&maria.no, "")?;
            crate::policy::stated(tx, &rules, &user, "google")
        });
        stated.unwrap().allows(Policy::Create)
    };
    assert!(may());
    add("own-2", 2, 0, false).await;
    assert!(!may());
    add("own-1", 1, 1, false).await;
    assert!(!may(), "a lower priority does not override");
    add("group-1", 1, 1, true).await;
    assert!(may(), "groups come after people");
    add("group-9", 9, 0, true).await;
    assert!(!may());
    let unset = PolicyChange {
        unset: [Policy::Create].into(),
        ..PolicyChange::default()
    };
    s.authpolicy_update(&ROOT, "group-9", None, unset)
        .await
        .unwrap();
    assert!(may(), "what is unset does not override");
}

// ID-CLI-32 ID-CLI-33 ID-CLI-34 ID-CLI-35 ID-CLI-36 ID-SEC-28
#[tokio::test]
async fn profiles_are_kept_by_administrators_only_and_on_record() {
    let world = open_world(&[]);
    let s = &world.service;
    let maria = world.person("maria@example.org").await;
    let somebody = Caller::person(maria.uuid);
    let limit = values(&[(Policy::Limit, 5), (Policy::Add, 7)]);
    assert!(
        s.authpolicy_add(&somebody, "p", "google", limit.clone())
            .await
            .is_err()
    );
    assert!(s.authpolicy_list(&somebody).await.is_err());
    assert!(s.group_add(&somebody, "g").await.is_err());
    s.authpolicy_add(&ROOT, "p", "google", limit.clone())
        .await
        .unwrap();
    let said = |result: kernel::Result<()>| result.unwrap_err().to_string();
    let again = s.authpolicy_add(&ROOT, "p", "google", limit.clone()).await;
    assert_eq!(said(again), "Profile with the same name already exists");
    let unknown = s.authpolicy_add(&ROOT, "q", "myspace", limit.clone()).await;
    assert!(said(unknown).contains("myspace"));
    let nothing = s.authpolicy_update(&ROOT, "q", None, limit).await;
    assert_eq!(said(nothing), "Invalid profile name");
    assert_eq!(
        said(s.authpolicy_remove(&ROOT, "q").await),
        "Invalid profile name"
    );
    let one = vec!["77".to_owned()];
    assert_eq!(
        said(s.authpolicy_set(&ROOT, "p", vec![], one.clone()).await),
        "Invalid user id"
    );
    assert_eq!(
        said(s.authpolicy_set(&ROOT, "p", one, vec![]).await),
        "Invalid group id"
    );
    assert_eq!(
        said(s.authpolicy_show(&ROOT, "q").await.map(drop)),
        "Profile does not exist"
    );
    let people = vec![maria.uuid.to_string()];
    s.authpolicy_set(&ROOT, "p", vec![], people).await.unwrap();
    let shown = s.authpolicy_show(&ROOT, "p").await.unwrap();
    assert_eq!(
        shown.policies,
        [(Policy::Add, 1), (Policy::Limit, 5)].into(),
        "a number stays one"
    );
    assert_eq!(shown.users, [(maria.no, "maria@example.org".to_owned())]);
    assert_eq!(s.authpolicy_list(&ROOT).await.unwrap(), [shown]);
    s.authpolicy_remove(&ROOT, "p").await.unwrap();
    let trail = world.trail(crate::audit::Filter::default()).await;
    let acts: Vec<&str> = trail.iter().map(|entry| entry.action.as_str()).collect();
    for act in ["policy.add", "policy.assign", "policy.remove"] {
        assert!(acts.contains(&act), "no {act} in {acts:?}");
    }
}
