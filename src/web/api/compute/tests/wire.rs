//! What the recordings do not show.
use super::Cloud;
use crate::testing::person;
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) const SERVERS: &str = "/cyclades/compute/v2.0/servers";
/// Every server gets a public address.
const FORCED: &str = "CYCLADES_FORCED_SERVER_NETWORKS = ['SNF:ANY_PUBLIC_IPV4']";

pub(super) async fn furnished() -> (Cloud, Uuid) {
    let cloud = Cloud::furnished(FORCED).await;
    let image = cloud.image().await;
    (cloud, image)
}

fn wanted(name: &str, image: Uuid) -> String {
    json!({"server": {"name": name, "imageRef": image, "flavorRef": 1}}).to_string()
}

async fn made(cloud: &Cloud, image: Uuid) -> u64 {
    let got = cloud
        .ask(1, "POST", SERVERS, Some(&wanted("web", image)))
        .await;
    assert_eq!(got.status, 202, "{}", got.text());
    got.json()["server"]["id"].as_u64().unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

// CY-WIRE-01 CY-WIRE-02 CY-SRV-02 CY-SRV-03
#[tokio::test(start_paused = true)]
async fn keys_come_in_the_order_of_the_examples() {
    let (cloud, image) = furnished().await;
    let id = made(&cloud, image).await;
    cloud.carry_out().await;
    let got = cloud
        .ask(1, "GET", &format!("{SERVERS}/{id}"), None)
        .await
        .json();
    let server = &got["server"];
    assert_eq!(
        keys(server),
        [
            "id",
            "name",
            "links",
            "user_id",
            "tenant_id",
            "shared_to_project",
            "status",
            "SNF:task_state",
            "progress",
            "hostId",
            "created",
            "updated",
            "flavor",
            "image",
            "suspended",
            "deleted",
            "metadata",
            "tags",
            "attachments",
            "addresses",
            "volumes",
            "diagnostics",
            "security_groups",
            "key_name",
            "SNF:key_names",
            "config_drive",
            "accessIPv4",
            "accessIPv6",
            "SNF:fqdn",
            "SNF:port_forwarding",
            "SNF:rescue",
        ]
    );
    assert_eq!(server["status"], "ACTIVE");
    assert_eq!(server["progress"], 100);
    assert_eq!(
        keys(&server["attachments"][0]),
        [
            "id",
            "network_id",
            "mac_address",
            "ipv4",
            "ipv6",
            "firewallProfile",
            "OS-EXT-IPS:type",
        ]
    );
    assert_eq!(server["attachments"][0]["network_id"], "1");
    let address = json!({"version": 4, "addr": "203.0.113.2", "OS-EXT-IPS:type": "fixed"});
    assert_eq!(server["addresses"], json!({"1": [address]}));
    let links = server["image"]["links"].as_array().unwrap();
    let rels: Vec<_> = links
        .iter()
        .map(|link| link["rel"].as_str().unwrap())
        .collect();
    assert_eq!(rels, ["self", "bookmark", "alternate"]);
    let flavor = cloud
        .ask(1, "GET", "/compute/v2.0/flavors/1", None)
        .await
        .json();
    assert_eq!(
        keys(&flavor["flavor"]),
        [
            "id",
            "name",
            "links",
            "ram",
            "disk",
            "vcpus",
            "os-flavor-access:is_public",
            "SNF:disk_template",
            "SNF:volume_type",
            "SNF:allow_create",
            "SNF:flavor-access",
        ]
    );
}

// CY-SRV-10 CY-SRV-13 CY-API-05 CY-API-07 CY-API-19
#[tokio::test(start_paused = true)]
async fn bad_requests_are_refused_and_change_nothing() {
    let (cloud, image) = furnished().await;
    let unknown = "11111111-2222-4333-8444-555555555555";
    let full = |more: Value| {
        let mut server = json!({"name": "x", "imageRef": image, "flavorRef": 1});
        for (key, value) in more.as_object().unwrap() {
            server[key] = value.clone();
        }
        json!({ "server": server })
    };
    let cases = [
        (full(json!({"imageRef": unknown})), 404),
        (full(json!({"imageRef": "no-uuid"})), 400),
        (full(json!({"imageRef": null})), 400),
        (full(json!({"imageRef": 7})), 400),
        (full(json!({"flavorRef": 99})), 404),
        (full(json!({"flavorRef": "99"})), 404),
        (full(json!({"flavorRef": "tiny"})), 400),
        (full(json!({"flavorRef": -1})), 400),
        (full(json!({"flavorRef": 1.5})), 400),
        (full(json!({"name": null})), 400),
        (full(json!({"name": 7})), 400),
        (full(json!({"metadata": {"a": {}}})), 400),
        (full(json!({"metadata": {"a": true}})), 400),
        (full(json!({"tags": "x"})), 400),
        (full(json!({"tags": ["a/b"]})), 400),
        (full(json!({"personality": [{"path": "/x"}]})), 400),
        (
            full(json!({"personality": [{"contents": "", "what": 1}]})),
            400,
        ),
        (full(json!({"personality": [7]})), 400),
        (full(json!({"networks": [{}]})), 400),
        (full(json!({"networks": ["1"]})), 400),
        (full(json!({"networks": [{"uuid": "x"}]})), 400),
        (
            full(json!({"networks": [{"uuid": "1", "fixed_ip": "x"}]})),
            400,
        ),
        (full(json!({"project": unknown})), 400),
        (full(json!({"shared_to_project": "yes"})), 400),
        (full(json!({"shared_to_project": true})), 403),
        (full(json!({"adminPass": "short"})), 400),
        (full(json!({"user_data": "*"})), 400),
        (full(json!({"key_name": "a", "SNF:key_names": ["b"]})), 400),
        (full(json!({"SNF:key_names": ["b"]})), 404),
        (
            full(json!({"block_device_mapping_v2": [{"source_type": "image"}]})),
            501,
        ),
        (json!({"server": []}), 400),
        (json!(["server"]), 400),
        (json!(null), 400),
    ];
    for (body, status) in cases {
        let got = cloud.ask(1, "POST", SERVERS, Some(&body.to_string())).await;
        assert_eq!(got.status, status, "{body}: {}", got.text());
        let (_, code, message) = got.fault();
        assert_eq!(code, u64::from(status), "{body}");
        assert!(!message.is_empty(), "{body}");
    }
    for (kind, body, status) in [
        ("application/json", vec![b'{'], 400),
        ("application/json", vec![b'"', 0xff, b'"'], 400),
        ("application/json", vec![b' '; (1 << 20) + 1], 413),
        ("text/plain", b"{}".to_vec(), 400),
    ] {
        let request = Request::post(SERVERS)
            .header("X-Auth-Token", "user-1")
            .header("Content-Type", kind);
        let got = cloud.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(got.status, status, "{}", got.text());
    }
    let got = cloud.ask(1, "GET", SERVERS, None).await;
    assert_eq!(got.json(), json!({"servers": []}));
}

// CY-API-05: a body without a type is JSON
#[tokio::test(start_paused = true)]
async fn kamaki_and_the_guide_are_understood() {
    let (cloud, image) = furnished().await;
    let body = json!({"server": {
        "name": "k", "imageRef": image, "flavorRef": "1", "metadata": {"n": 7},
        "SNF:key_names": [], "networks": [], "personality": null, "project": person(1).own_project(),
    }});
    let request = Request::post("/compute/v2.0/servers/").header("X-Auth-Token", "user-1");
    let got = cloud
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await;
    assert_eq!(got.status, 202, "{}", got.text());
    let server = got.json()["server"].clone();
    assert_eq!(server["metadata"], json!({"n": "7"}));
    assert_eq!(server["adminPass"].as_str().unwrap().len(), 10);
    assert_eq!(server["SNF:task_state"], "BUILDING");
}

// CY-API-08 CY-ACT-01 CY-STM-06
#[tokio::test(start_paused = true)]
async fn ids_methods_and_actions_are_refused_as_told() {
    let (cloud, image) = furnished().await;
    let id = made(&cloud, image).await;
    cloud.carry_out().await;
    let act = format!("{SERVERS}/{id}/action");
    for (method, path, body, status) in [
        ("GET", format!("{SERVERS}/abc"), None, 400),
        ("GET", format!("{SERVERS}/-1"), None, 400),
        ("GET", format!("{SERVERS}/99999999999999999999"), None, 400),
        ("GET", format!("{SERVERS}/99"), None, 404),
        ("GET", "/compute/v2.0/images/abc".into(), None, 400),
        ("PUT", SERVERS.into(), Some("{}"), 405),
        (
            "POST",
            act.clone(),
            Some(r#"{"resize": {"flavorRef": 1}}"#),
            501,
        ),
        (
            "POST",
            act.clone(),
            Some(r#"{"console": {"type": "vnc"}}"#),
            501,
        ),
        ("POST", act.clone(), Some(r#"{"console": {}}"#), 400),
        ("POST", act.clone(), Some(r#"{"rescue": {}}"#), 404),
        (
            "POST",
            act.clone(),
            Some(r#"{"shutdown": {"timeout": -1}}"#),
            400,
        ),
        ("POST", act.clone(), Some(r#"{"start": [], "x": 1}"#), 400),
        ("POST", act.clone(), Some(r#"{"reboot": null}"#), 202),
        ("PUT", format!("{SERVERS}/{id}/tags/x"), None, 501),
        ("PUT", format!("{SERVERS}/99/tags/x"), None, 404),
        (
            "POST",
            format!("{SERVERS}/{id}/os-volume_attachments"),
            Some("{}"),
            501,
        ),
        ("GET", format!("{SERVERS}/{id}/stats"), None, 501),
        (
            "POST",
            "/compute/v2.0/os-keypairs".into(),
            Some(r#"{"keypair": {"name": "k"}}"#),
            501,
        ),
    ] {
        let got = cloud.ask(1, method, &path, body).await;
        assert_eq!(
            got.status,
            status,
            "{method} {path} {body:?}: {}",
            got.text()
        );
    }
    let got = cloud.ask(2, "POST", &act, Some(r#"{"start": {}}"#)).await;
    assert_eq!(got.status, 404, "another person's server");
}

// CY-API-09 CY-SRV-05 CY-SRV-21
#[tokio::test(start_paused = true)]
async fn changes_are_told_since_an_instant() {
    let (cloud, image) = furnished().await;
    let since = |cloud: &Cloud| cloud.now().to_string();
    let start = since(&cloud);
    let path = |at: &str| format!("{SERVERS}?changes-since={at}");
    let id = made(&cloud, image).await;
    cloud.carry_out().await;
    assert_eq!(cloud.ask(1, "GET", &path(&start), None).await.status, 200);
    cloud
        .fixture
        .clock
        .advance(std::time::Duration::from_secs(10));
    let later = since(&cloud);
    let got = cloud.ask(1, "GET", &path(&later), None).await;
    assert_eq!((got.status, got.text()), (304, ""));
    // Without an offset it is UTC; a `+` may come as it is.
    for given in [
        later.trim_end_matches('Z').to_owned(),
        later.replace('Z', "+00:00"),
    ] {
        assert_eq!(
            cloud.ask(1, "GET", &path(&given), None).await.status,
            304,
            "{given}"
        );
    }
    let got = cloud
        .ask(1, "DELETE", &format!("{SERVERS}/{id}"), None)
        .await;
    assert_eq!((got.status, got.text()), (204, ""));
    cloud.carry_out().await;
    assert_eq!(
        cloud.ask(1, "GET", SERVERS, None).await.json(),
        json!({"servers": []})
    );
    let got = cloud.ask(1, "GET", &path(&later), None).await.json();
    assert_eq!(got["servers"][0]["id"], id);
    let got = cloud
        .ask(1, "GET", &format!("{SERVERS}/{id}.json"), None)
        .await
        .json();
    assert_eq!(got["server"]["status"], "DELETED");
}

// CY-SRV-04
#[tokio::test(start_paused = true)]
async fn ports_are_forwarded_as_the_setting_says() {
    let rules = "CYCLADES_PORT_FORWARDING = {22: ('gw.%(fqdn)s', '61000+%(server_id)s'), 80: ('%(ip_address)s', 8080)}";
    let cloud = Cloud::furnished(&format!("{FORCED}\n{rules}")).await;
    let image = cloud.image().await;
    let id = made(&cloud, image).await;
    cloud.carry_out().await;
    let got = cloud
        .ask(1, "GET", &format!("{SERVERS}/{id}"), None)
        .await
        .json();
    let fqdn = got["server"]["SNF:fqdn"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert_eq!(
        got["server"]["SNF:port_forwarding"],
        json!({
            "22": {"host": format!("gw.{fqdn}"), "port": (61000 + id).to_string()},
            "80": {"host": "203.0.113.2", "port": "8080"},
        })
    );
}

// CY-NC-01 CY-NC-02 CY-NC-03 CY-NC-04 CY-NC-05 CY-NWIRE-05
#[tokio::test(start_paused = true)]
async fn the_older_networks_resource_shows_the_same_networks() {
    let (cloud, image) = furnished().await;
    cloud.pools().await;
    let path = "/compute/v2.0/networks";
    let body = r#"{"network": {"name": "lan", "type": "MAC_FILTERED", "cidr": "10.1.0.0/24"}}"#;
    let got = cloud.ask(1, "POST", path, Some(body)).await;
    assert_eq!(got.status, 202, "{}", got.text());
    let network = got.json()["network"].clone();
    assert_eq!(
        keys(&network),
        [
            "id",
            "name",
            "links",
            "user_id",
            "tenant_id",
            "cidr",
            "cidr6",
            "gateway",
            "gateway6",
            "dhcp",
            "type",
            "status",
            "public",
            "created",
            "updated",
            "attachments",
        ]
    );
    assert_eq!(network["gateway"], "10.1.0.1");
    let id = network["id"].as_str().unwrap();
    let body = json!({"server": {
        "name": "x", "imageRef": image, "flavorRef": 1, "networks": [{"uuid": id}],
    }});
    let got = cloud.ask(1, "POST", SERVERS, Some(&body.to_string())).await;
    assert_eq!(got.status, 202, "{}", got.text());
    cloud.carry_out().await;
    let one = format!("{path}/{id}");
    let got = cloud.ask(1, "GET", &one, None).await.json();
    assert_eq!(got["network"]["attachments"], json!(["nic-1-1"]));
    let got = cloud.ask(1, "DELETE", &one, None).await;
    assert_eq!((got.status, got.fault().0.as_str()), (421, "networkInUse"));
    let rename = r#"{"network": {"name": "new"}}"#;
    assert_eq!(cloud.ask(1, "PUT", &one, Some(rename)).await.status, 204);
    let add = r#"{"add": {"serverRef": 1}}"#;
    let got = cloud
        .ask(1, "POST", &format!("{one}/action"), Some(add))
        .await;
    assert_eq!(got.status, 501);
    let off = Cloud::new("CYCLADES_LEGACY_NETWORK_API = False").await;
    let got = off.ask(1, "GET", path, None).await;
    assert_eq!(
        (got.status, got.fault().2.as_str()),
        (400, "API endpoint not found")
    );
}

// CY-LIM-01 CY-FIP-20 CY-FIP-21 CY-EXT-01
#[tokio::test(start_paused = true)]
async fn limits_and_pools_are_told() {
    let (cloud, image) = furnished().await;
    made(&cloud, image).await;
    let got = cloud
        .ask(1, "GET", "/compute/v2.0/limits", None)
        .await
        .json();
    let absolute = &got["limits"]["absolute"];
    assert_eq!(absolute["totalInstancesUsed"], 1);
    assert_eq!(absolute["totalRAMUsed"], 1024);
    assert_eq!(absolute["maxServerMeta"], 10);
    let got = cloud
        .ask(1, "GET", "/compute/v2.0/os-floating-ip-pools", None)
        .await
        .json();
    let pools = json!([{"name": "1", "size": 253, "free": 252, "deleted": false}]);
    assert_eq!(got["floating_ip_pools"], pools);
    for path in ["os-floating-ips", "os-keypairs", "extensions"] {
        let got = cloud
            .ask(1, "GET", &format!("/compute/v2.0/{path}"), None)
            .await;
        assert_eq!(got.status, 200, "{path}");
    }
}

// CY-CIM-01 CY-META-02 CY-PWD-01 CY-DIA-01 CY-ATT-01
#[tokio::test(start_paused = true)]
async fn what_hangs_on_a_server_is_shown_and_changed() {
    let (cloud, image) = furnished().await;
    let id = made(&cloud, image).await;
    cloud.carry_out().await;
    let of = |part: &str| format!("{SERVERS}/{id}/{part}");
    let got = cloud
        .ask(1, "GET", &of("os-volume_attachments"), None)
        .await
        .json();
    let volume = got["volumeAttachments"][0]["volumeId"].as_u64().unwrap();
    assert_eq!(
        got["volumeAttachments"],
        json!([{"id": volume, "volumeId": volume, "serverId": id, "device": ""}])
    );
    let got = cloud.ask(1, "GET", &of("ips/1"), None).await.json();
    assert_eq!(got["network"]["1"][0]["addr"], "203.0.113.2");
    assert!(
        cloud
            .ask(1, "GET", &of("diagnostics"), None)
            .await
            .json()
            .is_array()
    );
    let path = of("metadata/a%2Fb");
    let put = r#"{"meta": {"a/b": "1"}}"#;
    assert_eq!(cloud.ask(1, "PUT", &path, Some(put)).await.status, 201);
    let got = cloud.ask(1, "GET", &path, None).await.json();
    assert_eq!(got, json!({"meta": {"a/b": "1"}}));
    assert_eq!(cloud.ask(2, "GET", &path, None).await.status, 404);
    assert_eq!(
        cloud.ask(1, "DELETE", &of("password"), None).await.status,
        204
    );
    assert_eq!(
        cloud.ask(1, "DELETE", &of("password"), None).await.status,
        204
    );
    let path = format!("/compute/v2.0/images/{image}");
    assert_eq!(cloud.ask(2, "GET", &path, None).await.status, 403);
    assert_eq!(cloud.ask(1, "DELETE", &path, None).await.status, 204);
    assert_eq!(cloud.ask(1, "GET", &path, None).await.status, 404);
}
