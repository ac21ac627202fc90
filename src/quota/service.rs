//! What pages and APIs ask the ledger.

use crate::{Numbers, catalogue, usage};
use kernel::{ProjectId, Result, UserId};
use std::collections::BTreeMap;
use store::Store;

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
                for resources in all.values_mut() {
                    resources.retain(|name, _| {
                        crate::registry::known(name).is_none_or(|about| about.visible)
                    });
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
}
