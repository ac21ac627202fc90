//! Addresses that lead on to another (ID-SEC-20 says to which: `Visitor::next`).

/// An address with `next` as the parameter of that name.
pub(super) fn leading(address: &str, next: &str) -> String {
    let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
    format!("{address}?next={next}")
}
