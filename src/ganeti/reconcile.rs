//! Comparing a cluster with the rows, and reading what is free in it.

use crate::{cluster::Trouble, watcher::Watch};
use compute::{Backend, BackendNetworkState, ExpectedInstance, Fact, InstanceSeen, OperState};
use kernel::{BackendId, Result, Timestamp};
use std::collections::BTreeMap;

/// Servers compared at a time.
const SLICE: usize = 200;

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
    /// and names those that no server stands for. Only what `fixes` lists is mended
    /// (`RECONCILIATION_AUTO_FIX`); the rest is only told to the log.
    pub(crate) async fn compare(&self, backend: &Backend, fixes: &[String]) -> Result<bool> {
        let fixed = |what: &str| fixes.iter().any(|fix| fix == what);
        let at = self.cx.cx().now;
        let prefix = self.driver.prefix();
        let found = match self.cluster.instances(&prefix).await {
            Ok(found) => found,
            Err(trouble) => return told(&trouble, backend.id),
        };
        let mut found: BTreeMap<String, (InstanceSeen, bool)> =
            found.into_iter().map(|i| (i.0.name.clone(), i)).collect();
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
                match instance {
                    // Nobody knows whether it runs: neither there nor gone.
                    Some((_, false)) => {}
                    Some((instance, true)) if fixed("unsynced") => {
                        let backend = backend.id;
                        let fact = Fact::Seen {
                            backend,
                            instance,
                            at,
                        };
                        self.driver.observed(fact).await?;
                    }
                    Some(_) => {}
                    None => self.missing(backend, expected, at, &fixed).await?,
                }
            }
            match slice.last() {
                Some(last) if slice.len() == SLICE => after = Some(last.server),
                _ => break,
            }
        }
        self.orphans(backend, found.into_keys()).await?;
        match self.compare_networks(backend, fixed("unsynced")).await? {
            Ok(()) => Ok(true),
            Err(trouble) => told(&trouble, backend.id),
        }
    }

    /// Names instances that no server stands for.
    async fn orphans(&self, backend: &Backend, left: impl Iterator<Item = String>) -> Result<()> {
        let mut orphans = 0u32;
        for name in left {
            if !self.driver.is_expected(backend.id, name.clone()).await? {
                tracing::warn!(
                    target: "snf.dispatcher",
                    "instance {name} of {} belongs to no server; \
                     `gnt-instance remove {name}` there removes it",
                    backend.clustername
                );
                orphans += 1;
            }
        }
        let name = backend.clustername.clone();
        metrics::gauge!("synnefo_orphan_instances", "backend" => name).set(f64::from(orphans));
        Ok(())
    }

    /// A server without its instance. Taking it for deleted gives away all that it
    /// was charged and its addresses, which is done unasked only when the settings
    /// say so; a build that came to nothing becomes an error (CY-REC-10, CY-REC-11).
    async fn missing(
        &self,
        backend: &Backend,
        expected: &ExpectedInstance,
        at: Timestamp,
        fixed: &impl Fn(&str) -> bool,
    ) -> Result<()> {
        let what = match expected.operstate {
            OperState::Build => "unsynced",
            _ => "stale",
        };
        if !fixed(what) {
            if expected.operstate != OperState::Error {
                tracing::warn!(
                    target: "snf.dispatcher",
                    "server {} has no instance {} in {}",
                    expected.server, expected.name, backend.clustername
                );
            }
            return Ok(());
        }
        let (backend, server) = (backend.id, expected.server);
        let fact = Fact::Absent {
            backend,
            server,
            at,
        };
        self.driver.observed(fact).await
    }

    /// Networks that the cluster lost, or that lack a node group, are made again
    /// (CY-REC-30).
    async fn compare_networks(
        &self,
        backend: &Backend,
        fixed: bool,
    ) -> Result<std::result::Result<(), Trouble>> {
        let expected = self.driver.networks_expected(backend.id).await?;
        let mut quiet = expected
            .into_iter()
            .filter(|one| !one.busy && !one.leaving && one.state == BackendNetworkState::Active)
            .peekable();
        if quiet.peek().is_none() {
            return Ok(Ok(()));
        }
        let groups = match self.cluster.groups().await {
            Ok(groups) => groups,
            Err(trouble) => return Ok(Err(trouble)),
        };
        for one in quiet {
            let seen = match self.cluster.network(&one.name).await {
                Ok(seen) => seen,
                Err(trouble) => return Ok(Err(trouble)),
            };
            if seen.exists && groups.iter().all(|group| seen.groups.contains(group)) {
                continue;
            }
            tracing::warn!(
                target: "snf.dispatcher",
                "network {} is missing in {}", one.name, backend.clustername
            );
            if fixed {
                self.driver.mend_network(backend.id, one.network).await?;
            }
        }
        Ok(Ok(()))
    }
}

fn told(trouble: &Trouble, backend: BackendId) -> Result<bool> {
    tracing::info!(target: "snf.dispatcher", "backend {backend}: {trouble}");
    Ok(false)
}
