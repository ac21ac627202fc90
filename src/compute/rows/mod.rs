//! The tables: one row type each (CY-MOD). Keys and indexes are in query order;
//! what is deleted stays as a row where the API shows it.

use kernel::Timestamp;

mod backend;
mod build;
mod intent;
mod network;
mod server;

pub use backend::{Backend, BackendNetwork, BackendNetworkState, Stats, Transport};
pub use build::{Build, ServerPassword};
pub use intent::{Intent, IntentId, IntentState, Target, Work};
pub(crate) use network::address_key;
pub use network::{
    Address, Network, NetworkKind, NetworkState, Port, PortState, Subnet, SubnetPool,
};
pub use server::{
    Action, Diagnostic, Flavor, FlavorAccess, JobStatus, LastJob, Level, OperState, Server, Volume,
    VolumeState, VolumeType, VolumeTypeId,
};

/// An instant as change indexes keep it: newest first, so that what changed since an
/// instant stands at the front.
pub(crate) fn newest_first(at: Timestamp) -> i64 {
    -at.as_microsecond()
}
