//! Redirect addresses, compared after normalisation (ID-SEC-26, ID-OA2-06).

use std::fmt::Write;

/// An absolute address without anything that could be read two ways: no user info, no
/// fragment, no dot segments, plain ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    scheme: String,
    host: String,
    port: Option<u16>,
    path: String,
    query: Option<String>,
}

impl Address {
    /// Reads an address; None when it is not absolute or not plain.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_graphic() && !b"\\\"<>^`{|}#".contains(&b);
        if !text.bytes().all(plain) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let mut letters = scheme.bytes();
        let good = letters.next()?.is_ascii_alphabetic()
            && letters.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        let scheme = scheme.to_ascii_lowercase();
        if !good || matches!(scheme.as_str(), "javascript" | "data" | "vbscript") {
            return None;
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (host, port) = authority_of(authority, &scheme)?;
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (rest, None),
        };
        let dots = |part: &str| {
            let part = part.to_ascii_lowercase().replace("%2e", ".");
            part == "." || part == ".." || part.contains("%2f") || part.contains("%5c")
        };
        if path.split('/').any(dots) {
            return None;
        }
        Some(Address {
            scheme,
            host,
            port,
            path: if path.is_empty() { "/" } else { path }.to_owned(),
            query,
        })
    }

    /// Is this the registered address, or below it at the boundary of a path?
    pub(crate) fn is_below(&self, registered: &Address) -> bool {
        let place = (&self.scheme, &self.host, self.port);
        if place != (&registered.scheme, &registered.host, registered.port) {
            return false;
        }
        if self == registered {
            return true;
        }
        let root = format!("{}/", registered.path.trim_end_matches('/'));
        registered.query.is_none() && (self.path == registered.path || self.path.starts_with(&root))
    }
}

fn authority_of(authority: &str, scheme: &str) -> Option<(String, Option<u16>)> {
    if authority.contains('@') || authority.is_empty() {
        return None;
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (authority, None),
    };
    let v6 = host.starts_with('[') && host.ends_with(']');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    let good = match v6 {
        true => host[1..host.len() - 1]
            .parse::<std::net::Ipv6Addr>()
            .is_ok(),
        false => !host.is_empty() && host.bytes().all(plain),
    };
    let usual = match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    good.then(|| {
        (
            host.to_ascii_lowercase(),
            port.filter(|p| Some(*p) != usual),
        )
    })
}

/// An address with more parameters in its query.
pub(crate) fn with_query(address: &str, more: &[(&str, &str)]) -> String {
    let mut out = address.to_owned();
    for (name, value) in more {
        out.push(if out.contains('?') { '&' } else { '?' });
        out.push_str(name);
        out.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(given: &str, registered: &str) -> bool {
        let registered = Address::parse(registered).unwrap();
        Address::parse(given).is_some_and(|given| given.is_below(&registered))
    }

    // ID-OA2-06 ID-SEC-26
    #[test]
    fn redirects_lead_to_what_is_registered_or_below() {
        let registered = "https://c.example.org/cb";
        for good in [
            "https://c.example.org/cb",
            "HTTPS://C.example.org:443/cb",
            "https://c.example.org/cb/x",
            "https://c.example.org/cb?x=1",
        ] {
            assert!(below(good, registered), "{good}");
        }
        for bad in [
            "https://c.example.org/cbx",
            "https://c.example.org/CB",
            "http://c.example.org/cb",
            "https://c.example.org:444/cb",
            "https://c.example.org.evil.org/cb",
            "https://c.example.org@evil.org/cb",
            "https://c.example.org/cb/../x",
            "https://c.example.org/cb/%2e%2e/x",
            "https://c.example.org/cb/..%2fx",
            "https://c.example.org/cb#x",
            "https://c.example.org\\@evil.org/cb",
            "//c.example.org/cb",
            "/cb",
            "cb",
            "https:///cb",
            "https://c.example.org:99999/cb",
            "javascript://c.example.org/cb",
            "https://c.example.org/cb/\u{e9}",
        ] {
            assert!(!below(bad, registered), "{bad}");
        }
        assert!(below("https://c.example.org/a", "https://c.example.org"));
        assert!(below("https://[::1]:8443/cb", "https://[::1]:8443/"));
        assert!(below("app://x/cb", "app://x/cb"));
        assert!(below(
            "https://c.example.org/cb?a=1",
            "https://c.example.org/cb?a=1"
        ));
        assert!(!below(
            "https://c.example.org/cb?a=2",
            "https://c.example.org/cb?a=1"
        ));
    }

    // ID-OA2-07
    #[test]
    fn parameters_are_added_to_a_query() {
        assert_eq!(with_query("a://b/", &[("code", "x")]), "a://b/?code=x");
        assert_eq!(
            with_query("a://b/?q=1", &[("code", "x"), ("state", "a&b=é")]),
            "a://b/?q=1&code=x&state=a%26b%3D%C3%A9"
        );
    }
}
