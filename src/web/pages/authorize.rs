//! Authorisation by the OAuth 2 provider: a client sends people here, and they say
//! whether it may act for them (ID-OA2-03 … 07).

use super::{
    next::leading,
    posted::Posted,
    shell::Shell,
    visitor::Visitor,
    weblogin::{Consent, first, guarded, ui},
};
use crate::{
    api::{
        found,
        oauth2::{Wrong, counted, credentials, demand_private, pairs},
    },
    origin::origin_of,
    text,
};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use identity::oauth2::{AskedGrant, Grant, Refused};
use serde_json::json;

/// The request, from the query and, where that lacks it, from the form.
fn asked(v: &Visitor, headers: &HeaderMap, posted: &Posted) -> Result<AskedGrant, Wrong> {
    let query = pairs(v.uri.query().unwrap_or_default());
    let field = |name: &str| {
        let mut all = query.iter().filter(|(key, _)| key == name);
        let first = all.next().map(|(_, value)| value.clone());
        if all.next().is_some() {
            return Err(Refused::Client(
                "invalid_request",
                "A parameter is repeated",
            ));
        }
        let form = Some(posted.get(name).to_owned());
        Ok(first.or(form).filter(|value| !value.is_empty()))
    };
    Ok(AskedGrant {
        credentials: credentials(headers, field("client_id")?),
        response_type: field("response_type")?,
        redirect_uri: field("redirect_uri")?,
        scope: field("scope")?,
        state: field("state")?,
        challenge: field("code_challenge")?,
        challenge_method: field("code_challenge_method")?,
    })
}

fn check(v: &Visitor, headers: &HeaderMap, posted: &Posted) -> Result<Grant, Wrong> {
    demand_private(&v.state, v.private)?;
    let asked = asked(v, headers, posted)?;
    let guesses = asked.credentials.basic.is_some();
    let checked = v.state.identity.oauth2_check(&asked);
    Ok(checked.map_err(|refused| match guesses {
        true => counted(&v.state, &v.client, refused),
        false => refused,
    })?)
}

fn here(v: &Visitor) -> &str {
    v.uri.path_and_query().map_or("/", |path| path.as_str())
}

/// Asks somebody to log in, then leads back to the same request.
fn to_login(v: &Visitor) -> Response {
    guarded(found(&leading(&format!("{}/login", ui(v)), here(v))))
}

/// A client asks.
pub(super) async fn ask(v: Visitor, headers: HeaderMap) -> Result<Response, Wrong> {
    let grant = check(&v, &headers, &Posted::default())?;
    if v.user().is_none() {
        return Ok(to_login(&v));
    }
    if let Some(elsewhere) = first(&v, here(&v)) {
        return Ok(elsewhere);
    }
    if grant.client.is_trusted {
        return give(&v, grant).await;
    }
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    if accept.is_some_and(|a| a.contains("application/json") && !a.contains("text/html")) {
        return Ok(guarded(in_json(&grant)));
    }
    Ok(question(&v, &grant))
}

/// The question for programs.
fn in_json(grant: &Grant) -> Response {
    Json(json!({
        "client": grant.client.identifier, "redirect_uri": grant.redirect_uri,
        "scope": grant.scope, "state": grant.state,
    }))
    .into_response()
}

fn question(v: &Visitor, grant: &Grant) -> Response {
    let origin = origin_of(&grant.redirect_uri);
    let client = grant.client.identifier.as_str();
    let consent = Consent {
        text: text::with("authorize-text", &[("client", client)]),
        points: vec![
            text::with("authorize-scope", &[("scope", &grant.scope)]),
            text::with("authorize-target", &[("origin", origin)]),
        ],
        button: text::text("consent-allow"),
        s: Shell::titled(v, "authorize", "authorize-title", ""),
    };
    // What browsers do not take in a policy is left out: they then refuse the way back.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:/[]+".contains(&b);
    consent.page(if origin.bytes().all(plain) {
        origin
    } else {
        ""
    })
}

/// Somebody answers.
pub(super) async fn answer(
    v: Visitor,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Wrong> {
    let grant = check(&v, &headers, &posted)?;
    if v.user().is_none() {
        return Ok(to_login(&v));
    }
    if let Some(elsewhere) = first(&v, here(&v)) {
        return Ok(elsewhere);
    }
    if posted.ticked("accept") {
        return give(&v, grant).await;
    }
    let mut more = vec![("error", "access_denied")];
    more.extend(grant.state.as_deref().map(|state| ("state", state)));
    Ok(guarded(found(&grant.back(&more))))
}

/// Sends somebody back with a code.
async fn give(v: &Visitor, grant: Grant) -> Result<Response, Wrong> {
    let Some(user) = v.user() else {
        return Ok(to_login(v));
    };
    let code = v
        .state
        .identity
        .oauth2_issue(user.uuid, grant.clone())
        .await?;
    let mut more = vec![("code", code.as_str())];
    more.extend(grant.state.as_deref().map(|state| ("state", state)));
    tracing::info!(target: "astakos.oa2", "{} lets {} act for them", user.log_display(), grant.client.identifier);
    Ok(guarded(found(&grant.back(&more))))
}
