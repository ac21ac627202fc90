//! People who come from elsewhere, and the login methods of those who are here.

use super::{Service, entry::signed_up, must};
use crate::{
    keys::Use,
    method,
    outside::{self, Arrived, Asked, OutsideSignUp},
    pending,
    policy::{self, Policy},
    provider::{self, About, Outside, Texts},
    rows::methods,
    switch, users,
    view::{ClientInfo, HalfLogin, Login, LoginOutcome, SignedUp, UserView},
};
use kernel::{
    Error, Result, UserId,
    secret::{ExposeSecret, SecretString, same},
};
use std::collections::BTreeSet;

/// What became of somebody who proved an outside identity (ID-PRV-10).
#[derive(Clone, Debug)]
pub enum Arrival {
    /// Back to the profile, with the message of this key; empty for none.
    Profile(&'static str),
    /// Logged in.
    In(Box<Login>),
    /// A second factor is wanted.
    Half(HalfLogin),
    /// Not in; to the login page with this message.
    Refused {
        /// Key of the message.
        message: &'static str,
        /// Modules the person can use instead.
        others: Vec<String>,
        /// For [`Service::resend_verification`], when unverified.
        resend: Option<String>,
    },
    /// To the sign-up form with this token.
    SignUp(SecretString),
    /// An account was made at once (ID-REG-15).
    Made(Box<SignedUp>),
    /// Nobody has this identity; back to the login page, which keeps its key.
    Nobody,
}

/// What the third-party sign-up form shows (ID-REG-11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingView {
    /// The module.
    pub module: String,
    /// What the provider stated: address, first and last name.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Attributes that cannot be changed.
    pub forced: BTreeSet<String>,
    /// What the method calls the person.
    pub username: String,
    /// Text of the warning about an unfinished registration (ID-REG-12).
    pub unfinished: Option<String>,
    /// There are terms to accept.
    pub terms: bool,
    /// A link for attaching the identity to an account can be asked for (ID-SHB-09).
    pub switches: bool,
}

/// A login method of somebody, for the profile (ID-DSH-05).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodLine {
    /// Its number.
    pub id: u64,
    /// The module.
    pub module: String,
    /// Whose it is, for the texts of the module (METHOD_DETAILS).
    pub about: About,
    /// May it be used to log in?
    pub login: bool,
    /// May it be removed?
    pub remove: bool,
    /// May it be exchanged?
    pub switch: bool,
}

/// Somebody's login methods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Methods {
    /// What there is.
    pub there: Vec<MethodLine>,
    /// Modules that may be added.
    pub addable: Vec<String>,
}

impl Service {
    /// Is the module enabled? (ID-PRV-01)
    pub fn module_enabled(&self, module: &str) -> bool {
        self.rules().enabled(module)
    }

    /// May people sign up with the module? (ID-DSH-02)
    pub fn module_signs_up(&self, module: &str) -> bool {
        let rules = self.rules();
        rules.enabled(module) && policy::settings(&rules, module).allows(Policy::Create)
    }

    /// Somebody proved an outside identity (ID-PRV-10); `user` is who is logged in.
    ///
    /// # Errors
    /// `NotFound` for a module that is not enabled; `Invalid` with
    /// AUTH_PROVIDER_AUTHENTICATION_FAILED for an answer that lacks something.
    pub async fn arrive(
        &self,
        user: Option<UserId>,
        person: Outside,
        asked: Asked,
        client: &ClientInfo,
    ) -> Result<Arrival> {
        let rules = self.rules();
        if !rules.enabled(&person.module) {
            return Err(Error::not_found("AUTH_PROVIDER_NOT_ACTIVE"));
        }
        let mapped = provider::mapped(&rules.settings, &person)?;
        let no = match user {
            Some(user) => Some(self.store.read_now(|tx| must(tx, user))?.no),
            None => None,
        };
        let from = client.clone();
        let arrived = self
            .write_anyway(move |tx, cx, r| {
                let both = (&person, &mapped);
                let arrived = outside::arrive(tx, cx, r, no, both, &asked, &from)?;
                let view = match &arrived {
                    Arrived::Known(user, _)
                    | Arrived::Refused(Some(user), _)
                    | Arrived::Made(user, ..) => Some(users::view(tx, (**user).clone())?),
                    _ => None,
                };
                let others = match &arrived {
                    Arrived::Refused(Some(user), _) => open_modules(tx, r, user)?,
                    _ => Vec::new(),
                };
                Ok((arrived, view, others))
            })
            .await;
        match arrived {
            Ok((arrived, view, others)) => Ok(self.arrival(arrived, view, others)),
            Err(Error::Conflict { message }) if no.is_some() => {
                Ok(Arrival::Profile(known_key(&message)))
            }
            Err(error) => Err(error),
        }
    }

    fn arrival(&self, arrived: Arrived, view: Option<UserView>, others: Vec<String>) -> Arrival {
        match (arrived, view) {
            (Arrived::Profile(message), _) => Arrival::Profile(message),
            (Arrived::SignUp(token), _) => Arrival::SignUp(SecretString::from(token)),
            (Arrived::Known(_, entry), Some(view)) => match self.entered(view, entry) {
                LoginOutcome::In(login) => Arrival::In(Box::new(login)),
                LoginOutcome::Half(half) => Arrival::Half(half),
                LoginOutcome::Refused {
                    message, resend, ..
                } => Arrival::Refused {
                    message,
                    others,
                    resend,
                },
            },
            (Arrived::Refused(Some(_), message), Some(view)) => match self.refused(view, message) {
                LoginOutcome::Refused {
                    message, resend, ..
                } => Arrival::Refused {
                    message,
                    others,
                    resend,
                },
                _ => Arrival::Nobody,
            },
            (Arrived::Refused(None, message), _) => Arrival::Refused {
                message,
                others,
                resend: None,
            },
            (Arrived::Made(_, outcome, fresh), Some(view)) => {
                Arrival::Made(Box::new(signed_up(Some((view, outcome, fresh)))))
            }
            _ => Arrival::Nobody,
        }
    }

    /// What the sign-up form of a pending identity shows.
    ///
    /// # Errors
    /// `NotFound` for a token that is worth nothing (any more).
    pub async fn pending(&self, token: &str) -> Result<PendingView> {
        let (token, rules) = (token.to_owned(), self.rules());
        let found = self
            .write(move |tx, cx, r| {
                let Some(row) = outside::waiting(tx, cx, r, &token)? else {
                    return Ok(None);
                };
                let unfinished = outside::unfinished(tx, &row)?;
                Ok(Some((row, unfinished, outside::terms_exist(tx)?)))
            })
            .await?;
        let (row, unfinished, terms) = found.ok_or_else(unknown_token)?;
        let about = About::default().method(&row.identifier, &row.info);
        let about = match &unfinished {
            Some(user) => about.user(user),
            None => about.with("user_email", &row.email),
        };
        let texts = Texts::about(&rules.settings, &row.provider, about);
        Ok(PendingView {
            username: texts.get("USERNAME"),
            unfinished: unfinished
                .is_some()
                .then(|| texts.message("AUTH_PROVIDER_PENDING_REGISTRATION")),
            switches: switch::offered(&rules, &row.provider),
            module: row.provider,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            forced: row.forced,
            terms,
        })
    }

    /// Makes the account of a pending identity (ID-REG-14).
    ///
    /// # Errors
    /// `NotFound` as [`Service::pending`]; `Invalid` with a field and a message key;
    /// `Forbidden` where nobody may sign up with the module; `Busy`.
    pub async fn outside_sign_up(
        &self,
        token: &str,
        form: OutsideSignUp,
        client: &ClientInfo,
    ) -> Result<SignedUp> {
        let subject = crate::throttle::network(client.address);
        self.recent
            .note(crate::throttle::SIGN_UP, &subject, 1, self.now())?;
        let (token, from) = (token.to_owned(), client.clone());
        let made = self
            .write(move |tx, cx, r| {
                let Some(arrived) = outside::sign_up(tx, cx, r, &token, &form, &from)? else {
                    return Ok(None);
                };
                match arrived {
                    Arrived::Made(user, outcome, fresh) => {
                        Ok(Some(Some((users::view(tx, *user)?, outcome, fresh))))
                    }
                    Arrived::Hidden => Ok(Some(None)),
                    _ => Err(Error::broken("a sign-up that made no account")),
                }
            })
            .await?;
        Ok(signed_up(made.ok_or_else(unknown_token)?))
    }

    /// Gives a pending identity up: the form was cancelled.
    pub async fn drop_pending(&self, token: &str) -> Result<()> {
        let token = token.to_owned();
        self.write(
            move |tx, cx, r| match pending::of_token(tx, cx, r, &token)? {
                Some(row) => tx.remove::<pending::Pending>(&row.hash).map(drop),
                None => Ok(()),
            },
        )
        .await
    }

    /// The cookie of the browser in which an identity was proven, by the token of
    /// [`Arrival::SignUp`]; good for an hour, as that is.
    pub fn arrival_cookie(&self, token: &str) -> SecretString {
        let what = ["browser ", token].concat();
        let proof = self.keys.hash(Use::Pending, what.as_bytes());
        SecretString::from(proof.to_string())
    }

    /// Was the identity of this token proven in the browser with this cookie? A token alone
    /// is a link that anybody can send: whoever followed it would let somebody else's
    /// identity into an account of their own.
    pub fn arrived_here(&self, token: &str, cookie: &str) -> bool {
        let proof = self.arrival_cookie(token);
        same(proof.expose_secret().as_bytes(), cookie.as_bytes())
    }

    /// Adds the pending identity of a key to an account (ID-LOG-08), if it was proven in
    /// the browser with this cookie: its module and the key of the message.
    pub async fn adopt(
        &self,
        user: UserId,
        key: &str,
        cookie: &str,
        client: &ClientInfo,
    ) -> Result<(String, &'static str)> {
        if !self.arrived_here(key, cookie) {
            return Ok((String::new(), "AUTH_PROVIDER_ADD_FAILED"));
        }
        let (key, from) = (key.to_owned(), client.clone());
        let added = self.write(move |tx, cx, r| {
            let no = must(tx, user)?.no;
            outside::adopt(tx, cx, r, no, &key, &from)
        });
        match added.await {
            Ok(module) => Ok((module, "AUTH_PROVIDER_ADDED")),
            Err(Error::Conflict { message }) => Ok((String::new(), known_key(&message))),
            Err(error) => Err(error),
        }
    }

    /// Somebody's login methods and what may be done with them (ID-DSH-05).
    pub async fn methods(&self, user: UserId) -> Result<Methods> {
        let rules = self.rules();
        self.store
            .read(move |tx| {
                let user = must(tx, user)?;
                let mut all = Methods::default();
                for line in methods(tx, user.no)? {
                    let policies = policy::resolve(tx, &rules, &user, &line.module, None)?;
                    all.there.push(MethodLine {
                        id: line.id,
                        about: About::default()
                            .user(&user)
                            .method(&line.identifier, &line.info),
                        login: line.active && policies.allows(Policy::Login),
                        remove: policies.allows(Policy::Remove),
                        switch: policies.allows(Policy::Switch),
                        module: line.module,
                    });
                }
                for module in rules.settings.strings("ASTAKOS_IM_MODULES") {
                    if policy::resolve(tx, &rules, &user, &module, None)?.allows(Policy::Add) {
                        all.addable.push(module);
                    }
                }
                Ok(all)
            })
            .await
    }

    /// Modules somebody may log in with: for the hint of a refused login.
    pub async fn open_modules(&self, user: UserId) -> Result<Vec<String>> {
        let rules = self.rules();
        self.store
            .read(move |tx| open_modules(tx, &rules, &must(tx, user)?))
            .await
    }

    /// Removes a login method; its module.
    ///
    /// # Errors
    /// `NotFound` when it is somebody else's; `Forbidden` when it has to stay.
    pub async fn remove_method(
        &self,
        user: UserId,
        id: u64,
        client: &ClientInfo,
    ) -> Result<String> {
        let from = client.clone();
        self.write(move |tx, cx, r| {
            let mut user = must(tx, user)?;
            method::remove(tx, cx, r, &mut user, id, &from)
        })
        .await
    }

    /// Attributes of an account that its login methods force (ID-PRV-12, ID-EML-01).
    pub async fn forced_attributes(&self, user: UserId) -> Result<BTreeSet<&'static str>> {
        let rules = self.rules();
        self.store
            .read(move |tx| method::forced(tx, &rules, &must(tx, user)?))
            .await
    }
}

fn open_modules(
    tx: &impl store::Reads,
    r: &crate::rules::Rules,
    user: &crate::rows::User,
) -> Result<Vec<String>> {
    let mut open = Vec::new();
    for method in policy::usable(tx, r, user)? {
        let may = policy::stated(tx, r, user, &method.module)?.allows(Policy::Login);
        if may && !open.contains(&method.module) {
            open.push(method.module);
        }
    }
    Ok(open)
}

fn unknown_token() -> Error {
    Error::not_found("This sign-up is over. Please begin again.")
}

/// The key a refusal carries, of those the profile page knows.
fn known_key(message: &str) -> &'static str {
    [
        "AUTH_PROVIDER_ADD_EXISTS",
        "AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE",
    ]
    .into_iter()
    .find(|key| *key == message)
    .unwrap_or("AUTH_PROVIDER_ADD_FAILED")
}
