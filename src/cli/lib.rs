//! The command line: which program was meant, its arguments as typed commands,
//! what commands print, and the way to the running service.
//!
//! Invariants: nothing here opens the database; a command is parsed and printed
//! by the same code whether it runs in the service or offline ([`run()`]), so both
//! look the same.

pub mod changes;
pub mod client;
mod command_log;
pub mod control;
pub mod docs;
pub mod guide;
pub mod invocation;
pub mod local;
pub mod manage;
pub mod print;
pub mod run;
pub mod settings;

pub use client::{Reached, call};
pub use command_log::CommandLog;
pub use control::{Action, ControlCall};
pub use invocation::{
    AdminCall, Invocation, Printed, RestoreCall, ServeArgs, SettingsAct, SettingsCall, parse,
};
pub use local::LocalIo;
pub use run::{Call, Runner, is_about_the_store, run, run_without_data};
