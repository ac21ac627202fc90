//! The log of management commands: a file for each in `LOG_DIR`/commands (ID-CLI-07).

use cli::CommandLog;
use kernel::{Error, Result, Settings, Timestamp};
use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Writes down a command, unless its name is one of `LOGGER_EXCLUDE_COMMANDS`.
///
/// # Errors
/// Why it cannot be written.
pub fn write(settings: &Settings, now: Timestamp, log: &CommandLog) -> Result<()> {
    let pattern = settings.str("LOGGER_EXCLUDE_COMMANDS");
    let excluded = regex::RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| Error::invalid(format!("LOGGER_EXCLUDE_COMMANDS: {error}")))?;
    if !pattern.is_empty() && excluded.is_match(&log.command) {
        return Ok(());
    }
    let dir = Path::new(settings.str("LOG_DIR")).join("commands");
    let failed = |cause: std::io::Error| Error::unavailable(format!("{}: {cause}", dir.display()));
    if !dir.is_dir() {
        let made = DirBuilder::new().recursive(true).mode(0o750).create(&dir);
        made.map_err(failed)?;
    }
    let stem = format!(
        "{}_{}_{}",
        now.strftime("%y%m%d%H%M%S"),
        log.command,
        log.pid
    );
    let mut file = fresh(&dir, &stem).map_err(failed)?;
    let text = format!(
        "command: {}\npid: {}\nstatus: {}\n\n{}",
        log.line, log.pid, log.code, log.output
    );
    file.write_all(text.as_bytes()).map_err(failed)
}

/// A new file of that name, or with a number where one process ran two in a second.
fn fresh(dir: &Path, stem: &str) -> std::io::Result<File> {
    let mut n = 0;
    loop {
        let name = match n {
            0 => format!("{stem}.log"),
            n => format!("{stem}-{n}.log"),
        };
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(dir.join(name));
        match opened {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && n < 1000 => n += 1,
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;
    use std::os::unix::fs::PermissionsExt;

    // ID-CLI-07
    #[test]
    fn a_file_for_each_command() {
        let dir = tempfile::tempdir().unwrap();
        let mut settings = Settings::default();
        let place = dir.path().display().to_string();
        settings.set("LOG_DIR", Value::Str(place));
        let now = "2026-11-25T18:00:01Z".parse().unwrap();
        let log = |command: &str| CommandLog {
            command: command.to_owned(),
            pid: 7,
            line: format!("snf-manage {command}"),
            output: "Group created\n".to_owned(),
            code: 0,
        };
        for command in ["group-add", "group-add", "user-list", "user-show"] {
            write(&settings, now, &log(command)).unwrap();
        }
        let commands = dir.path().join("commands");
        let mut names: Vec<String> = std::fs::read_dir(&commands)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "261125180001_group-add_7-1.log",
                "261125180001_group-add_7.log"
            ]
        );
        let file = commands.join("261125180001_group-add_7.log");
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let text = std::fs::read_to_string(file).unwrap();
        let expected = "command: snf-manage group-add\npid: 7\nstatus: 0\n\nGroup created\n";
        assert_eq!(text, expected);
        // Nothing is kept where nothing can be written, and the reason is told.
        settings.set("LOG_DIR", Value::Str("/proc/no".into()));
        assert!(write(&settings, now, &log("group-add")).is_err());
    }
}
