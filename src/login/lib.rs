//! Ways to prove who somebody is elsewhere, each one file behind one trait: it ends in
//! "this outside person, with these attributes" ([`identity::provider::Outside`]).
//!
//! Linking, creating and refusing are identity's decisions; pages are `web`'s. Also the
//! two outside doors of identity: WebAuthn ([`passkey`]) and the service that checks
//! captchas ([`recaptcha`]). Invariants: an adapter holds no state of a login (what it
//! must remember between the legs is sealed into the browser's cookie by `web`); a
//! module without an adapter is not offered; every call to the outside has an end.

pub mod passkey;
pub mod recaptcha;

use identity::provider::Outside;
use kernel::{Result, Settings, Timestamp};
use std::{collections::BTreeMap, fmt, future::Future, net::IpAddr, pin::Pin, sync::Arc};

/// Which part of a login a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It begins.
    First,
    /// The browser comes back from elsewhere, or sent the form.
    Return,
}

/// One request of a login, without anything of HTTP.
#[derive(Clone)]
pub struct Leg {
    /// Which part it is.
    pub turn: Turn,
    /// The settings in force.
    pub settings: Arc<Settings>,
    /// Now.
    pub now: Timestamp,
    /// Where the browser comes back to.
    pub callback: String,
    /// A random value of this login: goes out as `state` and has to come back.
    pub nonce: String,
    /// What the adapter remembered at the first leg.
    pub remembered: String,
    /// Parameters of the address.
    pub query: BTreeMap<String, String>,
    /// Fields of the form, sent by a page of ours.
    pub form: BTreeMap<String, String>,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The other end of the connection.
    pub peer: IpAddr,
}

impl Leg {
    /// A parameter of the address; empty when it is absent.
    pub fn asked(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Did the value that went out come back? Compared in constant time.
    pub fn came_back(&self) -> bool {
        let back = self.asked("state").as_bytes();
        !self.nonce.is_empty() && kernel::secret::same(back, self.nonce.as_bytes())
    }
}

impl fmt::Debug for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Leg({:?}, {})", self.turn, self.callback)
    }
}

/// What comes next in a login.
#[derive(Clone, Debug)]
pub enum Next {
    /// The browser goes elsewhere.
    Elsewhere {
        /// Where to.
        url: String,
        /// What the adapter wants to know at the return leg.
        remember: String,
    },
    /// A form asks for identifier and password; with the key of what was wrong.
    Form(Option<&'static str>),
    /// The person gave up, or the other side did: back, with the key of a message.
    Back(&'static str),
    /// Proven.
    Proven(Box<Outside>),
}

/// What an adapter answers.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Next>> + Send + 'a>>;

/// A way to prove who somebody is.
pub trait Adapter: Send + Sync + fmt::Debug {
    /// Its module, as in `ASTAKOS_IM_MODULES`.
    fn module(&self) -> &'static str;

    /// Takes one step.
    ///
    /// Errors are for the log; the person learns that the login failed.
    fn step(&self, leg: Leg) -> Answer<'_>;
}

/// The adapters there are.
#[derive(Clone, Debug, Default)]
pub struct Registry(BTreeMap<&'static str, Arc<dyn Adapter>>);

impl Registry {
    /// The adapters of the product.
    pub fn product() -> Self {
        Registry::default()
    }

    /// One more adapter.
    #[must_use]
    pub fn with(mut self, adapter: Arc<dyn Adapter>) -> Self {
        self.0.insert(adapter.module(), adapter);
        self
    }

    /// The adapter of a module.
    pub fn adapter(&self, module: &str) -> Option<&Arc<dyn Adapter>> {
        self.0.get(module)
    }

    /// The enabled modules one can log in with, in the order of the settings
    /// (ID-PRV-01): the password is always there, others by their adapter.
    pub fn offered(&self, settings: &Settings) -> Vec<&'static str> {
        let enabled = settings.strings("ASTAKOS_IM_MODULES");
        enabled
            .iter()
            .filter_map(|name| identity::provider::module(name))
            .filter(|module| *module == "local" || self.0.contains_key(module))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    #[derive(Debug)]
    struct Nothing;

    impl Adapter for Nothing {
        fn module(&self) -> &'static str {
            "google"
        }
        fn step(&self, _: Leg) -> Answer<'_> {
            Box::pin(async { Ok(Next::Back("AUTH_PROVIDER_AUTHENTICATION_FAILED")) })
        }
    }

    // ID-SET-06: a module whose name is taken and that does nothing is told by the loader;
    // whoever adds an adapter takes its name out of that list.
    #[test]
    fn modules_without_an_adapter_are_known_to_the_loader() {
        let product = Registry::product();
        for module in kernel::settings::registry::MODULES {
            let works = module == "local" || product.adapter(module).is_some();
            let idle = kernel::settings::registry::IDLE_MODULES.contains(&module);
            assert_ne!(works, idle, "{module}");
            assert_eq!(identity::provider::module(module), Some(module));
        }
    }

    // ID-PRV-01
    #[test]
    fn only_what_is_enabled_and_there_is_offered_in_order() {
        let mut settings = Settings::default();
        let registry = Registry::product().with(Arc::new(Nothing));
        assert_eq!(registry.offered(&settings), ["local"]);
        let names = ["google", "shibboleth", "local", "myspace"];
        let list = names.map(|name| Value::Str(name.into())).to_vec();
        settings.set("ASTAKOS_IM_MODULES", Value::List(list));
        assert_eq!(registry.offered(&settings), ["google", "local"]);
        assert_eq!(Registry::product().offered(&settings), ["local"]);
        assert!(registry.adapter("twitter").is_none());
    }
}
