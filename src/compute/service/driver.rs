//! The contract with the `ganeti` crate.
//!
//! For every cluster: take [`Driver::pending`]; for an intent in state Waiting call
//! [`Driver::attempt`], then send its [`Job`] with the intent's key as reason, then
//! [`Driver::submitted`], or [`Driver::withdrawn`] when the cluster refused it or
//! could not be reached before anything was sent. An intent in state Trying was left
//! by a crash or a broken connection: look for a job with its key (archived ones
//! too), then for the instance; found → `submitted`, certainly absent →
//! [`Driver::again`]. Follow the jobs of [`Driver::at_work`] and report what they do
//! with [`Driver::observed`]. All of it may be repeated at any time.

use super::{Service, unfinished};
use crate::{
    fact::Fact,
    job::Job,
    rows::{Backend, Intent, IntentId, OperState, Stats},
};
use kernel::{BackendId, Result, ServerId, secret::SecretString};
use tokio::sync::watch;

/// What the `ganeti` crate may read and write.
#[derive(Clone)]
pub struct Driver(pub(crate) Service);

/// A cluster and how to talk to it.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The row.
    pub backend: Backend,
    /// Password of the remote API.
    pub password: Option<SecretString>,
}

/// An intent that is to be sent, with what it asks for.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The intent: state Waiting or Trying.
    pub intent: Intent,
    /// What to send; its jobs must depend on `intent.depends`, however those end.
    pub job: Job,
}

/// Why an intent is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The cluster cannot be reached; nothing was sent.
    Unreachable(String),
    /// The cluster refused the job.
    Refused(String),
}

/// A server that should have an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedInstance {
    /// The server.
    pub server: ServerId,
    /// Its instance's name.
    pub name: String,
    /// Where it stands.
    pub operstate: OperState,
    /// Something is being done with it: leave it to the job.
    pub busy: bool,
}

impl Driver {
    /// `BACKEND_PREFIX_ID`, normalised: with one dash, at the end.
    pub fn prefix(&self) -> String {
        String::new()
    }

    /// Woken whenever an intent is written or a cluster's row changes.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.store.subscribe("compute.intent")
    }

    /// All clusters, offline ones included.
    pub async fn clusters(&self) -> Result<Vec<Cluster>> {
        unfinished()
    }

    /// Intents of a cluster that can be sent now, in order.
    pub async fn pending(
        &self,
        backend: BackendId,
        after: Option<IntentId>,
        limit: usize,
    ) -> Result<Vec<Pending>> {
        let _ = (backend, after, limit);
        unfinished()
    }

    /// Intents of a cluster whose jobs exist, in order.
    pub async fn at_work(
        &self,
        backend: BackendId,
        after: Option<IntentId>,
        limit: usize,
    ) -> Result<Vec<Intent>> {
        let _ = (backend, after, limit);
        unfinished()
    }

    /// About to be sent. False when it is no longer to be sent.
    pub async fn attempt(&self, intent: IntentId) -> Result<bool> {
        let _ = intent;
        unfinished()
    }

    /// A job exists.
    pub async fn submitted(&self, intent: IntentId, job: u64) -> Result<()> {
        let _ = (intent, job);
        unfinished()
    }

    /// No job exists and none will: undoes what the intent belonged to (README
    /// decision 15); a server that was to be made becomes ERROR.
    pub async fn withdrawn(&self, intent: IntentId, why: Why) -> Result<()> {
        let _ = (intent, why);
        unfinished()
    }

    /// No job exists after all: back to state Waiting.
    pub async fn again(&self, intent: IntentId) -> Result<()> {
        let _ = intent;
        unfinished()
    }

    /// Something is true in a cluster.
    pub async fn observed(&self, fact: Fact) -> Result<()> {
        let _ = fact;
        unfinished()
    }

    /// Servers that should have an instance in a cluster, by id.
    pub async fn instances_expected(
        &self,
        backend: BackendId,
        after: Option<ServerId>,
        limit: usize,
    ) -> Result<Vec<ExpectedInstance>> {
        let _ = (backend, after, limit);
        unfinished()
    }

    /// Does a live server have this instance name? An instance with the prefix of
    /// which this is false is an orphan.
    pub async fn is_expected(&self, backend: BackendId, name: String) -> Result<bool> {
        let _ = (backend, name);
        unfinished()
    }

    /// What is free in a cluster was read.
    pub async fn refreshed(
        &self,
        backend: BackendId,
        stats: Stats,
        disk_templates: Vec<String>,
    ) -> Result<()> {
        let _ = (backend, stats, disk_templates);
        unfinished()
    }

    /// The certificate seen first is the one to trust from now on.
    pub async fn pinned(&self, backend: BackendId, sha256: [u8; 32]) -> Result<()> {
        let _ = (backend, sha256);
        unfinished()
    }
}
