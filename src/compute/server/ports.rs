//! Which ports a new server gets (CY-SRV-14).

use crate::{
    address,
    network::{self},
    policy::{Choice, NetworkChoice, Policy},
    ranges::{self, Pool},
    rows::{Address, Network, NetworkState, Port, PortState, address_key},
    view::RequestedNetwork,
};
use kernel::{BackendId, Caller, Cx, Error, NetworkId, PortId, Result, ServerId, UserId};
use std::{collections::BTreeMap, net::IpAddr};
use store::{Reads, WriteTx};

/// A port that will be.
pub(crate) enum Planned {
    /// It exists, unattached.
    Existing(Port),
    /// It is made, with this address or any.
    New(Network, Option<IpAddr>),
    /// It is made with an address that is reserved already.
    Floating(Network, Address),
}

struct Planner<'a, T: Reads> {
    tx: &'a T,
    caller: &'a Caller,
    backend: BackendId,
    /// Addresses planned so far by network.
    taken: BTreeMap<NetworkId, u64>,
    floating: Vec<u64>,
    ports: Vec<Planned>,
}

/// The ports of a new server: forced ones, then the requested or the default ones.
/// Writes nothing; an address may still turn out to be taken when it is written.
pub(crate) fn plan(
    tx: &impl Reads,
    caller: &Caller,
    policy: &Policy,
    backend: BackendId,
    requested: Option<&[RequestedNetwork]>,
) -> Result<Vec<Planned>> {
    let mut planner = Planner {
        tx,
        caller,
        backend,
        taken: BTreeMap::new(),
        floating: Vec::new(),
        ports: Vec::new(),
    };
    for choice in &policy.forced_networks {
        planner.first_of(choice, true)?;
    }
    match requested {
        Some(wanted) => {
            for one in wanted {
                planner.requested(one)?;
            }
        }
        None => {
            for choice in &policy.default_networks {
                planner.first_of(choice, false)?;
            }
        }
    }
    if planner.ports.len() > policy.max_nics {
        return Err(Error::invalid("Maximum ports per server limit reached"));
    }
    Ok(planner.ports)
}

impl<T: Reads> Planner<'_, T> {
    /// The first member of a choice that works.
    fn first_of(&mut self, choice: &Choice, forced: bool) -> Result<()> {
        let mut last = "No network available.".to_owned();
        for one in choice {
            match self.choose(*one, forced) {
                Ok(()) => return Ok(()),
                Err(Error::Broken(cause)) => return Err(Error::Broken(cause)),
                Err(other) => last = other.to_string(),
            }
        }
        Err(match forced {
            true => Error::unavailable(last),
            false => Error::conflict(last),
        })
    }

    fn choose(&mut self, choice: NetworkChoice, forced: bool) -> Result<()> {
        match choice {
            NetworkChoice::This(id) => {
                let network: Network = self.tx.must(&id, "Network not found.")?;
                match network.public && !forced && self.has_ipv4(&network)? {
                    true => self.any_floating(&network),
                    false => self.new_port(network, None),
                }
            }
            NetworkChoice::AnyPublicIpv4 if forced => {
                for network in self.public(4)? {
                    if self.new_port(network, None).is_ok() {
                        return Ok(());
                    }
                }
                Err(Error::conflict("No public IPv4 address is available."))
            }
            NetworkChoice::AnyPublicIpv4 => {
                for network in self.public(4)? {
                    if self.any_floating(&network).is_ok() {
                        return Ok(());
                    }
                }
                Err(Error::conflict(
                    "You have no unused floating IP; create one first.",
                ))
            }
            NetworkChoice::AnyPublicIpv6 => match self.public(6)?.into_iter().next() {
                Some(network) => self.new_port(network, None),
                None => Err(Error::conflict("No public IPv6 network is available.")),
            },
        }
    }

    /// Live public networks with a subnet of that version and, for 6, no other.
    fn public(&self, version: u8) -> Result<Vec<Network>> {
        let mut found = Vec::new();
        for network in self
            .tx
            .find::<Network>("by_public", &false, None, crate::flavor::ALL)?
        {
            let subnets = address::subnets(self.tx, &network)?;
            let fits = match version {
                4 => subnets.iter().any(|s| s.version() == 4),
                _ => !subnets.is_empty() && subnets.iter().all(|s| s.version() == 6),
            };
            if fits && !network.drained {
                found.push(network);
            }
        }
        Ok(found)
    }

    fn has_ipv4(&self, network: &Network) -> Result<bool> {
        Ok(address::ipv4_subnet(self.tx, network)?.is_some())
    }

    fn requested(&mut self, wanted: &RequestedNetwork) -> Result<()> {
        match wanted {
            RequestedNetwork::Port(id) => self.existing(*id),
            RequestedNetwork::Network {
                network: id,
                address,
            } => {
                let network = network::get(self.tx, self.caller, *id)?;
                if !network.public {
                    return self.new_port(network, *address);
                }
                if !self.has_ipv4(&network)? {
                    return Err(Error::forbidden("Cannot connect to a public IPv6 network."));
                }
                match address {
                    Some(address) => self.this_floating(&network, *address),
                    None => self.any_floating(&network),
                }
            }
        }
    }

    fn existing(&mut self, id: PortId) -> Result<()> {
        let port = self
            .tx
            .get::<Port>(&id)?
            .filter(|port| port.user == self.caller.user || self.caller.is_admin());
        let port = port.ok_or_else(|| Error::not_found(format!("Port '{id}' not found.")))?;
        let twice = |p: &Planned| matches!(p, Planned::Existing(other) if other.id == id);
        if port.server.is_some() || self.ports.iter().any(twice) {
            return Err(Error::conflict(format!("Port '{id}' is already in use.")));
        }
        self.ports.push(Planned::Existing(port));
        Ok(())
    }

    fn usable(&self, network: &Network) -> Result<()> {
        let id = network.id;
        if network.deleted || network.destroying {
            return Err(Error::conflict(format!("Network '{id}' is being deleted.")));
        }
        if network.state != NetworkState::Active {
            return Err(Error::conflict(format!("Network '{id}' is not active.")));
        }
        if network
            .only_backend
            .is_some_and(|only| only != self.backend)
        {
            return Err(Error::conflict(format!(
                "Network '{id}' is not available where the server is made."
            )));
        }
        Ok(())
    }

    fn new_port(&mut self, network: Network, wanted: Option<IpAddr>) -> Result<()> {
        self.usable(&network)?;
        let id = network.id;
        if network.drained {
            return Err(Error::conflict(format!("Network '{id}' is drained.")));
        }
        let subnet = address::ipv4_subnet(self.tx, &network)?;
        let taken = self.taken.entry(id).or_default();
        match (subnet, wanted) {
            (Some(subnet), None) if subnet.free <= *taken => {
                return Err(Error::conflict(format!(
                    "No available IP addresses in network '{id}'."
                )));
            }
            (Some(subnet), Some(IpAddr::V4(v4))) if subnet.cidr.contains(&IpAddr::V4(v4)) => {
                let pool = Pool::Addresses(subnet.id);
                if !ranges::is_free(self.tx, pool, u64::from(u32::from(v4)))? {
                    return Err(Error::conflict(format!(
                        "IP address '{v4}' is already in use."
                    )));
                }
            }
            (_, Some(address)) => {
                return Err(Error::invalid(format!(
                    "Address {address} does not belong to network {id}"
                )));
            }
            _ => {}
        }
        *taken += 1;
        self.ports.push(Planned::New(network, wanted));
        Ok(())
    }

    fn floats(&self, address: &Address) -> bool {
        address.floating
            && address.port.is_none()
            && address.user == self.caller.user
            && !self.floating.contains(&address.id)
    }

    fn this_floating(&mut self, network: &Network, address: IpAddr) -> Result<()> {
        self.usable(network)?;
        let key = address_key(network.id, address);
        let found = self.tx.find_one::<Address>("by_address", &key)?;
        let found = found.filter(|a| a.floating && a.user == self.caller.user);
        let found = found.ok_or_else(|| Error::not_found("Floating IP not found."))?;
        if !self.floats(&found) {
            return Err(Error::conflict(format!(
                "IP address '{address}' is already in use."
            )));
        }
        self.floating.push(found.id);
        self.ports.push(Planned::Floating(network.clone(), found));
        Ok(())
    }

    fn any_floating(&mut self, network: &Network) -> Result<()> {
        self.usable(network)?;
        let mut found = None;
        for subnet in &network.subnets {
            self.tx.each_found::<Address>(
                "by_floating",
                &(self.caller.user, *subnet),
                None,
                |a| {
                    if found.is_none() && self.floats(&a) {
                        found = Some(a);
                    }
                    Ok(found.is_none())
                },
            )?;
        }
        let found = found.ok_or_else(|| {
            Error::conflict(format!(
                "No unused floating IP in network '{}'; create one first.",
                network.id
            ))
        })?;
        self.floating.push(found.id);
        self.ports.push(Planned::Floating(network.clone(), found));
        Ok(())
    }
}

/// Makes (or takes) a planned port and binds it to the server (CY-PRT-04).
pub(crate) fn bind(
    tx: &WriteTx,
    cx: &Cx,
    planned: &Planned,
    server: ServerId,
    owner: UserId,
    index: u32,
) -> Result<Network> {
    let bound = |port: Port| Port {
        server: Some(server),
        index: Some(index),
        state: PortState::Build,
        device_owner: Some("vm".into()),
        updated: cx.now,
        ..port
    };
    let fresh = |network: &Network| -> Result<Port> {
        Ok(bound(Port {
            id: PortId(tx.next_id("compute.port")?),
            name: String::new(),
            user: owner,
            network: network.id,
            server: None,
            index: None,
            mac: None,
            firewall_profile: None,
            state: PortState::Down,
            public: network.public,
            device_owner: None,
            created: cx.now,
            updated: cx.now,
        }))
    };
    let (port, network) = match planned {
        Planned::Existing(port) => {
            let network = tx.must(&port.network, "Network not found.")?;
            (bound(port.clone()), network)
        }
        Planned::New(network, wanted) => {
            let port = fresh(network)?;
            address::allocate(tx, cx, network, (owner, Some(port.id)), *wanted)?;
            (port, network.clone())
        }
        Planned::Floating(network, reserved) => {
            let port = fresh(network)?;
            tx.put(&Address {
                port: Some(port.id),
                ..reserved.clone()
            })?;
            (port, network.clone())
        }
    };
    tx.put(&port)?;
    for address in address::of_port(tx, &port)? {
        address::remember(tx, cx, &port, &address, true)?;
    }
    Ok(network)
}
