//! What the recordings do not show.

use crate::{api::compute::tests::Cloud, testing::person};
use serde_json::{Value, json};

const NETWORKS: &str = "/cyclades/network/v2.0/networks";

async fn cloud() -> Cloud {
    let cloud = Cloud::new("CYCLADES_FORCED_SERVER_NETWORKS = []").await;
    cloud.pools().await;
    cloud.flavor(1, 1024, 20, "drbd").await;
    cloud.backend().await;
    cloud
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

// CY-NET-20
#[tokio::test]
async fn the_version_tells_its_resources() {
    let cloud = Cloud::new("").await;
    assert_eq!(cloud.ask(0, "GET", "/network", None).await.status, 200);
    assert_eq!(
        cloud.ask(0, "GET", "/network/v2.0/", None).await.status,
        401
    );
    let got = cloud.ask(1, "GET", "/network/v2.0/", None).await.json();
    let names = got["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["collection"]);
    let names: Vec<_> = names.collect();
    assert_eq!(names, ["networks", "subnets", "ports", "floatingips"]);
}

// CY-NWIRE-01 CY-NWIRE-02 CY-NWIRE-03
#[tokio::test(start_paused = true)]
async fn keys_come_in_the_order_of_the_examples() {
    let cloud = cloud().await;
    let got = cloud
        .ask(1, "GET", &format!("{NETWORKS}/1"), None)
        .await
        .json();
    assert_eq!(
        keys(&got["network"]),
        [
            "id",
            "name",
            "links",
            "user_id",
            "tenant_id",
            "shared_to_project",
            "type",
            "status",
            "public",
            "shared",
            "router:external",
            "admin_state_up",
            "subnets",
            "SNF:floating_ip_pool",
            "deleted",
            "created",
            "updated",
        ]
    );
    let got = cloud
        .ask(1, "GET", "/network/v2.0/subnets/1.json", None)
        .await
        .json();
    assert_eq!(
        keys(&got["subnet"]),
        [
            "id",
            "network_id",
            "name",
            "tenant_id",
            "user_id",
            "public",
            "gateway_ip",
            "ip_version",
            "cidr",
            "enable_dhcp",
            "dns_nameservers",
            "host_routes",
            "allocation_pools",
            "deleted",
            "links",
        ]
    );
    let image = cloud.image().await;
    let made = private(&cloud).await;
    let body = json!({"server": {
        "name": "x", "imageRef": image, "flavorRef": 1, "networks": [{"uuid": made}],
    }});
    let path = "/compute/v2.0/servers";
    let got = cloud.ask(1, "POST", path, Some(&body.to_string())).await;
    assert_eq!(got.status, 202, "{}", got.text());
    cloud.carry_out().await;
    let got = cloud
        .ask(1, "GET", "/network/v2.0/ports", None)
        .await
        .json();
    let port = &got["ports"][0];
    assert_eq!(
        keys(port),
        [
            "id",
            "name",
            "links",
            "user_id",
            "tenant_id",
            "device_id",
            "admin_state_up",
            "mac_address",
            "status",
            "device_owner",
            "network_id",
            "created",
            "updated",
            "fixed_ips",
            "security_groups",
        ]
    );
    assert_eq!(port["device_id"], "1");
    assert_eq!(port["network_id"], made);
    assert_eq!(port["status"], "ACTIVE");
    assert_eq!(
        port["fixed_ips"],
        json!([{"ip_address": "10.0.0.2", "subnet": "3"}])
    );
    let id = port["id"].as_str().unwrap();
    for (method, path, body, status) in [
        ("GET", format!("/network/v2.0/ports/{id}"), None, 200),
        ("DELETE", format!("/network/v2.0/ports/{id}"), None, 501),
        (
            "PUT",
            "/network/v2.0/ports/99".into(),
            Some(r#"{"port": {"name": "n"}}"#),
            404,
        ),
        ("DELETE", format!("{NETWORKS}/{made}"), None, 409),
    ] {
        let got = cloud.ask(1, method, &path, body).await;
        assert_eq!(got.status, status, "{method} {path}: {}", got.text());
    }
}

/// A private network with a subnet; its id.
async fn private(cloud: &Cloud) -> String {
    let body = r#"{"network": {"type": "MAC_FILTERED", "admin_state_up": true, "name": "lan"}}"#;
    let got = cloud.ask(1, "POST", NETWORKS, Some(body)).await;
    assert_eq!(got.status, 201, "{}", got.text());
    let id = got.json()["network"]["id"].as_str().unwrap().to_owned();
    let body = json!({"subnet": {"network_id": id, "cidr": "10.0.0.0/24", "ip_version": 4}});
    let body = body.to_string();
    let got = cloud
        .ask(1, "POST", "/network/v2.0/subnets", Some(&body))
        .await;
    assert_eq!(got.status, 201, "{}", got.text());
    id
}

// CY-SUB-03 CY-SUB-05 CY-SUB-06 CY-SUB-07
#[tokio::test(start_paused = true)]
async fn subnets_are_made_as_asked_or_refused() {
    let cloud = cloud().await;
    let cases = [
        (json!({"cidr": "192.168.0.0/24", "gateway_ip": null}), 201),
        (json!({"cidr": "192.168.0.0/24", "enable_dhcp": false}), 201),
        (json!({"cidr": "192.168.0.0/30"}), 413),
        (json!({"cidr": "10.0.0.0/21"}), 413),
        (json!({"cidr": "2001:db8::/65", "ip_version": 6}), 400),
        (json!({"cidr": "2001:db8::/64"}), 400),
        (json!({"cidr": "10.0.0.0/24", "ip_version": "4"}), 400),
        (json!({"cidr": "10.0.0.0/24", "gateway_ip": "x"}), 400),
        (
            json!({"cidr": "10.0.0.0/24", "allocation_pools": [{"start": "10.0.0.1", "end": "10.0.0.9"}]}),
            409,
        ),
        (
            json!({"cidr": "10.0.0.0/24", "allocation_pools": [{"start": "10.0.0.2"}]}),
            400,
        ),
        (json!({"cidr": "10.0.0.0/24", "host_routes": [7]}), 400),
    ];
    for (mut subnet, status) in cases {
        let body = r#"{"network": {"type": "MAC_FILTERED"}}"#;
        let got = cloud.ask(1, "POST", NETWORKS, Some(body)).await;
        let network = got.json()["network"]["id"].as_str().unwrap().to_owned();
        subnet["network_id"] = json!(network);
        let body = json!({ "subnet": subnet }).to_string();
        let got = cloud
            .ask(1, "POST", "/network/v2.0/subnets", Some(&body))
            .await;
        assert_eq!(got.status, status, "{subnet}: {}", got.text());
        if status == 201 && subnet.get("gateway_ip").is_some() {
            let made = got.json()["subnet"].clone();
            assert_eq!(made["gateway_ip"], Value::Null);
            let pools = json!([{"start": "192.168.0.1", "end": "192.168.0.254"}]);
            assert_eq!(made["allocation_pools"], pools);
        } else if status == 201 {
            assert_eq!(got.json()["subnet"]["enable_dhcp"], false);
        }
        let path = format!("{NETWORKS}/{network}");
        let got = cloud.ask(1, "DELETE", &path, None).await;
        assert_eq!(got.status, 204, "{}", got.text());
    }
}

// CY-NET-28 CY-FIP-02 CY-FIP-03 CY-API-08
#[tokio::test(start_paused = true)]
async fn what_is_not_offered_is_refused_and_changes_nothing() {
    let cloud = cloud().await;
    let id = private(&cloud).await;
    let own = json!({"reassign": {"project": person(1).own_project()}}).to_string();
    let cases = [
        (
            2,
            "POST",
            format!("{NETWORKS}/{id}/action"),
            own.as_str(),
            404,
        ),
        (1, "POST", format!("{NETWORKS}/1/action"), own.as_str(), 403),
        (
            1,
            "POST",
            format!("{NETWORKS}/{id}/action"),
            r#"{"reassign": {}}"#,
            400,
        ),
        (
            1,
            "PUT",
            "/network/v2.0/subnets/1".into(),
            r#"{"subnet": {"name": "n"}}"#,
            403,
        ),
        (
            1,
            "POST",
            "/network/v2.0/ports".into(),
            r#"{"port": {"network_id": 1}}"#,
            501,
        ),
        (
            1,
            "PUT",
            "/network/v2.0/floatingips/7".into(),
            r#"{"floatingip": {}}"#,
            501,
        ),
        (
            1,
            "POST",
            "/network/v2.0/floatingips/7/action".into(),
            "{}",
            404,
        ),
        (1, "GET", "/network/v2.0/floatingips/x".into(), "", 400),
        (1, "GET", "/network/v2.0/ports/x".into(), "", 400),
        (1, "PUT", NETWORKS.into(), "{}", 405),
    ];
    for (n, method, path, body, status) in cases {
        let body = Some(body).filter(|body| !body.is_empty());
        let got = cloud.ask(n, method, &path, body).await;
        assert_eq!(got.status, status, "{method} {path}: {}", got.text());
        let (_, code, message) = got.fault();
        assert_eq!(code, u64::from(status));
        assert!(!message.is_empty());
    }
    let got = cloud
        .ask(1, "GET", "/network/v2.0/floatingips/", None)
        .await;
    assert_eq!(got.json(), json!({"floatingips": []}));
}
