//! What the administration pages list and do (ID-ADU-43). The caller's right to an act
//! is compared with the table of rights above; every act is recorded in its own
//! transaction (ID-SEC-28).

use super::Service;
use crate::{
    audit,
    desk::{self, Found, Place, Thing, ThingKind, Wanted},
    network,
    rows::{Address, OperState, Server},
    view::Act,
};
use kernel::{Caller, Error, NetworkId, Result, ServerId};
use std::time::Duration;
use store::Reads;

impl Service {
    /// A page of things, whoever's.
    pub async fn desk_list(&self, kind: ThingKind, wanted: Wanted, place: Place) -> Result<Found> {
        self.store
            .read(move |tx| desk::list(tx, kind, &wanted, place))
            .await
    }

    /// How many rows of a kind there are, deleted ones included.
    pub async fn desk_total(&self, kind: ThingKind) -> Result<u64> {
        self.store.read(move |tx| desk::total(tx, kind)).await
    }

    /// One thing, whoever's.
    pub async fn desk_thing(&self, kind: ThingKind, id: u64) -> Result<Option<Thing>> {
        self.store.read(move |tx| desk::get(tx, kind, id)).await
    }

    /// Acts on a server, whoever's, and records it. Waits at most a second for the
    /// cluster to take the job.
    ///
    /// # Errors
    /// As [`Service::act`].
    pub async fn desk_act(&self, caller: &Caller, id: ServerId, act: Act) -> Result<()> {
        self.acted(caller, id, act, true).await
    }

    /// Waits until nothing is pending for a server, at most so long: where it stands
    /// then; None when something still is.
    pub async fn settled(&self, id: ServerId, patience: Duration) -> Result<Option<OperState>> {
        let mut woken = self.watch_servers();
        let settled = async {
            loop {
                woken.borrow_and_update();
                let server = self.store.read(move |tx| tx.get::<Server>(&id)).await?;
                match server {
                    None => return Ok(None),
                    Some(server) if server.task.is_none() => return Ok(Some(server.operstate)),
                    Some(_) => {}
                }
                if woken.changed().await.is_err() {
                    return Ok(None);
                }
            }
        };
        tokio::time::timeout(patience, settled)
            .await
            .unwrap_or(Ok(None))
    }

    /// Lets a network have no new addresses and ports, or again (ID-ADU-43).
    pub async fn desk_drain(&self, caller: &Caller, id: NetworkId, drained: bool) -> Result<()> {
        self.write(caller, move |tx, cx, caller, _| {
            let after = network::drain(tx, cx, caller, id, drained)?;
            let act = audit::network_drained(&after);
            ::audit::record(tx, cx, &caller.origin(), act)
        })
        .await
    }

    /// Removes a network, whoever's, and records it.
    pub async fn desk_delete_network(&self, caller: &Caller, id: NetworkId) -> Result<()> {
        self.deleted_network(caller, id, true).await
    }

    /// Gives a floating address back, whoever's, and records it.
    ///
    /// # Errors
    /// `Conflict` when it is in use.
    pub async fn desk_delete_address(&self, caller: &Caller, id: u64) -> Result<()> {
        let row = self.store.read(move |tx| tx.get::<Address>(&id)).await?;
        if row.is_some_and(|row| !row.floating) {
            return Err(Error::conflict(format!("IP '{id}' is not a floating IP.")));
        }
        self.deleted_floating_ip(caller, id, true).await
    }
}
