//! What administrators do to accounts (admin-cli-identity.md §2).

use crate::{
    access::{first_module, new_password},
    audit::{self, Act, Field},
    messages,
    notice::{self, Notice},
    policy, project,
    rows::{Group, User, save},
    rules::Rules,
    session, sign_up,
    sign_up::NewUser,
    state, terms, token, users,
    view::{Outcome, UserChange},
};
use kernel::{Caller, Cx, Error, ProjectId, Result, Timestamp, UserNo};
use store::{Reads, WriteTx};

/// Only administrators pass.
pub(crate) fn allow(actor: &Caller) -> Result<()> {
    match actor.is_admin() {
        true => Ok(()),
        false => Err(Error::forbidden("NOT_ALLOWED")),
    }
}

/// Refuses who is no superuser to change one: a right to change people must not lead to
/// the rights of a superuser (ID-SEC-28). The management commands have no account.
pub(crate) fn may_change(tx: &impl Reads, actor: &Caller, user: &User) -> Result<()> {
    if !user.is_superuser {
        return Ok(());
    }
    let by = crate::rows::by_uuid(tx, actor.user)?;
    match by.is_none_or(|by| by.is_superuser) {
        true => Ok(()),
        false => Err(Error::forbidden("NOT_ALLOWED")),
    }
}

/// Records what was done to an account; `more` says what its row does not.
pub(crate) fn note(
    tx: &WriteTx,
    cx: &Cx,
    actor: &Caller,
    action: &str,
    [before, after]: [Option<&User>; 2],
    more: Vec<Field>,
) -> Result<()> {
    let Some(user) = before.or(after) else {
        return Ok(());
    };
    let fields = audit::changes(tx, before, after)?;
    let action = format!("user.{}", action.replace(' ', "-"));
    let act = Act::new(action, audit::target(user)).and(fields).and(more);
    audit::record(tx, cx, actor, act)
}

/// Refuses what cannot be the name of a permission.
fn codename(name: &str) -> Result<()> {
    let good = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
    match !name.is_empty() && name.len() <= 100 && name.chars().all(good) {
        true => Ok(()),
        false => Err(Error::invalid(format!("Invalid codename '{name}'"))),
    }
}

/// Refuses what cannot be a name of a person.
fn named(name: &str) -> Result<()> {
    match users::is_name(name) {
        true => Ok(()),
        false => Err(Error::invalid("The name is too long.")),
    }
}

/// Makes an account that is verified and accepted at once (ID-ADM-04).
pub(crate) fn enrol(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    actor: &Caller,
    new: &NewUser,
    changes: &[Change],
) -> Result<User> {
    let user = add(tx, cx, r, actor, new, &Rights::default())?;
    let mut all = vec![
        Change::Other(UserChange::Verify),
        Change::Other(UserChange::SignTerms),
    ];
    all.extend_from_slice(changes);
    let (_, user) = modify(tx, cx, r, actor, user.no, &all)?;
    let mut user = user.ok_or_else(|| Error::broken("a new account is gone"))?;
    if !user.is_accepted() {
        let before = user.clone();
        state::accept(tx, cx, r, &mut user)?;
        let sides = [Some(&before), Some(&user)];
        note(tx, cx, actor, "accept", sides, Vec::new())?;
    }
    Ok(user)
}

/// Rights a new account is made with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rights {
    pub(crate) admin: bool,
    pub(crate) groups: Vec<String>,
    pub(crate) permissions: Vec<String>,
}

/// Makes an unverified, inactive account (ID-CLI-20).
pub(crate) fn add(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    actor: &Caller,
    new: &NewUser,
    rights: &Rights,
) -> Result<User> {
    allow(actor)?;
    let mut user = sign_up::create(tx, cx, r, new)?;
    state::new_code(cx, r, &mut user)?;
    user.is_superuser = rights.admin;
    for name in &rights.groups {
        user.groups.insert(policy::group_for(tx, name)?);
    }
    rights.permissions.iter().try_for_each(|p| codename(p))?;
    user.permissions.extend(rights.permissions.iter().cloned());
    save(tx, cx, &mut user)?;
    note(tx, cx, actor, "add", [None, Some(&user)], Vec::new())?;
    Ok(user)
}

/// A change whose password, if it holds one, is hashed.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Password(String),
    Other(UserChange),
}

/// Makes changes in order; what each says, and the account unless it was deleted.
pub(crate) fn modify(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    actor: &Caller,
    no: UserNo,
    changes: &[Change],
) -> Result<(Vec<String>, Option<User>)> {
    allow(actor)?;
    let mut user: User = tx.must(&no, &format!("Unknown user with id '{no}'"))?;
    may_change(tx, actor, &user)?;
    let mut said = Vec::new();
    let mut accepted_here = false;
    for change in changes {
        let before = user.clone();
        let mut more = Vec::new();
        let quota = match change {
            Change::Other(UserChange::BaseQuota { resource, .. }) => {
                Some((resource, audit::base_quota(tx, &user, resource)?))
            }
            _ => None,
        };
        let (text, name) = match change {
            Change::Password(hash) => {
                more.extend(set_password(tx, cx, r, &mut user, hash)?);
                ("Password set".to_owned(), "password")
            }
            Change::Other(UserChange::Delete) => {
                said.push(delete(tx, cx, actor, &user)?);
                return Ok((said, None));
            }
            Change::Other(UserChange::Accept) if accepted_here => {
                ("Account accepted and activated".to_owned(), "accept")
            }
            Change::Other(change) => {
                let one = apply(tx, cx, r, &mut user, change)?;
                if matches!(change, UserChange::Accept | UserChange::Reject(_)) {
                    user.life.decided_by = Some(named_actor(tx, actor)?);
                    save(tx, cx, &mut user)?;
                }
                accepted_here |= matches!(change, UserChange::Verify) && user.is_accepted();
                one
            }
        };
        if matches!(change, Change::Other(UserChange::ResetFactors)) {
            more.push(Field::secret("second factor"));
        }
        if let Some((resource, before)) = quota {
            more.push(Field {
                name: format!("quota of {resource}"),
                before,
                after: audit::base_quota(tx, &user, resource)?,
            });
        }
        note(tx, cx, actor, name, [Some(&before), Some(&user)], more)?;
        said.push(text);
    }
    Ok((said, Some(user)))
}

/// A password an administrator chose: sessions end, and who may log in is told by mail.
/// What the trail says of it, with the change of address that it ended.
pub(crate) fn set_password(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    hash: &str,
) -> Result<Vec<Field>> {
    let called_off = new_password(tx, cx, r, user, hash, false)?;
    session::flush(tx, user.no, None)?;
    if user.is_active {
        let set = Notice::PasswordSet(called_off.clone());
        notice::tell(tx, cx, r, user, &set, None)?;
    }
    let mut fields = vec![Field::secret("password")];
    fields.extend(called_off.map(|before| Field {
        name: "change of address".to_owned(),
        before,
        after: String::new(),
    }));
    Ok(fields)
}

/// Deletes an account that was not accepted; what is said of it.
fn delete(tx: &WriteTx, cx: &Cx, actor: &Caller, user: &User) -> Result<String> {
    if user.is_accepted() {
        let text = format!("Cannot delete. User {} is accepted.", user.username);
        return Err(Error::conflict(text));
    }
    sign_up::delete(tx, user)?;
    note(tx, cx, actor, "delete", [Some(user), None], Vec::new())?;
    Ok(format!("User {} deleted", user.username))
}

/// An administrator in words: the address, or nothing for the management commands.
fn named_actor(tx: &impl Reads, actor: &Caller) -> Result<String> {
    let known = crate::rows::by_uuid(tx, actor.user)?;
    Ok(known.map_or_else(String::new, |user| user.email))
}

/// `Failed to <what>: <why>` for a refused action.
fn told<T>(r: &Rules, what: &str, outcome: Result<T>) -> Result<T> {
    outcome.map_err(|error| match error {
        Error::Conflict { message } => Error::conflict(format!(
            "Failed to {what}: {}",
            messages::resolve(&r.settings, &message)
        )),
        other => other,
    })
}

fn apply(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    change: &UserChange,
) -> Result<(String, &'static str)> {
    let done = |text: &str, name| Ok((text.to_owned(), name));
    match change {
        UserChange::Reject(reason) => {
            told(r, "reject", state::reject(tx, cx, user, reason))?;
            done("Account rejected", "reject")
        }
        UserChange::Verify => {
            let module = first_module(tx, user)?;
            let verified = state::verify(tx, cx, r, user, &module, false);
            let outcome: Outcome = told(r, "verify", verified)?;
            Ok((format!("Account verified ({})", outcome.name()), "verify"))
        }
        UserChange::Accept => {
            told(r, "accept", state::accept(tx, cx, r, user))?;
            done("Account accepted and activated", "accept")
        }
        UserChange::Activate => {
            told(r, "activate", state::activate(tx, cx, user))?;
            Ok((format!("Account {} activated", user.username), "activate"))
        }
        UserChange::Deactivate(reason) => {
            told(r, "deactivate", state::deactivate(tx, cx, user, reason))?;
            let text = format!("Account {} deactivated", user.username);
            Ok((text, "deactivate"))
        }
        UserChange::DefaultProject(name) => {
            set_default_project(tx, cx, user, name)?;
            done("Default project set successfully", "default project")
        }
        UserChange::Email(email) => set_email(tx, cx, r, user, email),
        UserChange::BaseQuota { resource, capacity } => {
            project::set_base_quota(tx, user, resource, *capacity)?;
            save(tx, cx, user)?;
            Ok((format!("Quota of {resource} set"), "base quota"))
        }
        UserChange::ResetFactors => {
            if crate::factor::all(tx, user.no)?.is_empty() {
                let text = format!("User {} has no second factor.", user.username);
                return Err(Error::conflict(text));
            }
            crate::factor::forget(tx, user.no)?;
            notice::tell(tx, cx, r, user, &Notice::FactorsReset, None)?;
            session::flush(tx, user.no, None)?;
            done("Second factor reset", "reset second factor")
        }
        UserChange::RenewToken => {
            token::renew(tx, cx, r, user)?;
            done("Token renewed", "renew token")
        }
        UserChange::Password(_) | UserChange::Delete => Err(Error::broken("handled by the caller")),
        plain => set(tx, cx, user, plain),
    }
}

/// Fields without rules of their own.
fn set(
    tx: &WriteTx,
    cx: &Cx,
    user: &mut User,
    change: &UserChange,
) -> Result<(String, &'static str)> {
    let answer = match change {
        UserChange::Admin(on) => {
            user.is_superuser = *on;
            (
                format!("Superuser: {}", if *on { "yes" } else { "no" }),
                "admin",
            )
        }
        UserChange::Invitations(n) => {
            user.invitations = *n;
            (format!("Invitations: {n}"), "invitations")
        }
        UserChange::Level(n) => {
            user.level = *n;
            (format!("Level: {n}"), "level")
        }
        UserChange::FirstName(name) => {
            named(name)?;
            user.first_name.clone_from(name);
            ("First name set".into(), "first name")
        }
        UserChange::LastName(name) => {
            named(name)?;
            user.last_name.clone_from(name);
            ("Last name set".into(), "last name")
        }
        UserChange::Affiliation(text) => {
            user.affiliation.clone_from(text);
            ("Affiliation set".into(), "affiliation")
        }
        UserChange::Info(info) => {
            if let Some(mut method) = sign_up::local(tx, user)? {
                method.info.clone_from(info);
                tx.put(&method)?;
            }
            ("Metadata set".into(), "metadata")
        }
        UserChange::SignTerms => {
            terms::note(tx, cx, user, "")?;
            ("Terms signed".into(), "sign terms")
        }
        rights => set_rights(tx, user, rights)?,
    };
    save(tx, cx, user)?;
    Ok(answer)
}

/// Groups and permissions, not yet stored.
fn set_rights(
    tx: &WriteTx,
    user: &mut User,
    change: &UserChange,
) -> Result<(String, &'static str)> {
    Ok(match change {
        UserChange::AddGroup(name) | UserChange::DeleteGroup(name) => {
            let known = tx.find_one::<Group>("name", name)?;
            let id = known
                .map(|group| group.id)
                .ok_or_else(|| Error::not_found(format!("Group named {name} does not exist")))?;
            if matches!(change, UserChange::AddGroup(_)) {
                user.groups.insert(id);
                (format!("Added to group {name}"), "add group")
            } else {
                user.groups.remove(&id);
                (format!("Removed from group {name}"), "delete group")
            }
        }
        UserChange::AddPermission(name) => {
            codename(name)?;
            match user.permissions.insert(name.clone()) {
                true => (format!("Permission {name} added"), "add permission"),
                false => (format!("Already has permission {name}"), "add permission"),
            }
        }
        UserChange::DeletePermission(name) => {
            codename(name)?;
            match user.permissions.remove(name) {
                true => (format!("Permission {name} removed"), "delete permission"),
                false => (format!("Has no permission {name}"), "delete permission"),
            }
        }
        _ => return Err(Error::broken("handled by the caller")),
    })
}

fn set_email(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    email: &str,
) -> Result<(String, &'static str)> {
    if !crate::email::valid(email) {
        return Err(Error::field("email", "Invalid email address."));
    }
    crate::email_change::move_to(tx, cx, r, user, email).map_err(|error| match error {
        Error::Conflict { .. } => Error::conflict("A user with this email address already exists."),
        other => other,
    })?;
    Ok((format!("Email set to {email}"), "email"))
}

/// Sets where requests without a project are charged (ID-ACC-20).
pub(crate) fn set_default_project(
    tx: &WriteTx,
    cx: &Cx,
    user: &mut User,
    name: &str,
) -> Result<()> {
    let project: Option<ProjectId> = name.parse().ok();
    let project = project.filter(|project| *project == user.uuid.own_project());
    let Some(project) = project else {
        let text = format!("There is no project identified by {name}.");
        return Err(Error::not_found(text));
    };
    let state = [
        (user.email_verified, "ACCOUNT_NOT_VERIFIED"),
        (user.moderated, "ACCOUNT_NOT_MODERATED"),
        (!user.is_rejected, "ACCOUNT_REJECTED"),
        (user.is_active, "ACCOUNT_NOT_ACTIVE"),
    ];
    if let Some((_, key)) = state.iter().find(|(holds, _)| !holds) {
        return Err(Error::conflict(*key));
    }
    user.default_project = Some(project);
    save(tx, cx, user)
}

/// Sends the verification mail again (ID-CLI-24).
pub(crate) fn send_verification(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    actor: &Caller,
    no: UserNo,
) -> Result<()> {
    allow(actor)?;
    let mut user: User = tx.must(&no, &format!("Unknown user '{no}'"))?;
    may_change(tx, actor, &user)?;
    let before = user.activation_sent;
    state::send_verification(tx, cx, r, &mut user)?;
    let same = [Some(&user), Some(&user)];
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let sent = Field {
        name: "verification mail".to_owned(),
        before: time(before),
        after: time(user.activation_sent),
    };
    note(tx, cx, actor, "send verification", same, vec![sent])
}
