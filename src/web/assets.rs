//! Style, scripts and images that are built in, under addresses that carry the hash
//! of their content, and the one sheet that settings decide (the accent colour).

use crate::State;
use axum::{
    Router,
    extract::{Path, State as Given},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::OnceLock};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../static"]
struct Static;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../branding"]
#[prefix = "branding/"]
struct Branding;

const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "public, no-cache";

struct Asset {
    bytes: std::borrow::Cow<'static, [u8]>,
    hash: String,
    kind: &'static str,
}

fn all() -> &'static HashMap<String, Asset> {
    static ALL: OnceLock<HashMap<String, Asset>> = OnceLock::new();
    ALL.get_or_init(|| {
        let built_in = Static::iter().map(|name| (Static::get(&name), name));
        let branding = Branding::iter().map(|name| (Branding::get(&name), name));
        built_in
            .chain(branding)
            .filter_map(|(file, name)| {
                let file = file?;
                let hash = short_hash(&file.data);
                let asset = Asset {
                    bytes: file.data,
                    hash,
                    kind: kind(&name),
                };
                Some((name.into_owned(), asset))
            })
            .collect()
    })
}

fn short_hash(bytes: &[u8]) -> String {
    let mut text = hex::encode(Sha256::digest(bytes));
    text.truncate(16);
    text
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => "text/plain; charset=utf-8",
    }
}

/// The address of a built-in file; it changes with the content.
pub fn address(name: &str) -> String {
    match all().get(name) {
        Some(asset) => format!("/static/h-{}/{name}", asset.hash),
        None => format!("/static/{name}"),
    }
}

/// The address of the sheet with the accent colour.
pub fn accent_address(settings: &kernel::Settings) -> String {
    format!(
        "/static/accent-{}.css",
        short_hash(accent(settings).as_bytes())
    )
}

/// The accent colour of the settings; the usual one when it is no `#rrggbb`.
fn accent(settings: &kernel::Settings) -> String {
    let set = settings.str("BRANDING_ACCENT_COLOR");
    let digits = set.strip_prefix('#').unwrap_or_default();
    let good = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let color = if good { set } else { "#2f6fde" };
    format!(":root {{ --accent-base: {color}; }}\n")
}

/// Below `/static`, and the icon of the tab.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/static/{*path}", get(file))
        .route("/favicon.ico", get(favicon))
}

async fn favicon(Given(state): Given<State>) -> Response {
    let target = crate::pages::branding_image(&state.settings.now(), "FAVICON", "favicon.ico");
    axum::response::Redirect::temporary(&target).into_response()
}

async fn file(
    Given(state): Given<State>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    if path.starts_with("accent-") && path.ends_with(".css") {
        let sheet = accent(&state.settings.now());
        let kind = [
            (header::CONTENT_TYPE, kind(&path)),
            (header::CACHE_CONTROL, FOR_A_YEAR),
        ];
        return (kind, sheet).into_response();
    }
    let hashed = path
        .strip_prefix("h-")
        .and_then(|rest| rest.split_once('/'));
    let (hash, name) = hashed.map_or((None, path.as_str()), |(hash, name)| (Some(hash), name));
    let Some(asset) = all().get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", asset.hash);
    let kept = if hash == Some(&asset.hash) {
        FOR_A_YEAR
    } else {
        ASK_AGAIN
    };
    let known = headers.get(header::IF_NONE_MATCH);
    let about = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, kept),
        (header::ETAG, tag.as_str()),
    ];
    if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, asset.bytes.clone()).into_response()
}
