//! Policy profiles and groups, for administrators (ID-CLI-30 … 36).

use super::Service;
use crate::{
    admin,
    policy::{self, GroupView, PolicyChange, PolicyView},
};
use kernel::{Caller, Result};

/// Members that leave a group in one transaction.
const SLICE: usize = 500;

impl Service {
    /// Makes a policy profile.
    ///
    /// # Errors
    /// `Conflict` for a name that is used, `Invalid` for an unknown module.
    pub async fn authpolicy_add(
        &self,
        actor: &Caller,
        name: &str,
        provider: &str,
        with: PolicyChange,
    ) -> Result<()> {
        let (actor, name, provider) = (actor.clone(), name.to_owned(), provider.to_owned());
        self.write(move |tx, cx, _| policy::add(tx, cx, &actor, &name, &provider, &with))
            .await
    }

    /// Changes a policy profile, and its module when given.
    ///
    /// # Errors
    /// `NotFound` with `Invalid profile name`.
    pub async fn authpolicy_update(
        &self,
        actor: &Caller,
        name: &str,
        provider: Option<&str>,
        with: PolicyChange,
    ) -> Result<()> {
        let (actor, name) = (actor.clone(), name.to_owned());
        let provider = provider.map(str::to_owned);
        self.write(move |tx, cx, _| {
            policy::update(tx, cx, &actor, &name, provider.as_deref(), &with)
        })
        .await
    }

    /// All policy profiles, by number.
    pub async fn authpolicy_list(&self, actor: &Caller) -> Result<Vec<PolicyView>> {
        admin::allow(actor)?;
        self.store.read(policy::list).await
    }

    /// One policy profile.
    ///
    /// # Errors
    /// `NotFound` with `Profile does not exist`.
    pub async fn authpolicy_show(&self, actor: &Caller, name: &str) -> Result<PolicyView> {
        admin::allow(actor)?;
        let name = name.to_owned();
        self.store.read(move |tx| policy::show(tx, &name)).await
    }

    /// Removes a policy profile.
    ///
    /// # Errors
    /// `NotFound` with `Invalid profile name`.
    pub async fn authpolicy_remove(&self, actor: &Caller, name: &str) -> Result<()> {
        let (actor, name) = (actor.clone(), name.to_owned());
        self.write(move |tx, cx, _| policy::remove(tx, cx, &actor, &name))
            .await
    }

    /// Assigns a profile to groups (number or name) and people (number, uuid or
    /// address) in place of those before.
    ///
    /// # Errors
    /// `NotFound` with `Invalid profile name`, `Invalid user id` or `Invalid group id`.
    pub async fn authpolicy_set(
        &self,
        actor: &Caller,
        name: &str,
        groups: Vec<String>,
        people: Vec<String>,
    ) -> Result<()> {
        let (actor, name) = (actor.clone(), name.to_owned());
        self.write(move |tx, cx, _| policy::assign(tx, cx, &actor, &name, &groups, &people))
            .await
    }

    /// Makes a group; false when it was there.
    pub async fn group_add(&self, actor: &Caller, name: &str) -> Result<bool> {
        let (actor, name) = (actor.clone(), name.to_owned());
        self.write(move |tx, cx, _| policy::group_add(tx, cx, &actor, &name))
            .await
    }

    /// All groups, by number.
    pub async fn group_list(&self, actor: &Caller) -> Result<Vec<GroupView>> {
        admin::allow(actor)?;
        self.store.read(policy::group_list).await
    }

    /// Removes a group (number or name); its members stay.
    ///
    /// # Errors
    /// `NotFound` when there is none of that name.
    pub async fn group_remove(&self, actor: &Caller, name: &str) -> Result<()> {
        loop {
            let (actor, name) = (actor.clone(), name.to_owned());
            let more =
                self.write(move |tx, cx, _| policy::group_remove(tx, cx, &actor, &name, SLICE));
            if !more.await? {
                return Ok(());
            }
        }
    }
}
