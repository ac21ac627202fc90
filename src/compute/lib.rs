//! Servers, flavors, networks, ports and addresses; what is to be done in the
//! Ganeti clusters (*intents*) and what is heard from them (*facts*).
//!
//! Owns the tables `compute.*`. Invariants: a server, its disks, ports, addresses,
//! quota and intent are one transaction; quota equals what exists; an address is
//! in use or free, never both; only facts change where a server stands; every
//! intent ends in a fact or is withdrawn, whatever restarts in between.
//! Knows no HTTP and no Ganeti protocol: the `ganeti` crate turns a [`Job`] into
//! opcodes and reports a [`Fact`].

mod address;
mod audit;
mod backend;
mod building;
mod charges;
mod desk;
mod fact;
mod figures;
mod flavor;
mod image;
mod intent;
mod job;
mod names;
mod network;
mod observed;
mod policy;
mod pool;
mod port;
mod ranges;
mod rows;
mod seal;
mod send;
mod server;
mod service;
mod subnet;
mod verify;
mod view;

pub use address::AddressHistory;
pub use desk::{Found, Gone, Keep, MOST_LOOKED_AT, Place, Thing, ThingKind, Wanted};
pub use fact::{Fact, InstanceSeen, JobError, JobFact, NetworkFact, NicSeen};
pub use figures::{Figures, Pools, Sizes, Sum};
pub use job::{DiskSpec, InstanceSpec, Job, NetworkSpec, NicSpec};
pub use pool::{PoolKind, ValuePool};
pub use rows::*;
pub use seal::Sealer;
pub use service::{
    Access, BackendChange, Cluster, Driver, ExpectedInstance, ExpectedNetwork, FlavorChange,
    NetworkFilter, NewBackend, NewFlavor, NewNetwork, NewSubnet, Pending, ServerFilter, Service,
    Why,
};
pub use verify::verify;
pub use view::{
    Act, BuildDocument, BuildProgress, Created, FlavorView, FloatingIp, NewFloatingIp, NewServer,
    PersonalityFile, PortView, RequestedNetwork, ServerView, Status,
};

#[cfg(test)]
mod tests;
