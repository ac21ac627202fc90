//! The second factor (ID-SEC-29): codes by time (TOTP), passkeys, recovery codes.
//!
//! Invariants: half a login is no session and opens nothing but the page that asks for
//! the second factor; it ends after ten minutes or five tries; a code by time and a
//! recovery code are taken once; secrets of codes lie here sealed, recovery codes as
//! keyed hashes; whoever changes a factor has proven to be the owner anew.

use crate::{
    keys::Use,
    rows::{Group, User},
    rules::Rules,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use kernel::{Cx, Digest, Error, Result, Timestamp, UserNo};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};
use store::{IndexSet, Reads, Row, WriteTx};

mod half;

pub use half::Half;
pub(crate) use half::{attempt, flush, half, open, succeeded};

/// How long half a login, and setting something up, may take.
const LIFE: Duration = Duration::from_secs(600);
/// Recovery codes made at once.
const CODES: usize = 10;
/// Most factors of an account.
const MOST: usize = 20;
/// What a factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FactorKind {
    /// Six digits that change every half minute.
    Totp,
    /// A key of a device, by WebAuthn.
    Passkey,
}

impl FactorKind {
    /// What a factor of this kind is called: as its owner named it, else by its kind.
    pub(crate) fn label(self, name: &str) -> &str {
        match (name, self) {
            ("", FactorKind::Totp) => "TOTP",
            ("", FactorKind::Passkey) => "Passkey",
            (name, _) => name,
        }
    }
}

/// What a good code was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The code of a half minute.
    ByTime,
    /// A recovery code.
    Recovery,
}

/// A second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Whose.
    pub user: UserNo,
    /// Its number.
    pub id: u64,
    /// What it is.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// When it was set up.
    pub created: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
    /// The sealed secret, base64; or what the device's key is known by, JSON.
    pub data: String,
    /// The last half minute whose code was taken.
    pub step: u64,
}

impl Row for Factor {
    type Key = (UserNo, u64);
    const TABLE: &'static str = "identity.factor";
    fn key(&self) -> Self::Key {
        (self.user, self.id)
    }
}

/// A recovery code that was not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Whose.
    pub user: UserNo,
    /// Keyed hash.
    pub hash: Digest,
}

impl Row for Recovery {
    type Key = (UserNo, Digest);
    const TABLE: &'static str = "identity.recovery";
    fn key(&self) -> Self::Key {
        (self.user, self.hash)
    }
}

/// A factor that is being set up in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// Whose.
    pub user: UserNo,
    /// 0 for codes by time, 1 for a passkey.
    pub kind: u8,
    /// The session that began it.
    pub session: Digest,
    /// When it ends.
    pub expires: Timestamp,
    /// The sealed secret, or the question to the device.
    pub data: String,
    /// State of the question.
    pub state: String,
}

impl Row for Setup {
    type Key = (UserNo, u8);
    const TABLE: &'static str = "identity.setup";
    fn key(&self) -> Self::Key {
        (self.user, self.kind)
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("expires", self.expires);
    }
}

/// A question to a device and what is needed to check its answer.
#[derive(Clone, Debug)]
pub struct Question {
    /// For the browser: JSON.
    pub options: String,
    /// For [`Passkeys`]: JSON, never shown.
    pub state: String,
}

/// WebAuthn, done by the crate `login`. All texts are JSON.
pub trait Passkeys: Send + Sync + fmt::Debug {
    /// Asks a device for a new key; `known` are the keys there are.
    ///
    /// # Errors
    /// `NotSupported` where the site's address does not allow passkeys.
    fn register(&self, site: &str, person: &Person, known: &[String]) -> Result<Question>;
    /// The new key by a device's answer.
    ///
    /// # Errors
    /// `Invalid` for a wrong answer.
    fn registered(&self, site: &str, state: &str, answer: &str) -> Result<String>;
    /// Asks the holder of one of these keys.
    ///
    /// # Errors
    /// `NotSupported` where the site's address does not allow passkeys.
    fn ask(&self, site: &str, known: &[String]) -> Result<Question>;
    /// Which of the keys answered, and the key as it is to be kept from now on.
    ///
    /// # Errors
    /// `Invalid` for a wrong answer.
    fn answered(
        &self,
        site: &str,
        state: &str,
        answer: &str,
        known: &[String],
    ) -> Result<(usize, String)>;
}

/// Whom a device keeps a key for.
#[derive(Clone, Debug)]
pub struct Person {
    /// Permanent id.
    pub uuid: uuid::Uuid,
    /// Address.
    pub email: String,
    /// Name for people.
    pub name: String,
}

/// Somebody's factors.
pub(crate) fn all(tx: &impl Reads, user: UserNo) -> Result<Vec<Factor>> {
    tx.scan_prefix(&(user,), None, 1000)
}

/// Recovery codes left.
pub(crate) fn codes_left(tx: &impl Reads, user: UserNo) -> Result<usize> {
    Ok(tx.scan_prefix::<Recovery>(&(user,), None, 1000)?.len())
}

/// Must this person have a second factor? (`ADMIN_REQUIRE_2FA`)
pub(crate) fn required(tx: &impl Reads, r: &Rules, user: &User) -> Result<bool> {
    if !r.settings.bool("ADMIN_REQUIRE_2FA") {
        return Ok(false);
    }
    if user.is_superuser {
        return Ok(true);
    }
    let permitted = crate::desk::permitted(&r.settings);
    for id in &user.groups {
        if let Some(group) = tx.get::<Group>(id)?
            && permitted.contains(&group.name)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What stands between a proof of identity and the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Nothing,
    Proof,
    SetUp,
}

/// What a login by this module wants beside.
pub(crate) fn wanted(tx: &impl Reads, r: &Rules, user: &User, module: &str) -> Result<Wanted> {
    let required = required(tx, r, user)?;
    let own = matches!(module, "local" | "ldap");
    if !(required || own) {
        return Ok(Wanted::Nothing);
    }
    let there = !tx.scan_prefix::<Factor>(&(user.no,), None, 1)?.is_empty();
    Ok(match (there, required) {
        (true, _) => Wanted::Proof,
        (false, true) => Wanted::SetUp,
        (false, false) => Wanted::Nothing,
    })
}

fn place(user: UserNo) -> Vec<u8> {
    [b"totp ".as_slice(), &user.0.to_be_bytes()].concat()
}

/// A new secret, sealed.
fn new_secret(cx: &Cx, r: &Rules, user: UserNo) -> Result<String> {
    let mut bytes = [0; 20];
    cx.ids.fill(&mut bytes);
    let text = totp_rs::Secret::new_stack(bytes).to_base32();
    let sealed = r.keys.seal(&*cx.ids, &place(user), &text)?;
    Ok(STANDARD_NO_PAD.encode(sealed))
}

/// The secret in base32.
pub(crate) fn secret(r: &Rules, user: UserNo, sealed: &str) -> Result<String> {
    let sealed = STANDARD_NO_PAD.decode(sealed).map_err(Error::broken)?;
    r.keys.open(&place(user), &sealed)
}

/// The half minute whose code this is, when it is one that counts.
fn step(secret: &str, code: &str, now: Timestamp) -> Result<Option<u64>> {
    let secret = totp_rs::Secret::try_from_base32(secret)
        .map_err(|_| Error::broken("a stored secret is malformed"))?;
    let totp = totp_rs::Builder::new()
        .with_secret(secret)
        .build()
        .map_err(|_| Error::broken("a stored secret is too short"))?;
    let now = u64::try_from(now.as_second()).unwrap_or(0);
    Ok(totp.check(code, now))
}

/// Only the digits and letters of a code, in capitals.
fn plain(code: &str) -> String {
    let all = code.chars().filter(char::is_ascii_alphanumeric).take(64);
    all.map(|c| c.to_ascii_uppercase()).collect()
}

/// Is this code good? Takes it, when it is: by time, or a recovery code.
pub(crate) fn take(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: UserNo,
    code: &str,
) -> Result<Option<Taken>> {
    let code = plain(code);
    for mut factor in all(tx, user)? {
        if factor.kind != FactorKind::Totp {
            continue;
        }
        let step = step(&secret(r, user, &factor.data)?, &code, cx.now)?;
        if let Some(step) = step.filter(|step| *step > factor.step) {
            factor.step = step;
            factor.used = Some(cx.now);
            tx.put(&factor)?;
            return Ok(Some(Taken::ByTime));
        }
    }
    let hash = r.keys.hash(Use::Recovery, code.as_bytes());
    let found = tx.remove::<Recovery>(&(user, hash))?;
    Ok(found.map(|_| Taken::Recovery))
}

/// A passkey was used; it is kept as `key` from now on.
pub(crate) fn used(tx: &WriteTx, cx: &Cx, user: UserNo, id: u64, key: &str) -> Result<()> {
    let mut factor: Factor = tx.must(&(user, id), "SECOND_FACTOR_WRONG")?;
    key.clone_into(&mut factor.data);
    factor.used = Some(cx.now);
    tx.put(&factor)
}

/// Sets a factor up from the secret a half login was given.
///
/// # Errors
/// `Invalid` at `code`.
pub(crate) fn set_up(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: UserNo,
    sealed: &str,
    name: &str,
    code: &str,
) -> Result<Option<Vec<String>>> {
    let step = step(&secret(r, user, sealed)?, &plain(code), cx.now)?;
    let step = step.ok_or_else(|| Error::field("code", "SECOND_FACTOR_WRONG"))?;
    keep(tx, cx, r, user, FactorKind::Totp, name, sealed, step)
}

/// Keeps a new factor; recovery codes come with the first one.
#[expect(clippy::too_many_arguments, reason = "one row, field by field")]
pub(crate) fn keep(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: UserNo,
    kind: FactorKind,
    name: &str,
    data: &str,
    step: u64,
) -> Result<Option<Vec<String>>> {
    let there = all(tx, user)?;
    if there.len() >= MOST {
        return Err(Error::conflict("SECOND_FACTOR_TOO_MANY"));
    }
    let name: String = name
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(60)
        .collect();
    tx.put(&Factor {
        user,
        id: tx.next_id(Factor::TABLE)?,
        kind,
        name,
        created: cx.now,
        used: None,
        data: data.to_owned(),
        step,
    })?;
    match there.is_empty() {
        true => renew_codes(tx, cx, r, user).map(Some),
        false => Ok(None),
    }
}

/// New recovery codes in place of those before; shown once.
pub(crate) fn renew_codes(tx: &WriteTx, cx: &Cx, r: &Rules, user: UserNo) -> Result<Vec<String>> {
    forget_codes(tx, user)?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let mut bytes = [0; 10];
        cx.ids.fill(&mut bytes);
        // 16 letters and digits: 80 bits.
        let text = totp_rs::Secret::new(Box::new(bytes)).to_base32();
        let hash = r.keys.hash(Use::Recovery, plain(&text).as_bytes());
        tx.put(&Recovery { user, hash })?;
        let letters: Vec<char> = text.chars().collect();
        let parts = letters
            .chunks(4)
            .map(|part| part.iter().collect::<String>());
        codes.push(parts.collect::<Vec<_>>().join("-"));
    }
    Ok(codes)
}

fn forget_codes(tx: &WriteTx, user: UserNo) -> Result<()> {
    for code in tx.scan_prefix::<Recovery>(&(user,), None, 1000)? {
        tx.remove::<Recovery>(&code.key())?;
    }
    Ok(())
}

/// Begins to set up a factor in a session.
pub(crate) fn begin(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: UserNo,
    session: Digest,
    question: Option<&Question>,
) -> Result<()> {
    let (kind, data, state) = match question {
        Some(question) => (1, question.options.clone(), question.state.clone()),
        None => (0, new_secret(cx, r, user)?, String::new()),
    };
    tx.put(&Setup {
        user,
        kind,
        session,
        expires: cx.now + LIFE,
        data,
        state,
    })
}

/// What is being set up in this session.
pub(crate) fn begun(
    tx: &impl Reads,
    cx: &Cx,
    user: UserNo,
    session: &Digest,
    kind: FactorKind,
) -> Result<Option<Setup>> {
    let kind = u8::from(kind == FactorKind::Passkey);
    let found = tx.get::<Setup>(&(user, kind))?;
    Ok(found.filter(|setup| setup.session == *session && cx.now < setup.expires))
}

/// Removes a factor, which is returned; recovery codes go with the last one.
///
/// # Errors
/// `NotFound`; `Conflict` when one must stay.
pub(crate) fn remove(tx: &WriteTx, r: &Rules, user: &User, id: u64) -> Result<Factor> {
    let unknown = || Error::not_found("There is no such second factor.");
    let factor = tx.get::<Factor>(&(user.no, id))?.ok_or_else(unknown)?;
    let last = all(tx, user.no)?.len() == 1;
    if last && required(tx, r, user)? {
        return Err(Error::conflict("SECOND_FACTOR_REQUIRED"));
    }
    tx.remove::<Factor>(&(user.no, id))?;
    if last {
        forget_codes(tx, user.no)?;
    }
    Ok(factor)
}

/// Removes everything of a person; for deleted accounts, and for an administrator
/// when somebody lost the device.
pub(crate) fn forget(tx: &WriteTx, user: UserNo) -> Result<()> {
    for factor in all(tx, user)? {
        tx.remove::<Factor>(&factor.key())?;
    }
    for kind in 0..2 {
        tx.remove::<Setup>(&(user, kind))?;
    }
    forget_codes(tx, user)?;
    flush(tx, user)
}

/// Removes what is over; how many.
pub(crate) fn tidy(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let mut gone = 0;
    for half in tx.find::<Half>("expires", &(), None, limit)? {
        if cx.now >= half.expires {
            tx.remove::<Half>(&half.hash)?;
            gone += 1;
        }
    }
    for setup in tx.find::<Setup>("expires", &(), None, limit)? {
        if cx.now >= setup.expires {
            tx.remove::<Setup>(&setup.key())?;
            gone += 1;
        }
    }
    Ok(gone)
}
