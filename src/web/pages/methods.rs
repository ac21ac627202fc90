//! Ways to log in beside the password: to another site and back, third-party sign-up,
//! adding and removing (identity.md §5.2, §10.1).
//!
//! Invariants: what a login asked for travels sealed in a cookie and comes back once;
//! a module that is not enabled has no page; `next` is looked at where it is used.

use super::{
    Failed,
    entry::query,
    log_in::{LoginPage, Resend},
    posted::{Form, Posted},
    shell::{carried, go, page},
    visitor::{ARRIVAL, User, Visitor, add_cookie, cookie},
};
use crate::server::Peer;
use axum::{
    Extension,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use identity::{
    Arrival, Login,
    outside::Asked,
    provider::{self, Texts},
};
use kernel::{Error, secret::ExposeSecret};
use login::{Leg, Next, Turn};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::IpAddr};

/// Cookie that remembers the way somebody logged in last (ID-DSH-01).
pub(super) const LAST: &str = "astakos_last_login_method";
/// Cookie of a login that is elsewhere.
const ELSEWHERE: &str = "loginleg";
/// How long it is remembered.
pub(super) const YEAR: i64 = 365 * 86_400;

/// A way to log in or sign up, as the pages show it.
pub(super) struct Way {
    pub(super) module: &'static str,
    pub(super) title: String,
    pub(super) login_title: String,
    pub(super) signup_title: String,
    pub(super) description: String,
    /// What its link says to who points at it.
    pub(super) prompt: String,
    /// What stands above its form or button, when it is the open one, and below.
    pub(super) primary_prompt: String,
    pub(super) extra: String,
    pub(super) url: String,
    /// Address of the picture the owner set; empty for our own.
    pub(super) picture: String,
    /// It was used last.
    pub(super) last: bool,
}

/// What has to be quoted in a parameter.
const QUOTED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

fn quote(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, QUOTED).to_string()
}

/// An address with those of the parameters that are there.
pub(super) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let there = pairs.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = there.map(|(k, v)| format!("{k}={}", quote(v))).collect();
    match pairs.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", pairs.join("&")),
    }
}

/// The ways there are, in order; the first is the primary one (ID-LOG-20).
pub(super) fn ways(visitor: &Visitor, pairs: &[(&str, &str)]) -> Vec<Way> {
    let settings = &visitor.settings;
    let offered = visitor.state.logins.offered(settings);
    let way = |module: &'static str| {
        let texts = Texts::new(settings, module);
        let picture = texts.get("MODULE_MEDIUM_ICON");
        Way {
            module,
            title: texts.get("TITLE"),
            login_title: texts.get("LOGIN_TITLE"),
            signup_title: texts.get("SIGNUP_TITLE"),
            description: texts.get("LOGIN_DESCRIPTION"),
            prompt: texts.get("LOGIN_PROMPT"),
            primary_prompt: texts.get("PRIMARY_LOGIN_PROMPT"),
            extra: texts.get("LOGIN_EXTRA"),
            url: with_query(&provider::login_path(module), pairs),
            picture: match picture.is_empty() {
                true => texts.get("MODULE_ICON"),
                false => picture,
            },
            last: visitor.last_method.as_deref() == Some(module),
        }
    };
    offered.into_iter().map(way).collect()
}

/// The ways somebody can use instead: their names, and links to them as harmless HTML.
fn instead(visitor: &Visitor, modules: &[String]) -> (String, String) {
    let offered = visitor.state.logins.offered(&visitor.settings);
    let known = offered
        .into_iter()
        .filter(|module| modules.iter().any(|m| m == module));
    let both = |module| {
        let title = Texts::new(&visitor.settings, module).get("METHOD_PROMPT");
        let path = provider::login_path(module);
        let link = format!("<a href=\"{path}\">{}</a>", super::owner::escaped(&title));
        (title, link)
    };
    let (names, links): (Vec<_>, Vec<_>) = known.map(both).unzip();
    (names.join(", "), links.join(", "))
}

/// A refusal of a module in harmless HTML, with links to other ways (ID-LOG-02), or to those
/// who run the service when there is no other way.
pub(super) fn refusal(visitor: &Visitor, module: &str, key: &str, others: &[String]) -> String {
    let (names, others) = instead(visitor, others);
    let about = identity::provider::About::default()
        .with("available_methods", names)
        .with("available_methods_links", "\u{1}");
    let texts = Texts::about(&visitor.settings, module, about);
    let words = super::owner::escaped(&texts.message(key));
    if others.is_empty() && words.contains('\u{1}') {
        let prompt = texts.get("METHOD_PROMPT");
        let contact = visitor.settings.str("CONTACT_EMAIL");
        let values = [("method", prompt.as_str()), ("email", contact)];
        return super::owner::escaped(&crate::text::with("login-no-way", &values));
    }
    words.replace('\u{1}', &others)
}

/// The known and enabled module of an address.
///
/// # Errors
/// `NotFound` for all others; `NotSupported` for one nothing here can do yet.
fn offered(visitor: &Visitor, name: &str) -> Result<&'static str, Error> {
    let module = provider::module(name).filter(|m| visitor.state.identity.module_enabled(m));
    let module = module.ok_or_else(|| Error::not_found(crate::text::text("no-such-page")))?;
    match module == "local" || visitor.state.logins.adapter(module).is_some() {
        true => Ok(module),
        false => {
            let title = Texts::new(&visitor.settings, module).get("TITLE");
            let text = crate::text::with("method-not-supported", &[("name", &title)]);
            Err(Error::not_supported(text))
        }
    }
}

/// What a login that is elsewhere asked for (ID-PRV-11).
#[derive(Default, Serialize, Deserialize)]
struct Sealed {
    module: String,
    nonce: String,
    next: String,
    code: String,
    key: String,
    switch_from: Option<u64>,
    remember: String,
}

impl Sealed {
    fn asked(&self, language: &str) -> Asked {
        Asked {
            key: self.key.clone(),
            switch_from: self.switch_from,
            code: self.code.clone(),
            language: language.to_owned(),
        }
    }
}

fn pairs_of(query: &str) -> BTreeMap<String, String> {
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    names
        .take(64)
        .filter_map(|name| Some((name.to_owned(), crate::auth::query_value(query, name)?)))
        .collect()
}

fn leg(
    visitor: &Visitor,
    headers: &HeaderMap,
    peer: Option<Peer>,
    sealed: &Sealed,
    turn: Turn,
) -> Leg {
    let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let path = provider::login_path(&sealed.module);
    Leg {
        turn,
        settings: visitor.state.settings.now(),
        now: visitor.now,
        callback: format!("{}{path}/authenticated", visitor.settings.base_url()),
        nonce: sealed.nonce.clone(),
        remembered: sealed.remember.clone(),
        query: pairs_of(visitor.uri.query().unwrap_or_default()),
        form: BTreeMap::new(),
        headers: headers.iter().filter_map(text).collect(),
        peer: peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip()),
    }
}

/// The first leg of a login (ID-PRV-03).
pub(super) async fn begin(
    visitor: Visitor,
    Path(name): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let module = offered(&visitor, &name)?;
    if module == "local" {
        return super::log_in::local_page(visitor).await;
    }
    let sealed = Sealed {
        module: module.to_owned(),
        nonce: visitor.state.cx.cx().ids.uuid().simple().to_string(),
        next: query(&visitor, "next"),
        code: query(&visitor, "code"),
        key: query(&visitor, "key"),
        switch_from: query(&visitor, "switch_from").parse().ok(),
        remember: String::new(),
    };
    let leg = leg(&visitor, &headers, peer.map(|p| p.0), &sealed, Turn::First);
    step(&visitor, sealed, leg).await
}

/// The form of a module that has one.
pub(super) async fn form(
    visitor: Visitor,
    Path(name): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    sent: Posted,
) -> Result<Response, Failed> {
    let module = offered(&visitor, &name)?;
    if module == "local" {
        return super::log_in::log_in(visitor, sent).await;
    }
    let sealed = Sealed {
        module: module.to_owned(),
        next: sent.get("next").to_owned(),
        key: sent.get("key").to_owned(),
        ..Sealed::default()
    };
    let mut leg = leg(&visitor, &headers, peer.map(|p| p.0), &sealed, Turn::Return);
    leg.form = ["username", "password"]
        .map(|name| (name.to_owned(), sent.get(name).to_owned()))
        .into();
    step(&visitor, sealed, leg).await
}

/// The browser comes back from elsewhere.
pub(super) async fn come_back(
    visitor: Visitor,
    Path(name): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let module = offered(&visitor, &name)?;
    let identity = &visitor.state.identity;
    let sealed = cookie(&headers, ELSEWHERE).and_then(|sealed| identity.unseal(&sealed));
    let sealed = sealed.and_then(|text| serde_json::from_str::<Sealed>(&text).ok());
    let fresh = match sealed.filter(|sealed| sealed.module == module) {
        Some(sealed) if identity.once(&sealed.nonce).await? => Some(sealed),
        _ => None,
    };
    let mut response = match fresh {
        Some(sealed) => {
            let leg = leg(&visitor, &headers, peer.map(|p| p.0), &sealed, Turn::Return);
            step(&visitor, sealed, leg).await?
        }
        None => failed(&visitor, "AUTH_PROVIDER_AUTHENTICATION_FAILED"),
    };
    add_cookie(&mut response, &visitor.set_cookie(ELSEWHERE, "", Some(0)));
    Ok(response)
}

/// Back to where a login began, with a message.
fn failed(visitor: &Visitor, message: &str) -> Response {
    let target = match visitor.user() {
        Some(_) => "/ui/profile",
        None => "/ui/login",
    };
    go(visitor, target, message)
}

/// One step of an adapter.
async fn step(visitor: &Visitor, mut sealed: Sealed, leg: Leg) -> Result<Response, Failed> {
    let adapter = visitor.state.logins.adapter(&sealed.module);
    let adapter = adapter.ok_or_else(|| Error::not_found(crate::text::text("no-such-page")))?;
    match adapter.step(leg).await {
        Ok(Next::Elsewhere { url, remember }) => {
            sealed.remember = remember;
            let text = serde_json::to_string(&sealed).map_err(Error::broken)?;
            let value = visitor.state.identity.seal(&text)?;
            let mut response = Redirect::to(&url).into_response();
            let cookie = visitor.set_cookie(ELSEWHERE, &value, Some(600));
            add_cookie(&mut response, &cookie);
            Ok(response)
        }
        Ok(Next::Form(wrong)) => {
            let mut f = Form::default();
            if let Some(key) = wrong {
                f.refuse(visitor, "", key);
            }
            let status = match wrong {
                Some(_) => StatusCode::UNAUTHORIZED,
                None => StatusCode::OK,
            };
            let drawn = LoginPage::of(visitor, f, &sealed.next, &sealed.key, Some(&sealed.module));
            Ok((status, page(&drawn)).into_response())
        }
        Ok(Next::Back(message)) => Ok(failed(visitor, message)),
        Ok(Next::Proven(person)) => {
            let user = visitor.user().map(|user| user.uuid);
            let identity = &visitor.state.identity;
            let asked = sealed.asked(visitor.language.code());
            let arrived = identity.arrive(user, *person, asked, &visitor.client);
            match arrived.await {
                Ok(arrival) => arrive(visitor, &sealed, arrival).await,
                Err(Error::Invalid { .. }) => {
                    Ok(failed(visitor, "AUTH_PROVIDER_AUTHENTICATION_FAILED"))
                }
                Err(error) => Err(error.into()),
            }
        }
        Err(error) => {
            tracing::warn!(target: "astakos.im", "a login by {} failed: {}", sealed.module, error.chain());
            Ok(failed(visitor, "AUTH_PROVIDER_AUTHENTICATION_FAILED"))
        }
    }
}

/// Where somebody who proved an identity goes (ID-PRV-10).
async fn arrive(visitor: &Visitor, sealed: &Sealed, arrival: Arrival) -> Result<Response, Failed> {
    let module = sealed.module.as_str();
    Ok(match arrival {
        Arrival::Profile("") => Redirect::to("/ui/profile").into_response(),
        Arrival::Profile(message) => go(visitor, "/ui/profile", &carried(message, &[module])),
        Arrival::In(login) => entered(visitor, &login, &sealed.next, module, &sealed.key).await?,
        Arrival::Half(half) => super::second::ask(visitor, &half, &sealed.next, &sealed.key),
        Arrival::Refused {
            message: message @ "DISABLED_FOR_CREATE",
            ..
        } => {
            // ID-REG-10
            let next = visitor.next(&sealed.next).unwrap_or_default();
            let target = with_query("/ui/login", &[("next", next)]);
            go(visitor, &target, &carried(message, &[module]))
        }
        Arrival::Refused {
            message,
            others,
            resend,
        } => {
            let mut drawn =
                LoginPage::of(visitor, Form::default(), &sealed.next, &sealed.key, None);
            drawn.refused = refusal(visitor, module, message, &others);
            drawn.resend = Resend::of(visitor, resend);
            (StatusCode::FORBIDDEN, page(&drawn)).into_response()
        }
        Arrival::SignUp(token) => {
            let next = visitor.next(&sealed.next).unwrap_or_default();
            let pairs = [
                ("third_party_token", token.expose_secret()),
                ("next", next),
                ("code", &sealed.code),
            ];
            let mut response = Redirect::to(&with_query("/ui/signup", &pairs)).into_response();
            let proof = visitor.state.identity.arrival_cookie(token.expose_secret());
            let cookie = visitor.set_cookie(ARRIVAL, proof.expose_secret(), Some(3600));
            add_cookie(&mut response, &cookie);
            response
        }
        Arrival::Made(made) => {
            super::outside::signed_up(visitor, &made, &sealed.next, module).await?
        }
        Arrival::Nobody => {
            let target = with_query("/ui/login", &[("key", sealed.key.as_str())]);
            go(visitor, &target, "AUTH_PROVIDER_INVALID_LOGIN")
        }
    })
}

/// To where the login was asked for, with the session's cookie; adds the pending
/// identity of `key` (ID-LOG-06, ID-LOG-08).
pub(super) async fn entered(
    visitor: &Visitor,
    login: &Login,
    next: &str,
    module: &str,
    key: &str,
) -> Result<Response, Failed> {
    let mut message = carried("AUTH_PROVIDER_LOGIN_SUCCESS", &[module]);
    if !key.is_empty() {
        let identity = &visitor.state.identity;
        let (added, said) = identity
            .adopt(login.user.uuid, key, &visitor.arrival, &visitor.client)
            .await?;
        message = format!("{message},{}", carried(said, &[added.as_str()]));
    }
    let mut response = super::entry::entered(visitor, login, next, &message);
    let last = visitor.set_cookie(LAST, module, Some(YEAR));
    add_cookie(&mut response, &last);
    super::entry::remember_device(visitor, &login.user, &mut response);
    Ok(response)
}

/// Into the account an identity was just attached to, by that identity.
pub(super) async fn begun(
    visitor: &Visitor,
    login: &Login,
    module: &str,
    message: &str,
) -> Result<Response, Failed> {
    if !visitor.cookie.is_empty() {
        visitor.state.identity.log_out(&visitor.cookie).await?;
    }
    let mut response = super::entry::entered(visitor, login, "", message);
    add_cookie(&mut response, &visitor.set_cookie(LAST, module, Some(YEAR)));
    super::entry::remember_device(visitor, &login.user, &mut response);
    Ok(response)
}

/// The login methods of a profile; `parts/methods.html` draws them (ID-DSH-05).
pub(super) struct Section {
    pub(super) there: Vec<Line>,
    pub(super) addable: Vec<Addable>,
}

/// A login method somebody has.
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) module: String,
    pub(super) title: String,
    pub(super) details: String,
    /// Why it opens nothing; empty when it does.
    pub(super) barred: String,
    pub(super) login: bool,
    pub(super) remove: bool,
    /// Where it is exchanged; empty where that may not be.
    pub(super) switch: String,
}

/// A login method that may be added.
pub(super) struct Addable {
    pub(super) module: &'static str,
    pub(super) title: String,
    pub(super) prompt: String,
    pub(super) url: String,
}

/// What the profile shows.
pub(super) async fn section(user: &User) -> Result<Section, Failed> {
    let v = &user.visitor;
    let all = v.state.identity.methods(user.view.uuid).await?;
    let offered = v.state.logins.offered(&v.settings);
    let line = |method: identity::MethodLine| {
        let here = offered.iter().any(|module| *module == method.module);
        let id = method.id.to_string();
        let url = provider::login_path(&method.module);
        let texts = Texts::about(&v.settings, &method.module, method.about);
        let login = method.login && here;
        Line {
            id: method.id,
            title: texts.get("PROFILE_TITLE"),
            details: texts.get("METHOD_DETAILS"),
            barred: match login {
                true => String::new(),
                false => texts.get("CANNOT_LOGIN"),
            },
            login,
            remove: method.remove,
            switch: match method.switch && here && method.module != "local" {
                true => with_query(&url, &[("switch_from", id.as_str()), ("force_login", "1")]),
                false => String::new(),
            },
            module: method.module,
        }
    };
    let there = all.there.into_iter().map(line).collect();
    let missing = v.session.as_ref().map(|s| s.missing_methods.as_slice());
    let missing = missing.unwrap_or_default();
    let addable = offered
        .iter()
        .copied()
        .filter(|module| all.addable.iter().any(|name| name == module))
        .map(|module| {
            let texts = Texts::new(&v.settings, module);
            Addable {
                module,
                title: texts.get("PROFILE_TITLE"),
                prompt: match missing.iter().any(|name| name == module) {
                    true => texts.get("REQUIRED"),
                    false => texts.get("ADD_PROMPT"),
                },
                url: match module {
                    "local" => "/ui/password_change".to_owned(),
                    "ldap" => "/ui/login/ldap/add".to_owned(),
                    other => with_query(&provider::login_path(other), &[("force_login", "1")]),
                },
            }
        });
    Ok(Section {
        there,
        addable: addable.collect(),
    })
}

/// Removes a login method (ID-PRV-14).
pub(super) async fn remove(
    user: User,
    Path(id): Path<String>,
    _sent: Posted,
) -> Result<Response, Failed> {
    let none = || Error::not_found(crate::text::text("no-such-page"));
    let id = id.parse().map_err(|_| none())?;
    let identity = &user.visitor.state.identity;
    let client = &user.visitor.client;
    let module = identity.remove_method(user.view.uuid, id, client).await?;
    let message = carried("AUTH_PROVIDER_REMOVED", &[&module]);
    Ok(go(&user.visitor, "/ui/profile", &message))
}

/// Adds a directory's account: its login form for somebody who is in (ID-LDP-06).
pub(super) async fn add_ldap(
    user: User,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    begin(user.visitor, Path("ldap".to_owned()), peer, headers).await
}

/// The same form, sent.
pub(super) async fn add_ldap_form(
    user: User,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    sent: Posted,
) -> Result<Response, Failed> {
    form(user.visitor, Path("ldap".to_owned()), peer, headers, sent).await
}

/// The browser comes back with a form, which has to be one of ours (ID-SEC-07).
pub(super) async fn come_back_by_form(
    visitor: Visitor,
    name: Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    _sent: Posted,
) -> Result<Response, Failed> {
    come_back(visitor, name, peer, headers).await
}
