//! A word to the people who run the service (ID-DSH-09).

use super::{
    Failed,
    arrival::Refused,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::User,
};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "pages/contact.html")]
struct Contact {
    s: Shell,
    f: Form,
    email: String,
}

fn draw(user: &User, f: Form) -> Response {
    page(&Contact {
        s: Shell::titled(&user.visitor, "feedback", "contact-title", "nav-contact"),
        f,
        email: user.view.email.clone(),
    })
}

/// The form.
pub(super) async fn form(user: User) -> Response {
    draw(&user, Form::default())
}

/// Sends it to those of `FEEDBACK_NOTIFICATIONS_RECIPIENTS` (ID-MAIL-14).
pub(super) async fn send(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let message = sent.get("feedback_msg").to_owned();
    let mut f = Form::sent(&sent);
    if message.trim().is_empty() {
        f.refuse(v, "feedback_msg", "REQUIRED_FIELD");
        return Ok(draw(&user, f));
    }
    let data = sent.get("feedback_data").to_owned();
    match v
        .state
        .identity
        .feedback(user.view.uuid, message, data, &v.client)
        .await
    {
        Ok(()) => Ok(go(v, "/ui/feedback", "FEEDBACK_SENT")),
        Err(error) => {
            let refused = Refused::of(v, f, error)?;
            Ok(refused.answer(|f| draw(&user, f)))
        }
    }
}
