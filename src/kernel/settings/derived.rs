//! Settings whose default follows from others, filled in once all files are read.
//!
//! Invariant: only values left at None are filled in, and only from settings
//! that are not derived themselves or stand earlier in [`fill`].

use super::{Origin, Settings, Value};

/// Fills in; returns the names that got a value.
pub(super) fn fill(settings: &mut Settings) -> Vec<&'static str> {
    let mut filled = Vec::new();
    // The name of 0.14 is the service's while that has none of its own (ID-SET-55).
    if let Some(name @ Value::Str(_)) = settings.get("ASTAKOS_SITENAME").cloned()
        && *settings.origin("BRANDING_SERVICE_NAME") == Origin::Default
    {
        settings.set("BRANDING_SERVICE_NAME", name);
        filled.push("BRANDING_SERVICE_NAME");
    }
    let mut put = |settings: &mut Settings, name: &'static str, value: Value| {
        if settings.get(name) == Some(&Value::None) && value != Value::None {
            settings.set(name, value);
            filled.push(name);
        }
    };
    for (name, sources) in RECIPIENTS {
        let people = people(settings, sources);
        put(settings, name, people);
    }
    let media = with_slash(settings.str("MEDIA_URL"));
    for (name, path) in BELOW_MEDIA {
        put(settings, name, Value::Str(format!("{media}{path}")));
    }
    for (name, older) in OLDER {
        let value = settings.get(older).cloned().unwrap_or(Value::None);
        put(settings, name, value);
    }
    let own = with_slash(settings.str("ASTAKOS_IM_STATIC_URL"));
    put(
        settings,
        "CLOUDBAR_LOCATION",
        Value::Str(format!("{own}cloudbar/")),
    );
    let base = with_slash(settings.str("BRANDING_IMAGE_MEDIA_URL"));
    for (name, file) in IMAGES {
        put(settings, name, Value::Str(format!("{base}{file}")));
    }
    for (name, source) in COPIES {
        let value = settings.get(source).cloned().unwrap_or(Value::None);
        put(settings, name, value);
    }
    let cloud = settings
        .str("BRANDING_SERVICE_NAME")
        .trim()
        .to_lowercase()
        .replace(' ', "_");
    put(
        settings,
        "ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME",
        Value::Str(cloud),
    );
    let version = Value::Str(env!("CARGO_PKG_VERSION").to_owned());
    put(settings, "BRANDING_SYNNEFO_VERSION", version);
    filled
}

/// Addresses below `MEDIA_URL`.
const BELOW_MEDIA: [(&str, &str); 3] = [
    ("ASTAKOS_IM_STATIC_URL", "im/"),
    ("BRANDING_IMAGE_MEDIA_URL", "branding/images/"),
    ("ADMIN_MEDIA_URL", "admin/"),
];

/// Which setting follows from which.
#[cfg(test)]
pub(super) fn sources() -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<(&str, &str)> = OLDER.iter().chain(COPIES).copied().collect();
    for (name, sources) in RECIPIENTS {
        all.extend(sources.iter().map(|source| (*name, *source)));
    }
    all.extend(BELOW_MEDIA.map(|(name, _)| (name, "MEDIA_URL")));
    all.extend(
        IMAGES
            .iter()
            .map(|(name, _)| (*name, "BRANDING_IMAGE_MEDIA_URL")),
    );
    all.push(("CLOUDBAR_LOCATION", "ASTAKOS_IM_STATIC_URL"));
    all.push(("BRANDING_SERVICE_NAME", "ASTAKOS_SITENAME"));
    all.push(("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME", "BRANDING_SERVICE_NAME"));
    all
}

/// Whom messages go to unless somebody else is named.
const RECIPIENTS: &[(&str, &[&str])] = &[
    (
        "ACCOUNT_NOTIFICATIONS_RECIPIENTS",
        &["HELPDESK", "MANAGERS", "ADMINS"],
    ),
    ("FEEDBACK_NOTIFICATIONS_RECIPIENTS", &["HELPDESK"]),
    (
        "PROJECT_NOTIFICATIONS_RECIPIENTS",
        &["HELPDESK", "MANAGERS"],
    ),
    (
        "ACCOUNT_PENDING_MODERATION_RECIPIENTS",
        &["ACCOUNT_NOTIFICATIONS_RECIPIENTS"],
    ),
    (
        "ACCOUNT_ACTIVATED_RECIPIENTS",
        &["ACCOUNT_NOTIFICATIONS_RECIPIENTS"],
    ),
    (
        "PROJECT_CREATION_RECIPIENTS",
        &["PROJECT_NOTIFICATIONS_RECIPIENTS"],
    ),
    (
        "PROJECT_MODIFICATION_RECIPIENTS",
        &["PROJECT_NOTIFICATIONS_RECIPIENTS"],
    ),
];

/// The guide's names without `_LOGO` (ID-BRD-02).
const OLDER: &[(&str, &str)] = &[
    ("BRANDING_DASHBOARD_LOGO_URL", "BRANDING_DASHBOARD_URL"),
    ("BRANDING_COMPUTE_LOGO_URL", "BRANDING_COMPUTE_URL"),
    ("BRANDING_CONSOLE_LOGO_URL", "BRANDING_CONSOLE_URL"),
    ("BRANDING_STORAGE_LOGO_URL", "BRANDING_STORAGE_URL"),
];

const IMAGES: &[(&str, &str)] = &[
    ("BRANDING_FAVICON_URL", "favicon.ico"),
    ("BRANDING_CLOUDBAR_HOME_URL", "cloudbar_home.png"),
    ("BRANDING_DASHBOARD_LOGO_URL", "dashboard_logo.png"),
    ("BRANDING_COMPUTE_LOGO_URL", "compute_logo.png"),
    ("BRANDING_CONSOLE_LOGO_URL", "console_logo.png"),
    ("BRANDING_STORAGE_LOGO_URL", "storage_logo.png"),
];

const COPIES: &[(&str, &str)] = &[
    ("BRANDING_SUPPORT", "CONTACT_EMAIL"),
    ("ASTAKOS_SITENAME", "BRANDING_SERVICE_NAME"),
    ("HELPDESK_AUTH_COOKIE_NAME", "UI_AUTH_COOKIE_NAME"),
    (
        "UI_FORCED_SERVER_NETWORKS",
        "CYCLADES_FORCED_SERVER_NETWORKS",
    ),
    ("UI_HOTPLUG_ENABLED", "GANETI_USE_HOTPLUG"),
    ("SNF_MANAGE_LOGGING_SETUP", "LOGGING_SETUP"),
];

/// The people of several settings, each once.
fn people(settings: &Settings, sources: &[&str]) -> Value {
    let mut all = Vec::new();
    for source in sources {
        if let Some(Value::List(some)) = settings.get(source) {
            for one in some {
                if !all.contains(one) {
                    all.push(one.clone());
                }
            }
        }
    }
    Value::List(all)
}

fn with_slash(base: &str) -> String {
    match base.ends_with('/') {
        true => base.to_owned(),
        false => format!("{base}/"),
    }
}
