//! Settings: the `NAME = literal` files of the guide, the environment and
//! `--set`, in one typed table (README decision 3).
//!
//! Invariant: a [`Settings`] has a value for every setting of the [`registry`],
//! of the registry's kind when it came from [`load()`].

mod derived;
pub mod files;
pub mod literal;
mod load;
pub mod logging;
pub mod registry;
mod values;

pub use load::{Loaded, Origin, Problem, Problems, Warning, load};

use arc_swap::ArcSwap;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

/// A setting's value: the Python literals the guide's files use.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Str(String),
    /// A list or a tuple.
    List(Vec<Value>),
    /// A dictionary, in the order written.
    Dict(Vec<(Value, Value)>),
}

impl Value {
    /// The value under a text key of a dictionary.
    pub fn entry(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Dict(pairs) => pairs
                .iter()
                .find(|(k, _)| matches!(k, Value::Str(text) if text == key))
                .map(|(_, value)| value),
            _ => None,
        }
    }
}

/// All settings of a process, defaults included.
#[derive(Clone)]
pub struct Settings {
    values: BTreeMap<String, Value>,
    /// Where values that are no defaults came from.
    origins: BTreeMap<String, Origin>,
}

impl Default for Settings {
    /// Every setting at its default.
    fn default() -> Self {
        let mut settings = Settings::bare();
        derived::fill(&mut settings);
        settings
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settings({} values)", self.values.len())
    }
}

impl Settings {
    /// Public address of the identity service, without a final slash.
    pub fn base_url(&self) -> &str {
        self.str("ASTAKOS_BASE_URL").trim_end_matches('/')
    }

    /// The defaults without those that follow from others.
    fn bare() -> Self {
        Settings {
            values: registry::DEFAULTS.clone(),
            origins: BTreeMap::new(),
        }
    }

    /// Sets one value, over whatever was there.
    pub fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }

    /// Where a value came from.
    pub fn origin(&self, name: &str) -> &Origin {
        self.origins.get(name).unwrap_or(&Origin::Default)
    }

    /// The value of a setting, if it is known.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The settings whose name starts with `prefix`, by name.
    pub fn starting_with<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let from = self.values.range::<str, _>((
            std::ops::Bound::Included(prefix),
            std::ops::Bound::Unbounded,
        ));
        from.take_while(move |(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Names and values in order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Text, or empty when the setting is None, unset or not text.
    pub fn str(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Value::Str(text)) => text,
            _ => "",
        }
    }

    /// A switch; False unless it is True.
    pub fn bool(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Bool(true)))
    }

    /// A whole number, 0 when it is none.
    pub fn int(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(Value::Int(n)) => *n,
            Some(Value::Float(x)) => *x as i64,
            _ => 0,
        }
    }

    /// The texts of a list; empty when it is none.
    pub fn strings(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::List(items)) => items
                .iter()
                .filter_map(|v| match v {
                    Value::Str(text) => Some(text.clone()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// (name, address) pairs, as in `ADMINS`.
    pub fn people(&self, name: &str) -> Vec<(String, String)> {
        let Some(Value::List(items)) = self.get(name) else {
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| match item {
                Value::List(pair) => match pair.as_slice() {
                    [Value::Str(name), Value::Str(address)] => {
                        Some((name.clone(), address.clone()))
                    }
                    _ => None,
                },
                _ => None,
            })
            .collect()
    }

    /// The addresses of such pairs, each once (ID-MAIL-02).
    pub fn addresses(&self, name: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let addresses = self.people(name).into_iter().map(|(_, address)| address);
        addresses
            .filter(|address| seen.insert(address.to_lowercase()))
            .collect()
    }

    /// The time zone people read times in (`TIME_ZONE`).
    pub fn zone(&self) -> jiff::tz::TimeZone {
        let named = jiff::tz::TimeZone::get(self.str("TIME_ZONE"));
        named.unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// The one colour of buttons, links and highlights (`BRANDING_ACCENT_COLOR`), as
    /// `#rrggbb`; the usual one when it is none.
    pub fn accent(&self) -> &str {
        let set = self.str("BRANDING_ACCENT_COLOR");
        match (
            values::is_color(set),
            registry::DEFAULTS.get("BRANDING_ACCENT_COLOR"),
        ) {
            (false, Some(Value::Str(usual))) => usual,
            _ => set,
        }
    }

    /// The copyright message of the footer (ID-BRD-01).
    pub fn copyright(&self, this_year: i16) -> String {
        match self.str("BRANDING_COPYRIGHT_MESSAGE") {
            "" => format!(
                "Copyright (c) 2011-{this_year} {}.",
                self.str("BRANDING_COMPANY_NAME")
            ),
            message => message.to_owned(),
        }
    }
}

/// The settings in force, exchangeable at run time.
#[derive(Clone, Debug, Default)]
pub struct SettingsHandle(Arc<ArcSwap<Settings>>);

impl SettingsHandle {
    /// A handle on `settings`.
    pub fn new(settings: Settings) -> Self {
        SettingsHandle(Arc::new(ArcSwap::from_pointee(settings)))
    }

    /// The settings in force now.
    pub fn now(&self) -> Arc<Settings> {
        self.0.load_full()
    }

    /// Puts other settings in force.
    pub fn replace(&self, settings: Settings) {
        self.0.store(Arc::new(settings));
    }
}
