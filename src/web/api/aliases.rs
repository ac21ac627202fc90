//! Addresses of older clients and of the proxies of other pages (ID-API-10, ID-API-11).

use super::{account, keystone, service, service::alone};
use crate::{State, error::Keystone};
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use http::{HeaderValue, StatusCode, Uri, header};

/// A redirect by 302.
pub(crate) fn found(target: &str) -> Response {
    match HeaderValue::from_str(target) {
        Ok(target) => (StatusCode::FOUND, [(header::LOCATION, target)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The routes, for the root.
pub(super) fn routes(state: &State) -> Router<State> {
    let calls = Router::new()
        .route("/im/authenticate", get(account::authenticate))
        .route("/ui/authenticate", get(account::authenticate))
        .route("/astakos/ui/authenticate", get(account::authenticate))
        .route("/weblogin/token", post(crate::pages::exchange))
        .route("/astakos/weblogin/token", post(crate::pages::exchange))
        .route("/feedback", post(account::feedback))
        .route("/user_catalogs", post(account::user_catalogs))
        .route(
            "/service/api/user_catalogs",
            post(account::service_user_catalogs),
        );
    let mut router = alone::<Keystone>(state, calls)
        .route("/im", get(to_ui))
        .route("/im/{*rest}", get(to_ui))
        .route("/login", get(web_login));
    for base in ["/pithos", "/cyclades"] {
        router = router
            .nest(
                &format!("{base}/_astakos/identity"),
                service::<Keystone>(state, keystone::routes()),
            )
            .nest(
                &format!("{base}/_astakos/account"),
                service::<Keystone>(state, account::routes()),
            )
            .route(&format!("{base}/_astakos/ui"), any(to_ui))
            .route(&format!("{base}/_astakos/ui/{{*rest}}"), any(to_ui));
    }
    router
}

/// What lies below the old address, below `/ui`.
async fn to_ui(uri: Uri) -> Response {
    let path = uri.path();
    let old = ["/_astakos/ui", "/im"];
    let rest = old.iter().find_map(|old| path.split_once(old));
    let rest = rest.map_or("", |(_, rest)| rest);
    let rest = if rest.is_empty() { "/" } else { rest };
    let query = uri.query().map(|q| format!("?{q}")).unwrap_or_default();
    found(&format!("/ui{rest}{query}"))
}

async fn web_login(uri: Uri) -> Response {
    let query = uri.query().map(|q| format!("?{q}")).unwrap_or_default();
    found(&format!("/weblogin/login{query}"))
}
