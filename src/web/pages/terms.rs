//! The terms of use: reading them and signing them (ID-TRM-03).

use super::{
    Failed,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::Visitor,
    words,
};
use crate::auth::query_value;
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use identity::TermsView;

#[derive(Template)]
#[template(path = "pages/terms.html")]
struct TermsPage {
    s: Shell,
    f: Form,
    html: String,
    issued: String,
    version: u64,
    /// Does the visitor have to sign?
    asks: bool,
    next: String,
}

fn draw(visitor: &Visitor, terms: TermsView, newest: bool, f: Form, next: &str) -> Response {
    let unsigned = visitor.user().is_some_and(|user| !user.signed_terms);
    page(&TermsPage {
        s: Shell::titled(visitor, "terms", "terms-title", ""),
        f,
        html: terms.html,
        issued: words::day(terms.issued),
        version: terms.id,
        asks: newest && unsigned,
        next: visitor.next(next).unwrap_or_default().to_owned(),
    })
}

fn none(visitor: &Visitor) -> Response {
    go(visitor, "/ui", "NO_APPROVAL_TERMS")
}

/// The newest terms, with the form for whoever has not signed them.
pub(super) async fn newest(visitor: Visitor) -> Result<Response, Failed> {
    let next = query_value(visitor.uri.query().unwrap_or_default(), "next").unwrap_or_default();
    Ok(match visitor.state.identity.terms_newest().await? {
        Some(terms) => draw(&visitor, terms, true, Form::default(), &next),
        None => none(&visitor),
    })
}

/// A version.
pub(super) async fn version(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let found = match id.parse() {
        Ok(id) => identity.terms(id).await?,
        Err(_) => None,
    };
    let newest = identity.terms_version()?;
    Ok(match found {
        Some(terms) => {
            let is_newest = terms.id == newest;
            draw(&visitor, terms, is_newest, Form::default(), "")
        }
        None => none(&visitor),
    })
}

/// Signs the terms of a version's page, which must be the newest.
pub(super) async fn sign_version(
    visitor: Visitor,
    Path(id): Path<String>,
    sent: Posted,
) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let known = match id.parse() {
        Ok(id) => identity.terms(id).await?.map(|terms| terms.id),
        Err(_) => None,
    };
    match known {
        Some(id) => signed(&visitor, &sent, Some(id)).await,
        None => Ok(none(&visitor)),
    }
}

/// Signs the newest terms.
pub(super) async fn sign(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    signed(&visitor, &sent, None).await
}

async fn signed(visitor: &Visitor, sent: &Posted, page: Option<u64>) -> Result<Response, Failed> {
    let Some(user) = visitor.user() else {
        return Ok(Redirect::to("/ui/login?next=%2Fui%2Fapproval_terms").into_response());
    };
    let identity = &visitor.state.identity;
    let Some(terms) = identity.terms_newest().await? else {
        return Ok(none(visitor));
    };
    let next = sent.get("next");
    // What was read must be what is signed.
    let read = sent.get("version");
    let current = read.is_empty() || read.parse() == Ok(terms.id);
    let current = current && page.is_none_or(|page| page == terms.id);
    if !sent.ticked("has_signed_terms") || !current {
        let mut f = Form::default();
        f.refuse(visitor, "has_signed_terms", "SIGN_TERMS");
        return Ok(draw(visitor, terms, true, f, next));
    }
    identity.sign_terms(user.uuid, &visitor.client).await?;
    let target = visitor.next(next).unwrap_or("/ui");
    Ok(go(visitor, target, "done-terms-signed"))
}
