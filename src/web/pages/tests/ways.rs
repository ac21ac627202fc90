//! Policies of login methods as people meet them on the pages (ID-POL).

use super::methods::house_of;
use super::*;
use identity::{
    UserChange,
    policy::{Policy, PolicyChange},
};

const NO: Value = Value::Bool(false);
const YES: Value = Value::Bool(true);

impl House {
    pub(super) fn set(&self, name: &str, value: Value) {
        let mut settings = (*self.0.state.settings.now()).clone();
        settings.set(name, value);
        self.0.state.settings.replace(settings);
    }

    pub(super) async fn account(&self, email: &str) -> identity::UserView {
        let found = self.0.state.identity.user_by_email(email).await;
        found.unwrap().unwrap()
    }

    /// Signs somebody up by a site elsewhere; the page after the form.
    pub(super) async fn outsider(&self, module: &str, who: &str) -> (Browser, Seen) {
        let browser = Browser::new(self);
        let form = browser.at_site(module, "", who).await;
        let form = form.leads_to().to_owned();
        let token = form.split_once('=').unwrap().1.to_owned();
        let email = format!("{who}@example.org");
        let fields = [("third_party_token", token.as_str()), ("email", &email)];
        let made = browser.submit(&form, "/ui/signup", &fields).await;
        (browser, made)
    }

    /// The same, in the browser in which the mailed link was followed.
    pub(super) async fn insider(&self, module: &str, who: &str) -> Browser {
        let (browser, _) = self.outsider(module, who).await;
        let link = self.mailed_path("activation").await;
        assert_eq!(browser.get(&link).await.leads_to(), "/ui/landing");
        browser
    }
}

/// The message the next page shows.
async fn told(browser: &Browser, key: &str) -> bool {
    let page = browser.get("/ui/profile").await.is(200);
    page.contains(&format!("data-key=\"{key}\""))
}

// ID-POL-01 ID-POL-02 ID-ACT-03 ID-ACT-05: activation acceptance 4
#[tokio::test]
async fn whom_a_method_vouches_for_needs_no_moderator() {
    let house = house_of(
        &["shibboleth"],
        &[
            ("ASTAKOS_MODERATION_ENABLED", YES),
            ("ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_AUTOMODERATE_POLICY", YES),
        ],
    );
    house.insider("shibboleth", "scholar").await;
    let scholar = house.account("scholar@example.org").await;
    assert!(scholar.active);
    let policy = scholar.accepted_policy.as_deref();
    assert_eq!(policy, Some("auth_provider_shibboleth"));
    let browser = Browser::new(&house);
    let fields = [
        ("email", "maria@example.org"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    browser
        .submit("/ui/signup", "/ui/signup", &fields)
        .await
        .leads_to();
    let link = house.mailed_path("activation").await;
    assert_eq!(browser.get(&link).await.leads_to(), "/ui");
    let page = browser.get("/ui/login").await.is(200);
    assert!(page.contains("data-key=\"NOTIFICATION_SENT\""), "{page}");
    assert!(!house.account("maria@example.org").await.active);
}

// ID-POL-01 ID-VER-01
#[tokio::test]
async fn whom_a_method_knows_the_address_of_needs_no_link() {
    let house = house_of(
        &["google"],
        &[("ASTAKOS_AUTH_PROVIDER_GOOGLE_AUTOVERIFY_POLICY", YES)],
    );
    let (browser, made) = house.outsider("google", "eva").await;
    assert_eq!(made.leads_to(), "/ui/landing");
    browser.get("/ui/profile").await.is(200);
    let mails = house.mails().await;
    assert!(
        mails
            .iter()
            .all(|mail| mail.template != "im/activation_email")
    );
    assert!(house.account("eva@example.org").await.active);
}

// ID-POL-01 ID-POL-03 ID-PRV-10 ID-DSH-05: SWITCH exchanges the only identity; a method
// that can be removed is not exchanged but removed.
#[tokio::test]
async fn an_identity_is_exchanged_for_another_where_the_policy_allows() {
    let house = house_of(&["google"], &[]);
    let browser = house.insider("google", "first").await;
    let page = browser.get("/ui/profile").await.is(200);
    let change = between(&page, "href=\"/ui/login/google?switch_from=", "\"");
    let query = format!(
        "?switch_from={}",
        change.replace("&#38;", "&").replace("&amp;", "&")
    );
    assert!(
        !page.contains("id=\"remove-provider-"),
        "the last one can go: {page}"
    );
    house.mails().await;
    let switched = browser.elsewhere(&query, "second").await;
    assert_eq!(switched.leads_to(), "/ui/profile");
    let page = browser.get("/ui/profile").await.is(200);
    assert!(page.contains("data-key=\"AUTH_PROVIDER_SWITCHED\"") && page.contains("second"));
    let mails = house.mails().await;
    assert_eq!(mails[0].context["event"], "method-switched");
    let account = house.account("first@example.org").await;
    let identities: Vec<_> = account
        .methods
        .iter()
        .map(|m| m.identifier.as_str())
        .collect();
    assert_eq!(identities, ["second"]);
    assert_eq!(
        Browser::new(&house)
            .elsewhere("", "second")
            .await
            .leads_to(),
        "/ui/landing"
    );
    let stranger = Browser::new(&house).elsewhere("", "first").await;
    assert!(stranger.leads_to().starts_with("/ui/signup?"));
    // Another person's method is nothing to exchange.
    let other = house.insider("google", "other").await;
    let id = account.methods[0].id;
    other
        .elsewhere(&format!("?switch_from={id}"), "third")
        .await
        .is(404);
    // Forbidden: neither offered nor done.
    house.set("ASTAKOS_AUTH_PROVIDER_GOOGLE_SWITCH_POLICY", NO);
    let page = browser.get("/ui/profile").await.is(200);
    assert!(!page.contains("switch_from="));
    browser.elsewhere(&query, "third").await.leads_to();
    assert!(told(&browser, "AUTH_PROVIDER_ADD_FAILED").await);
    // By default one academic identity is not exchanged for another.
    let house = house_of(&["shibboleth"], &[]);
    let browser = house.insider("shibboleth", "scholar").await;
    assert!(
        !browser
            .get("/ui/profile")
            .await
            .is(200)
            .contains("switch_from=")
    );
}

// ID-POL-01 ID-POL-03 ID-PRV-14: ADD, LIMIT and REMOVE
#[tokio::test]
async fn methods_are_added_and_removed_as_the_policies_say() {
    let house = house_of(
        &["google"],
        &[("ASTAKOS_AUTH_PROVIDER_GOOGLE_ADD_POLICY", NO)],
    );
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/profile").await.is(200);
    assert!(!page.contains("/ui/login/google?force_login=1"), "offered");
    browser.elsewhere("", "one").await.leads_to();
    assert!(told(&browser, "AUTH_PROVIDER_ADD_FAILED").await);
    house.set("ASTAKOS_AUTH_PROVIDER_GOOGLE_ADD_POLICY", YES);
    house.set("ASTAKOS_AUTH_PROVIDERS_LIMIT_POLICY", Value::Int(2));
    for (who, said) in [
        ("one", "AUTH_PROVIDER_ADDED"),
        ("two", "AUTH_PROVIDER_ADDED"),
        ("three", "AUTH_PROVIDER_ADD_FAILED"),
    ] {
        browser.elsewhere("", who).await.leads_to();
        assert!(told(&browser, said).await, "{who}");
    }
    let page = browser.get("/ui/profile").await.is(200);
    let id = page.split("id=\"remove-provider-").last().unwrap();
    let id = id.split('"').next().unwrap();
    house.set("ASTAKOS_AUTH_PROVIDERS_REMOVE_POLICY", NO);
    let page = browser.get("/ui/profile").await.is(200);
    assert!(!page.contains("id=\"remove-provider-"), "{page}");
    let path = format!("/ui/remove_auth_provider/{id}");
    browser.submit("/ui/profile", &path, &[]).await.is(403);
    house.set("ASTAKOS_AUTH_PROVIDERS_REMOVE_POLICY", YES);
    browser.submit("/ui/profile", &path, &[]).await.leads_to();
    assert!(told(&browser, "AUTH_PROVIDER_REMOVED").await);
}

// ID-POL-01 ID-PRV-13 ID-PRV-14 ID-LDP-07: ADD_GROUPS, CREATION_GROUPS, MIRROR_GROUPS
#[tokio::test]
async fn groups_come_and_go_with_methods() {
    let list =
        |names: &[&str]| Value::List(names.iter().map(|n| Value::Str((*n).into())).collect());
    let house = house_of(
        &["google", "ldap"],
        &[
            (
                "ASTAKOS_AUTH_PROVIDER_GOOGLE_ADD_GROUPS_POLICY",
                list(&["googlers"]),
            ),
            (
                "ASTAKOS_AUTH_PROVIDER_GOOGLE_CREATION_GROUPS_POLICY",
                list(&["newcomers"]),
            ),
            ("ASTAKOS_AUTH_PROVIDER_LDAP_MIRROR_GROUPS_POLICY", YES),
        ],
    );
    let groups = async |email: &str| {
        let all = house.account(email).await.groups.into_iter();
        all.map(|(_, name)| name).collect::<Vec<_>>()
    };
    house.insider("google", "eva").await;
    assert_eq!(groups("eva@example.org").await, ["googlers", "newcomers"]);
    let browser = house.browser_of("maria@example.org").await;
    browser.elsewhere("", "maria").await.leads_to();
    assert_eq!(groups("maria@example.org").await, ["googlers"]);
    let page = browser.get("/ui/profile").await.is(200);
    let id = between(
        page.split("Google account").nth(1).unwrap(),
        "/ui/remove_auth_provider/",
        "\"",
    );
    let path = format!("/ui/remove_auth_provider/{id}");
    browser.submit("/ui/profile", &path, &[]).await.leads_to();
    assert_eq!(groups("maria@example.org").await, Vec::<String>::new());
    // The directory's groups at the next login, and no others.
    browser.elsewhere("", "maria").await.leads_to();
    browser.at_site("ldap", "", "maria").await.leads_to();
    let other = Browser::new(&house);
    assert_eq!(
        other.at_site("ldap", "", "maria").await.leads_to(),
        "/ui/landing"
    );
    assert_eq!(groups("maria@example.org").await, ["staff"]);
}

// ID-POL-05 ID-POL-06 ID-LOG-04: a profile of a group, on the pages of its members
#[tokio::test]
async fn a_profile_shuts_its_members_other_ways() {
    let house = house_of(&["shibboleth", "google"], &[]);
    let scholar = house.insider("shibboleth", "scholar").await;
    let no = house.account("scholar@example.org").await.no;
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let identity = &house.0.state.identity;
    scholar.elsewhere("", "scholar").await.leads_to();
    assert!(told(&scholar, "AUTH_PROVIDER_ADDED").await);
    let closed = PolicyChange {
        exclusive: Some(true),
        set: [(Policy::Login, 0), (Policy::Add, 0)].into(),
        ..PolicyChange::default()
    };
    let name = "academic_strict";
    let made = identity.authpolicy_add(&root, name, "shibboleth", closed);
    made.await.unwrap();
    let join = identity::UserChange::AddGroup("academic-login".into());
    identity.group_add(&root, "academic-login").await.unwrap();
    identity.admin_modify(&root, no, vec![join]).await.unwrap();
    let groups = vec!["academic-login".to_owned()];
    let set = identity.authpolicy_set(&root, name, groups, vec![]);
    set.await.unwrap();
    let refused = Browser::new(&house).elsewhere("", "scholar").await.is(403);
    assert!(
        refused.contains("href=\"/ui/login/shibboleth\""),
        "{refused}"
    );
    let entered = Browser::new(&house)
        .at_site("shibboleth", "", "scholar")
        .await;
    assert_eq!(entered.leads_to(), "/ui/landing");
    // Nothing may be added, and what cannot be used is only removed.
    let page = scholar.get("/ui/profile").await.is(200);
    assert!(!page.contains("/ui/password_change\">"), "{page}");
    let google = between(
        page.split("Google account").nth(1).unwrap(),
        "<div class=\"actions\">",
        "</li>",
    );
    assert!(
        google.contains("remove-provider-") && !google.contains("switch_from"),
        "{google}"
    );
    // Everybody else logs in as before.
    house.insider("google", "eva").await;
}

// ID-REG-08: no link where sign-up is not shown; the address works
#[tokio::test]
async fn sign_up_may_be_kept_off_the_login_page() {
    let house = House::new();
    let browser = Browser::new(&house);
    let page = browser.get("/ui/login").await.is(200);
    assert!(page.contains("href=\"/ui/signup\""));
    house.set("ASTAKOS_SHOW_SIGNUP", NO);
    let page = browser.get("/ui/login").await.is(200);
    assert!(!page.contains("/ui/signup"), "{page}");
    let fields = [
        ("email", "maria@example.org"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    let made = browser.submit("/ui/signup", "/ui/signup", &fields).await;
    assert_eq!(made.leads_to(), "/ui");
    house.mailed_path("activation").await;
}

// ID-LDP-06 ID-UI-23 ID-PRV-15: adding a directory's account is a page of its own, open
// to those who have to add it
#[tokio::test]
async fn a_required_directory_can_be_added() {
    let house = house_of(
        &["ldap"],
        &[("ASTAKOS_AUTH_PROVIDER_LDAP_REQUIRED_POLICY", YES)],
    );
    let browser = house.browser_of("maria@example.org").await;
    assert_eq!(
        browser.get("/ui/api_access").await.leads_to(),
        "/ui/profile"
    );
    let page = browser.get("/ui/profile").await.is(200);
    assert!(page.contains("href=\"/ui/login/ldap/add\""), "{page}");
    let away = browser.get("/ui/login/ldap/add").await;
    assert!(away.leads_to().starts_with("https://idp.example/"));
    let state = between(away.leads_to(), "state=", "&").to_owned();
    let path = format!("/ui/login/ldap/authenticated?state={state}&who=maria");
    assert_eq!(browser.get(&path).await.leads_to(), "/ui/profile");
    browser.get("/ui/api_access").await.is(200);
}

// ID-ADU-42 ID-PRV-14: acceptance check 4 of administration
#[tokio::test]
async fn whose_academic_identity_was_released_signs_up_with_it_anew() {
    let house = house_of(&["shibboleth"], &[]);
    let eva = house.browser_of("eva@example.org").await;
    eva.at_site("shibboleth", "", "scholar").await.leads_to();
    let enters = async || {
        let browser = Browser::new(&house);
        let seen = browser.at_site("shibboleth", "", "scholar").await;
        seen.leads_to().to_owned()
    };
    assert_eq!(enters().await, "/ui/landing");
    let admin = house.browser_of("root@example.org").await;
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let identity = &house.0.state.identity;
    let no = house.account("root@example.org").await.no;
    let made = identity.admin_modify(&root, no, vec![UserChange::Admin(true)]);
    made.await.unwrap();
    let no = house.account("eva@example.org").await.no;
    let act = format!("/admin/user/{no}/release-shibboleth");
    admin.submit(&act, &act, &[]).await.leads_to();
    let there = enters().await;
    assert!(
        there.starts_with("/ui/signup?third_party_token="),
        "{there}"
    );
}
