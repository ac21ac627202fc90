//! `SNF:port_forwarding`: where a server's ports are reached from outside (CY-SRV-04).

use compute::ServerView;
use kernel::{Error, Result, Settings, settings::Value as Setting};
use serde_json::{Map, Value, json};

/// By port of the server; empty without a public IPv4 address.
pub(super) fn ports(settings: &Settings, view: &ServerView) -> Result<Map<String, Value>> {
    let public = view.ports.iter().filter(|view| view.port.public);
    let address = public.filter_map(|view| view.ipv4()).next();
    let (Some(address), Some(Setting::Dict(rules))) =
        (address, settings.get("CYCLADES_PORT_FORWARDING"))
    else {
        return Ok(Map::new());
    };
    let fqdn = view.fqdn.as_deref().unwrap_or_default();
    let known = [
        ("%(ip_address)s", address.address.to_string()),
        ("%(server_id)s", view.server.id.to_string()),
        ("%(fqdn)s", fqdn.to_owned()),
        ("%(user)s", view.server.user.to_string()),
    ];
    let one = |(port, target): &(Setting, Setting)| {
        let (Setting::Int(port), Setting::List(pair)) = (port, target) else {
            return Err(wrong());
        };
        let [host, outside] = pair.as_slice() else {
            return Err(wrong());
        };
        let (host, outside) = (filled(host, &known)?, filled(outside, &known)?);
        let outside = sum(&outside).ok_or_else(wrong)?;
        let target = json!({"host": host, "port": outside.to_string()});
        Ok((port.to_string(), target))
    };
    rules.iter().map(one).collect()
}

fn wrong() -> Error {
    Error::broken("CYCLADES_PORT_FORWARDING is not a map of port to (host, port)")
}

fn filled(template: &Setting, known: &[(&str, String)]) -> Result<String> {
    let text = match template {
        Setting::Str(text) => text.clone(),
        Setting::Int(n) => n.to_string(),
        _ => return Err(wrong()),
    };
    let fill = |text: String, (name, value): &(&str, String)| text.replace(name, value);
    Ok(known.iter().fold(text, fill))
}

/// `61000+17`; only what can be a port.
fn sum(text: &str) -> Option<u16> {
    let mut parts = text.split('+').map(|part| part.trim().parse::<u16>().ok());
    parts.try_fold(0, |sum: u16, part| sum.checked_add(part?))
}
