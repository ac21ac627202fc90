//! `flavor-*` (CY-CLI-FLV-01 … CY-CLI-FLV-04).

use crate::Admin;
use compute::{Flavor, FlavorChange, NewFlavor};
use kernel::{Error, FlavorId, Result};
use std::collections::BTreeMap;
use wire::admin::{
    Cell, Command, FlavorCreate, FlavorModify, ListOptions, Record, Report, Row, lists::FLAVOR,
};

/// Most flavors one command makes.
const MOST: usize = 1000;

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: Command) -> Result<Report> {
    match command {
        Command::FlavorCreate(new) => create(admin, new).await,
        Command::FlavorList { list, deleted } => all(admin, list, deleted).await,
        Command::FlavorModify(change) => modify(admin, change).await,
        Command::FlavorShow { flavor } => show(admin, FlavorId(flavor)).await,
        _ => Err(Error::not_supported("Not supported yet.")),
    }
}

/// Every combination, in the order given.
fn combinations(asked: &FlavorCreate) -> Result<(Vec<NewFlavor>, Vec<String>)> {
    let mut warnings = Vec::new();
    let mut rams = Vec::new();
    for ram in &asked.rams {
        let rounded = ram
            .checked_next_multiple_of(4)
            .ok_or_else(|| Error::invalid("Invalid values"))?;
        if rounded != *ram {
            warnings.push(format!(
                "Warning: memory of {ram} MiB is rounded up to {rounded} MiB"
            ));
        }
        rams.push(rounded);
    }
    let mut all = Vec::new();
    for cpu in &asked.cpus {
        for ram in &rams {
            for disk in &asked.disks {
                for kind in &asked.types {
                    all.push(NewFlavor {
                        cpu: *cpu,
                        ram: *ram,
                        disk: *disk,
                        volume_type: kind.clone(),
                        public: asked.public,
                        specs: asked.specs.iter().cloned().collect(),
                    });
                }
            }
        }
        if all.len() > MOST {
            return Err(Error::invalid(format!(
                "More than {MOST} flavors in one command"
            )));
        }
    }
    Ok((all, warnings))
}

async fn create(admin: &Admin, asked: FlavorCreate) -> Result<Report> {
    let (new, warnings) = combinations(&asked)?;
    let mut report = Report::new();
    for line in warnings {
        report = report.note(line);
    }
    if asked.dry_run {
        let templates = templates(admin, &asked.types).await?;
        for flavor in &new {
            let template = &templates[&flavor.volume_type];
            report = report.text(format!(
                "Creating flavor 'C{}R{}D{}{template}'",
                flavor.cpu, flavor.ram, flavor.disk
            ));
        }
        return Ok(report);
    }
    for (flavor, made) in admin.compute.add_flavors(new).await? {
        report = match made {
            true => report.text(format!("Created flavor '{}'", flavor.name())),
            false => report.text(exists(&flavor, asked.public)),
        };
    }
    Ok(report)
}

fn exists(flavor: &Flavor, public: bool) -> String {
    let mut text = format!("Flavor '{}' already exists", flavor.name());
    if flavor.deleted {
        text.push_str(
            ", but it is marked as deleted. Use 'snf-manage flavor-modify' to undelete it",
        );
    } else if flavor.public != public {
        let state = if flavor.public {
            "public"
        } else {
            "not public"
        };
        text.push_str(&format!(
            ", but it is {state}. Use 'snf-manage flavor-modify' to change that"
        ));
    }
    text
}

/// The disk template each type stands for.
async fn templates(admin: &Admin, types: &[String]) -> Result<BTreeMap<String, String>> {
    let known = admin.compute.volume_types().await?;
    let mut found = BTreeMap::new();
    for kind in types {
        let template = match kind.parse::<u64>() {
            Err(_) => kind.clone(),
            Ok(id) => known
                .iter()
                .find(|t| t.id == id && !t.deleted)
                .map(|t| t.disk_template.clone())
                .ok_or_else(|| {
                    Error::not_found(format!(
                        "Volume type with ID '{kind}' does not exist. Use 'snf-manage \
                         volume-type-list' to find out available volume types."
                    ))
                })?,
        };
        found.insert(kind.clone(), template);
    }
    Ok(found)
}

async fn all(admin: &Admin, list: ListOptions, deleted: bool) -> Result<Report> {
    let mut found = admin.compute.all_flavors(deleted).await?;
    found.sort_by_key(|(flavor, _)| flavor.id);
    let rows = found.iter().map(|(flavor, servers)| {
        Row::new()
            .with("id", flavor.id.0)
            .with("name", flavor.name())
            .with("cpu", flavor.cpu)
            .with("ram", flavor.ram)
            .with("disk", flavor.disk)
            .with("template", &flavor.disk_template)
            .with("volume_type", flavor.volume_type)
            .with("allow_create", flavor.allow_create)
            .with("public", flavor.public)
            .with("vms", *servers)
            .with("specs", specs(flavor))
            .with("deleted", flavor.deleted)
    });
    Ok(Report::new().with(FLAVOR.table(&list, rows)))
}

fn specs(flavor: &Flavor) -> Cell {
    let pairs: Vec<String> = flavor
        .specs
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join(",").into()
}

async fn modify(admin: &Admin, asked: FlavorModify) -> Result<Report> {
    let unchanged = FlavorModify {
        flavor: asked.flavor,
        ..FlavorModify::default()
    } == asked;
    let change = FlavorChange {
        deleted: asked.deleted,
        allow_create: asked.allow_create,
        public: asked.public,
        spec_add: asked.spec_add.into_iter().collect(),
        spec_delete: asked.spec_delete,
    };
    let flavor = admin
        .compute
        .modify_flavor(FlavorId(asked.flavor), change)
        .await?;
    Ok(Report::new().note(match unchanged {
        true => "Nothing changed!".to_owned(),
        false => format!("Modified flavor '{}'", flavor.name()),
    }))
}

async fn show(admin: &Admin, id: FlavorId) -> Result<Report> {
    let found = admin.compute.flavor(&admin.caller(), id).await;
    let flavor = match found {
        Ok(view) => view.flavor,
        Err(Error::NotFound { .. }) => {
            return Err(Error::not_found(format!(
                "Flavor with ID {id} does not exist. Use flavor-list to find out available \
                 flavor IDs."
            )));
        }
        Err(other) => return Err(other),
    };
    let record = Record::new()
        .section(format!("Flavor {}", flavor.name()))
        .with("id", flavor.id.0)
        .with("name", flavor.name())
        .with("cpu", flavor.cpu)
        .with("ram", flavor.ram)
        .with("disk", flavor.disk)
        .with("volume_type", flavor.volume_type)
        .with("template", &flavor.disk_template)
        .with("allow_create", flavor.allow_create)
        .with("public", flavor.public)
        .with("specs", specs(&flavor));
    Ok(Report::new().with(record))
}
