//! The cookie that carries the API token for user interfaces of other services
//! (ID-SES-02, ID-SES-03, ID-SES-04). Our own pages do not read it.
//!
//! Invariants: it is set wherever a session is, and goes with it; a wrong one is put
//! right on the next page. The browser is led to the same address for that, once: one
//! that keeps no such cookie is not led in circles.

use super::visitor::{SESSION, Visitor, add_cookie, cookie};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method, header, request::Parts};
use identity::UserView;
use kernel::{Result, Timestamp, secret::ExposeSecret};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Cookie that remembers for a moment that the browser was led to the same address.
const LED: &str = "tokencookie";

fn name(visitor: &Visitor) -> &str {
    visitor.settings.str("ASTAKOS_COOKIE_NAME")
}

/// How the cookie calls a person.
fn called<'a>(visitor: &Visitor, user: &'a UserView, uuid: &'a str) -> &'a str {
    match visitor.settings.bool("ASTAKOS_TRANSLATE_UUIDS") {
        true => &user.username,
        false => uuid,
    }
}

/// Text of the `Set-Cookie` header; without a value the cookie goes.
fn header(visitor: &Visitor, value: Option<(&str, Timestamp)>) -> String {
    let settings = &visitor.settings;
    let mut text = match value {
        Some((value, expires)) => {
            let left = (expires.as_second() - visitor.now.as_second()).max(0);
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            format!("{}={value}; Path=/; Max-Age={left}", name(visitor))
        }
        None => format!("{}=; Path=/; Max-Age=0", name(visitor)),
    };
    let domain = settings.str("ASTAKOS_COOKIE_DOMAIN");
    if !domain.is_empty() {
        text.push_str("; Domain=");
        text.push_str(domain);
    }
    if settings.bool("ASTAKOS_COOKIE_SECURE") && settings.base_url().starts_with("https://") {
        text.push_str("; Secure");
    }
    if settings.bool("ASTAKOS_COOKIE_HTTPONLY") {
        text.push_str("; HttpOnly");
    }
    text.push_str("; SameSite=Lax");
    text
}

/// The cookie of a person.
async fn of(visitor: &Visitor, user: &UserView) -> Result<String> {
    let token = visitor.state.identity.token_of(user.uuid).await?;
    let uuid = user.uuid.to_string();
    let secret = token.token.expose_secret();
    let value = format!("{}|{secret}", called(visitor, user, &uuid));
    Ok(header(visitor, Some((&value, token.expires))))
}

/// Is the cookie that was sent the right one?
fn fits(visitor: &Visitor, user: &UserView, given: &str) -> Result<bool> {
    let text = percent_decode_str(given).decode_utf8_lossy();
    let uuid = user.uuid.to_string();
    let Some((id, token)) = text.split_once('|') else {
        return Ok(false);
    };
    let own = id == called(visitor, user, &uuid);
    Ok(own && visitor.state.identity.is_token_of(user.uuid, token)?)
}

/// What has to be done about the cookie of a request.
pub(super) enum Repair {
    /// Nothing.
    None,
    /// This header on the answer.
    Set(String),
    /// This answer in place of the page.
    Lead(Box<Response>),
}

/// Compares the cookie with the session (ID-SES-03).
pub(super) async fn repair(visitor: &Visitor, parts: &Parts) -> Result<Repair> {
    let looks = parts.method == Method::GET && !parts.headers.contains_key("hx-request");
    if !looks {
        return Ok(Repair::None);
    }
    let given = cookie(&parts.headers, name(visitor));
    let set = match (visitor.user(), given) {
        (None, None) => return Ok(Repair::None),
        (None, Some(_)) => header(visitor, None),
        (Some(user), given) => {
            if let Some(given) = given
                && fits(visitor, user, &given)?
            {
                return Ok(Repair::None);
            }
            of(visitor, user).await?
        }
    };
    let reads = parts.headers.get(header::ACCEPT);
    let reads = reads.and_then(|kinds| kinds.to_str().ok());
    let page = reads.is_some_and(|kinds| kinds.contains("text/html"));
    if !page || cookie(&parts.headers, LED).is_some() {
        return Ok(Repair::Set(set));
    }
    let here = parts.uri.path_and_query().map_or("/", |at| at.as_str());
    let mut answer = Redirect::to(here).into_response();
    add_cookie(&mut answer, &set);
    add_cookie(&mut answer, &visitor.set_cookie(LED, "1", Some(10)));
    Ok(Repair::Lead(Box::new(answer)))
}

/// Value of a cookie that an answer sets.
fn sets(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::SET_COOKIE).iter();
    all.filter_map(|value| value.to_str().ok())
        .filter_map(|text| text.split(';').next()?.split_once('='))
        .filter(|(own, _)| *own == name)
        .map(|(_, value)| value.to_owned())
        .last()
}

/// The cookie goes along with the session an answer begins or ends.
pub(super) async fn follow(visitor: &Visitor, response: &mut Response) -> Result<()> {
    let Some(session) = sets(response.headers(), SESSION) else {
        return Ok(());
    };
    let begun = match session.is_empty() {
        true => None,
        false => visitor.state.identity.session(&session).await?,
    };
    let cookie = match &begun {
        Some(begun) => of(visitor, &begun.user).await?,
        None => header(visitor, None),
    };
    add_cookie(response, &cookie);
    Ok(())
}
