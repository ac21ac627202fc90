//! Another address for an account.

use super::{
    life::{conflict, field, tail, url},
    *,
};
use crate::Agreed;
use kernel::Error;

pub(super) fn changing(both: bool) -> World {
    World::with(&[
        ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
        ("ASTAKOS_EMAILCHANGE_BOTH_ADDRESSES", Value::Bool(both)),
    ])
}

/// Asks for another address; the keys mailed to the new and to the present one.
pub(super) async fn asked(world: &World, user: &UserView, new: &str) -> (String, Option<String>) {
    let asked = world
        .service
        .request_email_change(user.uuid, new, &here())
        .await;
    asked.unwrap();
    let mails = world.mails().await;
    let [to_new, to_old] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    assert_eq!(to_new.template, "registration/email_change_email_new_email");
    assert_eq!(to_old.template, "registration/email_change_email_old_email");
    assert_eq!(
        (to_new.to.as_str(), to_old.to.as_str()),
        (new, user.email.as_str())
    );
    let old = to_old.context["url"].as_str().map(tail);
    let key = tail(&url(to_new, "url"));
    assert!(key.len() == 40 && key.bytes().all(|b| b.is_ascii_hexdigit()));
    (key, old)
}

// ID-EML-03 ID-EML-04 ID-EML-05 ID-MAIL-07 ID-MAIL-08 ID-MOD-08: both addresses agree,
// in either order.
#[tokio::test]
async fn another_address_needs_both_to_agree() {
    for new_first in [true, false] {
        let world = changing(true);
        let service = &world.service;
        let user = world.person("eva@example.org").await;
        let token = world.token(&user).await;
        let (new, old) = asked(&world, &user, "Eva@New.example").await;
        let old = old.unwrap();
        let (first, second) = if new_first {
            (&new, &old)
        } else {
            (&old, &new)
        };
        let seen = service.email_change_of(first, None).await.unwrap();
        assert_eq!(
            (seen.email.as_str(), seen.of_new),
            ("Eva@New.example", new_first)
        );
        assert_eq!(
            service.agree_email_change(first, None).await.unwrap(),
            Agreed::Waits
        );
        assert_eq!(
            service.agree_email_change(first, None).await.unwrap(),
            Agreed::Waits
        );
        assert!(
            service
                .user_by_email("eva@new.example")
                .await
                .unwrap()
                .is_none()
        );
        let own = Some(user.uuid);
        assert_eq!(
            service.agree_email_change(second, own).await.unwrap(),
            Agreed::Changed
        );
        let now = service.user(user.uuid).await.unwrap();
        assert_eq!(
            (now.email.as_str(), now.username.as_str()),
            ("Eva@New.example", "eva@new.example")
        );
        assert_eq!(now.accepted_email.as_deref(), Some("eva@example.org"));
        assert!(now.verified && now.active);
        assert_eq!(world.token(&now).await, token);
        for used in [first, second] {
            let used = service.agree_email_change(used, None).await;
            assert!(matches!(used, Err(Error::NotFound { .. })));
        }
        assert!(world.log_in("eva@example.org", PASSWORD).await.is_err());
        world.cookie("eva@new.example").await;
    }
}

// ID-EML-02 ID-EML-03 ID-EML-04: a second request replaces the first; somebody else may
// not look; either address refuses; links grow old.
#[tokio::test]
async fn a_change_of_address_is_replaced_refused_or_grows_old() {
    let world = changing(true);
    let service = &world.service;
    let user = world.person("eva@example.org").await;
    let other = world.person("bob@example.org").await;
    let (first, _) = asked(&world, &user, "one@example.org").await;
    let (second, old) = asked(&world, &user, "two@example.org").await;
    let gone = service.email_change_of(&first, None).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
    let foreign = service.email_change_of(&second, Some(other.uuid)).await;
    assert!(matches!(foreign, Err(Error::Forbidden { .. })));
    let foreign = service.agree_email_change(&second, Some(other.uuid)).await;
    assert!(matches!(foreign, Err(Error::Forbidden { .. })));
    assert_eq!(
        service
            .pending_email_change(user.uuid)
            .await
            .unwrap()
            .unwrap()
            .email,
        "two@example.org"
    );
    service
        .refuse_email_change(&old.unwrap(), None)
        .await
        .unwrap();
    assert!(
        service
            .pending_email_change(user.uuid)
            .await
            .unwrap()
            .is_none()
    );
    assert!(service.agree_email_change(&second, None).await.is_err());

    let (late, _) = asked(&world, &user, "late@example.org").await;
    world.wait(10 * 86_400);
    assert_eq!(
        conflict(service.agree_email_change(&late, None).await),
        "EMAIL_CHANGE_EXPIRED"
    );
    assert!(
        service
            .pending_email_change(user.uuid)
            .await
            .unwrap()
            .is_none()
    );
    service.tidy().await.unwrap();
    assert!(matches!(
        service.email_change_of(&late, None).await,
        Err(Error::NotFound { .. })
    ));
}

// ID-EML-01 ID-EML-03 ID-EML-04: used addresses are refused when asked and when
// confirmed; unverified namesakes give way; off is off.
#[tokio::test]
async fn only_free_addresses_can_be_had() {
    let world = changing(false);
    let service = &world.service;
    let user = world.person("eva@example.org").await;
    world.person("bob@example.org").await;
    for (new, key) in [
        ("", "REQUIRED_FIELD"),
        ("no address", "INVALID_EMAIL"),
        ("Bob@example.org", "EMAIL_USED"),
        ("EVA@example.org", "EMAIL_USED"),
    ] {
        let refused = service.request_email_change(user.uuid, new, &here()).await;
        assert_eq!(
            field(refused),
            ("new_email_address".into(), key.into()),
            "{new}"
        );
    }
    let (key, old) = asked(&world, &user, "cy@example.org").await;
    assert_eq!(old, None, "a notice without a link");
    let meanwhile = world.person("cy@example.org").await;
    assert_eq!(
        conflict(service.agree_email_change(&key, None).await),
        "EMAIL_USED"
    );
    assert!(service.user(meanwhile.uuid).await.is_ok());
    let (key, _) = asked(&world, &user, "dan@example.org").await;
    let (squatter, _) = world.sign_up("dan@example.org").await;
    let agreed = service.agree_email_change(&key, Some(user.uuid)).await;
    assert_eq!(agreed.unwrap(), Agreed::Changed);
    assert!(service.user(squatter.user.unwrap().uuid).await.is_err());
    world.set("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(false));
    assert!(!service.may_change_email(user.uuid).await.unwrap());
    let off = service
        .request_email_change(user.uuid, "x@example.org", &here())
        .await;
    assert!(matches!(off, Err(Error::Forbidden { .. })));
}
