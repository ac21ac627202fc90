//! The image API (CY-IMG-10 to CY-IMG-38), relative to `…/image`; the historic
//! `/plankton` is mounted on the same routes.

mod headers;
mod members;
mod render;
#[cfg(test)]
mod tests;

use crate::{
    State,
    auth::{ApiCaller, query_value},
    error::{Fault, Os},
};
use axum::{
    Json, Router,
    extract::{self, Path, RawQuery},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, put},
};
use http::{HeaderMap, StatusCode};
use images::{Filter, Listing, SortKey};
use kernel::{Error, Result};
use serde_json::{Value, json};
use uuid::Uuid;

type Refused = Fault<Os>;
type Who = ApiCaller<Os>;

/// The routes of this service: below both versions and without one (CY-IMG-10).
pub fn routes() -> Router<State> {
    let mut router = Router::new()
        .route("/", get(versions))
        .route("/versions", get(versions));
    for (version, wrapped) in [("/v1.0", false), ("/v1", true), ("", false)] {
        let listing = move |detail: bool| -> MethodRouter<State> {
            get(move |state, who, query| list(state, who, query, detail, wrapped))
        };
        let at = |path: &str| format!("{version}{path}");
        router = router
            .route(&at("/images"), listing(false).post(register))
            .route(&at("/images/detail"), listing(true))
            .route(
                &at("/images/{image}"),
                get(data)
                    .head(head)
                    .put(update)
                    .delete(unregister)
                    .fallback(crate::api::refused_beside_head::<Os>),
            )
            .route(
                &at("/images/{image}/members"),
                get(members::list).put(members::replace),
            )
            .route(
                &at("/images/{image}/members/{member}"),
                put(members::add).delete(members::remove),
            )
            .route(&at("/shared-images/{member}"), get(members::shared));
    }
    router
}

/// The versions document.
async fn versions(extract::State(state): extract::State<State>) -> Json<Value> {
    let base = format!("{}/image", base(&state));
    let version = |id: &str| {
        json!({
            "status": "CURRENT",
            "media_types": [{
                "base": "application/json",
                "type": "application/vnd.openstack.compute.v2+json",
            }],
            "id": id,
            "links": [{"href": format!("{base}/{id}/"), "rel": "self"}],
        })
    };
    Json(json!({"versions": [version("v1.0"), version("v1")]}))
}

fn base(state: &State) -> String {
    let settings = state.settings.now();
    match settings.str("CYCLADES_BASE_URL").trim_end_matches('/') {
        "" => format!("{}/cyclades", state.served),
        base => base.to_owned(),
    }
}

/// An image's id in a path (CY-API-19).
fn id(text: &str) -> Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| Error::invalid(format!("Invalid image ID '{text}'")))
}

async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    RawQuery(query): RawQuery,
    detail: bool,
    wrapped: bool,
) -> Result<Json<Value>, Refused> {
    let listing = listing(&query.unwrap_or_default())?;
    let found = state.images.list(&who.caller, listing).await?;
    let one = if detail {
        render::detail
    } else {
        render::brief
    };
    let list: Value = found.iter().map(one).collect();
    Ok(Json(if wrapped {
        json!({"images": list})
    } else {
        list
    }))
}

/// Filters and sorting of a list (CY-IMG-31, CY-IMG-32).
fn listing(query: &str) -> Result<Listing> {
    let text = |name: &str| query_value(query, name);
    let size = |name: &str| {
        let wrong = |_| Error::field(name, format!("Malformed request: {name} is not a number"));
        text(name)
            .map(|n| n.parse::<u64>().map_err(wrong))
            .transpose()
    };
    let key = match text("sort_key") {
        Some(name) => SortKey::of(&name).ok_or_else(|| Error::invalid("Invalid 'sort_key'"))?,
        None => SortKey::default(),
    };
    let ascending = match text("sort_dir").as_deref() {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(Error::invalid("Invalid 'sort_dir'")),
    };
    Ok(Listing {
        filter: Filter {
            name: text("name"),
            disk_format: text("disk_format"),
            container_format: text("container_format"),
            status: text("status"),
            size_min: size("size_min")?,
            size_max: size("size_max")?,
        },
        key,
        ascending,
    })
}

/// Makes an image of a file (CY-IMG-33).
async fn register(
    extract::State(state): extract::State<State>,
    who: Who,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let given = headers::new_image(&headers)?;
    let path = images::location(&given.location)?;
    let image = state
        .images
        .register(&who.caller, path, given.attributes)
        .await?;
    Ok((StatusCode::OK, headers::of(&image)).into_response())
}

/// The attributes as headers.
async fn head(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(image): Path<String>,
) -> Result<Response, Refused> {
    let image = state.images.image(&who.caller, id(&image)?).await?;
    Ok((StatusCode::OK, headers::of(&image)).into_response())
}

/// Raw data is not served here; an empty answer, whatever the id.
async fn data(_who: Who) -> StatusCode {
    StatusCode::NOT_IMPLEMENTED
}

async fn update(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(image): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let id = id(&image)?;
    let change = headers::change(&headers)?;
    let image = state.images.update(&who.caller, id, change).await?;
    Ok((StatusCode::OK, headers::of(&image)).into_response())
}

async fn unregister(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(image): Path<String>,
) -> Result<StatusCode, Refused> {
    state.images.unregister(&who.caller, id(&image)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
