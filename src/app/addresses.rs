//! The public addresses of the services: what the settings say, else what the
//! program serves (README decision 6).

use kernel::settings::{Settings, Value};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Fills in the base addresses that are left empty from `served`
/// (`https://host:port`, without a final slash).
pub fn fill(settings: &mut Settings, served: &str) {
    for (name, path) in [
        ("ASTAKOS_BASE_URL", ""),
        ("CYCLADES_BASE_URL", "/cyclades"),
        ("PITHOS_BASE_URL", "/pithos"),
    ] {
        if settings.str(name).is_empty() {
            settings.set(name, Value::Str(format!("{served}{path}")));
        }
    }
    if settings.str("VMAPI_BASE_HOST").is_empty() {
        let base = settings.str("CYCLADES_BASE_URL").to_owned();
        settings.set("VMAPI_BASE_HOST", Value::Str(base));
    }
}

/// The name of this machine that tells most.
pub fn host() -> String {
    let names = appliance::host_names();
    names
        .into_iter()
        .next()
        .unwrap_or_else(|| "localhost".into())
}

/// The address people use for a listener: the machine's name when it listens on
/// all addresses, the port unless it is the scheme's own.
pub fn served(bound: SocketAddr, tls: bool, host: &str) -> String {
    let (scheme, usual) = if tls { ("https", 443) } else { ("http", 80) };
    let name = match bound.ip() {
        ip if ip.is_unspecified() => host.to_owned(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        ip => ip.to_string(),
    };
    match bound.port() {
        port if port == usual => format!("{scheme}://{name}"),
        port => format!("{scheme}://{name}:{port}"),
    }
}

/// The same listener as this machine reaches it itself.
pub fn here(bound: SocketAddr, tls: bool) -> String {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, bound.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_follow_the_listener() {
        let at = |text: &str, tls| served(text.parse().unwrap(), tls, "cloud.example.org");
        assert_eq!(at("0.0.0.0:443", true), "https://cloud.example.org");
        assert_eq!(at("127.0.0.1:8080", false), "http://127.0.0.1:8080");
        assert_eq!(at("[::1]:8443", true), "https://[::1]:8443");
        let own = |text: &str| here(text.parse().unwrap(), true);
        assert_eq!(own("0.0.0.0:443"), "https://127.0.0.1:443");
        assert_eq!(own("[::]:8443"), "https://[::1]:8443");
        assert_eq!(own("192.0.2.1:8443"), "https://192.0.2.1:8443");
    }

    #[test]
    fn settings_win_over_the_listener() {
        let mut settings = Settings::default();
        settings.set(
            "CYCLADES_BASE_URL",
            Value::Str("https://compute.example.org/".into()),
        );
        fill(&mut settings, "https://h:8443");
        assert_eq!(settings.str("ASTAKOS_BASE_URL"), "https://h:8443");
        assert_eq!(
            settings.str("CYCLADES_BASE_URL"),
            "https://compute.example.org/"
        );
        assert_eq!(settings.str("PITHOS_BASE_URL"), "https://h:8443/pithos");
    }
}
