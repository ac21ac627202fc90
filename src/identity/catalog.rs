//! The service catalogue (ID-KST-14, README decision 20): what the native services
//! are called and where they are.

use kernel::Settings;

/// Public addresses of the three components, without a final slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bases {
    /// Identity and account.
    pub identity: String,
    /// Compute, network, image, volume.
    pub cyclades: String,
    /// Object storage.
    pub pithos: String,
}

impl Bases {
    /// The addresses the settings name; where they name none, below `served`, the
    /// address (scheme, host, port) the service is reached at.
    pub fn new(settings: &Settings, served: &str) -> Self {
        let set = |name: &str, below: &str| match settings.str(name).trim_end_matches('/') {
            "" => format!("{}{below}", served.trim_end_matches('/')),
            base => base.to_owned(),
        };
        Bases {
            identity: set("ASTAKOS_BASE_URL", ""),
            cyclades: set("CYCLADES_BASE_URL", "/cyclades"),
            pithos: set("PITHOS_BASE_URL", "/pithos"),
        }
    }

    /// The address of a component of the product.
    pub fn of(&self, component: &str) -> Option<&str> {
        match component {
            "astakos" => Some(&self.identity),
            "pithos" => Some(&self.pithos),
            "cyclades" => Some(&self.cyclades),
            _ => None,
        }
    }
}

/// The one endpoint of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name, `cyclades_compute` and so on.
    pub name: &'static str,
    /// Its type, `compute` and so on.
    pub kind: &'static str,
    /// Version, empty for none.
    pub version: &'static str,
    /// Is the version part of the address? (`SNF:exposeVersion`)
    pub expose_version: bool,
    /// Where it is.
    pub public_url: String,
    /// Where the pages of its component are.
    pub ui_url: String,
    /// Where clients are sent to log in; the web login alone has it.
    pub weblogin_url: Option<String>,
}

/// A service of the product as it is defined (ID-CMP-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standard {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: &'static str,
    /// Name of its component.
    pub component: &'static str,
    /// First part of its address below the component's.
    pub prefix: &'static str,
    /// Version, empty for none.
    pub version: &'static str,
    /// Is the version part of the address? (`SNF:exposeVersion`)
    pub expose: bool,
}

const fn of(
    component: &'static str,
    name: &'static str,
    kind: &'static str,
    prefix: &'static str,
    version: &'static str,
    expose: bool,
) -> Standard {
    Standard {
        name,
        kind,
        component,
        prefix,
        version,
        expose,
    }
}

/// The public services of the product.
#[rustfmt::skip]
pub const STANDARD: &[Standard] = &[
    of("astakos", "astakos_weblogin", "astakos_weblogin", "weblogin", "", true),
    of("astakos", "astakos_account", "account", "account", "v1.0", true),
    of("astakos", "astakos_oauth2", "astakos_auth", "oauth2", "", true),
    of("astakos", "astakos_identity", "identity", "identity", "v2.0", true),
    of("pithos", "pithos_object-store", "object-store", "object-store", "v1", true),
    of("cyclades", "cyclades_admin", "admin", "admin", "", true),
    of("cyclades", "cyclades_plankton", "image", "image", "v1.0", false),
    of("cyclades", "cyclades_compute", "compute", "compute", "v2.0", true),
    of("cyclades", "cyclades_volume", "volume", "volume", "v2.0", false),
    of("cyclades", "cyclades_vmapi", "vmapi", "vmapi", "v1.0", true),
    of("cyclades", "cyclades_network", "network", "network", "v2.0", false),
];

impl Standard {
    /// Where it is, below the address of its component.
    pub fn public_url(&self, base: &str) -> String {
        let base = base.trim_end_matches('/');
        match self.expose && !self.version.is_empty() {
            true => format!("{base}/{}/{}", self.prefix, self.version),
            false => format!("{base}/{}", self.prefix),
        }
    }

    /// Keys and values of its endpoint.
    pub fn endpoint(&self, base: &str) -> Vec<(String, String)> {
        let expose = if self.expose { "True" } else { "False" };
        [
            ("SNF:exposeVersion", expose.to_owned()),
            ("versionId", self.version.to_owned()),
            ("publicURL", self.public_url(base)),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .to_vec()
    }
}

/// A registered service as the catalogue names it (ID-KST-14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Keys and values of its endpoints, in the order written: `SNF:uiURL`, `region`
    /// and the like are there.
    pub endpoints: Vec<Vec<(String, String)>>,
}

impl Entry {
    pub(crate) fn new(
        name: &str,
        kind: &str,
        ui_url: Option<String>,
        endpoints: Vec<Vec<(String, String)>>,
    ) -> Self {
        let complete = |mut data: Vec<(String, String)>| {
            let value = |data: &[(String, String)], key: &str| {
                let found = data.iter().find(|(name, _)| name == key);
                found.map(|(_, value)| value.clone())
            };
            if let (None, Some(url)) = (value(&data, "SNF:uiURL"), &ui_url) {
                data.push(("SNF:uiURL".into(), url.clone()));
            }
            if value(&data, "region").is_none() {
                data.push(("region".into(), "default".into()));
            }
            if kind == "astakos_weblogin"
                && value(&data, "SNF:webloginURL").is_none()
                && let Some(url) = value(&data, "publicURL")
            {
                data.push(("SNF:webloginURL".into(), url));
            }
            data
        };
        Entry {
            name: name.to_owned(),
            kind: kind.to_owned(),
            endpoints: endpoints.into_iter().map(complete).collect(),
        }
    }

    /// The value of a key of its first endpoint.
    pub fn value(&self, key: &str) -> Option<&str> {
        let first = self.endpoints.first()?;
        let found = first.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }
}

/// The native catalogue, one endpoint for each type (CL-K-14, CL-K-15).
pub fn native(bases: &Bases) -> Vec<Service> {
    STANDARD
        .iter()
        .filter_map(|standard| {
            let base = bases.of(standard.component)?;
            let public_url = standard.public_url(base);
            Some(Service {
                name: standard.name,
                kind: standard.kind,
                version: standard.version,
                expose_version: standard.expose,
                ui_url: format!("{base}/ui"),
                weblogin_url: (standard.kind == "astakos_weblogin").then(|| public_url.clone()),
                public_url,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;
    use std::collections::BTreeSet;

    // ID-KST-14 ID-CMP-06 ID-CON-02: the addresses of decision 20.
    #[test]
    fn everything_is_below_the_address_served_unless_set_otherwise() {
        let mut settings = Settings::default();
        let all = native(&Bases::new(&settings, "https://cloud.example.org/"));
        let url = |all: &[Service], kind: &str| {
            all.iter()
                .find(|s| s.kind == kind)
                .unwrap()
                .public_url
                .clone()
        };
        for (kind, path) in [
            ("identity", "/identity/v2.0"),
            ("account", "/account/v1.0"),
            ("compute", "/cyclades/compute/v2.0"),
            ("image", "/cyclades/image"),
            ("network", "/cyclades/network"),
            ("volume", "/cyclades/volume"),
            ("object-store", "/pithos/object-store/v1"),
        ] {
            assert_eq!(url(&all, kind), format!("https://cloud.example.org{path}"));
        }
        let kinds: BTreeSet<_> = all.iter().map(|s| s.kind).collect();
        assert_eq!(kinds.len(), all.len(), "one endpoint for each type");
        settings.set(
            "PITHOS_BASE_URL",
            Value::Str("https://store.example.org/pithos".into()),
        );
        let all = native(&Bases::new(&settings, "http://x:1"));
        assert_eq!(
            url(&all, "object-store"),
            "https://store.example.org/pithos/object-store/v1"
        );
        assert_eq!(url(&all, "compute"), "http://x:1/cyclades/compute/v2.0");
    }
}
