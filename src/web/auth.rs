//! API authentication: the token of a request to a [`Caller`] (CY-API-04, ID-API-02).

use crate::{
    State,
    error::{Dialect, Fault},
};
use axum::extract::FromRequestParts;
use futures_util::future::BoxFuture;
use http::request::Parts;
use kernel::{Caller, Error, Origin, Result};
use std::marker::PhantomData;

/// Turns an API token into who is asking.
pub trait Authenticate: Send + Sync + 'static {
    /// The caller, or why not (`Unauthorized`).
    fn token<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Caller>>;
}

/// Extractor: the authenticated caller of an API request, refused in dialect `D`.
pub struct ApiCaller<D> {
    /// Who asks.
    pub caller: Caller,
    dialect: PhantomData<D>,
}

impl<D: Dialect> FromRequestParts<State> for ApiCaller<D> {
    type Rejection = Fault<D>;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Fault<D>> {
        let Some(token) = token(parts, state) else {
            return Err(Error::unauthorized("Access denied. No authentication token").into());
        };
        let mut caller = state.auth.token(&token).await?;
        if caller.is_admin() {
            caller = asking(caller, parts, state).await;
        }
        Ok(ApiCaller {
            caller,
            dialect: PhantomData,
        })
    }
}

/// The caller with their address and where the request comes from, for the audit trail.
pub(crate) async fn asking(caller: Caller, parts: &Parts, state: &State) -> Caller {
    let client = crate::origin::client(&state.settings.now(), &parts.extensions, &parts.headers);
    let request = parts.extensions.get::<crate::server::RequestId>();
    let request = request.map(|id| id.0.clone());
    // Who has no account has no address; the trail then names the uuid.
    let known = state.identity.user(caller.user).await;
    let email = known.map_or_else(|_| String::new(), |user| user.email);
    let origin = Origin::user(caller.user, &email, &client.address.to_string(), request);
    caller.asking_from(origin)
}

/// The token a request carries: query parameter first (where the setting allows
/// it, ID-SEC-10), then the header.
pub fn token(parts: &Parts, state: &State) -> Option<String> {
    let settings = state.settings.now();
    let allowed = settings.get("ASTAKOS_ALLOW_TOKEN_IN_QUERY").is_none()
        || settings.bool("ASTAKOS_ALLOW_TOKEN_IN_QUERY");
    let query = parts.uri.query().unwrap_or_default();
    if allowed && let Some(token) = query_value(query, "X-Auth-Token") {
        return Some(token);
    }
    let header = parts.headers.get("x-auth-token")?.to_str().ok()?;
    (!header.is_empty()).then(|| header.to_owned())
}

/// The first value of `name` in a query string, decoded; none when empty or absent.
pub fn query_value(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        if key != name || value.is_empty() {
            return None;
        }
        let value = value.replace('+', " ");
        percent_encoding::percent_decode_str(&value)
            .decode_utf8()
            .ok()
            .map(std::borrow::Cow::into_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_values_are_found_and_decoded() {
        assert_eq!(query_value("a=1&X=%3Dz", "X").as_deref(), Some("=z"));
        assert_eq!(query_value("X=", "X"), None);
        assert_eq!(query_value("", "X"), None);
    }
}
