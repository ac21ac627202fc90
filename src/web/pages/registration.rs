//! Signing up and confirming the address (identity.md §5, §6).

use super::{
    Failed,
    arrival::{Refused, told},
    captcha::{self, Captcha},
    entry::{Ask, enter_at, entered, notice},
    methods::Way,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::Visitor,
};
use crate::auth::query_value;
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use http::HeaderMap;
use identity::{InvitationView, SignUp, SignUpMore, captcha::Guarded, messages};
use kernel::{Error, UserNo};

#[derive(Template)]
#[template(path = "pages/signup.html")]
struct SignUpPage {
    s: Shell,
    f: Form,
    next: String,
    code: String,
    /// There are terms to accept.
    terms: bool,
    /// Those who decide would like to read a few words.
    asks_message: bool,
    captcha: Captcha,
    ways: Vec<Way>,
}

impl SignUpPage {
    /// May people sign up with a password?
    fn with_password(&self) -> bool {
        self.ways.iter().any(|way| way.module == "local")
    }

    /// The other ways to sign up.
    fn others(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(|way| way.module != "local")
    }
}

pub(super) fn query(visitor: &Visitor, name: &str) -> String {
    query_value(visitor.uri.query().unwrap_or_default(), name).unwrap_or_default()
}

fn draw(visitor: &Visitor, f: Form, next: &str, code: &str) -> Response {
    let settings = &visitor.settings;
    let identity = &visitor.state.identity;
    let terms = identity.terms_version().unwrap_or(0) > 0;
    let mut ways = super::methods::ways(visitor, &[("next", next), ("code", code)]);
    ways.retain(|way| identity.module_signs_up(way.module));
    page(&SignUpPage {
        s: Shell::titled(visitor, "signup", "signup-title", ""),
        f,
        next: visitor.next(next).unwrap_or_default().to_owned(),
        code: code.chars().take(32).collect(),
        terms,
        asks_message: settings.bool("ASTAKOS_MODERATION_ENABLED")
            && settings.bool("ASTAKOS_SIGNUP_ASK_MESSAGE"),
        captcha: Captcha::when(visitor, true),
        ways,
    })
}

/// The form as an invitation fills it in (ID-INV-04, ID-CON-08).
fn invited(invitation: &InvitationView) -> Form {
    let words: Vec<&str> = invitation.realname.split(' ').collect();
    let (first, last) = match words.as_slice() {
        [first, last] => (*first, *last),
        _ => ("", invitation.realname.as_str()),
    };
    Form::with(&[
        ("email", &invitation.email),
        ("first_name", first),
        ("last_name", last),
    ])
}

/// The sign-up form (ID-DSH-02).
pub(super) async fn form(visitor: Visitor) -> Result<Response, Failed> {
    if visitor.user().is_some() {
        return Ok(go(&visitor, "/ui", "LOGGED_IN_WARNING"));
    }
    let token = query(&visitor, "third_party_token");
    if !token.is_empty() {
        return super::outside::signup_page(visitor, &token).await;
    }
    let wanted = query(&visitor, "provider");
    let wanted = Some(wanted.as_str()).filter(|name| !name.is_empty());
    // Without a wish the page shows every way there is.
    match wanted {
        None if nobody_may(&visitor) => {
            let texts = identity::provider::Texts::new(&visitor.settings, "local");
            return Err(Error::forbidden(texts.message("DISABLED_FOR_CREATE")).into());
        }
        None => {}
        Some(name) => {
            if let Some(elsewhere) = provider(&visitor, name)? {
                return Ok(elsewhere);
            }
        }
    }
    let (next, code) = (query(&visitor, "next"), query(&visitor, "code"));
    let f = match visitor.state.identity.invitation(&code).await {
        Ok(Some(invitation)) => invited(&invitation),
        Ok(None) => Form::default(),
        Err(error) => {
            return match told(&error) {
                Some(message) => Ok(go(&visitor, "/ui", &message)),
                None => Err(error.into()),
            };
        }
    };
    Ok(draw(&visitor, f, &next, &code))
}

/// May nobody sign up in any way?
fn nobody_may(visitor: &Visitor) -> bool {
    let identity = &visitor.state.identity;
    let mut ways = super::methods::ways(visitor, &[]).into_iter();
    !ways.any(|way| identity.module_signs_up(way.module))
}

/// Looks at the `provider` of a sign-up (ID-REG-01), the module whose form is wanted:
/// where it leads, None for the local form.
///
/// # Errors
/// `Forbidden` where nobody may sign up with it.
fn provider(visitor: &Visitor, name: &str) -> Result<Option<Response>, Failed> {
    let known = identity::provider::module(name);
    match known.filter(|module| visitor.state.identity.module_enabled(module)) {
        None => Ok(Some(go(visitor, "/ui/signup", "GENERIC_ERROR"))),
        Some(module) if !visitor.state.identity.module_signs_up(module) => {
            let texts = identity::provider::Texts::new(&visitor.settings, module);
            Err(Error::forbidden(texts.message("AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE")).into())
        }
        Some("local") => Ok(None),
        Some(module) => {
            let path = identity::provider::login_path(module);
            Ok(Some(Redirect::to(&path).into_response()))
        }
    }
}

/// Signs somebody up (ID-REG-03, ID-REG-05).
pub(super) async fn sign_up(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    if visitor.user().is_some() {
        return Ok(go(&visitor, "/ui", "LOGGED_IN_WARNING"));
    }
    if !sent.get("third_party_token").is_empty() {
        return super::outside::sign_up(visitor, sent).await;
    }
    let wanted = sent.all("provider").next().unwrap_or("local");
    if let Some(elsewhere) = provider(&visitor, wanted)? {
        return Ok(elsewhere);
    }
    let identity = &visitor.state.identity;
    let new = SignUp {
        email: sent.trimmed("email").to_owned(),
        first_name: sent.trimmed("first_name").to_owned(),
        last_name: sent.trimmed("last_name").to_owned(),
        password: sent.secret("password1"),
        language: visitor.language.code().to_owned(),
    };
    let more = SignUpMore {
        code: Some(sent.trimmed("code").to_owned()).filter(|code| !code.is_empty()),
        signs_terms: sent.ticked("has_signed_terms"),
        message: sent.trimmed("message").to_owned(),
    };
    let (next, code) = (sent.get("next"), sent.trimmed("code"));
    let mut f = Form::sent(&sent);
    for (field, key) in identity.check_sign_up(&new) {
        f.refuse(&visitor, field, &key);
    }
    if sent.get("password1") != sent.get("password2") {
        f.refuse(&visitor, "password2", "PASSWORDS_DIFFER");
    }
    if identity.terms_version()? > 0 && !more.signs_terms {
        f.refuse(&visitor, "has_signed_terms", "SIGN_TERMS");
    }
    let checked = captcha::check(&visitor, Guarded::SignUp, &sent, &mut f).await;
    if let Err(error) = checked {
        let refused = Refused::of(&visitor, f, error)?;
        return Ok(refused.answer(|f| draw(&visitor, f, next, code)));
    }
    if f.has_errors() {
        return Ok(draw(&visitor, f, next, code));
    }
    match identity.sign_up_with(new, more, &visitor.client).await {
        Ok(made) => Ok(match &made.login {
            Some(login) => entered(&visitor, login, next, made.outcome.message()),
            None => go(&visitor, "/ui", made.outcome.message()),
        }),
        Err(error) => {
            let refused = Refused::of(&visitor, f, error)?;
            Ok(refused.answer(|f| draw(&visitor, f, next, code)))
        }
    }
}

/// Does the browser only look ahead, before anybody clicked?
pub(super) fn looks_ahead(headers: &HeaderMap) -> bool {
    let names = ["purpose", "sec-purpose", "x-purpose", "x-moz"];
    names.iter().any(|name| {
        let value = headers.get(*name).and_then(|v| v.to_str().ok());
        let value = value.unwrap_or_default().to_lowercase();
        ["prefetch", "prerender", "preview"]
            .iter()
            .any(|sign| value.contains(sign))
    })
}

/// Follows the link of a verification mail (ID-VER-02). A browser that only looks ahead
/// gets a page with a button (ID-SEC-08).
pub(super) async fn activate(visitor: Visitor, headers: HeaderMap) -> Result<Response, Failed> {
    let code = query(&visitor, "auth");
    if !looks_ahead(&headers) || code.is_empty() {
        return verified(&visitor, &code).await;
    }
    let form = Ask {
        action: "/ui/activate".to_owned(),
        field: "auth",
        value: code,
        button: crate::text::text("activate-button"),
    };
    let text = crate::text::text("activate-ask");
    let title = "activate-title";
    Ok(notice(
        &visitor,
        "activate",
        title,
        "mail",
        text,
        Some(form),
    ))
}

/// The button of that page.
pub(super) async fn activate_now(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    verified(&visitor, sent.get("auth")).await
}

async fn verified(visitor: &Visitor, code: &str) -> Result<Response, Failed> {
    if code.is_empty() {
        return Err(Error::forbidden("INVALID_ACTIVATION_KEY").into());
    }
    if visitor.user().is_some() {
        return Ok(go(visitor, "/ui", "LOGGED_IN_WARNING"));
    }
    let done = match visitor.state.identity.verify(code, &visitor.client).await {
        Ok(done) => done,
        Err(error) => {
            return match told(&error) {
                Some(message) => Ok(go(visitor, "/ui", &message)),
                None => Err(error.into()),
            };
        }
    };
    let Some(login) = &done.login else {
        return Ok(go(visitor, "/ui", done.outcome.message()));
    };
    // The `next` of a mailed link is the index, so the overview comes first (ID-SET-30).
    let target = match visitor.settings.str("ASTAKOS_ACTIVATION_REDIRECT_URL") {
        "" => "/ui/landing",
        set => set,
    };
    Ok(enter_at(visitor, login, target, done.outcome.message()))
}

/// Sends the verification mail again (ID-VER-05).
pub(super) async fn resend(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    sent_again(&visitor, sent.get("link")).await
}

/// The link to another verification mail: a button that asks for it (ID-SEC-08).
pub(super) async fn resend_page(visitor: Visitor, Path(link): Path<String>) -> Response {
    if visitor.user().is_some() {
        return go(&visitor, "/ui", "");
    }
    let form = Ask {
        action: "/ui/send/activation".to_owned(),
        field: "link",
        value: link.chars().take(256).collect(),
        button: messages::text(&visitor.settings, super::log_in::RESEND, &[]),
    };
    let text = messages::text(&visitor.settings, "ACCOUNT_PENDING_ACTIVATION_HELP", &[]);
    let title = "check-mail-title";
    notice(&visitor, "activate", title, "mail", text, Some(form))
}

/// The same form sent to the link itself.
pub(super) async fn resend_to(
    visitor: Visitor,
    Path(link): Path<String>,
    _sent: Posted,
) -> Result<Response, Failed> {
    sent_again(&visitor, &link).await
}

/// Says the same for every number of an account, and for links of those verified since.
async fn sent_again(visitor: &Visitor, link: &str) -> Result<Response, Failed> {
    if visitor.user().is_some() {
        return Ok(go(visitor, "/ui", ""));
    }
    let identity = &visitor.state.identity;
    let asked = match link.parse::<u64>() {
        Ok(no) => identity.resend_by_number(UserNo(no), &visitor.client).await,
        Err(_) => identity.resend_verification(link, &visitor.client).await,
    };
    match asked {
        Ok(()) => Ok(go(visitor, "/ui", "ACTIVATION_SENT")),
        Err(error @ Error::NotFound { .. }) => {
            Ok(go(visitor, "/ui", &told(&error).unwrap_or_default()))
        }
        Err(error) => Err(error.into()),
    }
}
