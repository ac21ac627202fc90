//! What a browser keeps for us between two requests of a login, unreadable to it.

use super::Service;
use crate::captcha::{self, Answer};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Result, Timestamp};
use std::time::Duration;

/// How long such a value is good.
const GOOD: Duration = Duration::from_secs(600);
/// Longest value that is read.
const LONGEST: usize = 3800;
const PLACE: &[u8] = b"login between two legs";

impl Service {
    /// A text sealed for the browser, good for ten minutes (ID-PRV-11).
    pub fn seal(&self, text: &str) -> Result<String> {
        let cx = self.cx.cx();
        let until = (cx.now + GOOD).as_second();
        let sealed = self
            .keys
            .seal(&*cx.ids, PLACE, &format!("{until} {text}"))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The text again, unless it was tampered with or is too old.
    pub fn unseal(&self, sealed: &str) -> Option<String> {
        if sealed.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = self.keys.open(PLACE, &bytes).ok()?;
        let (until, text) = text.split_once(' ')?;
        let until = Timestamp::from_second(until.parse().ok()?).ok()?;
        (self.now() < until).then(|| text.to_owned())
    }

    /// Notes that a sealed value was used; false when it was used before.
    pub async fn once(&self, nonce: &str) -> Result<bool> {
        let used = Answer {
            token: String::new(),
            answer: ["leg ", nonce].concat(),
        };
        let noted = self.write_anyway(move |tx, cx, r| captcha::spend(tx, cx, r, &used));
        match noted.await {
            Ok(()) => Ok(true),
            Err(kernel::Error::Invalid { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
