//! Names in the clusters (CY-NAM-01).

use kernel::{NetworkId, PortId, ServerId, VolumeId};

pub(crate) fn instance(prefix: &str, id: ServerId) -> String {
    format!("{prefix}{id}")
}

pub(crate) fn network(prefix: &str, id: NetworkId) -> String {
    format!("{prefix}net-{id}")
}

pub(crate) fn port(prefix: &str, id: PortId) -> String {
    format!("{prefix}nic-{id}")
}

pub(crate) fn volume(prefix: &str, id: VolumeId) -> String {
    format!("{prefix}vol-{id}")
}

/// The number behind `before` in `name`: decimal digits only.
fn number(name: &str, before: [&str; 2]) -> Option<u64> {
    let digits = name.strip_prefix(before[0])?.strip_prefix(before[1])?;
    let plain =
        digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|_| plain)
}

pub(crate) fn parse_instance(prefix: &str, name: &str) -> Option<ServerId> {
    number(name, [prefix, ""]).map(ServerId)
}

pub(crate) fn parse_network(prefix: &str, name: &str) -> Option<NetworkId> {
    number(name, [prefix, "net-"]).map(NetworkId)
}

pub(crate) fn parse_port(prefix: &str, name: &str) -> Option<PortId> {
    number(name, [prefix, "nic-"]).map(PortId)
}

/// A tag as Ganeti takes it (CY-TAG-06): percent-encoded, then `%`→`/` and `_`→`*`.
pub(crate) fn encode_tag(tag: &str) -> String {
    let mut out = String::new();
    for byte in tag.bytes() {
        match byte {
            b'_' => out.push('*'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b':' => out.push(byte.into()),
            b' ' => out.push('+'),
            other => out.push_str(&format!("/{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    // CY-NAM-01 CY-MOD-07
    #[test]
    fn names_are_prefix_and_digits_only() {
        assert_eq!(instance("snf-", ServerId(42)), "snf-42");
        assert_eq!(parse_instance("snf-", "snf-42"), Some(ServerId(42)));
        for foreign in [
            "snf-42x",
            "web-42",
            "snf-net-4",
            "snf-",
            "snf-+4",
            "snf-042",
        ] {
            assert_eq!(parse_instance("snf-", foreign), None, "{foreign}");
        }
        assert_eq!(parse_network("snf-", "snf-net-7"), Some(NetworkId(7)));
        assert_eq!(parse_port("snf-", "snf-nic-9"), Some(PortId(9)));
        assert_eq!(volume("snf-", VolumeId(3)), "snf-vol-3");
    }

    // CY-TAG-06
    #[test]
    fn tags_are_encoded_for_ganeti() {
        assert_eq!(encode_tag("cyclades:user:a_b c%"), "cyclades:user:a*b+c/25");
    }
}
