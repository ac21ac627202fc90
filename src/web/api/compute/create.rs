//! The body of a request for a server (CY-SRV-10, -13, -14).

use crate::api::os::{self, Object, flag, list, loose_id, malformed, text, texts};
use compute::{NewServer, PersonalityFile, RequestedNetwork};
use kernel::{Caller, Error, FlavorId, NetworkId, Result, secret::SecretString};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Reads the body; what only the rules know is checked by them.
pub(super) fn new_server(asked: &Object, caller: &Caller) -> Result<NewServer> {
    let name = text(asked, "name")?.ok_or_else(malformed)?.to_owned();
    let image = text(asked, "imageRef")?.ok_or_else(malformed)?;
    let flavor = asked.get("flavorRef").ok_or_else(malformed)?;
    let metadata = match asked.get("metadata") {
        None | Some(Value::Null) => BTreeMap::new(),
        Some(given) => metadata(given)?,
    };
    let new = NewServer {
        name,
        image: Uuid::nil(),
        flavor: None,
        project: os::project(asked, caller)?,
        shared_to_project: flag(asked, "shared_to_project")?.unwrap_or(false),
        metadata,
        tags: texts(asked, "tags")?,
        personality: personality(asked)?,
        networks: networks(asked)?,
        user_data: text(asked, "user_data")?.map(str::to_owned),
        admin_password: text(asked, "adminPass")?.map(SecretString::from),
        ..NewServer::default()
    };
    no_block_devices(asked)?;
    no_keys(asked)?;
    Ok(NewServer {
        flavor: Some(flavor_id(flavor)?),
        image: image_id(image)?,
        ..new
    })
}

/// A flavor's number, as number or as text (CY-API-19).
pub(super) fn flavor_id(given: &Value) -> Result<FlavorId> {
    loose_id(given).ok_or_else(|| {
        let shown = given
            .as_str()
            .map_or_else(|| given.to_string(), str::to_owned);
        Error::invalid(format!("Invalid flavor ID '{}'", shown.escape_default()))
    })
}

/// An image's UUID (CY-API-19).
pub(super) fn image_id(given: &str) -> Result<Uuid> {
    let hyphened = given.len() == 36;
    let id = given.parse().ok().filter(|_| hyphened);
    id.ok_or_else(|| Error::invalid(format!("Invalid image ID '{}'", given.escape_default())))
}

/// Items of metadata; integers become text (CY-META-03).
pub(super) fn metadata(given: &Value) -> Result<BTreeMap<String, String>> {
    let items = given.as_object().ok_or_else(malformed)?.iter();
    items
        .map(|(key, value)| Ok((key.clone(), metadata_value(value)?)))
        .collect()
}

fn metadata_value(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(n) if n.is_i64() || n.is_u64() => Ok(n.to_string()),
        _ => Err(malformed()),
    }
}

fn personality(asked: &Object) -> Result<Vec<PersonalityFile>> {
    let wrong = || Error::field("personality", "Malformed personality in request");
    let one = |item: &Value| {
        let file = item.as_object().ok_or_else(wrong)?;
        let known = ["contents", "group", "mode", "owner", "path"];
        if !file.keys().all(|key| known.contains(&key.as_str())) {
            return Err(wrong());
        }
        let of = |key: &str| text(file, key).map_err(|_| wrong());
        let mode = match file.get("mode") {
            None | Some(Value::Null) => None,
            Some(mode) => Some(loose_id(mode).ok_or_else(wrong)?),
        };
        Ok(PersonalityFile {
            path: of("path")?.unwrap_or_default().to_owned(),
            contents: of("contents")?.ok_or_else(wrong)?.to_owned(),
            owner: of("owner")?.map(str::to_owned),
            group: of("group")?.map(str::to_owned),
            mode,
        })
    };
    let given = list(asked, "personality")?.unwrap_or_default();
    given.iter().map(one).collect()
}

fn networks(asked: &Object) -> Result<Option<Vec<RequestedNetwork>>> {
    let Some(given) = list(asked, "networks")? else {
        return Ok(None);
    };
    given.iter().map(network).collect::<Result<_>>().map(Some)
}

fn network(item: &Value) -> Result<RequestedNetwork> {
    let item = item.as_object().ok_or_else(malformed)?;
    if let Some(port) = item.get("port") {
        let port = loose_id(port).map(RequestedNetwork::Port);
        return port.ok_or_else(|| Error::invalid("Invalid port ID"));
    }
    let network: &Value = item.get("uuid").ok_or_else(malformed)?;
    let network: NetworkId =
        loose_id(network).ok_or_else(|| Error::invalid("Invalid network ID"))?;
    let address = match text(item, "fixed_ip")? {
        None => None,
        Some(given) => Some(given.parse().map_err(|_| {
            Error::invalid(format!("'{}' is not an IP address", given.escape_default()))
        })?),
    };
    Ok(RequestedNetwork::Network { network, address })
}

/// People cannot keep public keys here yet, so none has the name that is asked for.
fn no_keys(asked: &Object) -> Result<()> {
    let one = text(asked, "key_name")?;
    let many = texts(asked, "SNF:key_names")?;
    if one.is_some() && !many.is_empty() {
        return Err(Error::invalid(
            "Only one of 'key_name' and 'SNF:key_names' may be given",
        ));
    }
    match one.or(many.first().map(String::as_str)) {
        None => Ok(()),
        Some(name) => Err(Error::not_found(format!(
            "Keypair {} not found.",
            name.escape_default()
        ))),
    }
}

/// Servers have the disk of their flavor only, as yet (CY-SRV-15).
fn no_block_devices(asked: &Object) -> Result<()> {
    let given = list(asked, "block_device_mapping_v2")?.unwrap_or_default();
    for (at, device) in given.iter().enumerate() {
        match device.get("source_type").and_then(Value::as_str) {
            Some("blank") if at == 0 => return Err(Error::invalid("Root volume cannot be blank")),
            Some("image" | "volume" | "blank" | "snapshot") => {}
            _ => {
                return Err(Error::invalid(
                    "Block Device Mapping is Invalid: source_type must be one of image, volume, blank, snapshot",
                ));
            }
        }
    }
    match given.is_empty() {
        true => Ok(()),
        false => Err(Error::not_supported("Block devices are not supported.")),
    }
}
