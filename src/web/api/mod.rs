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
pub(crate) use service::{CACHE_CONTROL, basic};
pub use service::{Format, format_of, json_body, service};

use service::alone;

use crate::{
    State,
    error::{Fault, Keystone, Os, Pithos},
};
use axum::{Router, routing::any};

/// All API routes below their roots.
pub fn routes(state: &State) -> Router<State> {
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
        for name in ["oauth2", "oa2"] {
            router = router.nest(&format!("{base}/{name}"), oauth2::routes());
        }
    }
    router = router.merge(aliases::routes(state));
    router = router.nest(
        "/pithos/public",
        service::<Pithos>(state, object::public_routes()),
    );
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
    // The OpenStack dialect's own roots, which the catalogue of v3 names, until each is
    // built: a clear answer in JSON instead of a page.
    router = router.nest("/os", alone::<Os>(state, Router::new().fallback(unspoken)));
    // CY-IMG-10: the address of the first clients.
    router = router.nest("/plankton", service::<Os>(state, image::routes()));
    // CY-API-02: also directly below the host.
    for base in ["/cyclades", ""] {
        router = router
            .nest(
                &format!("{base}/compute"),
                service::<Os>(state, compute::routes(state)),
            )
            .nest(
                &format!("{base}/network"),
                service::<Os>(state, network::routes()),
            )
            .nest(
                &format!("{base}/image"),
                service::<Os>(state, image::routes()),
            )
            .nest(
                &format!("{base}/vmapi"),
                service::<Os>(state, vmapi::routes()),
            );
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
