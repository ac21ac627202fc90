//! Floating IPs, through both services that know them.

use crate::{
    api::compute::tests::{Cloud, Got},
    testing::person,
};
use serde_json::{Value, json};

const ALL: &str = "/cyclades/network/v2.0/floatingips";
const BRIEF: &str = "/cyclades/compute/v2.0/os-floating-ips";

async fn cloud() -> Cloud {
    Cloud::furnished("CYCLADES_FORCED_SERVER_NETWORKS = []").await
}

async fn reserve(cloud: &Cloud, asked: Value) -> Got {
    let body = json!({"floatingip": asked}).to_string();
    cloud.ask(1, "POST", ALL, Some(&body)).await
}

// CY-FIP-01 CY-FIP-02 CY-FIP-03 CY-FIP-04 CY-NWIRE-04
#[tokio::test(start_paused = true)]
async fn an_address_is_reserved_shown_and_given_back() {
    let cloud = cloud().await;
    let got = reserve(&cloud, json!({"floating_network_id": 1})).await;
    assert_eq!(got.status, 200, "{}", got.text());
    let user = person(1).to_string();
    let shown = json!({
        "id": "1", "floating_ip_address": "203.0.113.2", "floating_network_id": "1",
        "fixed_ip_address": null, "port_id": null, "instance_id": null, "user_id": user,
        "tenant_id": user, "shared_to_project": false, "deleted": false,
    });
    assert_eq!(got.json(), json!({"floatingip": shown}));
    let one = format!("{ALL}/1");
    let got = cloud.ask(1, "GET", &one, None).await;
    assert_eq!(got.json(), json!({"floatingip": shown}));
    for list in [ALL.to_owned(), format!("{ALL}/detail")] {
        let got = cloud.ask(1, "GET", &list, None).await;
        assert_eq!(got.json(), json!({"floatingips": [shown]}));
        let got = cloud.ask(2, "GET", &list, None).await;
        assert_eq!(got.json(), json!({"floatingips": []}));
    }
    for (n, method, status) in [(2, "DELETE", 404), (2, "GET", 404), (1, "PUT", 501)] {
        let got = cloud.ask(n, method, &one, Some("{}")).await;
        assert_eq!(got.status, status, "{n} {method}");
    }
    assert_eq!(cloud.ask(1, "DELETE", &one, None).await.status, 204);
    assert_eq!(cloud.ask(1, "DELETE", &one, None).await.status, 404);
}

// CY-FIP-03: every refusal has its status, and nothing is taken
#[tokio::test(start_paused = true)]
async fn what_cannot_be_reserved_is_refused() {
    let cloud = cloud().await;
    let address = "203.0.113.9";
    let this = json!({"floating_network_id": "1", "floating_ip_address": address});
    assert_eq!(reserve(&cloud, this.clone()).await.status, 200);
    for (asked, status, message) in [
        (this, 409, "IP address 203.0.113.9 is already used."),
        (
            json!({"floating_network_id": "99"}),
            404,
            "Network 99 not found.",
        ),
        (
            json!({"floating_network_id": "x"}),
            400,
            "Invalid network ID 'x'",
        ),
        (
            json!({"floating_network_id": 2}),
            409,
            "Cannot allocate floating IP. Network 2 is not a floating IP pool.",
        ),
        (
            json!({"floating_network_id": 1, "floating_ip_address": "x"}),
            400,
            "Invalid IP address 'x'",
        ),
        (
            json!({"shared_to_project": true}),
            403,
            "Sharing resource to the members of the project is not permitted",
        ),
        (json!({"project": "nosuch"}), 400, "User"),
    ] {
        let got = reserve(&cloud, asked.clone()).await;
        assert_eq!(got.status, status, "{asked}: {}", got.text());
        assert!(got.fault().2.starts_with(message), "{}", got.text());
    }
    let got = cloud.ask(1, "GET", ALL, None).await.json();
    assert_eq!(got["floatingips"].as_array().unwrap().len(), 1);
}

// CY-FIP-05 CY-NET-28
#[tokio::test(start_paused = true)]
async fn reassigning_is_the_owners() {
    let cloud = cloud().await;
    reserve(&cloud, json!({})).await;
    let action = format!("{ALL}/1/action");
    let own = json!({"reassign": {"project": person(1).own_project()}}).to_string();
    for (n, body, status) in [
        (1, own.as_str(), 200),
        (2, own.as_str(), 404),
        (1, r#"{"reassign": {}}"#, 400),
        (1, r#"{"reassign": {"project": "nosuch"}}"#, 400),
        (1, r#"{"other": {}}"#, 400),
        (1, "{}", 400),
    ] {
        let got = cloud.ask(n, "POST", &action, Some(body)).await;
        assert_eq!(got.status, status, "{n} {body}: {}", got.text());
    }
}

// CY-FIP-20 CY-FIP-21 CY-API-09
#[tokio::test(start_paused = true)]
async fn the_facade_of_compute_shows_the_same() {
    let cloud = cloud().await;
    let got = cloud.ask(1, "POST", BRIEF, Some("whatever")).await;
    assert_eq!(got.status, 200, "{}", got.text());
    let shown = json!({
        "id": 1, "ip": "203.0.113.2", "fixed_ip": null, "instance_id": null, "pool": null,
    });
    assert_eq!(got.json(), json!({"floating_ip": shown}));
    let list = cloud.ask(1, "GET", BRIEF, None).await.json();
    assert_eq!(list, json!({"floating_ips": [shown]}));
    let later = cloud.now().to_string();
    let since = format!("{BRIEF}?changes-since={later}");
    assert_eq!(cloud.ask(1, "GET", &since, None).await.status, 304);
    let pools = "/cyclades/compute/v2.0/os-floating-ip-pools";
    let free = cloud.ask(1, "GET", pools, None).await.json();
    assert_eq!(free["floating_ip_pools"][0]["free"], 252);
    let one = format!("{BRIEF}/1");
    assert_eq!(cloud.ask(2, "DELETE", &one, None).await.status, 404);
    assert_eq!(cloud.ask(1, "DELETE", &one, None).await.status, 204);
    assert_eq!(cloud.ask(1, "GET", &one, None).await.status, 404);
}

// CY-PRT-02 CY-SUB-08
#[tokio::test(start_paused = true)]
async fn subnets_and_ports_are_renamed() {
    let cloud = cloud().await;
    cloud.pools().await;
    let network = r#"{"network": {"type": "MAC_FILTERED", "name": "n"}}"#;
    let networks = "/cyclades/network/v2.0/networks";
    let made = cloud.ask(1, "POST", networks, Some(network)).await.json();
    let id = &made["network"]["id"];
    let subnet = json!({"subnet": {"network_id": id, "cidr": "10.0.0.0/24"}}).to_string();
    let subnets = "/cyclades/network/v2.0/subnets";
    let made = cloud.ask(1, "POST", subnets, Some(&subnet)).await.json();
    let one = format!("{subnets}/{}", made["subnet"]["id"].as_str().unwrap());
    let name = r#"{"subnet": {"name": "new"}}"#;
    let got = cloud.ask(1, "PUT", &one, Some(name)).await;
    assert_eq!(
        (got.status, &got.json()["subnet"]["name"]),
        (200, &json!("new"))
    );
    let more = r#"{"subnet": {"name": "new", "cidr": "10.1.0.0/24"}}"#;
    assert_eq!(cloud.ask(1, "PUT", &one, Some(more)).await.status, 400);
    assert_eq!(cloud.ask(2, "PUT", &one, Some(name)).await.status, 404);

    let image = cloud.image().await;
    let server = json!({"server": {
        "name": "s", "imageRef": image, "flavorRef": 1, "networks": [{"uuid": id}],
    }});
    let servers = "/cyclades/compute/v2.0/servers";
    let got = cloud
        .ask(1, "POST", servers, Some(&server.to_string()))
        .await;
    assert_eq!(got.status, 202, "{}", got.text());
    cloud.carry_out().await;
    let ports = cloud
        .ask(1, "GET", "/cyclades/network/v2.0/ports", None)
        .await
        .json();
    let port = ports["ports"][0]["id"].as_str().unwrap();
    let one = format!("/cyclades/network/v2.0/ports/{port}");
    let name = r#"{"port": {"name": "new"}}"#;
    let got = cloud.ask(1, "PUT", &one, Some(name)).await;
    assert_eq!(
        (got.status, &got.json()["port"]["name"]),
        (200, &json!("new"))
    );
    assert_eq!(cloud.ask(2, "PUT", &one, Some(name)).await.status, 404);
}
