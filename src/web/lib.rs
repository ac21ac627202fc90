//! The edge: HTTP in, calls to the rules crates, HTML or the original's API
//! dialects out.
//!
//! Owns: routes, extractors, the one conversion of errors to status codes per
//! dialect, middleware, pages and embedded files. Invariants: no table is opened
//! here (services only), a handler extracts, calls and renders, every response
//! carries a request id, no secret reaches a log line.

pub mod api;
mod assets;
pub mod auth;
#[cfg(test)]
mod authz;
mod bar;
mod base;
mod drawn;
mod enabled;
pub mod error;
mod oauth2_paths;
mod origin;
mod pages;
mod people;
mod portal;
mod remote;
pub mod server;
mod slash;
#[cfg(test)]
mod testing;
mod text;

pub use people::People;
pub use server::{redirect_to_https, serve};

use std::sync::Arc;

/// Everything a handler may use: [`Services`], shared. Every layer of every request clones
/// it, so that costs one count and not one of each service.
#[derive(Clone)]
pub struct State(Arc<Services>);

impl From<Services> for State {
    fn from(services: Services) -> Self {
        State(Arc::new(services))
    }
}

impl std::ops::Deref for State {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

#[cfg(test)]
impl std::ops::DerefMut for State {
    fn deref_mut(&mut self) -> &mut Services {
        Arc::make_mut(&mut self.0)
    }
}

/// What handlers work with. Built by `app`.
///
/// Services of the rules crates are added here, one public field each.
#[derive(Clone)]
pub struct Services {
    /// The settings in force.
    pub settings: kernel::SettingsHandle,
    /// Instants and random ids of requests.
    pub cx: kernel::CxSource,
    /// Turns an API token into a caller.
    pub auth: Arc<dyn auth::Authenticate>,
    /// Accounts, sessions, tokens, the service catalogue.
    pub identity: identity::Service,
    /// Outside ways to log in.
    pub logins: Arc<login::Registry>,
    /// Quota.
    pub quota: quota::Service,
    /// Object storage.
    pub objects: objects::Service,
    /// Images.
    pub images: images::Service,
    /// Servers, flavors, networks.
    pub compute: compute::Service,
    /// The queue of mail.
    pub mail: notify::Service,
    /// Search over accounts.
    pub search: search::Service,
    /// Figures for `/metrics`.
    pub figures: metrics_exporter_prometheus::PrometheusHandle,
    /// The address of this service as people use it, without a final slash.
    pub served: Arc<str>,
}

/// Methods and addresses of the pages and APIs of these services, for administrators.
pub fn addresses(services: &[String]) -> Vec<(String, String)> {
    enabled::addresses(services)
}

/// Every route of the product.
pub fn router(state: State) -> axum::Router {
    let routes = routes(&state)
        .with_state(state.clone())
        .fallback_service(pages::not_found(&state));
    let all = axum::Router::new().fallback_service(slash::optional(routes));
    let at_base = axum::middleware::from_fn_with_state(state.clone(), base::path);
    enabled::only(all, &state).layer(at_base)
}

fn routes(state: &State) -> axum::Router<State> {
    api::routes(state)
        .merge(pages::routes(state))
        .merge(assets::routes(state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, routing::get};
    use futures_util::future::BoxFuture;
    use http::{Request, StatusCode, header};
    use kernel::{Caller, Error, Result, UserId};
    use tower::ServiceExt;

    struct OneToken;

    impl auth::Authenticate for OneToken {
        fn token<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Caller>> {
            Box::pin(async move {
                match token {
                    "good" => Ok(Caller::person(UserId(uuid::Uuid::nil()))),
                    _ => Err(Error::unauthorized("Invalid X-Auth-Token")),
                }
            })
        }
    }

    fn state() -> State {
        let mut state = testing::Fixture::new().state;
        state.auth = Arc::new(OneToken);
        state
    }

    async fn ask(router: axum::Router, request: Request<Body>) -> (http::response::Parts, String) {
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        (parts, String::from_utf8(body.to_vec()).unwrap())
    }

    fn guarded() -> axum::Router {
        async fn who(who: auth::ApiCaller<error::Os>) -> String {
            who.caller.user.to_string()
        }
        let routes = axum::Router::new().route("/v2.0/who", get(who));
        let service = api::service::<error::Os>(&state(), routes);
        axum::Router::new()
            .nest("/compute", service)
            .with_state(state())
    }

    // CY-API-08 ID-API-07
    #[tokio::test]
    async fn unknown_paths_and_methods_are_faults() {
        for path in [
            "/compute/v2.0/x",
            "/identity/v2.0/nothing",
            "/network/v1.0",
            "/cyclades/image/v1.0/x",
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let (parts, body) = ask(router(state()), request).await;
            assert_eq!(parts.status, StatusCode::BAD_REQUEST, "{path}");
            assert!(body.contains("API endpoint not found"), "{path}: {body}");
        }
        let request = Request::put("/compute/v2.0/who")
            .body(Body::empty())
            .unwrap();
        let (parts, body) = ask(guarded(), request).await;
        assert_eq!(parts.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(parts.headers[header::ALLOW], "GET,HEAD");
        assert!(body.starts_with(r#"{"notAllowed""#), "{body}");
    }

    // CY-API-04 CY-API-05 CY-API-06
    #[tokio::test]
    async fn tokens_are_read_and_faults_written_in_the_wanted_format() {
        let cases = [
            (
                "/compute/v2.0/who",
                None,
                401,
                "Access denied. No authentication token",
            ),
            (
                "/compute/v2.0/who",
                Some("bad"),
                401,
                "Invalid X-Auth-Token",
            ),
            (
                "/compute/v2.0/who?X-Auth-Token=bad",
                Some("good"),
                401,
                "Invalid",
            ),
            ("/compute/v2.0/who?X-Auth-Token=good", None, 200, "0000"),
            ("/compute/v2.0/who", Some("good"), 200, "0000"),
        ];
        for (path, token, status, text) in cases {
            let mut request = Request::get(path);
            if let Some(token) = token {
                request = request.header("X-Auth-Token", token);
            }
            let (parts, body) = ask(guarded(), request.body(Body::empty()).unwrap()).await;
            assert_eq!(parts.status, status, "{path} {token:?}");
            assert!(body.contains(text), "{body}");
            assert_eq!(parts.headers[header::VARY], "X-Auth-Token");
        }
        let request =
            Request::get("/compute/v2.0/who").header("Accept", "text/html, application/xml");
        let (parts, body) = ask(guarded(), request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            parts.headers[header::CONTENT_TYPE],
            "application/xml; charset=UTF-8"
        );
        assert!(body.contains("<unauthorized xmlns="), "{body}");
    }
}
