//! The second factor: asked for between password and session, set up and removed by
//! its owner (ID-SEC-29).

use super::{
    shell::go,
    visitor::{Visitor, add_cookie},
};
use axum::response::Response;
use identity::HalfLogin;
use kernel::secret::ExposeSecret;

/// Cookie of half a login.
const HALF: &str = "halflogin";

/// To the page that asks for the second factor.
pub(super) fn ask(visitor: &Visitor, half: &HalfLogin, next: &str) -> Response {
    let next = super::visitor::own_path(next).unwrap_or_default();
    let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
    let mut response = go(visitor, &format!("/ui/login/second?next={next}"), "");
    let left = half.expires.as_second() - visitor.now.as_second();
    let cookie = visitor.set_cookie(HALF, half.cookie.expose_secret(), Some(left.max(0)));
    add_cookie(&mut response, &cookie);
    response
}
