//! Every setting of identity.md §11, one row each: its ID, its name, the value it has when
//! nothing is set (as a literal), and a value that is refused.
//!
//! Where a default differs from the specification's, a decision of the project says so:
//! addresses are those served (decision 6), mail without a server is written to files
//! (decision 10).

use super::*;
use crate::settings::{registry, registry::Kind};

type Row = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const IDENTITY: &[Row] = &[
    ("ID-SET-01", "ASTAKOS_BASE_URL", "''", "None"),
    ("ID-SET-02", "ASTAKOS_AUTH_TOKEN_DURATION", "720", "'720'"),
    ("ID-SET-03", "ASTAKOS_DEFAULT_USER_LEVEL", "4", "-1"),
    ("ID-SET-04", "ASTAKOS_INVITATIONS_PER_LEVEL", "{0: 100, 1: 2, 2: 0, 3: 0, 4: 0}", "{0: 'many'}"),
    ("ID-SET-05", "ASTAKOS_INVITATIONS_ENABLED", "False", "'no'"),
    ("ID-SET-06", "ASTAKOS_IM_MODULES", "['local']", "['local', 'myspace']"),
    ("ID-SET-07", "ASTAKOS_FORCE_PROFILE_UPDATE", "False", "0"),
    ("ID-SET-08", "ASTAKOS_COOKIE_NAME", "'_pithos2_a'", "None"),
    ("ID-SET-08", "ASTAKOS_COOKIE_DOMAIN", "None", "'a; b'"),
    ("ID-SET-08", "ASTAKOS_COOKIE_SECURE", "True", "None"),
    ("ID-SET-09", "ASTAKOS_IM_STATIC_URL", "'/static/im/'", "1"),
    ("ID-SET-20", "ASTAKOS_MODERATION_ENABLED", "False", "'True'"),
    ("ID-SET-21", "ASTAKOS_RE_USER_EMAIL_PATTERNS", "[]", "['[a-']"),
    ("ID-SET-22", "ASTAKOS_SKIP_EMAIL_VERIFICATION", "False", "[]"),
    ("ID-SET-23", "ASTAKOS_RECAPTCHA_ENABLED", "False", "'yes'"),
    ("ID-SET-24", "ASTAKOS_RECAPTCHA_PUBLIC_KEY", "''", "None"),
    ("ID-SET-24", "ASTAKOS_RECAPTCHA_PRIVATE_KEY", "''", "1"),
    ("ID-SET-25", "ASTAKOS_RECAPTCHA_OPTIONS", "{'theme': 'custom', 'custom_theme_widget': 'okeanos_recaptcha'}", "'custom'"),
    ("ID-SET-25", "ASTAKOS_RECAPTCHA_USE_SSL", "True", "1"),
    ("ID-SET-26", "ASTAKOS_RECAPTCHA_API_URL", "'https://www.google.com/recaptcha/api.js'", "None"),
    ("ID-SET-26", "ASTAKOS_RECAPTCHA_VERIFY_URL", "'https://www.google.com/recaptcha/api/siteverify'", "None"),
    ("ID-SET-27", "ASTAKOS_RATELIMIT_RETRIES_ALLOWED", "3", "-3"),
    ("ID-SET-28", "ASTAKOS_LOGOUT_NEXT", "''", "None"),
    ("ID-SET-29", "ASTAKOS_LOGIN_SUCCESS_URL", "''", "[]"),
    ("ID-SET-30", "ASTAKOS_ACTIVATION_REDIRECT_URL", "''", "[]"),
    ("ID-SET-31", "ASTAKOS_LOGIN_MESSAGES", "[]", "['Maintenance']"),
    ("ID-SET-31", "ASTAKOS_SIGNUP_MESSAGES", "[]", "'Maintenance'"),
    ("ID-SET-31", "ASTAKOS_PROFILE_MESSAGES", "[]", "[('warning', 'a', 'b')]"),
    ("ID-SET-31", "ASTAKOS_GLOBAL_MESSAGES", "[]", "{'warning': 1}"),
    ("ID-SET-32", "ASTAKOS_PROFILE_EXTRA_LINKS", "{}", "{'javascript:x()': 'Look'}"),
    ("ID-SET-33", "ASTAKOS_EMAILCHANGE_ENABLED", "False", "None"),
    ("ID-SET-33", "ASTAKOS_EMAILCHANGE_ACTIVATION_DAYS", "10", "'ten'"),
    ("ID-SET-34", "ASTAKOS_LOGGING_LEVEL", "'INFO'", "'LOUD'"),
    ("ID-SET-35", "ASTAKOS_PAGINATE_BY", "50", "5.5"),
    ("ID-SET-35", "ASTAKOS_PAGINATE_BY_ALL", "50", "None"),
    ("ID-SET-36", "ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN", "True", "1"),
    ("ID-SET-37", "ASTAKOS_USAGE_UPDATE_INTERVAL", "5000", "-5000"),
    ("ID-SET-38", "ASTAKOS_ENABLE_LOCAL_ACCOUNT_MIGRATION", "True", "1"),
    ("ID-SET-39", "ASTAKOS_SHIBBOLETH_MIGRATE_EPPN", "False", "0"),
    ("ID-SET-39", "ASTAKOS_SHIBBOLETH_REQUIRE_NAME_INFO", "False", "0"),
    ("ID-SET-40", "ASTAKOS_TRANSLATE_UUIDS", "False", "0"),
    ("ID-SET-41", "ASTAKOS_PROJECT_ADMINS", "[]", "[1]"),
    ("ID-SET-42", "ASTAKOS_PROJECTS_VISIBLE", "False", "'x'"),
    ("ID-SET-43", "ASTAKOS_TWITTER_TOKEN", "''", "None"),
    ("ID-SET-43", "ASTAKOS_TWITTER_SECRET", "''", "None"),
    ("ID-SET-43", "ASTAKOS_TWITTER_AUTH_FORCE_LOGIN", "False", "''"),
    ("ID-SET-43", "ASTAKOS_GOOGLE_CLIENT_ID", "''", "None"),
    ("ID-SET-43", "ASTAKOS_GOOGLE_SECRET", "''", "None"),
    ("ID-SET-43", "ASTAKOS_LINKEDIN_TOKEN", "''", "None"),
    ("ID-SET-43", "ASTAKOS_LINKEDIN_SECRET", "''", "None"),
    ("ID-SET-44", "ASTAKOS_COMPONENTS_META", "{}", "[]"),
    ("ID-SET-44", "ASTAKOS_RESOURCES_META", "{}", "None"),
    ("ID-SET-45", "ASTAKOS_API_CLIENT_URL", "''", "None"),
    ("ID-SET-46", "ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME", "'synnefo'", "[]"),
    ("ID-SET-47", "ASTAKOS_REDIRECT_ALLOWED_SCHEMES", "['pithos', 'pithosdev']", "'pithos'"),
    ("ID-SET-48", "ASTAKOS_ADMIN_STATS_PERMITTED_GROUPS", "['admin-stats']", "'admin-stats'"),
    ("ID-SET-49", "ASTAKOS_ENDPOINT_CACHE_TIMEOUT", "60", "None"),
    ("ID-SET-49", "ASTAKOS_RESOURCE_CACHE_TIMEOUT", "60", "-1"),
    ("ID-SET-50", "ASTAKOS_ADMIN_API_ENABLED", "False", "1"),
    ("ID-SET-50", "ASTAKOS_ADMIN_API_PERMITTED_GROUPS", "['admin-api']", "[True]"),
    ("ID-SET-51", "ASTAKOS_PROJECT_MEMBERS_LIMIT_CHOICES", "[['Unlimited', 'Unlimited'], [5, '5'], [15, '15'], [50, '50'], [100, '100']]", "{}"),
    ("ID-SET-52", "ASTAKOS_SHOW_SIGNUP", "True", "'True'"),
    ("ID-SET-53", "QUOTA_POLICY_MODULE", "None", "1"),
    ("ID-SET-55", "ASTAKOS_SITENAME", "'Synnefo'", "1"),
    ("ID-SET-56", "SYSTEM_PROJECT_NAME_TPL", "'[system] %s'", "None"),
    ("ID-SET-57", "ASTAKOS_MESSAGES_VIEWS_MAP", "{'index': 'LOGIN', 'login': 'LOGIN', 'logout': 'LOGIN', 'signup': 'SIGNUP', 'edit_profile': 'PROFILE', 'password_change': 'PROFILE', 'invite': 'PROFILE', 'feedback': 'PROFILE'}", "[]"),
    ("ID-SET-58", "ASTAKOS_HIDE_ACCOUNT_EXISTENCE", "True", "1"),
    ("ID-SET-58", "ASTAKOS_HIDE_ACCOUNT_EXISTENCE_SIGNUP", "False", "1"),
];

#[rustfmt::skip]
const COMMON: &[Row] = &[
    ("ID-SET-60", "ADMINS", "[]", "('admin', 'admin@example.org')"),
    ("ID-SET-60", "MANAGERS", "[]", "['a@example.org']"),
    ("ID-SET-60", "HELPDESK", "[]", "None"),
    ("ID-SET-61", "ACCOUNT_NOTIFICATIONS_RECIPIENTS", "[]", "'a@example.org'"),
    ("ID-SET-62", "FEEDBACK_NOTIFICATIONS_RECIPIENTS", "[]", "[('a',)]"),
    ("ID-SET-63", "PROJECT_NOTIFICATIONS_RECIPIENTS", "[]", "{}"),
    ("ID-SET-64", "ACCOUNT_PENDING_MODERATION_RECIPIENTS", "[]", "1"),
    ("ID-SET-64", "ACCOUNT_ACTIVATED_RECIPIENTS", "[]", "1"),
    ("ID-SET-65", "PROJECT_CREATION_RECIPIENTS", "[]", "1"),
    ("ID-SET-65", "PROJECT_MODIFICATION_RECIPIENTS", "[]", "1"),
    ("ID-SET-66", "EMAIL_HOST", "''", "None"),
    ("ID-SET-66", "EMAIL_PORT", "25", "65536"),
    ("ID-SET-66", "EMAIL_HOST_USER", "''", "None"),
    ("ID-SET-66", "EMAIL_HOST_PASSWORD", "''", "1"),
    ("ID-SET-66", "EMAIL_USE_TLS", "False", "'False'"),
    ("ID-SET-66", "EMAIL_SUBJECT_PREFIX", "'[email-subject-prefix] '", "None"),
    ("ID-SET-66", "DEFAULT_CHARSET", "'utf-8'", "None"),
    ("ID-SET-66", "DEFAULT_FROM_EMAIL", "'synnefo <no-reply@example.synnefo.org>'", "None"),
    ("ID-SET-67", "CONTACT_EMAIL", "'support@example.synnefo.org'", "None"),
    ("ID-SET-67", "SERVER_EMAIL", "'Synnefo cloud <cloud@example.synnefo.org>'", "None"),
    ("ID-SET-68", "LOG_DIR", "'/var/log/synnefo/'", "None"),
    ("ID-SET-68", "LOGGER_EXCLUDE_COMMANDS", "'-list$|-show$'", "'('"),
    ("ID-SET-70", "CLOUDBAR_ACTIVE", "True", "1"),
    ("ID-SET-70", "CLOUDBAR_LOCATION", "'/static/im/cloudbar/'", "1"),
    ("ID-SET-70", "CLOUDBAR_COOKIE_NAME", "'_pithos2_a'", "None"),
    ("ID-SET-70", "CLOUDBAR_HEIGHT", "'35'", "35"),
    ("ID-SET-70", "CLOUDBAR_BACKGROUND_COLOR", "'#000000'", "0"),
    ("ID-SET-71", "OAUTH2_ENDPOINT_PREFIX", "'oauth2/'", "None"),
    ("ID-SET-71", "OAUTH2_TOKEN_ENDPOINT", "'token/'", "None"),
    ("ID-SET-71", "OAUTH2_AUTHORIZATION_ENDPOINT", "'auth/'", "None"),
    ("ID-SET-72", "OAUTH2_AUTHORIZATION_CODE_LENGTH", "60", "'60'"),
    ("ID-SET-72", "OAUTH2_TOKEN_LENGTH", "30", "-30"),
    ("ID-SET-72", "OAUTH2_TOKEN_EXPIRES", "20", "1.5"),
    ("ID-SET-72", "OAUTH2_MAXIMUM_ALLOWED_REDIRECT_URI_LENGTH", "5000", "None"),
    ("ID-SET-73", "ADMIN_ENABLED", "True", "1"),
    ("ID-SET-73", "ADMIN_BASE_URL", "''", "None"),
    ("ID-SET-73", "ADMIN_MEDIA_URL", "'/static/admin/'", "1"),
    ("ID-SET-73", "ADMIN_AUTH_COOKIE_NAME", "'_pithos2_a'", "None"),
    ("ID-SET-73", "ADMIN_VIEWS_ORDER", "['user', 'vm', 'volume', 'network', 'ip', 'ip_log', 'project', 'group']", "'user'"),
    ("ID-SET-73", "ADMIN_READONLY_GROUP", "'admin-readonly'", "None"),
    ("ID-SET-73", "ADMIN_HELPDESK_GROUP", "'helpdesk'", "None"),
    ("ID-SET-73", "ADMIN_GROUP", "'admin'", "None"),
    ("ID-SET-73", "ADMIN_PERMITTED_GROUPS", "['admin-readonly', 'helpdesk', 'admin']", "'admin'"),
    ("ID-SET-73", "ADMIN_RBAC", "None", "[]"),
    ("ID-SET-73", "ADMIN_SHOW_DELETED_ASSOCIATED_ITEMS", "False", "0"),
    ("ID-SET-73", "ADMIN_SHOW_ONLY_ACTIVE_PROJECT_MEMBERS", "True", "1"),
    ("ID-SET-73", "ADMIN_LIMIT_ASSOCIATED_ITEMS_PER_CATEGORY", "50", "-50"),
    ("ID-SET-73", "ADMIN_LIMIT_SUSPENDED_VMS_IN_SUMMARY", "10", "None"),
    ("ID-SET-73", "ADMIN_FIELD_SIGN", "'='", "None"),
    ("ID-SET-73", "ADMIN_OR_SIGN", "'OR'", "None"),
    ("ID-SET-74", "SESSION_COOKIE_SECURE", "True", "1"),
    ("ID-SET-74", "SECRET_KEY", "''", "1"),
    ("ID-SET-74", "DEBUG", "False", "0"),
    ("ID-SET-74", "USE_X_FORWARDED_HOST", "True", "1"),
    ("ID-SET-74", "ALLOWED_HOSTS", "['*']", "'*'"),
    ("ID-SET-74", "WEBPROJECT_ROOT_REDIRECT", "None", "1"),
    ("ID-SET-74", "TIME_ZONE", "'UTC'", "'Mars/Base'"),
    ("ID-SET-74", "LANGUAGE_CODE", "'en-us'", "None"),
    ("ID-SET-74", "MEDIA_ROOT", "'/usr/share/synnefo/static/'", "None"),
    ("ID-SET-74", "MEDIA_URL", "'/static/'", "None"),
    ("ID-SET-74", "TEMPLATE_DIRS", "['/etc/synnefo/templates/']", "'/etc/synnefo/templates/'"),
    ("ID-SET-74", "SNF_MANAGE_USER", "'synnefo'", "None"),
    ("ID-SET-74", "SNF_MANAGE_GROUP", "'synnefo'", "None"),
    ("ID-SET-75", "HIDDEN_SETTINGS", "'API|TOKEN|KEY|SECRET|PASS|PROFANITIES_LIST|SIGNATURE|AMQP_HOSTS'", "'('"),
    ("ID-SET-75", "HIDDEN_COOKIES", "['password', '_pithos2_a', 'token', 'sessionid', 'shibstate', 'shibsession', 'CSRF_COOKIE']", "'token'"),
    ("ID-SET-75", "HIDDEN_HEADERS", "['HTTP_X_AUTH_TOKEN', 'HTTP_COOKIE', 'HTTP_AUTHORIZATION']", "'HTTP_COOKIE'"),
    ("ID-SET-75", "HIDDEN_STACKVARS", "['password', 'passwd']", "None"),
    ("ID-SET-75", "MAIL_MAX_LEN", "102400", "'100K'"),
];

fn set(name: &str, value: &str) -> Result<Loaded, Problems> {
    let dir = tempfile::tempdir().unwrap();
    let conf = dir.path().join("99-local.conf");
    fs::write(conf, format!("\n{name} = {value}\n")).unwrap();
    load(dir.path(), [], &[])
}

// Each row names its ID. A good value of its own default is taken back without a word.
#[test]
fn defaults_are_as_printed_and_bad_values_are_refused() {
    let defaults = Settings::default();
    for (id, name, default, bad) in IDENTITY.iter().chain(COMMON) {
        let setting = registry::find(name);
        assert!(setting.is_some(), "{id}: no setting {name}");
        let value = literal::parse(default).unwrap();
        assert_eq!(defaults.get(name), Some(&value), "{id} {name}");
        let again = set(name, default).unwrap_or_else(|e| panic!("{id}: {e}"));
        assert_eq!(again.settings.get(name), Some(&value), "{id} {name}");
        let Err(problems) = set(name, bad) else {
            panic!("{id}: {name} = {bad} is taken");
        };
        // ID-SET-77: file, line, setting and what it should be.
        let said = problems.to_string();
        assert!(
            said.contains(&format!("99-local.conf:2: {name}: ")),
            "{said}"
        );
        assert!(!said.contains('\n'), "{said}");
    }
}

// ID-SET-60 ID-SET-61 ID-SET-62 ID-SET-63 ID-SET-64 ID-SET-65: each list follows from its
// sources until it is set itself, and says whom it names once.
#[test]
fn recipients_follow_from_admins_managers_and_help_desk() {
    let people = "ADMINS = (('Ada', 'a@x.org'),)\n\
                  MANAGERS = (('Mia', 'm@x.org'), ('Ada', 'a@x.org'))\n\
                  HELPDESK = [('Hal', 'h@x.org')]\n";
    let told = |more: &str, name: &str| -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("00-a.conf"), format!("{people}{more}\n")).unwrap();
        let people = load(dir.path(), [], &[]).unwrap().settings.people(name);
        people.into_iter().map(|(_, address)| address).collect()
    };
    let everybody = ["h@x.org", "m@x.org", "a@x.org"];
    for (id, name, others) in [
        (
            "ID-SET-61",
            "ACCOUNT_NOTIFICATIONS_RECIPIENTS",
            &everybody[..],
        ),
        (
            "ID-SET-64",
            "ACCOUNT_PENDING_MODERATION_RECIPIENTS",
            &everybody,
        ),
        ("ID-SET-64", "ACCOUNT_ACTIVATED_RECIPIENTS", &everybody),
        (
            "ID-SET-62",
            "FEEDBACK_NOTIFICATIONS_RECIPIENTS",
            &everybody[..1],
        ),
        ("ID-SET-63", "PROJECT_NOTIFICATIONS_RECIPIENTS", &everybody),
        ("ID-SET-65", "PROJECT_CREATION_RECIPIENTS", &everybody),
        ("ID-SET-65", "PROJECT_MODIFICATION_RECIPIENTS", &everybody),
    ] {
        assert_eq!(told("", name), others, "{id} {name}");
        let own = format!("{name} = [('Own', 'own@x.org')]");
        assert_eq!(told(&own, name), ["own@x.org"], "{id} {name}");
        assert!(
            told(&format!("{name} = []"), name).is_empty(),
            "{id} {name}"
        );
    }
    // The finer ones follow the coarser one.
    let own = "ACCOUNT_NOTIFICATIONS_RECIPIENTS = [('Own', 'own@x.org')]";
    assert_eq!(told(own, "ACCOUNT_ACTIVATED_RECIPIENTS"), ["own@x.org"]);
    let own = "PROJECT_NOTIFICATIONS_RECIPIENTS = [('Own', 'own@x.org')]";
    assert_eq!(told(own, "PROJECT_CREATION_RECIPIENTS"), ["own@x.org"]);
}

// ID-MAIL-02: an address is told once, whatever names and letters it is written with.
#[test]
fn addresses_are_told_once() {
    let people = "[('Ada', 'a@x.org'), ('Root', 'A@x.org'), ('Mia', 'm@x.org'), ('Ada', 'a@x.org'), \
                  ('Eve', 'ε@x.org'), ('Eve', 'Ε@x.org')]";
    let settings = set("ADMINS", people).unwrap().settings;
    assert_eq!(
        settings.addresses("ADMINS"),
        ["a@x.org", "m@x.org", "ε@x.org"]
    );
    assert!(settings.addresses("HELPDESK").is_empty());
}

// ID-SET-76: what the general part of an original's configuration may hold is taken, and
// said to be without effect.
#[test]
fn names_of_the_framework_are_taken_with_a_word() {
    for (name, value) in [
        ("SESSION_ENGINE", "'django.contrib.sessions.backends.cache'"),
        (
            "SESSION_SERIALIZER",
            "'django.contrib.sessions.serializers.PickleSerializer'",
        ),
        (
            "TEMPLATE_LOADERS",
            "('django.template.loaders.filesystem.Loader',)",
        ),
        ("ROOT_URLCONF", "'synnefo_admin.urls'"),
        ("LANGUAGES", "(('en', 'English'),)"),
        ("USE_I18N", "False"),
        ("USE_L10N", "True"),
        (
            "DATABASES",
            "{'default': {'ENGINE': 'django.db.backends.postgresql_psycopg2'}}",
        ),
        (
            "DATABASE_ROUTERS",
            "['snf_django.utils.routers.SynnefoRouter']",
        ),
        ("STATIC_FILES", "{}"),
        ("INSTALLED_APPS", "()"),
        (
            "DEFAULT_EXCEPTION_REPORTER_FILTER",
            "'snf_django.lib.utils.Filter'",
        ),
        ("SILENCED_SYSTEM_CHECKS", "['1_6.W001']"),
        ("OAUTH2_USER_MODEL", "'im.AstakosUser'"),
        ("CACHES", "{'default': {}}"),
        ("BROKER_URL", "'amqp://'"),
        ("TEMPLATE_DEBUG", "False"),
        ("APPEND_SLASH", "False"),
        (
            "ASTAKOS_AUTH_URL",
            "'https://accounts.example.org/astakos/identity/v2.0'",
        ),
    ] {
        let loaded = set(name, value).unwrap_or_else(|e| panic!("{e}"));
        let warnings: Vec<_> = loaded.warnings.iter().map(|w| &w.message).collect();
        assert_eq!(warnings.len(), 1, "{name}");
        assert!(
            warnings[0].starts_with(&format!("{name} has no effect")),
            "{warnings:?}"
        );
    }
    // Those that are honoured are not complained about.
    for name in ["LOGGING_SETUP", "SNF_MANAGE_LOGGING_SETUP"] {
        let value = "{'version': 1, 'loggers': {'astakos.im': {'level': 'DEBUG'}}}";
        assert!(set(name, value).unwrap().warnings.is_empty(), "{name}");
    }
}

// README decision 3: without effect, so with a warning that names the setting, the place
// and the reason; the default itself is no news.
#[test]
fn a_setting_without_effect_warns_when_it_is_changed() {
    let loaded = set("ASTAKOS_GOOGLE_SECRET", "'tNDQqTDKlTf7'").unwrap();
    let said = loaded.warnings[0].to_string();
    assert!(
        said.ends_with(
            "99-local.conf:2: ASTAKOS_GOOGLE_SECRET has no effect: \
             this way to log in is not built yet"
        ),
        "{said}"
    );
    assert_eq!(loaded.warnings.len(), 1);
    assert!(
        set("ASTAKOS_GOOGLE_SECRET", "''")
            .unwrap()
            .warnings
            .is_empty()
    );
    let endpoint = set("ASTAKOS_TWITTER_ACCESS_TOKEN_URL", "'https://t/x'").unwrap();
    assert_eq!(endpoint.warnings.len(), 1);
    let message = set("ASTAKOS_NO_APPLICANT_MESSAGE", "'x'").unwrap();
    assert_eq!(message.warnings.len(), 1);
    let message = set("ASTAKOS_VERIFICATION_SENT_MESSAGE", "'x'").unwrap();
    assert!(message.warnings.is_empty());
    // A part of a value without effect is told as well.
    let modules = set("ASTAKOS_IM_MODULES", "['local', 'google']").unwrap();
    assert!(
        modules.warnings[0]
            .message
            .contains("'google' has no effect")
    );
    for (name, value, word) in [
        (
            "BRANDING_FONTS_CSS_URLS",
            "['https://cdn/f.css']",
            "https://cdn/f.css",
        ),
        (
            "ASTAKOS_RECAPTCHA_OPTIONS",
            "{'theme': 'dark', 'colour': 'red'}",
            "colour",
        ),
        (
            "ASTAKOS_RESOURCES_META",
            "{'resources': {'cyclades.vm': {'placeholder': 'x'}}}",
            "placeholder",
        ),
        ("ASTAKOS_RESOURCES_META", "{'order': []}", "order"),
    ] {
        let loaded = set(name, value).unwrap();
        assert_eq!(loaded.warnings.len(), 1, "{name}: {:?}", loaded.warnings);
        assert!(
            loaded.warnings[0].message.contains(word),
            "{:?}",
            loaded.warnings
        );
    }
}

// ID-SET-77: values that would be left out without a word are refused.
#[test]
fn values_that_mean_nothing_are_refused() {
    for (name, value, why) in [
        (
            "ENABLED_SERVICES",
            "['astakos', 'cms']",
            "'cms' is none of 'astakos', 'pithos', 'cyclades'",
        ),
        (
            "TRUSTED_PROXIES",
            "['10.0.0.0/8']",
            "'10.0.0.0/8' is no address of one machine",
        ),
        (
            "BRANDING_ACCENT_COLOR",
            "'blue'",
            "expected a colour as '#2f6fde', found 'blue'",
        ),
        (
            "ASTAKOS_LOGGING_LEVEL",
            "[]",
            "expected DEBUG, INFO, WARNING, ERROR, CRITICAL, NOTSET, None or 0 to 50, found []",
        ),
        (
            "ASTAKOS_AUTH_PROVIDER_LOCAL_LOGIN_POLICY",
            "'no'",
            "expected True or False, found 'no'",
        ),
        (
            "ASTAKOS_AUTH_PROVIDERS_LIMIT_POLICY",
            "True",
            "expected a whole number from 0, found True",
        ),
        (
            "ASTAKOS_AUTH_PROVIDER_LDAP_ADD_GROUPS_POLICY",
            "'staff'",
            "expected a list of texts, found 'staff'",
        ),
        (
            "HTTP_MAX_CONNECTIONS",
            "-1",
            "expected a whole number from 0, found -1",
        ),
        // PI-GC-02: what an upload under way relies on must not be swept away below it.
        (
            "PITHOS_GC_GRACE",
            "3599",
            "expected 3600 seconds or more, found 3599: blocks of an upload that is still \
             under way would be removed",
        ),
        (
            "PITHOS_GC_GRACE",
            "0",
            "expected 3600 seconds or more, found 0: blocks of an upload that is still \
             under way would be removed",
        ),
    ] {
        let problems = set(name, value).unwrap_err().0;
        assert_eq!(problems.len(), 1, "{name}");
        assert_eq!(problems[0].message, format!("{name}: {why}"));
    }
    for (name, value) in [
        ("ASTAKOS_LOGGING_LEVEL", "None"),
        ("ASTAKOS_LOGGING_LEVEL", "15"),
        ("ASTAKOS_AUTH_PROVIDER_LOCAL_LOGIN_POLICY", "False"),
        ("ASTAKOS_AUTH_PROVIDERS_LIMIT_POLICY", "2"),
        ("ASTAKOS_GLOBAL_MESSAGES", "[('warning', 'Maintenance')]"),
        ("ASTAKOS_GLOBAL_MESSAGES", "{'warning': 'Maintenance'}"),
        ("TIME_ZONE", "'Europe/Athens'"),
        ("ASTAKOS_RE_USER_EMAIL_PATTERNS", "['.*@example\\\\.org$']"),
        ("ASTAKOS_PROFILE_EXTRA_LINKS", "{'https://help/': 'Help'}"),
        ("UI_CHANGES_SINCE_ALIGNMENT", "-10"),
        ("PITHOS_GC_GRACE", "3600"),
    ] {
        assert!(set(name, value).is_ok(), "{name} = {value}");
    }
    assert_eq!(
        registry::kind("ASTAKOS_GLOBAL_MESSAGES"),
        Some(Kind::Banners)
    );
}

// ID-BRD-01: what is set in the program and no colour gives way to the usual one.
#[test]
fn the_accent_is_a_colour_whatever_is_set() {
    let mut settings = Settings::default();
    assert_eq!(settings.accent(), "#2f6fde");
    for (set, used) in [
        ("#aa5500", "#aa5500"),
        ("#AA550f", "#AA550f"),
        ("red;x", "#2f6fde"),
        ("#aa550", "#2f6fde"),
        ("aa5500", "#2f6fde"),
        ("", "#2f6fde"),
    ] {
        settings.set("BRANDING_ACCENT_COLOR", Value::Str(set.into()));
        assert_eq!(settings.accent(), used, "{set}");
    }
}

// ID-SET-54: the default is the resources there are, each on its line of the file, to be
// uncommented and changed as the guide says.
#[test]
fn services_have_their_limits_in_the_file() {
    let settings = Settings::default();
    let services = settings.get("ASTAKOS_SERVICES").unwrap();
    let pithos = services
        .entry("pithos")
        .and_then(|one| one.entry("resources"));
    let Some(Value::List(resources)) = pithos else {
        panic!("{services:?}");
    };
    assert_eq!(resources[0].entry("uplimit"), Some(&Value::Int(50 << 30)));
    let (_, text) = crate::settings::files::all()
        .find(|(file, _)| *file == "20-snf-astakos-app-settings.conf")
        .unwrap();
    let (_, own) = text.split_once("#ASTAKOS_SERVICES = {\n").unwrap();
    let mut lines = own.lines();
    let vm = lines.find(|line| line.contains("'name': 'vm'")).unwrap();
    assert!(vm.starts_with("#{") && vm.contains("'uplimit': 8,"), "{vm}");
    let Err(problems) = set("ASTAKOS_SERVICES", "[]") else {
        panic!("a list is taken");
    };
    assert!(problems.to_string().contains("expected a dictionary"));
}

// ID-SET-46 ID-SET-55 ID-BRD acceptance 1
#[test]
fn names_follow_the_services_name() {
    let own = set("BRANDING_SERVICE_NAME", "'My cloud'").unwrap().settings;
    assert_eq!(own.str("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME"), "my_cloud");
    assert_eq!(own.str("ASTAKOS_SITENAME"), "My cloud");
    let older = set("ASTAKOS_SITENAME", "'Old cloud'").unwrap().settings;
    assert_eq!(older.str("BRANDING_SERVICE_NAME"), "Old cloud");
    assert_eq!(older.str("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME"), "old_cloud");
    let both = set("BRANDING_SERVICE_NAME", "'New'\nASTAKOS_SITENAME = 'Old'").unwrap();
    assert_eq!(both.settings.str("BRANDING_SERVICE_NAME"), "New");
    let own = set(
        "BRANDING_SERVICE_NAME",
        "'Synnefo'\nASTAKOS_SITENAME = 'Old'",
    );
    let own = own.unwrap().settings;
    assert_eq!(own.str("BRANDING_SERVICE_NAME"), "Synnefo");
    assert_eq!(own.str("ASTAKOS_SITENAME"), "Old");
    let named = set("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME", "'prod'").unwrap();
    assert_eq!(
        named.settings.str("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME"),
        "prod"
    );
}
