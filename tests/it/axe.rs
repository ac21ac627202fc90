//! Every page of the product as a furnished person sees it, in headless Chromium:
//! nothing serious for axe-core, no sideways scrolling at 320 pixels, nothing that
//! jumps while the page comes, in both schemes. The pages are those of the table of
//! who may do what, the site is the example `demo` of `web`.

use crate::{
    browser::Driver,
    server::{BINARY, PATIENCE},
};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use thirtyfour::{By, WebDriver};

const EMAIL: &str = "maria@example.org";
/// Who administers it.
const ADMIN: &str = "admin@example.org";
/// Whose names need room; reads Greek and has nothing.
const LONGEST: &str =
    "konstantina.papadimitriou.anagnostopoulou@postgraduates.informatics.university.example.org";
const PASSWORD: &str = "a quiet harbour";

/// The furnished site, until dropped.
pub struct Demo {
    process: Child,
    /// Where it is.
    pub url: String,
}

impl Demo {
    /// None where it was not built (`cargo test` of the workspace does).
    pub fn start() -> Option<Self> {
        let program = Path::new(BINARY).with_file_name("examples").join("demo");
        if !program.exists() {
            assert!(
                std::env::var_os("TESTS_REQUIRE_BROWSER").is_none(),
                "{} is required and missing",
                program.display()
            );
            eprintln!("SKIPPED: {} is not built", program.display());
            return None;
        }
        let mut process = Command::new(program)
            .arg("0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the demo starts");
        let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let line = lines.next().expect("it says where it is").unwrap();
        let url = line.split_whitespace().next().unwrap().to_owned();
        // It says more, and must find somebody who listens.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Demo { process, url })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The paths of all pages that can be looked at, about things the demo has.
fn pages(own_image: &str) -> Vec<String> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/authz.txt");
    let table = std::fs::read_to_string(table).unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("GET "));
    let patterns = rows.filter_map(|row| row.split(':').next());
    let mut paths: Vec<String> = patterns
        // Streams and downloads are no pages, and nobody looks on who has left.
        .filter(|path| !path.ends_with("/logout"))
        .filter(|path| !path.ends_with("/events") && !path.contains("/view/"))
        .filter(|path| !path.ends_with("kamakirc") && !path.ends_with("/export"))
        .map(|path| {
            let parts = path.split('/').map(|part| match part {
                "{server}" => "1",
                "{image}" => own_image,
                "{container}" => "pithos",
                "{*path}" if path.contains("/delete/") => "notes.txt",
                "{*path}" => "holidays",
                "{chapter}" => "overview",
                "{slug}" if path.starts_with("/about") => "who-we-are",
                "{slug}" => "new-disks",
                "{user}" if path.starts_with("/admin") => "1",
                "{op}" => "deactivate",
                part if part.starts_with('{') => "x",
                part => part,
            });
            parts.collect::<Vec<_>>().join("/")
        })
        .collect();
    paths.extend((2..=4).map(|n| format!("/cyclades/ui/machines/{n}")));
    paths.push("/no/such/page".into());
    assert!(paths.len() > 30, "{paths:?}");
    paths
}

/// The pages of administrators: every address of the table, every list, something of
/// each kind, every act they are asked about.
fn admin_pages() -> Vec<String> {
    let mut paths: Vec<String> = pages("x")
        .into_iter()
        .filter(|path| path.starts_with("/admin"))
        // What only leads elsewhere.
        .filter(|path| !path.contains("/x"))
        .collect();
    for kind in [
        "vm", "volume", "network", "ip", "ip_log", "project", "group",
    ] {
        paths.push(format!("/admin/{kind}"));
        paths.push(format!("/admin/{kind}?q=nothing-is-called-so"));
        // The demo has no addresses in use.
        if !kind.starts_with("ip") {
            paths.push(format!("/admin/{kind}/1"));
        }
    }
    for act in [
        "vm/1/contact",
        "vm/1/destroy",
        "network/1/drain",
        "user/1/contact",
        "user/1/quota",
        "user/1/delete",
        "user/1/add-group",
        "user/1/set-email",
    ] {
        paths.push(format!("/admin/{act}"));
    }
    paths.push(format!("/admin/user/{LONGEST}"));
    paths.push(format!("/admin/user/{LONGEST}/deactivate"));
    assert!(paths.len() > 30, "{paths:?}");
    paths
}

/// Does the page know who looks?
const KNOWN: &str = "return document.body.classList.contains('in')";

const SCROLL: &str = "return document.documentElement.scrollWidth - innerWidth";

/// What moved while the page came (layout shift), times a thousand.
const MOVED: &str = "
    const done = arguments[0];
    let moved = 0;
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) if (!one.hadRecentInput) moved += one.value;
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => done(Math.round(moved * 1000))));";

/// Findings that keep somebody out: impact, rule and where.
const AXE: &str = "
    const done = arguments[0];
    axe.run(document, { resultTypes: ['violations'] }).then((seen) => done(seen.violations
      .filter((one) => one.impact === 'serious' || one.impact === 'critical')
      .map((one) => one.id + ': ' + one.nodes.map((node) => node.html.slice(0, 120)).join(' | '))));";

struct Eye {
    window: WebDriver,
    axe: Option<String>,
    url: String,
    /// Whether somebody has logged in.
    inside: bool,
    wrong: Vec<String>,
}

impl Eye {
    async fn enter(&mut self, email: &str) {
        let window = &self.window;
        window.goto(format!("{}/ui/login", self.url)).await.unwrap();
        for (name, text) in [("username", email), ("password", PASSWORD)] {
            let field = window.find(By::Name(name)).await.unwrap();
            field.send_keys(text).await.unwrap();
        }
        let button = By::Css("#login-form button[type=submit]");
        window.find(button).await.unwrap().click().await.unwrap();
        window.find(By::Css("body.in")).await.expect("logged in");
        self.inside = true;
    }

    async fn scheme(&self, scheme: &str) {
        let script = format!("document.cookie = 'theme={scheme}; path=/'");
        self.window.execute(script, vec![]).await.unwrap();
    }

    /// Windows are never narrower than 500 pixels; the page is told otherwise.
    async fn width(&self, width: u32) {
        let tools = self.window.cdp();
        let size = serde_json::json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false
        });
        let command = "Emulation.setDeviceMetricsOverride";
        tools.send_raw(command, size).await.unwrap();
    }

    async fn look(&mut self, path: &str, about: &str) {
        let window = &self.window;
        window.goto(format!("{}{path}", self.url)).await.unwrap();
        let kind = window.execute("return document.contentType", vec![]);
        let kind: String = kind.await.unwrap().convert().unwrap();
        if kind != "text/html" {
            // Feeds for programs.
            return;
        }
        let known = window.execute(KNOWN, vec![]).await.unwrap();
        assert_eq!(known.convert().ok(), Some(self.inside), "{path} ({about})");
        let scroll = window.execute(SCROLL, vec![]).await.unwrap();
        let scroll: i64 = scroll.convert().unwrap();
        if scroll > 0 {
            let text = format!("{path} ({about}): scrolls sideways by {scroll} px");
            self.wrong.push(text);
        }
        let moved = window.execute_async(MOVED, vec![]).await.unwrap();
        let moved: i64 = moved.convert().unwrap();
        if moved > 10 {
            let text = format!("{path} ({about}): layout shift of 0.{moved:03}");
            self.wrong.push(text);
        }
        if let Some(axe) = &self.axe {
            window.execute(axe.as_str(), vec![]).await.unwrap();
            let found = window.execute_async(AXE, vec![]).await.unwrap();
            let found: Vec<String> = found.convert().unwrap();
            let found = found.iter().map(|one| format!("{path} ({about}): {one}"));
            self.wrong.extend(found);
        }
    }
}

/// The script of axe-core, fetched by `tests/clients/axe`.
fn axe() -> Option<String> {
    let Some(path) = std::env::var_os("TESTS_AXE") else {
        eprintln!(
            "SKIPPED: axe-core is not there (TESTS_AXE); only sizes and shifts are looked at"
        );
        return None;
    };
    Some(std::fs::read_to_string(path).expect("axe-core can be read"))
}

async fn own_image(window: &WebDriver, url: &str) -> String {
    window
        .goto(format!("{url}/cyclades/ui/images"))
        .await
        .unwrap();
    let link = window
        .find(By::Css("a[href$='/unregister']"))
        .await
        .unwrap();
    let href = link.attr("href").await.unwrap().unwrap();
    href.rsplit('/').nth(1).unwrap().to_owned()
}

/// Looks at pages as a visitor, then at more as somebody, wide and narrow, light and dark.
fn look_around(before: &[&str], email: &str, within: impl AsyncFn(&Eye) -> Vec<String>) {
    let (Some(driver), Some(demo)) = (Driver::start(), Demo::start()) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let axe = axe();
    let mut wrong = Vec::new();
    runtime.block_on(async {
        for width in [1280, 320] {
            let window = driver.window(true, width).await;
            window.set_script_timeout(PATIENCE).await.unwrap();
            let mut eye = Eye {
                window,
                axe: axe.clone(),
                url: demo.url.clone(),
                inside: false,
                wrong: Vec::new(),
            };
            eye.width(width).await;
            for path in before {
                eye.look(path, &format!("{width}, nobody")).await;
            }
            eye.enter(email).await;
            let paths = within(&eye).await;
            for scheme in ["light", "dark"] {
                eye.scheme(scheme).await;
                for path in &paths {
                    eye.look(path, &format!("{width}, {scheme}")).await;
                }
            }
            wrong.append(&mut eye.wrong);
            eye.window.quit().await.unwrap();
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// ID-UI-01 ID-UI-09: 320 px to wide, light and dark, axe-core without a serious finding
#[test]
fn every_page_can_be_used_by_everybody() {
    let before = ["/", "/ui/login", "/ui/signup", "/ui/local/password_reset"];
    look_around(&before, EMAIL, async |eye| {
        let image = own_image(&eye.window, &eye.url).await;
        pages(&image)
    });
}

// ID-UI-01 ID-UI-09 ID-ADU-10 ID-ADU-11: the administration pages as well, as an
// administrator sees them
#[test]
fn every_page_of_administrators_can_be_used_by_everybody() {
    look_around(&[], ADMIN, async |_| admin_pages());
}

// ID-UI-01 ID-UI-09: names and addresses as long as they may be, in the longer language,
// where there is nothing yet
#[test]
fn long_names_and_words_have_room() {
    look_around(&[], LONGEST, async |_| pages("x"));
}

// ID-UI-01: paper is white, whatever scheme was chosen
#[test]
fn what_is_printed_is_dark_on_white() {
    let (Some(driver), Some(demo)) = (Driver::start(), Demo::start()) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let window = driver.window(true, 1280).await;
        let mut eye = Eye {
            window,
            axe: None,
            url: demo.url.clone(),
            inside: false,
            wrong: Vec::new(),
        };
        eye.enter(EMAIL).await;
        eye.scheme("dark").await;
        let scheme = "return getComputedStyle(document.documentElement).colorScheme";
        for (media, seen) in [("screen", "dark"), ("print", "light")] {
            let media = serde_json::json!({ "media": media });
            let tools = eye.window.cdp();
            let told = tools.send_raw("Emulation.setEmulatedMedia", media).await;
            told.unwrap();
            for path in ["/ui/resources", "/ui/approval_terms"] {
                let path = format!("{}{path}", demo.url);
                eye.window.goto(path).await.unwrap();
                let found = eye.window.execute(scheme, vec![]).await.unwrap();
                assert_eq!(found.convert::<String>().unwrap(), seen);
            }
        }
        eye.window.quit().await.unwrap();
    });
}
