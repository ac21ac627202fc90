//! What people change of themselves.

use super::*;

// ID-DSH-04 ID-PWD-12
#[tokio::test]
async fn names_and_password_are_changed_on_the_profile() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let fields = [("first_name", "Eleni"), ("last_name", "O'Hara & <co>")];
    let saved = browser.submit("/ui/profile", "/ui/profile", &fields).await;
    assert_eq!(saved.leads_to(), "/ui/profile");
    let page = browser.get("/ui/profile").await.is(200);
    assert!(page.contains("value=\"Eleni\"") && !page.contains("<co>"));
    assert!(page.contains("data-key=\"PROFILE_UPDATED\""), "{page}");
    let again = browser.get("/ui/profile").await.is(200);
    assert!(!again.contains("PROFILE_UPDATED"), "said twice");

    let path = "/ui/password_change";
    let change = |old: &'static str, new: &'static str| {
        [
            ("old_password", old),
            ("new_password1", new),
            ("new_password2", new),
        ]
    };
    let wrong = browser
        .submit(path, path, &change("wrong", "another long phrase"))
        .await;
    assert!(wrong.is(200).contains("data-field=\"old_password\""));
    let before = browser.cookies.borrow()["sessionid"].clone();
    let other = Browser::new(&house);
    other.log_in("maria@example.org", PASSWORD).await.leads_to();
    let done = browser
        .submit(path, path, &change(PASSWORD, "another long phrase"))
        .await;
    assert_eq!(done.leads_to(), "/ui/profile");
    assert_ne!(browser.cookies.borrow()["sessionid"], before);
    browser.get("/ui/profile").await.is(200);
    other.get("/ui/profile").await.leads_to();
}

// ID-DSH-04: names, address and password are saved together or not at all
#[tokio::test]
async fn a_profile_that_is_refused_in_part_changes_nothing() {
    let change = ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true));
    let house = House::with(&[change]);
    let browser = house.browser_of("maria@example.org").await;
    house.person("taken@example.org").await;
    house.mails().await;
    let path = "/ui/profile";
    let new = "another long phrase";
    let form = |email: &'static str, old: &'static str| {
        vec![
            ("first_name", "Eleni"),
            ("last_name", "Doe"),
            ("change_email", "on"),
            ("new_email_address", email),
            ("change_password", "on"),
            ("old_password", old),
            ("new_password1", new),
            ("new_password2", new),
        ]
    };
    for (email, old, field) in [
        ("new@example.org", "wrong", "old_password"),
        ("taken@example.org", PASSWORD, "new_email_address"),
    ] {
        let refused = browser.submit(path, path, &form(email, old)).await.is(200);
        let at = format!("data-field=\"{field}\"");
        assert!(refused.contains(&at), "{field}: {refused}");
        let page = browser.get(path).await.is(200);
        assert!(page.contains("value=\"Maria\""), "{field}: names saved");
        assert_eq!(house.mails().await, [], "{field}: mails sent");
    }
    let other = Browser::new(&house);
    other.log_in("maria@example.org", PASSWORD).await.leads_to();
    let done = browser
        .submit(path, path, &form("new@example.org", PASSWORD))
        .await;
    assert_eq!(done.leads_to(), path);
    let page = browser.get(path).await.is(200);
    for key in [
        "PROFILE_UPDATED",
        "EMAIL_CHANGE_REGISTERED",
        "PASSWORD_CHANGED",
    ] {
        assert!(page.contains(&format!("data-key=\"{key}\"")), "{key}");
    }
    assert!(page.contains("value=\"Eleni\""));
    other.log_in("maria@example.org", new).await.leads_to();
}

// ID-EML-01 ID-DSH-04: without script nothing ticks the box of what is typed below it.
#[tokio::test]
async fn what_is_typed_without_its_box_is_told_and_kept() {
    let change = ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true));
    let house = House::with(&[change]);
    let browser = house.browser_of("maria@example.org").await;
    house.mails().await;
    let path = "/ui/profile";
    let new = "another long phrase";
    for (field, typed) in [
        (
            "new_email_address",
            vec![("new_email_address", "new@example.org")],
        ),
        (
            "new_password1",
            vec![("new_password1", new), ("new_password2", new)],
        ),
        ("new_password1", vec![("new_password2", new)]),
    ] {
        let mut form = vec![("first_name", "Eleni"), ("last_name", "Doe")];
        form.extend(&typed);
        let told = browser.submit(path, path, &form).await.is(200);
        assert!(told.contains(&format!("data-field=\"{field}\"")), "{told}");
        assert_eq!(told.matches("<details class=\"toggle\" open>").count(), 1);
        assert!(told.contains("value=\"Eleni\""), "what was typed stays");
        let kept = told.contains("value=\"new@example.org\"");
        assert_eq!(kept, field == "new_email_address", "{told}");
        assert!(!told.contains(new), "a password is not shown");
        let page = browser.get(path).await.is(200);
        assert!(page.contains("value=\"Maria\""), "{field}: names saved");
        assert_eq!(house.mails().await, [], "{field}");
    }
    // A password that the browser fills in by itself is no wish.
    let form = [
        ("first_name", "Eleni"),
        ("last_name", "Doe"),
        ("old_password", PASSWORD),
    ];
    assert_eq!(browser.submit(path, path, &form).await.leads_to(), path);
}

// ID-PWD-12: a new password ends a change of address that waits, and says so
#[tokio::test]
async fn a_change_of_address_that_a_new_password_ends_is_said() {
    let change = ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true));
    let house = House::with(&[change]);
    let browser = house.browser_of("maria@example.org").await;
    let said = "data-key=\"PENDING_EMAIL_CHANGE_CALLED_OFF\"";
    let ask = [("new_email_address", "new@example.org")];
    let passwords = [
        PASSWORD,
        "another long phrase",
        "a third long phrase",
        "a fourth one",
    ];
    for (n, pair) in passwords.windows(2).enumerate() {
        let [old, new] = pair else { unreachable!() };
        // The second time nothing waits.
        if n != 1 {
            let page = "/ui/email_change";
            browser.submit(page, page, &ask).await.leads_to();
        }
        house.mails().await;
        let path = if n == 2 {
            "/ui/profile"
        } else {
            "/ui/password_change"
        };
        let form = [
            ("first_name", "Maria"),
            ("last_name", "Doe"),
            ("change_password", "on"),
            ("old_password", *old),
            ("new_password1", *new),
            ("new_password2", *new),
        ];
        browser.submit(path, path, &form).await.leads_to();
        let page = browser.get("/ui/profile").await.is(200);
        assert_eq!(page.contains(said), n != 1, "{n}: {page}");
        let mails = house.mails().await;
        let told = &mails.first().unwrap().context["detail"];
        assert_eq!(told, if n == 1 { "" } else { "new@example.org" });
    }
}

// ID-SES-05 ID-TOK-02
#[tokio::test]
async fn other_sessions_are_seen_and_ended() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let other = Browser::new(&house);
    other.log_in("maria@example.org", PASSWORD).await.leads_to();
    let page = browser.get("/ui/sessions").await.is(200);
    assert!(
        page.contains("update_token") || page.contains("/ui/api_access"),
        "the token stands beside"
    );
    let id = between(&page, "name=\"session\" value=\"", "\"").to_owned();
    let ended = browser
        .submit("/ui/sessions", "/ui/sessions", &[("session", &id)])
        .await;
    assert_eq!(ended.leads_to(), "/ui/sessions");
    other.get("/ui/profile").await.leads_to();
    browser.get("/ui/profile").await.is(200);
}

// ID-DSH-07
#[tokio::test]
async fn kamaki_is_set_up_by_a_file() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let file = browser.get("/ui/.kamakirc").await;
    assert_eq!(file.headers[header::CACHE_CONTROL], "no-store");
    let text = file.is(200);
    assert!(text.contains("url = https://cloud.example.org/identity/v2.0"));
    let token = text.lines().find_map(|line| line.strip_prefix("token = "));
    let identity = &house.0.state.identity;
    assert!(identity.caller_by_token(token.unwrap()).is_ok());
}
