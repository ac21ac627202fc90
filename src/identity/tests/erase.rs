//! Erasing an account (ID-CLI-80).

use super::*;
use quota::{Delta, charge_all};

fn machines(user: &UserView, n: i64) -> Vec<Delta> {
    vec![Delta {
        user: user.uuid,
        project: user.uuid.own_project(),
        resource: "cyclades.vm",
        amount: n,
    }]
}

// ID-CLI-80: whoever uses something stays; of the others nothing personal stays
#[tokio::test]
async fn an_account_that_uses_nothing_can_be_erased() {
    let world = World::with(&[
        ("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(true)),
        ("ASTAKOS_MODERATION_ENABLED", Value::Bool(false)),
    ]);
    let user = world.person("maria@example.org").await;
    let cookie = world.cookie("maria@example.org").await;
    let token = world.token(&user).await;
    let charge = machines(&user, 2);
    let charged = world.store.write(move |tx| charge_all(tx, &charge, false));
    charged.await.unwrap();

    let nobody = Caller::person(user.uuid);
    let refused = world.service.admin_erase(&nobody, user.no).await;
    assert!(matches!(refused, Err(kernel::Error::Forbidden { .. })));
    let refused = world.service.admin_erase(&root(), user.no).await;
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("still uses cyclades.vm: 2"), "{text}");
    assert!(world.service.caller_by_token(&token).is_ok(), "unchanged");

    let release = machines(&user, -2);
    let released = world.store.write(move |tx| charge_all(tx, &release, false));
    released.await.unwrap();
    world.service.admin_erase(&root(), user.no).await.unwrap();
    for name in [
        "maria@example.org",
        &user.uuid.to_string(),
        &user.no.to_string(),
    ] {
        assert!(world.service.find(name).await.unwrap().is_none(), "{name}");
    }
    assert!(world.service.caller_by_token(&token).is_err());
    let session = world.service.session(&cookie).await;
    assert!(session.is_err() || session.unwrap().is_none());
    let held = world
        .store
        .read_now(|tx| quota::usage(tx, user.uuid))
        .unwrap();
    assert!(held.is_empty(), "{held:?}");
    // Who did it is told, without the name of whom it was done to.
    let trail = world.trail(crate::audit::Filter::default()).await;
    let entry = trail.iter().find(|entry| entry.action == "user.erase");
    let entry = entry.expect("in the trail");
    assert_eq!(entry.target.name, user.uuid.to_string());
    // The address is free again.
    let again = world.person("maria@example.org").await;
    assert_ne!(again.uuid, user.uuid);
}

// ID-CLI-80: the invitation that led here goes too, also one to a former address.
#[tokio::test]
async fn invitations_of_an_erased_person_go() {
    let world = World::with(&[
        ("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(true)),
        ("ASTAKOS_DEFAULT_USER_LEVEL", Value::Int(0)),
    ]);
    let host = world.person("host@example.org").await;
    let invite = |email: &'static str| world.service.invite(host.uuid, email, "Eva", &HERE);
    invite("first@example.org").await.unwrap();
    let user = world.person("first@example.org").await;
    let moved = UserChange::Email("second@example.org".into());
    world.modify(&user, moved).await.unwrap();
    world.mails().await;
    world.service.admin_erase(&root(), user.no).await.unwrap();
    let left = world.service.invitations_of(host.uuid).await.unwrap();
    assert_eq!(left, []);
    invite("first@example.org").await.unwrap();
    world.mails().await;
}
