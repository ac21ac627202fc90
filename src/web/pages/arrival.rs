//! Where people are led after a login or a form, and what a form that was refused
//! answers.

use super::{
    posted::{Form, Posted},
    shell::carried,
    visitor::Visitor,
};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use identity::UserView;
use kernel::{Error, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Where a person is led after a login (ID-LOG-06): to `next`, else where the setting
/// says, else to the overview; to the profile first where that is wanted.
pub(super) fn after_login(visitor: &Visitor, user: &UserView, next: &str) -> String {
    let settings = &visitor.settings;
    let wished = visitor.next(next).map(str::to_owned);
    let set = settings.str("ASTAKOS_LOGIN_SUCCESS_URL");
    if settings.bool("ASTAKOS_FORCE_PROFILE_UPDATE") && !user.profile_confirmed && !user.admin {
        let next = wished.unwrap_or_default();
        let next = utf8_percent_encode(&next, NON_ALPHANUMERIC);
        return format!("/ui/profile?next={next}");
    }
    match (wished, set) {
        (Some(next), _) => next,
        (None, "") => "/ui/landing".to_owned(),
        (None, set) => set.to_owned(),
    }
}

/// An error's text as a message that travels to the next page; None for errors that
/// are pages of their own.
pub(super) fn told(error: &Error) -> Option<String> {
    let said = match error {
        Error::Conflict { message } | Error::NotFound { message } => message.as_str(),
        Error::Invalid { reason, .. } => reason.as_str(),
        Error::Busy { .. } => "TOO_MANY_REQUESTS",
        _ => return None,
    };
    let (key, value) = said.split_once(':').unwrap_or((said, ""));
    identity::messages::find(key)?;
    Some(match value {
        "" => key.to_owned(),
        value => carried(key, &[value]),
    })
}

/// A form that is shown again: 200 with its errors (ID-REG-03), or 429 with the time
/// to wait (ID-LOG-10). Other errors are handed on.
pub(super) struct Refused {
    /// The form with what is wrong.
    pub(super) form: Form,
    wait: Option<u32>,
}

impl Refused {
    pub(super) fn new(visitor: &Visitor, sent: &Posted, error: Error) -> Result<Self> {
        Self::of(visitor, Form::sent(sent), error)
    }

    /// The same for a form that has errors already.
    pub(super) fn of(visitor: &Visitor, form: Form, error: Error) -> Result<Self> {
        let wait = match &error {
            Error::Busy { retry_after } => Some(*retry_after),
            _ => None,
        };
        Ok(Refused {
            form: form.refused(visitor, error)?,
            wait,
        })
    }

    /// The answer, with the page drawn by `draw`.
    pub(super) fn answer(self, draw: impl FnOnce(Form) -> Response) -> Response {
        let wait = self.wait;
        let mut response = draw(self.form);
        if let Some(seconds) = wait {
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.into_response()
    }
}
