//! What surrounds every page: names, logos, navigation, messages, footer.

use super::{
    owner::{branding_image, dense, harmless},
    visitor::{MESSAGE, Visitor, add_cookie},
};
use crate::{assets, text};
use axum::response::{Html, IntoResponse, Redirect, Response};
use identity::{UserView, messages::Level};
use kernel::{Error, Settings};

/// A place in the navigation.
pub(super) struct Place {
    pub(super) key: &'static str,
    pub(super) path: &'static str,
    pub(super) icon: &'static str,
    pub(super) service: &'static str,
    pub(super) second: bool,
}

const fn place(
    key: &'static str,
    path: &'static str,
    icon: &'static str,
    service: &'static str,
) -> Place {
    let second = service.is_empty();
    Place {
        key,
        path,
        icon,
        service,
        second,
    }
}

/// The rooms, in order (ui.md, Shell).
const PLACES: &[Place] = &[
    place("nav-overview", "/ui/landing", "home", "astakos"),
    place(
        "nav-machines",
        "/cyclades/ui/machines",
        "machine",
        "cyclades",
    ),
    place(
        "nav-networks",
        "/cyclades/ui/networks",
        "network",
        "cyclades",
    ),
    place("nav-images", "/cyclades/ui/images", "image", "cyclades"),
    place("nav-files", "/pithos/ui/containers", "folder", "pithos"),
    place("nav-usage", "/ui/resources", "chart", "astakos"),
    place("nav-api", "/ui/api_access", "key", ""),
    place("nav-account", "/ui/profile", "person", ""),
];

/// A message on top of a page.
pub(super) struct Message {
    pub(super) key: String,
    pub(super) level: &'static str,
    pub(super) text: String,
}

impl Message {
    /// Why something was not done.
    pub(super) fn refusal(text: String) -> Self {
        Message {
            key: String::new(),
            level: "error",
            text,
        }
    }
}

/// The surroundings of a page, for its template.
pub(super) struct Shell {
    pub(super) v: Visitor,
    /// Value of `data-page` (ID-UI-12).
    pub(super) page: &'static str,
    /// What the page is called.
    pub(super) title: String,
    nav: &'static str,
    pub(super) messages: Vec<Message>,
}

impl Shell {
    /// The surroundings of the page `page`, in the room whose key is `nav`.
    pub(super) fn new(v: Visitor, page: &'static str, title: &str, nav: &'static str) -> Self {
        let messages = v
            .message
            .as_deref()
            .and_then(|key| message(&v.settings, key));
        Shell {
            page,
            title: title.to_owned(),
            nav,
            messages: messages.into_iter().collect(),
            v,
        }
    }

    /// The same with the title of a key.
    pub(super) fn titled(v: &Visitor, page: &'static str, key: &str, nav: &'static str) -> Self {
        Shell::new(v.clone(), page, &text::text(key), nav)
    }

    /// Text of a key.
    pub(super) fn t(&self, key: &str) -> String {
        text::with(key, &[("service", self.service())])
    }

    /// Text of a key with one value.
    pub(super) fn tv(
        &self,
        key: &str,
        name: &'static str,
        value: impl std::fmt::Display,
    ) -> String {
        let value = value.to_string();
        text::with(key, &[("service", self.service()), (name, &value)])
    }

    pub(super) fn service(&self) -> &str {
        self.v.settings.str("BRANDING_SERVICE_NAME")
    }

    pub(super) fn user(&self) -> Option<&UserView> {
        self.v.user()
    }

    pub(super) fn csrf(&self) -> &str {
        &self.v.csrf
    }

    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    pub(super) fn accent(&self) -> String {
        assets::accent_address(&self.v.settings)
    }

    pub(super) fn favicon(&self) -> String {
        branding_image(&self.v.settings, "FAVICON", "favicon.ico")
    }

    pub(super) fn logo(&self) -> String {
        let (name, file) = match self.v.uri.path() {
            path if path.starts_with("/cyclades") => ("COMPUTE", "compute_logo.png"),
            path if path.starts_with("/pithos") => ("STORAGE", "storage_logo.png"),
            _ => ("DASHBOARD", "dashboard_logo.png"),
        };
        branding_image(&self.v.settings, name, file)
    }

    /// The logo for dense displays, when there is one.
    pub(super) fn dense_logo(&self) -> Option<String> {
        dense(&self.v.settings, &self.logo())
    }

    /// HTML of the owner above the copyright, harmless (`BRANDING_FOOTER_EXTRA_MESSAGE`).
    pub(super) fn footer_extra(&self) -> String {
        harmless(self.v.settings.str("BRANDING_FOOTER_EXTRA_MESSAGE"))
    }

    pub(super) fn places(&self, second: bool) -> impl Iterator<Item = &'static Place> {
        let enabled = self.v.settings.strings("ENABLED_SERVICES");
        PLACES.iter().filter(move |place| {
            let offered =
                place.service.is_empty() || enabled.iter().any(|name| name == place.service);
            place.second == second && offered
        })
    }

    pub(super) fn here(&self, place: &&Place) -> bool {
        place.key == self.nav
    }

    pub(super) fn signup_offered(&self) -> bool {
        self.v.settings.get("ASTAKOS_SHOW_SIGNUP").is_none()
            || self.v.settings.bool("ASTAKOS_SHOW_SIGNUP")
    }

    pub(super) fn copyright(&self) -> Option<String> {
        let year = self.v.now.to_zoned(jiff::tz::TimeZone::UTC).year();
        self.v
            .settings
            .bool("BRANDING_SHOW_COPYRIGHT")
            .then(|| self.v.settings.copyright(year))
    }

    pub(super) fn company_url(&self) -> &str {
        self.v.settings.str("BRANDING_COMPANY_URL")
    }

    pub(super) fn version(&self) -> String {
        let set = self.v.settings.str("BRANDING_SYNNEFO_VERSION");
        let own = env!("CARGO_PKG_VERSION");
        if set.is_empty() { own } else { set }.to_owned()
    }
}

/// A message by its key, of identity's or of our own texts.
fn message(settings: &Settings, key: &str) -> Option<Message> {
    let (level, text) = match identity::messages::find(key) {
        Some(found) => {
            let level = match found.level {
                Level::Success => "success",
                Level::Info => "info",
                Level::Warning => "warning",
                Level::Error | Level::Field => "error",
            };
            let service = settings.str("BRANDING_SERVICE_NAME");
            let text = identity::messages::text(settings, key, &[]);
            (level, text.replace("{service_name}", service))
        }
        None if key.starts_with("done-") && text::known(key) => ("success", text::text(key)),
        None => return None,
    };
    Some(Message {
        key: key.to_owned(),
        level,
        text,
    })
}

/// A drawn template.
pub(super) fn page(template: &impl askama::Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => super::Failed::from(Error::broken(error)).into_response(),
    }
}

/// To another page, with a message there.
pub(super) fn go(visitor: &Visitor, target: &str, message: &str) -> Response {
    let mut response = Redirect::to(target).into_response();
    if !message.is_empty() {
        add_cookie(
            &mut response,
            &visitor.set_cookie(MESSAGE, message, Some(60)),
        );
    }
    response
}
