//! Lists of the command line over made-up accounts (ID-NFR-01): `user-list` as people,
//! scripts and programs read it, offline and from a running service:
//! `cargo bench -p synnefo --bench lists [-- PEOPLE [DIR]]` (100,000 in a temporary
//! directory).
//!
//! A time is that of the whole command: starting the program, opening the store or
//! reaching the service, reading, formatting, writing to a pipe.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a measurement fails by panicking and looks at the clock"
)]

use identity::synthetic;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use store::Store;

const PROGRAM: &str = env!("CARGO_BIN_EXE_synnefo");
/// What is asked.
const ASKED: [(&str, &[&str]); 6] = [
    ("user-list", &[]),
    ("user-list, csv", &["--output-format=csv"]),
    ("user-list, json", &["--output-format=json"]),
    (
        "user-list, all that is slow",
        &["-o", "id,email,status,groups,providers,last_login_details"],
    ),
    ("user-list, waiting people", &["--pending-moderation"]),
    (
        "user-list, a filter",
        &["--filter-by", "email__icontains=harbour,active=True"],
    ),
];

fn command(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(words);
    command.arg("--data-dir").arg(dir.join("data"));
    command.arg("--config-dir").arg(dir.join("etc"));
    command
}

/// The middle of three times, and the lines that came.
fn timed(dir: &Path, words: &[&str]) -> (Duration, usize) {
    let words = [&["manage", "user-list"], words].concat();
    let mut times = Vec::new();
    let mut lines = 0;
    for _ in 0..3 {
        let begin = Instant::now();
        let output = command(dir, &words).output().unwrap();
        times.push(begin.elapsed());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {said}");
        lines = output.stdout.iter().filter(|byte| **byte == b'\n').count();
    }
    times.sort_unstable();
    (times[1], lines)
}

fn all(dir: &Path, people: u64, how: &str) {
    for (what, words) in ASKED {
        let (took, lines) = timed(dir, words);
        let whole = !what.contains("waiting") && !what.contains("filter");
        assert!(lines > 0 && (!whole || lines as u64 >= people));
        let seconds = took.as_secs_f64();
        println!("{what:<30} {how:<8} {lines:>9} lines  {seconds:>6.2} s");
    }
}

/// The service on the same directory.
fn serve(dir: &Path) -> Child {
    let mut command = command(dir, &["serve", "--listen", "127.0.0.1:0", "--plain-http"]);
    let log = std::fs::File::create(dir.join("log")).unwrap();
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let ready = lines.by_ref().map_while(Result::ok);
    let mut ready = ready.filter(|line| line.starts_with("listening on "));
    assert!(ready.next().is_some(), "it serves");
    std::thread::spawn(move || lines.for_each(drop));
    process
}

fn measure(people: u64, dir: &Path) {
    std::fs::create_dir(dir.join("etc")).unwrap();
    // The program makes its directory and keys.
    let made = command(dir, &["manage", "user-list"]).output().unwrap();
    assert!(made.status.success());
    let file = dir.join("data").join("synnefo.redb");
    let store = Store::open(&file, store::Options::default()).unwrap();
    let cx = kernel::CxSource::system();
    let begin = Instant::now();
    for from in (0..people).step_by(500) {
        let (cx, to) = (cx.cx(), (from + 500).min(people));
        store
            .write_blocking(move |tx| synthetic::add(tx, &cx, from..to))
            .unwrap();
    }
    store.close();
    let took = begin.elapsed().as_secs_f64();
    println!("{people} accounts made in {took:.1} s");
    all(dir, people, "offline");
    let mut process = serve(dir);
    all(dir, people, "served");
    process.kill().unwrap();
    process.wait().unwrap();
}

fn main() {
    let args = std::env::args().skip(1);
    let mut args = args.filter(|arg| !arg.starts_with("--"));
    let people = args.next();
    let people = people.map_or(100_000, |n| n.parse().expect("a number of people"));
    let dir = match args.next() {
        Some(dir) => tempfile::tempdir_in(dir),
        None => tempfile::tempdir(),
    };
    measure(people, dir.unwrap().path());
}
