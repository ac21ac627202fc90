//! Flavors and volume types.

use crate::{
    rows::{Flavor, FlavorAccess, Server, VolumeType, VolumeTypeId},
    service::{Access, FlavorChange, NewFlavor},
    view::FlavorView,
};
use kernel::{Caller, Error, FlavorId, ProjectId, Result};
use store::{Reads, WriteTx};

/// Rows a list reads at once where the whole table is wanted.
pub(crate) const ALL: usize = 100_000;

fn access_of(tx: &impl Reads, caller: &Caller, flavor: FlavorId) -> Result<Vec<ProjectId>> {
    let mut found = Vec::new();
    for project in &caller.projects {
        if tx.get::<FlavorAccess>(&(flavor, *project))?.is_some() {
            found.push(*project);
        }
    }
    Ok(found)
}

/// Flavors on offer to the caller (CY-FLV-01).
pub(crate) fn list(tx: &impl Reads, caller: &Caller) -> Result<Vec<FlavorView>> {
    let mut found = Vec::new();
    tx.each_row::<Flavor>(&(), None, |flavor| {
        if !flavor.deleted {
            let access = access_of(tx, caller, flavor.id)?;
            if flavor.public || !access.is_empty() {
                found.push(FlavorView { flavor, access });
            }
        }
        Ok(true)
    })?;
    Ok(found)
}

/// One flavor (CY-FLV-03).
pub(crate) fn view(tx: &impl Reads, caller: &Caller, id: FlavorId) -> Result<FlavorView> {
    let flavor: Flavor = tx.must(&id, "Flavor not found.")?;
    let access = access_of(tx, caller, id)?;
    if flavor.public || !access.is_empty() || caller.is_admin() || in_use(tx, caller, id)? {
        return Ok(FlavorView { flavor, access });
    }
    Err(Error::forbidden(format!(
        "Access to flavor '{id}' is not allowed."
    )))
}

fn in_use(tx: &impl Reads, caller: &Caller, id: FlavorId) -> Result<bool> {
    let mut used = false;
    tx.each_found::<Server>("by_user", &(caller.user, false), None, |server| {
        used = server.flavor == id;
        Ok(!used)
    })?;
    Ok(used)
}

/// The flavor for a new server (CY-SRV-11 steps 2 and 3).
pub(crate) fn for_create(
    tx: &impl Reads,
    caller: &Caller,
    id: FlavorId,
    project: ProjectId,
) -> Result<Flavor> {
    let flavor: Flavor = tx.must(&id, "Flavor not found.")?;
    if flavor.deleted {
        return Err(Error::not_found("Flavor not found."));
    }
    let granted = flavor.public || tx.get::<FlavorAccess>(&(id, project))?.is_some();
    if !granted && !caller.is_admin() {
        return Err(Error::forbidden(format!(
            "Access to flavor '{id}' is not allowed."
        )));
    }
    if !flavor.allow_create && !caller.is_admin() {
        return Err(Error::forbidden(format!(
            "It is not allowed to create a server from flavor with id '{id}'."
        )));
    }
    Ok(flavor)
}

fn volume_type(tx: &WriteTx, named: &str) -> Result<VolumeType> {
    if let Ok(id) = named.parse::<VolumeTypeId>() {
        return tx
            .get::<VolumeType>(&id)?
            .filter(|t| !t.deleted)
            .ok_or_else(|| {
                Error::not_found(format!(
                    "Volume type with ID '{named}' does not exist. Use 'snf-manage volume-type-list' to find out available volume type IDs."
                ))
            });
    }
    let known = [
        "diskless",
        "file",
        "sharedfile",
        "plain",
        "drbd",
        "blockdev",
        "rbd",
        "gluster",
    ];
    if !known.contains(&named) && !named.starts_with("ext_") || named.len() > 32 {
        return Err(Error::field(
            "type",
            format!("Unknown disk template '{named}'."),
        ));
    }
    let found = tx.find::<VolumeType>("by_template", &(named, false), None, 1)?;
    match found.into_iter().next() {
        Some(kind) => Ok(kind),
        None => {
            let kind = VolumeType {
                id: tx.next_id("compute.volume_type")?,
                name: named.to_owned(),
                disk_template: named.to_owned(),
                deleted: false,
            };
            tx.insert(&kind)?;
            Ok(kind)
        }
    }
}

/// Makes a flavor; false with the one that is there already (CY-CLI-FLV-01).
pub(crate) fn add(tx: &WriteTx, new: &NewFlavor) -> Result<(Flavor, bool)> {
    if new.cpu == 0 || new.ram == 0 {
        return Err(Error::invalid("Invalid values"));
    }
    let kind = volume_type(tx, &new.volume_type)?;
    let size = (new.cpu, new.ram, new.disk, kind.id);
    if let Some(there) = tx.find_one::<Flavor>("by_size", &size)? {
        return Ok((there, false));
    }
    let flavor = Flavor {
        id: FlavorId(tx.next_id("compute.flavor")?),
        cpu: new.cpu,
        ram: new.ram,
        disk: new.disk,
        volume_type: kind.id,
        disk_template: kind.disk_template,
        deleted: false,
        allow_create: true,
        public: new.public,
        specs: new.specs.clone(),
    };
    tx.insert(&flavor)?;
    Ok((flavor, true))
}

/// Changes a flavor (CY-CLI-FLV-03).
pub(crate) fn modify(tx: &WriteTx, id: FlavorId, change: &FlavorChange) -> Result<Flavor> {
    let mut flavor: Flavor = tx.must(&id, &missing(id))?;
    for key in &change.spec_delete {
        if change.spec_add.contains_key(key) || flavor.specs.remove(key).is_none() {
            return Err(Error::field(
                "spec",
                format!("Spec with key '{key}' does not exist."),
            ));
        }
    }
    flavor.specs.extend(change.spec_add.clone());
    flavor.deleted = change.deleted.unwrap_or(flavor.deleted);
    flavor.allow_create = change.allow_create.unwrap_or(flavor.allow_create);
    flavor.public = change.public.unwrap_or(flavor.public);
    tx.put(&flavor)?;
    Ok(flavor)
}

pub(crate) fn missing(id: FlavorId) -> String {
    format!("Flavor with ID {id} does not exist. Use flavor-list to find out available flavor IDs.")
}

/// Flavors by id, each with its number of live servers.
pub(crate) fn all(tx: &impl Reads, deleted: bool) -> Result<Vec<(Flavor, u64)>> {
    let rows = tx.scan::<Flavor>(None, ALL)?;
    rows.into_iter()
        .filter(|flavor| flavor.deleted == deleted)
        .map(|flavor| {
            let mut servers = 0;
            tx.each_found::<Server>("by_flavor", &(flavor.id, false), None, |_| {
                servers += 1;
                Ok(true)
            })?;
            Ok((flavor, servers))
        })
        .collect()
}

/// Gives or takes a project's use of a flavor.
pub(crate) fn access(
    tx: &WriteTx,
    flavor: FlavorId,
    project: ProjectId,
    access: Access,
) -> Result<()> {
    tx.must::<Flavor>(&flavor, &missing(flavor))?;
    match access {
        Access::Grant => tx.put(&FlavorAccess { flavor, project }),
        Access::Revoke => tx
            .remove::<FlavorAccess>(&(flavor, project))?
            .map(drop)
            .ok_or_else(|| Error::not_found("The project has no access to the flavor.")),
    }
}
