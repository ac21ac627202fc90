//! The administrator's guide: every command line of it works (ID-OPS-05).

use crate::server::{Server, program};
use std::process::Stdio;

/// The command lines of the guide, `$ …` in blocks of the kind `console`, with the
/// chapter they stand in. Blocks of the kind `sh` change the machine.
fn lines() -> Vec<(String, String)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/guide");
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let mut runs = false;
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            if let Some(kind) = line.strip_prefix("```") {
                runs = kind == "console";
            } else if runs {
                let command = line.strip_prefix("$ ").expect("a command in a console");
                let chapter = file.file_stem().unwrap().to_string_lossy().into_owned();
                all.push((chapter, command.to_owned()));
            }
        }
    }
    all
}

/// Words as a shell splits them, for what the guide uses: blanks and quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == ' ' => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

// ID-OPS-05
#[test]
fn every_command_line_of_the_guide_works() {
    let server = Server::start("");
    let away = tempfile::tempdir().unwrap();
    let all = lines();
    assert!(all.len() > 30, "{}", all.len());
    for (chapter, line) in all {
        let line = line.replace("/backup", &away.path().display().to_string());
        let words = words(&line);
        let mut command = program();
        match words[0].as_str() {
            "snf-manage" => command.arg("manage"),
            "synnefo" => &mut command,
            other => panic!("{chapter}: {other} is none of our programs"),
        };
        command.args(&words[1..]).current_dir(away.path());
        // What needs neither takes neither.
        if !matches!(words[1].as_str(), "version" | "changes" | "guide") {
            command.arg("--config-dir").arg(server.config());
            if words[1] != "settings" {
                command.arg("--data-dir").arg(server.data());
            }
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(
            output.status.success(),
            "{chapter}: {line}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
