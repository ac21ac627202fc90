//! The API against what the original answered, and what the recordings do not show.

mod replay;
mod wire;

use crate::testing::Fixture;
use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// An answer, read.
pub(super) struct Got {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Got {
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|v| v.to_str().unwrap());
        value.unwrap_or_default()
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A client of the whole router.
pub(super) struct Client {
    pub(super) fixture: Fixture,
    router: Router,
}

impl Client {
    /// With persons 1 and 2 enrolled.
    pub(super) async fn new() -> Self {
        let fixture = Fixture::new();
        fixture.enrol(1).await;
        fixture.enrol(2).await;
        let router = crate::router(fixture.state.clone());
        Client { fixture, router }
    }

    /// Sends a request as it is.
    pub(super) async fn send(&self, request: Request<Body>) -> Got {
        self.fixture
            .clock
            .advance(std::time::Duration::from_millis(1500));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(|b| b.to_bytes());
        Got {
            status: parts.status,
            headers: parts.headers,
            body: body.unwrap_or_default(),
        }
    }

    /// Sends a request of person 1 to a path in their account.
    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Got {
        let account = crate::testing::person(1);
        let body = body.into();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/pithos/object-store/v1/{account}{path}"))
            .header("X-Auth-Token", "user-1");
        if !headers.iter().any(|(name, _)| *name == "Transfer-Encoding") {
            request = request.header("Content-Length", body.len());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Puts an object with some content.
    pub(super) async fn put(&self, path: &str, body: impl Into<Bytes>) -> Got {
        let headers = [("Content-Type", "application/octet-stream")];
        let got = self.ask("PUT", path, &headers, body).await;
        assert_eq!(got.status, 201, "{}", got.text());
        got
    }
}
