//! The unmodified `kamaki` of PyPI against the service. `tests/clients/install`
//! prints its path into `TESTS_KAMAKI`; without it the tests say so and pass,
//! unless `TESTS_REQUIRE_KAMAKI` is set.

use crate::{
    client::{Client, http},
    files::Noise,
    lab::{self, Cloud, Plan},
    server::{Server, wait_for},
};
use std::{
    path::Path,
    process::{Command, Output},
};

/// The program and its settings for one person.
struct Kamaki {
    program: String,
    home: tempfile::TempDir,
}

impl Kamaki {
    fn for_person(server: &Server, person: &Client) -> Option<Self> {
        let Ok(program) = std::env::var("TESTS_KAMAKI") else {
            assert!(
                std::env::var_os("TESTS_REQUIRE_KAMAKI").is_none(),
                "kamaki is required: tests/clients/install"
            );
            eprintln!("SKIPPED: no kamaki (tests/clients/install)");
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        let settings = format!(
            "[global]\ndefault_cloud = mine\nignore_ssl = on\nlog_file = {}/log\nhistory_file = {}/history\n\
             [cloud \"mine\"]\nurl = {}/identity/v2.0\ntoken = {}\n",
            home.path().display(),
            home.path().display(),
            server.url,
            person.token
        );
        std::fs::write(home.path().join("rc"), settings).unwrap();
        Some(Kamaki { program, home })
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(&self.program)
            .arg("-c")
            .arg(self.home.path().join("rc"))
            .args(args)
            .env("HOME", self.home.path())
            .env("LC_ALL", "C.UTF-8")
            .env("PYTHONIOENCODING", "utf-8")
            .stdin(std::process::Stdio::null())
            .output()
            .expect("kamaki starts")
    }

    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        let log = std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
        let tail: String = log
            .chars()
            .rev()
            .take(3000)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        assert!(
            output.status.success(),
            "kamaki {args:?}:\n{text}\n{complaint}\n{tail}"
        );
        text
    }
}

/// A figure of `/metrics`.
fn figure(server: &Server, name: &str) -> f64 {
    let text = http()
        .get(format!("{}/metrics", server.url))
        .send()
        .unwrap()
        .text()
        .unwrap();
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
        .unwrap_or(0.0)
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

// CL-K-10 CL-K-20 CL-K-21
#[test]
fn kamaki_uploads_downloads_and_sends_no_block_twice() {
    let server = Server::start("");
    let person = Client::add(&server, "kamaki@example.org");
    let Some(kamaki) = Kamaki::for_person(&server, &person) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (sent, got) = (dir.path().join("sent"), dir.path().join("got"));
    std::fs::write(&sent, Noise::bytes(11, 50 << 20)).unwrap();
    kamaki.ok(&["user", "authenticate"]);
    kamaki.ok(&["container", "create", "pithos"]);
    kamaki.ok(&["file", "upload", path(&sent), "/pithos/big"]);
    kamaki.ok(&["file", "download", "/pithos/big", path(&got)]);
    assert!(
        std::fs::read(&sent).unwrap() == std::fs::read(&got).unwrap(),
        "other bytes came back"
    );
    let written =
        figure(&server, "blocks_written_total") + figure(&server, "blocks_deduplicated_total");
    assert!(written >= 13.0, "{written} blocks for 50 MiB");
    kamaki.ok(&["file", "upload", path(&sent), "/pithos/again"]);
    let after =
        figure(&server, "blocks_written_total") + figure(&server, "blocks_deduplicated_total");
    assert_eq!(after, written, "the second upload sent blocks");
    let listed = kamaki.ok(&["file", "list", "/pithos"]);
    assert!(
        listed.contains("big") && listed.contains("again"),
        "{listed}"
    );
    kamaki.ok(&["file", "delete", "/pithos/again", "--yes"]);
}

// CL-I-01 CL-I-03
#[test]
fn kamaki_makes_and_removes_a_server() {
    let Some(clusters) = lab::clusters() else {
        return;
    };
    let cloud = Cloud::start(&clusters[0], &Plan::default());
    let person = Client::add(&cloud.server, "kamaki@example.org");
    let Some(kamaki) = Kamaki::for_person(&cloud.server, &person) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    std::fs::write(&disk, Noise::bytes(12, 6 << 20)).unwrap();
    kamaki.ok(&["container", "create", "images"]);
    kamaki.ok(&["file", "upload", path(&disk), "/images/disk"]);
    kamaki.ok(&[
        "image",
        "register",
        "--name",
        "Disk",
        "--location",
        "/images/disk",
        "-p",
        "OSFAMILY=linux",
    ]);
    let images = kamaki.ok(&["image", "list"]);
    let image = images.split_whitespace().next().unwrap().to_owned();
    assert!(images.contains("Disk"), "{images}");
    kamaki.ok(&["flavor", "list"]);
    kamaki.ok(&[
        "server",
        "create",
        "--name",
        "byhand",
        "--image-id",
        &image,
        "--flavor-id",
        "1",
    ]);
    wait_for("kamaki to see the server ACTIVE", || {
        kamaki
            .ok(&["server", "list", "-l"])
            .contains("ACTIVE")
            .then_some(())
    });
    let listed = kamaki.ok(&["server", "list"]);
    let id = crate::client::number_after(&listed);
    kamaki.ok(&["server", "info", &id]);
    kamaki.ok(&["server", "shutdown", &id, "-w"]);
    kamaki.ok(&["server", "start", &id, "-w"]);
    kamaki.ok(&["server", "delete", &id]);
    cloud.wait_empty();
}
