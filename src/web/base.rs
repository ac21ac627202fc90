//! The path of `ASTAKOS_BASE_URL` (ID-CON-03, ID-CON-04). Identity answers at the root of
//! the host and below `/astakos` whatever the settings say; below another path, too, when
//! they name one. Where a path is set, it is the one people see: pages asked for
//! without it lead there.

use crate::State;
use axum::{
    extract::{Request, State as Extract},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, Uri, header};

/// The later guides' path, which is always served.
const USUAL: &str = "/astakos";
/// First parts of identity's addresses.
const ROOTS: [&str; 7] = [
    "account", "admin", "identity", "oa2", "oauth2", "ui", "weblogin",
];

/// The path of an address, without a final slash.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/')
        .map_or("", |at| rest[at..].trim_end_matches('/'))
}

fn first(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

/// The same address with another path.
fn at(uri: &Uri, path: &str) -> Option<Uri> {
    let path = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// Where a page is that was asked for at `path`, if it is somewhere else.
fn elsewhere(base: &str, path: &str) -> Option<String> {
    let bare = path.trim_end_matches('/');
    if bare == USUAL || (!base.is_empty() && bare == base) {
        return Some(format!("{bare}/ui"));
    }
    // An interface of the first clients, which follow nobody (ID-ACC-01).
    let page = first(path) == "ui" && bare != "/ui/authenticate";
    (!base.is_empty() && page).then(|| format!("{base}{path}"))
}

/// Leads to the path of the settings, and takes it off where routes do not know it.
pub(crate) async fn path(
    Extract(state): Extract<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let settings = state.settings.now();
    let base = path_of(settings.base_url());
    let uri = request.uri();
    if *request.method() == Method::GET
        && let Some(path) = elsewhere(base, uri.path())
        && let Some(to) = at(uri, &path).and_then(|uri| uri.path_and_query().cloned())
        && let Ok(to) = HeaderValue::from_str(to.as_str())
    {
        return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
    }
    if !base.is_empty()
        && base != USUAL
        && let Some(rest) = uri.path().strip_prefix(base)
        && ROOTS.contains(&first(rest))
        && let Some(inner) = at(uri, rest)
    {
        *request.uri_mut() = inner;
    }
    drop(settings);
    crate::api::without_head(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-CON-03 ID-CON-04
    #[test]
    fn pages_are_at_the_path_of_the_settings() {
        for (url, path) in [
            ("https://node1.example.com", ""),
            ("https://node1.example.com/", ""),
            ("https://node1.example.com/astakos/", "/astakos"),
            ("https://node1.example.com:8443/a/b", "/a/b"),
            ("nonsense", ""),
        ] {
            assert_eq!(path_of(url), path, "{url}");
        }
        let to = |base, path| elsewhere(base, path).unwrap_or_default();
        assert_eq!(to("", "/ui/login"), "");
        assert_eq!(to("/astakos", "/ui/login"), "/astakos/ui/login");
        assert_eq!(to("/astakos", "/ui"), "/astakos/ui");
        for other in [
            "/ui/authenticate",
            "/astakos/ui/login",
            "/cyclades/ui",
            "/uix",
            "/",
            "/v1/ui",
        ] {
            assert_eq!(to("/astakos", other), "", "{other}");
        }
        assert_eq!(to("", "/astakos/"), "/astakos/ui");
        assert_eq!(to("/accounts", "/accounts"), "/accounts/ui");
    }
}
