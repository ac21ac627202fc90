//! All recorded exchanges of identity, played back in order (ID-REC).

use super::{
    Cloud,
    intended::{INTENDED, Row},
};
use crate::server::Peer;
use identity::{
    UserChange,
    oauth2::{ClientKind, NewClient},
};
use kernel::{
    UserId,
    secret::{ExposeSecret, SecretString},
    settings::Value as Setting,
};
use serde_json::Value;
use std::collections::BTreeSet;

const RECORDED: &str = include_str!("../../../../../tests/golden/identity.json");

/// Keys of instants (ID-REC-05).
const TIMES: [&str; 6] = [
    "expires",
    "moderated_at",
    "verified_at",
    "date_joined",
    "auth_token_expires",
    "datetime",
];

/// The form of an instant: its digits, its fraction, its offset (ID-REC-05).
fn form(instant: &str) -> String {
    let kind = |c: char| match c {
        _ if c.is_ascii_digit() => '0',
        _ if c.is_ascii_alphabetic() => 'a',
        _ => c,
    };
    instant.chars().map(kind).collect()
}

/// Values that differ from place to place; some are bound when they first come.
struct Places(Vec<(String, String)>);

impl Places {
    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (place, value) in &self.0 {
            text = text.replace(&format!("{{{{{place}}}}}"), value);
        }
        text
    }

    /// Compares, and binds what is not known yet.
    fn same(&mut self, key: &str, recorded: &Value, got: &Value) -> bool {
        match (recorded, got) {
            (Value::Object(a), Value::Object(b)) => {
                let same = |(k, v): (&String, &Value)| {
                    let other = b.get(k);
                    other.is_some_and(|other| self.same(k, v, other))
                };
                a.len() == b.len() && a.iter().all(same)
            }
            // ID-API-14: ours are in the order of creation.
            (Value::Array(a), Value::Array(b)) if key == "users" => {
                let mut found = |a: &Value| b.iter().any(|b| self.same("", a, b));
                a.len() == b.len() && a.iter().all(&mut found)
            }
            (Value::Array(a), Value::Array(b)) => {
                let mut pairs = a.iter().zip(b);
                a.len() == b.len() && pairs.all(|(a, b)| self.same(key, a, b))
            }
            (Value::String(a), Value::String(b)) if TIMES.contains(&key) => form(a) == form(b),
            (Value::String(a), Value::String(b)) => self.text(a, b),
            (a, b) => a == b,
        }
    }

    fn text(&mut self, recorded: &str, got: &str) -> bool {
        let place = recorded
            .strip_prefix("{{")
            .and_then(|p| p.strip_suffix("}}"));
        if let Some(place) = place.filter(|place| !place.contains("}}")) {
            self.0.push((place.to_owned(), got.to_owned()));
            return !got.is_empty();
        }
        recorded == got
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .unwrap()
        .into_owned()
}

/// An address with its parameters in order, those of addresses in them too.
fn canonical(url: &str) -> String {
    let Some((base, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let pairs = query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        format!("{name}={}", canonical(&decoded(value)))
    });
    let pairs: BTreeSet<String> = pairs.collect();
    format!("{base}?{}", pairs.into_iter().collect::<Vec<_>>().join("&"))
}

/// An XML document without what may be written another way (ID-REC-07).
fn tree(text: &str) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut lines = Vec::new();
    let mut depth = 0;
    let name = |text: &str| text.to_owned();
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = tag.attributes().map(Result::unwrap);
                let attributes: BTreeSet<String> = attributes
                    .map(|a| (name(a.key.as_ref()), name(&a.value)))
                    .filter(|(key, _)| !key.starts_with("xmlns:"))
                    .map(|(key, value)| match key.as_str() {
                        "expires" => key,
                        _ => format!("{key}={value}"),
                    })
                    .collect();
                lines.push(format!(
                    "{depth} {} {attributes:?}",
                    name(tag.name().as_ref())
                ));
                depth += i32::from(matches!(event, Event::Start(_)));
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                let text = name(text);
                lines.extend((!text.trim().is_empty()).then(|| text.trim().to_owned()));
            }
            Event::Eof => return lines,
            _ => {}
        }
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
    // A day and a second whose forms are as long as the recorded ones.
    let later = std::time::Duration::from_micros(20 * 86_400_000_000 + 926_691);
    cloud.fixture.clock.advance(later);
    // The limits of the recorded instance.
    let quotas = recorded.iter().find(|e| e["name"] == "quotas").unwrap();
    let quotas: Value = serde_json::from_str(quotas["response"]["body"].as_str().unwrap()).unwrap();
    let limits = quotas["{{ALICE_UUID}}"].as_object().unwrap().clone();
    let limited = cloud.fixture.store.write(move |tx| {
        quota::set_system_default(tx, "astakos.pending_app", 30)?;
        limits.iter().try_for_each(|(name, numbers)| {
            quota::set_system_default(tx, name, numbers["limit"].as_u64().unwrap())
        })
    });
    limited.await.unwrap();
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
        let place = |what: &str| format!("{}_{what}", local.to_uppercase());
        places.push((place("UUID"), user.uuid.to_string()));
        places.push((place("TOKEN"), token));
    }
    more_state(&cloud, &mut places).await;
    (cloud, Places(places))
}

/// Components, the OAuth 2 client, and a browser in which Alice is logged in.
async fn more_state(cloud: &Cloud, places: &mut Vec<(String, String)>) {
    let identity = &cloud.state.identity;
    let root = super::root();
    let registering = identity.clone();
    let registered = tokio::task::spawn_blocking(move || registering.register_components());
    registered.await.unwrap().unwrap();
    let all = identity.components(&root).await.unwrap();
    let pithos = all.into_iter().find(|c| c.name == "pithos").unwrap();
    let token = pithos.token.expose_secret().to_owned();
    places.push(("PITHOS_SERVICE_TOKEN".to_owned(), token));
    let client = NewClient {
        identifier: "client1".into(),
        secret: Some(SecretString::from("s3cret".to_owned())),
        kind: ClientKind::Confidential,
        is_trusted: true,
        urls: vec!["http://host/cb".into()],
    };
    identity.oauth2_client_add(&root, client).await.unwrap();
    let cookie = cloud.cookie("alice@example.org").await;
    places.push(("SESSION".to_owned(), cookie));
}

/// The prefixes that an XML document declares.
fn declared(text: &str) -> BTreeSet<&str> {
    let each = text.split("xmlns:").skip(1);
    each.map(|rest| rest.split('=').next().unwrap()).collect()
}

/// What is wrong with one answer; `like` is the exchange whose body is meant.
fn compare(
    places: &mut Places,
    exchange: &Value,
    like: &Value,
    got: &super::Got,
    row: Option<&Row>,
) -> Result<(), String> {
    let answer = &exchange["response"];
    let recorded_status = answer["status"].as_u64().unwrap();
    let status = row.map_or(recorded_status, |row| u64::from(row.status));
    let was = |what: &str| {
        Err(format!(
            "{what}: {} {:?} {}",
            got.status,
            got.headers,
            got.text()
        ))
    };
    if u64::from(got.status.as_u16()) != status {
        return was("status");
    }
    let headers = answer["headers"].as_array().unwrap();
    let header = |name: &str| {
        let found = headers
            .iter()
            .find(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(name));
        found.map(|pair| pair[1].as_str().unwrap())
    };
    let ours = |name: &str| got.headers.get(name).map_or("", |v| v.to_str().unwrap());
    if recorded_status == status {
        let parts = |text: &str| -> BTreeSet<String> {
            text.split(',').map(|part| part.trim().to_owned()).collect()
        };
        if let Some(allow) = header("allow")
            && parts(allow) != parts(ours("allow"))
        {
            return was("allow");
        }
        if let Some(place) = header("location") {
            if let (Some((_, code)), true) = (
                ours("location").split_once("?code="),
                place.ends_with("{{OAUTH2_CODE}}"),
            ) {
                places.0.push(("OAUTH2_CODE".into(), code.into()));
            }
            if canonical(&places.fill(place)) != canonical(ours("location")) {
                return was("location");
            }
        }
    }
    let body = places.fill(like["response"]["body"].as_str().unwrap_or_default());
    let kind = |text: &str| text.split(';').next().unwrap().to_ascii_lowercase();
    if body.starts_with("<?xml") {
        if kind(ours("content-type")) != "application/xml" {
            return was("type");
        }
        let prefixes = declared(got.text());
        let as_they_are = row.is_none() && prefixes == declared(&body);
        if !(as_they_are || row.is_some() && prefixes.contains("SNF")) {
            return was("prefixes");
        }
        return match tree(&body) == tree(got.text()) {
            true => Ok(()),
            false => Err(format!("{:#?}\n{:#?}", tree(&body), tree(got.text()))),
        };
    }
    let recorded = match (serde_json::from_str::<Value>(&body), row) {
        (Ok(recorded), _) => recorded,
        (Err(_), Some(_)) => Value::Null,
        (Err(_), None) => {
            return if got.text() == body {
                Ok(())
            } else {
                was("text")
            };
        }
    };
    if kind(ours("content-type")) != "application/json" {
        return was("type");
    }
    if row.is_none() && header("content-type").map(kind).as_deref() != Some("application/json") {
        return was("recorded type");
    }
    let wanted = row.map_or(recorded.clone(), |row| (row.body)(&recorded, &got.json()));
    let wanted: Value = serde_json::from_str(&places.fill(&wanted.to_string())).unwrap();
    match places.same("", &wanted, &got.json()) {
        true => Ok(()),
        false => Err(format!("{}\n  wanted {wanted}", got.text())),
    }
}

// ID-REC-03 ID-REC-04 ID-REC-05 ID-REC-06 ID-REC-07 ID-REC-08
// ID-KST-10 ID-KST-11 ID-KST-12 ID-KST-13 ID-KST-14 ID-KST-15 ID-KST-20 ID-KST-21 ID-API-01 ID-API-02 ID-API-03
// ID-API-04 ID-API-05 ID-API-06 ID-API-07 ID-API-13 ID-API-14 ID-ADM-02 ID-ADM-03 ID-ADM-04 ID-ADM-05 ID-ADM-06
// ID-ADM-07 ID-ADM-08 ID-ADM-09 ID-ADM-10 ID-ACC-05 ID-ACC-10 ID-ACC-11 ID-ACC-15 ID-ACC-20 ID-QAP-01 ID-RES-09
// ID-STA-01 ID-STA-02 ID-OA2-01 ID-OA2-02 ID-OA2-03 ID-OA2-04 ID-OA2-05 ID-OA2-07 ID-OA2-11 ID-OA2-12 ID-OA2-13
#[tokio::test]
async fn the_recorded_exchanges_go_as_recorded() {
    let recorded: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    let (cloud, mut places) = cloud(&recorded).await;
    let cloud = cloud.behind(Peer("127.0.0.1:5000".parse().unwrap()));
    let mut wrong = Vec::new();
    for exchange in &recorded {
        let name = exchange["name"].as_str().unwrap();
        let request = &exchange["request"];
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
        let method = request["method"].as_str().unwrap();
        let got = cloud.ask(method, &path, &headers, body).await;
        assert!(got.headers.contains_key("cache-control"), "{name}");
        assert!(
            path.contains("/oauth2/") || got.headers.contains_key("vary"),
            "{name}"
        );
        let row = INTENDED.iter().find(|row| row.names.contains(&name));
        if let Some(row) = row {
            let known = places.0.len();
            let strict = compare(&mut places, exchange, exchange, &got, None);
            places.0.truncate(known);
            assert!(
                strict.is_err(),
                "{name}: {} is no difference any more",
                row.why
            );
        }
        let like = row.and_then(|row| row.like).map(|like| {
            let found = recorded.iter().find(|one| one["name"] == like);
            found.unwrap()
        });
        let like = like.unwrap_or(exchange);
        if let Err(text) = compare(&mut places, exchange, like, &got, row) {
            wrong.push(format!("{name}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let names: BTreeSet<&str> = recorded
        .iter()
        .map(|e| e["name"].as_str().unwrap())
        .collect();
    let rows = INTENDED.iter().flat_map(|row| row.names);
    assert!(rows.into_iter().all(|name| names.contains(name)));
    let alice: UserId = places.fill("{{ALICE_UUID}}").parse().unwrap();
    let user = cloud.state.identity.user(alice).await.unwrap();
    assert_eq!(user.default_project, alice.own_project());
}
