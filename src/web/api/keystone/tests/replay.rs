//! The recorded exchanges that these services offer, played back in order.

use super::Cloud;
use identity::UserChange;
use kernel::{UserId, settings::Value as Setting};
use serde_json::Value;

const RECORDED: &str = include_str!("../../../../../tests/golden/identity.json");

/// Differences that are intended (ID-API-01, 04, 07, 13; ID-KST-01, 02, 03), with the
/// status that is right here; only the status of these is compared.
const INTENDED: &[(&str, u16)] = &[
    ("versions", 200),
    ("versions-noslash", 200),
    ("version-details", 200),
    ("version-details-slash", 200),
    ("version-details-json", 200),
    ("version-details-xml-accept", 200),
    ("tokens-by-token-no-content-type", 200),
    ("tokens-list-body", 400),
    ("unknown-version", 200),
    // ID-ADM-10, ID-ADM-04, and the mark of a token that is new here.
    ("users-delete", 405),
    ("users-create-new", 200),
    ("users-action-renew-token", 200),
];

/// Keys of instants.
const TIMES: [&str; 5] = [
    "expires",
    "moderated_at",
    "verified_at",
    "date_joined",
    "auth_token_expires",
];

/// Values that differ from place to place.
struct Places(Vec<(String, String)>);

impl Places {
    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (place, value) in &self.0 {
            text = text.replace(&format!("{{{{{place}}}}}"), value);
        }
        text
    }
}

/// Recorded values made ours; times differ and quota defaults were set to match.
fn same(key: &str, recorded: &Value, got: &Value) -> bool {
    match (recorded, got) {
        (Value::Object(a), Value::Object(b)) => {
            let more = b.keys().filter(|k| !a.contains_key(*k));
            // ID-RES-09 adds one key.
            more.into_iter().all(|k| k == "allow_in_projects")
                && a.iter()
                    .all(|(k, v)| b.get(k).is_some_and(|w| same(k, v, w)))
        }
        // ID-API-14: ours are in the order of creation.
        (Value::Array(a), Value::Array(b)) if key == "users" => {
            a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| same("", a, b)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(key, a, b))
        }
        (Value::String(a), Value::String(b)) if TIMES.contains(&key) => {
            a.ends_with("+00:00") && b.ends_with("+00:00")
        }
        (a, b) => a == b,
    }
}

async fn cloud(recorded: &[Value]) -> (Cloud, Places) {
    let base = |path: &str| Setting::Str(format!("http://host/astakos{path}"));
    let text = |text: &str| Setting::Str(text.into());
    let cloud = Cloud::new(&[
        ("ASTAKOS_BASE_URL", base("")),
        ("CYCLADES_BASE_URL", text("http://host/cyclades")),
        ("PITHOS_BASE_URL", text("http://host/pithos")),
        ("ASTAKOS_MODERATION_ENABLED", Setting::Bool(true)),
        ("ASTAKOS_ADMIN_API_ENABLED", Setting::Bool(true)),
    ]);
    // The limits of the recorded instance.
    let quotas = recorded.iter().find(|e| e["name"] == "quotas").unwrap();
    let quotas: Value = serde_json::from_str(quotas["response"]["body"].as_str().unwrap()).unwrap();
    let limits = quotas["{{ALICE_UUID}}"].as_object().unwrap().clone();
    cloud
        .fixture
        .store
        .write(move |tx| {
            limits.iter().try_for_each(|(name, numbers)| {
                quota::set_system_default(tx, name, numbers["limit"].as_u64().unwrap())
            })
        })
        .await
        .unwrap();
    let accept = || vec![UserChange::Verify, UserChange::Accept];
    let reject = vec![
        UserChange::Verify,
        UserChange::Reject("unknown affiliation".into()),
    ];
    let mut places = vec![("HOST".to_owned(), "host".to_owned())];
    let groups = &["admin-api", "admin-stats"][..];
    for (name, last, groups, changes) in [
        ("Ada", "Admin", groups, accept()),
        ("Alice", "Liddell", &[], accept()),
        ("Bob", "Builder", &[], accept()),
        ("Carol", "Danvers", &[], reject),
        ("Dave", "Bowman", &[], accept()),
    ] {
        let local = if name == "Ada" { "Admin" } else { name };
        let email = format!("{}@example.org", local.to_lowercase());
        let (user, token) = cloud.user(&email, (name, last), groups, changes).await;
        places.push((
            format!("{}_UUID", local.to_uppercase()),
            user.uuid.to_string(),
        ));
        places.push((format!("{}_TOKEN", local.to_uppercase()), token));
    }
    (cloud, Places(places))
}

// ID-KST-10 ID-KST-11 ID-KST-12 ID-KST-13 ID-KST-14 ID-KST-20 ID-API-02 ID-API-03 ID-API-05
// ID-API-06 ID-API-07 ID-API-13 ID-ADM-02 … ID-ADM-09 ID-ACC-05 ID-ACC-10 ID-ACC-11 ID-ACC-20 ID-QAP-01 ID-RES-09
#[tokio::test]
async fn the_recorded_exchanges_go_as_recorded() {
    let recorded: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    let (cloud, places) = cloud(&recorded).await;
    let mut wrong = Vec::new();
    for exchange in &recorded {
        let name = exchange["name"].as_str().unwrap();
        let (request, answer) = (&exchange["request"], &exchange["response"]);
        let path = places.fill(request["path"].as_str().unwrap());
        let headers = request["headers"].as_object().unwrap();
        let headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| (name.clone(), places.fill(value.as_str().unwrap())))
            .collect();
        let headers: Vec<_> = headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let body = places.fill(request["body"].as_str().unwrap_or_default());
        let got = cloud
            .ask(request["method"].as_str().unwrap(), &path, &headers, body)
            .await;
        let intended = INTENDED.iter().find(|(known, _)| *known == name);
        let status = intended.map_or(answer["status"].as_u64().unwrap(), |(_, s)| u64::from(*s));
        if u64::from(got.status.as_u16()) != status {
            wrong.push(format!("{name}: {} {}", got.status, got.text()));
            continue;
        }
        for header in ["vary", "cache-control"] {
            assert!(got.headers.contains_key(header), "{name}: {header}");
        }
        let body = places.fill(answer["body"].as_str().unwrap_or_default());
        let same = match serde_json::from_str::<Value>(&body) {
            _ if intended.is_some() => true,
            Ok(recorded) => {
                assert_eq!(
                    got.headers["content-type"]
                        .to_str()
                        .unwrap()
                        .to_ascii_lowercase()
                        .split(';')
                        .next(),
                    Some("application/json"),
                    "{name}"
                );
                same("", &recorded, &got.json())
            }
            // XML is written another way; its values are compared by the tests of `wire`.
            Err(_) if body.starts_with("<?xml") => got.text().starts_with("<?xml"),
            Err(_) => got.text() == body,
        };
        if !same {
            wrong.push(format!("{name}: {}\n  wanted {body}", got.text()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let alice: UserId = places.fill("{{ALICE_UUID}}").parse().unwrap();
    assert_eq!(
        cloud
            .state
            .identity
            .user(alice)
            .await
            .unwrap()
            .default_project,
        alice.own_project()
    );
}
