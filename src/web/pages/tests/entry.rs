//! Ways in and out.

use super::*;

const FORM: [(&str, &str); 5] = [
    ("email", "maria@example.org"),
    ("first_name", "Maria"),
    ("last_name", "Doe"),
    ("password1", PASSWORD),
    ("password2", PASSWORD),
];

// ID-REG-03 ID-VER-01 ID-SEC-08 ID-LOG-01 ID-LOG-03 ID-DSH-06 ID-TOK-02
#[tokio::test]
async fn somebody_signs_up_verifies_logs_in_finds_the_token_and_leaves() {
    let house = House::new();
    let browser = Browser::new(&house);
    let page = browser.get("/ui/signup").await.is(200);
    for (field, _) in FORM {
        assert!(page.contains(&format!("name=\"{field}\"")), "no {field}");
    }
    let made = browser.submit("/ui/signup", "/ui/signup", &FORM).await;
    assert!(made.cookie("sessionid").is_none(), "in before verification");
    assert_eq!(made.leads_to(), "/ui");
    let told = browser.get("/ui").await;
    let told = browser.get(told.leads_to()).await.is(200);
    assert!(told.contains("data-key=\"VERIFICATION_SENT\""), "{told}");

    // The right password of an unverified account leads to a button for another mail.
    let early = browser.log_in("maria@example.org", PASSWORD).await.is(200);
    assert!(early.contains("action=\"/ui/send/activation\""), "{early}");
    assert!(early.contains("data-key=\"ACCOUNT_PENDING_ACTIVATION_HELP\""));

    let link = house.mailed_path("activation").await;
    let ahead = [("sec-purpose", "prefetch")];
    let looked = browser
        .send(Method::GET, &link, &ahead, String::new())
        .await;
    assert!(looked.is(200).contains("name=\"auth\""));
    let verified = browser.get(&link).await;
    assert_eq!(verified.leads_to(), "/ui/landing");
    assert!(verified.cookie("sessionid").is_some());
    assert!(browser.get("/ui/landing").await.is(200).contains("Maria"));

    let other = Browser::new(&house);
    other.log_in("Maria@Example.org", PASSWORD).await.leads_to();
    let page = other.get("/ui/api_access").await.is(200);
    let token = between(&page, "id=\"token\"", "</code>");
    let token = token.rsplit('>').next().unwrap().trim().to_owned();
    let identity = &house.0.state.identity;
    assert!(identity.caller_by_token(&token).is_ok(), "{token}");
    assert!(page.contains("kamaki config set"));
    let renewed = other
        .submit("/ui/api_access", "/ui/profile/update_token", &[])
        .await;
    assert_eq!(renewed.leads_to(), "/ui/api_access");
    assert!(
        identity.caller_by_token(&token).is_err(),
        "the old one works"
    );

    let left = other.submit("/ui/landing", "/ui/logout", &[]).await;
    assert_eq!(left.leads_to(), "/ui");
    let shut = other.get("/ui/landing").await;
    assert_eq!(shut.leads_to(), "/ui/login?next=%2Fui%2Flanding");
}

// ID-LOG-22 ID-UI-27: a link of ours logs out at once, one of another site asks; on to
// where it was asked for, or where the owner says.
#[tokio::test]
async fn logout_by_a_link_asks_only_those_who_come_from_elsewhere() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let path = "/ui/logout?next=%2Fui%2Ffeedback";
    let asked = browser.send(Method::GET, path, &elsewhere, String::new());
    let asked = asked.await.is(200);
    assert!(asked.contains("name=\"next\" value=\"/ui/feedback\""));
    browser.get("/ui/landing").await.is(200);
    let left = browser.get(path).await;
    assert_eq!(left.leads_to(), "/ui/feedback");
    assert!(left.cookie("sessionid").unwrap().contains("Max-Age=0"));
    assert_eq!(browser.get(path).await.leads_to(), "/ui");

    browser
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to();
    let evil = browser
        .get("/ui/logout?next=https%3A%2F%2Fevil.example")
        .await;
    assert_eq!(evil.leads_to(), "/ui");
    let told = browser.get("/ui/login").await.is(200);
    assert!(told.contains("You are logged out of"), "{told}");

    let house = House::with(&[(
        "ASTAKOS_LOGOUT_NEXT",
        Value::Str("https://example.org/bye".into()),
    )]);
    let browser = house.browser_of("maria@example.org").await;
    assert_eq!(
        browser.get("/ui/logout").await.leads_to(),
        "https://example.org/bye"
    );
}

// ID-SES-01 ID-SES-03 ID-SEC-07 ID-LOG-01
#[tokio::test]
async fn a_login_makes_a_new_session_in_a_guarded_cookie() {
    let house = House::new();
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    browser.get("/ui/login").await.is(200);
    let mut keys = Vec::new();
    for _ in 0..2 {
        let before = browser.cookies.borrow().get("sessionid").cloned();
        let entered = match before {
            None => browser.log_in("maria@example.org", PASSWORD).await,
            Some(_) => {
                // Logged in already: the form of a tab that stayed open.
                let fields = [("username", "maria@example.org"), ("password", PASSWORD)];
                let sent = browser.submit("/ui/profile", "/ui/login", &fields).await;
                let out = browser.get(sent.leads_to()).await;
                assert_eq!(out.leads_to(), "/ui/local");
                browser.submit(out.leads_to(), "/ui/local", &fields).await
            }
        };
        let cookie = entered.cookie("sessionid").unwrap().to_owned();
        for flag in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age="] {
            assert!(cookie.contains(flag), "no {flag} in {cookie}");
        }
        keys.push(between(&cookie, "sessionid=", ";").to_owned());
    }
    assert_ne!(keys[0], keys[1]);
    let identity = &house.0.state.identity;
    assert!(identity.session(&keys[0]).await.unwrap().is_none());
    assert!(identity.session(&keys[1]).await.unwrap().is_some());
    // What was typed before a login proves nothing after it, and the other way round.
    let seen = browser.get("/ui/landing").await;
    assert_eq!(seen.headers[header::CACHE_CONTROL], "no-store");
}

// ID-LOG-02 ID-SEC-20
#[tokio::test]
async fn the_login_says_little_and_leads_to_our_own_pages_only() {
    let house = House::new();
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    let known = browser.log_in("maria@example.org", "wrong").await.is(200);
    let unknown = browser.log_in("nobody@example.org", "wrong").await.is(200);
    let said = |page: &str| between(page, "role=\"alert\"", "</div>").to_owned();
    assert_eq!(said(&known), said(&unknown));
    assert!(
        known.contains("value=\"maria@example.org\""),
        "typed text lost"
    );
    assert!(!known.contains("wrong\""), "the password came back");
    for (next, target) in [
        ("/ui/usage", "/ui/usage"),
        ("https://evil.example", "/ui/landing"),
        ("//evil.example", "/ui/landing"),
        ("/\\evil.example", "/ui/landing"),
        ("", "/ui/landing"),
    ] {
        let browser = Browser::new(&house);
        let fields = [
            ("username", "maria@example.org"),
            ("password", PASSWORD),
            ("next", next),
        ];
        let entered = browser.submit("/ui/login", "/ui/login", &fields).await;
        assert_eq!(entered.leads_to(), target, "{next}");
        let again = browser.get(&format!("/ui/login?next={next}")).await;
        assert_eq!(again.leads_to(), target, "{next}");
    }
}

// ID-REG-02 ID-UI-06
#[tokio::test]
async fn mistakes_are_told_at_their_fields_and_nothing_typed_is_lost() {
    let house = House::new();
    let browser = Browser::new(&house);
    let mut form = FORM;
    form[0].1 = "no address";
    form[1].1 = "<b>Maria";
    form[4].1 = "something else";
    let page = browser
        .submit("/ui/signup", "/ui/signup", &form)
        .await
        .is(200);
    for field in ["email", "password2"] {
        assert!(page.contains(&format!("data-field=\"{field}\"")), "{field}");
    }
    assert!(page.contains("no address") && !page.contains("<b>Maria"));
    assert!(!page.contains(PASSWORD), "the password came back");
    assert!(house.mails().await.is_empty());
}

// ID-ACT-11
#[tokio::test]
async fn with_moderation_the_verified_wait() {
    let house = House::with(&[("ASTAKOS_MODERATION_ENABLED", Value::Bool(true))]);
    let browser = Browser::new(&house);
    browser
        .submit("/ui/signup", "/ui/signup", &FORM)
        .await
        .leads_to();
    let link = house.mailed_path("activation").await;
    let waiting = browser.get(&link).await;
    assert!(waiting.cookie("sessionid").is_none());
    assert_eq!(waiting.leads_to(), "/ui");
    let told = browser.get("/ui/login").await.is(200);
    assert!(told.contains("data-key=\"NOTIFICATION_SENT\""), "{told}");
    browser.log_in("maria@example.org", PASSWORD).await.is(200);
}

// ID-PWD-02 ID-PWD-03
#[tokio::test]
async fn a_forgotten_password_is_replaced_by_the_mailed_link() {
    let house = House::new();
    house.person("maria@example.org").await;
    house.mails().await;
    let browser = Browser::new(&house);
    let path = "/ui/local/password_reset";
    let nobody = browser
        .submit(path, path, &[("email", "nobody@example.org")])
        .await;
    let done = "/ui/local/password_reset_done";
    assert_eq!(nobody.leads_to(), done);
    assert_eq!(browser.get(done).await.leads_to(), "/ui");
    assert!(house.mails().await.is_empty());
    let somebody = browser
        .submit(path, path, &[("email", "maria@example.org")])
        .await;
    assert_eq!(somebody.leads_to(), done);
    assert_eq!(somebody.text, nobody.text);
    let link = house.mailed_path("password").await;
    let new = "another long phrase";
    let differing = [("new_password1", new), ("new_password2", "x")];
    browser.submit(&link, &link, &differing).await.is(200);
    let fields = [("new_password1", new), ("new_password2", new)];
    let done = browser.submit(&link, &link, &fields).await;
    assert_eq!(done.leads_to(), "/ui/local/password/reset/complete");
    browser.log_in("maria@example.org", PASSWORD).await.is(200);
    browser.log_in("maria@example.org", new).await.leads_to();
    let used = Browser::new(&house).get(&link).await.is(200);
    assert!(used.contains("was used before") && !used.contains("new_password1"));
}

// ID-SEC-07
#[tokio::test]
async fn forms_from_elsewhere_or_of_another_session_change_nothing() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let other = house.browser_of("eleni@example.org").await;
    let mine = proof(&browser.get("/ui/profile").await.is(200));
    let theirs = proof(&other.get("/ui/profile").await.is(200));
    let form = |proof: &str| encoded(&[("csrfmiddlewaretoken", proof), ("first_name", "Mallory")]);
    let kind = ("content-type", "application/x-www-form-urlencoded");
    for (proof, from) in [
        (&theirs, ("origin", "https://cloud.example.org")),
        (&mine, ("origin", "https://evil.example")),
        (&mine, ("origin", "null")),
        (&mine, ("sec-fetch-site", "cross-site")),
        (&mine, ("referer", "https://evil.example/cloud.example.org")),
    ] {
        let headers = [kind, from];
        let seen = browser.send(Method::POST, "/ui/profile", &headers, form(proof));
        let page = seen.await.is(403);
        assert!(page.contains("data-page=\"error-403\""), "{from:?}");
    }
    let page = browser.get("/ui/profile").await.is(200);
    assert!(!page.contains("Mallory"));
    let headers = [kind, ("origin", "https://cloud.example.org")];
    let seen = browser.send(Method::POST, "/ui/profile", &headers, form(&mine));
    assert_eq!(seen.await.leads_to(), "/ui/profile");
}

// ID-UI-09: a password manager knows whose password a form asks for
#[tokio::test]
async fn forms_with_a_password_name_the_account() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let mut seen = 0;
    for path in ["/ui/profile", "/ui/password_change", "/ui/second_factor"] {
        let page = browser.get(path).await.is(200);
        for form in page.split("<form").skip(1) {
            let form = form.split("</form").next().unwrap();
            if form.contains("type=\"password\"") {
                let name = "autocomplete=\"username\" value=\"maria@example.org\" readonly hidden";
                assert!(form.contains(name), "{path}: {form}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 3, "{seen}");
    // The password is a part of the account like the others.
    let page = browser.get("/ui/password_change").await.is(200);
    assert!(page.contains("href=\"/ui/profile\" aria-current=\"page\""));
}

// ID-UI-06 ID-UI-09: what is wrong with the words to those who decide is told of the field
#[tokio::test]
async fn a_message_that_is_too_long_is_refused_at_its_field() {
    let house = House::with(&[
        ("ASTAKOS_MODERATION_ENABLED", Value::Bool(true)),
        ("ASTAKOS_SIGNUP_ASK_MESSAGE", Value::Bool(true)),
    ]);
    let browser = Browser::new(&house);
    let long = "x".repeat(2000);
    let fields = [
        ("email", "eva@example.org"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
        ("message", long.as_str()),
    ];
    let page = browser.submit("/ui/signup", "/ui/signup", &fields).await;
    let page = page.is(200);
    assert!(
        page.contains("id=\"e-message\" data-field=\"message\""),
        "{page}"
    );
    assert!(page.contains("aria-describedby=\"e-message\""));
    assert!(page.contains(&long), "nothing typed is lost");
}

// ID-SES-02 ID-SES-03 ID-SES-04 ID-UI-04 tokens acceptance 2
#[tokio::test]
async fn the_token_cookie_follows_the_token_and_opens_nothing() {
    let house = House::with(&[(
        "ASTAKOS_COOKIE_DOMAIN",
        kernel::settings::Value::Str(".example.org".into()),
    )]);
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    let seen = browser.log_in("maria@example.org", PASSWORD).await;
    let cookie = seen.cookie("_pithos2_a").unwrap().to_owned();
    for part in [
        "%7C",
        "HttpOnly",
        "Secure",
        "Path=/",
        "Domain=.example.org",
        "Max-Age=",
    ] {
        assert!(cookie.contains(part), "no {part} in {cookie}");
    }
    let again = browser.get("/ui/landing").await;
    assert!(again.cookie("_pithos2_a").is_none(), "set twice");
    let path = "/ui/profile/update_token";
    let renewed = browser.submit(path, path, &[]).await;
    let renewed = renewed.cookie("_pithos2_a").unwrap();
    assert_ne!(between(renewed, "=", ";"), between(&cookie, "=", ";"));
    browser.get("/ui/landing").await.is(200);
    let old = between(&cookie, "=", ";").to_owned();
    browser
        .cookies
        .borrow_mut()
        .insert("_pithos2_a".into(), old);
    let led = browser.get("/ui/landing").await;
    assert_eq!(led.leads_to(), "/ui/landing", "the same page, once");
    browser.get("/ui/landing").await.is(200);
    // One that is not there is set the same way.
    browser.cookies.borrow_mut().remove("_pithos2_a");
    browser.cookies.borrow_mut().remove("mended");
    let led = browser.get("/ui/landing").await;
    assert_eq!(led.leads_to(), "/ui/landing");
    assert!(led.cookie("_pithos2_a").is_some());
    // A browser that does not take the cookie does not go round for ever.
    browser.cookies.borrow_mut().remove("_pithos2_a");
    browser.get("/ui/landing").await.is(200);
    let page = browser.get("/ui/profile").await.is(200);
    let proof = proof(&page);
    let left = browser
        .post("/ui/logout", &[("csrfmiddlewaretoken", proof.as_str())])
        .await;
    assert!(left.cookie("_pithos2_a").unwrap().contains("Max-Age=0"));

    let nobody = Browser::new(&house);
    let value = between(&cookie, "=", ";").to_owned();
    nobody
        .cookies
        .borrow_mut()
        .insert("_pithos2_a".into(), value);
    let page = nobody.get("/ui/login").await;
    assert_eq!(page.leads_to(), "/ui/login");
    assert!(page.cookie("_pithos2_a").unwrap().contains("Max-Age=0"));
}
