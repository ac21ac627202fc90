//! `resource-*` (ID-CLI-43, ID-CLI-44), `astakos-init` (ID-CLI-64).

use crate::{Admin, services, units};
use identity::{ResourceChange, catalog};
use kernel::{Error, Result, quantity, settings::Value};
use quota::ResourceInfo;
use std::collections::BTreeMap;
use wire::admin::{
    Cell, Io, ListOptions, Output, Report, ResourceCommand, ResourceModify, Row, lists::RESOURCE,
};

/// Carries out a command of this family.
pub(crate) async fn run(
    admin: &Admin,
    command: ResourceCommand,
    io: &mut dyn Io,
) -> Result<Report> {
    match command {
        ResourceCommand::Import { file } => import(admin, io, &file).await,
        ResourceCommand::Export { component } => {
            let services = catalog::STANDARD
                .iter()
                .filter(|s| s.component == component);
            let all: Vec<_> = services
                .flat_map(|service| quota::standard_of(service.name))
                .map(services::resource)
                .collect();
            Ok(Report::new().with(Output::Json(all.into())))
        }
        ResourceCommand::List { list, unit_style } => list_all(admin, &list, &unit_style).await,
        ResourceCommand::Modify(change) => modify(admin, change, io).await,
    }
}

async fn import(admin: &Admin, io: &mut dyn Io, file: &str) -> Result<Report> {
    let value = services::document(io, file).await?;
    let all = value
        .as_array()
        .ok_or_else(|| Error::invalid("Malformed resource dict: the file should hold a list."))?;
    let all = all
        .iter()
        .map(services::new_resource)
        .collect::<Result<_>>()?;
    let said = admin
        .identity
        .import_resources(&admin.caller(), all)
        .await?;
    Ok(said.into_iter().fold(Report::new(), Report::note))
}

/// An amount as it is printed; a number where it has no unit (ID-CLI-11), and in the style
/// `none`.
pub(crate) fn amount(n: u64, bytes: bool, style: &str) -> Cell {
    match style {
        "none" => n.into(),
        _ if !bytes && n < quantity::INFINITE => n.into(),
        _ => units::shown(n, bytes, style).into(),
    }
}

async fn list_all(admin: &Admin, list: &ListOptions, style: &str) -> Result<Report> {
    let row = |info: ResourceInfo| {
        let about = info.about;
        let bytes = about.unit == Some("bytes");
        let seen = |n: u64| amount(n, bytes, style);
        Row::new()
            .with("id", info.id)
            .with("name", about.name)
            .with("service_type", about.service_type)
            .with("service_origin", about.service_origin)
            .with("unit", about.unit)
            .shown(
                "system_default",
                info.system_default,
                seen(info.system_default),
            )
            .shown(
                "project_default",
                info.project_default,
                seen(info.project_default),
            )
            .with("description", about.description)
            .with("api_visible", info.api_visible)
            .with("ui_visible", info.ui_visible)
            .with("allow_in_projects", info.ui_visible)
    };
    let mut all = admin.quota.catalogue().await?;
    all.sort_by_key(|info| info.id);
    Ok(Report::new().with(RESOURCE.table(list, all.into_iter().map(row))))
}

/// A limit as it is typed.
pub(crate) fn limit(text: &str) -> Result<u64> {
    quantity::parse(text).ok_or_else(|| {
        Error::invalid("Quota limit should be an integer, optionally followed by a unit, or 'inf'.")
    })
}

async fn modify(admin: &Admin, asked: ResourceModify, io: &mut dyn Io) -> Result<Report> {
    let all = admin.quota.catalogue().await?;
    let chosen: Vec<ResourceInfo> = match &asked.resource {
        None => all,
        Some(name) => {
            let found = all.into_iter().find(|info| info.about.name == name);
            let missing = || Error::not_found(format!("Resource {name} does not exist."));
            vec![found.ok_or_else(missing)?]
        }
    };
    let mut changes = match &asked.from_file {
        Some(file) => from_file(io, file, &chosen, asked.resource.is_none()).await?,
        None => BTreeMap::new(),
    };
    if asked.interactive {
        for info in &chosen {
            if let Some(limit) = ask(io, info, &asked.unit_style).await? {
                changes.insert(info.about.name.to_owned(), limit);
            }
        }
    }
    let mut list: Vec<(String, ResourceChange)> = changes
        .into_iter()
        .map(|(name, limit)| {
            let change = ResourceChange {
                system_default: Some(limit),
                ..ResourceChange::default()
            };
            (name, change)
        })
        .collect();
    if let Some(name) = asked.resource {
        let typed = |text: &Option<String>| text.as_deref().map(limit).transpose();
        let change = ResourceChange {
            system_default: typed(&asked.system_default)?,
            project_default: typed(&asked.project_default)?,
            api_visible: asked.api_visible,
            ui_visible: asked.ui_visible,
            allow_in_projects: asked.allow_in_projects,
        };
        list.push((name, change));
    }
    let said = admin
        .identity
        .resources_modify(&admin.caller(), list)
        .await?;
    Ok(said.into_iter().fold(Report::new(), Report::note))
}

/// Limits by name; unknown names are refused.
async fn from_file(
    io: &mut dyn Io,
    file: &str,
    known: &[ResourceInfo],
    all: bool,
) -> Result<BTreeMap<String, u64>> {
    let value = services::document(io, file).await?;
    let pairs = value
        .as_object()
        .ok_or_else(|| Error::invalid("The file should hold an object: resource to limit."))?;
    let mut limits = BTreeMap::new();
    for (name, value) in pairs {
        let number = match value {
            serde_json::Value::Number(n) => limit(&n.to_string())?,
            serde_json::Value::String(text) => limit(text)?,
            _ => return Err(limit("").err().unwrap_or_else(|| Error::invalid(""))),
        };
        match known.iter().any(|info| info.about.name == name) {
            true => drop(limits.insert(name.clone(), number)),
            // One resource was named: the others of the file are not asked for.
            false if !all => {}
            false => {
                return Err(Error::not_found(format!("Resource {name} does not exist.")));
            }
        }
    }
    Ok(limits)
}

async fn ask(io: &mut dyn Io, info: &ResourceInfo, style: &str) -> Result<Option<u64>> {
    let bytes = info.about.unit == Some("bytes");
    loop {
        let question = format!(
            "Limit of {} ({}) [{}]: ",
            info.about.name,
            info.about.description,
            units::shown(info.system_default, bytes, style)
        );
        let Some(answer) = io.ask(&question, false).await? else {
            return Err(Error::conflict("Aborted."));
        };
        if answer.trim().is_empty() {
            return Ok(None);
        }
        match limit(answer.trim()) {
            Ok(limit) => return Ok(Some(limit)),
            Err(error) => io.err(&format!("{error}\n")).await?,
        }
    }
}

/// Sets default base quota from `ASTAKOS_SERVICES` (ID-CLI-64).
pub(crate) async fn load_service_resources(admin: &Admin) -> Result<Report> {
    let settings = admin.settings.now();
    let mut report = Report::new();
    let mut changes = Vec::new();
    let known = admin.quota.catalogue().await?;
    for (name, wanted) in service_limits(settings.get("ASTAKOS_SERVICES")) {
        let limit = match wanted {
            Value::Int(n) => u64::try_from(n).ok(),
            Value::Str(text) => quantity::parse(&text),
            Value::None => Some(quantity::INFINITE),
            _ => None,
        };
        let there = known.iter().find(|info| info.about.name == name);
        match (there, limit) {
            (None, _) => {
                report = report.note(format!("Resource {name} does not exist; skipped."));
            }
            (Some(_), None) => {
                report = report.note(format!("Resource {name}: no limit can be read; skipped."));
            }
            (Some(info), Some(limit)) => {
                let amount = units::shown(limit, info.about.unit == Some("bytes"), "auto");
                report = report.note(format!("Resource {name}: system default set to {amount}."));
                let change = ResourceChange {
                    system_default: Some(limit),
                    ..ResourceChange::default()
                };
                changes.push((name, change));
            }
        }
    }
    admin
        .identity
        .resources_modify(&admin.caller(), changes)
        .await?;
    Ok(report.note("Run 'snf-manage quota --sync' to put the limits in force."))
}

/// Resources with their `uplimit`, of the list form and the mapping form.
fn service_limits(services: Option<&Value>) -> Vec<(String, Value)> {
    let Some(Value::Dict(services)) = services else {
        return Vec::new();
    };
    let get = |pairs: &[(Value, Value)], key: &str| {
        let found = pairs.iter().find(|(k, _)| *k == Value::Str(key.to_owned()));
        found.map(|(_, value)| value.clone())
    };
    let mut all = Vec::new();
    for (service, about) in services {
        let (Value::Str(service), Value::Dict(about)) = (service, about) else {
            continue;
        };
        // What file storage was called before.
        let service = service.strip_suffix('+').unwrap_or(service);
        let full = |name: &str| match name.starts_with(&format!("{service}.")) {
            true => name.to_owned(),
            false => format!("{service}.{name}"),
        };
        match get(about, "resources") {
            Some(Value::List(list)) => {
                for one in list {
                    if let Value::Dict(one) = one
                        && let Some(Value::Str(name)) = get(&one, "name")
                        && let Some(limit) = get(&one, "uplimit")
                    {
                        all.push((full(&name), limit));
                    }
                }
            }
            Some(Value::Dict(map)) => {
                for (name, one) in map {
                    let limit = match &one {
                        Value::Dict(one) => get(one, "uplimit"),
                        other => Some(other.clone()),
                    };
                    if let (Value::Str(name), Some(limit)) = (&name, limit) {
                        all.push((full(name), limit));
                    }
                }
            }
            _ => {}
        }
    }
    all
}
