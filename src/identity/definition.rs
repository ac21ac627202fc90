//! Definition files: services with endpoints and resources that administrators import
//! (ID-CMP-03, ID-CMP-05, ID-RES-03).
//!
//! Invariants: a service belongs to one component, and only that one renews it; a
//! resource is renewed by the component of its service only.

use crate::{
    catalog::STANDARD,
    component::{CATALOGUE, Component, Endpoint, Registered, base_url, bounded},
    rules::Rules,
};
use kernel::{Error, Result};
use store::{Reads, Row, WriteTx};

/// Most endpoints of a service and keys of an endpoint.
const MOST: usize = 50;

/// A service as its definition file describes it (ID-CMP-05).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Name of its component.
    pub component: String,
    /// Its type.
    pub kind: String,
    /// Keys and values of its endpoints.
    pub endpoints: Vec<Vec<(String, String)>>,
    /// Its resources.
    pub resources: Vec<quota::NewResource>,
}

/// What became of one service of a definition file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// What to tell the administrator.
    pub said: Vec<String>,
    /// Names of resources that are new.
    pub new_resources: Vec<String>,
}

/// Registers services with their endpoints and resources (ID-CMP-03, ID-CLI-43).
pub(crate) fn import(tx: &WriteTx, r: &Rules, all: &[Definition]) -> Result<Imported> {
    let mut done = Imported::default();
    for one in all {
        let component = tx.find_one::<Component>("name", &one.component)?;
        let component = component.ok_or_else(|| {
            Error::not_found(format!("Component '{}' is not registered.", one.component))
        })?;
        import_service(tx, r, &component, one, &mut done.said)?;
        let owner = Some(component.id);
        register_resources(tx, r, &one.resources, owner, &mut done)?;
    }
    tx.wake(CATALOGUE);
    Ok(done)
}

/// Refuses what is too much, or a service of another component; the row there is.
fn checked(tx: &WriteTx, component: &Component, one: &Definition) -> Result<Option<Registered>> {
    let pairs = one.endpoints.iter().flatten();
    let sizes = one
        .endpoints
        .iter()
        .map(Vec::len)
        .chain([one.endpoints.len()]);
    if one.name.is_empty() || one.kind.is_empty() || sizes.max() > Some(MOST) {
        return Err(Error::invalid("Malformed service definition."));
    }
    for text in pairs
        .flat_map(|(k, v)| [k, v])
        .chain([&one.name, &one.kind])
    {
        bounded("service definition", text)?;
    }
    let there = tx.find_one::<Registered>("name", &one.name)?;
    if let Some(other) = there.as_ref().filter(|row| row.component != component.id) {
        let by: Option<Component> = tx.get(&other.component)?;
        return Err(Error::conflict(format!(
            "There is already a service named {} registered by {}.",
            one.name,
            by.map_or_else(|| "another component".to_owned(), |by| by.name)
        )));
    }
    Ok(there)
}

fn import_service(
    tx: &WriteTx,
    r: &Rules,
    component: &Component,
    one: &Definition,
    said: &mut Vec<String>,
) -> Result<()> {
    let there = checked(tx, component, one)?;
    let base = base_url(r, component);
    let urls = one.endpoints.iter().flatten();
    for (_, url) in urls.filter(|(key, _)| key == "publicURL") {
        if base.as_ref().is_some_and(|base| !url.starts_with(base)) {
            said.push(format!(
                "Warning: Endpoint URL '{url}' does not start with the base URL of component \
                 '{}'.",
                component.name
            ));
        }
    }
    let mut endpoints = Vec::with_capacity(one.endpoints.len());
    for data in &one.endpoints {
        endpoints.push(Endpoint {
            id: STANDARD.len() as u64 + tx.next_id("identity.endpoint")?,
            data: data.clone(),
        });
    }
    let id = match &there {
        Some(row) => row.id,
        None => tx.next_id(<Registered as Row>::TABLE)?,
    };
    tx.put(&Registered {
        id,
        name: one.name.clone(),
        kind: one.kind.clone(),
        component: component.id,
        endpoints: Some(endpoints),
    })?;
    let what = if there.is_some() { "Updated" } else { "Added" };
    said.push(format!("{what} service {}.", one.name));
    Ok(())
}

/// Registers resources; `owner` is the component that does it, where one is known.
pub(crate) fn register_resources(
    tx: &WriteTx,
    r: &Rules,
    all: &[quota::NewResource],
    owner: Option<u64>,
    done: &mut Imported,
) -> Result<()> {
    let none_at_first = r.settings.str("ASTAKOS_NEW_RESOURCE_DEFAULT") == "0";
    let limit = if none_at_first {
        0
    } else {
        kernel::quantity::INFINITE
    };
    let component_of = |service: &str| -> Result<Option<u64>> {
        let row = tx.find_one::<Registered>("name", service)?;
        Ok(row.map(|row| row.component))
    };
    for new in all {
        if let Some(known) = quota::resource_named(tx, &new.name)?
            && known.about.service_origin != new.service_origin
            && component_of(known.about.service_origin)?.is_some_and(|of| {
                owner.or(component_of(&new.service_origin).ok().flatten()) != Some(of)
            })
        {
            return Err(Error::conflict(format!(
                "There already exists a resource named {} with service origin {}.",
                new.name, known.about.service_origin
            )));
        }
        if quota::register(tx, new, limit)? {
            done.new_resources.push(new.name.clone());
            done.said.push(format!(
                "Resource '{}' created in database with {}.",
                new.name,
                match none_at_first {
                    true => "default quota limit 0",
                    false => "unlimited quota",
                }
            ));
        } else {
            done.said
                .push(format!("Resource '{}' updated in database.", new.name));
        }
    }
    Ok(())
}
