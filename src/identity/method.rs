//! Login methods of an account: adding, exchanging, removing (ID-PRV-13, ID-PRV-14).
//!
//! Invariants: an identity belongs to one verified account at most; the last method of
//! an account is never removed; groups that came with a method go with it.

use crate::{
    notice::{self, Notice},
    policy::{self, Policy},
    provider::{About, Texts},
    rows::{Method, Password, User, methods, save},
    rules::Rules,
    sign_up,
    view::ClientInfo,
};
use kernel::{Cx, Error, Result};
use store::{Reads, Row, WriteTx};

/// An identity to be added to an account.
#[derive(Clone, Debug)]
pub(crate) struct NewMethod {
    pub(crate) module: String,
    pub(crate) identifier: String,
    pub(crate) affiliation: Option<String>,
    pub(crate) info: String,
}

/// Deletes unverified registrations that hold an identity (ID-REG-07, ID-PRV-13).
///
/// # Errors
/// `Conflict` with AUTH_PROVIDER_ADD_EXISTS when somebody else keeps it.
fn claim(tx: &WriteTx, user: &User, new: &NewMethod) -> Result<()> {
    let (module, identifier) = (&new.module, &new.identifier);
    for method in tx.find::<Method>("identity", &(module, identifier), None, 1000)? {
        if method.user == user.no {
            return Err(Error::conflict("AUTH_PROVIDER_ADD_FAILED"));
        }
        match tx.get::<User>(&method.user)? {
            Some(holder) if sign_up::blocks(&holder) => {
                return Err(Error::conflict("AUTH_PROVIDER_ADD_EXISTS"));
            }
            Some(holder) => sign_up::delete(tx, &holder)?,
            None => {}
        }
    }
    Ok(())
}

/// Puts a person into the groups that come with a module; `first`: it is the one the
/// person signs up with.
pub(crate) fn grant(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    module: &str,
    first: bool,
) -> Result<()> {
    let mut names = policy::granted(r, module, "ADD_GROUPS");
    if first {
        names.extend(policy::granted(r, module, "CREATION_GROUPS"));
    }
    if names.is_empty() {
        return Ok(());
    }
    for name in names {
        user.groups.insert(policy::group_for(tx, &name)?);
    }
    save(tx, cx, user)
}

/// An identity in words (METHOD_DETAILS), for a mail.
pub(crate) fn details(
    r: &Rules,
    user: &User,
    module: &str,
    identifier: &str,
    info: &str,
) -> serde_json::Value {
    let about = About::default().user(user).method(identifier, info);
    Texts::about(&r.settings, module, about).parts("METHOD_DETAILS")
}

/// Adds an identity to an account; one more is told to the owner.
///
/// # Errors
/// `Conflict` with the key of the reason.
pub(crate) fn add(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    new: &NewMethod,
    client: &ClientInfo,
) -> Result<()> {
    let first = methods(tx, user.no)?.is_empty();
    if first && !policy::settings(r, &new.module).allows(Policy::Create) {
        return Err(Error::conflict("AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE"));
    }
    if let Some((holder, _)) = policy::holder(tx, &new.module, &new.identifier)?
        && holder.no != user.no
    {
        return Err(Error::conflict("AUTH_PROVIDER_ADD_EXISTS"));
    }
    let policies = policy::resolve(tx, r, user, &new.module, Some(&new.identifier))?;
    if !first && !policies.allows(Policy::Add) {
        return Err(Error::conflict("AUTH_PROVIDER_ADD_FAILED"));
    }
    claim(tx, user, new)?;
    tx.put(&Method {
        user: user.no,
        id: tx.next_id(Method::TABLE)?,
        module: new.module.clone(),
        identifier: new.identifier.clone(),
        backend: "astakos".into(),
        active: true,
        affiliation: new.affiliation.clone(),
        info: new.info.clone(),
        created: cx.now,
        last_login: None,
    })?;
    tx.wake(crate::rows::USERS);
    crate::follow::changed(tx, user.no)?;
    grant(tx, cx, r, user, &new.module, first)?;
    if first {
        return Ok(());
    }
    let words = details(r, user, &new.module, &new.identifier, &new.info);
    notice::tell(tx, cx, r, user, &Notice::MethodAdded(words), Some(client))
}

/// Exchanges the identity of the method `id` for another one of the same module; the
/// identity there was.
///
/// # Errors
/// `NotFound` when it is not the person's; `Conflict` with the key of the reason.
pub(crate) fn switch(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    id: u64,
    new: &NewMethod,
    client: &ClientInfo,
) -> Result<String> {
    let mine: Option<Method> = tx.get(&(user.no, id))?;
    let mine = mine.filter(|method| method.module == new.module);
    let mut mine = mine.ok_or_else(|| Error::not_found("AUTH_PROVIDER_ADD_FAILED"))?;
    if !policy::resolve(tx, r, user, &new.module, None)?.allows(Policy::Switch) {
        return Err(Error::conflict("AUTH_PROVIDER_ADD_FAILED"));
    }
    claim(tx, user, new)?;
    let before = std::mem::replace(&mut mine.identifier, new.identifier.clone());
    mine.affiliation.clone_from(&new.affiliation);
    mine.info.clone_from(&new.info);
    mine.active = true;
    mine.last_login = None;
    tx.put(&mine)?;
    tx.wake(crate::rows::USERS);
    crate::follow::changed(tx, user.no)?;
    let words = details(r, user, &new.module, &new.identifier, &new.info);
    notice::tell(
        tx,
        cx,
        r,
        user,
        &Notice::MethodSwitched(words),
        Some(client),
    )?;
    Ok(before)
}

/// Removes a method; returns its module.
///
/// # Errors
/// `NotFound` when it is not the person's, `Forbidden` when it has to stay.
pub(crate) fn remove(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    id: u64,
    client: &ClientInfo,
) -> Result<String> {
    let mine: Option<Method> = tx.get(&(user.no, id))?;
    let mine = mine.ok_or_else(|| Error::not_found("There is no such login method."))?;
    if !policy::resolve(tx, r, user, &mine.module, None)?.allows(Policy::Remove) {
        return Err(Error::forbidden("NOT_ALLOWED"));
    }
    tx.remove::<Method>(&mine.key())?;
    if mine.module == "local" {
        tx.remove::<Password>(&user.no)?;
        sign_up::forget_resets(tx, user)?;
    }
    let left = methods(tx, user.no)?;
    let kept = left
        .iter()
        .flat_map(|m| policy::granted(r, &m.module, "ADD_GROUPS"));
    let kept: Vec<String> = kept.collect();
    for name in policy::granted(r, &mine.module, "ADD_GROUPS") {
        if !kept.contains(&name)
            && let Some(group) = tx.find_one::<crate::rows::Group>("name", &name)?
        {
            user.groups.remove(&group.id);
        }
    }
    save(tx, cx, user)?;
    let words = details(r, user, &mine.module, &mine.identifier, &mine.info);
    notice::tell(tx, cx, r, user, &Notice::MethodRemoved(words), Some(client))?;
    Ok(mine.module)
}

/// Attributes of an account that its usable methods force (ID-PRV-12).
pub(crate) fn forced(
    tx: &impl Reads,
    r: &Rules,
    user: &User,
) -> Result<std::collections::BTreeSet<&'static str>> {
    let mut all = std::collections::BTreeSet::new();
    for method in policy::usable(tx, r, user)? {
        if method.module != "local" {
            all.extend(crate::provider::forced(&r.settings, &method.module));
        }
    }
    all.remove("identifier");
    Ok(all)
}
