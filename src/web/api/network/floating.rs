//! The floating IPs resource (CY-FIP). Addresses cannot be reserved yet, so nobody
//! has one: lists are empty and no number is known.

use super::{id, inner};
use crate::{
    State,
    api::os::{Answer, Document, Who, list_answer, not_offered, since},
};
use axum::extract::{self, Path};
use http::Uri;
use kernel::{Error, Result};

/// None.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let since = since(&uri)?;
    // Refuses an instant as any list does.
    state.compute.networks(&who.caller, since).await?;
    Ok(list_answer("floatingips", Vec::new(), since))
}

fn unknown(given: &str) -> Result<Error> {
    let id: u64 = id("floating IP", given)?;
    let text = format!("Floating IP with ID {id} does not exist.");
    Ok(Error::not_found(text))
}

/// Unknown, whatever is to be done with it.
pub(super) async fn show(_: Who, Path(given): Path<String>) -> Answer {
    Err(unknown(&given)?.into())
}

/// Never possible (CY-FIP-02).
pub(super) async fn change(_: Who, Path(given): Path<String>) -> Answer {
    unknown(&given)?;
    Err(not_offered("Updating a floating IP"))
}

/// Addresses cannot be reserved yet.
pub(super) async fn create(_: Who, Document(body): Document) -> Answer {
    inner(body, "floatingip")?;
    Err(not_offered("Reserving floating IPs"))
}
