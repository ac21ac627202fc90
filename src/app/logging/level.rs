//! `synnefo log-level`: one logger of the running service, for a while (ID-OPS-13).

use super::{forget_level, set_level, set_levels};
use kernel::{
    Error, Result,
    settings::logging::{Level, NAMES},
};
use std::time::Duration;
use wire::admin::{LogLevel, Report, Table};

/// Takes the level of the settings again.
const DEFAULT: &str = "default";

/// Changes a level, or lists those that were changed.
///
/// # Errors
/// `Invalid` for loggers and levels that there are not.
pub fn change(asked: LogLevel) -> Result<Report> {
    let (Some(logger), Some(level)) = (asked.logger, asked.level) else {
        return Ok(listed());
    };
    if !known(&logger) {
        return Err(Error::invalid(format!(
            "There is no logger '{logger}'; 'synnefo settings loggers' lists them."
        )));
    }
    if level.eq_ignore_ascii_case(DEFAULT) {
        return Ok(Report::new().note(match forget_level(&logger, None) {
            true => format!("{logger} is at the level of the settings again."),
            false => format!("{logger} is at the level of the settings."),
        }));
    }
    let level = read(&level)?;
    let Some(turn) = set_level(&logger, level) else {
        return Err(Error::unavailable("Nothing is logged here."));
    };
    tracing::warn!(target: "synnefo.management", "the level of {logger} is {level} now");
    let until = match asked.minutes {
        None => "until the service ends".to_owned(),
        Some(minutes) => {
            let name = logger.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(u64::from(minutes) * 60)).await;
                forget_level(&name, Some(turn));
            });
            format!("for {minutes} minutes")
        }
    };
    Ok(Report::new().note(format!("{logger} is at {level} {until}.")))
}

/// A logger the program writes to, or a parent of one.
fn known(logger: &str) -> bool {
    let below = |name: &&str| {
        name.strip_prefix(logger)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    NAMES.iter().any(below)
}

fn read(text: &str) -> Result<Level> {
    let number = || text.parse().ok().filter(|n| *n <= 50).map(Level);
    Level::from_name(text).or_else(number).ok_or_else(|| {
        Error::invalid(format!(
            "There is no level '{text}'; there are DEBUG, INFO, WARNING, ERROR, CRITICAL, numbers \
             up to 50, and 'default'."
        ))
    })
}

fn listed() -> Report {
    let mut table = Table::new(["logger", "level"]);
    for (name, level) in set_levels() {
        table.push([name.into(), level.to_string().into()]);
    }
    Report::new().with(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(logger: &str, level: &str) -> LogLevel {
        LogLevel {
            logger: Some(logger.into()),
            level: Some(level.into()),
            minutes: None,
        }
    }

    // ID-OPS-13
    #[test]
    fn loggers_and_levels_are_known_by_name() {
        let refused = |logger, level| change(asked(logger, level)).unwrap_err().to_string();
        assert!(refused("synnefo.ap", "DEBUG").contains("'synnefo.ap'"));
        assert!(refused("synnefo.api", "LOUD").contains("'LOUD'"));
        assert!(refused("synnefo.api", "70").contains("'70'"));
        assert!(known("snf") && known("astakos") && known("astakos.im"));
        assert_eq!(read("debug").unwrap(), Level::DEBUG);
        assert_eq!(read("15").unwrap(), Level(15));
        assert!(change(asked("synnefo.api", "default")).is_ok());
    }
}
