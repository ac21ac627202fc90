//! Dates as templates write them: the letters of ID-TPL-12, and how long ago or ahead.

use jiff::{
    Timestamp, Zoned,
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// An instant from what contexts hold: RFC 3339, a date with or without a time, or
/// seconds since 1970.
pub(crate) fn read(text: &str) -> Option<Zoned> {
    let text = text.trim();
    let utc = TimeZone::UTC;
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.to_zoned(utc));
    }
    if let Ok(at) = text.parse::<DateTime>() {
        return at.to_zoned(utc).ok();
    }
    if let Ok(at) = text.parse::<Date>() {
        return at.to_zoned(utc).ok();
    }
    let seconds = text.parse::<i64>().ok()?;
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(utc))
}

/// The same in the zone people read times in; a date alone is the same everywhere.
pub(crate) fn read_in(text: &str, zone: &TimeZone) -> Option<Zoned> {
    let at = read(text)?;
    let day = !text.contains(':') && text.trim().parse::<Date>().is_ok();
    Some(match day {
        true => at,
        false => at.with_time_zone(zone.clone()),
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Abbreviations of a style guide for news writers, which the letter `N` gives.
const SHORT: [&str; 12] = [
    "Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.",
    "Dec.",
];

/// The date in the letters `d j D l m n M F N Y y H G h g i s A a P T Z O`; a backslash
/// keeps the letter after it.
pub(crate) fn format(at: &Zoned, letters: &str) -> String {
    let mut out = String::new();
    let mut letters = letters.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.extend(letters.next()),
            letter => out.push_str(&one(at, letter)),
        }
    }
    out
}

fn one(at: &Zoned, letter: char) -> String {
    let month = MONTHS[(at.month() as usize - 1) % 12];
    let day = match at.weekday() {
        jiff::civil::Weekday::Monday => "Monday",
        jiff::civil::Weekday::Tuesday => "Tuesday",
        jiff::civil::Weekday::Wednesday => "Wednesday",
        jiff::civil::Weekday::Thursday => "Thursday",
        jiff::civil::Weekday::Friday => "Friday",
        jiff::civil::Weekday::Saturday => "Saturday",
        jiff::civil::Weekday::Sunday => "Sunday",
    };
    let (hour, minute) = (at.hour(), at.minute());
    let twelve = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    let half = if hour < 12 { "a.m." } else { "p.m." };
    match letter {
        'd' => format!("{:02}", at.day()),
        'j' => at.day().to_string(),
        'D' => day[..3].to_owned(),
        'l' => day.to_owned(),
        'm' => format!("{:02}", at.month()),
        'n' => at.month().to_string(),
        'M' => month[..3].to_owned(),
        'F' => month.to_owned(),
        'N' => SHORT[(at.month() as usize - 1) % 12].to_owned(),
        'Y' => at.year().to_string(),
        'y' => format!("{:02}", at.year().rem_euclid(100)),
        'H' => format!("{hour:02}"),
        'G' => hour.to_string(),
        'h' => format!("{twelve:02}"),
        'g' => twelve.to_string(),
        'i' => format!("{minute:02}"),
        's' => format!("{:02}", at.second()),
        'A' => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        'a' => half.to_owned(),
        'P' => match (hour, minute) {
            (0, 0) => "midnight".to_owned(),
            (12, 0) => "noon".to_owned(),
            (_, 0) => format!("{twelve} {half}"),
            _ => format!("{twelve}:{minute:02} {half}"),
        },
        'T' => at.strftime("%Z").to_string(),
        'Z' => at.offset().seconds().to_string(),
        'O' => {
            let minutes = at.offset().seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.abs();
            format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
        }
        other => other.to_string(),
    }
}

/// The time between two instants in its two largest units: `2 days, 3 hours`.
pub(crate) fn between(from: &Zoned, to: &Zoned) -> String {
    const UNITS: [(i64, &str); 6] = [
        (365 * 86_400, "year"),
        (30 * 86_400, "month"),
        (7 * 86_400, "week"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
    ];
    let seconds = to.timestamp().as_second() - from.timestamp().as_second();
    let Some(first) = UNITS.iter().position(|(size, _)| seconds >= *size) else {
        return "0 minutes".into();
    };
    let say = |count: i64, unit: &str| match count {
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    };
    let (size, unit) = UNITS[first];
    let mut text = say(seconds / size, unit);
    if let Some((smaller, unit)) = UNITS.get(first + 1) {
        let count = seconds % size / smaller;
        if count > 0 {
            text.push_str(&format!(", {}", say(count, unit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-TPL-12
    #[test]
    fn all_letters_are_known() {
        let at = read("2026-03-04T05:06:07Z").unwrap();
        let all = "d j D l m n M F N Y y H G h g i s A a P Z O \\d";
        assert_eq!(
            format(&at, all),
            "04 4 Wed Wednesday 03 3 Mar March March 2026 26 05 5 05 5 06 07 AM a.m. 5:06 a.m. 0 +0000 d"
        );
        let noon = read("2026-09-14 12:00:00").unwrap();
        assert_eq!(format(&noon, "P N g A"), "noon Sept. 12 PM");
        assert_eq!(
            format(&read("2026-01-02").unwrap(), "d/m/Y P"),
            "02/01/2026 midnight"
        );
        assert_eq!(format(&read("0").unwrap(), "Y"), "1970");
        assert!(read("soon").is_none());
    }

    // ID-TPL-12
    #[test]
    fn times_between_have_two_units() {
        let at = |text| read(text).unwrap();
        let from = at("2026-01-01T00:00:00Z");
        for (to, words) in [
            ("2025-01-01T00:00:00Z", "0 minutes"),
            ("2026-01-01T00:00:59Z", "0 minutes"),
            ("2026-01-01T01:00:10Z", "1 hour"),
            ("2026-01-03T03:00:00Z", "2 days, 3 hours"),
            ("2027-03-05T00:00:00Z", "1 year, 2 months"),
        ] {
            assert_eq!(between(&from, &at(to)), words, "{to}");
        }
    }
}
