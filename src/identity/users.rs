//! Accounts as views, and lists of them.

use crate::{
    rows::{Group, User, by_email, by_uuid, methods},
    terms,
    view::{AccountState, MethodView, UserFilter, UserView},
};
use kernel::{
    Error, Result, UserNo,
    page::{Page, PageRequest},
};
use std::collections::BTreeSet;
use store::Reads;

/// Longest name of a person.
const NAME: usize = 150;

/// Can this be the first or the last name of somebody? None can be, too.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().count() <= NAME && !text.chars().any(char::is_control)
}

/// The state in words (ID-UST-01, ID-UST-10).
pub(crate) fn status(user: &User) -> String {
    let reason = |text: &str, why: &Option<String>| match why {
        Some(why) if !why.is_empty() => format!("{text} ({why})"),
        _ => text.to_owned(),
    };
    let policy = user.accepted_policy.as_deref().unwrap_or("None");
    match user.state() {
        AccountState::Unverified => "Pending email verification".into(),
        AccountState::Unmoderated => "Pending moderation".into(),
        AccountState::Rejected => reason("Rejected", &user.rejected_reason),
        AccountState::Active => format!("Accepted/Active (accepted policy: {policy})"),
        AccountState::Inactive => format!(
            "{} (accepted policy: {policy})",
            reason("Accepted/Inactive", &user.deactivated_reason)
        ),
    }
}

/// The ways somebody logs in.
fn ways(tx: &impl Reads, user: UserNo) -> Result<Vec<MethodView>> {
    let all = methods(tx, user)?.into_iter().map(|m| MethodView {
        id: m.id,
        affiliation: m.affiliation,
        created: m.created,
        module: m.module,
        identifier: m.identifier,
        backend: m.backend,
        active: m.active,
        info: m.info,
        last_login: m.last_login,
    });
    Ok(all.collect())
}

/// The account as others may see it.
pub(crate) fn view(tx: &impl Reads, user: User) -> Result<UserView> {
    let mut groups = Vec::new();
    let mut group_permissions = BTreeSet::new();
    for id in &user.groups {
        if let Some(group) = tx.get::<Group>(id)? {
            groups.push((group.id, group.name));
            group_permissions.extend(group.permissions);
        }
    }
    let methods = ways(tx, user.no)?;
    let signed_terms = terms::signed(tx, &user)?;
    Ok(UserView {
        state: user.state(),
        status: status(&user),
        token_created: user.token.as_ref().map(|token| token.created),
        token_expires: user.token.as_ref().map(|token| token.expires),
        default_project: user.default_project.unwrap_or(user.uuid.own_project()),
        groups,
        group_permissions: group_permissions.into_iter().collect(),
        permissions: user.permissions.into_iter().collect(),
        methods,
        no: user.no,
        uuid: user.uuid,
        email: user.email,
        username: user.username,
        first_name: user.first_name,
        last_name: user.last_name,
        language: user.language,
        active: user.is_active,
        verified: user.email_verified,
        moderated: user.moderated,
        rejected: user.is_rejected,
        admin: user.is_superuser,
        accepted_policy: user.accepted_policy,
        accepted_email: user.accepted_email,
        rejected_reason: user.rejected_reason,
        deactivated_reason: user.deactivated_reason,
        deactivated_at: user.deactivated_at,
        verified_at: user.verified_at,
        moderated_at: user.moderated_at,
        activation_sent: user.activation_sent,
        joined: user.joined,
        updated: user.updated,
        last_login: user.last_login,
        profile_confirmed: user.is_verified,
        signed_terms,
        signed_terms_at: user.date_signed_terms,
        level: user.level,
        invitations: user.invitations,
        affiliation: user.affiliation,
    })
}

/// An account by number, uuid or address.
pub(crate) fn named(tx: &impl Reads, name: &str) -> Result<Option<User>> {
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) {
        return match name.parse() {
            Ok(no) => tx.get::<User>(&UserNo(no)),
            Err(_) => Ok(None),
        };
    }
    if let Ok(uuid) = name.parse()
        && let Some(user) = by_uuid(tx, uuid)?
    {
        return Ok(Some(user));
    }
    by_email(tx, name)
}

/// A page of accounts by number.
pub(crate) fn list(
    tx: &impl Reads,
    filter: &UserFilter,
    page: &PageRequest,
) -> Result<Page<UserView>> {
    let after = page.after.as_deref().map(str::parse::<UserNo>).transpose();
    let after = after.map_err(|_| Error::field("marker", "The marker is not a number."))?;
    let limit = page.limit.clamp(1, 1000);
    let mut found: Vec<User> = Vec::new();
    let mut take = |user: User| {
        found.push(user);
        Ok(found.len() <= limit)
    };
    if !filter.groups.is_empty() {
        for user in members(tx, filter, after, limit + 1)? {
            if !take(user)? {
                break;
            }
        }
    } else if let Some(state) = filter.state {
        tx.each_found("state", &(state as u8,), after.as_ref(), take)?;
    } else {
        tx.each_row(&(), after.as_ref(), take)?;
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| more)
        .map(|user| user.no.to_string());
    let items = found.into_iter().map(|user| view(tx, user));
    Ok(Page {
        items: items.collect::<Result<_>>()?,
        next,
    })
}

/// Members of any of the groups in the state, by number.
fn members(
    tx: &impl Reads,
    filter: &UserFilter,
    after: Option<UserNo>,
    limit: usize,
) -> Result<Vec<User>> {
    let mut all = std::collections::BTreeMap::new();
    for name in &filter.groups {
        let Some(group) = tx.find_one::<Group>("name", name)? else {
            continue;
        };
        let mut n = 0;
        tx.each_found("group", &(group.id,), after.as_ref(), |user: User| {
            if filter.state.is_none_or(|state| user.state() == state) {
                all.insert(user.no, user);
                n += 1;
            }
            Ok(n < limit)
        })?;
    }
    Ok(all.into_values().take(limit).collect())
}
