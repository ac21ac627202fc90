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
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
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
        self.link_about(to, "", part)
    }

    /// The same in a mail that also says `about`.
    fn link_about(&self, to: &str, about: &str, part: &str) -> String {
        wait_for(&format!("a mail to {to} with {part}"), || {
            let mails = self.all();
            let told = mails.iter().rev().filter(|mail| mail.contains(about));
            let own = told.filter(|mail| {
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

/// What an authenticator shows for a secret now (RFC 6238), or `ahead` steps later.
pub fn code(secret: &str, ahead: u64) -> String {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    code_of(secret, now.as_secs() / 30 + ahead)
}

/// The code of a step (RFC 4226).
fn code_of(secret: &str, step: u64) -> String {
    use hmac::{KeyInit, Mac};
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut key, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for letter in secret.chars().filter(|c| c.is_ascii_alphanumeric()) {
        let value = alphabet.find(letter.to_ascii_uppercase()).expect("base32");
        bits = (bits << 5) | u32::try_from(value).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            key.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let sum = mac.finalize().into_bytes();
    let at = usize::from(sum[19] & 15);
    let number = u32::from_be_bytes(sum[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[test]
fn codes_are_those_of_the_standard() {
    // RFC 4226, appendix D.
    let secret = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";
    for (step, shown) in [(0, "755224"), (1, "287082"), (9, "520489")] {
        assert_eq!(code_of(secret, step), shown);
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
    window.send("#signup-form button[type=submit]");
    window.find(".msg[data-key=VERIFICATION_SENT]");
}

fn log_in(window: &Window<'_>, email: &str) {
    window.open("/ui/login");
    window.fill("username", email);
    window.fill("password", PASSWORD);
    window.send("#login-form button[type=submit]");
}

fn log_out(window: &Window<'_>) {
    window.open("/ui/logout");
    window.find("body[data-page=login] .msg.success[data-key=AUTH_PROVIDER_LOGOUT_SUCCESS]");
    window.open("/ui/landing");
    window.find("body[data-page=login]");
}

/// A moderator opens the mailed link in a browser of their own, logged in nowhere.
fn accept(moderator: &Window<'_>, post: &Post, email: &str) {
    let link = post.link_about("help@example.org", email, "/moderate/");
    // Looking decides nothing, however often a mail scanner does.
    moderator.open(&link);
    moderator.open(&link);
    assert!(moderator.source().contains(email));
    moderator.send("#moderate-accept-form button[type=submit]");
    moderator.find("#decided");
    moderator.open(&link);
    moderator.find("#decided");
    let gone = moderator.source();
    assert!(!gone.contains("moderate-accept-form"), "{gone}");
}

/// Sets an authenticator up; its secret and a recovery code.
fn second_factor(window: &Window<'_>) -> (String, String) {
    window.open("/ui/second_factor");
    window.fill("password", PASSWORD);
    window.send("#totp-begin-form button[type=submit]");
    let secret = window.text("#totp-setup .copy code");
    window.fill("code", &code(&secret, 0));
    window.send("#totp-confirm-form button[type=submit]");
    let recovery = window.text("#recovery-codes code");
    (secret, recovery)
}

/// The second half of a login, with whatever code.
fn prove(window: &Window<'_>, code: &str) {
    window.fill("code", code);
    window.send("#second-form button[type=submit]");
}

/// Moves the account to another address, both agreeing.
fn another_address(window: &Window<'_>, post: &Post, old: &str, new: &str) {
    window.open("/ui/email_change");
    window.fill("new_email_address", new);
    window.send("#email-change-form button[type=submit]");
    window.find(".msg[data-key=EMAIL_CHANGE_REGISTERED]");
    for (address, said) in [(old, "EMAIL_CHANGE_WAITS"), (new, "EMAIL_CHANGED")] {
        window.open(&post.link(address, "/email_change/confirm/"));
        window.send("#email-change-confirm-form button.button--primary");
        window.find(&format!(".msg[data-key={said}]"));
    }
    window.open("/ui/profile");
    assert!(window.source().contains(new), "{}", window.source());
}

// ID-REG-03 ID-VER-02 ID-ACT-06 ID-MAIL-06 ID-MAIL-09 ID-MAIL-10 ID-LOG-01 ID-SEC-29
// ID-EML-03 ID-EML-04 ID-EML-05 ID-LOG-22 ID-UI-01 ID-UI-27
#[test]
fn a_person_walks_in_and_out() {
    let (Some(driver), Some(post)) = (Driver::start(), Post::start()) else {
        return;
    };
    let more = "ASTAKOS_MODERATION_ENABLED = True
HELPDESK = (('Help', 'help@example.org'),)
ASTAKOS_EMAILCHANGE_ENABLED = True
";
    let server = Server::start(&format!("{}{more}", post.settings()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let walks = [
        (true, "ada@example.org", "ada@example.net"),
        (false, "countess@example.org", "countess@example.net"),
    ];
    for (script, email, new) in walks {
        let open = |width| Window {
            runtime: &runtime,
            driver: runtime.block_on(driver.window(script, width)),
            base: server.url.clone(),
        };
        let (window, moderator) = (open(1280), open(1024));
        sign_up(&window, email);
        window.open(&post.link(email, "/activate?"));
        window.find(".msg[data-key=NOTIFICATION_SENT]");
        log_in(&window, email);
        window.find("body[data-page=login] .msg.error[role=alert]");
        accept(&moderator, &post, email);
        moderator.close();
        // The greeting.
        post.link_about(email, "Welcome", "/ui");
        log_in(&window, email);
        window.find("body[data-page=landing]");
        assert!(window.source().contains("Ada"), "{}", window.source());

        let (secret, recovery) = second_factor(&window);
        post.link_about(email, "second factor was added", "/ui/sessions");
        log_out(&window);
        log_in(&window, email);
        prove(&window, "000000");
        window.find("body[data-page=login-second] [data-field=code]");
        // A code opens once: the next one.
        prove(&window, &code(&secret, 1));
        window.find("body[data-page=landing]");

        another_address(&window, &post, email, new);
        for address in [email, new] {
            post.link_about(address, "moved from", "/ui/sessions");
        }
        log_out(&window);
        log_in(&window, email);
        window.find("body[data-page=login] .msg.error[role=alert]");
        // Without the telephone a recovery code does, once.
        log_in(&window, new);
        prove(&window, &recovery);
        window.find("body[data-page=landing]");
        post.link_about(new, "Codes left: 9", "/ui/sessions");
        log_out(&window);
        window.close();
    }
}
