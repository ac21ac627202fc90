//! Answers: what all have in common, faults, and the headers of objects,
//! containers and accounts.

use super::{
    dates,
    document::{Format, XML, escaped},
    headers::{add, put},
};
use crate::{
    api::CACHE_CONTROL,
    error::{Fault, FaultText, Pithos},
};
use axum::{body::Body, response::IntoResponse, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::ProjectId;
use objects::{AccountView, ContainerView, META, Micros, ObjectView, PITHOS, Policy};

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = status.into_response();
    set_type(&mut response, Format::Json.content_type());
    response
}

/// An answer with a document.
pub(super) fn document(status: StatusCode, format: Format, text: String) -> Response {
    let mut response = (status, text).into_response();
    set_type(&mut response, format.content_type());
    response
}

/// A listing: an empty one in text form is 204 (PI-HDR-03).
pub(super) fn listing(format: Format, text: String) -> Response {
    if format == Format::Text && text.is_empty() {
        let mut response = StatusCode::NO_CONTENT.into_response();
        set_type(&mut response, format.content_type());
        return response;
    }
    document(StatusCode::OK, format, text)
}

pub(super) fn set_type(response: &mut Response, kind: &str) {
    put(response.headers_mut(), "content-type", kind);
}

/// A fault in the client's format; where the answer would have been text it is
/// JSON all the same (PI-ERR-01).
pub(super) fn fault(fault: Fault<Pithos>, format: Format) -> Response {
    let mut response = fault.into_response();
    if let Some(text) = response.extensions_mut().remove::<FaultText>() {
        let body = match format {
            Format::Xml => format!("{XML}{}", xml_fault(&text)),
            _ => text.json(),
        };
        let kind = match text.status {
            StatusCode::RANGE_NOT_SATISFIABLE if format != Format::Xml => Format::Text,
            _ => format,
        };
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(body);
        set_type(&mut response, kind.content_type());
    }
    response
}

fn xml_fault(text: &FaultText) -> String {
    format!(
        "<{0} code=\"{1}\"><message>{2}</message><details>{3}</details></{0}>\n",
        text.name,
        text.status.as_u16(),
        escaped(&text.message),
        escaped(&text.details)
    )
}

/// 405 with the methods of the level.
pub(super) fn not_allowed(allowed: &'static str) -> Fault<Pithos> {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    super::refusal(status, "notAllowed", "Method not allowed")
        .with_header(header::ALLOW, HeaderValue::from_static(allowed))
}

/// What every answer carries (PI-GEN-10).
pub(super) fn finish(mut response: Response, now: Micros) -> Response {
    let headers = response.headers_mut();
    let now = dates::http(now);
    put(headers, "cache-control", CACHE_CONTROL);
    put(headers, "vary", "X-Auth-Token, Accept-Language");
    put(headers, "expires", &now);
    if !headers.contains_key(header::LAST_MODIFIED) {
        put(headers, "last-modified", &now);
    }
    response
}

/// Headers of an account (PI-ACC-01, PI-QTA-05).
pub(super) fn account_headers(headers: &mut HeaderMap, view: &AccountView) {
    add(
        headers,
        "X-Account-Container-Count",
        &view.containers.to_string(),
    );
    add(headers, "X-Account-Bytes-Used", &view.used.to_string());
    let mut sum: u64 = 0;
    for (project, limit) in &view.limits {
        sum = sum.saturating_add(*limit);
        let name = format!("X-Account-Policy-Quota-{}", title(*project));
        add(headers, &name, &limit.to_string());
    }
    add(headers, "X-Account-Policy-Quota", &sum.to_string());
    for (name, value) in &view.meta {
        add(headers, name, value);
    }
    if let Some(modified) = view.modified {
        put(headers, "last-modified", &dates::http(modified));
    }
    if let Some(until) = view.until {
        put(headers, "X-Account-Until-Timestamp", &dates::http(until));
    }
}

fn title(project: ProjectId) -> String {
    super::headers::stored_name(&project.to_string())
}

/// Headers of a container (PI-CON-01).
pub(super) fn container_headers(headers: &mut HeaderMap, view: &ContainerView) {
    let row = &view.row;
    add(
        headers,
        "X-Container-Object-Count",
        &view.stat.count.to_string(),
    );
    add(
        headers,
        "X-Container-Bytes-Used",
        &view.stat.bytes.to_string(),
    );
    add(
        headers,
        "X-Container-Block-Size",
        &blocks::BLOCK_SIZE.to_string(),
    );
    add(headers, "X-Container-Block-Hash", "sha256");
    add(headers, "X-Container-Object-Meta", &view.keys.join(","));
    add(headers, "X-Container-Policy-Quota", &row.quota.to_string());
    add(
        headers,
        "X-Container-Policy-Versioning",
        row.versioning.name(),
    );
    add(
        headers,
        "X-Container-Policy-Project",
        &row.project.to_string(),
    );
    for (name, value) in &row.meta {
        add(headers, name, value);
    }
    put(headers, "last-modified", &dates::http(row.modified));
    if let Some(until) = view.until {
        put(headers, "X-Container-Until-Timestamp", &dates::http(until));
    }
}

/// The tag an object is shown with (PI-OBJ-02).
pub(super) fn tag(version: &objects::Version, policy: &Policy) -> String {
    if policy.update_md5 {
        return version.md5_hex();
    }
    version
        .hash
        .map(|hash| hash.to_string())
        .unwrap_or_default()
}

/// Headers of an object (PI-OBJ-02).
pub(super) fn object_headers(headers: &mut HeaderMap, view: &ObjectView, policy: &Policy) {
    let version = &view.version;
    put(headers, "etag", &tag(version, policy));
    put(headers, "content-type", &version.content_type);
    put(headers, "last-modified", &dates::http(view.modified));
    put(headers, "available", "1");
    if let Some(hash) = version.hash {
        add(headers, "X-Object-Hash", &hash.to_string());
    }
    add(headers, "X-Object-UUID", &version.uuid.to_string());
    add(headers, "X-Object-Version", &version.serial.to_string());
    put(
        headers,
        "X-Object-Version-Timestamp",
        &dates::http(version.mtime),
    );
    add(headers, "X-Object-Modified-By", &version.muser.to_string());
    for (name, value) in version.domain(PITHOS) {
        if name.starts_with(META) {
            add(headers, name, value);
        } else {
            put(headers, name, value);
        }
    }
}
