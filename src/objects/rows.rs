//! The tables: one row type each (PI-DM).

use kernel::{BlockHash, Digest, ProjectId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{IndexSet, Row};
use uuid::Uuid;

/// Microseconds since the epoch.
pub type Micros = i64;

/// An instant as rows keep it.
pub fn micros(at: Timestamp) -> Micros {
    at.as_microsecond()
}

/// Domain of the metadata people set.
pub const PITHOS: &str = "pithos";

/// An account that was used; others look the same, empty.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Whose.
    pub user: UserId,
    /// Last change of the account itself.
    pub modified: Micros,
    /// Metadata by full name.
    pub meta: BTreeMap<String, String>,
}

impl Row for Account {
    type Key = UserId;
    const TABLE: &'static str = "objects.account";

    fn key(&self) -> UserId {
        self.user
    }
}

/// What happens to superseded versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versioning {
    /// They stay as history.
    Auto,
    /// They are removed at once.
    None,
}

impl Versioning {
    /// As the policy header says it.
    pub fn name(self) -> &'static str {
        match self {
            Versioning::Auto => "auto",
            Versioning::None => "none",
        }
    }
}

/// Figures of one cluster of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    /// Number of versions.
    pub count: u64,
    /// Sum of their sizes.
    pub bytes: u64,
}

/// A container.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Container {
    /// Whose.
    pub account: UserId,
    /// Its name.
    pub name: String,
    /// Its number, under which its objects stand.
    pub id: u64,
    /// When it was made.
    pub created: Micros,
    /// Newest change of it or anything in it.
    pub modified: Micros,
    /// Limit in bytes, 0 for none.
    pub quota: u64,
    /// What happens to superseded versions.
    pub versioning: Versioning,
    /// Where its bytes are charged.
    pub project: ProjectId,
    /// Metadata by full name.
    pub meta: BTreeMap<String, String>,
    /// Current versions.
    pub normal: Stat,
    /// Superseded versions.
    pub history: Stat,
    /// Deletion markers.
    pub deleted: Stat,
}

impl Container {
    /// The figures of a cluster.
    pub fn stat_mut(&mut self, cluster: Cluster) -> &mut Stat {
        match cluster {
            Cluster::Normal => &mut self.normal,
            Cluster::History => &mut self.history,
            Cluster::Deleted => &mut self.deleted,
        }
    }
}

impl Row for Container {
    type Key = (UserId, String);
    const TABLE: &'static str = "objects.container";

    fn key(&self) -> Self::Key {
        (self.account, self.name.clone())
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("by_id", self.id);
    }
}

/// State of a version (PI-DM-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cluster {
    /// Current.
    Normal,
    /// Superseded.
    History,
    /// Marks a deletion.
    Deleted,
}

/// A name that has versions, current or not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Node {
    pub(crate) container: u64,
    pub(crate) name: String,
    pub(crate) id: u64,
}

impl Row for Node {
    type Key = (u64, String);
    const TABLE: &'static str = "objects.node";

    fn key(&self) -> Self::Key {
        (self.container, self.name.clone())
    }
}

/// Attributes by domain and key (PI-DM-04).
pub type Attributes = BTreeMap<String, BTreeMap<String, String>>;

/// One version of an object (PI-DM-02).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Number of the name it belongs to.
    pub node: u64,
    /// Its number: greater than that of every version committed before.
    pub serial: u64,
    /// Its state.
    pub cluster: Cluster,
    /// Hash over its blocks; none for a deletion.
    pub hash: Option<Digest>,
    /// Bytes.
    pub size: u64,
    /// Content type.
    pub content_type: String,
    /// The version it derives from.
    pub source: Option<u64>,
    /// When it was committed.
    pub mtime: Micros,
    /// Who committed it.
    pub muser: UserId,
    /// The object's permanent id.
    pub uuid: Uuid,
    /// MD5 of the content where it is known.
    #[serde(with = "serde_bytes")]
    pub md5: Option<[u8; 16]>,
    /// The client stated that MD5 itself, so listings show it.
    #[serde(default)]
    pub md5_stated: bool,
    /// Number of its block map; none without content.
    pub map: Option<u64>,
    /// Metadata by domain.
    pub attributes: Attributes,
}

impl Version {
    /// Metadata of one domain.
    pub fn domain(&self, name: &str) -> impl Iterator<Item = (&String, &String)> {
        self.attributes.get(name).into_iter().flatten()
    }

    /// MD5 in hexadecimal, empty where it is not known.
    pub fn md5_hex(&self) -> String {
        let bytes = self.md5.as_ref().map(|md5| md5.as_slice());
        bytes
            .unwrap_or_default()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    }
}

impl Row for Version {
    type Key = (u64, u64);
    const TABLE: &'static str = "objects.version";

    fn key(&self) -> Self::Key {
        (self.node, self.serial)
    }
}

/// The current version of a name, as listings read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Number of the container.
    pub container: u64,
    /// Name of the object.
    pub name: String,
    /// The same as the row of the version.
    pub version: Version,
}

impl Row for Entry {
    type Key = (u64, String);
    const TABLE: &'static str = "objects.entry";

    fn key(&self) -> Self::Key {
        (self.container, self.name.clone())
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("by_uuid", self.version.uuid);
        for domain in self.version.attributes.keys().filter(|d| *d != PITHOS) {
            ix.add("by_domain", (domain.clone(), self.version.uuid));
        }
    }
}

/// Up to [`MapChunk::BLOCKS`] hashes of a block map.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MapChunk {
    pub(crate) map: u64,
    pub(crate) chunk: u32,
    /// Raw hashes, 32 bytes each.
    #[serde(with = "serde_bytes")]
    pub(crate) hashes: Vec<u8>,
}

impl MapChunk {
    /// Hashes in each chunk but the last.
    pub(crate) const BLOCKS: usize = 1024;
}

impl Row for MapChunk {
    type Key = (u64, u32);
    const TABLE: &'static str = "objects.map";

    fn key(&self) -> Self::Key {
        (self.map, self.chunk)
    }
}

/// A block that an account uploaded by itself and may name for a while (PI-SEC-02).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) account: UserId,
    pub(crate) hash: BlockHash,
    pub(crate) expires: Micros,
}

impl Row for Grant {
    type Key = (UserId, BlockHash);
    const TABLE: &'static str = "objects.grant";

    fn key(&self) -> Self::Key {
        (self.account, self.hash)
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_expiry", self.expires);
    }
}

/// Counters: how many versions use a map, keyed by map.
pub(crate) const MAP_USERS: &str = "objects.map_users";
/// Counters: how many holders besides versions a map has, keyed by map and account.
pub(crate) const HELD: &str = "objects.held";
/// Counters: how often an account's maps name a block, keyed by account and hash.
pub(crate) const OWNED: &str = "objects.owned";
/// Counters: how many current objects carry a metadata key, keyed by container and key.
pub(crate) const META_KEYS: &str = "objects.meta_keys";
