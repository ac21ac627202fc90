//! Every command there is or will be, and what to say to other names.

use super::{Entry, entries};
use crate::invocation::Printed;

/// Whose command it is: commands of services that do not run here are unknown
/// (ID-CLI-17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Identity.
    Astakos,
    /// Files.
    Pithos,
    /// Compute.
    Cyclades,
    /// Everybody's.
    General,
}

impl Service {
    /// In the order of `help`.
    pub const ALL: [Service; 4] = [
        Service::Astakos,
        Service::Pithos,
        Service::Cyclades,
        Service::General,
    ];

    /// Name, as in `ENABLED_SERVICES`.
    pub fn name(self) -> &'static str {
        match self {
            Service::Astakos => "astakos",
            Service::Pithos => "pithos",
            Service::Cyclades => "cyclades",
            Service::General => "general",
        }
    }

    /// Does it run here?
    pub fn runs(self, services: &[String]) -> bool {
        self == Service::General || services.iter().any(|s| s == self.name())
    }
}

/// Commands of the specification that are not carried out yet.
#[rustfmt::skip]
const LATER: &[(Service, &[&str])] = &[
    (Service::Astakos, &[
        "project-control", "project-list", "project-modify", "project-show",
    ]),
    (Service::Pithos, &[
        "file-show", "reconcile-commissions-pithos", "reconcile-resources-pithos",
    ]),
    (Service::Cyclades, &[
        "enforce-resources-cyclades", "flavor-access-add",
        "flavor-access-list", "flavor-access-remove", "floating-ip-attach", "floating-ip-create",
        "floating-ip-detach", "floating-ip-list", "floating-ip-remove", "floating-ip-show",
        "helper-servers-sync", "image-show", "ip-list", "network-modify", "network-remove",
        "pool-create", "pool-list", "pool-modify", "pool-remove", "pool-show", "port-create",
        "port-inspect", "port-list", "port-remove", "project-backend-add", "project-backend-list",
        "project-backend-remove", "reconcile-commissions-cyclades",
        "reconcile-networks", "reconcile-pools", "reconcile-resources-cyclades",
        "reconcile-servers", "rescue-image-create", "rescue-image-list", "rescue-image-modify",
        "rescue-image-remove", "rescue-image-show", "server-create",
        "server-import", "server-inspect", "server-modify", "server-remove", "server-tag-exists",
        "snapshot-create", "snapshot-list", "snapshot-modify",
        "snapshot-remove", "snapshot-show", "stats-cyclades", "subnet-create", "subnet-inspect",
        "subnet-list", "subnet-modify", "volume-attach", "volume-create", "volume-detach",
        "volume-inspect", "volume-list", "volume-modify", "volume-remove", "volume-show",
        "volume-type-create", "volume-type-list", "volume-type-modify", "volume-type-show",
    ]),
    (Service::General, &[
    ]),
];

/// The command of that name, or what to print instead.
pub(crate) fn find(name: &str, services: &[String]) -> Result<&'static Entry, Printed> {
    if let Some(entry) = entries().find(|e| e.name == name && e.service.runs(services)) {
        return Ok(entry);
    }
    if later(services).any(|later| later == name) {
        let text = format!("CommandError: '{name}' is not supported yet.\n");
        return Err(Printed::failure(text, 1));
    }
    Err(unknown(name, services))
}

fn later(services: &[String]) -> impl Iterator<Item = &'static str> {
    LATER
        .iter()
        .filter(|(service, _)| service.runs(services))
        .flat_map(|(_, names)| names.iter().copied())
}

/// The unknown-command text (ID-CLI-04), and the nearest name where one is near.
fn unknown(name: &str, services: &[String]) -> Printed {
    let mut text = format!(
        "Unknown command: '{}'\nType 'snf-manage help' for usage.\n",
        name.escape_debug()
    );
    // A command of a service that does not run here is no misspelling.
    let all = Service::ALL.map(|service| service.name().to_owned());
    let known = entries().map(|e| e.name).chain(later(&all));
    if known.into_iter().any(|known| known == name) {
        return Printed::failure(text, 1);
    }
    let here = entries()
        .filter(|e| e.service.runs(services))
        .map(|e| e.name)
        .chain(later(services));
    if let Some(near) = nearest(name, here) {
        text.push_str(&format!("Did you mean '{near}'?\n"));
    }
    Printed::failure(text, 1)
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (distance(name, known), known))
        .min()
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
        .map(|(_, known)| known)
}

/// Insertions, deletions and replacements between two texts.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(80).enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::registry;

    #[test]
    fn a_name_is_listed_once() {
        let mut seen = std::collections::BTreeSet::new();
        let all = registry::SERVICES.map(str::to_owned);
        for name in entries().map(|e| e.name).chain(later(&all)) {
            assert!(seen.insert(name), "{name} twice");
        }
        assert!(seen.len() > 150, "{}", seen.len());
    }

    #[test]
    fn distances() {
        assert_eq!(distance("user-list", "user-list"), 0);
        assert_eq!(distance("usr-list", "user-list"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("user-lits", "user-list"), 2);
        assert_eq!(nearest("nonsense", ["user-list"].into_iter()), None);
    }
}
