//! Containers: describing, listing, making, changing, deleting, and taking blocks
//! (PI-CON, PI-LST).

use super::{
    Answer, Ask,
    account::meta,
    body::Incoming,
    dates,
    document::{self, Format, XML, element, escaped, lines},
    headers::{Sent, stored_name},
    item::not_modified,
    reply,
};
use axum::response::Response;
use http::{Method, StatusCode};
use kernel::{Error, Result};
use objects::{
    ContainerPath, Created, Item, Listing, MetaChange, PolicyChange, Version, Versioning,
};
use serde_json::{Map, Value};

pub(super) async fn serve(ask: &Ask<'_>, path: ContainerPath, body: &mut Incoming) -> Answer {
    match ask.parts.method {
        Method::HEAD => head(ask, path).await,
        Method::GET => list(ask, path).await,
        Method::PUT => create(ask, path).await,
        Method::POST => update(ask, path, body).await,
        _ => delete(ask, path).await,
    }
}

async fn head(ask: &Ask<'_>, path: ContainerPath) -> Answer {
    let until = ask.query.instant("until");
    let view = ask
        .state
        .objects
        .container(&ask.caller, path, until)
        .await?;
    if let Some(response) = not_modified(ask, view.row.modified)? {
        return Ok(response);
    }
    let mut response = reply::empty(StatusCode::NO_CONTENT);
    reply::container_headers(response.headers_mut(), &view);
    Ok(response)
}

/// The page size: parameter, setting, never more than 10000 (PI-LST-01).
pub(super) fn limit(ask: &Ask<'_>) -> usize {
    let most = ask.state.objects.policy().list_limit.min(10_000);
    let asked = ask.query.number("limit").filter(|n| *n > 0);
    asked
        .and_then(|n| usize::try_from(n).ok())
        .map_or(most, |n| n.min(most))
}

fn wanted(ask: &Ask<'_>) -> Listing {
    let query = ask.query;
    let mut want = Listing {
        limit: limit(ask),
        marker: query.text("marker").to_owned(),
        until: query.instant("until"),
        ..Listing::default()
    };
    match query.text("path") {
        "" => want.prefix(query.text("prefix"), query.text("delimiter")),
        path => want.folder(path),
    }
    for term in query.text("meta").split(',') {
        want.filter.add(term, stored_name);
    }
    // Nothing is shared or public yet, so asking for only that finds nothing.
    if query.has("shared") || query.has("public") {
        want.limit = 0;
    }
    want
}

async fn list(ask: &Ask<'_>, path: ContainerPath) -> Answer {
    let want = wanted(ask);
    let past = want.until.is_some();
    let md5 = ask.state.objects.policy().update_md5;
    let (view, items) = ask.state.objects.list(&ask.caller, path, want).await?;
    if let Some(response) = not_modified(ask, view.row.modified)? {
        return Ok(response);
    }
    let mut response = written(ask.format, &view.row.name, &items, past, md5);
    reply::container_headers(response.headers_mut(), &view);
    Ok(response)
}

fn written(format: Format, name: &str, items: &[Item], past: bool, md5: bool) -> Response {
    let text = match format {
        Format::Text => lines(items.iter().map(Item::name)),
        Format::Json => {
            let rows = items.iter().map(|item| match item {
                Item::Object(name, version) => Value::from(fields(name, version, past, md5)),
                Item::Folded(name) => serde_json::json!({"subdir": name}),
            });
            Value::from_iter(rows).to_string()
        }
        Format::Xml => {
            let rows = items.iter().map(|item| match item {
                Item::Object(name, version) => element("object", &fields(name, version, past, md5)),
                Item::Folded(name) => format!("<subdir name=\"{}\" />\n", escaped(name)),
            });
            let rows: String = rows.collect();
            format!(
                "{XML}<container name=\"{}\">\n{rows}</container>\n",
                escaped(name)
            )
        }
    };
    reply::listing(format, text)
}

/// An object in a list (PI-LST-03).
fn fields(name: &str, version: &Version, past: bool, md5: bool) -> Map<String, Value> {
    let hash = version
        .hash
        .map(|hash| hash.to_string())
        .unwrap_or_default();
    let sum = if md5 || version.md5_stated {
        version.md5_hex()
    } else {
        String::new()
    };
    let mut fields = Map::new();
    let mut add = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    add("name", name.into());
    add("bytes", version.size.into());
    add("content_type", version.content_type.clone().into());
    add("hash", sum.into());
    if !past {
        add("last_modified", dates::iso(version.mtime).into());
    }
    add("x_object_hash", hash.into());
    add("x_object_uuid", version.uuid.to_string().into());
    add("x_object_version", version.serial.into());
    add(
        "x_object_version_timestamp",
        dates::decimal(version.mtime).into(),
    );
    add("x_object_modified_by", version.muser.to_string().into());
    add("available", 1.into());
    add("map_check_timestamp", Value::Null);
    fields
}

/// The policy headers of a request (PI-CON-02); an empty value is the default.
fn policies(sent: &Sent) -> Result<PolicyChange> {
    let mut change = PolicyChange::default();
    for (name, value) in sent.starting("x-container-policy-") {
        let value = Some(value.trim()).filter(|value| !value.is_empty());
        match name.as_str() {
            "X-Container-Policy-Quota" => {
                let bad = || Error::invalid("The quota policy value should be a positive integer.");
                let number = |text| super::query::digits(text).ok_or_else(bad);
                change.quota = Some(value.map(number).transpose()?);
            }
            "X-Container-Policy-Versioning" => {
                change.versioning = Some(value.map(versioning).transpose()?);
            }
            "X-Container-Policy-Project" => {
                let bad = || Error::invalid("The project policy value should be a project's id.");
                let project = |text: &str| text.parse().map_err(|_| bad());
                change.project = Some(value.map(project).transpose()?);
            }
            _ => {
                return Err(Error::invalid(
                    "The only allowed policies are 'quota' or 'versioning'.",
                ));
            }
        }
    }
    Ok(change)
}

fn versioning(text: &str) -> Result<Versioning> {
    match text {
        "auto" => Ok(Versioning::Auto),
        "none" => Ok(Versioning::None),
        _ => Err(Error::invalid(
            "The versioning policy value should be either 'auto' or 'none'.",
        )),
    }
}

async fn create(ask: &Ask<'_>, path: ContainerPath) -> Answer {
    let sent = Sent::read(&ask.parts.headers)?;
    let meta = MetaChange {
        merge: true,
        ..meta(ask, &sent, "x-container-meta-")?
    };
    let objects = &ask.state.objects;
    let made = objects
        .put_container(&ask.caller, path, policies(&sent)?, meta)
        .await?;
    Ok(reply::empty(match made {
        Created::New => StatusCode::CREATED,
        Created::Changed => StatusCode::ACCEPTED,
    }))
}

async fn update(ask: &Ask<'_>, path: ContainerPath, body: &mut Incoming) -> Answer {
    let sent = Sent::read(&ask.parts.headers)?;
    let meta = meta(ask, &sent, "x-container-meta-")?;
    let policies = policies(&sent)?;
    let objects = &ask.state.objects;
    objects.check_blocks(&ask.caller, path.clone()).await?;
    let nothing = meta.merge && meta.items.is_empty() && policies == PolicyChange::default();
    if !nothing {
        objects
            .change_container(&ask.caller, path, policies, meta)
            .await?;
    }
    if sent.get("content-type") != Some("application/octet-stream") || !body.may_have_content() {
        return Ok(reply::empty(StatusCode::ACCEPTED));
    }
    let _place = objects.transfer(&ask.caller)?;
    let mut writer = objects.writer();
    while let Some(data) = body.next().await? {
        writer.push(&data).await?;
    }
    let done = writer.finish().await?;
    if done.list.blocks().is_empty() {
        return Ok(reply::empty(StatusCode::ACCEPTED));
    }
    let hashes: Vec<_> = done.list.blocks().iter().map(ToString::to_string).collect();
    objects.grant(&ask.caller, done.list, done.lease).await?;
    let text = document::list(ask.format, &hashes);
    Ok(reply::document(StatusCode::ACCEPTED, ask.format, text))
}

async fn delete(ask: &Ask<'_>, path: ContainerPath) -> Answer {
    let objects = &ask.state.objects;
    let caller = &ask.caller;
    if let Some(until) = ask.query.instant("until") {
        objects.purge_container(caller, path, until).await?;
    } else if !ask.query.text("delimiter").is_empty() {
        objects.empty_container(caller, path, String::new()).await?;
    } else {
        objects.delete_container(caller, path).await?;
    }
    Ok(reply::empty(StatusCode::NO_CONTENT))
}
