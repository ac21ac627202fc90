//! Images as compute shows them (CY-CIM-01, CY-WIRE-08).

use super::{
    create::{self, image_id},
    parts, show,
};
use crate::{
    State,
    api::os::{
        Answer, Document, Site, Who, json_answer, list_answer, malformed, plain, since, told,
    },
};
use axum::{
    extract::{self, Path},
    response::IntoResponse,
};
use http::{StatusCode, Uri};
use images::{Attributes, Image, Listing, Status};
use kernel::{Error, Result, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

fn brief(_: &Site, image: &Image) -> Value {
    json!({"id": image.id, "name": image.name})
}

fn full(site: &Site, image: &Image) -> Value {
    let (status, progress) = match image.status {
        Status::Available => ("ACTIVE", 100),
        Status::Saving => ("SAVING", 0),
        Status::Error => ("ERROR", 0),
    };
    json!({
        "id": image.id, "name": image.name,
        "updated": seconds(image.updated), "created": seconds(image.created),
        "status": status, "progress": progress,
        "user_id": image.owner, "tenant_id": image.owner, "public": image.public,
        "links": show::image_links(site, image.id),
        "metadata": image.properties, "is_snapshot": image.is_snapshot,
    })
}

async fn listed(state: &State, who: &Who, uri: &Uri, shown: fn(&Site, &Image) -> Value) -> Answer {
    let since = since(uri)?;
    if since.is_some() {
        // Refuses an instant as any list does.
        state.compute.networks(&who.caller, since).await?;
    }
    let site = Site::new(state);
    let mut all = state.images.list(&who.caller, Listing::default()).await?;
    all.retain(|image| since.is_none_or(|since| image.updated >= since));
    all.sort_by_key(|image| image.id);
    let items = all.iter().map(|image| shown(&site, image));
    Ok(list_answer("images", items.collect(), since))
}

/// Names of images.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    listed(&state, &who, &uri, brief).await
}

/// Images with all of theirs.
pub(super) async fn detail(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    listed(&state, &who, &uri, full).await
}

/// Images are registered with the image service only.
pub(super) async fn create(_: Who) -> Answer {
    Err(Error::not_supported("Not supported.").into())
}

fn path_image(text: &str) -> Result<Uuid> {
    image_id(plain(text))
}

/// One image.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let image = state.images.image(&who.caller, path_image(&id)?).await?;
    let image = full(&Site::new(&state), &image);
    Ok(json_answer(StatusCode::OK, &json!({"image": image})))
}

/// The file is no image any more.
pub(super) async fn delete(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    state
        .images
        .unregister(&who.caller, path_image(&id)?)
        .await?;
    told(&who, &id, "image unregistered");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// All properties.
pub(super) async fn metadata(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let image = state.images.image(&who.caller, path_image(&id)?).await?;
    let all = json!({"metadata": image.properties});
    Ok(json_answer(StatusCode::OK, &all))
}

async fn merge(
    state: &State,
    who: &Who,
    id: &str,
    properties: BTreeMap<String, String>,
) -> Result<Image> {
    let given = Attributes {
        properties,
        ..Attributes::default()
    };
    let id = path_image(id)?;
    let image = state.images.update(&who.caller, id, given).await?;
    told(who, id, "image properties changed");
    Ok(image)
}

/// Sets properties, keeping the others.
pub(super) async fn set_metadata(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
    Document(mut body): Document,
) -> Answer {
    let given = body.remove("metadata").ok_or_else(malformed)?;
    let image = merge(&state, &who, &id, create::metadata(&given)?).await?;
    let all = json!({"metadata": image.properties});
    Ok(json_answer(StatusCode::CREATED, &all))
}

const NO_KEY: &str = "Metadata key not found.";

/// One property.
pub(super) async fn metadata_item(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
) -> Answer {
    let image = state.images.image(&who.caller, path_image(&id)?).await?;
    let value = image.properties.get(&key);
    let value = value.ok_or_else(|| Error::not_found(NO_KEY))?;
    Ok(json_answer(StatusCode::OK, &json!({"meta": {key: value}})))
}

/// Sets one property.
pub(super) async fn set_metadata_item(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
    Document(body): Document,
) -> Answer {
    let items = parts::item(body, &key)?;
    let meta = json!({"meta": items});
    merge(&state, &who, &id, items).await?;
    Ok(json_answer(StatusCode::CREATED, &meta))
}

/// Removes one property.
pub(super) async fn delete_metadata_item(
    extract::State(state): extract::State<State>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
) -> Answer {
    let image = state.images.image(&who.caller, path_image(&id)?).await?;
    if !image.properties.contains_key(&key) {
        return Err(Error::not_found(NO_KEY).into());
    }
    // An empty value removes.
    merge(&state, &who, &id, BTreeMap::from([(key, String::new())])).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
