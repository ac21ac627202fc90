//! The settings that rules of this crate follow.

use crate::rows::Versioning;
use kernel::{Settings, settings::Value};

/// Settings as one request sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// History is not charged (`PITHOS_BACKEND_FREE_VERSIONING`).
    pub free_versioning: bool,
    /// Versioning of new containers (`PITHOS_BACKEND_VERSIONING`).
    pub versioning: Versioning,
    /// Limit of new containers, 0 for none (`PITHOS_BACKEND_CONTAINER_QUOTA`).
    pub container_quota: u64,
    /// Metadata items of a resource and domain (`PITHOS_RESOURCE_MAX_METADATA`).
    pub max_metadata: usize,
    /// Entries of a listing (`PITHOS_API_LIST_LIMIT`).
    pub list_limit: usize,
    /// Bytes of one upload (`PITHOS_MAX_UPLOAD_SIZE`).
    pub max_upload: u64,
    /// Naming a block's hash is enough, whoever uploaded it (`PITHOS_BLOCK_CLAIM = "global"`).
    pub claim_global: bool,
    /// MD5 is computed for every content and is the ETag (`PITHOS_UPDATE_MD5`).
    pub update_md5: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            free_versioning: true,
            versioning: Versioning::Auto,
            container_quota: 0,
            max_metadata: 32,
            list_limit: 10_000,
            max_upload: 5 << 30,
            claim_global: false,
            update_md5: false,
        }
    }
}

impl From<&Settings> for Policy {
    fn from(settings: &Settings) -> Self {
        let unset = Policy::default();
        let number = |name: &str, default: u64| match settings.get(name) {
            Some(Value::Int(n)) => u64::try_from(*n).unwrap_or(default),
            _ => default,
        };
        let switch = |name: &str, default: bool| match settings.get(name) {
            Some(Value::Bool(on)) => *on,
            _ => default,
        };
        let count = |name: &str, default: usize| {
            let n = number(name, default as u64);
            usize::try_from(n)
                .ok()
                .filter(|n| *n > 0)
                .unwrap_or(default)
        };
        Policy {
            free_versioning: switch("PITHOS_BACKEND_FREE_VERSIONING", unset.free_versioning),
            versioning: match settings.str("PITHOS_BACKEND_VERSIONING") {
                "none" => Versioning::None,
                _ => Versioning::Auto,
            },
            container_quota: number("PITHOS_BACKEND_CONTAINER_QUOTA", unset.container_quota),
            max_metadata: count("PITHOS_RESOURCE_MAX_METADATA", unset.max_metadata),
            list_limit: count("PITHOS_API_LIST_LIMIT", unset.list_limit),
            max_upload: number("PITHOS_MAX_UPLOAD_SIZE", unset.max_upload),
            claim_global: settings.str("PITHOS_BLOCK_CLAIM") == "global",
            update_md5: switch("PITHOS_UPDATE_MD5", unset.update_md5),
        }
    }
}
