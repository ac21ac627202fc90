//! Networks, subnets, ports and floating addresses.

use super::{NewNetwork, NewSubnet, Service, trail};
use crate::{
    audit,
    network::{self, floating, reassign},
    port,
    rows::{Address, Network, Port, Subnet},
    view::{FloatingIp, NewFloatingIp, PortView},
};
use kernel::{Caller, NetworkId, PortId, ProjectId, Result, SubnetId, Timestamp};
use store::Reads;

impl Service {
    /// Networks the caller sees, public ones included, by id; `since` as for servers.
    pub async fn networks(
        &self,
        caller: &Caller,
        since: Option<Timestamp>,
    ) -> Result<Vec<Network>> {
        self.check_since(since)?;
        self.read(caller, move |tx, caller, _| {
            network::list(tx, caller, since)
        })
        .await
    }

    /// One network.
    pub async fn network(&self, caller: &Caller, id: NetworkId) -> Result<Network> {
        self.read(caller, move |tx, caller, _| network::get(tx, caller, id))
            .await
    }

    /// Makes a private network, or, by an administrator, any (CY-NET-23).
    pub async fn create_network(&self, caller: &Caller, new: NewNetwork) -> Result<Network> {
        self.write(caller, move |tx, cx, caller, policy| {
            let network = network::create(tx, cx, caller, policy, &new)?;
            let mut subnets: Vec<Subnet> = Vec::new();
            for id in &network.subnets {
                subnets.extend(tx.get::<Subnet>(id)?);
            }
            trail::note(tx, cx, caller, network.user, || {
                audit::network_made(&network, &subnets)
            })?;
            Ok(network)
        })
        .await
    }

    /// Renames a network (CY-NET-25).
    pub async fn rename_network(
        &self,
        caller: &Caller,
        id: NetworkId,
        name: String,
    ) -> Result<Network> {
        self.on::<Network, _>(caller, (id, "rename"), move |tx, cx, caller, _| {
            network::rename(tx, cx, caller, id, &name)
        })
        .await
    }

    /// Removes a network (CY-NET-26).
    pub async fn delete_network(&self, caller: &Caller, id: NetworkId) -> Result<()> {
        self.deleted_network(caller, id, false).await
    }

    /// The same; what administrators do to those of others is recorded, and `always`
    /// whatever is removed.
    pub(super) async fn deleted_network(
        &self,
        caller: &Caller,
        id: NetworkId,
        always: bool,
    ) -> Result<()> {
        self.reclaim(caller, move |tx, cx, caller, policy| {
            let before = tx.get::<Network>(&id)?;
            network::delete(tx, cx, caller, policy, id)?;
            let Some(before) = before else { return Ok(()) };
            let owner = before.user.filter(|_| !always);
            trail::note(tx, cx, caller, owner, || audit::network_destroyed(&before))
        })
        .await
    }

    /// Gives a network to another project of its owner, shared there or not (CY-NET-28).
    pub async fn reassign_network(
        &self,
        caller: &Caller,
        id: NetworkId,
        to: (ProjectId, bool),
    ) -> Result<()> {
        self.on::<Network, _>(caller, (id, "reassign"), move |tx, cx, caller, policy| {
            reassign::network(tx, cx, caller, policy, id, to)
        })
        .await
    }

    /// Subnets the caller sees, by id; `since` as for servers.
    pub async fn subnets(&self, caller: &Caller, since: Option<Timestamp>) -> Result<Vec<Subnet>> {
        self.check_since(since)?;
        self.read(caller, move |tx, caller, _| {
            network::subnets(tx, caller, since)
        })
        .await
    }

    /// One subnet.
    pub async fn subnet(&self, caller: &Caller, id: SubnetId) -> Result<Subnet> {
        self.read(caller, move |tx, caller, _| network::subnet(tx, caller, id))
            .await
    }

    /// Adds a subnet to a network of the caller (CY-SUB-03).
    pub async fn create_subnet(&self, caller: &Caller, new: NewSubnet) -> Result<Subnet> {
        self.write(caller, move |tx, cx, caller, policy| {
            let made = network::add_subnet(tx, cx, caller, policy, &new)?;
            let network = tx.get::<Network>(&made.network)?;
            let owner = network.and_then(|network| network.user);
            let told = || audit::subnet("create", None, &made);
            trail::note(tx, cx, caller, owner, told)?;
            Ok(made)
        })
        .await
    }

    /// Renames a subnet (CY-SUB-08).
    pub async fn rename_subnet(
        &self,
        caller: &Caller,
        id: SubnetId,
        name: String,
    ) -> Result<Subnet> {
        self.write(caller, move |tx, cx, caller, _| {
            let before = tx.get::<Subnet>(&id)?;
            let after = network::rename_subnet(tx, cx, caller, id, &name)?;
            let network = tx.get::<Network>(&after.network)?;
            let owner = network.and_then(|network| network.user);
            let told = || audit::subnet("rename", before.as_ref(), &after);
            trail::note(tx, cx, caller, owner, told)?;
            Ok(after)
        })
        .await
    }

    /// Ports the caller sees, by id.
    pub async fn ports(&self, caller: &Caller) -> Result<Vec<PortView>> {
        self.read(caller, |tx, caller, _| port::list(tx, caller))
            .await
    }

    /// One port.
    pub async fn port(&self, caller: &Caller, id: PortId) -> Result<PortView> {
        self.read(caller, move |tx, caller, _| port::get(tx, caller, id))
            .await
    }

    /// Renames a port (CY-PRT-02).
    pub async fn rename_port(&self, caller: &Caller, id: PortId, name: String) -> Result<PortView> {
        self.write(caller, move |tx, cx, caller, _| {
            let before = tx.get::<Port>(&id)?;
            let after = port::rename(tx, cx, caller, id, &name)?;
            if let Some(before) = before {
                let told = || audit::port_renamed(&before, &after.port);
                trail::note(tx, cx, caller, Some(before.user), told)?;
            }
            Ok(after)
        })
        .await
    }

    /// Floating addresses the caller sees, by id; `since` as for servers (CY-FIP-02).
    pub async fn floating_ips(
        &self,
        caller: &Caller,
        since: Option<Timestamp>,
    ) -> Result<Vec<FloatingIp>> {
        self.check_since(since)?;
        self.read(caller, move |tx, caller, _| {
            floating::list(tx, caller, since)
        })
        .await
    }

    /// One floating address.
    pub async fn floating_ip(&self, caller: &Caller, id: u64) -> Result<FloatingIp> {
        self.read(caller, move |tx, caller, _| {
            floating::view(tx, floating::get(tx, caller, id)?)
        })
        .await
    }

    /// Reserves a floating address: of a network or of any pool, this or any (CY-FIP-03).
    pub async fn create_floating_ip(
        &self,
        caller: &Caller,
        new: NewFloatingIp,
    ) -> Result<FloatingIp> {
        self.write(caller, move |tx, cx, caller, policy| {
            floating::create(tx, cx, caller, policy, new)
        })
        .await
    }

    /// Gives a floating address to another project of its owner (CY-FIP-05).
    pub async fn reassign_floating_ip(
        &self,
        caller: &Caller,
        id: u64,
        to: (ProjectId, bool),
    ) -> Result<()> {
        self.on::<Address, _>(caller, (id, "reassign"), move |tx, _, caller, policy| {
            floating::reassign(tx, caller, policy, id, to)
        })
        .await
    }

    /// Gives a floating address back (CY-FIP-04).
    pub async fn delete_floating_ip(&self, caller: &Caller, id: u64) -> Result<()> {
        self.deleted_floating_ip(caller, id, false).await
    }

    /// The same; what administrators do to those of others is recorded, and `always`
    /// whatever is given back.
    pub(super) async fn deleted_floating_ip(
        &self,
        caller: &Caller,
        id: u64,
        always: bool,
    ) -> Result<()> {
        self.reclaim(caller, move |tx, cx, caller, _| {
            let before = tx.get::<Address>(&id)?;
            floating::delete(tx, caller, id)?;
            let Some(before) = before else { return Ok(()) };
            let owner = Some(before.user).filter(|_| !always);
            trail::note(tx, cx, caller, owner, || audit::address_destroyed(&before))
        })
        .await
    }
}
