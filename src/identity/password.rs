//! Passwords: which are acceptable, and their hashes (ID-SEC-01 … 06).
//!
//! Invariant: hashing runs on a bounded pool and never inside a transaction.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use icu_normalizer::ComposingNormalizerBorrowed;
use kernel::{
    Error, Ids, Result, Settings,
    secret::{ExposeSecret, SecretString, same},
};
use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Semaphore;

/// KiB, passes, lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// How hashes of the original begin.
const PBKDF2: &str = "pbkdf2_sha256$";
/// Most rounds of such a hash.
const MOST_ROUNDS: u32 = 2_000_000;
/// Longest password, bytes (ID-SEC-02).
const LONGEST: usize = 4096;
/// Most logins waiting for the pool; one more is told to come back.
const WAITING: usize = 256;

const COMMON: &str = include_str!("common_passwords.txt");

/// Checks a new password; Err is a message key (ID-SEC-04).
pub(crate) fn acceptable(
    settings: &Settings,
    password: &str,
    email: &str,
    names: &[&str],
) -> std::result::Result<(), String> {
    let least = settings.int("ASTAKOS_PASSWORD_MIN_LENGTH").max(1);
    let normal = normalise(password);
    if password.len() > LONGEST {
        return Err("PASSWORD_TOO_LONG".into());
    }
    if (normal.chars().count() as i64) < least {
        return Err(format!("PASSWORD_TOO_SHORT:{least}"));
    }
    let lower = normal.to_lowercase();
    let own = |text: &str| !text.is_empty() && lower == text.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let full = names.join(" ");
    if own(email) || own(local) || own(full.trim()) || names.iter().any(|name| own(name)) {
        return Err("PASSWORD_LIKE_ACCOUNT".into());
    }
    if COMMON.lines().any(|common| common == lower) {
        return Err("PASSWORD_TOO_COMMON".into());
    }
    Ok(())
}

fn normalise(password: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc()
        .normalize(password)
        .into_owned()
}

/// A random password of 16 letters and digits that are hard to mistake (ID-SEC-05).
pub(crate) fn random(ids: &dyn Ids) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let mut bytes = [0; 16];
    ids.fill(&mut bytes);
    bytes
        .iter()
        .map(|b| char::from(ALPHABET[usize::from(b % 32)]))
        .collect()
}

/// Hashes passwords, a few at a time.
#[derive(Clone)]
pub(crate) struct Hasher {
    workers: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// Memory times passes of all that was hashed, and rounds of imported hashes.
    #[cfg(test)]
    pub(crate) worked: Arc<std::sync::Mutex<(u64, u64)>>,
}

#[cfg(test)]
thread_local! {
    /// The same of this thread.
    static WORKED: std::cell::Cell<(u64, u64)> = const { std::cell::Cell::new((0, 0)) };
}

impl Hasher {
    pub(crate) fn new(workers: usize) -> Self {
        Hasher {
            workers: Arc::new(Semaphore::new(workers.max(1))),
            waiting: Arc::default(),
            #[cfg(test)]
            worked: Arc::default(),
        }
    }

    #[cfg(test)]
    pub(crate) async fn hold(&self) -> tokio::sync::OwnedSemaphorePermit {
        let all = self.workers.available_permits();
        let all = self.workers.clone().acquire_many_owned(all as u32);
        all.await.unwrap()
    }

    #[cfg(test)]
    pub(crate) fn waits(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    /// The hash to store for a password.
    pub(crate) async fn hash(&self, ids: Arc<dyn Ids>, password: SecretString) -> Result<String> {
        self.run(move || {
            let mut salt = [0; 16];
            ids.fill(&mut salt);
            make(password.expose_secret(), &salt, COST)
        })
        .await
    }

    /// Is it the password? A wrong one costs the same whatever there is to compare with:
    /// one hash of ours, and the rounds of the dearest imported hash (`dearest`). The
    /// second value is a new hash, when the stored one should be replaced.
    pub(crate) async fn check(
        &self,
        ids: Arc<dyn Ids>,
        password: SecretString,
        stored: Option<String>,
        dearest: u32,
    ) -> Result<(bool, Option<String>)> {
        self.run(move || {
            let password = password.expose_secret();
            let stored = stored.filter(|_| password.len() <= LONGEST);
            let stored = stored.unwrap_or_default();
            let right = matches(password, &stored)?;
            let current = stored.starts_with(&header(COST));
            if right && current {
                return Ok((true, None));
            }
            if right {
                let mut salt = [0; 16];
                ids.fill(&mut salt);
                return Ok((true, Some(make(password, &salt, COST)?)));
            }
            let short: String = password.chars().take(LONGEST / 4).collect();
            if !current {
                make(&short, &[0; 16], COST)?;
            }
            let own = match stored.starts_with(PBKDF2) {
                true => rounds(&stored).unwrap_or(0),
                false => 0,
            };
            if let Some(rest) = NonZeroU32::new(dearest.saturating_sub(own)) {
                pbkdf2_matches(&short, rest, &[0; 12], &[0; 32]);
            }
            Ok((false, None))
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        struct Place(Arc<AtomicUsize>);
        impl Drop for Place {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        let before = self.waiting.fetch_add(1, Ordering::SeqCst);
        let place = Place(self.waiting.clone());
        if before >= WAITING {
            return Err(Error::Busy { retry_after: 2 });
        }
        let permit = self.workers.clone().acquire_owned().await;
        let permit = permit.map_err(Error::broken)?;
        #[cfg(test)]
        let worked = self.worked.clone();
        tokio::task::spawn_blocking(move || {
            let _held = (permit, place);
            let done = work();
            #[cfg(test)]
            if let Ok(mut all) = worked.lock() {
                let own = WORKED.take();
                *all = (all.0 + own.0, all.1 + own.1);
            }
            done
        })
        .await
        .map_err(Error::broken)?
    }
}

fn header((memory, passes, lanes): (u32, u32, u32)) -> String {
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$")
}

fn argon2(
    password: &str,
    salt: &[u8],
    (memory, passes, lanes): (u32, u32, u32),
    out: &mut [u8],
) -> Result<()> {
    let params = argon2::Params::new(memory, passes, lanes, Some(out.len()))
        .map_err(|e| Error::broken(e.to_string()))?;
    #[cfg(test)]
    {
        let (work, rounds) = WORKED.get();
        WORKED.set((work + u64::from(memory) * u64::from(passes), rounds));
    }
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(normalise(password).as_bytes(), salt, out)
        .map_err(|e| Error::broken(e.to_string()))
}

fn make(password: &str, salt: &[u8; 16], cost: (u32, u32, u32)) -> Result<String> {
    let mut out = [0; 32];
    argon2(password, salt, cost, &mut out)?;
    Ok(format!(
        "{}{}${}",
        header(cost),
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(out)
    ))
}

fn pbkdf2_matches(password: &str, rounds: NonZeroU32, salt: &[u8], hash: &[u8]) -> bool {
    #[cfg(test)]
    {
        let (work, all) = WORKED.get();
        WORKED.set((work, all + u64::from(rounds.get())));
    }
    let kind = aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256;
    aws_lc_rs::pbkdf2::verify(kind, rounds, salt, password.as_bytes(), hash).is_ok()
}

/// Rounds of an imported hash, 0 for a kind that has none; None for a kind that is not
/// known.
pub(crate) fn rounds(stored: &str) -> Option<u32> {
    let parts: Vec<&str> = stored.split('$').collect();
    match parts.as_slice() {
        ["pbkdf2_sha256", rounds, _, hash] if STANDARD.decode(hash).is_ok() => rounds
            .parse()
            .ok()
            .filter(|n| (1..=MOST_ROUNDS).contains(n)),
        ["sha1", _, hash] if hex::decode(hash).is_ok() => Some(0),
        ["", "argon2id", "v=19", _, _, _] => Some(0),
        _ => None,
    }
}

/// Compares with an own hash or one of the kinds that were imported (ID-SEC-01).
fn matches(password: &str, stored: &str) -> Result<bool> {
    let parts: Vec<&str> = stored.split('$').collect();
    Ok(match parts.as_slice() {
        ["", "argon2id", "v=19", cost, salt, hash] => argon2_matches(password, cost, salt, hash)?,
        ["pbkdf2_sha256", rounds, salt, hash] => {
            let rounds = rounds.parse().ok().filter(|n| *n <= MOST_ROUNDS);
            let (Some(rounds), Ok(hash)) =
                (rounds.and_then(NonZeroU32::new), STANDARD.decode(hash))
            else {
                return Ok(false);
            };
            pbkdf2_matches(password, rounds, salt.as_bytes(), &hash)
        }
        ["sha1", salt, hash] => {
            let kind = &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;
            let sum = aws_lc_rs::digest::digest(kind, format!("{salt}{password}").as_bytes());
            hex::decode(hash).is_ok_and(|hash| same(&hash, sum.as_ref()))
        }
        _ => false,
    })
}

fn argon2_matches(password: &str, cost: &str, salt: &str, hash: &str) -> Result<bool> {
    let mut cost = cost.split(',').map(|part| {
        let value = part.split_once('=').map(|(_, value)| value.parse().ok());
        value.flatten()
    });
    let cost = (cost.next(), cost.next(), cost.next());
    let (Some(Some(memory)), Some(Some(passes)), Some(Some(lanes))) = cost else {
        return Ok(false);
    };
    if memory > 1 << 20 || passes > 64 || lanes > 16 {
        return Ok(false);
    }
    let (Ok(salt), Ok(hash)) = (STANDARD_NO_PAD.decode(salt), STANDARD_NO_PAD.decode(hash)) else {
        return Ok(false);
    };
    if !(16..=64).contains(&hash.len()) {
        return Ok(false);
    }
    let mut out = vec![0; hash.len()];
    argon2(password, &salt, (memory, passes, lanes), &mut out)?;
    Ok(same(&out, &hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{RandomIds, settings::Value};

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    // ID-SEC-01 ID-SEC-02 ID-SEC-06
    #[tokio::test]
    async fn hashes_match_their_password_only_and_old_ones_are_replaced() {
        let ids: Arc<dyn Ids> = Arc::new(RandomIds);
        let hasher = Hasher::new(2);
        let hash = hasher
            .hash(ids.clone(), secret("pässword ﬁ"))
            .await
            .unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let check = async |password: &str, stored: &str| {
            let stored = Some(stored.to_owned());
            hasher
                .check(ids.clone(), secret(password), stored, 0)
                .await
                .unwrap()
        };
        // The same letters in another Unicode form are the same password.
        assert_eq!(check("pa\u{308}ssword fi", &hash).await, (true, None));
        assert!(!check("passwort", &hash).await.0);
        let weak = make("password1", &[1; 16], (1024, 1, 1)).unwrap();
        let (right, new) = check("password1", &weak).await;
        assert!(right && new.is_some_and(|new| new.starts_with(&header(COST))));
        assert_eq!(check("wrong", &weak).await, (false, None));
        let foreign = "sha1$seed$1ff8ba69d6d49a7ad1da4ff3cc6d3bd7a2b6f17e";
        assert!(!check("x", foreign).await.0);
        let sum = aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
            b"seedpassword1",
        );
        let foreign = format!("sha1$seed${}", hex::encode(sum.as_ref()));
        assert!(check("password1", &foreign).await.1.is_some());
        for junk in [
            "",
            "!",
            "$argon2id$v=19$m=1$x$y",
            "pbkdf2_sha256$0$a$b",
            "md5$a$b",
        ] {
            assert!(!check("", junk).await.0, "{junk}");
        }
        let none = hasher
            .check(ids.clone(), secret("x"), None, 0)
            .await
            .unwrap();
        assert_eq!(none, (false, None));
        let long = "x".repeat(LONGEST + 1);
        assert!(!check(&long, &hash).await.0);
    }

    // ID-SEC-04 ID-SEC-05
    #[test]
    fn easy_passwords_are_refused() {
        let mut settings = Settings::default();
        let check = |settings: &Settings, password: &str| {
            acceptable(
                settings,
                password,
                "kpap@example.org",
                &["Konstantinos", "P"],
            )
        };
        assert_eq!(
            check(&settings, "1234567"),
            Err("PASSWORD_TOO_SHORT:8".into())
        );
        assert_eq!(
            check(&settings, "Password"),
            Err("PASSWORD_TOO_COMMON".into())
        );
        for own in ["KPAP@example.org", "konstantinos", "Konstantinos P"] {
            assert_eq!(check(&settings, own), Err("PASSWORD_LIKE_ACCOUNT".into()));
        }
        assert_eq!(check(&settings, "correct horse battery"), Ok(()));
        assert_eq!(
            check(&settings, &"x".repeat(5000)),
            Err("PASSWORD_TOO_LONG".into())
        );
        settings.set("ASTAKOS_PASSWORD_MIN_LENGTH", Value::Int(3));
        assert_eq!(check(&settings, "xyz"), Ok(()));
        assert_eq!(random(&RandomIds).len(), 16);
    }
}
