//! Attaching an academic identity to a local account by a mailed link (ID-SHB-09).
//!
//! Somebody who comes from an institution and types the address of a local account may
//! have a link mailed to that address. Invariants: whoever asks learns nothing about the
//! account, not even whether a link was sent; the link lies here as a keyed hash, is
//! good for a day and works once; one link for each identity; looking at it changes
//! nothing; it adds the identity that was shown to the account whose address it was
//! mailed to, and dies when that address changes. A mailbox is no second factor: where
//! the account has one, its owner logs in first.

use crate::{
    access::{self, Entry, Opened},
    audit::{self, Act},
    factor,
    keys::{Use, random_token},
    mails,
    method::{self, NewMethod},
    pending::{self, Pending},
    policy::{self, Policy},
    provider::About,
    rows::{Method, User, by_email, methods},
    rules::Rules,
    sign_up,
    view::{AccountState, ClientInfo},
};
use kernel::{Cx, Digest, Error, Origin, Result, Timestamp, UserId, UserNo};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{IndexSet, Reads, Row, WriteTx};

/// The module whose identities are attached so.
const MODULE: &str = "shibboleth";
/// How long the link is good.
const GOOD: Duration = Duration::from_secs(86_400);

/// A link that was mailed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// Keyed hash of its token.
    pub hash: Digest,
    /// The account.
    pub user: UserNo,
    /// The account's address, in lower case, when the link was mailed.
    pub username: String,
    /// The module of the identity.
    pub provider: String,
    /// What it calls the person.
    pub identifier: String,
    /// Where the person belongs.
    pub affiliation: Option<String>,
    /// What the provider told, JSON.
    pub info: String,
    /// Address of the client that asked.
    pub from: String,
    /// When.
    pub asked: Timestamp,
}

impl Row for Switch {
    type Key = Digest;
    const TABLE: &'static str = "identity.switch";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("identity", (&self.provider, &self.identifier));
        ix.add("user", self.user);
        ix.add("asked", self.asked);
    }
}

/// What a link is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchView {
    /// The account's address.
    pub email: String,
    /// The module.
    pub module: String,
    /// Whose identity it is, for the texts of the module (METHOD_DETAILS).
    pub about: About,
    /// Where the person belongs; may be empty.
    pub affiliation: String,
    /// When somebody asked.
    pub asked: Timestamp,
    /// From where.
    pub from: String,
    /// The account has a second factor: its owner has to log in first.
    pub log_in_first: bool,
}

/// What following a link led to.
#[derive(Clone, Debug)]
pub(crate) enum Switched {
    /// Attached; with a session for who had none.
    Done(Box<User>, String, Option<Opened>),
    /// The owner has to log in first; nothing is changed.
    LogIn,
}

/// Is a link offered to who comes with an identity of this module?
pub(crate) fn offered(r: &Rules, module: &str) -> bool {
    module == MODULE
        && r.enabled(MODULE)
        && r.settings.bool("ASTAKOS_ENABLE_LOCAL_ACCOUNT_MIGRATION")
}

fn failed() -> Error {
    Error::conflict("SWITCH_ACCOUNT_FAILURE")
}

/// The method of the same module that the identity would take the place of; None when
/// it would be one more.
///
/// # Errors
/// `Conflict` where the account may not have it.
fn place(
    tx: &impl Reads,
    r: &Rules,
    user: &User,
    module: &str,
    identifier: &str,
) -> Result<Option<u64>> {
    if user.state() != AccountState::Active || sign_up::local(tx, user)?.is_none() {
        return Err(failed());
    }
    if policy::holder(tx, module, identifier)?.is_some() {
        return Err(failed());
    }
    let policies = policy::resolve(tx, r, user, module, Some(identifier))?;
    if !policies.allows(Policy::Login) {
        return Err(failed());
    }
    if policies.allows(Policy::Add) {
        return Ok(None);
    }
    let mine: Vec<Method> = methods(tx, user.no)?;
    let mut same = mine.iter().filter(|method| method.module == module);
    match (same.next(), same.next()) {
        (Some(only), None) if policies.allows(Policy::Switch) => Ok(Some(only.id)),
        _ => Err(failed()),
    }
}

/// Mails the owner of an address a link, or why there is none; nobody where no verified
/// account uses the address.
pub(crate) fn ask(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    row: &Pending,
    email: &str,
    client: &ClientInfo,
) -> Result<()> {
    // The same durable write for known and unknown addresses.
    tx.next_id("identity.switch.requests")?;
    let user = by_email(tx, email)?.filter(|user| user.email_verified);
    let Some(user) = user.filter(|_| offered(r, &row.provider)) else {
        return Ok(());
    };
    let from = client.address.to_canonical().to_string();
    let details = method::details(r, &user, &row.provider, &row.identifier, &row.info);
    if place(tx, r, &user, &row.provider, &row.identifier).is_err() {
        return mails::switch(tx, r, &user, details, &from, None);
    }
    let there: Option<Switch> = tx.find_one("identity", &(&row.provider, &row.identifier))?;
    if let Some(there) = there {
        tx.remove::<Switch>(&there.hash)?;
    }
    let token = random_token(&*cx.ids);
    tx.put(&Switch {
        hash: r.keys.hash(Use::Switch, token.as_bytes()),
        user: user.no,
        username: user.username.clone(),
        provider: row.provider.clone(),
        identifier: row.identifier.clone(),
        affiliation: row.affiliation.clone(),
        info: row.info.clone(),
        from: from.clone(),
        asked: cx.now,
    })?;
    let url = format!("{}/ui/switch/{token}", r.settings.base_url());
    mails::switch(tx, r, &user, details, &from, Some(url))
}

/// The link of a token that is still good, and its account; `viewer` is who is logged
/// in.
///
/// # Errors
/// `Conflict` with SWITCH_ACCOUNT_FAILURE; `Forbidden` for somebody else.
fn of_token(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    token: &str,
    viewer: Option<UserId>,
) -> Result<(Switch, User)> {
    let hash = r.keys.hash(Use::Switch, token.as_bytes());
    let row = tx
        .get::<Switch>(&hash)?
        .filter(|row| cx.now < row.asked + GOOD);
    let row = row
        .filter(|row| offered(r, &row.provider))
        .ok_or_else(failed)?;
    let user = tx.get::<User>(&row.user)?;
    let user = user
        .filter(|user| user.username == row.username)
        .ok_or_else(failed)?;
    match viewer.is_some_and(|viewer| viewer != user.uuid) {
        true => Err(Error::forbidden("NOT_ALLOWED")),
        false => Ok((row, user)),
    }
}

/// Does the owner have to log in before the link does anything?
fn log_in_first(tx: &impl Reads, r: &Rules, user: &User, viewer: Option<UserId>) -> Result<bool> {
    Ok(viewer.is_none() && factor::wanted(tx, r, user, "local")? != factor::Wanted::Nothing)
}

/// What a link is about; changes nothing.
pub(crate) fn look(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    token: &str,
    viewer: Option<UserId>,
) -> Result<SwitchView> {
    let (row, user) = of_token(tx, cx, r, token, viewer)?;
    place(tx, r, &user, &row.provider, &row.identifier)?;
    Ok(SwitchView {
        about: About::default()
            .user(&user)
            .method(&row.identifier, &row.info),
        log_in_first: log_in_first(tx, r, &user, viewer)?,
        email: user.email,
        module: row.provider,
        affiliation: row.affiliation.unwrap_or_default(),
        asked: row.asked,
        from: row.from,
    })
}

/// Attaches the identity, and lets the owner in who is not yet.
///
/// # Errors
/// As [`look`].
pub(crate) fn follow(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    token: &str,
    viewer: Option<UserId>,
    client: &ClientInfo,
) -> Result<Switched> {
    let (row, mut user) = of_token(tx, cx, r, token, viewer)?;
    let instead = place(tx, r, &user, &row.provider, &row.identifier)?;
    if log_in_first(tx, r, &user, viewer)? {
        return Ok(Switched::LogIn);
    }
    let new = NewMethod {
        module: row.provider.clone(),
        identifier: row.identifier.clone(),
        affiliation: row.affiliation.clone(),
        info: row.info.clone(),
    };
    let before = match instead {
        Some(id) => method::switch(tx, cx, r, &user, id, &new, client)?,
        None => {
            method::add(tx, cx, r, &mut user, &new, client)?;
            String::new()
        }
    };
    tx.remove::<Switch>(&row.hash)?;
    pending::forget(tx, &row.provider, &row.identifier)?;
    let from = client.address.to_canonical().to_string();
    let origin = Origin::recipient(&user.email, &from, None);
    let act = Act::new("user.switch", audit::target(&user));
    let act = act.with(&format!("{} login", row.provider), before, &row.identifier);
    audit::record_from(tx, cx, &origin, act)?;
    if viewer.is_some() {
        return Ok(Switched::Done(Box::new(user), row.provider, None));
    }
    let way = (row.provider.as_str(), row.identifier.as_str());
    match access::pass(tx, cx, r, user, way, client)? {
        (user, Entry::In(opened)) => Ok(Switched::Done(Box::new(user), row.provider, Some(opened))),
        _ => Err(failed()),
    }
}

/// Links die with the account they are about.
pub(crate) fn forget(tx: &WriteTx, user: UserNo) -> Result<()> {
    for row in tx.find::<Switch>("user", &(user,), None, usize::MAX)? {
        tx.remove::<Switch>(&row.hash)?;
    }
    Ok(())
}

/// Removes links that are over, a slice at a time; how many.
pub(crate) fn tidy(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let mut gone = 0;
    for row in tx.find::<Switch>("asked", &(), None, limit)? {
        if cx.now >= row.asked + GOOD {
            tx.remove::<Switch>(&row.hash)?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// The address that is meant: what the provider forces counts more than what was typed.
pub(crate) fn meant(row: &Pending, typed: &str) -> String {
    match row.forced.contains("email") {
        true => row.email.clone(),
        false => typed.trim().to_owned(),
    }
}
