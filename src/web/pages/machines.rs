//! Machines: the list, one machine, and what can be done with it.

use super::{
    Failed,
    files::Ask,
    posted::Posted,
    shell::{Message, Shell, go, page},
    visitor::{User, Visitor},
    words,
};
use crate::error::page_status;
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use compute::{Act, ServerView, Status};
use http::{HeaderMap, StatusCode};
use kernel::{Error, Result, ServerId, secret::ExposeSecret};

/// A machine as people see it.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    /// Word of the state (CY-UI-STA-01).
    pub(super) state: String,
    /// Colour of the state.
    pub(super) tone: &'static str,
    /// Something goes on.
    pub(super) moving: bool,
    pub(super) progress: u8,
    /// A line about what goes on or went wrong (CY-UI-STA-04).
    pub(super) line: String,
    pub(super) size: String,
    pub(super) image: String,
    pub(super) addresses: Vec<String>,
    pub(super) created: String,
    pub(super) exact: String,
    pub(super) can_start: bool,
    pub(super) can_stop: bool,
    pub(super) can_destroy: bool,
}

/// Key of the word for a state: the task's while one runs (CY-UI-STA-02).
fn state_key(view: &ServerView) -> (&'static str, &'static str) {
    if view.status == Status::Error {
        return ("state-error", "danger");
    }
    match (view.task_state(), view.status) {
        ("BUILDING", _) => ("state-build", "info"),
        ("REBOOTING", _) => ("state-reboot", "info"),
        ("STOPPING", _) => ("state-shutdown", "info"),
        ("STARTING", _) => ("state-start", "info"),
        ("DESTROYING", _) => ("state-destroy", "info"),
        (_, Status::Build) => ("state-build", "info"),
        (_, Status::Active) => ("state-active", "success"),
        (_, Status::Reboot) => ("state-reboot", "info"),
        (_, Status::Deleted) => ("state-deleted", "neutral"),
        (_, _) => ("state-stopped", "neutral"),
    }
}

fn line(view: &ServerView, key: &str) -> String {
    let said = view
        .diagnostic
        .as_ref()
        .map(|d| d.message.clone())
        .unwrap_or_default();
    match key {
        "state-error" => said,
        "state-destroy" => crate::text::text("line-destroying"),
        "state-build" => match view.progress {
            0 => crate::text::text("line-initializing"),
            1..100 => crate::text::with("line-copying", &[("percent", &view.progress.to_string())]),
            _ if said.is_empty() => crate::text::text("line-finishing"),
            _ => said,
        },
        _ => String::new(),
    }
}

/// `2 CPUs · 4 GB memory · 20 GB disk`.
pub(super) fn size(flavor: &compute::Flavor) -> String {
    crate::text::with(
        "machine-size",
        &[
            ("cpus", &flavor.cpu.to_string()),
            ("ram", &words::memory(flavor.ram)),
            ("disk", &flavor.disk.to_string()),
        ],
    )
}

fn row(v: &Visitor, view: ServerView) -> Row {
    let (key, tone) = state_key(&view);
    let ports = view.ports.iter().flat_map(|port| port.addresses.iter());
    let free = !view.server.suspended;
    Row {
        id: view.server.id.to_string(),
        state: crate::text::text(key),
        tone,
        moving: tone == "info",
        progress: view.progress,
        line: line(&view, key),
        size: size(&view.flavor),
        image: view.server.image_name.clone(),
        addresses: ports.map(|address| address.address.to_string()).collect(),
        created: words::ago(v.now, view.server.created),
        exact: words::exact(view.server.created),
        can_start: free && key == "state-stopped",
        can_stop: free && key == "state-active",
        can_destroy: free && !matches!(key, "state-destroy" | "state-deleted"),
        name: view.server.name,
    }
}

/// Machines that are there, running ones first.
pub(super) fn rows(v: &Visitor, found: Vec<ServerView>) -> Vec<Row> {
    let live = found.into_iter().filter(|view| !view.server.deleted);
    let mut all: Vec<Row> = live.map(|view| row(v, view)).collect();
    all.sort_by_key(|row| row.tone == "neutral");
    all
}

#[derive(Template)]
#[template(path = "pages/machines.html")]
struct List {
    s: Shell,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "parts/machine_rows.html")]
struct Rows {
    s: Shell,
    rows: Vec<Row>,
}

pub(super) async fn index() -> Redirect {
    Redirect::to("/cyclades/ui/machines")
}

/// Is only the living part of a page wanted?
fn is_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request") && !headers.contains_key("hx-boosted")
}

pub(super) async fn list(user: User, headers: HeaderMap) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let rows = rows(v, v.state.compute.servers(&user.caller, None).await?);
    let s = Shell::titled(v, "machines", "nav-machines", "nav-machines");
    Ok(match is_part(&headers) {
        true => page(&Rows { s, rows }),
        false => page(&List { s, rows }),
    })
}

struct Line {
    at: String,
    level: String,
    message: String,
    details: String,
}

#[derive(Template)]
#[template(path = "pages/machine.html")]
struct Detail {
    s: Shell,
    m: Row,
    password: Option<String>,
    log: Vec<Line>,
}

#[derive(Template)]
#[template(path = "parts/machine.html")]
struct Part {
    s: Shell,
    m: Row,
    log: Vec<Line>,
}

/// One machine, or only its living part.
pub(super) async fn detail(
    user: User,
    Path(id): Path<ServerId>,
    headers: HeaderMap,
) -> std::result::Result<Response, Failed> {
    Ok(draw(&user, id, is_part(&headers), None).await?)
}

async fn draw(user: &User, id: ServerId, part: bool, refused: Option<String>) -> Result<Response> {
    let v = &user.visitor;
    let server = v.state.compute.server(&user.caller, id).await?;
    let log = v.state.compute.diagnostics(&user.caller, id).await?;
    let line = |said: compute::Diagnostic| Line {
        at: words::instant(said.created),
        level: format!("{:?}", said.level).to_lowercase(),
        message: said.message,
        details: said.details.unwrap_or_default(),
    };
    let log = log.into_iter().take(50).map(line).collect();
    let m = row(v, server);
    let mut s = Shell::new(v.clone(), "machine", &m.name, "nav-machines");
    s.messages.extend(refused.map(Message::refusal));
    if part {
        return Ok(page(&Part { s, m, log }));
    }
    let password = match v.state.compute.password(&user.caller, id).await {
        Ok(password) => Some(password.expose_secret().to_owned()),
        Err(Error::Broken(cause)) => return Err(Error::Broken(cause)),
        Err(_) => None,
    };
    Ok(page(&Detail {
        s,
        m,
        password,
        log,
    }))
}

/// Acts; what the machine refuses is said on its page, where its state is.
async fn act(user: &User, id: ServerId, act: Act, message: &str) -> Result<Response> {
    let v = &user.visitor;
    match v.state.compute.act(&user.caller, id, act).await {
        Ok(()) => Ok(go(v, &format!("/cyclades/ui/machines/{id}"), message)),
        Err(error @ (Error::Broken(_) | Error::NotFound { .. } | Error::Forbidden { .. })) => {
            Err(error)
        }
        Err(error) => {
            let text = match &error {
                Error::OverQuota { message, details } => format!("{message} {details}"),
                other => other.to_string(),
            };
            let drawn = draw(user, id, false, Some(text)).await?;
            Ok((page_status(&error), drawn).into_response())
        }
    }
}

pub(super) async fn start(
    user: User,
    Path(id): Path<ServerId>,
    _sent: Posted,
) -> std::result::Result<Response, Failed> {
    Ok(act(&user, id, Act::Start, "done-start").await?)
}

pub(super) async fn shutdown(
    user: User,
    Path(id): Path<ServerId>,
    _sent: Posted,
) -> std::result::Result<Response, Failed> {
    Ok(act(&user, id, Act::Shutdown { timeout: None }, "done-shutdown").await?)
}

pub(super) async fn reboot(
    user: User,
    Path(id): Path<ServerId>,
    _sent: Posted,
) -> std::result::Result<Response, Failed> {
    Ok(act(&user, id, Act::Reboot { hard: false }, "done-reboot").await?)
}

async fn ask_page(user: &User, id: ServerId, wrong: bool) -> Result<Response> {
    let v = &user.visitor;
    let server = v.state.compute.server(&user.caller, id).await?.server;
    let title = crate::text::text("destroy");
    Ok(page(&Ask {
        s: Shell::new(v.clone(), "confirm", &title, "nav-machines"),
        question: crate::text::with("destroy-ask", &[("name", &server.name)]),
        consequence: crate::text::text("destroy-consequence"),
        name: server.name,
        wrong,
        button: title,
        back: format!("/cyclades/ui/machines/{id}"),
    }))
}

pub(super) async fn ask(
    user: User,
    Path(id): Path<ServerId>,
) -> std::result::Result<Response, Failed> {
    Ok(ask_page(&user, id, false).await?)
}

/// Removes a machine whose name was typed.
pub(super) async fn destroy(
    user: User,
    Path(id): Path<ServerId>,
    sent: Posted,
) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    let server = v.state.compute.server(&user.caller, id).await?.server;
    if sent.trimmed("name") != server.name.trim() {
        let again = ask_page(&user, id, true).await?;
        return Ok((StatusCode::BAD_REQUEST, again).into_response());
    }
    v.state.compute.act(&user.caller, id, Act::Delete).await?;
    Ok(go(v, "/cyclades/ui/machines", "done-destroy"))
}

/// The password was written down: it is forgotten here (CY-UI-WIZ-07).
pub(super) async fn forget_password(
    user: User,
    Path(id): Path<ServerId>,
    _sent: Posted,
) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    v.state.compute.forget_password(&user.caller, id).await?;
    Ok(go(
        v,
        &format!("/cyclades/ui/machines/{id}"),
        "done-password-forgotten",
    ))
}
