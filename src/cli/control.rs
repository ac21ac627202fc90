//! `/etc/init.d/gunicorn`: what the init script is asked (ID-OPS-02), with the exit
//! statuses of the Linux Standard Base.

use crate::invocation::{Invocation, Printed};
use std::{ffi::OsString, path::PathBuf};

/// The name the binary is called by in `/etc/init.d`.
pub(crate) const NAME: &str = "gunicorn";

/// Where the service's places are written down, as shell variables.
pub const DEFAULTS: &str = "/etc/default/synnefo";

/// What to do with the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start it, unless it runs.
    Start,
    /// Stop it, if it runs.
    Stop,
    /// Stop it if it runs, and start it.
    Restart,
    /// The same, but only if it runs.
    TryRestart,
    /// Have it read its settings again.
    Reload,
    /// Tell how it is.
    Status,
}

/// A call of the init script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlCall {
    /// What to do.
    pub action: Action,
    /// The file with the places.
    pub defaults: PathBuf,
}

/// Reads the arguments after the name: an action and perhaps `--defaults FILE`.
pub(crate) fn read(args: &[OsString]) -> Invocation {
    let mut action = None;
    let mut defaults = PathBuf::from(DEFAULTS);
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let known = match arg.to_str() {
            Some("start") => Action::Start,
            Some("stop") => Action::Stop,
            Some("restart") => Action::Restart,
            Some("try-restart" | "condrestart") => Action::TryRestart,
            Some("reload" | "force-reload") => Action::Reload,
            Some("status") => Action::Status,
            Some("-h" | "--help") => {
                return Invocation::Print(Printed {
                    out: usage(),
                    ..Printed::default()
                });
            }
            Some("--defaults") => match rest.next() {
                Some(file) => {
                    defaults = file.into();
                    continue;
                }
                None => return wrong("--defaults needs a file"),
            },
            _ => return wrong(&format!("unknown action '{}'", arg.to_string_lossy())),
        };
        if action.replace(known).is_some() {
            return wrong("one action at a time");
        }
    }
    match action {
        Some(action) => Invocation::Control(ControlCall { action, defaults }),
        None => wrong("what is to be done?"),
    }
}

fn usage() -> String {
    format!(
        "Usage: {NAME} start|stop|restart|try-restart|reload|force-reload|status [--defaults FILE]\n\n\
         {DEFAULTS} says where the service is: DATA_DIR, CONFIG_DIR, LISTEN, PLAIN_HTTP=yes.\n"
    )
}

/// Status 2: wrong arguments.
fn wrong(what: &str) -> Invocation {
    Invocation::Print(Printed::failure(format!("error: {what}\n\n{}", usage()), 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(args: &[&str]) -> Invocation {
        crate::parse(args.iter().map(OsString::from))
    }

    // ID-OPS-02
    #[test]
    fn the_init_script_is_a_link_to_the_binary() {
        for (word, action) in [
            ("start", Action::Start),
            ("stop", Action::Stop),
            ("restart", Action::Restart),
            ("try-restart", Action::TryRestart),
            ("reload", Action::Reload),
            ("force-reload", Action::Reload),
            ("status", Action::Status),
        ] {
            for args in [
                &["/etc/init.d/gunicorn", word][..],
                &["synnefo", "gunicorn", word],
            ] {
                match called(args) {
                    Invocation::Control(call) => {
                        assert_eq!(call.action, action);
                        assert_eq!(call.defaults, PathBuf::from(DEFAULTS));
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        for wrong in [
            &["gunicorn"][..],
            &["gunicorn", "dance"],
            &["gunicorn", "start", "stop"],
            &["gunicorn", "start", "--defaults"],
        ] {
            match called(wrong) {
                Invocation::Print(printed) => {
                    assert_eq!(printed.code, 2, "{wrong:?}");
                    assert!(printed.err.contains("start|stop|restart"), "{wrong:?}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    // ID-UPG-06
    #[test]
    fn scripts_of_the_original_that_migrate_are_answered() {
        for args in [&["pithos-migrate"][..], &["synnefo", "pithos-migrate"]] {
            match called(args) {
                Invocation::Manage(call) => assert_eq!(call.args, ["pithos-migrate"]),
                other => panic!("{other:?}"),
            }
        }
    }
}
