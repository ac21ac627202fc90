//! The handlers of a plan, opened.
//!
//! Invariants: a place that fails loses its own lines only, and says how many once it
//! works again; nothing here waits for anybody.

use super::{
    Machine, Plan,
    file::LogFile,
    mail::Mails,
    record::Record,
    stream::Stream,
    syslog::{Journal, Socket},
    writer::warning,
};
use kernel::settings::logging::{self, DEFAULT, Format, Level, Place, Setup};
use std::{collections::HashMap, io};

/// Takes lines.
pub(super) trait Sink: Send {
    /// Writes one line.
    fn write(&mut self, record: &Record, line: &str) -> io::Result<()>;
}

/// How a line looks where no format is set.
#[derive(Clone, Copy)]
enum Look {
    Plain,
    Brief,
    Json,
}

struct Outlet {
    level: Level,
    format: Option<Format>,
    look: Look,
    sink: Box<dyn Sink>,
    /// Lines that could not be written since the last one that could.
    lost: u64,
    /// Written to instead while the sink fails.
    instead: bool,
}

impl Outlet {
    fn line(&self, record: &Record, program: &str) -> String {
        match (&self.format, self.look) {
            (Some(format), _) => record.line(format, program),
            (None, Look::Plain) => record.plain(),
            (None, Look::Brief) => record.brief(),
            (None, Look::Json) => record.json(),
        }
    }

    fn put(&mut self, record: &Record, program: &str) -> io::Result<()> {
        let line = self.line(record, program);
        self.sink.write(record, &line)
    }
}

/// All handlers of a plan.
pub(super) struct Places {
    main: HashMap<String, Outlet>,
    dispatcher: HashMap<String, Outlet>,
    errors: Outlet,
}

/// Opens the handlers. What cannot be opened is tried again with every line.
pub(super) fn open(plan: &Plan, machine: &Machine) -> Places {
    let errors = || Outlet {
        level: Level::NOTSET,
        format: None,
        look: if plan.json { Look::Json } else { Look::Plain },
        sink: Box::new(Stream::errors()),
        lost: 0,
        instead: false,
    };
    let all = |setup: &Setup| {
        let opened = setup
            .handlers
            .iter()
            .map(|(name, handler)| (name.clone(), outlet(plan, machine, handler)));
        let mut all: HashMap<String, Outlet> = opened.collect();
        all.insert(
            DEFAULT.to_owned(),
            usual(plan, machine).unwrap_or_else(errors),
        );
        all
    };
    let mut places = Places {
        main: all(&plan.setups.main),
        dispatcher: all(&plan.setups.dispatcher),
        errors: errors(),
    };
    if let Some(file) = places.dispatcher.get_mut(logging::DISPATCHER_FILE) {
        file.instead = true;
    }
    places
}

/// Syslog, where it is (ID-OPS-12).
fn usual(plan: &Plan, machine: &Machine) -> Option<Outlet> {
    machine.dev_log.exists().then(|| {
        let place = Place::Syslog {
            path: machine.dev_log.display().to_string(),
            facility: DAEMON,
        };
        let handler = logging::Handler {
            level: Level::NOTSET,
            format: None,
            place,
        };
        Outlet {
            instead: true,
            ..outlet(plan, machine, &handler)
        }
    })
}

/// Number of the facility `daemon`.
const DAEMON: u8 = 3;

fn outlet(plan: &Plan, machine: &Machine, handler: &logging::Handler) -> Outlet {
    let plain = if plan.json { Look::Json } else { Look::Plain };
    let program = machine.ident.name();
    let (look, sink): (Look, Box<dyn Sink>) = match &handler.place {
        Place::Stream { stdout } => (plain, Box::new(Stream::new(*stdout))),
        Place::File { path } => (plain, Box::new(LogFile::new(path))),
        Place::Rotating {
            path,
            max_bytes,
            backups,
        } => (
            plain,
            Box::new(LogFile::by_size(path, *max_bytes, *backups)),
        ),
        Place::Timed {
            path,
            when,
            interval,
            backups,
        } => (
            plain,
            Box::new(LogFile::by_time(path, *when, *interval, *backups)),
        ),
        Place::Syslog { path, facility } => (
            Look::Brief,
            Box::new(Socket::unix(path, *facility, program)),
        ),
        Place::SyslogUdp {
            host,
            port,
            facility,
        } => (
            Look::Brief,
            Box::new(Socket::udp(host, *port, *facility, program)),
        ),
        Place::Mail => (Look::Plain, Box::new(Mails::new(plan))),
        Place::Journal => (
            Look::Brief,
            Box::new(Journal::new(&machine.journal, program)),
        ),
        Place::Null => (Look::Brief, Box::new(Nothing)),
    };
    Outlet {
        level: handler.level,
        format: handler.format.clone(),
        look,
        sink,
        lost: 0,
        instead: false,
    }
}

struct Nothing;

impl Sink for Nothing {
    fn write(&mut self, _: &Record, _: &str) -> io::Result<()> {
        Ok(())
    }
}

impl Places {
    /// Writes by one handler; what is to be said about it, when it fails for the first
    /// time or works again.
    pub(super) fn write(
        &mut self,
        dispatcher: bool,
        handler: &str,
        record: &Record,
        program: &str,
    ) -> Option<String> {
        let all = match dispatcher {
            true => &mut self.dispatcher,
            false => &mut self.main,
        };
        let outlet = all.get_mut(handler)?;
        if record.level < outlet.level {
            return None;
        }
        match outlet.put(record, program) {
            Ok(()) if outlet.lost > 0 && !outlet.instead => {
                let lost = std::mem::take(&mut outlet.lost);
                let told = warning(format!(
                    "{lost} log lines could not be written and are lost"
                ));
                let _ = outlet.put(&told, program);
                None
            }
            Ok(()) => {
                outlet.lost = 0;
                None
            }
            Err(cause) => {
                outlet.lost += 1;
                let first = outlet.lost == 1;
                if outlet.instead {
                    let _ = self.errors.put(record, program);
                }
                let name = match handler {
                    DEFAULT => "syslog",
                    name => name,
                };
                first.then(|| format!("the log cannot be written by '{name}': {cause}"))
            }
        }
    }

    /// Says on standard error what is wrong with another place.
    pub(super) fn complain(&mut self, record: &Record, program: &str) {
        let _ = self.errors.put(record, program);
    }
}
