//! Levels: the six names and numbers between them.

use std::fmt;

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(pub u16);

const NAMES: [(&str, Level); 8] = [
    ("NOTSET", Level::NOTSET),
    ("DEBUG", Level::DEBUG),
    ("INFO", Level::INFO),
    ("WARNING", Level::WARNING),
    ("ERROR", Level::ERROR),
    ("CRITICAL", Level::CRITICAL),
    ("WARN", Level::WARNING),
    ("FATAL", Level::CRITICAL),
];

impl Level {
    /// Not set: the parent's; for a handler everything.
    pub const NOTSET: Level = Level(0);
    /// Below all that is usual.
    pub const TRACE: Level = Level(5);
    /// For finding mistakes.
    pub const DEBUG: Level = Level(10);
    /// What happens.
    pub const INFO: Level = Level(20);
    /// Something is odd.
    pub const WARNING: Level = Level(30);
    /// Something failed.
    pub const ERROR: Level = Level(40);
    /// The service fails.
    pub const CRITICAL: Level = Level(50);

    /// The level of a name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        let known = NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map(|(_, level)| *level)
    }

    /// The priority of syslog.
    pub fn priority(self) -> u8 {
        match self {
            Level(..20) => 7,
            Level(20..30) => 6,
            Level(30..40) => 4,
            Level(40..50) => 3,
            Level(50..) => 2,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(_, level)| level == self) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "Level {}", self.0),
        }
    }
}
