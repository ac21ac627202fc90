//! Registering, changing and unregistering images.

use crate::{
    image::{DOMAIN, Image, OLD_PROPERTIES, PREFIX, PROPERTY},
    rows::Listed,
};
use kernel::{Caller, Cx, Error, Result, Settings, UserId};
use objects::{MetaChange, ObjectPath, Policy};
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, WriteTx};
use uuid::Uuid;

/// The longest key, with its prefix (CY-IMG-04).
const MAX_KEY: usize = 111;
const MAX_VALUE: usize = 256;

/// The settings that rules of this crate follow.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Of the file storage.
    pub(crate) policy: Policy,
    disk_formats: Vec<String>,
    disk_format: String,
    container_formats: Vec<String>,
    container_format: String,
}

impl From<&Settings> for Rules {
    fn from(settings: &Settings) -> Self {
        Rules {
            policy: Policy::from(settings),
            disk_formats: settings.strings("ALLOWED_DISK_FORMATS"),
            disk_format: settings.str("DEFAULT_DISK_FORMAT").to_owned(),
            container_formats: settings.strings("ALLOWED_CONTAINER_FORMATS"),
            container_format: settings.str("DEFAULT_CONTAINER_FORMAT").to_owned(),
        }
    }
}

/// What a client says of an image; None leaves as it is or takes the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Name for people.
    pub name: Option<String>,
    /// Kind of disk.
    pub disk_format: Option<String>,
    /// Kind of container.
    pub container_format: Option<String>,
    /// For everybody.
    pub public: Option<bool>,
    /// Must be the object's.
    pub size: Option<u64>,
    /// Must be the object's.
    pub checksum: Option<String>,
    /// Word for people; kept as it is.
    pub status: Option<String>,
    /// Merged with those there are; an empty value removes.
    pub properties: BTreeMap<String, String>,
}

impl Attributes {
    /// The metadata items these stand for (CY-IWIRE-03).
    fn items(&self, rules: &Rules) -> Result<BTreeMap<String, String>> {
        let mut items = BTreeMap::new();
        let mut put = |key: &str, value: &Option<String>| {
            if let Some(value) = value {
                items.insert(format!("{PREFIX}{key}"), value.clone());
            }
        };
        put("name", &self.name);
        put("disk_format", &self.disk_format);
        put("container_format", &self.container_format);
        put("status", &self.status);
        among("disk_format", &self.disk_format, &rules.disk_formats)?;
        among(
            "container_format",
            &self.container_format,
            &rules.container_formats,
        )?;
        for (name, value) in &self.properties {
            items.insert(format!("{PROPERTY}{name}"), value.clone());
        }
        for (key, value) in &items {
            if key.chars().count() > MAX_KEY || value.chars().count() > MAX_VALUE {
                return Err(Error::invalid(format!(
                    "Metadata keys should be less than {MAX_KEY} characters and values less than {MAX_VALUE} characters"
                )));
            }
        }
        Ok(items)
    }
}

fn among(field: &str, value: &Option<String>, allowed: &[String]) -> Result<()> {
    match value {
        Some(value) if !allowed.contains(value) => {
            Err(Error::field(field, format!("Invalid {field}: '{value}'")))
        }
        _ => Ok(()),
    }
}

/// Makes an image of an object (CY-IMG-33); of one that is one already, changes it.
pub(crate) fn register(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    rules: &Rules,
    path: &ObjectPath,
    given: &Attributes,
) -> Result<Image> {
    if caller.user != path.account() {
        return Err(Error::forbidden(
            "You do not have write access to this file.",
        ));
    }
    if given.name.as_ref().is_none_or(|name| name.is_empty()) {
        return Err(Error::field("name", "Invalid 'name': it must not be empty"));
    }
    let version = objects::lookup(tx, path.account(), &path.container.name, &path.name)?
        .ok_or_else(|| Error::not_found("The file of the location does not exist."))?;
    if given.size.is_some_and(|size| size != version.size) {
        return Err(Error::field("size", "Invalid 'size': it is not the file's"));
    }
    let checksum = version.hash.map(|h| h.to_string()).unwrap_or_default();
    if given.checksum.as_ref().is_some_and(|sum| *sum != checksum) {
        return Err(Error::field(
            "checksum",
            "Invalid 'checksum': it is not the file's",
        ));
    }
    let mut given = given.clone();
    given
        .disk_format
        .get_or_insert_with(|| rules.disk_format.clone());
    given
        .container_format
        .get_or_insert_with(|| rules.container_format.clone());
    let mut items = given.items(rules)?;
    items.insert(
        format!("{PREFIX}created_at"),
        cx.now.as_second().to_string(),
    );
    let change = MetaChange { items, merge: true };
    let version = objects::change_attributes(tx, cx, caller, &rules.policy, path, DOMAIN, &change)?;
    let mut listed = match tx.get::<Listed>(&version.uuid)? {
        Some(listed) => listed,
        None => Listed {
            image: version.uuid,
            owner: path.account(),
            order: tx.next_id("images.order")?,
            public: false,
            members: BTreeSet::new(),
        },
    };
    listed.public = given.public.unwrap_or(false);
    tx.put(&listed)?;
    shown(tx, &listed)
}

/// Changes an image (CY-IMG-34).
pub(crate) fn update(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    rules: &Rules,
    id: Uuid,
    given: &Attributes,
) -> Result<Image> {
    let (image, mut listed) = owned(tx, caller, id)?;
    if given.name.as_ref().is_some_and(String::is_empty) {
        return Err(Error::field("name", "Invalid 'name': it must not be empty"));
    }
    let mut items = given.items(rules)?;
    if !items.is_empty() {
        // What older programs wrote as one value becomes one item each, or a
        // property could not be removed from it.
        let domain = image.version.attributes.get(DOMAIN);
        if domain.is_some_and(|domain| domain.contains_key(OLD_PROPERTIES)) {
            for (name, value) in &image.properties {
                items
                    .entry(format!("{PROPERTY}{name}"))
                    .or_insert_with(|| value.clone());
            }
            items.insert(OLD_PROPERTIES.into(), String::new());
        }
        let change = MetaChange { items, merge: true };
        objects::change_attributes(tx, cx, caller, &rules.policy, &image.path, DOMAIN, &change)?;
    }
    if let Some(public) = given.public {
        listed.public = public;
        tx.put(&listed)?;
    }
    shown(tx, &listed)
}

/// The file is no image any more; it stays (CY-IMG-35).
pub(crate) fn unregister(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    rules: &Rules,
    id: Uuid,
) -> Result<()> {
    let (image, listed) = owned(tx, caller, id)?;
    let nothing = MetaChange::replace(BTreeMap::new());
    objects::change_attributes(tx, cx, caller, &rules.policy, &image.path, DOMAIN, &nothing)?;
    tx.remove::<Listed>(&listed.image).map(drop)
}

/// How a change of members is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    Replace(BTreeSet<UserId>),
    Add(UserId),
    Remove(UserId),
}

/// Shares an image or ends that (CY-IMG-36).
pub(crate) fn share(tx: &WriteTx, caller: &Caller, id: Uuid, change: &Sharing) -> Result<()> {
    let (_, mut listed) = owned(tx, caller, id)?;
    match change {
        Sharing::Replace(members) => listed.members = members.clone(),
        Sharing::Add(member) => drop(listed.members.insert(*member)),
        Sharing::Remove(member) => drop(listed.members.remove(member)),
    }
    listed.members.remove(&listed.owner);
    tx.put(&listed)
}

fn shown(tx: &WriteTx, listed: &Listed) -> Result<Image> {
    Image::listed(tx, listed)?.ok_or_else(|| Error::broken("an image without its object"))
}

/// An image of the caller's own.
fn owned(tx: &WriteTx, caller: &Caller, id: Uuid) -> Result<(Image, Listed)> {
    let image = Image::find(tx, caller, id)?;
    if image.owner != caller.user {
        return Err(Error::forbidden(
            "You do not have write access to this image.",
        ));
    }
    let listed = tx.must::<Listed>(&id, "Image not found")?;
    Ok((image, listed))
}
