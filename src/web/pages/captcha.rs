//! The captcha of a form (ID-CAP): what it shows and what was answered.
//!
//! Invariant: a form that shows one takes nothing without an answer; pages may load
//! something from elsewhere only where the settings say so.

use super::{
    posted::{Form, Posted},
    visitor::Visitor,
};
use identity::captcha::{Answer, Guarded, Shown};
use kernel::{Error, Result, settings::Value};

/// What a form shows; `parts/captcha.html` draws it.
#[derive(Default)]
pub(super) struct Captcha {
    /// `widget`, `sum`, `broken`, or empty for nothing.
    pub(super) kind: &'static str,
    /// Public key of the widget.
    pub(super) key: String,
    /// Address of its script.
    pub(super) script: String,
    /// How it looks: names and values of its `data-` attributes.
    pub(super) options: Vec<(&'static str, String)>,
    /// What comes back with the answer to a sum.
    pub(super) token: String,
    /// The sum.
    pub(super) sum: String,
}

impl Captcha {
    /// What a form shows now, when it wants one.
    pub(super) fn when(visitor: &Visitor, wanted: bool) -> Self {
        let none = Captcha::default();
        match wanted {
            false => none,
            true => match visitor.state.identity.captcha() {
                Shown::Nothing => none,
                Shown::Broken => Captcha {
                    kind: "broken",
                    ..none
                },
                Shown::Widget { key, script } => Captcha {
                    kind: "widget",
                    options: options(&visitor.settings),
                    script: in_language(&visitor.settings, script),
                    key,
                    ..none
                },
                Shown::Sum { token, sum } => Captcha {
                    kind: "sum",
                    token,
                    sum,
                    ..none
                },
            },
        }
    }
}

/// An option of the widget (`ASTAKOS_RECAPTCHA_OPTIONS`); only plain words and numbers.
fn option(settings: &kernel::Settings, name: &str) -> Option<String> {
    let set = settings.get("ASTAKOS_RECAPTCHA_OPTIONS")?.entry(name)?;
    let text = match set {
        Value::Str(text) => text.clone(),
        Value::Int(n) => n.to_string(),
        _ => return None,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!text.is_empty() && text.chars().all(plain)).then_some(text)
}

/// The widget's options that are attributes. `custom` was a look of the first widget and
/// is this one's usual.
fn options(settings: &kernel::Settings) -> Vec<(&'static str, String)> {
    let names = ["theme", "size", "tabindex", "badge"];
    let each = names
        .into_iter()
        .filter_map(|name| Some((name, option(settings, name)?)));
    each.filter(|(_, value)| value != "custom").collect()
}

/// The script's address, which says the language where one is set.
fn in_language(settings: &kernel::Settings, script: String) -> String {
    match option(settings, "lang") {
        Some(code) => {
            let join = if script.contains('?') { '&' } else { '?' };
            format!("{script}{join}hl={code}")
        }
        None => script,
    }
}

/// What a form answered, in any of the names services use (ID-SET-26).
pub(super) fn answer(sent: &Posted) -> Answer {
    let fields = [
        "captcha",
        "g-recaptcha-response",
        "recaptcha_response_field",
    ];
    let given = fields
        .iter()
        .map(|name| sent.trimmed(name))
        .find(|v| !v.is_empty());
    Answer {
        token: sent.get("captcha_token").to_owned(),
        answer: given.unwrap_or_default().to_owned(),
    }
}

/// Checks the answer of a form without other mistakes; what is wrong stands in it.
///
/// # Errors
/// What has nothing to do with the answer.
pub(super) async fn check(
    visitor: &Visitor,
    form: Guarded<'_>,
    sent: &Posted,
    f: &mut Form,
) -> Result<()> {
    if f.has_errors() {
        return Ok(());
    }
    let answer = answer(sent);
    let solved = visitor
        .state
        .identity
        .solve_captcha_for(form, &answer, &visitor.client);
    match solved.await {
        Ok(()) => Ok(()),
        Err(Error::Invalid { field, reason }) => {
            f.refuse(visitor, &field, &reason);
            Ok(())
        }
        Err(Error::Conflict { message }) => {
            f.refuse(visitor, "", &message);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// What the page policy allows beside our own while captchas are on (ID-CAP-04).
pub(super) fn policy(settings: &kernel::Settings, policy: &str) -> Option<String> {
    let origin = identity::captcha::origin(settings)?;
    let more = policy
        .replace("script-src 'self'", &format!("script-src 'self' {origin}"))
        .replace("style-src 'self'", &format!("style-src 'self' {origin}"))
        .replace(
            "connect-src 'self'",
            &format!("connect-src 'self' {origin}"),
        );
    Some(format!("{more}; frame-src {origin}"))
}
