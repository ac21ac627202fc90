//! Opcodes for the query socket and requests for the remote API, from the neutral
//! jobs of `compute` (CY-JOB-01 to CY-JOB-04).

use compute::{DiskSpec, InstanceSpec, Job, NetworkSpec, NicSpec};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// The final statuses a job may wait for.
const ENDED: [&str; 3] = ["success", "error", "canceled"];

/// A request of the remote API.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Value,
}

fn depends(on: &[u64]) -> Value {
    on.iter().map(|job| json!([job, ENDED])).collect()
}

fn disk(spec: &DiskSpec) -> Value {
    let mut disk = json!({"name": spec.name, "size": spec.size});
    if let Some(provider) = &spec.provider {
        disk["provider"] = json!(provider);
    }
    disk
}

fn nic(spec: &NicSpec) -> Value {
    let mut nic = json!({"name": spec.name, "network": spec.network});
    if let Some(ip) = &spec.ip {
        nic["ip"] = json!(ip);
    }
    nic
}

/// The parameters of a creation that both protocols name alike.
fn instance(spec: &InstanceSpec) -> Map<String, Value> {
    let mut params = spec.extra.clone();
    let mut put = |name: &str, value: Value| {
        params.insert(name.to_owned(), value);
    };
    put("mode", json!("create"));
    put("hypervisor", json!(spec.hypervisor));
    put("disk_template", json!(spec.disk_template));
    put("disks", spec.disks.iter().map(disk).collect());
    put("nics", spec.nics.iter().map(nic).collect());
    put(
        "beparams",
        json!({"auto_balance": true, "vcpus": spec.vcpus, "maxmem": spec.memory, "minmem": spec.memory}),
    );
    put("hvparams", Value::Object(spec.hvparams.clone()));
    put("osparams", Value::Object(spec.osparams.clone()));
    put("ip_check", json!(false));
    put("name_check", json!(false));
    put("wait_for_sync", json!(spec.wait_for_sync));
    put("opportunistic_locking", json!(spec.opportunistic_locking));
    if !spec.tags.is_empty() {
        put("tags", json!(spec.tags));
    }
    params
}

fn network(spec: &NetworkSpec) -> Map<String, Value> {
    let mut params = Map::new();
    let mut put = |name: &str, value: Value| {
        params.insert(name.to_owned(), value);
    };
    put("network_name", json!(spec.name));
    put("network", json!(spec.network));
    for (name, value) in [
        ("gateway", &spec.gateway),
        ("network6", &spec.network6),
        ("gateway6", &spec.gateway6),
    ] {
        if let Some(value) = value {
            put(name, json!(value));
        }
    }
    put("mac_prefix", json!(spec.mac_prefix));
    put("conflicts_check", json!(spec.conflicts_check));
    put("tags", json!(spec.tags));
    params
}

fn connection(spec: &NetworkSpec, group: &str) -> Value {
    json!({
        "group_name": group,
        "network_mode": spec.mode,
        "network_link": spec.link,
        "network_vlan": "",
        "conflicts_check": spec.conflicts_check,
    })
}

fn opcode(id: &str, params: Value) -> Value {
    let mut opcode = params;
    opcode["OP_ID"] = json!(id);
    opcode
}

fn seconds(mut params: Value, name: &str, value: Option<u32>) -> Value {
    if let Some(value) = value {
        params[name] = json!(value);
    }
    params
}

/// What of a network is there already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NetworkSeen {
    /// It exists.
    pub(crate) exists: bool,
    /// Groups it is connected to.
    pub(crate) groups: Vec<String>,
}

/// The opcodes of one job over the query socket. `groups` are all node groups and
/// `seen` what is there of the network, for jobs about networks.
pub(crate) fn opcodes(
    job: &Job,
    after: &[u64],
    key: &str,
    groups: &[String],
    seen: &NetworkSeen,
) -> Vec<Value> {
    let mut ops = match job {
        Job::NetworkCreate(spec) => network_create(spec, groups, seen),
        Job::NetworkRemove { network } => network_remove(network, seen),
        _ => instance_opcode(job).into_iter().collect(),
    };
    for (index, op) in ops.iter_mut().enumerate() {
        op["reason"] = json!([["synnefo", key, 0]]);
        if index == 0 && !after.is_empty() {
            op["depends"] = depends(after);
        }
    }
    ops
}

/// The one opcode of a job about an instance.
fn instance_opcode(job: &Job) -> Option<Value> {
    let named = |instance: &str| json!({"instance_name": instance});
    Some(match job {
        Job::Create(spec) => {
            let mut params = instance(spec);
            params.insert("instance_name".into(), json!(spec.name));
            params.remove("os");
            params.insert("os_type".into(), json!(spec.os));
            opcode("OP_INSTANCE_CREATE", Value::Object(params))
        }
        Job::Startup { instance } => opcode("OP_INSTANCE_STARTUP", named(instance)),
        Job::Shutdown { instance, timeout } => {
            let params = seconds(named(instance), "timeout", *timeout);
            opcode("OP_INSTANCE_SHUTDOWN", params)
        }
        Job::Reboot {
            instance,
            shutdown_timeout,
        } => {
            let params = json!({"instance_name": instance, "reboot_type": "hard"});
            let params = seconds(params, "shutdown_timeout", *shutdown_timeout);
            opcode("OP_INSTANCE_REBOOT", params)
        }
        Job::Remove {
            instance,
            shutdown_timeout,
        } => {
            let params = json!({"instance_name": instance, "ignore_failures": false});
            let params = seconds(params, "shutdown_timeout", *shutdown_timeout);
            opcode("OP_INSTANCE_REMOVE", params)
        }
        Job::NetworkCreate(_) | Job::NetworkRemove { .. } => return None,
    })
}

/// Makes a network, as far as it is not there, and connects it to the groups it lacks.
fn network_create(spec: &NetworkSpec, groups: &[String], seen: &NetworkSeen) -> Vec<Value> {
    let mut ops = Vec::new();
    if !seen.exists {
        ops.push(opcode("OP_NETWORK_ADD", Value::Object(network(spec))));
    }
    for group in groups.iter().filter(|group| !seen.groups.contains(group)) {
        let mut params = connection(spec, group);
        params["network_name"] = json!(spec.name);
        ops.push(opcode("OP_NETWORK_CONNECT", params));
    }
    ops
}

/// Disconnects what is there of a network, and removes it.
fn network_remove(network: &str, seen: &NetworkSeen) -> Vec<Value> {
    let mut ops: Vec<Value> = Vec::new();
    for group in &seen.groups {
        let params = json!({"network_name": network, "group_name": group});
        ops.push(opcode("OP_NETWORK_DISCONNECT", params));
    }
    if seen.exists {
        let params = json!({"network_name": network});
        ops.push(opcode("OP_NETWORK_REMOVE", params));
    }
    ops
}

/// The requests of the remote API that do the same; each after the first waits for
/// the job of the one before.
pub(crate) fn requests(job: &Job, groups: &[String], seen: &NetworkSeen) -> Vec<Request> {
    let on = |name: &str, what: &str| format!("/2/instances/{name}{what}");
    match job {
        Job::Create(spec) => {
            let mut params = instance(spec);
            params.insert("__version__".into(), json!(1));
            params.insert("name".into(), json!(spec.name));
            params.remove("os");
            params.insert("os_type".into(), json!(spec.os));
            vec![Request {
                method: Method::POST,
                path: "/2/instances".into(),
                body: Value::Object(params),
            }]
        }
        Job::Startup { instance } => vec![put(on(instance, "/startup"), json!({}))],
        Job::Shutdown { instance, timeout } => vec![put(
            on(instance, "/shutdown"),
            seconds(json!({}), "timeout", *timeout),
        )],
        Job::Reboot {
            instance,
            shutdown_timeout,
        } => vec![Request {
            method: Method::POST,
            path: on(instance, "/reboot?type=hard"),
            body: seconds(json!({}), "shutdown_timeout", *shutdown_timeout),
        }],
        Job::Remove {
            instance,
            shutdown_timeout,
        } => vec![Request {
            method: Method::DELETE,
            path: on(instance, ""),
            body: seconds(json!({}), "shutdown_timeout", *shutdown_timeout),
        }],
        Job::NetworkCreate(spec) => network_create_requests(spec, groups, seen),
        Job::NetworkRemove { network } => network_remove_requests(network, seen),
    }
}

fn put(path: String, body: Value) -> Request {
    Request {
        method: Method::PUT,
        path,
        body,
    }
}

/// What is still to be done for a network to be in all groups.
fn network_create_requests(
    spec: &NetworkSpec,
    groups: &[String],
    seen: &NetworkSeen,
) -> Vec<Request> {
    let mut all = Vec::new();
    if !seen.exists {
        all.push(Request {
            method: Method::POST,
            path: "/2/networks".into(),
            body: Value::Object(network(spec)),
        });
    }
    for group in groups.iter().filter(|group| !seen.groups.contains(group)) {
        let path = format!("/2/networks/{}/connect", spec.name);
        all.push(put(path, connection(spec, group)));
    }
    all
}

/// What is still to be done for a network to be gone.
fn network_remove_requests(network: &str, seen: &NetworkSeen) -> Vec<Request> {
    let mut all = Vec::new();
    for group in &seen.groups {
        let path = format!("/2/networks/{network}/disconnect");
        all.push(put(path, json!({"group_name": group})));
    }
    if seen.exists {
        all.push(Request {
            method: Method::DELETE,
            path: format!("/2/networks/{network}"),
            body: json!({}),
        });
    }
    all
}

/// `body` with the jobs it waits for.
pub(crate) fn waiting(mut body: Value, after: &[u64]) -> Value {
    if !after.is_empty() {
        body["depends"] = depends(after);
    }
    body
}
