//! What a value must be beyond its kind: values that would be left out or taken for
//! something else without a word are problems of the load, or at least told.

use super::{
    Value,
    logging::Level,
    registry::{IDLE_MODULES, Kind, MODULES, SERVICES, kind},
};

/// Something about a value.
pub(super) enum Finding {
    /// It cannot be used.
    Wrong(String),
    /// It can; a part of it has no effect.
    Told(String),
}

/// Whole numbers that may be below zero.
const SIGNED: &[&str] = &["UI_CHANGES_SINCE_ALIGNMENT"];

/// What the widget of the captcha can be told; the last was of an earlier one, and its
/// default is taken.
const CAPTCHA: &[&str] = &[
    "theme",
    "size",
    "tabindex",
    "badge",
    "lang",
    "custom_theme_widget",
];
/// What pages say of resources and their groups.
const PRESENTED: &[&str] = &["verbose_name", "report_desc", "is_abbreviation", "group"];
const PARTS: &[&str] = &["resources", "groups", "resources_order", "groups_order"];

/// Looks at a value of the right kind.
pub(super) fn check(name: &str, value: &Value) -> Vec<Finding> {
    let one = |why: Option<String>| why.map(Finding::Wrong).into_iter().collect();
    match (name, value) {
        ("TIME_ZONE", Value::Str(zone)) => one(zone_problem(zone)),
        ("EMAIL_BACKEND", Value::Str(backend)) => one(crate::mail::Backend::of(backend).err()),
        ("EMAIL_PORT", Value::Int(port)) => one((!(1..=65_535).contains(port))
            .then(|| format!("expected a port from 1 to 65535, found {port}"))),
        ("PITHOS_GC_GRACE", Value::Int(grace)) => one(grace_problem(*grace)),
        ("BRANDING_ACCENT_COLOR", Value::Str(color)) => one(color_problem(color)),
        ("ASTAKOS_COOKIE_DOMAIN", Value::Str(domain)) => {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
            one((!domain.chars().all(plain)).then(|| format!("'{domain}' is no domain")))
        }
        ("ASTAKOS_LOGGING_LEVEL", value) => one(level_problem(value)),
        ("ASTAKOS_INVITATIONS_PER_LEVEL", Value::Dict(pairs)) => {
            let number = |value: &Value| matches!(value, Value::Int(n) if *n >= 0);
            let all = pairs.iter().all(|(k, v)| number(k) && number(v));
            one((!all).then(|| "expected whole numbers by level, as {0: 100, 1: 2}".to_owned()))
        }
        ("ASTAKOS_PROFILE_EXTRA_LINKS", Value::Dict(pairs)) => links(pairs),
        ("ASTAKOS_RECAPTCHA_OPTIONS", Value::Dict(pairs)) => keys(pairs, CAPTCHA, "the widget"),
        ("ASTAKOS_RESOURCES_META", Value::Dict(parts)) => presented(parts),
        ("BRANDING_FONTS_CSS_URLS", value) => texts(value, &fonts),
        ("ASTAKOS_IM_MODULES", value) => texts(value, &module),
        ("ENABLED_SERVICES", value) => texts(value, &|one| {
            (!SERVICES.contains(&one)).then(|| none_of(one, &SERVICES))
        }),
        ("TRUSTED_PROXIES", value) => texts(value, &|one| {
            let address = one.parse::<std::net::IpAddr>();
            let why = || Finding::Wrong(format!("'{one}' is no address of one machine"));
            address.is_err().then(why)
        }),
        ("ASTAKOS_RE_USER_EMAIL_PATTERNS", value) => texts(value, &|one| {
            pattern_problem(&format!("^(?:{one})")).map(Finding::Wrong)
        }),
        ("HIDDEN_SETTINGS" | "LOGGER_EXCLUDE_COMMANDS", Value::Str(pattern)) => {
            one(pattern_problem(pattern))
        }
        (name, Value::Int(n)) if *n < 0 && !SIGNED.contains(&name) => match kind(name) {
            Some(Kind::Int | Kind::OptInt) => {
                one(Some(format!("expected a whole number from 0, found {n}")))
            }
            _ => Vec::new(),
        },
        (name, value) => one(policy_problem(name, value)),
    }
}

fn none_of(found: &str, known: &[&str]) -> Finding {
    Finding::Wrong(format!("'{found}' is none of '{}'", known.join("', '")))
}

/// A look at each text of a list.
fn texts(value: &Value, look: &dyn Fn(&str) -> Option<Finding>) -> Vec<Finding> {
    let Value::List(items) = value else {
        return Vec::new();
    };
    let each = items.iter().filter_map(|item| match item {
        Value::Str(text) => look(text),
        _ => None,
    });
    each.collect()
}

/// Tells of keys that nothing reads.
fn keys(pairs: &[(Value, Value)], known: &[&str], reader: &str) -> Vec<Finding> {
    let unread = pairs.iter().filter_map(|(key, _)| match key {
        Value::Str(key) if known.contains(&key.as_str()) => None,
        key => Some(Finding::Told(format!(
            "{} has no effect: {reader} knows '{}'",
            key.to_literal(),
            known.join("', '")
        ))),
    });
    unread.collect()
}

fn presented(parts: &[(Value, Value)]) -> Vec<Finding> {
    let mut found = keys(parts, PARTS, "this setting");
    let mut told = Vec::new();
    for (part, all) in parts {
        let ("resources" | "groups", Value::Dict(all)) = (text(part), all) else {
            continue;
        };
        let own = all.iter().filter_map(|(_, own)| match own {
            Value::Dict(own) => Some(own),
            _ => None,
        });
        for (key, _) in own.flatten() {
            if !PRESENTED.contains(&text(key)) && !told.contains(&key) {
                told.push(key);
            }
        }
    }
    found.extend(told.into_iter().map(|key| {
        let key = key.to_literal();
        Finding::Told(format!(
            "{key} has no effect: only forms of projects would show it, which are not built yet"
        ))
    }));
    found
}

/// A text, or the empty one.
fn text(value: &Value) -> &str {
    match value {
        Value::Str(text) => text,
        _ => "",
    }
}

fn zone_problem(zone: &str) -> Option<String> {
    jiff::tz::TimeZone::get(zone)
        .is_err()
        .then(|| format!("no time zone is called '{zone}'; as 'UTC' or 'Europe/Athens'"))
}

/// Shortest time an unused block is kept, in seconds: an upload stores its blocks before
/// the row that names them.
const SHORTEST_GRACE: i64 = 3600;

fn grace_problem(grace: i64) -> Option<String> {
    (grace < SHORTEST_GRACE).then(|| {
        format!(
            "expected {SHORTEST_GRACE} seconds or more, found {grace}: blocks of an upload that \
             is still under way would be removed"
        )
    })
}

/// Is it `#rrggbb`?
pub(super) fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

fn color_problem(color: &str) -> Option<String> {
    (!is_color(color)).then(|| format!("expected a colour as '#2f6fde', found '{color}'"))
}

fn level_problem(value: &Value) -> Option<String> {
    let good = match value {
        Value::None => true,
        Value::Int(n) => (0..=50).contains(n),
        Value::Str(name) => Level::from_name(name).is_some(),
        _ => false,
    };
    (!good).then(|| {
        let found = value.to_literal();
        format!(
            "expected DEBUG, INFO, WARNING, ERROR, CRITICAL, NOTSET, None or 0 to 50, found {found}"
        )
    })
}

fn pattern_problem(pattern: &str) -> Option<String> {
    let built = regex::RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build();
    let error = built.err()?.to_string();
    let last = error.lines().last().unwrap_or_default().trim();
    let why = last.strip_prefix("error: ").unwrap_or(last);
    Some(format!(
        "'{pattern}' is no pattern this program knows: {why}"
    ))
}

fn module(name: &str) -> Option<Finding> {
    if IDLE_MODULES.contains(&name) {
        return Some(Finding::Told(format!(
            "'{name}' has no effect: this way to log in is not built yet"
        )));
    }
    (!MODULES.contains(&name)).then(|| none_of(name, &MODULES))
}

fn fonts(url: &str) -> Option<Finding> {
    let elsewhere = url.contains("://") || url.starts_with("//");
    elsewhere.then(|| {
        Finding::Told(format!(
            "'{url}' is left out: pages take style sheets from this server only"
        ))
    })
}

fn links(pairs: &[(Value, Value)]) -> Vec<Finding> {
    let starts = ["https://", "http://", "mailto:", "/"];
    let good = |(url, text): &(Value, Value)| {
        matches!((url, text), (Value::Str(url), Value::Str(_))
            if starts.iter().any(|start| url.starts_with(start)))
    };
    let wrong = pairs.iter().filter(|pair| !good(pair)).map(|(url, _)| {
        let url = url.to_literal();
        Finding::Wrong(format!(
            "expected addresses that begin with https://, http://, mailto: or / and texts, found {url}"
        ))
    });
    wrong.collect()
}

/// What a policy of a way to log in may be.
fn policy_problem(name: &str, value: &Value) -> Option<String> {
    let rest = name.strip_prefix("ASTAKOS_AUTH_PROVIDE")?;
    let rest = rest.strip_suffix("_POLICY")?;
    let (good, words) = if rest.ends_with("_ADD_GROUPS") || rest.ends_with("_CREATION_GROUPS") {
        (Kind::Strs.takes(value), Kind::Strs.words())
    } else if rest.ends_with("_LIMIT") {
        let good = matches!(value, Value::Int(n) if *n >= 0);
        (good, "a whole number from 0".to_owned())
    } else {
        let good = matches!(value, Value::Bool(_) | Value::Int(0 | 1));
        (good, Kind::Bool.words())
    };
    (!good).then(|| format!("expected {words}, found {}", value.to_literal()))
}
