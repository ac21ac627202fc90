//! `snf-component-register` (ID-CLI-71): asks where the components of the product are
//! and registers them with their services.

use crate::{Admin, services};
use identity::{ComponentChange, ComponentView};
use kernel::{Error, Result, secret::ExposeSecret};
use wire::admin::{ComponentRegister, Io, Report};

/// Name, what it is, an example of its base address.
const KNOWN: [(&str, &str, &str); 3] = [
    (
        "astakos",
        "Identity Service",
        "https://accounts.example.com",
    ),
    (
        "cyclades",
        "Compute Service",
        "https://compute.example.com/cyclades",
    ),
    (
        "pithos",
        "File Storage Service",
        "https://storage.example.com/pithos",
    ),
];

pub(super) async fn run(
    admin: &Admin,
    asked: ComponentRegister,
    io: &mut dyn Io,
) -> Result<Report> {
    let mut report = Report::new();
    let mut chosen = KNOWN.to_vec();
    if let Some(only) = &asked.component {
        chosen.retain(|(name, _, _)| name == only);
        if chosen.is_empty() {
            return Err(Error::invalid(format!(
                "{only} is not a recognized Synnefo component."
            )));
        }
    }
    for known in chosen {
        report = one(admin, known, &asked, io, report).await?;
    }
    Ok(report.note(
        "Next, set the limits of new users with:\n  \
         snf-manage resource-modify <resource> --system-default <limit>",
    ))
}

/// Yes or no, nothing else.
async fn yes(io: &mut dyn Io, question: &str, always: bool) -> Result<bool> {
    if always {
        return Ok(true);
    }
    loop {
        let answer = io.ask(&format!("{question} (y/n)? "), false).await?;
        match answer.as_deref().map(str::trim) {
            Some("y" | "Y") => return Ok(true),
            Some("n" | "N") => return Ok(false),
            Some(_) => io.err("Please answer with y or n.\n").await?,
            None => return Err(Error::conflict("Aborted.")),
        }
    }
}

/// An address, or what stands when nothing is typed.
async fn address(io: &mut dyn Io, question: &str, default: Option<&str>) -> Result<String> {
    loop {
        let answer = io.ask(question, false).await?;
        match (answer.as_deref().map(str::trim), default) {
            (None, _) => return Err(Error::conflict("Aborted.")),
            (Some(""), Some(default)) => return Ok(default.to_owned()),
            (Some(""), None) => {}
            (Some(text), _) => return Ok(text.trim_end_matches('/').to_owned()),
        }
    }
}

struct Urls {
    base: String,
    ui: String,
}

/// Where the component is, confirmed.
async fn urls(
    io: &mut dyn Io,
    (name, about, example): (&str, &str, &str),
    asked: &ComponentRegister,
    now: Option<&ComponentView>,
) -> Result<Urls> {
    let given = |url: &Option<String>| url.as_deref().map(|u| u.trim_end_matches('/').to_owned());
    let known = now.and_then(|component| component.base_url.clone());
    loop {
        let base = match (given(&asked.base_url), &known) {
            (Some(base), _) => base,
            (None, Some(known)) if asked.yes => known.clone(),
            (None, None) if asked.yes => {
                return Err(Error::invalid(format!("{name}: please give --base-url.")));
            }
            (None, known) => {
                let shown = known.as_deref().unwrap_or(example);
                let question = match known {
                    Some(_) => format!("{about} base URL [{shown}]: "),
                    None => format!("{about} base URL (e.g. {shown}): "),
                };
                address(io, &question, known.as_deref()).await?
            }
        };
        let default = format!("{base}/ui");
        let ui = match given(&asked.ui_url) {
            Some(ui) => ui,
            None if asked.yes || asked.base_url.is_some() => default,
            None => {
                let question = format!("{about} UI URL [{default}]: ");
                address(io, &question, Some(&default)).await?
            }
        };
        let question = format!("Base URL: {base}, UI URL: {ui}. Is that right");
        if yes(io, &question, asked.yes).await? {
            return Ok(Urls { base, ui });
        }
        if asked.base_url.is_some() {
            return Err(Error::conflict("Aborted."));
        }
    }
}

async fn one(
    admin: &Admin,
    known: (&str, &str, &str),
    asked: &ComponentRegister,
    io: &mut dyn Io,
    report: Report,
) -> Result<Report> {
    let (name, about, _) = known;
    let caller = admin.caller();
    let now = admin.identity.component(&caller, name).await?;
    let question = match &now {
        None => format!("Register the {about} ({name})"),
        Some(_) => format!("The {about} ({name}) is registered already. Re-register"),
    };
    if !yes(io, &question, asked.yes).await? {
        return Ok(report);
    }
    let urls = urls(io, known, asked, now.as_ref()).await?;
    match now {
        None => {
            let made = admin.identity.component_add(
                &caller,
                name.to_owned(),
                Some(urls.base.clone()),
                Some(urls.ui),
            );
            let made = made.await?;
            io.tell("Token: ", made.token.expose_secret()).await?;
            if !asked.yes && io.terminal().input_tty {
                let question = "Write the token down; then press Enter to go on. ";
                io.ask(question, false).await?;
            }
        }
        Some(_) => {
            let change = ComponentChange {
                base_url: Some(urls.base.clone()),
                ui_url: Some(urls.ui),
                purge_services: true,
                ..ComponentChange::default()
            };
            let done = admin
                .identity
                .component_modify(&caller, name.to_owned(), change);
            done.await?;
        }
    }
    let definitions = services::standard(name, &urls.base)
        .ok_or_else(|| Error::broken(format!("no definitions of {name}")))?;
    let said = services::import(admin, &definitions).await?;
    let said = said.into_iter().fold(report, Report::note);
    Ok(said.note(format!("Component {name} is registered.")))
}
