//! The APIs as programs see them: common rules, identity and account, web login, OAuth2,
//! statistics, the cloudbar's feeds and what other services learn.

use super::{person, send, shown};
use crate::{
    client::{Client, PASSWORD, Visit, between, http, told},
    server::Server,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const USER: &str = "kpap@example.org";

fn get(server: &Server, path: &str) -> (u16, String, String) {
    told(http().get(format!("{}{path}", server.url)).send().unwrap())
}

/// Every `publicURL` of a catalogue.
fn addresses(access: &Value) -> BTreeSet<String> {
    let services = access["access"]["serviceCatalog"].as_array().unwrap();
    let each = services.iter().flat_map(|service| {
        let endpoints = service["endpoints"].as_array().unwrap();
        endpoints
            .iter()
            .map(|one| one["publicURL"].as_str().unwrap().to_owned())
    });
    each.collect()
}

// Acceptance checks of §1 of the APIs (ID-API-05 ID-API-07 ID-API-04)
#[test]
fn common_rules() {
    let server = Server::start("");
    let url = |path: &str| format!("{}{path}", server.url);
    let wrong = http().put(url("/identity/v2.0/tokens")).send().unwrap();
    assert_eq!(wrong.status().as_u16(), 405);
    assert_eq!(wrong.headers()["allow"], "POST");
    let (status, _, text) = get(&server, "/account/v1.0/nothing");
    let fault: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &fault["badRequest"]["code"]), (400, &json!(400)));
    assert_eq!(fault["badRequest"]["message"], "API endpoint not found");
    let failing = http().post(url("/identity/v2.0/tokens?format=xml"));
    let body = json!({"auth": {"token": {"id": "nobody's"}}});
    let failing = failing.json(&body).send().unwrap();
    assert_eq!(failing.status().as_u16(), 401);
    let kind = failing.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = failing.text().unwrap();
    assert!(kind.starts_with("application/xml"), "{kind}");
    assert!(
        text.contains("<unauthorized") && text.contains("code=\"401\""),
        "{text}"
    );
}

// Acceptance checks of identity and account (ID-KST-10 ID-KST-11 ID-ACC-01 ID-ACC-10 ID-ACC-15 ID-ADM-01 ID-ADM-04)
#[test]
fn identity_and_account() {
    let mut server = Server::start("");
    person(&server, USER);
    person(&server, "other@example.org");
    let url = |path: &str| format!("{}{path}", server.url);
    let public = http().post(url("/identity/v2.0/tokens")).send().unwrap();
    assert_eq!(public.status().as_u16(), 200);
    let public: Value = public.json().unwrap();
    assert!(public["access"].get("token").is_none(), "{public}");
    let client = Client::log_in(&server, USER, PASSWORD);
    let own = client.json(
        client
            .post("/identity/v2.0/tokens")
            .json(&json!({"auth": {"token": {"id": client.token}}})),
    );
    assert_eq!(addresses(&own).len(), addresses(&public).len());
    assert_eq!(own["access"]["token"]["id"], client.token);
    assert_eq!(own["access"]["user"]["id"], client.uuid);
    for address in addresses(&own) {
        let path = address.strip_prefix(&server.url).unwrap();
        let path = if path.ends_with("/v1") {
            format!("{path}/{}", client.uuid)
        } else {
            path.to_owned()
        };
        let (status, body) = client.try_json(client.get(&path));
        // A root answers with its version or, where it has none, with a fault of its own; two
        // are for browsers, whose pages lie below them.
        let browsers = ["/oauth2", "/weblogin"]
            .iter()
            .any(|root| path.ends_with(root));
        let fault = body
            .as_object()
            .is_some_and(|one| one.values().any(|value| value.get("code").is_some()));
        assert!(
            status < 400 || fault || browsers,
            "{address}: {status} {body}"
        );
        assert!(status < 500, "{address}: {status} {body}");
    }

    let other = Client::log_in(&server, "other@example.org", PASSWORD);
    let pair = json!({"auth": {"passwordCredentials": {"username": other.uuid, "password": client.token}}});
    assert_eq!(
        client
            .try_json(client.post("/identity/v2.0/tokens").json(&pair))
            .0,
        401
    );

    let ask = |body: Value| client.json(client.post("/account/v1.0/user_catalogs").json(&body));
    let both = ask(json!({"uuids": [other.uuid], "displaynames": ["other@example.org"]}));
    assert_eq!(both["uuid_catalog"][&other.uuid], "other@example.org");
    assert_eq!(both["displayname_catalog"]["other@example.org"], other.uuid);
    let none = ask(json!({"uuids": null}));
    assert_eq!(none["uuid_catalog"], json!({}));
    let made = server.manage_ok(&[
        "component-add",
        "lab",
        "--base-url",
        "https://lab.example.org",
    ]);
    let token = made.rsplit(' ').next().unwrap().trim();
    let all = http().post(url("/account/v1.0/service/user_catalogs"));
    let all = all
        .header("X-Auth-Token", token)
        .json(&json!({"uuids": null, "displaynames": null}));
    let all: Value = all.send().unwrap().json().unwrap();
    assert_eq!(all["uuid_catalog"].as_object().unwrap().len(), 2, "{all}");

    let me = client.json(client.get("/account/v1.0/authenticate"));
    assert_eq!(me["uuid"], client.uuid);
    let created = me["auth_token_created"].as_i64().unwrap();
    assert!(created > 1_500_000_000_000, "milliseconds: {created}");

    let users = "/identity/v2.0/users";
    let add = json!({"user": {"username": "new@example.org", "first_name": "A", "last_name": "B"}});
    assert_eq!(client.try_json(client.get(users)).0, 400);
    std::fs::write(
        server.config().join("60.conf"),
        "ASTAKOS_ADMIN_API_ENABLED = True\nASTAKOS_ADMIN_API_PERMITTED_GROUPS = ['admin-api']\n",
    )
    .unwrap();
    server.stop();
    server.resume();
    assert_eq!(client.try_json(client.get(users)).0, 403);
    server.manage_ok(&["group-add", "admin-api"]);
    server.manage_ok(&["user-modify", USER, "--add-group", "admin-api"]);
    let made = client.json(client.post(users).json(&add));
    let password = made["user"]["password"].as_str().unwrap();
    Client::log_in(&server, "new@example.org", password);
}

// Acceptance check of web login (ID-WEB-01 ID-WEB-04 ID-SEC-11)
#[test]
fn web_login() {
    let server = Server::start("");
    person(&server, USER);
    let visit = Visit::start(&server).log_in(USER, PASSWORD);
    for next in ["https://evil.example/", "customscheme://localhost/"] {
        let path = format!(
            "/weblogin/login?next={}",
            next.replace(':', "%3A").replace('/', "%2F")
        );
        assert_eq!(visit.ask(&path).0, 403, "{next}");
    }
    assert_eq!(visit.ask("/weblogin/login").0, 400);
    let path = "/weblogin/login?next=pithos%3A%2F%2Flocalhost%2F";
    let anonymous = Visit::start(&server).ask(path);
    assert!(
        anonymous.0 == 302 && anonymous.1.starts_with("/ui/login?next="),
        "{}",
        anonymous.1
    );
    let (status, _, page) = visit.ask(path);
    assert_eq!(status, 200, "the first time it asks");
    let (status, to, _) = send(
        &visit,
        &page,
        path,
        "class=\"form\" method=\"post\"",
        &[("accept", "1")],
    );
    let client = Client::log_in(&server, USER, PASSWORD);
    assert_eq!(status, 302);
    assert!(to.starts_with("pithos://localhost/?"), "{to}");
    assert!(
        to.contains(&format!("token={}", client.token))
            && to.contains(&format!("uuid={}", client.uuid))
    );
    assert_eq!(visit.ask(path).0, 302, "the second time it does not ask");
}

// Acceptance checks of OAuth2 (ID-OA2-03 ID-OA2-05 ID-OA2-06 ID-OA2-12 ID-OA2-13)
#[test]
fn oauth2() {
    // Plain HTTP on this machine only counts as secure where DEBUG says so.
    let server = Server::start("DEBUG = True\n");
    person(&server, USER);
    let add = |name: &str, trusted: bool| {
        let mut args = vec![
            "oauth2-client-add",
            name,
            "--secret",
            "s3cret",
            "--type",
            "confidential",
        ];
        args.extend(["--url", "https://view.example.org/cb"]);
        args.extend(trusted.then_some("--is-trusted"));
        server.manage_ok(&args);
    };
    add("own", true);
    add("foreign", false);
    let visit = Visit::start(&server).log_in(USER, PASSWORD);
    let redirect = "https%3A%2F%2Fview.example.org%2Fcb";
    for wrong in [
        format!("client_id=own&redirect_uri={redirect}"),
        format!("response_type=token&client_id=own&redirect_uri={redirect}"),
        format!("response_type=what&client_id=own&redirect_uri={redirect}"),
        format!("response_type=code&client_id=nobody&redirect_uri={redirect}"),
        "response_type=code&client_id=own&redirect_uri=%2Fcb".to_owned(),
        "response_type=code&client_id=own&redirect_uri=https%3A%2F%2Fevil.example%2Fcb".to_owned(),
        format!("response_type=code&client_id=own&redirect_uri={redirect}x"),
    ] {
        let (status, to, text) = visit.ask(&format!("/oauth2/auth?{wrong}"));
        assert_eq!((status, to.as_str()), (400, ""), "{wrong}: {text}");
    }
    let ask = |client: &str, below: &str| {
        format!(
            "/oauth2/auth?response_type=code&client_id={client}&state=st&redirect_uri={redirect}{below}"
        )
    };
    assert!(
        Visit::start(&server)
            .ask(&ask("foreign", ""))
            .1
            .starts_with("/ui/login?next=")
    );
    let (status, _, consent) = visit.ask(&ask("foreign", ""));
    assert!(
        status == 200 && consent.contains("name=\"accept\""),
        "{consent}"
    );
    let (status, to, _) = visit.ask(&ask("own", "%2Fx"));
    assert!(
        status == 302 && to.starts_with("https://view.example.org/cb/x?"),
        "{to}"
    );
    let (status, to, _) = visit.ask(&ask("own", ""));
    assert!(status == 302 && to.contains("state=st"), "{to}");
    let code = between(&format!("{to}&"), "code=", "&").to_owned();
    let take = |client: &str, secret: &str, uri: &str, code: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", uri),
        ];
        let request = http().post(format!("{}/oauth2/token", server.url));
        told(
            request
                .basic_auth(client, Some(secret))
                .form(&form)
                .send()
                .unwrap(),
        )
    };
    let uri = "https://view.example.org/cb";
    assert_eq!(take("own", "wrong", uri, &code).0, 400);
    assert_eq!(take("foreign", "s3cret", uri, &code).0, 400);
    assert_eq!(
        take("own", "s3cret", "https://view.example.org/cb/y", &code).0,
        400
    );
    let (status, _, text) = take("own", "s3cret", uri, &code);
    assert_eq!(status, 200, "{text}");
    let token: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&token["token_type"], &token["expires_in"]),
        (&json!("Bearer"), &json!(20))
    );
    assert_eq!(take("own", "s3cret", uri, &code).0, 400, "works twice");
    let access = token["access_token"].as_str().unwrap();
    let own = format!("/identity/v2.0/tokens/{access}?belongsTo={redirect}");
    let (status, _, text) = get(&server, &own);
    assert_eq!(status, 200, "{text}");
    let (status, ..) = get(
        &server,
        &format!("/identity/v2.0/tokens/{access}?belongsTo=https%3A%2F%2Fother.example"),
    );
    assert_eq!(status, 404);
}

// Acceptance checks of statistics (ID-STA-01 ID-STA-02)
#[test]
fn statistics() {
    let server = Server::start("ASTAKOS_ADMIN_STATS_PERMITTED_GROUPS = ['admin-stats']\n");
    for user in [USER, "other@example.org"] {
        person(&server, user);
    }
    super::sign_up(&server, "new@example.org");
    let (status, _, text) = get(&server, "/admin/stats");
    let figures: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status, 200);
    let list = |args: &[&str]| {
        let mut all = vec!["user-list", "--output-format", "json"];
        all.extend(args);
        let text = server.manage_ok(&all);
        serde_json::from_str::<Vec<Value>>(&text).unwrap().len()
    };
    assert_eq!(figures["users"]["total"], json!(list(&[])));
    assert_eq!(figures["users"]["active"], json!(list(&["--active"])));
    let client = Client::log_in(&server, USER, PASSWORD);
    let detail = || client.try_json(client.get("/admin/stats/detail"));
    assert_eq!(detail().0, 403);
    server.manage_ok(&["group-add", "admin-stats"]);
    server.manage_ok(&["user-modify", USER, "--add-group", "admin-stats"]);
    let (status, told) = detail();
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["users"]["all"]["total"], json!(3));
    assert_eq!(told["users"]["local"]["exclusive"], json!(2));
}

// Acceptance checks of the cloudbar and of security 5 (ID-CLB-01 ID-MNU-01 ID-SEC-21)
#[test]
fn the_bar() {
    let server = Server::start("");
    let shown = || {
        let (_, _, text) = get(&server, "/ui/get_services");
        let all: Vec<Value> = serde_json::from_str(&text).unwrap();
        let seen = all
            .iter()
            .filter(|one| one["cloudbar"]["show"] == json!(true));
        let names = seen.map(|one| one["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(shown(), ["pithos", "cyclades"]);
    let setting = "ASTAKOS_COMPONENTS_META = {'pithos': {'cloudbar': {'show': False}}}\n";
    std::fs::write(server.config().join("60.conf"), setting).unwrap();
    server.manage_ok(&["settings-reload"]);
    assert_eq!(shown(), ["cyclades"]);
    assert_eq!(get(&server, "/ui/get_menu?callback=alert(1)//").0, 400);
}

// Acceptance check of the interface (ID-INT-01 ID-ACT-10): a deactivated account is out at once
#[test]
fn other_services_hear_of_it() {
    let server = Server::start("");
    person(&server, USER);
    let client = Client::log_in(&server, USER, PASSWORD);
    let ask = || {
        client
            .try_json(client.get("/cyclades/compute/v2.0/servers"))
            .0
    };
    assert_eq!(ask(), 200);
    let file = client.file("box");
    assert_eq!(client.put(&file).send().unwrap().status().as_u16(), 201);
    server.manage_ok(&["user-modify", USER, "--set-inactive"]);
    assert_eq!(ask(), 401);
    assert_eq!(client.get(&file).send().unwrap().status().as_u16(), 401);
    assert!(shown(&server, USER, "status").starts_with("Accepted/Inactive"));
}

// Acceptance check of the account pages (ID-DSH-04 ID-DSH-05 ID-DSH-06 ID-UI-10)
#[test]
fn account_pages() {
    let server = Server::start("BRANDING_SERVICE_NAME = 'My cloud'\n");
    person(&server, USER);
    let visit = Visit::start(&server).log_in(USER, PASSWORD);
    let stranger = Visit::start(&server);
    for path in [
        "/ui/landing",
        "/ui/profile",
        "/ui/api_access",
        "/ui/usage",
        "/ui/feedback",
        "/ui/sessions",
    ] {
        let page = visit.get(path);
        assert!(page.contains("<h1"), "{path}: {page}");
        let (status, to, _) = stranger.ask(path);
        let name = path.rsplit('/').next().unwrap().replace('_', "%5F");
        assert!(
            status == 302 && to.starts_with("/ui/login?next=") && to.ends_with(&name),
            "{path}: {to}"
        );
    }
    let client = Client::log_in(&server, USER, PASSWORD);
    let file = visit.get("/ui/.kamakirc");
    let (mut section, mut found) = (String::new(), Vec::new());
    for line in file.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.strip_prefix('[') {
            Some(name) => name.trim_end_matches(']').clone_into(&mut section),
            None => {
                let (key, value) = line.split_once(" = ").expect("a line of an INI file");
                found.push((section.clone(), key.to_owned(), value.to_owned()));
            }
        }
    }
    let own = (
        "cloud \"my_cloud\"".to_owned(),
        "token".to_owned(),
        client.token.clone(),
    );
    assert!(found.contains(&own), "{file}");

    let page = visit.get("/ui/profile");
    let answer = send(
        &visit,
        &page,
        "/ui/profile",
        "profile-form",
        &[
            ("first_name", "Kostis"),
            ("last_name", "Papas"),
            ("language", "en"),
        ],
    );
    assert_eq!(answer.0, 302, "{}", answer.2);
    assert!(visit.get("/ui/profile").contains("value=\"Kostis\""));
    let answer = visit.submit("/ui/remove_auth_provider/4711", &page, &[]);
    assert_eq!(answer.status().as_u16(), 404);
}
