//! The captcha of an outside service, with a double in its place at
//! `ASTAKOS_RECAPTCHA_VERIFY_URL`.

use crate::{
    client::{PASSWORD, Visit},
    server::Server,
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::mpsc,
};

/// A service that takes what begins with `good` for right; where it is, and what it was
/// asked.
fn double() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/siteverify", listener.local_addr().unwrap());
    let (asked, all) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                continue;
            }
            let body = String::from_utf8(body).unwrap();
            let good = body.contains("response=good");
            let said = format!("{{\"success\": {good}}}");
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                said.len()
            );
            let answered = reader
                .get_mut()
                .write_all(format!("{head}{said}").as_bytes());
            if answered.is_err() || asked.send(body).is_err() {
                return;
            }
        }
    });
    (address, all)
}

// ID-CAP-01 ID-CAP-02 ID-LOG-09, acceptance 0 of captchas
#[test]
fn a_captcha_is_asked_at_sign_up_and_after_failures() {
    let (url, asked) = double();
    let server = Server::start(&format!(
        "ASTAKOS_RECAPTCHA_ENABLED = True\nASTAKOS_RECAPTCHA_PUBLIC_KEY = 'public-key'\n\
         ASTAKOS_RECAPTCHA_PRIVATE_KEY = 'private-key'\n\
         ASTAKOS_RECAPTCHA_VERIFY_URL = '{url}'\nEMAIL_BACKEND = 'none'\n"
    ));
    let visit = Visit::start(&server);
    let known = || server.manage_ok(&["user-list"]).contains("eva@example.org");
    let fields = |answer: &'static str| {
        vec![
            ("email", "eva@example.org"),
            ("first_name", "Eva"),
            ("last_name", "Post"),
            ("password1", PASSWORD),
            ("password2", PASSWORD),
            ("g-recaptcha-response", answer),
        ]
    };
    for (answer, made) in [("", false), ("bad", false), ("good one", true)] {
        let page = visit.get("/ui/signup");
        assert!(page.contains("data-sitekey=\"public-key\"") && !page.contains("private-key"));
        let answered = visit.submit("/ui/signup", &page, &fields(answer));
        let (status, text) = (answered.status().as_u16(), answered.text().unwrap());
        assert_eq!(known(), made, "{answer:?}: {status}: {text}");
        assert_eq!(text.contains("CAPTCHA_VALIDATION_ERR"), !made, "{text}");
    }
    let all: Vec<String> = asked.try_iter().collect();
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all.iter().all(|one| one.contains("secret=private-key")));

    server.manage_ok(&["user-modify", "eva@example.org", "--verify"]);
    let log_in = |password: &str, answer: &str| {
        let page = visit.get("/ui/login");
        let fields = [
            ("username", "eva@example.org"),
            ("password", password),
            ("g-recaptcha-response", answer),
        ];
        let answered = visit.submit("/ui/login", &page, &fields);
        (answered.status().as_u16(), answered.text().unwrap())
    };
    let widget = |text: &str| text.contains("data-sitekey=\"public-key\"");
    let (status, first) = log_in("wrong", "");
    assert!(status == 200 && !widget(&first), "{first}");
    let (status, second) = log_in("wrong", "");
    assert!(status == 200 && widget(&second), "{second}");
    for answer in ["", "bad again"] {
        let (status, text) = log_in(PASSWORD, answer);
        assert_eq!(status, 200, "let in without an answer: {text}");
        assert!(text.contains("CAPTCHA_VALIDATION_ERR"), "{text}");
    }
    assert_eq!(log_in(PASSWORD, "good two").0, 302);
}
