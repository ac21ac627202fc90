//! What an intent asks of a cluster, in neutral words; the `ganeti` crate makes
//! opcodes of it (CY-JOB-01 to 04).

use serde_json::{Map, Value};
use std::fmt;

/// One piece of work for a cluster. Put [`crate::Intent::key`] into every job's `reason`.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// OP_INSTANCE_CREATE.
    Create(Box<InstanceSpec>),
    /// OP_INSTANCE_STARTUP.
    Startup {
        /// Instance name.
        instance: String,
    },
    /// OP_INSTANCE_SHUTDOWN.
    Shutdown {
        /// Instance name.
        instance: String,
        /// Seconds, only if given.
        timeout: Option<u32>,
    },
    /// OP_INSTANCE_REBOOT, reboot_type always `hard`.
    Reboot {
        /// Instance name.
        instance: String,
        /// Seconds, only if given; 0 for a hard one.
        shutdown_timeout: Option<u32>,
    },
    /// OP_INSTANCE_REMOVE.
    Remove {
        /// Instance name.
        instance: String,
        /// Seconds, only if given.
        shutdown_timeout: Option<u32>,
    },
    /// OP_NETWORK_ADD, then OP_NETWORK_CONNECT for every node group, depending on it.
    NetworkCreate(Box<NetworkSpec>),
    /// OP_NETWORK_DISCONNECT from every node group, then OP_NETWORK_REMOVE.
    NetworkRemove {
        /// Network name.
        network: String,
    },
}

impl Job {
    /// Name of the instance or network it is about.
    pub fn name(&self) -> &str {
        match self {
            Job::Create(spec) => &spec.name,
            Job::Startup { instance }
            | Job::Shutdown { instance, .. }
            | Job::Reboot { instance, .. }
            | Job::Remove { instance, .. } => instance,
            Job::NetworkCreate(spec) => &spec.name,
            Job::NetworkRemove { network } => network,
        }
    }
}

/// An instance to be made (CY-JOB-01). `osparams` holds the build's secret address,
/// so Debug leaves it out.
#[derive(Clone, PartialEq)]
pub struct InstanceSpec {
    /// `snf-42`.
    pub name: String,
    /// Processors.
    pub vcpus: u32,
    /// MiB: memory, minmem and maxmem.
    pub memory: u32,
    /// Template of the root disk, without provider.
    pub disk_template: String,
    /// Disks in order.
    pub disks: Vec<DiskSpec>,
    /// NICs in order.
    pub nics: Vec<NicSpec>,
    /// `snf-image+default`.
    pub os: String,
    /// config_url, img_id, img_format.
    pub osparams: Map<String, Value>,
    /// The cluster's hypervisor.
    pub hypervisor: String,
    /// Its parameters, from `GANETI_CREATEINSTANCE_KWARGS`.
    pub hvparams: Map<String, Value>,
    /// Other members of `GANETI_CREATEINSTANCE_KWARGS`.
    pub extra: Map<String, Value>,
    /// `GANETI_DISKS_WAIT_FOR_SYNC`.
    pub wait_for_sync: bool,
    /// `GANETI_USE_OPPORTUNISTIC_LOCKING`, and not after a try with it found too few nodes free.
    pub opportunistic_locking: bool,
    /// Tags, encoded for Ganeti.
    pub tags: Vec<String>,
}

impl fmt::Debug for InstanceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceSpec")
            .field("name", &self.name)
            .field("vcpus", &self.vcpus)
            .field("memory", &self.memory)
            .field("disk_template", &self.disk_template)
            .field("disks", &self.disks)
            .field("nics", &self.nics)
            .field("os", &self.os)
            .finish_non_exhaustive()
    }
}

/// A disk of a new instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSpec {
    /// `snf-vol-91`.
    pub name: String,
    /// MiB.
    pub size: u64,
    /// Provider of an `ext` disk.
    pub provider: Option<String>,
}

/// A NIC of a new instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NicSpec {
    /// `snf-nic-54`.
    pub name: String,
    /// `snf-net-7`.
    pub network: String,
    /// IPv4 address.
    pub ip: Option<String>,
}

/// A network to be made (CY-JOB-03).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// `snf-net-7`.
    pub name: String,
    /// IPv4 CIDR; `10.0.0.0/29` for a network without one.
    pub network: String,
    /// IPv4 gateway.
    pub gateway: Option<String>,
    /// IPv6 CIDR.
    pub network6: Option<String>,
    /// IPv6 gateway.
    pub gateway6: Option<String>,
    /// Six hex digits: `aa:00:10`.
    pub mac_prefix: String,
    /// Only for public networks with IPv4.
    pub conflicts_check: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// bridged or routed.
    pub mode: String,
    /// Bridge or routing table.
    pub link: String,
}
