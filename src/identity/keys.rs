//! Keys outside the database: keyed hashes, sealing of tokens, signed values.
//!
//! Invariant: each use has its own key, derived from the one of 32 bytes that
//! `app` keeps in the data directory; none is ever shown.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Digest, Error, Ids, Result, Timestamp, mail::MailRequest};
use seal::{Seal, mail::Requests};
use sha2::Sha256;
use std::{fmt, sync::Arc};

type HmacSha256 = Hmac<Sha256>;

/// What a keyed hash is for; hashes of different uses never match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Token,
    Code,
    Session,
    Reset,
    Csrf,
    Link,
    Invitation,
    EmailChange,
    Moderation,
    Pending,
    Half,
    Recovery,
    Captcha,
    OauthSecret,
    OauthCode,
    OauthToken,
    Scoped,
    Handover,
    Component,
    Device,
    Switch,
}

impl Use {
    /// Does it hold only for a while, so that another `SECRET_KEY` may end it?
    fn passes(self) -> bool {
        matches!(
            self,
            Use::Session
                | Use::Reset
                | Use::Csrf
                | Use::Link
                | Use::Moderation
                | Use::Half
                | Use::Captcha
                | Use::Handover
                | Use::Device
        )
    }

    fn label(self) -> &'static [u8] {
        match self {
            Use::Token => b"token\0",
            Use::Code => b"code\0",
            Use::Session => b"session\0",
            Use::Reset => b"reset\0",
            Use::Csrf => b"csrf\0",
            Use::Link => b"link\0",
            Use::Invitation => b"invitation\0",
            Use::EmailChange => b"email change\0",
            Use::Moderation => b"moderation\0",
            Use::Pending => b"pending\0",
            Use::Half => b"half\0",
            Use::Recovery => b"recovery\0",
            Use::Captcha => b"captcha\0",
            Use::OauthSecret => b"oauth2 secret\0",
            Use::OauthCode => b"oauth2 code\0",
            Use::OauthToken => b"oauth2 token\0",
            Use::Scoped => b"scoped token\0",
            Use::Handover => b"handover\0",
            Use::Component => b"component\0",
            Use::Device => b"device\0",
            Use::Switch => b"switch\0",
        }
    }
}

/// The keys; clones share them.
#[derive(Clone)]
pub struct Keys(Arc<Inner>, Option<Requests>);

struct Inner {
    mac: HmacSha256,
    /// Of what is only good for a while: sessions, links, forms.
    passing: HmacSha256,
    seal: Seal,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// The keys that follow from one secret of 32 bytes.
    ///
    /// # Errors
    /// Only when the cryptographic library refuses to work.
    pub fn from_bytes(secret: [u8; 32]) -> Result<Self> {
        let root = mac_of(&secret)?;
        let derive = |label: &[u8]| {
            let mut mac = root.clone();
            mac.update(label);
            mac.finalize().into_bytes()
        };
        let mac = mac_of(derive(b"synnefo identity mac").as_slice())?;
        Ok(Keys(
            Arc::new(Inner {
                passing: mac.clone(),
                mac,
                seal: Seal::new(derive(b"synnefo identity seal").into())?,
            }),
            None,
        ))
    }

    /// The same keys, by which requests for mails are sealed while they wait.
    #[must_use]
    pub fn sealing(self, requests: Option<Requests>) -> Self {
        Keys(self.0, requests)
    }

    /// A request for a mail as it is to wait.
    pub(crate) fn mail(&self, request: MailRequest) -> Result<MailRequest> {
        match &self.1 {
            None => Ok(request),
            Some(requests) => requests.seal(request),
        }
    }

    /// The same, but sessions and links are good under this `SECRET_KEY` only; the empty
    /// one changes nothing.
    ///
    /// # Errors
    /// Only when the cryptographic library refuses to work.
    pub fn under(self, secret: &str) -> Result<Self> {
        if secret.is_empty() {
            return Ok(self);
        }
        let mut passing = self.0.mac.clone();
        passing.update(b"secret key\0");
        passing.update(secret.as_bytes());
        let inner = Inner {
            mac: self.0.mac.clone(),
            passing: mac_of(passing.finalize().into_bytes().as_slice())?,
            seal: self.0.seal.clone(),
        };
        Ok(Keys(Arc::new(inner), self.1))
    }

    /// The keyed hash of a secret.
    pub(crate) fn hash(&self, what: Use, secret: &[u8]) -> Digest {
        let mut mac = match what.passes() {
            true => self.0.passing.clone(),
            false => self.0.mac.clone(),
        };
        mac.update(what.label());
        mac.update(secret);
        Digest(mac.finalize().into_bytes().into())
    }

    /// `text` sealed for a place in the store.
    pub(crate) fn seal(&self, ids: &dyn Ids, place: &[u8], text: &str) -> Result<Vec<u8>> {
        self.0.seal.seal(ids, place, text)
    }

    /// What was sealed for that place.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<String> {
        self.0.seal.open(place, sealed).ok_or_else(|| {
            Error::broken("a sealed value cannot be opened: is the key file the right one?")
        })
    }

    /// A value nobody else can make, good until `expires` for one use.
    pub(crate) fn sign(&self, what: Use, value: u64, expires: Timestamp) -> String {
        let mut bytes = value.to_be_bytes().to_vec();
        bytes.extend(expires.as_second().to_be_bytes());
        let mac = self.hash(what, &bytes);
        bytes.extend_from_slice(&mac.0);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The value that was signed, unless it was tampered with or is too old.
    pub(crate) fn signed(&self, what: Use, text: &str, now: Timestamp) -> Option<u64> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (value, mac) = bytes.split_at_checked(16)?;
        if !kernel::secret::same(mac, &self.hash(what, value).0) {
            return None;
        }
        let (number, expires) = value.split_at_checked(8)?;
        let expires = i64::from_be_bytes(expires.try_into().ok()?);
        (now.as_second() < expires)
            .then(|| number.try_into().ok().map(u64::from_be_bytes))
            .flatten()
    }
}

fn mac_of(key: &[u8]) -> Result<HmacSha256> {
    HmacSha256::new_from_slice(key).map_err(Error::broken)
}

/// 32 random bytes as 43 characters that need no quoting (ID-TOK-01).
pub(crate) fn random_token(ids: &dyn Ids) -> String {
    let mut bytes = [0; 32];
    ids.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{RandomIds, SeededIds};

    fn keys(n: u8) -> Keys {
        Keys::from_bytes([n; 32]).unwrap()
    }

    // ID-TOK-05
    #[test]
    fn sealed_values_open_at_their_place_with_their_key_only() {
        let sealed = keys(1).seal(&RandomIds, b"7", "secret").unwrap();
        assert_eq!(keys(1).open(b"7", &sealed).unwrap(), "secret");
        assert!(keys(1).open(b"8", &sealed).is_err());
        assert!(keys(2).open(b"7", &sealed).is_err());
        assert!(keys(1).open(b"7", b"short").is_err());
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert_ne!(sealed, keys(1).seal(&RandomIds, b"7", "secret").unwrap());
        assert_eq!(format!("{:?}", keys(1)), "Keys(…)");
    }

    #[test]
    fn hashes_differ_by_use_and_key() {
        let all = [
            keys(1).hash(Use::Token, b"x"),
            keys(1).hash(Use::Code, b"x"),
            keys(2).hash(Use::Token, b"x"),
            keys(1).hash(Use::Token, b"y"),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b));
        }
    }

    // ID-SET-74: another SECRET_KEY ends sessions and links, and nothing that lasts
    #[test]
    fn a_secret_key_is_part_of_what_passes() {
        let usual = keys(1);
        let other = keys(1).under("hunter2").unwrap();
        let third = keys(1).under("hunter3").unwrap();
        for passing in [Use::Session, Use::Link, Use::Moderation, Use::Csrf] {
            let all = [&usual, &other, &third].map(|keys| keys.hash(passing, b"x"));
            assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
        }
        for lasting in [Use::Token, Use::OauthSecret, Use::Recovery] {
            assert_eq!(usual.hash(lasting, b"x"), other.hash(lasting, b"x"));
        }
        let sealed = usual.seal(&RandomIds, b"7", "secret").unwrap();
        assert_eq!(other.open(b"7", &sealed).unwrap(), "secret");
        let none = keys(1).under("").unwrap();
        assert_eq!(
            usual.hash(Use::Session, b"x"),
            none.hash(Use::Session, b"x")
        );
    }

    // ID-VER-05
    #[test]
    fn signed_values_expire_and_cannot_be_changed() {
        let at = |s| Timestamp::from_second(s).unwrap();
        let text = keys(1).sign(Use::Link, 7, at(100));
        assert_eq!(keys(1).signed(Use::Moderation, &text, at(99)), None);
        assert_eq!(keys(1).signed(Use::Link, &text, at(99)), Some(7));
        assert_eq!(keys(1).signed(Use::Link, &text, at(100)), None);
        assert_eq!(keys(2).signed(Use::Link, &text, at(1)), None);
        for i in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[i] = if other[i] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            if other != text {
                assert_ne!(keys(1).signed(Use::Link, &other, at(1)), Some(8));
                // The last character may carry unused bits; all others matter.
                assert!(i + 1 == text.len() || keys(1).signed(Use::Link, &other, at(1)).is_none());
            }
        }
        for junk in ["", "x", "AAAA", "ü"] {
            assert_eq!(keys(1).signed(Use::Link, junk, at(1)), None);
        }
    }

    // ID-TOK-01
    #[test]
    fn tokens_have_43_characters() {
        let token = random_token(&SeededIds::default());
        assert_eq!(token.len(), 43);
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
    }
}
