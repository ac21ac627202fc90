//! Objects: reading, writing, changing, deleting (PI-OBJ, PI-WRT, PI-UPD, PI-DEL).

mod read;
mod write;

use super::{Answer, Ask, body::Incoming, dates, headers::Sent, reply};
use crate::error::{Fault, Pithos};
use axum::response::Response;
use http::{Method, StatusCode};
use kernel::Error;
use objects::{Conditions, Micros, ObjectPath};

pub(super) async fn serve(ask: &Ask<'_>, path: ObjectPath, body: &mut Incoming) -> Answer {
    match ask.parts.method {
        Method::HEAD | Method::GET => read::serve(ask, path).await,
        Method::PUT => write::put(ask, path, body).await,
        Method::POST => write::change(ask, path, body).await,
        Method::DELETE => delete(ask, path).await,
        _ => Err(Error::not_supported("Copying and moving objects is not supported yet.").into()),
    }
}

async fn delete(ask: &Ask<'_>, path: ObjectPath) -> Answer {
    let objects = &ask.state.objects;
    if let Some(until) = ask.query.instant("until") {
        objects.purge(&ask.caller, path, until).await?;
        return Ok(reply::empty(StatusCode::NO_CONTENT));
    }
    let delimiter = ask.query.text("delimiter");
    let below = (path.container.clone(), format!("{}{delimiter}", path.name));
    objects.delete(&ask.caller, path).await?;
    if !delimiter.is_empty() {
        objects
            .empty_container(&ask.caller, below.0, below.1)
            .await?;
    }
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// The tags of a condition header, unquoted.
fn tags(text: &str) -> Vec<String> {
    text.split(',')
        .map(|tag| {
            let tag = tag.trim();
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            tag.trim_matches('"').to_ascii_lowercase()
        })
        .filter(|tag| !tag.is_empty())
        .collect()
}

/// If-Match and If-None-Match of a request (PI-OBJ-03).
fn conditions(sent: &Sent) -> Conditions {
    Conditions {
        matching: sent.get("if-match").map(tags),
        none_matching: sent.get("if-none-match").map(tags),
    }
}

/// If-Modified-Since and If-Unmodified-Since: 304 or 412 when they say so; dates
/// that are none are ignored (PI-ACC-02).
pub(super) fn not_modified(
    ask: &Ask<'_>,
    modified: Micros,
) -> Result<Option<Response>, Fault<Pithos>> {
    let seconds = modified.div_euclid(1_000_000);
    let date = |name| {
        let value = ask.parts.headers.get(name)?.to_str().ok()?;
        dates::seconds(value)
    };
    if date("if-modified-since").is_some_and(|since| seconds <= since) {
        let mut response = reply::empty(StatusCode::NOT_MODIFIED);
        reply::set_type(&mut response, ask.format.content_type());
        return Ok(Some(response));
    }
    if date("if-unmodified-since").is_some_and(|since| seconds > since) {
        return Err(Error::precondition("Resource has been modified").into());
    }
    Ok(None)
}
