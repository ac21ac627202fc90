//! What somebody who is logged in has to do before anything else: add a login method
//! everybody must have (ID-PRV-15), give a second factor (ID-SEC-29).

use super::{
    shell::{carried, go},
    visitor::Visitor,
};
use axum::response::Response;

/// Pages that stay open to those who lack a login method.
const OPEN: [&str; 6] = [
    "/ui/profile",
    "/ui/landing",
    "/ui/feedback",
    "/ui/password_change",
    "/ui/second_factor",
    "/ui/login/ldap/add",
];

fn below(path: &str, open: &str) -> bool {
    let path = path.strip_prefix("/astakos").unwrap_or(path);
    path.strip_prefix(open)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Keys of what every page says to somebody who lacks a login method, with its module.
pub(super) fn lacking(visitor: &Visitor) -> Vec<(&'static str, String)> {
    let missing = visitor.session.iter().flat_map(|s| &s.missing_methods);
    missing
        .map(|module| ("AUTH_PROVIDER_REQUIRED", module.clone()))
        .collect()
}

/// Where somebody has to go instead of the page asked for, when something is missing.
pub(super) fn hindrance(visitor: &Visitor) -> Option<Response> {
    let session = visitor.session.as_ref()?;
    let path = visitor.uri.path();
    if session.lacks_second && !below(path, "/ui/second_factor") {
        return Some(go(visitor, "/ui/second_factor", "SECOND_FACTOR_REQUIRED"));
    }
    let missing = session.missing_methods.first()?;
    if OPEN.iter().any(|open| below(path, open)) {
        return None;
    }
    let message = carried("AUTH_PROVIDER_REQUIRED", &[missing]);
    Some(go(visitor, "/ui/profile", &message))
}
