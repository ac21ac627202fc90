//! The answer to "authenticate", as JSON and as XML (ID-KST-13, ID-KST-15).
//!
//! The catalogue is written once for every catalogue and kept; an answer is that text
//! with a few words around it.

use super::{iso, served};
use crate::{State, error::escape_xml};
use http::{HeaderMap, Uri};
use identity::{Person, catalog::Entry};
use kernel::{Result, Timestamp, UserId};
use serde_json::{Value, json};
use std::{
    fmt::Write,
    sync::{Arc, PoisonError, RwLock},
};

/// Who was authenticated, with what.
pub(super) struct Subject<'a> {
    pub(super) token: &'a str,
    pub(super) tenant: &'a str,
    pub(super) person: &'a Person,
}

/// The catalogue as it is sent.
pub(super) struct Written {
    entries: Arc<Vec<Entry>>,
    json: String,
    xml: String,
}

/// The catalogue that was written last.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<RwLock<Option<Arc<Written>>>>);

impl Kept {
    /// The catalogue in force.
    pub(super) fn now(
        &self,
        state: &State,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Arc<Written>> {
        let settings = state.settings.now();
        let bases = ["ASTAKOS_BASE_URL", "CYCLADES_BASE_URL", "PITHOS_BASE_URL"];
        let served = match bases.iter().all(|name| !settings.str(name).is_empty()) {
            true => String::new(),
            false => served(uri, headers),
        };
        let entries = state.identity.catalogue(&served)?;
        let last = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(last) = last
            && Arc::ptr_eq(&last.entries, &entries)
        {
            return Ok(last);
        }
        let made = Arc::new(Written {
            json: services(&entries, None).to_string(),
            xml: services_xml(&entries),
            entries,
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(made.clone());
        Ok(made)
    }
}

/// The catalogue; for a Swift client with the account in the addresses of object storage
/// (CL-S-01).
fn services(catalog: &[Entry], account: Option<UserId>) -> Value {
    let one = |service: &Entry| {
        let endpoints = service.endpoints.iter().map(|keys| {
            let mut all = serde_json::Map::new();
            for (key, value) in keys {
                let value = match (key.as_str(), value.as_str()) {
                    ("SNF:uiURL", "") => Value::Null,
                    (_, value) => value.into(),
                };
                all.insert(key.clone(), value);
            }
            // ID-KST-13: both are always there (CL-K-13).
            all.entry("versionId").or_insert_with(|| "".into());
            all.entry("SNF:uiURL").or_insert(Value::Null);
            if let (Some(account), "object-store") = (account, service.kind.as_str())
                && let Some(Value::String(url)) = all.get("publicURL")
            {
                let url = format!("{url}/{account}");
                for key in ["publicURL", "internalURL", "adminURL"] {
                    all.insert(key.to_owned(), url.clone().into());
                }
            }
            Value::from(all)
        });
        json!({
            "endpoints_links": [], "endpoints": endpoints.collect::<Vec<_>>(),
            "type": service.kind, "name": service.name,
        })
    };
    catalog.iter().map(one).collect()
}

/// Appends a text in quotes.
fn quoted(out: &mut String, text: &str) {
    let plain = |b: u8| b >= b' ' && b != b'"' && b != b'\\' && b != 0x7f;
    match text.bytes().all(plain) {
        true => {
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
        false => out.push_str(&Value::from(text).to_string()),
    }
}

/// Appends the object `tenant`.
fn tenant(out: &mut String, id: &str, name: &str) {
    out.push_str("{\"id\":");
    quoted(out, id);
    out.push_str(",\"name\":");
    quoted(out, name);
    out.push('}');
}

/// Appends `token` and its time.
fn token(out: &mut String, subject: &Subject<'_>) {
    out.push_str("\"token\":{\"expires\":");
    quoted(out, &iso(subject.person.expires));
    out.push_str(",\"id\":");
    quoted(out, subject.token);
    out.push_str(",\"tenant\":");
    tenant(out, subject.tenant, &subject.person.name);
    out.push('}');
}

/// Appends `user` with what the token calls tell of people.
fn user(out: &mut String, subject: &Subject<'_>) {
    let person = subject.person;
    out.push_str("\"user\":{\"roles_links\":[],\"projects\":[");
    for (n, project) in person.caller.projects.iter().enumerate() {
        let _ = write!(out, "{}\"{project}\"", if n > 0 { "," } else { "" });
    }
    let _ = write!(out, "],\"id\":\"{}\",\"roles\":[", person.caller.user);
    for (n, (id, name)) in person.groups.iter().enumerate() {
        let comma = if n > 0 { "," } else { "" };
        let _ = write!(out, "{comma}{{\"id\":\"{id}\",\"name\":");
        quoted(out, name);
        out.push('}');
    }
    out.push_str("],\"name\":");
    quoted(out, &person.name);
    out.push('}');
}

/// The JSON form; without a subject the catalogue alone (ID-KST-10).
pub(super) fn json(subject: Option<&Subject<'_>>, written: &Written, swift: bool) -> String {
    let own = subject.filter(|_| swift).map(|subject| {
        let account = subject.person.caller.user;
        services(&written.entries, Some(account)).to_string()
    });
    let services = own.as_ref().unwrap_or(&written.json);
    let mut out = String::with_capacity(services.len() + 1024);
    out.push_str("{\"access\":{");
    if let Some(subject) = subject {
        token(&mut out, subject);
        out.push(',');
    }
    out.push_str("\"serviceCatalog\":");
    out.push_str(services);
    if let Some(subject) = subject {
        out.push(',');
        user(&mut out, subject);
    }
    out.push_str("}}");
    out
}

fn services_xml(catalog: &[Entry]) -> String {
    let mut out = String::from("<serviceCatalog>");
    for service in catalog {
        let about = [("type", &*service.kind), ("name", &*service.name)];
        element(&mut out, "service", &about, false);
        for keys in &service.endpoints {
            let keys: Vec<(&str, &str)> = keys
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .filter(|(key, _)| is_name(key))
                .collect();
            element(&mut out, "endpoint", &keys, true);
        }
        out.push_str("</service>");
    }
    out.push_str("</serviceCatalog>");
    out
}

/// Can this be the name of an attribute? Keys are whatever was registered.
fn is_name(key: &str) -> bool {
    let local = key.strip_prefix("SNF:").unwrap_or(key);
    local.starts_with(|c: char| c.is_ascii_alphabetic())
        && local
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// Whose a token is, in what both token calls tell of it.
pub(super) struct Told<'a> {
    pub(super) token: &'a str,
    pub(super) expires: Timestamp,
    pub(super) tenant: &'a str,
    pub(super) user: UserId,
    /// First and last name.
    pub(super) name: &'a str,
    pub(super) groups: &'a [(u64, String)],
}

/// The XML form; without a subject the catalogue alone.
pub(super) fn xml(subject: Option<&Subject<'_>>, written: &Written) -> String {
    let told = subject.map(|subject| Told {
        token: subject.token,
        expires: subject.person.expires,
        tenant: subject.tenant,
        user: subject.person.caller.user,
        name: &subject.person.name,
        groups: &subject.person.groups,
    });
    access_xml(told.as_ref(), &written.xml)
}

/// The document of either token call (ID-KST-15, ID-KST-21).
pub(super) fn access_xml(told: Option<&Told<'_>>, services: &str) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<access \
         xmlns=\"http://docs.openstack.org/identity/api/v2.0\" \
         xmlns:SNF=\"https://www.synnefo.org/identity/api/v2.0/SNF\">",
    );
    if let Some(told) = told {
        let (id, expires) = (told.user.to_string(), iso(told.expires));
        let about = [("id", told.token), ("expires", &*expires)];
        element(&mut out, "token", &about, false);
        let about = [("id", told.tenant), ("name", told.name)];
        element(&mut out, "tenant", &about, true);
        out.push_str("</token>");
        let about = [("id", &*id), ("name", told.name)];
        element(&mut out, "user", &about, false);
        out.push_str("<roles>");
        for (id, name) in told.groups {
            let about = [("id", &*id.to_string()), ("name", &**name)];
            element(&mut out, "role", &about, true);
        }
        out.push_str("</roles></user>");
    }
    out.push_str(services);
    out.push_str("</access>\n");
    out
}

fn element(out: &mut String, name: &str, attributes: &[(&str, &str)], empty: bool) {
    let _ = write!(out, "<{name}");
    for (key, value) in attributes {
        let _ = write!(out, " {key}=\"");
        escape_xml(out, value);
        out.push('"');
    }
    out.push_str(if empty { "/>" } else { ">" });
}
