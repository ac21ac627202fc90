//! Images: what machines can be made of, and making one of a file.

use super::{
    Failed,
    files::Ask,
    pager::Pager,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::User,
    words,
};
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use kernel::{Error, Result};
use objects::{ContainerPath, ObjectPath};
use std::collections::BTreeMap;
use uuid::Uuid;

struct Row {
    id: String,
    name: String,
    size: String,
    os: String,
    public: bool,
    own: bool,
    created: String,
    exact: String,
}

#[derive(Template)]
#[template(path = "pages/images.html")]
struct List {
    s: Shell,
    rows: Vec<Row>,
    pager: Pager,
}

pub(super) async fn list(user: User) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let found = v
        .state
        .images
        .list(&user.caller, images::Listing::default())
        .await?;
    let pager = Pager::new(v, "", found.len());
    let row = |image: images::Image| Row {
        id: image.id.to_string(),
        size: words::bytes(image.size),
        os: os(&image),
        public: image.public,
        own: image.owner == user.view.uuid,
        created: words::ago(v.now, image.created),
        exact: words::exact(image.created),
        name: image.name,
    };
    Ok(page(&List {
        s: Shell::titled(v, "images", "nav-images", "nav-images"),
        rows: pager.cut(found).into_iter().map(row).collect(),
        pager,
    }))
}

/// The operating system an image says it has.
pub(super) fn os(image: &images::Image) -> String {
    let mut found = image.properties.iter();
    let found = found.find(|(key, _)| key.eq_ignore_ascii_case("os"));
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "pages/image_register.html")]
struct Register {
    s: Shell,
    f: Form,
    admin: bool,
}

fn draw(user: &User, f: Form) -> Response {
    page(&Register {
        s: Shell::titled(
            &user.visitor,
            "image-register",
            "register-image",
            "nav-images",
        ),
        f,
        admin: user.caller.is_admin(),
    })
}

/// The form, filled in for the file of `container` and `object`.
pub(super) async fn form(user: User) -> Response {
    let query = user.visitor.uri.query().unwrap_or_default();
    let asked = |name| crate::auth::query_value(query, name).unwrap_or_default();
    let file = match (asked("container"), asked("object")) {
        (container, object) if !container.is_empty() && !object.is_empty() => {
            format!("{container}/{object}")
        }
        _ => String::new(),
    };
    let name = file.rsplit('/').next().unwrap_or_default();
    let name = name.split('.').next().unwrap_or_default();
    draw(
        &user,
        Form::with(&[("file", &file), ("name", name), ("format", "diskdump")]),
    )
}

async fn try_register(user: &User, sent: &Posted) -> Result<()> {
    let missing = |field: &str| Error::field(field, "REQUIRED_FIELD");
    let name = sent.trimmed("name");
    if name.is_empty() {
        return Err(missing("name"));
    }
    let file = sent.trimmed("file");
    let (container, object) = file.split_once('/').ok_or_else(|| missing("file"))?;
    let at_file = |error: Error| Error::field("file", error.to_string());
    let place = ContainerPath::new(user.view.uuid, container).map_err(at_file)?;
    let path = ObjectPath::new(place, object).map_err(at_file)?;
    let mut properties = BTreeMap::new();
    for (field, property) in [
        ("os", "OS"),
        ("osfamily", "OSFAMILY"),
        ("root", "ROOT_PARTITION"),
    ] {
        let value = sent.trimmed(field);
        if !value.is_empty() {
            properties.insert(property.to_owned(), value.to_owned());
        }
    }
    let given = images::Attributes {
        name: Some(name.to_owned()),
        disk_format: Some(sent.trimmed("format").to_owned()).filter(|f| !f.is_empty()),
        public: user.caller.is_admin().then(|| sent.ticked("public")),
        properties,
        ..images::Attributes::default()
    };
    let registered = user
        .visitor
        .state
        .images
        .register(&user.caller, path, given)
        .await;
    registered.map(drop).map_err(|error| match error {
        Error::NotFound { message } => Error::field("file", message),
        other => other,
    })
}

/// Makes an image of a file (CY-IMG-33).
pub(super) async fn register(user: User, sent: Posted) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    match try_register(&user, &sent).await {
        Ok(()) => Ok(go(v, "/cyclades/ui/images", "done-image-registered")),
        Err(error) => {
            let f = Form::sent(&sent).refused(v, error)?;
            Ok((StatusCode::BAD_REQUEST, draw(&user, f)).into_response())
        }
    }
}

pub(super) async fn ask(user: User, Path(id): Path<Uuid>) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let image = v.state.images.image(&user.caller, id).await?;
    let title = crate::text::text("unregister");
    Ok(page(&Ask {
        s: Shell::new(v.clone(), "confirm", &title, "nav-images"),
        question: crate::text::with("unregister-ask", &[("name", &image.name)]),
        consequence: crate::text::text("unregister-consequence"),
        name: String::new(),
        wrong: false,
        button: title,
        back: "/cyclades/ui/images".into(),
    }))
}

pub(super) async fn unregister(
    user: User,
    Path(id): Path<Uuid>,
    _sent: Posted,
) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    v.state.images.unregister(&user.caller, id).await?;
    Ok(go(v, "/cyclades/ui/images", "done-image-unregistered"))
}
