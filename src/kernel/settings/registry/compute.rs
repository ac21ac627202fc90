//! Compute, networks, statistics and images (CY-SET-01, image settings).

use super::{
    Kind::{Any, Bool, Choice, Dict, Int, List, OptStr, Str, Strs},
    Setting, s, secret,
};

#[rustfmt::skip]
pub(super) const API: &[Setting] = &[
    s("CYCLADES_BASE_URL", Str, "''", "Public address of the compute services; empty: the address served"),
    s("CYCLADES_ROLES", Strs, "['api', 'ui', 'dispatcher', 'vncproxy', 'stats']", "Parts of the compute service this process runs"),
    s("CYCLADES_PROXY_PREFIX", Str, "'_astakos'", "Path under which identity addresses are served to pages"),
    s("CYCLADES_PROXY_USER_SERVICES", Bool, "True", "Serve identity calls under the compute address too"),
    s("POLL_LIMIT", Int, "3600", "Oldest changes-since, seconds"),
    s("ADMIN_STATS_PERMITTED_GROUPS", Strs, "['admin-stats']", "Groups that may read compute statistics"),
    s("CYCLADES_SNAPSHOTS_ENABLED", Any, "True", "Snapshots may be made: True, False, or the groups that may"),
    s("CYCLADES_SHARED_RESOURCES_ENABLED", Bool, "False", "Resources may be shared with a project"),
    s("RESCUE_ENABLED", Bool, "False", "Servers may be rescued"),
    s("RESCUE_IMAGE_PATH", Str, "'/usr/share/synnefo/rescue-images'", "Where rescue images lie on the nodes"),
    s("MAX_PERSONALITY", Int, "5", "Files that may be put into a new server"),
    s("MAX_PERSONALITY_SIZE", Int, "10240", "Bytes of each of them"),
    secret("SECRET_ENCRYPTION_KEY", Str, "''", "Encrypts cluster passwords, 32 characters at most; empty: made at first start and kept in keys/"),
    s("CYCLADES_SERVERS_FQDN", OptStr, "'snf-%(id)s.vm.example.synnefo.org'", "Host name of a server; None: none"),
    s("CYCLADES_PORT_FORWARDING", Dict, "{}", "Outside address and port of a server's ports"),
    s("CYCLADES_VNCAUTHPROXY_OPTS", Any, "[]", "Outside console proxies; empty: the built-in one"),
    s("CYCLADES_VOLUME_MAX_SIZE", Int, "200", "Largest volume, GB"),
    s("CYCLADES_VOLUME_MAX_METADATA", Int, "10", "Metadata items of a volume"),
    s("CYCLADES_DETACHABLE_DISK_TEMPLATES", Strs, "['ext_archipelago', 'ext_vlmc']", "Templates whose volumes may be detached"),
    s("CYCLADES_VM_MAX_TAGS", Int, "50", "Tags of a server"),
    s("CYCLADES_VM_MAX_METADATA", Int, "10", "Metadata items of a server"),
    s("CYCLADES_FLAVOR_OVERRIDE_ALLOW_CREATE", Dict, "{}", "Groups that may use flavors closed to others"),
    s("VM_PASSWORD_CACHE", Dict, "{'timeout': None}", "Seconds a new server's password can be asked for; None: always"),
    s("VMAPI_CACHE", Dict, "{}", "Where build parameters are kept; the store keeps them"),
    s("VMAPI_RESET_PARAMS", Bool, "True", "Build parameters are gone once the build has ended"),
    s("VMAPI_BASE_HOST", Str, "''", "Address under which nodes reach this service; empty: CYCLADES_BASE_URL"),
    s("VMAPI_ALLOWED_NETWORKS", Strs, "[]", "Networks that may read build parameters; empty: any"),
    s("USERDATA_SSH_KEY_LENGTH", Int, "2048", "Bits of a made key"),
    s("USERDATA_SSH_KEY_EXPONENT", Int, "65537", "Exponent of a made key"),
    s("USERDATA_MAX_SSH_KEYS_PER_USER", Int, "10", "Keys of a user"),
    s("USERDATA_SSH_KEY_MAX_CONTENT_LENGTH", Int, "30000", "Longest key"),
    s("HELPDESK_ENABLED", Bool, "True", "Serve the help desk's pages"),
    s("HELPDESK_PERMITTED_GROUPS", Strs, "['helpdesk']", "Groups that may use them"),
    s("HELPDESK_AUTH_COOKIE_NAME", OptStr, "None", "Their token cookie; None: UI_AUTH_COOKIE_NAME"),
    s("HELPDESK_SHOW_DELETED_VMS", Bool, "False", "Show deleted servers there"),
];

#[rustfmt::skip]
pub(super) const NETWORKS: &[Setting] = &[
    s("CYCLADES_DEFAULT_SERVER_NETWORKS", List, "[]", "Networks of a server that names none"),
    s("CYCLADES_FORCED_SERVER_NETWORKS", List, "[]", "Networks of every server"),
    s("CYCLADES_LEGACY_NETWORK_API", Bool, "True", "Serve the older networks resource below the compute address"),
    s("NETWORK_CREATION_POLICY", Choice(&["eager", "lazy"]), "'eager'", "Make private networks in the clusters at once, or when first used"),
    s("MAX_CIDR_BLOCK", Int, "22", "Shortest prefix of a user's IPv4 subnet"),
    s("DEFAULT_MAC_PREFIX", Str, "'aa:00:0'", "Prefix of MAC addresses"),
    s("DEFAULT_BRIDGE", Str, "'br0'", "Bridge of networks of flavor CUSTOM"),
    s("DEFAULT_MAC_FILTERED_BRIDGE", Str, "'prv0'", "Bridge of networks of flavor MAC_FILTERED"),
    s("DEFAULT_ROUTING_TABLE", OptStr, "None", "Routing table of networks of flavor IP_LESS_ROUTED; None: one for each network"),
    s("API_ENABLED_NETWORK_FLAVORS", Strs, "['MAC_FILTERED']", "Flavors of networks that users may make"),
    s("PUBLIC_USE_POOL", Bool, "True", "Addresses of public networks come from pools"),
    s("GANETI_FIREWALL_ENABLED_TAG", Str, "'synnefo:network:%s:protected'", "Instance tag of an enabled firewall; %s is the port"),
    s("GANETI_FIREWALL_DISABLED_TAG", Str, "'synnefo:network:%s:unprotected'", "Instance tag of a disabled firewall"),
    s("GANETI_FIREWALL_PROTECTED_TAG", Str, "'synnefo:network:%s:limited'", "Instance tag of a limiting firewall"),
    s("DEFAULT_FIREWALL_PROFILE", Choice(&["ENABLED", "DISABLED", "PROTECTED"]), "'DISABLED'", "Firewall of public ports without a tag"),
    s("DHCP_NAMESERVERS", Strs, "[]", "IPv4 name servers told to servers"),
    s("DHCP_NAMESERVERS6", Strs, "[]", "IPv6 name servers told to servers"),
    s("DHCP_LEASE_LIFETIME", Int, "604800", "Seconds an address is lent for"),
    s("DHCP_DOMAIN", OptStr, "None", "Domain told to servers"),
];

#[rustfmt::skip]
pub(super) const STATS: &[Setting] = &[
    secret("CYCLADES_STATS_SECRET_KEY", Str, "''", "Protects the addresses of graphs; empty: made at first start"),
    s("CPU_BAR_GRAPH_URL", OptStr, "None", "Address of a server's processor bar; None: the built-in graphs"),
    s("CPU_TIMESERIES_GRAPH_URL", OptStr, "None", "Address of a server's processor graph"),
    s("NET_BAR_GRAPH_URL", OptStr, "None", "Address of a server's network bar"),
    s("NET_TIMESERIES_GRAPH_URL", OptStr, "None", "Address of a server's network graph"),
    s("STATS_REFRESH_PERIOD", Int, "60", "Seconds between two figures"),
    s("PUBLIC_STATS_CACHE", Dict, "{'timeout': 300}", "Seconds public statistics are remembered"),
    s("STATS_BASE_URL", Str, "''", "Public address of the graphs; empty: the address served"),
    secret("STATS_SECRET_KEY", Str, "''", "Key of the graph service; empty: CYCLADES_STATS_SECRET_KEY"),
    s("RRD_PREFIX", Str, "'/var/lib/collectd/rrd/'", "Where collectd keeps figures"),
    s("GRAPH_PREFIX", Str, "'/var/cache/snf-stats-app/'", "Where drawn graphs are kept"),
    s("IMAGE_WIDTH", Int, "210", "Width of a graph"),
    s("WIDTH", Int, "68", "Width of a bar"),
    s("HEIGHT", Int, "10", "Height of a bar"),
    s("FONT", Str, "'DejaVu Sans Mono'", "Font of graphs"),
    s("BAR_BORDER_COLOR", List, "(0x5c, 0xa1, 0xc0)", "Border of bars"),
    s("BAR_BG_COLOR", List, "(0xea, 0xea, 0xea)", "Background of bars"),
];

#[rustfmt::skip]
pub(super) const IMAGES: &[Setting] = &[
    s("DEFAULT_PLANKTON_CONTAINER", Str, "'images'", "Container images are usually in"),
    s("ALLOWED_DISK_FORMATS", Strs, "['diskdump', 'extdump', 'ntfsdump']", "Formats of images"),
    s("DEFAULT_DISK_FORMAT", Str, "'diskdump'", "Format of an image that names none"),
    s("ALLOWED_CONTAINER_FORMATS", Strs, "['aki', 'ari', 'ami', 'bare', 'ovf']", "Container formats of images"),
    s("DEFAULT_CONTAINER_FORMAT", Str, "'bare'", "Container format of an image that names none"),
    s("SYSTEM_IMAGES_OWNER", Str, "'okeanos'", "Uuid or name whose images are system images"),
    s("IMAGE_ALLOW_EXTERNAL_LOCATIONS", Bool, "False", "Images may lie outside the file storage"),
    s("PLANKTON_BACKEND_MODULE", OptStr, "None", "Development: where images come from"),
    s("PLANKTON_IMAGES_JSON_BACKEND_FILE", OptStr, "None", "Development: a JSON file with images"),
];
