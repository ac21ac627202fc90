//! A person's way through an account in headless Chromium, with every mail received
//! by a real SMTP server: sign-up, verification, a moderator who decides by the mailed
//! link without logging in, login, second factor, another address, logout.

use crate::{
    browser::Driver,
    client::PASSWORD,
    path::Window,
    server::{Server, wait_for},
};
use std::{
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// A mail server that keeps what it gets in a Maildir.
struct Post {
    process: Child,
    port: u16,
    dir: tempfile::TempDir,
}

impl Post {
    /// None where aiosmtpd is not installed.
    fn start() -> Option<Self> {
        let python = "/usr/bin/python3";
        let there = Command::new(python)
            .args(["-c", "import aiosmtpd"])
            .output();
        if !there.is_ok_and(|there| there.status.success()) {
            assert!(
                std::env::var_os("TESTS_REQUIRE_BROWSER").is_none(),
                "python3-aiosmtpd is required and missing"
            );
            eprintln!("SKIPPED: python3-aiosmtpd is not installed");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = port.local_addr().unwrap().port();
        let dir = tempfile::tempdir().unwrap();
        let process = Command::new(python)
            .args(["-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Mailbox"])
            .arg(dir.path().join("mail"))
            .args(["-l", &format!("127.0.0.1:{port}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("aiosmtpd starts");
        wait_for("aiosmtpd", || TcpStream::connect(("127.0.0.1", port)).ok());
        Some(Post { process, port, dir })
    }

    fn settings(&self) -> String {
        let port = self.port;
        format!("EMAIL_HOST = '127.0.0.1'\nEMAIL_PORT = {port}\nEMAIL_USE_TLS = False\n")
    }

    /// All messages, as text: soft line ends and `=3D` undone.
    fn all(&self) -> Vec<String> {
        let new = self.dir.path().join("mail/new");
        let files = std::fs::read_dir(new).map(|dir| dir.map_while(Result::ok));
        let mut files: Vec<PathBuf> = files
            .map(|files| files.map(|file| file.path()).collect())
            .unwrap_or_default();
        files.sort();
        let read = files
            .iter()
            .map_while(|file| std::fs::read_to_string(file).ok());
        read.map(|text| {
            text.replace("\r\n", "\n")
                .replace("=\n", "")
                .replace("=3D", "=")
        })
        .collect()
    }

    /// The link that contains `part` in the newest mail to `to` that has one.
    fn link(&self, to: &str, part: &str) -> String {
        wait_for(&format!("a mail to {to} with {part}"), || {
            let mails = self.all();
            let own = mails.iter().rev().filter(|mail| {
                let head = mail.split("\n\n").next().unwrap_or_default();
                head.lines()
                    .any(|line| line.starts_with("To:") && line.contains(to))
            });
            own.filter_map(|mail| {
                let mut words = mail.split_whitespace();
                words.find(|word| word.starts_with("http") && word.contains(part))
            })
            .map(str::to_owned)
            .next()
        })
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn sign_up(window: &Window<'_>, email: &str) {
    window.open("/ui/signup");
    for (name, text) in [
        ("email", email),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ] {
        window.fill(name, text);
    }
    window.press("#signup-form button[type=submit]");
    window.find("body[data-page=pending]");
}

fn log_in(window: &Window<'_>, email: &str) {
    window.open("/ui/login");
    window.fill("username", email);
    window.fill("password", PASSWORD);
    window.press("#login-form button[type=submit]");
}

// ID-REG-03 ID-VER-02 ID-ACT-06 ID-MAIL-06 ID-MAIL-10 ID-LOG-01 ID-UI-01
#[test]
fn a_person_walks_in_and_out() {
    let (Some(driver), Some(post)) = (Driver::start(), Post::start()) else {
        return;
    };
    let more = "ASTAKOS_MODERATION_ENABLED = True\nHELPDESK = (('Help', 'help@example.org'),)\nASTAKOS_EMAILCHANGE_ENABLED = True\n";
    let server = Server::start(&format!("{}{more}", post.settings()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (script, email) in [(true, "ada@example.org"), (false, "countess@example.org")] {
        let open = |width| Window {
            runtime: &runtime,
            driver: runtime.block_on(driver.window(script, width)),
            base: server.url.clone(),
        };
        let window = open(1280);
        sign_up(&window, email);
        window.open(&post.link(email, "/activate?"));
        window.find("body[data-page=pending]");
        log_in(&window, email);
        window.find("body[data-page=login] .msg.error[role=alert]");
        server.manage_ok(&["user-modify", email, "--accept"]);
        post.link(email, &server.url);
        log_in(&window, email);
        window.find("body[data-page=landing]");
        assert!(window.source().contains("Ada"), "{}", window.source());

        window.open("/ui/logout");
        window.press("main form button[type=submit]");
        window.find("body[data-page=login] .msg.success[data-key=AUTH_PROVIDER_LOGOUT_SUCCESS]");
        window.open("/ui/landing");
        window.find("body[data-page=login]");
        window.close();
    }
}
