//! Third-party sign-up: the form of who comes from elsewhere (identity.md §5.2).
//!
//! Invariants: what the provider forces is not asked; an address that is used can be
//! given up for another one, or asked for (`switch`).

use super::{
    Failed,
    arrival::{Refused, told},
    entry::query,
    methods::{LAST, YEAR},
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::{Visitor, add_cookie},
};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use identity::{PendingView, SignedUp, outside::OutsideSignUp, provider::Texts};
use kernel::Error;

/// What follows a third-party sign-up.
pub(super) async fn signed_up(
    visitor: &Visitor,
    made: &SignedUp,
    next: &str,
    module: &str,
) -> Result<Response, Failed> {
    let Some(login) = &made.login else {
        return Ok(super::entry::waiting(visitor, made.outcome));
    };
    let mut response = super::entry::entered(visitor, login, next, made.outcome.message());
    add_cookie(&mut response, &visitor.set_cookie(LAST, module, Some(YEAR)));
    Ok(response)
}

#[derive(Template)]
#[template(path = "pages/signup_outside.html")]
struct OutsidePage {
    s: Shell,
    f: Form,
    token: String,
    next: String,
    /// Code of an invitation.
    code: String,
    title: String,
    username: String,
    unfinished: Option<String>,
    forced: std::collections::BTreeSet<String>,
    terms: bool,
    /// The address belongs to an account: the method can be added there (ID-REG-13).
    used: bool,
    /// A link can be sent there instead (ID-SHB-09).
    switches: bool,
}

impl OutsidePage {
    fn is_forced(&self, name: &str) -> bool {
        self.forced.contains(name)
    }
}

fn outside_page(
    visitor: &Visitor,
    pending: identity::PendingView,
    f: Form,
    token: &str,
    (next, code): (&str, &str),
) -> Response {
    page(&OutsidePage {
        s: Shell::titled(visitor, "signup", "signup-title", ""),
        token: token.to_owned(),
        next: visitor.next(next).unwrap_or_default().to_owned(),
        code: code.chars().take(32).collect(),
        title: Texts::new(&visitor.settings, &pending.module).get("ACCOUNT_PROMPT"),
        username: pending.username,
        unfinished: pending.unfinished,
        forced: pending.forced,
        terms: pending.terms,
        used: f.error_key("email") == "EMAIL_USED",
        switches: pending.switches,
        f,
    })
}

/// The identity of a token that was proven in this browser.
///
/// # Errors
/// `NotFound` for any other.
async fn arrived(visitor: &Visitor, token: &str) -> Result<PendingView, Error> {
    let identity = &visitor.state.identity;
    let here = identity.arrived_here(token, &visitor.arrival);
    identity.pending(if here { token } else { "" }).await
}

/// The sign-up form for who comes from elsewhere (ID-REG-11, ID-REG-12).
pub(super) async fn signup_page(visitor: Visitor, token: &str) -> Result<Response, Failed> {
    let pending = arrived(&visitor, token).await?;
    let f = Form::with(&[
        ("email", &pending.email),
        ("first_name", &pending.first_name),
        ("last_name", &pending.last_name),
    ]);
    let (next, code) = (query(&visitor, "next"), query(&visitor, "code"));
    if let Err(error) = visitor.state.identity.invitation(&code).await {
        return match told(&error) {
            Some(message) => Ok(go(&visitor, "/ui", &message)),
            None => Err(error.into()),
        };
    }
    Ok(outside_page(&visitor, pending, f, token, (&next, &code)))
}

/// Signs up who comes from elsewhere (ID-REG-14).
pub(super) async fn sign_up(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let token = sent.get("third_party_token");
    if sent.ticked("cancel") {
        if identity.arrived_here(token, &visitor.arrival) {
            identity.drop_pending(token).await?;
        }
        return Ok(Redirect::to("/ui").into_response());
    }
    let pending = arrived(&visitor, token).await?;
    let form = OutsideSignUp {
        email: sent.trimmed("email").to_owned(),
        first_name: sent.trimmed("first_name").to_owned(),
        last_name: sent.trimmed("last_name").to_owned(),
        signed_terms: sent.ticked("has_signed_terms"),
        language: visitor.language.code().to_owned(),
        code: sent.trimmed("code").to_owned(),
    };
    let along = (sent.get("next"), sent.trimmed("code"));
    if sent.ticked("switch") && pending.switches {
        return match super::switch::ask(&visitor, token, &form.email).await {
            Ok(response) => Ok(response),
            Err(error) => {
                let refused = Refused::new(&visitor, &sent, error)?;
                Ok(refused.answer(|f| outside_page(&visitor, pending, f, token, along)))
            }
        };
    }
    let module = pending.module.clone();
    match identity.outside_sign_up(token, form, &visitor.client).await {
        Ok(made) => signed_up(&visitor, &made, sent.get("next"), &module).await,
        Err(error) => {
            let refused = Refused::new(&visitor, &sent, error)?;
            Ok(refused.answer(|f| outside_page(&visitor, pending, f, token, along)))
        }
    }
}

#[derive(Template)]
#[template(path = "pages/signup_existing.html")]
struct Existing {
    s: Shell,
    token: String,
    title: String,
}

/// "Do you have an account already?" (ID-DSH-14)
pub(super) async fn existing(visitor: Visitor) -> Result<Response, Failed> {
    let token = query(&visitor, "third_party_token");
    let pending = arrived(&visitor, &token).await?;
    Ok(page(&Existing {
        s: Shell::titled(&visitor, "signup", "existing-title", ""),
        title: Texts::new(&visitor.settings, &pending.module).get("ACCOUNT_PROMPT"),
        token,
    }))
}
