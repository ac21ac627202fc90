//! `synnefo settings` and `synnefo settings check`.

use crate::invocation::{Printed, SettingsCall};

/// Carries the call out; `env` are the variables of the process.
pub fn run(call: &SettingsCall, env: impl IntoIterator<Item = (String, String)>) -> Printed {
    let _ = (call, env.into_iter().count());
    Printed::failure("not supported yet\n", 1)
}
