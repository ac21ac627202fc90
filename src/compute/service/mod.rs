//! The async face of this crate: one call per request, rules inside.

mod admin;
mod desk;
mod driver;
mod figures;
mod networks;
mod trail;
mod vmapi;

pub use admin::{
    Access, BackendChange, FlavorChange, NetworkFilter, NewBackend, NewFlavor, NewNetwork,
    NewSubnet, ServerFilter,
};
pub use driver::{Cluster, Driver, ExpectedInstance, ExpectedNetwork, Pending, Why};

use crate::{
    audit, flavor, image,
    policy::Policy,
    rows::{Diagnostic, Intent, IntentId, IntentState, Server},
    seal::Sealer,
    server::{self, Asked},
    view::{Act, Created, FlavorView, NewServer, ServerView},
};
use kernel::{
    Caller, Cx, CxSource, Error, FlavorId, Origin, Result, ServerId, SettingsHandle, Timestamp,
    secret::SecretString,
};
use std::{collections::BTreeMap, sync::Arc};
use store::{ReadTx, Reads, Store, WriteTx};
use tokio::sync::watch;

/// Compute for `web`, `admin` and `ganeti`. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    pub(crate) store: Store,
    pub(crate) settings: SettingsHandle,
    pub(crate) cx: CxSource,
    pub(crate) sealer: Sealer,
    pub(crate) vmapi: Arc<str>,
    /// Who asks, where administrators do (see [`Service::on_behalf_of`]).
    origin: Arc<Origin>,
    /// What was last counted (see [`Service::figures`]).
    counted: store::Counted<crate::figures::Figures>,
}

/// How long the handler of an action waits for the cluster to take its job.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// A password of 10 characters with each kind among them (CY-SRV-12).
pub(crate) fn made_password(ids: &dyn kernel::Ids) -> SecretString {
    const ALL: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    loop {
        let mut random = [0; 64];
        ids.fill(&mut random);
        // Bytes at or above 248 would favour some characters.
        let fair = random.iter().filter(|byte| **byte < 248);
        let text: String = fair
            .take(10)
            .filter_map(|byte| ALL.get(usize::from(byte % 62)).copied().map(char::from))
            .collect();
        let has = |kind: fn(&char) -> bool| text.chars().any(|c| kind(&c));
        if text.len() == 10
            && has(char::is_ascii_lowercase)
            && has(char::is_ascii_uppercase)
            && has(char::is_ascii_digit)
        {
            return SecretString::from(text);
        }
    }
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
            origin: Arc::new(Origin::system()),
            counted: store::Counted::default(),
        }
    }

    /// The same service, whose acts of administration the audit trail ascribes to
    /// `caller`.
    #[must_use]
    pub fn on_behalf_of(&self, caller: &Caller) -> Self {
        let origin = Arc::new(caller.origin());
        Service {
            origin,
            ..self.clone()
        }
    }

    /// Carries out an act of administration and records it, in one transaction.
    pub(crate) async fn noted<T: Send + 'static>(
        &self,
        rule: impl Fn(&WriteTx, &Cx) -> Result<(T, Vec<::audit::Act>)> + Send + 'static,
    ) -> Result<T> {
        let (cx, origin) = (self.cx.cx(), self.origin.clone());
        self.store
            .write(move |tx| {
                let (done, acts) = rule(tx, &cx)?;
                for act in acts {
                    ::audit::record(tx, &cx, &origin, act)?;
                }
                Ok(done)
            })
            .await
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy::from(&*self.settings.now())
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        caller: &Caller,
        rule: impl Fn(&WriteTx, &Cx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (cx, caller, policy) = (self.cx.cx(), caller.clone(), self.policy());
        self.store
            .write(move |tx| rule(tx, &cx, &caller, &policy))
            .await
    }

    /// Reads as a caller, in one snapshot.
    async fn read<T: Send + 'static>(
        &self,
        caller: &Caller,
        rule: impl FnOnce(&ReadTx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (caller, policy) = (caller.clone(), self.policy());
        self.store.read(move |tx| rule(tx, &caller, &policy)).await
    }

    /// A list asked for since an instant (CY-API-09).
    fn check_since(&self, since: Option<Timestamp>) -> Result<()> {
        server::check_since(&self.policy(), self.cx.cx().now, since)
    }

    /// As `write`, for rules that free space.
    async fn reclaim<T: Send + 'static>(
        &self,
        caller: &Caller,
        rule: impl Fn(&WriteTx, &Cx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (cx, caller, policy) = (self.cx.cx(), caller.clone(), self.policy());
        self.store
            .write_reclaiming(move |tx| rule(tx, &cx, &caller, &policy))
            .await
    }

    /// Waits until an intent has a job, at most [`PATIENCE`]; what takes longer goes on
    /// behind (README decision 15).
    async fn await_submission(&self, intent: IntentId) -> Result<()> {
        let mut woken = self.store.subscribe("compute.intent");
        let settled = async {
            loop {
                woken.borrow_and_update();
                match self.store.read_now(|tx| tx.get::<Intent>(&intent))? {
                    Some(Intent {
                        state: IntentState::Waiting | IntentState::Trying,
                        ..
                    }) => {}
                    Some(Intent {
                        state: IntentState::Withdrawn { why },
                        ..
                    }) => return Err(Error::unavailable(why)),
                    _ => return Ok(()),
                }
                if woken.changed().await.is_err() {
                    return Ok(());
                }
            }
        };
        tokio::time::timeout(PATIENCE, settled)
            .await
            .unwrap_or(Ok(()))
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
        self.read(caller, |tx, caller, _| flavor::list(tx, caller))
            .await
    }

    /// One flavor, deleted ones and ones in use by the caller included (CY-FLV-03).
    pub async fn flavor(&self, caller: &Caller, id: FlavorId) -> Result<FlavorView> {
        self.read(caller, move |tx, caller, _| flavor::view(tx, caller, id))
            .await
    }

    /// Takes a server on; its making goes on behind (CY-SRV-11).
    pub async fn create_server(&self, caller: &Caller, new: NewServer) -> Result<Created> {
        let policy = self.policy();
        server::check(&policy, &new)?;
        let cx = self.cx.cx();
        let password = match &new.admin_password {
            Some(given) => given.clone(),
            None => made_password(&*cx.ids),
        };
        let (caller, sealer, shown) = (caller.clone(), self.sealer.clone(), password.clone());
        let by = caller.user;
        let new = Arc::new(new);
        let server = self
            .store
            .write(move |tx| {
                let image = image::find(tx, &caller, new.image)?;
                let tools = (&policy, &sealer);
                let id = server::create(tx, &cx, &caller, tools, &new, &image, &password)?;
                let made: Server = tx.must(&id, "Server not found.")?;
                let own = caller.projects.contains(&made.project);
                let owner = Some(made.user).filter(|_| own);
                trail::note(tx, &cx, &caller, owner, || audit::server_made(&made))?;
                server::view(tx, &policy, made)
            })
            .await?;
        tracing::info!(user = %by, server = %server.server.id, "CREATE accepted");
        Ok(Created {
            server,
            admin_password: shown,
        })
    }

    /// Servers of the caller and shared with them, by id; with `since` those that
    /// changed, deleted ones included (CY-API-09; an empty list then means 304).
    pub async fn servers(
        &self,
        caller: &Caller,
        since: Option<Timestamp>,
    ) -> Result<Vec<ServerView>> {
        self.check_since(since)?;
        self.read(caller, move |tx, caller, policy| {
            server::list(tx, caller, policy, since)
        })
        .await
    }

    /// One server.
    pub async fn server(&self, caller: &Caller, id: ServerId) -> Result<ServerView> {
        self.read(caller, move |tx, caller, policy| {
            server::view(tx, policy, server::get(tx, caller, id)?)
        })
        .await
    }

    /// Acts on a server. Waits at most a second for the cluster to take the job.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the cluster refused or could not be reached; nothing
    /// has changed then.
    pub async fn act(&self, caller: &Caller, id: ServerId, act: Act) -> Result<()> {
        self.acted(caller, id, act, false).await?;
        tracing::info!(user = %caller.user, server = %id, action = ?act, "action accepted");
        Ok(())
    }

    /// Acts on a server; what administrators do to those of others is recorded, and
    /// `always` whatever is done.
    pub(crate) async fn acted(
        &self,
        caller: &Caller,
        id: ServerId,
        act: Act,
        always: bool,
    ) -> Result<()> {
        let asked = self
            .reclaim(caller, move |tx, cx, caller, policy| {
                let before: Server = tx.must(&id, "Server not found.")?;
                let asked = server::act(tx, cx, caller, policy, id, act)?;
                let after = tx.get::<Server>(&id)?;
                let owner = Some(before.user).filter(|_| !always);
                let told = || audit::server_act(act, &before, after.as_ref());
                trail::note(tx, cx, caller, owner, told)?;
                Ok(asked)
            })
            .await?;
        match asked {
            Asked::Done => Ok(()),
            Asked::Intent(intent) => self.await_submission(intent).await,
        }
    }

    /// Renames a server (CY-SRV-20).
    pub async fn rename_server(&self, caller: &Caller, id: ServerId, name: String) -> Result<()> {
        self.on::<Server, _>(caller, (id, "rename"), move |tx, cx, caller, _| {
            server::rename(tx, cx, caller, id, &name)
        })
        .await
    }

    /// Sets metadata items, keeping the others; answers all (CY-META-02).
    pub async fn set_metadata(
        &self,
        caller: &Caller,
        id: ServerId,
        items: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>> {
        self.on::<Server, _>(caller, (id, "metadata"), move |tx, cx, caller, policy| {
            server::set_metadata(tx, cx, caller, policy, id, &items)
        })
        .await
    }

    /// Removes a metadata item.
    pub async fn remove_metadata(&self, caller: &Caller, id: ServerId, key: String) -> Result<()> {
        self.on::<Server, _>(caller, (id, "metadata"), move |tx, cx, caller, _| {
            server::remove_metadata(tx, cx, caller, id, &key)
        })
        .await
    }

    /// The password a server was made with, while it is kept (CY-PWD-01). An
    /// administrator gets that of somebody else's only with an entry in the trail.
    pub async fn password(&self, caller: &Caller, id: ServerId) -> Result<SecretString> {
        let sealer = self.sealer.clone();
        let read = self.read(caller, move |tx, caller, _| {
            let password = server::password(tx, caller, &sealer, id)?;
            let server: Server = tx.must(&id, "Server not found.")?;
            Ok((password, server))
        });
        let (password, server) = read.await?;
        if trail::told(caller, Some(server.user)) {
            self.reclaim(caller, move |tx, cx, caller, _| {
                let act = || audit::password_read(&server);
                trail::note(tx, cx, caller, Some(server.user), act)
            })
            .await?;
        }
        Ok(password)
    }

    /// Forgets that password.
    pub async fn forget_password(&self, caller: &Caller, id: ServerId) -> Result<()> {
        self.reclaim(caller, move |tx, cx, caller, _| {
            server::forget_password(tx, caller, id)?;
            let server: Server = tx.must(&id, "Server not found.")?;
            trail::note(tx, cx, caller, Some(server.user), || {
                audit::server_changed("forget-password", &server, &server).secret("password")
            })
        })
        .await
    }

    /// A server's log, newest first (CY-DIA-01).
    pub async fn diagnostics(&self, caller: &Caller, id: ServerId) -> Result<Vec<Diagnostic>> {
        self.read(caller, move |tx, caller, _| {
            server::diagnostics(tx, caller, id)
        })
        .await
    }
}
