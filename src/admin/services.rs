//! `service-*`, and the definitions of the product's own services (ID-CLI-43,
//! ID-CMP-05, ID-CMP-06).

use crate::Admin;
use identity::{Definition, catalog};
use kernel::{Error, Result};
use quota::NewResource;
use serde_json::{Map, Value, json};
use wire::admin::{Io, Output, Record, Report, Row, ServiceCommand, Table, lists::SERVICE};

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: ServiceCommand, io: &mut dyn Io) -> Result<Report> {
    match command {
        ServiceCommand::Import { file } => {
            let value = document(io, &file).await?;
            let said = import(admin, &value).await?;
            Ok(said.into_iter().fold(Report::new(), Report::note))
        }
        ServiceCommand::List { list } => {
            let all = admin.identity.services(&admin.caller()).await?;
            let rows = all.into_iter().map(|service| {
                Row::new()
                    .with("id", service.id)
                    .with("name", service.name)
                    .with("component", service.component)
                    .with("type", service.kind)
            });
            Ok(Report::new().with(SERVICE.table(&list, rows)))
        }
        ServiceCommand::Show { service } => show(admin, &service).await,
        ServiceCommand::Export {
            component,
            base_url,
        } => {
            let settings = admin.settings.now();
            let bases = catalog::Bases::new(&settings, "");
            let found = match base_url {
                Some(base) => export(&component, &base)?,
                None => bases
                    .of(&component)
                    .and_then(|base| standard(&component, base))
                    .ok_or_else(|| unrecognized(&component))?,
            };
            Ok(Report::new().with(Output::Json(found)))
        }
    }
}

/// No component of the product has that name (ID-CLI-70).
fn unrecognized(component: &str) -> Error {
    Error::invalid(format!("Unrecognized component {component}"))
}

/// The public definitions of a component of the product at an address (ID-CLI-70).
///
/// # Errors
/// `Invalid` when there is no such component, or that is no address.
pub fn export(component: &str, base: &str) -> Result<Value> {
    let found = standard(component, base).ok_or_else(|| unrecognized(component))?;
    identity::component_address("base URL", base)?;
    Ok(found)
}

/// The content of a file as JSON.
pub(crate) async fn document(io: &mut dyn Io, file: &str) -> Result<Value> {
    let bytes = io.read_file(file).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Error::invalid(format!("{file}: not JSON: {error}")))
}

/// Registers the services of a definition file; what to say.
pub(crate) async fn import(admin: &Admin, value: &Value) -> Result<Vec<String>> {
    let definitions = definitions(value)?;
    admin
        .identity
        .import_services(&admin.caller(), definitions)
        .await
}

async fn show(admin: &Admin, name: &str) -> Result<Report> {
    let found = admin.identity.service_named(&admin.caller(), name).await?;
    let Some(service) = found else {
        let by = match name.bytes().all(|b| b.is_ascii_digit()) {
            true => "with ID",
            false => "named",
        };
        return Err(Error::not_found(format!("No service found {by} {name}.")));
    };
    let record = Record::new()
        .with("id", service.id)
        .with("name", service.name)
        .with("component", service.component)
        .with("type", service.kind);
    let mut endpoints = Table::new(["endpoint", "key", "value"]).titled("Endpoints");
    for endpoint in &service.endpoints {
        for (key, value) in &endpoint.data {
            endpoints.push([endpoint.id.into(), key.into(), value.into()]);
        }
    }
    Ok(Report::new().with(record).with(endpoints))
}

/// The public definitions of a component of the product at an address; None for other
/// names (ID-CLI-70).
pub(crate) fn standard(component: &str, base: &str) -> Option<Value> {
    let mut all = Map::new();
    for service in catalog::STANDARD {
        if service.component != component {
            continue;
        }
        let resources: Map<String, Value> = quota::standard_of(service.name)
            .map(|about| {
                let own = about
                    .name
                    .split_once('.')
                    .map_or(about.name, |(_, own)| own);
                (own.replace('.', "-"), resource(about))
            })
            .collect();
        let mut one = json!({
            "component": component,
            "type": service.kind,
            // The original's own setting of this one ends in a slash.
            "prefix": match service.prefix {
                "oauth2" => "oauth2/",
                other => other,
            },
            "public": true,
            "endpoints": [{
                "SNF:exposeVersion": service.expose,
                "versionId": service.version,
                "publicURL": service.public_url(base),
            }],
        });
        // The original's definition of the web login leaves them out.
        if service.name != "astakos_weblogin" {
            one["resources"] = resources.into();
        }
        all.insert(service.name.to_owned(), one);
    }
    (!all.is_empty()).then_some(Value::Object(all))
}

/// A standard resource as definition files describe it.
pub(crate) fn resource(about: &quota::Resource) -> Value {
    let mut one = json!({
        "name": about.name,
        "desc": about.description,
        "service_type": about.service_type,
        "service_origin": about.service_origin,
    });
    if let Some(unit) = about.unit {
        one["unit"] = unit.into();
    }
    if !about.visible {
        one["ui_visible"] = false.into();
        one["api_visible"] = false.into();
    }
    one
}

/// Reads a definition file (ID-CMP-05).
fn definitions(value: &Value) -> Result<Vec<Definition>> {
    let malformed = || Error::invalid("Malformed service definition.");
    let Value::Object(all) = value else {
        return Err(Error::invalid(
            "Malformed service definition: the file should hold an object.",
        ));
    };
    let mut read = Vec::with_capacity(all.len());
    for (name, one) in all {
        let text = |key: &str| {
            let text = one.get(key).and_then(Value::as_str);
            text.map(str::to_owned).ok_or_else(malformed)
        };
        let endpoints = match one.get("endpoints") {
            None => Vec::new(),
            Some(Value::Array(all)) => all.iter().map(endpoint).collect::<Result<_>>()?,
            Some(_) => return Err(malformed()),
        };
        let resources = match one.get("resources") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Object(all)) => all.values().map(new_resource).collect::<Result<_>>()?,
            Some(_) => return Err(Error::invalid("Malformed resource dict.")),
        };
        if resources.iter().any(|new| new.service_origin != *name) {
            return Err(Error::invalid("service_origin mismatch."));
        }
        read.push(Definition {
            name: name.clone(),
            component: text("component")?,
            kind: text("type")?,
            endpoints,
            resources,
        });
    }
    Ok(read)
}

fn endpoint(value: &Value) -> Result<Vec<(String, String)>> {
    let malformed = || Error::invalid("Malformed service definition.");
    let pairs = value.as_object().ok_or_else(malformed)?.iter();
    pairs
        .map(|(key, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Bool(true) => "True".to_owned(),
                Value::Bool(false) => "False".to_owned(),
                Value::Number(number) => number.to_string(),
                Value::Null => "None".to_owned(),
                _ => return Err(malformed()),
            };
            Ok((key.clone(), text))
        })
        .collect()
}

/// Reads a resource of a definition file.
pub(crate) fn new_resource(value: &Value) -> Result<NewResource> {
    let malformed = || Error::invalid("Malformed resource dict.");
    let text = |key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.map(str::to_owned).ok_or_else(malformed)
    };
    let flag = |key: &str| match value.get(key) {
        None => Ok(None),
        Some(Value::Bool(on)) => Ok(Some(*on)),
        Some(_) => Err(malformed()),
    };
    let unit = match value.get("unit") {
        None | Some(Value::Null) => None,
        Some(Value::String(unit)) if unit.is_empty() => None,
        Some(Value::String(unit)) => Some(unit.clone()),
        Some(_) => return Err(malformed()),
    };
    let ui_visible = match flag("ui_visible")? {
        None => flag("allow_in_projects")?,
        said => said,
    };
    Ok(NewResource {
        name: text("name")?,
        description: text("desc")?,
        unit,
        service_type: text("service_type")?,
        service_origin: text("service_origin")?,
        api_visible: flag("api_visible")?.unwrap_or(true),
        ui_visible: ui_visible.unwrap_or(true),
    })
}
