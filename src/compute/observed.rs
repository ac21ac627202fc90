//! Applying facts. The same fact may come twice, late or out of order: a job of an
//! open intent counts once, because the intent goes with its final state; anybody
//! else's job counts when it is newer than what was applied (CY-DSP-02).

use crate::{
    address, building,
    fact::{Fact, InstanceSeen, JobError, JobFact, NicSeen},
    intent, names, network,
    policy::Policy,
    rows::{
        Action, Intent, IntentState, JobStatus, LastJob, OperState, Port, PortState, Server,
        Target, Volume, VolumeState, Work,
    },
    server::{self, build_failed, enter, finish_destroy},
};
use kernel::{BackendId, Cx, Result, ServerId, Timestamp};
use store::{Reads, WriteTx};

/// Takes a fact.
pub(crate) fn observed(tx: &WriteTx, cx: &Cx, policy: &Policy, fact: &Fact) -> Result<()> {
    match fact {
        Fact::Job(fact) => job(tx, cx, policy, fact),
        Fact::JobGone {
            intent,
            instance,
            at,
        } => job_gone(tx, cx, policy, *intent, instance.as_ref(), *at),
        Fact::Seen {
            backend,
            instance,
            at,
        } => seen(tx, cx, policy, *backend, instance, *at),
        Fact::Absent {
            backend,
            server,
            at,
        } => absent(tx, cx, *backend, *server, *at),
        Fact::Network(fact) => match names::parse_network(&policy.prefix, &fact.network) {
            Some(id) => network::observed(tx, cx, id, fact),
            None => Ok(()),
        },
    }
}

/// The live server of a cluster with that number.
fn live(tx: &impl Reads, backend: BackendId, id: ServerId) -> Result<Option<Server>> {
    let server = tx.get::<Server>(&id)?;
    Ok(server.filter(|s| !s.deleted && s.backend == backend))
}

fn named(
    tx: &impl Reads,
    policy: &Policy,
    backend: BackendId,
    name: &str,
) -> Result<Option<Server>> {
    match names::parse_instance(&policy.prefix, name) {
        Some(id) => live(tx, backend, id),
        None => Ok(None),
    }
}

fn job(tx: &WriteTx, cx: &Cx, policy: &Policy, fact: &JobFact) -> Result<()> {
    let Some(mut server) = named(tx, policy, fact.backend, &fact.instance)? else {
        return Ok(());
    };
    let ours = tx
        .find_one::<Intent>("by_job", &(fact.backend, fact.job))?
        .filter(|intent| intent.target == Target::Server(server.id));
    if ours.is_none() && fact.at <= server.backend_time {
        return Ok(());
    }
    let known = server.job.as_ref().filter(|job| job.id == fact.job);
    if known.is_some_and(|job| job.status.is_final()) && ours.is_none() {
        return Ok(());
    }
    let shown = server::status(&server);
    server.submitted = true;
    server.job = Some(LastJob {
        id: fact.job,
        opcode: fact.opcode.clone(),
        status: fact.status,
        log: fact.log.clone().map(|log| log.chars().take(1024).collect()),
    });
    if !fact.status.is_final() {
        return match server::status(&server) == shown {
            true => tx.put(&server),
            false => server::touch(tx, cx, &mut server),
        };
    }
    finished(tx, cx, policy, server, ours, fact)
}

/// A job reached its final state (CY-DSP-10).
fn finished(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    mut server: Server,
    ours: Option<Intent>,
    fact: &JobFact,
) -> Result<()> {
    let ok = fact.status == JobStatus::Success;
    if let Some(intent) = &ours {
        if try_again(tx, cx, policy, &mut server, intent, fact)? {
            return Ok(());
        }
        tx.remove::<Intent>(&intent.id)?;
        tx.wake("compute.intent");
    }
    let pending = server.task_job == Some(fact.job);
    if pending {
        server.task = None;
        server.task_job = None;
    }
    match (fact.opcode.as_str(), ok) {
        ("OP_INSTANCE_CREATE", true)
            if matches!(server.operstate, OperState::Build | OperState::Error) =>
        {
            built(tx, cx, &mut server, OperState::Started)?;
            nics(tx, cx, policy, &mut server, fact.live.as_ref())?;
        }
        ("OP_INSTANCE_CREATE", false) if server.operstate == OperState::Build => {
            let error = fact.error.clone().unwrap_or_default();
            build_failed(
                tx,
                cx,
                &mut server,
                &reason(&error, fact.status),
                details(&error),
            )?;
        }
        ("OP_INSTANCE_REMOVE", _) if ok || fact.absent => {
            server.backend_time = server.backend_time.max(fact.at);
            return finish_destroy(tx, cx, server);
        }
        ("OP_INSTANCE_STARTUP" | "OP_INSTANCE_REBOOT", true) => {
            settle(tx, cx, &mut server, OperState::Started)?;
            nics(tx, cx, policy, &mut server, fact.live.as_ref())?;
        }
        ("OP_INSTANCE_SHUTDOWN", true) => settle(tx, cx, &mut server, OperState::Stopped)?,
        ("OP_INSTANCE_SET_PARAMS", _) => {
            nics(tx, cx, policy, &mut server, fact.live.as_ref())?;
        }
        _ if pending => crate::charges::unreserve(tx, &mut server)?,
        _ => {}
    }
    // CY-DSP-02: the time moves with success and with a build that failed.
    if ok || fact.opcode == "OP_INSTANCE_CREATE" {
        server.backend_time = server.backend_time.max(fact.at);
    }
    server::touch(tx, cx, &mut server)
}

/// A server runs or not, as its cluster says; one that is being built is left to its
/// build, and one whose build failed is there after all.
fn settle(tx: &WriteTx, cx: &Cx, server: &mut Server, to: OperState) -> Result<()> {
    match server.operstate {
        OperState::Build => Ok(()),
        OperState::Error => built(tx, cx, server, to),
        _ => enter(tx, server, to),
    }
}

fn built(tx: &WriteTx, cx: &Cx, server: &mut Server, to: OperState) -> Result<()> {
    enter(tx, server, to)?;
    server.progress = 100;
    for port in server::ports(tx, server.id)? {
        tx.put(&Port {
            state: PortState::Active,
            updated: cx.now,
            ..port
        })?;
    }
    for volume in server::volumes(tx, server.id)? {
        tx.put(&Volume {
            state: VolumeState::InUse,
            updated: cx.now,
            ..volume
        })?;
    }
    server.tags.values_mut().for_each(|active| *active = true);
    building::end(tx, cx, server.id)
}

/// A creation that found too few nodes free is sent again, waiting for locks (CY-DSP-10).
fn try_again(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    server: &mut Server,
    intent: &Intent,
    fact: &JobFact,
) -> Result<bool> {
    let code = fact.error.as_ref().map(|e| e.code.as_str());
    let again = intent.work
        == Work::Create {
            opportunistic: true,
        }
        && server.task == Some(Action::Create)
        && fact.status == JobStatus::Error
        && code == Some("temp_insufficient_resources");
    if again {
        tx.put(&Intent {
            key: intent::new_key(cx, policy, intent.id),
            work: Work::Create {
                opportunistic: false,
            },
            state: IntentState::Waiting,
            updated: cx.now,
            ..intent.clone()
        })?;
        server.task_job = None;
        tx.put(server)?;
        tx.wake("compute.intent");
    }
    Ok(again)
}

/// Why a build failed, for its owner.
fn reason(error: &JobError, status: JobStatus) -> String {
    match error.code.as_str() {
        "insufficient_resources" | "temp_insufficient_resources" => {
            "There is no room for this server at the moment.".into()
        }
        "resource_not_unique" | "already_exists" => {
            "The server's name or address is in use in the cluster.".into()
        }
        _ if status == JobStatus::Canceled => "Making the server was canceled.".into(),
        _ => "Making the server failed.".into(),
    }
}

fn details(error: &JobError) -> Option<String> {
    Some(error.message.clone()).filter(|text| !text.is_empty())
}

/// Brings the ports of a server to what its cluster has (CY-DSP-12), as far as both
/// know them: a NIC that only one side has is left to the reconciler.
fn nics(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    server: &mut Server,
    live: Option<&InstanceSeen>,
) -> Result<bool> {
    let Some(seen) = live.and_then(|live| live.nics.as_ref()) else {
        return Ok(false);
    };
    let mut changed = false;
    for (index, nic) in (0..).zip(seen) {
        let Some(id) = names::parse_port(&policy.prefix, &nic.name) else {
            tracing::warn!(server = %server.id, nic = %nic.name, "a NIC is not known here");
            continue;
        };
        match tx.get::<Port>(&id)?.filter(|p| p.server == Some(server.id)) {
            Some(port) => changed |= nic_seen(tx, cx, port, nic, index)?,
            None => tracing::warn!(server = %server.id, port = %id, "a port is missing here"),
        }
    }
    Ok(changed)
}

fn nic_seen(tx: &WriteTx, cx: &Cx, port: Port, nic: &NicSeen, index: u32) -> Result<bool> {
    let mac = (!nic.mac.is_empty()).then(|| nic.mac.clone());
    let new = Port {
        mac: mac.or(port.mac.clone()),
        index: Some(index),
        state: PortState::Active,
        ..port.clone()
    };
    if let Some(mac) = &new.mac {
        address::record_ipv6(tx, cx, &port, mac)?;
    }
    if new == port {
        return Ok(false);
    }
    tx.put(&Port {
        updated: cx.now,
        ..new
    })?;
    Ok(true)
}

/// The outcome of an intent's job cannot be read: what the instance is now decides
/// (README decision 23).
fn job_gone(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    id: u64,
    instance: Option<&InstanceSeen>,
    at: Timestamp,
) -> Result<()> {
    let Some(intent) = tx.get::<Intent>(&id)? else {
        return Ok(());
    };
    let Target::Server(target) = intent.target else {
        return Ok(());
    };
    if !matches!(
        intent.state,
        IntentState::Submitted { .. } | IntentState::Trying
    ) {
        return Ok(());
    }
    intent::end(tx, id)?;
    let Some(mut server) = live(tx, intent.backend, target)? else {
        return Ok(());
    };
    server.submitted = true;
    if server.task == intent.work.action() {
        server.task = None;
        server.task_job = None;
    }
    let running = instance.is_some_and(|seen| seen.running);
    match (&intent.work, instance.is_some()) {
        (Work::Destroy, false) => return finish_destroy(tx, cx, server),
        (Work::Create { .. }, _) if server.operstate != OperState::Build => {}
        (Work::Create { .. }, _) if running => {
            built(tx, cx, &mut server, OperState::Started)?;
            nics(tx, cx, policy, &mut server, instance)?;
        }
        (Work::Create { .. }, _) => {
            let message = "Making the server was interrupted.";
            build_failed(tx, cx, &mut server, message, None)?;
        }
        (Work::Destroy, true) => crate::charges::unreserve(tx, &mut server)?,
        (_, true) if running => settle(tx, cx, &mut server, OperState::Started)?,
        (_, true) => settle(tx, cx, &mut server, OperState::Stopped)?,
        (_, false) => crate::charges::unreserve(tx, &mut server)?,
    }
    server.backend_time = server.backend_time.max(at);
    server::touch(tx, cx, &mut server)
}

/// The server, unless something is being done with it or newer facts were applied.
fn quiet(tx: &impl Reads, server: Option<Server>, at: Timestamp) -> Result<Option<Server>> {
    let Some(server) = server.filter(|s| at > s.backend_time) else {
        return Ok(None);
    };
    let busy = !intent::of_server(tx, server.id)?.is_empty();
    // What was read before the last change here says nothing about it, also when the
    // cluster's clock, by which jobs end, is behind ours.
    Ok((!busy && at >= server.updated).then_some(server))
}

fn seen(
    tx: &WriteTx,
    cx: &Cx,
    policy: &Policy,
    backend: BackendId,
    instance: &InstanceSeen,
    at: Timestamp,
) -> Result<()> {
    let server = named(tx, policy, backend, &instance.name)?;
    let Some(mut server) = quiet(tx, server, at)? else {
        return Ok(());
    };
    let before = server.clone();
    server.task = None;
    server.task_job = None;
    crate::charges::unreserve(tx, &mut server)?;
    let to = match instance.running {
        true => OperState::Started,
        // A build that failed may have left an instance that is down.
        false if server.operstate == OperState::Error => OperState::Error,
        false => OperState::Stopped,
    };
    if to != server.operstate {
        match server.operstate {
            OperState::Build | OperState::Error => built(tx, cx, &mut server, to)?,
            _ => enter(tx, &mut server, to)?,
        }
    }
    let moved = nics(tx, cx, policy, &mut server, Some(instance))?;
    if server == before && !moved {
        return Ok(());
    }
    server.backend_time = at;
    server::touch(tx, cx, &mut server)
}

fn absent(tx: &WriteTx, cx: &Cx, backend: BackendId, id: ServerId, at: Timestamp) -> Result<()> {
    let server = live(tx, backend, id)?;
    let Some(mut server) = quiet(tx, server, at)? else {
        return Ok(());
    };
    server.backend_time = at;
    match server.operstate {
        OperState::Error if server.action != Some(Action::Destroy) => Ok(()),
        OperState::Build => {
            server.task = None;
            server.task_job = None;
            let message = "Making the server was interrupted.";
            build_failed(tx, cx, &mut server, message, None)?;
            server::touch(tx, cx, &mut server)
        }
        _ => finish_destroy(tx, cx, server),
    }
}
