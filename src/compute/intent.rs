//! Writing, sending and ending intents.

use crate::{
    flavor::ALL,
    policy::Policy,
    rows::{Intent, IntentId, IntentState, Target, Work},
};
use kernel::{BackendId, Cx, NetworkId, Result, ServerId};
use store::{Reads, WriteTx};

/// How long a withdrawn intent is kept for whoever waits for the answer.
const KEPT: std::time::Duration = std::time::Duration::from_secs(600);

/// Writes an intent and wakes the driver.
pub(crate) fn write(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    backend: BackendId,
    target: Target,
    work: Work,
    after: Vec<IntentId>,
) -> Result<IntentId> {
    let id = tx.next_id("compute.intent")?;
    tx.insert(&Intent {
        id,
        key: new_key(cx, policy, id),
        backend,
        target,
        work,
        state: IntentState::Waiting,
        after,
        depends: Vec::new(),
        attempts: 0,
        created: cx.now,
        updated: cx.now,
    })?;
    tx.wake("compute.intent");
    Ok(id)
}

/// Unique for ever, even for a store that was restored from a backup.
pub(crate) fn new_key(cx: &Cx, policy: &Policy, id: IntentId) -> String {
    let mut random = [0; 8];
    cx.ids.fill(&mut random);
    format!("{}intent-{id}-{}", policy.prefix, hex::encode(random))
}

/// Open intents of a server, oldest first.
pub(crate) fn of_server(tx: &impl Reads, server: ServerId) -> Result<Vec<Intent>> {
    tx.find("by_server", &server, None, ALL)
}

/// The open intent of a network in a cluster.
pub(crate) fn of_network(
    tx: &impl Reads,
    network: NetworkId,
    backend: BackendId,
) -> Result<Option<Intent>> {
    let open = tx.find::<Intent>("by_network", &network, None, ALL)?;
    Ok(open.into_iter().rfind(|i| i.backend == backend))
}

/// Removes an intent that has ended.
pub(crate) fn end(tx: &WriteTx, id: IntentId) -> Result<()> {
    tx.remove::<Intent>(&id)?;
    tx.wake("compute.intent");
    Ok(())
}

/// Marks an intent as given up and forgets some that nobody can be waiting for any more.
pub(crate) fn give_up(tx: &WriteTx, cx: &Cx, mut intent: Intent, why: String) -> Result<()> {
    let mut old = Vec::new();
    tx.each_found::<Intent>("withdrawn", &(), None, |kept| {
        let due = cx.now.duration_since(kept.updated) > KEPT.try_into().unwrap_or_default();
        if due {
            old.push(kept.id);
        }
        Ok(due && old.len() < 16)
    })?;
    for id in old {
        tx.remove::<Intent>(&id)?;
    }
    intent.state = IntentState::Withdrawn { why };
    intent.updated = cx.now;
    tx.put(&intent)?;
    tx.wake("compute.intent");
    Ok(())
}

/// What an intent must still wait for: None when it cannot be sent yet, else the
/// jobs its job must depend on.
pub(crate) fn depends(tx: &impl Reads, intent: &Intent) -> Result<Option<Vec<u64>>> {
    for earlier in &intent.after {
        let earlier = tx.get::<Intent>(earlier)?;
        if earlier.is_some_and(|i| !matches!(i.state, IntentState::Withdrawn { .. })) {
            return Ok(None);
        }
    }
    let Target::Server(server) = intent.target else {
        return Ok(Some(Vec::new()));
    };
    let mut jobs = Vec::new();
    for other in of_server(tx, server)? {
        match other.state {
            IntentState::Submitted { job } if other.id < intent.id => jobs.push(job),
            IntentState::Trying | IntentState::Waiting if other.id < intent.id => return Ok(None),
            _ => {}
        }
    }
    Ok(Some(jobs))
}
