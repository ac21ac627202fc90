//! Every setting, declared once: name, kind, default, file and meaning.
//!
//! Invariants (tested): names are unique, each default is a literal of the
//! setting's kind, and no name is both a setting and a retired name.

mod backend;
mod branding;
mod compute;
mod families;
mod general;
mod identity;
mod idle;
mod pithos;
mod renamed;
mod retired;
mod ui;

use super::{Value, literal};
use std::{collections::BTreeMap, sync::LazyLock};

pub use families::{FAMILIES, Family};
pub use idle::{IDLE_MODULES, idle};
pub use renamed::renamed;
pub use retired::RETIRED;

/// Ways to log in, as `ASTAKOS_IM_MODULES` names them.
pub const MODULES: [&str; 6] = [
    "local",
    "ldap",
    "shibboleth",
    "google",
    "twitter",
    "linkedin",
];

/// Services of this product, as `ENABLED_SERVICES` names them, in the order they are
/// registered.
pub const SERVICES: [&str; 3] = ["astakos", "pithos", "cyclades"];

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Str,
    /// Text or None.
    OptStr,
    /// True or False.
    Bool,
    /// A whole number.
    Int,
    /// A whole number or None.
    OptInt,
    /// A number, with or without decimals.
    Number,
    /// A list of texts.
    Strs,
    /// A list of anything.
    List,
    /// A list of anything, or None.
    OptList,
    /// A dictionary.
    Dict,
    /// A dictionary or None.
    OptDict,
    /// (name, address) pairs.
    People,
    /// (name, address) pairs, or None.
    OptPeople,
    /// (level, HTML) pairs, or HTML by level.
    Banners,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// Whatever its meaning says.
    Any,
}

impl Kind {
    /// Is this value of the kind?
    pub fn takes(self, value: &Value) -> bool {
        match self {
            Kind::Str => matches!(value, Value::Str(_)),
            Kind::OptStr => matches!(value, Value::Str(_) | Value::None),
            Kind::Bool => matches!(value, Value::Bool(_)),
            Kind::Int => matches!(value, Value::Int(_)),
            Kind::OptInt => matches!(value, Value::Int(_) | Value::None),
            Kind::Number => matches!(value, Value::Int(_) | Value::Float(_)),
            Kind::Strs => match value {
                Value::List(items) => items.iter().all(|item| Kind::Str.takes(item)),
                _ => false,
            },
            Kind::List => matches!(value, Value::List(_)),
            Kind::OptList => matches!(value, Value::List(_) | Value::None),
            Kind::Dict => matches!(value, Value::Dict(_)),
            Kind::OptDict => matches!(value, Value::Dict(_) | Value::None),
            Kind::People => match value {
                Value::List(items) => items.iter().all(pair),
                _ => false,
            },
            Kind::OptPeople => *value == Value::None || Kind::People.takes(value),
            Kind::Banners => match value {
                Value::Dict(pairs) => pairs
                    .iter()
                    .all(|(level, html)| Kind::Str.takes(level) && Kind::Str.takes(html)),
                pairs => Kind::People.takes(pairs),
            },
            Kind::Choice(choices) => match value {
                Value::Str(text) => choices.contains(&text.as_str()),
                _ => false,
            },
            Kind::Any => true,
        }
    }

    /// Can text be given without quotes on the command line and in the
    /// environment?
    pub(super) fn is_text(self) -> bool {
        matches!(self, Kind::Str | Kind::OptStr | Kind::Choice(_))
    }

    /// The kind in words, after "expected".
    pub fn words(self) -> String {
        match self {
            Kind::Str => "text in quotes".into(),
            Kind::OptStr => "text in quotes, or None".into(),
            Kind::Bool => "True or False".into(),
            Kind::Int => "a whole number".into(),
            Kind::OptInt => "a whole number, or None".into(),
            Kind::Number => "a number".into(),
            Kind::Strs => "a list of texts".into(),
            Kind::List => "a list".into(),
            Kind::OptList => "a list, or None".into(),
            Kind::Dict => "a dictionary".into(),
            Kind::OptDict => "a dictionary, or None".into(),
            Kind::People => "a list of ('name', 'address') pairs".into(),
            Kind::OptPeople => "a list of ('name', 'address') pairs, or None".into(),
            Kind::Banners => "a list of ('level', 'HTML') pairs".into(),
            Kind::Choice(choices) => format!("one of '{}'", choices.join("', '")),
            Kind::Any => "a value".into(),
        }
    }
}

fn pair(value: &Value) -> bool {
    matches!(value, Value::List(items)
        if items.len() == 2 && items.iter().all(|item| Kind::Str.takes(item)))
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What a value must be.
    pub kind: Kind,
    /// The default, as a literal. None may stand for "follows from others"; the
    /// meaning says so.
    pub default: &'static str,
    /// Its meaning, one line.
    pub about: &'static str,
    /// Never shown.
    pub secret: bool,
}

const fn s(name: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Setting {
    Setting {
        name,
        kind,
        default,
        about,
        secret: false,
    }
}

const fn secret(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    about: &'static str,
) -> Setting {
    Setting {
        name,
        kind,
        default,
        about,
        secret: true,
    }
}

/// The settings of one file.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Name of the file (ID-OPS-01).
    pub file: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// Its settings.
    parts: &'static [&'static [Setting]],
}

impl Group {
    /// The group's settings in order.
    pub fn settings(&self) -> impl Iterator<Item = &'static Setting> {
        self.parts.iter().flat_map(|part| part.iter())
    }
}

/// All settings by file.
pub const GROUPS: &[Group] = &[
    Group {
        file: "00-snf-common-admins.conf",
        title: "People, mail, and the service itself",
        parts: &[
            general::PEOPLE,
            general::MAIL,
            general::SERVICE,
            general::STORE,
        ],
    },
    Group {
        file: "10-snf-webproject-logging.conf",
        title: "Logging",
        parts: &[general::LOGGING],
    },
    Group {
        file: "15-snf-branding.conf",
        title: "Names, colours and logos",
        parts: &[branding::BRANDING],
    },
    Group {
        file: "20-snf-astakos-app-settings.conf",
        title: "Identity service: accounts, login, projects, quota",
        parts: &[
            identity::ACCOUNTS,
            identity::LOGIN,
            identity::PAGES,
            identity::PROJECTS,
            identity::ADMIN,
        ],
    },
    Group {
        file: "20-snf-astakos-app-cloudbar.conf",
        title: "The bar shared by all services",
        parts: &[branding::CLOUDBAR],
    },
    Group {
        file: "20-snf-cyclades-app-api.conf",
        title: "Compute, network, image and volume services",
        parts: &[
            compute::API,
            compute::NETWORKS,
            compute::STATS,
            compute::IMAGES,
            ui::UI,
        ],
    },
    Group {
        file: "20-snf-cyclades-app-backend.conf",
        title: "Ganeti clusters",
        parts: &[backend::BACKEND],
    },
    Group {
        file: "20-snf-pithos-app-settings.conf",
        title: "File storage service",
        parts: &[pithos::PITHOS],
    },
];

/// All settings, by file and in order.
pub fn all() -> impl Iterator<Item = (&'static Group, &'static Setting)> {
    GROUPS
        .iter()
        .flat_map(|group| group.settings().map(move |setting| (group, setting)))
}

static BY_NAME: LazyLock<BTreeMap<&'static str, &'static Setting>> =
    LazyLock::new(|| all().map(|(_, setting)| (setting.name, setting)).collect());

pub(super) static DEFAULTS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    all()
        .map(|(_, setting)| {
            let value = literal::parse(setting.default).unwrap_or(Value::None);
            (setting.name.to_owned(), value)
        })
        .collect()
});

/// The setting of that name; not the members of [`FAMILIES`].
pub fn find(name: &str) -> Option<&'static Setting> {
    BY_NAME.get(name).copied()
}

/// The kind of a setting or of a member of [`FAMILIES`].
pub fn kind(name: &str) -> Option<Kind> {
    find(name)
        .map(|setting| setting.kind)
        .or_else(|| Family::of(name).map(|family| family.kind))
}

/// Is it a setting that is never shown?
pub fn is_secret(name: &str) -> bool {
    find(name).is_some_and(|setting| setting.secret)
}

/// Could a value under this name be a secret, whether or not it is a setting? Older and
/// misspelt names say so too.
pub fn may_be_secret(name: &str) -> bool {
    let signs = ["PASS", "PASWORD", "SECRET", "TOKEN", "KEY"];
    let name = name.to_ascii_uppercase();
    is_secret(&name) || signs.iter().any(|sign| name.contains(sign))
}

/// Why a name of the original has no meaning any more.
pub fn retired(name: &str) -> Option<&'static str> {
    RETIRED
        .iter()
        .find(|(names, _)| names.contains(&name))
        .map(|(_, why)| *why)
}

/// The known name nearest to `name`, if one is near at all.
pub fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    all()
        .map(|(_, setting)| (distance(&name, setting.name), setting.name))
        .min()
        .filter(|(d, known)| *d <= 1 + known.len() / 4)
        .map(|(_, known)| known)
}

/// Insertions, deletions, replacements and swaps of neighbours between two texts.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(80).collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    // ID-OPS-01: each setting is in exactly one file.
    #[test]
    fn names_are_unique_and_defaults_fit() {
        let mut seen = BTreeSet::new();
        for (group, setting) in all() {
            let name = setting.name;
            assert!(seen.insert(name), "{name} twice");
            assert!(retired(name).is_none(), "{name} is retired too");
            assert!(Family::of(name).is_none(), "{name} belongs to a family too");
            assert!(!setting.about.is_empty() && !setting.about.contains('\n'));
            let value = literal::parse(setting.default).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            assert!(
                setting.kind.takes(&value),
                "{name} in {}: {} is not {}",
                group.file,
                setting.default,
                setting.kind.words()
            );
            if setting.secret {
                assert!(matches!(setting.default, "''" | "None"), "{name}");
            }
        }
        assert_eq!(GROUPS.len(), 8);
    }

    // ID-SET-06 ID-CLI-17: what settings say of services and ways to log in is those there are.
    #[test]
    fn services_and_modules_are_those_of_the_lists() {
        let services = DEFAULTS.get("ENABLED_SERVICES").unwrap().to_literal();
        assert_eq!(services, format!("['{}']", SERVICES.join("', '")));
        let about = find("ASTAKOS_IM_MODULES").unwrap().about;
        assert!(
            about.ends_with(&format!(": {}", MODULES.join(", "))),
            "{about}"
        );
        assert!(IDLE_MODULES.iter().all(|module| MODULES.contains(module)));
    }

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(
            nearest("ASTAKOS_MODERATION_ENABELD"),
            Some("ASTAKOS_MODERATION_ENABLED")
        );
        assert_eq!(nearest("email_hosts"), Some("EMAIL_HOST"));
        assert_eq!(nearest("XQZ"), None);
        assert_eq!(distance("abcd", "abdc"), 1);
        assert_eq!(distance("", "ab"), 2);
    }

    #[test]
    fn families_have_known_members_only() {
        for name in [
            "ASTAKOS_ACCOUNT_REJECTED_MESSAGE",
            "ASTAKOS_VERIFICATION_EMAIL_SUBJECT_MESSAGE",
            "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_AUTOMODERATE_POLICY",
            "ASTAKOS_AUTH_PROVIDERS_LIMIT_POLICY",
            "ASTAKOS_AUTH_PROVIDER_GOOGLE_LOGIN_TITLE",
            "ASTAKOS_AUTH_PROVIDER_LDAP_USER_ATTR_MAP",
            "ASTAKOS_TWITTER_ACCESS_TOKEN_URL",
        ] {
            assert!(kind(name).is_some(), "{name}");
        }
        for module in MODULES {
            let module = module.to_ascii_uppercase();
            let title = format!("ASTAKOS_AUTH_PROVIDER_{module}_TITLE");
            assert_eq!(kind(&title), Some(Kind::Str), "{title}");
        }
        for name in [
            "ASTAKOS_NONSENSE_MESSAGE",
            "ASTAKOS_AUTH_PROVIDER_MYSPACE_LOGIN_POLICY",
            "ASTAKOS_AUTH_PROVIDER_LOCAL_NONSENSE_POLICY",
            "ASTAKOS_AUTH_PROVIDER_local_TITLE",
            "ASTAKOS_AUTH_PROVIDERS_LOCAL_TITLE",
            "ASTAKOS_AUTH_PROVIDER_TITLE",
            "ASTAKOS_AUTH_PROVIDERS_USER_ATTR_MAP",
            "ASTAKOS__MESSAGE",
            "",
        ] {
            assert!(kind(name).is_none(), "{name}");
        }
    }
}
