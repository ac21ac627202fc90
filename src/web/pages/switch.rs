//! Attaching an academic identity to a local account by a mailed link (ID-SHB-09).
//!
//! Invariants: the link's page only shows what is asked for; its button acts; whoever
//! asked for the link is told the same whether an account uses the address.

use super::{
    Failed,
    arrival::told,
    email_change::unreferred,
    methods::with_query,
    posted::Posted,
    shell::{Shell, carried, go, page},
    visitor::Visitor,
    words,
};
use askama::Template;
use axum::{extract::Path, response::Response};
use identity::{Attached, provider::Texts};
use kernel::{Error, UserId};

#[derive(Template)]
#[template(path = "pages/switch.html")]
struct SwitchPage {
    s: Shell,
    email: String,
    details: String,
    affiliation: String,
    asked: String,
    from: String,
    /// The owner has to log in before the button does anything.
    log_in_first: bool,
}

fn viewer(visitor: &Visitor) -> Option<UserId> {
    visitor.user().map(|user| user.uuid)
}

/// The link is asked for, on the form of a third-party sign-up.
pub(super) async fn ask(visitor: &Visitor, token: &str, email: &str) -> Result<Response, Error> {
    let identity = &visitor.state.identity;
    let to = identity.ask_switch(token, email, &visitor.client).await?;
    let said = carried("SWITCH_ACCOUNT_LINK_SENT", &[&to]);
    Ok(go(visitor, "/ui/login", &said))
}

/// A link that is worth nothing is told at the index; other errors are pages.
fn elsewhere(visitor: &Visitor, error: Error) -> Result<Response, Failed> {
    match (&error, told(&error)) {
        (Error::Conflict { .. }, Some(message)) => Ok(go(visitor, "/ui", &message)),
        _ => Err(error.into()),
    }
}

/// What a mailed link leads to; only its button changes something.
pub(super) async fn form(visitor: Visitor, Path(token): Path<String>) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let seen = match identity.switch_of(&token, viewer(&visitor)).await {
        Ok(seen) => seen,
        Err(error) => return elsewhere(&visitor, error),
    };
    Ok(unreferred(page(&SwitchPage {
        s: Shell::titled(&visitor, "switch", "switch-title", ""),
        email: seen.email,
        details: Texts::about(&visitor.settings, &seen.module, seen.about).get("METHOD_DETAILS"),
        affiliation: seen.affiliation,
        asked: words::instant(seen.asked),
        from: seen.from,
        log_in_first: seen.log_in_first,
    })))
}

/// The button of that page.
pub(super) async fn follow(
    visitor: Visitor,
    Path(token): Path<String>,
    _sent: Posted,
) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let done = identity.follow_switch(&token, viewer(&visitor), &visitor.client);
    let (module, login) = match done.await {
        Ok(Attached::Done { module, login }) => (module, login),
        Ok(Attached::LogIn) => {
            let target = with_query("/ui/login", &[("next", visitor.uri.path())]);
            return Ok(go(&visitor, &target, "AUTH_PROVIDER_LOGIN_TO_ADD"));
        }
        Err(error) => return elsewhere(&visitor, error),
    };
    let title = Texts::new(&visitor.settings, &module).get("METHOD_PROMPT");
    let said = carried("SWITCH_ACCOUNT_SUCCESS", &[&title]);
    match login {
        Some(login) => super::methods::begun(&visitor, &login, &module, &said).await,
        None => Ok(go(&visitor, "/ui/profile", &said)),
    }
}
