//! The token in a cookie, for pages of other programs below `ASTAKOS_COOKIE_DOMAIN`
//! (ID-SES-02): `<uuid>|<token>`, quoted.
//!
//! Invariants: our own pages never read it to know somebody (ID-SES-04); every page
//! puts it right when it is missing, old, or left over from somebody who is gone
//! (ID-SES-03). That needs no second request, so there is no redirect that a browser
//! without cookies would follow for ever.

use super::visitor::{Visitor, add_cookie, cookie};
use axum::response::Response;
use http::HeaderMap;
use kernel::secret::ExposeSecret;

/// Puts the cookie right.
pub(super) async fn mend(v: &Visitor, sent: &HeaderMap, response: &mut Response) {
    let name = v.settings.str("ASTAKOS_COOKIE_NAME");
    if name.is_empty() {
        return;
    }
    let has = cookie(sent, name);
    let Some(user) = v.user() else {
        if has.is_some() {
            add_cookie(response, &set(v, name, "", 0));
        }
        return;
    };
    // Who may not have a token keeps what there is.
    let Ok(token) = v.state.identity.token_of(user.uuid).await else {
        return;
    };
    let name_of = match v.settings.bool("ASTAKOS_TRANSLATE_UUIDS") {
        true => {
            let plain = percent_encoding::NON_ALPHANUMERIC;
            percent_encoding::utf8_percent_encode(&user.username, plain).to_string()
        }
        false => user.uuid.to_string(),
    };
    let wanted = format!("{name_of}%7C{}", token.token.expose_secret());
    if has.as_deref() != Some(wanted.as_str()) {
        let left = token.expires.as_second() - v.now.as_second();
        add_cookie(response, &set(v, name, &wanted, left.max(0)));
    }
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
