//! How much metadata a request and a resource may carry (PI-HDR-08).

use kernel::{Error, Result};
use std::collections::BTreeMap;

/// Checks the metadata pairs of one request, full names and values.
pub fn check_headers<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<()> {
    let mut count = 0;
    for (name, value) in pairs {
        count += 1;
        if count > 90 {
            return Err(Error::invalid("Too many headers."));
        }
        if name.chars().count() > 128 {
            return Err(Error::invalid("Header name too large."));
        }
        if value.chars().count() > 256 {
            return Err(Error::invalid("Header value too large."));
        }
    }
    Ok(())
}

/// Checks what a resource would hold in one domain.
pub(crate) fn check_items(items: &BTreeMap<String, String>, max: usize) -> Result<()> {
    if items.len() > max {
        return Err(Error::invalid(format!(
            "Pithos+ resources cannot have more than {max} metadata items per domain"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // PI-HDR-08
    #[test]
    fn limits_are_exact() {
        let key = |n: usize| format!("X-Object-Meta-{}", "k".repeat(n));
        let one = |name: &str, value: &str| check_headers([(name, value)].into_iter()).is_ok();
        assert!(one(&key(114), &"v".repeat(256)));
        assert!(!one(&key(115), "v"));
        assert!(!one(&key(1), &"v".repeat(257)));
        assert!(one(&key(1), &"ν".repeat(256)));
        let many = |n: usize| check_headers((0..n).map(|_| ("X-Object-Meta-K", "v"))).is_ok();
        assert!(many(90) && !many(91));
    }
}
