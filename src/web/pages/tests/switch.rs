//! Academic identities attached to local accounts: the pages of the mailed link.

use super::methods::house_of;
use super::*;

/// Comes from the institution as `who` and types an address; the page that follows and
/// the token of the form.
async fn typed(browser: &Browser, who: &str, email: &str) -> (String, String) {
    let form = browser.at_site("shibboleth", "", who).await;
    let form = form.leads_to().to_owned();
    let token = form.split_once('=').unwrap().1.to_owned();
    let fields = [("third_party_token", token.as_str()), ("email", email)];
    let page = browser.submit(&form, "/ui/signup", &fields).await.is(200);
    (page, token)
}

async fn asks(browser: &Browser, token: &str, email: &str) -> Seen {
    let form = format!("/ui/signup?third_party_token={token}");
    let fields = [
        ("third_party_token", token),
        ("email", email),
        ("switch", "1"),
    ];
    browser.submit(&form, "/ui/signup", &fields).await
}

/// The message of the next page.
async fn told(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await.is(200);
    between(&page, "class=\"msg ", "</div>").to_owned()
}

/// Looks at the link's page; a scanner that follows it changes nothing.
async fn looks(reader: &Browser, link: &str) {
    for method in [Method::HEAD, Method::GET] {
        let ahead = [("sec-purpose", "prefetch")];
        let seen = reader.send(method, link, &ahead, String::new()).await;
        seen.is(200);
    }
    let seen = reader.get(link).await;
    assert_eq!(seen.headers["referrer-policy"], "same-origin");
    let page = seen.is(200);
    for text in [
        "maria@example.org",
        "Academic account: scholar",
        "id=\"switch-form\"",
        "data-page=\"switch\"",
    ] {
        assert!(page.contains(text), "no {text}");
    }
    // In the language of whoever looks (ID-UI-09).
    let greek = [("accept-language", "el")];
    let page = reader.send(Method::GET, link, &greek, String::new()).await;
    let page = page.is(200);
    assert!(page.contains(": scholar") && !page.contains("Academic account"));
}

// ID-SHB-09 ID-MAIL-15 ID-SEC-08 ID-SEC-29: offered where the address is used, mailed to
// the owner, shown by GET, done by POST, once.
#[tokio::test]
async fn an_academic_identity_is_attached_by_a_mailed_link() {
    let house = house_of(&["shibboleth"], &[]);
    house.person("maria@example.org").await;
    house.mails().await;
    let browser = Browser::new(&house);
    let (page, token) = typed(&browser, "scholar", "maria@example.org").await;
    assert!(page.contains("data-key=\"EMAIL_USED\""));
    assert!(page.contains("name=\"switch\""), "no offer: {page}");
    let sent = asks(&browser, &token, "maria@example.org").await;
    assert_eq!(sent.leads_to(), "/ui/login");
    let said = told(&browser, "/ui/login").await;
    assert!(
        said.contains("SWITCH_ACCOUNT_LINK_SENT") && said.contains("maria@example.org"),
        "{said}"
    );
    let link = house.mailed_path("switch_accounts").await;
    assert!(link.starts_with("/ui/switch/"), "{link}");
    // In the browser where the mail is read.
    let reader = Browser::new(&house);
    looks(&reader, &link).await;
    reader.post(&link, &[]).await.is(403);
    assert_eq!(
        Browser::new(&house)
            .at_site("shibboleth", "", "scholar")
            .await
            .leads_to()
            .split('?')
            .next(),
        Some("/ui/signup")
    );
    let done = reader.submit(&link, &link, &[]).await;
    assert_eq!(done.leads_to(), "/ui/landing");
    assert!(done.cookie("sessionid").unwrap().contains("HttpOnly"));
    assert!(
        done.cookie("astakos_last_login_method")
            .unwrap()
            .contains("=shibboleth")
    );
    let said = told(&reader, "/ui/landing").await;
    assert!(
        said.starts_with("success") && said.contains("SWITCH_ACCOUNT_SUCCESS"),
        "{said}"
    );
    assert!(said.contains("Academic login is now"), "{said}");
    let mails = house.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].context["event"], "method-added");
    // Spent; and the identity opens the account.
    let late = Browser::new(&house);
    assert_eq!(late.get(&link).await.leads_to(), "/ui");
    assert!(
        told(&late, "/ui/login")
            .await
            .contains("SWITCH_ACCOUNT_FAILURE")
    );
    assert_eq!(
        late.at_site("shibboleth", "", "scholar").await.leads_to(),
        "/ui/landing"
    );
}

// ID-SHB-09 ID-SEC-06 ID-REG-13: where it is not offered, and what asking tells.
#[tokio::test]
async fn the_offer_follows_the_settings_and_tells_nothing_more() {
    let house = house_of(&["shibboleth", "google"], &[]);
    house.person("maria@example.org").await;
    house.mails().await;
    let browser = Browser::new(&house);
    // For an address nobody uses, whoever sends the field hears the same and nobody is told.
    let form = browser
        .at_site("shibboleth", "", "scholar")
        .await
        .leads_to()
        .to_owned();
    let token = form.split_once('=').unwrap().1.to_owned();
    let sent = asks(&browser, &token, "nobody@example.org").await;
    assert_eq!(sent.leads_to(), "/ui/login");
    let said = told(&browser, "/ui/login").await;
    assert!(said.contains("SWITCH_ACCOUNT_LINK_SENT"), "{said}");
    assert!(house.mails().await.is_empty());
    let wrong = asks(&browser, &token, "nonsense").await.is(200);
    assert!(
        wrong.contains("data-key=\"INVALID_EMAIL\"") && wrong.contains("third-party-signup-form")
    );
    // Other modules have no such link, even if it is asked for.
    let form = browser.elsewhere("", "maria").await.leads_to().to_owned();
    let other = form.split_once('=').unwrap().1.to_owned();
    let fields = [
        ("third_party_token", other.as_str()),
        ("email", "maria@example.org"),
        ("switch", "1"),
    ];
    let page = browser.submit(&form, "/ui/signup", &fields).await.is(200);
    assert!(page.contains("EMAIL_USED") && !page.contains("name=\"switch\""));
    // Switched off.
    let mut settings = (*house.0.state.settings.now()).clone();
    settings.set("ASTAKOS_ENABLE_LOCAL_ACCOUNT_MIGRATION", Value::Bool(false));
    house.0.state.settings.replace(settings);
    let (page, _) = typed(&browser, "scholar", "maria@example.org").await;
    assert!(page.contains("EMAIL_USED") && !page.contains("name=\"switch\""));
    assert!(house.mails().await.is_empty());
    browser.get("/ui/switch/made-up").await.leads_to();
}

// ID-SHB-09 ID-SEC-29: with a second factor the owner logs in first; somebody else never.
#[tokio::test]
async fn the_link_asks_for_the_second_factor_and_for_the_owner() {
    let house = house_of(&["shibboleth"], &[]);
    let owner = house.browser_of("maria@example.org").await;
    let stranger = house.browser_of("eva@example.org").await;
    let visitor = Browser::new(&house);
    let (_, token) = typed(&visitor, "scholar", "maria@example.org").await;
    house.mails().await;
    asks(&visitor, &token, "maria@example.org").await.leads_to();
    let link = house.mailed_path("switch_accounts").await;
    stranger.get(&link).await.is(403);
    stranger.submit("/ui/profile", &link, &[]).await.is(403);
    second::set_up(&house, &owner).await;
    let page = visitor.get(&link).await.is(200);
    assert!(page.contains("second factor"), "{page}");
    let sent = visitor.submit(&link, &link, &[]).await;
    let login = sent.leads_to().to_owned();
    assert!(
        login.starts_with("/ui/login?next=%2Fui%2Fswitch%2F"),
        "{login}"
    );
    assert!(sent.cookie("sessionid").is_none());
    // The owner, who is in with both, attaches it and stays where they are.
    let done = owner.submit(&link, &link, &[]).await;
    assert_eq!(done.leads_to(), "/ui/profile");
    let page = owner.get("/ui/profile").await.is(200);
    assert!(page.contains("Academic account: scholar"), "{page}");
}
