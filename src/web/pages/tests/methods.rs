//! Ways to log in beside the password, against a site elsewhere that is a double.

use super::*;
use login::{Adapter, Answer, Leg, Next, Registry, Turn};
use std::sync::Arc;

/// A site that vouches for whoever its `who` names.
#[derive(Debug)]
struct Elsewhere(&'static str);

impl Adapter for Elsewhere {
    fn module(&self) -> &'static str {
        self.0
    }

    fn step(&self, leg: Leg) -> Answer<'_> {
        Box::pin(async move {
            if leg.turn == Turn::First {
                let url = format!(
                    "https://idp.example/?state={}&to={}",
                    leg.nonce, leg.callback
                );
                return Ok(Next::Elsewhere {
                    url,
                    remember: "verifier".into(),
                });
            }
            if !leg.came_back() || leg.remembered != "verifier" {
                return Err(kernel::Error::forbidden("state"));
            }
            if leg.asked("who").is_empty() {
                return Ok(Next::Back("AUTH_PROVIDER_AUTHENTICATION_FAILED"));
            }
            let who = leg.asked("who").to_owned();
            Ok(Next::Proven(Box::new(identity::provider::Outside {
                module: self.0.into(),
                attributes: [("email".to_owned(), format!("{who}@example.org"))].into(),
                identifier: who,
                groups: (self.0 == "ldap").then(|| vec!["staff".to_owned()]),
                ..identity::provider::Outside::default()
            })))
        })
    }
}

pub(super) fn names(all: &[&str]) -> Value {
    Value::List(all.iter().map(|name| Value::Str((*name).into())).collect())
}

pub(super) fn house(more: &[(&str, Value)]) -> House {
    house_of(&["google"], more)
}

/// A house with these ways beside the password.
pub(super) fn house_of(modules: &[&'static str], more: &[(&str, Value)]) -> House {
    let offered = [&["local"], modules].concat();
    let mut all = vec![("ASTAKOS_IM_MODULES", names(&offered))];
    all.extend_from_slice(more);
    let mut house = House::with(&all);
    let doubles = modules.iter().fold(Registry::product(), |all, module| {
        all.with(Arc::new(Elsewhere(module)))
    });
    house.0.state.logins = Arc::new(doubles);
    house
}

impl Browser {
    /// Goes elsewhere and comes back as `who`.
    pub(super) async fn elsewhere(&self, query: &str, who: &str) -> Seen {
        self.at_site("google", query, who).await
    }

    /// The same by another site.
    pub(super) async fn at_site(&self, module: &str, query: &str, who: &str) -> Seen {
        let path = format!("/ui/login/{module}");
        let sent = self.get(&format!("{path}{query}")).await;
        let away = sent.leads_to().to_owned();
        let back = format!("to=https://cloud.example.org{path}/authenticated");
        assert!(away.ends_with(&back), "{away}");
        let state = between(&away, "state=", "&").to_owned();
        self.get(&format!("{path}/authenticated?state={state}&who={who}"))
            .await
    }
}

// ID-DSH-01 ID-PRV-03 ID-PRV-10 ID-PRV-11 ID-REG-10 ID-REG-11 ID-REG-14 ID-LOG-20: acceptance 1
#[tokio::test]
async fn somebody_known_elsewhere_signs_up_and_logs_in() {
    let house = house(&[]);
    let browser = Browser::new(&house);
    let page = browser.get("/ui/login").await.is(200);
    for module in ["local", "google"] {
        assert!(
            page.contains(&format!("data-module=\"{module}\"")),
            "no {module}"
        );
    }
    assert!(page.contains("id=\"login-form\""));
    let back = browser.elsewhere("?next=%2Fui%2Fresources", "eva").await;
    let form = back.leads_to().to_owned();
    assert!(form.starts_with("/ui/signup?third_party_token="), "{form}");
    let page = browser.get(&form).await.is(200);
    assert!(page.contains("id=\"third-party-signup-form\"") && page.contains("eva@example.org"));
    let token = between(&page, "name=\"third_party_token\" value=\"", "\"").to_owned();
    let fields = [
        ("third_party_token", token.as_str()),
        ("email", "eva@example.org"),
    ];
    let made = browser.submit(&form, "/ui/signup", &fields).await;
    assert!(made.is(200).contains("data-page=\"pending\""));
    browser.get(&form).await.is(404);
    let link = house.mailed_path("activation").await;
    browser.get(&link).await.leads_to();
    let other = Browser::new(&house);
    let entered = other.elsewhere("?next=%2Fui%2Fresources", "eva").await;
    assert_eq!(entered.leads_to(), "/ui/resources");
    assert!(entered.cookie("sessionid").unwrap().contains("HttpOnly"));
    assert!(
        entered
            .cookie("astakos_last_login_method")
            .unwrap()
            .contains("=google")
    );
    other.submit("/ui/profile", "/ui/logout", &[]).await;
    let page = other.get("/ui/login").await.is(200);
    let google = between(&page, "data-module=\"google\"", "</li>");
    assert!(google.contains("badge"), "the last way is marked: {google}");
    // Only paths of ours are led back to.
    let entered = other
        .elsewhere("?next=https%3A%2F%2Fevil.example", "eva")
        .await;
    assert_eq!(entered.leads_to(), "/ui/landing");
}

// ID-OAU-03 ID-PRV-11: acceptance 6
#[tokio::test]
async fn a_login_that_was_not_begun_here_lets_nobody_in() {
    let house = house(&[]);
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    browser
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to();
    browser.elsewhere("", "maria").await.leads_to();
    browser.submit("/ui/profile", "/ui/logout", &[]).await;
    let begun = browser.get("/ui/login/google").await;
    let state = between(begun.leads_to(), "state=", "&").to_owned();
    let path = |state: &str| format!("/ui/login/google/authenticated?state={state}&who=maria");
    let stranger = Browser::new(&house);
    assert_eq!(stranger.get(&path(&state)).await.leads_to(), "/ui/login");
    assert_eq!(browser.get(&path("wrong")).await.leads_to(), "/ui/login");
    // A leg is spent by any answer.
    browser.get("/ui/login/google").await.leads_to();
    let sealed = browser.cookies.borrow()["loginleg"].clone();
    let begun = browser.get("/ui/login/google").await;
    let state = between(begun.leads_to(), "state=", "&").to_owned();
    let fresh = browser.cookies.borrow()["loginleg"].clone();
    assert_eq!(browser.get(&path(&state)).await.leads_to(), "/ui/landing");
    browser.submit("/ui/profile", "/ui/logout", &[]).await;
    for old in [fresh, sealed, "nonsense".to_owned()] {
        browser.cookies.borrow_mut().insert("loginleg".into(), old);
        assert_eq!(browser.get(&path(&state)).await.leads_to(), "/ui/login");
    }
    let begun = browser.get("/ui/login/google").await;
    let state = between(begun.leads_to(), "state=", "&").to_owned();
    house.0.clock.advance(std::time::Duration::from_secs(600));
    assert_eq!(browser.get(&path(&state)).await.leads_to(), "/ui/login");
    assert!(
        browser
            .get("/ui/profile")
            .await
            .leads_to()
            .starts_with("/ui/login")
    );
}

// ID-PRV-01 ID-LOG-01
#[tokio::test]
async fn modules_that_are_not_there_have_no_pages() {
    let house = house(&[("ASTAKOS_IM_MODULES", names(&["google", "twitter"]))]);
    let browser = Browser::new(&house);
    for path in [
        "/ui/local",
        "/ui/local/password_reset",
        "/ui/local/password_reset/done",
        "/ui/local/password/reset/complete",
        "/ui/local/reset/confirm/MQ/token",
        "/ui/login/local",
        "/ui/login/ldap",
        "/ui/login/shibboleth",
        "/ui/login/myspace",
        "/ui/login/linkedin/authenticated",
    ] {
        browser.get(path).await.is(404);
    }
    // Enabled, but nothing here can do it yet: said clearly, and not offered.
    assert!(
        browser
            .get("/ui/login/twitter")
            .await
            .is(501)
            .contains("Twitter")
    );
    let page = browser.get("/ui/login").await.is(200);
    assert!(!page.contains("data-module=\"twitter\"") && !page.contains("login-form"));
    assert!(page.contains("Google LOGIN"));
}

// ID-DSH-05 ID-PRV-13 ID-PRV-14 ID-UI-33: acceptance 2 and 3
#[tokio::test]
async fn methods_are_added_and_removed_on_the_profile() {
    let house = house(&[]);
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/profile").await.is(200);
    let local = between(&page, "<li data-id=\"", "\"").to_owned();
    assert!(page.contains("/ui/login/google?force_login=1"));
    let path = |id: &str| format!("/ui/remove_auth_provider/{id}");
    browser.get(&path(&local)).await.is(405);
    browser
        .submit("/ui/profile", &path(&local), &[])
        .await
        .is(403);
    let added = browser.elsewhere("", "maria").await;
    assert_eq!(added.leads_to(), "/ui/profile");
    let page = browser.get("/ui/profile").await.is(200);
    assert!(
        page.contains("data-key=\"AUTH_PROVIDER_ADDED\"") && page.contains("Google login added")
    );
    let google = between(&page, "remove-provider-", "\"").to_owned();
    // LIMIT 1, and another person's identity.
    browser.elsewhere("", "second").await.leads_to();
    assert!(
        browser
            .get("/ui/profile")
            .await
            .is(200)
            .contains("AUTH_PROVIDER_ADD_FAILED")
    );
    let other = house.browser_of("eva@example.org").await;
    other.elsewhere("", "maria").await.leads_to();
    assert!(
        other
            .get("/ui/profile")
            .await
            .is(200)
            .contains("AUTH_PROVIDER_ADD_EXISTS")
    );
    other
        .submit("/ui/profile", &path(&google), &[])
        .await
        .is(404);
    other.submit("/ui/profile", &path("x"), &[]).await.is(404);
    let gone = browser.submit("/ui/profile", &path(&google), &[]).await;
    assert_eq!(gone.leads_to(), "/ui/profile");
    assert!(
        browser
            .get("/ui/profile")
            .await
            .is(200)
            .contains("AUTH_PROVIDER_REMOVED")
    );
}

// ID-DSH-14 ID-LOG-08 ID-REG-13 ID-LOG-20
#[tokio::test]
async fn who_has_an_account_adds_the_method_to_it() {
    let house = house(&[]);
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    let form = browser.elsewhere("", "maria").await.leads_to().to_owned();
    let token = form.split_once('=').unwrap().1.to_owned();
    let fields = [
        ("third_party_token", token.as_str()),
        ("email", "maria@example.org"),
    ];
    let used = browser.submit(&form, "/ui/signup", &fields).await.is(200);
    assert!(used.contains("data-key=\"EMAIL_USED\""));
    let ask = between(&used, "href=\"/ui/signup/existing", "\"");
    let page = browser
        .get(&format!("/ui/signup/existing{ask}"))
        .await
        .is(200);
    let yes = between(&page, "href=\"/ui/?key=", "#other-login-methods");
    assert_eq!(yes, token);
    let index = browser.get(&format!("/ui/?key={token}")).await;
    let login = index.leads_to().to_owned();
    let page = browser.get(&login).await.is(200);
    assert!(page.contains("data-key=\"AUTH_PROVIDER_LOGIN_TO_ADD\""));
    let fields = [
        ("username", "maria@example.org"),
        ("password", PASSWORD),
        ("key", &token),
    ];
    browser
        .submit(&login, "/ui/local", &fields)
        .await
        .leads_to();
    let page = browser.get("/ui/profile").await.is(200);
    assert!(page.contains("data-key=\"AUTH_PROVIDER_ADDED\""), "{page}");
    let other = Browser::new(&house);
    assert_eq!(other.elsewhere("", "maria").await.leads_to(), "/ui/landing");
    // Somebody else's key is a link like any other: it adds nothing, and signs nobody up.
    let thief = Browser::new(&house);
    let form = thief.elsewhere("", "thief").await.leads_to().to_owned();
    let token = form.split_once('=').unwrap().1.to_owned();
    let lured = Browser::new(&house);
    lured.get(&form).await.is(404);
    let fields = [
        ("username", "maria@example.org"),
        ("password", PASSWORD),
        ("key", &token),
    ];
    let login = format!("/ui/login?key={token}");
    lured.submit(&login, "/ui/local", &fields).await.leads_to();
    let page = lured.get("/ui/profile").await.is(200);
    assert!(page.contains("AUTH_PROVIDER_ADD_FAILED"), "{page}");
    let again = thief.elsewhere("", "thief").await;
    let still = again
        .leads_to()
        .starts_with("/ui/signup?third_party_token=");
    assert!(still, "the thief is known");
    // A key that is worth nothing is said so, after the login.
    let late = Browser::new(&house);
    late.submit("/ui/login?key=x", "/ui/local", &fields)
        .await
        .leads_to();
    assert!(
        late.get("/ui/profile")
            .await
            .is(200)
            .contains("AUTH_PROVIDER_ADD_FAILED")
    );
    // With a key, an identity nobody holds signs nobody up.
    let nobody = Browser::new(&house).elsewhere("?key=abc", "zoe").await;
    assert_eq!(nobody.leads_to(), "/ui/login?key=abc");
}

// ID-REG-10 ID-DSH-14
#[tokio::test]
async fn a_sign_up_from_elsewhere_can_be_given_up() {
    let house = house(&[]);
    let browser = Browser::new(&house);
    let form = browser.elsewhere("", "eva").await.leads_to().to_owned();
    let token = form.split_once('=').unwrap().1.to_owned();
    let fields = [("third_party_token", token.as_str()), ("cancel", "1")];
    assert_eq!(
        browser
            .submit(&form, "/ui/signup", &fields)
            .await
            .leads_to(),
        "/ui"
    );
    browser.get(&form).await.is(404);
    browser
        .get("/ui/signup?third_party_token=nonsense")
        .await
        .is(404);
}

// ID-REG-01 ID-DSH-02: acceptance 5
#[tokio::test]
async fn the_sign_up_offers_what_one_may_sign_up_with() {
    let house = house(&[]);
    let browser = Browser::new(&house);
    let page = browser.get("/ui/signup").await.is(200);
    assert!(page.contains("data-module=\"google\"") && page.contains("signup-form"));
    let empty = browser
        .submit("/ui/signup", "/ui/signup", &[("provider", "")])
        .await;
    assert_eq!(empty.leads_to(), "/ui/signup");
    let unknown = browser.get("/ui/signup?provider=myspace").await;
    assert_eq!(unknown.leads_to(), "/ui/signup");
    assert_eq!(
        browser.get("/ui/signup?provider=google").await.leads_to(),
        "/ui/login/google"
    );
    let mut settings = (*house.0.state.settings.now()).clone();
    settings.set(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_CREATE_POLICY",
        Value::Bool(false),
    );
    house.0.state.settings.replace(settings);
    browser.get("/ui/signup?provider=google").await.is(403);
    browser
        .submit("/ui/signup", "/ui/signup", &[("provider", "google")])
        .await
        .is(403);
    assert!(
        !browser
            .get("/ui/signup")
            .await
            .is(200)
            .contains("data-module=\"google\"")
    );
    let refused = browser.elsewhere("?next=%2Fui%2Fusage", "eva").await;
    assert_eq!(refused.leads_to(), "/ui/login?next=%2Fui%2Fusage");
    let told = browser.get(refused.leads_to()).await.is(200);
    assert!(told.contains("data-key=\"DISABLED_FOR_CREATE\""), "{told}");
    assert!(told.contains("Synnefo does not accept new users"), "{told}");
}

// ID-REG-01 ID-POL-01 ID-MSG-04: the password as a way to sign up is shut like any other,
// in words without a hole.
#[tokio::test]
async fn nobody_signs_up_with_a_password_where_the_policy_forbids() {
    let shut = |module: &str| format!("ASTAKOS_AUTH_PROVIDER_{module}_CREATE_POLICY");
    let (local, google) = (shut("LOCAL"), shut("GOOGLE"));
    let house = house(&[(local.as_str(), Value::Bool(false))]);
    let browser = Browser::new(&house);
    let page = browser.get("/ui/signup").await.is(200);
    assert!(page.contains("data-module=\"google\"") && !page.contains("id=\"signup-form\""));
    let named = "You cannot sign up with Classic login.";
    let refused = browser.get("/ui/signup?provider=local").await.is(403);
    assert!(refused.contains(named), "{refused}");
    let sent = browser.submit("/ui/login", "/ui/signup", &[("email", "a@example.org")]);
    assert!(sent.await.is(403).contains(named));
    assert!(house.mails().await.is_empty());
    // A form that was open when the way was shut.
    let form = browser.elsewhere("", "eva").await.leads_to().to_owned();
    let page = browser.get(&form).await.is(200);
    let mut settings = (*house.0.state.settings.now()).clone();
    settings.set(&google, Value::Bool(false));
    house.0.state.settings.replace(settings);
    let token = between(&page, "name=\"third_party_token\" value=\"", "\"");
    let fields = [
        ("csrfmiddlewaretoken", &*proof(&page)),
        ("third_party_token", token),
        ("email", "e@example.org"),
    ];
    let refused = browser.post("/ui/signup", &fields).await.is(403);
    assert!(
        refused.contains("Synnefo does not accept new users"),
        "{refused}"
    );
    // With no way left there is no page, whether there are passwords or not.
    browser.get("/ui/signup").await.is(403);
    let mut settings = (*house.0.state.settings.now()).clone();
    settings.set("ASTAKOS_IM_MODULES", names(&["google"]));
    house.0.state.settings.replace(settings);
    browser.get("/ui/signup").await.is(403);
    let wished = browser.get("/ui/signup?provider=local").await;
    assert_eq!(wished.leads_to(), "/ui/signup");
}

// ID-PWD-11 ID-MSG-04: who may not have a password is told so on the profile, in words
// without a hole.
#[tokio::test]
async fn who_may_not_have_a_password_is_told_so() {
    let shut = ("ASTAKOS_AUTH_PROVIDER_LOCAL_ADD_POLICY", Value::Bool(false));
    let house = house(&[shut]);
    let browser = house.insider("google", "eva").await;
    let sent = browser.get("/ui/password_change").await;
    assert_eq!(sent.leads_to(), "/ui/profile");
    let page = browser.get("/ui/profile").await.is(200);
    let said = "Classic login cannot be used with your account.";
    assert!(page.contains(said), "{page}");
}

// ID-PRV-15 ID-UI-04
#[tokio::test]
async fn who_lacks_a_required_method_is_led_to_the_profile() {
    let house = house(&[(
        "ASTAKOS_AUTH_PROVIDER_GOOGLE_REQUIRED_POLICY",
        Value::Bool(true),
    )]);
    let browser = house.browser_of("maria@example.org").await;
    for path in [
        "/ui/resources",
        "/ui/api_access",
        "/pithos/ui/containers",
        "/cyclades/ui/machines",
    ] {
        assert_eq!(browser.get(path).await.leads_to(), "/ui/profile", "{path}");
    }
    for path in ["/ui/landing", "/ui/profile", "/ui/feedback"] {
        let page = browser.get(path).await.is(200);
        assert!(
            page.contains("data-key=\"AUTH_PROVIDER_REQUIRED\"") && page.contains("Google"),
            "{path}"
        );
    }
    browser.elsewhere("", "maria").await.leads_to();
    assert!(
        !browser
            .get("/ui/resources")
            .await
            .is(200)
            .contains("AUTH_PROVIDER_REQUIRED")
    );
}

// ID-LOG-02 ID-LOG-04 ID-PRV-02: acceptance 4
#[tokio::test]
async fn a_refused_way_names_the_others_with_links() {
    let house = house(&[(
        "ASTAKOS_AUTH_PROVIDER_LOCAL_LOGIN_POLICY",
        Value::Bool(false),
    )]);
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    let refused = browser.log_in("maria@example.org", PASSWORD).await.is(200);
    assert!(
        refused.contains("Classic login is not available"),
        "{refused}"
    );
    // There is no other way: the page says whom to ask instead of naming none.
    let refused = between(&refused, "role=\"alert\"", "</div>");
    assert!(!refused.contains("Log in with"), "{refused}");
    assert!(refused.contains("support@example.synnefo.org"), "{refused}");
    let wrong = browser.log_in("maria@example.org", "wrong").await.is(200);
    assert!(!wrong.contains("not available"));
}
