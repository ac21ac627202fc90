//! Second factors, for their owners and for administrators.

use super::{Service, login::TotpSetup, must};
use crate::{
    factor::{self, Factor, FactorKind, Passkeys, Person, Setup},
    notice::{self, Notice},
    rows::{Password, Session, User},
    session,
    throttle::{self, Who},
    view::ClientInfo,
};
use kernel::{
    Cx, Digest, Error, Result, Timestamp, UserId,
    secret::{ExposeSecret, SecretString},
};
use std::{sync::Arc, time::Duration};
use store::{Reads, Row, WriteTx};

/// Who has no password may change factors so long after the login.
const FRESH: Duration = Duration::from_secs(600);

/// A factor as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorView {
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
}

/// A factor that was set up.
#[derive(Clone, Debug)]
pub struct FactorKept {
    /// Recovery codes to be shown once, with the first factor.
    pub codes: Option<Vec<String>>,
    /// The session's new cookie: what it may do has grown.
    pub cookie: Option<SecretString>,
}

/// All about somebody's second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorsView {
    /// The factors.
    pub factors: Vec<FactorView>,
    /// Recovery codes left.
    pub codes: usize,
    /// Is one required of this person?
    pub required: bool,
    /// Is the password asked for before a change? Else the login must be fresh.
    pub password: bool,
    /// Can passkeys be set up here?
    pub passkeys: bool,
}

impl Service {
    /// The same with WebAuthn.
    #[must_use]
    pub fn with_passkeys(mut self, passkeys: Arc<dyn Passkeys>) -> Self {
        self.passkeys = Some(passkeys);
        self
    }

    /// Somebody's second factors.
    pub async fn factors(&self, user: UserId) -> Result<FactorsView> {
        let (rules, passkeys) = (self.rules(), self.passkeys.is_some());
        self.store
            .read(move |tx| {
                let user = must(tx, user)?;
                let view = |factor: Factor| FactorView {
                    id: factor.id,
                    kind: factor.kind,
                    name: factor.name,
                    created: factor.created,
                    used: factor.used,
                };
                Ok(FactorsView {
                    factors: factor::all(tx, user.no)?.into_iter().map(view).collect(),
                    codes: factor::codes_left(tx, user.no)?,
                    required: factor::required(tx, &rules, &user)?,
                    password: tx.get::<Password>(&user.no)?.is_some(),
                    passkeys,
                })
            })
            .await
    }

    /// Makes sure that the owner asks: by the password, or without one by a login that
    /// is not long ago.
    async fn owner(
        &self,
        user: UserId,
        cookie: &str,
        password: SecretString,
    ) -> Result<(User, Digest)> {
        let (person, session) = self.own_session(user, cookie)?;
        let (stored, begun) = self.store.read_now(|tx| {
            let begun = tx.get::<Session>(&session)?.map(|session| session.created);
            Ok((tx.get::<Password>(&person.no)?, begun))
        })?;
        let Some(stored) = stored else {
            let fresh = begun.is_some_and(|begun| self.now() < begun + FRESH);
            return match fresh {
                true => Ok((person, session)),
                false => Err(Error::conflict("LOGIN_AGAIN")),
            };
        };
        if password.expose_secret().is_empty() {
            return Err(Error::field("password", "REQUIRED_FIELD"));
        }
        let who = Who::Inside(person.username.clone());
        let counted = who.clone();
        self.write(move |tx, cx, _| throttle::attempt_by(tx, cx, &counted))
            .await?;
        let ids = self.cx.cx().ids;
        let (right, _) = self
            .hasher
            .check(ids, password, Some(stored.hash), 0)
            .await?;
        if !right {
            return Err(Error::field("password", "PASSWORD_INCORRECT"));
        }
        self.write(move |tx, cx, _| throttle::succeeded_by(tx, cx, &who))
            .await?;
        Ok((person, session))
    }

    /// Begins to set up a factor; the page of the set-up shows what to do.
    ///
    /// # Errors
    /// `Invalid` at `password`; `Conflict` with LOGIN_AGAIN; `NotSupported` where the
    /// site's address does not allow passkeys.
    pub async fn factor_begin(
        &self,
        user: UserId,
        cookie: &str,
        kind: FactorKind,
        password: SecretString,
        _client: &ClientInfo,
    ) -> Result<()> {
        let (person, session) = self.owner(user, cookie, password).await?;
        let question = match kind {
            FactorKind::Totp => None,
            FactorKind::Passkey => {
                let none = || Error::not_supported("PASSKEYS_NOT_SUPPORTED");
                let port = self.passkeys.as_ref().ok_or_else(none)?;
                let there = self.store.read_now(|tx| factor::all(tx, person.no))?;
                let keys = there.into_iter().filter(|f| f.kind == FactorKind::Passkey);
                let known: Vec<String> = keys.map(|factor| factor.data).collect();
                let whom = Person {
                    uuid: person.uuid.0,
                    email: person.email.clone(),
                    name: format!("{} {}", person.first_name, person.last_name),
                };
                let settings = self.settings.now();
                Some(port.register(settings.base_url(), &whom, &known)?)
            }
        };
        self.write(move |tx, cx, r| {
            still_in(tx, cx, &person, &session)?;
            factor::begin(tx, cx, r, person.no, session, question.as_ref())
        })
        .await
    }

    /// The secret that is being set up in this session.
    pub async fn totp_begun(&self, user: UserId, cookie: &str) -> Result<Option<TotpSetup>> {
        let (person, setup) = self.begun(user, cookie, FactorKind::Totp)?;
        let setup = setup.map(|setup| self.totp_of(&person, &setup.data));
        setup.transpose()
    }

    /// The question to the device that is being set up in this session, JSON.
    pub async fn passkey_begun(&self, user: UserId, cookie: &str) -> Result<Option<String>> {
        let (_, setup) = self.begun(user, cookie, FactorKind::Passkey)?;
        Ok(setup.map(|setup| setup.data))
    }

    fn begun(&self, user: UserId, cookie: &str, kind: FactorKind) -> Result<(User, Option<Setup>)> {
        let (person, session) = self.own_session(user, cookie)?;
        let cx = self.cx.cx();
        let found = self
            .store
            .read_now(|tx| factor::begun(tx, &cx, person.no, &session, kind))?;
        Ok((person, found))
    }

    /// Finishes setting up a factor: `proof` is a code of the app, or the device's
    /// answer. Recovery codes, to be shown once, come with the first factor; the session
    /// goes on under a new cookie.
    ///
    /// # Errors
    /// `Invalid` at `code`; `Conflict` with SECOND_FACTOR_OVER or SECOND_FACTOR_TOO_MANY;
    /// `Busy` past the limits.
    pub async fn factor_confirm(
        &self,
        user: UserId,
        cookie: &str,
        kind: FactorKind,
        name: &str,
        proof: &str,
        client: &ClientInfo,
    ) -> Result<FactorKept> {
        let (person, setup) = self.begun(user, cookie, kind)?;
        let setup = setup.ok_or_else(|| Error::conflict("SECOND_FACTOR_OVER"))?;
        let key = match kind {
            FactorKind::Totp => None,
            FactorKind::Passkey => Some(self.registered(&setup, proof)?),
        };
        let (name, proof, client) = (name.to_owned(), proof.to_owned(), client.clone());
        if kind == FactorKind::Totp {
            let who = Who::Inside(format!("setup {}", person.username));
            self.write(move |tx, cx, _| throttle::attempt_by(tx, cx, &who))
                .await?;
        }
        self.write(move |tx, cx, r| {
            let mut session = still_in(tx, cx, &person, &setup.session)?;
            let now = tx.get::<Setup>(&setup.key())?;
            if now.is_none_or(|now| now != setup) {
                return Err(Error::conflict("SECOND_FACTOR_OVER"));
            }
            let codes = match &key {
                None => {
                    let codes = factor::set_up(tx, cx, r, person.no, &setup.data, &name, &proof)?;
                    let who = Who::Inside(format!("setup {}", person.username));
                    throttle::succeeded_by(tx, cx, &who)?;
                    codes
                }
                Some(key) => factor::keep(tx, cx, r, person.no, kind, &name, key, 0)?,
            };
            tx.remove::<Setup>(&setup.key())?;
            let added = Notice::FactorAdded(kind.label(name.trim()).to_owned());
            notice::tell(tx, cx, r, &person, &added, Some(&client))?;
            session.second = true;
            tx.put(&session)?;
            let cookie = session::rotate(tx, cx, r, &setup.session)?;
            let cookie = cookie.map(SecretString::from);
            Ok(FactorKept { codes, cookie })
        })
        .await
    }

    fn registered(&self, setup: &Setup, answer: &str) -> Result<String> {
        let none = || Error::not_supported("PASSKEYS_NOT_SUPPORTED");
        let port = self.passkeys.as_ref().ok_or_else(none)?;
        let settings = self.settings.now();
        port.registered(settings.base_url(), &setup.state, answer)
            .map_err(|error| {
                tracing::info!(target: "astakos.im", "a new passkey was refused: {error}");
                Error::field("code", "PASSKEY_REFUSED")
            })
    }

    /// Removes a factor.
    ///
    /// # Errors
    /// `Invalid` at `password`; `NotFound`; `Conflict` with the key of the reason.
    pub async fn factor_remove(
        &self,
        user: UserId,
        cookie: &str,
        id: u64,
        password: SecretString,
        client: &ClientInfo,
    ) -> Result<()> {
        let (person, session) = self.owner(user, cookie, password).await?;
        let client = client.clone();
        self.write(move |tx, cx, r| {
            still_in(tx, cx, &person, &session)?;
            let gone = factor::remove(tx, r, &person, id)?;
            let gone = Notice::FactorRemoved(gone.kind.label(&gone.name).to_owned());
            notice::tell(tx, cx, r, &person, &gone, Some(&client))
        })
        .await
    }

    /// New recovery codes in place of those before, to be shown once.
    ///
    /// # Errors
    /// `Invalid` at `password`; `Conflict` without a factor.
    pub async fn recovery_codes(
        &self,
        user: UserId,
        cookie: &str,
        password: SecretString,
        client: &ClientInfo,
    ) -> Result<Vec<String>> {
        let (person, session) = self.owner(user, cookie, password).await?;
        let client = client.clone();
        self.write(move |tx, cx, r| {
            still_in(tx, cx, &person, &session)?;
            if factor::all(tx, person.no)?.is_empty() {
                return Err(Error::conflict("SECOND_FACTOR_NONE"));
            }
            notice::tell(tx, cx, r, &person, &Notice::CodesRenewed, Some(&client))?;
            factor::renew_codes(tx, cx, r, person.no)
        })
        .await
    }
}

/// The session in which the owner gave the proof, if it was not ended meanwhile: by
/// another password, or from elsewhere.
fn still_in(tx: &WriteTx, cx: &Cx, person: &User, session: &Digest) -> Result<Session> {
    let row = tx.get::<Session>(session)?;
    let row = row.filter(|row| row.user == person.no && cx.now < row.expires);
    row.ok_or_else(|| Error::unauthorized("The session is over."))
}
