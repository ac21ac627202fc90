//! Uploads by a plain form: each file is streamed into the block store as it arrives.
//!
//! Invariant: the field that proves where the form comes from stands before the files
//! and is checked before a byte of them is taken; memory is bounded by a few blocks,
//! whatever is sent instead of a form ([`Form`]).

use super::{
    Failed,
    files::{part, parts},
    posted::{TOKEN, check},
    shell::go,
    visitor::User,
};
use crate::State;
use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, multipart::Field},
    response::Response,
};
use bytes::Bytes;
use futures_util::StreamExt;
use http::HeaderMap;
use kernel::{Error, Result};
use objects::{Conditions, ContainerPath, Content, ObjectPath, Upload};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A sender that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(120);

/// Bytes of a form that may have arrived without being a file's content: heads of
/// fields, and what waits to be read.
const AHEAD: usize = 16 << 20;

/// A form of several parts as it arrives. The parser keeps whatever it cannot make a
/// field of, so it is given no more than [`AHEAD`] bytes beyond what came out of it.
pub(super) struct Form {
    parts: Multipart,
    ahead: Arc<AtomicUsize>,
}

impl FromRequest<State> for Form {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &State) -> std::result::Result<Self, Failed> {
        let ahead = Arc::new(AtomicUsize::new(0));
        let counter = ahead.clone();
        let mut request = request.map(|body| {
            Body::from_stream(body.into_data_stream().map(move |data| {
                let data = data.map_err(|_| broken_off())?;
                match counter.fetch_add(data.len(), Ordering::Relaxed) < AHEAD {
                    true => Ok(data),
                    false => Err(Error::too_large(crate::text::text("form-too-long"))),
                }
            }))
        });
        DefaultBodyLimit::disable().apply(&mut request);
        match Multipart::from_request(request, state).await {
            Ok(parts) => Ok(Form { parts, ahead }),
            Err(_) => Err(broken_off().into()),
        }
    }
}

/// The next piece of a field, and none at its end; a silent sender is given up.
async fn piece(field: &mut Field<'_>, ahead: &AtomicUsize) -> Result<Option<Bytes>> {
    let data = tokio::time::timeout(SILENCE, field.chunk()).await;
    let data = data.map_err(|_| broken_off())?.map_err(|_| broken_off())?;
    if let Some(data) = &data {
        ahead.fetch_sub(data.len(), Ordering::Relaxed);
    }
    Ok(data)
}

pub(super) async fn here(
    user: User,
    Path(container): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> std::result::Result<Response, Failed> {
    Ok(take(&user, container, "", &headers, form).await?)
}

pub(super) async fn in_folder(
    user: User,
    Path((container, path)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
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
    form: Form,
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
    let Form { mut parts, ahead } = form;
    let mut proven = false;
    let mut taken = 0;
    while let Some(mut field) = next(&mut parts).await? {
        if !proven {
            let token = match field.name() {
                Some(TOKEN) => short(&mut field, &ahead).await?,
                _ => String::new(),
            };
            check(v, headers, &token)?;
            proven = true;
            continue;
        }
        let name = field.file_name().map(base_name).unwrap_or_default();
        if name.is_empty() {
            while piece(&mut field, &ahead).await?.is_some() {}
            continue;
        }
        let name = match folder {
            "" => name,
            folder => format!("{folder}/{name}"),
        };
        let path = ObjectPath::new(place.clone(), name)?;
        store(user, path, &mut field, &ahead).await?;
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

async fn next(parts: &mut Multipart) -> Result<Option<Field<'_>>> {
    let field = tokio::time::timeout(SILENCE, parts.next_field()).await;
    field.map_err(|_| broken_off())?.map_err(|_| broken_off())
}

async fn short(field: &mut Field<'_>, ahead: &AtomicUsize) -> Result<String> {
    let mut text = Vec::new();
    while let Some(data) = piece(field, ahead).await? {
        text.extend_from_slice(&data);
        if text.len() > 1024 {
            return Err(Error::too_large(crate::text::text("form-too-long")));
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

async fn store(
    user: &User,
    path: ObjectPath,
    field: &mut Field<'_>,
    ahead: &AtomicUsize,
) -> Result<()> {
    let objects = &user.visitor.state.objects;
    let kind = field.content_type().filter(|kind| !kind.is_empty());
    let upload = Upload {
        path,
        content_type: kind.unwrap_or("application/octet-stream").to_owned(),
        meta: BTreeMap::new(),
        conditions: Conditions::default(),
    };
    objects.check_put(&user.caller, &upload, None).await?;
    let _place = objects.transfer(&user.caller)?;
    let mut writer = objects.writer();
    while let Some(data) = piece(field, ahead).await? {
        writer.push(&data).await?;
    }
    let done = writer.finish().await?;
    let content = Content::new(done.list, Some(done.md5));
    objects
        .put(&user.caller, upload, content, done.lease)
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use std::convert::Infallible;

    /// A form of that start and so many mebibytes after it; what was read of it.
    async fn form(start: &'static str, mebibytes: usize, end: &'static str) -> Form {
        let bytes = Bytes::from(vec![b'x'; 1 << 20]);
        let start = stream::iter([Bytes::from(start)]);
        let middle = stream::iter(std::iter::repeat_n(bytes, mebibytes));
        // As a connection does, not all at once.
        let middle = middle.then(|bytes| async {
            tokio::task::yield_now().await;
            bytes
        });
        let all = start.chain(middle).chain(stream::iter([Bytes::from(end)]));
        let request = http::Request::post("/pithos/ui/containers/pithos")
            .header("content-type", "multipart/form-data; boundary=B")
            .body(Body::from_stream(all.map(Ok::<_, Infallible>)));
        let fixture = crate::testing::Fixture::new();
        let form = Form::from_request(request.unwrap(), &fixture.state).await;
        form.map_err(|_| "no form").unwrap()
    }

    // PI-UI-10
    #[tokio::test]
    async fn files_of_any_length_pass_and_heads_without_end_do_not() {
        let head = "--B\r\ncontent-disposition: form-data; name=\"f\"; filename=\"a\"\r\n";
        let file: &str =
            "--B\r\ncontent-disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n";
        let Form { mut parts, ahead } = form(file, 40, "\r\n--B--\r\n").await;
        let mut field = next(&mut parts).await.unwrap().unwrap();
        let mut length = 0;
        while let Some(data) = piece(&mut field, &ahead).await.unwrap() {
            length += data.len();
        }
        assert_eq!(length, 40 << 20);
        drop(field);
        assert!(next(&mut parts).await.unwrap().is_none());

        for start in ["", head] {
            let Form { mut parts, ahead } = form(start, 40, "").await;
            assert!(next(&mut parts).await.is_err());
            let read = ahead.load(Ordering::Relaxed);
            assert!(read <= AHEAD + (2 << 20), "{read}");
        }
    }
}
