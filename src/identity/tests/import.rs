//! People of another installation, and what a wrong password costs.

use super::{methods::open_world, *};
use crate::{Newcomer, NewcomerMethod, Newcomers, rows::Password};
use kernel::{Error, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// What the original stores of `secret`: 1,000 rounds, salt `seasalt`.
const HASH: &str = "pbkdf2_sha256$1000$seasalt$+hs9qSCcGyNSGDNojIEbomuX9WI/mzTF5yfwAXqyKOo=";
const TOKEN: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn newcomer(n: u8, email: &str) -> Newcomer {
    Newcomer {
        uuid: UserId(uuid::Uuid::from_bytes([n; 16])),
        email: email.into(),
        first_name: "Maria".into(),
        last_name: "Doe".into(),
        password: Some(secret(HASH)),
        active: true,
        superuser: false,
        verified: true,
        verified_at: None,
        code: None,
        activation_sent: Some(at("2025-12-30T10:00:00Z")),
        moderated: true,
        moderated_at: Some(at("2013-06-20T10:00:00Z")),
        rejected: false,
        rejected_reason: None,
        accepted_policy: Some("email".into()),
        accepted_email: None,
        deactivated_reason: None,
        deactivated_at: None,
        profile_seen: true,
        signed_terms: None,
        token: None,
        level: 2,
        invitations: 3,
        affiliation: Some("Uni".into()),
        joined: Some(at("2013-06-19T15:23:59.975572Z")),
        last_login: None,
        groups: BTreeSet::new(),
        permissions: BTreeSet::new(),
        methods: vec![NewcomerMethod {
            module: "local".into(),
            active: true,
            ..NewcomerMethod::default()
        }],
        settings: BTreeMap::new(),
        quota: BTreeMap::new(),
    }
}

fn way(module: &str, identifier: &str) -> NewcomerMethod {
    NewcomerMethod {
        module: module.into(),
        identifier: identifier.into(),
        active: true,
        ..NewcomerMethod::default()
    }
}

async fn bring(world: &World, people: Vec<Newcomer>) -> kernel::Result<crate::Brought> {
    let groups = BTreeMap::from([("staff".to_owned(), ["can_see".to_owned()].into())]);
    let all = Newcomers { groups, people };
    world.service.admin_import(&ROOT, all).await
}

// ID-CLI-80 ID-UPG-06 ID-SEC-01: who comes from an original installation logs in with the
// password, the identity and the token they had.
#[tokio::test]
async fn people_bring_passwords_tokens_methods_and_groups_along() {
    let world = open_world(&[]);
    let expires = at("2026-01-20T00:00:00Z");
    let token = (secret(TOKEN), at("2025-12-20T00:00:00Z"), expires);
    let maria = Newcomer {
        token: Some(token),
        groups: ["staff".to_owned()].into(),
        permissions: ["can_do".to_owned()].into(),
        methods: vec![way("local", ""), way("shibboleth", "maria@uni")],
        settings: [("PENDING_APPLICATION_LIMIT".to_owned(), 3)].into(),
        quota: [("cyclades.vm".to_owned(), 7)].into(),
        ..newcomer(1, "Maria@Example.org")
    };
    let brought = bring(&world, vec![maria.clone()]).await.unwrap();
    assert_eq!((brought.made, brought.there), (1, 0));
    assert_eq!(brought.notes, [""; 0]);
    let user = world.service.user(maria.uuid).await.unwrap();
    assert_eq!(user.status, "Accepted/Active (accepted policy: email)");
    assert_eq!(user.email, "Maria@Example.org");
    assert_eq!(user.accepted_email.as_deref(), Some("Maria@Example.org"));
    assert_eq!(user.groups[0].1, "staff");
    assert_eq!(user.group_permissions, ["can_see"]);
    assert_eq!(user.permissions, ["can_do"]);
    assert_eq!(user.joined, maria.joined.unwrap());
    // The API token is the one they had, until when they had it.
    let (caller, ..) = (world.service.caller_by_token(TOKEN).unwrap(), ());
    assert_eq!(caller.user, maria.uuid);
    assert_eq!(world.token(&user).await, TOKEN);
    assert_eq!(user.token_expires, Some(expires));
    let vms = world.store.read_now(|tx| {
        quota::usage_in(
            tx,
            maria.uuid,
            maria.uuid.own_project(),
            quota::resource::VM,
        )
    });
    assert_eq!(vms.unwrap().effective_limit(), 7);
    // The password works, and its hash is a better one from then on.
    assert!(world.log_in("maria@example.org", "Secret").await.is_err());
    let entered = world.log_in("maria@example.org", "secret").await.unwrap();
    assert!(matches!(entered, LoginOutcome::In(_)));
    let stored = world.store.read_now(|tx| tx.get::<Password>(&user.no));
    assert!(stored.unwrap().unwrap().hash.starts_with("$argon2id$"));
    let known = world.arrive(None, super::methods::person("shibboleth", "maria@uni"));
    assert!(matches!(known.await, crate::Arrival::In(_)));
    // Nobody is told; a second time nothing happens.
    assert_eq!(world.mails().await.len(), 0);
    let again = bring(&world, vec![maria]).await.unwrap();
    assert_eq!((again.made, again.there), (0, 1));
}

// ID-CLI-80 ID-UST-01: every state there is the same state here, and no more than that.
#[tokio::test]
async fn states_are_those_of_the_other_installation() {
    let world = World::moderated();
    let from = |n: u8, change: fn(&mut Newcomer)| {
        let mut person = newcomer(n, &format!("u{n}@example.org"));
        change(&mut person);
        person
    };
    let people = vec![
        from(1, |p| {
            (p.active, p.verified, p.moderated) = (false, false, false);
            p.code = Some(secret("a code of theirs"));
        }),
        from(2, |p| (p.active, p.moderated) = (false, false)),
        from(3, |p| {
            (p.active, p.rejected) = (false, true);
            p.rejected_reason = Some("spammer".into());
        }),
        from(4, |p| {
            p.active = false;
            p.deactivated_reason = Some("left".into());
        }),
        // Superusers that the original's syncdb made.
        from(5, |p| {
            (p.superuser, p.verified, p.moderated) = (true, false, false)
        }),
        from(6, |p| p.password = Some(secret("md5$x$y"))),
        from(7, |p| {
            p.methods = vec![
                way("shibboleth", "one"),
                way("openid", "x"),
                way("shibboleth", "one"),
            ];
            p.quota = [("cyclades.nosuch".to_owned(), 1)].into();
        }),
        from(8, |p| p.methods = vec![way("shibboleth", "one")]),
    ];
    let uuids: Vec<_> = people.iter().map(|person| person.uuid).collect();
    let brought = bring(&world, people).await.unwrap();
    assert_eq!(brought.made, 8);
    let mut states = Vec::new();
    for uuid in &uuids {
        states.push(world.service.user(*uuid).await.unwrap().status);
    }
    assert_eq!(
        states,
        [
            "Pending email verification",
            "Pending moderation",
            "Rejected (spammer)",
            "Accepted/Inactive (left) (accepted policy: email)",
            "Pending email verification",
            "Accepted/Active (accepted policy: email)",
            "Accepted/Active (accepted policy: email)",
            "Accepted/Active (accepted policy: email)",
        ]
    );
    let told = brought.notes.join("\n");
    for said in [
        "u5@example.org: was active without",
        "u6@example.org: the password is of a kind",
        "u7@example.org: openid:x is no login method",
        "u7@example.org: shibboleth:one is somebody's already",
        "u7@example.org: No such resource: cyclades.nosuch",
        "u8@example.org: shibboleth:one is somebody's already",
    ] {
        assert!(told.contains(said), "{said} is not in\n{told}");
    }
    assert_eq!(brought.notes.len(), 6);
    // The link that was mailed there is good for its ten days.
    let verified = world.service.verify("a code of theirs", &HERE).await;
    assert_eq!(verified.unwrap().user.uuid, uuids[0]);
    world.mails().await;
}

// ID-CLI-06: whoever cannot be taken over keeps everybody out, and is named.
#[tokio::test]
async fn an_import_is_all_or_nothing() {
    let world = World::new();
    world.person("there@example.org").await;
    let people = vec![
        newcomer(1, "fine@example.org"),
        newcomer(2, "THERE@example.org"),
        newcomer(3, "nonsense"),
        newcomer(4, "fine@Example.org"),
    ];
    let refused = bring(&world, people).await.unwrap_err().to_string();
    for wrong in [
        "THERE@example.org is somebody else's here",
        "'nonsense' is no address",
        "fine@Example.org is there twice",
    ] {
        assert!(refused.contains(wrong), "{refused}");
    }
    assert!(
        world
            .service
            .find("fine@example.org")
            .await
            .unwrap()
            .is_none()
    );
    let stranger = Caller::person(UserId(uuid::Uuid::nil()));
    let refused = world.service.admin_import(&stranger, Newcomers::default());
    assert!(matches!(refused.await, Err(Error::Forbidden { .. })));
}

// ID-SEC-06 ID-LOG-02: a wrong password costs the same work whoever it is for: nobody, an
// account of ours, one with a hash of the original (of either kind), an unverified, a
// rejected and an inactive one, one without a password; for pages and for identity v3.
#[tokio::test]
async fn a_wrong_password_costs_the_same_work_for_everybody() {
    let world = World::moderated();
    let with = |n: u8, hash: &str| Newcomer {
        password: Some(secret(hash)),
        ..newcomer(n, &format!("u{n}@example.org"))
    };
    let sha1 = "sha1$seed$1ff8ba69d6d49a7ad1da4ff3cc6d3bd7a2b6f17e";
    let people = vec![
        with(1, HASH),
        with(2, &HASH.replace("$1000$", "$1700$")),
        with(3, sha1),
        Newcomer {
            password: None,
            methods: vec![way("shibboleth", "elsewhere")],
            ..newcomer(4, "u4@example.org")
        },
    ];
    bring(&world, people).await.unwrap();
    let mut names: Vec<String> = (1..5).map(|n| format!("u{n}@example.org")).collect();
    names.push("nobody@example.org".into());
    for (n, changes) in [
        vec![],
        vec![UserChange::Verify],
        vec![UserChange::Verify, UserChange::Accept],
        vec![UserChange::Verify, UserChange::Reject("no".into())],
        vec![
            UserChange::Verify,
            UserChange::Accept,
            UserChange::Deactivate("off".into()),
        ],
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("own{n}@example.org");
        let made = world
            .service
            .admin_add(&ROOT, form(&email), false, vec![], vec![]);
        let user = made.await.unwrap();
        world
            .service
            .admin_modify(&ROOT, user.no, changes)
            .await
            .unwrap();
        names.push(email);
    }
    let worked = || std::mem::take(&mut *world.service.worked_for_tests().lock().unwrap());
    let mut work = Vec::new();
    for email in &names {
        worked();
        assert!(world.log_in(email, "wrong").await.is_err(), "{email}");
        work.push(worked());
        let proof = crate::Proof::Password(email.clone(), secret("wrong"));
        let token = world
            .service
            .scoped_token(proof, crate::Wanted::Default, &HERE);
        assert!(token.await.is_err(), "{email}");
        work.push(worked());
    }
    // One hash of ours, and the rounds of the dearest that was brought.
    assert_eq!(work, vec![(19_456 * 2, 1700); work.len()]);
    world.mails().await;
}

// ID-MOD-05 ID-ACT-03: of two who bring one identity unverified, only one keeps it.
#[tokio::test]
async fn an_identity_brought_twice_is_one_persons() {
    let world = open_world(&[
        ("ASTAKOS_MODERATION_ENABLED", Value::Bool(true)),
        (
            "ASTAKOS_AUTH_PROVIDER_GOOGLE_AUTOMODERATE_POLICY",
            Value::Bool(true),
        ),
    ]);
    let unverified = |n: u8, email: &str| Newcomer {
        verified: false,
        moderated: false,
        active: false,
        methods: vec![way("google", "x")],
        ..newcomer(n, email)
    };
    let both = vec![
        unverified(1, "a@example.org"),
        unverified(2, "b@example.org"),
    ];
    bring(&world, both).await.unwrap();
    let mut seen = Vec::new();
    for email in ["a@example.org", "b@example.org"] {
        let user = world.service.find(email).await.unwrap().unwrap();
        let user = world.modify(&user, UserChange::Verify).await.unwrap();
        let held = user.methods.iter().any(|method| method.module == "google");
        seen.push((held, user.accepted_policy.clone()));
    }
    world.mails().await;
    let accepted = Some("auth_provider_google".to_owned());
    assert_eq!(seen, [(true, accepted), (false, None)]);
}
