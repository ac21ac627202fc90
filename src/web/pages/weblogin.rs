//! Web login: a program on somebody's machine gets their token (ID-WEB, ID-SEC-11).
//!
//! Invariants: a token goes only to addresses of an allowed scheme, after the person
//! agreed once; what a link may not do (a new token, a logout from elsewhere) waits for
//! a click.

use super::{
    Failed,
    next::leading,
    posted::Posted,
    shell::{Shell, page},
    visitor::{SESSION, Visitor, add_cookie},
};
use crate::{
    State,
    api::{found, json_body},
    auth::query_value,
    text,
};
use askama::Template;
use axum::{Json, extract::State as Given, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use identity::UserView;
use kernel::{Error, Result, secret::ExposeSecret};
use serde_json::{Value, json};

/// A question whether a program may have something.
#[derive(Template)]
#[template(path = "pages/consent.html")]
pub(super) struct Consent {
    pub(super) s: Shell,
    pub(super) text: String,
    pub(super) points: Vec<String>,
    pub(super) button: String,
}

impl Consent {
    /// The page; its form may lead to `target`, an origin or a scheme.
    pub(super) fn page(&self, target: &str) -> Response {
        let mut response = page(self);
        let policy = crate::server::PAGES_POLICY.replace(
            "form-action 'self'",
            &format!("form-action 'self' {target}"),
        );
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        guarded(response)
    }
}

/// An answer that leaves no trace elsewhere.
pub(super) fn guarded(mut response: Response) -> Response {
    for (name, value) in [
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// What is asked for.
struct Asked {
    next: String,
    scheme: String,
    force: bool,
    renew: bool,
    code: bool,
}

/// Is this parameter there without a value?
fn bare(query: &str, name: &str) -> bool {
    query.split('&').any(|pair| {
        pair.split_once('=')
            .map_or(pair == name, |p| p == (name, ""))
    })
}

impl Asked {
    fn read(visitor: &Visitor) -> Result<Self> {
        let query = visitor.uri.query().unwrap_or_default();
        let missing = || Error::invalid("MISSING_NEXT_PARAMETER");
        let next = query_value(query, "next").ok_or_else(missing)?;
        let refused = || Error::forbidden("NOT_ALLOWED_NEXT_PARAM");
        let (scheme, rest) = next.split_once(':').ok_or_else(refused)?;
        let scheme = scheme.to_ascii_lowercase();
        let allowed = visitor.settings.strings("ASTAKOS_REDIRECT_ALLOWED_SCHEMES");
        let web = ["http", "https", "javascript", "data", "file"];
        let known = allowed.iter().any(|one| one.to_ascii_lowercase() == scheme)
            && !web.contains(&scheme.as_str());
        let plain = next.len() <= 2048 && next.bytes().all(|b| b.is_ascii_graphic());
        if !known || !plain || !rest.starts_with("//") {
            return Err(refused());
        }
        Ok(Asked {
            scheme,
            force: bare(query, "force"),
            renew: bare(query, "renew"),
            code: query_value(query, "response").as_deref() == Some("code"),
            next,
        })
    }

    /// `next` with another query.
    fn back(&self, query: &str) -> String {
        let end = self.next.find(['?', '#']).unwrap_or(self.next.len());
        format!("{}?{query}", &self.next[..end])
    }

    /// Origin and first part of the path, of which the mount is a part.
    fn here(&self, v: &Visitor) -> String {
        let next =
            percent_encoding::utf8_percent_encode(&self.next, percent_encoding::NON_ALPHANUMERIC);
        let renew = if self.renew { "&renew=" } else { "" };
        let code = if self.code { "&response=code" } else { "" };
        format!("{}?next={next}{renew}{code}", v.uri.path())
    }
}

/// The pages of identity as this request addresses them.
pub(super) fn ui(v: &Visitor) -> String {
    let mounted = v.uri.path().starts_with("/astakos/");
    let mount = if mounted { "/astakos" } else { "" };
    format!("{}{mount}/ui", v.origin)
}

/// Does a link on somebody else's page lead here?
fn from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    site.is_some_and(|site| site == b"cross-site")
}

/// Must somebody do something else first: sign the terms, give a second factor?
pub(super) fn first(v: &Visitor, here: &str) -> Option<Response> {
    let user = v.user()?;
    let session = v.session.as_ref()?;
    if !user.signed_terms {
        let terms = format!("{}/approval_terms", ui(v));
        return Some(guarded(found(&leading(&terms, here))));
    }
    let lacks = session.lacks_second || !session.missing_methods.is_empty();
    lacks.then(|| guarded(found(&format!("{}/landing", ui(v)))))
}

/// Asks somebody to log in, then leads back here.
fn to_login(v: &Visitor, asked: &Asked) -> Response {
    let target = leading(&format!("{}/login", ui(v)), &asked.here(v));
    found(&target)
}

/// `weblogin/login` (ID-WEB-01 … 05).
pub(super) async fn login(v: Visitor, headers: HeaderMap) -> Result<Response, Failed> {
    let asked = Asked::read(&v)?;
    let Some(user) = v.user().cloned() else {
        return Ok(guarded(to_login(&v, &asked)));
    };
    if asked.force && !from_elsewhere(&headers) {
        return leave(&v, &asked).await;
    }
    if let Some(elsewhere) = first(&v, &asked.here(&v)) {
        return Ok(elsewhere);
    }
    let agreed = v.state.identity.handover_agreed(user.uuid, &asked.scheme)?;
    if agreed && !asked.renew && !asked.force {
        return hand_over(&v, &asked, &user).await;
    }
    Ok(question(&v, &asked))
}

fn question(v: &Visitor, asked: &Asked) -> Response {
    let target = format!("{}:", asked.scheme);
    let mut points = vec![text::with("weblogin-address", &[("address", &asked.next)])];
    points.push(text::text("weblogin-rights"));
    if asked.renew {
        points.push(text::text("weblogin-renew"));
    }
    let consent = Consent {
        text: text::with("weblogin-text", &[("scheme", &asked.scheme)]),
        points,
        button: match asked.force {
            true => text::text("weblogin-leave"),
            false => text::text("consent-allow"),
        },
        s: Shell::titled(v, "weblogin", "weblogin-title", ""),
    };
    consent.page(&target)
}

/// Ends the session first.
async fn leave(v: &Visitor, asked: &Asked) -> Result<Response, Failed> {
    v.state.identity.log_out(&v.cookie).await?;
    let mut response = to_login(v, asked);
    add_cookie(&mut response, &v.set_cookie(SESSION, "", Some(0)));
    let whose = super::token_cookie::Whose(None);
    response.extensions_mut().insert(whose);
    Ok(guarded(response))
}

/// The answer to the question.
pub(super) async fn answer(v: Visitor, posted: Posted) -> Result<Response, Failed> {
    let asked = Asked::read(&v)?;
    let Some(user) = v.user().cloned() else {
        return Ok(guarded(to_login(&v, &asked)));
    };
    if !posted.ticked("accept") {
        return Ok(guarded(found(&format!("{}/landing", ui(&v)))));
    }
    if asked.force {
        return leave(&v, &asked).await;
    }
    if let Some(elsewhere) = first(&v, &asked.here(&v)) {
        return Ok(elsewhere);
    }
    let identity = &v.state.identity;
    identity.agree_to_handover(user.uuid, &asked.scheme).await?;
    if asked.renew {
        identity.renew_token_alone(user.uuid, &v.cookie).await?;
    }
    hand_over(&v, &asked, &user).await
}

async fn hand_over(v: &Visitor, asked: &Asked, user: &UserView) -> Result<Response, Failed> {
    let identity = &v.state.identity;
    let query = match asked.code {
        true => format!("code={}", identity.handover_code(user.uuid).await?),
        false => {
            let token = identity.token_of(user.uuid).await?;
            format!("uuid={}&token={}", user.uuid, token.token.expose_secret())
        }
    };
    tracing::info!(target: "astakos.im", "{} handed their token to {}:", user.log_display(), asked.scheme);
    Ok(guarded(found(&asked.back(&query))))
}

/// Exchanges a code for the token it stands for (ID-WEB-05).
pub(crate) async fn exchange(
    Given(state): Given<State>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, crate::error::Fault<crate::error::Keystone>> {
    let body = json_body(&headers, &body)?;
    let code = body.get("code").and_then(Value::as_str);
    let code = code.ok_or_else(|| Error::invalid("Missing code"))?;
    let (uuid, token) = state.identity.redeem_handover(code).await?;
    Ok(Json(json!({
        "uuid": uuid.to_string(), "token": token.token.expose_secret(),
    })))
}
