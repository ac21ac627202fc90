//! What the recordings do not show.

use super::*;
use crate::testing::Heard;
use serde_json::json;

const JSON: (&str, &str) = ("Content-Type", "application/json");

// ID-KST-01 ID-KST-02 ID-KST-03 ID-CON-04
#[tokio::test]
async fn the_versions_are_told() {
    let cloud = Cloud::new(&[]);
    for path in ["/identity", "/identity/", "/identity/.json"] {
        let got = cloud
            .ask("GET", path, &[("Host", "cloud.example.org:8443")], "")
            .await;
        let values = got.json()["versions"]["values"].clone();
        assert_eq!(values[0]["id"], "v2.0");
        let own = "http://cloud.example.org:8443/identity/v2.0/";
        assert_eq!(values[0]["links"][0]["href"], own);
        assert_eq!(values[1]["id"], "v3.14");
    }
    let got = cloud.ask("GET", "/identity/v2.0?format=xml", &[], "").await;
    assert_eq!(
        got.headers["content-type"],
        "application/json; charset=UTF-8"
    );
    let version = got.json()["version"].clone();
    assert_eq!(version["media-types"], version["media_types"]);
    assert_eq!(version["links"][1]["rel"], "describedby");
    let got = cloud.ask("GET", "/identity/v3/", &[], "").await;
    assert_eq!(got.json()["version"]["id"], "v3.14");
    // A host that could break out of an address is not repeated.
    let got = cloud
        .ask("GET", "/identity", &[("Host", "a\"b/c")], "")
        .await;
    assert!(
        got.text().contains("http://localhost/identity/v2.0/"),
        "{}",
        got.text()
    );
}

// ID-CON-05: UTC, with microseconds where there are any, and the offset.
#[test]
fn instants_are_written_with_their_offset() {
    for (at, written) in [
        (
            "2013-06-19T15:23:59.975572Z",
            "2013-06-19T15:23:59.975572+00:00",
        ),
        (
            "2013-06-19T18:23:59.00001+03:00",
            "2013-06-19T15:23:59.000010+00:00",
        ),
        ("2013-06-19T15:23:59Z", "2013-06-19T15:23:59+00:00"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000+00:00"),
    ] {
        assert_eq!(crate::api::keystone::iso(at.parse().unwrap()), written);
    }
}

// CL-K-10 CL-K-12 CL-K-13 CL-K-14 CL-K-15 CL-K-17: what kamaki needs to start.
#[tokio::test]
async fn kamaki_finds_all_it_looks_for() {
    let cloud = Cloud::new(&[]);
    let (user, token) = cloud.active("maria@example.org").await;
    let body = json!({"auth": {"token": {"id": token}}}).to_string();
    let got = cloud
        .ask(
            "POST",
            "/identity/v2.0/tokens",
            &[("X-Auth-Token", &token), JSON],
            body,
        )
        .await;
    let access = got.json()["access"].clone();
    assert_eq!(access["token"]["id"], token.as_str());
    assert_eq!(access["token"]["expires"], "2026-01-31T00:00:00+00:00");
    assert_eq!(access["user"]["id"], user.uuid.to_string());
    assert_eq!(access["user"]["name"], "Maria Doe");
    let services = access["serviceCatalog"].as_array().unwrap();
    for (kind, path) in [
        ("identity", "/identity/v2.0"),
        ("account", "/account/v1.0"),
        ("compute", "/cyclades/compute/v2.0"),
        ("image", "/cyclades/image"),
        ("network", "/cyclades/network"),
        ("volume", "/cyclades/volume"),
        ("object-store", "/pithos/object-store/v1"),
    ] {
        let all: Vec<_> = services.iter().filter(|s| s["type"] == kind).collect();
        assert_eq!(all.len(), 1, "{kind}");
        let endpoints = all[0]["endpoints"].as_array().unwrap();
        assert_eq!(endpoints.len(), 1);
        assert_eq!(endpoints[0]["publicURL"], format!("http://host{path}"));
        assert!(endpoints[0]["versionId"].is_string() && endpoints[0]["SNF:uiURL"].is_string());
    }
    let account = services
        .iter()
        .find(|s| s["name"] == "astakos_account")
        .unwrap();
    assert_eq!(account["endpoints"][0]["versionId"], "v1.0");
    // The library asks with an empty body.
    let public = cloud
        .ask("POST", "/identity/v2.0/tokens", &[JSON], "")
        .await
        .json();
    assert_eq!(public["access"].as_object().unwrap().len(), 1);
    assert_eq!(public["access"]["serviceCatalog"], access["serviceCatalog"]);
}

// ID-KST-15: well formed, with the prefix declared.
#[tokio::test]
async fn the_xml_form_can_be_parsed() {
    let cloud = Cloud::new(&[]);
    let changes = vec![UserChange::Verify, UserChange::Accept];
    let (_, token) = cloud
        .user("a@example.org", ("<A>", "&\"B"), &["g<"], changes)
        .await;
    let body = json!({"auth": {"token": {"id": token}}}).to_string();
    let got = cloud
        .ask("POST", "/identity/v2.0/tokens?format=xml", &[JSON], body)
        .await;
    assert_eq!(
        got.headers["content-type"],
        "application/xml; charset=UTF-8"
    );
    let mut reader = quick_xml::Reader::from_str(got.text());
    let (mut names, mut open) = (Vec::new(), 0);
    loop {
        use quick_xml::events::Event;
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                open += 1;
                names.push(tag.name().as_ref().to_owned());
            }
            Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    attribute.unwrap();
                }
                names.push(tag.name().as_ref().to_owned());
            }
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    for name in [
        "access", "token", "tenant", "user", "role", "service", "endpoint",
    ] {
        assert!(names.iter().any(|n| n == name), "{name}");
    }
    assert!(
        got.text().contains("xmlns:SNF=") && got.text().contains("name=\"&lt;A&gt; &amp;&quot;B\"")
    );
    let public = cloud
        .ask(
            "POST",
            "/identity/v2.0/tokens",
            &[("Accept", "application/xml")],
            "",
        )
        .await;
    assert!(!public.text().contains("<token") && public.text().contains("<service "));
}

// ID-TOK-03 ID-SEC-31 ID-INT-01: on the very next request, at every service.
#[tokio::test]
async fn a_deactivated_person_is_refused_everywhere() {
    let cloud = Cloud::new(&[]);
    let (user, token) = cloud.active("a@example.org").await;
    let quotas = async || {
        cloud
            .ask(
                "GET",
                "/account/v1.0/quotas",
                &[("X-Auth-Token", &token)],
                "",
            )
            .await
    };
    assert_eq!(quotas().await.status, 200);
    let off = vec![UserChange::Deactivate("x".into())];
    cloud
        .state
        .identity
        .admin_modify(&root(), user.no, off)
        .await
        .unwrap();
    let got = quotas().await;
    assert_eq!(
        (
            got.status.as_u16(),
            got.json()["unauthorized"]["message"].as_str()
        ),
        (401, Some("User inactive"))
    );
    let on = vec![UserChange::Activate];
    cloud
        .state
        .identity
        .admin_modify(&root(), user.no, on)
        .await
        .unwrap();
    assert_eq!(quotas().await.status, 200);
    cloud
        .fixture
        .clock
        .advance(std::time::Duration::from_secs(720 * 3600));
    let got = quotas().await;
    assert_eq!(
        got.json()["unauthorized"]["message"],
        "Authentication expired"
    );
}

// ID-ACC-01
#[tokio::test]
async fn who_am_i_has_times_in_milliseconds() {
    let cloud = Cloud::new(&[]);
    let changes = vec![UserChange::Verify, UserChange::Accept];
    let (user, token) = cloud
        .user("a@example.org", ("A", "B"), &["g"], changes)
        .await;
    let path = "/account/v1.0/authenticate";
    let got = cloud
        .ask("GET", path, &[("X-Auth-Token", &token)], "")
        .await
        .json();
    assert_eq!(
        got,
        json!({
            "id": user.no.0, "username": "a@example.org", "uuid": user.uuid.to_string(),
            "email": ["a@example.org"], "name": "A B", "groups": ["g"], "auth_token": token,
            "auth_token_created": 1_767_225_600_000u64, "auth_token_expires": 1_769_817_600_000u64,
        })
    );
    assert_eq!(cloud.ask("GET", path, &[], "").await.status, 401);
}

// ID-API-13 ID-ACC-12 ID-ACC-20: wrong types and too much of anything are refused.
#[tokio::test]
async fn odd_bodies_are_refused_with_a_reason() {
    let cloud = Cloud::new(&[]);
    let (user, token) = cloud.active("a@example.org").await;
    let who = ("X-Auth-Token", token.as_str());
    for body in [
        "null",
        "7",
        "[]",
        "\"x\"",
        "{\"auth\": []}",
        "{\"auth\": {\"token\": 7}}",
        "{\"auth\": {\"token\": {\"id\": 7}}}",
        "{\"auth\": {\"token\": {\"id\": \"\"}}}",
        "{\"auth\": {\"passwordCredentials\": {\"username\": 1}}}",
        "\u{ff}",
    ] {
        let got = cloud
            .ask("POST", "/identity/v2.0/tokens", &[JSON], body)
            .await;
        assert_eq!(got.status, 400, "{body}: {}", got.text());
    }
    let many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    let body = json!({"uuids": many}).to_string();
    let got = cloud
        .ask("POST", "/account/v1.0/user_catalogs", &[who, JSON], body)
        .await;
    assert_eq!(got.status, 413, "{}", got.text());
    let path = "/account/v1.0/myaccount/default_project";
    let own = json!({"project_id": user.uuid.to_string()}).to_string();
    assert_eq!(cloud.ask("PUT", path, &[who, JSON], own).await.status, 200);
    assert_eq!(
        cloud
            .ask("PUT", path, &[who, JSON], "{\"project_id\": 7}")
            .await
            .status,
        400
    );
    let got = cloud.ask("DELETE", path, &[who], "").await;
    assert_eq!(
        (got.status.as_u16(), got.text()),
        (
            405,
            "{\"notAllowed\":{\"code\":405,\"message\":\"Method not allowed\",\"details\":\"\"}}"
        )
    );
}

// ID-ADM-01 ID-ADM-04 ID-ADM-06 ID-ADM-07 ID-ADM-09 ID-API-09
#[tokio::test]
async fn users_are_administered_where_it_is_switched_on() {
    let off = Cloud::new(&[]);
    let (_, token) = off.active("a@example.org").await;
    let got = off
        .ask(
            "GET",
            "/identity/v2.0/users",
            &[("X-Auth-Token", &token)],
            "",
        )
        .await;
    assert_eq!(
        (
            got.status.as_u16(),
            got.text().contains("API endpoint not found")
        ),
        (400, true)
    );
    let cloud = Cloud::new(&[("ASTAKOS_ADMIN_API_ENABLED", Value::Bool(true))]);
    let changes = vec![UserChange::Verify, UserChange::Accept];
    let (_, token) = cloud
        .user("boss@example.org", ("B", "C"), &["admin-api"], changes)
        .await;
    let who = ("X-Auth-Token", token.as_str());
    let body = json!({"user": {
        "username": "eva@example.org", "first_name": "Eva", "last_name": "E",
        "affiliation": "Uni", "metadata": {"k": "v"},
    }});
    let got = cloud
        .ask(
            "POST",
            "/identity/v2.0/users",
            &[who, JSON],
            body.to_string(),
        )
        .await;
    assert_eq!(got.status, 200, "{}", got.text());
    let made = got.json()["user"].clone();
    let caller = cloud
        .state
        .identity
        .caller_by_token(made["auth_token"].as_str().unwrap());
    assert_eq!(caller.unwrap().user.to_string(), made["id"]);
    let client = identity::ClientInfo {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
    };
    let password = SecretString::from(made["password"].as_str().unwrap().to_owned());
    let login = cloud
        .state
        .identity
        .log_in("eva@example.org", password, &client)
        .await;
    assert!(matches!(login, Ok(identity::LoginOutcome::In(_))));
    let path = format!("/identity/v2.0/users/{}", made["id"].as_str().unwrap());
    let body = json!({"user": {"username": "Eva2@example.org", "last_name": "F"}});
    let got = cloud
        .ask("PUT", &path, &[who, JSON], body.to_string())
        .await
        .json();
    let user = &got["user"];
    assert_eq!(
        (&user["email"], &user["last_name"]),
        (&json!("Eva2@example.org"), &json!("F"))
    );
    let method = &user["authentication_methods"][0];
    assert_eq!(
        (&method["affiliation"], &method["metadata"]["k"]),
        (&json!("Uni"), &json!("v"))
    );
    for (body, status) in [
        ("{}", 400),
        ("{\"activate\": {}, \"signTerms\": {}}", 400),
        ("{\"deactivate\": {\"reason\": 7}}", 400),
        ("{\"activate\": {}}", 405),
        ("{\"signTerms\": {}}", 200),
        ("{\"setDefaultProject\": {}}", 403),
    ] {
        let got = cloud
            .ask("POST", &format!("{path}/action"), &[who, JSON], body)
            .await;
        assert_eq!(got.status, status, "{body}: {}", got.text());
    }
    let got = cloud
        .ask("GET", "/identity/v2.0/users?limit=1", &[who], "")
        .await;
    assert_eq!(
        (
            &got.headers["x-next-marker"],
            got.json()["users"].as_array().unwrap().len()
        ),
        (&"1".parse::<http::HeaderValue>().unwrap(), 1)
    );
    let got = cloud
        .ask("GET", "/identity/v2.0/users?limit=1&marker=1", &[who], "")
        .await;
    assert_eq!(got.json()["users"][0]["id"], made["id"]);
}

// ID-KST-16: for whom a service asks is logged, and no token.
#[tokio::test]
async fn the_client_of_a_service_is_logged() {
    let cloud = Cloud::new(&[]);
    let (_, token) = cloud.active("maria@example.org").await;
    let body = json!({"auth": {"token": {"id": token}}}).to_string();
    let heard = Heard::of("astakos.api");
    let _until_the_end = tracing::subscriber::set_default(heard.clone());
    let path = "/identity/v2.0/tokens";
    let from = ("X-Client-IP", "203.0.113.9");
    let got = cloud.ask("POST", path, &[JSON, from], body).await;
    assert_eq!(got.status, 200);
    let heard = heard.all();
    assert!(heard.contains("client=\"203.0.113.9\""), "{heard}");
    assert!(!heard.contains(&token), "{heard}");
}
