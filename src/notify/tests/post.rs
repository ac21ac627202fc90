//! A real mail server (aiosmtpd) as a process that tells what it sees as lines of JSON.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

pub(super) struct MailServer {
    child: Child,
    /// What it tells, after its port.
    lines: mpsc::Receiver<serde_json::Value>,
    pub(super) port: i64,
}

impl MailServer {
    /// Runs a script that tells its `port` first. None where the package is not there;
    /// the test runner installs it.
    pub(super) fn run<A: AsRef<OsStr>>(script: &str, args: &[A]) -> Option<Self> {
        let mut child = Command::new("/usr/bin/python3")
            .args(["-W", "ignore", "-c", script])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let out = BufReader::new(child.stdout.take()?);
        let (sender, lines) = mpsc::channel::<serde_json::Value>();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = serde_json::from_str(&line).map(|value| sender.send(value));
            }
        });
        let ready = lines.recv_timeout(Duration::from_secs(90)).ok();
        let port = ready.and_then(|ready| ready["port"].as_i64());
        let server = MailServer {
            child,
            lines,
            port: port.unwrap_or_default(),
        };
        if port.is_none() {
            assert!(
                std::env::var_os("TESTS_REQUIRE_SMTP").is_none(),
                "python3-aiosmtpd is not installed"
            );
            eprintln!("SKIPPED: needs python3-aiosmtpd");
        }
        port.map(|_| server)
    }

    /// All it told since this was asked last. It tells of a message before it takes it,
    /// and then answers our mark, so nothing is missed.
    pub(super) fn taken(&self) -> Vec<serde_json::Value> {
        let mut stdin = self.child.stdin.as_ref().unwrap();
        writeln!(stdin, "mark").unwrap();
        let next = || self.lines.recv_timeout(Duration::from_secs(90)).unwrap();
        std::iter::repeat_with(next)
            .take_while(|told| told["mark"] != true)
            .collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
