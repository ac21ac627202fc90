//! The Range header (PI-OBJ-04, PI-OBJ-05).

use std::ops::Range;

/// What a Range header asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Everything: no header, or one that is to be ignored.
    Whole,
    /// These bytes, in this order.
    Parts(Vec<Range<u64>>),
    /// More than there is.
    Unsatisfiable,
}

/// Reads a header for content of `size` bytes. What is no range is ignored; a
/// range that reaches outside is refused, as is an unreasonable collection.
pub(super) fn parse(header: Option<&str>, size: u64) -> Wanted {
    let Some(list) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let mut parts = Vec::new();
    let mut outside = false;
    for spec in list.split(',') {
        let Some((first, last)) = spec.trim().split_once('-') else {
            return Wanted::Whole;
        };
        let (Some(first), Some(last)) = (bound(first), bound(last)) else {
            return Wanted::Whole;
        };
        let part = match (first, last) {
            (None, None) => return Wanted::Whole,
            (Some(first), Some(last)) if first > last => return Wanted::Whole,
            (Some(first), Some(last)) => first..last.saturating_add(1),
            (Some(first), None) => first..size.max(first),
            (None, Some(n)) => size.saturating_sub(n)..size.max(size.saturating_sub(n)),
        };
        let short = matches!((first, last), (None, Some(n)) if n > size);
        outside |= short || part.is_empty() || part.end > size;
        parts.push(part);
    }
    let total: u64 = parts.iter().fold(0, |sum, part| {
        sum.saturating_add(part.end.saturating_sub(part.start))
    });
    let unreasonable = parts.len() > 100 || (parts.len() > 1 && total > size.saturating_mul(2));
    if outside || unreasonable {
        return Wanted::Unsatisfiable;
    }
    Wanted::Parts(parts)
}

/// A bound: a number, nothing, or (None) not a bound at all.
fn bound(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    super::query::digits(text).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    // PI-OBJ-04 PI-OBJ-05 AC-OBJ-1 AC-OBJ-2 AC-OBJ-3
    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "one range is meant")]
    fn ranges_are_read_refused_or_ignored() {
        let parts = |header, size| match parse(Some(header), size) {
            Wanted::Parts(parts) => parts,
            other => panic!("{header}: {other:?}"),
        };
        assert_eq!(parts("bytes=0-4", 14), [0..5]);
        assert_eq!(parts("bytes=7-", 14), [7..14]);
        assert_eq!(parts("bytes=-6", 14), [8..14]);
        assert_eq!(parts("bytes=-500", 500), [0..500]);
        assert_eq!(
            parts("bytes= 0-9 ,30-39,-100", 200),
            [0..10, 30..40, 100..200]
        );
        assert_eq!(parts("bytes=0-5,3-8", 14), [0..6, 3..9]);
        for header in [
            "bytes=abc",
            "bytes=5-2",
            "items=0-1",
            "bytes=",
            "bytes=-",
            "bytes=1-2,x",
        ] {
            assert_eq!(parse(Some(header), 14), Wanted::Whole, "{header}");
        }
        assert_eq!(parse(None, 14), Wanted::Whole);
        for header in [
            "bytes=0-14",
            "bytes=14-",
            "bytes=100-200",
            "bytes=-15",
            "bytes=-0",
        ] {
            assert_eq!(parse(Some(header), 14), Wanted::Unsatisfiable, "{header}");
        }
        assert_eq!(parse(Some("bytes=0-1"), 0), Wanted::Unsatisfiable);
        assert_eq!(parse(Some("bytes=0-"), 0), Wanted::Unsatisfiable);
        assert_eq!(
            parse(Some("bytes=0-13,0-13,0-13"), 14),
            Wanted::Unsatisfiable
        );
        let many = format!("bytes={}", vec!["0-0"; 101].join(","));
        assert_eq!(parse(Some(&many), 1000), Wanted::Unsatisfiable);
        let huge = format!("bytes=0-{}", u64::MAX);
        assert_eq!(parse(Some(&huge), 14), Wanted::Unsatisfiable);
    }
}
