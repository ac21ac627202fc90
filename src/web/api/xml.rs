//! The XML form of answers of compute and network (CY-API-18). What has no such form
//! stays JSON.

use super::{Format, format_of};
use crate::error::escape_xml;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::header;
use serde_json::{Map, Value};

const COMPUTE: &str = "http://docs.openstack.org/compute/api/v1.1";
const COMMON: &str = "http://docs.openstack.org/common/api/v1.0";

/// Rewrites JSON answers for clients that want XML.
pub(crate) async fn when_wanted(request: Request, next: Next) -> Response {
    let format = format_of(request.uri(), request.headers());
    let response = next.run(request).await;
    let json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if format != Format::Xml || !response.status().is_success() || !json {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // The body is in memory already.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return parts.into_response();
    };
    let text = serde_json::from_slice(&bytes)
        .ok()
        .and_then(|v| document(&v));
    let Some(text) = text else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let kind = http::HeaderValue::from_static("application/xml; charset=UTF-8");
    parts.headers.insert(header::CONTENT_TYPE, kind);
    Response::from_parts(parts, Body::from(text))
}

/// An element: name, attributes, and what it contains, written already.
struct Element {
    name: &'static str,
    attributes: String,
    content: String,
}

impl Element {
    fn new(name: &'static str) -> Self {
        Element {
            name,
            attributes: String::new(),
            content: String::new(),
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.attributes.push(' ');
        self.attributes.push_str(name);
        self.attributes.push_str("=\"");
        escape_xml(&mut self.attributes, value);
        self.attributes.push('"');
        self
    }

    /// Attributes from keys of an object; what it has not is left empty.
    fn from(mut self, object: &Value, keys: &[&str]) -> Self {
        for key in keys {
            self = self.with(key, &text(object.get(key)));
        }
        self
    }

    fn holding(mut self, child: Element) -> Self {
        child.write(&mut self.content);
        self
    }

    fn holding_all(self, children: impl IntoIterator<Item = Element>) -> Self {
        children.into_iter().fold(self, Element::holding)
    }

    fn saying(mut self, text: &str) -> Self {
        escape_xml(&mut self.content, text);
        self
    }

    fn write(&self, out: &mut String) {
        for part in [
            "<",
            self.name,
            &self.attributes,
            ">",
            &self.content,
            "</",
            self.name,
            ">",
        ] {
            out.push_str(part);
        }
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn document(value: &Value) -> Option<String> {
    let (key, value) = value.as_object()?.iter().next()?;
    let (root, namespace) = match key.as_str() {
        "servers" => (list("servers", value, server), COMPUTE),
        "server" => (server(value), COMPUTE),
        "metadata" => (metadata(value), COMPUTE),
        "addresses" => (addresses(value.as_object()?), COMPUTE),
        "flavors" => (list("flavors", value, flavor), COMPUTE),
        "flavor" => (flavor(value), COMPUTE),
        "images" => (list("images", value, image), COMPUTE),
        "image" => (image(value), COMPUTE),
        "networks" => (list("networks", value, network), COMPUTE),
        "network" if value.get("name").is_some() => (network(value), COMPUTE),
        // The addresses of a server on one network.
        "network" => {
            let (id, here) = value.as_object()?.iter().next()?;
            (on_network(id, here), COMPUTE)
        }
        "version" => (version(value), COMMON),
        _ => return None,
    };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let spaces = format!(" xmlns=\"{namespace}\" xmlns:atom=\"http://www.w3.org/2005/Atom\"");
    let root = Element {
        attributes: spaces + &root.attributes,
        ..root
    };
    root.write(&mut out);
    Some(out)
}

fn list(name: &'static str, value: &Value, one: fn(&Value) -> Element) -> Element {
    Element::new(name).holding_all(items(value).iter().map(one))
}

fn metadata(value: &Value) -> Element {
    let all = value.as_object().into_iter().flatten();
    let one = |(key, value): (&String, &Value)| {
        let value = text(Some(value));
        Element::new("meta").with("key", key).saying(&value)
    };
    Element::new("metadata").holding_all(all.map(one))
}

fn on_network(id: &str, here: &Value) -> Element {
    let one = |address: &Value| Element::new("ip").from(address, &["version", "addr"]);
    Element::new("network")
        .with("id", id)
        .holding_all(items(here).iter().map(one))
}

fn addresses(all: &Map<String, Value>) -> Element {
    let all = all.iter().map(|(id, here)| on_network(id, here));
    Element::new("addresses").holding_all(all)
}

fn server(value: &Value) -> Element {
    let Some(status) = value.get("status") else {
        return Element::new("server").from(value, &["id", "name"]);
    };
    let id = |key: &str| text(value.get(key).and_then(|of| of.get("id")));
    let mut element = Element::new("server")
        .from(value, &["created", "description"])
        .with("flavorRef", &id("flavor"))
        .from(value, &["hostId", "id"])
        .with("imageRef", &id("image"))
        .from(value, &["name", "progress"])
        .with("status", &text(Some(status)))
        .from(value, &["updated"]);
    if value.get("adminPass").is_some() {
        element = element.from(value, &["adminPass"]);
    }
    let none = Map::new();
    let here = value.get("addresses").and_then(Value::as_object);
    element
        .holding(metadata(value.get("metadata").unwrap_or(&Value::Null)))
        .holding(addresses(here.unwrap_or(&none)))
}

fn flavor(value: &Value) -> Element {
    let element = Element::new("flavor").from(value, &["id", "name"]);
    match value.get("vcpus") {
        None => element,
        Some(cpu) => element
            .from(value, &["ram"])
            .with("cpu", &text(Some(cpu)))
            .from(value, &["disk"]),
    }
}

fn image(value: &Value) -> Element {
    let element = Element::new("image").from(value, &["id", "name"]);
    match value.get("metadata") {
        None => element,
        Some(all) => element
            .from(
                value,
                &["serverRef", "created", "updated", "status", "progress"],
            )
            .holding(metadata(all)),
    }
}

fn network(value: &Value) -> Element {
    let element = Element::new("network").from(value, &["id", "name"]);
    let element = match value.get("created") {
        None => element,
        Some(_) => element.from(value, &["created", "updated"]),
    };
    let Some(subnets) = value.get("subnets") else {
        return element;
    };
    let one = |id: &Value| Element::new("subnet").with("id", &text(Some(id)));
    element.holding(Element::new("subnets").holding_all(items(subnets).iter().map(one)))
}

fn version(value: &Value) -> Element {
    let types = value.get("media_types").map_or(&[][..], items).iter();
    let types = types.map(|kind| Element::new("media-type").from(kind, &["base", "type"]));
    let links = value
        .get("links")
        .map_or(&[][..], items)
        .iter()
        .map(|link| {
            let link_to = Element::new("atom:link").from(link, &["rel"]);
            match link.get("type") {
                Some(_) => link_to.from(link, &["type", "href"]),
                None => link_to.from(link, &["href"]),
            }
        });
    Element::new("version")
        .from(value, &["id", "status", "updated"])
        .holding(Element::new("media-types").holding_all(types))
        .holding_all(links)
}
