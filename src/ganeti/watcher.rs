//! Following one job to its end, and telling what it does.

use crate::cluster::{Cluster, JobView, Trouble};
use compute::{Driver, Fact, Intent, IntentId, JobFact, JobStatus, NetworkFact, Target, Work};
use kernel::{CxSource, Result};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Pauses between attempts to reach a cluster, seconds.
const PAUSES: [u64; 4] = [1, 2, 4, 8];

/// What a watcher needs.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) driver: Driver,
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) cx: CxSource,
    /// Attempts whose outcome was in doubt, by intent: how many. Lost with the
    /// worker, which only means that they are tried more often.
    pub(crate) doubts: Arc<Mutex<BTreeMap<IntentId, u32>>>,
}

impl Watch {
    /// Follows the job of an intent until its end has been told.
    pub(crate) async fn follow(&self, intent: &Intent, job: u64) {
        let mut known: Option<JobView> = None;
        let mut failures = 0;
        loop {
            let (status, serial) = match &known {
                Some(view) => (Some(view.status), view.serial),
                None => (None, -1),
            };
            let told = match self.cluster.wait(job, status, serial).await {
                Ok(view) => self.tell(intent, job, view, &mut known).await,
                Err(trouble) => {
                    tracing::debug!(target: "snf.dispatcher", "job {job}: {trouble}");
                    Ok(Told::TryAgain)
                }
            };
            match told {
                Ok(Told::Over) => return,
                Ok(Told::GoOn) => failures = 0,
                Ok(Told::TryAgain) => pause(&mut failures).await,
                Err(error) => {
                    tracing::warn!(target: "snf.dispatcher", "job {job}: {}", error.chain());
                    pause(&mut failures).await;
                }
            }
        }
    }

    async fn tell(
        &self,
        intent: &Intent,
        job: u64,
        view: Option<JobView>,
        known: &mut Option<JobView>,
    ) -> Result<Told> {
        let Some(view) = view else {
            return self.gone(intent, job).await;
        };
        let same = known
            .as_ref()
            .is_some_and(|k| k.status == view.status && k.log == view.log);
        if !same {
            match intent.target {
                Target::Server(_) => {
                    let Some(fact) = self.job_fact(intent, job, &view).await else {
                        return Ok(Told::TryAgain);
                    };
                    self.driver.observed(Fact::Job(fact)).await?;
                }
                Target::Network(_) => {
                    let Some(fact) = self.network_fact(intent, job, &view).await else {
                        return Ok(Told::TryAgain);
                    };
                    self.driver.observed(Fact::Network(fact)).await?;
                }
            }
        }
        let over = view.status.is_final();
        *known = Some(view);
        Ok(if over { Told::Over } else { Told::GoOn })
    }

    /// The fact of a status; None when the cluster could not be asked.
    async fn job_fact(&self, intent: &Intent, job: u64, view: &JobView) -> Option<JobFact> {
        let name = self.name(intent);
        let mut live = None;
        let mut absent = false;
        if view.status.is_final() {
            let found = self.cluster.instance(&name).await.ok()?;
            absent = found.is_none();
            live = found;
        }
        Some(JobFact {
            backend: intent.backend,
            job,
            instance: name,
            opcode: view.opcode.clone(),
            status: view.status,
            at: view.at,
            log: view.log.clone(),
            error: view.error.clone(),
            live,
            absent,
        })
    }

    async fn network_fact(&self, intent: &Intent, job: u64, view: &JobView) -> Option<NetworkFact> {
        let there = match view.status.is_final() {
            true => Some(self.connected(intent).await.ok()?),
            false => None,
        };
        Some(NetworkFact {
            backend: intent.backend,
            network: self.name(intent),
            job: Some(job),
            intent: view.status.is_final().then_some(intent.id),
            there,
            error: match view.status {
                JobStatus::Error | JobStatus::Canceled => {
                    view.error.as_ref().map(|e| e.message.clone())
                }
                _ => None,
            },
            at: view.at,
        })
    }

    /// Is the intent's network there and connected to all node groups? One that is
    /// to go away is there as long as anything is left of it.
    pub(crate) async fn connected(&self, intent: &Intent) -> std::result::Result<bool, Trouble> {
        let network = self.cluster.network(&self.name(intent)).await?;
        if !network.exists || intent.work == Work::NetworkRemove {
            return Ok(network.exists);
        }
        let groups = self.cluster.groups().await?;
        Ok(groups.iter().all(|group| network.groups.contains(group)))
    }

    /// The job is not known any more: what there is now decides.
    async fn gone(&self, intent: &Intent, job: u64) -> Result<Told> {
        let at = self.cx.cx().now;
        let fact = match intent.target {
            Target::Server(_) => {
                let Ok(instance) = self.cluster.instance(&self.name(intent)).await else {
                    return Ok(Told::TryAgain);
                };
                Fact::JobGone {
                    intent: intent.id,
                    instance,
                    at,
                }
            }
            Target::Network(_) => {
                let Ok(there) = self.connected(intent).await else {
                    return Ok(Told::TryAgain);
                };
                Fact::Network(self.network_now(intent, Some(job), there))
            }
        };
        self.driver.observed(fact).await?;
        Ok(Told::Over)
    }

    /// The end of a network's intent as the network is found now.
    pub(crate) fn network_now(
        &self,
        intent: &Intent,
        job: Option<u64>,
        there: bool,
    ) -> NetworkFact {
        NetworkFact {
            backend: intent.backend,
            network: self.name(intent),
            job,
            intent: Some(intent.id),
            there: Some(there),
            error: None,
            at: self.cx.cx().now,
        }
    }

    /// The name of what an intent is about, in the cluster.
    pub(crate) fn name(&self, intent: &Intent) -> String {
        let prefix = self.driver.prefix();
        match intent.target {
            Target::Server(id) => format!("{prefix}{id}"),
            Target::Network(id) => format!("{prefix}net-{id}"),
        }
    }
}

enum Told {
    GoOn,
    TryAgain,
    Over,
}

async fn pause(failures: &mut usize) {
    let index = (*failures).min(PAUSES.len() - 1);
    *failures += 1;
    tokio::time::sleep(Duration::from_secs(PAUSES[index])).await;
}
