//! Comparing recorded answers with ours (ID-REC-04 to -08).

use super::{Cloud, Got};
use crate::testing::person;
use axum::body::Body;
use http::Request;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Words that follow the number of each kind in a path.
const KINDS: [(&str, &str); 4] = [
    ("/servers/", "server"),
    ("/networks/", "network"),
    ("/subnets/", "subnet"),
    ("/ports/", "port"),
];

/// What placeholders and recorded numbers stand for, bound at first use.
#[derive(Default)]
pub(crate) struct Bound {
    pub(crate) texts: HashMap<String, String>,
    numbers: HashMap<(&'static str, String), String>,
}

impl Bound {
    /// The text a request carries instead of the recorded one.
    pub(crate) fn filled(&self, text: &str) -> String {
        let mut text = text
            .replace("{{ALICE_UUID}}", &person(1).to_string())
            .replace("{{BOB_UUID}}", &person(2).to_string())
            .replace("{{ALICE_TOKEN}}", "user-1")
            .replace("{{BOB_TOKEN}}", "user-2")
            .replace("http://{{HOST}}", "https://cloud.example.org");
        for (recorded, here) in &self.texts {
            text = text.replace(recorded, here);
        }
        text
    }

    /// A path with our numbers in it.
    pub(crate) fn path(&self, recorded: &str) -> String {
        let mut path = self.filled(recorded);
        for (word, kind) in KINDS {
            let Some((start, rest)) = path.split_once(word) else {
                continue;
            };
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            let bound = self.numbers.get(&(kind, rest[..end].to_owned()));
            if let Some(here) = bound {
                path = format!("{start}{word}{here}{}", &rest[end..]);
            }
        }
        path
    }

    fn same_number(&mut self, kind: &'static str, recorded: &str, got: &str) -> bool {
        let key = (kind, recorded.to_owned());
        self.numbers.entry(key).or_insert_with(|| got.to_owned()) == got
    }

    fn same_object(
        &mut self,
        kind: &'static str,
        recorded: &Map<String, Value>,
        got: &Map<String, Value>,
    ) -> bool {
        // A number is bound before links that hold it are compared.
        let ids = recorded.get("id").zip(got.get("id"));
        let first = ids.is_none_or(|(a, b)| self.same(kind, "id", a, b));
        first
            && recorded.len() == got.len()
            && recorded.iter().all(|(key, value)| {
                let of = match key.as_str() {
                    "server" | "servers" => "server",
                    "network" | "networks" => "network",
                    "subnet" | "subnets" => "subnet",
                    "flavor" | "flavors" => "flavor",
                    "image" | "images" => "image",
                    "attachments" | "ports" => "port",
                    "volumes" => "volume",
                    _ => kind,
                };
                got.get(key)
                    .is_some_and(|other| self.same(of, key, value, other))
            })
    }

    /// Are both the same, but for what is bound?
    pub(crate) fn same(
        &mut self,
        kind: &'static str,
        key: &str,
        recorded: &Value,
        got: &Value,
    ) -> bool {
        let same = match (recorded, got) {
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same(kind, key, a, b))
            }
            (Value::Object(a), Value::Object(b)) => self.same_object(kind, a, b),
            (Value::Number(a), Value::Number(b)) if key == "id" || key == "volumes" => {
                kind == "flavor" && a == b || self.same_number(kind, &a.to_string(), &b.to_string())
            }
            (Value::String(a), Value::String(b)) => self.same_text(kind, key, a, b),
            (a, b) => a == b,
        };
        if !same {
            eprintln!("{kind} {key}: {recorded:.300} / {got:.300}");
        }
        same
    }

    fn same_text(&mut self, kind: &'static str, key: &str, a: &str, b: &str) -> bool {
        match key {
            "created" | "updated" => form(a) == form(b),
            "adminPass" | "password" => b.len() >= 10,
            "mac_address" => a.len() == b.len(),
            "SNF:fqdn" => b.starts_with("snf-"),
            "href" => self.path(a) == b,
            "id" if kind == "image" => self.filled(a) == b,
            "id" => self.same_number(kind, a, b),
            "network_id" => self.same_number("network", a, b),
            "subnets" => self.same_number("subnet", a, b),
            _ => self.filled(a) == b,
        }
    }
}

/// Digits as zeros, and no fraction.
fn form(time: &str) -> String {
    let digit = |c: char| if c.is_ascii_digit() { '0' } else { c };
    let shape: String = time.chars().map(digit).collect();
    shape.replace(".000000", "")
}

/// Sends a recorded request; `change` makes of its body what is sent.
pub(crate) async fn play(
    cloud: &Cloud,
    bound: &Bound,
    exchange: &Value,
    path: &str,
    change: impl Fn(Value) -> Value,
) -> Got {
    let mut request = Request::builder()
        .method(exchange["method"].as_str().unwrap())
        .uri(path);
    for (name, value) in exchange["headers"].as_object().unwrap() {
        request = request.header(name, bound.filled(value.as_str().unwrap()));
    }
    let body = match exchange["body"].as_str() {
        None => String::new(),
        Some(text) => match serde_json::from_str(text) {
            Ok(body) => bound.filled(&change(body).to_string()),
            Err(_) => text.to_owned(),
        },
    };
    cloud.send(request.body(Body::from(body)).unwrap()).await
}

/// Compares an answer.
pub(crate) fn check(bound: &mut Bound, exchange: &Value, got: &Got) -> Result<(), String> {
    let recorded = exchange["status"].as_u64().unwrap();
    if u64::from(got.status) != recorded {
        return Err(format!("{recorded} / {}: {:.300}", got.status, got.text()));
    }
    for (name, value) in exchange["answer_headers"].as_object().unwrap() {
        let here = got.headers.get(name).map_or("", |v| v.to_str().unwrap());
        let mut here: Vec<&str> = here.split(',').map(str::trim).collect();
        let mut wanted: Vec<&str> = value.as_str().unwrap().split(',').map(str::trim).collect();
        here.sort_unstable();
        wanted.sort_unstable();
        if here != wanted {
            return Err(format!("{name}: {wanted:?} / {here:?}"));
        }
    }
    let answer = exchange["answer"].as_str().unwrap_or_default();
    if answer.is_empty() {
        return match got.body.is_empty() {
            true => Ok(()),
            false => Err(format!("a body came: {:.300}", got.text())),
        };
    }
    let wanted: Value = serde_json::from_str(answer).unwrap();
    if recorded >= 400 {
        let (name, code, message) = got.fault();
        let same = wanted.get(&name).is_some_and(|fault| fault["code"] == code);
        return match same && !message.is_empty() {
            true => Ok(()),
            false => Err(format!("{answer} / {}", got.text())),
        };
    }
    match bound.same("", "", &wanted, &got.json()) {
        true => Ok(()),
        false => Err(format!("{answer:.1500}\n/ {:.1500}", got.text())),
    }
}
