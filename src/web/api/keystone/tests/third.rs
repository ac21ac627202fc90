//! Identity v3, as OpenStack's own clients use it.

use super::*;
use serde_json::json;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const PATH: &str = "/identity/v3/auth/tokens";

fn by_password(user: serde_json::Value, scope: serde_json::Value) -> String {
    let identity = json!({"methods": ["password"], "password": {"user": user}});
    json!({"auth": {"identity": identity, "scope": scope}}).to_string()
}

// CL-O §12.1: tokens by password, token and application credential, and what is in them.
#[tokio::test]
async fn openstack_clients_get_a_token_with_their_catalogue() {
    let cloud = Cloud::new(&[]);
    let (user, api) = cloud.active("maria@example.org").await;
    let uuid = user.uuid.to_string();
    let named = json!({
        "name": "maria@example.org", "domain": {"name": "Default"},
        "password": "correct horse battery",
    });
    let project = json!({"project": {"name": "maria@example.org", "domain": {"id": "default"}}});
    let identities = [
        by_password(named, project.clone()),
        by_password(
            json!({"id": uuid, "password": api}),
            json!({"project": {"id": uuid}}),
        ),
        json!({"auth": {"identity": {"methods": ["token"], "token": {"id": api}}}}).to_string(),
        json!({"auth": {"identity": {
            "methods": ["application_credential"],
            "application_credential": {"id": uuid, "secret": api},
        }}})
        .to_string(),
        json!({"auth": {"identity": {
            "methods": ["application_credential"],
            "application_credential": {"name": "x", "secret": api, "user": {"id": uuid}},
        }}})
        .to_string(),
    ];
    for body in identities {
        let got = cloud.ask("POST", PATH, &[JSON], body.clone()).await;
        assert_eq!(got.status, 201, "{body}: {}", got.text());
        let subject = got.headers["x-subject-token"].to_str().unwrap().to_owned();
        let token = got.json()["token"].clone();
        assert_eq!(token["user"]["id"], uuid);
        assert_eq!(
            token["user"]["domain"],
            json!({"id": "default", "name": "Default"})
        );
        assert_eq!(token["project"]["id"], uuid);
        assert_eq!(token["is_domain"], false);
        assert_eq!(token["expires_at"], "2026-01-31T00:00:00.000000Z");
        assert!(token["audit_ids"][0].is_string() && token["roles"][0]["name"].is_string());
        assert_eq!(token["methods"].as_array().unwrap().len(), 1);
        let catalog = token["catalog"].as_array().unwrap();
        for (kind, url) in [
            ("identity", "http://host/identity/v3".to_owned()),
            ("compute", "http://host/os/compute/v2.1".to_owned()),
            ("image", "http://host/os/image".to_owned()),
            ("network", "http://host/os/network".to_owned()),
            ("volumev3", format!("http://host/os/volume/v3/{uuid}")),
            ("block-storage", format!("http://host/os/volume/v3/{uuid}")),
            (
                "object-store",
                format!("http://host/pithos/object-store/v1/AUTH_{uuid}"),
            ),
        ] {
            let service = catalog.iter().find(|s| s["type"] == kind).unwrap();
            let endpoint = &service["endpoints"][0];
            assert_eq!(
                (&endpoint["interface"], &endpoint["url"]),
                (&json!("public"), &json!(url))
            );
            assert_eq!(endpoint["region"], endpoint["region_id"]);
            assert!(endpoint["id"].is_string() && service["id"].is_string());
        }
        // The token works at the native services too.
        let who = [("X-Auth-Token", subject.as_str())];
        assert_eq!(
            cloud
                .ask("GET", "/account/v1.0/quotas", &who, "")
                .await
                .status,
            200
        );
    }
    let body = by_password(json!({"id": uuid, "password": api}), json!("unscoped"));
    let got = cloud.ask("POST", PATH, &[JSON], body).await;
    assert_eq!(got.status, 201);
    let token = got.json()["token"].clone();
    assert!(token.get("project").is_none() && token.get("catalog").is_none());
    let domain = json!({"domain": {"id": "default"}});
    let body = by_password(json!({"id": uuid, "password": api}), domain);
    let got = cloud.ask("POST", PATH, &[JSON], body).await;
    assert_eq!(got.json()["token"]["domain"]["id"], "default");
}

// CL-O §12.1 ID-API-13: refusals in this version's own form.
#[tokio::test]
async fn bad_credentials_and_bodies_are_told_apart() {
    let cloud = Cloud::new(&[]);
    let (user, api) = cloud.active("maria@example.org").await;
    let uuid = user.uuid.to_string();
    let foreign = json!({"project": {"id": uuid::Uuid::from_bytes([3; 16]).to_string()}});
    let elsewhere = json!({"id": uuid, "password": api, "domain": {"id": "other"}});
    for body in [
        by_password(json!({"id": uuid, "password": "x"}), json!(null)),
        by_password(
            json!({"name": "nobody@example.org", "password": "x"}),
            json!(null),
        ),
        by_password(json!({"id": uuid, "password": api}), foreign),
        by_password(elsewhere, json!(null)),
        json!({"auth": {"identity": {"methods": ["saml2"], "saml2": {}}}}).to_string(),
    ] {
        let got = cloud.ask("POST", PATH, &[JSON], body.clone()).await;
        assert_eq!(got.status, 401, "{body}: {}", got.text());
        let error = got.json()["error"].clone();
        assert_eq!(
            (&error["code"], &error["title"]),
            (&json!(401), &json!("Unauthorized"))
        );
        assert!(error["message"].is_string());
    }
    for body in [
        "",
        "[]",
        "null",
        "{}",
        "{\"auth\": 7}",
        "{\"auth\": {\"identity\": []}}",
        "{\"auth\": {\"identity\": {\"methods\": \"password\"}}}",
        "{\"auth\": {\"identity\": {\"methods\": [\"password\"], \"password\": {\"user\": 1}}}}",
        "{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": {\"id\": 1}}}}",
    ] {
        let got = cloud.ask("POST", PATH, &[JSON], body).await;
        assert_eq!(got.status, 400, "{body}: {}", got.text());
        assert_eq!(got.json()["error"]["code"], 400);
    }
    let got = cloud.ask("GET", "/identity/v3/nothing", &[], "").await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["error"]["code"]),
        (404, &json!(404))
    );
    let got = cloud.ask("PUT", PATH, &[JSON], "{}").await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["error"]["code"]),
        (405, &json!(405))
    );
}

// CL-O §12.1 ID-SEC-31: validation and revocation.
#[tokio::test]
async fn tokens_are_shown_to_their_owner_and_revoked() {
    let cloud = Cloud::new(&[]);
    let (user, api) = cloud.active("maria@example.org").await;
    let (_, other) = cloud.active("eva@example.org").await;
    let body = json!({"auth": {"identity": {"methods": ["token"], "token": {"id": api}}}});
    let got = cloud.ask("POST", PATH, &[JSON], body.to_string()).await;
    let token = got.headers["x-subject-token"].to_str().unwrap().to_owned();
    let (mine, subject) = (
        ("X-Auth-Token", api.as_str()),
        ("X-Subject-Token", token.as_str()),
    );
    let got = cloud.ask("GET", PATH, &[mine, subject], "").await;
    assert_eq!(got.status, 200);
    assert_eq!(got.headers["x-subject-token"], token.as_str());
    assert_eq!(got.json()["token"]["user"]["id"], user.uuid.to_string());
    let got = cloud
        .ask("GET", &format!("{PATH}?nocatalog"), &[mine, subject], "")
        .await;
    assert!(got.json()["token"].get("catalog").is_none());
    let got = cloud.ask("HEAD", PATH, &[mine, subject], "").await;
    assert_eq!((got.status.as_u16(), got.body.len()), (200, 0));
    assert_eq!(cloud.ask("GET", PATH, &[mine], "").await.status, 400);
    assert_eq!(cloud.ask("GET", PATH, &[subject], "").await.status, 401);
    let stranger = ("X-Auth-Token", other.as_str());
    for method in ["GET", "DELETE"] {
        let got = cloud.ask(method, PATH, &[stranger, subject], "").await;
        assert_eq!(got.status, 404);
    }
    let got = cloud.ask("DELETE", PATH, &[mine, subject], "").await;
    assert_eq!((got.status.as_u16(), got.body.len()), (204, 0));
    assert_eq!(
        cloud.ask("GET", PATH, &[mine, subject], "").await.status,
        404
    );
    let gone = [("X-Auth-Token", token.as_str())];
    assert_eq!(
        cloud
            .ask("GET", "/account/v1.0/quotas", &gone, "")
            .await
            .status,
        401
    );
}

// CL-O §12.1: what one may read.
#[tokio::test]
async fn people_read_about_themselves() {
    let cloud = Cloud::new(&[]);
    let (user, api) = cloud.active("maria@example.org").await;
    let uuid = user.uuid.to_string();
    let who = [("X-Auth-Token", api.as_str())];
    let get = async |path: &str| {
        let got = cloud
            .ask("GET", &format!("/identity/v3{path}"), &who, "")
            .await;
        assert_eq!(got.status, 200, "{path}: {}", got.text());
        got.json()
    };
    let catalog = get("/auth/catalog").await;
    assert_eq!(catalog["catalog"].as_array().unwrap().len(), 7);
    for path in [
        "/auth/projects",
        "/projects",
        &format!("/users/{uuid}/projects"),
    ] {
        let project = get(path).await["projects"][0].clone();
        assert_eq!(
            (&project["id"], &project["enabled"]),
            (&json!(uuid), &json!(true))
        );
        for key in [
            "name",
            "domain_id",
            "is_domain",
            "parent_id",
            "description",
            "tags",
        ] {
            assert!(project.get(key).is_some(), "{path} {key}");
        }
    }
    assert_eq!(get("/projects?name=nosuch").await["projects"], json!([]));
    assert_eq!(
        get(&format!("/projects/{uuid}")).await["project"]["id"],
        uuid
    );
    let about = get(&format!("/users/{uuid}")).await;
    assert_eq!(about["user"]["name"], "maria@example.org");
    assert_eq!(
        get("/users?name=Maria@example.org").await["users"][0]["id"],
        uuid
    );
    assert_eq!(
        get(&format!("/users/{uuid}/groups")).await["groups"],
        json!([])
    );
    assert_eq!(get("/domains").await["domains"][0]["id"], "default");
    assert_eq!(get("/domains/default").await["domain"]["name"], "Default");
    assert_eq!(get("/auth/domains").await["domains"][0]["id"], "default");
    assert_eq!(get("/regions").await["regions"][0]["id"], "default");
    for path in [
        "/projects/nosuch",
        "/users/nosuch",
        "/domains/x",
        "/regions/x",
    ] {
        let got = cloud
            .ask("GET", &format!("/identity/v3{path}"), &who, "")
            .await;
        assert_eq!(got.status, 404, "{path}");
    }
    assert_eq!(
        cloud
            .ask("GET", "/identity/v3/projects", &[], "")
            .await
            .status,
        401
    );
}
