//! `component-*` (ID-CLI-38 … ID-CLI-42).

mod register;

use crate::Admin;
use identity::{ComponentChange, ComponentView};
use kernel::{Error, Result, secret::ExposeSecret};
use wire::admin::{
    Cell, ComponentCommand, ComponentModify, Io, Record, Report, Row, Secret, Table, confirm,
    lists::COMPONENT,
};

/// Carries out a command of this family.
pub(crate) async fn run(
    admin: &Admin,
    command: ComponentCommand,
    io: &mut dyn Io,
) -> Result<Report> {
    let caller = admin.caller();
    match command {
        ComponentCommand::Add {
            name,
            base_url,
            ui_url,
        } => {
            let made = admin
                .identity
                .component_add(&caller, name, base_url, ui_url)
                .await?;
            Ok(Report::new().told("Token: ", made.token.expose_secret()))
        }
        ComponentCommand::List { list } => {
            let all = admin.identity.components(&caller).await?;
            Ok(Report::new().with(COMPONENT.table(&list, all.iter().map(row))))
        }
        ComponentCommand::Show { component } => show(admin, &component).await,
        ComponentCommand::Modify(change) => modify(admin, change).await,
        ComponentCommand::Remove {
            component,
            no_confirm,
        } => {
            if io.terminal().input_tty && !no_confirm {
                let question = format!(
                    "Remove component '{}' with its services? [y/N] ",
                    component.escape_debug()
                );
                confirm(io, &question).await?;
            }
            let name = admin.identity.component_remove(&caller, component).await?;
            Ok(Report::new().note(format!("Component '{name}' removed.")))
        }
        ComponentCommand::Register(asked) => register::run(admin, asked, io).await,
    }
}

fn token(component: &ComponentView) -> Cell {
    Cell::Secret(Secret::new(component.token.expose_secret()))
}

fn row(component: &ComponentView) -> Row {
    Row::new()
        .with("id", component.id)
        .with("name", &component.name)
        .with("base_url", component.base_url.clone())
        .with("ui_url", component.ui_url.clone())
        .with("token", token(component))
        .with("token_created", component.token_created)
        .with("token_expires", component.token_expires)
}

async fn show(admin: &Admin, name: &str) -> Result<Report> {
    let found = admin.identity.component(&admin.caller(), name).await?;
    let Some(component) = found else {
        let by = match name.bytes().all(|b| b.is_ascii_digit()) {
            true => "with ID",
            false => "named",
        };
        return Err(Error::not_found(format!("No component found {by} {name}.")));
    };
    let record = Record::new()
        .with("id", component.id)
        .with("name", &component.name)
        .with("base url", component.base_url.clone())
        .with("ui url", component.ui_url.clone())
        .with("token", token(&component))
        .with("token created", component.token_created)
        .with("token expires", component.token_expires);
    let mut services = Table::new(["id", "name", "type"]).titled("Registered services");
    for service in &component.services {
        services.push([
            service.id.into(),
            (&service.name).into(),
            (&service.kind).into(),
        ]);
    }
    Ok(Report::new().with(record).with(services))
}

async fn modify(admin: &Admin, asked: ComponentModify) -> Result<Report> {
    let change = ComponentChange {
        base_url: asked.base_url,
        ui_url: asked.ui_url,
        token: asked
            .auth_token
            .map(|token| token.expose().to_owned().into()),
        renew_token: asked.renew_token,
        purge_services: asked.purge_services,
    };
    let caller = admin.caller();
    let changed = admin
        .identity
        .component_modify(&caller, asked.component, change)
        .await?;
    let mut report = Report::new().note(format!("Component '{}' modified.", changed.name));
    if asked.renew_token {
        report = report.told("Component's new token: ", changed.token.expose_secret());
    }
    Ok(report)
}
