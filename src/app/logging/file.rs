//! Log files: opened anew when they were moved away, rotated by size or by time.

use super::{places::Sink, record::Record};
use kernel::{Timestamp, settings::logging::When};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Owner writes, group reads.
const MODE: u32 = 0o640;

enum Rotation {
    Never,
    Size {
        most: u64,
        backups: u32,
    },
    Time {
        when: When,
        interval: u32,
        backups: u32,
    },
}

/// A file that lines are added to.
pub(super) struct LogFile {
    path: PathBuf,
    rotation: Rotation,
    open: Option<Open>,
}

struct Open {
    file: File,
    /// Which file it is, to see that another has its name.
    id: (u64, u64),
    /// When the file is too old for another line.
    until: Option<Timestamp>,
}

impl LogFile {
    fn with(path: &str, rotation: Rotation) -> Self {
        LogFile {
            path: path.into(),
            rotation,
            open: None,
        }
    }

    pub(super) fn new(path: &str) -> Self {
        Self::with(path, Rotation::Never)
    }

    pub(super) fn by_size(path: &str, most: u64, backups: u32) -> Self {
        Self::with(path, Rotation::Size { most, backups })
    }

    pub(super) fn by_time(path: &str, when: When, interval: u32, backups: u32) -> Self {
        let rotation = Rotation::Time {
            when,
            interval,
            backups,
        };
        Self::with(path, rotation)
    }

    /// The file under our name, opened where another has come there.
    fn open(&mut self, now: Timestamp) -> io::Result<&mut Open> {
        let there = fs::metadata(&self.path).map(|meta| (meta.dev(), meta.ino()));
        let mine = self
            .open
            .take()
            .filter(|open| there.is_ok_and(|id| id == open.id));
        let open = match mine {
            Some(open) => open,
            None => {
                let mut options = OpenOptions::new();
                let options = options.append(true).create(true).mode(MODE);
                // A pipe without a reader must not hold us up.
                let options = options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
                let file = options.open(&self.path)?;
                let meta = file.metadata()?;
                let begun = match meta.len() {
                    0 => now,
                    _ => meta
                        .modified()
                        .ok()
                        .and_then(|at| at.try_into().ok())
                        .unwrap_or(now),
                };
                Open {
                    id: (meta.dev(), meta.ino()),
                    until: self.until(begun),
                    file,
                }
            }
        };
        Ok(self.open.insert(open))
    }

    /// When a file begun then is full.
    fn until(&self, begun: Timestamp) -> Option<Timestamp> {
        let Rotation::Time { when, interval, .. } = self.rotation else {
            return None;
        };
        let seconds = i64::from(interval);
        let span = |unit: i64| jiff::SignedDuration::from_secs(unit.saturating_mul(seconds));
        match when {
            When::Every(unit) => begun.checked_add(span(i64::from(unit))).ok(),
            When::Midnight => midnight(begun, i64::from(interval)),
            When::Weekday(day) => {
                let zoned = begun.to_zoned(jiff::tz::TimeZone::system());
                let today = zoned.weekday().to_monday_zero_offset();
                let ahead = (i64::from(day) - i64::from(today)).rem_euclid(7);
                midnight(begun, ahead + 1)
            }
        }
    }

    fn rotate(&mut self, now: Timestamp, length: usize) -> io::Result<()> {
        let open = self.open(now)?;
        let (size, until) = (open.file.metadata()?.len(), open.until);
        match self.rotation {
            Rotation::Size { most, backups }
                if most > 0
                    && backups > 0
                    && size > 0
                    && size.saturating_add(length as u64) > most =>
            {
                for n in (1..backups).rev() {
                    let _ = fs::rename(self.numbered(n), self.numbered(n + 1));
                }
                fs::rename(&self.path, self.numbered(1))?;
                self.open = None;
            }
            Rotation::Time { when, backups, .. } if until.is_some_and(|until| now >= until) => {
                let begun = until.unwrap_or(now);
                fs::rename(&self.path, self.dated(begun, when))?;
                self.open = None;
                self.forget(backups);
            }
            _ => {}
        }
        Ok(())
    }

    fn named(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{suffix}"));
        name.into()
    }

    fn numbered(&self, n: u32) -> PathBuf {
        self.named(&n.to_string())
    }

    fn dated(&self, at: Timestamp, when: When) -> PathBuf {
        let format = match when {
            When::Every(..86_400) => "%Y-%m-%d_%H-%M-%S",
            _ => "%Y-%m-%d",
        };
        let local = at.to_zoned(jiff::tz::TimeZone::system());
        self.named(&local.strftime(format).to_string())
    }

    /// Removes the oldest dated files but so many.
    fn forget(&self, backups: u32) {
        if backups == 0 {
            return;
        }
        let parent = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let prefix = self.named("");
        let prefix = prefix
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let (Some(prefix), Ok(entries)) = (prefix, fs::read_dir(parent)) else {
            return;
        };
        let mut old: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let date = name.strip_prefix(&prefix).unwrap_or_default();
                date.starts_with(|c: char| c.is_ascii_digit()) && date.contains('-')
            })
            .collect();
        old.sort();
        let spare = old.len().saturating_sub(backups as usize);
        for path in old.into_iter().take(spare) {
            let _ = fs::remove_file(path);
        }
    }
}

/// The midnight so many days on.
fn midnight(begun: Timestamp, days: i64) -> Option<Timestamp> {
    let zoned = begun.to_zoned(jiff::tz::TimeZone::system());
    let span = jiff::Span::new().try_days(days).ok()?;
    let day = zoned.checked_add(span).ok()?.start_of_day().ok()?;
    Some(day.timestamp())
}

impl Sink for LogFile {
    fn write(&mut self, record: &Record, line: &str) -> io::Result<()> {
        self.rotate(record.at, line.len() + 1)?;
        let open = self.open(record.at)?;
        open.file.write_all(format!("{line}\n").as_bytes())
    }
}
