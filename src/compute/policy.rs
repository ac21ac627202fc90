//! The settings that rules of this crate follow.

use kernel::{NetworkId, ServerId, Settings, UserId, settings::Value};
use serde_json::Map;

/// A place of `CYCLADES_…_SERVER_NETWORKS`: the first member that works is taken.
pub(crate) type Choice = Vec<NetworkChoice>;

/// A network as the settings name it (CY-SRV-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NetworkChoice {
    This(NetworkId),
    AnyPublicIpv4,
    AnyPublicIpv6,
}

/// Settings as one request sees them.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub prefix: String,
    pub max_metadata: usize,
    pub max_tags: usize,
    pub max_personality: usize,
    pub max_personality_size: usize,
    pub max_nics: usize,
    pub default_networks: Vec<Choice>,
    pub forced_networks: Vec<Choice>,
    pub fqdn: Option<String>,
    pub instance: Map<String, serde_json::Value>,
    pub opportunistic: bool,
    pub wait_for_sync: bool,
    pub per_user: Vec<(String, String)>,
    pub ext_backends: Vec<String>,
    pub needs_public_ip: bool,
    pub poll_limit: i64,
    pub sharing: bool,
    pub user_network_kinds: Vec<String>,
    pub max_cidr_block: u8,
    pub bridge: String,
    pub filtered_bridge: String,
    pub mac_prefix: String,
    pub routing_table: Option<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy::from(&Settings::default())
    }
}

impl From<&Settings> for Policy {
    fn from(settings: &Settings) -> Self {
        let text = |name: &str| settings.str(name).to_owned();
        let count = |name: &str| usize::try_from(settings.int(name)).unwrap_or(0);
        Policy {
            prefix: prefix(settings.str("BACKEND_PREFIX_ID")),
            max_metadata: count("CYCLADES_VM_MAX_METADATA"),
            max_tags: count("CYCLADES_VM_MAX_TAGS"),
            max_personality: count("MAX_PERSONALITY"),
            max_personality_size: count("MAX_PERSONALITY_SIZE"),
            max_nics: count("GANETI_MAX_NICS_PER_INSTANCE"),
            default_networks: choices(settings.get("CYCLADES_DEFAULT_SERVER_NETWORKS")),
            forced_networks: choices(settings.get("CYCLADES_FORCED_SERVER_NETWORKS")),
            fqdn: Some(text("CYCLADES_SERVERS_FQDN")).filter(|t| !t.is_empty()),
            instance: match settings.get("GANETI_CREATEINSTANCE_KWARGS").map(json) {
                Some(serde_json::Value::Object(map)) => map,
                _ => Map::new(),
            },
            opportunistic: settings.bool("GANETI_USE_OPPORTUNISTIC_LOCKING"),
            wait_for_sync: settings.bool("GANETI_DISKS_WAIT_FOR_SYNC"),
            per_user: pairs(settings.get("BACKEND_PER_USER")),
            ext_backends: words(settings.get("ARCHIPELAGO_BACKENDS")),
            needs_public_ip: settings.bool("BACKEND_ALLOCATION_REQUIRES_PUBLIC_IP"),
            poll_limit: settings.int("POLL_LIMIT"),
            sharing: settings.bool("CYCLADES_SHARED_RESOURCES_ENABLED"),
            user_network_kinds: settings.strings("API_ENABLED_NETWORK_FLAVORS"),
            max_cidr_block: u8::try_from(settings.int("MAX_CIDR_BLOCK")).unwrap_or(22),
            bridge: text("DEFAULT_BRIDGE"),
            filtered_bridge: text("DEFAULT_MAC_FILTERED_BRIDGE"),
            mac_prefix: text("DEFAULT_MAC_PREFIX"),
            routing_table: Some(text("DEFAULT_ROUTING_TABLE")).filter(|t| !t.is_empty()),
        }
    }
}

/// One dash, at the end (CY-NAM-01).
fn prefix(text: &str) -> String {
    format!("{}-", text.trim_end_matches('-'))
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.clone()),
        Value::Int(n) => Some(n.to_string()),
        _ => None,
    }
}

fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::List(items)) => items.iter().filter_map(word).collect(),
        _ => Vec::new(),
    }
}

fn pairs(value: Option<&Value>) -> Vec<(String, String)> {
    match value {
        Some(Value::Dict(items)) => items
            .iter()
            .filter_map(|(k, v)| Some((word(k)?, word(v)?)))
            .collect(),
        _ => Vec::new(),
    }
}

fn choices(value: Option<&Value>) -> Vec<Choice> {
    let one = |value: &Value| -> Choice {
        match word(value).as_deref() {
            Some("SNF:ANY_PUBLIC_IPV4") => vec![NetworkChoice::AnyPublicIpv4],
            Some("SNF:ANY_PUBLIC_IPV6") => vec![NetworkChoice::AnyPublicIpv6],
            Some("SNF:ANY_PUBLIC") => {
                vec![NetworkChoice::AnyPublicIpv4, NetworkChoice::AnyPublicIpv6]
            }
            Some(id) => id
                .parse()
                .map(NetworkChoice::This)
                .into_iter()
                .collect::<Choice>(),
            None => Vec::new(),
        }
    };
    match value {
        Some(Value::List(places)) => places
            .iter()
            .map(|place| match place {
                Value::List(group) => group.iter().flat_map(one).collect(),
                single => one(single),
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::None => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Int(n) => (*n).into(),
        Value::Float(x) => (*x).into(),
        Value::Str(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Dict(items) => items
            .iter()
            .filter_map(|(k, v)| Some((word(k)?, json(v))))
            .collect::<Map<_, _>>()
            .into(),
    }
}

impl Policy {
    /// The cluster of `BACKEND_PER_USER` for a user: its number or name.
    pub fn backend_of(&self, user: UserId) -> Option<&str> {
        let user = user.to_string();
        self.per_user
            .iter()
            .find(|(who, _)| *who == user)
            .map(|(_, backend)| backend.as_str())
    }

    /// A server's host name.
    pub fn fqdn_of(&self, id: ServerId) -> Option<String> {
        self.fqdn
            .as_ref()
            .map(|text| text.replace("%(id)s", &id.to_string()))
    }
}
