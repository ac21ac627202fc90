//! Policy profiles and groups as administrators keep them (ID-CLI-30 … 36).

use super::{Policy, Profile, Values};
use crate::{
    admin::allow,
    audit::{self, Act, Target},
    rows::{Group, User},
    users,
};
use kernel::{Caller, Cx, Error, Result, UserNo, settings::registry::MODULES};
use std::collections::BTreeSet;
use store::{Reads, Row, WriteTx};

fn target(profile: &Profile) -> Target {
    Target::new("policy", profile.id, &profile.name)
}

/// What a profile says, in words.
fn words(profile: &Profile) -> String {
    let about = match profile.exclusive {
        true => "all but ",
        false => "",
    };
    let values = profile.policies.iter();
    let values: Vec<String> = values.map(|(p, v)| format!("{}={v}", p.name())).collect();
    let off = if profile.active { "" } else { ", off" };
    format!(
        "{about}{} ({}), priority {}{off}",
        profile.provider,
        values.join(", "),
        profile.priority
    )
}

/// Whom a profile is assigned to, by number.
fn holders(profile: &Profile) -> String {
    let groups: Vec<String> = profile.groups.iter().map(u64::to_string).collect();
    let users: Vec<String> = profile.users.iter().map(UserNo::to_string).collect();
    format!("groups {}; people {}", groups.join(", "), users.join(", "))
}

/// What to change in a profile; None and absent values stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyChange {
    /// About all modules but the named one?
    pub exclusive: Option<bool>,
    /// Later ones override earlier ones; 1 in a new one.
    pub priority: Option<i64>,
    /// Does it count? True in a new one.
    pub active: Option<bool>,
    /// Values to set; yes is 1, no is 0.
    pub set: Values,
    /// Policies it shall say nothing about any more.
    pub unset: BTreeSet<Policy>,
}

/// A profile for administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The module it is about.
    pub provider: String,
    /// About all modules but that one?
    pub exclusive: bool,
    /// Order.
    pub priority: i64,
    /// Does it count?
    pub active: bool,
    /// What it says.
    pub policies: Values,
    /// (number, name) of groups.
    pub groups: Vec<(u64, String)>,
    /// (number, address) of people.
    pub users: Vec<(UserNo, String)>,
}

/// A group for administrators (ID-CLI-31).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How many people are in it.
    pub users: usize,
    /// What its members may do.
    pub permissions: Vec<String>,
}

fn change(profile: &mut Profile, change: &PolicyChange) {
    profile.exclusive = change.exclusive.unwrap_or(profile.exclusive);
    profile.priority = change.priority.unwrap_or(profile.priority);
    profile.active = change.active.unwrap_or(profile.active);
    for policy in &change.unset {
        profile.policies.remove(policy);
    }
    for (policy, value) in &change.set {
        let value = match policy.counts() {
            true => *value,
            false => u32::from(*value != 0),
        };
        profile.policies.insert(*policy, value);
    }
}

fn name_fits(name: &str, longest: usize) -> Result<()> {
    let good = !name.trim().is_empty()
        && name.chars().count() <= longest
        && !name.chars().any(char::is_control);
    match good {
        true => Ok(()),
        false => Err(Error::field("name", format!("Invalid name '{name}'"))),
    }
}

/// Makes a profile (ID-CLI-32).
pub(crate) fn add(
    tx: &WriteTx,
    cx: &Cx,
    actor: &Caller,
    name: &str,
    provider: &str,
    with: &PolicyChange,
) -> Result<()> {
    allow(actor)?;
    name_fits(name, 255)?;
    if !MODULES.contains(&provider) {
        let text = format!("Unknown provider '{provider}'");
        return Err(Error::field("provider", text));
    }
    if tx.find_one::<Profile>("name", name)?.is_some() {
        return Err(Error::conflict("Profile with the same name already exists"));
    }
    let mut profile = Profile {
        id: tx.next_id(Profile::TABLE)?,
        name: name.to_owned(),
        provider: provider.to_owned(),
        exclusive: false,
        priority: 1,
        active: true,
        policies: Values::new(),
        groups: BTreeSet::new(),
        users: BTreeSet::new(),
    };
    change(&mut profile, with);
    tx.put(&profile)?;
    let act = Act::new("policy.add", target(&profile)).with("policies", "", words(&profile));
    audit::record(tx, cx, actor, act)
}

fn named(tx: &impl Reads, name: &str) -> Result<Profile> {
    let found = tx.find_one::<Profile>("name", name)?;
    found.ok_or_else(|| Error::not_found("Invalid profile name"))
}

/// Changes a profile; `provider` too, when given (ID-CLI-32).
pub(crate) fn update(
    tx: &WriteTx,
    cx: &Cx,
    actor: &Caller,
    name: &str,
    provider: Option<&str>,
    with: &PolicyChange,
) -> Result<()> {
    allow(actor)?;
    let mut profile = named(tx, name)?;
    let before = words(&profile);
    if let Some(provider) = provider {
        if !MODULES.contains(&provider) {
            let text = format!("Unknown provider '{provider}'");
            return Err(Error::field("provider", text));
        }
        provider.clone_into(&mut profile.provider);
    }
    change(&mut profile, with);
    tx.put(&profile)?;
    let act = Act::new("policy.change", target(&profile));
    let act = act.with("policies", before, words(&profile));
    audit::record(tx, cx, actor, act)
}

/// Removes a profile (ID-CLI-34).
pub(crate) fn remove(tx: &WriteTx, cx: &Cx, actor: &Caller, name: &str) -> Result<()> {
    allow(actor)?;
    let profile = named(tx, name)?;
    tx.remove::<Profile>(&profile.id)?;
    let act = Act::new("policy.remove", target(&profile)).with("policies", words(&profile), "");
    audit::record(tx, cx, actor, act)
}

/// A group by number or name.
fn group(tx: &impl Reads, name: &str) -> Result<Option<Group>> {
    if let Ok(id) = name.parse::<u64>()
        && let Some(group) = tx.get::<Group>(&id)?
    {
        return Ok(Some(group));
    }
    tx.find_one("name", name)
}

/// Assigns a profile to these groups and people instead of those before (ID-CLI-35).
pub(crate) fn assign(
    tx: &WriteTx,
    cx: &Cx,
    actor: &Caller,
    name: &str,
    groups: &[String],
    people: &[String],
) -> Result<()> {
    allow(actor)?;
    let mut profile = named(tx, name)?;
    let before = holders(&profile);
    profile.groups.clear();
    profile.users.clear();
    for name in people {
        let user = users::named(tx, name)?;
        let user = user.ok_or_else(|| Error::not_found("Invalid user id"))?;
        profile.users.insert(user.no);
    }
    for name in groups {
        let group = group(tx, name)?.ok_or_else(|| Error::not_found("Invalid group id"))?;
        profile.groups.insert(group.id);
    }
    tx.put(&profile)?;
    let act = Act::new("policy.assign", target(&profile));
    audit::record(
        tx,
        cx,
        actor,
        act.with("holders", before, holders(&profile)),
    )
}

fn view(tx: &impl Reads, profile: Profile) -> Result<PolicyView> {
    let mut groups = Vec::new();
    for id in &profile.groups {
        if let Some(group) = tx.get::<Group>(id)? {
            groups.push((group.id, group.name));
        }
    }
    let mut users = Vec::new();
    for no in &profile.users {
        if let Some(user) = tx.get::<User>(no)? {
            users.push((user.no, user.email));
        }
    }
    Ok(PolicyView {
        id: profile.id,
        name: profile.name,
        provider: profile.provider,
        exclusive: profile.exclusive,
        priority: profile.priority,
        active: profile.active,
        policies: profile.policies,
        groups,
        users,
    })
}

/// All profiles, by number (ID-CLI-33).
pub(crate) fn list(tx: &impl Reads) -> Result<Vec<PolicyView>> {
    let all = tx.scan::<Profile>(None, 10_000)?;
    all.into_iter().map(|profile| view(tx, profile)).collect()
}

/// One profile (ID-CLI-36).
pub(crate) fn show(tx: &impl Reads, name: &str) -> Result<PolicyView> {
    let found = tx.find_one::<Profile>("name", name)?;
    view(
        tx,
        found.ok_or_else(|| Error::not_found("Profile does not exist"))?,
    )
}

/// The number of a group, made when missing (ID-CLI-30); false when it was there.
pub(crate) fn group_add(tx: &WriteTx, cx: &Cx, actor: &Caller, name: &str) -> Result<bool> {
    allow(actor)?;
    name_fits(name, 80)?;
    if tx.find_one::<Group>("name", name)?.is_some() {
        return Ok(false);
    }
    let id = group_for(tx, name)?;
    let act = Act::new("group.add", Target::new("group", id, name)).with("name", "", name);
    audit::record(tx, cx, actor, act)?;
    Ok(true)
}

/// The number of a group, made when missing.
pub(crate) fn group_for(tx: &WriteTx, name: &str) -> Result<u64> {
    if let Some(group) = tx.find_one::<Group>("name", name)? {
        return Ok(group.id);
    }
    let id = tx.next_id(Group::TABLE)?;
    tx.put(&Group {
        id,
        name: name.to_owned(),
        permissions: BTreeSet::new(),
    })?;
    Ok(id)
}

/// All groups, by number (ID-CLI-31).
pub(crate) fn group_list(tx: &impl Reads) -> Result<Vec<GroupView>> {
    let mut all = Vec::new();
    for group in tx.scan::<Group>(None, 10_000)? {
        let mut users = 0;
        tx.each_found("group", &(group.id,), None, |_: User| {
            users += 1;
            Ok(true)
        })?;
        all.push(GroupView {
            id: group.id,
            name: group.name,
            users,
            permissions: group.permissions.into_iter().collect(),
        });
    }
    Ok(all)
}

/// Removes a group that nobody is in any more, its members leaving it first; at most
/// `slice` of them, and whether there are more.
pub(crate) fn group_remove(
    tx: &WriteTx,
    cx: &Cx,
    actor: &Caller,
    name: &str,
    slice: usize,
) -> Result<bool> {
    allow(actor)?;
    let none = || Error::not_found(format!("There is no group '{name}'."));
    let found = group(tx, name)?.ok_or_else(none)?;
    let members: Vec<User> = tx.find("group", &(found.id,), None, slice)?;
    let more = members.len() == slice;
    for mut user in members {
        user.groups.remove(&found.id);
        crate::rows::save(tx, cx, &mut user)?;
    }
    if !more {
        for mut profile in tx.find::<Profile>("group", &(found.id,), None, usize::MAX)? {
            profile.groups.remove(&found.id);
            tx.put(&profile)?;
        }
        tx.remove::<Group>(&found.id)?;
        let permissions: Vec<String> = found.permissions.into_iter().collect();
        let act = Act::new("group.remove", Target::new("group", found.id, &found.name))
            .with("name", &found.name, "")
            .with("permissions", permissions.join(", "), "");
        audit::record(tx, cx, actor, act)?;
    }
    Ok(more)
}
