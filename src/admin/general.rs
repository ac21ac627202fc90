//! Commands of the original's framework that are answered for compatibility
//! (ID-CLI-65), and `settings-show` (ID-CLI-80).

use crate::Admin;
use identity::audit::{Act, Target};
use kernel::{
    Error, Result,
    settings::{Value, registry},
};
use std::path::Path;
use wire::admin::{GeneralCommand, LogLevel, Output, Report, Table, output::MASK};

/// Carries out a command of this family.
pub(crate) fn run(admin: &Admin, command: GeneralCommand) -> Result<Report> {
    match command {
        GeneralCommand::Obsolete => Ok(Report::new()
            .note("Nothing to do: the store is brought up to date whenever it is opened.")),
        GeneralCommand::Migrate { .. } => {
            // Whoever opened the store has brought it up to date.
            Ok(Report::new().note("The store is up to date: nothing to do."))
        }
        GeneralCommand::Static => {
            Ok(Report::new().note("Static files are in the program: nothing to do."))
        }
        GeneralCommand::Settings { name } => settings(admin, name.as_deref()),
        GeneralCommand::Urls => {
            let mut table = Table::new(["methods", "address"]);
            for (methods, address) in admin.upkeep.addresses() {
                table.push([methods.into(), address.into()]);
            }
            Ok(Report::new().with(table))
        }
    }
}

/// Copies everything there is, all secrets included, out of the data directory.
pub(crate) async fn backup(admin: &Admin, target: &str) -> Result<Report> {
    let mut report = admin.upkeep.backup(Path::new(target)).await?;
    let told: Vec<&str> = report.outputs.iter().filter_map(said).collect();
    let act = Act::new("backup.make", Target::new("backup", "", target));
    let act = act.with("told", "", told.join("; "));
    // The copy is there whether or not it can be told.
    if let Err(error) = admin.identity.admin_record(&admin.caller(), act).await {
        report = report.text(format!("The audit trail has no entry of this: {error}"));
        report.code = 1;
    }
    Ok(report)
}

fn said(output: &Output) -> Option<&str> {
    match output {
        Output::Note(line) | Output::Text(line) => Some(line),
        _ => None,
    }
}

/// Has the running service read its settings again.
pub(crate) async fn reload(admin: &Admin) -> Result<Report> {
    let report = admin.upkeep.reload().await?;
    let notes: Vec<&str> = report.outputs.iter().filter_map(said).collect();
    let act = Act::new("settings.reload", Target::new("settings", "", "settings"));
    let act = act.with("told", "", notes.join("; "));
    admin.identity.admin_record(&admin.caller(), act).await?;
    Ok(report)
}

/// Lists the levels of loggers that were set, or sets one.
pub(crate) async fn log_level(admin: &Admin, asked: LogLevel) -> Result<Report> {
    let report = admin.upkeep.log_level(asked.clone()).await?;
    if let (Some(logger), Some(level)) = (&asked.logger, &asked.level) {
        let minutes = asked.minutes.map_or_else(String::new, |n| n.to_string());
        let act = Act::new("logger.level", Target::new("logger", logger, logger))
            .with("level", "", level)
            .with("minutes", "", minutes);
        admin.identity.admin_record(&admin.caller(), act).await?;
    }
    Ok(report)
}

/// Settings in force, the file each belongs to and where its value came from; secrets
/// are masked.
fn settings(admin: &Admin, name: Option<&str>) -> Result<Report> {
    let now = admin.settings.now();
    let declared = registry::all().map(|(group, setting)| (setting.name, group.file));
    let own = now
        .iter()
        .filter(|(name, _)| registry::find(name).is_none());
    let own = own.map(|(name, _)| (name, registry::Family::of(name).map_or("", |f| f.file)));
    let mut table = Table::new(["name", "value", "file", "from"]);
    for (setting, file) in declared.chain(own) {
        if name.is_none_or(|name| name == setting) {
            let value = shown(setting, now.get(setting));
            let from = now.origin(setting).to_string();
            table.push([setting.into(), value.into(), file.into(), from.into()]);
        }
    }
    match (table.rows.is_empty(), name) {
        (true, Some(name)) => Err(Error::not_found(format!("There is no setting {name}."))),
        _ => Ok(Report::new().with(table)),
    }
}

/// A value as a file would say it; of a secret only whether there is one.
fn shown(name: &str, value: Option<&Value>) -> String {
    let empty = match value {
        None | Some(Value::None) => return "None".to_owned(),
        Some(Value::Str(text)) => text.is_empty(),
        Some(_) => false,
    };
    match value {
        Some(value) if empty || !registry::is_secret(name) => value.to_literal(),
        _ => MASK.to_owned(),
    }
}
