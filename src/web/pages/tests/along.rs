//! What goes along with ways to log in beside the password: the owner's words, invitations,
//! what is said to who has no password.

use super::methods::house_of;
use super::*;
use identity::UserChange;

const NO: Value = Value::Bool(false);
const YES: Value = Value::Bool(true);

// ID-PRV-02: every text of a method the owner may set is said somewhere.
#[tokio::test]
async fn the_owner_words_every_text_of_a_method() {
    let house = house_of(&["google", "twitter"], &[]);
    let set = |module: &str, name: &str| {
        let value = Value::Str(format!("{module}-{name}: {{title}}"));
        house.set(&format!("ASTAKOS_AUTH_PROVIDER_{module}_{name}"), value);
    };
    for name in ["PRIMARY_LOGIN_PROMPT", "LOGIN_EXTRA"] {
        set("LOCAL", name);
    }
    let names = [
        "LOGIN_PROMPT",
        "SIGNUP_TITLE",
        "PROFILE_TITLE",
        "ADD_PROMPT",
        "METHOD_DETAILS",
        "REQUIRED",
        "CANNOT_LOGIN",
        "ACCOUNT_PROMPT",
        "LOGIN_SUCCESS",
        "LOGOUT_SUCCESS_EXTRA",
        "DISABLED_FOR_CREATE",
    ];
    for module in ["GOOGLE", "TWITTER"] {
        names.iter().for_each(|name| set(module, name));
    }
    let said = |page: &str, all: &[&str]| {
        for text in all {
            assert!(page.contains(text), "no {text} in {page}");
        }
    };
    let browser = Browser::new(&house);
    let page = browser.get("/ui/login").await.is(200);
    said(
        &page,
        &[
            "LOCAL-PRIMARY_LOGIN_PROMPT: Classic",
            "LOCAL-LOGIN_EXTRA: Classic",
            "title=\"GOOGLE-LOGIN_PROMPT: Google\"",
        ],
    );
    said(
        &browser.get("/ui/signup").await.is(200),
        &["GOOGLE-SIGNUP_TITLE: Google"],
    );
    let form = Browser::new(&house)
        .elsewhere("", "ann")
        .await
        .leads_to()
        .to_owned();
    assert!(form.starts_with("/ui/signup?"), "{form}");
    let eva = house.insider("google", "eva").await;
    let page = eva.get("/ui/profile").await.is(200);
    said(
        &page,
        &[
            "GOOGLE-PROFILE_TITLE: Google",
            "GOOGLE-METHOD_DETAILS: Google",
            "TWITTER-PROFILE_TITLE: Twitter",
            "TWITTER-ADD_PROMPT: Twitter",
        ],
    );
    house.set("ASTAKOS_AUTH_PROVIDER_TWITTER_REQUIRED_POLICY", YES);
    house.set("ASTAKOS_AUTH_PROVIDER_GOOGLE_LOGIN_POLICY", NO);
    let page = eva.get("/ui/profile").await.is(200);
    said(
        &page,
        &["TWITTER-REQUIRED: Twitter", "GOOGLE-CANNOT_LOGIN: Google"],
    );
    assert!(!page.contains("TWITTER-ADD_PROMPT"));
    house.set("ASTAKOS_AUTH_PROVIDER_TWITTER_REQUIRED_POLICY", NO);
    house.set("ASTAKOS_AUTH_PROVIDER_GOOGLE_LOGIN_POLICY", YES);
    let again = Browser::new(&house);
    again.elsewhere("", "eva").await.leads_to();
    said(
        &again.get("/ui/profile").await.is(200),
        &["GOOGLE-LOGIN_SUCCESS: Google"],
    );
    again.get("/ui/logout").await.leads_to();
    said(
        &again.get("/ui/login").await.is(200),
        &["GOOGLE-LOGOUT_SUCCESS_EXTRA: Google"],
    );
    house.set("ASTAKOS_AUTH_PROVIDER_TWITTER_CREATE_POLICY", NO);
    let bob = Browser::new(&house);
    bob.at_site("twitter", "", "bob").await.leads_to();
    let refused = bob.get("/ui/login").await;
    said(&refused.is(200), &["TWITTER-DISABLED_FOR_CREATE: Twitter"]);
}

// ID-INV-04 ID-INV-05 ID-PRV-03 ID-PRV-11: the code of an invitation goes along with whoever
// signs up by a site elsewhere: the invited address is proven, accepted in spite of
// moderation, and the code works once.
#[tokio::test]
async fn an_invitation_goes_along_to_a_site_elsewhere() {
    let more = [
        ("ASTAKOS_INVITATIONS_ENABLED", YES),
        ("ASTAKOS_MODERATION_ENABLED", YES),
        ("ASTAKOS_DEFAULT_USER_LEVEL", Value::Int(0)),
    ];
    let house = house_of(&["google"], &more);
    let host = house.browser_of("host@example.org").await;
    let guest = [("username", "eva@example.org"), ("realname", "Eva Doe")];
    host.submit("/ui/invite", "/ui/invite", &guest)
        .await
        .leads_to();
    let link = house.mailed_path("invitation").await;
    let browser = Browser::new(&house);
    let page = browser
        .get(browser.get(&link).await.leads_to())
        .await
        .is(200);
    let google = between(&page, "href=\"/ui/login/google", "\"").to_owned();
    let forms = async |browser: &Browser, who: &str| {
        let form = browser.elsewhere(&google, who).await.leads_to().to_owned();
        assert!(form.contains("&code="), "{form}");
        form
    };
    let form = forms(&browser, "eva").await;
    let page = browser.get(&form).await.is(200);
    let token = between(&page, "name=\"third_party_token\" value=\"", "\"");
    let code = between(&page, "name=\"code\" value=\"", "\"");
    let fields = |token, email| {
        [
            ("third_party_token", token),
            ("code", code),
            ("email", email),
        ]
    };
    // Another browser is on the way with the same code.
    let late = Browser::new(&house);
    let late_form = forms(&late, "ann").await;
    let late_token = between(&late_form, "third_party_token=", "&");
    let late_page = late.get(&late_form).await.is(200);
    let made = browser
        .submit(&form, "/ui/signup", &fields(token, "eva@example.org"))
        .await;
    assert_eq!(made.leads_to(), "/ui/landing");
    let eva = house.account("eva@example.org").await;
    assert_eq!(
        (eva.accepted_policy.as_deref(), eva.level),
        (Some("invitation"), 1)
    );
    let mut sent = vec![("csrfmiddlewaretoken", proof(&late_page))];
    sent.extend(
        fields(late_token, "ann@example.org").map(|(name, value)| (name, value.to_owned())),
    );
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let refused = late.post("/ui/signup", &sent).await.is(200);
    assert!(
        refused.contains("data-key=\"INVITATION_CONSUMED_ERR\""),
        "{refused}"
    );
    assert_eq!(late.get(&late_form).await.leads_to(), "/ui");
    let found = house
        .0
        .state
        .identity
        .user_by_email("ann@example.org")
        .await;
    assert!(found.unwrap().is_none());
    // Without a form too, where the site says all there is to say; with a code that was
    // used the form says so.
    house.set(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_USER_ATTR_MAP",
        Value::Dict(
            ["email", "first_name", "last_name"]
                .map(|name| {
                    let forced = vec![Value::Str("email".into()), NO];
                    (Value::Str(name.into()), Value::List(forced))
                })
                .into(),
        ),
    );
    let guest = [("username", "bob@example.org"), ("realname", "")];
    host.submit("/ui/invite", "/ui/invite", &guest)
        .await
        .leads_to();
    let link = house.mailed_path("invitation").await;
    let (_, code) = link.split_once('?').unwrap();
    let made = Browser::new(&house)
        .elsewhere(&format!("?{code}"), "bob")
        .await;
    assert_eq!(made.leads_to(), "/ui/landing");
    let bob = house.account("bob@example.org").await;
    assert_eq!(bob.accepted_policy.as_deref(), Some("invitation"));
    let cy = Browser::new(&house)
        .elsewhere(&format!("?{code}"), "cy")
        .await;
    assert!(cy.leads_to().starts_with("/ui/signup?third_party_token="));
}

// ID-PWD-01 ID-PWD-02 ID-VER-04: login/password/email acceptance 4, where the existence of
// accounts is no secret: the page names the other ways, and offers another verification
// mail. Who has no password is told that before the state of the account.
#[tokio::test]
async fn who_has_no_password_is_told_the_other_ways_on_the_page() {
    let house = house_of(&["google"], &[("ASTAKOS_HIDE_ACCOUNT_EXISTENCE", NO)]);
    house.insider("google", "eva").await;
    house.outsider("google", "ann").await;
    let browser = Browser::new(&house);
    let ask = async |email: &str| {
        let page = "/ui/local/password_reset";
        browser.submit(page, page, &[("email", email)]).await
    };
    house.mails().await;
    let said = ask("eva@example.org").await.is(200);
    let said = between(&said, "role=\"alert\">", "</div>");
    let other = "Log in with <a href=\"/ui/login/google\">Google login</a>.";
    assert!(
        said.contains("Classic login is not available") && said.contains(other),
        "{said}"
    );
    let page = ask("ann@example.org").await.is(200);
    assert!(
        page.contains(other) && page.contains("action=\"/ui/send/activation\""),
        "{page}"
    );
    let eva = house.account("eva@example.org").await;
    let off = UserChange::Deactivate(String::new());
    let identity = &house.0.state.identity;
    let root = super::admin::root();
    identity
        .admin_modify(&root, eva.no, vec![off])
        .await
        .unwrap();
    assert!(ask("eva@example.org").await.is(200).contains(other));
    house.person("maria@example.org").await;
    assert_eq!(
        ask("maria@example.org").await.leads_to(),
        "/ui/local/password_reset_done"
    );
    let mails = house.mails().await;
    let templates: Vec<_> = mails.iter().map(|mail| mail.template.as_str()).collect();
    assert_eq!(
        templates
            .iter()
            .filter(|t| **t == "registration/password_email")
            .count(),
        1
    );
}

// ID-LOG-06 ID-PRV-10 ID-SEC-29: the way that is remembered is the one somebody came by,
// where a second factor stands behind it too.
#[tokio::test]
async fn the_way_remembered_is_that_of_before_the_second_factor() {
    let house = house_of(&["google"], &[]);
    house.insider("google", "eva").await;
    let identity = &house.0.state.identity;
    let eva = house.account("eva@example.org").await;
    let admin = vec![UserChange::Admin(true)];
    let root = super::admin::root();
    identity.admin_modify(&root, eva.no, admin).await.unwrap();
    house.set("ADMIN_REQUIRE_2FA", YES);
    let browser = Browser::new(&house);
    let half = browser.elsewhere("?next=%2Fui%2Fresources", "eva").await;
    let asked = half.leads_to().to_owned();
    assert!(asked.starts_with("/ui/login/second"), "{asked}");
    let page = browser.get(&asked).await.is(200);
    let key = between(&page, "secret=", "&").to_owned();
    let code = super::second::code_of(&house, &key);
    let fields = [("code", code.as_str()), ("next", "/ui/resources")];
    let entered = browser.submit(&asked, "/ui/login/second", &fields).await;
    let last = entered.cookie("astakos_last_login_method").unwrap();
    assert!(last.contains("=google"), "{last}");
    entered.is(200);
    browser.get("/ui/logout").await.leads_to();
    let page = browser.get("/ui/login").await.is(200);
    assert!(
        page.contains("Your session at Google may still be open"),
        "{page}"
    );
}

// ID-PWD-11 ID-PWD-12: a first password is a method that was added; the token is another
// one where the box is ticked.
#[tokio::test]
async fn a_first_password_is_added_and_renews_the_token_where_wanted() {
    let keep = ("ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN", NO);
    let house = house_of(&["google"], &[keep]);
    let identity = &house.0.state.identity;
    for (who, renew) in [("eva", "on"), ("ann", "")] {
        let browser = house.insider("google", who).await;
        let account = house.account(&format!("{who}@example.org")).await;
        let before = account.token_created;
        house.0.clock.advance(std::time::Duration::from_secs(60));
        let path = "/ui/password_change";
        let page = browser.get(path).await.is(200);
        assert!(page.contains("name=\"renew\"") && !page.contains("old_password"));
        let fields = [
            ("new_password1", PASSWORD),
            ("new_password2", PASSWORD),
            ("renew", renew),
        ];
        let made = browser.submit(path, path, &fields).await;
        assert_eq!(made.leads_to(), "/ui/profile");
        let page = browser.get("/ui/profile").await.is(200);
        let told = between(&page, "data-key=\"AUTH_PROVIDER_ADDED\"", "</div>");
        assert!(
            told.contains("Classic login added to your account."),
            "{told}"
        );
        let after = identity.user(account.uuid).await.unwrap();
        assert_eq!(after.token_created != before, renew == "on", "{who}");
        assert!(after.methods.iter().any(|method| method.module == "local"));
        let entered = Browser::new(&house).log_in(&account.email, PASSWORD).await;
        assert_eq!(entered.leads_to(), "/ui/landing");
    }
}

// ID-CON-09 ID-OPS-12: acceptance check 1 of the log: logins that fail are logged like those
// that do not, by uuid and address, and nothing that is secret or was only typed.
#[tokio::test]
async fn the_log_names_who_came_and_who_did_not_get_in() {
    let house = House::new();
    let uuid = house.person("maria@example.org").await;
    let heard = crate::testing::Heard::of("astakos.im");
    let _until_the_end = tracing::subscriber::set_default(heard.clone());
    let browser = Browser::new(&house);
    for (name, password) in [
        ("maria@example.org", "a wrong one"),
        ("hunter2hunter2", "x"),
    ] {
        browser.log_in(name, password).await.is(200);
    }
    let maria = format!("{uuid}::maria@example.org");
    let said = heard.all();
    for wanted in [
        format!("a login failed: the password of {maria} was wrong, from "),
        "a login failed: the password of nobody who is known was wrong, from ".to_owned(),
    ] {
        assert!(said.contains(&wanted), "no {wanted} in {said}");
    }
    browser
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to();
    let path = "/ui/password_change";
    let fields = [
        ("old_password", PASSWORD),
        ("new_password1", "another long phrase"),
        ("new_password2", "another long phrase"),
    ];
    browser.submit(path, path, &fields).await.leads_to();
    let path = "/ui/profile/update_token";
    browser.submit("/ui/api_access", path, &[]).await.leads_to();
    let left = browser.get("/ui/logout").await;
    assert_eq!(left.leads_to(), "/ui");
    let cookie = left.cookie("sessionid").unwrap();
    assert!(cookie.contains("Max-Age=0"), "{cookie}");
    let said = heard.all();
    for what in [
        "logged in",
        "has a new password",
        "has a new token",
        "logged out",
    ] {
        let wanted = format!("{maria} {what}");
        assert!(said.contains(&wanted), "no {wanted} in {said}");
    }
    for secret in [PASSWORD, "a wrong one", "another long phrase", "hunter2"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}
