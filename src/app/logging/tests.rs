//! Setups against doubles of what they write to.

use super::*;
use kernel::settings::literal;
use std::{os::unix::net::UnixDatagram, path::Path};

/// A log of its own, on a machine of its own.
struct World {
    dir: tempfile::TempDir,
    log: Log,
    settings: Settings,
}

fn machine(dir: &Path, ident: Ident) -> Machine {
    Machine {
        ident,
        dev_log: dir.join("dev-log"),
        journal: dir.join("journal"),
    }
}

/// Settings as the files write them; `DIR` is the world's.
fn settings(dir: &Path, lines: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    for (name, text) in [("LOG_DIR", "'DIR'")].iter().chain(lines) {
        let text = text.replace("DIR", &dir.display().to_string());
        settings.set(name, literal::parse(&text).unwrap());
    }
    settings
}

impl World {
    fn new(lines: &[(&str, &str)]) -> Self {
        Self::with(lines, |_| {})
    }

    /// With something made beforehand.
    fn with(lines: &[(&str, &str)], before: impl FnOnce(&Path)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        before(dir.path());
        let settings = settings(dir.path(), lines);
        let log = Log::new(&settings, machine(dir.path(), Ident::Service)).unwrap();
        World { dir, log, settings }
    }

    /// Says something, and waits until it is written.
    fn say(&self, what: impl FnOnce()) {
        let subscriber = tracing_subscriber::registry().with(self.log.layer());
        tracing::subscriber::with_default(subscriber, what);
        self.log.writer.flush(Duration::from_secs(30));
    }

    fn read(&self, file: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.dir.path().join(file)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn apply(&self, lines: &[(&str, &str)]) -> Result<()> {
        self.log.apply(&settings(self.dir.path(), lines))
    }
}

fn socket(path: &Path) -> UnixDatagram {
    let socket = UnixDatagram::bind(path).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket
}

fn received(socket: &UnixDatagram) -> Vec<String> {
    let mut all = Vec::new();
    let mut bytes = [0; 65_536];
    while let Ok(n) = socket.recv(&mut bytes) {
        all.push(String::from_utf8_lossy(&bytes[..n]).into_owned());
    }
    all
}

// ID-OPS-12 ID-OPS-11: acceptance check 1 of the log
#[test]
fn by_default_syslog_hears_all_but_what_clusters_tell() {
    let mut heard = None;
    let world = World::with(&[], |dir| heard = Some(socket(&dir.join("dev-log"))));
    world.say(|| {
        tracing::info!(target: "astakos.im", "login failed for somebody");
        tracing::debug!(target: "astakos.im", "not at this level");
        tracing::info!(target: "snf.dispatcher", job = 7, "an event");
    });
    let pid = std::process::id();
    let wanted = format!("<30>synnefo[{pid}]: astakos.im: login failed for somebody");
    assert_eq!(received(&heard.unwrap()), [wanted]);
    let events = world.read("dispatcher.log");
    assert_eq!(events.len(), 1);
    assert!(
        events[0].ends_with("INFO snf.dispatcher: an event job=7"),
        "{events:?}"
    );
    // A command of its own process has a name of its own.
    assert_eq!(Ident::Manage.name(), "snf-manage");
    assert_eq!(Ident::Manage.setting(), "SNF_MANAGE_LOGGING_SETUP");
}

const OWN_FILE: &str = "{'version': 1,
    'formatters': {'short': {'format': '%(levelname)s %(name)s %(message)s'}},
    'handlers': {
        'all': {'class': 'FileHandler', 'filename': 'DIR/all', 'formatter': 'short'},
        'own': {'class': 'FileHandler', 'filename': 'DIR/own', 'formatter': 'short'}},
    'loggers': {
        'synnefo.api': {'level': 'DEBUG', 'handlers': ['own'], 'propagate': False}},
    'root': {'level': 'INFO', 'handlers': ['all']}}";

fn speak() {
    tracing::debug!(target: "synnefo.api", "a call");
    tracing::debug!(target: "synnefo.logic", "silent");
    tracing::debug!(target: "astakos.im", "silent");
    tracing::info!(target: "synnefo.logic", "a server");
}

// ID-OPS-10 ID-OPS-11: acceptance check 2 of the log
#[test]
fn a_logger_has_its_own_level_and_file() {
    let world = World::new(&[("LOGGING_SETUP", OWN_FILE)]);
    world.say(speak);
    assert_eq!(world.read("own"), ["DEBUG synnefo.api a call"]);
    assert_eq!(world.read("all"), ["INFO synnefo.logic a server"]);
    let propagates = OWN_FILE.replace("False", "True");
    world.apply(&[("LOGGING_SETUP", &propagates)]).unwrap();
    world.say(speak);
    assert_eq!(world.read("own").len(), 2);
    assert_eq!(world.read("all").len(), 3);
    use std::os::unix::fs::PermissionsExt;
    let meta = std::fs::metadata(world.dir.path().join("own")).unwrap();
    assert_eq!(meta.permissions().mode() & 0o137, 0, "mode 0640 at most");
}

// ID-OPS-10 ID-OPS-13: acceptance check 3 of the log; the start is in kernel's tests
#[test]
fn a_wrong_change_changes_nothing() {
    let world = World::new(&[("LOGGING_SETUP", OWN_FILE)]);
    let wrong = OWN_FILE.replace("'formatter': 'short'", "'formatter': 'long'");
    let error = world.apply(&[("LOGGING_SETUP", &wrong)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "LOGGING_SETUP: handler 'all': unknown formatter 'long'"
    );
    world.say(speak);
    assert_eq!(world.read("own"), ["DEBUG synnefo.api a call"]);
}

// ID-OPS-13 ID-OPS-14: acceptance check 4 of the log
#[test]
fn a_file_that_was_moved_away_is_made_anew_and_no_line_is_lost() {
    let world = World::new(&[("LOGGING_SETUP", OWN_FILE)]);
    world.say(|| tracing::info!(target: "synnefo.logic", "one"));
    let (here, there) = (world.dir.path().join("all"), world.dir.path().join("all.1"));
    std::fs::rename(&here, &there).unwrap();
    world.say(|| tracing::info!(target: "synnefo.logic", "two"));
    world.log.apply(&world.settings).unwrap();
    world.say(|| tracing::info!(target: "synnefo.logic", "three"));
    let (old, new) = (world.read("all.1"), world.read("all"));
    assert_eq!((old.len(), new.len()), (1, 2), "{old:?} {new:?}");
}

// ID-OPS-14: the rest of acceptance check 4
#[test]
fn a_full_disk_stops_nobody_and_the_loss_is_told() {
    let setup = OWN_FILE.replace("DIR/all", "DIR/link");
    let link = |to: &str, dir: &Path| std::os::unix::fs::symlink(to, dir.join("link")).unwrap();
    let world = World::with(&[("LOGGING_SETUP", &setup)], |dir| link("/dev/full", dir));
    world.say(|| {
        for _ in 0..3 {
            tracing::info!(target: "synnefo.logic", "lost");
        }
    });
    std::fs::remove_file(world.dir.path().join("link")).unwrap();
    world.say(|| tracing::info!(target: "synnefo.logic", "kept"));
    assert_eq!(
        world.read("link"),
        [
            "INFO synnefo.logic kept",
            "WARNING synnefo 3 log lines could not be written and are lost",
        ]
    );
}

// ID-SEC-30 ID-OPS-14
#[test]
fn secrets_are_cut_out_before_any_handler() {
    let mut heard = None;
    let world = World::with(&[("EMAIL_HOST_PASSWORD", "'hunter2hunter2'")], |dir| {
        heard = Some(socket(&dir.join("dev-log")));
    });
    world.say(|| {
        let request = tracing::info_span!("request", id = "r1", cookie = "c");
        let _here = request.enter();
        tracing::error!(target: "django.request", auth_token = "t", "hunter2hunter2\nforged");
    });
    let pid = std::process::id();
    assert_eq!(
        received(&heard.unwrap()),
        [format!(
            "<27>synnefo[{pid}]: django.request: ********\\nforged request.id=r1 \
             request.cookie=******** auth_token=********"
        )]
    );
}

// ID-OPS-10: rotation by size keeps so many files
#[test]
fn files_are_rotated() {
    let setup = "{'handlers': {'r': {'class': 'RotatingFileHandler', 'filename': 'DIR/r',
        'maxBytes': 150, 'backupCount': 2}}, 'root': {'handlers': ['r']}}";
    let world = World::new(&[("LOGGING_SETUP", setup)]);
    world.say(|| {
        for n in 0..10 {
            tracing::info!(target: "synnefo.logic", n, "line");
        }
    });
    let counts = ["r", "r.1", "r.2", "r.3"].map(|file| world.read(file).len());
    assert_eq!(counts, [2, 2, 2, 0]);
    assert!(world.read("r")[1].ends_with("n=9"));
}

// ID-OPS-10: by UDP, to the journal, to nobody, as JSON
#[test]
fn the_other_handlers() {
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let port = udp.local_addr().unwrap().port().to_string();
    let setup = "{'formatters': {'f': {'format': 'synnefo[1]: %(message)s'}}, 'handlers': {
        'u': {'class': 'SysLogHandler', 'address': ('127.0.0.1', PORT), 'facility': 'local3',
              'formatter': 'f'},
        'j': {'class': 'JournalHandler', 'level': 'ERROR'},
        'n': {'class': 'NullHandler'},
        'f': {'class': 'FileHandler', 'filename': 'DIR/json'}},
        'root': {'handlers': ['u', 'j', 'n', 'f']}}";
    let setup = setup.replace("PORT", &port);
    let mut journal = None;
    let lines = [("LOGGING_SETUP", setup.as_str()), ("LOG_FORMAT", "'json'")];
    let world = World::with(&lines, |dir| journal = Some(socket(&dir.join("journal"))));
    world.say(|| tracing::error!(target: "synnefo.ui", page = "x", "broke"));
    let mut bytes = [0; 1000];
    let n = udp.recv(&mut bytes).unwrap();
    assert_eq!(&bytes[..n], b"<155>synnefo[1]: broke page=x");
    let told = received(&journal.unwrap());
    assert!(
        told[0].starts_with("MESSAGE=synnefo.ui: broke page=x\nPRIORITY=3\n"),
        "{told:?}"
    );
    let line: serde_json::Value = serde_json::from_str(&world.read("json")[0]).unwrap();
    assert_eq!(
        (&line["level"], &line["name"]),
        (&"ERROR".into(), &"synnefo.ui".into())
    );
    assert_eq!(
        (&line["message"], &line["page"]),
        (&"broke".into(), &"x".into())
    );
}

// ID-OPS-10: mail to ADMINS, the same text at most once in ten minutes
#[test]
fn administrators_get_each_text_once() {
    let dir = tempfile::tempdir().unwrap();
    // ID-MAIL-02: to each address once.
    let people = "(('A', 'a@example.org'), ('B', 'b@example.org'), ('C', 'A@example.org'))";
    let people = [("ADMINS", people)];
    let plan = Plan::new(&settings(dir.path(), &people), Ident::Service).unwrap();
    let mut mails = mail::Mails::new(&plan);
    let mut record = writer::warning("it broke".into());
    let sent = mails.requests(&record, "the line");
    let to: Vec<&str> = sent.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["a@example.org", "b@example.org"]);
    assert_eq!(
        sent[0].context["subject"],
        "[email-subject-prefix] WARNING: it broke"
    );
    assert_eq!(sent[0].context["line"], "the line");
    assert!(mails.requests(&record, "the line").is_empty());
    record.at += jiff::SignedDuration::from_secs(599);
    assert!(mails.requests(&record, "the line").is_empty());
    record.at += jiff::SignedDuration::from_secs(1);
    assert_eq!(mails.requests(&record, "the line").len(), 2);
    record.name = "synnefo.mail".into();
    record.text = "a mail failed".into();
    assert!(mails.requests(&record, "x").is_empty());
}

// ID-OPS-13: a level set by hand ends when it is taken back, and by its own turn only
#[test]
fn the_level_of_a_logger_can_be_set() {
    let world = World::new(&[("LOGGING_SETUP", OWN_FILE)]);
    let gate = &world.log.gate;
    let first = gate.set_level("synnefo.logic", Level::DEBUG);
    world.say(speak);
    assert_eq!(world.read("all").len(), 2);
    // Reading the settings again leaves it.
    world.apply(&[("LOGGING_SETUP", OWN_FILE)]).unwrap();
    let second = gate.set_level("synnefo.logic", Level::DEBUG);
    assert!(!gate.forget_level("synnefo.logic", Some(first)));
    assert_eq!(
        gate.set_levels(),
        [("synnefo.logic".to_owned(), Level::DEBUG)]
    );
    assert!(gate.forget_level("synnefo.logic", Some(second)));
    world.say(speak);
    assert_eq!(world.read("all").len(), 3);
    assert_eq!(gate.set_levels(), []);
}

// ID-CON-09: the level at which the main events of accounts are told
#[test]
fn events_of_accounts_have_a_level_of_their_own() {
    for (level, lines) in [("'CRITICAL'", 1), ("None", 0), ("'debug'", 0)] {
        let setup = [
            ("LOGGING_SETUP", OWN_FILE),
            ("ASTAKOS_LOGGING_LEVEL", level),
        ];
        let world = World::new(&setup);
        world.say(|| tracing::info!(target: "astakos.im", "somebody logged in"));
        assert_eq!(world.read("all").len(), lines, "{level}");
    }
}
