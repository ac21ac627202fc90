//! The top level and accounts (PI-TOP, PI-ACC).

use super::{
    Answer, Ask, dates,
    document::{Format, XML, element, escaped, lines},
    headers::{Sent, put},
    item::not_modified,
    reply,
};
use axum::response::Response;
use http::{Method, StatusCode, request::Parts};
use kernel::{Error, UserId};
use objects::{ContainerView, MetaChange};
use serde_json::{Map, Value, json};

/// Without a token the top level echoes credentials, proving nothing (PI-TOP-01).
pub(super) fn echo(parts: &Parts) -> Answer {
    let text = |name| parts.headers.get(name).and_then(|v| v.to_str().ok());
    let (Some(user), Some(key)) = (text("x-auth-user"), text("x-auth-key")) else {
        return Err(Error::invalid("Missing X-Auth-User or X-Auth-Key header").into());
    };
    let host = text("host").unwrap_or_default();
    let root = match text("x-forwarded-proto") {
        Some("http") => "http",
        _ => "https",
    };
    let mut response = reply::empty(StatusCode::NO_CONTENT);
    put(response.headers_mut(), "x-auth-token", key);
    let url = format!("{root}://{host}/pithos/object-store/v1/{user}");
    put(response.headers_mut(), "x-storage-url", &url);
    Ok(response)
}

/// Other accounts that share something with the caller: none while there is no
/// sharing (PI-TOP-02).
pub(super) fn others(ask: &Ask<'_>) -> Answer {
    let text = match ask.format {
        Format::Text => String::new(),
        Format::Json => "[]".into(),
        Format::Xml => format!("{XML}<accounts>\n</accounts>\n"),
    };
    Ok(reply::listing(ask.format, text))
}

pub(super) async fn serve(ask: &Ask<'_>, user: UserId) -> Answer {
    if ask.parts.method == Method::POST {
        return change(ask, user).await;
    }
    let until = ask.query.instant("until");
    let view = ask.state.objects.account(&ask.caller, user, until).await?;
    let modified = view.modified.unwrap_or(ask.now);
    if let Some(response) = not_modified(ask, modified)? {
        return Ok(response);
    }
    let mut response = if ask.parts.method == Method::HEAD {
        reply::empty(StatusCode::NO_CONTENT)
    } else {
        list(ask, user, until).await?
    };
    reply::account_headers(response.headers_mut(), &view);
    Ok(response)
}

async fn list(ask: &Ask<'_>, user: UserId, until: Option<i64>) -> Answer {
    // Nothing is shared or public yet, so asking for only that finds nothing.
    let limited = ask.query.has("shared") || ask.query.has("public");
    let limit = if limited {
        0
    } else {
        super::container::limit(ask)
    };
    let marker = Some(ask.query.text("marker").to_owned()).filter(|marker| !marker.is_empty());
    let found = ask
        .state
        .objects
        .containers(&ask.caller, user, marker, limit, until)
        .await?;
    Ok(written(ask.format, user, &found))
}

fn written(format: Format, user: UserId, found: &[ContainerView]) -> Response {
    let text = match format {
        Format::Text => lines(found.iter().map(|view| view.row.name.as_str())),
        Format::Json => Value::from_iter(found.iter().map(fields).map(Value::from)).to_string(),
        Format::Xml => {
            let inner: String = found
                .iter()
                .map(|view| element("container", &fields(view)))
                .collect();
            let name = escaped(&user.to_string());
            format!("{XML}<account name=\"{name}\">\n{inner}</account>\n")
        }
    };
    reply::listing(format, text)
}

/// A container in a list (PI-ACC-04).
fn fields(view: &ContainerView) -> Map<String, Value> {
    let row = &view.row;
    let mut fields = Map::new();
    fields.insert("name".into(), row.name.clone().into());
    fields.insert("count".into(), view.stat.count.into());
    fields.insert("bytes".into(), view.stat.bytes.into());
    fields.insert("last_modified".into(), dates::iso(row.modified).into());
    if let Some(until) = view.until {
        let until = dates::iso(until);
        fields.insert("x_container_until_timestamp".into(), until.into());
    }
    let policy = json!({
        "quota": row.quota.to_string(), "versioning": row.versioning.name(),
        "project": row.project.to_string(),
    });
    fields.insert("x_container_policy".into(), policy);
    fields
}

async fn change(ask: &Ask<'_>, user: UserId) -> Answer {
    let sent = Sent::read(&ask.parts.headers)?;
    if user == ask.caller.user && !sent.starting("x-account-group-").is_empty() {
        return Err(Error::not_supported("Groups are not supported yet.").into());
    }
    let change = meta(ask, &sent, "x-account-meta-")?;
    if !change.merge || !change.items.is_empty() {
        let objects = &ask.state.objects;
        objects.change_account(&ask.caller, user, change).await?;
    }
    Ok(reply::empty(StatusCode::ACCEPTED))
}

/// The metadata of a request, replacing or, with `update`, merging.
pub(super) fn meta(ask: &Ask<'_>, sent: &Sent, prefix: &str) -> kernel::Result<MetaChange> {
    let items = sent.starting(prefix);
    objects::check_headers(items.iter().map(|(name, value)| (&**name, &**value)))?;
    Ok(MetaChange {
        items,
        merge: ask.query.has("update"),
    })
}
