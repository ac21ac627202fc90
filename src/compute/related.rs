//! What other things of a filter lead to (ID-ADU-30): the numbers of what belongs to a
//! server, disk, network, address or person, as many as one page looks at.

use crate::{
    address::{self, AddressHistory},
    desk::{MOST_LOOKED_AT, Thing, ThingKind, Wanted, an_address},
    rows::{Address, Network, Port, Volume},
};
use kernel::{NetworkId, Result, ServerId, UserId, VolumeId};
use std::collections::BTreeSet;
use store::Reads;

/// The numbers that other things of the filter lead to; None: nothing leads anywhere.
pub(crate) fn of(tx: &impl Reads, kind: ThingKind, w: &Wanted) -> Result<Option<BTreeSet<u64>>> {
    use ThingKind as K;
    let mut all: Option<BTreeSet<u64>> = None;
    let mut narrow = |set: BTreeSet<u64>| {
        all = Some(match all.take() {
            Some(before) => before.intersection(&set).copied().collect(),
            None => set,
        });
    };
    let from = |set: &BTreeSet<u64>, each: &dyn Fn(u64, &mut BTreeSet<u64>) -> Result<()>| {
        let mut into = BTreeSet::new();
        for id in set {
            each(*id, &mut into)?;
        }
        Ok::<_, kernel::Error>(into)
    };
    if let Some(set) = &w.servers {
        narrow(match kind {
            K::Server => set.clone(),
            _ => from(set, &|id, into| of_server(tx, kind, ServerId(id), into))?,
        });
    }
    if let Some(set) = &w.volumes {
        match kind {
            K::Volume => narrow(set.clone()),
            K::Server => narrow(from(set, &|id, into| {
                let row = tx.get::<Volume>(&VolumeId(id))?;
                into.extend(row.and_then(|row| row.server).map(|server| server.0));
                Ok(())
            })?),
            _ => {}
        }
    }
    if let Some(set) = &w.networks {
        match kind {
            K::Network => narrow(set.clone()),
            K::Server | K::Address => {
                narrow(from(set, &|id, into| {
                    on_network(tx, kind, NetworkId(id), into)
                })?);
            }
            _ => {}
        }
    }
    if let Some(set) = &w.addresses {
        match kind {
            K::Address => narrow(set.clone()),
            _ => narrow(from(set, &|id, into| of_address(tx, kind, id, into))?),
        }
    }
    if all.is_none()
        && kind == K::Address
        && let Some(users) = &w.users
    {
        all = Some(of_users(tx, users)?);
    }
    Ok(all)
}

fn of_users<'a>(
    tx: &impl Reads,
    users: impl IntoIterator<Item = &'a UserId>,
) -> Result<BTreeSet<u64>> {
    let mut into = BTreeSet::new();
    for user in users {
        of_user(tx, *user, &mut into)?;
    }
    Ok(into)
}

fn room(into: &BTreeSet<u64>) -> bool {
    into.len() < MOST_LOOKED_AT
}

/// What belongs to a server.
fn of_server(
    tx: &impl Reads,
    kind: ThingKind,
    id: ServerId,
    into: &mut BTreeSet<u64>,
) -> Result<()> {
    match kind {
        ThingKind::Server => into.extend([id.0]),
        ThingKind::Volume => tx.each_found::<Volume>("by_server", &id, None, |row| {
            into.insert(row.id.0);
            Ok(room(into))
        })?,
        ThingKind::Network => tx.each_found::<Port>("by_server", &id, None, |port| {
            into.insert(port.network.0);
            Ok(room(into))
        })?,
        ThingKind::Address => tx.each_found::<Port>("by_server", &id, None, |port| {
            into.extend(address::of_port(tx, &port)?.iter().map(|row| row.id));
            Ok(room(into))
        })?,
        ThingKind::AddressLog => {
            tx.each_found::<AddressHistory>("by_server", &id, None, |row| {
                into.insert(row.id);
                Ok(room(into))
            })?;
        }
    }
    Ok(())
}

/// Servers with a port on a network, or its addresses.
fn on_network(
    tx: &impl Reads,
    kind: ThingKind,
    id: NetworkId,
    into: &mut BTreeSet<u64>,
) -> Result<()> {
    if kind == ThingKind::Server {
        return tx.each_found::<Port>("by_network", &id, None, |port| {
            into.extend(port.server.map(|server| server.0));
            Ok(room(into))
        });
    }
    let Some(row) = tx.get::<Network>(&id)? else {
        return Ok(());
    };
    for subnet in &row.subnets {
        tx.each_found::<Address>("by_subnet", subnet, None, |row| {
            into.insert(row.id);
            Ok(room(into))
        })?;
    }
    Ok(())
}

/// What has an address, or its history.
fn of_address(tx: &impl Reads, kind: ThingKind, id: u64, into: &mut BTreeSet<u64>) -> Result<()> {
    let Some(row) = tx.get::<Address>(&id)? else {
        return Ok(());
    };
    match kind {
        ThingKind::Network => into.extend([row.network.0]),
        ThingKind::Server => {
            if let Thing::Address { server, .. } = an_address(tx, row)? {
                into.extend(server.map(|server| server.0));
            }
        }
        ThingKind::AddressLog => {
            let address = row.address.to_string();
            tx.each_found::<AddressHistory>("by_address", &address, None, |line| {
                into.insert(line.id);
                Ok(room(into))
            })?;
        }
        ThingKind::Volume | ThingKind::Address => into.extend([id]),
    }
    Ok(())
}

/// A person's addresses: reserved ones and those of their ports.
fn of_user(tx: &impl Reads, user: UserId, into: &mut BTreeSet<u64>) -> Result<()> {
    tx.each_found::<Address>("by_floating", &user, None, |row| {
        into.insert(row.id);
        Ok(room(into))
    })?;
    tx.each_found::<Port>("by_user", &user, None, |port| {
        into.extend(address::of_port(tx, &port)?.iter().map(|row| row.id));
        Ok(room(into))
    })
}
