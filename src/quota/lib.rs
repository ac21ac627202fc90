//! The quota ledger: holdings with limits and usage, commissions that change
//! them in two phases or at once, and the registry of resources.
//!
//! Every allocation stands twice: at `user:<uuid>` with source `project:<uuid>`
//! and at `project:<uuid>` itself. Invariants: `usage_min ≤ usage_max`, and their
//! difference is exactly what pending commissions name. A refused change changes
//! nothing.

mod ledger;
mod registry;
mod service;
mod verify;

pub use ledger::{
    Commission, Delta, Holding, Numbers, Provision, Refusal, Serial, charge, charge_all,
    commissions, issue, issue_provisions, limit_of, open_system_project, project_source,
    remove_holding, set_limit, settle, usage, usage_in, user_holder,
};
pub use registry::{
    NewResource, Resource, ResourceInfo, catalogue, in_words, register, resource_named,
    set_project_default, set_system_default, set_visible, standard_of,
};
pub use service::Service;
pub use verify::verify;

/// Names of the standard resources (ID-RES-07).
pub mod resource {
    /// Bytes in the object store.
    pub const DISKSPACE: &str = "pithos.diskspace";
    /// Servers.
    pub const VM: &str = "cyclades.vm";
    /// Processors of servers, running or not.
    pub const TOTAL_CPU: &str = "cyclades.total_cpu";
    /// Processors of running servers.
    pub const CPU: &str = "cyclades.cpu";
    /// Memory of servers, running or not, bytes.
    pub const TOTAL_RAM: &str = "cyclades.total_ram";
    /// Memory of running servers, bytes.
    pub const RAM: &str = "cyclades.ram";
    /// Bytes of volumes.
    pub const DISK: &str = "cyclades.disk";
    /// Private networks.
    pub const PRIVATE_NETWORK: &str = "cyclades.network.private";
    /// Floating addresses.
    pub const FLOATING_IP: &str = "cyclades.floating_ip";
    /// Project applications waiting for a decision.
    pub const PENDING_APP: &str = "astakos.pending_app";
}

#[cfg(test)]
mod tests;
