//! Replays what the original's `snf-manage` was recorded to answer in its identity part
//! (`tests/golden/snf-manage.json`). Compared are the exit status and the data: headers,
//! cells and JSON, not titles, widths and prose. The differences that are meant stand in
//! `tests/golden/snf-manage-differences.json`.

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

/// What may differ, and why; each entry must occur.
const DIFFERENCES: &str = include_str!("../../tests/golden/snf-manage-differences.json");

const GIB: i64 = 1 << 30;
/// What the recorded people held when the commands were recorded, whatever they did for it.
const ALICE_HOLDS: &[(&str, i64)] = &[
    ("cyclades.disk", 170 * GIB),
    ("cyclades.vm", 7),
    ("cyclades.total_ram", 7 * GIB),
    ("cyclades.floating_ip", 5),
    ("cyclades.ram", 7 * GIB),
    ("pithos.diskspace", 10 * GIB + 24 * (1 << 20)),
    ("cyclades.cpu", 7),
    ("cyclades.total_cpu", 7),
    ("cyclades.network.private", 2),
];
const BOB_HOLDS: &[(&str, i64)] = &[("pithos.diskspace", 12), ("astakos.pending_app", 1)];

/// A difference that is meant, for some of the recorded commands.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Difference {
    entries: Vec<String>,
    why: String,
    /// The status here.
    exit_status: Option<i32>,
    /// Columns that were not recorded.
    more_columns: Vec<String>,
    /// Columns whose cells are not compared.
    without_columns: Vec<String>,
    /// Rows with one of these texts are not compared.
    without_rows: Vec<String>,
    /// Rows that were not recorded are shown.
    more_rows: bool,
    /// Values of `key: value` lines here.
    values: BTreeMap<String, String>,
}

/// All that may differ for one command.
struct Meant<'a>(Vec<&'a Difference>);

impl Meant<'_> {
    fn any(&self, is: impl Fn(&Difference) -> bool) -> bool {
        self.0.iter().any(|one| is(one))
    }

    fn columns(&self, of: impl Fn(&Difference) -> &Vec<String>) -> Vec<String> {
        self.0.iter().flat_map(|one| of(one).clone()).collect()
    }

    /// The rows that are compared.
    fn rows(&self, mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
        let gone = self.columns(|one| &one.without_rows);
        let holds = |cell: &String| gone.iter().any(|text| cell.contains(text));
        rows.retain(|row| !row.iter().any(holds));
        rows
    }
}

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
            world.must(&format!("user-activation-send {no}")).await;
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
            .must("oauth2-client-add client1 --secret s3cret --is-trusted --url http://h/cb")
            .await;
        world.used().await;
        world
    }

    /// What people and components did.
    async fn used(&self) {
        let alice = self.stack.identity.find("alice@example.org").await.unwrap();
        let alice = alice.unwrap();
        self.must("user-modify 2 --password Wonderland-865").await;
        let client = identity::ClientInfo {
            address: "192.0.2.1".parse().unwrap(),
            user_agent: "Browser/1.0".into(),
        };
        let password = kernel::secret::SecretString::from("Wonderland-865".to_owned());
        let login = self
            .stack
            .identity
            .log_in("alice@example.org", password, &client);
        assert!(matches!(
            login.await.unwrap(),
            identity::LoginOutcome::In(_)
        ));
        let cx = self.stack.cx.clone();
        let lines = [quota::Provision {
            holder: quota::user_holder(alice.uuid),
            source: quota::project_source(alice.uuid.own_project()),
            resource: "pithos.diskspace".into(),
            quantity: 1,
        }];
        let issued = self.stack.store.write(move |tx| {
            let issue = || quota::issue_provisions(tx, &cx.cx(), "pithos", "", &lines, false);
            // The first was settled; the second waits.
            let first = issue()?.map_err(|_| kernel::Error::conflict("refused"))?;
            quota::settle(tx, first, false)?;
            issue()
        });
        assert!(issued.await.unwrap().is_ok());
        self.holds("alice", ALICE_HOLDS).await;
        self.holds("bob", BOB_HOLDS).await;
    }

    /// Has somebody hold so much of their own project.
    async fn holds(&self, name: &str, quantities: &'static [(&'static str, i64)]) {
        let email = format!("{name}@example.org");
        let user = self.stack.identity.find(&email).await.unwrap().unwrap();
        let (user, project) = (user.uuid, user.uuid.own_project());
        let charge = move |tx: &store::WriteTx, (resource, amount): &(&'static str, i64)| {
            quota::charge(tx, user, project, resource, *amount, false)
        };
        let held = self
            .stack
            .store
            .write(move |tx| quantities.iter().try_for_each(|one| charge(tx, one)));
        held.await.unwrap();
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

/// `key: value` lines before the first table, those of tables not.
fn lines(text: &str) -> Vec<(String, String)> {
    text.lines()
        .take_while(|line| !line.starts_with("---"))
        .filter_map(|line| line.split_once(": "))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// The tables after the lines.
fn tables(text: &str) -> Vec<Vec<String>> {
    let at = text.find("\n---").unwrap_or(text.len());
    cells(&text[at..])
}

/// Instants are compared by their form.
fn timeless(text: &str) -> String {
    let time = regex::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?").unwrap();
    time.replace_all(text, "TIME").into_owned()
}

/// A document of objects with equal keys as rows, the header first.
fn rows_of(text: &str) -> Vec<Vec<String>> {
    let document = json(text);
    let all = document.as_array().unwrap();
    let Some(first) = all.first().and_then(|one| one.as_object()) else {
        return Vec::new();
    };
    let head: Vec<String> = first.keys().cloned().collect();
    let row = |one: &serde_json::Value| -> Vec<String> {
        head.iter()
            .map(|key| one[key].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    std::iter::once(head).chain(rows).collect()
}

fn csv(text: &str) -> Vec<Vec<String>> {
    let row = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines()
        .filter(|line| !line.is_empty())
        .map(row)
        .collect()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The recorded rows are all there, in their columns, and no others.
fn same_rows(line: &str, theirs: &[Vec<String>], ours: &[Vec<String>], meant: &Meant<'_>) {
    let Some(their_head) = theirs.first() else {
        assert!(
            meant.any(|one| one.more_rows) || ours.is_empty(),
            "{line}: {ours:?}"
        );
        return;
    };
    let our_head = ours.first().unwrap_or_else(|| panic!("{line}: no table"));
    let more = meant.columns(|one| &one.more_columns);
    let strange: Vec<&String> = our_head
        .iter()
        .filter(|one| !their_head.contains(one) && !more.contains(one))
        .collect();
    assert!(strange.is_empty(), "{line}: {strange:?}");
    let without = meant.columns(|one| &one.without_columns);
    let picked = |rows: &[Vec<String>], head: &[String]| -> BTreeSet<Vec<String>> {
        let place = |name: &String| {
            let found = head.iter().position(|one| one == name);
            found.unwrap_or_else(|| panic!("{line}: no column {name} in {head:?}"))
        };
        let compared = their_head.iter().filter(|name| !without.contains(name));
        let places: Vec<usize> = compared.map(place).collect();
        let row = |row: &Vec<String>| {
            let cell = |n: &usize| timeless(row.get(*n).map_or("", String::as_str));
            places.iter().map(cell).collect()
        };
        rows.iter().skip(1).map(row).collect()
    };
    let theirs = meant.rows(theirs.to_vec());
    let (theirs, ours) = (picked(&theirs, their_head), picked(ours, our_head));
    for row in &theirs {
        assert!(ours.contains(row), "{line}: {row:?} is not in {ours:#?}");
    }
    let rest: Vec<_> = ours.difference(&theirs).collect();
    assert!(
        meant.any(|one| one.more_rows) || rest.is_empty(),
        "{line}: {rest:?}"
    );
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
    let differences: Vec<Difference> = serde_json::from_str(DIFFERENCES).unwrap();
    assert!(differences.iter().all(|one| !one.why.is_empty()));
    let recorded: Vec<Recorded> = serde_json::from_str(RECORDED).unwrap();
    let mut occurred = BTreeSet::new();
    let mut compared = 0;
    for one in recorded.iter() {
        let Some(theirs) = one.stdout.as_deref().map(filled) else {
            continue;
        };
        let line = one.argv.join(" ");
        let all = differences.iter();
        let meant = Meant(all.filter(|one| one.entries.contains(&line)).collect());
        if !meant.0.is_empty() {
            occurred.insert(line.clone());
        }
        let argv: Vec<String> = one.argv.iter().map(|arg| filled(arg)).collect();
        let (code, said) = world.run(&argv).await;
        let status = meant.0.iter().find_map(|one| one.exit_status);
        let text = format!("{line}: {}{}", said.out, said.err);
        assert_eq!(code, status.unwrap_or(one.exit_status), "{text}");
        assert_ne!(
            status,
            Some(one.exit_status),
            "{line}: no difference any more"
        );
        if code != 0 {
            // Our own words, but never none, and on the right stream.
            assert!(said.out.is_empty() && !said.err.is_empty(), "{text}");
        }
        if status.is_some() || code != 0 || theirs.trim().is_empty() {
            continue;
        }
        compare(&line, &theirs, &said.out, &meant);
        compared += 1;
    }
    assert!(compared > 25, "{compared}");
    for line in differences.iter().flat_map(|one| &one.entries) {
        assert!(occurred.contains(line), "{line} was not recorded");
    }
    assert!(world.dir.path().join("log/commands").is_dir());
}

fn compare(line: &str, theirs: &str, ours: &str, meant: &Meant<'_>) {
    let name = line.split(' ').next().unwrap_or_default();
    if theirs.starts_with('{') {
        assert_eq!(json(theirs), json(ours), "{line}");
    } else if theirs.starts_with('[') {
        same_rows(line, &rows_of(theirs), &rows_of(ours), meant);
    } else if line.contains("--list-fields") {
        let names = |text: &str| -> BTreeSet<String> {
            cells(text)
                .into_iter()
                .filter_map(|row| row.into_iter().next())
                .collect()
        };
        assert!(names(theirs).is_subset(&names(ours)), "{line}");
    } else if line.contains("csv") {
        same_rows(line, &csv(theirs), &csv(ours), meant);
    } else if name.ends_with("-show") {
        same_lines(line, &lines(theirs), &lines(ours), meant);
        // Of what a table lists the order is free (ID-REC-07).
        let rows = |text: &str| -> BTreeSet<Vec<String>> {
            meant.rows(tables(text)).into_iter().collect()
        };
        assert_eq!(rows(theirs), rows(ours), "{line}");
    } else if name.ends_with("-list") {
        same_rows(line, &cells(theirs), &cells(ours), meant);
    } else if name == "stats-astakos" {
        let rows = |text: &str| -> Vec<Vec<String>> {
            let lines = text.lines().filter(|line| line.contains(" | "));
            let row = |line: &str| {
                line.split(" | ")
                    .map(|cell| cell.trim().to_owned())
                    .collect()
            };
            meant.rows(lines.map(row).collect())
        };
        assert_eq!(rows(theirs), rows(ours), "{line}");
    }
}

/// The same keys in the same order, with the same values where these can be the same.
fn same_lines(
    line: &str,
    theirs: &[(String, String)],
    ours: &[(String, String)],
    meant: &Meant<'_>,
) {
    let keys = |all: &[(String, String)]| -> Vec<String> {
        all.iter().map(|(key, _)| key.clone()).collect()
    };
    assert_eq!(keys(theirs), keys(ours), "{line}");
    for ((key, theirs), (_, ours)) in theirs.iter().zip(ours) {
        let other = meant.0.iter().find_map(|one| one.values.get(key));
        let expected = other.unwrap_or(theirs);
        assert_ne!(other, Some(theirs), "{line}: {key}: no difference any more");
        // A generated secret.
        if !expected.contains("{{") {
            assert_eq!(timeless(expected), timeless(ours), "{line}: {key}");
        }
    }
}
