//! The recorded exchanges that this service offers, played back in order
//! (PI-REC-01). Between two parts of the recording, what copies and updates left
//! behind is put in place directly.

use super::{Client, Got};
use crate::testing::person;
use axum::body::Body;
use http::Request;
use kernel::{Caller, Digest};
use objects::{Conditions, ContainerPath, Content, META, ObjectPath, Upload};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

const RECORDED: &str = include_str!("../../../../../tests/golden/object-store.json");

/// Differences that are intended, with the status that is right here (PI-REC-02).
const INTENDED: [(&str, u16); 9] = [
    ("top-noslash", 204),
    ("container-put-bad-project", 400),
    ("hashmap-put-missing-xml-reply", 409),
    ("hashmap-put-xml", 201),
    ("hashmap-put-wrong-block-hash", 400),
    ("hashmap-put-wrong-block-size", 400),
    ("if-range-match", 206),
    ("if-range-unquoted", 206),
    ("if-range-date", 206),
];

/// What placeholders and recorded numbers stand for, bound at first use.
#[derive(Default)]
struct Bound {
    texts: HashMap<String, String>,
    versions: HashMap<u64, u64>,
    /// Last-Modified by recorded path, to be sent back in conditions.
    modified: HashMap<String, String>,
}

impl Bound {
    fn same_text(&mut self, recorded: &str, got: &str) -> bool {
        if !recorded.contains("{{") {
            return recorded == got;
        }
        let bound = self.texts.entry(recorded.to_owned());
        bound.or_insert_with(|| got.to_owned()) == got
    }

    fn same_version(&mut self, recorded: u64, got: u64) -> bool {
        *self.versions.entry(recorded).or_insert(got) == got
    }

    fn same(&mut self, key: &str, recorded: &Value, got: &Value) -> bool {
        match (recorded, got) {
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same(key, a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .all(|(k, v)| b.get(k).is_some_and(|w| self.same(k, v, w)))
            }
            (Value::String(a), Value::String(b)) => {
                let time = key.contains("timestamp") || key.contains("modified") && a.contains(':');
                let project = key == "project" && a == "nosuch";
                time || key == "versions" || project || self.same_text(a, b)
            }
            (Value::Number(a), Value::Number(b))
                if ["versions", "x_object_version"].contains(&key) =>
            {
                self.same_version(a.as_u64().unwrap(), b.as_u64().unwrap())
            }
            (a, b) => a == b,
        }
    }

    fn filled(&self, text: &str) -> String {
        let mut text = text
            .replace("{{ALICE_UUID}}", &person(1).to_string())
            .replace("{{BOB_UUID}}", &person(2).to_string())
            .replace("{{ALICE_TOKEN}}", "user-1")
            .replace("{{BOB_TOKEN}}", "user-2")
            .replace("{{HOST}}", "host");
        if let Some((start, version)) = text.split_once("version=")
            && let Ok(version) = version.parse::<u64>()
            && let Some(now) = self.versions.get(&version)
        {
            text = format!("{start}version={now}");
        }
        text
    }
}

fn bytes(body: &Value) -> Vec<u8> {
    match body {
        Value::String(text) => text.clone().into_bytes(),
        Value::Object(map) => {
            let mut all = Vec::new();
            for part in map["$repeat"].as_array().unwrap() {
                let times = part[1].as_u64().unwrap() as usize;
                all.extend(part[0].as_str().unwrap().repeat(times).into_bytes());
            }
            all
        }
        _ => Vec::new(),
    }
}

async fn play(client: &Client, bound: &mut Bound, exchange: &Value) -> Got {
    let path = exchange["path"].as_str().unwrap();
    let mut request = Request::builder()
        .method(exchange["method"].as_str().unwrap())
        .uri(bound.filled(path))
        .header("Host", "host");
    for (name, value) in exchange["headers"].as_object().unwrap() {
        let mut value = bound.filled(value.as_str().unwrap());
        if value.contains("22 Nov 2026") {
            value = bound.modified[path].clone();
        }
        request = request.header(name, value);
    }
    let body = bytes(&exchange["body"]);
    request = if exchange["chunked"] == true {
        request.header("Transfer-Encoding", "chunked")
    } else {
        request.header("Content-Length", body.len())
    };
    let got = client.send(request.body(Body::from(body)).unwrap()).await;
    let modified = got.header("last-modified").to_owned();
    if exchange["method"] == "GET" && got.status == 200 {
        bound.modified.insert(path.to_owned(), modified);
    }
    got
}

fn tokens(xml: &str) -> Vec<String> {
    let varying = [
        "last_modified",
        "x_object_",
        "version timestamp",
        "account name",
        "value",
    ];
    let mut all: Vec<_> = xml
        .split('<')
        .map(|token| token.trim().to_owned())
        .filter(|token| {
            !varying
                .iter()
                .any(|v| token.trim_start_matches('/').starts_with(v))
        })
        .collect();
    all.sort();
    all
}

fn check(bound: &mut Bound, exchange: &Value, got: &Got) {
    let name = exchange["name"].as_str().unwrap();
    let intended = INTENDED.iter().find(|(one, _)| *one == name);
    let recorded = exchange["status"].as_u64().unwrap();
    let wanted = intended.map_or(recorded, |(_, status)| u64::from(*status));
    let shown = String::from_utf8_lossy(&got.body);
    assert_eq!(
        u64::from(got.status.as_u16()),
        wanted,
        "{name}: {shown:.300}"
    );
    assert_eq!(
        got.header("cache-control"),
        crate::api::CACHE_CONTROL,
        "{name}"
    );
    assert_eq!(
        got.header("vary"),
        "X-Auth-Token, Accept-Language",
        "{name}"
    );
    if intended.is_some() {
        // An exception that no longer occurs must leave the table.
        assert_ne!(recorded, wanted, "{name}");
        return;
    }
    let json = body(bound, exchange, got, name);
    for (header, value) in exchange["answer_headers"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let here = got.header(header);
        let same = match header.as_str() {
            // The recorded account held other things besides.
            "X-Account-Bytes-Used" => !here.is_empty(),
            "X-Object-Version" => bound.same_version(value.parse().unwrap(), here.parse().unwrap()),
            "X-Storage-Url" | "X-Auth-Token" => {
                here == bound.filled(value).replace("http:", "https:")
                    || here == bound.filled(value)
            }
            "Content-Length" if json => true,
            "Content-Length" if [204, 304].contains(&wanted) => here.is_empty() || here == "0",
            "X-Object-Version-Timestamp" => !here.is_empty(),
            "X-Account-Policy-Quota-{{ALICE_UUID_TITLE}}" | "X-Account-Group-Friends" => true,
            "Content-Type" if value.contains("{{BOUNDARY}}") => {
                here.starts_with("multipart/byteranges; boundary=")
            }
            _ if value.contains("ALICE_UUID") => here == bound.filled(value),
            _ => bound.same_text(value, here),
        };
        assert!(same, "{name}: {header}: {value} / {here}");
    }
}

/// Compares bodies; true when lengths may differ.
fn body(bound: &mut Bound, exchange: &Value, got: &Got, name: &str) -> bool {
    let recorded = &exchange["answer"];
    if exchange["method"] == "HEAD" {
        // Lengths of faults depend on how JSON is spaced.
        return exchange["status"].as_u64().unwrap() >= 400;
    }
    let Value::String(text) = recorded else {
        return recorded.is_null() || got.body == bytes(recorded);
    };
    if let Ok(mut wanted) = serde_json::from_str::<Value>(text)
        && (wanted.is_object() || wanted.is_array())
    {
        if name == "account-bad-token" {
            assert_eq!(got.json()["unauthorized"]["code"], 401);
            return true;
        }
        let here = got.json();
        for user in ["ALICE", "BOB"] {
            let filled = bound.filled(&format!("{{{{{user}_UUID}}}}"));
            let text = wanted
                .to_string()
                .replace(&format!("{{{{{user}_UUID}}}}"), &filled);
            wanted = serde_json::from_str(&text).unwrap();
        }
        assert!(
            bound.same("", &wanted, &here),
            "{name}: {wanted:.999}\n{here:.999}"
        );
        return true;
    }
    if text.starts_with("<?xml") {
        assert_eq!(tokens(text), tokens(got.text()), "{name}");
        return true;
    }
    if text.contains("{{BOUNDARY}}") {
        let kind = got.header("content-type");
        let boundary = kind.split_once("boundary=").unwrap().1;
        let wanted = text.replace("{{BOUNDARY}}", boundary).replace("\r\n", "\n");
        assert_eq!(got.text().replace("\r\n", "\n"), wanted, "{name}");
        return true;
    }
    assert_eq!(got.text(), text, "{name}");
    false
}

/// Puts the objects of the recorded listing in place that no exchange here made.
async fn complete(client: &Client, listing: &Value) {
    let service = &client.fixture.state.objects;
    let alice = Caller::person(person(1));
    let c1 = ContainerPath::new(alice.user, "c1").unwrap();
    let path = |name: &str| ObjectPath::new(c1.clone(), name).unwrap();
    service
        .delete(&alice, path("from-hashmap-xml"))
        .await
        .unwrap();
    let rows: Vec<Value> = serde_json::from_str(listing["answer"].as_str().unwrap()).unwrap();
    for row in rows {
        let name = row["name"].as_str().unwrap();
        let top: Digest = row["x_object_hash"].as_str().unwrap().parse().unwrap();
        let there = service
            .object(&alice, path(name), objects::Which::Current)
            .await;
        if there.is_ok_and(|view| view.version.hash == Some(top)) {
            continue;
        }
        let size = row["bytes"].as_u64().unwrap();
        let count = size.div_ceil(blocks::BLOCK_BYTES) as usize;
        let list = blocks::BlockList::new(size, vec![top; count]).unwrap();
        let meta: BTreeMap<_, _> = match name {
            "moved.txt" => ["Copied", "K", "New"]
                .map(|k| (format!("{META}{k}"), "v".into()))
                .into(),
            _ => BTreeMap::new(),
        };
        let upload = Upload {
            path: path(name),
            content_type: row["content_type"].as_str().unwrap().into(),
            meta,
            conditions: Conditions::default(),
        };
        let lease = service.blocks().lease();
        let content = Content {
            list,
            top,
            md5: None,
            md5_stated: false,
        };
        service.put(&alice, upload, content, lease).await.unwrap();
    }
}

// PI-REC-01 PI-REC-02 AC-REC
#[tokio::test]
async fn recorded_exchanges_are_answered_alike() {
    let client = Client::new().await;
    client
        .fixture
        .store
        .write(|tx| {
            let (holder, source) = (
                quota::user_holder(person(1)),
                quota::project_source(person(1).own_project()),
            );
            quota::set_limit(
                tx,
                &holder,
                &source,
                quota::resource::DISKSPACE,
                1_073_741_824_000,
            )
        })
        .await
        .unwrap();
    let exchanges: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    let listing = exchanges.iter().find(|e| e["name"] == "list-json").unwrap();
    let mut bound = Bound::default();
    let mut failed = 0;
    for exchange in &exchanges {
        let name = exchange["name"].as_str().unwrap();
        if name == "meta-for-listing" {
            complete(&client, listing).await;
        }
        let got = play(&client, &mut bound, exchange).await;
        let checked = std::panic::AssertUnwindSafe(|| check(&mut bound, exchange, &got));
        failed += usize::from(std::panic::catch_unwind(checked).is_err());
        if name == "container-put-bad-project" {
            // The recorded container stays without its bad project.
            client.ask("PUT", "/c3", &[], "").await;
        }
    }
    assert_eq!(failed, 0, "exchanges were answered otherwise, see above");
    let problems = client.fixture.store.read_now(objects::verify).unwrap();
    assert_eq!(problems, []);
}
