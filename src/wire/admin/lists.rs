//! The fields of every list command: columns in order, then keys that are good
//! for filters only. The original's record fields are accepted as filter keys
//! (ID-CLI-15), as aliases where they are a column under another name.

use super::list::{
    Field,
    FieldKind::{self, Amount, Bool, Int, Many, Text, Time},
    List,
    Shown::{self, Default, Extra, Filter},
};

const fn f(
    name: &'static str,
    kind: FieldKind,
    shown: Shown,
    aliases: &'static [&'static str],
    about: &'static str,
) -> Field {
    Field {
        name,
        aliases,
        kind,
        shown,
        about,
    }
}

/// Every list, for help and tests.
pub const ALL: &[List] = &[
    USER, GROUP, POLICY, COMPONENT, SERVICE, RESOURCE, QUOTA, COMMISSION, CLIENT, INVITATION,
    PENDING, AUDIT, FLAVOR, BACKEND, NETWORK, SERVER, IMAGE, MAIL,
];

/// `group-list` (ID-CLI-31).
#[rustfmt::skip]
pub const GROUP: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the group"),
    f("name", Text, Default, &[], "The name of the group"),
    f("users_count", Int, Default, &[], "The number of users in the group"),
    f("permissions", Many, Extra, &[], "The permissions of the group"),
] };

/// `authpolicy-list` (ID-CLI-33).
#[rustfmt::skip]
pub const POLICY: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the profile"),
    f("name", Text, Default, &[], "The name of the profile"),
    f("provider", Text, Default, &[], "The login method the profile is about"),
    f("exclusive", Bool, Default, &["is_exclusive"], "Whether the profile is about all other login methods"),
    f("groups", Many, Default, &[], "The groups the profile is assigned to"),
    f("users", Many, Default, &[], "The users the profile is assigned to"),
    f("active", Bool, Extra, &["is_active"], "Whether the profile is in force"),
    f("priority", Int, Extra, &[], "The priority of the profile: the greater one wins"),
] };

/// `component-list` (ID-CLI-39).
#[rustfmt::skip]
pub const COMPONENT: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the component"),
    f("name", Text, Default, &[], "The name of the component"),
    f("base_url", Text, Default, &[], "The base URL of the component"),
    f("ui_url", Text, Extra, &["url"], "The URL of the component's pages"),
    f("token", Text, Extra, &["auth_token"], "The token of the component"),
    f("token_created", Time, Extra, &["auth_token_created"], "When the token was made"),
    f("token_expires", Time, Filter, &["auth_token_expires"], "When the token expires"),
] };

/// `service-list` (ID-CLI-43).
#[rustfmt::skip]
pub const SERVICE: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the service"),
    f("name", Text, Default, &[], "The name of the service"),
    f("component", Text, Default, &["component__name"], "The component of the service"),
    f("type", Text, Default, &[], "The type of the service"),
] };

/// `resource-list` (ID-CLI-44).
#[rustfmt::skip]
pub const RESOURCE: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the resource"),
    f("name", Text, Default, &[], "The name of the resource"),
    f("service_type", Text, Extra, &[], "The type of the resource's service"),
    f("service_origin", Text, Extra, &[], "The service of the resource"),
    f("unit", Text, Extra, &[], "The unit of the resource"),
    f("system_default", Amount, Default, &["limit", "uplimit"], "The limit of new users"),
    f("project_default", Amount, Default, &[], "The limit of new projects"),
    f("description", Text, Extra, &["desc"], "The description of the resource"),
    f("api_visible", Bool, Default, &[], "Whether the resource is seen in the APIs"),
    f("ui_visible", Bool, Default, &[], "Whether the resource is seen on pages"),
    f("allow_in_projects", Bool, Extra, &[], "Whether projects may ask for the resource"),
] };

/// `quota-list` (ID-CLI-51).
#[rustfmt::skip]
pub const QUOTA: List = List { fields: &[
    f("displayname", Text, Extra, &["email"], "The display name of the user"),
    f("holder", Text, Default, &["user"], "The uuid of the user"),
    f("source", Text, Default, &["project"], "The project the quota comes from"),
    f("resource", Text, Default, &[], "The name of the resource"),
    f("limit", Amount, Default, &[], "What the user may use"),
    f("usage", Amount, Default, &[], "What the user uses"),
    f("pending", Amount, Extra, &[], "What of it is not settled yet"),
] };

/// `commission-list` (ID-CLI-54).
#[rustfmt::skip]
pub const COMMISSION: List = List { fields: &[
    f("serial", Int, Default, &["id", "pk"], "The serial of the commission"),
    f("name", Text, Default, &[], "The name of the commission"),
    f("clientkey", Text, Default, &[], "The component that issued the commission"),
    f("issue time", Time, Default, &["issue_time", "issue_datetime"], "When the commission was issued"),
] };

/// `oauth2-client-list` (ID-CLI-61).
#[rustfmt::skip]
pub const CLIENT: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the client"),
    f("identifier", Text, Default, &[], "The public identifier of the client"),
    f("type", Text, Default, &[], "Whether the client keeps a secret"),
    f("is_trusted", Bool, Default, &["trusted"], "Whether users are not asked for their consent"),
    f("redirect_urls", Many, Extra, &["urls"], "Where users may be sent back to"),
] };

/// `invitation-list` (ID-CLI-80).
#[rustfmt::skip]
pub const INVITATION: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the invitation"),
    f("inviter", Text, Default, &[], "Who invited"),
    f("username", Text, Default, &["email"], "The address that was invited"),
    f("realname", Text, Default, &[], "The name of the invited person"),
    f("is_consumed", Bool, Default, &["consumed"], "Whether the invitation was used"),
    f("created", Time, Default, &[], "When the invitation was sent"),
    f("consumed_at", Time, Extra, &[], "When the invitation was used"),
] };

/// `pending-list` (ID-CLI-80).
#[rustfmt::skip]
pub const PENDING: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the record"),
    f("provider", Text, Default, &[], "The login method"),
    f("identifier", Text, Default, &["third_party_identifier"], "What the login method calls the person"),
    f("email", Text, Default, &[], "The address the login method told"),
    f("realname", Text, Default, &[], "The name the login method told"),
    f("affiliation", Text, Extra, &[], "The affiliation the login method told"),
    f("created", Time, Default, &[], "When the person came"),
] };

/// `audit-list` (ID-CLI-80).
#[rustfmt::skip]
pub const AUDIT: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The number of the act"),
    f("time", Time, Default, &["at"], "When it was done"),
    f("who", Text, Default, &["actor"], "Who did it"),
    f("channel", Text, Default, &["where"], "By page, mail or command, and from where"),
    f("action", Text, Default, &[], "What was done"),
    f("target", Text, Default, &[], "To whom or what it was done"),
    f("before", Text, Default, &[], "What it was before"),
    f("after", Text, Default, &[], "What it is since"),
] };

/// `user-list` (ID-CLI-21).
#[rustfmt::skip]
pub const USER: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the user"),
    f("displayname", Text, Default, &["username"], "The display name of the user"),
    f("realname", Text, Default, &["real name"], "The name of the user"),
    f("uuid", Text, Default, &[], "The uuid of the user"),
    f("active", Bool, Default, &["is_active"], "Whether the user is active or not"),
    f("verified", Bool, Default, &["email_verified"], "Whether the user has a verified email address"),
    f("moderated", Bool, Default, &[], "Account moderated"),
    f("admin", Bool, Default, &["is_superuser"], "Whether the user is admin or not"),
    f("providers", Many, Extra, &["auth_providers"], "The authentication providers of the user"),
    f("activation_sent", Time, Extra, &[], "The date activation sent to the user"),
    f("groups", Many, Extra, &[], "The groups of the user"),
    f("last_login_details", Text, Extra, &[], "User last login dates for each login method"),
    f("last_login", Time, Extra, &[], "User last login date"),
    f("email", Text, Extra, &[], "The email address of the user"),
    f("status", Text, Extra, &[], "The state of the account in words"),
    f("level", Int, Extra, &[], "The invitation level of the user"),
    f("invitations", Int, Extra, &[], "The invitations the user has left"),
    f("first_name", Text, Filter, &[], "First name"),
    f("last_name", Text, Filter, &[], "Last name"),
    f("is_staff", Bool, Filter, &[], "Unused, kept for compatibility"),
    f("has_credits", Bool, Filter, &[], "Unused, kept for compatibility"),
    f("disturbed_quota", Bool, Filter, &[], "Unused, kept for compatibility"),
    f("verified_at", Time, Filter, &[], "When the address was verified"),
    f("moderated_at", Time, Filter, &[], "When the account was accepted or rejected"),
    f("is_rejected", Bool, Filter, &["rejected"], "Whether the account was rejected"),
    f("rejected_reason", Text, Filter, &[], "Why the account was rejected"),
    f("accepted_policy", Text, Filter, &[], "Why the account was accepted"),
    f("accepted_email", Text, Filter, &[], "Address at the first acceptance"),
    f("deactivated_reason", Text, Filter, &[], "Why the account was deactivated"),
    f("deactivated_at", Time, Filter, &[], "When the account was deactivated"),
    f("is_verified", Bool, Filter, &[], "Whether the profile page was visited"),
    f("has_signed_terms", Bool, Filter, &[], "Whether the terms were signed"),
    f("date_signed_terms", Time, Filter, &[], "When the terms were signed"),
    f("auth_token_created", Time, Filter, &[], "When the token was made"),
    f("auth_token_expires", Time, Filter, &["token_expiration"], "When the token expires"),
    f("affiliation", Text, Filter, &[], "Affiliation"),
    f("default_project", Text, Filter, &[], "Project used when a request names none"),
    f("date_joined", Time, Filter, &[], "When the user registered"),
    f("updated", Time, Filter, &[], "When the record last changed"),
    f("permissions", Many, Filter, &[], "Permissions"),
] };

/// `flavor-list` (CY-CLI-FLV-02).
#[rustfmt::skip]
pub const FLAVOR: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the flavor"),
    f("name", Text, Default, &[], "The name of the flavor"),
    f("cpu", Int, Default, &[], "The number of processors"),
    f("ram", Int, Default, &[], "The memory in MiB"),
    f("disk", Int, Default, &[], "The size of the disk in GiB"),
    f("template", Text, Default, &["disk_template", "volume_type__disk_template"], "The disk template"),
    f("volume_type", Int, Default, &["volume_type_id"], "The id of the volume type"),
    f("allow_create", Bool, Default, &[], "Whether servers can be created from the flavor"),
    f("public", Bool, Default, &[], "Whether the flavor is public"),
    f("vms", Int, Default, &[], "The number of servers of the flavor"),
    f("specs", Text, Default, &[], "The specifications of the flavor"),
    f("deleted", Bool, Filter, &[], "Whether the flavor is deleted"),
] };

/// `backend-list` (CY-CLI-BKD-01).
#[rustfmt::skip]
pub const BACKEND: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the backend"),
    f("clustername", Text, Default, &[], "The name of the Ganeti cluster"),
    f("port", Int, Default, &[], "The port of the remote API"),
    f("username", Text, Default, &[], "The user of the remote API"),
    f("drained", Bool, Default, &[], "Whether the backend takes no new servers"),
    f("offline", Bool, Default, &[], "Whether the backend is left alone"),
    f("public", Bool, Default, &[], "Whether every project may use the backend"),
    f("vms", Int, Default, &[], "The number of servers on the backend"),
    f("hypervisor", Text, Default, &[], "The hypervisor"),
    f("ips", Text, Default, &[], "Free and all public IPv4 addresses"),
    f("disk_templates", Many, Default, &[], "The enabled disk templates"),
    f("mem", Text, Extra, &[], "Free and total memory in MB"),
    f("disk", Text, Extra, &[], "Free and total disk space in MB"),
    f("index", Int, Filter, &[], "The index of the backend"),
    f("mfree", Int, Filter, &[], "Free memory in MB"),
    f("mtotal", Int, Filter, &[], "Memory in MB"),
    f("dfree", Int, Filter, &[], "Free disk space in MB"),
    f("dtotal", Int, Filter, &[], "Disk space in MB"),
    f("pinst_cnt", Int, Filter, &[], "Instances the cluster reports"),
    f("ctotal", Int, Filter, &[], "Processors of the cluster"),
    f("updated", Time, Filter, &[], "When the figures were read"),
] };

/// `network-list` (CY-CLI-NET-02).
#[rustfmt::skip]
pub const NETWORK: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the network"),
    f("name", Text, Default, &[], "The name of the network"),
    f("user.uuid", Text, Default, &["userid"], "The uuid of the network's owner"),
    f("user.email", Text, Extra, &[], "The email of the network's owner"),
    f("state", Text, Default, &[], "The state of the network"),
    f("public", Bool, Default, &[], "Whether the network is public"),
    f("subnet.ipv4", Text, Default, &[], "The IPv4 subnet of the network"),
    f("gateway.ipv4", Text, Default, &[], "The IPv4 gateway of the network"),
    f("subnet.ipv6", Text, Extra, &[], "The IPv6 subnet of the network"),
    f("gateway.ipv6", Text, Extra, &[], "The IPv6 gateway of the network"),
    f("link", Text, Default, &[], "The link of the network"),
    f("mac_prefix", Text, Default, &[], "The MAC prefix of the network"),
    f("drained", Bool, Default, &[], "Whether no new ports are made on the network"),
    f("floating_ip_pool", Bool, Default, &[], "Whether floating addresses come from the network"),
    f("flavor", Text, Extra, &[], "The flavor of the network"),
    f("dhcp", Bool, Extra, &[], "Whether a subnet of the network has DHCP"),
    f("subnets", Many, Extra, &[], "The ids of the network's subnets"),
    f("created", Time, Extra, &[], "When the network was created"),
    f("updated", Time, Extra, &[], "When the network last changed"),
    f("deleted", Bool, Extra, &[], "Whether the network is deleted"),
    f("mode", Text, Extra, &[], "The mode of the network"),
    f("vms", Int, Extra, &[], "The number of servers on the network"),
    f("backends", Many, Extra, &[], "The backends the network is in"),
    f("project", Text, Filter, &[], "The project the network is charged to"),
    f("tags", Text, Filter, &[], "The tags of the network"),
    f("action", Text, Filter, &[], "The last action"),
    f("external_router", Bool, Filter, &[], "Whether the router is outside"),
] };

/// `server-list` (CY-CLI-SRV-01).
#[rustfmt::skip]
pub const SERVER: List = List { fields: &[
    f("id", Int, Default, &["pk"], "The id of the server"),
    f("name", Text, Default, &[], "The name of the server"),
    f("user.uuid", Text, Default, &["userid"], "The uuid of the server's owner"),
    f("user.email", Text, Extra, &[], "The email of the server's owner"),
    f("state", Text, Default, &[], "The state of the server"),
    f("flavor", Text, Default, &[], "The name of the server's flavor"),
    f("image.id", Text, Default, &["imageid"], "The id of the server's image"),
    f("image.name", Text, Extra, &[], "The name of the server's image"),
    f("backend", Text, Default, &[], "The backend the server is on"),
    f("rescue", Bool, Default, &[], "Whether the server is in rescue mode"),
    f("ip", Text, Extra, &[], "The first address of the server"),
    f("ipv4", Many, Extra, &[], "The IPv4 addresses of the server"),
    f("ipv6", Many, Extra, &[], "The IPv6 addresses of the server"),
    f("created", Time, Extra, &[], "When the server was created"),
    f("deleted", Bool, Extra, &[], "Whether the server is deleted"),
    f("suspended", Bool, Extra, &[], "Whether the server is suspended"),
    f("project", Text, Extra, &[], "The project the server is charged to"),
    f("operstate", Text, Filter, &[], "The state without the progress of a build"),
    f("updated", Time, Filter, &[], "When the server last changed"),
    f("flavor_id", Int, Filter, &[], "The id of the flavor"),
    f("backend_id", Int, Filter, &[], "The id of the backend"),
    f("action", Text, Filter, &[], "The last action"),
    f("task", Text, Filter, &[], "The pending action"),
    f("buildpercentage", Int, Filter, &[], "The progress of the build"),
    f("backendjobid", Int, Filter, &[], "The last job"),
    f("backendjobstatus", Text, Filter, &[], "The state of the last job"),
    f("backendopcode", Text, Filter, &[], "The kind of the last job"),
    f("shared_to_project", Bool, Filter, &[], "Whether the project's members may use the server"),
] };

/// `image-list` (CY-CLI-IMG-01).
#[rustfmt::skip]
pub const IMAGE: List = List { fields: &[
    f("id", Text, Default, &[], "The id of the image"),
    f("name", Text, Default, &[], "The name of the image"),
    f("user.uuid", Text, Default, &["owner"], "The uuid of the image's owner"),
    f("public", Bool, Default, &["is_public"], "Whether the image is public"),
    f("snapshot", Bool, Default, &["is_snapshot"], "Whether the image is a snapshot"),
] };

/// `mail-list` (ID-CLI-80).
#[rustfmt::skip]
pub const MAIL: List = List { fields: &[
    f("id", Int, Default, &[], "The number of the message"),
    f("state", Text, Default, &[], "queued, sent or failed"),
    f("to", Text, Default, &["recipient"], "The recipient"),
    f("template", Text, Default, &[], "The template"),
    f("attempts", Int, Default, &[], "Attempts so far"),
    f("at", Time, Default, &[], "Queued: the next attempt; otherwise the last one"),
    f("subject", Text, Extra, &[], "The subject"),
    f("created", Time, Extra, &[], "When the message was asked for"),
    f("error", Text, Extra, &[], "Why the last attempt failed"),
] };
