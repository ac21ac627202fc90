//! Browsers somebody has logged in with before.
//!
//! Whoever guesses passwords makes the name wait; the owner of the name would wait too.
//! So a browser that logged in once carries a cookie, and its attempts under that name
//! are counted by themselves: nobody else can use them up (ID-LOG-10). Invariants: the
//! cookie proves nothing but an earlier login under one name; it opens nothing; nothing
//! is stored for it.

use crate::keys::{Keys, Use};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Cx, Digest, Timestamp, secret::same};
use std::time::Duration;

/// How long a browser is known after a login.
pub(crate) const KNOWN: Duration = Duration::from_secs(180 * 86_400);
/// Its number and its end.
const OPEN: usize = 16 + 8;

fn mac(keys: &Keys, open: &[u8], username: &str) -> Digest {
    keys.hash(Use::Device, &[open, username.as_bytes()].concat())
}

/// The cookie for a browser in which `username` logged in.
pub(crate) fn cookie(cx: &Cx, keys: &Keys, username: &str) -> String {
    let mut number = [0; 16];
    cx.ids.fill(&mut number);
    let expires = (cx.now + KNOWN).as_second().to_be_bytes();
    let open = [number.as_slice(), &expires].concat();
    let mac = mac(keys, &open, username);
    URL_SAFE_NO_PAD.encode([open.as_slice(), &mac.0].concat())
}

/// The number of a browser in which `username` logged in before; None for a cookie of
/// somebody else, one that was made up, one that is too old.
pub(crate) fn known(keys: &Keys, now: Timestamp, username: &str, cookie: &str) -> Option<String> {
    let bytes = (cookie.len() <= 128).then(|| URL_SAFE_NO_PAD.decode(cookie).ok());
    let bytes = bytes.flatten()?;
    let (open, proof) = bytes.split_at_checked(OPEN)?;
    let good = same(proof, &mac(keys, open, username).0);
    let (number, expires) = open.split_at_checked(16)?;
    let expires = i64::from_be_bytes(expires.try_into().ok()?);
    (good && now.as_second() < expires).then(|| hex::encode(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::CxSource;

    // ID-LOG-10
    #[test]
    fn a_browser_is_known_for_one_name_and_a_while() {
        let (cx, clock) = CxSource::fake();
        let keys = Keys::from_bytes([7; 32]).unwrap();
        let made = cookie(&cx.cx(), &keys, "a@example.org");
        let known = |name: &str, text: &str| known(&keys, cx.cx().now, name, text);
        assert_eq!(known("a@example.org", &made).unwrap().len(), 32);
        assert_eq!(known("b@example.org", &made), None);
        let other = cookie(
            &cx.cx(),
            &Keys::from_bytes([8; 32]).unwrap(),
            "a@example.org",
        );
        for bad in ["", "x", "ü", &made[1..], &other, &"A".repeat(200)] {
            assert_eq!(known("a@example.org", bad), None, "{bad}");
        }
        clock.advance(KNOWN);
        assert_eq!(known("a@example.org", &made), None);
    }
}
