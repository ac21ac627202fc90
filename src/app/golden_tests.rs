//! Replays what the original's `snf-manage` was recorded to answer in its identity part
//! (`tests/golden/snf-manage.json`). Compared are the exit status and the data: headers,
//! cells and JSON, not titles, widths and prose. The differences that are meant stand in
//! [`DIFFERENT`] and [`MORE_COLUMNS`].

use crate::{DataDir, admin_runner::AdminRunner, stack::Stack};
use cli::Call;
use kernel::{
    Result, Settings,
    settings::{Value, literal},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use wire::admin::{Io, IoFuture, Terminal};

const RECORDED: &str = include_str!("../../tests/golden/snf-manage.json");
const HOST: &str = "http://cloud.example.org:8080";

/// Commands that end otherwise than recorded: the status here, and why.
const DIFFERENT: &[(&str, i32, &str)] = &[
    (
        "user-list --filter-by is_active=True -o id,email,uuid",
        0,
        "there is a field email (ID-CLI-21)",
    ),
    (
        "cleanup-full",
        0,
        "the original called a missing command (ID-CLI-26)",
    ),
    (
        "authpolicy-add p1 local --priority 1 --policy login",
        2,
        "--priority is known, --policy is not (ID-CLI-32)",
    ),
];

/// Tables with more columns than recorded.
const MORE_COLUMNS: &[(&str, &[&str])] = &[("user-list", &["verified", "moderated", "email"])];

/// State the recorded instance had and this one has not: only headers are compared.
const HEADERS_ONLY: &[&str] = &[
    "quota-list",
    "commission-list",
    "oauth2-client-list",
    "stats-astakos",
];

#[derive(Deserialize)]
struct Recorded {
    argv: Vec<String>,
    exit_status: i32,
    stdout: Option<String>,
}

/// Keeps what is said; has nothing to answer.
#[derive(Default)]
struct Said {
    out: String,
    err: String,
}

impl Io for Said {
    fn out<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        self.out.push_str(text);
        Box::pin(async { Ok(()) })
    }

    fn err<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        self.err.push_str(text);
        Box::pin(async { Ok(()) })
    }

    fn ask<'a>(&'a mut self, _: &'a str, _: bool) -> IoFuture<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    fn read_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        let read: Result<Vec<u8>> =
            std::fs::read(path).map_err(|error| kernel::Error::invalid(error.to_string()));
        Box::pin(async move { read })
    }

    fn terminal(&self) -> Terminal {
        Terminal::default()
    }
}

struct World {
    stack: Stack,
    runner: AdminRunner,
    dir: tempfile::TempDir,
}

impl World {
    async fn run(&self, line: &[String]) -> (i32, Said) {
        let call = Call {
            program: "snf-manage".into(),
            args: line.to_vec(),
            cwd: self.dir.path().display().to_string(),
            pid: 1,
        };
        let mut said = Said::default();
        let code = cli::run(&self.runner, &call, &mut said).await.unwrap();
        (code, said)
    }

    async fn must(&self, line: &str) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let (code, said) = self.run(&words).await;
        assert_eq!(code, 0, "{line}: {}", said.err);
    }

    /// The people and settings of the recorded instance, as far as these commands see.
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut settings = Settings::default();
        let mut set = |name: &str, text: &str| {
            settings.set(name, literal::parse(text).unwrap());
        };
        for (name, path) in [
            ("ASTAKOS_BASE_URL", "astakos"),
            ("PITHOS_BASE_URL", "pithos"),
            ("CYCLADES_BASE_URL", "cyclades"),
        ] {
            set(name, &format!("'{HOST}/{path}'"));
        }
        set("ASTAKOS_MODERATION_ENABLED", "True");
        settings.set(
            "LOG_DIR",
            Value::Str(dir.path().join("log").display().to_string()),
        );
        let data = DataDir::create(&dir.path().join("data")).unwrap();
        let stack = tokio::task::block_in_place(|| Stack::open(data, settings, HOST)).unwrap();
        let runner = AdminRunner::new(&stack);
        let world = World { stack, runner, dir };
        for (name, limit) in [
            ("astakos.pending_app", "30"),
            ("pithos.diskspace", "1000G"),
            ("cyclades.ram", "1024000000M"),
            ("cyclades.vm", "100000"),
            ("cyclades.disk", "1024000000M"),
            ("cyclades.cpu", "1000000"),
            ("cyclades.floating_ip", "100"),
            ("cyclades.network.private", "100"),
        ] {
            world
                .must(&format!("resource-modify {name} --system-default {limit}"))
                .await;
        }
        for (no, first, last, decision) in [
            (1, "Ada", "Admin", "--accept"),
            (2, "Alice", "Liddell", "--accept"),
            (3, "Bob", "Builder", "--accept"),
            (4, "Carol", "Danvers", "--reject"),
            (5, "Dave", "Bowman", "--accept"),
        ] {
            let name = if no == 1 { "admin" } else { first };
            let email = format!("{}@example.org", name.to_lowercase());
            world
                .must(&format!("user-add {email} {first} {last}"))
                .await;
            world.must(&format!("user-modify {no} --verify")).await;
            world.must(&format!("user-modify {no} {decision}")).await;
        }
        for group in ["admin-api", "admin-stats"] {
            world.must(&format!("group-add {group}")).await;
            world
                .must(&format!("user-modify 1 --set-admin --add-group {group}"))
                .await;
        }
        world
    }

    async fn uuids(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for name in ["admin", "alice", "bob", "carol", "dave"] {
            let email = format!("{name}@example.org");
            let user = self.stack.identity.find(&email).await.unwrap().unwrap();
            all.insert(
                format!("{{{{{}_UUID}}}}", name.to_uppercase()),
                user.uuid.to_string(),
            );
        }
        all.insert("http://{{HOST}}".to_owned(), HOST.to_owned());
        all
    }
}

/// Rows of cells; lines of dashes and blanks are left out.
fn cells(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .filter(|line| !line.trim().is_empty() && line.trim().chars().any(|c| c != '-'))
        .map(|line| {
            let line = line.replace(" | ", "  ");
            let parts = line.trim().split("  ").map(str::trim);
            parts
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

/// Keys of `key: value` lines.
fn keys(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.starts_with('-'))
        .filter_map(|line| line.split_once(": "))
        .map(|(key, _)| key.trim().to_owned())
        .collect()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The recorded rows are all there, in their columns.
fn same_rows(line: &str, theirs: &[Vec<String>], ours: &[Vec<String>]) {
    let (Some(their_head), Some(our_head)) = (theirs.first(), ours.first()) else {
        panic!("{line}: no table");
    };
    let place = |name: &String| {
        let found = our_head.iter().position(|one| one == name);
        found.unwrap_or_else(|| panic!("{line}: no column {name} in {our_head:?}"))
    };
    let places: Vec<usize> = their_head.iter().map(place).collect();
    let more: BTreeSet<&String> = our_head
        .iter()
        .filter(|one| !their_head.contains(one))
        .collect();
    let name = line.split(' ').next().unwrap_or_default();
    let meant = MORE_COLUMNS.iter().find(|(command, _)| *command == name);
    let meant = meant.map(|(_, more)| *more).unwrap_or_default();
    assert!(
        more.iter().all(|one| meant.contains(&one.as_str())),
        "{line}: {more:?}"
    );
    if HEADERS_ONLY.contains(&name) {
        return;
    }
    // Numbers of rows are ours.
    let numbers = matches!(name, "resource-list");
    let picked = |rows: &[Vec<String>], places: &[usize]| -> BTreeSet<Vec<String>> {
        let row = |row: &Vec<String>| -> Vec<String> {
            let cells = places.iter().skip(usize::from(numbers));
            cells
                .map(|n| row.get(*n).cloned().unwrap_or_default())
                .collect()
        };
        rows.iter().skip(1).map(row).collect()
    };
    let straight: Vec<usize> = (0..their_head.len()).collect();
    let (theirs, ours) = (picked(theirs, &straight), picked(ours, &places));
    for row in &theirs {
        assert!(ours.contains(row), "{line}: {row:?} is not in {ours:?}");
    }
}

// ID-CLI-10 ID-CLI-11 ID-CLI-12 ID-CLI-13 ID-CLI-21 ID-CLI-22 ID-CLI-43 ID-REC-09
#[tokio::test(flavor = "multi_thread")]
async fn recorded_answers_are_given() {
    let world = World::new().await;
    let places = world.uuids().await;
    let filled = |text: &str| {
        let mut text = text.to_owned();
        for (from, to) in &places {
            text = text.replace(from, to);
        }
        text
    };
    let recorded: Vec<Recorded> = serde_json::from_str(RECORDED).unwrap();
    let mut compared = 0;
    for one in recorded.iter() {
        let Some(theirs) = one.stdout.as_deref().map(filled) else {
            continue;
        };
        let argv: Vec<String> = one.argv.iter().map(|arg| filled(arg)).collect();
        let line = argv.join(" ");
        if line.starts_with("user-activation-send") || line.starts_with("user-add") {
            // The recorded number is that of the user added before.
            world.run(&argv).await;
            continue;
        }
        let (code, said) = world.run(&argv).await;
        let different = DIFFERENT.iter().find(|(command, _, _)| *command == line);
        let expected = different.map_or(one.exit_status, |(_, code, _)| *code);
        assert_eq!(code, expected, "{line}: {}{}", said.out, said.err);
        if different.is_some() || code != 0 || theirs.trim().is_empty() {
            continue;
        }
        compare(&line, &theirs, &said.out);
        compared += 1;
    }
    assert!(compared > 25, "{compared}");
    assert!(world.dir.path().join("log/commands").is_dir());
}

fn compare(line: &str, theirs: &str, ours: &str) {
    let name = line.split(' ').next().unwrap_or_default();
    if theirs.starts_with('{') {
        assert_eq!(json(theirs), json(ours), "{line}");
    } else if theirs.starts_with('[') {
        let (theirs, ours) = (json(theirs), json(ours));
        let columns = |all: &serde_json::Value| -> BTreeSet<String> {
            let first = all.get(0).and_then(|one| one.as_object());
            first
                .map(|one| one.keys().cloned().collect())
                .unwrap_or_default()
        };
        let (theirs, ours) = (columns(&theirs), columns(&ours));
        assert!(theirs.is_subset(&ours), "{line}: {theirs:?} {ours:?}");
    } else if line.contains("--list-fields") {
        let names = |text: &str| -> BTreeSet<String> {
            cells(text)
                .into_iter()
                .filter_map(|row| row.into_iter().next())
                .collect()
        };
        assert!(names(theirs).is_subset(&names(ours)), "{line}");
    } else if line.contains("csv") {
        let head = |text: &str| -> BTreeSet<String> {
            let first = text.lines().next().unwrap_or_default();
            first.split(',').map(str::to_owned).collect()
        };
        assert!(head(theirs).is_subset(&head(ours)), "{line}");
    } else if name.ends_with("-show") {
        assert_eq!(keys(theirs), keys(ours), "{line}");
        if name == "service-show" {
            assert_eq!(cells(theirs), cells(ours), "{line}");
        }
    } else if name.ends_with("-list") {
        same_rows(line, &cells(theirs), &cells(ours));
    } else if name == "stats-astakos" {
        let heads = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| line.contains(" | "));
            let heads = lines.filter(|line| line.contains("Provider |") || line.contains("Name |"));
            heads
                .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect()
        };
        assert_eq!(heads(theirs), heads(ours), "{line}");
    }
}
