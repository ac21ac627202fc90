//! What is heard from a cluster.

use crate::rows::{IntentId, JobStatus};
use kernel::{BackendId, ServerId, Timestamp};

/// Something true in a cluster at an instant. Reporting one twice, late or out of
/// order does no harm (CY-DSP-02).
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A job about an instance changed; anybody's job (CY-DSP-10).
    Job(JobFact),
    /// A job of an intent is over and its outcome cannot be read any more (archived
    /// and purged, or lost): what its instance looks like now decides.
    JobGone {
        /// The intent.
        intent: IntentId,
        /// The instance now; None when it certainly does not exist.
        instance: Option<InstanceSeen>,
        /// When that was read.
        at: Timestamp,
    },
    /// An instance of this product as the cluster has it (reconciliation, CY-REC-14,
    /// -16). Ignored while something is being done with it.
    Seen {
        /// The cluster.
        backend: BackendId,
        /// The instance.
        instance: InstanceSeen,
        /// When it was read, at the latest.
        at: Timestamp,
    },
    /// A server's instance certainly does not exist in its cluster (CY-REC-10, -11).
    /// Ignored while something is being done with it; a server that stood ERROR stays.
    Absent {
        /// The cluster.
        backend: BackendId,
        /// The server.
        server: ServerId,
        /// When the cluster was asked.
        at: Timestamp,
    },
    /// A network in a cluster changed (CY-DSP-21).
    Network(NetworkFact),
}

/// A job about one instance.
#[derive(Clone, Debug, PartialEq)]
pub struct JobFact {
    /// The cluster.
    pub backend: BackendId,
    /// The job's number.
    pub job: u64,
    /// Instance name.
    pub instance: String,
    /// `OP_INSTANCE_…`
    pub opcode: String,
    /// Where it stands.
    pub status: JobStatus,
    /// When that came to be (CY-MSG-01).
    pub at: Timestamp,
    /// Last line of its log.
    pub log: Option<String>,
    /// Why it failed.
    pub error: Option<JobError>,
    /// The instance after the job; give it for final states of CREATE, STARTUP and
    /// SET_PARAMS when it can be read.
    pub live: Option<InstanceSeen>,
    /// The instance certainly does not exist now; matters after a failed REMOVE.
    pub absent: bool,
}

/// The result of a failed opcode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobError {
    /// `OpPrereqError`, …
    pub class: String,
    /// Ganeti's text.
    pub message: String,
    /// `insufficient_resources`, …; empty when there is none.
    pub code: String,
}

/// An instance as a cluster shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceSeen {
    /// Instance name.
    pub name: String,
    /// Does it run now?
    pub running: bool,
    /// NICs in order; None when they were not read.
    pub nics: Option<Vec<NicSeen>>,
}

/// A NIC as a cluster shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NicSeen {
    /// `snf-nic-54`; empty when it has none.
    pub name: String,
    /// `snf-net-7`.
    pub network: String,
    /// IPv4 address.
    pub ip: Option<String>,
    /// MAC address.
    pub mac: String,
}

/// A network in a cluster, as the jobs about it tell or as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkFact {
    /// The cluster.
    pub backend: BackendId,
    /// Network name.
    pub network: String,
    /// The last of its jobs, when jobs tell.
    pub job: Option<u64>,
    /// The intent this ends, if any.
    pub intent: Option<IntentId>,
    /// Is it there and connected to all node groups; None while jobs run.
    pub there: Option<bool>,
    /// Why making or removing it failed.
    pub error: Option<String>,
    /// When.
    pub at: Timestamp,
}
