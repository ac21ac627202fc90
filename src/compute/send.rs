//! Sending intents: what they ask for, and what becomes of them (README decisions
//! 15 and 23).

use crate::{
    address, building, charges, intent,
    job::{DiskSpec, InstanceSpec, Job, NetworkSpec, NicSpec},
    names, network,
    policy::Policy,
    rows::{
        Action, Backend, BackendNetwork, Flavor, Intent, IntentId, IntentState, Level, Network,
        OperState, Server, Target, VolumeType, Work,
    },
    seal::Sealer,
    server::{self, build_failed, finish_destroy},
    service::{Pending, Why},
};
use kernel::{BackendId, Cx, Error, NetworkId, Result, ServerId, secret::ExposeSecret};
use serde_json::{Map, Value};
use store::{Reads, WriteTx};

/// Intents of a cluster that can be sent now.
pub(crate) fn pending(
    tx: &impl Reads,
    policy: &Policy,
    sealer: &Sealer,
    vmapi: &str,
    backend: BackendId,
    after: Option<IntentId>,
    limit: usize,
) -> Result<Vec<Pending>> {
    let mut found = Vec::new();
    tx.each_found::<Intent>("to_send", &backend, after.as_ref(), |mut intent| {
        if let Some(jobs) = intent::depends(tx, &intent)?
            && let Some(job) = job(tx, policy, sealer, vmapi, &intent)?
        {
            intent.depends = jobs;
            found.push(Pending { intent, job });
        }
        Ok(found.len() < limit)
    })?;
    Ok(found)
}

/// What an intent asks for; None when what it is about is gone.
fn job(
    tx: &impl Reads,
    policy: &Policy,
    sealer: &Sealer,
    vmapi: &str,
    intent: &Intent,
) -> Result<Option<Job>> {
    let instance = || match intent.target {
        Target::Server(id) => names::instance(&policy.prefix, id),
        Target::Network(id) => names::network(&policy.prefix, id),
    };
    Ok(Some(match (&intent.work, intent.target) {
        (Work::Create { opportunistic }, Target::Server(id)) => {
            let Some(spec) = instance_spec(tx, policy, sealer, vmapi, id, *opportunistic)? else {
                return Ok(None);
            };
            Job::Create(Box::new(spec))
        }
        (Work::Start, _) => Job::Startup {
            instance: instance(),
        },
        (Work::Stop { timeout }, _) => Job::Shutdown {
            instance: instance(),
            timeout: *timeout,
        },
        (Work::Reboot { hard }, _) => Job::Reboot {
            instance: instance(),
            shutdown_timeout: hard.then_some(0),
        },
        (Work::Destroy, _) => Job::Remove {
            instance: instance(),
            shutdown_timeout: None,
        },
        (Work::NetworkCreate, Target::Network(id)) => {
            match network_spec(tx, policy, id, intent.backend)? {
                Some(spec) => Job::NetworkCreate(Box::new(spec)),
                None => return Ok(None),
            }
        }
        (Work::NetworkRemove, _) => Job::NetworkRemove {
            network: instance(),
        },
        (Work::Create { .. }, Target::Network(_)) | (Work::NetworkCreate, Target::Server(_)) => {
            return Err(Error::broken("an intent does not fit its target"));
        }
    }))
}

/// `GANETI_CREATEINSTANCE_KWARGS` taken apart.
struct Defaults {
    os: String,
    hvparams: Map<String, Value>,
    extra: Map<String, Value>,
}

fn defaults(policy: &Policy, hypervisor: &str) -> Defaults {
    let mut extra = policy.instance.clone();
    let os = match extra.remove("os").or(extra.remove("os_type")) {
        Some(Value::String(os)) => os,
        _ => "snf-image+default".into(),
    };
    let hvparams = match extra.remove("hvparams") {
        Some(Value::Object(mut of)) => of.remove(hypervisor),
        _ => None,
    };
    extra.remove("wait_for_sync");
    Defaults {
        os,
        hvparams: match hvparams {
            Some(Value::Object(params)) => params,
            _ => Map::new(),
        },
        extra,
    }
}

/// The instance of a server that is being built (CY-JOB-01).
fn instance_spec(
    tx: &impl Reads,
    policy: &Policy,
    sealer: &Sealer,
    vmapi: &str,
    id: ServerId,
    opportunistic: bool,
) -> Result<Option<InstanceSpec>> {
    let (Some(server), Some(build)) = (tx.get::<Server>(&id)?, building::of_server(tx, id)?) else {
        return Ok(None);
    };
    let broken = |what: &str| Error::broken(format!("a server's {what} is missing"));
    let flavor: Flavor = tx.get(&server.flavor)?.ok_or_else(|| broken("flavor"))?;
    let kind: VolumeType = tx
        .get(&flavor.volume_type)?
        .ok_or_else(|| broken("volume type"))?;
    let backend: Backend = tx.get(&server.backend)?.ok_or_else(|| broken("backend"))?;
    let defaults = defaults(policy, &backend.hypervisor);
    let secret = sealer.open(&build.secret)?;
    let url = format!("{vmapi}/server-params/{}", secret.expose_secret());
    let osparams = [
        ("config_url", url),
        ("img_id", build.img_id),
        ("img_format", build.img_format),
    ];
    let disks = server::volumes(tx, id)?
        .iter()
        .map(|volume| DiskSpec {
            name: names::volume(&policy.prefix, volume.id),
            size: u64::from(volume.size) * 1024,
            provider: kind.provider().map(str::to_owned),
        })
        .collect();
    let encoded = |tag: &String| names::encode_tag(&format!("cyclades:user:{tag}"));
    Ok(Some(InstanceSpec {
        name: names::instance(&policy.prefix, id),
        vcpus: flavor.cpu,
        memory: flavor.ram,
        disk_template: kind.template().to_owned(),
        disks,
        nics: nic_specs(tx, policy, id)?,
        os: defaults.os,
        osparams: osparams
            .into_iter()
            .map(|(key, value)| (key.to_owned(), Value::from(value)))
            .collect(),
        hvparams: defaults.hvparams,
        hypervisor: backend.hypervisor,
        extra: defaults.extra,
        wait_for_sync: policy.wait_for_sync,
        opportunistic_locking: opportunistic,
        tags: server.tags.keys().map(encoded).collect(),
    }))
}

fn nic_specs(tx: &impl Reads, policy: &Policy, id: ServerId) -> Result<Vec<NicSpec>> {
    let mut ports = server::ports(tx, id)?;
    ports.sort_by_key(|port| (port.index, port.id));
    ports
        .iter()
        .map(|port| {
            let addresses = address::of_port(tx, port)?;
            Ok(NicSpec {
                name: names::port(&policy.prefix, port.id),
                network: names::network(&policy.prefix, port.network),
                ip: addresses
                    .iter()
                    .find(|a| a.address.is_ipv4())
                    .map(|a| a.address.to_string()),
            })
        })
        .collect()
}

/// A network as a cluster is to have it (CY-JOB-03, CY-NET-14).
fn network_spec(
    tx: &impl Reads,
    policy: &Policy,
    id: NetworkId,
    backend: BackendId,
) -> Result<Option<NetworkSpec>> {
    let (Some(network), Some(there)) = (
        tx.get::<Network>(&id)?,
        tx.get::<BackendNetwork>(&(id, backend))?,
    ) else {
        return Ok(None);
    };
    let subnets = address::subnets(tx, &network)?;
    let of = |version| subnets.iter().find(|s| s.version() == version);
    let cidr = |version| of(version).map(|s| s.cidr.to_string());
    let gateway = |version| of(version).and_then(|s| s.gateway).map(|g| g.to_string());
    let mut tags = network.tags.clone();
    if subnets.iter().any(|s| s.dhcp) {
        tags.push("nfdhcpd".into());
    }
    tags.push(if network.public { "public" } else { "private" }.into());
    Ok(Some(NetworkSpec {
        name: names::network(&policy.prefix, id),
        conflicts_check: network.public && of(4).is_some(),
        network: cidr(4).unwrap_or_else(|| "10.0.0.0/29".into()),
        gateway: gateway(4),
        network6: cidr(6),
        gateway6: gateway(6),
        mac_prefix: there.mac_prefix,
        tags,
        mode: network.mode,
        link: network.link,
    }))
}

/// About to be sent.
pub(crate) fn attempt(tx: &WriteTx, cx: &Cx, id: IntentId) -> Result<bool> {
    let Some(mut intent) = tx.get::<Intent>(&id)? else {
        return Ok(false);
    };
    if intent.state != IntentState::Waiting || intent::depends(tx, &intent)?.is_none() {
        return Ok(false);
    }
    if let Target::Server(target) = intent.target {
        let Some(mut server) = tx.get::<Server>(&target)?.filter(|s| !s.deleted) else {
            return Ok(false);
        };
        if !server.submitted {
            server.submitted = true;
            tx.put(&server)?;
        }
    }
    intent.state = IntentState::Trying;
    intent.attempts += 1;
    intent.updated = cx.now;
    tx.put(&intent)?;
    Ok(true)
}

/// A job exists.
pub(crate) fn submitted(tx: &WriteTx, cx: &Cx, id: IntentId, job: u64) -> Result<()> {
    let Some(mut intent) = tx.get::<Intent>(&id)? else {
        return Ok(());
    };
    if matches!(intent.state, IntentState::Withdrawn { .. }) {
        return Err(Error::conflict(format!("Intent {id} was withdrawn.")));
    }
    intent.state = IntentState::Submitted { job };
    intent.updated = cx.now;
    tx.put(&intent)?;
    tx.wake("compute.intent");
    if let Target::Server(target) = intent.target
        && let Some(mut server) = tx.get::<Server>(&target)?.filter(|s| !s.deleted)
    {
        server.submitted = true;
        if server.task == intent.work.action() {
            server.task_job = Some(job);
        }
        tx.put(&server)?;
    }
    Ok(())
}

/// Certainly no job exists: to be sent again.
pub(crate) fn again(tx: &WriteTx, cx: &Cx, id: IntentId) -> Result<()> {
    let Some(mut intent) = tx.get::<Intent>(&id)? else {
        return Ok(());
    };
    if intent.state == IntentState::Trying {
        intent.state = IntentState::Waiting;
        intent.updated = cx.now;
        tx.put(&intent)?;
        tx.wake("compute.intent");
    }
    Ok(())
}

/// No job exists and none will: undoes what the intent belonged to.
pub(crate) fn withdrawn(tx: &WriteTx, cx: &Cx, id: IntentId, why: &Why) -> Result<()> {
    let Some(intent) = tx.get::<Intent>(&id)? else {
        return Ok(());
    };
    match intent.state {
        IntentState::Waiting | IntentState::Trying => {}
        IntentState::Withdrawn { .. } => return Ok(()),
        IntentState::Submitted { .. } => {
            return Err(Error::conflict(format!("Intent {id} has a job.")));
        }
    }
    let backend: Option<Backend> = tx.get(&intent.backend)?;
    let name = backend.map_or_else(String::new, |b| b.clustername);
    let (public, detail) = match why {
        Why::Unreachable(detail) => (format!("Backend '{name}' cannot be reached."), detail),
        Why::Refused(detail) => (format!("Backend '{name}' refused the request."), detail),
    };
    tracing::warn!(intent = id, backend = %name, reason = %detail, "an intent was withdrawn");
    let work = intent.work.clone();
    match intent.target {
        Target::Network(network) => {
            let backend = intent.backend;
            intent::give_up(tx, cx, intent, public)?;
            network::withdrawn(tx, cx, network, backend, &work, detail)
        }
        Target::Server(server) => {
            intent::give_up(tx, cx, intent, public)?;
            server_withdrawn(tx, cx, server, &work, detail)
        }
    }
}

fn server_withdrawn(tx: &WriteTx, cx: &Cx, id: ServerId, work: &Work, detail: &str) -> Result<()> {
    let Some(mut server) = tx.get::<Server>(&id)?.filter(|s| !s.deleted) else {
        return Ok(());
    };
    let create = matches!(work, Work::Create { .. });
    if create {
        // No cluster has heard of it, and none will.
        server.submitted = false;
        if server.task == Some(Action::Destroy) {
            return finish_destroy(tx, cx, server);
        }
    }
    if server.task == work.action() {
        server.task = None;
        server.task_job = None;
        charges::unreserve(tx, &mut server)?;
    }
    match create && server.operstate == OperState::Build {
        true => {
            let message = "Failed to send job to Ganeti.";
            build_failed(tx, cx, &mut server, message, Some(detail.to_owned()))?;
        }
        false => {
            let word = work.action().map_or("", |action| action.word());
            let message = format!("{word}: failed to send job to Ganeti.");
            let text = Some(detail.to_owned());
            server::diagnose(tx, cx, &server, Level::Error, "ganeti", &message, text)?;
        }
    }
    server::touch(tx, cx, &mut server)
}
