//! What an administrator relies on: backup and restore, start and stop, figures,
//! settings, a nearly full disk.

use crate::{
    client::{Client, PASSWORD, http},
    files::Noise,
    server::{Server, program},
};

#[test]
fn a_backup_taken_under_load_restores_elsewhere() {
    let mut server = Server::start("");
    let person = Client::add(&server, "backup@example.org");
    person.ok(person.put(&person.file("c")));
    for n in 0..8 {
        let body = Noise::bytes(n, 300_000 * (n + 1));
        person.ok(person.put(&person.file(&format!("c/{n}"))).body(body));
    }
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("backup.tar");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 100..130 {
                person.ok(person
                    .put(&person.file(&format!("c/{n}")))
                    .body(Noise::bytes(n, 50_000)));
            }
        });
        let done = server.synnefo(&["backup", archive.to_str().unwrap()]);
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        writer.join().unwrap();
    });
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&archive).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    server.stop();

    let mut other = Server::unstarted("");
    let done = other.synnefo(&["restore", archive.to_str().unwrap()]);
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let again = other.synnefo(&["restore", archive.to_str().unwrap()]);
    assert!(!again.status.success(), "restore went over existing data");
    let verified = other.synnefo(&["verify", "--deep"]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
    other.resume();
    let same = Client::log_in(&other, "backup@example.org", PASSWORD);
    assert_eq!((&same.uuid, &same.token), (&person.uuid, &person.token));
    for n in 0..8 {
        let answer = same.ok(same.get(&same.file(&format!("c/{n}"))));
        assert!(
            answer.bytes().unwrap() == Noise::bytes(n, 300_000 * (n + 1)),
            "{n}"
        );
    }
}

/// Who is ready hears what it is asked: to reload, to stop.
fn heeds_signals(pid: u32) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
    for (name, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        assert!(caught >> (number - 1) & 1 == 1, "SIG{name}: {caught:x}");
    }
}

#[test]
fn it_starts_answers_and_stops_cleanly() {
    let mut server = Server::start_tls("127.0.0.1:0", "");
    let http = http();
    heeds_signals(server.pid());
    for path in ["/healthz", "/readyz"] {
        let answer = http.get(format!("{}{path}", server.url)).send().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        assert!(answer.headers().contains_key("x-request-id"));
    }
    let figures = http
        .get(format!("{}/metrics", server.url))
        .send()
        .unwrap()
        .text()
        .unwrap();
    server.manage_ok(&[
        "user-add",
        "a@example.org",
        "A",
        "B",
        "--password",
        PASSWORD,
    ]);
    let more = http
        .get(format!("{}/metrics", server.url))
        .send()
        .unwrap()
        .text()
        .unwrap();
    for name in [
        "store_commits_total",
        "store_batch_size",
        "store_wait_seconds",
        "store_commit_seconds",
        "store_reruns_total",
    ] {
        assert!(
            more.contains(name),
            "{name} is not in\n{figures}\n---\n{more}"
        );
    }
    assert!(server.log().lines().all(|line| !line.contains(PASSWORD)));
    server.stop();
    server.resume();
    server.stop();
}

// ID-OPS-04: the binary ends TLS itself, with a certificate of its own at the first start,
// and port 80 leads there; nothing else runs.
#[test]
fn it_ends_tls_itself_and_port_80_leads_there() {
    // The whole of 127/8 is this machine; nobody else uses this address.
    const ADDRESS: &str = "127.83.80.43";
    if std::net::TcpListener::bind((ADDRESS, 80)).is_err() {
        eprintln!("left out: ports below 1024 are not for this user");
        return;
    }
    let mut server = Server::start_tls(&format!("{ADDRESS}:443"), "");
    assert_eq!(server.url, format!("https://{ADDRESS}"));
    let http = http();
    let answer = http.get(format!("{}/ui/login", server.url)).send().unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert!(answer.headers().contains_key("strict-transport-security"));
    assert!(server.data().join("tls").read_dir().unwrap().count() >= 2);
    // The listener of port 80 begins beside the other one.
    let until = std::time::Instant::now() + crate::server::PATIENCE;
    let path = "/ui/login?next=%2Fui%2Fprofile";
    let plain = loop {
        match http.get(format!("http://{ADDRESS}{path}")).send() {
            Ok(answer) => break answer,
            Err(error) => assert!(std::time::Instant::now() < until, "{error}"),
        }
        std::thread::yield_now();
    };
    assert_eq!(plain.status().as_u16(), 308);
    assert_eq!(
        plain.headers()["location"],
        format!("https://{ADDRESS}{path}")
    );
    // Nothing is served there, whatever is asked for.
    let post = http.post(format!("http://{ADDRESS}/identity/v2.0/tokens"));
    let post = post.body("{}").send().unwrap();
    assert_eq!(post.status().as_u16(), 308);
    server.stop();
}

#[test]
fn settings_are_listed_and_checked() {
    let server = Server::unstarted("ASTAKOS_MODERATION_ENABLD = True\n");
    let bad = server.synnefo_here(&["settings", "check"]);
    assert!(!bad.status.success());
    let text =
        String::from_utf8_lossy(&bad.stderr).into_owned() + &*String::from_utf8_lossy(&bad.stdout);
    assert!(
        text.contains("50-test.conf:1") && text.contains("ASTAKOS_MODERATION_ENABLED"),
        "{text}"
    );
    let server =
        Server::unstarted("EMAIL_HOST_PASSWORD = 'hush'\nCONTACT_EMAIL = 'help@example.org'\n");
    let good = server.synnefo_here(&["settings", "check"]);
    assert!(
        good.status.success(),
        "{}",
        String::from_utf8_lossy(&good.stderr)
    );
    let listed = server.synnefo_here(&["settings"]);
    let text = String::from_utf8_lossy(&listed.stdout);
    assert!(
        text.contains("help@example.org") && text.contains("50-test.conf"),
        "{text}"
    );
    assert!(!text.contains("hush"));
}

#[test]
fn unknown_words_are_refused_helpfully() {
    let dir = tempfile::tempdir().unwrap();
    let output = program()
        .args(["manage", "user-lst", "--data-dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("user-list"), "{text}");
}

/// Help is there before anything else is.
#[test]
fn every_command_helps_where_nothing_is_yet() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    for command in [
        "serve",
        "verify",
        "backup",
        "restore",
        "settings",
        "log-level",
        "manage",
    ] {
        let output = program()
            .args([command, "--help"])
            .args(["--data-dir".as_ref(), missing.as_os_str()])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && text.contains("Usage: "),
            "{command}: {told}"
        );
        assert!(!missing.exists(), "{command} made something");
    }
}

/// Garbage on the admin socket closes that connection and nothing else.
#[test]
fn garbage_on_the_admin_socket_changes_nothing() {
    use std::{
        io::{Read, Write},
        os::unix::net::UnixStream,
    };
    let server = Server::start("");
    let before = server.manage_ok(&["user-list"]);
    for garbage in [
        &b"\xff\xff\xff\xff"[..],
        b"\0\0\0\x05hello",
        b"GET / HTTP/1.1\r\n\r\n",
    ] {
        let mut socket = UnixStream::connect(server.data().join("run/admin.sock")).unwrap();
        socket
            .set_read_timeout(Some(std::time::Duration::from_secs(20)))
            .unwrap();
        socket.write_all(garbage).unwrap();
        let _ = socket.shutdown(std::net::Shutdown::Write);
        let mut rest = Vec::new();
        // It is closed, with or without a word about why.
        let _ = socket.read_to_end(&mut rest);
    }
    assert_eq!(server.manage_ok(&["user-list"]), before);
}

#[test]
fn commands_do_the_same_with_and_without_a_server() {
    let mut server = Server::start("");
    server.manage_ok(&[
        "user-add",
        "same@example.org",
        "S",
        "M",
        "--password",
        PASSWORD,
    ]);
    let online = server.manage_ok(&["user-list", "--output-format", "json"]);
    server.stop();
    let offline = server.manage_ok(&["user-list", "--output-format", "json"]);
    assert_eq!(online, offline);
    assert!(online.contains("same@example.org"));
}

// Decision: writes are refused before the disk is full, reads go on.
#[test]
fn a_nearly_full_disk_refuses_writes_and_answers_reads() {
    let mut server = Server::start("");
    let person = Client::add(&server, "full@example.org");
    person.ok(person.put(&person.file("c")));
    person.ok(person.put(&person.file("c/kept")).body("kept"));
    server.stop();
    std::fs::write(
        server.config().join("60-full.conf"),
        format!("STORE_MIN_FREE_SPACE = {}\n", i64::MAX),
    )
    .unwrap();
    server.resume();
    let (status, body) = person.try_json(person.put(&person.file("c/more")).body("more"));
    assert!([413, 507].contains(&status), "{status} {body}");
    let kept = person.ok(person.get(&person.file("c/kept")));
    assert_eq!(kept.text().unwrap(), "kept");
}

// ID-OPS-10
#[test]
fn the_log_is_text_or_json_as_asked() {
    let mut server = Server::start("LOG_FORMAT = 'json'\n");
    server.manage_ok(&["user-list"]);
    server.stop();
    let log = server.log();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();
    assert!(
        lines
            .iter()
            .any(|line| line["name"] == "synnefo.mail" && line["level"] == "WARNING"),
        "{log}"
    );
}
