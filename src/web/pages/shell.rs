//! What surrounds every page: names, logos, navigation, messages, footer.

use super::{
    owner::{branding_image, dense},
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

pub(super) const fn place(
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
    place("nav-contact", "/ui/feedback", "mail", ""),
];

/// A part of the account, in the tabs of the account pages (`templates/account.html`).
pub(super) struct Tab {
    pub(super) key: &'static str,
    pub(super) path: &'static str,
    shown: fn(&Settings) -> bool,
}

const fn tab(key: &'static str, path: &'static str, shown: fn(&Settings) -> bool) -> Tab {
    Tab { key, path, shown }
}

/// Pages about the account of whoever looks, by name: the owner's buttons stand below
/// them (ID-DSH-13).
const ACCOUNT_PAGES: [&str; 11] = [
    "landing",
    "profile",
    "email-change",
    "password-change",
    "second-factor",
    "sessions",
    "invite",
    "api-access",
    "usage",
    "feedback",
    "terms",
];

/// The parts of the account, in order (ID-MNU-03). Their pages extend `account.html`,
/// fill the block `account` and name `nav-account` as their room.
const TABS: &[Tab] = &[
    tab("tab-profile", "/ui/profile", |_| true),
    tab("tab-sessions", "/ui/sessions", |_| true),
    tab("second-factor", "/ui/second_factor", |_| true),
    tab("tab-invitations", "/ui/invite", |settings| {
        settings.bool("ASTAKOS_INVITATIONS_ENABLED")
    }),
];

/// A message on top of a page.
pub(super) struct Message {
    /// Its key (ID-UI-11); empty for what has none.
    pub(super) key: String,
    pub(super) level: &'static str,
    pub(super) text: String,
    /// Harmless HTML of the owner, in place of the text.
    pub(super) html: String,
}

impl Message {
    /// Why something was not done.
    pub(super) fn refusal(text: String) -> Self {
        Message {
            key: String::new(),
            level: "error",
            text,
            html: String::new(),
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
    /// The services in the bar (ID-CLB-01).
    pub(super) bar: Vec<super::bar::Entry>,
}

impl Shell {
    /// The surroundings of the page `page`, in the room whose key is `nav`.
    pub(super) fn new(v: Visitor, page: &'static str, title: &str, nav: &'static str) -> Self {
        let told = v.message.as_deref().unwrap_or_default().split(',').take(8);
        let mut messages: Vec<_> = told.filter_map(|one| message(&v.settings, one)).collect();
        for (key, module) in super::required::lacking(&v) {
            if !messages.iter().any(|message: &Message| message.key == key) {
                messages.extend(message(&v.settings, &carried(key, &[&module])));
            }
        }
        messages.extend(banners(&v.settings, page));
        Shell {
            page,
            title: title.to_owned(),
            nav,
            messages,
            bar: super::bar::entries(&v),
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

    /// The scheme that was chosen, for `data-theme`.
    pub(super) fn theme(&self) -> Option<&'static str> {
        self.v.theme
    }

    /// The language of the page, for `lang`.
    pub(super) fn lang(&self) -> &str {
        self.v.language.code()
    }

    /// Languages to choose from: code, own name, the one in use.
    pub(super) fn languages(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        let own = &self.v.language;
        let all = self.v.languages.all();
        all.map(move |one| (one.code(), one.name(), one == own))
    }

    /// Where the page is, to come back to it.
    pub(super) fn here_path(&self) -> &str {
        self.v
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
    }

    /// The tabs of the account pages.
    pub(super) fn tabs(&self) -> impl Iterator<Item = &'static Tab> {
        TABS.iter().filter(|tab| (tab.shown)(&self.v.settings))
    }

    /// Is this the tab one is at?
    pub(super) fn at_tab(&self, tab: &&Tab) -> bool {
        let path = self.v.uri.path();
        let path = path.strip_prefix("/astakos").unwrap_or(path);
        // The address and the password of the account are changed on pages of their own.
        let path = match path {
            "/ui/email_change" | "/ui/password_change" => "/ui/profile",
            path => path,
        };
        path.strip_prefix(tab.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Buttons of the owner below account pages (`ASTAKOS_PROFILE_EXTRA_LINKS`,
    /// ID-DSH-13): address and text.
    pub(super) fn extra_links(&self) -> Vec<(String, String)> {
        match self.user().is_some() && ACCOUNT_PAGES.contains(&self.page) {
            true => super::owner::extra_links(&self.v.settings),
            false => Vec::new(),
        }
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

    /// The level of the box of messages: that of the last (ID-UI-03).
    pub(super) fn messages_level(&self) -> &'static str {
        self.messages.last().map_or("info", |last| last.level)
    }

    /// The title of the window (ID-UI-02): service, product, page.
    pub(super) fn window_title(&self) -> String {
        format!("{} {} | {}", self.service(), self.product(), self.title)
    }

    /// The product a page belongs to, as its logo is called (ID-BRD-05).
    pub(super) fn product(&self) -> &'static str {
        match self.v.uri.path() {
            path if path.starts_with("/cyclades") => "Compute",
            path if path.starts_with("/pithos") => "Storage",
            _ => "Dashboard",
        }
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

    /// Style sheets of the owner on this server; the policy of pages allows no others.
    pub(super) fn fonts(&self) -> Vec<String> {
        let media = self.v.settings.str("MEDIA_URL");
        let all = self.v.settings.strings("BRANDING_FONTS_CSS_URLS");
        all.into_iter()
            .filter(|url| !url.contains("://") && !url.starts_with("//"))
            .map(|url| match url.starts_with('/') {
                true => url,
                false => format!("{media}{url}"),
            })
            .collect()
    }

    pub(super) fn logo(&self) -> String {
        let (name, file) = match self.product() {
            "Compute" => ("COMPUTE", "compute_logo.png"),
            "Storage" => ("STORAGE", "storage_logo.png"),
            _ => ("DASHBOARD", "dashboard_logo.png"),
        };
        branding_image(&self.v.settings, name, file)
    }

    /// Is the bar of all services shown (ID-CLB-03)?
    pub(super) fn has_bar(&self) -> bool {
        self.v.settings.bool("CLOUDBAR_ACTIVE")
    }

    /// The icon at its beginning, and that for dense displays.
    pub(super) fn bar_home(&self) -> (String, Option<String>) {
        let url = branding_image(&self.v.settings, "CLOUDBAR_HOME", "cloudbar_home.png");
        let twice = dense(&self.v.settings, &url);
        (url, twice)
    }

    /// The logo for dense displays, when there is one.
    pub(super) fn dense_logo(&self) -> Option<String> {
        dense(&self.v.settings, &self.logo())
    }

    /// HTML of the owner above the copyright, harmless (`BRANDING_FOOTER_EXTRA_MESSAGE`).
    pub(super) fn footer_extra(&self) -> String {
        identity::harmless(self.v.settings.str("BRANDING_FOOTER_EXTRA_MESSAGE"))
    }

    /// Is a component there? What belongs to none always is.
    pub(super) fn offers(&self, service: &str) -> bool {
        let enabled = || self.v.settings.strings("ENABLED_SERVICES");
        service.is_empty() || enabled().iter().any(|name| name == service)
    }

    pub(super) fn places(&self, second: bool) -> impl Iterator<Item = &'static Place> {
        let shown = |place: &&Place| self.offers(place.service) && self.presents(place.service);
        PLACES
            .iter()
            .filter(move |place| place.second == second && shown(place))
    }

    /// The rooms of administrators, when an administrator looks.
    pub(super) fn admin_places(&self) -> impl Iterator<Item = &'static Place> {
        let user = self.user();
        let admin = user.is_some_and(|user| user.admin);
        let desk = user.is_some_and(|user| {
            let identity = &self.v.state.identity;
            identity.desk(user, kernel::Origin::system()).is_some()
        });
        let shown = move |place: &&Place| match place.path.starts_with("/admin") {
            true => desk,
            false => admin,
        };
        let all = super::admin::views::places(&self.v.settings);
        all.into_iter().filter(shown)
    }

    /// What a room of administrators is called.
    pub(super) fn admin_name(&self, place: &Place) -> String {
        super::admin::views::name(&self.v.settings, place.key)
    }

    /// Should a component be shown in the navigation? `ASTAKOS_COMPONENTS_META` may say
    /// no, as for the bar of foreign pages.
    fn presents(&self, service: &str) -> bool {
        let meta = self.v.settings.get("ASTAKOS_COMPONENTS_META");
        let show = meta.and_then(|meta| meta.entry(service)?.entry("cloudbar")?.entry("show"));
        !matches!(show, Some(kernel::settings::Value::Bool(false)))
    }

    pub(super) fn here(&self, place: &&Place) -> bool {
        place.key == self.nav
    }

    /// Are there terms of use to link to (ID-TRM-04)?
    pub(super) fn has_terms(&self) -> bool {
        self.v.state.identity.terms_version().unwrap_or(0) > 0
    }

    pub(super) fn signup_offered(&self) -> bool {
        self.v.settings.get("ASTAKOS_SHOW_SIGNUP").is_none()
            || self.v.settings.bool("ASTAKOS_SHOW_SIGNUP")
    }

    pub(super) fn copyright(&self) -> Option<String> {
        let year = self.v.now.to_zoned(self.v.settings.zone()).year();
        self.v
            .settings
            .bool("BRANDING_SHOW_COPYRIGHT")
            .then(|| self.v.settings.copyright(year))
    }

    /// Where the service's name leads (`BRANDING_SERVICE_URL`); empty: nowhere.
    pub(super) fn service_url(&self) -> &str {
        let url = self.v.settings.str("BRANDING_SERVICE_URL");
        match super::owner::runs_nothing(url) {
            true => url,
            false => "",
        }
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

/// The views of the original whose banners a page shows (`ASTAKOS_MESSAGES_VIEWS_MAP`).
const VIEWS: [(&str, &str); 7] = [
    ("feedback", "feedback"),
    ("index", "index"),
    ("invite", "invite"),
    ("login", "login"),
    ("password-change", "password_change"),
    ("profile", "edit_profile"),
    ("signup", "signup"),
];

/// The owner's banners: those of every page, then those of this one (ID-UI-03).
fn banners(settings: &Settings, page: &str) -> Vec<Message> {
    let view = VIEWS.iter().find(|(own, _)| *own == page);
    let list = view.and_then(|(_, view)| {
        let map = settings.get("ASTAKOS_MESSAGES_VIEWS_MAP")?;
        match map.entry(view)? {
            kernel::settings::Value::Str(list) => Some(format!("ASTAKOS_{list}_MESSAGES")),
            _ => None,
        }
    });
    let lists = ["ASTAKOS_GLOBAL_MESSAGES".to_owned()]
        .into_iter()
        .chain(list);
    let banner = |(level, html)| Message {
        key: String::new(),
        level,
        text: String::new(),
        html,
    };
    lists
        .flat_map(|list| super::owner::banners(settings, &list))
        .map(banner)
        .collect()
}

/// A message as it was carried: its key, then its values, percent-encoded. The key is
/// one of identity's or of our own texts.
fn message(settings: &Settings, carried: &str) -> Option<Message> {
    let mut parts = carried.split(':').map(|part| {
        let part = percent_encoding::percent_decode_str(part);
        part.decode_utf8_lossy().into_owned()
    });
    let key = parts.next()?;
    let values: Vec<String> = parts.collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let (level, text) = match identity::messages::find(&key) {
        Some(found) => {
            let level = match found.level {
                Level::Success => "success",
                Level::Info => "info",
                Level::Warning => "warning",
                Level::Error | Level::Field => "error",
            };
            let module = values
                .first()
                .and_then(|name| identity::provider::module(name));
            let text = match module {
                Some(module) => identity::provider::Texts::new(settings, module).message(&key),
                None => identity::messages::said(settings, &key, &values),
            };
            (level, text)
        }
        None if key.starts_with("done-") && text::known(&key) => {
            let value = values.first().copied().unwrap_or_default();
            ("success", text::with(&key, &[("name", value)]))
        }
        None => return None,
    };
    Some(Message {
        key,
        level,
        text,
        html: String::new(),
    })
}

/// A message with values, for [`go`]: several are joined by commas.
pub(super) fn carried(key: &str, values: &[&str]) -> String {
    let mut out = key.to_owned();
    for value in values {
        out.push(':');
        let plain = percent_encoding::NON_ALPHANUMERIC;
        out.extend(percent_encoding::utf8_percent_encode(value, plain));
    }
    out
}

/// A drawn template.
pub(super) fn page(template: &impl askama::Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => super::Failed::from(Error::broken(error)).into_response(),
    }
}

/// To another page, with messages there (keys joined by commas, or [`carried`] ones).
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
