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
