//! What settings do to accounts, as an owner writes them into the files: named by ID.

use super::*;
use crate::{
    Outcome,
    oauth2::{AskedGrant, AskedToken, ClientKind, Credentials, NewClient, Refused},
    policy::Policy,
    rules::Rules,
};
use kernel::{Error, secret::ExposeSecret};

/// A world under these lines of a settings file.
fn under(lines: &str) -> World {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("ASTAKOS_BASE_URL = 'https://cloud.example.org'\n{lines}\n");
    std::fs::write(dir.path().join("20-a.conf"), text).unwrap();
    let loaded = kernel::settings::load(dir.path(), [], &[]).unwrap_or_else(|e| panic!("{e}"));
    let world = World::new();
    world.settings.replace(loaded.settings);
    world
}

async fn verified(world: &World, email: &str) -> Outcome {
    let (_, code) = world.sign_up(email).await;
    world.service.verify(&code, &here()).await.unwrap().outcome
}

// ID-SET-20 ID-SET-21
#[tokio::test]
async fn moderation_is_on_or_off_and_patterns_pass_it() {
    let world = under("");
    assert_eq!(verified(&world, "a@example.org").await, Outcome::Accepted);
    let world = under(
        "ASTAKOS_MODERATION_ENABLED = True\n\
         ASTAKOS_RE_USER_EMAIL_PATTERNS = ['.*@(cs|ece)\\\\.example\\\\.org$']",
    );
    for (email, outcome) in [
        ("a@example.org", Outcome::PendingModeration),
        ("a@cs.example.org", Outcome::Accepted),
        ("a@cs.example.org.evil.org", Outcome::PendingModeration),
    ] {
        let got = verified(&world, email).await;
        let passed = matches!(got, Outcome::Accepted | Outcome::Activated);
        let wanted = outcome == Outcome::Accepted;
        assert_eq!(passed, wanted, "{email}: {got:?}");
    }
}

// ID-SET-02
#[tokio::test]
async fn a_token_lives_as_long_as_the_setting_says() {
    for (lines, hours) in [("", 720), ("ASTAKOS_AUTH_TOKEN_DURATION = 3", 3)] {
        let world = under(lines);
        let user = world.person("a@example.org").await;
        let token = world.token(&user).await;
        world.wait(hours * 3600 - 60);
        assert!(world.service.caller_by_token(&token).is_ok(), "{hours}");
        world.wait(120);
        assert!(world.service.caller_by_token(&token).is_err(), "{hours}");
    }
}

// ID-SET-03 ID-SET-04 ID-SET-05
#[tokio::test]
async fn levels_and_their_invitations_are_those_of_the_settings() {
    let world = under("");
    let user = world.person("a@example.org").await;
    assert_eq!((user.level, user.invitations), (4, 0));
    let invite = async |world: &World, user: &UserView| {
        let sent = world
            .service
            .invite(user.uuid, "b@example.org", "Ann Lee", &HERE);
        sent.await
    };
    let shut = invite(&world, &user).await;
    assert!(matches!(shut, Err(Error::NotFound { .. })), "{shut:?}");
    let world = under(
        "ASTAKOS_INVITATIONS_ENABLED = True\nASTAKOS_DEFAULT_USER_LEVEL = 1\n\
         ASTAKOS_INVITATIONS_PER_LEVEL = {0: 9, 1: 1}",
    );
    let user = world.person("a@example.org").await;
    assert_eq!((user.level, user.invitations), (1, 1));
    invite(&world, &user).await.unwrap();
    let sent = world
        .service
        .invite(user.uuid, "c@example.org", "Cy Lee", &HERE)
        .await;
    let error = sent.unwrap_err().to_string();
    assert!(error.contains("MAX_INVITATION_NUMBER_REACHED"), "{error}");
    world.mails().await;
}

// ID-SET-27: so many failures before a captcha is asked for.
#[tokio::test]
async fn failures_before_a_captcha_are_those_of_the_setting() {
    for allowed in [1, 3] {
        let world = under(&format!(
            "ASTAKOS_RATELIMIT_RETRIES_ALLOWED = {allowed}\nASTAKOS_RECAPTCHA_ENABLED = True\n\
             ASTAKOS_CAPTCHA_PROVIDER = 'builtin'"
        ));
        world.person("a@example.org").await;
        let mut free = 0;
        while !world.service.captcha_due("a@example.org") && free < 10 {
            let _ = world.log_in("a@example.org", "wrong").await;
            free += 1;
        }
        assert_eq!(
            free,
            allowed - 1,
            "the attempt that reaches the number wants one"
        );
    }
}

// ID-SET-33
#[tokio::test]
async fn links_for_another_address_are_good_for_the_days_of_the_setting() {
    let on = "ASTAKOS_EMAILCHANGE_ENABLED = True\n";
    for (lines, days) in [
        (String::new(), 10),
        ("ASTAKOS_EMAILCHANGE_ACTIVATION_DAYS = 2\n".to_owned(), 2),
    ] {
        let world = under(&format!("{on}{lines}"));
        let user = world.person("eva@example.org").await;
        let (key, _) = super::email_change::asked(&world, &user, "eva@new.example").await;
        world.wait(days * 86_400 - 60);
        world.service.email_change_of(&key, None).await.unwrap();
        world.wait(120);
        assert!(world.service.email_change_of(&key, None).await.is_err());
    }
    let world = under("");
    let user = world.person("eva@example.org").await;
    let asked = world
        .service
        .request_email_change(user.uuid, "eva@new.example", &HERE);
    assert!(asked.await.is_err(), "off by default");
}

// ID-SET-48 ID-SET-50
#[tokio::test]
async fn groups_of_the_settings_open_statistics_and_the_administration_interface() {
    let world = under(
        "ASTAKOS_ADMIN_STATS_PERMITTED_GROUPS = ['counters']\n\
         ASTAKOS_ADMIN_API_PERMITTED_GROUPS = ['robots']",
    );
    let user = world.person("a@example.org").await;
    let token = world.token(&user).await;
    let may = || {
        let service = &world.service;
        let stats = service.may_read_statistics(&token).is_ok();
        (stats, service.admin_by_token(&token).is_ok())
    };
    for (group, opens) in [
        ("admin-stats", (false, false)),
        ("admin-api", (false, false)),
        ("counters", (true, false)),
        ("robots", (true, true)),
    ] {
        world.service.group_add(&root(), group).await.unwrap();
        world
            .modify(&user, UserChange::AddGroup(group.into()))
            .await
            .unwrap();
        assert_eq!(may(), opens, "{group}");
    }
}

// ID-SET-60 ID-SET-61 ID-SET-62 ID-SET-64: who is mailed.
#[tokio::test]
async fn those_named_in_the_settings_are_told() {
    let lines = "ADMINS = (('Ada', 'ada@x.org'),)\nMANAGERS = (('Mia', 'mia@x.org'),)\n\
                 HELPDESK = (('Hal', 'hal@x.org'), ('Ada', 'ada@x.org'))\n\
                 ASTAKOS_MODERATION_ENABLED = True";
    let told = async |lines: &str| {
        let world = under(lines);
        let (_, code) = world.sign_up("a@example.org").await;
        let waiting = world.service.verify(&code, &here()).await.unwrap().user;
        let pending = world.mails().await;
        let user = world.modify(&waiting, UserChange::Accept).await.unwrap();
        let accepted = world.mails().await;
        let said = world
            .service
            .feedback(user.uuid, "hello".into(), String::new(), &HERE);
        said.await.unwrap();
        let feedback = world.mails().await;
        [
            to(&pending, "im/account_pending_moderation_notification"),
            to(&accepted, "im/account_activated_notification"),
            to(&feedback, "im/feedback_mail"),
        ]
    };
    let all = vec!["ada@x.org", "hal@x.org", "mia@x.org"];
    let help = vec!["ada@x.org", "hal@x.org"];
    assert_eq!(told(lines).await, [all.clone(), all.clone(), help.clone()]);
    let own = format!("{lines}\nACCOUNT_ACTIVATED_RECIPIENTS = [('Own', 'own@x.org')]");
    assert_eq!(told(&own).await, [all, vec!["own@x.org"], help.clone()]);
    let own = format!("{lines}\nACCOUNT_NOTIFICATIONS_RECIPIENTS = [('Own', 'own@x.org')]");
    assert_eq!(
        told(&own).await,
        [vec!["own@x.org"], vec!["own@x.org"], help]
    );
}

fn to(mails: &[MailRequest], template: &str) -> Vec<String> {
    let mails = mails.iter().filter(|mail| mail.template == template);
    let mut all: Vec<_> = mails.map(|mail| mail.to.clone()).collect();
    all.sort();
    all
}

// ID-SET-36
#[tokio::test]
async fn a_new_password_makes_a_new_token_if_the_setting_says_so() {
    for (lines, kept) in [
        ("", false),
        ("ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN = False", true),
    ] {
        let world = under(lines);
        let user = world.person("a@example.org").await;
        let token = world.token(&user).await;
        let (who, proof) = world.reset_link("a@example.org").await;
        let new = secret("another battery staple");
        world
            .service
            .reset_password(&who, &proof, new, false)
            .await
            .unwrap();
        assert_eq!(
            world.service.caller_by_token(&token).is_ok(),
            kept,
            "{lines}"
        );
        world.mails().await;
    }
}

// ID-SET-72
#[tokio::test]
async fn codes_and_tokens_of_clients_are_as_long_as_the_settings_say() {
    for (lines, code_length, token_length, life, longest) in [
        ("", 60, 30, 20, 5000),
        (
            "OAUTH2_AUTHORIZATION_CODE_LENGTH = 80\nOAUTH2_TOKEN_LENGTH = 50\n\
             OAUTH2_TOKEN_EXPIRES = 100\nOAUTH2_MAXIMUM_ALLOWED_REDIRECT_URI_LENGTH = 90",
            80,
            50,
            100,
            90,
        ),
    ] {
        let world = under(lines);
        let service = &world.service;
        let back = "https://client.example.org/cb";
        let new = NewClient {
            identifier: "client1".into(),
            secret: Some(secret("s3cret")),
            kind: ClientKind::Confidential,
            is_trusted: true,
            urls: vec![back.into()],
        };
        service.oauth2_client_add(&root(), new).await.unwrap();
        let user = world.person("a@example.org").await;
        let asked = |redirect: String| AskedGrant {
            credentials: Credentials {
                basic: None,
                client_id: Some("client1".into()),
            },
            response_type: Some("code".into()),
            redirect_uri: Some(redirect),
            ..AskedGrant::default()
        };
        let fits = format!("{back}/{}", "a".repeat(longest - back.len() - 1));
        assert!(service.oauth2_check(&asked(fits.clone())).is_ok());
        let long = service.oauth2_check(&asked(format!("{fits}a")));
        assert!(matches!(
            long,
            Err(Refused::Client(_, "Redirect uri is too long"))
        ));
        let grant = service.oauth2_check(&asked(back.into())).unwrap();
        let code = service.oauth2_issue(user.uuid, grant).await.unwrap();
        assert_eq!(code.len(), code_length);
        let redeemed = service.oauth2_redeem(AskedToken {
            credentials: Credentials {
                basic: Some(("client1".into(), secret("s3cret"))),
                client_id: None,
            },
            grant_type: Some("authorization_code".into()),
            code: Some(code),
            redirect_uri: Some(back.into()),
            verifier: None,
        });
        let (token, seconds) = redeemed.await.unwrap();
        assert_eq!((token.expose_secret().len(), seconds), (token_length, life));
    }
}

// The guide: automatic activation for academic users, who cannot remove that login, while
// those who sign up locally stay under moderation.
#[tokio::test]
async fn the_guides_policies_of_ways_to_log_in() {
    let lines = "ASTAKOS_MODERATION_ENABLED = True\n\
                 ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_AUTOMODERATE_POLICY = True\n\
                 ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_REMOVE_POLICY = False";
    let world = under(lines);
    let rules = Rules {
        settings: world.settings.now(),
        keys: Keys::from_bytes([7; 32]).unwrap(),
    };
    let academic = crate::policy::settings(&rules, "shibboleth");
    let local = crate::policy::settings(&rules, "local");
    assert!(academic.allows(Policy::Automoderate) && !academic.allows(Policy::Remove));
    assert!(!local.allows(Policy::Automoderate) && local.allows(Policy::Remove));
    for policies in [academic, local] {
        for usual in [Policy::Create, Policy::Add, Policy::Login] {
            assert!(policies.allows(usual), "{usual:?}");
        }
    }
    let got = verified(&world, "a@example.org").await;
    assert_eq!(got, Outcome::PendingModeration);
}

// ID-PRV-01 ID-PWD-02: where passwords are not offered there is no new one by mail either
#[tokio::test]
async fn no_password_is_mailed_where_passwords_are_off() {
    let world = World::new();
    let user = world.person("a@example.org").await;
    let (who, token) = world.reset_link(&user.email).await;
    assert!(
        world
            .service
            .password_reset_valid(&who, &token)
            .await
            .unwrap()
    );
    let mut without = (*world.settings.now()).clone();
    without.set("ASTAKOS_IM_MODULES", Value::List(vec![text("google")]));
    world.settings.replace(without);
    let asked = world
        .service
        .request_password_reset(&user.email, &HERE)
        .await;
    assert!(matches!(asked, Err(Error::NotFound { .. })), "{asked:?}");
    assert!(
        !world
            .service
            .password_reset_valid(&who, &token)
            .await
            .unwrap()
    );
    let password = kernel::secret::SecretString::from("another good one");
    let set = world.service.reset_password(&who, &token, password, false);
    assert!(matches!(set.await, Err(Error::NotFound { .. })));
    assert!(world.mails().await.is_empty());
}
