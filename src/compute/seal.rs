//! Secrets at rest: AES-256-GCM under a key that is not in the store
//! (CY-MOD-40). Sealed text is `encrypted:` and base64 of nonce and ciphertext.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Cx, Error, Result, secret::SecretString};
use sha2::{Digest, Sha256};
use std::sync::Arc;

const PREFIX: &str = "encrypted:";

/// Seals and opens secrets; clones share the key.
#[derive(Clone)]
pub struct Sealer(Arc<LessSafeKey>);

impl Sealer {
    /// A sealer for any key material (`SECRET_ENCRYPTION_KEY`, or the file in `keys/`).
    pub fn new(key: &[u8]) -> Result<Self> {
        let key: [u8; 32] = Sha256::new_with_prefix(b"synnefo sealed secrets\0")
            .chain_update(key)
            .finalize()
            .into();
        UnboundKey::new(&AES_256_GCM, &key)
            .map(|key| Sealer(Arc::new(LessSafeKey::new(key))))
            .map_err(|_| Error::broken("the encryption key cannot be used"))
    }

    /// Seals `text`.
    pub fn seal(&self, cx: &Cx, text: &str) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        cx.ids.fill(&mut nonce);
        let mut bytes = text.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut bytes,
            )
            .map_err(|_| Error::broken("cannot encrypt"))?;
        Ok(format!(
            "{PREFIX}{}",
            STANDARD.encode([nonce.as_slice(), &bytes].concat())
        ))
    }

    /// Opens what [`Sealer::seal`] made; text without the prefix is clear text.
    pub fn open(&self, sealed: &str) -> Result<SecretString> {
        let Some(sealed) = sealed.strip_prefix(PREFIX) else {
            return Ok(SecretString::from(sealed.to_owned()));
        };
        let wrong = || Error::broken("cannot decrypt password, check the key");
        let bytes = STANDARD.decode(sealed).map_err(|_| wrong())?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut rest = rest.to_vec();
        let text = self
            .0
            .open_in_place(nonce, Aad::empty(), &mut rest)
            .map_err(|_| wrong())?;
        String::from_utf8(text.to_vec())
            .map(SecretString::from)
            .map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{CxSource, secret::ExposeSecret};

    // CY-MOD-40
    #[test]
    fn sealed_text_opens_with_its_key_only() {
        let cx = CxSource::fake().0.cx();
        let (one, other) = (Sealer::new(b"one").unwrap(), Sealer::new(b"two").unwrap());
        let sealed = one.seal(&cx, "secret").unwrap();
        assert!(sealed.starts_with("encrypted:") && !sealed.contains("secret"));
        assert_ne!(sealed, one.seal(&cx, "secret").unwrap());
        assert_eq!(one.open(&sealed).unwrap().expose_secret(), "secret");
        let error = other.open(&sealed).unwrap_err();
        assert!(error.chain().contains("check the key"), "{}", error.chain());
        assert!(one.open("encrypted:AAAA").is_err());
        assert_eq!(one.open("plain").unwrap().expose_secret(), "plain");
    }
}
