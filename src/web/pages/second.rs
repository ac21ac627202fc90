//! The second factor: asked for between password and session, set up and removed by
//! its owner (ID-SEC-29).
//!
//! Invariants: half a login has a cookie of its own, which opens this page and nothing
//! else; secrets and recovery codes are shown once and stand in no address.

use super::{
    Failed,
    posted::{Form, Posted},
    shell::{Shell, carried, go, page},
    token_cookie::Whose,
    visitor::{User, Visitor, add_cookie, cookie},
    words,
};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use identity::{FactorsView, HalfLogin, HalfView, SecondProof, factor::FactorKind};
use kernel::{
    Error,
    secret::{ExposeSecret, SecretString},
};

/// Cookie of half a login.
const HALF: &str = "halflogin";
const HERE: &str = "/ui/second_factor";

/// The same as a picture for the camera of a telephone: a path of squares.
struct Picture {
    size: i32,
    path: String,
}

fn picture(text: &str) -> Option<Picture> {
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
        }
    }
    Some(Picture {
        size: size + 8,
        path,
    })
}

/// A secret an app is to know.
struct Secret {
    picture: Option<Picture>,
    uri: String,
    /// In groups of four, for typing.
    typed: String,
}

fn secret(setup: &identity::TotpSetup) -> Secret {
    let plain: Vec<char> = setup.secret.expose_secret().chars().collect();
    let groups: Vec<String> = plain
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    let uri = setup.uri.expose_secret().to_owned();
    Secret {
        picture: picture(&uri),
        typed: groups.join(" "),
        uri,
    }
}

#[derive(Template)]
#[template(path = "pages/second_ask.html")]
struct Ask {
    s: Shell,
    f: Form,
    next: String,
    key: String,
    totp: bool,
    passkey: Option<String>,
    setup: Option<Secret>,
}

#[derive(Template)]
#[template(path = "pages/recovery_codes.html")]
struct Codes {
    s: Shell,
    codes: Vec<String>,
    on: String,
}

/// To the page that asks for the second factor.
pub(super) fn ask(visitor: &Visitor, half: &HalfLogin, next: &str, key: &str) -> Response {
    let next = visitor.next(next).unwrap_or_default();
    let target = super::methods::with_query("/ui/login/second", &[("next", next), ("key", key)]);
    let mut response = go(visitor, &target, "");
    let left = half.expires.as_second() - visitor.now.as_second();
    let cookie = visitor.set_cookie(HALF, half.cookie.expose_secret(), Some(left.max(0)));
    add_cookie(&mut response, &cookie);
    response
}

fn draw(visitor: &Visitor, half: &HalfView, f: Form, next: &str, key: &str) -> Response {
    page(&Ask {
        s: Shell::titled(visitor, "login-second", "second-title", ""),
        next: visitor.next(next).unwrap_or_default().to_owned(),
        key: key.to_owned(),
        totp: half.totp,
        passkey: half.passkey.clone(),
        setup: half.setup.as_ref().map(secret),
        f,
    })
}

/// Half a login that is over: from the start, and the cookie goes.
fn over(visitor: &Visitor, message: &str) -> Response {
    let mut response = go(visitor, "/ui/login", message);
    add_cookie(&mut response, &visitor.set_cookie(HALF, "", Some(0)));
    response
}

/// Asks for the second factor.
pub(super) async fn ask_page(visitor: Visitor, headers: HeaderMap) -> Result<Response, Failed> {
    let next = super::entry::query(&visitor, "next");
    let key = super::entry::query(&visitor, "key");
    let Some(half) = cookie(&headers, HALF) else {
        return Ok(Redirect::to("/ui/login").into_response());
    };
    match visitor.state.identity.half_login(&half).await {
        Ok(half) => Ok(draw(&visitor, &half, Form::default(), &next, &key)),
        Err(Error::Unauthorized { message }) => Ok(over(&visitor, &message)),
        Err(error) => Err(error.into()),
    }
}

/// Completes a login.
pub(super) async fn complete(
    visitor: Visitor,
    headers: HeaderMap,
    sent: Posted,
) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let half = cookie(&headers, HALF).unwrap_or_default();
    let proof = match sent.get("passkey") {
        "" => SecondProof::Code(sent.secret("code")),
        answer => SecondProof::Passkey(answer.to_owned()),
    };
    let done = identity.complete_login_from(&half, proof, &visitor.device, &visitor.client);
    let (next, key) = (sent.get("next"), sent.get("key"));
    match done.await {
        Ok(done) => {
            if !visitor.cookie.is_empty() {
                identity.log_out(&visitor.cookie).await?;
            }
            let mut response =
                super::methods::entered(&visitor, &done.login, next, &done.module, key).await?;
            if let Some(codes) = done.codes {
                let target = visitor.next(next).unwrap_or("/ui/landing");
                let entered = visitor.renewed(done.login.cookie.expose_secret()).await?;
                let mut shown = show_codes(&entered, codes, target);
                if let Some(whose) = response.extensions_mut().remove::<Whose>() {
                    shown.extensions_mut().insert(whose);
                }
                for cookie in response.headers().get_all(header::SET_COOKIE) {
                    shown
                        .headers_mut()
                        .append(header::SET_COOKIE, cookie.clone());
                }
                response = shown;
            }
            add_cookie(&mut response, &visitor.set_cookie(HALF, "", Some(0)));
            Ok(response)
        }
        Err(Error::Unauthorized { message }) => Ok(over(&visitor, &message)),
        Err(error) => {
            let status = match &error {
                Error::Busy { .. } => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNAUTHORIZED,
            };
            let f = Form::default().refused(&visitor, error)?;
            let half = match identity.half_login(&half).await {
                Ok(half) => half,
                Err(_) => return Ok(over(&visitor, "SECOND_FACTOR_OVER")),
            };
            Ok((status, draw(&visitor, &half, f, next, key)).into_response())
        }
    }
}

fn show_codes(visitor: &Visitor, codes: Vec<String>, on: &str) -> Response {
    page(&Codes {
        s: Shell::titled(visitor, "recovery-codes", "codes-title", "nav-account"),
        codes,
        on: on.to_owned(),
    })
}

struct Line {
    id: u64,
    passkey: bool,
    name: String,
    created: String,
    used: String,
}

#[derive(Template)]
#[template(path = "pages/second_factor.html")]
struct Overview {
    s: Shell,
    f: Form,
    factors: Vec<Line>,
    codes: usize,
    required: bool,
    lacking: bool,
    password: bool,
    passkeys: bool,
    /// A code by time is being set up.
    setup: Option<Secret>,
    /// A passkey is being set up: the question to the device.
    question: Option<String>,
}

async fn overview(user: &User, f: Form) -> Result<Response, Failed> {
    let v = &user.visitor;
    let identity = &v.state.identity;
    let all: FactorsView = identity.factors(user.view.uuid).await?;
    let line = |factor: identity::FactorView| Line {
        id: factor.id,
        passkey: factor.kind == FactorKind::Passkey,
        created: words::instant(factor.created),
        used: factor
            .used
            .map(|at| words::ago(v.now, at))
            .unwrap_or_default(),
        name: factor.name,
    };
    Ok(page(&Overview {
        s: Shell::titled(v, "second-factor", "second-factor", "nav-account"),
        f,
        codes: all.codes,
        required: all.required,
        lacking: v
            .session
            .as_ref()
            .is_some_and(|session| session.lacks_second),
        password: all.password,
        passkeys: all.passkeys,
        factors: all.factors.into_iter().map(line).collect(),
        setup: identity
            .totp_begun(user.view.uuid, &v.cookie)
            .await?
            .as_ref()
            .map(secret),
        question: identity.passkey_begun(user.view.uuid, &v.cookie).await?,
    }))
}

/// What there is, and what may be set up.
pub(super) async fn factors_page(user: User) -> Result<Response, Failed> {
    overview(&user, Form::default()).await
}

fn kind(sent: &Posted) -> FactorKind {
    match sent.get("kind") {
        "passkey" => FactorKind::Passkey,
        _ => FactorKind::Totp,
    }
}

/// Sets up, confirms, removes; makes new recovery codes.
pub(super) async fn change_factors(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let (identity, uuid) = (&v.state.identity, user.view.uuid);
    let password = sent.secret("password");
    let changed = match sent.get("action") {
        "begin" => identity
            .factor_begin(uuid, &v.cookie, kind(&sent), password, &v.client)
            .await
            .map(|()| go(v, HERE, "")),
        "confirm" => confirm(&user, &sent).await,
        "remove" => remove(&user, &sent, password).await,
        "codes" => identity
            .recovery_codes(uuid, &v.cookie, password, &v.client)
            .await
            .map(|codes| show_codes(v, codes, HERE)),
        _ => Err(Error::invalid("There is no such action.")),
    };
    match changed {
        Ok(response) => Ok(response),
        Err(error) => {
            let f = Form::sent(&sent).refused(v, error)?;
            let drawn = overview(&user, f).await?;
            Ok((StatusCode::BAD_REQUEST, drawn).into_response())
        }
    }
}

async fn confirm(user: &User, sent: &Posted) -> kernel::Result<Response> {
    let v = &user.visitor;
    let kind = kind(sent);
    let proof = match kind {
        FactorKind::Totp => sent.trimmed("code"),
        FactorKind::Passkey => sent.get("passkey"),
    };
    let kept = v.state.identity.factor_confirm(
        user.view.uuid,
        &v.cookie,
        kind,
        sent.trimmed("name"),
        proof,
        &v.client,
    );
    let kept = kept.await?;
    let response = match (kept.codes, &kept.cookie) {
        (Some(codes), Some(cookie)) => {
            let v = v.renewed(cookie.expose_secret()).await?;
            show_codes(&v, codes, HERE)
        }
        (Some(codes), None) => show_codes(v, codes, HERE),
        (None, _) => go(v, HERE, "done-factor-added"),
    };
    Ok(match &kept.cookie {
        Some(cookie) => super::passwords::with_cookie(v, response, cookie),
        None => response,
    })
}

async fn remove(user: &User, sent: &Posted, password: SecretString) -> kernel::Result<Response> {
    let v = &user.visitor;
    let none = || Error::not_found("There is no such second factor.");
    let id = sent.get("factor").parse().map_err(|_| none())?;
    let identity = &v.state.identity;
    identity
        .factor_remove(user.view.uuid, &v.cookie, id, password, &v.client)
        .await?;
    Ok(go(v, HERE, &carried("done-factor-removed", &[])))
}
