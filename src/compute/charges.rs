//! What a server costs (CY-QTA-02).

use crate::rows::{Flavor, OperState, Server};
use kernel::Result;
use quota::{Delta, resource as r};
use store::WriteTx;

const MIB: i64 = 1 << 20;
const GIB: i64 = 1 << 30;

fn delta(server: &Server, resource: &'static str, amount: i64) -> Delta {
    Delta {
        user: server.user,
        project: server.project,
        resource,
        amount,
    }
}

/// What a server in a state holds, with disks of `disk` GiB together (CY-QTA-09).
pub(crate) fn held(server: &Server, flavor: &Flavor, state: OperState, disk: u64) -> Vec<Delta> {
    if state == OperState::Destroyed {
        return Vec::new();
    }
    let (cpu, ram) = (i64::from(flavor.cpu), i64::from(flavor.ram) * MIB);
    let disk = i64::try_from(disk).unwrap_or(i64::MAX / GIB) * GIB;
    let mut all = vec![
        delta(server, r::VM, 1),
        delta(server, r::TOTAL_CPU, cpu),
        delta(server, r::TOTAL_RAM, ram),
        delta(server, r::DISK, disk),
    ];
    if state.active() {
        all.push(delta(server, r::CPU, cpu));
        all.push(delta(server, r::RAM, ram));
    }
    all
}

/// What changes when a server goes from one state to another.
pub(crate) fn step(
    server: &Server,
    flavor: &Flavor,
    disk: u64,
    from: OperState,
    to: OperState,
) -> Vec<Delta> {
    let mut all = held(server, flavor, to, disk);
    for old in held(server, flavor, from, disk) {
        match all.iter_mut().find(|new| new.resource == old.resource) {
            Some(new) => new.amount -= old.amount,
            None => all.push(delta(server, old.resource, -old.amount)),
        }
    }
    all.retain(|delta| delta.amount != 0);
    all
}

/// Gives back what was reserved for the pending action.
pub(crate) fn unreserve(tx: &WriteTx, server: &mut Server) -> Result<()> {
    match server.serial.take() {
        Some(serial) => quota::settle(tx, serial, false),
        None => Ok(()),
    }
}
