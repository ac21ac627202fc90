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

mod program;

use identity::synthetic;
use program::{manage, serve};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use store::Store;

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

/// The middle of three times, and the lines that came.
fn timed(dir: &Path, words: &[&str]) -> (Duration, usize) {
    let words = [&["user-list"], words].concat();
    let mut times = Vec::new();
    let mut lines = 0;
    for _ in 0..3 {
        let begin = Instant::now();
        let printed = manage(dir, &words);
        times.push(begin.elapsed());
        lines = printed.iter().filter(|byte| **byte == b'\n').count();
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

fn measure(people: u64, dir: &Path) {
    std::fs::create_dir(dir.join("etc")).unwrap();
    // The program makes its directory and keys.
    manage(dir, &["user-list"]);
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
    let (_service, _) = serve(dir);
    all(dir, people, "served");
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
