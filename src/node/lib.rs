//! The programs that Ganeti runs on its nodes: `synnefo node os …`, the five
//! scripts of the OS definition `snf-image` (CY-NOD-04, README decision 22).
//!
//! Invariants: what reaches a disk was verified by its hash before; a program
//! that ends with status 0 has everything on stable storage; the secret of a
//! config URL is in no message. A node needs no store and no service but the one
//! its settings name.

mod create;
mod disk;
mod environment;
mod failure;
mod service;
mod settings;
mod transfer;
mod trust;

#[cfg(test)]
mod tests;

use environment::Environment;
use failure::Failure;
use settings::NodeSettings;
use std::{ffi::OsString, process::ExitCode};

const USAGE: &str = "usage: synnefo node os create|import|export|rename|verify
These programs are run by Ganeti, which describes the instance in the environment.";

/// Runs a node program. `args` are those after `synnefo node`.
pub fn run(args: &[OsString]) -> ExitCode {
    let words: Vec<_> = args.iter().map(|word| word.to_string_lossy()).collect();
    let words: Vec<_> = words.iter().map(|word| &**word).collect();
    let result = match words.as_slice() {
        ["os", script, rest @ ..] => {
            let environment = Environment::of_process();
            NodeSettings::load().and_then(|node| os_script(script, rest, &environment, &node))
        }
        ["--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [] => Err(Failure::Usage(USAGE.into())),
        [family, ..] => Err(Failure::Usage(format!(
            "there is no node program {family:?} in this release\n{USAGE}"
        ))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // The end of this output becomes the result of Ganeti's job.
            eprintln!("snf-image: error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn os_script(
    script: &str,
    rest: &[&str],
    environment: &Environment,
    node: &NodeSettings,
) -> Result<(), Failure> {
    match script {
        "create" => create::run(environment, node),
        "import" => transfer::import(environment, &mut std::io::stdin().lock()),
        "export" => transfer::export(environment, &mut std::io::stdout().lock()),
        "rename" => {
            println!(
                "snf-image: {} was {}; nothing on its disks depends on the name",
                environment.text("INSTANCE_NAME").unwrap_or_default(),
                environment.text("OLD_INSTANCE_NAME").unwrap_or_default()
            );
            Ok(())
        }
        "verify" => match rest {
            ["parameters"] | [] => create::verify(environment, node),
            [other, ..] => Err(Failure::Usage(format!("verify: unknown check {other:?}"))),
        },
        other => Err(Failure::Usage(format!(
            "there is no OS script {other:?}\n{USAGE}"
        ))),
    }
}
