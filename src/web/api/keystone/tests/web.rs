//! Web login, the feeds of the cloudbar, aliases, scripts of other pages, limits.

use super::*;
use crate::server::Peer;
use serde_json::json;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const LOGIN: &str = "/weblogin/login?next=pithos%3A%2F%2Fredirect%3Fa%3D1";

fn location(got: &Got) -> &str {
    assert_eq!(got.status, 302, "{}", got.text());
    got.headers["location"].to_str().unwrap()
}

/// The proof in the forms of a page.
fn proof(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"csrfmiddlewaretoken\" value=\"")
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

impl Cloud {
    async fn browse(&self, cookie: &str, path: &str) -> Got {
        let cookie = format!("sessionid={cookie}; mended=1");
        self.ask("GET", path, &[("Cookie", &cookie)], "").await
    }

    async fn post(&self, cookie: &str, path: &str, body: String) -> Got {
        let cookie = format!("sessionid={cookie}; mended=1");
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        self.ask("POST", path, &[("Cookie", &cookie), kind], body)
            .await
    }
}

// ID-WEB-01 ID-WEB-02 ID-WEB-04 ID-SEC-11
#[tokio::test]
async fn a_program_gets_the_token_after_its_owner_agreed() {
    let cloud = Cloud::new(&[]);
    let (user, token) = cloud.active("maria@example.org").await;
    let cookie = cloud.cookie("maria@example.org").await;
    for (query, status) in [
        ("", 400),
        ("?next=", 400),
        ("?next=https%3A%2F%2Fhost%2Fx", 403),
        ("?next=http%3A%2F%2Fhost%2Fx", 403),
        ("?next=customscheme%3A%2F%2Fx", 403),
        ("?next=javascript%3A%2F%2Fx", 403),
        ("?next=pithos%3Ax", 403),
        ("?next=pithos%3A%2F%2Fx%0Ay", 403),
        ("?next=%2Fui", 403),
    ] {
        let got = cloud
            .browse(&cookie, &format!("/weblogin/login{query}"))
            .await;
        assert_eq!(got.status, status, "{query}");
    }
    let anonymous = cloud.ask("GET", LOGIN, &[], "").await;
    let target = location(&anonymous);
    assert!(
        target.starts_with("http://host/ui/login?next=%2Fweblogin%2Flogin"),
        "{target}"
    );
    let page = cloud.browse(&cookie, LOGIN).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' pithos:"), "{policy}");
    assert!(!page.text().contains(&token));
    // Without the proof, or refused: nothing is handed over.
    let forged = cloud.post(&cookie, LOGIN, "accept=1".into()).await;
    assert_eq!(forged.status, 403);
    let csrf = proof(page.text());
    let refused = format!("csrfmiddlewaretoken={csrf}&reject=1");
    let got = cloud.post(&cookie, LOGIN, refused).await;
    assert_eq!(location(&got), "http://host/ui/landing");
    assert_eq!(
        cloud.browse(&cookie, LOGIN).await.status,
        200,
        "asked again"
    );
    let accepted = format!("csrfmiddlewaretoken={csrf}&accept=1");
    let got = cloud.post(&cookie, LOGIN, accepted).await;
    let wanted = format!("pithos://redirect?uuid={}&token={token}", user.uuid);
    assert_eq!(location(&got), wanted, "the query is replaced");
    assert_eq!(got.headers["referrer-policy"], "no-referrer");
    let got = cloud.browse(&cookie, LOGIN).await;
    assert_eq!(location(&got), wanted, "agreed once");
    let other = "/astakos/weblogin/login?next=pithosdev%3A%2F%2Fx";
    assert_eq!(
        cloud.browse(&cookie, other).await.status,
        200,
        "another scheme"
    );
}

// ID-WEB-02 ID-WEB-03 ID-SEC-08
#[tokio::test]
async fn a_link_alone_renews_nothing_and_a_forced_login_asks_anew() {
    let cloud = Cloud::new(&[]);
    let (user, token) = cloud.active("maria@example.org").await;
    let cookie = cloud.cookie("maria@example.org").await;
    cloud
        .state
        .identity
        .agree_to_handover(user.uuid, "pithos")
        .await
        .unwrap();
    let renew = format!("{LOGIN}&renew=");
    let page = cloud.browse(&cookie, &renew).await;
    assert_eq!(page.status, 200);
    let accepted = format!("csrfmiddlewaretoken={}&accept=1", proof(page.text()));
    let got = cloud.post(&cookie, &renew, accepted).await;
    assert!(location(&got).starts_with("pithos://redirect?uuid="));
    assert!(!location(&got).contains(&token));
    assert!(cloud.state.identity.caller_by_token(&token).is_err());
    let force = format!("{LOGIN}&force=");
    let asked = [
        ("Cookie", &*format!("sessionid={cookie}; mended=1")),
        ("Sec-Fetch-Site", "cross-site"),
    ];
    let got = cloud.ask("GET", &force, &asked, "").await;
    assert_eq!(got.status, 200, "a link elsewhere ends no session");
    let got = cloud.browse(&cookie, &force).await;
    let target = location(&got);
    assert!(target.starts_with("http://host/ui/login?next=") && !target.contains("force"));
    assert!(
        got.headers["set-cookie"]
            .to_str()
            .unwrap()
            .starts_with("sessionid=;")
    );
    assert_eq!(cloud.browse(&cookie, LOGIN).await.status, 302, "logged out");
}

// ID-WEB-05
#[tokio::test]
async fn a_code_is_exchanged_for_the_token_once() {
    let cloud = Cloud::new(&[]);
    let (user, token) = cloud.active("maria@example.org").await;
    let cookie = cloud.cookie("maria@example.org").await;
    cloud
        .state
        .identity
        .agree_to_handover(user.uuid, "pithos")
        .await
        .unwrap();
    let got = cloud
        .browse(&cookie, &format!("{LOGIN}&response=code"))
        .await;
    let (_, code) = location(&got).split_once("?code=").unwrap();
    let body = json!({"code": code}).to_string();
    let got = cloud
        .ask("POST", "/weblogin/token", &[JSON], body.clone())
        .await;
    assert_eq!(
        got.json(),
        json!({"uuid": user.uuid.to_string(), "token": token})
    );
    let got = cloud.ask("POST", "/weblogin/token", &[JSON], body).await;
    assert_eq!(got.status, 401);
    assert_eq!(
        cloud
            .ask("POST", "/weblogin/token", &[JSON], "[]")
            .await
            .status,
        400
    );
}

// ID-MNU-01 ID-MNU-02 ID-MNU-04 ID-MNU-05 ID-SEC-21
#[tokio::test]
async fn the_cloudbar_is_fed() {
    let cloud = Cloud::new(&[]);
    cloud.active("maria@example.org").await;
    let cookie = cloud.cookie("maria@example.org").await;
    let got = cloud.ask("GET", "/ui/get_menu", &[], "").await;
    assert_eq!(got.headers["content-type"], "application/json");
    let item = json!({"url": "http://host/ui/", "name": "Sign in", "is_active": true});
    assert_eq!(got.json(), json!([item]));
    let got = cloud.browse(&cookie, "/astakos/ui/get_menu").await;
    assert_eq!(
        got.json(),
        json!([
            {"url": "http://host/astakos/ui/", "name": "maria@example.org", "is_active": true},
            {"url": "http://host/astakos/ui/landing", "name": "Dashboard"},
            {"url": "http://host/astakos/ui/logout", "name": "Sign out"},
        ])
    );
    // A script on a page elsewhere is not told who looks.
    let cookie = format!("sessionid={cookie}; mended=1");
    for (from, known) in [
        ("https://evil.example/", false),
        ("https://evilhost/", false),
        ("http://host/pithos/ui", true),
    ] {
        let headers = [("Cookie", &*cookie), ("Referer", from)];
        let got = cloud
            .ask("GET", "/ui/get_menu?callback=f", &headers, "")
            .await;
        assert_eq!(got.headers["content-type"], "application/javascript");
        assert_eq!(got.headers["x-content-type-options"], "nosniff");
        assert!(got.text().starts_with("f([") && got.text().ends_with("])"));
        assert_eq!(got.text().contains("maria@example.org"), known, "{from}");
    }
    for path in ["/ui/get_menu", "/ui/get_services", "/admin/stats"] {
        let got = cloud
            .ask("GET", &format!("{path}?callback=alert(1)%2F%2F"), &[], "")
            .await;
        assert_eq!(got.status, 400, "{path}");
    }
    let got = cloud.ask("GET", "/ui/get_services", &[], "").await.json();
    let names: Vec<&str> = got
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["astakos", "pithos", "cyclades"]);
    assert_eq!(got[1]["url"], "http://host/pithos/ui");
    for key in ["cloudbar", "dashboard", "verbose_name", "order"] {
        assert!(got[0].get(key).is_some(), "{key}");
    }
}

// ID-API-10 ID-API-11
#[tokio::test]
async fn older_clients_find_their_addresses() {
    let cloud = Cloud::new(&[]);
    let (user, token) = cloud.active("maria@example.org").await;
    let who = ("X-Auth-Token", token.as_str());
    for path in [
        "/im/authenticate",
        "/ui/authenticate",
        "/astakos/ui/authenticate",
    ] {
        let got = cloud.ask("GET", path, &[who], "").await;
        assert_eq!(got.json()["uuid"], user.uuid.to_string(), "{path}");
        assert_eq!(cloud.ask("GET", path, &[], "").await.status, 401);
    }
    for (path, target) in [
        ("/im", "/ui/"),
        ("/im/profile?x=1", "/ui/profile?x=1"),
        ("/pithos/_astakos/ui/login", "/ui/login"),
        ("/cyclades/_astakos/ui", "/ui/"),
        ("/login?next=pithos://x", "/weblogin/login?next=pithos://x"),
    ] {
        let got = cloud.ask("GET", path, &[], "").await;
        assert_eq!(location(&got), target, "{path}");
    }
    let body = json!({"uuids": [user.uuid.to_string()]}).to_string();
    for path in [
        "/user_catalogs",
        "/pithos/_astakos/account/v1.0/user_catalogs",
    ] {
        let got = cloud.ask("POST", path, &[who, JSON], body.clone()).await;
        assert_eq!(
            got.json()["uuid_catalog"][user.uuid.to_string()],
            "maria@example.org"
        );
    }
    let got = cloud
        .ask("POST", "/service/api/user_catalogs", &[who, JSON], body)
        .await;
    assert_eq!(got.status, 401, "a person is no component");
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let got = cloud
        .ask("POST", "/feedback", &[who, form], "feedback_msg=hello")
        .await;
    assert_eq!((got.status.as_u16(), got.text()), (200, ""));
    let got = cloud
        .ask("POST", "/cyclades/_astakos/identity/v2.0/tokens", &[], "")
        .await;
    assert_eq!(got.status, 200);
}

// ID-API-08 ID-API-12
#[tokio::test]
async fn scripts_may_call_with_a_token_and_never_with_a_cookie() {
    let cloud = Cloud::new(&[]);
    cloud.active("maria@example.org").await;
    let cookie = cloud.cookie("maria@example.org").await;
    let from = ("Origin", "https://app.example");
    let got = cloud
        .ask("OPTIONS", "/identity/v2.0/tokens", &[from], "")
        .await;
    assert_eq!(got.status, 204);
    assert_eq!(got.headers["access-control-allow-origin"], "*");
    assert_eq!(got.headers["allow"], "POST");
    let methods = got.headers["access-control-allow-methods"]
        .to_str()
        .unwrap();
    assert!(methods.contains("POST") && methods.contains("DELETE"));
    let names = got.headers["access-control-allow-headers"]
        .to_str()
        .unwrap();
    assert!(names.contains("X-Auth-Token"));
    assert!(!got.headers.contains_key("access-control-allow-credentials"));
    let got = cloud.ask("OPTIONS", "/account/v1.0/quotas", &[], "").await;
    assert!(got.headers["allow"].to_str().unwrap().contains("GET"));
    let cookie = format!("sessionid={cookie}; mended=1");
    let headers = [("Cookie", cookie.as_str()), from];
    let got = cloud.ask("GET", "/account/v1.0/quotas", &headers, "").await;
    assert_eq!(got.status, 401);
    assert_eq!(got.headers["access-control-allow-origin"], "*");
    let got = cloud.ask("HEAD", "/identity/v2.0", &[], "").await;
    assert_eq!((got.status.as_u16(), got.body.len()), (200, 0));
}

// ID-SEC-24: guessing is slowed down, whoever knows a token is not.
#[tokio::test]
async fn an_address_with_many_bad_tokens_waits() {
    let cloud = Cloud::new(&[]);
    let (_, token) = cloud.active("maria@example.org").await;
    let cloud = cloud.behind(Peer("192.0.2.1:5".parse().unwrap()));
    let path = "/identity/v2.0/tokens";
    let ask = async |token: &str| {
        let body = json!({"auth": {"token": {"id": token}}}).to_string();
        cloud.ask("POST", path, &[JSON], body).await
    };
    for _ in 0..60 {
        assert_eq!(ask("nosuch").await.status, 401);
    }
    let got = ask("nosuch").await;
    assert_eq!(got.status, 429);
    assert_eq!(got.headers["retry-after"], "60");
    assert_eq!(ask(&token).await.status, 200);
    cloud
        .fixture
        .clock
        .advance(std::time::Duration::from_secs(60));
    assert_eq!(ask("nosuch").await.status, 401);
}

// CL-S-01 CL-S-02: what a Swift client by v2 is told.
#[tokio::test]
async fn a_swift_client_gets_the_address_of_its_account() {
    let cloud = Cloud::new(&[]);
    let (user, token) = cloud.active("maria@example.org").await;
    let uuid = user.uuid.to_string();
    let named = json!({"username": "Maria@example.org", "password": token});
    let key = json!({"username": uuid, "apiKey": token});
    for (body, url) in [
        (
            json!({"auth": {"passwordCredentials": named, "tenantName": uuid}}),
            format!("http://host/pithos/object-store/v1/{uuid}"),
        ),
        (
            json!({"auth": {"RAX-KSKEY:apiKeyCredentials": key}}),
            format!("http://host/pithos/object-store/v1/{uuid}"),
        ),
        (
            json!({"auth": {"passwordCredentials": named}}),
            "http://host/pithos/object-store/v1".to_owned(),
        ),
    ] {
        let path = "/identity/v2.0/tokens";
        let got = cloud.ask("POST", path, &[JSON], body.to_string()).await;
        let access = got.json()["access"].clone();
        assert_eq!(access["token"]["id"], token.as_str(), "{}", got.text());
        let all = access["serviceCatalog"].as_array().unwrap();
        let store = all.iter().find(|s| s["type"] == "object-store").unwrap();
        assert_eq!(store["endpoints"][0]["publicURL"], url);
    }
}
