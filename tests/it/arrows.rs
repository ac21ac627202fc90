//! Who may know whom: the workspace's dependency arrows, asserted.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// Crate → the crates of ours it may name. An arrow includes everything below its end.
const ARROWS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("store", &["kernel"]),
    ("blocks", &["kernel"]),
    ("wire", &["kernel"]),
    ("seal", &["kernel"]),
    ("words", &["kernel"]),
    ("quota", &["store"]),
    ("audit", &["store"]),
    ("search", &["store"]),
    ("identity", &["store", "quota", "audit", "seal"]),
    ("login", &["identity"]),
    ("objects", &["store", "blocks", "quota"]),
    ("images", &["objects"]),
    ("compute", &["store", "quota", "images", "audit", "seal"]),
    ("ganeti", &["compute", "store"]),
    ("notify", &["store", "audit", "seal", "words"]),
    ("cli", &["wire", "kernel"]),
    ("node", &["wire", "kernel"]),
    ("appliance", &["kernel", "store", "blocks"]),
    (
        "admin",
        &[
            "wire", "identity", "quota", "objects", "images", "compute", "notify", "words",
        ],
    ),
    (
        "web",
        &[
            "wire", "identity", "login", "quota", "objects", "images", "compute", "search",
            "notify", "words",
        ],
    ),
    (
        "app",
        &[
            "web",
            "login",
            "admin",
            "cli",
            "node",
            "appliance",
            "ganeti",
            "notify",
            "search",
            "audit",
        ],
    ),
    ("synnefo", &["app"]),
];

fn reachable(name: &str) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = vec![name];
    while let Some(next) = open.pop() {
        let (_, ends) = ARROWS
            .iter()
            .find(|(n, _)| *n == next)
            .unwrap_or_else(|| panic!("no arrows for {next}"));
        for end in *ends {
            if seen.insert(*end) {
                open.push(end);
            }
        }
    }
    seen
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    serde_json::from_slice(&output.stdout).expect("cargo's answer is JSON")
}

#[test]
fn crates_know_only_what_lies_below_them() {
    let metadata = metadata();
    let packages: BTreeMap<&str, &Value> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["name"].as_str().unwrap(), p))
        .collect();
    let mut wrong = Vec::new();
    for (name, package) in &packages {
        let allowed = reachable(name);
        for dependency in package["dependencies"].as_array().unwrap() {
            let end = dependency["name"].as_str().unwrap();
            let for_tests_of_the_whole = *name == "synnefo" && dependency["kind"] == "dev";
            if packages.contains_key(end) && !allowed.contains(end) && !for_tests_of_the_whole {
                wrong.push(format!("{name} → {end}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that must not be: {wrong:?}");
}

#[test]
fn low_crates_know_no_http_template_or_ganeti() {
    let metadata = metadata();
    let banned = [
        "axum",
        "hyper",
        "http",
        "askama",
        "minijinja",
        "reqwest",
        "lettre",
    ];
    for package in metadata["packages"].as_array().unwrap() {
        if ![
            "kernel", "store", "blocks", "quota", "identity", "objects", "images", "compute",
        ]
        .contains(&package["name"].as_str().unwrap())
        {
            continue;
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            let end = dependency["name"].as_str().unwrap();
            assert!(
                !banned.contains(&end) || dependency["kind"] == "dev",
                "{} → {end}",
                package["name"]
            );
        }
    }
}

#[test]
fn one_tls_provider_and_nothing_abandoned() {
    for banned in ["ring", "native-tls", "openssl-sys", "bincode"] {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--workspace",
                "--target",
                "x86_64-unknown-linux-gnu",
                "-i",
                banned,
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        let found = String::from_utf8_lossy(&output.stdout);
        assert!(
            found.trim().is_empty(),
            "{banned} is in the graph:\n{found}"
        );
    }
}

/// Files of the product: neither tests nor what is included as text.
fn sources() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut open, mut all) = (vec![root.join("src")], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                all.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(all.len() > 300, "only {} files were found", all.len());
    all
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let lines = |(name, text): (String, String)| (name, text.lines().count());
    let long: Vec<_> = sources()
        .into_iter()
        .map(lines)
        .filter(|(_, n)| *n > 600)
        .collect();
    assert!(long.is_empty(), "split by verb: {long:?}");
}

/// Lines of each function of a formatted file, modules of tests left out: a function ends
/// where a brace closes in the column its first line begins in.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let column = |line: &str| line.len() - line.trim_start().len();
    let end = |from: usize| {
        let closing =
            |line: &&str| line.trim_end() == format!("{}}}", " ".repeat(column(lines[from])));
        from + lines[from..].iter().position(closing).unwrap_or(0)
    };
    let (mut found, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        let line = lines[at];
        let words: Vec<&str> = line.split_whitespace().collect();
        let begins = |name: &str| {
            let place = words.iter().position(|word| *word == name)?;
            let before = ["const", "async", "unsafe", "extern", "\"C\""];
            let plain = |word: &&str| {
                before.contains(word) || word.starts_with("pub") || word.ends_with(')')
            };
            words[..place]
                .iter()
                .all(plain)
                .then(|| words.get(place + 1))
                .flatten()
        };
        if begins("mod").is_some_and(|name| name.contains("tests")) && line.ends_with('{') {
            at = end(at);
        } else if let Some(name) = begins("fn") {
            // One that ends on the line it begins in, or is only declared, has no end.
            let sign = |line: &&&str| column(line) == column(lines[at]) && line.contains(')');
            let last = match line.ends_with('(') {
                true => *lines[at + 1..].iter().find(sign).unwrap_or(&line),
                false => line,
            };
            let body = !last.ends_with([';', '}', ',']);
            if body {
                let name = name.split(['(', '<']).next().unwrap();
                found.push((name.to_owned(), end(at) - at + 1));
            }
        }
        at += 1;
    }
    found
}

#[test]
fn no_function_is_longer_than_60_lines() {
    let mut long = Vec::new();
    let mut seen = 0;
    for (name, text) in sources() {
        let of_tests = name.split('/').any(|part| part.contains("tests"));
        if of_tests {
            continue;
        }
        for (function, lines) in functions(&text) {
            seen += 1;
            if lines > 60 {
                long.push(format!("{name} {function}: {lines}"));
            }
        }
    }
    assert!(seen > 3000, "only {seen} functions were found");
    assert!(long.is_empty(), "split by verb: {long:#?}");
}

#[test]
fn functions_are_measured_by_their_braces() {
    let text = "\
fn a() {}
pub(crate) async fn b(
    x: u8,
) -> u8 {
    if x > 0 {
        1
    }
}
trait T {
    fn declared(&self);
    fn declared_too(
        &self,
    ) -> u8;
    fn c<'a>(&'a self) -> u8 {
        2
    }
}
mod tests {
    fn left_out() {
        3;
    }
}
";
    let measured = functions(text);
    assert_eq!(measured, [("b".to_owned(), 7), ("c".to_owned(), 3)]);
}
