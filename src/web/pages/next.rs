//! Where a page may lead to (ID-SEC-20).

use super::visitor::{Visitor, own_path};
use crate::origin::origin_of;
use http::Uri;

/// Where to go next: a path of ours, or an address of a host that is ours or below the
/// domain of the token cookie; None for anything else.
pub(super) fn allowed(visitor: &Visitor, next: &str) -> Option<String> {
    if let Some(path) = own_path(next) {
        return Some(path.to_owned());
    }
    if next.len() > 4096 || next.chars().any(|c| c.is_control() || c == '\\') {
        return None;
    }
    let uri: Uri = next.parse().ok()?;
    let scheme = uri.scheme_str()?;
    let authority = uri.authority()?;
    if !matches!(scheme, "http" | "https") || authority.as_str().contains('@') {
        return None;
    }
    if format!("{scheme}://{authority}") == visitor.origin {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        return own_path(path).map(str::to_owned);
    }
    let host = authority.host().to_ascii_lowercase();
    let own = origin_of(visitor.settings.base_url());
    let own = own
        .parse::<Uri>()
        .ok()
        .and_then(|uri| uri.host().map(str::to_lowercase));
    let domain = visitor.settings.str("ASTAKOS_COOKIE_DOMAIN");
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    let below = !domain.is_empty() && (host == domain || host.ends_with(&format!(".{domain}")));
    // From a page that nobody could read, only to such pages.
    let safe = scheme == "https" || !visitor.private;
    (safe && (Some(host) == own || below)).then(|| next.to_owned())
}

/// An address with `next` as the parameter of that name.
pub(super) fn leading(address: &str, next: &str) -> String {
    let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
    format!("{address}?next={next}")
}
