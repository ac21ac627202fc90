//! The life of an account, page by page.

use super::*;
use kernel::settings::Value;

const TERMS: &str = "<h1>Rules</h1><p>Be <b>kind</b>.</p><script>alert(1)</script>";

fn root() -> Caller {
    Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin)
}

fn on(name: &str) -> (&str, Value) {
    (name, Value::Bool(true))
}

fn staff() -> (&'static str, Value) {
    let pair =
        |address: &str| Value::List(vec![Value::Str("Staff".into()), Value::Str(address.into())]);
    (
        "ACCOUNT_PENDING_MODERATION_RECIPIENTS",
        Value::List(vec![pair("staff@example.org"), pair("help@example.org")]),
    )
}

fn sign_up(email: &str) -> Vec<(&'static str, String)> {
    vec![
        ("email", email.to_owned()),
        ("first_name", "Maria".to_owned()),
        ("last_name", "Doe".to_owned()),
        ("password1", PASSWORD.to_owned()),
        ("password2", PASSWORD.to_owned()),
    ]
}

fn fields<'a>(all: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    all.iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

impl House {
    async fn terms(&self) -> u64 {
        let added = self
            .0
            .state
            .identity
            .term_add(&root(), "/etc/terms.html", TERMS)
            .await;
        added.unwrap()
    }

    /// The paths of the links in the mails made of `template`, by recipient.
    async fn links(&self, template: &str, name: &str) -> Vec<(String, String)> {
        let mails = self.mails().await.into_iter();
        let of = mails.filter(|mail| mail.template.contains(template));
        of.map(|mail| {
            let url = mail.context[name].as_str().unwrap();
            let path = url.strip_prefix(&format!("https://{HOST}")).unwrap();
            (mail.to.clone(), path.to_owned())
        })
        .collect()
    }
}

/// The next page says the message of this key.
async fn told(browser: &Browser, seen: &Seen, key: &str) {
    let mut path = seen.leads_to().to_owned();
    for _ in 0..3 {
        let next = browser.get(&path).await;
        if next.status == StatusCode::OK {
            let mark = format!("data-key=\"{key}\"");
            assert!(next.text.contains(&mark), "no {key} in {}", next.text);
            return;
        }
        path = next.leads_to().to_owned();
    }
    panic!("led in circles");
}

// ID-TRM-02 ID-TRM-03 ID-TRM-04 ID-TRM-05 ID-UI-04 ID-DSH-10 ID-SEC-22
#[tokio::test]
async fn terms_stand_before_every_page_until_they_are_signed() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let seen = browser.get("/ui/approval_terms").await;
    told(&browser, &seen, "NO_APPROVAL_TERMS").await;
    let page = browser.get("/ui/profile").await.is(200);
    assert!(!page.contains("/ui/approval_terms"), "a link to nothing");
    house.terms().await;
    for path in [
        "/ui/profile",
        "/ui/landing",
        "/pithos/ui/containers",
        "/cyclades/ui/machines",
    ] {
        let led = browser.get(path).await;
        let next = path.replace('/', "%2F");
        assert_eq!(
            led.leads_to(),
            format!("/ui/approval_terms?next={next}&show_form=")
        );
    }
    let at = "/ui/approval_terms?next=%2Fui%2Fresources&show_form=";
    let page = browser.get(at).await.is(200);
    assert!(page.contains("Be <b>kind</b>.") && !page.contains("alert(1)"));
    assert!(page.contains("id=\"terms-form\"") && page.contains("data-page=\"terms\""));
    let bare = browser.submit(at, "/ui/approval_terms", &[]).await.is(200);
    assert!(bare.contains("data-key=\"SIGN_TERMS\""));
    let signed = [("has_signed_terms", "on"), ("next", "/ui/resources")];
    let done = browser.submit(at, "/ui/approval_terms", &signed).await;
    assert_eq!(done.leads_to(), "/ui/resources");
    let page = browser.get("/ui/profile").await.is(200);
    assert!(
        page.contains("href=\"/ui/approval_terms\""),
        "no link in the footer"
    );
    let again = browser.get("/ui/approval_terms").await.is(200);
    assert!(!again.contains("id=\"terms-form\""), "asked twice");

    // What was read must be what is signed.
    assert_eq!(house.terms().await, 2);
    let stale = [("has_signed_terms", "on"), ("version", "1")];
    let stale = browser
        .submit(at, "/ui/approval_terms", &stale)
        .await
        .is(200);
    assert!(stale.contains("data-key=\"SIGN_TERMS\""));
    let first = browser.get("/ui/approval_terms/1").await.is(200);
    assert!(!first.contains("id=\"terms-form\""));
    let none = browser.get("/ui/approval_terms/9").await;
    assert_eq!(none.leads_to(), "/ui");
    let nobody = Browser::new(&house);
    nobody.get("/ui/approval_terms").await.is(200);
    let post = nobody
        .submit("/ui/login", "/ui/approval_terms", &signed)
        .await;
    assert!(post.leads_to().starts_with("/ui/login?next="));
}

// ID-REG-02 ID-REG-03: the box is part of the form once there are terms.
#[tokio::test]
async fn signing_up_accepts_the_terms() {
    let house = House::new();
    let browser = Browser::new(&house);
    let page = browser
        .get("/ui/signup?next=/ui/resources&code=12")
        .await
        .is(200);
    assert!(!page.contains("has_signed_terms"));
    for hidden in [
        "name=\"next\" value=\"/ui/resources\"",
        "name=\"code\" value=\"12\"",
        "name=\"provider\"",
    ] {
        assert!(page.contains(hidden), "no {hidden}");
    }
    house.terms().await;
    let form = sign_up("maria@example.org");
    let refused = browser
        .submit("/ui/signup", "/ui/signup", &fields(&form))
        .await
        .is(200);
    assert!(refused.contains("data-field=\"has_signed_terms\""));
    assert!(house.mails().await.is_empty());
    let mut with = fields(&form);
    with.push(("has_signed_terms", "on"));
    let made = browser.submit("/ui/signup", "/ui/signup", &with).await;
    told(&browser, &made, "VERIFICATION_SENT").await;
}

// ID-VER-02 ID-VER-05 ID-SEC-08
#[tokio::test]
async fn verification_links_are_followed_once_and_asked_for_again() {
    let house = House::new();
    let browser = Browser::new(&house);
    browser.get("/ui/activate").await.is(403);
    let unknown = browser.get("/ui/activate?auth=x").await;
    told(&browser, &unknown, "INVALID_ACTIVATION_KEY").await;
    let form = sign_up("maria@example.org");
    browser
        .submit("/ui/signup", "/ui/signup", &fields(&form))
        .await
        .leads_to();
    let link = house.mailed_path("activation").await;
    let other = house.browser_of("eva@example.org").await;
    let seen = other.get(&link).await;
    told(&other, &seen, "LOGGED_IN_WARNING").await;
    house.mails().await;

    // The number of an account: a page with a button, the same for everybody.
    house.0.clock.advance(std::time::Duration::from_secs(600));
    let mut said = Vec::new();
    for no in ["1", "2", "999"] {
        let path = format!("/ui/send/activation/{no}");
        let page = browser.get(&path).await.is(200);
        assert!(page.contains("action=\"/ui/send/activation\""));
        assert!(house.mails().await.is_empty(), "sent by looking");
        let sent = browser
            .submit(&path, "/ui/send/activation", &[("link", no)])
            .await;
        said.push(sent.leads_to().to_owned());
        let mails = house.mails().await;
        assert_eq!(mails.len(), usize::from(no == "1"), "{no}");
    }
    assert!(said.iter().all(|one| one == "/ui"), "{said:?}");
    let old = browser.get(&link).await;
    told(&browser, &old, "INVALID_ACTIVATION_KEY").await;
}

// ID-INV-01 ID-INV-03 ID-INV-04 ID-DSH-11 ID-MSG-02
#[tokio::test]
async fn people_are_invited_and_come() {
    let off = House::new();
    let browser = off.browser_of("maria@example.org").await;
    browser.get("/ui/invite").await.is(404);
    let house = House::with(&[
        on("ASTAKOS_INVITATIONS_ENABLED"),
        on("ASTAKOS_MODERATION_ENABLED"),
    ]);
    let browser = house.browser_of("maria@example.org").await;
    let none = browser.get("/ui/invite").await.is(200);
    assert!(!none.contains("id=\"invite-form\"") && none.contains("No invitations sent"));
    let identity = &house.0.state.identity;
    let no = identity
        .user_by_email("maria@example.org")
        .await
        .unwrap()
        .unwrap()
        .no;
    let give = vec![identity::UserChange::Invitations(2)];
    identity.admin_modify(&root(), no, give).await.unwrap();
    house.mails().await;
    let form = [("username", "Ann@example.org"), ("realname", "Ann Lee")];
    let sent = browser.submit("/ui/invite", "/ui/invite", &form).await;
    assert_eq!(sent.leads_to(), "/ui/invite");
    let page = browser.get("/ui/invite").await.is(200);
    assert!(page.contains("data-key=\"INVITATION_SENT\""));
    assert!(page.contains("The invitation was sent to ann@example.org."));
    assert!(page.contains("You have 1 invitation left."));
    let twice = browser
        .submit("/ui/invite", "/ui/invite", &form)
        .await
        .is(200);
    assert!(twice.contains("data-key=\"INVITATION_EMAIL_EXISTS\""));
    let link = house.mailed_path("invitation").await;

    let ann = Browser::new(&house);
    let led = ann.get(&link).await.leads_to().to_owned();
    let page = ann.get(&led).await.is(200);
    for filled in [
        "value=\"ann@example.org\"",
        "value=\"Ann\"",
        "value=\"Lee\"",
    ] {
        assert!(page.contains(filled), "no {filled}");
    }
    let code = between(&page, "name=\"code\" value=\"", "\"").to_owned();
    let mut form = sign_up("ann@example.org");
    form.push(("code", code));
    let made = ann.submit("/ui/login", "/ui/signup", &fields(&form)).await;
    assert_eq!(made.leads_to(), "/ui/landing");
    ann.get("/ui/profile").await.is(200);
    let used = browser.get("/ui/invite").await.is(200);
    assert!(used.contains("Yes"));
    let late = Browser::new(&house);
    let seen = late.get(&led).await;
    told(&late, &seen, "INVITATION_CONSUMED_ERR").await;
}

// ID-EML-01 ID-EML-02 ID-EML-03 ID-EML-04 ID-SEC-08 ID-UI-11
#[tokio::test]
async fn an_address_is_changed_by_two_clicks() {
    let off = House::new();
    let browser = off.browser_of("maria@example.org").await;
    browser.get("/ui/email_change").await.is(403);
    let house = House::with(&[on("ASTAKOS_EMAILCHANGE_ENABLED")]);
    let nobody = Browser::new(&house);
    assert!(
        nobody
            .get("/ui/email_change")
            .await
            .leads_to()
            .contains("next=")
    );
    let browser = house.browser_of("maria@example.org").await;
    let other = house.browser_of("eva@example.org").await;
    house.mails().await;
    let path = "/ui/email_change";
    let used = [("new_email_address", "Eva@example.org")];
    let used = browser.submit(path, path, &used).await.is(200);
    assert!(used.contains("data-key=\"EMAIL_USED\""));
    let form = [("new_email_address", "new@example.org")];
    let asked = browser.submit(path, path, &form).await;
    assert_eq!(asked.leads_to(), "/ui/profile");
    told(&browser, &asked, "EMAIL_CHANGE_REGISTERED").await;
    let again = browser.get(path).await.is(200);
    assert!(again.contains("data-key=\"PENDING_EMAIL_CHANGE_REQUEST\""));
    let links = house.links("email_change", "url").await;
    let [(to_new, new), (to_old, old)] = links.as_slice() else {
        panic!("{links:?}");
    };
    assert_eq!(
        (to_new.as_str(), to_old.as_str()),
        ("new@example.org", "maria@example.org")
    );

    other.get(new).await.is(403);
    nobody.get("/ui/email_change/confirm/0123").await.is(404);
    for link in [new, old] {
        let seen = nobody.get(link).await;
        assert_eq!(seen.headers[header::REFERRER_POLICY], "same-origin");
        assert!(seen.is(200).contains("id=\"email-change-confirm-form\""));
    }
    let waits = nobody.submit(old, old, &[]).await;
    told(&nobody, &waits, "EMAIL_CHANGE_WAITS").await;
    let done = browser.submit(new, new, &[]).await;
    assert_eq!(done.leads_to(), "/ui/profile");
    let page = browser.get("/ui/profile").await.is(200);
    assert!(page.contains("data-key=\"EMAIL_CHANGED\"") && page.contains("new@example.org"));
    nobody.get(new).await.is(404);
    house.mails().await;

    // From the profile, and refused.
    let form = [
        ("first_name", "Maria"),
        ("last_name", "Doe"),
        ("change_email", "on"),
        ("new_email_address", "third@example.org"),
    ];
    let saved = browser.submit("/ui/profile", "/ui/profile", &form).await;
    told(&browser, &saved, "EMAIL_CHANGE_REGISTERED").await;
    let links = house.links("email_change", "url").await;
    let old = &links[1].1;
    let refused = nobody.submit(old, old, &[("refuse", "on")]).await;
    told(&nobody, &refused, "EMAIL_CHANGE_REFUSED").await;
    nobody.get(&links[0].1).await.is(404);
}

// ID-MAIL-10 ID-ACT-08 ID-SEC-07 ID-SEC-08: a scanner that follows the link decides
// nothing; the other moderator is told who decided when.
#[tokio::test]
async fn moderators_decide_by_mail_without_a_session() {
    let house = House::with(&[
        on("ASTAKOS_MODERATION_ENABLED"),
        on("ASTAKOS_SIGNUP_ASK_MESSAGE"),
        staff(),
    ]);
    let mut tokens = Vec::new();
    for email in ["maria@uni.example", "eva@uni.example"] {
        let browser = Browser::new(&house);
        let mut form = sign_up(email);
        form.push(("message", "I study <b>here</b>.".to_owned()));
        browser
            .submit("/ui/signup", "/ui/signup", &fields(&form))
            .await
            .leads_to();
        let link = house.mailed_path("activation").await;
        let waits = browser.get(&link).await;
        told(&browser, &waits, "NOTIFICATION_SENT").await;
        tokens.push(house.links("pending_moderation", "url").await);
    }
    let [maria, eva] = tokens.as_slice() else {
        panic!("{tokens:?}");
    };
    let (mine, theirs) = (&maria[0].1, &maria[1].1);
    let moderator = Browser::new(&house);
    let seen = moderator.get(mine).await;
    assert_eq!(seen.headers[header::REFERRER_POLICY], "same-origin");
    let page = seen.is(200);
    for there in [
        "maria@uni.example",
        "eva@uni.example",
        "I study &#60;b&#62;here&#60;/b&#62;.",
        "staff@example.org",
        "id=\"moderate-accept-form\"",
        "id=\"moderate-reject-form\"",
    ] {
        assert!(page.contains(there), "no {there} in {page}");
    }
    // Who decides reads whole addresses, and words of their own language.
    assert!(page.contains("<dd>Classic</dd>") && !page.contains("class=\"cut\""));
    let greek = [("accept-language", "el")];
    let page = moderator.send(Method::GET, mine, &greek, String::new());
    let page = page.await.is(200);
    for there in ["<dd>Κλασική</dd>", "Περιμένει έγκριση"] {
        assert!(page.contains(there), "no {there} in {page}");
    }
    let identity = &house.0.state.identity;
    let state = async |email: &str| identity.user_by_email(email).await.unwrap().unwrap().status;
    assert_eq!(state("maria@uni.example").await, "Pending moderation");
    moderator
        .post(mine, &[("decision", "accept")])
        .await
        .is(403);
    let done = moderator
        .submit(mine, mine, &[("decision", "accept")])
        .await;
    assert_eq!(done.leads_to(), mine);
    told(&moderator, &done, "done-moderate-accepted").await;
    let other = Browser::new(&house);
    let page = other.get(theirs).await.is(200);
    let at = house.0.clock_text();
    let words = between(&page, "id=\"decided\"", "</div>").to_owned();
    assert!(
        words.contains("staff@example.org") && words.contains(&at),
        "{words}"
    );
    assert!(!page.contains("moderate-accept-form"));
    let late = [("decision", "reject"), ("reason", "late")];
    let late = other.submit("/ui/login", theirs, &late).await;
    assert_eq!(late.leads_to(), theirs);
    assert!(
        state("maria@uni.example")
            .await
            .starts_with("Accepted/Active")
    );

    let link = &eva[1].1;
    let bare = other
        .submit(link, link, &[("decision", "reject")])
        .await
        .is(200);
    assert!(bare.contains("data-field=\"reason\""));
    let reject = [("decision", "reject"), ("reason", "nobody knows you")];
    let done = other.submit(link, link, &reject).await;
    told(&other, &done, "done-moderate-rejected").await;
    assert_eq!(
        state("eva@uni.example").await,
        "Rejected (nobody knows you)"
    );
    other.get("/ui/moderate/x").await.is(404);
}

// ID-SET-07 ID-LOG-06 ID-DSH-04
#[tokio::test]
async fn a_first_login_leads_to_the_profile_where_that_is_wanted() {
    let house = House::with(&[on("ASTAKOS_FORCE_PROFILE_UPDATE")]);
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    let form = [
        ("username", "maria@example.org"),
        ("password", PASSWORD),
        ("next", "/ui/resources"),
    ];
    let entered = browser.submit("/ui/login", "/ui/login", &form).await;
    let profile = entered.leads_to().to_owned();
    assert_eq!(profile, "/ui/profile?next=%2Fui%2Fresources");
    let names = [
        ("first_name", "Maria"),
        ("last_name", "D"),
        ("next", "/ui/resources"),
    ];
    let saved = browser.submit(&profile, "/ui/profile", &names).await;
    assert_eq!(saved.leads_to(), "/ui/resources");
    let other = Browser::new(&house);
    let entered = other.log_in("maria@example.org", PASSWORD).await;
    assert_eq!(entered.leads_to(), "/ui/landing");
}

// ID-DSH-04 ID-PWD-04 ID-PWD-10 ID-PWD-12: the password on the profile; the token's box
// where the setting leaves the choice.
#[tokio::test]
async fn the_profile_changes_the_password_too() {
    let keep = ("ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN", Value::Bool(false));
    let house = House::with(&[keep]);
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/profile").await.is(200);
    for name in [
        "change_password",
        "old_password",
        "new_password1",
        "new_password2",
        "renew",
    ] {
        assert!(page.contains(&format!("name=\"{name}\"")), "no {name}");
    }
    let new = "another long phrase";
    let form = |old: &'static str, again: &'static str| {
        vec![
            ("first_name", "Maria"),
            ("last_name", "Doe"),
            ("change_password", "on"),
            ("old_password", old),
            ("new_password1", new),
            ("new_password2", again),
        ]
    };
    let wrong = browser
        .submit("/ui/profile", "/ui/profile", &form("x", new))
        .await;
    assert!(wrong.is(200).contains("data-field=\"old_password\""));
    let differ = browser
        .submit("/ui/profile", "/ui/profile", &form(PASSWORD, "x"))
        .await;
    assert!(differ.is(200).contains("data-field=\"new_password2\""));
    let done = browser
        .submit("/ui/profile", "/ui/profile", &form(PASSWORD, new))
        .await;
    told(&browser, &done, "PASSWORD_CHANGED").await;
    let other = Browser::new(&house);
    other.log_in("maria@example.org", new).await.leads_to();
}

// ID-PWD-03 ID-PWD-05
#[tokio::test]
async fn the_walk_of_a_forgotten_password_has_its_addresses() {
    let house = House::new();
    let browser = Browser::new(&house);
    for (path, key) in [
        ("/ui/local/password_reset/done", "PASSWORD_RESET_DONE"),
        ("/ui/local/password_reset_done", "PASSWORD_RESET_DONE"),
        (
            "/ui/local/reset/confirm/done",
            "PASSWORD_RESET_CONFIRM_DONE",
        ),
    ] {
        let seen = browser.get(path).await;
        assert_eq!(seen.leads_to(), "/ui");
        told(&browser, &seen, key).await;
    }
    let done = browser.get("/ui/local/password/reset/complete").await;
    assert!(between(&done.is(200), "<main", "</main>").contains("href=\"/ui/login\""));
    for link in [
        "/ui/local/reset/confirm/1-x",
        "/ui/local/reset/confirm/MQ/x",
    ] {
        let page = browser.get(link).await.is(200);
        assert!(page.contains("was used before") && !page.contains("new_password1"));
        // The way on is the next link, not the front page.
        assert!(page.contains("class=\"button\" href=\"/ui/local/password_reset\""));
    }
}

// ID-LOG-10 ID-SEC-24: too many attempts are told with the time to wait.
#[tokio::test]
async fn too_many_attempts_have_to_wait() {
    let house = House::new();
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    for _ in 0..4 {
        browser.log_in("maria@example.org", "wrong").await;
    }
    browser.log_in("maria@example.org", "wrong").await;
    let slow = browser.log_in("maria@example.org", PASSWORD).await;
    assert!(slow.headers.contains_key(header::RETRY_AFTER));
    slow.is(429);
    let path = "/ui/local/password_reset";
    for _ in 0..5 {
        browser
            .submit(path, path, &[("email", "x@example.org")])
            .await
            .leads_to();
    }
    let slow = browser
        .submit(path, path, &[("email", "x@example.org")])
        .await;
    let wait = slow.headers[header::RETRY_AFTER]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(wait.parse::<u32>().unwrap() > 0);
    slow.is(429);
}
