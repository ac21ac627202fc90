//! The parsers of `synnefo`'s own sub-commands.

use super::{CONFIG_DIR, data_dir, settings_args};
use crate::manage::no_confirm;
use clap::{Arg, ArgAction, Command, value_parser};
use std::path::PathBuf;

pub(super) fn settings() -> Command {
    let json = || {
        Arg::new("json")
            .long("json")
            .action(ArgAction::SetTrue)
            .help("Print JSON")
    };
    let sub = |name: &'static str, about: &'static str| {
        let command = Command::new(name).about(about);
        command.args(settings_args()).arg(json())
    };
    let about = "Write the settings files with all defaults, commented; existing ones stay";
    let defaults = sub("write-defaults", about).arg(
        Arg::new("dir")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help(format!("Where to [default: {CONFIG_DIR}]")),
    );
    let about = "Print a site file for a web server in front of the service";
    let front = sub("front", about).arg(
        Arg::new("server")
            .value_name("SERVER")
            .required(true)
            .value_parser(["apache", "nginx"])
            .help("Which web server"),
    );
    let about = "Check the settings; status 1 when something must be mended";
    Command::new("settings")
        .about("Show every setting with value, default, meaning and origin")
        .args(settings_args())
        .arg(json())
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .action(ArgAction::Append),
        )
        .subcommand(sub("check", about))
        .subcommand(
            Command::new("reload")
                .about("Have the running service read its settings again, as SIGHUP does")
                .arg(data_dir()),
        )
        .subcommand(sub(
            "loggers",
            "Show every logger with its level and where it writes",
        ))
        .subcommand(sub(
            "logrotate",
            "Print the file for /etc/logrotate.d that turns the logs over",
        ))
        .subcommand(defaults)
        .subcommand(front)
}

pub(super) fn version() -> Command {
    Command::new("version").about("Print the version").arg(
        Arg::new("verbose")
            .long("verbose")
            .short('v')
            .action(ArgAction::SetTrue)
            .help("Also the commit, and the stores it can open"),
    )
}

pub(super) fn serve() -> Command {
    Command::new("serve")
        .about("Run the service")
        .arg(data_dir())
        .args(settings_args())
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("ADDR:PORT")
                .help("Address to listen on"),
        )
        .arg(
            Arg::new("plain-http")
                .long("plain-http")
                .action(ArgAction::SetTrue)
                .help("Speak HTTP without TLS"),
        )
}

pub(super) fn restore() -> Command {
    Command::new("restore")
        .about("Put a backup into an empty data directory, or go back to before an upgrade")
        .arg(data_dir())
        .args(settings_args())
        .arg(
            Arg::new("archive")
                .value_name("ARCHIVE")
                .required_unless_present("before-upgrade")
                .value_parser(value_parser!(PathBuf))
                .help("What 'synnefo backup' made"),
        )
        .arg(
            Arg::new("before-upgrade")
                .long("before-upgrade")
                .action(ArgAction::SetTrue)
                .conflicts_with("archive")
                .help("Go back to the copy of the database made before the last upgrade"),
        )
        .arg(no_confirm())
}

pub(super) fn docs() -> Command {
    Command::new("generate-docs")
        .hide(true)
        .about("Write man pages and shell completion into a directory")
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
}
