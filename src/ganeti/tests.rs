//! Framing and reading of answers; the lab's tests are in `tests/it`.

use crate::{
    Trouble,
    cluster::testing,
    instances,
    luxi::{Messages, answer},
    opcode::{self, NetworkSeen},
    rapi::{self, unescape},
};
use compute::{DiskSpec, InstanceSpec, Job, JobStatus, NetworkSpec, NicSpec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_come_out_whole_however_they_are_cut(
        texts in prop::collection::vec("[ -~]{0,40}", 0..8),
        cuts in prop::collection::vec(1usize..20, 1..20),
    ) {
        let stream: Vec<u8> = texts.iter().flat_map(|t| t.bytes().chain([3])).collect();
        let mut messages = Messages::default();
        let (mut got, mut rest, mut cut) = (Vec::new(), stream.as_slice(), cuts.iter().cycle());
        while !rest.is_empty() {
            let (part, after) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
            messages.push(part).unwrap();
            while let Some(message) = messages.next() {
                got.push(String::from_utf8(message).unwrap());
            }
            rest = after;
        }
        prop_assert_eq!(got, texts);
    }

    #[test]
    fn any_bytes_are_an_answer_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut messages = Messages::default();
        messages.push(&bytes).unwrap();
        while let Some(message) = messages.next() {
            let _ = answer(&message);
        }
    }

    #[test]
    fn any_json_is_a_job_or_none(text in r#"[\[\]{}",:0-9a-z]{0,80}"#) {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _ = testing::job(&value);
            let _ = instances::testing::instance(&value);
            let _ = testing::groups(&value);
        }
    }
}

#[test]
fn answers_are_results_or_refusals() {
    assert_eq!(answer(br#"{"success": true, "result": 7}"#), Ok(json!(7)));
    let refused = answer(br#"{"success": false, "result": ["JobQueueFull", ["too many"]]}"#);
    assert_eq!(
        refused,
        Err(Trouble::Refused("JobQueueFull: too many".into()))
    );
    assert!(matches!(answer(b"{}"), Err(Trouble::Doubt(_))));
    // What Ganeti 3.0.2 says of a name it does not know: an answer, not a refusal.
    let unknown = br#"{"success":false,"result":["OpPrereqError",["Instance name a not found","unknown_entity"]]}"#;
    assert_eq!(testing::known(answer(unknown)), Ok(None));
    assert!(testing::known(refused).is_err());
    assert_eq!(
        unescape("Instance &#x27;a&#x27; &amp;lt;"),
        "Instance 'a' &lt;"
    );
}

fn spec() -> InstanceSpec {
    InstanceSpec {
        name: "snf-42".into(),
        vcpus: 2,
        memory: 512,
        disk_template: "file".into(),
        disks: vec![DiskSpec {
            name: "snf-vol-7".into(),
            size: 1024,
            provider: None,
        }],
        nics: vec![NicSpec {
            name: "snf-nic-9".into(),
            network: "snf-net-1".into(),
            ip: Some("10.0.0.9".into()),
        }],
        os: "snf-image+default".into(),
        osparams: Map::from_iter([("config_url".into(), json!("http://h/secret"))]),
        hypervisor: "kvm".into(),
        hvparams: Map::new(),
        extra: Map::new(),
        wait_for_sync: false,
        opportunistic_locking: true,
        tags: vec![],
    }
}

// CY-JOB-01 CY-JOB-04
#[test]
fn a_creation_names_everything_and_carries_its_key() {
    let job = Job::Create(Box::new(spec()));
    let ops = opcode::opcodes(&job, &[12], "key-1", &[], &NetworkSeen::default());
    let op = &ops[0];
    assert_eq!(op["OP_ID"], "OP_INSTANCE_CREATE");
    assert_eq!(op["reason"], json!([["synnefo", "key-1", 0]]));
    assert_eq!(
        op["depends"],
        json!([[12, ["success", "error", "canceled"]]])
    );
    assert_eq!(op["os_type"], "snf-image+default");
    assert_eq!(op["disks"], json!([{"name": "snf-vol-7", "size": 1024}]));
    assert_eq!(
        op["nics"],
        json!([{"name": "snf-nic-9", "network": "snf-net-1", "ip": "10.0.0.9"}])
    );
    assert_eq!(
        op["beparams"],
        json!({"auto_balance": true, "vcpus": 2, "maxmem": 512, "minmem": 512})
    );
    assert_eq!(
        (&op["ip_check"], &op["name_check"]),
        (&json!(false), &json!(false))
    );
    let request = &opcode::requests(&job, &[], &NetworkSeen::default())[0];
    assert_eq!(
        (request.path.as_str(), &request.body["name"]),
        ("/2/instances", &json!("snf-42"))
    );
}

// CY-JOB-02
#[test]
fn actions_become_their_opcodes() {
    let of = |job: Job| opcode::opcodes(&job, &[], "k", &[], &NetworkSeen::default())[0].clone();
    let instance = || "snf-1".to_owned();
    assert_eq!(
        of(Job::Startup {
            instance: instance()
        })["OP_ID"],
        "OP_INSTANCE_STARTUP"
    );
    let stop = of(Job::Shutdown {
        instance: instance(),
        timeout: Some(5),
    });
    assert_eq!(
        (&stop["OP_ID"], &stop["timeout"]),
        (&json!("OP_INSTANCE_SHUTDOWN"), &json!(5))
    );
    assert!(
        of(Job::Shutdown {
            instance: instance(),
            timeout: None
        })
        .get("timeout")
        .is_none()
    );
    let reboot = of(Job::Reboot {
        instance: instance(),
        shutdown_timeout: Some(0),
    });
    assert_eq!(
        (&reboot["reboot_type"], &reboot["shutdown_timeout"]),
        (&json!("hard"), &json!(0))
    );
    assert_eq!(
        of(Job::Remove {
            instance: instance(),
            shutdown_timeout: None
        })["OP_ID"],
        "OP_INSTANCE_REMOVE"
    );
}

// CY-JOB-03
#[test]
fn a_network_is_made_as_far_as_it_is_missing() {
    let spec = NetworkSpec {
        name: "snf-net-1".into(),
        network: "10.0.0.0/24".into(),
        gateway: None,
        network6: None,
        gateway6: None,
        mac_prefix: "aa:00:01".into(),
        conflicts_check: true,
        tags: vec![],
        mode: "bridged".into(),
        link: "br0".into(),
    };
    let groups = ["default".to_owned(), "other".to_owned()];
    let create = Job::NetworkCreate(Box::new(spec));
    let ids = |job: &Job, seen: &NetworkSeen| -> Vec<String> {
        let ops = opcode::opcodes(job, &[], "k", &groups, seen);
        ops.iter()
            .map(|op| op["OP_ID"].as_str().unwrap().to_owned())
            .collect()
    };
    let whole = ["OP_NETWORK_ADD", "OP_NETWORK_CONNECT", "OP_NETWORK_CONNECT"];
    assert_eq!(ids(&create, &NetworkSeen::default()), whole);
    let half = NetworkSeen {
        exists: true,
        groups: vec!["default".into()],
    };
    assert_eq!(ids(&create, &half), ["OP_NETWORK_CONNECT"]);
    let remove = Job::NetworkRemove {
        network: "snf-net-1".into(),
    };
    assert_eq!(
        ids(&remove, &half),
        ["OP_NETWORK_DISCONNECT", "OP_NETWORK_REMOVE"]
    );
    assert!(ids(&remove, &NetworkSeen::default()).is_empty());
}

#[test]
fn jobs_and_instances_are_read() {
    let failed = json!(["error", [{"OP_ID": "OP_INSTANCE_CREATE"}],
        [["OpPrereqError", ["Can&#x27;t compute nodes", "insufficient_resources"]]],
        [[[1, [5, 0], "message", " - INFO: chosen "], [2, [6, 0], "message", "later"]]],
        [10, 500_000], [11, 0], [12, 0]]);
    let view = testing::job(&failed).unwrap();
    assert_eq!(view.status, JobStatus::Error);
    assert_eq!((view.serial, view.log.as_deref()), (2, Some("later")));
    assert_eq!(view.at.as_second(), 12);
    let error = view.error.unwrap();
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("insufficient_resources", "Can't compute nodes")
    );
    assert_eq!(testing::job(&json!([null, null, null])), None);
    let seen = instances::testing::instance(
        &json!({"name": "snf-1", "oper_state": true, "nic.names": ["n"],
        "nic.networks.names": ["snf-net-1"], "nic.ips": [null], "nic.macs": ["aa:00"]}),
    );
    assert!(seen.running);
    assert_eq!(seen.nics.unwrap()[0].mac, "aa:00");
    assert_eq!(
        testing::groups(&json!(["default (bridged, br0, )", ["other", "routed"]])),
        ["default", "other"]
    );
}

// README decision 23: only what may have been carried out is in doubt.
#[test]
fn a_queue_that_takes_no_jobs_leaves_nothing_in_doubt() {
    let read = |status: u16, message: &str| {
        let body = json!({"code": status, "message": message, "explain": ""}).to_string();
        rapi::read(status.try_into().unwrap(), body.as_bytes())
    };
    let full = "Job queue is full, needs archiving";
    for (status, message) in [(500, "Queue drained"), (503, full)] {
        let refused = Trouble::Refused(format!("{status}: {message}"));
        assert_eq!(read(status, message), Err(refused));
    }
    let away = read(502, "Can&#x27;t connect to master daemon: x");
    assert!(matches!(away, Err(Trouble::Unreachable(_))), "{away:?}");
    for (status, message) in [
        (500, ""),
        (500, "Connection closed while reading"),
        (502, "Master seems to be unreachable: x"),
        (504, "Timeout while talking to the master daemon: x"),
    ] {
        let doubt = Trouble::Doubt(format!("{status}: {message}"));
        assert_eq!(read(status, message), Err(doubt));
    }
    assert_eq!(read(404, "no such thing"), Ok(None));
}

// CY-REC-14
#[test]
fn an_instance_of_a_silent_node_is_neither_running_nor_stopped() {
    let of = |state: Value| {
        instances::testing::is_certain(&json!({"name": "snf-1", "oper_state": state}))
    };
    assert!(of(json!(true)) && of(json!(false)));
    assert!(!of(Value::Null));
}
