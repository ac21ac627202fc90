//! The program and a real mail server; settings and branding that change under a
//! running service.

use crate::{
    client::{Visit, between},
    server::{Server, wait_for},
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// Prints every message it takes as a line of JSON.
const SINK: &str = r#"
import email, email.policy, json, sys
from aiosmtpd.controller import Controller
class Take:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({'from': envelope.mail_from, 'to': envelope.rcpt_tos,
            'subject': str(mail['Subject']), 'id': str(mail['Message-ID']),
            'text': mail.get_body(('plain',)).get_content()}), flush=True)
        return '250 taken'
controller = Controller(Take(), hostname='127.0.0.1', port=int(sys.argv[1]), ready_timeout=60)
controller.start()
print(json.dumps({'ready': True}), flush=True)
sys.stdin.read()
"#;

pub struct Sink {
    child: Child,
    pub lines: mpsc::Receiver<Value>,
}

impl Sink {
    /// None where aiosmtpd is not installed.
    pub fn start(port: u16) -> Option<Self> {
        let mut child = Command::new("/usr/bin/python3")
            .args(["-c", SINK, &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = serde_json::from_str(&line).map(|value| sender.send(value));
            }
        });
        if lines.recv_timeout(Duration::from_secs(90)).is_ok() {
            return Some(Sink { child, lines });
        }
        let _ = child.kill();
        let _ = child.wait();
        assert!(
            std::env::var_os("TESTS_REQUIRE_SMTP").is_none(),
            "python3-aiosmtpd is not installed"
        );
        eprintln!("SKIPPED: needs python3-aiosmtpd");
        None
    }

    pub fn next(&self) -> Value {
        let next = self.lines.recv_timeout(Duration::from_secs(90));
        next.expect("a message")
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub fn sign_up(server: &Server, email: &str) {
    let visit = Visit::start(server);
    let page = visit.get("/ui/signup");
    let fields = [
        ("email", email),
        ("first_name", "Eva"),
        ("last_name", "Post"),
        ("password1", crate::client::PASSWORD),
        ("password2", crate::client::PASSWORD),
    ];
    let answer = visit.submit("/ui/signup", &page, &fields);
    assert!(answer.status().as_u16() < 400, "{}", answer.status());
}

// ID-MAIL-03 ID-MAIL-04 and the acceptance check of mails: a stopped mail server changes
// no answer, and the mails arrive, once, when it is back.
#[test]
fn a_mail_server_that_was_away_gets_everything_once() {
    let port = free_port();
    let Some(sink) = Sink::start(port) else {
        return;
    };
    let server = Server::start(&format!(
        "EMAIL_HOST = '127.0.0.1'\nEMAIL_PORT = {port}\n\
         ASTAKOS_MODERATION_ENABLED = True\nBRANDING_SERVICE_NAME = 'My cloud'\n\
         ADMINS = (('Root', 'root@example.org'),)\nSERVER_EMAIL = 'Cloud <cloud@example.org>'\n"
    ));
    sign_up(&server, "first@example.org");
    let first = sink.next();
    assert_eq!(first["to"][0], "first@example.org");
    assert_eq!(first["from"], "cloud@example.org");
    assert_eq!(first["subject"], "My cloud account verification");
    let text = first["text"].as_str().unwrap().replace("\r\n", "\n");
    assert!(
        text.contains("\n\nhttp") && text.contains("/ui/activate?auth="),
        "{text}"
    );
    // The service must have heard that it was taken, else it rightly sends it again.
    wait_for("the first to be known as sent", || {
        let list = server.manage_ok(&["mail-list", "--output-format", "json", "-o", "state,to"]);
        let list: Value = serde_json::from_str(&list).unwrap();
        let waits = |row: &Value| row["to"] == "first@example.org" && row["state"] != "sent";
        (!list.as_array()?.iter().any(waits)).then_some(())
    });
    drop(sink);
    sign_up(&server, "second@example.org");
    server.manage_ok(&["mail-test", "third@example.org"]);
    wait_for("a failed attempt, and the other in the queue", || {
        let list = server.manage_ok(&[
            "mail-list",
            "--output-format",
            "json",
            "-o",
            "id,state,to,attempts",
        ]);
        let list: Value = serde_json::from_str(&list).unwrap();
        let tried = list.as_array()?.iter().any(|row| {
            row["to"] == "second@example.org"
                && row["attempts"].to_string().trim_matches('"') == "1"
        });
        let third = list.to_string().contains("third@example.org");
        (tried && third).then_some(())
    });
    let shown = server.manage_ok(&["queue-inspect", "mail"]);
    assert!(
        shown.contains("second@example.org") && !shown.contains("auth="),
        "{shown}"
    );
    let Some(sink) = Sink::start(port) else {
        return;
    };
    server.manage_ok(&["mail-retry"]);
    let mut to: Vec<String> = (0..2)
        .map(|_| sink.next()["to"][0].as_str().unwrap().to_owned())
        .collect();
    to.sort();
    assert_eq!(to, ["second@example.org", "third@example.org"]);
    assert!(
        sink.lines.recv_timeout(Duration::from_secs(2)).is_err(),
        "one more"
    );
}

// ID-BRD-13 ID-TPL-02 ID-TPL-04: settings, branding and templates change while the
// service runs; bad settings change nothing.
#[test]
fn branding_changes_under_a_running_service() {
    let server = Server::start("BRANDING_SERVICE_NAME = 'One'\n");
    let title = || {
        between(
            &Visit::start(&server).get("/ui/login"),
            "<title>",
            "</title>",
        )
        .to_owned()
    };
    assert!(title().starts_with("One "), "{}", title());
    let write = |text: &str| std::fs::write(server.config().join("60-mine.conf"), text).unwrap();
    write("BRANDING_SERVICE_NAME = 'Two'\n");
    assert!(title().starts_with("One "), "nothing changes by itself");
    let done = server.synnefo(&["settings", "reload"]);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(String::from_utf8_lossy(&done.stdout).contains("BRANDING_SERVICE_NAME"));
    assert!(title().starts_with("Two "), "{}", title());
    write("\n\nBRANDING_SERVICE_NAME = 3\n");
    let refused = server.manage(&["settings-reload"]);
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("60-mine.conf:3"), "{why}");
    assert!(title().starts_with("Two "), "{}", title());
    write("BRANDING_SERVICE_NAME = 'Three'\n");
    let hung_up = Command::new("kill")
        .args(["-HUP", &server.pid().to_string()])
        .status();
    assert!(hung_up.unwrap().success());
    wait_for("the new name", || {
        title().starts_with("Three ").then_some(())
    });

    let templates = server.config().join("templates");
    std::fs::create_dir_all(templates.join("im")).unwrap();
    write(&format!("TEMPLATE_DIRS = ['{}']\n", templates.display()));
    server.manage_ok(&["settings-reload"]);
    let file = templates.join("im/welcome_email.txt");
    std::fs::write(&file, "Welcome to {{ BRANDING_SERVICE_NAME|upper }}\n").unwrap();
    let preview = server.manage_ok(&["email-preview", "welcome_email"]);
    assert!(preview.contains("Welcome to ONE"), "{preview}");
    server.manage_ok(&["template-check"]);
    std::fs::write(&file, "\n{% block x %}").unwrap();
    let checked = server.manage(&["template-check"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stdout).contains("welcome_email.txt:2"));
}
