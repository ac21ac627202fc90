//! Subnets and their allocation pools (CY-SUB).

use crate::{
    policy::Policy,
    ranges::{self, Pool},
    rows::{Network, Subnet, SubnetPool},
    service::NewSubnet,
};
use ipnet::{IpNet, Ipv4Net};
use kernel::{Cx, Error, Result, SubnetId};
use std::net::{IpAddr, Ipv4Addr};
use store::{Reads, WriteTx};

/// What a subnet will be, checked without looking at the store.
pub(crate) struct Plan {
    pub cidr: IpNet,
    gateway: Option<IpAddr>,
    pools: Vec<SubnetPool>,
}

fn number(address: Ipv4Addr) -> u64 {
    u64::from(u32::from(address))
}

fn at(net: Ipv4Net, offset: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(net.network()).saturating_add(offset))
}

/// Checks CIDR, size, gateway and pools (CY-SUB-05 to 07).
///
/// `MAX_CIDR_BLOCK` is a limit for users; administrators' networks may be larger and
/// smaller.
pub(crate) fn plan(policy: &Policy, admin: bool, new: &NewSubnet) -> Result<Plan> {
    let bad = |reason: &str| Error::field("cidr", reason);
    let cidr: IpNet = new
        .cidr
        .parse()
        .map_err(|_| bad(&format!("Malformed CIDR '{}'", new.cidr.escape_default())))?;
    if cidr.addr() != cidr.network() {
        return Err(bad("The CIDR has host bits set."));
    }
    let gateway = match (new.gateway, cidr) {
        (Some(given), _) => given,
        (None, IpNet::V4(net)) => Some(at(net, 1).into()),
        (None, IpNet::V6(net)) => {
            let first = u128::from(net.network()).saturating_add(1);
            Some(std::net::Ipv6Addr::from(first).into())
        }
    };
    match cidr {
        IpNet::V4(net) => {
            let (widest, smallest) = match admin {
                true => (policy.max_cidr_block.min(16), 30),
                false => (policy.max_cidr_block, 29),
            };
            if net.prefix_len() < widest || net.prefix_len() > smallest {
                return Err(Error::TooLarge {
                    message: format!(
                        "Unsupported network size. Allowed sizes: /{widest} to /{smallest}"
                    ),
                });
            }
        }
        IpNet::V6(net) if net.prefix_len() != 64 => {
            return Err(bad("IPv6 subnets must be a /64."));
        }
        IpNet::V6(_) => {}
    }
    if gateway.is_some_and(|gateway| !cidr.contains(&gateway)) {
        return Err(Error::field(
            "gateway_ip",
            "Gateway is outside of the subnet.",
        ));
    }
    let pools = match cidr {
        IpNet::V4(net) => pools(net, gateway, new.pools.as_deref())?,
        IpNet::V6(_) if new.pools.as_ref().is_some_and(|p| !p.is_empty()) => {
            return Err(Error::conflict(
                "Allocation pools are for IPv4 subnets only.",
            ));
        }
        IpNet::V6(_) => Vec::new(),
    };
    Ok(Plan {
        cidr,
        gateway,
        pools,
    })
}

fn pools(
    net: Ipv4Net,
    gateway: Option<IpAddr>,
    given: Option<&[SubnetPool]>,
) -> Result<Vec<SubnetPool>> {
    let (first, last) = (number(net.network()) + 1, number(net.broadcast()) - 1);
    let gateway = match gateway {
        Some(IpAddr::V4(v4)) => Some(number(v4)),
        _ => None,
    };
    let Some(given) = given else {
        let ranges = match gateway {
            None => vec![(first, last)],
            Some(gw) => vec![(first, gw.saturating_sub(1)), (gw + 1, last)],
        };
        let address = |n: u64| u32::try_from(n).map(Ipv4Addr::from).map_err(Error::broken);
        return ranges
            .into_iter()
            .filter(|(start, end)| start <= end)
            .map(|(start, end)| {
                Ok(SubnetPool {
                    start: address(start)?,
                    end: address(end)?,
                })
            })
            .collect();
    };
    let mut sorted = given.to_vec();
    sorted.sort();
    let mut before = None;
    for pool in &sorted {
        let (start, end) = (number(pool.start), number(pool.end));
        let problem = if start > end {
            "Invalid IP pool range"
        } else if start < first || end > last {
            "IP Pool out of bounds"
        } else if before.is_some_and(|before| start <= before) {
            "IP Pool range conflict"
        } else if gateway.is_some_and(|gw| (start..=end).contains(&gw)) {
            "Gateway cannot be in pool range"
        } else {
            before = Some(end);
            continue;
        };
        return Err(Error::conflict(problem));
    }
    Ok(sorted)
}

/// Adds a planned subnet to its network; nothing is refused any more.
pub(crate) fn insert(
    tx: &WriteTx,
    cx: &Cx,
    network: &mut Network,
    new: &NewSubnet,
    plan: &Plan,
) -> Result<Subnet> {
    let id = SubnetId(tx.next_id("compute.subnet")?);
    let mut free = 0;
    for pool in &plan.pools {
        let (start, end) = (number(pool.start), number(pool.end));
        ranges::give(tx, Pool::Addresses(id), start, end)?;
        free += end - start + 1;
    }
    let subnet = Subnet {
        id,
        network: network.id,
        user: network.user,
        public: network.public,
        name: new.name.clone(),
        cidr: plan.cidr,
        gateway: plan.gateway,
        dhcp: new.dhcp,
        pools: plan.pools.clone(),
        free,
        dns_nameservers: new.dns_nameservers.clone(),
        host_routes: new.host_routes.clone(),
        created: cx.now,
        updated: cx.now,
        deleted: false,
    };
    tx.insert(&subnet)?;
    network.subnets.push(id);
    network.updated = cx.now;
    Ok(subnet)
}

/// Does the network have a subnet of that version?
pub(crate) fn has_version(tx: &impl Reads, network: &Network, cidr: &IpNet) -> Result<bool> {
    let all = crate::address::subnets(tx, network)?;
    Ok(all
        .iter()
        .any(|s| matches!(s.cidr, IpNet::V4(_)) == matches!(cidr, IpNet::V4(_))))
}
