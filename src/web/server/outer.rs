//! What surrounds every request: an id, a place in the log, security headers, and
//! an answer even when a handler panics.

use axum::{
    Extension, Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use std::{net::SocketAddr, panic::AssertUnwindSafe};
use tower::{Layer, Service};
use tracing::Instrument;

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Marks requests that came over TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Private;

/// The id of a request, which its answer carries and its log lines name.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const ID: HeaderName = HeaderName::from_static("x-request-id");

/// Roots of bytes that people uploaded: whatever they are, they run nothing.
const UPLOADED: [&str; 5] = [
    "/pithos/object-store/",
    "/pithos/public/",
    "/pithos/v1/",
    "/object-store/",
    "/v1/",
];

/// Pages load what is ours and nothing else.
pub(crate) const PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const INERT: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// Puts the surroundings around all routes.
pub(super) fn dress(routes: Router, secure: bool) -> Router {
    routes.layer(middleware::from_fn(move |request, next| {
        surround(request, next, secure)
    }))
}

/// The routes for one connection.
pub(super) fn with_peer(
    routes: Router,
    peer: SocketAddr,
) -> impl Service<
    http::Request<hyper::body::Incoming>,
    Response = Response,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone {
    Extension(Peer(peer)).layer(routes)
}

async fn surround(mut request: Request, next: Next, secure: bool) -> Response {
    let id = uuid::Uuid::new_v4().simple().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    if secure {
        request.extensions_mut().insert(Private);
    }
    name_host(&mut request);
    let uploaded = UPLOADED
        .iter()
        .any(|root| request.uri().path().starts_with(root));
    // The path of a build carries its secret, so no path is logged.
    let span = tracing::info_span!("request", id = %id, method = %request.method());
    let answered = AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .instrument(span.clone())
        .await;
    let mut response = answered.unwrap_or_else(|_| {
        span.in_scope(|| tracing::error!(target: "django.request", "a handler panicked"));
        let text = format!("Something broke here. The request's id is {id}.\n");
        (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
    });
    protect(response.headers_mut(), secure, uploaded);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(ID, value);
    }
    response
}

/// HTTP/2 names the host in its address; everybody below reads the `Host` header.
fn name_host(request: &mut Request) {
    if request.headers().contains_key(header::HOST) {
        return;
    }
    let named = request
        .uri()
        .authority()
        .and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = named {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// The headers of ID-SEC that every answer has, unless its route set its own.
fn protect(headers: &mut HeaderMap, secure: bool, uploaded: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(
        header::CONTENT_SECURITY_POLICY,
        if uploaded { INERT } else { PAGES },
    );
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// The host of a `Host` header without its port, when it is one.
fn bare(host: &str) -> Option<&str> {
    // An address of version 6 has colons of its own.
    if host.starts_with('[') {
        let (inner, _) = host.split_once(']')?;
        inner.get(1..)?.parse::<std::net::Ipv6Addr>().ok()?;
        return host.get(..=inner.len());
    }
    let name = host.split(':').next()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    (!name.is_empty() && name.chars().all(fits)).then_some(name)
}

/// The same address by HTTPS.
pub(super) async fn to_https(headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let Some(host) = host.and_then(bare) else {
        return (StatusCode::BAD_REQUEST, "Use HTTPS.\n").into_response();
    };
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    let target = format!("https://{host}{path}");
    match HeaderValue::from_str(&target) {
        Ok(target) => {
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, target)]).into_response()
        }
        Err(_) => (StatusCode::BAD_REQUEST, "Use HTTPS.\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, routing::get};
    use tower::ServiceExt;

    async fn headers(path: &str, secure: bool) -> HeaderMap {
        let page = || async { axum::response::Html("<p>x</p>") };
        let routes = Router::new().fallback(get(page));
        let request = Request::get(path).body(axum::body::Body::empty());
        let answer = dress(routes, secure).oneshot(request.unwrap()).await;
        answer.unwrap().headers().clone()
    }

    // ID-SEC-22
    #[tokio::test]
    async fn every_answer_is_guarded() {
        let seen = headers("/ui/login", true).await;
        let value = |name: HeaderName| seen[name].to_str().unwrap();
        assert_eq!(value(header::X_FRAME_OPTIONS), "DENY");
        assert_eq!(value(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        let referrer = value(header::REFERRER_POLICY);
        assert_eq!(referrer, "strict-origin-when-cross-origin");
        assert!(value(header::STRICT_TRANSPORT_SECURITY).contains("max-age=31536000"));
        let policy = value(header::CONTENT_SECURITY_POLICY);
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "style-src 'self';",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        for loose in ["unsafe", "http:", "https:", "*"] {
            assert!(!policy.contains(loose), "{policy}");
        }
        let plain = headers("/ui/login", false).await;
        assert!(!plain.contains_key(header::STRICT_TRANSPORT_SECURITY));
        let uploaded = headers("/pithos/public/x", true).await;
        let policy = uploaded[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("sandbox") && !policy.contains("script-src"));
    }

    // ID-OPS-04
    #[tokio::test]
    async fn plain_requests_lead_to_https_at_the_same_host() {
        let to = async |host: &str, path: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            let answer = to_https(headers, path.parse().unwrap()).await;
            let to = answer.headers().get(header::LOCATION);
            let to = to.map(|to| to.to_str().unwrap().to_owned());
            (answer.status().as_u16(), to.unwrap_or_default())
        };
        for (host, wanted) in [
            ("cloud.example.org", "https://cloud.example.org/ui?a=%2F"),
            ("cloud.example.org:80", "https://cloud.example.org/ui?a=%2F"),
            ("[2001:db8::1]:80", "https://[2001:db8::1]/ui?a=%2F"),
            ("[::1]", "https://[::1]/ui?a=%2F"),
        ] {
            assert_eq!(to(host, "/ui?a=%2F").await, (308, wanted.into()), "{host}");
        }
        for host in ["", "a b", "[evil", "[x]", "a\"b", "evil@x"] {
            assert_eq!(to(host, "/").await.0, 400, "{host}");
        }
    }

    // ID-SEC-07
    #[tokio::test]
    async fn the_host_of_http2_is_known() {
        let seen = get(|headers: HeaderMap| async move {
            let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
            host.map(<[u8]>::to_vec).unwrap_or_default()
        });
        let routes = dress(Router::new().route("/", seen), true);
        let ask = |uri: &'static str, host: Option<&'static str>| {
            let request = http::Request::get(uri);
            let request = host.into_iter().fold(request, |r, h| r.header("host", h));
            let answer = routes.clone().oneshot(request.body(Body::empty()).unwrap());
            async move {
                let body = answer.await.unwrap().into_body();
                axum::body::to_bytes(body, 1024).await.unwrap()
            }
        };
        assert_eq!(ask("https://a.example:8443/", None).await, "a.example:8443");
        assert_eq!(ask("/", Some("b.example")).await, "b.example");
        assert_eq!(ask("/", None).await, "");
    }
}
