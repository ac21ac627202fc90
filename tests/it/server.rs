//! A running service for a test: its own data directory, port and settings; the
//! real binary, started, killed and started again as an administrator would.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// The program under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_synnefo");

/// The program without the variables that steer the tests: those of the name
/// `SYNNEFO_…` are settings to it.
pub fn program() -> Command {
    let mut command = Command::new(BINARY);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SYNNEFO_") {
            command.env_remove(name);
        }
    }
    command
}

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// One service process and its data directory.
pub struct Server {
    dir: tempfile::TempDir,
    address: String,
    tls: bool,
    process: Option<Child>,
    /// `https://127.0.0.1:port`.
    pub url: String,
}

impl Server {
    /// Starts a service on plain HTTP and a free loopback port with extra settings lines.
    pub fn start(settings: &str) -> Self {
        Self::start_on("127.0.0.1:0", settings)
    }

    /// Starts on a given address (port 0: any).
    pub fn start_on(address: &str, settings: &str) -> Self {
        Self::launch(address, settings, false)
    }

    /// Starts with TLS and the self-signed certificate of a first start.
    pub fn start_tls(address: &str, settings: &str) -> Self {
        Self::launch(address, settings, true)
    }

    fn launch(address: &str, settings: &str, tls: bool) -> Self {
        let mut server = Self::prepare(address, settings, tls);
        server.resume();
        server
    }

    /// Only the directories; [`Server::resume`] starts the service.
    pub fn unstarted(settings: &str) -> Self {
        Self::prepare("127.0.0.1:0", settings, false)
    }

    fn prepare(address: &str, settings: &str, tls: bool) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(dir.path().join("etc")).unwrap();
        std::fs::write(dir.path().join("etc/50-test.conf"), settings).unwrap();
        Server {
            dir,
            address: address.to_owned(),
            tls,
            process: None,
            url: String::new(),
        }
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The settings directory.
    pub fn config(&self) -> PathBuf {
        self.dir.path().join("etc")
    }

    /// The log of all starts.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.process.as_ref().expect("running").id()
    }

    /// Starts the service again after [`Server::kill`] or [`Server::stop`], on the same address.
    pub fn resume(&mut self) {
        assert!(self.process.is_none(), "already running");
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.dir.path().join("log"))
            .unwrap();
        let mut command = program();
        command.arg("serve").arg("--data-dir").arg(self.data());
        command.arg("--config-dir").arg(self.config());
        command.args(["--listen", &self.address]);
        if !self.tls {
            command.arg("--plain-http");
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        self.process = Some(child);
        let url = url.unwrap_or_else(|| panic!("the service did not start:\n{}", self.log()));
        self.url = url.trim_end_matches('/').to_owned();
        self.address = self.url.split("://").nth(1).unwrap().to_owned();
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
    }

    /// Pulls the plug.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.process.take() {
            child.kill().expect("killable");
            child.wait().expect("waited for");
        }
    }

    /// Asks the service to stop and waits; panics unless it exits with 0.
    pub fn stop(&mut self) {
        let done = Command::new("kill").arg(self.pid().to_string()).status();
        assert!(done.expect("kill runs").success());
        self.ended();
    }

    /// Waits for the end of a service that was asked to stop; panics unless it exits with 0.
    pub fn ended(&mut self) {
        let mut child = self.process.take().expect("running");
        let status = child.wait().expect("waited for");
        assert!(status.success(), "exit {status}:\n{}", self.log());
    }

    /// Runs an administration command.
    pub fn manage(&self, args: &[&str]) -> Output {
        manage(&self.data(), &self.config(), args)
    }

    /// Runs an administration command that must succeed; its output.
    pub fn manage_ok(&self, args: &[&str]) -> String {
        let output = self.manage(args);
        assert!(
            output.status.success(),
            "{args:?}: {}{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            self.log()
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs a command of the program itself on the data directory.
    pub fn synnefo(&self, args: &[&str]) -> Output {
        program()
            .args(args)
            .arg("--data-dir")
            .arg(self.data())
            .arg("--config-dir")
            .arg(self.config())
            .stdin(Stdio::null())
            .output()
            .expect("the binary starts")
    }

    /// Runs a command of the program on the settings alone.
    pub fn synnefo_here(&self, args: &[&str]) -> Output {
        program()
            .args(args)
            .arg("--config-dir")
            .arg(self.config())
            .stdin(Stdio::null())
            .output()
            .expect("the binary starts")
    }

    /// All messages in the mail spool, oldest first.
    pub fn mails(&self) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.data().join("mail"))
            .map(|dir| {
                dir.map_while(Result::ok)
                    .map(|entry| entry.path())
                    .collect()
            })
            .unwrap_or_default();
        files.retain(|path: &PathBuf| path.extension().is_some_and(|e| e == "eml"));
        files.sort();
        files
            .iter()
            .map_while(|path| std::fs::read_to_string(path).ok())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs an administration command on a data directory, served or not.
pub fn manage(data: &Path, config: &Path, args: &[&str]) -> Output {
    program()
        .arg("manage")
        .args(args)
        .arg("--data-dir")
        .arg(data)
        .arg("--config-dir")
        .arg(config)
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts")
}

/// Calls `look` until it answers, at most [`PATIENCE`] long.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}
