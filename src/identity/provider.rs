//! What login methods are called and what an outside service's answer means for an
//! account: texts (ID-PRV-02), addresses (ID-PRV-03), attributes (ID-PRV-12).
//!
//! Invariant: a text never holds a secret; placeholders that are not known vanish.

use crate::{messages, rows::User};
use kernel::{
    Error, Result, Settings,
    settings::{Value, registry::MODULES},
};
use std::collections::{BTreeMap, BTreeSet};

/// What an outside service says about somebody who proved to be known there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outside {
    /// Who says it: a name of [`MODULES`].
    pub module: String,
    /// What the service calls the person, for ever the same; the attribute `uuid`
    /// unless the attribute map names another one.
    pub identifier: String,
    /// What it told, by its own names of the attributes.
    pub attributes: BTreeMap<String, String>,
    /// Where the person belongs.
    pub affiliation: Option<String>,
    /// What is kept with the method: a JSON object.
    pub info: serde_json::Map<String, serde_json::Value>,
    /// Names of the person's groups there, where the service tells (MIRROR_GROUPS).
    pub groups: Option<Vec<String>>,
}

/// The answer by our own attributes (ID-PRV-12).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub(crate) identifier: String,
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// Attributes that the person cannot change.
    pub(crate) forced: BTreeSet<&'static str>,
}

const ATTRIBUTES: [&str; 4] = ["identifier", "email", "first_name", "last_name"];

/// Names of provider attributes by ours, and which are forced.
fn attribute_map(settings: &Settings, module: &str) -> [(&'static str, String, bool); 4] {
    let names = match module {
        "ldap" => ["objectGUID", "mail", "givenName", "sn"],
        _ => ["uuid", "email", "first_name", "last_name"],
    };
    let upper = module.to_uppercase();
    let own = settings.get(&format!("ASTAKOS_AUTH_PROVIDER_{upper}_USER_ATTR_MAP"));
    let set = own.or_else(|| settings.get("ASTAKOS_AUTH_PROVIDERS_USER_ATTR_MAP"));
    let mut all = ATTRIBUTES.map(|ours| (ours, String::new(), ours == "identifier"));
    for ((ours, name, forced), default) in all.iter_mut().zip(names) {
        default.clone_into(name);
        match set.and_then(|map| map.entry(ours)) {
            Some(Value::Str(theirs)) => theirs.clone_into(name),
            Some(Value::List(pair)) => {
                if let Some(Value::Str(theirs)) = pair.first() {
                    theirs.clone_into(name);
                }
                *forced = match pair.get(1) {
                    Some(Value::Bool(changeable)) => !changeable,
                    Some(Value::Int(n)) => *n == 0,
                    _ => *forced,
                };
            }
            _ => {}
        }
        *forced |= *ours == "identifier";
    }
    all
}

/// Which attributes of an account a module forces.
pub(crate) fn forced(settings: &Settings, module: &str) -> BTreeSet<&'static str> {
    let map = attribute_map(settings, module);
    let forced = map.iter().filter(|(.., forced)| *forced);
    forced.map(|(ours, ..)| *ours).collect()
}

/// The longest that is kept of an attribute.
const LONGEST: usize = 255;

/// Reads an answer by the attribute map.
///
/// # Errors
/// `Invalid` with AUTH_PROVIDER_AUTHENTICATION_FAILED when a forced attribute is
/// missing.
pub(crate) fn mapped(settings: &Settings, outside: &Outside) -> Result<Mapped> {
    let mut mapped = Mapped::default();
    for (ours, theirs, forced) in attribute_map(settings, &outside.module) {
        let told = outside.attributes.get(&theirs);
        let told = told.or((ours == "identifier").then_some(&outside.identifier));
        let mut value = told.map(|text| text.trim().to_owned()).unwrap_or_default();
        let fits = value.chars().count() <= LONGEST && !value.chars().any(char::is_control);
        let longest_name = ours.ends_with("name") && value.chars().count() > 150;
        let malformed = ours == "email" && !value.is_empty() && !crate::email::valid(&value);
        if !fits || longest_name || malformed {
            value.clear();
        }
        if forced {
            if value.is_empty() {
                tracing::warn!(target: "astakos.im",
                    "{}: the answer lacks the attribute {theirs}", outside.module);
                return Err(Error::invalid("AUTH_PROVIDER_AUTHENTICATION_FAILED"));
            }
            mapped.forced.insert(ours);
        }
        match ours {
            "identifier" => mapped.identifier = value,
            "email" => mapped.email = value,
            "first_name" => mapped.first_name = value,
            _ => mapped.last_name = value,
        }
    }
    Ok(mapped)
}

/// The name of a module's text and its default.
#[rustfmt::skip]
fn default_text(module: &str, name: &str) -> &'static str {
    match (name, module) {
        ("TITLE", "local") => "Classic",
        ("TITLE", "ldap") => "Enterprise",
        ("TITLE", "shibboleth") => "Academic",
        ("TITLE", "google") => "Google",
        ("TITLE", "twitter") => "Twitter",
        ("TITLE", "linkedin") => "LinkedIn",
        ("LOGIN_TITLE", "shibboleth") => "ACADEMIC LOGIN",
        ("LOGIN_TITLE", _) => "{title} LOGIN",
        ("METHOD_PROMPT", _) => "{title} login",
        ("ACCOUNT_PROMPT", _) => "{title} account",
        ("SIGNUP_TITLE", "shibboleth") => "ACADEMIC",
        ("SIGNUP_TITLE" | "PROFILE_TITLE", _) => "{title}",
        ("METHOD_DETAILS", _) => "{account_prompt}: {username}",
        ("PRIMARY_LOGIN_PROMPT", _) => "Log in with your {account_prompt}",
        ("REQUIRED", _) => "{account_prompt} is mandatory for your account.",
        ("LOGIN_PROMPT", _) => "Use your {account_prompt}",
        ("ADD_PROMPT", "local") => "Set a password, to log in with it too.",
        ("ADD_PROMPT", _) => "Log in with your {account_prompt} too.",
        ("USERNAME", "local") => "{user_email}",
        ("USERNAME", "shibboleth") => "{provider_info_eppn}",
        ("USERNAME", "google" | "linkedin") => "{provider_info_email}",
        ("USERNAME", "twitter") => "{provider_info_screen_name}",
        ("USERNAME", _) => "{identifier}",
        ("DISABLED_FOR_CREATE", _) => "{service_name} does not accept new users through this method at present.",
        ("SWITCH_SUCCESS", _) => "{method_prompt} is now the login method of your account.",
        ("CANNOT_LOGIN", _) => "{method_prompt} cannot be used to log in to your account.",
        ("LOGIN_SUCCESS", "local" | "ldap") => "Logged in.",
        ("LOGIN_SUCCESS", _) => "Logged in with {method_prompt}.",
        ("LOGOUT_SUCCESS_EXTRA", "local" | "ldap") => "",
        ("LOGOUT_SUCCESS_EXTRA", "shibboleth") => "Your session at {title} may still be open; close all browser windows to end it.",
        ("LOGOUT_SUCCESS_EXTRA", _) => "Your session at {title} may still be open; log out there too.",
        _ => "",
    }
}

/// The texts that people read as words, by name.
const WORDS: [&str; 11] = [
    "TITLE",
    "LOGIN_TITLE",
    "METHOD_PROMPT",
    "ACCOUNT_PROMPT",
    "SIGNUP_TITLE",
    "PRIMARY_LOGIN_PROMPT",
    "REQUIRED",
    "LOGIN_PROMPT",
    "ADD_PROMPT",
    "LOGOUT_SUCCESS_EXTRA",
    "CANNOT_LOGIN",
];

/// What the texts of login methods, and messages about them, may name in braces.
pub const VALUES: [&str; 18] = [
    "account_prompt",
    "add_url",
    "available_methods",
    "available_methods_links",
    "company_name",
    "identifier",
    "login_url",
    "method_prompt",
    "module",
    "module_title",
    "profile_url",
    "provider",
    "resend_activation_url",
    "service_name",
    "signup_url",
    "title",
    "user_email",
    "username",
];

/// The texts that another language has words for: the setting's name without
/// `ASTAKOS_`, and the English text. Names of companies are the same everywhere.
pub fn words() -> Vec<(String, &'static str)> {
    let mut all = Vec::new();
    for name in WORDS {
        let general = default_text("", name);
        let mut add = |key: String, text: &'static str| {
            let said = fill(text, &|_| String::new());
            if said.contains(|c: char| c.is_alphabetic()) {
                all.push((key, text));
            }
        };
        add(format!("AUTH_PROVIDERS_{name}"), general);
        for module in MODULES {
            let own = default_text(module, name);
            let company = matches!(module, "google" | "twitter" | "linkedin");
            if own != general && !(company && name == "TITLE") {
                add(
                    format!("AUTH_PROVIDER_{}_{name}", module.to_uppercase()),
                    own,
                );
            }
        }
    }
    all
}

/// Whose text it is: an account, a method of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    values: BTreeMap<String, String>,
}

impl About {
    /// One more value for a placeholder.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// One of them; empty when there is none.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// All of them.
    pub(crate) fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// What may be said of an account.
    #[must_use]
    pub(crate) fn user(self, user: &User) -> Self {
        self.with("user_email", &user.email)
            .with("user_username", &user.username)
            .with("user_first_name", &user.first_name)
            .with("user_last_name", &user.last_name)
            .with("user_uuid", user.uuid.to_string())
    }

    /// What may be said of a method: its identity and what the provider told.
    #[must_use]
    pub fn method(mut self, identifier: &str, info: &str) -> Self {
        if let Ok(serde_json::Value::Object(info)) = serde_json::from_str(info) {
            for (name, value) in info {
                if let Some(text) = value.as_str() {
                    self = self.with(&format!("provider_info_{name}"), text);
                }
            }
        }
        self.with("identifier", identifier)
            .with("provider_identifier", identifier)
    }
}

/// How deep placeholders may lie in each other.
const DEPTH: u8 = 6;

/// `{name}` filled in by `value`; what is unknown vanishes, `{{` is a brace.
fn fill(text: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, after)) if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
                out.push_str(&value(name));
                rest = after;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The texts of one module.
#[derive(Clone, Debug)]
pub struct Texts<'a> {
    settings: &'a Settings,
    module: &'a str,
    about: About,
}

impl<'a> Texts<'a> {
    /// The texts of a module, about nobody.
    pub fn new(settings: &'a Settings, module: &'a str) -> Self {
        Self::about(settings, module, About::default())
    }

    /// The texts of a module about an account.
    pub fn about(settings: &'a Settings, module: &'a str, about: About) -> Self {
        Texts {
            settings,
            module,
            about,
        }
    }

    /// One of the texts of ID-PRV-02 by its name, as `LOGIN_TITLE`.
    pub fn get(&self, name: &str) -> String {
        self.at(name, DEPTH)
    }

    /// Its text as the settings have it.
    fn set(&self, name: &str) -> Option<&str> {
        let own = format!(
            "ASTAKOS_AUTH_PROVIDER_{}_{name}",
            self.module.to_uppercase()
        );
        let keys = [own, format!("ASTAKOS_AUTH_PROVIDERS_{name}")];
        let mut all = keys.iter().filter_map(|key| self.settings.get(key));
        all.find_map(|value| match value {
            Value::Str(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// What it is made of, with placeholders.
    pub(crate) fn raw(&self, name: &str) -> String {
        let text = self.set(name);
        text.unwrap_or_else(|| default_text(self.module, name))
            .to_owned()
    }

    /// The key by which languages say it, unless the owner of the service wrote it or it
    /// is the same everywhere.
    pub(crate) fn key(&self, name: &str) -> Option<String> {
        if self.set(name).is_some() {
            return None;
        }
        let own = format!("AUTH_PROVIDER_{}_{name}", self.module.to_uppercase());
        let general = format!("AUTH_PROVIDERS_{name}");
        let mut keys = [own, general].into_iter();
        let known = words();
        keys.find(|key| known.iter().any(|(known, _)| known == key))
    }

    fn at(&self, name: &str, depth: u8) -> String {
        let text = self.fill(&self.raw(name), depth);
        match text.is_empty() && name == "USERNAME" && depth > 0 {
            true => self.value("identifier", depth - 1),
            false => text,
        }
    }

    fn fill(&self, text: &str, depth: u8) -> String {
        if depth == 0 {
            return String::new();
        }
        fill(text, &|name| self.value(name, depth - 1))
    }

    fn value(&self, name: &str, depth: u8) -> String {
        if let Some(value) = self.about.values.get(name) {
            return value.clone();
        }
        match name {
            "module" | "provider" | "provider_module" => self.module.to_owned(),
            "module_title" => self.at("TITLE", depth),
            "title" | "method_prompt" | "account_prompt" | "username" | "login_title" => {
                self.at(&name.to_uppercase(), depth)
            }
            "login_url" | "add_url" | "switch_url" => login_path(self.module),
            "profile_url" => "/ui/profile".to_owned(),
            "signup_url" => "/ui/signup".to_owned(),
            // Names of the brand; none of these settings is a secret.
            _ => self
                .settings
                .str(&format!("BRANDING_{}", name.to_uppercase()))
                .to_owned(),
        }
    }

    /// A text with this module's names in the places of its braces.
    pub fn filled(&self, text: &str) -> String {
        self.fill(text, DEPTH)
    }

    /// The text of a message of identity with this module's names (ID-MSG-04);
    /// `DISABLED_FOR_CREATE` and success texts may be the module's own.
    pub fn message(&self, key: &str) -> String {
        let own = match key {
            "AUTH_PROVIDER_LOGIN_SUCCESS" => Some("LOGIN_SUCCESS"),
            "AUTH_PROVIDER_LOGOUT_SUCCESS_EXTRA" => Some("LOGOUT_SUCCESS_EXTRA"),
            "AUTH_PROVIDER_SWITCHED" => Some("SWITCH_SUCCESS"),
            "DISABLED_FOR_CREATE" => Some("DISABLED_FOR_CREATE"),
            _ => None,
        };
        let set = self.settings.str(&format!("ASTAKOS_{key}_MESSAGE"));
        match own {
            Some(name) if set.is_empty() => self.get(name),
            _ => self.fill(&messages::text(self.settings, key, &[]), DEPTH),
        }
    }
}

/// Where a module's login begins (ID-PRV-03), below the base path.
pub fn login_path(module: &str) -> String {
    match module {
        "local" => "/ui/local".to_owned(),
        other => format!("/ui/login/{other}"),
    }
}

/// The module of this name, when there is one.
pub fn module(name: &str) -> Option<&'static str> {
    MODULES.into_iter().find(|module| *module == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Str(text.into())
    }

    // ID-PRV-02 ID-MSG-04 ID-MSG-120 ID-MSG-126
    #[test]
    fn texts_have_defaults_and_are_overridden_by_module_or_for_all() {
        let mut settings = Settings::default();
        settings.set("BRANDING_SERVICE_NAME", text("Okeanos"));
        let about = || {
            About::default()
                .with("user_email", "eva@example.org")
                .method("eva@uni.example", r#"{"eppn": "eva@uni"}"#)
        };
        let get = |settings: &Settings, module: &str, name: &str| {
            Texts::about(settings, module, about()).get(name)
        };
        for (module, title, login) in [
            ("local", "Classic", "Classic LOGIN"),
            ("ldap", "Enterprise", "Enterprise LOGIN"),
            ("shibboleth", "Academic", "ACADEMIC LOGIN"),
            ("google", "Google", "Google LOGIN"),
            ("twitter", "Twitter", "Twitter LOGIN"),
            ("linkedin", "LinkedIn", "LinkedIn LOGIN"),
        ] {
            assert_eq!(get(&settings, module, "TITLE"), title);
            assert_eq!(get(&settings, module, "LOGIN_TITLE"), login);
        }
        let details = |s: &Settings, module| get(s, module, "METHOD_DETAILS");
        assert_eq!(
            details(&settings, "shibboleth"),
            "Academic account: eva@uni"
        );
        assert_eq!(
            details(&settings, "local"),
            "Classic account: eva@example.org"
        );
        assert_eq!(
            details(&settings, "ldap"),
            "Enterprise account: eva@uni.example"
        );
        let say = |s: &Settings, module, key| Texts::about(s, module, about()).message(key);
        assert_eq!(
            say(&settings, "local", "AUTH_PROVIDER_LOGIN_SUCCESS"),
            "Logged in."
        );
        assert_eq!(
            say(&settings, "google", "AUTH_PROVIDER_LOGIN_SUCCESS"),
            "Logged in with Google login."
        );
        assert_eq!(
            say(&settings, "google", "AUTH_PROVIDER_ADDED"),
            "Google login added to your account."
        );
        let refused = say(&settings, "google", "DISABLED_FOR_CREATE");
        assert!(refused.starts_with("Okeanos does not accept"), "{refused}");
        settings.set("ASTAKOS_AUTH_PROVIDERS_METHOD_PROMPT", text("{title} way"));
        settings.set("ASTAKOS_AUTH_PROVIDER_GOOGLE_TITLE", text("G"));
        assert_eq!(get(&settings, "google", "METHOD_PROMPT"), "G way");
        assert_eq!(get(&settings, "twitter", "METHOD_PROMPT"), "Twitter way");
        settings.set(
            "ASTAKOS_AUTH_PROVIDER_ADDED_MESSAGE",
            text("{method_prompt} {nothing}{ }!"),
        );
        assert_eq!(
            say(&settings, "google", "AUTH_PROVIDER_ADDED"),
            "G way { }!"
        );
        settings.set("BRANDING_COMPANY_NAME", text("GRNET"));
        let named = text("{company_name} {module_title} {provider_module} {add_url}");
        settings.set("ASTAKOS_AUTH_PROVIDER_TWITTER_LOGIN_EXTRA", named);
        assert_eq!(
            get(&settings, "twitter", "LOGIN_EXTRA"),
            "GRNET Twitter twitter /ui/login/twitter"
        );
        // A text that holds itself ends somewhere.
        settings.set("ASTAKOS_AUTH_PROVIDER_GOOGLE_TITLE", text("x{title}"));
        assert!(get(&settings, "google", "TITLE").len() < 20);
    }

    // ID-PRV-12
    #[test]
    fn answers_are_read_by_the_attribute_map() {
        let mut settings = Settings::default();
        let mut outside = Outside {
            module: "google".into(),
            identifier: "g-1".into(),
            attributes: [("email", "eva@example.org"), ("first_name", "Eva")]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .into(),
            ..Outside::default()
        };
        let read = mapped(&settings, &outside).unwrap();
        assert_eq!(read.identifier, "g-1");
        assert_eq!(
            (read.email.as_str(), read.last_name.as_str()),
            ("eva@example.org", "")
        );
        assert_eq!(read.forced, BTreeSet::from(["identifier"]));
        let pair = |name: &str, changeable| Value::List(vec![text(name), Value::Bool(changeable)]);
        settings.set(
            "ASTAKOS_AUTH_PROVIDER_GOOGLE_USER_ATTR_MAP",
            Value::Dict(vec![
                (text("email"), pair("email", false)),
                (text("last_name"), pair("family", true)),
            ]),
        );
        outside.attributes.insert("family".into(), "O'Hara".into());
        let read = mapped(&settings, &outside).unwrap();
        assert_eq!(read.last_name, "O'Hara");
        assert_eq!(read.forced, BTreeSet::from(["identifier", "email"]));
        // Malformed values count as missing: an error only where they are forced.
        outside.attributes.insert("family".into(), "x".repeat(400));
        assert_eq!(mapped(&settings, &outside).unwrap().last_name, "");
        outside
            .attributes
            .insert("email".into(), "not an address".into());
        assert!(mapped(&settings, &outside).is_err());
        let ldap = Outside {
            module: "ldap".into(),
            identifier: "x".into(),
            ..outside
        };
        let names = attribute_map(&settings, "ldap").map(|(_, theirs, _)| theirs);
        assert_eq!(names, ["objectGUID", "mail", "givenName", "sn"]);
        assert_eq!(mapped(&settings, &ldap).unwrap().identifier, "x");
        let nobody = Outside {
            identifier: String::new(),
            ..ldap
        };
        assert!(mapped(&settings, &nobody).is_err());
    }

    // ID-PRV-03
    #[test]
    fn logins_begin_where_they_always_did() {
        assert_eq!(login_path("local"), "/ui/local");
        assert_eq!(login_path("google"), "/ui/login/google");
        assert_eq!(module("google"), Some("google"));
        assert_eq!(module("myspace"), None);
    }
}
