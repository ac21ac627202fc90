//! What holds for every page, and what attackers try.

use super::*;
use crate::pages::PAGES;
use reqwest::Url;

/// What every answer to every test of this crate must be like: no script or style inside
/// a page (the policy would stop it, so it would only be broken), no handler, cookies
/// out of reach of scripts and other sites.
pub(super) fn guarded(path: &str, seen: &Seen) {
    for cookie in seen.headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(flag), "{path}: no {flag}: {cookie}");
        }
    }
    let kind = seen.headers.get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"text/html")) {
        return;
    }
    assert!(
        seen.headers.contains_key(header::CACHE_CONTROL),
        "{path} may be kept by anybody"
    );
    for tag in tags(&seen.text) {
        assert!(!tag.starts_with("style"), "{path}: a style inside: <{tag}>");
        let script = tag.starts_with("script");
        assert!(
            !script || tag.contains(" src=\"/static/") || tag.contains(" src=\"https://captcha."),
            "{path}: a script inside: <{tag}>"
        );
        for attribute in attributes(tag) {
            let (name, value) = attribute;
            let bad = name.starts_with("on") || name == "style" || name == "srcdoc";
            assert!(!bad, "{path}: {name} inside: <{tag}>");
            let leads = matches!(name.as_str(), "href" | "src" | "action" | "formaction");
            let value = value.trim().to_ascii_lowercase();
            assert!(
                !(leads && (value.starts_with("javascript:") || value.starts_with("vbscript:"))),
                "{path}: script in an address: <{tag}>"
            );
        }
    }
}

/// The insides of all tags, in lower case where it matters little.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).filter_map(|rest| {
        let first = rest.chars().next()?;
        let mut quote = None;
        let end = rest.char_indices().find(|(_, c)| match (quote, c) {
            (None, '"' | '\'') => {
                quote = Some(*c);
                false
            }
            (Some(open), c) if open == *c => {
                quote = None;
                false
            }
            (None, '>') => true,
            _ => false,
        });
        let end = end.map_or(rest.len(), |(at, _)| at);
        first.is_ascii_alphabetic().then(|| &rest[..end])
    })
}

fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut rest = tag.split_once(char::is_whitespace).map_or("", |(_, r)| r);
    loop {
        rest = rest.trim_start();
        let end = rest.find(|c: char| c == '=' || c.is_whitespace());
        let end = end.unwrap_or(rest.len());
        if rest.is_empty() {
            return all;
        }
        let name = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let quote = after.chars().next().filter(|c| *c == '"' || *c == '\'');
            let inner = quote.map_or(after, |_| &after[1..]);
            let close = inner.find(|c: char| quote.map_or(c.is_whitespace(), |q| c == q));
            let close = close.unwrap_or(inner.len());
            value = &inner[..close];
            rest = inner
                .get(close + usize::from(quote.is_some())..)
                .unwrap_or("");
        } else if end == 0 {
            rest = &rest[1..];
        }
        all.push((name, value.to_owned()));
    }
}

#[test]
fn the_guard_sees_what_it_is_to_see() {
    let page = "<p>on=1</p><a title=\"a > b\" onclick='x()' href=/ui>x</a><img src=x onerror=y>";
    let all: Vec<_> = tags(page).flat_map(attributes).collect();
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["title", "onclick", "href", "src", "onerror"]);
}

fn admin() -> Caller {
    Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin)
}

impl House {
    /// A browser in which an administrator is logged in.
    async fn browser_of_admin(&self, email: &str) -> Browser {
        let uuid = self.person(email).await;
        let identity = &self.0.state.identity;
        let no = identity.user(uuid).await.unwrap().no;
        let change = vec![identity::UserChange::Admin(true)];
        identity.admin_modify(&admin(), no, change).await.unwrap();
        let browser = Browser::new(self);
        browser.log_in(email, PASSWORD).await.leads_to();
        browser
    }

    /// Everything there is, byte by byte.
    async fn all(&self) -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("copy");
        self.0.store.read_now(|tx| tx.copy_to(&file)).unwrap();
        std::fs::read(file).unwrap()
    }
}

/// A path of a page with something in place of its parts.
fn filled(pattern: &str) -> String {
    let parts = pattern.split('/').map(|part| match part {
        "{container}" => "pithos",
        "{*path}" => "x",
        "{server}" | "{id}" | "{user}" => "1",
        "{image}" => "7d8a2f1c-0000-4000-8000-000000000001",
        "{op}" => "deactivate",
        part if part.starts_with('{') => "x",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

// ID-SEC-07 ID-SEC-08: an administrator's browser that is made to send a form from
// elsewhere changes nothing, whatever it lacks: the token, the origin, both
#[tokio::test]
async fn forged_forms_are_refused_and_change_nothing() {
    let house = House::new();
    let browser = house.browser_of_admin("root@example.org").await;
    let page = browser.get("/ui/profile").await.is(200);
    let proof = proof(&page);
    let other = Browser::new(&house);
    let anonymous = super::proof(&other.get("/ui/login").await.is(200));
    let own = format!("https://{HOST}");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let body = |token: &str| {
        encoded(&[
            ("csrfmiddlewaretoken", token),
            ("username", "root@example.org"),
            ("password", PASSWORD),
            ("action", "begin"),
            ("email", "new@example.org"),
            ("new_email_address", "new@example.org"),
            ("reason", "x"),
            ("language", "el"),
        ])
    };
    type Attack<'a> = (&'a str, Vec<(&'a str, &'a str)>, String);
    let attacks: [Attack<'_>; 7] = [
        ("no token", vec![form, ("origin", &own)], body("")),
        ("a made-up token", vec![form, ("origin", &own)], body("x")),
        ("somebody else's token", vec![form], body(&anonymous)),
        (
            "another origin",
            vec![form, ("origin", "https://evil.example")],
            body(&proof),
        ),
        (
            "another page",
            vec![form, ("referer", "https://evil.example/cloud.example.org")],
            body(&proof),
        ),
        ("no origin", vec![form, ("origin", "null")], body(&proof)),
        (
            "another site",
            vec![form, ("sec-fetch-site", "cross-site")],
            body(&proof),
        ),
    ];
    let before = house.all().await;
    assert!(before == house.all().await, "copies of the same differ");
    for (methods, pattern, _) in PAGES {
        if !methods.contains("POST") {
            continue;
        }
        for (what, headers, body) in &attacks {
            let path = filled(pattern);
            let (mut headers, mut body) = (headers.clone(), body.clone());
            if pattern.starts_with("/pithos/ui/containers/{") {
                // Files come in parts.
                headers[0].1 = "multipart/form-data; boundary=x";
                let token = between(&body, "csrfmiddlewaretoken=", "&").to_owned();
                let head = "content-disposition: form-data; name";
                body = format!("--x\r\n{head}=\"csrfmiddlewaretoken\"\r\n\r\n{token}\r\n");
                body.push_str(&format!(
                    "--x\r\n{head}=\"file\"; filename=\"a\"\r\n\r\nb\r\n--x--\r\n"
                ));
            }
            let seen = browser.send(Method::POST, &path, &headers, body).await;
            assert_eq!(seen.status, 403, "{pattern} with {what}: {}", seen.text);
            assert!(seen.cookie("sessionid").is_none(), "{pattern} with {what}");
        }
    }
    assert!(before == house.all().await, "something was changed");
    // And with everything in order the same form is taken.
    let language = [("language", "el"), ("next", "/ui/profile")];
    let taken = browser.submit("/ui/profile", "/lang", &language).await;
    assert_eq!(taken.leads_to(), "/ui/profile");
}

// ID-SEC-08: looking changes nothing, whoever looks
#[tokio::test]
async fn looking_at_pages_changes_nothing() {
    let house = House::new();
    let browser = house.browser_of_admin("root@example.org").await;
    // The first visit of the profile is noted (ID-DSH-04), and that of the files makes
    // the containers everybody has.
    for first in ["/ui/profile", "/pithos/ui/containers"] {
        browser.get(first).await.is(200);
    }
    let nobody = Browser::new(&house);
    let before = house.all().await;
    for (methods, pattern, _) in PAGES {
        // Logout by a link is asked for by ID-LOG-22; from another site it asks first.
        let link = pattern.contains("logout");
        if !methods.contains("GET") || pattern.ends_with("/events") || link {
            continue;
        }
        let path = filled(pattern);
        browser.get(&path).await;
        assert!(before == house.all().await, "{path} of somebody");
        nobody.get(&path).await;
    }
    assert!(before == house.all().await, "something was changed");
}

/// Pieces of addresses that lead elsewhere in one reading or another.
const PIECES: &[&str] = &[
    "/",
    "//",
    "///",
    "\\",
    "/\\",
    "\\/",
    "https:",
    "http:",
    "HTTPS:",
    "https://",
    "javascript:",
    "data:",
    "evil.example",
    "@evil.example",
    "@",
    ":",
    ":443",
    ":80",
    ".",
    "..",
    "./",
    "../",
    "%2f",
    "%5c",
    "%09",
    "%0a",
    "%0d%0a",
    "\t",
    "\n",
    "\r",
    "\u{0}",
    " ",
    "?",
    "#",
    ";",
    "&",
    "=",
    "cloud.example.org",
    "cloud.example.org.evil.example",
    "evilcloud.example.org",
    "user:pw@",
    "\u{ff0f}",
    "\u{3002}",
    "\u{2044}",
    "\u{fe68}",
    "\u{2028}",
    "ü",
    "xn--",
    "[::1]",
    "127.0.0.1",
    "ui",
    "/ui/landing",
    "/ui/logout",
];

/// Where a browser at `from` would go.
fn goes(from: &Url, location: &http::HeaderValue) -> Option<Url> {
    let text = String::from_utf8_lossy(location.as_bytes()).into_owned();
    from.join(&text).ok()
}

// ID-SEC-20: whatever `next` says, a browser stays at home
#[tokio::test]
async fn next_leads_to_our_own_pages_whatever_it_says() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let here = Url::parse(&format!("https://{HOST}/ui/login")).unwrap();
    let mut wishes: Vec<String> = PIECES.iter().map(|one| (*one).to_owned()).collect();
    for one in PIECES {
        for two in PIECES {
            wishes.push(format!("{one}{two}"));
            wishes.push(format!("{one}{two}evil.example"));
            wishes.push(format!("/{one}{two}evil.example/"));
        }
    }
    // Three pieces by chance, the same ones at every run.
    let mut seed = 0x2545_f491_u64;
    let mut any = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        PIECES[usize::try_from(seed >> 33).unwrap() % PIECES.len()]
    };
    for _ in 0..2000 {
        wishes.push(format!("{}{}{}evil.example", any(), any(), any()));
    }
    for wish in &wishes {
        let path = format!("/ui/login?{}", encoded(&[("next", wish)]));
        let seen = browser.get(&path).await;
        assert_eq!(seen.status, 302, "{wish:?}");
        let target = goes(&here, &seen.headers[header::LOCATION]);
        let target = target.unwrap_or_else(|| here.clone());
        assert_eq!(target.host_str(), Some(HOST), "{wish:?} leads to {target}");
        assert!(matches!(target.scheme(), "https" | "http"), "{wish:?}");
    }
}

// ID-SEC-20: the same for every form and page that takes `next`
#[tokio::test]
async fn every_way_on_is_compared() {
    let house = House::new();
    let identity = &house.0.state.identity;
    house.person("maria@example.org").await;
    let root = admin();
    let terms = identity.term_add(&root, "/terms.html", "<p>Be kind.</p>");
    terms.await.unwrap();
    let here = Url::parse(&format!("https://{HOST}/ui/login")).unwrap();
    let evil = [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "/%0d%0aSet-Cookie:a=b",
        "javascript:alert(1)",
        "https://cloud.example.org@evil.example/",
    ];
    for wish in evil {
        let stays = |seen: &Seen| {
            let target = seen.headers.get(header::LOCATION).cloned();
            let target = target.and_then(|target| goes(&here, &target));
            let target = target.unwrap_or_else(|| here.clone());
            assert_eq!(target.host_str(), Some(HOST), "{wish:?}: {target}");
            let split = seen.headers.get_all(header::SET_COOKIE).iter();
            assert!(split.map(|c| c.as_bytes()).all(|c| !c.starts_with(b"a=")));
            let drawn = tags(&seen.text).flat_map(attributes);
            for (name, value) in drawn {
                let leads = matches!(name.as_str(), "href" | "action" | "formaction" | "content");
                let away = Url::join(&here, &value.replace("&#38;", "&"));
                let host = away.ok().and_then(|url| url.host_str().map(str::to_owned));
                assert!(!leads || host.as_deref() != Some("evil.example"), "{value}");
            }
        };
        let browser = Browser::new(&house);
        let next = encoded(&[("next", wish)]);
        for page in [
            "/ui/login",
            "/ui/signup",
            "/ui/login/second",
            "/ui/approval_terms",
        ] {
            stays(&browser.get(&format!("{page}?{next}")).await);
        }
        let fields = [
            ("username", "maria@example.org"),
            ("password", PASSWORD),
            ("next", wish),
        ];
        stays(&browser.submit("/ui/login", "/ui/login", &fields).await);
        for page in [
            "/ui",
            "/ui/profile",
            "/ui/approval_terms",
            "/ui/email_change",
        ] {
            stays(&browser.get(&format!("{page}?{next}")).await);
        }
        let fields = [("has_signed_terms", "on"), ("next", wish)];
        let page = format!("/ui/approval_terms?{next}&show_form=");
        let page = browser.get(&page).await;
        if page.status == 200 && page.text.contains("has_signed_terms") {
            let proof = super::proof(&page.text);
            let mut all = vec![("csrfmiddlewaretoken", proof.as_str())];
            all.extend_from_slice(&fields);
            stays(&browser.post("/ui/approval_terms", &all).await);
        }
        let language = [("language", "el"), ("next", wish)];
        stays(&browser.submit("/ui/landing", "/lang", &language).await);
        stays(
            &browser
                .submit("/ui/landing", "/ui/logout", &[("next", wish)])
                .await,
        );
    }
}

// ID-SEC-20 ID-SES-03: nor does an address of ours that looks like another host's, asked
// for with a cookie that has to be put right
#[tokio::test]
async fn an_address_with_two_slashes_leads_nowhere() {
    let house = House::new();
    for path in [
        "//evil.example/",
        "//evil.example/ui/login",
        "//evil.example",
    ] {
        let browser = Browser::new(&house);
        let stale = ("_pithos2_a".to_owned(), "x%7Cold".to_owned());
        browser.cookies.borrow_mut().extend([stale]);
        let seen = browser.get(path).await;
        assert_eq!(seen.headers.get(header::LOCATION), None, "{path}");
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
    }
}

// ID-UI-04: a part of a page does not become the login page inside the page
#[tokio::test]
async fn a_part_asked_for_after_the_session_ended_reloads_the_page() {
    let house = House::new();
    let nobody = Browser::new(&house);
    for path in ["/ui/search?q=x", "/cyclades/ui/machines", "/ui/resources"] {
        let part = [("hx-request", "true")];
        let seen = nobody.send(Method::GET, path, &part, String::new()).await;
        assert_eq!(seen.headers["hx-refresh"], "true", "{path}");
        assert_eq!(seen.status, StatusCode::NO_CONTENT, "{path}");
        nobody.get(path).await.leads_to();
    }
}

// ID-UI-08: who reloads what only a button does reads why nothing is there
#[tokio::test]
async fn a_wrong_method_is_a_page() {
    let house = House::new();
    let browser = Browser::new(&house);
    let seen = browser.get("/ui/send/activation").await;
    assert_eq!(seen.headers[header::ALLOW], "POST");
    assert!(seen.is(405).contains("nothing to see here"));
}
