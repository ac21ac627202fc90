//! People, mail, the service itself, the store, logging.

use super::{
    Kind::{Any, Bool, Choice, Int, OptPeople, OptStr, People, Str, Strs},
    Setting, s, secret,
};

#[rustfmt::skip]
pub(super) const PEOPLE: &[Setting] = &[
    s("ADMINS", People, "()", "Administrators, told of internal errors"),
    s("MANAGERS", People, "()", "Managers, told of new accounts and projects"),
    s("HELPDESK", People, "()", "Help desk, told of new accounts, projects and feedback"),
    s("ACCOUNT_NOTIFICATIONS_RECIPIENTS", OptPeople, "None", "Who is told of accounts; None: HELPDESK, MANAGERS and ADMINS"),
    s("FEEDBACK_NOTIFICATIONS_RECIPIENTS", OptPeople, "None", "Who gets feedback; None: HELPDESK"),
    s("PROJECT_NOTIFICATIONS_RECIPIENTS", OptPeople, "None", "Who is told of projects; None: HELPDESK and MANAGERS"),
    s("ACCOUNT_PENDING_MODERATION_RECIPIENTS", OptPeople, "None", "Who is told of accounts to moderate; None: ACCOUNT_NOTIFICATIONS_RECIPIENTS"),
    s("ACCOUNT_ACTIVATED_RECIPIENTS", OptPeople, "None", "Who is told of activated accounts; None: ACCOUNT_NOTIFICATIONS_RECIPIENTS"),
    s("PROJECT_CREATION_RECIPIENTS", OptPeople, "None", "Who is told of applications for projects; None: PROJECT_NOTIFICATIONS_RECIPIENTS"),
    s("PROJECT_MODIFICATION_RECIPIENTS", OptPeople, "None", "Who is told of applications for changes; None: PROJECT_NOTIFICATIONS_RECIPIENTS"),
    s("CONTACT_EMAIL", Str, "'support@example.synnefo.org'", "Support address shown in pages and mails"),
];

#[rustfmt::skip]
pub(super) const MAIL: &[Setting] = &[
    s("EMAIL_BACKEND", Str, "'smtp'", "How mail leaves: smtp, file:<directory>, console or none"),
    s("EMAIL_HOST", Str, "''", "SMTP server; empty: messages are written to mail/ in the data directory"),
    s("EMAIL_PORT", Int, "25", "Port of the SMTP server"),
    s("EMAIL_HOST_USER", Str, "''", "User at the SMTP server; empty: no login"),
    secret("EMAIL_HOST_PASSWORD", Str, "''", "Password at the SMTP server"),
    s("EMAIL_USE_TLS", Bool, "False", "Use STARTTLS with the SMTP server"),
    s("EMAIL_USE_SSL", Bool, "False", "Use TLS from the first byte with the SMTP server"),
    s("EMAIL_TLS_VERIFY", Bool, "True", "With TLS: the SMTP server needs a good certificate for EMAIL_HOST; False takes any"),
    s("EMAIL_TLS_CA_FILE", OptStr, "None", "PEM file with certificates believed besides those the machine knows"),
    s("EMAIL_HTML", Bool, "True", "Add to the text of every mail the same words as HTML with the logo"),
    s("EMAIL_TIMEOUT", Int, "30", "Seconds the SMTP server may take to answer"),
    s("EMAIL_SUBJECT_PREFIX", Str, "'[email-subject-prefix] '", "Begins the subject of error reports to ADMINS"),
    s("DEFAULT_CHARSET", Str, "'utf-8'", "Character set of mails"),
    s("DEFAULT_FROM_EMAIL", Str, "'synnefo <no-reply@example.synnefo.org>'", "Sender of mails while SERVER_EMAIL is empty"),
    s("SERVER_EMAIL", Str, "'Synnefo cloud <cloud@example.synnefo.org>'", "Sender of all mails"),
    s("TEMPLATE_DIRS", Strs, "['/etc/synnefo/templates/']", "Where mail templates are looked for before the built-in ones"),
];

#[rustfmt::skip]
pub(super) const SERVICE: &[Setting] = &[
    s("ENABLED_SERVICES", Strs, "['astakos', 'pithos', 'cyclades']", "Services this process runs"),
    s("DEBUG", Bool, "False", "Show causes of internal errors to clients; never in production"),
    secret("SECRET_KEY", Str, "''", "Signs sessions and links; empty: made at first start and kept in keys/"),
    s("ALLOWED_HOSTS", Strs, "['*']", "Host names answered to; '*' is any"),
    s("USE_X_FORWARDED_HOST", Bool, "True", "Believe X-Forwarded-Host of trusted proxies"),
    s("TRUSTED_PROXIES", Strs, "['127.0.0.1', '::1']", "Addresses whose forwarding headers are believed"),
    s("WEBPROJECT_ROOT_REDIRECT", OptStr, "None", "Where / leads instead of the front page"),
    s("TIME_ZONE", Str, "'UTC'", "Time zone of pages and mails"),
    s("LANGUAGE_CODE", Str, "'en-us'", "Language where the visitor states none"),
    s("MEDIA_ROOT", Str, "'/usr/share/synnefo/static/'", "Directory of own static files, before the built-in ones"),
    s("MEDIA_URL", Str, "'/static/'", "Address of static files"),
    s("SNF_MANAGE_USER", Str, "'synnefo'", "User the management commands run as"),
    s("SNF_MANAGE_GROUP", Str, "'synnefo'", "Group the management commands run as"),
    s("SESSION_COOKIE_SECURE", Bool, "True", "Send session cookies over HTTPS only"),
    s("TLS_CERTIFICATE_FILE", OptStr, "None", "PEM file with the certificate chain; None: self-signed, made at first start"),
    s("TLS_PRIVATE_KEY_FILE", OptStr, "None", "PEM file with the private key of TLS_CERTIFICATE_FILE"),
    secret("METRICS_TOKEN", Str, "''", "Bearer token that may read /metrics from elsewhere; empty: this machine only"),
    s("HTTP_HEADER_TIMEOUT", Int, "30", "Seconds a client may take to send the head of a request"),
    s("HTTP_IDLE_TIMEOUT", Int, "75", "Seconds an idle connection is kept"),
    s("HTTP_MAX_CONNECTIONS", Int, "4096", "Connections served at a time"),
    s("HTTP_MAX_CONNECTIONS_PER_ADDRESS", Int, "512", "Of these, by one address (a /64 of IPv6) that is no trusted proxy; 0: any number"),
    s("SHUTDOWN_GRACE", Int, "30", "Seconds requests in progress may take to end at a stop"),
    s("PASSWORD_HASH_WORKERS", Int, "2", "Passwords hashed at a time"),
    s("GUIDE_PUBLIC", Bool, "False", "Show the administrator's guide to everybody"),
    s("PORTAL_ENABLED", Bool, "True", "Serve the front page at /"),
    s("PORTAL_URL", OptStr, "None", "External front page that / leads to"),
    s("PORTAL_DIR", Str, "'/etc/synnefo/portal/'", "Texts of the front page"),
    s("HIDDEN_SETTINGS", Str, "'API|TOKEN|KEY|SECRET|PASS|PROFANITIES_LIST|SIGNATURE|AMQP_HOSTS'", "Pattern of settings hidden in error reports"),
    s("HIDDEN_COOKIES", Strs, "['password', '_pithos2_a', 'token', 'sessionid', 'shibstate', 'shibsession', 'CSRF_COOKIE']", "Cookies hidden in error reports"),
    s("HIDDEN_HEADERS", Strs, "['HTTP_X_AUTH_TOKEN', 'HTTP_COOKIE', 'HTTP_AUTHORIZATION']", "Headers hidden in error reports"),
    s("HIDDEN_STACKVARS", Strs, "['password', 'passwd']", "Values hidden in error reports"),
    s("MAIL_MAX_LEN", Int, "102400", "Longest error report by mail, bytes"),
    s("DNS_UPDATE_SERVER", OptStr, "None", "Name server told of server addresses (RFC 2136); None: off"),
    s("DNS_UPDATE_ZONES", Strs, "[]", "Zones kept there"),
    secret("DNS_UPDATE_KEY", OptStr, "None", "Transaction key for it (name:algorithm:secret)"),
];

#[rustfmt::skip]
pub(super) const STORE: &[Setting] = &[
    s("STORE_CACHE_SIZE", Int, "33554432", "Bytes of the database kept in memory"),
    s("STORE_MIN_FREE_SPACE", Int, "268435456", "Free bytes on the data directory's disk below which writes are refused"),
    s("STORE_QUEUE_LENGTH", Int, "1024", "Writes that may wait before clients are told to come back"),
];

#[rustfmt::skip]
pub(super) const LOGGING: &[Setting] = &[
    s("LOGGING_SETUP", super::Kind::Dict, "{'version': 1, 'loggers': {}, 'root': {'level': 'INFO'}}", "Loggers, levels and handlers of the service, in the shape of Python's dictConfig"),
    s("SNF_MANAGE_LOGGING_SETUP", super::Kind::OptDict, "None", "The same for management commands; None: LOGGING_SETUP"),
    s("DISPATCHER_LOGGING_SETUP", super::Kind::OptDict, "None", "The same for cluster events; None: dispatcher.log in LOG_DIR"),
    s("LOG_DIR", Str, "'/var/log/synnefo/'", "Directory of log files"),
    s("LOG_FORMAT", Choice(&["auto", "text", "json"]), "'auto'", "Lines for people (text), for programs (json), or by what standard error is (auto)"),
    s("LOGGER_EXCLUDE_COMMANDS", Str, "'-list$|-show$'", "Pattern of management commands that leave no log file"),
    s("ASTAKOS_LOGGING_LEVEL", Any, "'INFO'", "Level of the identity service's log; None or 'NOTSET' is off"),
];
