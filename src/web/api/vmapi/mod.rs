//! What build scripts of nodes fetch and report (CY-VMA, README decision 22),
//! relative to `…/vmapi`. The secret in the path is the proof of identity; it is
//! never logged.

use crate::{
    State,
    error::{Fault, Os},
    server::Peer,
};
use axum::{
    Extension, Json, Router,
    extract::{self, DefaultBodyLimit, Path, Query},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use compute::BuildProgress;
use http::{StatusCode, header};
use kernel::{Error, Result};
use serde::Deserialize;
use wire::vmapi::{
    BuildDocument, HOLE, HashPage, ImageBlocks, Messages, NO_IMAGE, PAGE, Progress, Task,
};

/// The largest report taken.
const REPORT: usize = 256 << 10;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/v1.0/server-params/{secret}", get(document))
        .route("/v1.0/server-params/{secret}/hashes", get(hashes))
        .route("/v1.0/server-params/{secret}/blocks/{index}", get(block))
        .route("/v1.0/server-params/{secret}/progress", post(progress))
        .layer(DefaultBodyLimit::max(REPORT))
}

/// Refuses peers outside `VMAPI_ALLOWED_NETWORKS` (CY-VMA-05).
fn allowed(state: &State, peer: Option<&Extension<Peer>>) -> Result<()> {
    let networks = state.settings.now().strings("VMAPI_ALLOWED_NETWORKS");
    if networks.is_empty() {
        return Ok(());
    }
    let address = peer.map(|Extension(Peer(peer))| peer.ip().to_canonical());
    let inside = |text: &String| {
        let network = text.parse::<ipnet::IpNet>().ok();
        matches!((network, address), (Some(network), Some(address)) if network.contains(&address))
    };
    match networks.iter().any(inside) {
        true => Ok(()),
        false => Err(Error::not_found("The resource could not be found.")),
    }
}

/// The build document (CY-VMA-02).
async fn document(
    extract::State(state): extract::State<State>,
    peer: Option<Extension<Peer>>,
    Path(secret): Path<String>,
) -> Result<Json<BuildDocument>, Fault<Os>> {
    allowed(&state, peer.as_ref())?;
    let build = state.compute.build(&secret).await?;
    let blocks = (build.img_id != NO_IMAGE).then(|| ImageBlocks::new(build.size, build.block_size));
    Ok(Json(BuildDocument {
        img_id: build.img_id,
        img_passwd: build.img_passwd,
        img_format: build.img_format,
        img_personality: build.img_personality,
        img_properties: build.img_properties,
        auth_keys: build.auth_keys,
        cloud_userdata: build.cloud_userdata,
        blocks,
    }))
}

#[derive(Deserialize)]
struct From {
    #[serde(default)]
    from: u64,
}

/// A page of the image's block hashes.
async fn hashes(
    extract::State(state): extract::State<State>,
    peer: Option<Extension<Peer>>,
    Path(secret): Path<String>,
    Query(From { from }): Query<From>,
) -> Result<Json<HashPage>, Fault<Os>> {
    allowed(&state, peer.as_ref())?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let hashes = state.compute.build_hashes(&secret, from, limit).await?;
    Ok(Json(HashPage { from, hashes }))
}

/// The bytes of one block, trailing zeros left out.
async fn block(
    extract::State(state): extract::State<State>,
    peer: Option<Extension<Peer>>,
    Path((secret, index)): Path<(String, u64)>,
) -> Result<Response, Fault<Os>> {
    allowed(&state, peer.as_ref())?;
    let found = state.compute.build_hashes(&secret, index, 1).await?;
    let hash = *found
        .first()
        .ok_or_else(|| Error::not_found("The image has no such block."))?;
    let body = match hash {
        HOLE => Bytes::new(),
        hash => {
            let piece = objects::Piece {
                hash,
                bytes: 0..blocks::BLOCK_SIZE,
            };
            Bytes::from_owner(state.objects.read(&piece).await?)
        }
    };
    let end = body
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((kind, body.slice(..end)).into_response())
}

/// Takes a report (CY-MSG-06).
async fn progress(
    extract::State(state): extract::State<State>,
    peer: Option<Extension<Peer>>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Fault<Os>> {
    allowed(&state, peer.as_ref())?;
    let report: Progress =
        serde_json::from_slice(&body).map_err(|_| Error::invalid("Not a report of a build."))?;
    state.compute.build_progress(&secret, told(report)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A report as the rules take it.
fn told(report: Progress) -> BuildProgress {
    let said = |level: &str, source: &str, message: String, details| BuildProgress::Said {
        level: compute::Level::of_report(level),
        source: source.to_owned(),
        message,
        details,
    };
    let joined = |m: &Messages| m.messages.join("\n");
    match report {
        Progress::ImageCopyProgress { progress, .. } => BuildProgress::Copy(progress),
        Progress::ImageInfo(m) => said("info", "image-info", joined(&m), m.stderr),
        Progress::ImageWarning(m) => said("warning", "image-warning", joined(&m), m.stderr),
        Progress::ImageError(m) => said("error", "image-error", joined(&m), m.stderr),
        Progress::ImageHelper(Task::TaskStart { task }) => {
            said("debug", "image-helper-task-start", task, None)
        }
        Progress::ImageHelper(Task::TaskEnd { task }) => {
            said("debug", "image-helper-task-end", task, None)
        }
        Progress::ImageHelper(Task::Warning(m)) => {
            said("warning", "image-helper-warning", joined(&m), m.stderr)
        }
        Progress::ImageHelper(Task::Error(m)) => {
            said("error", "image-helper-error", joined(&m), m.stderr)
        }
    }
}
