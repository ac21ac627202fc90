//! The async face of this crate: one call per request, rules inside.

mod admin;
mod driver;
mod vmapi;

pub use admin::{
    Access, BackendChange, FlavorChange, NetworkFilter, NewBackend, NewFlavor, NewNetwork,
    NewSubnet, ServerFilter,
};
pub use driver::{Cluster, Driver, ExpectedInstance, Pending, Why};

use crate::{
    rows::{Diagnostic, Network, Subnet},
    seal::Sealer,
    view::{Act, Created, FlavorView, NewServer, PortView, ServerView},
};
use kernel::{
    Caller, CxSource, Error, FlavorId, NetworkId, PortId, Result, ServerId, SettingsHandle,
    SubnetId, Timestamp, secret::SecretString,
};
use std::{collections::BTreeMap, sync::Arc};
use store::Store;
use tokio::sync::watch;

/// Compute for `web`, `admin` and `ganeti`. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    pub(crate) store: Store,
    pub(crate) settings: SettingsHandle,
    pub(crate) cx: CxSource,
    pub(crate) sealer: Sealer,
    pub(crate) vmapi: Arc<str>,
}

fn unfinished<T>() -> Result<T> {
    Err(Error::not_supported("Not supported yet."))
}

impl Service {
    /// A service over an open store. `vmapi` is the address of the version of vmapi
    /// that nodes reach, as `https://host:port/cyclades/vmapi/v1.0`.
    pub fn new(
        store: Store,
        settings: SettingsHandle,
        cx: CxSource,
        sealer: Sealer,
        vmapi: &str,
    ) -> Self {
        Service {
            store,
            settings,
            cx,
            sealer,
            vmapi: vmapi.trim_end_matches('/').into(),
        }
    }

    /// What the `ganeti` crate uses.
    pub fn driver(&self) -> Driver {
        Driver(self.clone())
    }

    /// Woken after every change of any server; read again what is shown.
    pub fn watch_servers(&self) -> watch::Receiver<u64> {
        self.store.subscribe("compute.server")
    }

    /// Flavors on offer to the caller, by id (CY-FLV-01).
    pub async fn flavors(&self, caller: &Caller) -> Result<Vec<FlavorView>> {
        let _ = caller;
        unfinished()
    }

    /// One flavor, deleted ones and ones in use by the caller included (CY-FLV-03).
    pub async fn flavor(&self, caller: &Caller, id: FlavorId) -> Result<FlavorView> {
        let _ = (caller, id);
        unfinished()
    }

    /// Takes a server on; its making goes on behind (CY-SRV-11).
    pub async fn create_server(&self, caller: &Caller, new: NewServer) -> Result<Created> {
        let _ = (caller, new);
        unfinished()
    }

    /// Servers of the caller and shared with them, by id; with `since` those that
    /// changed, deleted ones included (CY-API-09; an empty list then means 304).
    pub async fn servers(
        &self,
        caller: &Caller,
        since: Option<Timestamp>,
    ) -> Result<Vec<ServerView>> {
        let _ = (caller, since);
        unfinished()
    }

    /// One server.
    pub async fn server(&self, caller: &Caller, id: ServerId) -> Result<ServerView> {
        let _ = (caller, id);
        unfinished()
    }

    /// Acts on a server. Waits at most a second for the cluster to take the job.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the cluster refused or could not be reached; nothing
    /// has changed then.
    pub async fn act(&self, caller: &Caller, id: ServerId, act: Act) -> Result<()> {
        let _ = (caller, id, act);
        unfinished()
    }

    /// Renames a server (CY-SRV-20).
    pub async fn rename_server(&self, caller: &Caller, id: ServerId, name: String) -> Result<()> {
        let _ = (caller, id, name);
        unfinished()
    }

    /// Sets metadata items, keeping the others; answers all (CY-META-02).
    pub async fn set_metadata(
        &self,
        caller: &Caller,
        id: ServerId,
        items: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>> {
        let _ = (caller, id, items);
        unfinished()
    }

    /// Removes a metadata item.
    pub async fn remove_metadata(&self, caller: &Caller, id: ServerId, key: String) -> Result<()> {
        let _ = (caller, id, key);
        unfinished()
    }

    /// The password a server was made with, while it is kept (CY-PWD-01).
    pub async fn password(&self, caller: &Caller, id: ServerId) -> Result<SecretString> {
        let _ = (caller, id);
        unfinished()
    }

    /// Forgets that password.
    pub async fn forget_password(&self, caller: &Caller, id: ServerId) -> Result<()> {
        let _ = (caller, id);
        unfinished()
    }

    /// A server's log, newest first (CY-DIA-01).
    pub async fn diagnostics(&self, caller: &Caller, id: ServerId) -> Result<Vec<Diagnostic>> {
        let _ = (caller, id);
        unfinished()
    }

    /// Networks the caller sees, public ones included, by id; `since` as for servers.
    pub async fn networks(
        &self,
        caller: &Caller,
        since: Option<Timestamp>,
    ) -> Result<Vec<Network>> {
        let _ = (caller, since);
        unfinished()
    }

    /// One network.
    pub async fn network(&self, caller: &Caller, id: NetworkId) -> Result<Network> {
        let _ = (caller, id);
        unfinished()
    }

    /// Makes a private network, or, by an administrator, any (CY-NET-23).
    pub async fn create_network(&self, caller: &Caller, new: NewNetwork) -> Result<Network> {
        let _ = (caller, new);
        unfinished()
    }

    /// Renames a network (CY-NET-25).
    pub async fn rename_network(
        &self,
        caller: &Caller,
        id: NetworkId,
        name: String,
    ) -> Result<Network> {
        let _ = (caller, id, name);
        unfinished()
    }

    /// Removes a network (CY-NET-26).
    pub async fn delete_network(&self, caller: &Caller, id: NetworkId) -> Result<()> {
        let _ = (caller, id);
        unfinished()
    }

    /// Subnets the caller sees, by id; `since` as for servers.
    pub async fn subnets(&self, caller: &Caller, since: Option<Timestamp>) -> Result<Vec<Subnet>> {
        let _ = (caller, since);
        unfinished()
    }

    /// One subnet.
    pub async fn subnet(&self, caller: &Caller, id: SubnetId) -> Result<Subnet> {
        let _ = (caller, id);
        unfinished()
    }

    /// Adds a subnet to a network of the caller (CY-SUB-03).
    pub async fn create_subnet(&self, caller: &Caller, new: NewSubnet) -> Result<Subnet> {
        let _ = (caller, new);
        unfinished()
    }

    /// Ports the caller sees, by id.
    pub async fn ports(&self, caller: &Caller) -> Result<Vec<PortView>> {
        let _ = caller;
        unfinished()
    }

    /// One port.
    pub async fn port(&self, caller: &Caller, id: PortId) -> Result<PortView> {
        let _ = (caller, id);
        unfinished()
    }
}
