//! What is to be done in a cluster: written with the change it belongs to,
//! carried out by the `ganeti` crate, removed with the fact that ends it
//! (README decisions 15 and 23).

use crate::rows::Action;
use kernel::{BackendId, NetworkId, ServerId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Row};

/// Number of an intent.
pub type IntentId = u64;

/// What an intent is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// A server.
    Server(ServerId),
    /// A network, in the intent's cluster.
    Network(NetworkId),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// Make the server.
    Create {
        /// False after a try with it found too few nodes free.
        opportunistic: bool,
    },
    /// Start it.
    Start,
    /// Shut it down.
    Stop {
        /// Seconds it gets.
        timeout: Option<u32>,
    },
    /// Reboot it.
    Reboot {
        /// Without asking its system.
        hard: bool,
    },
    /// Remove it.
    Destroy,
    /// Make the network and connect it to all node groups.
    NetworkCreate,
    /// Disconnect and remove the network.
    NetworkRemove,
}

impl Work {
    /// The action on a server this is.
    pub fn action(&self) -> Option<Action> {
        Some(match self {
            Work::Create { .. } => Action::Create,
            Work::Start => Action::Start,
            Work::Stop { .. } => Action::Stop,
            Work::Reboot { .. } => Action::Reboot,
            Work::Destroy => Action::Destroy,
            Work::NetworkCreate | Work::NetworkRemove => return None,
        })
    }
}

/// How far an intent is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntentState {
    /// Nothing was sent: certainly no job exists.
    Waiting,
    /// It may have been sent: look for a job with its key before sending again.
    Trying,
    /// A job exists.
    Submitted {
        /// Its number in the cluster.
        job: u64,
    },
    /// Given up; kept a while for whoever waits for the answer.
    Withdrawn {
        /// For people.
        why: String,
    },
}

/// Something to be done in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Its number; also the order.
    pub id: IntentId,
    /// Travels in the job's `reason`, unique for ever.
    pub key: String,
    /// In which cluster.
    pub backend: BackendId,
    /// About what.
    pub target: Target,
    /// What.
    pub work: Work,
    /// How far.
    pub state: IntentState,
    /// Intents that must have ended before this one is sent.
    pub after: Vec<IntentId>,
    /// Jobs the job is to wait for, however they end.
    pub depends: Vec<u64>,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was written.
    pub created: Timestamp,
    /// Last change.
    pub updated: Timestamp,
}

impl Row for Intent {
    type Key = IntentId;
    const TABLE: &'static str = "compute.intent";

    fn key(&self) -> IntentId {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("by_key", &self.key);
        match self.state {
            IntentState::Waiting | IntentState::Trying => ix.add("to_send", self.backend),
            IntentState::Submitted { job } => {
                ix.unique("by_job", (self.backend, job));
                ix.add("at_work", self.backend);
            }
            IntentState::Withdrawn { .. } => {
                ix.add("withdrawn", self.updated);
                return;
            }
        }
        match self.target {
            Target::Server(id) => ix.add("by_server", id),
            Target::Network(id) => ix.add("by_network", id),
        }
    }
}
