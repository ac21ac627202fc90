//! Texts of messages at rest (ID-MAIL-03): a text that waits or could not be sent may
//! hold a link that logs somebody in, and a copy of the database must not be enough to
//! use it.
//!
//! Invariants: the key is derived from the one that `app` keeps beside the store; a text
//! is sealed for one message; texts from before there was a key are read as they are.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{CxSource, Error, Result};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};

const PREFIX: &str = "sealed:";

/// Seals and opens texts; clones share the key. One without a key leaves them as they
/// are: for a store that is not kept.
#[derive(Clone, Default)]
pub struct Sealer(Option<Arc<Inner>>);

struct Inner {
    key: LessSafeKey,
    cx: CxSource,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// A sealer whose key follows from `secret`.
    ///
    /// # Errors
    /// Only when the cryptographic library refuses to work.
    pub fn new(secret: &[u8], cx: CxSource) -> Result<Self> {
        let derived: [u8; 32] = Sha256::new_with_prefix(b"synnefo mail at rest\0")
            .chain_update(secret)
            .finalize()
            .into();
        let key = UnboundKey::new(&AES_256_GCM, &derived)
            .map_err(|_| Error::broken("the key of mails cannot be made"))?;
        let key = LessSafeKey::new(key);
        Ok(Sealer(Some(Arc::new(Inner { key, cx }))))
    }

    /// The text of message `id` as it is stored.
    pub(crate) fn seal(&self, id: u64, text: &str) -> Result<String> {
        let Some(inner) = &self.0 else {
            return Ok(text.to_owned());
        };
        let mut nonce = [0; NONCE_LEN];
        inner.cx.cx().ids.fill(&mut nonce);
        let mut bytes = text.as_bytes().to_vec();
        inner
            .key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(id.to_be_bytes()),
                &mut bytes,
            )
            .map_err(|_| Error::broken("a mail cannot be sealed"))?;
        let all = [nonce.as_slice(), &bytes].concat();
        Ok(format!("{PREFIX}{}", STANDARD.encode(all)))
    }

    /// What was stored as the text of message `id`.
    pub(crate) fn open(&self, id: u64, stored: &str) -> Result<String> {
        let (Some(inner), Some(sealed)) = (&self.0, stored.strip_prefix(PREFIX)) else {
            return Ok(stored.to_owned());
        };
        let wrong = || Error::broken("the text of a mail does not open with the key in keys/");
        let all = STANDARD.decode(sealed).map_err(|_| wrong())?;
        let (nonce, rest) = all.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut rest = rest.to_vec();
        let text = inner
            .key
            .open_in_place(nonce, Aad::from(id.to_be_bytes()), &mut rest)
            .map_err(|_| wrong())?;
        String::from_utf8(text.to_vec()).map_err(|_| wrong())
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
        assert_eq!(format!("{one:?}"), "Sealer(…)");
    }
}
