//! Which resources exist, what they are called and where their limits start.

use crate::resource as r;
use kernel::{Error, Result, quantity::INFINITE};
use serde::{Deserialize, Serialize};
use store::{Reads, Row, WriteTx};

/// A resource as the program knows it (ID-RES-07, CY-QTA-01).
#[derive(Clone, Copy, Debug)]
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

/// Limits an administrator put in place of the built-in defaults.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Defaults {
    name: String,
    system: Option<u64>,
    project: Option<u64>,
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
    /// What the program knows of it.
    pub about: &'static Resource,
    /// Limit of a new system project.
    pub system_default: u64,
    /// Limit of a new project of any other kind.
    pub project_default: u64,
}

/// All resources in page order, with the defaults in force.
pub fn catalogue(tx: &impl Reads) -> Result<Vec<ResourceInfo>> {
    STANDARD
        .iter()
        .map(|about| {
            let set = tx.get::<Defaults>(&about.name.to_owned())?;
            let (system, project) = set.map_or((None, None), |d| (d.system, d.project));
            Ok(ResourceInfo {
                about,
                system_default: system.unwrap_or(about.system_default),
                project_default: project.unwrap_or(about.project_default),
            })
        })
        .collect()
}

fn change(tx: &WriteTx, name: &str, with: impl Fn(&mut Defaults)) -> Result<()> {
    if known(name).is_none() {
        return Err(Error::not_found(format!("Resource {name} does not exist.")));
    }
    let mut row = tx.get(&name.to_owned())?.unwrap_or(Defaults {
        name: name.to_owned(),
        system: None,
        project: None,
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

pub(crate) fn known(name: &str) -> Option<&'static Resource> {
    STANDARD.iter().find(|resource| resource.name == name)
}

/// The resource in words, as refusals name it (CY-QTA-07).
pub fn in_words(name: &str) -> &str {
    known(name).map_or(name, |resource| resource.words)
}
