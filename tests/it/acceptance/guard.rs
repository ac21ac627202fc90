//! Settings and security as an administrator, and an attacker, finds them.

use super::{person, sign_up};
use crate::{
    client::{PASSWORD, Visit, http},
    server::Server,
};

const USER: &str = "kpap@example.org";

// Acceptance checks of the settings (ID-SET-01 ID-SET-62)
#[test]
fn settings() {
    let mut server = Server::start("BRANDING_SERVICE_NAME = 'One'\nASTAKOS_PAGINATE_BY = 8\n");
    let values = |server: &Server| {
        let text = server.synnefo(&["settings", "--output-format", "json"]);
        String::from_utf8(text.stdout).unwrap()
    };
    let before = values(&server);
    let own = server.config().join("99-local.conf");
    std::fs::write(&own, "BRANDING_SERVICE_NAME = 'Two'\n").unwrap();
    server.manage_ok(&["settings-reload"]);
    let page = Visit::start(&server).get("/ui/login");
    assert!(page.contains("<title>Two "), "{page}");
    let after = values(&server);
    let same = before
        .lines()
        .filter(|line| after.lines().any(|other| other == *line))
        .count();
    assert!(
        before.lines().count() - same <= 3,
        "more than one setting changed"
    );

    let banner = "ASTAKOS_GLOBAL_MESSAGES = [('warning', 'Maintenance')]\n";
    std::fs::write(&own, banner).unwrap();
    server.manage_ok(&["settings-reload"]);
    person(&server, USER);
    let visit = Visit::start(&server);
    for path in ["/ui/login", "/ui/signup", "/ui/local/password_reset"] {
        assert!(visit.get(path).contains("Maintenance"), "{path}");
    }
    let visit = visit.log_in(USER, PASSWORD);
    for path in ["/ui/landing", "/ui/profile", "/ui/usage", "/ui/feedback"] {
        assert!(visit.get(path).contains("Maintenance"), "{path}");
    }

    std::fs::write(
        &own,
        "ASTAKOS_PAGINATE_BY = 9\nASTAKOS_IM_MODULES = ['local'\n\n",
    )
    .unwrap();
    server.stop();
    let data = server.data();
    let config = server.config();
    let refused = crate::server::program()
        .arg("serve")
        .arg("--data-dir")
        .arg(&data)
        .arg("--config-dir")
        .arg(&config)
        .args(["--listen", "127.0.0.1:0", "--plain-http"])
        .output()
        .unwrap();
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && why.contains("99-local.conf:2"),
        "{why}"
    );
}

// Acceptance checks 1 to 3 of security (ID-SEC-07 ID-SEC-20 ID-TOK-05)
#[test]
fn forms_addresses_and_the_store() {
    let mut server = Server::start("ASTAKOS_COOKIE_DOMAIN = 'example.com'\n");
    person(&server, USER);
    let bare = http().post(format!("{}/ui/local", server.url));
    let bare = bare
        .form(&[("username", USER), ("password", PASSWORD)])
        .send()
        .unwrap();
    assert_eq!(bare.status().as_u16(), 403);
    for next in [
        "//evil.example",
        "https://evilexample.com",
        "javascript:alert(1)",
        "/\\evil.example",
        "https:evil.example",
    ] {
        let visit = Visit::start(&server);
        let fields = [("username", USER), ("password", PASSWORD), ("next", next)];
        let (status, to, _) = visit.fill("/ui/login", "/ui/local", &fields);
        assert_eq!(status, 302, "{next}");
        assert!(
            to.starts_with("/ui") && !to.contains("evil") && !to.contains("javascript"),
            "{next}: {to}"
        );
    }
    let client = crate::client::Client::log_in(&server, USER, PASSWORD);
    let visit = Visit::start(&server).log_in(USER, PASSWORD);
    let mut secrets = visit.secrets();
    secrets.extend([client.token.clone(), PASSWORD.to_owned()]);
    server.stop();
    let store = std::fs::read(server.data().join("synnefo.redb")).unwrap();
    for secret in secrets.iter().filter(|one| **one != client.uuid) {
        let found = store
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(
            !found,
            "a secret of {} letters is in the store",
            secret.len()
        );
    }
}

// Acceptance check 4 of security (ID-LOG-10)
#[test]
fn guessing_ends() {
    let server = Server::start("");
    person(&server, USER);
    let visit = Visit::start(&server);
    let page = visit.get("/ui/login");
    let log_in = |password: &str| {
        let fields = [("username", USER), ("password", password)];
        visit.submit("/ui/local", &page, &fields).status().as_u16()
    };
    for _ in 0..25 {
        assert_ne!(log_in("wrong"), 302);
    }
    let fields = [("username", USER), ("password", PASSWORD)];
    let right = visit.submit("/ui/local", &page, &fields);
    assert_eq!(right.status().as_u16(), 429, "let in");
    let wait: u64 = right.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(wait > 0 && wait <= 900, "{wait}");
}

// Acceptance check of messages: a name is text (ID-MSG-03 ID-MSG-04), and the owner's words win
#[test]
fn messages() {
    let server = Server::start(
        "ASTAKOS_EMAIL_USED_MESSAGE = 'Somebody has that one'\n\
         ASTAKOS_PASSWORD_RESET_DONE_MESSAGE = 'Look into your mail'\n",
    );
    person(&server, USER);
    let (_, _, page) = sign_up(&server, USER);
    assert!(page.contains("Somebody has that one"), "{page}");
    let visit = Visit::start(&server);
    let form = "/ui/local/password_reset";
    let answer = visit.fill(form, form, &[("email", USER)]);
    let page = super::follow(&visit, &answer);
    assert!(page.contains("Look into your mail"), "{page}");

    let visit = Visit::start(&server).log_in(USER, PASSWORD);
    let page = visit.get("/ui/profile");
    let fields = [
        ("first_name", "<b>x</b>"),
        ("last_name", "P"),
        ("language", "en"),
    ];
    let answer = super::send(&visit, &page, "/ui/profile", "profile-form", &fields);
    assert_eq!(answer.0, 302, "{}", answer.2);
    for path in ["/ui/landing", "/ui/profile", "/ui/api_access"] {
        let page = visit.get(path);
        assert!(!page.contains("<b>x</b>"), "{path}");
    }
    assert!(
        visit.get("/ui/profile").contains("&lt;b&gt;x&lt;/b&gt;")
            || visit.get("/ui/profile").contains("&#60;b&#62;x")
    );
}
