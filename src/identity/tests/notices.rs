//! Mails that tell people what was changed about the security of their account.

use super::*;
use crate::PasswordChange;
use kernel::secret::ExposeSecret;

/// What was told, to whom, since the last look.
async fn told(world: &World) -> Vec<(String, String, String)> {
    let mails = world.mails().await.into_iter();
    let notices = mails.filter(|mail| mail.template == "im/account_notice");
    let text = |mail: &MailRequest, name: &str| mail.context[name].as_str().unwrap().to_owned();
    notices
        .map(|mail| (mail.to.clone(), text(&mail, "event"), text(&mail, "detail")))
        .collect()
}

fn one(event: &str, detail: &str) -> Vec<(String, String, String)> {
    vec![("a@example.org".into(), event.into(), detail.into())]
}

fn change(old: &str, new: &str) -> PasswordChange {
    PasswordChange {
        old: secret(old),
        new: secret(new),
        renew_token: false,
    }
}

// ID-PWD-04 ID-PWD-12 ID-SES-05: whoever owns the account learns of each change
#[tokio::test]
async fn passwords_and_sessions_that_change_are_told() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let cookie = world.cookie("a@example.org").await;
    let s = &world.service;
    let wrong = s.change_password(user.uuid, change("x", "another good one"), &cookie, &HERE);
    wrong.await.unwrap_err();
    assert_eq!(told(&world).await, [], "nothing was changed");
    let changed = s.change_password(
        user.uuid,
        change(PASSWORD, "another good one"),
        &cookie,
        &HERE,
    );
    let cookie = changed.await.unwrap().cookie.expose_secret().to_owned();
    assert_eq!(told(&world).await, one("password-changed", ""));

    // Ending what there is not, or one's own session, is no news.
    s.revoke(user.uuid, None, &cookie).await.unwrap();
    assert_eq!(told(&world).await, []);
    let again = async || match world.log_in("a@example.org", "another good one").await {
        Ok(LoginOutcome::In(login)) => login,
        other => panic!("{other:?}"),
    };
    again().await;
    s.revoke(user.uuid, None, &cookie).await.unwrap();
    assert_eq!(told(&world).await, one("sessions-ended", ""));
    again().await;
    let all = s.sessions(user.uuid, &cookie).await.unwrap();
    let id_of = |current| all.iter().find(|s| s.current == current).unwrap();
    let other = id_of(false).id.clone();
    s.revoke(user.uuid, Some(&other), &cookie).await.unwrap();
    assert_eq!(told(&world).await, one("sessions-ended", ""));
    s.revoke(user.uuid, Some(&id_of(true).id), &cookie)
        .await
        .unwrap();
    assert_eq!(told(&world).await, []);

    again().await;
    s.admin_flush_sessions(&root(), user.no).await.unwrap();
    assert_eq!(told(&world).await, one("sessions-ended-by-admin", ""));
    let set = UserChange::Password(secret("a third good one"));
    world.modify(&user, set).await.unwrap();
    assert_eq!(told(&world).await, one("password-set", ""));

    let (who, token) = world.reset_link("a@example.org").await;
    s.reset_password(&who, &token, secret("a fourth good one"), false)
        .await
        .unwrap();
    assert_eq!(told(&world).await, one("password-reset", ""));
}

// ID-EML-04: both addresses learn of the move
#[tokio::test]
async fn another_address_is_told_at_both() {
    let world = World::with(&[("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true))]);
    let user = world.person("a@example.org").await;
    let s = &world.service;
    s.request_email_change(user.uuid, "new@example.org", &HERE)
        .await
        .unwrap();
    for mail in world.mails().await {
        let url = mail.context["url"].as_str().unwrap().to_owned();
        let key = url.rsplit('/').next().unwrap();
        s.agree_email_change(key, None).await.unwrap();
    }
    let both = told(&world).await;
    let to: Vec<&str> = both.iter().map(|(to, ..)| to.as_str()).collect();
    assert_eq!(to, ["new@example.org", "a@example.org"]);
    assert!(
        both.iter()
            .all(|(_, event, from)| event == "email-changed" && from == "a@example.org")
    );
}

/// Sets codes by time up.
async fn set_up(world: &World, user: &UserView, cookie: &str) -> crate::FactorKept {
    use crate::factor::FactorKind::Totp;
    let s = &world.service;
    let begun = s.factor_begin(user.uuid, cookie, Totp, secret(PASSWORD), &HERE);
    begun.await.unwrap();
    let setup = s.totp_begun(user.uuid, cookie).await.unwrap().unwrap();
    let code = factors::code_of(world, setup.secret.expose_secret());
    let kept = s.factor_confirm(user.uuid, cookie, Totp, "Telephone", &code, &HERE);
    kept.await.unwrap()
}

// ID-SEC-29: factors that come and go are told, and recovery codes that are used
#[tokio::test]
async fn factors_that_change_are_told() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let cookie = world.cookie("a@example.org").await;
    let s = &world.service;
    let kept = set_up(&world, &user, &cookie).await;
    let cookie = kept.cookie.unwrap().expose_secret().to_owned();
    assert_eq!(told(&world).await, one("factor-added", "Telephone"));

    let LoginOutcome::Half(half) = world.log_in("a@example.org", PASSWORD).await.unwrap() else {
        panic!("no second factor");
    };
    let spent = kept.codes.unwrap()[0].clone();
    let proof = crate::SecondProof::Code(secret(&spent));
    s.complete_login(half.cookie.expose_secret(), proof, &HERE)
        .await
        .unwrap();
    assert_eq!(told(&world).await, one("code-used", "9"));
    s.recovery_codes(user.uuid, &cookie, secret(PASSWORD), &HERE)
        .await
        .unwrap();
    assert_eq!(told(&world).await, one("codes-renewed", ""));
    let id = s.factors(user.uuid).await.unwrap().factors[0].id;
    s.factor_remove(user.uuid, &cookie, id, secret(PASSWORD), &HERE)
        .await
        .unwrap();
    assert_eq!(told(&world).await, one("factor-removed", "Telephone"));
    set_up(&world, &user, &cookie).await;
    told(&world).await;
    world.modify(&user, UserChange::ResetFactors).await.unwrap();
    assert_eq!(told(&world).await, one("factors-reset", ""));

    world.set("ASTAKOS_ACCOUNT_NOTICES", Value::Bool(false));
    let cookie = world.cookie("a@example.org").await;
    set_up(&world, &user, &cookie).await;
    assert_eq!(told(&world).await, [], "they were turned off");
}

// ID-SEC-32: a mail to an address nobody has proven carries no advertisement
#[tokio::test]
async fn strangers_are_not_advertised_to() {
    let world = World::with(&[
        ("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(true)),
        ("ASTAKOS_DEFAULT_USER_LEVEL", Value::Int(1)),
    ]);
    let s = &world.service;
    for (first, kept) in [
        ("Win at https://evil.example/", ""),
        ("www.evil.example", ""),
        ("Jean-Luc O'Neill", "Jean-Luc O'Neill Doe"),
    ] {
        let mut form = form("victim@example.org");
        form.first_name = first.into();
        s.sign_up(form, &here()).await.unwrap();
        let mails = world.mails().await;
        assert_eq!(mails[0].context["user"]["realname"], kept, "{first}");
    }
    let user = world.person("a@example.org").await;
    s.invite(
        user.uuid,
        "guest@example.org",
        "Buy at www.evil.example",
        &here(),
    )
    .await
    .unwrap();
    let mails = world.mails().await;
    assert_eq!(mails[0].context["invitation"]["realname"], "");
    assert_eq!(
        mails[0].context["invitation"]["inviter"]["realname"],
        "Maria Doe"
    );
}
