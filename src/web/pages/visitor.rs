//! Who looks at a page: the session of the cookie, the anti-forgery value, where the
//! request comes from (identity.md SES, SEC).
//!
//! Invariants: the session key is only ever in an HttpOnly cookie; a page that wants a
//! person sends everybody else to the login page, which leads back to our own pages
//! only; the person is looked up at every request.

use super::next::leading;
use crate::{
    State, origin,
    server::RequestId,
    text::{self, Language, Languages},
};
use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Uri, header, request::Parts};
use identity::{ClientInfo, SessionView, UserView};
use kernel::{Caller, Role, Settings, Timestamp};
use std::sync::Arc;

/// Cookie of the session (ID-SES-01).
pub(super) const SESSION: &str = "sessionid";
/// Cookie of a browser somebody logged in with before (ID-LOG-10).
pub(super) const DEVICE: &str = "knowndevice";
/// Cookie of a browser in which somebody proved an identity that has no account yet.
pub(super) const ARRIVAL: &str = "arrival";
/// Cookie that anonymous forms are bound to.
pub(super) const ANONYMOUS: &str = "csrftoken";
/// Cookie that carries the key of one message to the next page.
pub(super) const MESSAGE: &str = "messages";
/// The scheme that was chosen; set by the page's script.
const THEME: &str = "theme";
/// Cookie of the language that was chosen (ID-UI-09).
pub(super) const LANGUAGE: &str = "language";

/// Who looks, and what the page needs to know of the request.
#[derive(Clone)]
pub(super) struct Visitor(Arc<Inner>);

pub(super) struct Inner {
    pub(super) state: State,
    /// The settings, identity's messages in the visitor's language.
    pub(super) settings: Arc<Settings>,
    pub(super) language: Arc<Language>,
    pub(super) languages: Arc<Languages>,
    pub(super) session: Option<SessionView>,
    pub(super) cookie: String,
    pub(super) csrf: String,
    /// Value for a new anonymous cookie, when the browser has none.
    pub(super) fresh: Option<String>,
    pub(super) client: ClientInfo,
    /// Scheme, host and port the browser asked.
    pub(super) origin: String,
    /// Could nobody listen on the way?
    pub(super) private: bool,
    pub(super) uri: Uri,
    pub(super) request: String,
    pub(super) message: Option<String>,
    /// Light or dark as the visitor chose (ID-ADU-20); None as the system has it.
    pub(super) theme: Option<&'static str>,
    /// Proof of an earlier login in this browser.
    pub(super) device: String,
    /// Proof that an identity was proven in this browser.
    pub(super) arrival: String,
    /// The way somebody logged in last here (ID-DSH-01).
    pub(super) last_method: Option<String>,
    pub(super) now: Timestamp,
}

impl std::ops::Deref for Visitor {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Visitor {
    /// Reads who looks from a request.
    pub(super) async fn read(state: &State, parts: &Parts) -> kernel::Result<Self> {
        let settings = state.settings.now();
        let cookie = cookie(&parts.headers, SESSION).unwrap_or_default();
        let session = match cookie.is_empty() {
            true => None,
            false => state.identity.session(&cookie).await?,
        };
        let mut fresh = None;
        let csrf = match &session {
            Some(session) => session.csrf.clone(),
            None => {
                let known = self::cookie(&parts.headers, ANONYMOUS);
                let known = known.filter(|value| value.len() == 32);
                let value = known.unwrap_or_else(|| {
                    let value = state.cx.cx().ids.uuid().simple().to_string();
                    fresh.insert(value).clone()
                });
                state.identity.anonymous_csrf(&value)
            }
        };
        let request = parts.extensions.get::<RequestId>();
        let languages = text::languages(&settings);
        let language = language(&languages, &settings, session.as_ref(), &parts.headers);
        Ok(Visitor(Arc::new(Inner {
            client: origin::client(&settings, &parts.extensions, &parts.headers),
            origin: origin::origin(&settings, &parts.extensions, &parts.headers),
            private: origin::private(&settings, &parts.extensions, &parts.headers),
            uri: parts.uri.clone(),
            request: request.map(|id| id.0.clone()).unwrap_or_default(),
            message: self::cookie(&parts.headers, MESSAGE),
            theme: self::cookie(&parts.headers, THEME)
                .and_then(|set| ["light", "dark"].into_iter().find(|one| *one == set)),
            device: self::cookie(&parts.headers, DEVICE).unwrap_or_default(),
            arrival: self::cookie(&parts.headers, ARRIVAL).unwrap_or_default(),
            last_method: self::cookie(&parts.headers, super::methods::LAST),
            now: state.cx.cx().now,
            state: state.clone(),
            settings: text::settings_in(&language, &settings),
            language,
            languages,
            session,
            cookie,
            csrf,
            fresh,
        })))
    }

    /// The same visitor under the new cookie of a session, for a page that is the answer
    /// to what made it.
    pub(super) async fn renewed(&self, cookie: &str) -> kernel::Result<Self> {
        let session = self.state.identity.session(cookie).await?;
        let csrf = session.as_ref().map_or(&self.csrf, |session| &session.csrf);
        Ok(Visitor(Arc::new(Inner {
            csrf: csrf.clone(),
            session,
            cookie: cookie.to_owned(),
            fresh: None,
            state: self.state.clone(),
            settings: self.settings.clone(),
            language: self.language.clone(),
            languages: self.languages.clone(),
            client: self.client.clone(),
            origin: self.origin.clone(),
            private: self.private,
            uri: self.uri.clone(),
            request: self.request.clone(),
            message: self.message.clone(),
            theme: self.theme,
            device: self.device.clone(),
            arrival: self.arrival.clone(),
            last_method: self.last_method.clone(),
            now: self.now,
        })))
    }

    /// The person, when somebody is logged in.
    pub(super) fn user(&self) -> Option<&UserView> {
        self.session.as_ref().map(|session| &session.user)
    }

    /// Where to go after a login or a form, when it is one of ours (ID-SEC-20).
    pub(super) fn next<'a>(&self, next: &'a str) -> Option<&'a str> {
        super::next::allowed(self, next).map(|_| next)
    }

    /// May cookies travel only encrypted?
    pub(super) fn secure(&self) -> bool {
        self.settings.bool("SESSION_COOKIE_SECURE")
            && self.settings.base_url().starts_with("https://")
    }

    /// Text of a `Set-Cookie` header.
    pub(super) fn set_cookie(&self, name: &str, value: &str, until: Option<i64>) -> String {
        let secure = if self.secure() { "; Secure" } else { "" };
        let until = until
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{until}")
    }
}

impl FromRequestParts<State> for Visitor {
    type Rejection = super::Failed;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        match parts.extensions.get::<Visitor>() {
            Some(visitor) => Ok(visitor.clone()),
            None => Ok(Visitor::read(state, parts).await?),
        }
    }
}

/// A visitor of the password's own pages, which are not there where passwords are not
/// offered (ID-PRV-01).
pub(super) struct Local(pub(super) Visitor);

impl FromRequestParts<State> for Local {
    type Rejection = super::Failed;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let visitor =
            <Visitor as FromRequestParts<State>>::from_request_parts(parts, state).await?;
        match state.identity.module_enabled("local") {
            true => Ok(Local(visitor)),
            false => Err(kernel::Error::not_found(text::text("no-such-page")).into()),
        }
    }
}

/// A logged-in person; everybody else is sent to the login page.
pub(super) struct User {
    /// The visitor.
    pub(super) visitor: Visitor,
    /// The account.
    pub(super) view: UserView,
    /// The same for the rules crates.
    pub(super) caller: Caller,
}

impl FromRequestParts<State> for User {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let visitor = <Visitor as FromRequestParts<State>>::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        // Whoever only looked comes back to look; what was sent is sent anew.
        let back = match parts.method.is_safe() {
            true => parts.uri.path_and_query().map_or("/", |p| p.as_str()),
            false => "/ui/landing",
        };
        let Some(view) = visitor.user().cloned() else {
            return Err(Redirect::to(&leading("/ui/login", back)).into_response());
        };
        if !view.signed_terms {
            // ID-TRM-02: whoever has not signed signs first.
            let target = format!("{}&show_form=", leading("/ui/approval_terms", back));
            return Err(Redirect::to(&target).into_response());
        }
        if let Some(elsewhere) = super::required::hindrance(&visitor) {
            return Err(elsewhere);
        }
        let mut caller = Caller::person(view.uuid);
        caller.default_project = view.default_project;
        if view.admin {
            let from = visitor.client.address.to_string();
            let request = Some(visitor.request.clone());
            let origin = kernel::Origin::user(view.uuid, &view.email, &from, request);
            caller = caller.with(Role::Admin).asking_from(origin);
        }
        Ok(User {
            visitor,
            view,
            caller,
        })
    }
}

/// The language of the profile, else of the cookie, else the browser's wish (ID-UI-09).
fn language(
    languages: &Languages,
    settings: &Settings,
    session: Option<&SessionView>,
    headers: &HeaderMap,
) -> Arc<Language> {
    let own = session.and_then(|session| languages.named(&session.user.language));
    let chosen = || cookie(headers, LANGUAGE).and_then(|code| languages.named(&code));
    let wished = || {
        let wish = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        languages.accepted(wish)
    };
    own.or_else(chosen)
        .or_else(wished)
        .or_else(|| languages.named(settings.str("LANGUAGE_CODE")))
        .unwrap_or_else(|| languages.english())
        .clone()
}

/// The value of a cookie.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// Where to go after a login: a path of ours, or nothing (ID-SEC-20).
pub(super) fn own_path(next: &str) -> Option<&str> {
    let good = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control)
        && next.len() <= 2048;
    good.then_some(next)
}

/// Does a request that changes something come from a page of ours (ID-SEC-07)?
pub(super) fn from_own_page(settings: &Settings, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    match text("sec-fetch-site") {
        // A page without a referrer says nothing of its origin, but browsers say this,
        // and no script can make them.
        Some("same-origin") if text("origin") == Some("null") => return true,
        Some("same-origin" | "none") | None => {}
        Some(_) => return false,
    }
    let Some(origin) = text("origin").or_else(|| text("referer")) else {
        return true;
    };
    let authority = |url: &str| {
        url.parse::<Uri>()
            .ok()?
            .authority()
            .map(|a| a.as_str().to_lowercase())
    };
    let Some(from) = authority(origin) else {
        return false;
    };
    let host = text("host").map(str::to_lowercase);
    Some(&from) == host.as_ref() || Some(from) == authority(settings.base_url())
}

/// Adds a cookie to an answer.
pub(super) fn add_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-SEC-20
    #[test]
    fn only_paths_of_ours_are_led_back_to() {
        assert_eq!(own_path("/ui/profile?x=1"), Some("/ui/profile?x=1"));
        for bad in ["", "ui", "//evil", "/\\evil", "https://evil/", "/a\nb"] {
            assert_eq!(own_path(bad), None, "{bad}");
        }
    }

    // ID-SEC-07
    #[test]
    fn other_origins_are_noticed() {
        let settings = Settings::default();
        let asks = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            from_own_page(&settings, &headers)
        };
        assert!(asks(&[("host", "a.example")]));
        assert!(asks(&[
            ("host", "a.example"),
            ("origin", "https://A.example")
        ]));
        assert!(!asks(&[
            ("host", "a.example"),
            ("origin", "https://b.example")
        ]));
        assert!(!asks(&[("host", "a.example"), ("origin", "null")]));
        let hidden = |site| {
            asks(&[
                ("host", "a.example"),
                ("origin", "null"),
                ("sec-fetch-site", site),
            ])
        };
        assert!(hidden("same-origin"));
        assert!(!hidden("cross-site") && !hidden("none"));
        assert!(!asks(&[
            ("host", "a.example"),
            ("referer", "https://b.example/a.example")
        ]));
        assert!(!asks(&[
            ("host", "a.example"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!asks(&[
            ("host", "a.example"),
            ("sec-fetch-site", "same-site")
        ]));
    }
}
