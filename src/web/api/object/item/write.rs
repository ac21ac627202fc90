//! PUT of an object, streamed or as a hashmap, and POST of its metadata.

use super::super::{
    Answer, Ask,
    account::meta,
    body::Incoming,
    document, hashmap,
    headers::{Sent, cleaned, put as put_header},
    refusal, reply,
};
use super::conditions;
use axum::response::Response;
use http::StatusCode;
use kernel::{Error, Result};
use objects::{
    CONTENT_DISPOSITION, CONTENT_ENCODING, Content, MANIFEST, MetaChange, ObjectPath, PITHOS,
    Upload, Version,
};
use std::collections::BTreeMap;

pub(super) async fn put(ask: &Ask<'_>, path: ObjectPath, body: &mut Incoming) -> Answer {
    let sent = Sent::read(&ask.parts.headers)?;
    let mut upload = Upload {
        path,
        content_type: String::new(),
        meta: BTreeMap::new(),
        conditions: conditions(&sent),
    };
    let objects = &ask.state.objects;
    objects.check_put(&ask.caller, &upload, None).await?;
    unsupported(&sent)?;
    upload.meta = object_meta(ask, &sent)?.items;
    upload.meta.retain(|_, value| !value.is_empty());
    if !body.has_length() {
        let message = "Missing Content-Length header";
        return Err(refusal(
            StatusCode::LENGTH_REQUIRED,
            "lengthRequired",
            message,
        ));
    }
    let Some(content_type) = sent.get("content-type").filter(|kind| !kind.is_empty()) else {
        let message = "Missing Content-Type header";
        return Err(refusal(
            StatusCode::LENGTH_REQUIRED,
            "lengthRequired",
            message,
        ));
    };
    content_type.clone_into(&mut upload.content_type);
    let _place = objects.transfer(&ask.caller)?;
    if ask.query.has("hashmap") {
        return by_hashmap(ask, upload, body).await;
    }
    objects
        .check_put(&ask.caller, &upload, body.length())
        .await?;
    let mut writer = objects.writer();
    while let Some(data) = body.next().await? {
        writer.push(&data).await?;
    }
    let done = writer.finish().await?;
    let mut content = Content::new(done.list, Some(done.md5));
    if let Some(tag) = sent.get("etag") {
        content.md5_stated = check_tag(tag, &content)?;
    }
    let version = objects
        .put(&ask.caller, upload, content, done.lease)
        .await?;
    Ok(created(ask, &version))
}

fn created(ask: &Ask<'_>, version: &Version) -> Response {
    let mut response = reply::empty(StatusCode::CREATED);
    let headers = response.headers_mut();
    let tag = reply::tag(version, &ask.state.objects.policy());
    put_header(headers, "etag", &tag);
    put_header(headers, "x-object-version", &version.serial.to_string());
    response
}

/// What arrived must be what the client says it sent: an MD5, or a top hash when
/// it has 64 digits (PI-WRT-05). Says whether it was an MD5.
fn check_tag(tag: &str, content: &Content) -> Result<bool> {
    let tag = tag.trim().trim_matches('"').to_ascii_lowercase();
    let md5: String = content
        .md5
        .unwrap_or_default()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let same = match tag.len() {
        0 => true,
        64 => tag == content.top.to_string(),
        _ => tag == md5,
    };
    if same {
        return Ok(tag.len() == md5.len());
    }
    Err(Error::unprocessable("Object ETag does not match"))
}

/// PUT by hashmap: done, or told which blocks to send first (PI-WRT-07, PI-WRT-08).
async fn by_hashmap(ask: &Ask<'_>, upload: Upload, body: &mut Incoming) -> Answer {
    let text = body.whole(hashmap::MAX).await?;
    let format = ask.format;
    let list = ask
        .state
        .objects
        .blocks()
        .run(move |_| hashmap::read(format, &text))
        .await?;
    let objects = &ask.state.objects;
    match objects.put_map(&ask.caller, upload, list).await? {
        Ok(version) => Ok(created(ask, &version)),
        Err(missing) => {
            let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
            let text = document::list(ask.format, &missing);
            Ok(reply::document(StatusCode::CONFLICT, ask.format, text))
        }
    }
}

/// What this version of the service does not do is refused, not ignored.
fn unsupported(sent: &Sent) -> Result<()> {
    let not = |what| {
        Err(Error::not_supported(format!(
            "{what} is not supported yet."
        )))
    };
    if sent.get("x-copy-from").is_some() || sent.get("x-move-from").is_some() {
        return not("Copying and moving objects");
    }
    if sent.get("x-object-manifest").is_some_and(|v| !v.is_empty()) {
        return not("Assembling objects by manifest");
    }
    if sent
        .get("x-object-sharing")
        .is_some_and(|v| !cleaned(v).is_empty())
    {
        return not("Sharing");
    }
    match sent.get("x-object-public").map(str::to_ascii_lowercase) {
        None => Ok(()),
        Some(text) if text == "false" || text.is_empty() => Ok(()),
        Some(text) if text == "true" => not("Publishing"),
        Some(_) => Err(Error::invalid("Bad X-Object-Public header value")),
    }
}

/// The metadata headers of an object, in stored form.
fn object_meta(ask: &Ask<'_>, sent: &Sent) -> Result<MetaChange> {
    let mut change = meta(ask, sent, "x-object-meta-")?;
    for name in [CONTENT_ENCODING, CONTENT_DISPOSITION, MANIFEST] {
        if let Some(value) = sent.get(&name.to_ascii_lowercase()) {
            change.items.insert(name.to_owned(), value.to_owned());
        }
    }
    objects::check_headers(change.items.iter().map(|(k, v)| (&**k, &**v)))?;
    Ok(change)
}

/// POST: a metadata update (PI-UPD-02). Data updates and forms are not offered.
pub(super) async fn change(ask: &Ask<'_>, path: ObjectPath, body: &mut Incoming) -> Answer {
    let sent = Sent::read(&ask.parts.headers)?;
    let kind = sent.get("content-type").unwrap_or_default();
    let data = kind == "application/octet-stream" && body.has_length();
    if data || sent.get("x-source-object").is_some() {
        return Err(
            Error::not_supported("Updating part of an object is not supported yet.").into(),
        );
    }
    if kind.starts_with("multipart/form-data") {
        return Err(Error::not_supported("Form uploads are not supported yet.").into());
    }
    unsupported(&sent)?;
    let change = object_meta(ask, &sent)?;
    let mut response = reply::empty(StatusCode::ACCEPTED);
    if !change.merge || !change.items.is_empty() {
        let objects = &ask.state.objects;
        let version = objects
            .change_object(&ask.caller, path, PITHOS, change)
            .await?;
        let serial = version.serial.to_string();
        put_header(response.headers_mut(), "x-object-version", &serial);
    }
    Ok(response)
}
