//! What pages and APIs ask the ledger.

use crate::{Commission, Holding, Numbers, Serial, catalogue, commissions, usage};
use kernel::{ProjectId, Result, UserId};
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, Store};

/// The ledger for callers outside transactions; clones share the store.
#[derive(Clone)]
pub struct Service {
    store: Store,
}

impl Service {
    /// A service over `store`.
    pub fn new(store: Store) -> Self {
        Service { store }
    }

    /// What a user may use and uses, visible resources only, per project (ID-QAP-01).
    pub async fn usage(
        &self,
        user: UserId,
    ) -> Result<BTreeMap<ProjectId, BTreeMap<String, Numbers>>> {
        self.store
            .read(move |tx| {
                let mut all = usage(tx, user)?;
                let hidden: BTreeSet<&str> = catalogue(tx)?
                    .iter()
                    .filter(|info| !info.api_visible)
                    .map(|info| info.about.name)
                    .collect();
                for resources in all.values_mut() {
                    resources.retain(|name, _| !hidden.contains(&**name));
                }
                Ok(all)
            })
            .await
    }

    /// Does the store answer?
    pub async fn ready(&self) -> Result<()> {
        self.store.read(|tx| catalogue(tx).map(drop)).await
    }

    /// The same with resources people do not see, for administrators (ID-CLI-22).
    pub async fn full_usage(
        &self,
        user: UserId,
    ) -> Result<BTreeMap<ProjectId, BTreeMap<String, Numbers>>> {
        self.store.read(move |tx| usage(tx, user)).await
    }

    /// The resources with the defaults in force.
    pub async fn catalogue(&self) -> Result<Vec<crate::ResourceInfo>> {
        self.store.read(catalogue).await
    }

    /// Holdings of persons, in the order of their uuids, projects and resources:
    /// those after `after`, at most `limit`.
    pub async fn holdings(&self, after: Option<Holding>, limit: usize) -> Result<Vec<Holding>> {
        self.store
            .read(move |tx| {
                let after = after.as_ref().map(store::Row::key);
                let mut found = Vec::new();
                tx.each_row::<Holding>(&(), after.as_ref(), |held| {
                    if held.holder.starts_with("user:") {
                        found.push(held);
                    }
                    Ok(found.len() < limit)
                })?;
                Ok(found)
            })
            .await
    }

    /// Holdings of one person.
    pub async fn holdings_of(&self, user: UserId) -> Result<Vec<Holding>> {
        self.store
            .read(move |tx| {
                tx.scan_prefix::<Holding>(&(crate::user_holder(user),), None, usize::MAX)
            })
            .await
    }

    /// Pending commissions, oldest first.
    pub async fn commissions(
        &self,
        after: Option<Serial>,
        limit: usize,
    ) -> Result<Vec<Commission>> {
        self.store
            .read(move |tx| commissions(tx, after, limit))
            .await
    }

    /// A pending commission.
    pub async fn commission(&self, serial: Serial) -> Result<Option<Commission>> {
        self.store.read(move |tx| tx.get(&serial)).await
    }
}
