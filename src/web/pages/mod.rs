//! The pages people use: rooms of one house, rendered on the server.
//!
//! Invariants: every page and every form works without script; what changes something
//! is a POST that [`posted::Posted`] (or, for uploads, [`posted::check`]) has checked;
//! a page is drawn from view structs by the templates, all texts by key; errors are
//! pages of the same house with the request's id.

mod account;
mod admin;
mod api_access;
mod components;
mod contact;
mod entry;
mod error;
mod files;
mod guide;
mod images;
mod language;
mod live;
mod machines;
mod machines_new;
mod networks;
mod overview;
mod owner;
mod pager;
mod portal;
mod posted;
mod search;
mod second;
mod shell;
mod token_cookie;
mod upload;
mod usage;
mod visitor;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use error::Failed;
pub(crate) use owner::branding_image;
pub(crate) use visitor::client;

use crate::State;
use axum::{
    Router, middleware,
    routing::{MethodRouter, get, post},
};

/// Where a page hangs, and by which methods it is asked.
type Entry = (&'static str, &'static str, fn() -> MethodRouter<State>);

/// Every page. The table of who may do what (`tests/golden/authz.txt`) is drawn from it.
#[rustfmt::skip]
pub(crate) const PAGES: &[Entry] = &[
    ("GET", "/", || get(portal::front)),
    ("GET", "/ui", || get(portal::index)),
    ("GET POST", "/ui/login", || get(entry::login_page).post(entry::log_in)),
    ("GET POST", "/ui/local", || get(entry::login_page).post(entry::log_in)),
    ("GET POST", "/ui/logout", || get(entry::logout_page).post(entry::log_out)),
    ("GET POST", "/ui/signup", || get(entry::signup_page).post(entry::sign_up)),
    ("GET POST", "/ui/activate", || get(entry::activate).post(entry::activate_now)),
    ("POST", "/ui/send/activation", || post(entry::resend)),
    ("GET POST", "/ui/local/password_reset", || get(entry::reset_page).post(entry::reset)),
    ("GET POST", "/ui/local/reset/confirm/{user}/{token}", || get(entry::confirm_page).post(entry::confirm)),
    ("GET POST", "/ui/password_change", || get(account::password_page).post(account::change_password)),
    ("GET", "/ui/landing", || get(overview::overview)),
    ("GET POST", "/ui/profile", || get(account::profile_page).post(account::save_profile)),
    ("GET POST", "/ui/profile/update_token", || get(api_access::ask_renewal).post(api_access::renew_token)),
    ("POST", "/ui/profile/sessions", || post(account::end_session)),
    ("GET", "/ui/api_access", || get(api_access::api_access)),
    ("GET", "/ui/.kamakirc", || get(api_access::kamakirc)),
    ("GET", "/ui/resources", || get(usage::usage)),
    ("GET", "/ui/usage", || get(usage::usage)),
    ("GET POST", "/ui/feedback", || get(contact::form).post(contact::send)),
    ("GET", "/ui/search", || get(search::search)),
    ("GET", "/ui/_components", || get(components::all)),
    ("POST", "/lang", || post(language::choose)),
    ("GET", "/guide", || get(guide::index)),
    ("GET", "/guide/{chapter}", || get(guide::one)),
    ("GET", "/admin", || get(admin::users::page_of_users)),
    ("GET", "/admin/home", || get(admin::home)),
    ("GET", "/admin/logout", || get(admin::logout)),
    ("GET", "/admin/user", || get(admin::users::page_of_users)),
    ("GET", "/admin/user/export", || get(admin::users::export)),
    ("GET POST", "/admin/user/bulk", || get(admin::bulk::nothing).post(admin::bulk::bulk)),
    ("GET", "/admin/user/{user}", || get(admin::user::detail)),
    ("GET POST", "/admin/user/{user}/{op}", || get(admin::act::ask).post(admin::act::act)),
    ("POST", "/admin/actions", || post(admin::json::actions)),
    ("GET", "/admin/audit", || get(admin::audit::trail)),
    ("GET", "/admin/audit/export", || get(admin::audit::export)),
    ("GET", "/admin/charts", || get(admin::figures::figures)),
    ("GET", "/pithos/ui", || get(files::index)),
    ("GET POST", "/pithos/ui/containers", || get(files::containers).post(files::create)),
    ("GET POST", "/pithos/ui/containers/{container}", || get(files::container).post(upload::here)),
    ("GET POST", "/pithos/ui/containers/{container}/{*path}", || get(files::folder).post(upload::in_folder)),
    ("GET", "/pithos/ui/view/{container}/{*path}", || get(files::download)),
    ("GET POST", "/pithos/ui/delete/{container}", || get(files::ask_container).post(files::delete_container)),
    ("GET POST", "/pithos/ui/delete/{container}/{*path}", || get(files::ask_object).post(files::delete_object)),
    ("GET", "/cyclades/ui", || get(machines::index)),
    ("GET", "/cyclades/ui/images", || get(images::list)),
    ("GET POST", "/cyclades/ui/images/register", || get(images::form).post(images::register)),
    ("GET POST", "/cyclades/ui/images/{image}/unregister", || get(images::ask).post(images::unregister)),
    ("GET", "/cyclades/ui/machines", || get(machines::list)),
    ("GET POST", "/cyclades/ui/machines/create", || get(machines_new::form).post(machines_new::create)),
    ("GET", "/cyclades/ui/machines/events", || get(live::events)),
    ("GET", "/cyclades/ui/machines/{server}", || get(machines::detail)),
    ("POST", "/cyclades/ui/machines/{server}/start", || post(machines::start)),
    ("POST", "/cyclades/ui/machines/{server}/shutdown", || post(machines::shutdown)),
    ("POST", "/cyclades/ui/machines/{server}/reboot", || post(machines::reboot)),
    ("GET POST", "/cyclades/ui/machines/{server}/destroy", || get(machines::ask).post(machines::destroy)),
    ("POST", "/cyclades/ui/machines/{server}/password", || post(machines::forget_password)),
    ("GET", "/cyclades/ui/networks", || get(networks::list)),
];

/// All pages, identity's also below `/astakos` (README decision 6).
pub(crate) fn routes(state: &State) -> Router<State> {
    let mut router = Router::new();
    for (_, path, handler) in PAGES {
        router = router.route(path, handler());
        if path.starts_with("/ui") {
            router = router.route(&format!("/astakos{path}"), handler());
        }
    }
    router
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(state.clone(), error::dress))
}

/// What no route knows: a page that says so.
pub(crate) fn not_found(state: &State) -> Router {
    async fn absent() -> Failed {
        kernel::Error::not_found(crate::text::text("no-such-page")).into()
    }
    Router::new()
        .fallback(absent)
        .layer(middleware::from_fn_with_state(state.clone(), error::dress))
        .with_state(state.clone())
}
