//! Query parameters: decoded once; for flags presence is what counts (CL-K-05).

use percent_encoding::percent_decode_str;

/// The parameters of a request.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn read(query: Option<&str>) -> Self {
        let text = |part: &str| {
            let part = part.replace('+', " ");
            percent_decode_str(&part).decode_utf8_lossy().into_owned()
        };
        let pairs = query.unwrap_or_default().split('&');
        Query(
            pairs
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (text(key), text(value))
                })
                .collect(),
        )
    }

    /// Is the parameter there, with whatever value?
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The value of a parameter; the last one counts.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value, empty when it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Decimal digits only; anything else counts as absent (PI-HDR-10).
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        digits(self.get(name)?)
    }

    /// An instant in whole seconds, in microseconds; absent when it is no integer.
    pub(super) fn instant(&self, name: &str) -> Option<i64> {
        let seconds = i64::try_from(self.number(name)?).ok()?;
        seconds.checked_mul(1_000_000)
    }
}

/// A number of decimal digits only.
pub(super) fn digits(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    // PI-HDR-10 CL-K-05 CL-K-06
    #[test]
    fn parameters_are_read() {
        let q = Query::read(Some(
            "update&hashmap=True&prefix=a%2520b+c&until=17.5&limit=-1&n=7",
        ));
        assert!(q.has("update") && q.has("hashmap") && !q.has("x"));
        assert_eq!(q.text("prefix"), "a%20b c");
        assert_eq!((q.number("until"), q.number("limit")), (None, None));
        assert_eq!((q.number("n"), q.instant("n")), (Some(7), Some(7_000_000)));
        assert_eq!(digits("99999999999999999999"), None);
    }
}
