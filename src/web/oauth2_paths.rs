//! Where the OAuth 2 endpoints are (ID-SET-71): at the addresses of the original and of
//! its sample file, and where the settings put them.
//!
//! Invariant: a setting adds an address, it takes none away; one that another part of the
//! service has is left out, and the log says so.

use crate::assets::{TAKEN, plain_part};
use kernel::Settings;

/// Names below an endpoint's root that have a meaning.
const NAMES: [&str; 3] = ["auth", "introspect", "token"];

/// The paths below the host, without slashes at their ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Paths {
    /// Roots of the provider.
    pub(crate) roots: Vec<String>,
    /// Names of the token endpoint.
    pub(crate) token: Vec<String>,
    /// Names of the page of authorisation.
    pub(crate) authorization: Vec<String>,
}

impl Paths {
    /// What the settings say.
    pub(crate) fn new(settings: &Settings) -> Self {
        let part = |name: &str| settings.str(name).trim_matches('/').to_owned();
        let mut paths = Paths {
            roots: vec!["oauth2".to_owned(), "oa2".to_owned()],
            token: vec!["token".to_owned()],
            authorization: vec!["auth".to_owned()],
        };
        let left_out = |name: &str| {
            tracing::warn!(target: "astakos.oa2", "{name} is no free path of this service and is left out");
        };
        let root = part("OAUTH2_ENDPOINT_PREFIX");
        let first = root.split('/').next().unwrap_or_default();
        if !paths.roots.contains(&root) {
            match root.split('/').all(plain_part) && !TAKEN.contains(&first) {
                true => paths.roots.push(root),
                false => left_out("OAUTH2_ENDPOINT_PREFIX"),
            }
        }
        let (token, page) = (
            part("OAUTH2_TOKEN_ENDPOINT"),
            part("OAUTH2_AUTHORIZATION_ENDPOINT"),
        );
        let free = |name: &str| plain_part(name) && !NAMES.contains(&name);
        if token != "token" {
            match free(&token) {
                true => paths.token.push(token.clone()),
                false => left_out("OAUTH2_TOKEN_ENDPOINT"),
            }
        }
        if page != "auth" {
            match free(&page) && page != token {
                true => paths.authorization.push(page),
                false => left_out("OAUTH2_AUTHORIZATION_ENDPOINT"),
            }
        }
        paths
    }

    /// Addresses of the page of authorisation beside the usual ones.
    pub(crate) fn further_pages(&self) -> Vec<String> {
        let all = self.roots.iter().flat_map(|root| {
            let names = self.authorization.iter();
            names.map(move |name| format!("/{root}/{name}"))
        });
        all.filter(|path| !matches!(path.as_str(), "/oauth2/auth" | "/oa2/auth"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    fn of(root: &str, token: &str, page: &str) -> Paths {
        let mut settings = Settings::default();
        for (name, value) in [
            ("OAUTH2_ENDPOINT_PREFIX", root),
            ("OAUTH2_TOKEN_ENDPOINT", token),
            ("OAUTH2_AUTHORIZATION_ENDPOINT", page),
        ] {
            settings.set(name, Value::Str(value.into()));
        }
        Paths::new(&settings)
    }

    // ID-SET-71
    #[test]
    fn a_setting_adds_an_address_that_is_free() {
        let usual = Paths::new(&Settings::default());
        assert_eq!(usual, of("oa2/", "token/", "auth/"));
        assert!(usual.further_pages().is_empty());
        let own = of("/o/two/", "tok", "ask/");
        assert_eq!(own.roots, ["oauth2", "oa2", "o/two"]);
        assert_eq!(own.token, ["token", "tok"]);
        assert_eq!(
            own.further_pages(),
            ["/oauth2/ask", "/oa2/ask", "/o/two/auth", "/o/two/ask"]
        );
        for (root, token, page) in [
            ("ui", "auth", "token"),
            ("", "", ""),
            ("identity/x", "introspect", "a/b"),
            ("..", "{x}", "*"),
        ] {
            assert_eq!(of(root, token, page), usual, "{root} {token} {page}");
        }
        assert_eq!(of("oauth2", "same", "same").authorization, ["auth"]);
    }
}
