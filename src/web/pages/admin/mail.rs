//! The queue of mail: what waits, what could not be sent, what was sent (ID-MAIL-03).

use super::{AtDesk, query_of};
use crate::{
    auth::query_value,
    pages::{
        Failed,
        posted::Posted,
        shell::{Shell, go, page},
        words,
    },
    text::text,
};
use askama::Template;
use axum::response::Response;
use kernel::{Error, Timestamp};
use notify::{Message, MessageState};

/// The lists, by their name in the address.
const LISTS: [(&str, MessageState); 3] = [
    ("queued", MessageState::Queued),
    ("failed", MessageState::Failed),
    ("sent", MessageState::Sent),
];

/// A message as it is shown: never its text, which may hold links that log people in.
struct Line {
    id: u64,
    to: String,
    subject: String,
    template: String,
    attempts: u32,
    when: String,
    exact: String,
    error: String,
}

fn line(message: Message, now: Timestamp) -> Line {
    Line {
        id: message.id,
        when: match message.at > now {
            true => words::ahead(now, message.at),
            false => words::ago(now, message.at),
        },
        exact: words::exact(message.at),
        to: message.to,
        subject: message.subject,
        template: message.template,
        attempts: message.attempts,
        error: message.error,
    }
}

#[derive(Template)]
#[template(path = "pages/admin_mail.html")]
struct Queue {
    s: Shell,
    state: &'static str,
    lists: Vec<(&'static str, String)>,
    lines: Vec<Line>,
    /// The address of the next page; empty: there is none.
    next: String,
    first: bool,
    may_retry: bool,
}

/// Messages in one state.
pub(in crate::pages) async fn queue(d: AtDesk) -> Result<Response, Failed> {
    let asked = query_value(d.uri.query().unwrap_or_default(), "state").unwrap_or_default();
    let (name, state) = LISTS
        .into_iter()
        .find(|(name, _)| *name == asked)
        .unwrap_or(LISTS[0]);
    let before = query_value(d.uri.query().unwrap_or_default(), "after").unwrap_or_default();
    let before = notify::Place::read(&before);
    let rows = d.rows();
    let mut messages = d.state.mail.page(state, before, rows + 1).await?;
    let more = messages.len() > rows;
    messages.truncate(rows);
    let last = messages
        .last()
        .filter(|_| more)
        .map(|last| last.place().to_string());
    let next = last.map(|last| query_of(&[("state", name), ("after", &last)]));
    let now = d.now;
    Ok(page(&Queue {
        s: d.shell("admin-mail", &text("adm-mail"), "nav-adm-mail"),
        state: name,
        lists: LISTS
            .iter()
            .map(|(name, _)| (*name, text(&format!("adm-mail-{name}"))))
            .collect(),
        lines: messages.into_iter().map(|m| line(m, now)).collect(),
        next: next.unwrap_or_default(),
        first: before.is_none(),
        may_retry: d.may("contact"),
    }))
}

/// Has one message tried again, or all that were not sent.
pub(in crate::pages) async fn retry(d: AtDesk, sent: Posted) -> Result<Response, Failed> {
    if !d.may("contact") {
        return Err(Error::forbidden("NOT_ALLOWED").into());
    }
    let mail = d.state.mail.on_behalf_of(d.desk.caller());
    match sent.get("message") {
        "" => {
            mail.retry_all().await?;
        }
        id => {
            let id = id
                .parse::<u64>()
                .map_err(|_| Error::not_found(text("no-such-page")))?;
            mail.retry(id).await?;
        }
    }
    Ok(go(&d, "/admin/mail", "done-mail-retried"))
}
