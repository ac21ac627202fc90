//! What every API service shares: unknown paths, wrong methods, the format of
//! faults, cache headers, and reading JSON bodies.

use crate::{
    State,
    auth::query_value,
    error::{Dialect, Fault, FaultText},
};
use axum::{
    Router,
    extract::{self, MatchedPath, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use kernel::{Error, Result, secret::SecretString};

/// What keeps answers of the APIs out of caches.
pub(crate) const CACHE_CONTROL: &str = "no-cache, no-store, must-revalidate, max-age=0";

/// The format a client wants to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The default.
    Json,
    /// On demand.
    Xml,
}

/// Query `format`, path suffix, `Accept`, in this order (CY-API-05).
pub fn format_of(uri: &Uri, headers: &HeaderMap) -> Format {
    match query_value(uri.query().unwrap_or_default(), "format").as_deref() {
        Some("json") => return Format::Json,
        Some("xml") => return Format::Xml,
        _ => {}
    }
    if uri.path().ends_with(".xml") {
        return Format::Xml;
    }
    if uri.path().ends_with(".json") {
        return Format::Json;
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    for entry in accept.split(',') {
        match entry.split(';').next().unwrap_or_default().trim() {
            "application/json" => return Format::Json,
            "application/xml" => return Format::Xml,
            _ => {}
        }
    }
    Format::Json
}

/// Reads a JSON request body (CY-API-05, ID-API-01; a missing type is JSON).
pub fn json_body(headers: &HeaderMap, body: &[u8]) -> Result<serde_json::Value> {
    if let Some(given) = headers.get(header::CONTENT_TYPE) {
        let given = String::from_utf8_lossy(given.as_bytes());
        if !given.to_ascii_lowercase().starts_with("application/json") {
            return Err(Error::invalid(format!(
                "Unsupported Content-type: '{given}'"
            )));
        }
    }
    let text = std::str::from_utf8(body)
        .map_err(|_| Error::invalid("Could not decode request as UTF-8 string"))?;
    serde_json::from_str(text).map_err(|_| Error::invalid("Could not decode request body as JSON"))
}

/// Name and secret of Basic credentials. Those that cannot be read are nobody's, which is
/// not the same as none (ID-OA2-03).
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, SecretString)> {
    let given = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, value) = given.split_at_checked(5)?;
    if !scheme.eq_ignore_ascii_case(b"basic") || value.first().is_some_and(|b| *b != b' ') {
        return None;
    }
    let bytes = STANDARD.decode(value.trim_ascii()).unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    let (name, secret) = text.split_once(':').unwrap_or_default();
    Some((name.to_owned(), SecretString::from(secret.to_owned())))
}

/// Dresses the routes of one service: unknown paths are 400 (CY-API-08, ID-API-07),
/// wrong methods 405 faults, faults in the client's format, answers not cached.
pub fn service<D: Dialect>(state: &State, routes: Router<State>) -> Router<State> {
    let routes = routes.fallback(|| async {
        Fault::<D>::new(
            StatusCode::BAD_REQUEST,
            "badRequest",
            "API endpoint not found",
        )
    });
    alone::<D>(state, routes)
}

/// The same for routes between those of others: what they do not know is the others'.
pub(crate) fn alone<D: Dialect>(state: &State, routes: Router<State>) -> Router<State> {
    routes
        .method_not_allowed_fallback(not_allowed::<D>)
        .layer(middleware::from_fn_with_state(state.clone(), finish::<D>))
}

async fn finish<D: Dialect>(
    extract::State(state): extract::State<State>,
    request: Request,
    next: Next,
) -> Response {
    let format = format_of(request.uri(), request.headers());
    let (method, route) = (request.method().clone(), route(&request));
    let mut response = next.run(request).await;
    note(&method, &route, response.status());
    let refused = response.status() == StatusCode::METHOD_NOT_ALLOWED;
    let own_head = response.extensions_mut().remove::<OwnHead>().is_some();
    let quiet = !D::TELLS_HEAD && !own_head;
    if D::ANY_ORIGIN {
        open_to_scripts(&mut response, method == Method::OPTIONS && refused);
    }
    if D::JSON && is_rejection(&response) {
        response = rejected::<D>(response.status());
    }
    if let Some(mut fault) = response.extensions_mut().remove::<FaultText>() {
        response = write_fault(
            response,
            &mut fault,
            format,
            state.settings.now().bool("DEBUG"),
        );
    }
    if quiet && refused && method != Method::OPTIONS {
        response.extensions_mut().insert(Refused);
    }
    if D::JSON {
        name_json(&mut response);
    }
    let headers = response.headers_mut();
    // CY-API-06, ID-API-06; routes that may be cached say so themselves.
    if !headers.contains_key(header::CACHE_CONTROL) && !headers.contains_key(header::ETAG) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(CACHE_CONTROL),
        );
        headers.insert(
            header::EXPIRES,
            HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"),
        );
    }
    headers
        .entry(header::VARY)
        .or_insert(HeaderValue::from_static("X-Auth-Token"));
    response
}

/// Did the framework refuse the request before a handler saw it: too long a body, a path
/// that is no text? It says so in plain text.
pub(crate) fn is_rejection(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    response.status().is_client_error()
        && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// What a rejection says, in our own words.
pub(crate) fn rejection(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "The request is too long",
        _ => "Malformed request",
    }
}

fn rejected<D: Dialect>(status: StatusCode) -> Response {
    let name = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "overLimit",
        _ => "badRequest",
    };
    Fault::<D>::new(status, name, rejection(status)).into_response()
}

/// Says that the answer, even an empty one, is JSON in UTF-8 (ID-API-06, CY-API-06).
fn name_json(response: &mut Response) {
    if response.status().is_redirection() {
        return;
    }
    let json = HeaderValue::from_static("application/json; charset=UTF-8");
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind == "application/json") {
        headers.insert(header::CONTENT_TYPE, json);
    }
}

/// A method that a call does not know, whose answer tells of HEAD nothing.
#[derive(Clone, Copy)]
struct Refused;

/// A call whose HEAD is more than its GET without a body, and is told therefore.
#[derive(Clone, Copy)]
struct OwnHead;

/// The fallback of such a call.
pub(crate) async fn refused_beside_head<D: Dialect>() -> Response {
    let mut response = not_allowed::<D>().await.into_response();
    response.extensions_mut().insert(OwnHead);
    response
}

async fn not_allowed<D: Dialect>() -> Fault<D> {
    let message = "Method not allowed";
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, "notAllowed", message)
}

/// What calls know is told as the original told it: HEAD goes without saying where GET is
/// (ID-API-07, ID-REC-06). The router adds `Allow` outside of [`finish`].
pub(crate) fn without_head(mut response: Response) -> Response {
    if response.extensions_mut().remove::<Refused>().is_none() {
        return response;
    }
    let told = response.headers().get(header::ALLOW);
    let Some(told) = told.and_then(|told| told.to_str().ok()) else {
        return response;
    };
    let kept = told.split(',').map(str::trim).filter(|one| *one != "HEAD");
    let kept = kept.collect::<Vec<_>>().join(",");
    if let Ok(kept) = HeaderValue::from_str(&kept) {
        response.headers_mut().insert(header::ALLOW, kept);
    }
    response
}

/// The pattern of the route: the path itself may hold a secret.
fn route(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned())
}

/// One line for each call, for whoever looks for a mistake (ID-OPS-11).
fn note(method: &Method, route: &str, status: StatusCode) {
    macro_rules! line {
        ($target:literal) => {
            tracing::debug!(target: $target, %method, route, status = status.as_u16(), "called")
        };
    }
    let part = |part: &str| route.split('/').any(|one| one == part);
    match () {
        () if part("vmapi") => line!("synnefo.vmapi"),
        () if part("image") || part("plankton") => line!("synnefo.plankton"),
        () if part("identity") || part("account") => line!("astakos.api"),
        () if part("compute") || part("network") => line!("synnefo.api"),
        () => line!("pithos.api"),
    }
}

/// Scripts of any page may call with a token they hold; cookies prove nothing here
/// (ID-API-08). `asks`: the request was a question about methods (ID-API-12).
fn open_to_scripts(response: &mut Response, asks: bool) {
    if asks {
        // The router adds `Allow` later.
        *response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        let methods = "GET, HEAD, POST, PUT, DELETE";
        let names = "X-Auth-Token, X-Subject-Token, Content-Type, Accept";
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, names),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    let headers = response.headers_mut();
    let any = HeaderValue::from_static("*");
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    let shown = HeaderValue::from_static("X-Subject-Token, X-Next-Marker, X-Request-Id");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, shown);
}

fn write_fault(was: Response, fault: &mut FaultText, format: Format, debug: bool) -> Response {
    if debug && let Some(cause) = fault.cause.take() {
        fault.details = cause;
    }
    let (kind, body) = match format {
        Format::Json => ("application/json; charset=UTF-8", fault.json()),
        Format::Xml => ("application/xml; charset=UTF-8", fault.xml()),
    };
    let mut response = (fault.status, body).into_response();
    for (name, value) in was.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
