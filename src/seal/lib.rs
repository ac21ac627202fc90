//! Texts at rest: AES-256-GCM under a key that is not in the store.
//!
//! Invariants: what is sealed opens with its key and at its place only; the key is never
//! shown. How the bytes are written down is the caller's.

pub mod mail;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use kernel::{Error, Ids, Result};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};

/// Seals and opens texts; clones share the key.
#[derive(Clone)]
pub struct Seal(Arc<LessSafeKey>);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// With a key of 32 bytes.
    ///
    /// # Errors
    /// Only when the cryptographic library refuses to work.
    pub fn new(key: [u8; 32]) -> Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, &key);
        let key = key.map_err(|_| Error::broken("the sealing key cannot be made"))?;
        Ok(Seal(Arc::new(LessSafeKey::new(key))))
    }

    /// With the key that follows for one use (`label`) from a secret of any length.
    ///
    /// # Errors
    /// As [`Seal::new`].
    pub fn derived(label: &[u8], secret: &[u8]) -> Result<Self> {
        let key = Sha256::new_with_prefix(label).chain_update(secret);
        Self::new(key.finalize().into())
    }

    /// `text` sealed for a place: nonce, ciphertext and tag.
    ///
    /// # Errors
    /// Only when the cryptographic library refuses to work.
    pub fn seal(&self, ids: &dyn Ids, place: &[u8], text: &str) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        ids.fill(&mut nonce);
        let mut bytes = text.as_bytes().to_vec();
        let own = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(own, Aad::from(place), &mut bytes)
            .map_err(|_| Error::broken("sealing failed"))?;
        Ok([nonce.as_slice(), &bytes].concat())
    }

    /// What was sealed for that place; None with another key, for another place, or when
    /// it was changed.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Option<String> {
        let (nonce, bytes) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = bytes.to_vec();
        let text = self.0.open_in_place(nonce, Aad::from(place), &mut bytes);
        String::from_utf8(text.ok()?.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::RandomIds;

    // ID-TOK-05 CY-MOD-40
    #[test]
    fn texts_open_at_their_place_with_their_key_only() {
        let seal = |secret: &[u8]| Seal::derived(b"test\0", secret).unwrap();
        let sealed = seal(b"one").seal(&RandomIds, b"7", "secret").unwrap();
        assert_eq!(seal(b"one").open(b"7", &sealed).as_deref(), Some("secret"));
        assert_eq!(seal(b"one").open(b"8", &sealed), None);
        assert_eq!(seal(b"two").open(b"7", &sealed), None);
        let other = Seal::derived(b"other\0", b"one").unwrap();
        assert_eq!(other.open(b"7", &sealed), None);
        assert_eq!(seal(b"one").open(b"7", b"short"), None);
        let mut changed = sealed.clone();
        changed[NONCE_LEN] ^= 1;
        assert_eq!(seal(b"one").open(b"7", &changed), None);
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        let again = seal(b"one").seal(&RandomIds, b"7", "secret").unwrap();
        assert_ne!(sealed, again);
        assert_eq!(format!("{:?}", seal(b"one")), "Seal(…)");
    }
}
