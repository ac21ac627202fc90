//! The token in a cookie, for pages of other programs below `ASTAKOS_COOKIE_DOMAIN`
//! (ID-SES-02): `<uuid>|<token>`, quoted.
//!
//! Invariants: our own pages never read it to know somebody (ID-SES-04); every page
//! puts it right when it is missing, old, or left over from somebody who is gone
//! (ID-SES-03). One that is wrong is put right by a redirect to the same page before
//! anything else is looked at, as ever; one that is missing with the page itself,
//! because a program that keeps no cookies would follow such a redirect for ever. For
//! the same reason a browser that goes on sending a wrong one is redirected once.

use super::visitor::{Visitor, add_cookie, cookie};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method};
use kernel::secret::ExposeSecret;

/// Cookie of a browser that was sent to the same page to have its cookie put right.
const MENDED: &str = "cookiemended";

/// Puts the cookie right.
pub(super) async fn mend(v: &Visitor, sent: &HeaderMap, response: &mut Response) {
    if let Some(cookie) = right(v, sent).await {
        add_cookie(response, &cookie);
    }
}

/// To the same page again when the cookie that came is wrong.
pub(super) async fn again(v: &Visitor, method: &Method, sent: &HeaderMap) -> Option<Response> {
    let name = v.settings.str("ASTAKOS_COOKIE_NAME");
    let whole = sent
        .get("sec-fetch-dest")
        .is_none_or(|dest| dest == "document");
    if method != Method::GET || !whole || name.is_empty() {
        return None;
    }
    cookie(sent, name)?;
    let right = right(v, sent).await?;
    if cookie(sent, MENDED).is_some() {
        return None;
    }
    let path = v.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut response = Redirect::to(path).into_response();
    add_cookie(&mut response, &right);
    add_cookie(&mut response, &v.set_cookie(MENDED, "1", Some(30)));
    Some(response)
}

/// Takes the cookie away, at the end of a session (ID-LOG-22).
pub(super) fn forget(v: &Visitor, response: &mut Response) {
    let name = v.settings.str("ASTAKOS_COOKIE_NAME");
    if !name.is_empty() {
        add_cookie(response, &set(v, name, "", 0));
    }
}

/// The cookie as it has to be set; None when it is right.
async fn right(v: &Visitor, sent: &HeaderMap) -> Option<String> {
    let name = v.settings.str("ASTAKOS_COOKIE_NAME");
    if name.is_empty() {
        return None;
    }
    let has = cookie(sent, name);
    let Some(user) = v.user() else {
        return has.map(|_| set(v, name, "", 0));
    };
    // Who may not have a token keeps what there is.
    let token = v.state.identity.token_of(user.uuid).await.ok()?;
    let name_of = match v.settings.bool("ASTAKOS_TRANSLATE_UUIDS") {
        true => {
            let plain = percent_encoding::NON_ALPHANUMERIC;
            percent_encoding::utf8_percent_encode(&user.username, plain).to_string()
        }
        false => user.uuid.to_string(),
    };
    let wanted = format!("{name_of}%7C{}", token.token.expose_secret());
    (has.as_deref() != Some(wanted.as_str())).then(|| {
        let left = token.expires.as_second() - v.now.as_second();
        set(v, name, &wanted, left.max(0))
    })
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
