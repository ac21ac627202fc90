//! `/etc/init.d/gunicorn`: starting and stopping the service of this host, and telling
//! how it is (ID-OPS-02). Where systemd runs, its unit `synnefo` is controlled; elsewhere
//! the process itself.
//!
//! Invariants: `start` and `restart` succeed only once `/readyz` answers 200; settings
//! with a mistake stop nothing that runs; exit statuses are those of the Linux Standard
//! Base. Which process serves a data directory is what its admin socket says, so a
//! process id can never be a stale one.

use crate::{DataDir, config, logging};
use cli::{Action, AdminCall, ControlCall, Reached};
use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::{fs::OpenOptionsExt, net::UnixStream, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// Statuses of the Linux Standard Base.
const OK: u8 = 0;
const FAILED: u8 = 1;
const NOT_ALLOWED: u8 = 4;
const NOT_CONFIGURED: u8 = 6;
const NOT_RUNNING: u8 = 7;
/// Of `status`: dead, but something of it is left.
const DEAD: u8 = 1;
/// Of `status`: not running.
const STOPPED: u8 = 3;
/// Of `status`: it runs, but does not serve.
const UNCLEAR: u8 = 4;

/// Requests get 30 s to end, what runs behind 20 s, the store is closed.
const STOP: Duration = Duration::from_secs(70);
/// A start may have to bring a large store up to date; a process that ends is noticed.
const START: Duration = Duration::from_secs(3600);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// The unit systemd knows.
const UNIT: &str = "synnefo";

/// Why it did not work, and the status to end with.
struct Failure(u8, String);

type Done = Result<String, Failure>;

fn failed(text: impl Into<String>) -> Failure {
    Failure(FAILED, text.into())
}

/// Carries the call out; the exit status.
pub fn run(call: &ControlCall) -> u8 {
    let done = Place::read(&call.defaults).and_then(|place| match call.action {
        Action::Status => return_status(&place),
        Action::Start => start(&place),
        Action::Stop => stop(&place),
        Action::Restart => restart(&place),
        Action::TryRestart if place.process().is_none() => Ok("not running".to_owned()),
        Action::TryRestart => restart(&place),
        Action::Reload => reload(&place),
    });
    logging::flush();
    match done {
        Ok(text) => {
            println!("synnefo: {text}");
            OK
        }
        Err(Failure(code, text)) => {
            eprintln!("synnefo: {text}");
            code
        }
    }
}

/// Where the service of this host is.
struct Place {
    data: DataDir,
    config_dir: PathBuf,
    listen: Option<String>,
    plain_http: bool,
    client: OnceLock<Option<reqwest::blocking::Client>>,
}

impl Place {
    /// From a file of shell variables; the usual places where it says nothing.
    fn read(file: &Path) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(cause) => {
                let text = format!("{}: {cause}", file.display());
                return Err(Failure(NOT_CONFIGURED, text));
            }
        };
        let mut place = Place {
            data: DataDir::existing(Path::new(cli::invocation::DATA_DIR)),
            config_dir: cli::invocation::CONFIG_DIR.into(),
            listen: None,
            plain_http: false,
            client: OnceLock::new(),
        };
        for (n, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = line.split_once('=').unwrap_or((line, ""));
            let value = value.trim().trim_matches(['"', '\'']);
            match name.trim() {
                "DATA_DIR" => place.data = DataDir::existing(Path::new(value)),
                "CONFIG_DIR" => place.config_dir = value.into(),
                "LISTEN" => place.listen = Some(value.to_owned()).filter(|v| !v.is_empty()),
                "PLAIN_HTTP" => place.plain_http = matches!(value, "yes" | "true" | "1"),
                other => {
                    let text = format!(
                        "{}:{}: unknown name '{other}'; there are DATA_DIR, CONFIG_DIR, LISTEN, \
                         PLAIN_HTTP",
                        file.display(),
                        n + 1
                    );
                    return Err(Failure(NOT_CONFIGURED, text));
                }
            }
        }
        Ok(place)
    }

    /// The process that serves the directory.
    fn process(&self) -> Option<rustix::process::Pid> {
        let socket = UnixStream::connect(self.data.admin_socket()).ok()?;
        let peer = rustix::net::sockopt::socket_peercred(&socket).ok()?;
        Some(peer.pid)
    }

    /// Does `/readyz` answer 200 at the address the service wrote down?
    fn ready(&self) -> Option<String> {
        let address = std::fs::read_to_string(self.data.address()).ok()?;
        let address = address.trim();
        let answer = self
            .client()?
            .get(format!("{address}/readyz"))
            .send()
            .ok()?;
        (answer.status() == reqwest::StatusCode::OK).then(|| address.to_owned())
    }

    /// Made once: it is asked again and again until the service is ready.
    fn client(&self) -> Option<&reqwest::blocking::Client> {
        let made = self.client.get_or_init(|| {
            reqwest::blocking::Client::builder()
                // It is this very machine, and its certificate may be of any name.
                .danger_accept_invalid_certs(true)
                .no_proxy()
                .timeout(Duration::from_secs(10))
                .build()
                .ok()
        });
        made.as_ref()
    }

    /// Only root and the owner of the directory may.
    fn allowed(&self) -> Result<(), Failure> {
        let me = rustix::process::geteuid();
        let owner = self.data.owner().map(|(uid, _)| uid);
        match me.is_root() || owner.is_none_or(|owner| owner == me.as_raw()) {
            true => Ok(()),
            false => Err(Failure(
                NOT_ALLOWED,
                format!(
                    "only root and the owner of {} may do that",
                    self.data.root().display()
                ),
            )),
        }
    }

    /// The settings must be good before anything is stopped for them.
    fn settings(&self) -> Result<(), Failure> {
        match config::read(&self.config_dir, &[]) {
            Ok(_) => Ok(()),
            Err(problems) => Err(Failure(
                FAILED,
                format!("the settings are wrong, nothing was done:\n{problems}"),
            )),
        }
    }

    fn has_unit(&self) -> bool {
        Path::new("/run/systemd/system").is_dir()
            && ["/etc/systemd/system", "/lib/systemd/system"]
                .iter()
                .any(|dir| Path::new(dir).join(format!("{UNIT}.service")).exists())
    }

    fn log(&self) -> PathBuf {
        self.data.run().join("synnefo.log")
    }
}

fn return_status(place: &Place) -> Done {
    let root = place.data.root().display();
    match place.process() {
        Some(process) => match place.ready() {
            Some(address) => Ok(format!(
                "running (process {}), serves {root} at {address}",
                process.as_raw_nonzero()
            )),
            None => Err(Failure(
                UNCLEAR,
                format!("process {} runs but is not ready", process.as_raw_nonzero()),
            )),
        },
        None if place.data.admin_socket().exists() => Err(Failure(
            DEAD,
            format!("dead: the service of {root} ended without closing"),
        )),
        None => Err(Failure(STOPPED, format!("not running on {root}"))),
    }
}

fn start(place: &Place) -> Done {
    place.allowed()?;
    if place.process().is_some() {
        let address = until_ready(place, None)?;
        return Ok(format!("already running at {address}"));
    }
    place.settings()?;
    let _ = std::fs::remove_file(place.data.address());
    let address = match place.has_unit() {
        true => {
            unit("start")?;
            until_ready(place, None)?
        }
        false => {
            let (mut child, from) = spawn(place)?;
            until_ready(place, Some((&mut child, from)))?
        }
    };
    Ok(format!("started, ready at {address}"))
}

fn stop(place: &Place) -> Done {
    place.allowed()?;
    let Some(process) = place.process() else {
        return Ok("not running".to_owned());
    };
    match place.has_unit() {
        true => unit("stop")?,
        false => end(process)?,
    }
    Ok("stopped".to_owned())
}

fn restart(place: &Place) -> Done {
    place.allowed()?;
    place.settings()?;
    stop(place)?;
    start(place)
}

/// The running service reads its settings; what it says of it.
fn reload(place: &Place) -> Done {
    place.allowed()?;
    let call = AdminCall {
        data_dir: place.data.root().to_owned(),
        config_dir: place.config_dir.clone(),
        set: Vec::new(),
        program: "snf-manage".to_owned(),
        args: vec!["settings-reload".to_owned()],
    };
    match cli::call(&place.data.admin_socket(), &call) {
        Ok(Reached::Done(0)) => Ok("reloaded".to_owned()),
        Ok(Reached::Done(_)) => Err(failed("the settings stay as they are")),
        Ok(Reached::Nobody) => Err(Failure(NOT_RUNNING, "not running".to_owned())),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Has systemd act on the unit; its own words stand on standard error.
fn unit(act: &str) -> Result<(), Failure> {
    match Command::new("systemctl").args([act, UNIT]).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(failed(format!(
            "'systemctl {act} {UNIT}' failed; see 'journalctl -u {UNIT}'"
        ))),
        Err(cause) => Err(failed(format!("systemctl: {cause}"))),
    }
}

/// Asks the process to end, and waits until it has.
fn end(process: rustix::process::Pid) -> Result<(), Failure> {
    use rustix::process::{Signal, kill_process, test_kill_process};
    let number = process.as_raw_nonzero();
    kill_process(process, Signal::TERM)
        .map_err(|cause| failed(format!("process {number}: {cause}")))?;
    let begun = Instant::now();
    while test_kill_process(process).is_ok() && !is_zombie(process) {
        if begun.elapsed() > STOP {
            return Err(failed(format!("process {number} does not end")));
        }
        std::thread::park_timeout(PAUSE);
    }
    Ok(())
}

/// Has it ended without its parent having asked how?
fn is_zombie(process: rustix::process::Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    let stat = stat.unwrap_or_default();
    // The name in parentheses may hold anything.
    stat.rsplit_once(") ")
        .is_none_or(|(_, rest)| rest.starts_with('Z'))
}

/// Starts the service in the background as the owner of its directory; where its log
/// ended before.
fn spawn(place: &Place) -> Result<(Child, u64), Failure> {
    let cannot = |what: &str, cause: &dyn std::fmt::Display| failed(format!("{what}: {cause}"));
    let program = std::env::current_exe().map_err(|c| cannot("the program", &c))?;
    std::fs::create_dir_all(place.data.run())
        .map_err(|c| cannot(&place.data.run().display().to_string(), &c))?;
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o640)
        .open(place.log())
        .map_err(|c| cannot(&place.log().display().to_string(), &c))?;
    let from = log.seek(SeekFrom::End(0)).unwrap_or(0);
    let owner = place.data.owner().filter(|(uid, _)| *uid != 0);
    let mut command = match owner {
        // Ports below 1024 are for root; the service keeps just that right.
        Some((uid, gid)) if rustix::process::geteuid().is_root() => {
            let _ = std::os::unix::fs::fchown(&log, Some(uid), Some(gid));
            let mut command = Command::new("setpriv");
            command.args([
                &format!("--reuid={uid}"),
                &format!("--regid={gid}"),
                "--init-groups",
                "--inh-caps=+net_bind_service",
                "--ambient-caps=+net_bind_service",
            ]);
            command.arg(&program);
            command
        }
        _ => Command::new(&program),
    };
    command.arg("serve");
    command.arg("--data-dir").arg(place.data.root());
    command.arg("--config-dir").arg(&place.config_dir);
    if let Some(listen) = &place.listen {
        command.args(["--listen", listen]);
    }
    if place.plain_http {
        command.arg("--plain-http");
    }
    let errors = log.try_clone().map_err(|c| cannot("the log", &c))?;
    let child = command
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(|c| cannot("cannot be started", &c))?;
    // For scripts that look there.
    let _ = std::fs::write(
        place.data.run().join("synnefo.pid"),
        format!("{}\n", child.id()),
    );
    Ok((child, from))
}

/// Waits until the service is ready, as long as there is one.
fn until_ready(place: &Place, mut child: Option<(&mut Child, u64)>) -> Done {
    let begun = Instant::now();
    loop {
        if let Some(address) = place.process().and_then(|_| place.ready()) {
            return Ok(address);
        }
        if let Some((child, from)) = &mut child
            && let Ok(Some(status)) = child.try_wait()
        {
            let said = said(&place.log(), *from);
            return Err(failed(format!(
                "the service ended again ({status})\n{said}"
            )));
        }
        if begun.elapsed() > START || (child.is_none() && begun.elapsed() > STOP) {
            return Err(failed("the service does not become ready"));
        }
        std::thread::park_timeout(PAUSE);
    }
}

/// The last lines the service wrote after `from`.
fn said(log: &Path, from: u64) -> String {
    let mut text = String::new();
    if let Ok(mut file) = File::open(log) {
        let _ = file.seek(SeekFrom::Start(from));
        let _ = file.take(64 << 10).read_to_string(&mut text);
    }
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Place, Failure> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("defaults");
        std::fs::write(&file, text).unwrap();
        Place::read(&file)
    }

    // ID-OPS-02
    #[test]
    fn places_are_read_from_the_file_of_defaults() {
        let place = read(
            "# where\nDATA_DIR=\"/srv/cloud\"\nCONFIG_DIR=/srv/etc\nLISTEN=0.0.0.0:8443\n\
             PLAIN_HTTP=yes\n",
        );
        let place = place.map_err(|f| f.1).unwrap();
        assert_eq!(place.data.root(), Path::new("/srv/cloud"));
        assert_eq!(place.config_dir, Path::new("/srv/etc"));
        assert_eq!(place.listen.as_deref(), Some("0.0.0.0:8443"));
        assert!(place.plain_http);
        let usual = Place::read(Path::new("/nonexistent/defaults"));
        let usual = usual.map_err(|f| f.1).unwrap();
        assert_eq!(usual.data.root(), Path::new("/var/lib/synnefo"));
        let Err(Failure(code, text)) = read("DATA=/x\n") else {
            panic!("taken");
        };
        assert_eq!(code, NOT_CONFIGURED);
        assert!(text.contains(":1: unknown name 'DATA'"), "{text}");
    }

    // ID-OPS-02: the statuses of a service that is not there
    #[test]
    fn a_service_that_does_not_run_is_told_by_its_status() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place {
            data: DataDir::create(&dir.path().join("d")).unwrap(),
            config_dir: dir.path().join("etc"),
            listen: Some("127.0.0.1:0".into()),
            plain_http: true,
            client: OnceLock::new(),
        };
        let code = |done: Done| done.err().map_or(OK, |Failure(code, _)| code);
        assert_eq!(code(return_status(&place)), STOPPED);
        assert_eq!(code(stop(&place)), OK);
        assert_eq!(code(reload(&place)), NOT_RUNNING);
        // What a killed service leaves.
        drop(std::os::unix::net::UnixListener::bind(place.data.admin_socket()).unwrap());
        assert_eq!(code(return_status(&place)), DEAD);
        // Wrong settings start nothing.
        std::fs::create_dir_all(&place.config_dir).unwrap();
        std::fs::write(place.config_dir.join("1.conf"), "NOSUCH_SETTING = 1\n").unwrap();
        let Err(Failure(code, text)) = start(&place) else {
            panic!("started");
        };
        assert_eq!(code, FAILED);
        assert!(text.contains("NOSUCH_SETTING"), "{text}");
    }
}
