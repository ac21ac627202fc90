//! Tokens and passwords.

use super::*;
use crate::PasswordChange;
use kernel::{Error, secret::ExposeSecret};

// ID-TOK-01 ID-TOK-02 ID-TOK-03 ID-TOK-05 ID-SEC-31 ID-INT-01
#[tokio::test]
async fn tokens_name_their_owner_until_renewed_or_too_old() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let old = world.token(&user).await;
    assert_eq!(old.len(), 43);
    let caller = world.service.caller_by_token(&old).unwrap();
    assert_eq!(caller, Caller::person(user.uuid));
    world.service.caller_by_token(&old).unwrap();
    let refused = |token: &str| {
        world
            .service
            .caller_by_token(token)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused("nosuchtoken"), "Invalid X-Auth-Token");
    world.service.renew_token(user.uuid).await.unwrap();
    assert_eq!(refused(&old), "Invalid X-Auth-Token");
    let new = world.token(&user).await;
    world.modify(&user, UserChange::Admin(true)).await.unwrap();
    assert!(world.service.caller_by_token(&new).unwrap().is_admin());
    world
        .modify(&user, UserChange::Deactivate("x".into()))
        .await
        .unwrap();
    assert_eq!(refused(&new), "User inactive");
    world.modify(&user, UserChange::Activate).await.unwrap();
    world.set("ASTAKOS_AUTH_TOKEN_DURATION", Value::Int(1));
    world.wait(3600);
    world.service.caller_by_token(&new).unwrap();
    world.wait(719 * 3600);
    assert_eq!(refused(&new), "Authentication expired");
    let user = world.service.user(user.uuid).await.unwrap();
    assert_eq!(
        user.token_expires
            .unwrap()
            .duration_since(user.token_created.unwrap())
            .as_hours(),
        720
    );
    // ID-LOG-07: a login renews it.
    world.cookie("a@example.org").await;
    let newest = world.token(&user).await;
    assert_ne!(newest, new);
    world.service.caller_by_token(&newest).unwrap();
}

// ID-TOK-05, acceptance check 3 of security: nothing clear in the rows.
#[tokio::test]
async fn the_store_holds_no_clear_secret() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let token = world.token(&user).await;
    let cookie = world.cookie("a@example.org").await;
    let rows = world
        .store
        .read_now(|tx| {
            let user = tx.get::<crate::rows::User>(&user.no)?.unwrap();
            let password = tx.get::<crate::rows::Password>(&user.no)?.unwrap();
            let sessions = tx.scan::<crate::rows::Session>(None, 10)?;
            Ok(format!(
                "{}{}{}",
                serde_json::json!(user),
                serde_json::json!(password),
                serde_json::json!(sessions)
            ))
        })
        .unwrap();
    assert!(rows.contains("a@example.org") && rows.contains("$argon2id$"));
    for clear in [token.as_str(), &cookie, PASSWORD] {
        assert!(!rows.contains(clear), "{clear}");
    }
}

// ID-PWD-10 ID-PWD-12 ID-PWD-13
#[tokio::test]
async fn a_new_password_ends_other_sessions_and_the_token() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let (other, own) = (
        world.cookie("a@example.org").await,
        world.cookie("a@example.org").await,
    );
    let token = world.token(&user).await;
    let change = |old: &str, new: &str| PasswordChange {
        old: secret(old),
        new: secret(new),
        renew_token: false,
    };
    let try_ = async |old: &str, new: &str| {
        world
            .service
            .change_password(user.uuid, change(old, new), &own, &here())
            .await
    };
    let wrong = try_("wrong", "another good one").await.unwrap_err();
    assert!(matches!(wrong, Error::Invalid { field, .. } if field == "old_password"));
    let weak = try_(PASSWORD, "12345678").await.unwrap_err();
    assert!(matches!(weak, Error::Invalid { field, .. } if field == "new_password1"));
    let cookie = try_(PASSWORD, "another good one").await.unwrap();
    for dead in [&other, &own] {
        assert!(world.service.session(dead).await.unwrap().is_none());
    }
    assert!(
        world
            .service
            .session(cookie.cookie.expose_secret())
            .await
            .unwrap()
            .is_some()
    );
    assert!(world.service.caller_by_token(&token).is_err());
    assert!(world.log_in("a@example.org", PASSWORD).await.is_err());
    assert!(
        world
            .log_in("a@example.org", "another good one")
            .await
            .is_ok()
    );
}

// ID-PWD-01 ID-PWD-02 ID-PWD-03 ID-PWD-04 ID-MAIL-12
#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let cookie = world.cookie("a@example.org").await;
    let ask = async |email: &str| world.service.request_password_reset(email, &here()).await;
    ask("nobody@example.org").await.unwrap();
    assert!(world.mails().await.is_empty());
    ask("A@example.org").await.unwrap();
    let mails = world.mails().await;
    assert_eq!(
        (mails.len(), mails[0].template.as_str()),
        (1, "registration/password_email")
    );
    let url = mails[0].context["url"].as_str().unwrap().to_owned();
    let path = url
        .strip_prefix("https://cloud.example.org/ui/local/reset/confirm/")
        .unwrap();
    let parts: Vec<_> = path
        .trim_end_matches('/')
        .split('/')
        .map(str::to_owned)
        .collect();
    let (no, token) = (&parts[0], &parts[1]);
    assert!(world.service.password_reset_valid(no, token).await.unwrap());
    assert!(!world.service.password_reset_valid("MQ", "x").await.unwrap());
    assert!(
        !world
            .service
            .password_reset_valid("OTk", token)
            .await
            .unwrap(),
        "bound to the user"
    );
    let weak = world
        .service
        .reset_password(no, token, secret("a@example.org"), false)
        .await;
    assert!(matches!(weak, Err(Error::Invalid { .. })));
    world
        .service
        .reset_password(no, token, secret("brand new one"), false)
        .await
        .unwrap();
    assert!(world.service.session(&cookie).await.unwrap().is_none());
    assert!(world.log_in("a@example.org", PASSWORD).await.is_err());
    let again = world
        .service
        .reset_password(no, token, secret("brand new two"), false)
        .await;
    assert_eq!(again.unwrap_err().to_string(), "INVALID_RESET_LINK");
    world.mails().await;
    // A login kills a link, and so do three days.
    ask("a@example.org").await.unwrap();
    let mail = world.mails().await.remove(0);
    let token = mail.context["url"]
        .as_str()
        .unwrap()
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    assert!(
        world
            .service
            .password_reset_valid(no, &token)
            .await
            .unwrap()
    );
    world
        .log_in("a@example.org", "brand new one")
        .await
        .unwrap();
    assert!(
        !world
            .service
            .password_reset_valid(no, &token)
            .await
            .unwrap()
    );
    // An inactive person is told why, by mail only.
    world
        .modify(&user, UserChange::Deactivate(String::new()))
        .await
        .unwrap();
    ask("a@example.org").await.unwrap();
    let mail = world.mails().await.remove(0);
    assert!(!mail.context.contains_key("url"));
    let why = &mail.context["why"];
    assert_eq!(why["message"], "AUTH_PROVIDER_ACCOUNT_INACTIVE");
    assert_eq!(why["text"], "Your account is switched off.");
    world.wait(3600);
    world.set("ASTAKOS_HIDE_ACCOUNT_EXISTENCE", Value::Bool(false));
    assert_eq!(
        ask("nobody@example.org").await.unwrap_err().to_string(),
        "EMAIL_UNKNOWN"
    );
    let none = ask("a@example.org").await.unwrap().unwrap();
    assert_eq!(none.message, "AUTH_PROVIDER_ACCOUNT_INACTIVE");
}
