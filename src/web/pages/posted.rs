//! What a form sent. Reading it checks that it came from a page of ours: there is no
//! other way to a form's fields, so no handler can forget.

use super::{
    Failed,
    visitor::{Visitor, from_own_page},
};
use crate::State;
use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use kernel::{Error, Result, secret::SecretString};
use std::time::Duration;

/// Longest form without files.
const LONGEST: usize = 256 << 10;

/// How long a form may take to arrive.
const SLOWEST: Duration = Duration::from_secs(60);

/// All of a form's body.
///
/// # Errors
/// `TooLarge`; `Invalid` when it does not arrive, or too slowly.
async fn arrived(body: axum::body::Body) -> Result<Bytes> {
    let body = tokio::time::timeout(SLOWEST, Limited::new(body, LONGEST).collect()).await;
    let broken_off = |_| Error::invalid(crate::text::text("form-broken-off"));
    let body = body.map_err(broken_off)?;
    let body = body.map_err(|_| Error::too_large(crate::text::text("form-too-long")))?;
    Ok(body.to_bytes())
}

/// Name of the field that proves where a form comes from.
pub(super) const TOKEN: &str = "csrfmiddlewaretoken";

/// The fields of a form that came from a page of ours.
#[derive(Clone, Default)]
pub(super) struct Posted(Vec<(String, String)>);

impl Posted {
    fn parse(body: &[u8]) -> Self {
        let decode = |text: &str| {
            let text = text.replace('+', " ");
            percent_encoding::percent_decode_str(&text)
                .decode_utf8_lossy()
                .into_owned()
        };
        let text = String::from_utf8_lossy(body);
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Posted(pairs.collect())
    }

    /// The value of a field, empty when it is absent.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// A form of these fields, for acts that come as JSON.
    pub(super) fn of(fields: Vec<(String, String)>) -> Self {
        Posted(fields)
    }

    /// All values of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a field without spaces around it.
    pub(super) fn trimmed(&self, name: &str) -> &str {
        self.get(name).trim()
    }

    /// The value of a field that is a secret.
    pub(super) fn secret(&self, name: &str) -> SecretString {
        SecretString::from(self.get(name).to_owned())
    }

    /// Is a box ticked?
    pub(super) fn ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}

/// Refuses what was not sent by a page of ours for this session (ID-SEC-07).
pub(super) fn check(visitor: &Visitor, headers: &http::HeaderMap, token: &str) -> Result<()> {
    let same = kernel::secret::same(token.as_bytes(), visitor.csrf.as_bytes());
    match same && from_own_page(&visitor.settings, headers) {
        true => Ok(()),
        false => Err(Error::forbidden(crate::text::text("forgery"))),
    }
}

impl FromRequest<State> for Posted {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &State) -> Result<Self, Failed> {
        let (mut parts, body) = request.into_parts();
        let visitor =
            <Visitor as FromRequestParts<State>>::from_request_parts(&mut parts, state).await?;
        let posted = Posted::parse(&arrived(body).await?);
        let header = parts
            .headers
            .get("x-csrftoken")
            .and_then(|v| v.to_str().ok());
        let token = header.unwrap_or_else(|| posted.get(TOKEN));
        check(&visitor, &parts.headers, token)?;
        Ok(posted)
    }
}

/// What is wrong at a field of a form.
#[derive(Clone)]
pub(super) struct Wrong {
    /// Name of the field; empty for the form as a whole.
    pub(super) field: String,
    /// Key of the message, when it has one (ID-UI-11).
    pub(super) key: String,
    /// The same in words.
    pub(super) text: String,
}

/// What a form shows: what was typed and what is wrong with it.
#[derive(Clone, Default)]
pub(super) struct Form {
    values: Posted,
    wrong: Vec<Wrong>,
}

impl Form {
    /// A form filled with these values.
    pub(super) fn with(values: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Form {
            values: Posted(values.iter().map(own).collect()),
            wrong: Vec::new(),
        }
    }

    /// A form as it was sent; secrets are not shown again by the templates.
    pub(super) fn sent(values: &Posted) -> Self {
        Form {
            values: values.clone(),
            wrong: Vec::new(),
        }
    }

    /// Adds what is wrong at a field, in words.
    pub(super) fn wrong(&mut self, field: &str, text: impl Into<String>) {
        self.wrong.push(Wrong {
            field: field.to_owned(),
            key: String::new(),
            text: text.into(),
        });
    }

    /// Adds what is wrong at a field by the key of identity's message, with its value
    /// behind a colon.
    pub(super) fn refuse(&mut self, visitor: &Visitor, field: &str, said: &str) {
        let key = said.split(':').next().unwrap_or_default();
        let key = identity::messages::find(key).map_or("", |found| found.key);
        self.wrong.push(Wrong {
            field: field.to_owned(),
            key: key.to_owned(),
            text: identity::messages::resolve(&visitor.settings, said).into_owned(),
        });
    }

    /// The form with what an error says, at its field or above the form; other errors
    /// are handed on.
    pub(super) fn refused(mut self, visitor: &Visitor, error: Error) -> Result<Self> {
        let (field, text) = match &error {
            Error::Invalid { field, reason } => (field.clone(), reason.clone()),
            Error::Busy { .. } => (String::new(), "TOO_MANY_REQUESTS".to_owned()),
            Error::Broken(_) | Error::NotFound { .. } | Error::Forbidden { .. } => {
                return Err(error);
            }
            other => (String::new(), other.to_string()),
        };
        self.refuse(visitor, &field, &text);
        Ok(self)
    }

    /// Value of a field.
    pub(super) fn value(&self, name: &str) -> &str {
        self.values.get(name)
    }

    fn first(&self, name: &str) -> Option<&Wrong> {
        self.wrong.iter().find(|wrong| wrong.field == name)
    }

    /// What is wrong at a field; the empty name is the whole form.
    pub(super) fn error(&self, name: &str) -> &str {
        self.first(name).map_or("", |wrong| &wrong.text)
    }

    /// The key of that message, when it has one.
    pub(super) fn error_key(&self, name: &str) -> &str {
        self.first(name).map_or("", |wrong| &wrong.key)
    }

    /// Is anything wrong?
    pub(super) fn has_errors(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// Everything that is wrong at fields, for the box above the form (ID-UI-06).
    pub(super) fn at_fields(&self) -> impl Iterator<Item = &Wrong> {
        self.wrong.iter().filter(|wrong| !wrong.field.is_empty())
    }

    /// The words above that list.
    pub(super) fn mend(&self) -> String {
        crate::text::text("form-mend")
    }

    /// What is wrong with the form as a whole: what stands at no field of it.
    pub(super) fn general(&self) -> &str {
        self.error("")
    }

    /// Its key.
    pub(super) fn general_key(&self) -> &str {
        self.error_key("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;

    // ID-SEC-24: a byte now and then does not hold a form open for ever
    #[tokio::test(start_paused = true)]
    async fn forms_arrive_in_time_or_not_at_all() {
        let drop_by_drop = futures_util::stream::unfold(0, |n| async move {
            tokio::time::sleep(Duration::from_secs(10)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b"a")), n + 1))
        });
        let slow = axum::body::Body::from_stream(drop_by_drop.boxed());
        assert!(matches!(arrived(slow).await, Err(Error::Invalid { .. })));
        let quick = axum::body::Body::from("a=b");
        assert_eq!(arrived(quick).await.unwrap(), "a=b");
        let long = axum::body::Body::from(vec![0; LONGEST + 1]);
        assert!(matches!(arrived(long).await, Err(Error::TooLarge { .. })));
    }
}
