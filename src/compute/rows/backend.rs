//! Ganeti clusters and which networks they have.

use kernel::{BackendId, NetworkId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Row};

/// How a cluster is reached (README decision 7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transport {
    /// The socket of a master on this machine.
    Luxi {
        /// Path of the socket; empty for Ganeti's own default.
        socket: String,
    },
    /// The remote API.
    Rapi {
        /// Certificate authority or certificate to trust, PEM; none: pin at first use.
        ca: Option<String>,
        /// SHA-256 of the certificate pinned at first use.
        pinned: Option<[u8; 32]>,
    },
}

/// What is free in a cluster (CY-BKD-06); MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Free memory.
    pub mfree: u64,
    /// Memory.
    pub mtotal: u64,
    /// Free disk.
    pub dfree: u64,
    /// Disk.
    pub dtotal: u64,
    /// Instances.
    pub pinst_cnt: u64,
    /// Processors.
    pub ctotal: u64,
}

/// A Ganeti cluster (CY-MOD-04). The password is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backend {
    /// Its number.
    pub id: BackendId,
    /// The cluster's own name; its address with [`Transport::Rapi`].
    pub clustername: String,
    /// How it is reached.
    pub transport: Transport,
    /// Port of the remote API.
    pub port: u16,
    /// User of the remote API; empty for LUXI.
    pub username: String,
    /// Sealed password, `encrypted:…`; empty for none.
    pub password: String,
    /// Distinguishes it in MAC addresses: 0 to 15.
    pub index: u8,
    /// No new servers.
    pub drained: bool,
    /// Not talked to.
    pub offline: bool,
    /// For every project?
    pub public: bool,
    /// kvm, xen-pvm, xen-hvm or fake.
    pub hypervisor: String,
    /// Templates the cluster can make disks of.
    pub disk_templates: Vec<String>,
    /// What is free.
    pub stats: Stats,
    /// When that was read.
    pub refreshed: Option<Timestamp>,
}

impl Row for Backend {
    type Key = BackendId;
    const TABLE: &'static str = "compute.backend";

    fn key(&self) -> BackendId {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("by_name", &self.clustername);
        ix.unique("by_index", self.index);
    }
}

/// Where a network stands in one cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackendNetworkState {
    /// Being made.
    Pending,
    /// There and connected.
    Active,
    /// Making it failed.
    Error,
    /// Gone.
    Deleted,
}

impl BackendNetworkState {
    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            BackendNetworkState::Pending => "PENDING",
            BackendNetworkState::Active => "ACTIVE",
            BackendNetworkState::Error => "ERROR",
            BackendNetworkState::Deleted => "DELETED",
        }
    }
}

/// A network in a cluster (CY-MOD-15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendNetwork {
    /// The network.
    pub network: NetworkId,
    /// The cluster.
    pub backend: BackendId,
    /// The network's prefix and one digit of the cluster's index.
    pub mac_prefix: String,
    /// Where it stands.
    pub state: BackendNetworkState,
    /// Last job heard of.
    pub job: Option<u64>,
    /// Why it failed.
    pub error: Option<String>,
    /// Time of the newest fact applied.
    pub backend_time: Timestamp,
}

impl Row for BackendNetwork {
    type Key = (NetworkId, BackendId);
    const TABLE: &'static str = "compute.backend_network";

    fn key(&self) -> Self::Key {
        (self.network, self.backend)
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_backend", self.backend);
        if self.state == BackendNetworkState::Error {
            ix.add("by_failed", self.backend);
        }
    }
}
