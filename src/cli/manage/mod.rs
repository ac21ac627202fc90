//! `snf-manage`: its commands, read into typed ones.

pub mod own;

use crate::{invocation::Printed, print::Style, run::Call};
use wire::admin::{Command, Terminal};

/// What the arguments say.
#[derive(Debug)]
pub enum Read {
    /// Carry this out and print what it gives in this style.
    Run(Box<Command>, Style),
    /// Print this.
    Print(Printed),
}

/// Reads the arguments of a call.
pub fn read(call: &Call, services: &[String], terminal: Terminal) -> Read {
    let _ = (call, services, terminal);
    Read::Print(Printed::failure("not supported yet\n", 1))
}
