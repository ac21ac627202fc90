//! Name, metadata and first password of a server.

use crate::{
    policy::Policy,
    rows::{Server, ServerPassword},
    seal::Sealer,
    server,
};
use kernel::{Caller, Cx, Error, Result, ServerId, secret::SecretString};
use std::collections::BTreeMap;
use store::{Reads, WriteTx};

/// CY-META-03.
pub(crate) fn check_metadata(policy: &Policy, all: &BTreeMap<String, String>) -> Result<()> {
    let bad = |reason: &str| Err(Error::field("metadata", reason));
    if all.len() > policy.max_metadata {
        return Err(Error::field(
            "metadata",
            format!(
                "Virtual Machines cannot have more than {} metadata items",
                policy.max_metadata
            ),
        ));
    }
    for (key, value) in all {
        if key.is_empty() || key.chars().count() > 50 {
            return bad("Malformed metadata. Maximum size for metadata key is 50.");
        }
        if value.chars().count() > 500 {
            return bad("Malformed metadata. Maximum size for metadata value is 500.");
        }
    }
    Ok(())
}

/// Renames a server (CY-SRV-20).
pub(crate) fn rename(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    id: ServerId,
    name: &str,
) -> Result<()> {
    let mut server = server::get_to_change(tx, caller, id)?;
    if name.chars().count() > 255 {
        return Err(Error::field("name", "Server name is too long"));
    }
    server.name = name.to_owned();
    server::touch(tx, cx, &mut server)
}

/// Sets metadata items, keeping the others.
pub(crate) fn set_metadata(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    id: ServerId,
    items: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    let mut server = server::get_to_change(tx, caller, id)?;
    server.metadata.extend(items.clone());
    check_metadata(policy, &server.metadata)?;
    server::touch(tx, cx, &mut server)?;
    Ok(server.metadata)
}

/// Removes a metadata item.
pub(crate) fn remove_metadata(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    id: ServerId,
    key: &str,
) -> Result<()> {
    let mut server = server::get_to_change(tx, caller, id)?;
    if server.metadata.remove(key).is_none() {
        return Err(Error::not_found("Metadata key not found."));
    }
    server::touch(tx, cx, &mut server)
}

/// The password a server was made with.
pub(crate) fn password(
    tx: &impl Reads,
    caller: &Caller,
    sealer: &Sealer,
    id: ServerId,
) -> Result<SecretString> {
    server::get(tx, caller, id)?;
    let kept: ServerPassword = tx.must(&id, "Password not found.")?;
    sealer.open(&kept.password)
}

/// Forgets that password.
pub(crate) fn forget_password(tx: &WriteTx, caller: &Caller, id: ServerId) -> Result<()> {
    server::get(tx, caller, id)?;
    tx.remove::<ServerPassword>(&id).map(drop)
}

/// Locks a server against its people, or unlocks it.
pub(crate) fn suspend(tx: &WriteTx, cx: &Cx, id: ServerId, suspended: bool) -> Result<()> {
    let mut server: Server = tx.must(&id, "Server not found.")?;
    if server.deleted {
        return Err(Error::invalid(format!("Server '{id}' has been deleted.")));
    }
    if server.suspended == suspended {
        let state = if suspended { "already" } else { "not" };
        return Err(Error::invalid(format!(
            "Server '{id}' is {state} suspended."
        )));
    }
    server.suspended = suspended;
    server::touch(tx, cx, &mut server)
}
