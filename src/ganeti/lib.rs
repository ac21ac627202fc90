//! Drives real Ganeti clusters: intents of `compute` become jobs, and what the jobs
//! and the clusters say becomes facts for `compute`.
//!
//! Owns no rows. Invariants: nothing is sent before [`compute::Driver::attempt`] was
//! committed; what may have been sent is looked for before it is sent again; one
//! worker per cluster and one watcher per job; everything here may be dropped and
//! started again at any moment. Which of the two protocols a cluster is spoken to in
//! is a property of its row, known to `cluster.rs` alone.

mod capacity;
mod cluster;
mod doubt;
mod instances;
mod luxi;
mod opcode;
mod rapi;
mod reconcile;
mod survey;
mod trust;
mod watcher;
mod worker;

pub use cluster::{Cluster, JobView, Trouble};
pub use survey::Survey;
pub use worker::run;

#[cfg(test)]
mod tests;
