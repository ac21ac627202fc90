//! The front page, and the way from the index.

use super::{
    shell::{Shell, page},
    visitor::Visitor,
};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "pages/portal.html")]
struct Front {
    s: Shell,
}

/// `/`: the front page (ID-PTL-01), or where the settings say.
pub(super) async fn front(visitor: Visitor) -> Response {
    for name in ["PORTAL_URL", "WEBPROJECT_ROOT_REDIRECT"] {
        let elsewhere = visitor.settings.str(name);
        if !elsewhere.is_empty() {
            return Redirect::to(elsewhere).into_response();
        }
    }
    if !visitor.settings.bool("PORTAL_ENABLED") {
        return Redirect::to("/ui").into_response();
    }
    page(&Front {
        s: Shell::titled(&visitor, "portal", "portal-title", ""),
    })
}

/// `/ui`: to the overview or the login page (ID-UI-20); with the code of an invitation
/// to the sign-up form (ID-INV-04).
pub(super) async fn index(visitor: Visitor) -> Redirect {
    if visitor.user().is_some() {
        return Redirect::to("/ui/landing");
    }
    let code = super::registration::query(&visitor, "code");
    if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) {
        return Redirect::to(&format!("/ui/signup?code={code}"));
    }
    match visitor.uri.query() {
        // A key to be added after the login goes along (ID-DSH-14).
        Some(query) => Redirect::to(&format!("/ui/login?{query}")),
        None => Redirect::to("/ui/login"),
    }
}
