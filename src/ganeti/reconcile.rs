//! Comparing a cluster with the rows, and reading what is free in it.

use crate::{cluster::Trouble, watcher::Watch};
use compute::{Backend, Fact, InstanceSeen};
use kernel::{BackendId, Result};
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
    /// and names those that no server stands for.
    pub(crate) async fn compare(&self, backend: &Backend) -> Result<bool> {
        let at = self.cx.cx().now;
        let prefix = self.driver.prefix();
        let found = match self.cluster.instances(&prefix).await {
            Ok(found) => found,
            Err(trouble) => return told(&trouble, backend.id),
        };
        let mut found: BTreeMap<String, InstanceSeen> =
            found.into_iter().map(|i| (i.name.clone(), i)).collect();
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
                let fact = match instance {
                    Some(instance) => Fact::Seen {
                        backend: backend.id,
                        instance,
                        at,
                    },
                    None => Fact::Absent {
                        backend: backend.id,
                        server: expected.server,
                        at,
                    },
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
