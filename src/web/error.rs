//! `kernel::Error` to what a client of each dialect reads. The only place that
//! chooses status codes.
//!
//! A handler of an API returns `Result<_, Fault<D>>` with `D` one of [`Os`],
//! [`Keystone`], [`Pithos`]; `?` converts any `kernel::Error`. The fault is JSON
//! until the layer of [`crate::api::service`] learns that the client wants XML.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use kernel::Error;
use std::{fmt::Write, marker::PhantomData};

/// How one family of APIs names its faults.
pub trait Dialect: Send + Sync + 'static {
    /// Namespace of the XML form, empty for none.
    const XMLNS: &'static str = "";

    /// Is every answer JSON that says nothing else (ID-API-06, CY-API-06)?
    const JSON: bool = true;

    /// May scripts of any page read the answers (ID-API-08)?
    const ANY_ORIGIN: bool = false;

    /// Does a refused method tell of HEAD wherever there is GET? Elsewhere it goes
    /// without saying (ID-API-07, ID-REC-06).
    const TELLS_HEAD: bool = false;

    /// Status and name of an error.
    fn name(error: &Error) -> (StatusCode, &'static str);
}

/// Compute, network, image, volume, vmapi (CY-API-07).
#[derive(Clone, Copy, Debug)]
pub struct Os;

/// Identity and account (ID-API-05).
#[derive(Clone, Copy, Debug)]
pub struct Keystone;

/// Object storage (PI-ERR-01).
#[derive(Clone, Copy, Debug)]
pub struct Pithos;

fn common(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::NotFound { .. } => (StatusCode::NOT_FOUND, "itemNotFound"),
        Error::Unauthorized { .. } => (StatusCode::UNAUTHORIZED, "unauthorized"),
        Error::Forbidden { .. } => (StatusCode::FORBIDDEN, "forbidden"),
        Error::Invalid { .. } => (StatusCode::BAD_REQUEST, "badRequest"),
        Error::Conflict { .. } => (StatusCode::CONFLICT, "conflict"),
        Error::BuildInProgress { .. } => (StatusCode::CONFLICT, "buildInProgress"),
        Error::Precondition { .. } => (StatusCode::PRECONDITION_FAILED, "preconditionFailed"),
        Error::Unprocessable { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unprocessableEntity"),
        Error::OverQuota { .. } | Error::TooLarge { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, "overLimit")
        }
        Error::Busy { .. } | Error::Unavailable { .. } | Error::StorageFull { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "serviceUnavailable")
        }
        Error::NotSupported { .. } => (StatusCode::NOT_IMPLEMENTED, "notImplemented"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "internalServerError"),
    }
}

impl Dialect for Os {
    const XMLNS: &'static str = "http://docs.openstack.org/compute/api/v1.1";

    fn name(error: &Error) -> (StatusCode, &'static str) {
        common(error)
    }
}

impl Dialect for Keystone {
    const ANY_ORIGIN: bool = true;

    fn name(error: &Error) -> (StatusCode, &'static str) {
        common(error)
    }
}

impl Dialect for Pithos {
    const TELLS_HEAD: bool = true;

    const JSON: bool = false;

    fn name(error: &Error) -> (StatusCode, &'static str) {
        match error {
            Error::OverQuota { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "fault"),
            Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "requestEntityTooLarge"),
            Error::StorageFull { .. } => (StatusCode::INSUFFICIENT_STORAGE, "insufficientStorage"),
            other => common(other),
        }
    }
}

/// The status a page answers an error with.
pub fn page_status(error: &Error) -> StatusCode {
    match error {
        Error::StorageFull { .. } => StatusCode::INSUFFICIENT_STORAGE,
        other => common(other).0,
    }
}

/// What a fault says, whichever way it is written down.
#[derive(Clone, Debug)]
pub struct FaultText {
    /// Status of the answer.
    pub status: StatusCode,
    /// Name of the fault.
    pub name: &'static str,
    /// For the client.
    pub message: String,
    /// For the client, often empty.
    pub details: String,
    /// Namespace of the XML form, empty for none.
    pub xmlns: &'static str,
    /// Cause of an unexpected error; shown with `DEBUG` only.
    pub cause: Option<String>,
}

impl FaultText {
    /// The JSON form.
    pub fn json(&self) -> String {
        serde_json::json!({self.name: {
            "code": self.status.as_u16(), "message": self.message, "details": self.details,
        }})
        .to_string()
    }

    /// The XML form.
    pub fn xml(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<");
        out.push_str(self.name);
        if !self.xmlns.is_empty() {
            let _ = write!(out, " xmlns=\"{}\"", self.xmlns);
        }
        let _ = write!(out, " code=\"{}\"><message>", self.status.as_u16());
        escape_xml(&mut out, &self.message);
        out.push_str("</message><details>");
        escape_xml(&mut out, &self.details);
        let _ = write!(out, "</details></{}>", self.name);
        out
    }
}

/// Appends `text` escaped for XML content and attributes.
pub fn escape_xml(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// A refusal in dialect `D`.
pub struct Fault<D: Dialect> {
    text: Box<FaultText>,
    header: Option<Box<(HeaderName, HeaderValue)>>,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Fault<D> {
    /// A fault that has no `kernel::Error` of its own (411, 416, 422, 405 …).
    pub fn new(status: StatusCode, name: &'static str, message: impl Into<String>) -> Self {
        Fault {
            text: Box::new(FaultText {
                status,
                name,
                message: message.into(),
                details: String::new(),
                xmlns: D::XMLNS,
                cause: None,
            }),
            header: None,
            dialect: PhantomData,
        }
    }

    /// Past the limit of what somebody may ask (ID-SEC-24, ID-ACC-12); other errors as ever.
    pub(crate) fn limited(error: Error, text: &str) -> Self {
        match error {
            Error::Busy { retry_after } => {
                Fault::new(StatusCode::TOO_MANY_REQUESTS, "overLimit", text)
                    .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after))
            }
            other => other.into(),
        }
    }

    /// The fault with a header beside it.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }

    /// Status and texts.
    pub fn text(&self) -> &FaultText {
        &self.text
    }
}

impl<D: Dialect> From<Error> for Fault<D> {
    fn from(error: Error) -> Self {
        let (status, name) = D::name(&error);
        let mut fault = Fault::new(status, name, error.to_string());
        match error {
            Error::OverQuota { details, .. } => fault.text.details = details,
            Error::Busy { retry_after } => {
                fault = fault.with_header(header::RETRY_AFTER, HeaderValue::from(retry_after));
            }
            Error::Broken(_) => {
                let chain = error.chain();
                // The span of the request carries the id that the client reads.
                tracing::error!(target: "django.request", error = %chain, "request failed");
                fault.text.message = "Unexpected error".into();
                fault.text.cause = Some(chain);
            }
            _ => {}
        }
        fault
    }
}

impl<D: Dialect> IntoResponse for Fault<D> {
    fn into_response(self) -> Response {
        let mut response = (
            self.text.status,
            [(header::CONTENT_TYPE, "application/json; charset=UTF-8")],
            self.text.json(),
        )
            .into_response();
        if let Some(header) = self.header {
            let (name, value) = *header;
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(*self.text);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over_quota() -> Error {
        Error::OverQuota {
            message: "Resource Limit Exceeded for your account.".into(),
            details: "Available: 0, Requested: 1".into(),
        }
    }

    // CY-API-07 CY-WIRE-03
    #[test]
    fn compute_faults_have_one_key_with_code_message_details() {
        let fault = Fault::<Os>::from(Error::not_found("Server not found."));
        assert_eq!(
            fault.text().json(),
            r#"{"itemNotFound":{"code":404,"message":"Server not found.","details":""}}"#
        );
        let fault = Fault::<Os>::from(over_quota());
        assert_eq!(
            (fault.text().name, fault.text().status.as_u16()),
            ("overLimit", 413)
        );
        assert_eq!(fault.text().details, "Available: 0, Requested: 1");
        assert_eq!(
            Fault::<Os>::from(Error::not_found("a <b> & \"c\""))
                .text()
                .xml(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<itemNotFound \
             xmlns=\"http://docs.openstack.org/compute/api/v1.1\" code=\"404\"><message>a &lt;b&gt; \
             &amp; &quot;c&quot;</message><details></details></itemNotFound>"
        );
    }

    // PI-ERR-01 PI-QTA-07
    #[test]
    fn storage_names_quota_faults_its_own_way() {
        assert_eq!(Fault::<Pithos>::from(over_quota()).text().name, "fault");
        let fault = Fault::<Pithos>::from(Error::too_large("x"));
        assert_eq!(fault.text().name, "requestEntityTooLarge");
    }

    #[test]
    fn the_cause_of_a_breakage_is_not_shown() {
        let fault = Fault::<Keystone>::from(Error::broken("secret path"));
        assert_eq!(fault.text().message, "Unexpected error");
        assert!(!fault.text().json().contains("secret"));
    }
}
