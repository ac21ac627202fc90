//! The front page and the owner's texts around it.

use super::*;

fn text(text: &str) -> Value {
    Value::Str(text.into())
}

/// A house whose owner keeps texts.
struct Kept {
    house: House,
    dir: tempfile::TempDir,
}

impl Kept {
    fn new(more: &[(&str, Value)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut all = vec![("PORTAL_DIR", text(dir.path().to_str().unwrap()))];
        all.extend_from_slice(more);
        Kept {
            house: House::with(&all),
            dir,
        }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// The names of the services on the front page.
fn cards(page: &str) -> Vec<&str> {
    let cards = page.split("data-component=\"").skip(1);
    cards.map(|card| card.split('"').next().unwrap()).collect()
}

// ID-PTL-01 portal acceptance: a fresh system
#[tokio::test]
async fn the_front_page_shows_the_services_and_the_way_in() {
    let kept = Kept::new(&[]);
    let page = Browser::new(&kept.house).get("/").await.is(200);
    assert!(page.contains("<h1>Synnefo, your own cloud</h1>"), "{page}");
    // In the order of the dashboard, each with what it is.
    assert_eq!(cards(&page), ["pithos", "cyclades", "astakos"]);
    for there in [
        "Storage for your files",
        "Virtual machines and the networks",
        "href=\"/ui/signup\"",
        "href=\"/ui/login\"",
        "alt=\"Synnefo Dashboard\"",
        "Powered by Synnefo",
    ] {
        assert!(page.contains(there), "{there}: {page}");
    }
    // Signed in, the way leads on.
    let browser = kept.house.browser_of("maria@example.org").await;
    let page = browser.get("/").await.is(200);
    let main = between(&page, "<main", "</main>");
    assert!(main.contains("href=\"/ui/landing\"") && !main.contains("/ui/signup"));
    // The services' data, not a fixed list (ID-DSH-03).
    let hidden = Value::Dict(vec![(text("show"), Value::Bool(false))]);
    let about = Value::Dict(vec![(text("description"), text("Boxes & <b>nets</b>."))]);
    let dashboard = |value| Value::Dict(vec![(text("dashboard"), value)]);
    let meta = Value::Dict(vec![
        (text("pithos"), dashboard(hidden)),
        (text("cyclades"), dashboard(about)),
    ]);
    let kept = Kept::new(&[("ASTAKOS_COMPONENTS_META", meta)]);
    let page = Browser::new(&kept.house).get("/").await.is(200);
    assert_eq!(cards(&page), ["cyclades", "astakos"]);
    assert!(page.contains("Boxes &#38; &#60;b&#62;nets"), "{page}");
}

// ID-PTL-01 ID-CON-04
#[tokio::test]
async fn the_front_page_can_be_elsewhere_or_nowhere() {
    let kept = Kept::new(&[("PORTAL_ENABLED", Value::Bool(false))]);
    kept.write("pages/prices.md", "# Prices");
    let browser = Browser::new(&kept.house);
    assert!(browser.get("/").await.headers[header::LOCATION] == "/ui");
    for path in ["/about/prices/", "/news/", "/news/feed.atom", "/faq/"] {
        browser.get(path).await.is(404);
    }
    let kept = Kept::new(&[("PORTAL_URL", text("https://www.example.org/cloud"))]);
    let browser = Browser::new(&kept.house);
    let there = browser.get("/").await;
    assert_eq!(
        there.headers[header::LOCATION],
        "https://www.example.org/cloud"
    );
    browser.get("/faq/").await.is(404);
}

// ID-PTL-02 ID-SEC-23 portal acceptance: news without restart, a script does not run
#[tokio::test]
async fn news_are_there_as_soon_as_they_are_written() {
    let kept = Kept::new(&[]);
    let browser = Browser::new(&kept.house);
    let empty = browser.get("/news/").await.is(200);
    assert!(empty.contains("No news yet"), "{empty}");
    assert!(!browser.get("/").await.is(200).contains("id=\"news\""));
    let source = "# Disks & more\n\nTwice as many.\n\n<script>alert(1)</script>\n\
        <p onclick=\"alert(2)\">Soon.</p>\n\n[here](javascript:alert(3))\n";
    kept.write("news/2026-02-03-disks.md", source);
    let front = browser.get("/").await.is(200);
    assert!(
        front.contains("<a href=\"/news/disks/\">Disks &#38; more</a>"),
        "{front}"
    );
    assert!(front.contains("<time class=\"muted\" datetime=\"2026-02-03\">03/02/2026</time>"));
    let list = browser.get("/news/").await.is(200);
    assert!(list.contains("Twice as many."), "{list}");
    let one = browser.get("/news/disks/").await.is(200);
    assert!(
        one.contains("<h1>Disks &#38; more</h1>") && one.contains("Soon."),
        "{one}"
    );
    let feed = browser.get("/news/feed.atom").await;
    let kind = feed.headers[header::CONTENT_TYPE].to_str().unwrap();
    assert!(kind.starts_with("application/atom+xml"), "{kind}");
    let feed = feed.is(200);
    for there in [
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"",
        "<title>Disks &amp; more</title>",
        "<id>https://cloud.example.org/news/disks/</id>",
        "<updated>2026-02-03T00:00:00Z</updated>",
        "&lt;p&gt;Twice as many.",
    ] {
        assert!(feed.contains(there), "{there}: {feed}");
    }
    for text in [&front, &list, &one, &feed] {
        assert!(!text.contains("alert("), "{text}");
    }
    // No login is needed, and another piece comes first.
    kept.write("news/2026-02-04-cut.el.md", "# Διακοπή");
    kept.write("news/2026-02-04-cut.md", "# Power cut");
    let front = browser.get("/").await.is(200);
    let list = between(&front, "class=\"news__list\"", "</ul>");
    assert!(list.find("Power cut").unwrap() < list.find("Disks").unwrap());
    let greek = [("accept-language", "el")];
    let greek = browser.send(Method::GET, "/news/cut/", &greek, String::new());
    assert!(greek.await.is(200).contains("<h1>Διακοπή</h1>"));
    browser.get("/news/nothing/").await.is(404);
}

// ID-PTL-02
#[tokio::test]
async fn pages_and_answers_are_the_owners() {
    let kept = Kept::new(&[("ASTAKOS_PAGINATE_BY", Value::Int(2))]);
    let browser = Browser::new(&kept.house);
    let faq = browser.get("/faq/").await.is(200);
    assert!(
        faq.contains("How do I get an account?"),
        "the built-in answers: {faq}"
    );
    kept.write(
        "index.html",
        "<h1>The harbour's cloud</h1><p>For <i>all</i>.</p><script>alert(1)</script>",
    );
    kept.write("pages/who-we-are.md", "# Who we are\n\n* One\n* Two\n");
    kept.write("faq/money/price.md", "# What does it cost?\n\nNothing.");
    for n in 1..=5 {
        kept.write(
            &format!("news/2026-01-0{n}-n{n}.md"),
            &format!("# Number {n}"),
        );
    }
    let front = browser.get("/").await.is(200);
    assert!(
        front.contains("<h1>The harbour&#39;s cloud</h1>"),
        "{front}"
    );
    assert!(
        front.contains("For <i>all</i>.") && !front.contains("alert("),
        "{front}"
    );
    assert!(!front.contains("your own cloud"));
    assert!(front.contains("<a href=\"/about/who-we-are/\">Who we are</a>"));
    let about = browser.get("/about/who-we-are/").await.is(200);
    assert!(about.contains("<li>Two</li>"), "{about}");
    assert!(about.contains("href=\"/about/who-we-are/\" aria-current=\"page\""));
    assert!(about.contains("<title>Synnefo Dashboard | Who we are</title>"));
    browser.get("/about/who-we-are").await.is(200);
    for none in ["/about/nobody/", "/about/..%2findex/", "/about/index/"] {
        browser.get(none).await.is(404);
    }
    let faq = browser.get("/faq/").await.is(200);
    assert!(
        faq.contains("id=\"money-price\"") && faq.contains("<p>Nothing.</p>"),
        "{faq}"
    );
    assert!(!faq.contains("How do I get an account?"));
    // Long lists are paged (ID-UI-10).
    let second = browser.get("/news/?page=2").await.is(200);
    assert!(
        second.contains("Number 3") && second.contains("Number 2"),
        "{second}"
    );
    assert!(!second.contains("Number 4") && !second.contains("Number 1"));
    assert!(second.contains("Page 2 of 3"));
}

// ID-PTL-03
#[tokio::test]
async fn the_front_pages_texts_give_way_to_services() {
    let base = text("https://cloud.example.org/news/");
    let kept = Kept::new(&[("PITHOS_BASE_URL", base)]);
    kept.write("pages/ui.md", "# Not the dashboard");
    kept.write("pages/good.md", "# Good");
    kept.write("news/2026-01-01-a.md", "# Told");
    let browser = Browser::new(&kept.house);
    for none in ["/about/ui/", "/news/", "/news/a/", "/news/feed.atom"] {
        browser.get(none).await.is(404);
    }
    let front = browser.get("/").await.is(200);
    assert!(front.contains("/about/good/"), "{front}");
    for none in ["Not the dashboard", "Told", "\"/news/"] {
        assert!(
            !between(&front, "<main", "</main>").contains(none),
            "{none}"
        );
    }
}
