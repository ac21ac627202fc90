//! Files, images, machines, networks, errors, branding.

use super::*;

// ID-UI-12 PI-UI-01
#[tokio::test]
async fn every_room_can_be_entered_and_shows_where_one_is() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    for (path, name) in [
        ("/", "index"),
        ("/ui/landing", "landing"),
        ("/ui/profile", "profile"),
        ("/ui/api_access", "api-access"),
        ("/ui/usage", "usage"),
        ("/pithos/ui/containers", "files"),
        ("/pithos/ui/containers/pithos", "files"),
        ("/cyclades/ui/images", "images"),
        ("/cyclades/ui/images/register", "image-register"),
        ("/cyclades/ui/machines", "machines"),
        ("/cyclades/ui/machines/create", "machine-create"),
        ("/cyclades/ui/networks", "networks"),
    ] {
        let mut seen = browser.get(path).await;
        if seen.status.is_redirection() {
            let target = seen.leads_to().to_owned();
            seen = browser.get(&target).await;
        }
        let page = seen.is(200);
        assert!(page.contains("data-page=\""), "{path}");
        let here = page.contains("aria-current=\"page\"");
        assert!(
            here || path == "/",
            "{path} ({name}) is nowhere in the navigation"
        );
        for forbidden in ["<style", "style=\"", "onclick=", "<script>", "src=\"http"] {
            assert!(!page.contains(forbidden), "{path}: {forbidden}");
        }
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
    }
}

// PI-UI-02 PI-UI-05
#[tokio::test]
async fn files_are_kept_and_removed_without_script() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let files = "/pithos/ui/containers";
    let made = browser.submit(files, files, &[("name", "photos")]).await;
    assert!(made.leads_to().starts_with(files));
    let here = format!("{files}/photos");
    let page = browser.get(&here).await.is(200);
    let body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\n{}\r\n\
         --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\n\
         content-type: text/plain\r\n\r\nhello\r\n--x--\r\n",
        proof(&page)
    );
    let kind = [("content-type", "multipart/form-data; boundary=x")];
    let sent = browser.send(Method::POST, &here, &kind, body).await;
    assert!(sent.leads_to().starts_with(&here));
    assert!(browser.get(&here).await.is(200).contains("a b.txt"));
    let read = browser.get("/pithos/ui/view/photos/a%20b.txt").await;
    assert_eq!(read.is(200), "hello");

    let forged = "--x\r\ncontent-disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\nx\r\n\
         --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"c\"\r\n\r\nno\r\n--x--\r\n";
    let refused = browser
        .send(Method::POST, &here, &kind, forged.into())
        .await;
    refused.is(403);

    let gone = "/pithos/ui/delete/photos/a%20b.txt";
    let ask = browser.get(gone).await.is(200);
    assert!(ask.contains("a b.txt"));
    let gone = browser.submit(gone, gone, &[]).await;
    assert!(gone.leads_to().starts_with(&here));
    let left = browser.get(&here).await.is(200);
    assert!(!left.contains("/pithos/ui/view/photos/a%20b.txt"), "{left}");
}

// ID-UI-10 ID-SEC-11
#[tokio::test]
async fn what_is_not_there_or_not_allowed_is_a_page() {
    let house = House::new();
    let browser = Browser::new(&house);
    let missing = browser.get("/no/such/page").await.is(404);
    assert!(missing.contains("data-page=\"error-404\""));
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/cyclades/ui/machines/77").await.is(404);
    assert!(page.contains("class=\"nav\""), "no way on: {page}");
    for path in ["/cyclades/ui/machines/x", "/pithos/ui/containers/none"] {
        let seen = browser.get(path).await;
        assert!(seen.status.is_client_error(), "{path}");
    }
}

// CY-UI-WIZ-05
#[tokio::test]
async fn a_machine_without_image_is_refused_on_its_form_and_a_form_counts_once() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let path = "/cyclades/ui/machines/create";
    let fields = [
        ("name", "my web"),
        ("image", ""),
        ("flavor", "1"),
        ("once", "a"),
    ];
    let page = browser.submit(path, path, &fields).await.is(400);
    assert!(page.contains("data-field=\"image\""), "{page}");
    assert!(page.contains("value=\"my web\""), "typed text lost");
    let again = browser.submit(path, path, &fields).await;
    assert_eq!(again.leads_to(), "/cyclades/ui/machines");
}

// ID-BRD-01 ID-BRD-02 ID-BRD-03
#[tokio::test]
async fn the_house_has_the_name_and_colours_of_its_owner() {
    let text = |text: &str| Value::Str(text.into());
    let house = House::with(&[
        ("BRANDING_SERVICE_NAME", text("Okeanos <x>")),
        ("BRANDING_ACCENT_COLOR", text("#123456")),
        (
            "BRANDING_DASHBOARD_LOGO_URL",
            text("https://cdn.example.org/l.png"),
        ),
        ("BRANDING_SHOW_COPYRIGHT", Value::Bool(true)),
        ("BRANDING_COMPANY_NAME", text("Harbour Ltd")),
    ]);
    let browser = Browser::new(&house);
    let page = browser.get("/ui/login").await.is(200);
    assert!(page.contains("Okeanos") && !page.contains("<x>"));
    assert!(page.contains("https://cdn.example.org/l.png"));
    let sheet = format!(
        "/static/accent-{}.css",
        between(&page, "/static/accent-", ".css")
    );
    let sheet = browser.get(&sheet).await.is(200);
    assert!(sheet.contains("#123456"), "{sheet}");
}

// ID-UI-02
#[tokio::test]
async fn built_in_files_are_kept_for_a_year_under_their_hash() {
    use sha2::{Digest, Sha256};
    let house = House::new();
    let browser = Browser::new(&house);
    let page = browser.get("/").await.is(200);
    let mut seen = 0;
    for part in page.split("\"/static/").skip(1) {
        let path = format!("/static/{}", part.split(['"', ' ']).next().unwrap());
        let file = browser.get(&path).await;
        assert_eq!(file.status, 200, "{path}");
        let kept = file.headers[header::CACHE_CONTROL].to_str().unwrap();
        if path.contains("/branding/") {
            // The owner may put another in its place at any time.
            assert_eq!(kept, "public, no-cache", "{path}");
            let tag = file.headers[header::ETAG].to_str().unwrap().to_owned();
            let known = [("if-none-match", tag.as_str())];
            let again = browser.send(Method::GET, &path, &known, String::new());
            assert_eq!(again.await.status, 304, "{path}");
            continue;
        }
        assert!(kept.contains("max-age=31536000"), "{path}: {kept}");
        seen += 1;
    }
    assert!(seen >= 6, "{page}");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/vendor");
    for dir in std::fs::read_dir(root).unwrap() {
        let dir = dir.unwrap().path();
        assert!(dir.join("LICENSE").exists(), "{}", dir.display());
        let sums = std::fs::read_to_string(dir.join("SHA256SUMS")).unwrap();
        for line in sums.lines() {
            let (sum, name) = line.split_once("  ").unwrap();
            let bytes = std::fs::read(dir.join(name)).unwrap();
            assert_eq!(hex::encode(Sha256::digest(bytes)), sum, "{name}");
        }
    }
}

// ID-BRD-04
#[tokio::test]
async fn the_owners_files_come_before_the_built_in_ones() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("static");
    std::fs::create_dir_all(root.join("branding/images")).unwrap();
    std::fs::write(root.join("branding/images/dashboard_logo.png"), "own").unwrap();
    std::fs::write(dir.path().join("secret"), "secret").unwrap();
    let house = House::with(&[("MEDIA_ROOT", Value::Str(root.display().to_string()))]);
    let browser = Browser::new(&house);
    let page = browser.get("/ui/login").await.is(200);
    assert!(
        !page.contains("dashboard_logo@2x"),
        "the built-in image mixed with the own one"
    );
    let own = browser
        .get("/static/branding/images/dashboard_logo.png")
        .await;
    assert_eq!(own.is(200), "own");
    for path in [
        "/static/../secret",
        "/static/%2e%2e/secret",
        "/static/..%2fsecret",
        "/static/branding",
    ] {
        let seen = browser.get(path).await;
        assert_ne!(seen.status, 200, "{path}");
    }
}
