//! Branding through the pages, as an owner sets it in the files (emails-branding.md §4).

use super::*;
use kernel::Clock;
use std::path::Path;

/// A house whose settings are files; what is written takes effect as after a reload.
struct Branded {
    house: House,
    browser: Browser,
    dir: tempfile::TempDir,
}

impl Branded {
    fn new() -> Self {
        let house = House::new();
        let branded = Branded {
            browser: Browser::new(&house),
            house,
            dir: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(branded.dir.path().join("conf")).unwrap();
        branded.set("");
        branded
    }

    fn root(&self) -> std::path::PathBuf {
        self.dir.path().join("static")
    }

    fn set(&self, lines: &str) {
        let conf = self.dir.path().join("conf");
        let text = format!(
            "ASTAKOS_BASE_URL = 'https://{HOST}'\nMEDIA_ROOT = '{}'\n{lines}\n",
            self.root().display()
        );
        std::fs::write(conf.join("15-snf-branding.conf"), text).unwrap();
        let loaded = kernel::settings::load(&conf, [], &[]).unwrap();
        self.house.0.state.settings.replace(loaded.settings);
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    async fn page(&self) -> String {
        self.browser.get("/ui/login").await.is(200)
    }

    async fn logo(&self) -> String {
        let page = self.page().await;
        let brand = between(&page, "<a class=\"brand\"", "</a>");
        between(brand, "<img src=\"", "\"").to_owned()
    }
}

fn footer(page: &str) -> &str {
    between(page, "<footer", "</footer>")
}

// ID-BRD-01 ID-BRD-05 ID-BRD-12 ID-BRD-13 and acceptance 1 of branding
#[tokio::test]
async fn another_name_shows_at_once_everywhere() {
    let branded = Branded::new();
    assert!(branded.page().await.contains("alt=\"Synnefo Dashboard\""));
    branded.set("BRANDING_SERVICE_NAME = 'My cloud'\nBRANDING_ACCENT_COLOR = '#aa5500'");
    let page = branded.page().await;
    assert!(between(&page, "<title>", "</title>").starts_with("My cloud Dashboard"));
    assert!(page.contains("alt=\"My cloud Dashboard\""));
    assert!(!page.contains("Synnefo Dashboard"));
    let sheet = between(&page, "/static/accent-", ".css");
    let sheet = branded
        .browser
        .get(&format!("/static/accent-{sheet}.css"))
        .await
        .is(200);
    assert!(sheet.contains("--accent-base: #aa5500"));
    let settings = branded.house.0.state.settings.now();
    assert_eq!(settings.str("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME"), "my_cloud");
}

// ID-BRD-10 and acceptance 2 and 5 of branding
#[tokio::test]
async fn the_footer_is_in_order() {
    let branded = Branded::new();
    let page = branded.page().await;
    assert!(!footer(&page).contains("Copyright"), "{page}");
    assert!(footer(&page).contains("Powered by Synnefo v"));
    branded.set(
        "BRANDING_SHOW_COPYRIGHT = True\n\
         BRANDING_FOOTER_EXTRA_MESSAGE = '<b>x</b><script>alert(1)</script>'",
    );
    let page = branded.page().await;
    let foot = footer(&page);
    let at = |part: &str| foot.find(part).unwrap_or_else(|| panic!("{part}: {foot}"));
    let year = branded
        .house
        .0
        .clock
        .now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .year();
    let copyright = format!("Copyright (c) 2011-{year} GRNET.</a> All rights reserved.");
    assert!(at("<b>x</b>") < at(&copyright) && at(&copyright) < at("Powered by"));
    assert!(!foot.contains("approval_terms"));
    assert!(!foot.contains("script") && !foot.contains("alert"));
    assert!(foot.contains(
        "<a href=\"https://www.grnet.gr/en/\" target=\"_blank\" rel=\"noopener\">Copyright"
    ));
}

// ID-BRD-10 ID-TRM-04: the terms, once there are some, come between the two.
#[tokio::test]
async fn terms_are_linked_in_the_footer() {
    let branded = Branded::new();
    branded.set("BRANDING_SHOW_COPYRIGHT = True\nBRANDING_FOOTER_EXTRA_MESSAGE = '<b>x</b>'");
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let identity = &branded.house.0.state.identity;
    identity
        .term_add(&root, "/terms.html", "<p>Be kind.</p>")
        .await
        .unwrap();
    let page = branded.page().await;
    let foot = footer(&page);
    let at = |part: &str| foot.find(part).unwrap_or_else(|| panic!("{part}: {foot}"));
    assert!(at("<b>x</b>") < at("/ui/approval_terms"));
    assert!(at("/ui/approval_terms") < at("Copyright (c)"));
}

// ID-BRD-02 ID-BRD-03 and acceptance 3 of branding
#[tokio::test]
async fn one_image_or_all_of_them_are_replaced() {
    let branded = Branded::new();
    assert_eq!(
        branded.logo().await,
        "/static/branding/images/dashboard_logo.png"
    );
    for (lines, dashboard) in [
        (
            "BRANDING_IMAGE_MEDIA_URL = '/static/mine/images/'",
            "/static/mine/images/dashboard_logo.png",
        ),
        (
            "BRANDING_IMAGE_MEDIA_URL = 'mine/images'",
            "/static/mine/images/dashboard_logo.png",
        ),
        (
            "BRANDING_COMPUTE_LOGO_URL = '/static/c.png'",
            "/static/branding/images/dashboard_logo.png",
        ),
        (
            "BRANDING_DASHBOARD_URL = 'mine/d.png'",
            "/static/mine/d.png",
        ),
        (
            "BRANDING_DASHBOARD_URL = 'mine/d.png'\nBRANDING_DASHBOARD_LOGO_URL = '/e.png'",
            "/e.png",
        ),
        (
            "BRANDING_IMAGE_MEDIA_URL = 'https://cdn.example.org/b/'\nBRANDING_DASHBOARD_LOGO_URL = 'f.png'",
            "/static/f.png",
        ),
    ] {
        branded.set(lines);
        assert_eq!(branded.logo().await, dashboard, "{lines}");
    }
}

// ID-BRD-04 ID-BRD-06 and acceptance 4 of branding
#[tokio::test]
async fn dense_images_are_offered_when_they_are_there() {
    let branded = Branded::new();
    assert!(
        branded
            .page()
            .await
            .contains("srcset=\"/static/branding/images/dashboard_logo@2x.png 2x\"")
    );
    branded.set("BRANDING_IMAGE_MEDIA_URL = '/static/mine/'");
    branded.put("mine/dashboard_logo.png", "plain");
    branded.put("mine/dashboard_logo@2x.png", "dense");
    let with = branded.page().await;
    assert!(with.contains("srcset=\"/static/mine/dashboard_logo@2x.png 2x\""));
    let dense = branded
        .browser
        .get("/static/mine/dashboard_logo@2x.png")
        .await;
    assert_eq!(dense.headers[header::CACHE_CONTROL], "public, no-cache");
    let tag = dense.headers[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(dense.is(200), "dense");
    for (known, status) in [
        (tag.clone(), 304),
        (format!("\"x\", W/{tag}"), 304),
        ("*".to_owned(), 304),
        ("\"x\"".to_owned(), 200),
    ] {
        let request = Request::get("/static/mine/dashboard_logo@2x.png")
            .header(header::IF_NONE_MATCH, &known)
            .body(Body::empty())
            .unwrap();
        let answer = crate::router(branded.house.0.state.clone())
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{known}");
        assert_eq!(answer.headers()[header::ETAG], tag.as_str());
    }
    std::fs::remove_file(branded.root().join("mine/dashboard_logo@2x.png")).unwrap();
    let without = branded.page().await;
    assert!(!without.contains("srcset"));
    let same = |page: &str| {
        let rest = page.replace(" srcset=\"/static/mine/dashboard_logo@2x.png 2x\"", "");
        // The forms' proofs differ from page to page only with another visitor.
        rest
    };
    assert_eq!(same(&with), same(&without), "nothing else has changed");
}

// ID-BRD-11
#[tokio::test]
async fn the_icon_is_on_every_page() {
    let branded = Branded::new();
    branded.set("BRANDING_FAVICON_URL = 'mine/icon.ico'");
    let page = branded.page().await;
    assert!(
        page.contains("<link rel=\"icon\" href=\"/static/mine/icon.ico\">"),
        "{page}"
    );
    let icon = branded.browser.get("/favicon.ico").await;
    assert_eq!(icon.status, 307);
    assert_eq!(icon.headers[header::LOCATION], "/static/mine/icon.ico");
}

// ID-BRD-14 and acceptance 6 of branding
#[tokio::test]
async fn images_of_the_owners_other_servers_are_allowed_and_no_others() {
    let branded = Branded::new();
    let policy = async || {
        let page = branded.browser.get("/ui/login").await;
        let policy = page.headers.get(header::CONTENT_SECURITY_POLICY);
        policy
            .map(|policy| policy.to_str().unwrap().to_owned())
            .unwrap_or_default()
    };
    assert!(!policy().await.contains("https://"));
    branded.set(
        "BRANDING_IMAGE_MEDIA_URL = 'https://cdn.example.org/b/'\n\
         BRANDING_STORAGE_LOGO_URL = 'https://two.example.org:8443/x.png'\n\
         BRANDING_COMPANY_URL = 'https://elsewhere.example.org/'",
    );
    let policy = policy().await;
    let images = policy
        .split(';')
        .find(|part| part.trim().starts_with("img-src"))
        .unwrap();
    assert_eq!(
        images.trim(),
        "img-src 'self' https://cdn.example.org https://two.example.org:8443 data:"
    );
    assert_eq!(policy.matches("https://").count(), 2, "{policy}");
    let page = branded.page().await;
    assert!(page.contains("https://cdn.example.org/b/dashboard_logo.png"));
    assert!(
        !page.contains("srcset"),
        "nothing is known of the other server yet"
    );
}

// ID-BRD-04: MEDIA_URL may be another path.
#[tokio::test]
async fn own_files_are_below_media_url() {
    let branded = Branded::new();
    branded.set("MEDIA_URL = '/media/cloud/'");
    branded.put("a/b.txt", "mine");
    let browser = Browser::new(&branded.house);
    assert_eq!(browser.get("/media/cloud/a/b.txt").await.is(200), "mine");
    assert_eq!(browser.get("/static/a/b.txt").await.is(200), "mine");
    let built_in = browser
        .get("/media/cloud/branding/images/dashboard_logo.png")
        .await;
    assert_eq!(built_in.status, 200);
    for path in [
        "/media/cloud/",
        "/media/cloud/a",
        "/media/cloud/a/",
        "/media/cloud/%2e%2e/x",
    ] {
        assert_ne!(browser.get(path).await.status, 200, "no listing: {path}");
    }
    let page = browser.get("/ui/login").await.is(200);
    assert!(page.contains("src=\"/media/cloud/branding/images/dashboard_logo.png\""));
    assert!(page.contains("dashboard_logo@2x.png 2x"));
    // A place that is taken is refused, not a crash.
    for taken in [
        "/ui/",
        "/",
        "/im/",
        "/identity/",
        "/weblogin/",
        "/user_catalogs/",
        "//x/",
        "/a b/",
        "https://cdn/x/",
    ] {
        branded.set(&format!("MEDIA_URL = '{taken}'"));
        assert_eq!(
            Browser::new(&branded.house).get("/ui/login").await.status,
            200,
            "{taken}"
        );
    }
}

// ID-BRD-01: style sheets of the owner come first.
#[tokio::test]
async fn the_owners_fonts_come_first() {
    let branded = Branded::new();
    branded.set("BRANDING_FONTS_CSS_URLS = ['mine/fonts.css', '/static/f.css', 'https://cdn.example.org/f.css']");
    let page = branded.page().await;
    let at = |part: &str| page.find(part).unwrap_or_else(|| panic!("{part}"));
    assert!(at("/static/mine/fonts.css") < at("/static/f.css"));
    assert!(at("/static/f.css") < at("css/tokens.css"));
    assert!(
        !page.contains("cdn.example.org"),
        "the policy of pages would refuse it"
    );
}

// ID-ADU-20: the cookie `theme`; the page comes in the scheme that was chosen.
#[tokio::test]
async fn the_scheme_is_the_cookies() {
    let house = House::new();
    for (theme, root) in [
        ("dark", "<html lang=\"en\" data-theme=\"dark\">"),
        ("light", "<html lang=\"en\" data-theme=\"light\">"),
        ("\"><b>", "<html lang=\"en\">"),
    ] {
        let browser = Browser::new(&house);
        let set = (String::from("theme"), theme.to_owned());
        browser.cookies.borrow_mut().extend([set]);
        let page = browser.get("/ui/login").await.is(200);
        assert!(page.contains(root), "{theme}: {page}");
    }
}
