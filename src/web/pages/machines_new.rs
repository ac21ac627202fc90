//! A new machine: image, size and name on one page.

use super::{
    Failed,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::User,
    words::{self, Meter, meters},
};
use askama::Template;
use axum::response::{IntoResponse, Response};
use compute::NewServer;
use http::StatusCode;
use kernel::{Error, FlavorId, Result, UserId};
use std::{collections::BTreeMap, sync::OnceLock, time::Duration};

struct Choice {
    id: String,
    title: String,
    text: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "pages/machine_create.html")]
struct Create {
    s: Shell,
    f: Form,
    images: Vec<Choice>,
    flavors: Vec<Choice>,
    meters: Vec<Meter>,
    url: String,
    /// The same by kamaki.
    command: String,
    /// What makes this form this form: sent twice, it makes one machine.
    once: String,
}

const COMMAND: &str =
    "kamaki server create --name '{name}' --flavor-id {flavor} --image-id {image}";

/// The command with what is chosen; the page's script fills it in as choices change.
fn command(name: &str, images: &[Choice], flavors: &[Choice]) -> String {
    let chosen = |choices: &[Choice], otherwise: &str| {
        let found = choices.iter().find(|choice| choice.chosen);
        found.map_or(otherwise.to_owned(), |choice| choice.id.clone())
    };
    COMMAND
        .replace("{flavor}", &chosen(flavors, "FLAVOR"))
        .replace("{image}", &chosen(images, "IMAGE"))
        .replace("{name}", &name.replace('\'', "'\\''"))
}

/// Is this form sent for the first time? Remembered for a while, for those without
/// script, whose browsers send a form as often as its button is pressed.
fn first(user: &User, sent: &Posted) -> bool {
    static SENT: OnceLock<moka::sync::Cache<(UserId, String), ()>> = OnceLock::new();
    let kept = Duration::from_secs(600);
    let sent_before = SENT.get_or_init(|| {
        moka::sync::Cache::builder()
            .max_capacity(10_000)
            .time_to_live(kept)
            .build()
    });
    let once: String = sent.get("once").chars().take(32).collect();
    once.is_empty()
        || sent_before
            .entry((user.view.uuid, once))
            .or_insert(())
            .is_fresh()
}

async fn draw(user: &User, f: Form) -> Result<Response> {
    let v = &user.visitor;
    let images = v
        .state
        .images
        .list(&user.caller, images::Listing::default())
        .await?;
    let flavors = v.state.compute.flavors(&user.caller).await?;
    let usage = v.state.quota.usage(user.view.uuid).await?;
    let none = BTreeMap::new();
    let numbers = usage.get(&user.view.default_project).unwrap_or(&none);
    let catalogue = v.state.quota.catalogue().await?;
    let mut meters = meters(&catalogue, numbers, "");
    meters.retain(|meter| meter.name.starts_with("cyclades.") && !meter.name.contains("network"));
    let chosen_image = f.value("image").to_owned();
    let chosen_flavor = f.value("flavor").to_owned();
    let image = |image: images::Image| {
        let id = image.id.to_string();
        Choice {
            chosen: id == chosen_image,
            text: format!(
                "{} · {}",
                super::images::os(&image),
                words::bytes(image.size)
            ),
            title: image.name,
            id,
        }
    };
    let flavor = |found: compute::FlavorView| {
        let id = found.flavor.id.to_string();
        Choice {
            chosen: id == chosen_flavor,
            title: crate::text::with(
                "flavor-title",
                &[
                    ("cpus", &found.flavor.cpu.to_string()),
                    ("ram", &words::memory(found.flavor.ram)),
                ],
            ),
            text: crate::text::with(
                "flavor-text",
                &[
                    ("disk", &found.flavor.disk.to_string()),
                    ("name", &found.flavor.name()),
                ],
            ),
            id,
        }
    };
    let mut images: Vec<Choice> = images.into_iter().map(image).collect();
    let offered = flavors
        .into_iter()
        .filter(|f| f.flavor.allow_create && !f.flavor.deleted);
    let mut flavors: Vec<Choice> = offered.map(flavor).collect();
    for choices in [&mut images, &mut flavors] {
        if !choices.iter().any(|choice| choice.chosen)
            && let Some(first) = choices.first_mut()
        {
            first.chosen = true;
        }
    }
    Ok(page(&Create {
        s: Shell::titled(v, "machine-create", "create-machine", "nav-machines"),
        command: command(f.value("name"), &images, &flavors),
        once: v.state.cx.cx().ids.uuid().simple().to_string(),
        f,
        images,
        flavors,
        meters,
        url: format!(
            "{}/compute/v2.0/servers",
            v.settings.str("CYCLADES_BASE_URL").trim_end_matches('/')
        ),
    }))
}

pub(super) async fn form(user: User) -> std::result::Result<Response, Failed> {
    let query = user.visitor.uri.query().unwrap_or_default();
    let image = crate::auth::query_value(query, "image").unwrap_or_default();
    let name = crate::text::text("new-machine-name");
    Ok(draw(&user, Form::with(&[("name", &name), ("image", &image)])).await?)
}

fn wanted(sent: &Posted) -> Result<NewServer> {
    let missing = |field: &str| Error::field(field, "REQUIRED_FIELD");
    let name = sent.trimmed("name");
    if name.is_empty() {
        return Err(missing("name"));
    }
    let image = sent.get("image").parse().map_err(|_| missing("image"))?;
    let flavor: FlavorId = sent.get("flavor").parse().map_err(|_| missing("flavor"))?;
    Ok(NewServer {
        name: name.to_owned(),
        image,
        flavor: Some(flavor),
        ..NewServer::default()
    })
}

/// Takes the machine on; its password is on its page until it is dismissed.
pub(super) async fn create(user: User, sent: Posted) -> std::result::Result<Response, Failed> {
    let v = &user.visitor;
    if !first(&user, &sent) {
        return Ok(go(v, "/cyclades/ui/machines", "done-create"));
    }
    let made = match wanted(&sent) {
        Ok(new) => v.state.compute.create_server(&user.caller, new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(created) => {
            let target = format!("/cyclades/ui/machines/{}", created.server.server.id);
            Ok(go(v, &target, "done-create"))
        }
        Err(Error::OverQuota { message, details }) => {
            let mut f = Form::sent(&sent);
            f.wrong("", format!("{message} {details}"));
            Ok((StatusCode::PAYLOAD_TOO_LARGE, draw(&user, f).await?).into_response())
        }
        Err(error) => {
            let f = Form::sent(&sent).refused(v, error)?;
            Ok((StatusCode::BAD_REQUEST, draw(&user, f).await?).into_response())
        }
    }
}
