//! What administrators do through the same calls as everybody else goes into the audit
//! trail (ID-SEC-28): whatever they change that is somebody else's, or everybody's, in
//! the transaction of the change.

use super::Service;
use crate::{
    audit,
    policy::Policy,
    rows::{Address, Network, Server},
};
use ::audit::Act;
use kernel::{Caller, Cx, Result, UserId};
use store::{Reads, Row, WriteTx};

/// Does the trail tell what this caller does to what belongs to `owner`?
pub(super) fn told(caller: &Caller, owner: Option<UserId>) -> bool {
    caller.is_admin() && owner != Some(caller.user)
}

/// Records an act of an administrator on what belongs to `owner`; nobody's is
/// everybody's.
pub(super) fn note(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    owner: Option<UserId>,
    act: impl FnOnce() -> Act,
) -> Result<()> {
    match told(caller, owner) {
        true => ::audit::record(tx, cx, &caller.origin(), act()),
        false => Ok(()),
    }
}

/// A row whose changes the trail tells.
pub(super) trait Told: Row {
    /// Whose it is; nobody's is everybody's.
    fn owner(&self) -> Option<UserId>;
    /// What the trail says of a change.
    fn changed(verb: &str, before: &Self, after: &Self) -> Act;
}

impl Told for Server {
    fn owner(&self) -> Option<UserId> {
        Some(self.user)
    }

    fn changed(verb: &str, before: &Self, after: &Self) -> Act {
        audit::server_changed(verb, before, after)
    }
}

impl Told for Network {
    fn owner(&self) -> Option<UserId> {
        self.user
    }

    fn changed(verb: &str, before: &Self, after: &Self) -> Act {
        audit::network_changed(verb, before, after)
    }
}

impl Told for Address {
    fn owner(&self) -> Option<UserId> {
        Some(self.user)
    }

    fn changed(verb: &str, before: &Self, after: &Self) -> Act {
        audit::address_changed(verb, before, after)
    }
}

impl Service {
    /// Changes a row; `verb` is what the trail calls it.
    pub(super) async fn on<R: Told, T: Send + 'static>(
        &self,
        caller: &Caller,
        (id, verb): (R::Key, &'static str),
        rule: impl Fn(&WriteTx, &Cx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T>
    where
        R::Key: Send + 'static,
    {
        self.write(caller, move |tx, cx, caller, policy| {
            let before = tx.get::<R>(&id)?;
            let done = rule(tx, cx, caller, policy)?;
            if let (Some(before), Some(after)) = (before, tx.get::<R>(&id)?) {
                let act = || R::changed(verb, &before, &after);
                note(tx, cx, caller, before.owner(), act)?;
            }
            Ok(done)
        })
        .await
    }
}
