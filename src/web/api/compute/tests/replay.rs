//! The recorded exchanges that this service offers, played back in order. What the
//! recording did by calls that are not offered yet is put in place directly.

use super::{
    Cloud,
    replayed::{Bound, check, play},
};
use crate::testing::person;
use compute::{Address, Server};
use kernel::{Caller, FlavorId, NetworkId, ServerId, SubnetId};
use serde_json::{Value, json};
use std::time::Duration;
use store::Reads;

const RECORDED: &str = include_str!("../../../../../tests/golden/compute.json");

/// Differences that are intended (rows of the list of differences), with what is
/// compared instead: the name of the fault, or nothing.
const INTENDED: [(&str, &str); 3] = [
    ("flavors-bad-token", "unauthorized"),
    ("version-details", ""),
    ("image-metadata-after", ""),
];

/// Seconds from now that stand for the instant a recorded request carries.
const INSTANTS: [(&str, i64); 2] = [
    ("servers-since-now", 3600),
    ("servers-since-with-deleted", -600),
];

const SETTINGS: &str = "
    CYCLADES_DEFAULT_SERVER_NETWORKS = []
    CYCLADES_FORCED_SERVER_NETWORKS = []
    RESCUE_ENABLED = True
";

async fn recorded_state() -> (Cloud, Bound) {
    let cloud = Cloud::new(SETTINGS).await;
    for cpu in [1, 2, 4] {
        for ram in [1024, 2048, 4096] {
            for disk in [20, 40] {
                cloud.flavor(cpu, ram, disk, "drbd").await;
                cloud.flavor(cpu, ram, disk, "ext_archipelago").await;
            }
        }
    }
    cloud.pools().await;
    cloud.backend().await;
    private_network(&cloud).await;
    let floating = Address {
        id: 1_000_000,
        network: NetworkId(1),
        subnet: SubnetId(1),
        address: "203.0.113.3".parse().unwrap(),
        port: None,
        user: person(1),
        project: Some(person(1).own_project()),
        floating: true,
        shared_to_project: false,
        created: cloud.now(),
    };
    let store = &cloud.fixture.store;
    store.write(move |tx| tx.insert(&floating)).await.unwrap();
    let mut bound = Bound::default();
    let image = cloud.image().await.to_string();
    bound.texts.insert("{{IMAGE_1}}".into(), image);
    (cloud, bound)
}

async fn private_network(cloud: &Cloud) {
    let network = r#"{"network": {"type": "MAC_FILTERED", "name": "private"}}"#;
    let got = cloud
        .ask(1, "POST", "/network/v2.0/networks", Some(network))
        .await;
    assert_eq!(got.status, 201, "{}", got.text());
    for subnet in [
        json!({
            "network_id": "3", "cidr": "192.168.1.0/24", "ip_version": 4,
            "allocation_pools": [{"start": "192.168.1.10", "end": "192.168.1.20"}],
        }),
        json!({"network_id": "3", "cidr": "fd00::/64", "ip_version": 6}),
    ] {
        let body = json!({ "subnet": subnet }).to_string();
        let got = cloud
            .ask(1, "POST", "/network/v2.0/subnets", Some(&body))
            .await;
        assert_eq!(got.status, 201, "{}", got.text());
    }
}

/// Changes a row that the recording changed in a way not offered yet.
async fn put(cloud: &Cloud, change: impl Fn(&mut Server) + Send + 'static) {
    let store = &cloud.fixture.store;
    let done = store.write(move |tx| {
        for mut server in tx.scan::<Server>(None, 100)? {
            change(&mut server);
            tx.put(&server)?;
        }
        Ok(())
    });
    done.await.unwrap();
}

/// What went on in the recorded cluster before an exchange.
async fn before(cloud: &Cloud, name: &str) {
    let ends = ["server-after-", "server-show-active", "server-deleted"];
    let acts = name.starts_with("action-") && name != "action-on-building";
    if acts || ends.iter().any(|end| name.starts_with(end)) {
        cloud.carry_out().await;
    }
    match name {
        // No event told of tags or of the progress of copying.
        "server-show-active" => {
            put(cloud, |server| {
                server.tags.values_mut().for_each(|active| *active = false);
                server.progress = 0;
            })
            .await;
        }
        // Resizing.
        "action-resize-no-flavor" => {
            put(cloud, |server| {
                if server.id == ServerId(1) {
                    server.flavor = FlavorId(5);
                }
            })
            .await;
        }
        "server-create-over-quota" => {
            let limit = |tx: &store::WriteTx| {
                let holder = quota::user_holder(person(1));
                let source = quota::project_source(person(1).own_project());
                quota::set_limit(tx, &holder, &source, quota::resource::VM, 2)
            };
            cloud.fixture.store.write(limit).await.unwrap();
        }
        _ => {}
    }
}

/// Requests without what needs keys.
fn without_keys(mut body: Value) -> Value {
    if let Some(server) = body.get_mut("server").and_then(Value::as_object_mut)
        && server.get("key_name") != Some(&json!("nosuch"))
    {
        server.remove("key_name");
    }
    body
}

/// Answers without the key that was left out and the server that two disks need.
fn adapted(exchange: &Value) -> Value {
    let mut exchange = exchange.clone();
    let answer = exchange["answer"].as_str().unwrap_or_default();
    let Ok(mut answer) = serde_json::from_str::<Value>(answer) else {
        return exchange;
    };
    if let Some(all) = answer.get_mut("servers").and_then(Value::as_array_mut) {
        all.retain(|server| server["id"] != 7);
        all.iter_mut().for_each(keyless);
        // A port was connected by a call that is not offered.
        let joined = all.iter_mut().find(|server| server["id"] == 9);
        if let Some(server) = joined.filter(|server| server.get("addresses").is_some()) {
            server["addresses"] = json!({});
            server["attachments"] = json!([]);
        }
    }
    if let Some(server) = answer.get_mut("server") {
        keyless(server);
    }
    exchange["answer"] = Value::String(answer.to_string());
    exchange
}

fn keyless(server: &mut Value) {
    if server.get("key_name").is_some() {
        server["key_name"] = Value::Null;
        server["SNF:key_names"] = json!([]);
    }
}

fn path_of(cloud: &Cloud, bound: &Bound, exchange: &Value) -> String {
    let name = exchange["name"].as_str().unwrap();
    let path = bound.path(exchange["path"].as_str().unwrap());
    match INSTANTS.iter().find(|(one, _)| *one == name) {
        None => path,
        Some((_, seconds)) => {
            let at = cloud.now() + jiff::SignedDuration::from_secs(*seconds);
            let (start, _) = path.split_once('=').unwrap();
            format!("{start}={at}")
        }
    }
}

// CY-WIRE-01 CY-WIRE-02 CY-WIRE-03 CY-WIRE-05 CY-WIRE-08 CY-API-17 CY-ACT-01
#[tokio::test(start_paused = true)]
async fn recorded_exchanges_are_answered_alike() {
    let (cloud, mut bound) = recorded_state().await;
    let alice = Caller::person(person(1));
    let exchanges: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    let mut failed = Vec::new();
    for exchange in &exchanges {
        let name = exchange["name"].as_str().unwrap();
        before(&cloud, name).await;
        let path = path_of(&cloud, &bound, exchange);
        let got = play(&cloud, &bound, exchange, &path, without_keys).await;
        let result = check(&mut bound, &adapted(exchange), &got);
        let intended = INTENDED.iter().find(|(one, _)| *one == name);
        match (result, intended) {
            (Ok(()), None) => {}
            (Err(_), Some((_, fault))) => {
                assert!(fault.is_empty() || got.fault().0 == *fault, "{name}");
            }
            (Ok(()), Some(_)) => failed.push(format!("{name}: the difference is gone")),
            (Err(why), None) => failed.push(format!("{name}: {why}")),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    cloud.fixture.clock.advance(Duration::from_secs(1));
    let left = cloud
        .fixture
        .state
        .compute
        .servers(&alice, None)
        .await
        .unwrap();
    assert!(!left.is_empty());
}
