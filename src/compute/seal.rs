//! Secrets at rest under a key that is not in the store (CY-MOD-40). Sealed text is
//! `encrypted:` and base64 of what [`seal::Seal`] makes.

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Cx, Error, Result, secret::SecretString};
use seal::Seal;

const PREFIX: &str = "encrypted:";

/// Seals and opens secrets; clones share the key.
#[derive(Clone)]
pub struct Sealer(Seal);

impl Sealer {
    /// A sealer for any key material (`SECRET_ENCRYPTION_KEY`, or the file in `keys/`).
    ///
    /// # Errors
    /// As [`Seal::new`].
    pub fn new(key: &[u8]) -> Result<Self> {
        Seal::derived(b"synnefo sealed secrets\0", key).map(Sealer)
    }

    /// Seals `text`.
    ///
    /// # Errors
    /// As [`Seal::seal`].
    pub fn seal(&self, cx: &Cx, text: &str) -> Result<String> {
        let sealed = self.0.seal(&*cx.ids, &[], text)?;
        Ok(format!("{PREFIX}{}", STANDARD.encode(sealed)))
    }

    /// Opens what [`Sealer::seal`] made; text without the prefix is clear text.
    ///
    /// # Errors
    /// `Broken` with another key, or when it was changed.
    pub fn open(&self, sealed: &str) -> Result<SecretString> {
        let Some(sealed) = sealed.strip_prefix(PREFIX) else {
            return Ok(SecretString::from(sealed.to_owned()));
        };
        let bytes = STANDARD.decode(sealed).ok();
        let text = bytes.and_then(|bytes| self.0.open(&[], &bytes));
        text.map(SecretString::from)
            .ok_or_else(|| Error::broken("cannot decrypt password, check the key"))
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
