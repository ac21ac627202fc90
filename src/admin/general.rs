//! Commands of the original's framework that are answered for compatibility
//! (ID-CLI-65), and `settings-show` (ID-CLI-80).

use crate::Admin;
use kernel::{Error, Result};
use wire::admin::{GeneralCommand, Report, Table};

/// Carries out a command of this family.
pub(crate) fn run(admin: &Admin, command: GeneralCommand) -> Result<Report> {
    match command {
        GeneralCommand::Migrate => {
            // Whoever opened the store has brought it up to date.
            Ok(Report::new().note("The store is up to date: nothing to do."))
        }
        GeneralCommand::Static => Ok(Report::new()
            .note("Static files are in the program: nothing to do.")),
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

fn settings(admin: &Admin, name: Option<&str>) -> Result<Report> {
    let mut table = Table::new(["name", "value", "from"]);
    for (setting, value, origin) in admin.upkeep.settings() {
        if name.is_none_or(|name| name == setting) {
            table.push([setting.into(), value.into(), origin.into()]);
        }
    }
    match (table.rows.is_empty(), name) {
        (true, Some(name)) => Err(Error::not_found(format!("There is no setting {name}."))),
        _ => Ok(Report::new().with(table)),
    }
}
