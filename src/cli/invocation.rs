//! Which of the programs in the one binary was called, and with what.
//!
//! The name the binary was started by decides (`snf-manage`), else its first
//! argument (`synnefo manage`). Arguments of administration commands stay text:
//! they are read where the command runs.

mod parsers;

use clap::{Arg, ArgAction, ArgMatches, Command, error::ErrorKind, value_parser};
use std::{ffi::OsString, fmt, path::PathBuf};

/// Where the service keeps everything unless `--data-dir` says otherwise.
pub const DATA_DIR: &str = "/var/lib/synnefo";
/// Where settings are unless `--config-dir` says otherwise.
pub const CONFIG_DIR: &str = "/etc/synnefo";

/// Programs of Ganeti nodes that the binary is when it is called by their names.
const NODE_PROGRAMS: &[&str] = &[
    "snf-ganeti-eventd",
    "snf-ganeti-hook",
    "snf-progress-monitor",
    "snf-image",
    "snf-network",
    "nfdhcpd",
];

/// Programs of the original that are not there yet.
const LATER: &[&str] = &[
    "pithos-manage-accounts",
    "archipelago",
    "vlmc",
    "snf-dispatcher",
];

/// What to do.
#[derive(Debug)]
pub enum Invocation {
    /// `synnefo serve`.
    Serve(ServeArgs),
    /// `snf-manage …`, `synnefo manage …`, `synnefo backup`, `synnefo verify`:
    /// see [`crate::call`], then [`crate::run()`] offline.
    Manage(AdminCall),
    /// `synnefo settings [check]`: see [`crate::settings::run`].
    Settings(SettingsCall),
    /// `synnefo restore`.
    Restore(RestoreCall),
    /// `/etc/init.d/gunicorn`: start, stop and the like of the service.
    Control(crate::control::ControlCall),
    /// A program of Ganeti nodes with its arguments: those after `synnefo node`,
    /// or all of them, the program's name first, when it was called by its name.
    Node(Vec<OsString>),
    /// `snf-service-export`: component and base URL (ID-CLI-70).
    Export(String, String),
    /// `synnefo version`; with what the store's format says when true.
    Version(bool),
    /// `synnefo generate-docs DIR`: see [`crate::docs::write`].
    Docs(PathBuf),
    /// Nothing but text to print: help, version, a mistake in the arguments.
    Print(Printed),
}

/// Text for the two output streams and the exit status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// For standard output.
    pub out: String,
    /// For standard error.
    pub err: String,
    /// Exit status.
    pub code: u8,
}

impl Printed {
    /// Text for standard error, with a status.
    pub fn failure(err: impl Into<String>, code: u8) -> Self {
        Printed {
            out: String::new(),
            err: err.into(),
            code,
        }
    }

    /// Writes both texts and gives the exit status. A closed pipe is no failure.
    pub fn emit(&self) -> u8 {
        use std::io::Write;
        let _ = std::io::stdout().write_all(self.out.as_bytes());
        let _ = std::io::stdout().flush();
        let _ = std::io::stderr().write_all(self.err.as_bytes());
        self.code
    }
}

/// Arguments of `synnefo serve` (decision 13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeArgs {
    /// `--data-dir`.
    pub data_dir: PathBuf,
    /// `--config-dir`.
    pub config_dir: PathBuf,
    /// `--listen ADDR:PORT`; the default of decision 6 when there is none.
    pub listen: Option<String>,
    /// `--plain-http`: no TLS.
    pub plain_http: bool,
    /// `--set NAME=literal`, in order, as the settings loader takes them.
    pub set: Vec<String>,
}

/// An administration command, not parsed yet. Its arguments may hold passwords.
#[derive(Clone, PartialEq, Eq)]
pub struct AdminCall {
    /// `--data-dir`.
    pub data_dir: PathBuf,
    /// `--config-dir`; only offline commands read it.
    pub config_dir: PathBuf,
    /// `--set`; only offline commands read it.
    pub set: Vec<String>,
    /// `snf-manage`, or `synnefo` for its own commands.
    pub program: String,
    /// The rest, the command's name first.
    pub args: Vec<String>,
}

impl fmt::Debug for AdminCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminCall")
            .field("data_dir", &self.data_dir)
            .field("program", &self.program)
            .field("command", &self.args.first())
            .finish_non_exhaustive()
    }
}

/// Arguments of `synnefo settings`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsCall {
    /// `--config-dir`.
    pub config_dir: PathBuf,
    /// `--set`.
    pub set: Vec<String>,
    /// `--json`.
    pub json: bool,
    /// What to do with them.
    pub act: SettingsAct,
}

/// What `synnefo settings` is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsAct {
    /// Show these settings; all when empty.
    List(Vec<String>),
    /// `settings check`: problems and warnings only.
    Check,
    /// `settings loggers`: every logger with level and handlers.
    Loggers,
    /// `settings write-defaults [DIR]`: the files with all defaults, commented.
    WriteDefaults(PathBuf),
    /// `settings front apache|nginx`: a site file for that web server.
    Front(String),
    /// `settings logrotate`: the file for /etc/logrotate.d.
    Logrotate,
}

/// Arguments of `synnefo restore`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreCall {
    /// The archive or directory `synnefo backup` made; None is the copy that was made
    /// before the last upgrade.
    pub archive: Option<PathBuf>,
    /// `-f`: ask nothing.
    pub no_confirm: bool,
    /// `--data-dir`: where to.
    pub data_dir: PathBuf,
    /// `--config-dir`.
    pub config_dir: PathBuf,
    /// `--set`.
    pub set: Vec<String>,
}

/// Reads the arguments of the process, the program's name first.
pub fn parse(argv: impl IntoIterator<Item = OsString>) -> Invocation {
    let argv: Vec<OsString> = argv.into_iter().collect();
    let name = argv.first().map(base_name).unwrap_or_default();
    let rest = argv.get(1..).unwrap_or_default();
    match name.as_str() {
        "snf-manage" => admin("snf-manage", rest),
        name if NODE_PROGRAMS.contains(&name) => {
            let mut args = argv.clone();
            if let Some(first) = args.first_mut() {
                *first = name.into();
            }
            Invocation::Node(args)
        }
        name if name == crate::manage::REGISTER => admin(crate::manage::REGISTER, rest),
        EXPORT => export(rest),
        crate::control::NAME => crate::control::read(rest),
        PITHOS_MIGRATE => admin("snf-manage", &[&[name.clone().into()], rest].concat()),
        name if LATER.contains(&name) => later(name),
        _ => synnefo(rest),
    }
}

fn base_name(path: &OsString) -> String {
    std::path::Path::new(path)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// A script of the original that is answered by the command of that name (PI-CLI-38).
const PITHOS_MIGRATE: &str = "pithos-migrate";

/// The script that prints the definitions of a component of the product.
const EXPORT: &str = "snf-service-export";

/// `snf-service-export <component> <base url>` (ID-CLI-70).
fn export(args: &[OsString]) -> Invocation {
    let program = std::iter::once(OsString::from(EXPORT));
    match export_command().try_get_matches_from(program.chain(args.iter().cloned())) {
        Ok(matches) => {
            let text = |name| matches.get_one::<String>(name).cloned().unwrap_or_default();
            Invocation::Export(text("component"), text("base-url"))
        }
        Err(error) => Invocation::Print(clap_error(&error)),
    }
}

/// The parser of `snf-service-export`.
pub(crate) fn export_command() -> Command {
    Command::new(EXPORT)
        .about("Print the definitions of a component's services and resources")
        .version(env!("CARGO_PKG_VERSION"))
        .arg(
            Arg::new("component")
                .value_name("COMPONENT")
                .required(true)
                .help("astakos, cyclades or pithos"),
        )
        .arg(
            Arg::new("base-url")
                .value_name("BASE-URL")
                .required(true)
                .help("Where the component is"),
        )
}

fn later(name: &str) -> Invocation {
    Invocation::Print(Printed::failure(format!("{name}: not supported yet\n"), 1))
}

fn synnefo(args: &[OsString]) -> Invocation {
    let first = args.first().and_then(|first| first.to_str());
    let rest = args.get(1..).unwrap_or_default();
    match first {
        Some("manage") => return admin("snf-manage", rest),
        Some("node") => return Invocation::Node(rest.to_vec()),
        Some("backup" | "verify" | "log-level") => return admin("synnefo", args),
        Some(crate::control::NAME) => return crate::control::read(rest),
        Some(PITHOS_MIGRATE) => return admin("snf-manage", args),
        // The running service does it, or nobody.
        Some("settings") if rest.first().is_some_and(|second| second == "reload") => {
            let mut args = rest.to_vec();
            args[0] = OsString::from("settings-reload");
            return admin("snf-manage", &args);
        }
        Some(name) if NODE_PROGRAMS.contains(&name) => return Invocation::Node(args.to_vec()),
        Some(name) if name == crate::manage::REGISTER => {
            return admin(crate::manage::REGISTER, rest);
        }
        Some(EXPORT) => return export(rest),
        Some(name) if LATER.contains(&name) => return later(name),
        _ => {}
    }
    let program = std::iter::once(OsString::from("synnefo"));
    match command().try_get_matches_from(program.chain(args.iter().cloned())) {
        Ok(matches) => chosen(&matches),
        Err(error) => Invocation::Print(clap_error(&error)),
    }
}

/// What clap has to say: help and version on standard output with status 0, a
/// mistake on standard error with status 2 (ID-CLI-03).
pub(crate) fn clap_error(error: &clap::Error) -> Printed {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Printed {
            out: text,
            ..Printed::default()
        },
        _ => Printed::failure(text, 2),
    }
}

fn chosen(matches: &ArgMatches) -> Invocation {
    match matches.subcommand() {
        Some(("serve", m)) => Invocation::Serve(ServeArgs {
            data_dir: path(m, "data-dir", DATA_DIR),
            config_dir: path(m, "config-dir", CONFIG_DIR),
            listen: m.get_one::<String>("listen").cloned(),
            plain_http: m.get_flag("plain-http"),
            set: set(m),
        }),
        Some(("settings", m)) => Invocation::Settings(settings_call(m)),
        Some(("restore", m)) => Invocation::Restore(RestoreCall {
            archive: m.get_one::<PathBuf>("archive").cloned(),
            no_confirm: m.get_flag("no-confirm"),
            data_dir: path(m, "data-dir", DATA_DIR),
            config_dir: path(m, "config-dir", CONFIG_DIR),
            set: set(m),
        }),
        Some(("generate-docs", m)) => Invocation::Docs(path(m, "dir", ".")),
        Some(("guide", m)) => {
            let chapter = m.get_one::<String>("chapter").map(String::as_str);
            Invocation::Print(crate::guide::print(chapter))
        }
        Some(("changes", m)) => {
            let since = m.get_one::<String>("since").map(String::as_str);
            Invocation::Print(crate::changes::print(since))
        }
        Some(("version", m)) => Invocation::Version(m.get_flag("verbose")),
        _ => Invocation::Version(false),
    }
}

fn settings_call(m: &ArgMatches) -> SettingsCall {
    let (act, m) = match m.subcommand() {
        Some(("check", m)) => (SettingsAct::Check, m),
        Some(("loggers", m)) => (SettingsAct::Loggers, m),
        Some(("logrotate", m)) => (SettingsAct::Logrotate, m),
        Some(("write-defaults", m)) => (SettingsAct::WriteDefaults(path(m, "dir", CONFIG_DIR)), m),
        Some(("front", m)) => {
            let server = m.get_one::<String>("server").cloned();
            (SettingsAct::Front(server.unwrap_or_default()), m)
        }
        _ => {
            let names = m.get_many("name").into_iter().flatten().cloned();
            (SettingsAct::List(names.collect()), m)
        }
    };
    SettingsCall {
        config_dir: path(m, "config-dir", CONFIG_DIR),
        set: set(m),
        json: m.get_flag("json"),
        act,
    }
}

fn path(matches: &ArgMatches, name: &str, default: &str) -> PathBuf {
    matches
        .get_one::<PathBuf>(name)
        .cloned()
        .unwrap_or_else(|| PathBuf::from(default))
}

fn set(matches: &ArgMatches) -> Vec<String> {
    matches
        .get_many("set")
        .into_iter()
        .flatten()
        .cloned()
        .collect()
}

/// The arguments of an administration command without those that say where the
/// service is; these may stand anywhere before `--`.
fn admin(program: &str, args: &[OsString]) -> Invocation {
    let mut call = AdminCall {
        data_dir: DATA_DIR.into(),
        config_dir: CONFIG_DIR.into(),
        set: Vec::new(),
        program: program.to_owned(),
        args: Vec::new(),
    };
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let Some(text) = arg.to_str() else {
            return usage(program, "arguments must be UTF-8");
        };
        if text == "--" {
            call.args.push(text.to_owned());
            let tail = rest.by_ref().map(|a| a.to_str().map(str::to_owned));
            match tail.collect::<Option<Vec<_>>>() {
                Some(tail) => call.args.extend(tail),
                None => return usage(program, "arguments must be UTF-8"),
            }
            break;
        }
        let (option, value) = match text.split_once('=') {
            Some((option, value)) => (option, Some(OsString::from(value))),
            None => (text, None),
        };
        if !matches!(option, "--data-dir" | "--config-dir" | "--set") {
            call.args.push(text.to_owned());
            continue;
        }
        let Some(value) = value.or_else(|| rest.next().cloned()) else {
            return usage(program, &format!("option {option} needs a value"));
        };
        match (option, value.to_str()) {
            ("--data-dir", _) => call.data_dir = value.into(),
            ("--config-dir", _) => call.config_dir = value.into(),
            (_, Some(text)) => call.set.push(text.to_owned()),
            (_, None) => return usage(program, "arguments must be UTF-8"),
        }
    }
    Invocation::Manage(call)
}

fn usage(program: &str, what: &str) -> Invocation {
    let program = match program {
        "snf-manage" => "snf-manage <command>",
        program => program,
    };
    Invocation::Print(Printed::failure(
        format!("error: {what}\n\nUsage: {program} [options] [arguments]\n"),
        2,
    ))
}

fn dir(name: &'static str, default: &'static str, about: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help(format!("{about} [default: {default}]"))
}

/// `--data-dir`.
pub(crate) fn data_dir() -> Arg {
    dir("data-dir", DATA_DIR, "Directory of the service's data")
}

/// `--config-dir` and `--set`.
pub(crate) fn settings_args() -> [Arg; 2] {
    [
        dir("config-dir", CONFIG_DIR, "Directory of the *.conf files"),
        Arg::new("set")
            .long("set")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .help("Set a setting over files and environment; may be repeated"),
    ]
}

/// `synnefo` with its sub-commands, for parsing and for the documents.
pub fn command() -> Command {
    let own = |name| {
        crate::manage::own::command(name)
            .arg(data_dir())
            .args(settings_args())
    };
    let passed_on = |name: &'static str, about: &'static str| Command::new(name).about(about);
    Command::new("synnefo")
        .about("A self-service cloud: accounts, files, images, servers, networks")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(parsers::serve())
        .subcommand(passed_on(
            "manage",
            "Administration commands (also called snf-manage)",
        ))
        .subcommand(parsers::settings())
        .subcommand(own("backup"))
        .subcommand(own("verify"))
        .subcommand(own("log-level"))
        .subcommand(parsers::restore())
        .subcommand(passed_on(
            crate::manage::REGISTER,
            "Register the product's components",
        ))
        .subcommand(passed_on(
            EXPORT,
            "Print the definitions of a component's services",
        ))
        .subcommand(passed_on(
            crate::control::NAME,
            "Start, stop, restart, reload the service, or tell its status (/etc/init.d/gunicorn)",
        ))
        .subcommand(passed_on("node", "Programs that run on Ganeti nodes"))
        .subcommand(parsers::version())
        .subcommand(
            Command::new("guide")
                .about("The administrator's guide, by chapters")
                .arg(Arg::new("chapter").value_name("CHAPTER")),
        )
        .subcommand(
            Command::new("changes")
                .about("What releases brought, and what to do at an upgrade")
                .arg(
                    Arg::new("since")
                        .long("since")
                        .value_name("VERSION")
                        .help("Only what came after this release"),
                ),
        )
        .subcommand(parsers::docs())
}

#[cfg(test)]
#[path = "invocation_tests.rs"]
mod tests;
