//! The OAuth 2 provider by its pages and endpoints.

use super::*;
use crate::server::Peer;
use identity::oauth2::{ClientKind, NewClient};
use serde_json::json;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const TLS: (&str, &str) = ("X-Forwarded-Proto", "https");
/// `client1:s3cret`
const BASIC: (&str, &str) = ("Authorization", "Basic Y2xpZW50MTpzM2NyZXQ=");
const ASK: &str = "/oauth2/auth?response_type=code&client_id=client1&state=a%26b&scope=%2Fx";

async fn cloud(settings: &[(&str, Value)]) -> Cloud {
    let cloud = Cloud::new(settings).behind(Peer("127.0.0.1:5".parse().unwrap()));
    let client = NewClient {
        identifier: "client1".into(),
        secret: Some(SecretString::from("s3cret".to_owned())),
        kind: ClientKind::Confidential,
        is_trusted: false,
        urls: vec!["https://client.example.org/cb?q=1".into()],
    };
    let root = root();
    let made = cloud.state.identity.oauth2_client_add(&root, client);
    made.await.unwrap();
    cloud
}

fn location(got: &Got) -> &str {
    assert_eq!(got.status, 302, "{}", got.text());
    got.headers["location"].to_str().unwrap()
}

// ID-OA2-04 ID-OA2-05 ID-OA2-07 ID-SEC-07
#[tokio::test]
async fn people_are_asked_whether_a_client_may_act_for_them() {
    let cloud = cloud(&[]).await;
    cloud.active("maria@example.org").await;
    let cookie = cloud.browser("maria@example.org").await;
    let cookie = ("Cookie", cookie.as_str());
    let got = cloud.ask("GET", ASK, &[TLS], "").await;
    assert!(location(&got).starts_with("https://host/ui/login?next=%2Foauth2%2Fauth"));
    let json = ("Accept", "application/json");
    let got = cloud.ask("GET", ASK, &[TLS, cookie, json], "").await;
    let asked = json!({
        "client": "client1", "redirect_uri": "https://client.example.org/cb?q=1",
        "scope": "/x", "state": "a&b",
    });
    assert_eq!(got.json(), asked);
    let page = cloud.ask("GET", ASK, &[TLS, cookie], "").await;
    assert_eq!(page.status, 200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("form-action 'self' https://client.example.org"),
        "{policy}"
    );
    let got = cloud
        .ask("POST", ASK, &[TLS, cookie, FORM], "accept=1")
        .await;
    assert_eq!(got.status, 403, "no proof");
    let (_, rest) = page
        .text()
        .split_once("name=\"csrfmiddlewaretoken\" value=\"")
        .unwrap();
    let proof = rest.split('"').next().unwrap();
    let body = format!("csrfmiddlewaretoken={proof}&reject=1");
    let got = cloud.ask("POST", ASK, &[TLS, cookie, FORM], body).await;
    let base = "https://client.example.org/cb?q=1";
    assert_eq!(
        location(&got),
        format!("{base}&error=access_denied&state=a%26b")
    );
    let body = format!("csrfmiddlewaretoken={proof}&accept=1");
    let got = cloud.ask("POST", ASK, &[TLS, cookie, FORM], body).await;
    let target = location(&got);
    assert!(target.starts_with(&format!("{base}&code=")), "{target}");
    assert!(target.ends_with("&state=a%26b"));
    assert_eq!(got.headers["referrer-policy"], "no-referrer");
}

// ID-OA2-01 ID-OA2-10 ID-OA2-13 ID-KST-20 ID-KST-21 ID-KST-22 ID-SEC-26
#[tokio::test]
async fn a_code_becomes_a_token_that_services_can_validate() {
    let cloud = cloud(&[]).await;
    let (user, _) = cloud.active("maria@example.org").await;
    let identity = &cloud.state.identity;
    let asked = identity::oauth2::AskedGrant {
        credentials: identity::oauth2::Credentials {
            basic: None,
            client_id: Some("client1".into()),
        },
        response_type: Some("code".into()),
        scope: Some("/x".into()),
        ..Default::default()
    };
    let grant = identity.oauth2_check(&asked).unwrap();
    let code = identity.oauth2_issue(user.uuid, grant).await.unwrap();
    let back = "https%3A%2F%2Fclient.example.org%2Fcb%3Fq%3D1";
    let body = format!("grant_type=authorization_code&code={code}&redirect_uri={back}");
    let path = "/oa2/token";
    let got = cloud.ask("GET", path, &[TLS], "").await;
    assert_eq!(
        (got.status.as_u16(), &got.headers["allow"]),
        (405, &"POST".parse().unwrap())
    );
    let error = |got: &Got| got.json()["error"].as_str().unwrap().to_owned();
    for (headers, body) in [
        (vec![FORM, BASIC], body.clone()),
        (
            vec![TLS, BASIC, ("Content-Type", "application/json")],
            "{}".to_owned(),
        ),
        (vec![TLS, FORM, BASIC], format!("{body}&code=twice")),
    ] {
        let got = cloud.ask("POST", path, &headers, body).await;
        assert_eq!(
            (got.status.as_u16(), error(&got).as_str()),
            (400, "invalid_request")
        );
    }
    let got = cloud.ask("POST", path, &[TLS, FORM, BASIC], body).await;
    assert_eq!(got.status, 200, "{}", got.text());
    assert_eq!(got.headers["cache-control"], "no-store");
    assert_eq!(got.headers["content-type"], "application/json");
    let token = got.json()["access_token"].as_str().unwrap().to_owned();
    let path = format!("/identity/v2.0/tokens/{token}?belongsTo=%2Fx%2F1");
    let got = cloud.ask("GET", &path, &[], "").await.json();
    assert_eq!(got["access"]["user"]["id"], user.uuid.to_string());
    assert!(got["access"].get("serviceCatalog").is_none());
    assert!(got["access"]["user"].get("projects").is_none());
    // ID-API-04: both token calls have an XML form.
    let wanted = ("Accept", "application/xml");
    let got = cloud.ask("GET", &path, &[wanted], "").await;
    assert_eq!(
        got.headers["content-type"],
        "application/xml; charset=UTF-8"
    );
    for part in [
        format!("<token id=\"{token}\" expires=\"2026-01-01T00:00:20+00:00\"><tenant id="),
        format!(
            "<user id=\"{}\" name=\"Maria Doe\"><roles></roles></user></access>",
            user.uuid
        ),
    ] {
        assert!(got.text().contains(&part), "{}", got.text());
    }
    let below = format!("/identity/v2.0/tokens/{token}/endpoints");
    assert_eq!(cloud.ask("GET", &below, &[], "").await.status, 404);
    // It is no API token.
    let who = [("X-Auth-Token", token.as_str())];
    assert_eq!(
        cloud
            .ask("GET", "/account/v1.0/quotas", &who, "")
            .await
            .status,
        401
    );
    let ask = format!("token={token}");
    let got = cloud
        .ask(
            "POST",
            "/oauth2/introspect",
            &[TLS, FORM, BASIC],
            ask.clone(),
        )
        .await;
    assert_eq!(
        (&got.json()["active"], &got.json()["scope"]),
        (&json!(true), &json!("/x"))
    );
    let got = cloud
        .ask("POST", "/oauth2/introspect", &[TLS, FORM], ask.clone())
        .await;
    assert_eq!(got.status, 401);
    cloud
        .fixture
        .clock
        .advance(std::time::Duration::from_secs(20));
    let got = cloud
        .ask("POST", "/oauth2/introspect", &[TLS, FORM, BASIC], ask)
        .await;
    assert_eq!(got.json(), json!({"active": false}));
    let got = cloud.ask("GET", &path, &[], "").await;
    assert_eq!(got.status, 404);
}

// ID-KST-22
#[tokio::test]
async fn validation_may_be_for_clients_only() {
    let cloud = cloud(&[("OAUTH2_VALIDATE_REQUIRES_CLIENT", Value::Bool(true))]).await;
    let path = "/identity/v2.0/tokens/nosuch";
    assert_eq!(cloud.ask("GET", path, &[], "").await.status, 401);
    assert_eq!(cloud.ask("GET", path, &[BASIC], "").await.status, 404);
}

// ID-OA2-03: credentials that are there must be right; what cannot be read is not.
#[tokio::test]
async fn credentials_that_cannot_be_read_are_wrong() {
    let cloud = cloud(&[]).await;
    cloud.active("maria@example.org").await;
    let cookie = cloud.browser("maria@example.org").await;
    let cookie = ("Cookie", cookie.as_str());
    let asked = ("/oauth2/auth?response_type=code&client_id=client1", "GET");
    let form = "grant_type=authorization_code&client_id=client1";
    for given in ["Basic", "Basic !!!", "basic Zm9v", "BASIC /w=="] {
        let given = ("Authorization", given);
        for (path, method) in [asked, ("/oauth2/token", "POST")] {
            let headers = [TLS, FORM, cookie, given];
            let got = cloud.ask(method, path, &headers, form).await;
            assert_eq!(got.status, 400, "{given:?} {path}: {}", got.text());
            assert_eq!(got.json()["error"], "invalid_client", "{given:?} {path}");
        }
    }
    // Another scheme is for somebody else.
    let other = ("Authorization", "Bearer x");
    let got = cloud.ask("GET", asked.0, &[TLS, cookie, other], "").await;
    assert_eq!(got.status, 200);
}

// ID-SEC-24: the secret of a client is guessed at no endpoint more often than at another.
#[tokio::test]
async fn guesses_at_secrets_are_counted_everywhere() {
    const WRONG: (&str, &str) = ("Authorization", "Basic Y2xpZW50MTpndWVzcw==");
    let validate = "/identity/v2.0/tokens/nosuch";
    let asked = "/oauth2/auth?response_type=code";
    for (method, path, refused, busy) in [
        ("POST", "/oauth2/token", 400, 503),
        ("POST", "/oauth2/introspect", 401, 503),
        ("GET", asked, 400, 503),
        ("GET", validate, 401, 429),
    ] {
        let cloud = cloud(&[("OAUTH2_VALIDATE_REQUIRES_CLIENT", Value::Bool(true))]).await;
        let body = "grant_type=authorization_code&token=x";
        for n in 0..62 {
            let got = cloud.ask(method, path, &[TLS, FORM, WRONG], body).await;
            let wanted = if n < 60 { refused } else { busy };
            assert_eq!(got.status, wanted, "{path} {n}: {}", got.text());
        }
    }
}
