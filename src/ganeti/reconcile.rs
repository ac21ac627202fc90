//! Comparing a cluster with the rows, and reading what is free in it.
//!
//! Invariant: only what `RECONCILIATION_AUTO_FIX` names is told to `compute`, which
//! acts on all it is told; the rest is logged.

use crate::{cluster::Trouble, watcher::Watch};
use compute::{Backend, Fact, InstanceSeen, OperState};
use kernel::{BackendId, Result, ServerId, Settings};
use std::collections::{BTreeMap, BTreeSet};

/// Servers compared at a time.
const SLICE: usize = 200;

/// The differences that are mended without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mended {
    /// A server without an instance is deleted (CY-REC-10).
    stale: bool,
    /// Running or not, and an interrupted making (CY-REC-11, CY-REC-14).
    unsynced: bool,
    /// Ports (CY-REC-16).
    nics: bool,
}

/// What to do about a server that has no instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// `compute` is told.
    Report,
    /// It is logged.
    Log,
    /// Nothing: a server in error may well have none.
    Pass,
}

impl Mended {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self::from_words(&settings.strings("RECONCILIATION_AUTO_FIX"))
    }

    pub(crate) fn from_words(words: &[String]) -> Self {
        let has = |wanted: &str| words.iter().any(|word| word == wanted);
        Mended {
            stale: has("stale"),
            unsynced: has("unsynced"),
            nics: has("unsynced-nics"),
        }
    }

    pub(crate) fn missing(self, operstate: OperState) -> Missing {
        match operstate {
            OperState::Build if self.unsynced => Missing::Report,
            OperState::Build => Missing::Log,
            _ if self.stale => Missing::Report,
            OperState::Error => Missing::Pass,
            _ => Missing::Log,
        }
    }

    /// What of an instance is told.
    pub(crate) fn seen(self, mut instance: InstanceSeen) -> Option<InstanceSeen> {
        if !self.nics {
            instance.nics = None;
        }
        self.unsynced.then_some(instance)
    }
}

impl Watch {
    /// Reads what is free in the cluster (CY-BKD-06).
    pub(crate) async fn refresh(&self, backend: BackendId) -> Result<bool> {
        match self.cluster.capacity().await {
            Ok((stats, templates)) => {
                self.driver.refreshed(backend, stats, templates).await?;
                Ok(true)
            }
            Err(trouble) => {
                tracing::info!(target: "snf.dispatcher", "backend {backend}: {trouble}");
                Ok(false)
            }
        }
    }

    /// Tells where instances stand that no job is about (CY-REC-10 to CY-REC-16),
    /// and names those that no server stands for. `stale` are the servers whose
    /// absence was logged already.
    pub(crate) async fn compare(
        &self,
        backend: &Backend,
        mended: Mended,
        stale: &mut BTreeSet<ServerId>,
    ) -> Result<bool> {
        let at = self.cx.cx().now;
        let prefix = self.driver.prefix();
        let found = match self.cluster.instances(&prefix).await {
            Ok(found) => found,
            Err(trouble) => return told(&trouble, backend.id),
        };
        let mut found: BTreeMap<String, InstanceSeen> =
            found.into_iter().map(|i| (i.name.clone(), i)).collect();
        let logged = std::mem::take(stale);
        let mut after = None;
        loop {
            let slice = self
                .driver
                .instances_expected(backend.id, after, SLICE)
                .await?;
            for expected in &slice {
                let instance = found.remove(&expected.name);
                if expected.busy {
                    continue;
                }
                let missing = mended.missing(expected.operstate);
                let fact = match instance.map(|instance| mended.seen(instance)) {
                    Some(Some(instance)) => Fact::Seen {
                        backend: backend.id,
                        instance,
                        at,
                    },
                    None if missing == Missing::Report => Fact::Absent {
                        backend: backend.id,
                        server: expected.server,
                        at,
                    },
                    None if missing == Missing::Log => {
                        if !logged.contains(&expected.server) {
                            tracing::warn!(
                                target: "snf.dispatcher",
                                "stale server {}: {} has no instance {}",
                                expected.server, backend.clustername, expected.name
                            );
                        }
                        stale.insert(expected.server);
                        continue;
                    }
                    _ => continue,
                };
                self.driver.observed(fact).await?;
            }
            match slice.last() {
                Some(last) if slice.len() == SLICE => after = Some(last.server),
                _ => break,
            }
        }
        for name in found.into_keys() {
            if !self.driver.is_expected(backend.id, name.clone()).await? {
                tracing::warn!(
                    target: "snf.dispatcher",
                    "instance {name} of {} belongs to no server",
                    backend.clustername
                );
            }
        }
        Ok(true)
    }
}

fn told(trouble: &Trouble, backend: BackendId) -> Result<bool> {
    tracing::info!(target: "snf.dispatcher", "backend {backend}: {trouble}");
    Ok(false)
}
