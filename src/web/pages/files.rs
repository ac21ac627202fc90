//! Files: containers, folders, downloads, deleting.

use super::{
    Failed,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::User,
    words,
};
use askama::Template;
use axum::{
    body::Body,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{StatusCode, header};
use kernel::{Error, Result, UserId};
use objects::{ContainerPath, Created, Item, Listing, MetaChange, ObjectPath, PolicyChange, Which};
use std::collections::VecDeque;

/// Lines of one page of a list.
const PAGE: usize = 200;

/// A part of an address, so that every name works.
pub(super) fn part(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A path of several parts; slashes stay.
pub(super) fn parts(path: &str) -> String {
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

struct Container {
    name: String,
    link: String,
    count: u64,
    bytes: String,
    modified: String,
    exact: String,
}

#[derive(Template)]
#[template(path = "pages/containers.html")]
struct Containers {
    s: Shell,
    f: Form,
    rows: Vec<Container>,
    next: Option<String>,
}

pub(super) async fn index() -> Redirect {
    Redirect::to("/pithos/ui/containers")
}

async fn draw(user: &User, f: Form) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let marker = crate::auth::query_value(v.uri.query().unwrap_or_default(), "marker");
    let found = v
        .state
        .objects
        .containers(&user.caller, user.view.uuid, marker, PAGE, None)
        .await?;
    let next = (found.len() == PAGE)
        .then(|| found.last().map(|last| part(&last.row.name)))
        .flatten();
    let row = |view: objects::ContainerView| {
        let modified = words::of_micros(view.row.modified);
        Container {
            link: part(&view.row.name),
            name: view.row.name,
            count: view.stat.count,
            bytes: words::bytes(view.stat.bytes),
            modified: words::ago(v.now, modified),
            exact: words::exact(modified),
        }
    };
    Ok(page(&Containers {
        s: Shell::titled(v, "containers", "nav-files", "nav-files"),
        f,
        rows: found.into_iter().map(row).collect(),
        next,
    }))
}

/// The containers; the first visit makes `pithos` and `trash` (PI-UI-04).
pub(super) async fn containers(user: User) -> std::result::Result<Response, Failed> {
    let objects = &user.visitor.state.objects;
    let account = objects.account(&user.caller, user.view.uuid, None).await?;
    if account.modified.is_none() {
        for name in ["pithos", "trash"] {
            let path = ContainerPath::new(user.view.uuid, name)?;
            let made = objects.put_container(
                &user.caller,
                path,
                PolicyChange::default(),
                MetaChange::default(),
            );
            made.await?;
        }
    }
    draw(&user, Form::default()).await
}

/// Makes a container.
pub(super) async fn create(user: User, sent: Posted) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let name = sent.trimmed("name").to_owned();
    let link = part(&name);
    let made = match ContainerPath::new(user.view.uuid, name) {
        Ok(path) => {
            let objects = &v.state.objects;
            let made = objects.put_container(
                &user.caller,
                path,
                PolicyChange::default(),
                MetaChange::default(),
            );
            made.await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(Created::New) => Ok(go(
            v,
            &format!("/pithos/ui/containers/{link}"),
            "done-container-created",
        )),
        Ok(_) => Ok(go(v, &format!("/pithos/ui/containers/{link}"), "")),
        Err(Error::Invalid { reason, .. }) => {
            let f = Form::sent(&sent).refused(v, Error::field("name", reason))?;
            Ok((StatusCode::BAD_REQUEST, draw(&user, f).await?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

struct File {
    name: String,
    link: String,
    folder: bool,
    bytes: String,
    kind: String,
    modified: String,
    exact: String,
}

struct Crumb {
    name: String,
    link: String,
}

#[derive(Template)]
#[template(path = "pages/folder.html")]
struct Folder {
    s: Shell,
    container: String,
    base: String,
    here: String,
    path: String,
    crumbs: Vec<Crumb>,
    rows: Vec<File>,
    next: Option<String>,
    registers: bool,
}

pub(super) async fn container(
    user: User,
    Path(container): Path<String>,
) -> std::result::Result<Response, Failed> {
    draw_folder(&user, container, "").await
}

pub(super) async fn folder(
    user: User,
    Path((container, path)): Path<(String, String)>,
) -> std::result::Result<Response, Failed> {
    draw_folder(&user, container, path.trim_matches('/')).await
}

async fn draw_folder(
    user: &User,
    container: String,
    path: &str,
) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let place = ContainerPath::new(user.view.uuid, container.clone())?;
    let mut want = Listing {
        limit: PAGE,
        marker: crate::auth::query_value(v.uri.query().unwrap_or_default(), "marker")
            .unwrap_or_default(),
        ..Listing::default()
    };
    want.prefix(path, "/");
    let cut = want.prefix.len();
    let (_, items) = v.state.objects.list(&user.caller, place, want).await?;
    let next = (items.len() == PAGE)
        .then(|| items.last().map(|last| part(last.name())))
        .flatten();
    let base = part(&container);
    let row = |item: Item| file(v.now, &item, cut);
    let here = match path {
        "" => base.clone(),
        path => format!("{base}/{}", parts(path)),
    };
    Ok(page(&Folder {
        s: Shell::new(v.clone(), "folder", &container, "nav-files"),
        crumbs: crumbs(&base, path),
        rows: items.into_iter().filter_map(row).collect(),
        registers: v
            .settings
            .strings("ENABLED_SERVICES")
            .iter()
            .any(|name| name == "cyclades"),
        path: path.to_owned(),
        container,
        base,
        here,
        next,
    }))
}

fn crumbs(base: &str, path: &str) -> Vec<Crumb> {
    let mut link = base.to_owned();
    let names = path.split('/').filter(|name| !name.is_empty());
    names
        .map(|name| {
            link = format!("{link}/{}", part(name));
            Crumb {
                name: name.to_owned(),
                link: link.clone(),
            }
        })
        .collect()
}

fn file(now: kernel::Timestamp, item: &Item, cut: usize) -> Option<File> {
    let name = item.name().get(cut..)?.trim_end_matches('/');
    if name.is_empty() {
        return None;
    }
    let link = parts(item.name().trim_end_matches('/'));
    Some(match item {
        Item::Folded(_) => File {
            name: name.to_owned(),
            link,
            folder: true,
            bytes: "--".into(),
            kind: String::new(),
            modified: String::new(),
            exact: String::new(),
        },
        Item::Object(_, version) => {
            let at = words::of_micros(version.mtime);
            File {
                name: name.to_owned(),
                link: parts(item.name()),
                folder: version.content_type.starts_with("application/directory"),
                bytes: words::bytes(version.size),
                kind: version.content_type.clone(),
                modified: words::ago(now, at),
                exact: words::exact(at),
            }
        }
    })
}

fn object(user: UserId, container: String, path: String) -> Result<ObjectPath> {
    ObjectPath::new(ContainerPath::new(user, container)?, path)
}

/// The bytes of a file, as a download: never shown as a page of ours.
pub(super) async fn download(
    user: User,
    Path((container, path)): Path<(String, String)>,
) -> std::result::Result<Response, Failed> {
    let objects = user.visitor.state.objects.clone();
    let path = object(user.view.uuid, container, path)?;
    let view = objects.object(&user.caller, path, Which::Current).await?;
    let size = view.version.size;
    let whole = std::iter::once(0..size)
        .filter(|range| !range.is_empty())
        .collect();
    let place = objects.transfer(&user.caller)?;
    let pieces = objects.pieces(view.version.clone(), whole).await?;
    let mut pieces: VecDeque<_> = pieces.into_iter().flatten().collect();
    let first = match pieces.pop_front() {
        Some(piece) => read(&objects, &piece).await?,
        None => Bytes::new(),
    };
    let rest = stream::unfold(
        (objects, pieces, place),
        |(objects, mut pieces, place)| async move {
            let piece = pieces.pop_front()?;
            let data = read(&objects, &piece).await.map_err(|error| {
                tracing::error!(target: "synnefo.ui", "a download broke off: {}", error.chain());
                std::io::Error::other("the file cannot be read")
            });
            if data.is_err() {
                pieces.clear();
            }
            Some((data, (objects, pieces, place)))
        },
    );
    let body = stream::iter([Ok::<_, std::io::Error>(first)]).chain(rest);
    let name = view.path.name.rsplit('/').next().unwrap_or_default();
    let about = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{}", part(name)),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox; frame-ancestors 'none'".to_owned(),
        ),
    ];
    Ok((about, Body::from_stream(body)).into_response())
}

async fn read(objects: &objects::Service, piece: &objects::Piece) -> Result<Bytes> {
    let block = Bytes::from_owner(objects.read(piece).await?);
    match block.len() < piece.bytes.end {
        true => Err(Error::broken("a block is shorter than its file")),
        false => Ok(block.slice(piece.bytes.clone())),
    }
}

/// Asks before something is deleted.
#[derive(Template)]
#[template(path = "pages/ask.html")]
pub(super) struct Ask {
    pub(super) s: Shell,
    pub(super) question: String,
    pub(super) consequence: String,
    /// What has to be typed; nothing when a click is enough.
    pub(super) name: String,
    pub(super) wrong: bool,
    pub(super) button: String,
    pub(super) back: String,
}

fn ask(user: &User, question: &str, name: &str, back: String) -> Response {
    let title = crate::text::text("delete");
    page(&Ask {
        s: Shell::new(user.visitor.clone(), "confirm", &title, "nav-files"),
        question: crate::text::with(question, &[("name", name)]),
        consequence: String::new(),
        name: String::new(),
        wrong: false,
        button: title,
        back,
    })
}

/// The page of the folder a file is in.
fn folder_of(container: &str, path: &str) -> String {
    let container = part(container);
    match path.trim_end_matches('/').rsplit_once('/') {
        Some((folder, _)) => format!("/pithos/ui/containers/{container}/{}", parts(folder)),
        None => format!("/pithos/ui/containers/{container}"),
    }
}

pub(super) async fn ask_container(user: User, Path(container): Path<String>) -> Response {
    let back = format!("/pithos/ui/containers/{}", part(&container));
    ask(&user, "delete-container-ask", &container, back)
}

pub(super) async fn ask_object(
    user: User,
    Path((container, path)): Path<(String, String)>,
) -> Response {
    let back = folder_of(&container, &path);
    ask(&user, "delete-file-ask", &path, back)
}

pub(super) async fn delete_container(
    user: User,
    Path(container): Path<String>,
    _sent: Posted,
) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let path = ContainerPath::new(user.view.uuid, container)?;
    v.state.objects.delete_container(&user.caller, path).await?;
    Ok(go(v, "/pithos/ui/containers", "done-container-deleted"))
}

pub(super) async fn delete_object(
    user: User,
    Path((container, path)): Path<(String, String)>,
    _sent: Posted,
) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let back = folder_of(&container, &path);
    let path = object(user.view.uuid, container, path)?;
    v.state.objects.delete(&user.caller, path).await?;
    Ok(go(v, &back, "done-file-deleted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // PI-UI-05: who keeps a file, or has deleted it, is back where it is or was
    #[test]
    fn a_file_leads_back_to_its_folder() {
        for (path, back) in [
            ("a.txt", "/pithos/ui/containers/my%20files"),
            ("x y/b/a.txt", "/pithos/ui/containers/my%20files/x%20y/b"),
            ("x/folder/", "/pithos/ui/containers/my%20files/x"),
        ] {
            assert_eq!(folder_of("my files", path), back);
        }
    }
}
