//! Style, scripts and images that are built in, under addresses that carry the hash
//! of their content, and the one sheet that settings decide (accent colour, bar).

use crate::State;
use axum::{
    Router,
    extract::{self, State as Given},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    path::{Component, Path, PathBuf},
    sync::OnceLock,
};

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
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
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

/// The address of the sheet with what settings decide.
pub fn accent_address(settings: &kernel::Settings) -> String {
    format!(
        "/static/accent-{}.css",
        short_hash(accent(settings).as_bytes())
    )
}

/// The accent colour of the settings and the bar.
fn accent(settings: &kernel::Settings) -> String {
    let color = settings.accent();
    let bar = crate::bar::properties(settings);
    format!(":root {{ --accent-base: {color}; {bar} }}\n")
}

/// Where the owner's file of this name would be: below `MEDIA_ROOT`, nowhere else.
fn own_path(settings: &kernel::Settings, name: &str) -> Option<PathBuf> {
    let root = settings.str("MEDIA_ROOT");
    let plain = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    (plain && !root.is_empty() && !name.contains('\0')).then(|| Path::new(root).join(name))
}

/// Is there a file `twin` in the same place as `name` (ID-BRD-06)?
pub fn has_twin(settings: &kernel::Settings, name: &str, twin: &str) -> bool {
    let own = |name: &str| own_path(settings, name).is_some_and(|path| path.is_file());
    match own(name) {
        true => own(twin),
        false => all().contains_key(twin),
    }
}

/// Largest file of the owner that is served.
const LARGEST: u64 = 8 << 20;

/// A file below `MEDIA_ROOT`, before the built-in one of the same path (ID-BRD-04).
pub async fn own(settings: &kernel::Settings, name: &str, headers: &HeaderMap) -> Option<Response> {
    let path = &own_path(settings, name)?;
    let about = tokio::fs::metadata(path).await.ok()?;
    if !about.is_file() || about.len() > LARGEST {
        return None;
    }
    let bytes = tokio::fs::read(path).await.ok()?;
    // Hashing the largest takes longer than any other request may be kept waiting.
    let hashed = tokio::task::spawn_blocking(move || (short_hash(&bytes), bytes));
    let (hash, bytes) = hashed.await.ok()?;
    let tag = format!("\"{hash}\"");
    let about = [
        (header::CONTENT_TYPE, kind(name)),
        (header::CACHE_CONTROL, ASK_AGAIN),
        (header::ETAG, tag.as_str()),
    ];
    Some(match known(headers, &tag) {
        true => (StatusCode::NOT_MODIFIED, about).into_response(),
        false => (about, bytes).into_response(),
    })
}

/// The text of a built-in file.
pub fn text(name: &str) -> Option<&'static str> {
    std::str::from_utf8(&all().get(name)?.bytes).ok()
}

/// A file made of a built-in one and the settings, under its own name.
pub fn made(name: &str, text: String, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", short_hash(text.as_bytes()));
    let about = [
        (header::CONTENT_TYPE, kind(name)),
        (header::CACHE_CONTROL, ASK_AGAIN),
        (header::ETAG, tag.as_str()),
    ];
    match known(headers, &tag) {
        true => (StatusCode::NOT_MODIFIED, about).into_response(),
        false => (about, text).into_response(),
    }
}

/// Does the browser have this version already?
fn known(headers: &HeaderMap, tag: &str) -> bool {
    let named = headers.get(header::IF_NONE_MATCH);
    let named = named
        .and_then(|named| named.to_str().ok())
        .unwrap_or_default();
    named
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// Below `/static` and `MEDIA_URL`, and the icon of the tab.
pub fn routes(state: &State) -> Router<State> {
    let routes = Router::new()
        .route("/static/{*path}", get(file))
        .route("/favicon.ico", get(favicon))
        .merge(crate::bar::routes(state));
    let settings = state.settings.now();
    let media = media_path(&settings, "MEDIA_URL");
    let routes = match media {
        Some(path) => routes.route(&format!("{path}{{*path}}"), get(file)),
        None => routes,
    };
    // Below one of these it is served already.
    let own = settings.str("ASTAKOS_IM_STATIC_URL");
    if own.starts_with("/static/") || media.is_some_and(|media| own.starts_with(media)) {
        return routes;
    }
    match media_path(&settings, "ASTAKOS_IM_STATIC_URL") {
        Some(path) => routes.route(&format!("{path}{{*path}}"), get(file_of_identity)),
        None => routes,
    }
}

/// A file of the identity service under an address of its own (`ASTAKOS_IM_STATIC_URL`).
async fn file_of_identity(
    state: Given<State>,
    extract::Path(path): extract::Path<String>,
    headers: HeaderMap,
) -> Response {
    file(state, extract::Path(format!("im/{path}")), headers).await
}

/// First parts of the addresses of everything else.
pub(crate) const TAKEN: &[&str] = &[
    "_astakos",
    "account",
    "admin",
    "astakos",
    "compute",
    "cyclades",
    "favicon.ico",
    "feedback",
    "guide",
    "healthz",
    "identity",
    "im",
    "image",
    "lang",
    "login",
    "metrics",
    "network",
    "oa2",
    "oauth2",
    "object-store",
    "os",
    "pithos",
    "plankton",
    "readyz",
    "search",
    "service",
    "static",
    "stats",
    "ui",
    "user_catalogs",
    "userdata",
    "v1",
    "vmapi",
    "volume",
    "weblogin",
];

/// Is this the first part of addresses of something else?
pub fn is_taken(name: &str) -> bool {
    TAKEN.contains(&name)
}

/// Is it the name of one part of an address?
pub(crate) fn plain_part(part: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    !part.is_empty() && !part.starts_with('.') && part.chars().all(good)
}

/// May files be served below this path: is it plain, and nothing else's?
pub fn is_free_path(url: &str) -> bool {
    let inner = url.strip_prefix('/').and_then(|url| url.strip_suffix('/'));
    let mut parts = inner.unwrap_or_default().split('/');
    let first = parts.next().unwrap_or_default();
    let below = parts.clone().next().is_some() && first == "static";
    let taken = is_taken(first) || crate::portal::ROOTS.contains(&first);
    plain_part(first) && (below || !taken) && parts.all(plain_part)
}

/// The address in a setting where it is a path of this server that nothing else has.
fn media_path<'a>(settings: &'a kernel::Settings, name: &str) -> Option<&'a str> {
    let url = settings.str(name);
    let free = !url.starts_with("/static/") && is_free_path(url);
    if !free && url != "/static/" {
        tracing::warn!(target: "synnefo.ui", "{name} is no free path of this service: own files are below /static/ only");
    }
    free.then_some(url)
}

async fn favicon(Given(state): Given<State>) -> Response {
    let target = crate::pages::branding_image(&state.settings.now(), "FAVICON", "favicon.ico");
    axum::response::Redirect::temporary(&target).into_response()
}

async fn file(
    Given(state): Given<State>,
    extract::Path(path): extract::Path<String>,
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
    if hash.is_none()
        && let Some(own) = own(&state.settings.now(), name, &headers).await
    {
        return own;
    }
    let Some(asset) = all().get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", asset.hash);
    let kept = if hash == Some(&asset.hash) {
        FOR_A_YEAR
    } else {
        ASK_AGAIN
    };
    let about = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, kept),
        (header::ETAG, tag.as_str()),
    ];
    if known(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, asset.bytes.clone()).into_response()
}
