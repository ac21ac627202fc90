//! The program as the measurements start it: on directories of their own.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_synnefo");

/// A service that ends with the measurement.
pub struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program on the directories in `dir`, which are made where they are not there.
pub fn command(dir: &Path, words: &[&str]) -> Command {
    for one in ["data", "etc"] {
        std::fs::create_dir_all(dir.join(one)).unwrap();
    }
    let mut command = Command::new(PROGRAM);
    command.args(words);
    command.arg("--data-dir").arg(dir.join("data"));
    command.arg("--config-dir").arg(dir.join("etc"));
    command
}

/// The service on them, once it answers, and where it is.
pub fn serve(dir: &Path) -> (Service, String) {
    let mut command = command(dir, &["serve", "--listen", "127.0.0.1:0", "--plain-http"]);
    let log = std::fs::File::create(dir.join("log")).unwrap();
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let url = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
        .expect("it serves");
    std::thread::spawn(move || lines.for_each(drop));
    let url = url.trim_end_matches('/').to_owned();
    (Service(process), url)
}

/// An administration command, which must work; what it prints.
pub fn manage(dir: &Path, words: &[&str]) -> Vec<u8> {
    let words = [&["manage"], words].concat();
    let output = command(dir, &words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}");
    output.stdout
}
