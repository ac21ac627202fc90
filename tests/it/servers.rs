//! Servers on real Ganeti with the hypervisor `fake`: life, crashes, refusals.

use crate::{
    client::Client,
    files::Noise,
    lab::{self, Cloud, Cluster, Over, Plan},
    server::wait_for,
};
use serde_json::{Value, json};
use std::time::Duration;

const SERVERS: &str = "/cyclades/compute/v2.0/servers";

/// Uploads a small object and registers it; the image's id.
pub fn image(person: &Client) -> String {
    person.ok(person.put(&person.file("images")));
    person.ok(person
        .put(&person.file("images/small"))
        .body(Noise::bytes(5, 3 << 20)));
    register(person, "small")
}

/// Registers an object of container `images`; the image's id.
pub fn register(person: &Client, name: &str) -> String {
    let location = format!("pithos://{}/images/{name}", person.uuid);
    let answer = person.ok(person
        .post("/cyclades/image/v1.0/images/")
        .header("X-Image-Meta-Name", name)
        .header("X-Image-Meta-Location", location)
        .header("Content-Type", "application/octet-stream"));
    answer.headers()["x-image-meta-id"]
        .to_str()
        .unwrap()
        .to_owned()
}

fn asked(name: &str, image: &str) -> Value {
    json!({"server": {"name": name, "imageRef": image, "flavorRef": 1}})
}

/// Asks for a server; its id.
pub fn create(person: &Client, name: &str, image: &str) -> u64 {
    let answer = person.json(person.post(SERVERS).json(&asked(name, image)));
    answer["server"]["id"].as_u64().expect("a number")
}

/// A server's details.
pub fn show(person: &Client, id: u64) -> Value {
    person.json(person.get(&format!("{SERVERS}/{id}")))["server"].clone()
}

/// Waits until a server has the wanted status.
pub fn wait_status(person: &Client, id: u64, wanted: &str) -> Value {
    let mut last = Value::Null;
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        wait_for(wanted, || {
            last = show(person, id);
            assert!(last["status"] != "ERROR" || wanted == "ERROR", "{last}");
            (last["status"] == wanted).then(|| last.clone())
        })
    }));
    found.unwrap_or_else(|cause| {
        eprintln!("server {id} is {last}");
        std::panic::resume_unwind(cause)
    })
}

fn act(person: &Client, id: u64, action: Value) {
    let answer = person.ok(person.post(&format!("{SERVERS}/{id}/action")).json(&action));
    assert_eq!(answer.status().as_u16(), 202);
}

/// Waits until the person's server is gone everywhere.
fn destroy(cloud: &Cloud, person: &Client, id: u64) {
    let answer = person.ok(person.delete(&format!("{SERVERS}/{id}")));
    assert_eq!(answer.status().as_u16(), 204);
    wait_for("the server to be deleted", || {
        let (status, body) = person.try_json(person.get(&format!("{SERVERS}/{id}")));
        (status == 404 || body["server"]["status"] == "DELETED").then_some(())
    });
    cloud.wait_empty();
}

/// Servers that count against a person's quota.
fn counted(person: &Client) -> u64 {
    let quotas = person.json(person.get("/account/v1.0/quotas"));
    quotas[&person.uuid]["cyclades.vm"]["usage"]
        .as_u64()
        .expect("a usage")
}

fn instance_status(cloud: &Cloud, id: u64) -> Option<String> {
    let name = format!("{}{id}", cloud.prefix);
    cloud
        .instances()
        .into_iter()
        .find(|(n, _)| *n == name)
        .map(|(_, status)| status)
}

fn life(cluster: &Cluster, over: Over) {
    let cloud = Cloud::start(
        cluster,
        &Plan {
            over,
            ..Plan::default()
        },
    );
    let person = Client::add(&cloud.server, "life@example.org");
    let id = create(&person, "first", &image(&person));
    let server = wait_status(&person, id, "ACTIVE");
    assert_eq!(server["progress"], 100);
    assert_eq!(instance_status(&cloud, id).as_deref(), Some("running"));
    assert_eq!(counted(&person), 1);
    act(&person, id, json!({"shutdown": {}}));
    wait_status(&person, id, "STOPPED");
    assert_eq!(instance_status(&cloud, id).as_deref(), Some("ADMIN_down"));
    act(&person, id, json!({"start": {}}));
    wait_status(&person, id, "ACTIVE");
    act(&person, id, json!({"reboot": {"type": "HARD"}}));
    wait_status(&person, id, "ACTIVE");
    destroy(&cloud, &person, id);
    assert_eq!(counted(&person), 0);
}

// CY-JOB-01 CY-JOB-02 CY-SRV-11
#[test]
fn a_server_lives_and_dies_over_luxi() {
    if let Some(clusters) = lab::clusters() {
        life(&clusters[0], Over::Luxi);
    }
}

// CY-JOB-01 CY-JOB-02 CY-SRV-11
#[test]
fn a_server_lives_and_dies_over_rapi() {
    if let Some(clusters) = lab::clusters() {
        life(clusters.last().unwrap(), Over::Rapi);
    }
}

/// A number nobody can foresee.
fn chance() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

// CY-JOB-06 ID-NFR-03: a crash at any moment leaves one server, one instance, one charge
#[test]
fn killed_at_any_moment_a_creation_ends_once() {
    let Some(clusters) = lab::clusters() else {
        return;
    };
    let mut cloud = Cloud::start(&clusters[0], &Plan::default());
    let person = Client::add(&cloud.server, "killed@example.org");
    let image = image(&person);
    let mut ids = Vec::new();
    for (round, within) in [1, 100, 500, 1200, 2500].into_iter().enumerate() {
        let id = create(&person, &format!("k{round}"), &image);
        let moment = chance() % within;
        eprintln!("creation {round} is killed after {moment} ms");
        std::thread::park_timeout(Duration::from_millis(moment));
        cloud.server.kill();
        cloud.server.resume();
        ids.push(id);
    }
    for id in &ids {
        wait_status(&person, *id, "ACTIVE");
    }
    let mut instances: Vec<_> = cloud
        .instances()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    instances.sort();
    let mut wanted: Vec<_> = ids
        .iter()
        .map(|id| format!("{}{id}", cloud.prefix))
        .collect();
    wanted.sort();
    assert_eq!(instances, wanted);
    assert_eq!(counted(&person), 5);
    for id in ids {
        person.ok(person.delete(&format!("{SERVERS}/{id}")));
    }
    cloud.wait_empty();
    wait_for("the quota to be free", || {
        (counted(&person) == 0).then_some(())
    });
    let verified = cloud.server.synnefo(&["verify"]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

// CY-SRV-11
#[test]
fn a_full_cluster_is_an_error_with_a_reason() {
    let Some(clusters) = lab::clusters() else {
        return;
    };
    let cloud = Cloud::start(&clusters[0], &Plan::default());
    // More memory than the cluster's policy lets an instance have.
    cloud
        .server
        .manage_ok(&["flavor-create", "1", "1048576", "1", "file"]);
    cloud.server.manage_ok(&[
        "user-add",
        "full@example.org",
        "F",
        "U",
        "--password",
        crate::client::PASSWORD,
    ]);
    cloud
        .server
        .manage_ok(&["user-modify", "full@example.org", "--verify"]);
    cloud.server.manage_ok(&[
        "user-modify",
        "full@example.org",
        "--set-base-quota",
        "cyclades.ram",
        "inf",
        "-f",
    ]);
    let person = Client::log_in(&cloud.server, "full@example.org", crate::client::PASSWORD);
    let body = json!({"server": {"name": "huge", "imageRef": image(&person), "flavorRef": 2}});
    let id = person.json(person.post(SERVERS).json(&body))["server"]["id"]
        .as_u64()
        .unwrap();
    let server = wait_status(&person, id, "ERROR");
    let reason = server["diagnostics"].to_string();
    assert!(reason.len() > 10, "no reason in {server}");
    assert_eq!(
        counted(&person),
        1,
        "the quota stays with the server until it is deleted"
    );
    person.ok(person.delete(&format!("{SERVERS}/{id}")));
    wait_for("the quota to be free", || {
        (counted(&person) == 0).then_some(())
    });
}

// CY-SRV-20
#[test]
fn a_server_can_be_deleted_while_it_is_built() {
    let Some(clusters) = lab::clusters() else {
        return;
    };
    let cloud = Cloud::start(&clusters[0], &Plan::default());
    let person = Client::add(&cloud.server, "hasty@example.org");
    let id = create(&person, "hasty", &image(&person));
    assert_eq!(show(&person, id)["status"], "BUILD");
    destroy(&cloud, &person, id);
    assert_eq!(counted(&person), 0);
}

// CY-QTA-07 CY-QTA-01
#[test]
fn one_of_two_wins_the_last_unit_of_quota() {
    let Some(clusters) = lab::clusters() else {
        return;
    };
    let cloud = Cloud::start(&clusters[0], &Plan::default());
    let person = Client::add(&cloud.server, "race@example.org");
    cloud.server.manage_ok(&[
        "user-modify",
        "race@example.org",
        "--set-base-quota",
        "cyclades.vm",
        "1",
        "-f",
    ]);
    let won = race(&person, &image(&person));
    assert_eq!(
        won.iter().filter(|(status, _)| *status == 202).count(),
        1,
        "{won:?}"
    );
    let (_, refused) = won.iter().find(|(status, _)| *status != 202).unwrap();
    assert_eq!(refused["overLimit"]["code"], 413, "{refused}");
}

// CY-POOL-03
#[test]
fn one_of_two_wins_the_last_address() {
    let Some(clusters) = lab::clusters() else {
        return;
    };
    // A /30 has two hosts; one of them is the gateway.
    let cloud = Cloud::start(
        &clusters[0],
        &Plan {
            prefix: 30,
            ..Plan::default()
        },
    );
    let person = Client::add(&cloud.server, "address@example.org");
    let won = race(&person, &image(&person));
    assert_eq!(
        won.iter().filter(|(status, _)| *status == 202).count(),
        1,
        "{won:?}"
    );
    let (_, refused) = won.iter().find(|(status, _)| *status != 202).unwrap();
    let fault = refused.as_object().and_then(|fault| fault.values().next());
    assert!(
        fault.is_some_and(|fault| fault["message"].as_str().is_some_and(|m| !m.is_empty())),
        "{refused}"
    );
    assert_eq!(counted(&person), 1);
}

/// Two creations at a time; what each got.
fn race(person: &Client, image: &str) -> Vec<(u16, Value)> {
    std::thread::scope(|scope| {
        let tries: Vec<_> = ["one", "two"]
            .map(|name| {
                scope.spawn(move || person.try_json(person.post(SERVERS).json(&asked(name, image))))
            })
            .into_iter()
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

// CY-EVT-01
#[test]
fn restarts_of_ganeti_daemons_go_unnoticed() {
    let Some(clusters) = lab::clusters() else {
        return;
    };
    let cloud = Cloud::start(clusters.last().unwrap(), &Plan::default());
    let person = Client::add(&cloud.server, "restart@example.org");
    let image = image(&person);
    for daemon in ["ganeti-luxid", "ganeti-wconfd", "ganeti-rapi"] {
        let id = create(&person, daemon, &image);
        std::thread::park_timeout(Duration::from_millis(700));
        for word in ["stop", "start"] {
            let done = cloud.gnt(&["/usr/lib/ganeti/daemon-util", word, daemon]);
            assert!(
                done.status.success(),
                "{daemon} {word}: {}",
                String::from_utf8_lossy(&done.stderr)
            );
        }
        wait_status(&person, id, "ACTIVE");
    }
    let id = create(&person, "noded", &image);
    std::thread::park_timeout(Duration::from_millis(1500));
    for word in ["stop", "start"] {
        cloud.gnt(&["/usr/lib/ganeti/daemon-util", word, "ganeti-noded"]);
    }
    let ended = wait_for("ACTIVE or ERROR", || {
        let status = show(&person, id)["status"].as_str().unwrap().to_owned();
        (status == "ACTIVE" || status == "ERROR").then_some(status)
    });
    destroy_all(&cloud, &person);
    eprintln!("with the node daemon restarted the build ended {ended}");
}

fn destroy_all(cloud: &Cloud, person: &Client) {
    let all = person.json(person.get(SERVERS));
    for server in all["servers"].as_array().unwrap() {
        person.ok(person.delete(&format!("{SERVERS}/{}", server["id"])));
    }
    cloud.wait_empty();
}

// CY-API-07 CY-API-19
#[test]
fn bad_requests_change_nothing() {
    let Some(clusters) = lab::clusters() else {
        return;
    };
    let cloud = Cloud::start(&clusters[0], &Plan::default());
    let person = Client::add(&cloud.server, "bad@example.org");
    let good = image(&person);
    let unknown = "11111111-2222-4333-8444-555555555555";
    let cases = [
        (asked("x", unknown), 404),
        (asked("x", "no-uuid"), 400),
        (
            json!({"server": {"name": "x", "imageRef": good, "flavorRef": 99}}),
            404,
        ),
        (
            json!({"server": {"name": "x", "imageRef": good, "flavorRef": "tiny"}}),
            400,
        ),
        (json!({"server": {"imageRef": good, "flavorRef": 1}}), 400),
        (json!(["server"]), 400),
    ];
    for (body, wanted) in cases {
        let (status, answer) = person.try_json(person.post(SERVERS).json(&body));
        assert_eq!(status, wanted, "{body}: {answer}");
        let fault = answer
            .as_object()
            .and_then(|o| o.values().next())
            .cloned()
            .unwrap_or_default();
        assert!(
            fault["message"].as_str().is_some_and(|m| !m.is_empty()),
            "{answer}"
        );
    }
    let huge = "x".repeat(9 << 20);
    for (kind, body) in [
        ("application/json", "{".to_owned()),
        ("application/json", huge),
        ("text/plain", "{}".into()),
    ] {
        let (status, _) =
            person.try_json(person.post(SERVERS).header("Content-Type", kind).body(body));
        assert!((400..500).contains(&status), "{status}");
    }
    assert_eq!(person.json(person.get(SERVERS))["servers"], json!([]));
    assert_eq!(counted(&person), 0);
}
