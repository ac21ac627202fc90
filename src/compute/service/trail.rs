//! What administrators do through the same calls as everybody else goes into the audit
//! trail (ID-SEC-28): whatever they change that is somebody else's, or everybody's, in
//! the transaction of the change.

use super::Service;
use crate::{
    audit,
    policy::Policy,
    rows::{Address, Network, Server},
};
use kernel::{Caller, Cx, NetworkId, Result, ServerId, UserId};
use store::{Reads, WriteTx};

/// Records an act of an administrator on what belongs to `owner`; nobody's is
/// everybody's.
pub(super) fn note(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    owner: Option<UserId>,
    act: impl FnOnce() -> ::audit::Act,
) -> Result<()> {
    match caller.is_admin() && owner != Some(caller.user) {
        true => ::audit::record(tx, cx, &caller.origin(), act()),
        false => Ok(()),
    }
}

impl Service {
    /// Changes a server; `verb` is what the trail calls it.
    pub(super) async fn on_server<T: Send + 'static>(
        &self,
        caller: &Caller,
        (id, verb): (ServerId, &'static str),
        rule: impl Fn(&WriteTx, &Cx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write(caller, move |tx, cx, caller, policy| {
            let before = tx.get::<Server>(&id)?;
            let done = rule(tx, cx, caller, policy)?;
            if let (Some(before), Some(after)) = (before, tx.get::<Server>(&id)?) {
                let act = || audit::server_changed(verb, &before, &after);
                note(tx, cx, caller, Some(before.user), act)?;
            }
            Ok(done)
        })
        .await
    }

    /// Changes a network; `verb` is what the trail calls it.
    pub(super) async fn on_network<T: Send + 'static>(
        &self,
        caller: &Caller,
        (id, verb): (NetworkId, &'static str),
        rule: impl Fn(&WriteTx, &Cx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write(caller, move |tx, cx, caller, policy| {
            let before = tx.get::<Network>(&id)?;
            let done = rule(tx, cx, caller, policy)?;
            if let (Some(before), Some(after)) = (before, tx.get::<Network>(&id)?) {
                let act = || audit::network_changed(verb, &before, &after);
                note(tx, cx, caller, before.user, act)?;
            }
            Ok(done)
        })
        .await
    }

    /// Changes a floating address; `verb` is what the trail calls it.
    pub(super) async fn on_address<T: Send + 'static>(
        &self,
        caller: &Caller,
        (id, verb): (u64, &'static str),
        rule: impl Fn(&WriteTx, &Cx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write(caller, move |tx, cx, caller, policy| {
            let before = tx.get::<Address>(&id)?;
            let done = rule(tx, cx, caller, policy)?;
            if let (Some(before), Some(after)) = (before, tx.get::<Address>(&id)?) {
                let act = || audit::address_changed(verb, &before, &after);
                note(tx, cx, caller, Some(before.user), act)?;
            }
            Ok(done)
        })
        .await
    }
}
