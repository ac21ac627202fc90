//! One administration command from its arguments to its exit status, the same in
//! the service and offline.

use crate::{
    command_log::{CommandLog, Tee},
    manage::{self, Read},
    print,
};
use kernel::{Error, Result};
use std::fmt;
use wire::admin::{Command, GeneralCommand, Io, IoFuture, Report, Terminal, io::ABORTED};

/// What carries out commands: `admin`, wrapped by `app`; doubles in tests.
pub trait Runner: Send + Sync {
    /// Carries out `command`.
    fn run<'a>(&'a self, command: Command, io: &'a mut dyn Io) -> IoFuture<'a, Report>;

    /// `ENABLED_SERVICES`: commands of other services are unknown (ID-CLI-17).
    fn services(&self) -> Vec<String>;

    /// Keeps what was typed and what came of it (ID-CLI-07).
    ///
    /// # Errors
    /// Why it cannot be kept; the administrator is warned.
    fn keep(&self, log: &CommandLog) -> Result<()> {
        let _ = log;
        Ok(())
    }
}

/// What was typed, and where. The arguments may hold passwords.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// `snf-manage` or `synnefo`.
    pub program: String,
    /// Its arguments, without those that say where the service is.
    pub args: Vec<String>,
    /// Working directory of the administrator.
    pub cwd: String,
    /// The process of the administrator.
    pub pid: u32,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("program", &self.program)
            .field("command", &self.args.first())
            .finish_non_exhaustive()
    }
}

/// Reads the arguments, carries out the command and prints what it gives; the
/// exit status (ID-CLI-03). An error means that the administrator cannot be
/// reached any more.
pub async fn run(runner: &dyn Runner, call: &Call, io: &mut dyn Io) -> Result<i32> {
    let (command, style) = match manage::read(call, &runner.services(), io.terminal()) {
        Read::Run(command, style) => (*command, style),
        Read::Print(printed) => {
            say(io, &printed.out, &printed.err).await?;
            return Ok(printed.code.into());
        }
    };
    let mut tee = Tee {
        io,
        log: String::new(),
    };
    let done = runner.run(command, &mut tee).await;
    let Tee { io, log } = tee;
    let (out, err, code, masked) = match done {
        Ok(report) => {
            let masked = print::report(&report.clone().masked(), &style);
            let (out, err) = print::report(&report, &style);
            (out, err, report.code, masked.0 + &masked.1)
        }
        Err(error) => {
            let err = match words(&error) {
                aborted if aborted == ABORTED => format!("{ABORTED}\n"),
                text => format!("CommandError: {text}\n"),
            };
            (String::new(), err.clone(), 1, err)
        }
    };
    let kept = runner.keep(&CommandLog::of(call, log + &masked, code));
    say(io, &out, &err).await?;
    if let Err(error) = kept {
        say(
            io,
            "",
            &format!("Warning: the command log cannot be written: {error}\n"),
        )
        .await?;
    }
    Ok(code)
}

/// Answers what needs no data: help, lists of fields, mistakes in the arguments.
/// None when there is a command to carry out. `services` are `ENABLED_SERVICES`.
pub async fn run_without_data(
    services: &[String],
    call: &Call,
    io: &mut dyn Io,
) -> Result<Option<i32>> {
    match manage::read(call, services, io.terminal()) {
        Read::Run(..) => Ok(None),
        Read::Print(printed) => {
            say(io, &printed.out, &printed.err).await?;
            Ok(Some(printed.code.into()))
        }
    }
}

/// Is this call about the structure of the store itself? It must not be opened before,
/// as that would bring it up to date.
pub fn is_about_the_store(services: &[String], call: &Call, terminal: Terminal) -> bool {
    let Read::Run(command, _) = manage::read(call, services, terminal) else {
        return false;
    };
    matches!(*command, Command::General(GeneralCommand::Migrate { .. }))
}

async fn say(io: &mut dyn Io, out: &str, err: &str) -> Result<()> {
    if !out.is_empty() {
        io.out(out).await?;
    }
    if !err.is_empty() {
        io.err(err).await?;
    }
    Ok(())
}

/// The message of an error, with its details where it has some.
fn words(error: &Error) -> String {
    match error {
        Error::OverQuota { message, details } if !details.is_empty() => {
            format!("{message}: {details}")
        }
        other => other.to_string(),
    }
}
