//! The identity service (ID-SET-01 and following).

use super::{
    Kind::{Banners, Bool, Choice, Dict, Int, List, OptStr, Str, Strs},
    Setting, s, secret,
};

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Setting] = &[
    s("ASTAKOS_BASE_URL", Str, "''", "Public address of the identity service; empty: the address served"),
    s("ASTAKOS_AUTH_URL", Str, "''", "Address of the identity service for a host without it; empty: ASTAKOS_BASE_URL"),
    s("ASTAKOS_AUTH_TOKEN_DURATION", Int, "720", "Hours a token lives"),
    s("ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN", Bool, "True", "A new password makes a new token"),
    s("ASTAKOS_ALLOW_TOKEN_IN_QUERY", Bool, "True", "Accept the token as query parameter X-Auth-Token"),
    s("ASTAKOS_MODERATION_ENABLED", Bool, "False", "Accounts wait for an administrator's decision"),
    s("ASTAKOS_MODERATION_LINK_DAYS", Int, "14", "Days a mailed link that decides about an applicant is good for; 0: for ever"),
    s("ASTAKOS_MODERATION_DIGEST_HOURS", Int, "24", "Hours between two mails that list all who wait for a decision, when somebody does; 0: never"),
    s("ASTAKOS_SIGNUP_ASK_MESSAGE", Bool, "False", "With moderation, the sign-up form has a field for a few words to those who decide"),
    s("ASTAKOS_RE_USER_EMAIL_PATTERNS", Strs, "[]", "Patterns of addresses accepted without moderation"),
    s("ASTAKOS_SKIP_EMAIL_VERIFICATION", Bool, "False", "Take addresses as verified"),
    s("ASTAKOS_VERIFICATION_DAYS", Int, "10", "Days a verification link is good for"),
    s("ASTAKOS_SHOW_SIGNUP", Bool, "True", "People may sign up"),
    s("ASTAKOS_HIDE_ACCOUNT_EXISTENCE", Bool, "True", "Login and password reset do not tell whether an account exists"),
    s("ASTAKOS_HIDE_ACCOUNT_EXISTENCE_SIGNUP", Bool, "False", "Sign-up does not tell either"),
    s("ASTAKOS_PASSWORD_MIN_LENGTH", Int, "8", "Shortest password accepted"),
    s("ASTAKOS_EMAILCHANGE_ENABLED", Bool, "False", "People may change their address"),
    s("ASTAKOS_EMAILCHANGE_ACTIVATION_DAYS", Int, "10", "Days a link for that is good for"),
    s("ASTAKOS_EMAILCHANGE_BOTH_ADDRESSES", Bool, "True", "The present address has to agree too"),
    s("ASTAKOS_ACCOUNT_NOTICES", Bool, "True", "Mail people when their password, second factor, address or sessions change"),
    s("ASTAKOS_FORCE_PROFILE_UPDATE", Bool, "False", "Send people to their profile at the first login"),
    s("ASTAKOS_DEFAULT_USER_LEVEL", Int, "4", "Invitation level of new users"),
    s("ASTAKOS_INVITATIONS_ENABLED", Bool, "False", "People may invite others"),
    s("ASTAKOS_INVITATIONS_PER_LEVEL", Dict, "{0: 100, 1: 2, 2: 0, 3: 0, 4: 0}", "Invitations by level"),
    s("ASTAKOS_TRANSLATE_UUIDS", Bool, "False", "Show addresses instead of uuids; for old clients only"),
];

#[rustfmt::skip]
pub(super) const LOGIN: &[Setting] = &[
    s("ASTAKOS_IM_MODULES", Strs, "['local']", "Ways to log in, in order: local, ldap, shibboleth, google, twitter, linkedin"),
    s("ASTAKOS_RATELIMIT_RETRIES_ALLOWED", Int, "3", "Failed logins a minute before a captcha or a pause"),
    s("ASTAKOS_COOKIE_NAME", Str, "'_pithos2_a'", "Name of the token cookie"),
    s("ASTAKOS_COOKIE_DOMAIN", OptStr, "None", "Domain of the token cookie"),
    s("ASTAKOS_COOKIE_SECURE", Bool, "True", "Send the token cookie over HTTPS only"),
    s("ASTAKOS_COOKIE_HTTPONLY", Bool, "True", "Hide the token cookie from scripts"),
    s("ASTAKOS_SESSION_IDLE_HOURS", Int, "0", "Hours after which an idle session ends; 0: never"),
    s("ASTAKOS_SESSION_HOURS", Int, "720", "Hours after which any session ends"),
    s("ASTAKOS_CAPTCHA_PROVIDER", Choice(&["recaptcha", "builtin"]), "'recaptcha'", "Whose captcha is shown"),
    s("ASTAKOS_RECAPTCHA_ENABLED", Bool, "False", "Show a captcha at sign-up and after failed logins"),
    s("ASTAKOS_RECAPTCHA_PUBLIC_KEY", Str, "''", "Site key of the captcha"),
    secret("ASTAKOS_RECAPTCHA_PRIVATE_KEY", Str, "''", "Secret key of the captcha"),
    s("ASTAKOS_RECAPTCHA_OPTIONS", Dict, "{'theme': 'custom', 'custom_theme_widget': 'okeanos_recaptcha'}", "Options of its widget"),
    s("ASTAKOS_RECAPTCHA_USE_SSL", Bool, "True", "Load its widget over HTTPS"),
    s("ASTAKOS_RECAPTCHA_API_URL", Str, "'https://www.google.com/recaptcha/api.js'", "Address of its script"),
    s("ASTAKOS_RECAPTCHA_VERIFY_URL", Str, "'https://www.google.com/recaptcha/api/siteverify'", "Address that checks its answers"),
    s("ASTAKOS_LOGOUT_NEXT", Str, "''", "Where logout leads; empty: the login page"),
    s("ASTAKOS_LOGIN_SUCCESS_URL", Str, "''", "Where login leads; empty: the landing page"),
    s("ASTAKOS_ACTIVATION_REDIRECT_URL", Str, "''", "Where a verification link leads; empty: the landing page"),
    s("ASTAKOS_REDIRECT_ALLOWED_SCHEMES", Strs, "['pithos', 'pithosdev']", "Schemes a login may lead to besides https"),
    s("ASTAKOS_ENABLE_LOCAL_ACCOUNT_MIGRATION", Bool, "True", "Local accounts may be joined with an outside identity at its first login"),
    s("ASTAKOS_SHIBBOLETH_MIGRATE_EPPN", Bool, "False", "Take an eppn for a remote user known before"),
    s("ASTAKOS_SHIBBOLETH_REQUIRE_NAME_INFO", Bool, "False", "Refuse Shibboleth logins without a name"),
    s("SHIBBOLETH_TRUSTED_PROXIES", Strs, "['127.0.0.1', '::1']", "Addresses whose Shibboleth headers are believed"),
    s("SHIBBOLETH_TEST_REMOTE_USER", OptStr, "None", "With DEBUG: the remote user when no headers arrive"),
    s("SHIBBOLETH_TEST_EPPN", OptStr, "None", "With DEBUG: the eppn when no headers arrive"),
    s("SHIBBOLETH_TEST_FULLNAME", OptStr, "None", "With DEBUG: the name when no headers arrive"),
    s("ASTAKOS_GOOGLE_CLIENT_ID", Str, "''", "Client id at Google"),
    secret("ASTAKOS_GOOGLE_SECRET", Str, "''", "Client secret at Google"),
    s("ASTAKOS_TWITTER_TOKEN", Str, "''", "Client id at Twitter"),
    secret("ASTAKOS_TWITTER_SECRET", Str, "''", "Client secret at Twitter"),
    s("ASTAKOS_TWITTER_AUTH_FORCE_LOGIN", Bool, "False", "Twitter asks for the password again"),
    s("ASTAKOS_TWITTER_OAUTH_VERSION", Int, "2", "OAuth version at Twitter, 1 or 2"),
    s("ASTAKOS_LINKEDIN_TOKEN", Str, "''", "Client id at LinkedIn"),
    secret("ASTAKOS_LINKEDIN_SECRET", Str, "''", "Client secret at LinkedIn"),
    s("ASTAKOS_LINKEDIN_OAUTH_VERSION", Int, "2", "OAuth version at LinkedIn, 1 or 2"),
    s("AUTH_LDAP_SERVER_URI", Str, "'ldap://localhost'", "LDAP servers, parted by blanks or commas"),
    s("AUTH_LDAP_BIND_DN", Str, "''", "Account that searches the directory"),
    secret("AUTH_LDAP_BIND_PASSWORD", Str, "''", "Its password"),
    s("AUTH_LDAP_USER_DN_TEMPLATE", OptStr, "None", "Name to bind as, with %(user)s; None: search first"),
    s("AUTH_LDAP_USER_SEARCH", super::Kind::OptList, "None", "(base, scope, filter with %(user)s) of the search"),
    s("AUTH_LDAP_START_TLS", Bool, "False", "Use StartTLS"),
    s("AUTH_LDAP_GROUP_SEARCH", super::Kind::OptList, "None", "(base, scope, filter) of groups to mirror"),
    s("AUTH_LDAP_GROUP_TYPE", OptStr, "None", "posixGroup, groupOfNames, groupOfUniqueNames or activeDirectory"),
    s("AUTH_LDAP_REQUIRE_GROUP", OptStr, "None", "Only its members may log in"),
    s("AUTH_LDAP_DENY_GROUP", OptStr, "None", "Its members may not log in"),
    s("AUTH_LDAP_CONNECTION_OPTIONS", Dict, "{}", "timeout, ca_file, verify"),
    s("ASTAKOS_AUTH_PROVIDER_LDAP_MIRROR_PRIVILEGED_GROUPS", Strs, "[]", "Privileged groups the directory may grant"),
    s("OAUTH2_ENDPOINT_PREFIX", Str, "'oauth2/'", "Path of the OAuth 2 endpoints"),
    s("OAUTH2_TOKEN_ENDPOINT", Str, "'token/'", "Path of tokens below it"),
    s("OAUTH2_AUTHORIZATION_ENDPOINT", Str, "'auth/'", "Path of authorisation below it"),
    s("OAUTH2_AUTHORIZATION_CODE_LENGTH", Int, "60", "Length of authorisation codes"),
    s("OAUTH2_TOKEN_LENGTH", Int, "30", "Length of tokens"),
    s("OAUTH2_TOKEN_EXPIRES", Int, "20", "Seconds a token is good for"),
    s("OAUTH2_MAXIMUM_ALLOWED_REDIRECT_URI_LENGTH", Int, "5000", "Longest redirect address"),
    s("OAUTH2_VALIDATE_REQUIRES_CLIENT", Bool, "False", "Only clients may ask whether a token is good"),
];

#[rustfmt::skip]
pub(super) const PAGES: &[Setting] = &[
    s("ASTAKOS_SITENAME", OptStr, "None", "Older name of BRANDING_SERVICE_NAME"),
    s("ASTAKOS_IM_STATIC_URL", OptStr, "None", "Address of the identity service's files, im/ below MEDIA_ROOT; None: MEDIA_URL + 'im/'"),
    s("ASTAKOS_LOGIN_MESSAGES", Banners, "[]", "(level, HTML) banners of the login page"),
    s("ASTAKOS_SIGNUP_MESSAGES", Banners, "[]", "(level, HTML) banners of the sign-up page"),
    s("ASTAKOS_PROFILE_MESSAGES", Banners, "[]", "(level, HTML) banners of account pages"),
    s("ASTAKOS_GLOBAL_MESSAGES", Banners, "[]", "(level, HTML) banners of every page"),
    s("ASTAKOS_MESSAGES_VIEWS_MAP", Dict, "{'index': 'LOGIN', 'login': 'LOGIN', 'logout': 'LOGIN', 'signup': 'SIGNUP', 'edit_profile': 'PROFILE', 'password_change': 'PROFILE', 'invite': 'PROFILE', 'feedback': 'PROFILE'}", "Which banners go to which page"),
    s("ASTAKOS_PROFILE_EXTRA_LINKS", Dict, "{}", "Address to text of buttons below account pages"),
    s("ASTAKOS_PAGINATE_BY", Int, "50", "Rows of a page of a list"),
    s("ASTAKOS_PAGINATE_BY_ALL", Int, "50", "Rows of a page of a list of everything"),
    s("ASTAKOS_USAGE_UPDATE_INTERVAL", Int, "5000", "Milliseconds between two looks of the usage page"),
    s("ASTAKOS_COMPONENTS_META", Dict, "{}", "Changes to how services are presented"),
    s("ASTAKOS_RESOURCES_META", Dict, "{}", "Changes to how resources are presented"),
    s("ASTAKOS_API_CLIENT_URL", Str, "''", "Download page of the command-line client; empty: no link"),
    s("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME", OptStr, "None", "Name of the cloud in client configurations; None: BRANDING_SERVICE_NAME in small letters"),
    s("ASTAKOS_ENDPOINT_CACHE_TIMEOUT", Int, "60", "Seconds endpoints may be remembered"),
    s("ASTAKOS_RESOURCE_CACHE_TIMEOUT", Int, "60", "Seconds resources may be remembered"),
];

#[rustfmt::skip]
pub(super) const PROJECTS: &[Setting] = &[
    s("ASTAKOS_PROJECTS_VISIBLE", Bool, "False", "Show the projects page in the menu"),
    s("ASTAKOS_PROJECT_ADMINS", Strs, "[]", "Uuids of users who decide on applications"),
    s("ASTAKOS_PROJECT_MEMBERS_LIMIT_CHOICES", List, "[('Unlimited', 'Unlimited'), (5, '5'), (15, '15'), (50, '50'), (100, '100')]", "Limits of members offered in the form"),
    s("ASTAKOS_AUTO_TERMINATE_EXPIRED", Bool, "False", "End projects at their end date"),
    s("SYSTEM_PROJECT_NAME_TPL", Str, "'[system] %s'", "Name of system projects for administrators"),
    s("ASTAKOS_NEW_RESOURCE_DEFAULT", Choice(&["inf", "0"]), "'inf'", "Default limit of new resources"),
    s("ASTAKOS_SERVICES", Dict, SERVICES, "Resources and the limits (uplimit) of new users, read by astakos-init --load-service-resources"),
    s("QUOTA_POLICY_MODULE", OptStr, "None", "Told of membership changes: log or webhook:<url>"),
];

#[rustfmt::skip]
pub(super) const ADMIN: &[Setting] = &[
    s("ASTAKOS_ADMIN_STATS_PERMITTED_GROUPS", Strs, "['admin-stats']", "Groups that may read identity statistics"),
    s("ASTAKOS_ADMIN_API_ENABLED", Bool, "False", "Serve the administration interface for users"),
    s("ASTAKOS_ADMIN_API_PERMITTED_GROUPS", Strs, "['admin-api']", "Groups that may use it"),
    s("ADMIN_ENABLED", Bool, "True", "Serve the administration pages"),
    s("ADMIN_BASE_URL", Str, "''", "Public address of the administration pages; empty: /admin/ of the address served"),
    s("ADMIN_MEDIA_URL", OptStr, "None", "Address of their files; None: MEDIA_URL + 'admin/'"),
    s("ADMIN_AUTH_COOKIE_NAME", Str, "'_pithos2_a'", "Token cookie of the administration pages"),
    s("ADMIN_REQUIRE_2FA", Bool, "False", "Administrators need a second factor"),
    s("ADMIN_VIEWS", Dict, "{'user': {'label': 'Users'}, 'vm': {'label': 'VMs'}, 'volume': {'label': 'Volumes'}, 'network': {'label': 'Networks'}, 'ip': {'label': 'IPs'}, 'ip_log': {'label': 'IP History'}, 'project': {'label': 'Projects'}, 'group': {'label': 'User Groups'}}", "Lists of the administration pages"),
    s("ADMIN_VIEWS_ORDER", Strs, "['user', 'vm', 'volume', 'network', 'ip', 'ip_log', 'project', 'group']", "Their order"),
    s("ADMIN_READONLY_GROUP", Str, "'admin-readonly'", "Group that may look"),
    s("ADMIN_HELPDESK_GROUP", Str, "'helpdesk'", "Group that may help"),
    s("ADMIN_GROUP", Str, "'admin'", "Group that may do everything"),
    s("ADMIN_PERMITTED_GROUPS", Strs, "['admin-readonly', 'helpdesk', 'admin']", "Groups that may enter"),
    s("ADMIN_RBAC", super::Kind::OptDict, "None", "Which groups may do what, by type and action; None: the built-in table"),
    s("ADMIN_SHOW_DELETED_ASSOCIATED_ITEMS", Bool, "False", "Show deleted things among the related ones"),
    s("ADMIN_SHOW_ONLY_ACTIVE_PROJECT_MEMBERS", Bool, "True", "Show active members of projects only"),
    s("ADMIN_LIMIT_ASSOCIATED_ITEMS_PER_CATEGORY", Int, "50", "Related things shown of each type"),
    s("ADMIN_LIMIT_SUSPENDED_VMS_IN_SUMMARY", Int, "10", "Suspended servers shown in a summary"),
    s("ADMIN_FIELD_SIGN", Str, "'='", "Sign between field and value in filters"),
    s("ADMIN_OR_SIGN", Str, "'OR'", "Word for 'or' in filters"),
];

/// The resources of this product with their limits, for `ASTAKOS_SERVICES`.
#[rustfmt::skip]
const SERVICES: &str = "{\
    'pithos': {'resources': [\
        {'name': 'diskspace', 'group': 'storage', 'uplimit': 53687091200, 'unit': 'bytes', 'desc': 'Pithos account diskspace'}, \
    ]}, \
    'cyclades': {'resources': [\
        {'name': 'disk', 'group': 'compute', 'uplimit': 214748364800, 'unit': 'bytes', 'desc': 'Virtual machine disk size'}, \
        {'name': 'total_cpu', 'group': 'compute', 'uplimit': None, 'desc': 'Number of virtual machine processors'}, \
        {'name': 'cpu', 'group': 'compute', 'uplimit': 16, 'desc': 'Number of virtual machine processors of running servers'}, \
        {'name': 'total_ram', 'group': 'compute', 'uplimit': None, 'unit': 'bytes', 'desc': 'Virtual machine memory size'}, \
        {'name': 'ram', 'group': 'compute', 'uplimit': 34359738368, 'unit': 'bytes', 'desc': 'Virtual machine memory size of running servers'}, \
        {'name': 'vm', 'group': 'compute', 'uplimit': 8, 'desc': 'Number of virtual machines'}, \
        {'name': 'network.private', 'group': 'network', 'uplimit': 5, 'desc': 'Number of private networks'}, \
        {'name': 'floating_ip', 'group': 'network', 'uplimit': 5, 'desc': 'Number of Floating IP addresses'}, \
    ]}, \
    'astakos': {'resources': [\
        {'name': 'pending_app', 'group': 'accounts', 'uplimit': 3, 'desc': 'Number of pending project applications'}, \
    ]}, \
}";
