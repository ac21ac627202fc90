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

use super::Service;
use crate::{
    fact::Fact,
    flavor, intent,
    job::Job,
    names, network, observed,
    policy::Policy,
    rows::{
        Backend, BackendNetwork, BackendNetworkState, Intent, IntentId, Network, OperState, Server,
        Stats, Transport,
    },
    send,
};
use kernel::{BackendId, Cx, NetworkId, Result, ServerId, secret::SecretString};
use store::{ReadTx, Reads, WriteTx};
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

/// A network that should be in a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedNetwork {
    /// The network.
    pub network: NetworkId,
    /// Its name there.
    pub name: String,
    /// Where it stands.
    pub state: BackendNetworkState,
    /// It is to go away.
    pub leaving: bool,
    /// Something is being done with it: leave it to the job.
    pub busy: bool,
}

impl Driver {
    /// `BACKEND_PREFIX_ID`, normalised: with one dash, at the end.
    pub fn prefix(&self) -> String {
        self.0.policy().prefix
    }

    async fn write<T: Send + 'static>(
        &self,
        rule: impl Fn(&WriteTx, &Cx, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (cx, policy) = (self.0.cx.cx(), self.0.policy());
        let store = &self.0.store;
        store
            .write_reclaiming(move |tx| rule(tx, &cx, &policy))
            .await
    }

    /// Woken whenever an intent is written or a cluster's row changes.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.store.subscribe("compute.intent")
    }

    /// All clusters, offline ones included.
    pub async fn clusters(&self) -> Result<Vec<Cluster>> {
        let sealer = self.0.sealer.clone();
        let store = &self.0.store;
        store
            .read(move |tx| {
                let all = tx.scan::<Backend>(None, flavor::ALL)?;
                all.into_iter()
                    .map(|backend| {
                        let password = match backend.password.is_empty() {
                            true => None,
                            false => Some(sealer.open(&backend.password)?),
                        };
                        Ok(Cluster { backend, password })
                    })
                    .collect()
            })
            .await
    }

    /// Intents of a cluster that can be sent now, in order.
    pub async fn pending(
        &self,
        backend: BackendId,
        after: Option<IntentId>,
        limit: usize,
    ) -> Result<Vec<Pending>> {
        let (policy, sealer) = (self.0.policy(), self.0.sealer.clone());
        let vmapi = self.0.vmapi.clone();
        let store = &self.0.store;
        store
            .read(move |tx| send::pending(tx, &policy, &sealer, &vmapi, backend, after, limit))
            .await
    }

    /// Intents of a cluster whose jobs exist, in order.
    pub async fn at_work(
        &self,
        backend: BackendId,
        after: Option<IntentId>,
        limit: usize,
    ) -> Result<Vec<Intent>> {
        let store = &self.0.store;
        store
            .read(move |tx| tx.find("at_work", &backend, after.as_ref(), limit))
            .await
    }

    /// About to be sent. False when it is no longer to be sent.
    pub async fn attempt(&self, intent: IntentId) -> Result<bool> {
        self.write(move |tx, cx, _| send::attempt(tx, cx, intent))
            .await
    }

    /// A job exists.
    pub async fn submitted(&self, intent: IntentId, job: u64) -> Result<()> {
        self.write(move |tx, cx, _| send::submitted(tx, cx, intent, job))
            .await
    }

    /// No job exists and none will: undoes what the intent belonged to (README
    /// decision 15); a server that was to be made becomes ERROR.
    pub async fn withdrawn(&self, intent: IntentId, why: Why) -> Result<()> {
        self.write(move |tx, cx, _| send::withdrawn(tx, cx, intent, &why))
            .await
    }

    /// No job exists after all: back to state Waiting.
    pub async fn again(&self, intent: IntentId) -> Result<()> {
        self.write(move |tx, cx, _| send::again(tx, cx, intent))
            .await
    }

    /// Something is true in a cluster.
    pub async fn observed(&self, fact: Fact) -> Result<()> {
        self.write(move |tx, cx, policy| observed::observed(tx, cx, policy, &fact))
            .await
    }

    /// Servers that should have an instance in a cluster, by id.
    pub async fn instances_expected(
        &self,
        backend: BackendId,
        after: Option<ServerId>,
        limit: usize,
    ) -> Result<Vec<ExpectedInstance>> {
        let prefix = self.prefix();
        let store = &self.0.store;
        store
            .read(move |tx| {
                let rows =
                    tx.find::<Server>("by_backend", &(backend, false), after.as_ref(), limit)?;
                rows.into_iter()
                    .map(|server| {
                        Ok(ExpectedInstance {
                            server: server.id,
                            name: names::instance(&prefix, server.id),
                            operstate: server.operstate,
                            busy: !intent::of_server(tx, server.id)?.is_empty(),
                        })
                    })
                    .collect()
            })
            .await
    }

    /// Does a live server have this instance name? An instance with the prefix of
    /// which this is false is an orphan.
    pub async fn is_expected(&self, backend: BackendId, name: String) -> Result<bool> {
        let Some(id) = names::parse_instance(&self.prefix(), &name) else {
            return Ok(false);
        };
        let store = &self.0.store;
        let server = store.read_now(|tx| tx.get::<Server>(&id))?;
        Ok(server.is_some_and(|s| !s.deleted && s.backend == backend))
    }

    /// Networks that should be in a cluster (CY-REC-30).
    pub async fn networks_expected(&self, backend: BackendId) -> Result<Vec<ExpectedNetwork>> {
        let prefix = self.prefix();
        let read = move |tx: &ReadTx| {
            let rows = tx.find::<BackendNetwork>("by_backend", &backend, None, flavor::ALL)?;
            let there = rows
                .into_iter()
                .filter(|row| row.state != BackendNetworkState::Deleted);
            there
                .map(|row| expected_network(tx, &prefix, &row))
                .collect()
        };
        self.0.store.read(read).await
    }

    /// Of these, the networks whose making failed or that are to go away: few or none,
    /// however many there are.
    pub async fn networks_to_mend(&self, backend: BackendId) -> Result<Vec<ExpectedNetwork>> {
        let prefix = self.prefix();
        let read = move |tx: &ReadTx| {
            let mut rows = tx.find::<BackendNetwork>("by_failed", &backend, None, flavor::ALL)?;
            for network in tx.find::<Network>("by_destroying", &(), None, flavor::ALL)? {
                let there = tx.get::<BackendNetwork>(&(network.id, backend))?;
                let gone = [BackendNetworkState::Deleted, BackendNetworkState::Error];
                rows.extend(there.filter(|row| !gone.contains(&row.state)));
            }
            let all = rows.iter().map(|row| expected_network(tx, &prefix, row));
            all.collect()
        };
        self.0.store.read(read).await
    }

    /// A network is missing in a cluster, or making it failed: has it made again. One
    /// that is to go away and is still there is removed again.
    pub async fn mend_network(&self, backend: BackendId, id: NetworkId) -> Result<()> {
        self.write(move |tx, cx, policy| {
            let (Some(network), Some(row)) =
                (tx.get::<Network>(&id)?, tx.get::<Backend>(&backend)?)
            else {
                return Ok(());
            };
            if network.destroying && !network.deleted {
                return network::remove_again(tx, cx, policy, &network, &row);
            }
            if network.deleted {
                return Ok(());
            }
            if let Some(there) = tx.get::<BackendNetwork>(&(id, backend))?
                && there.state == BackendNetworkState::Active
            {
                let state = BackendNetworkState::Error;
                tx.put(&BackendNetwork { state, ..there })?;
            }
            network::ensure(tx, cx, policy, &network, &row).map(drop)
        })
        .await
    }

    /// What is free in a cluster was read.
    pub async fn refreshed(
        &self,
        backend: BackendId,
        stats: Stats,
        disk_templates: Vec<String>,
    ) -> Result<()> {
        self.write(move |tx, cx, _| {
            let row = tx.get::<Backend>(&backend)?;
            row.map_or(Ok(()), |row| {
                tx.put(&Backend {
                    stats,
                    disk_templates: disk_templates.clone(),
                    refreshed: Some(cx.now),
                    ..row
                })
            })
        })
        .await
    }

    /// The certificate seen first is the one to trust from now on.
    pub async fn pinned(&self, backend: BackendId, sha256: [u8; 32]) -> Result<()> {
        self.write(move |tx, _, _| {
            let Some(mut row) = tx.get::<Backend>(&backend)? else {
                return Ok(());
            };
            if let Transport::Rapi { ca: None, pinned } = &mut row.transport
                && pinned.is_none()
            {
                *pinned = Some(sha256);
                tx.put(&row)?;
            }
            Ok(())
        })
        .await
    }
}

fn expected_network(tx: &ReadTx, prefix: &str, row: &BackendNetwork) -> Result<ExpectedNetwork> {
    let network = tx.get::<Network>(&row.network)?;
    Ok(ExpectedNetwork {
        network: row.network,
        name: names::network(prefix, row.network),
        state: row.state,
        leaving: network.is_some_and(|network| network.destroying),
        busy: intent::of_network(tx, row.network, row.backend)?.is_some(),
    })
}
