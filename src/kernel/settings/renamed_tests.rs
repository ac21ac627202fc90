//! Names of earlier releases of the original (ID-UPG-03).

use super::*;
use crate::settings::registry::{self, Family};

fn load_text(text: &str) -> Loaded {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("20-old.conf"), text).unwrap();
    load(dir.path(), [], &[]).unwrap_or_else(|e| panic!("{e}"))
}

/// Every name that a sample configuration of a release from 0.11 to 0.20 prints and a
/// later one does not, with a value as it stood there.
#[rustfmt::skip]
const GONE: &[(&str, &str)] = &[
    ("AMQP_LOGGING_LEVEL", "'INFO'"), ("API_ROOT_URL", "'https://api.example.org/'"), ("APP_INSTALL_URL", "'https://h/ui'"),
    ("ASTAKOS_AQUARIUM_URL", "''"), ("ASTAKOS_BILLING_FIELDS", "[]"), ("ASTAKOS_DEFAULT_ADMIN_EMAIL", "'a@x.org'"),
    ("ASTAKOS_PENDING_APPLICATION_LIMIT", "0"), ("ASTAKOS_PROJECT_MEMBER_JOIN_POLICIES", "{}"), ("ASTAKOS_PROJECT_MEMBER_LEAVE_POLICIES", "{}"),
    ("ASTAKOS_QUEUE_CONNECTION", "''"), ("ASTAKOS_QUOTAHOLDER_URL", "''"), ("ASTAKOS_QUOTAHOLDER_TOKEN", "''"), ("ASTAKOS_QUOTAHOLDER_POOLSIZE", "50"),
    ("ASTAKOS_URL", "'https://accounts.example.org/'"), ("BACKEND_BLOCK_PATH", "'/tmp'"), ("CLOUDBAR_ACTIVE_SERVICE", "'cloud'"),
    ("CYCLADES_ASTAKOS_SERVICE_TOKEN", "''"), ("CYCLADES_BASE_ASTAKOS_PROXY_PATH", "'_astakos'"), ("CYCLADES_CUSTOMIZE_ASTAKOS_SERVICES", "()"),
    ("CYCLADES_CUSTOMIZE_SERVICES", "()"), ("CYCLADES_QUOTAHOLDER_POOLSIZE", "50"), ("CYCLADES_QUOTAHOLDER_URL", "''"),
    ("CYCLADES_USER_CATALOG_URL", "''"), ("CYCLADES_USE_QUOTAHOLDER", "False"), ("DEFAULT_GANETI_DISK_TEMPLATE", "'drbd'"),
    ("DISPATCHER_LOGGING_LEVEL", "'INFO'"), ("FEEDBACK_EMAIL_FROM", "'f@x.org'"), ("FORMATTERS", "{}"), ("GANETI_CLUSTER_INFO", "()"), ("GANETI_DISK_TEMPLATES", "()"),
    ("GANETI_MASTER_IP", "'10.0.0.1'"), ("LOGIC_LOGGING_LEVEL", "'INFO'"), ("MAX_NETWORKS_PER_USER", "5"), ("MAX_VMS_PER_USER", "3"),
    ("NETWORKS_USER_QUOTA", "{}"), ("VMS_USER_QUOTA", "{}"), ("PITHOS_AUTHENTICATION_URL", "''"), ("PITHOS_AUTHENTICATION_USERS", "{}"),
    ("PITHOS_BACKEND_QUEUE_CONNECTION", "None"), ("PITHOS_QUOTAHOLDER_POOLSIZE", "50"), ("PITHOS_QUOTAHOLDER_TOKEN", "''"), ("PITHOS_QUOTAHOLDER_URL", "''"),
    ("PITHOS_USER_CATALOG_URL", "''"), ("PITHOS_USER_FEEDBACK_URL", "''"), ("PITHOS_USER_LOGIN_URL", "''"), ("PITHOS_USE_QUOTAHOLDER", "False"),
    ("PUBLIC_IPV6_PREFIX", "'2001:db8::/64'"), ("PUBLIC_STATS_CACHE_POPULATE_INTERVAL", "60"), ("QUEUE_CONNECTION", "None"), ("QUOTAHOLDER_TOKEN", "''"),
    ("QUOTAHOLDER_URL", "''"), ("RABBIT_HOST", "'h'"), ("RABBIT_PASSWORD", "'p'"), ("RABBIT_USERNAME", "'u'"), ("RABBIT_VHOST", "'/'"),
    ("UI_FONTS_BASE_URL", "'//fonts/'"), ("UI_GLANCE_API_URL", "'/glance'"), ("UI_LOGIN_URL", "'/im/login'"), ("UI_LOGOUT_URL", "'/im/logout'"),
    ("VMAPI_CACHE_BACKEND", "'locmem:///'"), ("VMAPI_CACHE_KEY_PREFIX", "'vmapi'"),
];

/// Older names that still do what they did: the value, and the setting it became.
#[rustfmt::skip]
const KEPT: &[(&str, &str, &str)] = &[
    ("ASTAKOS_BASEURL", "'https://old.example.org/'", "ASTAKOS_BASE_URL"),
    ("ASTAKOS_DEFAULT_CONTACT_EMAIL", "'help@x.org'", "CONTACT_EMAIL"),
    ("ASTAKOS_DEFAULT_FROM_EMAIL", "'Cloud <no-reply@x.org>'", "SERVER_EMAIL"),
    ("FEEDBACK_CONTACTS", "(('Help', 'h@x.org'),)", "FEEDBACK_NOTIFICATIONS_RECIPIENTS"),
    ("ASTAKOS_RESOURCES_PRESENTATION_DATA", "{'groups_order': ['network']}", "ASTAKOS_RESOURCES_META"),
    ("ASTAKOS_TWITTER_KEY", "'k'", "ASTAKOS_TWITTER_TOKEN"),
    ("NEWPASSWD_INVALIDATE_TOKEN", "False", "ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN"),
    ("PITHOS_BACKEND_QUOTA", "1073741824", "PITHOS_BACKEND_ACCOUNT_QUOTA"),
    ("PROXY_USER_SERVICES", "False", "PITHOS_PROXY_USER_SERVICES"),
    ("VMAPI_BASE_URL", "'https://v.example.org/'", "VMAPI_BASE_HOST"),
    ("ASTAKOS_ACCOUNT_CREATION_SUBJECT", "'s'", "ASTAKOS_ACCOUNT_CREATION_SUBJECT_MESSAGE"),
    ("ASTAKOS_ADMIN_NOTIFICATION_EMAIL_SUBJECT", "'s'", "ASTAKOS_ACCOUNT_CREATION_SUBJECT_MESSAGE"),
    ("ASTAKOS_EMAIL_CHANGE_EMAIL_SUBJECT", "'s'", "ASTAKOS_EMAIL_CHANGE_NEW_EMAIL_SUBJECT_MESSAGE"),
    ("ASTAKOS_FEEDBACK_EMAIL_SUBJECT", "'s'", "ASTAKOS_FEEDBACK_EMAIL_SUBJECT_MESSAGE"),
    ("ASTAKOS_GREETING_EMAIL_SUBJECT", "'s'", "ASTAKOS_GREETING_EMAIL_SUBJECT_MESSAGE"),
    ("ASTAKOS_GROUP_CREATION_SUBJECT", "'s'", "ASTAKOS_PROJECT_CREATION_SUBJECT_MESSAGE"),
    ("ASTAKOS_HELPDESK_NOTIFICATION_EMAIL_SUBJECT", "'s'", "ASTAKOS_HELPDESK_NOTIFICATION_EMAIL_SUBJECT_MESSAGE"),
    ("ASTAKOS_INVITATION_EMAIL_SUBJECT", "'s'", "ASTAKOS_INVITATION_EMAIL_SUBJECT_MESSAGE"),
    ("ASTAKOS_PASSWORD_RESET_EMAIL_SUBJECT", "'s'", "ASTAKOS_PASSWORD_RESET_EMAIL_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_APPROVED_SUBJECT", "'s'", "ASTAKOS_PROJECT_APPROVED_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_CREATION_SUBJECT", "'s'", "ASTAKOS_PROJECT_CREATION_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_DENIED_SUBJECT", "'s'", "ASTAKOS_PROJECT_DENIED_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_MEMBERSHIP_CHANGE_SUBJECT", "'s'", "ASTAKOS_PROJECT_MEMBERSHIP_CHANGE_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_MEMBERSHIP_ENROLL_SUBJECT", "'s'", "ASTAKOS_PROJECT_MEMBERSHIP_ENROLL_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_MEMBERSHIP_LEAVE_REQUEST_SUBJECT", "'s'", "ASTAKOS_PROJECT_MEMBERSHIP_LEAVE_REQUEST_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_MEMBERSHIP_REQUEST_SUBJECT", "'s'", "ASTAKOS_PROJECT_MEMBERSHIP_REQUEST_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_SUSPENSION_SUBJECT", "'s'", "ASTAKOS_PROJECT_SUSPENSION_SUBJECT_MESSAGE"),
    ("ASTAKOS_PROJECT_TERMINATION_SUBJECT", "'s'", "ASTAKOS_PROJECT_TERMINATION_SUBJECT_MESSAGE"),
    ("ASTAKOS_VERIFICATION_EMAIL_SUBJECT", "'s'", "ASTAKOS_VERIFICATION_EMAIL_SUBJECT_MESSAGE"),
];

// ID-UPG-03
#[test]
fn a_name_of_an_earlier_release_keeps_working() {
    for (older, value, now) in KEPT {
        let loaded = load_text(&format!("# from before\n{older} = {value}\n"));
        let value = literal::parse(value).unwrap();
        assert_eq!(loaded.settings.get(now), Some(&value), "{older}");
        let said = loaded.warnings[0].to_string();
        let wanted = format!("20-old.conf:2: {older} is called {now} now");
        assert!(said.ends_with(&wanted), "{said}");
        assert!(registry::kind(older).is_none() && registry::retired(older).is_none());
        assert!(registry::kind(now).is_some());
    }
    // All three ways to set one.
    let env = [("SYNNEFO_ASTAKOS_BASEURL".to_owned(), "https://e".to_owned())];
    let loaded = load(Path::new("/nonexistent"), env, &[]).unwrap();
    assert_eq!(loaded.settings.base_url(), "https://e");
    let set = ["ASTAKOS_BASEURL=https://s".to_owned()];
    let loaded = load(Path::new("/nonexistent"), [], &set).unwrap();
    assert_eq!(loaded.settings.base_url(), "https://s");
    assert_eq!(loaded.warnings.len(), 1);
    // Its value is checked as the present one's.
    let set = [
        "VMAPI_BASE_URL=[1]".to_owned(),
        "NEWPASSWD_INVALIDATE_TOKEN=1".to_owned(),
    ];
    let problems = load(Path::new("/nonexistent"), [], &set).unwrap_err();
    assert!(
        problems
            .to_string()
            .contains("ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN: expected True or False"),
        "{problems}"
    );
}

// ID-UPG-03: the present name counts, whichever stands first.
#[test]
fn the_present_name_counts() {
    for text in [
        "CONTACT_EMAIL = 'new@x.org'\nASTAKOS_DEFAULT_CONTACT_EMAIL = 'old@x.org'\n",
        "ASTAKOS_DEFAULT_CONTACT_EMAIL = 'old@x.org'\nCONTACT_EMAIL = 'new@x.org'\n",
    ] {
        let loaded = load_text(text);
        assert_eq!(loaded.settings.str("CONTACT_EMAIL"), "new@x.org", "{text}");
        assert_eq!(loaded.warnings.len(), 1);
    }
}

fn load_files(files: &[(&str, &str)], env: &[(&str, &str)], set: &[&str]) -> Loaded {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let env = env.iter().map(|(k, v)| (k.to_string(), v.to_string()));
    let set: Vec<_> = set.iter().map(|s| s.to_string()).collect();
    load(dir.path(), env, &set).unwrap_or_else(|e| panic!("{e}"))
}

// ID-UPG-03 ID-SET: by whichever of its names, what is written later wins.
#[test]
fn the_order_of_files_environment_and_options_holds_for_older_names() {
    let (old, new) = ("ASTAKOS_DEFAULT_CONTACT_EMAIL", "CONTACT_EMAIL");
    let [old_a, new_a, old_b, new_b] = ["a", "b"]
        .map(|who| [old, new].map(|name| format!("{name} = '{who}@x.org'\n")))
        .concat()
        .try_into()
        .unwrap();
    for (first, second) in [(&old_a, &old_b), (&old_a, &new_b), (&new_a, &old_b)] {
        let files = [("10-a.conf", first.as_str()), ("20-b.conf", second)];
        let loaded = load_files(&files, &[], &[]);
        assert_eq!(loaded.settings.str(new), "b@x.org", "{first}{second}");
        assert!(
            loaded
                .settings
                .origin(new)
                .to_string()
                .ends_with("20-b.conf:1")
        );
    }
    let (old_env, new_env) = (
        ("SYNNEFO_ASTAKOS_DEFAULT_CONTACT_EMAIL", "e@x.org"),
        ("SYNNEFO_CONTACT_EMAIL", "e@x.org"),
    );
    for file in [&old_a, &new_a] {
        for variable in [old_env, new_env] {
            let loaded = load_files(&[("10-a.conf", file)], &[variable], &[]);
            assert_eq!(loaded.settings.str(new), "e@x.org", "{file}{variable:?}");
            assert_eq!(loaded.settings.origin(new), &Origin::Environment);
        }
    }
    let set = ["ASTAKOS_DEFAULT_CONTACT_EMAIL=s@x.org"];
    let loaded = load_files(&[("10-a.conf", &old_a)], &[new_env], &set);
    assert_eq!(loaded.settings.str(new), "s@x.org");
    assert_eq!(loaded.settings.origin(new), &Origin::CommandLine);
    // Both in one place: the present name counts.
    let both = [
        ("SYNNEFO_ASTAKOS_DEFAULT_CONTACT_EMAIL", "o@x.org"),
        new_env,
    ];
    assert_eq!(load_files(&[], &both, &[]).settings.str(new), "e@x.org");
    let set = ["CONTACT_EMAIL=n@x.org", set[0]];
    assert_eq!(load_files(&[], &[], &set).settings.str(new), "n@x.org");
}

// ID-UPG-03: what has no meaning any more is told by name, with what to do instead.
#[test]
fn a_name_without_meaning_is_told_with_the_reason() {
    for (name, value) in GONE {
        let loaded = load_text(&format!("{name} = {value}\n"));
        assert_eq!(loaded.warnings.len(), 1, "{name}");
        let said = &loaded.warnings[0].message;
        assert!(
            said.starts_with(&format!("{name} has no effect any more: ")),
            "{said}"
        );
        assert!(registry::kind(name).is_none() && Family::of(name).is_none());
        let same = loaded.settings.iter().eq(Settings::default().iter());
        assert!(same, "{name} changed something");
    }
}
