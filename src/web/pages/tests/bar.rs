//! The bar of all services: on our own pages, and its files for other places.

use super::*;

fn text(text: &str) -> Value {
    Value::Str(text.into())
}

fn dict(pairs: Vec<(&str, Value)>) -> Value {
    let pairs = pairs.into_iter();
    Value::Dict(pairs.map(|(key, value)| (text(key), value)).collect())
}

/// The services in the bar of a page: name, address, title, whether it is the one.
fn services(page: &str) -> Vec<(String, String, String, bool)> {
    let bar = between(page, "<nav class=\"services\"", "</nav>");
    let items = bar.split("<li class=\"service-").skip(1);
    items
        .map(|item| {
            let kind = item.split('"').next().unwrap();
            let link = between(item, "<a href=\"", "</a>");
            let url = link.split('"').next().unwrap().to_owned();
            let title = link.split('>').nth(1).unwrap().to_owned();
            let active = kind.ends_with(" active");
            assert_eq!(link.contains("aria-current=\"true\""), active, "{link}");
            let name = kind.split(' ').next().unwrap().to_owned();
            (name, url, title, active)
        })
        .collect()
}

/// Names of the services, the current one marked.
fn names(page: &str) -> Vec<String> {
    let mark = |active| if active { "*" } else { "" };
    let all = services(page).into_iter();
    all.map(|(name, _, _, active)| format!("{name}{}", mark(active)))
        .collect()
}

// ID-CLB-01 ID-CLB-03
#[tokio::test]
async fn every_page_has_the_bar_with_its_own_service_marked() {
    let house = House::new();
    let nobody = Browser::new(&house);
    let browser = house.browser_of("maria@example.org").await;
    for (path, bar) in [
        ("/ui/landing", ["pithos", "cyclades"]),
        ("/ui/profile", ["pithos", "cyclades"]),
        ("/no/such/page", ["pithos", "cyclades"]),
        ("/pithos/ui/containers", ["pithos*", "cyclades"]),
        ("/cyclades/ui/machines", ["pithos", "cyclades*"]),
        ("/cyclades/ui/networks", ["pithos", "cyclades*"]),
    ] {
        assert_eq!(names(&browser.get(path).await.text), bar, "{path}");
    }
    // In words, and to where the services are.
    let page = browser.get("/ui/landing").await.is(200);
    let titles: Vec<_> = services(&page).into_iter().map(|one| one.2).collect();
    assert_eq!(titles, ["Pithos", "Cyclades"]);
    for (name, url, _, _) in services(&page) {
        let there = browser.get(&url).await.is(200);
        assert!(names(&there).contains(&format!("{name}*")), "{url}");
    }
    // ID-MNU-02: who is there, and what they may do.
    let menu = between(&page, "<details class=\"menu\">", "</details>");
    for said in [
        ">maria@example.org</span></a>",
        "href=\"/ui\"",
        "href=\"/ui/landing\">Dashboard",
        "action=\"/ui/logout\"",
        ">Sign out</button>",
    ] {
        assert!(menu.contains(said), "{said}: {menu}");
    }
    for path in ["/", "/ui/login", "/no/such/page"] {
        let page = nobody.get(path).await.text;
        assert_eq!(names(&page), ["pithos", "cyclades"], "{path}");
        let bar = between(&page, "<header", "</header>");
        assert!(bar.contains("href=\"/ui/login\">Sign in</a>"), "{bar}");
        assert!(!bar.contains("Sign out"), "{bar}");
    }
    // The home icon is the owner's.
    assert!(page.contains("src=\"/static/branding/images/cloudbar_home.png\" srcset="));
}

// ID-CLB-01 cloudbar acceptance
#[tokio::test]
async fn what_the_bar_shows_is_as_the_settings_say() {
    let pithos = dict(vec![("cloudbar", dict(vec![("show", Value::Bool(false))]))]);
    let bar = dict(vec![
        ("title", text("Machines & more")),
        ("icon", text("m.png")),
    ]);
    let cyclades = dict(vec![("cloudbar", bar), ("order", Value::Int(0))]);
    let shown = dict(vec![("cloudbar", dict(vec![("show", Value::Bool(true))]))]);
    let meta = dict(vec![
        ("pithos", pithos),
        ("cyclades", cyclades),
        ("astakos", shown),
    ]);
    let house = House::with(&[("ASTAKOS_COMPONENTS_META", meta)]);
    let page = Browser::new(&house).get("/ui/login").await.is(200);
    assert_eq!(names(&page), ["cyclades", "astakos*"]);
    assert!(
        page.contains("<img src=\"/static/m.png\" alt=\"Machines &#38; more\""),
        "{page}"
    );
    // A service that does not run is not there.
    let runs = ["astakos", "pithos"].map(text).to_vec();
    let house = House::with(&[("ENABLED_SERVICES", Value::List(runs))]);
    let page = Browser::new(&house).get("/ui/login").await.is(200);
    assert_eq!(names(&page), ["pithos"]);
}

// ID-CLB-03
#[tokio::test]
async fn the_bar_can_be_switched_off() {
    let house = House::with(&[("CLOUDBAR_ACTIVE", Value::Bool(false))]);
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/landing").await.is(200);
    assert!(!page.contains("class=\"services\"") && !page.contains("service-pithos"));
    // The way out stays.
    assert!(page.contains("action=\"/ui/logout\""));
    assert!(page.contains("alt=\"Synnefo Dashboard\""));
    let script = browser.get("/static/im/cloudbar/cloudbar.js").await.is(200);
    assert!(!script.contains("GET_MENU_URL"), "{script}");
}

// ID-CLB-01 ID-SEC-22: the settings reach the page through a style sheet, not inline
#[tokio::test]
async fn height_and_colour_are_in_a_sheet_whose_address_follows_them() {
    let sheet = async |house: &House| {
        let browser = Browser::new(house);
        let page = browser.get("/ui/login").await.is(200);
        assert!(!page.contains("style="), "{page}");
        let name = between(&page, "href=\"/static/accent-", "\"");
        let path = format!("/static/accent-{name}");
        let text = browser.get(&path).await.is(200);
        (path, text)
    };
    let (usual, text_of) = sheet(&House::new()).await;
    assert!(text_of.contains("--bar-height: 35px; --bar-back: #000000;"));
    let (other, text_of) = sheet(&House::with(&[
        ("CLOUDBAR_HEIGHT", text("52")),
        ("CLOUDBAR_BACKGROUND_COLOR", text("#0a3d62")),
    ]))
    .await;
    assert!(text_of.contains("--bar-height: 52px; --bar-back: #0a3d62;"));
    assert_ne!(usual, other);
}

// ID-CLB-02
#[tokio::test]
async fn pages_of_other_places_get_script_sheet_and_icon() {
    let house = House::with(&[
        ("CLOUDBAR_HEIGHT", text("40")),
        ("CLOUDBAR_LOCATION", text("/shared/bar/")),
        (
            "CLOUDBAR_MENU_URL",
            text("https://accounts.example.org/ui/get_menu"),
        ),
    ]);
    let browser = Browser::new(&house);
    for base in ["/static/im/cloudbar", "/shared/bar"] {
        let script = browser.get(&format!("{base}/cloudbar.js")).await;
        let kind = script.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(kind.starts_with("text/javascript"), "{kind}");
        let tag = script.headers[header::ETAG].to_str().unwrap().to_owned();
        let script = script.is(200);
        for default in [
            "\"CLOUDBAR_COOKIE_NAME\":\"_pithos2_a\"",
            "\"CLOUDBAR_LOCATION\":\"https://cloud.example.org/shared/bar/\"",
            "\"GET_SERVICES_URL\":\"https://cloud.example.org/ui/get_services\"",
            "\"GET_MENU_URL\":\"https://accounts.example.org/ui/get_menu\"",
        ] {
            assert!(script.contains(default), "{default}: {script}");
        }
        let known = [("if-none-match", tag.as_str())];
        let path = format!("{base}/cloudbar.js");
        let again = browser.send(Method::GET, &path, &known, String::new());
        assert_eq!(again.await.status, StatusCode::NOT_MODIFIED);
        let sheet = browser.get(&format!("{base}/cloudbar.css")).await.is(200);
        assert!(sheet.contains("--bar-height: 40px;"), "{sheet}");
        let icon = browser.get(&format!("{base}/home.png")).await;
        let there = icon.headers[header::LOCATION].to_str().unwrap();
        assert_eq!(there, "/static/branding/images/cloudbar_home.png");
        let none = browser.get(&format!("{base}/nothing.js")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    }
}

// ID-CLB-02: a place that something else has is not taken
#[tokio::test]
async fn the_files_stay_where_they_are_when_the_place_is_taken() {
    for taken in ["/ui/", "https://elsewhere.example/bar/", "/a b/", "bar/"] {
        let house = House::with(&[("CLOUDBAR_LOCATION", text(taken))]);
        let browser = Browser::new(&house);
        browser.get("/ui/login").await.is(200);
        let script = browser.get("/static/im/cloudbar/cloudbar.js").await.is(200);
        assert!(
            script.contains("https://cloud.example.org/static/im/cloudbar/"),
            "{taken}: {script}"
        );
    }
}
