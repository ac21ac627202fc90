//! Under which names we answer (`ALLOWED_HOSTS`): a request that names another host is
//! not looked at, so no page and no redirect can be made to lead there.
//!
//! Invariant: what watches the service on this machine is answered under any name.

use crate::{State, origin};
use axum::{
    Router,
    extract::{Request, State as Given},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use kernel::settings::Value;

/// Asked by addresses of machines, not by names people know.
const WATCHED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// `routes` for the hosts of the settings only.
pub(super) fn only(routes: Router, state: &State) -> Router {
    routes.layer(middleware::from_fn_with_state(state.clone(), look))
}

async fn look(Given(state): Given<State>, request: Request, next: Next) -> Response {
    let settings = state.settings.now();
    let allowed = match settings.get("ALLOWED_HOSTS") {
        Some(Value::List(names)) => names.as_slice(),
        _ => &[],
    };
    let named = origin::named_host(&settings, request.extensions(), request.headers());
    let watched = WATCHED.contains(&request.uri().path());
    match watched || answers_to(allowed, named.unwrap_or_default()) {
        true => next.run(request).await,
        false => (StatusCode::BAD_REQUEST, "There is no such host here.\n").into_response(),
    }
}

/// Is this one of the names? `*` is any, `.example.org` a domain and all below it.
fn answers_to(allowed: &[Value], host: &str) -> bool {
    let end = match host.rfind(':') {
        Some(at) if !host[at..].contains(']') => at,
        _ => host.len(),
    };
    let host = host[..end].trim_end_matches('.');
    allowed.iter().any(|one| {
        let Value::Str(one) = one else {
            return false;
        };
        match one.strip_prefix('.') {
            Some(domain) => {
                let below = host
                    .len()
                    .checked_sub(one.len())
                    .and_then(|at| host.get(at..));
                host.eq_ignore_ascii_case(domain)
                    || below.is_some_and(|end| end.eq_ignore_ascii_case(one))
            }
            None => one == "*" || (!host.is_empty() && host.eq_ignore_ascii_case(one)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;
    use axum::{body::Body, routing::get};
    use tower::ServiceExt;

    // ID-SET-74
    #[test]
    fn names_are_compared_as_a_whole() {
        let name = |one: &&str| Value::Str((*one).into());
        let names = |all: &[&str]| all.iter().map(name).collect::<Vec<_>>();
        let some = names(&["Cloud.example.org", ".example.net", "[::1]", "192.0.2.1"]);
        for good in [
            "cloud.example.org",
            "CLOUD.example.org:8443",
            "cloud.example.org.",
            "example.net",
            "a.b.example.net:1",
            "[::1]:443",
            "192.0.2.1:80",
        ] {
            assert!(answers_to(&some, good), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "cloud.example.org.evil.example",
            "evilexample.net",
            "x.cloud.example.org",
            "[::2]",
        ] {
            assert!(!answers_to(&some, bad), "{bad}");
        }
        assert!(answers_to(&names(&["*"]), "") && answers_to(&names(&["*"]), "x"));
        assert!(!answers_to(&[], "x"));
    }

    // ID-SET-74
    #[tokio::test]
    async fn other_names_are_not_answered() {
        let fixture = Fixture::new();
        let routes = Router::new().fallback(get(|| async { "here" }));
        let routes = only(routes, &fixture.state);
        let ask = async |path: &str, host: &str| {
            let request = http::Request::get(path).header("host", host);
            let request = request.body(Body::empty()).unwrap();
            routes.clone().oneshot(request).await.unwrap().status()
        };
        assert_eq!(ask("/ui/login", "evil.example").await, 200);
        let mut settings = (*fixture.state.settings.now()).clone();
        let names = vec![Value::Str("cloud.example.org".into())];
        settings.set("ALLOWED_HOSTS", Value::List(names));
        fixture.state.settings.replace(settings);
        assert_eq!(ask("/ui/login", "evil.example").await, 400);
        assert_eq!(ask("/ui/login", "cloud.example.org:443").await, 200);
        assert_eq!(ask("/readyz", "127.0.0.1:8080").await, 200);
    }
}
