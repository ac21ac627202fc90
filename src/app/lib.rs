//! The one place that knows all names: finds out what was asked, opens the data
//! directory, builds the services, starts what runs behind, reports readiness,
//! drains and closes.

mod addresses;
mod admin_runner;
mod admin_socket;
mod command_log;
mod config;
mod control;
mod data_dir;
mod logging;
mod manage_user;
mod offline;
mod probe;
mod reload;
mod serve;
mod stack;
mod tls;
mod upgrade;
mod upkeep;

pub use data_dir::DataDir;

use cli::Invocation;
use std::{ffi::OsString, process::ExitCode};

/// Runs the program with the arguments of the process.
pub fn main(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Fails only when a provider is there already, which is then this one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match cli::parse(argv) {
        Invocation::Serve(args) => finish(serve::run(&args).map(|()| 0)),
        Invocation::Manage(call) => finish(offline::manage(&call)),
        Invocation::Restore(call) if call.archive.is_none() => finish(offline::go_back(&call)),
        Invocation::Restore(call) => finish(offline::restore(&call)),
        Invocation::Control(call) => ExitCode::from(control::run(&call)),
        Invocation::Settings(call) => {
            ExitCode::from(cli::settings::run(&call, config::environment()).emit())
        }
        Invocation::Version(verbose) => {
            println!("{}", upkeep::version(verbose));
            ExitCode::SUCCESS
        }
        Invocation::Docs(dir) => finish(cli::docs::write(&dir).map(|()| 0).map_err(Into::into)),
        Invocation::Export(component, base) => export(&component, &base),
        Invocation::Node(args) => node::run(&args),
        Invocation::Print(text) => ExitCode::from(text.emit()),
    }
}

/// `snf-service-export`: needs no data, only what the program knows (ID-CLI-70).
fn export(component: &str, base: &str) -> ExitCode {
    let text = match admin::services::export(component, base) {
        Ok(found) => cli::Printed {
            out: cli::print::render(&found),
            ..cli::Printed::default()
        },
        Err(error) => cli::Printed::failure(format!("{error}\n"), 1),
    };
    ExitCode::from(text.emit())
}

fn finish(result: anyhow::Result<u8>) -> ExitCode {
    logging::flush();
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod golden_tests;
