//! People who come from elsewhere: unified login and sign-up (ID-PRV-10, ID-REG-10 … 15).
//!
//! Invariants: an outside identity opens the account of the verified person who holds
//! it and no other; nobody is told about an account but its owner; a pending identity
//! becomes an account, or part of one, once.

use crate::{
    access::{self, Entry},
    email, email_change,
    invitations::{self, Invitation},
    method::{self, NewMethod},
    pending::{self, Pending},
    policy::{self, Policy},
    provider::{Mapped, Outside},
    rows::{Group, Method, User, by_email, save},
    rules::Rules,
    sign_up::{self, NewUser},
    state, switch, users,
    view::{ClientInfo, Outcome},
};
use kernel::{Cx, Error, Result, UserNo};
use std::collections::BTreeSet;
use store::{Reads, WriteTx};

/// What the first leg of a login asked for, carried to the return leg (ID-PRV-11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Token of a pending identity to be added after the login.
    pub key: String,
    /// Number of the method to exchange.
    pub switch_from: Option<u64>,
    /// Code of an invitation; empty for none (ID-INV-04).
    pub code: String,
    /// The visitor's language, for the mails of an account that is made at once.
    pub language: String,
}

/// What became of somebody who proved an outside identity.
#[derive(Clone, Debug)]
pub(crate) enum Arrived {
    /// A logged-in person goes back to the profile with this message.
    Profile(&'static str),
    /// A known person enters, or not.
    Known(Box<User>, Entry),
    /// A known person may not log in this way.
    Refused(Option<Box<User>>, &'static str),
    /// An unknown person goes to the sign-up form.
    SignUp(String),
    /// An account was made.
    Made(Box<User>, Outcome, Option<access::Opened>),
    /// Nobody has this identity, and it was to be added to an account.
    Nobody,
    /// The address is used, which the settings keep secret; its owner was told.
    Hidden,
}

/// The new method an answer means.
pub(crate) fn new_method(outside: &Outside, mapped: &Mapped) -> NewMethod {
    NewMethod {
        module: outside.module.clone(),
        identifier: mapped.identifier.clone(),
        affiliation: pending::affiliation(outside),
        info: pending::info(outside),
    }
}

/// Somebody logged in proved an identity (ID-PRV-10, 1).
fn own(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: UserNo,
    new: &NewMethod,
    asked: &Asked,
    client: &ClientInfo,
) -> Result<Arrived> {
    let mut user: User = tx.must(&user, "ACCOUNT_UNKNOWN")?;
    if let Some((holder, _)) = policy::holder(tx, &new.module, &new.identifier)? {
        let mine = holder.no == user.no;
        return Ok(Arrived::Profile(match mine {
            true => "",
            false => "AUTH_PROVIDER_ADD_EXISTS",
        }));
    }
    if let Some(id) = asked.switch_from {
        method::switch(tx, cx, r, &user, id, new, client)?;
        return Ok(Arrived::Profile("AUTH_PROVIDER_SWITCHED"));
    }
    method::add(tx, cx, r, &mut user, new, client)?;
    Ok(Arrived::Profile("AUTH_PROVIDER_ADDED"))
}

/// Takes over what the provider forces (ID-PRV-12).
fn refresh(tx: &WriteTx, cx: &Cx, r: &Rules, user: &mut User, mapped: &Mapped) -> Result<()> {
    let before = user.clone();
    if mapped.forced.contains("first_name") {
        user.first_name.clone_from(&mapped.first_name);
    }
    if mapped.forced.contains("last_name") {
        user.last_name.clone_from(&mapped.last_name);
    }
    if *user != before {
        save(tx, cx, user)?;
    }
    if !mapped.forced.contains("email") || email::key(&mapped.email) == email::key(&user.username) {
        return Ok(());
    }
    match email_change::move_to(tx, cx, r, user, &mapped.email) {
        Err(Error::Conflict { .. }) => {
            tracing::warn!(target: "astakos.im",
                "{}: the address the provider states belongs to somebody else", user.log_display());
            Ok(())
        }
        moved => moved,
    }
}

/// Gives a person exactly the groups the directory states (ID-LDP-07).
fn mirror(tx: &WriteTx, cx: &Cx, r: &Rules, user: &mut User, outside: &Outside) -> Result<()> {
    let Some(names) = &outside.groups else {
        return Ok(());
    };
    if !policy::flag(r, &outside.module, "MIRROR_GROUPS", false) {
        return Ok(());
    }
    let mut privileged = crate::desk::permitted(&r.settings);
    privileged.extend(r.settings.strings("ASTAKOS_ADMIN_API_PERMITTED_GROUPS"));
    let granted = r
        .settings
        .strings("ASTAKOS_AUTH_PROVIDER_LDAP_MIRROR_PRIVILEGED_GROUPS");
    let open = |name: &String| !privileged.contains(name) || granted.contains(name);
    let mut groups = BTreeSet::new();
    for id in &user.groups {
        // What the directory may not grant it may not take either.
        if let Some(group) = tx.get::<Group>(id)?
            && !open(&group.name)
        {
            groups.insert(*id);
        }
    }
    for name in names.iter().filter(|name| open(name)).take(1000) {
        let fits = !name.is_empty() && name.chars().count() <= 80;
        if fits && !name.chars().any(char::is_control) {
            groups.insert(policy::group_for(tx, name)?);
        }
    }
    match groups == user.groups {
        true => Ok(()),
        false => {
            user.groups = groups;
            save(tx, cx, user)
        }
    }
}

/// A verified person holds the identity (ID-PRV-10, 2).
fn known(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    (mut user, mut mine): (User, Method),
    (outside, mapped): (&Outside, &Mapped),
    client: &ClientInfo,
) -> Result<Arrived> {
    if let Some(message) = access::refusal(&user) {
        return Ok(Arrived::Refused(Some(Box::new(user)), message));
    }
    let may = policy::stated(tx, r, &user, &outside.module)?.allows(Policy::Login);
    if !may || !mine.active {
        let message = "AUTH_PROVIDER_LOGIN_DISABLED";
        return Ok(Arrived::Refused(Some(Box::new(user)), message));
    }
    refresh(tx, cx, r, &mut user, mapped)?;
    mirror(tx, cx, r, &mut user, outside)?;
    mine.info = pending::info(outside);
    mine.affiliation = pending::affiliation(outside);
    tx.put(&mine)?;
    let way = (outside.module.as_str(), mapped.identifier.as_str());
    let (user, entry) = access::pass(tx, cx, r, user, way, client)?;
    Ok(Arrived::Known(Box::new(user), entry))
}

/// Somebody proved an outside identity (ID-PRV-10); `user` is who is logged in.
///
/// # Errors
/// `Conflict` with the key of what the profile page tells.
pub(crate) fn arrive(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: Option<UserNo>,
    (outside, mapped): (&Outside, &Mapped),
    asked: &Asked,
    client: &ClientInfo,
) -> Result<Arrived> {
    let new = new_method(outside, mapped);
    if let Some(user) = user {
        return own(tx, cx, r, user, &new, asked, client);
    }
    if let Some(holder) = policy::holder(tx, &new.module, &new.identifier)? {
        return known(tx, cx, r, holder, (outside, mapped), client);
    }
    if !asked.key.is_empty() {
        return Ok(Arrived::Nobody);
    }
    if !policy::settings(r, &new.module).allows(Policy::Create) {
        return Ok(Arrived::Refused(None, "DISABLED_FOR_CREATE"));
    }
    let all = ["email", "first_name", "last_name"];
    let used = by_email(tx, &mapped.email)?.is_some_and(|user| sign_up::blocks(&user));
    let invitation = match invitations::usable(tx, r, &asked.code) {
        // The form says what is wrong with it.
        Err(Error::Conflict { .. }) => None,
        found => Some(found?),
    };
    if let Some(invitation) = invitation
        && !used
        && all.iter().all(|name| mapped.forced.contains(name))
    {
        let person = NewUser {
            email: mapped.email.clone(),
            first_name: mapped.first_name.clone(),
            last_name: mapped.last_name.clone(),
            language: asked.language.clone(),
            password_hash: String::new(),
        };
        pending::forget(tx, &new.module, &new.identifier)?;
        return make(tx, cx, r, &person, &new, (false, invitation), client);
    }
    pending::keep(tx, cx, r, outside, mapped).map(Arrived::SignUp)
}

/// Makes an account without a password and runs the engine (ID-REG-14, ID-VER-01,
/// ID-INV-05).
fn make(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    person: &NewUser,
    new: &NewMethod,
    (signs_terms, invitation): (bool, Option<Invitation>),
    client: &ClientInfo,
) -> Result<Arrived> {
    let mut user = sign_up::account(tx, cx, r, person)?;
    let proven = sign_up::brings(&mut user, invitation);
    if signs_terms {
        let address = client.address.to_canonical().to_string();
        crate::terms::note(tx, cx, &mut user, &address)?;
    }
    user.affiliation.clone_from(&new.affiliation);
    save(tx, cx, &mut user)?;
    method::add(tx, cx, r, &mut user, new, client)?;
    if !proven && !r.verifies_itself(&new.module) {
        state::send_verification(tx, cx, r, &mut user)?;
        let outcome = Outcome::PendingVerification;
        return Ok(Arrived::Made(Box::new(user), outcome, None));
    }
    let outcome = state::verify(tx, cx, r, &mut user, &new.module, true)?;
    if !user.is_active {
        return Ok(Arrived::Made(Box::new(user), outcome, None));
    }
    let way = (new.module.as_str(), new.identifier.as_str());
    Ok(match access::pass(tx, cx, r, user, way, client)? {
        (user, Entry::In(opened)) => Arrived::Made(Box::new(user), outcome, Some(opened)),
        (user, _) => Arrived::Made(Box::new(user), outcome, None),
    })
}

/// The third-party sign-up form (ID-REG-11).
#[derive(Clone, Debug, Default)]
pub struct OutsideSignUp {
    /// Address as typed.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The terms are accepted, where there are any.
    pub signed_terms: bool,
    /// Language of the mails.
    pub language: String,
    /// Code of an invitation; empty for none (ID-INV-04).
    pub code: String,
}

/// The pending identity of a token that nobody holds yet; None when there is none.
/// One that somebody holds by now is dropped (ID-REG-12).
pub(crate) fn waiting(tx: &WriteTx, cx: &Cx, r: &Rules, token: &str) -> Result<Option<Pending>> {
    let Some(row) = pending::of_token(tx, cx, r, token)? else {
        return Ok(None);
    };
    if policy::holder(tx, &row.provider, &row.identifier)?.is_some() {
        tx.remove::<Pending>(&row.hash)?;
        return Ok(None);
    }
    Ok(Some(row))
}

/// An unverified registration of the same identity: name and address (ID-REG-12).
pub(crate) fn unfinished(tx: &impl Reads, row: &Pending) -> Result<Option<User>> {
    let (module, identifier) = (&row.provider, &row.identifier);
    for method in tx.find::<Method>("identity", &(module, identifier), None, 1000)? {
        if let Some(user) = tx.get::<User>(&method.user)? {
            return Ok(Some(user));
        }
    }
    Ok(None)
}

/// Takes what the provider forces instead of what was typed.
pub(crate) fn forced_into(row: &Pending, form: &mut OutsideSignUp) {
    for (name, field, stated) in [
        ("email", &mut form.email, &row.email),
        ("first_name", &mut form.first_name, &row.first_name),
        ("last_name", &mut form.last_name, &row.last_name),
    ] {
        if row.forced.contains(name) {
            field.clone_from(stated);
        }
    }
}

/// What is wrong with the form: (field, message key).
pub(crate) fn check(form: &OutsideSignUp) -> Vec<(&'static str, &'static str)> {
    let mut wrong = Vec::new();
    if form.email.is_empty() {
        wrong.push(("email", "REQUIRED_FIELD"));
    } else if !email::valid(&form.email) {
        wrong.push(("email", "INVALID_EMAIL"));
    }
    for (field, name) in [
        ("first_name", &form.first_name),
        ("last_name", &form.last_name),
    ] {
        if !users::is_name(name) {
            wrong.push((field, "NAME_TOO_LONG"));
        }
    }
    wrong
}

/// Makes the account of a pending identity (ID-REG-14); None for a token that is
/// worth nothing.
///
/// # Errors
/// `Invalid` with a field and a message key; `Forbidden` where nobody may sign up with
/// the module; `Conflict` for an invitation that was used.
pub(crate) fn sign_up(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    token: &str,
    form: &OutsideSignUp,
    client: &ClientInfo,
) -> Result<Option<Arrived>> {
    let Some(row) = waiting(tx, cx, r, token)? else {
        return Ok(None);
    };
    if !r.enabled(&row.provider) || !policy::settings(r, &row.provider).allows(Policy::Create) {
        return Err(Error::forbidden("DISABLED_FOR_CREATE"));
    }
    let mut form = form.clone();
    forced_into(&row, &mut form);
    if let Some((field, key)) = check(&form).into_iter().next() {
        return Err(Error::field(field, key));
    }
    let terms = terms_exist(tx)?;
    if terms && !form.signed_terms {
        return Err(Error::field("has_signed_terms", "SIGN_TERMS"));
    }
    let invitation = invitations::usable(tx, r, &form.code)?;
    let used = by_email(tx, form.email.trim())?.is_some_and(|user| sign_up::blocks(&user));
    if used && r.settings.bool("ASTAKOS_HIDE_ACCOUNT_EXISTENCE_SIGNUP") {
        // ID-SEC-06: whoever asks sees the sign-up of a free address.
        tx.remove::<Pending>(&row.hash)?;
        switch::ask(tx, cx, r, &row, form.email.trim(), client)?;
        return Ok(Some(Arrived::Hidden));
    }
    let person = NewUser {
        email: form.email.trim().to_owned(),
        first_name: form.first_name.trim().to_owned(),
        last_name: form.last_name.trim().to_owned(),
        language: form.language.clone(),
        password_hash: String::new(),
    };
    let new = NewMethod {
        module: row.provider.clone(),
        identifier: row.identifier.clone(),
        affiliation: row.affiliation.clone(),
        info: row.info.clone(),
    };
    tx.remove::<Pending>(&row.hash)?;
    make(tx, cx, r, &person, &new, (true, invitation), client).map(Some)
}

/// Adds the pending identity of a key to an account (ID-LOG-08); its module.
///
/// # Errors
/// `Conflict` with the key of the reason.
pub(crate) fn adopt(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: UserNo,
    key: &str,
    client: &ClientInfo,
) -> Result<String> {
    let failed = || Error::conflict("AUTH_PROVIDER_ADD_FAILED");
    let row = pending::of_token(tx, cx, r, key)?.ok_or_else(failed)?;
    let mut user: User = tx.must(&user, "ACCOUNT_UNKNOWN")?;
    let new = NewMethod {
        module: row.provider.clone(),
        identifier: row.identifier.clone(),
        affiliation: row.affiliation.clone(),
        info: row.info.clone(),
    };
    method::add(tx, cx, r, &mut user, &new, client)?;
    tx.remove::<Pending>(&row.hash)?;
    Ok(row.provider)
}

/// Are there terms to accept?
pub(crate) fn terms_exist(tx: &impl Reads) -> Result<bool> {
    Ok(crate::terms::newest(tx)? > 0)
}
