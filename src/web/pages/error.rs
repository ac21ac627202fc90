//! Errors as pages, and what every page's answer carries: cookies and cache headers.

use super::{
    shell::{Shell, page},
    token_cookie::{self, Sent},
    visitor::{ANONYMOUS, MESSAGE, Visitor, add_cookie},
};
use crate::{State, error::page_status, text};
use askama::Template;
use axum::{
    extract::{Request, State as Given},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use kernel::Error;
use std::sync::Arc;

/// An error on its way to a page.
#[derive(Clone)]
pub(crate) struct Failed(Arc<Error>);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed(Arc::new(error))
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = page_status(&self.0).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "pages/error.html")]
struct ErrorPage {
    s: Shell,
    code: u16,
    title: String,
    text: String,
    support: String,
}

/// Reads the visitor once, draws errors, and adds what every answer carries.
pub(super) async fn dress(Given(state): Given<State>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = match Visitor::read(&state, &parts).await {
        Ok(visitor) => visitor,
        Err(error) => {
            tracing::error!(target: "synnefo.ui", "a page failed: {}", error.chain());
            return page_status(&error).into_response();
        }
    };
    parts.extensions.insert(visitor.clone());
    let request = Request::from_parts(parts, body);
    let drawing = text::speaking(visitor.language.clone(), answer(&visitor, request, next));
    crate::drawn::under(visitor.settings.clone(), drawing).await
}

async fn answer(visitor: &Visitor, request: Request, next: Next) -> Response {
    let sent = Sent {
        method: request.method().clone(),
        headers: request.headers().clone(),
    };
    let part = sent.headers.contains_key("hx-request");
    let mut response = next.run(request).await;
    if part && response.status().is_redirection() {
        // A part of a page that leads elsewhere, as to the login, leads the whole page.
        response = (StatusCode::NO_CONTENT, [("hx-refresh", "true")]).into_response();
    }
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = say(
            visitor,
            StatusCode::METHOD_NOT_ALLOWED,
            text::text("error-text-405"),
        );
    }
    if let Some(Failed(error)) = response.extensions().get::<Failed>().cloned() {
        let headers = std::mem::take(response.headers_mut());
        response = draw(visitor, &error);
        for name in [header::RETRY_AFTER, header::ALLOW] {
            if let Some(value) = headers.get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
    }
    response = token_cookie::mend(visitor, &sent, response).await;
    // Pages answer forms as the original did (ID-REC-06); browsers follow both alike.
    if response.status() == StatusCode::SEE_OTHER {
        *response.status_mut() = StatusCode::FOUND;
    }
    finish(visitor, &mut response);
    response
}

fn draw(visitor: &Visitor, error: &Error) -> Response {
    let (status, wait) = match error {
        Error::Busy { retry_after } => (StatusCode::TOO_MANY_REQUESTS, Some(*retry_after)),
        other => (page_status(other), None),
    };
    if let Error::Broken(_) = error {
        tracing::error!(target: "synnefo.ui", "a page failed: {}", error.chain());
    }
    let said = match error {
        Error::Broken(_) => text::text("error-text-500"),
        Error::OverQuota { message, details } => format!("{message} {details}"),
        Error::Busy { .. } => identity::messages::text(&visitor.settings, "TOO_MANY_REQUESTS", &[]),
        other => {
            let said = other.to_string();
            identity::messages::resolve(&visitor.settings, &said).into_owned()
        }
    };
    let mut response = say(visitor, status, said);
    if let Some(seconds) = wait {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// The page of a status.
fn say(visitor: &Visitor, status: StatusCode, said: String) -> Response {
    let code = status.as_u16();
    let kind = match code {
        403 | 404 | 405 | 409 | 413 | 429 | 501 | 503 => code,
        400..=499 => 400,
        _ => 500,
    };
    let name = match kind {
        403 => "error-403",
        404 | 405 => "error-404",
        _ => "error-500",
    };
    let title = text::text(&format!("error-title-{kind}"));
    let drawn = page(&ErrorPage {
        s: Shell::new(visitor.clone(), name, &title, ""),
        code,
        support: visitor.settings.str("CONTACT_EMAIL").to_owned(),
        // What the title says already is not said twice.
        text: match said.trim_end_matches('.') == title {
            true => String::new(),
            false => said,
        },
        title,
    });
    (status, drawn).into_response()
}

pub(super) fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Cookies and cache headers of a page.
fn finish(visitor: &Visitor, response: &mut Response) {
    if is_page(response) {
        let elsewhere = super::owner::image_origins(&visitor.settings);
        let own = response.headers().get(header::CONTENT_SECURITY_POLICY);
        let own = own.and_then(|policy| policy.to_str().ok());
        let policy = own
            .unwrap_or(crate::server::PAGES_POLICY)
            .replace("img-src 'self'", &format!("img-src 'self' {elsewhere}"));
        let widget = super::captcha::policy(&visitor.settings, &policy);
        let open = !elsewhere.is_empty() || widget.is_some();
        let policy = widget.unwrap_or(policy);
        if open && let Ok(policy) = HeaderValue::from_str(&policy) {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if let Some(fresh) = &visitor.fresh {
            add_cookie(response, &visitor.set_cookie(ANONYMOUS, fresh, None));
        }
        let vary = HeaderValue::from_static("Cookie, Accept-Language");
        response.headers_mut().append(header::VARY, vary);
        if visitor.message.is_some() {
            add_cookie(response, &visitor.set_cookie(MESSAGE, "", Some(0)));
        }
    }
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
