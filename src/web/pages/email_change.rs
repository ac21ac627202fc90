//! Another address: asking for it, and what the mailed links lead to (ID-EML).

use super::{
    Failed,
    arrival::{Refused, told},
    posted::{Form, Posted},
    shell::{Message, Shell, go, page},
    visitor::{User, Visitor},
    words,
};
use askama::Template;
use axum::{extract::Path, response::Response};
use http::{HeaderValue, header};
use identity::{Agreed, messages};
use kernel::{Error, UserId};

#[derive(Template)]
#[template(path = "pages/email_change.html")]
struct ChangePage {
    s: Shell,
    f: Form,
    present: String,
    /// A change that waits, in words.
    waits: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/email_change_confirm.html")]
struct ConfirmPage {
    s: Shell,
    present: String,
    new: String,
    asked: String,
    of_new: bool,
}

/// The form; a change that waits is told.
pub(super) async fn form(user: User) -> Result<Response, Failed> {
    draw(&user, Form::default()).await
}

async fn draw(user: &User, f: Form) -> Result<Response, Failed> {
    let v = &user.visitor;
    let identity = &v.state.identity;
    if !identity.may_change_email(user.view.uuid).await? {
        return Err(Error::forbidden("NOT_ALLOWED").into());
    }
    let pending = identity.pending_email_change(user.view.uuid).await?;
    let mut s = Shell::titled(v, "email-change", "email-change-title", "nav-account");
    if pending.is_some() && !f.has_errors() {
        let key = "PENDING_EMAIL_CHANGE_REQUEST";
        s.messages.push(Message {
            key: key.to_owned(),
            level: "warning",
            text: messages::text(&v.settings, key, &[]),
            html: String::new(),
        });
    }
    Ok(page(&ChangePage {
        s,
        f,
        present: user.view.email.clone(),
        waits: pending.map(|change| change.email),
    }))
}

/// Asks for another address.
pub(super) async fn request(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let asked = v.state.identity.request_email_change(
        user.view.uuid,
        sent.trimmed("new_email_address"),
        &v.client,
    );
    match asked.await {
        Ok(()) => Ok(go(v, "/ui/profile", "EMAIL_CHANGE_REGISTERED")),
        Err(error) => {
            let refused = Refused::new(v, &sent, error)?;
            let drawn = draw(&user, refused.form.clone()).await?;
            Ok(refused.answer(|_| drawn))
        }
    }
}

fn viewer(visitor: &Visitor) -> Option<UserId> {
    visitor.user().map(|user| user.uuid)
}

/// Keeps the key of a link to this page: nothing of its address goes elsewhere.
pub(super) fn unreferred(mut response: Response) -> Response {
    let none = HeaderValue::from_static("same-origin");
    response.headers_mut().insert(header::REFERRER_POLICY, none);
    response
}

/// What a mailed link leads to; only its buttons change something.
pub(super) async fn confirm_page(
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let change = match identity.email_change_of(&key, viewer(&visitor)).await {
        Ok(change) => change,
        Err(error) => return elsewhere(&visitor, error),
    };
    Ok(unreferred(page(&ConfirmPage {
        s: Shell::titled(&visitor, "email-change", "email-change-title", ""),
        present: change.present,
        new: change.email,
        asked: words::instant(change.requested),
        of_new: change.of_new,
    })))
}

/// An error that is a message at the index (ID-EML-04), or a page of its own.
fn elsewhere(visitor: &Visitor, error: Error) -> Result<Response, Failed> {
    match (&error, told(&error)) {
        (Error::Conflict { .. }, Some(message)) => Ok(go(visitor, "/ui", &message)),
        _ => Err(error.into()),
    }
}

/// The buttons of that page.
pub(super) async fn confirm(
    visitor: Visitor,
    Path(key): Path<String>,
    sent: Posted,
) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let who = viewer(&visitor);
    if sent.ticked("refuse") {
        return match identity.refuse_email_change(&key, who).await {
            Ok(()) => Ok(go(&visitor, "/ui", "EMAIL_CHANGE_REFUSED")),
            Err(error) => elsewhere(&visitor, error),
        };
    }
    let target = match who {
        Some(_) => "/ui/profile",
        None => "/ui",
    };
    match identity.agree_email_change(&key, who).await {
        Ok(Agreed::Changed) => Ok(go(&visitor, target, "EMAIL_CHANGED")),
        Ok(Agreed::Waits) => Ok(go(&visitor, target, "EMAIL_CHANGE_WAITS")),
        Err(error) => elsewhere(&visitor, error),
    }
}
