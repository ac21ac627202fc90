//! The choice of a language (ID-UI-09): kept in a cookie and, for who is logged in,
//! in the profile, so that mails follow it.

use super::{
    Failed,
    posted::Posted,
    shell::{carried, go},
    visitor::{LANGUAGE, Visitor, add_cookie, own_path},
};
use axum::response::Response;
use identity::ProfileChange;
use kernel::Error;

/// How long a choice is kept in the browser.
const YEAR: i64 = 365 * 24 * 3600;

/// `POST /lang/`: chooses a language and leads back to the page it was chosen on.
pub(super) async fn choose(visitor: Visitor, sent: Posted) -> Result<Response, Failed> {
    let chosen = visitor
        .languages
        .named(sent.get("language"))
        .ok_or_else(|| Error::invalid(crate::text::text("no-such-language")))?;
    if let Some(user) = visitor.user() {
        let change = ProfileChange {
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            language: Some(chosen.code().to_owned()),
        };
        visitor
            .state
            .identity
            .update_profile(user.uuid, change)
            .await?;
    }
    let back = own_path(sent.get("next")).unwrap_or("/");
    let mut response = go(&visitor, back, &carried("done-language", &[chosen.name()]));
    let cookie = visitor.set_cookie(LANGUAGE, chosen.code(), Some(YEAR));
    add_cookie(&mut response, &cookie);
    Ok(response)
}
