//! Captchas (ID-CAP): whose, when, and that an answer is taken once.
//!
//! Invariants: an answer counts once, right or wrong; nothing outside is asked while
//! captchas are off; with them on and no keys nothing passes.

use crate::{keys::Use, rules::Rules};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Cx, Digest, Error, Result, Settings, Timestamp};
use serde::{Deserialize, Serialize};
use std::{future::Future, net::IpAddr, pin::Pin, time::Duration};
use store::{IndexSet, Reads, Row, WriteTx};

/// How long a question of our own is good.
const GOOD: Duration = Duration::from_secs(1800);
/// Longest answer that is looked at.
const LONGEST: usize = 8192;

/// Whether an outside service takes an answer for right.
pub type Verdict<'a> = Pin<Box<dyn Future<Output = Result<bool>> + Send + 'a>>;

/// The outside service that checks answers, asked by the crate `login`.
pub trait Judge: Send + Sync + std::fmt::Debug {
    /// Is the answer right? Anything unclear is an error.
    fn judge<'a>(&'a self, settings: &'a Settings, answer: &'a str, from: IpAddr) -> Verdict<'a>;
}

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Keyed hash of the answer, or of the question it belongs to.
    pub hash: Digest,
    /// Until when it is remembered.
    pub expires: Timestamp,
}

impl Row for Spent {
    type Key = Digest;
    const TABLE: &'static str = "identity.spent";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("expires", self.expires);
    }
}

/// What a form shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing: captchas are off.
    Nothing,
    /// The widget of an outside service, by its public key.
    Widget {
        /// The public key.
        key: String,
        /// Address of its script.
        script: String,
    },
    /// A sum.
    Sum {
        /// What comes back with the answer.
        token: String,
        /// Such as `7 + 5`.
        sum: String,
    },
    /// Captchas are on and cannot work: the form refuses (ID-CAP-03).
    Broken,
}

/// A form with a captcha and a limit: past its limit no answer is looked at, so that a
/// flood of forms is no flood of questions to an outside service.
#[derive(Clone, Copy, Debug)]
pub enum Guarded<'a> {
    /// Sign-up.
    SignUp,
    /// A link for a new password, to this address.
    Reset(&'a str),
}

/// What a form sent.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The token of a sum; empty for a widget.
    pub token: String,
    /// The answer.
    pub answer: String,
}

/// Are they on?
pub(crate) fn enabled(settings: &Settings) -> bool {
    settings.bool("ASTAKOS_RECAPTCHA_ENABLED")
}

/// Do we ask ourselves?
pub(crate) fn builtin(settings: &Settings) -> bool {
    settings.str("ASTAKOS_CAPTCHA_PROVIDER") == "builtin"
}

/// Can they work?
pub(crate) fn works(settings: &Settings) -> bool {
    let has = |name| !settings.str(name).is_empty();
    builtin(settings)
        || (has("ASTAKOS_RECAPTCHA_PUBLIC_KEY") && has("ASTAKOS_RECAPTCHA_PRIVATE_KEY"))
}

/// The origin pages may load a widget from while captchas are on (ID-CAP-04).
pub fn origin(settings: &Settings) -> Option<String> {
    if !enabled(settings) || builtin(settings) {
        return None;
    }
    let (scheme, rest) = script(settings)
        .split_once("://")
        .map(|(s, r)| (s.to_owned(), r.to_owned()))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let good = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    (matches!(scheme.as_str(), "https" | "http") && !host.is_empty() && host.chars().all(good))
        .then(|| format!("{scheme}://{host}"))
}

fn script(settings: &Settings) -> String {
    let url = settings.str("ASTAKOS_RECAPTCHA_API_URL");
    match url.strip_prefix("//") {
        Some(rest) if settings.bool("ASTAKOS_RECAPTCHA_USE_SSL") => format!("https://{rest}"),
        Some(rest) => format!("http://{rest}"),
        None => url.to_owned(),
    }
}

/// What a form shows now.
pub(crate) fn show(cx: &Cx, r: &Rules) -> Shown {
    if !enabled(&r.settings) {
        return Shown::Nothing;
    }
    if !works(&r.settings) {
        return Shown::Broken;
    }
    if !builtin(&r.settings) {
        return Shown::Widget {
            key: r.settings.str("ASTAKOS_RECAPTCHA_PUBLIC_KEY").to_owned(),
            script: script(&r.settings),
        };
    }
    let mut random = [0; 20];
    cx.ids.fill(&mut random);
    let (nonce, [a, b, kind, _]) = match random {
        [nonce @ .., a, b, kind, last] => (nonce, [a, b, kind, last]),
    };
    let (a, b) = (i64::from(a % 18) + 12, i64::from(b % 9) + 2);
    let (sum, answer) = match kind % 3 {
        0 => (format!("{a} + {b}"), a + b),
        1 => (format!("{a} − {b}"), a - b),
        _ => (format!("{a} × {b}"), a * b),
    };
    let expires = (cx.now + GOOD).as_second().to_be_bytes();
    let open = [nonce.as_slice(), &expires].concat();
    let mac = proof(r, &open, &answer.to_string());
    Shown::Sum {
        token: URL_SAFE_NO_PAD.encode([open.as_slice(), &mac.0].concat()),
        sum,
    }
}

fn proof(r: &Rules, open: &[u8], answer: &str) -> Digest {
    r.keys
        .hash(Use::Captcha, &[open, b" ", answer.as_bytes()].concat())
}

pub(crate) fn wrong() -> Error {
    Error::field("captcha", "CAPTCHA_VALIDATION_ERR")
}

/// Is the answer to a sum right? Its question is spent by the caller.
pub(crate) fn sum_is_right(now: Timestamp, r: &Rules, answer: &Answer) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(&answer.token) else {
        return false;
    };
    let Some((open, mac)) = bytes.split_at_checked(24) else {
        return false;
    };
    let Some((_, expires)) = open.split_at_checked(16) else {
        return false;
    };
    let expires = expires.try_into().map_or(0, i64::from_be_bytes);
    let given = answer.answer.trim().replace('−', "-");
    now.as_second() < expires && kernel::secret::same(mac, &proof(r, open, &given).0)
}

/// Notes that an answer was given.
///
/// # Errors
/// `Invalid` at `captcha` when it was given before.
pub(crate) fn spend(tx: &WriteTx, cx: &Cx, r: &Rules, answer: &Answer) -> Result<()> {
    let what = match answer.token.is_empty() {
        true => ["answer ", answer.answer.as_str()].concat(),
        false => ["token ", answer.token.as_str()].concat(),
    };
    let hash = r.keys.hash(Use::Captcha, what.as_bytes());
    if tx.get::<Spent>(&hash)?.is_some() {
        return Err(wrong());
    }
    tx.put(&Spent {
        hash,
        // Longer than any question is good, so it cannot come again.
        expires: cx.now + 2 * GOOD,
    })
}

/// Is it short enough and not empty?
pub(crate) fn readable(answer: &Answer) -> bool {
    !answer.answer.is_empty() && answer.answer.len() <= LONGEST && answer.token.len() <= 256
}

/// Forgets answers that are too old to come again; how many.
pub(crate) fn tidy(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let mut gone = 0;
    for spent in tx.find::<Spent>("expires", &(), None, limit)? {
        if cx.now >= spent.expires {
            tx.remove::<Spent>(&spent.hash)?;
            gone += 1;
        }
    }
    Ok(gone)
}
