//! Uploads by a plain form: each file is streamed into the block store as it arrives.
//!
//! Invariant: the field that proves where the form comes from stands before the files
//! and is checked before a byte of them is taken; memory is bounded by a few blocks.

use super::{
    Failed,
    files::{part, parts},
    posted::{TOKEN, check},
    shell::go,
    visitor::User,
};
use axum::{
    extract::{Multipart, Path, multipart::Field},
    response::Response,
};
use http::HeaderMap;
use kernel::{Error, Result};
use objects::{Conditions, ContainerPath, Content, ObjectPath, Upload};
use std::{collections::BTreeMap, time::Duration};

/// A sender that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(120);

pub(super) async fn here(
    user: User,
    Path(container): Path<String>,
    headers: HeaderMap,
    form: Multipart,
) -> std::result::Result<Response, Failed> {
    Ok(take(&user, container, "", &headers, form).await?)
}

pub(super) async fn in_folder(
    user: User,
    Path((container, path)): Path<(String, String)>,
    headers: HeaderMap,
    form: Multipart,
) -> std::result::Result<Response, Failed> {
    Ok(take(&user, container, path.trim_matches('/'), &headers, form).await?)
}

fn broken_off() -> Error {
    Error::invalid(crate::text::text("upload-broken-off"))
}

async fn take(
    user: &User,
    container: String,
    folder: &str,
    headers: &HeaderMap,
    mut form: Multipart,
) -> Result<Response> {
    let v = &user.visitor;
    let place = ContainerPath::new(user.view.uuid, container)?;
    let back = match folder {
        "" => format!("/pithos/ui/containers/{}", part(&place.name)),
        folder => format!(
            "/pithos/ui/containers/{}/{}",
            part(&place.name),
            parts(folder)
        ),
    };
    let mut proven = false;
    let mut taken = 0;
    while let Some(mut field) = form.next_field().await.map_err(|_| broken_off())? {
        if !proven {
            let token = match field.name() {
                Some(TOKEN) => short(&mut field).await?,
                _ => String::new(),
            };
            check(v, headers, &token)?;
            proven = true;
            continue;
        }
        let name = field.file_name().map(base_name).unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        let name = match folder {
            "" => name,
            folder => format!("{folder}/{name}"),
        };
        let path = ObjectPath::new(place.clone(), name)?;
        store(user, path, &mut field).await?;
        taken += 1;
    }
    match taken {
        0 => Err(Error::invalid(crate::text::text("upload-nothing"))),
        _ => Ok(go(v, &back, "done-uploaded")),
    }
}

/// The last part of a name: browsers may send paths.
fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.to_owned()
}

async fn short(field: &mut Field<'_>) -> Result<String> {
    let mut text = Vec::new();
    while let Some(data) = field.chunk().await.map_err(|_| broken_off())? {
        text.extend_from_slice(&data);
        if text.len() > 1024 {
            return Err(Error::too_large(crate::text::text("form-too-long")));
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

async fn store(user: &User, path: ObjectPath, field: &mut Field<'_>) -> Result<()> {
    let objects = &user.visitor.state.objects;
    let kind = field.content_type().filter(|kind| !kind.is_empty());
    let upload = Upload {
        path,
        content_type: kind.unwrap_or("application/octet-stream").to_owned(),
        meta: BTreeMap::new(),
        conditions: Conditions::default(),
    };
    objects.check_put(&user.caller, &upload, None).await?;
    let mut writer = objects.writer();
    loop {
        let chunk = tokio::time::timeout(SILENCE, field.chunk()).await;
        match chunk.map_err(|_| broken_off())?.map_err(|_| broken_off())? {
            Some(data) => writer.push(&data).await?,
            None => break,
        }
    }
    let done = writer.finish().await?;
    let content = Content::new(done.list, Some(done.md5));
    objects
        .put(&user.caller, upload, content, done.lease)
        .await
        .map(drop)
}
