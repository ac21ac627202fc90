//! Dates as the object store writes and reads them (PI-HDR-09).

use jiff::{Timestamp, fmt::strtime, tz::TimeZone};
use objects::Micros;

fn instant(at: Micros) -> Timestamp {
    Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// RFC 1123, cut to seconds.
pub(super) fn http(at: Micros) -> String {
    instant(at)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

/// ISO 8601 with offset, microseconds unless they are zero.
pub(super) fn iso(at: Micros) -> String {
    let format = match at.rem_euclid(1_000_000) {
        0 => "%Y-%m-%dT%H:%M:%S+00:00",
        _ => "%Y-%m-%dT%H:%M:%S.%6f+00:00",
    };
    instant(at).strftime(format).to_string()
}

/// Decimal seconds.
pub(super) fn decimal(at: Micros) -> String {
    format!(
        "{}.{:06}",
        at.div_euclid(1_000_000),
        at.rem_euclid(1_000_000)
    )
}

/// A date of a condition, in whole seconds; none when it is none (PI-HDR-09).
pub(super) fn seconds(text: &str) -> Option<i64> {
    const FORMATS: [&str; 3] = [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ];
    let text = text.trim();
    FORMATS.iter().find_map(|format| {
        let parsed = strtime::parse(format, text).ok()?.to_datetime().ok()?;
        let zoned = TimeZone::UTC.to_zoned(parsed).ok()?;
        Some(zoned.timestamp().as_second())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // PI-HDR-09
    #[test]
    fn dates_are_written_and_read() {
        let at = 1_322_813_441_565_891;
        assert_eq!(http(at), "Fri, 02 Dec 2011 08:10:41 GMT");
        assert_eq!(iso(at), "2011-12-02T08:10:41.565891+00:00");
        assert_eq!(iso(1_322_813_441_000_000), "2011-12-02T08:10:41+00:00");
        assert_eq!(decimal(at), "1322813441.565891");
        for text in [
            "Fri, 02 Dec 2011 08:10:41 GMT",
            "Friday, 02-Dec-11 08:10:41 GMT",
            "Fri Dec  2 08:10:41 2011",
        ] {
            assert_eq!(seconds(text), Some(1_322_813_441), "{text}");
        }
        for text in ["yesterday", "Monday", "", "1322813441"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
