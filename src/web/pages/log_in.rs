//! The login page and its form (identity.md §7.1, §7.2; ID-DSH-01).

use super::{
    Failed,
    captcha::Captcha,
    entry::query,
    methods::{self, Way},
    posted::{Form, Posted},
    shell::{Shell, page},
    visitor::Visitor,
};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use identity::{LoginOutcome, provider::Texts};
use kernel::{Error, Result};

/// What the link to another verification mail says.
pub(super) const RESEND: &str = "AUTH_PROVIDER_PENDING_RESEND_ACTIVATION";

/// What somebody is offered whose address is not verified (ID-LOG-03, ID-VER-04);
/// `parts/resend.html` draws it.
pub(super) struct Resend {
    /// Asks for another verification mail.
    pub(super) link: String,
    /// What to do with the first one.
    pub(super) help: String,
    /// What the button says.
    pub(super) words: String,
}

impl Resend {
    pub(super) fn of(v: &Visitor, link: Option<String>) -> Option<Self> {
        let text = |key| identity::messages::text(&v.settings, key, &[]);
        link.map(|link| Resend {
            link,
            help: text("ACCOUNT_PENDING_ACTIVATION_HELP"),
            words: text(RESEND),
        })
    }
}

#[derive(Template)]
#[template(path = "pages/login.html")]
pub(super) struct LoginPage {
    s: Shell,
    f: Form,
    next: String,
    /// Token of a pending identity that will be added.
    key: String,
    /// What the page says about that token.
    to_add: String,
    pub(super) resend: Option<Resend>,
    /// Why not, in harmless HTML.
    pub(super) refused: String,
    ways: Vec<Way>,
    /// Module whose form is open.
    form: String,
    captcha: Captcha,
    /// Somebody who is in adds the module of the form (ID-LDP-06).
    adds: bool,
}

impl LoginPage {
    /// The page with the form of `module`, or of the primary one.
    pub(super) fn of(v: &Visitor, f: Form, next: &str, key: &str, module: Option<&str>) -> Self {
        let next = v.next(next).unwrap_or_default();
        let ways = methods::ways(v, &[("next", next), ("key", key)]);
        let primary = ways.first().map_or("local", |way| way.module);
        let to_add = match key.is_empty() {
            true => String::new(),
            false => Texts::new(&v.settings, "local").message("AUTH_PROVIDER_LOGIN_TO_ADD"),
        };
        let due = v.state.identity.captcha_due(f.value("username").trim());
        LoginPage {
            s: Shell::titled(v, "login", "login-title", ""),
            form: module.unwrap_or(primary).to_owned(),
            next: next.to_owned(),
            key: key.to_owned(),
            to_add,
            resend: None,
            refused: String::new(),
            captcha: Captcha::when(v, due && !f.value("username").is_empty()),
            adds: v.user().is_some(),
            ways,
            f,
        }
    }

    /// The way whose form is not open, when it is the primary one and has none.
    fn button(&self) -> Option<&Way> {
        let open = |way: &&Way| way.module == self.form && !self.has_form();
        self.ways.iter().find(open)
    }

    /// The way whose form or button is open.
    fn open(&self) -> Option<&Way> {
        self.ways.iter().find(|way| way.module == self.form)
    }

    /// Does the open area hold a form?
    fn has_form(&self) -> bool {
        let offered = self.ways.iter().any(|way| way.module == self.form);
        offered && matches!(self.form.as_str(), "local" | "ldap")
    }

    /// Is it the form of the password?
    fn is_local(&self) -> bool {
        self.form == "local"
    }

    fn here(&self, way: &Way) -> bool {
        way.module == self.form
    }
}

/// The login page; who is in already goes on.
pub(super) async fn login_page(visitor: Visitor) -> Response {
    let (next, key) = (query(&visitor, "next"), query(&visitor, "key"));
    if visitor.user().is_some() {
        return Redirect::to(visitor.next(&next).unwrap_or("/ui/landing")).into_response();
    }
    page(&LoginPage::of(&visitor, Form::default(), &next, &key, None))
}

/// The password's own page (ID-LOG-01): absent where passwords are not offered.
pub(super) async fn local_page(visitor: Visitor) -> Result<Response, Failed> {
    if !visitor.state.identity.module_enabled("local") {
        return Err(Error::not_found(crate::text::text("no-such-page")).into());
    }
    let (next, key) = (query(&visitor, "next"), query(&visitor, "key"));
    if visitor.user().is_some() {
        return Ok(Redirect::to("/ui/landing").into_response());
    }
    let drawn = LoginPage::of(&visitor, Form::default(), &next, &key, Some("local"));
    Ok(page(&drawn))
}

/// Logs in (ID-LOG); whoever is in leaves first (ID-LOG-01). A form that is shown again
/// answers 200, as the original did.
pub(super) async fn log_in(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    if visitor.user().is_some() {
        return Ok(Redirect::to("/ui/logout?next=%2Fui%2Flocal").into_response());
    }
    let identity = &visitor.state.identity;
    let (next, key) = (sent.get("next"), sent.get("key"));
    let answer = super::captcha::answer(&sent);
    let outcome = identity.log_in_from(
        sent.trimmed("username"),
        sent.secret("password"),
        &answer,
        &visitor.device,
        &visitor.client,
    );
    let mut f = Form::sent(&sent);
    let (mut resend, mut refused, mut wait) = (None, String::new(), None);
    let status = match outcome.await {
        Ok(LoginOutcome::In(login)) => {
            return methods::entered(&visitor, &login, next, "local", key).await;
        }
        Ok(LoginOutcome::Half(half)) => {
            return Ok(super::second::ask(&visitor, &half, next, key));
        }
        Ok(LoginOutcome::Refused {
            user,
            message,
            resend: link,
        }) => {
            let others = identity.open_modules(user.uuid).await?;
            refused = methods::refusal(&visitor, "local", message, &others);
            resend = Resend::of(&visitor, link);
            StatusCode::OK
        }
        Err(Error::Unauthorized { .. }) => {
            f.refuse(&visitor, "", "INVALID_LOGIN_CREDENTIALS");
            StatusCode::OK
        }
        Err(error) => {
            let status = match &error {
                Error::Busy { retry_after } => {
                    wait = Some(http::HeaderValue::from(*retry_after));
                    StatusCode::TOO_MANY_REQUESTS
                }
                _ => StatusCode::OK,
            };
            f = f.refused(&visitor, error)?;
            status
        }
    };
    let mut drawn = LoginPage::of(&visitor, f, next, key, Some("local"));
    drawn.resend = resend;
    drawn.refused = refused;
    let mut response = (status, page(&drawn)).into_response();
    if let Some(wait) = wait {
        response
            .headers_mut()
            .insert(http::header::RETRY_AFTER, wait);
    }
    Ok(response)
}
