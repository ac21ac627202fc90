//! One act on one person: a page that asks, and the act (ID-UI-05).

use super::{
    AtDesk,
    ops::{self, Asks, Op},
    user::card,
};
use crate::{
    pages::{
        Failed,
        posted::{Form, Posted},
        shell::{Shell, go, page},
    },
    text::{self, text},
};
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use identity::{Card, UserView};
use kernel::{Error, secret::ExposeSecret};

/// What a form of an act shows, besides its fields.
pub(super) struct Question {
    pub(super) title: String,
    pub(super) consequence: String,
    pub(super) asks: Asks,
    pub(super) label: String,
    /// Colour of the button and of the consequence (ID-ADU-41).
    pub(super) karma: &'static str,
    pub(super) caution: &'static str,
    /// Values to choose from, for the one field.
    pub(super) choices: Vec<String>,
}

impl Question {
    pub(super) async fn new(d: &AtDesk, op: &Op, user: Option<&UserView>) -> kernel::Result<Self> {
        let choices = match (op.name, op.asks) {
            ("add-group", _) => d.state.identity.desk_groups(&d.desk).await?,
            ("delete-group", _) => match user {
                Some(user) => user.groups.iter().map(|(_, name)| name.clone()).collect(),
                None => d.state.identity.desk_groups(&d.desk).await?,
            },
            ("delete-permission", _) => user.map_or_else(Vec::new, |u| u.permissions.clone()),
            (_, Asks::Quota) => {
                let all = d.state.quota.catalogue().await?;
                all.iter().map(|info| info.about.name.to_owned()).collect()
            }
            _ => Vec::new(),
        };
        Ok(Question {
            title: op.title(),
            consequence: op.consequence(),
            asks: op.asks,
            label: op.label(),
            karma: op.karma(),
            caution: op.caution(),
            choices,
        })
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        let own = match self.asks {
            Asks::Nothing => "nothing",
            Asks::Reason => "reason",
            Asks::Line => "line",
            Asks::Number => "number",
            Asks::Message => "message",
            Asks::Quota => "quota",
            Asks::Name => "name",
        };
        own == kind
    }
}

#[derive(Template)]
#[template(path = "pages/admin_act.html")]
pub(super) struct Ask {
    pub(super) s: Shell,
    pub(super) f: Form,
    pub(super) q: Question,
    /// What it is about, by name.
    pub(super) email: String,
    pub(super) back: String,
    /// Address and name of the list.
    pub(super) list: (String, String),
}

#[derive(Template)]
#[template(path = "pages/admin_password.html")]
struct NewPassword {
    s: Shell,
    email: String,
    password: String,
    back: String,
}

fn back(user: &UserView) -> String {
    format!("/admin/user/{}", user.no)
}

/// The form of a message as it is at first (ID-ADU-44).
pub(super) async fn letter(d: &AtDesk) -> kernel::Result<Form> {
    let service = d.settings.str("BRANDING_SERVICE_NAME");
    let subject = text::with("adm-contact-subject", &[("service", service)]);
    let body = d.state.mail.draft(d.language.code()).await?;
    let sender = d.settings.str("SERVER_EMAIL");
    let fields = [("subject", &*subject), ("text", &body), ("sender", sender)];
    Ok(Form::with(&fields))
}

/// Fields as they are at first.
pub(super) async fn filled(d: &AtDesk, op: &Op, user: Option<&UserView>) -> kernel::Result<Form> {
    if op.asks == Asks::Message {
        return letter(d).await;
    }
    let value = match (op.name, user) {
        ("set-email", Some(user)) => user.email.clone(),
        ("level", Some(user)) => user.level.to_string(),
        ("invitations", Some(user)) => user.invitations.to_string(),
        ("default-project", Some(user)) => user.default_project.to_string(),
        _ => String::new(),
    };
    Ok(Form::with(&[("value", &value)]))
}

fn known(name: &str) -> Result<&'static Op, Failed> {
    ops::find(name).ok_or_else(|| Error::not_found(text("no-such-page")).into())
}

async fn draw(d: &AtDesk, op: &Op, card: &Card, f: Form) -> Result<Response, Failed> {
    let q = Question::new(d, op, Some(&card.user)).await?;
    Ok(page(&Ask {
        s: d.shell("admin-act", &q.title.clone(), "nav-adm-users"),
        f,
        q,
        email: card.user.email.clone(),
        back: back(&card.user),
        list: ("/admin/user".to_owned(), text("adm-users")),
    }))
}

/// The page that asks.
pub(in crate::pages) async fn ask(
    d: AtDesk,
    Path((name, op)): Path<(String, String)>,
) -> Result<Response, Failed> {
    let op = known(&op)?;
    if !op.allowed(&d) {
        return Err(Error::forbidden("NOT_ALLOWED").into());
    }
    let card = card(&d, &name).await?;
    let f = filled(&d, op, Some(&card.user)).await?;
    draw(&d, op, &card, f).await
}

async fn carry_out(
    d: &AtDesk,
    op: &Op,
    card: &Card,
    sent: &Posted,
) -> kernel::Result<(identity::Done, Option<String>)> {
    if op.asks == Asks::Name && !sent.trimmed("name").eq_ignore_ascii_case(&card.user.email) {
        return Err(Error::field("name", text("type-name-wrong")));
    }
    let asked = op.read(sent)?;
    let identity = &d.state.identity;
    let (done, password) = identity.desk_act(&d.desk, card.user.no, asked).await?;
    Ok((done, password.map(|p| p.expose_secret().to_owned())))
}

/// The act.
pub(in crate::pages) async fn act(
    d: AtDesk,
    Path((name, op)): Path<(String, String)>,
    sent: Posted,
) -> Result<Response, Failed> {
    let op = known(&op)?;
    if !op.allowed(&d) {
        return Err(Error::forbidden("NOT_ALLOWED").into());
    }
    let card = card(&d, &name).await?;
    let v = &d.user.visitor;
    match carry_out(&d, op, &card, &sent).await {
        Ok((_, Some(password))) => Ok(page(&NewPassword {
            s: d.shell("admin-password", &op.title(), "nav-adm-users"),
            email: card.user.email.clone(),
            password,
            back: back(&card.user),
        })),
        Ok((done, None)) if done.gone => Ok(go(v, "/admin/user", "done-adm-deleted")),
        Ok(_) => Ok(go(v, &back(&card.user), "done-adm")),
        Err(error) => {
            // Whatever is wrong with what was typed is said at the one field there is.
            let error = match (error, op.asks) {
                (Error::NotFound { message }, _) => Error::field("value", message),
                (Error::Invalid { reason, .. }, Asks::Line) => Error::field("value", reason),
                (error, _) => error,
            };
            let f = Form::sent(&sent).refused(v, error)?;
            Ok((StatusCode::BAD_REQUEST, draw(&d, op, &card, f).await?).into_response())
        }
    }
}
