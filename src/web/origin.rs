//! How a request reached us: from whom, over what, under which name (ID-SEC-25).
//!
//! Invariant: what forwarding headers say is believed from `TRUSTED_PROXIES` only.

use crate::server::{Peer, Private};
use http::{Extensions, HeaderMap, header};
use identity::ClientInfo;
use kernel::Settings;
use std::net::IpAddr;

fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<Peer>();
    peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| {
        peer.0.ip().to_canonical()
    })
}

/// The client: the peer, or whom trusted proxies name.
pub(crate) fn client(
    settings: &Settings,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> ClientInfo {
    let mut address = peer(extensions);
    let trusted = settings.strings("TRUSTED_PROXIES");
    let is_trusted = |address: &IpAddr| trusted.iter().any(|t| t.parse() == Ok(*address));
    let named = headers.get_all("x-forwarded-for").iter();
    let named: Vec<&str> = named
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    for name in named.iter().rev() {
        match name.trim().parse::<IpAddr>() {
            Ok(next) if is_trusted(&address) => address = next.to_canonical(),
            _ => break,
        }
    }
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok());
    ClientInfo {
        address,
        user_agent: agent.unwrap_or_default().chars().take(256).collect(),
    }
}

/// The last value of a header that a trusted proxy sent.
fn forwarded<'a>(
    settings: &Settings,
    extensions: &Extensions,
    headers: &'a HeaderMap,
    name: &str,
) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.rsplit(',').next()?.trim();
    let peer = peer(extensions);
    let trusted = settings.strings("TRUSTED_PROXIES");
    let trusted = trusted.iter().any(|t| t.parse() == Ok(peer));
    (trusted && !value.is_empty()).then_some(value)
}

/// Could nobody listen on the way?
pub(crate) fn private(settings: &Settings, extensions: &Extensions, headers: &HeaderMap) -> bool {
    match forwarded(settings, extensions, headers, "x-forwarded-proto") {
        Some(scheme) => scheme.eq_ignore_ascii_case("https"),
        None => extensions.get::<Private>().is_some(),
    }
}

/// The host a request names, as it stands there.
pub(crate) fn named_host<'a>(
    settings: &Settings,
    extensions: &Extensions,
    headers: &'a HeaderMap,
) -> Option<&'a str> {
    let forwarded = settings
        .bool("USE_X_FORWARDED_HOST")
        .then(|| forwarded(settings, extensions, headers, "x-forwarded-host"))
        .flatten();
    forwarded.or_else(|| headers.get(header::HOST)?.to_str().ok())
}

/// `https://host:port` as the client addressed us.
pub(crate) fn origin(settings: &Settings, extensions: &Extensions, headers: &HeaderMap) -> String {
    let scheme = match private(settings, extensions, headers) {
        true => "https",
        false => "http",
    };
    let host = named_host(settings, extensions, headers);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    let host = host.filter(|host| !host.is_empty() && host.len() <= 255 && host.bytes().all(plain));
    match host {
        Some(host) => format!("{scheme}://{host}"),
        None => origin_of(settings.base_url()).to_owned(),
    }
}

/// Scheme, host and port of an address.
pub(crate) fn origin_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    &url[..end]
}

/// Our own documentation, for whoever reads the version documents (ID-KST-02, CY-API-17).
pub(crate) fn guide(base: &str) -> String {
    format!("{}/guide", origin_of(base))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    // ID-SEC-25 ID-OA2-01
    #[test]
    fn only_trusted_proxies_are_believed() {
        let mut settings = Settings::default();
        settings.set(
            "ASTAKOS_BASE_URL",
            kernel::settings::Value::Str("https://set/x".into()),
        );
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "a.example:8443"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "192.0.2.7"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let mut from = Extensions::new();
        let at = |address: &str| Peer(address.parse().unwrap());
        from.insert(at("198.51.100.1:5"));
        assert!(!private(&settings, &from, &headers));
        assert_eq!(origin(&settings, &from, &headers), "http://a.example:8443");
        assert_eq!(
            client(&settings, &from, &headers).address.to_string(),
            "198.51.100.1"
        );
        from.insert(at("127.0.0.1:5"));
        assert!(private(&settings, &from, &headers));
        assert_eq!(origin(&settings, &from, &headers), "https://a.example:8443");
        assert_eq!(
            client(&settings, &from, &headers).address.to_string(),
            "192.0.2.7"
        );
        headers.insert("host", HeaderValue::from_static("a\"b"));
        assert_eq!(origin(&settings, &from, &headers), "https://set");
        headers.remove("x-forwarded-proto");
        assert!(!private(&settings, &from, &headers));
        from.insert(Private);
        assert!(private(&settings, &from, &headers));
        assert_eq!(origin_of("https://a:1/b"), "https://a:1");
    }
}
