//! Amounts and times as people read them.

use super::{presented, usage};
use kernel::{Timestamp, quantity};
use quota::{Numbers, ResourceInfo};
use std::collections::BTreeMap;

/// An instant, to the minute.
pub(super) fn instant(at: Timestamp) -> String {
    crate::drawn::instant(at, "%d/%m/%Y %H:%M")
}

/// A day (ID-UI-07).
pub(super) fn day(at: Timestamp) -> String {
    crate::drawn::instant(at, "%d/%m/%Y")
}

/// An instant for programs.
pub(super) fn exact(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Microseconds since 1970 as an instant.
pub(super) fn of_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// How long ago, in the largest unit.
pub(super) fn ago(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second()).max(0);
    let (key, n) = match seconds {
        0..60 => return crate::text::text("just-now"),
        60..3600 => ("minutes-ago", seconds / 60),
        3600..86_400 => ("hours-ago", seconds / 3600),
        86_400..2_592_000 => ("days-ago", seconds / 86_400),
        _ => return instant(at),
    };
    crate::text::with(key, &[("n", &n.to_string())])
}

/// How far ahead, in the largest unit.
pub(super) fn ahead(now: Timestamp, at: Timestamp) -> String {
    let seconds = at.as_second().saturating_sub(now.as_second());
    let (key, n) = match seconds {
        ..=0 => return crate::text::text("over"),
        1..3600 => ("in-minutes", seconds.div_euclid(60).max(1)),
        3600..172_800 => ("in-hours", seconds / 3600),
        _ => ("in-days", seconds / 86_400),
    };
    crate::text::with(key, &[("n", &n.to_string())])
}

/// Bytes.
pub(super) fn bytes(n: u64) -> String {
    match n {
        0 => "0".to_owned(),
        n if n >= quantity::INFINITE => crate::text::text("unlimited"),
        n => quantity::human_bytes(n).replace("kB", "KB"),
    }
}

/// A browser by what it calls itself: the ones people know by their names.
pub(super) fn browser(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(sign, _)| agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => {
            crate::text::with("browser-on", &[("browser", browser), ("system", system)])
        }
        _ if agent.is_empty() => crate::text::text("browser-other"),
        _ => agent.to_owned(),
    }
}

/// Memory of a machine, given in MiB.
pub(super) fn memory(mib: u32) -> String {
    match mib % 1024 {
        0 => format!("{} GB", mib / 1024),
        _ => format!("{mib} MB"),
    }
}

/// How much of a limit is used, for a meter.
pub(super) struct Meter {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) project: String,
    pub(super) used: String,
    pub(super) limit: String,
    pub(super) percent: u64,
    pub(super) level: &'static str,
}

impl Meter {
    fn new(about: &ResourceInfo, numbers: &Numbers, project: &str) -> Self {
        let limit = numbers.effective_limit();
        let percent = usage::percent(numbers.usage, limit);
        Meter {
            name: about.about.name.to_owned(),
            label: presented::label(about),
            project: project.to_owned(),
            used: usage::amount(about, numbers.usage),
            limit: usage::amount(about, limit),
            percent,
            level: usage::level(percent),
        }
    }
}

/// Meters of all resources of a project, in page order.
pub(super) fn meters(
    catalogue: &[ResourceInfo],
    numbers: &BTreeMap<String, Numbers>,
    project: &str,
) -> Vec<Meter> {
    let found = catalogue.iter().filter_map(|about| {
        let numbers = numbers.get(about.about.name)?;
        Some(Meter::new(about, numbers, project))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // PI-UI-08 ID-UI-07
    #[test]
    fn amounts_and_times_are_for_people() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let before = |seconds: i64| ago(now, Timestamp::from_second(1_000_000 - seconds).unwrap());
        assert_eq!(before(5), "just now");
        assert_eq!(before(120), "2 minutes ago");
        assert_eq!(before(3600), "1 hour ago");
        assert_eq!(before(-9), "just now");
        let after = |seconds: i64| ahead(now, Timestamp::from_second(1_000_000 + seconds).unwrap());
        assert_eq!(after(30), "in 1 minute");
        assert_eq!(after(86_400), "in 24 hours");
        assert_eq!(after(30 * 86_400), "in 30 days");
        assert_eq!(after(-1), "over");
        assert_eq!(bytes(0), "0");
        assert_eq!(bytes(u64::MAX), "Unlimited");
        let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
        assert_eq!(browser(agent), "Chrome on Linux");
        assert_eq!(browser("curl/8"), "curl/8");
        assert_eq!(memory(4096), "4 GB");
        assert_eq!(memory(1536), "1536 MB");
    }
}
