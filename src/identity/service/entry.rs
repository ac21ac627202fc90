//! Ways in: sign-up, verification, login, sessions, forgotten passwords.

use super::{Service, must};
use crate::{
    access::{self, Opened},
    email, factor,
    keys::Use,
    notice::{self, Notice},
    password, policy,
    rows::{Session, User, by_email},
    session, sign_up,
    sign_up::{Along, NewUser},
    state, throttle, users,
    view::{
        ClientInfo, Login, NoReset, Outcome, SessionInfo, SessionView, SignUp, SignUpMore,
        SignedUp, UserView, Verified,
    },
};
use kernel::{
    Error, Result, UserId, UserNo,
    secret::{ExposeSecret, SecretString},
};
use store::Reads;

/// Longest words to those who decide.
const MESSAGE: usize = 1000;

impl Service {
    /// What is wrong with a sign-up form: (field, message key), empty when nothing is.
    /// Whether the address is used is told by [`Service::sign_up`].
    pub fn check_sign_up(&self, form: &SignUp) -> Vec<(&'static str, String)> {
        let mut wrong = Vec::new();
        if form.email.is_empty() {
            wrong.push(("email", "REQUIRED_FIELD".to_owned()));
        } else if !email::valid(&form.email) {
            wrong.push(("email", "INVALID_EMAIL".to_owned()));
        }
        let names = [
            ("first_name", &form.first_name),
            ("last_name", &form.last_name),
        ];
        for (field, name) in names {
            if !users::is_name(name) {
                wrong.push((field, "NAME_TOO_LONG".to_owned()));
            }
        }
        let password = form.password.expose_secret();
        let names = [form.first_name.as_str(), form.last_name.as_str()];
        if password.is_empty() {
            wrong.push(("password1", "REQUIRED_FIELD".to_owned()));
        } else if let Err(key) =
            password::acceptable(&self.settings.now(), password, &form.email, &names)
        {
            wrong.push(("password1", key));
        }
        wrong
    }

    /// Registers somebody without invitation where there are no terms.
    ///
    /// # Errors
    /// As [`Service::sign_up_with`].
    pub async fn sign_up(&self, form: SignUp, client: &ClientInfo) -> Result<SignedUp> {
        self.sign_up_with(form, SignUpMore::default(), client).await
    }

    /// Refuses a sign-up that no account could come of.
    fn may_sign_up(&self, form: &SignUp, more: &SignUpMore) -> Result<()> {
        let rules = self.rules();
        if !rules.enabled("local") {
            return Err(Error::not_found("DISABLED_FOR_CREATE"));
        }
        if !policy::settings(&rules, "local").allows(policy::Policy::Create) {
            return Err(Error::forbidden("AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE"));
        }
        if more.message.chars().count() > MESSAGE {
            return Err(Error::field("message", "NAME_TOO_LONG"));
        }
        match self.check_sign_up(form).into_iter().next() {
            Some((field, key)) => Err(Error::field(field, key)),
            None => Ok(()),
        }
    }

    /// Registers somebody (ID-REG-03, ID-REG-04, ID-INV-05).
    ///
    /// # Errors
    /// `Invalid` with a field and a message key; `Conflict` for an invitation that was
    /// used; `Busy` past the limit of sign-ups; `NotFound` when the local login is not
    /// offered.
    pub async fn sign_up_with(
        &self,
        form: SignUp,
        more: SignUpMore,
        client: &ClientInfo,
    ) -> Result<SignedUp> {
        let rules = self.rules();
        self.may_sign_up(&form, &more)?;
        let subject = throttle::network(client.address);
        self.recent
            .note(throttle::SIGN_UP, &subject, 1, self.cx.cx().now)?;
        let new = self.hashed(form).await?;
        let visitor = client.clone();
        let message = more.message.trim();
        let along = Along {
            code: more.code,
            signs_terms: more.signs_terms,
            message: (!message.is_empty()).then(|| message.to_owned()),
            address: client.address.to_canonical().to_string(),
        };
        let hidden = rules.settings.bool("ASTAKOS_HIDE_ACCOUNT_EXISTENCE_SIGNUP");
        let made = self
            .write(move |tx, cx, r| {
                sign_up::welcome(tx, r, &along)?;
                if hidden && by_email(tx, &new.email)?.is_some_and(|u| sign_up::blocks(&u)) {
                    // ID-SEC-06: the same answer after the same durable write.
                    tx.next_id("identity.signup.refused")?;
                    return Ok(None);
                }
                let (user, outcome) = sign_up::sign_up(tx, cx, r, &new, &along)?;
                if !user.is_active {
                    return Ok(Some((users::view(tx, user)?, outcome, None)));
                }
                let (user, cookie, end) = access::admit(tx, cx, r, user, &visitor)?;
                Ok(Some((users::view(tx, user)?, outcome, Some((cookie, end)))))
            })
            .await?;
        Ok(signed_up(made))
    }

    pub(super) async fn hashed(&self, form: SignUp) -> Result<NewUser> {
        let ids = self.cx.cx().ids;
        let password_hash = self.hasher.hash(ids, form.password).await?;
        Ok(NewUser {
            email: form.email,
            first_name: form.first_name.trim().to_owned(),
            last_name: form.last_name.trim().to_owned(),
            language: form.language,
            password_hash,
        })
    }

    /// As [`Service::resend_verification`] for the number of an account, which anybody
    /// can type: says the same for unknown, verified and unverified ones (ID-VER-05).
    ///
    /// # Errors
    /// `Busy`.
    pub async fn resend_by_number(&self, no: UserNo, client: &ClientInfo) -> Result<()> {
        let now = self.cx.cx().now;
        let subject = throttle::network(client.address);
        self.recent.note(throttle::RESEND, &subject, 1, now)?;
        let number = no.to_string();
        let again = self.recent.note(throttle::RESEND_USER, &number, 1, now);
        self.write(move |tx, cx, r| {
            // The same durable write whatever is found.
            tx.next_id("identity.resend.requests")?;
            match tx.get::<User>(&no)? {
                Some(mut user) if !user.email_verified && again.is_ok() => {
                    state::send_verification(tx, cx, r, &mut user)
                }
                _ => Ok(()),
            }
        })
        .await
    }

    /// Sends the verification mail again (ID-VER-05); `link` is the value of
    /// `LoginOutcome::Refused`. Says the same whatever the account's state.
    ///
    /// # Errors
    /// `NotFound` with ACCOUNT_UNKNOWN for a link that is forged or too old; `Busy`.
    pub async fn resend_verification(&self, link: &str, client: &ClientInfo) -> Result<()> {
        let now = self.cx.cx().now;
        let no = self.keys.signed(Use::Link, link, now);
        let no = no.ok_or_else(|| Error::not_found("ACCOUNT_UNKNOWN"))?;
        let subject = throttle::network(client.address);
        self.recent.note(throttle::RESEND, &subject, 1, now)?;
        self.recent
            .note(throttle::RESEND_USER, &no.to_string(), 1, now)?;
        self.write(move |tx, cx, r| match tx.get::<User>(&UserNo(no))? {
            Some(mut user) if !user.email_verified => {
                state::send_verification(tx, cx, r, &mut user)
            }
            _ => Ok(()),
        })
        .await
    }

    /// Follows a verification link (ID-VER-02).
    ///
    /// # Errors
    /// `NotFound` with INVALID_ACTIVATION_KEY.
    pub async fn verify(&self, code: &str, client: &ClientInfo) -> Result<Verified> {
        let (code, client) = (code.chars().take(64).collect::<String>(), client.clone());
        let (user, outcome, fresh) = self
            .write(move |tx, cx, r| {
                let (user, outcome, fresh) = access::follow(tx, cx, r, &code, &client)?;
                Ok((users::view(tx, user)?, outcome, fresh))
            })
            .await?;
        tracing::info!(target: "astakos.im", "{} verified: {}", user.log_display(), outcome.name());
        Ok(Verified {
            outcome,
            login: fresh.map(|fresh| login(user.clone(), fresh)),
            user,
        })
    }

    /// The session of a cookie; None when there is none any more.
    pub async fn session(&self, cookie: &str) -> Result<Option<SessionView>> {
        if cookie.is_empty() || cookie.len() > 256 {
            return Ok(None);
        }
        let (cx, rules) = (self.cx.cx(), self.rules());
        let hash = self.keys.hash(Use::Session, cookie.as_bytes());
        let found = self.store.read_now(|tx| {
            let live = session::live(tx, &cx, &rules, &hash)?;
            let Some((session, user)) = live else {
                return Ok(None);
            };
            let missing = policy::missing(tx, &rules, &user)?;
            let second = session.second || !factor::required(tx, &rules, &user)?;
            Ok(Some((session, users::view(tx, user)?, missing, second)))
        })?;
        let Some((session, user, missing, second)) = found else {
            return Ok(None);
        };
        if session::is_stale(&session, &cx) {
            // A read must not fail because it cannot be noted.
            let noted = self.write(move |tx, cx, _| session::touch(tx, cx, &hash));
            if let Err(error) = noted.await {
                tracing::debug!(target: "astakos.im", "a session's use was not noted: {}", error.chain());
            }
        }
        Ok(Some(SessionView {
            user,
            csrf: self.keys.hash(Use::Csrf, &hash.0).to_string(),
            id: session.hash.to_string(),
            expires: session.expires,
            missing_methods: missing,
            lacks_second: !second,
        }))
    }

    /// What an anonymous form must bring back for the random value of its cookie.
    pub fn anonymous_csrf(&self, cookie: &str) -> String {
        let value = ["anonymous ", cookie].concat();
        self.keys.hash(Use::Csrf, value.as_bytes()).to_string()
    }

    /// Ends the session of a cookie.
    pub async fn log_out(&self, cookie: &str) -> Result<()> {
        let hash = self.keys.hash(Use::Session, cookie.as_bytes());
        let gone = self
            .store
            .write_reclaiming(move |tx| match tx.remove::<Session>(&hash)? {
                Some(session) => crate::oauth2::forget(tx, session.user, false),
                None => Ok(()),
            });
        gone.await
    }

    /// Somebody's sessions, newest first; `cookie` marks the one that asks.
    pub async fn sessions(&self, user: UserId, cookie: &str) -> Result<Vec<SessionInfo>> {
        let own = self.keys.hash(Use::Session, cookie.as_bytes());
        let now = self.cx.cx().now;
        self.store
            .read(move |tx| session::list(tx, must(tx, user)?.no, now, Some(&own)))
            .await
    }

    /// Ends one session of a user by its public id; with None all but that of `cookie`.
    ///
    /// # Errors
    /// `NotFound` when the user has no such session.
    pub async fn revoke(&self, user: UserId, id: Option<&str>, cookie: &str) -> Result<()> {
        let own = self.keys.hash(Use::Session, cookie.as_bytes());
        let unknown = || Error::not_found("There is no such session.");
        let id = id.map(|id| id.parse().map_err(|_| unknown())).transpose()?;
        self.write_anyway(move |tx, cx, r| {
            let user = must(tx, user)?;
            match id {
                None => {
                    let there = tx.find::<Session>("user", &(user.no,), None, usize::MAX)?;
                    session::flush(tx, user.no, Some(&own))?;
                    if there.iter().all(|session| session.hash == own) {
                        return Ok(());
                    }
                }
                Some(id) => {
                    let session = tx.get::<Session>(&id)?;
                    session
                        .filter(|session| session.user == user.no)
                        .ok_or_else(unknown)?;
                    tx.remove::<Session>(&id)?;
                    if id == own {
                        // No more than a logout.
                        return Ok(());
                    }
                }
            }
            notice::tell(tx, cx, r, &user, &Notice::SessionsEnded, None)
        })
        .await
    }

    /// Asks for a link for a new password; says the same whether the account exists
    /// unless the settings tell (ID-PWD-01, ID-PWD-02); with
    /// `ASTAKOS_HIDE_ACCOUNT_EXISTENCE` off, why there is no link.
    ///
    /// # Errors
    /// `Busy`; `Invalid` at `email`, with that setting off for unknown addresses too.
    pub async fn request_password_reset(
        &self,
        email: &str,
        client: &ClientInfo,
    ) -> Result<Option<NoReset>> {
        if !self.rules().enabled("local") {
            return Err(Error::not_found("NOT_FOUND"));
        }
        let now = self.cx.cx().now;
        let email: String = email.trim().chars().take(255).collect();
        if !email::valid(&email) {
            return Err(Error::field("email", "INVALID_EMAIL"));
        }
        let subject = throttle::network(client.address);
        self.recent.note(throttle::RESET, &subject, 1, now)?;
        self.recent
            .note(throttle::RESET, &email::key(&email), 1, now)?;
        let tells = !self.settings.now().bool("ASTAKOS_HIDE_ACCOUNT_EXISTENCE");
        let told = self.write(move |tx, cx, r| {
            // The same durable write for known and unknown addresses.
            tx.next_id("identity.reset.requests")?;
            let Some(user) = by_email(tx, &email)? else {
                return match tells {
                    true => Err(Error::field("email", "EMAIL_UNKNOWN")),
                    false => Ok(None),
                };
            };
            match access::no_reset(tx, &user)? {
                Some(key) if tells => Ok(Some((users::view(tx, user)?, key))),
                _ => access::request_reset(tx, cx, r, &user).map(|()| None),
            }
        });
        Ok(told.await?.map(|(user, message)| NoReset {
            resend: self.resend_link(&user),
            message,
            user,
        }))
    }

    /// The two parts of a link for a new password in its old form (ID-PWD-03).
    pub fn old_reset_link(link: &str) -> Option<(String, String)> {
        access::old_link(link)
    }

    /// Is the link good? `user` and `token` are the two parts of its path.
    pub async fn password_reset_valid(&self, user: &str, token: &str) -> Result<bool> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        let found = self
            .store
            .read_now(|tx| access::of_reset(tx, &cx, &rules, user, token));
        match found {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sets the new password; all sessions end (ID-PWD-04). The person, whose browser this
    /// is: whoever has the mailbox is not to wait for others' guesses
    /// ([`Service::known_device`]); and the address of a change that waited and is called
    /// off.
    ///
    /// # Errors
    /// `NotFound` with INVALID_RESET_LINK; `Invalid` with a field and a message key.
    pub async fn reset_password(
        &self,
        user: &str,
        token: &str,
        password: SecretString,
        renew_token: bool,
    ) -> Result<(UserView, Option<String>)> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        let person = self
            .store
            .read_now(|tx| access::of_reset(tx, &cx, &rules, user, token))?;
        self.acceptable("new_password1", &password, &person)?;
        let hash = self.hasher.hash(cx.ids, password).await?;
        let (user, token) = (user.to_owned(), token.to_owned());
        let changed = self.write(move |tx, cx, r| {
            let mut user = access::of_reset(tx, cx, r, &user, &token)?;
            let local = sign_up::local(tx, &user)?.is_some();
            let added = policy::resolve(tx, r, &user, "local", None)?;
            if !local && !added.allows(policy::Policy::Add) {
                return Err(Error::conflict("AUTH_PROVIDER_ADD_DISABLED"));
            }
            let called_off = access::new_password(tx, cx, r, &mut user, &hash, renew_token)?;
            let reset = Notice::PasswordReset(called_off.clone());
            notice::tell(tx, cx, r, &user, &reset, None)?;
            session::flush(tx, user.no, None)?;
            Ok((users::view(tx, user)?, called_off))
        });
        let (user, called_off) = changed.await?;
        tracing::info!(target: "astakos.im", "{} has a new password, by a mailed link", user.log_display());
        Ok((user, called_off))
    }

    pub(super) fn acceptable(
        &self,
        field: &str,
        password: &SecretString,
        user: &User,
    ) -> Result<()> {
        let names = [user.first_name.as_str(), user.last_name.as_str()];
        let settings = self.settings.now();
        password::acceptable(&settings, password.expose_secret(), &user.email, &names)
            .map_err(|key| Error::field(field, key))
    }
}

/// What a sign-up led to; None where the settings keep it a secret that the address is
/// used.
pub(super) fn signed_up(made: Option<(UserView, Outcome, Option<Opened>)>) -> SignedUp {
    let Some((user, outcome, fresh)) = made else {
        return SignedUp {
            outcome: Outcome::PendingVerification,
            user: None,
            login: None,
        };
    };
    tracing::info!(target: "astakos.im", "{} signed up: {}", user.log_display(), outcome.name());
    SignedUp {
        outcome,
        login: fresh.map(|fresh| login(user.clone(), fresh)),
        user: Some(user),
    }
}

pub(super) fn login(user: UserView, (cookie, expires): Opened) -> Login {
    Login {
        user,
        cookie: SecretString::from(cookie),
        expires,
    }
}
