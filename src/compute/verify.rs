//! Do the tables agree with each other, with the pools and with the quota ledger?

use crate::{
    address::AddressHistory,
    charges,
    pool::{self, ValuePool},
    ranges::{self, FreeRange, Pool},
    rows::{
        Address, Backend, BackendNetwork, Build, Diagnostic, Flavor, FlavorAccess, Intent,
        IntentState, Network, OperState, Port, Server, ServerPassword, Subnet, Target, Volume,
        VolumeState, VolumeType,
    },
    server,
};
use kernel::{Result, SubnetId};
use quota::{Commission, Delta, Holding, project_source, user_holder};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};
use store::{Inconsistency, ReadTx, Reads};

type Problems = Vec<Inconsistency>;

/// Checks every table and every invariant of this crate.
pub fn verify(tx: &ReadTx) -> Result<Problems> {
    let mut problems = tx.verify_table::<VolumeType>()?;
    problems.extend(tx.verify_table::<Flavor>()?);
    problems.extend(tx.verify_table::<FlavorAccess>()?);
    problems.extend(tx.verify_table::<Backend>()?);
    problems.extend(tx.verify_table::<BackendNetwork>()?);
    problems.extend(tx.verify_table::<Network>()?);
    problems.extend(tx.verify_table::<Subnet>()?);
    problems.extend(tx.verify_table::<Port>()?);
    problems.extend(tx.verify_table::<Address>()?);
    problems.extend(tx.verify_table::<AddressHistory>()?);
    problems.extend(tx.verify_table::<FreeRange>()?);
    problems.extend(tx.verify_table::<ValuePool>()?);
    problems.extend(tx.verify_table::<Server>()?);
    problems.extend(tx.verify_table::<Volume>()?);
    problems.extend(tx.verify_table::<Diagnostic>()?);
    problems.extend(tx.verify_table::<Intent>()?);
    problems.extend(tx.verify_table::<Build>()?);
    problems.extend(tx.verify_table::<ServerPassword>()?);
    if problems.is_empty() {
        servers(tx, &mut problems)?;
        intents(tx, &mut problems)?;
        pools(tx, &mut problems)?;
        usage(tx, &mut problems)?;
    }
    Ok(problems)
}

fn servers(tx: &ReadTx, problems: &mut Problems) -> Result<()> {
    let mut bad = |id, text: &str| {
        problems.push(Inconsistency::new(
            "compute.server",
            format!("{id}: {text}"),
        ));
    };
    tx.each_row::<Server>(&(), None, |server| {
        let id = server.id;
        let open = crate::intent::of_server(tx, id)?;
        let building = crate::building::of_server(tx, id)?.is_some();
        if tx.get::<Flavor>(&server.flavor)?.is_none() {
            bad(id, "its flavor is missing");
        }
        if server.deleted != (server.operstate == OperState::Destroyed) {
            bad(id, "deleted and its state contradict");
        }
        if server.deleted && !(open.is_empty() && server::ports(tx, id)?.is_empty()) {
            bad(id, "deleted, but ports or intents are left");
        }
        if !server.deleted && tx.get::<Backend>(&server.backend)?.is_none() {
            bad(id, "its backend is missing");
        }
        if let Some(task) = server.task
            && !open.iter().any(|i| i.work.action() == Some(task))
        {
            bad(id, "its task has no intent");
        }
        if server.serial.is_some() && server.task.is_none() {
            bad(id, "quota is reserved for no task");
        }
        if building != (server.operstate == OperState::Build) {
            bad(id, "its build document and its state contradict");
        }
        Ok(true)
    })
}

fn intents(tx: &ReadTx, problems: &mut Problems) -> Result<()> {
    tx.each_row::<Intent>(&(), None, |intent| {
        if matches!(intent.state, IntentState::Withdrawn { .. }) {
            return Ok(true);
        }
        let there = match intent.target {
            Target::Server(id) => tx.get::<Server>(&id)?.is_some_and(|s| !s.deleted),
            Target::Network(id) => tx.get::<Network>(&id)?.is_some_and(|n| !n.deleted),
        };
        if !there {
            problems.push(Inconsistency::new(
                "compute.intent",
                format!("{}: what it is about is gone", intent.id),
            ));
        }
        Ok(true)
    })
}

/// Every pooled address is free or in use, and the count of free ones is right.
fn pools(tx: &ReadTx, problems: &mut Problems) -> Result<()> {
    let mut used: BTreeMap<SubnetId, BTreeSet<u64>> = BTreeMap::new();
    tx.each_row::<Address>(&(), None, |address| {
        if let IpAddr::V4(v4) = address.address {
            used.entry(address.subnet)
                .or_default()
                .insert(u32::from(v4).into());
        }
        let orphan = match address.port {
            Some(port) => tx.get::<Port>(&port)?.is_none(),
            None => !address.floating,
        };
        if orphan {
            problems.push(Inconsistency::new(
                "compute.address",
                format!("{}: nobody uses it", address.address),
            ));
        }
        Ok(true)
    })?;
    tx.each_row::<Network>(&(), None, |network| {
        if !network.deleted && !pool::agrees(tx, &network)? {
            problems.push(Inconsistency::new(
                "compute.pool",
                format!("the value of network {} is free", network.id),
            ));
        }
        Ok(true)
    })?;
    tx.each_row::<Subnet>(&(), None, |subnet| {
        if subnet.deleted {
            return Ok(true);
        }
        let free = ranges::all(tx, Pool::Addresses(subnet.id))?;
        let taken = used.remove(&subnet.id).unwrap_or_default();
        let count: u64 = free.iter().map(|(a, b)| b - a + 1).sum();
        let pooled = subnet.pools.iter().map(|p| {
            let (a, b) = (u64::from(u32::from(p.start)), u64::from(u32::from(p.end)));
            let held = taken.range(a..=b).count() as u64;
            b - a + 1 - held
        });
        let both = free
            .iter()
            .any(|(a, b)| taken.range(*a..=*b).next().is_some());
        if both || count != subnet.free || count != pooled.sum::<u64>() {
            problems.push(Inconsistency::new(
                "compute.subnet",
                format!("{}: its pool and its addresses disagree", subnet.id),
            ));
        }
        Ok(true)
    })
}

type Amounts = BTreeMap<(String, String, String), i64>;

fn add(amounts: &mut Amounts, delta: &Delta) {
    let project = project_source(delta.project);
    let keys = [
        (user_holder(delta.user), project.clone()),
        (project, String::new()),
    ];
    for (holder, source) in keys {
        let key = (holder, source, delta.resource.to_owned());
        *amounts.entry(key).or_default() += delta.amount;
    }
}

/// What the rows hold, at both levels (CY-QTA-09).
fn held(tx: &ReadTx) -> Result<Amounts> {
    let mut amounts = Amounts::new();
    tx.each_row::<Server>(&(), None, |server| {
        if let Some(flavor) = tx.get::<Flavor>(&server.flavor)? {
            let disk = server::disk(tx, server.id)?;
            for delta in charges::held(&server, &flavor, server.operstate, disk) {
                add(&mut amounts, &delta);
            }
        }
        Ok(true)
    })?;
    tx.each_row::<Volume>(&(), None, |volume| {
        if volume.server.is_none() && volume.state != VolumeState::Deleted {
            let delta = Delta {
                user: volume.user,
                project: volume.project,
                resource: quota::resource::DISK,
                amount: i64::from(volume.size) << 30,
            };
            add(&mut amounts, &delta);
        }
        Ok(true)
    })?;
    tx.each_row::<Address>(&(), None, |address| {
        if let (true, Some(project)) = (address.floating, address.project) {
            let delta = Delta {
                user: address.user,
                project,
                resource: quota::resource::FLOATING_IP,
                amount: 1,
            };
            add(&mut amounts, &delta);
        }
        Ok(true)
    })?;
    tx.each_row::<Network>(&(), None, |network| {
        if let (false, Some(user), Some(project)) = (network.deleted, network.user, network.project)
        {
            let delta = Delta {
                user,
                project,
                resource: quota::resource::PRIVATE_NETWORK,
                amount: 1,
            };
            add(&mut amounts, &delta);
        }
        Ok(true)
    })?;
    Ok(amounts)
}

/// Usage equals what exists. A pending commission has moved one end of a holding's
/// usage only; the other end is compared.
fn usage(tx: &ReadTx, problems: &mut Problems) -> Result<()> {
    let mut expected = held(tx)?;
    let mut pending = Amounts::new();
    tx.each_row::<Commission>(&(), None, |commission| {
        for line in commission.provisions {
            if line.quantity < 0 {
                *pending
                    .entry((line.holder, line.source, line.resource))
                    .or_default() -= line.quantity;
            }
        }
        Ok(true)
    })?;
    tx.each_row::<Holding>(&(), None, |held| {
        let ours =
            held.resource.starts_with("cyclades.") && held.resource != quota::resource::FLOATING_IP;
        let key = store::Row::key(&held);
        let want = expected.remove(&key).unwrap_or_default();
        let has = i64::try_from(held.usage_min).unwrap_or(i64::MAX)
            + pending.remove(&key).unwrap_or_default();
        if ours && want != has {
            problems.push(Inconsistency::new(
                "quota.holding",
                format!("{}/{}/{}: {want} exist, {has} charged", key.0, key.1, key.2),
            ));
        }
        Ok(true)
    })?;
    for (key, want) in expected.into_iter().filter(|(_, want)| *want != 0) {
        problems.push(Inconsistency::new(
            "quota.holding",
            format!("{}/{}/{}: {want} exist, none charged", key.0, key.1, key.2),
        ));
    }
    Ok(())
}
