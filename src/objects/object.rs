//! Writing, describing and deleting objects.

use crate::{
    access::{Object, Want, allow},
    conditions::Conditions,
    history::Which,
    maps,
    meta::{META, MetaChange},
    policy::Policy,
    rows::{
        Cluster, Container, Entry, META_KEYS, Micros, Node, PITHOS, Version, Versioning, micros,
    },
};
use blocks::BlockList;
use kernel::{Caller, Cx, Digest, Error, Result, UserId};
use std::collections::BTreeMap;
use store::{Reads, WriteTx};
use uuid::Uuid;

/// Content whose blocks are durable and leased.
#[derive(Clone, Debug)]
pub struct Content {
    /// The blocks.
    pub list: BlockList,
    /// Hash over them.
    pub top: Digest,
    /// MD5 where it is known.
    pub md5: Option<[u8; 16]>,
    /// The client stated that MD5 itself.
    pub md5_stated: bool,
}

impl Content {
    /// Content with its top hash computed.
    pub fn new(list: BlockList, md5: Option<[u8; 16]>) -> Self {
        Content {
            top: list.top_hash(),
            list,
            md5,
            md5_stated: false,
        }
    }
}

/// An object to be written.
#[derive(Clone, Debug)]
pub struct NewObject {
    /// Where.
    pub path: Object,
    /// What.
    pub content: Content,
    /// Of which type.
    pub content_type: String,
    /// Metadata of people, replacing what is there.
    pub meta: BTreeMap<String, String>,
    /// What must hold of what is there.
    pub conditions: Conditions,
}

/// A version as it is shown.
#[derive(Clone, Debug)]
pub struct ObjectView {
    /// Where.
    pub path: Object,
    /// The version asked for.
    pub version: Version,
    /// Newest change of the object, whichever version was asked for.
    pub modified: Micros,
}

/// The tag that conditions compare: top hash, or MD5 by setting (PI-OBJ-02).
pub(crate) fn tag(version: &Version, policy: &Policy) -> String {
    if policy.update_md5 {
        return version.md5_hex();
    }
    version
        .hash
        .map(|hash| hash.to_string())
        .unwrap_or_default()
}

/// What the charge grows by when `new` bytes take the place of `old` (PI-VER-05).
fn delta(container: &Container, policy: &Policy, old: Option<u64>, new: u64) -> Result<i64> {
    let gone = if policy.free_versioning || container.versioning == Versioning::None {
        old.unwrap_or(0)
    } else {
        0
    };
    let signed = |n: u64| i64::try_from(n).map_err(Error::broken);
    Ok(signed(new)? - signed(gone)?)
}

/// Charges the owner for a container's growth.
pub(crate) fn charge(
    tx: &WriteTx,
    caller: &Caller,
    container: &Container,
    amount: i64,
) -> Result<()> {
    if amount == 0 {
        return Ok(());
    }
    quota::charge(
        tx,
        container.account,
        container.project,
        quota::resource::DISKSPACE,
        amount,
        caller.may_exceed_quota(),
    )
}

/// Refuses when the container's own limit would be passed (PI-QTA-04).
pub(crate) fn fits(container: &Container, growth: i64, old: u64, new: u64) -> Result<()> {
    let after = container.normal.bytes.saturating_sub(old) + new;
    if container.quota > 0 && growth > 0 && after > container.quota {
        return Err(Error::too_large(format!(
            "Quota error: Container quota exceeded: limit: {}, usage: {after}",
            container.quota
        )));
    }
    Ok(())
}

/// Everything that can refuse a write of `size` bytes before its body is read
/// (PI-WRT-01, PI-QTA-10).
pub(crate) fn check_put(
    tx: &impl Reads,
    caller: &Caller,
    path: &Object,
    conditions: &Conditions,
    policy: &Policy,
    size: Option<u64>,
) -> Result<()> {
    allow(caller, path.account(), Want::WriteObject)?;
    let container = path.container.row(tx)?;
    let old = path.entry(tx, container.id)?;
    conditions.check(old.as_ref().map(|e| tag(&e.version, policy)).as_deref())?;
    let Some(size) = size else { return Ok(()) };
    if size > policy.max_upload {
        return Err(Error::invalid("Maximum size is reached"));
    }
    let old = old.map(|e| e.version.size);
    let growth = delta(&container, policy, old, size)?;
    fits(&container, growth, old.unwrap_or(0), size)?;
    let room = quota::usage_in(
        tx,
        container.account,
        container.project,
        quota::resource::DISKSPACE,
    )?;
    if growth > 0 && growth.unsigned_abs() > room.available() && !caller.may_exceed_quota() {
        return Err(Error::OverQuota {
            message: "Resource Limit Exceeded for your account.".into(),
            details: format!(
                "Limit for resource '{}' exceeded for your account. Available: {}, Requested: {growth}",
                quota::in_words(quota::resource::DISKSPACE),
                room.available(),
            ),
        });
    }
    Ok(())
}

/// Writes an object: a new version with new content (PI-WRT-06).
pub fn put(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    new: &NewObject,
) -> Result<Version> {
    allow(caller, new.path.account(), Want::WriteObject)?;
    let mut container = new.path.container.row(tx)?;
    let old = new.path.entry(tx, container.id)?;
    let old_tag = old.as_ref().map(|e| tag(&e.version, policy));
    new.conditions.check(old_tag.as_deref())?;
    let people = MetaChange::replace(new.meta.clone());
    let people = people.apply(&BTreeMap::new(), policy.max_metadata)?;
    let size = new.content.list.size();
    let old_size = old.as_ref().map(|e| e.version.size);
    let growth = delta(&container, policy, old_size, size)?;
    fits(&container, growth, old_size.unwrap_or(0), size)?;
    charge(tx, caller, &container, growth)?;

    let before = old.as_ref().map(|entry| &entry.version);
    let mut attributes = before.map(|v| v.attributes.clone()).unwrap_or_default();
    set_domain(&mut attributes, PITHOS, people);
    let node = node_of(tx, &new.path, &container)?;
    let version = Version {
        node: node.id,
        serial: tx.next_id("objects.version")?,
        cluster: Cluster::Normal,
        hash: Some(new.content.top),
        size,
        content_type: new.content_type.clone(),
        source: before.map(|v| v.serial),
        mtime: micros(cx.now),
        muser: caller.user,
        uuid: before.map_or_else(|| cx.ids.uuid(), |v| v.uuid),
        md5: new.content.md5,
        md5_stated: new.content.md5_stated,
        map: maps::create(tx, cx, container.account, &new.content.list)?,
        attributes,
    };
    replace(tx, cx, &mut container, &new.path.name, old, Some(&version))?;
    tx.put(&container)?;
    Ok(version)
}

/// Changes the metadata of one domain: a new version with the same content
/// (PI-UPD-02).
pub fn change_attributes(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    path: &Object,
    domain: &str,
    change: &MetaChange,
) -> Result<Version> {
    allow(caller, path.account(), Want::WriteObject)?;
    let mut container = path.container.row(tx)?;
    let old = path
        .entry(tx, container.id)?
        .ok_or_else(|| Error::not_found("Object does not exist"))?;
    let present = old.version.attributes.get(domain).cloned();
    let items = change.apply(&present.unwrap_or_default(), policy.max_metadata)?;
    let growth = delta(&container, policy, Some(old.version.size), old.version.size)?;
    charge(tx, caller, &container, growth)?;

    let mut version = old.version.clone();
    set_domain(&mut version.attributes, domain, items);
    version.source = Some(version.serial);
    version.serial = tx.next_id("objects.version")?;
    version.mtime = micros(cx.now);
    version.muser = caller.user;
    maps::hold(tx, version.map)?;
    replace(
        tx,
        cx,
        &mut container,
        &path.name,
        Some(old),
        Some(&version),
    )?;
    tx.put(&container)?;
    Ok(version)
}

fn set_domain(
    attributes: &mut crate::rows::Attributes,
    domain: &str,
    items: BTreeMap<String, String>,
) {
    if items.is_empty() {
        attributes.remove(domain);
    } else {
        attributes.insert(domain.to_owned(), items);
    }
}

/// The node of a name, made when there is none.
fn node_of(tx: &WriteTx, path: &Object, container: &Container) -> Result<Node> {
    if let Some(node) = path.node(tx, container.id)? {
        return Ok(node);
    }
    let node = Node {
        container: container.id,
        name: path.name.clone(),
        id: tx.next_id("objects.node")?,
    };
    tx.put(&node)?;
    Ok(node)
}

/// Puts `new` in the place of the current version `old` and keeps the figures of
/// the container, which the caller stores.
pub(crate) fn replace(
    tx: &WriteTx,
    cx: &Cx,
    container: &mut Container,
    name: &str,
    old: Option<Entry>,
    new: Option<&Version>,
) -> Result<()> {
    if let Some(entry) = old {
        let mut version = entry.version;
        take_stat(container, Cluster::Normal, version.size)?;
        count_keys(tx, container.id, &version, -1)?;
        if container.versioning == Versioning::None {
            tx.remove::<Version>(&(version.node, version.serial))?;
            maps::release(tx, cx, container.account, version.map)?;
        } else {
            version.cluster = Cluster::History;
            add_stat(container, Cluster::History, version.size);
            tx.put(&version)?;
        }
        if new.is_none_or(|new| new.cluster == Cluster::Deleted) {
            tx.remove::<Entry>(&(container.id, name.to_owned()))?;
        }
    }
    if let Some(version) = new {
        tx.put(version)?;
        add_stat(container, version.cluster, version.size);
        if version.cluster == Cluster::Normal {
            count_keys(tx, container.id, version, 1)?;
            tx.put(&Entry {
                container: container.id,
                name: name.to_owned(),
                version: version.clone(),
            })?;
        }
    }
    container.modified = container.modified.max(micros(cx.now));
    Ok(())
}

pub(crate) fn add_stat(container: &mut Container, cluster: Cluster, size: u64) {
    let stat = container.stat_mut(cluster);
    stat.count += 1;
    stat.bytes += size;
}

pub(crate) fn take_stat(container: &mut Container, cluster: Cluster, size: u64) -> Result<()> {
    let id = container.id;
    let wrong = || Error::broken(format!("the figures of container {id} are wrong"));
    let stat = container.stat_mut(cluster);
    stat.count = stat.count.checked_sub(1).ok_or_else(wrong)?;
    stat.bytes = stat.bytes.checked_sub(size).ok_or_else(wrong)?;
    Ok(())
}

/// Counts the metadata keys of a current version (PI-CON-01).
pub(crate) fn count_keys(tx: &WriteTx, container: u64, version: &Version, by: i64) -> Result<()> {
    for (name, _) in version.domain(PITHOS) {
        if let Some(key) = name.strip_prefix(META) {
            tx.add(META_KEYS, &(container, key), by)?;
        }
    }
    Ok(())
}

/// Deletes one current version of a container the caller stores afterwards;
/// answers what the charge changes by (PI-DEL-01).
pub(crate) fn delete_entry(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    container: &mut Container,
    entry: Entry,
) -> Result<i64> {
    let growth = delta(container, policy, Some(entry.version.size), 0)?;
    let marker = Version {
        serial: tx.next_id("objects.version")?,
        cluster: Cluster::Deleted,
        hash: None,
        size: 0,
        content_type: String::new(),
        source: Some(entry.version.serial),
        mtime: micros(cx.now),
        muser: caller.user,
        md5: None,
        md5_stated: false,
        map: None,
        attributes: BTreeMap::new(),
        ..entry.version.clone()
    };
    let name = entry.name.clone();
    replace(tx, cx, container, &name, Some(entry), Some(&marker))?;
    Ok(growth)
}

/// Deletes an object.
pub(crate) fn delete(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    policy: &Policy,
    path: &Object,
) -> Result<()> {
    allow(caller, path.account(), Want::OwnObject)?;
    let mut container = path.container.row(tx)?;
    let Some(entry) = path.entry(tx, container.id)? else {
        return Err(match path.node(tx, container.id)? {
            Some(_) => Error::not_found("Object is deleted."),
            None => Error::not_found("Object does not exist"),
        });
    };
    let growth = delete_entry(tx, cx, caller, policy, &mut container, entry)?;
    charge(tx, caller, &container, growth)?;
    tx.put(&container)
}

/// One version of an object (PI-OBJ-01).
pub(crate) fn view(
    tx: &impl Reads,
    caller: &Caller,
    path: &Object,
    which: Which,
) -> Result<ObjectView> {
    allow(caller, path.account(), Want::ReadObject)?;
    let container = path.container.row(tx)?;
    let absent = || Error::not_found("Object does not exist");
    let (version, modified) = match which {
        Which::Current => {
            let entry = path.entry(tx, container.id)?.ok_or_else(absent)?;
            let at = entry.version.mtime;
            (entry.version, at)
        }
        Which::Serial(serial) => {
            let node = path.node(tx, container.id)?.ok_or_else(absent)?;
            let version: Version = tx.must(&(node.id, serial), "Version does not exist")?;
            if version.cluster == Cluster::Deleted {
                return Err(Error::not_found("Version does not exist"));
            }
            let newest = tx.last::<Version>(&(node.id,))?;
            (version, newest.map_or(0, |v| v.mtime))
        }
        Which::Invalid => return Err(Error::not_found("Version does not exist")),
    };
    Ok(ObjectView {
        path: path.clone(),
        version,
        modified,
    })
}

/// The current version under a name, whoever asks: for rules that decide access
/// themselves.
pub fn lookup(
    tx: &impl Reads,
    account: UserId,
    container: &str,
    name: &str,
) -> Result<Option<Version>> {
    let Some(container) = tx.get::<Container>(&(account, container.to_owned()))? else {
        return Ok(None);
    };
    let entry = tx.get::<Entry>(&(container.id, name.to_owned()))?;
    Ok(entry.map(|entry| entry.version))
}

/// The current version with a permanent id and where it is (PI-DM-13).
pub fn lookup_uuid(tx: &impl Reads, uuid: Uuid) -> Result<Option<(Object, Version)>> {
    match tx.find_one::<Entry>("by_uuid", &uuid)? {
        Some(entry) => located(tx, entry).map(Some),
        None => Ok(None),
    }
}

/// Current versions that carry metadata in a domain other than people's own, in
/// the order of their permanent ids, strictly after `after`.
pub fn live_in_domain(
    tx: &impl Reads,
    domain: &str,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<(Object, Version)>> {
    let mut found = Vec::new();
    tx.each_found::<Entry>("by_domain", &(domain,), None, |entry| {
        if after.is_none_or(|after| entry.version.uuid > after) {
            found.push(entry);
        }
        Ok(found.len() < limit)
    })?;
    found.into_iter().map(|entry| located(tx, entry)).collect()
}

fn located(tx: &impl Reads, entry: Entry) -> Result<(Object, Version)> {
    let container = tx
        .find_one::<Container>("by_id", &entry.container)?
        .ok_or_else(|| Error::broken("an object without its container"))?;
    let container = crate::access::Container {
        account: container.account,
        name: container.name,
    };
    let name = entry.name;
    Ok((Object { container, name }, entry.version))
}
