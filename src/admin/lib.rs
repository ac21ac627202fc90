//! Every administration command as a function over the rules crates, whether it
//! was typed at a running service or offline.
//!
//! Invariants: a command either does all it says or nothing (ID-CLI-06); it acts
//! with an administrator's rights and asks for no ownership; it prints nothing
//! itself but gives a [`Report`] ([`Io`] is for questions and files).
//!
//! One module per family, each with a function
//! `run(admin: &Admin, command: Command, io: &mut dyn Io) -> Result<Report>`.

mod accounts;
mod backends;
mod clients;
mod components;
mod flavors;
mod general;
mod groups;
mod images;
mod languages;
mod mail;
mod networks;
mod policies;
mod quota;
mod resources;
mod servers;
pub mod services;
mod stats;
mod units;
mod users;

use compute::{Backend, NewBackend, Stats};
use kernel::{Caller, CxSource, Error, Origin, Result, Role, SettingsHandle, UserId};
use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    path::Path,
    pin::Pin,
    sync::Arc,
};
use wire::admin::{Command, Io, LogLevel, Report};

/// A boxed future of [`Upkeep`].
pub type UpkeepFuture<'a> = Pin<Box<dyn Future<Output = Result<Report>> + Send + 'a>>;

/// Care of the data directory, which only the owner of store and blocks can take.
pub trait Upkeep: Send + Sync {
    /// Copies everything, consistently, into an archive or a directory.
    fn backup<'a>(&'a self, target: &'a Path) -> UpkeepFuture<'a>;
    /// Has the running service read its settings again.
    fn reload(&self) -> UpkeepFuture<'_> {
        Box::pin(async { Err(Error::not_supported("No service runs here.")) })
    }

    /// Changes the level of a logger of the running service (ID-OPS-13).
    fn log_level(&self, asked: LogLevel) -> UpkeepFuture<'_> {
        let _ = asked;
        Box::pin(async { Err(Error::not_supported("No service runs here.")) })
    }

    /// Checks the store's invariants and every block it names; hashes the blocks
    /// again when `deep`. The report's code is 1 when something is wrong.
    fn verify(&self, deep: bool) -> UpkeepFuture<'_>;

    /// Methods and addresses the service answers at (`show_urls`).
    fn addresses(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What a cluster that is to be registered says of itself; None where clusters
    /// cannot be asked.
    fn probe<'a>(&'a self, cluster: &'a NewBackend) -> Asked<'a, Option<ClusterInfo>> {
        let _ = cluster;
        Box::pin(async { Ok(None) })
    }

    /// Asks a registered cluster what it has now; None where clusters cannot be asked.
    fn ask<'a>(&'a self, cluster: &'a Backend) -> Asked<'a, Option<ClusterInfo>> {
        let _ = cluster;
        Box::pin(async { Ok(None) })
    }
}

/// A boxed answer of a cluster.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What a cluster says of itself.
#[derive(Clone, Debug, Default)]
pub struct ClusterInfo {
    /// Its own name.
    pub name: String,
    /// What is free.
    pub stats: Stats,
    /// Templates it can make disks of.
    pub disk_templates: Vec<String>,
    /// Its certificate's hash, when nothing said before whom to trust.
    pub first_seen: Option<[u8; 32]>,
}

/// All that commands work on.
#[derive(Clone)]
pub struct Admin {
    /// Accounts.
    pub identity: identity::Service,
    /// Servers, flavors, networks, backends.
    pub compute: compute::Service,
    /// Images.
    pub images: ::images::Service,
    /// What is used and what may be.
    pub quota: ::quota::Service,
    /// The settings in force.
    pub settings: SettingsHandle,
    /// Time and ids.
    pub cx: CxSource,
    /// Mail.
    pub mail: notify::Service,
    /// Backup and verification.
    pub upkeep: Arc<dyn Upkeep>,
    /// Who types the commands, for the audit trail: a user of this machine. Set by
    /// [`Admin::run`].
    pub user: String,
}

impl Admin {
    /// Who commands act as: nobody's account, every right.
    pub fn caller(&self) -> Caller {
        Caller::person(UserId(uuid::Uuid::nil()))
            .with(Role::Admin)
            .with(Role::ForceQuota)
            .asking_from(Origin::command_line(&self.user))
    }

    /// The same for whoever sits at `io`.
    fn typed_by(&self, io: &dyn Io) -> Admin {
        let mut admin = self.clone();
        admin.user = io.user();
        admin.compute = self.compute.on_behalf_of(&admin.caller());
        admin.mail = self.mail.on_behalf_of(&admin.caller());
        admin
    }

    /// Carries out a command.
    ///
    /// # Errors
    /// The reason, as it is shown after `CommandError: `.
    pub async fn run(&self, command: Command, io: &mut dyn Io) -> Result<Report> {
        self.typed_by(io).carry_out(command, io).await
    }

    async fn carry_out(&self, command: Command, io: &mut dyn Io) -> Result<Report> {
        use Command as C;
        match command {
            C::UserAdd(_)
            | C::UserList(_)
            | C::UserShow { .. }
            | C::UserModify(_)
            | C::UserActivationSend { .. } => users::run(self, command, io).await,
            C::Group(command) => groups::run(self, command, io).await,
            C::Policy(command) => policies::run(self, command).await,
            C::Component(command) => components::run(self, command, io).await,
            C::Service(command) => services::run(self, command, io).await,
            C::Resource(command) => resources::run(self, command, io).await,
            C::Quota(command) => quota::run(self, command, io).await,
            C::Client(command) => clients::run(self, command).await,
            C::Account(command) => accounts::run(self, command, io).await,
            C::General(command) => general::run(self, command),
            C::FlavorCreate(_)
            | C::FlavorList { .. }
            | C::FlavorModify(_)
            | C::FlavorShow { .. } => flavors::run(self, command).await,
            C::BackendAdd(_)
            | C::BackendList { .. }
            | C::BackendModify(_)
            | C::BackendRemove { .. }
            | C::BackendUpdateStatus => backends::run(self, command, io).await,
            C::NetworkCreate(_) | C::NetworkList(_) | C::NetworkInspect { .. } => {
                networks::run(self, command).await
            }
            C::ServerList(_) | C::ServerShow { .. } => servers::run(self, command).await,
            C::ImageList(list) => images::list(self, list).await,
            C::Backup { target } => general::backup(self, &target).await,
            C::Mail(command) => mail::run(self, command, io).await,
            C::SettingsReload => general::reload(self).await,
            C::LogLevel(asked) => general::log_level(self, asked).await,
            C::Verify { deep } => self.upkeep.verify(deep).await,
        }
    }

    /// Addresses of people by uuid.
    pub(crate) async fn emails(
        &self,
        users: impl IntoIterator<Item = UserId>,
    ) -> Result<BTreeMap<String, String>> {
        let uuids: BTreeSet<String> = users.into_iter().map(|u| u.to_string()).collect();
        let uuids = uuids.into_iter().collect();
        Ok(self.identity.user_catalogs(uuids, Vec::new()).await?.0)
    }

    /// Whose things to list: a uuid as it is, or the account of an id or address
    /// (CY-CLI-GEN-06).
    pub(crate) async fn user_id(&self, name: &str) -> Result<UserId> {
        if let Ok(uuid) = name.parse() {
            return Ok(uuid);
        }
        match self.identity.find(name).await? {
            Some(user) => Ok(user.uuid),
            None => Err(Error::not_found(format!(
                "Unknown user with id|email '{name}'"
            ))),
        }
    }
}

#[cfg(test)]
mod tests;
