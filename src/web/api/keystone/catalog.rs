//! The answer to "authenticate", as JSON and as XML (ID-KST-13, ID-KST-15).

use super::iso;
use crate::error::escape_xml;
use identity::{UserView, catalog::Service};
use kernel::{Caller, Timestamp};
use serde_json::{Value, json};
use std::fmt::Write;

/// Who was authenticated, with what.
pub(super) struct Subject<'a> {
    pub(super) token: &'a str,
    pub(super) expires: Timestamp,
    pub(super) tenant: String,
    pub(super) user: &'a UserView,
    pub(super) caller: &'a Caller,
}

/// Keys and values of an endpoint, in the order written.
fn endpoint(service: &Service) -> Vec<(&'static str, String)> {
    let expose = if service.expose_version {
        "True"
    } else {
        "False"
    };
    let mut keys = vec![
        ("SNF:exposeVersion", expose.to_owned()),
        ("SNF:uiURL", service.ui_url.clone()),
        ("versionId", service.version.to_owned()),
        ("region", "default".to_owned()),
        ("publicURL", service.public_url.clone()),
    ];
    if let Some(url) = &service.weblogin_url {
        keys.push(("SNF:webloginURL", url.clone()));
    }
    keys
}

/// The catalogue.
fn services(catalog: &[Service]) -> Value {
    let one = |service: &Service| {
        let keys = endpoint(service).into_iter();
        let endpoint: serde_json::Map<String, Value> = keys
            .map(|(key, value)| (key.to_owned(), value.into()))
            .collect();
        json!({
            "endpoints_links": [], "endpoints": [endpoint],
            "type": service.kind, "name": service.name,
        })
    };
    catalog.iter().map(one).collect()
}

/// The JSON form; without a subject the catalogue alone (ID-KST-10).
pub(super) fn json(subject: Option<&Subject<'_>>, catalog: &[Service]) -> Value {
    let Some(subject) = subject else {
        return json!({"access": {"serviceCatalog": services(catalog)}});
    };
    let user = subject.user;
    let roles = user
        .groups
        .iter()
        .map(|(id, name)| json!({"id": id.to_string(), "name": name}));
    let roles: Vec<Value> = roles.collect();
    let projects = subject.caller.projects.iter().map(ToString::to_string);
    let projects: Vec<String> = projects.collect();
    json!({"access": {
        "token": {
            "expires": iso(subject.expires), "id": subject.token,
            "tenant": {"id": subject.tenant, "name": user.real_name()},
        },
        "serviceCatalog": services(catalog),
        "user": {
            "roles_links": [], "projects": projects, "id": user.uuid.to_string(),
            "roles": roles, "name": user.real_name(),
        },
    }})
}

/// The XML form.
pub(super) fn xml(subject: Option<&Subject<'_>>, catalog: &[Service]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<access \
         xmlns=\"http://docs.openstack.org/identity/api/v2.0\" \
         xmlns:SNF=\"https://www.synnefo.org/identity/api/v2.0/SNF\">",
    );
    if let Some(subject) = subject {
        let (user, name) = (subject.user, subject.user.real_name());
        element(
            &mut out,
            "token",
            &[("id", subject.token), ("expires", &iso(subject.expires))],
            false,
        );
        element(
            &mut out,
            "tenant",
            &[("id", &subject.tenant), ("name", &name)],
            true,
        );
        out.push_str("</token>");
        element(
            &mut out,
            "user",
            &[("id", &user.uuid.to_string()), ("name", &name)],
            false,
        );
        out.push_str("<roles>");
        for (id, name) in &user.groups {
            element(
                &mut out,
                "role",
                &[("id", &id.to_string()), ("name", name)],
                true,
            );
        }
        out.push_str("</roles></user>");
    }
    out.push_str("<serviceCatalog>");
    for service in catalog {
        element(
            &mut out,
            "service",
            &[("type", service.kind), ("name", service.name)],
            false,
        );
        let keys = endpoint(service);
        let keys: Vec<(&str, &str)> = keys
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        element(&mut out, "endpoint", &keys, true);
        out.push_str("</service>");
    }
    out.push_str("</serviceCatalog></access>\n");
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
