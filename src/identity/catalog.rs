//! The service catalogue (ID-KST-14, README decision 20): what the native services
//! are called and where they are.

use crate::component::{Component, Registered};
use kernel::{Result, Settings};
use std::collections::BTreeMap;
use store::Reads;

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

/// A service with its endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name, `cyclades_compute` and so on.
    pub name: String,
    /// Its type, `compute` and so on.
    pub kind: String,
    /// Keys and values of each endpoint, in the order they are written.
    pub endpoints: Vec<Vec<(String, String)>>,
}

impl Service {
    /// The value of a key at the first endpoint, empty when it has none.
    pub fn value(&self, key: &str) -> &str {
        let first = self.endpoints.first().into_iter().flatten();
        first
            .filter(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
            .next()
            .unwrap_or_default()
    }
}

/// The components of the program, by number.
pub(crate) const COMPONENTS: [&str; 3] = ["astakos", "pithos", "cyclades"];

/// Name, type, component, prefix, version, version in the address (ID-CMP-06).
#[rustfmt::skip]
const SERVICES: &[(&str, &str, &str, &str, &str, bool)] = &[
    ("astakos_weblogin", "astakos_weblogin", "astakos", "weblogin", "", true),
    ("astakos_account", "account", "astakos", "account", "v1.0", true),
    ("astakos_oauth2", "astakos_auth", "astakos", "oauth2", "", true),
    ("astakos_identity", "identity", "astakos", "identity", "v2.0", true),
    ("pithos_object-store", "object-store", "pithos", "object-store", "v1", true),
    ("cyclades_admin", "admin", "cyclades", "admin", "", true),
    ("cyclades_plankton", "image", "cyclades", "image", "v1.0", false),
    ("cyclades_compute", "compute", "cyclades", "compute", "v2.0", true),
    ("cyclades_volume", "volume", "cyclades", "volume", "v2.0", false),
    ("cyclades_vmapi", "vmapi", "cyclades", "vmapi", "v1.0", true),
    ("cyclades_network", "network", "cyclades", "network", "v2.0", false),
];

/// Name, type and component of the standard services, by number.
pub(crate) fn standard() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    SERVICES
        .iter()
        .map(|(name, kind, component, ..)| (*name, *kind, *component))
}

/// The address of a standard component.
pub(crate) fn base_of<'a>(bases: &'a Bases, component: &str) -> Option<&'a str> {
    match component {
        "astakos" => Some(&bases.identity),
        "pithos" => Some(&bases.pithos),
        "cyclades" => Some(&bases.cyclades),
        _ => None,
    }
}

/// Names and page addresses of the standard components.
pub(crate) fn pages(bases: &Bases) -> Vec<(String, String)> {
    let page = |name: &str| {
        let base = base_of(bases, name).unwrap_or_default();
        (name.to_owned(), format!("{base}/ui"))
    };
    COMPONENTS.into_iter().map(page).collect()
}

/// The one endpoint of a standard service, as it is registered.
pub(crate) fn endpoints_of(bases: &Bases, name: &str) -> Vec<Vec<(String, String)>> {
    let known = SERVICES.iter().find(|(service, ..)| *service == name);
    let endpoint = known.map(|(_, kind, component, prefix, version, expose)| {
        let base = base_of(bases, component).unwrap_or_default();
        let place = format!("{base}/{prefix}");
        let url = match *expose && !version.is_empty() {
            true => format!("{place}/{version}"),
            false => place.clone(),
        };
        let exposed = if *expose { "True" } else { "False" };
        let mut keys = vec![
            ("SNF:exposeVersion", exposed.to_owned()),
            ("versionId", (*version).to_owned()),
            ("publicURL", url),
        ];
        if *kind == "astakos_weblogin" {
            keys.push(("SNF:webloginURL", place));
        }
        keys.into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    });
    endpoint.into_iter().collect()
}

/// What the catalogue adds to what is registered (ID-KST-13).
fn completed(name: String, kind: String, ui: &str, mut all: Vec<Vec<(String, String)>>) -> Service {
    for endpoint in &mut all {
        let more = [("versionId", ""), ("region", "default"), ("SNF:uiURL", ui)];
        for (key, value) in more {
            if !endpoint.iter().any(|(known, _)| known == key) {
                endpoint.push((key.to_owned(), value.to_owned()));
            }
        }
    }
    Service {
        name,
        kind,
        endpoints: all,
    }
}

/// The native catalogue, one endpoint for each type (CL-K-14, CL-K-15).
pub fn native(bases: &Bases) -> Vec<Service> {
    standard()
        .map(|(name, kind, component)| {
            let ui = format!("{}/ui", base_of(bases, component).unwrap_or_default());
            let endpoints = endpoints_of(bases, name);
            completed(name.to_owned(), kind.to_owned(), &ui, endpoints)
        })
        .collect()
}

/// Every registered service by number; before anything is registered, the native ones.
pub(crate) fn all(tx: &impl Reads, bases: &Bases) -> Result<Vec<Service>> {
    if tx.last_id(<Component as store::Row>::TABLE)? == 0 {
        return Ok(native(bases));
    }
    let components = tx.scan::<Component>(None, 10_000)?;
    let components: BTreeMap<u64, Component> =
        components.into_iter().map(|row| (row.id, row)).collect();
    let rows = tx.scan::<Registered>(None, 10_000)?.into_iter();
    Ok(rows
        .map(|row| {
            let component = components.get(&row.component);
            let own = component.and_then(|c| c.ui_url.clone());
            let base = component.and_then(|c| base_of(bases, &c.name));
            let ui = own.or(base.map(|base| format!("{base}/ui")));
            let endpoints = match row.endpoints {
                Some(endpoints) => endpoints,
                None => endpoints_of(bases, &row.name),
            };
            completed(row.name, row.kind, &ui.unwrap_or_default(), endpoints)
        })
        .collect())
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
            let service = all.iter().find(|s| s.kind == kind).unwrap();
            service.value("publicURL").to_owned()
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
        let kinds: BTreeSet<_> = all.iter().map(|s| &s.kind).collect();
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
