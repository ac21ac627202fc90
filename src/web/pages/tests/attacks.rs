//! What people send who mean harm: markup in everything that is kept, fields no form
//! has, names of other hosts, breaks in lines, forms without end.

use super::*;
use identity::UserChange;

/// Markup that would show in whatever place it stands unescaped.
const MARK: &str = "\"'><xss-mark onload=alert(1)>{{7*7}}</title></script>&lt;";

fn root() -> Caller {
    Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin)
}

fn on(name: &'static str) -> (&'static str, Value) {
    (name, Value::Bool(true))
}

fn people(name: &'static str, address: &str) -> (&'static str, Value) {
    let text = |text: &str| Value::Str(text.into());
    let pair = Value::List(vec![text("Staff"), text(address)]);
    (name, Value::List(vec![pair]))
}

/// No mark in any page; `guarded` looks for handlers as well.
fn harmless(path: &str, seen: &Seen) {
    assert!(!seen.text.contains("<xss-mark"), "{path}: {}", seen.text);
    assert!(!seen.text.contains("49}"), "{path}: a template in a text");
}

// ID-SEC-23: whatever people call themselves, their files and their reasons is text,
// for themselves, for moderators and for administrators
#[tokio::test]
async fn markup_that_is_kept_is_shown_as_text() {
    let house = House::with(&[
        on("ASTAKOS_MODERATION_ENABLED"),
        on("ASTAKOS_SIGNUP_ASK_MESSAGE"),
        on("ASTAKOS_EMAILCHANGE_ENABLED"),
        on("ASTAKOS_INVITATIONS_ENABLED"),
        people("ACCOUNT_PENDING_MODERATION_RECIPIENTS", "staff@example.org"),
    ]);
    let identity = house.0.state.identity.clone();
    let browser = Browser::new(&house);
    let email = "\"<xss-mark>\"@example.org";
    let form = [
        ("email", email),
        ("first_name", MARK),
        ("last_name", MARK),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
        ("message", MARK),
    ];
    let wrong = [&form[..4], &[("password2", "x"), ("message", MARK)]].concat();
    let seen = browser.submit("/ui/signup", "/ui/signup", &wrong).await;
    harmless("/ui/signup", &seen);
    let made = browser.submit("/ui/signup", "/ui/signup", &form).await;
    assert_eq!(made.leads_to(), "/ui", "{}", made.text);
    let link = house.mailed_path("activation").await;
    browser.get(&link).await.leads_to();
    let link = house.mailed_path("pending_moderation").await;
    harmless("moderation", &browser.get(&link).await);

    let root_browser = house.browser_of("root@example.org").await;
    let no = |email: &str| {
        let (identity, email) = (identity.clone(), email.to_owned());
        async move { identity.user_by_email(&email).await.unwrap().unwrap().no }
    };
    let admin = vec![UserChange::Admin(true)];
    identity
        .admin_modify(&root(), no("root@example.org").await, admin)
        .await
        .unwrap();
    let theirs = no(email).await;
    let detail = format!("/admin/user/{theirs}");
    harmless(&detail, &root_browser.get(&detail).await);
    for change in [
        UserChange::Reject(MARK.into()),
        UserChange::Accept,
        UserChange::Deactivate(MARK.into()),
        UserChange::Activate,
    ] {
        identity
            .admin_modify(&root(), theirs, vec![change])
            .await
            .unwrap();
        harmless(&detail, &root_browser.get(&detail).await);
    }
    house.0.state.search.catch_up().await.unwrap();
    let query = encoded(&[("q", MARK)]);
    for path in [
        "/admin/user".to_owned(),
        "/admin/user?q=xss".to_owned(),
        format!("/admin/user?{query}"),
        format!("/ui/search?{query}"),
        "/admin/audit".to_owned(),
        format!("/admin/audit?{query}"),
        format!("{detail}/deactivate"),
        format!("{detail}/contact"),
        "/admin/mail".to_owned(),
        "/admin/charts".to_owned(),
        format!("/admin/user/{}", encoded(&[(MARK, "")])),
        format!("/nosuch/{}", encoded(&[(MARK, "")])),
        format!("/ui/login?next=/{query}&key={query}"),
        format!("/ui/activate?auth={query}"),
        format!("/ui/?code={query}"),
        format!("/ui/signup?{query}&code={query}"),
        format!("/oauth2/auth?client_id={query}&redirect_uri={query}&state={query}"),
        format!("/weblogin/login?next={query}"),
    ] {
        harmless(&path, &root_browser.get(&path).await);
        harmless(&path, &Browser::new(&house).get(&path).await);
    }

    let mine = Browser::new(&house);
    let entered = mine.log_in(email, PASSWORD).await;
    assert_eq!(entered.leads_to(), "/ui/landing", "{}", entered.text);
    for path in [
        "/ui/landing",
        "/ui/profile",
        "/ui/second_factor",
        "/ui/sessions",
        "/ui/api_access",
        "/ui/email_change",
        "/ui/invite",
        "/ui/feedback",
        "/pithos/ui/containers",
        "/cyclades/ui/machines",
    ] {
        let seen = mine.get(path).await;
        harmless(path, &seen);
        assert!(seen.status.is_success(), "{path}: {}", seen.status);
    }
    let fields = [("feedback_msg", MARK), ("feedback_data", MARK)];
    harmless(
        "feedback",
        &mine.submit("/ui/feedback", "/ui/feedback", &fields).await,
    );
    let fields = [("name", MARK)];
    let page = "/pithos/ui/containers";
    harmless(page, &mine.submit(page, page, &fields).await);
    harmless(page, &mine.get(page).await);
    // The one message a page is given by a cookie.
    for carried in [
        "done-adm",
        "AUTH_PROVIDER_ADDED",
        "EMAIL_USED",
        "<xss-mark>",
    ] {
        let carried = format!("{carried}:{}", encoded(&[(MARK, "")]));
        mine.cookies.borrow_mut().insert("messages".into(), carried);
        harmless("messages", &mine.get("/ui/profile").await);
    }
}

// ID-SEC-28: a form sets what the form has, nothing else
#[tokio::test]
async fn fields_that_no_form_has_set_nothing() {
    let house = House::with(&[on("ASTAKOS_MODERATION_ENABLED")]);
    let identity = &house.0.state.identity;
    let more = [
        ("is_superuser", "on"),
        ("is_staff", "on"),
        ("admin", "on"),
        ("is_active", "on"),
        ("email_verified", "on"),
        ("moderated", "on"),
        ("accepted_policy", "manual"),
        ("invitations", "99"),
        ("level", "0"),
        ("groups", "admin"),
        ("group", "admin"),
        ("permissions", "x"),
        ("uuid", "7d8a2f1c-0000-4000-8000-000000000001"),
        ("id", "1"),
        ("no", "1"),
        ("username", "root@example.org"),
        ("user", "1"),
        ("affiliation", "x"),
        ("auth_token", "x"),
        ("default_project", "x"),
        ("has_credits", "on"),
    ];
    let form = [
        ("email", "eve@example.org"),
        ("first_name", "Eve"),
        ("last_name", "Doe"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    let browser = Browser::new(&house);
    let form = [&form[..], &more[..]].concat();
    browser
        .submit("/ui/signup", "/ui/signup", &form)
        .await
        .leads_to();
    let eve = identity
        .user_by_email("eve@example.org")
        .await
        .unwrap()
        .unwrap();
    assert!(!eve.admin && !eve.active && eve.groups.is_empty() && eve.permissions.is_empty());
    assert_eq!(eve.state, identity::AccountState::Unverified);

    let browser = house.browser_of("maria@example.org").await;
    let before = identity
        .user_by_email("maria@example.org")
        .await
        .unwrap()
        .unwrap();
    let form = [
        &[
            ("first_name", "Mary"),
            ("last_name", "Doe"),
            ("email", "x@example.org"),
        ],
        &more[..],
    ]
    .concat();
    for path in [
        "/ui/profile",
        "/ui/feedback",
        "/ui/second_factor",
        "/ui/sessions",
    ] {
        browser.submit("/ui/profile", path, &form).await;
    }
    let after = identity
        .user_by_email("maria@example.org")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(after.first_name, "Mary");
    let same = |user: &identity::UserView| {
        let mut user = user.clone();
        user.first_name = String::new();
        (
            user.uuid,
            user.admin,
            user.groups,
            user.permissions,
            user.email,
            user.status,
        )
    };
    assert_eq!(same(&before), same(&after));
}

// ID-CON-02: what is mailed leads to the address of the settings, whatever host the
// request names
#[tokio::test]
async fn mailed_links_do_not_follow_the_host_of_a_request() {
    let house = House::with(&[
        on("ASTAKOS_MODERATION_ENABLED"),
        on("ASTAKOS_EMAILCHANGE_ENABLED"),
        people("ACCOUNT_PENDING_MODERATION_RECIPIENTS", "staff@example.org"),
    ]);
    house.person("maria@example.org").await;
    house.mails().await;
    let browser = Browser::new(&house);
    let evil = async |path: &str, fields: &[(&str, &str)]| {
        let from = if path.ends_with("password_reset") {
            path
        } else {
            "/ui/signup"
        };
        let proof = proof(&browser.get(from).await.is(200));
        let mut all = vec![("csrfmiddlewaretoken", proof.as_str())];
        all.extend_from_slice(fields);
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-original-host", "evil.example"),
            ("forwarded", "host=evil.example"),
            ("x-host", "evil.example"),
        ];
        browser
            .send(Method::POST, path, &headers, encoded(&all))
            .await
    };
    let reset = "/ui/local/password_reset";
    evil(reset, &[("email", "maria@example.org")])
        .await
        .leads_to();
    let form = [
        ("email", "eve@example.org"),
        ("first_name", "Eve"),
        ("last_name", "Doe"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    evil("/ui/signup", &form).await.leads_to();
    let mails = house.mails().await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    for mail in mails {
        let text = serde_json::to_string(&mail.context).unwrap();
        assert!(
            !text.contains("evil.example") && text.contains(HOST),
            "{text}"
        );
    }
}

// ID-SEC-32 ID-MAIL-01: nothing people type breaks out of its line
#[tokio::test]
async fn breaks_in_names_go_nowhere() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    house.mails().await;
    for bad in [
        "Eve\r\nBcc: all@example.org",
        "Eve\nX",
        "Eve\rX",
        "Eve\u{0}X",
        "Eve\u{85}X",
    ] {
        let form = [("first_name", bad), ("last_name", "Doe")];
        let seen = browser
            .submit("/ui/profile", "/ui/profile", &form)
            .await
            .is(200);
        assert!(seen.contains("data-field=\"first_name\""), "{bad:?}");
        let form = [
            ("email", bad),
            ("first_name", bad),
            ("last_name", bad),
            ("password1", PASSWORD),
            ("password2", PASSWORD),
        ];
        let other = Browser::new(&house);
        let seen = other
            .submit("/ui/signup", "/ui/signup", &form)
            .await
            .is(200);
        assert!(
            seen.contains("data-field=\"email\"") && seen.contains("data-field=\"first_name\"")
        );
        for language in [bad, "en\r\nSet-Cookie: a=b", "../../etc"] {
            let form = [("language", language), ("next", "/ui/profile")];
            browser.submit("/ui/profile", "/lang", &form).await.is(400);
        }
    }
    assert!(house.mails().await.is_empty());
}

// ID-SEC-02: forms have an end
#[tokio::test]
async fn forms_that_are_too_long_are_refused() {
    let house = House::new();
    let browser = Browser::new(&house);
    let proof = proof(&browser.get("/ui/login").await.is(200));
    let long = "x".repeat(300 << 10);
    let fields = [
        ("csrfmiddlewaretoken", proof.as_str()),
        ("username", long.as_str()),
    ];
    browser.post("/ui/login", &fields).await.is(413);
    // As many fields as fit are no trouble.
    let many = "a=&".repeat(60_000);
    let body = format!("csrfmiddlewaretoken={proof}&{many}username=x&password=y");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    browser
        .send(Method::POST, "/ui/login", &form, body)
        .await
        .is(200);
}

// ID-LOG-10: the cookie of a browser that was used before is set at a login and keeps
// the way open while others guess
#[tokio::test]
async fn guesses_of_others_do_not_shut_a_browser_that_is_known() {
    let house = House::new();
    let mine = house.browser_of("maria@example.org").await;
    assert!(mine.cookies.borrow().contains_key("knowndevice"));
    mine.submit("/ui/landing", "/ui/logout", &[])
        .await
        .leads_to();
    let other = Browser::new(&house);
    for _ in 0..6 {
        other.log_in("maria@example.org", "wrong").await;
    }
    assert_eq!(
        other.log_in("maria@example.org", PASSWORD).await.status,
        429
    );
    assert_eq!(
        mine.log_in("maria@example.org", PASSWORD).await.leads_to(),
        "/ui/landing"
    );
}

/// Values that no form expects.
const NASTY: &[&str] = &[
    "",
    "0",
    "-1",
    "18446744073709551616",
    "1e309",
    "NaN",
    "\u{0}",
    "../../../../etc/passwd",
    "%00%ff%0d%0a",
    "{\"a\":[1,{}]}",
    "Ａ\u{301}\u{202e}ß\u{1f4a9}",
    "' OR 1=1 --",
];

/// Names of all fields of all forms.
fn field_names() -> Vec<String> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates");
    let mut names = std::collections::BTreeSet::new();
    for place in ["pages", "parts"] {
        for file in std::fs::read_dir(dir.join(place)).unwrap().flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            for rest in text.split(" name=\"").skip(1) {
                let name = rest.split('"').next().unwrap();
                if name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                {
                    names.insert(name.to_owned());
                }
            }
        }
    }
    names.remove("csrfmiddlewaretoken");
    assert!(names.len() > 30, "{names:?}");
    names.into_iter().collect()
}

// ID-SEC-07: a form in order with nonsense in it is refused or does nothing, and nothing
// breaks; the same for addresses
#[tokio::test]
async fn nonsense_breaks_no_page() {
    let house = House::new();
    let names = field_names();
    house.browser_of("root@example.org").await;
    let identity = &house.0.state.identity;
    let browser = Browser::new(&house);
    let long = "x".repeat(3000);
    let odd = NASTY.iter().copied().chain([long.as_str()]);
    for (turn, value) in odd.enumerate() {
        let quoted = encoded(&[(value, "")]);
        let quoted = quoted.trim_end_matches('=');
        for (methods, pattern, _) in crate::pages::PAGES {
            if pattern.ends_with("/events") {
                continue;
            }
            let parts = pattern.split('/').map(|part| match part.starts_with('{') {
                true => quoted,
                false => part,
            });
            let path = parts.collect::<Vec<_>>().join("/");
            if methods.contains("GET") && value.len() < 1000 {
                let query: Vec<String> = names.iter().map(|n| format!("{n}={quoted}")).collect();
                let path = format!("{path}?next={quoted}&q={quoted}&{}", query.join("&"));
                let seen = browser.get(&path).await;
                assert!(seen.status != 500, "{path}: {}", seen.text);
            }
            if !methods.contains("POST") {
                continue;
            }
            // Whoever was logged out, or switched off, comes back.
            let user = identity
                .user_by_email("root@example.org")
                .await
                .unwrap()
                .unwrap();
            let mut changes = Vec::new();
            if !user.admin {
                changes.push(UserChange::Admin(true));
            }
            if !user.active {
                changes.push(UserChange::Activate);
            }
            identity
                .admin_modify(&root(), user.no, changes)
                .await
                .unwrap();
            let mut page = browser.get("/ui/profile").await;
            if page.status != 200 {
                house.0.clock.advance(std::time::Duration::from_secs(3600));
                browser
                    .log_in("root@example.org", PASSWORD)
                    .await
                    .leads_to();
                page = browser.get("/ui/profile").await;
            }
            let proof = proof(&page.is(200));
            let mut fields = vec![("csrfmiddlewaretoken", proof.as_str())];
            fields.extend(names.iter().map(|name| (name.as_str(), value)));
            let seen = browser.post(&path, &fields).await;
            assert!(seen.status != 500, "{turn} {path}: {}", seen.text);
        }
    }
    for body in [
        &b"\xff\xfe=\xff&%=&%zz&=&&&=\x00"[..],
        b"csrfmiddlewaretoken=%ff",
    ] {
        let request = Request::post("/ui/login").header("host", HOST);
        let request = request.body(Body::from(body.to_vec())).unwrap();
        let answer = crate::router(house.0.state.clone()).oneshot(request);
        assert_eq!(answer.await.unwrap().status(), 403);
    }
}
