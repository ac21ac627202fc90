//! Invitations: sending them and seeing what became of them (ID-INV, ID-DSH-11).

use super::{
    Failed,
    arrival::Refused,
    posted::{Form, Posted},
    shell::{Shell, carried, go, page},
    visitor::User,
    words,
};
use askama::Template;
use axum::response::Response;
use kernel::Error;

struct Sent {
    id: u64,
    email: String,
    realname: String,
    created: String,
    used: bool,
}

#[derive(Template)]
#[template(path = "pages/invite.html")]
struct InvitePage {
    s: Shell,
    f: Form,
    left: u32,
    sent: Vec<Sent>,
}

fn offered(user: &User) -> Result<(), Failed> {
    let settings = &user.visitor.settings;
    match settings.bool("ASTAKOS_INVITATIONS_ENABLED") {
        true => Ok(()),
        false => Err(Error::not_found(crate::text::text("no-such-page")).into()),
    }
}

/// The form and what was sent.
pub(super) async fn form(user: User) -> Result<Response, Failed> {
    offered(&user)?;
    let sent = listed(&user).await?;
    Ok(draw(&user, Form::default(), sent))
}

async fn listed(user: &User) -> Result<Vec<Sent>, Failed> {
    let identity = &user.visitor.state.identity;
    let all = identity.invitations_of(user.view.uuid).await?;
    let one = |row: identity::InvitationView| Sent {
        id: row.id,
        email: row.email,
        realname: row.realname,
        created: words::day(row.created),
        used: row.consumed.is_some(),
    };
    Ok(all.into_iter().map(one).collect())
}

fn draw(user: &User, f: Form, sent: Vec<Sent>) -> Response {
    page(&InvitePage {
        s: Shell::titled(&user.visitor, "invite", "invite-title", "nav-account"),
        f,
        left: user.view.invitations,
        sent,
    })
}

/// Sends an invitation.
pub(super) async fn send(user: User, sent: Posted) -> Result<Response, Failed> {
    offered(&user)?;
    let v = &user.visitor;
    let email = sent.trimmed("username");
    let realname = sent.trimmed("realname");
    let invited = v
        .state
        .identity
        .invite(user.view.uuid, email, realname, &v.client);
    match invited.await {
        Ok(invitation) => {
            let message = carried("INVITATION_SENT", &[&invitation.email]);
            Ok(go(v, "/ui/invite", &message))
        }
        Err(error) => {
            let refused = Refused::new(v, &sent, error)?;
            let all = listed(&user).await?;
            Ok(refused.answer(|f| draw(&user, f, all)))
        }
    }
}
