//! The commands as the guide prints them: common behaviour, users, policies, services.

use super::{person, refused, shown, status};
use crate::{
    client::Client,
    server::{Server, program},
};
use std::{
    io::Write,
    process::{Output, Stdio},
};

const USER: &str = "kpap@example.org";

/// A helper script with what is typed into it.
fn script(server: &Server, args: &[&str], typed: &str) -> Output {
    let mut child = program()
        .args(args)
        .arg("--data-dir")
        .arg(server.data())
        .arg("--config-dir")
        .arg(server.config())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What it does not read is of no interest.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

// Acceptance checks of common behaviour (ID-CLI-01 ID-CLI-09 ID-CLI-12)
#[test]
fn common() {
    let server = Server::start("");
    person(&server, USER);
    let unknown = [
        "user-list",
        "-o",
        "id,email-less",
        "--no-headers",
        "--output-format=csv",
    ];
    let output = server.manage(&unknown);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("Unknown field 'email-less'"),
        "{}",
        said(&output)
    );
    let list = server.manage_ok(&[
        "user-list",
        "-o",
        "uuid,displayname",
        "--output-format=json",
    ]);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list[0]["displayname"], USER);
    let why = refused(&server, &["nonsense"]);
    assert!(
        why.contains("Unknown command: 'nonsense'") && why.contains("help"),
        "{why}"
    );
    let before = server.manage_ok(&["user-show", USER]);
    refused(
        &server,
        &[
            "user-modify",
            USER,
            "--first-name",
            "New",
            "--add-group",
            "no-such-group",
        ],
    );
    assert_eq!(server.manage_ok(&["user-show", USER]), before);
}

// Acceptance check of the services of a host (ID-CLI-17 ID-CLI-04), and ID-INT-08: without
// identity there is no start
#[test]
fn some_services() {
    let mut server = Server::start("ENABLED_SERVICES = ['astakos']\n");
    let list = server.manage(&["server-list"]);
    let lines: Vec<String> = String::from_utf8_lossy(&list.stderr)
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!((list.status.code(), list.stdout.len()), (Some(1), 0));
    assert_eq!(lines[0], "Unknown command: 'server-list'", "{lines:?}");
    assert_eq!(lines[1], "Type 'snf-manage help' for usage.", "{lines:?}");
    let groups = |help: &str| -> Vec<String> {
        let lines = help.lines().filter(|line| line.starts_with('['));
        lines.map(str::to_owned).collect()
    };
    let help = server.manage_ok(&["help"]);
    assert_eq!(groups(&help), ["[astakos]", "[general]"]);
    assert!(!help.contains("    server-list "), "{help}");
    assert!(refused(&server, &["help", "server-list"]).contains("Unknown command: 'server-list'"));
    person(&server, USER);
    let path = "/cyclades/compute/v2.0/servers";
    let client = Client::log_in(&server, USER, crate::client::PASSWORD);
    assert_eq!(client.try_json(client.get(path)).0, 404);

    let set = |server: &Server, services: &str| {
        let text = format!("ENABLED_SERVICES = [{services}]\n");
        std::fs::write(server.config().join("60.conf"), text).unwrap();
    };
    server.stop();
    set(&server, "'astakos', 'cyclades'");
    server.resume();
    let help = server.manage_ok(&["help"]);
    assert_eq!(groups(&help), ["[astakos]", "[cyclades]", "[general]"]);
    server.manage_ok(&["server-list"]);
    assert_eq!(client.try_json(client.get(path)).0, 200);

    server.stop();
    set(&server, "'pithos', 'cyclades'");
    let why = server.synnefo(&["serve", "--listen", "127.0.0.1:0", "--plain-http"]);
    assert!(!why.status.success());
    let why = said(&why);
    let names = ["ENABLED_SERVICES", "ASTAKOS_AUTH_URL"];
    assert!(names.iter().all(|name| why.contains(name)), "{why}");
}

// Acceptance checks of users: the guide's walk (ID-CLI-20 ID-CLI-22 ID-CLI-23 ID-CLI-24)
#[test]
fn users() {
    let server = Server::start("ASTAKOS_MODERATION_ENABLED = True\n");
    for (user, verified) in [
        ("a@example.org", true),
        ("b@example.org", true),
        ("c@example.org", false),
        ("d@example.org", false),
    ] {
        server.manage_ok(&["user-add", user, "First", "Last"]);
        if verified {
            server.manage_ok(&["user-modify", user, "--verify"]);
        }
    }
    let id = |user: &str| shown(&server, user, "id");
    assert_eq!(
        server
            .manage_ok(&["user-list", "--no-headers"])
            .lines()
            .count(),
        4
    );
    server.manage_ok(&["user-modify", "--accept", &id("a@example.org")]);
    let text = server.manage_ok(&["user-show", &id("a@example.org")]);
    let line = text.lines().find(|line| line.starts_with("status"));
    let line = line
        .unwrap()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert_eq!(
        line.replace(" :", ":"),
        "status: Accepted/Active (accepted policy: manual)"
    );
    server.manage_ok(&[
        "user-modify",
        "--reject",
        "--reject-reason=spammer",
        &id("b@example.org"),
    ]);
    assert_eq!(status(&server, "b@example.org"), "Rejected (spammer)");
    server.manage_ok(&["user-modify", "--verify", &id("c@example.org")]);
    assert_eq!(status(&server, "c@example.org"), "Pending moderation");
    server.manage_ok(&["user-activation-send", &id("d@example.org")]);
    super::link(&server, "d@example.org", "/ui/activate?auth=");
    // ID-CLI-80: who, when, from where, what, before and after, as a whole to take away.
    let trail = server.manage_ok(&["audit-list", "--output-format", "csv"]);
    let mut lines = trail.lines();
    let columns = "id,time,who,channel,action,target,before,after";
    assert_eq!(lines.next(), Some(columns));
    let rejected = lines.find(|line| line.contains(",user.reject,"));
    let rejected = rejected.unwrap_or_else(|| panic!("{trail}"));
    for part in ["command line", "b@example.org", "spammer"] {
        assert!(rejected.contains(part), "{rejected}");
    }

    let uuid = shown(&server, "a@example.org", "uuid");
    let set = [
        "user-modify",
        &uuid,
        "--set-base-quota",
        "cyclades.vm",
        "10",
    ];
    let why = refused(&server, &set);
    assert!(
        why.contains("new capacity: 10") && why.contains("Aborted"),
        "{why}"
    );
    let mut forced = set.to_vec();
    forced.push("-f");
    server.manage_ok(&forced);
    let quota = server.manage_ok(&["user-show", &uuid, "--quota"]);
    let row = quota
        .lines()
        .find(|line| line.contains("cyclades.vm"))
        .unwrap();
    assert!(row.split_whitespace().any(|word| word == "10"), "{row}");
}

// Acceptance checks of policies (ID-CLI-30 ID-CLI-32 ID-CLI-35 ID-POL-06)
#[test]
fn policies() {
    let server = Server::start("");
    person(&server, USER);
    server.manage_ok(&["group-add", "academic-login"]);
    let add = [
        "authpolicy-add",
        "academic_strict",
        "shibboleth",
        "--exclusive",
        "--login-policy=False",
        "--add-policy=False",
    ];
    server.manage_ok(&add);
    server.manage_ok(&["user-modify", USER, "--add-group", "academic-login"]);
    let number = server.manage_ok(&["group-list", "--no-headers"]);
    let number = number.split_whitespace().next().unwrap().to_owned();
    server.manage_ok(&["authpolicy-set", "academic_strict", "--group", &number]);
    let log_in = || {
        let visit = crate::client::Visit::start(&server);
        let fields = [("username", USER), ("password", crate::client::PASSWORD)];
        visit.fill("/ui/login", "/ui/local", &fields)
    };
    let (status, _, page) = log_in();
    assert!(
        status == 200 && page.contains("not available for your account"),
        "{page}"
    );
    server.manage_ok(&["authpolicy-set", "academic_strict", "--user", USER]);
    server.manage_ok(&["authpolicy-set", "academic_strict", "--group", &number]);
    let groups = server.manage_ok(&["group-list", "--no-headers"]);
    assert!(groups.contains("academic-login"), "{groups}");
    assert!(shown(&server, USER, "groups").contains("academic-login"));
    server.manage_ok(&["authpolicy-remove", "academic_strict"]);
    assert_eq!(log_in().0, 302);
}

// Acceptance checks of services and resources (ID-CLI-43 ID-CLI-44 ID-RES-05)
#[test]
fn services_and_resources() {
    let server = Server::start("");
    person(&server, USER);
    server.manage_ok(&["resource-modify", "astakos.pending_app", "--limit", "3"]);
    person(&server, "new@example.org");
    let limit = |user: &str| {
        let quota = server.manage_ok(&["user-show", user, "--quota"]);
        let row = quota
            .lines()
            .find(|line| line.contains("astakos.pending_app"));
        row.unwrap().split_whitespace().nth(2).unwrap().to_owned()
    };
    assert_eq!(limit("new@example.org"), "3");
    server.manage_ok(&["resource-modify", "astakos.pending_app", "--limit", "5"]);
    assert_eq!(limit(USER), "3", "new people only");
    server.manage_ok(&["quota", "--sync"]);
    assert_eq!(limit(USER), "5");

    let service = program()
        .args(["snf-service-export", "cyclades", "https://n/cyclades"])
        .output()
        .unwrap();
    assert!(service.status.success(), "{}", said(&service));
    let exported = String::from_utf8(service.stdout).unwrap();
    let mut lists = Vec::new();
    for _ in 0..2 {
        let done = script(
            &server,
            &["manage", "service-import", "--json", "-"],
            &exported,
        );
        let text = said(&done);
        assert!(done.status.success(), "{text}");
        assert!(
            text.contains("service cyclades_compute.") && text.contains("Resource 'cyclades.vm'"),
            "{text}"
        );
        lists.push([
            server.manage_ok(&["service-list"]),
            server.manage_ok(&["resource-list"]),
        ]);
    }
    assert_eq!(lists[0], lists[1], "twice is not as good as once");
    let hidden = server.manage(&["resource-modify", "cyclades.vm", "--api-visible", "False"]);
    assert!(
        hidden.status.success() && said(&hidden).contains("ui_visible"),
        "{}",
        said(&hidden)
    );
    let rows = server.manage_ok(&[
        "resource-list",
        "--output-format=json",
        "-o",
        "name,ui_visible",
    ]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).unwrap();
    let row = rows
        .iter()
        .find(|row| row["name"] == "cyclades.vm")
        .unwrap();
    assert_eq!(row["ui_visible"], "False");
}

// Acceptance checks of the helper scripts (ID-CLI-70 ID-CLI-71)
#[test]
fn helper_scripts() {
    let server = Server::start("");
    let answers = "y\nhttps://store.example.org/pithos\nhttps://store.example.org/pithos/ui\ny\n\n";
    server.manage_ok(&["component-remove", "pithos", "-f"]);
    let first = script(&server, &["snf-component-register", "pithos"], answers);
    let again = script(&server, &["snf-component-register", "pithos"], answers);
    assert!(first.status.success(), "{}", said(&first));
    let text = [said(&first), said(&again)].concat();
    let token = text.split_whitespace().any(|word| {
        word.len() == 43
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    });
    assert!(token, "{text}");
    assert!(said(&again).contains("Re-register"), "{}", said(&again));
    let list = server.manage_ok(&["component-list"]);
    assert!(list.contains("https://store.example.org/pithos"), "{list}");
}
