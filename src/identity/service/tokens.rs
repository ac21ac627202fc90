//! Whose a token is, remembered while nothing changes (ID-INT-01, ID-SEC-31), and tokens
//! of identity v3.

use super::{Service, login::failed, must};
use crate::{
    access, audit, email, factor,
    keys::Use,
    policy,
    rows::{Group, Project, User, by_email, by_uuid},
    scoped::{self, Scope},
    session, throttle, token,
    view::ClientInfo,
};
use kernel::{
    Caller, Digest, Error, ProjectId, Result, Timestamp, UserId, UserNo,
    secret::{ExposeSecret, SecretString},
};
use std::sync::Arc;
use store::{ReadTx, Reads};

/// Somebody whose token is good, as the token calls show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their rights.
    pub caller: Caller,
    /// Number for administrators.
    pub no: UserNo,
    /// Address as typed.
    pub email: String,
    /// Lower-case address.
    pub username: String,
    /// First and last name.
    pub name: String,
    /// (number, name) of groups.
    pub groups: Vec<(u64, String)>,
    /// When the token was made.
    pub issued: Timestamp,
    /// When it expires.
    pub expires: Timestamp,
    /// What the token is good for.
    pub scope: Scope,
}

/// A token that was looked up, good while nothing changed.
#[derive(Clone)]
pub(super) struct Known {
    person: Arc<Person>,
    changes: u64,
}

/// How somebody proves who they are (identity v3).
#[derive(Clone, Debug)]
pub enum Proof {
    /// Name or uuid, with the API token or the password of the account.
    Password(String, SecretString),
    /// A token of either kind.
    Token(SecretString),
    /// An application credential: name or uuid, with the API token.
    Application(String, SecretString),
}

/// What a new token shall be good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Not said: the default project.
    Default,
    /// No project.
    Unscoped,
    /// The domain.
    Domain,
    /// A project by id or name.
    Project(String),
}

/// A project somebody is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
}

impl Service {
    /// Who a token belongs to (ID-INT-01); point reads only, fit for async threads.
    ///
    /// # Errors
    /// `Unauthorized` as of ID-TOK-03.
    pub fn person_by_token(&self, token: &str) -> Result<Arc<Person>> {
        if token.len() > 256 {
            return Err(Error::unauthorized("Invalid X-Auth-Token"));
        }
        let now = self.cx.cx().now;
        let hash = self.keys.hash(Use::Token, token.as_bytes());
        // Read before the snapshot: a commit in between makes the entry useless.
        let changes = *self.changes.borrow();
        let known = self.callers.get(&hash);
        let person = match known.filter(|known| known.changes == changes) {
            Some(known) => known.person,
            None => {
                let rules = self.rules();
                let look = |tx: &ReadTx| match scoped::open(tx, &rules, token)? {
                    Some(claims) => by_scope(tx, &claims, now),
                    None => by_hash(tx, &hash, now),
                };
                let person = Arc::new(self.store.read_now(look)?);
                let known = Known {
                    person: person.clone(),
                    changes,
                };
                self.callers.insert(hash, known);
                person
            }
        };
        match now < person.expires {
            true => Ok(person),
            false => Err(Error::unauthorized("Authentication expired")),
        }
    }

    /// Counts a token that was not good (ID-SEC-24); `error` says why it was not.
    ///
    /// # Errors
    /// `error`, or `Busy` when there were too many from that address.
    pub fn note_bad_token(&self, client: &ClientInfo, error: Error) -> Error {
        let subject = throttle::network(client.address);
        let now = self.cx.cx().now;
        match self.recent.note(throttle::BAD_TOKEN, &subject, 1, now) {
            Ok(()) => error,
            Err(busy) => busy,
        }
    }

    /// Makes a token of identity v3, and tells whose it is.
    ///
    /// # Errors
    /// `Unauthorized` for anything that is wrong; `Busy` past the limits of logins.
    pub async fn scoped_token(
        &self,
        proof: Proof,
        wanted: Wanted,
        client: &ClientInfo,
    ) -> Result<(SecretString, Arc<Person>)> {
        let user = match &proof {
            Proof::Token(token) => self.person_by_token(token.expose_secret())?.caller.user,
            Proof::Application(name, token) => self.named(name, token)?,
            Proof::Password(name, password) => match self.named(name, password) {
                Ok(user) => user,
                Err(_) => self.by_password(name, password, client).await?,
            },
        };
        let (cx, rules) = (self.cx.cx(), self.rules());
        let token = self.store.read_now(|tx| {
            let user = must(tx, user)?;
            let scope = scope_of(tx, &user, &wanted)?;
            scoped::make(&cx, &rules, &user, scope)
        })?;
        let person = self.person_by_token(&token)?;
        Ok((SecretString::from(token), person))
    }

    /// The owner of an API token who is called so.
    fn named(&self, name: &str, token: &SecretString) -> Result<UserId> {
        let person = self.person_by_token(token.expose_secret())?;
        let uuid = person.caller.user.to_string();
        match uuid == name || person.username == name.trim().to_lowercase() {
            true => Ok(person.caller.user),
            false => Err(Error::unauthorized("Invalid credentials")),
        }
    }

    /// Somebody by the password of the account, slowed down as the login is (ID-LOG-10).
    async fn by_password(
        &self,
        name: &str,
        password: &SecretString,
        client: &ClientInfo,
    ) -> Result<UserId> {
        let wrong = || Error::unauthorized("Invalid credentials");
        let text: String = email::key(name).chars().take(254).collect();
        let email = self.store.read_now(|tx| match text.parse() {
            Ok(uuid) => Ok(by_uuid(tx, uuid)?.map(|user| email::key(&user.username))),
            Err(_) => Ok(Some(text.clone())),
        })?;
        let email = email.unwrap_or(text);
        if !self.rules().enabled("local") {
            return Err(wrong());
        }
        let (counted, address) = (email.clone(), client.address);
        self.write_anyway(move |tx, cx, _| throttle::attempt(tx, cx, &counted, address))
            .await?;
        let both = |tx: &store::ReadTx, name: &str| {
            Ok((access::credentials(tx, name)?, crate::import::dearest(tx)?))
        };
        let (known, dearest) = self.store.read(move |tx| both(tx, &email)).await?;
        let stored = known.as_ref().map(|(_, hash)| hash.clone());
        let (right, _) = self
            .hasher
            .check(self.cx.cx().ids, password.clone(), stored, dearest)
            .await?;
        let Some((user, hash)) = known.as_ref().filter(|_| right).cloned() else {
            failed(known.as_ref().map(|(user, _)| user), "the password", client);
            return Err(wrong());
        };
        self.write_anyway(move |tx, cx, r| {
            let mut user = access::still(tx, &user, &hash)?.ok_or_else(wrong)?;
            // A password alone is not enough where a second factor is wanted; such
            // people use their API token.
            let alone = factor::wanted(tx, r, &user, "local")? == factor::Wanted::Nothing;
            let may = policy::stated(tx, r, &user, "local")?.allows(policy::Policy::Login);
            if access::refusal(&user).is_some() || !alone || !may {
                return Err(wrong());
            }
            throttle::succeeded(tx, cx, &email::key(&user.username), address)?;
            let over = |token: &crate::rows::Token| cx.now >= token.expires;
            if user.token.as_ref().is_none_or(over) {
                token::renew(tx, cx, r, &mut user)?;
                // As at any login (ID-LOG-07).
                session::flush(tx, user.no, None)?;
            }
            Ok(user.uuid)
        })
        .await
    }

    /// Makes a token of identity v3 worth nothing; an API token is renewed instead.
    ///
    /// # Errors
    /// `NotFound` when it is no good token.
    pub async fn revoke_token(&self, actor: &Caller, text: &str) -> Result<()> {
        let unknown = |_| Error::not_found("Could not find token.");
        let person = self.person_by_token(text).map_err(unknown)?;
        let (actor, user) = (actor.clone(), person.caller.user);
        let (api, text) = (person.scope == Scope::Api, text.to_owned());
        self.write(move |tx, cx, r| {
            let mut owner = must(tx, user)?;
            if actor.user != user {
                let act = audit::Act::new("user.revoke-token", audit::target(&owner));
                audit::record(tx, cx, &actor, act.secret("token"))?;
            }
            match api {
                true => token::renew(tx, cx, r, &mut owner),
                false => scoped::revoke(tx, r, &text),
            }
        })
        .await
    }

    /// The projects of a person, by id.
    pub fn places(&self, person: &Person) -> Result<Vec<Place>> {
        self.store.read_now(|tx| {
            let all = person.caller.projects.iter();
            all.map(|id| place(tx, person, *id)).collect()
        })
    }

    /// One project of a person.
    ///
    /// # Errors
    /// `NotFound` for a project the person is not in.
    pub fn place(&self, person: &Person, id: ProjectId) -> Result<Place> {
        if !person.caller.projects.contains(&id) {
            let text = format!("Could not find project: {id}.");
            return Err(Error::not_found(text));
        }
        self.store.read_now(|tx| place(tx, person, id))
    }
}

fn place(tx: &ReadTx, person: &Person, id: ProjectId) -> Result<Place> {
    let row = tx.get::<Project>(&id)?;
    let own = id == person.caller.user.own_project();
    let (name, description) = row.map_or_else(Default::default, |p| (p.realname, p.description));
    Ok(Place {
        id,
        // People know their own project by their address.
        name: if own { person.username.clone() } else { name },
        description,
    })
}

fn person(tx: &ReadTx, user: User, caller: Caller, expires: Timestamp) -> Result<Person> {
    let mut groups = Vec::new();
    for id in &user.groups {
        if let Some(group) = tx.get::<Group>(id)? {
            groups.push((group.id, group.name));
        }
    }
    Ok(Person {
        no: user.no,
        name: format!("{} {}", user.first_name, user.last_name),
        issued: user.token.as_ref().map_or(user.joined, |t| t.created),
        email: user.email,
        username: user.username,
        groups,
        caller,
        expires,
        scope: Scope::Api,
    })
}

fn by_hash(tx: &ReadTx, hash: &Digest, now: Timestamp) -> Result<Person> {
    let (caller, expires) = token::owner(tx, hash, now)?;
    let user = must(tx, caller.user)?;
    person(tx, user, caller, expires)
}

/// The person of a token of identity v3: as with the API token it was made under.
fn by_scope(tx: &ReadTx, claims: &scoped::Claims, now: Timestamp) -> Result<Person> {
    let none = || Error::unauthorized("Invalid X-Auth-Token");
    let api = claims.user.token.as_ref().ok_or_else(none)?;
    let mut person = by_hash(tx, &api.hash, now)?;
    if let Scope::Project(project) = claims.scope {
        if !person.caller.projects.contains(&project) {
            return Err(none());
        }
        person.caller.default_project = project;
    }
    person.issued = claims.issued;
    person.scope = claims.scope;
    Ok(person)
}

fn scope_of(tx: &ReadTx, user: &User, wanted: &Wanted) -> Result<Scope> {
    let caller = token::caller(user);
    let refused = || Error::unauthorized("Invalid scope");
    let name = match wanted {
        Wanted::Default => return Ok(Scope::Project(caller.default_project)),
        Wanted::Unscoped => return Ok(Scope::Unscoped),
        Wanted::Domain => return Ok(Scope::Domain),
        Wanted::Project(name) => name,
    };
    if let Ok(id) = name.parse() {
        return match caller.projects.contains(&id) {
            true => Ok(Scope::Project(id)),
            false => Err(refused()),
        };
    }
    if by_email(tx, name)?.is_some_and(|named| named.no == user.no) {
        return Ok(Scope::Project(user.uuid.own_project()));
    }
    for id in &caller.projects {
        if tx.get::<Project>(id)?.is_some_and(|p| p.realname == *name) {
            return Ok(Scope::Project(*id));
        }
    }
    Err(refused())
}
