//! An image as the object it is shows it.

use crate::rows::Listed;
use kernel::{Caller, Error, Result, Timestamp, UserId};
use objects::{Held, ObjectPath, Version};
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, WriteTx};
use uuid::Uuid;

/// Domain of the metadata of images.
pub(crate) const DOMAIN: &str = "plankton";
/// Begins every key of that domain.
pub(crate) const PREFIX: &str = "plankton:";
/// Begins the keys of properties.
pub(crate) const PROPERTY: &str = "plankton:property:";
/// One JSON object with all properties, as older programs wrote it (§10).
pub(crate) const OLD_PROPERTIES: &str = "plankton:properties";

/// Can the image's bytes be used?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Yes.
    Available,
    /// Not yet: a snapshot being taken.
    Saving,
    /// Never: taking it failed.
    Error,
}

impl Status {
    /// As clients read it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Available => "AVAILABLE",
            Status::Saving => "SAVING",
            Status::Error => "ERROR",
        }
    }
}

/// An image (CY-IMG-02, CY-IMG-50).
#[derive(Clone, Debug)]
pub struct Image {
    /// The object's permanent id.
    pub id: Uuid,
    /// Name for people.
    pub name: String,
    /// diskdump, extdump or ntfsdump.
    pub disk_format: String,
    /// aki, ari, ami, bare or ovf.
    pub container_format: String,
    /// Text for people, empty when unset.
    pub description: String,
    /// When it was registered.
    pub created: Timestamp,
    /// When its object last changed.
    pub updated: Timestamp,
    /// Hash over its blocks.
    pub checksum: String,
    /// Bytes.
    pub size: u64,
    /// Where its file is.
    pub path: ObjectPath,
    /// Whose.
    pub owner: UserId,
    /// For everybody.
    pub public: bool,
    /// People it is shared with.
    pub members: BTreeSet<UserId>,
    /// By name, as registered.
    pub properties: BTreeMap<String, String>,
    /// Made by taking a snapshot.
    pub is_snapshot: bool,
    /// Can it be used?
    pub status: Status,
    /// The version of the object that is meant (CY-IMG-52).
    pub version: Version,
    /// Place in the order of registration.
    pub(crate) order: u64,
}

impl Image {
    /// From a version that carries the metadata of an image; None from any other.
    pub(crate) fn new(path: ObjectPath, version: Version, listed: &Listed) -> Option<Self> {
        let domain = version.attributes.get(DOMAIN)?;
        let of = |key: &str| domain.get(&format!("{PREFIX}{key}")).cloned();
        let updated = Timestamp::from_microsecond(version.mtime).unwrap_or(Timestamp::UNIX_EPOCH);
        let created = of("created_at")
            .and_then(|text| text.parse::<f64>().ok())
            .and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
        Some(Image {
            id: version.uuid,
            name: of("name")?,
            disk_format: of("disk_format").unwrap_or_default(),
            container_format: of("container_format").unwrap_or_default(),
            description: of("description").unwrap_or_default(),
            created: created.unwrap_or(updated),
            updated,
            checksum: version.hash.map(|h| h.to_string()).unwrap_or_default(),
            size: version.size,
            owner: path.account(),
            path,
            public: listed.public,
            members: listed.members.clone(),
            properties: properties(domain),
            is_snapshot: false,
            status: Status::Available,
            order: listed.order,
            version,
        })
    }

    /// `pithos://account/container/path`, each part percent-encoded.
    pub fn location(&self) -> String {
        let encode = |part: &str| percent_encoding::utf8_percent_encode(part, KEPT).to_string();
        format!(
            "pithos://{}/{}/{}",
            self.owner,
            encode(&self.path.container.name),
            encode(&self.path.name)
        )
    }

    /// The address of its bytes as node programs know it: `pithosmap://<map>/<size>`.
    pub fn map_url(&self) -> String {
        format!("pithosmap://{}/{}", self.checksum, self.size)
    }

    /// Properties as the deployment tool wants them: keys in upper case (CY-IMG-50).
    pub fn upper_properties(&self) -> BTreeMap<String, String> {
        let upper = |(key, value): (&String, &String)| (key.to_uppercase(), value.clone());
        self.properties.iter().map(upper).collect()
    }

    /// The image a caller may use.
    ///
    /// # Errors
    /// `NotFound` when there is none; `Forbidden` when it is somebody else's alone.
    pub fn find(tx: &impl Reads, caller: &Caller, id: Uuid) -> Result<Image> {
        let absent = || Error::not_found("Image not found");
        let listed = tx.get::<Listed>(&id)?.ok_or_else(absent)?;
        let image = Image::listed(tx, &listed)?.ok_or_else(absent)?;
        if listed.readable(caller.user) || caller.is_admin() {
            return Ok(image);
        }
        Err(Error::forbidden("You do not have access to this image."))
    }

    /// The image an entry stands for, if it still is one.
    pub(crate) fn listed(tx: &impl Reads, listed: &Listed) -> Result<Option<Image>> {
        let found = objects::lookup_uuid(tx, listed.image)?;
        Ok(found.and_then(|(path, version)| Image::new(path, version, listed)))
    }

    /// Keeps the content of this version until [`objects::let_go`], whatever becomes
    /// of the file (CY-IMG-52).
    pub fn keep(&self, tx: &WriteTx) -> Result<Held> {
        objects::keep(tx, self.owner, &self.version)
    }
}

/// What stays as it is in a part of a location.
const KEPT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

fn properties(domain: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = domain
        .get(OLD_PROPERTIES)
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    for (key, value) in domain {
        if let Some(name) = key.strip_prefix(PROPERTY) {
            all.insert(name.to_owned(), value.clone());
        }
    }
    all
}

/// The object a location names (CY-IMG-33).
///
/// # Errors
/// `Invalid` when it has not the form `pithos://account/container/path`.
pub fn location(text: &str) -> Result<ObjectPath> {
    let wrong = || Error::field("location", "Invalid location");
    let rest = text.strip_prefix("pithos://").ok_or_else(wrong)?;
    let mut parts = rest.splitn(3, '/');
    let mut part = || {
        let raw = parts.next().filter(|part| !part.is_empty())?;
        let text = percent_encoding::percent_decode_str(raw)
            .decode_utf8()
            .ok()?;
        Some(text.into_owned())
    };
    let (Some(account), Some(container), Some(name)) = (part(), part(), part()) else {
        return Err(wrong());
    };
    let account: UserId = account.parse().map_err(|_| wrong())?;
    let container = objects::ContainerPath::new(account, container).map_err(|_| wrong())?;
    ObjectPath::new(container, name).map_err(|_| wrong())
}
