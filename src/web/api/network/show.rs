//! Networks, subnets, ports and floating IPs as clients read them (CY-NWIRE).

use crate::api::{keystone::iso, os::Site};
use compute::{FloatingIp, Network, PortView, Subnet};
use serde_json::{Value, json};

/// A network's state; a drained one says so (CY-NET-21).
pub(crate) fn status(network: &Network) -> &'static str {
    match network.drained && !network.deleted {
        true => "SNF:DRAINED",
        false => network.state.word(),
    }
}

/// A network (CY-NWIRE-01).
pub(super) fn network(site: &Site, network: &Network) -> Value {
    let id = network.id.to_string();
    let subnets: Vec<String> = network.subnets.iter().map(ToString::to_string).collect();
    json!({
        "id": id, "name": network.name, "links": site.links("network/v2.0/networks", &id),
        "user_id": network.user, "tenant_id": network.project,
        "shared_to_project": network.shared_to_project,
        "type": network.kind.word(), "status": status(network),
        "public": network.public, "shared": network.public,
        "router:external": network.public, "admin_state_up": true, "subnets": subnets,
        "SNF:floating_ip_pool": network.floating_ip_pool, "deleted": network.deleted,
        "created": iso(network.created), "updated": iso(network.updated),
    })
}

/// A subnet (CY-NWIRE-02).
pub(super) fn subnet(site: &Site, subnet: &Subnet) -> Value {
    let id = subnet.id.to_string();
    let pool = |pool: &compute::SubnetPool| json!({"start": pool.start, "end": pool.end});
    let pools: Vec<Value> = subnet.pools.iter().map(pool).collect();
    let mut shown = json!({
        "id": id, "network_id": subnet.network.to_string(), "name": subnet.name,
        "tenant_id": subnet.user, "user_id": subnet.user, "public": subnet.public,
        "gateway_ip": subnet.gateway, "ip_version": subnet.version(),
        "cidr": subnet.cidr.to_string(), "enable_dhcp": subnet.dhcp,
        "dns_nameservers": subnet.dns_nameservers, "host_routes": subnet.host_routes,
        "allocation_pools": pools, "deleted": subnet.deleted,
        "links": site.links("network/v2.0/subnets", &id),
    });
    if subnet.version() == 6 {
        shown["enable_slaac"] = json!(subnet.dhcp);
    }
    shown
}

/// A port (CY-NWIRE-03).
pub(super) fn port(site: &Site, view: &PortView) -> Value {
    let port = &view.port;
    let id = port.id.to_string();
    let addresses = view.addresses.iter().map(
        |address| json!({"ip_address": address.address, "subnet": address.subnet.to_string()}),
    );
    let addresses: Vec<Value> = addresses.collect();
    json!({
        "id": id, "name": port.name, "links": site.links("network/v2.0/ports", &id),
        "user_id": port.user, "tenant_id": port.user,
        "device_id": port.server.map(|id| id.to_string()), "admin_state_up": true,
        "mac_address": port.mac, "status": port.state.word(),
        "device_owner": port.device_owner, "network_id": port.network.to_string(),
        "created": iso(port.created), "updated": iso(port.updated),
        "fixed_ips": addresses, "security_groups": [],
    })
}

/// A floating IP (CY-FIP-01).
pub(super) fn floating_ip(found: &FloatingIp) -> Value {
    let address = &found.address;
    json!({
        "id": address.id.to_string(), "floating_ip_address": address.address,
        "floating_network_id": address.network.to_string(), "fixed_ip_address": null,
        "port_id": address.port.map(|id| id.to_string()),
        "instance_id": found.server.map(|id| id.to_string()), "user_id": address.user,
        "tenant_id": address.project, "shared_to_project": address.shared_to_project,
        "deleted": false,
    })
}
