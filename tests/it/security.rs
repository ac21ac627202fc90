//! A running service as attackers see it: the headers of every answer, what its log
//! says at its loudest, what addresses and heads that lie do.

use crate::{
    client::{Client, PASSWORD, Visit, between, http},
    server::{Server, wait_for},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// Everything into the log.
const LOUD: &str = "DEBUG = False
LOGGING_SETUP = {
    'version': 1,
    'formatters': {'plain': {'format': '%(levelname)s %(name)s %(message)s'}},
    'handlers': {'all': {'class': 'StreamHandler', 'level': 'DEBUG', 'formatter': 'plain'}},
    'root': {'handlers': ['all'], 'level': 'DEBUG'},
}
";

/// A request as it is, without anything a client would mend; the head of the answer.
fn raw(server: &Server, request: &str) -> String {
    let address = server.url.split("://").nth(1).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A refusal may break the connection off.
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    text.split("\r\n\r\n").next().unwrap_or_default().to_owned()
}

fn get(server: &Server, path: &str, host: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    raw(server, &request)
}

// ID-SEC-21 ID-SEC-22: pages, files, APIs, redirects and every kind of refusal
#[test]
fn every_answer_has_the_headers() {
    let server = Server::start("ASTAKOS_BASE_URL = 'https://cloud.example.org'\n");
    let paths = [
        "/",
        "/ui",
        "/ui/login",
        "/ui/landing",
        "/ui/nosuch",
        "/nosuch",
        "/favicon.ico",
        "/static/css/base.css",
        "/static/nosuch.css",
        "/static/../../etc/passwd",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2fetc/passwd",
        "/guide",
        "/admin",
        "/admin/nosuch",
        "/identity/v2.0",
        "/identity/v2.0/tenants",
        "/identity/nosuch",
        "/account/v1.0/authenticate",
        "/compute/v2.0/servers",
        "/compute/nosuch",
        "/pithos/object-store/v1",
        "/pithos/object-store/v1/x/y",
        "/pithos/public/x",
        "/pithos/nosuch",
        "/ui/get_menu?callback=alert(1)//",
        "/ui/get_menu?callback=good",
        "/healthz",
        "/readyz",
        "/metrics",
        "/astakos/ui/login",
        "/weblogin",
        "/oauth2/token",
        "//evil.example/",
        "//evil.example/..",
        "/%2f/evil.example",
        "/ui//evil.example/",
        "/ui/\u{e9}",
        "/ui/login/",
    ];
    for path in paths {
        let head = get(&server, path, "cloud.example.org");
        let lower = head.to_ascii_lowercase();
        for header in [
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "content-security-policy: ",
            "referrer-policy: ",
            "strict-transport-security: max-age=",
            "x-request-id: ",
        ] {
            assert!(lower.contains(header), "{path}: no {header}:\n{head}");
        }
        let policy = lower.lines().find(|l| l.starts_with("content-security"));
        assert!(!policy.unwrap().contains("unsafe"), "{path}: {head}");
        assert!(!lower.contains("\nserver:"), "{path}: {head}");
        let leads = lower.lines().find_map(|l| l.strip_prefix("location: "));
        let away = leads.is_some_and(|to| to.starts_with("//") || to.contains("//evil"));
        assert!(!away, "{path} leads away: {head}");
        assert!(!lower.contains("root:"), "{path}");
    }
    for request in [
        "DELETE /ui/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "BREW /ui/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST /ui/login HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "POST /lang HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
    ] {
        let head = raw(&server, request).to_ascii_lowercase();
        let there = head.contains("x-frame-options: deny") && head.contains("x-request-id");
        assert!(there, "{request}: {head}");
    }
    // A head with two lengths, or one with both, is not read on.
    for two in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    ] {
        let request = format!(
            "POST /ui/login HTTP/1.1\r\nHost: a\r\n{two}\r\n0\r\n\r\nGET /ui/login HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        let head = raw(&server, &request);
        assert!(!head.starts_with("HTTP/1.1 200"), "{two}: {head}");
    }
}

// ID-SEC-10 ID-SEC-30 ID-CON-09 ID-KST-16: whatever the log says, it says no secret
#[test]
fn the_loudest_log_holds_no_secret() {
    let mail = tempfile::tempdir().unwrap();
    let server = Server::start(&format!(
        "{LOUD}EMAIL_BACKEND = 'file:{}'\nASTAKOS_MODERATION_ENABLED = True
HELPDESK = (('Help', 'help@example.org'),)\nASTAKOS_EMAILCHANGE_ENABLED = True\n",
        mail.path().display()
    ));
    let link = |to: &str, part: &str| {
        wait_for(&format!("a mail to {to} with {part}"), || {
            let files = std::fs::read_dir(mail.path()).ok()?;
            let texts = files
                .flatten()
                .filter_map(|f| std::fs::read_to_string(f.path()).ok());
            let texts = texts.map(|t| {
                t.replace("\r\n", "\n")
                    .replace("=\n", "")
                    .replace("=3D", "=")
            });
            let mut own = texts.filter(|t| t.contains(&format!("To: {to}")));
            own.find_map(|text| {
                let mut words = text.split_whitespace();
                words.find(|word| word.contains(part)).map(str::to_owned)
            })
        })
    };
    let path = |link: &str| {
        let rest = link.split_once("://").unwrap().1;
        format!("/{}", rest.split_once('/').unwrap().1)
    };
    let mut secrets = vec![PASSWORD.to_owned(), "another good one".to_owned()];
    let visit = Visit::start(&server);
    let fields = [
        ("email", "eva@example.org"),
        ("first_name", "Eva"),
        ("last_name", "Post"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    visit.submit("/ui/signup", &visit.get("/ui/signup"), &fields);
    let activate = link("eva@example.org", "/ui/activate?auth=");
    secrets.push(between(&activate, "auth=", "&").to_owned());
    let follow = |link: &str| {
        http()
            .get(format!("{}{}", server.url, path(link)))
            .send()
            .unwrap()
    };
    follow(&activate);
    let moderate = link("help@example.org", "/ui/moderate/");
    secrets.push(moderate.rsplit('/').next().unwrap().to_owned());
    let stranger = Visit::start(&server);
    let page = stranger.get(&path(&moderate));
    stranger.submit(&path(&moderate), &page, &[("decision", "accept")]);
    // Wrong passwords are typed too, often the right one of somewhere else.
    let login = stranger.get("/ui/login");
    secrets.push("my other password".to_owned());
    let wrong = [
        ("username", "eva@example.org"),
        ("password", "my other password"),
    ];
    stranger.submit("/ui/login", &login, &wrong);
    let reset = "/ui/local/password_reset";
    stranger.submit(reset, &stranger.get(reset), &[("email", "eva@example.org")]);
    let reset = link("eva@example.org", "/ui/local/reset/confirm/");
    secrets.push(
        reset
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned(),
    );
    let page = stranger.get(&path(&reset));
    let new = [
        ("new_password1", "another good one"),
        ("new_password2", "another good one"),
    ];
    stranger.submit(&path(&reset), &page, &new);

    let eva = Client::log_in(&server, "eva@example.org", "another good one");
    secrets.push(eva.token.clone());
    let base = &server.url;
    for url in [
        format!(
            "{base}/pithos/object-store/v1/{}?X-Auth-Token={}",
            eva.uuid, eva.token
        ),
        format!("{base}/compute/v2.0/servers?X-Auth-Token={}", eva.token),
        format!(
            "{base}/account/v1.0/authenticate?X-Auth-Token={}",
            eva.token
        ),
        format!("{base}/identity/v2.0/tokens/{}", eva.token),
        format!("{base}/nosuch?token={}&password={PASSWORD}", eva.token),
    ] {
        let asked = http().get(url).header("Authorization", &eva.token);
        asked.header("X-Auth-Token", &eva.token).send().unwrap();
    }
    eva.try_json(
        eva.post("/identity/v2.0/tokens")
            .body("{\"auth\": not json"),
    );
    // ID-KST-16: for whom a service asks is in the log.
    let asks = serde_json::json!({"auth": {"token": {"id": eva.token}}});
    let asked = eva.post("/identity/v2.0/tokens").json(&asks);
    eva.json(asked.header("X-Client-IP", "198.51.100.77"));
    let visit = Visit::start(&server).log_in("eva@example.org", "another good one");
    secrets.extend(visit.secrets());
    let page = visit.get("/ui/profile");
    let change = [
        ("old_password", "another good one"),
        ("new_password1", PASSWORD),
        ("new_password2", PASSWORD),
    ];
    visit.submit("/ui/password_change", &page, &change);
    secrets.extend(visit.secrets());
    let page = visit.get("/ui/profile");
    visit.submit(
        "/ui/email_change",
        &page,
        &[("new_email_address", "new@example.org")],
    );
    let moved = link("new@example.org", "/email_change/confirm/");
    secrets.push(moved.rsplit('/').next().unwrap().to_owned());
    follow(&moved);
    let page = visit.get("/ui/second_factor");
    let begin = [
        ("action", "begin"),
        ("kind", "totp"),
        ("password", PASSWORD),
    ];
    visit.submit("/ui/second_factor", &page, &begin);
    let page = visit.get("/ui/second_factor");
    secrets.push(between(&page, "secret=", "&").to_owned());
    secrets.extend(visit.secrets());
    let log = server.log();
    assert!(
        log.contains("DEBUG") && log.contains("eva@example.org logged in"),
        "the log is not loud: {log}"
    );
    assert!(log.contains("198.51.100.77"), "{log}");
    let encoded = |text: &str| text.replace(' ', "+");
    for secret in &secrets {
        assert!(secret.len() > 8, "{secret:?}");
        for form in [secret.clone(), encoded(secret), secret.replace(' ', "%20")] {
            let line = log.lines().find(|line| line.contains(&form));
            assert_eq!(line, None, "{form}");
        }
    }
}
