//! Which resources exist, what they are called and where their limits start.
//!
//! The standard ones are known to the program; others are registered by
//! administrators (`service-import`). What an administrator changed stands in the
//! row of a resource, over what the program knows. Invariant: a resource that pages
//! show is in the APIs too (ID-RES-04).

use crate::resource as r;
use kernel::{Error, Result, quantity::INFINITE};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};
use store::{Reads, Row, WriteTx};

/// Most resources that can be registered.
const MOST: usize = 1000;
/// Longest text of a registered resource.
const LONGEST: usize = 255;

/// A resource as the program knows it (ID-RES-07, CY-QTA-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `service.resource`.
    pub name: &'static str,
    /// One line for people.
    pub description: &'static str,
    /// `bytes` or none.
    pub unit: Option<&'static str>,
    /// Type of the service it belongs to.
    pub service_type: &'static str,
    /// Name of the service it belongs to.
    pub service_origin: &'static str,
    /// Name in refusals (CY-QTA-07).
    pub words: &'static str,
    /// Group on pages: storage, compute, network, accounts (ID-RES-08).
    pub group: &'static str,
    /// Shown on pages and in APIs?
    pub visible: bool,
    /// Limit of a new system project.
    pub system_default: u64,
    /// Limit of a new project of any other kind.
    pub project_default: u64,
}

const GIB: u64 = 1 << 30;

macro_rules! resources {
    ($($name:expr, $desc:literal, $unit:expr, $ty:literal, $origin:literal, $words:literal, $group:literal, $visible:literal, $default:expr;)*) => {
        /// The standard resources in page order (ID-RES-08).
        const STANDARD: &[Resource] = &[$(Resource {
            name: $name,
            description: $desc,
            unit: $unit,
            service_type: $ty,
            service_origin: $origin,
            words: $words,
            group: $group,
            visible: $visible,
            system_default: $default,
            project_default: if $visible { 0 } else { INFINITE },
        }),*];
    };
}

resources! {
    r::DISKSPACE, "Pithos account diskspace", Some("bytes"), "object-store", "pithos_object-store", "Storage space", "storage", true, 50 * GIB;
    r::DISK, "Virtual machine disk size", Some("bytes"), "compute", "cyclades_compute", "Disk", "compute", true, 200 * GIB;
    r::TOTAL_CPU, "Number of virtual machine processors", None, "compute", "cyclades_compute", "cyclades.total_cpu", "compute", false, INFINITE;
    r::CPU, "Number of virtual machine processors of running servers", None, "compute", "cyclades_compute", "CPU", "compute", true, 16;
    r::TOTAL_RAM, "Virtual machine memory size", Some("bytes"), "compute", "cyclades_compute", "cyclades.total_ram", "compute", false, INFINITE;
    r::RAM, "Virtual machine memory size of running servers", Some("bytes"), "compute", "cyclades_compute", "RAM", "compute", true, 32 * GIB;
    r::VM, "Number of virtual machines", None, "compute", "cyclades_compute", "Virtual Machine", "compute", true, 8;
    r::PRIVATE_NETWORK, "Number of private networks", None, "network", "cyclades_network", "Private Network", "network", true, 5;
    r::FLOATING_IP, "Number of Floating IP addresses", None, "network", "cyclades_network", "Floating IP address", "network", true, 5;
    r::PENDING_APP, "Number of pending project applications", None, "account", "astakos_account", "astakos.pending_app", "accounts", false, 3;
}

/// What a registered resource is, where the program does not know it better.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    description: String,
    unit: Option<String>,
    service_type: String,
    service_origin: String,
}

/// What administrators said of a resource.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Defaults {
    name: String,
    system: Option<u64>,
    project: Option<u64>,
    #[serde(default)]
    api_visible: Option<bool>,
    #[serde(default)]
    ui_visible: Option<bool>,
    /// Number of a registered resource; the standard ones are numbered in page order.
    #[serde(default)]
    id: u64,
    #[serde(default)]
    about: Option<About>,
}

impl Row for Defaults {
    type Key = String;
    const TABLE: &'static str = "quota.defaults";
    fn key(&self) -> String {
        self.name.clone()
    }
}

/// A resource with the defaults in force.
#[derive(Clone, Copy, Debug)]
pub struct ResourceInfo {
    /// Its number.
    pub id: u64,
    /// What is known of it.
    pub about: &'static Resource,
    /// Limit of a new system project.
    pub system_default: u64,
    /// Limit of a new project of any other kind.
    pub project_default: u64,
    /// Shown in APIs?
    pub api_visible: bool,
    /// Shown on pages?
    pub ui_visible: bool,
}

/// All resources in page order, with the defaults in force; registered ones last.
pub fn catalogue(tx: &impl Reads) -> Result<Vec<ResourceInfo>> {
    let rows = tx.scan::<Defaults>(None, usize::MAX)?;
    let row = |name: &str| rows.iter().find(|row| row.name == name);
    let mut all: Vec<ResourceInfo> = (1..)
        .zip(STANDARD)
        .map(|(id, about)| match row(about.name) {
            Some(row) => info(id, described(about, row), row),
            None => info(id, about, &Defaults::default()),
        })
        .collect();
    let mut more: Vec<&Defaults> = rows
        .iter()
        .filter(|row| row.about.is_some() && standard(&row.name).is_none())
        .collect();
    more.sort_by_key(|row| row.id);
    all.extend(more.into_iter().filter_map(|row| {
        let about = row.about.as_ref()?;
        Some(info(row.id, registered(&row.name, about), row))
    }));
    Ok(all)
}

fn info(id: u64, about: &'static Resource, row: &Defaults) -> ResourceInfo {
    ResourceInfo {
        id,
        about,
        system_default: row.system.unwrap_or(about.system_default),
        project_default: row.project.unwrap_or(about.project_default),
        api_visible: row.api_visible.unwrap_or(about.visible),
        ui_visible: row.ui_visible.unwrap_or(about.visible),
    }
}

/// A standard resource, with what a registration said of it.
fn described(standard: &'static Resource, row: &Defaults) -> &'static Resource {
    match &row.about {
        None => standard,
        Some(about) => kept(|keep| Resource {
            description: keep(&about.description),
            unit: about.unit.as_deref().map(&keep),
            service_type: keep(&about.service_type),
            service_origin: keep(&about.service_origin),
            ..*standard
        }),
    }
}

/// A resource the program does not know by itself.
fn registered(name: &str, about: &About) -> &'static Resource {
    kept(|keep| {
        let name = keep(name);
        Resource {
            name,
            description: keep(&about.description),
            unit: about.unit.as_deref().map(&keep),
            service_type: keep(&about.service_type),
            service_origin: keep(&about.service_origin),
            words: name,
            group: name,
            visible: true,
            system_default: INFINITE,
            project_default: 0,
        }
    })
}

/// Texts and definitions of registered resources live as long as the process: there
/// are at most [`MOST`], and they change when an administrator registers others.
static TEXTS: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
static KEPT: Mutex<Vec<&'static Resource>> = Mutex::new(Vec::new());

fn kept(make: impl FnOnce(&dyn Fn(&str) -> &'static str) -> Resource) -> &'static Resource {
    let resource = make(&|text| {
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = texts.iter().find(|there| **there == text) {
            return there;
        }
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        texts.push(text);
        text
    });
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(there) = kept.iter().find(|there| ***there == resource) {
        return there;
    }
    let resource: &'static Resource = Box::leak(Box::new(resource));
    kept.push(resource);
    resource
}

/// A resource by name, with the defaults in force.
pub fn resource_named(tx: &impl Reads, name: &str) -> Result<Option<ResourceInfo>> {
    Ok(catalogue(tx)?
        .into_iter()
        .find(|info| info.about.name == name))
}

/// The resource, or the refusal that names it (ID-CLI-44).
fn must(tx: &impl Reads, name: &str) -> Result<ResourceInfo> {
    resource_named(tx, name)?
        .ok_or_else(|| Error::not_found(format!("Resource {name} does not exist.")))
}

fn change(tx: &WriteTx, name: &str, with: impl Fn(&mut Defaults)) -> Result<()> {
    must(tx, name)?;
    let mut row = tx.get(&name.to_owned())?.unwrap_or(Defaults {
        name: name.to_owned(),
        ..Defaults::default()
    });
    with(&mut row);
    tx.put(&row)
}

/// Changes the limit new system projects start with (ID-RES-05: not the existing ones).
pub fn set_system_default(tx: &WriteTx, name: &str, limit: u64) -> Result<()> {
    change(tx, name, |row| row.system = Some(limit))
}

/// Changes the limit other new projects start with.
pub fn set_project_default(tx: &WriteTx, name: &str, limit: u64) -> Result<()> {
    change(tx, name, |row| row.project = Some(limit))
}

/// Changes where a resource is seen. The other flag follows where it must (ID-RES-04);
/// tells the flags that hold now: in APIs, on pages.
pub fn set_visible(
    tx: &WriteTx,
    name: &str,
    api: Option<bool>,
    ui: Option<bool>,
) -> Result<(bool, bool)> {
    let now = must(tx, name)?;
    let (mut in_apis, mut on_pages) =
        (api.unwrap_or(now.api_visible), ui.unwrap_or(now.ui_visible));
    if on_pages && !in_apis {
        match (api, ui) {
            (Some(false), Some(true)) => {
                return Err(Error::invalid(
                    "A resource cannot be visible on pages and not in the APIs.",
                ));
            }
            (Some(false), _) => on_pages = false,
            _ => in_apis = true,
        }
    }
    change(tx, name, |row| {
        row.api_visible = Some(in_apis);
        row.ui_visible = Some(on_pages);
    })?;
    Ok((in_apis, on_pages))
}

/// A resource as a service definition describes it (ID-CMP-05).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResource {
    /// `service.resource`.
    pub name: String,
    /// One line for people.
    pub description: String,
    /// `bytes` or none.
    pub unit: Option<String>,
    /// Type of the service it belongs to.
    pub service_type: String,
    /// Name of the service it belongs to.
    pub service_origin: String,
    /// Shown in APIs?
    pub api_visible: bool,
    /// Shown on pages?
    pub ui_visible: bool,
}

/// Registers a resource, or renews what is known of it: limits and flags stay
/// (ID-RES-02, ID-RES-03). `limit` is the system default of a new one. Says whether it
/// is new.
pub fn register(tx: &WriteTx, new: &NewResource, limit: u64) -> Result<bool> {
    let texts = [
        &new.name,
        &new.description,
        &new.service_type,
        &new.service_origin,
    ];
    if new.name.is_empty()
        || texts
            .iter()
            .any(|t| t.len() > LONGEST || t.chars().any(char::is_control))
        || new.unit.as_ref().is_some_and(|unit| unit != "bytes")
    {
        return Err(Error::invalid("Malformed resource dict."));
    }
    if new.ui_visible && !new.api_visible {
        return Err(Error::invalid(format!(
            "Resource {}: what pages show must be visible in the APIs too.",
            new.name
        )));
    }
    let about = About {
        description: new.description.clone(),
        unit: new.unit.clone(),
        service_type: new.service_type.clone(),
        service_origin: new.service_origin.clone(),
    };
    if let Some(known) = resource_named(tx, &new.name)? {
        if said(known.about) != about {
            change(tx, &new.name, |row| row.about = Some(about.clone()))?;
        }
        return Ok(false);
    }
    if catalogue(tx)?.len() >= MOST {
        return Err(Error::conflict("There are too many resources."));
    }
    tx.put(&Defaults {
        name: new.name.clone(),
        system: Some(limit),
        project: Some(if new.api_visible { 0 } else { INFINITE }),
        api_visible: Some(new.api_visible),
        ui_visible: Some(new.ui_visible),
        id: STANDARD.len() as u64 + tx.next_id("quota.resource")?,
        about: Some(about),
    })?;
    Ok(true)
}

/// What is known of a resource, as a registration would say it.
fn said(about: &Resource) -> About {
    About {
        description: about.description.to_owned(),
        unit: about.unit.map(str::to_owned),
        service_type: about.service_type.to_owned(),
        service_origin: about.service_origin.to_owned(),
    }
}

fn standard(name: &str) -> Option<&'static Resource> {
    STANDARD.iter().find(|resource| resource.name == name)
}

/// The standard resources of a service, as its definition lists them.
pub fn standard_of(service: &str) -> impl Iterator<Item = &'static Resource> {
    STANDARD
        .iter()
        .filter(move |resource| resource.service_origin == service)
}

/// The resource in words, as refusals name it (CY-QTA-07).
pub fn in_words(name: &str) -> &str {
    standard(name).map_or(name, |resource| resource.words)
}
