//! The pages people use: rooms of one house, rendered on the server.
//!
//! Invariants: every page and every form works without script; what changes something
//! is a POST that [`posted::Posted`] (or, for uploads, [`posted::check`]) has checked;
//! a page is drawn from view structs by the templates, all texts by key; errors are
//! pages of the same house with the request's id.

mod account;
mod admin;
mod api_access;
mod arrival;
mod authorize;
mod bar;
mod captcha;
mod cloudbar;
mod components;
mod contact;
mod email_change;
mod entry;
mod error;
mod files;
mod guide;
mod images;
mod invite;
mod language;
mod live;
mod log_in;
mod machines;
mod machines_new;
mod methods;
mod moderate;
mod networks;
mod next;
mod outside;
mod overview;
mod owner;
mod pager;
mod passwords;
mod portal;
mod posted;
mod presented;
mod projects;
mod registration;
mod required;
mod search;
mod second;
mod sessions;
mod shell;
mod switch;
mod terms;
mod token_cookie;
mod upload;
mod usage;
mod visitor;
mod weblogin;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use error::Failed;
pub(crate) use owner::{branding_image, images_elsewhere};
pub(crate) use weblogin::exchange;

use crate::State;
use axum::{
    Extension, Router, middleware,
    routing::{MethodRouter, get, post},
};

/// Where a page hangs, and by which methods it is asked.
type Entry = (&'static str, &'static str, fn() -> MethodRouter<State>);

/// Every page. The table of who may do what (`tests/golden/authz.txt`) is drawn from it.
#[rustfmt::skip]
pub(crate) const PAGES: &[Entry] = &[
    ("GET", "/", || get(portal::front)),
    ("GET", "/about/{slug}", || get(portal::about)),
    ("GET", "/news", || get(portal::news)),
    ("GET", "/news/feed.atom", || get(portal::feed)),
    ("GET", "/news/{slug}", || get(portal::news_item)),
    ("GET", "/faq", || get(portal::faq)),
    ("GET", "/ui", || get(portal::index)),
    ("GET POST", "/ui/login", || get(log_in::login_page).post(log_in::log_in)),
    ("GET POST", "/ui/local", || get(log_in::local_page).post(log_in::log_in)),
    ("GET POST", "/ui/logout", || get(entry::logout_page).head(looked).post(entry::log_out)),
    ("GET POST", "/ui/signup", || get(registration::form).post(registration::sign_up)),
    ("GET POST", "/ui/activate", || get(registration::activate).head(looked).post(registration::activate_now)),
    ("POST", "/ui/send/activation", || post(registration::resend)),
    ("GET POST", "/ui/send/activation/{link}", || get(registration::resend_page).post(registration::resend_to)),
    ("GET POST", "/ui/local/password_reset", || get(passwords::reset_page).post(passwords::reset)),
    ("GET", "/ui/local/password_reset/done", || get(passwords::reset_done)),
    ("GET", "/ui/local/password_reset_done", || get(passwords::reset_done)),
    ("GET", "/ui/local/reset/confirm/done", || get(passwords::confirm_done)),
    ("GET", "/ui/local/password/reset/complete", || get(passwords::complete)),
    ("GET POST", "/ui/local/reset/confirm/{link}", || get(passwords::old_confirm_page).post(passwords::old_confirm)),
    ("GET POST", "/ui/local/reset/confirm/{user}/{token}", || get(passwords::confirm_page).post(passwords::confirm)),
    ("GET POST", "/ui/password_change", || get(passwords::change_page).post(passwords::change)),
    ("GET POST", "/ui/email_change", || get(email_change::form).post(email_change::request)),
    ("GET POST", "/ui/email_change/confirm/{key}", || get(email_change::confirm_page).post(email_change::confirm)),
    ("GET POST", "/ui/approval_terms", || get(terms::newest).post(terms::sign)),
    ("GET POST", "/ui/approval_terms/{id}", || get(terms::version).post(terms::sign_version)),
    ("GET POST", "/ui/invite", || get(invite::form).post(invite::send)),
    ("GET POST", "/ui/moderate/{token}", || get(moderate::form).post(moderate::decide)),
    ("GET", "/ui/landing", || get(overview::overview)),
    ("GET POST", "/ui/profile", || get(account::profile_page).head(looked).post(account::save_profile)),
    ("GET POST", "/ui/profile/update_token", || get(api_access::ask_renewal).post(api_access::renew_token)),
    ("GET POST", "/ui/login/second", || get(second::ask_page).post(second::complete)),
    ("GET POST", "/ui/login/ldap/add", || get(methods::add_ldap).head(looked).post(methods::add_ldap_form)),
    ("GET POST", "/ui/login/{module}", || get(methods::begin).head(looked).post(methods::form)),
    ("GET POST", "/ui/login/{module}/authenticated", || get(methods::come_back).head(looked).post(methods::come_back_by_form)),
    ("GET", "/ui/signup/existing", || get(outside::existing)),
    ("GET POST", "/ui/switch/{token}", || get(switch::form).post(switch::follow)),
    ("POST", "/ui/remove_auth_provider/{id}", || post(methods::remove)),
    ("GET POST", "/ui/second_factor", || get(second::factors_page).post(second::change_factors)),
    ("GET POST", "/ui/sessions", || get(sessions::list).post(sessions::end)),
    ("GET", "/ui/api_access", || get(api_access::api_access)),
    ("GET", "/ui/.kamakirc", || get(api_access::kamakirc)),
    ("GET", "/ui/resources", || get(usage::usage)),
    ("GET", "/ui/usage", || get(usage::usage)),
    ("GET POST", "/ui/projects", || get(projects::later).post(projects::sent)),
    ("GET POST", "/ui/projects/{*path}", || get(projects::later).post(projects::sent)),
    ("GET POST", "/ui/feedback", || get(contact::form).post(contact::send)),
    ("GET", "/ui/search", || get(search::search)),
    ("GET", "/ui/_components", || get(components::all)),
    ("POST", "/lang", || post(language::choose)),
    ("GET", "/ui/get_menu", || get(cloudbar::menu)),
    ("GET", "/ui/get_services", || get(cloudbar::services)),
    ("GET POST", "/weblogin/login", || get(weblogin::login).head(looked).post(weblogin::answer)),
    ("GET POST", "/oauth2/auth", || get(authorize::ask).head(looked).post(authorize::answer)),
    ("GET POST", "/oa2/auth", || get(authorize::ask).head(looked).post(authorize::answer)),
    ("GET", "/guide", || get(guide::index)),
    ("GET", "/guide/{chapter}", || get(guide::one)),
    ("GET", "/admin", || get(admin::list::first)),
    ("GET", "/admin/home", || get(admin::home)),
    ("GET", "/admin/logout", || get(admin::logout)),
    ("GET", "/admin/user", || get(admin::users::page_of_users)),
    ("GET", "/admin/user/export", || get(admin::users::export)),
    ("GET POST", "/admin/user/bulk", || get(admin::bulk::nothing).post(admin::bulk::bulk)),
    ("GET", "/admin/user/{user}", || get(admin::user::detail)),
    ("GET POST", "/admin/user/{user}/{op}", || get(admin::act::ask).post(admin::act::act)),
    ("GET", "/admin/{kind}", || get(admin::list::page_of)),
    ("GET", "/admin/{kind}/export", || get(admin::list::export)),
    ("GET POST", "/admin/{kind}/bulk", || get(admin::deed::nothing).post(admin::deed::many)),
    ("GET", "/admin/{kind}/{id}", || get(admin::thing::detail)),
    ("GET POST", "/admin/{kind}/{id}/{op}", || get(admin::deed::ask).post(admin::deed::act)),
    ("POST", "/admin/actions", || post(admin::json::actions)),
    ("GET", "/admin/json/{kind}", || get(admin::table::table)),
    ("GET", "/admin/stats/{component}", || get(admin::stats::terse)),
    ("GET", "/admin/stats/{component}/detail", || get(admin::stats::detailed)),
    ("GET", "/admin/audit", || get(admin::audit::trail)),
    ("GET", "/admin/audit/export", || get(admin::audit::export)),
    ("GET POST", "/admin/mail", || get(admin::mail::queue).post(admin::mail::retry)),
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
    ("GET", "/cyclades/ui/machines/events", || get(live::events).layer(Extension(live::Readings::default()))),
    ("GET", "/cyclades/ui/machines/{server}", || get(machines::detail)),
    ("POST", "/cyclades/ui/machines/{server}/start", || post(machines::start)),
    ("POST", "/cyclades/ui/machines/{server}/shutdown", || post(machines::shutdown)),
    ("POST", "/cyclades/ui/machines/{server}/reboot", || post(machines::reboot)),
    ("GET POST", "/cyclades/ui/machines/{server}/destroy", || get(machines::ask).post(machines::destroy)),
    ("POST", "/cyclades/ui/machines/{server}/password", || post(machines::forget_password)),
    ("GET", "/cyclades/ui/networks", || get(networks::list)),
];

/// Answers HEAD where GET does something: who only looks changes nothing (ID-SEC-08).
async fn looked() -> axum::response::Html<&'static str> {
    axum::response::Html("")
}

/// All pages, identity's also below `/astakos` (README decision 6).
pub(crate) fn routes(state: &State) -> Router<State> {
    crate::portal::check(&state.settings.now());
    let mut router = Router::new();
    for (_, path, handler) in PAGES {
        router = router.route(path, handler());
        let identity = ["/ui", "/weblogin", "/oauth2", "/oa2"];
        if identity.iter().any(|root| path.starts_with(root)) {
            router = router.route(&format!("/astakos{path}"), handler());
        }
    }
    for path in crate::oauth2_paths::Paths::new(&state.settings.now()).further_pages() {
        for base in ["", "/astakos"] {
            let page = get(authorize::ask).post(authorize::answer);
            router = router.route(&format!("{base}{path}"), page);
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
