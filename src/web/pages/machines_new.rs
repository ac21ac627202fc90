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

fn of_image(image: images::Image, chosen: &str) -> Choice {
    let id = image.id.to_string();
    let (os, size) = (super::images::os(&image), words::bytes(image.size));
    Choice {
        chosen: id == chosen,
        text: format!("{os} · {size}"),
        title: image.name,
        id,
    }
}

fn of_flavor(found: &compute::FlavorView, chosen: &str) -> Choice {
    let flavor = &found.flavor;
    let id = flavor.id.to_string();
    let (cpus, ram) = (flavor.cpu.to_string(), words::memory(flavor.ram));
    let (disk, name) = (flavor.disk.to_string(), flavor.name());
    Choice {
        chosen: id == chosen,
        title: crate::text::with("flavor-title", &[("cpus", &cpus), ("ram", &ram)]),
        text: crate::text::with("flavor-text", &[("disk", &disk), ("name", &name)]),
        id,
    }
}

/// Something is always chosen, where there is anything.
fn choose(choices: &mut [Choice]) {
    if !choices.iter().any(|choice| choice.chosen)
        && let Some(first) = choices.first_mut()
    {
        first.chosen = true;
    }
}

/// What is left of the quota that machines need.
async fn room(user: &User) -> Result<Vec<Meter>> {
    let quota = &user.visitor.state.quota;
    let usage = quota.usage(user.view.uuid).await?;
    let none = BTreeMap::new();
    let numbers = usage.get(&user.view.default_project).unwrap_or(&none);
    let mut meters = meters(&quota.catalogue().await?, numbers, "");
    meters.retain(|meter| meter.name.starts_with("cyclades.") && !meter.name.contains("network"));
    Ok(meters)
}

async fn draw(user: &User, f: Form) -> Result<Response> {
    let v = &user.visitor;
    let all = images::Listing::default();
    let found = v.state.images.list(&user.caller, all).await?;
    let chosen = f.value("image");
    let images = found.into_iter().map(|image| of_image(image, chosen));
    let mut images: Vec<Choice> = images.collect();
    let found = v.state.compute.flavors(&user.caller).await?;
    let chosen = f.value("flavor");
    let offered = found
        .iter()
        .filter(|view| view.flavor.allow_create && !view.flavor.deleted);
    let mut flavors: Vec<Choice> = offered.map(|view| of_flavor(view, chosen)).collect();
    choose(&mut images);
    choose(&mut flavors);
    Ok(page(&Create {
        s: Shell::titled(v, "machine-create", "create-machine", "nav-machines"),
        command: command(f.value("name"), &images, &flavors),
        once: v.state.cx.cx().ids.uuid().simple().to_string(),
        f,
        images,
        flavors,
        meters: room(user).await?,
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
