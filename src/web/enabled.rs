//! Services this process does not run have no routes and no pages here (ID-CLI-17).

use crate::{State, pages};
use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
};
use std::sync::Arc;
use tower::ServiceExt;

/// First parts of addresses, and whose they are. What is not listed is everybody's.
const ROOTS: &[(&str, &[&str])] = &[
    (
        "astakos",
        &[
            "account",
            "admin",
            "astakos",
            "feedback",
            "identity",
            "im",
            "oauth2",
            "ui",
            "user_catalogs",
            "weblogin",
        ],
    ),
    ("pithos", &["object-store", "pithos", "v1"]),
    (
        "cyclades",
        &[
            "compute", "cyclades", "image", "network", "os", "plankton", "userdata", "vmapi",
            "volume",
        ],
    ),
];

/// Methods and addresses of the pages, and the roots of the APIs, of these services
/// (ID-CLI-65).
pub(crate) fn addresses(services: &[String]) -> Vec<(String, String)> {
    let off = |path: &str| {
        let first = path.split('/').nth(1).unwrap_or_default();
        ROOTS.iter().any(|(service, roots)| {
            roots.contains(&first) && !services.iter().any(|one| one == service)
        })
    };
    let pages = pages::PAGES
        .iter()
        .map(|(methods, path, _)| ((*methods).to_owned(), (*path).to_owned()));
    let apis = APIS
        .iter()
        .map(|root| ("any".to_owned(), format!("{root}/…")));
    pages.chain(apis).filter(|(_, path)| !off(path)).collect()
}

/// Roots of the APIs, short mounts left out.
const APIS: &[&str] = &[
    "/account/v1.0",
    "/cyclades/compute",
    "/cyclades/image",
    "/cyclades/network",
    "/cyclades/vmapi",
    "/identity/v2.0",
    "/pithos/object-store/v1",
    "/pithos/public",
];

/// `routes` without those of services that `ENABLED_SERVICES` does not name.
pub(crate) fn only(routes: Router, state: &State) -> Router {
    let runs = state.settings.now().strings("ENABLED_SERVICES");
    let runs = |service: &str| runs.iter().any(|one| one == service);
    let own = crate::oauth2_paths::Paths::new(&state.settings.now()).roots;
    let own = own.iter().filter(|_| !runs("astakos"));
    let off: Arc<[String]> = ROOTS
        .iter()
        .filter(|(service, _)| !runs(service))
        .flat_map(|(_, roots)| roots.iter().map(|root| (*root).to_owned()))
        .chain(own.filter_map(|root| Some(root.split('/').next()?.to_owned())))
        .collect();
    if off.is_empty() {
        return routes;
    }
    let absent = pages::not_found(state);
    routes.layer(middleware::from_fn(move |request: Request, next: Next| {
        let (off, absent) = (off.clone(), absent.clone());
        async move {
            let first = request.uri().path().split('/').nth(1).unwrap_or_default();
            match off.iter().any(|one| one == first) {
                true => match absent.oneshot(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                },
                false => next.run(request).await,
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use crate::{router, testing::Fixture};
    use axum::body::Body;
    use http::{Request, StatusCode};
    use kernel::settings::Value;
    use tower::ServiceExt;

    // ID-CLI-17
    #[tokio::test]
    async fn what_does_not_run_is_not_there() {
        let state = Fixture::new().state;
        let status = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            router(state.clone())
                .oneshot(request)
                .await
                .unwrap()
                .status()
        };
        let run = |services: &[&str]| {
            let mut settings = (*state.settings.now()).clone();
            let all = services.iter().map(|s| Value::Str((*s).to_owned()));
            settings.set("ENABLED_SERVICES", Value::List(all.collect()));
            state.settings.replace(settings);
        };
        run(&["astakos"]);
        for gone in [
            "/cyclades/compute/v2.0/servers",
            "/compute/v2.0/servers",
            "/cyclades/ui",
            "/pithos/ui",
            "/v1/somebody",
        ] {
            assert_eq!(status(gone).await, StatusCode::NOT_FOUND, "{gone}");
        }
        assert_eq!(status("/ui/login").await, StatusCode::OK);
        assert_eq!(status("/identity/v2.0").await, StatusCode::OK);
        run(&["astakos", "cyclades"]);
        let servers = status("/cyclades/compute/v2.0/servers").await;
        assert_eq!(servers, StatusCode::UNAUTHORIZED);
        assert_eq!(status("/pithos/ui").await, StatusCode::NOT_FOUND);
        run(&["pithos", "cyclades"]);
        assert_eq!(status("/ui/login").await, StatusCode::NOT_FOUND);
    }
}
