//! Standard output and standard error.

use super::{places::Sink, record::Record};
use std::io::{self, Write};

/// One of the two; told apart from the journal, which wants no instants but grades.
pub(super) struct Stream {
    stdout: bool,
    /// Read by systemd: each line begins with its priority.
    graded: bool,
}

impl Stream {
    pub(super) fn new(stdout: bool) -> Self {
        Stream {
            stdout,
            graded: false,
        }
    }

    /// Standard error as the place of last resort.
    pub(super) fn errors() -> Self {
        Stream {
            stdout: false,
            graded: std::env::var_os("JOURNAL_STREAM").is_some(),
        }
    }
}

impl Sink for Stream {
    fn write(&mut self, record: &Record, line: &str) -> io::Result<()> {
        let line = match self.graded {
            true => format!("<{}>{line}\n", record.level.priority()),
            false => format!("{line}\n"),
        };
        match self.stdout {
            true => {
                let mut out = io::stdout().lock();
                out.write_all(line.as_bytes())?;
                out.flush()
            }
            false => io::stderr().lock().write_all(line.as_bytes()),
        }
    }
}
