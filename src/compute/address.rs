//! Addresses: in use or free, never both; public ones leave a history (CY-IPH).

use crate::{
    ranges::{self, Pool},
    rows::{Address, Network, Port, Subnet, address_key},
};
use ipnet::IpNet;
use kernel::{Cx, Error, PortId, Result, ServerId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use store::{IndexSet, Reads, Row, WriteTx};

/// One line of the history of public addresses (CY-MOD-17); kept for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressHistory {
    /// Counts up.
    pub id: u64,
    /// Which address.
    pub address: String,
    /// Of which server.
    pub server: ServerId,
    /// On which network.
    pub network: kernel::NetworkId,
    /// Whose server.
    pub user: UserId,
    /// Given, or taken away?
    pub associated: bool,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

impl Row for AddressHistory {
    type Key = u64;
    const TABLE: &'static str = "compute.address_history";

    fn key(&self) -> u64 {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_address", &self.address);
        ix.add("by_server", self.server);
        ix.add("by_user", self.user);
    }
}

pub(crate) fn subnets(tx: &impl Reads, network: &Network) -> Result<Vec<Subnet>> {
    network
        .subnets
        .iter()
        .map(|id| tx.must(id, "Subnet not found."))
        .collect()
}

/// The IPv4 subnet of a network.
pub(crate) fn ipv4_subnet(tx: &impl Reads, network: &Network) -> Result<Option<Subnet>> {
    Ok(subnets(tx, network)?.into_iter().find(|s| s.version() == 4))
}

/// An IPv4 address of the network for somebody: the given one or the lowest free one.
///
/// # Errors
/// [`Error::Conflict`] when none is free or the given one is not (CY-PRT-04).
pub(crate) fn allocate(
    tx: &WriteTx,
    cx: &Cx,
    network: &Network,
    (user, port): (UserId, Option<PortId>),
    wanted: Option<IpAddr>,
) -> Result<Option<Address>> {
    let Some(mut subnet) = ipv4_subnet(tx, network)? else {
        return match wanted {
            Some(address) => Err(Error::invalid(format!(
                "Address {address} does not belong to network {}",
                network.id
            ))),
            None => Ok(None),
        };
    };
    let pool = Pool::Addresses(subnet.id);
    let address = match wanted {
        None => ranges::lowest(tx, pool)?
            .and_then(|n| u32::try_from(n).ok())
            .map(Ipv4Addr::from)
            .ok_or_else(|| {
                Error::conflict(format!(
                    "No available IP addresses in network '{}'.",
                    network.id
                ))
            })?,
        Some(IpAddr::V4(given)) if in_cidr(&subnet, given) => given,
        Some(other) => {
            return Err(Error::invalid(format!(
                "Address {other} does not belong to network {}",
                network.id
            )));
        }
    };
    if !ranges::take(tx, pool, u64::from(u32::from(address)))? {
        return Err(Error::conflict(format!(
            "IP address '{address}' is already in use."
        )));
    }
    subnet.free = subnet.free.saturating_sub(1);
    tx.put(&subnet)?;
    let row = Address {
        id: tx.next_id("compute.address")?,
        network: network.id,
        subnet: subnet.id,
        address: address.into(),
        port,
        user,
        project: None,
        floating: false,
        shared_to_project: false,
        created: cx.now,
    };
    tx.insert(&row)?;
    Ok(Some(row))
}

fn in_cidr(subnet: &Subnet, address: Ipv4Addr) -> bool {
    matches!(subnet.cidr, IpNet::V4(net) if net.contains(&address))
}

/// Writes the address history of a public port of a server.
pub(crate) fn remember(
    tx: &WriteTx,
    cx: &Cx,
    port: &Port,
    address: &Address,
    associated: bool,
) -> Result<()> {
    let (true, Some(server), IpAddr::V4(_)) = (port.public, port.server, address.address) else {
        return Ok(());
    };
    let reason = match associated {
        true => format!("associate port {}", port.id),
        false => format!("remove ip from port {}", port.id),
    };
    tx.insert(&AddressHistory {
        id: tx.next_id("compute.address_history")?,
        address: address.address.to_string(),
        server,
        network: port.network,
        user: port.user,
        associated,
        at: cx.now,
        reason,
    })
}

/// The addresses of a port, IPv4 first.
pub(crate) fn of_port(tx: &impl Reads, port: &Port) -> Result<Vec<Address>> {
    let mut found = tx.find::<Address>("by_port", &port.id, None, 16)?;
    found.sort_by_key(|a| (a.address.is_ipv6(), a.id));
    Ok(found)
}

/// Takes a port's addresses away: floating ones stay reserved, others are free again
/// (CY-IPA-03).
pub(crate) fn release_all(tx: &WriteTx, cx: &Cx, port: &Port) -> Result<()> {
    for mut address in of_port(tx, port)? {
        remember(tx, cx, port, &address, false)?;
        if address.floating {
            address.port = None;
            tx.put(&address)?;
            continue;
        }
        tx.remove::<Address>(&address.id)?;
        give_back(tx, &address)?;
    }
    Ok(())
}

pub(crate) fn give_back(tx: &WriteTx, address: &Address) -> Result<()> {
    let IpAddr::V4(v4) = address.address else {
        return Ok(());
    };
    let Some(mut subnet) = tx.get::<Subnet>(&address.subnet)? else {
        return Ok(());
    };
    let inside = |p: &crate::rows::SubnetPool| (p.start..=p.end).contains(&v4);
    if subnet.pools.iter().any(inside) {
        let value = u64::from(u32::from(v4));
        ranges::give(tx, Pool::Addresses(subnet.id), value, value)?;
        subnet.free += 1;
        tx.put(&subnet)?;
    }
    Ok(())
}

/// The address a MAC has in a /64 (CY-IPA-01).
pub(crate) fn eui64(cidr: &IpNet, mac: &str) -> Option<Ipv6Addr> {
    let IpNet::V6(net) = cidr else { return None };
    let bytes: Vec<u8> = mac
        .split(':')
        .map(|b| u8::from_str_radix(b, 16))
        .collect::<Result<_, _>>()
        .ok()?;
    let [a, b, c, d, e, f] = bytes.try_into().ok()?;
    let low = u64::from_be_bytes([a ^ 2, b, c, 0xff, 0xfe, d, e, f]);
    Some(Ipv6Addr::from(
        u128::from(net.network()) & !u128::from(u64::MAX) | u128::from(low),
    ))
}

/// Records the IPv6 address a port has by its MAC.
pub(crate) fn record_ipv6(tx: &WriteTx, cx: &Cx, port: &Port, mac: &str) -> Result<()> {
    let network: Network = tx.must(&port.network, "Network not found.")?;
    for subnet in subnets(tx, &network)? {
        let Some(v6) = eui64(&subnet.cidr, mac) else {
            continue;
        };
        let key = address_key(network.id, v6.into());
        let has = of_port(tx, port)?.iter().any(|a| a.address.is_ipv6());
        if has || tx.find_one::<Address>("by_address", &key)?.is_some() {
            continue;
        }
        tx.insert(&Address {
            id: tx.next_id("compute.address")?,
            network: network.id,
            subnet: subnet.id,
            address: v6.into(),
            port: Some(port.id),
            user: port.user,
            project: None,
            floating: false,
            shared_to_project: false,
            created: cx.now,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // CY-IPA-01
    #[test]
    fn an_ipv6_address_follows_from_the_mac() {
        let net: IpNet = "2001:db8:1:2::/64".parse().unwrap();
        assert_eq!(
            eui64(&net, "aa:01:02:6c:34:ab").unwrap().to_string(),
            "2001:db8:1:2:a801:2ff:fe6c:34ab"
        );
        assert_eq!(eui64(&net, "aa:01:02"), None);
        assert_eq!(
            eui64(&"10.0.0.0/8".parse().unwrap(), "aa:01:02:6c:34:ab"),
            None
        );
    }
}
