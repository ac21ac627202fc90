//! The audit trail of accounts (ID-SEC-28): what the entries of the crate `audit` say
//! of people. Every administrative act calls `record` in its own transaction.

pub use ::audit::{
    Act, CSV_HEAD, Entry, Field, Filter, KINDS, MOST_LOOKED_AT, Target, csv_line, csv_row,
    json_line, list,
};

use crate::rows::{Group, Project, User, by_uuid};
use kernel::{Caller, Cx, Origin, Result, Who};
use store::{Reads, WriteTx};

/// Records an act of `actor`, in the transaction that carries it out. A person whose
/// name the edge did not say is called by their address.
pub(crate) fn record(tx: &WriteTx, cx: &Cx, actor: &Caller, act: Act) -> Result<()> {
    record_from(tx, cx, &actor.origin(), act)
}

/// As [`record`], for whoever is no caller: the recipient of a signed link, the
/// service itself.
pub(crate) fn record_from(tx: &WriteTx, cx: &Cx, origin: &Origin, act: Act) -> Result<()> {
    let mut origin = origin.clone();
    if origin.name.is_empty()
        && let Who::User(user) = &origin.who
        && let Some(user) = by_uuid(tx, *user)?
    {
        origin.name = user.email;
    }
    ::audit::record(tx, cx, &origin, act)
}

/// An account as the target of an act.
pub(crate) fn target(user: &User) -> Target {
    Target::new("user", user.no, &user.email)
}

/// What changed of an account; the secrets only as changed.
pub(crate) fn changes(
    tx: &impl Reads,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<Vec<Field>> {
    let old = before.map(|user| sides(tx, user)).transpose()?;
    let new = after.map(|user| sides(tx, user)).transpose()?;
    let side = |all: &Option<Vec<(&'static str, String)>>, n: usize| {
        let found = all.as_ref().and_then(|all| all.get(n));
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let names: Vec<&str> = old
        .iter()
        .chain(&new)
        .next()
        .map(|all| all.iter().map(|(name, _)| *name).collect())
        .unwrap_or_default();
    let mut fields: Vec<Field> = Vec::new();
    for (n, name) in names.into_iter().enumerate() {
        let (before, after) = (side(&old, n), side(&new, n));
        if before != after {
            let name = name.to_owned();
            fields.push(Field {
                name,
                before,
                after,
            });
        }
    }
    let token = |user: Option<&User>| user.and_then(|u| u.token.as_ref().map(|t| t.hash));
    if before.is_some() && after.is_some() && token(before) != token(after) {
        fields.push(Field::secret("token"));
    }
    Ok(fields)
}

/// What is worth telling of an account, always in the same order.
fn sides(tx: &impl Reads, user: &User) -> Result<Vec<(&'static str, String)>> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let flag = |on: bool| if on { "yes" } else { "no" }.to_owned();
    let mut groups = Vec::new();
    for id in &user.groups {
        groups.extend(tx.get::<Group>(id)?.map(|group| group.name));
    }
    let permissions: Vec<&str> = user.permissions.iter().map(String::as_str).collect();
    let project = user.default_project.map(|project| project.to_string());
    Ok(vec![
        ("state", format!("{:?}", user.state())),
        ("email", user.email.clone()),
        ("first name", user.first_name.clone()),
        ("last name", user.last_name.clone()),
        ("admin", flag(user.is_superuser)),
        ("active", flag(user.is_active)),
        ("rejected reason", text(&user.rejected_reason)),
        ("deactivated reason", text(&user.deactivated_reason)),
        ("accepted policy", text(&user.accepted_policy)),
        ("level", user.level.to_string()),
        ("invitations", user.invitations.to_string()),
        ("affiliation", text(&user.affiliation)),
        ("default project", project.unwrap_or_default()),
        ("signed terms", flag(user.has_signed_terms)),
        (
            "signed version of terms",
            user.life.signed_terms.to_string(),
        ),
        ("groups", groups.join(", ")),
        ("permissions", permissions.join(", ")),
    ])
}

/// The limit of a resource in somebody's system project, in words.
pub(crate) fn base_quota(tx: &impl Reads, user: &User, resource: &str) -> Result<String> {
    let project = tx.get::<Project>(&user.uuid.own_project())?;
    let limit = project.and_then(|project| project.limits.get(resource).copied());
    Ok(
        limit.map_or_else(String::new, |limit| match limit.explicit {
            true => limit.member.to_string(),
            false => format!("{} (default)", limit.member),
        }),
    )
}
