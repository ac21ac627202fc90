//! The original's APIs. Each family is a folder with a `routes()` whose paths are
//! relative to the service's root; this file mounts them (README decisions 6, 20)
//! and gives all of them the same behaviour for unknown paths, wrong methods,
//! fault formats and cache headers.

pub mod account;
mod aliases;
pub mod compute;
pub mod image;
pub(crate) mod jsonp;
pub mod keystone;
pub mod network;
pub(crate) mod oauth2;
pub mod object;
pub(crate) mod stats;
pub mod vmapi;

mod os;
mod service;
mod xml;

pub(crate) use aliases::found;
pub(crate) use service::{
    CACHE_CONTROL, basic, is_rejection, refused_beside_head, rejection, without_head,
};
pub use service::{Format, format_of, json_body, service};

use service::alone;

use crate::{
    State,
    error::{Fault, Keystone, Os, Pithos},
};
use axum::{Router, routing::any};

/// All API routes below their roots.
pub fn routes(state: &State) -> Router<State> {
    // The OpenStack dialect's own roots, which the catalogue of v3 names, until each is
    // built: a clear answer in JSON instead of a page.
    let unbuilt = alone::<Os>(state, Router::new().fallback(unspoken));
    of_identity(state)
        .merge(aliases::routes(state))
        .merge(of_files(state))
        .merge(of_machines(state))
        .nest("/os", unbuilt)
}

fn of_identity(state: &State) -> Router<State> {
    let paths = crate::oauth2_paths::Paths::new(&state.settings.now());
    let mut router = Router::new();
    // ID-CON-03: also below the later guides' path.
    for base in ["", "/astakos"] {
        router = router
            .nest(
                &format!("{base}/identity"),
                service::<Keystone>(state, keystone::routes()),
            )
            .nest(
                &format!("{base}/account"),
                service::<Keystone>(state, account::routes()),
            )
            .nest(
                &format!("{base}/admin"),
                alone::<Keystone>(state, stats::routes()),
            );
        // ID-SET-71
        for name in &paths.roots {
            router = router.nest(&format!("{base}/{name}"), oauth2::routes(&paths));
        }
    }
    router
}

fn of_files(state: &State) -> Router<State> {
    let public = service::<Pithos>(state, object::public_routes());
    let mut router = Router::new().nest("/pithos/public", public);
    // PI-GEN-02.
    for root in [
        "/pithos/object-store/v1",
        "/pithos/object-store/v1.0",
        "/pithos/v1",
        "/object-store/v1",
        "/v1",
    ] {
        router = router
            .nest(root, service::<Pithos>(state, object::routes()))
            .route(&format!("{root}/"), any(object::top));
    }
    // PI-GEN-03: nothing else below object-store/.
    for root in ["/pithos/object-store", "/object-store"] {
        router = router.nest(root, service::<Pithos>(state, Router::new()));
    }
    router
}

fn of_machines(state: &State) -> Router<State> {
    // CY-IMG-10: the address of the first clients.
    let first = service::<Os>(state, image::routes());
    let mut router = Router::new().nest("/plankton", first);
    // CY-API-02: also directly below the host.
    for base in ["/cyclades", ""] {
        for (name, routes) in [
            ("compute", compute::routes(state)),
            ("network", network::routes()),
            ("image", image::routes()),
            ("vmapi", vmapi::routes()),
        ] {
            router = router.nest(&format!("{base}/{name}"), service::<Os>(state, routes));
        }
    }
    // In the catalogue, without calls so far: a fault of an API, not a page (CY-API-08).
    for name in ["admin", "userdata", "volume"] {
        let none = service::<Os>(state, Router::new());
        router = router.nest(&format!("/cyclades/{name}"), none);
    }
    router
}

/// What is not spoken yet.
async fn unspoken() -> Fault<Os> {
    kernel::Error::not_supported(
        "The OpenStack dialect of this service is not supported yet. Identity v3 is; for the \
         rest use kamaki or the addresses of the catalogue of identity v2.0.",
    )
    .into()
}
