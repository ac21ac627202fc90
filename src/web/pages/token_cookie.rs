//! The token in a cookie, for pages of other programs below `ASTAKOS_COOKIE_DOMAIN`
//! (ID-SES-02): `<uuid>|<token>`, quoted.
//!
//! Invariants: our own pages never read it to know somebody (ID-SES-04); a login sets it, a
//! logout takes it away, and every page puts it right when it is missing, old, or left over
//! from somebody who is gone, by leading to itself once (ID-SES-03). A mark that lives for
//! seconds keeps a browser that will not take the cookie from going round for ever.

use super::visitor::{SESSION, Visitor, add_cookie, cookie, own_path};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method};
use kernel::{UserId, secret::ExposeSecret};

/// Who a browser belongs to from this answer on: put into the extensions of an answer that
/// begins or ends a session.
#[derive(Clone)]
pub(super) struct Whose(pub(super) Option<(UserId, String)>);

/// What of a request counts here.
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
}

/// Says that a page was led to itself a moment ago.
const MARK: &str = "mended";

/// Puts the cookie right; a page that had to is asked for again.
pub(super) async fn mend(v: &Visitor, sent: &Sent, mut response: Response) -> Response {
    let name = v.settings.str("ASTAKOS_COOKIE_NAME");
    let change = response.extensions_mut().remove::<Whose>();
    let page = super::error::is_page(&response);
    let looked = sent.method == Method::GET;
    // A form may have made another token.
    if name.is_empty() || (change.is_none() && looked && !page) {
        return response;
    }
    let changes = change.is_some();
    let whose = match change {
        Some(Whose(whose)) => whose,
        None => v.user().map(|user| (user.uuid, user.username.clone())),
    };
    let has = cookie(&sent.headers, name);
    let Some(right) = wanted(v, name, whose, has).await else {
        return response;
    };
    let again = looked && cookie(&sent.headers, MARK).is_none();
    // An address that begins with two slashes would lead to another host.
    let here = v.uri.path_and_query().map_or("/", |path| path.as_str());
    if page
        && again
        && !changes
        && let Some(here) = own_path(here)
    {
        response = Redirect::to(here).into_response();
        add_cookie(&mut response, &v.set_cookie(MARK, "1", Some(10)));
        if v.user().is_none() && !v.cookie.is_empty() {
            add_cookie(&mut response, &v.set_cookie(SESSION, "", Some(0)));
        }
    }
    add_cookie(&mut response, &right);
    response
}

/// The cookie that must be set, where it is not as it should be.
async fn wanted(
    v: &Visitor,
    name: &str,
    whose: Option<(UserId, String)>,
    has: Option<String>,
) -> Option<String> {
    let Some((uuid, username)) = whose else {
        return has.map(|_| set(v, name, "", 0));
    };
    // Who may not have a token keeps what there is.
    let token = v.state.identity.token_of(uuid).await.ok()?;
    let name_of = match v.settings.bool("ASTAKOS_TRANSLATE_UUIDS") {
        true => {
            let plain = percent_encoding::NON_ALPHANUMERIC;
            percent_encoding::utf8_percent_encode(&username, plain).to_string()
        }
        false => uuid.to_string(),
    };
    let wanted = format!("{name_of}%7C{}", token.token.expose_secret());
    let left = token.expires.as_second() - v.now.as_second();
    (has.as_deref() != Some(wanted.as_str())).then(|| set(v, name, &wanted, left.max(0)))
}

fn set(v: &Visitor, name: &str, value: &str, left: i64) -> String {
    let mut text = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={left}");
    let domain = v.settings.str("ASTAKOS_COOKIE_DOMAIN");
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    if !domain.is_empty() && domain.chars().all(plain) {
        text.push_str("; Domain=");
        text.push_str(domain);
    }
    if v.settings.bool("ASTAKOS_COOKIE_HTTPONLY") {
        text.push_str("; HttpOnly");
    }
    let encrypted = v.settings.base_url().starts_with("https://");
    if v.settings.bool("ASTAKOS_COOKIE_SECURE") && encrypted {
        text.push_str("; Secure");
    }
    text
}
