//! Logging in: the password, the captcha that may be due, the second factor.

use super::{Service, entry::login, must};
use crate::{
    access::{self, Entry},
    captcha::{self, Answer},
    device, email,
    factor::{self, FactorKind, Half, Taken},
    import,
    keys::Use,
    notice::{self, Notice},
    policy,
    rows::{User, by_email},
    rules::Rules,
    throttle::{self, Who},
    users,
    view::{AccountState, ClientInfo, HalfLogin, Login, LoginOutcome, UserView},
};
use kernel::{
    Cx, Digest, Error, Result, Timestamp,
    secret::{ExposeSecret, SecretString},
};
use std::time::Duration;
use store::WriteTx;

/// How long the link to another verification mail is good.
const RESEND: Duration = Duration::from_secs(3600);

/// What half a login may be completed with.
#[derive(Clone, Debug)]
pub struct HalfView {
    /// Address of the account, already proven to be the visitor's.
    pub email: String,
    /// Codes by time are set up.
    pub totp: bool,
    /// Question for a passkey, JSON; None without one.
    pub passkey: Option<String>,
    /// A factor has to be set up first.
    pub setup: Option<TotpSetup>,
}

/// A secret that an app for codes by time is to know.
#[derive(Clone, Debug)]
pub struct TotpSetup {
    /// In base32, for typing.
    pub secret: SecretString,
    /// The same as an address that apps read.
    pub uri: SecretString,
}

/// SecondProof of a second factor.
#[derive(Clone, Debug)]
pub enum SecondProof {
    /// A code by time or a recovery code.
    Code(SecretString),
    /// Answer of a device, JSON.
    Passkey(String),
}

/// A login that is complete.
#[derive(Clone, Debug)]
pub struct SecondLogin {
    /// The session.
    pub login: Login,
    /// The module it began with.
    pub module: String,
    /// Recovery codes to be shown once, when a factor was set up.
    pub codes: Option<Vec<String>>,
}

impl Service {
    /// Logs in with a password (ID-LOG), no captcha solved.
    ///
    /// # Errors
    /// As [`Service::log_in_with`].
    pub async fn log_in(
        &self,
        email: &str,
        password: SecretString,
        client: &ClientInfo,
    ) -> Result<LoginOutcome> {
        self.log_in_with(email, password, &Answer::default(), client)
            .await
    }

    /// Must the next attempt to log in under this name solve a captcha? (ID-LOG-09)
    pub fn captcha_due(&self, email: &str) -> bool {
        let settings = self.settings.now();
        captcha::enabled(&settings) && {
            let retries = settings.int("ASTAKOS_RATELIMIT_RETRIES_ALLOWED");
            let before = self.recent.lately(&name(email), self.cx.cx().now);
            i64::try_from(before).unwrap_or(i64::MAX) + 1 >= retries
        }
    }

    /// The cookie of a browser in which somebody has just logged in, and how many seconds
    /// it is good for: attempts with it are counted apart ([`Service::log_in_from`]).
    pub fn known_device(&self, user: &UserView) -> (SecretString, i64) {
        let cx = self.cx.cx();
        let cookie = device::cookie(&cx, &self.keys, &email::key(&user.email));
        let seconds = i64::try_from(device::KNOWN.as_secs()).unwrap_or(0);
        (SecretString::from(cookie), seconds)
    }

    /// Logs in with a password in a browser that is not known.
    ///
    /// # Errors
    /// As [`Service::log_in_from`].
    pub async fn log_in_with(
        &self,
        email: &str,
        password: SecretString,
        answer: &Answer,
        client: &ClientInfo,
    ) -> Result<LoginOutcome> {
        self.log_in_from(email, password, answer, "", client).await
    }

    /// Logs in with a password (ID-LOG); `browser` is the cookie of
    /// [`Service::known_device`], if there is one.
    ///
    /// # Errors
    /// `Unauthorized` with INVALID_LOGIN_CREDENTIALS; `Invalid` at `captcha`; `Busy` past
    /// the limits (ID-LOG-10); `NotFound` when the local login is not offered.
    pub async fn log_in_from(
        &self,
        email: &str,
        password: SecretString,
        answer: &Answer,
        browser: &str,
        client: &ClientInfo,
    ) -> Result<LoginOutcome> {
        if !self.rules().enabled("local") {
            return Err(Error::not_found("AUTH_PROVIDER_NOT_ACTIVE"));
        }
        let email = name(email);
        let due = self.captcha_due(&email);
        self.recent.attempted(&email, self.cx.cx().now);
        let who = match device::known(&self.keys, self.now(), &email, browser) {
            Some(device) => Who::Known(email.clone(), device),
            None => Who::Anybody(email.clone(), client.address),
        };
        if due {
            // Whoever has to wait asks nobody outside; whoever solved nothing makes
            // nobody wait.
            let (cx, who) = (self.cx.cx(), who.clone());
            self.store
                .read(move |tx| throttle::may_attempt(tx, &cx, &who))
                .await?;
            self.solve_captcha(answer, client).await?;
        }
        let counted = who.clone();
        self.write_anyway(move |tx, cx, _| throttle::attempt_by(tx, cx, &counted))
            .await?;
        let subject = email.clone();
        let both = |tx: &store::ReadTx, name: &str| {
            Ok((access::credentials(tx, name)?, import::dearest(tx)?))
        };
        let (known, dearest) = self.store.read(move |tx| both(tx, &subject)).await?;
        let stored = known.as_ref().map(|(_, hash)| hash.clone());
        let ids = self.cx.cx().ids;
        let (right, better) = self.hasher.check(ids, password, stored, dearest).await?;
        let Some((user, hash)) = known.as_ref().filter(|_| right).cloned() else {
            failed(known.as_ref().map(|(user, _)| user), "the password", client);
            return self.unknown(&email).await;
        };
        self.recent.forgive(&email);
        let right = access::Right {
            user,
            hash,
            better,
            who,
        };
        let client = client.clone();
        let (user, entry) = self
            .write_anyway(move |tx, cx, r| {
                let (user, entry) = access::enter(tx, cx, r, &right, &client)?;
                Ok((users::view(tx, user)?, entry))
            })
            .await?;
        Ok(self.entered(user, entry))
    }

    /// What a wrong password leads to: where the existence of accounts is no secret,
    /// those without a password learn of their other methods (ID-LOG-02).
    async fn unknown(&self, email: &str) -> Result<LoginOutcome> {
        let wrong = || Error::unauthorized("INVALID_LOGIN_CREDENTIALS");
        if self.settings.now().bool("ASTAKOS_HIDE_ACCOUNT_EXISTENCE") {
            return Err(wrong());
        }
        let (email, rules) = (email.to_owned(), self.rules());
        let other = self.store.read(move |tx| {
            let Some(user) = by_email(tx, &email)? else {
                return Ok(None);
            };
            let usable = policy::usable(tx, &rules, &user)?;
            let elsewhere = !usable.is_empty() && usable.iter().all(|m| m.module != "local");
            elsewhere.then(|| users::view(tx, user)).transpose()
        });
        let user = other.await?.ok_or_else(wrong)?;
        Ok(LoginOutcome::Refused {
            user,
            message: "AUTH_PROVIDER_LOGIN_DISABLED",
            resend: None,
        })
    }

    /// The outcome for people.
    pub(super) fn entered(&self, user: UserView, entry: Entry) -> LoginOutcome {
        match entry {
            Entry::In(fresh) => {
                tracing::info!(target: "astakos.im", "{} logged in", user.log_display());
                LoginOutcome::In(login(user, fresh))
            }
            Entry::Half((cookie, expires)) => LoginOutcome::Half(HalfLogin {
                cookie: SecretString::from(cookie),
                expires,
            }),
            Entry::Refused(message) => {
                tracing::info!(target: "astakos.im", "{} may not log in: {message}", user.log_display());
                self.refused(user, message)
            }
        }
    }

    pub(super) fn refused(&self, user: UserView, message: &'static str) -> LoginOutcome {
        LoginOutcome::Refused {
            resend: self.resend_link(&user),
            user,
            message,
        }
    }

    /// For [`Service::resend_verification`], when unverified (ID-VER-04).
    pub(super) fn resend_link(&self, user: &UserView) -> Option<String> {
        let until = self.now() + RESEND;
        let unverified = user.state == AccountState::Unverified;
        unverified.then(|| self.keys.sign(Use::Link, user.no.0, until))
    }

    /// What half a login may be completed with; a question to a device is made anew.
    ///
    /// # Errors
    /// `Unauthorized` with SECOND_FACTOR_OVER.
    pub async fn half_login(&self, cookie: &str) -> Result<HalfView> {
        let (cx, hash) = (self.cx.cx(), self.half_hash(cookie));
        let (half, user, factors) = self.store.read_now(|tx| {
            let found = factor::half(tx, &cx, &hash)?;
            let (half, user) = found.ok_or_else(|| Error::unauthorized("SECOND_FACTOR_OVER"))?;
            let factors = factor::all(tx, user.no)?;
            Ok((half, user, factors))
        })?;
        let setup = match &half.setup {
            Some(sealed) => Some(self.totp_of(&user, sealed)?),
            None => None,
        };
        let known: Vec<String> = factors
            .iter()
            .filter(|factor| factor.kind == FactorKind::Passkey)
            .map(|factor| factor.data.clone())
            .collect();
        let mut passkey = None;
        if !known.is_empty() {
            let site = self.settings.now().base_url().to_owned();
            let question = self.passkeys.as_ref().map(|port| port.ask(&site, &known));
            if let Some(Ok(question)) = question {
                passkey = Some(question.options.clone());
                let kept = (question.options, question.state);
                self.write_anyway(move |tx, cx, _| {
                    if let Some((mut half, _)) = factor::half(tx, cx, &hash)? {
                        half.ceremony = Some(kept.clone());
                        tx.put(&half)?;
                    }
                    Ok(())
                })
                .await?;
            }
        }
        Ok(HalfView {
            email: user.email,
            totp: factors.iter().any(|f| f.kind == FactorKind::Totp),
            passkey,
            setup,
        })
    }

    fn half_hash(&self, cookie: &str) -> Digest {
        let cookie = cookie.get(..cookie.len().min(256)).unwrap_or_default();
        self.keys.hash(Use::Half, cookie.as_bytes())
    }

    /// Completes half a login in a browser that is not known.
    ///
    /// # Errors
    /// As [`Service::complete_login_from`].
    pub async fn complete_login(
        &self,
        cookie: &str,
        proof: SecondProof,
        client: &ClientInfo,
    ) -> Result<SecondLogin> {
        self.complete_login_from(cookie, proof, "", client).await
    }

    /// Completes half a login; `browser` is the cookie of [`Service::known_device`], if
    /// there is one.
    ///
    /// # Errors
    /// `Invalid` at `code` for a wrong proof; `Unauthorized` with SECOND_FACTOR_OVER when
    /// the half login is over; `Busy` past the limits.
    pub async fn complete_login_from(
        &self,
        cookie: &str,
        proof: SecondProof,
        browser: &str,
        client: &ClientInfo,
    ) -> Result<SecondLogin> {
        let (hash, from) = (self.half_hash(cookie), client.clone());
        let known = browser.to_owned();
        let (half, user) = self
            .write_anyway(move |tx, cx, r| factor::attempt(tx, cx, r, &hash, &from, &known))
            .await?;
        let answered = match &proof {
            SecondProof::Passkey(answer) => Some(self.answered(&half, &user, answer)?),
            SecondProof::Code(_) => None,
        };
        let (from, known) = (client.clone(), browser.to_owned());
        let whose = user.clone();
        let completed = self
            .write_anyway(move |tx, cx, r| {
                let over = || Error::unauthorized("SECOND_FACTOR_OVER");
                use store::Reads;
                let now = tx.get::<Half>(&hash)?.ok_or_else(over)?;
                let user: User = tx.must(&now.user, "ACCOUNT_UNKNOWN")?;
                if access::refusal(&user).is_some() {
                    return Err(over());
                }
                let asked = now.ceremony == half.ceremony;
                let answered = answered.as_ref().filter(|_| asked);
                let codes = prove(tx, cx, r, &user, &now, (&proof, answered), &from)?;
                factor::succeeded(tx, cx, r, &user, &from, &known)?;
                tx.remove::<Half>(&hash)?;
                let way = (now.module.as_str(), now.identifier.as_str());
                let (user, cookie, end) = access::complete(tx, cx, r, user, way, &from, true)?;
                Ok((users::view(tx, user)?, (cookie, end), now.module, codes))
            })
            .await;
        if let Err(Error::Invalid { .. }) = &completed {
            failed(Some(&whose), "the second factor", client);
        }
        let (user, fresh, module, codes) = completed?;
        tracing::info!(target: "astakos.im", "{} logged in with a second factor", user.log_display());
        Ok(SecondLogin {
            login: login(user, fresh),
            module,
            codes,
        })
    }

    /// Number and new form of the passkey that answered.
    fn answered(&self, half: &Half, user: &User, answer: &str) -> Result<(u64, String)> {
        let wrong = || Error::field("code", "SECOND_FACTOR_WRONG");
        let (_, state) = half.ceremony.as_ref().ok_or_else(wrong)?;
        let port = self.passkeys.as_ref().ok_or_else(wrong)?;
        let mut factors = self.store.read_now(|tx| factor::all(tx, user.no))?;
        factors.retain(|factor| factor.kind == FactorKind::Passkey);
        let known: Vec<String> = factors.iter().map(|f| f.data.clone()).collect();
        let settings = self.settings.now();
        let (at, key) = port
            .answered(settings.base_url(), state, answer, &known)
            .map_err(|error| {
                tracing::info!(target: "astakos.im", "a passkey was refused: {error}");
                wrong()
            })?;
        let factor = factors.get(at).ok_or_else(wrong)?;
        Ok((factor.id, key))
    }

    /// The secret as apps want it.
    pub(super) fn totp_of(&self, user: &User, sealed: &str) -> Result<TotpSetup> {
        let secret = factor::secret(&self.rules(), user.no, sealed)?;
        let settings = self.settings.now();
        let service: String = settings
            .str("BRANDING_SERVICE_NAME")
            .bytes()
            .map(|b| match b.is_ascii_alphanumeric() {
                true => char::from(b).to_string(),
                false => format!("%{b:02X}"),
            })
            .collect();
        let account: String = user
            .username
            .bytes()
            .map(
                |b| match b.is_ascii_alphanumeric() || b"@.-_".contains(&b) {
                    true => char::from(b).to_string(),
                    false => format!("%{b:02X}"),
                },
            )
            .collect();
        let uri = format!("otpauth://totp/{service}:{account}?secret={secret}&issuer={service}");
        Ok(TotpSetup {
            secret: SecretString::from(secret),
            uri: SecretString::from(uri),
        })
    }

    /// The account behind a session's person, and the session's hash.
    pub(super) fn own_session(&self, user: kernel::UserId, cookie: &str) -> Result<(User, Digest)> {
        let hash = self.keys.hash(Use::Session, cookie.as_bytes());
        let user = self.store.read_now(|tx| must(tx, user))?;
        Ok((user, hash))
    }

    /// How much was hashed, for tests that compare.
    #[cfg(test)]
    pub(crate) fn worked_for_tests(&self) -> &std::sync::Mutex<(u64, u64)> {
        &self.hasher.worked
    }

    /// Keeps everybody from hashing, for tests of what happens meanwhile.
    #[cfg(test)]
    pub(crate) async fn hold_hashing_for_tests(&self) -> tokio::sync::OwnedSemaphorePermit {
        self.hasher.hold().await
    }

    /// How many wait to hash.
    #[cfg(test)]
    pub(crate) fn hashing_waits_for_tests(&self) -> usize {
        self.hasher.waits()
    }

    #[cfg(test)]
    pub(crate) fn now_for_tests(&self) -> Timestamp {
        self.now()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.cx.cx().now
    }
}

/// Says in the log that somebody's `what` was wrong. What was typed as a name is not said: it
/// may be a password (ID-CON-09).
pub(super) fn failed(user: Option<&User>, what: &str, client: &ClientInfo) {
    let (whose, from) = (user.map(User::log_display), client.address.to_canonical());
    let whose = whose.unwrap_or_else(|| "nobody who is known".to_owned());
    tracing::info!(target: "astakos.im", "a login failed: {what} of {whose} was wrong, from {from}");
}

/// Takes the proof of a second factor; `answered` is the passkey that answered the
/// question that was asked. Recovery codes, when a factor was set up by it.
fn prove(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    half: &Half,
    (proof, answered): (&SecondProof, Option<&(u64, String)>),
    from: &ClientInfo,
) -> Result<Option<Vec<String>>> {
    let wrong = || Error::field("code", "SECOND_FACTOR_WRONG");
    match (proof, answered, &half.setup) {
        (SecondProof::Code(code), _, Some(sealed)) => {
            if !factor::all(tx, user.no)?.is_empty() {
                // The owner has set one up since: that is the one to prove.
                return Err(Error::unauthorized("SECOND_FACTOR_OVER"));
            }
            let code = code.expose_secret();
            let codes = factor::set_up(tx, cx, r, user.no, sealed, "", code)?;
            let added = Notice::FactorAdded(FactorKind::Totp.label("").to_owned());
            notice::tell(tx, cx, r, user, &added, Some(from))?;
            Ok(codes)
        }
        (SecondProof::Code(code), _, None) => {
            match factor::take(tx, cx, r, user.no, code.expose_secret())? {
                None => return Err(wrong()),
                Some(Taken::ByTime) => {}
                Some(Taken::Recovery) => {
                    let left = factor::codes_left(tx, user.no)?;
                    let used = Notice::CodeUsed(left);
                    notice::tell(tx, cx, r, user, &used, Some(from))?;
                }
            }
            Ok(None)
        }
        (SecondProof::Passkey(_), Some((id, key)), _) => {
            factor::used(tx, cx, user.no, *id, key)?;
            Ok(None)
        }
        (SecondProof::Passkey(_), None, _) => Err(wrong()),
    }
}

fn name(email: &str) -> String {
    email::key(email).chars().take(254).collect()
}
