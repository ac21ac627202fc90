//! Object storage v1 in the Pithos dialect (PI-*), relative to `…/object-store/v1`.
//!
//! One handler for all paths, because names may hold anything: the path is decoded
//! as a whole and then cut (PI-GEN-04). Bodies are streamed both ways, at most two
//! blocks in memory. Invariant: whatever can be refused is refused before the body
//! is read, and no success is answered before the change is durable.

mod account;
mod body;
mod container;
mod dates;
mod document;
mod hashmap;
mod headers;
mod item;
mod query;
mod ranges;
mod reply;

use crate::{
    State, auth,
    error::{Fault, Pithos},
};
use axum::{
    Router,
    extract::{self, Request},
    response::Response,
    routing::any,
};
use body::Incoming;
use document::Format;
use http::{Method, StatusCode, request::Parts};
use kernel::{Caller, Error, UserId};
use objects::{ContainerPath, Micros, ObjectPath};
use query::Query;

type Answer = Result<Response, Fault<Pithos>>;

/// The routes of this service.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/", any(serve))
        .route("/{*path}", any(serve))
}

/// Public links, relative to `/pithos/public`.
pub fn public_routes() -> Router<State> {
    Router::new()
}

/// What a path names.
enum Place {
    Top,
    Account(UserId),
    Container(ContainerPath),
    Object(ObjectPath),
}

/// An authenticated request.
struct Ask<'a> {
    state: &'a State,
    parts: &'a Parts,
    query: &'a Query,
    caller: Caller,
    /// The format of what is answered.
    format: Format,
    now: Micros,
}

/// The top level with its final slash, at whichever root.
pub async fn top(state: extract::State<State>, mut request: Request) -> Response {
    let query = request.uri().query().map(|query| format!("/?{query}"));
    if let Ok(uri) = query.as_deref().unwrap_or("/").parse() {
        *request.uri_mut() = uri;
    }
    serve(state, request).await
}

async fn serve(extract::State(state): extract::State<State>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut body = Incoming::new(&parts, body);
    let query = Query::read(parts.uri.query());
    let now = objects::micros(state.cx.cx().now);
    let place = place(parts.uri.path());
    let listing = parts.method == Method::GET
        && match &place {
            Ok(Place::Top) => auth::token(&parts, &state).is_some(),
            Ok(Place::Account(_) | Place::Container(_)) => true,
            _ => false,
        };
    let default = if listing { Format::Text } else { Format::Json };
    let format = Format::of(query.text("format"), &parts.headers, default);
    let answer = match place {
        Ok(place) => dispatch(&state, &parts, &query, &mut body, place, format, now).await,
        Err(error) => Err(error.into()),
    };
    let response = match answer {
        Ok(response) => response,
        Err(fault) => {
            body.drain().await;
            reply::fault(fault, format)
        }
    };
    reply::finish(response, now)
}

async fn dispatch(
    state: &State,
    parts: &Parts,
    query: &Query,
    body: &mut Incoming,
    place: Place,
    format: Format,
    now: Micros,
) -> Answer {
    if let Some(fault) = wrong_method(&place, &parts.method) {
        return Err(fault);
    }
    let Some(token) = auth::token(parts, state) else {
        return match place {
            Place::Top => account::echo(parts),
            _ => Err(Error::unauthorized("Access denied. No authentication token").into()),
        };
    };
    let caller = state.auth.token(&token).await?;
    let ask = Ask {
        state,
        parts,
        query,
        caller,
        format,
        now,
    };
    match place {
        Place::Top => account::others(&ask),
        Place::Account(user) => account::serve(&ask, user).await,
        Place::Container(path) => container::serve(&ask, path, body).await,
        Place::Object(path) => item::serve(&ask, path, body).await,
    }
}

/// Decodes and cuts a path, and checks lengths first of all (PI-GEN-04, PI-GEN-05).
fn place(path: &str) -> kernel::Result<Place> {
    let path = percent_encoding::percent_decode_str(path.strip_prefix('/').unwrap_or(path))
        .decode_utf8()
        .map_err(|_| Error::invalid("The URL is not UTF-8."))?;
    let mut names = path.splitn(3, '/');
    let account = names.next().unwrap_or_default();
    let container = names.next().unwrap_or_default();
    let object = names.next().unwrap_or_default();
    if account.is_empty() && path.is_empty() {
        return Ok(Place::Top);
    }
    if account.chars().count() > 256 {
        return Err(Error::invalid("Account name too large"));
    }
    if account.starts_with("AUTH_") {
        return Err(Error::not_supported(
            "The Swift dialect is not supported yet: use the account without AUTH_.",
        ));
    }
    // Accounts are named by UUID; any other text is nobody's.
    let user = account.parse().unwrap_or(UserId(uuid::Uuid::max()));
    if container.is_empty() && object.is_empty() {
        return Ok(Place::Account(user));
    }
    let container = ContainerPath::new(user, container)?;
    if object.is_empty() {
        return Ok(Place::Container(container));
    }
    Ok(Place::Object(ObjectPath::new(container, object)?))
}

/// Methods of each level (PI-GEN-07).
fn wrong_method(place: &Place, method: &Method) -> Option<Fault<Pithos>> {
    let allowed = match place {
        Place::Top => "GET",
        Place::Account(_) => "HEAD,POST,GET",
        Place::Container(_) => "HEAD,PUT,POST,DELETE,GET",
        Place::Object(_) => "HEAD,GET,PUT,COPY,MOVE,POST,DELETE",
    };
    if allowed.split(',').any(|one| one == method.as_str()) {
        return None;
    }
    Some(reply::not_allowed(allowed))
}

/// A fault without a `kernel::Error` of its own.
fn refusal(status: StatusCode, name: &'static str, message: &str) -> Fault<Pithos> {
    Fault::new(status, name, message)
}

#[cfg(test)]
mod tests;
