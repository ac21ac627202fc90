//! Headless Chromium for a test: its own driver process and profile, with or
//! without JavaScript. Absent where Chromium is not installed; the tests that
//! need it then say so and pass, unless `TESTS_REQUIRE_BROWSER` is set.

use crate::server::{PATIENCE, wait_for};
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};

/// A running driver.
pub struct Driver {
    process: Child,
    url: String,
    _profile: tempfile::TempDir,
    profile: String,
}

impl Driver {
    /// Starts one; None where there is no Chromium.
    pub fn start() -> Option<Self> {
        let there = |name: &str| {
            Command::new(name)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        };
        if !there("chromium") || !there("chromedriver") {
            assert!(
                std::env::var_os("TESTS_REQUIRE_BROWSER").is_none(),
                "chromium and chromium-driver are required and missing"
            );
            eprintln!("SKIPPED: chromium or chromedriver is not installed");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let profile = tempfile::tempdir().unwrap();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let url = format!("http://127.0.0.1:{port}");
        wait_for("chromedriver", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Some(Driver {
            process,
            url,
            profile: profile.path().display().to_string(),
            _profile: profile,
        })
    }

    /// A new window of `width` pixels.
    pub async fn window(&self, javascript: bool, width: u32) -> WebDriver {
        // The client of the driver wants one; another test may have been first.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut caps = DesiredCapabilities::chrome();
        for arg in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--ignore-certificate-errors",
        ] {
            caps.add_arg(arg).unwrap();
        }
        let kind = if javascript { "with" } else { "without" };
        caps.add_arg(&format!("--user-data-dir={}/{kind}-{width}", self.profile))
            .unwrap();
        caps.add_arg(&format!("--window-size={width},900")).unwrap();
        if !javascript {
            let off = serde_json::json!({"profile.managed_default_content_settings.javascript": 2});
            caps.add_experimental_option("prefs", off).unwrap();
        }
        let window = WebDriver::new(&self.url, caps)
            .await
            .expect("a browser session");
        window
            .set_implicit_wait_timeout(Duration::from_secs(30))
            .await
            .unwrap();
        window.set_page_load_timeout(PATIENCE).await.unwrap();
        window
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
