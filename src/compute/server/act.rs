//! Actions on a server: admission, reservation of quota, intent (CY-STM-06, CY-ACT-01).

use crate::{
    charges, intent,
    policy::Policy,
    rows::{Action, Backend, Flavor, IntentId, IntentState, OperState, Server, Target, Work},
    server::{self, finish_destroy},
    view::Act,
};
use kernel::{Caller, Cx, Error, Result, ServerId};
use store::{Reads, WriteTx};

/// What an accepted action left to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing: it has been done.
    Done,
    /// This intent.
    Intent(IntentId),
}

fn action(act: Act) -> Action {
    match act {
        Act::Start => Action::Start,
        Act::Shutdown { .. } => Action::Stop,
        Act::Reboot { .. } => Action::Reboot,
        Act::Delete => Action::Destroy,
    }
}

/// CY-STM-06 from step 3 on.
fn admit(server: &Server, action: Action) -> Result<()> {
    let (id, word) = (server.id, action.word());
    if action == Action::Destroy {
        return Ok(());
    }
    match server.task {
        Some(Action::Create) => {
            return Err(Error::building(format!("Server '{id}' is being built.")));
        }
        Some(task) => {
            return Err(Error::invalid(format!(
                "Cannot perform '{word}' action while there is a pending '{}'.",
                task.task_word()
            )));
        }
        None => {}
    }
    let state = server.operstate;
    if state == OperState::Build {
        return Err(Error::building(format!("Server '{id}' is being built.")));
    }
    let allowed = match action {
        Action::Start => state == OperState::Stopped,
        Action::Stop => state == OperState::Started,
        Action::Reboot => matches!(state, OperState::Started | OperState::Stopped),
        Action::Create | Action::Destroy => false,
    };
    match allowed {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "Cannot perform '{word}' action while server is in '{}' state.",
            state.word()
        ))),
    }
}

/// Acts on a server.
pub(crate) fn act(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    id: ServerId,
    act: Act,
) -> Result<Asked> {
    let mut server = server::get_to_change(tx, caller, id)?;
    let action = action(act);
    admit(&server, action)?;
    if action == Action::Destroy {
        return destroy(tx, cx, policy, server);
    }
    online(tx, &server)?;
    let flavor: Flavor = tx.must(&server.flavor, "Flavor not found.")?;
    let disk = server::disk(tx, id)?;
    let to = match action {
        Action::Stop => OperState::Stopped,
        _ => OperState::Started,
    };
    let cost = charges::step(&server, &flavor, disk, server.operstate, to);
    if !cost.is_empty() {
        let force = action == Action::Stop || caller.may_exceed_quota();
        let name = format!("client: api, resource: {}:{id}", action.word());
        server.serial = Some(quota::issue(tx, cx, &name, &cost, force)?);
    }
    let work = match act {
        Act::Start => Work::Start,
        Act::Shutdown { timeout } => Work::Stop { timeout },
        Act::Reboot { hard } => Work::Reboot { hard },
        Act::Delete => Work::Destroy,
    };
    ask(tx, cx, policy, server, action, work)
}

fn online(tx: &impl Reads, server: &Server) -> Result<()> {
    let backend: Backend = tx
        .get(&server.backend)?
        .ok_or_else(|| Error::broken("a server's backend is missing"))?;
    match backend.offline {
        true => Err(Error::unavailable(format!(
            "Backend '{}' is offline",
            backend.clustername
        ))),
        false => Ok(()),
    }
}

fn ask(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    mut server: Server,
    action: Action,
    work: Work,
) -> Result<Asked> {
    server.action = Some(action);
    server.task = Some(action);
    server.task_job = None;
    let (backend, target) = (server.backend, Target::Server(server.id));
    server::touch(tx, cx, &mut server)?;
    intent::write(tx, cx, policy, backend, target, work, Vec::new()).map(Asked::Intent)
}

/// Removes a server, in any state (CY-SRV-21). What certainly no cluster has heard of
/// is gone at once; else the removal waits for the jobs that exist.
fn destroy(tx: &WriteTx, cx: &Cx, policy: &Policy, mut server: Server) -> Result<Asked> {
    let open = intent::of_server(tx, server.id)?;
    if let Some(again) = open.iter().find(|i| i.work == Work::Destroy) {
        return Ok(Asked::Intent(again.id));
    }
    let unsent = |i: &crate::rows::Intent| i.state == IntentState::Waiting;
    // A creation that waits has no job, and what it may have had before left nothing.
    let making = |i: &crate::rows::Intent| matches!(i.work, Work::Create { .. });
    let never = open.iter().all(unsent) && (!server.submitted || open.iter().any(making));
    if never {
        server.action = Some(Action::Destroy);
        finish_destroy(tx, cx, server)?;
        return Ok(Asked::Done);
    }
    online(tx, &server)?;
    for waiting in open.into_iter().filter(unsent) {
        intent::give_up(tx, cx, waiting, "The server is being removed.".into())?;
    }
    charges::unreserve(tx, &mut server)?;
    let flavor: Flavor = tx.must(&server.flavor, "Flavor not found.")?;
    let disk = server::disk(tx, server.id)?;
    let (from, to) = (server.operstate, OperState::Destroyed);
    let back = charges::step(&server, &flavor, disk, from, to);
    let name = format!("client: api, resource: DESTROY:{}", server.id);
    server.serial = Some(quota::issue(tx, cx, &name, &back, true)?);
    ask(tx, cx, policy, server, Action::Destroy, Work::Destroy)
}
