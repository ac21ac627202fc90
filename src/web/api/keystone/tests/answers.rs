//! What every answer of identity and account has, and what is refused before a handler
//! sees it.

use super::{Cloud, root};
use identity::UserChange;
use kernel::{secret::ExposeSecret, settings::Value};
use serde_json::json;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const TYPE: &str = "application/json; charset=UTF-8";

/// Somebody who may administer users, with their token.
async fn boss(cloud: &Cloud) -> String {
    let changes = vec![UserChange::Verify, UserChange::Accept];
    let groups = ["admin-api", "admin-stats"];
    let boss = cloud.user("boss@example.org", ("B", "C"), &groups, changes);
    boss.await.1
}

fn administered() -> Cloud {
    Cloud::new(&[("ASTAKOS_ADMIN_API_ENABLED", Value::Bool(true))])
}

// ID-API-06: type, length and no storing, also of empty answers and of v3.
#[tokio::test]
async fn every_answer_says_what_it_is() {
    let cloud = administered();
    let token = boss(&cloud).await;
    let who = ("X-Auth-Token", token.as_str());
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for (method, path, headers, body, status) in [
        ("GET", "/identity", vec![], "", 200),
        ("GET", "/identity/v2.0?format=xml", vec![], "", 200),
        ("GET", "/identity/v3", vec![], "", 200),
        ("GET", "/identity/v3/users", vec![who], "", 200),
        ("GET", "/identity/v3/users", vec![], "", 401),
        ("GET", "/identity/v2.0/users", vec![who], "", 200),
        ("POST", "/identity/v2.0/tokens", vec![], "", 200),
        ("GET", "/account/v1.0/authenticate", vec![who], "", 200),
        ("GET", "/account/v1.0/resources", vec![], "", 200),
        ("GET", "/account/v1.0/nothing", vec![], "", 400),
        (
            "POST",
            "/account/v1.0/user_catalogs",
            vec![who, JSON],
            "{}",
            200,
        ),
        (
            "POST",
            "/account/v1.0/feedback",
            vec![who, form],
            "feedback_msg=x",
            200,
        ),
        ("GET", "/admin/stats", vec![], "", 200),
        ("GET", "/admin/stats/detail", vec![who], "", 200),
        ("GET", "/im/authenticate", vec![who], "", 200),
    ] {
        let got = cloud.ask(method, path, &headers, body).await;
        let what = format!("{method} {path}: {}", got.text());
        assert_eq!(got.status, status, "{what}");
        assert_eq!(got.headers["content-type"], TYPE, "{what}");
        assert_eq!(got.headers["vary"], "X-Auth-Token", "{what}");
        let kept = got.headers["cache-control"].to_str().unwrap();
        assert_eq!(kept, "no-cache, no-store, must-revalidate, max-age=0");
        assert_eq!(got.headers["expires"], "Thu, 01 Jan 1970 00:00:00 GMT");
    }
    let script = cloud.ask("GET", "/admin/stats?callback=f", &[], "").await;
    assert_eq!(script.headers["content-type"], "application/javascript");
}

// ID-API-05: what never reaches a handler is a fault, too.
#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_fault() {
    let cloud = administered();
    let token = boss(&cloud).await;
    let who = ("X-Auth-Token", token.as_str());
    let registering = cloud.state.identity.clone();
    let registered = tokio::task::spawn_blocking(move || registering.register_components());
    registered.await.unwrap().unwrap();
    let components = cloud.state.identity.components(&root()).await.unwrap();
    let component = components[0].token.expose_secret();
    let long = " ".repeat((2 << 20) + 1);
    let fault = |name: &str, code: u16, message: &str| json!({name: {"code": code, "message": message, "details": ""}});
    for (method, path) in [
        ("POST", "/account/v1.0/user_catalogs"),
        ("POST", "/account/v1.0/service/user_catalogs"),
        ("POST", "/account/v1.0/feedback"),
        ("PUT", "/account/v1.0/myaccount/default_project"),
        ("POST", "/identity/v2.0/users"),
        ("POST", "/identity/v2.0/tokens"),
    ] {
        let who = match path.contains("/service/") {
            true => ("X-Auth-Token", component),
            false => who,
        };
        let got = cloud.ask(method, path, &[who, JSON], long.clone()).await;
        let wanted = fault("overLimit", 413, "The request is too long");
        assert_eq!((got.status.as_u16(), got.json()), (413, wanted), "{path}");
    }
    for path in ["/identity/v2.0/users/%ff", "/identity/v2.0/tokens/%ff"] {
        let got = cloud.ask("GET", path, &[who], "").await;
        let wanted = fault("badRequest", 400, "Malformed request");
        assert_eq!((got.status.as_u16(), got.json()), (400, wanted), "{path}");
    }
    let xml = ("Accept", "application/xml");
    let path = "/identity/v2.0/tokens/%ff";
    let got = cloud.ask("GET", path, &[xml], "").await;
    assert!(
        got.text().contains("<badRequest code=\"400\">"),
        "{}",
        got.text()
    );
    let got = cloud.ask("GET", "/identity/v3/users/%ff", &[who], "").await;
    let wanted = json!({"error": {
        "code": 400, "title": "Bad Request", "message": "Malformed request",
    }});
    assert_eq!((got.status.as_u16(), got.json()), (400, wanted));
}

// ID-KST-02 CY-API-17: our own documentation, at an address that answers.
#[tokio::test]
async fn version_documents_lead_to_our_own_guide() {
    let cloud = Cloud::new(&[("GUIDE_PUBLIC", Value::Bool(true))]);
    for path in ["/identity/v2.0", "/cyclades/compute/v2.0"] {
        let got = cloud.ask("GET", path, &[], "").await.json();
        let links = got["version"]["links"].as_array().unwrap().clone();
        let about = links.iter().find(|link| link["rel"] == "describedby");
        let about = about.unwrap()["href"].as_str().unwrap().to_owned();
        assert!(!about.contains("openstack"), "{about}");
        let rest = about.split_once("://").unwrap().1;
        let at = &rest[rest.find('/').unwrap()..];
        assert_eq!(cloud.ask("GET", at, &[], "").await.status, 200, "{about}");
    }
}

// ID-REC-08 ID-ADM-01 ID-STA-02: a refusal says something.
#[tokio::test]
async fn strangers_are_told_why_they_are_refused() {
    let cloud = administered();
    let (_, token) = cloud.active("a@example.org").await;
    for path in ["/identity/v2.0/users", "/admin/stats/detail"] {
        let got = cloud
            .ask("GET", path, &[("X-Auth-Token", &token)], "")
            .await;
        assert_eq!(got.status, 403);
        let text = got.json()["forbidden"]["message"].clone();
        assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{path}");
    }
}

// ID-API-09 ID-API-13 ID-ADM-07 ID-ADM-09
#[tokio::test]
async fn administration_takes_what_it_names_and_nothing_else() {
    let cloud = administered();
    let token = boss(&cloud).await;
    let who = ("X-Auth-Token", token.as_str());
    let (eva, _) = cloud.active("eva@example.org").await;
    let off = vec![UserChange::Deactivate("x".into())];
    cloud
        .state
        .identity
        .admin_modify(&root(), eva.no, off)
        .await
        .unwrap();
    let path = format!("/identity/v2.0/users/{}", eva.uuid);
    let action = format!("{path}/action");
    for arguments in ["null", "[]", "\"x\"", "7", "true"] {
        for name in [
            "activate",
            "deactivate",
            "renewToken",
            "signTerms",
            "setDefaultProject",
        ] {
            let body = format!("{{\"{name}\": {arguments}}}");
            let got = cloud.ask("POST", &action, &[who, JSON], body.clone()).await;
            assert_eq!(got.status, 400, "{body}: {}", got.text());
        }
    }
    for (body, status) in [
        (json!({"username": ""}), 400),
        (json!({"username": "nonsense"}), 400),
        (json!({"metadata": null}), 400),
        (json!({"metadata": "x"}), 400),
        (json!({"first_name": ["x"]}), 400),
        (json!({"last_name": "F"}), 200),
    ] {
        let body = json!({"user": body}).to_string();
        let got = cloud.ask("PUT", &path, &[who, JSON], body.clone()).await;
        assert_eq!(got.status, status, "{body}: {}", got.text());
    }
    // The last id of a page goes on as well as the number in the header.
    let page = |marker: String| {
        let path = format!("/identity/v2.0/users?limit=1&marker={marker}");
        let cloud = &cloud;
        async move { cloud.ask("GET", &path, &[who], "").await }
    };
    let list = "/identity/v2.0/users?limit=1";
    let first = cloud.ask("GET", list, &[who], "").await;
    let id = first.json()["users"][0]["id"].as_str().unwrap().to_owned();
    let next = first.headers["x-next-marker"].to_str().unwrap().to_owned();
    for marker in [id, next] {
        let got = page(marker).await;
        assert_eq!(got.json()["users"][0]["id"], eva.uuid.to_string());
        assert!(!got.headers.contains_key("x-next-marker"));
    }
    for marker in ["zzz", "7f8d2c1e-0000-4000-8000-000000000000"] {
        let got = page(marker.to_owned()).await;
        assert_eq!(got.status, 400, "{marker}: {}", got.text());
    }
}

// ID-ACC-12: addresses are not collected, and who asks is told how much is too much.
#[tokio::test]
async fn look_ups_of_addresses_are_limited() {
    let cloud = Cloud::new(&[]);
    let (_, token) = cloud.active("a@example.org").await;
    let ask = async |n: usize| {
        let names: Vec<String> = (0..n).map(|n| format!("{n}@example.org")).collect();
        let body = json!({"displaynames": names}).to_string();
        let who = ("X-Auth-Token", token.as_str());
        let path = "/account/v1.0/user_catalogs";
        cloud.ask("POST", path, &[who, JSON], body).await
    };
    for many in [601, 1001] {
        let got = ask(many).await;
        assert_eq!(got.status, 413, "{many}: {}", got.text());
        assert_eq!(got.json()["overLimit"]["code"], 413);
    }
    assert_eq!(ask(600).await.status, 200);
    let got = ask(1).await;
    assert_eq!(
        (got.status.as_u16(), got.headers["retry-after"].as_bytes()),
        (429, &b"3600"[..])
    );
    assert_eq!(got.json()["overLimit"]["code"], 429);
}
