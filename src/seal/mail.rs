//! Requests for mails while they wait in the outbox: what they are about may hold a link
//! that logs somebody in.
//!
//! Invariants: who asks and who renders share the key and nobody else has it; a request
//! is sealed for its recipient and template; one that never was sealed is read as it is.

use crate::Seal;
use kernel::{CxSource, Error, Result, mail::MailRequest};
use std::{collections::BTreeMap, fmt};

/// Seals and opens requests; clones share the key.
#[derive(Clone)]
pub struct Requests {
    seal: Seal,
    cx: CxSource,
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Requests(…)")
    }
}

fn place(request: &MailRequest) -> Vec<u8> {
    format!("{}\0{}", request.to, request.template).into_bytes()
}

impl Requests {
    /// With the key that follows from a secret.
    ///
    /// # Errors
    /// As [`Seal::new`].
    pub fn new(secret: &[u8], cx: CxSource) -> Result<Self> {
        let seal = Seal::derived(b"synnefo mail requests\0", secret)?;
        Ok(Requests { seal, cx })
    }

    /// The request with its values sealed.
    ///
    /// # Errors
    /// Only when the cryptographic library refuses to work.
    pub fn seal(&self, mut request: MailRequest) -> Result<MailRequest> {
        let context = std::mem::take(&mut request.context);
        let text = serde_json::to_string(&context).map_err(Error::broken)?;
        request.sealed = self
            .seal
            .seal(&*self.cx.cx().ids, &place(&request), &text)?;
        Ok(request)
    }

    /// The request with its values as they were.
    ///
    /// # Errors
    /// When it does not open with this key.
    pub fn open(&self, mut request: MailRequest) -> Result<MailRequest> {
        if request.sealed.is_empty() {
            return Ok(request);
        }
        let text = self.seal.open(&place(&request), &request.sealed);
        let wrong = || Error::broken("a request for a mail does not open with the key in keys/");
        let context: BTreeMap<_, _> =
            serde_json::from_str(&text.ok_or_else(wrong)?).map_err(Error::broken)?;
        request.context = context;
        request.sealed.clear();
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-MAIL-03 ID-SEC-01
    #[test]
    fn a_request_opens_with_its_key_and_for_its_reader_only() {
        let cx = CxSource::fake().0;
        let requests = |secret: &[u8]| Requests::new(secret, cx.clone()).unwrap();
        let plain = MailRequest {
            to: "eva@example.org".into(),
            template: "im/activation_email".into(),
            context: BTreeMap::from([("url".into(), "https://x/?auth=1".into())]),
            ..MailRequest::default()
        };
        let sealed = requests(b"one").seal(plain.clone()).unwrap();
        assert!(sealed.context.is_empty() && sealed.to == plain.to);
        assert!(!sealed.sealed.windows(4).any(|part| part == b"auth"));
        assert_eq!(requests(b"one").open(sealed.clone()).unwrap(), plain);
        assert_eq!(requests(b"one").open(plain.clone()).unwrap(), plain);
        assert!(requests(b"two").open(sealed.clone()).is_err());
        let other = MailRequest {
            to: "ben@example.org".into(),
            ..sealed
        };
        assert!(requests(b"one").open(other).is_err());
    }
}
