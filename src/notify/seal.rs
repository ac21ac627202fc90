//! Texts of messages at rest (ID-MAIL-03): a text that waits or could not be sent may
//! hold a link that logs somebody in, and a copy of the database must not be enough to
//! use it.
//!
//! Invariants: the key is derived from the one that `app` keeps beside the store; a text
//! is sealed for one message; texts from before there was a key are read as they are.

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{CxSource, Error, Result, mail::MailRequest};
use seal::{Seal, mail::Requests};

const PREFIX: &str = "sealed:";

/// Seals and opens texts; clones share the key. One without a key leaves them as they
/// are: for a store that is not kept.
#[derive(Clone, Default)]
pub struct Sealer(Option<(Seal, CxSource, Requests)>);

impl Sealer {
    /// A sealer whose key follows from `secret`.
    ///
    /// # Errors
    /// As [`Seal::new`].
    pub fn new(secret: &[u8], cx: CxSource) -> Result<Self> {
        let seal = Seal::derived(b"synnefo mail at rest\0", secret)?;
        let requests = Requests::new(secret, cx.clone())?;
        Ok(Sealer(Some((seal, cx, requests))))
    }

    /// What seals requests for whoever asks for mails.
    pub fn requests(&self) -> Option<Requests> {
        self.0.as_ref().map(|(.., requests)| requests.clone())
    }

    /// A request as whoever asked for the mail made it.
    pub(crate) fn request(&self, request: MailRequest) -> Result<MailRequest> {
        match &self.0 {
            None => Ok(request),
            Some((.., requests)) => requests.open(request),
        }
    }

    /// The text of message `id` as it is stored.
    pub(crate) fn seal(&self, id: u64, text: &str) -> Result<String> {
        let Some((seal, cx, _)) = &self.0 else {
            return Ok(text.to_owned());
        };
        let sealed = seal.seal(&*cx.cx().ids, &id.to_be_bytes(), text)?;
        Ok(format!("{PREFIX}{}", STANDARD.encode(sealed)))
    }

    /// What was stored as the text of message `id`.
    pub(crate) fn open(&self, id: u64, stored: &str) -> Result<String> {
        let (Some((seal, ..)), Some(sealed)) = (&self.0, stored.strip_prefix(PREFIX)) else {
            return Ok(stored.to_owned());
        };
        let bytes = STANDARD.decode(sealed).ok();
        let text = bytes.and_then(|bytes| seal.open(&id.to_be_bytes(), &bytes));
        text.ok_or_else(|| Error::broken("the text of a mail does not open with the key in keys/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-MAIL-03 ID-SEC-01
    #[test]
    fn a_text_opens_with_its_key_and_for_its_message_only() {
        let cx = CxSource::fake().0;
        let one = Sealer::new(b"one", cx.clone()).unwrap();
        let other = Sealer::new(b"two", cx).unwrap();
        let sealed = one.seal(7, "https://x/?auth=1").unwrap();
        assert!(sealed.starts_with(PREFIX) && !sealed.contains("auth"));
        assert_ne!(sealed, one.seal(7, "https://x/?auth=1").unwrap());
        assert_eq!(one.open(7, &sealed).unwrap(), "https://x/?auth=1");
        assert!(one.open(8, &sealed).is_err());
        assert!(other.open(7, &sealed).is_err());
        assert_eq!(one.open(7, "from before").unwrap(), "from before");
        assert_eq!(Sealer::default().seal(7, "plain").unwrap(), "plain");
    }
}
