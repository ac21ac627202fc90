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

enum Base {
    Astakos,
    Pithos,
    Cyclades,
}

/// Name, type, component, prefix, version, version in the address (ID-CMP-06).
const SERVICES: &[(&str, &str, Base, &str, &str, bool)] = &[
    (
        "astakos_weblogin",
        "astakos_weblogin",
        Base::Astakos,
        "weblogin",
        "",
        true,
    ),
    (
        "astakos_account",
        "account",
        Base::Astakos,
        "account",
        "v1.0",
        true,
    ),
    (
        "astakos_oauth2",
        "astakos_auth",
        Base::Astakos,
        "oauth2",
        "",
        true,
    ),
    (
        "astakos_identity",
        "identity",
        Base::Astakos,
        "identity",
        "v2.0",
        true,
    ),
    (
        "pithos_object-store",
        "object-store",
        Base::Pithos,
        "object-store",
        "v1",
        true,
    ),
    ("cyclades_admin", "admin", Base::Cyclades, "admin", "", true),
    (
        "cyclades_plankton",
        "image",
        Base::Cyclades,
        "image",
        "v1.0",
        false,
    ),
    (
        "cyclades_compute",
        "compute",
        Base::Cyclades,
        "compute",
        "v2.0",
        true,
    ),
    (
        "cyclades_volume",
        "volume",
        Base::Cyclades,
        "volume",
        "v2.0",
        false,
    ),
    (
        "cyclades_vmapi",
        "vmapi",
        Base::Cyclades,
        "vmapi",
        "v1.0",
        true,
    ),
    (
        "cyclades_network",
        "network",
        Base::Cyclades,
        "network",
        "v2.0",
        false,
    ),
];

/// The native catalogue, one endpoint for each type (CL-K-14, CL-K-15).
pub fn native(bases: &Bases) -> Vec<Service> {
    SERVICES
        .iter()
        .map(|(name, kind, base, prefix, version, expose)| {
            let base = match base {
                Base::Astakos => &bases.identity,
                Base::Pithos => &bases.pithos,
                Base::Cyclades => &bases.cyclades,
            };
            let place = format!("{base}/{prefix}");
            Service {
                name,
                kind,
                version,
                expose_version: *expose,
                public_url: if *expose && !version.is_empty() {
                    format!("{place}/{version}")
                } else {
                    place.clone()
                },
                ui_url: format!("{base}/ui"),
                weblogin_url: (*kind == "astakos_weblogin").then_some(place),
            }
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
