//! What this machine is called, for its certificate and its links.

use kernel::settings::Settings;
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

/// Host names and addresses under which this machine may be reached, the most
/// telling first; `localhost` and its addresses at the end. Nothing is sent.
pub fn host_names() -> Vec<String> {
    let mut names = Vec::new();
    let uname = rustix::system::uname();
    let node = uname.nodename().to_string_lossy();
    let written = fs::read_to_string("/etc/hostname").unwrap_or_default();
    for name in [written.trim(), &node] {
        if plausible(name) {
            push(&mut names, name.to_ascii_lowercase());
        }
    }
    names.sort_by_key(|name| std::cmp::Reverse(name.matches('.').count()));
    for address in source_addresses() {
        push(&mut names, address.to_string());
    }
    for name in ["localhost", "127.0.0.1", "::1"] {
        push(&mut names, name.to_owned());
    }
    names
}

/// Settings that name an address of this service.
const ADDRESSES: [&str; 6] = [
    "ASTAKOS_BASE_URL",
    "CYCLADES_BASE_URL",
    "PITHOS_BASE_URL",
    "VMAPI_BASE_HOST",
    "ADMIN_BASE_URL",
    "UI_BASE_URL",
];

/// The hosts of the service's public addresses, as far as settings name them.
pub fn base_url_hosts(settings: &Settings) -> Vec<String> {
    let mut hosts = Vec::new();
    for host in ADDRESSES
        .iter()
        .filter_map(|name| host_of(settings.str(name)))
    {
        push(&mut hosts, host);
    }
    hosts
}

fn push(names: &mut Vec<String>, name: String) {
    if !names.contains(&name) {
        names.push(name);
    }
}

/// The host of an absolute URL, without port and brackets.
fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?.0,
        None => host.split(':').next()?,
    };
    (plausible(host) || host.parse::<IpAddr>().is_ok()).then(|| host.to_ascii_lowercase())
}

/// Can this stand in a certificate as a host name?
fn plausible(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// The addresses from which this machine would speak to the world: what the kernel
/// chooses for a socket that is connected but never used (documentation addresses).
fn source_addresses() -> Vec<IpAddr> {
    let ways: [(IpAddr, IpAddr); 2] = [
        (
            Ipv4Addr::UNSPECIFIED.into(),
            Ipv4Addr::new(192, 0, 2, 1).into(),
        ),
        (
            Ipv6Addr::UNSPECIFIED.into(),
            Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
        ),
    ];
    let source = |(from, to): (IpAddr, IpAddr)| {
        let socket = UdpSocket::bind(SocketAddr::new(from, 0)).ok()?;
        socket.connect(SocketAddr::new(to, 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    ways.into_iter()
        .filter_map(source)
        .filter(|ip| !ip.is_unspecified())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    #[test]
    fn hosts_of_urls() {
        for (url, host) in [
            (
                "https://Cloud.Example.org/identity",
                Some("cloud.example.org"),
            ),
            ("https://[2001:db8::5]:8443/", Some("2001:db8::5")),
            ("http://user@10.0.0.7:80", Some("10.0.0.7")),
            ("https:///x", None),
            ("cloud.example.org", None),
            ("https://bad_name/", None),
        ] {
            assert_eq!(host_of(url).as_deref(), host, "{url}");
        }
        let mut settings = Settings::default();
        settings.set(
            "PITHOS_BASE_URL",
            Value::Str("https://files.example.org/pithos".into()),
        );
        assert!(base_url_hosts(&settings).contains(&"files.example.org".to_owned()));
    }

    #[test]
    fn this_machine_has_names() {
        let names = host_names();
        assert!(names.ends_with(&["localhost".into(), "127.0.0.1".into(), "::1".into()]));
        assert!(
            names
                .iter()
                .all(|n| plausible(n) || n.parse::<IpAddr>().is_ok())
        );
    }
}
