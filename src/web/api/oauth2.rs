//! The token endpoint of the OAuth 2 provider, and introspection (ID-OA2-10 … 13,
//! ID-KST-22), below `/oauth2`. Authorisation is a page.

use super::basic;
use crate::{State, oauth2_paths::Paths, origin};
use axum::{
    Json, Router,
    extract::{self, Request},
    response::{IntoResponse, Response},
    routing::post,
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use identity::{
    ClientInfo,
    oauth2::{AskedToken, Credentials, Refused},
};
use kernel::{Error, secret::ExposeSecret};
use serde_json::json;

/// Longest request.
const LONGEST: usize = 64 << 10;

/// The routes of this service.
pub fn routes(paths: &Paths) -> Router<State> {
    let mut router = Router::new().route("/introspect", post(introspect).fallback(only_post));
    for name in &paths.token {
        router = router.route(&format!("/{name}"), post(token).fallback(only_post));
    }
    router
}

async fn only_post() -> Response {
    let wrong = Wrong(Refused::Client("invalid_request", "Method not allowed"));
    let mut response = wrong.into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let allow = http::HeaderValue::from_static("POST");
    response.headers_mut().insert(header::ALLOW, allow);
    response
}

/// A refusal as both endpoints write it (ID-OA2-02).
pub(crate) struct Wrong(pub(crate) Refused);

impl From<Refused> for Wrong {
    fn from(refused: Refused) -> Self {
        Wrong(refused)
    }
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Wrong(Refused::Failed(error))
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let (status, code, text) = match self.0 {
            Refused::Client(code, text) => (StatusCode::BAD_REQUEST, code, text.to_owned()),
            Refused::Failed(Error::Busy { .. }) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "Busy".to_owned(),
            ),
            Refused::Failed(error @ Error::Broken(_)) => {
                tracing::error!(error = %error.chain(), "request failed");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                (status, "server_error", "Unexpected error".to_owned())
            }
            Refused::Failed(error) => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                error.to_string(),
            ),
        };
        let body = json!({"error": code, "exception": text, "error_description": text});
        let no_store = [
            (header::CACHE_CONTROL, "no-store"),
            (header::PRAGMA, "no-cache"),
        ];
        (status, no_store, Json(body)).into_response()
    }
}

/// Refuses what others could have read on the way (ID-OA2-01).
pub(crate) fn demand_private(state: &State, private: bool) -> Result<(), Wrong> {
    match private || state.settings.now().bool("DEBUG") {
        true => Ok(()),
        false => Err(Refused::Client("invalid_request", "Secure request required").into()),
    }
}

/// The fields of a form, decoded; one that comes twice is an error.
async fn form(state: &State, request: Request) -> Result<(Parts, Vec<(String, String)>), Wrong> {
    let (parts, body) = request.into_parts();
    let settings = state.settings.now();
    let private = origin::private(&settings, &parts.extensions, &parts.headers);
    demand_private(state, private)?;
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refused::Client("invalid_request", "Invalid content type").into());
    }
    let body = axum::body::to_bytes(body, LONGEST).await;
    let body = body.map_err(|_| Refused::Client("invalid_request", "The request is too long"))?;
    let fields = pairs(&String::from_utf8_lossy(&body));
    let mut names: Vec<&String> = fields.iter().map(|(name, _)| name).collect();
    names.sort();
    match names.windows(2).any(|two| two[0] == two[1]) {
        true => Err(Refused::Client("invalid_request", "A parameter is repeated").into()),
        false => Ok((parts, fields)),
    }
}

/// Names and values of a query or form.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// How the client says who it is.
pub(crate) fn credentials(headers: &HeaderMap, client_id: Option<String>) -> Credentials {
    Credentials {
        basic: basic(headers),
        client_id,
    }
}

async fn token(
    extract::State(state): extract::State<State>,
    request: Request,
) -> Result<Response, Wrong> {
    let (parts, fields) = form(&state, request).await?;
    let field = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    let asked = AskedToken {
        credentials: credentials(&parts.headers, field("client_id")),
        grant_type: field("grant_type"),
        code: field("code"),
        redirect_uri: field("redirect_uri"),
        verifier: field("code_verifier"),
    };
    let made = state.identity.oauth2_redeem(asked).await;
    let (token, seconds) = made.map_err(|refused| {
        let settings = state.settings.now();
        let client = origin::client(&settings, &parts.extensions, &parts.headers);
        counted(&state, &client, refused)
    })?;
    let body = json!({
        "access_token": token.expose_secret(), "token_type": "Bearer", "expires_in": seconds,
    });
    let no_store = [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ];
    Ok((no_store, Json(body)).into_response())
}

/// What is told of a refusal: guesses at secrets and codes are counted, whichever endpoint
/// they are tried at (ID-SEC-24).
pub(crate) fn counted(state: &State, client: &ClientInfo, refused: Refused) -> Refused {
    match refused {
        Refused::Client("invalid_client" | "invalid_grant", _) => {
            let refusal = Error::unauthorized("");
            match state.identity.note_bad_token(client, refusal) {
                busy @ Error::Busy { .. } => Refused::Failed(busy),
                _ => refused,
            }
        }
        other => other,
    }
}

/// RFC 7662; only clients with a secret may ask.
async fn introspect(
    extract::State(state): extract::State<State>,
    request: Request,
) -> Result<Response, Wrong> {
    let (parts, fields) = form(&state, request).await?;
    let given = credentials(&parts.headers, None);
    if let Err(refused) = state.identity.oauth2_client_proves(&given) {
        let settings = state.settings.now();
        let client = origin::client(&settings, &parts.extensions, &parts.headers);
        let mut response = Wrong(counted(&state, &client, refused)).into_response();
        if response.status() == StatusCode::BAD_REQUEST {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
        }
        return Ok(response);
    }
    let token = fields.iter().find(|(name, _)| name == "token");
    let missing = Refused::Client("invalid_request", "Missing token");
    let (_, token) = token.ok_or(missing)?;
    let body = match state.identity.oauth2_validate(token, None).await {
        Ok(good) => json!({
            "active": true, "scope": good.scope, "token_type": "Bearer",
            "sub": good.user.uuid.to_string(), "username": good.user.username,
            "exp": good.expires.as_second(),
        }),
        Err(Error::NotFound { .. }) => json!({"active": false}),
        Err(error) => return Err(error.into()),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
