//! What every page has in common: hooks, messages, languages, forms, secrets.

use super::*;
use crate::pages::PAGES;

/// Pages that a person can look at, with the name each must carry (ID-UI-12).
const NAMES: &[(&str, &str)] = &[
    ("/ui/landing", "landing"),
    ("/ui/profile", "profile"),
    ("/ui/api_access", "api-access"),
    ("/ui/profile/update_token", "api-access"),
    ("/ui/resources", "usage"),
    ("/ui/usage", "usage"),
    ("/ui/feedback", "feedback"),
    ("/ui/password_change", "password-change"),
    ("/no/such/page", "error-404"),
];

/// Pages for nobody in particular.
const OPEN: &[(&str, &str)] = &[
    ("/ui/login", "login"),
    ("/ui/signup", "signup"),
    ("/ui/local/password_reset", "password-reset"),
];

fn text(text: &str) -> Value {
    Value::Str(text.into())
}

/// The pages of the table that need nothing in their address, as somebody sees them.
async fn all_pages(browser: &Browser) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (methods, path, _) in PAGES {
        let plain = !path.contains('{') && !path.ends_with("/events");
        if !plain || !methods.contains("GET") {
            continue;
        }
        // From another site: the page that asks before the session ends is one too.
        let site = match path.ends_with("/logout") {
            true => "cross-site",
            false => "none",
        };
        let headers = [("sec-fetch-site", site)];
        let seen = browser.send(Method::GET, path, &headers, String::new());
        let seen = seen.await;
        let kind = seen.headers.get(header::CONTENT_TYPE);
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
            pages.push(((*path).to_owned(), seen.text));
        }
    }
    pages
}

// ID-UI-02 ID-UI-11 ID-UI-12
#[tokio::test]
async fn pages_and_forms_have_the_names_tests_look_for() {
    let house = House::new();
    let nobody = Browser::new(&house);
    let browser = house.browser_of("maria@example.org").await;
    for (who, all) in [(&nobody, OPEN), (&browser, NAMES)] {
        for (path, name) in all {
            let page = who.get(path).await.text;
            assert!(
                page.contains(&format!("<body data-page=\"{name}\"")),
                "{path}"
            );
            let title = between(&page, "<title>", "</title>");
            assert!(title.starts_with("Synnefo Dashboard | "), "{path}: {title}");
            assert!(page.contains("alt=\"Synnefo Dashboard\""), "{path}");
        }
    }
    for (who, path, form) in [
        (&nobody, "/ui/login", "login-form"),
        (&nobody, "/ui/signup", "signup-form"),
        (&nobody, "/ui/local/password_reset", "password-reset-form"),
        (&browser, "/ui/password_change", "password-change-form"),
        (&browser, "/ui/profile", "profile-form"),
        (&browser, "/ui/api_access", "renew-token-form"),
        (&browser, "/ui/profile/update_token", "renew-token-form"),
        (&browser, "/ui/feedback", "feedback-form"),
    ] {
        let page = who.get(path).await.is(200);
        assert!(page.contains(&format!("id=\"{form}\"")), "{path}: {form}");
    }
    // Identity's pages are below /astakos too.
    let twin = browser.get("/astakos/ui/api_access").await.is(200);
    assert!(twin.contains("data-page=\"api-access\""));
}

// ID-UI-06 ID-UI-11
#[tokio::test]
async fn mistakes_carry_their_keys_and_are_gathered_above_the_form() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let path = "/ui/feedback";
    let page = browser.submit(path, path, &[("feedback_msg", " ")]).await;
    let page = page.is(200);
    assert!(page.contains("data-field=\"feedback_msg\" data-key=\"REQUIRED_FIELD\""));
    assert!(page.contains("href=\"#f-feedback_msg\""), "{page}");
    assert!(page.contains("class=\"required\""), "{page}");
    let wrong = [
        ("old_password", "wrong"),
        ("new_password1", "another long phrase"),
        ("new_password2", "another long phrase"),
    ];
    let path = "/ui/password_change";
    let page = browser.submit(path, path, &wrong).await.is(200);
    assert!(page.contains("data-key=\"PASSWORD_INCORRECT\""), "{page}");
}

// ID-UI-03 ID-SEC-23 ID-SET settings acceptance 3
#[tokio::test]
async fn the_owners_banners_stand_on_their_pages_without_harm() {
    let banner = |level: &str, html: &str| Value::List(vec![text(level), text(html)]);
    let house = House::with(&[
        (
            "ASTAKOS_GLOBAL_MESSAGES",
            Value::List(vec![banner(
                "warning",
                "<b>Maintenance</b><script>alert(1)</script>",
            )]),
        ),
        (
            "ASTAKOS_PROFILE_MESSAGES",
            Value::List(vec![banner("error", "Of the profile"), text("broken")]),
        ),
    ]);
    let browser = house.browser_of("maria@example.org").await;
    for path in ["/ui/landing", "/ui/profile", "/cyclades/ui/machines"] {
        let page = browser.get(path).await.is(200);
        assert!(page.contains("<b>Maintenance</b></div>"), "{path}: {page}");
        assert!(!page.contains("alert(1)"), "{path}");
        assert_eq!(page.contains("Of the profile"), path == "/ui/profile");
    }
    // The box has the level of the last.
    let page = browser.get("/ui/profile").await.is(200);
    assert!(page.contains("class=\"top-msg error\""), "{page}");
}

// ID-UI-03 ID-UI-11 ID-MSG-02
#[tokio::test]
async fn messages_are_carried_by_key_and_their_values_are_text() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let key = crate::pages::shell::carried("USER_MEMBERSHIP_ACCEPTED", &["<b>x</b>, y:z"]);
    let carried = format!("{key},PROFILE_UPDATED,NO_SUCH_KEY,done-image");
    browser
        .cookies
        .borrow_mut()
        .insert("messages".into(), carried);
    let page = browser.get("/ui/landing").await.is(200);
    let boxed = between(&page, "class=\"top-msg", "<div class=\"head\"");
    assert!(boxed.contains("class=\"msg success\" data-key=\"USER_MEMBERSHIP_ACCEPTED\""));
    assert!(
        boxed.contains("b&#62;x&#60;/b&#62;, y:z is now a member."),
        "{boxed}"
    );
    assert!(boxed.contains("data-key=\"PROFILE_UPDATED\""));
    assert!(!boxed.contains("NO_SUCH_KEY"));
    let again = browser.get("/ui/landing").await.is(200);
    assert!(!again.contains("PROFILE_UPDATED"), "said twice");
}

// ID-UI-09
#[tokio::test]
async fn the_language_is_the_profiles_then_the_cookies_then_the_browsers() {
    let house = House::new();
    let wish = [("accept-language", "el-GR,el;q=0.9,en;q=0.5")];
    let browser = Browser::new(&house);
    let seen = |page: &str, code: &str| page.contains(&format!("<html lang=\"{code}\">"));
    let page = browser
        .send(Method::GET, "/ui/login", &wish, String::new())
        .await
        .is(200);
    assert!(seen(&page, "el") && page.contains("Σύνδεση"), "{page}");
    assert!(seen(&browser.get("/ui/login").await.is(200), "en"));

    // The cookie is stronger than the browser's wish.
    let fields = [("language", "en"), ("next", "/ui/login?next=%2Fui%2Fusage")];
    let chosen = browser.submit("/ui/login", "/lang/", &fields).await;
    assert_eq!(chosen.leads_to(), "/ui/login?next=%2Fui%2Fusage");
    let page = browser
        .send(Method::GET, "/ui/login", &wish, String::new())
        .await
        .is(200);
    assert!(seen(&page, "en"));

    // The profile is stronger than both, and mails follow it.
    house.person("maria@example.org").await;
    browser
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to();
    let fields = [("language", "el"), ("next", "https://evil.example/")];
    let chosen = browser.submit("/ui/landing", "/lang/", &fields).await;
    assert_eq!(chosen.leads_to(), "/");
    let other = Browser::new(&house);
    let in_english = other.log_in("maria@example.org", "wrong").await.is(200);
    assert!(in_english.contains("Wrong email or password."));
    other.log_in("maria@example.org", PASSWORD).await.leads_to();
    let page = other.get("/ui/profile").await.is(200);
    assert!(seen(&page, "el") && page.contains("Αποθήκευση"), "{page}");
    assert!(page.contains("value=\"Maria\""), "the name was lost");
    let form = [
        ("first_name", "Maria"),
        ("last_name", ""),
        ("language", "en"),
    ];
    other
        .submit("/ui/profile", "/ui/profile", &form)
        .await
        .leads_to();
    assert!(seen(&other.get("/ui/profile").await.is(200), "en"));

    let unknown = other.submit("/ui/profile", "/lang/", &[("language", "tlh")]);
    unknown.await.is(400);
}

// ID-SET-90 ID-UI-09
#[tokio::test]
async fn messages_are_greek_too_and_the_owners_words_win() {
    let house = House::with(&[("ASTAKOS_EMAIL_USED_MESSAGE", text("Ours"))]);
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    browser
        .cookies
        .borrow_mut()
        .insert("language".into(), "el".into());
    let page = browser.log_in("maria@example.org", "wrong").await.is(200);
    assert!(page.contains("Λάθος email ή κωδικός."), "{page}");
    let fields = [
        ("email", "maria@example.org"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    let page = browser.submit("/ui/signup", "/ui/signup", &fields).await;
    assert!(page.is(200).contains(">Ours</p>"));
}

// ID-SEC-07 ID-SEC-22 ID-SEC-10
#[tokio::test]
async fn every_form_proves_where_it_is_from_and_no_page_shows_a_secret_in_an_address() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let who = house.0.state.identity.find("maria@example.org").await;
    let token = house.0.state.identity.token_of(who.unwrap().unwrap().uuid);
    let token = token.await.unwrap().token;
    let token = kernel::secret::ExposeSecret::expose_secret(&token);
    let session = browser.cookies.borrow()["sessionid"].clone();
    let nobody = Browser::new(&house);
    let mut pages = all_pages(&browser).await;
    pages.extend(all_pages(&nobody).await);
    assert!(pages.len() > 20, "{}", pages.len());
    for (path, page) in pages {
        for form in page.split("<form").skip(1) {
            let form = form.split("</form").next().unwrap();
            let proven = form.contains("name=\"csrfmiddlewaretoken\"");
            let post = form.split('>').next().unwrap().contains("method=\"post\"");
            assert_eq!(proven, post, "{path}: {form}");
        }
        for forbidden in [
            " style=\"",
            "<style",
            " onclick=",
            "<script>",
            "javascript:",
        ] {
            assert!(!page.contains(forbidden), "{path}: {forbidden}");
        }
        assert!(!page.contains(&session), "{path} shows the session");
        for name in ["href=\"", "src=\"", "action=\"", "hx-get=\""] {
            for address in page.split(name).skip(1) {
                let address = address.split('"').next().unwrap();
                assert!(!address.contains(token), "{path}: {address}");
                assert!(!address.contains("csrf"), "{path}: {address}");
            }
        }
        assert_eq!(page.contains(token), path == "/ui/api_access", "{path}");
    }
}

// ID-SEC-20 security acceptance 2
#[tokio::test]
async fn a_login_leads_to_addresses_of_ours_only() {
    let house = House::with(&[("ASTAKOS_COOKIE_DOMAIN", text(".example.com"))]);
    let browser = Browser::new(&house);
    for (next, kept) in [
        ("/ui/profile?x=1", true),
        ("https://cloud.example.org/pithos/ui", true),
        ("https://files.example.com/x", true),
        ("https://example.com/", true),
        ("https://evilexample.com/", false),
        ("https://files.example.org/", false),
        ("//evil.example", false),
        ("/\\evil.example", false),
        ("https://cloud.example.org@evil.example/", false),
        ("https://cloud.example.org.evil.example/", false),
        ("javascript:alert(1)", false),
        ("ftp://cloud.example.org/", false),
    ] {
        let plain = percent_encoding::NON_ALPHANUMERIC;
        let query = percent_encoding::utf8_percent_encode(next, plain);
        let page = browser.get(&format!("/ui/login?next={query}")).await;
        let page = page.is(200);
        let field = between(&page, "name=\"next\" value=\"", "\"");
        assert_eq!(field, if kept { next } else { "" }, "{next}");
    }
}

// ID-UI-05 ID-DSH-06
#[tokio::test]
async fn a_new_token_is_made_after_a_question_only() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let token = |page: &str| {
        let shown = between(page, "id=\"token\"", "</details>").to_owned();
        between(&shown, "<code>", "</code>").to_owned()
    };
    let before = browser.get("/ui/api_access").await.is(200);
    let first = token(&before);
    assert_eq!(first.len(), 43);
    assert!(before.contains("in 30 days"), "{before}");
    let asked = browser.get("/ui/profile/update_token").await.is(200);
    assert!(asked.contains("id=\"renew-token-form\""));
    assert_eq!(token(&browser.get("/ui/api_access").await.is(200)), first);
    let path = "/ui/profile/update_token";
    let made = browser.submit(path, path, &[]).await;
    assert_eq!(made.leads_to(), "/ui/api_access");
    let after = browser.get("/ui/api_access").await.is(200);
    assert!(after.contains("data-key=\"TOKEN_UPDATED\""));
    assert_ne!(token(&after), first);
}

// ID-DSH-08 ID-RES-08
#[tokio::test]
async fn usage_has_a_bar_for_every_resource_and_looks_again_by_itself() {
    let house = House::with(&[("ASTAKOS_USAGE_UPDATE_INTERVAL", Value::Int(7000))]);
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/resources").await.is(200);
    assert!(page.contains("hx-trigger=\"every 7000ms\""), "{page}");
    let order = [
        "pithos.diskspace",
        "cyclades.disk",
        "cyclades.vm",
        "cyclades.floating_ip",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|name| page.find(&format!("data-resource=\"{name}\"")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    let said = "0 out of 50.00 GB storage space (50.00 GB left)";
    assert!(page.contains(said), "{page}");
    assert!(page.contains("System project"));
    assert!(
        !page.contains("cyclades.total_ram"),
        "hidden resources are shown"
    );
    let again = [("hx-request", "true")];
    let part = browser.send(Method::GET, "/ui/resources", &again, String::new());
    let part = part.await.is(200);
    assert!(part.contains("data-resource=") && !part.contains("<html"));
}

// ID-DSH-09 ID-MAIL-14 ID-SEC-24
#[tokio::test]
async fn a_word_to_the_owners_is_mailed_ten_times_an_hour() {
    let people = Value::List(vec![Value::List(vec![
        text("Help"),
        text("help@example.org"),
    ])]);
    let house = House::with(&[("FEEDBACK_NOTIFICATIONS_RECIPIENTS", people)]);
    let browser = house.browser_of("maria@example.org").await;
    house.mails().await;
    let path = "/ui/feedback";
    let word = [("feedback_msg", "It works.\nThanks"), ("feedback_data", "")];
    let sent = browser.submit(path, path, &word).await;
    assert_eq!(sent.leads_to(), path);
    assert!(
        browser
            .get(path)
            .await
            .is(200)
            .contains("data-key=\"FEEDBACK_SENT\"")
    );
    let mails = house.mails().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "help@example.org"));
    assert_eq!(mails[0].context["message"], "It works.\nThanks");
    for _ in 1..10 {
        browser.submit(path, path, &word).await.leads_to();
    }
    let refused = browser.submit(path, path, &word).await;
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    let page = refused.is(429);
    assert!(page.contains("data-key=\"TOO_MANY_REQUESTS\""), "{page}");
    assert!(page.contains("It works."), "typed text lost");
    let gone = Browser::new(&house).get(path).await;
    assert_eq!(gone.leads_to(), "/ui/login?next=%2Fui%2Ffeedback");
}

// ID-DSH-13 ID-DSH-03 ID-CLB acceptance ID-MNU-03
#[tokio::test]
async fn the_owner_adds_links_and_takes_rooms_away() {
    let pair = |name: &str, value: Value| (text(name), value);
    let hidden = Value::Dict(vec![pair("show", Value::Bool(false))]);
    let words = Value::Dict(vec![pair("description", text("Own <words>"))]);
    let meta = Value::Dict(vec![
        pair(
            "pithos",
            Value::Dict(vec![pair("cloudbar", hidden.clone())]),
        ),
        pair("cyclades", Value::Dict(vec![pair("dashboard", words)])),
        pair("astakos", Value::Dict(vec![pair("dashboard", hidden)])),
    ]);
    let links = Value::Dict(vec![
        pair("https://help.example.org/", text("Help & tips")),
        pair("javascript:alert(1)", text("Harm")),
    ]);
    let house = House::with(&[
        ("ASTAKOS_COMPONENTS_META", meta),
        ("ASTAKOS_PROFILE_EXTRA_LINKS", links),
    ]);
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/profile").await.is(200);
    assert!(
        page.contains("href=\"https://help.example.org/\">Help &#38; tips<"),
        "{page}"
    );
    assert!(!page.contains("Harm"), "{page}");
    let page = browser.get("/ui/landing").await.is(200);
    let nav = between(&page, "<nav class=\"nav\"", "</nav>");
    assert!(
        !nav.contains("/pithos/ui") && nav.contains("/cyclades/ui"),
        "{nav}"
    );
    for path in [
        "/ui/profile",
        "/ui/api_access",
        "/ui/feedback",
        "/ui/resources",
    ] {
        assert!(nav.contains(&format!("href=\"{path}\"")), "{path}");
    }
    assert!(page.contains("data-component=\"pithos\""), "{page}");
    assert!(!page.contains("data-component=\"astakos\""), "{page}");
    assert!(page.contains("Own &#60;words&#62;"), "{page}");
}

// ID-UI-08
#[tokio::test]
async fn errors_are_pages_of_the_house_with_somebody_to_write_to() {
    let house = House::with(&[("CONTACT_EMAIL", text("help@example.org"))]);
    let browser = house.browser_of("maria@example.org").await;
    let missing = browser.get("/ui/nothing").await.is(404);
    let forged = browser.post("/ui/profile", &[("first_name", "x")]).await;
    for page in [missing, forged.is(403)] {
        assert!(page.contains("mailto:help@example.org"), "{page}");
        assert!(page.contains("class=\"nav\""), "no way on: {page}");
    }
    let hidden = browser.get("/ui/_components").await.is(404);
    assert!(hidden.contains("data-page=\"error-404\""));
}

// ID-UI-10
#[tokio::test]
async fn the_search_finds_pages_actions_and_works_without_script() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/search?q=create%20mach").await.is(200);
    let found = between(&page, "<ul class=\"found\">", "</ul>");
    assert!(found.contains("href=\"/cyclades/ui/machines/create\""));
    assert_eq!(found.matches("<li>").count(), 1, "{found}");
    assert!(page.contains("data-said>One thing found</p>"), "{page}");
    let said = between(&page, "<p class=\"sr\" id=\"said\"", "</p>");
    assert_eq!(said, " role=\"status\">", "heard from the first letter on");
    let none = browser.get("/ui/search?q=%3Cb%3Ex").await.is(200);
    assert!(!none.contains("<b>x") && none.contains("found__none"));
    let part = [("hx-request", "true")];
    let part = browser.send(Method::GET, "/ui/search?q=usage", &part, String::new());
    let part = part.await.is(200);
    assert!(
        !part.contains("<html") && part.contains("/ui/resources"),
        "{part}"
    );
}

// ID-UI-01: ui.md rule 1
#[test]
fn style_and_script_stay_small_even_uncompressed() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static");
    let mut size = 0;
    let mut dirs = vec![root.clone()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let kind = path.extension().and_then(|kind| kind.to_str());
            if path.is_dir() {
                dirs.push(path);
            } else if matches!(kind, Some("css" | "js")) {
                size += std::fs::metadata(path).unwrap().len();
            }
        }
    }
    assert!(size < 150 << 10, "{size} bytes");
}

// ID-UI-01
#[tokio::test]
async fn all_components_are_shown_to_those_who_make_pages() {
    let house = House::with(&[("DEBUG", Value::Bool(true))]);
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/_components").await.is(200);
    for class in [
        "button--danger",
        "field--wrong",
        "<select",
        "role=\"switch\"",
        "class=\"radio\"",
        "<table",
        "class=\"pager\"",
        "class=\"tabs\"",
        "class=\"card",
        "badge--warning",
        "class=\"meter\"",
        "class=\"progress\"",
        "class=\"msg warning\"",
        "class=\"dialog",
        "class=\"menu\"",
        "class=\"crumbs\"",
        "class=\"empty card\"",
        "class=\"copy\"",
        "class=\"pairs\"",
        "class=\"timeline\"",
        "class=\"avatar\"",
        "class=\"search\"",
        "class=\"drop\"",
        "class=\"branch\"",
        "class=\"confirm\"",
        "class=\"secret\"",
    ] {
        assert!(page.contains(class), "{class}");
    }
    assert!(page.contains("Page 1 of 7"), "{page}");
}
