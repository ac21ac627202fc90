//! Settings that are known and have no effect in this release, each with the reason.
//! Setting one to anything but its default is told to the administrator by name.
//!
//! Invariant (tested): exactly the settings that no code reads are here. Whoever makes
//! one work takes its name out.

/// Names of settings, and why they have no effect.
#[rustfmt::skip]
pub(super) const IDLE: &[(&[&str], &str)] = &[
    (&["DEFAULT_CHARSET"],
     "pages and mails are always in UTF-8"),
    (&["ASTAKOS_AUTH_URL"],
     "the identity service is part of this process"),
    (&["SECRET_ENCRYPTION_KEY"],
     "passwords of clusters are sealed with the key in keys/ of the data directory"),
    (&["ASTAKOS_ENDPOINT_CACHE_TIMEOUT", "ASTAKOS_RESOURCE_CACHE_TIMEOUT"],
     "nothing is remembered, a change shows at once"),
    (&["ASTAKOS_SHIBBOLETH_MIGRATE_EPPN", "ASTAKOS_SHIBBOLETH_REQUIRE_NAME_INFO", "SHIBBOLETH_TRUSTED_PROXIES",
       "SHIBBOLETH_TEST_REMOTE_USER", "SHIBBOLETH_TEST_EPPN", "SHIBBOLETH_TEST_FULLNAME",
       "ASTAKOS_GOOGLE_CLIENT_ID", "ASTAKOS_GOOGLE_SECRET",
       "ASTAKOS_TWITTER_TOKEN", "ASTAKOS_TWITTER_SECRET", "ASTAKOS_TWITTER_AUTH_FORCE_LOGIN", "ASTAKOS_TWITTER_OAUTH_VERSION",
       "ASTAKOS_LINKEDIN_TOKEN", "ASTAKOS_LINKEDIN_SECRET", "ASTAKOS_LINKEDIN_OAUTH_VERSION",
       "AUTH_LDAP_SERVER_URI", "AUTH_LDAP_BIND_DN", "AUTH_LDAP_BIND_PASSWORD", "AUTH_LDAP_USER_DN_TEMPLATE", "AUTH_LDAP_USER_SEARCH", "AUTH_LDAP_START_TLS",
       "AUTH_LDAP_GROUP_SEARCH", "AUTH_LDAP_GROUP_TYPE", "AUTH_LDAP_REQUIRE_GROUP", "AUTH_LDAP_DENY_GROUP", "AUTH_LDAP_CONNECTION_OPTIONS"],
     OUTSIDE),
    (&["ASTAKOS_PROJECTS_VISIBLE", "ASTAKOS_PROJECT_ADMINS", "ASTAKOS_PROJECT_MEMBERS_LIMIT_CHOICES", "ASTAKOS_AUTO_TERMINATE_EXPIRED", "ASTAKOS_PAGINATE_BY_ALL",
       "SYSTEM_PROJECT_NAME_TPL", "QUOTA_POLICY_MODULE", "PROJECT_NOTIFICATIONS_RECIPIENTS", "PROJECT_CREATION_RECIPIENTS", "PROJECT_MODIFICATION_RECIPIENTS"],
     PROJECTS),
    (&["ADMIN_MEDIA_URL"],
     "the files of the pages are built in"),
    (&["ADMIN_AUTH_COOKIE_NAME"],
     "all pages share one session"),
    (&["DNS_UPDATE_SERVER", "DNS_UPDATE_ZONES", "DNS_UPDATE_KEY"],
     "name servers are not told of addresses yet"),
    (&["AMQP_HOSTS", "EXCHANGE_GANETI", "QUEUE_MAX_RETRIES"],
     "events go through the built-in queue, no broker is told of them yet"),
    (&["GANETI_USE_HOTPLUG", "GANETI_MAX_DISKS_PER_INSTANCE", "GANETI_DISK_PROVIDER_KWARGS", "GANETI_CLONE_PROVIDERS",
       "CYCLADES_SNAPSHOTS_ENABLED", "CYCLADES_VOLUME_MAX_SIZE", "CYCLADES_VOLUME_MAX_METADATA", "CYCLADES_DETACHABLE_DISK_TEMPLATES", "UI_HOTPLUG_ENABLED"],
     "volumes and changes to running servers are not built yet"),
    (&["GANETI_POLL_INTERVAL"],
     "the progress of jobs is waited for, not asked for"),
    (&["BACKEND_ALLOCATOR_MODULE", "BACKEND_FILTER_ALLOCATOR_FILTERS"],
     "there is one way to choose a cluster, the built-in one"),
    (&["CYCLADES_ROLES"],
     "ENABLED_SERVICES says what this process runs"),
    (&["CYCLADES_PROXY_PREFIX", "CYCLADES_PROXY_USER_SERVICES", "PITHOS_PROXY_PREFIX", "PITHOS_PROXY_USER_SERVICES", "UI_ASTAKOS_PROXY_PATH"],
     "pages reach the identity service at its own address"),
    (&["ADMIN_STATS_PERMITTED_GROUPS", "PUBLIC_STATS_CACHE"],
     "statistics of the compute service are not built yet"),
    (&["CYCLADES_STATS_SECRET_KEY", "CPU_BAR_GRAPH_URL", "CPU_TIMESERIES_GRAPH_URL", "NET_BAR_GRAPH_URL", "NET_TIMESERIES_GRAPH_URL", "STATS_REFRESH_PERIOD",
       "STATS_BASE_URL", "STATS_SECRET_KEY", "RRD_PREFIX", "GRAPH_PREFIX", "IMAGE_WIDTH", "WIDTH", "HEIGHT", "FONT", "BAR_BORDER_COLOR", "BAR_BG_COLOR"],
     "graphs of servers are not built yet"),
    (&["RESCUE_IMAGE_PATH"],
     "rescuing a server is not built yet"),
    (&["CYCLADES_VNCAUTHPROXY_OPTS"],
     "consoles are not built yet"),
    (&["CYCLADES_FLAVOR_OVERRIDE_ALLOW_CREATE"],
     "access to flavors is set by flavor-modify"),
    (&["VM_PASSWORD_CACHE", "VMAPI_CACHE", "VMAPI_RESET_PARAMS"],
     "the store keeps what a build needs until the build has ended"),
    (&["USERDATA_SSH_KEY_LENGTH", "USERDATA_SSH_KEY_EXPONENT", "USERDATA_SSH_KEY_MAX_CONTENT_LENGTH"],
     "keys of users are not built yet"),
    (&["HELPDESK_ENABLED", "HELPDESK_PERMITTED_GROUPS", "HELPDESK_AUTH_COOKIE_NAME", "HELPDESK_SHOW_DELETED_VMS"],
     "the help desk works in the administration pages (ADMIN_HELPDESK_GROUP)"),
    (&["NETWORK_CREATION_POLICY", "PUBLIC_USE_POOL", "GANETI_FIREWALL_ENABLED_TAG", "GANETI_FIREWALL_DISABLED_TAG", "GANETI_FIREWALL_PROTECTED_TAG",
       "DHCP_NAMESERVERS", "DHCP_NAMESERVERS6", "DHCP_LEASE_LIFETIME", "DHCP_DOMAIN"],
     "this part of networks is not built yet"),
    (&["DEFAULT_PLANKTON_CONTAINER", "SYSTEM_IMAGES_OWNER", "IMAGE_ALLOW_EXTERNAL_LOCATIONS"],
     "this part of images is not built yet"),
    (&["PLANKTON_BACKEND_MODULE", "PLANKTON_IMAGES_JSON_BACKEND_FILE"],
     "images come from the file storage"),
    (&["PITHOS_BACKEND_BLOCK_SIZE", "PITHOS_BACKEND_HASH_ALGORITHM", "PITHOS_BACKEND_BLOCK_UMASK", "PITHOS_BACKEND_MAPFILE_PREFIX"],
     "the form of blocks is fixed: 4 MiB, sha256, readable by the service alone"),
    (&["PITHOS_BACKEND_ACCOUNT_QUOTA"],
     "the quota of a user says how much may be stored"),
    (&["PITHOS_BACKEND_POOL_SIZE", "PITHOS_BACKEND_MAP_CHECK_INTERVAL"],
     "the store arranges writes by itself"),
    (&["PITHOS_BACKEND_ARCHIPELAGO_CONF", "PITHOS_RADOS_STORAGE", "PITHOS_RADOS_POOL_BLOCKS", "PITHOS_RADOS_POOL_MAPS"],
     "blocks lie in files, the volume layer is not built yet"),
    (&["PITHOS_PUBLIC_URL_SECURITY", "PITHOS_PUBLIC_URL_ALPHABET", "PITHOS_TEMPURL_DIGESTS", "PITHOS_UNSAFE_DOMAIN", "PITHOS_OAUTH2_CLIENT_CREDENTIALS"],
     "public links, temporary links and the viewer are not built yet"),
    (&["PITHOS_TRANSLATE_UUIDS", "PITHOS_ACC_MAX_GROUPS", "PITHOS_ACC_MAX_GROUP_MEMBERS", "PITHOS_SWIFT_ENABLED"],
     "this part of the file storage is not built yet"),
    (&["PITHOS_ASTAKOS_COOKIE_NAME", "PITHOS_UI_AUTH_COOKIE_NAME", "PITHOS_UI_CLOUDBAR_ACTIVE_SERVICE", "UI_AUTH_METHOD", "UI_AUTH_COOKIE_NAME", "UI_AUTH_SKIP_REDIRECTS"],
     "all pages share one session"),
    (&["UI_USER_NOTIFICATIONS"],
     "ASTAKOS_GLOBAL_MESSAGES shows on these pages too"),
    (&["UI_MEDIA_URL"],
     "the files of the pages are built in"),
    (&["TIMEOUT", "UI_UPDATE_INTERVAL", "UI_UPDATE_INTERVAL_INCREASE", "UI_UPDATE_INTERVAL_INCREASE_AFTER_CALLS_COUNT", "UI_UPDATE_INTERVAL_MAX", "UI_UPDATE_INTERVAL_FAST",
       "UI_CHANGES_SINCE_ALIGNMENT", "UI_QUOTAS_UPDATE_INTERVAL", "UI_DIAGNOSTICS_UPDATE_INTERVAL", "UI_DELAY_ON_BLUR", "UI_UPDATE_HIDDEN_VIEWS", "UI_SKIP_TIMEOUTS",
       "UI_HANDLE_WINDOW_EXCEPTIONS"],
     "pages are told of changes, they do not ask at intervals"),
    (&["DEFAULT_KEYWORDS", "IMAGE_ICONS", "VM_CREATE_SUGGESTED_FLAVORS", "VM_IMAGE_COMMON_METADATA", "VM_CREATE_SUGGESTED_ROLES", "VM_CREATE_NAME_TPL",
       "UI_VM_HOSTNAME_FORMAT", "UI_NO_FQDN_MESSAGE", "UI_FLAVORS_DISK_TEMPLATES_INFO", "UI_CONNECT_PROMPT_MESSAGES", "UI_EXTRA_RDP_CONTENT",
       "UI_SUPPORT_SSH_OS_LIST", "UI_SSH_SUPPORT_OSFAMILY_EXCLUDE_LIST", "UI_OS_DEFAULT_USER_MAP", "UI_UNKNOWN_OS",
       "UI_NETWORK_AVAILABLE_NETWORK_TYPES", "UI_NETWORK_AVAILABLE_SUBNETS", "UI_AUTOMATIC_NETWORK_RANGE_FORMAT", "UI_NETWORK_ALLOW_DUPLICATE_VM_NICS",
       "UI_NETWORK_STRICT_DESTROY", "UI_NETWORK_ALLOW_MULTIPLE_DESTROY", "UI_GROUP_PUBLIC_NETWORKS", "UI_GROUPED_PUBLIC_NETWORK_NAME", "UI_FORCED_SERVER_NETWORKS",
       "UI_ENABLE_GLANCE", "UI_SYSTEM_IMAGES_OWNERS", "UI_IMAGE_LISTING_USERS", "UI_CUSTOM_IMAGE_HELP_URL", "UI_IMAGE_DELETED_TITLE", "UI_IMAGE_DELETED_SIZE_TITLE"],
     "the pages of servers, networks and images have no such part yet"),
];

const OUTSIDE: &str = "this way to log in is not built yet";
const PROJECTS: &str = "projects are not built yet";

/// Ways to log in that may be named in `ASTAKOS_IM_MODULES` and have no adapter yet.
pub const IDLE_MODULES: &[&str] = &["ldap", "shibboleth", "google", "twitter", "linkedin"];

/// Keys of `ASTAKOS_<KEY>_MESSAGE` that nothing says yet, and why.
#[rustfmt::skip]
pub(super) const IDLE_MESSAGES: &[(&[&str], &str)] = &[
    (&["SHIBBOLETH_MISSING_USER_ID", "SHIBBOLETH_MISSING_NAME"],
     OUTSIDE),
    (&["UNKNOWN_USERS", "DOMAIN_VALUE_ERR", "BASE_PROJECT_NAME_ERR", "NOT_ALIVE_PROJECT", "NOT_INITIALIZED_PROJECT", "SUSPENDED_PROJECT", "NOT_SUSPENDED_PROJECT",
       "NOT_TERMINATED_PROJECT", "BASE_NO_TERMINATE", "MEMBER_NUMBER_LIMIT_REACHED", "MEMBER_JOIN_POLICY_CLOSED", "MEMBER_LEAVE_POLICY_CLOSED",
       "NOT_MEMBERSHIP_REQUEST", "NOT_ACCEPTED_MEMBERSHIP", "MEMBERSHIP_ACCEPTED", "MEMBERSHIP_ASSOCIATED", "NO_APPLICANT", "INVALID_PROJECT_START_DATE",
       "INVALID_PROJECT_END_DATE", "INCONSISTENT_PROJECT_DATES", "UNKNOWN_PROJECT_ID", "UNKNOWN_PROJECT_APPLICATION_ID", "USER_MEMBERSHIP_ACCEPTED",
       "USER_MEMBERSHIP_REMOVED", "USER_MEMBERSHIP_REJECTED", "USER_LEFT_PROJECT", "USER_LEAVE_REQUEST_SUBMITTED", "USER_JOIN_REQUEST_SUBMITTED",
       "USER_JOINED_PROJECT", "USER_REQUEST_CANCELLED", "APPLICATION_CANNOT_APPROVE", "APPLICATION_CANNOT_DENY", "APPLICATION_CANNOT_DISMISS",
       "APPLICATION_CANNOT_CANCEL", "APPLICATION_CANCELLED", "APPLICATION_APPROVED", "APPLICATION_DENIED", "APPLICATION_DISMISSED",
       "REACHED_PENDING_APPLICATION_LIMIT", "PENDING_APPLICATION_LIMIT_ADD", "PENDING_APPLICATION_LIMIT_MODIFY", "UNINITIALIZED_NO_MODIFY",
       "BASE_NO_MODIFY_FIELDS", "INVALID_RESOURCE_DATA", "PROJECT_SUBMITTED", "PROJECT_MODIFICATION_SUBMITTED"],
     PROJECTS),
    (&["VERIFICATION_FAILED", "AUTH_PROVIDER_NOT_ACTIVE_FOR_USER", "AUTH_PROVIDER_NOT_ACTIVE_FOR_ADD",
       "AUTH_PROVIDER_ADD_TO_EXISTING_ACCOUNT"],
     "the case it was for is told in other words"),
];

fn among(
    list: &'static [(&'static [&'static str], &'static str)],
    name: &str,
) -> Option<&'static str> {
    let found = list.iter().find(|(names, _)| names.contains(&name));
    found.map(|(_, why)| *why)
}

/// Why a setting has no effect, if it has none.
pub fn idle(name: &str) -> Option<&'static str> {
    let message = || {
        let key = name.strip_prefix("ASTAKOS_")?.strip_suffix("_MESSAGE")?;
        among(IDLE_MESSAGES, key)
    };
    let endpoint = || {
        let (place, rest) = name.strip_prefix("ASTAKOS_")?.split_once('_')?;
        let outside = ["GOOGLE", "TWITTER", "LINKEDIN"].contains(&place);
        (outside && (rest.ends_with("_URL") || rest == "TOKEN_SCOPE")).then_some(OUTSIDE)
    };
    among(IDLE, name).or_else(message).or_else(endpoint)
}

#[cfg(test)]
#[path = "idle_tests.rs"]
mod tests;
