//! Names of earlier releases of the original that have another name now: they keep
//! working, with a warning that says the new one (ID-UPG-03).
//!
//! Invariant (tested): a name here is no setting, and what it is called now is one.

use super::Family;

/// Older and newer names.
pub(super) const RENAMED: &[(&str, &str)] = &[
    ("ASTAKOS_BASEURL", "ASTAKOS_BASE_URL"),
    ("ASTAKOS_DEFAULT_CONTACT_EMAIL", "CONTACT_EMAIL"),
    ("ASTAKOS_DEFAULT_FROM_EMAIL", "SERVER_EMAIL"),
    (
        "ASTAKOS_RESOURCES_PRESENTATION_DATA",
        "ASTAKOS_RESOURCES_META",
    ),
    ("ASTAKOS_TWITTER_KEY", "ASTAKOS_TWITTER_TOKEN"),
    (
        "NEWPASSWD_INVALIDATE_TOKEN",
        "ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN",
    ),
    ("FEEDBACK_CONTACTS", "FEEDBACK_NOTIFICATIONS_RECIPIENTS"),
    ("PITHOS_BACKEND_QUOTA", "PITHOS_BACKEND_ACCOUNT_QUOTA"),
    ("PROXY_USER_SERVICES", "PITHOS_PROXY_USER_SERVICES"),
    ("VMAPI_BASE_URL", "VMAPI_BASE_HOST"),
    (
        "ASTAKOS_EMAIL_CHANGE_EMAIL_SUBJECT",
        "ASTAKOS_EMAIL_CHANGE_NEW_EMAIL_SUBJECT_MESSAGE",
    ),
    (
        "ASTAKOS_ADMIN_NOTIFICATION_EMAIL_SUBJECT",
        "ASTAKOS_ACCOUNT_CREATION_SUBJECT_MESSAGE",
    ),
    (
        "ASTAKOS_GROUP_CREATION_SUBJECT",
        "ASTAKOS_PROJECT_CREATION_SUBJECT_MESSAGE",
    ),
];

/// What a setting of an earlier release is called now.
pub fn renamed(name: &str) -> Option<String> {
    if let Some((_, now)) = RENAMED.iter().find(|(older, _)| *older == name) {
        return Some((*now).to_owned());
    }
    // The subjects of mails had no ending of their own before 0.14.
    let now = name
        .ends_with("_SUBJECT")
        .then(|| format!("{name}_MESSAGE"))?;
    Family::of(&now).map(|_| now)
}
